"""Searching an index: by words, by meaning, or by both; what is found, in order, with how many people stand behind what of it."""

from __future__ import annotations

from collections import OrderedDict
from collections.abc import Mapping
from contextlib import suppress
from dataclasses import dataclass, field, replace
from functools import cached_property
from threading import Lock
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.core.errors import MinecopError
from minecop.explore.asking import Asked, Asking
from minecop.explore.index import KINDS, Index, embedder_of
from minecop.run.opening import Run
from minecop.text.words import words
from minecop.vectors.static import StaticEmbedder

MODES = ("both", "words", "meaning")
FACETS = ("topic", "issue", "step", "community", "author", "year", "kind")
"""By what may be chosen, in the order in which it is shown."""

_FUSED = 60
"""What is added to ranks in reciprocal rank fusion (Cormack, Clarke and Buettcher 2009)."""

_NEAREST = 200
"""Passages that are near in meaning, at most."""

_NEAR = 3.0
"""Spreads above the mean of all likenesses from which a passage is near in meaning."""

_A_PAGE = 20
"""Passages to which what words find is filled up by meaning, however far the nearest are: quite other words are never very near."""

_ROWS_AT_ONCE = 8_192
_LITTLE_FOUND = 5
"""Passages below which letters are looked for, too, wherever words begin and end."""

_KEPT = 48
_MOST_CELLS = 32_000_000

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Query:
    """What is searched for.

    Attributes
    ----------
    text
        As it was written.
    mode
        One of ``MODES``.
    chosen
        Number by facet, sorted by ``FACETS``.
    """

    text: str = ""
    mode: str = "both"
    chosen: tuple[tuple[str, int], ...] = ()

    def choosing(self, facet: str, number: int | None) -> Query:
        """Return the query with another choice for a facet; ``None`` for none."""
        chosen = dict(self.chosen)
        chosen.pop(facet, None)
        if number is not None:
            chosen[facet] = number
        return replace(self, chosen=tuple((name, chosen[name]) for name in FACETS if name in chosen))


@dataclass(frozen=True)
class Count:
    """How many people, and passages, something has; ``number`` is that of its facet."""

    number: int
    people: int
    passages: int


@dataclass(frozen=True)
class Found:
    """What was found.

    Attributes
    ----------
    rows
        Passages, the best first.
    people, unnamed
        Distinct people who are known, and passages by nobody known.
    facets
        Counts by facet, those of most people first.
    asked
        What was looked for.
    every
        Whether each passage that was found by its words says all of them; else the most of them.
    near
        How many were found by meaning.
    unable
        Why nothing could be found by meaning; empty where it could.
    years
        People by year or quarter: name (``2008``, ``2008/3``) and count, without gaps.
    """

    rows: Numbers
    people: int
    unnamed: int
    facets: Mapping[str, list[Count]]
    asked: Asked = field(default_factory=Asked)
    every: bool = True
    near: int = 0
    unable: MinecopError | None = None
    years: tuple[tuple[str, int], ...] = ()


