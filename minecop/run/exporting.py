"""What of a run can be handed on: its report, its archive and its passages, masked where that is asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path

from minecop.archive.models import Post
from minecop.archive.writers import COMMENTS_FILE, POSTS_FILE, write_csv, write_jsonlines
from minecop.core.cells import safe_cell
from minecop.core.errors import OutputError, SettingsError
from minecop.core.files import ensure_writable, replacing, write_bytes, write_json
from minecop.insight.analysis import Analysis
from minecop.report.pack import write_pack
from minecop.report.packtemplate import PACK_FILE
from minecop.report.qda import render_qdpx
from minecop.report.rendering import write_reports
from minecop.run.artefacts import clean_leftovers
from minecop.run.opening import Run
from minecop.run.shownpassages import shown_passages

EXPORT_FILE = "export.json"
"""What an export is and how much in it is masked; the sign of a folder that may be written over."""

POSTS_LINES = "posts.jsonl"
"""The archive as it may be handed on, to be imported again."""

QDA_ENDING = ".qdpx"
"""Of a file that is a project for programs of qualitative analysis."""

_ROWS_AT_ONCE = 10_000


def export_run(analysis: Analysis, run: Run, folder: Path, lang: str = "th") -> Path:
    """Write a folder that can be handed on; of an analysis with masks it holds no original text.

    The files of the report (``report.rendering.RENDERERS``), the session pack, the archive as ``posts.jsonl`` and as ``posts.csv`` and
    ``comments.csv``, and ``passages.csv``: every passage with its words and everything said of it. Without source texts there is no
    ``posts.jsonl``, and no words are in the tables. Where what is of few people is left out, there are no posts and comments, each of
    which is one person's, and no passages but those that are of something that is shown. What an earlier export had of these is removed.

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
    clean_leftovers(folder)
    privacy = analysis.privacy
    about = {
        "archive": analysis.archive.name,
        "masked": bool(privacy.masks),
        "pseudonyms": bool(privacy.authors),
        "min_authors": analysis.left_out.fewest,
        "source_text": analysis.source_text,
        "replaced": dict(sorted(privacy.counts.items())),
    }
    write_json(folder / EXPORT_FILE, about)
    for name in (POSTS_LINES, POSTS_FILE, COMMENTS_FILE):
        (folder / name).unlink(missing_ok=True)
    page = write_reports(analysis, folder, lang)
    write_pack(analysis, folder / PACK_FILE, lang)
    if not analysis.left_out:
        if analysis.source_text:
            write_jsonlines(folder / POSTS_LINES, shown_posts(analysis))
        write_csv(folder, shown_posts(analysis))
    _write_passages(folder / "passages.csv", analysis, run)
    return page


def shown_posts(analysis: Analysis) -> Iterator[Post]:
    """Return posts as they may be handed on; none where what is of few people is left out, for each is one person's."""
    if analysis.left_out:
        return
    for post in map(analysis.privacy.post, analysis.archive.posts):
        if analysis.source_text:
            yield post
        else:
            yield replace(post, body="", blurb=None, comments=tuple(replace(one, body="") for one in post.comments))


def export_qda(analysis: Analysis, path: Path, lang: str = "th") -> None:
    """Write what can be handed on as one file that programs of qualitative data analysis open (``report.qda``).

    Raises
    ------
    SettingsError
        When texts are not to be handed on: it is made of them.
    OutputError
        When it cannot be written.
    """
    if not analysis.shows_texts:
        raise SettingsError("qda_needs_texts", ending=QDA_ENDING)
    write_bytes(path, render_qdpx(analysis, lang))


def _write_passages(path: Path, analysis: Analysis, run: Run) -> None:
    table = shown_passages(analysis, run)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(table.column_names)
        for some in table.to_batches(_ROWS_AT_ONCE):
            columns = [column.to_pylist() for column in some.columns]
            writer.writerows([_cell(value) for value in row] for row in zip(*columns, strict=True))


def _cell(value: object) -> object:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else value
