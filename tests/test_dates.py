import time
from datetime import UTC, datetime, timedelta, timezone
from email.utils import format_datetime

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minecop.archive.estimating import _DATED, month_estimate
from minecop.core.dates import _ENGLISH, _LONG, BANGKOK, SHORT_MONTHS, find_thai_datetime, format_date, parse_datetime


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BANGKOK)


THAI = {
    "9 พฤษภาคม 2006 05:51 น.": at(2006, 5, 9, 5, 51),
    "9 พฤษภาคม 2549 เวลา 05:51:33 น. ()": at(2006, 5, 9, 5, 51, 33),
    "วันที่ ๑๗ กันยายน พ.ศ. ๒๕๔๙ เวลา ๒๑.๑๒ น.": at(2006, 9, 17, 21, 12),
    "วันพฤหัสบดีที่ 14 กุมภาพันธ์ 2551 10.12 น.": at(2008, 2, 14, 10, 12),
    "พฤ. 14 ก.พ. 2551 @ 10:12": at(2008, 2, 14, 10, 12),
    "อา.9ก.ย.50": at(2007, 9, 9),
    "อังคารที่ 9 พ ค 49": at(2006, 5, 9),
    "๙ มิ.ย. ๔๘": at(2005, 6, 9),
    "11 กพ. ๔๙": at(2006, 2, 11),
    "วันที่ 9 เดือน พฤษภาคม พ.ศ. 2549": at(2006, 5, 9),
    "9 กรกฏาคม พ.ศ.2549": at(2006, 7, 9),
    "3 พฤษจิกายน 2552": at(2009, 11, 3),
    "28 กุมภา 53": at(2010, 2, 28),
    "9 พ.ค. 2549 09.00-16.30 น.": at(2006, 5, 9, 9, 0),
    "9 พ.ค. 2549 21 น.": at(2006, 5, 9, 21, 0),
    "9 พ.ค. 2549 เวลา 24.00 น.": at(2006, 5, 10),
    "9 พ.ค. 2549 ห้อง 10.50 บาท": at(2006, 5, 9),
    "9 พ.ค. 2549 10.50 บาท": at(2006, 5, 9),
    "9 พ.ค. 2549, 5:51 หลังเที่ยง": at(2006, 5, 9, 17, 51),
    "16-17 กันยายน 2549": at(2006, 9, 16),
    "16, 17 และ 18 กันยายน 2549": at(2006, 9, 16),
    "30 ก.ย. - 2 ต.ค. 2549": at(2006, 9, 30),
    "30 ธ.ค. - 2 ม.ค. 2550": at(2006, 12, 30),
    "30 ธ.ค. 2549 ถึง 2 ม.ค. 2550": at(2006, 12, 30),
    "วันเสาร์ที่ 16 - วันอาทิตย์ที่ 17 กันยายน 2549": at(2006, 9, 16),
    "9 พ.ค. พ.ศ. 16": at(1973, 5, 9),
    "9 พ.ค. ค.ศ. 06": at(2006, 5, 9),
    "31 กุมภาพันธ์ 2550 หรือ 1 มี.ค. 2550": at(2007, 3, 1),
}


@pytest.mark.parametrize(("text", "expected"), THAI.items())
def test_dates_thai_ones_are_found_in_text_and_in_fields(text, expected):
    assert find_thai_datetime(text) == expected
    assert parse_datetime(text) == expected
    assert find_thai_datetime(f"เราประชุมกันที่ศาลากลางบ้าน {text} แล้วก็แยกย้าย") == expected


@pytest.mark.parametrize("number", range(1, 13))
def test_dates_every_month_has_its_names(number):
    long, short, english = _LONG[number - 1], SHORT_MONTHS[number - 1], _ENGLISH[number - 1]
    for name in (
        long,
        short,
        short.replace(".", ""),
        short.rstrip("."),
        short.replace(".", ". "),
        english,
        english[:3],
    ):
        assert parse_datetime(f"3 {name} 2010") == at(2010, number, 3), name
        assert parse_datetime(f"3 {name.upper()} 2553") == at(2010, number, 3), name


