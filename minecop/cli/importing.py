"""``minecop import``."""

from __future__ import annotations

from pathlib import Path

import click

from minecop.archive.importing import import_archive
from minecop.cli.options import language, verbose
from minecop.cli.showing import progress, show_account
from minecop.core.messages import message


@click.command("import")
@click.argument("source", type=click.Path(path_type=Path))
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="โฟลเดอร์ของคลัง / folder of the archive [corpora/<name>]"
)
@language
@verbose
def command(source: Path, target: Path | None, lang: str, verbose: bool) -> None:
    """นำเข้าไฟล์เป็นคลังบันทึก พร้อมบัญชีว่าอ่านอะไรได้บ้าง / Import files as an archive, with an account.

    \b
    minecop import posts.jsonl
    minecop import saved-pages/ --to corpora/ours
    """
    with progress(lang, verbose=verbose) as listener:
        folder, archive = import_archive(source, target, listener)
    show_account(archive, lang, verbose=verbose)
    click.echo(message("archive_written", lang, path=folder))
