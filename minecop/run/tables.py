"""The table of passages that users' scripts rely on; its columns are a contract."""

from __future__ import annotations

import pyarrow as pa
import pyarrow.compute as pc

CONTRACT = ("passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published", "topic", "issue", "lesson",
            "request", "courtesy", "explainer", "step")  # fmt: skip
"""Columns of ``passages.parquet`` before ``step_1 .. step_n``, ``second`` and, where facets were looked for, ``facets`` and
``facet_<value>``."""


def contract_passages(passages: pa.Table, acts: pa.Table, topics: pa.Table, steps: pa.Table) -> pa.Table:
    """Return the passages with what every stage says of them, all tables being in the same order.

    Parameters
    ----------
    passages, acts, topics, steps
        Tables of the text, acts, topics and process stages.

    Returns
    -------
    pyarrow.Table
        Columns ``CONTRACT``, then ``step_1 .. step_n`` and ``second``, then ``facets`` and ``facet_<value>``.

    Raises
    ------
    ValueError
        When the tables are not of the same passages.
    """
    for other in (acts, topics, steps):
        if not passages["passage_id"].equals(other["passage_id"]):
            raise ValueError("tables of different passages")
    columns = {name: passages[name] for name in CONTRACT[:8]}
    columns["topic"] = topics["topic"]
    columns["issue"] = pc.or_(acts["concern"], acts["wish"])
    for name in ("lesson", "request", "courtesy", "explainer"):
        columns[name] = acts[name]
    columns["step"] = pc.cast(steps["step"], pa.int32())
    for name in steps.column_names:
        if name.startswith(("step_", "facet")) and not name.endswith("_evidence"):
            columns[name] = steps[name]
        elif name == "second":
            columns[name] = pc.cast(steps[name], pa.int32())
    return pa.table(columns)
