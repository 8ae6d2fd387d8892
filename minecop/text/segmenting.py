"""Passages: the spans of a text that a reader would quote, about 40 to 900 characters each."""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import accumulate, pairwise
from math import inf, log

from minecop.text.boundaries import boundaries, candidates
from minecop.text.lines import Line, lines_of, quotes_in, teaser_end
from minecop.text.tokens import tokens

SHORTEST = 40
"""Characters below which a passage is hardly one."""

LONGEST = 900
"""Characters above which there is none."""

_USUAL = 200
"""Characters of the middle one of the passages that were segmented by hand."""

_SPREAD = 0.5
"""Cost, as log odds, of a passage e times as long, or as short, as usual (half the inverse of the variance of log length is 1.7 in passages
segmented by hand; less is right, for the boundaries know something of length, too)."""

_LEANING = 1.4
"""Added to the log odds of every boundary: they were learned one by one, while few candidates are boundaries."""

_HOPELESS = -4.0
"""Log odds below which a candidate is not looked at: no length makes up for it."""

_CERTAIN = 50.0
"""Log odds of a boundary that no length outweighs."""

_MOSTLY = 0.5

_MOST_PIECES = 60
"""Candidates that a passage may span: bounds the time for lines of one letter."""


@dataclass(frozen=True, slots=True)
class Span:
    """One passage of a text.

    Attributes
    ----------
    start, end
        Code points into the text as written; never blank at either end.
    heading
        The heading that the passage stands under, which bullets inherit; ``None`` without one.
    origin
        ``own``; ``quoted`` where most of it is words of others, quoted or copied; ``repeated`` for a teaser that the text itself repeats.
    """

    start: int
    end: int
    heading: str | None = None
    origin: str = "own"


def segment(text: str) -> list[Span]:
    """Return the passages of a text, in order, without overlap; only white space lies between them.

    The cut that is the likeliest as a whole: every line, and every space of a long line, is a boundary as likely as what stands around it
    makes it (``boundaries.toml``), and a passage is the less likely the farther its length lies from the usual one (the best path over
    candidates, by dynamic programming). A heading begins the passage under it and is handed down to the others that stand under it.
    """
    lines = lines_of(text)
    if not lines:
        return []
    quotes = quotes_in(text, lines)
    begins = teaser_end(text, lines)
    shipped = boundaries()
    headed = {below.start for line, below in pairwise(lines) if line.is_heading and below.start - line.start < LONGEST}
    places = [lines[0].start]
    odds = [0.0]
    for candidate in candidates(lines, quotes):
        if candidate.place == begins:
            places.append(begins)
            odds.append(_CERTAIN)
        elif candidate.place not in headed and (found := shipped.log_odds(candidate)) > _HOPELESS:
            places.append(candidate.place)
            odds.append(found + _LEANING)
    places.append(lines[-1].end)
    spans = []
    at = 0
    for start, end in _cut(text, places, odds):
        while at + 1 < len(lines) and lines[at].end <= start:
            at += 1
        origin = "repeated" if end <= begins else "quoted" if _share(quotes, start, end) > _MOSTLY else "own"
        spans.append(Span(start, end, _heading(lines, at, end), origin))
    return spans


def _cut(text: str, places: list[int], odds: list[float]) -> list[tuple[int, int]]:
    """Return the spans of the best path from the first place to the last."""
    best = [0.0] + [-inf] * (len(places) - 1)
    back = [0] * len(places)
    for end in range(1, len(places)):
        gain = odds[end] if end < len(odds) else 0.0
        for begin in range(end - 1, max(-1, end - 1 - _MOST_PIECES), -1):
            length = places[end] - places[begin]
            if length > LONGEST and begin < end - 1:
                break
            far = log(length / _USUAL)
            score = best[begin] + gain - _SPREAD * far * far
            if score > best[end]:
                best[end], back[end] = score, begin
    ends = [len(places) - 1]
    while ends[-1]:
        ends.append(back[ends[-1]])
    return [
        span
        for begin, end in pairwise(reversed(ends))
        for span in _no_longer_than_longest(text, *_stripped(text, places[begin], places[end]))
    ]


def _no_longer_than_longest(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Cut what no candidate cuts into pieces of about the same length, at a space where there is one, else between words."""
    while end - start > LONGEST:
        wanted = start + (end - start) // -(-(end - start) // (LONGEST - SHORTEST))
        cut = max(text.rfind(sign, start + SHORTEST, wanted + SHORTEST) for sign in " \n\t")
        if cut < 0:
            ends = accumulate((len(token.text) for token in tokens(text[start : wanted + SHORTEST])), initial=start)
            cut = max((place for place in ends if start < place <= wanted), default=wanted)
        yield _stripped(text, start, cut)
        start, end = _stripped(text, cut, end)
    if start < end:
        yield start, end


def _stripped(text: str, start: int, end: int) -> tuple[int, int]:
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())


def _heading(lines: list[Line], at: int, end: int) -> str | None:
    """Return the heading of the first line that has one, of those from ``at`` that begin before ``end``."""
    while at < len(lines) and lines[at].start < end:
        if lines[at].heading:
            return lines[at].heading
        at += 1
    return None


def _share(quotes: list[tuple[int, int]], start: int, end: int) -> float:
    """Return the share of a passage that is quoted."""
    first = max(0, bisect_right(quotes, (start, end)) - 1)
    inside = 0
    for number in range(first, len(quotes)):
        begin, stop = quotes[number]
        if begin >= end:
            break
        inside += max(0, min(end, stop) - max(start, begin))
    return inside / (end - start)
