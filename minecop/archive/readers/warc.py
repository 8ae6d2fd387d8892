"""Web archives as crawlers and browser extensions write them: ``.warc``, ``.warc.gz`` and ``.wacz``, a zip file with the former inside.

Records pass one after another and only pages of HTML are held, one at a time. warcio parts the records; what it trusts is bounded here:
how far a file may unpack, how long a line and a header may be. A record that cannot be read is refused and the next one sought; where a
file breaks off, what came before stays.
"""

from __future__ import annotations

import gzip
import io
import logging
import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from importlib import import_module
from typing import IO, Any, BinaryIO, cast

from minecop.archive.models import Account, Post
from minecop.archive.readers.page import page_posts, page_text
from minecop.archive.readers.zipsafety import check_zip, open_seekable
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.core.errors import InputError

_HTML = {"text/html", "application/xhtml+xml"}
_NO_TEXT = re.compile(
    r"(?:image|audio|video|font)/|text/css|application/(?:font|x-font|vnd\.ms-fontobject|octet-stream|wasm)|.*(?:java|ecma)script|.*flash"
)
_KIND = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MEMBER = re.compile(r"(?:.*/)?[^/]+\.warc(?:\.gz)?", re.IGNORECASE | re.DOTALL)

_SILENT = logging.NullHandler()
"""Keeps what a library logs off the screen; whoever wants it can still listen."""

_DAMAGE = (EOFError, OSError, zlib.error, zipfile.BadZipFile, NotImplementedError, RuntimeError)
_LINES_A_RECORD = 2**20
"""Bytes of header lines that a record may have."""

_SOUGHT = 64 * 2**20
"""Bytes in which the next record is sought after a damaged one, in all."""

_SHORTEST_LINE = 64
"""Bytes that a shorter line counts as while a record is sought: seeking takes time by the line."""

_MOST_RATIO = 200
"""Unpacked size by packed size above which a file is no crawl; HTML packs to a fifth, repetitive HTML to a fiftieth."""

_RATIO_FROM = 64 * 2**20
_MOST_KINDS = 20
_NO_PAGES = {"revisit": "warc_revisits", "status": "warc_not_pages"}
_PIECE = 65_536


