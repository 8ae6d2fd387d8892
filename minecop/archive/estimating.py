"""The month of a GotoKnow post that has lost its date: its number tells, for the site numbered its posts as they came."""

from __future__ import annotations

from bisect import bisect_right
from datetime import date, datetime

from minecop.core.dates import BANGKOK

# Dated posts of the site: number and day. Where only a part of a month is known, a day near its middle stands for it, so that
# nothing finer than a month may be read from what lies between.
_DATED: tuple[tuple[int, date], ...] = (
    (369, date(2005, 6, 9)),
    (2458, date(2005, 8, 15)),
    (4082, date(2005, 9, 19)),
    (15666, date(2006, 2, 11)),
    (19641, date(2006, 3, 17)),
    (25353, date(2006, 4, 25)),
    (27612, date(2006, 5, 9)),
    (30317, date(2006, 5, 26)),
    (36173, date(2006, 6, 30)),
    (40655, date(2006, 7, 20)),
    (46976, date(2006, 8, 28)),
    (50630, date(2006, 9, 15)),
    (54566, date(2006, 10, 13)),
    (60698, date(2006, 11, 17)),
    (65993, date(2006, 12, 6)),
    (67440, date(2006, 12, 15)),
    (74166, date(2007, 1, 24)),
    (80657, date(2007, 2, 22)),
    (86629, date(2007, 3, 26)),
    (132087, date(2007, 10, 5)),
    (190639, date(2008, 6, 15)),
    (296858, date(2009, 9, 15)),
    (400483, date(2010, 10, 5)),
    (414911, date(2010, 12, 20)),
    (481514, date(2012, 3, 15)),
    (558245, date(2014, 1, 15)),
    (579809, date(2014, 11, 5)),
    (586268, date(2015, 1, 15)),
    (622485, date(2017, 2, 1)),
    (658938, date(2019, 1, 1)),
    (663488, date(2019, 7, 20)),
)
_NUMBERS = [number for number, _ in _DATED]


def month_estimate(number: int) -> datetime | None:
    """Return the first day of the month in which GotoKnow gave out a post number, or ``None`` outside the numbers that are dated.

    Between two dated posts the months are interpolated linearly; a later number never has an earlier month.
    """
    if not _NUMBERS[0] <= number <= _NUMBERS[-1]:
        return None
    after = min(bisect_right(_NUMBERS, number), len(_DATED) - 1)
    (low, first), (high, last) = _DATED[after - 1], _DATED[after]
    days = (last.toordinal() - first.toordinal()) * (number - low) // (high - low)
    day = date.fromordinal(first.toordinal() + days)
    return datetime(day.year, day.month, 1, tzinfo=BANGKOK)
