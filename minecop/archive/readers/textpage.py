"""Blog pages saved or pasted as plain text: one post a file, or several one after another.

The shape of a page (GotoKnow, 2005 to 2012): perhaps the author's name and ``ติดตาม ผู้ติดตาม``; title; perhaps a blurb that repeats a
sentence of the body; body; ``คำสำคัญ (Tags): ...``; one glued line ``หมายเลขบันทึก: N`` ``เขียนเมื่อ ...`` ``แก้ไขเมื่อ ...``, or the older
``สร้าง: ... แก้ไข: ...``; ``ความเห็น (N)``; comments, often without names or dates; the site's footer. Any of these may be missing.

Several posts are told by what their pages repeat (a number, a footer, ``ความเห็น (N)``), by labels (``ชื่อเรื่อง: ... ผู้เขียน: ... วันที่: ...``),
by numbered headings (``บันทึกที่ 1``) or by dividers. One page is never cut: a divider, a list of book titles or ``เรื่องที่ 1`` within one
post stays text.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace

from minecop.archive.addressing import addressee
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.leakedhtml import without_html
from minecop.archive.readers.texthead import Page, read_head, take_count, take_of_page, take_tags
from minecop.archive.readers.textlines import (
    COUNTED,
    CREATED,
    ID,
    LONGEST_LINE,
    LONGEST_TITLE,
    Tail,
    find_tails,
    flat_line,
    has_letters,
    is_of_page,
    marks_of,
)
from minecop.archive.readers.textparts import find_parts
from minecop.archive.sources import Options, Source
from minecop.archive.threads import has_headings, split_comments
from minecop.core.dates import arabic_digits, find_thai_datetime, parse_datetime

_WRITTEN = re.compile(r"เขียนเมื่อ(?P<date>[^()]{0,60})")
_EDITED = re.compile(r"แก้ไขเมื่อ(?P<date>[^()]{0,60})")
_COMMENTS_NONE = re.compile(r"ไม่มีความ(?:คิด)?เห็น")


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of pages saved as text."""
    yield from read_textpage(source.text(account), source.name, account)


def read_textpage(text: str, name: str, account: Account) -> Iterator[Post]:
    """Yield the posts of a text.

    Parameters
    ----------
    text
        One page, or several one after another.
    name
        File name: the account's source, and the id of a page that names none.
    account
        Gets what was guessed, left out or refused.
    """
    text = text.replace("\r\n", "\n").replace("\r", "\n")
    text, converted = without_html(text)
    if converted:
        account.add("guessed", name, "html_in_text", count=converted)
    lines = re.sub(r"\n?\f\n?", "\n\f\n", text).split("\n")
    parts, preface = find_parts(lines)
    if preface:
        account.add("warning", name, "text_left_out", text=preface[:80])
    if len(parts) > 1:
        account.add("guessed", name, "posts_in_one_file", count=len(parts))
    for number, part in enumerate(parts, 1):
        yield from _read_page(part, name, number if len(parts) > 1 else None, account)


def _read_page(lines: list[str], name: str, number: int | None, account: Account) -> Iterator[Post]:
    source = name if number is None else f"{name}:{number}"
    page = Page()
    marks = marks_of(lines)
    tails = find_tails(lines, marks)
    head, rest = (lines[: tails[0].start], tails[0]) if tails else (_before_footer(lines, marks, 0), None)
    if rest is None and not any(line.strip() for line in head):
        head = lines
    left = _below_footer(lines, marks, (rest.heading or rest.start) + 1 if rest else len(head))
    comments: list[Comment] = []
    if rest is not None:
        after, comments = _read_tail(lines, marks, rest, page)
        # Where the number stands above the body, the head is a title at most.
        above = not has_letters(head, min(LONGEST_TITLE, sum(map(len, after))))
        if has_letters(after, 20):
            head, left = ([*head, "", *after], left) if above else (head, [*after, *left])
    body = read_head(head, page, source, account)
    comments = [replace(comment, addressee=addressee(comment.body)) for comment in comments]
    if not body.strip() and not comments:
        account.add("refused", source, "no_body")
        return
    if left:
        account.add("warning", source, "text_left_out", text=" ".join(" ".join(left).split())[:80])
    if page.id is None:
        account.add("guessed", source, "id_from_file_name")
    if page.published is None:
        account.add("warning", source, "no_date")
    unnamed = sum(comment.author_id is None for comment in comments)
    if unnamed:
        account.add("warning", source, "comments_without_author", count=unnamed)
    stem = name.rsplit("/", 1)[-1].rsplit(".", 1)[0]
    yield Post(
        id=page.id or (stem if number is None else f"{stem}-{number}"),
        body=body,
        url=page.url,
        title=page.title,
        blurb=page.blurb,
        author_id=page.author,
        author_name=page.author,
        communities=page.communities,
        published=page.published,
        modified=page.modified,
        tags=page.tags,
        comments=tuple(comments),
        blog=page.blog,
        excerpt=page.cut and (rest is None or marks[rest.start] != "id"),
        comments_said=page.said,
        source=source,
    )


