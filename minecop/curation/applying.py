"""Decisions applied to a finished run: what is shown is as people put it right, and every decision says what became of it."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace

import numpy as np

from minecop.curation.decisions import OF_RUNS, Curation, Decision
from minecop.curation.matching import find_passage, find_quote
from minecop.curation.outcomes import lost, of_people, ruling
from minecop.curation.regrouping import Regrouper
from minecop.curation.shelves import Issues, Topics
from minecop.insight.analysis import Analysis
from minecop.insight.human import SESSION, Human, Ruling
from minecop.insight.models import CLEAR_LESSON, Group, Issue, Lesson, Quote, Topic
from minecop.insight.profiles import StepTable
from minecop.insight.quotes import MOST, best_span, headline, overlap
from minecop.insight.voices import Voices, archive_rows

_VOICES_NOTHING = {"concern": False, "wish": False, "courtesy": True}
"""Marks with which a passage voices nothing that is unsettled."""

_LESSONS = {"lesson": True, "reported": False}
"""Marks of lessons, and whether these are of the writer's own action."""

_COUNTED = frozenset({"-concern", "-wish", "+courtesy", *(f"{sign}{act}" for sign in "+-" for act in _LESSONS)})
"""Marks from which issues and lessons are counted anew: the others are shown with the passage, and reach no figure in any run."""


def curated(analysis: Analysis, curation: Curation) -> Analysis:
    """Return an analysis as people have put it right.

    Groups are counted anew (people, communities, trends, status, quotes); ranks and numbers stay. Decisions are applied in the order in
    which they were taken, each to what the earlier ones made: first those on passages, then those on topics and issues, then those on
    quotes. What people decided, what became of it and why stands in ``Analysis.human``.

    Parameters
    ----------
    analysis
        A finished run as it was found; it is left as it is.
    curation
        The decisions on its archive.
    """
    return _Curator(analysis, curation).curated() if curation else analysis


