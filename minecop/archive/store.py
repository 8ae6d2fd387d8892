"""The archive on disk: ``posts.parquet``, ``comments.parquet``, ``archive.toml``, ``account.json`` and ``authors.csv``."""

from __future__ import annotations

import json
import tomllib
from dataclasses import asdict, dataclass
from datetime import datetime
from pathlib import Path

import pyarrow as pa
import tomli_w

from minecop.archive.models import Account, Comment, Entry, Person, Post
from minecop.archive.people import AUTHORS_FILE, read_people, write_people
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.files import sha256_file, sha256_of, write_json, write_text
from minecop.core.tables import read_table, table_of, write_table

ARCHIVE_FILE = "archive.toml"
FORMAT = 1

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
        ("duplicate_of", pa.string()),
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
        ("body", pa.string()),
    ]
)


@dataclass(frozen=True, slots=True)
class Archive:
    """Posts with their threads, the people known, and the account of their import."""

    name: str
    posts: list[Post]
    people: dict[str, Person]
    account: Account

    @property
    def authors(self) -> set[str]:
        """Ids of everyone who wrote a post or a comment."""
        return {text.author_id for post in self.posts for text in post.texts if text.author_id}

    @property
    def communities(self) -> set[str]:
        """Names of all communities that posts belong to."""
        return {community for post in self.posts for community in post.communities}

    @property
    def dates(self) -> tuple[datetime, datetime] | None:
        """First and last date of publication of posts and comments, or ``None`` where no date is known."""
        known = [text.published for post in self.posts for text in post.texts if text.published]
        return (min(known), max(known)) if known else None


def is_archive(path: Path) -> bool:
    """Tell whether a folder is an archive on disk."""
    return (path / ARCHIVE_FILE).is_file()


def write_archive(folder: Path, archive: Archive) -> None:
    """Write an archive into a folder; ``archive.toml`` comes last, so a folder that has it is whole."""
    posts = [
        {
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
            "duplicate_of": post.duplicate_of,
            "source": post.source,
        }
        for post in archive.posts
    ]
    comments = [
        {
            "post_id": post.id,
            "position": comment.position,
            "comment_id": comment.id,
            "author_id": comment.author_id,
            "author_name": comment.author_name,
            "published": comment.published,
            "reply_to": comment.reply_to,
            "body": comment.body,
        }
        for post in archive.posts
        for comment in post.comments
    ]
    write_table(folder / "posts.parquet", table_of(posts, _POSTS))
    write_table(folder / "comments.parquet", table_of(comments, _COMMENTS))
    write_json(folder / "account.json", asdict(archive.account))
    if archive.people:
        write_people(folder / AUTHORS_FILE, archive.people)
    dates = archive.dates
    head = {
        "format": FORMAT,
        "name": archive.name,
        "sha256": archive_hash(folder),
        "posts": len(posts),
        "comments": len(comments),
        "authors": len(archive.authors),
        "communities": sorted(archive.communities),
    }
    if dates:
        head |= {"first": dates[0], "last": dates[1]}
    write_text(folder / ARCHIVE_FILE, tomli_w.dumps(head))


def archive_hash(folder: Path) -> str:
    """Return the SHA-256 over an archive's tables and people."""
    names = ["posts.parquet", "comments.parquet", AUTHORS_FILE]
    return sha256_of({name: sha256_file(folder / name) for name in names if (folder / name).is_file()})


def read_archive(folder: Path) -> Archive:
    """Read an archive from disk.

    Raises
    ------
    InputError
        When it is damaged or of a later format.
    """
    try:
        head = tomllib.loads((folder / ARCHIVE_FILE).read_text(encoding="utf-8"))
        if head["format"] > FORMAT:
            raise InputError("archive_too_new", path=folder, format=head["format"])
        threads: dict[str, list[Comment]] = {}
        for row in read_table(folder / "comments.parquet").to_pylist():
            post_id, body, comment_id = row.pop("post_id"), row.pop("body"), row.pop("comment_id")
            row["published"] = _thai_time(row["published"])
            threads.setdefault(post_id, []).append(Comment(body=body, id=comment_id, **row))
        posts = []
        for row in read_table(folder / "posts.parquet").to_pylist():
            post_id = row.pop("post_id")
            row |= {"communities": tuple(row["communities"]), "tags": tuple(row["tags"])}
            row |= {name: _thai_time(row[name]) for name in ("published", "modified")}
            posts.append(Post(id=post_id, comments=tuple(threads.get(post_id, ())), **row))
        account = _read_account(folder / "account.json")
    except (OSError, KeyError, TypeError, ValueError, pa.ArrowException) as error:
        raise InputError("archive_damaged", path=folder, reason=error) from error
    return Archive(head["name"], posts, read_people(folder / AUTHORS_FILE, account), account)


def _thai_time(moment: datetime | None) -> datetime | None:
    return moment and moment.astimezone(BANGKOK)


def _read_account(path: Path) -> Account:
    values = json.loads(path.read_text(encoding="utf-8"))
    return Account(
        entries=[Entry(**entry) for entry in values["entries"]],
        files=values["files"],
        posts=values["posts"],
        comments=values["comments"],
    )
