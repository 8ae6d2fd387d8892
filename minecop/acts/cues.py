"""Words that show what a post as a whole is: an explainer, platform talk, an announcement."""

from __future__ import annotations

import re
import tomllib
from functools import cache
from pathlib import Path

_ENOUGH = 1.0
"""Weight of the groups of cues from which a post is an explainer."""

_MOST_HITS = 2
"""Different hits of a group that count."""


@cache
def _cues() -> dict[str, list[tuple[float, re.Pattern[str]]]]:
    table = tomllib.loads((Path(__file__).parent / "data" / "cues.toml").read_text(encoding="utf-8"))
    return {
        act: [(group["weight"], re.compile("|".join(group["patterns"]))) for group in groups.values()]
        for act, groups in table.items()
    }


def cue_hits(clean: str, act: str) -> list[str]:
    """Return every word in a normalised text in small letters that speaks for an act, as often as it stands there."""
    return [hit[0] for weight, pattern in _cues()[act] if weight > 0 for hit in pattern.finditer(clean)]


def explains(clean: str) -> bool:
    """Tell whether a normalised text in small letters, taken as a whole, defines a method and tells nothing of the writer's own."""
    hits = ((weight, {hit[0].strip() for hit in pattern.finditer(clean)}) for weight, pattern in _cues()["explainer"])
    return sum(weight * min(len(found), _MOST_HITS) for weight, found in hits) >= _ENOUGH
