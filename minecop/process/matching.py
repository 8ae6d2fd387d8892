"""Which steps a passage is about, with the evidence. "No step" is an answer like any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from minecop.process.definition import Process
from minecop.text.normalising import normalise
from minecop.text.words import as_given, words

SECONDARY = 0.25
"""Probability from which a step that is not the first is named too."""

_MOST_CUES = 3
"""Cues of a step that count in one passage."""

_SHOWN_CUES = 4

_CUE_WEIGHT = 0.2
"""How much one cue weighs beside a row of word weights of length 1."""


def match_schema(process: Process) -> pa.Schema:
    """Return the columns of a table of matches: ``step`` (0 = none), ``step_1 .. step_n`` and the evidence (JSON)."""
    return pa.schema(
        [
            ("passage_id", pa.string()),
            ("step", pa.int8()),
            *((f"step_{step.number}", pa.float32()) for step in process.steps),
            ("step_evidence", pa.string()),
        ]
    )


@dataclass(frozen=True, slots=True)
class Match:
    """The steps of one passage.

    Attributes
    ----------
    step
        The primary decision, 0 = none.
    probabilities
        Of every step, in order; what is missing to 1 is the probability of none.
    cues
        Words that speak for each step, where there are any.
    """

    step: int
    probabilities: tuple[float, ...]
    cues: dict[int, tuple[str, ...]]

    def named(self) -> list[int]:
        """Return all steps that the passage is about, the primary one first."""
        if not self.step:
            return []
        others = [n for n, p in enumerate(self.probabilities, 1) if n != self.step and p >= SECONDARY]
        return [self.step, *others]


class StepMatcher:
    """Words, runs of letters and cues, weighed by logistic regression over the examples of a process.

    The examples are readable data in the process file; fitting takes two seconds, so no fitted model is kept. A process without
    examples is matched by its names, definitions and cues, which serve as examples too.

    Parameters
    ----------
    process
        What to match against.
    """

    def __init__(self, process: Process) -> None:
        self.process = process

    @cached_property
    def _cues(self) -> list[re.Pattern[str] | None]:
        return [re.compile("|".join(step.cues), re.IGNORECASE) if step.cues else None for step in self.process.steps]

    def _found(self, clean: str) -> dict[int, tuple[str, ...]]:
        """Return the distinct cues in a normalised text, by step."""
        found = {}
        for step, pattern in zip(self.process.steps, self._cues, strict=True):
            hits = dict.fromkeys(hit[0] for hit in pattern.finditer(clean)) if pattern else ()
            if hits:
                found[step.number] = tuple(hits)
        return found

    def _features(
        self, clean: Sequence[str], documents: Sequence[list[str]], cues: Sequence[dict[int, tuple[str, ...]]]
    ) -> sp.csr_matrix:
        counts = [[min(len(found.get(step.number, ())), _MOST_CUES) for step in self.process.steps] for found in cues]
        weighed = sp.csr_matrix(np.array(counts, dtype=np.float64).reshape(len(cues), -1) * _CUE_WEIGHT)
        return sp.hstack([self._words.transform(documents), self._letters.transform(clean), weighed], format="csr")

    @cached_property
    def _fitted(self) -> LogisticRegression:
        texts: list[str] = []
        labels: list[int] = []
        for step in self.process.steps:
            own = [*step.examples, *step.names.values(), *(d for d in step.definitions.values() if d)]
            texts += own
            labels += [step.number] * len(own)
        none = self.process.none_examples or ("สวัสดีครับ ขอบคุณมาก", "ฝนตกทั้งคืน คิดถึงบ้าน")
        texts += none
        labels += [0] * len(none)
        documents = [words(text) for text in texts]
        clean = [normalise(text) for text in texts]
        self._words = TfidfVectorizer(analyzer=as_given, sublinear_tf=True).fit(documents)
        # runs of letters see the words that are spelt or cut otherwise than in the examples
        least = 2 if len(clean) >= 50 else 1
        self._letters = TfidfVectorizer(analyzer="char", ngram_range=(3, 5), sublinear_tf=True, min_df=least).fit(clean)
        model = LogisticRegression(C=3.0, class_weight="balanced", max_iter=3000)
        return model.fit(self._features(clean, documents, [self._found(text) for text in clean]), labels)

    def match(self, texts: Sequence[str], documents: Sequence[list[str]] | None = None) -> list[Match]:
        """Return the match of each text.

        Parameters
        ----------
        texts
            n passages.
        documents
            Their words, where they have been cut already.
        """
        if not texts:
            return []
        model = self._fitted
        documents = [words(text) for text in texts] if documents is None else documents
        clean = [normalise(text) for text in texts]
        cues = [self._found(text) for text in clean]
        probabilities: NDArray[np.float64] = model.predict_proba(self._features(clean, documents, cues))
        classes = [int(label) for label in model.classes_]
        column = {label: n for n, label in enumerate(classes)}
        ordered = [column[step.number] for step in self.process.steps]
        return [
            Match(
                classes[int(row.argmax())],
                tuple(float(row[n]) for n in ordered),
                {step: words[:_SHOWN_CUES] for step, words in found.items()},
            )
            for row, found in zip(probabilities, cues, strict=True)
        ]


def match_passages(
    matcher: StepMatcher,
    passage_ids: Iterable[str],
    texts: Sequence[str],
    documents: Sequence[list[str]],
    courtesy: Sequence[bool],
) -> pa.Table:
    """Return the table of matches (``match_schema``) of passages, in their order; courtesy is about no step."""
    matches = matcher.match(texts, documents)
    rows = []
    for passage_id, match, nothing_but_courtesy in zip(passage_ids, matches, courtesy, strict=True):
        step = 0 if nothing_but_courtesy else match.step
        rows.append(
            {"passage_id": passage_id, "step": step}
            | {f"step_{n}": 0.0 if nothing_but_courtesy else p for n, p in enumerate(match.probabilities, 1)}
            | {"step_evidence": json.dumps({str(n): list(cues) for n, cues in match.cues.items()}, ensure_ascii=False)}
        )
    return pa.Table.from_pylist(rows, schema=match_schema(matcher.process))
