"""How people look at how something went: phrases by which a step beside the first is told, besides words."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Iterable
from functools import cache
from pathlib import Path

import numpy as np
import scipy.sparse as sp

_MOST = 2
"""Times that a group counts in one passage."""

_WEIGHT = 0.3
"""Of each time, beside words (rows of words have the length 1)."""

HIGHEST = _MOST * _WEIGHT
"""That a group can be."""


@cache
def _groups() -> tuple[re.Pattern[str], ...]:
    table = tomllib.loads((Path(__file__).parent / "data" / "looks.toml").read_text(encoding="utf-8"))
    return tuple(re.compile("|".join(group["patterns"])) for group in table.values())


def looks(texts: Iterable[str]) -> sp.csr_matrix:
    """Return how often each group of phrases stands in passages, weighed, shape (passages, groups)."""
    counts = [[min(_MOST, len(group.findall(text))) for group in _groups()] for text in texts]
    return sp.csr_matrix(_WEIGHT * np.array(counts, dtype=np.float32).reshape(-1, len(_groups())))


def phrases(text: str) -> list[list[str]]:
    """Return the phrases of each group that stand in a text."""
    return [[found[0] for found in group.finditer(text)] for group in _groups()]
