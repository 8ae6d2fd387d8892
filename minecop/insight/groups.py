"""Counting people, not posts."""

from __future__ import annotations

from collections.abc import Iterable

from minecop.insight.models import Group, Voice
from minecop.insight.trends import TrendMeter


def group_of(group_id: str, title: str, members: Iterable[Voice], meter: TrendMeter) -> Group:
    """Return passages as a group, counted by distinct people and communities; nobody and nowhere count for none."""
    ordered = tuple(sorted(members, key=lambda v: (v.post_id, v.comment or 0, v.start)))
    return Group(
        id=group_id,
        title=title,
        author_ids=tuple(sorted({v.author_id for v in ordered if v.author_id})),
        community_names=tuple(sorted({v.community for v in ordered if v.community and v.author_id})),
        unnamed=sum(v.author_id is None for v in ordered),
        trend=meter.measure(ordered),
        members=ordered,
    )
