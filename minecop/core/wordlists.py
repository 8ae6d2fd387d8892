"""Lists of words in little memory: a number for each word, the words themselves once."""

from __future__ import annotations

from array import array
from collections.abc import Iterator, Sequence
from functools import cached_property
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from typing import overload
from weakref import finalize

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.core.mapping import have_read, watched
from minecop.core.numbering import Numbering


class WordLists(Sequence[list[str]]):
    """The words of each of many texts; a list of them is made whenever it is asked for.

    They are added piece by piece: whole, a column of strings is many times as large. Once any is read, no more can be added.

    Parameters
    ----------
    folder
        Where the file of their numbers is put, which goes with them; ``None`` for the system's own for such things.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._words = Numbering[str]()
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed once it is mapped, or with this
        finalize(self, self._file.close)
        self._ends = array("q", [0])

    def add(self, column: pa.ChunkedArray) -> None:
        """Add lists of strings, none of them null."""
        self._file.write(self._words.numbers(pc.list_flatten(column)).tobytes())
        lengths = pc.list_value_length(column).to_numpy()
        self._ends.frombytes((self._ends[-1] + np.cumsum(lengths, dtype=np.int64)).tobytes())

    @cached_property
    def _numbers(self) -> NDArray[np.int32]:
        with self._file as file:
            file.flush()
            if not self._ends[-1]:
                return np.zeros(0, dtype=np.int32)
            return np.frombuffer(watched(mmap(file.fileno(), 0, access=ACCESS_READ)), np.int32)

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
        words = self._words.values
        have_read()
        return [words[number] for number in self._numbers[start:end].tolist()]

    def __iter__(self) -> Iterator[list[str]]:
        return (self[row] for row in range(len(self)))
