"""The records of a web archive one after another, and the content of one, as warcio parts them.

What warcio trusts is bounded here: how far a file may unpack, how long a line and a header may be. A record that cannot be read is
refused and the next one sought; where a file breaks off, what came before stays.
"""

from __future__ import annotations

import gzip
import io
import logging
import zipfile
import zlib
from collections.abc import Callable, Iterator
from functools import partial
from importlib import import_module
from itertools import chain
from typing import IO, Any

from minecop.archive.models import Account
from minecop.archive.sources import LARGEST_WHOLE
from minecop.core.errors import InputError

DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
"""What unpacking ends in where a file is damaged."""

_LINES_A_RECORD = 2**20
"""Bytes of header lines that a record may have."""

_SOUGHT = 64 * 2**20
"""Bytes in which the next record is sought after a damaged one, in all."""

_SHORTEST_LINE = 64
"""Bytes that a shorter line counts as while a record is sought: seeking takes time by the line."""

_MOST_RATIO = 200
"""Unpacked size by packed size above which a file is no crawl; HTML packs to a fifth, repetitive HTML to a fiftieth."""

_RATIO_FROM = 64 * 2**20
_PIECE = 65_536

# What warcio logs stays off the screen; whoever wants it can still listen.
logging.getLogger("warcio").addHandler(logging.NullHandler())


class RecordStream:
    """What warcio reads from: the bytes of the records, unpacked, bounded, and at an end where the file is damaged.

    Has the names that warcio's own buffered reader has.

    Parameters
    ----------
    packed
        The file.
    zipped
        Whether it is packed with gzip.
    """

    decompressor = None

    def __init__(self, packed: IO[bytes], *, zipped: bool) -> None:
        self.damage: str | None = None
        self._packed = packed
        self._stream: Any = gzip.GzipFile(fileobj=packed) if zipped else packed
        self._read = 0
        self._lines = 0

    def read(self, size: int) -> bytes:
        """Return some of its bytes, not more than one piece: where a file breaks off, what was unpacked before is not lost."""
        return self._taken(partial(self._stream.read1, size))

    def readline(self, size: int = _LINES_A_RECORD) -> bytes:
        """Return the next line of a header."""
        left = _LINES_A_RECORD - self._lines
        if left <= 0:
            raise ValueError("lines")
        line = self._taken(partial(self._stream.readline, min(size, left)))
        self._lines += len(line)
        return line

    def _taken(self, reading: Callable[[], bytes]) -> bytes:
        if self.damage:
            return b""
        try:
            data = reading()
        except DAMAGE:
            self.damage = "warc_cut_short"
            return b""
        self._read += len(data)
        if self._read > _RATIO_FROM and self._read > _MOST_RATIO * max(1, self._packed.tell()):
            self.damage = "warc_unpacks_too_far"
            return b""
        return data

    def renew(self) -> None:
        """Begin a record: its header lines are counted anew."""
        self._lines = 0

    def next_start(self, within: int) -> tuple[bytes, int]:
        """Return the first line of the next record, or nothing, and how many bytes were passed."""
        passed = 0
        while passed < within:
            self.renew()
            line = self.readline()
            passed += max(len(line), _SHORTEST_LINE)
            if not line or line.startswith(b"WARC/"):
                return line, passed
        return b"", passed

    def tell(self) -> int:
        """Return how many bytes were read."""
        return self._read

    def rem_length(self) -> int:
        """Return how many were read ahead."""
        return 0

    def close_decompressor(self) -> None:
        """Nothing to close."""


