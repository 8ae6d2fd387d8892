"""``minecop issues``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import echo_json, format_options, language, order_option, privacy_options
from minecop.cli.showing import THAI_DIGITS, echo_csv, show_table
from minecop.cli.shown import open_shown
from minecop.cli.slices import compare_option, echo_slices
from minecop.cli.voices import echo_passages, quote_lines
from minecop.core.errors import RunError
from minecop.insight.ordering import in_order
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis

_HEADS = ("rank", "status", "trend", "authors", "communities", "title")
_COUNTED = (
    "effective_authors",
    "provinces",
    "adding",
    "asking",
    "stuck",
    "doubting",
    "settling",
    "unanswered",
    "stability",
)
"""Evidence that stands beside them as numbers."""


@click.command("issues")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("rank", required=False, metavar="[RANK]")
@order_option
@compare_option
@click.option(
    "--all", "everything", is_flag=True, help="เทียบเสียงแรกเริ่มด้วย / early voices side by side, too (--compare-by)"
)
@format_options
@privacy_options
@language
def command(
    run: Path,
    rank: str | None,
    order_by: str,
    compare_by: tuple[str, ...],
    lang: str,
    *,
    everything: bool,
    as_json: bool,
    as_csv: bool,
    **options: Any,
) -> None:
    """แสดงประเด็นร่วมและเสียงแรกเริ่ม หรือทีละเรื่อง / Show the issues of a run, or one.

    With --compare-by, side by side: how many people of each community, group, profession or period voice them, and where those are clearly
    more or fewer than elsewhere.

    \b
    minecop issues outputs/sample
    minecop issues outputs/sample 1
    minecop issues outputs/sample --order-by uptake
    minecop issues outputs/sample --compare-by group
    minecop issues outputs/sample --json
    """
    from minecop.insight.slices import slices_of
    from minecop.report.decided import hidden_words
    from minecop.report.rendering import issues_json

    analysis = in_order(open_shown(run, lang, options), order_by)
    if rank is not None:
        _one(analysis, rank, run, Words(lang), as_json=as_json, as_csv=as_csv)
        return
    if compare_by:
        every = [slices_of(analysis, by, early=everything) for by in compare_by]
        echo_slices(analysis, every, "issue", Words(lang), as_json=as_json, as_csv=as_csv)
        return
    values = issues_json(analysis)
    if as_json:
        echo_json(values)
        return
    if as_csv:
        echo_csv((*_HEADS, *_COUNTED), [[*_row(issue), *_counts(issue["evidence"])] for issue in values["issues"]])
        return
    words = Words(lang)
    rows = [_row(issue) for issue in values["issues"]]
    shown = [[row[0], words(f"status_{row[1]}"), words(f"trend_{row[2]}"), *row[3:]] for row in rows]
    show_table([words(f"head_{name}") for name in _HEADS], shown, lang)
    for line in hidden_words(analysis, words):
        click.echo(line)


def _one(analysis: Analysis, rank: str, run: Path, words: Words, *, as_json: bool, as_csv: bool) -> None:
    from minecop.report.rendering import issues_json
    from minecop.report.view import issue_view

    number = rank.translate(THAI_DIGITS)
    issue = next((issue for issue in analysis.insight.issues if str(issue.rank) == number), None)
    if issue is None:
        raise RunError("unknown_issue", rank=rank, path=run)
    if as_json:
        echo_json(next(value for value in issues_json(analysis)["issues"] if value["rank"] == issue.rank))
    elif as_csv:
        echo_passages(analysis, issue.group.members)
    else:
        click.echo("\n".join(_lines(issue_view(analysis, issue, words), words)))


def _lines(view: dict[str, Any], words: Words) -> list[str]:
    session = view["session"]
    known = [view["known"]] if view["known"] else []
    named = " · ".join(filter(None, (view["named_by"], view["machine_title"])))
    status = " · ".join(filter(None, (view["people"], words("status_" + view["status"]), view["accepted"])))
    lines = [f"{view['rank']}. {view['title']}", *([named] if named else []), status, *known, ""]
    if view["notes"]:
        lines += [words("decided_notes"), *(f"  {line}" for line in view["notes"]), ""]
    for part in view["grounds"]:
        lines += [part["name"], *(f"  {line}" for line in part["lines"])]
    lines += ["", words("voices"), *_quotes(view["quotes"])]
    if view["objection"]:
        lines += [words("objection"), *_quotes([view["objection"]])]
    if view["lessons"]:
        lines += [words("lessons_for_issue"), *_quotes([lesson["headline"] for lesson in view["lessons"]])]
    lines += ["", words("to_ask"), *(f"  {question}" for question in session["questions"])]
    if session["wishes"]:
        lines += [words("goals_wishes"), *_quotes(session["wishes"])]
    lines += [words("invite"), *(f"  {line}" for line in (*session["invited"], *session["unheard"]))]
    if session["unknown"]:
        lines += [words("unknown"), *(f"  {line}" for line in session["unknown"])]
    return lines


def _quotes(quotes: list[dict[str, Any]]) -> list[str]:
    return [f"  {line}" for quote in quotes for line in quote_lines(quote)]


def _row(issue: dict[str, Any]) -> list[object]:
    return [issue[name] for name in _HEADS]


def _counts(evidence: dict[str, Any]) -> list[object]:
    values = (evidence[name] for name in _COUNTED)
    return ["" if value is None else len(value) if isinstance(value, list) else value for value in values]
