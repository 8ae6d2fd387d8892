"""What the lines around a post say of it: dates, author, blog, communities, tags."""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from minecop.archive.readers.gotoknow.lines import read_header
from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.when import EDITED, WRITTEN
from minecop.core.dates import parse_datetime

_POST_LINE = re.compile(
    r"\W*(?:หมายเลขบันทึก|เขียนเมื่อ|สร้าง(?:เมื่อ)?\s*:|แก้ไข(?:ล่าสุด)?(?:เมื่อ|\s*:)|ขนาด(?:ไฟล์)?\s*:|สัญญาอนุญาต|จำนวนที่อ่าน|(?:ผู้)?อ่าน(?:แล้ว)?\s*[:(]?\s*\d"
    r"|คำสำคัญ\s*(?:\(|:|$)|แท็ก\s*(?::|$)|ป้าย(?:กำกับ)?\s*:|tags?\s*:|หมวดหมู่(?:บันทึก)?\s*(?::|$)|ชุมชน\s*(?::|$)|บล็อก\s*:|(?:ดอกไม้|ชอบ|ดาว)\s*[:(]?\s*\d"
    r"|บันทึก(?:ก่อนนี้|ก่อนหน้า|ใหม่กว่า|ถัดไป|เก่ากว่า)|สงวนสิทธิ์|ครีเอทีฟ\s?คอมมอนส์|creative\scommons|อนุญาตให้ใช้ได้ตาม"
    r"|(?:ส่งต่อ|แบ่งปัน|แชร์|พิมพ์(?:หน้านี้)?|ส่งอีเมล|ติดตาม|ผู้ติดตาม|ติดต่อ|อีเมล|เลิกติดตาม|สมัครรับข้อมูล|RSS|Share|Tweet|Like|Facebook|Twitter|LINE)(?:[\s|·:]+(?:ส่งต่อ|แบ่งปัน|แชร์|พิมพ์|ติดตาม|ผู้ติดตาม|ติดต่อ|Share|Tweet|Like|Facebook|Twitter|LINE))*\W*$"
    r"|(?:มี\s*)?\d*\s*ความ(?:คิด)?เห็น\s*[:(]?\s*\d*\W*$|ยังไม่มีความ(?:คิด)?เห็น|ไม่มีความ(?:คิด)?เห็น)",
    re.IGNORECASE,
)
_ENDS = (
    re.compile(r"\W*หมายเลขบันทึก\s*:?\s*\d"),
    re.compile(r"\W*สร้าง(?:เมื่อ)?\s*:"),
    re.compile(r"\W*สัญญาอนุญาต\s*:"),
)
_BY = re.compile(r"(?:^|\s|[|·,(])(?:โดย|เขียนโดย|ผู้เขียน|เจ้าของ(?:บล็อก|บันทึก)|by|posted by)\s*:?\s*$", re.IGNORECASE)
_LIKED = re.compile(r"\W*(?:ชอบ|ดอกไม้|ดาว|(?:ผู้|คน)ที่?(?:ชอบ|ให้)|ได้รับ|มีผู้)")
_VIEWER = re.compile(r"ออกจากระบบ|เข้าสู่ระบบ|เข้าระบบ|ยินดีต้อนรับ|log ?out|log ?in|sign (?:in|out)", re.IGNORECASE)
_STAMP = re.compile(r"นี้เขียนที่\s?\S{1,40}\s{1,3}โดย\s?(?P<name>.{2,60}?)(?:\s(?:ใน|เมื่อ|วันที่)\s.*)?$", re.MULTILINE)
_TAGS = re.compile(r"\W*(?:คำสำคัญ|แท็ก|ป้าย(?:กำกับ)?|tags?)\s*(?:\(\s*tags?\s*\))?\s*:\s*(?P<words>.+)", re.IGNORECASE)
_COMMUNITY = r"ชุมชน(?:บล็อก|ของ(?:บล็อก|บันทึก)(?:นี้)?|ที่(?:เข้าร่วม|สังกัด|เป็นสมาชิก|บล็อกนี้เข้าร่วม))?\s*"
_COMMUNITIES = re.compile(rf"(?:^\W*|[|·,]\s*){_COMMUNITY}:?\W*$")
_COMMUNITIES_NAMED = re.compile(rf"\W*{_COMMUNITY}:\s*(?P<words>.+)")
_COUNT = re.compile(r"(?:มี\s*)?(?:(?P<before>\d{1,6})\s*ความ(?:คิด)?เห็น|ความ(?:คิด)?เห็น\s*[:(]\s*(?P<after>\d{1,6}))")
_BLANK = re.compile(r"[\s|·•»«*=_~.–—-]*")
_LETTER = re.compile(r"[^\W\d_]")
_MOST_PEOPLE = 50  # in a line, that are looked at
_LONGEST_LINE = 5_000  # with marks
_EDGES = " \t\n\u00a0|·•–—:,/()[]#"


