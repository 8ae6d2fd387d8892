"""Trained models of acts: logistic regressions over the words of a passage and where they stand, one row of weights a label.

Some acts are said in one clause of a passage that is about something else: for them its plainest clause counts beside the whole.

``training.py`` makes them from the labelled passages. On disk: numbers as safetensors, words as JSON, nothing that runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import chain
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.acts.clauses import clauses, lies_in, words_by_clause
from minecop.acts.features import Vectorizer, in_classes
from minecop.acts.signs import phrases_in, signs
from minecop.core.errors import ModelError

FORMAT = 4

_SIGN = 0.1
"""Weight of a sign beside words (rows of words have the length 1): more, and what is said without such phrases is missed."""

_OPEN = -1.1
"""Log odds by the passage as a whole below which its clauses are not looked at: two of three passages lie there by every label, and of a
thousand of those hardly one would still reach a bar."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What a model is given of a passage, or of a clause of one.

    Attributes
    ----------
    words
        All of them, in order, in classes (``in_classes``).
    about
        Numbers beside the words.
    phrases
        Those that stand in it and are a sign, with their groups (``phrases_in``).
    text, written
        The passage as written, and its words as they are: for its clauses; none where it is a clause itself.
    voiced
        Of a labelled passage, the places in the text where an issue is voiced.
    """

    words: Sequence[str]
    about: tuple[float, ...]
    phrases: Sequence[tuple[int, str]] = ()
    text: str = ""
    written: Sequence[str] = ()
    voiced: Sequence[tuple[int, int]] = ()

    def clauses(self) -> list[list[str]]:
        """Return the words of each clause, in classes; at least one clause, if without words."""
        return [words for _, words in self._cut()]

    def voicing(self) -> list[bool]:
        """Return which of the clauses lie by half in a place where an issue is voiced."""
        return [any(lies_in(span, place) for place in self.voiced) for span, _ in self._cut()]

    def _cut(self) -> list[tuple[tuple[int, int], list[str]]]:
        spans = clauses(self.text)
        cut = zip(spans, words_by_clause(self.text, spans, self.written), strict=True)
        return [(span, words) for span, words in cut if words] or [((0, len(self.text)), [])]


_BEFORE_SIGNS = 1
"""Numbers beside the words of a passage that stand before its signs."""


def passage_of(text: str, all_words: Sequence[str], *, comment: bool) -> Passage:
    """Return what a model of acts is given of a passage: its words, its signs, its clauses, and whether it is of a comment.

    Not how long it is: that tells much in the labelled passages, and misleads with a short one that says plainly what it does.
    """
    phrases = phrases_in(all_words)
    about = (0.5 * comment, *(_SIGN * count for count in signs(phrases)))
    return Passage(in_classes(all_words), about, phrases, text, all_words)


@dataclass(slots=True)
class Model:
    """Scores of labels.

    Attributes
    ----------
    labels
        Their names.
    vectorizer
        Features of words.
    weights
        Shape (labels, features).
    bias
        One a label.
    bars
        Score from which a label is given, one a label.
    by_clause
        Numbers of the labels that are told by clauses, too, shape (n,).
    clause_weights, beside_weights, clause_bias
        What the words of a clause, and those of the clauses beside it, add for each of them, shapes (n, features of words), the same,
        and (n,).
    """

    labels: tuple[str, ...]
    vectorizer: Vectorizer
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    bars: NDArray[np.float32]
    by_clause: NDArray[np.int64]
    clause_weights: NDArray[np.float32]
    beside_weights: NDArray[np.float32]
    clause_bias: NDArray[np.float32]

    def features(self, passages: Sequence[Passage]) -> sp.csr_matrix:
        """Return the features of passages, shape (passages, features)."""
        return features_of(self.vectorizer, passages, self.weights.shape[1] - self.vectorizer.columns)

    def scores(self, passages: Sequence[Passage], features: sp.csr_matrix) -> NDArray[np.float32]:
        """Return how far above its bar each label is (log odds), shape (passages, labels); 0 and more is given."""
        found: NDArray[np.float32] = np.asarray(features @ self.weights.T) + self.bias
        rows = np.flatnonzero((found[:, self.by_clause] >= _OPEN).any(axis=1))
        if len(rows):
            found[np.ix_(rows, self.by_clause)] += self._of_clauses([passages[row] for row in rows.tolist()])
        return found - self.bars

    def _of_clauses(self, passages: Sequence[Passage]) -> NDArray[np.float32]:
        """Return what the plainest clause of each passage adds, shape (passages, labels by clause)."""
        cut, starts = features_of_clauses(self.vectorizer, passages)
        scores = cut @ self.clause_weights.T + beside(cut @ self.beside_weights.T, starts)
        plainest: NDArray[np.float32] = np.maximum.reduceat(scores, starts, axis=0) + self.clause_bias
        return plainest

    def evidence(
        self,
        features: sp.csr_matrix,
        rows: NDArray[np.int64],
        labels: NDArray[np.int64],
        phrases: Sequence[Sequence[tuple[int, str]]],
        most: int = 4,
    ) -> list[tuple[str, ...]]:
        """Return the words of passages that speak most for a label, each once a passage: phrases that are a sign of it, then other words.

        Parameters
        ----------
        features
            Of passages.
        rows, labels
            Which of them, and the number of the label, shape (n,) each.
        phrases
            Those of each of the n.
        most
            Words a passage, at most.
        """
        of_signs = self.weights[:, self.vectorizer.columns + _BEFORE_SIGNS :]
        found = []
        others = self.vectorizer.telling(features, rows, self.weights, labels, most)
        for label, said, other in zip(labels.tolist(), phrases, others, strict=True):
            signs_of_it = sorted(
                (-of_signs[label, group], phrase) for group, phrase in said if of_signs[label, group] > 0
            )
            found.append(tuple(dict.fromkeys((*(phrase for _, phrase in signs_of_it), *other)))[:most])
        return found

    def save(self, folder: Path, name: str) -> None:
        """Write the model into a folder: ``<name>.safetensors`` and ``<name>.json``."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, NDArray[Any]] = {
            "weights": self.weights.astype(np.float16),
            "bias": self.bias,
            "bars": self.bars,
            "by_clause": self.by_clause,
            "clause_weights": self.clause_weights.astype(np.float16),
            "beside_weights": self.beside_weights.astype(np.float16),
            "clause_bias": self.clause_bias,
        }
        tensors |= self.vectorizer.tensors()
        save_file(
            {key: np.ascontiguousarray(tensor) for key, tensor in tensors.items()}, folder / f"{name}.safetensors"
        )
        about = {"format": FORMAT, "labels": self.labels, "words": list(self.vectorizer.words)}
        text = json.dumps(about, ensure_ascii=False, indent=0) + "\n"
        (folder / f"{name}.json").write_text(text, encoding="utf-8", newline="\n")


