"""The sheet on which people fill in what they decide about the topics and issues of a run (``curation.sheet`` reads it)."""

from __future__ import annotations

import csv
import io
from datetime import datetime

from minecop.core.cells import safe_cell
from minecop.core.dates import BANGKOK
from minecop.curation.sheet import SHEET_COLUMNS, SHEET_KINDS
from minecop.insight.analysis import Analysis
from minecop.report.words import Words
from minecop.report.workbook import Cell, Column, Sheet, workbook_bytes

_WIDTHS = (10, 12, 50, 16, 40, 24, 40)


def render_decision_sheet(analysis: Analysis, lang: str = "th", *, workbook: bool = True) -> bytes:
    """Return the sheet with a row for every topic and issue, as an Excel workbook or as CSV; what is to be done is left blank."""
    words = Words(lang, analysis.buddhist)
    place = int(lang == "th")
    label = analysis.privacy.label
    groups = [
        *(("topics", topic.group.id, topic.group.title) for topic in analysis.insight.topics),
        *(("issues", f"#{issue.group.id}", issue.group.title) for issue in analysis.insight.issues),
    ]
    heads = [names[place] for names in SHEET_COLUMNS.values()]
    # the sign before an id keeps Excel from taking one for a number (12e45678)
    rows: list[list[Cell]] = [
        [SHEET_KINDS[kind][place], number, label(title), None, None, None, None] for kind, number, title in groups
    ]
    if workbook:
        columns = tuple(Column(head, width) for head, width in zip(heads, _WIDTHS, strict=True))
        made = analysis.dates[1] if analysis.dates else datetime(1980, 1, 1, tzinfo=BANGKOK)
        title = f"{words('decided')} – {analysis.archive.name}"
        return workbook_bytes(
            [Sheet(words("decided"), columns, rows, fixed=3)],
            title=title,
            made=made,
            lang=lang,
            buddhist=words.buddhist,
            cut=words("cell_cut"),
        )
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(str(cell)) if cell is not None else "" for cell in row] for row in rows)
    return b"\xef\xbb\xbf" + out.getvalue().encode("utf-8", "replace")
