"""Clusters beside communities: of a tree, for small archives, by density, for who prefers it, and by whatever else somebody brings."""

from __future__ import annotations

import warnings
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from minecop.core.errors import SettingsError

FEWEST = 5
"""Passages below which speaking of topics would be pretending."""

SMALL = 60
"""Passages up to which a tree is cut: a graph of each with its fifteen nearest would join all with all."""

_CANDIDATES = 8
_FURTHEST = 0.12


def agglomerate(vectors: NDArray[np.float32], fineness: float = 1.0) -> NDArray[np.int64]:
    """Return a cluster for each passage, numbered by size, -1 where a passage is like none.

    Ward's method on unit vectors. The number of clusters, between half and one and a half times the square root of the number of
    passages times the square root of the fineness, is the one with the best silhouette (Rousseeuw 1987).

    Parameters
    ----------
    vectors
        Shape (n, d), rows of length 1, n >= 2.
    fineness
        More gives more clusters.
    """
    from sklearn.cluster import AgglomerativeClustering

    count = len(vectors)
    middle = (count * fineness) ** 0.5
    least, most = max(2, min(count // 2, round(middle / 2))), max(2, min(count // 2, round(middle * 1.5)))
    tried = sorted({int(k) for k in np.linspace(least, most, _CANDIDATES)})
    labelled = [AgglomerativeClustering(k, linkage="ward").fit_predict(vectors) for k in tried]
    scores = [_silhouette(vectors, labels) for labels in labelled]
    return number_by_size(_without_strangers(vectors, labelled[int(np.argmax(scores))]))


def _silhouette(vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> float:
    from sklearn.metrics import silhouette_score

    distinct = len(set(labels.tolist()))
    return float(silhouette_score(vectors, labels, metric="cosine")) if 1 < distinct < len(vectors) else -1.0


def _without_strangers(vectors: NDArray[np.float32], labels: NDArray[np.int64]) -> NDArray[np.int64]:
    kept = labels.copy()
    for label in set(labels.tolist()):
        members = np.flatnonzero(labels == label)
        centre = vectors[members].mean(axis=0)
        kept[members[vectors[members] @ centre / (np.linalg.norm(centre) or 1) < _FURTHEST]] = -1
    return kept


def by_density(vectors: NDArray[np.float32], seed: int = 0, fineness: float = 1.0) -> NDArray[np.int64]:
    """Return clusters as BERTopic's users know them: UMAP to five dimensions, then HDBSCAN; -1 for what is in no dense place.

    The smallest cluster is of ten passages or one in 200, over the square root of the fineness. One thread and a seed, so that the same
    archive gives the same clusters.
    """
    from hdbscan import HDBSCAN
    from umap import UMAP

    low = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)
    dense = HDBSCAN(min_cluster_size=round(max(10, len(vectors) // 200) / fineness**0.5), core_dist_n_jobs=1)
    with warnings.catch_warnings():
        # where its eigenvectors are not found it begins by lot, with the seed: nothing that a user could do about
        warnings.filterwarnings("ignore", message="(?s).*Spectral initialisation failed")
        near = low.fit_transform(vectors)
    return np.asarray(dense.fit_predict(near), dtype=np.int64)


@runtime_checkable
class Clusterer(Protocol):
    """Groups passages: what ``minecop.analyse`` takes as ``clusterer``. Every cluster model of scikit-learn is one.

    What is no model of scikit-learn, which tells its parameters by ``get_params``, has a ``name`` (text) besides: a clusterer that gives
    other groups has another one.
    """

    def fit_predict(self, vectors: NDArray[np.float32], /) -> NDArray[np.integer[Any]]:
        """Return the group of each passage, -1 for none, shape (n,), of vectors of length 1, shape (n, d)."""
        ...


def name_of(clusterer: Clusterer) -> str:
    """Return what a clusterer is called in the key of what it made: its name, else its class and parameters.

    Raises
    ------
    SettingsError
        When it tells neither.
    """
    name, kind = getattr(clusterer, "name", None), type(clusterer)
    if isinstance(name, str) and name:
        return name
    if not hasattr(clusterer, "get_params"):
        raise SettingsError("clusterer_without_name", name=kind.__name__)
    told = ", ".join(f"{key}={value!r}" for key, value in sorted(clusterer.get_params().items()))
    return f"{kind.__module__}.{kind.__qualname__}({told})"


def by_clusterer(clusterer: Clusterer, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
    """Return the clusters that somebody's own clusterer finds, numbered by size.

    Raises
    ------
    SettingsError
        When it does not give a whole number for each passage.
    """
    labels = np.asarray(clusterer.fit_predict(vectors))
    if labels.shape != (len(vectors),) or not np.issubdtype(labels.dtype, np.integer):
        raise SettingsError("clusterer_gives", name=name_of(clusterer), shape=labels.shape, passages=len(vectors))
    return number_by_size(labels.astype(np.int64))


def number_by_size(labels: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the labels renumbered 0, 1, ... from the largest cluster down; -1 stays."""
    found, first, counts = np.unique(labels[labels >= 0], return_index=True, return_counts=True)
    order = sorted(range(len(found)), key=lambda n: (-counts[n], first[n]))
    new = {int(found[n]): rank for rank, n in enumerate(order)}
    return np.array([new.get(int(label), -1) for label in labels], dtype=np.int64)
