"""Who wrote a text and when, as elements and lines of any site say it: ``โดย ครูนก เมื่อ 3 พ.ค. 2553``."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from datetime import datetime
from functools import reduce
from itertools import islice
from typing import NamedTuple

from selectolax.lexbor import LexborNode

from minecop.archive.htmltext import node_text
from minecop.archive.names import is_nobody
from minecop.archive.readers.weblog.tree import ancestors, attr, elements, firsts, line_of, one_line
from minecop.core.dates import gregorian_year, parse_datetime

_MARKED = (
    ".createby, .createdby, .submitted, .byline, .entry-meta, .post-meta, .postmetadata, .post > small, .post-author"
)
_VISITOR = re.compile(
    r"(?:guest|visitor)(?:\s*\(.*\))?", re.IGNORECASE
)  # elsewhere it may be what an account is called
_SAYS = r"(?:(?:กล่าว|พูด|เขียน|บอก|แสดงความเห็น)ว่า|\b(?:says|said|wrote))"
SAYING = re.compile(rf"^\W*{_SAYS}\s*[.…:]+\s*", re.IGNORECASE)
"""What leads over from a name to what its owner says."""

_BEHIND_NAME = re.compile(
    rf"(?:\s*\((?:not verified|visitor|ไม่ได้ยืนยัน[^)]*|ผู้เยี่ยมชม|บุคคลทั่วไป)\))?(?:\s*{_SAYS}\s*[.…:]*)?\s*$", re.IGNORECASE
)
_BY = r"(?:(?:เขียน|เสนอ|ส่ง|เรื่อง|โพสต์)?โดย(?:คุณ)?|จากคุณ|(?:posted|submitted|written)\s+by\b)"
_WRITER = r"(?:(?:ชื่อ)?ผู้เขียน|ผู้โพสต์|\bauthor\b|\bby\b)"
_LABEL = re.compile(rf"\W*(?:{_BY}|{_WRITER})\s*[:：]?\s*(?P<name>[^\n\[(|»•<>]{{2,80}})", re.IGNORECASE)
# Where no markup says that a line is a byline, it must be one as a whole: โดยสรุปแล้ว... and ผู้เขียนได้ไป... begin sentences.
_PLAIN_LABEL = re.compile(
    rf"\W*(?:{_BY}(?:\s*[:：]\s*|\s+)|(?:{_WRITER}|จาก)\s*[:：]\s*)"
    r"(?P<name>[^\n\[(|»•<>\d]{2,40}?)(?P<rest>\s*(?:[\[(|»•,-].*|(?:เมื่อ|วันที่|เวลา|on|at)\s.*|\d.*)?)",
    re.IGNORECASE,
)
_AFTER_NAME = re.compile(r"\s*(?:เมื่อ|วันที่|เวลา|\b(?:on|at|in|under)\b|[,;-]?\s*\d{1,2}[\s/]).*$", re.IGNORECASE)
_NAME_AND_DATE = re.compile(
    r"(?P<name>[^\d\[(|]{2,60}?)\s*[-–:,|\[(]*\s*(?P<date>(?:เมื่อ|วันที่)?\s*\d[^\n]{5,50}?)\s*[\])]?"
)
_ACCOUNT = re.compile(r"(?:/(?:author|users|profile|u)/)([^/?#]*[^/?#\d][^/?#]*|\d{15,})/?(?:[?#]|$)")
_THEN = r"\s*(?:เมื่อ)?\s*[:：]?\s*(?:ใน\s*)?(?:วัน[ก-์]{0,12}ที่\s*)?[\d๐-๙].{0,50}$"
_WRITTEN = re.compile(
    rf"\W*(?:เขียน|เผยแพร่|โพสต์|ลง|บันทึก|วันที่(?:เขียน|ลง|โพสต์|เผยแพร่)|(?:posted|published)(?:\s+on)?|date){_THEN}",
    re.IGNORECASE,
)
_EDITED = re.compile(rf"\W*(?:แก้ไข|ปรับปรุง|last\s+(?:updated?|modified))(?:ล่าสุด|ครั้งล่าสุด)?{_THEN}", re.IGNORECASE)
_WEEKDAYS = ("จันทร์", "อังคาร", "พุธ", "พฤหัส", "ศุกร์", "เสาร์", "อาทิตย์", "mon", "tue", "wed", "thu", "fri", "sat", "sun")
_NAMED_DAY = re.compile(
    rf"(?<![a-z])({'|'.join(_WEEKDAYS)})[^\d\n]{{0,20}}(\d{{1,2}})/(\d{{1,2}})/(\d{{4}})", re.IGNORECASE
)
_LONGEST = 160
_LONGEST_NAME = 80
_LONGEST_ADDRESS = 400


class Written(NamedTuple):
    """What can be told of one text: who wrote it, and when."""

    name: str | None = None
    account: str | None = None
    when: datetime | None = None
    edited: datetime | None = None

    def filled(self, more: Written) -> Written:
        """Return it with what it does not tell as another tells it."""
        name, when, edited = self.name or more.name, self.when or more.when, self.edited or more.edited
        return Written(name, self.account or more.account, when, edited)


def name_in(text: str) -> str | None:
    """Return a name as written, without the words around it; nobody's name is none."""
    name = one_line(text)
    if len(name) > 4 * _LONGEST_NAME:
        return None
    if found := _LABEL.match(name):
        name = _AFTER_NAME.sub("", found["name"])
    name = _BEHIND_NAME.sub("", name).strip(" -:,»")
    return name if 0 < len(name) <= _LONGEST_NAME and not _is_nobody(name) else None


