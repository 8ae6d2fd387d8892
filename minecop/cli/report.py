"""``minecop report``."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import Any

import click

from minecop.archive.store import read_head
from minecop.cli.options import (
    READABLE,
    default_output,
    executor_of,
    order_option,
    run_options,
    settings_of,
    sharing_options,
    years_option,
)
from minecop.cli.showing import progress, show_account
from minecop.cli.shown import shown
from minecop.cli.slices import compare_option, say_hindrances
from minecop.core.messages import message
from minecop.insight.ordering import in_order
from minecop.report.printing import write_pdf
from minecop.report.rendering import write_reports
from minecop.run.pipeline import analyse


def make_report(archive: Path, options: dict[str, Any]) -> Path:
    """Analyse an archive, write its report, and say where it is."""
    lang, settings, workers = options["lang"], settings_of(options), options["workers"]
    output = options["output"] or default_output(archive)
    with progress(lang, verbose=options["verbose"]) as listener, executor_of(options) as executor:
        run = analyse(archive, output, settings, workers=workers, executor=executor, listener=listener, lang=lang)
    show_account(read_head(run.stage_folder("archive")), lang, verbose=options["verbose"])
    analysis = in_order(shown(run, lang, options), options.get("order_by") or "rank")
    analysis = replace(analysis, compare_by=tuple(dict.fromkeys(options.get("compare_by", ()))))
    say_hindrances(analysis, lang)
    page = write_reports(analysis, run.folder, lang)
    click.echo(message("report_written", lang, path=page))
    if options.get("pdf"):
        click.echo(message("pdf_written", lang, path=write_pdf(page)))
    return page


@click.command("report")
@click.argument("archive", type=READABLE)
@run_options
@order_option
@sharing_options
@years_option
@compare_option
@click.option(
    "--pdf",
    is_flag=True,
    help="ทำ report.pdf ด้วย โดยใช้ Chrome หรือ Edge ในเครื่อง / write report.pdf, too, by Chrome or Edge at hand",
)
def command(archive: Path, **options: Any) -> None:
    """ทำรายงานประเด็นร่วมที่กำลังก่อตัวจากคลังบันทึก / Report on the emerging shared issues of an archive.

    ARCHIVE is an archive folder, or a raw file or folder, which is read on the fly; or the address of one
    (s3://bucket/folder). Writes report.html, report.md, report.xlsx, report.json, issues.csv, lessons.csv and
    sources.bib beside the run's tables, with --compare-by slices.csv, and with --pdf report.pdf.

    \b
    minecop report corpora/sample
    minecop report posts.jsonl --lang en -o outputs/mine
    minecop report corpora/ours --mask --pseudonyms --min-authors 3
    minecop report corpora/ours --compare-by group --compare-by period
    """
    make_report(archive, options)
