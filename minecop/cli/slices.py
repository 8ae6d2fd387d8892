"""``--compare-by``: issues and topics side by side by who writes, from where, or when."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any, TypeVar

import click

from minecop.cli.options import echo_json
from minecop.cli.showing import echo_csv, show_table
from minecop.insight.splits import SLICES
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis
    from minecop.insight.slices import Slices

Command = TypeVar("Command", bound=Callable[..., Any])


def compare_option(command: Command) -> Command:
    """Add ``--compare-by``."""
    return click.option(
        "--compare-by",
        type=click.Choice(SLICES),
        multiple=True,
        help="เทียบกันระหว่างชุมชน กลุ่ม อาชีพ ช่วงเวลา ฯลฯ (ใช้ซ้ำได้) / side by side by these (repeatable)",
    )(command)


def hindrances(analysis: Analysis, lang: str) -> list[str]:
    """Return lines on what a report was to compare and cannot, and what to fill in where."""
    from minecop.insight.slices import slices_of
    from minecop.report.slices import slices_notes

    hindered = (one for by in analysis.compare_by if (one := slices_of(analysis, by)).hindrance not in {"", "few"})
    return [line for slices in hindered for line in slices_notes(analysis, slices, Words(lang))]


def echo_slices(
    analysis: Analysis, every: Iterable[Slices], kind: str, words: Words, *, as_json: bool, as_csv: bool
) -> None:
    """Print the issues, topics or steps of a run side by side.

    Parameters
    ----------
    analysis
        The finished run.
    every
        Of it, by each split that was asked for.
    kind
        ``issue``, ``topic`` or ``step``.
    words
        Of the reader's language.
    as_json, as_csv
        For scripts; a table for readers without either.
    """
    from minecop.report.slices import slice_rows, slices_json, slices_view

    if as_json or as_csv:
        values = [slices_json(analysis, slices, words) for slices in every]
        if as_json:
            rows = f"{kind}s"
            echo_json([{name: one[name] for name in ("by", "hindrance", "slices", rows)} for one in values])
        else:
            tables = [slice_rows(one, [kind]) for one in values]
            echo_csv(tables[0][0], [row for _, rows in tables for row in rows])
        return
    for slices in every:
        _show(slices_view(analysis, slices, words), kind, words)


def _show(view: dict[str, Any], kind: str, words: Words) -> None:
    """Print a table, what can be claimed of it, and how it is read."""
    click.secho(view["title"], bold=True)
    for table in view["tables"]:
        if table["kind"] == kind:
            heads = [words("head_rank" if kind == "issue" else "head_id"), words("slices_all")]
            heads += [f"{head['title']} ({head['people']})" for head in view["heads"]]
            rows = [
                [row["number"], row["authors"], *(cell["text"] for cell in row["cells"]), row["title"]]
                for row in table["rows"]
            ]
            show_table([*heads, words("head_title")], rows, words.lang)
            if not any(cell["mark"] for row in table["rows"] for cell in row["cells"]):
                click.echo(view["none_said"])
    click.echo("\n".join([*view["notes"], ""]))
