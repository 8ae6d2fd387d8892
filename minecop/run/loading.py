"""From a run's folder back to values."""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any

from minecop.archive.store import read_archive
from minecop.core.errors import RunError
from minecop.core.tables import read_table
from minecop.insight.analysis import Analysis
from minecop.insight.models import (
    Faded,
    Grounds,
    Group,
    Insight,
    Issue,
    Lesson,
    Period,
    Quote,
    SetAside,
    Topic,
    Trend,
    Voice,
)
from minecop.insight.profiles import StepTable
from minecop.process.definition import load_process
from minecop.run.pipeline import Run
from minecop.run.stages import LAYOUT
from minecop.vectors.storing import read_vectors


def load_analysis(run: Run) -> Analysis:
    """Return everything that a report is made from.

    Raises
    ------
    RunError
        When an artefact cannot be read.
    """
    try:
        values = json.loads((run.stage_folder("insight") / "insight.json").read_text(encoding="utf-8"))
        insight = _insight(values)
        steps = StepTable.from_table(read_table(run.stage_folder("process") / "steps.parquet"))
        places = read_vectors(run.stage_folder("layout") / LAYOUT)
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise RunError("run_damaged", path=run.folder, reason="insight") from error
    settings = run.manifest["settings"]
    return Analysis(
        archive=read_archive(run.stage_folder("archive")),
        insight=insight,
        process=load_process(settings["process"]),
        steps=steps,
        places=places,
        settings=settings,
        manifest=run.manifest,
    )


def _insight(values: dict[str, Any]) -> Insight:
    return Insight(
        issues=tuple(_issue(value) for value in values["issues"]),
        set_aside=tuple(SetAside(v["reason"], v["title"], _voices(v["members"])) for v in values["set_aside"]),
        topics=tuple(_topic(value) for value in values["topics"]),
        themes=tuple(_group(value) for value in values["themes"]),
        faded=tuple(Faded(v["topic"], v["label"], tuple(v["others"])) for v in values["faded"]),
        steps=tuple(_group(value) for value in values["steps"]),
        communities=tuple(_group(value) for value in values["communities"]),
        lessons=tuple(_lesson(value) for value in values["lessons"]),
        funnel=values["funnel"],
        facets=tuple(_group(value) for value in values["facets"]),
    )


def _issue(value: dict[str, Any]) -> Issue:
    return Issue(
        **value
        | {
            "group": _group(value["group"]),
            "grounds": _grounds(value["grounds"]),
            "quotes": tuple(Quote(**quote) for quote in value["quotes"]),
            "terms": tuple(value["terms"]),
            "headline": Quote(**value["headline"]) if value["headline"] else None,
            "wishes": tuple(Quote(**quote) for quote in value["wishes"]),
            "objection": Quote(**value["objection"]) if value["objection"] else None,
        }
    )


def _grounds(value: dict[str, Any]) -> Grounds:
    lists = {name: tuple(one) for name, one in value.items() if isinstance(one, list)}
    return Grounds(**value | lists | {"steps": {int(step): people for step, people in value["steps"].items()}})


def _lesson(value: dict[str, Any]) -> Lesson:
    (voice,) = _voices([value["voice"]])
    return Lesson(
        **value
        | {
            "voice": voice,
            "quote": Quote(**value["quote"]),
            "parts": {part: Quote(**quote) for part, quote in value["parts"].items()},
            "kinds": tuple(value["kinds"]),
        }
    )


def _topic(value: dict[str, Any]) -> Topic:
    return Topic(
        **value
        | {
            "group": _group(value["group"]),
            "terms": tuple(value["terms"]),
            "others": tuple(value["others"]),
            "quotes": tuple(Quote(**quote) for quote in value["quotes"]),
        }
    )


def _group(value: dict[str, Any]) -> Group:
    trend = value["trend"]
    return Group(
        **value
        | {
            "author_ids": tuple(value["author_ids"]),
            "community_names": tuple(value["community_names"]),
            "trend": Trend(**trend | {"periods": tuple(Period(**period) for period in trend["periods"])}),
            "members": _voices(value["members"]),
        }
    )


def _voices(values: list[dict[str, Any]]) -> tuple[Voice, ...]:
    return tuple(
        Voice(**value | {"published": datetime.fromisoformat(value["published"]) if value["published"] else None})
        for value in values
    )
