"""What to quote for a step: the passages that are surest of it, of unlike people."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import pairwise

import numpy as np

from minecop.insight.analysis import Analysis, remembered
from minecop.insight.models import Group, Quote, Voice
from minecop.insight.profiles import StepTable
from minecop.insight.quotes import headline, place_of, quotes_of
from minecop.insight.voices import Voices


@dataclass(frozen=True, slots=True)
class StepQuote:
    """A quote for a step.

    Attributes
    ----------
    quote
        Of a passage that is of the step.
    line
        One line of it, verbatim too.
    chance
        Probability that the passage is of the step.
    given
        Whether a person has decided that it is.
    """

    quote: Quote
    line: Quote
    chance: float
    given: bool = False


@remembered
def step_quotes(analysis: Analysis, group: Group) -> tuple[StepQuote, ...]:
    """Return up to four quotes for a step, the surest first, of unlike people as in all quotes, people who are known before others.

    Parameters
    ----------
    analysis
        A finished run.
    group
        One of its ``insight.steps``.
    """
    step, table = int(group.id), analysis.steps
    members = Voices.of(group.members)
    surest = (voice for voice in _by_chance(members, step, table) if not analysis.human.rejects(voice))
    found = []
    for quote in quotes_of(surest, analysis.written, lambda voice: table.cues(voice, step)):
        there = members.among(members.rows[np.isin(members.rows, members.rows_of_post(quote.post_id))])
        voice = next(v for v in there if v.comment == quote.comment and v.start <= quote.start < v.end)
        line, chance = headline(quote, table.cues(voice, step)), round(table.chance(voice, step), 2)
        found.append(StepQuote(quote, line, chance, voice.row in analysis.human.steps))
    return tuple(found)


def _by_chance(members: Voices, step: int, table: StepTable) -> Iterator[Voice]:
    """Yield passages, those that are surest of a step first, people who are known before others: made as far as they are asked for."""
    worth = table.chances[members.of_archive, step - 1].astype(np.float64) - (members.authors < 0)
    order = np.argsort(-worth, kind="stable")
    starts = np.flatnonzero(np.diff(worth[order], prepend=np.nan))
    for start, end in pairwise([*starts.tolist(), len(order)]):
        yield from sorted(members.among(members.rows[order[start:end]]), key=place_of)
