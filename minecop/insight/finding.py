"""The stage: shared issues, early voices and what is set aside."""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Callable, Iterable, Sequence, Set
from dataclasses import replace
from datetime import date, datetime, time
from functools import partial
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from scipy.special import expit

from minecop.archive.store import Archive
from minecop.core.dates import BANGKOK
from minecop.insight.candidates import Candidate, find_candidates, with_stability
from minecop.insight.grounds import GroundsMeter, wished
from minecop.insight.groups import group_of, people_of
from minecop.insight.lessons import find_lessons
from minecop.insight.linking import Linker, Told
from minecop.insight.models import STATUSES, Faded, Group, Insight, Issue, Lesson, Quote, SetAside, Topic, Trend, Voice
from minecop.insight.naming import Namer
from minecop.insight.profiles import StepTable, counted
from minecop.insight.quotes import LONGEST, ONE_LINE, choose_quotes, headline
from minecop.insight.setting_aside import EVENT_PEOPLE, EVENT_SPAN, REASONS, posts_set_aside, title_stem
from minecop.insight.tellings import Comparer, Telling, mean_likeness, tellings_of
from minecop.insight.trends import TrendMeter, is_quiet
from minecop.process.definition import Process, load_facets
from minecop.text.words import phrases
from minecop.vectors.anchors import shipped_anchors
from minecop.vectors.models import shipped_model

Key = TypeVar("Key")

FEWEST_AUTHORS = 3
"""People that a shared issue has at least."""

FEWEST_COMMUNITIES = 2
"""Communities that they come from at least."""

_EVIDENCE_WEIGHT = 3
"""How many words of the issue one word that shows a concern is worth, when a passage is cut to be quoted."""

_AS_LIKE = 0.6
"""How like the tellings of an event a post of the same weeks must be, against how like they are among themselves, to be one more."""

_FEW_BLOCKS = 4
"""Blocks of tellings up to which it is looked whether issues are found again: it takes four times as long as finding them."""

_FIRM = 0.75
"""Stability from which what a weak signal groups is taken for a group (Hennig 2007)."""

_SOFTLY = 0.8
"""Log odds below 0 at which a passage is as likely to voice a matter as not: most that do say so softly."""

_KNOWN, _USUALLY_CLOSE = 0.4, 2.9
"""Log odds of voicing something for each spread that a passage lies nearer to known concerns than passages of practitioners do."""

_CHUNK = 20_000
"""Passages of which that is told at once."""

_FROM_AFAR = 0.8
"""How much less likely one voices something that is neither of the writer's own life nor marked: idle talk, news."""

_SAID, _AS_LIKELY, _SURELY = 0.25, 0.5, 0.9
"""Probability of voicing something from which a passage of a telling is one of its voices, from which it is an early voice by itself, and
from which it is one of an issue's in words of its own, too."""


def find_insight(
    *,
    archive: Archive,
    passages: pa.Table,
    words: pa.Table,
    acts: pa.Table,
    vectors: NDArray[np.float32],
    topics: pa.Table,
    themes: pa.Table,
    topic_of: Sequence[int],
    faded: Sequence[dict[str, Any]],
    steps: pa.Table,
    process: Process,
    as_of: date | None,
    seed: int,
) -> Insight:
    """Find what several people voice independently.

    Parameters
    ----------
    archive
        Posts and people.
    passages, words, acts, steps
        Tables of the earlier stages, one row a passage, in the same order.
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
    """
    finder = _Finder(archive, passages, words, acts, vectors, steps, topic_of, as_of, seed)
    issues = finder.issues()
    return Insight(
        issues=issues,
        set_aside=finder.set_aside(),
        topics=finder.topics(topics, topic_of),
        themes=finder.theme_groups(topics, themes, topic_of),
        faded=tuple(Faded(one["topic"], one["label"], tuple(one["others"])) for one in faded),
        steps=finder.step_groups(process),
        communities=finder.community_groups(),
        lessons=finder.lessons(issues),
        funnel=finder.funnel(issues)
        | {"without_topic": sum(t < 0 and kept for t, kept in zip(topic_of, finder.telling, strict=True))},
        facets=finder.facet_groups(steps),
    )


