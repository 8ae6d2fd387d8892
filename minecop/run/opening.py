"""A finished run: opened, and read only while it is as it was written and nothing else is writing to it."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from filelock import FileLock, Timeout

from minecop.core.errors import RunError
from minecop.core.files import failure, held, make_way, read_sealed, sha256_of
from minecop.run.artefacts import STAGE_FILE, read_record
from minecop.run.timings import TIMINGS

MANIFEST = "run.json"

LOCK = ".lock"
"""Held by whatever writes into a run's folder; the system lets go of it when a process ends, however it ends."""

WAIT = 5.0
"""Seconds that what writes for a moment waits for another that may."""


@dataclass(frozen=True, slots=True)
class Run:
    """A finished run.

    Attributes
    ----------
    folder
        Where its artefacts are.
    manifest
        What ``run.json`` holds.
    """

    folder: Path
    manifest: dict[str, Any]

    def stage_folder(self, name: str) -> Path:
        """Return the folder of a stage's artefact."""
        return self.folder / "stages" / name

    @property
    def source(self) -> Path | None:
        """The archive, raw file or folder that it was made from; ``None`` where the run does not know any more."""
        try:
            return Path(read_sealed(self.folder / TIMINGS)["source"])
        except (OSError, ValueError, KeyError, TypeError):
            return None

    def damaged(self, files: Mapping[str, Collection[str] | None]) -> list[str]:
        """Return which files of artefacts are not those that the manifest tells of, or not as they were written.

        Parameters
        ----------
        files
            Names of files by stage; ``None`` for all of a stage, none for its ``stage.json`` alone.
        """
        found = []
        for stage, names in files.items():
            folder = self.stage_folder(stage)
            try:
                record = read_record(folder)
                whole = record.result == self.manifest["stages"][stage]["sha256"]
            except (OSError, ValueError, KeyError, TypeError):
                whole = False
            found += [f"{stage}/{name}" for name in (record.damaged(folder, names) if whole else [STAGE_FILE])]
        return found

    @contextmanager
    def reading(self, files: Mapping[str, Collection[str] | None]) -> Iterator[None]:
        """Hold that files are whole, and of this run, before and after they are read; see ``damaged``.

        Raises
        ------
        RunError
            When they are not: damaged, or another run has replaced them meanwhile.
        """
        self._check(files)
        try:
            yield
        except (OSError, ValueError, KeyError, TypeError):
            self._check(files)
            raise
        self._check(dict.fromkeys(files, ()))

    def _check(self, files: Mapping[str, Collection[str] | None]) -> None:
        if damaged := self.damaged(files):
            raise _broken(self.folder, ", ".join(damaged))

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Hold the run for writing something of it into its folder, when it is still the same run.

        Raises
        ------
        RunError
            When another run is being made there, or has been made meanwhile.
        """
        with locked(self.folder, WAIT):
            if sha256_of(_manifest_of(self.folder)) != sha256_of(self.manifest):
                raise RunError("run_replaced", path=self.folder)
            yield


def open_run(folder: Path) -> Run:
    """Open a finished run.

    Raises
    ------
    RunError
        When there is none, it is not whole, or it is being made anew.
    """
    run = Run(folder, _manifest_of(folder))
    try:
        stages = dict.fromkeys(run.manifest["stages"], ())
    except (KeyError, TypeError) as error:
        raise _broken(folder, MANIFEST) from error
    run._check(stages)
    return run


def _manifest_of(folder: Path) -> dict[str, Any]:
    try:
        return read_sealed(folder / MANIFEST)
    except (FileNotFoundError, NotADirectoryError) as error:
        if _is_held(folder):
            raise RunError("run_in_the_making", path=folder) from error
        raise RunError("no_run", path=folder) from error
    except (OSError, ValueError) as error:
        raise _broken(folder, MANIFEST) from error


def _broken(folder: Path, what: str) -> RunError:
    return (
        RunError("run_in_the_making", path=folder)
        if _is_held(folder)
        else RunError("run_damaged", path=folder, reason=what)
    )


def _is_held(folder: Path) -> bool:
    """Tell whether something is writing into a run's folder."""
    if not (folder / LOCK).is_file():
        return False
    try:
        with FileLock(folder / LOCK).acquire(timeout=0):
            return False
    except Timeout:
        return True
    except OSError:
        return False


@contextmanager
def locked(folder: Path, wait: float = 0) -> Iterator[None]:
    """Hold a run's folder for writing.

    Parameters
    ----------
    folder
        Of the run.
    wait
        Seconds, at most, to wait for another that holds it.

    Raises
    ------
    RunError
        When another holds it.
    OutputError
        When it cannot be written.
    """
    try:
        make_way(folder / LOCK)
    except OSError as error:
        raise failure(error, folder) from error
    with held(folder / LOCK, wait, RunError("run_busy", path=folder)):
        yield
