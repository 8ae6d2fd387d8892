"""What Python programs call: read an archive, analyse it, and walk through what was found.

All names are there as ``minecop.NAME``. ``docs/python.md`` shows them at work.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from datetime import datetime
from functools import cached_property
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
from numpy.typing import NDArray

from minecop.archive.importing import make_archive
from minecop.archive.models import Post
from minecop.archive.store import Archive, is_archive
from minecop.archive.store import read_archive as read_folder
from minecop.core.progress import Listener, silent
from minecop.curation.applying import curated
from minecop.curation.decisions import Curation
from minecop.curation.making import decide
from minecop.curation.places import curation_of
from minecop.insight.analysis import Analysis
from minecop.insight.models import LESSON_PARTS, Group, Issue, Lesson, Quote, Topic, Voice
from minecop.insight.sharing import with_fewest
from minecop.insight.voices import Voices
from minecop.report.lessons import lessons_json, numbered
from minecop.report.rendering import Renderer, issues_json, step_groups_json, topics_json, write_reports
from minecop.report.words import Words
from minecop.run import opening, pipeline
from minecop.run.exporting import export_run, shown_posts
from minecop.run.loading import load_analysis, read_passages
from minecop.run.masking import with_privacy
from minecop.run.reporting import PAGE, write_report
from minecop.run.settings import NAMES, read_settings
from minecop.run.shownpassages import shown_passages
from minecop.run.stages import archive_name
from minecop.topics.clustering import Clusterer
from minecop.vectors.embedder import Embedder, Vectors
from minecop.vectors.models import load_embedder

if TYPE_CHECKING:
    import pandas as pd

Table = Literal["posts", "comments", "passages", "topics", "issues", "lessons", "steps", "quotes"]
"""What ``OpenRun.to_pandas`` gives."""

_OF_POSTS = (
    "title",
    "author_id",
    "author_name",
    "communities",
    "published",
    "url",
    "tags",
    "duplicate_of",
    "body",
)
_OF_COMMENTS = ("author_id", "author_name", "published", "reply_to", "body")


def embed(texts: Sequence[str], model: str | None = None) -> Vectors:
    """Turn texts into vectors of length 1.

    Parameters
    ----------
    texts
        n Thai (or mixed) texts.
    model
        ``None`` for the model that ships, else the hub name or folder of a sentence-transformers model.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, d), rows of Euclidean length 1.

    Raises
    ------
    minecop.core.errors.ModelError
        When a named model cannot be loaded.

    Examples
    --------
    >>> import minecop
    >>> minecop.embed(["ประชุมกรรมการหมู่บ้าน", "เวทีประชาคมตำบล"]).shape[0]
    2
    """
    return load_embedder(model).encode(list(texts))


def read_archive(path: str | Path) -> Archive:
    """Read an archive, or raw files as ``minecop import`` does, with nothing written beside them.

    Parameters
    ----------
    path
        An archive folder, or a raw file or folder of any kind that can be imported.

    Returns
    -------
    Archive
        Its ``posts`` with their ``comments``, its ``people``, and the ``account`` of what was read, merged, guessed and refused.

    Raises
    ------
    InputError
        When there is nothing readable.
    """
    source = Path(path)
    if is_archive(source):
        return read_folder(source)
    with TemporaryDirectory(prefix="minecop-") as folder:
        make_archive(source, Path(folder), archive_name(source), by_date=True)
        return read_folder(Path(folder))


def analyse(
    source: str | Path,
    folder: str | Path,
    *,
    embedder: Embedder | None = None,
    clusterer: Clusterer | None = None,
    settings_file: str | Path | None = None,
    workers: int = 1,
    listener: Listener = silent,
    **settings: Any,
) -> OpenRun:
    """Analyse an archive; what an earlier run in the same folder left, and nothing has changed since, is reused.

    Parameters
    ----------
    source
        An archive folder, or a raw file or folder, which is imported on the fly.
    folder
        Where the run goes.
    embedder
        A model of your own that makes the vectors.
    clusterer
        What groups passages into topics in place of minecop's own method: any cluster model of scikit-learn, or what looks like one.
    settings_file
        A TOML file of settings.
    workers
        Processes to share the work among; the result does not depend on it. Scripts that want more than one stand under
        ``if __name__ == "__main__":``, as ``multiprocessing`` asks for.
    listener
        Told what is going on (``minecop.core.progress.Progress``).
    **settings
        Those of ``minecop.run.settings.Settings`` that are not to be as usual: ``process``, ``topic_count``, ``since``, ``seed`` ...

    Raises
    ------
    MinecopError
        When the source holds nothing readable, a setting cannot be, the folder cannot be written or is in use.
    """
    if unknown := sorted(set(settings) - set(NAMES)):
        raise TypeError(f"analyse() got an unexpected keyword argument {unknown[0]!r}; settings: {', '.join(NAMES)}")
    chosen = read_settings(Path(settings_file) if settings_file else None, **settings)
    run = pipeline.analyse(
        Path(source),
        Path(folder),
        chosen,
        workers=workers,
        listener=listener,
        embedder=embedder,
        clusterer=clusterer,
    )
    return OpenRun(run)


def open_run(folder: str | Path, *, decisions: bool = True) -> OpenRun:
    """Open a finished run.

    Parameters
    ----------
    folder
        Of the run.
    decisions
        Whether it is shown as people have put it right; else as it was found.

    Raises
    ------
    RunError
        When there is none, it is damaged, or it is being made anew.
    """
    run = opening.open_run(Path(folder))
    return OpenRun(run, None if decisions else load_analysis(run))


class OpenRun:
    """A finished run, to be walked through. What it has to read it reads when it is asked, once.

    Parameters
    ----------
    run
        The run.
    analysis
        What it found, where that is not to be as it stands in its folder.
    """

    def __init__(self, run: opening.Run, analysis: Analysis | None = None) -> None:
        self._run = run
        self._given = analysis

    def __repr__(self) -> str:
        return f"<minecop run {str(self.folder)!r}>"

    @property
    def folder(self) -> Path:
        """Where its artefacts are."""
        return self._run.folder

    @property
    def manifest(self) -> dict[str, Any]:
        """What ``run.json`` holds: versions, settings, hashes, counts."""
        return self._run.manifest

    @cached_property
    def analysis(self) -> Analysis:
        """All that a report is made from, as people have put it right; what stands below is a part of it."""
        return self._given if self._given is not None else curated(load_analysis(self._run), self.curation)

    # ---- what people decided

    @property
    def curation(self) -> Curation:
        """What people have decided about the archive: its ``decisions``, and ``undo(id, who, when)``."""
        return curation_of(self._run)

    def decide(
        self,
        kind: str,
        action: str,
        target: str,
        to: str = "",
        *,
        who: str,
        when: datetime,
        passages: Sequence[str] = (),
        note: str = "",
    ) -> OpenRun:
        """Keep a decision beside the archive, and return the run as it is shown from then on.

        Those on people and communities (join, part, assign) change nothing in it yet: they are counted by when the archive is analysed
        again. ``run.analysis.human.rulings`` says of each what became of it: its ``state`` is ``next_run`` until then.

        Parameters
        ----------
        kind, action, target, to
            As ``minecop curate`` has them, such as ``"topics", "rename", "3", "น้ำประปา"`` or ``"issues", "merge", "5", "2"``
            (``curation.making.decide``).
        who, when
            Who decides, and when.
        passages
            Ids of those that a split parts from the rest.
        note
            Why.

        Raises
        ------
        InputError
            When there is no such thing, or it cannot be decided so.
        OutputError
            When the archive is not where it was, or decisions cannot be written beside it.
        """
        made = decide(self.analysis, kind, action, target, to, passages=passages, note=note, who=who, when=when)
        self.curation.add(made)
        return OpenRun(self._run)

    # ---- what was read

    @property
    def posts(self) -> list[Post]:
        """Posts with their comments, in the order of their dates."""
        return self.analysis.archive.posts

    @cached_property
    def passages(self) -> Voices:
        """All passages, in the order of ``vectors`` and of the table of passages: a sequence of ``Voice``."""
        return read_passages(self._run)

    @cached_property
    def vectors(self) -> NDArray[np.float16]:
        """Vectors of all passages, rows of length 1: a read-only memory map, shape (n, d), row n being that of passage n.

        Half precision; ``run.vectors.astype("float32")`` to compute with. As long as it is open, Windows lets no other run replace it.
        """
        with self._run.reading({"vectors": ["vectors.npy"]}):
            mapped: NDArray[np.float16] = np.load(self._run.stage_folder("vectors") / "vectors.npy", mmap_mode="r")
        return mapped

    # ---- what was found

    @property
    def issues(self) -> tuple[Issue, ...]:
        """Shared issues by rank, then early voices."""
        return self.analysis.insight.issues

    @property
    def topics(self) -> tuple[Topic, ...]:
        """Topics, with their people and passages in ``group``."""
        return self.analysis.insight.topics

    @property
    def lessons(self) -> tuple[Lesson, ...]:
        """What people tell that they learned, the surest first."""
        return self.analysis.insight.lessons

    @property
    def steps(self) -> tuple[Group, ...]:
        """Who writes of each step of the process, in order."""
        return self.analysis.insight.steps

    @property
    def communities(self) -> tuple[Group, ...]:
        """Who writes in each community."""
        return self.analysis.insight.communities

    def words(self, passage: Voice) -> str:
        """Return the words of a passage, as they may be shown."""
        return self.analysis.words_of(passage)

    def verified(self, quote: Quote) -> Quote:
        """Return a quote once its words are, letter for letter, those of its source; masked where the run is guarded.

        Raises
        ------
        QuoteError
            When they are not.
        """
        return self.analysis.verified(quote)

    # ---- tables

    def to_pandas(self, table: Table) -> pd.DataFrame:
        """Return a data frame.

        Parameters
        ----------
        table
            ``posts``, ``comments``, ``passages`` (in the order of ``vectors``, with their words and all that is said of them, as people
            have put it right), ``topics``, ``issues``, ``lessons``, ``steps`` (columns as ``report.json`` names them) or ``quotes`` (all
            that were chosen, each verified).

        Raises
        ------
        ValueError
            When there is no such table.
        QuoteError
            When a quote is not what its source says.
        """
        import pandas as pd

        rows = {
            "posts": self._posts,
            "comments": self._comments,
            "topics": lambda: map(_flat, topics_json(self.analysis)),
            "issues": lambda: map(_flat, issues_json(self.analysis)["issues"]),
            "lessons": lambda: map(_flat, lessons_json(self.analysis, numbered(self.analysis))),
            "steps": lambda: map(_flat, step_groups_json(self.analysis)),
            "quotes": self._quotes,
        }
        if table == "passages":
            return self._passages()
        if table not in rows:
            raise ValueError(f"no table {table!r}; there are passages, {', '.join(rows)}")
        return pd.DataFrame(list(rows[table]()))

    def _passages(self) -> pd.DataFrame:
        frame: pd.DataFrame = shown_passages(self.analysis, self._run).to_pandas()
        if not self.analysis.is_guarded:
            frame.insert(frame.columns.get_loc("author_id") + 1, "author", frame["author_id"].map(self.analysis.names))
        return frame.astype({"comment": "Int32"})

    def _posts(self) -> Iterator[dict[str, Any]]:
        for post in shown_posts(self.analysis):
            told = {name: getattr(post, name) for name in _OF_POSTS}
            yield {"post_id": post.id} | told | {"comments": len(post.comments)}

    def _comments(self) -> Iterator[dict[str, Any]]:
        for post in shown_posts(self.analysis):
            for comment in post.comments:
                told = {name: getattr(comment, name) for name in _OF_COMMENTS}
                yield {"post_id": post.id, "comment": comment.position} | told

    def _quotes(self) -> Iterator[dict[str, Any]]:
        for issue in self.issues:
            objections = (issue.objection,) if issue.objection else ()
            for kind, quotes in (("quote", issue.quotes), ("wish", issue.wishes), ("objection", objections)):
                yield from (self._quote("issue", issue.group.id, kind, quote) for quote in quotes)
        for topic in self.topics:
            yield from (self._quote("topic", topic.group.id, "quote", quote) for quote in topic.quotes)
        for number, lesson in numbered(self.analysis):
            for kind, quote in {"quote": lesson.quote, **lesson.parts}.items():
                yield self._quote("lesson", str(number), kind, quote)

    def _quote(self, of: str, which: str, kind: str, quote: Quote) -> dict[str, Any]:
        post = self.analysis.posts[quote.post_id]
        source = post if quote.comment is None else next(c for c in post.comments if c.position == quote.comment)
        return {
            "of": of,
            "id": which,
            "kind": kind,
            "text": self.verified(quote).text,
            "author": self.analysis.names.get(source.author_id or ""),
            "published": source.published,
            "post_id": quote.post_id,
            "comment": quote.comment,
            "start": quote.start,
            "end": quote.end,
            "url": post.url,
        }

    # ---- files

    def report(
        self,
        folder: str | Path | None = None,
        *,
        lang: str = "th",
        compare_by: Sequence[str] = (),
        renderers: Mapping[str, Renderer] | None = None,
    ) -> Path:
        """Write the report, and return the path of its page.

        Parameters
        ----------
        folder
            Where to; ``None`` for the run's own.
        lang
            ``th`` or ``en``.
        compare_by
            By what issues, topics and steps are laid side by side: ``community``, ``group``, ``period`` ... (``insight.splits.SLICES``).
        renderers
            What makes further files, or others in place of the report's, by their names.

        Raises
        ------
        QuoteError
            When a quote is not what its source says; nothing is written then.
        OutputError
            When a file cannot be written.
        """
        analysis = replace(self.analysis, compare_by=tuple(compare_by))
        if folder is not None:
            return write_reports(analysis, Path(folder), lang, renderers)
        with self._run.writing():
            write_report(analysis, self._run, lang, None, own=renderers)
        return self.folder / PAGE

    def export(self, folder: str | Path, *, lang: str = "th") -> Path:
        """Write a folder that can be handed on, and return the path of its page; of a guarded run it holds nothing that is not to be shown.

        Raises
        ------
        OutputError
            When the folder holds other things or cannot be written.
        """
        return export_run(self.analysis, self._run, Path(folder), lang)

    def guarded(
        self,
        key: str | Path,
        *,
        mask: bool = True,
        pseudonyms: bool = True,
        min_authors: int = 1,
        source_text: bool = True,
        lang: str = "th",
    ) -> OpenRun:
        """Return the run as others may see it: what it shows, in tables, words and files, is masked.

        Its values (``posts``, ``Voice.author_id``, ``Group.author_ids`` ...) stay what they are: hand on tables and files, not values.

        Parameters
        ----------
        key
            File that tells who is who, made where there is none. Keep it to yourself.
        mask
            Whether telephone numbers, addresses, names of third persons and the like are replaced.
        pseudonyms
            Whether authors go by pseudonyms.
        min_authors
            People who stand behind anything that is shown.
        source_text
            Whether words that were not chosen to be quoted may be shown.
        lang
            Language of what stands for what is masked.

        Raises
        ------
        InputError
            When the key file is none.
        """
        analysis = with_privacy(self.analysis, self._run, Path(key), mask=mask, pseudonyms=pseudonyms, lang=lang)
        analysis = with_fewest(analysis, min_authors, Words(lang)("other_communities"))
        return OpenRun(self._run, replace(analysis, source_text=source_text))


def _flat(value: dict[str, Any]) -> dict[str, Any]:
    """Return a thing of ``report.json`` as a row: without the list of its passages, its evidence and parts in columns of their own."""
    row = {name: one for name, one in value.items() if name not in {"members", "evidence", "parts", "quotes"}}
    evidence = dict(value.get("evidence", {}))
    moved = {f"emergence_{name}": one for name, one in evidence.pop("emergence", {}).items()}
    told = value.get("parts")
    parts = {} if told is None else {part: told.get(part, {}).get("text") for part in LESSON_PARTS}
    return row | evidence | moved | parts
