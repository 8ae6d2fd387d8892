"""Topics, themes, steps, facets and communities, counted by the people who speak of each; and which way the passages of an archive went."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterable, Mapping
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.insight.groups import group_of
from minecop.insight.models import Group, Issue, SetAside, Topic
from minecop.insight.passages import Passages
from minecop.insight.profiles import counted
from minecop.insight.quotes import choose_quotes
from minecop.insight.trends import TrendMeter
from minecop.insight.voices import Voices
from minecop.process.definition import Process, load_facets

_NONE = np.iinfo(np.int32).min
"""Theme of passages without a topic."""


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
        self._nobody = passages.told.voices.among([])

    def _voices_by(self, keys: NDArray[np.integer[Any]], some: Voices | None = None) -> dict[int, Voices]:
        """Return voices (all of them, if not told) by what each has in ``keys``, in the same order, shape (n,)."""
        voices = self._told.voices if some is None else some
        if not len(keys):
            return {}
        order = np.argsort(keys, kind="stable")
        found, starts = np.unique(keys[order], return_index=True)
        return dict(zip(found.tolist(), map(voices.among, np.split(voices.rows[order], starts[1:])), strict=True))

    def topics(self, topics: pa.Table) -> tuple[Topic, ...]:
        """Return the topics, counted by people."""
        members = self._voices_by(self._told.topics)
        return tuple(self._topic(row, members.get(row["topic"], self._nobody)) for row in topics.to_pylist())

    def _topic(self, row: dict[str, Any], members: Voices) -> Topic:
        terms = tuple(term for term, _ in json.loads(row["terms"]))
        there = self._told.voices.find(row["typical"])
        typical = list({self._told.texts[one]: one for one in reversed(there)}.values())[::-1]  # no copies
        place = {self._told.voices[one].passage_id: n for n, one in enumerate(typical)}
        quotes = choose_quotes(
            [self._told.voices[one] for one in typical],
            worth=lambda voice: -place[voice.passage_id],
            text_of=lambda voice: self._told.texts[voice.row],
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
        numbers = np.array([theme_of.get(topic, _NONE) for topic in range(-1, max(theme_of, default=-1) + 1)])
        members = self._voices_by(numbers[np.asarray(self._told.topics) + 1])
        return tuple(
            group_of(str(row["theme"]), row["label"], members.get(row["theme"], self._nobody), self._meter)
            for row in themes.to_pylist()
        )

    def steps(self, process: Process, set_aside: Iterable[SetAside]) -> tuple[Group, ...]:
        """Return the steps of the process, counted by people: of what they say in their own words."""
        own = counted(self._told.voices.where(self._told.own), set_aside)
        members = self._voices_by(self._passages.steps.first[own.rows], own)
        return tuple(
            group_of(str(s.number), s.names["th"], members.get(s.number, self._nobody), self._meter)
            for s in process.steps
        )

    def facets(self, steps: pa.Table) -> tuple[Group, ...]:
        """Return the values of facets that were looked for, counted by people; a passage may count for several."""
        if "facets" not in steps.column_names:
            return ()
        said = pc.split_pattern(steps["facets"].combine_chunks(), " ")
        value, row = pc.list_flatten(said), pc.list_parent_indices(said).to_numpy()
        members = {
            one: row[pc.equal(value, one).to_numpy(zero_copy_only=False)] for one in pc.unique(value).to_pylist()
        }
        return tuple(
            group_of(value.id, value.names["th"], self._told.voices.among(members.get(value.id, ())), self._meter)
            for facet in load_facets()
            for value in facet.steps
            if f"facet_{value.id}" in steps.column_names
        )

    def communities(self) -> tuple[Group, ...]:
        """Return the communities with what their people have to say, the most people first; the unknown one has no title."""
        own = self._told.voices.where(self._told.own)
        names = [*own.community_ids, ""]
        groups = [
            group_of(names[place], names[place], voices, self._meter)
            for place, voices in self._voices_by(own.communities, own).items()
        ]
        return tuple(sorted(groups, key=lambda group: (-len(group.author_ids), group.title)))


def funnel(
    passages: Passages,
    aside: Mapping[str, str],
    issues: Iterable[Issue],
    meter: TrendMeter,
    voicing: NDArray[np.bool_],
    not_told: int,
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
    not_told
        Passages that voice something by themselves, and are too many to be told as issues.
    """
    told = passages.told
    own = told.voices.where(told.own)
    of_post = np.bincount(own.posts, minlength=len(own.post_ids))
    reasons = Counter[str]()
    for post, count in zip(own.post_ids, of_post.tolist(), strict=True):
        if post in aside:
            reasons[aside[post]] += count
    by_author = np.sort(np.bincount(own.authors[own.authors >= 0]))
    return {
        "passages": len(told.voices),
        "courtesy": len(told.voices) - len(own),
        "explainer": reasons["explainer"] + reasons["copied"],
        "platform": reasons["platform"],
        "announcement": reasons["announcement"],
        "series": reasons["series"],
        "coursework": reasons["coursework"],
        "event": reasons["event"],
        "concerns": int(np.count_nonzero(told.own & voicing)),
        "in_issues": sum(len(issue.group.members) for issue in issues if issue.status == "shared"),
        "early_not_told": not_told,
        "trend_known": int(meter.known),
        "without_author": int(np.count_nonzero(told.voices.authors < 0)),
        "without_date": int(np.count_nonzero(told.voices.months < 0)),
        "top_five_percent": round(100 * int(by_author[-5:].sum()) / max(1, int(by_author.sum()))),
        "without_topic": int(np.count_nonzero((np.asarray(told.topics) < 0) & passages.telling)),
    }


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 2)
