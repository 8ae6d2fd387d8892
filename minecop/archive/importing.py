"""Importing: from files to an archive folder, new or grown."""

from __future__ import annotations

import sqlite3
import tempfile
from collections.abc import Iterator
from concurrent.futures import Executor
from contextlib import contextmanager, suppress
from dataclasses import replace
from itertools import islice
from pathlib import Path

from minecop.archive.communities import COMMUNITIES_FILE, read_communities, write_communities
from minecop.archive.deciding import UNDECIDED, Decided
from minecop.archive.formats import KINDS
from minecop.archive.identity import SETTLED_KEYS, Known, settle
from minecop.archive.models import Account, Person, Post
from minecop.archive.people import AUTHORS_FILE, read_people, settle_names
from minecop.archive.reading import FIRST_FILE, Offered, find_offered, plan_digest, read_into
from minecop.archive.sources import Options
from minecop.archive.spool import Spool, remove_spool
from minecop.archive.store import (
    ENTRIES_HELD,
    Head,
    archive_hash,
    is_archive,
    iterate_posts,
    read_archive,
    read_entries,
    write_posts,
)
from minecop.core.errors import InputError, OutputError
from minecop.core.executors import SerialExecutor
from minecop.core.files import ensure_writable, finish_replacing, held, is_full, remove, replacing_files, safe_name
from minecop.core.progress import Listener, Progress, silent

SPOOL_FILE = ".import.sqlite"
"""What an unfinished import leaves in the archive's folder, to be continued from."""

LOCK_FILE = ".import.sqlite.lock"
"""Held while an archive is written."""


def import_archive(
    source: Path,
    target: Path | None = None,
    options: Options | None = None,
    *,
    executor: Executor | None = None,
    listener: Listener = silent,
) -> tuple[Path, Head]:
    """Read files and write them as an archive, or add them to one.

    What an archive has is never lost by adding: new posts come after the old ones, edited posts are brought up to date, comments that were
    not there yet are added to their threads, and nothing is there twice. A killed import continues where it was.

    Parameters
    ----------
    source
        A file or folder.
    target
        The archive's folder: a new or empty one, or an archive, to which is added. ``None`` for ``corpora/<name>``.
    options
        How to read.
    executor
        Where files are read; ``None`` for this process.
    listener
        Told what is going on.

    Returns
    -------
    tuple
        The folder, and what is to be said of the archive.

    Raises
    ------
    InputError
        When there is nothing to read.
    OutputError
        When the folder cannot be written, or holds something that is no archive.
    """
    resolved = source.resolve()
    if not source.exists():  # told before a folder is made for it
        raise InputError("missing_path", path=source)
    target = target or Path("corpora") / safe_name(resolved.name if resolved.is_dir() else resolved.stem)
    if target.is_dir() and not is_archive(target) and not all(p.name.startswith(SPOOL_FILE) for p in target.iterdir()):
        raise OutputError("archive_exists", path=target)
    ensure_writable(target)
    if is_archive(source) and resolved == target.resolve():
        raise InputError("import_into_itself", path=source)
    try:
        with _alone(target):
            return target, make_archive(
                source, target, target.resolve().name, options, executor=executor, listener=listener
            )
    except InputError:
        with suppress(OSError):
            target.rmdir()  # made above for nothing; one that holds anything stays
        raise


@contextmanager
def _alone(target: Path) -> Iterator[None]:
    """Hold an archive's folder for writing."""
    lock = target / LOCK_FILE
    with held(lock, 0, OutputError("import_busy", path=target)):
        try:
            yield
        finally:
            remove(lock)


def make_archive(
    source: Path,
    target: Path,
    name: str,
    options: Options | None = None,
    *,
    by_date: bool = False,
    decided: Decided = UNDECIDED,
    executor: Executor | None = None,
    listener: Listener = silent,
) -> Head:
    """Read files, or another archive, into a folder that is or becomes an archive of a name; see ``import_archive``.

    With ``by_date`` its posts stand in the order of their dates, whatever the files are called and wherever in them a record stands. What
    people have ``decided`` goes before all that is known of authors and communities otherwise.
    """
    finish_replacing(target)
    offered = [] if is_archive(source) else find_offered(source)
    options = replace(options or Options(), mixed=len(offered) > 1)
    try:
        if not Spool.is_whole(
            target / SPOOL_FILE
        ):  # of a killed import, and then the disk or the power failed: read anew
            remove_spool(target / SPOOL_FILE)
        doing = executor or SerialExecutor()
        return _make(source, target, name, offered, options, doing, listener, decided, by_date=by_date)
    except sqlite3.Error as error:
        full = getattr(error, "sqlite_errorcode", None) == sqlite3.SQLITE_FULL or is_full(target)
        raise OutputError("disk_full" if full else "cannot_write", path=target, reason=error) from error


