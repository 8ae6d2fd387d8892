"""The words of the pages: those of the reports, and the pages' own, from ``texts.toml``."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

from minecop.report.words import Words


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


class PageWords(Words):
    """The words of one language; the pages' own go before those of the reports."""

    def __call__(self, key: str, **details: object) -> str:
        """Return the words of a key, with numbers over 999 in groups of three."""
        if key not in _texts():
            return super().__call__(key, **details)
        shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in details.items()}
        return _texts()[key][self.lang].format(**shown)
