"""What the pages show, in the reader's language and ready for their templates."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from urllib.parse import urlencode

import numpy as np

from minecop.acts.marking import ACTS
from minecop.core.dates import BUDDHIST_OFFSET, date_of
from minecop.core.messages import message
from minecop.explore.asking import LONGEST
from minecop.explore.index import BY_HAND, KINDS, Index
from minecop.explore.searching import FACETS, MODES, Found, Query, Search
from minecop.explore.words import PageWords
from minecop.report.words import period_words

ON_A_PAGE = 20
TEXTS_ON_A_PAGE = 40
"""Comments on a page of a thread."""

LISTED = 60
"""Groups on a page of a list."""

_FACET_SHOWN = 7
_FACET_MOST = 300
_START_SHOWN = 8
_TIMELINE = 720, 90
_LONGEST_MARKED = 12
_PLURAL = {"topic": "topics", "issue": "issues", "step": "steps", "author": "people", "community": "communities"}

LISTS = ("issues", "topics", "steps", "people", "communities")
PATHS = {"topic": "topic", "issue": "issue", "step": "step", "author": "person", "community": "community"}
"""Of the page of a group, by its facet."""

View = dict[str, Any]

_EVERYTHING = Query()

_NOTHING: View = dict.fromkeys(
    ("people", "unnamed", "passages", "home", "trend", "trend_words", "rank", "status", "terms", "quotes", "machine", "confidence",
     "known", "objection", "grounds", "human", "target", "decide"), ""
)  # fmt: skip
"""What there may be to say of a group."""


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


class Pages:
    """Makes the views of a run's pages.

    Parameters
    ----------
    search
        Over its index.
    """

    def __init__(self, search: Search) -> None:
        self._search = search
        self._index: Index = search.index
        self._groups = search.index.groups

    @property
    def groups(self) -> Mapping[str, Any]:
        """What passages are grouped by, see ``groups.groups_of``."""
        return self._groups

    # ---- decisions

    def decisions(self, page: int, words: PageWords) -> View:
        """Return a page of what people decided, the latest first."""
        rows = self._groups["decisions"][words.lang]
        page, pages, here = _part(len(rows), LISTED, page)
        view = {
            "decided": rows[here],
            "count": words("list_count", count=len(rows)),
            "hidden": self._groups["hidden"][words.lang],
        }
        return view | self._paging(page, pages, lambda other: address("/decisions", page=other), words)

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
        passage = self.passage(row, words)
        columns = self._index.columns
        post = self._index.row(self._index.posts, int(columns["post"][row]))["id"]
        comment = int(columns["text_comment"][columns["text"][row]])
        kinds = int(columns["kinds"][row])
        return {
            "passage": passage,
            "target": f"{post}/{comment}/{int(columns['number'][row])}",
            "step": int(columns["step"][row]),
            "steps": [(number, self.name("step", number, words)) for number in range(len(self._groups["steps"]) + 1)],
            "marks_to": [
                (
                    f"{'-' if kinds >> bit & 1 else '+'}{kind}",
                    words(
                        "decide_mark_off" if kinds >> bit & 1 else "decide_mark_on", what=self.name("kind", bit, words)
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
        issues = self._by_people("issues")
        shared = [number for number in issues if groups["issues"][number]["status"] == "shared"]
        topics = self._by_people("topics")
        dates = [datetime.fromisoformat(date) for date in groups["dates"]]
        every = self._search(Query())
        steps = {count.number: count for count in every.facets["step"]}
        most = max((steps[n].people for n in steps if n), default=0) or 1
        return {
            "numbers": [
                (f"{numbers[name]:,}", words(f"n_{name}")) for name in ("people", "communities", "posts", "comments")
            ],
            "period": period_words((dates[0], dates[1]) if dates else None, words),
            "issues": [self.group("issue", number, words) for number in shared[:_START_SHOWN]],
            "issue_count": len(issues),
            "topics": [self.group("topic", number, words) for number in topics[:_START_SHOWN]],
            "topic_count": len(topics),
            "steps": [
                self.group("step", number, words)
                | {
                    "width": round(100 * steps[number].people / most) if number in steps else 0,
                    "of": self._people(steps.get(number), words),
                }
                for number in range(1, len(groups["steps"]) + 1)
            ],
            "over_time": self._timeline(every, words),
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
        page, pages, here = _part(len(found.rows), ON_A_PAGE, asking.page)
        rows = found.rows[here].tolist()
        said = {
            "count": words("result_count", people=found.people, passages=len(found.rows)),
            "unnamed": words("result_unnamed", count=found.unnamed) if found.unnamed else "",
            "notes": self._notes(found, asking, words),
            "passages": [self.passage(row, words, found.asked.marked) for row in rows],
            "facets": [
                view
                for name in FACETS
                if name != fixed and (view := self._facet(name, found, kept, asking.full, path, words))["values"]
            ],
            "chosen": [
                {
                    "facet": words(f"facet_{name}"),
                    "name": self.name(name, number, words),
                    "without": address(path, kept.choosing(name, None)),
                }
                for name, number in kept.chosen
            ],
            "without_all": address(path, Query(query.text, query.mode)),
            "over_time": self._timeline(found, words),
            "jump": self._named(query.text, words) if not fixed and page == 1 else [],
            "query": query,
            "choices": () if fixed else kept.chosen,
        }
        return said | self._paging(page, pages, lambda other: address(path, kept, page=other, all=asking.full), words)

    def of_group(self, facet: str, number: int, asking: Asking, words: PageWords) -> View:
        """Return the page of a topic, an issue, a step, an author or a community.

        Raises
        ------
        NotThereError
            When there is none of that number.
        """
        self._hold(facet, number)
        query = asking.query.choosing(facet, number)
        path = f"/{PATHS[facet]}/{number}"
        view = self.results(Asking(query, asking.page, asking.full, asking.cut), words, path, facet)
        return view | {"head": self.group(facet, number, words, whole=True)}

    def like(self, row: int, words: PageWords) -> View:
        """Return the passages that are like one.

        Raises
        ------
        NotThereError
            When there is no such passage.
        """
        return {
            "passage": self.passage(row, words),
            "passages": [self.passage(other, words) for other, _ in self._search.like(row)],
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
        page, pages, here = _part(end - first, TEXTS_ON_A_PAGE, page)
        shown = range(first, end)[here]
        people = np.unique(columns["text_author"][first:end])
        view = {
            "title": post["title"] or words("untitled"),
            "number": words("post_number", id=post["id"]),
            "url": post["url"],
            "communities": post["communities"],
            "counts": words("thread_counts", comments=end - first - 1, people=int(np.count_nonzero(people >= 0))),
            "texts": [self._text(text, text == first, bool(post["estimated"]), words) for text in shown],
        }
        return view | self._paging(page, pages, lambda other: address(f"/thread/{number}", page=other), words)

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
        facet = next(facet for facet, plural in _PLURAL.items() if plural == name)
        numbers = self._by_people(name)
        wanted = part.casefold().strip()
        if wanted:
            numbers = [number for number in numbers if wanted in self.name(facet, number, words).casefold()]
        if status:
            numbers = [number for number in numbers if self._groups["issues"][number]["status"] == status]
        page, pages, here = _part(len(numbers), LISTED, page)
        view = {
            "name": name,
            "title": words(f"nav_{name}"),
            "count": words("list_count", count=len(numbers)),
            "groups": [self.group(facet, number, words) for number in numbers[here]],
            "part": part,
            "status": status,
            "statuses": sorted({issue["status"] for issue in self._groups["issues"] if issue})
            if name == "issues"
            else [],
            "finds": name != "steps",
        }
        return view | self._paging(
            page, pages, lambda other: address(f"/{name}", part=part, status=status, page=other), words
        )

    # ---- parts of pages

    def name(self, facet: str, number: int, words: PageWords) -> str:
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
        group = groups[_PLURAL[facet]][number]
        return f"{group['rank']} {group['title']}" if facet == "issue" else str(group["title"])

    def group(self, facet: str, number: int, words: PageWords, *, whole: bool = False) -> View:
        """Return a topic, an issue, a step, an author or a community: as a line, or with all that is known of it."""
        view = _NOTHING | {"name": self.name(facet, number, words), "url": f"/{PATHS[facet]}/{number}"}
        if facet in {"topic", "issue"}:
            group = self._groups[_PLURAL[facet]][number]
            key = "people_in_communities" if group["communities"] else "people_only"
            view |= {
                "name": group["title"],
                "people": words(key, authors=group["authors"], communities=group["communities"]),
                "unnamed": words("unnamed_more", count=group["unnamed"]) if group["unnamed"] else "",
                "passages": words("count_passages", count=group["passages"]),
                "trend": group["trend"],
                "trend_words": words(f"trend_{group['trend']}"),
                "rank": group.get("rank", ""),
                "status": words(f"status_{group['status']}") if facet == "issue" else "",
            }
            if whole:
                view |= self._whole(facet, group, words)
                view |= {"target": group["id"] if facet == "topic" else str(group["rank"]), "decide": facet}
        elif facet == "author":
            person = self._groups["people"][number]
            view |= {"people": words("count_passages", count=person["passages"]), "home": person["home"]}
            view |= {"target": person["id"], "decide": "person" if person["id"] else ""}
        elif facet == "step":
            view |= {
                "rank": number or "",
                "name": self._groups["steps"][number - 1]["names"][words.lang] if number else words("no_step"),
            }
            if number:
                view["people"] = words("people_only", authors=self._groups["steps"][number - 1]["authors"])
        if facet == "community" and (count := self._every(facet).get(number)):
            view["people"] = self._people(count, words)
        return view | {
            "kind": words(f"{'person' if facet == 'author' else facet}_head", rank=view.get("rank") or 0, number=number)
        }

    def _whole(self, facet: str, group: Mapping[str, Any], words: PageWords) -> View:
        quotes = [*group["quotes"]]
        view: View = {
            "terms": group["terms"],
            "human": group.get("human", {}).get(words.lang, ""),
            "quotes": [self._quote(quote, words) for quote in quotes],
            "machine": words("machine_title") if facet == "issue" or group["machine"] else "",
        }
        if facet == "issue":
            view |= {
                "confidence": words(f"confidence_{group['confidence']}"),
                "known": words("known_concern", title=group["known"]) if group["known"] else "",
                "objection": self._quote(group["objection"], words) if group["objection"] else "",
                "grounds": group["grounds"].get(words.lang, []),
            }
        else:
            theme = next((one["title"] for one in self._groups["themes"] if one["id"] == group["theme"]), "")
            view["known"] = words("topic_theme", title=theme) if theme else ""
        return view

    def _quote(self, quote: Mapping[str, Any], words: PageWords) -> View:
        return {"text": quote["text"], "target": quote["target"]} | self._source(
            quote["body"], quote["post"], quote["passage"], words
        )

    def passage(self, row: int, words: PageWords, marked: Sequence[str] = ()) -> View:
        """Return a passage with who says it, where and when, and what the machine says of it.

        Raises
        ------
        NotThereError
            When there is none of that row.
        """
        if row >= len(self._index):
            raise NotThereError(row)
        columns = self._index.columns
        text = self._index.texts[row]
        view = self._source(int(columns["text"][row]), int(columns["post"][row]), row, words)
        return view | {
            "row": row,
            "pieces": pieces(text, marked),
            "start": " ".join(text.split())[:24],
            "marks": self._marks(row, words),
        }

    def _source(self, text: int, post: int, row: int, words: PageWords) -> View:
        columns = self._index.columns
        author, comment = int(columns["text_author"][text]), int(columns["text_comment"][text])
        known = self._index.row(self._index.posts, post)
        title = known["title"] or words("untitled")
        page = (text - int(columns["post_text"][post])) // TEXTS_ON_A_PAGE + 1
        where = address(f"/thread/{post}", page=page if page > 1 else 0)
        community = int(columns["community"][row]) if row >= 0 else -1
        return {
            "author": self._groups["people"][author]["name"] if author >= 0 else words("anonymous"),
            "author_url": f"/person/{author}" if author >= 0 else "",
            "community": self._groups["communities"][community] if community >= 0 else "",
            "community_url": f"/community/{community}" if community >= 0 else "",
            "day": self._day(text, comment == 0 and bool(known["estimated"]), words),
            "where": words("in_thread_comment", title=title, comment=comment)
            if comment
            else words("in_thread", title=title),
            "thread": f"{where}#p-{row}" if row >= 0 else f"{where}#t-{text}",
            "like": f"/like/{row}",
        }

    def _day(self, text: int, estimated: bool, words: PageWords) -> str:
        moment = int(self._index.columns["text_published"][text])
        return words.day(date_of(moment), estimated=estimated)

    def _marks(self, row: int, words: PageWords, *, whole: bool = False) -> list[View]:
        """Return what the machine says of a passage: links to what it is of, and on a thread's page by which words."""
        columns = self._index.columns
        marks: list[View] = []
        evidence = self._index.row(self._index.passages, row) if whole else {}
        for issue in self._index.issues_of(row):
            marks.append(
                {
                    "text": f"{words('facet_issue')} {self.name('issue', issue, words)}",
                    "url": f"/issue/{issue}",
                    "class": "issue",
                }
            )
        if (topic := int(columns["topic"][row])) >= 0:
            marks.append(
                {
                    "text": f"{words('facet_topic')} {self.name('topic', topic, words)}",
                    "url": f"/topic/{topic}",
                    "class": "topic",
                }
            )
        if step := int(columns["step"][row]):
            mark = {
                "text": f"{words('facet_step')} {self.name('step', step, words)}",
                "url": f"/step/{step}",
                "class": "step",
            }
            if whole:
                mark["why"] = self._why_step(row, step, evidence["step_evidence"], words)
            marks.append(mark)
        acts = json.loads(evidence["evidence"] or "{}") if whole else {}
        kinds = int(columns["kinds"][row])
        for number, kind in enumerate(KINDS):
            if kinds >> number & 1:
                marks.append(
                    {
                        "text": self.name("kind", number, words),
                        "url": address("/search", Query("", MODES[0], (("kind", number),))),
                        "class": "kind",
                        "why": _because(acts.get(kind, []), words),
                    }
                )
        return marks

    def _why_step(self, row: int, step: int, evidence: str, words: PageWords) -> str:
        chance = float(self._index.columns["chance"][row])
        if chance == BY_HAND:
            return words("mark_step_by_hand")
        said = json.loads(evidence or "{}").get(str(step), [])
        return " · ".join(filter(None, (words("mark_step_chance", count=round(100 * chance)), _because(said, words))))

    def _text(self, text: int, is_post: bool, estimated: bool, words: PageWords) -> View:
        """Return a body in its passages, with what stands between them."""
        index, columns = self._index, self._index.columns
        body, row = index.body(text), int(columns["text_row"][text])
        parts: list[View] = []
        place = 0
        while 0 <= row < len(index) and columns["text"][row] == text:
            start, end = int(columns["start"][row]), int(columns["end"][row])
            if body[place:start].strip():
                parts.append({"text": body[place:start].strip("\n")})
            parts.append(
                {
                    "row": row,
                    "text": body[start:end],
                    "start": " ".join(body[start:end].split())[:24],
                    "marks": self._marks(row, words, whole=True),
                    "like": f"/like/{row}",
                    "correct": f"/correct/{row}",
                }
            )
            place, row = max(place, end), row + 1
        if body[place:].strip() or not parts:
            parts.append({"text": body[place:].strip("\n") or words("thread_empty")})
        author, comment = int(columns["text_author"][text]), int(columns["text_comment"][text])
        return {
            "id": f"t-{text}",
            "is_post": is_post,
            "head": words("thread_post") if is_post else words("thread_comment", number=comment),
            "author": self._groups["people"][author]["name"] if author >= 0 else words("anonymous"),
            "author_url": f"/person/{author}" if author >= 0 else "",
            "day": self._day(text, is_post and estimated, words),
            "parts": parts,
        }

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
                    "name": self.name(name, count.number, words),
                    "url": address(path, query.choosing(name, count.number)),
                    "count": words("count_passages", count=count.passages)
                    if name == "author"
                    else self._people(count, words),
                }
                for count in shown
            ],
            "more": address(path, query, all=name) if len(shown) < len(counts) and full != name else "",
            "more_words": words("facet_more_of", facet=words(f"facet_{name}")),
        }

    @staticmethod
    def _people(count: Any, words: PageWords) -> str:
        """Return how many people a count is of; where none of them is known, how many voices."""
        if count and not count.people:
            return words("count_unnamed", count=count.passages)
        return words("count_people", count=count.people if count else 0)

    def _every(self, facet: str) -> dict[int, Any]:
        return {count.number: count for count in self._search(Query()).facets[facet]}

    def _by_people(self, name: str) -> list[int]:
        """Return the numbers of all of a list, those of most people first; issues as they are ranked."""
        groups = self._groups
        if name == "steps":
            return list(range(1, len(groups["steps"]) + 1))
        if name == "issues":
            return [number for number, issue in enumerate(groups["issues"]) if issue]
        if name == "communities":
            counts = self._every("community")
            return sorted(counts, key=lambda number: (-counts[number].people, number))
        by = "passages" if name == "people" else "authors"
        there = [number for number, group in enumerate(groups[name]) if group]
        return sorted(there, key=lambda number: (-groups[name][number][by], number))

    def _named(self, text: str, words: PageWords) -> list[View]:
        """Return what is called by some letters: issues, topics, people and communities, a few of each."""
        wanted = text.strip('"“” ').casefold()
        if len(wanted) < 2:
            return []
        found = []
        for facet in ("issue", "topic", "author", "community"):
            own = self._groups[_PLURAL[facet]]
            names = (
                one if isinstance(one, str) else (one or {}).get("title") or (one or {}).get("name") or ""
                for one in own
            )
            numbers = [number for number, name in enumerate(names) if wanted in name.casefold()]
            found += [
                {
                    "text": f"{words(f'facet_{facet}')}: {self.name(facet, number, words)}",
                    "url": f"/{PATHS[facet]}/{number}",
                }
                for number in numbers[:3]
            ]
        return found

    def _timeline(self, found: Found, words: PageWords) -> View | None:
        """Return people over time as bars; ``None`` where there is too little to be seen."""
        most = max((people for _, people in found.years), default=0)
        if len(found.years) < 2 or most < 2:
            return None
        width, height = _TIMELINE
        step = width / len(found.years)
        names = [self._period(name, words) for name, _ in found.years]
        peak = max(range(len(names)), key=lambda place: found.years[place][1])
        return {
            "width": width,
            "height": height,
            "bars": [
                {
                    "x": round(place * step + step * 0.1, 2),
                    "y": round(height - height * people / most, 2),
                    "width": round(step * 0.8, 2),
                    "height": round(height * people / most, 2),
                    "said": f"{name}: {words('count_people', count=people)}",
                }
                for place, (name, (_, people)) in enumerate(zip(names, found.years, strict=True))
            ],
            "first": names[0],
            "last": names[-1],
            "said": words("over_time_said", first=names[0], last=names[-1], most=most, when=names[peak]),
        }

    @staticmethod
    def _period(name: str, words: PageWords) -> str:
        year, *part = name.split("/")
        return words.period("/".join([str(int(year) + BUDDHIST_OFFSET), *part]))

    @staticmethod
    def _paging(page: int, pages: int, at: Any, words: PageWords) -> View:
        return {
            "page": page,
            "pages": pages,
            "page_words": words("page_of", page=page, pages=pages),
            "before": at(page - 1) if page > 1 else "",
            "after": at(page + 1) if page < pages else "",
        }

    # ---- what there is

    def _check(self, query: Query) -> None:
        for facet, number in query.chosen:
            self._hold(facet, number)

    def _hold(self, facet: str, number: int) -> None:
        """Raise ``NotThereError`` where a facet has no such choice."""
        groups = self._groups
        ends = {"step": len(groups["steps"]) + 1, "kind": len(KINDS), "year": 10_000}
        there = number < ends[facet] if facet in ends else self.is_there(_PLURAL[facet], number)
        if not there:
            raise NotThereError(number)

    def is_there(self, name: str, number: int) -> bool:
        """Tell whether a list has anything of some number; topics and issues may be hidden by decision."""
        own = self._groups[name]
        return number < len(own) and own[number] is not None


def pieces(text: str, marked: Sequence[str]) -> list[tuple[str, bool]]:
    """Return a text in pieces, and whether each is one of the words that are to be marked."""
    letters = sorted({word for word in marked if word}, key=len, reverse=True)[:_LONGEST_MARKED]
    if not letters:
        return [(text, False)]
    pattern = re.compile("|".join(map(re.escape, letters)), re.IGNORECASE)
    found: list[tuple[str, bool]] = []
    place = 0
    for match in pattern.finditer(text):
        if match.start() > place:
            found.append((text[place : match.start()], False))
        found.append((match[0], True))
        place = match.end()
    return [*found, (text[place:], False)] if place < len(text) else found


def _part(count: int, size: int, page: int) -> tuple[int, int, slice]:
    """Return which page of so many things is shown, the last where there are fewer; how many pages there are; and what is on that one."""
    pages = max(1, -(-count // size))
    page = min(page, pages)
    return page, pages, slice((page - 1) * size, page * size)


def _because(said: Sequence[str], words: PageWords) -> str:
    return words("mark_words", words=", ".join(dict.fromkeys(said))) if said else ""
