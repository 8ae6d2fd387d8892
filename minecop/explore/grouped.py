"""Topics, issues, steps, people and communities as the pages show them: in lists, and with all that is known of one."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from minecop.explore.addresses import PATHS
from minecop.explore.names import PLURAL, Names
from minecop.explore.passages import Passages
from minecop.explore.searching import Count, Query, Search
from minecop.explore.words import PageWords

View = dict[str, Any]

_NOTHING: View = dict.fromkeys(
    ("people", "unnamed", "passages", "home", "trend", "trend_words", "rank", "status", "terms", "quotes", "machine", "confidence",
     "known", "objection", "grounds", "human", "target", "decide", "split"), ""
)  # fmt: skip
"""What there may be to say of a group."""


class Grouped:
    """Makes the views of an index's groups.

    Parameters
    ----------
    search
        Over the index.
    names, passages
        Of the index.
    """

    def __init__(self, search: Search, names: Names, passages: Passages) -> None:
        self._search, self._names, self._passages = search, names, passages
        self._groups = search.index.groups

    def __call__(self, facet: str, number: int, words: PageWords, *, whole: bool = False) -> View:
        """Return a topic, an issue, a step, an author or a community: as a line, or with all that is known of it."""
        view = _NOTHING | {"name": self._names(facet, number, words), "url": f"/{PATHS[facet]}/{number}"}
        if facet in {"topic", "issue"}:
            group = self._groups[PLURAL[facet]][number]
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
                view |= {
                    "target": group["id"] if facet == "topic" else str(group["rank"]),
                    "decide": facet,
                    "split": group["passages"] > 1,
                }
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
            view["people"] = people_words(count, words)
        return view | {
            "kind": words(f"{'person' if facet == 'author' else facet}_head", rank=view.get("rank") or 0, number=number)
        }

    def _whole(self, facet: str, group: Mapping[str, Any], words: PageWords) -> View:
        quotes = [*group["quotes"]]
        view: View = {
            "terms": group["terms"],
            "human": group.get("human", {}).get(words.lang, ""),
            "quotes": [self._passages.quote(quote, words) for quote in quotes],
            "machine": words("machine_title") if facet == "issue" or group["machine"] else "",
        }
        if facet == "issue":
            view |= {
                "confidence": words(f"confidence_{group['confidence']}"),
                "known": words("known_concern", title=group["known"]) if group["known"] else "",
                "objection": self._passages.quote(group["objection"], words) if group["objection"] else "",
                "grounds": group["grounds"].get(words.lang, []),
            }
        else:
            theme = next((one["title"] for one in self._groups["themes"] if one["id"] == group["theme"]), "")
            view["known"] = words("topic_theme", title=theme) if theme else ""
        return view

    def by_people(self, name: str) -> list[int]:
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

    def named(self, text: str, words: PageWords) -> list[View]:
        """Return what is called by some letters: issues, topics, people and communities, a few of each."""
        wanted = text.strip('"“” ').casefold()
        if len(wanted) < 2:
            return []
        found = []
        for facet in ("issue", "topic", "author", "community"):
            own = self._groups[PLURAL[facet]]
            names = (
                one if isinstance(one, str) else (one or {}).get("title") or (one or {}).get("name") or ""
                for one in own
            )
            numbers = [number for number, name in enumerate(names) if wanted in name.casefold()]
            found += [
                {
                    "text": f"{words(f'facet_{facet}')}: {self._names(facet, number, words)}",
                    "url": f"/{PATHS[facet]}/{number}",
                }
                for number in numbers[:3]
            ]
        return found

    def _every(self, facet: str) -> dict[int, Any]:
        return {count.number: count for count in self._search(Query()).facets[facet]}


def people_words(count: Count | None, words: PageWords) -> str:
    """Return how many people a count is of; where none of them is known, how many voices."""
    if count and not count.people:
        return words("count_unnamed", count=count.passages)
    return words("count_people", count=count.people if count else 0)
