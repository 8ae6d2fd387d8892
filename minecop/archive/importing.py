"""Importing: from files to an archive folder."""

from __future__ import annotations

from pathlib import Path

from minecop.archive.reading import read_sources
from minecop.archive.store import Archive, is_archive, write_archive
from minecop.core.errors import OutputError
from minecop.core.files import ensure_writable, safe_name
from minecop.core.progress import Listener, silent


def import_archive(source: Path, target: Path | None = None, listener: Listener = silent) -> tuple[Path, Archive]:
    """Read files and write them as an archive.

    Parameters
    ----------
    source
        A file or folder.
    target
        The archive's folder: a new or empty one, or an archive, which is replaced. ``None`` for ``corpora/<name>``.
    listener
        Told after each file.

    Returns
    -------
    tuple
        The folder and the archive.

    Raises
    ------
    InputError
        When there is nothing to read.
    OutputError
        When the folder cannot be written, or holds something that is no archive.
    """
    resolved = source.resolve()
    name = resolved.name if resolved.is_dir() else resolved.stem
    posts, people, account = read_sources(source, listener)
    target = target or Path("corpora") / safe_name(name)
    if target.is_dir() and any(target.iterdir()) and not is_archive(target):
        raise OutputError("archive_exists", path=target)
    ensure_writable(target)
    archive = Archive(target.resolve().name, posts, people, account)
    write_archive(target, archive)
    return target, archive
