"""Dates as Thai pages write them, and as Thai readers read them.

dateparser takes Buddhist years for Gregorian ones and pythainlp's ``thai_strptime`` stops at weekdays, ``พ.ศ.`` and Thai digits,
so this small parser is minecop's own.
"""

from __future__ import annotations

import re
from datetime import date, datetime, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7))
"""Thai time, which has no summer time."""

BUDDHIST_OFFSET = 543
"""Buddhist year minus Gregorian year."""

_YEARS = range(1900, 2200)
"""Gregorian years in which anything may have been written; another year is a slip of the pen, and the date unknown."""

_LONG = [
    "มกราคม",
    "กุมภาพันธ์",
    "มีนาคม",
    "เมษายน",
    "พฤษภาคม",
    "มิถุนายน",
    "กรกฎาคม",
    "สิงหาคม",
    "กันยายน",
    "ตุลาคม",
    "พฤศจิกายน",
    "ธันวาคม",
]
_SHORT = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
_ENGLISH = [
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
]
_MONTHS = {name.replace(".", ""): n for names in (_LONG, _SHORT) for n, name in enumerate(names, 1)}

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")

# Longest names first, so that มี.ค. is not read as ม. followed by something else; dots are optional (11 กพ. ๔๙).
_MONTH = "|".join(
    [
        *sorted(_LONG, key=len, reverse=True),
        *(r"\.?".join(map(re.escape, name.replace(".", ""))) + r"\.?" for name in _SHORT),
    ]
)
_THAI_DATE = re.compile(
    rf"(?P<day>\d{{1,2}})\s*(?P<month>{_MONTH})\s*(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?)?\s*(?P<year>\d{{4}}|\d{{2}}(?!\d))"
    r"(?:\s*(?:เวลา\s*)?(?P<hour>\d{1,2})[:.](?P<minute>\d{2})(?:\s*น\.?)?)?"
)


def arabic_digits(text: str) -> str:
    """Return the text with Thai digits as Arabic ones; the length does not change."""
    return text.translate(_THAI_DIGITS)


def gregorian_year(year: int) -> int:
    """Return the Gregorian year of a year as written.

    Four digits from 2400 on are Buddhist. Two digits (only ever read beside a Thai month) are Buddhist years of the 2500s.
    """
    if year < 100:
        return 2500 + year - BUDDHIST_OFFSET
    return year - BUDDHIST_OFFSET if year >= 2400 else year


def find_thai_datetime(text: str) -> datetime | None:
    """Return the first Thai date in a text, in Thai time, or ``None``.

    Knows long and short months with or without dots, Thai digits, Buddhist and Gregorian years, and a time such as
    ``05:51 น.``. A date without a time is at 00:00.
    """
    for found in _THAI_DATE.finditer(arabic_digits(text)):
        month = _MONTHS[found["month"].replace(".", "")]
        year = gregorian_year(int(found["year"]))
        if year not in _YEARS:
            continue
        try:
            return datetime(
                year,
                month,
                int(found["day"]),
                int(found["hour"] or 0),
                int(found["minute"] or 0),
                tzinfo=BANGKOK,
            )
        except ValueError:  # 31 กุมภาพันธ์: not a date, perhaps the next one is
            continue
    return None


def parse_datetime(text: str) -> datetime | None:
    """Return the date and time of an ISO 8601 or Thai text in Thai time, or ``None`` where there is none.

    A text without an offset is taken as Thai time. ISO years from 2400 on are Buddhist.
    """
    text = arabic_digits(text.strip())
    try:
        year = int(text[:4])
        iso = f"{gregorian_year(year):04d}{text[4:]}" if year >= 1000 else text
        moment = datetime.fromisoformat(iso)
        if moment.year not in _YEARS:
            return None
        return moment.replace(tzinfo=BANGKOK) if moment.tzinfo is None else moment.astimezone(BANGKOK)
    except (ValueError, OverflowError):
        return find_thai_datetime(text)


def format_date(when: date | None, lang: str = "th", *, buddhist: bool | None = None) -> str:
    """Return a date for readers: ``9 พ.ค. 2549`` or ``9 May 2006``; an unknown one in words.

    Parameters
    ----------
    when
        The date, or ``None``.
    lang
        ``th`` or ``en``.
    buddhist
        Buddhist years; by default in Thai only.
    """
    if when is None:
        return "ไม่ทราบวันที่" if lang == "th" else "date unknown"
    year = when.year + (BUDDHIST_OFFSET if (lang == "th" if buddhist is None else buddhist) else 0)
    month = _SHORT[when.month - 1] if lang == "th" else _ENGLISH[when.month - 1][:3]
    return f"{when.day} {month} {year}"
