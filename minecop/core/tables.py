"""Tables as Parquet files: the same rows give the same bytes."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Collection, Iterator, Sequence
from contextlib import ExitStack
from itertools import accumulate, chain
from mmap import ACCESS_READ, mmap
from pathlib import Path
from tempfile import TemporaryFile
from types import TracebackType
from typing import IO, Any, overload

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from minecop.core.dates import UNDATED
from minecop.core.files import replacing
from minecop.core.mapping import have_read, watched

_ROWS_AT_ONCE = 2_000
_ROWS_A_GROUP = 20_000


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table in one step, compressed with Zstandard."""
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", row_group_size=50_000)


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns, without keeping the file open or mapped."""
    with path.open("rb") as file:  # pq.read_table would import pandas
        return pq.ParquetFile(file).read(columns)


def table_of(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return rows as a table of a schema; no rows give an empty table with its columns."""
    return pa.Table.from_pylist(rows, schema=schema)


class TableWriter:
    """Writes a table piece by piece, in bounded memory; the file takes its place when the block ends well.

    Attributes
    ----------
    rows
        Written so far.
    """

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._path = path
        self._schema = schema
        self._held: list[pa.Table] = []
        self._stack = ExitStack()
        self.rows = 0
        self._written = 0

    def __enter__(self) -> TableWriter:
        temporary = self._stack.enter_context(replacing(self._path))
        self._writer = self._stack.enter_context(pq.ParquetWriter(temporary, self._schema, compression="zstd"))
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None:
            self._flush()
        return self._stack.__exit__(kind, error, trace)

    def write(self, piece: pa.Table) -> None:
        """Add rows."""
        self._held.append(piece)
        self.rows += len(piece)
        if self.rows - self._written >= _ROWS_A_GROUP:
            self._flush()

    def _flush(self) -> None:
        if self.rows > self._written:
            self._writer.write_table(pa.concat_tables(self._held), row_group_size=_ROWS_A_GROUP)
        self._held = []
        self._written = self.rows


class RowWriter:
    """Writes a table row by row, in bounded memory; the file takes its place when the block ends well."""

    def __init__(self, path: Path, schema: pa.Schema) -> None:
        self._schema = schema
        self._rows: list[dict[str, Any]] = []
        self._table = TableWriter(path, schema)

    def __enter__(self) -> RowWriter:
        self._table.__enter__()
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        if kind is None:
            self._flush()
        return self._table.__exit__(kind, error, trace)

    def write(self, row: dict[str, Any]) -> None:
        """Add a row."""
        self._rows.append(row)
        if len(self._rows) >= _ROWS_AT_ONCE:
            self._flush()

    def _flush(self) -> None:
        if self._rows:
            self._table.write(table_of(self._rows, self._schema))
            self._rows = []


def rows_where(
    path: Path, column: str, values: Collection[str], columns: list[str] | None = None
) -> list[dict[str, Any]]:
    """Return the rows of a table in which a column has one of some values, in their order, without reading the others' texts."""
    table = pq.read_table(path, columns=columns, filters=[(column, "in", set(values))], memory_map=False)
    rows: list[dict[str, Any]] = table.to_pylist()
    return rows


def unpacked_table(path: Path, columns: list[str] | None = None, folder: Path | None = None) -> pa.Table:
    """Return some columns of a table of which any row can be read at once, and which takes hardly any memory.

    It is put on disk as it would stand in memory, and mapped; the file goes with the table.

    Parameters
    ----------
    path
        Of the table.
    columns
        Their names; ``None`` for all.
    folder
        Where the file is put; ``None`` for the system's own for such things.
    """
    with TemporaryFile(dir=folder) as file:
        tables = read_tables(path, _ROWS_AT_ONCE, columns)
        first = next(tables, None)
        if first is None:
            return read_table(path, columns)
        with pa.ipc.new_file(pa.PythonFile(file, mode="w"), first.schema) as writer:
            for some in chain([first], tables):
                writer.write_table(some)
        file.flush()
        return _mapped(file).read_all()


def mapped_batches(path: Path) -> pa.ipc.RecordBatchFileReader:
    """Return what reads a file of Arrow batches out of a memory map, with no file left open."""
    with path.open("rb") as file:
        return _mapped(file)


