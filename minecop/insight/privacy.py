"""What of an analysis is shown under another name: masks over texts, pseudonyms for authors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from minecop.archive.models import Comment, Post
from minecop.text.masking import Mask, apply, find_personal, masked_span

Place = tuple[str, int | None, str]
"""Post id, comment and field of a text."""

_SHORTEST_NAME = 3
"""Letters below which a masked name is also a part of other words."""


@dataclass(frozen=True)
class Privacy:
    """What stands in place of what is personal; empty, everything is shown as it is.

    Attributes
    ----------
    masks
        By text. Spans index the texts as written.
    authors
        Pseudonym by author id; empty where authors are named.
    originals
        What is masked anywhere, as written, with its replacement: for words that were taken out of texts. Never shown.
    """

    masks: Mapping[Place, tuple[Mask, ...]] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)

    def __bool__(self) -> bool:
        return bool(self.masks or self.authors)

    @property
    def counts(self) -> Counter[str]:
        """How many places are masked, by kind."""
        return Counter(mask.kind for masks in self.masks.values() for mask in masks)

    def span(self, post_id: str, comment: int | None, text: str, start: int, end: int) -> str:
        """Return the words of a span of a body."""
        return masked_span(text, self.masks.get((post_id, comment, "body"), ()), start, end)

    def whole(self, post_id: str, comment: int | None, text: str, part: str = "body") -> str:
        """Return a whole text: a body, ``title`` or ``blurb``."""
        return apply(text, self.masks.get((post_id, comment, part), ()))

    def author(self, author_id: str | None, name: str | None) -> str | None:
        """Return what an author is called."""
        return self.authors.get(author_id or "", name if not self.authors else None)

    @cached_property
    def _pattern(self) -> re.Pattern[str] | None:
        long = sorted((text for text in self.originals if len(text) >= _SHORTEST_NAME), key=lambda t: (-len(t), t))
        return re.compile("|".join(map(re.escape, long))) if long else None

    def label(self, text: str) -> str:
        """Return words that were taken out of texts (a title of a topic) without what is masked in those."""
        pattern = self._pattern
        return text if pattern is None else pattern.sub(lambda found: self.originals[found[0]], text)

    def post(self, post: Post) -> Post:
        """Return a post with its thread as it may be handed on: texts masked, and where authors are, no address that names them."""
        if not self:
            return post
        masked = replace(
            post,
            body=self.whole(post.id, None, post.body),
            title=post.title and self.whole(post.id, None, post.title, "title"),
            blurb=post.blurb and self.whole(post.id, None, post.blurb, "blurb"),
            tags=tuple(tag for tag in post.tags if not self.masks or not find_personal(tag)),
            comments=tuple(self._comment(post, comment) for comment in post.comments),
            source="",
        )
        if not self.authors:
            return masked
        name = self.author(post.author_id, None)
        return replace(masked, author_id=name, author_name=None, url=None, blog=None, series=None)

    def _comment(self, post: Post, comment: Comment) -> Comment:
        masked = replace(comment, body=self.whole(post.id, comment.position, comment.body), addressee=None)
        if not self.authors:
            return masked
        return replace(masked, author_id=self.author(comment.author_id, None), author_name=None)
