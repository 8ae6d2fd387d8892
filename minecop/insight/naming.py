"""Names for issues: the words by which its people differ from everybody else."""

from __future__ import annotations

import math
from collections import Counter
from collections.abc import Iterable, Sequence

_IN_A_TITLE = 3
_IN_A_LIST = 10
_TELLING = 30
_SMALLEST_SHARE = 0.3
"""Of an issue's people who must use a word for it to name the issue."""


class Namer:
    """Knows how many people use each word and pair of words of an archive.

    Parameters
    ----------
    phrases
        Words and pairs of each passage.
    authors
        Author of each passage, ``None`` where unknown; each unknown one counts as one more person.
    names
        People's own names, whose parts name no issue.
    """

    def __init__(
        self, phrases: Sequence[Sequence[str]], authors: Sequence[str | None], names: Iterable[str] = ()
    ) -> None:
        self._phrases = phrases
        self._people = [author or f"?{n}" for n, author in enumerate(authors)]
        self._names = "\n".join(sorted(names))
        self._everybody = len(set(self._people))
        self._users = self._count(range(len(phrases)))

    def _count(self, rows: Iterable[int]) -> Counter[str]:
        pairs = {(self._people[row], phrase) for row in rows for phrase in self._phrases[row]}
        return Counter(phrase for _, phrase in pairs)

    def terms(self, rows: Sequence[int], most: int = _IN_A_LIST) -> tuple[str, ...]:
        """Return the words of some passages that more of their people use than of the rest, the most telling first.

        A word weighs the number of its people times the logarithm of how much more often they use it than everybody does. At least two
        people must use it where there are two, and three in ten of them.
        """
        users = self._count(rows)
        people = len({self._people[row] for row in rows})
        fewest = max(min(2, people), math.ceil(_SMALLEST_SHARE * people))
        usual = {p: count for p, count in users.items() if count >= fewest and len(p) > 2 and p not in self._names}
        lifts = {p: (count / people) / (self._users[p] / self._everybody) for p, count in usual.items()}
        scores = {p: usual[p] * math.log(lift) for p, lift in lifts.items() if lift > 1}
        if not scores:  # all of the archive is on one matter: no word is their own
            scores = {p: float(count) for p, count in usual.items()}
        chosen: list[str] = []
        for phrase in sorted(scores, key=lambda p: (-scores[p], p)):
            if len(chosen) == most:
                break
            if not any(phrase in other or other in phrase for other in chosen):
                chosen.append(phrase)
        return tuple(chosen)

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
