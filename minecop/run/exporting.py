"""What of a run can be handed on: its report, its archive and its passages, masked where that is asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from minecop.archive.writers import write_csv, write_jsonlines
from minecop.core.cells import safe_cell
from minecop.core.errors import OutputError
from minecop.core.files import ensure_writable, replacing, write_bytes, write_json
from minecop.core.tables import read_table
from minecop.insight.analysis import Analysis
from minecop.report.qda import render_qdpx
from minecop.report.rendering import write_reports
from minecop.run.pipeline import Run

EXPORT_FILE = "export.json"
"""What an export is and how much in it is masked; the sign of a folder that may be written over."""

QDA_ENDING = ".qdpx"
"""Of a file that is a project for programs of qualitative analysis."""


def export_run(analysis: Analysis, run: Run, folder: Path, lang: str = "th") -> Path:
    """Write a folder that can be handed on; of an analysis with masks it holds no original text.

    The files of the report (``report.rendering.RENDERERS``), the archive as ``posts.jsonl`` and as ``posts.csv`` and
    ``comments.csv``, and ``passages.csv``: every passage with its words and everything said of it.

    Parameters
    ----------
    analysis
        With or without privacy.
    run
        Where its tables are.
    folder
        New, empty, or an earlier export.
    lang
        Language of the report.

    Returns
    -------
    Path
        Of the report's page.

    Raises
    ------
    OutputError
        When the folder holds other things or cannot be written.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / EXPORT_FILE).is_file():
        raise OutputError("export_exists", path=folder)
    ensure_writable(folder)
    privacy = analysis.privacy
    about = {"archive": analysis.archive.name, "masked": bool(privacy.masks), "pseudonyms": bool(privacy.authors)}
    write_json(folder / EXPORT_FILE, about | {"replaced": dict(sorted(privacy.counts.items()))})
    page = write_reports(analysis, folder, lang)
    write_jsonlines(folder / "posts.jsonl", (privacy.post(post) for post in analysis.archive.posts))
    write_csv(folder, (privacy.post(post) for post in analysis.archive.posts))
    _write_passages(folder / "passages.csv", analysis, run)
    return page


def export_qda(analysis: Analysis, path: Path, lang: str = "th") -> None:
    """Write what can be handed on as one file that programs of qualitative data analysis open (``report.qda``).

    Raises
    ------
    OutputError
        When it cannot be written.
    """
    write_bytes(path, render_qdpx(analysis, lang))


def _write_passages(path: Path, analysis: Analysis, run: Run) -> None:
    table = read_table(run.folder / "passages.parquet")
    names = table.column_names
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, "text"])
        for row in table.to_pylist():
            writer.writerow([_cell(value) for value in _shown(row, analysis)])


def _shown(row: dict[str, Any], analysis: Analysis) -> Iterator[object]:
    privacy = analysis.privacy
    source = analysis.posts[row["post_id"]].text(row["comment"])
    for name, value in row.items():
        yield privacy.author(value, value) if name == "author_id" else value
    yield privacy.span(row["post_id"], row["comment"], source, row["start"], row["end"])


def _cell(value: object) -> object:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else value
