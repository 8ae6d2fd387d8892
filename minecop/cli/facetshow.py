"""``minecop steps facets RUN``: the missions, components and kinds of knowledge that people write of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from minecop.cli.options import RUN, echo_json, format_options, language, privacy_options
from minecop.cli.showing import echo_csv, show_table
from minecop.cli.shown import open_shown
from minecop.core.messages import message
from minecop.process.definition import load_facets
from minecop.report.words import Words

_RELIABLE = 0.5
"""F1 of a value of a facet below which it is marked as a hint only."""

_HEADS = ("id", "authors", "communities", "passages", "trend", "title")


@click.command("facets")
@click.argument("run", type=RUN)
@format_options
@privacy_options
@language
def facets_command(run: Path, as_json: bool, as_csv: bool, lang: str, **options: Any) -> None:
    """แสดงว่าคนเขียนถึงภารกิจ องค์ประกอบ และความรู้ชนิดใดบ้าง / Show which missions, components and kinds of knowledge people write of.

    A passage may tell of several, or of none. How far each is to be relied on stands below the table.
    """
    from minecop.process.facets import facet_figures
    from minecop.report.rendering import groups_json

    analysis = open_shown(run, lang, options)
    values = {value["id"]: value for value in groups_json(analysis.insight.facets, analysis.privacy)}
    named = [
        values[one.id] | {"title": f"{facet.names[lang]}: {one.names[lang]}"}
        for facet in load_facets()
        for one in facet.steps
        if one.id in values
    ]
    if as_json:
        echo_json(named)
        return
    if as_csv:
        echo_csv(_HEADS, [[value[head] for head in _HEADS] for value in named])
        return
    words, worth = Words(lang), facet_figures()
    rows = [
        value | {"trend": words(f"trend_{value['trend']}"), "title": value["title"] + _mark(worth[value["id"]]["f1"])}
        for value in named
    ]
    show_table([words(f"head_{head}") for head in _HEADS], [[row[head] for head in _HEADS] for row in rows], lang)
    if named:
        figures = ", ".join(f"{value['id']} {worth[value['id']]['f1']:.2f}" for value in named)
        click.echo(message("steps_facets_worth", lang, worth=figures))


def _mark(f1: float) -> str:
    return "" if f1 >= _RELIABLE else " *"
