"""Workbooks of Excel 97 to 2003 (``.xls``): whether one can be opened without harm, and whether a password locks it.

Such a file is a small file system (Microsoft's compound file) with one stream of records. Only what tells how much memory its cells
would take up is read here; see ``sheetsafety`` for why.
"""

from __future__ import annotations

import struct
from array import array
from collections.abc import Iterator

from minecop.archive.readers.sheetsafety import Measure, too_large
from minecop.core.errors import InputError

MAGIC = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_LAST_SECTOR = 0xFFFFFFFA
_BOUND_SHEET, _FILE_PASS, _SST, _CONTINUE, _END = 0x85, 0x2F, 0xFC, 0x3C, 0x0A
_LABEL_SST, _MANY_NUMBERS = 0xFD, 0xBD
_CELLS = {0x06, 0x203, 0x27E, 0x204, 0x205, 0xD6, 0x02, 0x03, 0x04, 0x05, 0x206, 0x406, _LABEL_SST, _MANY_NUMBERS}
_MOST_SHEETS = 1_000


def check_legacy(data: bytes) -> None:
    """Refuse a workbook of this kind that would take up too much memory.

    Raises
    ------
    InputError
        When it would, when it is damaged, or locked with a password.
    """
    try:
        streams = _Compound(data)
        if streams.has("EncryptedPackage"):
            raise InputError("archive_encrypted")
        book = streams.read("Workbook") or streams.read("Book")
        if book is None:
            raise InputError("archive_damaged_file", reason="Workbook")
        _measure(book)
    except (struct.error, IndexError) as error:
        raise InputError("archive_damaged_file", reason=type(error).__name__) from error


