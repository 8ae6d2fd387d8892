"""Text that is read as it passes, for files that do not fit into memory: its encoding, its lines, its JSON."""

from __future__ import annotations

import codecs
import io
import re
from collections.abc import Iterator
from contextlib import contextmanager
from typing import BinaryIO, NamedTuple, TextIO

from minecop.archive.decoding import guess_encoding, looks_binary
from minecop.archive.models import Account
from minecop.archive.sources import LARGEST_WHOLE, Source
from minecop.core.errors import InputError

_SAMPLE = 65_536
_PIECE = 2**20
_MARKS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


class Encoding(NamedTuple):
    """How a source is encoded.

    Attributes
    ----------
    name
        Of the codec.
    sound
        Whether all of its bytes were found to be so; others become U+FFFD.
    """

    name: str
    sound: bool


def encoding_of(source: Source, account: Account) -> Encoding:
    """Return the encoding of a source; one that had to be guessed stands in the account.

    A mark at the start decides, then whether all of it is UTF-8, then 64 KiB from the first letter beyond ASCII on. A few NULs, as broken
    disks leave them, do not make a text binary.

    Raises
    ------
    InputError
        When it is empty or no text.
    """
    with source.open() as stream:
        head = stream.read(_SAMPLE)
    if not head:
        raise InputError("empty_file")
    marked = next((name for mark, name in _MARKS if head.startswith(mark)), None)
    if marked:
        return Encoding(marked, sound=marked == "utf-8-sig" and _beyond_utf8(source) is None)
    if head.count(0) * 20 > len(head) or b"\x0e" in head:
        wide = guess_encoding(head)
        if wide.startswith("utf-16"):
            account.add("guessed", source.name, "encoding_guessed", encoding=wide)
            return Encoding(wide, sound=False)
    if head.count(0) * 20 > len(head) or looks_binary(head.replace(b"\0", b"")):
        raise InputError("binary_file")
    sample = _beyond_utf8(source)
    if sample is None:
        return Encoding("utf-8", sound=True)
    guessed = guess_encoding(sample)
    if guessed.replace("_", "-").startswith("utf-") and guessed != "utf-8":
        guessed = "cp874"  # a guess from a few stray bytes; UTF-16 and the like were looked for above
    account.add("guessed", source.name, "encoding_guessed", encoding=guessed)
    return Encoding(guessed, sound=False)


def _beyond_utf8(source: Source) -> bytes | None:
    """Return 64 KiB from the first byte beyond ASCII on, of a source that is not UTF-8; ``None`` for one that is, or is empty."""
    decoder = codecs.getincrementaldecoder("utf-8")()
    sample = bytearray()
    broken = False
    with source.open() as stream:
        while piece := stream.read(_PIECE):
            if not broken:
                try:
                    decoder.decode(piece)
                except UnicodeDecodeError:
                    broken = True
            if len(sample) < _SAMPLE and (sample or not piece.isascii()):
                start = 0 if sample else next(n for n, byte in enumerate(piece) if byte > 127)
                sample += piece[start : start + _SAMPLE - len(sample)]
            if broken and len(sample) >= _SAMPLE:
                break
    try:
        decoder.decode(b"", final=True)
    except UnicodeDecodeError:
        broken = True
    return bytes(sample) if broken else None


class BrokenCharacters:
    """Counts what could not be read, for one line in the account.

    Parameters
    ----------
    encoding
        Of the text: where it is sound, a mark of the unreadable is what somebody wrote.
    """

    def __init__(self, encoding: Encoding) -> None:
        self._sound = encoding.sound
        self.count = 0

    def look(self, text: str) -> None:
        """Count the marks of broken characters in a text."""
        if not self._sound:
            self.count += text.count("\ufffd")

    def tell(self, name: str, account: Account) -> None:
        """Write the line, if there is anything to tell."""
        if self.count:
            account.add("warning", name, "characters_lost", count=self.count)


@contextmanager
def opened_text(source: Source, encoding: Encoding, newline: str) -> Iterator[TextIO]:
    """Open a source as text. ``newline`` as in ``open``: ``"\\n"`` for lines that only LF ends, ``""`` for any line end."""
    with (
        source.open() as stream,
        io.TextIOWrapper(stream, encoding=encoding.name, errors="replace", newline=newline) as text,
    ):
        yield text


