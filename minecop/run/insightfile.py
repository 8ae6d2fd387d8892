"""What the insight stage finds, as a file: read and written object by object."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import cache
from pathlib import Path
from sys import intern
from typing import Any

from minecop.core.largejson import read_large_json
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
from minecop.insight.voices import Voices

INSIGHT = "insight.json"

SHORT: Mapping[type, Callable[[Any], Any]] = {
    # a voice stands under its issue, topic, step and community: there it is the row of its passage in the table of these
    Voice: lambda voice: voice.row,
    Voices: lambda voices: voices.rows.tolist(),
    # each issue has all periods
    Period: lambda period: f"{period.name} {period.voices} {period.all_voices}",
}
"""What stands for objects that come again and again."""


def read_insight(path: Path, voices: Voices) -> Insight:
    """Return what was found.

    Parameters
    ----------
    path
        Of the file.
    voices
        All of the archive.
    """
    return _Reader(voices).insight(path)


@cache
def _period(text: str) -> Period:
    name, voices, every = text.split(" ")
    return Period(name, int(voices), int(every))


class _Reader:
    """Makes values of what was written.

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
                "trend": Trend(**trend | {"periods": tuple(map(_period, trend["periods"]))}),
                "members": self._voices.among(value["members"]),
            }
        )

    def _set_aside(self, value: dict[str, Any]) -> SetAside:
        return SetAside(value["reason"], value["title"], self._voices.among(value["members"]))


def _grounds(value: dict[str, Any]) -> Grounds:
    lists = {name: tuple(one) for name, one in value.items() if isinstance(one, list)}
    return Grounds(**value | lists | {"steps": {int(step): people for step, people in value["steps"].items()}})
