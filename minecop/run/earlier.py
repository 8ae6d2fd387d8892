"""What a stage made before of the same texts: when some posts are added to an archive, only theirs are looked at.

A stage that says of each passage something that hangs on that passage alone keeps, beside its table, a hash of what each row was made of.
Rows of which the hash is the same again are taken over; the result is the same as if all had been made anew, byte for byte.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from contextlib import contextmanager
from dataclasses import replace
from hashlib import blake2b
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.core.executors import map_chunks
from minecop.core.progress import Listener
from minecop.core.tables import unpacked_table
from minecop.run.artefacts import Key, read_record

MADE_OF = "made-of.npy"
"""File with the hashes, one a row of the table: 16 bytes each."""

_HASH = np.dtype([("first", "<u8"), ("second", "<u8")])
Hashes = NDArray[np.void]


def hashes_of(columns: Iterable[Iterable[Any]]) -> Hashes:
    """Return a hash of each row of some columns: texts, lists of texts, numbers."""
    found = [
        blake2b(repr(row).encode("utf-8", "surrogatepass"), digest_size=16).digest()
        for row in zip(*columns, strict=True)
    ]
    return np.frombuffer(b"".join(found), dtype=_HASH)


class Earlier:
    """The rows of a table that a stage made before.

    Parameters
    ----------
    folder
        Of the stage, as it was made before.
    key
        What the stage depends on now.
    stages
        Stages whose results it reads; what it took of them is in the hashes.
    name
        Of the file of the table.
    scratch
        Folder for temporary files.
    columns
        Of the table; ``None`` for all.
    settings
        Whether what is made hangs on the stage's settings.

    Attributes
    ----------
    taken
        Rows that were taken over so far.
    """

    def __init__(
        self,
        folder: Path,
        key: Key,
        stages: Iterable[str],
        name: str,
        scratch: Path,
        columns: list[str] | None = None,
        *,
        settings: bool = True,
    ) -> None:
        self.taken = 0
        self._table: pa.Table | None = None
        self._hashes = np.zeros(0, dtype=_HASH)
        if _is_as_before(folder, key, set(stages), name, settings=settings):
            hashes = np.load(folder / MADE_OF)
            self._order = np.argsort(hashes["first"], kind="stable")
            self._hashes = hashes[self._order]
            self._table = unpacked_table(folder / name, columns, scratch)

    def rows(self, hashes: Hashes) -> NDArray[np.int64]:
        """Return in which row the same was made before, -1 where it was not, shape (n,)."""
        if self._table is None or not len(self._hashes):
            return np.full(len(hashes), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._hashes["first"], hashes["first"]), len(self._hashes) - 1)
        rows = np.where(self._hashes[places] == hashes, self._order[places], -1)
        self.taken += int(np.count_nonzero(rows >= 0))
        return rows

    def together(self, rows: NDArray[np.int64], made: pa.Table) -> pa.Table:
        """Return the rows that were made before, and in the places of the others (-1) those that are made now, in order."""
        if self._table is None or (rows < 0).all():
            return made
        before = rows >= 0
        every = pa.concat_tables([self._table.take(pa.array(rows[before])), made])
        place = np.empty(len(rows), dtype=np.int64)
        place[before] = np.arange(np.count_nonzero(before))
        place[~before] = np.arange(np.count_nonzero(before), len(rows))
        return every.take(pa.array(place)).combine_chunks()


def _is_as_before(folder: Path, key: Key, stages: set[str], name: str, *, settings: bool) -> bool:
    """Tell whether a stage would make of the same rows what it made before."""
    try:
        record = read_record(folder)
    except (OSError, ValueError):
        return False
    old, new = (one if settings else replace(one, settings={}) for one in (Key(**record.key), key))
    outside = [{name: value for name, value in one.inputs.items() if name not in stages} for one in (old, new)]
    return (
        (old.version, old.settings, outside[0]) == (new.version, new.settings, outside[1])
        and {name, MADE_OF} <= record.files.keys()
        and not record.damaged(folder, (name, MADE_OF))
    )


def made_or_taken(
    executor: Executor,
    function: Callable[[Any], pa.Table],
    chunks: Iterable[tuple[Any, Hashes]],
    earlier: Earlier,
    stage: str,
    listener: Listener,
    total: int,
) -> Iterator[tuple[pa.Table, Hashes]]:
    """Yield what a function makes of each chunk, its rows that were made before taken over, and the hashes of the rows.

    Parameters
    ----------
    executor, stage, listener, total
        As ``map_chunks`` takes them.
    function
        Makes a table of a table, or of several, row by row.
    chunks
        A table, or several of the same rows, and the hashes of these.
    earlier
        What was made before.
    """
    waiting: deque[tuple[NDArray[np.int64], Hashes]] = deque()

    def left() -> Iterator[Any]:
        for tables, hashes in chunks:
            rows = earlier.rows(hashes)
            waiting.append((rows, hashes))
            new = np.flatnonzero(rows < 0)
            yield tables if len(new) == len(rows) else _taken(tables, new)

    for made in map_chunks(executor, function, left(), stage, listener, total):
        rows, hashes = waiting.popleft()
        yield earlier.together(rows, made), hashes


def _taken(rows: Any, places: NDArray[np.int64]) -> Any:
    """Return some rows of a table, of a list, or of each of several such."""
    if isinstance(rows, tuple):
        return tuple(_taken(one, places) for one in rows)
    return rows.take(pa.array(places)) if isinstance(rows, pa.Table) else [rows[place] for place in places.tolist()]


@contextmanager
def made_of(folder: Path) -> Iterator[list[Hashes]]:
    """Give a list for the hashes of rows, which are written into a stage's folder in the end."""
    hashes: list[Hashes] = [np.zeros(0, dtype=_HASH)]
    yield hashes
    np.save(folder / MADE_OF, np.concatenate(hashes))
