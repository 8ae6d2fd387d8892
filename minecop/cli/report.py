"""``minecop report``."""

from __future__ import annotations

from contextlib import ExitStack
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import (
    READABLE,
    default_output,
    executor_of,
    order_option,
    run_options,
    settings_of,
    sharing_options,
    workers_of,
    years_option,
)
from minecop.cli.showing import progress, show_account
from minecop.cli.shown import decisions_for, decisions_on, shown
from minecop.cli.slices import compare_option, hindrances
from minecop.cli.timings import show_timings, timings_option
from minecop.core.messages import message
from minecop.insight.ordering import in_order
from minecop.report.printing import write_pdf

if TYPE_CHECKING:
    from minecop.run.opening import Run


def make_report(archive: Path, options: dict[str, Any]) -> None:
    """Analyse an archive, write its report, and say where it is."""
    from minecop.archive.store import read_head
    from minecop.run.pipeline import analyse
    from minecop.run.timings import is_timed, timing_report

    lang = options["lang"]
    if options.get("timings") and is_timed(archive):
        show_timings(archive, lang)
        return
    output = options["output"] or default_output(archive)
    workers = workers_of(options, archive)
    with progress(lang, verbose=options["verbose"]) as listener, executor_of(options, workers) as executor:
        run = analyse(
            archive,
            output,
            settings_of(options),
            workers=workers,
            executor=executor,
            listener=listener,
            lang=lang,
            curation=decisions_for(archive, options),
        )
    show_account(read_head(run.stage_folder("archive")), lang, verbose=options["verbose"])
    with ExitStack() as held:
        with timing_report(run.folder) as timing:
            page, timing["reused"] = _write(run, options, held)
        if timing["reused"] and options["verbose"]:
            click.echo(f"{message('stage_report', lang)}: {message('stage_reused', lang)}", err=True)
        click.echo(message("report_written", lang, path=page))
        if options.get("pdf"):
            click.echo(message("pdf_written", lang, path=write_pdf(page)))
    if options.get("timings"):
        show_timings(run.folder, lang)


_ASKED = ("lang", "order_by", "compare_by", "min_authors", "source_text", "years")
"""Options that a report depends on besides its run."""


def _write(run: Run, options: dict[str, Any], held: ExitStack) -> tuple[Path, bool]:
    """Write the report unless it stands there already; return the path of its page, and whether it did.

    With names or data masked it is written always: what stands in the key is the user's, and may have changed. From then on the run is held
    for all that is written into its folder.
    """
    from minecop.run.reporting import PAGE, said_of_report, write_report

    lang, masked = options["lang"], options.get("mask") or options.get("pseudonyms")
    asked = None if masked else {name: options.get(name) for name in _ASKED}
    if asked is not None:
        asked["decisions"] = decisions_on(run, options).digest()
    said = said_of_report(run, asked)
    page, reused = run.folder / PAGE, said is not None
    if said is None:
        analysis = in_order(shown(run, lang, options), options.get("order_by") or "rank")
        analysis = replace(analysis, compare_by=tuple(dict.fromkeys(options.get("compare_by", ()))))
        said = hindrances(analysis, lang)
        held.enter_context(run.writing())  # masks, which are made above, hold it by themselves
        write_report(analysis, run, lang, asked, said)
    else:
        held.enter_context(run.writing())
    for line in said:
        click.echo(line, err=True)
    return page, reused


@click.command("report")
@click.argument("archive", type=READABLE)
@run_options
@order_option
@sharing_options
@years_option
@compare_option
@timings_option
@click.option(
    "--pdf",
    is_flag=True,
    help="ทำ report.pdf ด้วย โดยใช้ Chrome หรือ Edge ในเครื่อง / write report.pdf, too, by Chrome or Edge at hand",
)
def command(archive: Path, **options: Any) -> None:
    """ทำรายงานประเด็นร่วมที่กำลังก่อตัวจากคลังบันทึก / Report on the emerging shared issues of an archive.

    ARCHIVE is an archive folder, or a raw file or folder, which is read on the fly; or the address of one
    (s3://bucket/folder). Writes report.html, report.md, report.xlsx, report.json, issues.csv, lessons.csv and
    sources.bib beside the run's tables, with --compare-by slices.csv, and with --pdf report.pdf. What has not
    changed since the last time is not made again.

    With --timings, how long each stage took, and how much memory; given the folder of a finished run, only that is shown.

    \b
    minecop report corpora/sample
    minecop report posts.jsonl --lang en -o outputs/mine
    minecop report corpora/ours --mask --pseudonyms --min-authors 3
    minecop report corpora/ours --compare-by group --compare-by period
    minecop report outputs/ours --timings
    """
    make_report(archive, options)