def records(stream: RecordStream, name: str, account: Account) -> Iterator[tuple[int, Any]]:
    """Yield the records with their numbers; where one is damaged, say so and go on at the next."""
    from warcio.archiveiterator import ArchiveIterator

    number, sought, opening = 0, 0, None
    while opening != b"":
        # HTTP headers are parsed later, each for itself: at one that is damaged, warcio would take the file for ended.
        archive = ArchiveIterator(stream, no_record_parse=True)
        archive.reader, archive.next_line, archive.known_format, archive.INC_RECORD = stream, opening, "warc", ""
        try:
            for record in chain(archive, [None]):
                if archive.err_count:
                    account.add("warning", f"{name}:{number}", "warc_record_damaged", reason="Content-Length")
                    archive.err_count = 0
                if record is None:
                    return
                _check_length(record)
                number += 1
                yield number, record
                stream.renew()
        except Exception as error:  # warcio trusts headers to be there and to be numbers
            number += 1
            account.add("refused", f"{name}:{number}", "warc_record_damaged", reason=type(error).__name__)
        opening, passed = stream.next_start(_SOUGHT - sought)
        sought += passed


def _check_length(record: Any) -> None:
    """Refuse a record of unknown length, which warcio would take for the rest of the file."""
    length = (record.rec_headers.get_header("Content-Length") or "").strip()
    if not (length.isascii() and length.isdigit()):
        raise ValueError(length)


def missing(record: Any) -> int:
    """Return how many bytes of a record that was read to its end are not in the file."""
    left: int = getattr(record.raw_stream, "limit", 0)
    return left


def http_headers(record: Any) -> Any:
    """Return the headers with which a server sent what a record holds."""
    from warcio.statusandheaders import StatusAndHeadersParser

    try:
        http = StatusAndHeadersParser([], verify=False).parse(record.raw_stream)
    except Exception as error:  # nothing there, or lines without end
        raise InputError("warc_record_damaged", reason=type(error).__name__) from error
    if not http.protocol.upper().startswith("HTTP/") or not http.get_statuscode().isdigit():
        raise InputError("warc_record_damaged", reason="HTTP")
    return http


def content(record: Any, http: Any | None) -> tuple[bytes, bool]:
    """Return what a record holds as it was before the server packed it, and whether all of it is there."""
    data = bytearray()
    while piece := record.raw_stream.read(_PIECE):
        _add(data, piece)
    if http is not None and (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked":
        from warcio.bufferedreaders import ChunkedDataReader

        data = bytearray(ChunkedDataReader(io.BytesIO(data)).read())
    packing = (http.get_header("Content-Encoding") or "").strip().lower() if http is not None else ""
    unpacked, whole = _unpacked(bytes(data), packing)
    return unpacked, whole and not missing(record) and not record.rec_headers.get_header("WARC-Truncated")


def _add(data: bytearray, piece: bytes) -> None:
    data += piece
    if len(data) > LARGEST_WHOLE:
        raise InputError("file_too_large", size=LARGEST_WHOLE // 2**20)


def _unpacked(data: bytes, packing: str) -> tuple[bytes, bool]:
    """Return unpacked data, and whether all of it came out.

    Crawlers unpack some pages and leave the header that said they were packed: what cannot be unpacked at all is taken as it is.
    """
    unpackers: list[Any] = []
    if packing in {"gzip", "x-gzip"}:
        unpackers = [zlib.decompressobj(31)]
    elif packing == "deflate":
        unpackers = [zlib.decompressobj(), zlib.decompressobj(-15)]
    elif packing == "br":
        try:
            unpackers = [import_module("brotli").Decompressor()]
        except ImportError as error:
            raise InputError("page_packing_unknown", packing=packing) from error
    elif packing in {"zstd", "compress", "x-compress"}:
        raise InputError("page_packing_unknown", packing=packing)
    found = (_stepwise(unpacker, data) for unpacker in unpackers)
    return next((pair for pair in found if pair[0]), (data, True))


def _stepwise(unpacker: Any, data: bytes) -> tuple[bytes, bool]:
    # Brotli may make megabytes of a few bytes, so that it gets few at a time.
    step, width = (unpacker.process, 64) if hasattr(unpacker, "process") else (unpacker.decompress, 16_384)
    unpacked = bytearray()
    for start in range(0, len(data), width):
        try:
            piece = step(data[start : start + width])
        except Exception:  # zlib.error, brotli.error
            return bytes(unpacked), False
        _add(unpacked, piece)
    return bytes(unpacked), unpacker.is_finished() if hasattr(unpacker, "is_finished") else unpacker.eof
