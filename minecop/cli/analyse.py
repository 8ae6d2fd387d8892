"""``minecop analyse``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from minecop.cli.options import READABLE, default_output, executor_of, run_options, settings_of
from minecop.cli.showing import progress
from minecop.core.messages import message
from minecop.run.pipeline import analyse


@click.command("analyse")
@click.argument("archive", type=READABLE)
@run_options
def command(archive: Path, **options: Any) -> None:
    """วิเคราะห์คลังบันทึก (ทุกขั้นยกเว้นการทำรายงาน) / Analyse an archive: everything but the report.

    ARCHIVE is an archive folder, or a raw file or folder, which is read on the fly; or the address of one
    (s3://bucket/folder). What has not changed since the last run in the same folder is reused.

    \b
    minecop analyse corpora/sample
    minecop analyse posts.jsonl -o outputs/mine --since 2010-01-01
    minecop analyse corpora/large --cluster tcp://192.168.1.10:8786
    """
    output = options["output"] or default_output(archive)
    lang, settings, workers = options["lang"], settings_of(options), options["workers"]
    with progress(lang, verbose=options["verbose"]) as listener, executor_of(options) as executor:
        run = analyse(archive, output, settings, workers=workers, executor=executor, listener=listener, lang=lang)
    click.echo(message("run_written", lang, path=run.folder))
