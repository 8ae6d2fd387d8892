"""What was asked, as it is looked for: words, phrases in quotes, and what may have been meant where a word is written nowhere."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field
from functools import cached_property

from minecop.explore.postings import Postings
from minecop.text.words import content_words, words

LONGEST = 400
"""Characters of a query that are looked at."""

_MOST_WORDS = 24
_QUOTED = re.compile(r"[\"“”„«»]([^\"“”„«»]+)[\"“”„«»]")
_CHUNK_LONGEST = 40
_ALIKE = 0.7
"""Likeness (optimal string alignment, Damerau 1964, over the letters of the longer) from which a word may have been meant."""

_NEAR_BEST = 0.06
_MOST_ALIKE = 3
_FEWEST = 2
"""Passages that say a word which is taken to have been meant: what stands once may be misspelt itself."""


@dataclass(frozen=True)
class Asked:
    """A query, taken apart.

    Attributes
    ----------
    wanted
        Words that are as good as each other, for each thing that is wanted.
    phrases
        What has to stand there letter for letter.
    instead
        What was looked for instead of what is written nowhere: as written, and what was found.
    marked
        What is marked in what is found.
    """

    wanted: tuple[tuple[str, ...], ...] = ()
    phrases: tuple[str, ...] = ()
    instead: tuple[tuple[str, tuple[str, ...]], ...] = ()
    marked: tuple[str, ...] = field(default=())

    def __bool__(self) -> bool:
        return bool(self.wanted or self.phrases)


class Asking:
    """Takes queries apart, as the words of an archive are.

    Parameters
    ----------
    postings
        Which words are said.
    """

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    def __call__(self, query: str) -> Asked:
        """Return a query taken apart; what is longer than ``LONGEST`` is cut."""
        query = " ".join(query[:LONGEST].split())
        phrases = tuple(
            dict.fromkeys(" ".join(found[1].split()) for found in _QUOTED.finditer(query) if found[1].strip())
        )
        wanted: list[tuple[str, ...]] = []
        instead: list[tuple[str, tuple[str, ...]]] = []
        marked = list(phrases)
        for chunk in _QUOTED.sub(" ", query).split():
            marked.append(chunk)
            for said, alike in self._meant(chunk):
                wanted.append(alike)
                if said:
                    instead.append((said, alike))
        telling = [alike for alike in wanted if content_words(alike)] or wanted
        telling = list(dict.fromkeys(telling))[:_MOST_WORDS]
        marked += [word for alike in telling for word in alike]
        return Asked(
            tuple(telling), phrases, tuple(instead), tuple(dict.fromkeys(word for word in marked if len(word) > 1))
        )

    def forgiving(self, query: str) -> Asked:
        """Return the same with what is likest to each part as a whole, where the words of a part do not stand together anywhere."""
        asked = self(query)
        wanted, instead = [], []
        for chunk in _QUOTED.sub(" ", query[:LONGEST]).split():
            alike = self._alike(chunk)
            if alike and chunk not in alike:
                wanted.append(alike)
                instead.append((chunk, alike))
            else:
                wanted += [alike for _, alike in self._meant(chunk)]
        marked = tuple(dict.fromkeys([*asked.marked, *(word for alike in wanted for word in alike)]))
        return Asked(tuple(wanted[:_MOST_WORDS]), asked.phrases, tuple(instead), marked) if instead else asked

    def _meant(self, chunk: str) -> list[tuple[str, tuple[str, ...]]]:
        """Return the words of a part of a query: nothing and the word where it is said, else what was written and what is like that.

        The dictionary takes a misspelt word to pieces, so pieces beside one that nobody says are looked at with it.
        """
        found = words(chunk)
        said = [self._postings.said_by(word) > 0 for word in found]
        made: list[tuple[str, tuple[str, ...]]] = []
        place = 0
        while place < len(found):
            if said[place] and (place + 1 == len(found) or said[place + 1] or len(found[place]) > 3):
                made.append(("", (found[place],)))
                place += 1
                continue
            spans = [end for end in range(place + 1, min(place + 4, len(found)) + 1) if not all(said[place:end])]
            best: tuple[float, int, tuple[str, ...]] = 0.0, place + 1, ()
            for end in spans:
                alike, likeness = self._likest("".join(found[place:end]))
                if alike and likeness + 0.02 * (end - place) > best[0]:
                    best = likeness + 0.02 * (end - place), end, alike
            if best[2]:
                made.append(("".join(found[place : best[1]]), best[2]))
            else:
                made.append(("", (found[place],)))
            place = best[1] if best[2] else place + 1
        return made

    def _alike(self, text: str) -> tuple[str, ...]:
        return self._likest(text.lower())[0] if 3 <= len(text) <= _CHUNK_LONGEST else ()

    @cached_property
    def _choices(self) -> list[str]:
        """Words that may have been meant."""
        starts = self._postings.starts
        enough = (starts[1:] - starts[:-1]) >= _FEWEST
        vocabulary: Sequence[str] = self._postings.vocabulary
        return [word for word, often in zip(vocabulary, enough.tolist(), strict=True) if often and len(word) > 2]

    def _likest(self, text: str) -> tuple[tuple[str, ...], float]:
        """Return the words likest to some letters, and how like the first is; none where none is like enough."""
        from rapidfuzz import process
        from rapidfuzz.distance import OSA

        if not 3 <= len(text) <= _CHUNK_LONGEST:
            return (), 0.0
        found = process.extract(
            text, self._choices, scorer=OSA.normalized_similarity, limit=_MOST_ALIKE * 3, score_cutoff=_ALIKE
        )
        if not found:
            return (), 0.0
        best = float(found[0][1])
        near = [(-self._postings.said_by(word), word) for word, likeness, _ in found if likeness >= best - _NEAR_BEST]
        return tuple(word for _, word in sorted(near)[:_MOST_ALIKE]), best
