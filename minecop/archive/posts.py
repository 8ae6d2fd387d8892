"""The posts of an archive: a sequence that makes each when it is asked for, and columns of what is asked of all."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property, lru_cache
from operator import sub
from pathlib import Path
from typing import Any, NamedTuple, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.archive.models import Comment, Post
from minecop.core.dates import date_of
from minecop.core.tables import Column, moments_of, pieces_of, read_tables, unpacked_table

POSTS_TABLE, COMMENTS_TABLE = "posts.parquet", "comments.parquet"

Rename = Callable[[Iterable[str]], tuple[str, ...]]
"""What communities are called instead."""

_ROWS_AT_ONCE = 2_000


_LATELY = 64
"""Posts without texts that are kept: who has asked for one asks for it again."""


class Written(NamedTuple):
    """Who wrote a text, and when.

    Attributes
    ----------
    estimated
        Whether of the date only the month is known.
    """

    author_id: str | None
    published: datetime | None
    estimated: bool


class Posts(Sequence[Post]):
    """Posts with their threads, in their order.

    What is asked of all of them is asked in columns, by which no text is read.

    Parameters
    ----------
    posts
        As they are.
    """

    def __init__(self, posts: Iterable[Post] = ()) -> None:
        self._posts: Sequence[Post] = [*posts]

    def __len__(self) -> int:
        return len(self._posts)

    @overload
    def __getitem__(self, place: int) -> Post: ...

    @overload
    def __getitem__(self, place: slice) -> list[Post]: ...

    def __getitem__(self, place: int | slice) -> Post | list[Post]:
        if isinstance(place, slice):
            return [self._made(row) for row in range(*place.indices(len(self)))]
        return self._made(range(len(self))[place])

    def __iter__(self) -> Iterator[Post]:
        return iter(self._posts)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Posts) and len(self) == len(other) and all(map(Post.__eq__, self, other))

    __hash__ = None  # type: ignore[assignment]

    def _made(self, row: int) -> Post:
        return self._posts[row]

    # ---- one of them

    @cached_property
    def by_id(self) -> Mapping[str, Post]:
        """Posts by their ids, each made when it is asked for."""
        return _ById(self)

    @cached_property
    def rows(self) -> dict[str, int]:
        """Place of each post by its id."""
        return {post: row for row, post in enumerate(self.column("id"))}

    def head(self, post_id: str) -> Post:
        """Return a post of which body and thread are not looked at: they may be missing.

        Raises
        ------
        KeyError
            When there is none; so do the others.
        """
        return self._posts[self.rows[post_id]]

    def written(self, post_id: str, comment: int | None) -> Written:
        """Return who wrote a post (``None``) or the comment at a position, and when."""
        post = self._posts[self.rows[post_id]]
        if comment is None:
            return Written(post.author_id, post.published, post.estimated)
        for one in post.comments:
            if one.position == comment:
                return Written(one.author_id, one.published, estimated=False)
        raise KeyError(comment)

    def text(self, post_id: str, comment: int | None) -> str:
        """Return the body of a post (``None``) or of the comment at a position."""
        return self._posts[self.rows[post_id]].text(comment)

    # ---- all of them

    def column(self, name: str) -> list[Any]:
        """Return what each post has under the name of an attribute of ``Post`` other than body and comments."""
        return [getattr(post, name) for post in self._posts]

    def of_texts(self, name: str) -> list[Any]:
        """Return what each post, and after it each of its comments, has under a name: ``author_id``, ``author_name``, ``published``."""
        return [getattr(text, name) for post in self._posts for text in post.texts]

    @property
    def comments(self) -> int:
        """How many comments there are."""
        return sum(len(post.comments) for post in self._posts)

    @property
    def lengths(self) -> list[int]:
        """Characters of each post with its comments."""
        return [sum(len(text.body) for text in post.texts) for post in self._posts]

    def heads(self) -> Iterator[Post]:
        """Yield the posts, of which body and thread are not looked at: they may be missing."""
        return iter(self._posts)

    def renamed(self, rename: Rename) -> Posts:
        """Return them in communities that go by other names."""
        return Posts(replace(post, communities=rename(post.communities)) for post in self._posts)


class StoredPosts(Posts):
    """Posts of an archive on disk, in files that are mapped: what is not asked for takes no memory.

    Parameters
    ----------
    posts, comments
        The tables of the archive, unpacked.
    rename
        Of communities.

    Raises
    ------
    ValueError
        When there are comments that stand under no post.
    """

    def __init__(self, posts: pa.Table, comments: pa.Table, rename: Rename = tuple) -> None:
        self._tables = posts, comments
        self._rename = rename
        self._bodies, self._of_comments = Column(posts["body"]), _columns(comments)
        of_post = pc.index_in(comments["post_id"], posts["post_id"].combine_chunks()).fill_null(-1).to_numpy()
        wrong = np.flatnonzero((of_post < 0) | (np.diff(of_post, prepend=0) < 0))
        if len(wrong):
            raise ValueError(f"comments of {self._of_comments['post_id'][int(wrong[0])]}")
        self._positions: NDArray[np.int32] = comments["position"].to_numpy()
        self._starts: list[int] = np.searchsorted(of_post, np.arange(len(posts) + 1)).tolist()
        self._head = lru_cache(_LATELY)(self._without_texts)

    @classmethod
    def read(cls, folder: Path) -> StoredPosts:
        """Return the posts of an archive, of whose files nothing is read later."""
        return cls(*(unpacked_table(folder / name) for name in (POSTS_TABLE, COMMENTS_TABLE)))

    def __len__(self) -> int:
        return len(self._tables[0])

    def __iter__(self) -> Iterator[Post]:
        posts, comments = (_rows(pieces_of(table, _ROWS_AT_ONCE)) for table in self._tables)
        for post, count in zip(posts, map(sub, self._starts[1:], self._starts), strict=True):
            yield post_of(post, [comment_of(next(comments)) for _ in range(count)], self._rename)

    def _made(self, row: int) -> Post:
        thread = range(self._starts[row], self._starts[row + 1])
        comments = [comment_of(_row(self._of_comments, place)) for place in thread]
        return post_of(_row(self._heads, row) | {"body": self._bodies[row]}, comments, self._rename)

    @cached_property
    def _heads(self) -> dict[str, list[Any]]:
        """Columns of the posts but for bodies: they are asked for again and again."""
        return {name: _values(self._tables[0][name]) for name in self._tables[0].column_names if name != "body"}

    def head(self, post_id: str) -> Post:
        """Return a post without body and thread."""
        return self._head(self.rows[post_id])

    def _without_texts(self, row: int) -> Post:
        return post_of(_row(self._heads, row) | {"body": ""}, (), self._rename)

    def written(self, post_id: str, comment: int | None) -> Written:
        """Return who wrote a post or a comment, and when."""
        if comment is None:
            row, heads = self.rows[post_id], self._heads
            return Written(heads["author_id"][row], heads["published"][row], heads["estimated"][row])
        place = self._place(post_id, comment)
        return Written(self._of_comments["author_id"][place], self._of_comments["published"][place], estimated=False)

    def text(self, post_id: str, comment: int | None) -> str:
        """Return the body of a post or comment."""
        if comment is None:
            body: str = self._bodies[self.rows[post_id]]
        else:
            body = self._of_comments["body"][self._place(post_id, comment)]
        return body

    def _place(self, post_id: str, position: int) -> int:
        """Return the row of a comment."""
        row = self.rows[post_id]
        thread = range(self._starts[row], self._starts[row + 1])
        usual = thread.start + position - 1
        for place in (usual, *thread) if usual in thread else thread:
            if self._positions[place] == position:
                return place
        raise KeyError(position)

    def column(self, name: str) -> list[Any]:
        """Return what each post has under a name."""
        found = self._heads["post_id" if name == "id" else name]
        return [self._rename(some) for some in found] if name == "communities" else [*found]

    def of_texts(self, name: str) -> list[Any]:
        """Return what each post and each comment has under a name."""
        posts, comments = (np.array([*_values(table[name]), None], dtype=object)[:-1] for table in self._tables)
        found: list[Any] = np.insert(comments, self._starts[:-1], posts).tolist()
        return found

    @property
    def comments(self) -> int:
        """How many comments there are."""
        return len(self._tables[1])

    @property
    def lengths(self) -> list[int]:
        """Characters of each post with its comments."""
        own, of_comments = map(_lengths, self._tables)
        upto = np.concatenate([[0], np.cumsum(of_comments)])
        found: list[int] = (own + np.diff(upto[self._starts])).tolist()
        return found

    def heads(self) -> Iterator[Post]:
        """Yield the posts without body and thread."""
        return map(self._without_texts, range(len(self)))

    def renamed(self, rename: Rename) -> StoredPosts:
        """Return them in communities that go by other names."""
        before = self._rename
        return StoredPosts(*self._tables, lambda names: rename(before(names)))


class _ById(Mapping[str, Post]):
    """Posts by their ids."""

    def __init__(self, posts: Posts) -> None:
        self._posts = posts

    def __getitem__(self, post_id: str) -> Post:
        return self._posts[self._posts.rows[post_id]]

    def __contains__(self, post_id: object) -> bool:
        return post_id in self._posts.rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._posts.rows)

    def __len__(self) -> int:
        return len(self._posts.rows)


class _Moments(Sequence[datetime | None]):
    """The dates of a column, each made whenever it is asked for."""

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._moments = moments_of(column)

    def __len__(self) -> int:
        return len(self._moments)

    def __getitem__(self, row: Any) -> Any:
        return date_of(int(self._moments[row]))


def post_of(row: dict[str, Any], thread: Iterable[Comment], rename: Rename = tuple) -> Post:
    """Return a row of the table of posts, which is used up, with its comments."""
    row["communities"] = rename(row["communities"])
    row["tags"] = tuple(row["tags"])
    return Post(id=row.pop("post_id"), comments=tuple(thread), **row)


def comment_of(row: dict[str, Any]) -> Comment:
    """Return a row of the table of comments, which is used up."""
    del row["post_id"]
    return Comment(id=row.pop("comment_id"), **row)


def stored_rows(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of either table, a few thousand in memory at a time, with dates in Thai time."""
    return _rows(read_tables(path, _ROWS_AT_ONCE, columns))


def _rows(tables: Iterable[pa.Table]) -> Iterator[dict[str, Any]]:
    for some in tables:
        names = some.column_names
        for row in zip(*(_values(some[name]) for name in names), strict=True):
            yield dict(zip(names, row, strict=True))


def _lengths(table: pa.Table) -> NDArray[np.int64]:
    lengths = [pc.utf8_length(some["body"]).to_numpy() for some in pieces_of(table.select(["body"]), _ROWS_AT_ONCE)]
    return np.concatenate([np.zeros(0, dtype=np.int64), *lengths])


def _values(column: pa.ChunkedArray) -> list[Any]:
    # of a date as such pyarrow makes ten microseconds
    return list(map(date_of, moments_of(column).tolist())) if pa.types.is_timestamp(column.type) else column.to_pylist()


def _columns(table: pa.Table) -> dict[str, Sequence[Any]]:
    return {
        name: (_Moments if pa.types.is_timestamp(table[name].type) else Column)(table[name])
        for name in table.column_names
    }


def _row(columns: Mapping[str, Sequence[Any]], row: int) -> dict[str, Any]:
    return {name: column[row] for name, column in columns.items()}
