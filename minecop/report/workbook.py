"""Sheets of typed cells, and the Excel workbook made of them: nothing runs as a formula, and the same sheets give the same bytes."""

from __future__ import annotations

import io
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from functools import cache
from itertools import filterfalse
from math import ceil
from typing import Any, NamedTuple

import xlsxwriter

from minecop.core.cells import is_like_formula, sheet_cell, utf16_units
from minecop.core.collecting import uncollected

COUNT, DECIMAL, CHANCE, PERCENT = "#,##0", "0.00", "0.000", "0%"
"""How numbers of a column are shown."""

MOST_ROWS = 50_000
"""Rows below the heads of a sheet. Excel holds a million, which an ordinary laptop hardly opens."""

_MOST_LINKS = 65_530
_LONGEST_LINK = 2_079
"""What of links Excel takes; an address beyond either stands as text."""

_ESCAPED = frozenset('%" <>[]^`{}')

_CALENDARS = {("th", True): "[$-107041E]", ("th", False): "[$-41E]", ("en", True): "[$-1070409]", ("en", False): ""}
"""What of a format of dates says in which language months are named and whether years are Buddhist: 107041E is the Thai calendar (07) in
Arabic digits (1), in Thai (041E)."""

_ABOUT = {"th": "ราว", "en": "about"}

_FONT = {"font_name": "Tahoma", "font_size": 10, "font_scheme": "none"}
"""It is on every Windows and macOS, with Thai vowels where they belong."""

_LINE, _HIGHEST = 15, 409
"""Points of a line of Thai, and of the highest row that Excel allows."""

_FULL = 0.8
"""How far a line of Thai is filled: it breaks at words, and its letters are wider than the digits that widths are counted in."""

_PRINTABLE = 280
"""Letters across that can be read on a printed page; wider sheets take several pages side by side."""

_CELL = {"valign": "top", "text_wrap": True}
_HEAD = _CELL | {
    "valign": "vcenter",
    "align": "left",
    "indent": 1,
    "bold": True,
    "font_color": "#FFFFFF",
    "bg_color": "#1F6F5C",
    "border": 1,
    "border_color": "#D9D5CB",
}


class Month(NamedTuple):
    """A date of which only the month is known, and that by an estimate."""

    day: date


class Link(NamedTuple):
    """An address of the web."""

    url: str


