"""The passages of an archive with what every stage says of them, and how likely each voices something unsettled."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.acts.marking import ACTS
from minecop.core.mapping import let_go
from minecop.core.tables import Column, pieces_of
from minecop.core.wordlists import WordLists
from minecop.insight.linking import Told
from minecop.insight.profiles import StepTable
from minecop.insight.voices import VOICE_COLUMNS, Voices
from minecop.text.words import phrases
from minecop.vectors.storing import Vectors

PASSAGE_COLUMNS = (*VOICE_COLUMNS, "title", "origin", "text")
WORD_COLUMNS = ("terms", "joined")
ACT_COLUMNS = (*ACTS, "openness", "closeness", "learning", "parts", "evidence")
"""Columns of the tables of the text and the acts stage that are needed here."""

_ROWS_AT_ONCE = 20_000

_AS_PLAIN = 0.6
"""What the log odds of voicing something count, which are those of labelled passages: in archives less is plain, one way or the other."""

_USUALLY = -0.95
"""Log odds of voicing something of a passage that is neither plain nor of its writer's own life, and as near to known concerns as most."""

_OWN_LIFE = 1.5
"""Log odds that it adds when it tells of its writer's own life: news and idle talk tell of others'."""

_KNOWN, _USUALLY_CLOSE = 0.55, 2.9
"""Log odds of voicing something for each spread that a passage lies nearer to known concerns than passages of practitioners do."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Passages:
    """All passages, in their order.

    Attributes
    ----------
    told
        Who says what.
    titles
        Of the post that each stands in or under.
    words
        All of its words, collocations joined.
    steps
        What the process stage says of each.
    voicing
        Probability that it voices something unsettled, shape (n,).
    telling
        Whether it is more than courtesy.
    """

    told: Told
    titles: Sequence[str | None]
    words: WordLists
    steps: StepTable
    voicing: NDArray[np.float64]
    telling: NDArray[np.bool_]

    @classmethod
    def from_tables(
        cls,
        passages: pa.Table,
        words: Iterable[pa.Table],
        acts: pa.Table,
        steps: pa.Table,
        vectors: Vectors,
        topic_of: NDArray[np.integer[Any]],
        folder: Path | None = None,
    ) -> Passages:
        """Return what the tables of the earlier stages say, one row a passage, all in the same order; see ``finding.find_insight``."""
        voices = Voices.from_tables(pieces_of(passages, _ROWS_AT_ONCE))
        terms, joined = WordLists(folder), WordLists(folder)
        for some in words:
            terms.add(some["terms"])
            joined.add(some["joined"])
        marks = {name: acts[name].to_numpy() for name in (*ACTS, "openness", "closeness", "learning")}
        table = StepTable.from_table(steps)
        telling = ~marks["courtesy"].astype(bool)
        told = Told(
            voices=voices,
            texts=Column(passages["text"]),
            terms=terms,
            marks=marks | {name: Column(acts[name]) for name in ("parts", "evidence")},
            vectors=vectors,
            # what is quoted was said by somebody else
            own=telling & pc.equal(passages["origin"], "own").to_numpy(),
            steps=table.first,
            topics=topic_of,
        )
        voicing = _voicing(marks)
        let_go()  # whole columns were read
        return cls(told, Column(passages["title"]), joined, table, voicing, telling)


class Phrases:
    """The content words of passages, and the pairs of them (``text.words.phrases``), found whenever they are asked for."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, row: int, /) -> list[str]:
        return phrases(self._words[row])


def _voicing(marks: dict[str, NDArray[np.generic]]) -> NDArray[np.float64]:
    """Return how likely each passage voices something: by what it says, of whose life, and how near that lies to known concerns."""
    from scipy.special import expit

    odds = (
        _USUALLY
        + _AS_PLAIN * marks["openness"].astype(np.float64)
        + _OWN_LIFE * marks["experience"].astype(np.float64)
        + _KNOWN * (marks["closeness"].astype(np.float64) - _USUALLY_CLOSE)
    )
    voicing: NDArray[np.float64] = expit(odds)
    return voicing
