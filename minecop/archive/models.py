"""Posts, comments and people, as plain values."""

from __future__ import annotations

from dataclasses import dataclass, field, fields
from datetime import datetime
from operator import attrgetter


@dataclass(frozen=True, slots=True)
class Comment:
    """One comment.

    Attributes
    ----------
    position
        1-based place in the record that it was read from; sorting or merging never changes it.
    body
        Its text, code point for code point.
    id, author_id, author_name, published
        ``None`` where unknown.
    reply_to
        Id of the comment (or post) that it answers, where the source says so.
    addressee
        Name of the person whom its first words address (``คุณขจิต``), without the title: a hint, no more.
    """

    position: int
    body: str
    id: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    published: datetime | None = None
    reply_to: str | None = None
    addressee: str | None = None

    def __reduce__(self) -> tuple[object, ...]:
        """Go to another process as the values alone: what the class does by itself takes thrice as long."""
        return Comment, _values_of_comment(self)


@dataclass(frozen=True, slots=True)
class Post:
    """One post with its comment thread.

    Attributes
    ----------
    id
        The record's own id; ``host/id`` only where two hosts use the same one.
    body
        Its text, without title, blurb, page chrome and comments. Empty where only the thread was at hand.
    blurb
        A pull quote at the head of the page that repeats a sentence of the body; never counted.
    blog
        Name of the blog that it stands in, as its address or page has it.
    estimated
        Whether ``published`` is an estimate of the month, made from the post's number.
    excerpt
        Whether the source says that the body is only its beginning (a feed's summary).
    comments_said
        How many comments the source says there are; ``None`` where it does not.
    duplicate_of
        Id of the post that this one is a copy of.
    series, part
        What the posts of one series have in common, and the number of this one in it.
    source
        Where it was read: file and record.
    """

    id: str
    body: str
    url: str | None = None
    title: str | None = None
    blurb: str | None = None
    author_id: str | None = None
    author_name: str | None = None
    communities: tuple[str, ...] = ()
    published: datetime | None = None
    modified: datetime | None = None
    tags: tuple[str, ...] = ()
    comments: tuple[Comment, ...] = ()
    blog: str | None = None
    estimated: bool = False
    excerpt: bool = False
    comments_said: int | None = None
    duplicate_of: str | None = None
    series: str | None = None
    part: int | None = None
    source: str = ""

    def __reduce__(self) -> tuple[object, ...]:
        """As a comment does."""
        return Post, _values_of_post(self)

    @property
    def texts(self) -> tuple[Post | Comment, ...]:
        """The post itself, then its comments."""
        return (self, *self.comments)

    def text(self, comment: int | None) -> str:
        """Return the body of the post (``None``) or of the comment at a position.

        Raises
        ------
        KeyError
            When there is no comment at that position.
        """
        if comment is None:
            return self.body
        for candidate in self.comments:
            if candidate.position == comment:
                return candidate.body
        raise KeyError(comment)


_values_of_comment, _values_of_post = (attrgetter(*(one.name for one in fields(kind))) for kind in (Comment, Post))


@dataclass(frozen=True, slots=True)
class Person:
    """What is known of an author from ``authors.csv``; blank is unknown."""

    author_id: str
    name: str = ""
    aliases: tuple[str, ...] = ()
    home_community: str = ""
    organisation: str = ""
    province: str = ""
    profession: str = ""
    group: str = ""


@dataclass(frozen=True, slots=True)
class Entry:
    """One line of the import account.

    Attributes
    ----------
    kind
        ``read``, ``merged``, ``guessed``, ``warning`` or ``refused``.
    source
        File, and record within it (``posts.jsonl:12``).
    key
        Key of the message that says why.
    details
        What the message names.
    """

    kind: str
    source: str
    key: str
    details: dict[str, str] = field(default_factory=dict)


@dataclass(slots=True)
class Account:
    """What happened to everything that was offered for import.

    Attributes
    ----------
    entries
        One line for everything worth telling.
    files
        Files in which something was read.
    posts, comments
        In the archive.
    new_posts, new_comments, updated_posts
        By which the archive grew, and posts that it had and that were edited or got comments.
    """

    entries: list[Entry] = field(default_factory=list)
    files: int = 0
    posts: int = 0
    comments: int = 0
    new_posts: int = 0
    new_comments: int = 0
    updated_posts: int = 0

    def add(self, kind: str, source: str, key: str, /, **details: object) -> None:
        """Write one line."""
        self.entries.append(Entry(kind, source, key, {name: str(value) for name, value in details.items()}))

    def count(self, kind: str) -> int:
        """Return how many lines are of a kind."""
        return sum(entry.kind == kind for entry in self.entries)
