"""Lines of a page saved as text: which are the page's own words, and where the tail of a post stands between its body and its comments."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace

from minecop.core.dates import arabic_digits, parse_datetime

LONGEST_LINE = 800
"""Characters of the longest line that may be the page's own words; what is longer is text."""
LONGEST_TITLE = 200

ID = re.compile(r"(?:(?:คำสำคัญ|หมวดหมู่).{0,300}?)?หมายเลขบันทึก ?: ?(?P<id>[\d๐-๙]{1,12})")
_OF_ID_LINE = re.compile(r"เขียนเมื่อ|แก้ไขเมื่อ|สัญญาอนุญาต|จำนวนที่อ่าน")
CREATED = re.compile(
    r"สร้าง(?:เมื่อ)? ?: ?(?P<date>.{6,60}?)(?: ?(?:แก้ไข|ปรับปรุง)(?:ล่าสุด|เมื่อ)? ?: ?(?P<edited>.{6,60}?))?(?: ?(?:ขนาด|อ่าน|แสดง|ความเห็น) ?:.*)?"
)
COUNTED = re.compile(
    r"(?:(?:ขนาด|อ่าน|แสดง|ดอกไม้|ความเห็น|จำนวนที่อ่าน) ?: ?[\d๐-๙,]{1,12} ?(?:ไบต์|ครั้ง|คน)? ?[|·,]? ?){1,6}"
)
_COMMENTS = re.compile(r"ความ(?:คิด)?เห็น ?\((?P<count>[\d๐-๙]{1,7})\)")
_COMMENTS_BARE = re.compile(
    r"ความ(?:คิด)?เห็น(?:ทั้งหมด)?:?|(?P<count>[\d๐-๙]{1,7}) ความ(?:คิด)?เห็น|(?P<none>ไม่มีความ(?:คิด)?เห็น)"
)
_COMMENT_FIRST = re.compile(r"ความ(?:คิด)?เห็นที่ ?[1๑](?![\d๐-๙]).{0,80}")
_FOOTER = re.compile(
    r"พบปัญหาการใช้งานกรุณาแจ้ง|(?:ClassStart(?: Books)?|ระบบจัดการการเรียนการสอนผ่านอินเทอร์เน็ต|ทั้งเว็บทั้งแอปใช้งานฟรี|โครงการหนังสือจากคลาสสตาร์ท)$"
    r"|สงวนสิทธิ์ทุกประการ|หน้าแรก ?\||(?:แสดง|เพิ่ม|ร่วมแสดง)ความ(?:คิด)?เห็น:?$|(?:ความเห็น|อนุทิน|บันทึก)ล่าสุด:?$"
    r"|บันทึก(?:ก่อนนี้|ใหม่กว่า|เก่ากว่า)(?: ?[:|].*)?$|(?:(?:กรุณา|โปรด)เข้า(?:สู่)?ระบบ|เข้า(?:สู่)?ระบบเพื่อแสดง)"
)
TAGS = re.compile(
    r"(?:คำสำคัญ(?: ?\((?:Tags|Keywords)\))?|แท็ก|ป้ายกำกับ|Tags?|Keywords?) ?[:：] ?(?P<tags>.{0,400})", re.IGNORECASE
)
_LICENCE = re.compile(
    r"สัญญาอนุญาต ?:|(?:ซีซี|CC)[ :]{1,2}(?:แสดงที่มา|BY\b)|(?:ครีเอทีฟคอมมอนส์|Creative Commons)\b.{0,120}$", re.IGNORECASE
)
STAMP = re.compile(r"บันทึกนี้เขียนที่ GotoK\S*(?: โดย(?: คุณ)? (?P<name>.{2,60}?))?(?: ใน (?P<blog>.{2,80}))?", re.IGNORECASE)
_CATEGORY = re.compile(r"หมวดหมู่(?:บันทึก)? ?[:：]|มีต่อ$|(?:Tweet|Share|แชร์|พิมพ์หน้านี้|Like|ถูกใจ)$|ขนาดไฟล์ ?:", re.IGNORECASE)
ADDRESS = re.compile(
    r"(?:(?:URL|Link|ลิงก์|ลิงค์|ที่อยู่(?:เว็บ)?|Address) ?[:：] ?)?(?P<url>https?://\S{4,500})", re.IGNORECASE
)
DIVIDER = re.compile(r"([=*_~-])\1{3,}|\f")
NUMBERED = re.compile(
    r"(?:#{1,6} )?[\[(]?(?P<word>บันทึก|เรื่อง|เรื่องเล่า|บทความ)ที่ ?(?P<number>[\d๐-๙]{1,3})[\])]?(?: ?[:.：–—-] ?| |$)(?P<title>.{0,150})"
)
MARKDOWN = re.compile(r"(?P<level>#{1,3}) (?P<title>.{2,150}?) ?#*")

