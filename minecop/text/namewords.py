"""Words by which names are told from other words: titles, lists of names, the dictionary, and how names are spelt."""

from __future__ import annotations

import json
import math
import re
import tomllib
from collections import Counter
from collections.abc import Callable, Collection, Iterable, Iterator
from dataclasses import dataclass
from functools import cache, lru_cache
from pathlib import Path

from pythainlp.corpus import corpus_path, thai_family_names, thai_female_names, thai_male_names, thai_words, tnc
from pythainlp.util import Trie, dict_trie

from minecop.text.normalising import normalise
from minecop.text.terms import thai_forms

_DATA = Path(__file__).parent / "data" / "persons.toml"

PREFIX = 4
"""Letters of a given name by which ``unmistakable`` is sorted; shorter names are too like words."""

_SELDOM = 100
"""Times that a word may stand in the Thai National Corpus and still be taken for a name before it is taken for a word."""

_OFTEN = 2000
_STRICTNESS = ("office", "kin_doubtful", "kin", "calling", "village", "named", "person")
_NOUNS = {"NOUN", "PROPN", "NCMN", "NPRP", "NTTL", "NLBL"}
_NAME_BEGINS = re.compile(r"สม|บุญ|ทอง|คำ|ศรี|จัน|สุ|วิ|ประ|อรุณ|วัน|พร|ชัย|สาย|นิ|อำ|จำ|สำ")


@dataclass(frozen=True, slots=True)
class NameWords:
    """Words by which names are found.

    Attributes
    ----------
    classes
        How strict a title is, by the title.
    after, title, compound, public
        Patterns of any word that may follow a name, that is a title, that only begins like a title and a name, that names no person.
    short, doubtful, announcing
        Patterns of shortened titles, of those that mean other things too, and of what announces a name before a colon.
    """

    classes: dict[str, str]
    formal: frozenset[str]
    compounds: frozenset[str]
    never: frozenset[str]
    bodies: frozenset[str]
    given: frozenset[str]
    family: frozenset[str]
    nicknames: frozenset[str]
    vocabulary: frozenset[str]
    after_words: frozenset[str]
    after: re.Pattern[str]
    title: re.Pattern[str]
    short: re.Pattern[str]
    doubtful: re.Pattern[str]
    announcing: re.Pattern[str]
    public: re.Pattern[str]
    compound: re.Pattern[str]
    words_after_all: frozenset[str]
    words_seldom: frozenset[str]


@cache
def name_words() -> NameWords:
    """Return the words of ``data/persons.toml``, of the dictionary and of the lists of names."""
    table = tomllib.loads(_DATA.read_text(encoding="utf-8"))
    titles = {name: words.split() for name, words in table["titles"].items()}
    words = {name: frozenset(text.split()) for name, text in table["words"].items()}
    classes = {word: name for name in _STRICTNESS for word in titles[name]}
    return NameWords(
        classes=classes,
        formal=frozenset(titles["person"]) - {"คุณ", "คุณหญิง", "คุณนาย"},
        compounds=words["compounds"],
        never=words["never"],
        bodies=words["bodies"],
        given=frozenset(
            name
            for name in thai_female_names() | thai_male_names()
            if len(name) > 1 and name not in words["after"] and name not in words["never"] | words["bodies"]
        ),
        family=thai_family_names(),
        nicknames=frozenset(table["nicknames"]["words"].split()),
        vocabulary=frozenset(thai_words() | thai_forms()),
        after_words=words["after"],
        after=_any_of(words["after"]),
        title=_any_of(classes),
        short=_shortened(titles["short"], lambda title: title.count(".") > 1 or title == "ดร."),
        doubtful=_shortened(titles["short_doubtful"], lambda title: len(title) > 3),
        announcing=re.compile(rf"(?<![ก-๎])(?:{_joined(titles['announcing'])}) ?: ?"),
        public=_any_of(words["public"]),
        compound=_any_of(words["compounds"]),
        words_after_all=words["words_after_all"],
        words_seldom=words["words_seldom"],
    )


def _shortened(titles: list[str], may_be_glued: Callable[[str], bool]) -> re.Pattern[str]:
    """Return the pattern of shortened titles; those that are unlike the end of a word may stand after a letter."""
    return re.compile(rf"(?<![ก-๎.])(?:(?:{_joined(titles)}) ?)+|(?<=[ก-๎])(?:{_joined(filter(may_be_glued, titles))})")


def _joined(words: Iterable[str]) -> str:
    return "|".join(re.escape(word) for word in sorted(words, key=lambda word: (-len(word), word)))


def _any_of(words: Collection[str]) -> re.Pattern[str]:
    return re.compile(_joined(words))


@cache
def _frequency() -> dict[str, int]:
    return dict(tnc.word_freqs())


