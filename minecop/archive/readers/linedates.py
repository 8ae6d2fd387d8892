"""Date and time in a chat that LINE exported: which lines begin a day, and which day it is."""

from __future__ import annotations

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, time
from itertools import pairwise

from minecop.core.dates import arabic_digits, gregorian_year

_WEEKDAYS = {
    name: number
    for number, names in enumerate((
        ("จันทร์", "จ", "mon", "monday"),
        ("อังคาร", "อ", "tue", "tuesday"),
        ("พุธ", "พ", "wed", "wednesday"),
        ("พฤหัสบดี", "พฤหัส", "พฤ", "thu", "thursday"),
        ("ศุกร์", "ศ", "fri", "friday"),
        ("เสาร์", "ส", "sat", "saturday"),
        ("อาทิตย์", "อา", "sun", "sunday"),
    ))
    for name in names
}  # fmt: skip
_WEEKDAY = rf"(?:วัน)?(?:{'|'.join(sorted(_WEEKDAYS, key=len, reverse=True))})\.?"
_DATE = re.compile(
    rf"(?:(?P<before>{_WEEKDAY})\s*,?\s*)?(?P<first>\d{{1,4}})(?P<mark>[./-])(?P<second>\d{{1,2}})(?P=mark)(?P<third>\d{{1,4}})"
    rf"(?:\s*(?:BE|AD|CE|พ\.?ศ\.?|ค\.?ศ\.?))?\s*(?:[(（]?(?P<after>{_WEEKDAY})[)）]?)?",
    re.IGNORECASE,
)
_SAVED = re.compile(r"\s*(?:บันทึก(?:เมื่อ|วันที่)|วันที่บันทึก|Saved? (?:on|date))\s*[::]?\s*(?P<date>[\d/.-]+)", re.IGNORECASE)
_TIME = re.compile(
    r"(?P<before>AM|PM|ก่อนเที่ยง|หลังเที่ยง)?\s?(?P<hour>\d{1,2}):(?P<minute>\d{2})(?::\d{2})?"
    r"\s?(?P<after>AM|PM|ก่อนเที่ยง|หลังเที่ยง|น\.)?(?P<mark>\t| +)(?P<rest>.*)",
    re.IGNORECASE,
)
_LONGEST_DATE = 60
_UNSEEN = "\u200e\u200f\u202a\ufeff"


def message_line(line: str) -> re.Match[str] | None:
    """Return the parts of a line that begins with a time: ``mark`` parts it from the ``rest``."""
    found = _TIME.fullmatch(line.lstrip(_UNSEEN))
    if found is None or int(found["minute"]) > 59:
        return None
    twelve = found["before"] or (found["after"] and found["after"] != "น.")
    return found if int(found["hour"]) <= (12 if twelve else 23) else None


def time_of(found: re.Match[str]) -> time:
    """Return the time of a message line."""
    hour, half = int(found["hour"]), (found["before"] or found["after"] or "").upper()
    if half in {"PM", "หลังเที่ยง"}:
        hour = hour % 12 + 12
    elif half in {"AM", "ก่อนเที่ยง"}:
        hour %= 12
    return time(hour, int(found["minute"]))


@dataclass(frozen=True, slots=True)
class DateLine:
    """A line that holds a date and nothing else.

    Attributes
    ----------
    year, first, second
        Its numbers; the year is Gregorian, the others are day and month in one order or the other.
    weekday
        Monday is 0; ``None`` where none is named.
    shape
        Whether the year stands first, what parts the numbers, and whether a weekday stands with them.
    """

    year: int
    first: int
    second: int
    weekday: int | None
    shape: tuple[bool, str, bool]

    def on(self, *, day_first: bool) -> date | None:
        """Return the date with its numbers in one order or the other, if there is such a day."""
        year_first = self.shape[0]
        day, month = (self.second, self.first) if year_first or not day_first else (self.first, self.second)
        try:
            return date(self.year, month, day) if 1900 <= self.year < 2200 else None
        except ValueError:
            return None


def date_line(line: str) -> DateLine | None:
    """Return the date of a line that holds nothing else, or ``None``."""
    if len(line) > _LONGEST_DATE:
        return None
    found = _DATE.fullmatch(arabic_digits(line).strip(f" \t{_UNSEEN}"))
    if found is None:
        return None
    year_first = len(found["first"]) == 4
    year, first, second = ("first", "second", "third") if year_first else ("third", "first", "second")
    if len(found[year]) != 4 or len(found[first]) > 2 or len(found[second]) > 2:
        return None
    named = found["before"] or found["after"]
    weekday = _WEEKDAYS[named.lower().removeprefix("วัน").rstrip(".")] if named else None
    shape = (year_first, found["mark"], named is not None)
    return DateLine(gregorian_year(int(found[year])), int(found[first]), int(found[second]), weekday, shape)


def is_saved_line(line: str) -> bool:
    """Tell whether a line says when the chat was exported."""
    return _SAVED.match(arabic_digits(line)) is not None


def find_dates(lines: Sequence[str], is_message: Sequence[bool]) -> Mapping[int, DateLine]:
    """Return the lines that begin a day.

    People write dates too: a date line has the shape of the file's first one, and after it comes a message or another date.

    Parameters
    ----------
    lines
        The whole file.
    is_message
        Which of them begin a message.
    """
    found: dict[int, DateLine] = {}
    goes_before = True
    for place in range(len(lines) - 1, -1, -1):
        if not lines[place].strip():
            continue
        day = date_line(lines[place]) if goes_before and not is_message[place] else None
        if day is not None:
            found[place] = day
        goes_before = is_message[place] or day is not None
    shape = found[min(found)].shape if found else None
    return {place: found[place] for place in sorted(found) if found[place].shape == shape}


def day_comes_first(dates: Sequence[DateLine], head: Sequence[str]) -> tuple[bool, bool]:
    """Tell whether the day stands before the month in all date lines, and whether that is sure.

    By what is possible in the whole file, then by the weekdays, then by the order of days: an export goes from old to new, up to the
    day on which it was saved, which its head says in the same form.
    """
    if not dates or dates[0].shape[0]:
        return True, True
    said = next((found["date"] for line in head if (found := _SAVED.match(arabic_digits(line)))), "")
    saved = date_line(said)

    def score(*, day_first: bool) -> tuple[int, int, int]:
        days = [line.on(day_first=day_first) for line in dates]
        last = [saved.on(day_first=day_first)] if saved and not saved.shape[0] else []
        known = [day for day in (*days, *last) if day is not None]
        weekdays = sum(day is not None and day.weekday() == line.weekday for day, line in zip(days, dates, strict=True))
        return len(known), weekdays, sum(one <= other for one, other in pairwise(known))

    before, after = score(day_first=True), score(day_first=False)
    return before >= after, before != after or all(line.first == line.second for line in dates)
