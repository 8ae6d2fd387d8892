"""The wholes that words are pieces of: names that the dictionary does not know are cut (``อนันต`` and ``พร``), and so are long terms.

A piece stands beside the same word nearly wherever it stands; what is a whole stands beside many.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache, lru_cache

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.text.namewords import is_common, name_words
from minecop.text.words import stop_words
from minecop.topics.counting import Counts

_SAME = 0.8
"""Share of its places in which a word stands beside the same word, from which it is a piece of both."""

_LEAST = 5
"""Places that a word must have for that; in fewer it is chance."""

_TITLED = 0.5
"""Share of its places in which a title stands before a word, from which it is a person's."""

_LINKING = frozenset({"และ", "แห่ง", "เพื่อ", "ของ"})
"""Small words within names of bodies and rules. Others end a whole, unless they hardly stand anywhere else (``นา`` in ``โคโรนา``)."""

_OWN = 0.5
"""Share of its places that such a word must have there."""

_MOST_WORDS, _MOST_LETTERS = 6, 50
"""Of a whole: the longest name of a ministry has 43 letters. What is longer and always the same is a form or the leavings of a page."""

_LOOKED_AT = 500
"""Places that are looked at, at most, spread evenly."""

_GAP = 2 * _MOST_WORDS + 2
"""Empty places between passages, so that a word sought further on than a passage goes is not found in the next."""

_CASUAL = frozenset({"village", "calling", "kin"})
"""Titles that stand before ordinary words as well (``ครูประจำชั้น``): a name follows where a name may stand."""


@dataclass(frozen=True, slots=True)
class Whole:
    """What a term is a piece of.

    Attributes
    ----------
    parts
        Its words, from the first content word to the last; those of the term where it is a whole by itself.
    person
        Whether a person is named there.
    form
        Whether it is longer than what anything is called: a form, or the leavings of a page.
    piece
        Whether it hardly ever stands outside of some phrase: ``พระ`` goes with ``บาท``, ``บรม`` and ``ราช``, which tell more.
    """

    parts: tuple[str, ...]
    person: bool = False
    form: bool = False
    piece: bool = False

    @property
    def names(self) -> bool:
        """Whether it can name a topic."""
        return not (self.person or self.form or self.piece)


