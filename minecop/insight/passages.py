"""The passages of an archive with what every stage says of them, and how likely each voices something unsettled."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit

from minecop.acts.marking import ACTS
from minecop.core.dates import BANGKOK
from minecop.core.tables import values_once
from minecop.core.wordlists import WordLists
from minecop.insight.linking import Told
from minecop.insight.models import Voice
from minecop.insight.profiles import StepTable
from minecop.text.words import phrases
from minecop.vectors.anchors import shipped_anchors
from minecop.vectors.models import shipped_model
from minecop.vectors.storing import Vectors

PASSAGE_COLUMNS = (
    "passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published", "title", "text", "origin",
)  # fmt: skip
WORD_COLUMNS = ("terms", "joined")
ACT_COLUMNS = (*ACTS, "openness", "learning", "parts", "evidence")
"""Columns of the tables of the text and the acts stage that are needed here."""

_SOFTLY = 0.8
"""Log odds below 0 at which a passage is as likely to voice a matter as not: most that do say so softly."""

_KNOWN, _USUALLY_CLOSE = 0.4, 2.9
"""Log odds of voicing something for each spread that a passage lies nearer to known concerns than passages of practitioners do."""

_FROM_AFAR = 0.8
"""How much less likely one voices something that is neither of the writer's own life nor marked: idle talk, news."""

_CHUNK = 20_000
"""Passages of which that is told at once."""

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
    telling: Sequence[bool]

    @classmethod
    def from_tables(
        cls,
        passages: pa.Table,
        words: pa.Table,
        acts: pa.Table,
        steps: pa.Table,
        vectors: Vectors,
        topic_of: Sequence[int],
    ) -> Passages:
        """Return what the tables of the earlier stages say, one row a passage, all in the same order."""
        marks = {name: acts[name].to_numpy() for name in (*ACTS, "openness", "learning")}
        texts_of_marks = {name: values_once(acts[name]) for name in ("parts", "evidence")}
        joined = WordLists(words["joined"])
        table = StepTable.from_table(steps)
        telling = (~marks["courtesy"].astype(bool)).tolist()
        own = [
            origin == "own" for origin in values_once(passages["origin"])
        ]  # what is quoted was said by somebody else
        told = Told(
            voices=voices_of(passages),
            texts=passages["text"].to_pylist(),
            terms=WordLists(words["terms"]),
            marks=marks | texts_of_marks,
            vectors=vectors,
            own=[said and tells for said, tells in zip(own, telling, strict=True)],
            steps=table.first.tolist(),
            topics=topic_of,
        )
        return cls(told, values_once(passages["title"]), joined, table, _voicing(marks, joined), telling)

    def row_of(self, voice: Voice) -> int:
        """Return the row of a passage."""
        return self.steps.row_of[voice.passage_id]

    def encode(self, rows: Sequence[int]) -> Matrix:
        """Return vectors of passages in the space of the anchors, shape (n, dimensions)."""
        return _encoded(self.words, rows)


class Phrases:
    """The content words of passages, and the pairs of them (``text.words.phrases``), found whenever they are asked for."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, row: int, /) -> list[str]:
        return phrases(self._words[row])


def _encoded(words: Sequence[Sequence[str]], rows: Sequence[int]) -> Matrix:
    return shipped_model().encode_words([words[row] for row in rows])


def _voicing(marks: dict[str, NDArray[np.generic]], words: WordLists) -> NDArray[np.float64]:
    """Return how likely each passage voices something: by what it says, and how near that lies to known concerns."""
    issue = marks["concern"].astype(bool) | marks["wish"].astype(bool)
    plain = marks["experience"].astype(bool) | issue
    anchors, count = shipped_anchors(), len(words)
    chunks = (range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))
    found = [anchors.closeness(_encoded(words, rows)) for rows in chunks]
    closeness = np.concatenate(found) if found else np.zeros(0, dtype=np.float32)
    odds = marks["openness"].astype(np.float64) + _SOFTLY + _KNOWN * (closeness - _USUALLY_CLOSE)
    voicing: NDArray[np.float64] = expit(odds) * np.where(plain, 1.0, _FROM_AFAR)
    return voicing


def voices_of(passages: pa.Table) -> list[Voice]:
    """Return the passages of a table as voices, in Thai time."""
    ids, *columns = (passages[name] for name in PASSAGE_COLUMNS[:8])
    values = [column.to_pylist() if pa.types.is_integer(column.type) else values_once(column) for column in columns]
    thai = {moment: moment.astimezone(BANGKOK) if moment else None for moment in set(values[-1])}
    values[-1] = [thai[moment] for moment in values[-1]]
    return [Voice(*row) for row in zip(ids.to_pylist(), *values, strict=True)]