FIELDS = {
    # ISO 8601
    "2549-05-09": at(2006, 5, 9),
    "2006-05-09T05:51:00+07:00": at(2006, 5, 9, 5, 51),
    "2549-05-09T05:51:00+07:00": at(2006, 5, 9, 5, 51),
    "2006-05-09T05:51:59.999999Z": at(2006, 5, 9, 12, 51, 59),
    "2006-05-09 05:51": at(2006, 5, 9, 5, 51),
    "2006-05-09 05:51:00 +0000": at(2006, 5, 9, 12, 51),
    "2006-05-09T20:00:00-05:00": at(2006, 5, 10, 8, 0),
    "2006-05-09T05:51+07": at(2006, 5, 9, 5, 51),
    "2006-05-09T24:00:00": at(2006, 5, 10),
    "2551-02-29": at(2008, 2, 29),
    "20060509": at(2006, 5, 9),
    "25490509": at(2006, 5, 9),
    "20060509055100": at(2006, 5, 9, 5, 51),
    "20060509T055100Z": at(2006, 5, 9, 12, 51),
    # mail and feeds
    "Tue, 09 May 2006 05:51:00 +0700": at(2006, 5, 9, 5, 51),
    "Tue, 09 May 2549 05:51:00 GMT": at(2006, 5, 9, 12, 51),
    "Tue, 9 May 2006 05:51:00": at(2006, 5, 9, 5, 51),
    "9 May 06 05:51:00 GMT": at(2006, 5, 9, 12, 51),
    "Mon, 3 Mar 1997 08:00:00 EST": at(1997, 3, 3, 20, 0),
    "Mon Jun 14 10:33:05 +0000 2021": at(2021, 6, 14, 17, 33, 5),
    "Mon Jun 14 2021 10:33:05 GMT+0700 (Indochina Time)": at(2021, 6, 14, 10, 33, 5),
    # numbers
    "9/5/2549": at(2006, 5, 9),
    "๙/๕/๒๕๔๙": at(2006, 5, 9),
    "15/11/49": at(2006, 11, 15),
    "15-11-2549": at(2006, 11, 15),
    "15.11.2006": at(2006, 11, 15),
    "15.11.49": at(2006, 11, 15),
    "15/11/2549 10.33 น.": at(2006, 11, 15, 10, 33),
    "15/11/2549, 10:33:05": at(2006, 11, 15, 10, 33, 5),
    "10:33 15/11/2549": at(2006, 11, 15, 10, 33),
    "วันที่ 15/11/2549 เวลา 10.33 น.": at(2006, 11, 15, 10, 33),
    "15-16/11/2549": at(2006, 11, 15),
    "6/14/2021 10:33:05": at(2021, 6, 14, 10, 33, 5),
    "6/14/2021 10:33:05 PM": at(2021, 6, 14, 22, 33, 5),
    "6/5/2021": at(2021, 5, 6),
    "2006/5/9 5:51": at(2006, 5, 9, 5, 51),
    # English
    "9 May 2006": at(2006, 5, 9),
    "9-May-2006": at(2006, 5, 9),
    "May 9, 2006 at 5:51 pm": at(2006, 5, 9, 17, 51),
    "Posted on May 9th, 2006 at 5:51 p.m. by Nok": at(2006, 5, 9, 17, 51),
    "Monday, June 14, 2021 12:01 AM": at(2021, 6, 14, 0, 1),
    "Mon, 14 June 2021": at(2021, 6, 14),
    "14 Jun 2564 12:30 PM": at(2021, 6, 14, 12, 30),
    "5:51 PM, May 9 2006": at(2006, 5, 9, 17, 51),
    # since 1970
    "1147128660": at(2006, 5, 9, 5, 51),
    "1147128660000": at(2006, 5, 9, 5, 51),
    "1147128660.75": at(2006, 5, 9, 5, 51),
    # with words around
    "เขียนเมื่อ ๙ พ.ค. ๔๙ แก้ไขเมื่อ ๑๐ พ.ค. ๔๙": at(2006, 5, 9),
    "15/11/2549 (แก้ไข 16/11/2549)": at(2006, 11, 15),
    "\u200e9 May 2006\u202f5:51\u202fPM": at(2006, 5, 9, 17, 51),
    "05:51 น. 9 พ.ค. 2549": at(2006, 5, 9, 5, 51),
    "9 พ.ค. 06": at(2006, 5, 9),
}


@pytest.mark.parametrize(("text", "expected"), FIELDS.items())
def test_dates_fields_are_read(text, expected):
    assert parse_datetime(text) == expected


