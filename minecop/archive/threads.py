"""Comments that stand one under another in a text: where each begins and ends, and who wrote it.

Copies of blog pages often keep nothing of a thread but its words. Two readings are told apart:

With headings
    A heading (see ``commentheads``) says who and when; everything up to the next heading is the comment.
Without
    Blank lines part comments, and paragraphs of one comment as well. A name alone on a line signs the comment above it; a run of
    bullets may begin the next comment with no blank line. The number that the page states decides only between readings that the
    text allows.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import pairwise

from minecop.archive.commentheads import Heading, find_headings
from minecop.archive.models import Comment
from minecop.archive.names import PARTICLE, is_full_name, signing_name

_MOST_LINES = 50_000
"""Lines of the longest thread that is parted; one of more lines is no thread, and stays whole."""

_BULLET = re.compile(r"\s*[•●▪◦·*-]\s+")
_OPENING = re.compile(
    r"\s*(?:สวัสดี|หวัดดี|ขอบ(?:พระ)?คุณ|กราบ|เรียน|คุณ|อาจารย์|อ\.|พี่|น้อง|ท่าน|แวะ|ตามมา|เข้ามา|เห็นด้วย|มาเยี่ยม|มาชม|ดีใจ|ชื่นชม|โอ้?\s|อ่านแล้ว|ยินดี|สาธุ)"
)
_GOES_ON = re.compile(
    r"\s*(?:และ|แต่(?!แรก)|ส่วน|นอกจาก|สุดท้าย|อีกอย่าง|อีกเรื่อง|ดังนั้น|เพราะ|ปล\.|ป\.ล\.|หมายเหตุ|\(?[๒-๙2-9][.)](?![\d๐-๙]))"
)
_LEADS_ON = re.compile(r"(?:[:：]|คือ|(?<!ก)ว่า|ดังนี้|ได้แก่|เช่น|(?:มี)?\s*[๐-๙0-9]+\s*ข้อ|ข้อ)\s*$")
_GREETING_ALONE = re.compile(
    r"(?:(?:กราบ)?(?:สวัสดี|หวัดดี|นมัสการ|เรียน)\S{0,8}|ถึง|ตอบ)(?: ?(?:ครับ|คับ|ค่ะ|คะ|จ้า))?"
    r"(?: ?(?:คุณ|ท่าน|อาจารย์|อ\.|ครู|หมอ|พี่|น้อง|ป้า|ลุง|ดร\.|ผอ\.)[ก-๎ .]{0,30})?[,.:]?"
)
_SPEAKS_TO = re.compile(r"(?:ขอบ(?:พระ)?คุณ|สวัสดี|เรียน|ถึง|ตอบ)(?:ครับ|ค่ะ|คะ)?")

# Matched with lines in which every run of white space has become one space, as all patterns with repeats are.
_CONTACT = re.compile(
    r"[(\[]? ?(?:(?:โทร(?:ศัพท์|สาร)?|มือถือ|เบอร์(?:โทร)?|Tel|Mobile|Fax)? ?[.:]{0,2} ?[+(0๐][\d๐-๙ ,()/-]{7,40}"
    r"|(?:(?:E-?mail|อีเมล์?|เมล์?|Line|ไลน์|Facebook|เว็บ(?:ไซต์)?|web(?:site)?) ?(?:ID)? ?[:：] ?[^ ].{0,60})"
    r"|(?:E-?mail ?)?\S{1,60}@\S{1,60}|\[email.protected\]|(?:https?://|www\.)\S+) ?[)\]]?",
    re.IGNORECASE,
)
_PLACE = re.compile(
    r"(?:รพ\.|รพ\.สต\.|โรงพยาบาล|สถานีอนามัย|โรงเรียน|รร\.|มหาวิทยาลัย|ม\.|คณะ|วิทยาลัย|อบต\.|เทศบาล|สสจ\.|สสอ\.|สำนักงาน|กลุ่ม|ชุมชน"
    r"|บ้าน|จังหวัด|จ\.|อ\.\S+ จ\.|กศน|นักวิชาการ|พยาบาล|ครู)\S.{0,60}"
)
_CLOSING = re.compile(r"(?:ด้วย(?:ความ)?|ขอแสดงความ|รักและ|เคารพ|นับถือ)")


def split_comments(text: str, said: int | None) -> list[Comment]:
    """Part the comments of a thread that stands as plain text, without the page's words around it.

    Parameters
    ----------
    text
        All comments, with ``\\n`` between lines.
    said
        How many the page says there are, or ``None``.

    Returns
    -------
    list of Comment
        Their text code point for code point, without headings and signatures, which became author and date. There may be more or
        fewer than ``said``.
    """
    if text.count("\n") >= _MOST_LINES:
        return [Comment(1, text.strip())] if text.strip() else []
    lines = text.split("\n")
    headings = find_headings(lines)
    if headings:
        return _headed(lines, headings)
    blocks = _signed(_blocks(lines))
    if said is not None and len(blocks) < said:
        blocks = _split_lines(blocks, said)
        blocks = _split_at_bullets(blocks, said - len(blocks))
    return [
        Comment(position=position, body=block.body, author_id=block.author, author_name=block.author)
        for position, block in enumerate(_joined(blocks, said), 1)
    ]


def has_headings(text: str) -> bool:
    """Tell whether a text begins or ends with a heading of a comment: somebody's name with a date or an address."""
    return text.count("\n") < _MOST_LINES and bool(find_headings(text.split("\n")))


