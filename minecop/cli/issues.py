"""``minecop issues``."""

from __future__ import annotations

from pathlib import Path

import click

from minecop.cli.options import echo_json, format_options, language
from minecop.cli.showing import echo_csv, show_table
from minecop.cli.slices import compare_option, echo_slices
from minecop.insight.slices import slices_of
from minecop.report.rendering import issues_json
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.pipeline import open_run

_HEADS = ("rank", "status", "trend", "authors", "communities", "title")


@click.command("issues")
@click.argument("run", type=click.Path(path_type=Path))
@compare_option
@click.option(
    "--all", "everything", is_flag=True, help="เทียบเสียงแรกเริ่มด้วย / early voices side by side, too (--compare-by)"
)
@format_options
@language
def command(
    run: Path, compare_by: tuple[str, ...], lang: str, *, everything: bool, as_json: bool, as_csv: bool
) -> None:
    """แสดงประเด็นร่วมและเสียงแรกเริ่มของผลวิเคราะห์ / Show the issues of a run.

    With --compare-by, side by side: how many people of each community, group, profession or period voice them, and where those are clearly
    more or fewer than elsewhere.

    \b
    minecop issues outputs/sample
    minecop issues outputs/sample --compare-by group
    minecop issues outputs/sample --json
    """
    analysis = load_analysis(open_run(run))
    if compare_by:
        every = [slices_of(analysis, by, early=everything) for by in compare_by]
        echo_slices(analysis, every, "issue", Words(lang), as_json=as_json, as_csv=as_csv)
        return
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
