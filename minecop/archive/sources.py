"""What is offered for import: one file, or one member of an archive file, whatever it holds."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path, PurePosixPath
from typing import TYPE_CHECKING, BinaryIO

from minecop.archive.decoding import decode, looks_binary
from minecop.archive.models import Account, Post
from minecop.core.errors import InputError

if TYPE_CHECKING:
    from _typeshed import WriteableBuffer as Buffer

LARGEST_WHOLE = 64 * 2**20
"""Bytes of the largest file that is read into memory at once; a post does not come near it. Formats for more are streamed."""

_HEAD = 16_384


@dataclass(frozen=True, slots=True)
class Section:
    """A stretch of a large file that is read by itself, as a file of what stands in front of all records and of some records.

    Attributes
    ----------
    head
        Bytes in front of all records.
    begin, end
        From which byte up to which.
    records
        How many stand before it.
    last
        Whether the file ends with it.
    """

    head: int
    begin: int
    end: int
    records: int
    last: bool


class _SectionBytes(io.RawIOBase):
    """The bytes of a section: the head, then the stretch."""

    def __init__(self, stream: BinaryIO, section: Section) -> None:
        self._stream = stream
        self._stretches = [(0, section.head), (section.begin, section.end)]
        self._left = 0

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Buffer, /) -> int:
        while not self._left:
            if not self._stretches:
                return 0
            begin, end = self._stretches.pop(0)
            self._stream.seek(begin)
            self._left = end - begin
        view = memoryview(buffer)
        data = self._stream.read(min(len(view), self._left))
        view[: len(data)] = data
        self._left = self._left - len(data) if data else 0
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


@dataclass(frozen=True, slots=True)
class Source:
    """One file to be read.

    Attributes
    ----------
    name
        What the account calls it: the path below the folder that was offered, with ``/``; a member of an archive file is
        ``talks.zip/day1.txt``.
    size
        In bytes, as the system or the archive file says.
    opener
        Opens its bytes from the start.
    section
        What of it is read; ``None`` for all.
    """

    name: str
    size: int
    opener: Callable[[], BinaryIO]
    section: Section | None = None

    @classmethod
    def of_file(cls, path: Path, name: str, section: Section | None = None) -> Source:
        """Return a file on disk as a source."""
        return cls(name, path.stat().st_size, lambda: path.open("rb"), section)

    @classmethod
    def of_bytes(cls, data: bytes, name: str) -> Source:
        """Return bytes in memory as a source."""
        return cls(name, len(data), lambda: io.BytesIO(data))

    @property
    def ending(self) -> str:
        """The last ending of its name in small letters, with the dot."""
        return PurePosixPath(self.name).suffix.lower()

    @property
    def stem(self) -> str:
        """Its name without folders and ending."""
        return PurePosixPath(self.name).stem

    def open(self) -> BinaryIO:
        """Open its bytes from the start; the caller closes."""
        if self.section is None:
            return self.opener()
        return io.BufferedReader(_SectionBytes(self.opener(), self.section))

    def head(self) -> bytes:
        """Return its first 16 KiB."""
        with self.open() as stream:
            return stream.read(_HEAD)

    def read(self) -> bytes:
        """Return all of its bytes.

        Raises
        ------
        InputError
            When there are none, or more than ``LARGEST_WHOLE``.
        """
        with self.open() as stream:
            data = stream.read(LARGEST_WHOLE + 1)
        if len(data) > LARGEST_WHOLE:
            raise InputError("file_too_large", size=LARGEST_WHOLE // 2**20)
        if not data.strip():
            raise InputError("empty_file")
        return data

    def text(self, account: Account, declared: str | None = None) -> str:
        """Return all of its text; what had to be guessed goes into the account.

        Parameters
        ----------
        account
            Gets a line where the encoding was guessed.
        declared
            Encoding that the file itself names (in a ``meta`` tag or a header).

        Raises
        ------
        InputError
            When it is empty, too large or no text.
        """
        data = self.read()
        if looks_binary(data):
            raise InputError("binary_file")
        text, guessed = decode(data, declared)
        if guessed:
            account.add("guessed", self.name, "encoding_guessed", encoding=guessed)
        return text


@dataclass(frozen=True, slots=True)
class Options:
    """How sources are to be read.

    Attributes
    ----------
    columns
        Field by column or JSON path (``--map column=field``); what is not listed is recognised by its name.
    mixed
        Whether there are several files, of which some may have none of these columns.
    estimate_dates
        Whether a GotoKnow post without a date gets the month in which its number lies.
    """

    columns: dict[str, str] = field(default_factory=dict)
    mixed: bool = False
    estimate_dates: bool = False


Reader = Callable[[Source, Options, Account], Iterator[Post]]
"""Yields the posts of a source in the order in which they stand; tells the account what was refused, guessed or doubtful.

What makes the whole source unreadable is raised as ``InputError``; posts that were yielded before stay.
"""
