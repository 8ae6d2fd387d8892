"""``minecop import``."""

from __future__ import annotations

from pathlib import Path

import click

from minecop.archive.fields import parse_mapping
from minecop.archive.sources import Options
from minecop.cli.options import ARCHIVE, READABLE, language, verbose, workers_option
from minecop.cli.showing import progress, show_account
from minecop.core.messages import message


@click.command("import")
@click.argument("source", type=READABLE)
@click.option(
    "--to",
    "target",
    type=ARCHIVE,
    help="โฟลเดอร์ของคลัง ถ้ามีคลังอยู่แล้วจะเพิ่มเข้าไป / folder of the archive; added to where there is one [corpora/<name>]",
)
@click.option(
    "--map",
    "columns",
    multiple=True,
    metavar="COLUMN=FIELD",
    help="คอลัมน์นี้คือข้อมูลใด (ใช้ซ้ำได้) / what a column or JSON path holds (repeatable)",
)
@click.option(
    "--estimate-dates", is_flag=True, help="ประมาณเดือนจากหมายเลขบันทึก / estimate unknown dates from post numbers"
)
@workers_option
@language
@verbose
def command(
    source: Path,
    target: Path | None,
    columns: tuple[str, ...],
    lang: str,
    workers: int,
    *,
    estimate_dates: bool,
    verbose: bool,
) -> None:
    """นำเข้าไฟล์เป็นคลังบันทึก หรือเพิ่มเข้าคลังเดิม พร้อมบัญชีว่าอ่านอะไรได้บ้าง / Import files as an archive or into one, with an account.

    SOURCE is a file or a folder of saved pages, texts, tables, feeds, blog exports, chats, Word and PDF files, or a
    .zip of these. With --to an archive that is already there, new posts are added, edited ones brought up to date, and
    nothing is there twice. An import that was stopped goes on where it was.

    \b
    minecop import posts.jsonl
    minecop import saved-pages/ --to corpora/ours
    minecop import list.xlsx --map "เรื่องที่เล่า=body" --map "ผู้เล่า=author"
    minecop import new-pages.zip --to corpora/ours --workers 4
    minecop import s3://bucket/pages --to corpora/ours
    """
    from minecop.archive.importing import import_archive
    from minecop.core.executors import make_executor

    options = Options(parse_mapping(columns), estimate_dates)
    with make_executor(workers) as executor, progress(lang, verbose=verbose) as listener:
        folder, head = import_archive(source, target, options, executor=executor, listener=listener)
    show_account(head, lang, verbose=verbose, folder=folder)
    click.echo(message("archive_written", lang, path=folder))
