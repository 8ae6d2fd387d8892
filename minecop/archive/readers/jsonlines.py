"""JSON Lines: one object a line, minecop's own or anybody's, read line by line.

minecop's own: an object with ``body`` and, all optional, ``id, url, title, author, author_name, community`` (text or list),
``published, modified, tags, blog, blurb, excerpt, estimated, comments_said, duplicate_of, series, part`` and ``comments``, a list of
``{"id", "author", "author_name", "published", "reply_to", "addressee", "body"}``. Dates are ISO 8601. ``body`` is kept code point for
code point; it may be missing where there are comments.

Objects with other keys are read by what their keys mean; see ``minecop/archive/fields.py``.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator
from datetime import datetime
from itertools import groupby
from typing import Any

from minecop.archive.gathering import gathered
from minecop.archive.jsonrecords import JsonReader, StrictnessError, mapped_checked, parsed
from minecop.archive.models import Account, Comment, Post
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.archive.streams import BrokenCharacters, Encoding, encoding_of, lines_of, opened_text
from minecop.archive.values import number_in
from minecop.core.dates import parse_datetime

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_FLAGS = ("estimated", "excerpt")
_NUMBERS = ("comments_said", "part")
_POST_KEYS = frozenset(
    ("id", "url", "title", "author", "author_name", "community", "published", "modified", "tags", "body", "comments", "blog", "blurb",
     "duplicate_of", "series", *_FLAGS, *_NUMBERS)
)  # fmt: skip
_COMMENT_KEYS = frozenset(("position", "id", "author", "author_name", "published", "reply_to", "addressee", "body"))


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

    def number(self, field: str) -> int | None:
        value = self.values.get(field)
        if value is None or (isinstance(value, int) and not isinstance(value, bool) and abs(value) < 2**31):
            return value
        self.account.add("warning", self.source, "field_not_text", field=field)
        return None


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of a JSON Lines file."""
    encoding = encoding_of(source, account)
    broken = BrokenCharacters(encoding)
    with opened_text(source, encoding, "\n") as text:
        yield from _posts(lines_of(text, ("\n",)), source.name, options, account, broken)
    broken.tell(source.name, account)


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
    yield from _posts(text.split("\n"), name, Options(), account, BrokenCharacters(Encoding("utf-8", sound=True)))


def _posts(
    lines: Iterable[str | None], name: str, options: Options, account: Account, broken: BrokenCharacters
) -> Iterator[Post]:
    others = JsonReader(name, name, options, account)
    objects = mapped_checked(_objects(lines, name, account, broken), options, name, account)
    for own, group in groupby(objects, lambda pair: not options.columns and is_own(pair[1])):
        if own:
            found = (_own_post(_Record(values, f"{name}:{number}", account), number) for number, values in group)
            yield from (post for post in found if post)
        else:
            yield from gathered(post for number, values in group if (post := others.post(values, number)))
    others.tell()


def _objects(
    lines: Iterable[str | None], name: str, account: Account, broken: BrokenCharacters
) -> Iterator[tuple[int, dict[str, Any]]]:
    for number, line in enumerate(lines, 1):
        source = f"{name}:{number}"
        if line is None:
            account.add("refused", source, "line_too_long", line=number, size=LARGEST_WHOLE // 2**20)
            continue
        if not line.strip():
            continue
        broken.look(line)
        try:
            values = parsed(line)
        except StrictnessError as error:
            account.add("refused", source, error.key, **error.details)
            continue
        except (ValueError, RecursionError) as error:
            reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
            account.add("refused", source, "not_json", reason=reason)
            continue
        if isinstance(values, dict):
            yield number, values
        else:
            account.add("refused", source, "not_an_object")


def is_own(values: dict[str, Any]) -> bool:
    """Tell whether an object has no keys but those of minecop's own format."""
    if not values.keys() <= _POST_KEYS or not all(isinstance(values.get(flag), bool | None) for flag in _FLAGS):
        return False
    comments = values.get("comments")
    listed = comments if isinstance(comments, list) else []
    return all(comment.keys() <= _COMMENT_KEYS for comment in listed if isinstance(comment, dict))


def _own_post(record: _Record, number: int) -> Post | None:
    body = record.text("body")
    comments = tuple(_comments(record))
    if (body is None or not body.strip()) and not comments:
        record.account.add("refused", record.source, "no_body")
        return None
    url = record.text("url")
    author_name = record.text("author_name")
    return Post(
        id=record.text("id") or number_in(url) or f"{record.source.rsplit(':', 1)[0]}-{number}",
        body=body or "",
        url=url,
        title=record.text("title"),
        blurb=record.text("blurb"),
        author_id=record.text("author") or author_name,
        author_name=author_name,
        communities=record.texts("community"),
        published=record.moment("published"),
        modified=record.moment("modified"),
        tags=record.texts("tags"),
        comments=comments,
        blog=record.text("blog"),
        estimated=bool(record.values.get("estimated")),
        excerpt=bool(record.values.get("excerpt")),
        comments_said=record.number("comments_said"),
        duplicate_of=record.text("duplicate_of"),
        series=record.text("series"),
        part=record.number("part"),
        source=record.source,
    )


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
            position=part.number("position") or position,
            body=body,
            id=part.text("id"),
            author_id=part.text("author") or author_name,
            author_name=author_name,
            published=part.moment("published"),
            reply_to=part.text("reply_to"),
            addressee=part.text("addressee"),
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
        "blog": post.blog,
        "published": post.published and post.published.isoformat(),
        "estimated": post.estimated,
        "modified": post.modified and post.modified.isoformat(),
        "tags": list(post.tags),
        "series": post.series,
        "part": post.part,
        "duplicate_of": post.duplicate_of,
        "blurb": post.blurb,
        "excerpt": post.excerpt,
        "body": post.body,
        "comments_said": post.comments_said,
        "comments": [_comment_to_json(place, comment) for place, comment in enumerate(post.comments, 1)],
    }
    return {name: value for name, value in values.items() if value or (value == 0 and value is not False)}


def _comment_to_json(place: int, comment: Comment) -> dict[str, Any]:
    values = (
        ("position", None if comment.position == place else comment.position),
        ("id", comment.id),
        ("author", comment.author_id),
        ("author_name", comment.author_name),
        ("published", comment.published and comment.published.isoformat()),
        ("reply_to", comment.reply_to),
        ("addressee", comment.addressee),
        ("body", comment.body),
    )
    return {name: value for name, value in values if value}
