"""Masking: what is personal in posts and comments, as a table of spans and replacements.

Spans index the text as written. A masked text is the text with the replacements put in at their spans, so quotes stay checkable.

What is masked: telephone numbers, addresses of mail, LINE and other accounts, numbers of identity cards, of bank accounts, patients,
students and cars, IP addresses, homes from the house number on (a district, village, street or ``หมู่`` without a house number is a place
and stays), and names of people other than the text's own author. A title stays before the pseudonym (``คุณ[บุคคล 3]``). Office numbers are
masked as private ones are, for nothing tells them apart; hotlines of three or four digits stay. Which names stay, ``persons`` says.
"""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_left
from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import NamedTuple

import pyarrow as pa

from minecop.core.dates import arabic_digits
from minecop.core.errors import InputError
from minecop.core.tables import table_of
from minecop.text.identifiers import Found, find_identifiers
from minecop.text.namewords import PREFIX, is_common, name_key
from minecop.text.persons import find_names

__all__ = [
    "KINDS",
    "MASKS",
    "Found",
    "Mask",
    "Pseudonyms",
    "Text",
    "apply",
    "find_personal",
    "mask_table",
    "masked_span",
    "masks_by_text",
]

KINDS = ("name", "phone", "email", "line_id", "account", "national_id", "bank", "plate", "number", "ip", "address")
"""Every kind of what is personal."""

MASKS = pa.schema(
    [
        ("post_id", pa.string()),
        ("comment", pa.int32()),
        ("field", pa.string()),
        ("start", pa.int64()),
        ("end", pa.int64()),
        ("kind", pa.string()),
        ("replacement", pa.string()),
    ]
)
"""Columns of the masks; ``comment`` is null for the post itself, ``field`` is ``body``, ``title`` or ``blurb``. No original text."""

EITHER = " / "
"""Between the pseudonyms of authors who are called the same."""

_WORDS = Path(__file__).parent / "data" / "masks.toml"

# What is written with other characters, or more of them, than it is looked for with.
_ONE_FOR_ONE = str.maketrans(
    {
        **dict.fromkeys("\u00a0\u2000\u2001\u2002\u2003\u2004\u2005\u2006\u2007\u2008\u2009\u200a\u202f\u3000\t", " "),
        **dict.fromkeys("‐‑‒–—―−－", "-"),
        "＠": "@",
        "：": ":",
    }
)
_MANY = re.compile(
    "[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]+|\u0e4d[\u0e48-\u0e4b]?\u0e32|[\u0e48-\u0e4b]\u0e4d\u0e32|เเ"
)
_NUMBER = re.compile(r"\d+")
_LEADING = re.compile("[เแโใไ]")
_TRAILING = re.compile("[\u0e30-\u0e3a\u0e45\u0e47-\u0e4e]")


@dataclass(frozen=True, slots=True)
class Mask:
    """One replacement.

    Attributes
    ----------
    start, end
        Code points of the text as written.
    kind
        One of ``KINDS``.
    replacement
        What a reader sees there.
    """

    start: int
    end: int
    kind: str
    replacement: str


class Text(NamedTuple):
    """A text to mask: the body of a post (``comment`` is ``None``) or of a comment, or a title or blurb, with its author's names."""

    post_id: str
    comment: int | None
    text: str
    authors: tuple[str, ...] = ()
    field: str = "body"


def find_personal(text: str, *, keep: Collection[str] = (), known: Collection[str] = ()) -> list[Found]:
    """Return what is personal in a text, in order and without overlap.

    Parameters
    ----------
    text
        The text as written.
    keep
        Names that are not personal here: those of the text's author. The given name alone is kept with the full one.
    known
        Names of people that are known from elsewhere; where they are no ordinary words they are found without a title as well.
    """
    clean, offsets = _plain(text)
    identifiers = find_identifiers(clean)
    kept = {key for name in keep for key in _keys(name)}
    names = [found for found in find_names(clean, identifiers, known) if found.key not in kept]
    everything = sorted([*identifiers, *names], key=lambda found: found.start)
    if offsets is None:
        return everything
    return [Found(offsets[found.start], offsets[found.end], found.kind, found.key) for found in everything]


def _keys(name: str) -> tuple[str, ...]:
    key = name_key(name)
    return (key, key.split()[0]) if key else ()


def _plain(text: str) -> tuple[str, list[int] | None]:
    """Return a text in the spelling that is searched, and where each of its characters stands in the original where that differs."""
    clean = arabic_digits(text).translate(_ONE_FOR_ONE)
    if not _MANY.search(clean):
        return clean, None
    pieces: list[str] = []
    offsets: list[int] = []
    position = 0
    for match in _MANY.finditer(clean):
        pieces.append(clean[position : match.start()])
        offsets += range(position, match.start())
        mended = _mended(match[0])
        pieces.append(mended)
        offsets += [match.start()] * len(mended)
        position = match.end()
    pieces.append(clean[position:])
    offsets += range(position, len(clean) + 1)
    return "".join(pieces), offsets


