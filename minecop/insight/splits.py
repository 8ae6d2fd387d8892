"""Ways to split the passages of an archive, and how the parts divide over the steps."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from minecop.insight.models import Voice
from minecop.insight.periods import UNITS

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis
    from minecop.insight.profiles import Profile

OF_PEOPLE = ("group", "organisation", "province", "profession")
"""Columns of ``authors.csv``."""

IN_TIME = ("period", *UNITS)
"""Periods of a length that suits, or of a given one."""

SLICES = ("community", *OF_PEOPLE, *IN_TIME)
"""Who writes, from where, and when: home communities, what ``authors.csv`` says of people, periods."""

SPLITS = ("topic", "issue", *SLICES)
"""Those, and what passages are about: topics; issues and early voices."""

UNKNOWN = ""
"""Key of the passages of which nothing of the kind is known: without a topic, a community, a group, a date."""


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
        By the id of a topic or an issue, a period, or the name of a community, a group, a profession ... Issues stand as they are ranked,
        periods in time, the others by the people who write of any step. What is unknown comes last; passages that are in no issue are
        left out, and so are parts of too few people where that is asked for (``Analysis.left_out``).
    """
    from minecop.insight.profiles import FEWEST_PEOPLE

    found = _step_profiles(analysis, by)
    fewest = analysis.left_out.fewest
    if by in OF_PEOPLE and analysis.privacy.authors:  # what is told of fewer would tell who goes by which pseudonym
        fewest = max(fewest, FEWEST_PEOPLE)
    return {key: profile for key, profile in found.items() if fewest <= 1 or profile.authors >= fewest}


def _step_profiles(analysis: Analysis, by: str) -> dict[str, Profile]:
    from minecop.insight.profiles import profiles_of

    if by == "issue":
        kept = set(analysis.step_voices.of_archive.tolist())
        members = ((issue.group.id, v) for issue in analysis.insight.issues for v in issue.group.members)
        return profiles_of(((key, voice) for key, voice in members if voice.row in kept), analysis.steps)
    key_of = splitter(analysis, by)
    found = profiles_of(((key_of(voice), voice) for voice in analysis.step_voices), analysis.steps)

    def order(key: str) -> tuple[bool, int, str]:
        return key == UNKNOWN, 0 if by in IN_TIME else -found[key].authors, key

    return {key: found[key] for key in sorted(found, key=order)}


def splitter(analysis: Analysis, by: str) -> Callable[[Voice], str]:
    """Return what tells of each passage which part of an archive it is in; ``UNKNOWN`` where that is not known.

    Parameters
    ----------
    analysis
        A finished run.
    by
        One of ``SPLITS`` but ``issue``: a passage may be in none, and in several.
    """
    from minecop.insight.trends import calendar

    if by == "topic":
        topics = {v.row: topic.group.id for topic in analysis.insight.topics for v in topic.group.members}
        return lambda voice: topics.get(voice.row, UNKNOWN)
    if by == "community":
        return lambda voice: voice.community or UNKNOWN
    if by in OF_PEOPLE:
        told = {person.author_id: str(getattr(person, by)) for person in analysis.archive.people.values()}
        return lambda voice: told.get(voice.author_id or "", UNKNOWN)
    period = UNITS[calendar(analysis.voices.span)[0] if by == "period" else by]
    return lambda voice: period(voice.published) if voice.published else UNKNOWN
