"""Decisions of people as plain files beside an archive: a table for each kind, a row for each decision; none is ever taken out.

Each file is a CSV (UTF-8, LF, no cell that a spreadsheet takes for a formula) with the columns ``COLUMNS``. What is taken back stays
readable: its row says when and by whom. Files are written under a lock, all that belong together at once.
"""

from __future__ import annotations

import csv
import hashlib
import io
import re
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager, contextmanager
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path
from urllib.parse import quote, unquote

from minecop.acts.marking import ACTS
from minecop.archive.sources import LARGEST_WHOLE
from minecop.core.cells import plain_cell, safe_cell
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError, OutputError
from minecop.core.files import (
    failure,
    finish_replacing,
    held,
    is_half_replaced,
    replacing_files,
    sha256_of,
    write_text,
)
from minecop.core.xmltext import straight_text

ACTIONS: Mapping[str, tuple[str, ...]] = {
    "topics": ("rename", "merge", "split", "hide"),
    "issues": ("rename", "merge", "split", "hide", "accept"),
    "quotes": ("pin", "reject"),
    "steps": ("step",),
    "marks": ("mark",),
    "people": ("join", "part"),
    "communities": ("assign",),
    "notes": ("note",),
}
"""What may be decided, by kind: the name of the file without its ending."""

OF_RUNS = frozenset({"people", "communities"})
"""Kinds that reach what is counted when the archive is analysed again; the others reach whatever is shown at once."""

COLUMNS = ("id", "when", "who", "action", "target", "to", "anchors", "note", "undone")

LOCK = ".lock"

WAIT = 10.0
"""Seconds to wait for another who writes."""

LONGEST: Mapping[str, int] = {"who": 100, "target": 500, "to": 300, "note": 5_000}
"""Characters, at most: a title must fit a line or two."""

_SAYS_WHAT = frozenset({"rename", "merge", "split", "step", "mark", "join", "assign"})
"""Actions that need ``to``."""

_PARTED = re.compile(r"[%|\s]")


@dataclass(frozen=True, slots=True)
class Decision:
    """What somebody decided.

    Attributes
    ----------
    kind, action
        Of ``ACTIONS``.
    target
        What it is about: number of a topic, id of an issue; of a quote ``post/comment/start-end`` and of a step or mark the passage's id;
        name or id of a person; id of an author or a post for a community (``author:`` or ``post:`` may stand before it); of a note
        ``topic:3``, ``issue:…`` or ``session``.
    to
        Title, number of the other topic or id of the other issue, step (0 for none), mark (``+lesson``), author id, or community.
    anchors
        By what the target is found again: ids of typical passages, or the hash of the words (``matching.words_hash``).
    to_anchors
        The same of what it is merged into.
    note
        Why, or what a note says.
    who, when
        Who decided, and when; in Thai time.
    id
        Given when it is kept.
    undone
        When and by whom it was taken back; empty while it holds.
    """

    kind: str
    action: str
    target: str = ""
    to: str = ""
    anchors: tuple[str, ...] = ()
    to_anchors: tuple[str, ...] = ()
    note: str = ""
    who: str = ""
    when: datetime | None = None
    id: str = ""
    undone: str = ""

    @property
    def holds(self) -> bool:
        """Whether nobody has taken it back."""
        return not self.undone

    def checked(self) -> Decision:
        """Return it with its cells cleaned.

        Raises
        ------
        InputError
            When it is no decision: of no kind, without what it needs, or too long.
        """
        if self.action not in ACTIONS.get(self.kind, ()):
            raise InputError("decision_unknown", action=self.action or "-", kind=self.kind)
        clean = replace(
            self,
            target=_line(self.target),
            to=_line(self.to),
            who=_line(self.who),
            note=straight_text(self.note).strip(),
        )
        for name, most in LONGEST.items():
            if len(getattr(clean, name)) > most:
                raise InputError("decision_too_long", what=name, most=most)
        needs = {"target": True, "to": self.action in _SAYS_WHAT, "note": self.action == "note"}
        for name, needed in needs.items():
            if needed and not getattr(clean, name):
                raise InputError("decision_lacks", action=self.action, what=name)
        if self.kind == "steps" and not (clean.to.isascii() and clean.to.isdecimal()):
            raise InputError("decision_no_step", value=clean.to)
        if self.kind == "marks" and not (clean.to[0] in "+-" and clean.to[1:] in ACTS):
            raise InputError("decision_no_mark", value=clean.to, known=", ".join(ACTS))
        return clean

    def _cells(self) -> list[str]:
        anchors = " | ".join(" ".join(map(_packed, some)) for some in (self.anchors, self.to_anchors) if some)
        when = self.when.astimezone(BANGKOK).isoformat(timespec="seconds") if self.when else ""
        cells = (self.id, when, self.who, self.action, self.target, self.to, anchors, self.note, self.undone)
        return [safe_cell(cell) for cell in cells]


