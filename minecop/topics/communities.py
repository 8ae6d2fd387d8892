"""Communities in the graph of passages that are near each other (Traag, Waltman & van Eck 2019, "From Louvain to Leiden").

Every passage belongs to one: there is no density to fall short of, so that few are left over.
"""

from __future__ import annotations

from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import combinations

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.topics.neighbours import nearest

NEIGHBOURS = 15
"""Nearest passages that each is joined with: as many as UMAP takes; 30 gives half the topics."""

_RUNS = 10
"""Times that communities are looked for, to choose the run that is most like the others."""

_AFFORDED = 40_000
"""Passages times runs, beyond which there are fewer runs, three at least."""

Labels = NDArray[np.int64]


def graph_of(vectors: NDArray[np.float32], seed: int = 0) -> sp.csr_matrix:
    """Return the graph of passages, shape (n, n), symmetric: two are joined where one is among the nearest of the other.

    Parameters
    ----------
    vectors
        Shape (n, d), rows of length 1, n >= 2.
    seed
        Of what is random in a large archive.
    """
    near, likeness = nearest(vectors, NEIGHBOURS, seed)
    rows = np.repeat(np.arange(len(vectors)), near.shape[1])
    weights = np.maximum(likeness.ravel(), 0).astype(np.float64)
    one_way = sp.csr_matrix((weights, (rows, near.ravel())), shape=(len(vectors), len(vectors)))
    graph = one_way.maximum(one_way.T).tocsr()
    graph.eliminate_zeros()
    graph.sort_indices()
    return graph


def communities_of(graph: sp.csr_matrix, seed: int = 0, resolution: float = 1.0) -> Labels:
    """Return the community of each passage, from 0; a passage without neighbours is one by itself.

    Parameters
    ----------
    graph
        Of ``graph_of``.
    seed
        Of the order in which passages are moved.
    resolution
        Of modularity: more gives more communities.
    """
    from graspologic_native import leiden_csr

    count = int(graph.shape[0])
    if not graph.nnz:
        return np.arange(count, dtype=np.int64)
    labels = count + np.arange(count, dtype=np.int64)
    indptr, indices = graph.indptr.astype(np.int64), graph.indices.astype(np.int32)
    _, found = leiden_csr(indptr, indices, graph.data, count, resolution=resolution, seed=seed)
    labels[list(found)] = list(found.values())
    numbered: Labels = np.unique(labels, return_inverse=True)[1]
    return numbered


def runs_for(count: int) -> int:
    """Return how many times communities are looked for among so many passages."""
    return max(3, min(_RUNS, _AFFORDED // max(count, 1)))


def central_communities(graph: sp.csr_matrix, seed: int = 0, resolution: float = 1.0) -> Labels:
    """Return the communities of the run that agrees best with other runs (adjusted Rand index), so that chance decides least."""
    from sklearn.metrics import adjusted_rand_score

    seeds = [seed * _RUNS + n for n in range(runs_for(graph.shape[0]))]
    with ThreadPoolExecutor() as threads:
        runs = list(threads.map(lambda one: communities_of(graph, one, resolution), seeds))
    agreement = np.zeros(len(runs))
    for one, other in combinations(range(len(runs)), 2):
        agreement[[one, other]] += adjusted_rand_score(runs[one], runs[other])
    return runs[int(agreement.argmax())]


def communities_of_parts(graph: sp.csr_matrix, seed: int = 0, resolution: float = 1.0) -> list[tuple[Labels, Labels]]:
    """Return parts of the archive, and the communities found in each: every part lacks another tenth of the passages.

    Parameters
    ----------
    graph, resolution
        What communities are found in, and how.
    seed
        Of the parts.

    Returns
    -------
    list of tuple
        Sorted rows, and the community of each; as many as ``runs_for`` says, ten at most.
    """
    count = int(graph.shape[0])
    tenth = np.random.default_rng(seed).permutation(count) % _RUNS
    parts = [np.flatnonzero(tenth != run) for run in range(runs_for(count))]

    def found(run: int) -> Labels:
        return communities_of(graph[parts[run]][:, parts[run]], seed * _RUNS + run, resolution)

    with ThreadPoolExecutor() as threads:
        return list(zip(parts, threads.map(found, range(len(parts))), strict=True))


def stability_of(labels: Labels, parts: Sequence[tuple[Labels, Labels]]) -> NDArray[np.float64]:
    """Return how stable each community is, from 0 to 1: the mean share of it that is found again in parts of the archive.

    In each part the community is taken that is most like it, by the passages that both hold against those that either does (Hennig 2007,
    "Cluster-wise assessment of cluster stability").

    Parameters
    ----------
    labels
        The community of each passage; -1 for none.
    parts
        Of ``communities_of_parts``.

    Returns
    -------
    numpy.ndarray
        Shape (communities,).
    """
    count = int(labels.max(initial=-1)) + 1
    overlaps = [best_overlap(labels[part], again, count) for part, again in parts]
    return np.mean(overlaps, axis=0) if overlaps else np.zeros(count)


def best_overlap(labels: Labels, others: Labels, count: int) -> NDArray[np.float64]:
    """Return for each of ``count`` groups the greatest Jaccard index with any of the others; both -1 for none."""
    inside = (labels >= 0) & (others >= 0)
    shared = sp.csr_matrix(
        (np.ones(int(inside.sum())), (labels[inside], others[inside])),
        shape=(count, int(others.max(initial=-1)) + 1),
    ).tocoo()
    mine = np.bincount(labels[labels >= 0], minlength=count)
    theirs = np.bincount(others[others >= 0], minlength=shared.shape[1])
    best = np.zeros(count)
    np.maximum.at(best, shared.row, shared.data / (mine[shared.row] + theirs[shared.col] - shared.data))
    return best
