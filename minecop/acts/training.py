"""Training of the models of acts from labelled passages, and what they are worth on fields that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from sklearn.linear_model import LogisticRegression

from minecop.acts.features import Vectorizer
from minecop.acts.labelled import Labelled
from minecop.acts.marking import ACTS, ISSUE, TENSES
from minecop.acts.model import Model, Passage, features_of, passage_of
from minecop.acts.parts import PARTS, clauses, passages_of_clauses
from minecop.text.words import words

LEARNED = (*ACTS, ISSUE, *TENSES)

_STRENGTH = 8.0
"""Inverse strength of regularisation (scikit-learn's ``C``)."""

_PRECISE = {"explainer": 0.92, "platform": 0.9, "announcement": 0.9}
"""Acts for which the bar is set by precision, since what they mark is set aside."""

_BARS = np.linspace(-2.5, 2.5, 101)
_RARER = 1.5
"""How much rarer an act is, about, in an archive than in passages that were written to show acts (the sample archive: requests 1.4 times,
issues 1.6, lessons 2): as much more does a false mark count when bars are set."""

_SMOOTH = 11
"""Bars of which the mean F1 counts: the single best one is chance."""


@dataclass(frozen=True, slots=True)
class Figures:
    """What a model is worth for one label, on fields that it has not seen."""

    label: str
    passages: int
    precision: float
    recall: float

    @property
    def f1(self) -> float:
        """Harmonic mean of precision and recall."""
        return self.f1_where_rarer(1.0)

    def f1_where_rarer(self, times: float) -> float:
        """Return what F1 would be where the label is so many times rarer."""
        if not self.precision or not self.recall:
            return 0.0
        false = times * (1 / self.precision - 1) * self.recall
        return 2 * self.recall / (self.recall + false + 1)


@dataclass(frozen=True, slots=True)
class Examples:
    """What a model is trained on.

    Attributes
    ----------
    labels
        What is learned.
    passages
        Passages, or clauses of them.
    wanted
        Which label each bears, shape (passages, labels).
    fields
        The field of each, by which what is unseen is told.
    """

    labels: tuple[str, ...]
    passages: list[Passage]
    wanted: NDArray[np.bool_]
    fields: NDArray[np.str_]


def examples_of_acts(rows: Sequence[Labelled]) -> Examples:
    """Return passages with the acts and the tense of each."""
    passages = [passage_of(words(row.text), comment=row.kind == "comment") for row in rows]
    wanted = [[label in row.acts | {row.tense} for label in LEARNED] for row in rows]
    issue = LEARNED.index(ISSUE)
    for row, labels in zip(rows, wanted, strict=True):
        labels[issue] = bool({"concern", "wish"} & row.acts)
    return Examples(LEARNED, passages, _table(wanted, LEARNED), np.array([row.field for row in rows]))


def examples_of_parts(rows: Sequence[Labelled]) -> Examples:
    """Return the clauses of the lessons with the parts that they are: those that a part covers by half, or that cover half of one."""
    passages, wanted, fields = [], [], []
    for row in rows:
        if not row.parts:
            continue
        spans = clauses(row.text)
        passages += passages_of_clauses(row.text, spans, words(row.text))
        fields += [row.field] * len(spans)
        for start, end in spans:
            wanted.append([_is_part(row, part, start, end) for part in PARTS])
    return Examples(PARTS, passages, _table(wanted, PARTS), np.array(fields))


def _is_part(row: Labelled, part: str, start: int, end: int) -> bool:
    if part not in row.parts:
        return False
    begin = row.text.find(row.parts[part])
    stop = begin + len(row.parts[part])
    return min(end, stop) - max(start, begin) >= 0.5 * min(end - start, stop - begin)


def _table(wanted: list[list[bool]], labels: Sequence[str]) -> NDArray[np.bool_]:
    return np.array(wanted, dtype=bool).reshape(-1, len(labels))


def train(examples: Examples, bars: NDArray[np.float32] | None = None) -> Model:
    """Train a model.

    Parameters
    ----------
    examples
        Passages with their labels.
    bars
        Scores from which labels are given; ``None`` for 0, which is where both classes weigh the same.
    """
    return _trained(examples, np.arange(len(examples.passages)), bars)


def _trained(examples: Examples, rows: NDArray[np.int64], bars: NDArray[np.float32] | None = None) -> Model:
    passages = [examples.passages[n] for n in rows]
    wanted = examples.wanted[rows]
    numbers = len(examples.passages[0].about)
    vectorizer = Vectorizer.fit([passage.words for passage in passages])
    features = features_of(vectorizer, passages, numbers)
    count = len(examples.labels)
    weights = np.zeros((count, features.shape[1]), dtype=np.float32)
    bias = np.full(count, -10, dtype=np.float32)
    for n in range(count):
        if wanted[:, n].any() and not wanted[:, n].all():
            fitted = LogisticRegression(
                C=_STRENGTH, class_weight="balanced", max_iter=3000, solver="liblinear", random_state=0
            )
            fitted.fit(features, wanted[:, n])
            weights[n], bias[n] = fitted.coef_[0], fitted.intercept_[0]
    return Model(examples.labels, vectorizer, weights, bias, np.zeros(count, np.float32) if bars is None else bars)


def unseen_scores(examples: Examples) -> NDArray[np.float32]:
    """Return the scores of every passage by a model that was trained on the other fields, shape (passages, labels)."""
    scores = np.zeros(examples.wanted.shape, dtype=np.float32)
    for name in sorted(set(examples.fields.tolist())):
        inside = np.flatnonzero(examples.fields == name)
        model = _trained(examples, np.flatnonzero(examples.fields != name))
        scores[inside] = model.scores(model.features([examples.passages[n] for n in inside]))
    return scores


def best_bars(scores: NDArray[np.float32], examples: Examples) -> NDArray[np.float32]:
    """Return the bar of each label with the best F1 around it, or of acts that have to be precise the lowest that is."""
    bars = []
    for n, label in enumerate(examples.labels):
        found = [_figures(label, scores[:, n] >= bar, examples.wanted[:, n]) for bar in _BARS]
        in_archives = [figure.f1_where_rarer(_RARER) for figure in found]
        smooth = np.convolve(np.pad(in_archives, _SMOOTH // 2, "edge"), np.ones(_SMOOTH), "valid")
        best = int(np.argmax(smooth))
        if label in _PRECISE:
            best = next((m for m, figure in enumerate(found) if figure.precision >= _PRECISE[label]), best)
        bars.append(_BARS[best])
    return np.array(bars, dtype=np.float32)


def figures(scores: NDArray[np.float32], examples: Examples) -> dict[str, Figures]:
    """Return what scores are worth, by label; 0 and more is given."""
    return {label: _figures(label, scores[:, n] >= 0, examples.wanted[:, n]) for n, label in enumerate(examples.labels)}


def _figures(label: str, given: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Figures:
    right = int((given & wanted).sum())
    return Figures(label, int(wanted.sum()), right / max(1, int(given.sum())), right / max(1, int(wanted.sum())))
