"""What looks like an issue and is none: recognised before anything is counted, shown in an annex, never hidden."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from datetime import datetime, timedelta
from itertools import combinations

import numpy as np
from numpy.typing import NDArray

from minecop.acts.cues import cue_hits, explains
from minecop.archive.models import Post
from minecop.text.normalising import normalise

REASONS = ("copied", "explainer", "platform", "announcement", "series", "coursework", "event")
"""In the order in which they are looked for: the first that holds counts."""

_FEWEST_PARTS = 3
EVENT_SPAN = timedelta(days=21)
"""Days within which people tell of an event."""

EVENT_PEOPLE = 3
"""People who tell of it at least."""

_CLASS = 5
"""People who hand something in at least, for it to be a class that was set a task."""

_CLASS_SPAN = timedelta(days=28)
"""Days within which they do."""

# said by who hands it in, not by who sets it: "ส่งงาน" and "การบ้าน" alone are what teachers write of
_HANDED_IN = re.compile(
    r"(?:เป็น)?ส่วนหนึ่งของ(?:การเรียน)?(?:ราย)?วิชา|รหัส(?:ประจำตัว)?(?:นักศึกษา|นิสิต|นักเรียน)\s*[:.]?\s*[\d๐-๙]{5,}"
    r"|(?:ส่ง|เรียน|เสนอ)\s?(?:ท่าน)?(?:อาจารย์|อ\.)\s?(?:ผู้สอน|ประจำวิชา|ที่ปรึกษา)|ส่ง(?:งาน|การบ้าน)(?:วิชา|อาจารย์|ครับอาจารย์|ค่ะอาจารย์)"
    r"|(?:อาจารย์|อ\.|ครู)[ก-๙. ]{0,20}(?:มอบหมาย|สั่ง|กำหนด)ให้(?:พวกเรา|เรา|นักศึกษา|นิสิต|ทุกคน)?(?:เขียน|ทำ|สะท้อน|บันทึก|สรุป|โพสต์|ส่ง)"
    r"|งาน(?:ชิ้น|ครั้ง)ที่\s*[\d๐-๙]|(?:สะท้อนคิด|บันทึกการเรียนรู้|อนุทิน|reflection)\s*(?:ครั้ง|สัปดาห์)ที่\s*[\d๐-๙]",
    re.IGNORECASE,
)

_EVENT_MOST_POSTS = 12
_EVENT_LARGEST_SHARE = 0.1
"""Of all posts that may tell of one event: in a handful of posts any long word is one that no other post has."""

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
_MULTIPLIER = np.uint64(0x100000001B3)  # the prime of the FNV hash: any large odd number would serve

Numbers = NDArray[np.uint64]


def posts_set_aside(posts: Sequence[Post]) -> dict[str, str]:
    """Return the reason for each post that is set aside, by post id.

    Copied: nearly the same text by another author. Explainer: a method defined, in nobody's own words. Platform: talk about the blog
    itself. Announcement: news and invitations. Series: one author's numbered parts. Coursework: what a class was told to
    write. Event: three or more people tell of one event within three weeks.
    """
    clean = {post.id: normalise(f"{post.title or ''}\n{post.body}") for post in posts}
    reasons: dict[str, str] = {}
    for reason, found in (
        ("copied", _copied(posts)),
        ("explainer", _explaining(clean)),
        ("platform", _about(clean, "platform")),
        ("announcement", _about(clean, "announcement")),
        ("series", _series(posts)),
        ("coursework", _coursework(posts)),
        ("event", _events(posts)),
    ):
        for post_id in found:
            reasons.setdefault(post_id, reason)
    return reasons


def _explaining(clean: Mapping[str, str]) -> set[str]:
    """Return the posts (normalised texts by id) that, taken as a whole, define a method and tell nothing of the writer's own."""
    return {post_id for post_id, text in clean.items() if explains(text)}


def _about(clean: Mapping[str, str], act: str) -> set[str]:
    """Return the posts in which the words that show an act stand thickly: a passing word in another story is not enough."""
    found = set()
    for post_id, text in clean.items():
        hits = len(cue_hits(text, act))
        if hits >= _FEWEST_HITS and hits >= len(text) / _LETTERS_A_HIT:
            found.add(post_id)
    return found


