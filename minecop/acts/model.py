"""A trained model of acts: logistic regression over the words of a passage and where they stand, one row of weights an act.

``training.py`` makes one from labelled passages. On disk: numbers as safetensors, words as JSON, nothing that runs.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.acts.features import Vectorizer
from minecop.core.errors import ModelError

ISSUE = "issue"
"""What a group could take up: a concern or a wish. It is learned as one, and parted after."""

WEIGHTS = "weights.safetensors"
WORDS = "words.json"
FORMAT = 1

_ABOUT = 2
"""Columns beside the words: how long a passage is, and whether it is a comment."""


@dataclass(frozen=True, slots=True)
class Passage:
    """What the model is given of a passage.

    Attributes
    ----------
    words
        As ``words_for_acts`` cuts them.
    comment
        Whether it stands in a comment.
    """

    words: Sequence[str]
    comment: bool = False


@dataclass(slots=True)
class ActModel:
    """Scores of acts.

    Attributes
    ----------
    acts
        Their names.
    vectorizer
        Features of words.
    weights
        Shape (acts, features).
    bias
        One an act.
    bars
        Score from which an act is marked, one an act.
    """

    acts: tuple[str, ...]
    vectorizer: Vectorizer
    weights: NDArray[np.float32]
    bias: NDArray[np.float32]
    bars: NDArray[np.float32]

    def features(self, passages: Sequence[Passage]) -> sp.csr_matrix:
        """Return the features of passages, shape (passages, features)."""
        return with_length(self.vectorizer, passages)

    def scores(self, features: sp.csr_matrix) -> NDArray[np.float32]:
        """Return how far above its bar each act is (log odds), shape (passages, acts); 0 and more is marked."""
        found: NDArray[np.float32] = np.asarray(features @ self.weights.T) + self.bias - self.bars
        return found

    def evidence(self, row: sp.csr_matrix, act: int, most: int = 4) -> tuple[str, ...]:
        """Return the words of one passage that speak most for an act, each once."""
        size = self.vectorizer.columns
        said = row.indices < size
        columns, values = row.indices[said], row.data[said]
        worth = values * self.weights[act, columns]
        best = [int(n) for n in np.argsort(-worth, kind="stable")[: 3 * most] if worth[n] > 0]
        words = [
            " ".join(word for word in names if word[0] != "<")
            for names in self.vectorizer.names(columns[best].tolist())
        ]
        return tuple(dict.fromkeys(word for word in words if word.strip()))[:most]

    def save(self, folder: Path) -> None:
        """Write the model into a folder."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, NDArray[Any]] = {
            "weights": self.weights,
            "bias": self.bias,
            "bars": self.bars,
            "idf": self.vectorizer.idf,
        }
        tensors |= {f"keys_{n}": keys for n, keys in enumerate(self.vectorizer.keys)}
        save_file({name: np.ascontiguousarray(tensor) for name, tensor in tensors.items()}, folder / WEIGHTS)
        about = {"format": FORMAT, "acts": self.acts, "words": list(self.vectorizer.words)}
        (folder / WORDS).write_text(json.dumps(about, ensure_ascii=False, indent=0), encoding="utf-8", newline="\n")


def with_length(vectorizer: Vectorizer, passages: Sequence[Passage]) -> sp.csr_matrix:
    """Return the features of passages with the two columns about each."""
    words = vectorizer.transform([passage.words for passage in passages])
    about = [[np.log1p(len(passage.words)) / 5, 0.5 * passage.comment] for passage in passages]
    return sp.hstack([words, sp.csr_matrix(np.array(about, dtype=np.float32).reshape(-1, _ABOUT))], format="csr")


def load_model(folder: Path) -> ActModel:
    """Read a model.

    Raises
    ------
    ModelError
        When it is not there, damaged or of another format.
    """
    from safetensors.numpy import load_file

    try:
        about = json.loads((folder / WORDS).read_text(encoding="utf-8"))
        if about["format"] != FORMAT:
            raise ValueError(f"format {about['format']}")  # noqa: TRY301 - told with the other damages
        tensors = load_file(folder / WEIGHTS)
        words = {word: number for number, word in enumerate(about["words"], 1)}
        keys = [tensors[f"keys_{n}"] for n in range(sum(name.startswith("keys_") for name in tensors))]
        vectorizer = Vectorizer(words, keys, tensors["idf"])
        return ActModel(tuple(about["acts"]), vectorizer, tensors["weights"], tensors["bias"], tensors["bars"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError("model_damaged", path=folder, reason=error) from error