def _line(text: str) -> str:
    return " ".join(straight_text(text).split())


def _packed(anchor: str) -> str:
    """Return an anchor without what parts anchors."""
    return _PARTED.sub(lambda found: quote(found[0]), anchor)


class Curation:
    """The decisions of an archive.

    Attributes
    ----------
    folder
        Where they are kept; ``None`` where there is no such place.
    decisions
        All of them, by kind and in the order in which they were taken.
    has_place
        Whether others can be kept there.
    """

    def __init__(self, folder: Path | None, decisions: Iterable[Decision] = (), *, has_place: bool = True) -> None:
        self.folder = folder
        self.decisions = tuple(decisions)
        self.has_place = has_place and folder is not None

    @classmethod
    def read(cls, folder: Path | None, *, has_place: bool = True) -> Curation:
        """Read the decisions of a folder; there are none where it is not there.

        Raises
        ------
        InputError
            When a file cannot be read, or a row is no decision; the message names file and row.
        """
        if folder is None or not folder.is_dir():
            return cls(folder, has_place=has_place)
        if is_half_replaced(folder):
            with _locked(folder):
                finish_replacing(folder)
        some = [one for kind in ACTIONS for one in _read(folder / f"{kind}.csv", kind)]
        return cls(folder, some, has_place=has_place)

    def __bool__(self) -> bool:
        return bool(self.decisions)

    def of(self, *kinds: str) -> list[Decision]:
        """Return the decisions of some kinds that hold."""
        return [one for one in self.decisions if one.kind in kinds and one.holds]

    def find(self, decision_id: str) -> Decision:
        """Return a decision by its id.

        Raises
        ------
        InputError
            When there is none.
        """
        for one in self.decisions:
            if one.id == decision_id:
                return one
        raise InputError("decision_not_there", id=decision_id)

    def digest(self, *kinds: str) -> str:
        """Return the hash of the decisions, or of those of some kinds; empty where there are none."""
        some = [one for one in self.decisions if not kinds or one.kind in kinds]
        return sha256_of([[one.kind, *one._cells()] for one in some]) if some else ""

    def add(self, decision: Decision) -> Decision:
        """Keep a decision, on disk at once; return it with its id.

        Raises
        ------
        InputError
            When it is none.
        OutputError
            When there is no place for it, or it cannot be written.
        """
        return self.add_all([decision])[0]

    def add_all(self, decisions: Iterable[Decision]) -> list[Decision]:
        """Keep several decisions at once, or none of them; see ``add``."""
        wanted = [one.checked() for one in decisions]
        with self._writing() as kept:
            taken = {one.id for one in kept}
            made = []
            for one in wanted:
                made.append(replace(one, id=_free_id(one, taken), undone=""))
                taken.add(made[-1].id)
            self._write([*kept, *made], {one.kind for one in made})
        return made

    def undo(self, decision_id: str, who: str, when: datetime) -> Decision:
        """Take a decision back; it stays readable.

        Raises
        ------
        InputError
            When there is none of that id, or it has been taken back before.
        """
        with self._writing() as kept:
            old = Curation(self.folder, kept).find(decision_id)
            if old.undone:
                raise InputError("decision_undone_before", id=decision_id, undone=old.undone)
            moment = when.astimezone(BANGKOK).isoformat(timespec="seconds")
            new = replace(old, undone=f"{moment} {_line(who)}".strip())
            self._write([new if one.id == decision_id else one for one in kept], {old.kind})
        return new

    @contextmanager
    def _writing(self) -> Iterator[list[Decision]]:
        """Hold the folder, and give what is kept there now: somebody else may have decided meanwhile."""
        if self.folder is None or not self.has_place:
            raise OutputError("curation_no_place")
        try:
            self.folder.mkdir(parents=True, exist_ok=True)
        except OSError as error:
            raise failure(error, self.folder) from error
        with _locked(self.folder):
            finish_replacing(self.folder)
            yield [one for kind in ACTIONS for one in _read(self.folder / f"{kind}.csv", kind)]

    def _write(self, decisions: list[Decision], kinds: set[str]) -> None:
        folder = self.folder
        if folder is None or not kinds:
            return
        with replacing_files(folder) as made:
            for kind in sorted(kinds):
                out = io.StringIO(newline="")
                writer = csv.writer(out, lineterminator="\n")
                writer.writerow(COLUMNS)
                writer.writerows(one._cells() for one in decisions if one.kind == kind)
                write_text(made / f"{kind}.csv", out.getvalue())
        self.decisions = tuple(one for kind in ACTIONS for one in decisions if one.kind == kind)


