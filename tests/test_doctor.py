"""``minecop doctor``: what is missing, broken or small is told, with what to do, and never by a traceback."""

import json
import subprocess
import sys
from importlib.metadata import PackageNotFoundError
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE
from filelock import FileLock

from minecop.core.messages import LANGUAGES
from minecop.run import installation, machine
from minecop.run.checks import Check
from minecop.run.condition import examine


@pytest.fixture(autouse=True)
def quick(monkeypatch, request):
    """Loading thirty libraries is looked at in one test."""
    if "libraries" not in request.node.name:
        monkeypatch.setattr("minecop.run.installation.loaded", lambda modules: dict.fromkeys(modules, ""))


def checks_of(minecop, *arguments) -> tuple[int, dict[str, dict[str, str]]]:
    code, out, err = minecop("doctor", *arguments, "--json")
    assert err == ""
    values = json.loads(out)
    assert values["ok"] == (code == 0)
    return code, {check["name"]: check for check in values["checks"]}


def test_doctor_finds_this_installation_whole(minecop):
    code, checks = checks_of(minecop)
    assert code == 0
    assert {"python", "minecop", "libraries", "shipped", "writable", "disk"} <= set(checks)
    assert "broken" not in {check["state"] for check in checks.values()}


def test_doctor_says_in_both_languages_what_and_what_to_do(minecop, monkeypatch):
    monkeypatch.setattr("minecop.run.installation.find_browser", lambda: None)
    monkeypatch.setattr("minecop.run.machine.terminal_encoding", lambda: "utf-8")
    code, out, _ = minecop("doctor")
    assert code == 0
    assert "! ไม่พบ Chrome, Edge, Chromium หรือ Brave จึงใช้ --pdf ไม่ได้\n    → ติดตั้งตัวใดตัวหนึ่ง" in out
    assert "✓ minecop 0.1.0" in out
    assert out.splitlines()[-1].startswith("ใช้งานได้")
    assert "! no Chrome, Edge, Chromium or Brave was found" in minecop("doctor", "--lang", "en")[1]


def test_doctor_marks_are_ascii_where_the_terminal_is_not_utf8(minecop, monkeypatch):
    monkeypatch.setattr("minecop.run.machine.terminal_encoding", lambda: "ANSI_X3.4-1968")
    out = minecop("doctor", "--lang", "en")[1]
    assert "[ok] minecop" in out
    assert "[!] the terminal reads ANSI_X3.4-1968" in out
    assert out.isascii()


def test_libraries_that_do_not_load_are_told_and_the_others_still_looked_at(tmp_path, monkeypatch):
    (tmp_path / "broken_one.py").write_text("raise ImportError('DLL load failed')")
    (tmp_path / "deadly.py").write_text("import os\nos._exit(3)")
    (tmp_path / "well.py").write_text("")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    reasons = installation.loaded(["broken_one", "deadly", "nowhere_to_be_found", "well"])
    assert list(reasons) == ["broken_one", "deadly", "nowhere_to_be_found", "well"]
    assert reasons["broken_one"] == "ImportError: DLL load failed"
    assert reasons["deadly"] == "exit code 3"
    assert "nowhere_to_be_found" in reasons["nowhere_to_be_found"]
    assert reasons["well"] == ""


def test_libraries_of_this_environment_load():
    assert [check.name for check in installation.check_libraries()] == ["libraries"]


