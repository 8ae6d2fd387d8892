"""The rows of words trained further on the archive at hand: what stands together in it should lie together.

Pairs are made of what the archive itself says belongs together: a title and a passage of its post, neighbouring passages, a post and what
is said below it. The head stays as it is, and the rows are trained as if there were none; trained under it, they found held-out pairs a
little better, and issues of the sample less often whole. A tenth of the posts is kept aside; the new rows are used only where they find the
pairs of those better than the old.
"""

from __future__ import annotations

import hashlib
from collections.abc import Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from functools import partial
from typing import Any

import numpy as np
from numpy.typing import NDArray
from threadpoolctl import threadpool_limits

from minecop.core.executors import SerialExecutor, map_chunks
from minecop.core.progress import Listener, silent
from minecop.vectors.contrastive import Learner, Objective, len_of
from minecop.vectors.embedder import Vectors
from minecop.vectors.static import OWN, StaticEmbedder, bags_of

ENOUGH = 150
"""Pairs from which rows are trained: with fewer, they came out better on some parts of an archive and worse on others."""

MOST = 100_000
"""Pairs that are trained on: more take longer and teach no more."""

FEWEST_WORDS = 5
"""Content words of a passage that can be half of a pair: a shorter one says too little to be told from others."""

_LEARNERS = 4
"""Rows are trained so many times from the same start, each in an order of its own, and averaged (Wortsman et al. 2022, "model soups"): on
a small archive, which passages find each other hangs on the order otherwise. F1 of a planted issue's members, over 13 parts of the sample
with two models of acts that differ in three passages: .88 and .75 by one, .87 and .88 by four, no better by eight."""

_BATCH = 256
_EPOCHS, _STEPS = 2, 60
"""Times that all pairs are seen, at least; and batches, at least, so that a small archive is seen more often."""

_RATE = 4e-3
_LEAST = 3
"""Times that an unknown word stands in the archive to get a row."""

_FEWEST_ASKED, _MOST_ASKED = 5, 2_000
"""Held-out pairs that are looked at."""


@dataclass(frozen=True, slots=True)
class Said:
    """A passage as the pairs are made of it.

    Attributes
    ----------
    post
        Of which post or comment thread.
    comment
        Number of the comment; ``None`` in the post itself.
    title
        Words of the post's title.
    words
        All words of the passage.
    full
        Whether it says enough to be half of a pair, courtesy not counted.
    """

    post: str
    comment: int | None
    title: Sequence[str]
    words: Sequence[str]
    full: bool


@dataclass(frozen=True, slots=True)
class Adaptation:
    """What came of it.

    Attributes
    ----------
    pairs
        Pairs trained on; 0 where there were too few.
    asked
        Held-out pairs.
    before, after
        Mean reciprocal rank of the right one among the held-out answers, with the old and the new rows.
    model
        The better of both.
    """

    pairs: int
    asked: int
    before: float
    after: float
    model: StaticEmbedder

    @property
    def used(self) -> bool:
        """Whether the new rows are the better ones."""
        return self.after > self.before

    @property
    def figures(self) -> dict[str, Any]:
        """What a manifest says of it."""
        return {
            "used": self.used,
            "pairs": self.pairs,
            "held_out_pairs": self.asked,
            "reciprocal_rank_before": round(self.before, 4),
            "reciprocal_rank_after": round(self.after, 4),
        }


def pairs_of(passages: Sequence[Said]) -> list[tuple[Sequence[str], Sequence[str], str]]:
    """Return pairs of texts as words, with the post that each is of.

    Parameters
    ----------
    passages
        Those of a post follow each other, the post's own first.
    """
    pairs = []
    first: dict[str, Said] = {}
    before: Said | None = None
    for one in passages:
        if not one.full:
            continue
        if one.post not in first:
            first[one.post] = one
            if len(one.title) >= 2:
                pairs.append((one.title, one.words, one.post))
        elif before is not None and before.post == one.post and before.comment == one.comment:
            pairs.append((before.words, one.words, one.post))
        elif one.comment is not None and first[one.post].comment is None:
            pairs.append((one.words, first[one.post].words, one.post))
        before = one
    return pairs


