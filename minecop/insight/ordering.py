"""Orders of issues: by default as they were found; by each of their grounds on request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import TYPE_CHECKING

from minecop.insight.models import STATUSES, Issue

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis

ORDERS: dict[str, Callable[[Issue], float]] = {
    "rank": lambda issue: -issue.rank,
    "people": lambda issue: len(issue.group.author_ids),
    "effective": lambda issue: issue.grounds.effective_authors,
    "communities": lambda issue: len(issue.group.community_names),
    "organisations": lambda issue: len(issue.grounds.organisations),
    "provinces": lambda issue: len(issue.grounds.provinces),
    "emergence": lambda issue: issue.group.trend.low or 0.0,
    "uptake": lambda issue: len(issue.grounds.adding),
    "open": lambda issue: len({*issue.grounds.asking, *issue.grounds.stuck} - {*issue.grounds.settling}),
    "unanswered": lambda issue: issue.grounds.unanswered,
    "doubt": lambda issue: len(issue.grounds.doubting),
    "likeness": lambda issue: issue.agreement,
    "stability": lambda issue: issue.grounds.stability or 0.0,
}
"""What issues can be ordered by, the most first.

``emergence`` is the lower end of the interval of the trend's ratio: what surely grows comes before what may. ``open`` counts the people who
ask or know no way on, less those who say that it is solved.
"""


def in_order(analysis: Analysis, by: str) -> Analysis:
    """Return an analysis with its issues by one of ``ORDERS`` within each status; equals stay as they are ranked, and ranks as they are."""
    measure = ORDERS[by]

    def place(issue: Issue) -> tuple[int, float, int]:
        return STATUSES.index(issue.status), -measure(issue), issue.rank

    issues = tuple(sorted(analysis.insight.issues, key=place))
    return replace(analysis, insight=replace(analysis.insight, issues=issues))
