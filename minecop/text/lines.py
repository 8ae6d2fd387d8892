"""Lines of a text: prose, bullets and headings, and which of them are words of others."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import pairwise

_BULLET = re.compile(
    r"(?P<sign>[•●▪◦·*✓➢-])\s*\S|(?P<number>\(?[\d๐-๙]{1,2}(?:\.[\d๐-๙]{1,2})*[.)]|[\d๐-๙]{1,2}\.[\d๐-๙]{1,2})\s*\S|(?P<letter>\(?[A-Za-zก-ฮ][.)])\s+\S"
)
SENTENCE_END = re.compile(r"(?:ครับ|คับ|ค่ะ|คะ|นะ|จ้า|จ้ะ|เลย|แล้ว|แหละ|เอง|[.!?…\"”)]|5{3,})\s*$")
"""What a Thai sentence ends with where it shows that it does."""

LONGEST_HEADING = 70
"""Characters above which a line is no heading."""

_ALONE = 45
_STANDS_UNDER = 60

SHORTEST_QUOTE = 60
"""Characters below which words in quotation marks are a remark within a sentence."""

_LONGEST_QUOTE = 4_000
_QUOTED = re.compile(rf"“([^“”]{{1,{_LONGEST_QUOTE}}})”|\"([^\"\n]{{1,{_LONGEST_QUOTE}}})\"")
_INTRODUCES = re.compile(
    r"(?:เขียน\S{0,12}(?:ไว้|มา)ว่า|ความว่า|มี(?:เนื้อ)?ความ(?:ว่า|ดังนี้)"
    r"|(?:พิมพ์|คัด|ลอก)(?:ลอก|ตาม)?(?:มา|ไว้|ลง)(?:ให้|ไว้|ลง|ทั้ง)[^\n]{0,60}"
    r"|(?:ขอ|จึง|เลย|ได้)(?:นำ|เอา)?(?:คัด(?:ลอก)?|ลอก|จดเนื้อ|ยกข้อความ|ข้อความ|จดหมาย|บทความ|กลอน)[^\n]{0,60}(?:มา|ไว้|ลง|ให้)[^\n]{0,40})\s*[:：]?\s*$"
)
_LETTER = re.compile(
    r"เรื่อง\s+\S|เรียน\s+\S|ด้วย(?:อำเภอ|จังหวัด|กระทรวง|กรม|สำนัก|โรงเรียน|โรงพยาบาล|คณะ|มหาวิทยาลัย|เทศบาล|องค์การ|ทาง)"
)
"""How an official letter begins: it is copied wherever it stands in a post."""

_MARKED_QUOTE = re.compile(r"[>»]\s")


@dataclass(slots=True)
class Line:
    """A line of a text that is not blank.

    Attributes
    ----------
    start, end
        Code points into the text, without white space at either end.
    bullet
        What it begins with as a bullet: ``sign``, ``number``, ``number.number``, ``letter``; empty for prose.
    block
        Number of the paragraph block: lines of one block have no blank line between them.
    is_heading
        Whether it announces what stands under it.
    heading
        The heading that it stands under.
    """

    start: int
    end: int
    text: str
    bullet: str
    block: int
    is_heading: bool = False
    heading: str | None = None

    @property
    def length(self) -> int:
        """Characters."""
        return self.end - self.start


def lines_of(text: str) -> list[Line]:
    """Return the lines of a text, headings found and handed down."""
    found = []
    position = block = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = position + line.index(stripped[0])
            found.append(Line(start, start + len(stripped), stripped, _bullet(stripped), block))
        else:
            block += 1
        position += len(line) + 1
    _find_headings(found)
    _hand_down(found)
    return found


def quotes_in(text: str, lines: list[Line]) -> list[tuple[int, int]]:
    """Return the spans of a text that are words of others - quoted or copied, in order, without overlap.

    Told by quotation marks round more than a remark, by ``>`` before a line, and by a line that introduces them ("... เขียนไว้ว่า",
    "ขอคัดมาลงไว้"): then the rest of the block, or the block that follows, is quoted.
    """
    spans = [match.span(match.lastindex or 0) for match in _QUOTED.finditer(text)]
    spans = [(start, end) for start, end in spans if end - start >= SHORTEST_QUOTE]
    spans += [(line.start, line.end) for line in lines if _MARKED_QUOTE.match(line.text)]
    for number, line in enumerate(lines[:-1]):
        letter = _LETTER.match(lines[number + 1].text) and lines[number + 1].block != line.block
        if line.bullet or not (letter or _INTRODUCES.search(line.text[-90:])):
            continue
        block = lines[number + 1].block
        quoted = [other for other in lines[number + 1 : number + 1 + _MOST_QUOTED_LINES] if other.block == block]
        if quoted[-1].end - quoted[0].start >= SHORTEST_QUOTE and not quoted[0].bullet:
            spans.append((quoted[0].start, quoted[-1].end))
    return _merged(spans)


_MOST_QUOTED_LINES = 40


def teaser_end(text: str, lines: list[Line]) -> int:
    """Return where the text begins for which a teaser stands at its head, 0 without a teaser.

    A teaser repeats the beginning, often cut off ("... อ่านต่อ"): some line begins as the first one does, and goes on as what stands before
    it.
    """
    if len(lines) < 2:
        return 0
    begins = _letters(lines[0].text[:_SAME_BEGINNING])
    if len(begins) < SHORTEST_QUOTE // 2:
        return 0
    for line in lines[1:_LONGEST_TEASER]:
        if line.text[:3] == lines[0].text[:3] and _letters(line.text[:_SAME_BEGINNING]) == begins:
            teaser = _letters(_CUT_OFF.sub("", text[lines[0].start : line.start].rstrip()))
            return line.start if _letters(text[line.start :]).startswith(teaser) else 0
    return 0


_SAME_BEGINNING = 40
_LONGEST_TEASER = 8
"""Lines among which the text that a teaser repeats begins."""

_CUT_OFF = re.compile(r"(?:\.{2,}|…|อ่านต่อ|อ่านเพิ่มเติม|read more|more|\[\s*|\s*\]|[>»(){}])[\s.…>»\])]*$", re.IGNORECASE)


def _letters(text: str) -> str:
    return "".join(text.split())


def _merged(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    merged: list[tuple[int, int]] = []
    for start, end in sorted(spans):
        if merged and start <= merged[-1][1] + 1:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        else:
            merged.append((start, end))
    return merged


def _bullet(line: str) -> str:
    match = _BULLET.match(line)
    if not match:
        return ""
    kind = match.lastgroup or ""
    return "number.number" if kind == "number" and re.search(r"[.][\d๐-๙]", match["number"]) else kind


def _find_headings(lines: list[Line]) -> None:
    """Mark the headings: short lines that end no sentence, before bullets or at the head of a block above longer text."""
    above: Line | None = None
    for line, below in pairwise(lines):
        if line.length <= LONGEST_HEADING and not SENTENCE_END.search(line.text):
            over_text = (
                line.length <= _ALONE and below.length > max(2 * line.length, _STANDS_UNDER) and not below.bullet
            )
            if line.bullet:
                line.is_heading = line.bullet != "sign" and (
                    (bool(below.bullet) and below.bullet != line.bullet) or (over_text and below.block == line.block)
                )
            else:
                begins = above is None or above.block != line.block
                line.is_heading = bool(below.bullet) or (over_text and begins)
        above = line


def _hand_down(lines: list[Line]) -> None:
    heading: Line | None = None
    above: Line | None = None
    for line in lines:
        if line.is_heading:
            heading = line
        elif above and above.bullet and not line.bullet and line.block != above.block:
            heading = None  # the list that the heading announced is over
        elif heading:
            line.heading = heading.text
        above = line
