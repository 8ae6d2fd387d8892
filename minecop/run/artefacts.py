"""Artefacts: what each stage leaves in the run's folder, when it may be reused, and why it may not."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from minecop.core.errors import OutputError
from minecop.core.files import replace_folder, sha256_file, sha256_of, write_json
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


def why_run(folder: Path, key: Key) -> Reason | None:
    """Return why a stage must run, or ``None`` where its artefact can be reused.

    An artefact is reused when it was made from the same inputs and settings by the same version, and its files are as they were
    written.
    """
    try:
        record = json.loads((folder / STAGE_FILE).read_text(encoding="utf-8"))
        old, files = record["key"], record["files"]
        old_inputs, old_settings = dict(old["inputs"]), dict(old["settings"])
    except FileNotFoundError:
        return Reason("stage_first")
    except (OSError, ValueError, KeyError, TypeError):
        return Reason("stage_damaged", STAGE_FILE)
    if old["version"] != key.version:
        return Reason("stage_version")
    changed = [
        f"{name} {_short(old_settings.get(name))} → {_short(key.settings.get(name))}"
        for name in sorted(old_settings.keys() | key.settings.keys())
        if old_settings.get(name) != key.settings.get(name)
    ]
    if changed:
        return Reason("stage_settings", ", ".join(changed))
    moved = [
        name for name in sorted(old_inputs.keys() | key.inputs.keys()) if old_inputs.get(name) != key.inputs.get(name)
    ]
    if moved:
        return Reason("stage_inputs", ", ".join(moved))
    damaged = [name for name, digest in files.items() if not _is_whole(folder / name, digest)]
    return Reason("stage_damaged", ", ".join(damaged)) if damaged else None


def _short(value: object) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= 40 else text[:39] + "…"


def _is_whole(path: Path, digest: str) -> bool:
    try:
        return sha256_file(path) == digest
    except OSError:
        return False


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
    shutil.rmtree(temporary, ignore_errors=True)
    try:
        temporary.mkdir(parents=True)
        yield temporary
        files = {
            path.relative_to(temporary).as_posix(): sha256_file(path)
            for path in sorted(temporary.rglob("*"))
            if path.is_file()
        }
        write_json(temporary / STAGE_FILE, {"key": key.to_json(), "rows": rows, "files": files})
        replace_folder(temporary, folder)
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror or error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def result_hash(folder: Path) -> str:
    """Return the hash of a stage's result: that of its files, whatever led to them."""
    return sha256_of(json.loads((folder / STAGE_FILE).read_text(encoding="utf-8"))["files"])


def rows_of(folder: Path) -> dict[str, int]:
    """Return the row counts of a stage's result."""
    rows: dict[str, int] = json.loads((folder / STAGE_FILE).read_text(encoding="utf-8"))["rows"]
    return rows


def clean_leftovers(folder: Path) -> None:
    """Remove what killed runs left behind."""
    if folder.is_dir():
        for path in folder.iterdir():
            if path.name.startswith(".") and path.name.endswith((".tmp", ".old")):
                shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
