"""Shares of few people, with how far they can be relied on."""

from __future__ import annotations

import math

_90_PERCENT = 1.645  # two-sided standard normal quantile


def wilson(share: float, people: int) -> tuple[float, float]:
    """Return the 90 % interval of a share of so many people; all is possible of nobody.

    The score interval (Wilson 1927), which keeps what it promises for few people and for shares of 0 and 1 (Brown, Cai & DasGupta 2001,
    "Interval estimation for a binomial proportion"). Each share of several is taken by itself.

    Parameters
    ----------
    share
        0 to 1: the mean of one vote a person. Where votes are divided it errs on the side of caution: they vary less than whole ones.
    people
        How many.
    """
    if not people:
        return 0.0, 1.0
    z2 = _90_PERCENT**2
    middle = (share + z2 / (2 * people)) / (1 + z2 / people)
    margin = _90_PERCENT * math.sqrt(share * (1 - share) / people + z2 / (4 * people**2)) / (1 + z2 / people)
    return max(0.0, middle - margin), min(1.0, middle + margin)
