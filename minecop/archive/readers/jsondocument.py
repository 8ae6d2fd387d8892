"""JSON documents: ``.json`` of any shape, read as they pass, one record in memory at a time.

The records may be the document itself, a list at its top, a list or an object of objects by their ids anywhere within it
(``data.posts[]``), or several documents one after another. A first look at the file finds out where they are: where the objects lie whose
keys say most of a post. What their keys mean tells ``minecop/archive/fields.py``.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from minecop.archive.gathering import gathered
from minecop.archive.jsonrecords import JsonReader, StrictnessError, mapped_checked, parsed
from minecop.archive.jsonsurvey import Event, chosen_places, events_of, survey
from minecop.archive.models import Account, Post
from minecop.archive.readers import jsonlines
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.archive.streams import BrokenCharacters, Encoding, encoding_of, lines_of, opened_text
from minecop.archive.values import is_wordy
from minecop.core.errors import InputError

_LONGEST_LINE = 2**20
"""Bytes of a first line above which a file is not looked at as JSON Lines: as a document it is read all the same."""


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of a JSON document."""
    told = Account()
    encoding = encoding_of(source, told)
    if _is_lines(source, encoding):
        yield from jsonlines.read(source, options, account)
        return
    account.entries += told.entries
    places = survey(source, encoding, options)
    chosen = chosen_places(places)
    if not chosen:
        raise InputError("no_records")
    strong = any(places[place].strong for place in chosen)
    reader = JsonReader(source.name, source.stem, options, account, weak=not strong)
    broken = BrokenCharacters(encoding)
    objects = mapped_checked(_objects(source, encoding, chosen, account, reader, broken), options, source.name, account)
    try:
        yield from gathered(post for number, values in objects if (post := reader.post(values, number)))
    finally:
        reader.tell()
        broken.tell(source.name, account)


def _is_lines(source: Source, encoding: Encoding) -> bool:
    """Tell whether a file is JSON Lines under another name: its first line is an object, and its second begins one."""
    with opened_text(source, encoding, "\n") as text:
        lines = lines_of(text, ("\n",), _LONGEST_LINE)
        first = next((line for line in lines if line is None or line.strip()), None)
        second = next((line for line in lines if line is None or line.strip()), None) if first else None
    return bool(first and second) and str(second).lstrip().startswith("{") and _is_object(str(first))


def _is_object(line: str) -> bool:
    try:
        return isinstance(parsed(line), dict)
    except StrictnessError:
        return True
    except (ValueError, RecursionError):
        return False


def _objects(
    source: Source, encoding: Encoding, chosen: set[str], account: Account, reader: JsonReader, broken: BrokenCharacters
) -> Iterator[tuple[int, Any]]:
    """Yield the records with their numbers; what is not strict JSON is refused by its number."""
    kinds: list[str] = []
    keys: list[str] = []
    number = 0
    with events_of(source, encoding, broken) as events:
        for event, value in events:
            if event == "map_key":
                keys[-1] = value[:200]
            elif event == "start_map" and "".join(kinds) in chosen:
                try:
                    found = _with_text(_built(events), reader)
                except StrictnessError as error:
                    number += 1
                    account.add("refused", f"{source.name}:{number}", error.key, **error.details)
                    continue
                for record in found:
                    number += 1
                    yield number, record
            elif event in {"start_map", "start_array"}:
                kinds.append("{" if event == "start_map" else "[")
                keys.append("")
            elif event in {"end_map", "end_array"}:
                kinds.pop()
                keys.pop()
            elif event == "string" and is_wordy(value):
                reader.leave(".".join(key for key in keys if key) or "-")


def _with_text(record: dict[str, Any], reader: JsonReader) -> list[dict[str, Any]]:
    """Return a record, or, of one that is no more than a wrapping of others, those within it that have a text."""
    found: list[dict[str, Any]] = []
    stack: list[Any] = [record]
    while stack:
        value = stack.pop()
        if isinstance(value, dict) and reader.holds_text(value):
            found.append(value)
        elif isinstance(value, dict | list):
            stack += reversed(list(value.values()) if isinstance(value, dict) else value)
    reader.passed += not found
    return found


def _built(events: Iterator[Event]) -> dict[str, Any]:
    """Return the object that has just begun, once it has ended.

    Raises
    ------
    StrictnessError
        When a key stands in it twice, or it is too large; its end has been reached all the same.
    """
    record: dict[str, Any] = {}
    stack: list[tuple[Any, str]] = [(record, "")]
    size = 0
    fault: StrictnessError | None = None
    for event, value in events:
        into, key = stack[-1]
        if event == "map_key":
            if value in into:
                fault = fault or StrictnessError("json_key_twice", name=value[:60])
            stack[-1] = (into, value)
            size += len(value) + 64
            continue
        if event in {"end_map", "end_array"}:
            stack.pop()
            if not stack:
                break
            continue
        made: Any = {} if event == "start_map" else [] if event == "start_array" else value
        size += 64 + (len(value) if isinstance(value, str) else 0)
        if size > LARGEST_WHOLE:
            fault = StrictnessError("record_too_large", size=LARGEST_WHOLE // 2**20)
        elif isinstance(into, list):
            into.append(made)
        else:
            into[key] = made
        if event in {"start_map", "start_array"}:
            stack.append((made, ""))
    if fault is not None:
        raise fault
    return record
