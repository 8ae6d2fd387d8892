"""Headings of comments that stand one under another in a text: who wrote each and when.

``1. ขจิต ฝอยทอง เมื่อ พฤ. 14 ก.พ. 2551 @ 10:12``, or a name on one line and ``เขียนเมื่อ ...`` or ``IP: ...`` on the next.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from minecop.archive.names import PARTICLE, is_full_name, is_titled_name
from minecop.core.dates import arabic_digits, parse_datetime

_LONGEST_LINE = 400


@dataclass(frozen=True, slots=True)
class Heading:
    """Lines ``start`` to ``end`` of a thread, which say who wrote a comment and when."""

    start: int = 0
    end: int = 0
    name: str | None = None
    published: datetime | None = None
    id: str | None = None
    sure: bool = True
    """Whether it can be nothing else, whatever stands around it."""


# All of these are matched with lines in which every run of white space has become one space.
_NUMBER = re.compile(r"(?:ความ(?:คิด)?เห็น(?:ที่)? ?#? ?(?P<said>[\d๐-๙]{1,9})|#?[\d๐-๙]{1,4}[.)]?) ?:?")
_REFERENCE = re.compile(r"#?(?P<id>\d{3,9})? ?\[ ?(?:ลบ|แก้ไข|ตอบ|อ้างอิง)[^\]]{0,20}\]|#(?P<own>\d{3,9})")
_IP = re.compile(r"IP ?: ?[\dxX*.:a-fA-F]{3,45}(?: ?เขียนเมื่อ ?(?P<date>.{0,60}))?", re.IGNORECASE)
_WHEN = re.compile(
    r"(?P<word>เขียนเมื่อ|โพสต?์?เมื่อ|เมื่อ|วันที่|Posted on|Date) ?:? ?(?P<date>.{0,60}?)(?: ?\( ?\))?", re.IGNORECASE
)
_ONE_LINE = re.compile(
    r"(?P<number>(?:ความ(?:คิด)?เห็น(?:ที่)? ?#?|#)?[\d๐-๙]{1,4} ?[.):]? ?)?(?P<by>(?:โดย|จาก|ชื่อ|ผู้เขียน) ?:? ?)?"
    r"(?P<name>[^ ].{1,58}?) ?[,|·(–-]? ?(?:เขียน)?เมื่อ(?:วันที่)? ?:? ?(?P<date>.{4,60})"
)
_BY = re.compile(r"ความ(?:คิด)?เห็น(?:ที่)? ?#? ?[\d๐-๙]{1,4} ?[.:)]? ?(?:โดย|จาก|:) ?:? ?(?P<name>[^ ].{0,58}?)")
_NO_NAME = re.compile(r"[?!=]|\.\.|https?:|ๆ")


def find_headings(lines: Sequence[str]) -> list[Heading]:
    """Return the headings of comments, or none where the thread neither begins nor ends with one."""
    seen = [
        (n, " ".join(line.split()) if len(line) <= _LONGEST_LINE else "")
        for n, line in enumerate(lines)
        if line.strip()
    ]
    found: list[Heading] = []
    at = 0
    nameless = False
    while at < len(seen):
        heading = _heading(seen, at, nameless=nameless)
        if heading is None:
            at += 1
            continue
        # Where the first says when and not who, a line above the next date is text and no name.
        nameless = nameless or (at == 0 and heading.name is None and not _NUMBER.fullmatch(seen[0][1]))
        found.append(heading)
        while at < len(seen) and seen[at][0] <= heading.end:
            at += 1
    if not found or found[0].start == seen[0][0]:
        return found
    return found if found[-1].end == seen[-1][0] and all(heading.sure for heading in found) else []


def _heading(seen: Sequence[tuple[int, str]], at: int, *, nameless: bool) -> Heading | None:
    """Read the heading that begins at one of the lines that hold text."""
    flat = seen[at][1]
    one = _ONE_LINE.fullmatch(flat)
    if one and _is_date(one["date"]):
        sure = one["by"] is not None or _is_surely_name(one["name"])
        if one["number"] or sure:
            published = parse_datetime(one["date"])
            return _completed(seen, at, at + 1, Heading(name=_clean(one["name"]), published=published, sure=sure))
    if (by := _BY.fullmatch(flat)) is not None:
        return _completed(seen, at, at + 1, Heading(name=_clean(by["name"]))) if _may_be_name(by["name"]) else None
    number = _NUMBER.fullmatch(flat)
    said = number["said"] if number else None
    here = at + (number is not None)
    heading = Heading(id=said if said and len(said) > 3 else None)
    if not nameless and _is_stamp(seen, here + 1) and _may_be_name(seen[here][1]):
        return _completed(seen, at, here + 1, replace(heading, name=_clean(seen[here][1])))
    if said is None and not _is_stamp(seen, here):
        return None
    return _completed(seen, at, here, heading)


def _completed(seen: Sequence[tuple[int, str]], at: int, end: int, heading: Heading) -> Heading:
    """Add the lines with date, address and number that follow within a heading, of which ``at`` to ``end`` are read."""
    published, own_id = heading.published, heading.id
    while end < len(seen) and (end == at or seen[end][0] - seen[end - 1][0] <= 2):
        flat = seen[end][1]
        if published is None and _is_stamp(seen, end):
            when = _WHEN.fullmatch(flat) or _IP.fullmatch(flat)
            published = parse_datetime(when["date"] or "") if when else None
        elif (reference := _REFERENCE.fullmatch(flat)) is not None:
            own_id = own_id or reference["id"] or reference["own"]
        elif not _IP.fullmatch(flat):
            break
        end += 1
    own_id = arabic_digits(own_id) if own_id else None
    return replace(heading, start=seen[at][0], end=seen[end - 1][0], published=published, id=own_id)


def _is_stamp(seen: Sequence[tuple[int, str]], at: int) -> bool:
    """Tell whether a line says when a comment was written, or from where."""
    if at >= len(seen):
        return False
    if _IP.fullmatch(seen[at][1]):
        return True
    when = _WHEN.fullmatch(seen[at][1])
    return when is not None and (_is_date(when["date"]) or (not when["date"] and when["word"] == "เขียนเมื่อ"))


def _is_date(text: str) -> bool:
    """Tell whether a text is a date and little else."""
    return parse_datetime(text) is not None and len(re.sub(r"[\d๐-๙\s.:/@,()|น-]", "", text)) <= 24


def _may_be_name(text: str) -> bool:
    name = text.strip()
    return 2 <= len(name) <= 60 and len(name.split()) <= 6 and not PARTICLE.search(name) and not _NO_NAME.search(name)


def _is_surely_name(text: str) -> bool:
    name = text.strip()
    return _may_be_name(name) and (
        is_full_name(name) or is_titled_name(name) or re.fullmatch(r"[\w.-]{2,20}", name, re.ASCII) is not None
    )


def _clean(name: str) -> str:
    return name.strip(" :-–|")
