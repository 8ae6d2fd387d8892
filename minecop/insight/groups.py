"""Counting people, not posts."""

from __future__ import annotations

from collections.abc import Iterable

from minecop.insight.models import Group, Voice
from minecop.insight.trends import TrendMeter


def people_of(voices: Iterable[Voice]) -> tuple[set[str], set[str]]:
    """Return the distinct authors of voices, and the distinct communities of those whose author is known."""
    known = [voice for voice in voices if voice.author_id]
    return {v.author_id for v in known if v.author_id}, {v.community for v in known if v.community}


def group_of(group_id: str, title: str, members: Iterable[Voice], meter: TrendMeter) -> Group:
    """Return passages as a group, counted by distinct people and communities; nobody and nowhere count for none."""
    ordered = tuple(sorted(members, key=lambda v: (v.post_id, v.comment or 0, v.start)))
    authors, communities = people_of(ordered)
    return Group(
        id=group_id,
        title=title,
        author_ids=tuple(sorted(authors)),
        community_names=tuple(sorted(communities)),
        unnamed=sum(v.author_id is None for v in ordered),
        trend=meter.measure(ordered),
        members=ordered,
    )
