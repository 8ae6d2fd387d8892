"""The archive on disk: ``posts.parquet``, ``comments.parquet``, ``account.parquet``, ``archive.toml`` and two editable tables."""

from __future__ import annotations

import json
import tomllib
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from itertools import islice
from pathlib import Path
from typing import Any

import pyarrow as pa
import tomli_w

from minecop.archive.communities import COMMUNITIES_FILE
from minecop.archive.models import Account, Comment, Entry, Person, Post
from minecop.archive.people import AUTHORS_FILE, read_people, write_people
from minecop.archive.posts import COMMENTS_TABLE, POSTS_TABLE, Posts, StoredPosts, comment_of, post_of, stored_rows
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.files import is_half_replaced, sha256_file, sha256_of, write_text
from minecop.core.tables import RowWriter, read_rows, read_table, read_tables

ARCHIVE_FILE = "archive.toml"
FORMAT = 2

ENTRIES_HELD = 1_000
"""Account lines that are held in memory; the rest stands in ``account.parquet``."""

_MOMENT = pa.timestamp("s", tz="+07:00")
_POSTS = pa.schema(
    [
        ("post_id", pa.string()),
        ("url", pa.string()),
        ("title", pa.string()),
        ("blurb", pa.string()),
        ("author_id", pa.string()),
        ("author_name", pa.string()),
        ("communities", pa.list_(pa.string())),
        ("published", _MOMENT),
        ("modified", _MOMENT),
        ("tags", pa.list_(pa.string())),
        ("body", pa.string()),
        ("blog", pa.string()),
        ("estimated", pa.bool_()),
        ("excerpt", pa.bool_()),
        ("comments_said", pa.int32()),
        ("duplicate_of", pa.string()),
        ("series", pa.string()),
        ("part", pa.int32()),
        ("source", pa.string()),
    ]
)
_COMMENTS = pa.schema(
    [
        ("post_id", pa.string()),
        ("position", pa.int32()),
        ("comment_id", pa.string()),
        ("author_id", pa.string()),
        ("author_name", pa.string()),
        ("published", _MOMENT),
        ("reply_to", pa.string()),
        ("addressee", pa.string()),
        ("body", pa.string()),
    ]
)
_WITHOUT_TEXTS = [name for name in _POSTS.names if name != "body"]
_ACCOUNT = pa.schema([("kind", pa.string()), ("source", pa.string()), ("key", pa.string()), ("details", pa.string())])


@dataclass(frozen=True, slots=True)
class Archive:
    """Posts with their threads, the people known, and the account of their import."""

    name: str
    posts: Posts
    people: dict[str, Person]
    account: Account

    @property
    def authors(self) -> set[str]:
        """Ids of everyone who wrote a post or a comment."""
        return {author for author in self.posts.of_texts("author_id") if author}

    @property
    def communities(self) -> set[str]:
        """Names of all communities that posts belong to."""
        return {community for some in self.posts.column("communities") for community in some}

    @property
    def dates(self) -> tuple[datetime, datetime] | None:
        """First and last date of publication of posts and comments, or ``None`` where no date is known."""
        known = [published for published in self.posts.of_texts("published") if published]
        return (min(known), max(known)) if known else None


@dataclass(slots=True)
class Head:
    """What is to be said of an archive without reading its posts.

    Attributes
    ----------
    name
        Of the archive.
    posts, comments, authors
        How many.
    communities
        Their names.
    first, last
        Dates of publication.
    account
        Its first ``ENTRIES_HELD`` lines and its counts.
    lines
        Account lines by kind and key, all of them.
    """

    name: str
    posts: int = 0
    comments: int = 0
    authors: int = 0
    communities: list[str] = field(default_factory=list)
    first: datetime | None = None
    last: datetime | None = None
    account: Account = field(default_factory=Account)
    lines: Counter[tuple[str, str]] = field(default_factory=Counter)


