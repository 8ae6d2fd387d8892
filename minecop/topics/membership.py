"""Which passages belong to a topic, how much, and which to none."""

from __future__ import annotations

from collections.abc import Sequence
from typing import NamedTuple

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.topics.clustering import SMALL, number_by_size
from minecop.vectors.embedder import unit_rows

Vectors = NDArray[np.float32]
Labels = NDArray[np.int64]


class Shares(NamedTuple):
    """What passages have of topics, one entry for each topic of each: its number among the passages, the topic, and the share of it."""

    passages: NDArray[np.int64]
    topics: NDArray[np.int64]
    shares: NDArray[np.float32]


FEWEST_PASSAGES, FEWEST_PEOPLE = 3, 2
"""Of a topic; in a small archive two passages are enough. What one person keeps saying is that person's, where there are many people."""

_LEAST_CENTRAL = 0.01
"""Of a passage at right angles to its topic: its words hardly count, but a term that stands nowhere else must weigh something."""

_MANY_PEOPLE = 5

_OUTSIDERS = 0.95
"""Share of all other passages that must be less like a topic than one that belongs to it."""

_LOOKED_AT = 5_000
"""Passages that this share is found from, at most."""

_MOST_TOPICS, _SMALLEST_SHARE = 3, 0.2
"""Topics of a passage, and the least share of one beside the first."""

_SHARPNESS = 12
"""Of shares: as sharp as leaves the first topic most of a typical passage."""


def centroids_of(vectors: Vectors, labels: Labels) -> Vectors:
    """Return the direction of each topic, shape (topics, d), rows of length 1."""
    return unit_rows(_sums(vectors, labels, int(labels.max(initial=-1)) + 1))


def bars_of(vectors: Vectors, labels: Labels, centroids: Vectors) -> NDArray[np.float32]:
    """Return how like a topic a passage must be to belong to it, shape (topics,): more so than nearly all that do not."""
    rows = np.linspace(0, len(labels) - 1, min(len(labels), _LOOKED_AT)).astype(np.int64)
    likeness, there = vectors[rows] @ centroids.T, labels[rows]
    bars = np.zeros(len(centroids), dtype=np.float32)
    for topic in range(len(centroids)):
        others = likeness[there != topic, topic]
        bars[topic] = np.quantile(others, _OUTSIDERS) if len(others) else 0.0
    return bars


def settled(vectors: Vectors, labels: Labels, people: NDArray[np.int64]) -> Labels:
    """Return the labels without topics that are none, numbered by size; -1 for passages that fit no topic.

    Topics of too few passages, or of one person in an archive of many, are given up: their passages go to the topic they are most like,
    if they are like it enough. So does a passage that is no more like its own topic than others are.

    Parameters
    ----------
    vectors
        Shape (n, d), rows of length 1.
    labels
        Shape (n,).
    people
        Who wrote each passage, as numbers; -1 where unknown.
    """
    count = int(labels.max(initial=-1)) + 1
    if not count:
        return labels
    sizes = np.bincount(labels[labels >= 0], minlength=count)
    known = np.unique(np.stack([labels, people])[:, (labels >= 0) & (people >= 0)], axis=1)
    voices = np.bincount(known[0], minlength=count) + np.bincount(labels[(labels >= 0) & (people < 0)], minlength=count)
    kept = sizes >= (FEWEST_PASSAGES if len(labels) > SMALL else 2)
    if len(set(people[people >= 0].tolist())) >= _MANY_PEOPLE:
        kept &= voices >= FEWEST_PEOPLE
    labels = number_by_size(np.where((labels >= 0) & kept[labels], labels, -1))
    sums = _sums(vectors, labels, int(labels.max(initial=-1)) + 1)
    centroids = unit_rows(sums)
    if len(centroids) < 2:
        return labels
    bars = bars_of(vectors, labels, centroids)
    likeness = vectors @ centroids.T
    sizes = np.bincount(labels[labels >= 0], minlength=len(centroids))
    rows = np.flatnonzero(labels >= 0)
    own = labels[rows]
    # a passage is no part of what it is compared with
    lengths = np.linalg.norm(sums, axis=1)[own]
    alone = (likeness[rows, own] * lengths - 1) / np.sqrt(
        np.maximum(lengths**2 - 2 * likeness[rows, own] * lengths + 1, 1e-9)
    )
    likeness[rows, own] = np.where(sizes[own] > 1, alone, likeness[rows, own])
    best = likeness.argmax(axis=1)
    stays = np.zeros(len(labels), dtype=bool)
    stays[rows] = likeness[rows, own] >= bars[own]
    fits = likeness[np.arange(len(labels)), best] >= bars[best]
    return number_by_size(np.where(stays, labels, np.where(fits, best, -1)))


