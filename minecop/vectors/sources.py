"""Texts that the static embedding may be learned from: which they are, whose, and what pairs they hold."""

from __future__ import annotations

import gzip
import hashlib
import json
import random
import re
from collections.abc import Iterator
from dataclasses import dataclass, field
from itertools import pairwise
from pathlib import Path
from typing import Any

from minecop.core.errors import InputError


@dataclass(frozen=True, slots=True)
class TextSet:
    """A set of texts by others.

    Attributes
    ----------
    file
        Its file, ``<file>.jsonl.gz``.
    what
        What it holds.
    source, licence
        Whose it is, and under what terms.
    """

    file: str
    what: str
    source: str
    licence: str


SETS = (
    TextSet(
        "thaigov_v1_all",
        "Thai government news 2016-2020; nine documents in ten",
        "PyThaiNLP/thaigov-corpus",
        "public domain",
    ),
    TextSet("wisesight_sentiment", "messages of social media", "PyThaiNLP/wisesight-sentiment", "CC0-1.0"),
    TextSet("blogs_neizod", "a personal Thai blog 2007-2026", "neizod", "MIT"),
    TextSet(
        "iapp_wiki_train",
        "questions and the articles of the Thai Wikipedia that answer them",
        "iapp-technology/iapp-wiki-qa-dataset (articles: authors of the Thai Wikipedia)",
        "MIT",
    ),
    TextSet(
        "parallel_en_th",
        "sentences in Thai and English: Microsoft's documentation (CC BY 4.0, not those translated by machine), co-op-translator lessons "
        "(MIT), Android (Apache-2.0), OpenStreetMap presets (ISC), Chromium (BSD-3-Clause), Godot (MIT), Lighthouse and AIEP "
        "(Apache-2.0), tldr and TALPCo (CC BY 4.0)",
        "Microsoft; co-op-translator; the Android, OpenStreetMap, Chromium, Godot, Lighthouse, AIEP, tldr and TALPCo projects",
        "as named",
    ),
)
"""Sets that are read. No label of theirs is."""

_MOST = {
    "msdocs_sentences": 45_000,
    "coop_translator_docs": 25_000,
    "msdocs_headings": 8_000,
    "android_aosp": 8_000,
}
"""Pairs taken of the sources that would drown the others: three quarters of the set are about business software."""

_LONG_SENTENCE = 40
"""Letters from which one of Microsoft's sentences is taken: shorter ones are labels of buttons."""

_NEIGHBOURS = 25_000
_TITLES = 25_000
"""Pairs of neighbouring paragraphs, and of titles and bodies, taken of the news: one kind of text must not outweigh all others."""

_THAI = re.compile("[ก-๙]")
_ARTICLE = 2_000
"""Letters of an article that are read."""


@dataclass(slots=True)
class Corpora:
    """Texts, and which of them belong together, by their numbers.

    Attributes
    ----------
    texts
        All of them, Thai.
    alike
        Pairs: a question and its article, neighbours, a title and its body, halves of a message.
    translated
        Number of a Thai text, and its English.
    """

    texts: list[str] = field(default_factory=list)
    alike: list[tuple[int, int]] = field(default_factory=list)
    translated: list[tuple[int, str]] = field(default_factory=list)

    def add(self, text: str) -> int:
        """Take a text in and return its number."""
        self.texts.append(text)
        return len(self.texts) - 1


def rows_of(folder: Path, file: str) -> Iterator[dict[str, Any]]:
    """Yield the rows of ``<file>.jsonl.gz``.

    Raises
    ------
    InputError
        When it is not there or cannot be read.
    """
    path = folder / f"{file}.jsonl.gz"
    try:
        with gzip.open(path, "rt", encoding="utf-8") as lines:
            for line in lines:
                yield json.loads(line)
    except (OSError, EOFError, ValueError) as error:
        raise InputError("text_set_missing", path=path, reason=error) from error


