"""The stage: shared issues, early voices and what is set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date, datetime, time
from typing import Any

import pyarrow as pa

from minecop.archive.store import Archive
from minecop.core.dates import BANGKOK
from minecop.core.executors import SerialExecutor, map_chunks
from minecop.core.progress import Listener, silent
from minecop.insight.counting import GroupCounter, funnel
from minecop.insight.describing import Describer
from minecop.insight.grounds import GroundsMeter
from minecop.insight.grouping import Block, grouped
from minecop.insight.groups import people_of
from minecop.insight.lessons import find_lessons
from minecop.insight.linking import Linker
from minecop.insight.models import STATUSES, Faded, Insight, Issue
from minecop.insight.naming import Namer
from minecop.insight.passages import Passages, Phrases
from minecop.insight.setting_aside import EVENT_PEOPLE, EVENT_SPAN, groups_set_aside
from minecop.insight.speaking import Speakers
from minecop.insight.tellings import Comparer, Telling, mean_likeness, tellings_of
from minecop.insight.trends import TrendMeter
from minecop.process.definition import Process
from minecop.vectors.storing import Vectors

_AS_LIKE = 0.6
"""How like the tellings of an event a post of the same weeks must be, against how like they are among themselves, to be one more."""

_FEW_BLOCKS = 4
"""Blocks of tellings up to which it is looked whether issues are found again: it takes four times as long as finding them."""

_BLOCKS_AHEAD = 4
"""Blocks that may wait for their turn: the likeness within each is some megabytes."""

_FIRM = 0.75
"""Stability from which what a weak signal groups is taken for a group (Hennig 2007)."""

_SAID, _AS_LIKELY, _SURELY = 0.25, 0.5, 0.9
"""Probability of voicing something from which a passage of a telling is one of its voices, from which it is an early voice by itself, and
from which it is one of an issue's in words of its own, too."""


def find_insight(
    *,
    archive: Archive,
    aside: Mapping[str, str],
    passages: Iterable[pa.Table],
    words: Iterable[pa.Table],
    acts: pa.Table,
    vectors: Vectors,
    topics: pa.Table,
    themes: pa.Table,
    topic_of: Sequence[int],
    faded: Sequence[dict[str, Any]],
    steps: pa.Table,
    process: Process,
    as_of: date | None,
    seed: int,
    executor: Executor | None = None,
    listener: Listener = silent,
) -> Insight:
    """Find what several people voice independently.

    Parameters
    ----------
    archive
        Posts and people.
    aside
        The reason for each post that is set aside, by its id.
    passages, words, acts, steps
        Tables of the earlier stages, one row a passage, in the same order (``PASSAGE_COLUMNS`` and the like); the first two in pieces.
    vectors
        One of each passage.
    topics, themes, topic_of
        The topics, what they are put under, and the first topic of each passage (-1 = none).
    faded
        Topics of the last run that are none any more: ``topic``, ``label``, ``others``.
    process
        Whose steps were matched.
    as_of
        Reference date of trends; ``None`` for the last date of publication.
    seed
        Of what is random: the latent space of threads, and their blocks in large archives.
    executor
        Where blocks of tellings are grouped; ``None`` for this process.
    listener
        Told how far that is.
    """
    all_passages = Passages.from_tables(archive.posts, passages, words, acts, steps, vectors, topic_of)
    facets = steps.select([name for name in steps.column_names if name.startswith("facet")])
    del passages, words, acts, steps
    moment = datetime.combine(as_of, time.max, BANGKOK) if as_of else None
    told = all_passages.told
    meter = TrendMeter([v for v, kept in zip(told.voices, told.own, strict=True) if kept], moment)
    finder = IssueFinder(archive, aside, all_passages, meter, seed, executor or SerialExecutor(), listener)
    issues = finder.issues()
    set_aside = groups_set_aside(finder.aside, archive.posts, told.voices)
    counter = GroupCounter(all_passages, meter)
    return Insight(
        issues=issues,
        set_aside=set_aside,
        topics=counter.topics(topics),
        themes=counter.themes(topics, themes),
        faded=tuple(Faded(one["topic"], one["label"], tuple(one["others"])) for one in faded),
        steps=counter.steps(process, set_aside),
        communities=counter.communities(),
        lessons=find_lessons(told, finder.aside, Linker(told, issues)),
        funnel=funnel(all_passages, finder.aside, issues, meter, all_passages.voicing >= _SAID),
        facets=counter.facets(facets),
    )


