"""Where a passage may begin: every line, and in long lines every space, with how likely a reader would begin a new passage there."""

from __future__ import annotations

import re
import tomllib
from bisect import bisect_right
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from math import log
from pathlib import Path
from typing import NamedTuple

from minecop.text.lines import SENTENCE_END, Line
from minecop.text.tokens import tokens

LONG_LINE = 250
"""Characters above which a line may be cut within."""

_LONG_RUN = 300
"""Characters without a space above which a run may be cut within."""

_ONE_SENTENCE_LINES = 80
"""Mean length of lines, in characters, below which every line of a text is but a sentence."""

_ENDING = 20
"""Characters at the end of a line or a run by which it is told whether a sentence ends there."""

_SHORT = 80
_FAREWELL = 60
_FAR = 200
_SPEAKER = re.compile(r"\S{2,12} ?:")
_LEADS_ON = re.compile(r"(?:ว่า|ดังนี้|คือ|:|ได้แก่|เช่น|ต่อไปนี้|ไว้)\s*$")
_RUN = re.compile(r"\S+")


class Candidate(NamedTuple):
    """A place where a passage may begin.

    Attributes
    ----------
    place
        Code point into the text.
    kind
        ``line`` or ``space``: which weights hold.
    features
        Values by the names of ``boundaries.toml``.
    """

    place: int
    kind: str
    features: dict[str, float]


@dataclass(frozen=True, slots=True)
class Boundaries:
    """What ``boundaries.toml`` holds: the words with which Thai writers turn to another thing, and the weights of features.

    Attributes
    ----------
    openers
        One pattern; the name of its group that matched tells what the words do.
    weights
        Log odds by kind of candidate and feature; ``always`` is added to every candidate.
    """

    openers: re.Pattern[str]
    weights: dict[str, dict[str, float]]

    def log_odds(self, candidate: Candidate) -> float:
        """Return how likely a passage begins at a candidate, as log odds."""
        weights = self.weights[candidate.kind]
        return weights["always"] + sum([weights.get(name, 0.0) * value for name, value in candidate.features.items()])


@cache
def boundaries() -> Boundaries:
    """Return the openers and weights that are shipped."""
    read = tomllib.loads((Path(__file__).parent / "data/boundaries.toml").read_text(encoding="utf-8"))
    numeral = f"(?:{'|'.join(read['numerals'].split())})"
    groups = (
        f"(?P<{name}>{'|'.join(''.join(row.split()) for row in rows)})".replace("NUMBER", numeral)
        for name, rows in read["openers"].items()
    )
    return Boundaries(re.compile("|".join(groups)), {kind: read[kind] for kind in ("line", "space")})


def candidates(lines: list[Line], quotes: list[tuple[int, int]]) -> Iterator[Candidate]:
    """Yield the places where a passage may begin, in order; never the beginning of the text.

    Parameters
    ----------
    lines
        Of a text.
    quotes
        Spans of the text that are words of others.
    """
    starts = [start for start, _ in quotes]
    in_block = Counter(line.block for line in lines)
    one_sentence = bool(lines) and sum(line.length for line in lines) / len(lines) < _ONE_SENTENCE_LINES
    above: Line | None = None
    for number, line in enumerate(lines):
        if above:
            features = _between(above, line)
            features["one_sentence"] = float(one_sentence and in_block[line.block] > 1 and line.block == above.block)
            features["farewell"] = float(number == len(lines) - 1 and line.length < _FAREWELL)
            features |= _quoted(line.start, quotes, starts)
            yield Candidate(line.start, "line", features)
        if line.length > LONG_LINE:
            for place, features in _within(line):
                features |= _quoted(place, quotes, starts)
                yield Candidate(place, "space", features)
        above = line


def _between(above: Line, line: Line) -> dict[str, float]:
    both = above.bullet and line.bullet
    features = {
        "blank": float(above.block != line.block),
        "before": log(above.length),
        "after": log(line.length),
        "heading": float(line.is_heading),
        "bullets": float(bool(both)),
        "long_bullets": log((above.length + line.length) / (2 * _SHORT)) if both else 0.0,
        "list_over": float(bool(above.bullet) and not line.bullet),
        "list_begins": float(bool(line.bullet) and not above.bullet),
        "outer_bullet": float(bool(both) and above.bullet != line.bullet and line.bullet != "sign"),
        "introduced": float(bool(_LEADS_ON.search(above.text[-_ENDING:]))),
        "sentence_ends": float(bool(SENTENCE_END.search(above.text[-_ENDING:]))),
        "both_short": float(max(above.length, line.length) < _SHORT and not line.bullet),
        "speaker": float(bool(_SPEAKER.match(line.text))),
    }
    return features | _opened(line.text, 0)


def _within(line: Line) -> Iterator[tuple[int, dict[str, float]]]:
    """Yield the places within a line: after every space, and in runs without one wherever an opener begins with a word."""
    text = line.text
    long = log(line.length / 500)
    last: tuple[int, int] | None = None
    for run in _RUN.finditer(text):
        begin, end = run.span()
        if last:
            features = {
                "after": log(min(end - begin, _FAR)),
                "long": long,
                "sentence_ends": float(bool(SENTENCE_END.search(text, max(last[0], last[1] - _ENDING), last[1]))),
                "not_thai": float(text[begin] < "ก" or text[last[1] - 1] < "ก"),
            }
            features |= _opened(text, begin)
            yield line.start + begin, features
        if end - begin > _LONG_RUN:
            place = begin
            for token in tokens(run[0]):
                if token.kind == "thai" and place - begin > _SHORT and (opened := _opened(text, place)):
                    yield line.start + place, {"after": log(_FAR / 2), "long": long, "no_space": 1.0} | opened
                place += len(token.text)
        last = (begin, end)


def _opened(text: str, place: int) -> dict[str, float]:
    match = boundaries().openers.match(text, place)
    return {match.lastgroup: 1.0} if match and match.lastgroup else {}


def _quoted(place: int, quotes: list[tuple[int, int]], starts: list[int]) -> dict[str, float]:
    """Tell whether a place stands within words of others, or just before or after them."""
    if not quotes:
        return {}
    number = bisect_right(starts, place)
    if number < len(starts) and 0 <= starts[number] - place <= 1:
        return {"quote_begins": 1.0}
    if not number:
        return {}
    start, end = quotes[number - 1]
    if place == start:
        return {"quote_begins": 1.0}
    if place < end:
        return {"in_quote": 1.0}
    return {"quote_over": 1.0} if place - end <= _NEAR_QUOTE else {}


_NEAR_QUOTE = 4
