"""What a column of a table or a key of JSON means: which names are known for which field, and which field a set of names gives."""

from __future__ import annotations

import re
import tomllib
import unicodedata
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from minecop.archive.models import Account
from minecop.archive.sources import Options
from minecop.core.dates import arabic_digits
from minecop.core.errors import InputError, SettingsError

FIELDS = (
    "id", "url", "title", "blurb", "body", "author", "author_name", "community", "blog", "published", "modified", "tags", "comments",
    "comments_said", "post_id", "comment_id", "comment_body", "comment_author", "comment_author_name", "comment_published", "reply_to",
)  # fmt: skip
"""What a column or key can be mapped to."""

_SEVERAL = {"comments", "tags"}
_OF_COMMENTS = ("comment_id", "comment_author", "comment_author_name", "comment_published")
_BARE = {
    "body": "comment_body",
    "author": "comment_author",
    "author_name": "comment_author_name",
    "published": "comment_published",
}

_LONGEST_NAME = 120
_MOST_NAMED = 40
_UNSEEN = re.compile("[\u00ad\u200b-\u200f\u2028-\u202e\u2060-\u2064\ufeff]")
_BRACKETS = re.compile(r"[(\[（][^()\[\]（）]*[)\]）]")
_NUMBERED = re.compile(r"^\(?\d{1,3}(?:\.\d{1,2})*[.)\s]\s*(?=\D)")
_COUNTED = re.compile(r"\s*(?:ที่|no\.?|#)?\s*\d{1,3}$", re.IGNORECASE)
_TONES = re.compile("[็-์]")
_ABOUT_COMMENTS = re.compile(r"ความ(?:คิด)?เห็น|คอมเม|comment|repl(?:y|ies)", re.IGNORECASE)


@cache
def _data() -> dict[str, dict[str, list[str]]]:
    return tomllib.loads((Path(__file__).parent / "data" / "headings.toml").read_text(encoding="utf-8"))


def normal_name(name: str) -> str:
    """Return a name as it is compared: letters, marks and digits in small letters, with common slips of the keyboard mended."""
    text = unicodedata.normalize("NFC", _UNSEEN.sub("", name)).replace("\u0e4d\u0e32", "\u0e33").replace("เเ", "แ")
    text = arabic_digits(text.casefold())
    kept = "".join(letter for letter in text if unicodedata.category(letter)[0] in "LMN")
    return kept or "".join(text.split())


def _toneless(normal: str) -> str:
    """Take away what is most often misspelt: tone marks, the short-vowel mark and the silencer (``คอมเม้น``, ``บล๊อก``, ``ลิงค``)."""
    return _TONES.sub("", normal)


@dataclass(frozen=True, slots=True)
class Meaning:
    """What a name means; of two names that mean the same, the one with the lower rank is the better."""

    field: str
    rank: int


_WEAK = 1000
"""Rank from which on a name is taken only where nothing better is there."""


@cache
def _names() -> tuple[dict[str, Meaning], dict[str, Meaning]]:
    """Return the meaning of every name as it is compared, and of every name without its tone marks."""
    exact: dict[str, Meaning] = {}
    toneless: dict[str, Meaning] = {}
    for field, group in _data().items():
        if field in {"person", "json"}:
            continue
        for first, kind in ((0, "names"), (_WEAK, "weak")):
            for rank, name in enumerate(group.get(kind, ())):
                key = ".".join(map(normal_name, name.split("."))) if "." in name.strip(".") else normal_name(name)
                exact.setdefault(key, Meaning(field, first + rank))
                toneless.setdefault(_toneless(key), Meaning(field, first + rank))
    return exact, toneless


@cache
def _set(group: str, kind: str) -> dict[str, int]:
    return {normal_name(name): rank for rank, name in enumerate(_data()[group][kind])}


def _look_up(key: str) -> Meaning | None:
    exact, toneless = _names()
    return exact.get(key) or toneless.get(_toneless(key))


@lru_cache(maxsize=20_000)
def meaning(name: str) -> Meaning | None:
    """Return what the heading of a column, or the dotted path of a JSON value, means; ``None`` where it is not known."""
    if len(name) > _LONGEST_NAME:
        return None
    steps = [normal_name(step) for step in name.split(".") if step.strip()]
    if len(steps) > 1 and (found := _of_path(steps)):
        return found
    if found := _look_up(normal_name(name)):
        return found
    shorter = _NUMBERED.sub("", arabic_digits(name.strip())).strip()
    outside = _BRACKETS.sub(" ", shorter).strip()
    inside = [part[1:-1] for part in _BRACKETS.findall(shorter)]
    for part in (shorter, outside, *inside):
        if part and (found := _look_up(normal_name(part))):
            return found
    parts = [_look_up(normal_name(part)) for part in re.split(r"[/|\n]", outside) if part.strip()]
    if len(parts) > 1 and parts[0] and all(part and part.field == parts[0].field for part in parts):
        return parts[0]
    counted = _look_up(normal_name(_COUNTED.sub("", outside)))
    return Meaning("comments", counted.rank) if counted and counted.field in {"comments", "comment_body"} else None


