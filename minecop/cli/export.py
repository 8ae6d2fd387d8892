"""``minecop export``."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import click

from minecop.cli.options import RUN, language, sharing_options, years_option
from minecop.cli.shown import shown
from minecop.core.messages import message


@click.command("export")
@click.argument("run", type=RUN)
@click.option(
    "--to",
    "target",
    type=click.Path(path_type=Path),
    help="โฟลเดอร์ที่จะส่งต่อ หรือไฟล์ .qdpx / folder to hand on, or a .qdpx file [<run>-export]",
)
@sharing_options
@years_option
@language
def command(run: Path, target: Path | None, lang: str, **options: Any) -> None:
    """ทำโฟลเดอร์สำหรับส่งต่อ: รายงาน คลัง และช่วงความ ปิดข้อมูลส่วนบุคคลได้ / Make a folder to hand on, personal data masked if asked.

    With --mask the folder holds no original text: numbers, addresses and names of people are replaced everywhere. With
    --pseudonyms authors are too. The key that tells who is who stays on this machine, outside the folder. With --min-authors
    nothing is in it that fewer people stand behind, and no whole post; with --no-source-text no words but those quoted.

    With --to FILE.qdpx all is one REFI-QDA project instead: posts and comments with issues, topics, steps and lessons as codes, for MAXQDA,
    ATLAS.ti, NVivo or QualCoder.

    \b
    minecop export outputs/sample
    minecop export outputs/sample --mask --pseudonyms --to to-share
    minecop export outputs/sample --mask --pseudonyms --min-authors 3 --no-source-text --to for-all
    minecop export outputs/sample --to sample.qdpx
    """
    from minecop.run.exporting import QDA_ENDING, export_qda, export_run
    from minecop.run.opening import open_run

    opened = open_run(run)
    analysis = shown(opened, lang, options)
    target = target or run.resolve().with_name(f"{run.resolve().name}-export")
    is_qda = target.suffix.lower() == QDA_ENDING
    if is_qda:
        export_qda(analysis, target, lang)
    else:
        export_run(analysis, opened, target, lang)
    click.echo(message("qda_written" if is_qda else "export_written", lang, path=target))
