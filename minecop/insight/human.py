"""What people decided about what was found, as a report shows it: plain values, filled in by ``minecop.curation``."""

from __future__ import annotations

from collections.abc import Collection, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime

from minecop.insight.models import Quote, Voice
from minecop.insight.quotes import overlap

SESSION = "session"
"""What a note is on that is on no topic or issue."""

_OF_MANY = frozenset({"rename", "accept", "note"})
"""Actions of which nothing is told but what is told of the topic or issue that they are on."""

STATES = ("applied", "next_run", "lost", "undone")
"""It holds in what is shown; it will when the archive is analysed again; it finds nothing to hold for; somebody has taken it back."""

HIDDEN = ("topics", "issues", "lessons")
"""What may be hidden by decision, and is counted then."""


@dataclass(frozen=True, slots=True)
class Ruling:
    """One decision, and what became of it in a run.

    Attributes
    ----------
    id, kind, action, who, when, note
        Of the decision.
    target, to
        What it is about, and what it says of that, in words.
    state
        One of ``STATES``.
    why
        Of one that holds for nothing: the key of the reason; of another one that does not reach all figures, or not yet: the key of
        what is said of that.
    group
        What it holds for: ``topic:`` or ``issue:`` with an id; empty for what is neither.
    undone
        When and by whom it was taken back.
    """

    id: str
    kind: str
    action: str
    who: str
    when: datetime | None
    target: str
    to: str = ""
    note: str = ""
    state: str = "applied"
    why: str = ""
    group: str = ""
    undone: str = ""


@dataclass(frozen=True, slots=True)
class Named:
    """That a person gave something its title: who, and what it was called before."""

    before: str
    who: str


@dataclass(frozen=True)
class Human:
    """What people decided; empty where nobody has decided anything.

    Attributes
    ----------
    rulings
        Every decision, in the order in which they were taken.
    named
        Of topics and issues that a person named, by ``key_of``.
    hidden
        How many things are hidden, by ``HIDDEN``.
    accepted
        Ids of the issues that were accepted for the session, in the order in which they were.
    pinned
        Quotes that are to be shown first.
    rejected
        Quotes whose place nothing may be quoted from.
    steps
        Rows of the passages whose step a person gave.
    marks
        What a person said that passages do, or do not, by their rows: acts (``acts.marking.ACTS``), each with whether they do it.
    left_out
        How many decisions are not told of, because too few people stand behind what they are about.
    """

    rulings: tuple[Ruling, ...] = ()
    named: Mapping[str, Named] = field(default_factory=dict)
    hidden: Mapping[str, int] = field(default_factory=dict)
    accepted: tuple[str, ...] = ()
    pinned: tuple[Quote, ...] = ()
    rejected: tuple[Quote, ...] = ()
    steps: frozenset[int] = frozenset()
    marks: Mapping[int, Mapping[str, bool]] = field(default_factory=dict)
    left_out: int = 0

    def __bool__(self) -> bool:
        return bool(self.rulings or self.left_out)

    def notes_on(self, key: str) -> tuple[Ruling, ...]:
        """Return the notes on a topic or an issue (``key_of``), or on the ``session``."""
        return tuple(
            one for one in self.rulings if one.action == "note" and one.state == "applied" and one.group == key
        )

    def of_enough(self, shown: Collection[str]) -> Human:
        """Return it without decisions on what is not shown, and on single people, their texts and what was made of several groups.

        Parameters
        ----------
        shown
            Topics and issues that enough people stand behind, by ``key_of``.
        """
        told = tuple(
            one
            for one in self.rulings
            if (one.action in _OF_MANY and one.group in shown) or (one.action == "note" and one.group == SESSION)
        )
        named = {key: one for key, one in self.named.items() if key in shown}
        return replace(self, rulings=told, named=named, left_out=len(self.rulings) - len(told))

    def rejects(self, span: Quote | Voice) -> bool:
        """Tell whether nothing may be quoted from a span."""
        return any(overlap(one, span) for one in self.rejected)


def key_of(kind: str, group_id: str) -> str:
    """Return what a topic or an issue is called in ``Human``."""
    return f"{kind}:{group_id}"
