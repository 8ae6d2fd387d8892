"""``minecop text``."""

from __future__ import annotations

from dataclasses import asdict
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minecop.cli.options import echo_json, language
from minecop.cli.showing import console
from minecop.core.messages import message

if TYPE_CHECKING:
    from rich.console import Console

    from minecop.run.reading_texts import PassageView


@click.command("text")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "--words", is_flag=True, help="แสดงคำหลังรวมศัพท์ แทนการตัดคำ / show words under the names of terms, not tokens"
)
@click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON")
@language
def command(file: Path, lang: str, *, words: bool, as_json: bool) -> None:
    """แสดงว่าโปรแกรมเห็นข้อความอย่างไร: ช่วงความ คำ และสิ่งที่แต่ละช่วงทำ / Show what the machine sees in a text.

    FILE is anything that can be imported. Every passage is shown with its place in the text as written, how it is cut into words, and what
    it does with the words that show it.

    \b
    minecop text reflection.txt
    minecop text saved-page.html --words
    """
    from rich.text import Text

    from minecop.run.reading_texts import view_texts

    views = view_texts(file)
    if as_json:
        echo_json([asdict(view) for view in views])
        return
    out = console()
    for view in views:
        title = (
            view.title or view.post_id if view.comment is None else message("text_comment", lang, number=view.comment)
        )
        out.print(Text.assemble((title, "bold"), "  ", (view.author or "", "dim")))
        for passage in view.passages:
            _show(out, passage, lang, words=words)
        out.print()


def _show(out: Console, passage: PassageView, lang: str, *, words: bool) -> None:
    from rich.text import Text

    head = Text(f"{passage.start}–{passage.end}", style="cyan")
    if passage.heading:
        head.append(f"  ↳ {passage.heading}", style="italic")
    if passage.origin != "own":
        head.append(f"  ({message(f'origin_{passage.origin}', lang)})", style="yellow")
    for act, shown in passage.acts.items():
        head.append(f"  [{message(f'act_{act}', lang)}]", style="green")
        if shown:
            head.append(f" {', '.join(shown)}", style="dim")
    if passage.tense != "none":
        head.append(f"  {message(f'tense_{passage.tense}', lang)}", style="magenta")
    out.print(head)
    pieces = passage.words if words else (token for token in passage.tokens if token.strip())
    out.print(Text("|".join(pieces)))
    for part, said in passage.parts.items():
        out.print(Text.assemble(("  " + message(f"part_{part}", lang), "green"), f": {said}"))
