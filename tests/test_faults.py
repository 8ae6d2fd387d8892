"""Nothing that people, disks and systems do to a run loses work or changes its result; what is damaged is named."""

import json
import os
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import time
from contextlib import suppress
from pathlib import Path

import numpy as np
import pytest
from conftest import ROOT, SAMPLE
from dying import die, double_but_die_once, keep, refuse, tell_and_wait
from faulting import attempts_apart, can_mount, damage, tree, write_posts
from filelock import FileLock

from minecop.archive.importing import SPOOL_FILE, import_archive
from minecop.core.errors import InputError, OutputError, RunError
from minecop.core.executors import make_executor
from minecop.core.files import read_sealed, write_sealed
from minecop.core.workers import WorkerPool
from minecop.run.opening import LOCK, open_run
from minecop.run.pipeline import analyse
from minecop.vectors.cache import VectorCache

needs_fork = pytest.mark.skipif(not hasattr(os, "fork"), reason="attempts are forks of one process")
needs_signals = pytest.mark.skipif(os.name != "posix", reason="signals are those of POSIX systems")


@pytest.fixture(scope="module")
def own_run(sample_run, tmp_path_factory):
    """A copy of the run of the sample archive, to be damaged and mended."""
    folder = tmp_path_factory.mktemp("own") / "run"
    shutil.copytree(sample_run.folder, folder)
    return folder


@pytest.fixture
def damaged(own_run, tmp_path):
    """Give the copy, and put back afterwards what a test does to a file or folder of it."""
    changed: list[Path] = []

    def change(name: str, how: str) -> None:
        path = own_run / name
        kept = tmp_path / "kept"
        (shutil.copytree if path.is_dir() else shutil.copyfile)(path, kept)
        changed.append(path)
        if path.is_dir():
            shutil.rmtree(path)
        else:
            damage(path, how, random.Random(1))

    yield change
    for path in changed:
        shutil.rmtree(path) if path.is_dir() else path.unlink(missing_ok=True)
        shutil.move(tmp_path / "kept", path)


# ---- all of it


@needs_fork
def test_faults_whatever_happens_to_a_run_the_next_ends_in_the_same_bytes(tmp_path):
    counts = {"kill": 4, "kill_worker": 1, "kill_at_rename": 3, "damage": 6}
    counts |= {"fill": 2, "write_protect": 1} if can_mount(tmp_path) else {}
    lines = list(attempts_apart(tmp_path, counts))
    assert len(lines) == sum(counts.values())
    assert [line for line in lines if not line["ok"]] == []


# ---- what shows a run


@pytest.mark.parametrize(
    ("name", "how", "named", "command"),
    [
        ("stages/insight/insight.json", "flip", "insight/insight.json", ["issues"]),
        ("stages/insight/insight.json", "folder", "insight/insight.json", ["topics"]),
        ("stages/process/steps.parquet", "truncate", "process/steps.parquet", ["steps"]),
        ("stages/layout/layout.npy", "delete", "layout/layout.npy", ["lessons"]),
        ("stages/archive/comments.parquet", "flip", "archive/comments.parquet", ["pack"]),
        ("stages/archive/posts.parquet", "other file", "archive/posts.parquet", ["notes"]),
        ("stages/acts/stage.json", "truncate", "acts/stage.json", ["issues"]),
        ("stages/vectors", "", "vectors/stage.json", ["compare", "RUN"]),
        ("stages/text/passages.parquet", "flip", "text/passages.parquet", ["steps", "label"]),
        ("stages/acts/acts.parquet", "flip", "acts/acts.parquet", ["steps", "why", "1/0/1"]),
        ("stages/tables/passages.parquet", "truncate", "tables/passages.parquet", ["export"]),
        ("timings.json", "truncate", "timings.json", ["steps", "label"]),
        ("run.json", "flip", "run.json", ["issues"]),
        ("run.json", "folder", "run.json", ["export"]),
    ],
)
def test_faults_damaged_file_is_named_where_the_run_is_shown(
    own_run, damaged, minecop, tmp_path, name, how, named, command
):
    damaged(name, how)
    words = (
        ["steps", command[1], own_run, *command[2:]]
        if command[0] == "steps" and len(command) > 1
        else [command[0], own_run]
    )
    words += [own_run] if command[0] == "compare" else ["--to", tmp_path / "to"] if command[0] == "export" else []
    code, out, err = minecop(*words, "--lang", "en")
    assert code == 1
    assert out == ""
    assert f"is damaged ({named}). Run `minecop analyse` again" in err
    assert len(err.splitlines()) == 1
    assert "เสียหาย" in minecop(*words)[2]


