"""report.json keeps to the schema that is published, key for key."""

import json

import jsonschema
import pytest
from conftest import ROOT

from minecop.report.rendering import REPORT_SCHEMA, REPORT_VERSION, render_json

FILE = ROOT / "minecop" / "report" / "schemas" / "report.schema.json"
VALUES = json.loads(FILE.read_text(encoding="utf-8"))
SCHEMA = jsonschema.Draft202012Validator(VALUES, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER)


def objects(schema):
    """Every part of the schema that describes an object."""
    if isinstance(schema, dict):
        if schema.get("type") == "object":
            yield schema
        for part in schema.values():
            yield from objects(part)
    elif isinstance(schema, list):
        for part in schema:
            yield from objects(part)


def test_schema_is_one_and_names_itself():
    jsonschema.Draft202012Validator.check_schema(VALUES)
    assert VALUES["$id"] == REPORT_SCHEMA == VALUES["properties"]["$schema"]["const"]
    assert VALUES["properties"]["version"]["const"] == REPORT_VERSION
    assert REPORT_SCHEMA.endswith(f":{REPORT_VERSION}")


def test_schema_describes_every_key_and_leaves_no_object_open():
    for part in objects(VALUES):
        assert "additionalProperties" in part
        assert part["additionalProperties"] is False or "propertyNames" in part
        for name, value in part.get("properties", {}).items():
            assert value.get("description") or "$ref" in value, name
    for name, value in VALUES["$defs"].items():
        assert value["description"], name


@pytest.mark.parametrize("name", ["sample_analysis", "masked_analysis", "empty_analysis"])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_schema_holds_of_a_report(request, name, lang):
    SCHEMA.validate(json.loads(render_json(request.getfixturevalue(name), lang)))


def test_schema_would_notice_what_is_new_or_missing(sample_analysis):
    report = json.loads(render_json(sample_analysis))
    places = [
        report,
        report["funnel"],
        report["settings"],
        report["issues"][0],
        report["issues"][0]["evidence"],
        report["issues"][0]["members"][0],
        report["topics"][0],
        report["steps"][0],
        report["steps"][0]["quotes"][0],
        report["sequence"][0],
        report["lessons"][0],
        report["slices"][0],
        report["slices"][0]["issues"][0]["cells"][0],
    ]
    for place in places:
        place["new"] = 1
        assert not SCHEMA.is_valid(report)
        del place["new"]
        kept = place.popitem()
        assert kept[0] in {"topics", "steps"} or not SCHEMA.is_valid(report), kept
        place[kept[0]] = kept[1]
    assert SCHEMA.is_valid(report)
