"""The parts of a lesson - problem, action, result, why, advice - as clauses of its passage."""

from __future__ import annotations

from collections.abc import Sequence

from minecop.acts.clauses import clauses, words_by_clause
from minecop.acts.model import Model, Passage

PARTS = ("problem", "action", "result", "why", "advice")

_NEIGHBOURS = 6
"""Words of the clause before, and of the one after, that a clause is told by, too."""


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
    """Return the clause of each lesson that is each of its parts, as a span of its text; only the parts that are there."""
    spans = [clauses(text) for text in texts]
    passages = [
        passage
        for text, own, words in zip(texts, spans, all_words, strict=True)
        for passage in passages_of_clauses(text, own, words)
    ]
    scores = model.scores(passages, model.features(passages))
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
