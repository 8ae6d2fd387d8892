"""Blogger's exports: Atom in which posts and comments are entries side by side, in any order.

Two forms: the export of the blog's settings page until about 2024 (``category`` with ``kind#post`` or ``kind#comment``, ``thr:in-reply-to``
naming the post) and Google Takeout's ``feed.atom`` since (``blogger:type``, ``blogger:status``, ``blogger:parent``). The feed of a Blogger
blog reads the same.

A comment may stand far before its post, so the file is read twice: comments go into a temporary table first, which SQLite keeps in memory
while it is small and on disk when it grows, and are taken out again with their posts.
"""

from __future__ import annotations

import re
import sqlite3
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import closing
from datetime import datetime

from minecop.archive.htmltext import fragment_text
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.xmlstream import Fields, ascii_head, labels, markup, person, records
from minecop.archive.sources import Options, Source
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError

_KIND = "http://schemas.google.com/g/2005#kind"
_GENERATOR = re.compile(r"<generator[^<]{0,200}>blogger<")
_NUMBER = re.compile(r"(?:post|page|comment)-(\w+)$")
_POST_ADDRESS = re.compile(r"/posts/(?:default|full|summary)/(\d+)")
_COMMENT_ADDRESS = re.compile(r"/comments/(?:default|full|summary)/(\d+)")
_LAST_NUMBER = re.compile(r"(\d+)\W*$")
_PROFILE = re.compile(r"(?:blogger\.com/profile/|plus\.google\.com/)(\d+)")

_LONGEST_DATE = 100

_TABLE = """CREATE TABLE comments (
    place INTEGER PRIMARY KEY, post TEXT, address TEXT,
    body TEXT, id TEXT, author_id TEXT, author_name TEXT, published TEXT, reply_to TEXT)"""


