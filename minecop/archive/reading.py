"""Whatever a user points at - an archive folder, a file, a folder of files - as posts and an account."""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from pathlib import Path

from minecop.archive.decoding import decode, looks_binary
from minecop.archive.identity import settle_identities
from minecop.archive.jsonlines import read_jsonlines
from minecop.archive.models import Account, Person, Post
from minecop.archive.people import AUTHORS_FILE, read_people
from minecop.archive.textpage import read_textpage
from minecop.core.errors import InputError
from minecop.core.progress import Listener, counted, silent

Reader = Callable[[str, str, Account], Iterator[Post]]
"""Takes a file's text, its name for the account, and the account; yields posts."""

READERS: dict[str, Reader] = {
    ".jsonl": read_jsonlines,
    ".ndjson": read_jsonlines,
    ".txt": read_textpage,
    ".text": read_textpage,
}
"""Readers by the ending of the file's name."""

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
        reader = READERS.get(file.suffix.lower())
        if reader is None:
            if file.name in _COMPANIONS or (path.is_dir() and file.suffix.lower() in _COMPANION_ENDINGS):
                continue
            offered += 1
            account.add("refused", name, "unknown_kind", kinds=" ".join(READERS))
            continue
        offered += 1
        text = _text_of(file, name, account)
        if text is not None:
            found = list(reader(text, name, account))
            account.files += bool(found)
            posts += found
    if not posts:
        raise _nothing_read(path, offered, account)
    people = read_people(base / AUTHORS_FILE, account)
    posts = settle_identities(posts, people, account)
    account.posts = len(posts)
    account.comments = sum(len(post.comments) for post in posts)
    return posts, people, account


def _text_of(file: Path, name: str, account: Account) -> str | None:
    try:
        data = file.read_bytes()
    except OSError as error:
        account.add("refused", name, "cannot_read", path=name, reason=error.strerror or error)
        return None
    if not data.strip():
        account.add("refused", name, "empty_file")
        return None
    if looks_binary(data):
        account.add("refused", name, "binary_file")
        return None
    text, guessed = decode(data)
    if guessed:
        account.add("guessed", name, "encoding_guessed", encoding=guessed)
    return text


def _nothing_read(path: Path, offered: int, account: Account) -> InputError:
    """Return the error for a path without a post, as near to its cause as can be said in one line."""
    if not offered:
        return InputError("nothing_readable", path=path, kinds=" ".join(READERS))
    refused = [entry for entry in account.entries if entry.kind == "refused"]
    if path.is_file() and len(refused) == 1:
        entry = refused[0]
        return InputError("file_refused", path=path, reason_key=entry.key, reason_details=entry.details)
    return InputError("no_posts", path=path, refused=len(refused), kinds=" ".join(READERS))
