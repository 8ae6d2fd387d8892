"""Tokens: a text cut into words and all that stands between them, so that the tokens joined are the text.

Addresses, Latin words, abbreviations with dots and numbers are taken out first; only letters of Thai in a row are given to an engine, for
it is there that the engines agree.
"""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Callable, Collection, Iterable
from functools import cache, partial
from importlib.util import find_spec
from itertools import takewhile
from pathlib import Path
from typing import NamedTuple

from pythainlp.corpus import thai_female_names, thai_male_names, thai_words
from pythainlp.tokenize import newmm
from pythainlp.util import Trie, dict_trie

from minecop.core.dates import SHORT_MONTHS
from minecop.core.remembering import Remembered
from minecop.text.paths import mended
from minecop.text.terms import dotted_forms, thai_forms

_VOCABULARY = Path(__file__).parent / "data" / "vocabulary.toml"

_PARTS = re.compile(
    r"(?P<address>https?://\S{1,2000}|www\.\S{1,2000}|[\w.+-]{1,64}@[\w-]{1,64}(?:\.[\w-]{1,64})+)"
    r"|(?P<latin>[a-z][a-z0-9]*(?:[-'&][a-z0-9]+)*)"
    r"|(?P<abbreviation>(?<![ก-๎])(?:[ก-ฮ]{1,5}\.)+(?:[ก-ฮ]{1,4}(?![ก-๎.]))?)"
    r"|(?P<thai>[ก-ฺเ-ๅ็-๎]+)"
    r"|(?P<number>\d+(?:[.,:/]\d+)*%?)"
    r"|(?P<space>\s+)"
    r"|(?P<mark>ๆ|[^\sA-Za-z0-9ก-ฺเ-๎]+)",
    re.IGNORECASE,
)

_LONGEST_RUN = 400
"""Letters that are given to an engine at once: what has no space for longer is cut where a word ends."""

_SHORT_RUN = 80
"""Letters up to which a run is cut once and remembered: of such, half have stood before."""

_SHORTEST_DOTTED = 3
_TITLES = frozenset({
    "คุณ", "ครู", "ลุง", "ป้า", "น้า", "อา", "ยาย", "ตา", "ปู่", "ย่า", "พี่", "น้อง", "นาย", "นาง", "นางสาว", "อาจารย์", "หมอ", "กำนัน",
    "ผู้ใหญ่", "นายก", "ปลัด", "แม่", "พ่อ", "อ.", "ดร.", "นพ.", "พญ.", "ผศ.", "รศ.",
})  # fmt: skip
"""Behind these stand given names."""

_MOST_PIECES = 3

_KEPT = 60
"""Letters at the end of a piece of a long run that are cut again with what follows."""


_DISPUTED = re.compile(r"\|์|เ[ก-ฮ]+\|[ก-ฮ]+ี[่-๋]?\|?ย|[ก-ฮ]\|รร")
"""Where nlpo3 parts letters within a cluster that newmm keeps whole: there newmm decides, so that the words are the same with either."""


class Token(NamedTuple):
    """A piece of a text.

    Attributes
    ----------
    kind
        ``thai``, ``latin``, ``abbreviation``, ``number``, ``address``, ``mark`` or ``space``.
    text
        As it stands there.
    """

    kind: str
    text: str


_THAI = Remembered(partial(Token, "thai"), 50_000)
"""The token of each word."""

_ONE_SPACE = Token("space", " ")

Engine = Callable[[str], list[str]]


@cache
def engine_name() -> str:
    """Return the word engine in use: ``nlpo3`` (the same algorithm in Rust) where it is installed, else ``newmm``."""
    return "nlpo3" if find_spec("nlpo3") else "newmm"


def tokens(clean: str) -> list[Token]:
    """Return the tokens of a normalised text; joined they are the text.

    Letters of Thai in a row become the fewest words of pythainlp's dictionary and the terms of the field that fill them (``newmm``: maximal
    matching within Thai character clusters), mended where another way is much likelier (``paths.py``).
    """
    found: list[Token] = []
    at = 0
    # Known abbreviations first: before their dots may stand letters without a space (เจ้าหน้าที่รพ.สต.).
    for known in _abbreviations().finditer(clean) if "." in clean else ():
        found += _tokens(clean, at, known.start())
        found.append(Token("abbreviation", known[0]))
        at = known.end()
    found += _tokens(clean, at, len(clean))
    return _with_names(found)


