"""What the terminal shows: progress, the import account, tables. Progress and accounts go to stderr, results to stdout."""

from __future__ import annotations

import csv
import io
import sys
from collections.abc import Collection, Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minecop.archive.models import Entry
from minecop.core.cells import safe_cell
from minecop.core.messages import message
from minecop.core.progress import Listener, Progress
from minecop.report.words import Words

if TYPE_CHECKING:
    from rich.console import Console
    from rich.progress import TaskID

    from minecop.archive.store import Head
    from minecop.insight.privacy import Privacy

THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
"""What turns numbers as Thais may type them into those that are looked for."""

_KINDS = ("refused", "warning", "guessed", "merged", "read")
"""Kinds of account lines, the most pressing first."""


@contextmanager
def progress(lang: str, *, verbose: bool) -> Iterator[Listener]:
    """Give a listener that draws progress bars on a terminal, and with ``-v`` says why each stage runs."""
    from rich.console import Console
    from rich.progress import BarColumn, MofNCompleteColumn, TextColumn, TimeElapsedColumn
    from rich.progress import Progress as Bars

    console = Console(stderr=True)
    if not console.is_terminal:
        yield (
            lambda event: (
                _say(event, lang) if verbose and event.total is None and (event.finished or event.note) else None
            )
        )
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


def entry_text(entry: Entry, lang: str) -> str:
    """Return a line of the account in words."""
    return f"{message(f'kind_{entry.kind}', lang)}: {entry.source}: {message(entry.key, lang, **entry.details)}"


def show_account(head: Head, lang: str, *, verbose: bool = False, folder: Path | None = None) -> None:
    """Print how much was read, and what was merged, guessed and refused.

    Parameters
    ----------
    head
        Of the archive.
    lang
        ``th`` or ``en``.
    verbose
        Whether every line is shown that is at hand, not one of each sort.
    folder
        Of the archive, for saying where all lines are to be found.
    """
    account = head.account
    shown = message(
        "account_summary",
        lang,
        files=account.files,
        posts=head.posts,
        comments=head.comments,
        authors=head.authors,
    )
    click.echo(shown, err=True)
    if head.posts > account.new_posts or account.updated_posts:
        grown = message(
            "account_grown",
            lang,
            new_posts=account.new_posts,
            updated=account.updated_posts,
            new_comments=account.new_comments,
        )
        click.echo(grown, err=True)
    if verbose:
        for entry in account.entries:
            click.echo(f"  {entry_text(entry, lang)}", err=True)
    else:
        show_lines(head, lang, folder=folder)


def show_lines(head: Head, lang: str, *, folder: Path | None = None, err: bool = True) -> None:
    """Print the first line of each sort in the account, and how many more there are: what is wrong first."""
    first: dict[tuple[str, str], Entry] = {}
    for entry in head.account.entries:
        first.setdefault((entry.kind, entry.key), entry)
    more = False
    for kind, key in sorted(first, key=lambda pair: (_KINDS.index(pair[0]), -head.lines[pair], pair[1])):
        rest = head.lines[kind, key] - 1
        more = more or rest > 0
        alike = f"  {message('account_alike', lang, count=rest)}" if rest > 0 else ""
        click.echo(f"  {entry_text(first[kind, key], lang)}{alike}", err=err)
    if more and folder is not None:
        click.echo(f"  {message('account_more', lang, path=folder)}", err=err)


def show_privacy(privacy: Privacy, key: Path, lang: str) -> None:
    """Say how much was masked, and where the key is."""
    if not privacy:
        return
    words = Words(lang)
    counts = ", ".join(f"{words(f'mask_{kind}')} {count:,}" for kind, count in privacy.counts.most_common())
    click.echo(message("masked", lang, counts=counts or "0", authors=len(privacy.authors), path=key), err=True)


def show_table(
    heads: Sequence[str], rows: Sequence[Sequence[object]], lang: str, *, numbers: Collection[int] = ()
) -> None:
    """Print a table for readers; numbers, and columns that are said to be of such, to the right."""
    from rich.table import Table

    if not rows:
        click.echo(message("table_empty", lang))
        return
    table = Table(box=None, pad_edge=False, header_style="bold")
    for column, head in enumerate(heads):
        numeric = column in numbers or all(isinstance(row[column], int) for row in rows)
        table.add_column(head, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(str(cell) for cell in row))
    console().print(table)


def console() -> Console:
    """Return where tables are printed. A pipe has no width: lines are left whole there."""
    from rich.console import Console

    return Console(file=sys.stdout, width=None if sys.stdout.isatty() else 200, markup=False, highlight=False)


def echo_csv(heads: Sequence[str], rows: Sequence[Sequence[object]]) -> None:
    """Print rows as CSV, no cell of which runs as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(heads)
    writer.writerows([safe_cell(cell) if isinstance(cell, str) else cell for cell in row] for row in rows)
    click.echo(out.getvalue(), nl=False)
