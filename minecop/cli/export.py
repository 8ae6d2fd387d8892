"""``minecop export``."""

from __future__ import annotations

from pathlib import Path

import click

from minecop.cli.options import default_key, language, privacy_options
from minecop.cli.showing import show_privacy
from minecop.core.messages import message
from minecop.run.exporting import export_run
from minecop.run.loading import load_analysis
from minecop.run.masking import with_privacy
from minecop.run.pipeline import open_run


@click.command("export")
@click.argument("run", type=click.Path(path_type=Path))
@click.option(
    "--to", "target", type=click.Path(path_type=Path), help="โฟลเดอร์ที่จะส่งต่อ / folder to hand on [<run>-export]"
)
@privacy_options
@language
def command(run: Path, target: Path | None, key: Path | None, lang: str, *, mask: bool, pseudonyms: bool) -> None:
    """ทำโฟลเดอร์สำหรับส่งต่อ: รายงาน คลัง และช่วงความ ปิดข้อมูลส่วนบุคคลได้ / Make a folder to hand on, personal data masked if asked.

    With --mask the folder holds no original text: numbers, addresses and names of people are replaced everywhere. With
    --pseudonyms authors are too. The key that tells who is who stays on this machine, outside the folder.

    \b
    minecop export outputs/sample
    minecop export outputs/sample --mask --pseudonyms --to to-share
    """
    opened = open_run(run)
    analysis = load_analysis(opened)
    key = key or default_key(analysis.archive.name)
    analysis = with_privacy(analysis, opened, key, mask=mask, pseudonyms=pseudonyms, lang=lang)
    folder = target or run.resolve().with_name(f"{run.resolve().name}-export")
    export_run(analysis, opened, folder, lang)
    show_privacy(analysis.privacy, key, lang)
    click.echo(message("export_written", lang, path=folder))
