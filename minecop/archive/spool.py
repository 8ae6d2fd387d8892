"""The spool of an import: what was read, on disk, until it is settled. A killed import continues from it.

One SQLite file. Workers write their posts into it, each batch in transactions of its own; a file counts as read once its last
transaction is in. Rows are numbered by the place of their file, section and record, so that the order of the work does not matter.
"""

from __future__ import annotations

import json
import sqlite3
from array import array
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass, field
from pathlib import Path

from minecop.archive.duplicates import fingerprint
from minecop.archive.keys import keys_of
from minecop.archive.models import Account, Entry, Post
from minecop.archive.packing import pack, unpack
from minecop.core.files import remove

RECORDS_A_FILE = 2**32
"""Rows of one file: its first row is its number times this."""

_RECORDS_A_PART = 2**22
_LINES_A_PART = 2**32

Unit = tuple[int, int]
"""Number of a file, and of a section of it: what is read at a stretch."""

LAST_FILE = 2**30
"""File number of what is told after reading: lines of the account about identity."""

_HELD_POSTS = 500
_HELD_LETTERS = 4_000_000
_HELD_ENTRIES = 10_000
"""What is held of one file before it is written."""

_SCHEMA = """
CREATE TABLE IF NOT EXISTS plan (digest TEXT);
CREATE TABLE IF NOT EXISTS files (number INTEGER, part INTEGER, posts INTEGER, PRIMARY KEY (number, part)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS records (row INTEGER PRIMARY KEY, signature BLOB, post BLOB);
CREATE TABLE IF NOT EXISTS keys (key TEXT, row INTEGER);
CREATE TABLE IF NOT EXISTS names (author TEXT, name TEXT, PRIMARY KEY (author, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS entries (
    file INTEGER, number INTEGER, kind TEXT, source TEXT, key TEXT, details TEXT, PRIMARY KEY (file, number)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS settled (
    row INTEGER PRIMARY KEY, id TEXT UNIQUE, author TEXT, published TEXT, title TEXT, comments INTEGER, signature BLOB, post BLOB
);
"""


@dataclass(slots=True)
class _Held:
    """Rows that are not written yet."""

    records: list[tuple[int, bytes | None, bytes]] = field(default_factory=list)
    keys: list[tuple[str, int]] = field(default_factory=list)
    names: set[tuple[str, str]] = field(default_factory=set)
    entries: list[tuple[object, ...]] = field(default_factory=list)
    files: list[tuple[int, int, int]] = field(default_factory=list)
    letters: int = 0


def _lines(number: int, entries: Sequence[Entry], told: int) -> list[tuple[object, ...]]:
    return [(number, told + n, e.kind, e.source, e.key, json.dumps(e.details)) for n, e in enumerate(entries)]


def remove_spool(path: Path) -> None:
    """Remove a spool's file with what SQLite keeps beside it."""
    for ending in ("", "-wal", "-shm"):
        remove(path.with_name(path.name + ending))


