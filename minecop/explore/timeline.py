"""People over time, as bars of a picture."""

from __future__ import annotations

from typing import Any

from minecop.core.dates import BUDDHIST_OFFSET
from minecop.explore.searching import Found
from minecop.explore.words import PageWords

_SIZE = 720, 90


def timeline(found: Found, words: PageWords) -> dict[str, Any] | None:
    """Return people over time as bars; ``None`` where there is too little to be seen."""
    most = max((people for _, people in found.years), default=0)
    if len(found.years) < 2 or most < 2:
        return None
    width, height = _SIZE
    step = width / len(found.years)
    names = [_period(name, words) for name, _ in found.years]
    peak = max(range(len(names)), key=lambda place: found.years[place][1])
    return {
        "width": width,
        "height": height,
        "bars": [
            {
                "x": round(place * step + step * 0.1, 2),
                "y": round(height - height * people / most, 2),
                "width": round(step * 0.8, 2),
                "height": round(height * people / most, 2),
                "said": f"{name}: {words('count_people', count=people)}",
            }
            for place, (name, (_, people)) in enumerate(zip(names, found.years, strict=True))
        ],
        "first": names[0],
        "last": names[-1],
        "said": words("over_time_said", first=names[0], last=names[-1], most=most, when=names[peak]),
    }


def _period(name: str, words: PageWords) -> str:
    year, *part = name.split("/")
    return words.period("/".join([str(int(year) + BUDDHIST_OFFSET), *part]))
