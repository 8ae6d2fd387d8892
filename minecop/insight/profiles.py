"""How passages divide over the steps of a process: by people, with what can be relied on."""

from __future__ import annotations

import json
from collections.abc import Hashable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.core.tables import Column
from minecop.insight.models import SetAside, Voice
from minecop.insight.shares import wilson
from minecop.insight.voices import Voices, archive_rows

Key = TypeVar("Key", bound=Hashable)

FEWEST_PEOPLE = 3
"""People from which a step counts as covered, and people who must write of any step for gaps to be told at all."""

_FEW_OF_ALL = 0.05
"""Share of the people who write of any step, up to which a step is said to be thin."""

_NOBODYS_STEP = ("copied", "explainer", "platform", "announcement")
"""Reasons to set a post aside for which it tells of no step that its writer takes."""

COVERAGES = ("covered", "thin", "absent", "unknown")


@dataclass(frozen=True)
class StepTable:
    """What the process stage says of every passage.

    Attributes
    ----------
    first
        The step that each passage is of, 0 for none: shape (n,).
    chances
        Probability of each step: shape (n, steps).
    evidence
        Words that speak for each step that is named, as JSON.
    fewest
        People of whom a step in some passages is counted at all: of fewer nothing is told (``sharing.with_fewest``).
    """

    first: NDArray[np.integer[Any]]
    chances: NDArray[np.floating[Any]]
    evidence: Sequence[str]
    fewest: int = 1

    @classmethod
    def from_table(cls, table: pa.Table) -> StepTable:
        """Return the table of matches of the process stage (``process.matching.match_schema``), with or without the evidence."""
        names = [name for name in table.column_names if name.startswith("step_") and name != "step_evidence"]
        chances = np.empty((len(table), len(names)), dtype=np.float32)
        for place, name in enumerate(names):
            chances[:, place] = table[name].to_numpy()
        evidence = Column(table["step_evidence"]) if "step_evidence" in table.column_names else ()
        return cls(table["step"].to_numpy(), chances, evidence)

    @property
    def steps(self) -> range:
        """Numbers of the steps."""
        return range(1, self.chances.shape[1] + 1)

    def step(self, voice: Voice) -> int:
        """Return the step that a passage is of, 0 for none."""
        return int(self.first[voice.row])

    def chance(self, voice: Voice, step: int) -> float:
        """Return the probability that a passage is of a step."""
        return float(self.chances[voice.row, step - 1])

    def cues(self, voice: Voice, step: int) -> list[str]:
        """Return the words of a passage that speak for a step."""
        found: dict[str, list[str]] = json.loads(self.evidence[voice.row])
        return found.get(str(step), [])


@dataclass(frozen=True, slots=True)
class StepShare:
    """One step in some passages.

    Attributes
    ----------
    step
        Its number.
    authors
        Distinct people of whose passages one at least is of it.
    unnamed
        Passages of it whose author is unknown.
    passages
        Passages that are of it.
    expected
        How many would be, if each passage counted by its probability: also of those that are called another step, or none.
    share, low, high
        Its share of the people who write of any step, each person's vote divided over the steps of their passages, with its 90 %
        interval (``shares.wilson``). Shares add up to 1; ``None`` where nobody is known to write of any step.
    """

    step: int
    authors: int
    unnamed: int
    passages: int
    expected: float
    share: float | None
    low: float | None
    high: float | None

    @property
    def anybody(self) -> bool:
        """Whether any passage is of it."""
        return self.passages > 0


@dataclass(frozen=True, slots=True)
class Profile:
    """How some passages divide over the steps.

    Attributes
    ----------
    authors
        Distinct people of whose passages one at least is of any step.
    passages
        Passages that are of any step.
    read
        All passages that were looked at.
    steps
        Each step, in order.
    fewest
        People of whom a step is counted at all; one of fewer looks like one of nobody, and is said to be neither.
    """

    authors: int
    passages: int
    read: int
    steps: tuple[StepShare, ...]
    fewest: int = 1

    def coverage(self, step: StepShare) -> str:
        """Return one of ``COVERAGES``: whether anybody writes of a step. That nobody does is not to say that nobody takes it."""
        if self.authors < FEWEST_PEOPLE or self.leaves_out(step):
            return "unknown"
        if not step.anybody:
            return "absent"
        return "covered" if step.authors >= max(FEWEST_PEOPLE, _FEW_OF_ALL * self.authors) else "thin"

    def leaves_out(self, step: StepShare) -> bool:
        """Tell whether a step is not counted because it is of too few people, or of nobody."""
        return self.fewest > 1 and step.authors < self.fewest


def counted(voices: Iterable[Voice], set_aside: Iterable[SetAside]) -> Voices:
    """Return the voices that count towards steps: copies, explainers, announcements and talk of the blog tell of none.

    Series and events stay: somebody did what they tell of, and a person counts once.
    """
    some = Voices.of(voices)
    nobodys = [archive_rows(aside.members) for aside in set_aside if aside.reason in _NOBODYS_STEP]
    return some.where(~np.isin(some.of_archive, np.concatenate(nobodys))) if nobodys else some


def profiles_of(voices: Voices, keys: Sequence[Key], table: StepTable) -> dict[Key, Profile]:
    """Return how the passages of each key divide over the steps, in the order in which keys are first met.

    Parameters
    ----------
    voices
        Passages.
    keys
        What each is counted under.
    table
        The steps of all passages.
    """
    return {key: profile_of(some, table) for key, some in voices.parted(keys).items()}


def profile_of(voices: Iterable[Voice], table: StepTable) -> Profile:
    """Return how some passages divide over the steps."""
    some = Voices.of(voices)
    rows = some.of_archive
    first = table.first[rows]
    count = len(table.steps)
    passages = np.bincount(first, minlength=count + 1)
    expected = table.chances[rows].sum(axis=0, dtype=np.float64)
    known = some.authors >= 0
    _, met, author = np.unique(some.authors[known], return_index=True, return_inverse=True)
    author = np.argsort(np.argsort(met))[author]  # people in the order in which they come: sums of fractions hang on it
    told = np.zeros((len(met), count + 1))
    np.add.at(told, (author, first[known]), 1)
    told = told[told[:, 1:].any(axis=1), 1:]  # people who write of any step
    people = len(told)
    shares = (told / told.sum(axis=1, keepdims=True)).mean(axis=0) if people else np.zeros(count)
    profile = Profile(
        authors=people,
        passages=int(passages[1:].sum()),
        read=len(some),
        fewest=table.fewest,
        steps=tuple(
            StepShare(
                step,
                int((told[:, step - 1] > 0).sum()),
                int(passages[step] - told[:, step - 1].sum()),
                int(passages[step]),
                round(float(expected[step - 1]), 1),
                *_share(float(shares[step - 1]), people),
            )
            for step in table.steps
        ),
    )
    return _guarded(profile) if table.fewest > 1 else profile


def _guarded(profile: Profile) -> Profile:
    """Return a profile without what too few people are counted in."""
    steps = tuple(
        StepShare(step.step, 0, 0, 0, 0.0, None, None, None) if profile.leaves_out(step) else step
        for step in profile.steps
    )
    if profile.authors >= profile.fewest:
        return replace(profile, steps=steps)
    return replace(profile, authors=0, passages=0, steps=steps)


def _share(share: float, people: int) -> tuple[float | None, float | None, float | None]:
    if not people:
        return None, None, None
    low, high = wilson(share, people)
    return round(share, 3), round(low, 3), round(high, 3)
