"""Candidate issues: groups of tellings that are on one matter, found at whatever size they have.

From every telling a group is grown, the nearest to all of it next; each is weighed at several sizes by people, agreement and movement
over time, the best groups that do not overlap are taken, and what is as near to one as its own are comes in. A group stands on its own
tellings alone: one more telling elsewhere in the archive does not join two matters, as it does where a tree of all is cut.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.insight.models import Trend
from minecop.insight.trends import is_quiet

_SIZES = (2, 3, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 19, 22, 26, 30, 35, 41, 48)
"""Tellings at which a group is weighed: each about a sixth more than the one before, where that is a whole one."""

_SEEDS_AT_ONCE = 128
"""Tellings from which groups are grown together: what is added up then stays in the processor's own memory."""

_LARGEST_SHARE = 0.25
"""Of all tellings that one candidate may hold: beyond that it is no matter but a manner of writing."""

_LARGEST_AT_LEAST = 12

_PEOPLE, _AGREEMENT = 1.5, 3.0
"""Powers of people and agreement in the weight: with less of agreement groups grow until all have joined, with less of people three who
happen to use the same words weigh as much as ten who do not."""

_CLEAR, _LIKELY = 150.0, 50.0
"""Weight from which a candidate is clear, or likely: six people, alike by two and a half spreads, surely rising; or the same, steady."""

_BY_CHANCE = 1.35
"""Power of how many times ``_CROWD`` there are tellings by which these bars rise: among many, more groups come together by chance.

Of archives of 200 posts every group that is likely is on one planted matter. In six of 2,000 a fifth of those of weights from 150 to 400
are, and nine of ten beyond; in one of 20,000 hardly any is, and one is called clear.
"""

_LIGHTEST = 8.0
"""Weight below which a group is chance: three people who hardly voice anything. Its tellings stand by themselves then."""

_MANY = 20
"""Tellings of which the power of agreement is half, and that bar a quarter: of few, few pairs are alike by chance."""

_CROWD, _SHARPEST, _USUAL = 250, 8.0, 3.0
"""Tellings beyond which agreement counts by a greater power, what is added to it at the most, and the agreement that weighs the same then.

Among many, tellings of some matters that are told in one manner agree as much as those of one matter that is told in many manners, and a
large group of the first outweighs each of its parts. In six archives of 2,000 posts average precision of planted issues rises from .06 to
.19 (rising ones from .07 to .23), F1 of the group nearest each from .33 to .38.
"""

_BELONGS, _ONE = 0.75, 0.9
"""How near a telling must be to a group, against how near its own are to each other, to be of it, and another group, to be the same one."""

_AGREED = 2.7
"""Agreement of a group beyond which, among many, what is to be of it need be no nearer: those that are found there are cores."""

_FIFTHS = 5
"""Parts of an archive of which each is left out once, to see what is found without it."""

_UNMOVED = 0.3
"""What a candidate weighs whose share of the voices does not move: less than a rising one, but it can still be heard by its people."""

_FALLING = 0.1
"""What one weighs whose share falls."""


@dataclass(frozen=True, slots=True)
class Candidate:
    """Some tellings that may voice one concern.

    Attributes
    ----------
    tellings
        Their indexes, sorted.
    voicing
        People who speak in them, each counted by how likely they voice something unsettled.
    agreement
        Mean likeness of its tellings of different threads, in spreads above that of any two.
    trend
        Of its voices.
    among
        How many tellings it was found among: of few, agreement hardly tells anything, and of many, groups agree by chance.
    stability
        Share of it that is found again among four fifths of the threads, 0 to 1; ``None`` where that was not looked for.
    """

    tellings: tuple[int, ...]
    voicing: float
    agreement: float
    trend: Trend
    among: int = _CROWD
    stability: float | None = None

    @property
    def movement(self) -> float:
        """How surely its share of the voices moves: the end of the interval of the logarithm of the ratio that is nearer to 0, or 0."""
        low, high = self.trend.low, self.trend.high
        if low is None or high is None:
            return 0.0
        return max(0.0, math.log(low)) + min(0.0, math.log(high))

    @property
    def weight(self) -> float:
        """People and agreement, to their powers, times movement: what candidates are ordered by. What falls weighs little."""
        return self._weight(self.movement)

    @property
    def distinctness(self) -> float:
        """The weight, or where all have fallen silent what it would be if it rose as it fell: so that what fades is found too."""
        return self._weight(abs(self.movement) if is_quiet(self.trend) else self.movement)

    def _weight(self, movement: float) -> float:
        agreement = max(self.agreement, 0.0)
        agreed = math.pow(agreement, _trust(self.among) * _AGREEMENT) * math.pow(
            agreement / _USUAL, _sharper(self.among)
        )
        return math.pow(self.voicing, _PEOPLE) * agreed * max(_UNMOVED + movement, _FALLING)

    @property
    def confidence(self) -> str:
        """``clear``, ``likely`` or ``weak``, by weight, and how many tellings there are."""
        weight = self.weight / max(1.0, self.among / _CROWD) ** _BY_CHANCE
        return "clear" if weight >= _CLEAR else "likely" if weight >= _LIKELY else "weak"


