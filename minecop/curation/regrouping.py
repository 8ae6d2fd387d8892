"""Topics and issues of other passages than the machine put together: counted anew, by people, as ``minecop.insight`` does."""

from __future__ import annotations

import hashlib
from collections import Counter
from collections.abc import Iterable, Sequence
from dataclasses import replace
from datetime import date
from functools import cached_property
from typing import TypeVar

import numpy as np

from minecop.core.dates import end_of
from minecop.insight.analysis import Analysis
from minecop.insight.describing import status_of
from minecop.insight.grounds import distinct, gaps_of
from minecop.insight.groups import effective_people, group_of
from minecop.insight.human import Human
from minecop.insight.models import Grounds, Group, Issue, Quote, Topic, Voice
from minecop.insight.profiles import StepTable, profile_of
from minecop.insight.quotes import choose_quotes, headline, overlap
from minecop.insight.trends import TrendMeter, burst_of, months_of, season_of
from minecop.insight.voices import Voices

Value = TypeVar("Value")

_OF_MEMBERS = ("adding", "asking", "stuck")
_OF_THREADS = ("agreeing", "doubting", "settling")
"""Grounds that are people: of those who voice an issue, and of those who answer in its threads."""


class Regrouper:
    """Counts topics and issues anew whose passages are others.

    Parameters
    ----------
    analysis
        A finished run, as it was found.
    steps
        The steps of its passages, corrected.
    human
        Knows what may not be quoted.
    """

    def __init__(self, analysis: Analysis, steps: StepTable, human: Human) -> None:
        self._analysis, self._steps, self._human = analysis, steps, human

    @cached_property
    def _meter(self) -> TrendMeter:
        as_of = self._analysis.settings.get("as_of")
        return TrendMeter(self._analysis.voices, end_of(date.fromisoformat(str(as_of))) if as_of else None)

    @cached_property
    def _months(self) -> Counter[int]:
        return months_of(self._analysis.voices)

    def group(self, group: Group, members: Iterable[Voice]) -> Group:
        """Return a group of other members."""
        return group_of(group.id, group.title, members, self._meter)

    # ---- topics

    def topic(self, topic: Topic, rows: Iterable[int], others: Sequence[Topic] = ()) -> Topic:
        """Return a topic that is made of the passages at some rows; how stable it is nobody knows any more.

        Parameters
        ----------
        topic
            Whose id, title and theme it keeps.
        rows
            Its passages.
        others
            What comes into it: their terms and quotes are looked at, too.
        """
        group = self.group(topic.group, self._among(rows))
        terms = tuple(dict.fromkeys(term for one in (topic, *others) for term in one.terms))[: max(1, len(topic.terms))]
        first = _in_turn([one.quotes for one in (topic, *others)])
        quotes = self.quotes(group, first, terms)
        return replace(
            topic, group=group, terms=terms, quotes=quotes, stability=None, sure=None, change=None, others=()
        )

    # ---- issues

    def issue(self, issue: Issue, rows: Iterable[int], others: Sequence[Issue] = ()) -> Issue:
        """Return an issue that is made of the passages at some rows, with its status, grounds and quotes; see ``topic``."""
        group = self.group(issue.group, self._among(rows))
        every = (issue, *others)
        terms = tuple(dict.fromkeys(_in_turn([one.terms for one in every])))
        terms = terms[: max((len(one.terms) for one in every), default=0)]
        quotes = self.quotes(group, _in_turn([one.quotes for one in every]), terms)
        posts = {voice.post_id for voice in group.members}
        settled = issue.status == "settled" and all(one.status == "settled" for one in others)
        objections = (one.objection for one in every if one.objection and one.objection.post_id in posts)
        wishes = [one for one in _in_turn([one.wishes for one in every]) if self._is_of(group, one)]
        return replace(
            issue,
            group=group,
            status="settled" if settled else status_of(group, several=len(posts) > 1),
            grounds=self._grounds(group, [one.grounds for one in every]),
            terms=terms,
            quotes=quotes,
            headline=headline(quotes[0], terms) if quotes else None,
            objection=next(objections, None),
            wishes=tuple(wishes[: max(1, *(len(one.wishes) for one in every))]),
        )

    def part_of_issue(self, issue: Issue, rows: Iterable[int], title: str, rank: int) -> Issue:
        """Return the passages at some rows of an issue as one of its own; who answers in its threads is told of the other part."""
        some = self._among(rows)
        own = hashlib.sha256(f"{some[0].passage_id} apart".encode("utf-8", "surrogatepass")).hexdigest()[:8]
        grounds = replace(issue.grounds, agreeing=(), doubting=(), settling=(), unanswered=0)
        part = replace(
            issue,
            group=replace(issue.group, id=own, title=title),
            rank=rank,
            status="early",
            grounds=grounds,
            known="",
            objection=None,
        )
        return self.issue(part, some.of_archive.tolist())

    def stepped(self, issue: Issue) -> Issue:
        """Return an issue with the steps of its passages counted anew."""
        steps = self._people_by_step(issue.group)
        return replace(issue, grounds=replace(issue.grounds, steps=steps, gaps=gaps_of(steps)))

    def _people_by_step(self, group: Group) -> dict[int, int]:
        return {one.step: one.authors for one in profile_of(group.members, self._steps).steps if one.authors}

    def _grounds(self, group: Group, parts: Sequence[Grounds]) -> Grounds:
        members = Voices.of(group.members)
        authors = set(group.author_ids)
        people = [self._analysis.people[one] for one in group.author_ids if one in self._analysis.people]
        threads = len({voice.post_id for voice in members})
        steps = self._people_by_step(group)
        of_members = {name: _every(parts, name) & authors for name in _OF_MEMBERS}
        of_threads = {name: _every(parts, name) for name in _OF_THREADS}
        told = {name: tuple(sorted(some)) for name, some in (of_members | of_threads).items()}
        return Grounds(
            effective_authors=effective_people(members),
            organisations=distinct(person.organisation for person in people),
            provinces=distinct(person.province for person in people),
            professions=distinct(person.profession for person in people),
            **told,
            threads=threads,
            unanswered=min(threads, sum(one.unanswered for one in parts)),
            steps=steps,
            gaps=gaps_of(steps),
            stability=None,
            burst=burst_of(members),
            season=season_of(members, self._months) if self._months else (),
        )

    # ---- quotes

    def quotes(self, group: Group, first: Sequence[Quote], terms: Sequence[str]) -> tuple[Quote, ...]:
        """Return quotes for a group of unlike people, as all are chosen: of what was quoted before, else where its words stand.

        Parameters
        ----------
        group
            With its members.
        first
            Quotes of it that were chosen before, the best first: cut as they are.
        terms
            Words of the group.
        """
        known: dict[str, tuple[int, Quote]] = {}
        left = []
        for voice in group.members:
            if self._human.rejects(voice):
                continue
            left.append(voice)
            for place, quote in enumerate(first):
                if overlap(quote, voice):
                    known.setdefault(voice.passage_id, (place, quote))

        def worth(voice: Voice) -> float:
            if voice.passage_id in known:
                return 1_000.0 - known[voice.passage_id][0]
            text = self._analysis.written(voice)
            return sum(term in text for term in terms) / (1 + len(text) / 400)

        chosen = choose_quotes(left, worth, self._analysis.written, lambda _: terms)
        return tuple(self._as_before(quote, [one for _, one in known.values()]) for quote in chosen)

    @staticmethod
    def _as_before(quote: Quote, first: Sequence[Quote]) -> Quote:
        near = (one for one in first if overlap(one, quote))
        return next(near, quote)

    def _is_of(self, group: Group, quote: Quote) -> bool:
        return any(overlap(quote, voice) for voice in group.members)

    def _among(self, rows: Iterable[int]) -> Voices:
        return self._analysis.voices.among(np.unique(np.fromiter(rows, dtype=np.int64)))


def _in_turn(lists: Sequence[Sequence[Value]]) -> list[Value]:
    """Return the first of each list, then the second of each, and so on."""
    longest = max(map(len, lists), default=0)
    return [one[place] for place in range(longest) for one in lists if place < len(one)]


def _every(parts: Sequence[Grounds], name: str) -> set[str]:
    return {person for part in parts for person in getattr(part, name)}