def _make(
    source: Path,
    target: Path,
    name: str,
    offered: list[Offered],
    options: Options,
    executor: Executor,
    listener: Listener,
    decided: Decided,
    *,
    by_date: bool,
) -> Head:
    grows = is_archive(target)
    start = [archive_hash(folder) for folder in (source, target) if is_archive(folder)]
    spool = Spool(target / SPOOL_FILE)
    try:
        spool.begin(plan_digest(offered, options, start))
        if grows:
            _spool_archive(spool, target, 0)
        if is_archive(source):
            _spool_archive(spool, source, FIRST_FILE)
        read_into(spool, offered, options, executor, listener)
        if not spool.has_posts_from(FIRST_FILE):
            raise _nothing_read(source, len(offered), spool)
        head = _settle_and_write(spool, source, target, name, options, listener, decided, by_date=by_date)
    except InputError:
        spool.remove()
        raise
    finally:
        spool.close()
    spool.remove()
    return head


def _spool_archive(spool: Spool, folder: Path, number: int) -> None:
    """Put the posts of an archive into a spool, and what its account says of how they were read."""
    if (number, 0) not in spool.done():
        read = [entry for entry in read_entries(folder) if entry.key not in SETTLED_KEYS]
        spool.forget([(number, 0)])
        spool.take((number, 0), iterate_posts(folder), Account(read))
        spool.flush()


def _settle_and_write(
    spool: Spool,
    source: Path,
    target: Path,
    name: str,
    options: Options,
    listener: Listener,
    decided: Decided,
    *,
    by_date: bool,
) -> Head:
    account = Account(files=spool.files_read(FIRST_FILE))
    base = source if source.is_dir() else source.parent
    people: dict[str, Person] = {}
    communities: dict[tuple[str, str], str] = {}
    for folder in dict.fromkeys((base, target)):  # what stands in the archive was edited last, and goes before
        people |= read_people(folder / AUTHORS_FILE, account)
        communities |= read_communities(folder / COMMUNITIES_FILE, account)
    seen = spool.names()
    names = settle_names(seen, decided.people_of(people, seen), decided.apart)
    for action, target_name, to in decided.people:
        account.add("merged", AUTHORS_FILE, f"{action}ed_by_decision", name=target_name, author=to)
    for owner, form in names.joined:
        account.add("guessed", AUTHORS_FILE, "alias_joined", name=form, author=owner)
    called = {person.author_id: (person.name, *person.aliases) for person in names.people.values()}
    posts = decided.posts_of(names.people)
    known = Known(names.table, called, communities, options.estimate_dates, decided.apart, posts)
    spool.tell(account.entries)
    listener(Progress("settle"))
    without_community = settle(spool, known, account)
    with replacing_files(target) as made:
        head = write_posts(made, name, spool.settled(by_date=by_date), names.people, account, spool.entries())
        write_communities(made / COMMUNITIES_FILE, communities, without_community)
    listener(Progress("settle", finished=True, note=" "))
    return head


def read_sources(
    source: Path, listener: Listener = silent, options: Options | None = None
) -> tuple[list[Post], dict[str, Person], Account]:
    """Read everything readable at a path into memory.

    Raises
    ------
    InputError
        When there is nothing at the path, or no post in it.
    """
    with tempfile.TemporaryDirectory() as folder:
        make_archive(source, Path(folder), source.stem, options, listener=listener)
        archive = read_archive(Path(folder))
    return list(archive.posts), archive.people, archive.account


def _nothing_read(path: Path, offered: int, spool: Spool) -> InputError:
    """Return the error for a path without a post, as near to its cause as can be said in one line."""
    if not offered:
        return InputError("nothing_readable", path=path, kinds=KINDS)
    refused = [entry for entry in islice(spool.entries(), ENTRIES_HELD) if entry.kind == "refused"]
    if path.is_file() and len(refused) == 1:
        entry = refused[0]
        return InputError("file_refused", path=path, reason_key=entry.key, reason_details=entry.details)
    return InputError("no_posts", path=path, refused=len(refused), kinds=KINDS)
