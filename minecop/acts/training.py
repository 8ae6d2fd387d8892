"""Training of the models of acts from labelled passages, and what they are worth on fields that they have not seen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from itertools import chain
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.acts.clauses import clauses, lies_in
from minecop.acts.features import Vectorizer
from minecop.acts.labelled import Labelled
from minecop.acts.marking import ACTS, ISSUE, OF_ISSUES, OPEN, TENSES
from minecop.acts.model import Model, Passage, beside, features_of, features_of_clauses, passage_of
from minecop.acts.parts import PARTS, passages_of_clauses
from minecop.text.words import words
from minecop.vectors.concerns import ConcernVoice

if TYPE_CHECKING:
    from sklearn.linear_model import LogisticRegression

LEARNED = (*ACTS, ISSUE, OPEN, *TENSES)

_COMMON_GOALS = 2
"""The step in which people look for, or find, what they want together."""

_STRENGTH = 8.0
"""Inverse strength of regularisation (scikit-learn's ``C``)."""

_COMMON = {"lesson": 3, "request": 4}
"""Labels that are learned from what stands in so many fields alone: much of a lesson is the matter of its field, which shows no lesson
elsewhere, and a request is asked in the same small words everywhere. With four, short lessons are missed. Issues are no better for it: what
troubles people is of their field."""

_STRENGTH_OF_COMMON = 32.0
"""The strength for them: a passage has fewer such features, and its row is shorter."""

_BY_CLAUSE = {"request": 0.25, ISSUE: 0.3, OPEN: 0.3}
"""Labels that one clause shows, and what the plainest clause counts of a score, beside the passage. For the other acts, clauses made it
worse, or no better."""

_VOICED = (ISSUE, OPEN)
"""Labels of which it is known what clauses show them. Which show a request is learned with the rest, which for issues made it worse."""

_VOICE = 0.1
"""What a voice of ``corpora/concerns`` counts, beside a labelled passage, for what is unsettled: they tell softly what labelled passages
say plainly, but are all of one kind. Of concerns by other hands, planted in real text, the passages are told from the rest with an average
precision of .52 so, and .45 without; labelled passages of fields not seen with .872 and .870. To count them more makes these worse."""

_AROUND = 0.5
"""What counts, beside a clause's own words, of those of the clauses beside it. Those of the whole passage, too, made it hardly better."""

_ROUNDS = 12
"""Times that the clauses of passages are weighed, and learned from; twice as many make it no better."""

_PRECISE = {"explainer": 0.92, "platform": 0.9, "announcement": 0.9}
"""Acts for which the bar is set by precision, since what they mark is set aside."""

_BARS = np.linspace(-2.5, 2.5, 101)
RARER_IN_ARCHIVES = 3.5
"""How much rarer an act is, about, in an archive than in passages that were written to show acts: as much more does a false mark count when
bars are set. The sample archive, which was written to hold them too, has requests 1.4 times, issues 1.6 and lessons 2 times more rarely."""

_AS_COMMON = ("courtesy",)
"""Acts of which archives are as full: three of ten comments of the sample archive do nothing but thank and greet."""

_PARTS = 6
"""Parts of the fields."""

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
    voices
        Passages that voice something unsettled, of which nothing else is known.
    """

    labels: tuple[str, ...]
    passages: list[Passage]
    wanted: NDArray[np.bool_]
    fields: NDArray[np.str_]
    voices: Sequence[Passage] = ()

    def take(self, rows: NDArray[np.int64]) -> Examples:
        """Return some of the examples."""
        return replace(
            self, passages=[self.passages[n] for n in rows], wanted=self.wanted[rows], fields=self.fields[rows]
        )


def examples_of_acts(rows: Sequence[Labelled], voices: Sequence[ConcernVoice] = ()) -> Examples:
    """Return passages with the acts and the tense of each, of those that were read for them, and beside them voices of concerns."""
    read = [(row, row.acts) for row in rows if row.acts is not None]
    passages = [
        replace(
            passage_of(row.text, words(row.text), comment=row.kind == "comment"),
            voiced=[_place(row.text, piece) for piece in row.voiced],
        )
        for row, _ in read
    ]
    wanted = []
    for row, acts in read:
        labels = acts | {row.tense}
        if not acts.isdisjoint(OF_ISSUES):
            labels |= {ISSUE, OPEN}
        if row.step == _COMMON_GOALS:
            labels |= {ISSUE}
        wanted.append([label in labels for label in LEARNED])
    told = [passage_of(voice.text, words(voice.text), comment=voice.kind == "comment") for voice in voices]
    return Examples(LEARNED, passages, _table(wanted, LEARNED), np.array([row.field for row, _ in read]), told)


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
    return lies_in((start, end), _place(row.text, row.parts[part]))


def _place(text: str, piece: str) -> tuple[int, int]:
    begin = text.find(piece)
    return begin, begin + len(piece)


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
    spread = _fields_with(features, examples.fields[rows])
    count = len(examples.labels)
    weights = np.zeros((count, features.shape[1]), dtype=np.float32)
    bias = np.full(count, -10, dtype=np.float32)
    both = wanted.any(axis=0) & ~wanted.all(axis=0)
    for n in np.flatnonzero(both):
        label = examples.labels[n]
        kept = spread >= _COMMON.get(label, 0)
        fitted = regression(_STRENGTH_OF_COMMON if label in _COMMON else _STRENGTH)
        if label == OPEN and examples.voices:
            every = sp.vstack([features, features_of(vectorizer, examples.voices, numbers)], format="csr")
            counts = np.repeat([1.0, _VOICE], [len(passages), len(examples.voices)])
            fitted.fit(every[:, kept], np.append(wanted[:, n], np.ones(len(examples.voices), dtype=bool)), counts)
        else:
            fitted.fit(features[:, kept], wanted[:, n])
        weights[n, kept], bias[n] = fitted.coef_[0], fitted.intercept_[0]
    by_clause = np.flatnonzero(both & np.isin(examples.labels, list(_BY_CLAUSE)))
    clause_weights = np.zeros((len(by_clause), vectorizer.columns), dtype=np.float32)
    beside_weights, clause_bias = np.zeros_like(clause_weights), np.zeros(len(by_clause), dtype=np.float32)
    if len(by_clause):
        cut, starts = features_of_clauses(vectorizer, passages)
        of = np.repeat(np.arange(len(passages)), np.diff(np.append(starts, cut.shape[0])))
        voicing = np.fromiter(chain.from_iterable(passage.voicing() for passage in passages), dtype=bool)
    for row, n in enumerate(by_clause):
        share = _BY_CLAUSE[examples.labels[n]]
        weights[n] *= 1 - share
        bias[n] *= 1 - share
        if examples.labels[n] in _VOICED:
            fitted = regression(_STRENGTH)
            fitted.fit(sp.hstack([cut, _AROUND * beside(cut, starts)], format="csr"), voicing & wanted[of, n])
            clause_weights[row], beside_weights[row] = share * fitted.coef_[0].reshape(2, -1)
            beside_weights[row] *= _AROUND
        else:
            fitted = _fitted_to_clauses(cut, starts, wanted[:, n])
            clause_weights[row] = share * fitted.coef_[0]
        clause_bias[row] = share * fitted.intercept_[0]
    return Model(
        examples.labels,
        vectorizer,
        weights,
        bias,
        np.zeros(count, np.float32) if bars is None else bars,
        by_clause,
        clause_weights,
        beside_weights,
        clause_bias,
    )


def regression(strength: float) -> LogisticRegression:
    """Return a logistic regression of many sparse features and few examples, in which the rarer answer weighs as much as the other.

    Newton's method with conjugate gradients: a seventh of the time that L-BFGS takes, which stays further from the optimum, and two thirds
    of that of coordinate descent in the dual.

    Parameters
    ----------
    strength
        Inverse strength of regularisation (scikit-learn's ``C``).
    """
    from sklearn.linear_model import LogisticRegression

    return LogisticRegression(C=strength, class_weight="balanced", max_iter=1_000, solver="newton-cg", tol=1e-5)


def _fields_with(features: sp.csr_matrix, fields: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return in how many fields each feature stands, shape (features,)."""
    found: NDArray[np.int64] = sum(features[fields == name].getnnz(axis=0) > 0 for name in set(fields.tolist()))
    return found


def _fitted_to_clauses(
    features: sp.csr_matrix, starts: NDArray[np.int64], wanted: NDArray[np.bool_]
) -> LogisticRegression:
    """Return what tells from its words whether a clause shows a label, where only the passages that bear it are known.

    Each clause of such a passage is an example as far as it is likelier than the others to be the one that shows it: all alike at first,
    then by what has been learned (learning from multiple instances, by expectation and maximisation).
    """
    counts = np.diff(np.append(starts, features.shape[0]))
    shows = np.repeat(wanted, counts)
    scores = np.zeros(len(shows))
    fitted = regression(_STRENGTH)
    for _ in range(_ROUNDS):
        odds = np.exp(scores - np.repeat(np.maximum.reduceat(scores, starts), counts))
        share = odds / np.repeat(np.add.reduceat(odds, starts), counts)
        # together they weigh as much as they are many, which is what "balanced" goes by
        weight = np.where(shows, share * shows.sum() / wanted.sum(), 1.0)
        scores = fitted.fit(features, shows, sample_weight=weight).decision_function(features)
    return fitted


def parts_of_fields(fields: NDArray[np.str_]) -> NDArray[np.int64]:
    """Return in which of six parts the field of each passage lies, shape (passages,): each part is told by a model of the others."""
    names = sorted(set(fields.tolist()))
    return np.array([names.index(field) % _PARTS for field in fields.tolist()], dtype=np.int64)


def unseen_scores(examples: Examples) -> NDArray[np.float32]:
    """Return the scores of every passage by a model that was trained on other fields, shape (passages, labels)."""
    scores = np.zeros(examples.wanted.shape, dtype=np.float32)
    parts = parts_of_fields(examples.fields)
    for part in sorted(set(parts.tolist())):
        inside = np.flatnonzero(parts == part)
        model = _trained(examples, np.flatnonzero(parts != part))
        passages = [examples.passages[n] for n in inside]
        scores[inside] = model.scores(passages, model.features(passages))
    return scores


def best_bars(scores: NDArray[np.float32], examples: Examples, rarer: float = 1.0) -> NDArray[np.float32]:
    """Return the bar of each label with the best F1 around it, or of acts that have to be precise the lowest that is.

    Parameters
    ----------
    scores
        Of passages by models that have not seen their fields, shape (passages, labels).
    examples
        The passages.
    rarer
        How much rarer labels are where they will be given (``RARER_IN_ARCHIVES``).
    """
    bars = []
    for n, label in enumerate(examples.labels):
        found = [_figures(label, scores[:, n] >= bar, examples.wanted[:, n]) for bar in _BARS]
        in_archives = [figure.f1_where_rarer(1.0 if label in _AS_COMMON else rarer) for figure in found]
        smooth = np.convolve(np.pad(in_archives, _SMOOTH // 2, "edge"), np.ones(_SMOOTH), "valid")
        best = int(np.argmax(smooth))
        if label in _PRECISE:
            best = next((m for m, figure in enumerate(found) if figure.precision >= _PRECISE[label]), best)
        bars.append(_BARS[best])
    return np.array(bars, dtype=np.float32)


def calibrate(
    model: Model, number: int, scores: NDArray[np.float32], wanted: NDArray[np.bool_], *, balanced: bool = False
) -> None:
    """Scale a label of a model so that its log odds are what they say (Platt 1999, "Probabilistic outputs for support vector machines").

    Parameters
    ----------
    model
        Its weights and its bar are changed in place.
    number
        Of the label.
    scores
        Of passages by models that have not seen their fields, shape (passages,).
    wanted
        Which of them bear the label.
    balanced
        As if those that do and those that do not were as many.
    """
    slope, offset = scale_of(scores, wanted, balanced=balanced)
    model.weights[number] *= slope
    model.bias[number] = slope * model.bias[number] + offset
    model.bars[number] = slope * model.bars[number] + offset
    by_clause = model.by_clause == number
    for of_clauses in (model.clause_weights, model.beside_weights, model.clause_bias):
        of_clauses[by_clause] *= slope


def scale_of(scores: NDArray[np.float32], wanted: NDArray[np.bool_], *, balanced: bool = False) -> tuple[float, float]:
    """Return the slope and offset by which scores of passages not seen, shape (n,), become log odds of what is wanted."""
    from sklearn.linear_model import LogisticRegression

    fitted = LogisticRegression(C=np.inf, class_weight="balanced" if balanced else None).fit(scores[:, None], wanted)
    return float(fitted.coef_[0, 0]), float(fitted.intercept_[0])


def figures(scores: NDArray[np.float32], examples: Examples) -> dict[str, Figures]:
    """Return what scores are worth, by label; 0 and more is given."""
    return {label: _figures(label, scores[:, n] >= 0, examples.wanted[:, n]) for n, label in enumerate(examples.labels)}


def _figures(label: str, given: NDArray[np.bool_], wanted: NDArray[np.bool_]) -> Figures:
    right = int((given & wanted).sum())
    return Figures(label, int(wanted.sum()), right / max(1, int(given.sum())), right / max(1, int(wanted.sum())))