def _mended(piece: str) -> str:
    if piece == "เเ":
        return "แ"
    if "\u0e32" in piece:
        return piece.replace("\u0e4d", "").replace("\u0e32", "\u0e33")
    return ""


@cache
def _labels(lang: str) -> dict[str, str]:
    labels: dict[str, str] = tomllib.loads(_WORDS.read_text(encoding="utf-8"))[lang]
    return labels


class Pseudonyms:
    """Stable replacements over a whole archive.

    People are numbered as they are first met. A full name and its given name alone are one person as long as only one full name of the
    archive has that given name; ``meet`` tells of names before they are replaced. Two people who are called by the same nickname have one
    number, for a text does not tell them apart. What a key says wins over everything, so numbers stay when posts are added.

    Parameters
    ----------
    lang
        ``th`` or ``en``.
    """

    def __init__(self, lang: str = "th") -> None:
        self.lang = lang
        self._people: dict[str, str] = {}
        self._authors: dict[str, str] = {}
        self._full: dict[str, set[str]] = {}
        self._author_of: dict[str, set[str]] = {}
        self._written: set[str] = set()
        self._lengths: dict[str, set[int]] = {}  # of whole names of authors, by their first letters

    @classmethod
    def from_key(cls, key: Mapping[str, object], lang: str = "th") -> Pseudonyms:
        """Return the pseudonyms of a key that was kept.

        Raises
        ------
        InputError
            When it is no key.
        """
        made = cls(lang)
        for name, table in (("people", made._people), ("authors", made._authors)):
            kept = key.get(name, {})
            if not isinstance(kept, Mapping) or not all(isinstance(x, str) for pair in kept.items() for x in pair):
                raise InputError("bad_pseudonym_key", part=name)
            table.update(kept)
        made.meet(made._people)
        return made

    @property
    def key(self) -> dict[str, dict[str, str]]:
        """Who is who: names and author ids with their pseudonyms. It belongs on the user's own machine, never beside what is shared."""
        return {"people": dict(self._people), "authors": dict(self._authors)}

    def meet(self, names: Iterable[str]) -> None:
        """Take note of names (without titles) that occur, so that a given name alone joins its full name."""
        for name in names:
            given, _, family = name.partition(" ")
            if family:
                self._full.setdefault(given, set()).add(name)

    def introduce(self, author_id: str, names: Iterable[str]) -> None:
        """Say by what names an author goes: where a text of somebody else names them, the author's own pseudonym stands."""
        for name in names:
            key = name_key(name)
            if key:
                self._author_of.setdefault(key, set()).add(author_id)
                self.meet([key])
            written = name.lower()
            if len(written) >= PREFIX and not written.isdigit() and not is_common(written):
                self._author_of.setdefault(written, set()).add(author_id)
                self._written.add(written)
                self._lengths.setdefault(written[:PREFIX], set()).add(len(written))

    def find_authors(self, text: str) -> list[Found]:
        """Return where a text has the name of an author who was introduced, letter for letter: what no title and no list of names tells."""
        if not self._written:
            return []
        small = text.lower()
        if len(small) != len(text):  # of a few letters the small one is two
            small = text
        found: list[Found] = []
        end = 0
        for start in range(len(small) - PREFIX + 1):
            if start < end:
                continue
            for length in sorted(self._lengths.get(small[start : start + PREFIX], ()), reverse=True):
                form = small[start : start + length]
                if form in self._written and _is_whole(small, start, start + length):
                    end = start + length
                    found.append(Found(start, end, "name", form))
                    break
        return found

    def author(self, author_id: str) -> str:
        """Return an author's pseudonym: ``ผู้เขียน 7``."""
        return self._numbered(self._authors, author_id, "author")

    def replacement(self, found: Found) -> str:
        """Return what stands in place of something personal."""
        if found.kind != "name":
            return _labels(self.lang)[found.kind]
        return self._person(found.key)

    def _person(self, name: str) -> str:
        if name in self._people:
            return self._people[name]
        same = self._same(name)
        authors = self._authors_called(name)
        if len(authors) == 1 or name in self._written:
            return f"[{EITHER.join(map(self.author, sorted(authors)))}]"
        for other in sorted(same):
            if other in self._people:
                self._people[name] = self._people[other]
                return self._people[name]
        return self._numbered(self._people, name, "person")

    def _authors_called(self, name: str) -> set[str]:
        same = self._same(name)
        return self._author_of.get(name) or set().union(*(self._author_of.get(other, set()) for other in same))

    def settled(self, found: list[Found], authors: list[Found]) -> list[Found]:
        """Return what was found in a text, and the authors whose names stand where nothing is, or only somebody who is no one author.

        Parameters
        ----------
        found
            Of ``find_personal``.
        authors
            Of ``find_authors``. Both are in order and without overlap.
        """
        certain: list[Found] = []
        others: list[Found] = []
        for one in found:
            is_certain = one.kind != "name" or len(self._authors_called(one.key)) == 1
            (certain if is_certain else others).append(one)
        added = _apart(authors, certain)
        return sorted([*certain, *added, *_apart(others, added)], key=_start)

    def _same(self, name: str) -> set[str]:
        """Return the other forms of a name that mean the same person: the full name of a given name, and the other way round."""
        given = name.partition(" ")[0]
        full = self._full.get(given, set())
        if len(full) != 1:
            return set()
        return {given, *full} - {name} if name == given or name in full else set()

    def _numbered(self, table: dict[str, str], key: str, kind: str) -> str:
        if key not in table:
            used = [int(number[0]) for pseudonym in table.values() if (number := _NUMBER.search(pseudonym))]
            table[key] = _labels(self.lang)[kind].format(number=max(used, default=0) + 1)
        return table[key]


