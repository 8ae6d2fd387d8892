"""``minecop analyse``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from minecop.cli.options import (
    READABLE,
    decisions_options,
    default_output,
    executor_of,
    run_options,
    settings_of,
    workers_of,
)
from minecop.cli.showing import progress
from minecop.cli.shown import decisions_for
from minecop.cli.timings import show_timings, timings_option
from minecop.core.messages import message


@click.command("analyse")
@click.argument("archive", type=READABLE)
@run_options
@decisions_options
@timings_option
def command(archive: Path, **options: Any) -> None:
    """วิเคราะห์คลังบันทึก (ทุกขั้นยกเว้นการทำรายงาน) / Analyse an archive: everything but the report.

    ARCHIVE is an archive folder, or a raw file or folder, which is read on the fly; or the address of one
    (s3://bucket/folder). What has not changed since the last run in the same folder is reused. With --timings, how long each
    stage took, and how much memory; given the folder of a finished run, only that is shown.

    \b
    minecop analyse corpora/sample
    minecop analyse posts.jsonl -o outputs/mine --since 2010-01-01
    minecop analyse corpora/ours --workers 4 --timings
    minecop analyse corpora/large --cluster tcp://192.168.1.10:8786
    """
    from minecop.run.pipeline import analyse
    from minecop.run.timings import is_timed

    if options["timings"] and is_timed(archive):
        show_timings(archive, options["lang"])
        return
    output = options["output"] or default_output(archive)
    lang, settings, workers = options["lang"], settings_of(options), workers_of(options, archive)
    with progress(lang, verbose=options["verbose"]) as listener, executor_of(options, workers) as executor:
        curation = decisions_for(archive, options)
        run = analyse(
            archive,
            output,
            settings,
            workers=workers,
            executor=executor,
            listener=listener,
            lang=lang,
            curation=curation,
        )
    click.echo(message("run_written", lang, path=run.folder))
    if options["timings"]:
        show_timings(run.folder, lang)
