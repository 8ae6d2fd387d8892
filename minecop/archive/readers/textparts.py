"""Many posts in one text file: where each begins and ends."""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import pairwise

from minecop.archive.names import is_name
from minecop.archive.readers.textlines import (
    DIVIDER,
    ID,
    NUMBERED,
    OF_ADDRESS,
    Tail,
    find_tails,
    flat_line,
    has_letters,
    is_of_page,
    labels_of,
    marks_of,
    may_be_title,
    stands_above,
    unpadded,
)
from minecop.core.dates import arabic_digits

_PREFACE = 300
"""Letters before the first of several posts; with more, what looks like their headings are sections of one."""


def find_parts(lines: list[str]) -> tuple[list[list[str]], str]:
    """Part a text into posts; return them, and what stands before the first and belongs to none."""
    marks = marks_of(lines)
    tails = [tail for tail in find_tails(lines, marks) if marks[tail.start] != "first"]
    for starts in (_labelled(lines, marks), _numbered(lines, marks), _markdown(lines, marks)):
        if len(starts) > 1 and (not tails or len(tails) >= len(starts)):
            preface = " ".join(" ".join(lines[: starts[0]]).split())
            if len(preface) <= _PREFACE:
                return [_undivided(part) for part in _cut(lines, starts)], preface
    if len(tails) > 1:
        return _parts_at_tails(lines, marks, tails), ""
    if not tails:
        return _divided(lines, marks), ""
    return [lines], ""


def _cut(lines: Sequence[str], starts: Sequence[int]) -> list[Sequence[str]]:
    return [lines[start:end] for start, end in pairwise([*starts, len(lines)])]


def _undivided(part: Sequence[str]) -> list[str]:
    """Return the lines of a post without the divider below it."""
    end = len(part)
    while end and (not part[end - 1].strip() or DIVIDER.fullmatch(part[end - 1].strip(" \t\u00a0"))):
        end -= 1
    return list(part[:end])


def _labelled(lines: Sequence[str], marks: dict[int, str]) -> list[int]:
    starts = []
    for n, kind in marks.items():
        if kind == "label":
            fields = {name for line in lines[n : n + 4] for name in labels_of(flat_line(line))}
            if "title" in labels_of(flat_line(lines[n])) or fields & {"author", "date"}:
                starts.append(n)
    return starts


def _numbered(lines: Sequence[str], marks: dict[int, str]) -> list[int]:
    """Return where ``บันทึกที่ 1``, ``บันทึกที่ 2`` stand, if they count up from 1 and text follows each."""
    starts: list[int] = []
    word = ""
    for n, kind in marks.items():
        found = NUMBERED.fullmatch(flat_line(lines[n])) if kind == "numbered" else None
        if found and int(arabic_digits(found["number"])) == len(starts) + 1 and word in {"", found["word"]}:
            starts.append(n)
            word = found["word"]
    # Two stories in one post are called so as well; three with texts of their own hardly are.
    least = 2 if word == "บันทึก" else 3
    return starts if len(starts) >= least and _hold_text(lines, starts) else []


def _markdown(lines: Sequence[str], marks: dict[int, str]) -> list[int]:
    starts = [n for n, kind in marks.items() if kind == "markdown"]
    if not starts or any(line.strip() for line in lines[: starts[0]]):
        return []
    level = lines[starts[0]].split()[0]
    starts = [n for n in starts if lines[n].split()[0] == level]
    return starts if len(starts) >= 3 and _hold_text(lines, starts) else []


def _hold_text(lines: Sequence[str], starts: Sequence[int]) -> bool:
    return all(has_letters(part[1:], 40) for part in _cut(lines, starts))


def _divided(lines: list[str], marks: dict[int, str]) -> list[list[str]]:
    """Cut at dividers of one kind where three parts or more look like posts of their own: a line of title, and text."""
    for sign in ("\f", "=", "*", "_", "~", "-"):
        cuts = [n for n, kind in marks.items() if kind == "divider" and lines[n].strip(" \t\u00a0").startswith(sign)]
        if len(cuts) < 2:
            continue
        edges = zip([-1, *cuts], [*cuts, len(lines)], strict=True)
        parts = [lines[start + 1 : end] for start, end in edges]
        parts = [part for part in parts if any(line.strip() for line in part)]
        if len(parts) >= 3 and all(_looks_like_post(part) for part in parts):
            return parts
    return [lines]


def _looks_like_post(part: Sequence[str]) -> bool:
    lines = unpadded(part)
    if len(lines) < 2 or not may_be_title(lines[0]) or not has_letters(lines[1:], 80):
        return False
    return not lines[1].strip() or stands_above(lines[0], lines[1])


def _parts_at_tails(lines: list[str], marks: dict[int, str], tails: Sequence[Tail]) -> list[list[str]]:
    heads = [_next_head(lines, marks, tail, following.start) for tail, following in pairwise(tails)]
    return [_undivided(part) for part in _cut(lines, [0, *heads])]


def _next_head(lines: Sequence[str], marks: dict[int, str], tail: Tail, stop: int) -> int:
    """Return where the next post begins, between the tail of one and that of the next."""
    after = (tail.heading if tail.heading is not None else tail.start) + 1
    number = ID.match(flat_line(lines[stop]))
    for n in range(after, stop):
        kind = marks.get(n)
        if kind == "address" and _is_address_of(flat_line(lines[n]), number):
            return n
        if kind == "footer":
            while n < stop and (
                not lines[n].strip() or marks.get(n) in {"footer", "divider"} or lines[n].count("|") > 1
            ):
                n += 1
            return n
        if kind in {"divider", "label", "numbered"} and any(line.strip() for line in lines[n + 1 : stop]):
            return n + (kind == "divider")
    if tail.heading is None or tail.said == 0:
        return next((n for n in range(after, stop) if (flat := flat_line(lines[n])) and not is_of_page(flat)), stop)
    return _after_comments(lines, after, stop, tail.said or 1)


def _is_address_of(flat: str, number: re.Match[str] | None) -> bool:
    """Tell whether an address is labelled as that of a page, or has the number of the post."""
    found = OF_ADDRESS.search(flat)
    return not flat.startswith("http") or bool(found and number and found["id"] == arabic_digits(number["id"]))


def _after_comments(lines: Sequence[str], start: int, stop: int, said: int) -> int:
    """Return where comments end and the next post's title stands, though nothing parts them.

    A title is a line alone that nobody ends a comment with; of several, the first after as many comments as the page says.
    """
    blocks: list[tuple[int, int]] = []
    for n in range(start, stop):
        if lines[n].strip():
            first = blocks.pop()[0] if blocks and blocks[-1][1] == n else n
            blocks.append((first, n + 1))
    comments = title = after = 0
    for first, end in blocks:
        flat = flat_line(lines[first]) if end == first + 1 else ""
        named = is_name(flat)
        after = after or (first if comments >= said else 0)
        if comments and first < blocks[-1][0] and not named and len(flat) <= 100 and may_be_title(flat):
            title = first
            if after:
                break
        comments += not named
    return title or after or (blocks[-1][0] if blocks else stop)
