"""Collocations: words that stand side by side far more often than their numbers would have it, learned from an archive and joined."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from itertools import pairwise

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.core.numbering import Numbering
from minecop.text.words import stop_words, written_together

LEAST = 5
"""Times that two words must stand side by side; below, the measure is of chance."""

BAR = 0.55
"""Normalised pointwise mutual information from which two words are one term.

Bouma 2009, "Normalized (pointwise) mutual information in collocation extraction": 1 for words that are never apart, 0 for independent ones.
"""


MOST_PAIRS = 2_000_000
"""Different pairs that are counted at a time, some 30 MB: an archive of any size is counted in as much memory."""

_HELD = 4_000_000
"""Pairs that wait to be counted together."""

_FIRST = 32
"""Bits by which the number of the first word of a pair is moved up."""

Numbers = NDArray[np.int64]


class WordCounts:
    """How often words, and pairs of them side by side, stand in texts. Words are numbers here, in the order in which they first came."""

    def __init__(self) -> None:
        self._names = Numbering[str]()
        self._words: Numbers = np.zeros(0, dtype=np.int64)
        self._pairs: Numbers = np.zeros(0, dtype=np.int64)
        self._counts: Numbers = np.zeros(0, dtype=np.int64)
        self._held: list[Numbers] = []
        self._seldom = 0

    def count(self, documents: pa.ChunkedArray) -> None:
        """Count the words of texts, lists of strings. Where pairs get too many, those that were seen least often so far are forgotten."""
        for lists in documents.chunks:
            numbers = self._names.numbers(pa.chunked_array([lists.flatten()])).astype(np.int64)
            counts = np.bincount(numbers, minlength=len(self._names.values))
            counts[: len(self._words)] += self._words
            self._words = counts
            within = np.ones(max(0, len(numbers) - 1), dtype=bool)
            ends = np.cumsum(lists.value_lengths().to_numpy(zero_copy_only=False))
            within[ends[(ends > 0) & (ends < len(numbers))] - 1] = (
                False  # the last of one text and the first of the next
            )
            self._held.append(((numbers[:-1] << _FIRST) | numbers[1:])[within])
        if sum(map(len, self._held)) >= _HELD:
            self._add()

    def _add(self) -> None:
        """Add the pairs that wait to those that were counted."""
        new, times = np.unique(np.concatenate([self._pairs[:0], *self._held]), return_counts=True)
        self._held = []
        pairs, places = np.unique(np.concatenate([self._pairs, new]), return_inverse=True)
        counts = np.zeros(len(pairs), dtype=np.int64)
        counts[places[: len(self._pairs)]] += self._counts
        counts[places[len(self._pairs) :]] += times
        while len(pairs) > MOST_PAIRS:
            self._seldom += 1
            often = counts > self._seldom
            pairs, counts = pairs[often], counts[often]
        self._pairs, self._counts = pairs, counts

    @property
    def words(self) -> dict[str, int]:
        """How often each word stands there."""
        return dict(zip(self._names.values, self._words.tolist(), strict=True))

    def pairs(self, least: int = 1) -> dict[tuple[str, str], int]:
        """Return how often pairs stand there, those that do so often enough."""
        self._add()
        names, often = self._names.values, self._counts >= least
        found = zip(self._pairs[often].tolist(), self._counts[often].tolist(), strict=True)
        return {(names[pair >> _FIRST], names[pair & ((1 << _FIRST) - 1)]): count for pair, count in found}


def collocations(counts: WordCounts) -> dict[tuple[str, str], float]:
    """Return the pairs that are one term, with their normalised pointwise mutual information.

    Stop words, single letters and pairs that stand in fewer than ``LEAST`` places are no part of any.
    """
    words = counts.words
    total = sum(words.values())
    stops = stop_words()
    found: dict[tuple[str, str], float] = {}
    for (one, other), together in counts.pairs(LEAST).items():
        if one == other or not _may_join(one, stops) or not _may_join(other, stops):
            continue
        joint = together / total
        value = math.log(joint * total * total / (words[one] * words[other])) / -math.log(joint)
        if value >= BAR:
            found[one, other] = value
    return found


def _may_join(word: str, stops: frozenset[str]) -> bool:
    return len(word) > 1 and word not in stops


def joined(all_words: Sequence[str], found: Mapping[tuple[str, str], float]) -> list[str]:
    """Return words with those that are one term joined: Thai words as Thai is written, others with a space.

    Of two pairs that share a word, the closer one is joined.
    """
    pairs = list(pairwise(all_words))
    made: list[str] = []
    at = 0
    for place in [place for place, pair in enumerate(pairs) if pair in found]:
        closer_after = place + 1 < len(pairs) and found.get(pairs[place + 1], 0.0) > found[pairs[place]]
        if place >= at and not closer_after:
            made += all_words[at:place]
            made.append(written_together(*pairs[place]))
            at = place + 2
    return [*made, *all_words[at:]]
