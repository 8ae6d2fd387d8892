"""The stage: from posts to a table of passages and a table of their words."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Set
from dataclasses import dataclass
from datetime import date, datetime
from types import MappingProxyType

import pyarrow as pa

from minecop.archive.models import Comment, Post
from minecop.core.dates import BANGKOK
from minecop.core.tables import table_of
from minecop.text.collocations import joined
from minecop.text.normalising import normalise
from minecop.text.segmenting import segment
from minecop.text.words import content_words, words, words_of

PASSAGES = pa.schema(
    [
        ("passage_id", pa.string()),
        ("post_id", pa.string()),
        ("comment", pa.int32()),
        ("start", pa.int32()),
        ("end", pa.int32()),
        ("author_id", pa.string()),
        ("community", pa.string()),
        ("published", pa.timestamp("s", tz="+07:00")),
        ("title", pa.string()),
        ("heading", pa.string()),
        ("origin", pa.string()),
        ("text", pa.string()),
    ]
)
"""Columns of the passages: where each stands, who wrote it, whether the words are the writer's ``own`` or ``quoted``, and the text.

A teaser that the text itself repeats is no passage: its words are there once."""

WORDS = pa.schema(
    [
        ("passage_id", pa.string()),
        ("words", pa.list_(pa.string())),
        ("joined", pa.list_(pa.string())),
        ("terms", pa.list_(pa.string())),
    ]
)
"""Columns of the words: all of them; the same with the archive's collocations joined, for labels; and those that tell what the passage is
about, unjoined, for what is joined has nothing in common with its parts."""


UNJOINED = WORDS.remove(WORDS.get_field_index("joined"))
"""Columns of the words before the archive's collocations are known: see ``with_collocations``."""


TITLES = pa.schema([("post_id", pa.string()), ("words", pa.list_(pa.string()))])
"""Columns of the titles' words: one row for each post that has passages, in the order of these."""


@dataclass(frozen=True, slots=True)
class Selection:
    """Which part of an archive a run looks at; empty fields restrict nothing.

    Attributes
    ----------
    since, until
        First and last day of publication, of post or comment, in Thai time; what has no date falls out when either is set.
    communities
        Communities of which the voice must be.
    groups
        Groups of ``authors.csv`` of which the author must be.
    """

    since: date | None = None
    until: date | None = None
    communities: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()

    def takes(
        self, author_id: str | None, community: str | None, published: datetime | None, groups: Mapping[str, str]
    ) -> bool:
        """Tell whether a voice falls within the selection."""
        day = published.astimezone(BANGKOK).date() if published else None
        if (self.since or self.until) and day is None:
            return False
        if day and ((self.since and day < self.since) or (self.until and day > self.until)):
            return False
        if self.communities and community not in self.communities:
            return False
        return not self.groups or groups.get(author_id or "") in self.groups


def passages_of(
    posts: Iterable[Post],
    homes: Mapping[str, str],
    groups: Mapping[str, str],
    selection: Selection,
    under_copies: Mapping[str, Set[int]] = MappingProxyType({}),
) -> tuple[pa.Table, pa.Table]:
    """Return the passages of posts and comments, and the words of the posts' titles.

    Parameters
    ----------
    posts
        Posts with their threads. The text of copies (``duplicate_of``) gives no passages: it would count a voice twice.
    homes
        Home community by author id.
    groups
        Group by author id, for the selection by it.
    selection
        What to leave out.
    under_copies
        Places of the comments that count, by copy: those that stand nowhere else.

    Returns
    -------
    tuple of pyarrow.Table
        Tables of schema ``PASSAGES`` and ``TITLES``, in the order of posts, comments and places.
    """
    rows: list[dict[str, object]] = []
    for post in posts:
        counted = under_copies.get(post.id, frozenset())
        texts = post.texts if not post.duplicate_of else [c for c in post.comments if c.position in counted]
        for text in texts:
            community = homes.get(text.author_id or "") or (post.communities[0] if post.communities else None)
            if selection.takes(text.author_id, community, text.published, groups):
                rows += _rows(post, text, community)
    title_of = {row["post_id"]: str(row["title"] or "") for row in rows}
    return (
        table_of(rows, PASSAGES),
        pa.table({"post_id": list(title_of), "words": list(map(words, title_of.values()))}, schema=TITLES),
    )


def words_of_passages(passages: pa.Table) -> pa.Table:
    """Return the words (schema ``UNJOINED``) of passages, given with ``passage_id`` and ``text``: each hangs on its text alone."""
    cut = [*map(words_of, [*map(normalise, passages["text"].to_pylist())])]
    terms = [content_words(all_words) for all_words in cut]
    return pa.table({"passage_id": passages["passage_id"], "words": cut, "terms": terms}, schema=UNJOINED)


def with_collocations(table: pa.Table, found: Mapping[tuple[str, str], float]) -> pa.Table:
    """Return a table of words (schema ``WORDS``) with the collocations that were found in the archive joined."""
    made = [joined(all_words, found) for all_words in table["words"].to_pylist()]
    place = WORDS.get_field_index("joined")
    return table.add_column(place, WORDS.field("joined"), pa.array(made, pa.list_(pa.string())))


def _rows(post: Post, text: Post | Comment, community: str | None) -> list[dict[str, object]]:
    comment = text.position if isinstance(text, Comment) else None
    return [
        {
            "passage_id": f"{post.id}/{comment or 0}/{number}",
            "post_id": post.id,
            "comment": comment,
            "start": span.start,
            "end": span.end,
            "author_id": text.author_id,
            "community": community,
            "published": text.published,
            "title": post.title,
            "heading": span.heading,
            "origin": span.origin,
            "text": text.body[span.start : span.end],
        }
        for number, span in enumerate((span for span in segment(text.body) if span.origin != "repeated"), 1)
    ]