def test_faults_next_run_mends_what_people_did_to_the_files_at_the_top(own_run, sample_run):
    before = tree(sample_run.folder)
    kept = {name: (own_run / name).read_bytes() for name in ("run.json", "timings.json")}
    for name in kept:
        (own_run / name).unlink()
        (own_run / name).mkdir()
    (own_run / "timings.json" / "notes.txt").write_text("of somebody")
    damage(own_run / "passages.parquet", "flip", random.Random(2))
    damage(own_run / "topic_members.parquet", "folder", random.Random(2))
    (own_run / LOCK).unlink()
    (own_run / LOCK).mkdir()
    for stage in ("text", "vectors"):  # a file manager's, and one with a name that a stage might have
        (own_run / "stages" / stage / ".DS_Store").write_bytes(b"x")
        (own_run / "stages" / stage / "about.json").write_text("{", encoding="utf-8") if stage == "text" else None
    leftovers = [".report.html.1.tmp", "stages/.acts.1.tmp", "cache/model/.000000.npy.1.tmp"]
    for name in leftovers:
        (own_run / name).parent.mkdir(parents=True, exist_ok=True)
        (own_run / name).write_bytes(b"half")
    analyse(SAMPLE, own_run)
    lines = json.loads((own_run / "timings.json").read_text())["stages"]
    assert [line["stage"] for line in lines if not line["reused"]] == []
    assert not any((own_run / name).exists() for name in leftovers)
    assert (own_run / "timings.json-1" / "notes.txt").read_text() == "of somebody"
    now = tree(own_run)
    assert {name: now[name] for name in before} == before
    shutil.rmtree(own_run / "timings.json-1")
    (own_run / "stages" / "text" / "about.json").unlink()


def test_faults_stage_moved_out_of_its_place_by_a_killed_run_comes_back(own_run, sample_run):
    os.replace(own_run / "stages" / "topics", own_run / "stages" / ".topics.old")
    analyse(SAMPLE, own_run)
    assert all(line["reused"] for line in json.loads((own_run / "timings.json").read_text())["stages"])
    assert tree(own_run / "stages" / "topics") == tree(sample_run.folder / "stages" / "topics")


def test_faults_sealed_files_tell_every_changed_byte(tmp_path):
    path = tmp_path / "x.json"
    write_sealed(path, {"a": "น \udcff", "n": [1, {}]})
    whole = path.read_bytes()
    assert read_sealed(path) == {"a": "น ?", "n": [1, {}]}
    for place in range(len(whole) - 1):
        for bit in range(8):
            path.write_bytes(whole[:place] + bytes([whole[place] ^ (1 << bit)]) + whole[place + 1 :])
            with pytest.raises(ValueError):  # noqa: PT011 - of any kind
                read_sealed(path)


# ---- two at once

_HOLD = "import sys, time; from filelock import FileLock; lock = FileLock(sys.argv[1]); lock.acquire(); print('held', flush=True); time.sleep(600)"


