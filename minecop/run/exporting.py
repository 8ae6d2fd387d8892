"""What of a run can be handed on: its report, its archive and its passages, masked where that is asked for."""

from __future__ import annotations

import csv
from collections.abc import Iterator
from dataclasses import replace
from itertools import count
from pathlib import Path
from typing import Any

from minecop.archive.models import Post
from minecop.archive.writers import COMMENTS_FILE, POSTS_FILE, write_csv, write_jsonlines
from minecop.core.cells import safe_cell
from minecop.core.errors import OutputError, SettingsError
from minecop.core.files import ensure_writable, replacing, write_bytes, write_json
from minecop.core.tables import read_table
from minecop.insight.analysis import Analysis
from minecop.report.pack import write_pack
from minecop.report.packtemplate import PACK_FILE
from minecop.report.qda import render_qdpx
from minecop.report.rendering import write_reports
from minecop.run.artefacts import clean_leftovers
from minecop.run.opening import Run

EXPORT_FILE = "export.json"
"""What an export is and how much in it is masked; the sign of a folder that may be written over."""

POSTS_LINES = "posts.jsonl"
"""The archive as it may be handed on, to be imported again."""

QDA_ENDING = ".qdpx"
"""Of a file that is a project for programs of qualitative analysis."""


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
    with run.reading({"tables": ["passages.parquet"]}):
        table = read_table(run.stage_folder("tables") / "passages.parquet")
    names = table.column_names
    shown = ShownPassages(analysis)
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow([*names, *(["text"] if analysis.source_text else [])])
        for row in map(shown.as_decided, count(), table.to_pylist()):
            if shown.has(row):
                writer.writerow([_cell(value) for value in shown.row(row)])


class ShownPassages:
    """Says of a row of the table of passages what of it may be shown."""

    def __init__(self, analysis: Analysis) -> None:
        self._analysis, insight = analysis, analysis.insight
        self._topics = {int(topic.group.id) for topic in insight.topics}
        self._steps = {int(step.id) for step in insight.steps if step.members}
        self._topic_of = {
            voice.passage_id: int(topic.group.id)
            for topic in (insight.topics if analysis.human else ())
            for voice in topic.group.members
        }
        self._facets = {facet.id for facet in insight.facets}
        of_issues, of_topics = (one.group for one in insight.issues), (one.group for one in insight.topics)
        groups = (*of_issues, *of_topics, *insight.steps, *insight.facets)
        voices = (*(voice for group in groups for voice in group.members), *(one.voice for one in insight.lessons))
        self._passages = {voice.passage_id for voice in voices}

    def as_decided(self, number: int, row: dict[str, Any]) -> dict[str, Any]:
        """Return what is said of a passage with the topic that people have put it under, and the step that they gave it."""
        if not self._analysis.human:
            return row
        given = {f"step_{n}": chance for n, chance in enumerate(self._analysis.steps.chances[number].tolist(), 1)}
        own = {"topic": self._topic_of.get(row["passage_id"], -1), "step": int(self._analysis.steps.first[number])}
        return row | own | (given if number in self._analysis.human.steps else {})

    def has(self, row: dict[str, Any]) -> bool:
        """Tell whether a passage is shown at all: where what is of few people is left out, if it is of anything that is not."""
        return not self._analysis.left_out or row["passage_id"] in self._passages

    def row(self, row: dict[str, Any]) -> Iterator[object]:
        """Return the cells of a row."""
        privacy = self._analysis.privacy
        for name, value in row.items():
            if name == "author_id":
                yield privacy.author(value, value)
            elif name == "community":
                yield privacy.communities.get(value, value)
            elif self._analysis.left_out:
                yield self._of_enough(name, value)
            else:
                yield value
        if self._analysis.source_text:
            source = self._analysis.archive.posts.text(row["post_id"], row["comment"])
            yield privacy.span(row["post_id"], row["comment"], source, row["start"], row["end"])

    def _of_enough(self, name: str, value: Any) -> Any:
        """Return what is said of a passage without topics, steps and facets of too few people."""
        kind, _, which = name.partition("_")
        if name == "topic":
            return value if value in self._topics else -1
        if name == "step":
            return value if value in self._steps else 0
        if name == "facets":
            return " ".join(facet for facet in value.split() if facet in self._facets)
        if kind == "step" or kind == "facet":
            return value if which in self._facets or (which.isdigit() and int(which) in self._steps) else None
        return value


def _cell(value: object) -> object:
    if value is None:
        return ""
    return safe_cell(value) if isinstance(value, str) else value
