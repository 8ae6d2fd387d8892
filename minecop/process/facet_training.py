"""Training of the models of facets from labelled passages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from minecop.acts.labelled import Labelled
from minecop.acts.model import Model
from minecop.acts.training import Examples, calibrate, train
from minecop.process.definition import Process
from minecop.process.facets import facet_passages
from minecop.text.words import words


def examples_of_facet(facet: Process, rows: Iterable[Labelled]) -> Examples:
    """Return the labelled passages that readers agree on, with the values of a facet that each has."""
    read = [(row, values) for row in rows if (values := row.facets.get(facet.id)) is not None]
    labels = tuple(step.id for step in facet.steps)
    return Examples(
        labels,
        facet_passages([words(row.text) for row, _ in read], [words(row.title) for row, _ in read]),
        np.array([[label in values for label in labels] for _, values in read], dtype=bool).reshape(-1, len(labels)),
        np.array([row.field for row, _ in read]),
    )


def train_facet(
    examples: Examples, scores: NDArray[np.float32], bars: NDArray[np.float32], kept: NDArray[np.bool_]
) -> Model:
    """Train the model of a facet whose log odds are what they say, so that its probabilities need nothing beside it.

    Parameters
    ----------
    examples
        Passages with their values.
    scores
        Of each passage by a model of other fields (``unseen_scores``), shape (passages, labels).
    bars
        Score from which a value is given, shape (labels,).
    kept
        Which values it is to tell, shape (labels,).
    """
    model = train(examples, bars)
    for n in np.flatnonzero(kept).tolist():
        calibrate(model, n, scores[:, n], examples.wanted[:, n])
    labels = tuple(label for label, keep in zip(model.labels, kept, strict=True) if keep)
    return replace(model, labels=labels, weights=model.weights[kept], bias=model.bias[kept], bars=model.bars[kept])
