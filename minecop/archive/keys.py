"""Under what keys a record may be known elsewhere: its host and number, its address, its letters."""

from __future__ import annotations

import hashlib
import re
from pathlib import PurePosixPath
from urllib.parse import unquote

from minecop.archive.models import Post

# Not urlsplit, which raises at addresses such as http://[x: what people collect need not be well formed.
_ADDRESS = re.compile(
    r"\s*[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(?P<host>[^/:?#\s]+)(?::\d+)?(?P<path>[^?#\s]*)(?:\?(?P<query>[^#\s]*))?",
    re.IGNORECASE,
)
_KEPT_COPY = re.compile(r"\s*https?://web\.archive\.org/web/[^/]+/(?=[a-z]+:/)", re.IGNORECASE)
_SAME_HOST = re.compile(r"^(?:www\d?|m|mobile)\.(?=[^.]+\.)")

# The engine of GotoKnow and its sister sites numbers posts site-wide, whatever the rest of the address.
_NUMBERED = re.compile(r"/(?:blog/[^/]+|posts)/(\d+)(?:/|$)")
_PAGE_NAMES = re.compile(r"/(?:index|default)\.\w+$|/+$|/amp/?$", re.IGNORECASE)
_PAGE_ENDING = re.compile(r"\.(?:x?html?|mht(?:ml)?|warc(?:\.gz)?)(?=:|$)", re.IGNORECASE)
_PASSING = re.compile(r"^(?:utm_\w+|fbclid|m|amp|ref|source|page|share|replytocom)$", re.IGNORECASE)

SHORTEST_TEXT = 100
"""Letters below which equal texts may be chance ("ขอบคุณครับ") and are not taken for copies."""


def host_of(url: str | None) -> str:
    """Return the host of an address without ``www.`` and the like, in small letters; ``""`` where there is none."""
    found = _ADDRESS.match(_KEPT_COPY.sub("", url or ""))
    return _SAME_HOST.sub("", found["host"].lower()).rstrip(".") if found else ""


def address_key(url: str | None) -> str | None:
    """Return what stays the same of a post's address under http and https, with and without ``www``, and in every form of the site.

    ``None`` for no address and for the front page of a site, which is no post's address.
    """
    found = _ADDRESS.match(_KEPT_COPY.sub("", url or ""))
    if not found:
        return None
    host = _SAME_HOST.sub("", found["host"].lower()).rstrip(".")
    path = unquote(found["path"], errors="replace")
    if numbered := _NUMBERED.search(path):
        return f"{host}/{numbered[1]}"
    path = _PAGE_NAMES.sub("", path)
    asked = sorted(
        part for part in (found["query"] or "").split("&") if part and not _PASSING.match(part.split("=")[0])
    )
    if not path and not asked:
        return None
    return f"{host}{path}" + (f"?{'&'.join(asked)}" if asked else "")


def number_of(url: str | None) -> str | None:
    """Return the post number in an address of the GotoKnow engine, or ``None``."""
    found = _ADDRESS.match(_KEPT_COPY.sub("", url or ""))
    numbered = _NUMBERED.search(found["path"]) if found else None
    return numbered[1] if numbered else None


def letters_of(body: str) -> str:
    """Return a text without white space, for telling whether two are the same."""
    return "".join(body.split())


def letters_key(body: str) -> str | None:
    """Return a digest of a text's letters; ``None`` for one too short to be told from another by chance."""
    letters = letters_of(body)
    if len(letters) < SHORTEST_TEXT:
        return None
    return hashlib.blake2b(letters.encode("utf-8", "surrogatepass"), digest_size=12).hexdigest()


def id_from_name(name: str) -> str:
    """Return the id of a page's post that has none of its own, by the name of the file and record that it was read from."""
    return _PAGE_ENDING.sub("", name.rsplit("/", 1)[-1]).replace(":", "-")


def has_own_id(post: Post) -> bool:
    """Tell whether a post's id is its record's own, not one made from the name of its file."""
    file = post.source.rsplit(":", 1)[0] if re.search(r":[^/:]*$", post.source) else post.source
    stem = PurePosixPath(file).stem
    return not (post.id == stem or post.id.startswith((f"{stem}-", f"{PurePosixPath(file).name}-")))


def keys_of(post: Post) -> list[str]:
    """Return every key under which the same post may be found in another record."""
    keys = [f"#{post.id}"]
    if address := address_key(post.url):
        keys.append(f"@{address}")
    if letters := letters_key(post.body):
        keys.append(f"={letters}")
    return keys