@pytest.fixture
def held(own_run):
    """Another process that holds the run, and is killed at the end."""
    with subprocess.Popen([sys.executable, "-c", _HOLD, own_run / LOCK], stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout.readline() == "held\n"
        yield process
        process.kill()


def test_faults_one_run_at_a_time_also_from_other_processes(own_run, held, minecop, damaged, monkeypatch):
    monkeypatch.setattr("minecop.run.opening.WAIT", 0.1)
    code, _, err = minecop("analyse", SAMPLE, "-o", own_run, "--lang", "en")
    assert (code, err) == (
        1,
        f"Another run is writing to {own_run}. Wait for it to end, or choose another folder with -o.\n",
    )
    assert minecop("issues", own_run, "--json")[0] == 0, "who only looks is not kept out"
    assert minecop("pack", own_run, "--lang", "en")[0] == 1, "what is written there would be in its way"
    assert minecop("pack", own_run, "-o", own_run.parent / "pack.docx")[0] == 0
    damaged("stages/insight/insight.json", "delete")
    assert "A run is being made" in minecop("issues", own_run, "--lang", "en")[2]
    held.kill()
    held.wait()
    assert "is damaged" in minecop("issues", own_run, "--lang", "en")[2], "a killed process holds nothing"


def test_faults_report_of_a_run_that_is_no_more_is_not_written(own_run):
    run = open_run(own_run)
    with run.writing():
        pass
    whole = (own_run / "run.json").read_bytes()
    write_sealed(own_run / "run.json", read_sealed(own_run / "run.json") | {"python": "4"})
    with pytest.raises(RunError, match="meanwhile"), run.writing():
        pass
    (own_run / "run.json").write_bytes(whole)


# ---- workers


@needs_signals
def test_faults_what_a_lost_worker_did_is_done_again(tmp_path):
    with make_executor(2) as pool:
        work = [(n, str(tmp_path / "died")) for n in range(80)]
        assert list(pool.map(double_but_die_once, work)) == [2 * n for n in range(80)]
        assert (tmp_path / "died").exists()
        assert pool.workers == 1
        with pytest.raises(InputError, match="nothing at here"):  # and errors come out of workers as they went in
            list(pool.map(refuse, ["here"]))


def test_faults_worker_ends_without_taking_apart_what_it_holds(tmp_path):
    with WorkerPool(1) as pool:
        assert list(pool.map(keep, [str(tmp_path / "taken apart")])) != [os.getpid()]
    assert list(tmp_path.iterdir()) == []


@needs_signals
def test_faults_worker_lost_time_and_again_is_told_with_what_helps():
    with pytest.raises(RunError, match="fewer --workers"), make_executor(2) as pool:
        list(pool.map(die, [1]))


@needs_signals
def test_faults_work_is_dropped_at_once_when_the_rest_fails(tmp_path):
    with pytest.raises(ZeroDivisionError), WorkerPool(2) as pool:
        pool.submit(tell_and_wait, str(tmp_path))
        while not list(tmp_path.iterdir()):
            time.sleep(0.05)
        raise ZeroDivisionError
    assert not _alive(int(next(tmp_path.iterdir()).name))


_WITHIN_A_RESULT = """
import time
import psutil
from minecop.core.workers import WorkerPool

if __name__ == "__main__":
    process = psutil.Process()
    before = process.memory_info().rss
    with WorkerPool(2) as pool:
        pool.submit(bytes, 300_000_000)
        while process.memory_info().rss < before + 50_000_000:
            time.sleep(0.001)
        raise ZeroDivisionError
"""


@needs_signals
def test_faults_worker_that_is_ended_within_a_result_keeps_nobody_waiting(tmp_path):
    script = tmp_path / "script.py"
    script.write_text(_WITHIN_A_RESULT, encoding="utf-8")
    done = subprocess.run([sys.executable, script], capture_output=True, text=True, timeout=60, check=False)
    assert done.stderr.rstrip().endswith("ZeroDivisionError")


_MAIN = """
import sys
from minecop.core.workers import WorkerPool
from dying import tell_and_wait
if __name__ == "__main__":
    with WorkerPool(2) as pool:
        list(pool.map(tell_and_wait, [sys.argv[1]] * 4))
"""


@needs_signals
def test_faults_workers_end_with_the_process_that_started_them(tmp_path):
    (tmp_path / "main.py").write_text(_MAIN)
    (tmp_path / "pids").mkdir()
    environment = os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])}
    with subprocess.Popen(
        [sys.executable, tmp_path / "main.py", tmp_path / "pids"], env=environment, stderr=subprocess.DEVNULL
    ) as main:
        while len(workers := [int(path.name) for path in (tmp_path / "pids").iterdir()]) < 2:
            assert main.poll() is None
            time.sleep(0.05)
        main.kill()
    _wait_for_end(workers)


def _wait_for_end(pids: list[int]) -> None:
    until = time.monotonic() + 60
    while any(map(_alive, pids)) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(map(_alive, pids))


def _of_session(leader: int) -> list[int]:
    """Return the processes of a session, where the system lists them."""
    found = []
    for about in Path("/proc").glob("[0-9]*/stat"):
        with suppress(OSError):
            if about.read_text().rsplit(")", 1)[1].split()[3] == str(leader):
                found.append(int(about.parent.name))
    return found


def _alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    about = Path(f"/proc/{pid}/stat")  # one that has ended and that nobody has asked for yet is none
    return not about.exists() or about.read_text().rsplit(")", 1)[1].split()[0] != "Z"


# ---- stopped


