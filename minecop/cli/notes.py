"""``minecop notes``."""

from __future__ import annotations

from contextlib import nullcontext
from pathlib import Path
from typing import Any

import click

from minecop.cli.options import RUN, language, privacy_options
from minecop.cli.shown import shown
from minecop.core.messages import message
from minecop.insight.models import BELOW_THE_BAR
from minecop.insight.notes import NOTES_FILE


@click.command("notes")
@click.argument("run", type=RUN)
@click.option("-o", "--output", type=click.Path(path_type=Path), help=f"ไฟล์ที่จะเขียน / file to write [RUN/{NOTES_FILE}]")
@click.option("--all", "everything", is_flag=True, help="มีแถวของเสียงแรกเริ่มด้วย / rows for early voices, too")
@privacy_options
@language
def command(run: Path, output: Path | None, lang: str, *, everything: bool, **options: Any) -> None:
    """ทำตารางให้วงกรอกว่าเลือกประเด็นใด ตกลงทำอะไร ใครรับผิดชอบ / Write a table for a session's decisions on the issues.

    One row an issue: what the group decided, its status (chosen, working, done, dropped), who is responsible, when. Rows may be left
    empty, and added by hand: an issue is named by its rank, id or title. `minecop compare --notes` reads it.

    \b
    minecop notes outputs/sample
    minecop notes outputs/sample -o may-session.csv --lang en
    minecop notes outputs/sample -o to-share.csv --mask --pseudonyms
    """
    from minecop.insight.notes import write_notes
    from minecop.insight.sharing import retitled
    from minecop.run.opening import open_run

    opened = open_run(run)
    analysis = shown(opened, lang, options)
    path = output or run / NOTES_FILE
    issues = [issue for issue in analysis.insight.issues if everything or issue.status not in BELOW_THE_BAR]
    with nullcontext() if output else opened.writing():
        write_notes(path, [retitled(issue, analysis.privacy) for issue in issues], lang)
    click.echo(message("notes_written", lang, path=path))
    if not issues and analysis.insight.issues:
        click.echo(message("notes_only_early", lang, count=len(analysis.insight.issues)))
