"""Seconds and peak memory of ``minecop report``, stage by stage, in archives of growing size: ``python -m tests.benchmarks.bench_scale 1000 10000``.

The command is run as users run it, by itself, with every stage on and two workers. Archives are those of ``scaled.py``. Beside it, at the sizes of
``--plain``, the same chain as one would write it from the documentation of the libraries (``plain_chain.py``).
"""

import argparse
import json
import math
import os
import shutil
import sys
import tempfile
from dataclasses import dataclass
from itertools import pairwise
from pathlib import Path

from minecop.run.stages import STAGES
from tests.benchmarks.measured import can_measure, measure
from tests.benchmarks.scaled import DATA, build

HERE = Path(__file__).parent
NAMES = [stage.name for stage in STAGES]
START, CLOSE, REPORT, EXIT, ALL = "start", "close", "report", "exit", "in all"
LINES = [START, *NAMES, CLOSE, REPORT, EXIT, ALL]
ONE_THREAD = {"OMP_NUM_THREADS": "1"}
"""As in the tests: what BLAS does here is too small to be shared among threads."""


@dataclass(frozen=True)
class Scale:
    """What the report of one archive took: seconds of the clock and of processors, and megabytes, by stage and in all."""

    posts: int
    characters: int
    seconds: dict[str, float]
    processor: dict[str, float]
    megabytes: dict[str, float]


def report(archive, folder, counts, workers=2):
    """Run ``minecop report`` on an archive, and tell what it took.

    Beside the stages, ``start`` is loading modules, ``close`` ending the worker processes and publishing the tables, ``report`` loading the run and writing its
    files, ``exit`` what is left until the process has ended. What is being done is seen from outside, by the files that are there.
    """

    def doing():
        if not (folder / ".lock").is_file():
            return START
        unfinished = (name for name in NAMES if not (folder / "stages" / name / "stage.json").is_file())
        files = ((CLOSE, "run.json"), (REPORT, "sources.bib"))
        return next(unfinished, None) or next((what for what, file in files if not (folder / file).is_file()), EXIT)

    command = [sys.executable, "-m", "minecop", "report", archive, "-o", folder, "--workers", workers, "--lang", "en"]
    taken = measure(command, doing, ONE_THREAD)
    timings = folder / "timings.json"
    seconds = {row["stage"]: row["seconds"] for row in json.loads(timings.read_text(encoding="utf-8"))["stages"]}
    began, closed, written = ((folder / name).stat().st_mtime for name in (".lock", "run.json", "sources.bib"))
    seconds[START] = began - taken.began
    seconds[CLOSE] = closed - (folder / "stages" / NAMES[-1] / "stage.json").stat().st_mtime
    seconds[REPORT], seconds[EXIT] = written - closed, taken.ended - written
    seconds[ALL] = taken.seconds
    seen = [
        {ALL if name is None else name: much for name, much in one.items()} for one in (taken.processor, taken.peak)
    ]
    return Scale(counts["posts"], counts["characters"], seconds, *seen)


def plain(archive, folder, labelled):
    """Run the plain chain on an archive; return what it took, and the seconds of its imports and of each of its steps."""
    taken = measure([sys.executable, HERE / "plain_chain.py", archive, folder, labelled], environment=ONE_THREAD)
    return taken, json.loads(taken.output.splitlines()[-1])


def show(scale):
    """Print what the report of one archive took."""
    print(f"\n{scale.posts:,} posts, {scale.characters:,} characters")
    print(f"{'stage':<10}{'seconds':>10}{'share':>8}{'characters/s':>14}{'processor s':>13}{'peak MB':>10}")
    for name in LINES:
        seconds = scale.seconds.get(name, 0.0)
        print(
            f"{name:<10}{seconds:>10,.1f}{seconds / scale.seconds[ALL]:>8.0%}"
            f"{scale.characters / max(seconds, 0.001):>14,.0f}{scale.processor.get(name, 0):>13,.1f}"
            f"{scale.megabytes.get(name, 0):>10,.0f}"
        )