def _sums(vectors: Vectors, labels: Labels, count: int) -> Vectors:
    rows = np.flatnonzero(labels >= 0)
    members = sp.csr_matrix((np.ones(len(rows), np.float32), (labels[rows], rows)), shape=(count, len(labels)))
    return np.asarray(members @ vectors, dtype=np.float32)


def centrality(vectors: Vectors, labels: Labels, centroids: Vectors) -> NDArray[np.float32]:
    """Return how near each passage is to the middle of its topic, against the nearest one: up to 1, shape (n,); 1 without a topic."""
    found = np.ones(len(labels), dtype=np.float32)
    for topic in range(len(centroids)):
        rows = np.flatnonzero(labels == topic)
        likeness = np.maximum(vectors[rows] @ centroids[topic], 0)
        found[rows] = np.maximum(likeness / max(float(likeness.max()), 1e-9), _LEAST_CENTRAL)
    return found


def assigned(vectors: Vectors, centroids: Vectors, bars: NDArray[np.float32]) -> Labels:
    """Return the topic that passages outside those learned from are most like, -1 where they are not like it enough."""
    if not len(centroids):
        return np.full(len(vectors), -1, dtype=np.int64)
    likeness = vectors @ centroids.T
    best = likeness.argmax(axis=1)
    fits = likeness[np.arange(len(vectors)), best] >= bars[best]
    return np.where(fits, best, -1).astype(np.int64)


def sureness_of(
    vectors: Vectors, labels: Labels, people: NDArray[np.int64], parts: Sequence[tuple[Labels, Labels]]
) -> NDArray[np.float64]:
    """Return how sure it is that a passage of each topic belongs there, from 0 to 1.

    Topics are found in parts of the archive; the passages that a part lacks are then given one, as those are that topics were not found in.
    How sure a topic is, is the share of its passages that come to it again: to the topic of the part that shares most passages with it.
    No label is needed; ``docs/topics.md`` has what it comes to where the right topics are known.

    Parameters
    ----------
    vectors, labels, people
        As for ``settled``, whose labels these are.
    parts
        Of ``communities_of_parts``.

    Returns
    -------
    numpy.ndarray
        Shape (topics,); not a number for a topic of which no part lacks a passage.
    """
    count = int(labels.max(initial=-1)) + 1
    asked, again = np.zeros(count), np.zeros(count)
    for part, found in parts:
        lacking = np.setdiff1d(np.flatnonzero(labels >= 0), part)
        there = settled(vectors[part], found, people[part])
        centroids = centroids_of(vectors[part], there)
        given = assigned(vectors[lacking], centroids, bars_of(vectors[part], there, centroids))
        shared = np.zeros((len(centroids) + 1, count))  # the last row is of no topic
        np.add.at(shared, (there, labels[part]), labels[part] >= 0)
        same_as = shared.argmax(axis=1) if len(centroids) else np.zeros(1, dtype=np.int64)
        asked += np.bincount(labels[lacking], minlength=count)
        right = (given >= 0) & (same_as[given] == labels[lacking])
        again += np.bincount(labels[lacking][right], minlength=count)
    shares: NDArray[np.float64] = np.divide(again, asked, out=np.full(count, np.nan), where=asked > 0)
    return shares


def shares_of(vectors: Vectors, labels: Labels, centroids: Vectors) -> Shares:
    """Return the topics of each passage that has one: its own first, then others that it also speaks of.

    Shares add up to 1 at most; a passage has three topics at most.
    """
    rows = np.flatnonzero(labels >= 0)
    weights = np.exp(_SHARPNESS * (vectors @ centroids.T))
    shares = (weights / np.maximum(weights.sum(axis=1, keepdims=True), 1e-30))[rows]
    ranked = shares.copy()
    ranked[np.arange(len(rows)), labels[rows]] = np.inf  # its own comes first, however small its share
    topics = np.argsort(-ranked, axis=1, kind="stable")[:, :_MOST_TOPICS]
    place, rank = np.nonzero(np.take_along_axis(ranked, topics, axis=1) >= _SMALLEST_SHARE)
    topic = topics[place, rank]
    return Shares(rows[place], topic, shares[place, topic])
