"""What became of a decision in a run, as the ruling that a report shows."""

from __future__ import annotations

from dataclasses import replace

from minecop.archive.deciding import target_of
from minecop.archive.people import names_of_people, resolve
from minecop.curation.decisions import Decision
from minecop.insight.analysis import Analysis
from minecop.insight.human import Ruling


def ruling(decision: Decision) -> Ruling:
    """Return a decision that holds as it says."""
    return Ruling(
        decision.id,
        decision.kind,
        decision.action,
        decision.who,
        decision.when,
        decision.target,
        decision.to,
        decision.note,
        state="applied" if decision.holds else "undone",
        undone=decision.undone,
    )


def lost(decision: Decision, why: str) -> Ruling:
    """Return a decision that holds for nothing, with the key of the reason."""
    return replace(ruling(decision), state="lost", why=why)


def of_people(analysis: Analysis, decision: Decision) -> Ruling:
    """Return what became of a decision on people or communities: it holds in a run that was made since."""
    people = analysis.archive.people
    table = names_of_people(people)
    target, to = decision.target, decision.to
    known = analysis.authors | people.keys()

    def is_known(name: str) -> bool:
        return resolve(name, table) in known

    if decision.action == "assign":
        kind, name = target_of(target)
        author = resolve(name, table)
        if kind != "post" and author in known:
            there = analysis.homes.get(author or "") == to
        elif kind != "author" and name in analysis.posts:
            there = analysis.archive.posts.head(name).communities == (to,)
        else:
            return lost(decision, "nobody")
    elif not is_known(target):
        return lost(decision, "nobody")
    elif decision.action == "join":
        if not is_known(to):
            return lost(decision, "nobody")
        there = resolve(target, table) == resolve(to, table)
    else:
        there = target in analysis.authors
        if not there and target in people:  # the archive was imported under another name, which is all that it has
            return lost(decision, "name_gone")
    return ruling(decision) if there else replace(ruling(decision), state="next_run")
