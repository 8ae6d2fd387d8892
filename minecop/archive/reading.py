"""From whatever a user points at - a file, a folder of files - to posts in a spool."""

from __future__ import annotations

import os
from collections.abc import Callable, Collection, Iterator, Sequence
from concurrent.futures import Executor
from dataclasses import asdict, dataclass, replace
from functools import partial
from pathlib import Path, PurePosixPath

from minecop.archive.addressing import addressed
from minecop.archive.communities import COMMUNITIES_FILE
from minecop.archive.formats import KINDS, format_of
from minecop.archive.models import Account, Post
from minecop.archive.people import AUTHORS_FILE
from minecop.archive.sources import Options, Section, Source
from minecop.archive.spool import Spool
from minecop.core.errors import InputError, MinecopError
from minecop.core.executors import SerialExecutor, with_files
from minecop.core.files import sha256_of
from minecop.core.progress import Listener, Progress

LABELS_FILE = "labels.csv"
"""Name of the table beside an archive in which people say which step a passage is about."""

CURATION_ENDING = ".curation"
"""How the folder beside an archive ends in which people's decisions are kept."""

# Files that stand beside archives and are not posts.
_COMPANIONS = {AUTHORS_FILE, COMMUNITIES_FILE, LABELS_FILE, "archive.toml", "account.json", "truth.csv"}
_COMPANION_ENDINGS = {".md", ".toml", ".parquet"}
_PAGE_ENDINGS = (".html", ".htm", ".xhtml")
_RESOURCE_FOLDERS = ("_files", ".files", "-Dateien", "_ไฟล์")

_BATCH_FILES = 200
_BATCH_BYTES = 8 * 2**20

FIRST_FILE = 1
"""Number of the first file that is offered; 0 is the archive that it is added to."""


@dataclass(frozen=True, slots=True)
class Offered:
    """One file that was found.

    Attributes
    ----------
    number
        Its place in the order of names.
    path
        Where it is.
    name
        What the account calls it.
    size, changed
        Bytes, and time of its last change in nanoseconds: whether it is still the same file.
    part
        Place of the section among those of its file.
    section
        What of it is read; ``None`` for all.
    """

    number: int
    path: Path
    name: str
    size: int
    changed: int
    part: int = 0
    section: Section | None = None

    @property
    def key(self) -> tuple[int, int]:
        """Number of the file and of the section."""
        return self.number, self.part


def find_files(path: Path) -> list[Path]:
    """Return the file, or the files below a folder in a fixed order.

    Hidden ones are left out, the folder of pictures and scripts that a browser saves beside a page (``page_files``), and what people
    have decided about an archive.

    Raises
    ------
    InputError
        When there is nothing there, or it cannot be listed.
    """
    if not path.exists():
        raise InputError("missing_path", path=path)
    if path.is_file():
        return [path]
    found: list[Path] = []
    try:
        for folder, folders, names in os.walk(path, onerror=_raise):
            pages = {name[: -len(end)] for name in names for end in _PAGE_ENDINGS if name.lower().endswith(end)}
            resources = {page + ending for page in pages for ending in _RESOURCE_FOLDERS}
            folders[:] = sorted(
                f for f in folders if not f.startswith(".") and not f.endswith(CURATION_ENDING) and f not in resources
            )
            found += [Path(folder) / name for name in names if not name.startswith(".")]
    except OSError as error:
        raise InputError("cannot_read", path=path, reason=error.strerror or error) from error
    return sorted(found)


def _raise(error: OSError) -> None:
    raise error


def is_companion(name: str) -> bool:
    """Tell whether a file of a name stands beside posts and holds none: ``authors.csv``, notes, minecop's own tables."""
    return name in _COMPANIONS or PurePosixPath(name).suffix.lower() in _COMPANION_ENDINGS


def is_resource(path: PurePosixPath, names: Collection[str]) -> bool:
    """Tell whether a file lies in the folder that a browser saves beside a page, among files of these names."""
    for folder in path.parents:
        page = next((folder.name[: -len(end)] for end in _RESOURCE_FOLDERS if folder.name.endswith(end)), None)
        if page and any((folder.parent / (page + end)).as_posix() in names for end in _PAGE_ENDINGS):
            return True
    return False


