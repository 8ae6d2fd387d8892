"""Lines of a page that say who wrote something, when and from where, and are no part of what they wrote."""

from __future__ import annotations

import re
from dataclasses import dataclass
from datetime import datetime

from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.when import EDITED, MOMENT, NO_VALUE, WRITTEN
from minecop.core.dates import parse_datetime

_IP = re.compile(
    r"[\[(]\s*(?:\d{1,3}|[xX*]{1,3})(?:\.(?:\d{1,3}|[xX*]{1,3})){3}\s*[\])]"
    r"|[\[(]?\s*\b(?:IP|ไอพี)\b(?:\s*address)?\s*:?\s*(?P<ip>[\dxX*]{1,4}(?:[.:][\da-fA-FxX*]{0,4}){1,7})?\s*[\])]?"
)
_NUMBER = re.compile(r"^\W*(?:ความ(?:คิด)?เห็น\s*(?:ที่|#)\s*#?(?P<said>\d{1,6})|#?(?P<plain>\d{1,5})[.)](?!\d))")
_ID = re.compile(r"#\s*(?P<hash>\d{1,12})|\b(?P<bare>\d{3,12})(?=\s*\[\s*(?:ลบ|แจ้ง|แก้ไข|ตอบ))")
_ANSWERS = re.compile(
    r"(?:ตอบ(?:กลับ)?|อ้างถึง|อ้างอิง|in reply to)\s*(?:ความ(?:คิด)?เห็น\s*(?:ที่)?\s*)?#?\s*(?P<number>\d{1,12})", re.IGNORECASE
)
_ANSWERING = re.compile(r"(?:ตอบ(?:กลับ)?|ถึง|อ้างถึง|อ้างอิง|in reply to|[↪➥@])\s*:?\s*$", re.IGNORECASE)
_ACTION = (
    r"(?:ลบ|แก้ไข|ตอบ(?:กลับ)?|แจ้งลบ|แจ้งปัญหา|อ้างอิง|ชอบ|เลิกชอบ|ลิง[กค]์(?:ถาวร)?|(?:ให้)?ดอกไม้"
    r"|reply|delete|edit|like|permalink|report|share)"
)
_ACTIONS = re.compile(
    rf"[\[(]\s*{_ACTION}(?:\s*[|,]\s*{_ACTION})*\s*[\])]"
    rf"|(?:^|(?<=[\s|·\])]))(?:\d{{1,5}}\s*)?{_ACTION}(?:\s*[(\[]?\d{{1,5}}[)\]]?)?(?=\s*(?:$|[|·\[(]))",
    re.IGNORECASE,
)
_LEADS = re.compile(
    r"^\W*(?:โดย|จาก|ชื่อ(?=\s*:)|ผู้เขียน|เขียนโดย|ผู้แสดงความ(?:คิด)?เห็น|Posted by|By)(?=\s|:|$)\s*:?\s*|(?<=\s)โดย(?=\s|$)"
)
_GUEST = re.compile(r"[\[(]?\s*(?:ไม่ได้เข้าระบบ|ผู้เยี่ยมชม|ไม่ได้เป็นสมาชิก|not logged in|guest)\s*[\])]?", re.IGNORECASE)
ENDS_A_SENTENCE = re.compile(r"(?:ครับ|คับ|ค่ะ|คะ|จ้า|จ้ะ|นะ|เลย|แล้ว|ด้วย|กัน|มาก)[\s.!ๆ]*$")
LETTER = re.compile(r"[^\W\d_]")
EDGES = " \t\n\u00a0|·•-–—:,/()[]"
# What at least one of stands in every line of the site's own; most lines that people write have none, and are passed over quickly.
_MAY_BE = re.compile(
    r"เมื่อ|แก้ไข|สร้าง|วันที่|ความ(?:คิด)?เห็น|IP|ไอพี|ลบ|ตอบ|อ้าง|ชอบ|ดอกไม้|ลิง[กค]์|[#@:\[]"
    r"|\d\s*[.)]|\d{2}|ที่แล้ว|ago|ผู้เยี่ยม|ไม่ได้เ|[Gg]uest|Posted|Written|[Rr]eply|[Ll]ike|[Dd]elete|[Ee]dit"
)
LONGEST_NAME = 60
_LONGEST_LINE = 1_000  # with marks


@dataclass(slots=True)
class Header:
    """What lines over or under a text say of it.

    Attributes
    ----------
    dated, ip
        Whether they have a place for a date, filled or not, and an address.
    other
        Whether they have buttons or an edition.
    followed
        Whether words follow the date that are none of the site's: people begin sentences so.
    """

    number: int | None = None
    id: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    published: datetime | None = None
    dated: bool = False
    ip: bool = False
    reply_to: str | None = None
    other: bool = False
    followed: bool = False

    @property
    def certain(self) -> bool:
        """Whether it can only be a header: nobody begins a text like that."""
        return self.dated or self.ip

    @property
    def named(self) -> bool:
        """Whether it says who wrote the text."""
        return self.author_id is not None or self.author_name is not None

    def clashes(self, more: Header) -> bool:
        """Tell whether another header says again what this one says, and so belongs to another text."""
        return (
            (self.named and more.named and self.author_id != more.author_id)
            or (self.dated and more.dated)
            or (self.number is not None and more.number is not None)
        )

    def take(self, more: Header) -> None:
        """Add what another header of the same text says."""
        self.number = self.number if self.number is not None else more.number
        self.id = self.id or more.id
        self.author_id = self.author_id or more.author_id
        self.author_name = self.author_name or more.author_name
        self.published = self.published or more.published
        self.reply_to = self.reply_to or more.reply_to
        self.dated, self.ip, self.other = self.dated or more.dated, self.ip or more.ip, self.other or more.other


