"""In which order a community's writing passes through the steps: when each is met, what is skipped, where it comes back.

What is told of is writing. Whether a step was taken, and when, its people know.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from functools import cache
from itertools import pairwise, permutations
from math import exp, lgamma

import numpy as np
from numpy.typing import NDArray

from minecop.core.dates import UNDATED
from minecop.insight.analysis import Analysis, remembered
from minecop.insight.models import Voice
from minecop.insight.periods import UNITS
from minecop.insight.profiles import FEWEST_PEOPLE, Profile, StepTable, profile_of
from minecop.insight.splits import splitter
from minecop.insight.trends import calendar
from minecop.insight.voices import Voices

FEWEST_PASSAGES = 10
"""Dated passages of steps, by people who are known, below which nothing is said of an order."""

FEWEST_PERIODS = 3
"""Periods in which they must be."""

SEVERAL = 2
"""People who must write of a step before, between and after for it to be said to come back; one alone is an accident."""

FEWEST_STEPS = 3
"""Different steps among which an order is looked for."""

_SURE = 0.05
"""Greatest probability by chance with which an order, or that a step comes back, is claimed."""

_FEW = 6
"""Periods up to which all their orders are looked at: 720."""

_RANDOM_ORDERS = 1_999
"""Orders that are looked at where there are more."""

ORDERS = ("forward", "backward", "none", "unknown")


@dataclass(frozen=True, slots=True)
class StepTimes:
    """When people write of one step.

    Attributes
    ----------
    step
        Its number.
    authors
        Distinct people with a date.
    first, middle, last
        First date, centre of gravity - the mean of each person's mean date - and last date; ``None`` where there is none.
    periods
        Distinct people in each period.
    """

    step: int
    authors: int
    first: datetime | None
    middle: datetime | None
    last: datetime | None
    periods: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Move:
    """How many people went from one step to another, or stayed: from one of their texts to the next."""

    before: int
    after: int
    authors: int


@dataclass(frozen=True, slots=True)
class Skip:
    """A step that nobody writes of, with the later step that most people write of."""

    step: int
    later: int
    authors: int


@dataclass(frozen=True, slots=True)
class Return:
    """A step that came back: told until the period ``left`` and again from ``back``; ``authors`` people told of ``later`` in between."""

    step: int
    later: int
    authors: int
    left: str
    back: str


@dataclass(frozen=True, slots=True)
class Course:
    """The way of a community's writing, or of a whole archive's, through the steps.

    Attributes
    ----------
    community
        Its name; ``None`` for the whole archive.
    profile
        How all its passages divide over the steps, dated or not.
    unit
        Length of the periods, one of ``trends.UNITS``.
    periods
        From the first date of the archive to the last, the same for every course.
    authors, passages
        Distinct people of known name and date, and their passages: all that follows is of these.
    active
        Periods with any of them.
    steps
        When each step is written of.
    moves
        The most people first.
    correlation, order
        Of the numbers of steps with the periods in which people write of them, -1 to 1, and one of ``ORDERS``: later steps come later, or
        earlier, no order can be seen, or there is too little to tell.
    skips, returns
        What is left out, and what comes back; empty where there is too little.
    """

    community: str | None
    profile: Profile
    unit: str
    periods: tuple[str, ...]
    authors: int
    passages: int
    active: int
    steps: tuple[StepTimes, ...]
    moves: tuple[Move, ...]
    correlation: float | None = None
    order: str = "unknown"
    skips: tuple[Skip, ...] = ()
    returns: tuple[Return, ...] = ()

    @property
    def enough(self) -> bool:
        """Whether anything can be said of an order."""
        return self.authors >= FEWEST_PEOPLE and self.passages >= FEWEST_PASSAGES and self.active >= FEWEST_PERIODS


@remembered
def courses(analysis: Analysis) -> tuple[Course, ...]:
    """Return the course of the whole archive, then of each community that is known, the most people first."""
    unit, periods = calendar(analysis.voices.span)
    by_community = analysis.step_voices.parted(splitter(analysis, "community")(analysis.step_voices))
    named = [group.title for group in analysis.insight.communities if group.title in by_community and group.title]
    parts = [course_of(name, by_community[name], analysis.steps, unit, periods) for name in named]
    fewest = analysis.left_out.fewest
    return (
        course_of(None, analysis.step_voices, analysis.steps, unit, periods),
        *(course for course in parts if fewest <= 1 or course.authors >= fewest),
    )


def course_of(
    community: str | None, voices: Sequence[Voice], table: StepTable, unit: str, periods: tuple[str, ...]
) -> Course:
    """Return the course of some voices.

    Parameters
    ----------
    community
        Whose they are.
    voices
        Passages that count towards steps.
    table
        The steps of all passages.
    unit, periods
        Of ``trends.calendar``.
    """
    profile = profile_of(voices, table)
    told = _told(voices, table)
    place = {name: n for n, name in enumerate(periods)}
    people: dict[int, list[set[str]]] = {step: [set() for _ in periods] for step in table.steps}
    dates: dict[int, dict[str, list[datetime]]] = {step: {} for step in table.steps}
    for one in told:
        people[one.step][place[UNITS[unit](one.when)]].add(one.author)
        dates[one.step].setdefault(one.author, []).append(one.when)
    active = sum(any(people[step][n] for step in table.steps) for n in range(len(periods)))
    course = Course(
        community=community,
        profile=profile,
        unit=unit,
        periods=periods,
        authors=len({one.author for one in told}),
        passages=len(told),
        active=active,
        steps=tuple(_times(step, dates[step], people[step]) for step in table.steps),
        moves=_moves(told),
    )
    if course.enough:
        correlation, order = _order(people)
        skips, returns = _skips(profile), _returns(told, unit, max(SEVERAL, table.fewest))
        course = replace(course, correlation=correlation, order=order, skips=skips, returns=returns)
    return _guarded(course, table.fewest) if table.fewest > 1 else course


def _guarded(course: Course, fewest: int) -> Course:
    """Return a course without what fewer people than so many are counted in."""
    if course.authors < fewest:
        course = replace(course, authors=0, passages=0, active=0)
    empty = (0,) * len(course.periods)
    steps = (
        replace(step, periods=tuple(people if people >= fewest else 0 for people in step.periods))
        if step.authors >= fewest
        else StepTimes(step.step, 0, None, None, None, empty)
        for step in course.steps
    )
    return replace(course, steps=tuple(steps), moves=tuple(one for one in course.moves if one.authors >= fewest))


@dataclass(frozen=True, slots=True)
class _Told:
    step: int
    when: datetime
    author: str
    text: tuple[str, int]
    start: int


def _told(voices: Iterable[Voice], table: StepTable) -> list[_Told]:
    """Return what can be put in order: who wrote of which step when, in which text."""
    some = Voices.of(voices)
    steps = table.first[some.of_archive]
    can = (some.authors >= 0) & (some.moments != UNDATED) & (steps > 0)
    found = [
        _Told(step, voice.published, voice.author_id, (voice.post_id, voice.comment or 0), voice.start)
        for voice, step in zip(some.where(can), steps[can].tolist(), strict=True)
        if voice.author_id and voice.published
    ]
    return sorted(found, key=lambda one: (one.when, one.text, one.start))


def _times(step: int, dates: dict[str, list[datetime]], people: Sequence[set[str]]) -> StepTimes:
    counts = tuple(map(len, people))
    if not dates:
        return StepTimes(step, 0, None, None, None, counts)
    every = [when for own in dates.values() for when in own]
    return StepTimes(step, len(dates), min(every), _mean([_mean(own) for own in dates.values()]), max(every), counts)


def _mean(dates: Sequence[datetime]) -> datetime:
    return dates[0] + sum((when - dates[0] for when in dates), timedelta()) / len(dates)


def _moves(told: Iterable[_Told]) -> tuple[Move, ...]:
    """Count people by the steps of one text of theirs and of their next.

    Texts of different people follow each other by chance where many write at the same time; one person's do not. A text is of the step of
    most of its passages, the one told first among equals.
    """
    texts: dict[str, dict[tuple[str, int], Counter[int]]] = {}
    for one in told:
        texts.setdefault(one.author, {}).setdefault(one.text, Counter())[one.step] += 1
    people: Counter[tuple[int, int]] = Counter()
    for own in texts.values():
        steps = [counts.most_common(1)[0][0] for counts in own.values()]
        people.update(set(pairwise(steps)))
    return tuple(Move(*pair, count) for pair, count in sorted(people.items(), key=lambda item: (-item[1], item[0])))


def _order(people: dict[int, list[set[str]]]) -> tuple[float | None, str]:
    """Return the correlation of the numbers of steps with the periods in which people write of them, and what it says.

    What people of a community write in one period hangs together, so that whole periods, not people, are put in other orders to see what
    chance gives (Good 2005, "Permutation, parametric and bootstrap tests of hypotheses"). With fewer than five no order can be sure.
    """
    counts = np.array([list(map(len, by_period)) for by_period in people.values()], dtype=np.float64)
    active = np.flatnonzero(counts.any(axis=0))
    counts, times = counts[:, active], active.astype(np.float64)
    if (counts.any(axis=1)).sum() < FEWEST_STEPS:
        return None, "unknown"
    steps = np.array(list(people), dtype=np.float64)
    total = counts.sum()
    steps -= counts.sum(axis=1) @ steps / total
    pull = steps @ counts  # how far each period lies toward the later steps; adds up to nothing
    times -= counts.sum(axis=0) @ times / total
    spread = float((counts.sum(axis=1) @ steps**2) * (counts.sum(axis=0) @ times**2)) ** 0.5
    correlation = round(float(pull @ times) / spread, 2)
    orders = _orders(len(active))
    beyond = np.abs(times[orders] @ pull) >= abs(float(pull @ times)) - 1e-9
    if beyond.mean() >= _SURE:
        return correlation, "none"
    return correlation, "forward" if correlation > 0 else "backward"


@cache
def _orders(count: int) -> NDArray[np.int64]:
    """Return the orders of so many things: all of them, or of many the one that is and others at random."""
    if count <= _FEW:
        return np.array(list(permutations(range(count))), dtype=np.int64)
    random = np.random.default_rng(0)
    others = random.permuted(np.tile(np.arange(count), (_RANDOM_ORDERS, 1)), axis=1)
    return np.vstack([np.arange(count), others])


def _skips(profile: Profile) -> tuple[Skip, ...]:
    found = []
    for step in profile.steps:
        later = max(profile.steps[step.step :], key=lambda one: one.authors, default=None)
        if profile.coverage(step) == "absent" and later and later.authors >= FEWEST_PEOPLE:
            found.append(Skip(step.step, later.step, later.authors))
    return tuple(found)


def _returns(told: Sequence[_Told], unit: str, several: int) -> tuple[Return, ...]:
    """Return for each step the longest pause, where it is longer than chance has it and several people wrote before, in and after it.

    Each person counts once for a step in a period. Were the steps in any order, some pause between two of the n mentions of a step
    among N of all would hold g others with a probability of at most (n - 1) C(N - g, n) / C(N, n).
    """
    once = {(UNITS[unit](one.when), one.author, one.step): one for one in reversed(told)}
    events = sorted(once.values(), key=lambda one: (one.when, one.author, one.step))
    found = []
    steps = {one.step for one in events}
    for step in sorted(steps):
        places = [n for n, one in enumerate(events) if one.step == step]
        left, back = max(pairwise(places), key=lambda pair: pair[1] - pair[0], default=(0, 0))
        later = Counter(one.step for one in events[left + 1 : back] if one.step > step)
        chance = _chance(len(events), len(places), back - left - 1)
        if not later or chance * len(steps) >= _SURE:
            continue
        most = min(later, key=lambda other: (-later[other], other))
        between = {one.author for one in events[left + 1 : back] if one.step == most}
        before = {events[place].author for place in places if place <= left}
        after = {events[place].author for place in places if place >= back}
        if min(map(len, (before, between, after))) >= several:
            periods = (UNITS[unit](events[place].when) for place in (left, back))
            found.append(Return(step, most, len(between), *periods))
    return tuple(found)


def _chance(events: int, mentions: int, others: int) -> float:
    if others <= 0:
        return 1.0
    if events - others < mentions:
        return 0.0
    top, bottom = events - others, events
    log = lgamma(top + 1) - lgamma(top - mentions + 1) - lgamma(bottom + 1) + lgamma(bottom - mentions + 1)
    return min(1.0, (mentions - 1) * exp(log))
