"""What a stage made before of the same texts: when some posts are added to an archive, only theirs are looked at.

A stage that says of each passage something that hangs on that passage alone keeps, beside its table, a hash of what each row was made of.
Rows of which the hash is the same again are taken over; the result is the same as if all had been made anew, byte for byte.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, replace
from hashlib import blake2b
from itertools import pairwise
from pathlib import Path
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.core.executors import map_chunks
from minecop.core.tables import unpacked_table
from minecop.run.artefacts import Key, read_record
from minecop.run.context import Context

MADE_OF = "made-of.npy"
"""File with the hashes, one a row of the table: 16 bytes each."""

_HASH = np.dtype([("first", "<u8"), ("second", "<u8")])
Hashes = NDArray[np.void]
Rows = NDArray[np.int64]
Column: TypeAlias = pa.ChunkedArray | list[Any]


def made_or_taken(
    context: Context,
    stage: str,
    function: Callable[[Any], pa.Table],
    chunks: Iterable[Any],
    total: int,
    folder: Path,
    name: str,
    columns: list[str] | None = None,
    *,
    settings: bool = True,
) -> Iterator[pa.Table]:
    """Yield what a function makes of each chunk, in order, rows that were made before taken over; keep in the end what they were made of.

    Parameters
    ----------
    context, stage
        What the stage may use, and its name.
    function
        Makes a table of a table, of several, or of lists beside them, row by row.
    chunks
        What it is given: of the same rows, some at a time.
    total
        How many chunks there are.
    folder
        That the stage is made in.
    name
        Of the file that it makes of the tables.
    columns
        Of that file, those that the tables have; ``None`` for all.
    settings
        Whether what is made hangs on the stage's settings.
    """
    earlier = _Earlier(context, stage, folder, name, columns, settings=settings)
    hashes: list[Hashes] = [np.zeros(0, dtype=_HASH)]
    waiting: deque[Rows] = deque()

    def left() -> Iterator[Any]:
        for chunk in chunks:
            hashes.append(hashes_of(_columns_of(chunk)))
            rows = earlier.rows(hashes[-1])
            waiting.append(rows)
            new = np.flatnonzero(rows < 0)
            yield chunk if len(new) == len(rows) else _taken(chunk, new)

    for made in map_chunks(context.executor, function, left(), stage, context.listener, total):
        yield earlier.together(waiting.popleft(), made)
    np.save(folder / MADE_OF, np.concatenate(hashes))
    context.taken_over[stage] = earlier.taken


class _Earlier:
    """The rows of a table that a stage made before; there are none where it would come out otherwise now, or is damaged."""

    def __init__(
        self, context: Context, stage: str, scratch: Path, name: str, columns: list[str] | None, *, settings: bool
    ) -> None:
        self.taken = 0
        self._table: pa.Table | None = None
        self._hashes = np.zeros(0, dtype=_HASH)
        folder = context.stage_folder(stage)
        if _is_as_before(context, stage, name, settings=settings):
            hashes = np.load(folder / MADE_OF)
            self._order = np.argsort(hashes["first"], kind="stable")
            self._hashes = hashes[self._order]
            self._table = unpacked_table(folder / name, columns, scratch)

    def rows(self, hashes: Hashes) -> Rows:
        """Return in which row the same was made before, -1 where it was not, shape (n,)."""
        if not len(self._hashes):
            return np.full(len(hashes), -1, dtype=np.int64)
        places = np.minimum(np.searchsorted(self._hashes["first"], hashes["first"]), len(self._hashes) - 1)
        rows = np.where(self._hashes[places] == hashes, self._order[places], -1)
        self.taken += int(np.count_nonzero(rows >= 0))
        return rows

    def together(self, rows: Rows, made: pa.Table) -> pa.Table:
        """Return the rows that were made before, and in the places of the others (-1) those that are made now, in order."""
        before = rows >= 0
        if self._table is None or not before.any():
            return made
        every = pa.concat_tables([self._table.take(pa.array(rows[before])), made])
        return every.take(pa.array(np.argsort(np.argsort(~before, kind="stable")))).combine_chunks()


def hashes_of(columns: Iterable[Column]) -> Hashes:
    """Return a hash of each row of some columns: texts, lists of texts, numbers, yes and no.

    The bytes of the columns are hashed as they lie in memory, a row after the other: a text or a number of its own would have to be made of
    each otherwise, which takes two to three times as long.
    """
    numbers: list[NDArray[np.int64]] = []
    stretches: list[_Stretch] = []
    rows = 0
    for column in columns:
        array = pa.array(column) if isinstance(column, list) else column.combine_chunks()
        rows = len(array)
        _read(array, numbers, stretches)
    if numbers:
        together = np.stack(numbers, axis=1)
        stretches.append(_Stretch(memoryview(together.tobytes()), np.arange(rows + 1) * together[:1].nbytes))
    parts = [
        [stretch.bytes[start:end] for start, end in pairwise(stretch.bounds.tolist())]  # views: nothing is copied
        for stretch in stretches
    ]
    found = bytearray()
    for row in zip(*parts, strict=True):
        made = blake2b(digest_size=16)
        for part in row:
            made.update(part)
        found += made.digest()
    return np.frombuffer(bytes(found), dtype=_HASH)


@dataclass(frozen=True, slots=True)
class _Stretch:
    """Bytes of a column, and where those of each row begin (and the last ones end)."""

    bytes: memoryview
    bounds: NDArray[np.int64]


def _read(array: pa.Array, numbers: list[NDArray[np.int64]], stretches: list[_Stretch]) -> None:
    """Add what tells the rows of a column apart: a number of each, or several, and stretches of bytes that are as long as these say."""
    numbers.append(array.is_null().to_numpy(zero_copy_only=False).astype(np.int64))
    if pa.types.is_null(array.type):
        return
    if pa.types.is_list(array.type):
        bounds = _bounds(array)
        numbers.append(np.diff(bounds))
        items: list[NDArray[np.int64]] = []
        within: list[_Stretch] = []
        _read(array.values, items, within)
        stretches += [_Stretch(one.bytes, one.bounds[bounds]) for one in within]
        stretches += [_Stretch(memoryview(own.tobytes()), bounds * own.itemsize) for own in items]
    elif pa.types.is_string(array.type):
        bounds = _bounds(array)
        numbers.append(np.diff(bounds))
        stretches.append(_Stretch(memoryview(array.buffers()[2] or b""), bounds))
    else:
        values = array.fill_null(False if pa.types.is_boolean(array.type) else 0).to_numpy(zero_copy_only=False)
        numbers.append(
            values.astype(np.float64).view(np.int64) if values.dtype.kind == "f" else values.astype(np.int64)
        )


def _bounds(array: pa.Array) -> NDArray[np.int64]:
    """Return where the texts, or the items, of each row of a column begin (and the last ones end)."""
    every = np.frombuffer(array.buffers()[1], dtype=np.int32) if len(array) else np.zeros(1, dtype=np.int32)
    return every[array.offset :][: len(array) + 1].astype(np.int64)


def _is_as_before(context: Context, stage: str, name: str, *, settings: bool) -> bool:
    """Tell whether a stage would make of the same rows what it made before."""
    folder = context.stage_folder(stage)
    try:
        record = read_record(folder)
    except (OSError, ValueError):
        return False
    # what it took of earlier stages is in the hashes
    old, new = (
        replace(
            key,
            settings=key.settings if settings else {},
            inputs={one: value for one, value in key.inputs.items() if one not in context.keys},
        )
        for key in (Key(**record.key), context.keys[stage])
    )
    return old == new and {name, MADE_OF} <= record.files.keys() and not record.damaged(folder, (name, MADE_OF))


def _columns_of(chunk: Any) -> list[Column]:
    """Return the columns of a table, of a list, or of several such."""
    if isinstance(chunk, tuple):
        return [column for one in chunk for column in _columns_of(one)]
    return list(chunk.columns) if isinstance(chunk, pa.Table) else [chunk]


def _taken(chunk: Any, rows: Rows) -> Any:
    """Return some rows of such."""
    if isinstance(chunk, tuple):
        return tuple(_taken(one, rows) for one in chunk)
    return chunk.take(pa.array(rows)) if isinstance(chunk, pa.Table) else [chunk[row] for row in rows.tolist()]
