"""What a passage does, by the words that show it. Several acts at once are the rule."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from functools import cache

import numpy as np
import pyarrow as pa

from minecop.acts.model import Model, load_model, passage_of
from minecop.acts.parts import parts_of
from minecop.core.shipped import shipped
from minecop.text.words import words

ACTS = (
    "courtesy", "request", "concern", "wish", "lesson", "reported", "explainer", "platform", "announcement", "agree", "disagree", "case",
    "experience",
)  # fmt: skip
"""Every act, as columns of the table of marks; corpora/labelled/README.md says what each is."""

OF_ISSUES = ("concern", "wish")
"""Acts that voice something which is unsettled: a passage that does either is about an issue."""

ISSUE = "issue"
"""What a group could take up: a concern, a wish, or an aim that people look for, or find, together. Learned as one, and parted after."""

OPEN = "open"
"""What is unsettled: a concern or a wish alone. An aim that was found together is an issue, but no sign that something waits."""

LESSONS = ("lesson", "reported")
"""What was learned from the writer's own action, and from that of others."""

TENSES = ("planned", "doing", "done", "back", "none")

MARKS = pa.schema(
    [
        ("passage_id", pa.string()),
        *((act, pa.bool_()) for act in ACTS),
        ("openness", pa.float32()),
        ("learning", pa.float32()),
        ("tense", pa.string()),
        ("parts", pa.string()),
        ("evidence", pa.string()),
    ]
)
"""Columns of the marks: a yes or no for each act; the log odds that a passage voices what is unsettled, and how far it lies above the bar
of a lesson (see ``Marks``); the tense; of a lesson the places of its parts in the passage (JSON: part to start and end); and the words that
showed each act (JSON by act)."""


_COURTESY_BEFORE = 1.0
"""How much surer (log odds) courtesy must be than anything else: a question lost among thanks is worse than thanks kept."""

_COURTEOUS = frozenset({"courtesy", "agree"})
"""Acts of which there is nothing to take up: who thanks and nods is courteous."""


@dataclass(frozen=True, slots=True)
class Marks:
    """What one passage does.

    Attributes
    ----------
    acts
        Those of ``ACTS`` that it does.
    evidence
        The words that show each.
    openness
        Log odds that it voices what is unsettled, were the labelled passages that do and those that do not as many. It is learned apart
        from the marks; most that has some of it without a mark is told softly.
    learning
        How far it lies above the bar of a lesson (log odds), of one's own or of others, whichever it is the more.
    tense
        Of what most of it tells: one of ``TENSES``.
    parts
        Of a lesson, own or reported: ``problem``, ``action``, ``result``, ``why`` and ``advice``, as spans of the passage, where they are
        there.
    """

    acts: frozenset[str]
    evidence: dict[str, tuple[str, ...]] = field(default_factory=dict)
    openness: float = 0.0
    learning: float = 0.0
    tense: str = "none"
    parts: dict[str, tuple[int, int]] = field(default_factory=dict)

    def __contains__(self, act: str) -> bool:
        return act in self.acts

    @property
    def issue(self) -> bool:
        """Whether it voices something that a group could take up."""
        return not self.acts.isdisjoint(OF_ISSUES)


@cache
def _model(name: str) -> Model:
    return load_model(shipped("models", "acts"), name)


def mark(text: str, *, comment: bool = False) -> Marks:
    """Return what a passage does; see ``mark_all``."""
    return mark_all([text], [words(text)], [comment])[0]


def mark_all(texts: Sequence[str], all_words: Sequence[Sequence[str]], comments: Sequence[bool]) -> list[Marks]:
    """Return what passages do.

    Parameters
    ----------
    texts
        The passages as written.
    all_words
        Their words (``minecop.text.words.words``).
    comments
        Whether each stands in a comment.
    """
    model = _model("acts")
    passages = [passage_of(text, own, comment=c) for text, own, c in zip(texts, all_words, comments, strict=True)]
    features = model.features(passages)
    scores = model.scores(passages, features)
    places = {label: place for place, label in enumerate(model.labels)}
    marks = []
    for of_row in scores.tolist():
        score = dict(zip(model.labels, of_row, strict=True))
        acts = _consistent({act for act in ACTS if score[act] >= 0}, score)
        openness = score[OPEN] + float(model.bars[places[OPEN]])
        learning = max(score[act] for act in LESSONS)
        tense = max(TENSES, key=score.__getitem__)
        marks.append(Marks(frozenset(acts), {act: () for act in ACTS if act in acts}, openness, learning, tense))
    given = [(row, act) for row, found in enumerate(marks) for act in found.evidence]
    rows, labels = (
        np.array(column, dtype=np.int64) for column in ([row for row, _ in given], [places[act] for _, act in given])
    )
    shown = model.evidence(features, rows, labels, [passages[row].phrases for row, _ in given])
    for (row, act), said in zip(given, shown, strict=True):
        marks[row].evidence[act] = said
    lessons = [row for row, of_row in enumerate(marks) if not of_row.acts.isdisjoint(LESSONS)]
    found = parts_of([texts[row] for row in lessons], [all_words[row] for row in lessons], _model("parts"))
    for row, parts in zip(lessons, found, strict=True):
        marks[row] = replace(marks[row], parts=parts)
    return marks


def _consistent(acts: set[str], score: dict[str, float]) -> set[str]:
    """Return acts that can be together: courtesy is nothing else, and asks nothing; concern and wish where there is an issue."""
    if "courtesy" in acts:
        rivals = acts - _COURTEOUS
        if "request" not in rivals and all(score["courtesy"] >= score[act] + _COURTESY_BEFORE for act in rivals):
            return {"courtesy"}
        acts = acts - {"courtesy"}
    if score[ISSUE] < 0:
        return acts - {*OF_ISSUES}
    return acts | {max(OF_ISSUES, key=score.__getitem__)} if acts.isdisjoint(OF_ISSUES) else acts


def mark_passages(
    passage_ids: Sequence[str], texts: Sequence[str], all_words: Sequence[Sequence[str]], comments: Sequence[bool]
) -> pa.Table:
    """Return the table of marks (schema ``MARKS``) of passages, in their order."""
    marks = mark_all(texts, all_words, comments)
    columns = {
        "passage_id": passage_ids,
        **{act: [act in found.acts for found in marks] for act in ACTS},
        "openness": [found.openness for found in marks],
        "learning": [found.learning for found in marks],
        "tense": [found.tense for found in marks],
        "parts": [json.dumps(found.parts) if found.parts else "{}" for found in marks],
        "evidence": [json.dumps(found.evidence, ensure_ascii=False) if found.evidence else "{}" for found in marks],
    }
    return pa.table(columns, schema=MARKS)
