"""One spelling for what looks the same, with a map back: words and matching work on it, spans and quotes index the text as written."""

from __future__ import annotations

import html
import re
import unicodedata
from bisect import bisect_right
from collections.abc import Callable
from dataclasses import dataclass
from html.entities import html5

from minecop.core.dates import arabic_digits

Replacement = str | Callable[[re.Match[str]], str]


@dataclass(frozen=True, slots=True)
class _Rule:
    """What is mended.

    Attributes
    ----------
    pattern
        What is looked for.
    replacement
        What stands there instead.
    within
        A text without any of these has nothing to mend, which is seen faster so; empty for always looking.
    """

    pattern: re.Pattern[str]
    replacement: Replacement
    within: tuple[str, ...] = ()


# ---- markup that leaked into the text

_BLOCK = "p|div|br|li|ul|ol|tr|table|tbody|h[1-6]|blockquote|hr|center"
_INLINE = r"span|font|strong|b|i|em|u|a|img|td|th|sup|sub|small|big|s|strike|o:p|v:\w+|w:\w+|st1:\w+"
_ENTITY = re.compile(r"&(?:#\d{2,7}|#[xX][0-9a-fA-F]{2,6}|[A-Za-z][A-Za-z0-9]{1,30});")


def _character(entity: re.Match[str]) -> str:
    known = entity[0].startswith("&#") or entity[0][1:] in html5
    return html.unescape(entity[0]) if known else entity[0]


# ---- letters


def _composed(cluster: re.Match[str]) -> str:
    return unicodedata.normalize("NFC", cluster[0])


def _ordered(marks: re.Match[str]) -> str:
    """Return the marks of one consonant in their order: vowels, each once, then the tone or sign that was typed last."""
    vowels = dict.fromkeys(mark for mark in marks[0] if mark not in _TONES)
    return "".join(vowels) + next((mark for mark in reversed(marks[0]) if mark in _TONES), "")


_TONES = "\u0e48\u0e49\u0e4a\u0e4b\u0e4c"
_VOWELS = "\u0e31\u0e34-\u0e3a\u0e47\u0e4d\u0e4e"
_MARKS = _VOWELS + _TONES
_DOUBLED = "ะาๅๆโใไแำ"
_UNITS = "บาท|คน|ราย|ตัว|ต้น|ไร่|หลัง|ครัว|กิโล|กก|เมตร|ชุด|เล่ม|ชิ้น|ครั้ง|ล้าน|แสน|หมื่น"

_RULES = (
    _Rule(re.compile(r"\r\n?"), "\n", ("\r",)),
    _Rule(re.compile(r"<!--(?:(?!<!--|-->).)*-->", re.DOTALL), "", ("<!--",)),
    _Rule(
        re.compile(r"<(style|script)\b(?:(?!<(?:style|script)\b).)*?</\1\s*>", re.DOTALL | re.IGNORECASE),
        "",
        ("<s", "<S"),
    ),
    _Rule(re.compile(rf"</?(?:{_BLOCK})(?:\s[^<>]{{0,2000}})?/?>", re.IGNORECASE), "\n", ("<",)),
    _Rule(re.compile(rf"</?(?:{_INLINE})(?:\s[^<>]{{0,2000}})?/?>|<\?xml[^<>]{{0,2000}}>", re.IGNORECASE), "", ("<",)),
    _Rule(re.compile("&(?:amp;)+"), "&", ("&amp;",)),
    _Rule(_ENTITY, _character, ("&",)),
    _Rule(  # what Word puts in front of a text that is pasted into a web page
        re.compile(
            r"Normal\s{1,9}\d\s{1,9}(?:(?:false|EN-US|X-NONE|TH)\s{1,9}){1,8}"
            r"|/\* (?:Style|Font) Definitions \*/\s{0,9}(?:[^{}\u0e00-\u0e7f]{1,300}\{[^{}]{0,2000}\}\s{0,9}){0,50}"
            r"|\bMicrosoftInternetExplorer\d\b|\bMsoNormal\b|\bmso-[\w-]{1,40}:[^;\n]{0,100};?"
        ),
        "",
        ("Mso", "mso-", "Microsoft", "Definitions", "X-NONE"),
    ),
    _Rule(re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad\ufe0f]+"), ""),
    _Rule(re.compile("[\u00a0\u1680\u2000-\u200a\u202f\u205f\u3000\t\x0b\x0c]"), " "),
    _Rule(re.compile(" {2,}"), " ", ("  ",)),
    _Rule(re.compile(r"(?<=\n) | (?=\n)"), "", ("\n ", " \n")),
    _Rule(re.compile(rf"(?<![\d.,])5{{4,}}(?![\d.,]|\s?(?:{_UNITS}))"), "555", ("5555",)),  # ห้า is "ha"
    _Rule(
        re.compile(r"([^\W\d_wWxXiIvV])\1{2,}(?<!(?<![ก-๎])ททท(?=\.))"), "\\1"
    ),  # a letter drawn out; ททท. is an office
)

