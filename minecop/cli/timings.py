"""``--timings``: what each stage of a run took."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any, TypeVar

import click

from minecop.cli.showing import show_table
from minecop.core.messages import message

Command = TypeVar("Command", bound=Callable[..., Any])

_HEADS = ("stage", "rows_in", "rows_out", "characters", "seconds", "speed", "memory", "why")
_ROWS = (("passages",), ("posts", "comments"), ("topics",), ("issues",))
"""Rows that are worth a place in the table, the first of these that there are; ``timings.json`` has all."""


def timings_option(command: Command) -> Command:
    """Add ``--timings``."""
    return click.option(
        "--timings",
        is_flag=True,
        help="แสดงเวลาและหน่วยความจำที่แต่ละขั้นใช้ / show the time and memory that each stage took",
    )(command)


def show_timings(folder: Path, lang: str) -> None:
    """Print what each stage of a run took when it was made, and which took most."""
    from minecop.run.timings import read_timings

    values = read_timings(folder)
    lines = [*values.get("stages", ()), *([values["report"]] if "report" in values else [])]
    rows = [row for line in lines for row in _rows(line, lang)]
    show_table([message(f"timing_{head}", lang) for head in _HEADS], rows, lang, numbers=range(1, 7))
    known = [line for line in lines if line.get("made")]
    if known:
        click.echo("\n".join(_summary(lines, known, lang)))


def _rows(line: dict[str, Any], lang: str) -> list[list[str]]:
    made = line.get("made") or {}
    reason = line.get("reason")
    why = message(reason["key"], lang, changes=reason["changes"]) if reason else ""
    shares = made.get("parts", {}).items()
    return [
        [
            message(f"stage_{line['stage']}", lang),
            _rows_of({name.partition(".")[2]: n for name, n in line.get("rows_in", {}).items()}),
            _rows_of(line.get("rows_out", {})),
            _number(line.get("characters")),
            _seconds(made.get("seconds")),
            _number(made.get("characters_per_second")),
            _memory(made),
            message("timing_reused", lang) if line["reused"] else why,
        ],
        *(
            [f"  {message(f'stage_{part}', lang)}", "", "", "", _seconds(seconds), "", "", ""]
            for part, seconds in shares
        ),
    ]


def _rows_of(counts: dict[str, int]) -> str:
    """Return how many rows are worked at: passages where there are any, else what they are cut from."""
    names = next((names for names in _ROWS if names[0] in counts), ())
    return f"{sum(counts[name] for name in names):,}" if names else ""


def _number(value: int | None) -> str:
    return "" if value is None else f"{value:,}"


def _seconds(value: float | None) -> str:
    return "" if value is None else f"{value:,.2f}"


def _memory(made: dict[str, Any]) -> str:
    """Return megabytes of the process, and of its workers beside it."""
    if not made:
        return ""
    workers = f" + {made['workers_memory_mb']:,}" if made["workers_memory_mb"] else ""
    return f"{made['memory_mb']:,}{workers}"


def _summary(lines: list[dict[str, Any]], known: list[dict[str, Any]], lang: str) -> list[str]:
    total = sum(line["made"]["seconds"] for line in known)
    slowest = max(known, key=lambda line: line["made"]["seconds"])
    largest = max(known, key=lambda line: line["made"]["memory_mb"] + line["made"]["workers_memory_mb"])
    said = [
        message(
            "timing_most",
            lang,
            total=_seconds(total),
            stage=message(f"stage_{slowest['stage']}", lang),
            seconds=_seconds(slowest["made"]["seconds"]),
            share=f"{slowest['made']['seconds'] / total if total else 0:.0%}",
        ),
        message(
            "timing_largest", lang, stage=message(f"stage_{largest['stage']}", lang), memory=_memory(largest["made"])
        ),
    ]
    if any(line["reused"] for line in lines):
        said.append(message("timing_when_made", lang, seconds=_seconds(sum(line["seconds"] for line in lines))))
    return said