class _Compound:
    """The streams of a compound file, by name."""

    def __init__(self, data: bytes) -> None:
        self._data = data
        shift, small_shift = struct.unpack_from("<HH", data, 30)
        if shift not in {9, 12} or small_shift != 6:
            raise InputError("archive_damaged_file", reason="CFB")
        self._size, self._small_size = 1 << shift, 1 << small_shift
        directory, _, self._cutoff, small_first = struct.unpack_from("<4L", data, 48)
        self._table = self._read_table()
        self._entries = dict(self._read_entries(self._chain(directory)))
        root = next((entry for entry in self._entries.values() if entry[0] == 5), None)
        self._small = self._chain(root[1]) if root else b""
        raw = self._chain(small_first)
        self._small_table = array("I", raw[: len(raw) // 4 * 4])
        _check_circles(self._small_table)

    def has(self, name: str) -> bool:
        return name in self._entries

    def read(self, name: str) -> bytes | None:
        if name not in self._entries:
            return None
        _, first, size = self._entries[name]
        if size >= self._cutoff:
            return self._chain(first)[:size]
        pieces = []
        for sector in _followed(self._small_table, first):
            start = sector * self._small_size
            pieces.append(self._small[start : start + self._small_size])
        return b"".join(pieces)[:size]

    def _sector(self, number: int) -> bytes:
        start = (number + 1) * self._size
        return self._data[start : start + self._size]

    def _read_table(self) -> array[int]:
        (first,) = struct.unpack_from("<L", self._data, 68)
        places = list(struct.unpack_from("<109L", self._data, 76))
        seen: set[int] = set()
        while first < _LAST_SECTOR:
            if first in seen:
                raise _in_a_circle()
            seen.add(first)
            numbers = struct.unpack(f"<{self._size // 4}L", self._sector(first))
            places += numbers[:-1]
            first = numbers[-1]
        table = array("I")
        for place in places:
            if place < _LAST_SECTOR and len(sector := self._sector(place)) == self._size:
                table.frombytes(sector)
        _check_circles(table)
        return table

    def _chain(self, first: int) -> bytes:
        return b"".join(self._sector(number) for number in _followed(self._table, first))

    def _read_entries(self, directory: bytes) -> Iterator[tuple[str, tuple[int, int, int]]]:
        for start in range(0, len(directory) - 127, 128):
            length, kind = struct.unpack_from("<HB", directory, start + 64)
            first, size = struct.unpack_from("<2L", directory, start + 116)
            if kind:
                name = directory[start : start + max(0, min(length, 64) - 2)].decode("utf-16-le", "replace")
                yield name, (kind, first, size)


def _check_circles(table: array[int]) -> None:
    """Refuse a table in which a chain of sectors comes back to one of its own: calamine would follow it until all memory is full."""
    known = bytearray(len(table))  # 1 on the way that is walked now, 2 known to end
    for start in range(len(table)):
        way: list[int] = []
        place = start
        while place < len(table) and not known[place]:
            known[place] = 1
            way.append(place)
            place = table[place]
        if place < len(table) and known[place] == 1:
            raise _in_a_circle()
        for passed in way:
            known[passed] = 2


def _in_a_circle() -> InputError:
    return InputError("archive_damaged_file", reason="CFB")


def _followed(table: array[int], first: int) -> Iterator[int]:
    """Yield the sectors of a chain; one that runs in a circle ends after as many as there are."""
    for _ in range(len(table)):
        if first >= len(table):
            return
        yield first
        first = table[first]


def _records(book: bytes, place: int) -> Iterator[tuple[int, bytes]]:
    while place + 4 <= len(book):
        kind, size = struct.unpack_from("<HH", book, place)
        yield kind, book[place + 4 : place + 4 + size]
        place += 4 + size


def _measure(book: bytes) -> None:
    sheets: list[int] = []
    texts: list[bytes] = []
    for kind, content in _records(book, 0):
        if kind == _FILE_PASS:
            raise InputError("archive_encrypted")
        if kind == _BOUND_SHEET and len(content) >= 4:
            sheets.append(struct.unpack_from("<L", content)[0])
        elif kind == _SST:
            texts = [content]
        elif kind == _CONTINUE and texts:
            texts.append(content)
        elif kind == _END:
            break
    lengths = _text_lengths(texts)
    if len(sheets) > _MOST_SHEETS:
        raise too_large()
    if any(start >= len(book) for start in sheets):
        raise InputError("archive_damaged_file", reason="BoundSheet")
    # All sheets are held at once: their rectangles stand under one another.
    whole = Measure()
    below = 0
    for start in sheets:
        below = _measure_sheet(book, start, lengths, whole, below)


def _measure_sheet(book: bytes, start: int, lengths: array[int], whole: Measure, below: int) -> int:
    lowest = 0
    for kind, content in _records(book, start):
        if kind == _END:
            break
        if kind in _CELLS and len(content) >= 4:
            row, column = struct.unpack_from("<HH", content)
            if kind == _MANY_NUMBERS and len(content) >= 6:
                column = max(column, struct.unpack_from("<H", content, len(content) - 2)[0])
            text = struct.unpack_from("<L", content, 6)[0] if kind == _LABEL_SST and len(content) >= 10 else -1
            whole.cell(below + row, column, lengths[text] if 0 <= text < len(lengths) else 0)
            lowest = max(lowest, row)
    return below + lowest + 1


def _text_lengths(pieces: list[bytes]) -> array[int]:
    """Return the bytes of each shared text. One may go on in the next piece, which then says anew how wide its letters are."""
    lengths = array("L")
    if not pieces:
        return lengths
    number, place = 0, 8
    while number < len(pieces):
        piece = pieces[number]
        if place + 3 > len(piece):
            number, place = number + 1, 0
            continue
        letters, flags = struct.unpack_from("<HB", piece, place)
        place += 3
        runs = extra = 0
        if flags & 8:
            (runs,), place = struct.unpack_from("<H", piece, place), place + 2
        if flags & 4:
            (extra,), place = struct.unpack_from("<L", piece, place), place + 4
        lengths.append(2 * letters)
        width = 1 + (flags & 1)
        while letters:
            taken = max(0, min(letters, (len(piece) - place) // width))
            letters, place = letters - taken, place + taken * width
            if letters:
                number, place = number + 1, 1
                if number >= len(pieces):
                    return lengths
                piece = pieces[number]
                width = 1 + (piece[0] & 1 if piece else 0)
        place += 4 * runs + extra
        while number < len(pieces) and place > len(pieces[number]):
            place -= len(pieces[number])
            number += 1
    return lengths