def features_of(vectorizer: Vectorizer, passages: Sequence[Passage], numbers: int) -> sp.csr_matrix:
    """Return the features of passages: those of words, and so many numbers beside them."""
    words = vectorizer.transform([passage.words for passage in passages])
    about = np.array([passage.about for passage in passages], dtype=np.float32).reshape(-1, numbers)
    return sp.hstack([words, sp.csr_matrix(about)], format="csr")


def features_of_clauses(vectorizer: Vectorizer, passages: Sequence[Passage]) -> tuple[sp.csr_matrix, NDArray[np.int64]]:
    """Return the features of the words of all clauses, shape (clauses, features of words), and which is the first of each passage."""
    cut = [passage.clauses() for passage in passages]
    starts = np.cumsum([0, *map(len, cut)])[:-1]
    return vectorizer.transform(list(chain.from_iterable(cut))), starts


def beside(values: Any, starts: NDArray[np.int64]) -> Any:
    """Return the sum of what stands before and after each row, within the passage that it is of.

    Parameters
    ----------
    values
        One row a clause, shape (clauses, n): an array, or a sparse matrix, as is what is returned.
    starts
        The first clause of each passage.
    """
    count = values.shape[0]
    goes_on = np.setdiff1d(np.arange(count), starts)
    before = sp.csr_matrix((np.ones(len(goes_on), np.float32), (goes_on, goes_on - 1)), shape=(count, count))
    return (before + before.T) @ values


def load_model(folder: Path, name: str) -> Model:
    """Read a model.

    Raises
    ------
    ModelError
        When it is not there, damaged or of another format.
    """
    from safetensors.numpy import load_file

    try:
        about = json.loads((folder / f"{name}.json").read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")  # noqa: TRY301 - told with the other damages
        tensors = load_file(folder / f"{name}.safetensors")
        return Model(
            tuple(about["labels"]),
            Vectorizer.of_tensors(about["words"], tensors),
            tensors["weights"].astype(np.float32),
            tensors["bias"],
            tensors["bars"],
            tensors["by_clause"],
            tensors["clause_weights"].astype(np.float32),
            tensors["beside_weights"].astype(np.float32),
            tensors["clause_bias"],
        )
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError("model_damaged", path=folder, reason=error) from error
