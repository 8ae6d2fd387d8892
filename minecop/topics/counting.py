"""Counts of the words and phrases of passages, by which topics are named."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import reduce
from typing import TypeAlias

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.text.words import stop_words, written_together

_FEWEST = ((300, 1), (1_000, 2), (10_000, 3), (100_000, 5))
"""Passages below which a word must stand in so many of them; in ten beyond. A phrase must stand in two at least."""

_COHERENT = 0.3
"""Normalised pointwise mutual information (Bouma 2009) from which two words side by side are a phrase; to be joined as one word they need
more (``minecop.text.collocations``)."""

Words: TypeAlias = Sequence[Sequence[str]] | pa.ListArray
"""All words of passages, in order: lists, or the column of a table."""


@dataclass(frozen=True, slots=True)
class Texts:
    """Passages as numbers of words.

    Attributes
    ----------
    words
        The different ones.
    numbers
        All words of all passages in order, stop words among them.
    rows
        Passage of each, of the same shape.
    """

    words: list[str]
    numbers: NDArray[np.int64]
    rows: NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Counts:
    """How often terms stand in passages.

    Attributes
    ----------
    matrix
        Shape (passages, terms).
    terms
        Content words, and pairs of them that stand side by side, written as one.
    parts
        The words that each is made of.
    texts
        What was counted.
    """

    matrix: sp.csr_matrix
    terms: list[str]
    parts: list[tuple[str, ...]]
    texts: Texts


def weighed(counts: Counts, weights: NDArray[np.float32]) -> Counts:
    """Return counts in which passages have weights, shape (passages,)."""
    return replace(counts, matrix=(sp.diags(weights) @ counts.matrix).tocsr())


def count_terms(documents: Words) -> Counts:
    """Count the content words of passages, and the pairs of them that stand side by side; a stop word keeps its neighbours apart."""
    lists = documents if isinstance(documents, pa.ListArray) else pa.array(documents, pa.list_(pa.string()))
    total = len(lists)
    encoded = lists.flatten().dictionary_encode()
    words: list[str] = encoded.dictionary.to_pylist()
    numbers = encoded.indices.to_numpy(zero_copy_only=False).astype(np.int64)
    rows = np.repeat(np.arange(total), np.diff(lists.offsets.to_numpy()))
    stops = stop_words()
    said = np.array([len(word) > 1 and word not in stops for word in words], dtype=bool)[numbers]
    beside = said[:-1] & said[1:] & (rows[:-1] == rows[1:]) & (numbers[:-1] != numbers[1:])
    fewest = next((least for below, least in _FEWEST if total < below), 10)
    single, of_words = _counted(numbers[said], rows[said], total, fewest)
    keys = numbers[:-1][beside] * len(words) + numbers[1:][beside]
    double, of_pairs = _counted(keys, rows[:-1][beside], total, max(2, fewest))
    coherent = _cohesion(double, of_pairs, np.bincount(numbers, minlength=len(words))) >= _COHERENT
    double, of_pairs = double[coherent], of_pairs[:, np.flatnonzero(coherent)]
    parts: list[tuple[str, ...]] = [(words[number],) for number in single.tolist()]
    parts += [(words[key // len(words)], words[key % len(words)]) for key in double.tolist()]
    terms = [reduce(written_together, one) for one in parts]
    names: dict[str, tuple[str, ...]] = {}
    for term, words_of_it in zip(terms, parts, strict=True):
        names.setdefault(term, words_of_it)
    matrix = sp.hstack([of_words, of_pairs], format="csr")
    if len(names) < len(terms):  # a pair may be written like a word, or like another pair
        column = {name: place for place, name in enumerate(names)}
        matrix.indices = np.array([column[term] for term in terms], dtype=matrix.indices.dtype)[matrix.indices]
        matrix = sp.csr_matrix((matrix.data, matrix.indices, matrix.indptr), shape=(total, len(names)))
        matrix.sum_duplicates()
    return Counts(matrix, list(names), list(names.values()), Texts(words, numbers, rows))


def _cohesion(keys: NDArray[np.int64], of_pairs: sp.csr_matrix, often: NDArray[np.int64]) -> NDArray[np.float64]:
    """Return the normalised pointwise mutual information of pairs of words."""
    share = np.asarray(of_pairs.sum(axis=0), dtype=np.float64).ravel() / max(1, often.sum())
    apart = (often / max(1, often.sum()))[[keys // len(often), keys % len(often)]].prod(axis=0)
    information: NDArray[np.float64] = np.log(share / apart) / -np.log(share)
    return information


def _counted(
    keys: NDArray[np.int64], rows: NDArray[np.int64], total: int, fewest: int
) -> tuple[NDArray[np.int64], sp.csr_matrix]:
    """Return the keys that stand in enough rows, and how often each stands in each."""
    encoded = pa.array(keys).dictionary_encode()  # hashes, where numpy sorts
    found = encoded.dictionary.to_numpy().astype(np.int64)
    columns = encoded.indices.to_numpy()
    matrix = sp.csr_matrix((np.ones(len(keys), np.float32), (rows, columns)), shape=(total, len(found)))
    matrix.sum_duplicates()
    kept = np.bincount(matrix.indices, minlength=len(found)) >= fewest
    place = np.cumsum(kept) - 1
    left = kept[matrix.indices]
    ends = np.concatenate([[0], np.cumsum(left)])[matrix.indptr]
    return found[kept], sp.csr_matrix(
        (matrix.data[left], place[matrix.indices[left]], ends), shape=(total, int(kept.sum()))
    )
