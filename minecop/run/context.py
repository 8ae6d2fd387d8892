"""What a stage may use, and what stages have in common."""

from __future__ import annotations

import json
from concurrent.futures import Executor
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pyarrow as pa

from minecop.archive.deciding import UNDECIDED, Decided
from minecop.core.progress import Listener
from minecop.core.tables import count_rows, read_table
from minecop.process.definition import Process, load_process
from minecop.run.artefacts import Key, read_record
from minecop.run.settings import Settings
from minecop.topics.clustering import Clusterer
from minecop.vectors.embedder import Embedder

PASSAGES_A_CHUNK = 2_000

LARGE = 50_000
"""Passages of a large archive."""

ABOUT = "about.json"
"""File of a stage that says in the manifest how its result came about."""


@dataclass(slots=True)
class Context:
    """What a stage may use.

    Attributes
    ----------
    source
        Archive folder, or raw file or folder.
    folder
        Of the run.
    settings, executor, listener
        As given.
    keys
        What each stage depends on that was looked at so far, by its name.
    taken_over
        Rows that a stage has taken over from what it made before, by its name: what is made is the same without.
    decided
        What people have decided of authors and communities.
    embedder, clusterer
        A caller's own, in place of those that the settings name.
    """

    source: Path
    folder: Path
    settings: Settings
    executor: Executor
    listener: Listener
    keys: dict[str, Key] = field(default_factory=dict)
    taken_over: dict[str, int] = field(default_factory=dict)
    decided: Decided = UNDECIDED
    embedder: Embedder | None = None
    clusterer: Clusterer | None = None

    def stage_folder(self, name: str) -> Path:
        """Return the folder of a stage's artefact."""
        return self.folder / "stages" / name

    def table(self, stage: str, name: str, columns: list[str] | None = None) -> pa.Table:
        """Read a table of an earlier stage."""
        return read_table(self.stage_folder(stage) / f"{name}.parquet", columns)

    def about(self, stage: str) -> dict[str, Any]:
        """Return what a stage says of how its result came about; nothing where it says nothing."""
        folder = self.stage_folder(stage)
        said = ABOUT in read_record(folder).files
        return json.loads((folder / ABOUT).read_text(encoding="utf-8")) if said else {}

    @property
    def is_large(self) -> bool:
        """Whether the archive has so many passages that memory is worth some seconds."""
        return count_rows(self.stage_folder("text") / "passages.parquet") >= LARGE

    @property
    def process(self) -> Process:
        """The process that passages are matched with."""
        return load_process(self.settings.process)
