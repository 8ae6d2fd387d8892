"""What a report shows of the steps of the process."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from itertools import groupby
from math import sqrt
from typing import Any

from minecop.insight.analysis import Analysis
from minecop.insight.evidence import StepQuote, step_quotes
from minecop.insight.models import Group
from minecop.insight.profiles import FEWEST_PEOPLE, Profile, StepShare, profile_of
from minecop.insight.sequence import SEVERAL, Course, courses
from minecop.insight.slices import Cell
from minecop.insight.splits import IN_TIME, UNKNOWN, step_profiles
from minecop.report.quoting import quote_view
from minecop.report.view import people_words
from minecop.report.words import Words, people_or_fewer, step_name

_COMMUNITIES = 20
"""Communities in the table of the report; a page holds no more."""

_COURSES = 8
"""Communities whose course is drawn in the report."""

_MOVES = 4
"""Moves that are told of."""

_WIDEST, _NARROWEST = 2.3, 1.15
"""Diameter of the largest dot, and of one that a number still fits in, in rem; otherwise a dot's area is as its people, 1 rem for one."""


def steps_view(analysis: Analysis, lang: str) -> dict[str, Any]:
    """Return everything that a template needs for the steps.

    Raises
    ------
    QuoteError
        When a quote is not what its source says.
    """
    words = Words(lang, analysis.buddhist)
    whole, *parts = courses(analysis)
    drawn = [course for course in parts if course.enough]
    return {
        "steps": [step_view(analysis, group, whole.profile, words) for group in analysis.insight.steps],
        "gaps": gaps_view(analysis, whole.profile, words),
        "covered": _communities(analysis, words),
        "course": course_view(analysis, whole, whole, words),
        "courses": [course_view(analysis, course, whole, words) for course in drawn[:_COURSES]],
        "courses_more": max(0, len(drawn) - _COURSES),
        "courses_few": [course.community for course in parts if not course.enough][:_COMMUNITIES],
    }


def step_view(analysis: Analysis, group: Group, profile: Profile, words: Words) -> dict[str, Any]:
    """Return a step as people read it: who writes of it, how much, and what they say.

    Parameters
    ----------
    analysis
        The finished run.
    group
        One of its ``insight.steps``.
    profile
        Of the whole archive.
    words
        Of the reader's language.
    """
    step = profile.steps[int(group.id) - 1]
    coverage = profile.coverage(step)
    most = max(one.authors or one.passages for one in profile.steps) or 1
    return {
        "number": step.step,
        "name": step_name(analysis, step.step, words),
        "definition": analysis.process.steps[step.step - 1].definitions[words.lang],
        "people": people_words(group, words),
        "authors": people_or_fewer(analysis, step.authors, words),
        "communities": len(group.community_names),
        "passages": "–" if profile.leaves_out(step) else step.passages,
        "expected": "" if profile.leaves_out(step) else words("step_expected", count=round(step.expected)),
        "share": share_words(step, words),
        "width": round(100 * (step.authors or step.passages) / most),
        "trend": group.trend.direction,
        "trend_words": words(f"trend_{group.trend.direction}"),
        "coverage": coverage,
        "coverage_words": words(f"coverage_{coverage}"),
        "quotes": [_quote(analysis, one, words) for one in step_quotes(analysis, group)],
    }


def _quote(analysis: Analysis, one: StepQuote, words: Words) -> dict[str, Any]:
    # of nothing that is told by words a program is wholly sure
    sure = words("step_given") if one.given else words("guess_sure", chance=min(99, round(100 * one.chance)))
    return quote_view(analysis, one.quote, words) | {"line": analysis.verified(one.line).text, "sure": sure}


def share_words(of: StepShare | Cell, words: Words) -> str:
    """Return the share of a step, or of a cell of slices, with its interval, in per cent; nothing where there is nobody to have one."""
    if of.share is None or of.low is None or of.high is None:
        return ""
    share, low, high = (round(100 * value) for value in (of.share, of.low, of.high))
    return words("share_of", share=share, low=low, high=high)


