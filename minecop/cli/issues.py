"""``minecop issues``."""

from __future__ import annotations

from pathlib import Path

import click

from minecop.cli.options import echo_json, format_options, language
from minecop.cli.showing import echo_csv, show_table
from minecop.report.rendering import issues_json
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.pipeline import open_run

_HEADS = ("rank", "status", "trend", "authors", "communities", "title")


@click.command("issues")
@click.argument("run", type=click.Path(path_type=Path))
@format_options
@language
def command(run: Path, as_json: bool, as_csv: bool, lang: str) -> None:
    """แสดงประเด็นร่วมและเสียงแรกเริ่มของผลวิเคราะห์ / Show the issues of a run.

    \b
    minecop issues outputs/sample
    minecop issues outputs/sample --json
    """
    analysis = load_analysis(open_run(run))
    values = issues_json(analysis)
    if as_json:
        echo_json(values)
        return
    rows = [[issue[name] for name in _HEADS] for issue in values["issues"]]
    if as_csv:
        echo_csv(_HEADS, rows)
        return
    words = Words(lang)
    shown = [[row[0], words(f"status_{row[1]}"), words(f"trend_{row[2]}"), *row[3:]] for row in rows]
    show_table([words(f"head_{name}") for name in _HEADS], shown, lang)
