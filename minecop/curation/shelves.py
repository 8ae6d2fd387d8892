"""The topics, and the issues, of a run while decisions are applied to them one after the other."""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Collection, Iterable, Sequence
from dataclasses import replace
from typing import Generic

import numpy as np

from minecop.curation.decisions import Decision
from minecop.curation.matching import Found, find_group, rows_of
from minecop.curation.outcomes import lost, ruling
from minecop.curation.regrouping import Regrouper
from minecop.insight.analysis import Analysis
from minecop.insight.human import Named, Ruling, key_of
from minecop.insight.models import Group, Issue, Topic
from minecop.insight.voices import archive_rows


class Shelf(ABC, Generic[Found]):
    """What all of them have in common.

    Parameters
    ----------
    analysis
        The run as it was found.
    some
        Its topics or issues.
    regrouper
        Counts anew.

    Attributes
    ----------
    some
        Those that are shown, as they are now.
    hidden
        Those that are not.
    named
        Those that a person named, by ``key_of``.
    went
        Into which one each that was merged went, by id.
    """

    kind = ""

    def __init__(self, analysis: Analysis, some: Iterable[Found], regrouper: Regrouper) -> None:
        self._analysis, self._regrouper = analysis, regrouper
        self.some: list[Found] = list(some)
        self.hidden: list[Found] = []
        self.named: dict[str, Named] = {}
        self.went: dict[str, str] = {}

    def apply(self, decision: Decision) -> Ruling:
        """Do what a decision says, and return what became of it."""
        found, why = self.find(decision.anchors, decision.target)
        if found is None:
            return lost(decision, why)
        done = self.ruling(decision, found)
        if decision.action == "rename":
            self._put(found, self._titled(found, decision))
        elif decision.action == "hide":
            self.some.remove(found)
            self.hidden.append(found)
        elif decision.action == "merge":
            into, why = self.find(decision.to_anchors, decision.to)
            if into is None:
                return replace(done, state="lost", why=f"{why}_other", group="")
            if into is not found:  # else it is so already
                self._merge(found, into)
            to = f"{self.number(into)} {into.group.title}"
            return replace(done, group=key_of(self.kind, into.group.id), to=to)
        elif decision.action == "split":
            return replace(done, group=key_of(self.kind, self._split(found, decision)))
        return done

    def on(self, decision: Decision, target: str) -> Ruling:
        """Return what a decision is on that changes nothing: a note."""
        found, why = self.find(decision.anchors, target)
        return lost(decision, why) if found is None else self.ruling(decision, found)

    def find(self, anchors: Sequence[str], target: str) -> tuple[Found | None, str]:
        """Return what is shown and holds most of some anchors, else the reason why there is nothing."""
        found, why = find_group(self._analysis, self.some + self.hidden, anchors, target)
        if found is not None and any(one is found for one in self.hidden):
            return None, "hidden"
        return found, why

    def ruling(self, decision: Decision, found: Found) -> Ruling:
        """Return a decision on something that was found, by its title."""
        title = f"{self.number(found)} {found.group.title}"
        return replace(ruling(decision), target=title, group=key_of(self.kind, found.group.id))

    def number(self, found: Found) -> str:
        """Return by what number people call it."""
        return found.group.id

    def _put(self, old: Found, new: Found) -> None:
        self.some[next(place for place, one in enumerate(self.some) if one is old)] = new

    def _titled(self, found: Found, decision: Decision) -> Found:
        key = key_of(self.kind, found.group.id)
        before = self.named[key].before if key in self.named else found.group.title
        self.named[key] = Named(before, decision.who)
        return self._with_group(found, replace(found.group, title=decision.to))

    def _merge(self, found: Found, into: Found) -> None:
        rows = np.union1d(archive_rows(found.group.members), archive_rows(into.group.members)).tolist()
        self._put(into, self._counted(into, rows, [found]))
        self.some = [one for one in self.some if one is not found]
        self.named.pop(key_of(self.kind, found.group.id), None)
        self.went[found.group.id] = into.group.id

    def _split(self, found: Found, decision: Decision) -> str:
        """Part the anchors from the rest; return the id of what they are now. Where the machine has done so already, they get the title."""
        leaving = np.intersect1d(archive_rows(found.group.members), rows_of(self._analysis, decision.anchors)).tolist()
        staying = np.setdiff1d(archive_rows(found.group.members), leaving).tolist()
        if not staying:
            self._put(found, self._titled(found, decision))
            return found.group.id
        part = self._part(found, leaving)
        self.some.append(part)
        self._put(part, self._titled(part, decision))
        self._put(found, self._counted(found, staying, []))
        return part.group.id

    # ---- what differs

    @abstractmethod
    def _with_group(self, found: Found, group: Group) -> Found: ...

    @abstractmethod
    def _counted(self, found: Found, rows: Iterable[int], others: Sequence[Found]) -> Found: ...

    @abstractmethod
    def _part(self, found: Found, rows: Iterable[int]) -> Found: ...


