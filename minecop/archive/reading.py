"""Whatever a user points at - an archive folder, a file, a folder of files - as posts and an account."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from minecop.archive.formats import KINDS, format_of
from minecop.archive.identity import settle_identities
from minecop.archive.models import Account, Person, Post
from minecop.archive.people import AUTHORS_FILE, read_people
from minecop.archive.sources import Options, Source
from minecop.core.errors import InputError
from minecop.core.progress import Listener, counted, silent

# Files that stand beside archives and are not posts.
_COMPANIONS = {AUTHORS_FILE, "archive.toml", "account.json"}
_COMPANION_ENDINGS = {".md", ".toml", ".csv", ".parquet"}


def find_files(path: Path) -> list[Path]:
    """Return the file, or the files below a folder in a fixed order, hidden ones left out.

    Raises
    ------
    InputError
        When there is nothing there, or it cannot be listed.
    """
    if not path.exists():
        raise InputError("missing_path", path=path)
    if path.is_file():
        return [path]
    try:
        found = [
            Path(folder) / name
            for folder, folders, names in os.walk(path, onerror=_raise)
            if not folders.sort()
            for name in names
            if not name.startswith(".")
        ]
    except OSError as error:
        raise InputError("cannot_read", path=path, reason=error.strerror or error) from error
    return sorted(f for f in found if not any(part.startswith(".") for part in f.relative_to(path).parts))


def _raise(error: OSError) -> None:
    raise error


def read_sources(path: Path, listener: Listener = silent) -> tuple[list[Post], dict[str, Person], Account]:
    """Read everything readable at a path.

    Parameters
    ----------
    path
        A file or a folder.
    listener
        Told after each file.

    Returns
    -------
    tuple
        Posts in the order of files and records, people by author id from ``authors.csv``, and the account.

    Raises
    ------
    InputError
        When there is nothing at the path, or no post in it.
    """
    files = find_files(path)
    base = path if path.is_dir() else path.parent
    account = Account()
    posts: list[Post] = []
    offered = 0
    for file in counted(files, "import", len(files), listener):
        name = file.relative_to(base).as_posix()
        if file.name in _COMPANIONS or (path.is_dir() and file.suffix.lower() in _COMPANION_ENDINGS):
            continue
        offered += 1
        found = list(_posts_of(file, name, account))
        account.files += bool(found)
        posts += found
    if not posts:
        raise _nothing_read(path, offered, account)
    people = read_people(base / AUTHORS_FILE, account)
    posts = settle_identities(posts, people, account)
    account.posts = len(posts)
    account.comments = sum(len(post.comments) for post in posts)
    return posts, people, account


def _posts_of(file: Path, name: str, account: Account) -> Iterator[Post]:
    try:
        yield from read_source(Source.of_file(file, name), Options(), account)
    except InputError as error:
        account.add("refused", name, error.key, **error.details)
    except OSError as error:
        account.add("refused", name, "cannot_read", path=name, reason=error.strerror or error)


def read_source(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of one source, whatever its kind.

    Raises
    ------
    InputError
        When its kind is not known, or it cannot be read.
    """
    known = format_of(source.ending, source.head())
    if known is None:
        raise InputError("unknown_kind", kinds=KINDS)
    yield from known.reader(source, options, account)


def _nothing_read(path: Path, offered: int, account: Account) -> InputError:
    """Return the error for a path without a post, as near to its cause as can be said in one line."""
    if not offered:
        return InputError("nothing_readable", path=path, kinds=KINDS)
    refused = [entry for entry in account.entries if entry.kind == "refused"]
    if path.is_file() and len(refused) == 1:
        entry = refused[0]
        return InputError("file_refused", path=path, reason_key=entry.key, reason_details=entry.details)
    return InputError("no_posts", path=path, refused=len(refused), kinds=KINDS)