def test_doctor_tells_a_library_that_is_missing_old_or_broken(minecop, monkeypatch):
    def version(name: str) -> str:
        if name == "lxml":
            raise PackageNotFoundError(name)
        return "0.1" if name == "numpy" else "25.0"

    lines = ["numpy>=2", "lxml>=5.3", "pyarrow>=18", 'nlpo3<2,>=1.3; extra == "fast"']
    monkeypatch.setattr("minecop.run.installation.requires", lambda _: lines)
    monkeypatch.setattr("minecop.run.installation.version", version)
    monkeypatch.setattr("minecop.run.installation.loaded", lambda _: {"pyarrow": "ImportError: no libarrow"})
    code, checks = checks_of(minecop, "--lang", "en")
    assert code == 1
    assert checks["library_unfit"]["text"] == "numpy 0.1 is not the version that is needed (numpy>=2)"
    assert 'pip install "lxml>=5.3"' in checks["library_missing"]["to_do"]
    assert "no libarrow" in checks["library_broken"]["text"]
    assert "--force-reinstall" in checks["library_broken"]["to_do"]
    assert minecop("doctor")[1].splitlines()[-1].startswith("มี 3 เรื่องที่ต้องแก้ก่อน")


def test_doctor_needs_no_library_but_click():
    """It starts where every other one is missing, and says so."""
    code = """
import sys
class Missing:
    def find_spec(self, name, path=None, target=None):
        if name.split(".")[0] in {"numpy", "pyarrow", "psutil", "packaging", "rich", "filelock", "jinja2", "pythainlp", "scipy"}:
            raise ModuleNotFoundError(name)
sys.meta_path.insert(0, Missing())
sys.argv = ["minecop", "doctor", "--lang", "en", "--json"]
import minecop.run.installation as installation
installation.loaded = lambda modules: {"pyarrow": "ModuleNotFoundError: pyarrow"}
from minecop.cli import main
main()
"""
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, cwd=ROOT, check=False, encoding="utf-8")
    assert done.returncode == 1, done.stderr
    checks = {check["name"]: check for check in json.loads(done.stdout)["checks"]}
    assert checks["library_broken"]["text"].startswith("pyarrow")
    assert checks["memory_unknown"]["state"] == "notable"


def test_shipped_files_that_are_cut_off_missing_or_pointers_are_told(tmp_path, monkeypatch):
    root = tmp_path / "shipped"
    for kind, name in installation._SHIPPED:
        source = ROOT / kind / name
        for path in source.rglob("*"):
            if path.is_file():
                target = root / kind / name / path.relative_to(source)
                target.parent.mkdir(parents=True, exist_ok=True)
                target.hardlink_to(path)
    monkeypatch.setattr("minecop.run.installation.shipped", lambda *parts: root.joinpath(*parts))
    assert installation.check_shipped().state == "good"

    def replace(name: str, content: bytes) -> None:
        (root / name).unlink()
        (root / name).write_bytes(content)

    whole = (root / "models/steps/steps.safetensors").read_bytes()
    replace("models/steps/steps.safetensors", whole[:-1])
    replace("models/acts/acts.safetensors", b"version https://git-lfs.github.com/spec/v1\noid sha256:4d7a\n")
    replace("models/anchors/anchors.json", b'{"half": ')
    replace("corpora/sample/farms.jsonl", b"")
    (root / "models/facets/mission.safetensors").unlink()
    check = installation.check_shipped()
    assert check.state == "broken"
    names = str(check.details["names"]).split(", ")
    assert sorted(names) == [
        "corpora/sample/farms.jsonl",
        "models/acts/acts.safetensors",
        "models/anchors/anchors.json",
        "models/facets/mission.safetensors",
        "models/steps/steps.safetensors",
    ]


def test_shipped_lists_every_model_file_that_the_checkout_has():
    for (kind, name), needed in installation._SHIPPED.items():
        if kind == "models":
            there = {path.name for path in (ROOT / kind / name).iterdir()} - {"README.md"}
            assert there == set(needed), name


@pytest.mark.parametrize(
    ("files", "font"),
    [
        (["THSarabunNew Bold.ttf", "Sarabun-Regular.ttf"], "TH Sarabun New"),
        (["thai/Sarabun-Light.otf"], "Sarabun"),
        (["arial.ttf", "sarabun.txt"], None),
    ],
)
def test_fonts_are_found_by_the_names_of_their_files(tmp_path, files, font):
    for name in files:
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_bytes(b"")
    check = installation.check_fonts([tmp_path])
    assert check.details.get("name") == font
    assert check.state == ("good" if font else "notable")


