"""Files written so that a reader sees the old one or the new one, never half of it."""

from __future__ import annotations

import errno
import hashlib
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from minecop.core.errors import InputError, MinecopError, OutputError

# Names that Windows keeps for devices, whatever their ending.
_RESERVED = {"con", "prn", "aux", "nul", *(f"com{n}" for n in range(1, 10)), *(f"lpt{n}" for n in range(1, 10))}


def safe_name(text: str, *, longest: int = 80) -> str:
    """Return a file name made from any text, good on Windows, macOS and Linux.

    Letters of any script (Thai marks included), digits, ``-``, ``_`` and ``.`` stay; all else becomes ``-``. A name that had to
    be changed beyond that (empty, reserved, too long) ends in eight characters of the text's SHA-256, so that unlike
    texts get unlike names.
    """
    text = unicodedata.normalize("NFC", text)
    kept = "".join(c if c in "-_." or unicodedata.category(c)[0] in "LMN" else "-" for c in text)
    kept = re.sub(r"-{2,}", "-", kept).strip("-. ")
    reserved = kept.split(".")[0].lower() in _RESERVED
    if kept and len(kept) <= longest and not reserved:
        return kept
    if reserved:
        kept = f"_{kept}"
    digest = hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return "-".join(part for part in (kept[: longest - 9].strip("-."), digest) if part)


_FULL = {errno.ENOSPC, errno.EDQUOT} if hasattr(errno, "EDQUOT") else {errno.ENOSPC}


_LITTLE = 2**20


def is_full(path: Path) -> bool:
    """Tell whether next to nothing can be written at a path, where an error does not say of which kind it is."""
    there = next((place for place in (path, *path.parents) if place.exists()), None)
    return there is not None and shutil.disk_usage(there).free < _LITTLE


def failure(error: OSError, path: Path) -> MinecopError:
    """Return what to tell of an error of the system while something is written at ``path``.

    A full disk has a message of its own. What was read from elsewhere meanwhile - a file that somebody has moved away - is told
    by its own name.
    """
    if error.errno in _FULL or (error.errno is None and is_full(path)):
        return OutputError("disk_full", path=path)
    read = Path(os.fsdecode(error.filename)) if isinstance(error.filename, str | bytes) else path
    if error.errno in {errno.ENOENT, errno.EACCES, errno.EIO} and not read.is_relative_to(path.parent):
        return InputError("cannot_read", path=read, reason=error.strerror)
    return OutputError("cannot_write", path=path, reason=error.strerror or error)


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; when the block ends well, it takes the place of ``path`` in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise failure(error, path) from error
    finally:
        remove(temporary)