class Spool:
    """What an import has read so far.

    Parameters
    ----------
    path
        The SQLite file; made where there is none.
    tell
        Told how many posts have been written so far, each time that some are.
    """

    def __init__(self, path: Path, tell: Callable[[int], None] | None = None) -> None:
        self.path = path
        self._tell = tell
        self._written = 0
        self._held = _Held()
        self.db = sqlite3.connect(path, timeout=600, isolation_level=None)
        self.db.execute("PRAGMA journal_mode=WAL")
        self.db.execute("PRAGMA synchronous=OFF")  # a power cut may cost the spool, never an archive
        self.db.execute("PRAGMA cache_size=-32768")

    def close(self) -> None:
        """Close the file."""
        self.db.close()

    def remove(self) -> None:
        """Close the file and remove it with what SQLite keeps beside it."""
        self.close()
        remove_spool(self.path)

    @staticmethod
    def is_whole(path: Path) -> bool:
        """Tell whether SQLite finds nothing wrong with a file, or there is none."""
        if not path.exists():
            return True
        try:
            with closing(sqlite3.connect(path, timeout=600)) as db:
                return bool(db.execute("PRAGMA quick_check(1)").fetchone() == ("ok",))
        except sqlite3.Error:
            return False

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Make what is written within the block one transaction."""
        if self.db.in_transaction:
            yield
            return
        self.db.execute("BEGIN IMMEDIATE")
        try:
            yield
        except BaseException:
            self.db.execute("ROLLBACK")
            raise
        self.db.execute("COMMIT")

    def begin(self, digest: str) -> bool:
        """Make ready for a plan; tell whether an earlier import of the same plan left something to continue from."""
        with self.writing():
            for statement in _SCHEMA.split(";"):
                self.db.execute(statement)
            known = self.db.execute("SELECT digest FROM plan").fetchone()
            if known == (digest,):
                self.db.execute("DELETE FROM settled")
                self.db.execute("DELETE FROM entries WHERE file = ?", (LAST_FILE,))
                return True
            for table in ("plan", "files", "records", "keys", "names", "entries", "settled"):
                self.db.execute(f"DELETE FROM {table}")  # noqa: S608 - our own names
            self.db.execute("INSERT INTO plan VALUES (?)", (digest,))
        return False

    def done(self) -> set[Unit]:
        """Return the files and sections that have been read whole."""
        return set(self.db.execute("SELECT number, part FROM files"))

    def forget(self, units: Iterable[Unit]) -> None:
        """Remove what a killed import left of files and sections that it had not finished."""
        with self.writing():
            for number, part in units:
                first = number * RECORDS_A_FILE + part * _RECORDS_A_PART
                last = first + _RECORDS_A_PART
                if self.db.execute("DELETE FROM records WHERE row >= ? AND row < ?", (first, last)).rowcount:
                    self.db.execute("DELETE FROM keys WHERE row >= ? AND row < ?", (first, last))
                lines = (number, part * _LINES_A_PART, (part + 1) * _LINES_A_PART)
                self.db.execute("DELETE FROM entries WHERE file = ? AND number >= ? AND number < ?", lines)

    def take(self, unit: Unit, posts: Iterator[Post], account: Account) -> None:
        """Take the posts and account lines of a file or section as they come; they are in for good after ``flush``.

        Parameters
        ----------
        unit
            What is read.
        posts
            What is read; the account is filled while they come.
        account
            Its lines are taken out of it.
        """
        number, part = unit
        count, told = 0, part * _LINES_A_PART
        for post in posts:
            self._hold(number * RECORDS_A_FILE + part * _RECORDS_A_PART + count, post)
            count += 1
            if (
                len(self._held.records) >= _HELD_POSTS
                or self._held.letters > _HELD_LETTERS
                or len(account.entries) > _HELD_ENTRIES
            ):
                told = self._hold_entries(number, account, told)
                self.flush()
        self._hold_entries(number, account, told)
        self._held.files.append((number, part, count))

    def _hold(self, row: int, post: Post) -> None:
        held = self._held
        held.records.append((row, fingerprint(post.body), pack(post)))
        held.keys += [(key, row) for key in keys_of(post)]
        held.names.update((text.author_id, text.author_name or "") for text in post.texts if text.author_id)
        held.letters += len(post.body) + sum(len(comment.body) for comment in post.comments)

    def _hold_entries(self, number: int, account: Account, told: int) -> int:
        self._held.entries += _lines(number, account.entries, told)
        told += len(account.entries)
        account.entries.clear()
        return told

    def flush(self) -> None:
        """Write what has been taken and is still in memory."""
        held, self._held = self._held, _Held()
        with self.writing():
            self.db.executemany("INSERT INTO records VALUES (?, ?, ?)", held.records)
            self.db.executemany("INSERT INTO keys VALUES (?, ?)", held.keys)
            self.db.executemany("INSERT OR IGNORE INTO names VALUES (?, ?)", sorted(held.names))
            self.db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", held.entries)
            self.db.executemany("INSERT OR REPLACE INTO files VALUES (?, ?, ?)", held.files)
        self._written += len(held.records)
        if self._tell is not None:
            self._tell(self._written)

    def join_counts(self, number: int, name: str) -> None:
        """Make one account line of those that tell the same of a file's sections, with the sum of what each counted."""
        listed = "SELECT number, kind, key, details FROM entries WHERE file = ? AND source = ? ORDER BY number"
        first: dict[tuple[str, str, str], int] = {}
        sums: dict[int, dict[str, str]] = {}
        with self.writing():
            for line, kind, key, text in self.db.execute(listed, (number, name)).fetchall():
                details = json.loads(text)
                count = details.pop("count", "")
                if not count.isdecimal():
                    continue
                same = first.setdefault((kind, key, json.dumps(details)), line)
                if same == line:
                    sums[line] = details | {"count": count}
                else:
                    sums[same]["count"] = str(int(sums[same]["count"]) + int(count))
                    self.db.execute("DELETE FROM entries WHERE file = ? AND number = ?", (number, line))
            joined = [(json.dumps(details), number, line) for line, details in sums.items()]
            self.db.executemany("UPDATE entries SET details = ? WHERE file = ? AND number = ?", joined)

    def tell(self, entries: Sequence[Entry]) -> None:
        """Write account lines of what comes after reading."""
        (last,) = self.db.execute("SELECT MAX(number) FROM entries WHERE file = ?", (LAST_FILE,)).fetchone()
        told = 0 if last is None else last + 1
        with self.writing():
            self.db.executemany("INSERT INTO entries VALUES (?, ?, ?, ?, ?, ?)", _lines(LAST_FILE, entries, told))

    def entries(self) -> Iterator[Entry]:
        """Yield all account lines, each once, in the order of files and records."""
        lines = self.db.execute(
            "SELECT kind, source, key, details FROM entries GROUP BY kind, source, key, details ORDER BY MIN(file), MIN(number)"
        )
        return (Entry(kind, source, key, json.loads(details)) for kind, source, key, details in lines)

    def has_posts_from(self, number: int) -> bool:
        """Tell whether any file from a number on had a post."""
        return bool(self.db.execute("SELECT 1 FROM files WHERE number >= ? AND posts > 0", (number,)).fetchone())

    def files_read(self, number: int) -> int:
        """Return in how many files from a number on a post was read."""
        found = self.db.execute(
            "SELECT COUNT(DISTINCT number) FROM files WHERE number >= ? AND posts > 0", (number,)
        ).fetchone()
        return int(found[0])

    def names(self) -> list[tuple[str, str]]:
        """Return author ids and names as the records have them together."""
        return self.db.execute("SELECT author, name FROM names ORDER BY author, name").fetchall()

    def record(self, row: int) -> tuple[Post, bytes | None]:
        """Return one record's post and the fingerprint of its text."""
        data, signature = self.db.execute("SELECT post, signature FROM records WHERE row = ?", (row,)).fetchone()
        return unpack(data), signature

    def settled(self, *, by_date: bool = False) -> Iterator[Post]:
        """Yield the settled posts in the order in which they were read, or in that of their dates and ids, undated ones last."""
        order = "published IS NULL, published, id" if by_date else "row"
        rows = array("q", (row for (row,) in self.db.execute(f"SELECT row FROM settled ORDER BY {order}")))  # noqa: S608 - our own words
        for row in rows:
            (data,) = self.db.execute("SELECT post FROM settled WHERE row = ?", (row,)).fetchone()
            yield unpack(data)
