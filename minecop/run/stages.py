"""The stages, in order: what each depends on, and how it writes its artefact."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, field
from functools import lru_cache, partial
from itertools import chain
from operator import attrgetter
from pathlib import Path
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.acts.marking import MARKS, mark_passages
from minecop.archive.communities import COMMUNITIES_FILE
from minecop.archive.copies import comments_of_copies
from minecop.archive.importing import make_archive
from minecop.archive.models import Account, Person
from minecop.archive.people import AUTHORS_FILE, home_communities, read_people
from minecop.archive.reading import find_offered
from minecop.archive.store import Archive, archive_hash, is_archive, iterate_posts, read_archive, read_head
from minecop.core.errors import InputError, SettingsError
from minecop.core.executors import batched, map_chunks
from minecop.core.files import sha256_file, sha256_of, write_json
from minecop.core.largejson import write_large_json
from minecop.core.progress import Listener, counted, silent
from minecop.core.shipped import shipped
from minecop.core.tables import TableWriter, count_rows, read_rows, read_table, read_tables, write_table
from minecop.insight.finding import find_insight
from minecop.insight.models import Voice
from minecop.insight.passages import ACT_COLUMNS, PASSAGE_COLUMNS, WORD_COLUMNS
from minecop.insight.setting_aside import posts_set_aside
from minecop.process.definition import Process, load_process
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
from minecop.run.artefacts import Key, read_record
from minecop.run.settings import Settings
from minecop.run.tables import contract_passages
from minecop.run.topics import HISTORY, make_topics
from minecop.text.collocations import WordCounts, collocations
from minecop.text.passages import PASSAGES, TITLES, UNJOINED, WORDS, Selection, passages_of, with_collocations
from minecop.text.tokens import engine_name
from minecop.topics.layout import lay_out
from minecop.vectors.anchors import shipped_anchors
from minecop.vectors.archive import Row, fit_archive
from minecop.vectors.cache import VectorCache
from minecop.vectors.models import SHIPPED, load_embedder, shipped_model
from minecop.vectors.static import StaticEmbedder, save_static
from minecop.vectors.storing import InSinglePrecision, mapped_vectors, write_vectors
from minecop.vectors.transformers import SentenceTransformerEmbedder

Item = TypeVar("Item")

_POSTS_A_CHUNK = 200
_PASSAGES_A_CHUNK = 2_000

LAYOUT = "layout.npy"
"""Places of all passages in the picture of them, in their order."""

ASIDE = "aside.json"
"""Why posts are set aside, by their ids."""

CACHE = "cache"
"""Folder of a run for what a costly model has made; it stays from run to run."""

ABOUT = "about.json"
"""File of a stage that says in the manifest how its result came about."""


@dataclass(slots=True)
class Context:
    """What a stage may use.

    Attributes
    ----------
    source
        Archive folder, or raw file or folder.
    folder
        Of the run.
    settings, executor, listener
        As given.
    keys
        What each stage depends on that was looked at so far, by its name.
    """

    source: Path
    folder: Path
    settings: Settings
    executor: Executor
    listener: Listener
    keys: dict[str, Key] = field(default_factory=dict)
    _archive: Archive | None = field(default=None)

    def stage_folder(self, name: str) -> Path:
        """Return the folder of a stage's artefact."""
        return self.folder / "stages" / name

    def table(self, stage: str, name: str, columns: list[str] | None = None) -> pa.Table:
        """Read a table of an earlier stage."""
        return read_table(self.stage_folder(stage) / f"{name}.parquet", columns)

    def about(self, stage: str) -> dict[str, Any]:
        """Return what a stage says of how its result came about; nothing where it says nothing."""
        folder = self.stage_folder(stage)
        said = ABOUT in read_record(folder).files
        return json.loads((folder / ABOUT).read_text(encoding="utf-8")) if said else {}

    @property
    def archive(self) -> Archive:
        """The archive as the run has it."""
        if self._archive is None:
            self._archive = read_archive(self.stage_folder("archive"))
        return self._archive

    @property
    def process(self) -> Process:
        """The process that passages are matched with."""
        return load_process(self.settings.process)