class _Curator:
    """Applies all decisions to one analysis, once."""

    def __init__(self, analysis: Analysis, curation: Curation) -> None:
        self._analysis, self._curation = analysis, curation
        self._rulings: dict[str, Ruling] = {one.id: ruling(one) for one in curation.decisions}
        self._lessons = list(analysis.insight.lessons)
        self._marks: dict[int, dict[str, bool]] = {}

    def curated(self) -> Analysis:
        analysis, insight = self._analysis, self._analysis.insight
        rejected = self._rejected()
        steps, corrected = self._steps()
        regrouper = Regrouper(analysis, steps, Human(rejected=rejected))
        topics, issues = Topics(analysis, insight.topics, regrouper), Issues(analysis, insight.issues, regrouper)
        issues.without(self._marked(steps))
        issues.stepped(corrected)
        for kind, shelf in (("topics", topics), ("issues", issues)):
            for one in self._curation.of(kind):
                self._rulings[one.id] = shelf.apply(one)
        self._lessons = [one for one in self._lessons if not _overlaps(one.quote, rejected)]
        self._lessons = self._placed(steps, corrected, topics, issues)
        pinned = self._quoted(topics, issues, rejected, regrouper)
        for one in self._curation.of(*OF_RUNS):
            self._rulings[one.id] = of_people(analysis, one)
        for one in self._curation.decisions:
            if one.kind in OF_RUNS and one.undone and of_people(analysis, replace(one, undone="")).state == "applied":
                self._rulings[one.id] = replace(ruling(one), why="still_counted")
        for one in self._curation.of("notes"):
            self._rulings[one.id] = _noted(one, topics, issues)
        told = {lesson.voice.row for lesson in self._lessons}
        human = Human(
            rulings=tuple(sorted(self._rulings.values(), key=lambda one: one.when.timestamp() if one.when else 0.0)),
            named=topics.named | issues.named,
            hidden={
                "topics": len(topics.hidden),
                "issues": len(issues.hidden),
                "lessons": sum(one.voice.row not in told for one in insight.lessons),
            },
            accepted=issues.of_session(),
            pinned=pinned,
            rejected=rejected,
            steps=frozenset(corrected),
            marks=self._marks,
        )
        shown = replace(
            insight,
            topics=tuple(topics.some),
            issues=tuple(issues.some),
            themes=topics.themes(insight.themes),
            steps=self._step_groups(steps, corrected, regrouper),
            lessons=tuple(self._lessons),
        )
        return replace(analysis, insight=shown, steps=steps, human=human)

    # ---- passages

    def _passage(self, decision: Decision) -> int | None:
        """Return the row of the passage that a decision is on; where there is none, it says so."""
        row, why = find_passage(self._analysis, decision.target, next(iter(decision.anchors), ""))
        if row is None:
            self._rulings[decision.id] = lost(decision, why)
        return row

    def _steps(self) -> tuple[StepTable, set[int]]:
        """Return the steps as people have corrected them, and the rows of the passages that were."""
        table = self._analysis.steps
        given: dict[int, int] = {}
        for one in self._curation.of("steps"):
            if int(one.to) > len(table.steps):
                self._rulings[one.id] = lost(one, "no_such_step")
            elif (row := self._passage(one)) is not None:
                given[row] = int(one.to)
        if not given:
            return table, set()
        first, chances = table.first.copy(), table.chances.copy()
        for row, step in given.items():  # as the stage does with labels
            first[row] = step
            chances[row] = [float(number == step) for number in table.steps]
        return replace(table, first=first, chances=chances), set(given)

    def _step_groups(self, steps: StepTable, corrected: Collection[int], regrouper: Regrouper) -> tuple[Group, ...]:
        """Return the steps with their people; those that a corrected passage left or came to are counted anew."""
        rows = list(corrected)
        moved = {*self._analysis.steps.first[rows].tolist(), *steps.first[rows].tolist()} if rows else set()
        voices = self._analysis.step_voices
        of = steps.first[voices.of_archive] if moved else np.empty(0)
        return tuple(
            regrouper.group(group, voices.where(of == int(group.id))) if int(group.id) in moved else group
            for group in self._analysis.insight.steps
        )

    def _marked(self, steps: StepTable) -> set[int]:
        """Keep marks, and do what they say of lessons; return the rows of the passages that voice nothing unsettled.

        Of several on one passage and act the last holds.
        """
        for one in self._curation.of("marks"):
            row = self._passage(one)
            if row is None:
                continue
            act, does = one.to[1:], one.to[0] == "+"
            self._marks.setdefault(row, {})[act] = does
            if one.to == "+courtesy" or (act in _LESSONS and not does):
                self._lessons = [lesson for lesson in self._lessons if lesson.voice.row != row]
            elif act in _LESSONS:
                self._add_lesson(row, steps, own=_LESSONS[act])
            if one.to not in _COUNTED:
                self._rulings[one.id] = replace(ruling(one), why="marked_only")
        nothing = _VOICES_NOTHING.items()
        return {row for row, acts in self._marks.items() if any(acts.get(act) is does for act, does in nothing)}

    def _add_lesson(self, row: int, steps: StepTable, *, own: bool) -> None:
        for place, lesson in enumerate(self._lessons):
            if lesson.voice.row == row:
                self._lessons[place] = replace(lesson, own=own, score=max(lesson.score, CLEAR_LESSON))
                return
        voice = self._analysis.voices.among([row])[0]
        text = self._analysis.written(voice)
        start, end = best_span(text, ())
        quote = Quote(voice.post_id, voice.comment, voice.start + start, voice.start + end, text[start:end])
        topic = next(
            (int(one.group.id) for one in self._analysis.insight.topics if row in archive_rows(one.group.members)),
            -1,
        )
        step = int(steps.first[row])
        made = Lesson(voice, own, quote, {}, step, topic, "untold", (), CLEAR_LESSON, 0, None, 0.0)
        self._lessons.append(made)

    def _placed(self, steps: StepTable, corrected: Collection[int], topics: Topics, issues: Issues) -> list[Lesson]:
        """Return the lessons with the step, topic and issue that each is of now."""
        shown = {issue.group.id for issue in issues.some}
        topic_of = topics.numbers_of([one.voice.row for one in self._lessons]) if topics.changed else None
        placed = []
        for one in self._lessons:
            row, issue = one.voice.row, issues.where(one.issue) if one.issue else None
            placed.append(
                replace(
                    one,
                    step=int(steps.first[row]) if row in corrected else one.step,
                    topic=one.topic if topic_of is None else topic_of.get(row, -1),
                    issue=issue if issue in shown else None,
                    likeness=one.likeness if issue in shown else 0.0,
                )
            )
        return placed

    # ---- quotes

    def _rejected(self) -> tuple[Quote, ...]:
        found = []
        for one in self._curation.of("quotes"):
            if one.action == "reject" and (quote := self._quote(one)):
                found.append(quote)
        return tuple(found)

    def _quote(self, decision: Decision) -> Quote | None:
        quote, why = find_quote(self._analysis, decision.target, next(iter(decision.anchors), ""))
        if quote is None:
            self._rulings[decision.id] = lost(decision, why)
        return quote

    def _quoted(
        self, topics: Topics, issues: Issues, rejected: Sequence[Quote], regrouper: Regrouper
    ) -> tuple[Quote, ...]:
        """Put quotes first that were pinned, and others where one was rejected; return those that were pinned."""
        pinned = []
        groups = [*(one.group for one in topics.some), *(one.group for one in issues.some)]
        for one in self._curation.of("quotes"):
            if one.action != "pin" or (quote := self._quote(one)) is None:
                continue
            if _overlaps(quote, rejected):
                self._rulings[one.id] = lost(one, "rejected")
            elif not any(_holds(group, quote) for group in groups):
                self._rulings[one.id] = lost(one, "in_nothing")
            else:
                pinned.append(quote)
        if pinned or rejected:
            topics.some = [self._topic_quoted(one, pinned, rejected, regrouper) for one in topics.some]
            issues.some = [self._issue_quoted(one, pinned, rejected, regrouper) for one in issues.some]
        return tuple(pinned)

    def _topic_quoted(
        self, topic: Topic, pinned: Sequence[Quote], rejected: Sequence[Quote], regrouper: Regrouper
    ) -> Topic:
        quotes = _chosen(topic.group, topic.quotes, topic.terms, pinned, rejected, regrouper)
        return topic if quotes == topic.quotes else replace(topic, quotes=quotes)

    def _issue_quoted(
        self, issue: Issue, pinned: Sequence[Quote], rejected: Sequence[Quote], regrouper: Regrouper
    ) -> Issue:
        quotes = _chosen(issue.group, issue.quotes, issue.terms, pinned, rejected, regrouper)
        wishes = tuple(one for one in issue.wishes if not _overlaps(one, rejected))
        objection = None if issue.objection and _overlaps(issue.objection, rejected) else issue.objection
        line = issue.headline
        if quotes != issue.quotes:
            line = headline(quotes[0], issue.terms) if quotes else None
        return replace(issue, quotes=quotes, wishes=wishes, objection=objection, headline=line)


