"""Where in a JSON document its records are, found in a first look at what its objects say."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

from minecop.archive.fields import FIELDS, mapped_places, path_meaning
from minecop.archive.jsonrecords import DEEPEST
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.archive.streams import BrokenCharacters, Encoding, JsonStream
from minecop.core.errors import InputError

_MOST_NAMES = 300
_MOST_PLACES = 1_000
_ENOUGH_OBJECTS = 300
_MOST_LOOKED_AT = 100_000
_WEAK = 1_000
_WORTH = {"body": 6, "comment_body": 6, "comments": 3}

Event = tuple[str, Any]


@dataclass(slots=True)
class _Frame:
    """An object or list that is open."""

    kind: str
    key: str = ""
    names: dict[str, None] = field(default_factory=dict)
    of_comments: bool = False
    within: set[str] = field(default_factory=set)


@dataclass(slots=True)
class Place:
    """What objects at one place - within the same lists and objects - are like.

    Attributes
    ----------
    count
        Objects of which a key holds a text.
    worth
        How much of a post their keys say, in all.
    strong
        Whether one of them has a key that surely holds the text.
    of_comments
        Whether all lie within comments.
    holds
        Places of other such objects that lie within these.
    """

    count: int = 0
    worth: int = 0
    strong: bool = False
    of_comments: bool = True
    holds: set[str] = field(default_factory=set)


@contextmanager
def events_of(source: Source, encoding: Encoding, broken: BrokenCharacters | None = None) -> Iterator[Iterator[Event]]:
    """Give the events of a JSON text: what begins, ends and stands in it, in order.

    Parameters
    ----------
    source, encoding
        The text.
    broken
        Counts characters that could not be read.

    Raises
    ------
    InputError
        When it is no strict JSON, or nested too deep; the events before have been given.
    """
    import ijson

    def passing(stream: JsonStream) -> Iterator[Event]:
        depth = 0
        try:
            for event, value in ijson.basic_parse(stream, multiple_values=True):
                if event.startswith("start"):
                    depth += 1
                    if depth > DEEPEST:
                        raise InputError("json_too_deep", deepest=DEEPEST)
                elif event.startswith("end"):
                    depth -= 1
                yield event, value
        except (ijson.JSONError, ValueError, ArithmeticError) as error:
            text = str(error)
            constant = next((name for name in ("NaN", "Infinity") if name in text), None)
            if constant:
                raise InputError("json_constant", value=constant) from error
            reason = text.removeprefix("b'").split("\n")[0].split("\\n")[0]
            raise InputError("file_not_json", reason=reason[:100]) from error

    with source.open() as raw:
        stream = JsonStream(raw, encoding)
        if broken is not None:
            stream.broken = broken
        yield passing(stream)


def survey(source: Source, encoding: Encoding, options: Options) -> dict[str, Place]:
    """Return what the objects of a document are like, by the kinds of the lists and objects that they lie in.

    A document that breaks off is looked at as far as it goes: what comes before will be read.
    """
    places: dict[str, Place] = {}
    frames: list[_Frame] = []
    looked_at = 0
    with events_of(source, encoding) as events:
        try:
            for event, value in events:
                if event in {"start_map", "start_array"}:
                    frames.append(_opened(event, frames[-1] if frames else None))
                elif event == "map_key":
                    frames[-1].key = value[:200]
                elif event in {"end_map", "end_array"}:
                    looked_at += event == "end_map"
                    _close(frames, places, options)
                    if source.size > LARGEST_WHOLE and _is_enough(places, looked_at):
                        break
                elif frames and frames[-1].kind == "{":
                    _name(frames[-1], frames[-1].key)
        except InputError:
            while frames:
                _close(frames, places, options)
            if not places:
                raise
    return places


def _opened(event: str, above: _Frame | None) -> _Frame:
    key = above.key if above and above.kind == "{" else ""
    known = path_meaning(key) if key else None
    holds_comments = bool(known and known.field == "comments")
    if above and key and (event == "start_array" or holds_comments):
        _name(above, key)
    within = bool(above and above.of_comments) or holds_comments
    return _Frame("{" if event == "start_map" else "[", of_comments=within)


def _close(frames: list[_Frame], places: dict[str, Place], options: Options) -> None:
    frame = frames.pop()
    above = frames[-1] if frames else None
    if frame.kind == "{":
        place = "".join(outer.kind for outer in frames)
        if (place in places or len(places) < _MOST_PLACES) and _judge(frame, place, places, options):
            frame.within.add(place)
        if above and above.kind == "{":
            for name in frame.names:
                _name(above, f"{above.key}.{name}")
    if above:
        above.within |= frame.within


def _name(frame: _Frame, name: str) -> None:
    if len(frame.names) < _MOST_NAMES and len(name) <= 200:
        frame.names[name] = None


def _judge(frame: _Frame, place: str, places: dict[str, Place], options: Options) -> bool:
    """Note what an object's keys say of a post, if any of them holds a text; tell whether one does."""
    fields: dict[str, int] = {}
    for name in frame.names:
        known = path_meaning(name)
        if known and known.field in FIELDS:
            fields[known.field] = min(known.rank, fields.get(known.field, known.rank))
    fields |= dict.fromkeys(mapped_places(list(frame.names), options.columns), 0)
    if fields.keys().isdisjoint(_WORTH):
        return False
    about = places.setdefault(place, Place())
    about.count += 1
    about.worth += sum(_WORTH.get(name, 1) if rank < _WEAK else 1 for name, rank in fields.items())
    about.strong |= fields.get("body", _WEAK) < _WEAK or "comment_body" in fields
    about.of_comments &= frame.of_comments
    about.holds |= frame.within
    return True


def _is_enough(places: dict[str, Place], looked_at: int) -> bool:
    return bool(places) and (
        looked_at >= _MOST_LOOKED_AT
        or (looked_at % 50 == 0 and any(p.count >= _ENOUGH_OBJECTS and not p.of_comments for p in places.values()))
    )


def chosen_places(places: dict[str, Place]) -> set[str]:
    """Return where the records are: where objects say most of a post, and others with a text that lie neither within nor around those."""
    free = {place: about for place, about in places.items() if not about.of_comments} or places
    ranked = sorted(free, key=lambda place: (-free[place].worth / free[place].count, len(place), place))
    chosen: list[str] = []
    for place in (*ranked, *sorted(places.keys() - free.keys())):
        about = places[place]
        apart = all(place not in places[other].holds and other not in about.holds for other in chosen)
        if not chosen or (about.strong and apart):
            chosen.append(place)
    return set(chosen)
