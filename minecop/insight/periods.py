"""Periods of time by which something is told: months, quarters, half-years and years of the Thai calendar."""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime

from minecop.core.dates import BUDDHIST_OFFSET


def _quarter(when: datetime) -> str:
    return f"{when.year + BUDDHIST_OFFSET}/{(when.month + 2) // 3}"


def _year(when: datetime) -> str:
    return str(when.year + BUDDHIST_OFFSET)


def _half(when: datetime) -> str:
    return f"{when.year + BUDDHIST_OFFSET}/{1 if when.month <= 6 else 2}h"


def _month(when: datetime) -> str:
    return f"{when.year + BUDDHIST_OFFSET}/{when.month:02}m"


UNITS: dict[str, Callable[[datetime], str]] = {"month": _month, "quarter": _quarter, "half": _half, "year": _year}
"""Periods by which something can be told over time."""


def unit_of(period: str) -> str:
    """Return which of ``UNITS`` a period is one of."""
    part = period.partition("/")[2]
    return "year" if not part else {"m": "month", "h": "half"}.get(part[-1], "quarter")
