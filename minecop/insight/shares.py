"""Shares of few people, with how far they can be relied on."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

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


def chance_of(some: int, people: int, others: int, other_people: int) -> float:
    """Return how likely chance alone gives two shares that lie as far apart as these, whichever is the larger.

    The exact test of two shares (Fisher), of which what is as likely as the finding itself counts half ("mid-p", Lancaster 1961,
    "Significance tests in discrete distributions"): with few people the whole of it would say of too little that it is beyond chance.

    Parameters
    ----------
    some, people
        How many of so many people.
    others, other_people
        How many of the others.
    """
    both = some + others
    of_some = np.arange(max(0, both - other_people), min(both, people) + 1)
    logs = _choose(people, of_some) + _choose(other_people, both - of_some) - _choose(people + other_people, both)
    chances = np.exp(logs)
    exactly = chances[of_some == some].sum() / 2
    fewer, more = (float(chances[side].sum() + exactly) for side in (of_some < some, of_some > some))
    return min(1.0, 2 * min(fewer, more))


def _choose(people: int, some: NDArray[np.int64] | int) -> NDArray[np.float64]:
    """Return the logarithm of the number of ways to choose some of so many people."""
    from scipy.special import gammaln

    some = np.asarray(some)
    logs: NDArray[np.float64] = gammaln(people + 1) - gammaln(some + 1) - gammaln(people - some + 1)
    return logs


def bar_for_many(chances: Iterable[float], wrong: float) -> float:
    """Return up to which chance findings may be told of, of many that were looked for, for so small a share of them to be wrong.

    Whoever compares a hundred pairs finds ten that lie apart nine times in ten by chance: the bar rises with the findings (Benjamini &
    Hochberg 1995, "Controlling the false discovery rate"); 0 where nothing may be told.
    """
    ordered = sorted(chances)
    bars = [wrong * n / len(ordered) for n in range(1, len(ordered) + 1)]
    return max((bar for bar, chance in zip(bars, ordered, strict=True) if chance <= bar), default=0.0)
