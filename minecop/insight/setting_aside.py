"""What looks like an issue and is none: recognised before anything is counted, shown in an annex, never hidden."""

from __future__ import annotations

import re
from bisect import bisect_right
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from concurrent.futures import Executor
from dataclasses import dataclass
from datetime import datetime, timedelta
from operator import itemgetter
from pathlib import Path

import numpy as np

from minecop.acts.cues import cue_hits, explains
from minecop.archive.models import Post
from minecop.core.dates import BANGKOK
from minecop.core.executors import SerialExecutor, batched, map_chunks
from minecop.core.progress import Listener, silent
from minecop.insight.letterruns import LetterRuns
from minecop.insight.models import SetAside
from minecop.insight.voices import Voices
from minecop.text.normalising import normalise

REASONS = ("copied", "explainer", "platform", "announcement", "series", "coursework", "event")
"""In the order in which they are looked for: the first that holds counts."""

_POSTS_AT_ONCE = 200
"""Posts that are looked through at a time."""

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
    r"ส่วนหนึ่งของ(?:การเรียน)?(?:ราย)?วิชา|รหัส(?:ประจำตัว)?(?:นักศึกษา|นิสิต|นักเรียน)\s*[:.]?\s*[\d๐-๙]{5,}"
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
_EPOCH, _INSTANT = datetime(1970, 1, 1, tzinfo=BANGKOK), timedelta(microseconds=1)


@dataclass(frozen=True, slots=True)
class _Head:
    """What is held of each post while all are gone through."""

    id: str
    title: str
    author_id: str | None
    published: datetime | None
    communities: tuple[str, ...]