def _locked(folder: Path) -> AbstractContextManager[None]:
    return held(folder / LOCK, WAIT, OutputError("curation_busy", path=folder))


def _free_id(decision: Decision, taken: set[str]) -> str:
    """Return an id of a decision's own that no spreadsheet takes for a number."""
    text = "\x1f".join([decision.kind, *decision._cells()])
    number = 0
    while True:
        found = "d" + hashlib.sha256(f"{text}\x1f{number}".encode("utf-8", "surrogatepass")).hexdigest()[:7]
        if found not in taken:
            return found
        number += 1


def _read(path: Path, kind: str) -> Iterator[Decision]:
    """Yield the decisions of a file; no file has none."""
    try:
        text = path.read_text(encoding="utf-8-sig")
    except FileNotFoundError:
        return
    except (OSError, ValueError) as error:
        raise InputError("cannot_read", path=path, reason=error) from error
    csv.field_size_limit(LARGEST_WHOLE)  # what is split off may be thousands of passages
    reader = csv.DictReader(io.StringIO(text, newline=""), strict=True)
    try:
        for row in reader:
            values = {name: plain_cell(row.get(name) or "") for name in COLUMNS}
            yield _decision(values, kind)
    except (csv.Error, ValueError) as error:
        raise InputError("decision_bad_row", where=f"{path}:{reader.line_num}", reason=error) from error
    except InputError as error:
        raise InputError(
            "decision_bad_row",
            where=f"{path}:{reader.line_num}",
            reason_key=error.key,
            reason_details=error.details,
        ) from error


def _decision(values: dict[str, str], kind: str) -> Decision:
    if not values["id"].strip():
        raise InputError("decision_lacks", action=values["action"] or "-", what="id")
    first, _, second = values["anchors"].partition("|")
    when = values["when"].strip()
    return replace(
        Decision(
            kind,
            values["action"].strip(),
            values["target"],
            values["to"],
            tuple(map(unquote, first.split())),
            tuple(map(unquote, second.split())),
            values["note"],
            values["who"],
            datetime.fromisoformat(when).astimezone(BANGKOK) if when else None,
        ).checked(),
        id=values["id"].strip(),
        undone=values["undone"].strip(),
    )
