"""Names of topics, in the words of those who wrote: what is said in a topic more than elsewhere, by many of its people."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Collection, Iterable, Sequence
from functools import cache, lru_cache, reduce
from pathlib import Path

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from pythainlp.corpus import provinces

from minecop.text.namewords import is_verb, name_words, rare, spelt_like_a_name
from minecop.text.words import is_thai, written_together
from minecop.topics.counting import Counts
from minecop.topics.wholes import Wholes
from minecop.vectors.embedder import unit_rows

_DATA = Path(__file__).parent / "data" / "labels.toml"

_FAR = 0.05
"""Relevance that any term has."""

_AROUND = 200
"""Terms that say together what a topic means."""

CANDIDATES = 60
"""Terms of a topic, by c-TF-IDF, that a label is chosen from."""

_TERMS = 3
"""Of a label."""

_MOST = 10
"""Terms of a topic that are shown."""

_POOR, _VERB, _PLACE = 0.15, 0.7, 0.3
"""What a term is worth that tells little, that is a verb, that is a place."""

_SPELT_LIKE_A_NAME = 0.2
"""From which a word that no dictionary has is a name."""

_JOINED_LIKE_A_NAME = 0.45
"""The same for two words side by side."""

_WHOLE = 0.5
"""Share of a word's places in which it stands within a phrase, from which the phrase stands for it."""

_PHRASE = 1.3
"""What a phrase is worth against a word: it says more."""

_LIKE = 0.4
"""Weight of how unlike a term of a label is to those chosen before it (maximal marginal relevance, Carbonell & Goldstein 1998)."""

_CHANCE = 1
"""Passages in which two terms stand together that are not counted: rare words would go together best of all, which is chance."""

_APART = 0.01
"""What is left of the worth of a term that never stands with those chosen before it."""


@cache
def _poor() -> frozenset[str]:
    groups = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    return frozenset(word for group in groups.values() for word in group["words"].split())


@cache
def _places() -> frozenset[str]:
    return frozenset(provinces())


@lru_cache(maxsize=50_000)
def _worth_of_word(word: str) -> float:
    lists = name_words()
    if word in _poor():
        return _POOR
    if any(place in word for place in _places()):
        return _PLACE
    if word in lists.given and (word not in lists.vocabulary or word in rare()):
        return 0.0
    if word not in lists.vocabulary or word in lists.given:
        like_a_name = spelt_like_a_name(word) if is_thai(word[0]) else 0.0
        if like_a_name >= _SPELT_LIKE_A_NAME:
            return _POOR
    return _VERB if is_verb(word) else 1.0


def worth_of(parts: Sequence[str], names: Collection[str] = ()) -> float:
    """Return what a term is worth as part of a label, from 0 for a person's name to 1: that of its poorest word.

    Parameters
    ----------
    parts
        The words that it is made of.
    names
        Names of people of the archive, in small letters.
    """
    if any(part in names for part in parts):
        return 0.0
    if len(parts) > 1 and _is_one_name(reduce(written_together, parts)):
        return _POOR
    return min(map(_worth_of_word, parts))


@lru_cache(maxsize=50_000)
def _is_one_name(joined: str) -> bool:
    """Tell whether words side by side are one name that was cut (``พงษ์`` and ``เผ่า``)."""
    known = joined in name_words().vocabulary
    return is_thai(joined[0]) and not known and spelt_like_a_name(joined) >= _JOINED_LIKE_A_NAME


