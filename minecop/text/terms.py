"""Terms of the field: one name for every form of them, Thai, English and abbreviated, and what an ambiguous form stands for."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from minecop.text.normalising import normalise

_DATA = Path(__file__).parent / "data"
_THAI = re.compile("[ก-ฺเ-๎]+")
_DOTTED = re.compile(r"(?:[ก-ฮเ-ไิีะาั]{1,6}\.)+")


@dataclass(frozen=True, slots=True)
class Sense:
    """What an ambiguous form stands for, where all that is given here holds.

    Attributes
    ----------
    term
        Name of the term.
    words
        One of these stands in the same passage.
    before, after
        Patterns of what stands directly before and behind it.
    """

    term: str
    words: frozenset[str] = frozenset()
    before: re.Pattern[str] | None = None
    after: re.Pattern[str] | None = None

    def fits(self, around: Collection[str], before: str, after: str) -> bool:
        """Tell whether a form has this sense among other words, between what stands before and behind it."""
        if self.words and self.words.isdisjoint(around):
            return False
        if self.before is not None and self.before.search(before) is None:
            return False
        return self.after is None or self.after.match(after) is not None


def _sense(value: Mapping[str, Any]) -> Sense:
    return Sense(
        value["term"],
        frozenset(map(key_of, value.get("with", ()))),
        re.compile(f"(?:{value['before']})$") if "before" in value else None,
        re.compile(value["after"]) if "after" in value else None,
    )


@dataclass(frozen=True, slots=True)
class Terms:
    """The lexicon of the field.

    Attributes
    ----------
    names
        Name of the term by every form of it, in one spelling and small letters.
    senses
        What an ambiguous form may stand for, by form; where no sense fits, the form stays what it is.
    misspelt
        Words as they should be, by what people write.
    """

    names: Mapping[str, str]
    senses: Mapping[str, tuple[Sense, ...]]
    misspelt: Mapping[str, str]


def key_of(form: str) -> str:
    """Return a form as it is looked up: one spelling, small letters."""
    return normalise(form).strip().lower()


@cache
def terms() -> Terms:
    """Return the lexicon of the field, as ``data/terms.toml`` and ``data/misspelt.toml`` list it."""
    table = tomllib.loads((_DATA / "terms.toml").read_text(encoding="utf-8"))
    slips = tomllib.loads((_DATA / "misspelt.toml").read_text(encoding="utf-8"))
    senses = {key_of(entry["form"]): tuple(map(_sense, entry["senses"])) for entry in table.pop("ambiguous", ())}
    slips |= table.pop("misspelt", {})
    misspelt = {key_of(wrong): key_of(right) for wrong, right in slips.items() if key_of(wrong) != key_of(right)}
    names = {
        key_of(form): name
        for group in table.values()
        for name, forms in group.items()
        for form in (name, *forms)
        if key_of(form) not in senses
    }
    return Terms(names, senses, misspelt)


@cache
def thai_forms() -> frozenset[str]:
    """Return the forms of terms, and misspelt words, that are Thai letters in a row: a general dictionary cuts them apart."""
    known = terms()
    return frozenset(form for form in (*known.names, *known.senses, *known.misspelt) if _THAI.fullmatch(form))


@cache
def dotted_forms() -> frozenset[str]:
    """Return the forms of terms that are Thai letters with dots."""
    known = terms()
    return frozenset(form for form in (*known.names, *known.senses) if "." in form and _DOTTED.fullmatch(form))
