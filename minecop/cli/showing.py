"""What the terminal shows: progress, the import account, tables. Progress and accounts go to stderr, results to stdout."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import click
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, TaskID, TextColumn, TimeElapsedColumn
from rich.progress import Progress as Bars
from rich.table import Table

from minecop.archive.store import Archive
from minecop.core.messages import message
from minecop.core.progress import Listener, Progress

_SHOWN_ENTRIES = 10


@contextmanager
def progress(lang: str, *, verbose: bool) -> Iterator[Listener]:
    """Give a listener that draws progress bars on a terminal, and with ``-v`` says why each stage runs."""
    console = Console(stderr=True)
    if not console.is_terminal:
        yield lambda event: _say(event, lang) if verbose and (event.finished or event.note) else None
        return
    columns = (
        TextColumn("{task.description}"),
        BarColumn(),
        MofNCompleteColumn(),
        TimeElapsedColumn(),
        TextColumn("{task.fields[note]}"),
    )
    with Bars(*columns, console=console, transient=not verbose) as bars:
        tasks: dict[str, TaskID] = {}

        def listen(event: Progress) -> None:
            if event.stage not in tasks:
                tasks[event.stage] = bars.add_task(message(f"stage_{event.stage}", lang), total=event.total, note="")
            note = event.note if verbose or not event.finished else ""
            if event.finished:
                reused = "" if event.note else message("stage_reused", lang)
                bars.update(tasks[event.stage], total=1, completed=1, note=note or reused)
            else:
                bars.update(tasks[event.stage], total=event.total, completed=event.done, note=note)

        yield listen


def _say(event: Progress, lang: str) -> None:
    if event.finished and not event.note:
        click.echo(f"{message(f'stage_{event.stage}', lang)}: {message('stage_reused', lang)}", err=True)
    elif not event.finished:
        click.echo(f"{message(f'stage_{event.stage}', lang)}: {event.note}", err=True)


def show_account(archive: Archive, lang: str, *, verbose: bool) -> None:
    """Print what was read, merged, guessed and refused."""
    account = archive.account
    click.echo(
        message(
            "account_summary",
            lang,
            files=account.files,
            posts=account.posts,
            comments=account.comments,
            authors=len(archive.authors),
        ),
        err=True,
    )
    shown = account.entries if verbose else account.entries[:_SHOWN_ENTRIES]
    for entry in shown:
        click.echo(
            f"  {message(f'kind_{entry.kind}', lang)}: {entry.source}: {message(entry.key, lang, **entry.details)}",
            err=True,
        )
    if len(shown) < len(account.entries):
        click.echo(f"  {message('account_more', lang, count=len(account.entries) - len(shown))}", err=True)


def show_table(heads: Sequence[str], rows: Sequence[Sequence[object]], lang: str) -> None:
    """Print a table for readers; numbers to the right."""
    if not rows:
        click.echo(message("table_empty", lang))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, head in enumerate(heads):
        numeric = all(isinstance(row[column], int) for row in rows)
        table.add_column(head, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    # A pipe has no width: leave the lines whole there.
    Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, markup=False, highlight=False).print(table)


def echo_csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as CSV, no cell of which runs as a formula."""
    from minecop.report.rendering import safe_cell

    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    click.echo(out.getvalue(), nl=False)
