"""Rows of words learned from pairs of texts that belong together: the pair's vectors draw near, those of others in the batch apart.

The loss is that of multiple negatives (Henderson et al. 2017, "Efficient natural language response suggestion", section 4), the update is
Adam over the rows that a batch touches alone. Written in NumPy and SciPy: a text's vector is the sum of its words' rows, so the gradient of
a whole batch is two sparse products, as fast on a CPU as with torch, which need not be there.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

Rows = NDArray[np.float32]

_BETA1, _BETA2, _EPSILON = 0.9, 0.999, 1e-8

_ROWS_AT_A_TIME = 256
"""What is worked out of them then stays in the processor's own memory."""


@dataclass(slots=True)
class Objective:
    """Pairs to learn from.

    Attributes
    ----------
    name
        What they are, for the account of the training.
    queries
        Word counts, shape (pairs, words), CSR.
    answers
        Word counts of what belongs to each, shape (pairs, words); or vectors of length 1 that are to be met, shape (pairs, d).
    batch
        Pairs at a time.
    weight
        Of the loss.
    groups
        A number for each pair; two pairs of one group are no wrong answers to each other. ``None`` where each is its own.
    temperature
        Cosines are divided by it.
    omitted
        Share of a text's different words that is left out each time it is seen, so that no word bears a pair alone.
    """

    name: str
    queries: sp.csr_matrix
    answers: sp.csr_matrix | Rows
    batch: int = 512
    weight: float = 1.0
    groups: NDArray[np.int64] | None = None
    temperature: float = 0.05
    omitted: float = 0.15


class Adam:
    """Weights, and how they move by their gradients (Kingma & Ba 2015).

    Parameters
    ----------
    weights
        Changed in place.
    """

    def __init__(self, weights: Rows) -> None:
        self._weights = weights
        self._first, self._second = np.zeros_like(weights), np.zeros_like(weights)
        self._steps = 0

    def step(self, gradient: Rows, rate: float, touched: NDArray[np.int64] | None = None) -> None:
        """Move the weights, or only those rows that are touched: ``gradient`` is theirs."""
        self._steps += 1
        rate *= math.sqrt(1 - _BETA2**self._steps) / (1 - _BETA1**self._steps)
        for start in range(0, len(gradient), _ROWS_AT_A_TIME):
            own = slice(start, start + _ROWS_AT_A_TIME)
            some, by = own if touched is None else touched[own], gradient[own]
            first = _BETA1 * self._first[some]
            first += (1 - _BETA1) * by
            second = _BETA2 * self._second[some]
            second += (1 - _BETA2) * by**2
            self._first[some], self._second[some] = first, second
            first *= rate
            np.sqrt(second, out=second)
            second += _EPSILON
            first /= second
            self._weights[some] -= first


