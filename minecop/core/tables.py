"""Tables as Parquet files: the same rows give the same bytes."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from minecop.core.files import replacing


def write_table(path: Path, table: pa.Table) -> None:
    """Write a table in one step, compressed with Zstandard."""
    with replacing(path) as temporary:
        pq.write_table(table, temporary, compression="zstd", row_group_size=50_000)


def read_table(path: Path, columns: list[str] | None = None) -> pa.Table:
    """Read a table, or some of its columns, without keeping the file open or mapped."""
    return pq.read_table(path, columns=columns, memory_map=False)


def table_of(rows: list[dict[str, Any]], schema: pa.Schema) -> pa.Table:
    """Return rows as a table of a schema; no rows give an empty table with its columns."""
    return pa.Table.from_pylist(rows, schema=schema)