def _copied(posts: Sequence[Post]) -> set[str]:
    """Return posts of different authors of which one is, for the larger part, in the other (containment of letter runs)."""
    long = [post for post in posts if len(post.body) >= _SHORTEST_COPY]
    runs = [letter_runs(post.body, _COPY_LETTERS) for post in long]
    shared: Counter[tuple[int, int]] = Counter()
    for where in shared_runs(runs, 2, _EVENT_MOST_POSTS):
        shared.update(combinations(where, 2))
    copied: set[str] = set()
    for (one, other), count in shared.items():
        unlike = long[one].author_id != long[other].author_id or long[one].author_id is None
        if unlike and count >= _COPY_SHARE * min(len(runs[one]), len(runs[other])):
            copied |= {long[one].id, long[other].id}
    return copied


def letter_runs(text: str, length: int) -> Numbers:
    """Return a number for each distinct run of a length of letters in a row, sorted: a polynomial of its code points, modulo 2**64."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), dtype=np.uint32).astype(np.uint64)
    if len(codes) < length:
        return np.empty(0, dtype=np.uint64)
    letters = ((codes >= ord("ก")) & (codes <= ord("๎"))) | ((codes | 32) - ord("a") < 26)
    runs = np.zeros(len(codes) - length + 1, dtype=np.uint64)
    whole = np.ones(len(runs), dtype=bool)
    for place in range(length):
        runs = runs * _MULTIPLIER + codes[place : place + len(runs)]
        whole &= letters[place : place + len(runs)]
    return np.unique(runs[whole])


def shared_runs(runs: Sequence[Numbers], fewest: int, most: int) -> Iterator[tuple[int, ...]]:
    """Yield, for each run that stands in at least and at most so many texts, the indexes of those texts, sorted."""
    if not runs:
        return
    owners = np.repeat(np.arange(len(runs)), [len(found) for found in runs])
    every = np.concatenate(runs)
    order = np.argsort(every, kind="stable")
    every, owners = every[order], owners[order]
    bounds = np.flatnonzero(np.concatenate([[True], every[1:] != every[:-1], [True]])) if len(every) else np.array([0])
    sizes = np.diff(bounds)
    for place in np.flatnonzero((sizes >= fewest) & (sizes <= most)):
        yield tuple(owners[bounds[place] : bounds[place + 1]].tolist())


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


def _coursework(posts: Iterable[Post]) -> set[str]:
    """Return posts that say they are handed in, of which five or more people of one community write some within four weeks."""
    by_class: dict[tuple[str, ...], list[tuple[datetime, str, str]]] = defaultdict(list)
    for post in posts:
        if post.published and post.author_id and _HANDED_IN.search(f"{post.title or ''}\n{post.body}"):
            by_class[post.communities].append((post.published, post.author_id, post.id))
    found: set[str] = set()
    for handed_in in by_class.values():
        handed_in.sort()
        for first, (day, _, _) in enumerate(handed_in):
            wave = [one for one in handed_in[first:] if one[0] - day <= _CLASS_SPAN]
            if len({author for _, author, _ in wave}) >= _CLASS:
                found |= {post_id for _, _, post_id in wave}
    return found


def _events(posts: Sequence[Post]) -> set[str]:
    """Return posts in which several people tell of one event: within three weeks, and sharing a name that no other post has."""
    most = min(_EVENT_MOST_POSTS, int(_EVENT_LARGEST_SHARE * len(posts)))
    if most < EVENT_PEOPLE:
        return set()
    runs = [letter_runs(f"{post.title or ''} {post.body}", _NAME_LETTERS) for post in posts]
    found: set[str] = set()
    for where in set(shared_runs(runs, EVENT_PEOPLE, most)):
        told = [posts[index] for index in where]
        days = [post.published for post in told if post.published and post.author_id]
        if len(days) < len(told) or max(days) - min(days) > EVENT_SPAN:
            continue
        if len({post.author_id for post in told}) >= EVENT_PEOPLE:
            found |= {post.id for post in told}
    return found