def _trust(among: int) -> float:
    """Return how far agreement among so many tellings tells anything, 0 to 1."""
    return among / (among + _MANY)


def _sharper(among: int) -> float:
    """Return what is added to the power of agreement among so many tellings."""
    return _SHARPEST * max(0.0, 1 - _CROWD / max(among, 1))


Measure = Callable[[tuple[int, ...]], tuple[bool, float, Trend]]
"""Tells of some tellings whether they are to be weighed at all, how many people voice something in them, and the trend of their voices."""

Sift = Callable[[NDArray[np.int64]], NDArray[np.bool_]]
"""Tells of many groups of tellings at once, shape (groups, size), which may be weighed at all: most may not."""


def find_candidates(
    likeness: NDArray[np.float32], threads: Sequence[str], measure: Measure, sift: Sift | None = None
) -> list[Candidate]:
    """Return candidates that do not overlap, in the order of their weight.

    Parameters
    ----------
    likeness
        Of n tellings, shape (n, n), 0 where any two of different threads lie.
    threads
        What thread each is of.
    measure
        What is to be known of some tellings.
    sift
        Which of many groups are to be measured at all; ``None`` for every one.
    """
    count = len(likeness)
    thread = np.unique(np.asarray(threads, dtype=str), return_inverse=True)[1]
    apart = thread[:, None] != thread[None, :]

    def weighed(tellings: Sequence[int], agreement: float) -> Candidate | None:
        own = tuple(sorted(tellings))
        eligible, voicing, trend = measure(own)
        return Candidate(own, voicing, agreement, trend, count) if eligible else None

    found = [
        candidate
        for tellings, agreement in _groups(likeness, apart, sift)
        if (candidate := weighed(tellings, agreement))
    ]
    found.sort(key=lambda candidate: (-candidate.distinctness, candidate.tellings))
    chosen: list[Candidate] = []
    taken: set[int] = set()
    for candidate in found:
        if candidate.distinctness >= _trust(count) ** 2 * _LIGHTEST and taken.isdisjoint(candidate.tellings):
            chosen.append(candidate)
            taken |= set(candidate.tellings)
    groups = [candidate.tellings for candidate in chosen]
    whole = _joined(groups, np.where(apart, likeness, 0), apart, _AGREED if count > _CROWD else math.inf)
    done = [candidate for tellings, agreement in whole if (candidate := weighed(tellings, agreement))]
    return sorted(done, key=lambda candidate: (-candidate.weight, candidate.tellings))


def with_stability(
    candidates: Sequence[Candidate],
    likeness: NDArray[np.float32],
    threads: Sequence[str],
    measure: Measure,
    sift: Sift | None = None,
) -> list[Candidate]:
    """Return candidates with how far they are found again where a fifth of the threads is missing, each fifth in turn.

    The mean, over the fifths, of the largest share (Jaccard) that what is left of a candidate has in common with any that is found then
    (Hennig 2007, "Cluster-wise assessment of cluster stability").

    Parameters
    ----------
    candidates, likeness, threads, measure, sift
        What ``find_candidates`` gave and was given.
    """
    again: list[list[float]] = [[] for _ in candidates]
    fold = {thread: number % _FIFTHS for number, thread in enumerate(dict.fromkeys(threads))}
    for missing in range(_FIFTHS):
        kept = [n for n, thread in enumerate(threads) if fold[thread] != missing]

        def of_kept(own: tuple[int, ...], kept: list[int] = kept) -> tuple[bool, float, Trend]:
            return measure(tuple(kept[n] for n in own))

        places = np.array(kept, dtype=np.int64)
        sift_kept = None if sift is None else lambda groups, places=places: sift(places[groups])
        found = find_candidates(likeness[np.ix_(kept, kept)], [threads[n] for n in kept], of_kept, sift_kept)
        groups = [{kept[n] for n in candidate.tellings} for candidate in found]
        left = set(kept)
        for candidate, shares in zip(candidates, again, strict=True):
            if own := left.intersection(candidate.tellings):
                shares.append(max((len(own & group) / len(own | group) for group in groups), default=0.0))
    return [
        replace(candidate, stability=round(float(np.mean(shares)), 2)) if shares else candidate
        for candidate, shares in zip(candidates, again, strict=True)
    ]