def is_archive(path: Path) -> bool:
    """Tell whether a folder is an archive on disk."""
    return (path / ARCHIVE_FILE).is_file()


def write_archive(folder: Path, archive: Archive) -> Head:
    """Write an archive into a folder."""
    return write_posts(folder, archive.name, archive.posts, archive.people, archive.account, archive.account.entries)


def write_posts(
    folder: Path,
    name: str,
    posts: Iterable[Post],
    people: Mapping[str, Person],
    counts: Account,
    entries: Iterable[Entry],
) -> Head:
    """Write an archive from posts as they come; ``archive.toml`` comes last, so a folder that has it is whole.

    Parameters
    ----------
    folder
        Where to.
    name
        Of the archive.
    posts
        In their order.
    people
        For ``authors.csv``.
    counts
        The account's numbers.
    entries
        The account's lines.
    """
    head = Head(name, account=replace(counts, entries=[]))
    authors: set[str] = set()
    communities: set[str] = set()
    with (
        RowWriter(folder / POSTS_TABLE, _POSTS) as post_rows,
        RowWriter(folder / COMMENTS_TABLE, _COMMENTS) as comment_rows,
    ):
        for post in posts:
            post_rows.write(_post_row(post))
            for comment in post.comments:
                comment_rows.write(_comment_row(post, comment))
            head.posts += 1
            head.comments += len(post.comments)
            communities.update(post.communities)
            for text in post.texts:
                if text.author_id:
                    authors.add(text.author_id)
                if text.published:
                    head.first = min(head.first or text.published, text.published)
                    head.last = max(head.last or text.published, text.published)
    with RowWriter(folder / "account.parquet", _ACCOUNT) as lines:
        for entry in entries:
            details = json.dumps(entry.details, ensure_ascii=False)
            lines.write({"kind": entry.kind, "source": entry.source, "key": entry.key, "details": details})
            head.lines[entry.kind, entry.key] += 1
            if len(head.account.entries) < ENTRIES_HELD:
                head.account.entries.append(entry)
    if people:
        write_people(folder / AUTHORS_FILE, people)
    head.authors, head.communities = len(authors), sorted(communities)
    account = head.account
    values: dict[str, Any] = {
        "format": FORMAT,
        "name": name,
        "sha256": archive_hash(folder),
        "posts": head.posts,
        "comments": head.comments,
        "authors": head.authors,
        "communities": head.communities,
        "import": {
            "files": account.files,
            "new_posts": account.new_posts,
            "new_comments": account.new_comments,
            "updated_posts": account.updated_posts,
        },
    }
    values |= {name: moment for name, moment in (("first", head.first), ("last", head.last)) if moment}
    write_text(folder / ARCHIVE_FILE, tomli_w.dumps(values))
    return head


def _post_row(post: Post) -> dict[str, Any]:
    return {
        "post_id": post.id,
        "url": post.url,
        "title": post.title,
        "blurb": post.blurb,
        "author_id": post.author_id,
        "author_name": post.author_name,
        "communities": list(post.communities),
        "published": post.published,
        "modified": post.modified,
        "tags": list(post.tags),
        "body": post.body,
        "blog": post.blog,
        "estimated": post.estimated,
        "excerpt": post.excerpt,
        "comments_said": post.comments_said,
        "duplicate_of": post.duplicate_of,
        "series": post.series,
        "part": post.part,
        "source": post.source,
    }


def _comment_row(post: Post, comment: Comment) -> dict[str, Any]:
    return {
        "post_id": post.id,
        "position": comment.position,
        "comment_id": comment.id,
        "author_id": comment.author_id,
        "author_name": comment.author_name,
        "published": comment.published,
        "reply_to": comment.reply_to,
        "addressee": comment.addressee,
        "body": comment.body,
    }


def archive_hash(folder: Path) -> str:
    """Return the SHA-256 over an archive's tables and people."""
    names = [POSTS_TABLE, COMMENTS_TABLE, AUTHORS_FILE, COMMUNITIES_FILE]
    return sha256_of({name: sha256_file(folder / name) for name in names if (folder / name).is_file()})