class Wholes:
    """Finds what terms are pieces of.

    Parameters
    ----------
    counts
        Of the terms of all passages.
    """

    def __init__(self, counts: Counts) -> None:
        self._texts = texts = counts.texts
        self._number = {word: number for number, word in enumerate(texts.words)}
        count = len(texts.numbers)
        there = np.arange(count) + _GAP * (texts.rows + 1)
        self._at = np.full(count + _GAP * (counts.matrix.shape[0] + 2), -1, dtype=np.int32)
        self._at[there] = texts.numbers
        # a matrix is sorted by counting, which is ten times as fast as comparing
        places = sp.coo_matrix(
            (np.ones(count, np.int8), (texts.numbers, there)), (len(texts.words), len(self._at))
        ).tocsr()
        self._starts, self._order = places.indptr, places.indices
        pairs = [(self._number[parts[0]], self._number[parts[1]]) for parts in counts.parts if len(parts) == 2]
        self._phrases = np.sort([one * len(texts.words) + other for one, other in pairs])
        titles = [number for word, number in self._number.items() if _is_title(word)]
        casual = [self._number[word] for word in _casual_titles() if word in self._number]
        self._titles, self._casual = (_marked(numbers, len(texts.words)) for numbers in (titles, casual))
        self._known: dict[tuple[str, ...], Whole] = {}

    def of(self, parts: tuple[str, ...]) -> Whole:
        """Return what a term is a piece of, all passages taken together."""
        if parts not in self._known:
            self._known[parts] = self._found(parts)
        return self._known[parts]

    def _found(self, parts: tuple[str, ...]) -> Whole:
        if any(map(_is_title, parts)) and len(parts) > 1:
            return Whole(parts, person=True)
        places = self._places(parts)
        first = last = 0
        least = max(_LEAST, _SAME * len(places))
        whole = list(parts)
        while not (form := len(whole) > _MOST_WORDS or sum(map(len, whole)) > _MOST_LETTERS):
            before, with_before = self._beside(places, first, -1)
            after, with_after = self._beside(places, last + len(parts) - 1, 1)
            if _is_title(after):  # somebody else begins there
                with_after = places[:0]
            if max(len(with_before), len(with_after)) < least:
                break
            if len(with_before) >= len(with_after):
                places, first, whole = with_before, first - 1, [before, *whole]
            else:
                places, last, whole = with_after, last + 1, [*whole, after]
        person = any(map(_is_title, whole[:-first] if first else ())) or self._is_called(parts, places, first)
        piece = self._is_piece(places, first, last + len(parts))
        if len(parts) > 1:
            piece = piece and all(self.of((part,)).piece for part in parts)
        return Whole(_trimmed(whole), person, form=form, piece=piece)

    def _places(self, parts: Sequence[str]) -> NDArray[np.int64]:
        """Return where a term stands, as places of its first word."""
        number = self._number.get(parts[0])
        if number is None:
            return np.empty(0, dtype=np.int64)
        places = self._places_of(number)
        for offset, part in enumerate(parts[1:], 1):
            places = places[self._words_at(places, offset) == self._number.get(part, -1)]
        return _some(places)

    def _places_of(self, number: int) -> NDArray[np.int64]:
        places: NDArray[np.int64] = self._order[self._starts[number] : self._starts[number + 1]].astype(np.int64)
        return places

    def _words_at(self, places: NDArray[np.int64], offset: int) -> NDArray[np.int32]:
        """Return the words so many places further on, -1 where the passage has none there."""
        found: NDArray[np.int32] = self._at[places + offset]
        return found

    def _beside(self, places: NDArray[np.int64], inner: int, step: int) -> tuple[str, NDArray[np.int64]]:
        """Return the word that stands most often a step before or after another, and the places where it does.

        Parameters
        ----------
        places, inner
            Where a term stands, and how many places further on its first or last word does.
        step
            -1 or 1.
        """
        words = self._words_at(places, inner + step)
        there = np.sort(words[words >= 0])
        if not len(there):
            return "", places[:0]
        ends = np.flatnonzero(np.concatenate([[True], there[1:] != there[:-1], [True]]))
        most = int(there[ends[(ends[1:] - ends[:-1]).argmax()]])
        word = self._texts.words[most]
        here = places[words == most]
        if _is_small(word):
            own = _some(self._places_of(most))
            same = self._words_at(own, -step) == self._words_at(here[:1], inner)
            if same.sum() < _OWN * len(own):
                return "", places[:0]
        return word, here

    def _is_piece(self, places: NDArray[np.int64], first: int, end: int) -> bool:
        """Tell whether what stands from one offset to before another is nearly everywhere within a phrase with the word beside it."""
        count = len(self._texts.words)
        if not len(self._phrases):
            return False
        for inner, outer in ((first, first - 1), (end - 1, end)):
            one, other = sorted((inner, outer))
            left, right = self._words_at(places, one), self._words_at(places, other)
            pairs = left.astype(np.int64) * count + right
            found = self._phrases[np.minimum(np.searchsorted(self._phrases, pairs), len(self._phrases) - 1)] == pairs
            if (found & (left >= 0) & (right >= 0)).sum() >= max(_LEAST, _SAME * len(places)):
                return True
        return False

    def _is_called(self, parts: Sequence[str], places: NDArray[np.int64], first: int) -> bool:
        """Tell whether a title stands before, or before the word before, in most places."""
        lists = name_words()
        may_be_name = parts[0] in lists.given or parts[0] in lists.nicknames or not is_common(parts[0])
        before, further = self._words_at(places, first - 1), self._words_at(places, first - 2)
        titled = self._titles[before] | self._titles[further]
        if may_be_name:
            titled |= self._casual[before]
        return bool(titled.sum() >= max(2, _TITLED * len(places)))


def _some(places: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return places, or as many of them, spread evenly, as are looked at."""
    if len(places) <= _LOOKED_AT:
        return places
    return places[np.linspace(0, len(places) - 1, _LOOKED_AT).astype(np.int64)]


def _is_title(word: str) -> bool:
    """Tell whether a word stands before people's names and nowhere else (``พลเอก``, ``นพ.``)."""
    lists = name_words()
    return lists.classes.get(word) == "person" or (word.endswith(".") and bool(lists.short.fullmatch(word)))


@cache
def _casual_titles() -> list[str]:
    return [word for word, strictness in name_words().classes.items() if strictness in _CASUAL]


def _marked(numbers: Sequence[int], count: int) -> NDArray[np.bool_]:
    """Return whether each number is among some, and for -1 that it is not."""
    marked = np.zeros(count + 1, dtype=bool)
    marked[list(numbers)] = True
    return marked


@lru_cache(maxsize=50_000)
def _is_small(word: str) -> bool:
    return word not in _LINKING and (len(word) < 2 or word in stop_words())


def _trimmed(whole: Sequence[str]) -> tuple[str, ...]:
    """Return words without linking ones at either end."""
    told = [place for place, word in enumerate(whole) if word not in _LINKING]
    return tuple(whole[told[0] : told[-1] + 1]) if told else tuple(whole)
