"""Labels for single passages: what the acts and process stages say of texts outside any archive."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from minecop.acts.labelling import LabelRow
from minecop.acts.marking import mark_all
from minecop.process.definition import load_process
from minecop.process.matching import StepMatcher
from minecop.text.words import words


def label_rows(rows: Sequence[LabelRow], process: str = "organisation") -> list[dict[str, Any]]:
    """Return the labels of passages, one for each, in their order.

    Parameters
    ----------
    rows
        The passages.
    process
        Process whose steps are matched.

    Returns
    -------
    list of dict
        ``id``, ``step`` (0 = none), ``steps`` (probability of every step to be that, by number as text), ``second`` (a step beside it,
        0 = none), and ``issue``, ``lesson``, ``request``,
        ``courtesy`` and ``explainer`` (true or false).
    """
    texts = [row.text for row in rows]
    all_words = [words(text) for text in texts]
    all_marks = mark_all(texts, all_words, [row.kind == "comment" for row in rows])
    matches = StepMatcher(load_process(process)).match(texts, all_words, [words(row.title) for row in rows])
    labels = []
    for row, match, marks in zip(rows, matches, all_marks, strict=True):
        courtesy = "courtesy" in marks
        labels.append(
            {
                "id": row.id,
                "step": 0 if courtesy else match.step,
                "steps": {str(n): 0.0 if courtesy else round(p, 4) for n, p in enumerate(match.probabilities, 1)},
                "second": 0 if courtesy else match.second,
                "issue": marks.issue,
                "lesson": "lesson" in marks,
                "request": "request" in marks,
                "courtesy": courtesy,
                "explainer": "explainer" in marks,
            }
        )
    return labels
