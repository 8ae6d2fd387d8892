"""``minecop steps sequence``: in which order people write of the steps."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import RUN, echo_json, format_options, language, privacy_options
from minecop.cli.showing import echo_csv, show_table
from minecop.cli.shown import open_shown
from minecop.core.errors import RunError
from minecop.report.words import Words, step_name

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis
    from minecop.insight.sequence import Course


@click.command("sequence")
@click.argument("run", type=RUN)
@click.option("--community", metavar="NAME", help="เฉพาะชุมชนนี้ / this community alone")
@format_options
@privacy_options
@language
def sequence_command(run: Path, community: str | None, as_json: bool, as_csv: bool, lang: str, **options: Any) -> None:
    """แสดงว่าคนเขียนถึงขั้นใดเมื่อไร ข้ามขั้นใด และวนกลับมาที่ขั้นใด / Show when people write of each step, what is skipped, what comes back.

    \b
    minecop steps sequence outputs/sample
    minecop steps sequence outputs/sample --community "วงครูภูนาง"
    """
    from minecop.insight.sequence import courses
    from minecop.report.steps import course_json

    analysis, words = open_shown(run, lang, options), Words(lang)
    every = courses(analysis)
    shown = every if community is None else tuple(course for course in every if course.community == community)
    if not shown:
        known = ", ".join(course.community for course in every if course.community)
        raise RunError("unknown_community", name=community, known=known or "—")
    if as_json:
        echo_json([course_json(course) for course in shown])
    elif as_csv:
        _csv(analysis, shown, words)
    else:
        _show(analysis, shown, every[0], words)


def _csv(analysis: Analysis, shown: tuple[Course, ...], words: Words) -> None:
    heads = ["community", "step", "title", "authors", "first", "middle", "last", *map(words.period, shown[0].periods)]
    rows = [
        [
            course.community or "",
            step.step,
            step_name(analysis, step.step, words),
            step.authors,
            *(when.date().isoformat() if when else "" for when in (step.first, step.middle, step.last)),
            *step.periods,
        ]
        for course in shown
        for step in course.steps
    ]
    echo_csv(heads, rows)


def _show(analysis: Analysis, shown: tuple[Course, ...], whole: Course, words: Words) -> None:
    """Print the first course with its table, the others in words."""
    from minecop.report.steps import course_view, course_words

    view = course_view(analysis, shown[0], whole, words)
    click.echo(f"{view['name']}: {view['people']}")
    if view["authors"]:
        parts = view["parts"] or [""] * len(view["periods"])
        years = (str(year) for year, span in view["years"] for _ in range(span))
        columns = [f"{year[-2:]}/{part}" if part else year for year, part in zip(years, parts, strict=True)]
        heads = [words("step"), *columns, *(words(head) for head in ("authors", "first_met", "middle", "last_met")), ""]
        rows = [
            [
                str(step["number"]),
                *(str(dot["people"] or "·") for dot in step["dots"]),
                step["authors"],
                *(step[key] for key in ("first", "middle", "last", "name")),
            ]
            for step in view["steps"]
        ]
        show_table(heads, rows, words.lang)
    lines = [*view["lines"]]
    for course in shown[1:]:
        people = words("course_people", authors=course.authors, passages=course.passages)
        lines += ["", f"{course.community}: {people}", *course_words(analysis, course, whole, words)]
    click.echo("\n".join([*lines, "", words("sequence_note")]))