def _tokens(clean: str, start: int, end: int) -> list[Token]:
    found: list[Token] = []
    for part in _PARTS.finditer(clean, start, end):
        kind, text = str(part.lastgroup), part[0]
        if kind == "thai":
            found += _words(text)
        elif text == " ":
            found.append(_ONE_SPACE)
        else:
            found.append(Token(kind, text))
    return found


def _with_names(found: list[Token]) -> list[Token]:
    """Join the pieces of given names that stand behind a title without a space: ``คุณ|สม|ชาย``."""
    made: list[Token] = []
    at = 0
    for title in [place for place, (_, text) in enumerate(found) if text in _TITLES]:
        if title < at:
            continue
        made += found[at : title + 1]
        at = title + 1
        follow = takewhile(lambda token: token.kind == "thai", found[at : at + _MOST_PIECES])
        pieces = [token.text for token in follow]
        for count in range(len(pieces), 1, -1):
            if (name := "".join(pieces[:count])) in _given_names():
                made.append(Token("thai", name))
                at += count
                break
    return made + found[at:]


@cache
def _given_names() -> frozenset[str]:
    return frozenset(thai_female_names() | thai_male_names())


@cache
def _abbreviations() -> re.Pattern[str]:
    """Return a pattern for the known abbreviations with dots that no end of a sentence looks like."""
    forms = {form for form in (*dotted_forms(), *SHORT_MONTHS) if form.count(".") > 1 or len(form) > _SHORTEST_DOTTED}
    known = "|".join(re.escape(form) for form in sorted(forms, key=lambda form: (-len(form), form)))
    return re.compile(rf"(?=[ก-๎]{{1,6}}\.)(?:{known})")  # that a dot follows is seen faster


def _words(run: str) -> Iterable[Token]:
    """Return the words of Thai letters in a row."""
    return _SHORT_RUNS[run] if len(run) <= _SHORT_RUN else map(_THAI.__getitem__, _cut_long(run))


def _cut_long(run: str) -> list[str]:
    words: list[str] = []
    rest = run
    while len(rest) > _LONGEST_RUN:
        piece = _cut(rest[:_LONGEST_RUN])
        length = len(piece.pop())
        while piece and length < _KEPT:
            length += len(piece.pop())
        if not piece:  # one word of four hundred letters is none
            piece, length = [rest[:_LONGEST_RUN]], 0
        words += piece
        rest = rest[_LONGEST_RUN - length :]
    return words + _cut(rest)


def _cut(run: str) -> list[str]:
    return mended(_engine()(run), vocabulary(), thai_forms())


def _tokens_of_short(run: str) -> tuple[Token, ...]:
    return tuple(map(_THAI.__getitem__, _cut(run)))


_SHORT_RUNS = Remembered(_tokens_of_short, 100_000)


@cache
def vocabulary() -> frozenset[str]:
    """Return the words that the engines know: pythainlp's, those of ``data/vocabulary.toml`` and the terms of the field."""
    groups = tomllib.loads(_VOCABULARY.read_text(encoding="utf-8"))
    without = set(groups.pop("without")["words"].split())
    added = {word for group in groups.values() for word in group["words"].split()}
    return frozenset(((thai_words() | added) - without) | thai_forms())


class _TreelessTrie(Trie):  # type: ignore[misc]
    """What newmm looks words up in, for a run now and then: growing the tree of all words would take each process a second."""

    def __init__(self, words: Collection[str]) -> None:
        self._known = words
        self._longest = max(map(len, words))

    def __len__(self) -> int:
        return len(self._known)

    def prefixes(self, text: str, start: int = 0) -> list[str]:
        """Return the words that a text begins with at a place, the shortest first."""
        ends = range(start + 1, min(len(text), start + self._longest) + 1)
        return [piece for end in ends if (piece := text[start:end]) in self._known]


def _newmm(words: Trie) -> Engine:
    # not word_tokenize: what it mends afterwards is not in letters of Thai
    return lambda run: newmm.segment(run, words)


@cache
def _engine() -> Engine:
    if engine_name() == "newmm":
        return _newmm(dict_trie(vocabulary()))
    import nlpo3

    disputed = _newmm(_TreelessTrie(vocabulary()))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "words.txt"
        path.write_text("\n".join(sorted(vocabulary())), encoding="utf-8")
        nlpo3.load_dict(str(path), "minecop")

    def cut_by_nlpo3(run: str) -> list[str]:
        words = list(nlpo3.segment(run, "minecop"))
        return disputed(run) if _DISPUTED.search("|".join(words)) else words

    return cut_by_nlpo3
