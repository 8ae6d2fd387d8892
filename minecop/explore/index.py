"""What is searched and read: columns and texts of a run, in files that are mapped, made when the run is first opened."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from tempfile import mkdtemp
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.acts.marking import ACTS
from minecop.archive.models import Comment, Post
from minecop.core.errors import OutputError, RunError
from minecop.core.files import write_json
from minecop.core.tables import Column, mapped_batches, read_rows, read_table, read_tables, table_of, write_table
from minecop.explore.groups import groups_of
from minecop.explore.postings import Postings, write_postings
from minecop.insight.analysis import Analysis
from minecop.insight.voices import VOICE_COLUMNS, Voices, archive_rows, moment_of
from minecop.report.quoting import shown_place, web_address
from minecop.run.artefacts import Key, making, why_run
from minecop.run.context import ABOUT
from minecop.run.opening import Run
from minecop.run.vectors import CACHE
from minecop.text.words import words
from minecop.vectors.models import load_embedder
from minecop.vectors.static import StaticEmbedder, is_static
from minecop.vectors.storing import write_vectors

VERSION = 2
"""Raised whenever another index is made of the same run."""

FOLDER, SHOWN = "explore", "explore-shown"
"""Folders within that of a run's cache: what is searched, and what it was found to be, with what people decided on it."""

KINDS = (*ACTS, "masked")
"""What a passage may be, each a bit of the column ``kinds``: what it does, and whether anything in it is masked."""

BY_HAND = -1.0
"""In place of how likely a step is: that a person gave it."""

_COLUMNS = ("post", "number", "text", "start", "end", "author", "community", "month", "published", "told", "post_text", "post_row",
            "text_author", "text_comment", "text_published", "text_row")  # fmt: skip
_MARKS = ("topic", "step", "chance", "issue", "issue_passage", "kinds", "kinds_by_hand")
"""Columns of what passages were found to be, which people may put right."""

_ROWS = 20_000
_TEXTS_AT_ONCE = 128
"""Bodies that are packed together: one is read by unpacking them all."""

_POSTS = pa.schema(
    [
        ("id", pa.string()),
        ("title", pa.string()),
        ("url", pa.string()),
        ("estimated", pa.bool_()),
        ("communities", pa.string()),
    ]
)

Numbers = NDArray[Any]


