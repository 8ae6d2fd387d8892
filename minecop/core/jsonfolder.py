"""Folders of JSON Lines that ship as data."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

from minecop.core.errors import InputError

Record = TypeVar("Record")


def read_json_folder(folder: Path, make: Callable[[dict[str, Any]], Record]) -> list[Record]:
    """Return the records of every ``.jsonl`` of a folder, in the order of names and lines.

    Parameters
    ----------
    folder
        Where the files are.
    make
        Makes a record of the object of one line.

    Raises
    ------
    InputError
        When a line cannot be read, or no record can be made of it; the message names it.
    """
    found = []
    for path in sorted(folder.glob("*.jsonl")):
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1):
            try:
                found.append(make(json.loads(line)))
            except (ValueError, KeyError, TypeError) as error:
                raise InputError(
                    "file_refused", path=f"{path}:{number}", reason_key="not_json", reason_details={"reason": error}
                ) from error
    return found
