"""Cells of tables that people open in spreadsheet programs."""

from __future__ import annotations

import re
import unicodedata

from minecop.core.xmltext import xml_text

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r]")

LONGEST_CELL = 32_767
"""UTF-16 units of the longest text that a cell of Excel holds."""


def is_like_formula(text: str) -> bool:
    """Return whether a spreadsheet program may take a text for a formula when it is typed in, or read from CSV."""
    return _FORMULA.match(text) is not None


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, "CSV injection"): an apostrophe stands before what looks like one."""
    return f"'{text}" if is_like_formula(text) else text


def plain_cell(text: str) -> str:
    """Return the text that ``safe_cell`` made a cell of."""
    return text[1:] if text.startswith("'") and is_like_formula(text[1:]) else text


def sheet_cell(text: str, cut: str) -> str:
    """Return a text as a cell of a workbook can hold it.

    Parameters
    ----------
    text
        Characters that XML forbids are replaced (``xml_text``).
    cut
        What stands at the end of a text that is longer than ``LONGEST_CELL``, in place of the rest: no letter is parted from its marks.
    """
    text = xml_text(text)
    if 2 * len(text) <= LONGEST_CELL or utf16_units(text) <= LONGEST_CELL:
        return text
    room = LONGEST_CELL - utf16_units(cut)
    kept = text.encode("utf-16-le")[: 2 * room].decode("utf-16-le", "ignore")
    end = len(kept)
    while end and unicodedata.category(text[end])[0] == "M":
        end -= 1
    return text[:end] + cut


def utf16_units(text: str) -> int:
    """Return the length of a text as Excel counts it: letters beyond the basic plane (emoji) are two."""
    return len(text.encode("utf-16-le")) // 2
