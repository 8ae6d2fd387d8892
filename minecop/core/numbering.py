"""Numbers for values that come again and again: each value once, and four bytes wherever it stands."""

from __future__ import annotations

from typing import Any, Generic, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

Value = TypeVar("Value")


class Numbering(Generic[Value]):
    """The distinct values of a column that comes piece by piece.

    Attributes
    ----------
    values
        In the order in which they were first met: the number of each is its place.
    """

    def __init__(self) -> None:
        self.values: list[Value] = []
        self._numbers: dict[Value, int] = {}

    def number(self, value: Value) -> int:
        """Return the number of a value."""
        found = self._numbers.setdefault(value, len(self.values))
        if found == len(self.values):
            self.values.append(value)
        return found

    def numbers(self, column: pa.ChunkedArray) -> NDArray[np.int32]:
        """Return the number of each value of a column, -1 for null."""
        encoded = column.dictionary_encode().unify_dictionaries()
        distinct: list[Any] = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
        known = np.array([*map(self.number, distinct), -1], dtype=np.int32)
        pieces = [known[chunk.indices.fill_null(len(distinct)).to_numpy()] for chunk in encoded.chunks]
        return np.concatenate(pieces) if pieces else np.zeros(0, dtype=np.int32)

    def find(self, value: Value) -> int:
        """Return the number of a value, -1 where it was never met."""
        return self._numbers.get(value, -1)
