"""From what one row of a table or one object of JSON says, field by field, to a post with its comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import Any

from minecop.archive.fields import Layout, comment_layout_of, listed
from minecop.archive.htmltext import fragment_text
from minecop.archive.models import Account, Comment, Post
from minecop.archive.values import (
    digits,
    flat,
    is_blank,
    is_wordy,
    items_of,
    joined,
    looks_like_html,
    moment_of_text,
    number_in,
    of_epoch,
    of_serial,
    split_comments,
    text_of_html,
)
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError

_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_BLOG = re.compile(r"/blog/([^/?#\s]+)/\d+")
_LIST = re.compile(r"[,;|\n、]")
_PARTED = re.compile(r"[;|\n]")


_SHAPES = 2_000


@dataclass(frozen=True, slots=True)
class Record:
    """One row or object.

    Attributes
    ----------
    source
        File and place in it, for the account.
    values
        By field, the values there are with the names of their columns, the best first. Of ``body`` the empty ones too: where there are
        several columns, each answer stands under its question.
    """

    source: str
    values: Mapping[str, Sequence[tuple[str, Any]]]


class Maker:
    """Makes posts of records, and keeps count of what the account is to be told once for the whole source.

    Parameters
    ----------
    name
        Of the source.
    account
        Gets a line for everything that is not quite as it should be.
    """

    def __init__(self, name: str, account: Account) -> None:
        self.name = name
        self.account = account
        self.unused: dict[str, None] = {}
        self._counts: dict[str, int] = {}
        self._shapes: dict[tuple[str, ...], Layout] = {}

    def tell(self) -> None:
        """Write what was counted into the account."""
        kinds = {
            "html_to_text": "guessed",
            "comments_split": "guessed",
            "date_from_number": "guessed",
            "nul_removed": "warning",
        }
        for key, kind in kinds.items():
            if count := self._counts.pop(key, 0):
                self.account.add(kind, self.name, key, count=count)
        if self.unused:
            self.account.add("warning", self.name, "columns_unused", columns=listed(self.unused))
            self.unused.clear()

    def _count(self, key: str) -> None:
        self._counts[key] = self._counts.get(key, 0) + 1

    def leave(self, names: Iterable[str]) -> None:
        """Note columns or paths that were not used."""
        if len(self.unused) < 500:
            self.unused.update(dict.fromkeys(names))

    # ---- single values

    def _plain(self, record: Record, column: str, value: Any) -> str | None:
        """Return a value as text; ``None`` for nothing, or for what is no text, which the account is told."""
        value = joined(value)
        if is_blank(value):
            return None
        if isinstance(value, bool) or not isinstance(value, str | int | float | Decimal):
            self.account.add("warning", record.source, "field_not_text", field=column[:60])
            return None
        if not isinstance(value, str):
            return digits(value)
        if "\0" in value:
            self._count("nul_removed")
            value = value.replace("\0", "")
        if _LONE_SURROGATE.search(value):
            self.account.add("guessed", record.source, "broken_characters", field=column[:60])
            value = _LONE_SURROGATE.sub("\ufffd", value)
        return str(value)

    def text(self, record: Record, field: str) -> str | None:
        """Return the first value of a field as text on one line or as it stands, without spaces around it."""
        for column, value in record.values.get(field, ()):
            text = self._plain(record, column, value)
            if text and column.endswith((".rendered", ".html")):
                with suppress(InputError):  # too deep: then as it stands
                    text = fragment_text(text)
            if text and text.strip():
                return text.strip()
        return None

    def body(self, record: Record, column: str, value: Any) -> str | None:
        """Return a value as the text that a reader sees: HTML becomes text, and the account is told."""
        text = self._plain(record, column, value)
        if not text:
            return None
        if looks_like_html(text):
            self._count("html_to_text")
            try:
                text = text_of_html(text)
            except InputError as error:
                self.account.add("refused", record.source, error.key, **error.details)
                return None
        return text if text.strip() else None

    def moment(self, record: Record, field: str) -> datetime | None:
        """Return the first value of a field that is a date; one that cannot be read is told."""
        unread: tuple[str, str] | None = None
        for column, value in record.values.get(field, ()):
            if is_blank(value):
                continue
            if isinstance(value, int | float | Decimal) and not isinstance(value, bool):
                moment = self._of_number(value)
            else:
                text = self._plain(record, column, value)
                moment = moment_of_text(column, text) if text else None
            if moment:
                return moment.replace(microsecond=0)
            unread = unread or (column, str(value))
        if unread:
            self.account.add("warning", record.source, "date_not_read", field=unread[0][:60], value=unread[1][:40])
        return None

    def _of_number(self, value: float | Decimal) -> datetime | None:
        moment = of_epoch(value)
        if moment is None and (moment := of_serial(value)):
            self._count("date_from_number")
        return moment or parse_datetime(digits(value) or "")

    def texts(self, record: Record, field: str, parting: re.Pattern[str] = _LIST) -> tuple[str, ...]:
        """Return all values of a field that holds several: a list, or a text in which they stand parted by commas and the like."""
        kept: dict[str, None] = {}
        for column, value in record.values.get(field, ()):
            for item in value if isinstance(value, list) else [value]:
                called = _called(item)
                if called is None and not is_blank(item) and not isinstance(value, list):
                    called = self._plain(record, column, item)
                elif called is None and not is_blank(item):
                    self.account.add("warning", record.source, "field_not_text", field=column[:60])
                    break
                parts = [called or ""] if isinstance(value, list) else parting.split(called or "")
                if len(parts) == 1 and parts[0].lstrip().startswith("#"):
                    parts = parts[0].replace("#", " ").split()
                kept |= dict.fromkeys(" ".join(part.split()) for part in parts if part.strip())
        return tuple(kept)

    # ---- posts

    def post(self, record: Record, fallback_id: str) -> Post | None:
        """Return the post of a record; ``None`` for one without any text, which the account is told.

        A record of comments gives a post without body.
        """
        body, blurb, excerpt = self._body_and_blurb(record)
        comments = tuple(self._comments(record))
        if body is None and not comments:
            self.account.add("refused", record.source, "no_body")
            return None
        url = self.text(record, "url")
        author_name = self.text(record, "author_name")
        blog = self.text(record, "blog") or (found[1] if (found := _BLOG.search(url or "")) else None)
        return Post(
            id=self.text(record, "id") or number_in(url) or fallback_id,
            body=body or "",
            url=url,
            title=self.text(record, "title"),
            blurb=blurb,
            author_id=self.text(record, "author") or author_name,
            author_name=author_name,
            communities=self.texts(record, "community", _PARTED),
            published=self.moment(record, "published"),
            modified=self.moment(record, "modified"),
            tags=self.texts(record, "tags"),
            comments=comments,
            blog=blog,
            excerpt=excerpt,
            comments_said=self._comments_said(record),
            source=record.source,
            **self._own(record),
        )

    def _own(self, record: Record) -> dict[str, Any]:
        """Return what only minecop itself writes into tables."""
        fields = ("is_estimated", "duplicate_of", "series", "part")
        if not any(record.values.get(field) for field in fields):
            return {}
        part = self.text(record, "part")
        return {
            "estimated": any(_is_true(value) for _, value in record.values.get("is_estimated", ())),
            "duplicate_of": self.text(record, "duplicate_of"),
            "series": self.text(record, "series"),
            "part": int(part) if part and re.fullmatch(r"\d{1,6}", part) else None,
        }

    def _body_and_blurb(self, record: Record) -> tuple[str | None, str | None, bool]:
        bodies = [
            (column, text)
            for column, value in record.values.get("body", ())
            if (text := self.body(record, column, value))
        ]
        blurbs = [
            text for column, value in record.values.get("blurb", ()) if (text := self.body(record, column, value))
        ]
        said = any(_is_true(value) for _, value in record.values.get("is_excerpt", ()))
        if not bodies:
            is_post = not record.values.get("comment_body")
            return (blurbs[0], None, True) if blurbs and is_post else (None, None, False)
        if len(record.values["body"]) == 1:
            return bodies[0][1], blurbs[0] if blurbs else None, said
        answers = "\n\n".join(f"{' '.join(column.split())}\n{text.strip()}" for column, text in bodies)
        return answers, blurbs[0] if blurbs else None, said

    def _comments_said(self, record: Record) -> int | None:
        for field in ("comments_said", "comments"):
            for _, value in record.values.get(field, ()):
                text = digits(value) if isinstance(value, int | float | Decimal) else value
                if isinstance(text, str) and not isinstance(value, bool) and re.fullmatch(r"\d{1,6}", text.strip()):
                    return int(text)
        return None

    # ---- comments

    def _comments(self, record: Record) -> Iterator[Comment]:
        position = 0
        for column, value in record.values.get("comment_body", ()):
            text = self.body(record, column, value)
            if text:
                position += 1
                yield self._comment(record, position, text, None)
        for column, value in record.values.get("comments", ()):
            if isinstance(value, str | int | float | Decimal) and not isinstance(value, bool):
                said = isinstance(value, str) and re.fullmatch(r"\s*\d{1,6}\s*", value)
                text = None if said or not isinstance(value, str) else self.body(record, column, value)
                parts = split_comments(text) if text else []
                if len(parts) > 1:
                    self._count("comments_split")
                for part in parts:
                    position += 1
                    yield Comment(position, part)
            elif isinstance(value, list | dict):
                for comment in self._thread(record, value, position):
                    position = comment.position
                    yield comment
            else:
                self.account.add("warning", record.source, "comments_not_a_list")

    def _comment(self, record: Record, position: int, body: str, parent: str | None) -> Comment:
        author_name = self.text(record, "comment_author_name")
        reply_to = self.text(record, "reply_to")
        return Comment(
            position=position,
            body=body,
            id=self.text(record, "comment_id"),
            author_id=self.text(record, "comment_author") or author_name,
            author_name=author_name,
            published=self.moment(record, "comment_published"),
            reply_to=parent if reply_to in {None, "0"} else reply_to,
            addressee=self.text(record, "addressee"),
        )

    def _thread(self, record: Record, value: Any, position: int) -> Iterator[Comment]:
        """Yield comments and the replies within them, each before its replies."""
        stack: list[tuple[Any, str | None]] = [(item, None) for item in reversed(items_of(value))]
        while stack:
            item, parent = stack.pop()
            position += 1
            source = f"{record.source}#{position}"
            if isinstance(item, str):
                if text := self.body(record, "comments", item):
                    yield Comment(position, text, reply_to=parent)
                continue
            if not isinstance(item, dict):
                self.account.add("refused", source, "not_an_object")
                continue
            part, replies = self._part(item, source)
            own_id = self.text(part, "comment_id")
            stack += [(reply, own_id) for reply in reversed(replies)]
            bodies = (
                text
                for column, value in part.values.get("comment_body", ())
                if (text := self.body(part, column, value))
            )
            if body := next(bodies, None):
                yield self._comment(part, position, body, parent)
            elif not replies or part.values.get("comment_body"):
                self.account.add("refused", source, "no_body")

    def _part(self, item: Mapping[str, Any], source: str) -> tuple[Record, list[Any]]:
        values = flat(item)
        names = tuple(values)
        layout = self._shapes.get(names)
        if layout is None:
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            layout = self._shapes[names] = comment_layout_of(names)
        self.leave(f"comments.{names[place]}" for place in layout.unused if is_wordy(values[names[place]]))
        found = {
            field: [(names[place], values[names[place]]) for place in places] for field, places in layout.fields.items()
        }
        replies = [
            reply
            for _, value in found.pop("comments", ())
            for reply in (items_of(value) if isinstance(value, list | dict) else ())
        ]
        return Record(source, found), replies


def _is_true(value: Any) -> bool:
    return value is True or (isinstance(value, str) and value.strip().lower() == "true")


def _called(item: Any) -> str | None:
    """Return a tag or a community as text: itself, or the name of an object."""
    if isinstance(item, dict):
        item = next((item[key] for key in ("name", "title", "label", "slug", "tag") if item.get(key)), None)
    return item if isinstance(item, str) else None
