"""``minecop steps``."""

from __future__ import annotations

from pathlib import Path

import click

from minecop.cli.groups import show_groups
from minecop.cli.options import format_options, language
from minecop.run.loading import load_analysis
from minecop.run.pipeline import open_run


@click.command("steps")
@click.argument("run", type=click.Path(path_type=Path))
@format_options
@language
def command(run: Path, as_json: bool, as_csv: bool, lang: str) -> None:
    """แสดงว่าคนเขียนถึงขั้นใดของกระบวนการบ้าง / Show which steps of the process people write of.

    \b
    minecop steps outputs/sample
    minecop steps outputs/sample --json
    """
    show_groups(load_analysis(open_run(run)).insight.steps, as_json=as_json, as_csv=as_csv, lang=lang)
