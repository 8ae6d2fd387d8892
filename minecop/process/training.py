"""Training of models of steps from labelled passages, and what they are worth on fields that they have not seen."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.acts.features import Vectorizer, in_classes
from minecop.acts.labelled import Labelled
from minecop.acts.training import parts_of_fields, regression
from minecop.archive.reading import LABELS_FILE
from minecop.process.definition import Process, load_process
from minecop.process.labels import StepLabel
from minecop.process.model import SecondSteps, StepModel, features_of, with_looks
from minecop.text.words import words

_STRENGTH = 10.0
"""Inverse strength of regularisation (scikit-learn's ``C``); 3 and 30 are worse by half a point."""

_CORRECTION = 5.0
"""How many examples the label counts for that somebody gave to a passage of the archive itself."""

_FEW = 50
"""Examples below which a word counts that stands in one alone."""

_FIELDS = 3
"""Fields in which a feature must stand where passages are labelled: what stands in fewer is their matter, which tells no step elsewhere."""

_WRITTEN = frozenset(["และ", "หรือ", "ซึ่ง", "การ", "ความ", "ที่จะ", "เพื่อ", "อย่าง", "สำหรับ", "โดย", "สามารถ"])
"""Words of written language that are of no feature. The labelled passages that tell of a step hold less than a third as many as a blog and
as the news of a government, where each is one word of a thousand at least: who invents a story writes as people speak, and whoever writes
formally would be taken for one who explains."""

_EXPLAINER, _OTHER = "explainer", "other"
"""Why a passage is about no step: it explains, or for a reason that is not known."""

_BINS = 10

_FEWEST_SECONDS = 10
"""Passages that are about a step beside another from which that step is told so."""

_UNHEARD_OF = -10.0
"""Log odds of a step that a model has no example of."""

_SMOOTHING = 0.1
"""Added to the counts of naive Bayes; with 1 it takes nine of ten passages for some step."""


@dataclass(frozen=True)
class StepExamples:
    """What a model is trained on.

    Attributes
    ----------
    texts
        n passages.
    words, titles
        Their words, and those of the titles above them.
    steps
        The step of each, 0 for none, shape (n,).
    seconds
        The step of each beside that, 0 for none, shape (n,).
    reasons
        Why each would be about no step, if it is, shape (n,).
    fields
        The field of each, by which what is unseen is told, shape (n,).
    weights
        How many examples each counts for, shape (n,).
    labelled
        Whether each ships, beside labelled passages, and is not a user's, shape (n,).
    """

    texts: list[str]
    words: list[list[str]]
    titles: list[list[str]]
    steps: NDArray[np.int64]
    seconds: NDArray[np.int64]
    reasons: NDArray[np.str_]
    fields: NDArray[np.str_]
    weights: NDArray[np.float64]
    labelled: NDArray[np.bool_]

    @cached_property
    def featured(self) -> tuple[Vectorizer, Vectorizer, sp.csr_matrix]:
        """What the features of words are, and of those of titles, and the features of all, shape (n, columns of both)."""
        least = 2 if len(self.words) >= _FEW else 1
        documents = [in_classes(one) for one in self.words]
        fields = np.where(self.labelled, self.fields, "")
        written = _WRITTEN if self.labelled.any() else ()
        text = Vectorizer.fit(documents, least, fields=fields, least_fields=_FIELDS, passed_over=written)
        title = Vectorizer.fit(self.titles, least)
        return text, title, features_of(text, title, self.words, self.titles)

    def take(self, rows: NDArray[np.int64]) -> StepExamples:
        """Return some of the examples."""
        texts = [self.texts[n] for n in rows]
        cut = [self.words[n] for n in rows], [self.titles[n] for n in rows]
        return StepExamples(
            texts,
            *cut,
            self.steps[rows],
            self.seconds[rows],
            self.reasons[rows],
            self.fields[rows],
            self.weights[rows],
            self.labelled[rows],
        )


def examples_of_steps(
    process: Process, rows: Sequence[Labelled] = (), corrections: Iterable[StepLabel] = (), *, settled: bool = True
) -> StepExamples:
    """Return the examples of a process, and labelled passages whose step the readers agree on.

    The names and definitions of steps serve as examples where there are no labelled passages. Where there are, a bare name is an example of
    no step: a list of what could be done tells of nothing that is. A passage that a step excludes is an example of whatever else it is most
    like (``_other_steps``).

    Parameters
    ----------
    process
        Whose steps.
    rows
        Labelled passages.
    corrections
        What people said of passages of the archive itself; each counts for several examples.
    settled
        Whether it is told what else excluded passages are about, which takes as long as all the rest; else they bear the step that they are
        not of.
    """
    found = [(row.text, row.title, row.step, row.field) for row in rows if row.step is not None]
    reasons = {row.text: row.none for row in rows if row.step == 0 and row.none}
    beside = {row.text: row.second for row in rows if row.step}
    many = bool(found)
    shipping = len(load_process(process.extends).steps) if process.extends else 0
    fields = {
        step.number: (process.extends if step.number <= shipping else None) or process.id for step in process.steps
    }
    for step in process.steps:
        found += [(text, "", step.number, fields[step.number]) for text in step.examples]
        found += [(name, "", 0 if many else step.number, fields[step.number]) for name in step.names.values()]
        if many:
            reasons |= dict.fromkeys(step.names.values(), _EXPLAINER)
        if not many:
            found += [(text, "", step.number, process.id) for text in step.definitions.values() if text]
    found += [(text, "", 0, process.id) for text in process.none_examples]
    excluded = [(text, "", step.number, fields[step.number]) for step in process.steps for text in step.exclude]
    found += excluded
    own_part = len(found)
    found += [(label.text, label.title, label.step, LABELS_FILE) for label in corrections if label.text.strip()]
    shipped_fields = {process.extends, *(row.field for row in rows)} if many else set()
    examples = StepExamples(
        [text for text, *_ in found],
        [words(text) for text, *_ in found],
        [words(title) for _, title, *_ in found],
        np.array([step for *_, step, _ in found], dtype=np.int64),
        np.array([beside.get(text, 0) for text, *_ in found], dtype=np.int64),
        np.array([reasons.get(text, _OTHER) for text, *_ in found]),
        np.array([field for *_, field in found]),
        np.where(np.arange(len(found)) < own_part, 1.0, _CORRECTION),
        np.array([field in shipped_fields for *_, field in found]),
    )
    if settled:
        unsure = np.arange(own_part - len(excluded), own_part)
        examples.steps[unsure] = _other_steps(examples, unsure)
    return examples


def _other_steps(examples: StepExamples, rows: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return what passages most likely are that are not about the step which their rows name.

    Told from the other examples by complement naive Bayes (Rennie et al. 2003, "Tackling the poor assumptions of naive Bayes text
    classifiers"), which takes no time. Of labelled passages of fields not seen, with the likeliest wrong step excluded, .93 are told right.
    Where there is no example of none, it is none: that another step fits is not said.
    """
    from sklearn.naive_bayes import ComplementNB

    others = np.setdiff1d(np.arange(len(examples.steps)), rows)
    if not len(rows) or 0 not in examples.steps[others]:
        return np.zeros(len(rows), dtype=np.int64)
    _, _, features = examples.featured
    bayes = ComplementNB(alpha=_SMOOTHING).fit(features[others], examples.steps[others], examples.weights[others])
    likely = bayes.predict_joint_log_proba(features[rows])
    likely[bayes.classes_ == examples.steps[rows][:, None]] = -np.inf
    told: NDArray[np.int64] = bayes.classes_[likely.argmax(axis=1)]
    return told


def train_steps(
    examples: StepExamples, sharpness: float = 1.0, second_scale: tuple[float, float] | None = None
) -> StepModel:
    """Train a model.

    What is about no step is of several kinds, which have little in common but that: each is told by itself (a class of several components,
    as in mixture discriminant analysis, Hastie and Tibshirani 1996), so that thanks do not have to look like definitions.

    Parameters
    ----------
    examples
        Passages of two steps at least, or of one and of none.
    sharpness
        What its log odds are multiplied by (``sharpness_of``).
    second_scale
        The same, and what is added then, of steps beside the first (``acts.training.scale_of``); ``None`` where these are not to be told.
    """
    text, title, features = examples.featured
    names = [(step, "" if step else why) for step, why in zip(examples.steps.tolist(), examples.reasons, strict=True)]
    kinds = sorted(set(names))
    fitted = regression(_STRENGTH)
    fitted.fit(features, [kinds.index(name) for name in names], examples.weights)
    weights, bias = fitted.coef_, fitted.intercept_
    if len(weights) == 1:  # of two classes scikit-learn keeps the weights of the second alone
        weights, bias = np.vstack([-weights, weights]) / 2, np.hstack([-bias, bias]) / 2
    return StepModel(
        tuple(step for step, _ in kinds),
        text,
        title,
        weights.astype(np.float32),
        bias.astype(np.float32),
        sharpness,
        _seconds(examples, features, second_scale) if second_scale else None,
    )


def _seconds(examples: StepExamples, features: sp.csr_matrix, scale: tuple[float, float]) -> SecondSteps | None:
    """Train what tells steps beside the first: of each step, whether passages are about it at all, first or not."""
    steps = steps_beside(examples)
    if not steps:
        return None
    beside_words = with_looks(features, examples.texts)
    fitted = [
        regression(_STRENGTH).fit(beside_words, (examples.steps == step) | (examples.seconds == step), examples.weights)
        for step in steps
    ]
    weights = np.vstack([one.coef_ for one in fitted]).astype(np.float32)
    return SecondSteps(steps, weights, np.hstack([one.intercept_ for one in fitted]).astype(np.float32), scale)


def steps_beside(examples: StepExamples) -> tuple[int, ...]:
    """Return the steps that stand beside another often enough to be told so."""
    steps, counts = np.unique(examples.seconds[examples.seconds > 0], return_counts=True)
    return tuple(steps[counts >= _FEWEST_SECONDS].tolist())


def beside_first(
    examples: StepExamples, first: NDArray[np.integer], values: NDArray[np.floating]
) -> tuple[NDArray[np.floating], NDArray[np.bool_]]:
    """Return what is said of each passage and each step other than the one that is told to be its first, and whether readers gave it that.

    Parameters
    ----------
    examples
        n passages.
    first
        The step of each as it is told, shape (n,); of those told to be of none nothing is asked.
    values
        What is said of each of the steps that are told beside another (``steps_beside``), shape (n, steps).
    """
    steps = np.array(steps_beside(examples))
    asked = (first[:, None] > 0) & (first[:, None] != steps)
    given = (examples.steps[:, None] == steps) | (examples.seconds[:, None] == steps)
    return values[asked], given[asked]


def unseen_log_odds(examples: StepExamples) -> tuple[NDArray[np.float32], NDArray[np.float32]]:
    """Return what speaks for each step of every passage by a model of other fields, as its first and beside another, not yet scaled.

    Shapes (n, steps) each: the columns are the steps in order from none, and those that are told beside another (``steps_beside``).
    """
    part, beside = parts_of_fields(examples.fields), steps_beside(examples)
    count = int(examples.steps.max()) + 1
    first = np.zeros((len(part), count), dtype=np.float32)
    second = np.full((len(part), len(beside)), _UNHEARD_OF, dtype=np.float32)
    for number in sorted(set(part.tolist())):
        inside = np.flatnonzero(part == number)
        own, model = examples.take(inside), train_steps(examples.take(np.flatnonzero(part != number)), 1.0, (1.0, 0.0))
        first[inside] = log_odds_of(model, own, count)
        if model.seconds is not None:
            told = model.seconds.log_odds(model.features(own.words, own.titles), own.texts)
            second[np.ix_(inside, np.searchsorted(beside, model.seconds.steps))] = told
    return first, second


def log_odds_of(model: StepModel, examples: StepExamples, count: int) -> NDArray[np.float32]:
    """Return what a model says speaks for each of so many steps, none first, shape (n, count): next to nothing for what it never saw."""
    found = np.full((len(examples.words), count), _UNHEARD_OF, dtype=np.float32)
    found[:, list(model.steps)] = model.log_odds(model.features(examples.words, examples.titles))
    return found


def sharpness_of(log_odds: NDArray[np.float32], steps: NDArray[np.int64]) -> float:
    """Return what log odds of passages that were not learned from are best multiplied by, so that probabilities are what they say.

    Parameters
    ----------
    log_odds
        Shape (n, steps).
    steps
        The right column of each, shape (n,).
    """
    from scipy.optimize import minimize_scalar
    from scipy.special import log_softmax

    def loss(sharpness: float) -> float:
        return -float(log_softmax(sharpness * log_odds, axis=1)[np.arange(len(steps)), steps].mean())

    return float(minimize_scalar(loss, bounds=(0.2, 20), method="bounded").x)


@dataclass(frozen=True, slots=True)
class StepFigures:
    """What probabilities of steps are worth.

    Attributes
    ----------
    macro_f1
        Mean F1 over the steps and none, of those that have passages.
    any_step_f1
        F1 of telling passages about any step from others.
    of_steps
        F1 of each, none first; ``None`` where no passage is of it, for nothing can be found again then.
    calibration_error
        Expected calibration error of the likeliest step: ten bins with as many passages each (Naeini et al. 2015).
    brier, base_brier
        Mean squared error of the probabilities over all steps, and of the shares of the steps as a guess (Brier 1950).
    confusion
        Passages by right step and likeliest step, shape (steps, steps).
    """

    macro_f1: float
    any_step_f1: float
    of_steps: tuple[float | None, ...]
    calibration_error: float
    brier: float
    base_brier: float
    confusion: NDArray[np.int64]


def step_figures(probabilities: NDArray[np.floating], steps: Sequence[int] | NDArray[np.int64]) -> StepFigures:
    """Return the figures of probabilities, shape (n, steps) with none in the first column, beside the right steps, shape (n,)."""
    from sklearn.metrics import f1_score

    right = np.asarray(steps)
    count = probabilities.shape[1]
    guessed = probabilities.argmax(axis=1)
    of_steps = f1_score(right, guessed, labels=range(count), average=None, zero_division=0)
    there = np.isin(range(count), right)
    wanted = np.eye(count)[right]
    confusion = np.zeros((count, count), dtype=np.int64)
    np.add.at(confusion, (right, guessed), 1)
    return StepFigures(
        float(of_steps[there].mean()),
        float(f1_score(right > 0, guessed > 0, zero_division=0)),
        tuple(value if known else None for value, known in zip(of_steps.tolist(), there, strict=True)),
        calibration_error(probabilities, right),
        float(((probabilities - wanted) ** 2).sum(axis=1).mean()),
        float(((wanted.mean(axis=0) - wanted) ** 2).sum(axis=1).mean()),
        confusion,
    )


def calibration_error(probabilities: NDArray[np.floating], right: NDArray[np.int64]) -> float:
    """Return how far the probability of the likeliest step is from how often it is right, over ten bins with as many passages each."""
    sure, hit = probabilities.max(axis=1), probabilities.argmax(axis=1) == right
    bins = np.array_split(np.argsort(sure, kind="stable"), _BINS)
    return float(
        sum(abs(sure[one].mean() - hit[one].mean()) * len(one) for one in bins if len(one)) / max(1, len(sure))
    )
