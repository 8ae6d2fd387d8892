"""Vectors that were made before, by the model that made them and the text they are of: what a costly model need not do again.

A folder a model (the name of an embedder holds the hash of its numbers), in it files that belong together, each written whole:
``<n>.npy`` with vectors, ``<n>.keys.npy`` with the hash of the text of each, and ``<n>.json`` with the hash of both, which is written last.
What a killed run left, or a disk has damaged, is not used, and made anew.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from minecop.core.files import read_sealed, replacing, safe_name, sha256_file, write_sealed
from minecop.vectors.embedder import Embedder, Vectors
from minecop.vectors.storing import mapped_vectors, write_vectors

_KEY = "S16"
"""Half a SHA-256: among 10 million texts two have the same one with a chance of 1 in 10 to the 25th."""


class VectorCache:
    """Gives vectors of texts, and asks a model for those that it does not have.

    Parameters
    ----------
    folder
        Where the folders of all models are.
    embedder
        The model.
    size
        Texts that are embedded and written at a time: what a kill may lose.
    """

    def __init__(self, folder: Path, embedder: Embedder, size: int = 1_000) -> None:
        self.embedder = embedder
        self.name = embedder.name
        self.size = size
        self.embedded = 0
        self._folder = folder / safe_name(embedder.name)
        self._keys = np.empty(0, dtype=_KEY)
        self._places = np.empty((0, 2), dtype=np.int64)
        self._files = 0
        for path in sorted(self._folder.glob("[0-9]*.json")):
            number = int(path.stem)
            if self._is_whole(number):
                self._learn(number, np.load(self._keys_path(number)))

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors of texts, shape (n, d), in their order."""
        keys = np.array([_key_of(text) for text in texts], dtype=_KEY)
        missing = np.flatnonzero(self._find(keys) < 0)
        _, first = np.unique(keys[missing], return_index=True)
        new = missing[np.sort(first)]
        for start in range(0, len(new), self.size):
            self._make([texts[n] for n in new[start : start + self.size]], keys[new[start : start + self.size]])
        return self._read(self._places[self._find(keys)]) if len(keys) else self.embedder.encode([])

    def _find(self, keys: NDArray[np.bytes_]) -> NDArray[np.int64]:
        """Return the place of each key among those known; -1 for an unknown one."""
        if not len(self._keys):
            return np.full(len(keys), -1)
        places = np.minimum(np.searchsorted(self._keys, keys), len(self._keys) - 1)
        return np.where(self._keys[places] == keys, places, -1)

    def _make(self, texts: Sequence[str], keys: NDArray[np.bytes_]) -> None:
        number = self._files
        vectors = self.embedder.encode(texts)
        write_vectors(self._path(number), [vectors], len(vectors))
        with replacing(self._keys_path(number)) as temporary, temporary.open("wb") as file:
            np.save(file, keys)
        write_sealed(self._seal_path(number), self._hashes(number))
        self._learn(number, keys)
        self.embedded += len(texts)

    def _learn(self, number: int, keys: NDArray[np.bytes_]) -> None:
        places = np.column_stack([np.full(len(keys), number), np.arange(len(keys))])
        together = np.concatenate([self._keys, keys.astype(_KEY)])
        order = np.argsort(together, kind="stable")
        self._keys = together[order]
        self._places = np.concatenate([self._places, places])[order]
        self._files = max(self._files, number + 1)

    def _path(self, number: int) -> Path:
        return self._folder / f"{number:06}.npy"

    def _keys_path(self, number: int) -> Path:
        return self._folder / f"{number:06}.keys.npy"

    def _seal_path(self, number: int) -> Path:
        return self._folder / f"{number:06}.json"

    def _hashes(self, number: int) -> dict[str, str]:
        return {path.name: sha256_file(path) for path in (self._path(number), self._keys_path(number))}

    def _is_whole(self, number: int) -> bool:
        try:
            return read_sealed(self._seal_path(number)) == self._hashes(number)
        except (OSError, ValueError):
            return False

    def _read(self, places: NDArray[np.int64]) -> Vectors:
        made: Vectors | None = None
        for number, rows in _by_file(places):
            with mapped_vectors(self._path(number)) as mapped:
                if made is None:
                    made = np.empty((len(places), mapped.shape[1]), dtype=np.float32)
                made[rows] = mapped[places[rows, 1]]
        assert made is not None  # noqa: S101 - there is a place
        return made


def _key_of(text: str) -> bytes:
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:16]


def _by_file(places: NDArray[np.int64]) -> Iterator[tuple[int, NDArray[np.int64]]]:
    """Yield each file's number with the rows that are in it."""
    for number in np.unique(places[:, 0]).tolist():
        yield number, np.flatnonzero(places[:, 0] == number)
