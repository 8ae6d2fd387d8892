"""Web archives as crawlers and browser extensions write them: ``.warc``, ``.warc.gz`` and ``.wacz``, a zip file with the former inside.

Records pass one after another and only pages of HTML are held, one at a time.
"""

from __future__ import annotations

import re
import zipfile
import zlib
from collections import Counter
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from typing import Any, BinaryIO, cast

from minecop.archive.models import Account, Post
from minecop.archive.readers.page import HTML_TYPES, page_posts, page_text
from minecop.archive.readers.warcrecords import DAMAGE, RecordStream, content, http_headers, missing, records
from minecop.archive.readers.zipsafety import check_zip, open_seekable
from minecop.archive.sources import Options, Source
from minecop.core.errors import InputError

_NO_TEXT = re.compile(
    r"(?:image|audio|video|font)/|text/css|application/(?:font|x-font|vnd\.ms-fontobject|octet-stream|wasm)|.*(?:java|ecma)script|.*flash"
)
_KIND = re.compile(r"[a-z0-9.+-]{1,40}/[a-z0-9.+-]{1,80}")
_CHARSET = re.compile(r"charset\s*=\s*[\"']?([\w.:-]{2,40})", re.IGNORECASE)
_MEMBER = re.compile(r"(?:.*/)?[^/]+\.warc(?:\.gz)?", re.IGNORECASE | re.DOTALL)
_MOST_KINDS = 20
_NO_PAGES = {"revisit": "warc_revisits", "status": "warc_not_pages"}


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
    yield from (_wacz if source.head().startswith(b"PK") else _warc)(source, account)


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
                except DAMAGE as error:
                    account.add("refused", name, "archive_damaged_file", reason=type(error).__name__)


def _warc(source: Source, account: Account) -> Iterator[Post]:
    passed: Counter[str] = Counter()
    damaged = Account()
    with source.open() as packed:
        stream = RecordStream(packed, zipped=source.head().startswith(b"\x1f\x8b"))
        last: Any = None
        number = 0
        for number, last in records(stream, source.name, damaged):
            name = f"{source.name}:{number}"
            try:
                posts = list(_posts(last, name, account, passed))
            except InputError as error:
                account.add("refused", name, error.key, **error.details)
            except Exception as error:  # one page must not cost the others
                account.add("refused", name, "reader_failed", reason=type(error).__name__)
            else:
                yield from posts
        # Without any record, the file is of another kind, and what is wrong with its records does not matter.
        if last is None:
            raise InputError("warc_without_records")
        account.entries += damaged.entries
        if stream.damage or missing(last):
            account.add("warning", source.name, stream.damage or "warc_cut_short", count=number)
    for what, count in passed.most_common():
        if what in _NO_PAGES:
            account.add("warning", source.name, _NO_PAGES[what], count=count)
        else:
            account.add("warning", source.name, "warc_kind_left_out", count=count, what=what)


def _posts(record: Any, name: str, account: Account, passed: Counter[str]) -> Iterator[Post]:
    """Yield the posts of a record; count it where it is none of a page."""
    url = record.rec_headers.get_header("WARC-Target-URI") or ""
    if record.rec_type == "revisit":
        passed["revisit"] += 1
    if record.rec_type not in {"response", "resource", "conversion"} or url.startswith("dns:"):
        return
    http = http_headers(record) if record.rec_type == "response" else None
    status = http.get_statuscode() if http is not None else "200"
    kind = (record.rec_headers if http is None else http).get_header("Content-Type") or ""
    plain = kind.split(";")[0].strip().lower()
    if plain in HTML_TYPES and status != "200":
        passed["status"] += 1
    elif plain not in HTML_TYPES and status == "200" and not _NO_TEXT.match(plain):
        known = _KIND.fullmatch(plain) and (plain in passed or len(passed) < _MOST_KINDS)
        passed[plain if known else "*/*"] += 1
    if plain not in HTML_TYPES or status != "200":
        return
    data, whole = content(record, http)
    if not whole:
        account.add("warning", name, "page_cut_short")
    charset = _CHARSET.search(kind)
    html = page_text(data, name, account, charset[1] if charset else None)
    address = url if url.lower().startswith(("http://", "https://")) else None
    for post in page_posts(html, address, name, account):
        yield post if whole else replace(post, excerpt=True)
