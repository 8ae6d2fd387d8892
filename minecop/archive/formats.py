"""Which reader reads what: by the ending of a name and by what stands in the first bytes."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from importlib import import_module

from minecop.archive.sources import Reader


def _anything(head: bytes) -> bool:
    return True


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes
    ----------
    name
        What it is called in lists of what can be read.
    endings
        Of its files' names, in small letters.
    module
        In ``minecop/archive/readers/``: holds ``read``, and is imported when the first file of the kind is met.
    accepts
        Tells by a file's first 16 KiB whether it is of this kind, where several kinds share an ending.
    """

    name: str
    endings: tuple[str, ...]
    module: str
    accepts: Callable[[bytes], bool] = _anything

    @property
    def reader(self) -> Reader:
        """What reads it."""
        read: Reader = import_module(f"minecop.archive.readers.{self.module}").read
        return read


FORMATS: tuple[Format, ...] = (
    Format("JSON Lines", (".jsonl", ".ndjson"), "jsonlines"),
    Format("text", (".txt", ".text"), "textpage"),
)
"""Every kind that can be read; of those that share an ending, the first that accepts a file reads it."""

KINDS = " ".join(dict.fromkeys(ending for known in FORMATS for ending in known.endings))
"""All endings, for messages."""


def format_of(ending: str, head: bytes) -> Format | None:
    """Return the format of a file by the ending of its name and its first bytes, or ``None``."""
    return next((known for known in FORMATS if ending in known.endings and known.accepts(head)), None)
