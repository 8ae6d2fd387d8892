"""JSON Lines that hold data: one file, or a folder of them."""

from __future__ import annotations

import gzip
import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any, TypeVar

from minecop.core.errors import InputError

Record = TypeVar("Record")


def read_json_lines(path: Path, make: Callable[[dict[str, Any]], Record]) -> Iterator[Record]:
    """Yield the records of a file, gzipped where its name ends so.

    Parameters
    ----------
    path
        The file.
    make
        Makes a record of the object of one line.

    Raises
    ------
    InputError
        When a line cannot be read, or no record can be made of it; the message names it.
    """
    number = 0
    try:
        with gzip.open(path, "rt", encoding="utf-8") if path.suffix == ".gz" else path.open(encoding="utf-8") as lines:
            for line in lines:
                number += 1
                yield make(json.loads(line))
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise InputError(
            "file_refused", path=f"{path}:{number}", reason_key="not_json", reason_details={"reason": error}
        ) from error


def read_json_folder(folder: Path, make: Callable[[dict[str, Any]], Record]) -> list[Record]:
    """Return the records of every ``.jsonl`` of a folder, in the order of names and lines; see ``read_json_lines``."""
    return [record for path in sorted(folder.glob("*.jsonl")) for record in read_json_lines(path, make)]
