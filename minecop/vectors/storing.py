"""Vectors on disk: float16 ``.npy``, read as float32 through a memory map that is closed again."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from minecop.core.files import replacing


def write_vectors(path: Path, vectors: NDArray[np.floating]) -> None:
    """Write vectors, shape (n, d), as float16 in one step."""
    with replacing(path) as temporary, temporary.open("wb") as file:
        np.save(file, np.asarray(vectors, dtype=np.float16))


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


def read_vectors(path: Path) -> NDArray[np.float32]:
    """Return all vectors as float32, shape (n, d), with no file left open."""
    with mapped_vectors(path) as mapped:
        return np.array(mapped, dtype=np.float32)
