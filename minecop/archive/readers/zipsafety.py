"""Whether a zip file (an archive, a Word document, an Excel workbook) can be opened without harm, by what it says of itself.

Everything is judged from the directory at the end of the file, before anything is unpacked. Python's zipfile never yields more bytes of a
member than the directory declares, so that what is declared bounds what comes out.
"""

from __future__ import annotations

import io
import os
import struct
import zipfile
from typing import BinaryIO

from minecop.archive.sources import Source
from minecop.core.errors import InputError

MOST_UNPACKED = 2 * 2**30
"""Bytes that a zip file may unpack to in all: far above what years of saved pages take up, below what fills a disk."""

MOST_ENTRIES = 200_000
"""Members: one page a member, more than the largest blog has."""

_MOST_RATIO = 200
"""Unpacked size by packed size. Text packs to a tenth, repetitive HTML to a fiftieth; deflate's own limit is 1032."""

_RATIO_FROM = 10 * 2**20
"""Bytes below which a ratio says nothing: a small file of blanks does no harm."""

_MOST_DIRECTORY = MOST_ENTRIES * 600
"""Bytes of the directory, which zipfile reads whole: an entry takes 46 and its name, which in Thai has 3 bytes a letter."""

_END = struct.Struct("<4s4H2LH")
_END_MARK = b"PK\x05\x06"
_END64_LOCATOR = struct.Struct("<4sLQL")
_END64 = struct.Struct("<4sQ2H2L4Q")
_LONGEST_REMARK = 65_535


def open_seekable(source: Source) -> BinaryIO:
    """Open a source so that it can be read in any order: a file as it is, a member of an archive file from memory.

    Raises
    ------
    InputError
        When it is a member and too large for memory.
    """
    stream = source.open()
    if stream.seekable():
        return stream
    stream.close()
    return io.BytesIO(source.read())


def check_zip(stream: BinaryIO, *, most: int | None = None) -> None:
    """Refuse a zip file that could fill memory or disk, that cannot be opened, or all of whose members need a password.

    Parameters
    ----------
    stream
        The file, which can be sought in; it is left open, at any place.
    most
        Bytes that it may unpack to in all; ``MOST_UNPACKED`` where ``None``.

    Raises
    ------
    InputError
        ``archive_too_large``, ``archive_damaged_file`` or ``archive_encrypted``.
    """
    most = MOST_UNPACKED if most is None else most
    entries, directory = _declared(stream)
    if entries > MOST_ENTRIES or directory > _MOST_DIRECTORY:
        raise _too_large(most)
    stream.seek(0)
    try:
        with zipfile.ZipFile(stream) as archive:
            members = [member for member in archive.infolist() if not member.is_dir()]
    except (zipfile.BadZipFile, ValueError, OSError, EOFError, NotImplementedError, struct.error) as error:
        raise InputError("archive_damaged_file", reason=type(error).__name__) from error
    if any(member.header_offset < 0 for member in members):
        raise InputError("archive_damaged_file", reason="BadZipFile")
    # The count at the end of the file may lie; the list does not.
    unpacked = sum(member.file_size for member in members)
    if len(members) > MOST_ENTRIES or unpacked > most:
        raise _too_large(most)
    packed = sum(member.compress_size for member in members)
    if _is_bomb(unpacked, packed) or any(_is_bomb(member.file_size, member.compress_size) for member in members):
        raise _too_large(most)
    if members and all(member.flag_bits & 1 for member in members):
        raise InputError("archive_encrypted")


def _is_bomb(unpacked: int, packed: int) -> bool:
    return unpacked > _RATIO_FROM and unpacked > _MOST_RATIO * max(packed, 1)


def _too_large(most: int) -> InputError:
    return InputError("archive_too_large", size=most // 2**20, entries=MOST_ENTRIES)


def _declared(stream: BinaryIO) -> tuple[int, int]:
    """Return how many entries the directory says it has, and its size in bytes."""
    size = stream.seek(0, os.SEEK_END)
    start = max(0, size - _END.size - _LONGEST_REMARK)
    stream.seek(start)
    tail = stream.read(_END.size + _LONGEST_REMARK)
    place = tail.rfind(_END_MARK)
    if place < 0 or place + _END.size > len(tail):
        raise InputError("archive_damaged_file", reason="BadZipFile")
    _, _, _, _, entries, directory, _, _ = _END.unpack_from(tail, place)
    if entries < 0xFFFF and directory < 0xFFFFFFFF:
        return entries, directory
    # Larger numbers stand in a second record, which a third one right before this one points to.
    locator = start + place - _END64_LOCATOR.size
    if locator < 0:
        return entries, directory
    stream.seek(locator)
    mark, _, offset, _ = _END64_LOCATOR.unpack(stream.read(_END64_LOCATOR.size))
    if mark != b"PK\x06\x07" or offset + _END64.size > size:
        return entries, directory
    stream.seek(offset)
    values = _END64.unpack(stream.read(_END64.size))
    return (values[7], values[8]) if values[0] == b"PK\x06\x06" else (entries, directory)
