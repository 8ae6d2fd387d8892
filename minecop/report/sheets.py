"""The report as an Excel workbook for analysts: a sheet for each kind of thing, a row for each of it, its evidence in typed columns."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime
from itertools import chain, islice
from typing import Any

from minecop.core.dates import BANGKOK, month_name
from minecop.core.messages import message
from minecop.insight.analysis import Analysis
from minecop.insight.human import key_of
from minecop.insight.models import LESSON_PARTS, Issue, Topic, Voice
from minecop.insight.slices import slices_of
from minecop.insight.splits import IN_TIME
from minecop.insight.voices import Voices
from minecop.report.decided import named_view
from minecop.report.grounds import grounds_json
from minecop.report.lessons import lessons_json, numbered
from minecop.report.quoting import community_of, web_address
from minecop.report.slices import slice_rows, slices_json
from minecop.report.steps import steps_json
from minecop.report.view import build_view, topic_view
from minecop.report.words import Words, step_name
from minecop.report.workbook import (
    CHANCE,
    DECIMAL,
    MOST_ROWS,
    PERCENT,
    Cell,
    Column,
    Link,
    Month,
    Sheet,
    workbook_bytes,
)

_UNDATED = datetime(1980, 1, 1, tzinfo=BANGKOK)
"""What a workbook of an archive without dates says of when it was made."""

_WIDE = 60
"""Letters of a column that holds what people wrote."""

_PEOPLE = ("adding", "asking", "stuck", "agreeing", "doubting", "settling")
"""Grounds that are people."""


def render_workbook(analysis: Analysis, lang: str = "th") -> bytes:
    """Return the report as an Excel workbook; the same analysis gives the same bytes.

    Raises
    ------
    QuoteError
        When a quote is not what its source says.
    """
    words, view = Words(lang, analysis.buddhist), build_view(analysis, lang)
    sheets = chain(
        (_summary(analysis, view, words),),
        (make(analysis, words) for make in (_issues, _voices)),
        (_sessions(view, words),),
        (make(analysis, words) for make in (_lessons, _topics, _steps, _communities, _set_aside, _slices)),
        (_decided(view, words), _account(analysis, words), _settings(view, words)),
    )
    return workbook_bytes(
        (sheet for sheet in sheets if sheet.rows),
        title=f"{words('title')} – {analysis.archive.name}",
        made=analysis.dates[1] if analysis.dates else _UNDATED,
        lang=lang,
        buddhist=words.buddhist,
        cut=words("cell_cut"),
    )


def _columns(words: Words, *columns: tuple[str, int] | tuple[str, int, str]) -> tuple[Column, ...]:
    """Return columns by the key of their heads, their width and what their numbers are."""
    return tuple(Column(words(key), *rest) for key, *rest in columns)


def _summary(analysis: Analysis, view: dict[str, Any], words: Words) -> Sheet:
    archive = analysis.archive
    read: dict[str, Cell] = {
        "n_people": len(analysis.authors),
        "n_communities": len(analysis.communities),
        "n_posts": len(archive.posts),
        "n_comments": archive.posts.comments,
        "first_written": _day(analysis.dates and analysis.dates[0]),
        "last_written": _day(analysis.dates and analysis.dates[1]),
    }
    notes = [words("draft"), *([view["selection"]] if view["selection"] else []), words("caution")]
    rows: list[list[Cell]] = [
        [words("sheet_archive"), words("archive_name"), None, archive.name],
        *([words("sheet_archive"), words(key), value, None] for key, value in read.items()),
        *([words("funnel"), name, count, None] for name, count in view["funnel"]),
        *([words("limits"), None, None, limit] for limit in view["limits"]),
        *([words("sheet_note"), None, None, note] for note in notes),
    ]
    columns = _columns(words, ("col_part", 26), ("col_what", 48), ("col_value", 14), ("col_words", 80))
    return Sheet(words("sheet_summary"), columns, rows)


def _issues(analysis: Analysis, words: Words) -> Sheet:
    people = [column for name in _PEOPLE for column in ((f"col_{name}", 10), (f"col_{name}_names", 30))]
    columns = _columns(
        words,
        ("head_rank", 7),
        ("head_title", 36),
        ("col_known", 36),
        ("head_status", 14),
        ("head_trend", 18),
        ("col_confidence", 16),
        ("head_authors", 7),
        ("col_unnamed", 10),
        ("evidence_effective", 10, DECIMAL),
        ("head_communities", 12),
        ("head_passages", 9),
        ("col_threads", 9),
        ("col_unanswered", 12),
        ("col_before", 10),
        ("col_lately", 10),
        ("col_ratio", 10, DECIMAL),
        ("col_low", 8, DECIMAL),
        ("col_high", 8, DECIMAL),
        ("col_likeness", 10, DECIMAL),
        ("head_stability", 9, PERCENT),
        ("col_burst", 12, PERCENT),
        ("col_season", 14),
        *people,
        ("col_steps", 44),
        ("col_gaps", 44),
        ("col_community_names", 40),
        ("slices_organisation", 36),
        ("slices_province", 24),
        ("slices_profession", 50),
        ("key_words", 40),
        ("col_headline", _WIDE),
        ("head_id", 12),
        ("col_accepted", 12),
        ("col_machine_title", 36),
    )
    rows = [_issue(analysis, issue, words) for issue in analysis.insight.issues[: MOST_ROWS + 1]]
    return Sheet(words("slices_issue"), columns, rows, fixed=2)


def _issue(analysis: Analysis, issue: Issue, words: Words) -> list[Cell]:
    group, grounds, label = issue.group, issue.grounds, analysis.privacy.label
    told, named = grounds_json(analysis, issue), named_view(analysis, issue, words)
    people: list[Cell] = []
    for name in _PEOPLE:
        authors = getattr(grounds, name)
        people += [len(authors), ", ".join(analysis.names.get(author, author) for author in authors)]
    steps = (
        words("step_people", step=f"{n} {step_name(analysis, n, words)}", count=c) for n, c in grounds.steps.items()
    )
    return [
        issue.rank,
        label(group.title),
        issue.known or None,
        words(f"status_{issue.status}"),
        words(f"trend_{group.trend.direction}"),
        words(f"confidence_{issue.confidence}"),
        len(group.author_ids),
        group.unnamed,
        grounds.effective_authors,
        len(group.community_names),
        len(group.members),
        grounds.threads,
        grounds.unanswered,
        group.trend.before,
        group.trend.lately,
        group.trend.ratio,
        group.trend.low,
        group.trend.high,
        issue.agreement,
        grounds.stability,
        grounds.burst,
        ", ".join(month_name(month, words.lang) for month in grounds.season),
        *people,
        "; ".join(steps),
        "; ".join(f"{step} {step_name(analysis, step, words)}" for step in grounds.gaps),
        _list(map(label, group.community_names)),
        *(_list(told[name]) for name in ("organisations", "provinces", "professions")),
        _list(map(label, issue.terms)),
        analysis.verified(issue.headline).text if issue.headline else None,
        group.id,
        named["accepted"] or None,
        named["machine_title"] or None,
    ]


def _voices(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(
        words,
        ("head_rank", 7),
        ("head_status", 14),
        ("head_issue", 30),
        ("col_author", 18),
        ("head_community", 24),
        ("col_date", 13),
        ("col_text" if analysis.source_text else "col_quoted", _WIDE),
        ("col_post_title", 30),
        ("col_post", 12),
        ("col_comment", 9),
        ("col_start", 9),
        ("col_end", 9),
        ("col_link", 34),
    )
    every = ((issue, voice) for issue in analysis.insight.issues for voice in issue.group.members)
    rows = [
        [
            issue.rank,
            words(f"status_{issue.status}"),
            analysis.privacy.label(issue.group.title),
            *_who_where_when(analysis, voice, words),
            analysis.words_of(voice) or None,
            *_place(analysis, voice),
        ]
        for issue, voice in islice(every, MOST_ROWS + 1)  # one more than stand there shows that there are more
    ]
    return Sheet(words("sheet_voices"), columns, rows)


def _who_where_when(analysis: Analysis, voice: Voice, words: Words) -> list[Cell]:
    post = analysis.archive.posts.head(voice.post_id)
    text = analysis.archive.posts.written(voice.post_id, voice.comment)
    day = _day(text.published)
    return [
        analysis.names.get(text.author_id or "") or words("anonymous"),
        analysis.privacy.label(community_of(analysis, post, text.author_id, words)),
        Month(day) if day is not None and text.estimated else day,
    ]


def _place(analysis: Analysis, voice: Voice) -> list[Cell]:
    """Return where a passage stands: the post's title, number, comment, first and last letter, and a link."""
    post = analysis.archive.posts.head(voice.post_id)
    url = web_address(analysis, post)
    return [analysis.title_of(post), post.id, voice.comment, voice.start, voice.end, Link(url) if url else None]