def test_font_folders_of_each_system(tmp_path):
    own = tmp_path / "AppData" / "Local" / "Microsoft" / "Windows" / "Fonts"
    mac, linux = tmp_path / "Library" / "Fonts", tmp_path / ".local" / "share" / "fonts"
    for folder in (own, mac, linux, tmp_path / "Windows" / "Fonts"):
        folder.mkdir(parents=True)
    windows = {"WINDIR": str(tmp_path / "Windows"), "LOCALAPPDATA": str(tmp_path / "AppData" / "Local")}
    assert installation.font_folders("win32", windows) == [tmp_path / "Windows" / "Fonts", own]
    assert mac in installation.font_folders("darwin", {"HOME": str(tmp_path)})
    assert linux in installation.font_folders("linux", {"HOME": str(tmp_path)})


def test_machine_with_little_memory_or_disk(monkeypatch, tmp_path):
    monkeypatch.setattr("minecop.run.machine.memory", lambda: (1e9, 4e9))
    needs = machine.Needs(40_000_000)
    check = machine.check_memory(needs)
    assert (check.name, check.state) == ("memory_low", "notable")
    assert check.details["needed"] == "1.5 GB"
    assert machine.check_processors().details["workers"] == 1
    check = machine.check_disk(tmp_path, machine.Needs(10**15))
    assert (check.name, check.state) == ("disk_low", "broken")


def test_machine_estimates_grow_with_memory_and_claim_no_more_than_was_measured():
    assert machine.posts_that_fit(1e9) == 0
    assert 10_000 < machine.posts_that_fit(1.5e9) < machine.posts_that_fit(2e9) < 100_000
    assert machine.posts_that_fit(1e13) == 100_000
    assert machine.proposed_workers(8, 16e9, 2e9) == 8
    assert machine.proposed_workers(8, 3.3e9, 2e9) == 2
    assert machine.proposed_workers(8, 1e9, 2e9) == 1


def test_output_that_cannot_be_written_is_told(tmp_path, monkeypatch):
    assert machine.check_output(tmp_path / "not" / "yet").state == "good"
    assert list(tmp_path.iterdir()) == []

    def refuse(**_):
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr("minecop.run.machine.tempfile.TemporaryFile", refuse)
    check = machine.check_output(tmp_path)
    assert check.state == "broken"
    assert "Permission denied" in check.text("en")


def named(place: Path) -> dict[str, Check]:
    return {check.name: check for check in examine(place)[1]}


def test_doctor_looks_at_a_run(sample_run, minecop):
    code, checks = checks_of(minecop, sample_run.folder, "--lang", "en")
    assert code == 0
    assert checks["run_whole"]["state"] == checks["run_free"]["state"] == "good"
    assert "0.2 million characters" in checks["needs"]["text"]


def test_doctor_tells_a_run_that_is_busy_damaged_or_unfinished(sample_run, tmp_path, minecop):
    folder = tmp_path / "run"
    for stage in ("archive", "text"):
        (folder / "stages" / stage).mkdir(parents=True)
        for path in (sample_run.folder / "stages" / stage).iterdir():
            (folder / "stages" / stage / path.name).write_bytes(path.read_bytes())
    assert named(folder)["run_unfinished"].state == "notable"
    (folder / "run.json").write_bytes((sample_run.folder / "run.json").read_bytes())
    (folder / "stages" / "archive" / "posts.parquet").unlink()
    words = folder / "stages" / "text" / "words.parquet"
    words.write_bytes(words.read_bytes()[:-1] + b"?")
    with FileLock(folder / ".lock"):
        busy = named(folder)
    assert busy["run_busy"].state == "notable"
    checks = named(folder)
    assert "run_busy" not in checks
    names = str(checks["run_damaged"].details["names"]).split(", ")
    assert names[:2] == ["archive/posts.parquet", "text/words.parquet"]
    assert "insight" in names
    assert minecop("doctor", folder)[0] == 1
    manifest = folder / "run.json"
    manifest.write_bytes(manifest.read_bytes().replace(b'"seed": 0', b'"seed": 1'))
    checks = named(folder)
    assert "run.json" in str(checks["run_damaged"].details["names"]).split(", ")
    assert "run_unfinished" not in checks


