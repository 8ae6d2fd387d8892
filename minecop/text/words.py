"""Words: what a passage says, one form for each, without what tells nothing."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path

from pythainlp.corpus import thai_stopwords

from minecop.text.normalising import normalise
from minecop.text.terms import terms
from minecop.text.tokens import Token, tokens

_DATA = Path(__file__).parent / "data"


@cache
def stop_words() -> frozenset[str]:
    """Return the words that do not tell what a passage is about: pythainlp's list and ``stopwords.toml``."""
    groups = tomllib.loads((_DATA / "stopwords.toml").read_text(encoding="utf-8"))
    keep = set(groups.pop("keep")["words"].split())
    added = {word for group in groups.values() for word in group["words"].split()}
    return frozenset((set(thai_stopwords()) | added) - keep)


def words(text: str) -> list[str]:
    """Return the words of a text in order, stop words among them; see ``words_of``."""
    return words_of(normalise(text))


def words_of(clean: str) -> list[str]:
    """Return the words of a normalised text in order, in small letters, stop words among them.

    Every form of a term of the field gives the name of the term. Addresses of pages and mail, numbers, emoticons and punctuation are left
    out.
    """
    found = tokens(clean)
    return _named(_resolved(_forms(found), found))


_WORDS = {"thai", "latin", "abbreviation"}
_NEIGHBOURS = 5
"""Tokens on either side by which an ambiguous word is told."""


def _forms(found: Sequence[Token]) -> list[str]:
    """Return the words among tokens, in small letters and spelt right."""
    misspelt = terms().misspelt
    forms = [text.lower() if kind == "latin" else text for kind, text in found if kind in _WORDS]
    return [*map(misspelt.get, forms, forms)]


@cache
def _sequences() -> dict[str, list[tuple[tuple[str, ...], str]]]:
    """Return the forms of terms that are several words, the longest first, by their first word."""
    found: dict[str, list[tuple[tuple[str, ...], str]]] = {}
    for form, name in terms().names.items():
        parts = tuple(_forms(tokens(form)))
        if len(parts) > 1:
            found.setdefault(parts[0], []).append((parts, name))
    for same in found.values():
        same.sort(key=lambda one: (-len(one[0]), one[0]))
    return found


def _resolved(forms: list[str], found: Sequence[Token]) -> list[str]:
    """Return the words among tokens, ambiguous ones under the name of the term that they stand for here, where that can be told."""
    senses = terms().senses
    if senses.keys().isdisjoint(forms):
        return forms
    around = set(forms)
    made = list(forms)
    places = [place for place, token in enumerate(found) if token.kind in _WORDS]
    for n, form in enumerate(forms):
        if form in senses:
            place = places[n]
            before = "".join(token.text for token in found[max(0, place - _NEIGHBOURS) : place])
            after = "".join(token.text for token in found[place + 1 : place + 1 + _NEIGHBOURS])
            made[n] = next((sense.term for sense in senses[form] if sense.fits(around, before, after)), form)
    return made


def _named(forms: list[str]) -> list[str]:
    """Return words with every form of a term, of one word or several, under its name."""
    names, sequences = terms().names, _sequences()
    made: list[str] = []
    at = 0
    for start in [place for place, form in enumerate(forms) if form in sequences]:
        if start < at:
            continue
        for parts, name in sequences[forms[start]]:
            if tuple(forms[start : start + len(parts)]) == parts:
                made += map(names.get, forms[at:start], forms[at:start])
                made.append(name)
                at = start + len(parts)
                break
    rest = forms[at:]
    return [*made, *map(names.get, rest, rest)]


def content_words(all_words: Iterable[str]) -> list[str]:
    """Return the words that tell what a passage is about: no stop words, none of one letter."""
    stops = stop_words()
    return [word for word in all_words if word not in stops and len(word) > 1]


def as_given(all_words: list[str]) -> list[str]:
    """Return a document that is a list of words already: the analyser of vectorizers (a named function, so that they can travel)."""
    return all_words


def phrases(all_words: Sequence[str]) -> list[str]:
    """Return the content words, and the pairs of them that stand side by side.

    A pair of Thai words is written together, as Thai is; a stop word between two words keeps them apart.
    """
    stops = stop_words()
    found: list[str] = []
    before: str | None = None
    for word in all_words:
        if word in stops or len(word) < 2:
            before = None
            continue
        found.append(word)
        if before is not None and before != word:
            found.append(written_together(before, word))
        before = word
    return found


def written_together(one: str, other: str) -> str:
    """Return two words as one term: Thai words as Thai is written, others with a space."""
    return f"{one}{other}" if is_thai(one[-1]) and is_thai(other[0]) else f"{one} {other}"


def is_thai(letter: str) -> bool:
    """Tell whether a letter is of the Thai alphabet."""
    return "ก" <= letter <= "๛"
