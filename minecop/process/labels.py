"""Steps that people have given to passages: the table of corrections beside an archive, from which the next run learns."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from minecop.archive.decoding import decode
from minecop.archive.reading import LABELS_FILE
from minecop.core.cells import plain_cell, safe_cell
from minecop.core.errors import InputError
from minecop.core.files import write_text

_COLUMNS = ("passage_id", "step", "title", "text")


@dataclass(frozen=True, slots=True)
class StepLabel:
    """The step that a person gave to a passage.

    Attributes
    ----------
    passage_id
        Of the run that it was read in; passages of other runs have it as long as they are cut alike.
    step
        Number of the step, 0 for none.
    title, text
        Of the post, and of the passage.
    """

    passage_id: str
    step: int
    title: str
    text: str


def labels_path(source: Path) -> Path:
    """Return where the labels of an archive stand: in its folder, or beside its file."""
    return (source if source.is_dir() else source.parent) / LABELS_FILE


def read_labels(path: Path, steps: int | None = None) -> dict[str, StepLabel]:
    """Read labels, by passage; no file gives none. Of two labels of one passage the later one counts.

    Parameters
    ----------
    path
        A table with the columns ``passage_id, step``, and ``title, text`` where it is to be learned from.
    steps
        How many steps there are; ``None`` where that is not known.

    Raises
    ------
    InputError
        When a row has no passage, or no number of a step; the message names the row.
    """
    if not path.is_file():
        return {}
    text, _ = decode(path.read_bytes())
    labels: dict[str, StepLabel] = {}
    for number, row in enumerate(csv.DictReader(io.StringIO(text, newline="")), 2):
        values = {name: plain_cell(row.get(name) or "") for name in _COLUMNS}
        step = values["step"].strip()
        known = step.isascii() and step.isdigit() and (steps is None or int(step) <= steps)
        if not values["passage_id"].strip() or not known:
            raise InputError("bad_step_label", where=f"{path}:{number}", steps=steps or 10)
        label = StepLabel(values["passage_id"].strip(), int(step), values["title"], values["text"])
        labels[label.passage_id] = label
    return labels


def write_labels(path: Path, labels: Iterable[StepLabel]) -> None:
    """Write labels, with a byte order mark so that Excel reads the Thai, and no cell that runs as a formula."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(_COLUMNS)
    for label in labels:
        writer.writerow(
            [safe_cell(label.passage_id), label.step, safe_cell(label.title), safe_cell(label.text)],
        )
    write_text(path, "\ufeff" + out.getvalue())
