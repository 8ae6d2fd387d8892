"""To which community posts belong that do not say so: an editable table, ``communities.csv``.

Columns ``field, value, posts, community``: every post whose ``field`` (``blog``, ``tag``, ``host``, ``folder``, ``author`` or
``community``) is ``value`` belongs to ``community``. minecop writes a line for every value that posts without a community have, with
their number and ``community`` left blank for the user to fill in; a blank one says nothing. A line for the field ``community`` gives
another name to a community that posts do name.
"""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path

from minecop.archive.decoding import decode
from minecop.archive.keys import host_of
from minecop.archive.models import Account, Post
from minecop.core.cells import plain_cell, safe_cell
from minecop.core.files import write_text

COMMUNITIES_FILE = "communities.csv"
"""Name of the editable table of communities beside an archive."""

FIELDS = ("blog", "host", "folder", "tag", "author", "community")
_FEWEST_POSTS = 2
_MOST_LINES = 500


def read_communities(path: Path, account: Account) -> dict[tuple[str, str], str]:
    """Read ``communities.csv``; no file gives nothing. A line whose field is not known is reported and left out."""
    if not path.is_file():
        return {}
    text, _ = decode(path.read_bytes())
    found: dict[tuple[str, str], str] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 2):
        field, value, community = (
            plain_cell((row.get(name) or "").strip()) for name in ("field", "value", "community")
        )
        if field not in FIELDS:
            account.add(
                "refused", f"{path.name}:{number}", "unknown_community_field", field=field, known=", ".join(FIELDS)
            )
        elif value and community:
            found[field, value.casefold()] = community
    return found


def values_of(post: Post) -> Iterator[tuple[str, str]]:
    """Yield field and value of everything by which a post may be mapped to a community."""
    if post.blog:
        yield "blog", post.blog
    if host := host_of(post.url):
        yield "host", host
    if "/" in post.source:
        yield "folder", post.source.split("/", 1)[0]
    for tag in post.tags:
        yield "tag", tag
    if post.author_id:
        yield "author", post.author_id


def with_community(post: Post, table: Mapping[tuple[str, str], str]) -> Post:
    """Return a post with the communities that the table gives it; its own stay, under the name that the table gives them."""
    if not table:
        return post
    if post.communities:
        named = tuple(dict.fromkeys(table.get(("community", c.casefold()), c) for c in post.communities))
    else:
        found = (table.get((field, value.casefold())) for field, value in values_of(post))
        named = tuple(dict.fromkeys(c for c in found if c))
    return post if named == post.communities else replace(post, communities=named)


def write_communities(path: Path, table: Mapping[tuple[str, str], str], counts: Counter[tuple[str, str]]) -> None:
    """Write ``communities.csv``: what is mapped, then what could be, the most frequent first.

    Parameters
    ----------
    path
        The file.
    table
        Community by field and value.
    counts
        Posts without a community by field and value.
    """
    open_lines = [
        pair for pair, posts in counts.items() if posts >= _FEWEST_POSTS and (pair[0], pair[1].casefold()) not in table
    ]
    order = {field: n for n, field in enumerate(FIELDS)}
    open_lines.sort(key=lambda pair: (order[pair[0]], -counts[pair], pair[1]))
    if not table and not open_lines:
        return
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(("field", "value", "posts", "community"))
    for (field, value), community in table.items():
        writer.writerow((field, safe_cell(value), "", safe_cell(community)))
    for field, value in open_lines[:_MOST_LINES]:
        writer.writerow((field, safe_cell(value), counts[field, value], ""))
    write_text(path, "\ufeff" + out.getvalue())
