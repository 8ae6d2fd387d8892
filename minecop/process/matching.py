"""Which steps a passage is about, with the evidence. "No step" is an answer like any other."""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pyarrow as pa
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.acts.labelled import Labelled, read_labelled
from minecop.core.shipped import shipped
from minecop.process.definition import BUILT_IN, Process, load_process
from minecop.process.labels import StepLabel
from minecop.process.model import StepModel, load_step_model
from minecop.text.normalising import normalise
from minecop.text.words import words

SECOND = 0.4
"""Probability from which the likeliest step beside the first is told, too: of labelled passages of fields not seen, precision and recall
together (F1) are as good from a lower one on, but more of what is told would be wrong then."""

LABELLED = ("corpora", "labelled")
"""Where the labelled passages lie among what ships."""

_MOST_CUES = 3
"""Cues of a step that count in one passage."""

_CUE = 0.7
"""Log odds that a cue adds, in a process that no labelled passages are of: there its author knows more than its few examples."""

_SHOWN = 4
"""Words of evidence for a step."""

_AS_JSON = json.JSONEncoder(ensure_ascii=False)


def match_schema(process: Process) -> pa.Schema:
    """Return the columns of a table of matches: ``step`` (0 = none), ``step_1 .. step_n``, ``second`` and the evidence (JSON)."""
    return pa.schema(
        [
            ("passage_id", pa.string()),
            ("step", pa.int8()),
            *((f"step_{step.number}", pa.float32()) for step in process.steps),
            ("second", pa.int8()),
            ("second_chance", pa.float32()),
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
        Of every step to be the first, in order; what is missing to 1 is the probability of none.
    second, second_chance
        The step that it is about beside that, 0 for none, and the probability that it is.
    evidence
        Words that speak for each step that is named.
    """

    step: int
    probabilities: tuple[float, ...]
    second: int
    second_chance: float
    evidence: dict[int, tuple[str, ...]]

    def named(self) -> list[int]:
        """Return all steps that the passage is about, the primary one first."""
        return [step for step in (self.step, self.second) if step]


@dataclass(frozen=True, slots=True)
class Told:
    """The same of many passages; see ``Match``.

    Attributes
    ----------
    probabilities
        Of none and of each step to be the first, shape (n, steps + 1), rows adding up to 1.
    seconds, chances
        The step that each is about beside its first, and the probability that it is, shape (n,) each.
    evidence
        Words by step, one a passage.
    """

    probabilities: NDArray[np.float64]
    seconds: NDArray[np.int64]
    chances: NDArray[np.float32]
    evidence: list[dict[int, tuple[str, ...]]]

    @property
    def first(self) -> NDArray[np.int64]:
        """The primary step of each passage, 0 for none, shape (n,)."""
        return np.asarray(self.probabilities.argmax(axis=1), dtype=np.int64)


def model_of(process: Process, corrections: Sequence[StepLabel] = ()) -> StepModel:
    """Return what tells the steps of a process.

    For the processes that ship, a model that was learned from the labelled passages; with corrections it is learned once more, from
    these as well. For others it is learned from their examples, names and definitions, and the labelled passages where they extend one
    that ships.
    """
    if not learns(process, corrected=bool(corrections)):
        return load_step_model(shipped("models", "steps"))
    from minecop.process.training import examples_of_steps, train_steps

    if process.extends is None:
        return train_steps(examples_of_steps(process, (), corrections))
    as_shipped = load_step_model(shipped("models", "steps"))
    scale = as_shipped.seconds.scale if as_shipped.seconds else None
    return train_steps(
        examples_of_steps(basis_of(process), labelled_of(process), corrections), as_shipped.sharpness, scale
    )


def learns(process: Process, *, corrected: bool) -> bool:
    """Tell whether the model of a process is learned as it runs, and not read from what ships."""
    return corrected or not process.ships


def basis_of(process: Process) -> Process:
    """Return the process whose steps are learned: of one that ships with fewer steps, the further ones are learned all the same."""
    return load_process(BUILT_IN[-1]) if process.ships else process


def labelled_of(process: Process) -> list[Labelled]:
    """Return the labelled passages that its model is learned from; those of steps that ship and that it does not begin with say nothing."""
    if process.extends is None:
        return []
    last = len(load_process(BUILT_IN[-1] if process.ships else process.extends).steps)
    return [row for row in read_labelled(shipped(*LABELLED)) if row.step is None or row.step <= last]


class StepMatcher:
    """Tells the steps of passages; cues help where no labelled passages are of the process.

    Parameters
    ----------
    process
        What to match against.
    model
        What tells the steps; ``None`` for ``model_of``.
    """

    def __init__(self, process: Process, model: StepModel | None = None) -> None:
        self.process = process
        self._given = model

    @cached_property
    def model(self) -> StepModel:
        """What tells the steps. Of a process that ships with fewer steps than the longest, further steps are none."""
        return self._given or model_of(self.process)

    @cached_property
    def _cues(self) -> list[tuple[int, re.Pattern[str]]]:
        return [
            (step.number, re.compile("|".join(step.cues), re.IGNORECASE)) for step in self.process.steps if step.cues
        ]

    def probabilities(
        self, texts: Sequence[str], all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]
    ) -> NDArray[np.float64]:
        """Return the probability of none and of each step, shape (n, steps + 1), rows adding up to 1; see ``match``."""
        return self.told(texts, all_words, titles).probabilities

    def match(
        self,
        texts: Sequence[str],
        all_words: Sequence[Sequence[str]] | None = None,
        titles: Sequence[Sequence[str]] | None = None,
    ) -> list[Match]:
        """Return the match of each text.

        Parameters
        ----------
        texts
            n passages.
        all_words
            Their words, where they have been cut already.
        titles
            Words of the titles of the posts that they stand in; ``None`` where nobody knows.
        """
        all_words = [words(text) for text in texts] if all_words is None else all_words
        told = self.told(texts, all_words, [[]] * len(texts) if titles is None else titles)
        columns = (told.first, told.probabilities[:, 1:], told.seconds, told.chances)
        return [
            Match(step, tuple(shares), second, chance, found)
            for step, shares, second, chance, found in zip(
                *(column.tolist() for column in columns), told.evidence, strict=True
            )
        ]

    def told(self, texts: Sequence[str], all_words: Sequence[Sequence[str]], titles: Sequence[Sequence[str]]) -> Told:
        """Return the same of all as arrays."""
        from scipy.special import softmax

        features = self.model.features(all_words, titles)
        log_odds = self.model.log_odds(features)
        cues: list[dict[int, tuple[str, ...]]] = [{} for _ in texts]
        if self.process.extends is None:
            cues = [self._cues_in(text) for text in texts]
            for row, found in enumerate(cues):
                for number, hits in found.items():
                    log_odds[row, self.model.steps.index(number)] += _CUE * min(len(hits), _MOST_CUES)
        probabilities = np.zeros((len(texts), len(self.process.steps) + 1))
        for column, share in zip(self.model.steps, softmax(log_odds.astype(np.float64), axis=1).T, strict=True):
            probabilities[:, column if column < probabilities.shape[1] else 0] += share
        first = probabilities.argmax(axis=1)
        seconds, chances = self._seconds(features, texts, first)
        evidence: list[dict[int, tuple[str, ...]]] = [{} for _ in texts]
        rows = np.flatnonzero(first)
        learned_of = self.model.evidence(features, rows, first[rows], _SHOWN)
        for row, number, learned in zip(rows.tolist(), first[rows].tolist(), learned_of, strict=True):
            evidence[row][number] = tuple(dict.fromkeys((*cues[row].get(number, ()), *learned)))[:_SHOWN]
        rows = np.flatnonzero(seconds)
        if self.model.seconds is not None and len(rows):
            own = [texts[row] for row in rows.tolist()]
            learned_of = self.model.seconds.evidence(self.model.text, features[rows], own, seconds[rows], _SHOWN)
            for row, number, learned in zip(rows.tolist(), seconds[rows].tolist(), learned_of, strict=True):
                evidence[row][number] = learned
        return Told(probabilities, seconds, chances, evidence)

    def _seconds(
        self, features: sp.csr_matrix, texts: Sequence[str], first: NDArray[np.int64]
    ) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """Return the step that each passage is about beside its first, 0 for none, and the probability that it is, shape (n,) each."""
        told = self.model.seconds
        seconds, found = np.zeros(len(first), dtype=np.int64), np.zeros(len(first), dtype=np.float32)
        rows = np.flatnonzero(first)
        if told is None or not len(rows):
            return seconds, found
        steps = np.array(told.steps)
        chances = told.chances(features[rows], [texts[row] for row in rows.tolist()], first[rows], SECOND)
        chances[:, steps > len(self.process.steps)] = 0
        sure = chances.max(axis=1) >= SECOND
        seconds[rows[sure]], found[rows[sure]] = steps[chances.argmax(axis=1)[sure]], chances.max(axis=1)[sure]
        return seconds, found

    def _cues_in(self, text: str) -> dict[int, tuple[str, ...]]:
        """Return the distinct cues in a text, by step."""
        clean = normalise(text)
        found = {number: tuple(dict.fromkeys(hit[0] for hit in cue.finditer(clean))) for number, cue in self._cues}
        return {number: hits for number, hits in found.items() if hits}


def match_passages(
    matcher: StepMatcher,
    passage_ids: Iterable[str],
    texts: Sequence[str],
    all_words: Sequence[list[str]],
    titles: Sequence[Sequence[str]],
    courtesy: Sequence[bool],
) -> pa.Table:
    """Return the table of matches (``match_schema``) of passages, in their order; courtesy is about no step."""
    told = matcher.told(texts, all_words, titles)
    tells = ~np.array(courtesy, dtype=bool)
    shown = (
        "{}" if nothing or not found else _AS_JSON.encode(found)
        for nothing, found in zip(courtesy, told.evidence, strict=True)
    )
    columns = [
        pa.array(passage_ids, pa.string()),
        pa.array(told.first * tells, pa.int8()),
        *map(pa.array, (told.probabilities[:, 1:].astype(np.float32) * tells[:, None]).T),
        pa.array(told.seconds * tells, pa.int8()),
        pa.array(told.chances * tells, pa.float32()),
        pa.array(shown, pa.string()),
    ]
    return pa.Table.from_arrays(columns, schema=match_schema(matcher.process))


def with_labels(matches: pa.Table, labels: Mapping[str, StepLabel]) -> tuple[pa.Table, int]:
    """Return a table of matches in which labelled passages have the step that a person gave them, and how many have."""
    rows = [
        (row, labels[passage]) for row, passage in enumerate(matches["passage_id"].to_pylist()) if passage in labels
    ]
    columns = {name: matches[name].to_pylist() for name in matches.column_names}
    for row, label in rows:
        columns["step"][row] = label.step
        columns["second"][row], columns["second_chance"][row] = 0, 0.0
        for name in columns:
            if name.startswith("step_") and name != "step_evidence":
                columns[name][row] = float(name == f"step_{label.step}")
    return pa.table(columns, schema=matches.schema), len(rows)
