"""Decisions made of what people see: a topic by its number, an issue by its rank or id, with all by which it is found again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from minecop.archive.deciding import target_of
from minecop.archive.people import names_of_people, resolve
from minecop.core.errors import InputError
from minecop.curation.decisions import ACTIONS, Decision
from minecop.curation.matching import anchors_of, find_quote, quote_target, rows_of, words_hash
from minecop.insight.analysis import Analysis
from minecop.insight.human import SESSION, key_of
from minecop.insight.models import Issue, Topic


def decide(
    analysis: Analysis,
    kind: str,
    action: str,
    target: str,
    to: str = "",
    *,
    passages: Sequence[str] = (),
    note: str = "",
    who: str = "",
    when: datetime | None = None,
) -> Decision:
    """Return a decision on something that is shown, with all by which it is found again in another run.

    Parameters
    ----------
    analysis
        As people see it: with the decisions so far applied.
    kind, action
        Of ``ACTIONS``.
    target
        Number of a topic; rank or id (also with ``#``) of an issue; ``post/comment/start-end`` of a quote; id of a passage; name or id of a
        person, author or post; of a note ``topic:3``, ``issue:1`` or ``session``.
    to
        See ``Decision.to``; ranks and numbers as for the target.
    passages
        Ids of those that a split parts from the rest.
    note, who, when
        See ``Decision``.

    Raises
    ------
    InputError
        When there is no such thing, or it cannot be decided so.
    """
    decision = Decision(kind, action, target, to, note=note, who=who, when=when).checked()
    return _Maker(analysis).made(decision, passages)


class _Maker:
    def __init__(self, analysis: Analysis) -> None:
        self._analysis = analysis

    def made(self, decision: Decision, passages: Sequence[str]) -> Decision:
        """Return a decision with its target as it is kept, and its anchors."""
        kind, target = decision.kind, decision.target
        if kind in ("topics", "issues"):
            return self._grouped(decision, self._item(kind, target), passages)
        if kind == "quotes":
            quote, _ = find_quote(self._analysis, target, "")
            if quote is None:
                raise InputError("decision_no_quote", value=target)
            return _with(decision, quote_target(quote), (words_hash(quote.text),))
        if kind in ("steps", "marks"):
            return self._on_passage(decision)
        if kind == "notes":
            return self._noted(decision)
        return self._on_people(decision)

    def _item(self, kind: str, name: str) -> Topic | Issue:
        insight = self._analysis.insight
        wanted = name.removeprefix("#")
        if kind == "topics":
            for topic in insight.topics:
                if topic.group.id == wanted:
                    return topic
            raise InputError("decision_no_topic", value=name)
        for issue in insight.issues:
            if wanted == issue.group.id or (wanted == str(issue.rank) and not name.startswith("#")):
                return issue
        raise InputError("decision_no_issue", value=name)

    def _grouped(self, decision: Decision, item: Topic | Issue, passages: Sequence[str]) -> Decision:
        anchors = anchors_of(self._analysis, item.group, item.quotes)
        to = decision.to
        to_anchors: tuple[str, ...] = ()
        if decision.action == "merge":
            other = self._item(decision.kind, decision.to)
            if other is item:
                raise InputError("decision_itself", value=decision.to)
            to, to_anchors = other.group.id, anchors_of(self._analysis, other.group, other.quotes)
        if decision.action == "split":
            inside = {voice.passage_id for voice in item.group.members}
            anchors = tuple(dict.fromkeys(passages))
            if not anchors or not inside.issuperset(anchors) or len(anchors) == len(inside):
                raise InputError("decision_not_inside")
        return _with(decision, item.group.id, anchors, to, to_anchors)

    def _on_passage(self, decision: Decision) -> Decision:
        rows = rows_of(self._analysis, [decision.target])
        if not rows:
            raise InputError("decision_no_passage", value=decision.target)
        if decision.kind == "steps" and int(decision.to) > len(self._analysis.steps.steps):
            raise InputError("decision_no_step", value=decision.to)
        voice = self._analysis.voices.among(rows)[0]
        return _with(decision, voice.passage_id, (words_hash(self._analysis.written(voice)),))

    def _noted(self, decision: Decision) -> Decision:
        kind, _, name = decision.target.partition(":")
        if kind == SESSION:
            return _with(decision, SESSION, ())
        if f"{kind}s" not in ("topics", "issues"):
            raise InputError("decision_no_issue", value=decision.target)
        item = self._item(f"{kind}s", name)
        return _with(decision, key_of(kind, item.group.id), anchors_of(self._analysis, item.group, item.quotes))

    def _on_people(self, decision: Decision) -> Decision:
        people = self._analysis.archive.people
        table, known = names_of_people(people), self._analysis.authors | people.keys()

        def who(name: str) -> str:
            found = resolve(name, table)
            if found not in known:
                raise InputError("decision_no_person", value=name)
            return found or name

        if decision.action == "join":
            to = who(decision.to)
            if who(decision.target) == to:
                raise InputError("decision_itself", value=decision.to)
            return _with(decision, decision.target, (), to)
        if decision.action == "part":
            who(decision.target)
            return decision
        kind, name = target_of(decision.target)
        if kind != "post" and resolve(name, table) in known:
            return _with(decision, f"author:{resolve(name, table)}", ())
        if kind != "author" and name in self._analysis.posts:
            return _with(decision, f"post:{name}", ())
        raise InputError("decision_no_author_or_post", value=decision.target)


def kind_of(action: str, kind: str = "") -> str:
    """Return the kind of an action that but one kind has, else the one that was told."""
    kinds = [one for one, actions in ACTIONS.items() if action in actions]
    return kinds[0] if len(kinds) == 1 else kind


def _with(
    decision: Decision,
    target: str,
    anchors: tuple[str, ...],
    to: str | None = None,
    to_anchors: tuple[str, ...] = (),
) -> Decision:
    return Decision(
        decision.kind,
        decision.action,
        target,
        decision.to if to is None else to,
        anchors,
        to_anchors,
        decision.note,
        decision.who,
        decision.when,
    )