def lines_of(text: TextIO, ends: tuple[str, ...], longest: int = LARGEST_WHOLE) -> Iterator[str | None]:
    """Yield lines with their ends; ``None`` for a line of more bytes than the longest that may be held in memory."""
    while line := text.readline(longest + 1):
        if len(line) <= longest and (len(line) * 4 <= longest or len(line.encode("utf-8", "replace")) <= longest):
            yield line
            continue
        whole = line.endswith(ends)
        del line
        yield None
        while not whole:
            rest = text.readline(_PIECE)
            whole = not rest or rest.endswith(ends)


_DIGITS = 2_000
"""Digits of a number above which it is refused: Python makes none of more than 4300, and the parser, which does not expect that, may
end the program."""

_SURROGATES = re.compile(
    rb"\\\\|\\u[dD][89abAB][0-9a-fA-F]{2}\\u[dD][c-fC-F][0-9a-fA-F]{2}|(?P<lone>\\u[dD][89a-fA-F][0-9a-fA-F]{2})"
)


class JsonStream:
    """Bytes of a JSON text in any encoding as UTF-8, for a parser that knows no other. Broken characters become U+FFFD.

    Parameters
    ----------
    stream
        The bytes.
    encoding
        Of them.
    longest
        Bytes of a string above which the text is refused: the parser holds a whole string in memory.
    """

    def __init__(self, stream: BinaryIO, encoding: Encoding, longest: int = LARGEST_WHOLE) -> None:
        self._stream = stream
        self._decoder = codecs.getincrementaldecoder(encoding.name)("replace")
        self._longest = longest
        self._held: list[bytes] = []
        self._size = 0
        self._escaped = self._in_string = False
        self._ended = False
        self.broken = BrokenCharacters(encoding)

    def read(self, size: int = -1) -> bytes:
        """Return the next piece, which cuts no string in two; empty at the end.

        The parser looks at a string that comes in pieces from its start with every piece: time would grow with the square of its length.

        Raises
        ------
        InputError
            When a string goes on for too long.
        """
        if size == 0:
            return b""
        while not self._ended:
            piece = self._stream.read(_SAMPLE)
            self._ended = not piece
            text = self._decoder.decode(piece, final=self._ended)
            self.broken.look(text)
            data = text.encode("utf-8", "replace")
            cut = len(data) if self._ended else self._cut(data)
            self._size += len(data)
            if self._size > self._longest:
                raise InputError("record_too_large", size=self._longest // 2**20)
            if not cut and not self._ended:
                self._held.append(data)
                continue
            whole = b"".join([*self._held, data[:cut]])
            self._held, self._size = [data[cut:]], len(data) - cut
            if whole:
                return self._mended(whole)
        return b""

    def _cut(self, data: bytes) -> int:
        """Return up to where a piece may be parsed: the beginning of a string that goes on, else the end, but for a number there."""
        if not data:
            return 0
        # What a backslash escapes becomes something harmless of the same length.
        bare = (b"." + data[1:] if self._escaped else data).replace(b"\\\\", b"..").replace(b'\\"', b"..")
        self._escaped = bare.endswith(b"\\")
        self._in_string ^= bool(bare.count(b'"') % 2)
        return bare.rfind(b'"') + 1 if self._in_string else len(data.rstrip(b"0123456789+-.eE"))

    def _mended(self, data: bytes) -> bytes:
        # Of twice as many digits in a row, one block of this size is nothing but digits, wherever blocks begin.
        if any(data[place : place + _DIGITS].isdigit() for place in range(0, len(data) - _DIGITS, _DIGITS)):
            raise InputError("file_not_json", reason=f"number of over {_DIGITS} digits")
        return _SURROGATES.sub(self._replaced, data) if b"\\ud" in data or b"\\uD" in data else data

    def _replaced(self, found: re.Match[bytes]) -> bytes:
        if found["lone"]:
            self.broken.count += 1
            return b"\\ufffd"
        return found[0]
