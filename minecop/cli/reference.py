"""The reference of all commands, made of their help: ``python -m minecop.cli.reference docs/reference.md`` (``make docs``)."""

from __future__ import annotations

import re
import sys
from collections.abc import Iterator
from inspect import cleandoc
from pathlib import Path

import click

from minecop.cli import cli

_HEAD = """\
# คำสั่งทั้งหมด / All commands

หน้านี้ทำจากข้อความช่วยเหลือของโปรแกรมเอง (`minecop COMMAND --help`) / This page is made of the help of the program itself, by `make docs`.

รหัสจบการทำงาน / Exit codes: 0 เรียบร้อย / well · 1 ข้อมูลเข้าหรือที่เขียนผลมีปัญหา / something is wrong with the input or the output ·
2 สั่งผิด / the call is wrong · 130, 143 ถูกสั่งหยุด / stopped.
"""


def commands(
    command: click.Command = cli, words: tuple[str, ...] = ("minecop",)
) -> Iterator[tuple[str, click.Command]]:
    """Yield every command with the words that call it, groups before what they hold."""
    yield " ".join(words), command
    if isinstance(command, click.Group):
        context = click.Context(command)
        for name in command.list_commands(context):
            below = command.get_command(context, name)
            if below is not None and not below.hidden:
                yield from commands(below, (*words, name))


def reference() -> str:
    """Return the reference of all commands as Markdown."""
    found = list(commands())[1:]
    rows = [f"| [`{call}`](#{_anchor(call)}) | {_first_line(command)} |" for call, command in found]
    table = "\n".join(["| คำสั่ง / command | ทำอะไร / what it does |", "|---|---|", *rows])
    return "\n".join([_HEAD, table, "", *(_section(call, command) for call, command in found)])


def _anchor(call: str) -> str:
    return call.replace(" ", "-")


def _first_line(command: click.Command) -> str:
    return cleandoc(command.help or "").splitlines()[0]


def _section(call: str, command: click.Command) -> str:
    context = click.Context(command, info_name=call)
    parts = [f"## {call}", *_help(command), f"```\n{call} {' '.join(command.collect_usage_pieces(context))}\n```"]
    options = [param for param in command.params if isinstance(param, click.Option) and not param.hidden]
    if options:
        rows = [f"| {_names(option, context)} | {_cell(option.help or '')}{_default(option)} |" for option in options]
        parts.append("\n".join(["| ตัวเลือก / option | |", "|---|---|", *rows]))
    return "\n\n".join(parts) + "\n"


def _help(command: click.Command) -> Iterator[str]:
    """Yield the paragraphs of a command's help; those that keep their lines are examples."""
    for paragraph in re.split(r"\n\s*\n", cleandoc(command.help or "")):
        kept = paragraph.removeprefix("\b\n")
        yield f"```sh\n{kept}\n```" if kept != paragraph else " ".join(paragraph.split())


def _names(option: click.Option, context: click.Context) -> str:
    record = option.get_help_record(context)
    return f"`{record[0]}`".replace("|", "\\|") if record else ""


def _default(option: click.Option) -> str:
    shown = option.show_default and option.default is not None
    return f" [{option.default}]" if shown else ""


def _cell(text: str) -> str:
    return " ".join(text.split()).replace("|", "\\|").replace("<", "&lt;")


if __name__ == "__main__":
    Path(sys.argv[1]).write_text(reference(), encoding="utf-8")
