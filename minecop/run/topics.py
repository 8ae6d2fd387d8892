"""The stage of topics: from the tables of the earlier ones to topics with numbers that stay."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Iterable
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from minecop.archive.models import Account
from minecop.archive.people import AUTHORS_FILE, read_people
from minecop.archive.store import author_names
from minecop.core.executors import renew
from minecop.core.files import failure, remove, replace_folder, write_json
from minecop.core.progress import counted
from minecop.core.tables import TableWriter, read_table, read_tables, table_of, write_table
from minecop.run.artefacts import STAGE_FILE, read_record
from minecop.run.context import ABOUT, Context
from minecop.text.words import words
from minecop.topics.archive import chosen_rows, memberships
from minecop.topics.clustering import name_of
from minecop.topics.fitting import Fit, fit_topics, within_threads
from minecop.topics.framing import save_frame
from minecop.topics.matching import Change, match_topics, with_growth
from minecop.vectors.models import shipped_model
from minecop.vectors.storing import InSinglePrecision, mapped_vectors

TOPICS = pa.schema(
    [
        ("topic", pa.int32()),
        ("label", pa.string()),
        ("terms", pa.string()),
        ("passages", pa.int32()),
        ("theme", pa.int32()),
        ("stability", pa.float32()),
        ("sure", pa.float32()),
        ("change", pa.string()),
        ("others", pa.list_(pa.int32())),
        ("typical", pa.list_(pa.string())),
        ("machine", pa.bool_()),
    ]
)
"""Columns of the topics: number, label, weighted terms (JSON), passages whose first topic it is, number of its theme, how much of it is
found again in parts of the archive, share of its passages that come to it again, what became of it since the last run and which other
topics that concerns, passages that stand for it, and whether its label is a language model's."""

MEMBERS = pa.schema([("passage_id", pa.string()), ("topic", pa.int32()), ("share", pa.float32())])
"""Columns of the memberships: up to three topics a passage, shares adding up to 1 at most."""

THEMES = pa.schema([("theme", pa.int32()), ("label", pa.string())])

PRIMARY = pa.schema([("passage_id", pa.string()), ("topic", pa.int32())])
"""Columns of the first topic of every passage, -1 for none."""

FRAME = "bertopic"
"""Folder of the topics as BERTopic saves them, with topics numbered by size."""

HISTORY, BEFORE, PRIMARIES, NAMED = "history.json", "before.parquet", "primary.parquet", "topics.parquet"
_HISTORY_FILES = (HISTORY, BEFORE, PRIMARIES, NAMED)

KEPT = "topic-numbers"
"""Folder of a run with a copy of these."""

_ROWS = 20_000


def topics_outside(context: Context) -> dict[str, str]:
    """Return the name of a caller's own clusterer."""
    return {} if context.clusterer is None else {"clusterer": name_of(context.clusterer)}


