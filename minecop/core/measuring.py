"""What a piece of work takes: seconds, and the most memory that this process and its workers hold meanwhile.

Peaks are told by samples, for no system tells of all processes since when a peak is; what falls between two samples is seen where it is the
most that this process has held since it began, which every system remembers.
"""

from __future__ import annotations

import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from threading import Event, Thread

import psutil

_SECONDS = 0.2
"""Between two samples: one takes the program a millisecond from its work where it has several threads."""

_SAMPLES_A_LOOK = 20
"""Samples after which it is looked anew which workers there are, which takes ten times as long."""


@dataclass(slots=True)
class Taken:
    """What it took; filled in when the work has ended.

    Attributes
    ----------
    seconds
        Of the clock.
    memory
        Bytes that this process held at most (resident set, working set on Windows).
    workers
        Bytes that all processes below it held together at most; pages that they share count in each. 0 where there are none, or on
        other machines.
    """

    seconds: float = 0.0
    memory: int = 0
    workers: int = 0


@contextmanager
def measured() -> Iterator[Taken]:
    """Measure what is done in the block, also where it ends in an error."""
    taken, process, done = Taken(), psutil.Process(), Event()
    highest, start = _highest(process), time.perf_counter()
    watcher = Thread(target=_watch, args=(process, taken, done), name="measuring", daemon=True)
    watcher.start()
    try:
        yield taken
    finally:
        taken.seconds = time.perf_counter() - start
        done.set()
        watcher.join()
        if (reached := _highest(process)) > highest:
            taken.memory = max(taken.memory, reached)


def _watch(process: psutil.Process, taken: Taken, done: Event) -> None:
    below: list[psutil.Process] = []
    samples = 0
    while True:
        ending = done.wait(_SECONDS if samples else 0)
        if samples % _SAMPLES_A_LOOK == 0:
            with suppress(psutil.Error):
                below = process.children(recursive=True)
        taken.memory = max(taken.memory, _held(process))
        taken.workers = max(taken.workers, sum(map(_held, below)))
        samples += 1
        if ending:
            return


def _held(process: psutil.Process) -> int:
    try:
        return int(process.memory_info().rss)
    except psutil.Error:  # it has ended
        return 0


def _highest(process: psutil.Process) -> int:
    """Return the most bytes that this process has held since it began."""
    if sys.platform == "win32":
        return int(process.memory_info().peak_wset)
    import resource

    highest = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    return highest if sys.platform == "darwin" else highest * 1024
