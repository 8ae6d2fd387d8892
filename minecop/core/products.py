"""Matrix products of which each row is the same whatever other rows there are."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

_ROWS = 256
"""Rows that are multiplied at once. Libraries of linear algebra take other ways, which round otherwise, for matrices of other shapes."""


def product(rows: NDArray[np.float32], weights: NDArray[np.float32]) -> NDArray[np.float32]:
    """Return ``rows @ weights``, shape (n, k), row by row as if there were no others: so that what is made of a text stays with it.

    Parameters
    ----------
    rows
        Shape (n, d).
    weights
        Shape (d, k).
    """
    made = np.empty((len(rows), weights.shape[1]), dtype=np.float32)
    for start in range(0, len(rows), _ROWS):
        some = rows[start : start + _ROWS]
        if len(some) < _ROWS:
            some = np.vstack([some, np.zeros((_ROWS - len(some), rows.shape[1]), dtype=np.float32)])
        made[start : start + _ROWS] = (some @ weights)[: len(rows) - start]
    return made
