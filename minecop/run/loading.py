"""From a run's folder back to values."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import cache
from typing import Any

from minecop.archive.store import read_archive
from minecop.core.largejson import read_large_json
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
from minecop.run.opening import Run
from minecop.run.stages import LAYOUT
from minecop.vectors.storing import read_vectors


def load_analysis(run: Run) -> Analysis:
    """Return everything that a report is made from.

    Raises
    ------
    RunError
        When an artefact is damaged, or is being made anew.
    """
    with run.reading({"archive": None, "insight": None, "process": ["steps.parquet"], "layout": None}):
        insight = _insight(read_large_json(run.stage_folder("insight") / "insight.json", _voices_once(), _MADE))
        steps = StepTable.from_table(read_table(run.stage_folder("process") / "steps.parquet"))
        places = read_vectors(run.stage_folder("layout") / LAYOUT)
        archive = read_archive(run.stage_folder("archive"))
    settings = run.manifest["settings"]
    return Analysis(
        archive=archive,
        insight=insight,
        process=load_process(settings["process"]),
        steps=steps,
        places=places,
        settings=settings,
        manifest=run.manifest,
    )


def _voices_once() -> Callable[[dict[str, Any]], Any]:
    """Return what makes voices of objects that are some, each passage's once: it stands under its issue, topic, step and community."""
    known: dict[str, Voice] = {}
    same = cache(lambda text: text)
    moment = cache(datetime.fromisoformat)

    def made(value: dict[str, Any]) -> Any:
        if "passage_id" not in value:
            return value
        voice = known.get(value["passage_id"])
        if voice is None:
            for name in ("post_id", "author_id", "community"):
                value[name] = same(value[name])
            value["published"] = moment(value["published"]) if value["published"] else None
            voice = known[value["passage_id"]] = Voice(**value)
        return voice

    return made


def _insight(values: dict[str, Any]) -> Insight:
    funnel = values.pop("funnel")
    return Insight(funnel=funnel, **{name: tuple(made) for name, made in values.items()})


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
    return Lesson(
        **value
        | {
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
            "members": tuple(value["members"]),
        }
    )


def _set_aside(value: dict[str, Any]) -> SetAside:
    return SetAside(value["reason"], value["title"], tuple(value["members"]))


def _faded(value: dict[str, Any]) -> Faded:
    return Faded(value["topic"], value["label"], tuple(value["others"]))


_MADE: dict[str, Callable[[Any], Any]] = {
    "issues": _issue,
    "set_aside": _set_aside,
    "topics": _topic,
    "themes": _group,
    "faded": _faded,
    "steps": _group,
    "communities": _group,
    "lessons": _lesson,
    "facets": _group,
}
"""What becomes of the objects in each list of ``insight.json``."""
