"""Files that are mapped into memory: what was read of them is let go of now and then, or in the end all of them would be in it."""

from __future__ import annotations

import mmap
from weakref import WeakSet

_LET_GO = 1 << 27
"""Bytes that may be read before they are let go of."""

_AROUND = 1 << 16
"""Bytes that a system reads at once, however few are asked for (``fault_around_bytes`` of Linux)."""

_mapped: WeakSet[mmap.mmap] = WeakSet()
_read = 0


def watched(handle: mmap.mmap) -> mmap.mmap:
    """Return a map of a file, of which the pages are let go of from now on."""
    _mapped.add(handle)
    return handle


def have_read(size: int = 0, places: int = 1) -> None:
    """Note that some bytes were read of a map that is watched, at one place or several."""
    global _read
    _read += max(size, places * _AROUND)
    if _read > _LET_GO:
        let_go()


def let_go() -> None:
    """Let go of all pages that were read: the system still has them as long as nobody needs the memory more."""
    global _read
    _read = 0
    if hasattr(mmap, "MADV_DONTNEED"):  # Windows takes such pages back by itself
        for handle in [one for one in _mapped if not one.closed]:
            handle.madvise(mmap.MADV_DONTNEED)
