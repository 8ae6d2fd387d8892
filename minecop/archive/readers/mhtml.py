"""Pages saved as one file with their pictures (``.mht``, ``.mhtml``): Chrome, Edge, Internet Explorer and older Opera.

The file is a mail message: parts of HTML, pictures and styles, each with its address in ``Content-Location``. The page is the part that
the message's own ``Snapshot-Content-Location``, ``Content-Location`` or ``start`` names, else the first of HTML. Lines are read one after
another and only parts of HTML are kept: pictures are never in memory, and a header that no program writes cannot keep the mail
parser busy.
"""

from __future__ import annotations

import binascii
import quopri
import re
from collections.abc import Iterator
from dataclasses import dataclass
from email.message import EmailMessage
from typing import BinaryIO

from minecop.archive.models import Account, Post
from minecop.archive.readers.page import HTML_TYPES, page_posts, page_text
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.core.errors import InputError

_LONGEST_LINE = 65_536
_LARGEST_HEAD = 131_072
_LONGEST_TYPE = 1_024
_MOST_PARTS = 3_000
_HTTP = re.compile(r"https?://", re.IGNORECASE)
_FRAMES = re.compile(r"<frameset\b", re.IGNORECASE)
_NOT_BASE64 = re.compile(rb"[^A-Za-z0-9+/]+")


@dataclass(frozen=True, slots=True)
class _Part:
    """A part of HTML as it stands in the file, with the headers that say what it is."""

    head: dict[str, str]
    charset: str | None
    data: bytes

    def names(self) -> set[str]:
        """Return what other parts call it."""
        return {name for name in (self.head.get("content-location"), self.head.get("content-id")) if name}

    def decoded(self) -> bytes:
        encoding = self.head.get("content-transfer-encoding", "").strip().lower()
        if encoding == "quoted-printable":
            return quopri.decodestring(self.data)
        if encoding == "base64":
            letters = _NOT_BASE64.sub(b"", self.data)
            return binascii.a2b_base64(letters[: len(letters) // 4 * 4] if len(letters) % 4 == 1 else letters + b"===")
        return self.data


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the post of a page that was saved with its pictures."""
    with source.open() as stream:
        lines = _lines(stream)
        head = _head(lines)
        parts = list(_parts(lines, head))
    root = {head.get(name) for name in ("snapshot-content-location", "content-location")} | {_parameter(head, "start")}
    parts.sort(key=lambda part: not part.names() & root)
    missing = InputError("mhtml_without_page")
    for place, part in enumerate(parts):
        html = page_text(part.decoded(), source.name, account, part.charset)
        address = part.head.get("content-location") or head.get("snapshot-content-location") or ""
        try:
            yield from page_posts(html, address if _HTTP.match(address) else None, source.name, account)
        except InputError as error:
            missing = error if place == 0 else missing
            # A frameset shows other pages of the file and has no text of its own.
            if place == 0 and not _FRAMES.search(html):
                break
        else:
            return
    raise missing


def _parts(lines: Iterator[tuple[bytes, bool]], head: dict[str, str]) -> Iterator[_Part]:
    """Yield the parts of HTML of a message, also of messages within it."""
    boundaries: set[bytes] = set()
    kept = count = 0
    boundary: bytes | None = b""
    while boundary is not None:
        kind, charset, inner = _type(head)
        boundaries |= {b"--" + inner} if inner else set()
        pieces: list[bytes] = []
        boundary = None
        for line, begins in lines:
            if begins and line.startswith(b"--") and (line.rstrip() in boundaries or line.rstrip()[:-2] in boundaries):
                boundary = line.rstrip()
                break
            if kind in HTML_TYPES:
                pieces.append(line)
                kept += len(line)
                if kept > LARGEST_WHOLE:
                    raise InputError("file_too_large", size=LARGEST_WHOLE // 2**20)
        if pieces:
            yield _Part(head, charset, b"".join(pieces))
        count += 1
        if count > _MOST_PARTS:
            raise InputError("mhtml_damaged")
        # What stands behind the last boundary of a level is no part.
        head = _head(lines) if boundary in boundaries else {}


def _lines(stream: BinaryIO) -> Iterator[tuple[bytes, bool]]:
    """Yield the lines of a file, very long ones in pieces, and whether each begins a line."""
    begins = True
    while line := stream.readline(_LONGEST_LINE):
        yield line, begins
        begins = line.endswith(b"\n")


def _head(lines: Iterator[tuple[bytes, bool]]) -> dict[str, str]:
    """Return the headers that stand before a blank line, by their names in small letters."""
    found: list[str] = []
    size = 0
    for line, _ in lines:
        size += len(line)
        if size > _LARGEST_HEAD:
            raise InputError("mhtml_damaged")
        if not line.strip():
            break
        text = line.decode("utf-8", "replace")
        if found and text[0] in " \t":
            found[-1] = f"{found[-1].rstrip()} {text.strip()}"
        else:
            found.append(text)
    pairs = [
        (name.strip().lower(), value.strip()) for name, colon, value in (text.partition(":") for text in found) if colon
    ]
    return dict(reversed(pairs))


def _message(head: dict[str, str]) -> EmailMessage:
    message = EmailMessage()
    try:
        message["Content-Type"] = head.get("content-type", "")[:_LONGEST_TYPE]
    except Exception:  # the mail parser fails in many ways at headers that no program writes
        return EmailMessage()
    return message


def _type(head: dict[str, str]) -> tuple[str, str | None, bytes]:
    """Return what kind of part it is, its charset, and the boundary of the parts in it."""
    message = _message(head)
    boundary = message.get_boundary() if message.get_content_maintype() == "multipart" else None
    return message.get_content_type(), message.get_content_charset(), (boundary or "").encode("utf-8", "replace")


def _parameter(head: dict[str, str], name: str) -> str | None:
    value = _message(head).get_param(name)
    return value if isinstance(value, str) else None
