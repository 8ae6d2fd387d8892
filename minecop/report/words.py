"""The words of the reports, from ``texts.toml``."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from datetime import date, datetime
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from minecop.core.dates import BUDDHIST_OFFSET, format_date, format_month

if TYPE_CHECKING:
    from minecop.insight.analysis import Analysis


@cache
def _texts() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "texts.toml").read_text(encoding="utf-8"))


class Words:
    """The words of one language.

    Parameters
    ----------
    lang
        ``th`` or ``en``.
    buddhist
        Whether years are Buddhist ones; by default in Thai only.
    instead
        Keys of which other words are to be said, with the keys of those.
    """

    def __init__(self, lang: str, buddhist: bool | None = None, instead: Mapping[str, str] | None = None) -> None:
        self.lang = lang
        self.buddhist = lang == "th" if buddhist is None else buddhist
        self._instead = instead or {}

    def __call__(self, key: str, **details: object) -> str:
        """Return the words of a key, with numbers over 999 in groups of three."""
        key = self._instead.get(key, key)
        shown = {name: f"{value:,}" if isinstance(value, int) else value for name, value in details.items()}
        return _texts()[key][self.lang].format(**shown)

    def raw(self, key: str) -> str:
        """Return the words of a key with the names in braces left for the page's script to fill in."""
        return _texts()[key][self.lang]

    def day(self, when: date | None, *, estimated: bool = False) -> str:
        """Return a date for readers, an unknown one in words."""
        return format_date(when, self.lang, buddhist=self.buddhist, estimated=estimated)

    def month(self, when: date) -> str:
        """Return the month of a date for readers."""
        return format_month(when.month, when.year + (BUDDHIST_OFFSET if self.buddhist else 0), self.lang)

    def period(self, name: str) -> str:
        """Return the name of a period of a trend (``2553/1``, ``2553/1h``, ``2553/01m``, ``2553``) for readers."""
        year, _, part = name.partition("/")
        shown = year if self.buddhist else str(int(year) - BUDDHIST_OFFSET)
        if not part:
            return shown
        if part.endswith("m"):
            return format_month(int(part.rstrip("m")), int(shown), self.lang)
        return self("half" if part.endswith("h") else "quarter", n=part.rstrip("h"), year=shown)


def step_name(analysis: Analysis, step: int, words: Words) -> str:
    """Return the name of a step in the reader's language."""
    return analysis.process.steps[step - 1].names[words.lang]


def people_or_fewer(analysis: Analysis, authors: int, words: Words) -> int | str:
    """Return a count of people; that it is fewer, or nobody, where so few are not counted (``Analysis.left_out``)."""
    fewest = analysis.left_out.fewest
    return words("fewer_than", count=fewest) if fewest > 1 and authors < fewest else authors


def period_words(span: tuple[datetime, datetime] | None, words: Words) -> str:
    """Return from when to when something was written; ``None`` is unknown."""
    if span is None:
        return words("period_unknown")
    first, last = map(words.day, span)
    return words("period_one_day", day=first) if first == last else words("period_from_to", first=first, last=last)


def words_of_report(analysis: Analysis, lang: str) -> Words:
    """Return the words of the templates of a report, which says of nothing that there is none where it may only be left out."""
    return Words(lang, analysis.buddhist, _LEFT_OUT if analysis.left_out else None)


_LEFT_OUT = {"candidates_none": "candidates_left_out", "pack_none": "candidates_left_out"} | dict.fromkeys(
    ("early_none", "lessons_none", "topics_none"), "none_of_enough"
)