class Topics(Shelf[Topic]):
    """The topics."""

    kind = "topic"

    @property
    def changed(self) -> bool:
        """Whether any is not what was found."""
        found = self._analysis.insight.topics
        return len(self.some) != len(found) or any(
            one is not other for one, other in zip(self.some, found, strict=True)
        )

    def numbers_of(self, rows: Sequence[int]) -> dict[int, int]:
        """Return the number of the topic that each of some passages is of now; those of none are not in it."""
        found: dict[int, int] = {}
        for topic in self.some:
            found |= dict.fromkeys(
                np.intersect1d(archive_rows(topic.group.members), rows).tolist(), int(topic.group.id)
            )
        return found

    def themes(self, themes: Sequence[Group]) -> tuple[Group, ...]:
        """Return the themes, those counted anew whose topics are others; a theme of which no topic is shown is none."""
        if not self.changed:
            return tuple(themes)
        found = []
        for theme in themes:
            own = [archive_rows(topic.group.members) for topic in self.some if topic.theme == theme.id]
            if own:
                rows = np.concatenate(own)
                same = np.array_equal(np.sort(rows), np.sort(archive_rows(theme.members)))
                members = self._analysis.voices.among(rows)
                found.append(theme if same else self._regrouper.group(theme, members))
        return tuple(found)

    def _with_group(self, found: Topic, group: Group) -> Topic:
        return replace(found, group=group, machine=False)

    def _counted(self, found: Topic, rows: Iterable[int], others: Sequence[Topic]) -> Topic:
        return self._regrouper.topic(found, rows, others)

    def _part(self, found: Topic, rows: Iterable[int]) -> Topic:
        every = (*self.some, *self.hidden, *self._analysis.insight.topics)
        number = 1 + max(int(one.group.id) for one in every)
        return self._regrouper.topic(replace(found, group=replace(found.group, id=str(number))), rows)


class Issues(Shelf[Issue]):
    """The issues and early voices.

    Attributes
    ----------
    accepted
        Ids of those that were accepted for the session.
    """

    kind = "issue"

    def __init__(self, analysis: Analysis, some: Iterable[Issue], regrouper: Regrouper) -> None:
        super().__init__(analysis, some, regrouper)
        self.accepted: list[str] = []

    def apply(self, decision: Decision) -> Ruling:
        """Do what a decision says, and return what became of it."""
        if decision.action == "accept":
            found, why = self.find(decision.anchors, decision.target)
            if found is None:
                return lost(decision, why)
            self.accepted.append(found.group.id)
            return self.ruling(decision, found)
        return super().apply(decision)

    def number(self, found: Issue) -> str:
        """Return its rank."""
        return str(found.rank)

    def of_session(self) -> tuple[str, ...]:
        """Return the ids of those that were accepted and are still shown, what merged under the id of what it went into."""
        shown = {one.group.id for one in self.some}
        gone = (self.where(one) for one in self.accepted)
        return tuple(dict.fromkeys(one for one in gone if one in shown))

    def where(self, issue_id: str) -> str:
        """Return the id of the issue that one of an id is part of now."""
        while issue_id in self.went:
            issue_id = self.went[issue_id]
        return issue_id

    def without(self, leaving: Collection[int]) -> None:
        """Take passages out of every issue; one that is left without any is hidden."""
        for issue in list(self.some) if leaving else ():
            rows = archive_rows(issue.group.members)
            staying = np.setdiff1d(rows, list(leaving)).tolist()
            if not staying:
                self.some.remove(issue)
                self.hidden.append(issue)
            elif len(staying) < len(rows):
                self._put(issue, self._regrouper.issue(issue, staying))

    def stepped(self, corrected: Collection[int]) -> None:
        """Count the steps anew of the issues that some passages are of."""
        for issue in list(self.some) if corrected else ():
            if np.isin(archive_rows(issue.group.members), list(corrected)).any():
                self._put(issue, self._regrouper.stepped(issue))

    def _with_group(self, found: Issue, group: Group) -> Issue:
        return replace(found, group=group)

    def _counted(self, found: Issue, rows: Iterable[int], others: Sequence[Issue]) -> Issue:
        return self._regrouper.issue(found, rows, others)

    def _part(self, found: Issue, rows: Iterable[int]) -> Issue:
        rank = 1 + max(one.rank for one in (*self.some, *self.hidden, *self._analysis.insight.issues))
        return self._regrouper.part_of_issue(found, rows, found.group.title, rank)
