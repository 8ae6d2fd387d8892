"""The grounds of issues: who adds to one, asks, is stuck, agrees, doubts, or says that it is solved, each measured apart."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from functools import cache, cached_property
from pathlib import Path

import numpy as np

from minecop.archive.models import Person
from minecop.insight.groups import effective_people
from minecop.insight.linking import Told
from minecop.insight.models import Grounds
from minecop.insight.profiles import FEWEST_PEOPLE, StepTable, profile_of
from minecop.insight.threads import Threads
from minecop.insight.trends import burst_of, months_of, season_of

_FEWEST_SETTLING = 2
"""People who must say that a matter is solved: one may be glad too early, or speak of a home of their own."""


@cache
def _words() -> dict[str, re.Pattern[str]]:
    table = tomllib.loads((Path(__file__).parent / "data" / "grounds.toml").read_text(encoding="utf-8"))
    return {name: re.compile("|".join(patterns)) for name, patterns in table.items()}


def says_settled(text: str) -> bool:
    """Tell whether it is said in a text that something is solved."""
    return _words()["settled"].search(text) is not None


def says_stuck(text: str) -> bool:
    """Tell whether it shows in a text that its writer knows no way on."""
    return _words()["stuck"].search(text) is not None


def wished(text: str) -> str | None:
    """Return the words of a text by which its writer says what should be; nothing where there are none."""
    found = _words()["wished"].search(text)
    return found[0] if found else None


class GroundsMeter:
    """Measures the grounds of some passages that voice one matter.

    Parameters
    ----------
    told
        The passages of the archive.
    steps
        The steps that they are about.
    threads
        What they stand in.
    people
        What is known of people, by any name of theirs.
    """

    def __init__(self, told: Told, steps: StepTable, threads: Threads, people: Mapping[str, Person]) -> None:
        self._told = told
        self._steps = steps
        self._people = {person.author_id: person for person in people.values()}
        self._threads = threads
        self._months = months_of(told.voices.where(told.own))

    def measure(self, rows: Sequence[int], stability: float | None = None, elsewhere: Iterable[int] = ()) -> Grounds:
        """Return the grounds of the passages at some rows.

        Parameters
        ----------
        rows
            The passages.
        stability
            What is known of it.
        elsewhere
            Passages of other threads which say that it is solved.
        """
        told = self._told
        some = told.voices.among(rows)
        voices = list(some)
        authors = some.author_names()
        known = [self._people[author] for author in authors if author in self._people]
        steps = {one.step: one.authors for one in profile_of(some, self._steps).steps if one.authors}
        return Grounds(
            effective_authors=effective_people(some),
            organisations=distinct(person.organisation for person in known),
            provinces=distinct(person.province for person in known),
            professions=distinct(person.profession for person in known),
            adding=self._authors(row for row in rows if self._adds(row)),
            asking=self._authors(row for row in rows if told.marks["request"][row]),
            stuck=self._authors(row for row in rows if says_stuck(told.texts[row])),
            agreeing=self._authors(self._answers(rows, "agree")),
            doubting=self._authors(self.objections(rows)),
            settling=self._authors([*self._settled_within(rows), *elsewhere]),
            threads=len({self._threads.of(voice.post_id) for voice in voices}),
            unanswered=self._unanswered(rows),
            steps=steps,
            gaps=gaps_of(steps),
            stability=stability,
            burst=burst_of(voices),
            season=season_of(some, self._months),
        )

    def objections(self, rows: Iterable[int]) -> list[int]:
        """Return the comments that doubt what a post says which is among some passages, or object to it."""
        return self._answers(rows, "disagree")

    def is_settled(self, rows: Sequence[int], elsewhere: Iterable[int]) -> bool:
        """Tell whether several people say that a matter is solved, and fewer have voiced it since."""
        told = self._told
        solved = [told.voices[row] for row in (*self._settled_within(rows), *elsewhere)]
        first: dict[str, datetime] = {}
        for voice in solved:
            if voice.author_id and voice.published:
                first[voice.author_id] = min(voice.published, first.get(voice.author_id, voice.published))
        if len(first) < _FEWEST_SETTLING:
            return False
        since = sorted(first.values())[_FEWEST_SETTLING - 1]
        voicing = [told.voices[row] for row in rows]
        still = {v.author_id for v in voicing if v.author_id and v.published and v.published > since}
        return len(still - set(first)) < len(first)

    def _under(self, post: str) -> list[int]:
        """Return the passages of a post and its comments that are the writers' own, and no courtesy."""
        return [row for row in self._told.voices.rows_of_post(post).tolist() if self._told.own[row]]

    def _authors(self, rows: Iterable[int]) -> tuple[str, ...]:
        return distinct(self._told.voices[row].author_id or "" for row in rows)

    def _adds(self, row: int) -> bool:
        voice = self._told.voices[row]
        return (
            voice.comment is not None
            and bool(self._told.marks["case"][row])
            and voice.author_id != self._threads.writer(voice.post_id)
        )

    def _answers(self, rows: Iterable[int], act: str) -> list[int]:
        """Return the comments that do something under posts which are among some passages, their writers' own left out."""
        told = self._told
        posts = dict.fromkeys(told.voices[row].post_id for row in rows if told.voices[row].comment is None)
        return [
            row
            for post in posts
            for row in self._under(post)
            if told.voices[row].comment is not None
            and told.marks[act][row]
            and told.voices[row].author_id != self._threads.writer(post)
        ]

    def _settled_within(self, rows: Iterable[int]) -> list[int]:
        """Return the passages of the threads of some passages, after these, which say that it is solved."""
        told, first = self._told, self._first_places(rows)
        return [
            row
            for post, place in first.items()
            for row in sorted(self.settling.intersection(told.voices.rows_of_post(post).tolist()))
            if _place(told.voices[row].comment) > place
        ]

    @cached_property
    def settling(self) -> frozenset[int]:
        """Rows of the passages which say in their writers' own words that something is solved, and voice nothing that is not."""
        marks = self._told.marks
        open_still = np.any([marks[act] for act in ("concern", "wish", "request")], axis=0)
        rows = np.flatnonzero(self._told.own & ~open_still).tolist()
        return frozenset(row for row in rows if says_settled(self._told.texts[row]))

    def _first_places(self, rows: Iterable[int]) -> dict[str, int]:
        first: dict[str, int] = {}
        for row in rows:
            voice = self._told.voices[row]
            first[voice.post_id] = min(first.get(voice.post_id, 1 << 30), _place(voice.comment))
        return first

    def _unanswered(self, rows: Iterable[int]) -> int:
        """Return in how many threads somebody asks, and nobody else says anything after the last who does."""
        told = self._told
        last: dict[str, int] = {}
        for row in rows:
            voice = told.voices[row]
            if told.marks["request"][row] and (
                voice.post_id not in last or _place(voice.comment) >= _place(told.voices[last[voice.post_id]].comment)
            ):
                last[voice.post_id] = row
        count = 0
        for post, asked in last.items():
            asking = told.voices[asked]
            later = [told.voices[row] for row in self._under(post)]
            count += not any(
                _place(voice.comment) > _place(asking.comment) and voice.author_id != asking.author_id
                for voice in later
            )
        return count


def _place(comment: int | None) -> int:
    return comment or 0


def distinct(names: Iterable[str]) -> tuple[str, ...]:
    """Return names that are known, each once, sorted."""
    return tuple(sorted({name for name in names if name}))


def gaps_of(steps: dict[int, int]) -> tuple[int, ...]:
    """Return the steps before the one that most people write of, about which nobody says anything; none where too few write of it."""
    if not steps:
        return ()
    most = max(steps, key=lambda step: (steps[step], step))
    return tuple(step for step in range(1, most) if step not in steps) if steps[most] >= FEWEST_PEOPLE else ()