def make_topics(context: Context, folder: Path) -> dict[str, int]:
    """Write the artefact of the stage, and return its counts."""
    if context.is_large:
        renew(context.executor)
    text = context.stage_folder("text")
    passages = read_table(text / "passages.parquet", ["passage_id", "post_id", "author_id"])
    ids = passages["passage_id"].combine_chunks()  # not as Python has texts: millions of them would take a gigabyte
    posts, post_of = _codes(passages["post_id"])
    _, people = _codes(passages["author_id"])
    lengths = np.concatenate(
        [pc.utf8_length(some["text"]).to_numpy() for some in read_tables(text / "passages.parquet", _ROWS, ["text"])]
        or [np.empty(0, np.int64)]
    ).astype(np.int64)
    del passages
    telling = ~context.table("acts", "acts", ["courtesy"])["courtesy"].to_numpy()
    rows = chosen_rows(posts, post_of, telling)
    learned = ids.take(pa.array(rows)).to_pylist()
    with mapped_vectors(context.stage_folder("vectors") / "vectors.npy") as mapped:
        vectors = InSinglePrecision(mapped)
        documents = _words_of(text, rows)
        fit = fit_topics(
            documents,
            within_threads(vectors[rows], post_of[rows], lengths[rows]),
            people[rows],
            post_of[rows],
            _names(context),
            shipped_model().encode_words,
            seed=context.settings.seed,
            method=context.settings.topics,
            count=context.settings.topic_count,
            clusterer=context.clusterer,
        )
        before, free, labelled = _before(context)
        numbers, changes = match_topics(before, learned, fit.labels, free)
        primary = np.full(len(ids), -1, dtype=np.int64)
        with TableWriter(folder / "members.parquet", MEMBERS) as members:
            for some, labels, shares in (
                memberships(fit, rows, vectors, post_of, lengths, telling) if fit.topics else ()
            ):
                primary[some] = np.where(labels >= 0, numbers[labels], -1)
                if len(shares.passages):
                    columns = [ids.take(pa.array(some[shares.passages])), numbers[shares.topics], shares.shares]
                    members.write(pa.table([pa.array(column) for column in columns], names=MEMBERS.names).cast(MEMBERS))
    write_table(folder / PRIMARIES, pa.table({"passage_id": ids, "topic": primary}, schema=PRIMARY))
    by_machine = _by_machine(context, fit, learned, documents)
    changes = with_growth(changes, before.values(), primary.tolist())
    _write_topics(folder, fit, by_machine, numbers, changes, primary, learned, first=not before)
    earlier = pa.table({"passage_id": list(before), "topic": list(before.values())}, schema=PRIMARY)
    write_table(folder / BEFORE, earlier)
    history = {
        "first": free,
        "next": max([free - 1, *numbers.tolist()]) + 1,
        "labels": sorted(labelled.items()),
        "faded": [
            {"topic": change.topic, "label": labelled.get(change.topic, ""), "others": list(change.others)}
            for change in changes
            if change.what == "faded"
        ],
    }
    write_json(folder / HISTORY, history)
    if context.clusterer is not None:
        write_json(folder / ABOUT, {"clusterer": name_of(context.clusterer)})
    if fit.frame is not None:
        save_frame(fit.frame, folder / FRAME, [topic.label for topic in fit.topics])
    return {
        "topics": len(fit.topics),
        "themes": len(fit.themes),
        "learned_from": len(rows),
        "without_topic": int((primary[telling] < 0).sum()),
    }


def _codes(column: pa.ChunkedArray) -> tuple[list[Any], NDArray[np.int64]]:
    """Return the distinct values of a column, and the number of each row's; -1 for none."""
    encoded = column.combine_chunks().dictionary_encode()
    numbers = encoded.indices.fill_null(-1).to_numpy(zero_copy_only=False)
    return encoded.dictionary.to_pylist(), numbers.astype(np.int64)


def _words_of(text: Path, rows: NDArray[np.int64]) -> pa.ListArray:
    """Return all words of some passages, collocations joined, without the others in memory."""
    kept, start = [], 0
    for table in read_tables(text / "words.parquet", _ROWS, ["joined"]):
        inside = rows[(rows >= start) & (rows < start + len(table))] - start
        kept.append(table["joined"].combine_chunks().take(pa.array(inside)))
        start += len(table)
    return pa.concat_arrays(kept) if kept else pa.array([], pa.list_(pa.string()))


def _names(context: Context) -> set[str]:
    """Return the words of people's names, in small letters: who says it is not what is said."""
    archive = context.stage_folder("archive")
    people = read_people(archive / AUTHORS_FILE, Account())
    names = {person.name for person in people.values()} | author_names(archive)
    return {word for name in names if name for word in (name.lower(), *words(name))}


