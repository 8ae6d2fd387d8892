"""Trends: an issue's share of the people who speak, against the archive's own volume."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Callable, Collection, Hashable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import datetime, timedelta

import numpy as np

from minecop.core.dates import first_of_month
from minecop.insight.models import Period, Trend, Voice
from minecop.insight.periods import UNITS
from minecop.insight.shares import wilson
from minecop.insight.voices import Voices

FEWEST_PERIODS = 3
"""Periods that a trend needs at least."""

FEWEST_AUTHORS = 10
"""Authors who must speak in each of them."""

FEWEST_VOICES = 3
"""People who must speak of something for its share to be said to move."""

_QUIET = 10
"""People who spoke before, for one who still does where it has become quiet."""

BURST = timedelta(days=21)
"""Days within which many who speak of one thing may well do so for one reason: an event, a season, a task that was set."""

_SEASON = 3
"""Months in a row in which something may come back every year."""

_SEVERAL = 2
"""Years in which it must, and people in each."""

_SURE = 0.05
"""Greatest probability by chance with which that is claimed."""

_DIGITS = 4
"""Digits that tell anything of a ratio: of places behind the point too few may be left of what has all but fallen silent."""

_MONTHS = 1_000_000
"""More than there are months from the year 0 to any date."""

_90_PERCENT = 1.645  # two-sided standard normal quantile

_OF_TRENDS = ("quarter", "half", "year")
"""Periods of trends, the shortest first."""

IN_A_ROW = 16
"""Periods that can be seen side by side on a page, unless there are more years."""


class TrendMeter:
    """Measures trends against the volume of an archive.

    The periods are quarters, else half-years, else years: the shortest of which at least three have ten authors or more.

    Parameters
    ----------
    voices
        All passages with something to say (courtesy left out).
    as_of
        Reference date: later voices are left out. ``None`` for the last date of publication.
    """

    def __init__(self, voices: Iterable[Voice], as_of: datetime | None = None) -> None:
        self._as_of = as_of
        dated = self._counting(Voices.of(voices))
        self._unit: Callable[[datetime], str] | None = None
        self._all: dict[str, int] = {}
        for unit in (UNITS[name] for name in _OF_TRENDS):
            people = _people_by_period(dated, unit)
            if sum(count >= FEWEST_AUTHORS for count in people.values()) >= FEWEST_PERIODS:
                self._unit = unit
                self._all = people
                break
        self._nobody = [Period(name, 0, total) for name, total in self._all.items()]  # mostly: it stands once
        self._places = {period: place for place, period in enumerate(self._all)}
        self._split = len(self._all) - max(1, len(self._all) // 3)
        volume = list(self._all.values())
        self._earlier_voices, self._recent_voices = sum(volume[: self._split]), sum(volume[self._split :])

    @property
    def known(self) -> bool:
        """Whether the archive is large and long enough for any trend."""
        return self._unit is not None

    def _counting(self, voices: Voices) -> Voices:
        dated = voices.months >= 0 if self._as_of is None else voices.until(self._as_of)
        return voices.where(dated & (voices.authors >= 0))

    def measure(self, members: Iterable[Voice]) -> Trend:
        """Return the trend of some passages.

        The share of people in the last third of the periods is divided by the share before, half a voice added to each side
        (Haldane 1956, Anscombe 1956); the interval is that of the logarithm of a ratio of two Poisson rates. Rising or falling means
        that the 90 % interval leaves out 1. With fewer than three people of known name and date nothing can be told.
        """
        if self._unit is None:
            return Trend("unknown")
        spoken = [
            (self._places.get(period, -1), author)
            for period, author in _people_periods(self._counting(Voices.of(members)), self._unit)
        ]
        people = Counter(period for period, _ in spoken)
        periods = tuple(
            replace(nobody, voices=people[place]) if people[place] else nobody
            for place, nobody in enumerate(self._nobody)
        )
        return replace(self.trend_of(spoken), periods=periods)

    def period_of(self, voice: Voice) -> int | None:
        """Return the place of the period in which a voice counts, the first one 0; ``None`` where it counts in none.

        It is -1 in a period in which nobody has anything to say.
        """
        if self._unit is None or voice.published is None or voice.author_id is None:
            return None
        if self._as_of and voice.published > self._as_of:
            return None
        return self._places.get(self._unit(voice.published), -1)

    def trend_of(self, spoken: Collection[tuple[int, Hashable]]) -> Trend:
        """Return the trend of something, without its periods, by the distinct people who speak of it in each; see ``measure``."""
        before: set[Hashable] = set()
        lately: set[Hashable] = set()
        elsewhen: set[Hashable] = set()
        earlier = recent = 0
        for period, author in spoken:
            if period >= self._split:
                recent += 1
                lately.add(author)
            elif period >= 0:
                earlier += 1
                before.add(author)
            else:
                elsewhen.add(author)
        if not self.known or len(before | lately | elsewhen) < FEWEST_VOICES:
            return Trend("unknown", len(before), len(lately))
        old, new = earlier + 0.5, recent + 0.5
        log_ratio = math.log(new / self._recent_voices) - math.log(old / self._earlier_voices)
        margin = _90_PERCENT * math.sqrt(1 / old + 1 / new)
        low, high = math.exp(log_ratio - margin), math.exp(log_ratio + margin)
        direction = "rising" if low > 1 else "falling" if high < 1 else "steady"
        ratio, low, high = (float(f"{one:.{_DIGITS}g}") for one in (math.exp(log_ratio), low, high))
        return Trend(direction, len(before), len(lately), ratio, low, high)


def periods_of(members: Iterable[Voice], everyone: Iterable[Voice], unit: str) -> tuple[Period, ...]:
    """Return how many people spoke of something in each period, and how many at all; voices without author or date count nowhere.

    Parameters
    ----------
    members, everyone
        Passages about it, and all that have something to say.
    unit
        One of ``UNITS``.
    """
    some, every = (_people_by_period(Voices.of(voices), UNITS[unit]) for voices in (members, everyone))
    return tuple(Period(name, some.get(name, 0), count) for name, count in every.items())


def calendar(span: tuple[datetime, datetime] | None, unit: str | None = None) -> tuple[str, tuple[str, ...]]:
    """Return a period and the names of all such from a first date to a last.

    Parameters
    ----------
    span
        The two; ``None`` where none is known.
    unit
        One of ``UNITS``; ``None`` for the shortest from a quarter up that gives no more than can be seen side by side, else years.
    """
    if span is None:
        return unit or _OF_TRENDS[-1], ()
    first, last = span
    months = [
        first.replace(year=year, month=month, day=1)
        for year in range(first.year, last.year + 1)
        for month in range(1, 13)
        if (first.year, first.month) <= (year, month) <= (last.year, last.month)
    ]
    for name in (unit,) if unit else _OF_TRENDS:
        periods = tuple(dict.fromkeys(map(UNITS[name], months)))
        if len(periods) <= IN_A_ROW:
            break
    return name, periods


def share_of(period: Period) -> tuple[float, float, float]:
    """Return the share of the people of a period who speak of something, with its 90 % interval."""
    total = max(1, period.all_voices)
    share = period.voices / total
    return share, *wilson(share, total)


def bursts_of(periods: Sequence[Period]) -> tuple[str, ...]:
    """Return the names of the periods in which surely more of the people spoke of something than over all periods."""
    usual = _sum(periods, "voices") / max(1, _sum(periods, "all_voices"))
    return tuple(p.name for p in periods if p.voices >= FEWEST_VOICES and share_of(p)[1] > usual)


def burst_of(voices: Iterable[Voice]) -> float:
    """Return the largest share of the people of some voices who speak within three weeks of each other, 0 to 1; 0 where none is dated."""
    dated = sorted((v.published, v.author_id) for v in voices if v.published and v.author_id)
    people = len({author for _, author in dated})
    most = start = 0
    for stop in range(len(dated)):
        while dated[stop][0] - dated[start][0] > BURST:
            start += 1
        most = max(most, len({author for _, author in dated[start : stop + 1]}))
    return round(most / people, 2) if people else 0.0


def months_of(voices: Iterable[Voice]) -> Counter[int]:
    """Return how many people speak in each month of the year (1 to 12), each once in every month of every year."""
    return Counter(month % 12 + 1 for _, month in _people_months(voices))


def season_of(members: Iterable[Voice], everyone: Mapping[int, int]) -> tuple[int, ...]:
    """Return the three months in a row (1 to 12) in which something is spoken of year by year; nothing where that may be chance.

    A person counts once a month. The share of these that fall into the three months is held against that of all who write then
    (binomial; Bonferroni over the twelve windows), and several people must speak then in each of several years.

    Parameters
    ----------
    members
        Who speak of it.
    everyone
        Of all voices, what ``months_of`` gives.
    """
    from scipy.special import bdtrc

    some, total = _people_months(members), sum(everyone.values())
    found = []
    for first in range(1, 13):
        window = {(first + n - 1) % 12 + 1 for n in range(_SEASON)}
        inside = [(author, month) for author, month in some if month % 12 + 1 in window]
        years = Counter(year for _, year in {(author, (month - first + 1) // 12) for author, month in inside})
        if sum(count >= _SEVERAL for count in years.values()) < _SEVERAL:
            continue
        usual = sum(everyone.get(month, 0) for month in window) / total
        chance = 12 * float(bdtrc(len(inside) - 1, len(some), usual))
        found.append((chance, first))
    chance, first = min(found, default=(1.0, 0))
    return tuple((first + n - 1) % 12 + 1 for n in range(_SEASON)) if chance < _SURE else ()


def _people_months(voices: Iterable[Voice]) -> list[tuple[int, int]]:
    """Return who speaks in which month, months counted from year 0, people by number; each once."""
    some = Voices.of(voices)
    authors, months = some.authors, some.months
    known = (authors >= 0) & (months >= 0)
    pairs = np.unique(authors[known].astype(np.int64) * _MONTHS + months[known])
    return [divmod(pair, _MONTHS) for pair in pairs.tolist()]


def is_quiet(trend: Trend) -> bool:
    """Tell whether hardly anybody has spoken in the last third of the periods: nobody, or one for ten before."""
    return trend.before > 0 and _QUIET * trend.lately <= trend.before


def parted(periods: tuple[Period, ...]) -> tuple[tuple[Period, ...], tuple[Period, ...]]:
    """Return the periods before the last third, and those of it."""
    split = len(periods) - max(1, len(periods) // 3)
    return periods[:split], periods[split:]


def _sum(periods: Sequence[Period], field: str) -> int:
    return sum(getattr(period, field) for period in periods)


def _people_by_period(voices: Voices, unit: Callable[[datetime], str]) -> dict[str, int]:
    """Return how many people speak in each period, in the order of these."""
    people = Counter(period for period, _ in _people_periods(voices, unit))
    return {period: people[period] for period in sorted(people)}


def _people_periods(voices: Voices, unit: Callable[[datetime], str]) -> set[tuple[str, int]]:
    """Return who speaks in which period, people by number."""
    pairs = _people_months(voices)
    names = {month: unit(first_of_month(month)) for _, month in pairs}
    return {(names[month], author) for author, month in pairs}
