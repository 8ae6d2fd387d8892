"""Passages: the spans of a text that a reader would quote, about 40 to 900 characters each."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

from pythainlp.tokenize import sent_tokenize

SHORTEST = 40
"""Characters below which a paragraph joins its neighbour."""

LONGEST = 900
"""Characters above which a paragraph is cut."""

_WANTED = 500
"""Characters that pieces of a long paragraph, and groups of short bullets, come near."""

_BULLET = re.compile(r"^\s*(?:[•●▪◦·*-]\s*\S|(?:\(?[\d๐-๙]{1,2}[.)]|\([\d๐-๙]{1,2}\)|[A-Za-zก-ฮ][.)])\s+\S)")
_ENDS_A_SENTENCE = re.compile(r"(?:ครับ|คับ|ค่ะ|คะ|นะ|จ้า|จ้ะ|[.!?…])\s*$")
_LONGEST_HEADING = 70


@dataclass(frozen=True, slots=True)
class Span:
    """One passage of a text.

    Attributes
    ----------
    start, end
        Code points into the text as written; never blank at either end.
    heading
        The heading that the passage stands under, which bullets inherit; ``None`` without one.
    """

    start: int
    end: int
    heading: str | None = None


@dataclass(slots=True)
class _Unit:
    """A line of a text: prose, bullet or heading."""

    start: int
    end: int
    kind: str
    block: int
    heading: str | None = None

    @property
    def length(self) -> int:
        return self.end - self.start


def segment(text: str) -> list[Span]:
    """Return the passages of a text, in order, without overlap; only white space lies between them.

    Every line is a paragraph (blogs break lines only there), a bullet or a heading. A heading begins the passage under it and is handed
    down to the others that stand under it. Short paragraphs and short bullets join, long paragraphs are cut between sentences.
    """
    units = list(_units(text))
    _mark_headings(text, units)
    spans = []
    for group in _groups(units):
        heading = next((unit.heading for unit in group if unit.heading), None)
        spans += [Span(start, end, heading) for start, end in _cut(text, group[0].start, group[-1].end)]
    return spans


def _units(text: str) -> Iterator[_Unit]:
    position = block = 0
    for line in text.split("\n"):
        stripped = line.strip()
        if stripped:
            start = position + line.index(stripped[0])
            yield _Unit(start, start + len(stripped), "bullet" if _BULLET.match(line) else "prose", block)
        else:
            block += 1
        position += len(line) + 1


def _mark_headings(text: str, units: list[_Unit]) -> None:
    """Find headings - a short line that ends no sentence, before bullets or alone above longer text - and hand them down."""
    for unit, following in pairwise(units):
        line = text[unit.start : unit.end]
        if unit.kind == "prose" and unit.length <= _LONGEST_HEADING and not _ENDS_A_SENTENCE.search(line):
            alone = following.block != unit.block and following.kind == "prose" and following.length > 2 * unit.length
            if alone or following.kind == "bullet":
                unit.kind = "heading"
    heading: _Unit | None = None
    above: _Unit | None = None
    for unit in units:
        if unit.kind == "heading":
            heading = unit
        elif above and above.kind == "bullet" and unit.kind == "prose" and unit.block != above.block:
            heading = None  # the list that the heading announced is over
        elif heading:
            unit.heading = text[heading.start : heading.end]
        above = unit


def _groups(units: list[_Unit]) -> Iterator[list[_Unit]]:
    """Put together what one passage is made of."""
    group: list[_Unit] = []
    for unit in units:
        if group and not _joins(group, unit):
            yield group
            group = []
        group.append(unit)
    if group:
        yield group


def _joins(group: list[_Unit], unit: _Unit) -> bool:
    together = unit.end - group[0].start
    if together > LONGEST or unit.kind == "heading":
        return group[-1].kind == "heading" and together <= LONGEST
    if group[-1].kind == "heading":
        return True
    if unit.kind == "bullet" and group[-1].kind == "bullet":
        both_short = group[-1].length < 2 * SHORTEST and unit.length < 2 * SHORTEST
        return (both_short or unit.length < SHORTEST) and together <= _WANTED
    new_block = unit.block != group[-1].block and group[-1].kind == "bullet"
    return group[-1].end - group[0].start < SHORTEST or (unit.length < SHORTEST and not new_block)


def _cut(text: str, start: int, end: int) -> list[tuple[int, int]]:
    """Cut a passage that is too long between sentences, else between words, into pieces of about the wanted length."""
    if end - start <= LONGEST:
        return [(start, end)]
    pieces = max(2, round((end - start) / _WANTED))
    wanted = (end - start) / pieces
    cuts: list[int] = []
    last = start
    for boundary in [*_boundaries(text[start:end], start), end]:
        while boundary - last > LONGEST:  # no sentence ends here: a space, else anywhere
            space = text.rfind(" ", last + SHORTEST, last + LONGEST)
            last = space + 1 if space > 0 else last + LONGEST
            cuts.append(last)
        if boundary - last >= wanted and end - boundary >= SHORTEST:
            cuts.append(boundary)
            last = boundary
    spans = []
    for begin, stop in pairwise([start, *cuts, end]):
        piece = text[begin:stop]
        if piece.strip():
            spans.append((begin + len(piece) - len(piece.lstrip()), begin + len(piece.rstrip())))
    return spans


def _boundaries(text: str, offset: int) -> Iterator[int]:
    """Yield the places between sentences, by pythainlp's conditional random field (``crfcut``)."""
    position = 0
    for sentence in sent_tokenize(text, engine="crfcut"):
        position = text.find(sentence, position)
        if position < 0:
            return
        position += len(sentence)
        if position < len(text):
            yield offset + position
