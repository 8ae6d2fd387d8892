"""The grounds of an issue in words: who, when, what others say, whether it is open, at which steps, and how far it can be relied on."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from minecop.core.dates import month_name
from minecop.insight.analysis import Analysis
from minecop.insight.models import Grounds, Issue
from minecop.report.words import Words, step_name

_NAMED = 5
"""Names that stand in one line."""

_FEW_WRITE = 0.7
"""Effective people, against all, below which it is said that a few write most of it."""

_BURST = 0.75
"""Share of the people within three weeks from which it is said that there may be one reason for that."""

_STEPS = 3


def grounds_view(analysis: Analysis, issue: Issue, words: Words) -> list[dict[str, Any]]:
    """Return what speaks for an issue and against it, by heading: ``name`` and ``lines``, without headings that have nothing to say."""
    parts = {
        "who": _who(analysis, issue, words),
        "when": _when(issue, words),
        "others": _others(analysis, issue.grounds, words),
        "open": _open(issue.grounds, words),
        "steps": _steps(analysis, issue.grounds, words),
        "sure": _sure(issue, words),
    }
    return [{"name": words(f"grounds_{name}"), "lines": lines} for name, lines in parts.items() if lines]


def _who(analysis: Analysis, issue: Issue, words: Words) -> list[str]:
    group, grounds = issue.group, issue.grounds
    people = len(group.author_ids)
    lines = [words("why_people", authors=people)]
    if 0 < grounds.effective_authors < _FEW_WRITE * people:
        lines.append(words("why_few_write", count=f"{grounds.effective_authors:.0f}"))
    if group.unnamed:
        lines.append(words("why_unnamed", count=group.unnamed))
    # where authors have pseudonyms, a workplace, a province or a profession may show who they are
    hidden = bool(analysis.privacy.authors)
    for name, values in (
        ("communities", group.community_names),
        ("organisations", grounds.organisations),
        ("provinces", grounds.provinces),
    ):
        if values and not (hidden and name != "communities"):
            lines.append(
                words(f"why_{name}", count=len(values), names=listed(map(analysis.privacy.label, values), words))
            )
    return lines


def _when(issue: Issue, words: Words) -> list[str]:
    trend, grounds = issue.group.trend, issue.grounds
    lines = []
    if trend.direction != "unknown" and trend.ratio is None:  # of too few people before, or lately, to be counted
        lines.append(words(f"trend_{trend.direction}"))
    elif trend.direction != "unknown":
        least = f"{trend.low or 0:.1f}"
        lines.append(words(f"why_{trend.direction}", earlier=trend.before, recent=trend.lately, least=least))
    if grounds.season:
        first, last = (month_name(month, words.lang) for month in (grounds.season[0], grounds.season[-1]))
        lines.append(words("why_season", first=first, last=last))
    if grounds.burst >= _BURST and len(issue.group.author_ids) >= 3:
        lines.append(words("why_burst", count=round(100 * grounds.burst)))
    return lines


def _others(analysis: Analysis, grounds: Grounds, words: Words) -> list[str]:
    found = (("adding", grounds.adding), ("agreeing", grounds.agreeing), ("doubting", grounds.doubting))
    return [
        words(f"why_{name}", count=len(authors), names=listed((analysis.names.get(a, a) for a in authors), words))
        for name, authors in found
        if authors
    ]


def _open(grounds: Grounds, words: Words) -> list[str]:
    lines = [
        words(f"why_{name}", count=len(authors))
        for name, authors in (("asking", grounds.asking), ("stuck", grounds.stuck), ("settling", grounds.settling))
        if authors
    ]
    if grounds.unanswered:
        lines.append(words("why_unanswered", count=grounds.unanswered))
    return lines


def _steps(analysis: Analysis, grounds: Grounds, words: Words) -> list[str]:
    def named(steps: Iterable[int]) -> str:
        return "; ".join(f"{step} {step_name(analysis, step, words)}" for step in steps)

    most = sorted(grounds.steps, key=lambda step: (-grounds.steps[step], step))[:_STEPS]
    lines = [words("why_steps", steps=named(most))] if most else []
    if gaps := grounds.gaps[-_STEPS:]:
        lines.append(words("why_gaps", steps=named(gaps)))
    return lines


def _sure(issue: Issue, words: Words) -> list[str]:
    lines = [words(f"confidence_{issue.confidence}")]
    if issue.grounds.stability is not None:
        lines.append(words("why_stability", count=round(100 * issue.grounds.stability)))
    return lines


def listed(names: Iterable[str], words: Words) -> str:
    """Return names in one line, the first few of many."""
    every = list(names)
    shown = ", ".join(every[:_NAMED])
    return f"{shown} {words('and_others', count=len(every) - _NAMED)}" if len(every) > _NAMED else shown


def grounds_json(analysis: Analysis, issue: Issue) -> dict[str, Any]:
    """Return the grounds as users' scripts read them; people as the report names them."""
    grounds = issue.grounds
    people = ("adding", "asking", "stuck", "agreeing", "doubting", "settling")
    return {
        "effective_authors": grounds.effective_authors,
        **{
            name: []
            if analysis.privacy.authors
            else [analysis.privacy.label(value) for value in getattr(grounds, name)]
            for name in ("organisations", "provinces", "professions")
        },
        **{name: [analysis.privacy.author(one, one) for one in getattr(grounds, name)] for name in people},
        "threads": grounds.threads,
        "unanswered": grounds.unanswered,
        "steps": {str(step): count for step, count in grounds.steps.items()},
        "gaps": list(grounds.gaps),
        "emergence": {name: getattr(issue.group.trend, name) for name in ("ratio", "low", "high", "before", "lately")},
        "likeness": issue.agreement,
        "confidence": issue.confidence,
        "stability": grounds.stability,
        "burst": grounds.burst,
        "season": list(grounds.season),
    }
