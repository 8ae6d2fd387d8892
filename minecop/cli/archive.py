"""``minecop archive``."""

from __future__ import annotations

from dataclasses import asdict
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING

import click

from minecop.cli.options import ARCHIVE, echo_json, language
from minecop.cli.showing import console, entry_text, show_lines
from minecop.core.dates import BUDDHIST_OFFSET, format_date
from minecop.core.errors import InputError
from minecop.core.messages import message

if TYPE_CHECKING:
    from minecop.archive.summary import Summary

_COMMUNITIES_SHOWN = 15
_BAR_WIDTH = 40


@click.command("archive")
@click.argument("archive", type=ARCHIVE)
@click.option("--account", is_flag=True, help="แสดงบัญชีการนำเข้าทุกรายการ / every line of the import account")
@click.option("--json", "as_json", is_flag=True, help="แสดงเป็น JSON / as JSON")
@language
def command(archive: Path, lang: str, *, account: bool, as_json: bool) -> None:
    """สรุปคลังบันทึก: มีอะไร จากใคร ปีใด และขาดอะไร / Sum up an archive: what, by whom, from which years, what is missing.

    \b
    minecop archive corpora/ours
    minecop archive corpora/ours --account
    """
    from minecop.archive.store import is_archive, read_entries
    from minecop.archive.summary import summarise

    if not is_archive(archive):
        raise InputError("no_archive" if archive.exists() else "missing_path", path=archive)
    if account:
        for entry in read_entries(archive):
            click.echo(entry_text(entry, lang))
        return
    summary = summarise(archive)
    if as_json:
        echo_json(_values(summary))
    else:
        _show(summary, archive, lang)


def _values(summary: Summary) -> dict[str, object]:
    head = summary.head
    return {
        "name": head.name,
        "posts": head.posts,
        "comments": head.comments,
        "authors": head.authors,
        "first": head.first and head.first.isoformat(),
        "last": head.last and head.last.isoformat(),
        "years": {year: {"posts": posts, "comments": comments} for year, (posts, comments) in summary.years.items()},
        "communities": summary.communities,
        "copies": summary.copies,
        "series": summary.series,
        "gaps": summary.gaps,
        "account": [{"kind": kind, "key": key, "lines": lines} for (kind, key), lines in sorted(head.lines.items())],
        "entries": [asdict(entry) for entry in islice(head.account.entries, 100)],
    }


def _show(summary: Summary, folder: Path, lang: str) -> None:
    from rich.bar import Bar
    from rich.table import Table

    head = summary.head
    out = console()
    first, last = (format_date(moment, lang) for moment in (head.first, head.last))
    out.print(head.name, style="bold")
    out.print(
        message(
            "archive_counts",
            lang,
            posts=f"{head.posts:,}",
            comments=f"{head.comments:,}",
            authors=f"{head.authors:,}",
            communities=f"{len(head.communities):,}",
        )
    )
    out.print(
        message("archive_dates", lang, first=first, last=last) if head.first else message("archive_no_dates", lang)
    )
    if summary.years:
        most = max(sum(counts) for counts in summary.years.values())
        table = Table(box=None, pad_edge=False, header_style="bold")
        for key, justify in (("head_year", "left"), ("head_posts", "right"), ("head_comments", "right")):
            table.add_column(message(key, lang), justify=justify)  # type: ignore[arg-type]
        table.add_column("", width=_BAR_WIDTH)
        for year, (posts, comments) in summary.years.items():
            shown = str(year + BUDDHIST_OFFSET) if lang == "th" else str(year)
            table.add_row(shown, f"{posts:,}", f"{comments:,}", Bar(most, 0, posts + comments, width=_BAR_WIDTH))
        out.print()
        out.print(table)
    if summary.communities:
        out.print()
        out.print(message("archive_communities", lang), style="bold")
        for name, posts in islice(summary.communities.items(), _COMMUNITIES_SHOWN):
            out.print(f"  {posts:>6,}  {name}")
        if len(summary.communities) > _COMMUNITIES_SHOWN:
            out.print(f"  … +{len(summary.communities) - _COMMUNITIES_SHOWN}")
    counted = {"copies": summary.copies, "series": summary.series, **summary.gaps}
    if any(counted.values()):
        out.print()
        out.print(message("archive_gaps", lang), style="bold")
        for what, count in counted.items():
            if count:
                out.print(f"  {count:>6,}  {message(f'gap_{what}', lang)}")
    out.print()
    show_lines(head, lang, folder=folder, err=False)
