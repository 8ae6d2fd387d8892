"""A small layer over the sum of a text's rows: what words say together is more than the sum of what each says.

``unit(y + relu(y @ inner + bias) @ outer)`` of a vector y of length 1, with its gradients by hand. It begins as nothing (``outer`` is zero)
and is trained on rows that stay as they are: trained together, both learn the concerns by heart.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.core.products import product
from minecop.vectors.contrastive import Adam, Learner, through_length, with_length
from minecop.vectors.embedder import Vectors, unit_rows

Weights = NDArray[np.float32]

_REACH = 8.0
"""A vector of length 1 has small numbers: the weights that meet it, and the steps they take, are so many times those of other layers."""

_TEXTS_AT_A_TIME = 500
"""What is between the layers then stays in the processor's own memory."""


@dataclass(frozen=True, slots=True)
class Head:
    """The weights.

    Attributes
    ----------
    inner, bias
        Shapes (d, width) and (width,).
    outer
        Shape (width, d).
    """

    inner: Weights
    bias: Weights
    outer: Weights

    @classmethod
    def new(cls, dimensions: int, width: int, random: np.random.Generator) -> Head:
        """Return a head that changes nothing yet."""
        bound = dimensions**-0.5
        inner = random.uniform(-bound, bound, (dimensions, width)).astype(np.float32)
        bias = random.uniform(-bound, bound, width).astype(np.float32)
        return cls(np.float32(_REACH) * inner, bias, np.zeros((width, dimensions), dtype=np.float32))

    def mixed(self, share: float) -> Head:
        """Return a head that adds a share of what this one adds."""
        return Head(self.inner, self.bias, np.float32(share) * self.outer)

    def apply(self, sums: Vectors) -> Vectors:
        """Return sums of rows turned, each as long as it was, shape (n, d)."""
        made = np.empty_like(sums)
        for start in range(0, len(sums), _TEXTS_AT_A_TIME):
            unit, length = with_length(sums[start : start + _TEXTS_AT_A_TIME])
            made[start : start + _TEXTS_AT_A_TIME] = length * unit_rows(self._layers(unit, product)[1])
        return made

    def learn(self, vectors: Vectors) -> tuple[Vectors, Callable[[Vectors], tuple[Weights, Weights, Weights]]]:
        """Return vectors of length 1 turned, and what makes the gradients by inner, bias and outer of that by the turned vectors."""
        hidden, added = self._layers(vectors)
        made, length = with_length(added)

        def back(by: Vectors) -> tuple[Weights, Weights, Weights]:
            by_added = through_length(by, made, length)
            by_hidden: Vectors = np.where(hidden > 0, by_added @ self.outer.T, 0)
            by_bias: Weights = by_hidden.sum(axis=0)
            return vectors.T @ by_hidden, by_bias, hidden.T @ by_added

        return made, back

    def _layers(
        self, vectors: Vectors, times: Callable[[Vectors, Weights], Vectors] = np.matmul
    ) -> tuple[Vectors, Vectors]:
        hidden = times(vectors, self.inner)
        hidden += self.bias
        np.maximum(hidden, 0, out=hidden)
        added = times(hidden, self.outer)
        added += vectors
        return hidden, added


class HeadLearner(Learner):
    """Trains a head on rows that stay as they are.

    Parameters
    ----------
    head
        Its weights are changed in place.
    rows, rate, epochs, seed
        As ``Learner`` has them.
    """

    def __init__(self, head: Head, rows: Vectors, rate: float, epochs: int, seed: int = 0) -> None:
        super().__init__(rows, rate, epochs, seed)
        self._head = head
        self._adams = [Adam(weights) for weights in (head.inner, head.bias, head.outer)]

    def _encode(self, bags: sp.csr_matrix) -> tuple[Vectors, Callable[[Vectors], Any]]:
        return self._head.learn(with_length(bags @ self.rows)[0])

    def _step(self, moves: Sequence[Any], rate: float) -> None:
        for adam, gradients, reach in zip(self._adams, zip(*moves, strict=True), (_REACH, 1, 1), strict=True):
            adam.step(sum(gradients), reach * rate)
