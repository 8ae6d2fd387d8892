"""The house: imports go one way, heavy libraries stay where they belong, messages and data are where they are said to be."""

import ast
import re
import subprocess
import sys
import tomllib
from pathlib import Path

import pytest
from conftest import ROOT

PACKAGE = ROOT / "minecop"
ORDER = [
    "core",
    "archive",
    "text",
    "vectors",
    "acts",
    "topics",
    "process",
    "insight",
    "curation",
    "report",
    "run",
    "explore",
    "cli",
]
HEAVY = ("torch", "bertopic", "sentence_transformers", "umap", "hdbscan", "transformers")


def modules(package: str) -> list[Path]:
    return sorted((PACKAGE / package).rglob("*.py"))


def imported(path: Path) -> set[str]:
    names = set()
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            names |= {alias.name for alias in node.names}
        elif isinstance(node, ast.ImportFrom) and node.module:
            names.add(node.module)
    return names


def test_architecture_every_package_has_its_place():
    found = {path.name for path in PACKAGE.iterdir() if path.is_dir() and not path.name.startswith(("_", "."))}
    assert found == set(ORDER)


@pytest.mark.parametrize("package", ORDER)
def test_architecture_imports_point_one_way(package):
    allowed = set(ORDER[: ORDER.index(package) + 1])
    for path in modules(package):
        for name in imported(path):
            parts = name.split(".")
            if parts[0] == "minecop" and len(parts) > 1:
                assert parts[1] in allowed, f"{path.name} of {package} imports {name}"


@pytest.mark.parametrize("package", [p for p in ORDER if p != "cli"])
def test_architecture_library_neither_prints_nor_exits_nor_knows_click(package):
    for path in modules(package):
        assert not {"click", "rich"} & {name.split(".")[0] for name in imported(path)}, path
        assert not re.search(r"\b(print|sys\.exit|exit)\(", path.read_text(encoding="utf-8")), path


def test_architecture_no_pickle_eval_or_shell():
    for path in PACKAGE.rglob("*.py"):
        assert not {"pickle", "joblib", "dill", "shelve"} & {name.split(".")[0] for name in imported(path)}, path
        assert not re.search(r"(?<![\w.])(eval|exec)\(|shell=True", path.read_text(encoding="utf-8")), path


def loaded_after(code: str) -> set[str]:
    listing = f"{code}\nimport sys\nsys.stdout.write('\\n' + ' '.join(sys.modules))"
    done = subprocess.run([sys.executable, "-c", listing], capture_output=True, text=True, cwd=ROOT, check=True)
    return {name.split(".")[0] for name in done.stdout.splitlines()[-1].split()}


def test_architecture_no_module_but_none_needs_torch_to_be_imported():
    names = [
        ".".join(path.relative_to(ROOT).with_suffix("").parts).removesuffix(".__init__")
        for path in PACKAGE.rglob("*.py")
        if path.name != "__main__.py"
    ]
    loaded = loaded_after("\n".join(f"import {name}" for name in names))
    assert not set(HEAVY) & loaded


def test_architecture_no_command_loads_torch(jsonl, tmp_path):
    """No stage of a run needs it, and everything on a finished run starts without it; nor BERTopic with what it loads beside itself."""
    source = jsonl([{"id": str(n), "author": f"p{n}", "body": f"น้ำไม่ไหลอีกแล้วครับ บ้านที่ {n} รอช่างอยู่"} for n in range(8)])
    folder = tmp_path / "run"

    assert {"torch", "umap"} <= loaded_after("import bertopic"), "this test would not notice torch"
    (tmp_path / "passages.csv").write_text("text\nน้ำไม่ไหล\n", encoding="utf-8")
    calls = (
        ("analyse", source, "-o", folder),
        ("report", source, "-o", folder),
        ("analyse", source, "-o", folder, "--process", "civic"),
        ("issues", folder),
        ("topics", folder),
        ("steps", folder, "--json"),
        ("compare", folder, folder),
        ("notes", folder),
        ("pack", folder),
        ("label", tmp_path / "passages.csv", "-o", tmp_path / "labels.jsonl"),
        ("import", source, "--to", tmp_path / "kept"),
    )
    code = f"""
import sys
from minecop.cli import main
for words in {[["minecop", *map(str, call)] for call in calls]!r}:
    sys.argv = words
    try:
        main()
    except SystemExit as stop:
        assert not stop.code, words
    assert not {set(HEAVY)!r} & {{name.split(".")[0] for name in sys.modules}}, words
import minecop
minecop.embed(["น้ำไม่ไหล"])
"""
    assert not set(HEAVY) & loaded_after(code)


def test_architecture_help_of_every_command_imports_next_to_nothing():
    """Half a second at most on any machine: click, the standard library, and of minecop what says what can be chosen."""
    code = """
from minecop.cli import COMMANDS, cli
import click

def calls(command, words):
    yield [*words, "--help"]
    if isinstance(command, click.Group):
        for name in command.list_commands(click.Context(command)):
            yield from calls(command.get_command(click.Context(command), name), [*words, name])

for call in calls(cli, []):
    assert cli.main(call, standalone_mode=False) == 0, call
"""
    libraries = {
        re.split("[^a-z0-9-]", line, maxsplit=1)[0].replace("-", "_")
        for line in tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]["dependencies"]
    } - {"click"}
    modules = {"sklearn", "docx", "pycrfsuite", "nlpo3", "sqlite3", "multiprocessing"}
    assert "numpy" in libraries
    assert sorted((libraries | modules | {*HEAVY}) & loaded_after(code)) == []


def test_architecture_what_only_looks_at_a_run_starts_without_what_fits_it():
    code = "import minecop.run.pipeline, minecop.run.loading, minecop.report.rendering, minecop.run.exporting"
    assert not {*HEAVY, "sklearn", "pandas"} & loaded_after(code)