def held_out(identifier: str) -> bool:
    """Return whether a document of the news is one of the tenth that is never learned from: by the SHA-256 of its id."""
    return int(hashlib.sha256(identifier.encode()).hexdigest(), 16) % 10 == 0


def read_corpora(folder: Path, seed: int = 0) -> Corpora:
    """Read all sets; what is measured on (held-out news, articles of ``iapp_wiki_docs``, XQuAD) is not among them.

    Raises
    ------
    InputError
        When a set is missing.
    """
    found = Corpora()
    order = random.Random(seed)  # noqa: S311 - which pairs are taken is no secret
    _read_parallel(folder, found, order)
    _read_messages(folder, found)
    _read_blog(folder, found)
    _read_questions(folder, found)
    _read_news(folder, found, order)
    return found


def _read_parallel(folder: Path, found: Corpora, order: random.Random) -> None:
    by_source: dict[str, list[tuple[str, str]]] = {}
    seen = set()
    for row in rows_of(folder, "parallel_en_th"):
        english, thai = row["en"].strip(), row["th"].strip()
        if row.get("translated_by") == "MT" or english.lower() in seen:
            continue
        shortest = _LONG_SENTENCE if row["source"] == "msdocs_sentences" else 8
        if len(_THAI.findall(thai)) >= 8 and shortest <= len(english) <= 400:
            seen.add(english.lower())
            by_source.setdefault(row["source"], []).append((english, thai))
    for source, pairs in sorted(by_source.items()):
        order.shuffle(pairs)
        for english, thai in pairs[: _MOST.get(source)]:
            found.translated.append((found.add(thai), english))


def _read_messages(folder: Path, found: Corpora) -> None:
    for row in rows_of(folder, "wisesight_sentiment"):
        words = row["text"].split()
        if len(words) >= 4 and len(row["text"]) >= 80:
            half = len(words) // 2
            found.alike.append((found.add(" ".join(words[:half])), found.add(" ".join(words[half:]))))
        else:
            found.add(row["text"])


def _read_blog(folder: Path, found: Corpora) -> None:
    for row in rows_of(folder, "blogs_neizod"):
        lines = [found.add(line) for line in row["text"].split("\n") if line.strip()]
        found.alike += _neighbours(found, lines)


def _neighbours(found: Corpora, lines: list[int]) -> list[tuple[int, int]]:
    """Return pairs of lines that follow each other, both of some length."""
    return [(one, two) for one, two in pairwise(lines) if len(found.texts[one]) >= 40 and len(found.texts[two]) >= 40]


def _read_questions(folder: Path, found: Corpora) -> None:
    """Read questions and their articles, but those whose article is among the ones that are measured on."""
    measured = {_start(row["text"]) for row in rows_of(folder, "iapp_wiki_docs")}
    articles: dict[str, int] = {}
    for row in rows_of(folder, "iapp_wiki_train"):
        article = row["doc"][:_ARTICLE]
        if _start(article) in measured:
            continue
        if article not in articles:
            articles[article] = found.add(article)
        found.alike.append((found.add(row["text"]), articles[article]))


def _start(article: str) -> str:
    """Return the first letters of an article, by which it is known again."""
    return re.sub(r"\W", "", article)[:80]


def _read_news(folder: Path, found: Corpora, order: random.Random) -> None:
    neighbours, titles = [], []
    for row in rows_of(folder, "thaigov_v1_all"):
        if held_out(str(row["id"])):
            continue
        lines = [found.add(line) for line in row["text"].split("\n") if line.strip()]
        neighbours += _neighbours(found, lines[1:])
        if len(lines) > 1 and len(found.texts[lines[0]]) >= 20 and len(found.texts[lines[1]]) >= 40:
            titles.append((lines[0], lines[1]))
    for pairs, most in ((neighbours, _NEIGHBOURS), (titles, _TITLES)):
        order.shuffle(pairs)
        found.alike += pairs[:most]