@lru_cache(maxsize=20_000)
def path_meaning(path: str) -> Meaning | None:
    """Return what a dotted path of JSON means: the number of a list's item or of a record (``7.text``) is no number of a heading."""
    if "." not in path or ". " in path:
        return meaning(path)
    if len(path) > _LONGEST_NAME:
        return None
    steps = [normal_name(step) for step in path.split(".") if step.strip()]
    return _of_path(steps) if steps else None


def _of_path(steps: list[str]) -> Meaning | None:
    if found := _look_up(".".join(steps)):
        return found
    if (first := _look_up(steps[0])) and first.field == "nothing":
        return first
    steps = [step for step in steps[:-1] if step not in _set("json", "wrappers")] + steps[-1:]
    while len(steps) > 1 and steps[-1] in _set("json", "inner") and not _is_person(steps):
        steps.pop()
    if found := _look_up(".".join(steps)):
        return found
    if _is_person(steps):
        accounts, called = _set("person", "account"), _set("person", "name")
        return (
            Meaning("author", accounts[steps[-1]])
            if steps[-1] in accounts
            else Meaning("author_name", called[steps[-1]])
        )
    return None


def _is_person(steps: Sequence[str]) -> bool:
    """Tell whether a path is a person's account or name, within nothing but words for a person (``user.profile.name``)."""
    known = steps[-1] in _set("person", "account") or steps[-1] in _set("person", "name")
    return known and len(steps) > 1 and all(step in _set("person", "prefixes") for step in steps[:-1])


def parse_mapping(pairs: Sequence[str]) -> dict[str, str]:
    """Return field by column of pairs such as ``เรื่องที่เล่า=body``; a field may also be named by one of its known headings.

    Raises
    ------
    SettingsError
        When a pair is none, its field is not known, or a column is given two fields.
    """
    columns: dict[str, str] = {}
    for pair in pairs:
        column, equals, wanted = (part.strip() for part in pair.rpartition("="))
        known = wanted if wanted in FIELDS else (found.field if wanted and (found := meaning(wanted)) else "")
        if not equals or not column or known not in FIELDS or columns.get(column, known) != known:
            raise SettingsError("bad_mapping", value=pair, known=", ".join(FIELDS))
        columns[column] = known
    return columns


@dataclass(frozen=True, slots=True)
class Layout:
    """Which names of a table or a JSON object give which field.

    Attributes
    ----------
    fields
        Places of names by field, the best first. ``id`` is always the post's; what a row says of a comment stands under ``comment_*``.
    unused
        Places of names that mean nothing known, or that a better one has put aside.
    """

    fields: Mapping[str, tuple[int, ...]]
    unused: tuple[int, ...]

    def holds_text(self) -> bool:
        """Tell whether there is anything to read."""
        return not {"body", "comment_body", "comments"}.isdisjoint(self.fields)


def layout_of(
    names: Sequence[str], columns: Mapping[str, str], about: str = "", *, rows: bool = False, weak: bool = True
) -> Layout:
    """Return which of the names give which field.

    Parameters
    ----------
    names
        Headings of a table, or dotted paths of a JSON object.
    columns
        Field by name, which goes before what is recognised; see ``mapped_places``.
    about
        Name of the file or sheet: tells a table of comments from one of posts where the headings do not.
    rows
        Whether the names head the columns of a table, where comments may stand in rows of their own.
    weak
        Whether names such as ``description``, which seldom are the text, may be taken for it.

    Raises
    ------
    SettingsError
        When ``columns`` has an unknown field.
    """
    mapped = mapped_places(names, columns)
    found, idle = _recognised(names, mapped, weak=weak, rows=rows)
    fields = {field: tuple(places) for field, places in mapped.items()}
    for field, ranked in found.items():
        if field not in fields:
            good = [place for rank, place in ranked if rank < _WEAK]
            fields[field] = tuple(sorted(good)) if field in _SEVERAL and good else (ranked[0][1],)
    if "author" not in mapped and "author_name" not in fields and len(found.get("author", ())) > 1:
        fields["author_name"] = (found["author"][1][1],)  # an account, and a name beside it (`username`, `author`)
    fields = _settled(fields, mapped.keys(), about_comments=bool(_ABOUT_COMMENTS.search(about)), rows=rows)
    used = {place for places in fields.values() for place in places} | idle
    return Layout(fields, tuple(place for place in range(len(names)) if place not in used))


def comment_layout_of(names: Sequence[str]) -> Layout:
    """Return which of the dotted paths of a JSON object that is a comment give which field; its replies are ``comments``."""
    found, idle = _recognised(names, {}, weak=True, rows=False)
    fields: dict[str, tuple[int, ...]] = {}
    for field in (
        "comment_id",
        "comment_body",
        "comment_author",
        "comment_author_name",
        "comment_published",
        "reply_to",
    ):
        ranked = [*found.get(field, ()), *found.get(field.removeprefix("comment_"), ())]
        if ranked:
            fields[field] = (ranked[0][1],)
    if "comments" in found:
        fields["comments"] = tuple(place for _, place in found["comments"])
    used = {place for places in fields.values() for place in places} | idle
    used |= {place for field in ("post_id", "url", "comments_said") for _, place in found.get(field, ())}
    return Layout(fields, tuple(place for place in range(len(names)) if place not in used))


