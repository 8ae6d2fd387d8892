"""Slices of a run side by side, as people and as users' scripts read them."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator, Sequence
from typing import Any

from minecop.core.cells import safe_cell
from minecop.insight.analysis import Analysis
from minecop.insight.profiles import FEWEST_PEOPLE
from minecop.insight.slices import Cell, Row, Slice, Slices, slices_of
from minecop.insight.splits import IN_TIME, OF_PEOPLE
from minecop.report.steps import part_title, share_words
from minecop.report.words import Words, people_or_fewer, step_name

SIGNS = {"above": "▲", "below": "▼", "": ""}
"""What stands for each mark."""

_ROWS = 20
"""Issues and topics in a table of the report; ``slices.csv`` has all."""

_COLUMNS = (
    "by",
    "kind",
    "id",
    "title",
    "value",
    "role",
    "authors",
    "of",
    "unnamed",
    "share",
    "low",
    "high",
    "ratio",
    "chance",
    "mark",
)


# ---- for people


def report_slices(analysis: Analysis, lang: str) -> dict[str, Any]:
    """Return everything that a template needs for what a report compares (``Analysis.compare_by``)."""
    words = Words(lang, analysis.buddhist)
    every = (slices_of(analysis, by) for by in analysis.compare_by)
    return {"slices": [slices_view(analysis, slices, words, _ROWS) for slices in every]}


def slices_view(analysis: Analysis, slices: Slices, words: Words, most: int | None = None) -> dict[str, Any]:
    """Return slices as people read them: what is clear in words, tables, and what cannot be claimed.

    Parameters
    ----------
    analysis
        The finished run.
    slices
        Of it.
    words
        Of the reader's language.
    most
        Issues and topics that a table shows; ``None`` for all.
    """
    what = _what(slices.by, words)
    none_said = "slices_few" if slices.hindrance == "few" else "slices_none_said"
    return {
        "by": slices.by,
        "title": words("slices_title", what=what),
        "notes": slices_notes(analysis, slices, words),
        "said": _said(analysis, slices, words),
        "none_said": words(none_said, what=what),
        "heads": [
            {
                "title": _slice_title(analysis, slices.by, one, words),
                "people": words("people_only", authors=one.authors),
                "role": one.role,
            }
            for one in slices.slices
        ],
        "tables": [_table(analysis, slices, kind, words, most) for kind in slices.tables if _is_told(slices)],
    }


def _is_told(slices: Slices) -> bool:
    return slices.hindrance in {"", "few"}


def _what(by: str, words: Words) -> str:
    return words(f"slices_{'period' if by in IN_TIME else by}")


def _slice_title(analysis: Analysis, by: str, one: Slice, words: Words) -> str:
    if one.role != "others":
        return part_title(analysis, by, one.keys[0], words)
    if by in IN_TIME:
        return words("slices_until", period=words.period(one.keys[-1]))
    return words("slices_others", count=len(one.keys))


def row_name(analysis: Analysis, kind: str, row: Row, words: Words) -> tuple[str, str]:
    """Return the number and the title of an issue (its rank), a topic or a step."""
    group = row.group
    if kind == "step":
        return group.id, step_name(analysis, int(group.id), words)
    rank = next((str(issue.rank) for issue in analysis.insight.issues if issue.group is group), group.id)
    return rank, analysis.privacy.label(group.title)


def slices_notes(analysis: Analysis, slices: Slices, words: Words) -> list[str]:
    """Return what to know before tables are read; why there are none, and what can be done about it."""
    by, what = slices.by, _what(slices.by, words)
    if slices.hindrance in {"untold", "alone"}:
        fill = "slices_fill_people" if by in OF_PEOPLE else f"slices_fill_{'period' if by in IN_TIME else by}"
        return [words(f"slices_{slices.hindrance}", what=what), words(fill, column=by)]
    count = max(FEWEST_PEOPLE, analysis.left_out.fewest)
    if slices.hindrance == "hidden":
        return [words("slices_hidden", what=what, count=count)]
    roles = {one.role for one in slices.slices}
    is_of_few = by not in IN_TIME if analysis.left_out else by in OF_PEOPLE and bool(analysis.privacy.authors)
    groups = [row.group for rows in slices.tables.values() for row in rows]
    told = {
        "slices_note": True,
        "slices_marks": slices.hindrance != "few",
        "slices_in_time": by in IN_TIME,
        "slices_hidden_some": slices.left_out > 0 or ("others" in roles and is_of_few),
        "slices_unknown": "unknown" in roles,
        "slices_unnamed": any(group.unnamed for group in groups),
    }
    return [words(key, what=what, count=count) for key, is_so in told.items() if is_so]


def _said(analysis: Analysis, slices: Slices, words: Words) -> list[dict[str, Any]]:
    """Return what is clearly more or less of each slice, those left out of which nothing is."""
    said = []
    for place, one in enumerate(slices.slices):
        marks = [
            {"sign": SIGNS[mark], "words": words(f"slices_{mark}", what=_what(slices.by, words)), "names": names}
            for mark in ("above", "below")
            if (names := [*_names(analysis, slices, place, mark, words)])
        ]
        if marks:
            people = words("people_only", authors=one.authors)
            said.append({"title": _slice_title(analysis, slices.by, one, words), "people": people, "marks": marks})
    return said


def _names(analysis: Analysis, slices: Slices, place: int, mark: str, words: Words) -> Iterator[dict[str, str]]:
    for kind, rows in slices.tables.items():
        for row in rows:
            if row.cells[place].mark == mark:
                number, title = row_name(analysis, kind, row, words)
                yield {"kind": words(f"head_{kind}"), "number": number, "title": title}


def _table(analysis: Analysis, slices: Slices, kind: str, words: Words, most: int | None) -> dict[str, Any]:
    rows = slices.tables[kind]
    if kind == "topic":
        rows = tuple(sorted(rows, key=lambda row: -len(row.group.author_ids)))
    shown = rows if kind == "step" else rows[:most]
    return {
        "kind": kind,
        "title": words(f"slices_{kind}"),
        "rows": [_row(analysis, slices, kind, row, words) for row in shown],
        "more": len(rows) - len(shown),
    }


def _row(analysis: Analysis, slices: Slices, kind: str, row: Row, words: Words) -> dict[str, Any]:
    number, title = row_name(analysis, kind, row, words)
    status = next((issue.status for issue in analysis.insight.issues if issue.group is row.group), "shared")
    return {
        "number": number,
        "title": title,
        "status": words(f"status_{status}") if status != "shared" else "",
        "authors": _counted(len(row.group.author_ids), "", row.group.unnamed),
        "cells": [_cell(analysis, cell, one, words) for cell, one in zip(row.cells, slices.slices, strict=True)],
    }


def _cell(analysis: Analysis, cell: Cell, one: Slice, words: Words) -> dict[str, Any]:
    if cell.authors < analysis.left_out.fewest and analysis.left_out:
        few = str(people_or_fewer(analysis, cell.authors, words))
        return {"width": 0, "share": few, "role": one.role, "mark": "", "words": "", "text": few}
    of_all = words("people_of_all", voices=cell.authors, all=one.authors)
    return {
        "width": round(100 * (cell.share or 0)),
        "share": f"{of_all} {share_words(cell, words)}" if one.authors else "",
        "role": one.role,
        "mark": cell.mark,
        "words": words(f"slices_short_{cell.mark}") if cell.mark else "",
        "text": _counted(cell.authors, cell.mark, cell.unnamed),
    }


def _counted(authors: int, mark: str, unnamed: int) -> str:
    """Return people, their mark and voices without a name in a few letters; nothing where nobody writes of it."""
    people = str(authors) if authors or mark else ""
    return " ".join(filter(None, (people, SIGNS[mark], f"(+{unnamed})" if unnamed else "")))


# ---- for scripts


def slices_json(analysis: Analysis, slices: Slices, words: Words) -> dict[str, Any]:
    """Return slices as users' scripts read them: cells stand in the order of the slices."""
    return {
        "by": slices.by,
        "hindrance": slices.hindrance,
        "slices": [
            {
                "title": _slice_title(analysis, slices.by, one, words),
                "role": one.role,
                "values": len(one.keys),
                "authors": one.authors,
            }
            for one in slices.slices
        ],
        **{
            f"{kind}s": [
                {
                    "id": row.group.id,
                    "number": (name := row_name(analysis, kind, row, words))[0],
                    "title": name[1],
                    "authors": len(row.group.author_ids),
                    "unnamed": row.group.unnamed,
                    "cells": [_cell_json(cell) for cell in row.cells],
                }
                for row in rows
            ]
            for kind, rows in slices.tables.items()
        },
    }


