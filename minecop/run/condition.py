"""In what condition a run or an archive is: whether somebody works on it, whether its files are as they were written, what it needs."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minecop.core.errors import InputError
from minecop.core.files import read_sealed
from minecop.run.artefacts import STAGE_FILE, read_record
from minecop.run.checks import Check, gigabytes
from minecop.run.machine import CHARACTERS_A_POST, Needs

_BYTES_A_CHARACTER = 3
"""Of Thai in UTF-8."""

_PARQUET = b"PAR1"
"""With what a Parquet file begins and ends."""


def examine(place: Path) -> tuple[Needs, list[Check]]:
    """Look at a run's folder, an archive, or files to be read.

    Raises
    ------
    InputError
        When there is nothing.
    """
    if not place.exists():
        raise InputError("missing_path", path=place)
    if (place / "stages").is_dir():
        needs, checks = _needs_of_run(place), [_check_lock(place), *_check_stages(place)]
    elif (place / "archive.toml").is_file():
        needs, checks = _needs_of_archive(place), [*_check_archive(place)]
    else:
        needs, checks = _needs_of_files(place), []
    details: dict[str, object] = {
        "characters": f"{needs.characters / 1e6:,.1f}",
        "memory": gigabytes(needs.memory),
        "disk": gigabytes(needs.disk),
    }
    return needs, [*checks, Check("needs", details=details)]


def needs_of(place: Path) -> Needs:
    """Return what the report of an archive, or of files to be read, needs, about; of what is not there, nothing."""
    if (place / "archive.toml").is_file():
        return _needs_of_archive(place)
    return _needs_of_files(place) if place.exists() else Needs(0)


def _check_lock(folder: Path) -> Check:
    if not (folder / ".lock").is_file():
        return Check("run_free")
    try:
        from filelock import FileLock, Timeout
    except ImportError:  # told among the libraries
        return Check("run_free")
    try:
        with FileLock(folder / ".lock", timeout=0):
            return Check("run_free")
    except Timeout:
        return Check("run_busy", "notable", {}, "run_busy_do")
    except OSError as error:
        reason = error.strerror or error
        return Check("unwritable", "broken", {"path": folder, "reason": reason}, "unwritable_do")


def _check_stages(folder: Path) -> Iterator[Check]:
    """Yield whether all that the stages have written is whole, and whether all of them are there."""
    damaged, count = [], 0
    stages = sorted(path for path in (folder / "stages").iterdir() if path.is_dir() and not path.name.startswith("."))
    for stage in stages:
        try:
            record = read_record(stage)
        except (OSError, ValueError):
            damaged.append(f"{stage.name}/{STAGE_FILE}")
            continue
        count += len(record.files)
        damaged += [f"{stage.name}/{name}" for name in record.damaged(stage)]
    manifest: dict[str, Any] = {}
    try:
        manifest = read_sealed(folder / "run.json")["stages"]
    except FileNotFoundError:
        pass
    except (OSError, ValueError):
        damaged.append("run.json")
    damaged += sorted({*manifest} - {stage.name for stage in stages})
    if damaged:
        yield Check("run_damaged", "broken", {"names": ", ".join(damaged)}, "run_damaged_do")
    else:
        yield Check("run_whole", details={"count": count})
    if not manifest and "run.json" not in damaged:
        yield Check("run_unfinished", "notable", {}, "run_damaged_do")


def _check_archive(folder: Path) -> Iterator[Check]:
    damaged = [
        f"{name}.parquet" for name in ("posts", "comments", "account") if not _is_parquet(folder / f"{name}.parquet")
    ]
    if not isinstance(_read_toml(folder / "archive.toml").get("posts"), int):
        damaged.append("archive.toml")
    if damaged:
        yield Check("archive_damaged", "broken", {"names": ", ".join(damaged)}, "archive_damaged_do")
    else:
        yield Check("archive_whole")
    if (folder / ".import.sqlite").exists():
        yield Check("import_unfinished", "notable", {}, "import_unfinished_do")


def _needs_of_run(folder: Path) -> Needs:
    try:
        rows = read_record(folder / "stages" / "archive").rows
    except (OSError, ValueError):
        rows = {}
    return Needs(rows.get("characters") or rows.get("posts", 0) * CHARACTERS_A_POST)


def _needs_of_archive(folder: Path) -> Needs:
    posts = _read_toml(folder / "archive.toml").get("posts")
    return Needs(posts * CHARACTERS_A_POST if isinstance(posts, int) else 0)


def _needs_of_files(place: Path) -> Needs:
    files = [place] if place.is_file() else [path for path in place.rglob("*") if path.is_file()]
    return Needs(sum(path.stat().st_size for path in files) // _BYTES_A_CHARACTER)


def _is_parquet(path: Path) -> bool:
    """Tell whether a file begins and ends as Parquet does: one that was cut off does not."""
    try:
        with path.open("rb") as file:
            begins = file.read(4)
            file.seek(-4, 2)
            return begins == file.read(4) == _PARQUET
    except OSError:
        return False


def _read_toml(path: Path) -> dict[str, Any]:
    try:
        return tomllib.loads(path.read_text(encoding="utf-8"))
    except (OSError, ValueError):
        return {}
