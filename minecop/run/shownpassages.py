"""The table of passages as it may be shown: with what people put right, under other names, and without what is of too few."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.acts.marking import OF_ISSUES
from minecop.core.tables import read_table
from minecop.insight.analysis import Analysis
from minecop.insight.voices import archive_rows
from minecop.run.opening import Run


def shown_passages(analysis: Analysis, run: Run) -> pa.Table:
    """Return every passage that may be shown, in the order of the archive, with all that is said of it.

    Where people have decided something, ``topic``, ``step`` with ``step_1 .. step_n`` and ``second``, and marks are as they put them.
    Authors and communities go by the names under which they are shown. Where what is of few people is left out, so are passages that are
    of nothing that is shown, and what is said of topics, steps and facets of too few.

    Parameters
    ----------
    analysis
        The run as it is shown.
    run
        Where its tables are.

    Returns
    -------
    pyarrow.Table
        Columns of ``run.tables``, and ``text`` last, where texts may be shown.

    Raises
    ------
    RunError
        When the run is damaged, or is being made anew.
    """
    with run.reading({"tables": ["passages.parquet"], "acts": ["acts.parquet"]}):
        table = read_table(run.stage_folder("tables") / "passages.parquet")
        acts = read_table(run.stage_folder("acts") / "acts.parquet", [*OF_ISSUES]) if analysis.human.marks else None
    if analysis.human:
        table = _as_decided(table, analysis, acts)
    if analysis.left_out:
        table = _of_enough(table, analysis).take(pa.array(_shown_rows(analysis)))
    if analysis.source_text:
        table = table.append_column("text", pa.array(_texts(table, analysis), pa.string()))
    privacy = analysis.privacy
    if privacy.authors:
        names = [privacy.author(author, author) for author in table["author_id"].to_pylist()]
        table = _with(table, "author_id", pa.array(names, pa.string()))
    if privacy.communities:
        names = [privacy.communities.get(name, name) for name in table["community"].to_pylist()]
        table = _with(table, "community", pa.array(names, pa.string()))
    return table


def _with(table: pa.Table, name: str, values: pa.Array) -> pa.Table:
    """Return a table with other values in a column, of the type that it has."""
    place = table.schema.get_field_index(name)
    return table.set_column(place, name, values.cast(table.schema.field(place).type))


def _texts(table: pa.Table, analysis: Analysis) -> list[str]:
    text, span = analysis.archive.posts.text, analysis.privacy.span
    places = (table[name].to_pylist() for name in ("post_id", "comment", "start", "end"))
    return [
        span(post, comment, text(post, comment), start, end) for post, comment, start, end in zip(*places, strict=True)
    ]


# ---- what people decided


def _as_decided(table: pa.Table, analysis: Analysis, acts: pa.Table | None) -> pa.Table:
    topic = np.full(len(table), -1, dtype=np.int64)
    for one in analysis.insight.topics:
        topic[archive_rows(one.group.members)] = int(one.group.id)
    table = _with(table, "topic", pa.array(topic))
    table = _with(table, "step", pa.array(analysis.steps.first.astype(np.int64)))
    corrected = sorted(analysis.human.steps)
    if corrected:
        for number in analysis.steps.steps:
            name = f"step_{number}"
            chances = _own(table, name)
            chances[corrected] = analysis.steps.chances[corrected, number - 1]
            table = _with(table, name, pa.array(chances, from_pandas=True))
        seconds = _own(table, "second")
        seconds[corrected] = 0  # who corrects a step says no other
        table = _with(table, "second", pa.array(seconds))
    return table if acts is None else _as_marked(table, analysis, acts)


def _as_marked(table: pa.Table, analysis: Analysis, acts: pa.Table) -> pa.Table:
    """Return a table with the marks that people put on passages and took off."""
    does = {name: _own(acts, name) for name in OF_ISSUES}
    does |= {name: _own(table, name) for name in ("lesson", "request", "courtesy", "explainer")}
    for row, said in analysis.human.marks.items():
        for act, holds in said.items():
            if act in does:
                does[act][row] = holds
    does["issue"] = np.logical_or.reduce([does.pop(name) for name in OF_ISSUES])
    for name, values in does.items():
        table = _with(table, name, pa.array(values))
    return table


def _own(table: pa.Table, name: str) -> NDArray[np.generic]:
    """Return a column that may be written to."""
    return np.array(table[name].to_numpy())


# ---- what is of enough people


def _shown_rows(analysis: Analysis) -> NDArray[np.int32]:
    """Return the rows of the passages that are of anything that is shown."""
    insight = analysis.insight
    groups = (
        *(one.group for one in insight.issues),
        *(one.group for one in insight.topics),
        *insight.steps,
        *insight.facets,
    )
    rows = [archive_rows(one.members) for one in groups]
    lessons = np.array([one.voice.row for one in insight.lessons], dtype=np.int32)
    return np.unique(np.concatenate([*rows, lessons]))


def _of_enough(table: pa.Table, analysis: Analysis) -> pa.Table:
    """Return a table without topics, steps and facets of too few people."""
    insight = analysis.insight
    steps = {int(step.id) for step in insight.steps if step.members}
    facets = {facet.id for facet in insight.facets}
    for name, kept, none in (("topic", {int(one.group.id) for one in insight.topics}, -1), ("step", steps, 0)):
        values = _own(table, name)
        table = _with(table, name, pa.array(np.where(np.isin(values, sorted(kept)), values, none)))
    for name in table.column_names:
        kind, _, which = name.partition("_")
        if name == "facets":
            told = [" ".join(facet for facet in value.split() if facet in facets) for value in table[name].to_pylist()]
            table = _with(table, name, pa.array(told, pa.string()))
        elif (
            kind in {"step", "facet"}
            and which
            and which not in facets
            and not (which.isdigit() and int(which) in steps)
        ):
            table = _with(table, name, pa.nulls(len(table)))
    return table
