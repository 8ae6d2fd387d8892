"""What a long task tells about how far it is. The library tells; the command line shows."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TypeVar

Item = TypeVar("Item")


@dataclass(frozen=True, slots=True)
class Progress:
    """One event.

    Attributes
    ----------
    stage
        Name of the stage.
    done, total
        Units of work finished and in all; ``total`` is ``None`` where it is not known.
    note
        Why the stage runs, or that it was reused.
    finished
        True in the last event of a stage.
    """

    stage: str
    done: int = 0
    total: int | None = None
    note: str = ""
    finished: bool = False


Listener = Callable[[Progress], None]


def silent(event: Progress) -> None:
    """Listen to nothing."""


def counted(items: Iterable[Item], stage: str, total: int | None, listener: Listener) -> Iterator[Item]:
    """Yield items, telling the listener after each."""
    for done, item in enumerate(items, 1):
        yield item
        listener(Progress(stage, done, total))
