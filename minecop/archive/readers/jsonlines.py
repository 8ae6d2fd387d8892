"""minecop's own JSON Lines: one post a line, with its comments.

Each line is an object with ``body`` and, all optional, ``id, url, title, author, author_name, community`` (text or list),
``published, modified, tags`` and ``comments``, a list of ``{"id", "author", "author_name", "published", "reply_to", "body"}``.
Dates are ISO 8601. ``body`` is kept code point for code point.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import Any

from minecop.archive.models import Account, Comment, Post
from minecop.archive.sources import Options, Source
from minecop.core.dates import parse_datetime

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_POST_NUMBER = re.compile(r"/(\d+)/?(?:[?#].*)?$")


class _Record:
    """One JSON object, read field by field; what is not as documented goes into the account."""

    def __init__(self, values: dict[str, Any], source: str, account: Account) -> None:
        self.values = values
        self.source = source
        self.account = account

    def text(self, field: str) -> str | None:
        value = self.values.get(field)
        if value is None or value == "":
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float):
            self.account.add("warning", self.source, "field_not_text", field=field)
            return None
        text = str(value)
        if _LONE_SURROGATE.search(text):
            self.account.add("guessed", self.source, "broken_characters", field=field)
            text = _LONE_SURROGATE.sub("\ufffd", text)
        return text

    def moment(self, field: str) -> datetime | None:
        text = self.text(field)
        if text is None:
            return None
        moment = parse_datetime(text)
        if moment is None:
            self.account.add("warning", self.source, "date_not_read", field=field, value=text[:40])
        return moment

    def texts(self, field: str) -> tuple[str, ...]:
        value = self.values.get(field)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        kept = tuple(item.strip() for item in items if isinstance(item, str) and item.strip())
        if len(kept) < len(items):
            self.account.add("warning", self.source, "field_not_text", field=field)
        return kept


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of a JSON Lines file."""
    yield from read_jsonlines(source.text(account), source.name, account)


def read_jsonlines(text: str, name: str, account: Account) -> Iterator[Post]:
    """Yield the posts of a JSON Lines text.

    Parameters
    ----------
    text
        The whole file.
    name
        Its name, for the account.
    account
        Gets a line for every record that is refused or not quite as documented.
    """
    # Only LF and CRLF end a line: splitlines() would also cut at U+2028 and the like, which JSON allows inside a text.
    for number, line in enumerate(text.split("\n"), 1):
        if not line.strip():
            continue
        source = f"{name}:{number}"
        try:
            values = json.loads(line)
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
            account.add("refused", source, "not_json", reason=reason)
            continue
        if not isinstance(values, dict):
            account.add("refused", source, "not_an_object")
            continue
        record = _Record(values, source, account)
        body = record.text("body")
        if body is None or not body.strip():
            account.add("refused", source, "no_body")
            continue
        yield _post(record, body, number)


def _post(record: _Record, body: str, number: int) -> Post:
    url = record.text("url")
    author_name = record.text("author_name")
    return Post(
        id=record.text("id") or _number_in(url) or f"{record.source.rsplit(':', 1)[0]}-{number}",
        body=body,
        url=url,
        title=record.text("title"),
        author_id=record.text("author") or author_name,
        author_name=author_name,
        communities=record.texts("community"),
        published=record.moment("published"),
        modified=record.moment("modified"),
        tags=record.texts("tags"),
        comments=tuple(_comments(record)),
        source=record.source,
    )


def _number_in(url: str | None) -> str | None:
    found = _POST_NUMBER.search(url or "")
    return found[1] if found else None


def _comments(record: _Record) -> Iterator[Comment]:
    values = record.values.get("comments")
    if values is None:
        return
    if not isinstance(values, list):
        record.account.add("warning", record.source, "comments_not_a_list")
        return
    for position, value in enumerate(values, 1):
        source = f"{record.source}#{position}"
        if not isinstance(value, dict):
            record.account.add("refused", source, "not_an_object")
            continue
        part = _Record(value, source, record.account)
        body = part.text("body")
        if body is None or not body.strip():
            record.account.add("refused", source, "no_body")
            continue
        author_name = part.text("author_name")
        yield Comment(
            position=position,
            body=body,
            id=part.text("id"),
            author_id=part.text("author") or author_name,
            author_name=author_name,
            published=part.moment("published"),
            reply_to=part.text("reply_to"),
        )


def post_to_json(post: Post) -> dict[str, Any]:
    """Return a post as an object of this format, without empty fields."""
    values: dict[str, Any] = {
        "id": post.id,
        "url": post.url,
        "title": post.title,
        "author": post.author_id,
        "author_name": post.author_name,
        "community": list(post.communities),
        "published": post.published and post.published.isoformat(),
        "modified": post.modified and post.modified.isoformat(),
        "tags": list(post.tags),
        "body": post.body,
        "comments": [
            {
                name: value
                for name, value in (
                    ("id", comment.id),
                    ("author", comment.author_id),
                    ("author_name", comment.author_name),
                    ("published", comment.published and comment.published.isoformat()),
                    ("reply_to", comment.reply_to),
                    ("body", comment.body),
                )
                if value
            }
            for comment in post.comments
        ],
    }
    return {name: value for name, value in values.items() if value}