def _headed(lines: Sequence[str], headings: Sequence[Heading]) -> list[Comment]:
    """Give each heading the text below it, or above it where the thread begins with text and ends with a heading."""
    first_text = next(n for n, line in enumerate(lines) if line.strip())
    if headings[0].start == first_text:
        spans = zip((h.end + 1 for h in headings), [*(h.start for h in headings[1:]), len(lines)], strict=True)
    else:
        spans = zip([0, *(h.end + 1 for h in headings[:-1])], (h.start for h in headings), strict=True)
    comments: list[Comment] = []
    for heading, (start, end) in zip(headings, spans, strict=True):
        body, author = "\n".join(lines[start:end]).strip(), heading.name
        if body and author is None and len(signed := _signed(_blocks(lines[start:end]))) == 1 and signed[0].author:
            body, author = signed[0].body, signed[0].author
        if body:
            comments.append(Comment(len(comments) + 1, body, heading.id, author, author, published=heading.published))
    return comments


@dataclass(frozen=True, slots=True)
class _Block:
    """Lines between blank ones, and the name that signs them."""

    lines: tuple[str, ...]
    author: str | None = None

    @property
    def body(self) -> str:
        return "\n".join(self.lines).strip()


def _blocks(lines: Iterable[str]) -> list[_Block]:
    blocks: list[_Block] = []
    held: list[str] = []
    for line in (*lines, ""):
        if line.strip():
            held.append(line)
        elif held:
            blocks.append(_Block(tuple(held)))
            held = []
    return blocks


# ---- signatures


def _signed(blocks: Sequence[_Block]) -> list[_Block]:
    """Join signatures to what they sign."""
    signed: list[_Block] = []
    for block in blocks:
        above = signed[-1] if signed else None
        if above is not None and above.author is None:
            name, kept = _signature(block.lines)
            if name is not None:
                signed[-1] = _Block((*above.lines, "", *kept) if kept else above.lines, name)
                continue
        if above is not None and above.author is not None and all(map(_is_contact, block.lines)):
            continue
        signed += _signed_within(block.lines)
    return signed


def _signed_within(lines: Sequence[str]) -> list[_Block]:
    """Find the signature at the end of a block, and those in its middle that an opening follows."""
    parts: list[_Block] = []
    start = 0
    for n in range(1, len(lines) - 1):
        if n > start and _OPENING.match(lines[n + 1]) and not _looks_listed(lines, n) and is_full_name(_flat(lines[n])):
            parts.append(_Block(tuple(lines[start:n]), _flat(lines[n])))
            start = n + 1
    lines = lines[start:]
    for n in range(max(len(lines) - 3, 1), len(lines)):
        name, kept = _signature(lines[n:])
        if name is not None and not _looks_listed(lines, n):
            return [*parts, _Block((*lines[:n], *kept), name)]
    return [*parts, _Block(tuple(lines))]


