"""The nearest neighbours of every passage: exact in most archives, among likely ones in large ones."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

EXACT = 20_000
"""Passages up to which each is compared with all others."""

_LISTS, _PROBED = 128, 10
"""Beyond: lists that passages are parted into, and how many of the nearest are looked through for each: an inverted file (Jégou et al.
2011, "Product quantization for nearest neighbor search", without the quantization). Of the 15 nearest of 27,000 news it
finds 91 in 100; 16 lists find 93, and topics no better."""

_LEARNED = 10_000
"""Passages that the lists are found from."""

_ROWS = 512
"""Passages compared at a time."""

_BLOCK = 64
"""Candidates of which only the best is looked at first."""

Vectors = NDArray[np.float32]


def nearest(vectors: Vectors, count: int, seed: int = 0) -> tuple[NDArray[np.int32], Vectors]:
    """Return the nearest neighbours of each passage, itself left out, and how like they are (cosine), both of shape (n, count).

    Parameters
    ----------
    vectors
        Shape (n, d), rows of length 1.
    count
        Neighbours; fewer where there are fewer.
    seed
        Of the lists that a large archive is parted into.
    """
    total = len(vectors)
    count = min(count, total - 1)
    found = np.empty((total, count), dtype=np.int32)
    likeness = np.empty((total, count), dtype=np.float32)
    for rows, candidates in _comparisons(vectors, count, seed):
        here = vectors if candidates is None else vectors[candidates]
        # asked for once: memory is slow to come by
        room = np.empty((min(_ROWS, len(rows)), len(here)), dtype=np.float32)
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            table = np.matmul(vectors[some], here.T, out=room[: len(some)])
            own = some if candidates is None else np.searchsorted(candidates, some)
            table[np.arange(len(some)), own] = -np.inf
            places, likeness[some] = _best(table, count)
            found[some] = places if candidates is None else candidates[places]
    return found, likeness


def _comparisons(vectors: Vectors, count: int, seed: int) -> list[tuple[NDArray[np.int64], NDArray[np.int64] | None]]:
    """Return passages, and those they are compared with (sorted), ``None`` for all."""
    from sklearn.cluster import MiniBatchKMeans

    total = len(vectors)
    if total <= EXACT:
        return [(np.arange(total), None)]
    learned = np.random.default_rng(seed).permutation(total)[:_LEARNED]
    lists = MiniBatchKMeans(_LISTS, init="random", n_init=1, batch_size=2_048, max_iter=10, random_state=seed)
    with threadpool_limits(1):  # sums in one order
        centres = lists.fit(vectors[np.sort(learned)]).cluster_centers_.astype(np.float32)
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    home = (vectors @ centres.T).argmax(axis=1)
    members = [np.flatnonzero(home == number) for number in range(_LISTS)]
    sizes = np.array([len(rows) for rows in members])
    made: list[tuple[NDArray[np.int64], NDArray[np.int64] | None]] = []
    for number, rows in enumerate(members):
        near = np.argsort(-(centres[number] @ centres.T), kind="stable")
        enough = int(np.searchsorted(np.cumsum(sizes[near]), count + 1)) + 1  # lists may be all but empty
        if len(rows):
            made.append((rows, np.sort(np.concatenate([members[n] for n in near[: max(_PROBED, enough)]]))))
    return made


def _best(table: Vectors, count: int) -> tuple[NDArray[np.int64], Vectors]:
    """Return the places of the highest values of each row, the highest first, and the values; equal ones in the order of their places.

    The highest values of a row stand in the blocks with the highest maxima: only those are sorted.
    """
    rows, width = table.shape
    if count == 0:
        return np.empty((rows, 0), dtype=np.int64), np.empty((rows, 0), dtype=np.float32)
    places: NDArray[np.int64] = np.broadcast_to(np.arange(width), table.shape)
    if width > 2 * count * _BLOCK:
        whole = width // _BLOCK * _BLOCK
        maxima = table[:, :whole].reshape(rows, -1, _BLOCK).max(axis=2)
        blocks = np.argpartition(-maxima, count - 1, axis=1)[:, :count]
        inside = (blocks[:, :, None] * _BLOCK + np.arange(_BLOCK)).reshape(rows, -1)
        places = np.hstack([inside, np.broadcast_to(np.arange(whole, width), (rows, width - whole))])
        table = np.take_along_axis(table, places, axis=1)
    first = np.argpartition(-table, count - 1, axis=1)[:, :count]
    values = np.take_along_axis(table, first, axis=1)
    chosen = np.take_along_axis(places, first, axis=1)
    order = np.lexsort((chosen, -values), axis=1)
    return np.take_along_axis(chosen, order, axis=1), np.take_along_axis(values, order, axis=1)
