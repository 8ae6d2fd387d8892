"""Lessons as people and as users' scripts read them: every part and every quote checked against its source."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from typing import Any

from minecop.core.cells import safe_cell
from minecop.insight.analysis import Analysis, remembered
from minecop.insight.models import LESSON_KINDS, LESSON_PARTS, Lesson
from minecop.insight.quotes import headline
from minecop.report.onpage import issues_shown
from minecop.report.quoting import quote_view
from minecop.report.words import Words, people_or_fewer

_A_TOPIC = 2
"""Lessons of a topic that the report shows: a section that one reads through, not a store."""

_AN_ISSUE = 4
"""Lessons that an issue's card leads to."""

Numbered = tuple[int, Lesson]
"""A lesson with its number: its place in the run's list, from 1."""


@remembered
def numbered(analysis: Analysis) -> list[Numbered]:
    """Return the lessons of a run with their numbers."""
    return list(enumerate(analysis.insight.lessons, 1))


# ---- for scripts


def lessons_json(analysis: Analysis, lessons: Iterable[Numbered]) -> list[dict[str, Any]]:
    """Return lessons as users' scripts read them; spans are code points in the body of the post or comment, as written."""
    ranks = _ranks(analysis)
    return [_lesson_json(analysis, number, lesson, ranks) for number, lesson in lessons]


def _lesson_json(analysis: Analysis, number: int, lesson: Lesson, ranks: dict[str, int]) -> dict[str, Any]:
    voice = lesson.voice
    parts = {part: analysis.verified(lesson.parts[part]) for part in LESSON_PARTS if part in lesson.parts}
    return {
        "number": number,
        "own": lesson.own,
        "clear": lesson.clear,
        "score": lesson.score,
        "kinds": list(lesson.kinds),
        "outcome": lesson.outcome,
        "post": voice.post_id,
        "comment": voice.comment,
        "start": voice.start,
        "end": voice.end,
        "author": analysis.privacy.author(voice.author_id, voice.author_id),
        "community": voice.community,
        "published": voice.published.date().isoformat() if voice.published else None,
        "step": lesson.step,
        "topic": None if lesson.topic < 0 else str(lesson.topic),
        "issue": ranks.get(lesson.issue or ""),
        "likeness": lesson.likeness if lesson.issue else None,
        "again": lesson.again,
        "text": analysis.words_of(voice),
        "parts": {part: {"start": q.start, "end": q.end, "text": q.text} for part, q in parts.items()},
    }


@remembered
def _ranks(analysis: Analysis) -> dict[str, int]:
    return {issue.group.id: issue.rank for issue in analysis.insight.issues}


_COLUMNS = (
    "number", "own", "clear", "score", "kinds", "outcome", "post", "comment", "start", "end", "author", "community", "published", "step",
    "topic", "topic_title", "issue", "likeness", "again", "text",
    *(f"{part}{what}" for part in LESSON_PARTS for what in ("", "_start", "_end")),
)  # fmt: skip


def lesson_rows(analysis: Analysis, lessons: Iterable[Numbered]) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return lessons as a table, heads and rows: a line each, with the title of its topic, and each part with its place and words."""
    topics = _topics(analysis)
    rows: list[list[object]] = []
    for value in lessons_json(analysis, lessons):
        parts = value.pop("parts")
        flat = value | {"kinds": " ".join(value["kinds"]), "topic_title": topics.get(value["topic"] or "")}
        for part, found in parts.items():
            flat |= {part: found["text"], f"{part}_start": found["start"], f"{part}_end": found["end"]}
        rows.append(["" if flat.get(name) is None else flat[name] for name in _COLUMNS])
    return _COLUMNS, rows


def render_lessons_csv(analysis: Analysis, lang: str = "th") -> str:
    """Return every lesson as CSV for spreadsheets: a byte order mark, and no cell that runs as a formula."""
    heads, rows = lesson_rows(analysis, numbered(analysis))
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()


# ---- for people


def lesson_view(analysis: Analysis, number: int, lesson: Lesson, words: Words) -> dict[str, Any]:
    """Return a lesson as people read it: its quote with who, where and when, its parts, and what it is about."""
    line = headline(lesson.quote, [quote.text for quote in lesson.parts.values()])
    issue = analysis.issues.get(lesson.issue or "")
    return {
        "number": number,
        "quote": quote_view(analysis, lesson.quote, words),
        "headline": quote_view(analysis, line, words),
        "parts": [
            (words(f"part_{part}"), quote_view(analysis, lesson.parts[part], words)["text"])
            for part in LESSON_PARTS
            if part in lesson.parts
        ],
        "own": lesson.own,
        "clear": lesson.clear,
        "whose": words("lesson_own" if lesson.own else "lesson_reported"),
        "sure": words("lesson_clear" if lesson.clear else "lesson_likely"),
        "kinds": [words(f"kind_{kind}") for kind in lesson.kinds],
        "step": _step(analysis, lesson, words),
        "topic": _topic(analysis, lesson, words),
        "issue": words("lesson_for_issue", rank=issue.rank, title=analysis.privacy.label(issue.group.title))
        if issue
        else "",
        "again": words("lesson_again", count=lesson.again) if lesson.again else "",
    }


def _step(analysis: Analysis, lesson: Lesson, words: Words) -> str:
    names = {step.number: f"{step.number} {step.names[words.lang]}" for step in analysis.process.steps}
    return names.get(lesson.step, "")


@remembered
def _topics(analysis: Analysis) -> dict[str, str]:
    return {topic.group.id: analysis.privacy.label(topic.group.title) for topic in analysis.insight.topics}


def _topic(analysis: Analysis, lesson: Lesson, words: Words) -> str:
    return _topics(analysis).get(str(lesson.topic)) or words("lesson_no_topic")


@remembered
def shown(analysis: Analysis) -> tuple[list[tuple[list[Numbered], list[Numbered]]], list[Numbered]]:
    """Return people's own lessons that a report shows, beside all of their topic, topic by topic; and the reported ones that it shows."""
    own = [one for one in numbered(analysis) if one[1].own]
    linked = {number for issue in issues_shown(analysis) for number, _ in _by_issue(analysis).get(issue.group.id, ())}
    first = {some[0][0] for some in _steps(analysis, own).values()}
    topics: dict[int, list[Numbered]] = {}
    for one in own:
        topics.setdefault(one[1].topic, []).append(one)
    groups = []
    for of_topic in sorted(topics.values(), key=lambda some: (-_people(some), some[0][0])):
        some = [
            (number, lesson)
            for place, (number, lesson) in enumerate(of_topic)
            if number in linked | first or (lesson.clear and place < _A_TOPIC)
        ]
        if some:
            groups.append((of_topic, some))
    reported = [one for one in numbered(analysis) if not one[1].own]
    return groups, [one for place, one in enumerate(reported) if one[0] in linked or place < _A_TOPIC]