def _sessions(view: dict[str, Any], words: Words) -> Sheet:
    columns = _columns(
        words,
        ("head_rank", 7),
        ("head_title", 30),
        ("to_ask", _WIDE),
        ("goals_wishes", _WIDE),
        ("invite", 40),
        ("col_unheard", 36),
        ("unknown", 36),
    )
    rows = [
        [
            issue["rank"],
            issue["title"],
            "\n".join(session["questions"]),
            "\n".join(f"“{wish['text']}” ({wish['author']})" for wish in session["wishes"]),
            *("\n".join(session[name]) for name in ("invited", "unheard", "unknown")),
        ]
        for issue in (*view["shared"], *view["weak"])
        for session in [issue["session"]]
    ]
    return Sheet(words("sheet_sessions"), columns, rows)


def _lessons(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(
        words,
        ("col_number", 8),
        ("col_whose", 12),
        ("head_sure", 18),
        ("col_score", 8, DECIMAL),
        ("col_kinds", 18),
        ("col_outcome", 12),
        *((f"part_{part}", 36) for part in LESSON_PARTS),
        ("col_author", 18),
        ("head_community", 24),
        ("col_date", 13),
        ("head_step", 24),
        ("head_topic", 24),
        ("col_for_issue", 12),
        ("col_again", 10),
        ("col_text", _WIDE),
        ("col_post_title", 30),
        ("col_post", 12),
        ("col_comment", 9),
        ("col_start", 9),
        ("col_end", 9),
        ("col_link", 34),
    )
    lessons = numbered(analysis)
    titles = {topic.group.id: analysis.privacy.label(topic.group.title) for topic in analysis.insight.topics}
    rows: list[list[Cell]] = []
    for (number, lesson), told in zip(lessons, lessons_json(analysis, lessons), strict=True):
        rows.append(
            [
                number,
                words("lesson_own" if lesson.own else "lesson_reported"),
                words("lesson_clear" if lesson.clear else "lesson_likely"),
                lesson.score,
                _list(words(f"kind_{kind}") for kind in lesson.kinds),
                words(f"result_{lesson.outcome}"),
                *(told["parts"].get(part, {}).get("text") for part in LESSON_PARTS),
                *_who_where_when(analysis, lesson.voice, words),
                f"{lesson.step} {step_name(analysis, lesson.step, words)}" if lesson.step else None,
                titles.get(told["topic"]),
                told["issue"],
                lesson.again,
                told["text"],
                *_place(analysis, lesson.voice),
            ]
        )
    return Sheet(words("sheet_lessons"), columns, rows, fixed=1)


def _topics(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(
        words,
        ("head_id", 7),
        ("head_title", 36),
        ("head_theme", 28),
        ("key_words", 40),
        ("head_authors", 7),
        ("col_unnamed", 10),
        ("head_communities", 12),
        ("head_passages", 9),
        ("head_trend", 16),
        ("col_ratio", 10, DECIMAL),
        ("first_met", 13),
        ("last_met", 13),
        ("head_stability", 9, PERCENT),
        ("head_sure", 9, PERCENT),
        ("head_change", 20),
        ("col_named_by", 14),
        ("col_machine_title", 36),
    )
    themes = {theme.id: analysis.privacy.label(theme.title) for theme in analysis.insight.themes}
    rows: list[list[Cell]] = []
    for topic in analysis.insight.topics:
        group, view = topic.group, topic_view(analysis, topic, words)
        span = Voices.of(group.members).span
        rows.append(
            [
                int(group.id),
                view["title"],
                themes.get(topic.theme),
                _list(view["terms"]),
                len(group.author_ids),
                group.unnamed,
                len(group.community_names),
                len(group.members),
                view["trend_words"],
                group.trend.ratio,
                *(map(_day, span) if span else (None, None)),
                topic.stability,
                topic.sure,
                view["change_words"] or None,
                words(_named_by(analysis, topic)),
                view["machine_title"] or None,
            ]
        )
    return Sheet(words("slices_topic"), columns, rows, fixed=2)


def _named_by(analysis: Analysis, topic: Topic) -> str:
    if key_of("topic", topic.group.id) in analysis.human.named:
        return "named_by_person"
    return "named_by_llm" if topic.machine else "named_by_words"


def _steps(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(
        words,
        ("head_step", 7),
        ("head_title", 36),
        ("head_authors", 7),
        ("col_unnamed", 10),
        ("head_communities", 12),
        ("head_passages", 9),
        ("col_expected", 12, DECIMAL),
        ("share", 9, PERCENT),
        ("col_low", 8, PERCENT),
        ("col_high", 8, PERCENT),
        ("head_coverage", 14),
        ("head_trend", 16),
    )
    rows: list[list[Cell]] = [
        [
            int(group.id),
            step_name(analysis, int(group.id), words),
            len(group.author_ids),
            step["unnamed"],
            len(group.community_names),
            len(group.members),
            *(step[name] for name in ("expected", "share", "low", "high")),
            words(f"coverage_{step['coverage']}"),
            words(f"trend_{group.trend.direction}"),
        ]
        for group, step in zip(analysis.insight.steps, steps_json(analysis), strict=True)
    ]
    return Sheet(words("slices_step"), columns, rows)


def _communities(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(words, ("head_community", 40), ("head_authors", 10), ("head_passages", 10), ("col_unnamed", 10))
    rows: list[list[Cell]] = [
        [
            analysis.privacy.label(group.title) or words("unknown_community"),
            len(group.author_ids),
            len(group.members),
            group.unnamed,
        ]
        for group in analysis.insight.communities
    ]
    return Sheet(words("sheet_communities"), columns, rows)


def _set_aside(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(words, ("col_reason", 30), ("head_title", 80), ("head_authors", 10), ("head_passages", 10))
    rows: list[list[Cell]] = [
        [
            words(f"reason_{aside.reason}"),
            analysis.privacy.label(aside.title),
            len({voice.author_id for voice in aside.members if voice.author_id}),
            len(aside.members),
        ]
        for aside in analysis.insight.set_aside
    ]
    return Sheet(words("sheet_set_aside"), columns, rows)


def _slices(analysis: Analysis, words: Words) -> Sheet:
    columns = _columns(
        words,
        ("col_by", 14),
        ("col_kind", 12),
        ("head_id", 8),
        ("head_title", 36),
        ("col_value", 28),
        ("head_authors", 8),
        ("col_of", 12),
        ("col_unnamed", 10),
        ("share", 9, PERCENT),
        ("col_low", 8, PERCENT),
        ("col_high", 8, PERCENT),
        ("col_slice_ratio", 12, DECIMAL),
        ("col_chance", 10, CHANCE),
        ("col_mark", 12),
    )
    rows: list[list[Cell]] = []
    for by in analysis.compare_by:
        slices = slices_of(analysis, by)
        heads, found = slice_rows(slices_json(analysis, slices, words), tuple(slices.tables))
        for row in found:
            told = dict(zip(heads, row, strict=True))
            what = words(f"head_{'period' if by in IN_TIME else by}")
            mark = words(f"slices_short_{told['mark']}") if told["mark"] else None
            names = ("id", "title", "value", "authors", "of", "unnamed", "share", "low", "high", "ratio", "chance")
            rows.append([what, words(f"head_{told['kind']}"), *(_cell(told[n]) for n in names), mark])
    return Sheet(words("sheet_slices"), columns, rows)


def _cell(value: Any) -> Cell:
    """Return what stands in a table of text as a cell: a number where it is one, nothing where it is blank."""
    return int(value) if isinstance(value, str) and value.isdecimal() else None if value == "" else value


def _decided(view: dict[str, Any], words: Words) -> Sheet:
    columns = _columns(
        words,
        ("decided_when", 18),
        ("decided_who", 18),
        ("decided_what", 80),
        ("decided_why_note", 50),
        ("decided_state", 44),
        ("decided_id", 12),
    )
    names = ("day", "who", "what", "note", "state_words", "id")
    rows: list[list[Cell]] = [[one[name] or None for name in names] for one in view["decided"]["every"]]
    return Sheet(words("decided"), columns, rows)


def _account(analysis: Analysis, words: Words) -> Sheet:
    # names of files and of people stand in its lines
    entries = () if analysis.is_guarded else analysis.archive.account.entries
    rows: list[list[Cell]] = [
        [message(f"kind_{e.kind}", words.lang), e.source, message(e.key, words.lang, **e.details)] for e in entries
    ]
    columns = _columns(words, ("col_account_kind", 16), ("col_source", 40), ("col_account_text", 90))
    return Sheet(words("account"), columns, rows)


def _settings(view: dict[str, Any], words: Words) -> Sheet:
    return Sheet(words("settings"), _columns(words, ("col_what", 24), ("col_value", 80)), view["settings"])


def _day(when: datetime | None) -> date | None:
    return when.date() if when else None


def _list(values: Iterable[str]) -> str | None:
    return ", ".join(values) or None