@contextmanager
def held(lock: Path, wait: float, busy: MinecopError) -> Iterator[None]:
    """Hold a lock file, which the system lets go of when the process ends, however it ends.

    Parameters
    ----------
    lock
        The file.
    wait
        Seconds to wait for another who holds it.
    busy
        What is raised when that was not enough.

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    from filelock import FileLock, Timeout  # what only looks at the installation works without

    try:
        holding = FileLock(lock).acquire(timeout=wait)
    except Timeout as error:
        raise busy from error
    except OSError as error:
        raise failure(error, lock.parent) from error
    with holding:
        yield


def write_text(path: Path, text: str, *, encoding: str = "utf-8") -> None:
    """Write text with the line ends that it has, whatever the system."""
    with replacing(path) as temporary:
        temporary.write_text(text, encoding=encoding, errors="replace", newline="")


def write_bytes(path: Path, data: bytes) -> None:
    """Write bytes as they are."""
    with replacing(path) as temporary:
        temporary.write_bytes(data)


def write_json(path: Path, value: Any) -> None:
    """Write a value as JSON, keys in the order given, Thai as Thai."""
    write_text(path, json.dumps(value, ensure_ascii=False, indent=1) + "\n")


def read_given(path: Path) -> bytes:
    """Return the bytes of a file that somebody named.

    Raises
    ------
    InputError
        When it is not there, or cannot be read.
    """
    try:
        return path.read_bytes()
    except FileNotFoundError as error:
        raise InputError("missing_path", path=path) from error
    except OSError as error:
        raise InputError("cannot_read", path=path, reason=error.strerror or error) from error


SEAL = "sha256"
"""Last member of a sealed object: the SHA-256 of all the others."""


def write_sealed(path: Path, value: Mapping[str, Any]) -> None:
    """Write an object as JSON that tells by itself whether it is still as it was written; see ``read_sealed``."""
    written = json.loads(json.dumps(value, ensure_ascii=False).encode("utf-8", "replace"))
    write_json(path, written | {SEAL: sha256_of(written)})


def read_sealed(path: Path) -> dict[str, Any]:
    """Return an object that ``write_sealed`` wrote, without its seal.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is not as it was written.
    """
    value = json.loads(path.read_text(encoding="utf-8"))
    if not isinstance(value, dict) or value.pop(SEAL, None) != sha256_of(value):
        raise ValueError(path.name)
    return value


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def remove(path: Path) -> None:
    """Remove whatever stands at a path, as far as it can be removed."""
    if path.is_dir() and not path.is_symlink():
        shutil.rmtree(path, ignore_errors=True)
    else:
        with suppress(OSError):
            path.unlink()


def make_way(path: Path) -> None:
    """Take a folder out of the place of a file: an empty one is removed, one that holds something stays beside under another name."""
    if path.is_dir() and not path.is_symlink():
        try:
            path.rmdir()
        except OSError:
            number = 1
            while (aside := path.with_name(f"{path.name}-{number}")).exists():
                number += 1
            os.replace(path, aside)


def _old(target: Path) -> Path:
    return target.with_name(f".{target.name}.old")


def replace_folder(temporary: Path, target: Path) -> None:
    """Put a finished folder in the place of an older one.

    A kill between the two renames leaves no ``target``: ``restore_folders`` then brings the older one back.
    """
    if target.exists():
        old = _old(target)
        remove(old)
        os.replace(target, old)
        try:
            os.replace(temporary, target)
        except OSError:
            os.replace(old, target)
            raise
        remove(old)
    else:
        os.replace(temporary, target)


def restore_folders(folder: Path) -> None:
    """Bring back what ``replace_folder`` had moved out of its place within ``folder`` when it was killed."""
    for old in folder.glob(".*.old"):
        target = folder / old.name[1:-4]
        if target.exists():
            remove(old)
        else:
            os.replace(old, target)


_NEW, _READY = ".new-", ".ready"


@contextmanager
def replacing_files(folder: Path) -> Iterator[Path]:
    """Give a new folder within ``folder``; when the block ends well, its files take the places of those of the same names together.

    A kill while they are moved leaves some of each: ``finish_replacing`` then moves the rest.
    """
    made = folder / f"{_NEW}{os.getpid()}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        made.mkdir(parents=True)
        yield made
        os.replace(made, folder / _READY)
        finish_replacing(folder)
    except OSError as error:
        raise failure(error, folder) from error
    finally:
        remove(made)


def is_half_replaced(folder: Path) -> bool:
    """Tell whether ``replacing_files`` was killed while files were moved, so that those of the folder do not belong together."""
    return (folder / _READY).is_dir()


def finish_replacing(folder: Path) -> None:
    """Move what ``replacing_files`` had ready when it was killed, and remove what it had not; do nothing where there is nothing."""
    for unfinished in folder.glob(f"{_NEW}*"):
        remove(unfinished)
    ready = folder / _READY
    if ready.is_dir():
        for file in sorted(ready.iterdir()):
            os.replace(file, folder / file.name)
        ready.rmdir()


def ensure_writable(folder: Path) -> None:
    """Make a folder and prove that it can be written, before hours of work are spent.

    Raises
    ------
    OutputError
        When the folder cannot be made or written.
    """
    probe = folder / f".probe.{os.getpid()}.tmp"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise failure(error, folder) from error