_LABELS = {
    "title": "ชื่อเรื่อง ชื่อบันทึก หัวเรื่อง Title",
    "heading": "เรื่อง หัวข้อ",
    "author": "ผู้เขียน ผู้บันทึก ผู้เล่า เขียนโดย เล่าโดย โดย Author",
    "date": "วันที่ วันที่เขียน วันที่บันทึก เขียนเมื่อ เผยแพร่เมื่อ เผยแพร่ Date",
    "tags": "คำสำคัญ แท็ก ป้ายกำกับ Tags",
    "url": "URL ลิงก์ ลิงค์ Link",
    "id": "เลขที่บันทึก รหัสบันทึก",
    "blog": "บล็อก ชื่อบล็อก Blog",
    "community": "ชุมชน",
    "body": "เนื้อหา เนื้อเรื่อง รายละเอียด",
}
_FIELDS = {label.casefold(): name for name, labels in _LABELS.items() for label in labels.split()}
_WITHIN_LINE = {"author", "date", "tags", "url", "id"}
_LABEL = re.compile(
    r"(?:^|(?<= ))(?P<label>" + "|".join(sorted(map(re.escape, _FIELDS), key=len, reverse=True)) + r") ?[:：] ?",
    re.IGNORECASE,
)

_FIRST_LETTERS = re.compile(
    r"[=*_~#\f\[(<+-]|หมาย|คำสำ|หมวด|สร้าง|ความ|ไม่มี|[\d๐-๙]{1,7} ความ|พบปัญ|Class|ระบบจัด|ทั้งเว็บ|โครงการหนัง|สงวน|หน้าแรก|แสดง|เพิ่ม|ร่วม"
    r"|อนุทิน|บันทึก|กรุณา|โปรด|เข้า|เรื่อง|บทความ|ขนาด|อ่าน|ดอกไม้|จำนวน|http|" + "|".join(sorted(map(re.escape, _FIELDS))),
    re.IGNORECASE,
)
"""Beginnings of every line that may mean something: all others are passed over quickly."""


_KINDS = {
    "divider": DIVIDER, "comments": _COMMENTS, "bare": _COMMENTS_BARE, "first": _COMMENT_FIRST, "numbered": NUMBERED,
    "markdown": MARKDOWN, "address": ADDRESS,
}  # fmt: skip


def flat_line(line: str) -> str:
    """Return a line with single spaces, so that patterns need no repeated repeats; empty where it is too long to be the page's own."""
    return " ".join(line.split()) if len(line) <= LONGEST_LINE else ""


def _mark(line: str) -> str | None:
    """Return what a line is in the page, or ``None`` where it is text."""
    if line == "\f":
        return "divider"
    if len(line) > LONGEST_LINE or not _FIRST_LETTERS.match(line.lstrip()):
        return None
    flat = flat_line(line)
    if ID.match(flat) and (_OF_ID_LINE.search(flat) or ID.fullmatch(flat)):
        return "id"
    if (found := CREATED.fullmatch(flat)) and parse_datetime(found["date"]):
        return "created"
    for kind, pattern in _KINDS.items():
        if pattern.fullmatch(flat):
            return kind
    if _FOOTER.match(flat):
        return "footer"
    found = _LABEL.match(flat)
    return "label" if found and _FIELDS[found["label"].casefold()] in {"title", "heading"} else None


def marks_of(lines: Sequence[str]) -> dict[int, str]:
    """Return what the lines are that are no text, by their place."""
    return {n: kind for n, line in enumerate(lines) if line and (kind := _mark(line))}


def is_of_page(flat: str) -> bool:
    """Tell whether a line is the page's own and says nothing that is needed."""
    own = _LICENCE.match(flat) or _CATEGORY.match(flat) or STAMP.fullmatch(flat) or COUNTED.fullmatch(flat)
    return bool(own or TAGS.fullmatch(flat))


