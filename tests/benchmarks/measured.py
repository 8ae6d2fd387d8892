"""Seconds and peak memory of a command with all processes that it starts, from outside."""

import os
import resource
import subprocess
import threading
import time
from collections import Counter
from dataclasses import dataclass
from pathlib import Path

PROC = Path("/proc")
EVERY = 0.1
"""Seconds between two looks at the memory, at least; a look takes a tenth of the time at most."""


def can_measure():
    """Tell whether the system says how much memory is whose: Linux does."""
    return (PROC / "self/smaps_rollup").exists()


@dataclass(frozen=True)
class Measured:
    """What a command took.

    Attributes
    ----------
    seconds
        Of the clock.
    processor
        Seconds of all processors together, by what was being done; ``None`` for all. They tell more than the clock where others work on the machine.
    peak
        Most megabytes at one time, likewise.
    output
        What it printed.
    began, ended
        When, as the times of files have it.
    """

    seconds: float
    processor: Counter
    peak: Counter
    output: str
    began: float
    ended: float


def measure(command, doing=lambda: "all", environment=None):
    """Run a command, which must come to a good end.

    Memory is the proportional set size: pages that several processes share are counted once, what lies in the cache of the system and is mapped
    by nobody is not. A peak that is shorter than the pause between two looks may be missed.

    Parameters
    ----------
    command
        With its arguments.
    doing
        Tells, while the command runs, what it is at.
    environment
        What is to be set beside the environment of this process.
    """
    peak, processor = Counter(), Counter()
    before, began = _processor_of_children(), time.time()
    with subprocess.Popen(
        list(map(str, command)),
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        encoding="utf-8",
        env=os.environ | (environment or {}),
    ) as process:
        over = threading.Event()
        watching = threading.Thread(target=_watch, args=(process.pid, doing, peak, processor, over))
        watching.start()
        output, errors = process.communicate()
        ended = time.time()
        over.set()
        watching.join()
    if process.returncode:
        raise RuntimeError(errors)
    processor[None] = _processor_of_children() - before
    return Measured(ended - began, processor, peak, output, began, ended)


def _processor_of_children():
    used = resource.getrusage(resource.RUSAGE_CHILDREN)
    return used.ru_utime + used.ru_stime


def _watch(pid, doing, peak, processor, over):
    pause, before = EVERY, 0.0
    while not over.wait(pause):
        started = time.perf_counter()
        what, family = doing(), _family(pid)
        size = sum(map(_megabytes, family))
        peak[what], peak[None] = max(peak[what], size), max(peak[None], size)
        used = sum(family.values())
        processor[what] += max(0.0, used - before)
        before = max(before, used)
        pause = max(EVERY, 10 * (time.perf_counter() - started))


def _family(pid):
    """Return a process and all that descend from it, each with the seconds of processors that it and what it waited for have used."""
    children, used = {}, {}
    for folder in PROC.iterdir():
        if folder.name.isdigit():
            try:
                values = (folder / "stat").read_text(errors="replace").rpartition(")")[2].split()
            except OSError:  # it has just ended
                continue
            children.setdefault(int(values[1]), []).append(int(folder.name))
            used[int(folder.name)] = sum(map(int, values[11:15])) / os.sysconf("SC_CLK_TCK")
    found = [pid]
    for one in found:
        found += children.get(one, [])
    return {one: used.get(one, 0.0) for one in found}


def _megabytes(pid):
    try:
        lines = (PROC / str(pid) / "smaps_rollup").read_text().splitlines()
    except OSError:
        return 0
    return sum(int(line.split()[1]) for line in lines if line.startswith("Pss:")) / 1024
