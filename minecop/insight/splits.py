"""Ways to split the passages of an archive, and how the parts divide over the steps."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from minecop.core.dates import first_of_month
from minecop.insight.periods import UNITS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from minecop.insight.analysis import Analysis
    from minecop.insight.profiles import Profile
    from minecop.insight.voices import Voices

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
    import numpy as np

    from minecop.insight.profiles import profile_of, profiles_of
    from minecop.insight.voices import Voices

    if by == "issue":
        kept = analysis.step_voices.of_archive
        there: dict[str, list[Voices]] = {}
        for issue in analysis.insight.issues:
            members = Voices.of(issue.group.members)
            there.setdefault(issue.group.id, []).append(members.where(np.isin(members.of_archive, kept)))
        some = {key: Voices.together(parts) for key, parts in there.items()}
        return {key: profile_of(voices, analysis.steps) for key, voices in some.items() if len(voices)}
    found = profiles_of(analysis.step_voices, splitter(analysis, by)(analysis.step_voices), analysis.steps)

    def order(key: str) -> tuple[bool, int, str]:
        return key == UNKNOWN, 0 if by in IN_TIME else -found[key].authors, key

    return {key: found[key] for key in sorted(found, key=order)}


def splitter(analysis: Analysis, by: str) -> Callable[[Voices], list[str]]:
    """Return what tells of each of some passages which part of an archive it is in; ``UNKNOWN`` where that is not known.

    Parameters
    ----------
    analysis
        A finished run.
    by
        One of ``SPLITS`` but ``issue``: a passage may be in none, and in several.
    """
    from minecop.insight.trends import calendar
    from minecop.insight.voices import archive_rows

    if by == "topic":
        topics = {
            row: one.group.id for one in analysis.insight.topics for row in archive_rows(one.group.members).tolist()
        }
        return lambda voices: [topics.get(row, UNKNOWN) for row in voices.of_archive.tolist()]
    if by == "community":
        return lambda voices: _named(voices.communities, voices.community_ids)
    if by in OF_PEOPLE:
        told = {person.author_id: str(getattr(person, by)) for person in analysis.archive.people.values()}
        return lambda voices: _named(voices.authors, [told.get(author, UNKNOWN) for author in voices.author_ids])
    period = UNITS[calendar(analysis.voices.span)[0] if by == "period" else by]
    return lambda voices: _in_periods(voices.months, period)


def _named(numbers: NDArray[np.int32], names: Sequence[str]) -> list[str]:
    """Return the names that some numbers stand for; -1 is for none."""
    names = [*names, UNKNOWN]
    return [names[number] for number in numbers.tolist()]


def _in_periods(months: NDArray[np.int32], period: Callable[[datetime], str]) -> list[str]:
    """Return the periods that months since the year 0 are of."""
    import numpy as np

    met, places = np.unique(months, return_inverse=True)
    names = [UNKNOWN if month < 0 else period(first_of_month(month)) for month in met.tolist()]
    return [names[place] for place in places.tolist()]