def adapt(
    model: StaticEmbedder,
    passages: Sequence[Said],
    seed: int = 0,
    listener: Listener = silent,
    executor: Executor | None = None,
) -> Adaptation:
    """Train the rows of a model on the pairs of an archive, and return the better of the old and the new.

    The same archive, model and seed give the same rows, wherever they are trained: ``None`` for this process.
    """
    pairs = pairs_of(passages)
    held = np.array([_held_out(post) for _, _, post in pairs], dtype=bool)
    if int((~held).sum()) < ENOUGH or int(held.sum()) < _FEWEST_ASKED:
        return Adaptation(0, int(held.sum()), 0.0, 0.0, model)
    wider = _with_words_of(model, [side for one, two, _ in pairs for side in (one, two)])
    random = np.random.default_rng(seed)
    learned = random.permutation(np.flatnonzero(~held))[:MOST]
    asked = random.permutation(np.flatnonzero(held))[:_MOST_ASKED]
    groups = np.unique([post for _, _, post in pairs], return_inverse=True)[1]

    def bags(chosen: NDArray[np.int64], side: int) -> Any:
        known = wider.vocabulary
        numbers = [[known[word] for word in pairs[n][side] if word in known] for n in chosen]
        return bags_of(numbers, len(known))

    queries, answers = bags(learned, 0), bags(learned, 1)
    used = np.union1d(queries.indices, answers.indices)  # only these rows move
    objective = Objective("archive", queries[:, used], answers[:, used], batch=_BATCH, groups=groups[learned])
    questions, replies = ([list(pairs[n][side]) for n in asked] for side in (0, 1))
    with threadpool_limits(1):  # sums in one thread: the same rows on any number of cores
        before = _reciprocal_rank(wider.encode_words(questions), wider.encode_words(replies))
        train = partial(_trained, wider.rows[used], objective)
        seeds = range(seed, seed + _LEARNERS)
        own = map_chunks(executor or SerialExecutor(), train, seeds, "adapt", listener, _LEARNERS)
        # as float32, so that what is summed are these very rows
        wider.rows[used] = sum(own, start=np.float64(0)) / _LEARNERS
        after = _reciprocal_rank(wider.encode_words(questions), wider.encode_words(replies))
    found = Adaptation(len(learned), len(asked), before, after, wider if after > before else model)
    if found.used:
        wider.about["adaptation"] = found.figures
    return found


def _trained(rows: NDArray[np.float32], objective: Objective, seed: int) -> NDArray[np.float32]:
    """Return rows of words as they are once they were trained."""
    own = rows.copy()
    batches = -(-len_of(objective.queries) // objective.batch)
    epochs = max(_EPOCHS, -(-_STEPS // batches))
    learner = Learner(own, _RATE, epochs, seed)
    with threadpool_limits(1):
        for _ in range(epochs):
            learner.epoch([objective])
    return own


def _held_out(post: str) -> bool:
    return hashlib.sha256(post.encode("utf-8", "surrogatepass")).digest()[0] < 26


def _with_words_of(model: StaticEmbedder, texts: Sequence[Sequence[str]]) -> StaticEmbedder:
    """Return a model with a row for every word that the archive uses more than once or twice, and rows that may be changed.

    Until they are, it makes the same vectors: such a word's row is what the model makes of an unknown word.
    """
    counts: dict[str, int] = {}
    for text in texts:
        for word in text:
            if word not in model.vocabulary:
                counts[word] = counts.get(word, 0) + 1
    new = sorted(word for word, count in counts.items() if count >= _LEAST)
    vocabulary = dict(model.vocabulary) | {word: len(model.vocabulary) + n for n, word in enumerate(new)}
    rows = np.empty((len(vocabulary), model.dimensions), dtype=np.float32)
    rows[: len(model.rows)] = model.rows
    for row, word in zip(rows[len(model.rows) :], new, strict=True):
        row[:] = model.row_of(word)
    likelihood = np.concatenate([model.likelihood, np.full(len(new), model.likelihood.min(initial=0.0))])
    own = np.concatenate([model.own, np.full(len(new), OWN, dtype=model.own.dtype)])
    return StaticEmbedder(vocabulary, rows, f"{model.name}+archive", likelihood, model.about, model.head, own)


def _reciprocal_rank(questions: Vectors, answers: Vectors) -> float:
    """Return the mean reciprocal rank of each question's own answer among all."""
    likeness = questions @ answers.T
    right = np.diagonal(likeness)[:, None]
    return float((1 / (1 + (likeness > right).sum(axis=1))).mean())
