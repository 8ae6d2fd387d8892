"""Workbooks: ``.xlsx`` ``.xlsm`` ``.xlsb`` ``.xls`` ``.ods``; every sheet that has headings is read as a table.

What ends in ``.xls`` is often no workbook: programs of Thai offices write a page of HTML, or CSV, under that name, and Excel opens it. Of
formulas the value that was last reckoned is read.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from pathlib import Path
from typing import Any, BinaryIO

from minecop.archive.fields import check_mapped, listed
from minecop.archive.models import Account, Post
from minecop.archive.readers.legacysheet import MAGIC, check_legacy
from minecop.archive.readers.sheetsafety import check_workbook, too_large
from minecop.archive.readers.zipsafety import open_seekable
from minecop.archive.sources import Options, Source
from minecop.archive.tables import Row, TableReader, names_of, open_table
from minecop.archive.values import is_blank
from minecop.core.errors import InputError

_HTML = re.compile(rb"<(?:!doctype\s+html|html|table|meta|head|body|style)\b", re.IGNORECASE)
_XML_SHEET = re.compile(rb"<(?:\w+:)?Workbook\b|urn:schemas-microsoft-com:office:spreadsheet")
_MULTIPART = re.compile(rb"\s*MIME-Version:", re.IGNORECASE)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]+)", re.IGNORECASE)
_MOST_MERGED = 20_000
_MOST_COLUMNS = 1_000
_MOST_TABLES = 2_000


@dataclass(frozen=True, slots=True)
class _Sheet:
    name: str
    rows: Callable[[], Iterator[Row]]


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of all sheets of a workbook."""
    head = source.head()
    if head.startswith(b"PK"):
        with open_seekable(source) as stream:
            check_workbook(stream)
            stream.seek(0)
            yield from _posts_of_sheets(_sheets_of(stream), source, options, account)
    elif head.startswith(MAGIC):
        data = source.read()
        check_legacy(data)
        with source.open() as stream:
            yield from _posts_of_sheets(_sheets_of(stream), source, options, account)
    elif _MULTIPART.match(head) or _XML_SHEET.search(head):
        raise InputError("sheet_not_excel")
    elif _HTML.search(head):
        account.add("guessed", source.name, "sheet_is_page")
        charset = _CHARSET.search(head)
        text = source.text(account, charset[1].decode("ascii") if charset else None)
        yield from _posts_of_sheets(_tables_of(text), source, options, account)
    else:
        from minecop.archive.readers import csvtable

        posts = csvtable.read(source, options, account)
        first = next(posts, None)  # what is no table either is not called one
        account.add("guessed", source.name, "sheet_is_text")
        if first is not None:
            yield first
        yield from posts


def _posts_of_sheets(sheets: list[_Sheet], source: Source, options: Options, account: Account) -> Iterator[Post]:
    if len(sheets) > 1:  # a new workbook has two empty sheets more
        sheets = [sheet for sheet in sheets if any(not _is_empty(row) for _, row in sheet.rows())]
    if options.columns:
        tables = [open_table(sheet.rows(), options, sheet.name) for sheet in sheets]
        names = [name for table in tables if table for name in table.names]
        check_mapped(names, options, source.name, account)
    seen: list[str] = []
    found = False
    for sheet in sheets:
        about = sheet.name if len(sheets) > 1 else source.stem
        table = open_table(sheet.rows(), options, about)
        called = re.sub(r"[/:!]", "-", sheet.name)
        if table is None or not table.layout.holds_text():
            names = table.names if table else next((names_of(row) for _, row in sheet.rows() if not _is_empty(row)), [])
            if names:
                seen += names
                account.add("warning", f"{source.name}:{called}", "sheet_left_out", columns=listed(names))
            continue
        found = True
        place, stem = (f"{called}!", f"{source.stem}-{called}") if len(sheets) > 1 else ("", source.stem)
        yield from TableReader(table, source.name, place, stem, account).posts()
    if not found:
        raise (
            InputError("no_heading" if seen else "empty_file", columns=listed(seen))
            if seen
            else InputError("empty_file")
        )


def rows_of_workbook(stream: BinaryIO) -> Iterator[Row]:
    """Yield the rows of the first sheet of a workbook, with their numbers.

    Raises
    ------
    InputError
        When it is damaged, or not safe to be opened.
    """
    check_workbook(stream)
    stream.seek(0)
    for sheet in _sheets_of(stream)[:1]:
        yield from sheet.rows()


def _is_empty(row: Sequence[Any]) -> bool:
    return all(is_blank(cell) for cell in row)


