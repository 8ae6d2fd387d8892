"""What of a run a report shows at length: a page of thousands of cards is read by nobody, and opens in no browser."""

from __future__ import annotations

from minecop.insight.analysis import Analysis, remembered
from minecop.insight.models import STATUSES, Issue

SHOWN_FIRST = 7
"""Candidate issues on the first page: as many as a session can weigh."""

_SHARED, _OTHERS = 200, 12
"""Issues of a status that are shown at length; the others are in the tables."""


@remembered
def by_status(analysis: Analysis) -> dict[str, tuple[list[Issue], int]]:
    """Return the issues of each status that are shown, and how many more there are."""
    every: dict[str, list[Issue]] = {status: [] for status in STATUSES}
    for issue in analysis.insight.issues:
        every[issue.status].append(issue)
    found = {}
    for status, issues in every.items():
        most = _OTHERS if status in {"early", "minority"} else _SHARED
        shown = issues[:most]
        ranks = {issue.rank for issue in shown}
        wanted = {issue.rank for issue in candidates(issues)} if status == "shared" else set()
        # none of the first page is missing, and none that people chose
        chosen = [one for one in issues[most:] if one.rank in wanted or one.group.id in analysis.human.accepted]
        shown += [issue for issue in chosen if issue.rank not in ranks]
        found[status] = shown, len(issues) - len(shown)
    return found


def issues_shown(analysis: Analysis) -> list[Issue]:
    """Return all issues that are shown."""
    return [issue for shown, _ in by_status(analysis).values() for issue in shown]


def candidates(shared: list[Issue]) -> list[Issue]:
    """Return the issues for the first page: the first few, without weak signals where there are better ones."""
    strong = [issue for issue in shared if issue.confidence != "weak"]
    return (strong or shared)[:SHOWN_FIRST]
