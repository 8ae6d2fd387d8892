"""Counting what is too much to hold: numbers go to disk in sorted runs, and are counted a range at a time."""

from __future__ import annotations

from array import array
from collections.abc import Iterable
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType

import numpy as np
from numpy.typing import NDArray

_HELD = 1 << 22
"""Numbers that are held in memory before they go to disk, 8 bytes each."""

_RANGES = 64
"""Parts of all numbers that are counted one after the other."""

Hashes = NDArray[np.int64]


class HashCounts:
    """How often each of many hashes of 64 bits was added.

    Parameters
    ----------
    folder
        Where those are put that are too many to hold; ``None`` for the system's own for such things.
    """

    def __init__(self, folder: Path | None = None) -> None:
        self._file = TemporaryFile(dir=folder)  # noqa: SIM115 - closed with this
        self._held = array("q")
        self._ends = [0]

    def __enter__(self) -> HashCounts:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._file.close()

    def add(self, hashes: Iterable[int]) -> None:
        """Count some, each once."""
        self._held.extend(hashes)
        if len(self._held) >= _HELD:
            self._put_away()

    def _put_away(self) -> None:
        if self._held:
            self._file.write(np.sort(np.frombuffer(self._held, dtype=np.int64)).tobytes())
            self._ends.append(self._ends[-1] + len(self._held))
            self._held = array("q")

    def several(self) -> tuple[Hashes, NDArray[np.int32]]:
        """Return the hashes that were added more than once, ascending, and how often each was."""
        self._put_away()
        if not self._ends[-1]:
            return np.zeros(0, dtype=np.int64), np.zeros(0, dtype=np.int32)
        self._file.flush()
        every = np.memmap(self._file, np.int64, "r")
        runs = [every[start:end] for start, end in zip(self._ends, self._ends[1:], strict=False)]
        width = (1 << 64) // _RANGES
        bounds = np.array([number * width - (1 << 63) for number in range(1, _RANGES)], dtype=np.int64)
        cuts = [[0, *np.searchsorted(run, bounds).tolist(), len(run)] for run in runs]
        hashes, counts = [], []
        for place in range(_RANGES):
            some = np.sort(
                np.concatenate([run[cut[place] : cut[place + 1]] for run, cut in zip(runs, cuts, strict=True)])
            )
            starts = np.flatnonzero(np.diff(some, prepend=~some[:1]))
            times = np.diff(np.append(starts, len(some)))
            hashes.append(some[starts[times > 1]])
            counts.append(times[times > 1].astype(np.int32))
        return np.concatenate(hashes), np.concatenate(counts)