def show_growth(scales):
    """Print how seconds and memory grow from each size to the next: the slope between two points on logarithmic axes.

    1 is proportional to the characters, 2 to their square.
    """
    pairs = list(pairwise(scales))
    print("\nExponent of growth of seconds (of peak memory), from one size to the next")
    print(f"{'stage':<10}" + "".join(f"{f'{a.posts:,} - {b.posts:,}':>24}" for a, b in pairs))
    for name in LINES:
        cells = [
            f"{_slope(a, b, a.seconds, b.seconds, name):.2f} ({_slope(a, b, a.megabytes, b.megabytes, name):.2f})"
            for a, b in pairs
        ]
        print(f"{name:<10}" + "".join(f"{cell:>24}" for cell in cells))


def _slope(one, other, before, after, name):
    small, large = before.get(name, 0), after.get(name, 0)
    if small <= 0 or large <= 0:
        return math.nan
    return math.log(large / small) / math.log(other.characters / one.characters)


def show_beside(scale, taken, told):
    """Print what the plain chain took, and how many times as much that is."""
    imports = told.pop("imports")
    print(
        f"\nThe plain chain, {scale.posts:,} posts: {told.pop('passages'):,} passages, {told.pop('issues found'):,} topics"
    )
    print(", ".join(f"{name} {seconds:,.1f} s" for name, seconds in told.items()) + f", imports {imports:,.1f} s")
    ours = scale.seconds[ALL]
    rows = (
        ("seconds, imports included", taken.seconds, ours),
        ("seconds, imports excluded", taken.seconds - imports, ours - scale.seconds[START]),
        ("seconds of processors", taken.processor[None], scale.processor[ALL]),
        ("peak MB", taken.peak[None], scale.megabytes[ALL]),
    )
    print(f"{'':<28}{'plain':>10}{'minecop':>10}{'ratio':>8}")
    for what, theirs, own in rows:
        print(f"{what:<28}{theirs:>10,.1f}{own:>10,.1f}{theirs / own:>8.2f}")


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("sizes", type=int, nargs="*", default=[1_000, 10_000, 100_000], help="posts")
    parser.add_argument("--workers", type=int, default=2)
    parser.add_argument("--plain", type=int, nargs="*", default=[1_000, 10_000], help="posts, for the plain chain too")
    parser.add_argument("--keep", type=Path, help="folder for archives and runs, which are built once and stay")
    asked = parser.parse_args()
    if not DATA.is_dir():
        sys.exit("The real texts are not beside this checkout.")
    if not can_measure():
        sys.exit("Memory is measured where Linux tells it.")
    print(f"{os.cpu_count()} processors, {asked.workers} workers; memory: proportional set size of all processes")
    scales = []
    with tempfile.TemporaryDirectory() as temporary:
        work = asked.keep or Path(temporary)
        for size in sorted(asked.sizes):
            archive, folder = work / f"archive-{size}", work / f"run-{size}"
            counts = built(archive, size)
            shutil.rmtree(folder, ignore_errors=True)  # every stage is to run
            scales.append(report(archive, folder, counts, asked.workers))
            show(scales[-1])
            if size in asked.plain:
                labelled = HERE.parents[1] / "corpora/labelled"
                show_beside(scales[-1], *plain(archive, work / f"plain-{size}", labelled))
            if not asked.keep:
                shutil.rmtree(folder)
                shutil.rmtree(archive)
    if len(scales) > 1:
        show_growth(scales)


def built(archive, size):
    """Return what an archive holds, which is built where it is not there."""
    about = archive.with_suffix(".json")
    if not about.is_file():
        about.write_text(json.dumps(build(archive, size)))
    return json.loads(about.read_text())


if __name__ == "__main__":
    main()
