"""Where decisions are kept: beside the archive, never inside it and never in a run."""

from __future__ import annotations

from pathlib import Path
from typing import Protocol

from minecop.archive.deciding import Decided
from minecop.archive.reading import CURATION_ENDING
from minecop.curation.decisions import Curation


class HasSource(Protocol):
    """A run that may know what it was made from."""

    @property
    def source(self) -> Path | None:
        """The archive, raw file or folder; ``None`` where it is not known."""


def curation_folder(source: Path) -> Path:
    """Return the folder of the decisions on a source: ``corpora/sample`` has ``corpora/sample.curation``."""
    whole = source.resolve()
    return whole.with_name(whole.name + CURATION_ENDING)


def curation_of(run: HasSource) -> Curation:
    """Return the decisions on what a run was made from; none where that is not known or nobody has decided anything.

    Where the archive is not where it was, no others can be kept beside it (``Curation.has_place``).

    Raises
    ------
    InputError
        When they cannot be read.
    """
    source = run.source
    return Curation.read(curation_folder(source), has_place=source.exists()) if source else Curation(None)


def decided_of(curation: Curation) -> Decided:
    """Return what holds of authors and communities, as it is counted by when an archive is analysed."""
    return Decided(
        tuple((one.action, one.target, one.to) for one in curation.of("people")),
        tuple((one.target, one.to) for one in curation.of("communities")),
    )
