"""The clause that says an issue: of what its people write between two pauses, that which lies nearest to what all of them say."""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from minecop.text.normalising import normalise
from minecop.text.tokens import tokens
from minecop.text.words import phrases, words
from minecop.vectors.embedder import unit_rows

_SHORTEST, _LONGEST = 12, 48
"""Characters of a clause: what says something, and can be read at a glance."""

_FEWEST_WORDS = 4

_FULL = 24
"""Characters from which a clause is no more likely to be a whole one."""

_TEXTS = 24
"""Texts that are looked into, those nearest to all: every clause of theirs is cut into words."""

_BESIDE = 0.35
"""What counts beside the nearness of a clause, all in spreads: that it is whole, that words stand in it that show a concern, that those of
the issue stand thickly in it, and twice as much how likely its passage voices something. In groups that hold voices of a planted concern
and others, .74 of the clauses are of the concern so, .61 without the last (of their passages, .57 are)."""

_MOST_EVIDENCE = 2
_USUAL_LENGTH = 4
"""Words that a clause has anyway: beyond, each must tell something."""

_PAUSES = re.compile(r"[\s()\[\]\"“”‘’:;,!?…*•-]+|\.{2,}")

_PARTICLES = frozenset({"ครับ", "ค่ะ", "คะ", "นะ", "นะคะ", "นะครับ", "ครับผม", "จ้า", "จ้ะ"})
"""Words after which Thai speech pauses, with or without a space."""

_NO_CLAUSE = re.compile(
    r"[0-9๐-๙#@]|[A-Za-z]{4}|[ๆ.]$"
    r"|^(?:และ|แต่|ก็|ที่|ซึ่ง|เพราะ|ว่า|จน|เลย|แล้ว|ถึง|ให้|ของ|กับ|หรือ)"
    r"|(?:และ|แต่|ที่|เพราะ|ว่า|ให้|ของ|กับ|หรือ|จะ|เป็น|ถ้า|โดย|จาก|ใน|คือ)$"
)
"""Numbers are one person's, long Latin words another language's, and such words begin or end what is half a sentence."""

Encode = Callable[[Sequence[Sequence[str]]], NDArray[np.float32]]


def telling_clauses(
    texts: Sequence[str],
    vectors: NDArray[np.float32],
    voicing: NDArray[np.floating],
    evidence: Sequence[Collection[str]],
    terms: Collection[str],
    encode: Encode,
) -> list[str]:
    """Return clauses of the texts of an issue that may stand for it, those that say it best first.

    Parameters
    ----------
    texts
        n passages as written.
    vectors
        Of each, shape (n, dimensions).
    voicing
        How likely each voices something unsettled, shape (n,).
    evidence
        The words of each that show it.
    terms
        The words by which the issue differs from the rest.
    encode
        Gives vectors of lists of words, in the same space.
    """
    middle = unit_rows(vectors.mean(axis=0, keepdims=True))[0]
    nearest = np.argsort(-(vectors @ middle), kind="stable")[:_TEXTS].tolist()
    found = {clause: row for row in sorted(nearest) for clause in _clauses(texts[row])}
    all_words = [words(clause) for clause in found]
    kept = [n for n, own in enumerate(all_words) if len(own) >= _FEWEST_WORDS]
    clauses, all_words = [list(found)[n] for n in kept], [all_words[n] for n in kept]
    if not clauses:
        return []
    # half of it to what the others say: to the text that it stands in, a clause is near anyway
    rows = [found[clause] for clause in clauses]
    others = unit_rows(vectors.sum(axis=0) - vectors[rows])
    near = np.einsum("ij,ij->i", unit_rows(encode(all_words)), (others + middle) / 2)
    shown = [min(sum(word in clause for word in evidence[found[clause]]), _MOST_EVIDENCE) for clause in clauses]
    whole = [min(len(clause), _FULL) for clause in clauses]
    named = [len(set(terms) & set(phrases(own))) / np.sqrt(_USUAL_LENGTH + len(own)) for own in all_words]
    beside = sum(_in_spreads(np.array(values)) for values in (shown, whole, named)) + 2 * _in_spreads(voicing[rows])
    score = _in_spreads(near) + _BESIDE * beside
    return [clauses[n] for n in np.argsort(-score.round(6), kind="stable").tolist()]


def _clauses(text: str) -> Iterator[str]:
    for run in _PAUSES.split(text):
        own = ""
        for token in (*tokens(normalise(run)), None) if len(run) >= _SHORTEST else ():
            if token is not None and token.text not in _PARTICLES:
                own += token.text
                continue
            if _SHORTEST <= len(own) <= _LONGEST and not _NO_CLAUSE.search(own):
                yield own
            own = ""


def _in_spreads(values: NDArray[np.floating]) -> NDArray[np.float64]:
    spread = float(np.std(values))
    return (values - np.mean(values)) / spread if spread > 0 else np.zeros(len(values))
