"""Parting a topic or an issue: its passages by thread, what was chosen of them to be a matter of its own, and what is left."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterable
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray
from starlette.datastructures import ImmutableMultiDict

from minecop.curation.decisions import LONGEST
from minecop.explore.addresses import PATHS, NotAskedError, address, number_of
from minecop.explore.asking import LONGEST as LONGEST_QUERY
from minecop.explore.names import Names
from minecop.explore.paging import page_of
from minecop.explore.passages import Passages
from minecop.explore.searching import Found, Query, Search
from minecop.explore.words import PageWords

PARTED = ("topic", "issue")
"""Facets whose groups can be parted."""

PATH = "/split"
LACKS = ("passages", "title")
"""What a draft may lack."""

PASSAGES_ON_A_PAGE = 40

_SPAN = re.compile(r"([0-9]{1,9})(?:-([0-9]{1,9}))?")

Form = ImmutableMultiDict[str, str]
Numbers = NDArray[Any]


@dataclass(frozen=True)
class Draft:
    """What is to be split off, before anything is decided.

    Attributes
    ----------
    rows
        Of the passages that were chosen.
    title
        Of what they are to be.
    """

    rows: frozenset[int] = frozenset()
    title: str = ""


@dataclass(frozen=True)
class Looking:
    """What of a topic or an issue is looked at.

    Attributes
    ----------
    facet, number
        Which one.
    text
        Words that are looked for in it; empty for all of it.
    chosen
        Whether nothing but what was chosen is shown.
    page
        1-based.
    """

    facet: str
    number: int
    text: str = ""
    chosen: bool = False
    page: int = 1

    @property
    def group(self) -> str:
        """Address of its own page."""
        return f"/{PATHS[self.facet]}/{self.number}"

    def address(self, **more: object) -> str:
        """Return the address at which it is looked at."""
        values = {"show": "chosen" if self.chosen else "", "page": self.page if self.page > 1 else 0} | more
        return address(f"{PATH}{self.group}", Query(self.text), **values)


def looking_at(facet: str, number: int, values: Form) -> Looking:
    """Return what an address, or a form before anything in it was changed, looks at.

    Raises
    ------
    NotAskedError
        When there is no such page.
    """
    if facet not in PARTED:
        raise NotAskedError(facet)
    text = values.get("q", "")[:LONGEST_QUERY].strip()
    return Looking(facet, number, text, values.get("show") == "chosen", max(1, number_of(values.get("page") or "1")))


class Splitting:
    """Makes the page on which a topic or an issue is parted, and does what its form says.

    Parameters
    ----------
    search
        Over the index.
    names, passages
        Of the index.
    """

    def __init__(self, search: Search, names: Names, passages: Passages) -> None:
        self._search, self._names, self._passages = search, names, passages
        self._columns = search.index.columns

    def view(self, looking: Looking, draft: Draft, lacks: str, words: PageWords) -> dict[str, Any]:
        """Return the page.

        Raises
        ------
        NotThereError
            When there is no such topic or issue.
        """
        found, rows = self._found(looking, draft)
        shown = page_of(len(rows), PASSAGES_ON_A_PAGE, looking.page)
        every = self._every(looking)
        return {
            "looking": looking,
            "draft": draft,
            "title": words(f"split_title_{looking.facet}", name=self._names(looking.facet, looking.number, words)),
            "name": words(f"split_name_{looking.facet}"),
            "counts": self.counts(looking, draft.rows, words),
            "found": words("split_found", count=len(rows), threads=len(np.unique(self._columns["post"][rows]))),
            "notes": [
                words("result_instead", said=said, found=", ".join(alike)) for said, alike in found.asked.instead
            ],
            "threads": self._threads(every, rows[shown.here], draft, found.asked.marked, words),
            "lacks": words(f"split_lacks_{lacks}") if lacks in LACKS else "",
        } | shown.view(lambda page: f"page:{page}", words)

    def counts(self, looking: Looking, rows: Collection[int], words: PageWords) -> str:
        """Return how much is split off, and how much stays."""
        chosen = np.array(sorted(rows), dtype=np.int64)
        left = np.setdiff1d(self._every(looking), chosen)
        people, left_people = (len(np.unique(some[some >= 0])) for some in map(self._authors, (chosen, left)))
        return words("split_counts", count=len(chosen), people=people, left=len(left), left_people=left_people)

    def changed(self, draft: Draft, looking: Looking, form: Form) -> Draft:
        """Return a draft as a form leaves it.

        Raises
        ------
        NotThereError
            When there is no such topic or issue.
        NotAskedError
            When the form is none of this page.
        """
        shown, picked = ({number_of(one) for one in form.getlist(name)} for name in ("shown", "pick"))
        rows = (draft.rows - shown) | (picked & shown)
        every, (do, _, thread) = self._every(looking), form.get("do", "").partition(":")
        if do in ("take", "leave"):
            if thread:
                some = every[self._columns["post"][every] == number_of(thread)]
            else:
                some = self._found(looking, replace(draft, rows=frozenset(rows)))[1]
            rows = rows | {*some.tolist()} if do == "take" else rows - {*some.tolist()}
        title = " ".join(form.get("title", "").split())[: LONGEST["to"]]
        return Draft(frozenset() if do == "clear" else frozenset(rows & {*every.tolist()}), title)

    def lacks(self, looking: Looking, draft: Draft) -> str:
        """Return what a draft lacks to be decided; empty where it lacks nothing."""
        if not 0 < len(draft.rows) < len(self._every(looking)):
            return "passages"
        return "" if draft.title else "title"

    # ---- what is found

    def _found(self, looking: Looking, draft: Draft) -> tuple[Found, Numbers]:
        """Return what is looked at, the rows by thread, the latest thread first."""
        self._names.hold(looking.facet, looking.number)
        found = self._search(Query(looking.text, "words", ((looking.facet, looking.number),)))
        rows = np.asarray(found.rows, dtype=np.int64)
        if looking.chosen:
            rows = rows[np.isin(rows, sorted(draft.rows))]
        return found, rows[np.lexsort((rows, -self._columns["post"][rows].astype(np.int64)))]

    def _every(self, looking: Looking) -> Numbers:
        """Return the rows of all its passages."""
        return self._found(Looking(looking.facet, looking.number), Draft())[1]

    def _authors(self, rows: Numbers) -> Numbers:
        authors: Numbers = self._columns["author"][rows]
        return authors

    def _threads(
        self, every: Numbers, here: Numbers, draft: Draft, marked: tuple[str, ...], words: PageWords
    ) -> list[dict[str, Any]]:
        threads = []
        posts = self._columns["post"]
        for post in dict.fromkeys(posts[here].tolist()):
            own = every[posts[every] == post].tolist()
            chosen = sum(row in draft.rows for row in own)
            threads.append(
                {
                    "post": post,
                    "title": self._search.index.posts["title"][post].as_py() or words("untitled"),
                    "url": f"/thread/{post}",
                    "whole": chosen == len(own),
                    "several": len(own) > 1,
                    "chosen": words("split_of_thread", count=chosen, all=len(own)),
                    "passages": [
                        self._passages(row, words, marked) | {"picked": row in draft.rows}
                        for row in here[posts[here] == post].tolist()
                    ],
                }
            )
        return threads


def next_address(looking: Looking, form: Form) -> str:
    """Return where a form leads that decides nothing yet.

    Raises
    ------
    NotAskedError
        When it leads to no page.
    """
    do, _, page = form.get("do", "").partition(":")
    if do == "page":
        return replace(looking, page=number_of(page)).address()
    sought = _sought(looking, form)
    if do in ("", "find") and sought != looking:
        return replace(sought, page=1).address()
    return looking.address()


def decides(looking: Looking, form: Form) -> bool:
    """Tell whether a form is to be decided on: the button for it was pressed, or Enter where nothing else was to be looked for."""
    do = form.get("do", "")
    return do == "decide" or (not do and _sought(looking, form) == looking and bool(form.get("title", "").strip()))


def _sought(looking: Looking, form: Form) -> Looking:
    """Return what a form looks for."""
    text = form.get("find", "")[:LONGEST_QUERY].strip()
    return replace(looking, text=text, chosen=form.get("only") == "chosen")


def spans_of(rows: Iterable[int]) -> str:
    """Return rows as a form carries them: ``3-7 12``."""
    some = np.array(sorted(rows), dtype=np.int64)
    parts = np.split(some, np.flatnonzero(np.diff(some) != 1) + 1) if len(some) else []
    return " ".join(f"{part[0]}-{part[-1]}" if len(part) > 1 else str(part[0]) for part in parts)


def rows_in(spans: str, size: int) -> tuple[int, ...]:
    """Return the rows that ``spans_of`` made a text of, those below ``size``.

    Raises
    ------
    NotAskedError
        When it is no such text.
    """
    there = np.zeros(size, dtype=bool)
    for span in spans.split():
        told = _SPAN.fullmatch(span)
        if told is None:
            raise NotAskedError(span)
        there[int(told[1]) : int(told[2] or told[1]) + 1] = True
    found: list[int] = np.flatnonzero(there).tolist()
    return tuple(found)
