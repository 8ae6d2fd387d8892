"""Whether a workbook can be opened without harm: what its cells would take up in memory, reckoned before it is opened.

The library that opens workbooks holds a sheet as a full rectangle, and every cell with a text of its own. Two cells in far corners, one
long text that a million cells share, a cell that says it is repeated a million times: files of a few kilobytes would then take more memory
than any computer has, and end the program. So the parts of a workbook are unpacked once in passing, and its cells counted.
"""

from __future__ import annotations

import codecs
import re
import struct
import zipfile
import zlib
from array import array
from collections.abc import Iterator
from itertools import chain
from typing import BinaryIO

from minecop.archive.readers.zipsafety import check_zip
from minecop.core.errors import InputError

MOST_CELLS = 16_000_000
"""Cells of the rectangle around all that a sheet holds: a million rows of fifteen columns."""

MOST_TEXT = 512 * 2**20
"""Bytes of text in the cells of a sheet, and of a workbook's unpacked parts."""

_PIECE = 2**18
_LONGEST_TAG = 2**20
_LAST_ROW, _LAST_COLUMN = 1_048_576, 16_384

_ATTRIBUTES = rb"((?:\s+[\w:.-]+\s*=\s*(?:\"[^\"<]*\"|'[^'<]*'))*)\s*(/?)>"
_SHEET_TAGS = re.compile(rb"<(?:\w+:)?(c|row|v)(?![\w-])" + _ATTRIBUTES + rb"(?:\s*(\d{1,18}))?")
_REFERENCE = re.compile(rb"\sr\s*=\s*[\"']([A-Za-z]{0,9})(\d{1,18})[\"']")
_SHARED = re.compile(rb"\st\s*=\s*[\"']s[\"']")
_STRING_TAGS = re.compile(rb"<(/?)(?:\w+:)?si\b[^<>]*?(/?)>")
_TABLE_TAGS = re.compile(rb"<(/?)(?:\w+:)?(table|table-row|(?:covered-)?table-cell)(?![\w-])" + _ATTRIBUTES)
_REPEATED = re.compile(rb"number-(?:rows|columns)-repeated\s*=\s*[\"'](\d{1,18})[\"']")

_MEMBER_HEAD = struct.Struct("<4s5H3L2H")


class Measure:
    """Reckons the rectangle and the text of one sheet.

    Raises
    ------
    InputError
        As soon as either is too large.
    """

    def __init__(self) -> None:
        self._top = self._left = 2**62
        self._bottom = self._right = -1
        self._text = 0

    def cell(self, row: int, column: int, text: int = 0, rows: int = 1, columns: int = 1) -> None:
        """Count a cell at a place (from 0), with bytes of text, repeated to the right and below."""
        bottom, right = row + rows - 1, column + columns - 1
        if row < self._top or bottom > self._bottom or column < self._left or right > self._right:
            self._top, self._left = min(self._top, row), min(self._left, column)
            self._bottom, self._right = max(self._bottom, bottom), max(self._right, right)
            if (self._bottom - self._top + 1) * (self._right - self._left + 1) > MOST_CELLS or bottom >= 2**24:
                raise too_large()
        self._text += text * rows * columns
        if self._text > MOST_TEXT:
            raise too_large()


