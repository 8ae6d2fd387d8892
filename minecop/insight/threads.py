"""Posts as what their passages stand in: whose they are, when they were published, and which are copies of others."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.archive.models import Post
from minecop.core.numbering import Numbering
from minecop.insight.voices import Voices


class Threads:
    """What is known of the posts of an archive beside their texts.

    What is said under a copy is said under the post that it is a copy of: both are one thread.

    Parameters
    ----------
    posts
        Of the archive; their texts are not looked at.
    """

    def __init__(self, posts: Iterable[Post]) -> None:
        self._ids = Numbering[str]()
        self._people = Numbering[str | None]()
        self._copies: dict[int, str] = {}
        writers, published = [], []
        self._titles: list[str | None] = []
        for post in posts:
            number = self._ids.number(post.id)
            if post.duplicate_of:
                self._copies[number] = post.duplicate_of
            writers.append(self._people.number(post.author_id))
            published.append(post.published)
            self._titles.append(post.title)
        self._writers = np.array(writers, dtype=np.int32)
        self._published = published

    def of(self, post_id: str) -> str:
        """Return the id of the post whose thread a post is of: mostly its own."""
        return self._copies.get(self._ids.find(post_id), post_id)

    def writer(self, post_id: str) -> str | None:
        """Return the author of a post."""
        return self._people.values[int(self._writers[self._ids.find(post_id)])]

    def published(self, post_id: str) -> datetime | None:
        """Return when a post was published; nothing where there is no such post."""
        number = self._ids.find(post_id)
        return self._published[number] if number >= 0 else None

    def title(self, post_id: str) -> str:
        """Return the title of a post in one line; its id where it has none."""
        return " ".join((self._titles[self._ids.find(post_id)] or post_id).split())

    def numbered(self, voices: Voices) -> tuple[list[str], NDArray[np.int32]]:
        """Return the ids of threads, and the number of that which each passage stands in, shape (n,)."""
        threads = Numbering[str]()
        of_post = np.array([threads.number(self.of(post)) for post in voices.post_ids], dtype=np.int32)
        return threads.values, of_post[voices.posts]

    def written_by_writer(self, voices: Voices) -> NDArray[np.bool_]:
        """Return which passages are of the writer of the post that they stand under, shape (n,)."""
        people = np.array([*map(self._people.find, voices.author_ids), -1], dtype=np.int32)
        writers = self._writers[[self._ids.find(post) for post in voices.post_ids]]
        own: NDArray[np.bool_] = (voices.authors >= 0) & (people[voices.authors] == writers[voices.posts])
        return own


class RowsBy(Mapping[str, Sequence[int]]):
    """Rows of passages by what they belong to, in the order in which that is first met.

    Parameters
    ----------
    names
        What numbers stand for.
    numbers
        What each row belongs to, shape (n,).
    rows
        Of passages, shape (n,), ascending.
    """

    def __init__(self, names: Sequence[str], numbers: NDArray[np.integer[Any]], rows: NDArray[np.integer[Any]]) -> None:
        order = np.argsort(numbers, kind="stable")
        found, starts = np.unique(numbers[order], return_index=True)
        self._rows = rows[order].astype(np.int32)
        ends = np.append(starts, len(order))[1:]
        first = np.argsort(self._rows[starts]) if len(starts) else starts
        self._spans = {
            names[number]: (start, end)
            for number, start, end in np.stack([found, starts, ends], axis=1)[first].tolist()
        }

    def __getitem__(self, name: str) -> list[int]:
        start, end = self._spans[name]
        rows: list[int] = self._rows[start:end].tolist()
        return rows

    def __iter__(self) -> Iterator[str]:
        return iter(self._spans)

    def __len__(self) -> int:
        return len(self._spans)
