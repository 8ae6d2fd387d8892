"""Training of the model of acts from labelled passages, and what it is worth on fields that it has not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from minecop.acts.features import Vectorizer, words_for_acts
from minecop.acts.labelled import Labelled
from minecop.acts.model import ISSUE, ActModel, Passage, with_length
from minecop.text.normalising import normalise

LEARNED = (
    "courtesy", "request", ISSUE, "concern", "wish", "lesson", "reported", "explainer", "platform", "announcement", "agree", "disagree",
    "case", "experience",
)  # fmt: skip

_STRENGTH = 8.0
"""Inverse strength of regularisation (scikit-learn's ``C``)."""

_PRECISE = {"explainer": 0.92}
"""Acts for which the bar is set by precision, since what they mark is set aside."""

_BARS = np.linspace(-2.5, 2.5, 101)


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model is worth for one act, on fields that it has not seen."""

    act: str
    passages: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        both = self.precision + self.recall
        return 2 * self.precision * self.recall / both if both else 0.0


def passage_of(row: Labelled) -> Passage:
    """Return what the model is given of a labelled passage."""
    return Passage(words_for_acts(normalise(row.text)), row.kind == "comment")


def targets(rows: Sequence[Labelled]) -> NDArray[np.bool_]:
    """Return which act each passage does, shape (passages, acts)."""
    return np.array([[_does(row, act) for act in LEARNED] for row in rows], dtype=bool).reshape(len(rows), -1)


def _does(row: Labelled, act: str) -> bool:
    return bool({"concern", "wish"} & row.acts) if act == ISSUE else act in row.acts


def train(rows: Sequence[Labelled], bars: NDArray[np.float32] | None = None) -> ActModel:
    """Train a model.

    Parameters
    ----------
    rows
        Labelled passages.
    bars
        Scores from which acts are marked; ``None`` for 0, which is where both classes weigh the same.
    """
    passages = [passage_of(row) for row in rows]
    return _trained(passages, targets(rows), bars)


def _trained(
    passages: Sequence[Passage], wanted: NDArray[np.bool_], bars: NDArray[np.float32] | None = None
) -> ActModel:
    vectorizer = Vectorizer.fit([passage.words for passage in passages])
    features = with_length(vectorizer, passages)
    weights = np.zeros((len(LEARNED), features.shape[1]), dtype=np.float32)
    bias = np.full(len(LEARNED), -10, dtype=np.float32)
    for n in range(len(LEARNED)):
        if wanted[:, n].any() and not wanted[:, n].all():
            fitted = LogisticRegression(
                C=_STRENGTH, class_weight="balanced", max_iter=3000, solver="liblinear", random_state=0
            )
            fitted.fit(features, wanted[:, n])
            weights[n], bias[n] = fitted.coef_[0], fitted.intercept_[0]
    return ActModel(LEARNED, vectorizer, weights, bias, np.zeros(len(LEARNED), np.float32) if bars is None else bars)


def unseen_scores(rows: Sequence[Labelled]) -> NDArray[np.float32]:
    """Return the scores of every passage by a model that was trained on the other fields, shape (passages, acts)."""
    passages, wanted = [passage_of(row) for row in rows], targets(rows)
    fields = np.array([row.field for row in rows])
    scores = np.zeros(wanted.shape, dtype=np.float32)
    for name in sorted(set(fields)):
        inside = np.flatnonzero(fields == name)
        outside = np.flatnonzero(fields != name)
        model = _trained([passages[n] for n in outside], wanted[outside])
        scores[inside] = model.scores(model.features([passages[n] for n in inside]))
    return scores


def best_bars(scores: NDArray[np.float32], wanted: NDArray[np.bool_]) -> NDArray[np.float32]:
    """Return the bar of each act with the best F1, or of acts that have to be precise the lowest that is."""
    bars = []
    for n, act in enumerate(LEARNED):
        figures = [_figures(act, scores[:, n] >= bar, wanted[:, n]) for bar in _BARS]
        best = int(np.argmax([found.f1 for found in figures]))
        if act in _PRECISE:
            best = next((m for m, found in enumerate(figures) if found.precision >= _PRECISE[act]), best)
        bars.append(_BARS[best])
    return np.array(bars, dtype=np.float32)


def figures(scores: NDArray[np.float32], wanted: NDArray[np.bool_]) -> list[Figures]:
    """Return what scores are worth, an act at a time; 0 and more is marked."""
    return [_figures(act, scores[:, n] >= 0, wanted[:, n]) for n, act in enumerate(LEARNED)]


def _figures(act: str, marked: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Figures:
    right = int((marked & wanted).sum())
    return Figures(act, int(wanted.sum()), right / max(1, int(marked.sum())), right / max(1, int(wanted.sum())))
