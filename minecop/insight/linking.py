"""Which issue a passage is near that is no voice of it: a lesson that may help, a word that it is solved."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.insight.models import Issue, Voice
from minecop.vectors.embedder import unit_rows

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

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Told:
    """The passages of an archive as far as what is told in them is looked for; everything is one a passage, in the same order.

    Attributes
    ----------
    voices, texts, terms, marks
        Passages, their texts as written, the words that tell what they are about, and what they do.
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
    marks: Sequence[dict[str, Any]]
    vectors: Matrix
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
        self._members = [[row_of[voice.passage_id] for voice in issue.group.members] for issue in self._issues]
        telling = np.flatnonzero(told.own)
        seen = telling[:: max(1, len(telling) // _SEEN)].tolist()
        self._usual = [_mean_and_spread([self._near(row, n) for row in seen]) for n in range(len(self._issues))]
        if self._issues:
            self._centres = unit_rows(np.stack([told.vectors[rows].sum(axis=0) for rows in self._members]))

    def link(self, row: int) -> tuple[str, float] | None:
        """Return the id of the issue that a passage is nearest, and how near in spreads, where it is near enough."""
        if not self._issues:
            return None
        near = np.argsort(-(self._centres @ self._told.vectors[row]), kind="stable")[:_NEAREST].tolist()
        named = [n for n in near if not set(self._issues[n].terms).isdisjoint(self._told.terms[row])]
        found = [((self._near(row, n) - self._usual[n][0]) / self._usual[n][1], -n) for n in named]
        likeness, place = max(found, default=(0.0, 0))
        return (self._issues[-place].group.id, likeness) if likeness >= _LINKED else None

    def _near(self, row: int, issue: int) -> float:
        """Return the mean cosine of a passage with the voices of an issue that are nearest it, its own writer's left out."""
        author = self._told.voices[row].author_id
        others = [
            n for n in self._members[issue] if n != row and (not author or self._told.voices[n].author_id != author)
        ]
        cosines = np.sort(self._told.vectors[others] @ self._told.vectors[row])[-_VOICES:]
        return float(cosines.mean()) if len(others) >= _VOICES else 0.0


def _mean_and_spread(values: Sequence[float]) -> tuple[float, float]:
    return float(np.mean(values)), max(float(np.std(values)), _LEAST_SPREAD)