@dataclass(frozen=True, slots=True)
class Stage:
    """One stage.

    Attributes
    ----------
    name
        Also the name of its folder.
    version
        Raised whenever its method gives other results.
    inputs
        Stages whose results it reads.
    settings
        Settings that it looks at.
    make
        Writes the artefact into a folder and returns row counts.
    outside
        Hash by name of what it reads from outside the run.
    """

    name: str
    version: int
    inputs: tuple[str, ...]
    settings: tuple[str, ...]
    make: Callable[[Context, Path], dict[str, int]]
    outside: Callable[[Context], dict[str, str]] = lambda context: {}


# ---- archive


def archive_name(source: Path) -> str:
    """Return the name of the archive at a path."""
    resolved = source.resolve()
    return resolved.name if resolved.is_dir() else resolved.stem


def _archive_outside(context: Context) -> dict[str, str]:
    source = context.source
    if is_archive(source):
        return {"source": archive_hash(source)}
    base = source if source.is_dir() else source.parent
    found = {file.name: _hash_of(file.path) for file in find_offered(source)}
    tables = {name: sha256_file(base / name) for name in (AUTHORS_FILE, COMMUNITIES_FILE) if (base / name).is_file()}
    return {"source": sha256_of(found | tables)}


def _hash_of(path: Path) -> str:
    try:
        return sha256_file(path)
    except OSError as error:  # what cannot be read is told when it is read
        return f"not readable: {error.errno}"


def _make_archive(context: Context, folder: Path) -> dict[str, int]:
    name = archive_name(context.source)
    # what is found must not depend on how files are called: the order of posts reaches training, groups and ties
    head = make_archive(
        context.source, folder, name, by_date=True, executor=context.executor, listener=context.listener
    )
    if _archive_outside(context) != context.keys["archive"].inputs:
        raise InputError("source_changed", path=context.source)
    context._archive = None
    return {"posts": head.posts, "comments": head.comments}


# ---- text


def _check_selection(
    communities: Iterable[str], people: dict[str, Person], homes: dict[str, str], settings: Settings
) -> None:
    known = {*communities, *homes.values()}
    groups = {person.group for person in people.values() if person.group}
    for name in settings.communities:
        if name not in known:
            raise SettingsError("unknown_community", name=name, known=", ".join(sorted(known)) or "—")
    for name in settings.groups:
        if name not in groups:
            raise SettingsError("unknown_group", name=name, known=", ".join(sorted(groups)) or "—")


