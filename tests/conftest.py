"""What several test files share."""

from __future__ import annotations

import csv
import json
import os
from collections import defaultdict
from dataclasses import replace
from pathlib import Path

import pyarrow as pa
import pytest

# Threads of BLAS only slow small matrices down; fixed here so that every machine runs the same sums.
os.environ.setdefault("OMP_NUM_THREADS", "1")

ROOT = Path(__file__).resolve().parent.parent
SAMPLE = ROOT / "corpora" / "sample"
FOUNDING = ROOT.parent / "shared" / "seed" / "000_960f96b41686c577.txt"


@pytest.fixture
def founding_document() -> Path:
    """The post that started it all; it is not part of the project."""
    if not FOUNDING.is_file():
        pytest.skip("the founding document is not beside this checkout")
    return FOUNDING


@pytest.fixture
def jsonl(tmp_path):
    """Write posts as JSON Lines and return the path."""

    def write(posts: list[dict], name: str = "posts.jsonl") -> Path:
        path = tmp_path / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("".join(json.dumps(p, ensure_ascii=False) + "\n" for p in posts), encoding="utf-8")
        return path

    return write


@pytest.fixture
def minecop(monkeypatch, capsys):
    """Run the command line as a user does; return exit code, standard output and standard error."""
    from minecop.cli import main

    def run(*arguments: object) -> tuple[int, str, str]:
        monkeypatch.setattr("sys.argv", ["minecop", *map(str, arguments)])
        try:
            main()
            code = 0
        except SystemExit as stop:
            code = int(stop.code or 0)
        captured = capsys.readouterr()
        return code, captured.out, captured.err

    return run


@pytest.fixture(scope="session")
def observed_sample_run(tmp_path_factory):
    """A run of the sample archive, and what its insight stage was given."""
    from minecop.archive.store import iterate_posts
    from minecop.insight.finding import find_insight
    from minecop.run.pipeline import analyse

    given = {}

    def find(**inputs):
        # what comes in pieces, and out of a file that is closed again, is kept whole
        words = pa.concat_tables(inputs["words"])
        given.update(inputs | {"words": words, "vectors": inputs["vectors"][:], "folder": None})
        return find_insight(**inputs | {"words": [words]})

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minecop.run.stages.find_insight", find)
        run = analyse(SAMPLE, tmp_path_factory.mktemp("sample") / "run")
    return run, given | {"posts": list(iterate_posts(run.stage_folder("archive")))}


@pytest.fixture(scope="session")
def sample_run(observed_sample_run):
    """A finished run of the sample archive, for all who only look at it."""
    return observed_sample_run[0]


@pytest.fixture(scope="session")
def sample_inputs(observed_sample_run):
    """What the insight stage of that run was given."""
    return observed_sample_run[1]


@pytest.fixture(scope="session")
def sample_analysis(sample_run):
    """The sample archive as a report sees it; everything is compared by community and period."""
    from minecop.run.loading import load_analysis

    return replace(load_analysis(sample_run), compare_by=("community", "period"))


@pytest.fixture(scope="session")
def masked_analysis(sample_run, sample_analysis, tmp_path_factory):
    """The same, with masks and pseudonyms."""
    from minecop.run.masking import with_privacy

    key = tmp_path_factory.mktemp("key") / "key.json"
    return with_privacy(sample_analysis, sample_run, key, mask=True, pseudonyms=True)


@pytest.fixture(scope="session")
def empty_analysis(tmp_path_factory):
    """A single post of thanks, by nobody knows whom, in which there is nothing to find."""
    from minecop.run.loading import load_analysis
    from minecop.run.pipeline import analyse

    folder = tmp_path_factory.mktemp("empty")
    (folder / "posts.jsonl").write_text('{"body": "ขอบคุณครับ"}\n', encoding="utf-8")
    return load_analysis(analyse(folder / "posts.jsonl", folder / "run"))


@pytest.fixture(scope="session")
def truth():
    """Marked spans by post and comment."""
    spans = defaultdict(list)
    with (SAMPLE / "truth.csv").open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            where = row["post"], int(row["comment"]) if row["comment"] else None
            spans[where].append((int(row["start"]), int(row["end"]), row["what"]))
    return spans


def average_precision_of(vectors, labels, what) -> float:
    """Average precision of ranking, for each passage that says something, the others that do among all."""
    from minecop.vectors.measuring import mean_average_precision

    return mean_average_precision(vectors, [label if label == what else f"{n}" for n, label in enumerate(labels)])


def said(truth, post, comment, start, end, *, whole=("series", "event", "explainer", "platform", "courtesy")) -> str:
    """What a passage was written to say: the mark that covers the larger part of it, or 40 characters at least."""
    for begin, stop, what in truth[post, comment]:
        shared = min(stop, end) - max(begin, start)
        if shared >= min(40, 0.5 * min(stop - begin, end - start)) and what not in whole:
            return what
    return ""
