"""The labelled passages that ship: invented ones, written by hand, with what each does, its step and its concern."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from minecop.core.jsonfolder import read_json_folder


@dataclass(frozen=True, slots=True)
class Labelled:
    """One labelled passage.

    Attributes
    ----------
    id
        ``<field>-<number>``.
    voice
        Who writes.
    kind
        ``post`` or ``comment``.
    title
        Of the post that it stands in.
    text
        The passage.
    acts
        What it does, ``None`` where it was read for its step alone: then nothing but that is known of it.
    tense
        ``planned``, ``doing``, ``done``, ``back`` (looking back with judgement) or ``none``.
    parts
        Of a lesson: verbatim pieces of the text, by ``problem``, ``action``, ``result``, ``why`` and ``advice``.
    voiced
        Verbatim pieces of the text in which it voices a concern, a wish or an aim; none where it voices nothing.
    step, second
        Steps of the process that it is about, 0 for none, ``None`` where readers differ.
    none
        Why it is about no step.
    concern
        Name of the concern that it voices: several voices have one name.
    facets
        Values of each facet that it was read for (``mission``, ``component``, ``knowledge``), ``None`` where readers differ.
    """

    id: str
    voice: str
    kind: str
    title: str
    text: str
    acts: frozenset[str] | None
    tense: str = "none"
    parts: Mapping[str, str] = field(default_factory=dict)
    voiced: Sequence[str] = ()
    step: int | None = 0
    second: int = 0
    none: str | None = None
    concern: str | None = None
    facets: Mapping[str, Sequence[str] | None] = field(default_factory=dict)

    @property
    def field(self) -> str:
        """The world that the writer belongs to."""
        return self.id.split("-")[0]


def read_labelled(folder: Path) -> list[Labelled]:
    """Read labelled passages: every ``.jsonl`` of a folder, in the order of names.

    Raises
    ------
    InputError
        When a line cannot be read; the message names it.
    """
    return read_json_folder(folder, _labelled)


def _labelled(value: dict[str, Any]) -> Labelled:
    acts = value["acts"]
    return Labelled(**value | {"acts": None if acts is None else frozenset(acts)})