def _noted(decision: Decision, topics: Topics, issues: Issues) -> Ruling:
    """Return what a note is on now."""
    kind, _, name = decision.target.partition(":")
    if kind == SESSION:
        return replace(ruling(decision), group=SESSION)
    if kind == topics.kind:
        return topics.on(decision, name)
    return issues.on(decision, name) if kind == issues.kind else lost(decision, "gone")


def _chosen(
    group: Group,
    quotes: tuple[Quote, ...],
    terms: Sequence[str],
    pinned: Sequence[Quote],
    rejected: Sequence[Quote],
    regrouper: Regrouper,
) -> tuple[Quote, ...]:
    """Return the quotes of a group: those that were pinned, then those that were chosen, with others for what was rejected."""
    own = [one for one in pinned if _holds(group, one)]
    kept = [one for one in quotes if not _overlaps(one, rejected)]
    if len(kept) < len(quotes):
        kept = list(regrouper.quotes(group, kept, terms))
    if not own:
        return tuple(kept)
    return (*own, *[one for one in kept if not _overlaps(one, own)][: max(0, MOST - len(own))])


def _overlaps(quote: Quote, others: Sequence[Quote]) -> bool:
    return any(overlap(one, quote) for one in others)


def _holds(group: Group, quote: Quote) -> bool:
    """Tell whether a quote is of a passage of a group."""
    members = Voices.of(group.members)
    near = members.among(np.intersect1d(members.rows, members.rows_of_post(quote.post_id)))
    return any(overlap(one, quote) for one in near)
