"""Topics of an archive that has grown, under the numbers that they had: a number once given always means the same topic.

Topics are the same where they have the same passages; vectors may have moved as the archive grew.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

CHANGES = ("new", "same", "grown", "merged", "split", "faded")

_HALF = 0.5
"""Share of the passages of one topic that must be in another for them to be the same, or the one a part of the other."""

_GROWN = 1.2
"""How many times as many passages make a topic grown."""


@dataclass(frozen=True, slots=True)
class Change:
    """What became of a topic since the last run.

    Attributes
    ----------
    topic
        Its number.
    what
        ``new``; ``same``; ``grown``: the same with more passages, as `with_growth` tells; ``merged``: it took in others; ``split``: it was
        a part of another; ``faded``: it is no topic any more.
    others
        Numbers of the topics that it took in, that it was a part of, or that its passages went to.
    """

    topic: int
    what: str
    others: tuple[int, ...] = ()


def match_topics(
    before: Mapping[str, int], passage_ids: Sequence[str], labels: NDArray[np.int64], next_number: int
) -> tuple[NDArray[np.int64], list[Change]]:
    """Return the number of each new topic, shape (topics,), and what became of all, by number.

    Parameters
    ----------
    before
        The topic of each passage in the last run; those without one may be left out.
    passage_ids, labels
        The passages now, and their topics from 0 (-1 = none).
    next_number
        The lowest number that was never given.
    """
    count = int(labels.max(initial=-1)) + 1
    old = np.array([before.get(passage, -1) for passage in passage_ids], dtype=np.int64)
    numbers = sorted({number for number in before.values() if number >= 0})
    place = {number: n for n, number in enumerate(numbers)}
    table = np.zeros((len(numbers), count), dtype=np.int64)
    for number, label in zip(old.tolist(), labels.tolist(), strict=True):
        if number >= 0 and label >= 0:
            table[place[number], label] += 1
    of_old = np.array([max(1, int((old == number).sum())) for number in numbers])
    of_new = np.array([max(1, int(((labels == topic) & (old >= 0)).sum())) for topic in range(count)])
    from_old, from_new = table / of_old[:, None], table / of_new[None, :]
    given = np.full(count, -1, dtype=np.int64)
    taken: dict[int, int] = {}
    pairs = [(-table[n, t], n, t) for n, t in zip(*np.nonzero((from_old > _HALF) & (from_new > _HALF)), strict=True)]
    for _, n, topic in sorted(pairs):
        if given[topic] < 0 and numbers[n] not in taken:
            given[topic] = numbers[n]
            taken[numbers[n]] = int(topic)
    fresh = given < 0
    given[fresh] = next_number + np.arange(int(fresh.sum()))
    changes = []
    for topic in range(count):
        number = int(given[topic])
        joined = [numbers[n] for n in np.flatnonzero(from_old[:, topic] > _HALF) if numbers[n] != number]
        parents = [numbers[n] for n in np.flatnonzero(from_new[:, topic] > _HALF) if numbers[n] != number]
        if joined and (not fresh[topic] or len(joined) > 1):
            changes.append(Change(number, "merged", tuple(joined)))
        elif not fresh[topic]:
            changes.append(Change(number, "same"))
        else:
            changes.append(Change(number, "split", tuple(parents)) if parents else Change(number, "new"))
    for n, number in enumerate(numbers):
        if number not in taken:
            went = [int(given[t]) for t in np.flatnonzero(from_old[n] > _HALF)]
            changes.append(Change(number, "faded", tuple(went)))
    return given, sorted(changes, key=lambda change: change.topic)


def with_growth(changes: Iterable[Change], before: Iterable[int], now: Iterable[int]) -> list[Change]:
    """Return the changes with topics that are the same and have more passages as grown.

    Parameters
    ----------
    changes
        What `match_topics` found.
    before, now
        The topic of every passage of the archive in the last run and in this one, also of those that topics were not found in.
    """
    was, are = Counter(before), Counter(now)
    return [
        replace(change, what="grown")
        if change.what == "same" and are[change.topic] >= _GROWN * was[change.topic]
        else change
        for change in changes
    ]
