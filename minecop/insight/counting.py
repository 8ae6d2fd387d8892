"""Topics, themes, steps, facets and communities, counted by the people who speak of each; and which way the passages of an archive went."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.insight.groups import group_of
from minecop.insight.models import Group, Issue, SetAside, Topic, Voice
from minecop.insight.passages import Passages
from minecop.insight.profiles import counted
from minecop.insight.quotes import choose_quotes
from minecop.insight.trends import TrendMeter
from minecop.process.definition import Process, load_facets

Key = TypeVar("Key")


class GroupCounter:
    """Counts the passages of an archive by people, under one thing or another.

    Parameters
    ----------
    passages
        All of them.
    meter
        Measures trends.
    """

    def __init__(self, passages: Passages, meter: TrendMeter) -> None:
        self._passages = passages
        self._told = passages.told
        self._meter = meter

    def _voices_by(self, keys: Iterable[Key]) -> dict[Key, list[Voice]]:
        """Return the voices by what each has in ``keys``, given in the same order."""
        members: dict[Key, list[Voice]] = {}
        for voice, key in zip(self._told.voices, keys, strict=True):
            members.setdefault(key, []).append(voice)
        return members

    def topics(self, topics: pa.Table) -> tuple[Topic, ...]:
        """Return the topics, counted by people."""
        members = self._voices_by(self._told.topics)
        return tuple(self._topic(row, members.get(row["topic"], [])) for row in topics.to_pylist())

    def _topic(self, row: dict[str, Any], members: list[Voice]) -> Topic:
        terms = tuple(term for term, _ in json.loads(row["terms"]))
        there = [self._passages.steps.row_of[p] for p in row["typical"] if p in self._passages.steps.row_of]
        typical = list({self._told.texts[one]: one for one in reversed(there)}.values())[::-1]  # no copies
        place = {self._told.voices[one].passage_id: n for n, one in enumerate(typical)}
        quotes = choose_quotes(
            [self._told.voices[one] for one in typical],
            worth=lambda voice: -place[voice.passage_id],
            text_of=lambda voice: self._told.texts[self._passages.row_of(voice)],
            cues=lambda _: terms,
        )
        group = group_of(str(row["topic"]), row["label"], members, self._meter)
        others = tuple(row["others"] or ())
        return Topic(
            group,
            terms,
            str(row["theme"]),
            _rounded(row["stability"]),
            _rounded(row["sure"]),
            row["change"],
            others,
            quotes,
            row["machine"],
        )

    def themes(self, topics: pa.Table, themes: pa.Table) -> tuple[Group, ...]:
        """Return the themes, counted by people: one who speaks of several of its topics counts once."""
        theme_of = dict(zip(topics["topic"].to_pylist(), topics["theme"].to_pylist(), strict=True))
        members = self._voices_by(theme_of.get(topic) for topic in self._told.topics)
        return tuple(
            group_of(str(row["theme"]), row["label"], members.get(row["theme"], ()), self._meter)
            for row in themes.to_pylist()
        )

    def steps(self, process: Process, set_aside: Iterable[SetAside]) -> tuple[Group, ...]:
        """Return the steps of the process, counted by people: of what they say in their own words."""
        own = [voice for voice, kept in zip(self._told.voices, self._told.own, strict=True) if kept]
        members: dict[int, list[Voice]] = {}
        for voice in counted(own, set_aside):
            members.setdefault(self._passages.steps.step(voice), []).append(voice)
        return tuple(
            group_of(str(s.number), s.names["th"], members.get(s.number, ()), self._meter) for s in process.steps
        )

    def facets(self, steps: pa.Table) -> tuple[Group, ...]:
        """Return the values of facets that were looked for, counted by people; a passage may count for several."""
        if "facets" not in steps.column_names:
            return ()
        members: dict[str, list[Voice]] = {}
        for voice, values in zip(self._told.voices, steps["facets"].to_pylist(), strict=True):
            for value in values.split():
                members.setdefault(value, []).append(voice)
        return tuple(
            group_of(value.id, value.names["th"], members.get(value.id, ()), self._meter)
            for facet in load_facets()
            for value in facet.steps
            if f"facet_{value.id}" in steps.column_names
        )

    def communities(self) -> tuple[Group, ...]:
        """Return the communities with what their people have to say, the most people first; the unknown one has no title."""
        keys = [
            (voice.community or "") if kept else None
            for voice, kept in zip(self._told.voices, self._told.own, strict=True)
        ]
        members = self._voices_by(keys)
        groups = [group_of(name, name, voices, self._meter) for name, voices in members.items() if name is not None]
        return tuple(sorted(groups, key=lambda group: (-len(group.author_ids), group.title)))


def funnel(
    passages: Passages,
    aside: Mapping[str, str],
    issues: Iterable[Issue],
    meter: TrendMeter,
    voicing: NDArray[np.bool_],
) -> dict[str, int]:
    """Return how many passages went which way.

    Parameters
    ----------
    passages
        All of them.
    aside
        The reason for each post that was set aside, by its id.
    issues
        What was found.
    meter
        Measures trends.
    voicing
        Whether each passage voices something unsettled.
    """
    told = passages.told
    own = [voice for voice, kept in zip(told.voices, told.own, strict=True) if kept]
    reasons = Counter(aside.get(voice.post_id) for voice in own)
    by_author = Counter(voice.author_id for voice in own if voice.author_id)
    most = sum(count for _, count in by_author.most_common(5))
    return {
        "passages": len(told.voices),
        "courtesy": len(told.voices) - len(own),
        "explainer": reasons["explainer"] + reasons["copied"],
        "platform": reasons["platform"],
        "announcement": reasons["announcement"],
        "series": reasons["series"],
        "coursework": reasons["coursework"],
        "event": reasons["event"],
        "concerns": int(np.count_nonzero(np.array(told.own, dtype=bool) & voicing)),
        "in_issues": sum(len(issue.group.members) for issue in issues if issue.status == "shared"),
        "trend_known": int(meter.known),
        "without_author": sum(voice.author_id is None for voice in told.voices),
        "without_date": sum(voice.published is None for voice in told.voices),
        "top_five_percent": round(100 * most / max(1, sum(by_author.values()))),
        "without_topic": sum(t < 0 and kept for t, kept in zip(told.topics, passages.telling, strict=True)),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 2)
