"""Thai as it comes out of PDF files: SARA AM split, marks set apart or in the wrong order, letters under private or Latin codes."""

from __future__ import annotations

import re
from collections.abc import Callable

_CONSONANT = "\u0e01-\u0e2e"
_TONE = "\u0e48-\u0e4b"
_VOWEL = "\u0e31\u0e34-\u0e3a\u0e47"
_MARK = "\u0e31\u0e34-\u0e3a\u0e47-\u0e4e"

# Old Thai fonts keep forms of marks that are moved aside or down under codes for private use, from U+F700 on.
_PRIVATE = (
    "\u0e10\u0e34\u0e35\u0e36\u0e37\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e0d"
    "\u0e31\u0e4d\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e38\u0e39\u0e3a"
)
_ANY_PRIVATE = re.compile("[\uf700-\uf71a]")

_SPACE_BEFORE_TONE = re.compile(rf"(?<=[{_CONSONANT}{_VOWEL}]) [{_TONE}](?!\u0e32)")
_SPLIT_WITH_TONE = re.compile(rf"(?<=[{_CONSONANT}]) ([{_TONE}])\u0e32")
_RULES: list[tuple[re.Pattern[str], str]] = [
    (re.compile(rf"\u0e4d ?([{_TONE}]?) ?\u0e32"), "\\1\u0e33"),
    (re.compile(rf"([{_TONE}]) ?\u0e4d ?\u0e32"), "\\1\u0e33"),
    (re.compile(rf"(?<=[{_CONSONANT}]) \u0e32|(?<=[{_CONSONANT}][{_TONE}]) \u0e32"), "\u0e33"),
    (re.compile(rf"(?<=[{_CONSONANT}{_MARK}]) +(?=[{_MARK}])"), ""),
    (re.compile(rf"([{_TONE}])([\u0e31\u0e34-\u0e39])"), "\\2\\1"),
    (re.compile("\u0e4c([\u0e34\u0e38])"), "\\1\u0e4c"),
    (re.compile(rf"\u0e33([{_TONE}])"), "\\1\u0e33"),
]

_THAI = re.compile("[\u0e01-\u0e5b]")
_LATIN_HIGH = re.compile("[\u00a1-\u00fb]")


def mend_thai(text: str) -> tuple[str, int]:
    """Return a text with its Thai mended, and in how many places.

    Parameters
    ----------
    text
        What a PDF file gave for a document: whether a space before a tone mark is a lost half of SARA AM or only a space is told by how
        the other tone marks stand.
    """
    count = 0

    def counted(replacement: str | Callable[[re.Match[str]], str]) -> Callable[[re.Match[str]], str]:
        def replaced(found: re.Match[str]) -> str:
            nonlocal count
            count += 1
            return replacement(found) if callable(replacement) else found.expand(replacement)

        return replaced

    text = _ANY_PRIVATE.sub(counted(lambda found: _PRIVATE[ord(found[0]) - 0xF700]), text)
    if not _SPACE_BEFORE_TONE.search(text):
        text = _SPLIT_WITH_TONE.sub(counted("\\1\u0e33"), text)
    for pattern, replacement in _RULES:
        text = pattern.sub(counted(replacement), text)
    return text, count


def thai_in_latin(text: str) -> str | None:
    """Return the Thai of a text whose letters are bytes of TIS-620 shown as Latin ones (``¡ÒÃ``), or ``None`` where it is none."""
    high = len(_LATIN_HIGH.findall(text))
    if _THAI.search(text) or high * 2 < sum(map(str.isalpha, text)) or not high:
        return None
    turned = text.encode("cp1252", "replace").decode("cp874", "replace")
    return turned if len(_THAI.findall(turned)) >= 0.9 * high else None