def _read_tail(lines: list[str], marks: dict[int, str], tail: Tail, page: Page) -> tuple[list[str], list[Comment]]:
    """Read number, dates and comments of a post; return the lines that are neither, and the comments."""
    after = _tail_lines(lines, marks, tail, page)
    thread = _thread(lines, marks, tail, page)
    text = "\n".join(thread)
    if tail.heading is None and not has_headings(text):
        return [*after, *thread], []
    if not text.strip() or _COMMENTS_NONE.fullmatch(text.strip()[:40]):
        return after, []
    return after, split_comments(text, page.said)


def _before_footer(lines: list[str], marks: dict[int, str], start: int) -> list[str]:
    end = next((n for n, kind in marks.items() if n >= start and kind == "footer"), len(lines))
    return lines[start:end]


def _below_footer(lines: Sequence[str], marks: dict[int, str], start: int) -> list[str]:
    """Return what stands below the footer and is not the site's own, where it is long enough to have been written by somebody."""
    first = next((n for n, kind in marks.items() if n >= start and kind == "footer"), len(lines))
    below = (n for n in range(first, len(lines)) if lines[n].strip() and marks.get(n) not in {"footer", "divider"})
    rest = [lines[n] for n in below if lines[n].count("|") < 2 and not is_of_page(flat_line(lines[n]))]
    return rest if has_letters(rest, 80) else []


def _tail_lines(lines: Sequence[str], marks: dict[int, str], tail: Tail, page: Page) -> list[str]:
    """Read number and dates of a post; return the lines up to its comments that are none of the page's own."""
    others: list[str] = []
    for n in range(tail.start, tail.heading if tail.heading is not None else tail.start + 1):
        flat = flat_line(lines[n])
        if marks.get(n) == "id" and (found := ID.match(flat)) and page.id in {None, arabic_digits(found["id"])}:
            page.id = arabic_digits(found["id"])
            written, edited = _WRITTEN.search(flat), _EDITED.search(flat)
            page.published = page.published or (find_thai_datetime(written["date"]) if written else None)
            page.modified = page.modified or (find_thai_datetime(edited["date"]) if edited else None)
            take_tags(flat[: flat.index("หมายเลขบันทึก")], page)
        elif marks.get(n) == "created" and (found := CREATED.fullmatch(flat)):
            page.published = page.published or parse_datetime(found["date"])
            page.modified = page.modified or (parse_datetime(found["edited"]) if found["edited"] else None)
            take_count(flat, page)
        elif not take_of_page(flat, page) and marks.get(n) != "divider":
            others.append(lines[n])
    if tail.said is not None:
        page.said = tail.said
    return others


def _thread(lines: list[str], marks: dict[int, str], tail: Tail, page: Page) -> list[str]:
    """Return the lines of the comments, or those behind the tail where no heading stands."""
    if tail.heading is None:
        rest = _before_footer(lines, marks, tail.start + 1)
        kept = [
            (n, line)
            for n, line in enumerate(rest, tail.start + 1)
            if not line.strip() or not take_of_page(flat_line(line), page)
        ]
        return [line for n, line in kept if marks.get(n) not in {"id", "created"}]
    start = tail.heading + (marks[tail.heading] != "first")
    while (
        start < len(lines)
        and (not (flat := flat_line(lines[start])) or COUNTED.fullmatch(flat))
        and len(lines[start]) <= LONGEST_LINE
    ):
        start += 1
    return _before_footer(lines, marks, start)
