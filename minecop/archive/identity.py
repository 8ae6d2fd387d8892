"""Which records are the same post, which posts are copies or parts of one series: settled before anything is counted.

Works on a spool, a few records at a time; what it holds of every record is a number or two.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime

import numpy as np

from minecop.archive.addressing import reply_hints
from minecop.archive.communities import values_of, with_community
from minecop.archive.duplicates import Candidate, alike, group_copies
from minecop.archive.estimating import month_estimate
from minecop.archive.keys import address_key, has_own_id, host_of, letters_key, letters_of, number_of
from minecop.archive.merging import merge_posts
from minecop.archive.models import Account, Post
from minecop.archive.packing import pack, unpack
from minecop.archive.people import name_key, resolve
from minecop.archive.series import group_series
from minecop.archive.spool import RECORDS_A_FILE, Spool
from minecop.core.executors import batched

SETTLED_KEYS = (
    "same_post",
    "copy_of",
    "id_used_twice",
    "comments_missing",
    "comment_count_differs",
    "thread_without_post",
    "alias_joined",
    "joined_by_decision",
    "parted_by_decision",
)
"""Keys of the account lines that settling writes, and writes anew when an archive grows."""

_ALIKE = 0.5
"""Likeness of two texts from which one may be an edited form of the other, where their number is the same already."""

_MOST_COMPARED = 50
"""Posts of one number and no known host that a record is compared with: files without numbers of their own may all say "1"."""

_ENGINE_HOSTS = ("gotoknow.org",)
"""Hosts whose post numbers the table of months knows."""

_AT_ONCE = 500


@dataclass(slots=True)
class Known:
    """What settling has to be told.

    Attributes
    ----------
    authors
        Author id by name or alias.
    called
        By what names each author id goes, for telling whom a comment addresses.
    communities
        What ``communities.csv`` says.
    estimate_dates
        Whether a post without a date gets the month that its number lies in.
    apart
        Names (``people.name_key``) that are authors of their own, whatever id stands beside them.
    posts
        Community of posts by id, as people have decided.
    """

    authors: Mapping[str, str] = field(default_factory=dict)
    called: Mapping[str, Sequence[str]] = field(default_factory=dict)
    communities: Mapping[tuple[str, str], str] = field(default_factory=dict)
    estimate_dates: bool = False
    apart: Collection[str] = frozenset()
    posts: Mapping[str, str] = field(default_factory=dict)


def settle(spool: Spool, known: Known, account: Account) -> Counter[tuple[str, str]]:
    """Make one post of all records of it, give every post its own id and every author one, and mark copies and series.

    Records are the same post where host and number are the same (under any form of the address, with or without ``www``), where their
    address is the same and their texts are alike, where the number is the same, a host is unknown and their texts are alike, or where the
    text is the same and one of them has no number of its own. The account says "merged". The same number on two hosts becomes
    ``host/id``; a post of the archive that is added to keeps its id.

    Parameters
    ----------
    spool
        What was read.
    known
        What is known besides.
    account
        Its counts are filled in; its lines go into the spool.

    Returns
    -------
    Counter
        Posts that name no community, by field and value of what might.
    """
    spool.db.execute("CREATE INDEX IF NOT EXISTS by_key ON keys (key, row)")
    with spool.writing():
        spool.db.execute("DELETE FROM settled")
    without_community: Counter[tuple[str, str]] = Counter()
    # some at a time: what one transaction writes lies on the disk a second time until it ends
    for groups in batched(_groups(spool), _AT_ONCE):
        with spool.writing():
            for group in groups:
                for post, before in _settle_group(group, spool, known):
                    _count(post, before, account)
                    if not post.communities:
                        without_community.update(dict.fromkeys(values_of(post), 1))
    with spool.writing():
        _mark_copies_and_series(spool)
    return without_community


# ---- which records may be one post


def _groups(spool: Spool) -> Iterator[list[int]]:
    """Yield the rows of records that share a key, directly or by way of others; groups in the order of their first rows."""
    rows = np.fromiter((row for (row,) in spool.db.execute("SELECT row FROM records ORDER BY row")), dtype=np.int64)
    parent = np.arange(len(rows))

    def root(place: int) -> int:
        while parent[place] != place:
            parent[place] = parent[parent[place]]
            place = int(parent[place])
        return place

    shared = "SELECT key, row FROM keys WHERE key IN (SELECT key FROM keys GROUP BY key HAVING COUNT(*) > 1) ORDER BY key, row"
    last_key, last = None, 0
    for key, row in spool.db.execute(shared):
        place = int(np.searchsorted(rows, row))
        if key == last_key:
            one, other = root(last), root(place)
            parent[max(one, other)] = min(one, other)
        last_key, last = key, place
    roots = np.fromiter((root(place) for place in range(len(rows))), dtype=np.int64, count=len(rows))
    order = np.argsort(roots, kind="stable")
    begin = 0
    for end in [*(np.flatnonzero(np.diff(roots[order])) + 1), len(order)]:
        if end > begin:
            yield rows[order[begin:end]].tolist()
        begin = end


@dataclass(slots=True)
class _Settled:
    post: Post
    row: int
    host: str
    before: Post | None  # as the archive that is added to has it
    signatures: dict[str, bytes | None]  # by text
    merged: list[str] = field(default_factory=list)


def _settle_group(rows: list[int], spool: Spool, known: Known) -> list[tuple[Post, Post | None]]:
    """Settle records that may be one post; return the posts that they are, with each as the archive that is added to has it."""
    account = Account()
    settled: list[_Settled] = []
    for row in rows:
        post, signature = spool.record(row)
        post = _with_authors(post, known)
        host = host_of(post.url)
        same = next((old for old in settled[:_MOST_COMPARED] if _is_same(old, post, host)), None)
        if same is None:
            settled.append(_Settled(post, row, host, post if row < RECORDS_A_FILE else None, {post.body: signature}))
            continue
        same.signatures[post.body] = signature
        same.post = merge_posts(same.post, post, newer=same.before is not None)
        same.host = same.host or host
        same.merged.append(post.source)
    _give_ids(settled, spool, account)
    rows_made = []
    posts: list[tuple[Post, Post | None]] = []
    for one in settled:
        for source in one.merged:
            if one.before is None:
                account.add("merged", source, "same_post", id=one.post.id, other=one.post.source)
        post = _with_known(one.post, known)
        found = len(post.comments)
        if post.comments_said is not None and post.comments_said != found:
            key = "comments_missing" if found < post.comments_said else "comment_count_differs"
            account.add("warning", post.source, key, id=post.id, said=post.comments_said, found=found)
        if not post.body:
            account.add("warning", post.source, "thread_without_post", id=post.id)
        published = post.published and post.published.isoformat()
        signature = one.signatures[post.body]
        rows_made.append((one.row, post.id, post.author_id, published, post.title, found, signature, pack(post)))
        posts.append((post, one.before and _with_known(one.before, known)))
    spool.db.executemany("INSERT INTO settled VALUES (?, ?, ?, ?, ?, ?, ?, ?)", rows_made)
    if account.entries:
        spool.tell(account.entries)
    return posts


def _count(post: Post, before: Post | None, account: Account) -> None:
    account.posts += 1
    account.comments += len(post.comments)
    if before is None:
        account.new_posts += 1
        account.new_comments += len(post.comments)
    elif replace(before, id=post.id) != post:
        account.updated_posts += 1
        account.new_comments += max(0, len(post.comments) - len(before.comments))


def _is_same(old: _Settled, post: Post, host: str) -> bool:
    one = old.post
    if old.host and host:
        if old.host == host and one.id == post.id and has_own_id(one) and has_own_id(post):
            return True
        here, there = address_key(one.url), address_key(post.url)
        if here is not None and here == there:
            return number_of(post.url) is not None or _may_be_edits(one, post)
    elif one.id == post.id:
        return _may_be_edits(one, post)
    key = letters_key(one.body)
    if key is not None and key == letters_key(post.body) and not (has_own_id(one) and has_own_id(post)):
        return one.author_id is None or post.author_id is None or one.author_id == post.author_id
    return False


def _may_be_edits(one: Post, other: Post) -> bool:
    """Tell whether one text may be another form of the other: edited, cut, or not there at all."""
    if not one.body or not other.body or letters_of(one.body) == letters_of(other.body):
        return True
    return alike(one.body, other.body) >= _ALIKE


def _give_ids(settled: list[_Settled], spool: Spool, account: Account) -> None:
    hosts: dict[str, set[str]] = {}
    for one in settled:
        hosts.setdefault(one.post.id, set()).add(one.host)
    taken: set[str] = set()

    def is_free(wanted: str) -> bool:
        return wanted not in taken and not spool.db.execute("SELECT 1 FROM settled WHERE id = ?", (wanted,)).fetchone()

    # Those of the archive first: what was once called so is called so for good.
    for one in sorted(settled, key=lambda s: (s.before is None, s.row)):
        own = one.post.id
        if one.before is None and one.host and len(hosts[own] - {""}) > 1:
            own = f"{one.host}/{own}"
        if not is_free(own):
            wanted = f"{one.post.source.rsplit(':', 1)[0]}/{one.post.id}"
            own, number = wanted, 2
            while not is_free(own):
                own, number = f"{wanted}~{number}", number + 1
            account.add(
                "warning", one.post.source, "id_used_twice", id=one.post.id, other=settled[0].post.source, new=own
            )
        taken.add(own)
        one.post = replace(one.post, id=own)


def _with_authors(post: Post, known: Known) -> Post:
    """Return a record's post as it came, with one id for every author; what an earlier import found of copies is found anew."""

    def author(author_id: str | None, name: str | None) -> str | None:
        return resolve(name if name and known.apart and name_key(name) in known.apart else author_id, known.authors)

    return replace(
        post,
        author_id=author(post.author_id, post.author_name),
        comments=tuple(replace(c, author_id=author(c.author_id, c.author_name)) for c in post.comments),
        duplicate_of=None,
        series=None,
        part=None,
    )