def gaps_view(analysis: Analysis, profile: Profile, words: Words) -> list[str]:
    """Return which steps nobody, or hardly anybody, writes of, in words."""
    by_coverage: dict[str, list[str]] = {}
    for step in profile.steps:
        label = f"{step.step} {step_name(analysis, step.step, words)}"
        coverage = profile.coverage(step)
        if coverage == "absent" and step.expected >= 1:
            label += f" ({words('gap_maybe', count=round(step.expected))})"
        if coverage == "thin":
            label += f" ({words('people_only', authors=step.authors)})"
        by_coverage.setdefault(coverage, []).append(label)
    if profile.authors < FEWEST_PEOPLE:
        return [words("gap_unknown", count=max(FEWEST_PEOPLE, profile.fewest))]
    said = [
        words(key, steps="; ".join(by_coverage[coverage]), count=profile.fewest)
        for key, coverage in (("gap_none", "absent"), ("gap_few", "thin"), ("gap_left_out", "unknown"))
        if coverage in by_coverage
    ]
    return [*said, words("gap_note")] if said else [words("no_gap")]


def _communities(analysis: Analysis, words: Words) -> dict[str, Any]:
    """Return the table of the people of each community by step."""
    profiles = step_profiles(analysis, "community")
    named = [(name, profile) for name, profile in profiles.items() if name != UNKNOWN]
    rows = [
        {
            "name": name,
            "authors": profile.authors,
            "cells": [
                {
                    "authors": people_or_fewer(analysis, step.authors, words),
                    "coverage": (coverage := profile.coverage(step)),
                    "words": words(f"coverage_{coverage}"),
                }
                for step in profile.steps
            ],
        }
        for name, profile in named[:_COMMUNITIES]
    ]
    few = any(profile.authors < FEWEST_PEOPLE for _, profile in named[:_COMMUNITIES])
    return {"rows": rows, "more": max(0, len(named) - _COMMUNITIES), "few": few}


def course_view(analysis: Analysis, course: Course, whole: Course, words: Words) -> dict[str, Any]:
    """Return the course of a community's writing as people read it: a table of dots, and what it says in words.

    Parameters
    ----------
    analysis
        The finished run.
    course
        Of a community, or of the whole archive.
    whole
        Of the whole archive.
    words
        Of the reader's language.
    """
    most = max((people for step in course.steps for people in step.periods), default=0) or 1
    unit = min(1.0, _WIDEST / sqrt(most))
    parts = [_period_parts(name, words) for name in course.periods]
    return {
        "name": words("whole_archive") if course.community is None else course.community,
        "authors": course.authors,
        "people": words("course_people", authors=course.authors, passages=course.passages),
        "enough": course.enough,
        "columns": words(f"columns_{course.unit}"),
        "years": [(year, len(list(some))) for year, some in groupby(year for year, _ in parts)],
        "parts": [part for _, part in parts] if course.unit != "year" else [],
        "periods": [words.period(name) for name in course.periods],
        "steps": [
            {
                "number": step.step,
                "name": step_name(analysis, step.step, words),
                "authors": step.authors,
                "first": _month(step.first, words),
                "middle": _month(step.middle, words),
                "last": _month(step.last, words),
                "dots": [
                    {
                        "people": people,
                        "size": round(max(_NARROWEST, unit * sqrt(people)), 2),
                    }
                    for people in step.periods
                ],
            }
            for step in course.steps
        ],
        "lines": course_words(analysis, course, whole, words),
    }


def _period_parts(name: str, words: Words) -> tuple[str, str]:
    """Return the year of a period as readers count it, and which part of it the period is."""
    year, _, part = name.partition("/")
    return words.period(year), part.rstrip("hm").lstrip("0")


def _month(when: datetime | None, words: Words) -> str:
    return "–" if when is None else words.month(when)


