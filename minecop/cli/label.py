"""``minecop label``."""

from __future__ import annotations

import json
from pathlib import Path

import click

from minecop.cli.options import language
from minecop.core.files import write_text
from minecop.core.messages import message


@click.command("label")
@click.argument("file", type=click.Path(path_type=Path))
@click.option(
    "-o",
    "--output",
    type=click.Path(path_type=Path),
    required=True,
    help="ไฟล์ผลลัพธ์ JSON Lines / output file; - for the terminal",
)
@click.option("--process", default="organisation", show_default=True, metavar="NAME|FILE", help="กระบวนการ / process")
@language
def command(file: Path, output: Path, process: str, lang: str) -> None:
    """ติดป้ายช่วงความทีละบรรทัด ว่าอยู่ขั้นใดและทำอะไร / Label passages: their step, and what they do.

    FILE is JSON Lines or CSV with a field text, and optional id, kind (post or comment) and title. One line comes out for each.

    \b
    minecop label passages.jsonl -o labels.jsonl
    minecop label passages.csv -o labels.jsonl --process civic
    """
    from minecop.acts.labelling import read_label_rows
    from minecop.run.labelling import label_rows

    labels = label_rows(read_label_rows(file), process)
    text = "".join(json.dumps(label, ensure_ascii=False) + "\n" for label in labels)
    if str(output) == "-":
        click.echo(text, nl=False)
        return
    write_text(output, text)
    click.echo(message("labels_written", lang, count=len(labels), path=output))
