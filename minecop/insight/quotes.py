"""Choosing what to quote: whole sentences that say the concern, from unlike people."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import chain

from minecop.insight.models import Quote, Voice

MOST = 4
"""Quotes of an issue, at most; a facilitator reads three to five, and a card must fit a page."""

LONGEST = 240
"""Characters of a quote, about four lines on a card."""

ONE_LINE = 120
"""Characters of what stands in one line."""

_WHOLE_SENTENCE = 1.0
"""How many cues it is worth to begin, or to end, where a sentence does."""

_PAUSE = re.compile(r"\n+|(?<=[.!?…])\s+|(?<=ครับ)\s+|(?<=ค่ะ)\s+|(?<=คะ)\s+|(?<=จ้า)\s+|[ \u00a0]{2,}")
_SPACE = re.compile(r"[ \u00a0\n]+")


def overlap(one: Quote | Voice, other: Quote | Voice) -> bool:
    """Tell whether two spans have letters of one text in common."""
    same = (one.post_id, one.comment) == (other.post_id, other.comment)
    return same and one.start < other.end and other.start < one.end


def choose_quotes(
    members: Sequence[Voice],
    worth: Callable[[Voice], float],
    text_of: Callable[[Voice], str],
    cues: Callable[[Voice], Iterable[str]],
    longest: int = LONGEST,
) -> tuple[Quote, ...]:
    """Return up to four quotes, of different people and, as far as may be, of different communities and threads.

    Parameters
    ----------
    members
        The passages to choose from.
    worth
        How well a passage says the matter.
    text_of
        The passage's text as written.
    cues
        Words in it that show the concern; a long passage is cut to the sentences around them.
    longest
        Characters of a quote.
    """
    return quotes_of(sorted(members, key=lambda v: (-worth(v), *place_of(v))), text_of, cues, longest)


def place_of(voice: Voice) -> tuple[str, int, int]:
    """Return what passages of the same worth are ordered by."""
    return voice.post_id, voice.comment or 0, voice.start


def quotes_of(
    members: Iterable[Voice],
    text_of: Callable[[Voice], str],
    cues: Callable[[Voice], Iterable[str]],
    longest: int = LONGEST,
) -> tuple[Quote, ...]:
    """Return quotes as ``choose_quotes`` does, of passages that come in the order of their worth and are asked for as far as it takes."""
    held: list[Voice] = []
    coming = iter(members)
    chosen: list[Voice] = []
    for strict in (3, 2, 1):  # first unlike in person, community and thread; then in person and thread; then in person
        for voice in chain([*held], _kept(coming, held)):
            if len(chosen) == MOST:
                break
            if voice not in chosen and not any(_alike(voice, other, strict) for other in chosen):
                chosen.append(voice)
    return tuple(_quote(voice, text_of(voice), list(cues(voice)), longest) for voice in chosen)


def _kept(coming: Iterator[Voice], held: list[Voice]) -> Iterator[Voice]:
    for voice in coming:
        held.append(voice)
        yield voice


def _alike(one: Voice, other: Voice, strict: int) -> bool:
    same_person = one.author_id is not None and one.author_id == other.author_id
    same_thread = one.post_id == other.post_id
    same_place = one.community is not None and one.community == other.community
    return same_person or (strict >= 2 and same_thread) or (strict >= 3 and same_place)


def headline(quote: Quote, cues: Sequence[str]) -> Quote:
    """Return the part of a quote that says most in one line: itself a verbatim span of the same source."""
    start, end = best_span(quote.text, cues, ONE_LINE)
    return Quote(quote.post_id, quote.comment, quote.start + start, quote.start + end, quote.text[start:end])


def _quote(voice: Voice, text: str, cues: list[str], longest: int) -> Quote:
    start, end = best_span(text, cues, longest)
    return Quote(voice.post_id, voice.comment, voice.start + start, voice.start + end, text[start:end])


def best_span(text: str, cues: Sequence[str], longest: int = LONGEST) -> tuple[int, int]:
    """Return the part of a passage to quote: whole where it is short, else the sentences with most of the cues.

    Sentences end where Thai writers pause: at a line end, after a particle, at two spaces. A single space may part phrases, so a span
    begins or ends at one only where whole sentences would be too long, or tell less.
    """
    if len(text) <= longest:
        return 0, len(text)
    pauses = {0, len(text), *(m.end() for m in _PAUSE.finditer(text))}
    places = sorted(pauses | {m.end() for m in _SPACE.finditer(text)})
    best, best_score = (0, 0), -1.0
    for n, start in enumerate(places[:-1]):
        ends = sorted(at + len(cue) for cue in cues if (at := text.find(cue, start)) >= 0)
        for stop in places[n + 1 :]:
            if stop - start > longest:
                break
            told = bisect_right(ends, stop) + (stop - start) / longest
            score = told + _WHOLE_SENTENCE * ((start in pauses) + (stop in pauses))
            if score > best_score:
                best, best_score = (start, stop), score
    start, end = best if best[1] else (0, longest)
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
