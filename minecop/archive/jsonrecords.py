"""Posts from objects of JSON, whatever their keys are called and however deep they stand."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from itertools import islice
from typing import Any

from minecop.archive.fields import Layout, check_mapped, layout_of, listed
from minecop.archive.models import Account, Post
from minecop.archive.records import Maker, Record
from minecop.archive.sources import Options
from minecop.archive.values import flat, is_blank, is_wordy
from minecop.core.errors import InputError

DEEPEST = 500
"""Objects and lists within one another above which a record is refused: a reply to a reply takes two."""

_SHAPES = 2_000
_LOOKED_AT = 200
"""Records at the beginning among which the paths of ``--map`` must be found."""


class StrictnessError(ValueError):
    """What Python reads and JSON does not allow, or does not define."""

    def __init__(self, key: str, **details: object) -> None:
        super().__init__(key)
        self.key = key
        self.details = details


def parsed(text: str) -> Any:
    """Return the value of a JSON text.

    Raises
    ------
    StrictnessError
        For NaN and the like, a key that stands twice in one object, and nesting that is too deep.
    ValueError
        For what is no JSON.
    """
    if text.count("{") + text.count("[") > DEEPEST and _depth(text) > DEEPEST:
        raise StrictnessError("not_json", reason=f"nesting > {DEEPEST}")
    return json.loads(text, parse_constant=_constant, object_pairs_hook=_once)


def _depth(text: str) -> int:
    """Return how deep brackets stand within one another, those in strings left out."""
    deepest = depth = place = 0
    while place < len(text):
        letter = text[place]
        if letter == '"':
            place = _string_end(text, place)
        elif letter in "{[":
            depth += 1
            deepest = max(deepest, depth)
            if deepest > DEEPEST:
                return deepest
        elif letter in "}]":
            depth -= 1
        place += 1
    return deepest


def _string_end(text: str, place: int) -> int:
    while True:
        place = text.find('"', place + 1)
        if place < 0:
            return len(text)
        slashes = 0
        while text[place - 1 - slashes] == "\\":
            slashes += 1
        if slashes % 2 == 0:
            return place


def _constant(name: str) -> Any:
    raise StrictnessError("json_constant", value=name)


def _once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    values = dict(pairs)
    if len(values) < len(pairs):
        keys = [key for key, _ in pairs]
        raise StrictnessError("json_key_twice", name=next(key for n, key in enumerate(keys) if key in keys[:n])[:60])
    return values


class JsonReader:
    """Makes posts of objects.

    Parameters
    ----------
    name
        Of the source.
    stem
        What the ids of posts without one begin with.
    options
        Their ``columns`` go before what is recognised.
    account
        Told of what is refused, guessed or left out.
    weak
        Whether keys such as ``description`` may hold the text.
    """

    def __init__(self, name: str, stem: str, options: Options, account: Account, *, weak: bool = True) -> None:
        self._name = name
        self._stem = stem
        self._options = options
        self._account = account
        self._weak = weak
        self.passed = 0
        self._maker = Maker(name, account)
        self._shapes: dict[tuple[str, ...], Layout] = {}
        self._used: dict[str, str] = {}

    def holds_text(self, values: Mapping[str, Any]) -> bool:
        """Tell whether an object has a key for a text, or for comments."""
        return self._layout(tuple(flat(values))).holds_text()

    def post(self, values: Mapping[str, Any], number: int) -> Post | None:
        """Return the post of an object; ``None`` for one without text, which the account is told."""
        found = flat(values)
        names = tuple(found)
        layout = self._layout(names)
        self._maker.leave(names[place] for place in layout.unused if is_wordy(found[names[place]]))
        by_field = {
            field: [
                (names[place], found[names[place]])
                for place in places
                if field == "body" or not is_blank(found[names[place]])
            ]
            for field, places in layout.fields.items()
        }
        return self._maker.post(Record(f"{self._name}:{number}", by_field), f"{self._stem}-{number}")

    def _layout(self, names: tuple[str, ...]) -> Layout:
        layout = self._shapes.get(names)
        if layout is None:
            if len(self._shapes) >= _SHAPES:
                self._shapes.clear()
            layout = self._shapes[names] = layout_of(names, self._options.columns, self._name, weak=self._weak)
            if layout.holds_text() and len(self._used) < _SHAPES:
                for field, places in layout.fields.items():
                    self._used |= {names[place]: field for place in places}
        return layout

    def tell(self) -> None:
        """Write what is told once for the whole source into the account."""
        if self._used:
            used = listed(f"{name} = {field}" for name, field in self._used.items())
            self._account.add("read", self._name, "columns_read", columns=used)
        if self.passed:
            self._account.add("warning", self._name, "objects_without_text", count=self.passed)
        self._maker.tell()

    def leave(self, name: str) -> None:
        """Note a text that stands outside all records."""
        self._maker.leave([name])


def mapped_checked(
    objects: Iterator[tuple[int, Any]], options: Options, name: str, account: Account
) -> Iterator[tuple[int, Any]]:
    """Yield numbered objects; before the first, make sure that the first of them have the paths of ``--map``.

    Raises
    ------
    InputError
        When none of them has one of the paths.
    """
    if not options.columns:
        yield from objects
        return
    first = list(islice(objects, _LOOKED_AT))
    names: dict[str, None] = {}
    for _, values in first:
        if isinstance(values, dict):
            names |= dict.fromkeys(flat(values))
    if not names:
        raise InputError("no_records")
    check_mapped(names, options, name, account)
    yield from first
    yield from objects
