"""Styles and lists of a Word document, and the few ways into its XML that are needed for them.

Elements are known by their local names, so that both namespaces of the format (ECMA and ISO) are read.
"""

from __future__ import annotations

import re
from typing import Any

_CONTENTS = re.compile(r"toc \d|table of contents")
_LETTERS = {
    "lowerLetter": "abcdefghijklmnopqrstuvwxyz",
    "upperLetter": "ABCDEFGHIJKLMNOPQRSTUVWXYZ",
    "thaiLetters": "กขคงจฉชซฌญฎฏฐฑฒณดตถทธนบปผฝพฟภมยรลวศษสหฬอฮ",
}
_ROMAN = [
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"), (9, "ix"), (5, "v"),
    (4, "iv"), (1, "i"),
]  # fmt: skip
_LONGEST_CHAIN = 12
"""Styles that may be based on one another; Word knows no more than 11, and a circle ends here."""

_THAI_DIGITS = str.maketrans("0123456789", "๐๑๒๓๔๕๖๗๘๙")


def local_name(element: Any) -> str:
    """Return the name of an element without its namespace; ``""`` for what is no element."""
    tag = element.tag
    return tag.rsplit("}", 1)[-1] if isinstance(tag, str) else ""


def attribute(element: Any, name: str) -> str | None:
    """Return an attribute by its local name, or ``None``."""
    return next((str(value) for key, value in element.attrib.items() if key.rsplit("}", 1)[-1] == name), None)


def child_of(element: Any, *names: str) -> Any:
    """Return the first element down a path of local names, or ``None``."""
    for name in names:
        element = next((child for child in element if local_name(child) == name), None)
        if element is None:
            return None
    return element


def value_of(element: Any, *names: str) -> str | None:
    """Return the attribute ``val`` of the first element down a path of local names, or ``None``."""
    found = child_of(element, *names)
    return attribute(found, "val") if found is not None else None


def number_of(text: str | None, otherwise: int) -> int:
    """Return a text as a whole number, or another one where it is none."""
    return int(text) if text and re.fullmatch(r"\d{1,6}", text) else otherwise


class Styles:
    """What paragraphs are by their styles."""

    def __init__(self, root: Any | None) -> None:
        found = [style for style in (root if root is not None else ()) if local_name(style) == "style"]
        self._styles = {attribute(style, "styleId"): style for style in found}
        self._kinds: dict[str | None, tuple[str, int]] = {}

    def chain(self, style_id: str | None) -> list[Any]:
        """Return a style and those that it is based on."""
        found: list[Any] = []
        while (style := self._styles.get(style_id)) is not None and len(found) < _LONGEST_CHAIN:
            found.append(style)
            style_id = value_of(style, "basedOn")
        return found

    def kind(self, style_id: str | None) -> tuple[str, int]:
        """Return kind and level of a paragraph of this style; the kind is ``""`` for a table of contents."""
        if style_id not in self._kinds:
            self._kinds[style_id] = self._kind(style_id)
        return self._kinds[style_id]

    def _kind(self, style_id: str | None) -> tuple[str, int]:
        names = [(value_of(style, "name") or "").lower() for style in self.chain(style_id)]
        # A file without styles still names them in its paragraphs.
        names = names or [re.sub(r"(?<=[a-z])(?=\d)", " ", (style_id or "").lower())]
        for name in names:
            if name == "title":
                return "title", 0
            if heading := re.fullmatch(r"heading (\d)", name):
                return "heading", int(heading[1])
            if _CONTENTS.match(name):
                return "", 0
        return "text", 0


class Numbering:
    """Counts the items of lists as Word does."""

    def __init__(self, root: Any | None) -> None:
        parts = list(root) if root is not None else []
        abstract = {attribute(part, "abstractNumId"): part for part in parts if local_name(part) == "abstractNum"}
        self._lists: dict[str | None, tuple[str | None, dict[int, Any]]] = {}
        self._restarts: set[tuple[str | None, int]] = set()
        for part in parts:
            if local_name(part) != "num":
                continue
            number, kind = attribute(part, "numId"), value_of(part, "abstractNumId")
            levels = [level for level in abstract.get(kind, ()) if local_name(level) == "lvl"]
            self._lists[number] = (kind, {number_of(attribute(level, "ilvl"), 0): level for level in levels})
            for change in part:
                if local_name(change) == "lvlOverride" and child_of(change, "startOverride") is not None:
                    self._restarts.add((number, number_of(attribute(change, "ilvl"), 0)))
        self._counts: dict[tuple[str | None, int], int] = {}

    def mark(self, number: str, level: int) -> str:
        """Return what stands before the next item of a list."""
        kind, levels = self._lists.get(number, (None, {}))
        definition = levels.get(level)
        form = (value_of(definition, "numFmt") if definition is not None else None) or "bullet"
        if form in {"bullet", "none"}:
            return "•" if form == "bullet" else ""
        start = number_of(value_of(definition, "start"), 1)
        if (number, level) in self._restarts:
            self._restarts.discard((number, level))
            self._counts.pop((kind, level), None)
        self._counts[kind, level] = self._counts.get((kind, level), start - 1) + 1
        for deeper in range(level + 1, 10):
            self._counts.pop((kind, deeper), None)

        def counted(found: re.Match[str]) -> str:
            place = int(found[1]) - 1
            other = levels.get(place)
            return _written(
                self._counts.get((kind, place), 1), (value_of(other, "numFmt") if other is not None else None) or form
            )

        return re.sub(r"%(\d)", counted, (value_of(definition, "lvlText") or f"%{level + 1}.")[:40])


def _written(count: int, form: str) -> str:
    """Return a number as Word writes it in a form."""
    if form in _LETTERS:
        letters = _LETTERS[form]
        return letters[(count - 1) % len(letters)] * min((count - 1) // len(letters) + 1, 9)
    if form in {"thaiNumbers", "thaiCounting"}:
        return str(count).translate(_THAI_DIGITS)
    if form in {"lowerRoman", "upperRoman"} and count < 4000:
        text = ""
        for value, letters in _ROMAN:
            text += letters * (count // value)
            count %= value
        return text.upper() if form == "upperRoman" else text
    return str(count)
