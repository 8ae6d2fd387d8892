"""What the pages show, in the reader's language and ready for their templates."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from typing import Any

import numpy as np

from minecop.acts.marking import ACTS
from minecop.explore.addresses import PATHS, Asking, NotThereError, address
from minecop.explore.asking import LONGEST
from minecop.explore.grouped import Grouped, people_words
from minecop.explore.index import KINDS, Index
from minecop.explore.names import PLURAL, Names
from minecop.explore.paging import page_of
from minecop.explore.passages import TEXTS_ON_A_PAGE, Passages
from minecop.explore.searching import FACETS, Found, Query, Search
from minecop.explore.splitting import Splitting
from minecop.explore.timeline import timeline
from minecop.explore.words import PageWords
from minecop.report.words import period_words

ON_A_PAGE = 20
LISTED = 60
"""Groups on a page of a list."""

_FACET_SHOWN = 7
_FACET_MOST = 300
_START_SHOWN = 8

View = dict[str, Any]


class Pages:
    """Makes the views of a run's pages.

    Parameters
    ----------
    search
        Over its index.

    Attributes
    ----------
    names
        Of what there is.
    splitting
        Of what is being split off.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._index: Index = search.index
        self._groups = search.index.groups
        self.names = Names(self._groups)
        self._passages = Passages(search.index, self.names)
        self._grouped = Grouped(search, self.names, self._passages)
        self.splitting = Splitting(search, self.names, self._passages)

    @property
    def groups(self) -> Mapping[str, Any]:
        """What passages are grouped by, see ``groups.groups_of``."""
        return self._groups

    # ---- decisions

    def decisions(self, page: int, words: PageWords) -> View:
        """Return a page of what people decided, the latest first."""
        rows = self._groups["decisions"][words.lang]
        shown = page_of(len(rows), LISTED, page)
        view = {
            "decided": rows[shown.here],
            "count": words("list_count", count=len(rows)),
            "hidden": self._groups["hidden"][words.lang],
        }
        return view | shown.view(lambda other: address("/decisions", page=other), words)

    def decision(self, decision: str, words: PageWords) -> View | None:
        """Return a decision in words, by its id; ``None`` where there is none."""
        found: list[View] = self._groups["decisions"][words.lang]
        return next((one for one in found if one["id"] == decision), None) if decision else None

    def correct(self, row: int, words: PageWords) -> View:
        """Return a passage, and what it may be said to be.

        Raises
        ------
        NotThereError
            When there is no such passage.
        """
        passage = self._passages(row, words, whole=True)
        columns = self._index.columns
        kinds = int(columns["kinds"][row])
        return {
            "passage": passage,
            "target": self._index.passage_id(row),
            "step": int(columns["step"][row]),
            "steps": [(number, self.names("step", number, words)) for number in range(len(self._groups["steps"]) + 1)],
            "marks_to": [
                (
                    f"{'-' if kinds >> bit & 1 else '+'}{kind}",
                    words(
                        "decide_mark_off" if kinds >> bit & 1 else "decide_mark_on", what=self.names("kind", bit, words)
                    ),
                )
                for bit, kind in enumerate(KINDS)
                if kind in ACTS
            ],
        }

    # ---- pages

    def start(self, words: PageWords) -> View:
        """Return the first page."""
        groups, numbers = self._groups, self._groups["numbers"]
        issues = self._grouped.by_people("issues")
        shared = [number for number in issues if groups["issues"][number]["status"] == "shared"]
        topics = self._grouped.by_people("topics")
        dates = [datetime.fromisoformat(date) for date in groups["dates"]]
        every = self._search(Query())
        steps = {count.number: count for count in every.facets["step"]}
        most = max((steps[n].people for n in steps if n), default=0) or 1
        return {
            "numbers": [
                (f"{numbers[name]:,}", words(f"n_{name}")) for name in ("people", "communities", "posts", "comments")
            ],
            "period": period_words((dates[0], dates[1]) if dates else None, words),
            "issues": [self._grouped("issue", number, words) for number in shared[:_START_SHOWN]],
            "issue_count": len(issues),
            "topics": [self._grouped("topic", number, words) for number in topics[:_START_SHOWN]],
            "topic_count": len(topics),
            "steps": [
                self._grouped("step", number, words)
                | {
                    "width": round(100 * steps[number].people / most) if number in steps else 0,
                    "of": people_words(steps.get(number), words),
                }
                for number in range(1, len(groups["steps"]) + 1)
            ],
            "over_time": timeline(every, words),
        }

    def results(self, asking: Asking, words: PageWords, path: str = "/search", fixed: str = "") -> View:
        """Return what a query finds, a page of it.

        Parameters
        ----------
        asking
            What is asked for.
        words
            Of the reader.
        path
            Of the page, for its links.
        fixed
            Facet that the page itself is of, which cannot be removed.
        """
        self._check(asking.query)
        found, query = self._search(asking.query), asking.query
        kept = query.choosing(fixed, None) if fixed else query
        shown = page_of(len(found.rows), ON_A_PAGE, asking.page)
        rows = found.rows[shown.here].tolist()
        said = {
            "count": words("result_count", people=found.people, passages=len(found.rows)),
            "unnamed": words("result_unnamed", count=found.unnamed) if found.unnamed else "",
            "notes": self._notes(found, asking, words),
            "passages": [self._passages(row, words, found.asked.marked) for row in rows],
            "facets": [
                view
                for name in FACETS
                if name != fixed and (view := self._facet(name, found, kept, asking.full, path, words))["values"]
            ],
            "chosen": [
                {
                    "facet": words(f"facet_{name}"),
                    "name": self.names(name, number, words),
                    "without": address(path, kept.choosing(name, None)),
                }
                for name, number in kept.chosen
            ],
            "without_all": address(path, Query(query.text, query.mode)),
            "over_time": timeline(found, words),
            "jump": self._grouped.named(query.text, words) if not fixed and shown.number == 1 else [],
            "query": query,
            "choices": () if fixed else kept.chosen,
        }
        return said | shown.view(lambda other: address(path, kept, page=other, all=asking.full), words)

    def of_group(self, facet: str, number: int, asking: Asking, words: PageWords) -> View:
        """Return the page of a topic, an issue, a step, an author or a community.

        Raises
        ------
        NotThereError
            When there is none of that number.
        """
        self.names.hold(facet, number)
        query = asking.query.choosing(facet, number)
        path = f"/{PATHS[facet]}/{number}"
        view = self.results(Asking(query, asking.page, asking.full, asking.cut), words, path, facet)
        return view | {"head": self._grouped(facet, number, words, whole=True)}

    def like(self, row: int, words: PageWords) -> View:
        """Return the passages that are like one.

        Raises
        ------
        NotThereError
            When there is no such passage.
        """
        return {
            "passage": self._passages(row, words),
            "passages": [self._passages(other, words) for other, _ in self._search.like(row)],
        }

    def thread(self, number: int, page: int, words: PageWords) -> View:
        """Return a post with its comments and everything that is said of their passages.

        Raises
        ------
        NotThereError
            When there is none of that number.
        """
        index, columns = self._index, self._index.columns
        if number >= len(columns["post_row"]):
            raise NotThereError(number)
        first, end = (int(place) for place in columns["post_text"][number : number + 2])
        post = index.row(index.posts, number)
        shown = page_of(end - first, TEXTS_ON_A_PAGE, page)
        people = np.unique(columns["text_author"][first:end])
        view = {
            "title": post["title"] or words("untitled"),
            "number": words("post_number", id=post["id"]),
            "url": post["url"],
            "communities": post["communities"],
            "counts": words("thread_counts", comments=end - first - 1, people=int(np.count_nonzero(people >= 0))),
            "texts": [
                self._passages.text(text, text == first, bool(post["estimated"]), words)
                for text in range(first, end)[shown.here]
            ],
        }
        return view | shown.view(lambda other: address(f"/thread/{number}", page=other), words)

    def listed(self, name: str, page: int, part: str, status: str, words: PageWords) -> View:
        """Return a page of all topics, issues, steps, people or communities.

        Parameters
        ----------
        name
            One of ``LISTS``.
        page
            1-based.
        part
            Part of their names; empty for all.
        status
            Of issues; empty for all.
        words
            Of the reader.
        """
        facet = next(facet for facet, plural in PLURAL.items() if plural == name)
        numbers = self._grouped.by_people(name)
        wanted = part.casefold().strip()
        if wanted:
            numbers = [number for number in numbers if wanted in self.names(facet, number, words).casefold()]
        if status:
            numbers = [number for number in numbers if self._groups["issues"][number]["status"] == status]
        shown = page_of(len(numbers), LISTED, page)
        view = {
            "name": name,
            "title": words(f"nav_{name}"),
            "count": words("list_count", count=len(numbers)),
            "groups": [self._grouped(facet, number, words) for number in numbers[shown.here]],
            "part": part,
            "status": status,
            "statuses": sorted({issue["status"] for issue in self._groups["issues"] if issue})
            if name == "issues"
            else [],
            "finds": name != "steps",
        }
        return view | shown.view(lambda other: address(f"/{name}", part=part, status=status, page=other), words)

    def _notes(self, found: Found, asking: Asking, words: PageWords) -> list[str]:
        notes = [words("result_cut", count=LONGEST)] if asking.cut else []
        notes += [words("result_instead", said=said, found=", ".join(alike)) for said, alike in found.asked.instead]
        if not found.every and len(found.rows):
            notes.append(words("result_not_every"))
        if found.near and asking.query.mode == "both":
            notes.append(words("result_near", count=found.near))
        if found.unable is not None:
            notes.append(words("result_unable", reason=found.unable.text(words.lang)))
        return notes

    def _facet(self, name: str, found: Found, query: Query, full: str, path: str, words: PageWords) -> View:
        chosen = dict(query.chosen)
        counts = [count for count in found.facets[name] if name not in chosen and (name, count.number) != ("step", 0)]
        shown = counts[: _FACET_MOST if full == name else _FACET_SHOWN]
        return {
            "name": name,
            "title": words(f"facet_{name}"),
            "values": [
                {
                    "name": self.names(name, count.number, words),
                    "url": address(path, query.choosing(name, count.number)),
                    "count": words("count_passages", count=count.passages)
                    if name == "author"
                    else people_words(count, words),
                }
                for count in shown
            ],
            "more": address(path, query, all=name) if len(shown) < len(counts) and full != name else "",
            "more_words": words("facet_more_of", facet=words(f"facet_{name}")),
        }

    def _check(self, query: Query) -> None:
        for facet, number in query.chosen:
            self.names.hold(facet, number)
