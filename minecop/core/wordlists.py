"""Lists of words in little memory: a number for each word, the words themselves once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from typing import overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc


class WordLists(Sequence[list[str]]):
    """The words of each of many texts; a list of them is made whenever it is asked for.

    They are added piece by piece: whole, a column of strings is many times as large.
    """

    def __init__(self) -> None:
        self._numbers_of: dict[str, int] = {}
        self._words: list[str] = []
        self._numbers = array("i")
        self._ends = array("q", [0])

    def add(self, column: pa.ChunkedArray) -> None:
        """Add lists of strings, none of them null."""
        encoded = pc.list_flatten(column).dictionary_encode().unify_dictionaries()
        distinct = encoded.chunk(0).dictionary.to_pylist() if encoded.num_chunks else []
        self._words += [word for word in distinct if word not in self._numbers_of]
        known = np.array(
            [self._numbers_of.setdefault(word, len(self._numbers_of)) for word in distinct], dtype=np.int32
        )
        for chunk in encoded.chunks:
            self._numbers.frombytes(known[chunk.indices.to_numpy()].tobytes())
        lengths = pc.list_value_length(column).to_numpy()
        self._ends.frombytes((self._ends[-1] + np.cumsum(lengths, dtype=np.int64)).tobytes())

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
        return [self._words[number] for number in self._numbers[start:end]]

    def __iter__(self) -> Iterator[list[str]]:
        return (self[row] for row in range(len(self)))
