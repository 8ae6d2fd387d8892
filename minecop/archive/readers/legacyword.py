"""Documents under the names of older programs (``.doc``, ``.rtf``, ``.wps``, ``.hwp``): most can only be refused, with how to convert them.

What is named ``.doc`` may be something else. Web pages offer "export to Word" and hand out HTML; people rename files. HTML is read as a
document, a Word document of today as what it is.
"""

from __future__ import annotations

import re
from collections.abc import Iterator

from minecop.archive.htmltext import node_text, parse_html
from minecop.archive.models import Account, Post
from minecop.archive.readers.byline import person_or_none, title_or_none
from minecop.archive.readers.legacysheet import MAGIC
from minecop.archive.sources import Options, Source
from minecop.core.errors import InputError

_ENCRYPTED = "EncryptedPackage".encode("utf-16-le")
_HTML = re.compile(
    rb"\s*(?:\xef\xbb\xbf)?\s*(?:<\?xml[^>]{0,200}\?>\s*)?(?:<!--.{0,2000}?-->\s*)?<(?:!doctype\s+html|html|head|meta|body|div|p|table)\b",
    re.IGNORECASE | re.DOTALL,
)
_CHARSET = re.compile(rb"charset\s*=\s*[\"']?\s*([\w-]{1,40})", re.IGNORECASE)


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the post of a document that is HTML or a newer Word document by what it holds; refuse any other."""
    head = source.head()
    if head.startswith(b"PK"):
        from minecop.archive.readers.worddocument import read as read_word

        yield from read_word(source, options, account)
    else:
        yield from read_other(source, head, account)


def read_other(source: Source, head: bytes, account: Account) -> Iterator[Post]:
    """Yield the post of a document that is no zip file.

    Parameters
    ----------
    source
        Where it is.
    head
        Its first bytes.
    account
        Gets what was guessed.

    Raises
    ------
    InputError
        When it is not HTML: how to convert it.
    """
    if _HTML.match(head.decode("utf-16", "replace").encode() if head.startswith((b"\xff\xfe", b"\xfe\xff")) else head):
        yield _page(source, head, account)
        return
    if not head.strip():
        raise InputError("empty_file")
    if head.startswith(MAGIC) and _ENCRYPTED in source.read():
        raise InputError("archive_encrypted")
    raise InputError("document_legacy", kind=_kind(source, head))


def _kind(source: Source, head: bytes) -> str:
    if head.startswith(b"{\\rtf"):
        return "RTF"
    return source.ending.removeprefix(".").upper() if not head.startswith(MAGIC) or source.ending != ".docx" else "DOC"


def _page(source: Source, head: bytes, account: Account) -> Post:
    """Return a document that was saved or handed out as HTML."""
    declared = _CHARSET.search(head)
    tree = parse_html(source.text(account, declared[1].decode() if declared else None))
    body = node_text(tree.body) if tree.body is not None else ""
    if not body:
        raise InputError("no_body")
    title_node = tree.css_first("title")
    title = title_or_none(title_node.text()) if title_node is not None else None
    meta = next((node for node in tree.css("meta") if (node.attributes.get("name") or "").lower() == "author"), None)
    author = person_or_none(meta.attributes.get("content")) if meta is not None else None
    if author is not None:
        account.add("guessed", source.name, "author_from_properties", value=author)
    account.add("warning", source.name, "no_date")
    return Post(id=source.stem, body=body, title=title, author_id=author, author_name=author, source=source.name)
