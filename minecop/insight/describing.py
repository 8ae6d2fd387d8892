"""What is told of an issue once its passages are known: id, title, status, quotes, wishes, and the words that name it."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Callable, Iterable, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from itertools import accumulate, chain

import numpy as np
from numpy.typing import NDArray

from minecop.core.executors import SerialExecutor, batched, map_chunks
from minecop.core.progress import silent
from minecop.insight.candidates import Candidate
from minecop.insight.clauses import telling_clauses
from minecop.insight.grounds import GroundsMeter, wished
from minecop.insight.groups import group_of
from minecop.insight.models import FEWEST_AUTHORS, FEWEST_COMMUNITIES, Group, Issue, Quote, Voice
from minecop.insight.naming import Namer
from minecop.insight.passages import Passages
from minecop.insight.quotes import LONGEST, ONE_LINE, choose_quotes, headline
from minecop.insight.trends import TrendMeter, is_quiet
from minecop.text.masking import find_personal
from minecop.vectors.anchors import shipped_anchors
from minecop.vectors.models import shipped_model

_EVIDENCE_WEIGHT = 3
"""How many words of the issue one word that shows a concern is worth, when a passage is cut to be quoted."""

_GROUPS_AT_ONCE = 100
"""Groups whose passages are turned into vectors together: that costs as much for a few as for many."""


@dataclass(frozen=True, slots=True)
class Saying:
    """What the passages of an issue say, by which it is named.

    Attributes
    ----------
    texts, words
        Of n passages, collocations joined in the words.
    voicing
        How likely each voices something unsettled, shape (n,).
    evidence
        The words of each that show it.
    terms
        The words by which the issue differs from the rest.
    """

    texts: list[str]
    words: list[list[str]]
    voicing: NDArray[np.float64]
    evidence: list[list[str]]
    terms: tuple[str, ...]


def names_of(issues: Sequence[Saying]) -> list[tuple[tuple[str, ...], list[str], str]]:
    """Return of each issue its own words, the clauses that may stand for it (``telling_clauses``), and the known concern nearest to it."""
    encode = shipped_model().encode_words
    every = encode([words for issue in issues for words in issue.words])
    vectors = np.split(every, list(accumulate(len(issue.words) for issue in issues))[:-1])
    known = shipped_anchors().names(np.stack([own.sum(axis=0) for own in vectors]))
    return [
        (one.terms, telling_clauses(one.texts, own, one.voicing, one.evidence, one.terms, encode), name)
        for one, own, name in zip(issues, vectors, known, strict=True)
    ]


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
    executor
        Where names are looked for.
    """

    def __init__(
        self, passages: Passages, names: Namer, grounds: GroundsMeter, meter: TrendMeter, executor: Executor
    ) -> None:
        self._passages = passages
        self._told = passages.told
        self._names = names
        self._grounds = grounds
        self._meter = meter
        self._executor = executor
        self._titles: set[str] = set()

    def issues(self, shared: Sequence[tuple[Sequence[int], Candidate]]) -> Iterator[Issue]:
        """Yield the passages of each candidate as an issue, of no rank yet."""
        executor = self._executor if len(shared) > _GROUPS_AT_ONCE else SerialExecutor()  # else it would not pay
        some = batched(((rows, self._names.terms(rows)) for rows, _ in shared), _GROUPS_AT_ONCE)
        work = ([self._saying(rows, terms) for rows, terms in own] for own in some)
        named = chain.from_iterable(map_chunks(executor, names_of, work, "insight", silent))
        for (rows, candidate), (terms, said, known) in zip(shared, named, strict=True):
            yield self._issue(rows, (self._named(rows, terms, said), terms), candidate, known)

    def alone(self, rows: Sequence[int]) -> Issue:
        """Return some passages of one thread as an issue, of no rank yet; its title is that of its writer."""
        terms = self._names.terms(rows)
        return self._issue(rows, (self._titled(self._title_of(rows[0]), terms), terms))

    def _saying(self, rows: Sequence[int], terms: tuple[str, ...]) -> Saying:
        return Saying(
            texts=[self._told.texts[row] for row in rows],
            words=[self._passages.words[row] for row in rows],
            voicing=self._passages.voicing[list(rows)],
            evidence=[self._evidence(row) for row in rows],
            terms=terms,
        )

    def _named(self, rows: Sequence[int], terms: Sequence[str], said: Iterable[str]) -> str:
        """Return a title of the passages of several threads: the first of some clauses that names nobody and is no other's."""
        free = (clause for clause in said if clause not in self._titles)
        own = next((one for one in free if not find_personal(one) and self._names.names_nobody(one)), "")
        if not own and not terms:  # no word is theirs alone
            own = self._title_of(rows[int(self._passages.voicing[list(rows)].argmax())])
        return self._titled(own, terms)

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
