"""``minecop pack``."""

from __future__ import annotations

import re
from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from minecop.cli.options import language, min_authors_option, privacy_options, years_option
from minecop.cli.shown import shown
from minecop.core.messages import message
from minecop.report.agenda import SESSIONS
from minecop.report.packtemplate import PACK_FILE, TEMPLATE


def _ranks(ctx: click.Context, param: click.Parameter, value: str) -> tuple[int, ...]:
    parts = [part for part in re.split(r"[,\s]+", value) if part]
    if not all(part.isdecimal() for part in parts):
        raise click.BadParameter("1,3,5")
    return tuple(int(part) for part in parts)


@click.command("pack")
@click.argument("run", type=click.Path(path_type=Path))
@click.option("-o", "--output", type=click.Path(path_type=Path), help=f"ไฟล์ที่จะเขียน / file to write [RUN/{PACK_FILE}]")
@click.option(
    "--sessions",
    "session",
    type=click.Choice(SESSIONS),
    default=SESSIONS[0],
    show_default=True,
    help="แบบของวง: ครึ่งวัน หนึ่งวัน หรือสภากาแฟ / kind of session, for agenda and sheets",
)
@click.option(
    "--issues",
    "ranks",
    metavar="1,3,5",
    default="",
    callback=_ranks,
    help="ประเด็นที่จะคุย ตามลำดับใน minecop issues / ranks of the issues to talk about [those accepted, else those of the first page]",
)
@click.option(
    "--template",
    type=click.Path(dir_okay=False, path_type=Path),
    default=TEMPLATE,
    help="แม่แบบ Word ของท่าน / a Word template of your own",
)
@privacy_options
@min_authors_option
@years_option
@language
def command(
    run: Path,
    output: Path | None,
    session: str,
    ranks: tuple[int, ...],
    template: Path,
    lang: str,
    **options: Any,
) -> None:
    """ทำชุดเอกสาร Word สำหรับวงพัฒนาเป้าหมายร่วม / Make a Word pack for a session on common goals.

    One page, the data and their limits, a card for each issue, early voices, lessons, steps, questions, a draft agenda with roles, table
    sheets and forms, and where every quote comes from. All of it can be changed in Word. If people have accepted issues for the session
    (`minecop curate RUN accept 3`), it has only these, in the order in which they were accepted; what people noted is in it, too.

    \b
    minecop pack outputs/sample
    minecop pack outputs/sample --sessions world-cafe --issues 1,3,5 --lang en
    minecop pack outputs/sample --mask --pseudonyms -o may-session.docx
    """
    from minecop.report.pack import write_pack
    from minecop.run.opening import open_run

    opened = open_run(run)
    analysis = shown(opened, lang, options)
    path = output or run / PACK_FILE
    with nullcontext() if output else opened.writing():
        write_pack(analysis, path, lang, session=session, ranks=ranks, template=template)
    click.echo(message("pack_written", lang, path=path))
