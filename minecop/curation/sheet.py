"""Decisions of all kinds on one sheet, filled in with a spreadsheet program: columns and words in Thai or English, every row checked."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Mapping, Sequence
from datetime import datetime
from pathlib import Path
from typing import Any

from minecop.archive.decoding import decode, looks_binary
from minecop.archive.readers.spreadsheet import rows_of_workbook
from minecop.core.cells import plain_cell
from minecop.core.dates import arabic_digits
from minecop.core.errors import InputError, MinecopError
from minecop.core.files import read_given
from minecop.curation.decisions import Decision
from minecop.curation.making import decide, kind_of
from minecop.insight.analysis import Analysis

SHEET_COLUMNS: Mapping[str, tuple[str, str]] = {
    "kind": ("kind", "ชนิด"),
    "target": ("target", "เลขหรือรหัส"),
    "title": ("title", "ชื่อตอนนี้"),
    "action": ("action", "ทำอะไร"),
    "to": ("to", "เป็น"),
    "passages": ("passages", "ช่วงความที่แยก"),
    "note": ("note", "เหตุผลหรือข้อความ"),
}
"""Columns with their heads in English and Thai; the title is there to be read."""

SHEET_KINDS: Mapping[str, tuple[str, str]] = {
    "topics": ("topic", "หัวข้อ"),
    "issues": ("issue", "ประเด็น"),
    "quotes": ("quote", "คำพูด"),
    "steps": ("step", "ขั้น"),
    "marks": ("mark", "ป้าย"),
    "people": ("person", "คน"),
    "communities": ("community", "ชุมชน"),
    "notes": ("note", "บันทึก"),
}

SHEET_ACTIONS: Mapping[str, tuple[str, str]] = {
    "rename": ("rename", "เปลี่ยนชื่อ"),
    "merge": ("merge", "รวมเข้ากับ"),
    "split": ("split", "แยก"),
    "hide": ("hide", "ซ่อน"),
    "accept": ("accept", "เข้าวง"),
    "pin": ("pin", "ยกก่อน"),
    "reject": ("reject", "ไม่ยก"),
    "step": ("step", "อยู่ขั้น"),
    "mark": ("mark", "แก้ป้าย"),
    "join": ("join", "คนเดียวกับ"),
    "part": ("part", "คนละคน"),
    "assign": ("assign", "อยู่ชุมชน"),
    "note": ("note", "บันทึก"),
}
"""Kinds and actions as people write them, in English and Thai."""

_GONE = frozenset({"merge", "hide"})
"""Actions after which there is nothing left to decide about."""

_DELIMITERS = ",;\t"


def read_sheet(path: Path) -> Iterator[tuple[int, dict[str, str]]]:
    """Yield number and cells of every row of a sheet in which something is to be done.

    Raises
    ------
    InputError
        When the file is no such sheet.
    """
    rows = _rows(path)
    heads: list[str] = []
    for number, cells in rows:
        texts = [_text(cell) for cell in cells]
        if not heads:
            heads = [_named(text, SHEET_COLUMNS) for text in texts]
            if not {"target", "action"} <= {*heads}:
                columns = ", ".join(" / ".join(names) for names in SHEET_COLUMNS.values())
                raise InputError("decision_sheet_columns", path=path, columns=columns)
            continue
        row = {head: text for head, text in zip(heads, texts, strict=False) if head}
        if row.get("action"):
            yield number, row


def _rows(path: Path) -> Iterator[tuple[int, Sequence[Any]]]:
    data = read_given(path)
    if data.startswith(b"PK"):
        yield from rows_of_workbook(io.BytesIO(data))
        return
    if looks_binary(data):
        raise InputError("decision_no_sheet", path=path)
    text = decode(data)[0].lstrip("\ufeff")
    first = text.split("\n", 1)[0]
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=max(_DELIMITERS, key=first.count))
    try:
        for cells in reader:
            if any(cells):
                yield reader.line_num, cells
    except csv.Error as error:
        raise InputError("decision_no_sheet", path=path) from error


def _text(cell: Any) -> str:
    if isinstance(cell, float) and cell.is_integer():
        cell = int(cell)
    return plain_cell(str(cell)).strip()


def _named(text: str, names: Mapping[str, tuple[str, str]]) -> str:
    said = " ".join(text.split()).lower()
    return next((name for name, words in names.items() if said in (name, *words)), "")


def decisions_of_sheet(
    analysis: Analysis, rows: Sequence[tuple[int, Mapping[str, str]]], who: str, when: datetime
) -> tuple[list[Decision], list[tuple[int, MinecopError]]]:
    """Return the decisions of a sheet, and what is wrong with which row.

    Parameters
    ----------
    analysis
        As people saw it when they filled the sheet in.
    rows
        What ``read_sheet`` gives.
    who, when
        See ``Decision``.
    """
    made: list[Decision] = []
    wrong: list[tuple[int, MinecopError]] = []
    gone: dict[tuple[str, str], int] = {}
    for number, row in rows:
        try:
            one = _decision(analysis, row, who, when)
            for key in ((one.kind, one.target), (one.kind, one.to if one.action == "merge" else "")):
                if key in gone:
                    raise InputError("decision_of_what_is_gone", row=gone[key])
        except MinecopError as error:
            wrong.append((number, error))
            continue
        if one.action in _GONE:
            gone[one.kind, one.target] = number
        made.append(one)
    return made, wrong


def _decision(analysis: Analysis, row: Mapping[str, str], who: str, when: datetime) -> Decision:
    action = _named(row["action"], SHEET_ACTIONS)
    kind = kind_of(action, _named(row.get("kind", ""), SHEET_KINDS))
    if not action or not kind:
        raise InputError("decision_unknown", action=row["action"], kind=row.get("kind") or "-")
    target, to = as_number(row.get("target", "")), row.get("to", "")
    if action in ("merge", "step"):
        to = as_number(to)
    passages = row.get("passages", "").replace(",", " ").split()
    return decide(analysis, kind, action, target, to, passages=passages, note=row.get("note", ""), who=who, when=when)


def as_number(text: str) -> str:
    """Return a number that may be written in Thai digits, with a sign before it; any other text as it is."""
    plain = arabic_digits(text.strip())
    return plain if plain.removeprefix("#").isalnum() and plain.isascii() else text