Cell = str | int | float | date | Month | Link | None
"""What a cell holds; ``None`` for nothing."""


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a sheet.

    Attributes
    ----------
    head
        What it is called.
    width
        In letters.
    number
        How its numbers are shown: ``COUNT``, ``DECIMAL``, ``CHANCE`` or ``PERCENT``.
    """

    head: str
    width: int = 10
    number: str = COUNT


@dataclass(frozen=True, slots=True)
class Sheet:
    """A sheet of a workbook.

    Attributes
    ----------
    title
        At most 31 letters, none of ``[]:*?/\\``.
    columns
        In order.
    rows
        A cell for each column.
    fixed
        Columns on the left that stay in sight.
    """

    title: str
    columns: tuple[Column, ...]
    rows: Sequence[Sequence[Cell]]
    fixed: int = 0


@uncollected()
def workbook_bytes(
    sheets: Iterable[Sheet], *, title: str, made: datetime, lang: str, buddhist: bool, cut: str
) -> bytes:
    """Return an Excel workbook: heads stay in sight, every column can be filtered, text is wrapped, nothing is hidden.

    Rows are as high as their text: not every program finds that out by itself.

    Parameters
    ----------
    sheets
        In the order in which they stand; they may be made one after the other.
    title
        Of the whole.
    made
        What the file says of when it was made; no clock is asked.
    lang, buddhist
        Of dates: the language of months, and whether years are Buddhist ones.
    cut
        What stands in place of what a cell, or a sheet, is too small to hold.
    """
    out = io.BytesIO()
    book = xlsxwriter.Workbook(out, {"in_memory": True, "default_format_properties": dict(_FONT)})
    book.set_properties({"title": sheet_cell(title, cut), "author": "minecop", "created": made.replace(tzinfo=None)})
    formats = _Formats(book, lang, buddhist=buddhist)
    for sheet in sheets:
        _write(book, sheet, formats, cut)
    book.close()
    return out.getvalue()


class _Formats(dict[str, Any]):
    """Formats of cells, each made when it is first needed: by name, those of numbers by how they are shown."""

    def __init__(self, book: Any, lang: str, *, buddhist: bool) -> None:
        super().__init__(head=book.add_format(_FONT | _HEAD))
        self._book = book
        calendar, left = _CALENDARS[lang, buddhist], {"align": "left", "indent": 1}
        self._looks: dict[str, dict[str, object]] = {
            "blank": {},
            "day": left | {"num_format": f"{calendar}d mmm yyyy"},
            "month": left | {"num_format": f'{calendar}"{_ABOUT[lang]} "mmm yyyy'},
            "text": left,
            # Typed anew, what looks like a formula would be one: the prefix keeps it text then, too.
            "formula": left | {"quote_prefix": True},
            "link": left | {"font_color": "#1F6F5C", "underline": 1},
        }

    def __missing__(self, name: str) -> Any:
        made = self[name] = self._book.add_format(_FONT | _CELL | self._looks.get(name, {"num_format": name}))
        return made


def _write(book: Any, sheet: Sheet, formats: _Formats, cut: str) -> None:
    page = book.add_worksheet(sheet.title)
    for place, column in enumerate(sheet.columns):
        page.set_column(place, place, column.width)
        page.write_string(0, place, column.head, formats["head"])
    page.set_row(0, _height([column.head for column in sheet.columns], sheet.columns) + _LINE / 2)
    rows = sheet.rows
    if len(rows) > MOST_ROWS:
        rows = [*rows[: MOST_ROWS - 1], [cut]]
    links = 0
    for number, row in enumerate(rows, 1):
        page.set_row(number, _height(row, sheet.columns))
        for place, (cell, column) in enumerate(zip(row, sheet.columns, strict=False)):
            if cell.__class__ is Link:
                links += 1
                if links > _MOST_LINKS or _escaped(cell.url) > _LONGEST_LINK:
                    cell = cell.url
            _write_cell(page, number, place, cell, column, formats, cut)
    page.autofilter(0, 0, len(rows), len(sheet.columns) - 1)
    page.freeze_panes(1, sheet.fixed)
    page.ignore_errors({"number_stored_as_text": "A1:XFD1048576"})  # numbers of posts are names
    page.set_landscape()
    page.set_paper(9)  # A4
    page.repeat_rows(0)
    page.fit_to_pages(ceil(sum(column.width for column in sheet.columns) / _PRINTABLE), 0)
    if sheet.fixed:
        page.repeat_columns(0, sheet.fixed - 1)


def _escaped(url: str) -> int:
    """Return the length of an address once what may not stand in it is escaped."""
    return utf16_units(url) + 2 * sum(letter in _ESCAPED for letter in url)


def _height(row: Sequence[Cell], columns: Sequence[Column]) -> int:
    """Return the height of a row in points, by its cell of most lines."""
    bounds = []
    for cell, column in zip(row, columns, strict=False):
        text = cell.url if cell.__class__ is Link else cell
        if isinstance(text, str):
            room = _FULL * column.width
            most = ceil(max(len(text), 1) / room) + text.count("\n")  # if there were no marks
            if most > 1:
                bounds.append((most, text, room))
    lines = 1
    for most, text, room in sorted(bounds, reverse=True):
        if most <= lines:
            break
        lines = max(lines, sum(_lines(line, room) for line in text.split("\n")))
    return min(_LINE * lines + 2, _HIGHEST)


def _lines(text: str, room: float) -> int:
    """Return how many lines a text takes where so many letters stand beside each other: marks stand above or below."""
    return (
        1
        if len(text) <= room
        else ceil(max(len(text) - sum(map(text.count, filterfalse(_stands, set(text)))), 1) / room)
    )


@cache
def _stands(letter: str) -> bool:
    return unicodedata.category(letter) != "Mn"


def _write_cell(page: Any, row: int, place: int, cell: Any, column: Column, formats: _Formats, cut: str) -> None:
    kind = cell.__class__
    if cell is None:
        page.write_blank(row, place, None, formats["blank"])
    elif isinstance(cell, str):
        page.write_string(row, place, sheet_cell(cell, cut), formats["formula" if is_like_formula(cell) else "text"])
    elif kind is Link:
        page.write_url(row, place, sheet_cell(cell.url, cut), formats["link"], sheet_cell(cell.url, cut))
    elif kind is Month:
        page.write_datetime(row, place, cell.day, formats["month"])
    elif isinstance(cell, date):
        page.write_datetime(row, place, cell, formats["day"])
    else:
        page.write_number(row, place, cell, formats[column.number])
