"""People: who an author is, by what names they go, and where they are at home."""

from __future__ import annotations

import csv
import io
import re
from collections import Counter
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path

from minecop.archive.decoding import decode
from minecop.archive.models import Account, Person, Post
from minecop.archive.names import is_nobody
from minecop.core.cells import plain_cell, safe_cell
from minecop.core.files import write_text

AUTHORS_FILE = "authors.csv"
"""Name of the editable table of people beside an archive."""

AUTHOR_COLUMNS = tuple(column.name for column in fields(Person))

# Before a name, and no part of it. Longer ones first: รศ.ดร. before รศ.
_TITLES = re.compile(
    r"^(?:(?:ว่าที่\s*)?(?:ร\.?ต\.?|ร\.?ท\.?|ร\.?อ\.?|พ\.?ต\.?|พ\.?ท\.?|พ\.?อ\.?|พล\.?ต\.?|ส\.?ต\.?อ\.?|ด\.?ต\.?)\s*(?=\S{2})"
    r"|ศาสตราจารย์|รองศาสตราจารย์|ผู้ช่วยศาสตราจารย์|นายแพทย์|แพทย์หญิง|ทันตแพทย์หญิง|ทันตแพทย์|เภสัชกรหญิง|เภสัชกร|ดอกเตอร์|นางสาว|"
    r"(?:ผศ|รศ|ศ|ดร|นพ|พญ|ทพญ|ทพ|ภญ|ภก|น\.ส|อ)\.|นส\.|นาง(?=\s|[ก-ฮเ-ไ]{3})|นาย(?=\s|[ก-ฮเ-ไ]{2})|อาจารย์|คุณครู|คุณหมอ|คุณ|ครู|หมอ|"
    r"Dr\.?\s|Mr\.?\s|Mrs\.?\s|Ms\.?\s|Miss\s|Prof\.?\s|Asst\.?\s|Assoc\.?\s)\s*",
    re.IGNORECASE,
)
_IN_BRACKETS = re.compile(r"\s*[(（\[]\s*([^()（）\[\]]{2,40})\s*[)）\]]\s*$")


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
        values = {name: plain_cell((row.get(name) or "").strip()) for name in AUTHOR_COLUMNS}
        if not values["author_id"]:
            account.add("refused", f"{path.name}:{number}", "no_author_id")
            continue
        aliases = tuple(alias.strip() for alias in values.pop("aliases").split(";") if alias.strip())
        people[values["author_id"]] = Person(aliases=aliases, **values)
    return people


