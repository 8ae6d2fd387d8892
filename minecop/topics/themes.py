"""Themes: topics that lie near each other, under one name."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

FEWEST = 4
"""Topics from which they are grouped: fewer can be taken in at a glance."""


def themes_of(centroids: NDArray[np.float32], sizes: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return the theme of each topic, numbered by size from 0: about as many as the square root of the topics.

    Parameters
    ----------
    centroids
        Shape (topics, d), rows of length 1; the mean of all is taken out, for what all topics share tells none from another.
    sizes
        Passages of each topic.
    """
    from scipy.cluster.hierarchy import fcluster, linkage

    count = len(centroids)
    if count < FEWEST:
        return np.arange(count, dtype=np.int64)
    apart = centroids - np.average(centroids, axis=0, weights=sizes)
    apart /= np.maximum(np.linalg.norm(apart, axis=1, keepdims=True), 1e-9)
    found = fcluster(linkage(apart, "ward"), round(count**0.5), "maxclust") - 1
    total = np.bincount(found, weights=sizes)
    order = np.argsort(-total, kind="stable")
    ranks: NDArray[np.int64] = np.argsort(order, kind="stable")[found].astype(np.int64)
    return ranks
