"""Runs of letters that texts have in common: by them copies, and names of events, are seen.

A run is known by a number of 64 bits. Those of a large archive would fill gigabytes, so they are put on disk by their highest bits, and
gone through by each of these; what is found among them has nothing to do with what is among others.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from contextlib import ExitStack
from itertools import combinations
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray

_MULTIPLIER = 0x100000001B3  # the prime of the FNV hash: any large odd number would serve
_MIXER = np.uint64(0x9E3779B97F4A7C15)  # of Fibonacci hashing (Knuth, TAOCP 6.4): spreads the numbers over the shelves

_SHELF_BITS = 6
_SHELVES = 1 << _SHELF_BITS

_HELD = 1 << 22
"""Runs that are held in memory before they go to disk."""

_LETTERS_AT_ONCE = 1 << 20
"""Letters that are made into numbers at once."""

_PAIRS_AT_ONCE = 1 << 22

Numbers = NDArray[np.uint64]
Places = NDArray[np.int32]

_KINDS: tuple[np.dtype[Any], ...] = (np.dtype(np.uint64), np.dtype(np.int32))
"""Of runs, and of the texts that have them."""


class LetterRuns:
    """The runs of letters of texts that come one after the other.

    Parameters
    ----------
    length
        Letters in a row.
    folder
        Where runs are put that are too many to hold; ``None`` for the system's own for such things.
    """

    def __init__(self, length: int, folder: Path | None = None) -> None:
        self._length = length
        self._folder = folder
        self._files: tuple[IO[bytes], ...] = ()
        self._shelved: list[NDArray[np.int64]] = []
        self._held: list[tuple[NDArray[Any], ...]] = []
        self._count = 0
        self._texts: list[str] = []
        self._letters = 0
        self._added = 0

    def __enter__(self) -> LetterRuns:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        for file in self._files:
            file.close()

    def __len__(self) -> int:
        return self._added

    def add(self, texts: Iterable[str]) -> LetterRuns:
        """Add texts; they are known by their places among all that are added."""
        for text in texts:
            self._texts.append(text)
            self._added += 1
            self._letters += len(text)
            if self._letters >= _LETTERS_AT_ONCE:
                self._take()
        return self

    def shared(self, fewest: int, most: int) -> Iterator[Places]:
        """Yield which texts have a run in common, for each run that stands in at least and at most so many of them.

        Yields
        ------
        NDArray
            Places of texts, shape (runs, texts that have each), sorted in each row.
        """
        for owners, bounds in self._shelves():
            yield from _by_size(owners, bounds, fewest, most)

    def contained(self, most: int, share: float) -> list[tuple[int, int]]:
        """Return the pairs of texts of which one has that share of its runs in common with the other, in order.

        Parameters
        ----------
        most
            Texts that may have a run for it to count: more have a set phrase in common.
        share
            Of the distinct runs of the one that has fewer.
        """
        count = self._added
        own, common = np.zeros((2, count), dtype=np.int64)
        with ExitStack() as files:
            found = [files.enter_context(TemporaryFile(dir=self._folder)) for _ in range(2, most + 1)]
            for owners, bounds in self._shelves():
                own += np.bincount(owners, minlength=count)
                for some in _by_size(owners, bounds, 2, most):
                    common += np.bincount(some.ravel(), minlength=count)
                    some.tofile(found[some.shape[1] - 2])
            # one of the two has that share of its runs in common with any others: of most texts this is not so
            likely = (common > 0) & (common >= share * own)
            keys, counts = np.zeros((2, 0), dtype=np.int64)
            for pairs in _pairs(found, likely):
                keys, places = np.unique(np.concatenate([keys, pairs]), return_inverse=True)
                counts = np.bincount(places, np.concatenate([counts, np.ones(len(pairs), dtype=np.int64)])).astype(
                    np.int64
                )
        one, other = np.divmod(keys, max(1, count))
        alike = counts >= share * np.minimum(own[one], own[other])
        return list(zip(one[alike].tolist(), other[alike].tolist(), strict=True))

    def _take(self) -> None:
        """Make the texts that wait into runs."""
        texts, self._texts, self._letters = self._texts, [], 0
        if not texts:
            return
        numbers, whole = _numbers("\n".join(texts), self._length)
        places = np.flatnonzero(whole)
        of = np.repeat(np.arange(self._added - len(texts), self._added), [len(text) + 1 for text in texts])
        self._held.append((numbers[places] * _MIXER, of[places].astype(np.int32)))
        self._count += len(places)
        if self._count > _HELD:
            self._shelve()

    def _shelve(self) -> None:
        """Put the runs that are held on disk, and then the texts that have them, both in the order of the highest bits of the runs."""
        self._files = self._files or tuple(TemporaryFile(dir=self._folder) for _ in _KINDS)  # noqa: SIM115 - closed when the block ends
        runs, texts = map(np.concatenate, zip(*self._held, strict=True))
        shelf = (runs >> np.uint64(64 - _SHELF_BITS)).astype(np.uint8)
        order = np.argsort(shelf, kind="stable")
        for file, values in zip(self._files, (runs, texts), strict=True):
            values[order].tofile(file)
        self._shelved.append(np.bincount(shelf, minlength=_SHELVES))
        self._held, self._count = [], 0

    def _shelves(self) -> Iterator[tuple[Places, NDArray[np.int64]]]:
        """Yield, shelf by shelf, the texts that have each distinct run, and where those of each run begin (and the last ones end)."""
        self._take()
        if not self._files:
            held = self._held or [tuple(np.empty(0, kind) for kind in _KINDS)]
            runs, texts = map(np.concatenate, zip(*held, strict=True))
            yield self._owners(runs, texts, 0)
            return
        if self._held:
            self._shelve()
        sizes = np.array(self._shelved)
        starts = (np.cumsum(sizes) - sizes.ravel()).reshape(sizes.shape)
        for shelf in range(_SHELVES):
            where = list(zip(starts[:, shelf].tolist(), sizes[:, shelf].tolist(), strict=True))
            runs, texts = (
                np.concatenate([_read(file, kind, start, count) for start, count in where])
                for file, kind in zip(self._files, _KINDS, strict=True)
            )
            yield self._owners(runs, texts, _SHELF_BITS)

    def _owners(self, runs: Numbers, texts: Places, same: int) -> tuple[Places, NDArray[np.int64]]:
        """Return the texts that have each distinct run, and where those of each begin (and the last ones end).

        A run and its text are sorted as one number: as many bits as texts need are the text's, the others the run's, of which so many are
        the ``same`` in all and left out. That is ten times as fast as sorting runs of 64 bits with their texts, and of half a billion runs
        in a million texts, two come out as one by chance about a hundred times.
        """
        bits = np.uint64(max(1, self._added.bit_length()))
        both = (runs << np.uint64(same)) >> bits << bits | texts.astype(np.uint64)
        both.sort()
        new = np.ones(len(both), dtype=bool)
        np.not_equal(both[1:], both[:-1], out=new[1:])
        both = both[new]
        distinct = both >> bits
        first = np.ones(len(both) + 1, dtype=bool)
        np.not_equal(distinct[1:], distinct[:-1], out=first[1:-1])
        return (both & ((np.uint64(1) << bits) - np.uint64(1))).astype(np.int32), np.flatnonzero(first)


def _read(file: IO[bytes], kind: np.dtype[Any], start: int, count: int) -> NDArray[Any]:
    file.seek(start * kind.itemsize)
    return np.fromfile(file, dtype=kind, count=count)


def _by_size(owners: Places, bounds: NDArray[np.int64], fewest: int, most: int) -> Iterator[Places]:
    sizes = np.diff(bounds)
    for size in range(fewest, most + 1):
        starts = bounds[:-1][sizes == size]
        if len(starts):
            yield owners[starts[:, None] + np.arange(size)]


def _pairs(found: Iterable[IO[bytes]], likely: NDArray[np.bool_]) -> Iterator[NDArray[np.int64]]:
    """Yield the pairs of texts that share a run, one of them at least a likely one, as one number each, once for each run.

    Parameters
    ----------
    found
        Places of the texts that share runs: of two, of three and so on, in a file each.
    likely
        Which texts are.
    """
    count = len(likely)
    for size, file in enumerate(found, 2):
        step = max(1, 2 * _PAIRS_AT_ONCE // (size * (size - 1)))
        file.seek(0)
        while len(read := np.fromfile(file, dtype=np.int32, count=step * size)):
            shared = read.reshape(-1, size)
            some = shared[likely[shared].any(axis=1)].astype(np.int64)
            yield np.concatenate([some[:, one] * count + some[:, other] for one, other in combinations(range(size), 2)])


def _numbers(text: str, length: int) -> tuple[Numbers, NDArray[np.bool_]]:
    """Return the number of each run of so many characters, a polynomial of their code points modulo 2**64, and whether all are letters.

    Runs of a length are made of those of its powers of two, each of two of half its length.
    """
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32)
    letters = ((codes >= ord("ก")) & (codes <= ord("๎"))) | ((codes | 32) - ord("a") < 26)
    if len(codes) < length:
        return np.empty(0, dtype=np.uint64), np.empty(0, dtype=bool)
    power = codes.astype(np.uint64)  # of runs of ``size`` characters
    size, done = 1, 0
    runs, whole, inside = power, letters, letters
    while True:
        if length & size:
            if done:
                ends = len(codes) - done - size + 1
                runs = power[:ends] * _power(done) + runs[size : size + ends]
                whole = inside[:ends] & whole[size : size + ends]
            else:
                runs, whole = power, inside
            done += size
        if done == length:
            return runs, whole.copy()
        power = power[: len(power) - size] * _power(size) + power[size:]
        inside = inside[: len(inside) - size] & inside[size:]
        size *= 2


def _power(times: int) -> np.uint64:
    return np.uint64(pow(_MULTIPLIER, times, 1 << 64))
