"""Which records are the same post, and which names are the same person, settled before anything is counted."""

from __future__ import annotations

import re
from dataclasses import replace

from minecop.archive.models import Account, Person, Post
from minecop.archive.people import alias_table, resolve

# Not urlsplit, which raises at addresses such as http://[x: what people collect need not be well formed.
_HOST = re.compile(r"\s*[a-z][a-z0-9+.-]*://(?:[^/@\s]*@)?(?:www\.)?([^/:?#\s]+)", re.IGNORECASE)

_SHORTEST_COPY = 100
"""Letters below which equal texts may be chance ("ขอบคุณครับ") and are not taken for copies."""


def settle_identities(posts: list[Post], people: dict[str, Person], account: Account) -> list[Post]:
    """Give every post its own id, mark copies, and every author one id.

    The same id on the same host is one post: the record last modified stays, with the longer thread, and the account says
    "merged". The same id on two hosts becomes ``host/id``. The same id without a host and with another text is kept as another post.
    An equal text of one author (or of nobody named) under another id stays, marked ``duplicate_of`` the earliest.
    """
    table = alias_table(posts, people)
    posts = [_with_one_author_id(post, table) for post in posts]
    posts = _with_own_ids(posts, account)
    return _with_copies_marked(posts, account)


def _with_one_author_id(post: Post, table: dict[str, str]) -> Post:
    return replace(
        post,
        author_id=resolve(post.author_id, table),
        comments=tuple(replace(comment, author_id=resolve(comment.author_id, table)) for comment in post.comments),
    )


def _host(post: Post) -> str:
    found = _HOST.match(post.url or "")
    return found[1].lower() if found else ""


def _with_own_ids(posts: list[Post], account: Account) -> list[Post]:
    hosts: dict[str, set[str]] = {}
    for post in posts:
        hosts.setdefault(post.id, set()).add(_host(post))
    settled: dict[str, Post] = {}
    for post in posts:
        host = _host(post)
        own_id = f"{host}/{post.id}" if host and len(hosts[post.id] - {""}) > 1 else post.id
        other = settled.get(own_id)
        if other is not None and not host and other.body != post.body:
            own_id = _free_id(f"{post.source.rsplit(':', 1)[0]}/{post.id}", settled)
            account.add("warning", post.source, "id_used_twice", id=post.id, other=other.source, new=own_id)
            other = None
        if other is None:
            settled[own_id] = replace(post, id=own_id)
        else:
            settled[own_id] = _merged(other, replace(post, id=own_id))
            account.add("merged", post.source, "same_post", id=own_id, other=other.source)
    return list(settled.values())


def _free_id(wanted: str, taken: dict[str, Post]) -> str:
    number, candidate = 2, wanted
    while candidate in taken:
        candidate, number = f"{wanted}~{number}", number + 1
    return candidate


def _merged(first: Post, second: Post) -> Post:
    newer = second if second.modified and (not first.modified or second.modified > first.modified) else first
    longer = second if len(second.comments) > len(first.comments) else first
    return replace(newer, comments=longer.comments, source=first.source)


def _with_copies_marked(posts: list[Post], account: Account) -> list[Post]:
    groups: dict[str, list[Post]] = {}
    for post in posts:
        letters = "".join(post.body.split())
        if len(letters) >= _SHORTEST_COPY:
            groups.setdefault(letters, []).append(post)
    copies: dict[str, str] = {}
    for group in groups.values():
        by_date = sorted(group, key=lambda post: (post.published is None, post.published))
        first = by_date[0]
        for post in by_date[1:]:
            if post.author_id is None or first.author_id is None or post.author_id == first.author_id:
                copies[post.id] = first.id
                account.add("merged", post.source, "copy_of", id=post.id, other=first.id)
    return [replace(post, duplicate_of=copies[post.id]) if post.id in copies else post for post in posts]
