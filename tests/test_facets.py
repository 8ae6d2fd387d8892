"""Facets: what the labelled passages say of them, what is learned from that, and what a run makes of it."""

import csv
import json
import tomllib

import numpy as np
import pyarrow.parquet as pq
import pytest
from conftest import ROOT
from scipy.special import expit

from minecop.acts.labelled import read_labelled
from minecop.acts.training import best_bars, figures, scale_of, unseen_scores
from minecop.cli.facetshow import _RELIABLE
from minecop.process.definition import FACETS, load_facets
from minecop.process.facet_training import examples_of_facet, train_facet
from minecop.process.facets import facet_figures, facet_models, match_facets, told_facets
from minecop.run.evidence import evidence_of
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse
from minecop.run.settings import Settings
from minecop.text.words import words

FLOORS = tomllib.loads((ROOT / "tests/floors.toml").read_text(encoding="utf-8"))["facets"]
VALUES = {facet.id: [value.id for value in facet.steps] for facet in load_facets()}


@pytest.fixture(scope="module")
def rows():
    return read_labelled(ROOT / "corpora/labelled")


@pytest.fixture(scope="module")
def unseen(rows):
    """Examples, and scores by models of other fields, by facet."""
    examples = {facet.id: examples_of_facet(facet, rows) for facet in load_facets()}
    return {name: (some, unseen_scores(some)) for name, some in examples.items()}


def test_facets_are_said_in_both_languages():
    assert tuple(VALUES) == FACETS
    assert VALUES["mission"] == ["research", "teaching", "service", "culture", "reform"]
    for facet in load_facets():
        for value in facet.steps:
            for said in (value.names, value.definitions, value.situations):
                assert said["th"] and said["en"] and said["th"] != said["en"]


def test_facets_of_labelled_passages_keep_to_the_values(rows):
    read = [row for row in rows if row.facets]
    assert len(read) >= FLOORS["passages"]
    assert len({row.field for row in read}) >= 20
    for row in read:
        assert list(row.facets) == list(FACETS)
        for name, values in row.facets.items():
            assert values is None or set(values) <= set(VALUES[name]), row.id
    for name in FACETS:
        differing = sum(row.facets[name] is None for row in read)
        assert 0 < differing < 0.15 * len(read)
        assert sum(row.facets[name] == [] for row in read) > len(read) / 4, "none is an answer"


@pytest.mark.parametrize("value", [name.removesuffix("_f1") for name in FLOORS if name.endswith("_f1")])
def test_facets_of_fields_that_were_not_seen(unseen, value):
    facet = next(name for name, values in VALUES.items() if value in values)
    examples, scores = unseen[facet]
    found = figures(scores - best_bars(scores, examples, FLOORS["rarer"]), examples)[value]
    assert found.f1 >= FLOORS[f"{value}_f1"], found
    assert found.f1 == pytest.approx(facet_figures()[value]["f1"], abs=0.02), "learn the facets again"


def test_facets_that_are_told_are_those_that_can_be():
    told = set(told_facets())
    assert told == {value for value, worth in facet_figures().items() if worth["precision"] >= FLOORS["told_from"]}
    assert {value for value, worth in facet_figures().items() if worth["f1"] >= _RELIABLE} <= told


def test_facets_models_that_ship_are_what_the_labelled_passages_give(unseen):
    for (examples, scores), shipped_model in zip(unseen.values(), facet_models(), strict=True):
        kept = np.isin(examples.labels, shipped_model.labels)
        made = train_facet(examples, scores, best_bars(scores, examples, FLOORS["rarer"]), kept)
        assert made.labels == shipped_model.labels
        assert list(made.vectorizer.words) == list(shipped_model.vectorizer.words), "learn the facets again"
        assert np.allclose(made.weights, shipped_model.weights, atol=0.02), "learn the facets again"
        assert np.allclose(made.bars, shipped_model.bars, atol=0.02), "learn the facets again"


def test_facets_probabilities_are_what_they_say(unseen):
    for examples, scores in unseen.values():
        for n, value in enumerate(examples.labels):
            if value in told_facets():
                slope, offset = scale_of(scores[:, n], examples.wanted[:, n])
                sure = expit(slope * scores[:, n] + offset)
                bins = np.array_split(np.argsort(sure, kind="stable"), 10)
                wrong = sum(abs(sure[one].mean() - examples.wanted[one, n].mean()) * len(one) for one in bins)
                assert slope > 0
                assert wrong / len(sure) <= FLOORS["calibration_error"], value


