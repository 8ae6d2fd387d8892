"""Rows of one post that follow one another, put together: one post with its thread."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace

from minecop.archive.merging import merge_posts
from minecop.archive.models import Comment, Post
from minecop.core.errors import InputError

LONGEST_THREAD = 10_000
"""Comments of one post that are held at once; those beyond follow as records of the same post."""


def gathered(posts: Iterable[Post]) -> Iterator[Post]:
    """Put records of one post that follow one another together: its rows with one comment each become one thread.

    Records of one id with unlike texts stay apart: what they are to one another is settled later.
    """
    held: Post | None = None
    thread: list[Comment] = []
    try:
        for post in posts:
            if held is None or post.id != held.id or (post.body and held.body and post.body != held.body):
                following = post
            elif len(thread) < LONGEST_THREAD:
                held = merge_posts(held, replace(post, comments=()))
                last = thread[-1].position if thread else 0
                thread += [replace(comment, position=last + n) for n, comment in enumerate(post.comments, 1)]
                continue
            else:
                following = replace(post, body="") if post.body == held.body else post
            if held is not None:
                yield replace(held, comments=tuple(thread))
            held, thread = following, list(following.comments)
    except InputError:
        if held is not None:
            yield replace(held, comments=tuple(thread))
        raise
    if held is not None:
        yield replace(held, comments=tuple(thread))


def threads_gathered(posts: Iterable[Post]) -> Iterator[Post]:
    """Put comments of one post that follow one another together, each at its own position."""
    held: Post | None = None
    thread: list[Comment] = []
    for post in posts:
        if held is not None and post.id == held.id and len(thread) < LONGEST_THREAD:
            thread += post.comments
            continue
        if held is not None:
            yield replace(held, comments=tuple(thread))
        held, thread = post, list(post.comments)
    if held is not None:
        yield replace(held, comments=tuple(thread))
