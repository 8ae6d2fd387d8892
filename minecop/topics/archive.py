"""Topics of an archive of any size: found in all of it, or in a part that stands for it, and then for every passage."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator

import numpy as np
from numpy.typing import NDArray

from minecop.topics.fitting import Fit, within_threads
from minecop.topics.membership import Shares, assigned, shares_of
from minecop.vectors.storing import Vectors

FEW_PASSAGES, MOST_PASSAGES, _PART = 5_000, 30_000, 20
"""Passages that topics are found in: all, where they are few; of more as many, or one of so many where that is more; at most the second.

Whole posts are chosen, by the hash of their ids: every community, time and length of thread has its share, and most of those that were
chosen once are chosen again when the archive grows. Of 27,000 news the topics of 5,000 agree better with the themes that editors gave them
than those of all do, and take a fourth of the time (``docs/topics.md``); the more passages, the smaller the topics.
"""

_AT_ONCE = 20_000
"""Passages that are given their topics at a time."""


def chosen_rows(posts: list[str], post_of: NDArray[np.int64], telling: NDArray[np.bool_]) -> NDArray[np.int64]:
    """Return the rows that topics are found in, sorted.

    Parameters
    ----------
    posts
        Ids of posts.
    post_of
        Which of them each passage is of, shape (n,).
    telling
        Which passages have something to say, shape (n,).
    """
    total = int(telling.sum())
    most = min(MOST_PASSAGES, max(FEW_PASSAGES, total // _PART))
    if total <= most:
        return np.flatnonzero(telling)
    rank = np.array([_number(post) for post in posts])
    sizes = np.bincount(post_of[telling], minlength=len(posts))
    order = np.argsort(rank, kind="stable")
    inside = np.zeros(len(posts), dtype=bool)
    inside[order[np.cumsum(sizes[order]) <= most]] = True
    return np.flatnonzero(telling & inside[post_of])


def _number(post: str) -> int:
    return int.from_bytes(hashlib.sha256(post.encode("utf-8", "surrogatepass")).digest()[:7], "big")


def memberships(
    fit: Fit,
    rows: NDArray[np.int64],
    vectors: Vectors,
    post_of: NDArray[np.int64],
    lengths: NDArray[np.int64],
    telling: NDArray[np.bool_],
) -> Iterator[tuple[NDArray[np.int64], NDArray[np.int64], Shares]]:
    """Yield, some at a time, rows of passages that have something to say, the first topic of each, and all topics of each with its share.

    Parameters
    ----------
    fit, rows
        What was found, and in which passages: these keep their topics.
    vectors
        Of all passages, rows of length 1.
    post_of, lengths, telling
        Post of each passage, its characters, and whether it has something to say. Passages of a post stand together.
    """
    if len(rows) == int(telling.sum()):
        yield rows, fit.labels, shares_of(fit.vectors, fit.labels, fit.centroids)
        return
    known = np.full(len(post_of), -2, dtype=np.int64)
    known[rows] = fit.labels
    every = np.flatnonzero(telling)
    ends = np.flatnonzero(np.diff(post_of[every], append=-1)) + 1  # a thread is not cut
    start = 0
    while start < len(every):
        end = int(ends[min(int(np.searchsorted(ends, start + _AT_ONCE)), len(ends) - 1)])
        some = every[start:end]
        around = within_threads(vectors[some], post_of[some], lengths[some])
        labels = assigned(around, fit.centroids, fit.bars)
        labels = np.where(known[some] > -2, known[some], labels)
        yield some, labels, shares_of(around, labels, fit.centroids)
        start = end