class _Finder:
    """The passages of one archive, with what every stage says of them."""

    def __init__(
        self,
        archive: Archive,
        passages: pa.Table,
        words: pa.Table,
        acts: pa.Table,
        vectors: NDArray[np.float32],
        steps: pa.Table,
        topic_of: Sequence[int],
        as_of: date | None,
        seed: int,
    ) -> None:
        self.archive = archive
        self.seed = seed
        self.voices = voices_of(passages)
        self.titles: list[str | None] = passages["title"].to_pylist()
        self.texts: list[str] = passages["text"].to_pylist()
        self.terms: list[list[str]] = words["terms"].to_pylist()
        self.words: list[list[str]] = words["joined"].to_pylist()
        self.marks: list[dict[str, Any]] = acts.to_pylist()
        self.issue = [mark["concern"] or mark["wish"] for mark in self.marks]
        plain = [mark["experience"] or issue for mark, issue in zip(self.marks, self.issue, strict=True)]
        openness = np.array([mark["openness"] for mark in self.marks])
        voicing = expit(openness + _SOFTLY + _KNOWN * (self._closeness() - _USUALLY_CLOSE))
        self.voicing = voicing * np.where(np.array(plain, dtype=bool), 1.0, _FROM_AFAR)
        self.steps = StepTable.from_table(steps)
        self.vectors = vectors
        self.row_of = {voice.passage_id: row for row, voice in enumerate(self.voices)}
        self.telling = [not mark["courtesy"] for mark in self.marks]
        own = [origin == "own" for origin in passages["origin"].to_pylist()]  # what is quoted was said by somebody else
        self.contentful = [said and tells for said, tells in zip(own, self.telling, strict=True)]
        moment = datetime.combine(as_of, time.max, BANGKOK) if as_of else None
        self.meter = TrendMeter([v for v, kept in zip(self.voices, self.contentful, strict=True) if kept], moment)
        # what is said under a copy is said under the post that it is a copy of
        self.thread_of = {post.id: post.duplicate_of or post.id for post in archive.posts}
        self.aside = posts_set_aside([post for post in archive.posts if not post.duplicate_of])
        first = self.steps.first.tolist()
        self.told = Told(
            self.voices, self.texts, self.terms, self.marks, self.vectors, self.contentful, first, topic_of
        )
        self.grounds = GroundsMeter(self.told, self.steps, archive)

    def _encode(self, rows: Sequence[int]) -> NDArray[np.float32]:
        """Return vectors of passages in the space of the anchors, shape (n, dimensions)."""
        return shipped_model().encode_words([self.words[row] for row in rows])

    def _closeness(self) -> NDArray[np.float32]:
        """Return how near each passage lies to concerns that are known, in spreads."""
        anchors, count = shipped_anchors(), len(self.words)
        chunks = (range(start, min(start + _CHUNK, count)) for start in range(0, count, _CHUNK))
        found = [anchors.closeness(self._encode(rows)) for rows in chunks]
        return np.concatenate(found) if found else np.zeros(0, dtype=np.float32)

    # ---- issues

    def issues(self) -> tuple[Issue, ...]:
        """Return all issues in order: shared ones first, then early voices, then what has faded."""
        keep = [
            kept and self.aside.get(self.thread_of[voice.post_id], "event") == "event" and not mark["explainer"]
            for voice, kept, mark in zip(self.voices, self.contentful, self.marks, strict=True)
        ]
        threads: dict[str, list[int]] = {}
        for row, kept in enumerate(keep):
            if kept:
                threads.setdefault(self.thread_of[self.voices[row].post_id], []).append(row)
        lengths = [len(text) for text in self.texts]
        # what the writer of a post says in reply is no voice beside the post
        writers = {post.id: post.author_id for post in self.archive.posts}
        speaking = [
            kept and (voice.comment is None or voice.author_id is None or voice.author_id != writers[voice.post_id])
            for voice, kept in zip(self.voices, keep, strict=True)
        ]
        comparer = Comparer(
            self.terms,
            self.vectors,
            lengths,
            self.voicing,
            threads,
            self._encode,
            self.seed,
        )
        tellings = [
            replace(telling, post_id=self.thread_of[telling.post_id])
            for telling in tellings_of(self.voices, speaking, self.voicing)
        ]
        blocks = comparer.blocks(tellings)
        again = len(blocks) <= _FEW_BLOCKS
        groups = [group for block in blocks for group in self._candidates(block, comparer, again=again)]
        groups.sort(key=lambda group: -group[1].weight)  # stable: blocks keep their order among equals
        people = [voice.author_id for voice in self.voices]
        names = Namer([phrases(all_words) for all_words in self.words], people, self._own_names())
        shared = [(self._on_the_matter(rows, names), candidate) for rows, candidate in groups]
        # what the threads of an issue say beside its matter may be somebody's concern too; and what a weak signal groups that is not even
        # found again may be no group at all, but the voices of a few
        firm = [rows for rows, one in shared if one.confidence != "weak" or (one.stability or 0.0) >= _FIRM]
        used = {row for rows in firm for row in rows}
        early = self._early([row for rows in threads.values() for row in rows if row not in used])
        issues = self._ranked([*shared, *((rows, None) for rows in early)], names)
        return self._with_settled(issues)

    def _with_settled(self, issues: tuple[Issue, ...]) -> tuple[Issue, ...]:
        """Return issues with what is said elsewhere of their being solved, those that are behind those that are not."""
        settling = [row for row, own in enumerate(self.contentful) if own and self.grounds.settles(row)]
        if not settling:  # mostly: nothing is to be linked then
            return _in_order(issues)
        linker = Linker(self.told, issues)
        solved: dict[str, list[int]] = {}
        for row in settling:
            if near := linker.link(row):
                solved.setdefault(near[0], []).append(row)
        return _in_order(self._settled(issue, solved.get(issue.group.id, [])) for issue in issues)

    def _settled(self, issue: Issue, solved: Sequence[int]) -> Issue:
        """Return an issue with the passages of other threads, later than half of its voices, that say it is solved."""
        rows = [self.row_of[voice.passage_id] for voice in issue.group.members]
        within = {voice.post_id for voice in issue.group.members}
        dates = sorted(voice.published for voice in issue.group.members if voice.published)
        elsewhere = [
            row
            for row in solved
            if self.voices[row].post_id not in within
            and dates
            and (self.voices[row].published or dates[0]) > dates[len(dates) // 2]
        ]
        settled = issue.status in {"shared", "fading"} and self.grounds.is_settled(rows, elsewhere)
        if not settled and not elsewhere:
            return issue
        grounds = self.grounds.measure(rows, issue.grounds.stability, elsewhere)
        return replace(issue, status="settled" if settled else issue.status, grounds=grounds)

    def _candidates(
        self, tellings: Sequence[Telling], comparer: Comparer, *, again: bool
    ) -> list[tuple[list[int], Candidate]]:
        """Return the candidates among some tellings, with their passages, and how far they are found again where that is asked for."""
        self._event({telling.post_id for telling in tellings}, comparer)
        left = [telling for telling in tellings if telling.post_id not in self.aside]
        likeness = comparer.tellings(left)
        groups: list[tuple[list[int], Candidate]] = []
        # of what is left: what several people of one community say is one early voice of many
        for shared in (True, False):
            posts, measure = [telling.post_id for telling in left], partial(self._measure, left, shared=shared)
            found = find_candidates(likeness, posts, measure)
            if again:
                found = with_stability(found, likeness, posts, measure)
            groups += [(self._members(left[n] for n in candidate.tellings), candidate) for candidate in found]
            taken = {n for candidate in found for n in candidate.tellings}
            rest = [n for n in range(len(left)) if n not in taken]
            left, likeness = [left[n] for n in rest], likeness[np.ix_(rest, rest)]
        return groups

    def _measure(
        self, tellings: Sequence[Telling], indexes: Sequence[int], *, shared: bool
    ) -> tuple[bool, float, Trend]:
        """Tell of some tellings whether enough people of several communities, or of one, voice them; see ``Measure``."""
        rows = self._members(tellings[n] for n in indexes)
        voices = [self.voices[row] for row in rows]
        authors, communities = people_of(voices)
        if len(authors) < FEWEST_AUTHORS or (len(communities) >= FEWEST_COMMUNITIES) != shared:
            return False, 0.0, Trend("unknown")  # most groups: what is not asked for is not measured
        return True, self._voicing_of(rows), self.meter.measure(voices)

    def _voicing_of(self, rows: Iterable[int]) -> float:
        """Return how many people voice something in some passages: each counts by the passage that is the likeliest to."""
        surest: dict[str, float] = {}
        for row in rows:
            author = self.voices[row].author_id
            if author:
                surest[author] = max(surest.get(author, 0.0), float(self.voicing[row]))
        return sum(surest.values())

    def _event(self, told: Set[str], comparer: Comparer) -> None:
        """Set aside posts that tell of an event without naming it, too: of the same weeks as its tellings, and as like as these are."""
        when = {post.id: post.published for post in self.archive.posts if post.id in told and post.published}
        core = [post for post in when if self.aside.get(post) == "event"]
        near = {post: {m for m in core if abs(when[m] - when[post]) <= EVENT_SPAN} for post in when}
        posts = sorted(post for post, of_event in near.items() if len(of_event) >= EVENT_PEOPLE)
        if not posts:
            return
        likeness = comparer.threads(posts)
        place = {post: number for number, post in enumerate(posts)}
        for post in posts:
            own = [place[m] for m in near[post] if m in place]
            if post in core or len(own) < EVENT_PEOPLE:
                continue
            if float(likeness[place[post], own].mean()) >= _AS_LIKE * mean_likeness(likeness, own) > 0:
                self.aside[post] = "event"

    def _on_the_matter(self, rows: Sequence[int], names: Namer) -> list[int]:
        """Return those passages that use a word by which the group differs from the rest, or surely voice something."""
        telling = set(names.on_the_matter(rows))
        return [row for row in rows if row in telling or self.voicing[row] >= _SURELY]

    def _members(self, tellings: Iterable[Telling]) -> list[int]:
        return [row for telling in tellings for row in telling.rows if self.voicing[row] >= _SAID]

    def _early(self, rows: Iterable[int]) -> list[list[int]]:
        """Return what is voiced in threads by themselves, the most people first: passages that as likely as not voice or ask something."""
        groups: dict[str, list[int]] = {}
        for row in rows:
            if self.voicing[row] >= _AS_LIKELY or self.marks[row]["request"]:
                groups.setdefault(self.thread_of[self.voices[row].post_id], []).append(row)
        people = {post: len(people_of(self.voices[row] for row in own)[0]) for post, own in groups.items()}
        ordered = sorted(groups, key=lambda post: (-people[post], -self._voicing_of(groups[post]), groups[post][0]))
        return [groups[post] for post in ordered]

    def _ranked(self, groups: Sequence[tuple[list[int], Candidate | None]], names: Namer) -> tuple[Issue, ...]:
        titles: set[str] = set()
        issues = []
        for rows, candidate in groups:
            terms = names.terms(rows)
            # one thread by itself has a title of its writer's; several need a few words in which those stand that they share
            texts, worth = [self.texts[row] for row in rows], [float(self.voicing[row]) for row in rows]
            own = names.saying(rows, texts, worth) if candidate else self._title_of(rows[0])
            if not own and not terms:  # no word is theirs alone
                own = self._title_of(max(rows, key=lambda row: self.voicing[row]))
            title = names.title(terms, titles) if not own or own in titles else own
            titles.add(title)
            group = group_of(
                self._id_of(rows, alone=candidate is None), title, [self.voices[row] for row in rows], self.meter
            )
            issues.append(self._issue(group, rows, terms, candidate))
        return tuple(issues)

    def _issue(self, group: Group, rows: list[int], terms: tuple[str, ...], candidate: Candidate | None) -> Issue:
        quotes = self._quotes(rows, terms)
        quoted = {(quote.post_id, quote.comment) for quote in quotes}
        objections = [
            row
            for row in self.grounds.objections(rows)
            if (self.voices[row].post_id, self.voices[row].comment) not in quoted
        ]
        return Issue(
            group=group,
            rank=0,
            status=self._status(group, several=candidate is not None),
            agreement=round(candidate.agreement, 3) if candidate else 0.0,
            confidence=candidate.confidence if candidate else "weak",
            grounds=self.grounds.measure(rows, candidate.stability if candidate else None),
            quotes=quotes,
            terms=terms,
            headline=headline(quotes[0], terms) if quotes else None,
            objection=next(iter(self._quotes(objections, terms)), None),
            wishes=self._wishes(rows, terms),
            known=shipped_anchors().name(self._encode(rows)) if candidate else "",
        )

    def _wishes(self, rows: Iterable[int], terms: tuple[str, ...]) -> tuple[Quote, ...]:
        """Return what people of an issue want or propose, in a line each."""
        wishing = {
            row: words for row in rows if self.marks[row]["wish"] and (words := wished(self.texts[row])) is not None
        }
        return self._quotes(list(wishing), terms, lambda voice: [wishing[self.row_of[voice.passage_id]]], ONE_LINE)

    def _quotes(
        self,
        rows: Sequence[int],
        terms: tuple[str, ...],
        evidence: Callable[[Voice], list[str]] | None = None,
        longest: int = LONGEST,
    ) -> tuple[Quote, ...]:
        """Return quotes from some passages, cut to where their evidence and the words of the issue stand."""
        told = evidence or self._evidence
        return choose_quotes(
            [self.voices[row] for row in rows],
            worth=lambda voice: self._worth(voice, terms),
            text_of=lambda voice: self.texts[self.row_of[voice.passage_id]],
            cues=lambda voice: [*(_EVIDENCE_WEIGHT * told(voice)), *terms],
            longest=longest,
        )

    def _status(self, group: Group, *, several: bool) -> str:
        """Return the status of what one thread, or several, voice: who answer one another in a thread do not do so independently."""
        apart = len(group.community_names) >= FEWEST_COMMUNITIES
        if len(group.author_ids) < FEWEST_AUTHORS:
            return "minority" if apart else "early"
        if not (apart and several):
            return "early"
        return "fading" if group.trend.direction == "falling" and is_quiet(group.trend) else "shared"

    def _worth(self, voice: Voice, terms: Sequence[str]) -> float:
        """Return how well a passage says the matter: a concern first, then the words that tell the issue from the rest."""
        row = self.row_of[voice.passage_id]
        text = self.texts[row]
        named = sum(term in text for term in terms) / (1 + len(text) / 400)
        return float(self.issue[row]) + 0.5 * float(self.marks[row]["experience"]) + named

    def _evidence(self, voice: Voice) -> list[str]:
        evidence: dict[str, list[str]] = json.loads(self.marks[self.row_of[voice.passage_id]]["evidence"])
        return [word for act in ("concern", "wish", "request") for word in evidence.get(act, [])]

    def _title_of(self, row: int) -> str:
        return " ".join((self.titles[row] or "").split())

    def _id_of(self, rows: Sequence[int], *, alone: bool) -> str:
        """Return a name that stays while the first passage is the same; what one thread says alone may stand in a weak group, too."""
        first = self.voices[min(rows)].passage_id
        return hashlib.sha256((f"{first} alone" if alone else first).encode()).hexdigest()[:8]

    def _own_names(self) -> set[str]:
        """Return people's names: who says it is not what is said."""
        names = {person.name for person in self.archive.people.values()}
        return names | {text.author_name for post in self.archive.posts for text in post.texts if text.author_name} - {
            ""
        }

    # ---- what is set aside, topics, steps, funnel

    def set_aside(self) -> tuple[SetAside, ...]:
        """Return what was recognised as no issue, by reason, with a series or a reason as a whole in one."""
        titles = {post.id: " ".join((post.title or post.id).split()) for post in self.archive.posts}
        groups: dict[tuple[str, str], list[str]] = {}
        for post_id, reason in self.aside.items():
            name = (
                title_stem(titles[post_id])
                if reason == "series"
                else ""
                if reason in {"copied", "coursework", "event"}
                else titles[post_id]
            )
            groups.setdefault((reason, name), []).append(post_id)
        found = []
        for (reason, name), ids in sorted(groups.items(), key=lambda item: (REASONS.index(item[0][0]), item[0][1])):
            members = [voice for voice in self.voices if voice.post_id in ids and voice.comment is None]
            title = name or " / ".join(titles[post_id] for post_id in sorted(ids))
            found.append(SetAside(reason, title, tuple(members)))
        return tuple(found)

    def lessons(self, issues: Sequence[Issue]) -> tuple[Lesson, ...]:
        """Return what people tell that was learned."""
        return find_lessons(self.told, self.aside, Linker(self.told, issues))

    def _voices_by(self, keys: Iterable[Key]) -> dict[Key, list[Voice]]:
        """Return the voices by what each has in ``keys``, given in the same order."""
        members: dict[Key, list[Voice]] = {}
        for voice, key in zip(self.voices, keys, strict=True):
            members.setdefault(key, []).append(voice)
        return members

    def topics(self, topics: pa.Table, topic_of: Sequence[int]) -> tuple[Topic, ...]:
        """Return the topics, counted by people."""
        members = self._voices_by(topic_of)
        return tuple(self._topic(row, members.get(row["topic"], [])) for row in topics.to_pylist())

    def _topic(self, row: dict[str, Any], members: list[Voice]) -> Topic:
        terms = tuple(term for term, _ in json.loads(row["terms"]))
        there = [passage for passage in row["typical"] if passage in self.row_of]
        typical = list({self.texts[self.row_of[passage]]: passage for passage in reversed(there)}.values())[
            ::-1
        ]  # no copies
        quotes = choose_quotes(
            [self.voices[self.row_of[passage]] for passage in typical],
            worth=lambda voice: -typical.index(voice.passage_id),
            text_of=lambda voice: self.texts[self.row_of[voice.passage_id]],
            cues=lambda _: terms,
        )
        group = group_of(str(row["topic"]), row["label"], members, self.meter)
        others = tuple(row["others"] or ())
        return Topic(
            group,
            terms,
            str(row["theme"]),
            _rounded(row["stability"]),
            _rounded(row["sure"]),
            row["change"],
            others,
            quotes,
            row["machine"],
        )

    def theme_groups(self, topics: pa.Table, themes: pa.Table, topic_of: Sequence[int]) -> tuple[Group, ...]:
        """Return the themes, counted by people: one who speaks of several of its topics counts once."""
        theme_of = dict(zip(topics["topic"].to_pylist(), topics["theme"].to_pylist(), strict=True))
        members = self._voices_by(theme_of.get(topic) for topic in topic_of)
        return tuple(
            group_of(str(row["theme"]), row["label"], members.get(row["theme"], ()), self.meter)
            for row in themes.to_pylist()
        )

    def step_groups(self, process: Process) -> tuple[Group, ...]:
        """Return the steps of the process, counted by people: of what they say in their own words."""
        own = [voice for voice, kept in zip(self.voices, self.contentful, strict=True) if kept]
        members: dict[int, list[Voice]] = {}
        for voice in counted(own, self.set_aside()):
            members.setdefault(self.steps.step(voice), []).append(voice)
        return tuple(
            group_of(str(s.number), s.names["th"], members.get(s.number, ()), self.meter) for s in process.steps
        )

    def facet_groups(self, steps: pa.Table) -> tuple[Group, ...]:
        """Return the values of facets that were looked for, counted by people; a passage may count for several."""
        if "facets" not in steps.column_names:
            return ()
        members: dict[str, list[Voice]] = {}
        for voice, values in zip(self.voices, steps["facets"].to_pylist(), strict=True):
            for value in values.split():
                members.setdefault(value, []).append(voice)
        return tuple(
            group_of(value.id, value.names["th"], members.get(value.id, ()), self.meter)
            for facet in load_facets()
            for value in facet.steps
            if f"facet_{value.id}" in steps.column_names
        )

    def community_groups(self) -> tuple[Group, ...]:
        """Return the communities with what their people have to say, the most people first; the unknown one has no title."""
        keys = [
            (voice.community or "") if kept else None for voice, kept in zip(self.voices, self.contentful, strict=True)
        ]
        members = self._voices_by(keys)
        groups = [group_of(name, name, voices, self.meter) for name, voices in members.items() if name is not None]
        return tuple(sorted(groups, key=lambda group: (-len(group.author_ids), group.title)))

    def funnel(self, issues: Iterable[Issue]) -> dict[str, int]:
        """Return how many passages went which way."""
        rows = range(len(self.voices))
        reason = [self.aside.get(self.voices[row].post_id) if self.contentful[row] else None for row in rows]
        by_author = Counter(
            self.voices[row].author_id for row in rows if self.contentful[row] and self.voices[row].author_id
        )
        most = sum(count for _, count in by_author.most_common(5))
        return {
            "passages": len(rows),
            "courtesy": sum(not kept for kept in self.contentful),
            "explainer": sum(r in {"explainer", "copied"} for r in reason),
            "platform": reason.count("platform"),
            "announcement": reason.count("announcement"),
            "series": reason.count("series"),
            "coursework": reason.count("coursework"),
            "event": reason.count("event"),
            "concerns": sum(self.contentful[row] and bool(self.voicing[row] >= _SAID) for row in rows),
            "in_issues": sum(len(issue.group.members) for issue in issues if issue.status == "shared"),
            "trend_known": int(self.meter.known),
            "without_author": sum(voice.author_id is None for voice in self.voices),
            "without_date": sum(voice.published is None for voice in self.voices),
            "top_five_percent": round(100 * most / max(1, sum(by_author.values()))),
        }


def _in_order(issues: Iterable[Issue]) -> tuple[Issue, ...]:
    """Return issues ranked by status; within one the order stays."""
    ordered = sorted(issues, key=lambda issue: STATUSES.index(issue.status))  # stable
    return tuple(replace(issue, rank=rank) for rank, issue in enumerate(ordered, 1))


def _rounded(share: float | None) -> float | None:
    return None if share is None else round(share, 2)


def voices_of(passages: pa.Table) -> list[Voice]:
    """Return the passages of a table as voices, in Thai time."""
    columns = passages.select(
        ["passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published"]
    )
    return [
        Voice(**row | {"published": row["published"].astimezone(BANGKOK) if row["published"] else None})
        for row in columns.to_pylist()
    ]
