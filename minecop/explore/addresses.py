"""Addresses of the pages: what one asks for, and the one of what is asked for."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from minecop.explore.asking import LONGEST
from minecop.explore.searching import FACETS, MODES, Query

LISTS = ("issues", "topics", "steps", "people", "communities")
PATHS = {"topic": "topic", "issue": "issue", "step": "step", "author": "person", "community": "community"}
"""Of the page of a group, by its facet."""

_EVERYTHING = Query()


class NotThereError(Exception):
    """What an address names is not there."""


class NotAskedError(Exception):
    """An address holds what no page asks for."""


@dataclass(frozen=True)
class Asking:
    """What a page is asked for.

    Attributes
    ----------
    query
        What is searched for.
    page
        1-based.
    full
        Facet of which everything is shown.
    cut
        Whether the query was longer than what is looked at.
    """

    query: Query
    page: int = 1
    full: str = ""
    cut: bool = False


def asking_of(values: Mapping[str, str]) -> Asking:
    """Return what an address asks for.

    Raises
    ------
    NotAskedError
        When it holds what is none of it.
    """
    text = values.get("q", "")
    mode = values.get("by", MODES[0])
    full = values.get("all", "")
    if mode not in MODES or (full and full not in FACETS):
        raise NotAskedError(mode)
    chosen = tuple((name, number_of(values[name])) for name in FACETS if values.get(name))
    return Asking(
        Query(text[:LONGEST].strip(), mode, chosen),
        max(1, number_of(values.get("page") or "1")),
        full,
        len(text) > LONGEST,
    )


def number_of(text: str) -> int:
    """Return a number of an address.

    Raises
    ------
    NotAskedError
        When it is none, or larger than any there is.
    """
    if not re.fullmatch(r"[0-9]{1,9}", text):
        raise NotAskedError(text)
    return int(text)


def address(path: str, query: Query = _EVERYTHING, **more: object) -> str:
    """Return the address of a page that shows a query."""
    values: list[tuple[str, object]] = [("q", query.text)] if query.text else []
    if query.mode != MODES[0]:
        values.append(("by", query.mode))
    values += [*query.chosen, *((name, value) for name, value in more.items() if value)]
    return f"{path}?{urlencode(values)}" if values else path
