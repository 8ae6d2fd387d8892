"""Slices of one run side by side: which issues, topics and steps the people of each community, group or period write of."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace

from minecop.insight.analysis import Analysis
from minecop.insight.models import Group, Voice
from minecop.insight.profiles import FEWEST_PEOPLE
from minecop.insight.shares import bar_for_many, chance_of, wilson
from minecop.insight.splits import IN_TIME, OF_PEOPLE, UNKNOWN, splitter
from minecop.insight.trends import IN_A_ROW
from minecop.insight.voices import Voices

MOST_SHOWN = 12
"""Slices that stand side by side by themselves, those of most people; periods are as many as a row of them holds."""

MARKS = ("above", "below", "")
"""A clearly larger, or smaller, share of the people of a slice than of all others together; neither can be said."""

HINDRANCES = ("untold", "alone", "hidden", "few", "")
"""What stands against comparing: nobody's value is known; all have the same; too many are of so few people that they would tell who is who;
each is of so few that nothing can be claimed; nothing does."""

_WRONG = 0.2
"""Share of the marks of a table that may be by chance. Where groups are drawn by lot, 5 to 12 of 100 tables have any mark; at half of that
share hardly anything can be told of fifty people."""


@dataclass(frozen=True, slots=True)
class Slice:
    """One part of those that write.

    Attributes
    ----------
    role
        ``named``; ``others``: several of few people, or early periods, taken together; ``unknown``: of whom it is not known.
    keys
        The one value that it has of the split; of others, several.
    authors
        Distinct people who have anything to say.
    """

    role: str
    keys: tuple[str, ...]
    authors: int

    @property
    def comparable(self) -> bool:
        """Whether there are people enough for something to be said of it."""
        return self.role == "named" and self.authors >= FEWEST_PEOPLE


@dataclass(frozen=True, slots=True)
class Cell:
    """How many people of a slice write of something.

    Attributes
    ----------
    authors
        Distinct people.
    unnamed
        Passages whose author is unknown.
    share, low, high
        Of the people of the slice, with its 90 % interval (``shares.wilson``); ``None`` where there are none.
    ratio
        This share over that of all others together (those of whom it is unknown left out); ``None`` where nobody else writes of it.
    chance
        How likely chance alone gives two shares as far apart (``shares.chance_of``); ``None`` where too few people are on a side.
    mark
        One of ``MARKS``.
    """

    authors: int
    unnamed: int
    share: float | None = None
    low: float | None = None
    high: float | None = None
    ratio: float | None = None
    chance: float | None = None
    mark: str = ""


@dataclass(frozen=True, slots=True)
class Row:
    """An issue, a topic or a step, with a cell for each slice."""

    group: Group
    cells: tuple[Cell, ...]


@dataclass(frozen=True, slots=True)
class Slices:
    """A run, sliced.

    Attributes
    ----------
    by
        One of ``splits.SLICES``.
    slices
        In time, or those of most people first; the unknown one comes last, where there are people in it.
    issues, topics, steps
        As they stand in the run; issues are those that are or were shared, and early ones where that was asked for.
    left_out
        Slices that are not shown because they are of too few people.
    """

    by: str
    slices: tuple[Slice, ...]
    issues: tuple[Row, ...]
    topics: tuple[Row, ...]
    steps: tuple[Row, ...]
    left_out: int = 0

    @property
    def hindrance(self) -> str:
        """Return why nothing, or little, can be compared, one of ``HINDRANCES``."""
        known = [one for one in self.slices if one.role != "unknown"]
        if sum(len(one.keys) for one in known) < 2:
            if self.left_out:
                return "hidden"
            return "alone" if known else "untold"
        if not any(one.role == "named" for one in known):
            return "hidden"
        return "" if any(one.comparable for one in known) else "few"

    @property
    def tables(self) -> dict[str, tuple[Row, ...]]:
        """Rows by what they are of: ``issue``, ``topic``, ``step``."""
        return {"issue": self.issues, "topic": self.topics, "step": self.steps}


def slices_of(analysis: Analysis, by: str, *, early: bool = False) -> Slices:
    """Return the issues, topics and steps of a run by who writes, from where, or when.

    Everything is counted in distinct people. Who writes in several periods counts in each of them. A share is clearly above or below
    where chance explains the difference to all other slices too seldom, seen that a whole table is looked through (``bar_for_many``):
    so of slices and rows of fewer than three people nothing is said, and nothing is called above for fewer than three.

    Parameters
    ----------
    analysis
        A finished run. Where its authors go by pseudonyms, what ``authors.csv`` says of fewer than three people is put with others: it
        would tell who they are. Of slices and cells of fewer people than ``Analysis.left_out`` asks for nothing is told.
    by
        One of ``splits.SLICES``.
    early
        Whether early voices are wanted, too.
    """
    parts = _Parts(analysis, by)
    issues = (issue.group for issue in analysis.insight.issues if early or issue.status not in {"early", "minority"})
    topics = (topic.group for topic in analysis.insight.topics)
    tables = (parts.rows(issues), parts.rows(topics), parts.rows(analysis.insight.steps))
    return Slices(by, parts.slices, *tables, left_out=parts.left_out)


class _Parts:
    """The slices of a run, and what counts the people of each."""

    def __init__(self, analysis: Analysis, by: str) -> None:
        self._keys_of = splitter(analysis, by)
        self._people, _ = self._counted(analysis.voices)
        hidden = by in OF_PEOPLE and bool(analysis.privacy.authors)
        self._fewest = analysis.left_out.fewest
        laid_out = _laid_out(self._people, by, max(FEWEST_PEOPLE if hidden else 0, self._fewest))
        self.slices = tuple(one for one in laid_out if self._fewest <= 1 or one.authors >= self._fewest)
        self.left_out = len(laid_out) - len(self.slices)
        self._everyone = sum(len(authors) for key, authors in self._people.items() if key != UNKNOWN)

    def _counted(self, voices: Iterable[Voice]) -> tuple[dict[str, set[str]], Counter[str]]:
        """Return the authors of some passages, and how many have none, by the value of the split."""
        people: dict[str, set[str]] = {}
        unnamed: Counter[str] = Counter()
        some = Voices.of(voices)
        for key, author in zip(self._keys_of(some), some.authors.tolist(), strict=True):
            authors = people.setdefault(key, set())
            if author >= 0:
                authors.add(some.author_ids[author])
            else:
                unnamed[key] += 1
        return people, unnamed

    def rows(self, groups: Iterable[Group]) -> tuple[Row, ...]:
        """Return a table: how many people of each slice write of each group, and where that is clearly more or fewer."""
        rows = [Row(group, self._cells(group)) for group in groups]
        bar = bar_for_many((c.chance for row in rows for c in row.cells if c.chance is not None), _WRONG)
        return tuple(replace(row, cells=tuple(_marked(cell, bar) for cell in row.cells)) for row in rows)

    def _cells(self, group: Group) -> tuple[Cell, ...]:
        told, unnamed = self._counted(group.members)
        voiced = sum(len(authors) for key, authors in told.items() if key != UNKNOWN)
        return tuple(self._cell(one, told, unnamed, voiced) for one in self.slices)

    def _cell(self, one: Slice, told: Mapping[str, AbstractSet[str]], unnamed: Counter[str], voiced: int) -> Cell:
        authors = len(_together(told, one.keys))
        if self._fewest > 1 and authors < self._fewest:
            return Cell(0, 0)
        cell = Cell(authors, sum(unnamed[key] for key in one.keys))
        if not one.authors:
            return cell
        share = authors / one.authors
        low, high = wilson(share, one.authors)
        cell = replace(cell, share=round(share, 3), low=round(low, 3), high=round(high, 3))
        others, other_people = voiced - authors, self._everyone - one.authors
        if not one.comparable or other_people < FEWEST_PEOPLE or voiced < FEWEST_PEOPLE:
            return cell
        ratio = round(share * other_people / others, 3) if others else None
        return replace(cell, ratio=ratio, chance=round(chance_of(authors, one.authors, others, other_people), 6))


def _marked(cell: Cell, bar: float) -> Cell:
    if cell.chance is None or cell.chance > bar:
        return cell
    if cell.ratio is not None and cell.ratio < 1:
        return replace(cell, mark="below")
    return replace(cell, mark="above") if cell.authors >= FEWEST_PEOPLE else cell


def _together(people: Mapping[str, AbstractSet[str]], keys: Sequence[str]) -> set[str]:
    """Return the distinct people of some values."""
    return set().union(*(people.get(key, ()) for key in keys))


def _laid_out(people: Mapping[str, AbstractSet[str]], by: str, fewest: int) -> tuple[Slice, ...]:
    """Return the slices in the order in which they are shown, values of fewer people than so many among the others."""
    known = sorted((key for key in people if key != UNKNOWN), key=lambda key: (-len(people[key]), key))
    if by in IN_TIME:
        known.sort()
        shown = known[-IN_A_ROW:]
    else:
        enough = [key for key in known if len(people[key]) >= fewest]
        shown = enough[:MOST_SHOWN]
        if (
            len(known) == len(enough) == MOST_SHOWN + 1
        ):  # one alone is shown by its name in the place that others would take
            shown = enough
    folded = tuple(key for key in known if key not in set(shown))
    named = [Slice("named", (key,), len(people[key])) for key in shown]
    others = [Slice("others", folded, len(_together(people, folded)))] if folded else []
    unknown = [Slice("unknown", (UNKNOWN,), len(people[UNKNOWN]))] if people.get(UNKNOWN) else []
    return tuple([*others, *named, *unknown] if by in IN_TIME else [*named, *others, *unknown])
