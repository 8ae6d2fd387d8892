"""Who wrote a document, when, and what it is called: from its first lines, and from the properties that office programs fill in."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from minecop.core.dates import find_thai_datetime, parse_datetime

_AUTHOR = re.compile(
    r"(?:(?:เขียน|เรียบเรียง|บันทึก|เล่า|ถอดบทเรียน|จัดทำ)?โดย|ผู้(?:เขียน|เรียบเรียง|บันทึก|เล่า(?:เรื่อง)?|ถอดบทเรียน|จัดทำ)|(?:written )?by|author)"
    r"(?:\s*[::]\s*|\s+)(?P<name>\S.{1,60})",
    re.IGNORECASE,
)
_NO_NAME = re.compile(r"[\d๐-๙@/]|(?:ครับ|ค่ะ|คะ)$|https?:")
_DATE = re.compile(
    r"(?:(?:เขียน|บันทึก|ลง)?(?:เมื่อ)?\s*(?:วัน(?:\S{2,8})?ที่|date)?\s*[::]?\s*)"
    r"(?P<date>[\d๐-๙]{1,4}(?:\s*[^\W\d_][^\d๐-๙\s]*\s*|[/.-])(?:[\d๐-๙]{1,2}[/.-])?(?:พ\.?ศ\.?\s*)?[\d๐-๙]{1,4}"
    r"(?:[\sT]*(?:เวลา\s*)?[\d๐-๙]{1,2}[:.][\d๐-๙]{2}(?:[:.][\d๐-๙]{2})?\s*(?:น\.?)?)?)",
    re.IGNORECASE,
)
_LONGEST_LINE = 80
_LINES = 4
"""First lines in which a name or a date alone is that of the document."""

_NO_TITLE = re.compile(
    r"microsoft (?:word|powerpoint|office)\b.*|word document|powerpoint presentation|(?:document|เอกสาร|doc)\s?\d*|untitled.*|ไม่มีชื่อ.*|"
    r"title|ชื่อเรื่อง|.*\.(?:docx?|pdf|rtf|odt|pptx?|xlsx?|indd|html?)|https?:.*|[\W\d_]*",
    re.IGNORECASE,
)
_NOBODY = re.compile(
    r"(?:windows |microsoft office )?users?\s?\d*|admin(?:istrator)?|owner|hp|acer|asus|lenovo|dell|toshiba|samsung|msi|sony|ibm|apple|"
    r"(?:com|computer|pc|notebook|home|lab|office)[\s_-]?\d*|desktop-\w+|laptop-\w+|python-docx|openpyxl|unknown|author|no ?name|"
    r"ผู้ใช้.*|ผู้เขียน|.*@.*|[\W\d_]*",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Byline:
    """What the first lines of a document say of it.

    Attributes
    ----------
    author, published
        ``None`` where no line says so.
    lines
        Places of the lines that say it and nothing else.
    """

    author: str | None = None
    published: datetime | None = None
    lines: frozenset[int] = frozenset()


def find_byline(lines: Sequence[str]) -> Byline:
    """Find the author and the date in the first lines of a document, each alone on a line.

    Parameters
    ----------
    lines
        The document without its title.
    """
    author: str | None = None
    published: datetime | None = None
    used: set[int] = set()
    for place, line in enumerate(lines[:_LINES]):
        text = " ".join(line[: _LONGEST_LINE + 1].split())
        if len(text) > _LONGEST_LINE:
            continue
        named, dated = _AUTHOR.fullmatch(text), _DATE.fullmatch(text)
        if author is None and named and not _NO_NAME.search(named["name"]) and len(named["name"].split()) <= 6:
            author = named["name"].strip()
            used.add(place)
        elif (
            published is None
            and dated
            and (moment := find_thai_datetime(dated["date"]) or parse_datetime(dated["date"]))
        ):
            published = moment
            used.add(place)
    return Byline(author, published, frozenset(used))


def title_or_none(text: str | None) -> str | None:
    """Return a title from a document's properties, ``None`` for what programs fill in by themselves."""
    title = " ".join((text or "").split())
    return None if not title or _NO_TITLE.fullmatch(title) else title


def person_or_none(text: str | None) -> str | None:
    """Return a person's name from a document's properties, ``None`` for what computers are called."""
    name = " ".join((text or "").split())
    return None if not name or _NOBODY.fullmatch(name) else name
