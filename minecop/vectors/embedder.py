"""What an embedding model is here: anything that turns texts into vectors of length 1."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from minecop.core.errors import ModelError

Vectors = NDArray[np.float32]


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors: what ``minecop.analyse`` takes as ``embedder``."""

    @property
    def name(self) -> str:
        """Name of the model, part of every key of what it made: a model that gives other vectors has another name."""
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


class Checked:
    """An embedder of somebody else's, held to what one promises.

    Parameters
    ----------
    embedder
        Any.
    """

    def __init__(self, embedder: Embedder) -> None:
        self._embedder = embedder
        self.name = embedder.name

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors, shape (n, d), rows of length 1.

        Raises
        ------
        ModelError
            When it gives no matrix of finite numbers with a row for each text.
        """
        asked = list(texts) or [""]  # many give no width for no text
        made = np.asarray(self._embedder.encode(asked), dtype=np.float32)
        if made.ndim != 2 or len(made) != len(asked) or not np.isfinite(made).all():
            raise ModelError("embedder_gives", model=self.name, shape=made.shape, texts=len(asked))
        return unit_rows(made)[: len(texts)]
