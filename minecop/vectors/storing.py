"""Vectors on disk: float16 ``.npy``, written piece by piece, read as float32 through a memory map that is closed again."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.lib import format as npy
from numpy.typing import NDArray

from minecop.core.files import replacing
from minecop.core.mapping import have_read, watched


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
    handle = getattr(mapped, "_mmap", None)  # an empty array has none
    try:
        if handle is not None:
            watched(handle)
        yield mapped
    finally:
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
        Mostly a memory map.
    """

    def __init__(self, vectors: NDArray[np.float16]) -> None:
        self._vectors = vectors

    def __getitem__(self, rows: Any) -> NDArray[np.float32]:
        found = np.asarray(self._vectors[rows], dtype=np.float32)
        have_read(found.nbytes, places=1 if isinstance(rows, int | slice) else len(found))
        return found


def read_vectors(path: Path) -> NDArray[np.float32]:
    """Return all vectors as float32, shape (n, d), with no file left open."""
    with mapped_vectors(path) as mapped:
        return np.array(mapped, dtype=np.float32)