def _joined(
    groups: Sequence[Sequence[int]], likeness: NDArray[np.float32], apart: NDArray[np.bool_], agreed: float
) -> list[tuple[list[int], float]]:
    """Return groups, those that are one joined, with what belongs to each drawn in, and the agreement that each had before that.

    What belongs to a group is as near to it as its own are, but for ``_BELONGS``, or as if these agreed by ``agreed`` at the most.
    """
    member = np.zeros((len(groups), len(likeness)), dtype=np.float32)
    for number, group in enumerate(groups):
        member[number, list(group)] = 1
    others = apart.astype(np.float32)
    links, pairs = member @ likeness @ member.T, member @ others @ member.T
    while True:
        near = links / np.maximum(pairs, 1)
        own = np.diagonal(near).copy()
        shares = np.triu(near / np.maximum(np.minimum(own[:, None], own[None, :]), 1e-6), 1)
        if len(shares) < 2 or shares.max() < _ONE:
            break
        one, other = np.unravel_index(int(shares.argmax()), shares.shape)
        member[one] += member[other]
        member = np.delete(member, other, axis=0)
        links, pairs = (_merged(table, int(one), int(other)) for table in (links, pairs))
    made = [np.flatnonzero(row).tolist() for row in member]
    if not made:
        return []
    nearness = (member @ likeness) / np.maximum(member @ others, 1) / np.clip(own, 1e-6, agreed)[:, None]
    for telling in np.flatnonzero(~member.any(axis=0)).tolist():
        nearest = int(nearness[:, telling].argmax())
        if nearness[nearest, telling] >= _BELONGS:
            made[nearest].append(telling)
    return list(zip(made, own.tolist(), strict=True))


def _merged(table: NDArray[Any], one: int, other: int) -> NDArray[Any]:
    """Return sums between groups where the second of two groups has become part of the first."""
    table[one] += table[other]
    table[:, one] += table[:, other]
    return np.delete(np.delete(table, other, axis=0), other, axis=1)


def _groups(
    likeness: NDArray[np.float32], apart: NDArray[np.bool_], sift: Sift | None
) -> list[tuple[tuple[int, ...], float]]:
    """Return the groups of some agreement grown from every telling at each size, each once, in the order of their tellings."""
    count = len(likeness)
    largest = min(count, max(_LARGEST_AT_LEAST, round(_LARGEST_SHARE * count)), _SIZES[-1])
    others = np.where(apart, likeness, np.float32(0))
    found: dict[tuple[int, ...], float] = {}
    for start in range(0, count, _SEEDS_AT_ONCE):
        seeds = np.arange(start, min(start + _SEEDS_AT_ONCE, count))
        places = np.arange(len(seeds))
        members = seeds[:, None]
        links = likeness[seeds]  # of each group to each telling, added up
        links[places, seeds] = -np.inf
        across, pairs = np.zeros((2, len(seeds)))  # likeness and number of the pairs of different threads in each group
        for size in range(2, largest + 1):
            nearest = links.argmax(axis=1)
            across += others[nearest[:, None], members].sum(axis=1)
            pairs += apart[nearest[:, None], members].sum(axis=1)
            members = np.hstack([members, nearest[:, None]])
            links += likeness[nearest]
            links[places, nearest] = -np.inf
            if size in _SIZES:
                agreement = across / np.maximum(pairs, 1)
                agreed = agreement > 0
                if sift is not None:
                    agreed[agreed] = sift(members[agreed])
                found |= {
                    tuple(own): value
                    for own, value in zip(np.sort(members[agreed]).tolist(), agreement[agreed].tolist(), strict=True)
                }
    return sorted(found.items())