def lessons_view(analysis: Analysis, words: Words) -> dict[str, Any]:
    """Return the section of lessons: the surest of each topic and step, those that an issue's card leads to, and how many there are."""
    lessons = numbered(analysis)
    own = [one for one in lessons if one[1].own]
    of_topics, reported = shown(analysis)
    groups = [
        {
            "title": _topic(analysis, of_topic[0][1], words),
            "people": _told_by(analysis, of_topic, words),
            "lessons": [lesson_view(analysis, *one, words) for one in some],
        }
        for of_topic, some in of_topics
    ]
    shown_count = sum(len(group["lessons"]) for group in groups) + len(reported)
    return {
        "count": words(
            "lesson_count",
            own=len(own),
            authors=people_or_fewer(analysis, _people(own), words),
            reported=len(lessons) - len(own),
        ),
        "groups": groups,
        "reported": [lesson_view(analysis, *one, words) for one in reported],
        "more": len(lessons) - shown_count,
        "steps": _by_step(analysis, own, words),
    }


def _steps(analysis: Analysis, lessons: Iterable[Numbered]) -> dict[int, list[Numbered]]:
    """Return the lessons of each step of the process, in their order; under 0 those of none."""
    steps = {step.number for step in analysis.process.steps}
    found: dict[int, list[Numbered]] = {}
    for one in lessons:
        found.setdefault(one[1].step if one[1].step in steps else 0, []).append(one)
    return found


def _by_step(analysis: Analysis, own: Sequence[Numbered], words: Words) -> list[dict[str, Any]]:
    names = {step.number: step.names[words.lang] for step in analysis.process.steps}
    return [
        {
            "number": step or "–",
            "name": names.get(step, words("lesson_no_step")),
            "authors": people_or_fewer(analysis, _people(some), words),
            "kinds": [sum(kind in lesson.kinds for _, lesson in some) for kind in LESSON_KINDS],
            "untold": sum(not lesson.kinds for _, lesson in some),
            "best": lesson_view(analysis, *some[0], words),
        }
        for step, some in sorted(_steps(analysis, own).items(), key=lambda pair: (pair[0] == 0, pair[0]))
    ]


def lessons_for_issue(analysis: Analysis, issue_id: str, words: Words) -> list[dict[str, Any]]:
    """Return the lessons that may help with an issue, the nearest first."""
    return [lesson_view(analysis, *one, words) for one in _by_issue(analysis).get(issue_id, ())]


@remembered
def _by_issue(analysis: Analysis) -> dict[str, list[Numbered]]:
    """Return the lessons that an issue's card leads to, by the id of the issue, the nearest first."""
    found: dict[str, list[Numbered]] = {}
    for one in numbered(analysis):
        if one[1].issue:
            found.setdefault(one[1].issue, []).append(one)
    return {issue: sorted(some, key=lambda one: -one[1].likeness)[:_AN_ISSUE] for issue, some in found.items()}


def _told_by(analysis: Analysis, lessons: Sequence[Numbered], words: Words) -> str:
    people = people_or_fewer(analysis, _people(lessons), words)
    return words("lesson_people", authors=people, count=len(lessons))


def _people(lessons: Iterable[Numbered]) -> int:
    return len({lesson.voice.author_id for _, lesson in lessons if lesson.voice.author_id})
