"""The stage: shared issues, early voices and what is set aside."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import date, datetime, time

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.archive.store import Archive
from minecop.core.dates import BANGKOK
from minecop.insight.groups import group_of
from minecop.insight.models import Group, Insight, Issue, Voice
from minecop.insight.quotes import choose_quotes
from minecop.insight.trends import TrendMeter
from minecop.process.definition import Process

FEWEST_AUTHORS = 3
FEWEST_COMMUNITIES = 2


def find_insight(
    *,
    archive: Archive,
    passages: pa.Table,
    words: pa.Table,
    acts: pa.Table,
    vectors: NDArray[np.float32],
    topics: pa.Table,
    topic_of: Sequence[int],
    steps: pa.Table,
    process: Process,
    as_of: date | None,
) -> Insight:
    """Topics counted by people."""
    voices = voices_of(passages)
    marks = acts.to_pylist()
    contentful = [n for n, mark in enumerate(marks) if not mark["courtesy"]]
    moment = datetime.combine(as_of, time.max, BANGKOK) if as_of else None
    meter = TrendMeter([voices[n] for n in contentful], moment)
    texts = passages["text"].to_pylist()
    topic_groups = [
        group_of(str(row["topic"]), row["label"], [voices[n] for n in contentful if topic_of[n] == row["topic"]], meter)
        for row in topics.to_pylist()
    ]
    step_groups = [
        group_of(
            str(step.number),
            step.names["th"],
            [v for v, s in zip(voices, steps["step"].to_pylist(), strict=True) if s == step.number],
            meter,
        )
        for step in process.steps
    ]
    number_of = {voice: n for n, voice in enumerate(voices)}
    issues: list[Issue] = []
    ranked = sorted(topic_groups, key=lambda g: (not _is_shared(g), -len(g.author_ids), g.id))
    for rank, group in enumerate(ranked, 1):
        quotes = choose_quotes(
            group.members,
            worth=lambda v: float(marks[number_of[v]]["concern"]),
            text_of=lambda v: texts[number_of[v]],
            cues=lambda v: json.loads(marks[number_of[v]]["evidence"]).get("concern", ()),
        )
        first = group.members[0]
        own_id = hashlib.sha256(first.passage_id.encode()).hexdigest()[:8]
        own = Group(
            own_id, group.title, group.author_ids, group.community_names, group.unnamed, group.trend, group.members
        )
        issues.append(
            Issue(
                own,
                rank,
                "shared" if _is_shared(group) else "early",
                0,
                0,
                0,
                {},
                quotes,
                tuple(group.title.split(" · ")),
            )
        )
    funnel = {
        "passages": len(voices),
        "courtesy": len(voices) - len(contentful),
        "trend_known": int(meter.known),
        "without_author": sum(v.author_id is None for v in voices),
        "without_date": sum(v.published is None for v in voices),
        "top_five_percent": 0,
    }
    return Insight(tuple(issues), (), tuple(topic_groups), tuple(step_groups), funnel)


def voices_of(passages: pa.Table) -> list[Voice]:
    """Return the passages of a table as voices."""
    columns = passages.select(
        ["passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published"]
    )
    return [
        Voice(**row | {"published": row["published"].astimezone(BANGKOK) if row["published"] else None})
        for row in columns.to_pylist()
    ]


def _is_shared(group: Group) -> bool:
    return len(group.author_ids) >= FEWEST_AUTHORS and len(group.community_names) >= FEWEST_COMMUNITIES
