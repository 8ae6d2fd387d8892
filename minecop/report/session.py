"""Material for a session on an issue, in words: what to ask, where a goal could begin, whom to invite, what is not known."""

from __future__ import annotations

from typing import Any

from minecop.insight.analysis import Analysis
from minecop.insight.models import Issue
from minecop.insight.quotes import headline
from minecop.insight.session import Invited, Session, session_for
from minecop.report.quoting import quote_view
from minecop.report.words import Words, step_name

_WISHES = 3
_ROLES = 5


def session_view(analysis: Analysis, issue: Issue, words: Words) -> dict[str, Any]:
    """Return the material for a session: ``questions``, ``wishes``, ``invited``, ``unheard`` and ``unknown``."""
    session = session_for(analysis, issue)
    label = analysis.privacy.label
    unheard = [
        words(key, names=", ".join(map(label, names)))
        for key, names in (("not_heard", session.unheard_communities), ("not_heard_groups", session.unheard_groups))
        if names
    ]
    return {
        "questions": [_appreciative(analysis, issue, session, words), _tension(analysis, issue, words)],
        "wishes": [quote_view(analysis, quote, words) for quote in issue.wishes[:_WISHES]],
        "invited": [_invited(analysis, one, words) for one in session.invited],
        "unheard": unheard,
        "unknown": [words(f"unknown_{name}") for name in session.unknown],
    }


def _appreciative(analysis: Analysis, issue: Issue, session: Session, words: Words) -> str:
    """Return an open question on when it went well: from what somebody tells, else from the first voice."""
    if session.tried:
        lesson = session.tried[0]
        line = quote_view(analysis, headline(lesson.quote, [part.text for part in lesson.parts.values()]), words)
        return words("ask_good_tried", lesson=line["text"], author=line["author"])
    return words("ask_good_from", voice=_voice(analysis, issue, words))


def _tension(analysis: Analysis, issue: Issue, words: Words) -> str:
    """Return a question on what is unresolved: two voices that differ, a wish, a gap in the process, else what keeps it open."""
    grounds = issue.grounds
    if issue.objection:
        other = quote_view(analysis, headline(issue.objection, issue.terms), words)["text"]
        return words("ask_tension_voices", voice=_voice(analysis, issue, words), other=other)
    if issue.wishes:
        return words("ask_tension_wish", wish=quote_view(analysis, issue.wishes[0], words)["text"])
    if grounds.gaps and grounds.steps:
        most = max(grounds.steps, key=lambda step: (grounds.steps[step], step))
        told, missing = (step_name(analysis, step, words) for step in (most, grounds.gaps[-1]))
        return words("ask_tension_gap", most=told, gap=missing)
    return words("ask_tension_open")


def _voice(analysis: Analysis, issue: Issue, words: Words) -> str:
    if issue.headline:
        return str(quote_view(analysis, issue.headline, words)["text"])
    return analysis.privacy.label(issue.group.title)


def _invited(analysis: Analysis, invited: Invited, words: Words) -> str:
    community = analysis.privacy.label(invited.community) or words("unknown_community")
    told = () if analysis.privacy.authors else invited.professions[:_ROLES]  # what somebody does may show who they are
    roles = [analysis.privacy.label(role) + (f" {count}" if count > 1 else "") for role, count in told]
    key = "invite_roles" if roles else "invite_people"
    return words(key, community=community, count=len(invited.author_ids), roles=", ".join(roles))
