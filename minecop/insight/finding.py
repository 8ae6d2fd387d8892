"""The stage: shared issues, early voices and what is set aside."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence, Set
from concurrent.futures import Executor
from dataclasses import replace
from datetime import date
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.archive.models import Person, Post
from minecop.core.dates import end_of
from minecop.core.executors import SerialExecutor, map_chunks, renew
from minecop.core.progress import Listener, silent
from minecop.insight.counting import GroupCounter, funnel
from minecop.insight.describing import Describer
from minecop.insight.grounds import GroundsMeter
from minecop.insight.grouping import Block, grouped
from minecop.insight.lessons import find_lessons
from minecop.insight.linking import Linker
from minecop.insight.models import STATUSES, Faded, Insight, Issue
from minecop.insight.naming import Namer
from minecop.insight.passages import Passages, Phrases
from minecop.insight.setting_aside import EVENT_PEOPLE, EVENT_SPAN, groups_set_aside
from minecop.insight.speaking import Speakers
from minecop.insight.tellings import Comparer, Telling, mean_likeness, tellings_of
from minecop.insight.threads import RowsBy, Threads
from minecop.insight.trends import TrendMeter
from minecop.insight.voices import archive_rows
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

_MOST_EARLY = 10_000
"""Threads of which each is told as a voice by itself, most people first; of a very large archive the others are only counted."""

_SAID, _AS_LIKELY, _SURELY = 0.4, 0.5, 0.9
"""Probability of voicing something from which a passage of a telling is one of its voices (the likeliest always is), from which it is an
early voice by itself, and from which it is one of an issue's in words of its own, too."""


def find_insight(
    *,
    posts: Iterable[Post],
    people: Mapping[str, Person],
    names: Set[str],
    aside: Mapping[str, str],
    passages: pa.Table,
    words: Iterable[pa.Table],
    acts: pa.Table,
    vectors: Vectors,
    topics: pa.Table,
    themes: pa.Table,
    topic_of: NDArray[np.integer[Any]],
    faded: Sequence[dict[str, Any]],
    steps: pa.Table,
    process: Process,
    as_of: date | None,
    seed: int,
    executor: Executor | None = None,
    listener: Listener = silent,
    folder: Path | None = None,
) -> Insight:
    """Find what several people voice independently.

    Parameters
    ----------
    posts
        Of the archive; their texts are not looked at.
    people
        What is known of people.
    names
        That posts and comments are written under.
    aside
        The reason for each post that is set aside, by its id.
    passages, words, acts, steps
        Tables of the earlier stages, one row a passage, in the same order (``PASSAGE_COLUMNS`` and the like); the words in pieces, and
        those with texts better unpacked than in memory.
    vectors
        One of each passage.
    topics, themes, topic_of
        The topics, what they are put under, and the first topic of each passage (-1 = none), shape (n,).
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
    folder
        For temporary files; ``None`` for the system's own.
    """
    all_passages = Passages.from_tables(passages, words, acts, steps, vectors, topic_of, folder)
    facets = steps.select([name for name in steps.column_names if name.startswith("facet")])
    del steps
    moment = end_of(as_of) if as_of else None
    told, threads = all_passages.told, Threads(posts)
    meter = TrendMeter(told.voices.where(told.own), moment)
    grounds = GroundsMeter(told, all_passages.steps, threads, people)
    own_names = names | {person.name for person in people.values() if person.name}
    finder = IssueFinder(
        threads, aside, all_passages, grounds, meter, own_names, seed, executor or SerialExecutor(), listener, folder
    )
    issues = finder.issues()
    titles = {post: threads.title(post) for post in finder.aside}
    set_aside = groups_set_aside(finder.aside, titles, told.voices)
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
        funnel=funnel(all_passages, finder.aside, issues, meter, all_passages.voicing >= _SAID, finder.not_told),
        facets=counter.facets(facets),
    )


