"""Decisions of people where names are not to be seen: what they wrote is in no text of the archive, and no mask of those covers it."""

from __future__ import annotations

from dataclasses import replace
from typing import TypeVar

from minecop.archive.deciding import target_of
from minecop.insight.analysis import Analysis
from minecop.insight.human import Named, Ruling, key_of
from minecop.insight.models import Issue, Topic
from minecop.insight.privacy import Privacy

Item = TypeVar("Item", Topic, Issue)


def under_other_names(analysis: Analysis) -> Analysis:
    """Return an analysis in which what people decided holds no name: neither titles and notes, nor people that were joined, nor theirs."""
    privacy, human = analysis.privacy, analysis.human
    if not privacy or not human:
        return analysis

    def titled(item: Item, kind: str) -> Item:
        if key_of(kind, item.group.id) not in human.named:
            return item
        return replace(item, group=replace(item.group, title=privacy.note(item.group.title)))

    named = {key: Named(privacy.label(one.before), privacy.person(one.who)) for key, one in human.named.items()}
    return replace(
        analysis,
        insight=replace(
            analysis.insight,
            topics=tuple(titled(topic, "topic") for topic in analysis.insight.topics),
            issues=tuple(titled(issue, "issue") for issue in analysis.insight.issues),
        ),
        human=replace(human, rulings=tuple(_ruling(one, privacy) for one in human.rulings), named=named),
    )


def _ruling(one: Ruling, privacy: Privacy) -> Ruling:
    target, to = one.target, one.to
    if one.kind in ("topics", "issues", "notes", "communities"):
        target, to = privacy.note(target), privacy.note(to)
    if one.kind == "people":
        target, to = _person(target, privacy), _person(to, privacy)
    elif one.kind == "communities":
        kind, name = target_of(one.target)
        target = one.target if kind == "post" else one.target.removesuffix(name) + _person(name, privacy)
    undone = one.undone.partition(" ")
    return replace(
        one,
        target=target,
        to=to,
        note=privacy.note(one.note),
        who=privacy.person(one.who),
        undone=" ".join(filter(None, (undone[0], privacy.person(undone[2])))),
    )


def _person(name: str, privacy: Privacy) -> str:
    return privacy.authors.get(name) or privacy.person(name)
