"""Topics of an archive: found in the graph of its passages, settled, named and put into themes."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.topics.clustering import FEWEST, SMALL, Clusterer, agglomerate, by_clusterer, by_density, number_by_size
from minecop.topics.communities import central_communities, communities_of_parts, graph_of, stability_of
from minecop.topics.counting import Words, count_terms, weighed
from minecop.topics.framing import fit_frame, weights_of
from minecop.topics.labels import Namer, labels_of
from minecop.topics.membership import bars_of, centrality, centroids_of, settled, sureness_of
from minecop.topics.methods import COUNTS
from minecop.topics.themes import themes_of
from minecop.vectors.embedder import unit_rows

_THREAD = 0.5
"""Weight of the thread against the passage itself. On the sample archive the average precision of ranking the passages of a planted issue
is .23 without it, .30 with .35 to .65, .29 with .8; the agreement of fits on nine tenths of it .42 without, .80 with."""

_NEAR, _FURTHEST = 4, 16
"""Passages further on in the thread at which what is said weighs e times less, and beyond which it is not heard. Were all of a thread heard
alike, a long post on two matters would be of one topic: two pieces of news joined are given both in .6 of cases, .04 if all are heard
alike, .5 with 6, .7 with 2, where planted issues of the sample are ranked worse (.298; .304 with 4, .310 if all are heard alike)."""

_CENTRAL = 4
"""Power of how central a passage is, by which its words count for the name of a topic: what is said at the edges does not name it."""

_VOICES = 3
"""Passages that stand for a topic."""


@dataclass(frozen=True, slots=True)
class Topic:
    """One topic.

    Attributes
    ----------
    label
        A few of its terms.
    terms
        The terms that name it, the best first, with their c-TF-IDF.
    theme
        Number of its theme.
    stability
        Share of it that is found again in parts of the archive, 0 to 1; ``None`` where there are too few passages to tell.
    sure
        Share of its passages that come to it again when topics are found without them, 0 to 1; ``None`` where that cannot be told.
    typical
        Rows of the passages most like it, each by another person, of different threads as far as may be.
    """

    label: str
    terms: list[tuple[str, float]]
    theme: int
    stability: float | None
    sure: float | None
    typical: list[int]


@dataclass(frozen=True, slots=True)
class Fit:
    """The topics of passages.

    Attributes
    ----------
    labels
        First topic of each passage, -1 for none, shape (n,).
    topics
        By number, the largest first.
    themes
        Label of each theme.
    vectors
        Of the passages within their threads, shape (n, d).
    centroids, bars
        Direction of each topic, and how like it a passage must be.
    frame
        A ``bertopic.BERTopic``; ``None`` where there are no topics, or no words in them.
    """

    labels: NDArray[np.int64]
    topics: list[Topic] = field(default_factory=list)
    themes: list[str] = field(default_factory=list)
    vectors: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    centroids: NDArray[np.float32] = field(default_factory=lambda: np.empty((0, 0), dtype=np.float32))
    bars: NDArray[np.float32] = field(default_factory=lambda: np.empty(0, dtype=np.float32))
    frame: Any = None


def within_threads(
    vectors: NDArray[np.float32], threads: NDArray[np.int64], lengths: NDArray[np.int64]
) -> NDArray[np.float32]:
    """Return vectors that lean on what is said around them in the thread, shape (n, d), rows of length 1.

    Told in a few sentences, one concern shares hardly a word with another telling of it; told in a whole thread it does. What stands
    further away is heard less, for a long thread may speak of several matters.

    Parameters
    ----------
    vectors
        Shape (n, d), rows of length 1.
    threads
        Which thread each passage is of; those of a thread in the order in which they were written.
    lengths
        Characters of each passage: longer ones say more of what a thread is about, by their square root.
    """
    _, of_thread, sizes = np.unique(threads, return_inverse=True, return_counts=True)
    order = np.argsort(threads, kind="stable")
    order = order[sizes[of_thread[order]] > 1]
    if not len(order):  # around the one passage of a thread is nothing
        return vectors
    thread, weights = threads[order], np.sqrt(np.maximum(lengths[order], 1))
    rows, columns, values = [np.arange(len(order))], [np.arange(len(order))], [weights]
    for apart in range(1, _FURTHEST + 1):
        before = np.flatnonzero(thread[apart:] == thread[:-apart])
        if not len(before):
            break
        after = before + apart
        rows += [before, after]
        columns += [after, before]
        values += [np.exp(-apart / _NEAR) * weights[one] for one in (after, before)]
    near = (np.concatenate(values).astype(np.float32), (np.concatenate(rows), np.concatenate(columns)))
    own = vectors[order]
    around = sp.csr_matrix(near, shape=(len(order), len(order))) @ own
    made = vectors.copy()
    made[order] = unit_rows((1 - _THREAD) * own + _THREAD * unit_rows(around))
    return made


def fit_topics(
    documents: Words,
    vectors: NDArray[np.float32],
    people: NDArray[np.int64] | None = None,
    threads: NDArray[np.int64] | None = None,
    names: Collection[str] = (),
    encode: Callable[[Sequence[Sequence[str]]], NDArray[np.float32]] | None = None,
    *,
    seed: int = 0,
    method: str = "graph",
    count: str = "usual",
    stability: bool = True,
    clusterer: Clusterer | None = None,
) -> Fit:
    """Find the topics of passages.

    Parameters
    ----------
    documents
        All words of n passages, in order.
    vectors
        Shape (n, d), rows of length 1; of archives with threads, those of ``within_threads``.
    people, threads
        Who wrote each, as numbers, -1 where unknown; and in which thread; ``None`` where nobody knows, or there are none.
    names
        People's names, in small letters: none of them names a topic.
    encode
        Gives vectors of words by their meaning, for labels; ``None`` for labels without.
    seed
        Seed of what is random.
    method
        One of ``methods.METHODS``; a small archive is grouped as a tree in any case.
    count
        How many topics are wanted: one of ``methods.COUNTS``.
    stability
        Whether to look how stable and how sure each topic is.
    clusterer
        What groups passages in place of the method; how stable its topics are is not known then.

    Returns
    -------
    Fit
        Without a topic where there are fewer than five passages.
    """
    total = len(vectors)
    people = np.full(total, -1) if people is None else people
    threads = np.arange(total) if threads is None else threads
    if total < FEWEST:
        return Fit(np.full(total, -1, dtype=np.int64))
    with ThreadPoolExecutor(1) as beside:  # terms need no groups: most of both is done where threads run side by side
        counting = beside.submit(count_terms, documents)
        if clusterer is None:
            labels, graph = _grouped(vectors, people, seed, method, COUNTS[count])
        else:
            labels, graph = settled(vectors, by_clusterer(clusterer, vectors), people), None
        counts = counting.result()
    if labels.max(initial=-1) < 0:
        return Fit(labels)
    centroids = centroids_of(vectors, labels)
    central = centrality(vectors, labels, centroids)
    counts = weighed(counts, central**_CENTRAL)
    frame = fit_frame(counts, labels, vectors) if len(counts.terms) > 1 else None
    themes = themes_of(centroids, np.bincount(labels[labels >= 0]))
    namer = Namer(counts, _voices(people), names, encode)
    named = namer.terms_of(weights_of(frame, counts, labels), labels)
    parts = communities_of_parts(graph, seed, COUNTS[count]) if graph is not None and stability else None
    stable = None if parts is None else stability_of(labels, parts)
    sure = None if parts is None else sureness_of(vectors, labels, people, parts)
    topics = []
    for number, (label, terms) in enumerate(zip(labels_of(named), named, strict=True)):
        rows = np.flatnonzero(labels == number)
        typical = _typical(rows[np.argsort(-central[rows], kind="stable")], people, threads)
        topics.append(Topic(label, terms, int(themes[number]), _at(stable, number), _at(sure, number), typical))
    of_passages = np.where(labels >= 0, themes[labels], -1)
    of_themes = labels_of(namer.terms_of(weights_of(frame, counts, of_passages), of_passages))
    return Fit(labels, topics, of_themes, vectors, centroids, bars_of(vectors, labels, centroids), frame)


def _at(values: NDArray[np.float64] | None, number: int) -> float | None:
    return None if values is None or np.isnan(values[number]) else float(values[number])


def _grouped(
    vectors: NDArray[np.float32], people: NDArray[np.int64], seed: int, method: str, fineness: float
) -> tuple[NDArray[np.int64], sp.csr_matrix | None]:
    """Return the group of each passage, -1 for none, and the graph that the groups were found in, if in one."""
    if len(vectors) <= SMALL or method == "tree":
        return settled(vectors, agglomerate(vectors, fineness), people), None
    if method == "density":
        return settled(vectors, by_density(vectors, seed, fineness), people), None
    graph = graph_of(vectors, seed)
    return settled(vectors, number_by_size(central_communities(graph, seed, fineness)), people), graph


def _voices(people: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return people as numbers from 0, everyone unknown as one more."""
    unknown = people < 0
    alone = people.max(initial=-1) + 1 + np.cumsum(unknown)
    return np.unique(np.where(unknown, alone, people), return_inverse=True)[1]


def _typical(rows: NDArray[np.int64], people: NDArray[np.int64], threads: NDArray[np.int64]) -> list[int]:
    """Return the first of some rows by different people, and in different threads as far as may be."""
    chosen: list[int] = []
    for apart in (True, False):
        for row in rows.tolist():
            if len(chosen) == _VOICES:
                return chosen
            known = people[row] >= 0 and people[row] in people[chosen]
            if row not in chosen and not known and not (apart and threads[row] in threads[chosen]):
                chosen.append(row)
    return chosen