def too_large() -> InputError:
    """Return the error for a workbook that would take up too much memory."""
    return InputError("sheet_too_large", cells=MOST_CELLS // 1_000_000, size=MOST_TEXT // 2**20)


def check_workbook(stream: BinaryIO) -> None:
    """Refuse a workbook in a zip file (``.xlsx``, ``.xlsm``, ``.xlsb``, ``.ods``) that would take up too much memory.

    Raises
    ------
    InputError
        When it would, when it is damaged, or locked with a password.
    """
    check_zip(stream)
    stream.seek(0)
    with zipfile.ZipFile(stream) as archive:
        infos = [info for info in archive.infolist() if not info.is_dir()]
    if sum(info.file_size for info in infos) > MOST_TEXT:
        raise too_large()
    # Texts first: the cells that share them point to them.
    infos.sort(key=lambda info: "sharedstrings" not in info.filename.lower())
    lengths = array("L")
    for info in infos:
        name = info.filename.lower()
        pieces = _unpacked(stream, info)
        first = next(pieces, b"")
        is_xml = first.removeprefix(codecs.BOM_UTF8).lstrip()[:1] == b"<"
        pieces = chain([first], pieces)
        if "sharedstrings" in name:
            lengths.extend((_string_lengths if is_xml else _binary_lengths)(pieces))
        elif is_xml:
            (_measure_table if name.endswith("content.xml") else _measure_sheet)(pieces, lengths)
        elif name.endswith(".bin") and "worksheets" in name:
            _measure_binary(pieces, lengths)
        else:
            for _ in pieces:
                pass


def _unpacked(stream: BinaryIO, info: zipfile.ZipInfo) -> Iterator[bytes]:
    """Yield what a member really unpacks to, which must be what the directory says: other libraries do not stop there."""
    stream.seek(info.header_offset)
    head = stream.read(_MEMBER_HEAD.size)
    if (
        len(head) < _MEMBER_HEAD.size
        or head[:4] != b"PK\x03\x04"
        or info.compress_type not in {zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED}
    ):
        raise InputError("archive_damaged_file", reason="BadZipFile")
    *_, name, extra = _MEMBER_HEAD.unpack(head)
    stream.seek(info.header_offset + _MEMBER_HEAD.size + name + extra)
    inflater = zlib.decompressobj(-15) if info.compress_type == zipfile.ZIP_DEFLATED else None
    packed, total = info.compress_size, 0
    place = stream.tell()
    pending = b""
    while packed > 0 or pending:
        if not pending:
            stream.seek(place)
            pending = stream.read(min(_PIECE, packed))
            packed, place = packed - len(pending), stream.tell()
            if not pending:
                raise InputError("archive_damaged_file", reason="EOFError")
        if inflater is None:
            data, pending = pending, b""
        else:
            try:
                data = inflater.decompress(pending, _PIECE)
            except zlib.error as error:
                raise InputError("archive_damaged_file", reason="zlib.error") from error
            pending = b"" if inflater.eof else inflater.unconsumed_tail
            packed = 0 if inflater.eof else packed
            data += inflater.flush(_PIECE) if not packed and not pending else b""
        total += len(data)
        if total > info.file_size:
            raise too_large()
        if data:
            yield data


def _tags(pieces: Iterator[bytes], pattern: re.Pattern[bytes]) -> Iterator[tuple[int, re.Match[bytes]]]:
    """Yield the places and matches of tags in a text that passes in pieces."""
    held, before = b"", 0
    for piece in pieces:
        if b"\0" in piece:
            raise InputError("archive_damaged_file", reason="UTF-16")  # no program writes workbooks so
        held += piece
        cut = held.rfind(b"<")  # a tag that the piece cuts in two waits for the rest
        if cut < 0:
            if len(held) > _LONGEST_TAG:
                before, held = before + len(held), b""
            continue
        if len(held) - cut > 2 * _LONGEST_TAG:
            cut = len(held)
        for found in pattern.finditer(held, 0, cut):
            yield before + found.start(), found
        before, held = before + cut, held[cut:]
    for found in pattern.finditer(held):
        yield before + found.start(), found


def _string_lengths(pieces: Iterator[bytes]) -> Iterator[int]:
    start = None
    for place, found in _tags(pieces, _STRING_TAGS):
        if found[1]:
            yield max(0, place - start) if start is not None else 0
            start = None
        elif found[2]:
            yield 0
        else:
            start = place + len(found[0])


def _measure_sheet(pieces: Iterator[bytes], lengths: array[int]) -> None:
    measure = Measure()
    row, column, shared = -1, -1, False
    for _, found in _tags(pieces, _SHEET_TAGS):
        tag = found[1]
        place = _REFERENCE.search(found[2]) if tag in {b"row", b"c"} else None
        if tag == b"row":
            row, column = (int(place[2]) - 1 if place else row + 1), -1
        elif tag == b"c":
            column += 1
            if place:
                row, column = int(place[2]) - 1, _column(place[1])
            shared = bool(_SHARED.search(found[2]))
            if not found[3]:
                if not (0 <= row < _LAST_ROW and 0 <= column < _LAST_COLUMN):
                    raise InputError("archive_damaged_file", reason=f"R{row + 1}C{column + 1}")
                measure.cell(row, column)
        elif shared and found[4] and int(found[4]) < len(lengths):
            measure.cell(max(row, 0), max(column, 0), lengths[int(found[4])])


def _column(letters: bytes) -> int:
    number = 0
    for code in letters.upper():
        number = 26 * number + code - 64
    return number - 1


def _measure_table(pieces: Iterator[bytes], _: array[int]) -> None:
    """Count the cells of an OpenDocument spreadsheet, where a cell or a row may say that it is repeated."""
    measure = Measure()
    row, rows, column = 0, 1, 0
    opened: tuple[int, int, int] | None = None
    for place, found in _tags(pieces, _TABLE_TAGS):
        closing, tag, attributes, alone = found[1], found[2], found[3], bool(found[4])
        times = int(repeated[1]) if (repeated := _REPEATED.search(attributes)) else 1
        if tag == b"table":
            measure, row, rows, column = (measure if closing else Measure()), 0, 1, 0
        elif tag == b"table-row":
            row, column = (row + rows if closing or alone else row), 0
            rows = times
        elif closing:
            if opened is not None:
                measure.cell(row, opened[0], place - opened[2], rows, opened[1])
            opened = None
        else:
            if not alone:
                opened = (column, times, place + len(found[0]))
            elif b"value" in attributes:
                measure.cell(row, column, 0, rows, times)
            column += times


def _records(pieces: Iterator[bytes]) -> Iterator[tuple[int, bytes]]:
    """Yield kind and content of the records of a binary workbook's part."""
    held = b""
    place = 0
    for piece in pieces:
        held, place = held[place:] + piece, 0
        while True:
            kind, after = _varied(held, place, 2)
            size, start = _varied(held, after, 4) if after else (0, 0)
            if not start or start + size > len(held):
                break
            yield kind, held[start : start + size]
            place = start + size


def _varied(data: bytes, place: int, longest: int) -> tuple[int, int]:
    """Return a number of 7 bits a byte, and where it ends; 0 where the data does."""
    number = 0
    for n in range(longest):
        if place + n >= len(data):
            return 0, 0
        byte = data[place + n]
        number |= (byte & 0x7F) << (7 * n)
        if byte < 0x80:
            break
    return number, place + n + 1


def _binary_lengths(pieces: Iterator[bytes]) -> Iterator[int]:
    return (len(content) for kind, content in _records(pieces) if kind == 19)


def _measure_binary(pieces: Iterator[bytes], lengths: array[int]) -> None:
    measure = Measure()
    row = 0
    for kind, content in _records(pieces):
        if kind == 0 and len(content) >= 4:
            row = int.from_bytes(content[:4], "little")
        elif 2 <= kind <= 11 and len(content) >= 4:
            column = int.from_bytes(content[:4], "little")
            if row >= _LAST_ROW or column >= _LAST_COLUMN:
                raise InputError("archive_damaged_file", reason=f"R{row + 1}C{column + 1}")
            text = int.from_bytes(content[8:12], "little") if kind == 7 else -1
            measure.cell(row, column, lengths[text] if 0 <= text < len(lengths) else 0)