def _is_whole(text: str, start: int, end: int) -> bool:
    """Tell whether a span ends where a word may: no letter of Latin words or digit goes on, and no Thai mark belongs to it from outside."""
    before, behind = text[start - 1 : start], text[end : end + 1]
    if (text[start].isascii() and before.isascii() and before.isalnum()) or _LEADING.match(before):
        return False
    return not ((text[end - 1].isascii() and behind.isascii() and behind.isalnum()) or _TRAILING.match(behind))


def mask_table(
    texts: Iterable[Text | tuple[str, int | None, str, tuple[str, ...]]], pseudonyms: Pseudonyms
) -> pa.Table:
    """Return every mask of an archive's texts, in their order.

    A name that one text of a post's thread gives with a title is found in the others without it. Texts of one post stand together.

    Parameters
    ----------
    texts
        Each text with its place and the names of its author, which stay. Give none where authors are to be masked too, and
        ``introduce`` them to the pseudonyms.
    pseudonyms
        Replacements; people who are met first here are added.
    """
    found: list[tuple[Text, list[Found], list[Found]]] = []
    for _, thread in groupby((Text(*text) for text in texts), key=lambda text: text.post_id):
        for text, inside in _in_thread(list(thread)):
            found.append((text._replace(text=""), inside, pseudonyms.find_authors(text.text)))
    for _, inside, _ in found:
        pseudonyms.meet(one.key for one in inside if one.kind == "name")
    rows = [
        {
            "post_id": text.post_id,
            "comment": text.comment,
            "field": text.field,
            "start": one.start,
            "end": one.end,
            "kind": one.kind,
            "replacement": pseudonyms.replacement(one),
        }
        for text, inside, authors in found
        for one in pseudonyms.settled(inside, authors)
    ]
    return table_of(rows, MASKS)


def _in_thread(thread: list[Text]) -> list[tuple[Text, list[Found]]]:
    found = [(text, find_personal(text.text, keep=text.authors)) for text in thread]
    names = {one.key.split()[0] for _, inside in found for one in inside if one.kind == "name"}
    names = {name for name in names if not is_common(name)}
    for number, (text, inside) in enumerate(found):
        here = {one.key.split()[0] for one in inside if one.kind == "name"}
        more = sorted(name for name in names - here if name in text.text)
        if more:
            found[number] = text, find_personal(text.text, keep=text.authors, known=more)
    return found


def _apart(some: Iterable[Found], others: list[Found]) -> list[Found]:
    """Return those that overlap with none of others, which stand in order."""
    starts = [other.start for other in others]

    def is_apart(one: Found) -> bool:
        place = bisect_left(starts, one.end)
        return not place or others[place - 1].end <= one.start

    return [one for one in some if is_apart(one)]


def _start(one: Found) -> int:
    return one.start


def masks_by_text(table: pa.Table) -> dict[tuple[str, int | None, str], tuple[Mask, ...]]:
    """Return the masks of each text: by post, comment and field."""
    rows = table.to_pylist()
    masks: dict[tuple[str, int | None, str], list[Mask]] = {}
    for row in rows:
        mask = Mask(row["start"], row["end"], row["kind"], row["replacement"])
        masks.setdefault((row["post_id"], row["comment"], row["field"]), []).append(mask)
    return {place: tuple(found) for place, found in masks.items()}


def apply(text: str, masks: Iterable[Mask]) -> str:
    """Return a text with its masks put in."""
    return masked_span(text, masks, 0, len(text))


def masked_span(text: str, masks: Iterable[Mask], start: int, end: int) -> str:
    """Return the masked text of a span. A mask that the span cuts is put in whole: half a name never shows.

    Raises
    ------
    ValueError
        When the span does not lie within the text.
    """
    if not 0 <= start <= end <= len(text):
        raise ValueError(f"no span of a text of {len(text)} characters: {start}-{end}")
    pieces: list[str] = []
    position = start
    for mask in sorted(masks, key=lambda mask: mask.start):
        if mask.end <= position or mask.start >= end or start == end:
            continue
        pieces += [text[position : mask.start], mask.replacement]
        position = mask.end
    pieces.append(text[position:end])
    return "".join(pieces)