def accepts(head: bytes) -> bool:
    """Tell whether a file is Atom made by Blogger."""
    text = ascii_head(head)
    return "<feed" in text and ("schemas.google.com/blogger" in text or _GENERATOR.search(text) is not None)


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of a Blogger export with their threads; threads whose post is not there come last."""
    try:
        with closing(sqlite3.connect("")) as table:  # a file of SQLite's own, which is gone when closed
            yield from _Export(source, account, table).posts()
    except sqlite3.Error as error:
        raise InputError("cannot_read", path=source.name, reason=error) from error


class _Export:
    def __init__(self, source: Source, account: Account, table: sqlite3.Connection) -> None:
        self._source = source
        self._account = account
        self._table = table
        self._left_out: Counter[tuple[str, str]] = Counter()

    def posts(self) -> Iterator[Post]:
        self._table.execute(_TABLE)
        # What is wrong with the file as a whole is told once, by the second reading.
        for record in records(self._source, "entry", Account()):
            entry = Fields(record.element)
            if record.number and _kind(entry) == "comment":
                self._guarded(self._keep_comment, entry, record.number)
        self._table.execute("CREATE INDEX by_post ON comments (post, place)")
        number = 0
        for record in records(self._source, "entry", self._account):
            entry, number = Fields(record.element), record.number
            if number and _kind(entry) != "comment" and (post := self._guarded(self._post, entry, number)):
                yield post
        yield from self._threads_alone()
        for (key, what), count in sorted(self._left_out.items()):
            self._account.add("warning", self._source.name, key, what=what, count=count)
        if not number:
            raise InputError("xml_without_records")

    def _guarded(self, reads: Callable[[Fields, int], Post | None], entry: Fields, number: int) -> Post | None:
        try:
            return reads(entry, number)
        except InputError as error:
            self._account.add("refused", f"{self._source.name}:{number}", error.key, **error.details)
            return None

    def _post(self, entry: Fields, number: int) -> Post | None:
        where = f"{self._source.name}:{number}"
        kind, hidden, own = _kind(entry), _hidden(entry), _own_number(entry.text("id"))
        if kind not in {"post", "page"}:
            self._left_out["export_other_kind", kind[:40]] += 1
            return None
        comments = self._thread(own) if own else ()
        if hidden:
            self._left_out["export_not_published", hidden[:40]] += 1
            return None
        body, summary = _visible(entry, "content"), _visible(entry, "summary")
        if not body and not summary and not comments:
            self._account.add("refused", where, "no_body")
            return None
        author_id, author_name = _author(entry)
        total = entry.text("thr:total") or ""
        return Post(
            id=own or f"{self._source.stem}-{number}",
            body=body or summary,
            url=_link(entry, "alternate"),
            title=" ".join(_visible(entry, "title").split()) or None,
            author_id=author_id,
            author_name=author_name,
            published=self._moment(entry, "published", where),
            modified=self._moment(entry, "updated", where),
            tags=labels(category.get("term") for category in entry.all("category") if category.get("scheme") != _KIND),
            comments=comments,
            excerpt=bool(summary) and not body,
            comments_said=int(total) if re.fullmatch(r"[0-9]{1,9}", total) else None,
            source=where,
        )

    def _keep_comment(self, entry: Fields, number: int) -> None:
        where = f"{self._source.name}:{number}"
        if hidden := _hidden(entry):
            self._left_out["export_comment_hidden", hidden[:40]] += 1
            return
        body = _visible(entry, "content") or _visible(entry, "summary")
        if not body:
            self._account.add("refused", where, "no_body")
            return
        post, address, reply_to = _answered(entry)
        published = self._moment(entry, "published", where)
        author_id, author_name = _author(entry)
        values = (
            number,
            post or f"{self._source.stem}-{number}",
            address,
            body,
            _own_number(entry.text("id")),
            author_id,
            author_name,
            published and published.isoformat(),
            reply_to,
        )
        self._table.execute("INSERT INTO comments VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)", values)

    def _thread(self, post: str) -> tuple[Comment, ...]:
        """Take the comments of a post out of the table."""
        rows = self._table.execute(
            "SELECT body, id, author_id, author_name, published, reply_to FROM comments WHERE post = ? ORDER BY place",
            (post,),
        ).fetchall()
        if rows:
            self._table.execute("DELETE FROM comments WHERE post = ?", (post,))
        return tuple(
            Comment(
                position, body, own, author_id, author_name, published and datetime.fromisoformat(published), reply_to
            )
            for position, (body, own, author_id, author_name, published, reply_to) in enumerate(rows, 1)
        )

    def _threads_alone(self) -> Iterator[Post]:
        first = "SELECT post, address, place FROM comments ORDER BY place LIMIT 1"
        while row := self._table.execute(first).fetchone():
            post, address, number = row
            yield Post(
                id=post, body="", url=address, comments=self._thread(post), source=f"{self._source.name}:{number}"
            )

    def _moment(self, entry: Fields, name: str, where: str) -> datetime | None:
        text = entry.text(name)
        moment = parse_datetime(text[:_LONGEST_DATE]) if text else None
        if text and moment is None:
            self._account.add("warning", where, "date_not_read", field=name, value=text[:40])
        return moment


def _kind(entry: Fields) -> str:
    """Tell what an entry is: ``post``, ``page``, ``comment``, ``settings``, ``template``."""
    if kind := entry.text("blogger:type"):
        return kind.lower()
    terms = (category.get("term") or "" for category in entry.all("category") if category.get("scheme") == _KIND)
    if kind := next(terms, ""):
        return kind.rpartition("#")[2]
    return "comment" if entry.all("thr:in-reply-to") else "post"


def _hidden(entry: Fields) -> str | None:
    """Return why an entry is not open to readers; ``None`` for one that is."""
    status = (entry.text("blogger:status") or "live").lower()
    if status != "live":
        return status
    if entry.text("blogger:trashed"):
        return "trashed"
    if entry.fields("app:control").text("app:draft") == "yes":
        return "draft"
    removed = (p.get("value") for p in entry.all("gd:extendedProperty") if p.get("name") == "blogger.contentRemoved")
    return "removed" if next(removed, None) == "true" else None


def _visible(entry: Fields, name: str) -> str:
    element = next(iter(entry.all(name)), None)
    if element is None:
        return ""
    text = markup(element)
    return (text if element.get("type") in {"text", "text/plain"} else fragment_text(text)).strip(" \n\t")


def _own_number(name: str | None) -> str | None:
    """Return the number in ``tag:blogger.com,1999:blog-1.post-2``, else the whole name."""
    found = _NUMBER.search(name or "")
    return found[1] if found else name


def _link(entry: Fields, relation: str) -> str | None:
    return next(
        (link.get("href") for link in entry.all("link") if link.get("rel") == relation and link.get("href")), None
    )


def _answered(entry: Fields) -> tuple[str | None, str | None, str | None]:
    """Return the number and address of the post that a comment stands under, and the id of the comment that it answers."""
    post, address = _own_number(entry.text("blogger:parent")), None
    for element in entry.all("thr:in-reply-to"):
        source = _POST_ADDRESS.search(element.get("source") or "")
        post = post or _own_number(element.get("ref")) or (source[1] if source else None)
        address = address or element.get("href")
    answered = _COMMENT_ADDRESS.search(_link(entry, "related") or "")
    named = _LAST_NUMBER.search((entry.text("blogger:inReplyTo") or "")[-40:])
    return post, address, answered[1] if answered else named[1] if named else None


def _author(entry: Fields) -> tuple[str | None, str | None]:
    """Return the account of an author, which is the name where there is none, and the name."""
    author = entry.fields("author")
    name = person(author.text("name"))
    profile = _PROFILE.search(author.text("uri") or "")
    # Of the number alone a spreadsheet would keep the first 15 digits.
    return (f"blogger-{profile[1]}" if profile and name else name), name
