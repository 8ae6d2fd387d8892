"""What a group can take up an issue with: wishes of its own people, what was tried, who could be invited, and who has not been heard."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace

from minecop.insight.analysis import Analysis, remembered
from minecop.insight.models import Issue, Lesson, Voice

_MAY_BE_LEFT_OUT = frozenset({"provinces", "professions", "tried", "doubts"})
"""What may be known of too few people to be shown, so that it must not be said to be unknown."""

_TRIED = 2
"""Lessons that an appreciative question may begin from; more are on the card itself."""


@dataclass(frozen=True, slots=True)
class Invited:
    """People of one community who voice an issue or tell a lesson about it.

    Attributes
    ----------
    community
        Theirs; empty where it is unknown.
    professions
        What they do, as ``authors.csv`` says, with how many of them; those of whom it does not say are left out.
    author_ids
        Who they are.
    """

    community: str
    professions: tuple[tuple[str, int], ...]
    author_ids: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Session:
    """Material for a session on one issue.

    Attributes
    ----------
    tried
        Lessons about it that went well, the surest first.
    invited
        Who could be invited, the communities of most people first.
    unheard_communities, unheard_groups
        Communities and groups (``authors.csv``) of the archive of which nobody voices it.
    unknown
        What is not known, as keys: ``trend``, ``unnamed`` (some voices have no name), ``provinces``, ``professions``, ``tried`` (nobody
        tells what was tried), ``wishes`` (nobody says what should be), ``doubts`` (nobody has objected).
    """

    tried: tuple[Lesson, ...]
    invited: tuple[Invited, ...]
    unheard_communities: tuple[str, ...]
    unheard_groups: tuple[str, ...]
    unknown: tuple[str, ...]


def session_for(analysis: Analysis, issue: Issue) -> Session:
    """Return the material for a session on an issue.

    Parameters
    ----------
    analysis
        A finished run.
    issue
        One of its issues.
    """
    people = analysis.people
    lessons = analysis.lessons.get(issue.group.id, [])
    tried = [lesson for lesson in lessons if lesson.outcome == "good"]
    told = [*issue.group.members, *(lesson.voice for lesson in lessons)]
    heard = {people[author].group for author in issue.group.author_ids if author in people}
    groups = _groups(analysis)
    fewest, others = analysis.left_out.fewest, analysis.left_out.others
    communities = analysis.communities - {*issue.group.community_names, others}
    return Session(
        tried=tuple(tried[:_TRIED]),
        invited=_guarded(_invited(analysis, told), fewest, others),
        unheard_communities=tuple(sorted(communities)),
        unheard_groups=tuple(
            sorted(group for group in groups if groups[group] >= fewest and group and group not in heard)
        ),
        unknown=tuple(name for name in _unknown(issue, lessons) if fewest <= 1 or name not in _MAY_BE_LEFT_OUT),
    )


@remembered
def _groups(analysis: Analysis) -> Counter[str]:
    """Return how many people of the archive are of each group."""
    people = analysis.people
    return Counter(people[author].group for author in analysis.authors if author in people)


def _guarded(invited: tuple[Invited, ...], fewest: int, others: str) -> tuple[Invited, ...]:
    """Return whom to invite with the communities of too few people as one, where those are enough together."""
    if fewest <= 1:
        return invited
    shown = [
        replace(one, professions=tuple(told for told in one.professions if told[1] >= fewest))
        for one in invited
        if len(one.author_ids) >= fewest and one.community != others
    ]
    shown_people = {author for one in shown for author in one.author_ids}
    rest = {author for one in invited for author in one.author_ids} - shown_people
    return (*shown, *([Invited(others, (), tuple(sorted(rest)))] if len(rest) >= fewest else []))


def _invited(analysis: Analysis, voices: list[Voice]) -> tuple[Invited, ...]:
    people = analysis.people
    by_community: dict[str, set[str]] = {}
    for voice in voices:
        if voice.author_id:
            by_community.setdefault(voice.community or "", set()).add(voice.author_id)
    found = []
    for community, authors in by_community.items():
        told = Counter(people[a].profession for a in authors if a in people and people[a].profession)
        professions = tuple(sorted(told.items(), key=lambda item: (-item[1], item[0])))
        found.append(Invited(community, professions, tuple(sorted(authors))))
    return tuple(sorted(found, key=lambda one: (not one.community, -len(one.author_ids), one.community)))


def _unknown(issue: Issue, lessons: list[Lesson]) -> list[str]:
    grounds = issue.grounds
    holds = {
        "trend": issue.group.trend.direction == "unknown",
        "unnamed": issue.group.unnamed > 0,
        "provinces": not grounds.provinces,
        "professions": not grounds.professions,
        "tried": not lessons,
        "wishes": not issue.wishes,
        "doubts": not grounds.doubting,
    }
    return [name for name, missing in holds.items() if missing]
