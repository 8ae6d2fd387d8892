"""``minecop lessons``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import RUN, echo_json, format_options, language, privacy_options
from minecop.cli.showing import echo_csv
from minecop.cli.shown import open_shown
from minecop.core.errors import RunError
from minecop.core.messages import message
from minecop.insight.models import LESSON_KINDS
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis
    from minecop.report.lessons import Numbered


@click.command("lessons")
@click.argument("run", type=RUN)
@click.option("--topic", metavar="ID", help="เฉพาะหัวข้อนี้ / only this topic")
@click.option("--step", type=click.IntRange(1), metavar="N", help="เฉพาะขั้นนี้ / only this step")
@click.option("--issue", type=click.IntRange(1), metavar="RANK", help="ที่อาจใช้กับประเด็นนี้ / that may help with this issue")
@click.option("--kind", type=click.Choice(LESSON_KINDS), help="เฉพาะประเภทนี้ / only this kind")
@format_options
@privacy_options
@language
def command(
    run: Path,
    topic: str | None,
    step: int | None,
    issue: int | None,
    kind: str | None,
    as_json: bool,
    as_csv: bool,
    lang: str,
    **options: Any,
) -> None:
    """แสดงบทเรียนที่คนเล่าไว้ ตามหัวข้อ ขั้น หรือประเด็น / Show the lessons that people tell, by topic, step or issue.

    Lessons of people's own action come first, the surest first; those reported of others after them.

    \b
    minecop lessons outputs/sample
    minecop lessons outputs/sample --issue 7
    minecop lessons outputs/sample --step 7 --kind recommendation --csv
    """
    from minecop.report.lessons import lesson_rows, lessons_json

    analysis = open_shown(run, lang, options)
    lessons = _chosen(analysis, run, topic, step, issue, kind)
    if as_json:
        echo_json(lessons_json(analysis, lessons))
    elif as_csv:
        echo_csv(*lesson_rows(analysis, lessons))
    elif lessons:
        words = Words(lang)
        click.echo("\n\n".join(_text(analysis, one, words) for one in lessons))
    else:
        click.echo(message("table_empty", lang))


def _chosen(
    analysis: Analysis, run: Path, topic: str | None, step: int | None, issue: int | None, kind: str | None
) -> list[Numbered]:
    from minecop.report.lessons import numbered

    insight = analysis.insight
    ids = {one.rank: one.group.id for one in insight.issues}
    if topic is not None and all(one.group.id != topic for one in insight.topics):
        raise RunError("unknown_topic", id=topic, path=run)
    if step is not None and all(one.number != step for one in analysis.process.steps):
        raise RunError("unknown_step", id=step, last=len(analysis.process.steps))
    if issue is not None and issue not in ids:
        raise RunError("unknown_issue", rank=issue, path=run)
    return [
        (number, lesson)
        for number, lesson in numbered(analysis)
        if topic in {None, str(lesson.topic)}
        and step in {None, lesson.step}
        and (issue is None or lesson.issue == ids[issue])
        and (kind is None or kind in lesson.kinds)
    ]


def _text(analysis: Analysis, lesson: Numbered, words: Words) -> str:
    from minecop.report.lessons import lesson_view

    view = lesson_view(analysis, *lesson, words)
    quote = view["quote"]
    kinds = ", ".join(view["kinds"]) or words("kind_untold")
    source = ", ".join(
        filter(None, (quote["author"], quote["community"], quote["date"], quote["where"], quote["number"]))
    )
    lines = [
        words("lesson_head", number=view["number"], whose=view["whose"], sure=view["sure"], kinds=kinds),
        f"  “{' '.join(quote['text'].split())}”",
        f"    — {source}",
        *(f"  {label}: {' '.join(text.split())}" for label, text in view["parts"]),
        "  " + words("lesson_about", step=view["step"] or words("lesson_no_step"), topic=view["topic"]),
        *(f"  {view[name]}" for name in ("issue", "again") if view[name]),
    ]
    return "\n".join(lines)