UNKNOWN = [
    "", " ", "48", "๔๙", "2549", "วันที่ ๒๕๔๙", "1/2553", "ครั้งที่ 1/2553", "ปี 50", "ปีงบประมาณ 2560", "กันยายน 2549", "๒๑.๑๒ น.", "พรุ่งนี้", "9 พฤษภาคม",
    "9/5/06", "12/11/10", "6/14/2564", "13/14/2021", "31/2/2549", "31 กุมภาพันธ์ 2550", "0/5/2549", "9/13/49", "2553-02-29", "0001-01-01", "9999-12-31",
    "1 มกราคม 3000", "9 พ.ค. 98", "9 พ.ค. 2149", "2006-05-09T25:51", "2006-05-09T05:61:00", "2006-05-09T05:51:00+99:99", "15/11/2549 99:99",
    "1.2.3", "v1.2.49", "192.168.1.1", "02-123-4567", "081-234-5678", "0812345678", "9999999999", "38846.24", "12345678", "20061309", "null", "NaN", "-", "N/A",
    "9 พ.ค. เวลา 05:51 น.", "9 May 05:51", "๑๒๓๔๕๖๗๘๙๐๑", "๙/๙", "9 พ.ค. 49" + " " + "ก" * 300,
]  # fmt: skip


@pytest.mark.parametrize("text", UNKNOWN)
def test_dates_unknown_stays_unknown(text):
    assert parse_datetime(text) is None


def test_dates_two_digits_beside_a_thai_month_are_read_only_where_one_reading_is_left():
    assert find_thai_datetime("9 พ.ค. 49") == at(2006, 5, 9)
    assert find_thai_datetime("14 ตุลา 16") is None  # 2516 for those who remember, 2016 for a machine
    assert find_thai_datetime("6 ต.ค. 19") is None
    assert find_thai_datetime("9 พ.ค. 75") is None


@given(st.datetimes(min_value=datetime(1990, 1, 1), max_value=datetime(2055, 12, 31)), st.integers(-720, 840))
def test_dates_what_machines_write_comes_back(moment, minutes):
    moment = moment.replace(microsecond=0, tzinfo=timezone(timedelta(minutes=minutes)))
    assert parse_datetime(moment.isoformat()) == moment
    assert parse_datetime(format_datetime(moment)) == moment
    assert parse_datetime(format_datetime(moment.astimezone(UTC), usegmt=True)) == moment
    assert parse_datetime(moment.isoformat()).tzinfo == BANGKOK


PIECES = st.sampled_from(
    ["9", "31", "2549", "2006", "49", "06", "/", "-", ".", ":", " ", "T", "Z", "+", "น.", "เวลา", "@", "พ.ศ.", "พ.ค.", "กันยายน", "May", "Mon,", "PM", "๙", "999999", "\x00", "\n"]
)  # fmt: skip


@settings(max_examples=600)
@given(
    st.one_of(
        st.text(max_size=80), st.lists(PIECES, max_size=14).map("".join), st.lists(PIECES, max_size=14).map(" ".join)
    )
)
@example("9" * 4300 + "1")
@example("²/๓/2549")
@example("1 มกราคม 2443 00:00+14:00")
@example("31 Dec 2099 23:59 -1400")
def test_dates_nothing_raises_and_what_is_read_is_thai_time_in_whole_seconds(text):
    for read in (parse_datetime, find_thai_datetime):
        moment = read(text)
        if moment is not None:
            assert moment.tzinfo == BANGKOK
            assert moment.microsecond == 0
            assert 1900 <= moment.year < 2100


@pytest.mark.parametrize(
    "text",
    ["1 " * 500_000, "1" * 1_000_000, " " * 1_000_000, "1 ม.ค. " * 150_000, "9 พ.ค. 99 10:" * 70_000, "1-1-" * 250_000, "๙ \u00a0" * 300_000, "12  -  " * 150_000],
)  # fmt: skip
def test_dates_hostile_text_takes_time_that_grows_with_its_length_only(text):
    def seconds(part: str) -> float:
        start = time.perf_counter()
        parse_datetime(part)
        find_thai_datetime(part)
        return time.perf_counter() - start

    assert parse_datetime(text) is None
    short = min(seconds(text[: len(text) // 8]) for _ in range(2))
    assert seconds(text) < 30 * short + 1


def test_estimating_dated_posts_have_their_own_month():
    for number, day in _DATED:
        assert month_estimate(number) == at(day.year, day.month, 1)


def test_estimating_lies_between_and_never_outside():
    assert month_estimate(10_000) == at(2005, 12, 1)
    assert month_estimate(350_000) == at(2010, 3, 1)
    assert month_estimate(368) is None
    assert month_estimate(663_489) is None
    assert month_estimate(0) is None
    assert month_estimate(-5) is None


def test_estimating_later_numbers_never_have_an_earlier_month():
    months = [month_estimate(number) for number in range(369, 663_489, 97)]
    assert months == sorted(months)
    assert len(set(months)) == 170  # June 2005 to July 2019, no month left out


def test_format_date_says_that_a_month_is_an_estimate():
    when = parse_datetime("2006-05-01")
    assert format_date(when, estimated=True) == "ราว พ.ค. 2549"
    assert format_date(when, "en", estimated=True) == "about May 2006"
