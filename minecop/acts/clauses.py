"""The clauses of a passage, and the words of each: what Thai writes between two spaces, where that is long enough."""

from __future__ import annotations

import re
from collections.abc import Sequence

from minecop.acts.features import in_classes

_SHORTEST = 18
"""Characters below which what stands between two spaces joins what follows: Thai writes a space after a clause, and within names."""

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


def lies_in(clause: tuple[int, int], place: tuple[int, int]) -> bool:
    """Tell whether a clause lies in a place of its text by half, or half of the place in it, each as a span."""
    common = min(clause[1], place[1]) - max(clause[0], place[0])
    return common >= 0.5 * min(clause[1] - clause[0], place[1] - place[0])


def words_by_clause(text: str, spans: Sequence[tuple[int, int]], all_words: Sequence[str]) -> list[list[str]]:
    """Return the words of a text by clause, in classes.

    Each is where it is found behind the one before; one that is written otherwise in the text stays with that.
    """
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
