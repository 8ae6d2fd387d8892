"""Whether this machine can do the work: memory, disk, processors, a folder to write into, a terminal that shows Thai."""

from __future__ import annotations

import locale
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from minecop.run.checks import Check, gigabytes

CHARACTERS_A_POST = 1_900
"""Of a post with its comments, on GotoKnow."""

_MEMORY, _MEMORY_A_CHARACTER = 1.2e9, 8
_DISK, _DISK_A_CHARACTER = 5e7, 20
"""Bytes that a report needs, whatever the archive, and for each of its characters.

Measured on archives of 1,000, 10,000 and 100,000 posts (2, 20 and 205 million characters), of which the program itself held 0.8, 1.35 and
2.75 GB of memory, and on such of 126, 2,151 and 20,361 posts (0.2, 3.9 and 38 million characters), which took 25, 66 and 484 MB of disk; of
the disk more is asked for, because old results stand beside new ones until those are whole.
"""

_MOST_POSTS = 100_000
"""More are not claimed to fit: nothing larger was measured."""

_MEMORY_A_WORKER = 6.2e8
"""Bytes that each further process needs, at most: measured at 100,000 posts with 400,000 comments."""

_SMALL = 4_000_000
"""Characters up to which one process is as quick as several: each takes seconds of a processor to load its dictionaries and models."""

_USUAL = 2_000 * CHARACTERS_A_POST
"""Characters of an archive that any machine should have room for."""


@dataclass(frozen=True, slots=True)
class Needs:
    """What the report of an archive needs, in bytes; a rough estimate.

    Attributes
    ----------
    characters
        Of all posts and comments.
    """

    characters: int

    @property
    def memory(self) -> float:
        """Of the program itself, with one process."""
        return _MEMORY + _MEMORY_A_CHARACTER * self.characters

    @property
    def disk(self) -> float:
        """In the folder of the run."""
        return _DISK + _DISK_A_CHARACTER * self.characters


def posts_that_fit(memory: float) -> int:
    """Return how many posts with their comments, about, an archive may have for so many bytes of memory; its first two digits count."""
    posts = (memory - _MEMORY) / _MEMORY_A_CHARACTER / CHARACTERS_A_POST
    return int(float(f"{min(max(posts, 0), _MOST_POSTS):.1e}"))


def proposed_workers(processors: int, free: float, memory: float) -> int:
    """Return a number of processes for so many processors, and so many bytes that are free, of which the program itself needs some."""
    return max(1, min(processors, int((free - memory) / _MEMORY_A_WORKER)))


def memory_for(gigabytes: float | None) -> float | None:
    """Return the bytes that may be used: those that somebody allows, else what is free; ``None`` where that cannot be told."""
    if gigabytes is not None:
        return gigabytes * 1e9
    found = memory()
    return found and found[0]


def usual_workers(needs: Needs, memory: float | None) -> int:
    """Return how many processes do the work soonest: of a small archive, one, for others take seconds to start."""
    return 1 if needs.characters < _SMALL else _most_workers(needs, memory)


def _most_workers(needs: Needs, memory: float | None) -> int:
    return processors() if memory is None else proposed_workers(processors(), memory, needs.memory)


def memory() -> tuple[float, float] | None:
    """Return the bytes of memory that are free to be used, and all there are; ``None`` where that cannot be told."""
    try:
        import psutil

        found = psutil.virtual_memory()
        return float(found.available), float(found.total)
    except (ImportError, OSError):
        return None


def processors() -> int:
    """Return how many processors this process may use."""
    if hasattr(os, "sched_getaffinity"):
        return len(os.sched_getaffinity(0))
    return os.cpu_count() or 1


def check_memory(needs: Needs | None = None) -> Check:
    """Return whether there is memory enough, for an archive or for a usual one, and for how many posts it would do."""
    found = memory()
    if found is None:
        return Check("memory_unknown", "notable")
    free, total = found
    needed = (needs or Needs(_USUAL)).memory
    details: dict[str, object] = {
        "free": gigabytes(free),
        "total": gigabytes(total),
        "needed": gigabytes(needed),
        "posts": f"{posts_that_fit(free):,}",
    }
    return Check("memory", details=details) if free >= needed else Check("memory_low", "notable", details, "memory_do")


def check_processors(needs: Needs | None = None) -> Check:
    """Return how many processes are worth asking for."""
    workers = _most_workers(needs or Needs(_USUAL), memory_for(None))
    return Check("processors" if workers > 1 else "processor", details={"count": processors(), "workers": workers})


def check_output(folder: Path) -> Check:
    """Return whether results can be written where they would go; nothing is left there."""
    place = _existing(folder)
    try:
        with tempfile.TemporaryFile(dir=place):
            pass
    except OSError as error:
        return Check("unwritable", "broken", {"path": place, "reason": error.strerror or error}, "unwritable_do")
    return Check("writable", details={"path": place})


def check_disk(folder: Path, needs: Needs | None = None) -> Check:
    """Return whether the disk has room for results, of an archive or of a usual one."""
    place = _existing(folder)
    free, needed = shutil.disk_usage(place).free, (needs or Needs(_USUAL)).disk
    details: dict[str, object] = {"path": place, "free": gigabytes(free), "needed": gigabytes(needed)}
    return Check("disk", details=details) if free >= needed else Check("disk_low", "broken", details, "disk_do")


def _existing(folder: Path) -> Path:
    """Return a folder, or the nearest above it that exists."""
    folder = folder.resolve()
    return next((place for place in (folder, *folder.parents) if place.is_dir()), folder)


def check_terminal() -> Check:
    """Return whether what is printed comes out as Thai."""
    encoding = terminal_encoding()
    if encoding.replace("-", "").lower() in {"utf8", "cp65001"}:
        return Check("terminal", details={"encoding": encoding})
    advice = "terminal_windows_do" if sys.platform == "win32" else "terminal_do"
    return Check("terminal_other", "notable", {"encoding": encoding}, advice)


def terminal_encoding() -> str:
    """Return the encoding in which the output is read.

    minecop writes UTF-8 always; a window of Windows is given letters, whatever its code page.
    """
    if sys.platform != "win32":
        return locale.getencoding()
    if sys.stdout.isatty():
        return "utf-8"
    import ctypes

    return f"cp{ctypes.windll.kernel32.GetConsoleOutputCP()}"