class Namer:
    """Names topics.

    Parameters
    ----------
    counts
        Of the terms of all passages.
    people
        Who wrote each passage, as numbers from 0; everyone unknown as one more.
    names
        See ``worth_of``.
    encode
        Gives vectors of terms that are lists of words, by what they mean: so that what is beside the matter does not name it.
    """

    def __init__(
        self,
        counts: Counts,
        people: NDArray[np.int64],
        names: Collection[str] = (),
        encode: Callable[[Sequence[Sequence[str]]], NDArray[np.float32]] | None = None,
    ) -> None:
        self._counts, self._people, self._names, self._encode = counts, people, names, encode
        self._wholes = Wholes(counts)
        self._there = (counts.matrix > 0).astype(np.float32).tocsc()

    def terms_of(self, weights: sp.csr_matrix, labels: NDArray[np.int64]) -> list[list[tuple[str, float]]]:
        """Return the terms that name each topic, the best first, with their c-TF-IDF.

        Parameters
        ----------
        weights
            c-TF-IDF, shape (topics, terms).
        labels
            Topic of each passage, -1 for none.
        """
        candidates = [_highest(weights[topic], CANDIDATES) for topic in range(weights.shape[0])]
        relevance = self._relevance(weights, candidates)
        return [
            self._chosen(columns, values, relevant, np.flatnonzero(labels == topic))
            for topic, ((columns, values), relevant) in enumerate(zip(candidates, relevance, strict=True))
        ]

    def _relevance(
        self, weights: sp.csr_matrix, candidates: Sequence[tuple[NDArray[np.int64], NDArray[np.float32]]]
    ) -> list[NDArray[np.float32]]:
        """Return how near each candidate is in meaning to what tells its topic from the others."""
        if self._encode is None or len(candidates) < 2:
            return [np.ones(len(columns), dtype=np.float32) for columns, _ in candidates]
        around = [_highest(weights[topic], _AROUND) for topic in range(weights.shape[0])]
        used = np.unique(np.concatenate([columns for columns, _ in around]))
        meanings = self._encode([self._counts.parts[column] for column in used.tolist()])
        meanings = unit_rows(meanings - meanings.mean(axis=0))
        centres = np.stack([values @ meanings[np.searchsorted(used, columns)] for columns, values in around])
        centres = unit_rows(unit_rows(centres) - unit_rows(centres).mean(axis=0))
        return [
            np.maximum(meanings[np.searchsorted(used, columns)] @ centre, _FAR)
            for (columns, _), centre in zip(candidates, centres, strict=True)
        ]

    def _chosen(
        self,
        columns: NDArray[np.int64],
        weights: NDArray[np.float32],
        relevance: NDArray[np.float32],
        rows: NDArray[np.int64],
    ) -> list[tuple[str, float]]:
        if not len(columns):
            return []
        terms = [self._counts.terms[column] for column in columns.tolist()]
        parts = [frozenset(self._counts.parts[column]) for column in columns.tolist()]
        said = self._counts.matrix[rows][:, columns]
        people, numbers = np.unique(self._people[rows], return_inverse=True)
        by_person = sp.csr_matrix((np.ones(len(rows), np.float32), (numbers, np.arange(len(rows))))) @ said
        users = np.asarray((by_person > 0).sum(axis=0)).ravel()
        total = np.asarray(said.sum(axis=0)).ravel()
        score = weights * np.sqrt(users / len(people) * relevance)
        score *= [worth_of(self._counts.parts[column], self._names) for column in columns.tolist()]
        if users.max() > 1:
            score[users < 2] *= _POOR  # the manner of one writer
        for n, term in enumerate(terms):
            within = [m for m, other in enumerate(terms) if other != term and term in other]
            if any(total[m] >= _WHOLE * total[n] for m in within):
                score[n] = 0
            elif any(m != n and terms[m] in term for m in range(len(terms))):
                score[n] *= _PHRASE
        beside, together = _cosines(said), self._togetherness(columns)
        chosen: list[int] = []
        named: list[tuple[str, float]] = []
        left = [n for n in range(len(terms)) if score[n] > 0]
        while left and len(chosen) < _MOST:
            worth = score[left]
            if 0 < len(chosen) < _TERMS:  # of the label, in which each says something else
                worth = worth * (1 - _LIKE * beside[np.ix_(left, chosen)].max(axis=1))
                worth[[any(parts[n] & parts[m] for m in chosen) for n in left]] *= _POOR
            elif chosen:  # the rest say more of the same
                worth = worth * np.maximum(together[np.ix_(left, chosen)].mean(axis=1), _APART)
            best = left.pop(int(worth.argmax()))
            whole = self._wholes.of(self._counts.parts[columns[best]])
            term = reduce(written_together, whole.parts)
            if not whole.names or any(_says_the_same(term, other) for other, _ in named):
                continue
            chosen.append(best)
            named.append((term, float(weights[best])))
            left = [n for n in left if not _says_the_same(terms[n], term)]
        return named

    def _togetherness(self, columns: NDArray[np.int64]) -> NDArray[np.float64]:
        """Return the normalised pointwise mutual information (Bouma 2009) of terms, two by two, over all passages, shape (terms, terms)."""
        there = self._there[:, columns]
        both = (there.T @ there).toarray().astype(np.float64)
        alone = np.diagonal(both) / there.shape[0]
        share = np.maximum(both - _CHANCE, 0) / there.shape[0]
        with np.errstate(divide="ignore", invalid="ignore"):  # never together: minus one
            found: NDArray[np.float64] = np.log(share / alone[:, None] / alone) / -np.log(share)
        return np.where(share > 0, found, -1.0)


def _says_the_same(one: str, other: str) -> bool:
    """Tell whether one term is within the other, shortened (``กระทรวงเกษตรฯ``) or not."""
    one, other = one.rstrip("ฯ"), other.rstrip("ฯ")
    return one in other or other in one


def _highest(weights: sp.csr_matrix, most: int) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
    """Return the columns with the highest weights of a row, and these."""
    least = np.partition(weights.data, -most)[-most] if weights.nnz > most else 0
    order = np.flatnonzero((weights.data >= least) & (weights.data > 0))
    order = order[np.lexsort((weights.indices[order], -weights.data[order]))][:most]
    return weights.indices[order].astype(np.int64), weights.data[order].astype(np.float32)


def _cosines(said: sp.csr_matrix) -> NDArray[np.float32]:
    """Return how alike terms are by the passages that they stand in, shape (terms, terms)."""
    there = (said > 0).astype(np.float32)
    together = np.asarray((there.T @ there).todense())
    lengths = np.sqrt(np.maximum(np.diagonal(together), 1e-9))
    return np.asarray(together / lengths[:, None] / lengths[None, :], dtype=np.float32)


def labels_of(named: Iterable[Sequence[tuple[str, float]]]) -> list[str]:
    """Return a label of a few terms for each topic, each unlike the others; a dash where there is no term."""
    labels: dict[str, None] = {}
    for terms in named:
        words = [term for term, _ in terms]
        tried = [" · ".join(words[:length]) for length in range(min(_TERMS, len(words)), len(words) + 1)] or [""]
        label = next((label for label in tried if label not in labels), tried[-1]) or "—"
        number = 2
        while label in labels:
            label = f"{tried[-1] or '—'} ({number})"
            number += 1
        labels[label] = None
    return list(labels)
