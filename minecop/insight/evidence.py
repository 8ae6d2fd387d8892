"""What to quote for a step: the passages that are surest of it, of unlike people."""

from __future__ import annotations

from dataclasses import dataclass

from minecop.insight.analysis import Analysis
from minecop.insight.models import Group, Quote
from minecop.insight.quotes import choose_quotes, headline


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
    chosen = choose_quotes(
        [voice for voice in group.members if not analysis.human.rejects(voice)]
        if analysis.human.rejected
        else group.members,
        worth=lambda voice: table.chance(voice, step) - (voice.author_id is None),
        text_of=analysis.written,
        cues=lambda voice: table.cues(voice, step),
    )
    found = []
    for quote in chosen:
        here = [v for v in group.members if (v.post_id, v.comment) == (quote.post_id, quote.comment)]
        voice = next(v for v in here if v.start <= quote.start < v.end)
        line, chance = headline(quote, table.cues(voice, step)), round(table.chance(voice, step), 2)
        found.append(StepQuote(quote, line, chance, voice.row in analysis.human.steps))
    return tuple(found)
