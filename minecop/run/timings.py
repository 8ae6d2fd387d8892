"""What each stage of a run took when it was made, in ``timings.json``: the one file of a run that differs between equal runs."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from minecop.core.files import read_sealed, write_sealed
from minecop.core.measuring import Taken, measured
from minecop.core.progress import Listener, Progress

TIMINGS = "timings.json"

_MEGABYTE = 1_000_000


def read_timings(folder: Path) -> dict[str, Any]:
    """Return what a run's folder tells of how long it took; nothing where there is nothing that can be read."""
    try:
        return read_sealed(folder / TIMINGS)
    except (OSError, ValueError):
        return {}


def is_timed(folder: Path) -> bool:
    """Tell whether a folder is that of a run of which it is known how long it took."""
    return (folder / TIMINGS).is_file() and (folder / "stages").is_dir()


def made_by(taken: Taken, characters: int | None = None, parts: Mapping[str, float] | None = None) -> dict[str, Any]:
    """Return what is to be said of how something was made.

    Parameters
    ----------
    taken
        What it took.
    characters
        Of text that were read; ``None`` where it reads none.
    parts
        Seconds of parts of it that are worth their own line.
    """
    quick = characters is not None and taken.seconds > 0
    return {
        "seconds": round(taken.seconds, 3),
        "characters_per_second": round((characters or 0) / taken.seconds) if quick else None,
        "memory_mb": round(taken.memory / _MEGABYTE),
        "workers_memory_mb": round(taken.workers / _MEGABYTE),
        "parts": {name: round(seconds, 3) for name, seconds in (parts or {}).items()},
    }


def write_timings(folder: Path, source: Path, lines: Sequence[dict[str, Any]], workers: int) -> None:
    """Write the lines of stages; a reused one keeps what it took when it was made, and one not yet reached its earlier line."""
    earlier = read_timings(folder)
    before = {line["stage"]: line for line in earlier.get("stages", ())}
    shown = {
        line["stage"]: line
        | {"made": before.get(line["stage"], {}).get("made") if line["reused"] else line["made"] | {"workers": workers}}
        for line in lines
    }
    left = [line for name, line in before.items() if name not in shown]
    report = {"report": earlier["report"]} if "report" in earlier else {}
    stages = [*shown.values(), *left]
    write_sealed(folder / TIMINGS, {"source": str(source.resolve()), "stages": stages, **report, "workers": workers})


@contextmanager
def timing_report(folder: Path) -> Iterator[dict[str, bool]]:
    """Measure the writing of a run's report and add it to the timings; the block says in what it gets whether it was ``reused``."""
    said = {"reused": False}
    with measured() as taken:
        yield said
    values = read_timings(folder)
    made = values.get("report", {}).get("made") if said["reused"] else made_by(taken) | {"workers": 1}
    line = {"stage": "report", "reused": said["reused"], "seconds": round(taken.seconds, 3), "made": made}
    write_sealed(folder / TIMINGS, values | {"report": line})


def timing_parts(listener: Listener, parts: dict[str, float]) -> Listener:
    """Return a listener that also notes the seconds between the first and the last event of each part of a stage that says when it ends."""
    begun: dict[str, float] = {}

    def listen(event: Progress) -> None:
        now = time.perf_counter()
        start = begun.setdefault(event.stage, now)
        if event.finished:
            parts[event.stage] = now - start
        listener(event)

    return listen
