"""What vectors are worth: whether texts that mean the same lie near each other."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray


def mean_average_precision(vectors: NDArray[np.floating], groups: Sequence[str]) -> float:
    """Return the mean average precision of ranking, for each text, all others by cosine, those of its group being right.

    Parameters
    ----------
    vectors
        Shape (texts, dimensions), rows of length 1.
    groups
        The group of each text; texts that are alone in theirs ask for nothing.
    """
    labels = np.asarray(groups)
    likeness = vectors @ vectors.T
    found = []
    for row in range(len(labels)):
        order = np.argsort(-likeness[row], kind="stable")
        right = labels[order[order != row]] == labels[row]
        if right.any():
            found.append((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean())
    return float(np.mean(found)) if found else 0.0