def test_facets_of_passages():
    texts = ["ตั้งคำถามวิจัยแล้วเก็บข้อมูลจากกลุ่มตัวอย่าง ๔๐ คน เทียบก่อนหลัง วิเคราะห์ผลเขียนเป็นรายงานวิจัย", "ฝนตกพรำๆ นั่งฟังเสียงกบ"]
    research, rain = match_facets([words(text) for text in texts], [words("R2R ของเรา"), []])
    assert "research" in research.given
    assert research.evidence["research"]
    assert (rain.given, rain.evidence) == ((), {})
    assert set(rain.probabilities) == set(told_facets())
    assert all(0 <= share <= 1 for share in (research.probabilities | rain.probabilities).values())
    assert match_facets([], []) == []


POSTS = [
    {
        "id": f"{n}",
        "author": f"p{n}",
        "community": ["เหนือ", "ใต้"][n % 2],
        "published": "2010-01-01",
        "title": "วิจัยในชั้นเรียน",
        "body": f"นักเรียนห้อง {n} อ่านไม่ออก ครูเลยตั้งคำถามวิจัย เก็บข้อมูลสองเดือน เทียบคะแนนก่อนและหลังใช้แบบฝึก วิเคราะห์ผลแล้วเขียนรายงานวิจัย",
        "comments": [{"author": "q", "published": "2010-01-02", "body": "ขอบคุณมากค่ะอาจารย์"}],
    }
    for n in range(4)
]


@pytest.fixture
def run(jsonl, tmp_path):
    return analyse(jsonl(POSTS), tmp_path / "run")


def test_facets_stand_in_every_table_of_a_run(run, minecop, tmp_path):
    rows = pq.read_table(run.folder / "passages.parquet").to_pylist()
    assert [name for name in rows[0] if name.startswith("facet")] == ["facets", *(f"facet_{v}" for v in told_facets())]
    telling = [row for row in rows if not row["courtesy"]]
    assert all("research" in row["facets"].split() and row["facet_research"] > 0.3 for row in telling)
    assert any(row["courtesy"] for row in rows)
    for row in rows:
        if row["courtesy"]:
            assert row["facets"] == "" and not any(row[f"facet_{value}"] for value in told_facets())
    analysis = load_analysis(run)
    assert [group.id for group in analysis.insight.facets] == list(told_facets())
    research = next(group for group in analysis.insight.facets if group.id == "research")
    assert (
        len(research.author_ids) == 4 and len(research.community_names) == 2 and len(research.members) == len(telling)
    )
    assert run.manifest["stages"]["process"]["rows_out"]["with_facet"] == len(telling)
    assert minecop("export", run.folder, "--to", tmp_path / "out")[0] == 0
    with (tmp_path / "out/passages.csv").open(encoding="utf-8-sig", newline="") as file:
        assert next(csv.DictReader(file))["facets"] == rows[0]["facets"]
    report = json.loads((tmp_path / "out/report.json").read_text(encoding="utf-8"))
    assert [facet["id"] for facet in report["facets"]] == list(told_facets())
    (one,) = evidence_of(run, [telling[0]["passage_id"]])
    assert one.facets["research"]


def test_facets_can_be_left_out(jsonl, tmp_path, minecop):
    run = analyse(jsonl(POSTS), tmp_path / "run", Settings(facets=False))
    assert not [name for name in pq.read_schema(run.folder / "passages.parquet").names if name.startswith("facet")]
    assert load_analysis(run).insight.facets == ()
    passage = pq.read_table(run.folder / "passages.parquet")["passage_id"][0].as_py()
    assert evidence_of(run, [passage])[0].facets == {}
    code, out, _ = minecop("steps", "facets", run.folder, "--json")
    assert (code, json.loads(out)) == (0, [])


def test_facets_are_shown(run, minecop):
    code, out, _ = minecop("steps", "facets", run.folder, "--json")
    values = {value["id"]: value for value in json.loads(out)}
    assert (code, list(values)) == (0, list(told_facets()))
    assert (values["research"]["authors"], values["research"]["title"]) == (4, "ภารกิจของงาน: วิจัย")
    code, out, _ = minecop("steps", "facets", run.folder, "--lang", "en")
    assert code == 0
    for value, worth in facet_figures().items():
        line = next((line for line in out.splitlines() if line.startswith(f"{value} ")), None)
        assert (line is not None) == (value in told_facets())
        if line is not None:
            assert line.rstrip().endswith("*") == (worth["f1"] < _RELIABLE)
    assert f"research {facet_figures()['research']['f1']:.2f}" in out
    assert "*" not in minecop("steps", "facets", run.folder, "--csv")[1]
    passage = pq.read_table(run.folder / "passages.parquet")["passage_id"][0].as_py()
    assert "ภารกิจของงาน: วิจัย" in minecop("steps", "why", run.folder, passage)[1]