@cache
def rare() -> frozenset[str]:
    """Return words of the dictionary that are hardly ever written as words: names and nicknames rather, where a name may stand."""
    lists = name_words()
    count = _frequency()
    names = lists.given | lists.nicknames
    return frozenset(
        word
        for word in lists.vocabulary
        if (word in names and count.get(word, 0) <= _SELDOM) or (len(word) <= 4 and count.get(word, 0) <= _SELDOM)
    )


@cache
def trie() -> Trie:
    """Return what runs are cut into; names of fewer than four letters would cut ordinary words apart."""
    lists = name_words()
    names = {name for name in lists.given if len(name) >= PREFIX}
    nicknames = {name for name in lists.nicknames if len(name) > 2}
    return dict_trie(lists.vocabulary | names | nicknames | lists.compounds | lists.classes.keys())


@cache
def unmistakable() -> dict[str, tuple[str, ...]]:
    """Return given names that are no words, by their first letters, the longest first."""
    lists = name_words()
    table: dict[str, list[str]] = {}
    seldom = {name for name in lists.given & rare() if spelt_like_a_name(name) >= 0.3}
    new = {name for name in lists.given - lists.vocabulary if not _is_two_words(name)}
    for name in sorted(
        ((new | seldom) - lists.words_after_all) | lists.words_seldom, key=lambda name: (-len(name), name)
    ):
        if len(name) >= PREFIX:
            table.setdefault(name[:PREFIX], []).append(name)
    return {prefix: tuple(names) for prefix, names in table.items()}


def _is_two_words(name: str) -> bool:
    """Tell whether a short name is rather two words side by side (``รอสี``, which is a name, in ``คนรอสีข้าว``)."""
    if len(name) > 6 or _NAME_BEGINS.match(name):
        return False
    count = _frequency()
    return any(count.get(name[:at], 0) >= 1000 and count.get(name[at:], 0) >= 1000 for at in range(2, len(name) - 1))


@cache
def _spelling() -> dict[str, float]:
    """How much each three letters speak for a name against a word: log of the ratio in the lists."""
    lists = name_words()
    names = Counter(piece for name in lists.family | lists.given for piece in _pieces(name))
    others = Counter(
        piece for word in lists.vocabulary - lists.family - lists.given if len(word) > 2 for piece in _pieces(word)
    )
    all_names, all_others = names.total(), others.total()
    return {
        piece: math.log((names[piece] + 0.5) / all_names) - math.log((others[piece] + 0.5) / all_others)
        for piece in names.keys() | others.keys()
    }


def _pieces(word: str) -> Iterator[str]:
    framed = f"^{word}$"
    return (framed[at : at + 3] for at in range(len(framed) - 2))


def spelt_like_a_name(word: str) -> float:
    """Return how much a Thai word is spelt as family and given names are: above 0 rather a name, below 0 rather a word."""
    table = _spelling()
    return sum(table.get(piece, -0.5) for piece in _pieces(word)) / max(1, len(word))


@cache
def _tagged() -> tuple[frozenset[str], frozenset[str]]:
    """Words that are nouns, and those that are verbs or small words, by two tagged corpora.

    Their tables are read here, since the tagger looks each word up in a list of all of them.
    """
    nouns: set[str] = set()
    others: set[str] = set()
    for name in ("pos_orchid_unigram.json", "pos_tud_unigram.json"):
        table = json.loads((Path(corpus_path()) / name).read_text(encoding="utf-8-sig"))
        for word, tag in table.items():
            (nouns if tag in _NOUNS else others).add(word)
    return frozenset(nouns), frozenset(others - nouns)


@lru_cache(maxsize=20_000)
def is_verb(word: str) -> bool:
    """Tell whether a word is a verb or a small word, or begins with a verb (``ถือตัว``)."""
    nouns, verbs = _tagged()
    if word in nouns or word in verbs:
        return word in verbs
    vocabulary = name_words().vocabulary
    for length in range(len(word) - 2, 1, -1):
        if word[:length] in vocabulary and word[length:] in vocabulary:
            return is_verb(word[:length])
    return False


def often(word: str) -> bool:
    """Tell whether a word of the dictionary is written too often to be taken for a family name (``พยายาม``, which is one)."""
    return word in name_words().vocabulary and _frequency().get(word, 0) > _OFTEN


def is_common(word: str) -> bool:
    """Tell whether a word is an ordinary one, that a name may be as well (``แดง``)."""
    return word in name_words().vocabulary and word not in rare()


def name_key(name: str) -> str:
    """Return what is the same of a name however it is written: one spelling, single spaces, small letters, no title before it."""
    lists = name_words()
    clean = " ".join(normalise(name).split()).casefold()
    while True:
        title = lists.short.match(clean) or lists.doubtful.match(clean) or lists.title.match(clean)
        if not title or title.end() == len(clean):
            return clean
        rest = clean[title.end() :].strip()
        if clean[: title.end() + 4] in lists.given or clean in lists.given or clean in lists.compounds or len(rest) < 2:
            return clean
        clean = rest
