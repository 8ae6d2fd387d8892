"""Candidate issues: groups of threads that are on one matter, found at whatever size they have.

A tree of all threads is grown by average linkage; each of its branches is weighed by people, agreement and movement over time; the best
branches that do not overlap are taken, and each draws in the threads that are as near to it as its own are to each other, by half.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.cluster.hierarchy import linkage
from scipy.spatial.distance import squareform

from minecop.insight.models import Trend
from minecop.insight.threads import mean_likeness
from minecop.insight.trends import is_quiet

_LARGEST_SHARE = 0.25
"""Of all threads that one candidate may hold: beyond that it is no matter but a manner of writing."""

_LARGEST_AT_LEAST = 12

_DRAWN_IN = 0.5
"""How near another thread must be to a candidate, against how near the candidate's own threads are to each other."""

_DRAWN_IN_AT_LEAST = 0.13
"""Likeness above that of any two threads that draws a thread in at the least."""

_CLEAR, _LIKELY = 1.0, 0.5
"""Weight from which a candidate is clear, or likely: ten people, alike by 0.2, rising surely; ten people, steady."""

_LIGHTEST = 0.3
"""Weight below which a branch is chance: three people, little alike, at no time in particular. Its threads stand by themselves then."""

_SETTLING = 20
"""Threads that a mean likeness needs to be trusted; with fewer, two threads may well be alike because all are on one matter."""

_UNMOVED = 0.3
"""What a candidate weighs whose share of the voices does not move: less than a rising one, but it can still be heard by its people."""

_FALLING = 0.1
"""What one weighs whose share falls."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Some threads that may voice one concern.

    Attributes
    ----------
    threads
        Their indexes, sorted.
    authors
        Distinct people who speak in them.
    agreement
        Mean likeness of its threads above that of any two threads; 0 for a single thread.
    trend
        Of its voices.
    """

    threads: tuple[int, ...]
    authors: int
    agreement: float
    trend: Trend

    @property
    def movement(self) -> float:
        """How surely its share of the voices moves: the end of the interval of the logarithm of the ratio that is nearer to 0, or 0."""
        low, high = self.trend.low, self.trend.high
        if low is None or high is None:
            return 0.0
        return max(0.0, math.log(low)) + min(0.0, math.log(high))

    @property
    def weight(self) -> float:
        """People times agreement times movement: what candidates are ordered by. What falls weighs little."""
        return self.authors * max(self.agreement, 0.0) * max(_UNMOVED + self.movement, _FALLING)

    @property
    def distinctness(self) -> float:
        """The weight, or where all have fallen silent what it would be if it rose as it fell: so that what fades is found too."""
        moved = abs(self.movement) if is_quiet(self.trend) else self.movement
        return self.authors * max(self.agreement, 0.0) * max(_UNMOVED + moved, _FALLING)

    @property
    def confidence(self) -> str:
        """``clear``, ``likely`` or ``weak``, by weight."""
        return "clear" if self.weight >= _CLEAR else "likely" if self.weight >= _LIKELY else "weak"


Measure = Callable[[Sequence[int]], tuple[bool, int, Trend]]
"""Tells of some threads whether they are to be weighed at all, how many people speak in them, and the trend of their voices."""


def find_candidates(likeness: NDArray[np.float32], measure: Measure) -> list[Candidate]:
    """Return candidates that do not overlap, in the order of their weight.

    Parameters
    ----------
    likeness
        Of threads, shape (n, n).
    measure
        What is to be known of some threads.
    """
    count = len(likeness)
    if count < 2:
        return []
    base = mean_likeness(likeness) * count**2 / (count**2 + _SETTLING**2)
    largest = max(_LARGEST_AT_LEAST, round(_LARGEST_SHARE * count))

    def candidate(threads: Sequence[int]) -> Candidate | None:
        eligible, authors, trend = measure(threads)
        if not eligible:
            return None
        return Candidate(tuple(sorted(threads)), authors, mean_likeness(likeness, threads) - base, trend)

    branches = [
        found for threads in _branches(likeness) if 2 <= len(threads) <= largest and (found := candidate(threads))
    ]
    branches.sort(key=lambda c: (-c.distinctness, c.threads))
    chosen: list[Candidate] = []
    taken: set[int] = set()
    for branch in branches:
        if branch.distinctness >= _LIGHTEST and not taken & set(branch.threads):
            chosen.append(branch)
            taken |= set(branch.threads)
    return _drawn_in(likeness, chosen, candidate, base, largest)


def _branches(likeness: NDArray[np.float32]) -> list[list[int]]:
    distance = 1 - (likeness + likeness.T) / 2
    np.fill_diagonal(distance, 0)
    tree = linkage(squareform(np.clip(distance, 0, None), checks=False), "average")
    branches = [[n] for n in range(len(likeness))]
    for left, right, *_ in tree:
        branches.append(branches[int(left)] + branches[int(right)])
    return branches


def _drawn_in(
    likeness: NDArray[np.float32],
    chosen: list[Candidate],
    candidate: Callable[[Sequence[int]], Candidate | None],
    base: float,
    largest: int,
) -> list[Candidate]:
    """Let each candidate, the weightiest first, draw in near threads - also those of a weaker candidate, which then loses them."""
    free = set(range(len(likeness)))
    done: list[Candidate] = []
    waiting = sorted(chosen, key=lambda c: (-c.weight, c.threads))
    while waiting:
        best = waiting.pop(0)
        own = [thread for thread in best.threads if thread in free]
        if len(own) < len(best.threads):  # another has drawn some of its threads in: weigh again what is left
            left = candidate(own) if len(own) > 1 else None
            if left and left.distinctness >= _LIGHTEST:
                waiting = sorted([*waiting, left], key=lambda c: (-c.weight, c.threads))
            continue
        needed = base + max(_DRAWN_IN * best.agreement, _DRAWN_IN_AT_LEAST)
        while len(own) < largest:
            others = sorted(free - set(own))
            if not others:
                break
            links = likeness[np.ix_(others, own)].mean(axis=1)
            nearest = int(links.argmax())
            if links[nearest] < needed:
                break
            own.append(others[nearest])
        grown = candidate(own) or best
        # what it was chosen for stays its own: agreement of the core, people and trend of all
        done.append(Candidate(grown.threads, grown.authors, best.agreement, grown.trend))
        free -= set(grown.threads)
    return sorted(done, key=lambda c: (-c.weight, c.threads))
