"""One run: every stage in order, made or reused, and the manifest of what came out."""

from __future__ import annotations

import json
import shutil
import time
from concurrent.futures import Executor
from contextlib import nullcontext
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

import minecop
from minecop.archive.reading import find_files
from minecop.archive.store import is_archive
from minecop.core.errors import OutputError, RunError
from minecop.core.executors import make_executor
from minecop.core.files import ensure_writable, replacing, sha256_file, write_json
from minecop.core.progress import Listener, Progress, silent
from minecop.core.versions import PACKAGES, package_version, python_version
from minecop.run.artefacts import Key, clean_leftovers, making, result_hash, rows_of, why_run
from minecop.run.settings import NAMES, Settings
from minecop.run.stages import STAGES, Context, Stage, archive_name

MANIFEST = "run.json"
TIMINGS = "timings.json"
PUBLISHED = ("passages.parquet", "topic_members.parquet")
"""Files of the last stage that stand at the top of the run's folder."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder
        Where its artefacts are.
    manifest
        What ``run.json`` holds.
    """

    folder: Path
    manifest: dict[str, Any]

    def stage_folder(self, name: str) -> Path:
        """Return the folder of a stage's artefact."""
        return self.folder / "stages" / name


def analyse(
    source: Path,
    folder: Path,
    settings: Settings | None = None,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    listener: Listener = silent,
    lang: str = "th",
) -> Run:
    """Analyse an archive, reusing what an earlier run in the same folder left and nothing has changed since.

    Parameters
    ----------
    source
        An archive folder, or a raw file or folder, which is imported on the fly.
    folder
        Where the artefacts go. Nothing is ever written into the archive.
    settings
        What the run depends on besides the archive.
    workers
        Processes to share the work among; the result does not depend on it.
    executor
        Where the work is done instead: anything with the executor interface. It is not shut down.
    listener
        Told what is going on.
    lang
        Language of the notes that the listener gets.

    Returns
    -------
    Run
        Its folder and manifest.

    Raises
    ------
    InputError
        When the source holds nothing readable.
    OutputError
        When the folder cannot be written.
    RunError
        When another run is writing to the folder.
    """
    settings = settings or Settings()
    if not is_archive(source):
        find_files(source)  # a missing source is told before a folder is made for its results
    ensure_writable(folder)
    with _lock(folder):
        clean_leftovers(folder)
        clean_leftovers(folder / "stages")
        with nullcontext(executor) if executor else make_executor(workers) as doing:
            context = Context(source, folder, settings, doing, listener)
            timings = make_stages(context, lang)
        _publish(folder)
        manifest = _manifest(context)
        write_json(folder / MANIFEST, manifest)
        write_json(folder / TIMINGS, {"source": str(source.resolve()), "stages": timings, "workers": workers})
    return Run(folder, manifest)


def _lock(folder: Path) -> FileLock:
    lock = FileLock(folder / ".lock")
    try:
        lock.acquire(timeout=0)
    except Timeout as error:
        raise RunError("run_busy", path=folder) from error
    except OSError as error:
        raise OutputError("cannot_write", path=folder, reason=error.strerror or error) from error
    return lock


def make_stages(context: Context, lang: str, last: str = STAGES[-1].name) -> list[dict[str, Any]]:
    """Make or reuse the stages up to one of them; return their lines of the timings."""
    until = [stage.name for stage in STAGES].index(last)
    return [_do(stage, context, lang) for stage in STAGES[: until + 1]]


def _key(stage: Stage, context: Context) -> Key:
    inputs = {name: result_hash(context.stage_folder(name)) for name in stage.inputs} | stage.outside(context)
    return Key(stage.version, context.settings.values(stage.settings), inputs)


def _do(stage: Stage, context: Context, lang: str) -> dict[str, Any]:
    """Make or reuse one stage; return its line of the timings."""
    start = time.perf_counter()
    folder = context.stage_folder(stage.name)
    key = context.keys[stage.name] = _key(stage, context)
    reason = why_run(folder, key)
    note = reason.text(lang) if reason else ""
    if reason:
        context.listener(Progress(stage.name, note=note))
        rows: dict[str, int] = {}
        with making(folder, key, rows) as temporary:
            rows |= stage.make(context, temporary)
    seconds = round(time.perf_counter() - start, 3)
    context.listener(Progress(stage.name, note=note, finished=True))
    return {
        "stage": stage.name,
        "seconds": seconds,
        "reused": reason is None,
        "why": reason.text("en") if reason else "",
    }


def _publish(folder: Path) -> None:
    """Put the tables that users' scripts read at the top of the run's folder."""
    for name in PUBLISHED:
        made, shown = folder / "stages" / "tables" / name, folder / name
        if not shown.is_file() or sha256_file(shown) != sha256_file(made):
            with replacing(shown) as temporary:
                shutil.copyfile(made, temporary)


def _manifest(context: Context) -> dict[str, Any]:
    stages = {}
    for stage in STAGES:
        folder = context.stage_folder(stage.name)
        rows_in = {
            f"{name}.{key}": n for name in stage.inputs for key, n in rows_of(context.stage_folder(name)).items()
        }
        stages[stage.name] = {
            "version": stage.version,
            "rows_in": rows_in,
            "rows_out": rows_of(folder),
            "sha256": result_hash(folder),
        }
        if about := context.about(stage.name):
            stages[stage.name]["about"] = about
    return {
        "minecop": minecop.__version__,
        "python": python_version(),
        "packages": {name: package_version(name) for name in PACKAGES},
        "archive": {"name": archive_name(context.source), "sha256": stages["archive"]["sha256"]},
        "settings": context.settings.values(NAMES),
        "stages": stages,
    }


def open_run(folder: Path) -> Run:
    """Open a finished run.

    Raises
    ------
    RunError
        When there is none, or an artefact of it is missing.
    """
    try:
        manifest = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    except FileNotFoundError as error:
        raise RunError("no_run", path=folder) from error
    except (OSError, ValueError) as error:
        raise RunError("run_damaged", path=folder, reason=MANIFEST) from error
    run = Run(folder, manifest)
    for stage in STAGES:
        if not (run.stage_folder(stage.name) / "stage.json").is_file():
            raise RunError("run_damaged", path=folder, reason=stage.name)
    return run
