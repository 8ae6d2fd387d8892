"""What the page carries so that it can be searched and read without the archive: threads, and passages as spans of them."""

from __future__ import annotations

import base64
import gzip
import hashlib
import json
from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date
from typing import Any

import numpy as np

from minecop.archive.models import Comment, Post
from minecop.insight.analysis import Analysis, quotes_in
from minecop.insight.models import Voice
from minecop.insight.voices import Voices, archive_rows
from minecop.report.lessons import shown
from minecop.report.onpage import issues_shown
from minecop.report.quoting import shown_place, web_address
from minecop.report.words import Words

MOST_CHARACTERS = 6_000_000
"""Characters of threads that a page carries: those that quotes come from first, then those of issues, then others. About 5.5 MB of page."""

LANGUAGES = ("th", "en")


@dataclass(frozen=True, slots=True)
class Carried:
    """The threads and passages of a page.

    Attributes
    ----------
    data
        The same as base64 of gzipped JSON, for the page's script; empty where nothing is carried.
    posts, all_posts
        Threads that are carried, and that there are.
    passages, all_passages
        Passages of them, and that there are.
    issues
        Ranks of the issues of which any passage is carried.
    """

    data: str
    posts: int
    all_posts: int
    passages: int
    all_passages: int
    issues: frozenset[int] = frozenset()


def carried(analysis: Analysis, most: int = MOST_CHARACTERS) -> Carried:
    """Return what the page of a run carries, masked as everything is that is shown; nothing where texts may not be shown.

    Parameters
    ----------
    analysis
        The finished run.
    most
        Characters of threads, see ``MOST_CHARACTERS``; threads that are quoted on the page are carried in any case.
    """
    posts = _chosen(analysis, most) if analysis.shows_texts else []
    rows = {post.id: row for row, post in enumerate(posts)}
    every = analysis.voices
    there = np.array([post in rows for post in every.post_ids], dtype=bool)
    voices = every.where(there[every.posts]) if len(every) else every
    values = _Tables(analysis)
    issues = _rows_of(voices, ((str(one.rank), one.group.members) for one in analysis.insight.issues))
    data = {
        "posts": [values.thread(post) for post in posts],
        "passages": values.passages(voices, rows),
        "authors": list(values.authors),
        "communities": list(values.communities),
        "groups": list(values.groups),
        "days": [[_date(day, words) for words in values.words] for day in values.days],
        "issues": issues,
        "topics": _rows_of(voices, ((one.group.id, one.group.members) for one in analysis.insight.topics)),
    }
    text = packed(json.dumps(data, ensure_ascii=False, separators=(",", ":"))) if posts else ""
    ranks = frozenset(map(int, issues))
    return Carried(text, len(posts), len(analysis.archive.posts), len(voices), len(every), ranks)


def packed(text: str) -> str:
    """Return a text as the page's script unpacks it: base64 of gzip, without a time."""
    return base64.b64encode(gzip.compress(text.encode(), 6, mtime=0)).decode()


def _chosen(analysis: Analysis, most: int) -> list[Post]:
    """Return the threads to carry, in the order of the archive."""
    issues = issues_shown(analysis)
    groups, reported = shown(analysis)
    lessons = [lesson for _, some in groups for _, lesson in some] + [lesson for _, lesson in reported]
    there = replace(analysis.insight, issues=tuple(issues), lessons=tuple(lessons))
    first = {quote.post_id for quote in quotes_in(there)}
    then = {voice.post_id for issue in issues for voice in issue.group.members}

    def order(item: tuple[str, int]) -> tuple[bool, bool, bytes]:
        post = item[0]
        return post not in first, post not in then, hashlib.sha256(post.encode("utf-8", "surrogatepass")).digest()

    posts = analysis.archive.posts
    chosen, left, lengths = [], most, posts.lengths
    for post, row in sorted(posts.rows.items(), key=order):
        left -= lengths[row]
        if left < 0 and post not in first:
            break
        chosen.append(row)
    return [posts[row] for row in sorted(chosen)]


def _rows_of(voices: Voices, groups: Iterable[tuple[str, Iterable[Voice]]]) -> dict[str, list[int]]:
    """Return the rows of the passages of each group that has any among them, by its id."""
    row_of = {row: place for place, row in enumerate(voices.of_archive.tolist())}
    found = {
        name: sorted(row_of[row] for row in archive_rows(members).tolist() if row in row_of) for name, members in groups
    }
    return {name: rows for name, rows in found.items() if rows}


def _date(day: tuple[date, bool] | None, words: Words) -> str:
    return words.day(day[0], estimated=day[1]) if day else words.day(None)


class _Tables:
    """Names that stand once and are pointed to by number; -1 is unknown."""

    def __init__(self, analysis: Analysis) -> None:
        self.analysis = analysis
        self.words = [Words(lang, analysis.buddhist) for lang in LANGUAGES]
        self.authors: dict[str, int] = {}
        self.communities: dict[str, int] = {}
        self.groups: dict[str, int] = {}
        self.days: dict[tuple[date, bool] | None, int] = {}

    def thread(self, post: Post) -> list[Any]:
        """Return a post with its comments: id, title, address, then itself and each comment as number, author, day and text."""
        texts = [self._text(post, text) for text in post.texts]
        return [post.id, self.analysis.title_of(post) or "", web_address(self.analysis, post), *texts]

    def _text(self, post: Post, text: Post | Comment) -> list[Any]:
        number = text.position if isinstance(text, Comment) else None
        known = text.published and (text.published.date(), isinstance(text, Post) and text.estimated)
        return [
            number or 0,
            self._author(text.author_id),
            _number(self.days, known or None),
            self.analysis.privacy.whole(post.id, number, text.body),
        ]

    def _author(self, author: str | None) -> int:
        return _number(self.authors, self.analysis.names.get(author, author)) if author else -1

    def passages(self, voices: Iterable[Voice], rows: dict[str, int]) -> dict[str, list[Any]]:
        """Return the passages, a list a column: where each stands, who says it, when, about which step, and its place in the picture."""
        analysis = self.analysis
        people = analysis.archive.people
        columns: dict[str, list[Any]] = {name: [] for name in _COLUMNS}
        for voice in voices:
            start, end = shown_place(analysis, voice.post_id, voice.comment, voice.start, voice.end)
            person = people.get(voice.author_id or "")
            x, y = analysis.place(voice)
            row = (
                rows[voice.post_id],
                voice.comment or 0,
                start,
                end - start,
                self._author(voice.author_id),
                _number(self.communities, voice.community) if voice.community else -1,
                _number(self.groups, person.group) if person and person.group else -1,
                voice.published.year if voice.published else 0,
                analysis.steps.step(voice),
                round(1000 * x),
                round(1000 * y),
            )
            for name, value in zip(_COLUMNS, row, strict=True):
                columns[name].append(value)
        return columns


_COLUMNS = ("post", "comment", "start", "length", "author", "community", "group", "year", "step", "x", "y")


def _number(table: dict[Any, int], value: Any) -> int:
    return table.setdefault(value, len(table))
