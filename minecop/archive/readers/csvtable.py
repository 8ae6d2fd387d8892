"""Tables as text: ``.csv`` and ``.tsv``, whatever parts their cells and however they are encoded, read as they pass.

A row is a post, or a comment on one; see ``minecop/archive/fields.py`` for the headings that are known. A text with line ends stands in
quotation marks, as spreadsheet programs write it.
"""

from __future__ import annotations

import csv
from collections.abc import Iterator
from itertools import chain, islice
from typing import Literal, TextIO

from minecop.archive.fields import check_mapped, listed
from minecop.archive.models import Account, Post
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.archive.streams import BrokenCharacters, encoding_of, lines_of, opened_text
from minecop.archive.tables import HEADING_ROWS, Row, TableReader, heading_score, open_table
from minecop.core.errors import InputError

_DELIMITERS = (",", ";", "\t", "|")
_SAMPLE_LINES = 200
_SAMPLE_LETTERS = 200_000
_END = "\x1eminecop\x1e"
"""A line of our own after the last: a row that swallows it has a quotation mark that nobody closed."""

_MOST_CELLS = 16_384
"""Cells of a row that are read: the columns of the largest spreadsheet."""

_MOST_OPEN_QUOTES = 20
_MOST_LINES = 100_000
"""Lines of one row above which a quotation mark was surely left open."""


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of a table as text."""
    encoding = encoding_of(source, account)
    broken = BrokenCharacters(encoding)
    with opened_text(source, encoding, "") as text:
        lines = _lines(text, broken)
        sample = _sample(lines)
        if not any(line.strip() for line in sample):
            raise InputError("empty_file")
        if sample[0].strip().lower().startswith("sep=") and len(sample[0].strip()) in {4, 5}:
            delimiter = sample.pop(0)[4:5].strip("\r\n") or "\t"  # Excel's own word for it
        else:
            delimiter = _delimiter_of(sample, options, source.ending)
        rows = _Rows(chain(sample, lines), delimiter, source.name, account)
        table = open_table(rows, options, source.stem)
        if table is None:
            raise InputError("no_heading", columns=_first_row(sample, delimiter))
        check_mapped(table.names, options, source.name, account)
        if not table.layout.holds_text():
            raise InputError("no_text_column", columns=listed(table.names))
        yield from TableReader(table, source.name, "", source.stem, account, delimiter).posts()
    broken.tell(source.name, account)


def _lines(text: TextIO, broken: BrokenCharacters) -> Iterator[str]:
    for number, line in enumerate(lines_of(text, ("\n", "\r")), 1):
        if line is None:
            raise InputError("line_too_long", line=number, size=LARGEST_WHOLE // 2**20)
        broken.look(line)
        yield line


def _sample(lines: Iterator[str]) -> list[str]:
    sample: list[str] = []
    letters = 0
    for line in islice(lines, _SAMPLE_LINES):
        sample.append(line)
        letters += len(line)
        if letters > _SAMPLE_LETTERS:
            break
    return sample


def _delimiter_of(sample: list[str], options: Options, ending: str) -> str:
    """Return what parts the cells: that by which the most headings are known, then that by which the rows are most alike."""
    scores: list[tuple[int, float, int, str]] = []
    for delimiter in _DELIMITERS:
        rows = list(islice(_parsed(sample, delimiter), 50))
        headings = max((heading_score(row, options) for row in rows[:HEADING_ROWS]), default=0)
        widths = [len(row) for row in rows if len(row) > 1]
        alike = max(map(widths.count, widths), default=0) / len(rows) if rows else 0.0
        usual = 1 if delimiter == ("\t" if ending in {".tsv", ".tab"} else ",") else 0
        scores.append((headings, round(alike, 1), usual, delimiter))
    return max(scores)[3]


def _parsed(lines: list[str], delimiter: str) -> Iterator[list[str]]:
    csv.field_size_limit(LARGEST_WHOLE)
    try:
        yield from (row[:_MOST_CELLS] for row in csv.reader(lines, delimiter=delimiter))
    except csv.Error:
        return


def _first_row(sample: list[str], delimiter: str) -> str:
    return next((names for row in _parsed(sample, delimiter) if (names := listed(row))), "")


class _Rows:
    """The rows of a table as text, numbered as a spreadsheet program numbers them.

    A quotation mark that nobody closes would make one cell of all that follows. Such a row is read again with its first line alone,
    its quotation marks as letters, and the account is told.
    """

    def __init__(self, lines: Iterator[str], delimiter: str, name: str, account: Account) -> None:
        csv.field_size_limit(LARGEST_WHOLE)
        self._lines = chain(lines, [_END])
        self._delimiter = delimiter
        self._name = name
        self._account = account
        self._pending: list[str] = []
        self._letters = 0
        self._quotes: Literal[0, 3] = csv.QUOTE_MINIMAL

    def __iter__(self) -> Iterator[Row]:
        number = opened = 0
        reader = self._reader()
        while True:
            try:
                row = next(reader)
                is_whole = self._pending[-1] != _END or row == [_END]
            except StopIteration:
                return
            except csv.Error:
                row, is_whole = [], False
            if is_whole and row == [_END]:
                return
            number += 1
            if not is_whole:
                opened += 1
                self._account.add("warning", f"{self._name}:{number}", "quote_not_closed")
                if opened > _MOST_OPEN_QUOTES:
                    self._quotes = csv.QUOTE_NONE
                line, *rest = self._pending
                row = next(
                    csv.reader(
                        [line.rstrip("\r\n").replace("\r", " ")], delimiter=self._delimiter, quoting=csv.QUOTE_NONE
                    )
                )
                self._lines = chain(rest, self._lines)
                reader = self._reader()
            self._pending.clear()
            self._letters = 0
            if len(row) > _MOST_CELLS:
                self._account.add("refused", f"{self._name}:{number}", "row_too_wide", cells=len(row), read=_MOST_CELLS)
            yield number, row[:_MOST_CELLS]

    def _reader(self) -> Iterator[list[str]]:
        return csv.reader(self._passing(), delimiter=self._delimiter, quoting=self._quotes)

    def _passing(self) -> Iterator[str]:
        for line in self._lines:
            self._pending.append(line)
            self._letters += len(line)
            if self._letters > LARGEST_WHOLE or len(self._pending) > _MOST_LINES:
                raise csv.Error
            yield line