def find_offered(path: Path) -> list[Offered]:
    """Return the files to be read at a path; companions of an archive (``authors.csv``, notes) are none."""
    base = path if path.is_dir() else path.parent
    offered: list[Offered] = []
    for file in find_files(path):
        if path.is_dir() and is_companion(file.name):
            continue
        try:
            about = file.stat()
        except OSError as error:
            raise InputError("cannot_read", path=file, reason=error.strerror or error) from error
        # A name that is no Unicode (it happens on old disks) is shown with the marks of what is broken.
        name = file.relative_to(base).as_posix().encode("utf-8", "replace").decode()
        offered.append(Offered(FIRST_FILE + len(offered), file, name, about.st_size, about.st_mtime_ns))
    return offered


def plan_digest(offered: Sequence[Offered], options: Options, start: Sequence[str]) -> str:
    """Return what an import depends on, in short: an unfinished one with the same plan is continued."""
    files = [(file.number, file.name, file.size, file.changed) for file in offered]
    return sha256_of({"files": files, "options": asdict(options), "start": list(start), "kinds": KINDS})


def read_source(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of one source, whatever its kind.

    Raises
    ------
    InputError
        When its kind is not known, or it cannot be read.
    """
    yield from format_of(source.name, source.head()).reader(source, options, account)


def read_safely(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of one source; what ends the reading stands in the account, and what came before stays.

    The libraries that take files apart meet here whatever people and machines have done to them, and may raise anything.
    """
    told = len(account.entries)
    found = False
    try:
        for post in read_source(source, options, account):
            found = True
            yield post
    except MinecopError as error:
        account.add("refused", source.name, error.key, **error.details)
    except OSError as error:
        account.add(
            "refused", source.name, "cannot_read", path=source.name, reason=error.strerror or type(error).__name__
        )
    except Exception as error:
        account.add("refused", source.name, "reader_failed", reason=type(error).__name__)
    if not found and len(account.entries) == told:
        account.add("refused", source.name, "nothing_in_file")


def _read_batch(
    batch: Sequence[Offered], spool_path: Path, options: Options, tell: Callable[[int], None] | None = None
) -> int:
    spool = Spool(spool_path, tell)
    try:
        spool.forget(file.key for file in batch)
        for file in batch:
            account = Account()
            spool.take(file.key, _read_offered(file, options, account), account)
        spool.flush()
    finally:
        spool.close()
    return len(batch)


def _read_offered(file: Offered, options: Options, account: Account) -> Iterator[Post]:
    try:
        source = Source.of_file(file.path, file.name, file.section)
    except OSError as error:
        account.add("refused", file.name, "cannot_read", path=file.name, reason=error.strerror or error)
        return
    yield from map(addressed, read_safely(source, options, account))


def read_into(
    spool: Spool, offered: Sequence[Offered], options: Options, executor: Executor, listener: Listener
) -> None:
    """Read files into a spool, those left out that an earlier import has read already; of large ones, section by section.

    Parameters
    ----------
    spool
        Where posts and account lines go.
    offered
        The files.
    options
        How to read them.
    executor
        Where the work is done; here where its workers may not see the files.
    listener
        Told after each batch of files.
    """
    executor = with_files(executor)
    done = spool.done()
    units = [unit for file in offered for unit in _divided(file)]
    left = [unit for unit in units if unit.key not in done]
    count = len(units) - len(left)
    work = partial(_read_batch, spool_path=spool.path, options=options)
    if isinstance(executor, SerialExecutor):  # a large file takes minutes: here, and here alone, it can be heard

        def tell(posts: int) -> None:
            listener(Progress("import", count, len(units), note=f"{posts:,}"))

        work = partial(work, tell=tell)
    for read in executor.map(work, _batches(left)):
        count += read
        listener(Progress("import", count, len(units)))
    for unit in units:
        if unit.section is not None and unit.section.last:
            spool.join_counts(unit.number, unit.name)


def _divided(file: Offered) -> list[Offered]:
    """Return the sections of a large file that can be read in several, so that all processes have some of it; else the file."""
    if file.size <= _BATCH_BYTES:
        return [file]
    try:
        source = Source.of_file(file.path, file.name)
        sections = format_of(source.name, source.head()).sections(source)
    except (InputError, OSError):  # told when it is read
        sections = []
    parts = [
        replace(file, part=number, section=section, size=section.end - section.begin)
        for number, section in enumerate(sections)
    ]
    return parts or [file]


def _batches(files: Sequence[Offered]) -> Iterator[list[Offered]]:
    batch: list[Offered] = []
    size = 0
    for file in files:
        if batch and (len(batch) >= _BATCH_FILES or size + file.size > _BATCH_BYTES):
            yield batch
            batch, size = [], 0
        batch.append(file)
        size += file.size
    if batch:
        yield batch