def _with_known(post: Post, known: Known) -> Post:
    post = replace(post, comments=tuple(reply_hints(post.comments, known.called)))
    if known.estimate_dates and post.published is None and host_of(post.url) in ("", *_ENGINE_HOSTS):
        number = number_of(post.url) or (
            post.id if post.id.isdecimal() and post.id.isascii() and has_own_id(post) else None
        )
        month = month_estimate(int(number)) if number and len(number) < 9 else None
        if month is not None:
            post = replace(post, published=month, estimated=True)
    if post.id in known.posts:
        return replace(post, communities=(known.posts[post.id],))
    return with_community(post, known.communities)


# ---- copies and series


def _mark_copies_and_series(spool: Spool) -> None:
    account = Account()

    def settled(row: int) -> Post:
        (data,) = spool.db.execute("SELECT post FROM settled WHERE row = ?", (row,)).fetchone()
        return unpack(data)

    copies = group_copies(_candidates(spool), lambda row: settled(row).body, spool.path.parent)
    series = group_series(spool.db.execute("SELECT row, author, title FROM settled WHERE title > '' ORDER BY row"))
    for row in sorted(copies.keys() | series.keys()):
        post = settled(row)
        if row in copies:
            (original,) = spool.db.execute("SELECT id FROM settled WHERE row = ?", (copies[row],)).fetchone()
            account.add("merged", post.source, "copy_of", id=post.id, other=original)
            post = replace(post, duplicate_of=original)
        if row in series:
            post = replace(post, series=series[row][0], part=series[row][1])
        spool.db.execute("UPDATE settled SET post = ? WHERE row = ?", (pack(post), row))
        if len(account.entries) >= _AT_ONCE:
            spool.tell(account.entries)
            account.entries.clear()
    spool.tell(account.entries)


def _candidates(spool: Spool) -> Iterator[Candidate]:
    # of copies of one moment, the one with the most of the talk is the original, wherever it was read
    listed = (
        "SELECT row, author, published, signature FROM settled WHERE signature IS NOT NULL ORDER BY comments DESC, id"
    )
    for row, author, published, signature in spool.db.execute(listed):
        yield Candidate(row, signature, author, published and datetime.fromisoformat(published))
