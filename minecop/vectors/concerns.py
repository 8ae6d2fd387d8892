"""The concerns that ship: invented ones, written by hand, each voiced by eight people in words as different as can be."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from minecop.core.jsonfolder import read_json_folder

FORMS = ("complaint", "story", "question", "wish", "aside", "case", "proposal", "note")
"""What voices 1-8 of a concern are."""


@dataclass(frozen=True, slots=True)
class ConcernVoice:
    """One voice of one concern.

    Attributes
    ----------
    concern
        ``<world>-<number>``: the eight voices of a concern have one.
    title
        Its neutral name.
    field
        What it is about, in a word or two.
    voice, form
        1-8, and what that is: ``FORMS``.
    kind
        ``post`` or ``comment``.
    role
        Who speaks.
    text
        What is said.
    """

    concern: str
    title: str
    field: str
    voice: int
    kind: str
    form: str
    role: str
    text: str

    @property
    def world(self) -> str:
        """The world that the writer was given; concerns of one world may be near neighbours."""
        return self.concern.split("-")[0]


def read_concerns(folder: Path) -> list[ConcernVoice]:
    """Read concerns: every ``.jsonl`` of a folder, in the order of names.

    Raises
    ------
    InputError
        When a line cannot be read; the message names it.
    """
    return read_json_folder(folder, lambda value: ConcernVoice(**value))