def test_doctor_looks_at_an_archive_and_at_files(sample_run, tmp_path, minecop):
    folder = sample_run.stage_folder("archive")
    archive = tmp_path / "archive"
    archive.mkdir()
    for path in folder.iterdir():
        (archive / path.name).write_bytes(path.read_bytes())
    assert named(archive)["archive_whole"].state == "good"
    (archive / "posts.parquet").write_bytes((archive / "posts.parquet").read_bytes()[:-100])
    (archive / ".import.sqlite").write_bytes(b"")
    checks = named(archive)
    assert checks["archive_damaged"].details["names"] == "posts.parquet"
    assert checks["import_unfinished"].state == "notable"
    assert checks_of(minecop, archive)[0] == 1
    assert examine(SAMPLE)[0].characters > 100_000
    code, _, err = minecop("doctor", tmp_path / "none")
    assert code == 1
    assert "none" in err


def test_doctor_every_check_has_its_words():
    import re
    import tomllib

    catalogue = tomllib.loads((ROOT / "minecop/core/messages.toml").read_text(encoding="utf-8"))
    used = set()
    for name in ("installation", "machine", "condition"):
        source = (ROOT / f"minecop/run/{name}.py").read_text(encoding="utf-8")
        for call in re.findall(r"Check\((.*)\)", source):
            used |= set(re.findall(r'"([a-z0-9_]+)"', call.partition("{")[0]))
        used |= set(re.findall(r'"([a-z0-9_]+_do)"', source))
    missing = {f"doctor_{name}" for name in used - {"good", "notable", "broken"}} - set(catalogue)
    assert not missing - {"doctor_path", "doctor_name", "doctor_count", "doctor_version"}
    for key, words in catalogue.items():
        if key.startswith("doctor_"):
            assert set(words) == set(LANGUAGES)
            fields = [sorted(re.findall(r"{(\w+)}", words[lang])) for lang in LANGUAGES]
            assert fields[0] == fields[1], key


def test_shipped_hashes_of_a_wheel_are_held_against_its_record(tmp_path):
    """A changed byte within a model is seen where pip knows what was installed."""
    package = tmp_path / "minecop" / "_shipped"
    package.mkdir(parents=True)
    path = package / "a.json"
    path.write_text("{}", encoding="utf-8")
    good = "RBNvo1WzZ4oRRq0W9-hknpT7T8If536DEMBg9hyq_4o"
    assert installation._is_as_recorded(path, {path: good})
    assert not installation._is_as_recorded(path, {path: good[::-1]})
    assert installation._is_as_recorded(path, {})


def test_workers_are_as_many_as_processors_and_memory_allow(monkeypatch):
    monkeypatch.setattr(machine, "processors", lambda: 4)
    small, large = machine.Needs(100_000), machine.Needs(10_000_000)
    assert machine.usual_workers(small, 64e9) == 1, "others take longer to start than a small archive takes"
    assert machine.usual_workers(large, 64e9) == machine.usual_workers(large, None) == 4
    assert machine.usual_workers(large, large.memory + 1.3e9) == 2
    assert machine.usual_workers(large, 0.5e9) == 1


def test_memory_that_may_not_do_is_said_and_the_work_is_done(minecop, tmp_path):
    posts = tmp_path / "posts.jsonl"
    posts.write_text(json.dumps({"id": "1", "author": "นิด", "body": "คนรุ่นใหม่ไม่มาประชุมกันเลย"}), encoding="utf-8")
    code, _, errors = minecop("analyse", posts, "-o", tmp_path / "run", "--memory", "0.5", "--lang", "en")
    assert code == 0 and "may need about" in errors and "0.5 GB may be used" in errors
