"""Passages, quotes and whole texts as the pages show them: who says them, where and when, and what is said of them."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping, Sequence
from typing import Any

from minecop.core.dates import date_of
from minecop.explore.addresses import NotThereError, address
from minecop.explore.index import BY_HAND, KINDS, Index
from minecop.explore.names import Names
from minecop.explore.searching import MODES, Query
from minecop.explore.words import PageWords

TEXTS_ON_A_PAGE = 40
"""Comments on a page of a thread."""

_LONGEST_MARKED = 12
_START = 24
"""Letters by which a passage is told from others."""

View = dict[str, Any]


class Passages:
    """Makes the views of an index's passages.

    Parameters
    ----------
    index
        Of a run.
    names
        Of its groups.
    """

    def __init__(self, index: Index, names: Names) -> None:
        self._index, self._names = index, names
        self._people, self._communities = index.groups["people"], index.groups["communities"]

    def __call__(self, row: int, words: PageWords, marked: Sequence[str] = (), *, whole: bool = False) -> View:
        """Return a passage with who says it, where and when, and what is said of it; ``whole``, with why.

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
            "start": _start(text),
            "marks": self._marks(row, words, whole=whole),
        }

    def quote(self, quote: Mapping[str, Any], words: PageWords) -> View:
        """Return a quote with who says it, where and when."""
        return {"text": quote["text"], "target": quote["target"]} | self._source(
            quote["body"], quote["post"], quote["passage"], words
        )

    def _source(self, text: int, post: int, row: int, words: PageWords) -> View:
        columns = self._index.columns
        author, comment = int(columns["text_author"][text]), int(columns["text_comment"][text])
        known = self._index.row(self._index.posts, post)
        title = known["title"] or words("untitled")
        page = (text - int(columns["post_text"][post])) // TEXTS_ON_A_PAGE + 1
        where = address(f"/thread/{post}", page=page if page > 1 else 0)
        community = int(columns["community"][row]) if row >= 0 else -1
        return {
            "author": self._people[author]["name"] if author >= 0 else words("anonymous"),
            "author_url": f"/person/{author}" if author >= 0 else "",
            "community": self._communities[community] if community >= 0 else "",
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
        """Return what is said of a passage: links to what it is of; ``whole``, by which words, and what people took off, too."""
        columns = self._index.columns
        marks: list[View] = []
        evidence = self._index.row(self._index.passages, row) if whole else {}
        for issue in self._index.issues_of(row):
            marks.append(
                {
                    "text": f"{words('facet_issue')} {self._names('issue', issue, words)}",
                    "url": f"/issue/{issue}",
                    "class": "issue",
                }
            )
        if (topic := int(columns["topic"][row])) >= 0:
            marks.append(
                {
                    "text": f"{words('facet_topic')} {self._names('topic', topic, words)}",
                    "url": f"/topic/{topic}",
                    "class": "topic",
                }
            )
        if step := int(columns["step"][row]):
            marks.append(
                {
                    "text": f"{words('facet_step')} {self._names('step', step, words)}",
                    "url": f"/step/{step}",
                    "class": "step",
                    "why": self._why_step(row, step, evidence.get("step_evidence"), words),
                }
            )
            marks += self._second_step(row, step, evidence.get("step_evidence"), words)
        return marks + self._kinds(row, evidence.get("evidence"), words, whole=whole)

    def _kinds(self, row: int, evidence: str | None, words: PageWords, *, whole: bool) -> list[View]:
        """Return what a passage is, and what people say that it is not."""
        acts = json.loads(evidence or "{}")
        kinds, by_hand = (int(self._index.columns[name][row]) for name in ("kinds", "kinds_by_hand"))
        marks: list[View] = []
        for number, kind in enumerate(KINDS):
            given, name = by_hand >> number & 1, self._names("kind", number, words)
            url = address("/search", Query("", MODES[0], (("kind", number),)))
            if kinds >> number & 1:
                why = words("mark_by_hand") if given else _because(acts.get(kind, []), words)
                marks.append({"text": name, "url": url, "class": "kind", "why": why})
            elif given and whole:
                off = {"text": words("decide_mark_off", what=name), "url": "", "class": "off"}
                marks.append(off | {"why": words("mark_by_hand")})
        return marks

    def _why_step(self, row: int, step: int, evidence: str | None, words: PageWords) -> str:
        """Return why a passage is said to be about a step; without evidence, no more than that a person says so."""
        chance = float(self._index.columns["chance"][row])
        if chance == BY_HAND:
            return words("mark_by_hand")
        if evidence is None:
            return ""
        said = json.loads(evidence or "{}").get(str(step), [])
        return " · ".join(filter(None, (words("mark_step_chance", count=round(100 * chance)), _because(said, words))))

    def _second_step(self, row: int, step: int, evidence: str | None, words: PageWords) -> list[View]:
        """Return the step that a passage is said to be about beside its first, by its evidence; none where a person gave the first."""
        if float(self._index.columns["chance"][row]) == BY_HAND:
            return []
        return [
            {
                "text": f"{words('facet_step')} {self._names('step', int(second), words)}",
                "url": f"/step/{second}",
                "class": "step",
                "why": " · ".join(filter(None, (words("mark_step_second"), _because(said, words)))),
            }
            for second, said in json.loads(evidence or "{}").items()
            if int(second) != step
        ]

    def text(self, text: int, is_post: bool, estimated: bool, words: PageWords) -> View:
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
                    "start": _start(body[start:end]),
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
            "author": self._people[author]["name"] if author >= 0 else words("anonymous"),
            "author_url": f"/person/{author}" if author >= 0 else "",
            "day": self._day(text, is_post and estimated, words),
            "parts": parts,
        }


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


def _because(said: Sequence[str], words: PageWords) -> str:
    return words("mark_words", words=", ".join(dict.fromkeys(said))) if said else ""


def _start(text: str) -> str:
    return " ".join(text.split())[:_START]
