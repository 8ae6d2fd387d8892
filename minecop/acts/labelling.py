"""Reading passages to be labelled, outside any archive."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from minecop.archive.decoding import decode, looks_binary
from minecop.core.errors import InputError
from minecop.core.files import read_given


@dataclass(frozen=True, slots=True)
class LabelRow:
    """One passage to label."""

    id: str
    text: str
    kind: str = ""
    title: str = ""


def read_label_rows(path: Path) -> list[LabelRow]:
    """Read passages from JSON Lines, or CSV with a header: ``text``, optional ``id``, ``kind`` (post or comment) and ``title``.

    Raises
    ------
    InputError
        When the file cannot be read, or a row has no text; the message names the row.
    """
    data = read_given(path)
    if looks_binary(data):
        raise InputError("file_refused", path=path, reason_key="binary_file")
    if not data.strip():
        raise InputError("file_refused", path=path, reason_key="empty_file")
    text, _ = decode(data)
    values = _csv(text) if path.suffix.lower() in {".csv", ".tsv"} else _jsonlines(text, path)
    return [_row(value, number, path) for number, value in values]


def _csv(text: str) -> Iterator[tuple[int, object]]:
    head = text.split("\n", 1)[0]
    reader = csv.DictReader(io.StringIO(text, newline=""), delimiter="\t" if "\t" in head else ",")
    yield from enumerate(reader, 2)


def _jsonlines(text: str, path: Path) -> Iterator[tuple[int, object]]:
    for number, line in enumerate(text.split("\n"), 1):
        if line.strip():
            try:
                yield number, json.loads(line)
            except ValueError as error:
                raise InputError(
                    "file_refused", path=f"{path}:{number}", reason_key="not_json", reason_details={"reason": error}
                ) from error


def _row(value: object, number: int, path: Path) -> LabelRow:
    if not isinstance(value, dict) or not isinstance(value.get("text"), str) or not value["text"].strip():
        raise InputError("bad_passage_row", where=f"{path}:{number}")
    own_id = value.get("id")
    return LabelRow(
        id=str(number) if own_id in (None, "") else str(own_id),
        text=value["text"],
        kind=str(value.get("kind") or ""),
        title=str(value.get("title") or ""),
    )
