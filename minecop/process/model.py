"""A trained model of steps: multinomial logistic regression over the words of a passage and of the title above it.

What a passage tells of a step lies in what is done and in when: the features are those of the acts, in which small words and their places
count. ``training.py`` makes models. On disk: numbers as safetensors, words as JSON, nothing that runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain, compress
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.acts.features import Vectorizer
from minecop.core.errors import ModelError
from minecop.process.looks import HIGHEST, looks, phrases

FORMAT = 3

_TITLE = 0.25
"""Weight of a title beside a passage: more, and passages of one post are told alike."""

_TOGETHER = 2.5
"""What log odds of the kinds of none are multiplied by before their odds are added up: about their sharpness. With 1, many a kind that is
hardly likely would add up to a likely none."""

_TEXT, _TITLES, _SECOND = "text_", "title_", "second"


@dataclass(frozen=True, slots=True)
class SecondSteps:
    """What tells that a passage is about a step beside its first: one logistic regression a step that often stands beside another.

    Attributes
    ----------
    steps
        The steps that it tells.
    weights, bias
        Shapes (steps, features and ``looks``) and (steps,).
    scale
        What log odds are multiplied by, and what is added then (Platt 1999, "Probabilistic outputs for support vector machines").
    """

    steps: tuple[int, ...]
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    scale: tuple[float, float]

    def chances(
        self, features: sp.csr_matrix, texts: Sequence[str], first: NDArray[np.int64], told_from: float = 0.0
    ) -> NDArray[np.float32]:
        """Return the probability that each step is one of a passage's beside its first, shape (passages, steps); 0 for that itself.

        Where none of them can reach a probability however the writers look at how it went, it is not looked how they do, which takes longer
        than all the rest: what is returned lies below it then, too.

        Parameters
        ----------
        features, texts
            Of n passages.
        first
            The first step of each, shape (n,).
        told_from
            That probability.
        """
        from scipy.special import expit, logit

        times, plus = self.scale
        by_words = features.shape[1]
        odds = np.asarray(features @ self.weights[:, :by_words].T) + self.bias
        odds[first[:, None] == np.array(self.steps)] = -np.inf
        at_most = odds + HIGHEST * np.maximum(self.weights[:, by_words:], 0).sum(axis=1)
        rows = np.flatnonzero((times * at_most + plus >= logit(told_from)).any(axis=1))
        odds[rows] += looks([texts[row] for row in rows.tolist()]) @ self.weights[:, by_words:].T
        chances: NDArray[np.float32] = expit(times * odds + plus)
        return chances

    def log_odds(self, features: sp.csr_matrix, texts: Sequence[str]) -> NDArray[np.float32]:
        """Return how much speaks for each step, not yet scaled, shape (passages, steps)."""
        found: NDArray[np.float32] = np.asarray(with_looks(features, texts) @ self.weights.T) + self.bias
        return found

    def evidence(
        self, text: Vectorizer, features: sp.csr_matrix, texts: Sequence[str], steps: NDArray[np.int64], most: int = 4
    ) -> list[tuple[str, ...]]:
        """Return what speaks most for a step of each passage, each once: how the writers look at how it went, then words.

        Parameters
        ----------
        text
            The features of words.
        features, texts
            Of n passages.
        steps
            The step that is asked for of each, shape (n,).
        most
            Words and phrases a passage, at most.
        """
        labels = np.searchsorted(self.steps, steps)
        words = text.telling(features, np.arange(len(texts)), self.weights, labels, most)
        of_looks = self.weights[:, features.shape[1] :] > 0
        said = (
            list(chain.from_iterable(compress(phrases(own), of_looks[n]))) for own, n in zip(texts, labels, strict=True)
        )
        return [tuple(dict.fromkeys((*looking, *own)))[:most] for looking, own in zip(said, words, strict=True)]


def with_looks(features: sp.csr_matrix, texts: Sequence[str]) -> sp.csr_matrix:
    """Return the features of passages, and behind them how they look at how something went, by which steps beside the first are told."""
    return sp.hstack([features, looks(texts)], format="csr", dtype=np.float32)


@dataclass(slots=True)
class StepModel:
    """Probabilities of steps.

    Attributes
    ----------
    kinds
        The step of each kind of passage that it tells apart, in order; 0 is none, of which there may be several kinds.
    text, title
        Features of the words of passages and of titles.
    weights
        Shape (kinds, features).
    bias
        One a kind.
    sharpness
        What log odds are multiplied by: a model kept from relying on single words is less sure than it is right (temperature scaling,
        Guo et al. 2017, "On calibration of modern neural networks").
    seconds
        What tells steps beside the first; ``None`` where there were no examples of them.
    """

    kinds: tuple[int, ...]
    text: Vectorizer
    title: Vectorizer
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    sharpness: float = 1.0
    seconds: SecondSteps | None = None

    @property
    def steps(self) -> tuple[int, ...]:
        """Numbers of the steps that it tells apart, in order; 0 is none."""
        return tuple(dict.fromkeys(self.kinds))

    def features(self, all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]) -> sp.csr_matrix:
        """Return the features of passages from their words and those of their titles, shape (passages, features)."""
        return features_of(self.text, self.title, all_words, titles)

    def log_odds(self, features: sp.csr_matrix) -> NDArray[np.float32]:
        """Return how much speaks for each step, shape (passages, steps)."""
        from scipy.special import logsumexp

        found: NDArray[np.float32] = np.asarray(features @ self.weights.T) + self.bias
        nothing = self.kinds.count(0)
        if nothing > 1:
            none = logsumexp(_TOGETHER * found[:, :nothing], axis=1, keepdims=True) / _TOGETHER
            found = np.hstack([none, found[:, nothing:]])
        return self.sharpness * found

    def evidence(
        self, features: sp.csr_matrix, rows: NDArray[np.int64], steps: NDArray[np.int64], most: int = 4
    ) -> list[tuple[str, ...]]:
        """Return the words of passages that speak most for a step, each once a passage.

        Parameters
        ----------
        features
            Of passages.
        rows, steps
            Which of them, and the number of the step, shape (n,) each.
        most
            Words a passage, at most.
        """
        kind_of = np.array([self.kinds.index(step) if step in self.kinds else 0 for step in range(max(self.kinds) + 1)])
        return self.text.telling(features, rows, self.weights, kind_of[steps], most)

    def save(self, folder: Path) -> None:
        """Write the model into a folder: ``steps.safetensors`` and ``steps.json``."""
        from safetensors.numpy import save

        folder.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, NDArray[Any]] = {"weights": self.weights.astype(np.float16), "bias": self.bias}
        tensors |= self.text.tensors(_TEXT) | self.title.tensors(_TITLES)
        if self.seconds is not None:
            tensors |= {_SECOND: self.seconds.weights.astype(np.float16), f"{_SECOND}_bias": self.seconds.bias}
        made = {name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}
        (folder / "steps.safetensors").write_bytes(save(made))
        about = {
            "format": FORMAT,
            "kinds": self.kinds,
            "sharpness": self.sharpness,
            "seconds": {"steps": self.seconds.steps, "scale": self.seconds.scale} if self.seconds else None,
            "words": list(self.text.words),
            "title_words": list(self.title.words),
        }
        text = json.dumps(about, ensure_ascii=False, indent=0) + "\n"
        (folder / "steps.json").write_text(text, encoding="utf-8", newline="\n")


def features_of(
    text: Vectorizer, title: Vectorizer, all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]
) -> sp.csr_matrix:
    """Return the features of passages from their words and those of their titles, shape (passages, features)."""
    numbers: dict[int, int] = {}  # passages of one post have one title
    places = [numbers.setdefault(id(one), len(numbers)) for one in titles]
    distinct = list({id(one): one for one in titles}.values())
    parts = [text.transform(all_words), _TITLE * title.transform(distinct)[places]]
    return sp.hstack(parts, format="csr", dtype=np.float32)


def load_step_model(folder: Path) -> StepModel:
    """Read a model.

    Raises
    ------
    ModelError
        When it is not there, damaged or of another format.
    """
    try:
        return step_model_of(*read_step_model(folder))
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError("model_damaged", path=folder, reason=error) from error


def read_step_model(folder: Path) -> tuple[bytes, bytes]:
    """Return what ``steps.json`` and ``steps.safetensors`` hold: the model as it can be sent to where the folder is not."""
    return (folder / "steps.json").read_bytes(), (folder / "steps.safetensors").read_bytes()


def step_model_of(about: bytes, numbers: bytes) -> StepModel:
    """Return the model of what ``read_step_model`` read.

    Raises
    ------
    KeyError, TypeError, ValueError
        When it is damaged or of another format.
    """
    from safetensors.numpy import load

    words = json.loads(about)
    if words["format"] != FORMAT:
        raise ValueError(f"format {words['format']}")
    tensors = load(numbers)
    about_seconds = words["seconds"]
    seconds = about_seconds and SecondSteps(
        tuple(about_seconds["steps"]),
        tensors[_SECOND].astype(np.float32),
        tensors[f"{_SECOND}_bias"],
        tuple(about_seconds["scale"]),
    )
    return StepModel(
        tuple(words["kinds"]),
        Vectorizer.of_tensors(words["words"], tensors, _TEXT),
        Vectorizer.of_tensors(words["title_words"], tensors, _TITLES),
        tensors["weights"].astype(np.float32),
        tensors["bias"],
        float(words["sharpness"]),
        seconds,
    )
