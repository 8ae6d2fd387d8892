"""The better of several ways to cut letters into words: the fewest words are not always the right ones (``อี|กช|นิดหนึ่ง``)."""

from __future__ import annotations

import math
from collections.abc import Sequence, Set
from functools import cache
from itertools import accumulate

from pythainlp.corpus import tnc

from minecop.core.remembering import Remembered

_SELDOM = 100
"""Times in the Thai National Corpus (of some 30 million words) below which a short word beside others is suspect."""

_SHORT = 4
"""Letters of the longest word that is suspect."""

_AROUND = 2
"""Words on either side of a suspect one that are cut again with it."""

_LONGEST_WORD = 24
_UNSEEN = 0.5
"""Times that a word of the dictionary is taken to stand in the corpus where it does not."""

_MARGIN = 3.0
"""How much more likely (natural logarithm) another way has to be."""

_PAIR_MARGIN = 2.0
"""The same where only the boundary between two words moves (``อี|กรอบ``, ``อีก|รอบ``)."""

_COHESION = 4.0
"""How much oftener than by chance (natural logarithm) two words have to stand as one, where both ways are of good words.

It is ``ตั้งแต่|เช้า`` and not ``ตั้ง|แต่เช้า``, but still ``เขียน|แบบนี้`` and not ``เขียนแบบ|นี้``.
"""

_SHIFTED = 7
"""Letters by which a boundary moves, at most."""

_MOST_WORDS = 50_000
"""Words of which is remembered how they can be cut in two."""

Pair = tuple[str, str]
_Halves = Remembered[str, list[Pair]]


@cache
def _costs() -> tuple[dict[str, float], float]:
    """Return how unlikely each word of the corpus is (minus the logarithm of its share), and what one unseen costs."""
    counts = dict(tnc.unigram_word_freqs())
    total = math.log(sum(counts.values()))
    return {word: total - math.log(count) for word, count in counts.items() if count}, total - math.log(_UNSEEN)


@cache
def _usual() -> frozenset[str]:
    """Return the words that are not seldom."""
    return frozenset(word for word, count in tnc.unigram_word_freqs().items() if count >= _SELDOM)


def mended(words: list[str], vocabulary: Set[str], sure: Set[str]) -> list[str]:
    """Return words of letters in a row with those around a suspect one cut the likeliest way, if that is much likelier.

    Parameters
    ----------
    words
        As they were cut.
    vocabulary
        All words that may come out.
    sure
        Words that are not suspect, however seldom they are: terms of the field.
    """
    if len(words) == 1:
        return words
    words = _shifted(words, vocabulary)
    usual = _usual()
    if usual.issuperset(words):
        return words
    suspects = [n for n, word in enumerate(words) if word not in usual and len(word) <= _SHORT and word not in sure]
    if not suspects:
        return words
    made: list[str] = []
    at = 0
    for suspect in suspects:
        if suspect < at:
            continue
        start, end = max(at, suspect - _AROUND), min(suspect + _AROUND + 1, len(words))
        made += words[at:start]
        window = words[start:end]
        likelier = _likelier(window, vocabulary)
        inside = {n - start for n in suspects if start <= n < end}
        made += window if likelier is None else _where_suspect(window, likelier, inside)
        at = end
    return made + words[at:]


def _shifted(words: list[str], vocabulary: Set[str]) -> list[str]:
    """Return words with the boundaries between two of them where they are likelier."""
    heads, tails = _halves(vocabulary)
    made = words[:1]
    for other in words[1:]:
        one, ways = made[-1], []
        for head, moved in heads[one]:
            if moved + other in vocabulary:
                ways.append((head, moved + other))
        for moved, tail in tails[other]:
            if one + moved in vocabulary:
                ways.append((one + moved, tail))
        if ways:
            made[-1], other = _likeliest(one, other, ways, vocabulary)
        made.append(other)
    return made


def _likeliest(one: str, other: str, ways: list[Pair], vocabulary: Set[str]) -> Pair:
    """Return two words, or the likeliest of other ways to cut their letters in two if it is much likelier."""
    costs, unseen = _costs()
    best = costs.get(one, unseen) + costs.get(other, unseen) - _PAIR_MARGIN
    found = one, other
    for first, second in ways:
        cost = costs.get(first, unseen) + costs.get(second, unseen)
        if cost < best and _is_one(one, first[len(one) :], other, first, vocabulary):
            best, found = cost, (first, second)
    return found


@cache
def _halves(vocabulary: Set[str]) -> tuple[_Halves, _Halves]:
    """Return, by word, the ways to cut it into a word and a few letters behind it, and those into a few letters and a word behind them."""

    def heads(word: str) -> list[Pair]:
        cuts = range(max(1, len(word) - _SHIFTED), len(word))
        return [(word[:cut], word[cut:]) for cut in cuts if word[:cut] in vocabulary]

    def tails(word: str) -> list[Pair]:
        cuts = range(1, min(len(word), _SHIFTED + 1))
        return [(word[:cut], word[cut:]) for cut in cuts if word[cut:] in vocabulary]

    return Remembered(heads, _MOST_WORDS), Remembered(tails, _MOST_WORDS)


def _is_one(one: str, moved: str, other: str, joined: str, vocabulary: Set[str]) -> bool:
    """Tell whether letters that move to the word before belong there, where they are a word as well as what they leave behind."""
    if not moved or not {one, moved, other[len(moved) :]} <= vocabulary:
        return True
    costs, unseen = _costs()
    return costs.get(one, unseen) + costs.get(moved, unseen) - costs.get(joined, unseen) >= _COHESION


def _likelier(window: Sequence[str], vocabulary: Set[str]) -> list[str] | None:
    """Return the likeliest words that fill the letters of some, if they are much likelier; none where no words do."""
    costs, unseen = _costs()
    letters = "".join(window)
    best: list[float] = [0.0] + [math.inf] * len(letters)
    before = [0] * (len(letters) + 1)
    for start in range(len(letters)):
        if best[start] == math.inf:
            continue
        for end in range(start + 1, min(len(letters), start + _LONGEST_WORD) + 1):
            word = letters[start:end]
            if word in vocabulary and (cost := best[start] + costs.get(word, unseen)) < best[end]:
                best[end], before[end] = cost, start
    now = sum(costs.get(word, unseen) if word in vocabulary else math.inf for word in window)
    if best[-1] == math.inf or now - best[-1] < _MARGIN:
        return None
    found: list[str] = []
    end = len(letters)
    while end:
        found.append(letters[before[end] : end])
        end = before[end]
    return found[::-1]


def _where_suspect(window: Sequence[str], likelier: Sequence[str], suspects: Set[int]) -> list[str]:
    """Return the likelier words only where they stand for a suspect one together with others.

    What they merely cut into parts stays whole: a compound is seldomer than its parts and no less a word.
    """
    old, new = list(accumulate(map(len, window))), list(accumulate(map(len, likelier)))
    made: list[str] = []
    here = there = 0
    for end in sorted(set(old) & set(new)):
        first, second = old.index(end) + 1, new.index(end) + 1
        changes = first - here > 1 and not suspects.isdisjoint(range(here, first))
        made += likelier[there:second] if changes else window[here:first]
        here, there = first, second
    return made
