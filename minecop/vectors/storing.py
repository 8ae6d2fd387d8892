"""Vectors on disk: float16 ``.npy``, written piece by piece, read as float32 through a memory map that is closed again."""

from __future__ import annotations

import mmap
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from minecop.core.files import replacing

_LET_GO = 1 << 27
"""Bytes of vectors after which the pages that they were read from are let go of."""


def write_vectors(path: Path, pieces: Iterable[NDArray[np.floating]], rows: int) -> int:
    """Write vectors as float16 in one step, and return their width.

    Parameters
    ----------
    path
        The file.
    pieces
        Some vectors each, shape (some, d); no more than one piece is held. At least one, which may be empty.
    rows
        How many there are in all.

    Raises
    ------
    ValueError
        When the pieces hold another number of rows, or are not of one width.
    """
    written, width = 0, 0
    with replacing(path) as temporary, temporary.open("wb") as file:
        for piece in pieces:
            if not width:
                width = piece.shape[1]
                head = {"descr": "<f2", "fortran_order": False, "shape": (rows, width)}
                npy.write_array_header_1_0(file, head)
            if piece.shape[1] != width:
                raise ValueError(f"{piece.shape[1]} columns, not {width}")
            file.write(np.ascontiguousarray(piece, dtype="<f2").tobytes())
            written += len(piece)
        if written != rows:
            raise ValueError(f"{written} rows of {rows}")
    return width


@contextmanager
def mapped_vectors(path: Path) -> Iterator[NDArray[np.float16]]:
    """Give the vectors as a read-only memory map, closed at the end so that the file can be replaced (Windows refuses it else)."""
    mapped = np.load(path, mmap_mode="r")
    try:
        yield mapped
    finally:
        handle = getattr(mapped, "_mmap", None)  # an empty array has none
        if handle is not None:
            handle.close()


class Vectors(Protocol):
    """Vectors of passages, rows of length 1: an array, or what gives one of the rows that are asked for."""

    def __getitem__(self, rows: Any, /) -> NDArray[np.float32]: ...


class InSinglePrecision:
    """Vectors in half precision that come in single precision when they are asked for, so that not all of them stand in memory.

    Parameters
    ----------
    vectors
        Mostly a memory map: what was read of it is let go of now and then, or in the end all of it would be in memory.
    """

    def __init__(self, vectors: NDArray[np.float16]) -> None:
        self._vectors = vectors
        self._read = 0

    def __getitem__(self, rows: Any) -> NDArray[np.float32]:
        found = np.asarray(self._vectors[rows], dtype=np.float32)
        self._read += found.nbytes
        if self._read > _LET_GO:
            handle = getattr(self._vectors, "_mmap", None)
            if handle is not None and hasattr(mmap, "MADV_DONTNEED"):  # Windows takes such pages back by itself
                handle.madvise(mmap.MADV_DONTNEED)
            self._read = 0
        return found


def read_vectors(path: Path) -> NDArray[np.float32]:
    """Return all vectors as float32, shape (n, d), with no file left open."""
    with mapped_vectors(path) as mapped:
        return np.array(mapped, dtype=np.float32)
