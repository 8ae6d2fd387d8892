"""What a report shows of what people decided: who, when, what, and what no longer applies and why."""

from __future__ import annotations

from typing import Any

from minecop.archive.deciding import target_of
from minecop.core.messages import message
from minecop.insight.analysis import Analysis
from minecop.insight.human import HIDDEN, SESSION, Ruling, key_of
from minecop.insight.models import Issue, Topic
from minecop.report.words import Words, step_name

_SHOWN = 200
"""Decisions that a page lists."""


def decided_view(analysis: Analysis, words: Words) -> dict[str, Any]:
    """Return the decisions as people read them, the latest first, and how many are not listed."""
    rulings = analysis.human.rulings
    lost = sum(one.state == "lost" for one in rulings)
    rows = [ruling_view(analysis, one, words) for one in reversed(rulings)]
    return {
        "rows": rows[:_SHOWN],
        "every": rows,
        "more": max(0, len(rows) - _SHOWN),
        "count": words("decided_count_lost" if lost else "decided_count", count=len(rulings), lost=lost),
        "left_out": words("decided_left_out", count=analysis.human.left_out) if analysis.human.left_out else "",
    }


def ruling_view(analysis: Analysis, one: Ruling, words: Words) -> dict[str, Any]:
    """Return one decision in words."""
    target, to = target_words(one, words), one.to
    if one.kind in ("people", "communities"):
        _, name = target_of(target)
        target, to = analysis.names.get(name, name), analysis.names.get(to, to) if one.kind == "people" else to
    if one.action == "step":
        number = int(one.to)
        known = 0 < number <= len(analysis.process.steps)
        to = f"{number} {step_name(analysis, number, words)}" if known else one.to
    key = f"decided_{one.kind}_{one.action}"
    if one.action == "step" and one.to == "0":
        key = "decided_steps_none"
    if one.action == "mark":
        key, to = (
            "decided_marks_on" if one.to[0] == "+" else "decided_marks_off",
            message(f"act_{one.to[1:]}", words.lang),
        )
    state = words(f"decided_state_{one.state}")
    why = words(f"decided_why_{one.why}") if one.why else ""
    return {
        "id": one.id,
        "what": words(key, target=target, to=to),
        "note": one.note,
        "who": one.who or words("anonymous"),
        "day": words.day(one.when.date()) if one.when else "",
        "state": one.state,
        "state_words": f"{state}: {why}" if why else state,
        "why": why,
        "group": one.group,
    }


def target_words(one: Ruling, words: Words) -> str:
    """Return what a decision is about; of a note that is on no topic or issue, the session."""
    if one.kind == "notes" and one.group == SESSION:
        return words("decided_session")
    kind = {"topic": "decided_topic", "issue": "decided_issue"}.get(one.group.partition(":")[0], "")
    return words(kind, title=one.target) if one.kind == "notes" and kind else one.target


def named_view(analysis: Analysis, item: Topic | Issue, words: Words) -> dict[str, Any]:
    """Return of a topic or an issue who named it and what the machine called it, what was noted, and whether it is for the session."""
    kind = "issue" if isinstance(item, Issue) else "topic"
    key = key_of(kind, item.group.id)
    human = analysis.human
    named = human.named.get(key)
    before = analysis.privacy.label(named.before) if named else ""
    return {
        "named_by": words("decided_named_by", who=named.who or words("anonymous")) if named else "",
        "machine_title": words("decided_machine_title", title=before) if named else "",
        "accepted": words("decided_accepted") if kind == "issue" and item.group.id in human.accepted else "",
        "notes": notes_view(analysis, key, words),
    }


def notes_view(analysis: Analysis, key: str, words: Words) -> list[str]:
    """Return what people noted on a topic or an issue (``key_of``), or on the ``session``, each in one line."""
    found = []
    for one in analysis.human.notes_on(key):
        when = words.day(one.when.date()) if one.when else ""
        said = " · ".join(filter(None, (one.who, when)))
        found.append(f"{one.note} — {said}" if said else one.note)
    return found


def hidden_words(analysis: Analysis, words: Words) -> list[str]:
    """Return how many things are hidden by decision; nothing where none is."""
    hidden = analysis.human.hidden
    parts = [words(f"decided_hidden_{name}", count=hidden[name]) for name in HIDDEN if hidden.get(name)]
    return [words("decided_hidden", parts=", ".join(parts))] if parts else []


def decided_json(analysis: Analysis) -> dict[str, Any]:
    """Return the decisions as users' scripts read them."""
    human = analysis.human
    return {
        "decisions": [
            {
                "id": one.id,
                "kind": one.kind,
                "action": one.action,
                "who": one.who,
                "when": one.when.isoformat(timespec="seconds") if one.when else None,
                "target": one.target,
                "to": one.to,
                "note": one.note,
                "state": one.state,
                "why": one.why or None,
                "group": one.group or None,
                "undone": one.undone or None,
            }
            for one in human.rulings
        ],
        "hidden": {name: human.hidden.get(name, 0) for name in HIDDEN},
    }


def named_json(analysis: Analysis, kind: str, group_id: str) -> dict[str, Any]:
    """Return who gave a topic or an issue its title, and what the machine called it; ``None`` where the title is the machine's."""
    named = analysis.human.named.get(key_of(kind, group_id))
    return {
        "named_by": named.who if named else None,
        "machine_title": analysis.privacy.label(named.before) if named else None,
    }
