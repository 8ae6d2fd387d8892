"""One run: every stage in order, made or reused, and the manifest of what came out."""

from __future__ import annotations

import shutil
from collections.abc import Callable
from concurrent.futures import Executor
from contextlib import nullcontext
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

import minecop
from minecop.archive.reading import find_files
from minecop.archive.store import is_archive
from minecop.core.errors import InputError
from minecop.core.executors import make_executor
from minecop.core.files import ensure_writable, make_way, remove, replacing, sha256_file, write_sealed
from minecop.core.measuring import measured
from minecop.core.progress import Listener, Progress, silent
from minecop.core.tables import count_characters
from minecop.core.versions import PACKAGES, package_version, python_version
from minecop.curation.decisions import Curation
from minecop.curation.places import curation_folder, decided_of
from minecop.run.artefacts import Key, clean_leftovers, making, result_hash, rows_of, why_run
from minecop.run.context import Context
from minecop.run.opening import MANIFEST, Run, locked
from minecop.run.settings import NAMES, Settings
from minecop.run.stages import STAGES, Stage, archive_name
from minecop.run.timings import TIMINGS, made_by, timing_parts, write_timings
from minecop.run.topics import keep_history
from minecop.run.vectors import CACHE
from minecop.topics.clustering import Clusterer
from minecop.vectors.embedder import Embedder
from minecop.vectors.models import load_embedder

PUBLISHED = ("passages.parquet", "topic_members.parquet")
"""Files of the last stage that stand at the top of the run's folder."""

_TEXTS = {"archive": {"posts": "body", "comments": "body"}, "text": {"passages": "text"}}
"""Columns of texts in the tables of stages, of which characters are counted."""

_CHARACTERS = "characters"


def analyse(
    source: Path,
    folder: Path,
    settings: Settings | None = None,
    *,
    workers: int = 1,
    executor: Executor | None = None,
    listener: Listener = silent,
    lang: str = "th",
    curation: Curation | None = None,
    embedder: Embedder | None = None,
    clusterer: Clusterer | None = None,
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
    curation
        What people have decided: of authors and communities it is counted by. ``None`` for what stands beside the source.
    embedder, clusterer
        What makes vectors, and groups passages into topics, in place of what the settings name.

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
    decided = decided_of(Curation.read(curation_folder(source)) if curation is None else curation)
    with locked(folder):
        _tidy(folder)
        if settings.model and not embedder and not (folder / "stages" / "vectors").exists():
            # A model that is missing is told before an archive is read, which may take an hour.
            load_embedder(settings.model, settings.backend, settings.threads)
        with nullcontext(executor) if executor else make_executor(workers) as doing:
            context = Context(
                source, folder, settings, doing, listener, decided=decided, embedder=embedder, clusterer=clusterer
            )
            # after each stage: what it took is known of a run that is ended before its last one, too
            make_stages(context, lang, told=lambda lines: write_timings(folder, source, lines, workers))
        keep_history(context)
        _publish(folder)
        manifest = _manifest(context)
        write_sealed(folder / MANIFEST, manifest)
    return Run(folder, manifest)


def _tidy(folder: Path) -> None:
    """Undo what killed runs, and people, have left where the files of a run belong."""
    stages = folder / "stages"
    if not stages.is_dir():
        remove(stages)
    for name in (MANIFEST, TIMINGS, *PUBLISHED):
        make_way(folder / name)
    for place in (folder, stages, *(folder / CACHE).glob("*/")):
        clean_leftovers(place)


def make_stages(
    context: Context,
    lang: str,
    last: str = STAGES[-1].name,
    told: Callable[[list[dict[str, Any]]], None] = lambda lines: None,
) -> None:
    """Make or reuse the stages up to one of them.

    Parameters
    ----------
    context
        The run.
    lang
        Of the notes that its listener gets.
    last
        Name of the last stage to be made.
    told
        Gets the lines of the timings, after each stage those so far.
    """
    lines = []
    for stage in STAGES:
        lines.append(_do(stage, context, lang))
        told(lines)
        if stage.name == last:
            return


def _key(stage: Stage, context: Context) -> Key:
    try:
        outside = stage.outside(context)
    except OSError as error:
        raise InputError("cannot_read", path=error.filename, reason=error.strerror or error) from error
    inputs = {name: result_hash(context.stage_folder(name)) for name in stage.inputs} | outside
    return Key(stage.version, context.settings.values(stage.settings), inputs)


def _do(stage: Stage, context: Context, lang: str) -> dict[str, Any]:
    """Make or reuse one stage; return its line of the timings."""
    folder, listener = context.stage_folder(stage.name), context.listener
    parts: dict[str, float] = {}
    # Sums of one thread: processors are the workers' already, whom threads that wait would hinder, and several threads may round otherwise.
    with measured() as taken, threadpool_limits(1, user_api="blas"):
        key = context.keys[stage.name] = _key(stage, context)
        reason = why_run(folder, key)
        note = reason.text(lang) if reason else ""
        if reason:
            listener(Progress(stage.name, note=note))
            context.listener = timing_parts(listener, parts)
            rows: dict[str, int] = {}
            with making(folder, key, rows) as temporary:
                rows |= stage.make(context, temporary)
                rows |= _count_characters(stage.name, temporary)
            context.listener = listener
    listener(Progress(stage.name, note=note, finished=True))
    read = _characters_read(stage, context)
    return {
        "stage": stage.name,
        "reused": reason is None,
        "why": reason.text("en") if reason else "",
        "reason": {"key": reason.key, "changes": reason.changes} if reason else None,
        "seconds": round(taken.seconds, 3),
        "rows_in": _rows_in(stage, context),
        "rows_out": _rows_out(folder),
        "characters": read,
        "made": made_by(taken, read, parts) | _taken_over(stage, context),
    }


def _taken_over(stage: Stage, context: Context) -> dict[str, int]:
    rows = context.taken_over.get(stage.name, 0)
    return {"rows_taken_over": rows} if rows else {}


def _count_characters(stage: str, folder: Path) -> dict[str, int]:
    """Return how many characters of text a stage's result has, where it is one of texts."""
    tables = _TEXTS.get(stage)
    if tables is None:
        return {}
    return {_CHARACTERS: sum(count_characters(folder / f"{name}.parquet", column) for name, column in tables.items())}


def _characters_of(stage: str, context: Context) -> int:
    """Return the same as it was counted when the result was made, or now where that was before they were counted."""
    folder = context.stage_folder(stage)
    counted = rows_of(folder).get(_CHARACTERS)
    return _count_characters(stage, folder)[_CHARACTERS] if counted is None else counted


def _characters_read(stage: Stage, context: Context) -> int | None:
    """Return how many characters of text a stage reads, or those that it finds in files; ``None`` where it reads numbers alone."""
    if "text" in stage.inputs:
        return _characters_of("text", context)
    return _characters_of("archive", context) if "archive" in (stage.name, *stage.inputs) else None


def _rows_in(stage: Stage, context: Context) -> dict[str, int]:
    tables = {name: _rows_out(context.stage_folder(name)) for name in stage.inputs}
    return {f"{name}.{key}": n for name, rows in tables.items() for key, n in rows.items()}


def _rows_out(folder: Path) -> dict[str, int]:
    return {name: n for name, n in rows_of(folder).items() if name != _CHARACTERS}


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
        stages[stage.name] = {
            "version": stage.version,
            "rows_in": _rows_in(stage, context),
            "rows_out": _rows_out(folder),
            "sha256": result_hash(folder),
        }
        if stage.name in _TEXTS:
            stages[stage.name][_CHARACTERS] = _characters_of(stage.name, context)
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