def _before(context: Context) -> tuple[dict[str, int], int, dict[int, str]]:
    """Return of the last run of this folder the topics of passages, the lowest number not given yet, and labels; nothing if there was none.

    The last run is the one of other inputs or settings: what is made once more from the same ones is compared with what it was then.
    """
    for folder in (context.stage_folder("topics"), context.folder / KEPT):
        try:
            record = read_record(folder)
        except (OSError, ValueError):
            continue
        same = record.key == context.keys["topics"].to_json()
        if record.damaged(folder, (HISTORY, BEFORE) if same else (HISTORY, PRIMARIES, NAMED)):
            continue
        history = json.loads((folder / HISTORY).read_text(encoding="utf-8"))
        table = read_table(folder / (BEFORE if same else PRIMARIES))
        topics = dict(zip(table["passage_id"].to_pylist(), table["topic"].to_pylist(), strict=True))
        rows = [] if same else read_table(folder / NAMED, ["topic", "label"]).to_pylist()
        labels = history["labels"] if same else [[row["topic"], row["label"]] for row in rows]
        return topics, int(history["first" if same else "next"]), {int(topic): str(label) for topic, label in labels}
    return {}, 0, {}  # there was none: numbers begin anew


def keep_history(context: Context) -> None:
    """Keep a copy of what numbers of topics are carried on by, for no other artefact can be made again without an earlier run."""
    made, kept = context.stage_folder("topics"), context.folder / KEPT
    try:
        if read_record(kept) == read_record(made) and not read_record(kept).damaged(kept, _HISTORY_FILES):
            return
    except (OSError, ValueError):
        pass
    temporary = kept.with_name(f".{kept.name}.{os.getpid()}.tmp")
    try:
        temporary.mkdir()
        for name in (STAGE_FILE, *_HISTORY_FILES):
            shutil.copyfile(made / name, temporary / name)
        replace_folder(temporary, kept)
    except OSError as error:
        raise failure(error, kept) from error
    finally:
        remove(temporary)


def _by_machine(context: Context, fit: Fit, ids: list[str], documents: pa.ListArray) -> list[str | None]:
    """Return the name that a language model has for each topic; ``None`` where none is asked, or its name was refused."""
    settings = context.settings
    if not settings.llm_url:
        return [None] * len(fit.topics)
    from minecop.topics.llm import LanguageModel, name_topic

    model = LanguageModel(settings.llm_url, settings.llm_model or "")
    typical = {ids[row] for topic in fit.topics for row in topic.typical}
    texts: dict[str, str] = {}
    for table in read_tables(context.stage_folder("text") / "passages.parquet", _ROWS, ["passage_id", "text"]):
        pairs = zip(table["passage_id"].to_pylist(), table["text"].to_pylist(), strict=True)
        texts.update(pair for pair in pairs if pair[0] in typical)
    names: list[str | None] = []
    for number, topic in enumerate(counted(fit.topics, "llm", len(fit.topics), context.listener)):
        known = set(documents.take(pa.array(np.flatnonzero(fit.labels == number))).flatten().to_pylist())
        name = name_topic(model, [term for term, _ in topic.terms], [texts[ids[row]] for row in topic.typical], known)
        names.append(None if name in names else name)
    return names


def _write_topics(
    folder: Path,
    fit: Fit,
    by_machine: list[str | None],
    numbers: NDArray[np.int64],
    changes: Iterable[Change],
    primary: NDArray[np.int64],
    ids: list[str],
    *,
    first: bool,
) -> None:
    became = {change.topic: change for change in changes}
    rows = []
    for number, topic, given in zip(numbers.tolist(), fit.topics, by_machine, strict=True):
        change = became[number]
        weighted = [[term, round(weight, 5)] for term, weight in topic.terms]
        rows.append(
            {
                "topic": number,
                "label": given or topic.label,
                "terms": json.dumps(weighted, ensure_ascii=False),
                "passages": int((primary == number).sum()),
                "theme": topic.theme,
                "stability": topic.stability,
                "sure": topic.sure,
                "change": None if first else change.what,
                "others": [] if first else list(change.others),
                "typical": [ids[row] for row in topic.typical],
                "machine": given is not None,
            }
        )
    write_table(folder / NAMED, table_of(rows, TOPICS))
    themes = [{"theme": theme, "label": label} for theme, label in enumerate(fit.themes)]
    write_table(folder / "themes.parquet", table_of(themes, THEMES))
