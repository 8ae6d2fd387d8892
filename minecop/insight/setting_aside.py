"""What looks like an issue and is none: recognised before anything is counted, shown in an annex, never hidden."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from datetime import timedelta
from itertools import combinations

from minecop.acts.marking import cue_hits, mark
from minecop.archive.models import Post

REASONS = ("copied", "explainer", "platform", "announcement", "series", "event")
"""In the order in which they are looked for: the first that holds counts."""

_FEWEST_PARTS = 3
EVENT_SPAN = timedelta(days=21)
"""Days within which people tell of an event."""

_EVENT_PEOPLE = 3
_EVENT_MOST_POSTS = 12
_NAME_LETTERS = 10
"""Letters in a row that several posts share and no other has: a place, a project, a speaker - hardly ever chance."""

_FEWEST_HITS = 2
_LETTERS_A_HIT = 500

_COPY_LETTERS = 8
_COPY_SHARE = 0.6
_SHORTEST_COPY = 150

# "ตอนที่ ๓", "(3)", "[1]", "ภาค 2", "#4" at the end of a title's stem or after it
_PART = re.compile(
    r"(?:ตอน(?:ที่|จบ)?|ภาค(?:ที่)?|ครั้งที่|part)\s*[\d๐-๙]*|[(\[#]\s*[\d๐-๙]{1,3}(?:[.][\d๐-๙]+)?\s*[)\]]?|[\d๐-๙]{1,3}\s*[.)]?\s*$",
    re.IGNORECASE,
)
_RUN = re.compile("[ก-๎A-Za-z]+")


def posts_set_aside(posts: Sequence[Post]) -> dict[str, str]:
    """Return the reason for each post that is set aside, by post id.

    Copied: nearly the same text by another author. Explainer: a method defined, in nobody's own words. Platform: talk about the blog
    itself. Announcement: news and invitations. Series: one author's numbered parts. Event: three or more people tell of one event within
    three weeks.
    """
    reasons: dict[str, str] = {}
    for reason, found in (
        ("copied", _copied(posts)),
        ("explainer", _explaining(posts)),
        ("platform", _about(posts, "platform")),
        ("announcement", _about(posts, "announcement")),
        ("series", _series(posts)),
        ("event", _events(posts)),
    ):
        for post_id in found:
            reasons.setdefault(post_id, reason)
    return reasons


def _explaining(posts: Iterable[Post]) -> set[str]:
    """Return the posts that, taken as a whole, define a method and tell nothing of the writer's own."""
    return {post.id for post in posts if "explainer" in mark(f"{post.title or ''}\n{post.body}")}


def _about(posts: Iterable[Post], act: str) -> set[str]:
    """Return the posts in which the words that show an act stand thickly: a passing word in another story is not enough."""
    found = set()
    for post in posts:
        text = f"{post.title or ''}\n{post.body}"
        hits = len(cue_hits(text, act))
        if hits >= _FEWEST_HITS and hits >= len(text) / _LETTERS_A_HIT:
            found.add(post.id)
    return found


def _copied(posts: Sequence[Post]) -> set[str]:
    """Return posts of different authors of which one is, for the larger part, in the other (containment of letter runs)."""
    shingles = {post.id: _runs(post.body, _COPY_LETTERS) for post in posts if len(post.body) >= _SHORTEST_COPY}
    where: dict[str, list[str]] = defaultdict(list)
    for post_id, found in shingles.items():
        for run in found:
            where[run].append(post_id)
    shared: Counter[tuple[str, str]] = Counter()
    for ids in where.values():
        if 2 <= len(ids) <= _EVENT_MOST_POSTS:
            shared.update(combinations(sorted(ids), 2))
    authors = {post.id: post.author_id for post in posts}
    copied: set[str] = set()
    for (one, other), count in shared.items():
        smaller = min(len(shingles[one]), len(shingles[other]))
        unlike = authors[one] != authors[other] or authors[one] is None
        if unlike and smaller and count / smaller >= _COPY_SHARE:
            copied |= {one, other}
    return copied


def _runs(text: str, length: int) -> set[str]:
    return {word[n : n + length] for word in _RUN.findall(text) for n in range(len(word) - length + 1)}


def title_stem(title: str) -> str:
    """Return a title without its part's number and what follows it: ``ขยะบ้านเรา ตอนที่ ๓ ...`` gives ``ขยะบ้านเรา``."""
    found = _PART.search(title)
    stem = title[: found.start()] if found and found.start() else title
    return " ".join(re.sub(r"[\s:–-]+$", "", stem).split())


def _series(posts: Iterable[Post]) -> set[str]:
    """Return posts of one author under one title stem, of which there are at least three with numbers."""
    parts: dict[tuple[str, str], list[Post]] = defaultdict(list)
    for post in posts:
        if post.title and post.author_id and _PART.search(post.title):
            stem = title_stem(post.title)
            if len(stem) >= 4:
                parts[post.author_id, stem].append(post)
    return {post.id for group in parts.values() if len(group) >= _FEWEST_PARTS for post in group}


def _events(posts: Iterable[Post]) -> set[str]:
    """Return posts in which several people tell of one event: within three weeks, and sharing a name that no other post has."""
    dated = {post.id: post for post in posts if post.author_id and post.published}
    where: dict[str, set[str]] = defaultdict(set)
    for post in posts:
        for run in _runs(f"{post.title or ''} {post.body}", _NAME_LETTERS):
            where[run].add(post.id)
    found: set[str] = set()
    for ids in where.values():
        if _EVENT_PEOPLE <= len(ids) <= _EVENT_MOST_POSTS and ids <= dated.keys():
            told = [dated[post_id] for post_id in sorted(ids)]
            days = [post.published for post in told if post.published]
            if max(days) - min(days) <= EVENT_SPAN and len({post.author_id for post in told}) >= _EVENT_PEOPLE:
                found |= ids
    return found
