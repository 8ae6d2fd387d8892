"""JSON that is too large to be held whole: written and read piece by piece, in the layout of ``json.dumps`` with an indent of 1."""

from __future__ import annotations

import json
from collections.abc import Callable, Hashable, Iterable, Iterator, Mapping, Sequence
from dataclasses import fields, is_dataclass
from datetime import datetime
from functools import cache
from itertools import islice
from json.encoder import encode_basestring
from mmap import ACCESS_READ, mmap
from pathlib import Path
from types import MappingProxyType
from typing import Any, overload

from minecop.core.files import replacing

_AT_ONCE = 2_000

_PLAIN = (str, int, float, datetime, type(None))


Short = Mapping[type, Callable[[Any], Any]]
"""What stands for objects of some kinds: a text, a number, or a list of such."""


class Objects(Sequence[dict[str, Any]]):
    """Objects of the same names and of plain values, that stand in columns until they are asked for.

    Parameters
    ----------
    size
        How many.
    columns
        Returns a list of values for each name.
    """

    def __init__(self, size: int, columns: Callable[[], Mapping[str, Sequence[Any]]]) -> None:
        self._size = size
        self._columns = columns

    def __len__(self) -> int:
        return self._size

    @overload
    def __getitem__(self, place: int) -> dict[str, Any]: ...

    @overload
    def __getitem__(self, place: slice) -> list[dict[str, Any]]: ...

    def __getitem__(self, place: int | slice) -> dict[str, Any] | list[dict[str, Any]]:
        return [*self][place]

    def __iter__(self) -> Iterator[dict[str, Any]]:
        columns = self._columns()
        return (dict(zip(columns, row, strict=True)) for row in zip(*columns.values(), strict=True))

    def pieces(self, indent: str) -> Iterator[str]:
        """Yield the text of the list of them; see ``json_pieces``."""
        columns, inner = self._columns(), f"{indent}  "
        names = [encode_basestring(name).replace("%", "%%") for name in columns]
        template = f"{{\n{inner}" + f",\n{inner}".join(f"{name}: %s" for name in names) + f"\n{indent} }}"
        rows = zip(*(map(_plain, column) for column in columns.values()), strict=True)
        before = "["
        while some := list(islice(rows, _AT_ONCE)):
            yield f"{before}\n{indent} " + f",\n{indent} ".join([template % row for row in some])
            before = ","
        yield f"\n{indent}]"


def _plain(value: Any) -> str:
    if value.__class__ is str:
        return encode_basestring(value)
    return str(value) if value.__class__ is int else _flat("").encode(value)


def write_large_json(path: Path, value: Any, short: Short = MappingProxyType({})) -> None:
    """Write a value as ``write_json`` does, without its whole text in memory.

    Parameters
    ----------
    path
        The file.
    value
        What JSON has, dataclasses as objects of their fields, and ``Objects``; anything else by its ``isoformat``.
    short
        Objects that do not stand there as such.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", errors="replace", newline="") as file:
        file.writelines(json_pieces(value, short=short))
        file.write("\n")


def json_pieces(value: Any, indent: str = "", short: Short = MappingProxyType({})) -> Iterator[str]:
    """Yield the text of ``json.dumps(value, ensure_ascii=False, indent=1)`` in pieces; see ``write_large_json``.

    Parameters
    ----------
    value
        Of any depth.
    indent
        Of the line that it begins in.
    short
        As there.
    """
    inner = f"{indent} "
    if value.__class__ is Objects:
        yield from value.pieces(indent) if value else ("[]",)
        return
    if value.__class__ in short:
        value = short[value.__class__](value)
    elif is_dataclass(value):
        value = {name: getattr(value, name) for name in _names(value.__class__)}
    if isinstance(value, Mapping) and value:
        if all(isinstance(one, _PLAIN) for one in value.values()):
            # mostly: the encoder in C is ten times as fast, and an object of plain values has but one indent
            yield f"{{\n{inner}{_flat(inner).encode(value)[1:-1]}\n{indent}}}"
            return
        yield from _bracketed(_members(value, inner, short), "{}", indent)
    elif isinstance(value, list | tuple) and value:
        if value[0].__class__ in short:
            value = [short[one.__class__](one) for one in value]
        if all(isinstance(one, _PLAIN) for one in value):
            yield f"[\n{inner}{_flat(inner).encode(value)[1:-1]}\n{indent}]"
            return
        yield from _bracketed((json_pieces(one, inner, short) for one in value), "[]", indent)
    else:
        yield _flat(inner).encode(value)


def _members(value: Mapping[Any, Any], inner: str, short: Short) -> Iterator[Iterable[str]]:
    for name, one in value.items():
        yield _member(name, one, inner, short)


def _member(name: Any, value: Any, inner: str, short: Short) -> Iterator[str]:
    yield f"{json.dumps(str(name), ensure_ascii=False)}: "
    yield from json_pieces(value, inner, short)


def _bracketed(items: Iterable[Iterable[str]], brackets: str, indent: str) -> Iterator[str]:
    before = brackets[0]
    for item in items:
        yield f"{before}\n{indent} "
        yield from item
        before = ","
    yield f"\n{indent}{brackets[1]}"


@cache
def _names(kind: Hashable) -> tuple[str, ...]:
    return tuple(field.name for field in fields(kind))  # type: ignore[arg-type]


@cache
def _flat(inner: str) -> json.JSONEncoder:
    return json.JSONEncoder(ensure_ascii=False, separators=(f",\n{inner}", ": "), default=_iso)


def _iso(value: Any) -> str:
    return str(value.isoformat())


def read_large_json(path: Path, made: Mapping[str, Callable[[Any], Any]]) -> dict[str, Any]:
    """Return an object that ``write_large_json`` wrote, whose long lists of objects never stand in memory as JSON.

    Parameters
    ----------
    path
        The file.
    made
        What becomes of the objects in a list of the outermost object, by its name.

    Raises
    ------
    ValueError
        When it is none.
    """
    found: dict[str, Any] = {}
    with path.open("rb") as file, mmap(file.fileno(), 0, access=ACCESS_READ) as data:
        if data[:2] != b"{\n":
            raise ValueError(path.name)
        at = 2
        while data[at : at + 2] != b"}\n":
            begins = _after(data, b"\n", at)
            name, _, value = data[at:begins].partition(b": ")
            key, at = json.loads(name), begins
            if value == b"[\n":
                found[key] = []
                while data[at : at + 2] != b" ]":
                    end = _after(data, b"\n  }", at)
                    found[key].append(made[key](json.loads(data[at:end])))
                    at = _after(data, b"\n", end)
                at = _after(data, b"\n", at)
            else:
                end = _after(data, b"\n }", at) if value == b"{\n" else at
                found[key] = json.loads((value + data[at:end]).rstrip(b",\n"))
                at = _after(data, b"\n", end) if end > at else at
    return found


def _after(data: mmap, what: bytes, at: int) -> int:
    """Return the place behind the next of some bytes."""
    found = data.find(what, at)
    if found < 0:
        raise ValueError(what)
    return found + len(what)
