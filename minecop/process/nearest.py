"""The labelled examples that a passage is most like, as the model of steps sees them."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import dataclass

import numpy as np
import scipy.sparse as sp

from minecop.process.model import StepModel
from minecop.process.training import StepExamples


@dataclass(frozen=True, slots=True)
class Nearest:
    """An example that a passage is like.

    Attributes
    ----------
    text
        The example.
    step
        The step that it was labelled with, 0 for none.
    likeness
        Cosine between the two, 0 to 1.
    """

    text: str
    step: int
    likeness: float


def nearest_examples(
    model: StepModel,
    examples: StepExamples,
    texts: Sequence[str],
    all_words: Sequence[Sequence[str]],
    titles: Sequence[Sequence[str]],
    passed_over: Collection[str] = (),
) -> list[dict[int, Nearest]]:
    """Return for each passage the example of every step that it is most like, by step.

    Likeness is a cosine in the features of the model, each weighed by how much it differs from step to step, so that what two passages
    happen to be about counts for little: the example that is nearest over all is of the same step for .71 of the labelled passages when
    those of their own field are left out, and for .69 without the weights.

    Parameters
    ----------
    model
        What tells the steps.
    examples
        Where to look.
    texts
        n passages; an example of the very same words is none.
    all_words, titles
        Their words, and those of the titles above them.
    passed_over
        Examples not to be shown.
    """
    spread = sp.diags(model.weights.std(axis=0))
    own, others = (
        _of_length_one(model.features(*cut) @ spread)
        for cut in ((all_words, titles), (examples.words, examples.titles))
    )
    found = []
    for row, text in enumerate(texts):
        likeness = (others @ own[row].T).toarray().ravel()
        nearest: dict[int, Nearest] = {}
        for n in np.argsort(-likeness, kind="stable").tolist():
            step, example = int(examples.steps[n]), examples.texts[n]
            if likeness[n] <= 0:
                break
            if step not in nearest and example != text and example not in passed_over:
                nearest[step] = Nearest(example, step, float(likeness[n]))
        found.append(nearest)
    return found


def _of_length_one(features: sp.csr_matrix) -> sp.csr_matrix:
    lengths = np.sqrt(np.asarray(features.multiply(features).sum(axis=1)).ravel())
    return sp.diags(1 / np.maximum(lengths, 1e-9)) @ features
