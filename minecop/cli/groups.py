"""Topics and steps in the terminal."""

from __future__ import annotations

from minecop.cli.options import echo_json
from minecop.cli.showing import echo_csv, show_table
from minecop.insight.models import Group
from minecop.report.rendering import groups_json
from minecop.report.words import Words

_HEADS = ("id", "authors", "communities", "passages", "trend", "title")


def show_groups(groups: tuple[Group, ...], *, as_json: bool, as_csv: bool, lang: str) -> None:
    """Print groups as JSON, as CSV or as a table."""
    values = groups_json(groups)
    if as_json:
        echo_json(values)
        return
    rows = [[value[name] for name in _HEADS] for value in values]
    if as_csv:
        echo_csv(_HEADS, rows)
        return
    words = Words(lang)
    shown = [
        [words(f"trend_{cell}") if name == "trend" else cell for name, cell in zip(_HEADS, row, strict=True)]
        for row in rows
    ]
    show_table([words(f"head_{name}") for name in _HEADS], shown, lang)
