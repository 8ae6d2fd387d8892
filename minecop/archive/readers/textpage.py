"""A blog page saved or pasted as plain text, with the page's own words around the post and its comments run together.

The shape (GotoKnow, 2005 to 2012): title; perhaps a blurb that repeats a sentence of the body; body; one glued line
``หมายเลขบันทึก: N`` ``เขียนเมื่อ ...`` ``แก้ไขเมื่อ ...``; ``ความเห็น (N)``; comments without names or dates; the site's footer.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names

from minecop.archive.models import Account, Comment, Post
from minecop.archive.sources import Options, Source
from minecop.core.dates import arabic_digits, find_thai_datetime

_CHROME = re.compile(r"^\s*หมายเลขบันทึก\s*:\s*(?P<id>[\d๐-๙]+)", re.MULTILINE)
_WRITTEN = re.compile(r"เขียนเมื่อ(?P<date>[^()\n]{0,60})")
_EDITED = re.compile(r"แก้ไขเมื่อ(?P<date>[^()\n]{0,60})")
_COMMENTS = re.compile(r"^\s*ความเห็น\s*\((?P<count>[\d๐-๙]+)\)\s*$", re.MULTILINE)
_FOOTER = re.compile(
    r"^\s*(?:พบปัญหาการใช้งานกรุณาแจ้ง|ClassStart\b|ระบบจัดการการเรียนการสอนผ่านอินเทอร์เน็ต|สงวนสิทธิ์ทุกประการ|หน้าแรก\s*\|)",
    re.MULTILINE,
)
_BULLET = re.compile(r"^\s*[•●▪◦·*-]\s+")
_OPENING = re.compile(
    r"^\s*(?:สวัสดี|หวัดดี|ขอบ(?:พระ)?คุณ|เรียน|คุณ|อาจารย์|อ\.|พี่|น้อง|ท่าน|แวะ|ตามมา|เข้ามา|เห็นด้วย|มาเยี่ยม|มาชม|ดีใจ|ชื่นชม|โอ้?\s|อ่านแล้ว|ยินดี)"
)
_PARTICLE = re.compile(r"(?:ครับ|คับ|ค่ะ|คะ|จ้า|จ้ะ|นะ|เจ้า|ฮะ)\W*$")
_HONORIFIC = re.compile(r"^(?:นาย|นางสาว|นาง|น\.ส\.|ดร\.|ผศ\.|รศ\.|ศ\.|นพ\.|พญ\.|อ\.|อาจารย์|คุณ|ครู|หมอ|พระ)\s*(?=\S)")
_LONGEST_SIGNATURE = 45
_LONGEST_TITLE = 200


@dataclass(frozen=True, slots=True)
class _Page:
    head: str
    id: str | None
    published: datetime | None
    modified: datetime | None
    comments: str
    count: int | None


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the post of a page saved as text."""
    yield from read_textpage(source.text(account), source.name, account)


def read_textpage(text: str, name: str, account: Account) -> Iterator[Post]:
    """Yield the one post of a page saved as text.

    Parameters
    ----------
    text
        The whole page.
    name
        File name: the account's source, and the id of a page that names none.
    account
        Gets what was guessed, and a warning where the comments are not as many as the page says.
    """
    page = _parts(text.replace("\r\n", "\n").replace("\r", "\n"))
    title, blurb, body = _title_blurb_body(page.head)
    if not body.strip():
        account.add("refused", name, "no_body")
        return
    comments = tuple(_split_comments(page.comments, page.count))
    if page.count is not None and page.count != len(comments):
        account.add("warning", name, "comment_count_differs", said=page.count, found=len(comments))
    if page.id is None:
        account.add("guessed", name, "id_from_file_name")
    if page.published is None:
        account.add("warning", name, "no_date")
    if any(comment.author_id is None for comment in comments):
        account.add("warning", name, "comments_without_author", count=sum(c.author_id is None for c in comments))
    yield Post(
        id=page.id or name.rsplit("/", 1)[-1].rsplit(".", 1)[0],
        body=body,
        title=title,
        blurb=blurb,
        published=page.published,
        modified=page.modified,
        comments=comments,
        source=name,
    )


