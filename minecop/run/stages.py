"""The stages, in order: what each depends on, and how it writes its artefact."""

from __future__ import annotations

import json
import shutil
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from functools import partial
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from minecop.acts.marking import MARKS, mark_passages
from minecop.archive.communities import COMMUNITIES_FILE
from minecop.archive.copies import comments_of_copies
from minecop.archive.importing import make_archive
from minecop.archive.models import Account, Person
from minecop.archive.people import AUTHORS_FILE, home_communities, read_people
from minecop.archive.reading import find_offered
from minecop.archive.store import archive_hash, author_names, is_archive, iterate_posts, read_head
from minecop.core.errors import InputError, SettingsError
from minecop.core.executors import batched, map_chunks, renew
from minecop.core.files import sha256_file, sha256_of, write_json
from minecop.core.largejson import write_large_json
from minecop.core.progress import silent
from minecop.core.shipped import shipped
from minecop.core.tables import (
    TableWriter,
    column_names,
    count_rows,
    read_schema,
    read_tables,
    unpacked_table,
)
from minecop.insight.finding import find_insight
from minecop.insight.passages import ACT_COLUMNS, PASSAGE_COLUMNS, WORD_COLUMNS
from minecop.insight.setting_aside import posts_set_aside
from minecop.run.context import PASSAGES_A_CHUNK, Context
from minecop.run.earlier import made_or_taken
from minecop.run.insightfile import INSIGHT, SHORT
from minecop.run.process import make_process, process_outside, steps_outside
from minecop.run.settings import Settings
from minecop.run.tables import contract_passages
from minecop.run.topics import HISTORY, make_topics, topics_outside
from minecop.run.vectors import make_vectors, vectors_outside
from minecop.text.collocations import WordCounts, collocations
from minecop.text.passages import (
    PASSAGES,
    TITLES,
    UNJOINED,
    WORDS,
    Selection,
    passages_of,
    with_collocations,
    words_of_passages,
)
from minecop.text.tokens import engine_name
from minecop.topics.layout import lay_out
from minecop.vectors.anchors import shipped_anchors
from minecop.vectors.models import SHIPPED, shipped_model
from minecop.vectors.storing import InSinglePrecision, mapped_vectors, write_vectors

_POSTS_A_CHUNK = 200

LAYOUT = "layout.npy"
"""Places of all passages in the picture of them, in their order."""

ASIDE = "aside.json"
"""Why posts are set aside, by their ids."""


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
    return _source_outside(context.source) | (
        {"decisions": sha256_of(asdict(context.decided))} if context.decided else {}
    )


def _source_outside(source: Path) -> dict[str, str]:
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
        context.source,
        folder,
        name,
        by_date=True,
        decided=context.decided,
        executor=context.executor,
        listener=context.listener,
    )
    if _archive_outside(context) != context.keys["archive"].inputs:
        raise InputError("source_changed", path=context.source)
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


_PASSAGES, _WORDS = "passages.parquet", "words.parquet"


