"""What an embedding model is here: anything that turns texts into vectors of length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Name of the model, part of every key of what it made."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors, shape (n, d), rows of length 1."""
        ...


def unit_rows(matrix: NDArray[np.floating]) -> Vectors:
    """Return the matrix as float32 with rows of length 1; rows of zeros stay as they are."""
    dense = np.asarray(matrix, dtype=np.float32)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    some = lengths > 0
    made: Vectors = np.divide(dense, np.where(some, lengths, 1), dtype=np.float32)
    if not some.all():
        made[~some.ravel()] = 0  # asking at each number whether its row has a length takes thrice as long
    return made