def author_names(folder: Path) -> set[str]:
    """Return every name that a post or comment of an archive was written under."""
    columns = (read_table(folder / name, ["author_name"])["author_name"] for name in (POSTS_TABLE, COMMENTS_TABLE))
    return {name for column in columns for name in column.unique().to_pylist() if name}


def _read_head_values(folder: Path) -> dict[str, Any]:
    if is_half_replaced(folder):
        raise InputError("archive_half_written", path=folder)
    try:
        values = tomllib.loads((folder / ARCHIVE_FILE).read_text(encoding="utf-8"))
        number = int(values["format"])
        str(values["name"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise InputError("archive_damaged", path=folder, reason=error) from error
    if number != FORMAT:
        raise InputError("archive_too_new" if number > FORMAT else "archive_too_old", path=folder, format=number)
    return values


def iterate_posts(folder: Path, *, texts: bool = True) -> Iterator[Post]:
    """Yield an archive's posts in order, with their threads, in bounded memory.

    Parameters
    ----------
    folder
        Of the archive.
    texts
        Without, the posts have neither body nor comments, and come ten times as fast.

    Raises
    ------
    InputError
        When it is damaged or of another format.
    """
    _read_head_values(folder)
    try:
        comments = stored_rows(folder / COMMENTS_TABLE) if texts else iter(())
        held = next(comments, None)
        for row in stored_rows(folder / POSTS_TABLE, None if texts else _WITHOUT_TEXTS):
            row.setdefault("body", "")
            thread = []
            while held is not None and held["post_id"] == row["post_id"]:
                thread.append(comment_of(held))
                held = next(comments, None)
            yield post_of(row, thread)
        if held is not None:
            raise ValueError(f"comments of {held['post_id']}")  # noqa: TRY301 - told with the other damages
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise InputError("archive_damaged", path=folder, reason=error) from error


def read_archive(folder: Path) -> Archive:
    """Read an archive from disk, of which texts are read from a copy when they are asked for.

    Raises
    ------
    InputError
        When it is damaged or of another format.
    """
    values = _read_head_values(folder)
    try:
        posts = StoredPosts.read(folder)
        account = _account(values, read_entries(folder))
        account.posts, account.comments = len(posts), posts.comments
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise InputError("archive_damaged", path=folder, reason=error) from error
    return Archive(values["name"], posts, read_people(folder / AUTHORS_FILE, account), account)


def read_head(folder: Path) -> Head:
    """Read what is to be said of an archive without reading its posts.

    Raises
    ------
    InputError
        When it is damaged or of another format.
    """
    values = _read_head_values(folder)
    try:
        head = Head(
            values["name"],
            values["posts"],
            values["comments"],
            values["authors"],
            values["communities"],
            _thai_time(values.get("first")),
            _thai_time(values.get("last")),
            _account(values, islice(read_entries(folder), ENTRIES_HELD)),
        )
        head.account.posts, head.account.comments = head.posts, head.comments
        for some in read_tables(folder / "account.parquet", ENTRIES_HELD, ["kind", "key"]):
            head.lines.update(zip(some["kind"].to_pylist(), some["key"].to_pylist(), strict=True))
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise InputError("archive_damaged", path=folder, reason=error) from error
    return head


def _account(values: dict[str, Any], entries: Iterable[Entry]) -> Account:
    counts = values["import"]
    return Account(
        entries=list(entries),
        files=counts["files"],
        new_posts=counts["new_posts"],
        new_comments=counts["new_comments"],
        updated_posts=counts["updated_posts"],
    )


def read_entries(folder: Path) -> Iterator[Entry]:
    """Yield the lines of an archive's account."""
    for row in read_rows(folder / "account.parquet"):
        yield Entry(row["kind"], row["source"], row["key"], json.loads(row["details"]))


def _thai_time(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(BANGKOK)
