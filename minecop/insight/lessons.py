"""Lessons: what people tell that was learned from what was done; each once, with its parts, and the issue that it may help with."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from functools import cache
from pathlib import Path

import numpy as np

from minecop.acts.marking import LESSONS
from minecop.insight.letterruns import LetterRuns
from minecop.insight.linking import Linker, Told
from minecop.insight.models import Lesson, Quote, Voice
from minecop.insight.quotes import best_span

NOT_TOLD = frozenset({"copied", "explainer", "platform", "announcement"})
"""Reasons of setting a post aside for which nothing in it is anybody's lesson; a series, or an event told by many, may well hold some."""

_RUN_LETTERS = 8
"""Letters in a row by which two tellings are seen to be one, as copied posts are."""

_SAME = 0.6
"""Share of the shorter telling that stands in the longer one, from which they are one."""

_MOST_TELLINGS = 12
"""Tellings that may share a run of letters for it to count: more have a set phrase in common."""

_LONGEST = 320
"""Characters of a lesson that are quoted: it takes more than a concern to be told, and still a card must fit a page."""

_TRIED = frozenset({"action", "result", "advice"})
"""Parts of which one must be told for a lesson to help with an issue: a trouble alone is one more voice of it."""


@cache
def _outcomes() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads((Path(__file__).parent / "data" / "outcomes.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in table.items()}


def outcome_of(parts: Mapping[str, str]) -> str:
    """Return whether the words of a lesson's result, or of its reason, say that it went ``good`` or ``bad``; mostly they are ``untold``."""
    told = " ".join(parts[part] for part in ("result", "why") if part in parts)
    said = [name for name, pattern in _outcomes().items() if pattern.search(told)]
    return said[0] if len(said) == 1 else "untold"


def kinds_of(parts: Mapping[str, str]) -> tuple[str, ...]:
    """Return which of ``LESSON_KINDS`` a lesson is, by the words of its parts; none is an answer.

    A success: why is told, and that the result was good. An obstacle: a problem is told, or that the result was bad. A
    recommendation: advice is told.
    """
    outcome = outcome_of(parts)
    told = (
        ("success", "why" in parts and outcome == "good"),
        ("obstacle", "problem" in parts or outcome == "bad"),
        ("recommendation", "advice" in parts),
    )
    return tuple(kind for kind, holds in told if holds)


def find_lessons(told: Told, aside: Mapping[str, str], linker: Linker) -> tuple[Lesson, ...]:
    """Return the lessons, people's own before reported ones, the surest first.

    Parameters
    ----------
    told
        The passages.
    aside
        The reason for each post that was set aside, by its id.
    linker
        Knows the issues that lessons may help with.
    """
    rows = _tellings(told, aside)
    rows.sort(key=lambda row: (not told.marks["lesson"][row], -told.marks["learning"][row]))  # stable
    again = told_once([told.texts[row] for row in rows])
    rows = [row for place, row in enumerate(rows) if place in again]
    spans: list[dict[str, list[int]]] = [json.loads(told.marks["parts"][row]) for row in rows]
    tried = [row for row, parts in zip(rows, spans, strict=True) if not _TRIED.isdisjoint(parts)]
    links = dict(zip(tried, linker.links(tried), strict=True))
    return tuple(
        _lesson(told, row, parts, count, links.get(row))
        for row, parts, count in zip(rows, spans, again.values(), strict=True)
    )


def _tellings(told: Told, aside: Mapping[str, str]) -> list[int]:
    """Return the rows of the passages that tell a lesson."""
    learned, another = (
        np.any([told.marks[act] for act in acts], axis=0)
        for acts in (LESSONS, ("explainer", "platform", "announcement"))
    )
    voices = told.voices
    untold = np.array([aside.get(post) in NOT_TOLD for post in voices.post_ids], dtype=bool)
    # what readers add to such a post is their own
    rows: list[int] = np.flatnonzero(
        told.own & learned & ~another & ~((voices.comments == 0) & untold[voices.posts])
    ).tolist()
    return rows


def told_once(texts: Sequence[str]) -> dict[int, int]:
    """Return the places of the texts that are no telling of an earlier one, each with how many later ones are its own told again."""
    letters: dict[str, int] = {}
    first = [letters.setdefault("".join(filter(str.isalnum, text)), place) for place, text in enumerate(texts)]
    distinct = [place for place, one in enumerate(first) if one == place]
    earlier: dict[int, list[int]] = {}
    with LetterRuns(_RUN_LETTERS) as runs:
        for one, other in runs.add(texts[place] for place in distinct).contained(_MOST_TELLINGS, _SAME):
            earlier.setdefault(other, []).append(one)
    telling: dict[int, int] = {}  # of each distinct text, which of them it tells
    for place in range(len(distinct)):
        telling[place] = next((one for one in earlier.get(place, ()) if telling[one] == one), place)
    kept = {distinct[place]: 0 for place, one in telling.items() if one == place}
    number = {place: n for n, place in enumerate(distinct)}
    for place, one in enumerate(first):
        origin = distinct[telling[number[one]]]
        kept[origin] += origin != place
    return kept


def _lesson(
    told: Told, row: int, spans: Mapping[str, Sequence[int]], again: int, link: tuple[str, float] | None
) -> Lesson:
    voice, text = told.voices[row], told.texts[row]
    parts = {part: _quote(voice, text, *span) for part, span in spans.items()}
    words = {part: quote.text for part, quote in parts.items()}
    issue, likeness = link or (None, 0.0)
    return Lesson(
        voice=voice,
        own=bool(told.marks["lesson"][row]),
        quote=_quote(voice, text, *best_span(text, list(words.values()), _LONGEST)),
        parts=parts,
        step=int(told.steps[row]),
        topic=int(told.topics[row]),
        outcome=outcome_of(words),
        kinds=kinds_of(words),
        score=round(float(told.marks["learning"][row]), 3),
        again=again,
        issue=issue,
        likeness=round(likeness, 2),
    )


def _quote(voice: Voice, text: str, start: int, end: int) -> Quote:
    return Quote(voice.post_id, voice.comment, voice.start + start, voice.start + end, text[start:end])
