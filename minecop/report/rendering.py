"""Renderers: an analysis in, a file's text or bytes out; and the one function that writes them all."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from functools import cache
from pathlib import Path
from typing import Any, Protocol

from jinja2 import Environment, FileSystemLoader, StrictUndefined, select_autoescape

from minecop.core.cells import safe_cell
from minecop.core.files import replacing
from minecop.core.largejson import Objects, json_pieces
from minecop.insight.analysis import LEFT_OUT, Analysis
from minecop.insight.models import Group, Issue, Voice
from minecop.insight.privacy import Privacy
from minecop.insight.sequence import courses
from minecop.insight.slices import slices_of
from minecop.insight.voices import Voices
from minecop.report.citing import render_bibtex
from minecop.report.decided import decided_json, named_json
from minecop.report.grounds import grounds_json
from minecop.report.lessons import lessons_json, numbered, render_lessons_csv
from minecop.report.page import render_page
from minecop.report.printing import PDF_FILE
from minecop.report.sheets import render_workbook
from minecop.report.slices import render_slices_csv, report_slices, slices_json
from minecop.report.steps import course_json, steps_json, steps_view
from minecop.report.view import build_view
from minecop.report.words import Words

_TEMPLATES = Path(__file__).parent / "templates"
REPORT_SCHEMA, REPORT_VERSION = "urn:minecop:report:1", 1
"""What ``report.json`` keeps to: ``schemas/report.schema.json``, draft 2020-12."""

_MARKDOWN_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_[]<>#|"})


class _Environment(Environment):
    """What finds a name in a dictionary, which most values of a view are, without looking for an attribute of the name first."""

    def getattr(self, obj: Any, attribute: str) -> Any:
        """Return what a template means by ``obj.attribute``."""
        if obj.__class__ is dict and attribute in obj and attribute not in _OF_DICTS:
            return obj[attribute]
        return super().getattr(obj, attribute)


_OF_DICTS = frozenset(dir(dict))


@cache
def _environment() -> Environment:
    environment = _Environment(
        loader=FileSystemLoader(_TEMPLATES),
        autoescape=select_autoescape(["html.j2"], default=False),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
    )
    environment.filters["md"] = markdown_text
    environment.filters["md_quote"] = lambda text: "\n> ".join(markdown_text(line) for line in str(text).split("\n"))
    return environment


def markdown_text(text: object) -> str:
    """Return a text that Markdown shows as it is, on one line."""
    return " ".join(str(text).translate(_MARKDOWN_MARKS).split())


def _view(analysis: Analysis, lang: str) -> dict[str, Any]:
    return build_view(analysis, lang) | steps_view(analysis, lang) | report_slices(analysis, lang)


def render_html(analysis: Analysis, lang: str = "th") -> str:
    """Return the report as one HTML page that needs nothing else, see ``page.render_page``."""
    return render_page(analysis, lang, _environment(), _TEMPLATES, _view)


def render_markdown(analysis: Analysis, lang: str = "th") -> str:
    """Return the report as Markdown."""
    return _environment().get_template("report.md.j2").render(_view(analysis, lang))


def render_json(analysis: Analysis, lang: str = "th") -> str:
    """Return all that the report says as JSON (``REPORT_SCHEMA``), with the spans of every member; quotes are checked as everywhere."""
    return "".join(_json_pieces(analysis, lang))


def _json_pieces(analysis: Analysis, lang: str) -> Iterator[str]:
    for issue in analysis.insight.issues:
        for quote in (*issue.quotes, *issue.wishes, *([issue.objection] if issue.objection else [])):
            analysis.verified(quote)
    values = {
        "$schema": REPORT_SCHEMA,
        "version": REPORT_VERSION,
        "archive": analysis.archive.name,
        "min_authors": analysis.left_out.fewest,
        "left_out": {name: analysis.left_out.counts.get(name, 0) for name in LEFT_OUT},
        "source_text": analysis.source_text,
        "funnel": analysis.insight.funnel,
        **issues_json(analysis),
        "topics": topics_json(analysis),
        "steps": step_groups_json(analysis),
        "sequence": [course_json(course) for course in courses(analysis)],
        "facets": groups_json(analysis.insight.facets, analysis.privacy),
        "lessons": lessons_json(analysis, numbered(analysis)),
        "slices": [
            slices_json(analysis, slices_of(analysis, by), Words(lang, analysis.buddhist)) for by in analysis.compare_by
        ],
        **decided_json(analysis),
        "settings": analysis.settings,
    }
    yield from json_pieces(values)
    yield "\n"


def _members(voices: Sequence[Voice]) -> Objects:
    def columns() -> dict[str, list[Any]]:
        some = Voices.of(voices)
        posts = [some.post_ids[number] for number in some.posts.tolist()]
        comments = [number or None for number in some.comments.tolist()]
        return {"post": posts, "comment": comments, "start": some.starts.tolist(), "end": some.ends.tolist()}

    return Objects(len(voices), columns)


def groups_json(groups: tuple[Group, ...], privacy: Privacy | None = None) -> list[dict[str, Any]]:
    """Return topics or steps as users' scripts read them."""
    return [
        {
            "id": group.id,
            "title": privacy.label(group.title) if privacy else group.title,
            "authors": len(group.author_ids),
            "communities": len(group.community_names),
            "passages": len(group.members),
            "trend": group.trend.direction,
            "members": _members(group.members),
        }
        for group in groups
    ]


def step_groups_json(analysis: Analysis) -> list[dict[str, Any]]:
    """Return steps as users' scripts read them: what every group has, and what is of steps alone."""
    groups = groups_json(analysis.insight.steps, analysis.privacy)
    return [group | own for group, own in zip(groups, steps_json(analysis), strict=True)]


