"""Lists that are shown a page at a time."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from minecop.explore.words import PageWords


@dataclass(frozen=True)
class Page:
    """One page of a list.

    Attributes
    ----------
    number
        1-based.
    of
        How many there are, one at least.
    here
        What of the list is on it.
    """

    number: int
    of: int
    here: slice

    def view(self, at: Callable[[int], str], words: PageWords) -> dict[str, Any]:
        """Return what leads to the pages beside it, where ``at`` tells their addresses."""
        return {
            "page": self.number,
            "pages": self.of,
            "page_words": words("page_of", page=self.number, pages=self.of),
            "before": at(self.number - 1) if self.number > 1 else "",
            "after": at(self.number + 1) if self.number < self.of else "",
        }


def page_of(count: int, size: int, number: int) -> Page:
    """Return a page of so many things, the last where there are fewer."""
    pages = max(1, -(-count // size))
    number = min(number, pages)
    return Page(number, pages, slice((number - 1) * size, number * size))
