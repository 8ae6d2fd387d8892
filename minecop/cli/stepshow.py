"""``minecop steps RUN``: the steps of a run, one with its voices, or how its parts divide over them."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import RUN, echo_json, format_options, language, privacy_options
from minecop.cli.showing import THAI_DIGITS, echo_csv, show_table
from minecop.cli.shown import open_shown
from minecop.cli.voices import echo_passages, period_lines, quote_lines
from minecop.core.errors import RunError
from minecop.insight.models import Group
from minecop.insight.splits import SPLITS
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis
    from minecop.insight.profiles import Profile

_HEADS = ("id", "authors", "communities", "passages", "trend", "title", "share", "low", "high", "expected", "coverage")
_OF_PARTS = ("step", "authors", "passages", "unnamed", "expected", "share", "low", "high", "coverage")


@click.command("show")
@click.argument("run", type=RUN)
@click.argument("number", required=False, metavar="[NUMBER]")
@click.option(
    "--by",
    "--compare-by",
    "by",
    type=click.Choice(SPLITS),
    help="แยกตามหัวข้อ ประเด็น ชุมชน กลุ่ม อาชีพ ช่วงเวลา ฯลฯ / how each of these divides over the steps",
)
@format_options
@privacy_options
@language
def show_command(
    run: Path, number: str | None, by: str | None, as_json: bool, as_csv: bool, lang: str, **options: Any
) -> None:
    """แสดงว่าคนเขียนถึงขั้นใดของกระบวนการบ้าง หรือขั้นเดียวพร้อมเสียงของคน / Show the steps that people write of, or one with its voices.

    \b
    minecop steps outputs/sample
    minecop steps outputs/sample 7
    minecop steps outputs/sample --by community
    """
    analysis, words = open_shown(run, lang, options), Words(lang)
    if by is not None:
        _split(analysis, by, words, as_json=as_json, as_csv=as_csv)
    elif number is not None:
        _one(analysis, number.translate(THAI_DIGITS), words, as_json=as_json, as_csv=as_csv)
    else:
        _all(analysis, words, as_json=as_json, as_csv=as_csv)


def _all(analysis: Analysis, words: Words, *, as_json: bool, as_csv: bool) -> None:
    from minecop.insight.profiles import profile_of
    from minecop.report.rendering import step_groups_json
    from minecop.report.steps import gaps_view, step_view

    values = step_groups_json(analysis)
    if as_json:
        echo_json(values)
        return
    if as_csv:
        echo_csv(_HEADS, [[value[name] for name in _HEADS] for value in values])
        return
    profile = profile_of(analysis.step_voices, analysis.steps)
    views = [step_view(analysis, group, profile, words) for group in analysis.insight.steps]
    heads = ("id", "authors", "share", "communities", "passages", "coverage", "trend", "title")
    keys = ("number", "authors", "share", "communities", "passages", "coverage_words", "trend_words", "name")
    show_table([words(f"head_{head}") for head in heads], [[view[key] for key in keys] for view in views], words.lang)
    lines = [words("step_best")]
    for view in views:
        for quote in view["quotes"][:1]:
            line, source = quote_lines(quote, "line")
            lines += [f"{view['number']:>3}  {line}", f"   {source}"]
    click.echo("\n".join(["", *([*lines, ""] if lines[1:] else []), *gaps_view(analysis, profile, words)]))


def _one(analysis: Analysis, number: str, words: Words, *, as_json: bool, as_csv: bool) -> None:
    from minecop.report.rendering import step_groups_json

    group = next((group for group in analysis.insight.steps if group.id == number), None)
    if group is None:
        raise RunError("unknown_step", id=number, last=len(analysis.insight.steps))
    if as_json:
        echo_json(step_groups_json(analysis)[int(number) - 1])
    elif as_csv:
        sure = [round(analysis.steps.chance(voice, int(number)), 3) for voice in group.members]
        echo_passages(analysis, group.members, {"probability": sure})
    else:
        _show(analysis, group, words)


def _show(analysis: Analysis, group: Group, words: Words) -> None:
    from minecop.insight.profiles import profile_of
    from minecop.report.steps import step_view

    profile = profile_of(analysis.step_voices, analysis.steps)
    view = step_view(analysis, group, profile, words)
    lines = [
        words("step_head", number=view["number"], name=view["name"]),
        view["definition"],
        words("topic_voices", **{name: view[name] for name in ("authors", "communities", "passages")})
        + (f" {words('and_unnamed', count=group.unnamed)}" if group.unnamed else ""),
        f"{words('share')}: {view['share']}" if view["share"] else "",
        view["expected"],
        f"{words('trend')}: {view['trend_words']}",
    ]
    lines = [line for line in lines if line]
    lines += period_lines(group.trend.periods, words)
    if view["quotes"]:
        lines += ["", words("topic_quotes")]
    for quote in view["quotes"]:
        lines += [f"  {line}" for line in quote_lines(quote)]
    click.echo("\n".join(lines))


def _split(analysis: Analysis, by: str, words: Words, *, as_json: bool, as_csv: bool) -> None:
    from minecop.insight.splits import IN_TIME, step_profiles
    from minecop.report.steps import profiles_json

    profiles = step_profiles(analysis, by)
    values = profiles_json(analysis, by, profiles, words)
    if as_json:
        echo_json(values)
        return
    if as_csv:
        rows = [
            [value["id"], value["title"], *(step[head] for head in _OF_PARTS)]
            for value in values
            for step in value["steps"]
        ]
        echo_csv(["id", "title", *_OF_PARTS], rows)
        return
    shown = []
    for (key, profile), value in zip(profiles.items(), values, strict=True):
        if profile.passages:
            title = f"{key} {value['title']}" if by == "topic" and key else value["title"]
            counts = [step.authors or "–" for step in profile.steps]
            shown.append([profile.authors, profile.passages, *counts, _mostly(profile, words), title])
    what = "period" if by in IN_TIME else by
    numbers = [str(number) for number in analysis.steps.steps]
    heads = [words("head_authors"), words("head_passages"), *numbers, words("head_mostly"), words(f"head_{what}")]
    show_table(heads, shown, words.lang)
    if shown:
        click.echo(words("split_note"))
    if left := len(values) - len(shown):
        click.echo(words("split_left", count=left))


def _mostly(profile: Profile, words: Words) -> str:
    """Return the step with the largest share, where there are people enough for a share."""
    from minecop.insight.profiles import FEWEST_PEOPLE
    from minecop.report.steps import share_words

    if profile.authors < FEWEST_PEOPLE:
        return "–"
    most = max(profile.steps, key=lambda step: step.share or 0)
    return f"{most.step}: {share_words(most, words)}"
