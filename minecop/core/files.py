"""Files written so that a reader sees the old one or the new one, never half of it."""

from __future__ import annotations

import hashlib
import json
import os
import re
import shutil
import unicodedata
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from typing import Any

from minecop.core.errors import InputError, OutputError

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


@contextmanager
def replacing(path: Path) -> Iterator[Path]:
    """Give a temporary path beside ``path``; when the block ends well, it takes the place of ``path`` in one step."""
    temporary = path.with_name(f".{path.name}.{os.getpid()}.tmp")
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        yield temporary
        os.replace(temporary, path)
    except OSError as error:
        raise OutputError("cannot_write", path=path, reason=error.strerror or error) from error
    finally:
        with suppress(OSError):  # what failed above is the error to tell
            temporary.unlink(missing_ok=True)


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


def sha256_file(path: Path) -> str:
    """Return the SHA-256 of a file, read in pieces."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def sha256_of(value: Any) -> str:
    """Return the SHA-256 of a value's canonical JSON."""
    text = json.dumps(value, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def replace_folder(temporary: Path, target: Path) -> None:
    """Put a finished folder in the place of an older one.

    A kill between the two renames leaves no ``target``: the next run finds it missing and makes it again.
    """
    if target.exists():
        old = target.with_name(f".{target.name}.old")
        shutil.rmtree(old, ignore_errors=True)
        os.replace(target, old)
        os.replace(temporary, target)
        shutil.rmtree(old, ignore_errors=True)
    else:
        os.replace(temporary, target)


_READY = ".ready"


@contextmanager
def replacing_files(folder: Path) -> Iterator[Path]:
    """Give a new folder within ``folder``; when the block ends well, its files take the places of those of the same names together.

    A kill while they are moved leaves some of each: ``finish_replacing`` then moves the rest.
    """
    made = folder / f".new-{os.getpid()}"
    shutil.rmtree(made, ignore_errors=True)
    try:
        made.mkdir(parents=True)
        yield made
        os.replace(made, folder / _READY)
        finish_replacing(folder)
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(made, ignore_errors=True)


def finish_replacing(folder: Path) -> None:
    """Move what ``replacing_files`` had ready when it was killed; do nothing where there is nothing."""
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
    probe = folder / f".probe-{os.getpid()}"
    try:
        folder.mkdir(parents=True, exist_ok=True)
        probe.write_bytes(b"")
        probe.unlink()
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror or error) from error
