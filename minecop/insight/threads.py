"""Threads as the unit of meaning: how like each other they are.

Told in a few sentences, one concern shares hardly a word with another telling of it; told in a whole thread - title, post, and what people
add - it does. So threads are compared, and passages go with theirs.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.cluster import MiniBatchKMeans
from sklearn.decomposition import TruncatedSVD

from minecop.vectors.embedder import unit_rows
from minecop.vectors.lsa import fit_tfidf

_DIMENSIONS = 30
"""Of the latent space of threads: few, so that words which go together in the archive stand for one another."""

MOST = 3_000
"""Threads that are compared each with each; more are parted into blocks of about half as many first."""

_LARGE = 20
"""Threads from which words in a single one, and what all have in common, are left out."""

_WORDS = 2
"""Weight of words against that of each of the other two: threads are long, and those of one matter share words."""

_LEVEL, _SPREAD = 0.08, 0.077
"""Mean and spread that likeness is given in the end: those which the plain mean of the three has in an archive."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True, slots=True)
class Thread:
    """One post with what was added to it.

    Attributes
    ----------
    post_id
        Of the post.
    rows
        Indexes of its passages with something to say, the post's first.
    """

    post_id: str
    rows: tuple[int, ...]


def group_threads(post_ids: Sequence[str], keep: Sequence[bool]) -> list[Thread]:
    """Return the threads of the passages kept, in the order of the passages."""
    rows: dict[str, list[int]] = {}
    for row, (post_id, kept) in enumerate(zip(post_ids, keep, strict=True)):
        if kept:
            rows.setdefault(post_id, []).append(row)
    return [Thread(post_id, tuple(found)) for post_id, found in rows.items()]


def blocks_of(threads: Sequence[Thread], vectors: Matrix, lengths: Sequence[int], seed: int = 0) -> list[list[int]]:
    """Return the indexes of threads in blocks that can be compared each with each: one, or several by k-means of their mean vectors.

    Parameters
    ----------
    threads
        n threads.
    vectors
        One of every passage, rows of length 1.
    lengths
        Characters of every passage.
    seed
        Of k-means.
    """
    if len(threads) <= MOST:
        return [list(range(len(threads)))]
    means = np.stack([_mean(vectors, lengths, thread.rows) for thread in threads])
    labels = MiniBatchKMeans(len(threads) // (MOST // 2) + 1, random_state=seed, n_init=3).fit_predict(means)
    blocks = [np.flatnonzero(labels == label).tolist() for label in sorted(set(labels.tolist()))]
    return [block[start : start + MOST] for block in blocks for start in range(0, len(block), MOST)]


def likeness_of(
    threads: Sequence[Thread], terms: Sequence[Sequence[str]], vectors: Matrix, lengths: Sequence[int], seed: int = 0
) -> Matrix:
    """Return how like each other threads are, shape (n, n): the mean of three cosines.

    Of the TF-IDF of their words; of the same in a latent space of few dimensions; and of their passages' vectors, each weighed by the
    square root of its length, the archive's mean taken out. Each sees what the others miss; the last is where a better embedding comes in.
    Cosines of words lie closer together than those of vectors: in an archive of some size each is measured by its own spread first, or the
    one that varies most would decide alone.

    Parameters
    ----------
    threads
        n threads.
    terms
        Content words of every passage.
    vectors
        One of every passage, rows of length 1.
    lengths
        Characters of every passage.
    seed
        Of the randomised SVD.
    """
    count = len(threads)
    documents = [[term for row in thread.rows for term in terms[row]] for thread in threads]
    if count < 2 or not any(documents):
        return np.eye(count, dtype=np.float32)
    _, weighed = fit_tfidf(documents, _LARGE)
    parts = [np.asarray((weighed @ weighed.T).todense(), dtype=np.float32)]
    dimensions = min(_DIMENSIONS, min(weighed.shape) - 1)
    if dimensions >= _DIMENSIONS // 2:
        latent = unit_rows(TruncatedSVD(dimensions, n_iter=7, random_state=seed).fit_transform(weighed))
        parts.append(latent @ latent.T)
    means = np.stack([_mean(vectors, lengths, thread.rows) for thread in threads])
    if count < _LARGE:  # the mean of a few threads is what they have in common, not what all writing has
        plain: Matrix = np.mean([*parts, means @ means.T], axis=0).astype(np.float32)
        return plain
    means = unit_rows(means - means.mean(axis=0))
    together = np.average(
        [_standard(part) for part in (*parts, means @ means.T)], axis=0, weights=[_WORDS, *[1] * len(parts)]
    )
    likeness: Matrix = (_LEVEL + _SPREAD * _standard(together)).astype(np.float32)
    return likeness


def _standard(part: Matrix) -> Matrix:
    """Return likeness by how many standard deviations it lies above that of any two threads."""
    others = part[~np.eye(len(part), dtype=bool)]
    made: Matrix = (part - others.mean()) / max(float(others.std()), 1e-6)
    return made


def _mean(vectors: Matrix, lengths: Sequence[int], rows: Sequence[int]) -> Matrix:
    weights = np.sqrt(np.array([lengths[row] for row in rows], dtype=np.float32))
    mean: Matrix = unit_rows((weights @ vectors[list(rows)])[None, :])[0]
    return mean


def mean_likeness(likeness: Matrix, threads: Sequence[int] | None = None) -> float:
    """Return how like each other some threads, or all, are on the average, each with every other; 0 for fewer than two."""
    part = likeness if threads is None else likeness[np.ix_(threads, threads)]
    count = len(part)
    return (float(part.sum()) - float(np.trace(part))) / (count * (count - 1)) if count > 1 else 0.0
