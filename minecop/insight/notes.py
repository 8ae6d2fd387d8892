"""Notes of a session: what a group decided about the issues of a run, as a table that people fill in with Excel, and what came of it."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from minecop.archive.decoding import decode, looks_binary
from minecop.core.cells import plain_cell, safe_cell
from minecop.core.dates import arabic_digits, parse_datetime
from minecop.core.errors import InputError, OutputError
from minecop.core.files import read_given, write_text
from minecop.insight.models import Issue

if TYPE_CHECKING:
    from minecop.insight.comparing import Comparison, Course

NOTES_FILE = "session-notes.csv"
"""Name of the table in a run's folder."""

NOTE_STATUSES = ("chosen", "working", "done", "dropped")

OUTCOMES = ("no_news", "quiet", "voiced", "done_quiet", "done_voiced", "dropped_quiet", "dropped_voiced")
"""What is to be said of a decision: nothing new was written at all; nobody has voiced the issue since, or somebody has; the same of what
is done and of what was dropped."""

_THAI_STATUSES = {"เลือก": "chosen", "กำลังทำ": "working", "เสร็จ": "done", "พัก": "dropped"}

_COLUMNS = {
    "rank": ("rank", "ลำดับ"),
    "id": ("id", "รหัส"),
    "title": ("issue", "ประเด็น"),
    "goal": ("goal", "เป้าหมาย/ข้อตกลง"),
    "status": ("status", "สถานะ"),
    "responsible": ("responsible", "ผู้รับผิดชอบ"),
    "date": ("date", "วันที่"),
    "remark": ("remark", "หมายเหตุ"),
}
"""What a column holds, and its heading in English and Thai."""

_DELIMITERS = ",;\t"
"""What Excel puts between cells: a semicolon where the system's comma is the decimal sign, a tab in "Unicode text"."""


@dataclass(frozen=True, slots=True)
class Note:
    """What a group decided about one issue.

    Attributes
    ----------
    issue
        Of the run that the session was held on.
    status
        One of ``NOTE_STATUSES``.
    goal, responsible, remark
        As written; empty where nothing was.
    date
        Of the decision, in Thai time; ``None`` where not given.
    """

    issue: Issue
    status: str
    goal: str = ""
    responsible: str = ""
    date: datetime | None = None
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Outcome:
    """How the voices of an issue that was decided upon went on.

    Attributes
    ----------
    note
        The decision.
    course
        What became of its issue; of one that merged, that of the issue it stands in now is ``course.after``.
    since
        Distinct authors who voice it in new texts, from the day of the decision on where that is known.
    what
        One of ``OUTCOMES``.
    """

    note: Note
    course: Course
    since: int
    what: str


# ---- the table


def write_notes(path: Path, issues: Iterable[Issue], lang: str = "th") -> None:
    """Write the table to fill in, a row for each issue, with a byte order mark so that Excel reads the Thai.

    Raises
    ------
    OutputError
        When the file is there already: somebody may have filled it in.
    """
    if path.exists():
        raise OutputError("notes_exist", path=path)
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([names[lang == "th"] for names in _COLUMNS.values()])
    for issue in issues:
        # the sign before an id keeps Excel from taking one for a number (12e45678)
        writer.writerow([issue.rank, f"#{issue.group.id}", safe_cell(issue.group.title), "", "", "", "", ""])
    write_text(path, "\ufeff" + out.getvalue())


def read_notes(path: Path, issues: Sequence[Issue]) -> list[Note]:
    """Read the decisions of a table, in its order; rows without status, goal or responsible are of issues not chosen.

    Parameters
    ----------
    path
        A CSV file in any encoding that Excel writes. Each row names its issue by id, by title or by rank, in this order: ranks alone are
        taken where neither of the others is given.
    issues
        Of the run that the session was held on.

    Raises
    ------
    InputError
        When the file is no such table, or a row cannot be understood; the message names file and row.
    """
    data = read_given(path)
    if looks_binary(data):
        raise InputError("notes_not_csv", path=path)
    text, _ = decode(data)
    first = text.lstrip("\ufeff").split("\n", 1)[0]
    delimiter = max(_DELIMITERS, key=first.count)
    reader = csv.reader(io.StringIO(text.lstrip("\ufeff"), newline=""), delimiter=delimiter)
    find = _finder(issues)
    try:
        heads = [_column(cell) for cell in next(reader, [])]
        if "status" not in heads or not {"rank", "id", "title"}.intersection(heads):
            raise InputError("notes_without_columns", path=path, columns=", ".join(map(" / ".join, _COLUMNS.values())))
        notes = []
        for cells in reader:
            row = {head: plain_cell(cell).strip() for head, cell in zip(heads, cells, strict=False) if head}
            if any(row.get(name) for name in ("status", "goal", "responsible")):
                notes.append(_note(row, find, f"{path}:{reader.line_num}"))
    except csv.Error as error:
        raise InputError("notes_not_csv", path=path) from error
    return notes