def _looks_listed(lines: Sequence[str], n: int) -> bool:
    """Tell whether a line stands in a list of names, or is what the line above leads on to."""
    above = lines[n - 1]
    return bool(
        _LEADS_ON.search(above[-60:])
        or (_BULLET.match(above) and _BULLET.match(lines[n]))
        or signing_name(above)
        or _SPEAKS_TO.fullmatch(above.strip())
    )


def _signature(lines: Sequence[str]) -> tuple[str | None, tuple[str, ...]]:
    """Return the name that lines sign with, and those of them that belong to the text all the same.

    Telephone numbers and addresses under a name are its signature; a place of work under it is kept, for it says where a voice is from.
    """
    if len(lines) > 4 or any(len(line) > 80 for line in lines):
        return None, ()
    at = int(len(lines) > 1 and _CLOSING.match(lines[0].strip()) is not None)
    name = signing_name(lines[at])
    rest = [line for line in lines[at + 1 :] if not _is_contact(line)]
    if name is None or not all(_PLACE.fullmatch(_flat(line)) for line in rest):
        return None, ()
    return name, (*lines[:at], *rest)


def _is_contact(line: str) -> bool:
    return len(line) <= 80 and _CONTACT.fullmatch(_flat(line)) is not None


def _flat(line: str) -> str:
    return " ".join(line.split())


# ---- as many as the page says


def _split_lines(blocks: list[_Block], said: int) -> list[_Block]:
    """Take each line for a comment where a copy has lost its blank lines and has as many lines as there should be comments."""
    if len(blocks) != 1 or len(blocks[0].lines) != said or blocks[0].author is not None:
        return blocks
    lines = blocks[0].lines
    alike = sum(bool(_OPENING.match(line) or PARTICLE.search(line[-40:])) for line in lines)
    return [_Block((line,)) for line in lines] if 2 * alike > len(lines) else blocks


def _split_at_bullets(blocks: list[_Block], missing: int) -> list[_Block]:
    """Begin a new comment where bullets follow prose, in as many places as comments are missing, the likeliest first."""
    places: list[tuple[bool, int, int]] = []
    for index, block in enumerate(blocks):
        for n, (above, line) in enumerate(pairwise(block.lines), 1):
            if _BULLET.match(line) and not _BULLET.match(above):
                places.append((_LEADS_ON.search(above[-60:]) is not None, index, n))
                break
    cuts = {index: n for _, index, n in sorted(places)[:missing]}
    parted: list[_Block] = []
    for index, block in enumerate(blocks):
        cut = cuts.get(index, 0)
        if cut:
            parted.append(_Block(block.lines[:cut]))
        parted.append(_Block(block.lines[cut:], block.author))
    return parted


def _joined(blocks: list[_Block], wanted: int | None) -> list[_Block]:
    """Join blocks that are paragraphs of one comment until as many are left as wanted.

    A block that goes on with what stands above joins first, then what neither opens like a comment nor follows a closing particle, from
    the last one up. Where the number is not known, only the former join.
    """
    surplus = len(blocks) - max(wanted or 1, 1)
    ranks = [_join_rank(above, below) for above, below in pairwise(blocks)]
    joins = [n for n, rank in enumerate(ranks, 1) if rank == 0][: max(surplus, 0)]
    if wanted is not None and surplus > len(joins):
        joins += [n for n, rank in enumerate(ranks, 1) if rank == 1][len(joins) - surplus :]
    into = set(joins)
    joined: list[tuple[list[str], str | None]] = []
    for n, block in enumerate(blocks):
        if n in into:
            lines, _ = joined.pop()
            lines += ("", *block.lines)
            joined.append((lines, block.author))
        else:
            joined.append((list(block.lines), block.author))
    return [_Block(tuple(lines), author) for lines, author in joined]


def _join_rank(above: _Block, below: _Block) -> int | None:
    """Tell how surely a block is a paragraph of the comment above: 0 surely, 1 perhaps, ``None`` not at all."""
    if above.author is not None:
        return None
    last, first = above.lines[-1][-60:], below.lines[0]
    if len(above.lines) == 1 and len(last) < 60 and _GREETING_ALONE.fullmatch(_flat(last)):
        return 0
    if _LEADS_ON.search(last) or _GOES_ON.match(first) or (_BULLET.match(first) and _BULLET.match(above.lines[-1])):
        return 0
    return None if _OPENING.match(first) or PARTICLE.search(last) else 1
