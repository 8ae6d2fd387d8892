"""What was found on looking at an installation, a machine, a run or an archive: how it is, and what to do about it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Literal

from minecop.core.messages import message

State = Literal["good", "notable", "broken"]
"""Well; not as well as it could be; such that something that is needed cannot work."""


@dataclass(frozen=True, slots=True)
class Check:
    """One thing that was looked at.

    Attributes
    ----------
    name
        Of the thing. The words are the message ``doctor_<name>``.
    state
        How it is.
    details
        Values of the names in braces in its words.
    to_do
        Key of the message that says what to do; empty where nothing is to be done.
    """

    name: str
    state: State = "good"
    details: dict[str, object] = field(default_factory=dict)
    to_do: str = ""

    def text(self, lang: str) -> str:
        """Return what was found, in words."""
        return message(f"doctor_{self.name}", lang, **self.details)

    def advice(self, lang: str) -> str:
        """Return what to do about it, in words; empty where nothing is to be done."""
        return message(f"doctor_{self.to_do}", lang, **self.details) if self.to_do else ""


def gigabytes(size: float) -> str:
    """Return a size for readers."""
    return f"{size / 1e9:,.1f} GB"