def _column(heading: str) -> str:
    name = " ".join(heading.split()).lower()
    return next((column for column, names in _COLUMNS.items() if name in names), "")


def _note(row: dict[str, str], find: Callable[[dict[str, str], str], Issue], where: str) -> Note:
    said = " ".join(row.get("status", "").split()).lower()
    status = _THAI_STATUSES.get(said, said) or "chosen"  # whoever wrote down a goal has chosen
    if status not in NOTE_STATUSES:
        raise InputError("notes_bad_status", where=where, value=said)
    date = parse_datetime(row["date"]) if row.get("date") else None
    if row.get("date") and date is None:
        raise InputError("notes_bad_date", where=where, value=row["date"])
    texts = {name: row.get(name, "") for name in ("goal", "responsible", "remark")}
    return Note(find(row, where), status, date=date, **texts)


def _finder(issues: Sequence[Issue]) -> Callable[[dict[str, str], str], Issue]:
    by_id = {issue.group.id: issue for issue in issues}
    by_rank = {str(issue.rank): issue for issue in issues}
    by_title: dict[str, list[Issue]] = {}
    for issue in issues:
        by_title.setdefault(" ".join(issue.group.title.split()), []).append(issue)

    def find(row: dict[str, str], where: str) -> Issue:
        own, title = row.get("id", "").lstrip("#").lower(), " ".join(row.get("title", "").split())
        rank = arabic_digits(row.get("rank", ""))
        if own in by_id:
            return by_id[own]
        named = by_title.get(title, [])
        if len(named) == 1:
            return named[0]
        if named:
            alike = [issue for issue in named if str(issue.rank) == rank]
            if alike:
                return alike[0]
            raise InputError("notes_title_twice", where=where, value=title)
        if title.startswith("#") and title[1:].lower() in by_id:
            return by_id[title[1:].lower()]
        if not own and (found := by_rank.get(arabic_digits(title) or rank)):
            return found
        raise InputError("notes_unknown_issue", where=where, value=own or title or rank or "-")

    return find


# ---- what came of it


def outcomes_of(notes: Iterable[Note], comparison: Comparison) -> list[Outcome]:
    """Return what came of each decision, in the order of the notes."""
    by_issue: dict[str, Course] = {}
    for course in comparison.courses:
        # of one that parted, that which goes on tells; what merged has a course of its own
        if course.before is not None and not (course.change == "split" and course.after is not None):
            by_issue[course.before.group.id] = course
    return [_outcome(note, by_issue[note.issue.group.id], comparison) for note in notes]


def _outcome(note: Note, course: Course, comparison: Comparison) -> Outcome:
    since = course.since
    if note.date is not None and course.after is not None:
        fresh = [voice for voice in course.after.group.members if comparison.is_new(voice)]
        since = len({v.author_id for v in fresh if v.author_id and (v.published is None or v.published >= note.date)})
    voiced = "voiced" if since else "quiet"
    if not comparison.new_texts:
        what = "no_news"
    elif note.status in {"done", "dropped"}:
        what = f"{note.status}_{voiced}"
    else:
        what = voiced
    return Outcome(note, course, since, what)


def with_settled(comparison: Comparison, outcomes: Iterable[Outcome]) -> Comparison:
    """Return the comparison with those issues as settled that all who decided upon them call done, where voices have fallen silent, too.

    Of an issue that only a few voiced silence says nothing: it stays what it is, and its decision says that it is done.
    """
    told: dict[str, list[Outcome]] = {}
    for outcome in outcomes:
        told.setdefault(outcome.note.issue.group.id, []).append(outcome)

    def settled(course: Course) -> bool:
        own = told.get(course.before.group.id, []) if course.before else []
        quiet = course.change in {"faded", "gone"} and course.is_quiet and not course.since
        return quiet and bool(own) and all(outcome.what == "done_quiet" for outcome in own)

    return replace(
        comparison,
        courses=tuple(replace(c, change="settled") if settled(c) else c for c in comparison.courses),
    )
