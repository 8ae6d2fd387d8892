"""minecop's own tables of posts and comments, ``posts.csv`` and ``comments.csv``: every field, and back without loss.

Lists (communities, tags) stand in one cell as a line of CSV parted by semicolons. No white space is touched. A cell that a spreadsheet
program would take for a formula has an apostrophe before it.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Mapping, Sequence
from datetime import datetime
from typing import Any

from minecop.archive.models import Account, Comment, Post
from minecop.core.cells import plain_cell, safe_cell
from minecop.core.dates import parse_datetime

POST_COLUMNS = (
    "id", "url", "title", "author", "author_name", "community", "blog", "published", "modified", "tags", "body", "blurb",
    "is_excerpt", "is_estimated", "comments_said", "duplicate_of", "series", "part",
)  # fmt: skip
"""Headings of the table of posts."""

COMMENT_COLUMNS = (
    "post_id", "position", "comment_id", "author", "author_name", "published", "reply_to", "addressee", "body",
)  # fmt: skip
"""Headings of the table of comments."""


def own_form(names: Sequence[str]) -> Callable[[Sequence[str], str, Account], Post | None] | None:
    """Return what reads a row of one of minecop's own tables, or ``None`` for any other table."""
    return {POST_COLUMNS: _post_of_row, COMMENT_COLUMNS: _comment_of_row}.get(tuple(names))


def row_of_post(post: Post) -> list[str]:
    """Return a post without its comments as cells."""
    values = (
        post.id, post.url, post.title, post.author_id, post.author_name, _cell_of(post.communities), post.blog,
        _day(post.published), _day(post.modified), _cell_of(post.tags), post.body, post.blurb,
        "true" if post.excerpt else None, "true" if post.estimated else None, _number(post.comments_said), post.duplicate_of,
        post.series, _number(post.part),
    )  # fmt: skip
    return [safe_cell(value or "") for value in values]


def row_of_comment(post_id: str, comment: Comment) -> list[str]:
    """Return a comment as cells."""
    values = (
        post_id, str(comment.position), comment.id, comment.author_id, comment.author_name, _day(comment.published), comment.reply_to,
        comment.addressee, comment.body,
    )  # fmt: skip
    return [safe_cell(value or "") for value in values]


def _day(moment: datetime | None) -> str | None:
    return moment.isoformat() if moment else None


def _number(value: int | None) -> str | None:
    return None if value is None else str(value)


def _cell_of(items: Sequence[str]) -> str:
    if not items:
        return ""
    out = io.StringIO(newline="")
    csv.writer(out, delimiter=";").writerow(items)  # its line end makes it quote what holds one
    return out.getvalue().removesuffix("\r\n")


def _items_of(cell: str) -> tuple[str, ...]:
    if not cell:
        return ()
    return tuple(item for row in csv.reader(io.StringIO(cell, newline=""), delimiter=";") for item in row if item)


class _Row:
    """One row, cell by cell; what people have made of it since goes into the account."""

    def __init__(self, names: Sequence[str], cells: Sequence[str], source: str, account: Account) -> None:
        padded = [*cells, *[""] * (len(names) - len(cells))]
        self.cells: Mapping[str, str] = {name: plain_cell(cell) for name, cell in zip(names, padded, strict=False)}
        self.source = source
        self.account = account

    def text(self, name: str) -> str | None:
        return self.cells[name] or None

    def moment(self, name: str) -> datetime | None:
        text = self.text(name)
        moment = parse_datetime(text) if text else None
        if text and moment is None:
            self.account.add("warning", self.source, "date_not_read", field=name, value=text[:40])
        return moment

    def number(self, name: str) -> int | None:
        text = self.text(name)
        if text is None:
            return None
        if not (text.isascii() and text.isdigit() and len(text) < 10):
            self.account.add("warning", self.source, "field_not_text", field=name)
            return None
        return int(text)

    def common(self) -> dict[str, Any]:
        return {
            "author_id": self.text("author"),
            "author_name": self.text("author_name"),
            "published": self.moment("published"),
        }


def _post_of_row(cells: Sequence[str], source: str, account: Account) -> Post | None:
    row = _Row(POST_COLUMNS, cells, source, account)
    post_id = row.text("id")
    if post_id is None:
        account.add("refused", source, "row_without_id")
        return None
    return Post(
        id=post_id,
        body=row.cells["body"],
        url=row.text("url"),
        title=row.text("title"),
        blurb=row.text("blurb"),
        communities=_items_of(row.cells["community"]),
        modified=row.moment("modified"),
        tags=_items_of(row.cells["tags"]),
        blog=row.text("blog"),
        estimated=row.cells["is_estimated"].lower() == "true",
        excerpt=row.cells["is_excerpt"].lower() == "true",
        comments_said=row.number("comments_said"),
        duplicate_of=row.text("duplicate_of"),
        series=row.text("series"),
        part=row.number("part"),
        source=source,
        **row.common(),
    )


def _comment_of_row(cells: Sequence[str], source: str, account: Account) -> Post | None:
    row = _Row(COMMENT_COLUMNS, cells, source, account)
    post_id = row.text("post_id")
    if post_id is None or not row.cells["body"].strip():
        account.add("refused", source, "no_body" if post_id else "row_without_id")
        return None
    comment = Comment(
        position=row.number("position") or 1,
        body=row.cells["body"],
        id=row.text("comment_id"),
        reply_to=row.text("reply_to"),
        addressee=row.text("addressee"),
        **row.common(),
    )
    return Post(id=post_id, body="", comments=(comment,), source=source)
