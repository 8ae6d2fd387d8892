"""The parts of a lesson - problem, action, result, why, advice - as clauses of its passage."""

from __future__ import annotations

import re
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from minecop.acts.clauses import clauses, words_by_clause
from minecop.acts.model import Model, Passage

PARTS = ("problem", "action", "result", "why", "advice")

_NEIGHBOURS = 6
"""Words of the clause before, and of the one after, that a clause is told by, too."""

_NUMBER = re.compile(r"[\d๐-๙][\d๐-๙.,/-]*")
_ENDS_IN_NUMBER = re.compile(rf"(?<!\S){_NUMBER.pattern}$")
_BEGINS_WITH_NUMBER = re.compile(rf"{_NUMBER.pattern}(?=\s)")
_BULLET = re.compile(r"[-–•*/=]\s+")
_NEXT = re.compile(r"[ \u00a0]+\S+")


def passages_of_clauses(text: str, spans: Sequence[tuple[int, int]], all_words: Sequence[str]) -> list[Passage]:
    """Return what the model of parts is given of each clause: its words, some of its neighbours', and where it stands."""
    cut = words_by_clause(text, spans, all_words)
    made = []
    for n, own in enumerate(cut):
        before = [f"<{word}" for word in cut[n - 1][-_NEIGHBOURS:]] if n else []
        after = [f">{word}" for word in cut[n + 1][:_NEIGHBOURS]] if n + 1 < len(cut) else []
        place = n / max(1, len(cut) - 1)
        made.append(Passage([*own, *before, *after], (0.5 * place, 0.5 * (n == 0), 0.5 * (n == len(cut) - 1))))
    return made


def parts_of(
    texts: Sequence[str], all_words: Sequence[Sequence[str]], model: Model
) -> list[dict[str, tuple[int, int]]]:
    """Return the clause of each lesson that is each of its parts, as a span of its text; only the parts that are there.

    A clause is one part at most, the one that it is most surely.
    """
    spans = [clauses(text) for text in texts]
    passages = [
        passage
        for text, own, words in zip(texts, spans, all_words, strict=True)
        for passage in passages_of_clauses(text, own, words)
    ]
    scores = model.scores(passages, model.features(passages))
    found = []
    at = 0
    for text, own in zip(texts, spans, strict=True):
        taken = _surest(scores[at : at + len(own)])
        at += len(own)
        found.append(
            {part: whole(text, *own[taken[n]]) for n, part in enumerate(model.labels) if n in taken},
        )
    return found


def _surest(scores: NDArray[np.float32]) -> dict[int, int]:
    """Return the clause (row) of each part (column) that is told: where it is the likeliest, unless that is more surely another part."""
    taken: dict[int, int] = {}
    best = scores.argmax(axis=0).tolist() if len(scores) else []
    for part in np.argsort(-scores.max(axis=0, initial=-1.0), kind="stable").tolist():
        if best and scores[best[part], part] >= 0 and best[part] not in taken.values():
            taken[part] = best[part]
    return taken


def whole(text: str, start: int, end: int) -> tuple[int, int]:
    """Return a span within its line without the bullet before it, and widened so that no number is parted from what it counts."""
    while (following := _NEXT.match(text, end)) and (
        _NUMBER.fullmatch(following[0].strip()) or _ENDS_IN_NUMBER.search(text, start, end)
    ):
        end = following.end()
    while _BEGINS_WITH_NUMBER.match(text, start, end):
        line = text.rfind("\n", 0, start) + 1
        before = text[line:start].split()
        if not before or _BULLET.fullmatch(before[-1] + " "):
            break
        start = text.rindex(before[-1], line, start)
    bullet = _BULLET.match(text, start, end)
    return bullet.end() if bullet and bullet.end() < end else start, end
