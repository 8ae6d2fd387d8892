"""The parts of a lesson - problem, action, result, why, advice - as clauses of its passage."""

from __future__ import annotations

import re
from collections.abc import Sequence

from minecop.acts.features import in_classes
from minecop.acts.model import Model, Passage

PARTS = ("problem", "action", "result", "why", "advice")

_SHORTEST = 18
"""Characters below which what stands between two spaces joins what follows: Thai writes a space after a clause, and within names."""

_NEIGHBOURS = 6
"""Words of the clause before, and of the one after, that a clause is told by, too."""

_NEAR = 60
"""Characters within which the next word is looked for."""

_RUN = re.compile(r"\S+")


def clauses(text: str) -> list[tuple[int, int]]:
    """Return the clauses of a text, as spans."""
    found: list[tuple[int, int]] = []
    start: int | None = None
    end = 0
    for run in _RUN.finditer(text):
        start, end = run.start() if start is None else start, run.end()
        if end - start >= _SHORTEST:
            found.append((start, end))
            start = None
    if start is not None:
        if found:
            found[-1] = (found[-1][0], end)
        else:
            found.append((start, end))
    return found


def passages_of_clauses(text: str, spans: Sequence[tuple[int, int]], all_words: Sequence[str]) -> list[Passage]:
    """Return what the model of parts is given of each clause: its words, some of its neighbours', and where it stands."""
    cut = _by_clause(text, spans, all_words)
    made = []
    for n, own in enumerate(cut):
        before = [f"<{word}" for word in cut[n - 1][-_NEIGHBOURS:]] if n else []
        after = [f">{word}" for word in cut[n + 1][:_NEIGHBOURS]] if n + 1 < len(cut) else []
        place = n / max(1, len(cut) - 1)
        made.append(Passage([*own, *before, *after], (0.5 * place, 0.5 * (n == 0), 0.5 * (n == len(cut) - 1))))
    return made


def _by_clause(text: str, spans: Sequence[tuple[int, int]], all_words: Sequence[str]) -> list[list[str]]:
    """Return the words of a text by clause: each where it is found behind the one before; one written otherwise stays with that."""
    found: list[list[str]] = [[] for _ in spans]
    clause = end = 0
    for word, in_class in zip(all_words, in_classes(all_words), strict=True):
        place = text.find(word, end, end + _NEAR)
        if place >= 0:
            end = place + len(word)
            while place >= spans[clause][1] and clause + 1 < len(spans):
                clause += 1
        if spans:
            found[clause].append(in_class)
    return found


def parts_of(
    texts: Sequence[str], all_words: Sequence[Sequence[str]], model: Model
) -> list[dict[str, tuple[int, int]]]:
    """Return the clause of each lesson that is each of its parts, as a span of its text; only the parts that are there."""
    spans = [clauses(text) for text in texts]
    passages = [
        passage
        for text, own, words in zip(texts, spans, all_words, strict=True)
        for passage in passages_of_clauses(text, own, words)
    ]
    scores = model.scores(model.features(passages))
    found = []
    at = 0
    for own in spans:
        those = scores[at : at + len(own)]
        at += len(own)
        best = those.argmax(axis=0) if own else []
        found.append(
            {
                part: own[n]
                for part, n, score in zip(model.labels, best, those.max(axis=0, initial=-1.0), strict=False)
                if score >= 0
            }
        )
    return found
