"""Two runs beside one another, for scripts and in words."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace
from typing import Any

from minecop.insight.comparing import Comparison, Course
from minecop.insight.models import Issue
from minecop.insight.notes import Outcome
from minecop.insight.privacy import Privacy
from minecop.insight.sharing import retitled
from minecop.report.words import Words


def under_other_names(
    comparison: Comparison, outcomes: Iterable[Outcome], privacy: Privacy
) -> tuple[Comparison, list[Outcome]]:
    """Return a comparison and what came of decisions as they may be shown: titles, and what a group wrote, without what is personal.

    Who is responsible for a goal goes by the pseudonym of an author of that name; anybody else is not named.
    """
    if not privacy:
        return comparison, list(outcomes)

    def issue(one: Issue | None) -> Issue | None:
        return one and retitled(one, privacy)

    def course(one: Course) -> Course:
        others, took_in = (tuple(retitled(each, privacy) for each in some) for some in (one.others, one.took_in))
        return replace(one, before=issue(one.before), after=issue(one.after), others=others, took_in=took_in)

    def outcome(one: Outcome) -> Outcome:
        note = replace(
            one.note,
            issue=retitled(one.note.issue, privacy),
            goal=privacy.note(one.note.goal),
            responsible=privacy.person(one.note.responsible),
            remark=privacy.note(one.note.remark),
        )
        return replace(one, note=note, course=course(one.course))

    return replace(comparison, courses=tuple(map(course, comparison.courses))), list(map(outcome, outcomes))


def comparison_json(comparison: Comparison, outcomes: Iterable[Outcome] = ()) -> dict[str, Any]:
    """Return a comparison, and what came of decisions, as users' scripts read them."""
    return {
        "new_texts": comparison.new_texts,
        "missing_texts": comparison.missing_texts,
        "people_since": comparison.people_since,
        "differing_settings": list(comparison.differing),
        "issues": [_course_json(course) for course in comparison.courses],
        "goals": [_outcome_json(outcome) for outcome in outcomes],
    }


def _course_json(course: Course) -> dict[str, Any]:
    return {
        "change": course.change,
        "title": title_of(course),
        "before": _issue_json(course.before),
        "after": _issue_json(course.after),
        "people_before": course.people_before,
        "people_after": course.people_after,
        "since": course.since,
        "unnamed_since": course.unnamed_since,
        "expected_since": course.expected,
        "took_in": [_issue_json(issue) for issue in course.took_in],
        "others": [_issue_json(issue) for issue in course.others],
        "by_words": course.by_words,
    }


def _issue_json(issue: Issue | None) -> dict[str, Any] | None:
    if issue is None:
        return None
    return {"id": issue.group.id, "rank": issue.rank, "status": issue.status, "title": issue.group.title}


def _outcome_json(outcome: Outcome) -> dict[str, Any]:
    note, course = outcome.note, outcome.course
    return {
        "issue": _issue_json(note.issue),
        "goal": note.goal,
        "status": note.status,
        "responsible": note.responsible,
        "date": note.date.date().isoformat() if note.date else None,
        "remark": note.remark,
        "change": course.change,
        "after": _issue_json(course.after),
        "people_before": course.people_before,
        "people_after": course.people_after,
        "since": outcome.since,
        "outcome": outcome.what,
    }


def title_of(course: Course) -> str:
    """Return what an issue is called now, or was: of what merged, what it was."""
    issue = course.before if course.change == "merged" or course.after is None else course.after
    return issue.group.title if issue else ""


def change_in_words(course: Course, words: Words) -> str:
    """Return what became of an issue, with the ranks of the other issues that this concerns."""
    key = "compare_split_off" if course.change == "split" and course.after else f"compare_{course.change}"
    ranks = {
        "before": course.before.rank if course.before else "",
        "after": course.after.rank if course.after else "",
        "others": _ranks(course.others),
    }
    parts = [words(key, **ranks)]
    if course.took_in:
        parts.append(words("compare_took_in", issues=_ranks(course.took_in)))
    if course.others and course.change != "split":
        parts.append(words("compare_parted", issues=_ranks(course.others)))
    if course.by_words:
        parts.append(words("compare_by_words"))
    return " · ".join(parts)


def _ranks(issues: Iterable[Issue]) -> str:
    return ", ".join(str(issue.rank) for issue in issues)


def remarks_on(comparison: Comparison, words: Words) -> list[str]:
    """Return what a reader must know of the two runs before reading what changed."""
    lines = [words("compare_summary", texts=comparison.new_texts, people=comparison.people_since)]
    if not comparison.new_texts and not comparison.missing_texts:
        lines = [words("compare_nothing_new")]
    if comparison.missing_texts:
        lines.append(words("compare_missing", texts=comparison.missing_texts))
    if comparison.differing:
        lines.append(words("compare_differing", names=", ".join(comparison.differing)))
    return lines