def _cell_json(cell: Cell) -> dict[str, Any]:
    names = ("authors", "unnamed", "share", "low", "high", "ratio", "chance", "mark")
    return {name: getattr(cell, name) for name in names}


def slice_rows(values: dict[str, Any], kinds: Sequence[str]) -> tuple[tuple[str, ...], list[list[object]]]:
    """Return slices (``slices_json``) as a table, heads and rows: a line for each cell."""
    rows: list[list[object]] = []
    for kind in kinds:
        for row in values[f"{kind}s"]:
            for one, cell in zip(values["slices"], row["cells"], strict=True):
                known = {"by": values["by"], "kind": kind, "id": row["number"], "title": row["title"]}
                known |= {"value": one["title"], "role": one["role"], "of": one["authors"]} | cell
                rows.append(["" if known[name] is None else known[name] for name in _COLUMNS])
    return _COLUMNS, rows


def render_slices_csv(analysis: Analysis, lang: str = "th") -> str:
    """Return what a report compares as CSV for spreadsheets: a byte order mark, no cell that runs as a formula. Of nothing it is empty."""
    if not analysis.compare_by:
        return ""
    words, out = Words(lang, analysis.buddhist), io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(_COLUMNS)
    for by in analysis.compare_by:
        slices = slices_of(analysis, by)
        _, rows = slice_rows(slices_json(analysis, slices, words), tuple(slices.tables))
        writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    return "\ufeff" + out.getvalue()
