"""What of an analysis is shown under another name: masks over texts, pseudonyms for authors."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from functools import cached_property

from minecop.archive.models import Comment, Post
from minecop.text.masking import Mask, apply, find_personal, masked_span
from minecop.text.namewords import is_common

Place = tuple[str, int | None, str]
"""Post id, comment and field of a text."""

_BEFORE, _BEHIND = "เแโใไ", "\u0e30-\u0e3a\u0e45\u0e47-\u0e4e"
"""Letters that belong to the one after them, and before them: where one stands there it is another word."""

_SHORTEST_NAME = 3
"""Letters below which a masked name is also a part of other words."""


def _any_of(texts: Iterable[str]) -> re.Pattern[str] | None:
    long = sorted(texts, key=lambda text: (-len(text), text))
    if not long:
        return None
    return re.compile(rf"(?<![{_BEFORE}])(?:{'|'.join(map(re.escape, long))})(?![{_BEHIND}])")


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
        What is masked anywhere, and by what names authors go, as written, with what stands for it: for words that were taken out of
        texts. Never shown.
    communities
        By what names communities are shown that are not shown by their own.
    """

    masks: Mapping[Place, tuple[Mask, ...]] = field(default_factory=dict)
    authors: Mapping[str, str] = field(default_factory=dict)
    originals: Mapping[str, str] = field(default_factory=dict)
    communities: Mapping[str, str] = field(default_factory=dict)

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
    def _names(self) -> re.Pattern[str] | None:
        """What is masked wherever it stands."""
        return _any_of(text for text in self.originals if len(text) >= _SHORTEST_NAME and not is_common(text))

    @cached_property
    def _words(self) -> re.Pattern[str] | None:
        """What is an ordinary word, too, and a name only where a title, or the like, says so."""
        return _any_of(text for text in self.originals if is_common(text))

    def label(self, text: str) -> str:
        """Return words that were taken out of texts (a title of a topic) without what is masked in those."""
        if self._words and self._words.search(text):
            for found in reversed(find_personal(text)):
                if shown := self.originals.get(text[found.start : found.end]):
                    text = text[: found.start] + shown + text[found.end :]
        return text if self._names is None else self._names.sub(lambda found: self.originals[found[0]], text)

    def note(self, text: str) -> str:
        """Return what a person wrote that is in no text of the archive (a remark on a session) without what is personal in it."""
        if not self:
            return text
        shown = self.label(text)
        if not self.masks:
            return shown
        for found in reversed(find_personal(shown)):
            shown = f"{shown[: found.start]}[…]{shown[found.end :]}"
        return shown

    def person(self, name: str) -> str:
        """Return what stands for the name of a person who need not be of the archive: an author's pseudonym, else a mark."""
        if not self or not name:
            return name
        return self.originals.get(name) or "[…]"

    def joined(self, other: Privacy) -> Privacy:
        """Return what holds for words of this archive and of another one."""
        return replace(
            self,
            masks={**self.masks, **other.masks},
            authors={**self.authors, **other.authors},
            originals={**self.originals, **other.originals},
        )

    def post(self, post: Post) -> Post:
        """Return a post with its thread as it may be handed on: texts masked, and where authors are, no address that names them."""
        if not self:
            return post
        masked = replace(
            post,
            body=self.whole(post.id, None, post.body),
            title=post.title and self.whole(post.id, None, post.title, "title"),
            blurb=post.blurb and self.whole(post.id, None, post.blurb, "blurb"),
            tags=tuple(tag for tag in post.tags if self.label(tag) == tag and not (self.masks and find_personal(tag))),
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