@dataclass(frozen=True, slots=True)
class Tail:
    """What stands between the body of a post and its comments: where it begins, and the heading of the comments."""

    start: int
    heading: int | None
    said: int | None


def find_tails(lines: Sequence[str], marks: dict[int, str]) -> list[Tail]:
    """Return the tails of all posts, in order.

    A post has one number, one line of dates and one heading of comments, in this order. What comes again is that of another post only
    if text for one stands between, and below a heading without a number the footer, a divider or a label as well; else somebody
    quotes it.
    """
    tails: list[Tail] = []
    seen: set[str] = set()
    numbers = {""}
    parted: int | None = None
    for n, kind in marks.items():
        if kind in {"footer", "divider", "label", "numbered"}:
            parted = n
            continue
        heads = kind in {"comments", "bare", "first"}
        if not heads and kind not in {"id", "created"}:
            continue
        found = ID.match(flat_line(lines[n])) if kind == "id" else None
        number = arabic_digits(found["id"]) if found else ""
        if number and number in numbers:
            continue
        again = not tails or kind in seen or "comments" in seen
        if heads and not again:
            tails[-1] = replace(tails[-1], heading=n, said=_said(flat_line(lines[n])))
        elif heads:
            if kind == "bare" or (
                tails and (kind == "first" or parted is None or not has_letters(lines[parted + 1 : n], 80))
            ):
                continue
            tails.append(Tail(n, n, _said(flat_line(lines[n]))))
            seen = set()
        elif again:
            if tails and not has_letters(lines[(tails[-1].heading or tails[-1].start) + 1 : n], 20):
                continue
            tails.append(Tail(n, None, None))
            seen = set()
        numbers.add(number)
        seen.add("comments" if heads else kind)
        parted = None
    return tails


def _said(flat: str) -> int | None:
    found = _COMMENTS.fullmatch(flat) or _COMMENTS_BARE.fullmatch(flat)
    if found is None:
        return None
    if found.groupdict().get("none"):
        return 0
    return int(arabic_digits(found["count"])) if found["count"] else None


def has_letters(lines: Iterable[str], least: int) -> bool:
    """Tell whether lines hold as many letters."""
    count = 0
    for line in lines:
        count += len(line.strip())
        if count >= least:
            return True
    return False


def labels_of(flat: str) -> dict[str, str]:
    """Return the labelled values of a line that begins with a label: ``ชื่อเรื่อง: น้ำ ผู้เขียน: ป้าแดง``."""
    if not _LABEL.match(flat):
        return {}
    # Within a line only what follows a title on one line: "ชื่อเรื่อง: วิธีแก้ ชุมชน: ทางออก" is all title.
    found = [
        label
        for label in _LABEL.finditer(flat)
        if not label.start() or _FIELDS[label["label"].casefold()] in _WITHIN_LINE
    ]
    ends = [*(label.start() for label in found[1:]), len(flat)]
    values: dict[str, str] = {}
    for label, end in zip(found, ends, strict=True):
        values.setdefault(_FIELDS[label["label"].casefold()], flat[label.end() : end].strip())
    return values


OF_ADDRESS = re.compile(r"/(?:posts|comments|blog/(?P<blog>[^/\s?#]{1,80}))/(?P<id>\d{1,12})(?![\w-])")
ENDS_SPEECH = re.compile(r"(?:ครับ|คับ|ค่ะ|จ้า|จ้ะ|นะคะ)\W*$")


def unpadded(lines: Sequence[str]) -> list[str]:
    """Return lines without blank ones before them."""
    first = next((n for n, line in enumerate(lines) if line.strip()), len(lines))
    return list(lines[first:])


def may_be_title(line: str) -> bool:
    """Tell whether a line is no bullet and nothing that somebody says."""
    flat = flat_line(line)
    return (
        2 <= len(flat) <= LONGEST_TITLE
        and not ENDS_SPEECH.search(flat[-40:])
        and not re.match(r"[•●▪◦·*-] |[\d๐-๙]{1,2}[.)] ", flat)
    )


def stands_above(line: str, below: str) -> bool:
    """Tell whether a line is a title over the paragraph that follows without a blank line."""
    flat = flat_line(line)
    return (
        len(flat) <= 80
        and len(below) >= max(120, 2.5 * len(flat))
        and may_be_title(line)
        and not flat.endswith((":", ",", "..."))
    )
