"""Which issue a passage is near that is no voice of it: a lesson that may help, a word that it is solved."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np

from minecop.insight.models import Issue, Voice
from minecop.vectors.embedder import unit_rows
from minecop.vectors.storing import Vectors

_LINKED = 2.4
"""Likeness from which a passage, with a word of the issue in it, is said to be near that."""

_VOICES = 3
"""Voices of an issue that a passage is compared with, the nearest: some issues hold more than one matter, and their middle is neither."""

_NEAREST = 5
"""Issues whose voices a passage is compared with: those nearest it as a whole."""

_SEEN = 500
"""Passages by which it is known how like the voices of an issue any passage is; a mean and a spread need no more."""

_LEAST_SPREAD = 0.04
"""Spread of that likeness at the least: of a handful of passages it may be almost none."""


@dataclass(frozen=True, slots=True)
class Told:
    """The passages of an archive as far as what is told in them is looked for; everything is one a passage, in the same order.

    Attributes
    ----------
    voices, texts, terms
        Passages, their texts as written, and the words that tell what they are about.
    marks
        What they do: by column of the acts stage.
    vectors
        Rows of length 1.
    own
        Whether the words are the writer's own, and no courtesy.
    steps, topics
        The step (0 = none) and the topic (-1 = none) of each.
    """

    voices: Sequence[Voice]
    texts: Sequence[str]
    terms: Sequence[Sequence[str]]
    marks: Mapping[str, Sequence[Any]]
    vectors: Vectors
    own: Sequence[bool]
    steps: Sequence[int]
    topics: Sequence[int]


class Linker:
    """Says which issue a passage is near: as like three voices of it, of other people, as hardly any passage of the archive is.

    Parameters
    ----------
    told
        The passages.
    issues
        Those of a single thread are left out.
    """

    def __init__(self, told: Told, issues: Sequence[Issue]) -> None:
        self._told = told
        self._issues = [issue for issue in issues if len({voice.post_id for voice in issue.group.members}) > 1]
        row_of = {voice.passage_id: row for row, voice in enumerate(told.voices)}
        self._members = [
            np.array([row_of[voice.passage_id] for voice in issue.group.members]) for issue in self._issues
        ]
        telling = np.flatnonzero(told.own)
        self._seen = telling[:: max(1, len(telling) // _SEEN)].tolist()
        self._usual: dict[int, tuple[float, float]] = {}  # of the issues that anything was found to be near
        authors: dict[str, int] = {}  # unknown ones are nobody: -1
        self._authors = np.array(
            [authors.setdefault(v.author_id, len(authors)) if v.author_id else -1 for v in told.voices], dtype=np.int64
        )
        if self._issues:
            self._centres = unit_rows(np.stack([told.vectors[rows].sum(axis=0) for rows in self._members]))

    def link(self, row: int) -> tuple[str, float] | None:
        """Return the id of the issue that a passage is nearest, and how near in spreads, where it is near enough."""
        if not self._issues:
            return None
        near = np.argsort(-(self._centres @ self._told.vectors[row]), kind="stable")[:_NEAREST].tolist()
        named = [n for n in near if not set(self._issues[n].terms).isdisjoint(self._told.terms[row])]
        found = [(self._beyond(row, n), -n) for n in named]
        likeness, place = max(found, default=(0.0, 0))
        return (self._issues[-place].group.id, likeness) if likeness >= _LINKED else None

    def _beyond(self, row: int, issue: int) -> float:
        """Return how much nearer a passage is to an issue than any passage is, in spreads."""
        if issue not in self._usual:
            self._usual[issue] = _mean_and_spread([self._near(one, issue) for one in self._seen])
        mean, spread = self._usual[issue]
        return (self._near(row, issue) - mean) / spread

    def _near(self, row: int, issue: int) -> float:
        """Return the mean cosine of a passage with the voices of an issue that are nearest it, its own writer's left out."""
        members, author = self._members[issue], self._authors[row]
        others = members[(members != row) & ((author < 0) | (self._authors[members] != author))]
        if len(others) < _VOICES:
            return 0.0
        cosines = np.sort(self._told.vectors[others] @ self._told.vectors[row])[-_VOICES:]
        return float(cosines.mean())


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), max(float(np.std(values)), _LEAST_SPREAD)
