"""Candidates among the tellings of one block: what several communities voice first, then what one does."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from functools import cache, partial

import numpy as np
from numpy.typing import NDArray

from minecop.insight.candidates import Candidate, find_candidates, with_stability
from minecop.insight.models import Trend
from minecop.insight.speaking import Speakers
from minecop.insight.tellings import Compared


@dataclass(frozen=True, slots=True)
class Block:
    """Some tellings, as far as grouping them needs it: what goes to a worker.

    Attributes
    ----------
    compared
        What they are compared by.
    posts
        Whose thread each is of.
    speakers
        Who speaks in them.
    again
        Whether it is looked how far groups are found again.
    """

    compared: Compared
    posts: Sequence[str]
    speakers: Speakers
    again: bool


def grouped(block: Block) -> list[Candidate]:
    """Return the candidates of a block, their tellings by their places in it.

    Those of several communities come first; of what is left: what several people of one community say is one early voice of many.
    """
    places = list(range(len(block.posts)))
    likeness, groups = block.compared.alike(), []
    for shared in (True, False):
        posts = [block.posts[place] for place in places]
        # a group is met again and again: at other sizes, and where some tellings are left out
        measure = cache(partial(_measured, block.speakers, places, shared))
        sift = partial(_sifted, block.speakers, np.array(places, dtype=np.int64), shared)
        found = find_candidates(likeness, posts, measure, sift)
        if block.again:
            found = with_stability(found, likeness, posts, measure, sift)
        groups += [replace(one, tellings=tuple(places[n] for n in one.tellings)) for one in found]
        taken = {n for one in found for n in one.tellings}
        rest = [n for n in range(len(places)) if n not in taken]
        places, likeness = [places[n] for n in rest], likeness[np.ix_(rest, rest)]
    return groups


def _measured(
    speakers: Speakers, places: Sequence[int], shared: bool, own: tuple[int, ...]
) -> tuple[bool, float, Trend]:
    return speakers.measure([places[n] for n in own], shared=shared)


def _sifted(
    speakers: Speakers, places: NDArray[np.int64], shared: bool, groups: NDArray[np.int64]
) -> NDArray[np.bool_]:
    return speakers.are_enough(places[groups], shared=shared)