class Search:
    """Searches an index; the last answers are kept.

    Parameters
    ----------
    index, run
        Of the run.
    """

    def __init__(self, index: Index, run: Run) -> None:
        self.index = index
        self._run = run
        self._asking = Asking(index.postings)
        self._kept: OrderedDict[Query, Found] = OrderedDict()
        self._lock = Lock()

    def __call__(self, query: Query) -> Found:
        """Return what a query finds."""
        with self._lock:
            if query in self._kept:
                self._kept.move_to_end(query)
                return self._kept[query]
        found = self._find(query)
        with self._lock:
            self._kept[query] = found
            while len(self._kept) > _KEPT:
                self._kept.popitem(last=False)
        return found

    def of(self, index: Index) -> Search:
        """Return the search over another index of the same run."""
        return Search(index, self._run)

    def warm(self) -> None:
        """Load what the first question would have to wait for."""
        self(Query())
        with suppress(MinecopError):
            self._by_meaning("น้ำ", np.ones(len(self.index), dtype=bool), Asked())

    def like(self, row: int, most: int = 60) -> list[tuple[int, float]]:
        """Return the passages nearest to one, without those that say the same letter for letter, with how near they are."""
        wanted = np.asarray(self.index.vectors[row], dtype=np.float32)
        nearness = self._nearness(wanted, 0)
        nearness[row] = -np.inf
        size = min(2 * most, len(nearness) - 1)
        if size < 1:
            return []
        some = np.argpartition(-nearness, size - 1)[:size]
        some = some[np.lexsort((some, -nearness[some]))]
        texts = self.index.texts
        said = {" ".join(texts[row].split())}
        found = []
        for other in some.tolist():
            text = " ".join(texts[other].split())
            if text not in said and nearness[other] > 0:
                said.add(text)
                found.append((other, float(nearness[other])))
        return found[:most]

    # ---- finding

    def _find(self, query: Query) -> Found:
        allowed = self._allowed(query.chosen)
        text = query.text.strip()
        if not text:
            rows = np.flatnonzero(allowed)
            published = self.index.columns["published"][rows]
            return self._counted(rows[np.argsort(-published, kind="stable")], Found(rows, 0, 0, {}))
        asked, ranked, every = Asked(), np.zeros(0, np.int64), True
        if query.mode != "meaning":
            asked, ranked, every = self._by_words(text, allowed)
        near, unable = np.zeros(0, np.int64), None
        if query.mode != "words":
            try:
                near = self._by_meaning(text, allowed, asked, _A_PAGE - len(ranked))
            except MinecopError as error:
                unable = error
        rows = self._fused(ranked, near) if query.mode == "both" else near if query.mode == "meaning" else ranked
        shown = asked if query.mode != "meaning" else Asked()
        return self._counted(rows, Found(rows, 0, 0, {}, shown, every, len(near), unable))

    def _by_words(self, text: str, allowed: Numbers) -> tuple[Asked, Numbers, bool]:
        """Return what was looked for, and the passages that say all of it, or the most of it where none says all; the best first."""
        asked = self._asking(text)
        scores, said = self.index.postings.scores(asked.wanted)
        exact = self._with_phrases(asked, allowed)
        holds = exact & (said == len(asked.wanted))
        if asked.wanted and not holds.any():
            forgiven = self._asking.forgiving(text)
            if forgiven.wanted != asked.wanted:
                other_scores, other_said = self.index.postings.scores(forgiven.wanted)
                if (exact & (other_said == len(forgiven.wanted))).any():
                    asked, scores, said = forgiven, other_scores, other_said
                    holds = exact & (said == len(asked.wanted))
        every = bool(holds.any())
        letters = " ".join(text.split())
        if not asked.phrases and np.count_nonzero(holds) < _LITTLE_FOUND and len(letters) > 2:
            standing = allowed & self._letters(letters)
            if standing.any():  # part of a word, or letters that the dictionary cuts otherwise elsewhere
                scores[standing] += scores.max(initial=0) + 1
                holds, every = (holds | standing), True
                if asked.instead:
                    asked = replace(asked, instead=())
                    holds = standing
        if asked.wanted and not holds.any():
            most = int(np.where(exact, said, 0).max(initial=0))
            holds = exact & (said == most) & (most > 0)
        rows = np.flatnonzero(holds)
        return asked, rows[np.argsort(-scores[rows], kind="stable")], every

    def _with_phrases(self, asked: Asked, allowed: Numbers) -> Numbers:
        holds = allowed
        for phrase in asked.phrases:
            holds = holds & self._letters(phrase)
        return holds

    def _letters(self, letters: str) -> Numbers:
        """Return which passages have some letters as they are, shape (n,).

        ``bytes.find`` over what the mapped column holds takes a fourth of the time of ``pyarrow.compute.match_substring``.
        """
        wanted = letters.encode("utf-8", "replace")
        parts = [np.zeros(0, dtype=bool)]
        for chunk in self.index.passages["text"].chunks:
            ends = np.frombuffer(chunk.buffers()[1], np.int32)[chunk.offset : chunk.offset + len(chunk) + 1]
            held = chunk.buffers()[2]
            data = bytes(memoryview(held)[ends[0] : ends[-1]]) if held is not None and len(ends) else b""
            places, place = [], data.find(wanted)
            while place >= 0:
                places.append(place + int(ends[0]))
                place = data.find(wanted, place + 1)
            here = np.zeros(len(chunk), dtype=bool)
            rows = np.searchsorted(ends, places, "right") - 1
            here[rows[np.asarray(places, np.int64) + len(wanted) <= ends[rows + 1]]] = (
                True  # not from one into the next
            )
            parts.append(here)
        return np.concatenate(parts)

    @cached_property
    def _embedder(self) -> Any:
        return embedder_of(self._run)

    def _by_meaning(self, text: str, allowed: Numbers, asked: Asked, fewest: int = 0) -> Numbers:
        """Return the passages near in meaning, or so many of those that are nearest where fewer are near, the nearest first."""
        embedder = self._embedder
        if isinstance(embedder, StaticEmbedder):
            said = list(words(text))
            for _, alike in asked.instead:  # what was misspelt means nothing
                said += alike
            wanted = embedder.encode_words([said])[0]
        else:
            wanted = embedder.encode([text])[0]
        nearness = self._nearness(wanted, self.index.asked_from)
        if not len(nearness):
            return np.zeros(0, np.int64)
        bar = max(float(nearness.mean() + _NEAR * nearness.std()), 0.0)
        rows = np.flatnonzero(allowed & (nearness > bar))
        if len(rows) < fewest:
            rows = np.flatnonzero(allowed & (nearness > 0))
            rows = rows[np.argsort(-nearness[rows], kind="stable")[:fewest]]
        if len(rows) > _NEAREST:
            rows = rows[np.argpartition(-nearness[rows], _NEAREST - 1)[:_NEAREST]]
        return rows[np.lexsort((rows, -nearness[rows]))]

    def _nearness(self, wanted: Numbers, first: int) -> Numbers:
        """Return the scalar product of every vector, from one column on, with another: the cosine, but for a factor, shape (n,)."""
        vectors = self.index.vectors
        made = np.empty(len(vectors), dtype=np.float32)
        for start in range(0, len(vectors), _ROWS_AT_ONCE):
            some = slice(start, start + _ROWS_AT_ONCE)
            made[some] = np.asarray(vectors[some, first:], dtype=np.float32) @ wanted
        return made

    @staticmethod
    def _fused(one: Numbers, other: Numbers) -> Numbers:
        """Return what two lists hold, ordered by the sum of their reciprocal ranks."""
        rows, place = np.unique(np.concatenate([one, other]), return_inverse=True)
        scores = np.zeros(len(rows))
        scores[place[: len(one)]] += 1 / (_FUSED + 1 + np.arange(len(one)))
        scores[place[len(one) :]] += 1 / (_FUSED + 1 + np.arange(len(other)))
        return rows[np.argsort(-scores, kind="stable")]

    # ---- choosing and counting

    def _allowed(self, chosen: tuple[tuple[str, int], ...]) -> Numbers:
        columns = self.index.columns
        allowed = np.ones(len(self.index), dtype=bool)
        for facet, number in chosen:
            if facet == "issue":
                here = np.zeros(len(self.index), dtype=bool)
                here[columns["issue_passage"][columns["issue"] == number]] = True
                allowed &= here
            elif facet == "kind":
                allowed &= (columns["kinds"] >> number & 1).astype(bool)
            elif facet == "year":
                allowed &= self._years == number
            else:
                allowed &= columns[facet] == number
        return allowed

    @cached_property
    def _years(self) -> Numbers:
        return np.where(self.index.columns["month"] >= 0, self.index.columns["month"] // 12, -1)

    def _counted(self, rows: Numbers, found: Found) -> Found:
        columns = self.index.columns
        authors = columns["author"][rows]
        facets = {name: self._counts(columns[name][rows], authors) for name in ("topic", "step", "community", "author")}
        facets["year"] = sorted(self._counts(self._years[rows], authors), key=lambda count: -count.number)
        facets["issue"] = self._issues(rows)
        kinds = columns["kinds"][rows]
        facets["kind"] = []
        for bit in range(len(KINDS)):
            own = authors[(kinds >> bit & 1).astype(bool)]
            if len(own):
                facets["kind"].append(Count(bit, len(np.unique(own[own >= 0])), len(own)))
        facets["kind"].sort(key=lambda count: (-count.people, count.number))
        return replace(
            found,
            rows=rows.astype(np.int32),
            people=len(np.unique(authors[authors >= 0])),
            unnamed=int(np.count_nonzero(authors < 0)),
            facets=facets,
            years=self._over_time(columns["month"][rows], authors),
        )

    def _counts(self, values: Numbers, authors: Numbers) -> list[Count]:
        """Return how many distinct people, and passages, each value has, that of most people first; -1 is no value."""
        values = np.asarray(values, dtype=np.int64)
        known = values >= 0
        size = int(values.max(initial=-1)) + 1
        passages = np.bincount(values[known], minlength=size)
        people = _distinct(values, authors, size, len(self.index.groups["people"]))
        some = np.flatnonzero(passages)
        order = some[np.lexsort((some, -passages[some], -people[some]))]
        return [
            Count(*one) for one in zip(order.tolist(), people[order].tolist(), passages[order].tolist(), strict=True)
        ]

    def _issues(self, rows: Numbers) -> list[Count]:
        columns = self.index.columns
        here = np.zeros(len(self.index), dtype=bool)
        here[rows] = True
        pairs = here[columns["issue_passage"]]
        return self._counts(columns["issue"][pairs], columns["author"][columns["issue_passage"][pairs]])

    def _over_time(self, months: Numbers, authors: Numbers) -> tuple[tuple[str, int], ...]:
        """Return people by quarter, or by year where those are too many."""
        known = months[months >= 0]
        if not len(known):
            return ()
        unit = 3 if int(known.max()) - int(known.min()) < 8 * 12 else 12
        periods = np.where(months >= 0, months // unit, -1)
        first, last = int(known.min()) // unit, int(known.max()) // unit
        if last - first > 80:  # one wrong date would leave nothing else to see
            return ()
        people = _distinct(periods - first, authors, last - first + 1, len(self.index.groups["people"]))
        names = [f"{n // 4}/{n % 4 + 1}" if unit == 3 else str(n) for n in range(first, last + 1)]
        return tuple(zip(names, people.tolist(), strict=True))


def _distinct(values: Numbers, authors: Numbers, size: int, people: int) -> Numbers:
    """Return how many distinct known people each value has, shape (size,)."""
    some = (values >= 0) & (authors >= 0)
    pairs = np.asarray(values[some], dtype=np.int64) * max(people, 1) + authors[some]
    if size * people > min(_MOST_CELLS, 40 * len(pairs)):
        return np.bincount(np.unique(pairs) // max(people, 1), minlength=size)
    seen = np.zeros((size, max(people, 1)), dtype=bool)
    seen.reshape(-1)[pairs] = True
    counts: Numbers = np.count_nonzero(seen, axis=1)
    return counts
