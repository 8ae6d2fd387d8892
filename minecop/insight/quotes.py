"""Choosing what to quote: whole sentences that say the concern, from unlike people."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from itertools import pairwise

from minecop.insight.models import Quote, Voice

MOST = 5
"""Quotes of an issue, at most; a facilitator reads three to five."""

_LONGEST = 280
"""Characters of a quote, about four lines on a card."""

_PAUSE = re.compile(r"\n+|(?<=[.!?…])\s+|(?<=ครับ)\s+|(?<=ค่ะ)\s+|(?<=คะ)\s+|(?<=จ้า)\s+|[ \u00a0]{2,}")
_SPACE = re.compile(r"[ \u00a0\n]+")


def choose_quotes(
    members: Sequence[Voice],
    worth: Callable[[Voice], float],
    text_of: Callable[[Voice], str],
    cues: Callable[[Voice], Iterable[str]],
) -> tuple[Quote, ...]:
    """Return up to five quotes, of different people and, as far as may be, of different communities and threads.

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
    """
    left = sorted(members, key=lambda v: (-worth(v), v.post_id, v.comment or 0, v.start))
    chosen: list[Voice] = []
    for strict in (3, 2, 1):  # first unlike in person, community and thread; then in person and thread; then in person
        for voice in left:
            if len(chosen) < MOST and voice not in chosen and not any(_alike(voice, other, strict) for other in chosen):
                chosen.append(voice)
    return tuple(_quote(voice, text_of(voice), list(cues(voice))) for voice in chosen)


def _alike(one: Voice, other: Voice, strict: int) -> bool:
    same_person = one.author_id is not None and one.author_id == other.author_id
    same_thread = one.post_id == other.post_id
    same_place = one.community is not None and one.community == other.community
    return same_person or (strict >= 2 and same_thread) or (strict >= 3 and same_place)


def _quote(voice: Voice, text: str, cues: list[str]) -> Quote:
    start, end = best_span(text, cues)
    return Quote(voice.post_id, voice.comment, voice.start + start, voice.start + end, text[start:end])


def best_span(text: str, cues: Sequence[str]) -> tuple[int, int]:
    """Return the part of a passage to quote: whole where it is short, else the sentences with most of the cues.

    Sentences end where Thai writers pause: at a line end, after a particle, at two spaces. One that is still too long is cut at a space.
    """
    if len(text) <= _LONGEST:
        return 0, len(text)
    starts = [0, *(m.end() for m in _PAUSE.finditer(text)), len(text)]
    if max(b - a for a, b in pairwise(starts)) > _LONGEST:
        starts = sorted({*starts, *(m.end() for m in _SPACE.finditer(text))})
    best, best_score = (0, 0), (-1.0, 0)
    for n, start in enumerate(starts[:-1]):
        stops = [stop for stop in starts[n + 1 :] if stop - start <= _LONGEST]
        if stops:
            piece = text[start : stops[-1]]
            score = (float(sum(cue in piece for cue in cues)), len(piece))
            if score > best_score:
                best, best_score = (start, stops[-1]), score
    start, end = best if best[1] else (0, _LONGEST)
    piece = text[start:end]
    return start + len(piece) - len(piece.lstrip()), start + len(piece.rstrip())