def _recognised(
    names: Sequence[str], mapped: Mapping[str, list[int]], *, weak: bool, rows: bool
) -> tuple[dict[str, list[tuple[int, int]]], set[int]]:
    """Return rank and place of the names known for each field, the best first, and the places that say nothing."""
    known_as = meaning if rows else path_meaning
    found: dict[str, list[tuple[int, int]]] = {}
    idle: set[int] = set()
    taken = {place for places in mapped.values() for place in places}
    for place, name in enumerate(names):
        known = None if place in taken else known_as(name)
        if known is None or known.field in mapped or (known.rank >= _WEAK and known.field == "body" and not weak):
            continue
        if known.field == "nothing":
            idle.add(place)
        else:
            found.setdefault(known.field, []).append((known.rank, place))
    for ranked in found.values():
        ranked.sort()
    return found, idle


def mapped_places(names: Sequence[str], columns: Mapping[str, str]) -> dict[str, list[int]]:
    """Return the places of the names that ``--map`` gives a field, by field."""
    places: dict[str, list[int]] = {}
    for column, field in columns.items():
        if field not in FIELDS:
            raise SettingsError("bad_mapping", value=f"{column}={field}", known=", ".join(FIELDS))
        places.setdefault(field, []).extend(named_places(names, column))
    return {field: list(dict.fromkeys(found)) for field, found in places.items() if found}


def named_places(names: Sequence[str], column: str) -> list[int]:
    """Return the places of a name: as written, else as it is compared."""
    exact = [place for place, name in enumerate(names) if name.strip() == column.strip()]
    wanted = _dotted(column)
    return exact or [place for place, name in enumerate(names) if _dotted(name) == wanted]


def _dotted(name: str) -> str:
    return ".".join(normal_name(step) for step in name.split("."))


def check_mapped(names: Iterable[str], options: Options, name: str, account: Account) -> None:
    """Make sure that every column named in ``--map`` is there.

    Among several files, one that has none of them is read by its own headings, and the account is told.

    Raises
    ------
    InputError
        When one is not there; says which there are.
    """
    there = list(names)
    missing = [column for column in options.columns if not named_places(there, column)]
    details = {"missing": ", ".join(missing), "columns": listed(there)}
    if missing and options.mixed and len(missing) == len(options.columns):
        account.add("warning", name, "column_missing", **details)
    elif missing:
        raise InputError("column_missing", **details)


def listed(names: Iterable[str]) -> str:
    """Return names for a message: each once and short, not endlessly many."""
    short = [" ".join(name.split()) for name in dict.fromkeys(names)]
    shown = [name if len(name) <= 60 else f"{name[:57]}…" for name in short if name]
    more = [f"… (+{len(shown) - _MOST_NAMED})"] if len(shown) > _MOST_NAMED else []
    return ", ".join(shown[:_MOST_NAMED] + more)


def _settled(
    fields: dict[str, tuple[int, ...]], mapped: Collection[str], *, about_comments: bool, rows: bool
) -> dict[str, tuple[int, ...]]:
    """Settle whose id, author and date are meant: the post's, or, in rows that are comments, the comment's."""
    fields = dict(fields)
    marks = any(field in fields for field in _OF_COMMENTS)
    if rows and "comments" not in mapped and "comment_body" not in fields and len(fields.get("comments", ())) == 1:
        _settle_comments_column(fields, marks=marks)
    if "post_id" in fields and "post_id" not in mapped and "comment_body" not in fields:
        may_be_comments = marks or about_comments or "id" in fields or "reply_to" in fields
        is_post = {"title", "comments"} & fields.keys() and not marks and not about_comments
        if is_post or not may_be_comments:
            post_id = fields.pop("post_id")
            fields.setdefault("id", post_id)
    if _rows_are_comments(fields, marks=marks):
        for bare, field in _BARE.items():
            if bare in fields and field not in fields:
                fields[field] = fields.pop(bare)
        if "post_id" in fields and "id" in fields:
            fields.setdefault("comment_id", fields.pop("id"))
    if "post_id" in fields:
        fields["id"] = fields.pop("post_id")
    if "comment_body" not in fields:
        for field in (*_OF_COMMENTS, "reply_to"):
            fields.pop(field, None)
    return fields


def _settle_comments_column(fields: dict[str, tuple[int, ...]], *, marks: bool) -> None:
    """Take a column of comments for one comment a row, where an author or a date of a comment, or only a post's id, stands beside it."""
    if marks or ({"id", "post_id"} & fields.keys() and not {"body", "title"} & fields.keys()):
        fields["comment_body"] = fields.pop("comments")
    elif not {"body", "title", "id", "post_id"} & fields.keys():
        fields["body"] = fields.pop("comments")


def _rows_are_comments(fields: Mapping[str, object], *, marks: bool) -> bool:
    if "comment_body" in fields:
        return "body" not in fields and "title" not in fields
    return "body" in fields and (marks or "post_id" in fields)