def write_people(path: Path, people: Mapping[str, Person]) -> None:
    """Write ``authors.csv``, with a byte order mark so that Excel reads the Thai, and no cell that runs as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(AUTHOR_COLUMNS)
    for person in people.values():
        values = (getattr(person, column) for column in AUTHOR_COLUMNS)
        writer.writerow([safe_cell("; ".join(value) if isinstance(value, tuple) else value) for value in values])
    write_text(path, "\ufeff" + out.getvalue())


@dataclass(slots=True)
class Names:
    """By what names the authors of an archive go.

    Attributes
    ----------
    table
        Author id by name or alias, as ``resolve`` looks it up.
    people
        A row of ``authors.csv`` for everyone, those that were there first as they were.
    joined
        Names that a rule gave to an author of another name: id and name.
    """

    table: dict[str, str] = field(default_factory=dict)
    people: dict[str, Person] = field(default_factory=dict)
    joined: list[tuple[str, str]] = field(default_factory=list)


def settle_names(
    seen: Iterable[tuple[str, str]], people: Mapping[str, Person], apart: Collection[str] = frozenset()
) -> Names:
    """Tell which names belong to one author, and only where that is certain.

    1. What ``authors.csv`` lists as an id, name or alias belongs to that row; nothing below changes it.
    2. A name that records give together with an id, and always with the same one, belongs to that id.
    3. A given and a family name belong to whoever has them without title (``นาง สมศรี ใจงาม``, ``คุณสมศรี ใจงาม``) or with a nickname
       behind in brackets (``สมศรี ใจงาม (ครูนก)``).

    A nickname or given name alone is never taken for somebody's: there are many.

    Parameters
    ----------
    seen
        Author ids and names as the records have them together; ``""`` for no name.
    people
        From ``authors.csv``.
    apart
        Names (``name_key``) that somebody has said to be authors of their own.
    """
    names = Names(names_of_people(people))
    # a name that says there is none belongs to nobody, whatever id stands beside it
    seen = [
        (name, "") if name_key(name) in apart else (author, "" if is_nobody(name) else name)
        for author, name in seen
        if resolve(author, names.table) is not None
    ]
    ids_of: dict[str, set[str]] = {}
    ids: dict[str, None] = {}
    for author, name in sorted(seen):
        ids.setdefault(author)
        if name and name_key(name) != name_key(author):
            ids_of.setdefault(name_key(name), set()).add(author)
    for name, owners in ids_of.items():
        if len(owners) == 1:
            names.table.setdefault(name, names.table.get(name_key(next(iter(owners))), next(iter(owners))))
    _join_full_names((one for one in ids if name_key(one) not in apart), names, apart)
    _list_people(seen_ids=ids, seen=seen, people=people, names=names)
    return names


def names_of_people(people: Mapping[str, Person]) -> dict[str, str]:
    """Return author ids by every id, name and alias that ``authors.csv`` lists, as ``resolve`` looks them up."""
    return {
        name_key(alias): person.author_id
        for person in people.values()
        for alias in (person.author_id, person.name, *person.aliases)
        if alias
    }


def _join_full_names(ids: Iterable[str], names: Names, apart: Collection[str]) -> None:
    """Give forms of one full name (rule 3) to one id: the one known from elsewhere, else the shortest form."""
    forms: dict[str, list[str]] = {}
    for form in [*(one for one in names.table if one not in apart), *ids]:
        if bare := bare_full_name(form):
            forms.setdefault(name_key(bare), []).append(form)
    for same in forms.values():
        owners = {names.table[name_key(form)] for form in same if name_key(form) in names.table}
        if len(owners) > 1:  # two people of one name, and the user or the records know it
            continue
        owner = next(iter(owners)) if owners else min(same, key=lambda form: (len(form), form))
        for form in same:
            if name_key(form) not in names.table and form != owner:
                names.table[name_key(form)] = owner
                names.joined.append((owner, form))


def bare_full_name(name: str) -> str | None:
    """Return given and family name without titles and nickname, or ``None`` for anything but a full name."""
    name = _IN_BRACKETS.sub("", " ".join(name.split()))
    while (shorter := _TITLES.sub("", name)) != name and shorter:
        name = shorter
    parts = name.split()
    return (
        name if len(parts) == 2 and all(len(part) >= 2 and not re.search(r"[\d@_/]", part) for part in parts) else None
    )


def _list_people(
    seen_ids: Iterable[str], seen: Iterable[tuple[str, str]], people: Mapping[str, Person], names: Names
) -> None:
    shown: dict[str, Counter[str]] = {}
    for author, name in seen:
        owner = resolve(author, names.table) or author
        shown.setdefault(owner, Counter())[name] += 1
    names.people = dict(people)
    for author in seen_ids:
        owner = resolve(author, names.table) or author
        known = names.people.get(owner) or Person(owner)
        forms = [name for name in (*sorted(shown.get(owner, ())), author) if name and name_key(name) != name_key(owner)]
        if owner not in people and not known.name and forms:
            known = replace(known, name=forms[0])
        mine = [name for name in forms if resolve(name, names.table) == owner]
        listed = {name_key(alias) for alias in (owner, known.name, *known.aliases)}
        more = [name for name in dict.fromkeys(mine) if name_key(name) not in listed]
        names.people[owner] = replace(known, aliases=(*known.aliases, *more)) if more else known


def resolve(author_id: str | None, table: Mapping[str, str]) -> str | None:
    """Return the one id of an author given by id, name or alias; ``None`` for nobody, unless the table has somebody called so."""
    if author_id is None:
        return None
    return table.get(name_key(author_id)) or (None if is_nobody(author_id) else author_id)


def name_key(name: str) -> str:
    """Return a name as names are looked up: whatever the size of its letters and spaces."""
    return " ".join(name.split()).casefold()


def home_communities(posts: Iterable[Post], people: Mapping[str, Person]) -> dict[str, str]:
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