def _parts(text: str) -> _Page:
    chrome = _CHROME.search(text)
    heading = _COMMENTS.search(text, chrome.end() if chrome else 0)
    head_end = min([m.start() for m in (chrome, heading) if m], default=len(text))
    comments = text[heading.end() :] if heading else ""
    footer = _FOOTER.search(comments)
    if footer:
        comments = comments[: footer.start()]
    head = text[:head_end]
    if not heading and (footer := _FOOTER.search(head)):
        head = head[: footer.start()]
    line = text[chrome.start() : text.find("\n", chrome.end()) % (len(text) + 1)] if chrome else ""
    written, edited = _WRITTEN.search(line), _EDITED.search(line)
    return _Page(
        head=head,
        id=arabic_digits(chrome["id"]) if chrome else None,
        published=find_thai_datetime(written["date"]) if written else None,
        modified=find_thai_datetime(edited["date"]) if edited else None,
        comments=comments,
        count=int(arabic_digits(heading["count"])) if heading else None,
    )


def _squeezed(text: str) -> str:
    """Return the letters of a text alone, for comparing a blurb with the sentence that it repeats."""
    return re.sub(r"[\s.…\u00a0\u200b]+", "", text)


def _title_blurb_body(head: str) -> tuple[str | None, str | None, str]:
    """Part the head of a page. Line 1 is a title only where a blank line follows it: many copies have lost theirs."""
    blocks = [block for block in re.split(r"\n[ \t\u00a0]*\n\s*?(?=\S|[ \u00a0])", head.strip("\n")) if block.strip()]
    if len(blocks) < 2:
        return None, None, head.strip("\n").rstrip()
    title = None
    rest = head.strip("\n")
    first = blocks[0].strip()
    if "\n" not in first and len(first) <= _LONGEST_TITLE:
        title = " ".join(first.split())
        rest = rest.split("\n", 1)[1].lstrip("\n")
        blocks = blocks[1:]
    blurb = None
    if len(blocks) > 1 and len(_squeezed(blocks[0])) >= 30 and _squeezed(blocks[0]) in _squeezed("\n".join(blocks[1:])):
        blurb = blocks[0].strip()
        rest = rest[rest.index(blurb) + len(blurb) :].lstrip("\n")
    return title, blurb, rest.rstrip()


def _is_signature(block: str) -> bool:
    """Tell whether a block is a person's name alone on a line, which signs the comment above it."""
    line = block.strip()
    if "\n" in line or not 3 <= len(line) <= _LONGEST_SIGNATURE or _BULLET.match(line) or _PARTICLE.search(line):
        return False
    if re.search(r"[\d๐-๙?!:/@]", line):
        return False
    bare = _HONORIFIC.sub("", line)
    words = bare.split()
    if len(words) != 2:
        return False
    given, family = words
    return given in thai_male_names() or given in thai_female_names() or family in thai_family_names() or bare != line


def _split_comments(text: str, count: int | None) -> Iterator[Comment]:
    """Part comments that stand one under another without names or dates.

    A blank line alone is no proof: a signature belongs to the comment above it, and a run of bullets may begin the next comment
    with no blank line. The count in ``ความเห็น (N)`` decides only between readings that the text allows.
    """
    blocks: list[tuple[str, str | None]] = []
    for block in re.split(r"\n[ \t\u00a0]*\n+", text.strip("\n")):
        if not block.strip():
            continue
        if blocks and blocks[-1][1] is None and _is_signature(block):
            blocks[-1] = (blocks[-1][0], " ".join(block.split()))
        else:
            blocks.append((block.strip("\n"), None))
    if count is not None and len(blocks) < count:
        blocks = _split_at_bullets(blocks, count - len(blocks))
    while count is not None and len(blocks) > max(count, 1):
        if not _join_one(blocks):
            break
    for position, (body, author) in enumerate(blocks, 1):
        yield Comment(position=position, body=body.strip(), author_id=author, author_name=author)


def _split_at_bullets(blocks: list[tuple[str, str | None]], missing: int) -> list[tuple[str, str | None]]:
    """Begin a new comment where bullets follow prose, in as many places as comments are missing."""
    parted: list[tuple[str, str | None]] = []
    for body, author in blocks:
        lines = body.split("\n")
        cut = next(
            (n for n in range(1, len(lines)) if _BULLET.match(lines[n]) and not _BULLET.match(lines[n - 1])), None
        )
        if missing and cut is not None:
            parted += [("\n".join(lines[:cut]), None), ("\n".join(lines[cut:]), author)]
            missing -= 1
        else:
            parted.append((body, author))
    return parted


def _join_one(blocks: list[tuple[str, str | None]]) -> bool:
    """Join the block that looks least like the beginning of a comment to the one above; tell whether there was one."""
    for n in range(len(blocks) - 1, 0, -1):
        above, signed = blocks[n - 1]
        body, author = blocks[n]
        if signed is None and not _OPENING.match(body) and not _PARTICLE.search(above):
            blocks[n - 1 : n + 1] = [(f"{above}\n\n{body}", author)]
            return True
    return False
