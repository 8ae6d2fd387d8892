"""Words: what a passage says, one spelling each, without what tells nothing."""

from __future__ import annotations

import re
import tempfile
import tomllib
from collections.abc import Callable, Iterable
from functools import cache
from importlib.util import find_spec
from pathlib import Path

from pythainlp.corpus import thai_stopwords, thai_words
from pythainlp.tokenize import word_tokenize
from pythainlp.util import Trie, dict_trie

from minecop.text.normalising import normalise

_DATA = Path(__file__).parent / "data"

# Addresses of pages and mail tell nothing of the matter, and the engines disagree on them.
_ADDRESS = re.compile(r"https?://\S+|www\.\S+|\S+@\S+\.\S+")

# A Latin word (r2r, co-par), or Thai letters and dots in a row, which alone are given to the engine. Numbers and marks are neither.
_RUN = re.compile(r"(?P<latin>[a-z][a-z0-9]*(?:[-'&][a-z0-9]+)*)|(?P<thai>[ก-๎][ก-๎.]*)")
_A_WORD = re.compile(r"[ก-ฮเ-ไ][ก-๎]*(?:\.[ก-๎]+)*")

Engine = Callable[[str], list[str]]


@cache
def lexicon() -> frozenset[str]:
    """Return the words of the field that a general dictionary cuts apart."""
    lines = (_DATA / "lexicon.txt").read_text(encoding="utf-8").splitlines()
    return frozenset(line.strip() for line in lines if line.strip() and not line.startswith("#"))


@cache
def stop_words() -> frozenset[str]:
    """Return the words that do not tell what a passage is about: pythainlp's list and ``stopwords.toml``."""
    groups = tomllib.loads((_DATA / "stopwords.toml").read_text(encoding="utf-8"))
    keep = set(groups.pop("keep")["words"].split())
    added = {word for group in groups.values() for word in group["words"].split()}
    return frozenset((set(thai_stopwords()) | added) - keep)


def engine_name() -> str:
    """Return the word engine in use: ``nlpo3`` (the same algorithm in Rust) where it is installed, else ``newmm``."""
    return "nlpo3" if find_spec("nlpo3") else "newmm"


@cache
def _vocabulary() -> frozenset[str]:
    return frozenset(thai_words() | lexicon())


@cache
def _engine() -> Engine:
    if engine_name() == "nlpo3":
        import nlpo3

        with tempfile.TemporaryDirectory() as folder:
            path = Path(folder) / "words.txt"
            path.write_text("\n".join(sorted(_vocabulary())), encoding="utf-8")
            nlpo3.load_dict(str(path), "minecop")
        return lambda text: list(nlpo3.segment(text, "minecop"))
    trie: Trie = dict_trie(_vocabulary())
    return lambda text: list(word_tokenize(text, custom_dict=trie, engine="newmm", keep_whitespace=False))


def words(text: str) -> list[str]:
    """Return the words of a text in order, normalised and in lower case, stop words among them.

    Addresses of pages and mail, numbers, emoticons and punctuation are left out.
    """
    cut = _engine()
    found: list[str] = []
    for run in _RUN.finditer(_ADDRESS.sub(" ", normalise(text)).lower()):
        if run["latin"]:
            found.append(run["latin"])
        else:
            found += [word for piece in cut(run["thai"]) if _A_WORD.fullmatch(word := piece.strip().rstrip("."))]
    return found


def content_words(all_words: Iterable[str]) -> list[str]:
    """Return the words that tell what a passage is about: no stop words, none of one letter."""
    stops = stop_words()
    return [word for word in all_words if len(word) > 1 and word not in stops]


def as_given(all_words: list[str]) -> list[str]:
    """Return a document that is a list of words already: the analyser of vectorizers (a named function, so that they can travel)."""
    return all_words


def phrases(all_words: Iterable[str]) -> list[str]:
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
            found.append(f"{before}{'' if _thai(before) and _thai(word) else ' '}{word}")
        before = word
    return found


def _thai(word: str) -> bool:
    return "ก" <= word[0] <= "๛"
