"""Cells of tables that people open in spreadsheet programs."""

from __future__ import annotations

import re

_FORMULA = re.compile(r"'*\s*[=+\-@\t\r]")


def safe_cell(text: str) -> str:
    """Return a cell that no spreadsheet takes for a formula (OWASP, "CSV injection"): an apostrophe stands before what looks like one."""
    return f"'{text}" if _FORMULA.match(text) else text


def plain_cell(text: str) -> str:
    """Return the text that ``safe_cell`` made a cell of."""
    return text[1:] if text.startswith("'") and _FORMULA.match(text[1:]) else text