def _sheets_of(stream: BinaryIO) -> list[_Sheet]:
    """Open a workbook; whatever the library makes of a damaged one becomes one clear error."""
    import python_calamine

    def attempt(work: Callable[[], Any]) -> Any:
        try:
            with _silenced():
                return work()
        except python_calamine.PasswordError as error:
            raise InputError("archive_encrypted") from error
        except (python_calamine.CalamineError, OSError, ValueError, OverflowError) as error:
            raise InputError("archive_damaged_file", reason=" ".join(str(error).split())[:100]) from error
        except BaseException as error:  # a panic of the library is no Exception
            if type(error).__name__ != "PanicException":
                raise
            raise InputError("archive_damaged_file", reason="panic") from None

    book = attempt(lambda: python_calamine.CalamineWorkbook.from_filelike(stream))
    kinds = {about.name: about.typ for about in book.sheets_metadata}

    def rows_of(name: str) -> Iterator[Row]:
        sheet = attempt(lambda: book.get_sheet_by_name(name))
        start = sheet.start
        if start is None:
            return
        merged = attempt(lambda: sheet.merged_cell_ranges) or []
        filled = _Merged(merged if len(merged) <= _MOST_MERGED else [])
        left = [""] * min(start[1], _MOST_COLUMNS)
        rows = sheet.iter_rows()
        number = 0
        while (row := attempt(lambda: next(rows, None))) is not None:
            number += 1
            if number > start[0]:
                yield number, filled.row(number - 1, [*left, *map(_cell, row)])

    worksheet = python_calamine.SheetTypeEnum.WorkSheet
    return [_Sheet(name, lambda name=name: rows_of(name)) for name in book.sheet_names if kinds.get(name) == worksheet]  # type: ignore[misc]


@contextmanager
def _silenced() -> Iterator[None]:
    """Keep from the user's screen what a library written in Rust prints there, a panic, before it is raised and told in the account."""
    try:
        shown = os.dup(2)
    except OSError:  # there is no screen
        yield
        return
    try:
        with Path(os.devnull).open("wb") as nowhere:
            os.dup2(nowhere.fileno(), 2)
        yield
    finally:
        os.dup2(shown, 2)
        os.close(shown)


class _Merged:
    """Gives all rows of cells that were merged downwards what only the first of them holds."""

    def __init__(self, ranges: Sequence[tuple[tuple[int, int], tuple[int, int]]]) -> None:
        self._ranges = sorted((top, left, bottom) for (top, left), (bottom, _) in ranges if bottom > top)
        self._next = 0
        self._open: dict[int, tuple[int, Any]] = {}

    def row(self, number: int, cells: list[Any]) -> list[Any]:
        for column, (bottom, value) in list(self._open.items()):
            if number > bottom:
                del self._open[column]
            elif column < len(cells) and is_blank(cells[column]):
                cells[column] = value
        while self._next < len(self._ranges) and self._ranges[self._next][0] <= number:
            top, column, bottom = self._ranges[self._next]
            self._next += 1
            if top == number and column < len(cells) and not is_blank(cells[column]):
                self._open[column] = (bottom, cells[column])
        return cells


def _cell(value: Any) -> Any:
    """Return a cell as text or number; dates as ISO, whatever their calendar: Buddhist years are recognised when they are read."""
    if isinstance(value, datetime):
        return value.replace(microsecond=0).isoformat()
    if isinstance(value, date | time):
        return value.isoformat()
    if isinstance(value, timedelta):
        return str(value)
    if isinstance(value, bool):
        return "true" if value else "false"
    return "" if value is None else value


def _tables_of(text: str) -> list[_Sheet]:
    """Return the tables of a page that is called a workbook; tables within cells belong to the cell."""
    from minecop.archive.htmltext import node_text, parse_html

    page = parse_html(text)
    tables = page.css("table")
    if len(tables) > _MOST_TABLES:
        raise too_large()
    tables = [table for table in tables if not _within_table(table)]

    def rows_of(table: Any) -> Iterator[Row]:
        number = 0
        for line in table.css("tr"):
            owner = line.parent
            while owner is not None and owner.tag != "table":
                owner = owner.parent
            if owner is None or owner.mem_id != table.mem_id:
                continue
            number += 1
            cells: list[Any] = []
            for cell in line.iter():
                if cell.tag in {"td", "th"}:
                    span = cell.attributes.get("colspan") or "1"
                    blanks = (
                        min(int(span) - 1, _MOST_COLUMNS) if span.isascii() and span.isdigit() and len(span) < 6 else 0
                    )
                    cells += [node_text(cell), *[""] * max(0, blanks)]
            yield number, cells

    return [_Sheet(f"table{n}", lambda table=table: rows_of(table)) for n, table in enumerate(tables, 1)]  # type: ignore[misc]


def _within_table(node: Any) -> bool:
    node = node.parent
    while node is not None:
        if node.tag == "table":
            return True
        node = node.parent
    return False
