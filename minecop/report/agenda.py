"""How a session may run: a draft agenda, which table takes which issue, and the sheets that this takes."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import product
from typing import Any

from minecop.report.words import Words

_PEOPLE = (5, 8)
"""People at a table, from and to: fewer tire of one another, of more some do not speak."""

_DOTS = 3
"""Dots that each person places."""

_ROWS, _OWN = 8, 3
"""Rows of a dot-vote sheet, and of them for issues of the circle's own, at least."""

_LINES = 13
"""Lines to write on, under all questions of a sheet: what a page holds."""


@dataclass(frozen=True, slots=True)
class Item:
    """A part of a session.

    Attributes
    ----------
    name
        What is done, as in ``agenda_<name>`` of the texts.
    minutes
        How long.
    lead
        Who leads it, as in ``role_<lead>``; empty for a break.
    parts
        Parts of the pack that it takes.
    """

    name: str
    minutes: int
    lead: str = ""
    parts: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Plan:
    """A kind of session.

    Attributes
    ----------
    start
        Minutes after midnight.
    rounds
        Rounds of talk at tables.
    moving
        Whether people move from table to table while the issues stay; otherwise each round has issues of its own.
    fewest, most
        Tables.
    items
        What is done, in order.
    """

    start: int
    rounds: int
    moving: bool
    fewest: int
    most: int
    items: tuple[Item, ...]


_BREAK = Item("break", 15)

PLANS = {
    "half-day": Plan(
        start=8 * 60 + 30,
        rounds=1,
        moving=False,
        fewest=2,
        most=4,
        items=(
            Item("arrive", 15, "scribe", (1,)),
            Item("open", 15, "facilitator", (1, 2)),
            Item("stories", 30, "practitioner", (5, 7)),
            Item("cards", 20, "facilitator", (3, 4, 9)),
            _BREAK,
            Item("circle", 45, "facilitator", (7, 9)),
            Item("share", 20, "scribe"),
            Item("goal", 30, "practitioner", (9,)),
            Item("carry", 10, "practitioner", (9,)),
            Item("aar", 10, "everybody", (9,)),
        ),
    ),
    "one-day": Plan(
        start=8 * 60 + 30,
        rounds=2,
        moving=False,
        fewest=2,
        most=6,
        items=(
            Item("arrive", 30, "scribe", (1,)),
            Item("open", 20, "facilitator", (1, 2)),
            Item("stories", 40, "practitioner", (5, 7)),
            Item("choose", 20, "facilitator", (3, 4)),
            _BREAK,
            Item("circle_1", 50, "facilitator", (7, 9)),
            Item("share", 35, "scribe"),
            Item("lunch", 60),
            Item("circle_2", 45, "facilitator", (7, 9)),
            Item("share", 25, "scribe"),
            Item("weigh", 20, "facilitator", (9,)),
            _BREAK,
            Item("goal", 40, "practitioner", (9,)),
            Item("carry", 15, "practitioner", (9,)),
            Item("aar", 20, "everybody", (9,)),
        ),
    ),
    "world-cafe": Plan(
        start=13 * 60,
        rounds=3,
        moving=True,
        fewest=3,
        most=12,
        items=(
            Item("open", 15, "facilitator", (1, 2)),
            Item("choose", 15, "facilitator", (3, 4)),
            Item("cafe_1", 30, "practitioner", (7, 9)),
            Item("cafe_2", 30, "practitioner", (7, 9)),
            _BREAK,
            Item("cafe_3", 30, "practitioner", (9,)),
            Item("share", 15, "scribe"),
            Item("weigh", 15, "facilitator", (9,)),
            Item("goal", 25, "practitioner", (9,)),
            Item("carry", 10, "practitioner", (9,)),
            Item("aar", 10, "everybody", (9,)),
        ),
    ),
}
"""Kinds of sessions: half a day in circles, a day in two rounds of circles, a World Café."""

SESSIONS = tuple(PLANS)
"""What they are called, the default first."""

_ROLES = ("facilitator", "scribe", "practitioner")
_RULES = 4


