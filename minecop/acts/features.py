"""Features of a passage for telling what it does: its words, which stand side by side, and which open and close it.

What a passage does is said less by its matter than by its small words and by where they stand; so stop words stay, words for persons
that differ only in politeness are one, and so are months, and words for what has just been.
"""

from __future__ import annotations

import tomllib
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, cached_property, reduce
from itertools import chain, pairwise, repeat
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.text.words import written_together

_CLASSES = Path(__file__).parent / "data" / "classes.toml"

OPENING = 8
"""First words of a passage that count once more as such."""

CLOSING = 14
"""Last words of a passage that count once more as such."""


@cache
def _classes() -> dict[str, str]:
    """Return the class of each word that is put together with others."""
    table = tomllib.loads(_CLASSES.read_text(encoding="utf-8"))
    return {word: f"<{name}>" for name, group in table.items() for word in group["words"].split()}


def in_classes(all_words: Sequence[str]) -> list[str]:
    """Return words with those that differ only in politeness under the name of their class."""
    classes = _classes()
    return list(map(classes.get, all_words, all_words))


def _counts(found: NDArray[np.int64], among: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Return the distinct keys, sorted, and among how many distinct others each stands."""
    pairs = np.unique(np.stack([found, among]), axis=1)
    return np.unique(pairs[0], return_counts=True)


_FAMILIES = ("word", "pair", "around", "opening", "closing", "closing pair")
_PAIRED = frozenset({"pair", "around", "closing pair"})

_AS_SHOWN = 3
"""Features of one passage that look the same to people, at most: a word, where it opens the passage, and where it closes it."""

_SIEVE = (1 << 19) - 1
"""Lowest bits of a key, by which most of those that are no feature are told: ten times as many places as any family has features."""


@dataclass
class Vectorizer:
    """Counts features of passages that are lists of words, as rows of length 1.

    Dampened counts (1 + log) times inverse document frequency, as in scikit-learn's ``TfidfVectorizer``; but over arrays of word numbers,
    which is ten times as fast, and with the places of words.

    Attributes
    ----------
    words
        Numbers of words, from 1.
    keys
        Sorted keys of the features of each family, one array a family.
    idf
        Inverse document frequency, by column.
    """

    words: dict[str, int]
    keys: list[NDArray[np.int64]]
    idf: NDArray[np.float32]

    @classmethod
    def fit(
        cls,
        documents: Sequence[Sequence[str]],
        least: int = 2,
        *,
        fields: NDArray[np.str_] | None = None,
        least_fields: int = 1,
        passed_over: Collection[str] = (),
    ) -> Vectorizer:
        """Learn the features that stand in enough passages.

        Parameters
        ----------
        documents
            Words of each passage.
        least
            Passages in which a feature must stand.
        fields, least_fields
            The field of each passage, shape (passages,), and in how many of them a feature must stand. Empty for a passage that is of none:
            what stands in it need not stand in others.
        passed_over
            Words that are of no feature.
        """
        seen = dict.fromkeys(word for document in documents for word in document if word not in passed_over)
        words = {word: number for number, word in enumerate(seen, 1)}
        made = cls(words, [], np.ones(0, dtype=np.float32))
        keys: list[NDArray[np.int64]] = []
        shares: list[NDArray[np.int64]] = []
        names, field = np.unique(fields, return_inverse=True) if fields is not None else (np.empty(0, np.str_), None)
        for rows, found in made._families(documents):
            values, counts = _counts(found, rows)
            kept = counts >= least
            if field is not None:
                free = found[names[field[rows]] == ""]
                kept &= (_counts(found, field[rows])[1] >= least_fields) | np.isin(values, free)
            keys.append(values[kept])
            shares.append(counts[kept])
        made.keys = keys
        made.idf = (np.log((1 + len(documents)) / (1 + np.concatenate(shares))) + 1).astype(np.float32)
        return made

    def tensors(self, name: str = "") -> dict[str, NDArray[Any]]:
        """Return its arrays, by name, to be kept beside its words."""
        return {f"{name}idf": self.idf} | {f"{name}keys_{n}": keys for n, keys in enumerate(self.keys)}

    @classmethod
    def of_tensors(cls, words: Sequence[str], tensors: Mapping[str, NDArray[Any]], name: str = "") -> Vectorizer:
        """Return the vectorizer that has these words, and these arrays (``tensors``)."""
        numbers = {word: number for number, word in enumerate(words, 1)}
        return cls(numbers, [tensors[f"{name}keys_{n}"] for n in range(len(_FAMILIES))], tensors[f"{name}idf"])

    @property
    def columns(self) -> int:
        """Number of features."""
        return len(self.idf)

    def transform(self, documents: Sequence[Sequence[str]]) -> sp.csr_matrix:
        """Return the features of passages, shape (passages, columns); their words need not be in classes."""
        rows_of: list[NDArray[np.int64]] = []
        columns_of: list[NDArray[np.int64]] = []
        offset = 0
        for family, keys, table, (rows, found) in zip(
            _FAMILIES, self.keys, self._tables, self._families(documents), strict=True
        ):
            if not len(keys):
                continue
            if family in _PAIRED:
                likely = table[found & _SIEVE]
                rows, found = rows[likely], found[likely]
                places = np.minimum(np.searchsorted(keys, found), len(keys) - 1)
                known = keys[places] == found
            else:
                places = table[found]
                known = places >= 0
            rows_of.append(rows[known])
            columns_of.append(places[known] + offset)
            offset += len(keys)
        rows = np.concatenate([*rows_of, np.empty(0, np.int64)])
        columns = np.concatenate([*columns_of, np.empty(0, np.int64)])
        matrix = sp.csr_matrix(
            (np.ones(len(rows), dtype=np.float32), (rows, columns)), shape=(len(documents), self.columns)
        )
        matrix.sum_duplicates()
        matrix.data = (1 + np.log(matrix.data)) * self.idf[matrix.indices]
        lengths = np.sqrt(np.asarray(matrix.multiply(matrix).sum(axis=1)).ravel())
        matrix.data /= np.repeat(np.maximum(lengths, 1e-9), np.diff(matrix.indptr))
        return matrix

    def telling(
        self,
        features: sp.csr_matrix,
        rows: NDArray[np.int64],
        weights: NDArray[np.float32],
        labels: NDArray[np.int64],
        most: int,
    ) -> list[tuple[str, ...]]:
        """Return the words of passages that weigh most, as people may see them, each once a passage.

        Parameters
        ----------
        features
            Of passages; features beside those of words come after them.
        rows, labels
            Which passage, and by the weights of which label it is looked at, shape (n,) each.
        weights
            What each feature weighs, shape (labels, features).
        most
            Words a passage, at most.
        """
        starts, lengths = features.indptr[rows].astype(np.int64), np.diff(features.indptr)[rows]
        of = np.repeat(np.arange(len(rows)), lengths)
        within = np.arange(len(of)) - np.repeat(np.cumsum(lengths) - lengths, lengths)
        places = within + np.repeat(starts, lengths)
        columns = features.indices[places]
        worth = features.data[places] * weights[labels[of], columns]
        kept = (worth > 0) & (columns < self.columns)
        kept[kept] = self._is_shown[columns[kept]]
        of, columns, worth = of[kept], columns[kept], worth[kept]
        order = np.argsort(of - worth / (1 + worth), kind="stable")  # passage by passage, the weightiest first
        first = np.searchsorted(of, np.arange(len(rows)))
        heavy = np.arange(len(of)) - first[of] < _AS_SHOWN * most
        shown = self.shown
        words = [shown[column] for column in columns[order[heavy]].tolist()]
        ends = np.searchsorted(of[heavy], np.arange(len(rows) + 1)).tolist()
        return [tuple(dict.fromkeys(words[start:end]))[:most] for start, end in pairwise(ends)]

    def _families(self, documents: Sequence[Sequence[str]]) -> list[tuple[NDArray[np.int64], NDArray[np.int64]]]:
        """Return, for each family of features, in which passage each stands and its key; 0 stands for words that are not known."""
        known = self._numbers
        lengths = np.array([len(document) for document in documents], dtype=np.int64)
        rows = np.repeat(np.arange(len(documents)), lengths)
        flat = chain.from_iterable(documents)
        numbers = np.fromiter(map(known.get, flat, repeat(0)), dtype=np.int64, count=int(lengths.sum()))
        starts = np.repeat(np.cumsum(lengths) - lengths, lengths)
        place = np.arange(len(numbers)) - starts
        left = np.repeat(lengths, lengths) - place - 1
        size = len(self.words) + 1

        def pairs(step: int, within: NDArray[np.bool_]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
            if len(numbers) <= step:
                return np.empty(0, np.int64), np.empty(0, np.int64)
            one, other = numbers[:-step], numbers[step:]
            kept = (left[:-step] >= step) & within[:-step] & (one > 0) & (other > 0)
            return rows[:-step][kept], one[kept] * size + other[kept]

        everywhere = np.ones(len(numbers), dtype=bool)
        seen = numbers > 0
        opening, closing = seen & (place < OPENING), seen & (left < CLOSING)
        return [
            (rows[seen], numbers[seen]),
            pairs(1, everywhere),
            pairs(2, everywhere),
            (rows[opening], numbers[opening]),
            (rows[closing], numbers[closing]),
            pairs(1, left < CLOSING),
        ]

    @cached_property
    def _numbers(self) -> dict[str, int]:
        """Numbers of words; where it was learned from words in classes, each word of a class has the number of that."""
        named = {word: self.words[name] for word, name in _classes().items() if name in self.words}
        return self.words | named

    @cached_property
    def _tables(self) -> list[NDArray[Any]]:
        """Where the keys of each family are looked up.

        Of single words, the place of each among the keys, -1 for none. Of two, whether there is any key with such lowest bits: most pairs
        of words are no feature, and the others are searched for among the keys.
        """
        made: list[NDArray[Any]] = []
        for family, keys in zip(_FAMILIES, self.keys, strict=True):
            if family in _PAIRED:
                made.append(np.zeros(_SIEVE + 1, dtype=bool))
                made[-1][keys & _SIEVE] = True
            else:
                made.append(np.full(len(self.words) + 1, -1, dtype=np.int64))
                made[-1][keys] = np.arange(len(keys))
        return made

    @cached_property
    def _is_shown(self) -> NDArray[np.bool_]:
        return np.array(list(map(bool, self.shown)))

    @cached_property
    def shown(self) -> list[str]:
        """The words of each feature as people may see them, by column: none of words apart, or of words that stand for a class."""
        names = list(self.words)
        size = len(self.words) + 1
        found: list[str] = []
        for family, keys in zip(_FAMILIES, self.keys, strict=True):
            for key in keys.tolist():
                parts = (names[key // size - 1], names[key % size - 1]) if family in _PAIRED else (names[key - 1],)
                hidden = family == "around" or any(part[0] in "<>" for part in parts)
                found.append("" if hidden else reduce(written_together, parts))
        return found
