"""The documentation does what it says: Python examples run, commands are there with their options, links lead somewhere, references are fresh."""

import importlib.util
import os
import re
import shutil
import subprocess
import sys

import click
import pytest
from conftest import ROOT, SAMPLE

PYTHON_PAGE = ROOT / "docs" / "python.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def python_blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PYTHON_PAGE.read_text(encoding="utf-8"), re.M | re.S)


def needs(block: str) -> list[str]:
    return re.findall(r"^# needs (\w+)$", block, re.M)


@pytest.fixture(scope="module")
def workplace(sample_run, tmp_path_factory):
    """A folder as `minecop demo` leaves it in a checkout; the run of one's own finds what is not changed already there."""
    folder = tmp_path_factory.mktemp("work")
    shutil.copytree(SAMPLE, folder / "corpora" / "sample")
    for name in ("sample", "own"):
        shutil.copytree(sample_run.folder, folder / "outputs" / name)
    return folder


@pytest.mark.filterwarnings("ignore")
def test_docs_python_examples_run_in_order(workplace, monkeypatch, capsys):
    monkeypatch.chdir(workplace)
    names: dict = {}
    for block in python_blocks():
        if all(map(importlib.util.find_spec, needs(block))):
            exec(compile(block, "docs/python.md", "exec"), names)
    run, own = names["run"], names["own"]
    assert (workplace / "outputs" / "for-friends" / "headlines.md").read_text(encoding="utf-8").count("- ") >= 3
    assert (workplace / "to-share" / "report.html").is_file()
    assert len(names["passages"]) == len(names["vectors"]) == len(run.passages)
    assert names["archive"].posts[0].id == "1"
    # what the topics are called in BERTopic is what they are called in the run
    shown = list(names["topics"].get_topic_info()["CustomName"])
    assert set(shown[-len(run.topics) :]) == {topic.group.title for topic in run.topics}
    assert own.manifest["stages"]["vectors"]["about"] == {"model": "letters-2-4"}
    assert own.manifest["stages"]["topics"]["about"]["clusterer"].startswith("sklearn.cluster._kmeans.KMeans(")
    assert own.vectors.shape[1] == 512
    assert "people:" in capsys.readouterr().out


def test_docs_python_examples_are_typed(tmp_path):
    blocks = [block for block in python_blocks() if not needs(block)]
    (tmp_path / "examples.py").write_text("\n".join(blocks), encoding="utf-8")
    command = [sys.executable, "-m", "mypy", "--config-file", ROOT / "pyproject.toml", "--cache-dir", ROOT / ".mypy_cache"]
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    done = subprocess.run([*command, tmp_path / "examples.py"], capture_output=True, text=True, cwd=ROOT, env=environment)
    assert done.returncode == 0, done.stdout