@needs_signals
@pytest.mark.parametrize(("sign", "code"), [(signal.SIGINT, 130), (signal.SIGTERM, 143)])
def test_faults_stopping_is_no_crash_and_ends_the_workers(tmp_path, sign, code):
    source = write_posts(tmp_path / "posts.jsonl", 40)
    signal.signal(
        signal.SIGINT, signal.default_int_handler
    )  # where tests run in the background, programs are born ignoring it
    words = [
        sys.executable,
        "-m",
        "minecop",
        "analyse",
        source,
        "-o",
        tmp_path / "run",
        "--workers",
        "2",
        "-v",
        "--lang",
        "en",
    ]
    with subprocess.Popen(words, cwd=ROOT, stderr=subprocess.PIPE, text=True, start_new_session=True) as process:
        while "passages" not in process.stderr.readline():
            assert process.poll() is None
        time.sleep(0.5)
        os.killpg(process.pid, sign) if sign == signal.SIGINT else process.send_signal(sign)  # as a terminal does
        err = process.stderr.read()
    assert process.returncode == code
    _wait_for_end(_of_session(process.pid))
    assert "What was finished is kept; run the same command again to go on." in err
    assert "Traceback" not in err
    assert [path.name for path in (tmp_path / "run" / "stages").iterdir()] == ["archive"]


# ---- archives and imports


def test_faults_file_that_vanishes_while_it_is_read_is_told_and_makes_no_result(tmp_path):
    source = tmp_path / "posts"
    source.mkdir()
    for name in ("a.jsonl", "b.jsonl"):
        write_posts(source / name, 2)

    def listen(event):
        if event.stage == "archive":
            (source / "b.jsonl").unlink(missing_ok=True)

    with pytest.raises(InputError, match="changed or vanished"):
        analyse(source, tmp_path / "run", listener=listen)
    assert list((tmp_path / "run" / "stages").iterdir()) == []


def test_faults_import_killed_while_files_were_replaced_is_not_read_half_and_goes_on(tmp_path):
    source = write_posts(tmp_path / "posts.jsonl", 3)
    folder, _ = import_archive(source, tmp_path / "archive")
    whole = tree(folder)
    shutil.copytree(folder, folder / ".ready")
    (folder / ".new-1").mkdir()
    with pytest.raises(InputError, match="Run the same `minecop import` again"):
        analyse(folder, tmp_path / "run")
    import_archive(source, folder)
    assert tree(folder).keys() == whole.keys()
    assert sorted(path.name for path in folder.iterdir()) == sorted(whole)


@pytest.mark.parametrize("how", ["flip", "truncate", "other file"])
def test_faults_damaged_spool_is_read_anew(tmp_path, how):
    source = write_posts(tmp_path / "posts.jsonl", 3)
    folder, _ = import_archive(source, tmp_path / "whole")
    (tmp_path / "archive").mkdir()
    spool = tmp_path / "archive" / SPOOL_FILE
    with sqlite3.connect(spool) as db:
        db.execute("CREATE TABLE plan (digest TEXT)")
    db.close()
    data = spool.read_bytes()
    spool.write_bytes({"flip": b"x" + data[1:], "truncate": data[:700], "other file": b"no database" * 100}[how])
    import_archive(source, tmp_path / "archive")
    assert (tmp_path / "archive" / "posts.parquet").read_bytes() == (folder / "posts.parquet").read_bytes()


def test_faults_one_import_at_a_time(tmp_path):
    source = write_posts(tmp_path / "posts.jsonl", 3)
    folder, _ = import_archive(source, tmp_path / "archive")
    with FileLock(folder / f"{SPOOL_FILE}.lock"), pytest.raises(OutputError, match="Another import"):
        import_archive(source, folder)


def test_faults_damaged_cache_is_made_anew(tmp_path):
    class Embedder:
        name, dimensions = "model", 2

        def encode(self, texts):
            return np.array([[len(text), 1.0] for text in texts], dtype=np.float32).reshape(-1, 2)

    texts = ["ก", "กข", "กขค"]
    made = VectorCache(tmp_path, Embedder(), size=1).encode(texts)
    path = tmp_path / "model" / "000001.npy"
    data = path.read_bytes()
    path.write_bytes(data[:-1] + bytes([data[-1] ^ 64]))
    again = VectorCache(tmp_path, Embedder(), size=1)
    assert (again.encode(texts) == made).all()
    assert again.embedded == 1


@pytest.mark.parametrize(
    ("error", "said"),
    [(OSError(5, "Input/output error", "/x"), "/x (Input/output error)"), (MemoryError(), "--workers")],
)
def test_faults_system_errors_are_told_without_a_trace(minecop, monkeypatch, error, said):
    def fail(*_):
        raise error

    monkeypatch.setattr("minecop.cli.issues.open_shown", fail)
    code, _, err = minecop("issues", "x", "--lang", "en")
    assert code == 1
    assert said in err
    assert len(err.splitlines()) == 1
