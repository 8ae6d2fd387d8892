"""What the insight stage finds, as plain values that can be written to JSON and read back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import datetime

STATUSES = ("shared", "early", "minority", "fading", "settled")
"""Shared: at or above the bar, in several threads. Early: below it. Minority: too few people, but of unlike communities. Fading: was
shared, now quiet. Settled: was shared, and people say that it is solved."""

FEWEST_AUTHORS = 3
"""People that a shared issue has at least."""

FEWEST_COMMUNITIES = 2
"""Communities that they come from at least."""

BELOW_THE_BAR = frozenset({"early", "minority"})
"""Statuses of what too few people voice to be called shared."""

CONFIDENCES = ("clear", "likely", "weak")

LESSON_PARTS = ("problem", "action", "result", "why", "advice")
"""Parts of a lesson, in the order in which they are told."""

LESSON_KINDS = ("success", "obstacle", "recommendation")
"""What a lesson is of use for; one may be several, or none that its words tell."""

CLEAR_LESSON = 1.0
"""Score of a lesson from which it is surely one."""

TRENDS = ("rising", "steady", "falling", "unknown")


@dataclass(frozen=True, slots=True)
class Voice:
    """One passage, as far as counting people needs it.

    Attributes
    ----------
    author_id, community, published
        ``None`` where unknown.
    comment
        ``None`` for the post itself, else the comment's position in its record.
    start, end
        Code points into that text.
    row
        Of the passage among all of the archive, for what else is known of it; -1 where that is told nowhere.
    """

    passage_id: str
    post_id: str
    comment: int | None
    start: int
    end: int
    author_id: str | None
    community: str | None
    published: datetime | None
    row: int = field(default=-1, compare=False)


@dataclass(frozen=True, slots=True)
class Quote:
    """A verbatim span with its source; ``text`` is checked against the source before it is shown anywhere."""

    post_id: str
    comment: int | None
    start: int
    end: int
    text: str


@dataclass(frozen=True, slots=True)
class Period:
    """One period of an archive: its name, and how many distinct people spoke, of the issue and at all."""

    name: str
    voices: int
    all_voices: int


@dataclass(frozen=True, slots=True)
class Trend:
    """How an issue's share of the voices moves.

    Attributes
    ----------
    direction
        One of ``TRENDS``.
    before, lately
        Distinct people before, and within, the last third of the periods.
    ratio, low, high
        Share of the voices in the last third of the periods over that before, with a 90 % interval; ``None`` where unknown.
    periods
        What it was computed from.
    """

    direction: str
    before: int = 0
    lately: int = 0
    ratio: float | None = None
    low: float | None = None
    high: float | None = None
    periods: tuple[Period, ...] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """Passages that belong together - a topic, a step, an issue - counted by people.

    Attributes
    ----------
    id, title
        What it is called.
    author_ids, community_names
        Distinct and sorted; unknown ones are in neither.
    unnamed
        Passages whose author is unknown: shown apart, never counted towards a bar.
    """

    id: str
    title: str
    author_ids: tuple[str, ...]
    community_names: tuple[str, ...]
    unnamed: int
    trend: Trend
    members: Sequence[Voice]


@dataclass(frozen=True, slots=True)
class Topic:
    """What many passages are about.

    Attributes
    ----------
    group
        Its people and passages.
    terms
        The terms that name it, the best first.
    theme
        Id of the theme that it is of.
    stability
        Share of it that is found again in parts of the archive, 0 to 1; ``None`` where there are too few passages to tell.
    sure
        Share of its passages that come to it again when topics are found without them, 0 to 1; ``None`` where that cannot be told.
    change, others
        What became of it since the last run (``new same grown merged split``), and the numbers of other topics which that concerns;
        ``None`` where there was none.
    quotes
        Voices that stand for it.
    machine
        Whether its title is a language model's.
    """

    group: Group
    terms: tuple[str, ...] = ()
    theme: str = ""
    stability: float | None = None
    sure: float | None = None
    change: str | None = None
    others: tuple[int, ...] = ()
    quotes: tuple[Quote, ...] = ()
    machine: bool = False


@dataclass(frozen=True, slots=True)
class Faded:
    """A topic of the last run that is none any more.

    Attributes
    ----------
    topic, label
        Its number and what it was called.
    others
        Numbers of the topics that most of its passages went to.
    """

    topic: int
    label: str
    others: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Grounds:
    """What speaks for an issue and against it, each apart. People are ids, distinct and sorted; unknown ones stand nowhere.

    Attributes
    ----------
    effective_authors
        How many people it would be if all had written as much: the exponential of the entropy of their characters (Hill 1973; Jost 2006).
    organisations, provinces, professions
        Of its people, as far as ``authors.csv`` tells them.
    adding
        People who add a case of their own under somebody else's post.
    asking
        People who ask readers something.
    stuck
        People in whose words it shows that they know no way on.
    agreeing, doubting
        People who agree under such a post, and who doubt or object, however softly.
    settling
        People who say that it is solved: in its threads, or elsewhere later on.
    threads, unanswered
        Threads that it is voiced in, and those of them in which somebody asks and nobody else has said anything since.
    steps
        People by the step of the process that their passage is about.
    gaps
        Steps before the one that most of its people write of, about which nobody says anything.
    stability
        Share of it that is found again in parts of the archive, 0 to 1; ``None`` for a single thread.
    burst
        Largest share of its dated people who speak of it within three weeks.
    season
        Months (1 to 12) in which it comes back in more than one year.
    """

    effective_authors: float = 0.0
    organisations: tuple[str, ...] = ()
    provinces: tuple[str, ...] = ()
    professions: tuple[str, ...] = ()
    adding: tuple[str, ...] = ()
    asking: tuple[str, ...] = ()
    stuck: tuple[str, ...] = ()
    agreeing: tuple[str, ...] = ()
    doubting: tuple[str, ...] = ()
    settling: tuple[str, ...] = ()
    threads: int = 0
    unanswered: int = 0
    steps: dict[int, int] = field(default_factory=dict)
    gaps: tuple[int, ...] = ()
    stability: float | None = None
    burst: float = 0.0
    season: tuple[int, ...] = ()


@dataclass(frozen=True, slots=True)
class Issue:
    """A concern that several people voice, with the evidence for that, each shown apart.

    Attributes
    ----------
    group
        Its people and passages.
    rank
        1-based, over the whole list, shared ones first.
    status
        One of ``STATUSES``.
    agreement
        How much more alike its threads are than any two threads of the archive; 0 for a single thread.
    confidence
        ``clear``, ``likely`` or ``weak``: how far people, agreement and movement together are from chance.
    grounds
        What speaks for it and against it.
    quotes
        Three to five voices.
    objection
        One that doubts or objects; ``None`` where there is none.
    wishes
        What its people want or propose, verbatim: a goal may be made from it.
    known
        Neutral name of the known concern (``vectors/anchors.py``) that it lies nearest; empty where it lies near none.
    terms
        The words that tell it from the rest of the archive.
    headline
        One line of the first quote, verbatim too; ``None`` without quotes.
    """

    group: Group
    rank: int
    status: str
    agreement: float
    confidence: str
    grounds: Grounds
    quotes: tuple[Quote, ...]
    terms: tuple[str, ...]
    headline: Quote | None
    objection: Quote | None = None
    wishes: tuple[Quote, ...] = ()
    known: str = ""


@dataclass(frozen=True, slots=True)
class Lesson:
    """What somebody learned from what was done.

    Attributes
    ----------
    voice
        The passage that tells it.
    own
        Whether it is of the writer's own action; else it is reported of others.
    quote
        What of the passage is quoted.
    parts
        Those of ``LESSON_PARTS`` that were found, as quotes.
    step, topic
        That the passage is about; 0 and -1 for none.
    outcome
        ``good``, ``bad`` or ``untold``: what its words say of the result.
    kinds
        Those of ``LESSON_KINDS`` that it is.
    score
        How far above the bar of a lesson the passage lies (log odds).
    again
        Passages that tell it once more: copies, and what its writer repeats.
    issue, likeness
        Id of the issue that it may help with, and how like that it is, in spreads; ``None`` and 0 where none is near enough.
    """

    voice: Voice
    own: bool
    quote: Quote
    parts: dict[str, Quote]
    step: int
    topic: int
    outcome: str
    kinds: tuple[str, ...]
    score: float
    again: int
    issue: str | None
    likeness: float

    @property
    def clear(self) -> bool:
        """Whether it surely is one: of such, 18 in 21 were right to a reader of the sample archive, of the others 12 in 21."""
        return self.score >= CLEAR_LESSON


@dataclass(frozen=True, slots=True)
class SetAside:
    """Something that might be taken for an issue and is none, with the reason."""

    reason: str
    title: str
    members: Sequence[Voice]


@dataclass(frozen=True, slots=True)
class Insight:
    """All that the stage finds."""

    issues: tuple[Issue, ...]
    set_aside: tuple[SetAside, ...]
    topics: tuple[Topic, ...]
    themes: tuple[Group, ...]
    faded: tuple[Faded, ...]
    steps: tuple[Group, ...]
    communities: tuple[Group, ...]
    lessons: tuple[Lesson, ...]
    funnel: dict[str, int]
    facets: tuple[Group, ...] = ()