def read_header(line: str, page: MarkedPage, *, first: bool = False) -> Header | None:
    """Return what a line says about a text, or ``None`` where it is, or may be, a line of the text itself.

    Parameters
    ----------
    line
        With marks.
    page
        The page, which knows what the marks mean.
    first
        Whether it is the first of what surely is one comment: there a name and a time need no words of the site between them.
    """
    if len(line) > _LONGEST_LINE or not (_MAY_BE.search(line) or any(page.has(line, letter) for letter in "PNWK")):
        return None
    header = Header()
    rest = page.said(_take_links(re.sub(r"\s+", " ", line), page, header))
    said = _take_words(rest, header, first=first)
    left = said.strip(EDGES)
    if header.followed and not header.named:
        return None
    if not LETTER.search(left):
        evidence = (
            header.named or header.certain or header.id or header.number is not None or header.other or header.reply_to
        )
        return header if evidence and not (re.search(r"\d", left) and not header.certain) else None
    if (
        len(left) > (LONGEST_NAME // 2 if header.named else LONGEST_NAME)
        or ENDS_A_SENTENCE.search(left)
        or not header.certain
    ):
        return None
    if not header.named:
        header.author_name = re.sub(r"\s+", " ", left)
    return header


def plain_name(text: str) -> tuple[str | None, int | None]:
    """Return the name in a line that holds nothing else, and the number before it."""
    number = _NUMBER.search(text)
    name = _LEADS.sub(" ", _GUEST.sub(" ", text[number.end() :] if number else text))
    name = re.sub(r"\s+", " ", name).strip(EDGES)
    return (name if LETTER.search(name) else None), (int(number["said"] or number["plain"]) if number else None)


def _take_links(line: str, page: MarkedPage, header: Header) -> str:
    """Take marked names, dates and links out of a line."""
    cuts: list[tuple[int, int]] = []
    for number, start, end in page.spans(line, "P"):
        name = re.sub(r"\s+", " ", page.bare(line[start:end])).strip(EDGES)
        user = page.links[number]
        if _ANSWERING.search(page.bare(line[:start])) or (header.author_id and user != header.author_id):
            continue
        header.author_id, header.author_name = user, header.author_name or name or None
        cuts.append((start, end))
    for number, start, end in page.spans(line, "W"):
        header.published, header.dated = header.published or page.moments[number], True
        cuts.append((start, end))
    for number, start, end in page.spans(line, "K"):
        text = page.bare(line[start:end])
        if _ANSWERING.search(page.bare(line[:start])) or _ANSWERS.fullmatch(text.strip()):
            header.reply_to = page.links[number]
            cuts.append((start, end))
        elif len(text) <= LONGEST_NAME:
            header.id, header.other = header.id or page.links[number], True
    kept = _cut(line, cuts)
    for _, start, end in page.spans(kept, "N") if not header.author_name else ():
        name = page.bare(kept[start:end])
        if not WRITTEN.search(name) and not _IP.search(name):
            name = re.sub(r"\s+", " ", _LEADS.sub("", name)).strip(EDGES)
            if LETTER.search(name):
                header.author_name = name
                return _cut(kept, [(start, end)])
    return kept


def _cut(line: str, cuts: list[tuple[int, int]]) -> str:
    kept, last = [], 0
    for start, end in sorted(cuts):
        if start >= last:
            kept.append(line[last:start])
            last = end
    return " ".join([*kept, line[last:]])


def _take_words(rest: str, header: Header, *, first: bool) -> str:
    """Take what a line says in the site's own words out of it, and return what is left."""
    if found := _IP.search(rest):
        header.ip = True
        rest = rest.replace(found[0], " ", 1)
    if found := _ANSWERS.search(rest):
        header.reply_to = header.reply_to or found["number"]
        rest = rest.replace(found[0], " ", 1)
    if found := _ID.search(rest):
        header.id, header.other = header.id or found["hash"] or found["bare"], True
        rest = rest.replace(found[0], " ", 1)
    found = EDITED.search(rest)
    if found and (found["when"] or NO_VALUE.match(rest, found.end())):
        header.other = True
        rest = rest[: found.start()] + " " + rest[found.end() :]
    if found := _NUMBER.search(rest):
        header.number = header.number if header.number is not None else int(found["said"] or found["plain"])
        rest = rest[found.end() :]
    found = WRITTEN.search(rest)
    if found and (found["when"] or NO_VALUE.match(rest, found.end())):
        header.dated = True
        header.published = header.published or (parse_datetime(found["when"]) if found["when"] else None)
        after = _GUEST.sub(" ", _ACTIONS.sub(" ", rest[found.end() :]))
        header.followed = bool(LETTER.search(after)) and not _LEADS.match(f" {after.lstrip(EDGES)}")
        rest = rest[: found.start()] + " " + rest[found.end() :]
    elif (found := MOMENT.search(rest)) and not header.dated and (moment := parse_datetime(found[0])):
        bare = rest[: found.start()] + " " + rest[found.end() :]
        alone = not LETTER.search(_ACTIONS.sub(" ", bare))
        closes = first and ":" in found[0] and not LETTER.search(_ACTIONS.sub(" ", rest[found.end() :]))
        if alone or closes or header.named or header.ip:
            header.published, header.dated, rest = moment, True, bare
    without = _GUEST.sub(" ", _ACTIONS.sub(" ", rest))
    header.other = header.other or without != rest
    return _LEADS.sub(" ", without)
