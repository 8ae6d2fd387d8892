"""From a run's folder back to values."""

from __future__ import annotations

from pathlib import Path
from sys import intern
from typing import Any

from minecop.archive.store import read_archive
from minecop.core.largejson import read_large_json
from minecop.core.tables import column_names, read_tables, unpacked_table
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
)
from minecop.insight.profiles import StepTable
from minecop.insight.voices import VOICE_COLUMNS, Voices
from minecop.process.definition import load_process
from minecop.run.opening import Run
from minecop.run.stages import LAYOUT
from minecop.vectors.storing import read_vectors

_ROWS = 20_000
"""Passages that are read at a time."""


def load_analysis(run: Run) -> Analysis:
    """Return everything that a report is made from.

    Raises
    ------
    RunError
        When an artefact is damaged, or is being made anew.
    """
    read = {
        "archive": None,
        "text": ["passages.parquet"],
        "insight": None,
        "process": ["steps.parquet"],
        "layout": None,
    }
    with run.reading(read):
        insight = _Reader(_passages(run)).insight(run.stage_folder("insight") / "insight.json")
        path = run.stage_folder("process") / "steps.parquet"
        steps = StepTable.from_table(
            unpacked_table(path, [name for name in column_names(path) if name != "passage_id"])
        )
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


def read_passages(run: Run) -> Voices:
    """Return all passages of a run, in the order in which vectors and tables have them.

    Raises
    ------
    RunError
        When an artefact is damaged, or is being made anew.
    """
    with run.reading({"text": ["passages.parquet"]}):
        return _passages(run)


def _passages(run: Run) -> Voices:
    tables = read_tables(run.stage_folder("text") / "passages.parquet", _ROWS, list(VOICE_COLUMNS))
    return Voices.from_tables(tables)


class _Reader:
    """Makes values of what the insight stage wrote, in which a voice is its passage's row.

    Parameters
    ----------
    voices
        All of the archive.
    """

    def __init__(self, voices: Voices) -> None:
        self._voices = voices

    def insight(self, path: Path) -> Insight:
        """Return all of it."""
        values = read_large_json(
            path,
            {
                "issues": self._issue,
                "set_aside": self._set_aside,
                "topics": self._topic,
                "themes": self._group,
                "faded": lambda value: Faded(value["topic"], value["label"], tuple(value["others"])),
                "steps": self._group,
                "communities": self._group,
                "lessons": self._lesson,
                "facets": self._group,
            },
        )
        funnel = values.pop("funnel")
        return Insight(funnel=funnel, **{name: tuple(made) for name, made in values.items()})

    def _issue(self, value: dict[str, Any]) -> Issue:
        return Issue(
            **value
            | {
                "group": self._group(value["group"]),
                "grounds": _grounds(value["grounds"]),
                "quotes": tuple(Quote(**quote) for quote in value["quotes"]),
                "terms": tuple(value["terms"]),
                "headline": Quote(**value["headline"]) if value["headline"] else None,
                "wishes": tuple(Quote(**quote) for quote in value["wishes"]),
                "objection": Quote(**value["objection"]) if value["objection"] else None,
            }
        )

    def _lesson(self, value: dict[str, Any]) -> Lesson:
        return Lesson(
            **value
            | {
                "voice": self._voices[value["voice"]],
                "quote": Quote(**value["quote"]),
                "parts": {part: Quote(**quote) for part, quote in value["parts"].items()},
                "kinds": tuple(value["kinds"]),
            }
        )

    def _topic(self, value: dict[str, Any]) -> Topic:
        return Topic(
            **value
            | {
                "group": self._group(value["group"]),
                "terms": tuple(value["terms"]),
                "others": tuple(value["others"]),
                "quotes": tuple(Quote(**quote) for quote in value["quotes"]),
            }
        )

    def _group(self, value: dict[str, Any]) -> Group:
        trend = value["trend"]
        return Group(
            **value
            | {
                "author_ids": tuple(map(intern, value["author_ids"])),
                "community_names": tuple(map(intern, value["community_names"])),
                "trend": Trend(**trend | {"periods": tuple(Period(**period) for period in trend["periods"])}),
                "members": self._voices.among(value["members"]),
            }
        )

    def _set_aside(self, value: dict[str, Any]) -> SetAside:
        return SetAside(value["reason"], value["title"], self._voices.among(value["members"]))


def _grounds(value: dict[str, Any]) -> Grounds:
    lists = {name: tuple(one) for name, one in value.items() if isinstance(one, list)}
    return Grounds(**value | lists | {"steps": {int(step): people for step, people in value["steps"].items()}})
