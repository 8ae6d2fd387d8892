"""What choices of facets are called, and which there are."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from minecop.acts.marking import ACTS
from minecop.core.dates import BUDDHIST_OFFSET
from minecop.core.messages import message
from minecop.explore.addresses import NotThereError
from minecop.explore.index import KINDS
from minecop.explore.words import PageWords

PLURAL = {"topic": "topics", "issue": "issues", "step": "steps", "author": "people", "community": "communities"}
"""Of the list of groups, by its facet."""


class Names:
    """Knows what there is.

    Parameters
    ----------
    groups
        What passages are grouped by, see ``groups.groups_of``.
    """

    def __init__(self, groups: Mapping[str, Any]) -> None:
        self._groups = groups

    def __call__(self, facet: str, number: int, words: PageWords) -> str:
        """Return what a choice of a facet is called."""
        groups = self._groups
        if facet == "step":
            return f"{number} {groups['steps'][number - 1]['names'][words.lang]}" if number else words("no_step")
        if facet == "year":
            return words("year_name", year=str(number + BUDDHIST_OFFSET if words.buddhist else number))
        if facet == "kind":
            kind = KINDS[number]
            return message(f"act_{kind}", words.lang) if kind in ACTS else words(f"kind_{kind}")
        if facet == "author":
            return str(groups["people"][number]["name"])
        if facet == "community":
            return str(groups["communities"][number])
        group = groups[PLURAL[facet]][number]
        return f"{group['rank']} {group['title']}" if facet == "issue" else str(group["title"])

    def hold(self, facet: str, number: int) -> None:
        """Raise ``NotThereError`` where a facet has no such choice."""
        groups = self._groups
        ends = {"step": len(groups["steps"]) + 1, "kind": len(KINDS), "year": 10_000}
        there = number < ends[facet] if facet in ends else self.is_there(PLURAL[facet], number)
        if not there:
            raise NotThereError(number)

    def is_there(self, name: str, number: int) -> bool:
        """Tell whether a list has anything of some number; topics and issues may be hidden by decision."""
        own = self._groups[name]
        return number < len(own) and own[number] is not None
