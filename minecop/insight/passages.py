"""The passages of an archive with what every stage says of them, and how likely each voices something unsettled."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from typing import Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.acts.marking import ACTS
from minecop.archive.models import Post
from minecop.core.tables import values_once
from minecop.core.wordlists import WordLists
from minecop.insight.linking import Told
from minecop.insight.models import Voice
from minecop.insight.profiles import StepTable
from minecop.insight.voices import VOICE_COLUMNS, voices_of
from minecop.text.words import phrases
from minecop.vectors.models import shipped_model
from minecop.vectors.storing import Vectors

PASSAGE_COLUMNS = (*VOICE_COLUMNS, "title", "origin")
WORD_COLUMNS = ("terms", "joined")
ACT_COLUMNS = (*ACTS, "openness", "closeness", "learning", "parts", "evidence")
"""Columns of the tables of the text and the acts stage that are needed here."""

_SOFTLY = 0.8
"""Log odds below 0 at which a passage is as likely to voice a matter as not: most that do say so softly."""

_KNOWN, _USUALLY_CLOSE = 0.4, 2.9
"""Log odds of voicing something for each spread that a passage lies nearer to known concerns than passages of practitioners do."""

_FROM_AFAR = 0.8
"""How much less likely one voices something that is neither of the writer's own life nor marked: idle talk, news."""

_OF_ISSUES = '"(?:concern|wish|request)"'
"""The evidence that is looked at here; that of other acts takes as much memory as the texts do."""

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
        posts: Iterable[Post],
        passages: Iterable[pa.Table],
        words: Iterable[pa.Table],
        acts: pa.Table,
        steps: pa.Table,
        vectors: Vectors,
        topic_of: Sequence[int],
    ) -> Passages:
        """Return what the tables of the earlier stages say, one row a passage, all in the same order; two of them come in pieces."""
        voices, titles, written = _passages_of(passages)
        terms, joined = WordLists(), WordLists()
        for some in words:
            terms.add(some["terms"])
            joined.add(some["joined"])
        marks = {name: acts[name].to_numpy() for name in (*ACTS, "openness", "closeness", "learning")}
        evidence = pc.if_else(pc.match_substring_regex(acts["evidence"], _OF_ISSUES), acts["evidence"], "{}")
        texts_of_marks = {"parts": values_once(acts["parts"]), "evidence": values_once(evidence)}
        table = StepTable.from_table(steps, [voice.passage_id for voice in voices])
        telling = (~marks["courtesy"].astype(bool)).tolist()
        told = Told(
            voices=voices,
            texts=Texts(posts, voices),
            terms=terms,
            marks=marks | texts_of_marks,
            vectors=vectors,
            own=[said and tells for said, tells in zip(written, telling, strict=True)],
            steps=table.first.tolist(),
            topics=topic_of,
        )
        return cls(told, titles, joined, table, _voicing(marks), telling)

    def row_of(self, voice: Voice) -> int:
        """Return the row of a passage."""
        return self.steps.row_of[voice.passage_id]

    def encode(self, rows: Sequence[int]) -> Matrix:
        """Return vectors of passages in the space of the anchors, shape (n, dimensions)."""
        return shipped_model().encode_words([self.words[row] for row in rows])


class Texts(Sequence[str]):
    """The passages' texts as written, cut out of posts and comments whenever they are asked for.

    Parameters
    ----------
    posts
        Of the archive.
    voices
        Where each passage stands.
    """

    def __init__(self, posts: Iterable[Post], voices: Sequence[Voice]) -> None:
        self._posts = {post.id: post for post in posts}
        self._voices = voices

    def __len__(self) -> int:
        return len(self._voices)

    @overload
    def __getitem__(self, row: int) -> str: ...

    @overload
    def __getitem__(self, row: slice) -> list[str]: ...

    def __getitem__(self, row: int | slice) -> str | list[str]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        voice = self._voices[row]
        post, place = self._posts[voice.post_id], voice.comment
        if place and place <= len(post.comments) and post.comments[place - 1].position == place:
            return post.comments[place - 1].body[
                voice.start : voice.end
            ]  # mostly: of a long thread the others are not gone through
        return post.text(place)[voice.start : voice.end]


class Phrases:
    """The content words of passages, and the pairs of them (``text.words.phrases``), found whenever they are asked for."""

    def __init__(self, words: Sequence[Sequence[str]]) -> None:
        self._words = words

    def __len__(self) -> int:
        return len(self._words)

    def __getitem__(self, row: int, /) -> list[str]:
        return phrases(self._words[row])


def _voicing(marks: dict[str, NDArray[np.generic]]) -> NDArray[np.float64]:
    """Return how likely each passage voices something: by what it says, and how near that lies to known concerns."""
    from scipy.special import expit

    issue = marks["concern"].astype(bool) | marks["wish"].astype(bool)
    plain = marks["experience"].astype(bool) | issue
    closeness = marks["closeness"].astype(np.float64)
    odds = marks["openness"].astype(np.float64) + _SOFTLY + _KNOWN * (closeness - _USUALLY_CLOSE)
    voicing: NDArray[np.float64] = expit(odds) * np.where(plain, 1.0, _FROM_AFAR)
    return voicing


def _passages_of(passages: Iterable[pa.Table]) -> tuple[list[Voice], list[str | None], list[bool]]:
    """Return the passages of a table that comes in pieces: as voices, their titles, and whether they are the writer's own words.

    What is quoted was said by somebody else.
    """
    titles: list[str | None] = []
    written: list[bool] = []
    known: dict[str, dict[Any, Any]] = {"title": {}, "origin": {}}

    def noted() -> Iterator[pa.Table]:
        for some in passages:
            titles.extend(values_once(some["title"], known["title"]))
            written.extend(origin == "own" for origin in values_once(some["origin"], known["origin"]))
            yield some

    return voices_of(noted()), titles, written
