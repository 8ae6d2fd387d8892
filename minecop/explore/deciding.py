"""Decisions that people take in the browser: seen first, kept beside the archive, and shown at once."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime
from functools import cached_property
from threading import Lock
from typing import Any

from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.curation.applying import curated
from minecop.curation.decisions import Curation, Decision
from minecop.curation.making import decide
from minecop.explore.index import Index, make_index
from minecop.explore.words import PageWords
from minecop.insight.analysis import Analysis
from minecop.report.decided import ruling_view
from minecop.run.loading import load_analysis
from minecop.run.opening import Run

UNDO = "undo"

_NOT_KEPT = "-"
"""Id of a decision that is only looked at."""

_OUTCOME = ("state", "state_words", "why")
"""What a view of a decision says of what becomes of it."""


@dataclass(frozen=True)
class Wanted:
    """What somebody wants to decide.

    Attributes
    ----------
    kind, action, target, to, note
        See ``curation.decisions.Decision``; of ``undo``, the target is the id of a decision.
    who
        Who decides.
    rows
        Of a split: of the passages that leave.
    """

    kind: str
    action: str
    target: str
    to: str = ""
    note: str = ""
    who: str = ""
    rows: tuple[int, ...] = ()


class Desk:
    """Takes decisions on a run, one at a time.

    Parameters
    ----------
    run
        A finished run.
    read
        Reads what has been decided so far: somebody else may decide meanwhile.
    """

    def __init__(self, run: Run, read: Callable[[], Curation]) -> None:
        self._run = run
        self._read = read
        self._lock = Lock()

    @cached_property
    def _found(self) -> Analysis:
        """The run as the machine found it; read when somebody first decides something."""
        return load_analysis(self._run)

    def seen(self, wanted: Wanted, words: PageWords) -> dict[str, Any]:
        """Return what a decision would do, in words, without keeping it.

        Raises
        ------
        InputError
            When it cannot be decided so.
        """
        with self._lock:
            curation = self._read()
            if wanted.action == UNDO:
                old = curation.find(wanted.target)
                if old.undone:
                    raise InputError("decision_undone_before", id=old.id, undone=old.undone)
                without = [replace(one, undone="-") if one is old else one for one in curation.decisions]
                after = self._view(Curation(None, without), old.id, words)
                return self._view(curation, old.id, words) | {name: after[name] for name in _OUTCOME}
            made = replace(self._made(curation, wanted), id=_NOT_KEPT)
            return self._view(Curation(None, [*curation.decisions, made]), _NOT_KEPT, words)

    def keep(self, wanted: Wanted) -> tuple[str, Index]:
        """Keep a decision; return its id, and the index as it is shown from now on.

        Raises
        ------
        InputError
            When it cannot be decided so.
        OutputError
            When it cannot be kept.
        """
        with self._lock:
            curation, now = self._read(), datetime.now(BANGKOK).replace(microsecond=0)
            if wanted.action == UNDO:
                kept = curation.undo(wanted.target, wanted.who, now)
            else:
                kept = curation.add(replace(self._made(curation, wanted), when=now))
            curation = self._read()
            return kept.id, make_index(self._run, curated(self._found, curation), curation.digest())

    def _made(self, curation: Curation, wanted: Wanted) -> Decision:
        shown = curated(self._found, curation)
        passages = [voice.passage_id for voice in self._found.voices.among(wanted.rows)]
        what = (wanted.kind, wanted.action, wanted.target, wanted.to)
        return decide(shown, *what, passages=passages, note=wanted.note, who=wanted.who)

    def _view(self, curation: Curation, decision: str, words: PageWords) -> dict[str, Any]:
        shown = curated(self._found, curation)
        return next(ruling_view(shown, one, words) for one in shown.human.rulings if one.id == decision)
