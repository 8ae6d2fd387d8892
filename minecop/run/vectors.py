"""The stage of vectors: by the embedding that ships, trained further on the archive, or by a model that is named."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from functools import partial
from itertools import chain
from pathlib import Path

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.core.executors import map_chunks
from minecop.core.files import sha256_file, write_json
from minecop.core.progress import counted
from minecop.core.shipped import shipped
from minecop.core.tables import count_rows, read_rows, read_tables
from minecop.run.context import ABOUT, PASSAGES_A_CHUNK, Context
from minecop.vectors.archive import ArchiveModel, Row, fit_archive, is_learned_from
from minecop.vectors.cache import VectorCache
from minecop.vectors.embedder import Checked
from minecop.vectors.models import SHIPPED, load_embedder
from minecop.vectors.static import StaticEmbedder, save_static
from minecop.vectors.storing import write_vectors
from minecop.vectors.transformers import SentenceTransformerEmbedder

CACHE = "cache"
"""Folder of a run for what a costly model has made; it stays from run to run."""


def vectors_outside(context: Context) -> dict[str, str]:
    """Return the hash of each file of the model, or the name of a caller's own."""
    if context.embedder is not None:
        return {"embedder": context.embedder.name}
    folder = Path(context.settings.model) if context.settings.model else shipped("models", SHIPPED)
    files = sorted(path for path in folder.rglob("*") if path.is_file()) if folder.is_dir() else []
    return {path.relative_to(folder).as_posix(): sha256_file(path) for path in files}


def make_vectors(context: Context, folder: Path) -> dict[str, int]:
    """Write the artefact of the stage, and return its counts."""
    if context.embedder is not None:
        return _named_vectors(context, folder, Checked(context.embedder))
    embedder = load_embedder(context.settings.model, context.settings.backend, context.settings.threads)
    if isinstance(embedder, StaticEmbedder):
        return _static_vectors(context, folder, embedder)
    return _named_vectors(context, folder, embedder)


def _static_vectors(context: Context, folder: Path, static: StaticEmbedder) -> dict[str, int]:
    text, acts = context.stage_folder("text"), context.stage_folder("acts") / "acts.parquet"
    total = count_rows(acts)
    tables = zip(
        read_tables(text / "passages.parquet", PASSAGES_A_CHUNK, ["post_id", "comment"]),
        read_tables(text / "words.parquet", PASSAGES_A_CHUNK, ["words", "terms"]),
        read_tables(acts, PASSAGES_A_CHUNK, ["courtesy"]),
        strict=True,
    )
    rows = chain.from_iterable(_learned_from(some, total) for some in tables)
    titles = ((row["post_id"], row["words"]) for row in read_rows(text / "titles.parquet"))
    fitted = fit_archive(
        rows,
        titles,
        total,
        static,
        adapting=context.settings.adapt and not static.adapted,
        seed=context.settings.seed,
        listener=context.listener,
        executor=context.executor,
    )
    chunks = read_tables(text / "words.parquet", PASSAGES_A_CHUNK, ["words", "terms"])
    count = -(-total // PASSAGES_A_CHUNK)
    pieces = map_chunks(context.executor, partial(_encoded, fitted), chunks, "vectors", context.listener, count)
    width = write_vectors(folder / "vectors.npy", chain([fitted.encode([], [])], pieces), total)
    if fitted.adaptation is not None:
        write_json(folder / ABOUT, {"adaptation": fitted.adaptation.figures})
        if fitted.adaptation.used:
            save_static(fitted.static, folder)  # the stage's folder is a model then, as good as any
    return {"passages": total, "dimensions": width}


def _encoded(fitted: ArchiveModel, words: pa.Table) -> NDArray[np.float16]:
    return fitted.encode(words["words"].to_pylist(), words["terms"].to_pylist()).astype(np.float16)


def _learned_from(tables: Sequence[pa.Table], total: int) -> Iterator[Row]:
    """Yield the passages that are learned from, of tables that say of as many of them what a ``Row`` has."""
    posts = tables[0]["post_id"].combine_chunks().dictionary_encode()
    chosen = np.array([is_learned_from(post, total) for post in posts.dictionary.to_pylist()], dtype=bool)
    kept = pa.array(chosen[posts.indices.to_numpy()])
    columns = (column.to_pylist() for table in tables for column in table.filter(kept).columns)
    return map(Row, *columns)


def _named_vectors(context: Context, folder: Path, embedder: SentenceTransformerEmbedder | Checked) -> dict[str, int]:
    path = context.stage_folder("text") / "passages.parquet"
    total = count_rows(path)
    cache = VectorCache(context.folder / CACHE, embedder)
    reader = embedder if isinstance(embedder, SentenceTransformerEmbedder) else None
    truncated = 0

    def pieces() -> Iterator[NDArray[np.float32]]:
        nonlocal truncated
        yield embedder.encode([])
        chunks = read_tables(path, PASSAGES_A_CHUNK, ["text"])
        for some in counted(chunks, "vectors", -(-total // PASSAGES_A_CHUNK), context.listener):
            texts = some["text"].to_pylist()
            truncated += reader.too_long(texts) if reader else 0
            yield cache.encode(texts)

    width = write_vectors(folder / "vectors.npy", pieces(), total)
    read = {"tokens_read": reader.longest, "truncated_passages": truncated} if reader else {}
    write_json(folder / ABOUT, {"model": embedder.name} | read)
    return {"passages": total, "dimensions": width}