def posts_set_aside(
    posts: Iterable[Post],
    executor: Executor | None = None,
    listener: Listener = silent,
    *,
    total: int | None = None,
    folder: Path | None = None,
) -> dict[str, str]:
    """Return the reason for each post that is set aside, by post id.

    Copied: nearly the same text by another author. Explainer: a method defined, in nobody's own words. Platform: talk about the blog
    itself. Announcement: news and invitations. Series: one author's numbered parts. Coursework: what a class was told to
    write. Event: three or more people tell of one event within three weeks.

    Parameters
    ----------
    posts
        Of an archive. They are gone through once, and their texts not held.
    executor
        Where texts are looked through; ``None`` for this process.
    listener, total
        Who is told how far it is, and how many posts there are.
    folder
        Where what is compared of their texts is put; ``None`` for the system's own for such things.
    """
    heads: list[_Head] = []
    long: list[int] = []
    shown: list[tuple[str, ...]] = []
    with LetterRuns(_COPY_LETTERS, folder) as bodies, LetterRuns(_NAME_LETTERS, folder) as texts:

        def chunks() -> Iterator[list[tuple[str, str]]]:
            for some in batched(posts, _POSTS_AT_ONCE):
                for post in some:
                    if len(post.body) >= _SHORTEST_COPY:
                        long.append(len(heads))
                        bodies.add([post.body])
                    texts.add([f"{post.title or ''} {post.body}"])
                    heads.append(_Head(post.id, post.title or "", post.author_id, post.published, post.communities))
                yield [(post.title or "", post.body) for post in some]

        chunk_count = None if total is None else -(-total // _POSTS_AT_ONCE)
        for reasons in map_chunks(executor or SerialExecutor(), _shown, chunks(), "aside", listener, chunk_count):
            shown += reasons
        found = {
            reason: {head.id for head, own in zip(heads, shown, strict=True) if reason in own} for reason in REASONS
        }
        found["copied"] = _copied([heads[place] for place in long], bodies)
        found["series"] = _series(heads)
        found["coursework"] = _coursework(head for head, own in zip(heads, shown, strict=True) if "coursework" in own)
        found["event"] = _events(heads, texts)
    reasons_of: dict[str, str] = {}
    for reason in REASONS:
        for post_id in sorted(found[reason]):
            reasons_of.setdefault(post_id, reason)
    return reasons_of


def groups_set_aside(aside: Mapping[str, str], titles: Mapping[str, str], voices: Voices) -> tuple[SetAside, ...]:
    """Return what was recognised as no issue, by reason, with a series or a reason as a whole in one.

    Parameters
    ----------
    aside
        The reason for each post, by its id.
    titles
        Of those posts, by their ids; their ids themselves where they have none.
    voices
        Of the archive.
    """
    groups: dict[tuple[str, str], list[str]] = {}
    for post_id, reason in aside.items():
        name = (
            title_stem(titles[post_id])
            if reason == "series"
            else ""
            if reason in {"copied", "coursework", "event"}
            else titles[post_id]
        )
        groups.setdefault((reason, name), []).append(post_id)
    found = []
    for (reason, name), ids in sorted(groups.items(), key=lambda item: (REASONS.index(item[0][0]), item[0][1])):
        there = voices.among(np.sort(np.concatenate([voices.rows_of_post(post_id) for post_id in ids])))
        title = name or " / ".join(titles[post_id] for post_id in sorted(ids))
        found.append(SetAside(reason, title, there.where(there.comments == 0)))
    return tuple(found)


def _shown(texts: Sequence[tuple[str, str]]) -> list[tuple[str, ...]]:
    """Return the reasons that show in each of some posts by itself; for coursework, that it is handed in."""
    return [tuple(_seen_in(title, body)) for title, body in texts]


def _seen_in(title: str, body: str) -> Iterator[str]:
    """Yield the reasons that show in a post's title and text, taken as a whole.

    An explainer defines a method and tells nothing of the writer's own. The words that show talk of the blog, or an announcement, must
    stand thickly: a passing one in another story is not enough.
    """
    text = f"{title}\n{body}"
    clean = normalise(text).lower()
    if explains(clean):
        yield "explainer"
    for reason in ("platform", "announcement"):
        hits = len(cue_hits(clean, reason))
        if hits >= _FEWEST_HITS and hits >= len(clean) / _LETTERS_A_HIT:
            yield reason
    if _HANDED_IN.search(text):
        yield "coursework"


def _copied(long: Sequence[_Head], bodies: LetterRuns) -> set[str]:
    """Return posts of different authors of which one is, for the larger part, in the other (containment of letter runs)."""
    copied: set[str] = set()
    for one, other in bodies.contained(_EVENT_MOST_POSTS, _COPY_SHARE):
        if long[one].author_id != long[other].author_id or long[one].author_id is None:
            copied |= {long[one].id, long[other].id}
    return copied


def title_stem(title: str) -> str:
    """Return a title without its part's number and what follows it: ``ขยะบ้านเรา ตอนที่ ๓ ...`` gives ``ขยะบ้านเรา``."""
    found = _PART.search(title)
    stem = title[: found.start()] if found and found.start() else title
    return " ".join(re.sub(r"[\s:–-]+$", "", stem).split())


def _series(posts: Iterable[_Head]) -> set[str]:
    """Return posts of one author under one title stem, of which there are at least three with numbers."""
    parts: dict[tuple[str, str], list[_Head]] = defaultdict(list)
    for post in posts:
        if post.title and post.author_id and _PART.search(post.title):
            stem = title_stem(post.title)
            if len(stem) >= 4:
                parts[post.author_id, stem].append(post)
    return {post.id for group in parts.values() if len(group) >= _FEWEST_PARTS for post in group}


def _coursework(posts: Iterable[_Head]) -> set[str]:
    """Return those of the posts that are handed in of which five or more people of one community write some within four weeks."""
    by_class: dict[tuple[str, ...], list[tuple[datetime, str, str]]] = defaultdict(list)
    for post in posts:
        if post.published and post.author_id:
            by_class[post.communities].append((post.published, post.author_id, post.id))
    found: set[str] = set()
    for handed_in in by_class.values():
        handed_in.sort()
        for first, (day, _, _) in enumerate(handed_in):
            last = bisect_right(handed_in, day + _CLASS_SPAN, key=itemgetter(0))
            wave = handed_in[first:last]
            if len({author for _, author, _ in wave}) >= _CLASS:
                found |= {post_id for _, _, post_id in wave}
    return found


def _events(posts: Sequence[_Head], texts: LetterRuns) -> set[str]:
    """Return posts in which several people tell of one event: within three weeks, and sharing a name that no other post has."""
    most = min(_EVENT_MOST_POSTS, int(_EVENT_LARGEST_SHARE * len(posts)))
    if most < EVENT_PEOPLE:
        return set()
    people = {author: number for number, author in enumerate(dict.fromkeys(post.author_id for post in posts))}
    author = np.array([people[post.author_id] for post in posts])
    known = np.array([bool(post.published and post.author_id) for post in posts])
    when = np.array([(post.published - _EPOCH) // _INSTANT if post.published else 0 for post in posts])
    events = np.zeros(len(posts), dtype=bool)
    for told in texts.shared(EVENT_PEOPLE, most):
        within = np.ptp(when[told], axis=1) <= EVENT_SPAN // _INSTANT
        distinct = 1 + np.count_nonzero(np.diff(np.sort(author[told], axis=1), axis=1), axis=1)
        events[told[known[told].all(axis=1) & within & (distinct >= EVENT_PEOPLE)]] = True
    return {posts[place].id for place in np.flatnonzero(events).tolist()}
