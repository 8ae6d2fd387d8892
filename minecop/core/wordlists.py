"""Lists of words in little memory: a number for each word, the words themselves once."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class WordLists(Sequence[list[str]]):
    """The words of each of many texts; a list of them is made whenever it is asked for.

    Parameters
    ----------
    column
        Lists of strings, none of them null.
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        encoded = pc.list_flatten(column).dictionary_encode().unify_dictionaries()
        numbers = [chunk.indices.to_numpy() for chunk in encoded.chunks]
        self._numbers = np.concatenate([np.zeros(0, dtype=np.int32), *numbers])
        self._words: list[str] = encoded.chunk(0).dictionary.to_pylist() if numbers else []
        self._ends = np.cumsum([0, *pc.list_value_length(column).to_pylist()])

    def __len__(self) -> int:
        return len(self._ends) - 1

    @overload
    def __getitem__(self, row: int) -> list[str]: ...

    @overload
    def __getitem__(self, row: slice) -> list[list[str]]: ...

    def __getitem__(self, row: int | slice) -> list[str] | list[list[str]]:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        place = range(len(self))[row]
        start, end = self._ends[place : place + 2]
        return [self._words[number] for number in self._numbers[start:end].tolist()]

    def __iter__(self) -> Iterator[list[str]]:
        return (self[row] for row in range(len(self)))
