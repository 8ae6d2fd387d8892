"""What of an analysis may be handed on where nobody is to be recognised: only what several people stand behind.

It is k-anonymity (Sweeney 2002) of groups and of what is told of people: an issue, a topic, a lesson's matter, a cell of a table is shown
where at least so many people are of it, and a community, workplace, province or profession where at least so many people of the archive
are. A quote is one person's, always: it stays where the group does that it stands for. What it does not do: it changes no words or names
(that is what masks and pseudonyms are for), and it does not keep a count from being worked out as the difference of two others.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from minecop.insight.analysis import LEFT_OUT, Analysis, LeftOut
from minecop.insight.human import key_of
from minecop.insight.models import Grounds, Group, Insight, Issue, Lesson, SetAside, Topic, Trend, Voice
from minecop.insight.privacy import Privacy

PEOPLE_OF_GROUNDS = ("adding", "asking", "stuck", "agreeing", "doubting", "settling")
"""Grounds of an issue that are people."""

_TOLD_OF_PEOPLE = {"organisations": "organisation", "provinces": "province", "professions": "profession"}
"""Grounds that ``authors.csv`` tells, and its columns."""


def rename_communities(analysis: Analysis, names: Mapping[str, str]) -> Analysis:
    """Return an analysis in which communities go by other names, those that come to have one name as one."""
    if not names:
        return analysis
    renamed = _Renamed(names)
    archive, insight = analysis.archive, analysis.insight
    posts = archive.posts.renamed(renamed.every)
    people = {
        author: replace(person, home_community=renamed.one(person.home_community) or "")
        for author, person in archive.people.items()
    }
    settings = dict(analysis.settings)
    if settings.get("communities"):
        settings["communities"] = list(renamed.every(settings["communities"]))
    return replace(
        analysis,
        archive=replace(archive, posts=posts, people=people),
        insight=renamed.insight(insight),
        settings=settings,
        privacy=replace(
            analysis.privacy,
            communities={name: renamed.one(now) or "" for name, now in analysis.privacy.communities.items()}
            | dict(names),
        ),
    )


def retitled(issue: Issue, privacy: Privacy) -> Issue:
    """Return an issue with its title as it may be shown, for what shows titles without the analysis that they are of."""
    return replace(issue, group=replace(issue.group, title=privacy.label(issue.group.title)))


class _Renamed:
    """Puts other names of communities into everything that has some."""

    def __init__(self, names: Mapping[str, str]) -> None:
        self._titles = names  # of groups: that of people whose community is unknown has none
        self._names = {name: now for name, now in names.items() if name}

    def one(self, name: str | None) -> str | None:
        return name if name is None else self._names.get(name, name)

    def every(self, names: Iterable[str]) -> tuple[str, ...]:
        return tuple(dict.fromkeys(self._names.get(name, name) for name in names))

    def voice(self, voice: Voice) -> Voice:
        return replace(voice, community=self.one(voice.community)) if voice.community in self._names else voice

    def group(self, group: Group) -> Group:
        members = tuple(map(self.voice, group.members))
        return replace(group, community_names=tuple(sorted(self.every(group.community_names))), members=members)

    def insight(self, insight: Insight) -> Insight:
        return replace(
            insight,
            issues=tuple(replace(issue, group=self.group(issue.group)) for issue in insight.issues),
            topics=tuple(replace(topic, group=self.group(topic.group)) for topic in insight.topics),
            lessons=tuple(replace(lesson, voice=self.voice(lesson.voice)) for lesson in insight.lessons),
            set_aside=tuple(replace(one, members=tuple(map(self.voice, one.members))) for one in insight.set_aside),
            communities=self.communities(insight.communities),
            themes=tuple(map(self.group, insight.themes)),
            steps=tuple(map(self.group, insight.steps)),
            facets=tuple(map(self.group, insight.facets)),
        )

    def communities(self, groups: Iterable[Group]) -> tuple[Group, ...]:
        """Return the communities, each under its name, in the place of the first that has it."""
        found: dict[str, list[Group]] = {}
        for group in map(self.group, groups):
            found.setdefault(self._titles.get(group.title, group.title), []).append(group)
        return tuple(_together(name, some) for name, some in found.items())


def _together(name: str, groups: list[Group]) -> Group:
    if len(groups) == 1:
        return replace(groups[0], title=name)
    return Group(
        id=groups[0].id,
        title=name,
        author_ids=tuple(sorted({author for group in groups for author in group.author_ids})),
        community_names=tuple(sorted({one for group in groups for one in group.community_names})),
        unnamed=sum(group.unnamed for group in groups),
        trend=Trend("unknown"),
        members=tuple(voice for group in groups for voice in group.members),
    )


def with_fewest(analysis: Analysis, fewest: int, others: str) -> Analysis:
    """Return an analysis without anything that fewer than so many distinct people stand behind.

    Left out are issues and early voices, topics, themes, facets, what was set aside, and lessons that belong to no topic or step that
    stays; emptied are steps, grounds of issues, counts over time. Communities of fewer people are one, and where those are
    too few together, the next small ones are of it, too. What is computed of an analysis later (profiles, courses, slices, whom to invite)
    looks at ``Analysis.left_out``. Ranks and numbers stay as they are.

    Parameters
    ----------
    analysis
        A finished run.
    fewest
        People; 1 leaves all as it is.
    others
        What small communities are called together, in the reader's language.
    """
    if fewest <= 1:
        return analysis
    small = _small_communities(analysis.insight.communities, fewest)
    unseen = analysis.archive.communities | {one.home_community for one in analysis.archive.people.values()}
    unseen -= {group.title for group in analysis.insight.communities} | {""}
    analysis = rename_communities(analysis, dict.fromkeys(sorted(small | unseen), others))
    insight = analysis.insight
    guard = _Guard(analysis, fewest)
    kept = replace(
        insight,
        issues=tuple(guard.issue(issue) for issue in insight.issues if guard.passes(issue.group)),
        topics=tuple(guard.topic(topic) for topic in insight.topics if guard.passes(topic.group)),
        themes=tuple(guard.group(theme) for theme in insight.themes if guard.passes(theme)),
        faded=(),  # nobody knows any more how many people they were of
        steps=tuple(map(guard.group, insight.steps)),
        facets=tuple(guard.group(facet) for facet in insight.facets if guard.passes(facet)),
        lessons=tuple(guard.lessons()),
        set_aside=tuple(one for one in insight.set_aside if guard.is_of_enough(one)),
    )
    counts = {name: len(getattr(insight, name)) - len(getattr(kept, name)) for name in LEFT_OUT} | {
        "steps": sum(not guard.passes(step) for step in insight.steps),
        "communities": len(small),
    }
    left_out = LeftOut(fewest, counts, others, tuple(one for one in insight.set_aside if not guard.is_of_enough(one)))
    stays = {
        *(key_of("topic", topic.group.id) for topic in kept.topics),
        *(key_of("issue", issue.group.id) for issue in kept.issues),
    }
    return replace(
        analysis,
        insight=kept,
        steps=replace(analysis.steps, fewest=fewest),
        left_out=left_out,
        human=analysis.human.of_enough(stays),
    )


def _small_communities(groups: Iterable[Group], fewest: int) -> set[str]:
    """Return the communities of fewer people, and as many of the next small ones as make enough people of them together."""
    by_people = sorted(
        (group for group in groups if group.author_ids), key=lambda group: (len(group.author_ids), group.title)
    )
    small: set[str] = set()
    people: set[str] = set()
    for group in by_people:
        if len(group.author_ids) >= fewest and (not small or len(people) >= fewest):
            break
        small.add(group.title)
        people |= set(group.author_ids)
    return small


class _Guard:
    """Tells what enough people stand behind, and takes out of it what too few do."""

    def __init__(self, analysis: Analysis, fewest: int) -> None:
        self._insight, self._fewest = analysis.insight, fewest
        authors = analysis.archive.authors
        people = [person for person in analysis.archive.people.values() if person.author_id in authors]
        self._told = {
            name: Counter(getattr(person, column) for person in people) for name, column in _TOLD_OF_PEOPLE.items()
        }
        self._issues, self._topics, self._steps = (
            {group.id for group in groups if self.passes(group)}
            for groups in (
                (issue.group for issue in self._insight.issues),
                (topic.group for topic in self._insight.topics),
                self._insight.steps,
            )
        )

    def passes(self, group: Group) -> bool:
        return len(group.author_ids) >= self._fewest

    def is_of_enough(self, aside: SetAside) -> bool:
        return len({voice.author_id for voice in aside.members if voice.author_id}) >= self._fewest

    def _hides(self, count: int) -> bool:
        return 0 < count < self._fewest

    def group(self, group: Group) -> Group:
        """Return a group with counts over time where all of them may be told; without anybody where it does not pass."""
        if not self.passes(group):
            return replace(group, author_ids=(), community_names=(), unnamed=0, trend=Trend("unknown"), members=())
        trend = group.trend
        counts = [count for period in trend.periods for count in (period.voices, period.all_voices)]
        if any(map(self._hides, (trend.before, trend.lately, *counts))):
            trend = Trend(trend.direction)
        return replace(group, trend=trend)

    def topic(self, topic: Topic) -> Topic:
        return replace(topic, group=self.group(topic.group))

    def issue(self, issue: Issue) -> Issue:
        objects = len(issue.grounds.doubting) >= self._fewest
        return replace(
            issue,
            group=self.group(issue.group),
            grounds=self._grounds(issue),
            objection=issue.objection if objects else None,
        )

    def _grounds(self, issue: Issue) -> Grounds:
        grounds = issue.grounds
        dated = {voice.author_id for voice in issue.group.members if voice.author_id and voice.published}
        lists: dict[str, Any] = {name: self._enough(getattr(grounds, name)) for name in PEOPLE_OF_GROUNDS}
        for name, told in self._told.items():
            lists[name] = tuple(value for value in getattr(grounds, name) if told[value] >= self._fewest)
        return replace(
            grounds,
            burst=0.0 if grounds.burst * len(dated) < self._fewest else grounds.burst,
            steps={step: people for step, people in grounds.steps.items() if people >= self._fewest},
            **lists,
        )

    def _enough(self, people: tuple[str, ...]) -> tuple[str, ...]:
        return people if len(people) >= self._fewest else ()

    def lessons(self) -> Iterable[Lesson]:
        """Return the lessons of a topic or a step that passes, without the other, or the issue, that does not."""
        for lesson in self._insight.lessons:
            topic = lesson.topic if str(lesson.topic) in self._topics else -1
            step = lesson.step if str(lesson.step) in self._steps else 0
            if topic >= 0 or step:
                near = lesson.issue in self._issues
                yield replace(
                    lesson,
                    topic=topic,
                    step=step,
                    issue=lesson.issue if near else None,
                    likeness=lesson.likeness if near else 0.0,
                )
