"""Voices out of the table of passages: one object each, what several have in common once."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

import pyarrow as pa

from minecop.core.dates import BANGKOK
from minecop.core.tables import values_once
from minecop.insight.models import Voice

VOICE_COLUMNS = ("passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published")
_SHARED = ("post_id", "comment", "author_id", "community", "published")


def voices_of(tables: Iterable[pa.Table]) -> list[Voice]:
    """Return the passages of a table that comes in pieces (``VOICE_COLUMNS`` among others) as voices, in Thai time."""
    voices: list[Voice] = []
    known: dict[str, dict[Any, Any]] = {name: {} for name in _SHARED}
    for some in tables:
        once = {name: values_once(some[name], known[name]) for name in _SHARED}
        thai = {moment: moment and moment.astimezone(BANGKOK) for moment in set(once["published"])}
        columns = (
            some["passage_id"].to_pylist(),
            once["post_id"],
            once["comment"],
            some["start"].to_pylist(),
            some["end"].to_pylist(),
            once["author_id"],
            once["community"],
            [thai[moment] for moment in once["published"]],
        )
        voices += [Voice(*row) for row in zip(*columns, strict=True)]
    return voices
