"""Which issue a passage is near that is no voice of it: a lesson that may help, a word that it is solved."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import islice, repeat
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.core.executors import batched
from minecop.core.products import product
from minecop.insight.models import Issue
from minecop.insight.voices import Voices, archive_rows
from minecop.vectors.embedder import unit_rows
from minecop.vectors.storing import Vectors

_LINKED = 2.4
"""Likeness from which a passage, with a word of the issue in it, is said to be near that."""

_VOICES = 3
"""Voices of an issue that a passage is compared with, the nearest: some issues hold more than one matter, and their middle is neither."""

_NEAREST = 5
"""Issues whose voices a passage is compared with: those nearest it as a whole."""

_MOST_ISSUES = 5_000
"""Issues that are linked, the first ones: a very large archive has tens of thousands of groups, and nobody looks at the last of them."""

_SEEN = 500
"""Passages by which it is known how like the voices of an issue any passage is; a mean and a spread need no more."""

_ROWS_AT_ONCE = 256
"""Passages that are compared with all issues together."""

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
        What they do: by column of the acts stage, arrays but for what is text.
    vectors
        Rows of length 1.
    own
        Whether the words are the writer's own, and no courtesy.
    steps, topics
        The step (0 = none) and the topic (-1 = none) of each.
    """

    voices: Voices
    texts: Sequence[str]
    terms: Sequence[Sequence[str]]
    marks: Mapping[str, Any]
    vectors: Vectors
    own: NDArray[np.bool_]
    steps: NDArray[np.integer[Any]]
    topics: NDArray[np.integer[Any]]


class Linker:
    """Says which issue a passage is near: as like three voices of it, of other people, as hardly any passage of the archive is.

    Parameters
    ----------
    told
        The passages.
    issues
        In their order. Those of a single thread are left out, and those that come after ``_MOST_ISSUES`` others.
    """

    def __init__(self, told: Told, issues: Sequence[Issue]) -> None:
        self._told = told
        several = (issue for issue in issues if len(np.unique(Voices.of(issue.group.members).posts)) > 1)
        self._issues = list(islice(several, _MOST_ISSUES))
        self._members = [archive_rows(issue.group.members) for issue in self._issues]
        telling = np.flatnonzero(told.own)
        self._seen = telling[:: max(1, len(telling) // _SEEN)]
        self._usual: dict[int, tuple[float, float]] = {}  # of the issues that anything was found to be near
        self._authors = told.voices.authors
        if self._issues:
            self._centres = unit_rows(np.stack([told.vectors[rows].sum(axis=0) for rows in self._members]))

    def links(self, rows: Sequence[int]) -> Iterator[tuple[str, float] | None]:
        """Yield, of each passage, the id of the issue that it is nearest, and how near in spreads, where it is near enough."""
        if not self._issues:
            yield from repeat(None, len(rows))
            return
        for some in batched(rows, _ROWS_AT_ONCE):
            for row, cosines in zip(some, product(self._told.vectors[some], self._centres.T), strict=True):
                yield self._link(row, _highest(cosines, _NEAREST))

    def _link(self, row: int, near: Sequence[int]) -> tuple[str, float] | None:
        named = [n for n in near if not set(self._issues[n].terms).isdisjoint(self._told.terms[row])]
        found = [(self._beyond(row, n), -n) for n in named]
        likeness, place = max(found, default=(0.0, 0))
        return (self._issues[-place].group.id, likeness) if likeness >= _LINKED else None

    def _beyond(self, row: int, issue: int) -> float:
        """Return how much nearer a passage is to an issue than any passage is, in spreads."""
        if issue not in self._usual:
            self._usual[issue] = _mean_and_spread(self._near(self._seen, issue))
        mean, spread = self._usual[issue]
        return (float(self._near(np.array([row]), issue)[0]) - mean) / spread

    def _near(self, rows: NDArray[np.integer[Any]], issue: int) -> NDArray[np.float32]:
        """Return the mean cosine of passages with the voices of an issue that are nearest them, their own writers' left out, shape (n,)."""
        members = self._members[issue]
        cosines = self._told.vectors[rows] @ self._told.vectors[members].T
        authors = self._authors[rows]
        own = (authors[:, None] >= 0) & (authors[:, None] == self._authors[members]) | (rows[:, None] == members)
        cosines[own] = -np.inf
        nearest = np.sort(cosines, axis=1)[:, -_VOICES:]
        enough = (~own).sum(axis=1) >= _VOICES
        means: NDArray[np.float32] = np.where(enough, nearest.mean(axis=1), np.float32(0))
        return means


def _highest(values: NDArray[np.float32], most: int) -> list[int]:
    """Return the places of the highest values, the earlier of equal ones first: sorting all would take longer than telling them."""
    most = min(most, len(values))
    places = np.flatnonzero(values >= np.partition(values, -most)[-most])
    highest: list[int] = places[np.argsort(-values[places], kind="stable")][:most].tolist()
    return highest


def _mean_and_spread(values: NDArray[np.float32]) -> tuple[float, float]:
    return float(np.mean(values)), max(float(np.std(values)), _LEAST_SPREAD)
