"""Who voices something in tellings, where and when: what groups of them are weighed by, again and again, while issues are looked for."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.insight.models import FEWEST_AUTHORS, FEWEST_COMMUNITIES, Trend
from minecop.insight.tellings import Telling
from minecop.insight.trends import TrendMeter
from minecop.insight.voices import Voices


class Speakers:
    """Knows who speaks in each of some tellings: in a post or comment it is one person, from one community, at one time.

    Parameters
    ----------
    tellings
        What is weighed.
    voices, voicing
        Of all passages, and how likely each voices something.
    meter
        Measures the trend of what they say.
    """

    def __init__(
        self, tellings: Sequence[Telling], voices: Voices, voicing: NDArray[np.floating], meter: TrendMeter
    ) -> None:
        self._meter = meter
        first = voices.among([telling.rows[0] for telling in tellings])
        self._authors = first.authors
        self._communities = np.where(first.authors >= 0, first.communities, -1)
        worth = (float(max(voicing[list(telling.rows)])) for telling in tellings)
        self._spoken: list[tuple[str | None, str | None, int | None, float]] = [
            (voice.author_id, voice.community, meter.period_of(voice), surest)
            for voice, surest in zip(first, worth, strict=True)
        ]

    def are_enough(self, groups: NDArray[np.integer[Any]], *, shared: bool) -> NDArray[np.bool_]:
        """Tell of many groups of as many tellings, shape (groups, size), whether people of each are enough; see ``measure``."""
        people, communities = (_distinct(numbers[groups]) for numbers in (self._authors, self._communities))
        enough: NDArray[np.bool_] = (people >= FEWEST_AUTHORS) & ((communities >= FEWEST_COMMUNITIES) == shared)
        return enough

    def measure(self, indexes: Sequence[int], *, shared: bool) -> tuple[bool, float, Trend]:
        """Tell of some tellings whether enough people of several communities, or of one, voice them; see ``candidates.Measure``."""
        surest: dict[str, float] = {}
        communities: set[str] = set()
        when: set[tuple[int, str]] = set()
        for author, community, period, worth in map(self._spoken.__getitem__, indexes):
            if author:
                surest[author] = max(surest.get(author, 0.0), worth)
                if community:
                    communities.add(community)
                if period is not None:
                    when.add((period, author))
        if len(surest) < FEWEST_AUTHORS or (len(communities) >= FEWEST_COMMUNITIES) != shared:
            return False, 0.0, Trend("unknown")  # most groups: what is not asked for is not measured
        return True, sum(surest.values()), self._meter.trend_of(when)


def _distinct(numbers: NDArray[np.integer[Any]]) -> NDArray[np.int64]:
    """Return how many different numbers stand in each row, those below 0 left out, shape (rows,)."""
    ordered = np.sort(numbers, axis=1)
    new = np.diff(ordered, axis=1, prepend=-1) > 0
    count: NDArray[np.int64] = np.count_nonzero(new & (ordered >= 0), axis=1)
    return count