def accepts(head: bytes) -> bool:
    """Tell by a file's first bytes whether it is a web archive: records, packed records, or a zip file."""
    if head.startswith(b"\x1f\x8b"):
        try:
            head = zlib.decompressobj(31).decompress(head, 16)
        except zlib.error:
            return False
    return head.startswith((b"WARC/", b"PK\x03\x04"))


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of the pages in a web archive, in the order in which they were fetched."""
    if source.head().startswith(b"PK"):
        yield from _wacz(source, account)
    else:
        yield from _warc(source, account)


def _wacz(source: Source, account: Account) -> Iterator[Post]:
    with open_seekable(source) as stream:
        check_zip(stream)
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            members = sorted((i for i in archive.infolist() if _MEMBER.fullmatch(i.filename)), key=lambda i: i.filename)
            if not members:
                raise InputError("wacz_without_records")
            for info in members:
                name = f"{source.name}/{info.filename}"
                if info.flag_bits & 1:
                    account.add("refused", name, "archive_encrypted")
                    continue
                member = Source(name, info.file_size, cast("Callable[[], BinaryIO]", partial(archive.open, info)))
                try:
                    yield from _warc(member, account)
                except InputError as error:
                    account.add("refused", name, error.key, **error.details)
                except _DAMAGE as error:
                    account.add("refused", name, "archive_damaged_file", reason=type(error).__name__)


def _warc(source: Source, account: Account) -> Iterator[Post]:
    passed: Counter[str] = Counter()
    with source.open() as packed:
        stream = _Stream(packed, zipped=source.head().startswith(b"\x1f\x8b"))
        last: Any = None
        number = 0
        for number, record in _records(stream, source.name, account):
            last = record
            name = f"{source.name}:{number}"
            try:
                posts = list(_posts(record, name, account, passed))
            except InputError as error:
                account.add("refused", name, error.key, **error.details)
            except Exception as error:  # one page must not cost the others
                account.add("refused", name, "reader_failed", reason=type(error).__name__)
            else:
                yield from posts
        if last is None:
            raise InputError("warc_without_records")
        if stream.damage or _missing(last):
            account.add("warning", source.name, stream.damage or "warc_cut_short", count=number)
    for what, count in passed.most_common():
        if what in _NO_PAGES:
            account.add("warning", source.name, _NO_PAGES[what], count=count)
        else:
            account.add("warning", source.name, "warc_kind_left_out", count=count, what=what)


class _Stream:
    """What warcio reads from: the bytes of the records, unpacked, bounded, and at an end where the file is damaged.

    Has the names that warcio's own buffered reader has.
    """

    decompressor = None

    def __init__(self, packed: IO[bytes], *, zipped: bool) -> None:
        self.damage: str | None = None
        self._packed = packed
        self._stream: Any = gzip.GzipFile(fileobj=packed) if zipped else packed
        self._read = 0
        self._lines = 0

    def read(self, size: int | None = None) -> bytes:
        # One piece at a time: where a file breaks off, what was unpacked before is not lost.
        return self._taken(partial(self._stream.read1, _PIECE if size is None else size))

    def readline(self, size: int | None = None) -> bytes:
        left = _LINES_A_RECORD - self._lines
        if left <= 0:
            raise ValueError("lines")
        line = self._taken(partial(self._stream.readline, left if size is None else min(size, left)))
        self._lines += len(line)
        return line

    def _taken(self, reading: Callable[[], bytes]) -> bytes:
        if self.damage:
            return b""
        try:
            data = reading()
        except _DAMAGE:
            self.damage = "warc_cut_short"
            data = b""
        self._read += len(data)
        if self._read > _RATIO_FROM and self._read > _MOST_RATIO * max(1, self._packed.tell()):
            self.damage = "warc_unpacks_too_far"
        return b"" if self.damage else data

    def renew(self) -> None:
        """Begin a record: its header lines are counted anew."""
        self._lines = 0

    def next_start(self, within: int) -> tuple[bytes, int]:
        """Return the first line of the next record, or nothing, and how many bytes were passed."""
        passed = 0
        while passed < within:
            self._lines = 0
            line = self.readline()
            passed += max(len(line), _SHORTEST_LINE)
            if not line or line.startswith(b"WARC/"):
                return line, passed
        return b"", passed

    def tell(self) -> int:
        return self._read

    def rem_length(self) -> int:
        return 0

    def read_next_member(self) -> bool:
        return False

    def close_decompressor(self) -> None:
        """Nothing to close."""


def _records(stream: _Stream, name: str, account: Account) -> Iterator[tuple[int, Any]]:
    """Yield the records with their numbers; where one is damaged, say so and go on at the next."""
    from warcio.archiveiterator import ArchiveIterator

    logging.getLogger("warcio").addHandler(_SILENT)
    number, sought, opening = 0, 0, None
    refused: list[tuple[int, str]] = []
    while opening != b"":
        # HTTP headers are parsed later, each for itself: at one that is damaged, warcio would take the file for ended.
        records = ArchiveIterator(stream, no_record_parse=True)
        records.reader, records.next_line, records.known_format, records.INC_RECORD = stream, opening, "warc", ""
        wrong = 0
        try:
            for record in records:
                if records.err_count > wrong:
                    account.add("warning", f"{name}:{number}", "warc_record_damaged", reason="Content-Length")
                wrong = records.err_count
                _check_length(record)
                # Before the first record that is one, the file may be of another kind.
                for place, reason in refused:
                    account.add("refused", f"{name}:{place}", "warc_record_damaged", reason=reason)
                refused.clear()
                number += 1
                yield number, record
                stream.renew()
        except Exception as error:  # warcio trusts headers to be there and to be numbers
            number += 1
            refused.append((number, type(error).__name__))
        else:
            if records.err_count > wrong:
                account.add("warning", f"{name}:{number}", "warc_record_damaged", reason="Content-Length")
            break
        opening, passed = stream.next_start(_SOUGHT - sought)
        sought += passed
    for place, reason in refused if number > len(refused) else []:
        account.add("refused", f"{name}:{place}", "warc_record_damaged", reason=reason)


def _check_length(record: Any) -> None:
    """Refuse a record of unknown length, which warcio would take for the rest of the file."""
    length = (record.rec_headers.get_header("Content-Length") or "").strip()
    if not (length.isascii() and length.isdigit()):
        raise ValueError(length)


def _posts(record: Any, name: str, account: Account, passed: Counter[str]) -> Iterator[Post]:
    """Yield the posts of a record; count it where it is none of a page."""
    if record.rec_type == "revisit":
        passed["revisit"] += 1
        return
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    kind = record.rec_headers.get_header("Content-Type") or ""
    if record.rec_type not in {"response", "resource", "conversion"} or url.startswith("dns:"):
        return
    chunked, packing, status = False, "", "200"
    if record.rec_type == "response":
        http = _http(record)
        kind = http.get_header("Content-Type") or ""
        chunked = (http.get_header("Transfer-Encoding") or "").strip().lower() == "chunked"
        packing = (http.get_header("Content-Encoding") or "").strip().lower()
        status = http.get_statuscode()
    plain = kind.split(";")[0].strip().lower()
    if plain not in _HTML or status != "200":
        _count(passed, plain, status)
        return
    data = _whole(record.raw_stream)
    cut = _missing(record) > 0 or bool(record.rec_headers.get_header("WARC-Truncated"))
    if chunked:
        from warcio.bufferedreaders import ChunkedDataReader

        data = ChunkedDataReader(io.BytesIO(data)).read()
    data, whole = _unpacked(data, packing)
    cut = cut or not whole
    if cut:
        account.add("warning", name, "page_cut_short")
    charset = _CHARSET.search(kind)
    html = page_text(data, name, account, charset[1] if charset else None)
    address = url if url.lower().startswith(("http://", "https://")) else None
    for post in page_posts(html, address, name, account):
        yield replace(post, excerpt=True) if cut else post


def _missing(record: Any) -> int:
    """Return how many bytes of a record that was read to its end are not in the file."""
    left: int = getattr(record.raw_stream, "limit", 0)
    return left


def _count(passed: Counter[str], kind: str, status: str) -> None:
    if kind in _HTML:
        passed["status"] += 1
    elif not _NO_TEXT.match(kind) and status == "200":
        known = _KIND.fullmatch(kind) and (kind in passed or len(passed) < _MOST_KINDS)
        passed[kind if known else "*/*"] += 1


def _http(record: Any) -> Any:
    from warcio.statusandheaders import StatusAndHeadersParser

    try:
        http = StatusAndHeadersParser([], verify=False).parse(record.raw_stream)
    except Exception as error:  # nothing there, or lines without end
        raise InputError("warc_record_damaged", reason=type(error).__name__) from error
    if not http.protocol.upper().startswith("HTTP/") or not http.get_statuscode().isdigit():
        raise InputError("warc_record_damaged", reason="HTTP")
    return http


def _whole(stream: Any) -> bytes:
    pieces: list[bytes] = []
    size = 0
    while piece := stream.read(_PIECE):
        pieces.append(piece)
        size += len(piece)
        if size > LARGEST_WHOLE:
            raise InputError("file_too_large", size=LARGEST_WHOLE // 2**20)
    return b"".join(pieces)


def _unpacked(data: bytes, packing: str) -> tuple[bytes, bool]:
    """Return the content of a page as it was before the server packed it, and whether all of it came out.

    Crawlers unpack some pages and leave the header that said they were packed: what cannot be unpacked at all is taken as it is.
    """
    if packing in {"gzip", "x-gzip"}:
        unpackers: list[Any] = [zlib.decompressobj(31)]
    elif packing == "deflate":
        unpackers = [zlib.decompressobj(), zlib.decompressobj(-15)]
    elif packing == "br":
        try:
            unpackers = [import_module("brotli").Decompressor()]
        except ImportError as error:
            raise InputError("page_packing_unknown", packing=packing) from error
    elif packing in {"zstd", "compress", "x-compress"}:
        raise InputError("page_packing_unknown", packing=packing)
    else:
        return data, True
    for unpacker in unpackers:
        content, whole = _stepwise(unpacker, data)
        if content:
            return content, whole
    return data, True


def _stepwise(unpacker: Any, data: bytes) -> tuple[bytes, bool]:
    # Brotli may make megabytes of a few bytes, so that it gets few at a time.
    step, width = (unpacker.process, 64) if hasattr(unpacker, "process") else (unpacker.decompress, 16_384)
    pieces: list[bytes] = []
    size = 0
    for start in range(0, len(data), width):
        try:
            piece = step(data[start : start + width])
        except Exception:  # zlib.error, brotli.error
            return b"".join(pieces), False
        size += len(piece)
        if size > LARGEST_WHOLE:
            raise InputError("file_too_large", size=LARGEST_WHOLE // 2**20)
        pieces.append(piece)
    return b"".join(pieces), unpacker.is_finished() if hasattr(unpacker, "is_finished") else unpacker.eof