def course_words(analysis: Analysis, course: Course, whole: Course, words: Words) -> list[str]:
    """Return what the course says: the order, what is skipped, what comes back; or that nothing can be said."""
    if not course.enough:
        return [words("course_few")]

    def named(step: int) -> str:
        return f"{step} {step_name(analysis, step, words)}"

    several = [step for step in course.steps if step.authors >= SEVERAL and step.middle]
    said = []
    if course.order != "unknown":
        said.append(words(f"course_{course.order}"))
    if course.order in {"forward", "backward"}:
        order = sorted(several, key=lambda step: (step.middle, step.step))
        middles = " → ".join(f"{step.step} ({_month(step.middle, words)})" for step in order)
        said.append(words("course_middles", steps=middles))
    for skip in course.skips:
        key = "course_skip" if course.community is None else "course_skip_here"
        elsewhere = whole.profile.steps[skip.step - 1].authors
        line = words(key, authors=skip.authors, later=named(skip.later), step=named(skip.step), elsewhere=elsewhere)
        expected = course.profile.steps[skip.step - 1].expected
        said.append(line + (f" ({words('gap_maybe', count=round(expected))})" if expected >= 1 else ""))
    for back in course.returns:
        periods = {"left": words.period(back.left), "back": words.period(back.back)}
        said.append(
            words("course_return", step=named(back.step), later=named(back.later), authors=back.authors, **periods)
        )
    if not course.returns:
        said.append(words("course_no_return"))
    moves = [move for move in course.moves if move.before != move.after and move.authors >= SEVERAL][:_MOVES]
    if moves:
        told = (words("course_move", before=m.before, after=m.after, authors=m.authors) for m in moves)
        said.append(words("course_moves", moves=", ".join(told)))
    return said


# ---- for scripts


def steps_json(analysis: Analysis) -> list[dict[str, Any]]:
    """Return the shares, the coverage and the quotes of each step, as users' scripts read them."""
    profile = profile_of(analysis.step_voices, analysis.steps)
    return [
        share_json(step)
        | {
            "coverage": profile.coverage(step),
            "quotes": [
                {
                    "post": one.quote.post_id,
                    "comment": one.quote.comment,
                    "start": one.quote.start,
                    "end": one.quote.end,
                    "text": analysis.verified(one.quote).text,
                    "probability": one.chance,
                }
                for one in step_quotes(analysis, group)
            ],
        }
        for group, step in zip(analysis.insight.steps, profile.steps, strict=True)
    ]


def share_json(step: StepShare) -> dict[str, Any]:
    """Return what is counted of a step."""
    names = ("unnamed", "expected", "share", "low", "high")
    return {name: getattr(step, name) for name in names}


def profiles_json(analysis: Analysis, by: str, profiles: Mapping[str, Profile], words: Words) -> list[dict[str, Any]]:
    """Return how each part of an archive divides over the steps (``insight.splits.step_profiles``), as users' scripts read it."""
    return [
        {
            "id": key,
            "title": part_title(analysis, by, key, words),
            "authors": profile.authors,
            "passages": profile.passages,
            "read": profile.read,
            "steps": [
                {"step": step.step, "authors": step.authors, "passages": step.passages}
                | share_json(step)
                | {"coverage": profile.coverage(step)}
                for step in profile.steps
            ],
        }
        for key, profile in profiles.items()
    ]


def part_title(analysis: Analysis, by: str, key: str, words: Words) -> str:
    """Return what a part of an archive is called."""
    if key == UNKNOWN:
        return words("split_unknown")
    label = analysis.privacy.label
    if by == "topic":
        return next(label(topic.group.title) for topic in analysis.insight.topics if topic.group.id == key)
    if by == "issue":
        return next(label(issue.group.title) for issue in analysis.insight.issues if issue.group.id == key)
    return words.period(key) if by in IN_TIME else label(key)


def course_json(course: Course) -> dict[str, Any]:
    """Return a course as users' scripts read it; dates are ISO 8601."""

    def day(when: datetime | None) -> str | None:
        return when.date().isoformat() if when else None

    return {
        "community": course.community,
        "enough": course.enough,
        "authors": course.authors,
        "passages": course.passages,
        "periods": list(course.periods),
        "order": course.order,
        "correlation": course.correlation,
        "steps": [
            {
                "step": step.step,
                "authors": step.authors,
                "coverage": course.profile.coverage(course.profile.steps[step.step - 1]),
                "first": day(step.first),
                "middle": day(step.middle),
                "last": day(step.last),
                "periods": list(step.periods),
            }
            for step in course.steps
        ],
        "moves": [{"from": m.before, "to": m.after, "authors": m.authors} for m in course.moves],
        "skipped": [{"step": s.step, "later": s.later, "authors": s.authors} for s in course.skips],
        "returns": [
            {"step": r.step, "later": r.later, "authors": r.authors, "until": r.left, "from": r.back}
            for r in course.returns
        ],
    }
