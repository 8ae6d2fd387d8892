"""How the topics, issues, communities, groups and periods of an archive divide over the steps."""

from __future__ import annotations

from collections.abc import Callable

from minecop.insight.analysis import Analysis
from minecop.insight.models import Voice
from minecop.insight.profiles import Profile, profiles_of
from minecop.insight.trends import UNITS, calendar

SPLITS = ("topic", "issue", "community", "group", "period", *UNITS)
"""Topics; issues and early voices; home communities; groups of ``authors.csv``; periods of a length that suits, or of a given one."""

UNKNOWN = ""
"""Key of the passages without a topic, a community, a group or a date."""


def step_profiles(analysis: Analysis, by: str) -> dict[str, Profile]:
    """Return the profile of each part of an archive over the steps.

    Parameters
    ----------
    analysis
        A finished run.
    by
        One of ``SPLITS``.

    Returns
    -------
    dict
        By the id of a topic or an issue, the name of a community or a group, or a period. Issues stand as they are ranked, periods in
        time, the others by the people who write of any step. What is unknown comes last; passages that are in no issue are left out.
    """
    if by == "issue":
        kept = {voice.passage_id for voice in analysis.step_voices}
        members = ((issue.group.id, v) for issue in analysis.insight.issues for v in issue.group.members)
        return profiles_of(((key, voice) for key, voice in members if voice.passage_id in kept), analysis.steps)
    key_of = _key_of(analysis, by)
    found = profiles_of(((key_of(voice), voice) for voice in analysis.step_voices), analysis.steps)
    in_time = by not in {"topic", "community", "group"}

    def order(key: str) -> tuple[bool, int, str]:
        return key == UNKNOWN, 0 if in_time else -found[key].authors, key

    return {key: found[key] for key in sorted(found, key=order)}


def _key_of(analysis: Analysis, by: str) -> Callable[[Voice], str]:
    if by == "topic":
        topics = {v.passage_id: topic.group.id for topic in analysis.insight.topics for v in topic.group.members}
        return lambda voice: topics.get(voice.passage_id, UNKNOWN)
    if by == "community":
        return lambda voice: voice.community or UNKNOWN
    if by == "group":
        groups = {person.author_id: person.group for person in analysis.archive.people.values() if person.group}
        return lambda voice: groups.get(voice.author_id or "", UNKNOWN)
    period = UNITS[calendar(analysis.voices)[0] if by == "period" else by]
    return lambda voice: period(voice.published) if voice.published else UNKNOWN