def _make_text(context: Context, folder: Path) -> dict[str, int]:
    archive = context.stage_folder("archive")
    head = read_head(archive)
    people = read_people(archive / AUTHORS_FILE, Account())
    homes = home_communities(iterate_posts(archive, texts=False), people)
    _check_selection(head.communities, people, homes, context.settings)
    work = partial(
        passages_of,
        homes=homes,
        groups={person.author_id: person.group for person in people.values() if person.group},
        selection=context.settings.selection,
        under_copies=comments_of_copies(archive),
    )
    chunks = batched(iterate_posts(archive), _POSTS_A_CHUNK)
    total = -(-head.posts // _POSTS_A_CHUNK)
    with (
        TableWriter(folder / _PASSAGES, PASSAGES) as passages,
        TableWriter(folder / "titles.parquet", TITLES) as titles,
    ):
        for made in map_chunks(context.executor, work, chunks, "passages", context.listener, total):
            for table, piece in zip((passages, titles), made, strict=True):
                table.write(piece)
    if not passages.rows and context.settings.selection != Selection():
        raise SettingsError("nothing_selected")
    _cut_words(context, folder)
    return {"passages": passages.rows}


def _cut_words(context: Context, folder: Path) -> None:
    """Write the words of all passages: cut, or taken over where the texts were cut before; then joined, for which all must be known."""
    texts = read_tables(folder / _PASSAGES, PASSAGES_A_CHUNK, ["passage_id", "text"])
    total = -(-count_rows(folder / _PASSAGES) // PASSAGES_A_CHUNK)
    cutting = made_or_taken(
        context, "text", words_of_passages, texts, total, folder, _WORDS, UNJOINED.names, settings=False
    )
    counts = WordCounts()
    unjoined = folder / "unjoined.parquet"
    with TableWriter(unjoined, UNJOINED) as cut:
        for made in cutting:
            cut.write(made)
            counts.count(made["words"])
    join = partial(with_collocations, found=collocations(counts))
    with TableWriter(folder / _WORDS, WORDS) as words:
        for table in map_chunks(context.executor, join, read_tables(unjoined, PASSAGES_A_CHUNK), "text", silent):
            words.write(table)
    unjoined.unlink()


# ---- acts


_ACTS = "acts.parquet"

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
    passages = read_tables(text / "passages.parquet", PASSAGES_A_CHUNK, ["passage_id", "text", "comment"])
    words = read_tables(text / "words.parquet", PASSAGES_A_CHUNK, ["words", "joined"])
    chunks = zip(passages, words, strict=True)
    total = -(-count_rows(text / "passages.parquet") // PASSAGES_A_CHUNK)
    courtesy = 0
    with TableWriter(folder / _ACTS, MARKS.append(_CLOSENESS)) as acts:
        for marks in made_or_taken(context, "acts", _acts_chunk, chunks, total, folder, _ACTS):
            acts.write(marks)
            courtesy += pc.sum(marks["courtesy"]).as_py() or 0
    return {"passages": acts.rows, "courtesy": courtesy}


# ---- aside


def _make_aside(context: Context, folder: Path) -> dict[str, int]:
    archive = context.stage_folder("archive")
    posts = (post for post in iterate_posts(archive) if not post.duplicate_of)
    aside = posts_set_aside(posts, context.executor, context.listener, total=read_head(archive).posts, folder=folder)
    write_json(folder / ASIDE, aside)
    return {"set_aside": len(aside)}


# ---- insight

_NOT_FOR_INSIGHT = {"passage_id", "second", "second_chance", "step_evidence", "facet_evidence"}


def _insight_outside(context: Context) -> dict[str, str]:
    anchors = {path.name: sha256_file(path) for path in sorted(shipped("models", "anchors").iterdir())}
    return process_outside(context) | anchors


def _make_insight(context: Context, folder: Path) -> dict[str, int]:
    if context.is_large:
        renew(context.executor)
    archive, text = context.stage_folder("archive"), context.stage_folder("text")
    steps = context.stage_folder("process") / "steps.parquet"
    with mapped_vectors(context.stage_folder("vectors") / "vectors.npy") as vectors:
        found = find_insight(
            posts=iterate_posts(archive, texts=False),
            people=read_people(archive / AUTHORS_FILE, Account()),
            names=author_names(archive),
            aside=json.loads((context.stage_folder("aside") / ASIDE).read_text(encoding="utf-8")),
            passages=unpacked_table(text / "passages.parquet", list(PASSAGE_COLUMNS), folder),
            words=read_tables(text / "words.parquet", PASSAGES_A_CHUNK, list(WORD_COLUMNS)),
            acts=unpacked_table(context.stage_folder("acts") / "acts.parquet", list(ACT_COLUMNS), folder),
            vectors=InSinglePrecision(vectors),
            topics=context.table("topics", "topics"),
            themes=context.table("topics", "themes"),
            topic_of=context.table("topics", "primary", ["topic"])["topic"].to_numpy(),
            faded=json.loads((context.stage_folder("topics") / HISTORY).read_text(encoding="utf-8"))["faded"],
            steps=unpacked_table(steps, [name for name in column_names(steps) if name not in _NOT_FOR_INSIGHT], folder),
            process=context.process,
            as_of=context.settings.as_of,
            seed=context.settings.seed,
            executor=context.executor,
            listener=context.listener,
            folder=folder,
        )
    write_large_json(folder / INSIGHT, found, SHORT)
    return {"issues": len(found.issues), "set_aside": len(found.set_aside)}


# ---- layout


def _make_layout(context: Context, folder: Path) -> dict[str, int]:
    topic_of = context.table("topics", "primary", ["topic"])["topic"].to_numpy().astype(np.int64)
    with mapped_vectors(context.stage_folder("vectors") / "vectors.npy") as vectors:
        write_vectors(folder / LAYOUT, [lay_out(InSinglePrecision(vectors), topic_of)], len(topic_of))
    return {"passages": len(topic_of)}


# ---- tables

_NOT_IN_TABLES = {
    "title",
    "text",
    "words",
    "tense",
    "parts",
    "evidence",
    "second_chance",
    "step_evidence",
    "facet_evidence",
}
"""Columns of the stages that the contract has nothing of: most of what they hold."""


def _make_tables(context: Context, folder: Path) -> dict[str, int]:
    paths = [
        context.stage_folder(stage) / f"{name}.parquet"
        for stage, name in (("text", "passages"), ("acts", "acts"), ("topics", "primary"), ("process", "steps"))
    ]
    columns = [[name for name in column_names(path) if name not in _NOT_IN_TABLES] for path in paths]
    pieces = (read_tables(path, PASSAGES_A_CHUNK, own) for path, own in zip(paths, columns, strict=True))
    schema = contract_passages(*(read_schema(path).empty_table() for path in paths)).schema
    with TableWriter(folder / "passages.parquet", schema) as writer:
        for some in zip(*pieces, strict=True):
            writer.write(contract_passages(*some))
    shutil.copyfile(context.stage_folder("topics") / "members.parquet", folder / "topic_members.parquet")
    return {"passages": writer.rows}


STAGES: tuple[Stage, ...] = (
    Stage("archive", 3, (), (), _make_archive, _archive_outside),
    Stage(
        "text",
        10,
        ("archive",),
        ("since", "until", "communities", "groups"),
        _make_text,
        lambda _: {"words": engine_name()},
    ),
    Stage("acts", 15, ("text",), (), _make_acts, _acts_outside),
    Stage("vectors", 6, ("text", "acts"), ("model", "backend", "adapt", "seed"), make_vectors, vectors_outside),
    Stage(
        "topics",
        7,
        ("archive", "text", "vectors", "acts"),
        ("seed", "topics", "topic_count", "llm_url", "llm_model"),
        make_topics,
        topics_outside,
    ),
    Stage("process", 10, ("text", "acts"), ("process", "facets"), make_process, steps_outside),
    Stage("aside", 1, ("archive",), (), _make_aside),
    Stage(
        "insight",
        45,
        ("archive", "text", "vectors", "acts", "topics", "process", "aside"),
        ("as_of", "seed"),
        _make_insight,
        _insight_outside,
    ),
    Stage("layout", 2, ("vectors", "topics"), (), _make_layout),
    Stage("tables", 4, ("text", "acts", "topics", "process"), (), _make_tables),
)
"""All stages, each after those whose results it reads."""
