"""``minecop doctor``."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minecop.cli.options import RUN_OR_ARCHIVE, echo_json, language
from minecop.core.messages import message

if TYPE_CHECKING:
    from minecop.run.checks import Check

_MARKS = {"good": ("✓", "[ok]", "green"), "notable": ("!", "[!]", "yellow"), "broken": ("✗", "[x]", "red")}
"""Mark of each state, the same for terminals that have none but ASCII, and its colour."""


@click.command("doctor")
@click.argument("place", type=RUN_OR_ARCHIVE, required=False, metavar="[RUN|ARCHIVE]")
@click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON เพื่อส่งให้ผู้ช่วยเหลือ / as JSON, for those who help")
@language
@click.pass_context
def command(context: click.Context, place: Path | None, lang: str, *, as_json: bool) -> None:
    """ตรวจการติดตั้งและเครื่อง แล้วบอกว่าต้องทำอะไร / Check the installation and the machine, and say what to do.

    Given the folder of a run, an archive, or files to be read, those are looked at, too: whether they are whole, and how much memory and
    disk they need. Exit code 1 where something that is needed does not work.

    \b
    minecop doctor
    minecop doctor outputs/ours
    minecop doctor corpora/ours --lang en
    """
    checks = [*_checks(place)]
    states = [check.state for check in checks]
    if as_json:
        values = [
            {"name": one.name, "state": one.state, "text": one.text(lang), "to_do": one.advice(lang)} for one in checks
        ]
        echo_json({"ok": "broken" not in states, "checks": values})
    else:
        _show(checks, lang)
    context.exit(1 if "broken" in states else 0)


def _checks(place: Path | None) -> Iterator[Check]:
    from minecop.run import installation, machine
    from minecop.run.condition import examine

    needs, of_place = examine(place) if place else (None, [])
    output = place if place and (place / "stages").is_dir() else Path("outputs")
    yield installation.check_python()
    yield installation.check_minecop()
    yield from installation.check_libraries()
    yield installation.check_tokenizer()
    yield installation.check_shipped()
    yield installation.check_fonts()
    yield installation.check_browser()
    yield machine.check_output(output)
    yield machine.check_disk(output, needs)
    yield machine.check_memory(needs)
    yield machine.check_processors(needs)
    yield machine.check_terminal()
    yield from of_place


def _show(checks: list[Check], lang: str) -> None:
    plain = any(check.name == "terminal_other" for check in checks)
    for check in checks:
        mark, ascii_mark, colour = _MARKS[check.state]
        click.echo(f"{click.style(ascii_mark if plain else mark, fg=colour, bold=True)} {check.text(lang)}")
        if advice := check.advice(lang):
            click.echo(f"    {'->' if plain else '→'} {advice}")
    counts = {state: sum(check.state == state for check in checks) for state in _MARKS}
    key = "doctor_sum_broken" if counts["broken"] else "doctor_sum_notable" if counts["notable"] else "doctor_sum_good"
    click.echo(message(key, lang, **counts))