def topics_json(analysis: Analysis) -> list[dict[str, Any]]:
    """Return topics as users' scripts read them: what every group has, and what is of topics alone."""
    privacy = analysis.privacy
    themes = {theme.id: privacy.label(theme.title) for theme in analysis.insight.themes}
    groups = groups_json(tuple(topic.group for topic in analysis.insight.topics), privacy)
    return [
        group
        | {
            "terms": [privacy.label(term) for term in topic.terms],
            "theme": themes.get(topic.theme, ""),
            "stability": topic.stability,
            "sure": topic.sure,
            "change": topic.change,
            "machine_written": topic.machine,
            **named_json(analysis, "topic", topic.group.id),
            "others": [str(other) for other in topic.others],
        }
        for group, topic in zip(groups, analysis.insight.topics, strict=True)
    ]


def _issue_json(analysis: Analysis, issue: Issue) -> dict[str, Any]:
    group, privacy = issue.group, analysis.privacy
    return {
        "id": group.id,
        "rank": issue.rank,
        "status": issue.status,
        "trend": group.trend.direction,
        "title": privacy.label(group.title),
        **named_json(analysis, "issue", group.id),
        "accepted": group.id in analysis.human.accepted,
        "known": issue.known,
        "authors": len(group.author_ids),
        "communities": len(group.community_names),
        "author_ids": [privacy.author(author, author) for author in group.author_ids],
        "community_names": list(group.community_names),
        "evidence": grounds_json(analysis, issue),
        "members": _members(group.members),
    }


def issues_json(analysis: Analysis) -> dict[str, Any]:
    """Return the issues, and what was set aside, as users' scripts read them."""
    return {
        "issues": [_issue_json(analysis, issue) for issue in analysis.insight.issues],
        "set_aside": [
            {"reason": aside.reason, "title": analysis.privacy.label(aside.title), "members": _members(aside.members)}
            for aside in analysis.insight.set_aside
        ],
    }


def render_csv(analysis: Analysis, lang: str = "th") -> str:
    """Return every passage of every issue as CSV for spreadsheets: a byte order mark, and no cell that runs as a formula."""
    return "".join(_csv_pieces(analysis, lang))


def _csv_pieces(analysis: Analysis, _lang: str) -> Iterator[str]:
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    yield "\ufeff"
    writer.writerow(
        [
            "rank",
            "status",
            "trend",
            "title",
            "authors",
            "communities",
            "post",
            "comment",
            "author",
            "community",
            "published",
            "text" if analysis.source_text else "quoted_text",
        ]
    )
    for issue in analysis.insight.issues:
        group, title = issue.group, safe_cell(analysis.privacy.label(issue.group.title))
        for voice in group.members:
            text = analysis.words_of(voice)
            writer.writerow(
                [
                    issue.rank,
                    issue.status,
                    group.trend.direction,
                    title,
                    len(group.author_ids),
                    len(group.community_names),
                    safe_cell(voice.post_id),
                    voice.comment or "",
                    safe_cell(analysis.names.get(voice.author_id or "", "")),
                    safe_cell(voice.community or ""),
                    voice.published.date().isoformat() if voice.published else "",
                    safe_cell(text),
                ]
            )
        yield out.getvalue()
        out.seek(0)
        out.truncate()
    yield out.getvalue()


class Renderer(Protocol):
    """Makes a file of an analysis: one of ``minecop.OpenRun.report``'s ``renderers``.

    What it shows of texts it has from ``verified``, ``words_of`` and ``title_of`` of the analysis, and people's names from its ``names``:
    so quotes are checked, and what is masked stays so.
    """

    def __call__(self, analysis: Analysis, lang: str, /) -> str | bytes:
        """Return what the file holds, in Thai (``th``) or English (``en``); nothing where there is nothing to say."""
        ...


RENDERERS: dict[str, Renderer] = {
    "report.html": render_html,
    "report.md": render_markdown,
    "report.json": render_json,
    "report.xlsx": render_workbook,
    "issues.csv": render_csv,
    "lessons.csv": render_lessons_csv,
    "slices.csv": render_slices_csv,
    "sources.bib": render_bibtex,
}
"""Files of a report, and what renders each; one that has nothing to say is empty, and not there."""

_IN_PIECES: dict[Renderer, Callable[[Analysis, str], Iterable[str]]] = {
    render_json: _json_pieces,
    render_csv: _csv_pieces,
}
"""What gives the same as a renderer piece by piece: of a large archive these files are too long to be held."""


def write_reports(
    analysis: Analysis, folder: Path, lang: str = "th", own: Mapping[str, Renderer] | None = None
) -> Path:
    """Write every file of the report into a folder; return the path of the page.

    Parameters
    ----------
    analysis
        What it is made from.
    folder
        Where to.
    lang
        Its language.
    own
        Further files, or others in the place of the report's, by name.

    Raises
    ------
    QuoteError
        When a quote is not what its source says; nothing is written then.
    OutputError
        When a file cannot be written.
    """
    with ExitStack() as written:  # files take their places when all are there
        for name, render in (RENDERERS | dict(own or {})).items():
            if pieces := _IN_PIECES.get(render):
                temporary = written.enter_context(replacing(folder / name))
                with temporary.open("w", encoding="utf-8", errors="replace", newline="") as file:
                    file.writelines(pieces(analysis, lang))
            elif content := render(analysis, lang):
                temporary = written.enter_context(replacing(folder / name))
                temporary.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
            else:  # an earlier report may have had it
                written.callback((folder / name).unlink, missing_ok=True)
    (folder / PDF_FILE).unlink(
        missing_ok=True
    )  # it is printed of an earlier page, which may have named who is masked now
    return folder / "report.html"