class IssueFinder:
    """Finds the issues of an archive.

    Parameters
    ----------
    archive, aside
        As ``find_insight`` takes them.
    passages
        What every stage says of the passages.
    meter
        Measures trends.
    seed
        Of what is random.
    executor, listener
        Where blocks of tellings are grouped, and who is told how far that is.

    Attributes
    ----------
    aside
        The reason for each post that is set aside; while issues are found, more posts are seen to tell of events.
    """

    def __init__(
        self,
        archive: Archive,
        aside: Mapping[str, str],
        passages: Passages,
        meter: TrendMeter,
        seed: int,
        executor: Executor,
        listener: Listener,
    ) -> None:
        self._archive = archive
        self._passages = passages
        self._told = passages.told
        self._voicing = passages.voicing
        self._meter = meter
        self._seed = seed
        self._executor = executor
        self._listener = listener
        # what is said under a copy is said under the post that it is a copy of
        self._thread_of = {post.id: post.duplicate_of or post.id for post in archive.posts}
        self.aside = dict(aside)
        self._grounds = GroundsMeter(self._told, passages.steps, archive)

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues in order: shared ones first, then early voices, then what has faded."""
        told = self._told
        keep = [
            kept and self.aside.get(self._thread_of[voice.post_id], "event") == "event" and not explainer
            for voice, kept, explainer in zip(told.voices, told.own, told.marks["explainer"], strict=True)
        ]
        threads: dict[str, list[int]] = {}
        for row, kept in enumerate(keep):
            if kept:
                threads.setdefault(self._thread_of[told.voices[row].post_id], []).append(row)
        lengths = [voice.end - voice.start for voice in told.voices]
        # what the writer of a post says in reply is no voice beside the post
        writers = {post.id: post.author_id for post in self._archive.posts}
        speaking = [
            kept and (voice.comment is None or voice.author_id is None or voice.author_id != writers[voice.post_id])
            for voice, kept in zip(told.voices, keep, strict=True)
        ]
        comparer = Comparer(
            told.terms, told.vectors, lengths, self._voicing, threads, self._passages.encode, self._seed
        )
        tellings = [
            replace(telling, post_id=self._thread_of[telling.post_id])
            for telling in tellings_of(told.voices, speaking, self._voicing)
        ]
        blocks = comparer.blocks(tellings)
        left = [self._left(block, comparer) for block in blocks]
        work = self._to_group(left, comparer, again=len(blocks) <= _FEW_BLOCKS)
        found = map_chunks(self._executor, grouped, work, "insight", self._listener, len(left), ahead=_BLOCKS_AHEAD)
        groups = [
            (self._members(own[n] for n in candidate.tellings), candidate)
            for own, candidates in zip(left, found, strict=True)
            for candidate in candidates
        ]
        groups.sort(key=lambda group: -group[1].weight)  # stable: blocks keep their order among equals
        people = [voice.author_id for voice in told.voices]
        names = Namer(Phrases(self._passages.words), people, self._own_names())
        shared = [(self._on_the_matter(rows, names), candidate) for rows, candidate in groups]
        # what the threads of an issue say beside its matter may be somebody's concern too; and what a weak signal groups that is not even
        # found again may be no group at all, but the voices of a few
        firm = [rows for rows, one in shared if one.confidence != "weak" or (one.stability or 0.0) >= _FIRM]
        used = {row for rows in firm for row in rows}
        early = self._early([row for rows in threads.values() for row in rows if row not in used])
        describer = Describer(self._passages, names, self._grounds, self._meter)
        issues = tuple(describer.issue(rows, one) for rows, one in [*shared, *((rows, None) for rows in early)])
        return self._with_settled(issues)

    def _with_settled(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """Return issues with what is said elsewhere of their being solved, those that are behind those that are not."""
        settling = [row for row, own in enumerate(self._told.own) if own and self._grounds.settles(row)]
        if not settling:  # mostly: nothing is to be linked then
            return _in_order(issues)
        linker = Linker(self._told, issues)
        solved: dict[str, list[int]] = {}
        for row in settling:
            if near := linker.link(row):
                solved.setdefault(near[0], []).append(row)
        return _in_order(self._settled(issue, solved.get(issue.group.id, [])) for issue in issues)

    def _settled(self, issue: Issue, solved: Sequence[int]) -> Issue:
        """Return an issue with the passages of other threads, later than half of its voices, that say it is solved."""
        rows = [self._passages.row_of(voice) for voice in issue.group.members]
        within = {voice.post_id for voice in issue.group.members}
        dates = sorted(voice.published for voice in issue.group.members if voice.published)
        elsewhere = [
            row
            for row in solved
            if self._told.voices[row].post_id not in within
            and dates
            and (self._told.voices[row].published or dates[0]) > dates[len(dates) // 2]
        ]
        settled = issue.status in {"shared", "fading"} and self._grounds.is_settled(rows, elsewhere)
        if not settled and not elsewhere:
            return issue
        grounds = self._grounds.measure(rows, issue.grounds.stability, elsewhere)
        return replace(issue, status="settled" if settled else issue.status, grounds=grounds)

    def _left(self, tellings: Sequence[Telling], comparer: Comparer) -> list[Telling]:
        """Return the tellings that are of no event."""
        self._event({telling.post_id for telling in tellings}, comparer)
        return [telling for telling in tellings if telling.post_id not in self.aside]

    def _to_group(self, blocks: Iterable[Sequence[Telling]], comparer: Comparer, *, again: bool) -> Iterator[Block]:
        for tellings in blocks:
            speakers = Speakers(tellings, self._told.voices, self._voicing, self._meter)
            posts = [telling.post_id for telling in tellings]
            yield Block(comparer.tellings(tellings), posts, speakers, again)

    def _voicing_of(self, rows: Iterable[int]) -> float:
        """Return how many people voice something in some passages: each counts by the passage that is the likeliest to."""
        surest: dict[str, float] = {}
        for row in rows:
            author = self._told.voices[row].author_id
            if author:
                surest[author] = max(surest.get(author, 0.0), float(self._voicing[row]))
        return sum(surest.values())

    def _event(self, told: Set[str], comparer: Comparer) -> None:
        """Set aside posts that tell of an event without naming it, too: of the same weeks as its tellings, and as like as these are."""
        when = {post.id: post.published for post in self._archive.posts if post.id in told and post.published}
        core = [post for post in when if self.aside.get(post) == "event"]
        near = {post: {m for m in core if abs(when[m] - when[post]) <= EVENT_SPAN} for post in when}
        posts = sorted(post for post, of_event in near.items() if len(of_event) >= EVENT_PEOPLE)
        if not posts:
            return
        likeness = comparer.threads(posts)
        place = {post: number for number, post in enumerate(posts)}
        for post in posts:
            own = sorted(place[m] for m in near[post] if m in place)
            if post in core or len(own) < EVENT_PEOPLE:
                continue
            if float(likeness[place[post], own].mean()) >= _AS_LIKE * mean_likeness(likeness, own) > 0:
                self.aside[post] = "event"

    def _on_the_matter(self, rows: Sequence[int], names: Namer) -> list[int]:
        """Return those passages that use a word by which the group differs from the rest, or surely voice something."""
        telling = set(names.on_the_matter(rows))
        return [row for row in rows if row in telling or self._voicing[row] >= _SURELY]

    def _members(self, tellings: Iterable[Telling]) -> list[int]:
        return [row for telling in tellings for row in telling.rows if self._voicing[row] >= _SAID]

    def _early(self, rows: Iterable[int]) -> list[list[int]]:
        """Return what is voiced in threads by themselves, the most people first: passages that as likely as not voice or ask something."""
        groups: dict[str, list[int]] = {}
        for row in rows:
            if self._voicing[row] >= _AS_LIKELY or self._told.marks["request"][row]:
                groups.setdefault(self._thread_of[self._told.voices[row].post_id], []).append(row)
        people = {post: len(people_of(self._told.voices[row] for row in own)[0]) for post, own in groups.items()}
        ordered = sorted(groups, key=lambda post: (-people[post], -self._voicing_of(groups[post]), groups[post][0]))
        return [groups[post] for post in ordered]

    def _own_names(self) -> set[str]:
        """Return people's names: who says it is not what is said."""
        names = {person.name for person in self._archive.people.values()}
        return names | {text.author_name for post in self._archive.posts for text in post.texts if text.author_name} - {
            ""
        }


def _in_order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return issues ranked by status; within one the order stays."""
    ordered = sorted(issues, key=lambda issue: STATUSES.index(issue.status))  # stable
    return tuple(replace(issue, rank=rank) for rank, issue in enumerate(ordered, 1))
