"""The documentation does what it says: Python examples run, commands are there with their options, links lead somewhere, references are fresh."""

import importlib.util
import os
import re
import shlex
import shutil
import subprocess
import sys
from pathlib import Path

import click
import pytest
from conftest import ROOT, SAMPLE

import minecop
from minecop.cli import COMMANDS
from minecop.cli.reference import commands, reference

PYTHON_PAGE = ROOT / "docs" / "python.md"
PAGES = [ROOT / "README.md", *sorted((ROOT / "docs").rglob("*.md"))]


def python_blocks() -> list[str]:
    return re.findall(r"^```python\n(.*?)^```", PYTHON_PAGE.read_text(encoding="utf-8"), re.MULTILINE | re.DOTALL)


def needs(block: str) -> list[str]:
    return re.findall(r"^# needs (\w+)$", block, re.MULTILINE)


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
    assert own.topics[0].group.title == "เรื่องของวงเรา"
    assert [bool(one.undone) for one in own.curation.decisions] == [True]
    assert minecop.open_run(own.folder).topics[0].group.title != "เรื่องของวงเรา"
    assert not SAMPLE.with_name("sample.curation").exists()
    assert "people:" in capsys.readouterr().out


def test_docs_python_examples_are_typed(tmp_path):
    blocks = [block for block in python_blocks() if not needs(block)]
    (tmp_path / "examples.py").write_text("\n".join(blocks), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "mypy",
        "--config-file",
        ROOT / "pyproject.toml",
        "--cache-dir",
        ROOT / ".mypy_cache",
    ]
    environment = os.environ | {"MYPYPATH": str(ROOT)}
    done = subprocess.run(
        [*command, tmp_path / "examples.py"], capture_output=True, text=True, cwd=ROOT, env=environment
    )
    assert done.returncode == 0, done.stdout


def test_docs_reference_is_what_the_help_says():
    assert (ROOT / "docs" / "reference.md").read_text(encoding="utf-8") == reference(), "make docs"


def calls_in(page: Path) -> list[list[str]]:
    """Every call of minecop that a page spells out in a block of commands, without what is only shown there."""
    text = page.read_text(encoding="utf-8")
    lines = "\n".join(re.findall(r"^ *```(?:sh|powershell)\n(.*?)^ *```", text, re.MULTILINE | re.DOTALL)).splitlines()
    found = [
        re.match(r"\s*(?:\S*[\\/])?minecop (?=[a-z-])(.*)", re.sub(r"\"?\$\(.*\)\"?", "X", line)) for line in lines
    ]
    return [shlex.split(re.split(r" [|>]", match[1])[0], comments=True) for match in found if match]


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_docs_commands_are_there_with_their_options(page):
    by_name = dict(commands())
    for words in calls_in(page):
        call = ["minecop"]
        while words and " ".join([*call, words[0]]) in by_name:
            call.append(words.pop(0))
        command = by_name[" ".join(call)]
        if command is by_name["minecop"]:
            assert words == ["--help"] or words == ["--version"], words
            continue
        if isinstance(
            command, click.Group
        ):  # its first word is a run: what follows is a command of it, or it shows the run
            below = next((word for word in words if word in command.commands), "show")
            words = words[words.index(below) + 1 :] if below in words else words
            command = command.commands.get(below, command)
        context = click.Context(command, **command.context_settings)
        command.make_parser(context).parse_args(words)


@pytest.mark.parametrize("page", PAGES, ids=lambda page: page.relative_to(ROOT).as_posix())
def test_docs_links_lead_somewhere(page):
    text = re.sub(r"^```.*?^```", "", page.read_text(encoding="utf-8"), flags=re.MULTILINE | re.DOTALL)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if re.match(r"[a-z]+:", target):
            continue
        path, _, anchor = target.partition("#")
        there = (page.parent / path).resolve() if path else page
        assert there.exists(), target
        if anchor and there.suffix == ".md":
            heads = re.findall(r"^#+ (.*)$", there.read_text(encoding="utf-8"), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w\u0e00-\u0e7f\- ]", "", head.lower()).replace(" ", "-") for head in heads}, (
                target
            )


def test_docs_every_command_is_written_about():
    texts = "\n".join(page.read_text(encoding="utf-8") for page in PAGES if page.name != "reference.md")
    for name in COMMANDS:
        assert f"minecop {name}" in texts, name