class IssueFinder:
    """Finds the issues of an archive.

    Parameters
    ----------
    threads
        What passages stand in.
    aside
        As ``find_insight`` takes it.
    passages
        What every stage says of the passages.
    grounds, meter
        Measure what speaks for an issue, and trends.
    names
        Of people: who says it is not what is said.
    seed
        Of what is random.
    executor, listener, folder
        As there.

    Attributes
    ----------
    aside
        The reason for each post that is set aside; while issues are found, more posts are seen to tell of events.
    not_told
        Passages that voice something by themselves and are in none of the issues that were found, for there are too many such.
    """

    def __init__(
        self,
        threads: Threads,
        aside: Mapping[str, str],
        passages: Passages,
        grounds: GroundsMeter,
        meter: TrendMeter,
        names: Set[str],
        seed: int,
        executor: Executor,
        listener: Listener,
        folder: Path | None,
    ) -> None:
        self._threads = threads
        self._passages = passages
        self._told = passages.told
        self._voicing = passages.voicing
        self._grounds = grounds
        self._meter = meter
        self._names = names
        self._seed = seed
        self._executor = executor
        self._listener = listener
        self._folder = folder
        self.aside = dict(aside)
        self.not_told = 0

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues in order: shared ones first, then early voices, then what has faded."""
        told, voices = self._told, self._told.voices
        names, thread = self._threads.numbered(voices)
        heard = np.array([self.aside.get(post, "event") == "event" for post in names], dtype=bool)
        keep = told.own & ~told.marks["explainer"].astype(bool) & heard[thread]
        threads = RowsBy(names, thread[keep], np.flatnonzero(keep))
        # what the writer of a post says in reply is no voice beside the post
        speaking = keep & ~((voices.comments > 0) & self._threads.written_by_writer(voices))
        comparer = Comparer(
            told.terms, told.vectors, voices.lengths, self._voicing, threads, self._passages.words, self._seed
        )
        tellings = [
            replace(telling, post_id=self._threads.of(telling.post_id))
            for telling in tellings_of(voices, speaking, self._voicing)
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
        renew(self._executor)  # what is told of issues is told here, and takes memory
        groups.sort(key=lambda group: -group[1].weight)  # stable: blocks keep their order among equals
        namer = Namer(Phrases(self._passages.words), voices.authors, self._names, self._folder)
        shared = [(self._on_the_matter(rows, namer), candidate) for rows, candidate in groups]
        # what the threads of an issue say beside its matter may be somebody's concern too; and what a weak signal groups that is not even
        # found again may be no group at all, but the voices of a few
        firm = [rows for rows, one in shared if one.confidence != "weak" or (one.stability or 0.0) >= _FIRM]
        keep[[row for rows in firm for row in rows]] = False
        speaks = keep & ((self._voicing >= _AS_LIKELY) | told.marks["request"].astype(bool))
        early = self._early(RowsBy(names, thread[speaks], np.flatnonzero(speaks)))
        self.not_told = sum(map(len, early[_MOST_EARLY:]))
        describer = Describer(self._passages, namer, self._grounds, self._meter, self._executor)
        issues = (*describer.issues(shared), *map(describer.alone, early[:_MOST_EARLY]))
        return self._with_settled(issues)

    def _with_settled(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """Return issues with what is said elsewhere of their being solved, those that are behind those that are not."""
        settling = sorted(self._grounds.settling)
        if not settling:  # mostly: nothing is to be linked then
            return _in_order(issues)
        linker = Linker(self._told, issues)
        solved: dict[str, list[int]] = {}
        for row, near in zip(settling, linker.links(settling), strict=True):
            if near:
                solved.setdefault(near[0], []).append(row)
        return _in_order(self._settled(issue, solved.get(issue.group.id, [])) for issue in issues)

    def _settled(self, issue: Issue, solved: Sequence[int]) -> Issue:
        """Return an issue with the passages of other threads, later than half of its voices, that say it is solved."""
        rows = archive_rows(issue.group.members).tolist()
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

    def _voicing_of(self, rows: Sequence[int]) -> float:
        """Return how many people voice something in some passages: each counts by the passage that is the likeliest to."""
        surest: dict[int, float] = {}
        for author, voicing in zip(
            self._told.voices.among(rows).authors.tolist(), self._voicing[rows].tolist(), strict=True
        ):
            surest[author] = max(surest.get(author, 0.0), voicing)
        return sum(voicing for author, voicing in surest.items() if author >= 0)

    def _event(self, told: Set[str], comparer: Comparer) -> None:
        """Set aside posts that tell of an event without naming it, too: of the same weeks as its tellings, and as like as these are."""
        when = {post: published for post in sorted(told) if (published := self._threads.published(post))}
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
        """Return the passages of some tellings that voice something, of each at least the one that is the likeliest to."""
        bars = ((telling, min(_SAID, self._voicing[list(telling.rows)].max())) for telling in tellings)
        return [row for telling, bar in bars for row in telling.rows if self._voicing[row] >= bar]

    def _early(self, threads: Mapping[str, Sequence[int]]) -> list[Sequence[int]]:
        """Return what is voiced in threads by themselves, the most people first: passages that as likely as not voice or ask something."""
        voices = self._told.voices
        people = {post: len(voices.among(rows).author_names()) for post, rows in threads.items()}
        ordered = sorted(threads, key=lambda post: (-people[post], -self._voicing_of(threads[post]), threads[post][0]))
        return [threads[post] for post in ordered]


def _in_order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return issues ranked by status; within one the order stays."""
    ordered = sorted(issues, key=lambda issue: STATUSES.index(issue.status))  # stable
    return tuple(replace(issue, rank=rank) for rank, issue in enumerate(ordered, 1))
