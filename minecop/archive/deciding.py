"""What people have decided of authors and communities, for the next time an archive is settled."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass, replace

from minecop.archive.models import Person
from minecop.archive.people import name_key, names_of_people, resolve


@dataclass(frozen=True, slots=True)
class Decided:
    """Decisions that hold, in the order in which they were taken.

    Attributes
    ----------
    people
        ``join``, a name or id, and the id of the author who that is; or ``part``, a name or id that is somebody else than the author it
        was taken for, and nothing.
    communities
        Id of an author or a post, which ``author:`` or ``post:`` may stand before, and its community.
    """

    people: tuple[tuple[str, str, str], ...] = ()
    communities: tuple[tuple[str, str], ...] = ()

    def __bool__(self) -> bool:
        return bool(self.people or self.communities)

    @property
    def apart(self) -> frozenset[str]:
        """Names, as ``name_key`` has them, that are authors of their own wherever something is written under them."""
        last = {name_key(target): action for action, target, _ in self.people}
        return frozenset(name for name, action in last.items() if action == "part")

    def people_of(self, people: Mapping[str, Person], seen: Collection[tuple[str, str]]) -> dict[str, Person]:
        """Return what ``authors.csv`` says with the decisions in it.

        Parameters
        ----------
        people
            What it says.
        seen
            Author ids and names as the records have them together.
        """
        made = dict(people)
        owners: dict[str, set[str]] = {}
        for author, name in seen:
            if name:
                owners.setdefault(name_key(name), set()).add(author)

        def with_id(name: str) -> list[str]:
            ids = owners.get(name_key(name), set())
            return [*(ids if len(ids) == 1 else ()), name]

        for action, target, to in self.people:
            if action == "part":
                _part(made, target)
            else:
                _join(made, with_id(target), with_id(to)[0])
        authors = {author for author, _ in seen} | made.keys()
        for target, to in self.communities:
            kind, name = target_of(target)
            author = resolve(name, names_of_people(made)) or ""
            if author in authors and kind != "post":
                made[author] = replace(made.get(author) or Person(author), home_community=to)
        return made

    def posts_of(self, authors: Collection[str]) -> dict[str, str]:
        """Return the community of posts by their id; what is also the id of an author is none unless it is said to be."""
        told = [(*target_of(target), to) for target, to in self.communities]
        return {name: to for kind, name, to in told if kind == "post" or (not kind and name not in authors)}


UNDECIDED = Decided()
"""Nobody has decided anything."""


def target_of(target: str) -> tuple[str, str]:
    """Return of what a community is told: ``author`` or ``post``, nothing where it is not said; and its id, which may hold colons."""
    kind, colon, name = target.partition(":")
    return (kind, name) if colon and name and kind in ("author", "post") else ("", target)


def _join(people: dict[str, Person], names: Iterable[str], to: str) -> None:
    """Make some names those of one author; a row of their own goes into that author's."""
    owner = resolve(to, names_of_people(people)) or to
    for name in names:
        if name_key(name) == name_key(owner):
            continue
        other = people.get(resolve(name, names_of_people(people)) or "")
        whole = other is not None and name_key(name) in {name_key(other.author_id), name_key(other.name)}
        forms: tuple[str, ...] = (name,)
        known = people.get(owner) or Person(owner)
        if other is not None and other.author_id != owner:
            if whole:
                forms = (other.author_id, other.name, *other.aliases, name)
                known = _filled(known, other)
                del people[other.author_id]
            else:
                people[other.author_id] = _without(other, name)
        own = {name_key(form) for form in (owner, known.name, *known.aliases)}
        new = {name_key(form): form for form in forms if form and name_key(form) not in own}
        people[owner] = replace(known, aliases=(*known.aliases, *new.values()))


def _part(people: dict[str, Person], name: str) -> None:
    """Make a name an author of its own."""
    for author, person in list(people.items()):
        if author != name:
            people[author] = _without(person, name)
    people.setdefault(name, Person(name))


def _without(person: Person, name: str) -> Person:
    key = name_key(name)
    return replace(
        person,
        name="" if name_key(person.name) == key else person.name,
        aliases=tuple(alias for alias in person.aliases if name_key(alias) != key),
    )


def _filled(person: Person, other: Person) -> Person:
    """Return what is known of a person with what is known of the same one under another name where it is not."""
    told = ("home_community", "organisation", "province", "profession", "group")
    return replace(person, **{name: getattr(other, name) for name in told if not getattr(person, name)})