_LETTER_RULES = (
    _Rule(re.compile(f"([ก-ฮ]) ([{_TONES}]?)า"), "\\1\\2ำ"),  # SARA AM that a PDF split
    _Rule(re.compile(f" (?=[{_MARKS}])"), ""),
    _Rule(re.compile("เเ+"), "แ"),
    _Rule(re.compile(f"\u0e4d([{_TONES}]?)า|([{_TONES}])\u0e4dา"), "\\1\\2ำ"),
    _Rule(re.compile(f"(?<=[ก-ฮ])([ำา])([{_TONES}])"), "\\2\\1"),  # the tone belongs on the consonant
    _Rule(re.compile(f"[{_MARKS}]*?(?:[{_TONES}][{_MARKS}]|[{_VOWELS}]{{2}})[{_MARKS}]*"), _ordered),
    _Rule(re.compile(f"([{_DOUBLED}])\\1+"), "\\1"),
    _Rule(re.compile(rf"(?:\A|(?<=\n))[{_MARKS}]+"), ""),  # with nothing to stand on
)
_SIGNS = tuple(
    map(
        re.compile,
        (
            "[\r<&\t\x0b\x0c\u00a0\u00ad\u1680\u2000-\u200f\u202a-\u202f\u205f-\u2064\u3000\ufe0f\ufeff]",
            "  |\n | \n",
            "Mso|mso-|Microsoft|Definitions|X-NONE",
            r"(.)\1\1",
        ),
    )
)
_LETTER_SIGNS = tuple(
    map(
        re.compile,
        (
            rf"[\n\u0e4d {_TONES}][{_MARKS}]",
            rf"[{_VOWELS}][{_VOWELS}]",
            rf"([{_DOUBLED}เ])\1",
            f"[ำา][{_TONES}]",
            f"\u0e4d[{_TONES}]?า",
            f" (?<=[ก-ฮ] )[{_TONES}]?า",
            rf"\A[{_MARKS}]",
        ),
    )
)
"""A text with none of these has nothing to mend by the rules, or by those for letters: simple patterns, one after the other, are looked for
faster than one of all. Rules are gone through in order, again and again until there is nothing to mend: mending one thing may bring another
to light."""

_COMPOSING = _Rule(re.compile(r"[\s\S]?[^\x00-\x7f\u0e01-\u0e37\u0e3f-\u0e47\u0e4c-\u0e5b]+"), _composed)
_THAI_DIGIT = re.compile("[๐-๙]")

_MOST_ROUNDS = 6
_MARKUP = _Rule(re.compile("[<&]"), "", ("<", "&"))
"""What only hostile text has left after so many rounds: markup within markup."""


class _Map:
    """Where the parts of a mended text stood before."""

    __slots__ = ("_after", "_before")

    def __init__(self, edits: list[tuple[int, int, int]]) -> None:
        # Each edit: from where to where, and how long is what stands there now. Even entries begin replaced parts, odd ones what follows.
        self._after: list[int] = []
        self._before: list[int] = []
        shift = 0
        for start, end, length in edits:
            self._after += (start + shift, start + shift + length)
            self._before += (start, end)
            shift += length - (end - start)

    def begin(self, place: int) -> int:
        """Return where the character at a place began."""
        at = bisect_right(self._after, place) - 1
        if at < 0:
            return place
        if at % 2 == 0:
            return self._before[at]
        return self._before[at] + place - self._after[at]

    def end(self, place: int) -> int:
        """Return where the character before a place ended."""
        at = bisect_right(self._after, place - 1) - 1
        if at < 0:
            return place
        if at % 2 == 0:
            return self._before[at + 1]
        return self._before[at] + place - self._after[at]


@dataclass(frozen=True, slots=True)
class Normalised:
    """A text in one spelling, and where its parts stand in the text as written.

    Attributes
    ----------
    text
        In one spelling.
    """

    text: str
    _maps: tuple[_Map, ...] = ()

    def original(self, start: int, end: int) -> tuple[int, int]:
        """Return the span of the text as written that a span of this one was made from; ``start < end``."""
        for step in reversed(self._maps):
            start, end = step.begin(start), step.end(end)
        return start, end


def normalise(text: str) -> str:
    """Return a text with one spelling for what looks the same; see ``with_map``."""
    return with_map(text).text


def with_map(text: str) -> Normalised:
    """Return a text with one spelling for what looks the same, and where everything stood.

    Leaked HTML and what Word leaves behind are gone; NFC (never NFKC, which splits SARA AM), ``เเ`` as ``แ``, ``ํา`` as ``ำ``, also where a
    PDF split it, marks in order and once, invisible characters gone, every space U+0020 and one, a letter three or more times running once
    (``มากกกก``), laughter as ``555``, Thai digits as Arabic ones. Doing it twice is doing it once.
    """
    maps: list[_Map] = []
    rounds = 0
    while True:
        before = len(maps)
        if _THAI_DIGIT.search(text):
            text = arabic_digits(text)
        if not unicodedata.is_normalized("NFC", text):
            text = _applied(_COMPOSING, text, maps)
        rules = _RULES if _shows(_SIGNS, text) else ()
        for rule in (*rules, *_LETTER_RULES) if _shows(_LETTER_SIGNS, text) else rules:
            if not rule.within or any(sign in text for sign in rule.within):
                text = _applied(rule, text, maps)
        rounds += 1
        if len(maps) == before:
            return Normalised(text, tuple(maps))
        if rounds == _MOST_ROUNDS:
            text = _applied(_MARKUP, text, maps)


def _shows(signs: tuple[re.Pattern[str], ...], text: str) -> bool:
    return any(sign.search(text) for sign in signs)


def _applied(rule: _Rule, text: str, maps: list[_Map]) -> str:
    edits: list[tuple[int, int, int]] = []
    parts: list[str] = []
    at = 0
    for found in rule.pattern.finditer(text):
        new = found.expand(rule.replacement) if isinstance(rule.replacement, str) else rule.replacement(found)
        if new != found[0]:
            edits.append((found.start(), found.end(), len(new)))
            parts += (text[at : found.start()], new)
            at = found.end()
    if not edits:
        return text
    maps.append(_Map(edits))
    parts.append(text[at:])
    return "".join(parts)
