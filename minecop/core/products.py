"""Matrix products of which each row is the same whatever other rows there are."""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import ThreadpoolController

_AT_ONCE = (256, 8)
"""Rows that may be multiplied at once. Libraries of linear algebra take other ways, which round otherwise, for matrices of other shapes."""

Matrix = NDArray[np.float32]


def product(rows: Matrix, weights: Matrix) -> Matrix:
    """Return ``rows @ weights``, shape (n, k), row by row as if there were no others: so that what is made of a text stays with it.

    In one thread: what each of several is given is of another shape.

    Parameters
    ----------
    rows
        Shape (n, d).
    weights
        Shape (d, k).
    """
    made = np.empty((len(rows), weights.shape[1]), dtype=np.float32)
    with _libraries().limit(limits=1):
        at_once = _rows_alike(*weights.shape, in_columns=weights.flags.f_contiguous)
        for start in range(0, len(rows), at_once):
            some = rows[start : start + at_once]
            if len(some) < at_once:
                some = np.vstack([some, np.zeros((at_once - len(some), rows.shape[1]), dtype=np.float32)])
            made[start : start + at_once] = (some @ weights)[: len(rows) - start]
    return made


@cache
def _libraries() -> ThreadpoolController:
    return ThreadpoolController()


@cache
def _rows_alike(width: int, columns: int, *, in_columns: bool) -> int:
    """Return how many rows this processor multiplies at once in one way, wherever they stand among them.

    Those with AVX-512 do so with many. What OpenBLAS has for others goes through six rows at a time, in two ways that take turns and round
    otherwise; of eight it makes no such parts. What is multiplied by itself is always alike, and takes three times as long.

    Parameters
    ----------
    width, columns
        Of the weights.
    in_columns
        Whether these lie in memory column by column.
    """
    random = np.random.default_rng(0)
    weights = random.standard_normal((width, columns)).astype(np.float32, order="F" if in_columns else "C")
    row = random.standard_normal((1, width)).astype(np.float32)
    made = ((count, np.repeat(row, count, axis=0) @ weights) for count in _AT_ONCE)
    return next((count for count, rows in made if (rows == rows[0]).all()), 1)
