"""``minecop topics``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import echo_json, format_options, language, privacy_options
from minecop.cli.showing import echo_csv, show_table
from minecop.cli.shown import open_shown
from minecop.cli.slices import compare_option, echo_slices
from minecop.cli.voices import echo_passages, period_lines, quote_lines
from minecop.core.errors import RunError
from minecop.insight.models import Topic
from minecop.insight.periods import UNITS
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis

_HEADS = (
    "id",
    "authors",
    "communities",
    "passages",
    "trend",
    "stability",
    "sure",
    "title",
    "phrases",
    "theme",
    "change",
)


@click.command("topics")
@click.argument("run", type=click.Path(path_type=Path))
@click.argument("number", required=False, metavar="[ID]")
@click.option("--by", "unit", type=click.Choice([*UNITS]), help="ช่วงเวลาที่นับ / periods, for one topic [as trends]")
@compare_option
@format_options
@privacy_options
@language
def command(
    run: Path,
    number: str | None,
    unit: str | None,
    compare_by: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
    lang: str,
    **options: Any,
) -> None:
    """แสดงหัวข้อทั้งหมดของผลวิเคราะห์ หรือหัวข้อเดียวพร้อมเสียงของคน / Show the topics of a run, or one with its voices.

    With --compare-by, side by side: how many people of each community, group, profession or period write of them.

    \b
    minecop topics outputs/sample
    minecop topics outputs/sample 3 --by year
    minecop topics outputs/sample --compare-by group --compare-by year
    minecop topics outputs/sample --json
    """
    from minecop.insight.slices import slices_of
    from minecop.report.rendering import topics_json

    analysis = open_shown(run, lang, options)
    values = topics_json(analysis)
    words = Words(lang)
    if number is not None:
        topic = next((topic for topic in analysis.insight.topics if topic.group.id == number), None)
        if topic is None:
            raise RunError("unknown_topic", id=number, path=run)
        if as_json:
            echo_json(next(value for value in values if value["id"] == number))
        elif as_csv:
            echo_passages(analysis, topic.group.members)
        else:
            _show(analysis, topic, words, unit)
    elif compare_by:
        every = [slices_of(analysis, by) for by in compare_by]
        echo_slices(analysis, every, "topic", words, as_json=as_json, as_csv=as_csv)
    elif as_json:
        echo_json(values)
    else:
        _list(analysis, values, words, as_csv=as_csv)


def _list(analysis: Analysis, values: list[dict[str, Any]], words: Words, *, as_csv: bool) -> None:
    from minecop.report.decided import hidden_words
    from minecop.report.view import faded_view, sureness_view

    rows = [value | {"phrases": " · ".join(value["terms"][3:8])} for value in values]
    if as_csv:
        echo_csv(_HEADS, [[row[name] for name in _HEADS] for row in rows])
        return
    heads = _HEADS if any(row["change"] for row in rows) else tuple(head for head in _HEADS if head != "change")
    shown = [[_cell(row, head, words) for head in heads] for row in sorted(rows, key=lambda row: -row["authors"])]
    show_table([words(f"head_{head}") for head in heads], shown, words.lang)
    if sure := sureness_view(analysis, words):
        click.echo(sure)
    left = analysis.insight.funnel["without_topic"]
    if left and shown:
        click.echo(words("without_topic", count=left))
    for line in (*faded_view(analysis, words), *hidden_words(analysis, words)):
        click.echo(line)


def _cell(row: dict[str, Any], head: str, words: Words) -> object:
    if head == "trend":
        return words(f"trend_{row[head]}")
    if head in ("stability", "sure"):
        return "–" if row[head] is None else f"{row[head]:.2f}"
    if head == "change":
        return words(f"change_{row[head]}", others=", ".join(row["others"])) if row[head] else ""
    return row[head]


def _show(analysis: Analysis, topic: Topic, words: Words, unit: str | None) -> None:
    from minecop.insight.trends import periods_of
    from minecop.report.view import topic_view

    view = topic_view(analysis, topic, words)
    theme = next((theme.title for theme in analysis.insight.themes if theme.id == topic.theme), "")
    lines = [
        words("topic_head", id=view["id"], title=view["title"])
        + (f" {words('by_machine')}" if view["machine"] else ""),
        " · ".join(filter(None, (view["named_by"], view["machine_title"]))),
        words("topic_theme", title=theme),
        words("topic_voices", **{name: view[name] for name in ("authors", "communities", "passages")}),
        words("topic_first_last", first=view["first"], last=view["last"]) if view["first"] else "",
        f"{words('trend')}: {view['trend_words']}",
        f"{words('stability')}: {view['stability_words']}",
        f"{words('sure')}: {view['sure_words']}",
        view["change_words"],
        words("topic_phrases", terms=" · ".join(view["terms"])) if view["terms"] else "",
    ]
    lines = [line for line in lines if line]
    periods = topic.group.trend.periods
    if unit is not None:
        periods = periods_of(topic.group.members, analysis.voices, unit)
    lines += period_lines(periods, words)
    lines += ["", words("topic_quotes")]
    for quote in view["quotes"]:
        lines += [f"  {line}" for line in quote_lines(quote)]
    lines += [words("decided_notes"), *(f"  {line}" for line in view["notes"])] if view["notes"] else []
    click.echo("\n".join(lines))
