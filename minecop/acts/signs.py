"""Signs: phrases that show what a passage does, counted by group, so that a word seldom seen in training is no stranger."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, reduce
from itertools import pairwise
from pathlib import Path

from minecop.text.words import words, written_together

_MOST = 2
"""Times that a group counts in one passage."""


@dataclass(frozen=True, slots=True)
class _Phrases:
    """How many groups there are; words that are a phrase by themselves, with their groups; and longer ones, by their first two words."""

    groups: int
    single: dict[str, list[int]]
    longer: dict[tuple[str, str], list[tuple[tuple[str, ...], int]]]


@cache
def _phrases() -> _Phrases:
    groups = tomllib.loads((Path(__file__).parent / "data" / "signs.toml").read_text(encoding="utf-8"))
    found = _Phrases(len(groups), {}, {})
    for number, group in enumerate(groups.values()):
        for parts in dict.fromkeys(tuple(words(phrase)) for phrase in group["phrases"]):
            if len(parts) == 1:
                found.single.setdefault(parts[0], []).append(number)
            elif parts:
                found.longer.setdefault((parts[0], parts[1]), []).append((parts, number))
    for same in found.longer.values():
        same.sort(key=lambda one: (-len(one[0]), one))
    return found


def signs(phrases: Sequence[tuple[int, str]]) -> tuple[float, ...]:
    """Return how often each group is among phrases (``phrases_in``), twice at most."""
    counts = Counter(group for group, _ in phrases)
    return tuple(float(min(_MOST, counts[group])) for group in range(_phrases().groups))


def phrases_in(all_words: Sequence[str]) -> list[tuple[int, str]]:
    """Return the phrases that stand in words, with their groups; a longer phrase hides those within it."""
    phrases = _phrases()
    found: list[tuple[int, str]] = []
    hidden: set[int] = set()
    for place in [n for n, pair in enumerate(pairwise(all_words)) if pair in phrases.longer]:
        if place in hidden:
            continue
        for parts, group in phrases.longer[all_words[place], all_words[place + 1]]:
            if len(parts) == 2 or tuple(all_words[place : place + len(parts)]) == parts:
                found.append((group, reduce(written_together, parts)))
                hidden.update(range(place, place + len(parts)))
                break
    for place in [n for n, word in enumerate(all_words) if word in phrases.single]:
        if place not in hidden:
            found += [(group, all_words[place]) for group in phrases.single[all_words[place]]]
    return found
