"""People: who an author is, by what names they go, and where they are at home."""

from __future__ import annotations

import csv
import io
from collections import Counter
from collections.abc import Iterable
from dataclasses import fields
from pathlib import Path

from minecop.archive.decoding import decode
from minecop.archive.models import Account, Person, Post
from minecop.core.files import write_text

AUTHORS_FILE = "authors.csv"
"""Name of the editable table of people beside an archive."""

AUTHOR_COLUMNS = tuple(field.name for field in fields(Person))


def read_people(path: Path, account: Account) -> dict[str, Person]:
    """Read ``authors.csv``; no file gives nobody.

    Columns: ``author_id, name, aliases`` (separated by ``;``), ``home_community, organisation, province, profession, group``.
    Blank is unknown. A row without an ``author_id`` is reported and left out.
    """
    if not path.is_file():
        return {}
    text, _ = decode(path.read_bytes())
    people: dict[str, Person] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 2):
        values = {name: (row.get(name) or "").strip() for name in AUTHOR_COLUMNS}
        if not values["author_id"]:
            account.add("refused", f"{path.name}:{number}", "no_author_id")
            continue
        aliases = tuple(alias.strip() for alias in values.pop("aliases").split(";") if alias.strip())
        people[values["author_id"]] = Person(aliases=aliases, **values)
    return people


def write_people(path: Path, people: dict[str, Person]) -> None:
    """Write ``authors.csv``, with a byte order mark so that Excel reads the Thai."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(AUTHOR_COLUMNS)
    for person in people.values():
        writer.writerow(
            [
                "; ".join(value) if isinstance(value, tuple) else value
                for value in (getattr(person, c) for c in AUTHOR_COLUMNS)
            ]
        )
    write_text(path, "\ufeff" + out.getvalue())


def alias_table(posts: Iterable[Post], people: dict[str, Person]) -> dict[str, str]:
    """Return the author id of every name that certainly belongs to one author.

    A name is certain where ``authors.csv`` lists it, or where every record that has both a name and an id gives it the same id.
    """
    seen: dict[str, set[str]] = {}
    for post in posts:
        for text in post.texts:
            if text.author_id and text.author_name and text.author_id != text.author_name:
                seen.setdefault(_key(text.author_name), set()).add(text.author_id)
    table = {name: next(iter(ids)) for name, ids in seen.items() if len(ids) == 1}
    for person in people.values():
        for alias in (person.name, *person.aliases):
            if alias:
                table[_key(alias)] = person.author_id
    return table


def resolve(author_id: str | None, table: dict[str, str]) -> str | None:
    """Return the one id of an author given by id, name or alias."""
    return None if author_id is None else table.get(_key(author_id), author_id)


def _key(name: str) -> str:
    return " ".join(name.split()).casefold()


def home_communities(posts: Iterable[Post], people: dict[str, Person]) -> dict[str, str]:
    """Return each author's home community: that of ``authors.csv``, else the most frequent of their own posts.

    Ties go to the community written in first. Authors of whom neither is known are absent.
    """
    counts: dict[str, Counter[str]] = {}
    for post in posts:
        if post.author_id and not post.duplicate_of:
            counts.setdefault(post.author_id, Counter()).update(post.communities)
    homes = {author: counter.most_common(1)[0][0] for author, counter in counts.items() if counter}
    homes.update({person.author_id: person.home_community for person in people.values() if person.home_community})
    return homes