def _mapped(file: IO[bytes]) -> pa.ipc.RecordBatchFileReader:
    return pa.ipc.open_file(pa.py_buffer(watched(mmap(file.fileno(), 0, access=ACCESS_READ))))


def moments_of(column: pa.ChunkedArray) -> NDArray[np.int64]:
    """Return a column of dates in milliseconds since 1970, ``dates.UNDATED`` where there is none: shape (n,)."""
    moments: NDArray[np.int64] = (
        pc.cast(pc.cast(column, pa.timestamp("ms", tz="UTC")), pa.int64()).fill_null(UNDATED).to_numpy()
    )
    return moments


class Column(Sequence[Any]):
    """The values of a column, each made whenever it is asked for.

    Parameters
    ----------
    column
        Of a table, mostly one that is unpacked.
    """

    def __init__(self, column: pa.ChunkedArray) -> None:
        self._chunks = [chunk for chunk in column.chunks if len(chunk)]
        self._ends = list(accumulate(map(len, self._chunks)))

    def __len__(self) -> int:
        return self._ends[-1] if self._ends else 0

    @overload
    def __getitem__(self, row: int) -> Any: ...

    @overload
    def __getitem__(self, row: slice) -> list[Any]: ...

    def __getitem__(self, row: int | slice) -> Any:
        if isinstance(row, slice):
            return [self[one] for one in range(*row.indices(len(self)))]
        place = range(len(self))[row]
        number = bisect_right(self._ends, place)
        chunk = self._chunks[number]
        have_read()
        return chunk[place - self._ends[number] + len(chunk)].as_py()

    def __iter__(self) -> Iterator[Any]:
        for chunk in self._chunks:
            have_read(chunk.nbytes)
            yield from chunk.to_pylist()


def pieces_of(table: pa.Table, rows: int) -> Iterator[pa.Table]:
    """Yield a table in pieces of so many rows; of one that is unpacked, what was read is let go of now and then."""
    for start in range(0, len(table), rows):
        piece = table.slice(start, rows)
        have_read(piece.nbytes)
        yield piece


def read_schema(path: Path) -> pa.Schema:
    """Return the schema of a table, without reading that."""
    return pq.read_schema(path)


def column_names(path: Path) -> list[str]:
    """Return the names of the columns of a table, without reading them."""
    return list(read_schema(path).names)


def count_rows(path: Path) -> int:
    """Return how many rows a table has, without reading them."""
    return int(pq.read_metadata(path).num_rows)


def count_characters(path: Path, column: str) -> int:
    """Return how many characters (code points) a column of texts has."""
    return sum(pc.sum(pc.utf8_length(some[column])).as_py() or 0 for some in read_tables(path, _ROWS_AT_ONCE, [column]))


def read_tables(path: Path, rows: int, columns: list[str] | None = None) -> Iterator[pa.Table]:
    """Yield a table in pieces of so many rows, the last with what is left; tables of as many rows give pieces that belong together."""
    held: list[pa.Table] = []
    with path.open("rb") as file:
        for batch in _batches(file, rows, columns):
            held.append(pa.Table.from_batches([batch]))
            while sum(map(len, held)) >= rows:
                whole = pa.concat_tables(held)
                yield whole.slice(0, rows)
                held = [whole.slice(rows)] if len(whole) > rows else []
    if held:
        yield pa.concat_tables(held)


def read_rows(path: Path, columns: list[str] | None = None) -> Iterator[dict[str, Any]]:
    """Yield the rows of a table, or of some of its columns, a few thousand in memory at a time."""
    with path.open("rb") as file:
        for batch in _batches(file, _ROWS_AT_ONCE, columns):
            yield from batch.to_pylist()


def _batches(file: IO[bytes], rows: int, columns: list[str] | None) -> Iterator[pa.RecordBatch]:
    # what is buffered before it is asked for, and what threads read ahead, is held to the end: memory would grow with the table
    batches: Iterator[pa.RecordBatch] = pq.ParquetFile(file, pre_buffer=False).iter_batches(
        rows, columns=columns, use_threads=False
    )
    return batches
