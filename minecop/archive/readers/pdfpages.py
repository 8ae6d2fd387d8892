"""The lines of a PDF page, with where they stand.

PDFium gives a page's characters in the order in which they are drawn, guesses spaces and line ends from where they stand, and gives the
text of a cluster once for every glyph of it where the file carries such texts (``/ActualText``). Files that Chrome prints carry one for
every Thai letter with a mark, and draw the mark after the next letter, a high one on a line of its own: ``เรียน`` comes out as
``เรียรีน``. What comes twice is told by text and place and taken out; a mark that some programs draw by itself, after letters that
follow its own, goes back to the letter that it stands over. Where either stood, gaps and line ends are told anew.
"""

from __future__ import annotations

import ctypes
from collections.abc import Iterator
from dataclasses import dataclass, field
from statistics import median
from typing import Any

MOST_CHARACTERS = 200_000
"""Characters of a page that are looked at; a page of print holds some 4,000."""

_MARKS = frozenset(
    "\u0e31\u0e33\u0e34\u0e35\u0e36\u0e37\u0e38\u0e39\u0e3a\u0e47\u0e48\u0e49\u0e4a\u0e4b\u0e4c\u0e4d\u0e4e"
)
_LONGEST_CLUSTER = 6
_NEAR = 6
"""Pieces back in which the same cluster may stand."""

_BESIDE = 0.7
_SLACK = 0.2
_GAP = 0.5
_GAP_AFTER_AM = 1.2
"""Widths of a gap that is a space, by the height of a letter. The box of SARA AM does not hold its second half."""


@dataclass(frozen=True, slots=True)
class Line:
    """One line of a page.

    Attributes
    ----------
    text
        Its text.
    left, right
        Where it begins and ends.
    bottom
        Where its letters stand; larger is higher.
    height
        Of its letters.
    """

    text: str
    left: float
    right: float
    bottom: float
    height: float


@dataclass(slots=True)
class _Piece:
    """Characters that one text object of the page draws.

    Attributes
    ----------
    letters
        Each with its left and right edge.
    space
        Whether a space stands before it; ``None`` where its gap has to tell.
    """

    drawn_by: int
    left: float
    right: float
    bottom: float
    top: float
    letters: list[tuple[str, float, float]] = field(default_factory=list)
    space: bool | None = False

    @property
    def text(self) -> str:
        """Its letters."""
        return "".join(letter for letter, _, _ in self.letters)

    @property
    def height(self) -> float:
        """Height of its letters."""
        return self.top - self.bottom


def lines_of(page: Any) -> list[Line]:
    """Return the lines of a page of pypdfium2's in the order in which they are drawn."""
    text_page = page.get_textpage()
    try:
        return [line for pieces in _rows(text_page) if (line := _line(pieces)) is not None]
    finally:
        text_page.close()


def _rows(text_page: Any) -> Iterator[list[_Piece]]:
    """Yield the pieces of every line, each once."""
    row: list[_Piece] = []
    space = ended = removed = False
    for piece in _pieces(text_page):
        if isinstance(piece, str):
            ended |= piece == "\n"
            space = True
        elif _is_again(piece, row) or _goes_back(piece, row):
            removed = True
        else:
            if ended and row and not (removed and _goes_on(piece, row[-1])):
                yield row
                row = []
            piece.space = None if removed or (row and space and _ends_in_am(row[-1])) else space
            row.append(piece)
            space = ended = removed = False
    if row:
        yield row


def _pieces(text_page: Any) -> Iterator[_Piece | str]:
    """Yield what the page's text objects draw, and the spaces and line ends that PDFium put between."""
    from pypdfium2 import raw

    box = tuple(ctypes.c_double() for _ in range(4))
    last: _Piece | None = None
    for place in range(min(text_page.count_chars(), MOST_CHARACTERS)):
        code = raw.FPDFText_GetUnicode(text_page, place)
        if raw.FPDFText_IsGenerated(text_page, place) == 1:
            if last is not None:
                yield last
            last = None
            yield "\n" if code in {0x0A, 0x0D} else " "
            continue
        # A hyphen at the end of a line comes as a control character; others are glyphs that the file gives no letter for.
        letter = "-" if code in {0x02, 0xFFFE} else chr(code) if 0x20 <= code < 0x110000 else ""
        drawn_by = ctypes.cast(raw.FPDFText_GetTextObject(text_page, place), ctypes.c_void_p).value or 0
        raw.FPDFText_GetCharBox(text_page, place, *box)
        left, right, bottom, top = (edge.value for edge in box)
        if last is None or drawn_by != last.drawn_by:
            if last is not None:
                yield last
            last = _Piece(drawn_by, left, right, bottom, top)
        last.left, last.right = min(last.left, left), max(last.right, right)
        last.bottom, last.top = min(last.bottom, bottom), max(last.top, top)
        if letter:
            last.letters.append((letter, left, right))
    if last is not None:
        yield last


def _is_again(piece: _Piece, row: list[_Piece]) -> bool:
    """Tell whether a piece is a cluster that came before, at the same place (or beside it, for the second half of SARA AM)."""
    text = piece.text
    if not 2 <= len(text) <= _LONGEST_CLUSTER or not _MARKS & set(text):
        return False
    width = piece.right - piece.left
    return any(
        other.text == text
        and min(piece.right, other.right) - max(piece.left, other.left)
        > (-_BESIDE * other.height if _ends_in_am(other) else 0.3 * width)
        and min(piece.top, other.top) - max(piece.bottom, other.bottom) > -_BESIDE * other.height
        for other in row[-_NEAR:]
    )


def _goes_back(piece: _Piece, row: list[_Piece]) -> bool:
    """Put marks that are drawn by themselves behind the letter that they stand over; tell whether there is one."""
    if not piece.letters or not all(letter in _MARKS for letter, _, _ in piece.letters):
        return False
    middle = (piece.left + piece.right) / 2
    bases = [
        (abs(right - piece.right), other, place)
        for other in row[-_NEAR:]
        for place, (letter, left, right) in enumerate(other.letters)
        if "\u0e01" <= letter <= "\u0e2e" and left - _SLACK * other.height <= middle <= right + _SLACK * other.height
    ]
    if not bases:
        return False
    _, base, place = min(bases, key=lambda found: found[0])
    while place + 1 < len(base.letters) and base.letters[place + 1][0] in _MARKS:
        place += 1
    base.letters[place + 1 : place + 1] = piece.letters
    return True


def _goes_on(piece: _Piece, last: _Piece) -> bool:
    """Tell whether a piece stands on the line of another, to the right of it."""
    shared = min(piece.top, last.top) - max(piece.bottom, last.bottom)
    return shared > 0.5 * min(piece.height, last.height) and piece.left > last.left


def _line(pieces: list[_Piece]) -> Line | None:
    """Put the pieces of a line together."""
    height = median(piece.height for piece in pieces) or 1.0
    parts: list[str] = []
    for place, piece in enumerate(pieces):
        space = piece.space
        if space is None and place:
            before = pieces[place - 1]
            space = piece.left - before.right > height * (_GAP_AFTER_AM if _ends_in_am(before) else _GAP)
        text = piece.text
        parts.append(f" {text}" if space and place and text[:1] != " " and parts[-1][-1:] != " " else text)
    text = "".join(parts).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip()
    if not text:
        return None
    return Line(
        text,
        min(piece.left for piece in pieces),
        max(piece.right for piece in pieces),
        median(piece.bottom for piece in pieces),
        height,
    )


def _ends_in_am(piece: _Piece) -> bool:
    return piece.text.endswith("\u0e33") and len(piece.text) <= _LONGEST_CLUSTER