@dataclass(slots=True)
class Around:
    """The lines around a post's text.

    Attributes
    ----------
    before
        Above its title.
    lines
        Between title and text, then below the text.
    owners
        Parts of the site about whose blog it is.
    """

    before: list[str]
    lines: list[str]
    owners: list[str]


def at_title(text: str, page: MarkedPage) -> tuple[list[str], str]:
    """Return the lines above a title, and what follows it."""
    spans = page.spans(text, "H")
    if not spans:
        return [], text
    _, start, end = spans[0]
    return text[:start].split("\n"), text[end:]


def is_about(line: str, page: MarkedPage) -> bool:
    """Tell whether a line says something of a post and is no part of its text."""
    text = page.said(line)
    if len(line) > _LONGEST_LINE:
        return False
    if _BLANK.fullmatch(text) or _POST_LINE.match(text):
        return True
    linked = sum(len(page.spans(line, letter)) for letter in "PGUL")
    if linked and not _LETTER.search(page.bare(page.without(line, "PGUL"))):
        return True
    return read_header(line, page) is not None


def part_text(lines: list[str], page: MarkedPage, *, sure: bool = False) -> tuple[list[str], list[str], list[str]]:
    """Part lines into what is about a text, the text, and what is about it again.

    Parameters
    ----------
    lines
        Below a title, or those of the element that holds the text.
    page
        The page, which knows what the marks mean.
    sure
        Whether the markup says that this is the text, so that only what nobody would write is taken from it.
    """
    about = _is_surely_about if sure else is_about
    begin = next((n for n, line in enumerate(lines) if page.said(line) and not about(line, page)), len(lines))
    end = len(lines)
    bare = [page.said(line) for line in lines]
    for pattern in _ENDS:
        found = next((n for n in range(begin, len(lines)) if pattern.match(bare[n])), None)
        if found is not None:
            end = found
            break
    while end > begin and about(lines[end - 1], page):
        end -= 1
    return lines[:begin], lines[begin:end], lines[end:]


def _is_surely_about(line: str, page: MarkedPage) -> bool:
    text = page.said(line)
    if _BLANK.fullmatch(text) or any(pattern.match(text) for pattern in _ENDS):
        return True
    if _POST_LINE.match(text) and page.has(line, "G"):
        return True
    header = read_header(line, page)
    return header is not None and header.certain


def dates(around: Around, page: MarkedPage) -> tuple[datetime | None, datetime | None]:
    """Return when a post was written and when it was last changed, as far as the lines around it say."""
    written = edited = unlabelled = None
    # Above a title stands today's date, on many a page: there a date needs its word.
    below = set(around.lines)
    for line in [*around.lines, *around.before]:
        text = line
        for number, start, end in reversed(page.spans(line, "W")):
            text = f"{text[:start]}{page.moments[number].isoformat()}{text[end:]}"
        text = page.said(text)
        found = EDITED.search(text)
        if found and found["when"]:
            edited = edited or parse_datetime(found["when"])
        found = WRITTEN.search(text)
        if found and found["when"]:
            written = written or parse_datetime(found["when"])
        elif not unlabelled and line in below and (header := read_header(line, page)):
            unlabelled = header.published
    return written or unlabelled, edited


