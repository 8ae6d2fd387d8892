"""Which texts of an archive were in an earlier one: posts change ids and comments change places as an archive grows."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence

from minecop.archive.keys import address_key, letters_key, letters_of
from minecop.archive.models import Comment, Post

Place = tuple[str, int | None]
"""Post id, and position of a comment or ``None`` for the post itself."""


def texts_before(earlier: Sequence[Post], later: Iterable[Post]) -> dict[Place, Place]:
    """Return where each text of a later archive stands in an earlier one; texts that are new there have no place.

    A post is the same under the same address, else under the same id where its author or its letters are the same, else where a long
    text has the same letters. Comments of one post are the same where their author and letters are; of what is left over, those with
    one id, or of one author and moment, are the same comment, edited.
    """
    by_address: dict[str, int] = {}
    by_id: dict[str, int] = {}
    by_letters: dict[str, int] = {}
    for row, post in enumerate(earlier):
        by_id.setdefault(post.id, row)
        if address := address_key(post.url):
            by_address.setdefault(address, row)
        if letters := letters_key(post.body):
            by_letters.setdefault(letters, row)

    def at(row: int | None) -> Post | None:
        return None if row is None else earlier[row]

    places: dict[Place, Place] = {}
    taken: set[str] = set()
    for post in later:
        found = (
            at(by_address.get(address_key(post.url) or ""))
            or _of_that_id(at(by_id.get(post.id)), post)
            or at(by_letters.get(letters_key(post.body) or ""))
        )
        if found is not None and found.id not in taken:
            taken.add(found.id)
            places[post.id, None] = (found.id, None)
            for old, new in _same_comments(found.comments, post.comments):
                places[post.id, new.position] = (found.id, old.position)
    return places


def _of_that_id(old: Post | None, new: Post) -> Post | None:
    """Return a post of the same id where it is not another site's post of that number."""
    addresses = {address_key(old.url), address_key(new.url)} - {None} if old else set()
    if old is None or len(addresses) > 1:
        return None
    same = old.author_id == new.author_id or letters_of(old.body) == letters_of(new.body)
    return old if same else None


def _same_comments(earlier: Iterable[Comment], later: Iterable[Comment]) -> Iterator[tuple[Comment, Comment]]:
    left, rest = list(earlier), list(later)
    signs = (
        lambda comment: (comment.author_id, letters_of(comment.body)),
        lambda comment: comment.id,
        lambda comment: comment.author_id and comment.published and (comment.author_id, comment.published),
    )
    for sign in signs:
        there: dict[object, list[Comment]] = {}
        for old in left:
            if sign(old):
                there.setdefault(sign(old), []).append(old)
        missing = []
        for new in rest:
            if same := there.get(sign(new)):
                old = same.pop(0)
                left.remove(old)
                yield old, new
            else:
                missing.append(new)
        rest = missing
