"""Artefacts: what each stage leaves in the run's folder, when it may be reused, and why it may not."""

from __future__ import annotations

import json
import os
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minecop.core.errors import OutputError
from minecop.core.files import (
    failure,
    read_sealed,
    remove,
    replace_folder,
    restore_folders,
    sha256_file,
    sha256_of,
    write_sealed,
)
from minecop.core.messages import message

STAGE_FILE = "stage.json"


@dataclass(frozen=True, slots=True)
class Key:
    """What a stage's result depends on.

    Attributes
    ----------
    version
        Of the stage's own method.
    settings
        The settings that it looks at.
    inputs
        Hash of each earlier stage's result, by name.
    """

    version: int
    settings: dict[str, Any]
    inputs: dict[str, str]

    def to_json(self) -> dict[str, Any]:
        """Return the key as JSON can hold it."""
        return {"version": self.version, "settings": self.settings, "inputs": self.inputs}


@dataclass(frozen=True, slots=True)
class Reason:
    """Why a stage runs; ``key`` names a message."""

    key: str
    changes: str = ""

    def text(self, lang: str) -> str:
        """Return the reason in words."""
        return message(self.key, lang, changes=self.changes)


@dataclass(frozen=True, slots=True)
class Record:
    """What ``stage.json`` says of an artefact.

    Attributes
    ----------
    key
        What it was made from (``Key.to_json``).
    rows
        Row counts.
    files
        SHA-256 of each file, by its path within the folder.
    """

    key: dict[str, Any]
    rows: dict[str, int]
    files: dict[str, str]

    @property
    def result(self) -> str:
        """Hash of the result: that of its files, whatever led to them."""
        return sha256_of(self.files)

    def damaged(self, folder: Path, names: Collection[str] | None = None) -> list[str]:
        """Return which of some files, or of all, are not as they were written.

        Every byte is read, for only that tells a changed bit; it costs a hundredth or two of what is done with the bytes afterwards.
        Files that are not the stage's own (a file manager's) are nobody's business.
        """
        return [name for name in self.files if (names is None or name in names) and not self._is_whole(folder, name)]

    def _is_whole(self, folder: Path, name: str) -> bool:
        try:
            return sha256_file(folder / name) == self.files[name]
        except OSError:
            return False


def read_record(folder: Path) -> Record:
    """Return what a stage's folder says of itself.

    Raises
    ------
    OSError
        When it cannot be read.
    ValueError
        When it is not as it was written.
    """
    try:
        return Record(**read_sealed(folder / STAGE_FILE))
    except TypeError as error:
        raise ValueError(STAGE_FILE) from error


def why_run(folder: Path, key: Key) -> Reason | None:
    """Return why a stage must run, or ``None`` where its artefact can be reused.

    An artefact is reused when it was made from the same inputs and settings by the same version, and its files are as they were
    written.
    """
    if not folder.exists():
        return Reason("stage_first")
    try:
        record = read_record(folder)
    except (OSError, ValueError):
        return Reason("stage_damaged", STAGE_FILE)
    old = Key(**record.key)
    if old.version != key.version:
        return Reason("stage_version")
    changed = [
        f"{name} {_short(old.settings.get(name))} → {_short(key.settings.get(name))}"
        for name in sorted(old.settings.keys() | key.settings.keys())
        if old.settings.get(name) != key.settings.get(name)
    ]
    if changed:
        return Reason("stage_settings", ", ".join(changed))
    moved = [
        name for name in sorted(old.inputs.keys() | key.inputs.keys()) if old.inputs.get(name) != key.inputs.get(name)
    ]
    if moved:
        return Reason("stage_inputs", ", ".join(moved))
    damaged = record.damaged(folder)
    return Reason("stage_damaged", ", ".join(damaged)) if damaged else None


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


@contextmanager
def making(folder: Path, key: Key, rows: dict[str, int]) -> Iterator[Path]:
    """Give an empty folder to write a stage's artefact into; when the block ends well, it becomes the artefact in one step.

    Parameters
    ----------
    folder
        Where the artefact goes.
    key
        What it depends on.
    rows
        Row counts, filled in by the block.
    """
    temporary = folder.with_name(f".{folder.name}.{os.getpid()}.tmp")
    remove(temporary)
    try:
        temporary.mkdir(parents=True)
        yield temporary
        files = {
            path.relative_to(temporary).as_posix(): sha256_file(path)
            for path in sorted(temporary.rglob("*"))
            if path.is_file()
        }
        write_sealed(temporary / STAGE_FILE, {"key": key.to_json(), "rows": rows, "files": files})
        replace_folder(temporary, folder)
    except OutputError as error:  # who reads it knows the folder, not the one that was to become it
        place = Path(str(error.details.get("path", "")))
        if not place.is_relative_to(temporary):
            raise
        raise OutputError(error.key, **error.details | {"path": folder / place.relative_to(temporary)}) from error
    except OSError as error:
        raise failure(error, folder) from error
    finally:
        remove(temporary)


def result_hash(folder: Path) -> str:
    """Return the hash of a stage's result: that of its files, whatever led to them."""
    return read_record(folder).result


def rows_of(folder: Path) -> dict[str, int]:
    """Return the row counts of a stage's result."""
    return read_record(folder).rows


def clean_leftovers(folder: Path) -> None:
    """Bring back what a killed run had moved out of its place, and remove what else it left behind."""
    restore_folders(folder)
    for path in folder.glob(".*.tmp"):
        remove(path)
