"""Everything that a report is made from."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import datetime
from functools import cached_property, wraps
from typing import Any, Concatenate, ParamSpec, TypeVar

import numpy as np
from numpy.typing import NDArray

from minecop.archive.models import Person, Post
from minecop.archive.people import home_communities
from minecop.archive.store import Archive
from minecop.core.errors import QuoteError
from minecop.insight.human import Human
from minecop.insight.models import Insight, Issue, Lesson, Quote, SetAside, Voice
from minecop.insight.privacy import Privacy
from minecop.insight.profiles import StepTable, counted
from minecop.insight.voices import Voices
from minecop.process.definition import Process

Options = ParamSpec("Options")
Answer = TypeVar("Answer")


def remembered(
    function: Callable[Concatenate[Analysis, Options], Answer],
) -> Callable[Concatenate[Analysis, Options], Answer]:
    """Return a function of an analysis that works each answer out once, and keeps it as long as the analysis: nobody may change it."""

    @wraps(function)
    def asked(analysis: Analysis, /, *args: Options.args, **named: Options.kwargs) -> Answer:
        answers = analysis.__dict__.setdefault("_answers", {})
        key = (function, args, *sorted(named.items()))
        if key not in answers:
            answers[key] = function(analysis, *args, **named)
        answer: Answer = answers[key]
        return answer

    return asked


@dataclass(frozen=True)
class LeftOut:
    """What is not shown because too few people stand behind it (``sharing.with_fewest``).

    Attributes
    ----------
    fewest
        People who stand behind whatever is shown; 1 where nothing is left out.
    counts
        How many things are left out, by ``LEFT_OUT``.
    others
        What small communities are called together.
    set_aside
        What was set aside: not shown, but it counts towards no step all the same.
    """

    fewest: int = 1
    counts: Mapping[str, int] = field(default_factory=dict)
    others: str = ""
    set_aside: tuple[SetAside, ...] = ()

    def __bool__(self) -> bool:
        return self.fewest > 1


LEFT_OUT = ("issues", "topics", "steps", "facets", "lessons", "communities", "set_aside")
"""What may be left out: issues and early voices, topics, figures of steps, facets, lessons, names of communities, what was set aside."""


@dataclass(frozen=True)
class Analysis:
    """A finished run, as a report sees it.

    Attributes
    ----------
    archive
        Posts, people and the account of the import.
    insight
        Issues, topics, steps and what was set aside.
    process
        The process that passages were matched with.
    steps
        What was found so, for every passage.
    places
        Where every passage lies in the picture of them (``topics.layout``), in their order: shape (n, 2).
    settings
        Settings of the run, by name.
    manifest
        The run's ``run.json``.
    privacy
        What is shown under another name.
    compare_by
        Of ``splits.SLICES``: by what a report shows issues, topics and steps side by side.
    buddhist
        Whether years are shown as Buddhist ones; ``None`` for what is usual in the language.
    left_out
        What is not shown because too few people stand behind it.
    source_text
        Whether whole passages and texts may be shown; else nothing but what was chosen to be quoted.
    human
        What people decided about it, and what became of that.
    """

    archive: Archive
    insight: Insight
    process: Process
    steps: StepTable
    places: NDArray[np.float32]
    settings: dict[str, Any]
    manifest: dict[str, Any]
    privacy: Privacy = field(default_factory=Privacy)
    compare_by: tuple[str, ...] = ()
    buddhist: bool | None = None
    left_out: LeftOut = field(default_factory=LeftOut)
    source_text: bool = True
    human: Human = field(default_factory=Human)

    @property
    def is_guarded(self) -> bool:
        """Whether it is to be handed on: anything is shown under another name, or not shown."""
        return bool(self.privacy or self.left_out) or not self.source_text

    @property
    def shows_texts(self) -> bool:
        """Whether whole posts and comments may be shown: each is one person's."""
        return self.source_text and not self.left_out

    @property
    def posts(self) -> Mapping[str, Post]:
        """Posts by id, each made when it is asked for; who asks for many takes what ``archive.posts`` has of them."""
        return self.archive.posts.by_id

    @cached_property
    def issues(self) -> dict[str, Issue]:
        """Issues and early voices by the ids of their groups."""
        return {issue.group.id: issue for issue in self.insight.issues}

    @cached_property
    def lessons(self) -> dict[str, list[Lesson]]:
        """Lessons by the id of the issue that they may help with, in their order."""
        found: dict[str, list[Lesson]] = {}
        for lesson in self.insight.lessons:
            found.setdefault(lesson.issue or "", []).append(lesson)
        return found

    @cached_property
    def people(self) -> dict[str, Person]:
        """What is known of people, by author id."""
        return {person.author_id: person for person in self.archive.people.values()}

    @cached_property
    def authors(self) -> frozenset[str]:
        """Ids of everyone who wrote a post or a comment."""
        return frozenset(self.archive.authors)

    @cached_property
    def communities(self) -> frozenset[str]:
        """Names of all communities that posts belong to."""
        return frozenset(self.archive.communities)

    @cached_property
    def homes(self) -> dict[str, str]:
        """Home community of each author id, where it is known."""
        return home_communities(self.archive.posts.heads(), self.archive.people)

    @cached_property
    def voices(self) -> Voices:
        """All passages with something to say in their writer's own words."""
        return Voices.together(group.members for group in self.insight.communities)

    def place(self, voice: Voice) -> tuple[float, float]:
        """Return where a passage lies in the picture of all, within the circle of radius 1."""
        x, y = self.places[voice.row].tolist()
        return x, y

    @cached_property
    def step_voices(self) -> Voices:
        """Those of them that count towards steps."""
        return counted(self.voices, (*self.insight.set_aside, *self.left_out.set_aside))

    @cached_property
    def names(self) -> dict[str, str]:
        """Display name of each author id: a pseudonym, that of ``authors.csv``, else the name written most lately, else the id."""
        if self.privacy.authors:
            return dict(self.privacy.authors)
        names: dict[str, str] = {}
        posts = self.archive.posts
        for author, name in zip(posts.of_texts("author_id"), posts.of_texts("author_name"), strict=True):
            if author:
                names[author] = name or names.get(author) or author
        names.update({person.author_id: person.name for person in self.archive.people.values() if person.name})
        return names

    def verified(self, quote: Quote) -> Quote:
        """Return the quote as it may be shown, once its words are those of its source: masked, its span with the masks put in.

        Raises
        ------
        QuoteError
            When they are not, or there is no such source.
        """
        where = f"{quote.post_id}" + (f"#{quote.comment}" if quote.comment else "")
        try:
            source = self.archive.posts.text(quote.post_id, quote.comment)
        except KeyError as error:
            raise QuoteError("quote_differs", where=where) from error
        if not 0 <= quote.start < quote.end <= len(source) or source[quote.start : quote.end] != quote.text:
            raise QuoteError("quote_differs", where=f"{where}:{quote.start}-{quote.end}")
        shown = self.privacy.span(quote.post_id, quote.comment, source, quote.start, quote.end)
        return replace(quote, text=shown)

    def words_of(self, voice: Voice) -> str:
        """Return the words of a passage as they may be shown; without source texts, those of it that are quoted, which may be none."""
        source = self.archive.posts.text(voice.post_id, voice.comment)
        spans = [(voice.start, voice.end)] if self.source_text else self._quoted_of(voice)
        shown = (self.privacy.span(voice.post_id, voice.comment, source, *span) for span in spans)
        return " … ".join(shown)

    def _quoted_of(self, voice: Voice) -> list[tuple[int, int]]:
        """Return the spans of a passage that are quoted anywhere, in order and without overlap."""
        merged: list[tuple[int, int]] = []
        for start, end in self._quoted.get((voice.post_id, voice.comment), ()):
            start, end = max(start, voice.start), min(end, voice.end)
            if start >= end:
                continue
            if merged and start <= merged[-1][1]:
                merged[-1] = merged[-1][0], max(end, merged[-1][1])
            else:
                merged.append((start, end))
        return merged

    @cached_property
    def _quoted(self) -> dict[tuple[str, int | None], list[tuple[int, int]]]:
        """Spans of all quotes that were chosen, sorted, by post and comment."""
        found: dict[tuple[str, int | None], list[tuple[int, int]]] = {}
        for quote in quotes_in(self.insight):
            found.setdefault((quote.post_id, quote.comment), []).append((quote.start, quote.end))
        return {place: sorted(spans) for place, spans in found.items()}

    def written(self, voice: Voice) -> str:
        """Return the words of a passage as they were written: to choose what is quoted, never to be shown."""
        return self.archive.posts.text(voice.post_id, voice.comment)[voice.start : voice.end]

    def title_of(self, post: Post) -> str | None:
        """Return the title of a post as it may be shown."""
        return post.title and self.privacy.whole(post.id, None, post.title, "title")

    @cached_property
    def dates(self) -> tuple[datetime, datetime] | None:
        """First and last known date of publication."""
        return self.archive.dates


def quotes_in(insight: Insight) -> Iterator[Quote]:
    """Return every quote of issues, topics and lessons, and the parts of lessons."""
    for issue in insight.issues:
        yield from (*issue.quotes, *issue.wishes, *(one for one in (issue.headline, issue.objection) if one))
    for topic in insight.topics:
        yield from topic.quotes
    for lesson in insight.lessons:
        yield from (lesson.quote, *lesson.parts.values())
