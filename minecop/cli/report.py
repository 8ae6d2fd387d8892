"""``minecop report``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from minecop.cli.options import default_output, run_options, settings_of
from minecop.cli.showing import progress, show_account
from minecop.core.messages import message
from minecop.report.rendering import write_reports
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


def make_report(archive: Path, options: dict[str, Any]) -> Path:
    """Analyse an archive, write its report, and say where it is."""
    lang = options["lang"]
    output = options["output"] or default_output(archive)
    with progress(lang, verbose=options["verbose"]) as listener:
        run = analyse(archive, output, settings_of(options), workers=options["workers"], listener=listener, lang=lang)
    analysis = load_analysis(run)
    show_account(analysis.archive, lang, verbose=options["verbose"])
    page = write_reports(analysis, run.folder, lang)
    click.echo(message("report_written", lang, path=page))
    return page


@click.command("report")
@click.argument("archive", type=click.Path(path_type=Path))
@run_options
def command(archive: Path, **options: Any) -> None:
    """ทำรายงานประเด็นร่วมที่กำลังก่อตัวจากคลังบันทึก / Report on the emerging shared issues of an archive.

    ARCHIVE is an archive folder, or a raw file or folder, which is read on the fly. Writes report.html,
    report.md, report.json and issues.csv beside the run's tables.

    \b
    minecop report corpora/sample
    minecop report posts.jsonl --lang en -o outputs/mine
    """
    make_report(archive, options)