class Learner:
    """Rows of words, and how they move.

    Parameters
    ----------
    rows
        Shape (words, d); changed in place.
    rate
        First step of Adam; it falls to nothing in a straight line.
    epochs
        How many there will be.
    seed
        Of the order of pairs and of what is omitted.
    """

    def __init__(self, rows: Rows, rate: float, epochs: int, seed: int = 0) -> None:
        self.rows = rows
        self.rate = rate
        self.epochs = epochs
        self._random = np.random.default_rng(seed)
        self._adam = Adam(rows)
        self._steps = 0
        self._last = 0

    def epoch(self, objectives: Sequence[Objective]) -> dict[str, float]:
        """Go through the first objective once, beside it through so many batches of the others, and return the mean loss of each."""
        orders = [_Order(len_of(one.queries), self._random) for one in objectives]
        batches = -(-len_of(objectives[0].queries) // objectives[0].batch)
        self._last = self._last or batches * self.epochs
        losses = dict.fromkeys((one.name for one in objectives), 0.0)
        for _ in range(batches):
            moves = []
            for one, order in zip(objectives, orders, strict=True):
                loss, gradients = self._batch(one, order.next(one.batch))
                losses[one.name] += loss / batches
                moves += gradients
            self._step(moves, self.rate * max(0.0, 1 - self._steps / self._last))
            self._steps += 1
        return losses

    def _batch(self, one: Objective, chosen: NDArray[np.int64]) -> tuple[float, list[Any]]:
        """Return the loss of a batch, and for each side what ``_encode`` makes of its gradient."""
        asked, back = self._encode(_thinned(one.queries[chosen], one.omitted, self._random))
        groups = one.groups[chosen] if one.groups is not None else np.arange(len(chosen))
        if sp.issparse(one.answers):
            given, back_given = self._encode(_thinned(one.answers[chosen], one.omitted, self._random))
            loss, by_asked, by_given = _multiple_negatives(asked, given, groups, one.temperature)
            return loss, [back(one.weight * by_asked), back_given(one.weight * by_given)]
        given = one.answers[chosen]
        loss, by_asked, _ = _multiple_negatives(asked, given, groups, one.temperature)
        # Beside being nearest it is to be met: twice one minus the cosine.
        loss += 2 * float(1 - np.einsum("ij,ij->i", asked, given).mean())
        by_asked -= (2 / len(chosen)) * given
        return loss, [back(one.weight * by_asked)]

    def _encode(self, bags: sp.csr_matrix) -> tuple[Rows, Callable[[Rows], Any]]:
        """Return vectors of length 1, and what makes of the gradient by them what ``_step`` takes: bags, and the gradient by their sums."""
        unit, length = with_length(bags @ self.rows)
        return unit, lambda by: (bags, through_length(by, unit, length))

    def _step(self, moves: Sequence[Any], rate: float) -> None:
        """Move the rows that a batch touches."""
        touched = np.unique(np.concatenate([bags.indices for bags, _ in moves]))
        if not len(touched):
            return
        place = np.zeros(len(self.rows), dtype=np.int32)
        place[touched] = np.arange(len(touched), dtype=np.int32)
        gradient = np.zeros((len(touched), self.rows.shape[1]), dtype=np.float32)
        for bags, by in moves:
            narrow = sp.csr_matrix((bags.data, place[bags.indices], bags.indptr), shape=(bags.shape[0], len(touched)))
            gradient += narrow.T.tocsr() @ by
        self._adam.step(gradient, rate, touched)


class _Order:
    """Numbers in random order, again and again."""

    def __init__(self, count: int, random: np.random.Generator) -> None:
        self._count, self._random = count, random
        self._left = np.empty(0, dtype=np.int64)

    def next(self, size: int) -> NDArray[np.int64]:
        """Return the next numbers: ``size``, or all where there are fewer."""
        size = min(size, self._count)
        if len(self._left) < size:
            self._left = self._random.permutation(self._count)
        chosen, self._left = self._left[:size], self._left[size:]
        return chosen


def len_of(bags: sp.csr_matrix) -> int:
    """Return the number of texts."""
    return int(bags.shape[0])


def _thinned(bags: sp.csr_matrix, omitted: float, random: np.random.Generator) -> sp.csr_matrix:
    """Return bags with some words left out at random; none is emptied."""
    if not omitted:
        return bags
    bags = bags.copy()  # what follows works on its arrays
    if not bags.nnz:
        return bags
    keep = random.random(bags.nnz) >= omitted
    kept = np.add.reduceat(keep, np.minimum(bags.indptr[:-1], bags.nnz - 1))
    keep |= np.repeat(kept == 0, np.diff(bags.indptr))
    bags.data *= keep
    bags.eliminate_zeros()
    return bags


def with_length(sums: Rows) -> tuple[Rows, Rows]:
    """Return rows of length 1, and the lengths that they had, shape (n, 1)."""
    sums = np.asarray(sums, dtype=np.float32)
    length = np.maximum(np.linalg.norm(sums, axis=1, keepdims=True), 1e-6).astype(np.float32)
    return sums / length, length


def through_length(by: Rows, unit: Rows, length: Rows) -> Rows:
    """Return the gradient by sums, given that by what ``with_length`` made of them, and what it made."""
    made: Rows = (by - unit * np.einsum("ij,ij->i", by, unit)[:, None]) / length
    return made


def _multiple_negatives(
    asked: Rows, given: Rows, groups: NDArray[np.int64], temperature: float
) -> tuple[float, Rows, Rows]:
    """Return the loss of finding each one's answer among all answers, and its gradients by both sides."""
    likeness = asked @ given.T / temperature
    same = groups[:, None] == groups[None, :]
    np.fill_diagonal(same, val=False)
    likeness[same] = -np.inf
    likeness -= likeness.max(axis=1, keepdims=True)
    share = np.exp(likeness)
    share /= share.sum(axis=1, keepdims=True)
    right = np.diagonal(share)
    loss = float(-np.log(np.maximum(right, 1e-12)).mean())
    share[np.diag_indices(len(share))] -= 1
    share /= len(share) * temperature
    return loss, share @ given, share.T @ asked
