"""Counting people, not posts."""

from __future__ import annotations

import math
from collections.abc import Iterable

import numpy as np

from minecop.insight.models import Group, Voice
from minecop.insight.trends import TrendMeter
from minecop.insight.voices import Voices


def people_of(voices: Iterable[Voice]) -> tuple[set[str], set[str]]:
    """Return the distinct authors of voices, and the distinct communities of those whose author is known."""
    some = Voices.of(voices)
    known = some.where(some.authors >= 0)
    return known.author_names(), known.community_names()


def effective_people(voices: Voices) -> float:
    """Return how many people it would be if all had written as much (``Grounds.effective_authors``): a text in ten parts counts as one."""
    known = voices.where(voices.authors >= 0)
    written = np.bincount(known.authors, known.lengths)
    shares = written[written > 0] / max(1, written.sum())
    return round(math.exp(-float((shares * np.log(shares)).sum())), 1) if len(shares) else 0.0


def group_of(group_id: str, title: str, members: Iterable[Voice], meter: TrendMeter) -> Group:
    """Return passages as a group, counted by distinct people and communities; nobody and nowhere count for none."""
    some = Voices.of(members)
    some = some.among(np.sort(some.rows))
    authors, communities = people_of(some)
    return Group(
        id=group_id,
        title=title,
        author_ids=tuple(sorted(authors)),
        community_names=tuple(sorted(communities)),
        unnamed=int(np.count_nonzero(some.authors < 0)),
        trend=meter.measure(some),
        members=some,
    )
