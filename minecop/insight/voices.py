"""Voices in columns: of a large archive there are millions, and each is made whenever it is asked for."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cached_property
from itertools import chain
from typing import Any, TypeVar, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.core.dates import BANGKOK, UNDATED, date_of, moment_of
from minecop.core.numbering import Numbering
from minecop.core.remembering import Remembered
from minecop.core.tables import moments_of
from minecop.insight.models import Voice

VOICE_COLUMNS = ("passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published")

_NUMBERS = ("post", "comment", "number", "start", "end", "author", "community")

_OFFSET = BANGKOK.utcoffset(None) // timedelta(milliseconds=1)

_AT_ONCE = 4_096
"""Voices that are made at once when all are gone through."""

Key = TypeVar("Key")
Numbers = NDArray[np.int32]


@dataclass(frozen=True, eq=False)
class _Columns:
    """One row a passage; ids and names stand as numbers, -1 where they are unknown.

    Attributes
    ----------
    posts, people, communities
        What the numbers of the columns stand for.
    post, comment, number, start, end, author, community
        Shape (n,); comment 0 is the post itself, and number tells the passages of one text apart.
    published
        Milliseconds since 1970.
    given
        Voices that were not read from a table, as they are.
    """

    posts: Numbering[str]
    people: Numbering[str]
    communities: Numbering[str]
    post: Numbers
    comment: Numbers
    number: Numbers
    start: Numbers
    end: Numbers
    author: Numbers
    community: Numbers
    published: NDArray[np.int64]
    given: tuple[Voice, ...] = ()

    @cached_property
    def made(self) -> Remembered[int, Voice]:
        """Voices by their rows: what is told of a passage asks for it again and again."""
        return Remembered(self._voice, _AT_ONCE)

    def _voice(self, row: int) -> Voice:
        if self.given:
            return self.given[row]
        post, comment = self.posts.values[self.post[row]], int(self.comment[row])
        author, community, when = self.author[row], self.community[row], int(self.published[row])
        return Voice(
            f"{post}/{comment}/{self.number[row]}",
            post,
            comment or None,
            int(self.start[row]),
            int(self.end[row]),
            self.people.values[author] if author >= 0 else None,
            self.communities.values[community] if community >= 0 else None,
            date_of(when),
            row,
        )

    @cached_property
    def by_post(self) -> tuple[Numbers, NDArray[np.int64]]:
        """Rows by the number of their post, and where those of each begin: shapes (n,) and (posts + 1,)."""
        order = np.argsort(self.post, kind="stable").astype(np.int32)
        return order, np.searchsorted(self.post[order], np.arange(len(self.posts.values) + 1))


class Voices(Sequence[Voice]):
    """The passages of an archive, or some of them.

    Attributes
    ----------
    rows
        Of its passages among all, shape (n,).
    """

    def __init__(self, columns: _Columns, rows: NDArray[np.integer[Any]]) -> None:
        self._columns = columns
        self.rows = np.asarray(rows, dtype=np.int32)

    @classmethod
    def from_tables(cls, tables: Iterable[pa.Table]) -> Voices:
        """Return the passages of a table that comes in pieces (``VOICE_COLUMNS`` among others)."""
        posts, people, communities = Numbering[str](), Numbering[str](), Numbering[str]()
        parts: list[list[NDArray[Any]]] = [[] for _ in range(8)]
        for some in tables:
            number = pc.cast(
                pc.list_element(pc.split_pattern(some["passage_id"], "/", max_splits=1, reverse=True), 1), pa.int32()
            )
            columns = (
                posts.numbers(some["post_id"]),
                some["comment"].fill_null(0).to_numpy(),
                number.to_numpy(),
                some["start"].to_numpy(),
                some["end"].to_numpy(),
                people.numbers(some["author_id"]),
                communities.numbers(some["community"]),
                moments_of(some["published"]),
            )
            for part, column in zip(parts, columns, strict=True):
                part.append(column)
        *numbers, published = (np.concatenate(part) if part else np.zeros(0, dtype=np.int64) for part in parts)
        own: dict[str, Any] = {name: np.asarray(one, np.int32) for name, one in zip(_NUMBERS, numbers, strict=True)}
        return cls(_Columns(posts, people, communities, published=published, **own), np.arange(len(published)))

    @classmethod
    def of(cls, voices: Iterable[Voice]) -> Voices:
        """Return voices in columns, in their order: as they are where they stand in columns, else as passages of their own."""
        if isinstance(voices, Voices):
            return voices
        given = tuple(v if v.row >= 0 else replace(v, row=row) for row, v in enumerate(voices))
        posts, people, communities = Numbering[str](), Numbering[str](), Numbering[str]()
        rows = [
            (
                posts.number(v.post_id),
                v.comment or 0,
                0,
                v.start,
                v.end,
                people.number(v.author_id) if v.author_id else -1,
                communities.number(v.community) if v.community else -1,
            )
            for v in given
        ]
        numbers = np.array(rows, dtype=np.int32).reshape(-1, len(_NUMBERS)).T
        own: dict[str, Any] = dict(zip(_NUMBERS, numbers, strict=True))
        published = np.array([moment_of(v.published) for v in given], np.int64)
        columns = _Columns(posts, people, communities, published=published, given=given, **own)
        return cls(columns, np.arange(len(given)))

    @classmethod
    def together(cls, groups: Iterable[Iterable[Voice]]) -> Voices:
        """Return the voices of some groups, one after the other."""
        some = [cls.of(group) for group in groups]
        if some and all(one._columns is some[0]._columns for one in some):
            return some[0].among(np.concatenate([one.rows for one in some]))
        return cls.of([voice for one in some for voice in one])

    def __len__(self) -> int:
        return len(self.rows)

    @overload
    def __getitem__(self, place: int) -> Voice: ...

    @overload
    def __getitem__(self, place: slice) -> Voices: ...

    def __getitem__(self, place: int | slice) -> Voice | Voices:
        if isinstance(place, slice):
            return self.among(self.rows[place])
        return self._columns.made[int(self.rows[place])]

    def __iter__(self) -> Iterator[Voice]:
        return chain.from_iterable(
            self._made(self.rows[start : start + _AT_ONCE]) for start in range(0, len(self.rows), _AT_ONCE)
        )

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Sequence) and len(self) == len(other) and all(map(Voice.__eq__, self, other))

    def __hash__(self) -> int:
        return hash((len(self.rows), *self.rows[:2].tolist(), *self.rows[-2:].tolist()))

    def _made(self, rows: Sequence[int] | Numbers) -> list[Voice]:
        own = self._columns
        if own.given:
            return [own.given[row] for row in rows]
        posts, people, communities = own.posts.values, own.people.values, own.communities.values
        moments = own.published[rows].tolist()
        dates = {one: date_of(one) for one in set(moments)}
        columns = (
            getattr(own, name)[rows].tolist()
            for name in ("post", "comment", "number", "start", "end", "author", "community")
        )
        return [
            Voice(
                f"{posts[post]}/{comment}/{number}",
                posts[post],
                comment or None,
                start,
                end,
                people[author] if author >= 0 else None,
                communities[community] if community >= 0 else None,
                dates[when],
                row,
            )
            for post, comment, number, start, end, author, community, when, row in zip(
                *columns, moments, np.asarray(rows).tolist(), strict=True
            )
        ]

    # ---- in columns

    def among(self, rows: NDArray[np.integer[Any]] | Sequence[int]) -> Voices:
        """Return those of some rows of the archive."""
        return Voices(self._columns, np.asarray(rows, dtype=np.int32))

    def parted(self, keys: Sequence[Key]) -> dict[Key, Voices]:
        """Return those of each of some keys, one a voice, in the order in which keys are first met."""
        numbers: dict[Key, int] = {}
        of = np.array([numbers.setdefault(key, len(numbers)) for key in keys], dtype=np.int64)
        order = np.argsort(of, kind="stable")
        ends = np.searchsorted(of[order], np.arange(len(numbers) + 1))
        return {key: self.among(self.rows[order[ends[n] : ends[n + 1]]]) for key, n in numbers.items()}

    def find(self, passage_ids: Iterable[str]) -> list[int]:
        """Return the rows of passages by their ids; of those that are none of the archive's there are none."""
        own = self._columns
        found = []
        for passage in passage_ids:
            post, comment, number = passage.rsplit("/", 2)
            rows = self.rows_of_post(post)
            there = rows[(own.comment[rows] == int(comment)) & (own.number[rows] == int(number))]
            found += there.tolist()
        return found

    def rows_of_post(self, post_id: str) -> Numbers:
        """Return the rows of the archive's passages that stand in a post and its comments, in order."""
        order, starts = self._columns.by_post
        post = self._columns.posts.find(post_id)
        return order[starts[post] : starts[post + 1]] if post >= 0 else order[:0]

    def where(self, holds: NDArray[np.bool_]) -> Voices:
        """Return those at whose places it holds, shape (n,)."""
        return self.among(self.rows[holds])

    @property
    def of_archive(self) -> NDArray[np.int32]:
        """Row of each among all passages of the archive, shape (n,): ``rows``, but for voices that were not read from a table."""
        given = self._columns.given
        return np.array([given[row].row for row in self.rows], dtype=np.int32) if given else self.rows

    @property
    def post_ids(self) -> list[str]:
        """Ids of posts: what ``posts`` are numbers of."""
        return self._columns.posts.values

    @property
    def author_ids(self) -> list[str]:
        """Ids of people: what ``authors`` are numbers of."""
        return self._columns.people.values

    @property
    def community_ids(self) -> list[str]:
        """Names of communities: what ``communities`` are numbers of."""
        return self._columns.communities.values

    @property
    def posts(self) -> Numbers:
        """Number of the post of each, shape (n,)."""
        return self._columns.post[self.rows]

    @property
    def comments(self) -> Numbers:
        """Position of the comment that each stands in, 0 for the post itself, shape (n,)."""
        return self._columns.comment[self.rows]

    @property
    def numbers(self) -> Numbers:
        """Number of each among the passages of its text, shape (n,)."""
        return self._columns.number[self.rows]

    @property
    def starts(self) -> Numbers:
        """Where each begins in its text, shape (n,)."""
        return self._columns.start[self.rows]

    @property
    def ends(self) -> Numbers:
        """Where each ends, shape (n,)."""
        return self._columns.end[self.rows]

    @property
    def moments(self) -> NDArray[np.int64]:
        """When each was published, in milliseconds since 1970; the least of all numbers where unknown, shape (n,)."""
        return self._columns.published[self.rows]

    @property
    def authors(self) -> Numbers:
        """Number of the author of each, -1 where unknown, shape (n,)."""
        return self._columns.author[self.rows]

    @property
    def communities(self) -> Numbers:
        """Number of the community of each, -1 where unknown, shape (n,)."""
        return self._columns.community[self.rows]

    @property
    def lengths(self) -> Numbers:
        """Characters of each, shape (n,)."""
        return self._columns.end[self.rows] - self._columns.start[self.rows]

    @property
    def months(self) -> NDArray[np.int32]:
        """Month in which each was published, in Thai time, counted from January of the year 0, -1 where unknown, shape (n,)."""
        published = self._columns.published[self.rows]
        known = published != UNDATED
        local = (
            np.where(known, published + _OFFSET, 0).astype("datetime64[ms]").astype("datetime64[M]").astype(np.int64)
        )
        return np.where(known, local + 1970 * 12, -1).astype(np.int32)

    @property
    def span(self) -> tuple[datetime, datetime] | None:
        """First and last date of publication, or ``None`` where none is known."""
        published = self._columns.published[self.rows]
        known = published[published != UNDATED]
        if not len(known):
            return None
        first, last = date_of(int(known.min())), date_of(int(known.max()))
        return (first, last) if first and last else None

    def until(self, moment: datetime) -> NDArray[np.bool_]:
        """Return which were published at a moment or before, shape (n,); of those without a date none was."""
        published = self._columns.published[self.rows]
        holds: NDArray[np.bool_] = (published != UNDATED) & (published <= moment_of(moment))
        return holds

    def author_names(self) -> set[str]:
        """Return the ids of the distinct authors that are known."""
        return _distinct(self._columns.people, self.authors)

    def community_names(self) -> set[str]:
        """Return the distinct communities that are known."""
        return _distinct(self._columns.communities, self.communities)


def archive_rows(voices: Iterable[Voice]) -> Numbers:
    """Return the row of each of some voices among all passages of the archive, shape (n,)."""
    return Voices.of(voices).of_archive


def _distinct(values: Numbering[str], numbers: Numbers) -> set[str]:
    return {values.values[number] for number in np.unique(numbers).tolist() if number >= 0}
