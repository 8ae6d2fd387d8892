"""The stage of steps: which steps of the process each passage is about, and what facets it has."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import asdict
from functools import lru_cache, partial
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from minecop.core.files import sha256_file, sha256_of, write_json
from minecop.core.shipped import shipped
from minecop.core.tables import TableWriter, count_rows, read_rows, read_tables
from minecop.process.definition import Process
from minecop.process.facets import FACET_MODELS, facet_fields, with_facets
from minecop.process.labels import labels_path, read_labels
from minecop.process.matching import (
    LABELLED,
    StepMatcher,
    learns,
    match_passages,
    match_schema,
    model_of,
    with_labels,
)
from minecop.process.model import StepModel, read_step_model, step_model_of
from minecop.run.context import ABOUT, PASSAGES_A_CHUNK, Context
from minecop.run.earlier import made_or_taken
from minecop.vectors.models import SHIPPED

_STEPS = "steps.parquet"


@lru_cache(maxsize=4)
def _step_model(about: bytes, numbers: bytes) -> StepModel:
    """Return a model of steps, once in each worker: it is sent, for a worker may not see the run's folder."""
    return step_model_of(about, numbers)


def _process_chunk(
    chunk: tuple[pa.Table, pa.Table, pa.Table, list[list[str]]],
    process: Process,
    model: tuple[bytes, bytes],
    *,
    facets: bool,
) -> pa.Table:
    passages, words, acts, titles = chunk
    columns = (passages["passage_id"], passages["text"], words["words"], acts["courtesy"])
    ids, texts, all_words, courtesy = (column.to_pylist() for column in columns)
    matcher = StepMatcher(process, _step_model(*model))
    matches = match_passages(matcher, ids, texts, all_words, titles, courtesy)
    return with_facets(matches, all_words, titles, courtesy) if facets else matches


def process_outside(context: Context) -> dict[str, str]:
    """Return the hash of what the process is by its definition; ``process`` is the stage of that name."""
    return {"process_definition": sha256_of(asdict(context.process))}


def steps_outside(context: Context) -> dict[str, str]:
    """Return the hashes of the process, of the models, and of the labels beside the archive."""
    process, labels = context.process, labels_path(context.source)
    files = [*sorted(shipped("models", "steps").iterdir()), labels]
    if context.settings.facets:
        files += [*sorted(shipped(*FACET_MODELS).iterdir()), *sorted(shipped("models", SHIPPED).glob("*.safetensors"))]
    if process.extends and learns(process, corrected=labels.is_file()):
        files += sorted(shipped(*LABELLED).glob("*.jsonl"))
    return process_outside(context) | {path.name: sha256_file(path) for path in files if path.is_file()}


def make_process(context: Context, folder: Path) -> dict[str, int]:
    """Write the artefact of the stage, and return its counts."""
    process = context.process
    labels = read_labels(labels_path(context.source), len(process.steps))
    learned = learns(process, corrected=bool(labels))
    if learned:
        model_of(process, list(labels.values())).save(folder)
    model = read_step_model(folder if learned else shipped("models", "steps"))
    facets = context.settings.facets
    work = partial(_process_chunk, process=process, model=model, facets=facets)
    total = -(-count_rows(context.stage_folder("text") / "passages.parquet") // PASSAGES_A_CHUNK)
    used = with_step = with_facet = 0
    schema = pa.schema([*match_schema(process), *(facet_fields() if facets else ())])
    with TableWriter(folder / _STEPS, schema) as steps:
        for matches in made_or_taken(context, "process", work, _to_match(context), total, folder, _STEPS):
            told, labelled = with_labels(matches, labels)
            steps.write(told)
            used += labelled
            with_step += pc.sum(pc.not_equal(told["step"], 0)).as_py() or 0
            with_facet += (pc.sum(pc.not_equal(told["facets"], "")).as_py() or 0) if facets else 0
    if labels:
        write_json(folder / ABOUT, {"labels": len(labels), "labels_of_passages_here": used})
    return {"passages": steps.rows, "with_step": with_step} | ({"with_facet": with_facet} if facets else {})


def _to_match(context: Context) -> Iterator[tuple[pa.Table, pa.Table, pa.Table, list[list[str]]]]:
    """Yield passages, their words and acts, and the words of the title above each, some thousands at a time."""
    text, acts = context.stage_folder("text"), context.stage_folder("acts") / "acts.parquet"
    titles = read_rows(text / "titles.parquet")
    post, title = None, []
    for tables in zip(
        read_tables(text / "passages.parquet", PASSAGES_A_CHUNK, ["passage_id", "post_id", "text"]),
        read_tables(text / "words.parquet", PASSAGES_A_CHUNK, ["words"]),
        read_tables(acts, PASSAGES_A_CHUNK, ["courtesy"]),
        strict=True,
    ):
        above = []
        for own in tables[0]["post_id"].to_pylist():
            while post != own:  # titles stand in the order of the posts
                row = next(titles)
                post, title = row["post_id"], row["words"]
            above.append(title)
        yield (*tables, above)