def _make_text(context: Context, folder: Path) -> dict[str, int]:
    archive = context.stage_folder("archive")
    head = read_head(archive)
    people = read_people(archive / AUTHORS_FILE, Account())
    homes = home_communities(iterate_posts(archive, texts=False), people)
    _check_selection(head.communities, people, homes, context.settings)
    work = partial(
        passages_of,
        homes=homes,
        people=people,
        selection=context.settings.selection,
        under_copies=comments_of_copies(archive),
    )
    chunks = batched(iterate_posts(archive), _POSTS_A_CHUNK)
    total = -(-head.posts // _POSTS_A_CHUNK)
    counts = WordCounts()
    unjoined = folder / "unjoined.parquet"
    with (
        TableWriter(folder / "passages.parquet", PASSAGES) as passages,
        TableWriter(unjoined, UNJOINED) as words,
        TableWriter(folder / "titles.parquet", TITLES) as titles,
    ):
        for made in map_chunks(context.executor, work, chunks, "text", context.listener, total):
            for table, piece in zip((passages, words, titles), made, strict=True):
                table.write(piece)
            counts.count(made[1]["words"])
    if not passages.rows and context.settings.selection != Selection():
        raise SettingsError("nothing_selected")
    join = partial(with_collocations, found=collocations(counts))
    chunks = read_tables(unjoined, _PASSAGES_A_CHUNK)
    with TableWriter(folder / "words.parquet", WORDS) as words:
        for table in map_chunks(context.executor, join, chunks, "text", silent):
            words.write(table)
    unjoined.unlink()
    return {"passages": passages.rows}


# ---- acts


_CLOSENESS = pa.field("closeness", pa.float32())
"""How near each passage lies to known concerns (``vectors.anchors``)."""


def _acts_chunk(tables: tuple[pa.Table, pa.Table]) -> pa.Table:
    passages, words = tables
    columns = (passages["passage_id"], passages["text"], words["words"], pc.is_valid(passages["comment"]))
    marks = mark_passages(*(column.to_pylist() for column in columns))
    vectors = shipped_model().encode_words(words["joined"].to_pylist())
    return marks.append_column(_CLOSENESS, pa.array(shipped_anchors().closeness(vectors)))


def _acts_outside(_: Context) -> dict[str, str]:
    folders = (shipped("models", name) for name in ("acts", "anchors", SHIPPED))
    return {path.name: sha256_file(path) for folder in folders for path in sorted(folder.iterdir()) if path.is_file()}


def _make_acts(context: Context, folder: Path) -> dict[str, int]:
    text = context.stage_folder("text")
    passages = read_tables(text / "passages.parquet", _PASSAGES_A_CHUNK, ["passage_id", "text", "comment"])
    words = read_tables(text / "words.parquet", _PASSAGES_A_CHUNK, ["words", "joined"])
    chunks = zip(passages, words, strict=True)
    total = -(-count_rows(text / "passages.parquet") // _PASSAGES_A_CHUNK)
    courtesy = 0
    with TableWriter(folder / "acts.parquet", MARKS.append(_CLOSENESS)) as acts:
        for marks in map_chunks(context.executor, _acts_chunk, chunks, "acts", context.listener, total):
            acts.write(marks)
            courtesy += pc.sum(marks["courtesy"]).as_py() or 0
    return {"passages": acts.rows, "courtesy": courtesy}


# ---- vectors


def _vectors_outside(context: Context) -> dict[str, str]:
    folder = Path(context.settings.model) if context.settings.model else shipped("models", SHIPPED)
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def _make_vectors(context: Context, folder: Path) -> dict[str, int]:
    embedder = load_embedder(context.settings.model, context.settings.backend, context.settings.threads)
    if isinstance(embedder, StaticEmbedder):
        return _static_vectors(context, folder, embedder)
    return _named_vectors(context, folder, embedder)


def _static_vectors(context: Context, folder: Path, static: StaticEmbedder) -> dict[str, int]:
    text, acts = context.stage_folder("text"), context.stage_folder("acts") / "acts.parquet"
    total = count_rows(acts)
    tables = zip(
        read_tables(text / "passages.parquet", _PASSAGES_A_CHUNK, ["post_id", "comment"]),
        read_tables(text / "words.parquet", _PASSAGES_A_CHUNK, ["words", "terms"]),
        read_tables(acts, _PASSAGES_A_CHUNK, ["courtesy"]),
        strict=True,
    )
    rows = (
        Row(*values)
        for some in tables
        for values in zip(*(column.to_pylist() for table in some for column in table.columns), strict=True)
    )
    titles = ((row["post_id"], row["words"]) for row in read_rows(text / "titles.parquet"))
    fitted = fit_archive(
        rows,
        titles,
        total,
        static,
        adapting=context.settings.adapt and not static.adapted,
        seed=context.settings.seed,
        listener=context.listener,
    )
    chunks = read_tables(text / "words.parquet", _PASSAGES_A_CHUNK, ["words", "terms"])
    pieces = (fitted.encode(some["words"].to_pylist(), some["terms"].to_pylist()) for some in chunks)
    width = write_vectors(folder / "vectors.npy", chain([fitted.encode([], [])], pieces), total)
    if fitted.adaptation is not None:
        write_json(folder / ABOUT, {"adaptation": fitted.adaptation.figures})
        if fitted.adaptation.used:
            save_static(fitted.static, folder)  # the stage's folder is a model then, as good as any
    return {"passages": total, "dimensions": width}


def _named_vectors(context: Context, folder: Path, embedder: SentenceTransformerEmbedder) -> dict[str, int]:
    path = context.stage_folder("text") / "passages.parquet"
    total = count_rows(path)
    cache = VectorCache(context.folder / CACHE, embedder)
    truncated = 0

    def pieces() -> Iterator[NDArray[np.float32]]:
        nonlocal truncated
        yield embedder.encode([])
        chunks = read_tables(path, _PASSAGES_A_CHUNK, ["text"])
        for some in counted(chunks, "vectors", -(-total // _PASSAGES_A_CHUNK), context.listener):
            texts = some["text"].to_pylist()
            truncated += embedder.too_long(texts)
            yield cache.encode(texts)

    width = write_vectors(folder / "vectors.npy", pieces(), total)
    about = {"model": embedder.name, "tokens_read": embedder.longest, "truncated_passages": truncated}
    write_json(folder / ABOUT, about)
    return {"passages": total, "dimensions": width}


# ---- process


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


def _process_outside(context: Context) -> dict[str, str]:
    return {"process": sha256_of(asdict(context.process))}


def _steps_outside(context: Context) -> dict[str, str]:
    process, labels = context.process, labels_path(context.source)
    files = [*sorted(shipped("models", "steps").iterdir()), labels]
    if context.settings.facets:
        files += [*sorted(shipped(*FACET_MODELS).iterdir()), *sorted(shipped("models", SHIPPED).glob("*.safetensors"))]
    if process.extends and learns(process, corrected=labels.is_file()):
        files += sorted(shipped(*LABELLED).glob("*.jsonl"))
    return _process_outside(context) | {path.name: sha256_file(path) for path in files if path.is_file()}


def _make_process(context: Context, folder: Path) -> dict[str, int]:
    process = context.process
    labels = read_labels(labels_path(context.source), len(process.steps))
    learned = learns(process, corrected=bool(labels))
    if learned:
        model_of(process, list(labels.values())).save(folder)
    model = read_step_model(folder if learned else shipped("models", "steps"))
    facets = context.settings.facets
    work = partial(_process_chunk, process=process, model=model, facets=facets)
    total = -(-count_rows(context.stage_folder("text") / "passages.parquet") // _PASSAGES_A_CHUNK)
    used = with_step = with_facet = 0
    schema = pa.schema([*match_schema(process), *(facet_fields() if facets else ())])
    with TableWriter(folder / "steps.parquet", schema) as steps:
        for matches in map_chunks(context.executor, work, _to_match(context), "process", context.listener, total):
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
        read_tables(text / "passages.parquet", _PASSAGES_A_CHUNK, ["passage_id", "post_id", "text"]),
        read_tables(text / "words.parquet", _PASSAGES_A_CHUNK, ["words"]),
        read_tables(acts, _PASSAGES_A_CHUNK, ["courtesy"]),
        strict=True,
    ):
        above = []
        for own in tables[0]["post_id"].to_pylist():
            while post != own:  # titles stand in the order of the posts
                row = next(titles)
                post, title = row["post_id"], row["words"]
            above.append(title)
        yield (*tables, above)


# ---- aside


def _make_aside(context: Context, folder: Path) -> dict[str, int]:
    archive = context.stage_folder("archive")
    posts = (post for post in iterate_posts(archive) if not post.duplicate_of)
    aside = posts_set_aside(posts, context.executor, context.listener, total=read_head(archive).posts, folder=folder)
    write_json(folder / ASIDE, aside)
    return {"set_aside": len(aside)}


# ---- insight


def _insight_outside(context: Context) -> dict[str, str]:
    anchors = {path.name: sha256_file(path) for path in sorted(shipped("models", "anchors").iterdir())}
    return _process_outside(context) | anchors


def _make_insight(context: Context, folder: Path) -> dict[str, int]:
    text = context.stage_folder("text")
    with mapped_vectors(context.stage_folder("vectors") / "vectors.npy") as vectors:
        found = find_insight(
            archive=context.archive,
            aside=json.loads((context.stage_folder("aside") / ASIDE).read_text(encoding="utf-8")),
            passages=read_tables(text / "passages.parquet", _PASSAGES_A_CHUNK, list(PASSAGE_COLUMNS)),
            words=read_tables(text / "words.parquet", _PASSAGES_A_CHUNK, list(WORD_COLUMNS)),
            acts=context.table("acts", "acts", list(ACT_COLUMNS)),
            vectors=InSinglePrecision(vectors),
            topics=context.table("topics", "topics"),
            themes=context.table("topics", "themes"),
            topic_of=context.table("topics", "primary", ["topic"])["topic"].to_pylist(),
            faded=json.loads((context.stage_folder("topics") / HISTORY).read_text(encoding="utf-8"))["faded"],
            steps=context.table("process", "steps").drop_columns(["step_evidence"]),
            process=context.process,
            as_of=context.settings.as_of,
            seed=context.settings.seed,
            executor=context.executor,
            listener=context.listener,
        )
    # a voice stands under its issue, topic, step and community: there it is its passage's id, and the rest in the table of these
    write_large_json(folder / "insight.json", found, {Voice: attrgetter("passage_id")})
    return {"issues": len(found.issues), "set_aside": len(found.set_aside)}


# ---- layout


def _make_layout(context: Context, folder: Path) -> dict[str, int]:
    topic_of = context.table("topics", "primary", ["topic"])["topic"].to_numpy().astype(np.int64)
    with mapped_vectors(context.stage_folder("vectors") / "vectors.npy") as vectors:
        write_vectors(folder / LAYOUT, [lay_out(vectors, topic_of)], len(topic_of))
    return {"passages": len(topic_of)}


# ---- tables


def _make_tables(context: Context, folder: Path) -> dict[str, int]:
    table = contract_passages(
        context.table("text", "passages"),
        context.table("acts", "acts"),
        context.table("topics", "primary"),
        context.table("process", "steps"),
    )
    write_table(folder / "passages.parquet", table)
    write_table(folder / "topic_members.parquet", context.table("topics", "members"))
    return {"passages": len(table)}


STAGES: tuple[Stage, ...] = (
    Stage("archive", 3, (), (), _make_archive, _archive_outside),
    Stage(
        "text",
        7,
        ("archive",),
        ("since", "until", "communities", "groups"),
        _make_text,
        lambda _: {"words": engine_name()},
    ),
    Stage("acts", 10, ("text",), (), _make_acts, _acts_outside),
    Stage("vectors", 4, ("text", "acts"), ("model", "backend", "adapt", "seed"), _make_vectors, _vectors_outside),
    Stage(
        "topics",
        4,
        ("archive", "text", "vectors", "acts"),
        ("seed", "topics", "topic_count", "llm_url", "llm_model"),
        make_topics,
    ),
    Stage("process", 6, ("text", "acts"), ("process", "facets"), _make_process, _steps_outside),
    Stage("aside", 1, ("archive",), (), _make_aside),
    Stage(
        "insight",
        33,
        ("archive", "text", "vectors", "acts", "topics", "process", "aside"),
        ("as_of", "seed"),
        _make_insight,
        _insight_outside,
    ),
    Stage("layout", 1, ("vectors", "topics"), (), _make_layout),
    Stage("tables", 3, ("text", "acts", "topics", "process"), (), _make_tables),
)
"""All stages, each after those whose results it reads."""
