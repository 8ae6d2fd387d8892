"""``minecop compare``."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from minecop.cli.options import RUN, default_key, echo_json, format_options, language, privacy_options
from minecop.cli.showing import echo_csv, show_table
from minecop.cli.shown import shown
from minecop.insight.models import BELOW_THE_BAR, Issue
from minecop.report.words import Words

if TYPE_CHECKING:
    from minecop.insight.comparing import Comparison, Course
    from minecop.insight.notes import Outcome

_HEADS = ("rank_before", "rank_after", "change", "people_before", "people_after", "since", "title")
_COLUMNS = (
    "change", "rank_before", "rank_after", "id_before", "id_after", "status_before", "status_after", "people_before", "people_after",
    "since", "unnamed_since", "took_in", "others", "by_words", "title", "goal", "decision", "responsible", "date", "remark", "outcome",
    "since_decision",
)  # fmt: skip


@click.command("compare")
@click.argument("earlier", type=RUN, metavar="RUN_A")
@click.argument("later", type=RUN, metavar="RUN_B")
@click.option(
    "--notes",
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="ตารางบันทึกผลการพูดคุยรอบก่อน / the notes of the session on RUN_A",
)
@click.option("--all", "everything", is_flag=True, help="แสดงเสียงแรกเริ่มทั้งหมดด้วย / early voices, too")
@format_options
@privacy_options
@language
def command(
    earlier: Path,
    later: Path,
    notes: Path | None,
    lang: str,
    *,
    everything: bool,
    as_json: bool,
    as_csv: bool,
    key: Path | None,
    **options: Any,
) -> None:
    """เทียบผลวิเคราะห์สองรอบ: ประเด็นใดใหม่ โตขึ้น รวม แยก หรือเงียบไป / Compare two runs: what became of each issue.

    RUN_A is the earlier run, RUN_B the later one, of the archive as it has grown or of one that overlaps. With --notes, a table that
    `minecop notes` wrote and a group filled in, it also shows what came of the goals. With --mask or --pseudonyms both runs are shown by
    one key, and who is responsible for a goal is not named.

    \b
    minecop compare outputs/spring outputs/autumn
    minecop compare outputs/spring outputs/autumn --notes outputs/spring/session-notes.csv
    minecop compare outputs/spring outputs/autumn --csv
    """
    from minecop.insight.comparing import compare_runs
    from minecop.insight.notes import outcomes_of, read_notes, with_settled
    from minecop.report.comparing import comparison_json, under_other_names
    from minecop.run.opening import open_run

    runs = open_run(earlier), open_run(later)
    options["key"] = key or default_key(runs[1].manifest["archive"]["name"])
    before, after = (shown(run, lang, options) for run in runs)
    comparison = compare_runs(before, after)
    decided = read_notes(notes, before.insight.issues) if notes else []
    outcomes = outcomes_of(decided, comparison)
    comparison = with_settled(comparison, outcomes)
    comparison, outcomes = under_other_names(comparison, outcomes, before.privacy.joined(after.privacy))
    if as_json:
        echo_json(comparison_json(comparison, outcomes))
    elif as_csv:
        _as_csv(comparison, outcomes)
    else:
        _show(comparison, outcomes, Words(lang), everything=everything)


def _as_csv(comparison: Comparison, outcomes: list[Outcome]) -> None:
    """Print a row for each issue; one that was decided upon has the decision beside it, one row for each."""
    from minecop.report.comparing import comparison_json

    values = comparison_json(comparison, outcomes)
    rows = []
    for course in values["issues"]:
        before, after = course["before"] or {}, course["after"] or {}
        parted = course["change"] == "split" and course["after"]
        own = [goal for goal in values["goals"] if goal["issue"] == course["before"] and not parted]
        for goal in own or [{}]:
            rows.append(
                [
                    course["change"],
                    before.get("rank", ""),
                    after.get("rank", ""),
                    before.get("id", ""),
                    after.get("id", ""),
                    before.get("status", ""),
                    after.get("status", ""),
                    *(course[name] for name in ("people_before", "people_after", "since", "unnamed_since")),
                    " ".join(str(issue["rank"]) for issue in course["took_in"]),
                    " ".join(str(issue["rank"]) for issue in course["others"]),
                    "true" if course["by_words"] else "",
                    course["title"],
                    *(goal.get(name) or "" for name in ("goal", "status", "responsible", "date", "remark", "outcome")),
                    goal.get("since", ""),
                ]
            )
    echo_csv(_COLUMNS, rows)


def _show(comparison: Comparison, outcomes: list[Outcome], words: Words, *, everything: bool) -> None:
    from minecop.report.comparing import remarks_on

    for line in remarks_on(comparison, words):
        click.echo(line)
    click.echo()
    shown = [course for course in comparison.courses if everything or _is_shared(course)]
    show_table([words(f"head_{name}") for name in _HEADS], [_row(course, words) for course in shown], words.lang)
    if left := len(comparison.courses) - len(shown):
        click.echo(words("compare_early_left", count=left))
    if outcomes:
        click.echo(f"\n{words('notes_title')}")
        heads = [words(f"head_{name}") for name in ("title", "goal", "decided", "responsible", "change", "outcome")]
        show_table(heads, [_goal_row(outcome, words) for outcome in outcomes], words.lang)


def _is_shared(course: Course) -> bool:
    """Tell whether it is about a shared issue; of what split off or merged, whether the part itself is one."""
    own: tuple[Issue | None, ...] = (course.before, course.after)
    if course.change == "merged":
        own = (course.before,)
    elif course.change == "split" and course.after:
        own = (course.after,)
    return any(issue is not None and issue.status not in BELOW_THE_BAR for issue in own)


def _row(course: Course, words: Words) -> list[object]:
    from minecop.report.comparing import change_in_words, title_of

    since: object = course.since
    if course.unnamed_since:
        since = words("compare_unnamed", people=course.since, count=course.unnamed_since)
    return [
        course.before.rank if course.before else "–",
        course.after.rank if course.after else "–",
        change_in_words(course, words),
        course.people_before,
        course.people_after,
        since,
        title_of(course),
    ]


def _goal_row(outcome: Outcome, words: Words) -> list[object]:
    from minecop.report.comparing import change_in_words

    note, course = outcome.note, outcome.course
    return [
        f"{note.issue.rank} {note.issue.group.title}",
        note.goal,
        words(f"note_{note.status}"),
        note.responsible,
        f"{change_in_words(course, words)} ({course.people_before} → {course.people_after})",
        words(f"outcome_{outcome.what}", people=outcome.since),
    ]
