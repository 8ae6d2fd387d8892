"""A picture of the passages: each topic an island, what is alike near to each other, what is of no topic around the nearest island."""

from __future__ import annotations

from collections.abc import Iterator
from importlib import import_module

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from minecop.vectors.storing import Vectors

_PUSHES = 400
"""Times that islands which overlap are pushed apart; far more than ever were needed."""

_GAP = 1.3
"""Distance that two islands keep, in the sum of their radii."""

_INNER, _OUTER = 1.08, 1.24
"""Ring around an island in which passages without a topic lie, in its radius."""

_ALIKE = 1e-9
"""Difference below which rows are the same."""

_MANY = 100
"""Rows from which their main directions are found by the quicker way (Halko et al. 2011), seeded."""

_SEEN = 20_000
"""Passages of a topic by which its directions are found."""

_AT_ONCE = 2_000
"""Passages of which the vectors are read at a time."""

_TURN = np.pi * (3 - np.sqrt(5))
"""The golden angle: points that follow each other so fill a disc evenly (Vogel 1979)."""


def lay_out(vectors: Vectors, topic_of: NDArray[np.int64]) -> NDArray[np.float32]:
    """Return a place in the plane for every passage.

    A topic is a disc whose area is as its passages; discs whose topics are alike lie near each other, as far as a plane allows. Inside,
    a passage lies the nearer to the middle the more it is like its topic, in the direction in which it departs from it. A passage
    without a topic lies in a ring around the topic that it is most like.

    Parameters
    ----------
    vectors
        Shape (n, d); may be mapped: the rows of one topic are read at a time.
    topic_of
        Number of the topic of each, -1 for none: shape (n,).

    Returns
    -------
    NDArray[np.float32]
        Shape (n, 2), within the circle of radius 1. The same rows give the same places.
    """
    places = np.zeros((len(topic_of), 2), dtype=np.float32)
    topics = np.unique(topic_of[topic_of >= 0])
    import_module("sklearn.decomposition")  # threads are limited of libraries that are there
    with threadpool_limits(1):  # sums in one order
        if not len(topics):
            return _disc(vectors, np.arange(len(topic_of))).astype(np.float32)
        rows_of = [np.flatnonzero(topic_of == topic) for topic in topics]
        centres = np.array([_middle(vectors, rows) for rows in rows_of])
        radii = np.sqrt([len(rows) for rows in rows_of])
        middles = _apart(_flat(centres) * radii.sum() / np.sqrt(len(topics)), radii)
        middles -= (middles.max(axis=0) + middles.min(axis=0)) / 2
        reach = float((np.hypot(*middles.T) + radii * _OUTER).max())
        for rows, middle, radius in zip(rows_of, middles, radii, strict=True):
            places[rows] = (middle + radius * _disc(vectors, rows)) / reach
        outside = np.flatnonzero(topic_of < 0)
        if len(outside):
            near = _nearest(vectors, outside, centres)
            places[outside] = (middles[near] + radii[near, None] * _ring(near)) / reach
    return places


def _pieces(vectors: Vectors, rows: NDArray[np.int64]) -> Iterator[NDArray[np.float64]]:
    for start in range(0, len(rows), _AT_ONCE):
        yield np.asarray(vectors[rows[start : start + _AT_ONCE]], dtype=np.float64)


def _middle(vectors: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    middle: NDArray[np.float64] = np.sum([some.sum(axis=0) for some in _pieces(vectors, rows)], axis=0) / len(rows)
    return middle


def _axes(points: NDArray[np.floating]) -> NDArray[np.float64]:
    """Return the two main directions of points, shape (d, 2); zeros for those that they have not."""
    from sklearn.decomposition import PCA

    axes = np.zeros((points.shape[1], 2))
    if len(points) < 2 or np.ptp(points, axis=0).max(initial=0.0) < _ALIKE:
        return axes
    width = min(2, len(points) - 1, points.shape[1])
    solver = "full" if len(points) < _MANY else "randomized"
    axes[:, :width] = PCA(width, svd_solver=solver, random_state=0).fit(points).components_.T
    return axes


def _flat(points: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return points in their two main directions, of unit size."""
    flat = (points - points.mean(axis=0)) @ _axes(points)
    return np.asarray(flat / (float(np.abs(flat).max()) or 1.0))


def _disc(vectors: Vectors, rows: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return a place for each of some rows in a disc of radius 1 that they fill evenly."""
    count = len(rows)
    if not count:
        return np.zeros((0, 2))
    middle = _middle(vectors, rows)
    axes = _axes(np.concatenate([*_pieces(vectors, rows[:: -(-count // _SEEN)])]))
    flat, away = np.empty((count, 2)), np.empty(count)
    for number, some in enumerate(_pieces(vectors, rows)):
        own = slice(number * _AT_ONCE, number * _AT_ONCE + len(some))
        some -= middle
        flat[own], away[own] = some @ axes, np.linalg.norm(some, axis=1)
    spread = flat.std(axis=0)
    angles = np.arctan2(flat[:, 1] / (spread[1] or 1.0), flat[:, 0] / (spread[0] or 1.0))
    order = np.lexsort((np.arange(count), away.round(6)))
    rank = np.empty(count)
    rank[order] = np.arange(count)
    same = ~flat.any(axis=1)  # rows that are all alike have no direction
    angles[same] = rank[same] * _TURN
    radius = np.sqrt((rank + 0.5) / count)
    return np.stack([radius * np.cos(angles), radius * np.sin(angles)], axis=1)


def _apart(middles: NDArray[np.float64], radii: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return the middles of discs once those that overlap were pushed apart, and all drawn together as far as they go."""
    middles = (
        middles + 1e-6 * np.array([np.cos(_TURN * np.arange(len(radii))), np.sin(_TURN * np.arange(len(radii)))]).T
    )
    least = (radii[:, None] + radii[None, :]) * _GAP
    np.fill_diagonal(least, 0.0)
    for _ in range(_PUSHES):
        middles = middles * 0.985  # towards the middle of all
        for _ in range(4):
            between = middles[:, None, :] - middles[None, :, :]
            distance = np.hypot(between[..., 0], between[..., 1])
            lack = np.clip(least - distance, 0.0, None)
            if not lack.any():
                break
            push = between / np.maximum(distance, 1e-9)[..., None] * (lack / 2)[..., None]
            middles = middles + push.sum(axis=1)
    return middles


def _nearest(vectors: Vectors, rows: NDArray[np.int64], centres: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the topic that each of some passages is most like, some thousands at a time."""
    return np.concatenate([(some @ centres.T).argmax(axis=1) for some in _pieces(vectors, rows)])


def _ring(near: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return places on the ring around an island of radius 1 each, those around the same island spread over it."""
    order = np.zeros(len(near))
    for island in np.unique(near):
        here = near == island
        order[here] = np.arange(here.sum())
    radius = _INNER + (_OUTER - _INNER) * ((order * 0.754877666) % 1.0)
    return np.stack([radius * np.cos(order * _TURN), radius * np.sin(order * _TURN)], axis=1)
