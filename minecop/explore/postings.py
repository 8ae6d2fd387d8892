"""Which passages say a word, and how well passages answer some words: an inverted index in files that are mapped.

A query reads the list of each of its words and nothing else, so that it takes milliseconds however many passages there are. Passages are
ranked by BM25 (Robertson and Zaragoza 2009).
"""

from __future__ import annotations

from array import array
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryFile

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.core.numbering import Numbering
from minecop.core.tables import read_table, write_table

_SATURATION, _LENGTH = 1.2, 0.75
"""BM25's k1 and b, as they usually are."""

_VOCABULARY, _STARTS, _PASSAGES, _TIMES, _LENGTHS = (
    "vocabulary.parquet",
    "starts.npy",
    "passages.npy",
    "times.npy",
    "lengths.npy",
)

Said = tuple[pa.ChunkedArray, dict[int, list[str]]]
"""Lists of words of some passages, and the words that are looked for beside those, by the place of the passage among them."""


@dataclass(frozen=True)
class Postings:
    """An inverted index.

    Attributes
    ----------
    vocabulary
        Every word.
    starts
        Where the list of each word begins, and the end of the last: shape (words + 1,).
    passages, times
        Passages that say it, ascending, and how often each does (255 at most): shape (pairs,).
    lengths
        Words of each passage, shape (n,).
    """

    vocabulary: Sequence[str]
    starts: NDArray[np.int64]
    passages: NDArray[np.int32]
    times: NDArray[np.uint8]
    lengths: NDArray[np.int32]

    @classmethod
    def open(cls, folder: Path) -> Postings:
        """Return the index that ``write_postings`` wrote."""
        vocabulary = read_table(folder / _VOCABULARY)["word"].to_pylist()
        starts, *others = (np.load(folder / name, mmap_mode="r") for name in (_STARTS, _PASSAGES, _TIMES, _LENGTHS))
        return cls(vocabulary, np.asarray(starts), *others)

    @cached_property
    def numbers(self) -> dict[str, int]:
        """Number of each word."""
        return {word: number for number, word in enumerate(self.vocabulary)}

    @cached_property
    def _usual(self) -> float:
        return float(self.lengths.mean()) or 1.0 if len(self.lengths) else 1.0

    def said_by(self, word: str) -> int:
        """Return how many passages say a word."""
        number = self.numbers.get(word)
        return 0 if number is None else int(self.starts[number + 1] - self.starts[number])

    def scores(self, wanted: Sequence[Sequence[str]]) -> tuple[NDArray[np.float32], NDArray[np.uint8]]:
        """Return how well every passage answers, and how many of what is wanted it says: shapes (n,).

        Parameters
        ----------
        wanted
            Words that are as good as each other, for each thing that is wanted; 255 at most.
        """
        size = len(self.lengths)
        scores, said = np.zeros(size, dtype=np.float32), np.zeros(size, dtype=np.uint8)
        for alike in wanted:
            here = np.zeros(size, dtype=bool)
            for word in alike:
                number = self.numbers.get(word)
                if number is None:
                    continue
                some = slice(int(self.starts[number]), int(self.starts[number + 1]))
                passages, times = self.passages[some], self.times[some].astype(np.float32)
                rare = np.log1p((size - len(passages) + 0.5) / (len(passages) + 0.5))
                length = 1 - _LENGTH + _LENGTH * self.lengths[passages] / self._usual
                scores[passages] += rare * times * (_SATURATION + 1) / (times + _SATURATION * length)
                here[passages] = True
            said += here
        return scores, said


def write_postings(folder: Path, pieces: Iterable[Said], total: int) -> None:
    """Write the inverted index of the words of passages, in memory of a piece and a few numbers a word.

    Parameters
    ----------
    folder
        Where its files go.
    pieces
        Passages in order, some at a time.
    total
        How many there are.
    """
    words = Numbering[str]()
    lengths = np.lib.format.open_memmap(folder / _LENGTHS, "w+", np.int32, (total,)) if total else np.zeros(0, np.int32)
    said_by = np.zeros(0, dtype=np.int64)
    sizes = array("q")
    with TemporaryFile(dir=folder) as spool:
        done = 0
        for column, beside in pieces:
            some = pc.list_value_length(column).to_numpy().astype(np.int64)
            flat = words.numbers(pc.list_flatten(column))
            places = np.repeat(np.arange(len(some)), some)
            if beside:
                more = [(words.number(word), place) for place, own in beside.items() for word in own]
                flat = np.concatenate([flat, np.array([word for word, _ in more], np.int32)])
                places = np.concatenate([places, np.array([place for _, place in more], np.int64)])
            pairs, times = np.unique(flat * np.int64(len(some)) + places, return_counts=True)
            word = (pairs // len(some)).astype(np.int32)
            found = np.bincount(word, minlength=len(words.values))
            found[: len(said_by)] += said_by
            said_by = found
            spool.write(word.tobytes())
            spool.write((pairs % len(some) + done).astype(np.int32).tobytes())
            spool.write(np.minimum(times, 255).astype(np.uint8).tobytes())
            sizes.append(len(pairs))
            lengths[done : done + len(some)] = some
            done += len(some)
        _write_lists(folder, spool, sizes, said_by)
    if not total:
        np.save(folder / _LENGTHS, lengths)
    write_table(folder / _VOCABULARY, pa.table({"word": pa.array(words.values, pa.string())}))


def _write_lists(folder: Path, spool: object, sizes: Sequence[int], said_by: NDArray[np.int64]) -> None:
    """Put the pairs of every piece, which are sorted by their word, behind those of the pieces before it."""
    starts = np.concatenate([[0], np.cumsum(said_by)]).astype(np.int64)
    np.save(folder / _STARTS, starts)
    total = int(starts[-1])
    if not total:
        np.save(folder / _PASSAGES, np.zeros(0, np.int32))
        np.save(folder / _TIMES, np.zeros(0, np.uint8))
        return
    passages = np.lib.format.open_memmap(folder / _PASSAGES, "w+", np.int32, (total,))
    times = np.lib.format.open_memmap(folder / _TIMES, "w+", np.uint8, (total,))
    free = starts[:-1].copy()
    spool.seek(0)  # type: ignore[attr-defined]
    for size in sizes:
        word, passage, often = (
            np.frombuffer(spool.read(size * np.dtype(kind).itemsize), kind)  # type: ignore[attr-defined]
            for kind in (np.int32, np.int32, np.uint8)
        )
        begins = np.flatnonzero(np.diff(word, prepend=-1))
        counts = np.diff(begins, append=size)
        within = np.arange(size) - np.repeat(begins, counts)
        places = free[word] + within
        passages[places], times[places] = passage, often
        free[word[begins]] += counts
    passages.flush()
    times.flush()
