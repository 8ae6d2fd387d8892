"""The vectors of an archive by the static embedding: what its words mean, beside which of them it uses together.

Two things say that passages are about one matter: meaning, which the static embedding brings (its rows trained further on the archive), and
the archive's own use of words, which latent semantic analysis finds. Both stand side by side: on the sample archive either alone ranks the
passages of one matter worse.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from threadpoolctl import threadpool_limits

from minecop.core.progress import Listener, silent
from minecop.vectors.adapting import FEWEST_WORDS, Adaptation, Said, adapt
from minecop.vectors.embedder import Vectors, unit_rows
from minecop.vectors.lsa import ArchiveEmbedder
from minecop.vectors.static import StaticEmbedder

MOST_PASSAGES = 20_000
"""Passages that are learned from; of a larger archive the posts are chosen by the hash of their ids, so that memory stays bounded."""


@dataclass(frozen=True, slots=True)
class Row:
    """A passage as it is learned from.

    Attributes
    ----------
    post, comment
        Of which post, and which comment of it (``None``: the post's own words).
    words, terms
        All words, and the content words.
    courtesy
        Whether it is nothing but that.
    """

    post: str
    comment: int | None
    words: Sequence[str]
    terms: Sequence[str]
    courtesy: bool


@dataclass(frozen=True, slots=True)
class ArchiveModel:
    """What was learned.

    Attributes
    ----------
    lsa
        Latent semantic analysis of the archive's words.
    static
        The static embedding, adapted or as it was.
    adaptation
        What came of training it further; ``None`` where that was not wanted.
    """

    lsa: ArchiveEmbedder
    static: StaticEmbedder
    adaptation: Adaptation | None

    def encode(self, all_words: Sequence[Sequence[str]], terms: Sequence[Sequence[str]]) -> Vectors:
        """Return float32 vectors of passages, shape (n, d), rows of length 1: half of each is the one, half the other."""
        return unit_rows(np.hstack([self.lsa.encode_terms(terms), self.static.encode_words(all_words)]))


def fit_archive(
    rows: Iterable[Row],
    titles: Iterable[tuple[str, Sequence[str]]],
    total: int,
    static: StaticEmbedder,
    *,
    adapting: bool = True,
    seed: int = 0,
    listener: Listener = silent,
    executor: Executor | None = None,
) -> ArchiveModel:
    """Learn from the passages of an archive.

    Parameters
    ----------
    rows
        Passages, those of a post together and its own words first: all, or those of the posts that are learned from (``is_learned_from``).
    titles
        Each post with the words of its title, in the order of the passages.
    total
        How many passages there are.
    static
        The embedding to start from.
    adapting
        Whether it is trained further.
    seed, listener, executor
        As everywhere.
    """
    once: dict[str, str] = {}
    said: list[Said] = []
    terms: list[list[str]] = []
    posts = iter(titles)
    post: str | None = None
    title: Sequence[str] = ()
    for row in rows:
        while post != row.post:
            post, title = next(posts)
        if not is_learned_from(row.post, total):
            continue
        terms.append([once.setdefault(word, word) for word in row.terms])
        if adapting:
            mine = [once.setdefault(word, word) for word in row.words]
            full = not row.courtesy and len(row.terms) >= FEWEST_WORDS
            said.append(Said(row.post, row.comment, title, mine, full))
    # sums in one thread: the same bytes on any number of cores. Both take their time, and workers may do the one beside the other.
    with threadpool_limits(1), ThreadPoolExecutor(1) as beside:
        lsa = beside.submit(ArchiveEmbedder(seed=seed).fit, terms)
        adaptation = adapt(static, said, seed, listener, executor) if adapting else None
        return ArchiveModel(lsa.result(), adaptation.model if adaptation else static, adaptation)


@lru_cache(maxsize=1)  # passages of a post follow each other
def is_learned_from(post: str, total: int) -> bool:
    """Tell whether an archive of so many passages is learned from by those of some post: of a large one, from ``MOST_PASSAGES`` or so."""
    number = int.from_bytes(hashlib.sha256(post.encode("utf-8", "surrogatepass")).digest()[8:12], "big")
    return number < MOST_PASSAGES / max(total, 1) * 2**32