def author(around: Around, page: MarkedPage, text: str) -> tuple[str | None, str | None]:
    """Return user name and display name of a post's author, as far as the page shows them; ``text`` is that of the post."""
    lines = [line for line in around.lines if not _LIKED.match(page.said(line))]
    above = [line for line in around.before if not _VIEWER.search(page.said(line))]
    owners = [line for part in around.owners for line in part.split("\n")]
    user = _labelled_person([*lines, *owners, *above], page) or next(
        (
            page.links[n]
            for group in (lines, owners, above[::-1])
            for line in group
            for n, _, _ in page.spans(line, "P")
        ),
        None,
    )
    if user is not None:
        outside = page.without(page.text, "T")
        texts = (
            page.bare(outside[start:end]).strip(_EDGES)
            for n, start, end in page.spans(outside, "P")
            if page.links[n] == user
        )
        name = next((re.sub(r"\s+", " ", text) for text in texts if _LETTER.search(text)), None)
        # The link may be on a picture, and the name beside it.
        beside = (read_header(line, page) for line in [*lines, *above]) if name is None else ()
        return user, name or next((h.author_name for h in beside if h and h.author_id == user and h.author_name), None)
    headers = (
        read_header(line, page) for line in lines if not any(pattern.match(page.said(line)) for pattern in _ENDS)
    )
    name = next((header.author_name for header in headers if header and header.author_name), None)
    if name is None and (stamp := _STAMP.search(page.bare(text))):
        name = stamp["name"].strip(_EDGES)
    return None, name


def _labelled_person(lines: Iterable[str], page: MarkedPage) -> str | None:
    label = False
    for line in lines:
        for number, start, _ in page.spans(line, "P")[:_MOST_PEOPLE]:
            if label or _BY.search(page.said(line[:start]) + " "):
                return page.links[number]
        if page.said(line):
            label = bool(_BY.search(page.said(line)))
    return None


def blog(around: Around, page: MarkedPage) -> str | None:
    """Return the name of the blog to which the lines around a post link."""
    lines = [*around.lines, *around.before[::-1]]
    labelled = [line for line in lines if re.match(r"\W*(?:จาก)?บล็อก\s*:", page.said(line))]
    return next((page.links[n] for line in [*labelled, *lines] for n, _, _ in page.spans(line, "L")), None)


def tags(around: Around, page: MarkedPage) -> tuple[str, ...]:
    """Return the tags of a post: links to tags, else what stands behind the word for them."""
    linked = [page.bare(part).strip(_EDGES) for line in around.lines for part in page.within(line, "G")]
    if not linked:
        for line in around.lines:
            if found := _TAGS.match(page.said(line)):
                words = found["words"].split("|")[0]
                linked = [
                    word.strip(_EDGES) for word in re.split(r"[,،;]" if re.search("[,،;]", words) else r"\s+", words)
                ]
                break
    return tuple(dict.fromkeys(re.sub(r"\s+", " ", word) for word in linked if re.search(r"\w", word)))


def communities(around: Around, page: MarkedPage) -> tuple[str, ...]:
    """Return the communities that the page lists behind or below the word for them, near the post or in a box beside it."""
    found: list[str] = []
    listing = False
    for line in page.without(page.text, "TB").split("\n"):
        spans = page.spans(line, "U")
        text = page.said(line[: spans[0][1]] if spans else line)
        if _COMMUNITIES.search(text):
            listing = True
        elif re.search(r"\w", text):
            listing = False
        if listing:
            found += [page.bare(line[start:end]).strip(_EDGES) for _, start, end in spans]
    for line in around.lines if not found else ():
        label = _COMMUNITIES_NAMED.match(page.said(line))
        if label:
            found = [word.strip(_EDGES) for word in re.split(r"[,،;|]", label["words"])]
            break
    return tuple(dict.fromkeys(re.sub(r"\s+", " ", name) for name in found if name))


def comment_count(around: Around, page: MarkedPage) -> int | None:
    """Return how many comments the lines around a post speak of."""
    for line in around.lines:
        text = page.said(line)
        if len(text) < 300 and (found := _COUNT.search(text)):
            return int(found["before"] or found["after"])
    return None