def _is_nobody(name: str) -> bool:
    return is_nobody(name) or _VISITOR.fullmatch(name) is not None


def first_name(nodes: Iterable[LexborNode]) -> Written:
    """Return whom the first of some elements names, be it nobody, and the account that its link leads to; mark it as told."""
    for node in nodes:
        name = name_in(node_text(node))
        if name or ((line := line_of(node)) and _is_nobody(line)):
            node.attrs["data-told"] = "name"
            links = [attr(link, "href") for link in (*elements(node, "a[href]"), *islice(ancestors(node), 1))]
            found = filter(None, (_ACCOUNT.search(link[:_LONGEST_ADDRESS]) for link in links))
            return Written(name, next((account[1] for account in found), None) if name else None)
    return Written()


def first_moment(nodes: Iterable[LexborNode]) -> datetime | None:
    """Return the date of the first of some elements that has one, for machines or for people; mark it as told."""
    for node in nodes:
        texts = (*(attr(node, name) for name in ("datetime", "content", "title")), line_of(node))
        if when := next(filter(None, map(moment_in, texts)), None):
            node.attrs["data-told"] = "date"
            return when
    return None


def moment_in(text: str) -> datetime | None:
    """Return the date of a short text that may hold other words."""
    return parse_datetime(_NAMED_DAY.sub(_day_first, text)) if len(text) <= _LONGEST else None


def _day_first(found: re.Match[str]) -> str:
    """Return ``Tue, 05/12/2009`` with the day first, where the weekday shows that the month came first."""
    weekday, year = _WEEKDAYS.index(found[1].lower()) % 7, gregorian_year(int(found[4]))
    read = (parse_datetime(f"{year}-{found[month]}-{found[day]}") for month, day in ((2, 3), (3, 2)))
    fits = [moment is not None and moment.weekday() == weekday for moment in read]
    return f"{found[1]} {found[3]}/{found[2]}/{found[4]}" if fits == [True, False] else found[0]


def byline(text: str, *, marked: bool = False) -> Written:
    """Return what a short line tells; where the markup says that it is a byline, the word before the name need not begin it."""
    if len(text) > _LONGEST:
        return Written()
    found = _LABEL.search(text) if marked else _PLAIN_LABEL.fullmatch(text)
    # A name alone is one or two words, as a rule.
    if found and not marked and not found["rest"].strip() and len(found["name"].split()) > 3:
        return Written()
    if found or _WRITTEN.match(text):
        return Written(name_in(_AFTER_NAME.sub("", found["name"])) if found else None, when=moment_in(text))
    return Written(edited=moment_in(text) if _EDITED.match(text) else None)


def marked_bylines(roots: Sequence[LexborNode]) -> Written:
    """Return what the elements that are bylines tell in some others."""
    return reduce(Written.filled, (byline(line_of(node), marked=True) for node in firsts(roots, _MARKED)), Written())


def without_bylines(text: str, reach: int, *, opening: bool = False) -> tuple[str, Written]:
    """Part a text from the bylines among so many of its first and last lines.

    Where it is the opening of a comment, the first line may be a name and a date without a word that says so:
    ``ป้าศรี (12 มี.ค. 2550 14:20)``.
    """
    lines = text.split("\n")
    edges = sorted({*range(len(lines))[:reach], *range(len(lines))[-reach:]})
    told = {at: found for at in edges if any(found := byline(lines[at]))}
    signed = _NAME_AND_DATE.fullmatch(lines[0]) if opening and len(lines[0]) <= _LONGEST else None
    if signed and (when := moment_in(signed["date"])):
        told = {0: Written(name_in(signed["name"]), when=when)} | {at: told[at] for at in told if at}
    kept = "\n".join(line for at, line in enumerate(lines) if at not in told)
    return kept.strip("\n"), reduce(Written.filled, told.values(), Written())
