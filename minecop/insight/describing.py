"""What is told of an issue once its passages are known: id, title, status, quotes, wishes, and the words that name it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from itertools import accumulate

import numpy as np

from minecop.core.executors import batched
from minecop.insight.candidates import Candidate
from minecop.insight.clauses import telling_clauses
from minecop.insight.grounds import GroundsMeter, wished
from minecop.insight.groups import group_of
from minecop.insight.models import FEWEST_AUTHORS, FEWEST_COMMUNITIES, Group, Issue, Quote, Voice
from minecop.insight.naming import Namer
from minecop.insight.passages import Passages
from minecop.insight.quotes import LONGEST, ONE_LINE, choose_quotes, headline
from minecop.insight.trends import TrendMeter, is_quiet
from minecop.vectors.anchors import Matrix, shipped_anchors

_EVIDENCE_WEIGHT = 3
"""How many words of the issue one word that shows a concern is worth, when a passage is cut to be quoted."""

_GROUPS_AT_ONCE = 100
"""Groups whose passages are turned into vectors together: that costs as much for a few as for many."""


class Describer:
    """Describes issues, one after the other: no two get the same title.

    Parameters
    ----------
    passages
        Of the archive.
    names
        Knows the words that are an issue's own.
    grounds, meter
        Measure what speaks for an issue, and its trend.
    """

    def __init__(self, passages: Passages, names: Namer, grounds: GroundsMeter, meter: TrendMeter) -> None:
        self._passages = passages
        self._told = passages.told
        self._names = names
        self._grounds = grounds
        self._meter = meter
        self._titles: set[str] = set()

    def issues(self, shared: Sequence[tuple[Sequence[int], Candidate]]) -> Iterator[Issue]:
        """Yield the passages of each candidate as an issue, of no rank yet."""
        for some in batched(shared, _GROUPS_AT_ONCE):
            every = self._passages.encode([row for rows, _ in some for row in rows])
            vectors = np.split(every, list(accumulate(len(rows) for rows, _ in some))[:-1])
            known = shipped_anchors().names(np.stack([own.sum(axis=0) for own in vectors]))
            for (rows, candidate), own, name in zip(some, vectors, known, strict=True):
                yield self._issue(rows, self._named(rows, own), candidate, name)

    def alone(self, rows: Sequence[int]) -> Issue:
        """Return some passages of one thread as an issue, of no rank yet; its title is that of its writer."""
        terms = self._names.terms(rows)
        return self._issue(rows, (self._titled(self._title_of(rows[0]), terms), terms))

    def _named(self, rows: Sequence[int], vectors: Matrix) -> tuple[str, tuple[str, ...]]:
        """Return a title of the passages of several threads, which have these vectors, and the words that are theirs."""
        texts, terms = [self._told.texts[row] for row in rows], self._names.terms(rows)
        voicing = self._passages.voicing[list(rows)]
        evidence = [self._evidence(row) for row in rows]
        said = telling_clauses(texts, vectors, voicing, evidence, terms, self._passages.encode_words)
        own = next((clause for clause in said if clause not in self._titles and self._names.names_nobody(clause)), "")
        if not own and not terms:  # no word is theirs alone
            own = self._title_of(rows[int(voicing.argmax())])
        return self._titled(own, terms), terms

    def _titled(self, own: str, terms: Sequence[str]) -> str:
        """Return what is theirs, or where that is nothing or another's, some of the words, and note it as taken."""
        title = self._names.title(terms, self._titles) if not own or own in self._titles else own
        self._titles.add(title)
        return title

    def _issue(
        self,
        rows: Sequence[int],
        named: tuple[str, tuple[str, ...]],
        candidate: Candidate | None = None,
        known: str = "",
    ) -> Issue:
        title, terms = named
        group = group_of(self._id_of(rows, alone=candidate is None), title, self._told.voices.among(rows), self._meter)
        quotes = self._quotes(rows, terms)
        quoted = {(quote.post_id, quote.comment) for quote in quotes}
        objections = [
            row
            for row in self._grounds.objections(rows)
            if (self._told.voices[row].post_id, self._told.voices[row].comment) not in quoted
        ]
        return Issue(
            group=group,
            rank=0,
            status=status_of(group, several=candidate is not None),
            agreement=round(candidate.agreement, 3) if candidate else 0.0,
            confidence=candidate.confidence if candidate else "weak",
            grounds=self._grounds.measure(rows, candidate.stability if candidate else None),
            quotes=quotes,
            terms=terms,
            headline=headline(quotes[0], terms) if quotes else None,
            objection=next(iter(self._quotes(objections, terms)), None),
            wishes=self._wishes(rows, terms),
            known=known,
        )

    def _wishes(self, rows: Iterable[int], terms: tuple[str, ...]) -> tuple[Quote, ...]:
        """Return what people of an issue want or propose, in a line each."""
        wishing = {
            row: words
            for row in rows
            if self._told.marks["wish"][row] and (words := wished(self._told.texts[row])) is not None
        }
        return self._quotes(list(wishing), terms, lambda voice: [wishing[voice.row]], ONE_LINE)

    def _quotes(
        self,
        rows: Sequence[int],
        terms: tuple[str, ...],
        evidence: Callable[[Voice], list[str]] | None = None,
        longest: int = LONGEST,
    ) -> tuple[Quote, ...]:
        """Return quotes from some passages, cut to where their evidence and the words of the issue stand."""
        told = evidence or (lambda voice: self._evidence(voice.row))
        return choose_quotes(
            [self._told.voices[row] for row in rows],
            worth=lambda voice: self._worth(voice, terms),
            text_of=lambda voice: self._told.texts[voice.row],
            cues=lambda voice: [*(_EVIDENCE_WEIGHT * told(voice)), *terms],
            longest=longest,
        )

    def _worth(self, voice: Voice, terms: Sequence[str]) -> float:
        """Return how well a passage says the matter: a concern first, then the words that tell the issue from the rest."""
        row = voice.row
        text, marks = self._told.texts[row], self._told.marks
        named = sum(term in text for term in terms) / (1 + len(text) / 400)
        return float(marks["concern"][row] or marks["wish"][row]) + 0.5 * float(marks["experience"][row]) + named

    def _evidence(self, row: int) -> list[str]:
        evidence: dict[str, list[str]] = json.loads(self._told.marks["evidence"][row])
        return [word for act in ("concern", "wish", "request") for word in evidence.get(act, [])]

    def _title_of(self, row: int) -> str:
        return " ".join((self._passages.titles[row] or "").split())

    def _id_of(self, rows: Sequence[int], *, alone: bool) -> str:
        """Return a name that stays while the first passage is the same; what one thread says alone may stand in a weak group, too."""
        first = self._told.voices[min(rows)].passage_id
        return hashlib.sha256((f"{first} alone" if alone else first).encode()).hexdigest()[:8]


def status_of(group: Group, *, several: bool) -> str:
    """Return the status of what one thread, or several, voice: who answer one another in a thread do not do so independently."""
    apart = len(group.community_names) >= FEWEST_COMMUNITIES
    if len(group.author_ids) < FEWEST_AUTHORS:
        return "minority" if apart else "early"
    if not (apart and several):
        return "early"
    return "fading" if group.trend.direction == "falling" and is_quiet(group.trend) else "shared"
