"""Collocations: words that stand side by side far more often than their numbers would have it, learned from an archive and joined."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

from minecop.text.words import stop_words, written_together

LEAST = 5
"""Times that two words must stand side by side; below, the measure is of chance."""

BAR = 0.55
"""Normalised pointwise mutual information from which two words are one term.

Bouma 2009, "Normalized (pointwise) mutual information in collocation extraction": 1 for words that are never apart, 0 for independent ones.
"""


MOST_PAIRS = 2_000_000
"""Different pairs that are counted at a time, some 300 MB: an archive of any size is counted in as much memory."""


@dataclass(slots=True)
class WordCounts:
    """How often words, and pairs of them side by side, stand in texts."""

    words: Counter[str] = field(default_factory=Counter)
    pairs: Counter[tuple[str, str]] = field(default_factory=Counter)
    _seldom: int = 0

    def count(self, documents: Iterable[Sequence[str]]) -> None:
        """Count the words of texts. Where pairs get too many, those that were seen least often so far are forgotten."""
        for all_words in documents:
            self.words.update(all_words)
            self.pairs.update(pairwise(all_words))
        while len(self.pairs) > MOST_PAIRS:
            self._seldom += 1
            self.pairs = Counter({pair: count for pair, count in self.pairs.items() if count > self._seldom})


def collocations(counts: WordCounts) -> dict[tuple[str, str], float]:
    """Return the pairs that are one term, with their normalised pointwise mutual information.

    Stop words, single letters and pairs that stand in fewer than ``LEAST`` places are no part of any.
    """
    total = counts.words.total()
    stops = stop_words()
    found: dict[tuple[str, str], float] = {}
    for (one, other), together in counts.pairs.items():
        if together < LEAST or one == other or not _may_join(one, stops) or not _may_join(other, stops):
            continue
        joint = together / total
        value = math.log(joint * total * total / (counts.words[one] * counts.words[other])) / -math.log(joint)
        if value >= BAR:
            found[one, other] = value
    return found


def _may_join(word: str, stops: frozenset[str]) -> bool:
    return len(word) > 1 and word not in stops


def joined(all_words: Sequence[str], found: Mapping[tuple[str, str], float]) -> list[str]:
    """Return words with those that are one term joined: Thai words as Thai is written, others with a space.

    Of two pairs that share a word, the closer one is joined.
    """
    made: list[str] = []
    pairs = list(pairwise(all_words))
    at = 0
    while at < len(all_words):
        value = found.get(pairs[at], 0.0) if at < len(pairs) else 0.0
        after = found.get(pairs[at + 1], 0.0) if at + 1 < len(pairs) else 0.0
        if value and value >= after:
            made.append(written_together(*pairs[at]))
            at += 2
        else:
            made.append(all_words[at])
            at += 1
    return made
