"""From a run's folder back to values."""

from __future__ import annotations

from minecop.archive.store import read_archive
from minecop.core.collecting import uncollected
from minecop.core.tables import column_names, read_tables, unpacked_table
from minecop.insight.analysis import Analysis
from minecop.insight.profiles import StepTable
from minecop.insight.voices import VOICE_COLUMNS, Voices
from minecop.process.definition import load_process
from minecop.run.insightfile import INSIGHT, read_insight
from minecop.run.opening import Run
from minecop.run.stages import LAYOUT
from minecop.vectors.storing import read_vectors

_ROWS = 20_000
"""Passages that are read at a time."""


def load_analysis(run: Run) -> Analysis:
    """Return everything that a report is made from.

    Raises
    ------
    RunError
        When an artefact is damaged, or is being made anew.
    """
    read = {
        "archive": None,
        "text": ["passages.parquet"],
        "insight": None,
        "process": ["steps.parquet"],
        "layout": None,
    }
    with uncollected(), run.reading(read):
        insight = read_insight(run.stage_folder("insight") / INSIGHT, _passages(run))
        path = run.stage_folder("process") / "steps.parquet"
        steps = StepTable.from_table(
            unpacked_table(path, [name for name in column_names(path) if name != "passage_id"])
        )
        places = read_vectors(run.stage_folder("layout") / LAYOUT)
        archive = read_archive(run.stage_folder("archive"))
    settings = run.manifest["settings"]
    return Analysis(
        archive=archive,
        insight=insight,
        process=load_process(settings["process"]),
        steps=steps,
        places=places,
        settings=settings,
        manifest=run.manifest,
    )


def read_passages(run: Run) -> Voices:
    """Return all passages of a run, in the order in which vectors and tables have them.

    Raises
    ------
    RunError
        When an artefact is damaged, or is being made anew.
    """
    with run.reading({"text": ["passages.parquet"]}):
        return _passages(run)


def _passages(run: Run) -> Voices:
    tables = read_tables(run.stage_folder("text") / "passages.parquet", _ROWS, list(VOICE_COLUMNS))
    return Voices.from_tables(tables)