def agenda_view(session: str, issues: Sequence[dict[str, Any]], words: Words) -> dict[str, Any]:
    """Return the agenda of a session on some issues, with its tables and sheets.

    Parameters
    ----------
    session
        One of ``PLANS``.
    issues
        Views of the issues to be talked about; there may be none.
    words
        Of the reader's language.
    """
    plan = PLANS[session]
    a_round = len(issues) if plan.moving else -(-len(issues) // plan.rounds)
    tables = min(max(a_round, plan.fewest), plan.most)
    sheets = _sheets(plan, tables, issues, words)
    least, most = (tables * people for people in _PEOPLE)
    return {
        "name": words(f"session_{session}"),
        "size": words("pack_size", tables=tables, rounds=plan.rounds, least=least, most=most),
        "items": _items(plan, bool(issues), words),
        "tables": tables,
        "sheets": sheets,
        "own_rows": max(_OWN, _ROWS - len(issues)),
        "free": words("pack_seats_free") if any(sheet["issue"] and not sheet["place"] for sheet in sheets) else "",
        "roles": [(words(f"role_{role}_is"), words(f"role_{role}_does")) for role in _ROLES],
        "rules": [words(f"pack_rule_{number}") for number in range(1, _RULES + 1)],
        "prepare": [
            *([words("pack_prepare_cards")] if issues else []),
            words("pack_prepare_sheets", sheets=len(sheets)),
            words("pack_prepare_dots", dots=_DOTS * most),
            words("pack_prepare_forms", tables=tables, most=most),
        ],
    }


def _items(plan: Plan, issues: bool, words: Words) -> list[dict[str, str]]:
    rows, now = [], plan.start
    for item in plan.items:
        name = item.name if issues or item.name not in {"cards", "choose"} else "own"
        parts = [part for part in item.parts if issues or part != 3]  # without issues there are no cards
        rows.append(
            {
                "time": f"{_clock(now)}–{_clock(now + item.minutes)}",
                "what": words(f"agenda_{name}"),
                "lead": words(f"role_{item.lead}") if item.lead else "",
                "uses": words("pack_uses_part", parts=", ".join(map(str, parts))) if parts else "",
            }
        )
        now += item.minutes
    return rows


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02}.{minutes % 60:02}"


def _sheets(plan: Plan, tables: int, issues: Sequence[dict[str, Any]], words: Words) -> list[dict[str, Any]]:
    """Return a sheet for each issue, and blank ones: where there is a table without an issue, and one at least for what is missing.

    Where issues are more than tables and rounds, tables are left open: the circle chooses first.
    """
    rounds = 1 if plan.moving else plan.rounds
    seats = [(table, turn) for turn, table in product(range(1, rounds + 1), range(1, tables + 1))]
    if len(issues) > len(seats):
        seats = [(0, 0)] * len(issues)
    count = max(len(seats), len(issues) + 1)
    seats += [(0, 0)] * (count - len(seats))
    shown = [*issues, *[None] * (count - len(issues))]
    return [
        {
            "place": _place(table, turn if rounds > 1 else 0, words),
            "issue": issue,
            "boxes": _boxes(plan, issue, words),
        }
        for (table, turn), issue in zip(seats, shown, strict=True)
    ]


def _place(table: int, turn: int, words: Words) -> str:
    if not table:
        return ""
    return words("pack_place_round", round=turn, table=table) if turn else words("pack_place_table", table=table)


def _boxes(plan: Plan, issue: dict[str, Any] | None, words: Words) -> list[dict[str, Any]]:
    """Return the questions of a sheet: the two of its issue, or two for any; people who move have one a round, and a third."""
    asked = issue["session"]["questions"] if issue else [words("pack_ask_any_good"), words("ask_tension_open")]
    if plan.moving:
        asked = [*asked, words("pack_ask_any_goal")]
    return [
        {
            "name": words("pack_round_n", round=number) if plan.moving else str(number),
            "question": question,
            "lines": _LINES // len(asked),
        }
        for number, question in enumerate(asked, 1)
    ]
