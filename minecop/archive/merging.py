"""Several records of one post become one post: nothing that any of them knows is lost."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from minecop.archive.keys import letters_of
from minecop.archive.models import Comment, Post


def merge_posts(first: Post, second: Post, *, newer: bool = False) -> Post:
    """Return one post of two records of it.

    The text is that of the record last modified; where neither tells, a whole text goes before an excerpt or none, and then the first
    before the second (``newer``: the second before the first). Blanks are filled from the other record. Comments are put together.

    Parameters
    ----------
    first, second
        Records of the same post. Id, source and the places of the comments of ``first`` stay.
    newer
        Whether the second record is known to have been made later.
    """
    text, other = (second, first) if _goes_before(second, first, newer=newer) else (first, second)
    return replace(
        text,
        id=first.id,
        source=first.source,
        url=text.url or other.url,
        title=text.title or other.title,
        blurb=text.blurb or other.blurb,
        author_id=text.author_id or other.author_id,
        author_name=text.author_name or other.author_name,
        communities=tuple(dict.fromkeys((*text.communities, *other.communities))),
        published=text.published or other.published,
        modified=text.modified or other.modified,
        tags=tuple(dict.fromkeys((*text.tags, *other.tags))),
        blog=text.blog or other.blog,
        comments=merge_threads(first.comments, second.comments),
        comments_said=max((n for n in (first.comments_said, second.comments_said) if n is not None), default=None),
    )


def _goes_before(second: Post, first: Post, *, newer: bool) -> bool:
    if not first.body or not second.body:
        return not first.body
    if first.excerpt != second.excerpt:
        return first.excerpt
    if first.modified and second.modified and first.modified != second.modified:
        return second.modified > first.modified
    if bool(first.modified) != bool(second.modified):
        return second.modified is not None
    return newer


def merge_threads(first: Sequence[Comment], second: Sequence[Comment]) -> tuple[Comment, ...]:
    """Return the comments of two records of one thread, each once.

    Two are the same where their ids are, or where their letters are and neither says another id, author or date. Those of the first
    record keep their places; what only the second has comes after them, in its order.
    """
    if not second:
        return tuple(first)
    merged = list(first)
    by_id = {comment.id: n for n, comment in enumerate(merged) if comment.id}
    by_letters: dict[str, list[int]] = {}
    for n, comment in enumerate(merged):
        by_letters.setdefault(letters_of(comment.body), []).append(n)
    taken: set[int] = set()
    last = max((comment.position for comment in merged), default=0)
    for comment in second:
        place = by_id.get(comment.id or "")
        if place is None:
            alike = by_letters.get(letters_of(comment.body), ())
            place = next((n for n in alike if n not in taken and _may_be_one(merged[n], comment)), None)
        if place is None:
            last += 1
            merged.append(replace(comment, position=last))
        else:
            taken.add(place)
            merged[place] = _filled(merged[place], comment)
    return tuple(merged)


def _may_be_one(one: Comment, other: Comment) -> bool:
    pairs = ((one.id, other.id), (one.author_id, other.author_id), (one.published, other.published))
    return all(a is None or b is None or a == b for a, b in pairs)


def _filled(known: Comment, other: Comment) -> Comment:
    return replace(
        known,
        body=known.body or other.body,
        id=known.id or other.id,
        author_id=known.author_id or other.author_id,
        author_name=known.author_name or other.author_name,
        published=known.published or other.published,
        reply_to=known.reply_to or other.reply_to,
        addressee=known.addressee or other.addressee,
    )
