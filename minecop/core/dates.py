"""Dates as Thai pages and tables write them, and as Thai readers read them.

dateparser takes Buddhist years for Gregorian ones and pythainlp's ``thai_strptime`` stops at weekdays, ``พ.ศ.`` and Thai digits,
so this small parser is minecop's own. What is written decides; where a date can be read in two ways, it is unknown.

Years
    From 2400 on they are Buddhist, whatever stands beside them. Two digits are read only where they leave one reading: 40 to 70 are
    2540 to 2570. Beside an English month 00 to 30 are 2000 to 2030 (nobody writes Buddhist years so), 71 to 99 the last century's.
    Beside a Thai month 00 to 30 are 2000 to 2030 in a date field (Excel writes ``9 พ.ค. 06``; no post is of 2506), but unknown in
    running text, where ``14 ตุลา 16`` is a day of 2516. ``พ.ศ.`` and ``ค.ศ.`` settle it.
Days and months
    Day first, as Thais write; month first only where the second number cannot be a month and the year is Gregorian. Of a span of
    days (``16-17 กันยายน 2549``) the first day counts. A month without a day is no date.
Times
    Without an offset they are Thai time. ``24:00`` is the midnight after.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, date, datetime, time, timedelta, timezone

BANGKOK = timezone(timedelta(hours=7))

UNDATED = -(2**63)
"""In a column of moments, in place of one that is not known."""

_FIRST = datetime.fromtimestamp(0, BANGKOK)
_INSTANT = timedelta(milliseconds=1)
"""Thai time, which has no summer time."""

BUDDHIST_OFFSET = 543
"""Buddhist year minus Gregorian year."""

_YEARS = range(1900, 2100)
"""Gregorian years in which anything may have been written; another year is a slip of the pen, and the date unknown."""

_LONGEST_CELL = 200
"""Characters of the longest text that is taken for a date field."""

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
SHORT_MONTHS = ["ม.ค.", "ก.พ.", "มี.ค.", "เม.ย.", "พ.ค.", "มิ.ย.", "ก.ค.", "ส.ค.", "ก.ย.", "ต.ค.", "พ.ย.", "ธ.ค."]
"""As Thais write them, from January on."""

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
# As people write them: spoken short forms, and slips that are as frequent as the right spelling (กรกฏาคม with the wrong letter).
_VARIANTS = [
    "มกรา มกราคา มกรคม มกราม",
    "กุมภา กุมภาพันธ กุมภาพัน กุมภาพันธุ์ กุมภาพันท์ กุมพาพันธ์ กุมพาพัน กุมภาพนธ์",
    "มีนา มีนาม มีนคม",
    "เมษา เมษายาน เมษยน เมษาน",
    "พฤษภา พฤษภาคา พฤกษภาคม พฤษาคม พฤษภคม พฤศภาคม พฤภาคม พฤษภาม",
    "มิถุนา มิถุนายาน มิถุนยน มิถุนาน มิุถุนายน",
    "กรกฎา กรกฏา กรกฏาคม กรกฎคม กรกฏคม กรกฎาม กรกดาคม กรกฎาคา",
    "สิงหา สิงหคม สิงหาม สิงหาคา สิงหาคท",
    "กันยา กันยาน กันยายาน กันยน กันยายย กันยานยน",
    "ตุลา ตลาคม ตุลคม ตุลาม ตุลาคา",
    "พฤศจิกา พฤษจิกายน พฤศจิกายาน พฤจิกายน พฤศิจกายน พฤศจิการยน พฤศจิกยน พฤศจิกาย พฤษจิกา พฤศจิกายย",
    "ธันวา ธันวาม ธันวคม ธันวาคา ธันวามคม ธันวาคน",
]
_MONTHS = {
    name.replace(".", ""): number
    for number, names in enumerate(zip(_LONG, SHORT_MONTHS, _VARIANTS, _ENGLISH, strict=True), 1)
    for name in (names[0], names[1], *names[2].split(), names[3].lower(), names[3][:3].lower())
} | {"sept": 9}

_THAI_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff]")

# Texts are matched after every run of white space has become one space, so that no pattern needs a repeated repeat: time stays linear.
# Longest names first, so that มี.ค. is not read as ม. followed by something else; dots are optional (11 กพ. ๔๙).
_THAI_MONTH = "|".join(
    [
        *sorted({*_LONG, *" ".join(_VARIANTS).split()}, key=len, reverse=True),
        *(r"\.? ?".join(name.strip(".").split(".")) + r"\.?" for name in SHORT_MONTHS),
    ]
)
_ENGLISH_MONTH = "|".join(
    ["sept", *(full for name in _ENGLISH for full in (name.lower(), name[:3].lower()))],
)
_NAMED = re.compile("[ก-ฮ]|[a-z]{3}", re.IGNORECASE)
"""A date without any of these has no name of a month: most date fields have none."""

_ERA = r"(?:(?P<era>พ\.? ?ศ\.?|พุทธศักราช|ค\.? ?ศ\.?|คริสต์ศักราช) ?)?"
_THAI = re.compile(
    rf"(?<![0-9])(?<![0-9][.:/])"
    rf"(?:(?P<first>[0-9]{{1,2}})(?: ?(?P<first_month>{_THAI_MONTH}))?(?: ?, ?[0-9]{{1,2}}){{0,6}}"
    r" ?(?:[-–—&,]|ถึง|และ) ?(?:วัน[ก-์]{0,12}ที่ ?)?)?"
    rf"(?P<day>[0-9]{{1,2}})[ ./-]{{0,2}}(?:เดือน ?)?(?P<name>{_THAI_MONTH})[ ,./-]{{0,2}}(?:ปี ?)?{_ERA}"
    r"(?P<year>[0-9]{4}(?![0-9])|[0-9]{2}(?![0-9:]|\.[0-9]))"
)
_ENGLISH_FORMS = (
    # 9 May 2006, 9th of May 2006, 9-May-06
    re.compile(
        rf"(?<![0-9])(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?[ ./-]{{0,2}}(?:of )?(?P<name>{_ENGLISH_MONTH})[ ,./-]{{0,2}}{_ERA}"
        r"(?P<year>[0-9]{4}|[0-9]{2}(?![:.][0-9]))(?![0-9])",
        re.IGNORECASE,
    ),
    # May 9, 2006
    re.compile(
        rf"(?<![a-z])(?P<name>{_ENGLISH_MONTH})\.? ?(?P<day>[0-9]{{1,2}})(?:st|nd|rd|th)?,? {_ERA}(?P<year>[0-9]{{4}})(?![0-9])",
        re.IGNORECASE,
    ),
    # Mon Jun 14 10:33:05 +0000 2021: the year stands behind the time
    re.compile(
        rf"(?<![a-z])(?P<name>{_ENGLISH_MONTH}) (?P<day>[0-9]{{1,2}}) "
        r"(?P<clock>[0-9]{2}:[0-9]{2}:[0-9]{2}(?: [a-z]{1,4}| [+-][0-9]{4})?) (?P<year>[0-9]{4})(?![0-9])",
        re.IGNORECASE,
    ),
)
_YEAR_FIRST = re.compile(
    r"(?<![0-9./-])(?P<year>[0-9]{4})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<day>[0-9]{1,2})(?![0-9])"
)
_DAY_FIRST = re.compile(
    r"(?<![0-9./-])(?<![A-Za-z])(?:(?P<first>[0-9]{1,2}) ?[-–] ?(?=[0-9]{1,2}/))?"
    r"(?P<day>[0-9]{1,2})(?P<sep>[-/.])(?P<month>[0-9]{1,2})(?P=sep)(?P<year>[0-9]{4}|[0-9]{2})(?![0-9])"
)
_COMPACT = re.compile(
    r"(?P<year>[0-9]{4})(?P<month>[0-9]{2})(?P<day>[0-9]{2})(?:T?(?P<clock>[0-9]{4}(?:[0-9]{2})?Z?))?"
)
_EPOCH = re.compile(r"(?P<seconds>[1-9][0-9]{9})(?:[0-9]{3})?(?:\.[0-9]{1,9})?")
_DIGIT = re.compile(r"[0-9]")
_GOES_ON = re.compile(r"[T, ]{0,2}[0-9]|[:./-][0-9]")
"""What stands behind numbers that are no date, or a date with a time that cannot be."""

_TIME = re.compile(
    r"(?P<lead>T| ?[,;|(·–—-]? ?(?:(?:เมื่อ)?เวลา(?:ประมาณ)?|at|@)?[ :]{0,2})"
    r"(?P<hour>2[0-4]|[01]?[0-9])"
    r"(?:(?P<sep>[:.])(?P<minute>[0-5][0-9])(?:[:.](?P<second>[0-5][0-9])(?:[.,][0-9]{1,20})?)?)?(?![0-9])"
    r"(?: ?(?:-|–|ถึง) ?[0-9]{1,2}[:.][0-9]{2}(?= ?น))?"
    r"(?: ?(?P<mark>[ap]\.?m\b\.?|ก่อนเที่ยง|หลังเที่ยง|น(?:\.|(?![ก-์]))|นาฬิกา))?"
    r"(?: ?\(?(?P<zone>(?:UTC|GMT)?[+-][0-9]{1,2}(?::?[0-9]{2})?(?![0-9])|(?:UTC|GMT|UT|Z|ICT|[ECMP][SD]T)\b))?",
    re.IGNORECASE,
)
_CLOCK = re.compile(
    r"(?P<hour>[0-9]{2}):?(?P<minute>[0-9]{2})(?::?(?P<second>[0-9]{2}))?(?: ?(?P<zone>[a-z]{1,4}|[+-][0-9]{4}))?",
    re.IGNORECASE,
)
_ZONES = {"EST": -5, "EDT": -4, "CST": -6, "CDT": -5, "MST": -7, "MDT": -6, "PST": -8, "PDT": -7, "ICT": 7}
_OFFSET = re.compile(r"(?:UTC|GMT)?(?P<sign>[+-])(?P<hours>[0-9]{1,2}):?(?P<minutes>[0-9]{2})?", re.IGNORECASE)


def arabic_digits(text: str) -> str:
    """Return the text with Thai digits as Arabic ones; the length does not change."""
    return text.translate(_THAI_DIGITS)


def gregorian_year(year: int) -> int:
    """Return the Gregorian year of a year as written.

    Four digits from 2400 on are Buddhist. Two digits are Buddhist years of the 2500s.
    """
    if year < 100:
        return 2500 + year - BUDDHIST_OFFSET
    return year - BUDDHIST_OFFSET if year >= 2400 else year


def end_of(day: date) -> datetime:
    """Return the last moment of a day in Thailand."""
    return datetime.combine(day, time.max, BANGKOK)


def moment_of(date: datetime | None) -> int:
    """Return a date in milliseconds since 1970; ``UNDATED`` for none."""
    return UNDATED if date is None else (date - _FIRST) // _INSTANT


def first_of_month(months: int) -> datetime:
    """Return the first day, in Thai time, of a month that is counted from January of the year 0."""
    return datetime(months // 12, months % 12 + 1, 1, tzinfo=BANGKOK)


def date_of(moment: int) -> datetime | None:
    """Return the date, in Thai time, of so many milliseconds since 1970; nothing for ``UNDATED``."""
    return None if moment == UNDATED else _FIRST + moment * _INSTANT


def find_thai_datetime(text: str) -> datetime | None:
    """Return the first Thai date in a text, in Thai time, or ``None``.

    Knows long and short months with or without dots and as they are often misspelt, Thai digits, Buddhist and Gregorian years, and a
    time such as ``05:51 น.``. A date without a time is at 00:00.
    """
    return next((moment for _, moment in _thai_moments(_tidied(text), field=False)), None)


def parse_datetime(text: str) -> datetime | None:
    """Return the date and time of a date field (metadata, a table's cell) in Thai time, or ``None`` where there is none.

    Reads ISO 8601, mail and feed dates (RFC 822), Thai and English month names, ``15/11/2549 10.33 น.`` and the like, and seconds or
    milliseconds since 1970. Words around the date do not matter. What is longer than 200 characters is no date field.
    """
    cell = _tidied(text[: 50 * _LONGEST_CELL])
    if not 6 <= len(cell) <= _LONGEST_CELL or len(text) > 50 * _LONGEST_CELL:
        return None
    if (found := _EPOCH.fullmatch(cell)) is not None:
        return _in_thai_time(datetime.fromtimestamp(int(found["seconds"]), UTC))
    if (found := _COMPACT.fullmatch(cell)) is not None:
        return _moment(found, int(found["month"]), int(found["day"]), _CLOCK.fullmatch(found["clock"] or ""))
    named = [*_thai_moments(cell, field=True), *_english_moments(cell)] if _NAMED.search(cell) else []
    moments = [*named, *_numeric_moments(cell)]
    return min(moments, key=lambda at: at[0])[1] if moments else None


def _tidied(text: str) -> str:
    return " ".join(_UNSEEN.sub("", arabic_digits(text)).split())


def _thai_moments(text: str, *, field: bool) -> Iterator[tuple[int, datetime]]:
    for found in _THAI.finditer(text):
        month, day = _month(found["name"]), int(found["day"])
        years_back = 0
        if found["first_month"]:
            years_back = int(_month(found["first_month"]) > month)
            month, day = _month(found["first_month"]), int(found["first"])
        elif found["first"] and int(found["first"]) < day:
            day = int(found["first"])
        year = _written_year(found, beside="thai" if field else "running")
        time = _time_after(text, found.end()) or (_time_before(text, found.start()) if field else None)
        if year is not None and (moment := _moment(found, month, day, time, year - years_back)):
            yield found.start(), moment


def _english_moments(text: str) -> Iterator[tuple[int, datetime]]:
    for form in _ENGLISH_FORMS:
        for found in form.finditer(text):
            if (clock := found.groupdict().get("clock")) is not None:
                time = _CLOCK.fullmatch(clock)
            else:
                time = _time_after(text, found.end()) or _time_before(text, found.start())
            year = _written_year(found, beside="english")
            if year is not None and (moment := _moment(found, _month(found["name"]), int(found["day"]), time, year)):
                yield found.start(), moment


def _numeric_moments(text: str) -> Iterator[tuple[int, datetime]]:
    for form in (_YEAR_FIRST, _DAY_FIRST):
        for found in form.finditer(text):
            after = _time_after(text, found.end())
            end = after.end() if after else found.end()
            if _GOES_ON.match(text, end):
                continue
            before = None if after else _time_before(text, found.start())
            day, month = int(found["day"]), int(found["month"])
            if form is _DAY_FIRST:
                # 1.2.2553 and 1-2-49 may be anything where other numbers stand beside them.
                alone = not _DIGIT.search(text, end) and (before or not _DIGIT.search(text[: found.start()]))
                if not alone and (found["sep"] != "/" or len(found["year"]) == 2):
                    continue
                if found["first"] and int(found["first"]) < day:
                    day = int(found["first"])
                if month > 12 >= day and len(found["year"]) == 4 and int(found["year"]) < 2400:
                    day, month = month, day
            year = _written_year(found, beside="numbers")
            if year is not None and (moment := _moment(found, month, day, after or before, year)):
                yield found.start(), moment


def _month(name: str) -> int:
    return _MONTHS[name.lower().replace(".", "").replace(" ", "")]


def _written_year(found: re.Match[str], beside: str) -> int | None:
    """Return the Gregorian year of a date, or ``None`` where two digits may mean more than one (see the top of this module)."""
    year = int(found["year"])
    if year >= 100:
        return gregorian_year(year)
    era = (found.groupdict().get("era") or "")[:1]
    if era:
        return gregorian_year(year) if era == "พ" else 2000 + year if year <= 30 else None
    if 40 <= year <= 70:
        return gregorian_year(year)
    if year <= 30 and beside in {"thai", "english"}:
        return 2000 + year
    return 1900 + year if year > 70 and beside == "english" else None


def _time_after(text: str, end: int) -> re.Match[str] | None:
    """Return the time that stands behind a date. ``10.12`` may be any number unless something marks it as a time."""
    found = _TIME.match(text, end)
    if found is None or (found["minute"] is None and found["mark"] is None):
        return None
    marked = found["mark"] or found["second"] or found["lead"].strip(" ,;|(·–—-") or found.end() == len(text)
    return found if found["sep"] != "." or marked else None


def _time_before(text: str, start: int) -> re.Match[str] | None:
    """Return the time that a date field begins with (``10:12 น. 9 พ.ค. 2549``)."""
    before = text[:start]
    found = _TIME.search(before) if start <= _LONGEST_CELL else None
    if found is None or found["minute"] is None or (found["sep"] == "." and found["mark"] is None):
        return None
    return found if not re.search(r"[0-9]", before[: found.start()] + before[found.end() :]) else None


def _moment(
    found: re.Match[str], month: int, day: int, time: re.Match[str] | None, year: int | None = None
) -> datetime | None:
    year = gregorian_year(int(found["year"])) if year is None else year
    hour = int(time["hour"]) if time else 0
    minute = int((time["minute"] if time else None) or 0)
    second = int((time["second"] if time else None) or 0)
    half = (time.groupdict().get("mark") or "")[:1].lower() if time else ""
    if half in {"p", "ห"} and hour < 12:
        hour += 12
    elif half in {"a", "ก"} and hour == 12:
        hour = 0
    if year not in _YEARS or (hour == 24 and (minute or second)):
        return None
    try:
        moment = datetime(year, month, day, hour % 24, minute, second, tzinfo=_zone(time))
    except ValueError:  # 31 กุมภาพันธ์
        return None
    return _in_thai_time(moment + timedelta(days=hour // 24))


def _zone(time: re.Match[str] | None) -> timezone:
    """Return the zone of a time; one that is not named, or by a name that nobody knows, is Thai time."""
    written = (time["zone"] or "").upper() if time else ""
    if (offset := _OFFSET.fullmatch(written)) is not None:
        minutes = 60 * int(offset["hours"]) + int(offset["minutes"] or 0)
        return timezone(timedelta(minutes=-minutes if offset["sign"] == "-" else minutes))
    if written in {"Z", "UT", "UTC", "GMT"}:
        return UTC
    return timezone(timedelta(hours=_ZONES[written])) if written in _ZONES else BANGKOK


def _in_thai_time(moment: datetime) -> datetime | None:
    moment = moment.astimezone(BANGKOK).replace(microsecond=0)
    return moment if moment.year in _YEARS else None


def format_date(when: date | None, lang: str = "th", *, buddhist: bool | None = None, estimated: bool = False) -> str:
    """Return a date for readers: ``9 พ.ค. 2549`` or ``9 May 2006``; an unknown one in words.

    Parameters
    ----------
    when
        The date, or ``None``.
    lang
        ``th`` or ``en``.
    buddhist
        Buddhist years; by default in Thai only.
    estimated
        Whether only the month is known, and that by an estimate: ``ราว พ.ค. 2549``, ``about May 2006``.
    """
    if when is None:
        return "ไม่ทราบวันที่" if lang == "th" else "date unknown"
    year = when.year + (BUDDHIST_OFFSET if (lang == "th" if buddhist is None else buddhist) else 0)
    month = format_month(when.month, year, lang)
    return f"{'ราว' if lang == 'th' else 'about'} {month}" if estimated else f"{when.day} {month}"


def month_name(month: int, lang: str) -> str:
    """Return the short name of a month (1 to 12) for readers: ``พ.ค.``, ``May``."""
    return SHORT_MONTHS[month - 1] if lang == "th" else _ENGLISH[month - 1][:3]


def format_month(month: int, year: int, lang: str) -> str:
    """Return a month for readers: ``พ.ค. 2549``, ``May 2006``; the year as it is given."""
    return f"{month_name(month, lang)} {year}"
