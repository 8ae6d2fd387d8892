"""Where one comment ends and the next begins.

Where the markup tells comments apart, it decides. Where it does not, each line that says who wrote something and when begins one (or
ends one, on the oldest pages). Where there are no such lines either, list items, rulers and, last of all, greetings do: that is a guess.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from dataclasses import dataclass, field

from minecop.archive.models import Account
from minecop.archive.readers.gotoknow import names
from minecop.archive.readers.gotoknow.chrome import NO_COMMENT, cut_chrome
from minecop.archive.readers.gotoknow.lines import ENDS_A_SENTENCE, LONGEST_NAME, Header, read_header
from minecop.archive.readers.gotoknow.marked import MarkedPage

_OPENING = re.compile(
    r"\s*(?:สวัสดี|หวัดดี|ขอบ(?:พระ)?คุณ|เรียน\s?(?:ท่าน|อาจารย์|คุณ|อ\.)|คุณ\S|อาจารย์|อ\.|พี่\S|น้อง\S|ท่าน\S|แวะ|ตามมา|เข้ามา|เห็นด้วย|มาเยี่ยม|มาชม|ดีใจ|ชื่นชม|อ่านแล้ว|ยินดี)"
)
_FAREWELL = re.compile(r"(?:ครับ|คับ|ค่ะ|คะ|จ้า|จ้ะ|นะ|เจ้า|ฮะ|ขอบคุณ\S*)[\s.!ๆ)^_*]*$")


@dataclass(slots=True)
class Draft:
    """One comment in the making: its own text with marks, what stands behind it, and the draft in which it stands."""

    number: str = ""
    text: str = ""
    behind: str = ""
    before: str = ""
    inside: int | None = None
    parts: list[str] = field(default_factory=list)


def divide(text: str, page: MarkedPage, name: str, account: Account) -> list[Draft]:
    """Return the comments in a part of a page.

    Parameters
    ----------
    text
        The part, with marks and without the heading over it.
    page
        The page, which knows what the marks mean.
    name, account
        The source, and what is told where greetings had to decide.
    """
    if page.has(text, "C"):
        return _elements(text, page)
    text = cut_chrome("\n".join(page.lines(text)), page)
    if page.has(text, "A"):
        return _after_anchors(text, page)
    lines = [line for line in text.split("\n") if not _is_heading(line, page)]
    if by_headers := _by_headers(lines, page):
        return by_headers
    if (items := page.within(text, "I")) and letters(page.without(text, "IY"), page) < 40:
        return [Draft(text=item) for item in items if letters(item, page)]
    text = "\n".join(lines)
    rulers = [mark.start() for mark in page.mark.finditer(text) if mark[1] == "X"]
    parts = [text[a:b] for a, b in zip([0, *rulers], [*rulers, len(text)], strict=True) if letters(text[a:b], page)]
    if len(parts) > 1:
        return [Draft(text=part) for part in parts]
    drafts = [Draft(text=part) for part in _by_greetings(page.without(text, "Y"), page)]
    if len(drafts) > 1:
        account.add("guessed", name, "comments_parted", count=len(drafts))
    return drafts


def _is_heading(line: str, page: MarkedPage) -> bool:
    text = page.said(line) if len(line) < 200 else ""
    return bool(names.THREAD_HEADING.fullmatch(text) or NO_COMMENT.fullmatch(text)) and bool(text)


def letters(text: str, page: MarkedPage) -> int:
    """Return how many letters and digits a text has."""
    return len(re.findall(r"\w", page.bare(text)))


def _elements(text: str, page: MarkedPage) -> list[Draft]:
    """Return what stands in each element of a comment, that of the answers within it left out."""
    drafts: list[Draft] = []
    open_: list[int] = []
    between: list[str] = []
    last = 0
    for mark in page.mark.finditer(text):
        if mark[1] not in "Cc":
            continue
        passed = text[last : mark.start()]
        last = mark.end()
        if open_:
            drafts[open_[-1]].parts.append(passed)
        else:
            between.append(passed)
        if mark[1] == "C":
            before = between.pop() if between and not open_ else ""
            if drafts and not open_:
                drafts[-1].behind = before
            drafts.append(Draft(number=page.links[int(mark[2])], before=before, inside=open_[-1] if open_ else None))
            open_.append(len(drafts) - 1)
        elif open_:
            open_.pop()
    if drafts:
        drafts[-1].behind = text[last:] if not open_ else ""
        if open_:
            drafts[open_[-1]].parts.append(text[last:])
    for draft in drafts:
        draft.text = "\n\n".join(part for part in draft.parts if letters(part, page))
        draft.parts = []
    return drafts


def _after_anchors(text: str, page: MarkedPage) -> list[Draft]:
    marks = [mark for mark in page.mark.finditer(text) if mark[1] == "A"]
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    return [
        Draft(
            number=page.links[int(mark[2])], text=text[mark.end() : end], before=text[: mark.start()] if n == 0 else ""
        )
        for n, (mark, end) in enumerate(zip(marks, ends, strict=True))
    ]


def _by_headers(lines: list[str], page: MarkedPage) -> list[Draft]:
    """Part lines where a header begins; where the last line is a header and the first is none, where one ends."""
    groups: list[tuple[int, int, Header]] = []  # first line, line after the last, what they say
    for n, line in enumerate(lines):
        header = read_header(line, page)
        if header is None:
            continue
        begin, end, known = groups[-1] if groups else (0, 0, Header())
        gap = "".join(page.bare(between) for between in lines[end:n])
        if groups and not gap.strip() and not known.clashes(header):
            known.take(header)
            groups[-1] = (begin, n + 1, known)
        else:
            groups.append((n, n + 1, header))
    groups = [group for group in groups if group[2].certain or (group[2].named and group[2].number is not None)]
    if not groups:
        return []
    filled = [n for n, line in enumerate(lines) if page.bare(line).strip()]
    if groups[0][0] > filled[0] and groups[-1][1] > filled[-1]:
        begins = [0, *(end for _, end, _ in groups[:-1])]
        return [Draft(text="\n".join(lines[a:b])) for a, (_, b, _) in zip(begins, groups, strict=True)]
    starts = _with_names_above(lines, groups, page)
    parts = ["\n".join(lines[a:b]) for a, b in zip(starts, [*starts[1:], len(lines)], strict=True)]
    before = "\n".join(lines[: starts[0]])
    return [*([Draft(text=before)] if letters(before, page) else []), *(Draft(text=part) for part in parts)]


def _with_names_above(lines: list[str], groups: list[tuple[int, int, Header]], page: MarkedPage) -> list[int]:
    """Return the lines where comments begin: above a header without a name stands the name, if that is so of all such headers."""
    starts = [begin for begin, _, _ in groups]
    nameless = [n for n, (_, _, header) in enumerate(groups) if not header.named]
    names_above: dict[int, int] = {}
    for n in nameless:
        last = groups[n - 1][1] if n else 0
        place = next((k for k in range(starts[n] - 1, last - 1, -1) if page.bare(lines[k]).strip()), None)
        text = page.bare(lines[place]).strip() if place is not None else ""
        if place is not None and len(text) <= LONGEST_NAME and not ENDS_A_SENTENCE.search(text):
            names_above[n] = place
    if len(names_above) == len(nameless):
        for n, place in names_above.items():
            starts[n] = place
    return starts


def _by_greetings(text: str, page: MarkedPage) -> Iterable[str]:
    """Part paragraphs where one begins as a comment does, or a long one follows one that ends as a comment does."""
    parts: list[list[str]] = []
    for block in re.split(r"\n[ \t\u00a0]*\n+", text):
        if not letters(block, page):
            continue
        ended = bool(parts) and bool(_FAREWELL.search(page.bare(parts[-1][-1])[-60:]))
        if parts and not (_OPENING.match(page.bare(block)) or (ended and len(block) > 200)):
            parts[-1].append(block)
        else:
            parts.append([block])
    return ["\n\n".join(blocks) for blocks in parts]