@dataclass(frozen=True)
class Index:
    """A run as it is searched and read.

    Attributes
    ----------
    columns
        By name. One a passage: its ``post``, its ``text`` (the row of the body) and its ``number`` there, ``start`` and ``end`` in the
        body as shown, ``author``, ``community``, ``topic`` (its id, -1 for none), ``step`` (0 for none) with its ``chance`` (or
        ``BY_HAND``), ``month`` since the year 0, ``published`` in milliseconds, ``kinds`` as bits, as the machine ``told`` them and people
        put them right, with those that they did, ``kinds_by_hand``. Pairs of ``issue`` (its rank) and ``issue_passage``, in the order of
        passages. One a text (a post's body, then its comments): ``text_author``, ``text_comment``,
        ``text_published``, and ``text_row``, its first passage. One a post: ``post_text``, ``post_row``, with one more at the end.
    passages
        ``text`` as shown, ``step_evidence`` and ``evidence`` (of acts) as JSON.
    posts
        ``id``, ``title``, ``url``, ``estimated``, ``communities`` as they may be shown.
    groups
        What ``groups.groups_of`` returns.
    postings
        Who says which word.
    vectors
        Of the passages, half precision: shape (n, d).
    asked_from
        Column of the vectors from which on they can be compared with those of a query.
    """

    folder: Path
    columns: Mapping[str, Numbers]
    passages: pa.Table
    posts: pa.Table
    groups: Mapping[str, Any]
    postings: Postings
    vectors: NDArray[np.float16]
    asked_from: int
    _bodies: pa.ipc.RecordBatchFileReader

    def __len__(self) -> int:
        return len(self.columns["post"])

    @cached_property
    def texts(self) -> Sequence[str]:
        """Words of each passage as they may be shown."""
        return Column(self.passages["text"])

    def row(self, table: pa.Table, place: int) -> dict[str, Any]:
        """Return a row of ``posts`` or ``passages``."""
        values: dict[str, Any] = table.slice(place, 1).to_pylist()[0]
        return values

    def body(self, text: int) -> str:
        """Return a body as it may be shown."""
        batch = self._bodies.get_batch(text // _TEXTS_AT_ONCE)
        return str(batch.column(0)[text % _TEXTS_AT_ONCE].as_py())

    def passage_id(self, row: int) -> str:
        """Return what a passage is called in a decision."""
        columns = self.columns
        post, comment = (
            self.posts["id"][int(columns["post"][row])].as_py(),
            columns["text_comment"][columns["text"][row]],
        )
        return f"{post}/{comment}/{columns['number'][row]}"

    def issues_of(self, passage: int) -> list[int]:
        """Return the issues that a passage is of."""
        pairs = self.columns["issue_passage"]
        start, end = np.searchsorted(pairs, [passage, passage + 1])
        found: list[int] = self.columns["issue"][start:end].tolist()
        return found


def open_index(run: Run, decisions: str = "") -> Index | None:
    """Return the index of a run that was made before; ``None`` where there is none, or it is not of this run and these decisions.

    Parameters
    ----------
    run
        A finished run.
    decisions
        Hash of what people decided on it (``Curation.digest``).
    """
    cache = run.folder / CACHE
    if why_run(cache / FOLDER, _key(run)) or why_run(cache / SHOWN, _key(run, decisions)):
        return None
    return _open(cache / FOLDER, cache / SHOWN, run)


def make_index(run: Run, analysis: Analysis, decisions: str = "") -> Index:
    """Make the index of a run, or what of it is missing.

    It is kept in the run's folder, where it can be written; with anything masked it is not, for the key belongs to the user.

    Parameters
    ----------
    run, analysis
        The finished run, as it is shown.
    decisions
        Hash of what people decided on it.

    Raises
    ------
    RunError
        When the run is damaged, or is being made anew.
    """
    if not analysis.privacy:
        with suppress(OutputError, RunError), run.writing():
            cache = run.folder / CACHE
            if why_run(cache / FOLDER, _key(run)):
                with making(cache / FOLDER, _key(run), {"passages": len(analysis.voices)}) as made:
                    _write(run, analysis, made)
            with making(cache / SHOWN, _key(run, decisions), {"passages": len(analysis.voices)}) as made:
                _write_shown(analysis, cache / FOLDER, made)
            return _open(cache / FOLDER, cache / SHOWN, run)
    folder = Path(mkdtemp(prefix="minecop-explore-"))
    _write(run, analysis, folder)
    _write_shown(analysis, folder, folder)
    return _open(folder, folder, run)


def is_kept(run: Run, index: Index) -> bool:
    """Tell whether an index lies in its run's folder; else it is to be removed in the end."""
    return index.folder.is_relative_to(run.folder)


def _key(run: Run, decisions: str | None = None) -> Key:
    return Key(
        VERSION,
        {} if decisions is None else {"decisions": decisions},
        {name: stage["sha256"] for name, stage in run.manifest["stages"].items()},
    )


def _open(folder: Path, shown: Path, run: Run) -> Index:
    own = folder / "vectors.npy"
    path = own if own.exists() else run.stage_folder("vectors") / "vectors.npy"
    vectors = np.load(path, mmap_mode="r")
    groups = json.loads((shown / "groups.json").read_text(encoding="utf-8"))
    width = _about(folder)["asked_width"]
    return Index(
        folder,
        {
            name: np.load(place / f"{name}.npy", mmap_mode="r")
            for place, names in ((folder, _COLUMNS), (shown, _MARKS))
            for name in names
        },
        mapped_batches(folder / "texts.arrow").read_all(),
        read_table(folder / "posts.parquet"),
        groups,
        Postings.open(folder),
        vectors,
        vectors.shape[1] - width if width else 0,
        mapped_batches(folder / "bodies.arrow"),
    )


def _about(folder: Path) -> dict[str, Any]:
    values: dict[str, Any] = json.loads((folder / ABOUT).read_text(encoding="utf-8"))
    return values


def embedder_of(run: Run) -> Any:
    """Return the model by which the passages of a run were embedded, as far as a query can be compared with them.

    Raises
    ------
    ModelError
        When it cannot be loaded.
    """
    folder = run.stage_folder("vectors")
    settings = run.manifest["settings"]
    if is_static(folder):
        return load_embedder(str(folder))
    return load_embedder(settings["model"], settings["backend"] or "torch", settings["threads"])


def _is_named(run: Run) -> bool:
    """Tell whether the vectors are a named model's, whole; else the archive's own use of words stands before the static embedding."""
    model = run.manifest["settings"]["model"]
    return bool(model) and not is_static(Path(model)) and not is_static(run.stage_folder("vectors"))


# ---- how it is made


def _write(run: Run, analysis: Analysis, folder: Path) -> None:
    text, acts = run.stage_folder("text"), run.stage_folder("acts")
    read = {"text": None, "acts": ["acts.parquet"], "vectors": ["vectors.npy"]}
    with run.reading(read):
        voices = Voices.from_tables(read_tables(text / "passages.parquet", _ROWS, list(VOICE_COLUMNS)))
        columns, changed = _texts(analysis, voices, folder)
        columns |= _said(voices, acts / "acts.parquet")
        if changed is not None:
            columns["told"][changed] |= 1 << KINDS.index("masked")
        _passages(analysis, voices, columns, acts / "acts.parquet", folder)
        shown = Column(mapped_batches(folder / "texts.arrow").read_all()["text"])
        anew = set() if changed is None else set(changed.tolist())
        _postings(analysis, voices, text, shown, anew, folder)
        width = 0 if _is_named(run) else embedder_of(run).dimensions
        if analysis.privacy:
            _masked_vectors(run, shown, changed, width, folder)
    for name, column in columns.items():
        np.save(folder / f"{name}.npy", column)
    write_json(folder / ABOUT, {"asked_width": width, "people": voices.author_ids, "communities": voices.community_ids})


def _write_shown(analysis: Analysis, made: Path, folder: Path) -> None:
    """Write what passages were found to be, as it is shown."""
    columns = {name: np.load(made / f"{name}.npy", mmap_mode="r") for name in _COLUMNS}
    columns |= _marks(analysis, columns["told"])
    for name in _MARKS:
        np.save(folder / f"{name}.npy", columns[name])
    about = _about(made)
    write_json(folder / "groups.json", groups_of(analysis, columns, about["people"], about["communities"]))


def _texts(analysis: Analysis, voices: Voices, folder: Path) -> tuple[dict[str, Numbers], Numbers | None]:
    """Write bodies and posts as they may be shown; return where passages and texts stand, and the passages that are not as written."""
    privacy, size = analysis.privacy, len(voices)
    people = {author: number for number, author in enumerate(voices.author_ids)}
    places = {post: number for number, post in enumerate(voices.post_ids)}
    comments, written = voices.comments, (voices.starts, voices.ends)
    columns = {name: np.zeros(size, dtype=np.int32) for name in ("post", "text")}
    columns |= dict(zip(("start", "end"), (part.copy() for part in written), strict=True))
    of_texts: dict[str, list[int]] = {name: [] for name in ("author", "comment", "published", "row")}
    post_text, post_row, changed = [], [], []
    posts: list[dict[str, Any]] = []
    bodies: list[str] = []
    schema = pa.schema([("body", pa.string())])
    options = pa.ipc.IpcWriteOptions(compression="zstd")
    with (
        pa.OSFile(str(folder / "bodies.arrow"), "wb") as file,
        pa.ipc.new_file(file, schema, options=options) as writer,
    ):

        def write() -> None:
            writer.write_batch(pa.record_batch([pa.array(bodies, pa.string())], schema=schema))
            bodies.clear()

        for number, post in enumerate(analysis.archive.posts):
            rows = voices.rows_of_post(post.id) if post.id in places else np.zeros(0, np.int32)
            columns["post"][rows] = number
            post_text.append(len(of_texts["author"]))
            post_row.append(int(rows[0]) if len(rows) else -1)
            posts.append(_post_row(analysis, post))
            for part in post.texts:
                comment = part.position if isinstance(part, Comment) else 0
                own = rows[comments[rows] == comment] if len(rows) else rows
                columns["text"][own] = len(of_texts["author"])
                if privacy.masks.get((post.id, comment or None, "body")):
                    for row in own.tolist():
                        start, end = int(written[0][row]), int(written[1][row])
                        place = shown_place(analysis, post.id, comment or None, start, end)
                        columns["start"][row], columns["end"][row] = place
                        if privacy.span(post.id, comment or None, part.body, start, end) != part.body[start:end]:
                            changed.append(row)
                of_texts["author"].append(people.get(part.author_id or "", -1))
                of_texts["comment"].append(comment)
                of_texts["published"].append(moment_of(part.published))
                of_texts["row"].append(int(own[0]) if len(own) else -1)
                bodies.append(privacy.whole(post.id, comment or None, part.body))
                if len(bodies) == _TEXTS_AT_ONCE:
                    write()
        write()
    write_table(folder / "posts.parquet", table_of(posts, _POSTS))
    post_text.append(len(of_texts["author"]))
    columns |= {"post_text": np.array(post_text, np.int32), "post_row": np.array(post_row, np.int32)}
    columns |= {
        f"text_{name}": np.array(values, np.int64 if name == "published" else np.int32)
        for name, values in of_texts.items()
    }
    return columns, np.array(changed, np.int32) if privacy else None


def _post_row(analysis: Analysis, post: Post) -> dict[str, Any]:
    label = analysis.privacy.label
    return {
        "id": post.id,
        "title": " ".join((analysis.title_of(post) or "").split()),
        "url": web_address(analysis, post),
        "estimated": post.estimated,
        "communities": ", ".join(map(label, post.communities)),
    }


def _said(voices: Voices, acts: Path) -> dict[str, Numbers]:
    """Return who says each passage, where and when, and what it does."""
    kinds = np.zeros(len(voices), dtype=np.uint16)
    done = 0
    for some in read_tables(acts, _ROWS, list(ACTS)):
        for bit, name in enumerate(ACTS):
            kinds[done : done + len(some)] |= some[name].to_numpy().astype(np.uint16) << bit
        done += len(some)
    return {
        "number": voices.numbers,
        "author": voices.authors,
        "community": voices.communities,
        "month": voices.months,
        "published": voices.moments,
        "told": kinds,
    }


def _marks(analysis: Analysis, told: Numbers) -> dict[str, Numbers]:
    """Return what each passage was found to be of, and to be, where the machine told its kinds."""
    insight, size = analysis.insight, len(told)
    topic = np.full(size, -1, dtype=np.int32)
    for one in insight.topics:
        topic[archive_rows(one.group.members)] = int(one.group.id)
    rows = [archive_rows(issue.group.members) for issue in insight.issues]
    ranks = np.array([issue.rank for issue in insight.issues], dtype=np.int32)
    issue = np.repeat(ranks, [len(some) for some in rows])
    passage = np.concatenate([*rows, np.zeros(0, np.int32)]).astype(np.int32)
    order = np.lexsort((issue, passage))
    step = analysis.steps.first.astype(np.int8)
    chance = np.zeros(size, dtype=np.float16)
    some_step = np.flatnonzero(step > 0)
    chance[some_step] = analysis.steps.chances[some_step, step[some_step] - 1]
    chance[list(analysis.human.steps)] = BY_HAND
    kinds, by_hand = np.array(told), np.zeros_like(told)
    for row, acts in analysis.human.marks.items():
        for act, does in acts.items():
            bit = 1 << KINDS.index(act)
            by_hand[row] |= bit
            kinds[row] = kinds[row] | bit if does else kinds[row] & ~np.uint16(bit)
    return {
        "topic": topic,
        "issue": issue[order],
        "issue_passage": passage[order],
        "step": step,
        "chance": chance,
        "kinds": kinds,
        "kinds_by_hand": by_hand,
    }


def _passages(analysis: Analysis, voices: Voices, columns: dict[str, Numbers], acts: Path, folder: Path) -> None:
    """Write the words of each passage, and what speaks for its marks."""
    privacy = analysis.privacy
    schema = pa.schema([("text", pa.string()), ("step_evidence", pa.string()), ("evidence", pa.string())])
    posts = analysis.archive.posts
    evidence = analysis.steps.evidence
    comments, starts, ends = voices.comments, voices.starts, voices.ends
    with pa.OSFile(str(folder / "texts.arrow"), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        done = 0
        held: tuple[int, int, str] = -1, -1, ""
        for some in read_tables(acts, 2_000, ["evidence"]):
            here = slice(done, done + len(some))
            texts = []
            places = (column[here].tolist() for column in (columns["post"], comments, starts, ends))
            for post, comment, start, end in zip(*places, strict=True):
                if held[:2] != (post, comment):
                    held = post, comment, posts[post].text(comment or None)
                texts.append(privacy.span(posts[post].id, comment or None, held[2], start, end))
            steps = list(evidence[here]) if len(evidence) else ["{}"] * len(texts)
            said = some["evidence"].to_pylist()
            if privacy:  # a word that speaks for a mark may be a name
                steps, said = (
                    [_shown_words(one, text) for one, text in zip(both, texts, strict=True)] for both in (steps, said)
                )
            arrays = [pa.array(values, pa.string()) for values in (texts, steps, said)]
            writer.write_batch(pa.record_batch(arrays, schema=schema))
            done += len(some)
        if not done:
            writer.write_batch(pa.record_batch([pa.array([], pa.string())] * 3, schema=schema))


def _shown_words(evidence: str, text: str) -> str:
    """Return evidence without the words that are not in the text as it is shown."""
    if evidence in {"", "{}"}:
        return "{}"
    kept = {what: [word for word in said if word in text] for what, said in json.loads(evidence).items()}
    return json.dumps(kept, ensure_ascii=False)


def _postings(
    analysis: Analysis, voices: Voices, text: Path, shown: Sequence[str], anew: set[int], folder: Path
) -> None:
    def pieces() -> Iterator[tuple[pa.ChunkedArray, dict[int, list[str]]]]:
        titles = iter(_titles(analysis, voices, text))
        held = next(titles, None)
        done = 0
        for some in read_tables(text / "words.parquet", _ROWS, ["words"]):
            column, end = some["words"], done + len(some)
            mine = [row for row in range(done, end) if row in anew] if anew else []
            if mine:
                lists = column.to_pylist()
                for row in mine:
                    lists[row - done] = words(shown[row])
                column = pa.chunked_array([pa.array(lists, pa.list_(pa.string()))])
            beside: dict[int, list[str]] = {}
            while held is not None and held[0] < end:
                beside[held[0] - done] = held[1]
                held = next(titles, None)
            yield column, beside
            done = end

    write_postings(folder, pieces(), len(voices))


def _titles(analysis: Analysis, voices: Voices, text: Path) -> list[tuple[int, list[str]]]:
    """Return the words of titles, each with the first passage of its thread, in order."""
    if analysis.privacy:
        said = ((post.id, words(analysis.title_of(post) or "")) for post in analysis.archive.posts)
    else:
        said = ((row["post_id"], row["words"]) for row in read_rows(text / "titles.parquet"))
    firsts = ((voices.rows_of_post(post), own) for post, own in said if own)
    return sorted((int(rows[0]), own) for rows, own in firsts if len(rows))


def _masked_vectors(run: Run, shown: Sequence[str], changed: Numbers | None, width: int, folder: Path) -> None:
    """Write vectors in which nothing that is masked can be looked for: of what was changed, those of the words as they are shown."""
    written = np.load(run.stage_folder("vectors") / "vectors.npy", mmap_mode="r")
    wide = width or written.shape[1]
    vectors = np.array(written[:, written.shape[1] - wide :])
    some = [] if changed is None else changed.tolist()
    embedder = embedder_of(run) if width else None
    for start in range(0, len(some), 1_000):
        rows = some[start : start + 1_000]
        if isinstance(embedder, StaticEmbedder):
            vectors[rows] = embedder.encode([shown[row] for row in rows]) * np.float32(np.sqrt(0.5))
        else:
            vectors[rows] = 0
    write_vectors(folder / "vectors.npy", [vectors], len(vectors))
