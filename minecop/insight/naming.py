"""Words for issues: those by which its people differ from everybody else."""

from __future__ import annotations

import math
from bisect import bisect_left
from collections import Counter
from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from minecop.core.hashcounts import HashCounts
from minecop.text.words import words

_IN_A_TITLE = 3
_IN_A_LIST = 10
_TELLING = 30
_SMALLEST_SHARE = 0.3
"""Of an issue's people who must use a word for it to name the issue."""


class PhraseLists(Protocol):
    """The phrases of each passage: a list of lists, or what finds those that are asked for."""

    def __len__(self) -> int: ...

    def __getitem__(self, row: int, /) -> Sequence[str]: ...


class Namer:
    """Knows how many people use each word and pair of words of an archive.

    An archive has millions of pairs, most of them one person's. So only numbers are held: of each that several people use its hash, of 64
    bits, and how many they are.

    Parameters
    ----------
    phrases
        Words and pairs of each passage, asked for again and again.
    authors
        Number of the author of each passage, -1 where unknown, shape (n,); each unknown one counts as one more person.
    names
        People's own names, whose parts name no issue.
    folder
        For temporary files; ``None`` for the system's own.
    """

    def __init__(
        self,
        phrases: PhraseLists,
        authors: NDArray[np.integer[Any]],
        names: Iterable[str] = (),
        folder: Path | None = None,
    ) -> None:
        self._phrases = phrases
        unknown = -2 - np.arange(len(authors))
        self._people = np.where(authors >= 0, authors, unknown)
        self._ends_of_names = sorted({name[at:] for name in names for at in range(len(name) - 2)})
        order = np.argsort(self._people, kind="stable")
        starts = np.flatnonzero(np.diff(self._people[order], prepend=-1))
        self._everybody = len(starts)
        with HashCounts(folder) as counts:
            for own in np.split(order, starts[1:]):
                counts.add({hash(phrase) for row in own.tolist() for phrase in phrases[row]})
            self._hashes, self._users = counts.several()

    def _names_somebody(self, word: str) -> bool:
        """Tell whether a word, of three letters or more, stands in a name."""
        place = bisect_left(self._ends_of_names, word)
        return place < len(self._ends_of_names) and self._ends_of_names[place].startswith(word)

    def names_nobody(self, text: str) -> bool:
        """Tell whether no word of a text is part of somebody's name."""
        return not any(len(word) > 2 and self._names_somebody(word) for word in words(text))

    def _users_of(self, some: Sequence[str]) -> list[int]:
        """Return how many people use each of some phrases, which one does at least."""
        hashes = np.fromiter(map(hash, some), dtype=np.int64, count=len(some))
        places = np.minimum(np.searchsorted(self._hashes, hashes), len(self._hashes) - 1)
        if not len(self._hashes):
            return [1] * len(some)
        users: list[int] = np.where(self._hashes[places] == hashes, self._users[places], 1).tolist()
        return users

    def _count(self, rows: Iterable[int]) -> Counter[str]:
        pairs = {(self._people[row].item(), phrase) for row in rows for phrase in self._phrases[row]}
        return Counter(phrase for _, phrase in pairs)

    def terms(self, rows: Sequence[int], most: int = _IN_A_LIST) -> tuple[str, ...]:
        """Return the words of some passages that more of their people use than of the rest, the most telling first.

        A word weighs the number of its people times the logarithm of how much more often they use it than everybody does. At least two
        people must use it where there are two, and three in ten of them.
        """
        scores = self._scores(rows, max(2, math.ceil(_SMALLEST_SHARE * self._count_people(rows))))
        chosen: list[str] = []
        for phrase in sorted(scores, key=lambda p: (-scores[p], p)):
            if len(chosen) == most:
                break
            if not any(phrase in other or other in phrase for other in chosen):
                chosen.append(phrase)
        return tuple(chosen)

    def _count_people(self, rows: Iterable[int]) -> int:
        return len(np.unique(self._people[list(rows)]))

    def _scores(self, rows: Sequence[int], fewest: int) -> dict[str, float]:
        """Return what each word weighs that so many people use, where there are as many."""
        users, people = self._count(rows), self._count_people(rows)
        fewest = min(fewest, people)
        usual = {
            p: count for p, count in users.items() if count >= fewest and len(p) > 2 and not self._names_somebody(p)
        }
        lifts = {
            p: (count / people) / (users / self._everybody)
            for (p, count), users in zip(usual.items(), self._users_of(list(usual)), strict=True)
        }
        scores = {p: usual[p] * math.log(lift) for p, lift in lifts.items() if lift > 1}
        if not scores:  # all of the archive is on one matter: no word is their own
            scores = {p: float(count) for p, count in usual.items()}
        return scores

    def on_the_matter(self, rows: Sequence[int]) -> list[int]:
        """Return those of some passages that use a word by which they differ from the rest: a thread also speaks of other things.

        All of them where fewer than half would be left, or where they are half of the archive: then no words tell the matter.
        """
        if 2 * len(rows) >= len(self._phrases):
            return list(rows)
        telling = set(self.terms(rows, _TELLING))
        left = [row for row in rows if telling.intersection(self._phrases[row])]
        return left if 2 * len(left) >= len(rows) else list(rows)

    def title(self, terms: Sequence[str], taken: set[str]) -> str:
        """Return a title of the first few terms that no other issue has, and note it as taken."""
        for length in range(_IN_A_TITLE, len(terms) + 1):
            title = " · ".join(terms[:length])
            if title not in taken:
                break
        else:
            title = " · ".join(terms) or "—"
        taken.add(title)
        return title
