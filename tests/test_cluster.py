"""A real Dask cluster: a scheduler and two workers, each a process of its own that is reached over TCP."""

import json
import operator
import os
import pickle
import shutil
import signal
import socket
import subprocess
import sys
import time
from concurrent.futures import Future
from functools import partial
from pathlib import Path

import pytest
from conftest import ROOT, SAMPLE

from minecop.archive.importing import import_archive
from minecop.archive.reading import find_files
from minecop.core.cluster import ClusterExecutor
from minecop.core.errors import ClusterError, InputError
from minecop.core.executors import RemoteExecutor, map_chunks
from minecop.core.versions import versions
from minecop.run.context import Context
from minecop.run.pipeline import analyse, make_stages
from minecop.run.settings import Settings

OVER_CHUNKS = ("text", "acts", "process", "aside")
"""Stages whose chunks go to workers."""


class Cluster:
    """A scheduler, and workers that stand in a folder where nothing is."""

    def __init__(self, folder: Path, workers: int):
        self.folder = folder
        about = folder / "scheduler.json"
        self.scheduler = self._start("scheduler", "--host=127.0.0.1", "--port=0", f"--scheduler-file={about}")
        self.address = _soon(lambda: about.is_file() and json.loads(about.read_text() or "{}").get("address"))
        self.workers = [self._start("worker", self.address, "--nthreads=1", "--no-nanny") for _ in range(workers)]

    def _start(self, *arguments: str) -> subprocess.Popen:
        environment = os.environ | {"PYTHONPATH": str(ROOT), "OMP_NUM_THREADS": "1"}
        quiet = {"stdout": subprocess.DEVNULL, "stderr": subprocess.DEVNULL}
        command = [sys.executable, "-m", "dask", *arguments, "--no-dashboard"]
        return subprocess.Popen(command, cwd=self.folder, env=environment, **quiet)

    def stop(self) -> None:
        for process in (*self.workers, self.scheduler):
            process.kill()
            process.wait()


def _soon(look, seconds: float = 600):
    until = time.monotonic() + seconds
    while not (found := look()):
        assert time.monotonic() < until, "waited in vain"
        time.sleep(0.05)
    return found


@pytest.fixture(autouse=True)
def patience(monkeypatch):
    """A busy machine takes long to answer, and to start workers; tests that wait in vain wait shorter."""
    monkeypatch.setattr("minecop.core.cluster._TO_ANSWER", 120)
    monkeypatch.setattr("minecop.core.cluster._PATIENCE", 600)


@pytest.fixture(scope="module")
def cluster(tmp_path_factory):
    made = Cluster(tmp_path_factory.mktemp("cluster"), workers=2)
    yield made
    made.stop()


@pytest.fixture
def half_done(sample_run, tmp_path, monkeypatch):
    """The sample's run without the stages that are made chunk by chunk, and small chunks of posts."""
    monkeypatch.setattr("minecop.run.stages._POSTS_A_CHUNK", 20)
    folder = tmp_path / "run"
    shutil.copytree(sample_run.folder, folder)
    for stage in OVER_CHUNKS:
        shutil.rmtree(folder / "stages" / stage)
    return folder


def remade(folder: Path) -> list[str]:
    timings = json.loads((folder / "timings.json").read_text())
    return [line["stage"] for line in timings["stages"] if not line["reused"]]


def test_cluster_gives_the_same_bytes(cluster, sample_run, half_done, minecop):
    code, _, errors = minecop("analyse", SAMPLE, "-o", half_done, "--cluster", cluster.address)
    assert code == 0, errors
    assert remade(half_done) == [*OVER_CHUNKS]
    assert (half_done / "run.json").read_bytes() == (sample_run.folder / "run.json").read_bytes()


class Killing(ClusterExecutor):
    """Kills a worker that is at a chunk of texts, from the second one on that was handed out."""

    handed = 0
    killed = None

    def submit(self, fn, /, *args, **kwargs):
        future = super().submit(fn, *args, **kwargs)
        self.handed += 1
        if self.handed > 1 and self.killed is None:
            self._kill()
        return future

    def _at_work(self) -> list[str]:
        running = self._client.processing().items()
        return [
            worker
            for worker, keys in running
            if any(key.startswith(("passages_of-", "words_of_passages-")) for key in keys)
        ]

    def _kill(self) -> None:
        pids = self._client.run(os.getpid)
        for _ in range(100):
            for worker in self._at_work():
                os.kill(pids[worker], signal.SIGSTOP)  # or it might have finished in the meantime
                if worker in self._at_work():
                    os.kill(pids[worker], signal.SIGKILL)
                    self.killed = pids[worker]
                    return
                os.kill(pids[worker], signal.SIGCONT)
            time.sleep(0.05)


def test_cluster_chunks_of_a_killed_worker_are_done_by_others(sample_run, half_done, tmp_path):
    made = Cluster(tmp_path, workers=2)
    try:
        with Killing(made.address) as executor:
            _soon(lambda: len(executor._client.nthreads()) == 2)
            run = analyse(SAMPLE, half_done, executor=executor)
            assert len(executor._client.nthreads()) == 1
            assert executor.killed in {worker.pid for worker in made.workers if worker.poll() == -signal.SIGKILL}
        assert remade(half_done) == [*OVER_CHUNKS]
        assert run.manifest == sample_run.manifest
    finally:
        made.stop()


def test_cluster_that_is_lost_is_said(tmp_path, monkeypatch):
    monkeypatch.setattr("minecop.core.cluster._PATIENCE", 1)
    made = Cluster(tmp_path, workers=0)
    try:
        with pytest.raises(ClusterError) as nobody:
            ClusterExecutor(made.address)
        assert nobody.value.key == "cluster_no_workers"
        made.workers.append(made._start("worker", made.address, "--nthreads=1", "--no-nanny"))
        monkeypatch.setattr("minecop.core.cluster._PATIENCE", 600)
        with ClusterExecutor(made.address) as executor:
            monkeypatch.setattr("minecop.core.cluster._PATIENCE", 1)
            waiting = executor.submit(time.sleep, 60)
            made.workers[0].kill()
            with pytest.raises(ClusterError) as gone:
                waiting.result()
            assert gone.value.key == "cluster_no_workers"
            made.scheduler.kill()
            with pytest.raises(ClusterError) as lost:
                waiting.result()
            assert lost.value.key == "cluster_lost"
    finally:
        made.stop()


def test_cluster_executor_keeps_order_tells_errors_and_leaves_nothing(cluster):
    with ClusterExecutor(cluster.address) as executor:
        results = map_chunks(executor, partial(operator.mul, 3), range(100), "text", lambda event: None)
        assert list(results) == [3 * number for number in range(100)]
        with pytest.raises(ZeroDivisionError):
            executor.submit(operator.truediv, 1, 0).result()
        with pytest.raises(InputError, match="There is nothing at nowhere"):
            executor.submit(find_files, Path("nowhere")).result()
        with pytest.raises(TimeoutError):
            executor.submit(time.sleep, 1).result(timeout=0.1)
        loaded = [executor.submit(os.getpid).result() for _ in range(4)]
        assert set(loaded) <= {worker.pid for worker in cluster.workers}
    with ClusterExecutor(cluster.address) as executor:
        _soon(lambda: not executor._client.who_has() and not any(executor._client.processing().values()))


def test_cluster_workers_of_other_versions_are_named(cluster, minecop, tmp_path, monkeypatch):
    there = versions()["numpy"]
    with ClusterExecutor(cluster.address) as executor:
        monkeypatch.setitem(versions(), "numpy", "0.0.1")
        with pytest.raises(ClusterError, match=f"numpy {there} ≠ 0.0.1"):  # as of a worker that came later
            executor.submit(abs, -1).result()
    command = ("analyse", SAMPLE, "-o", tmp_path / "run", "--cluster", cluster.address, "--lang", "en")
    code, _, errors = minecop(*command)
    assert code == 1
    assert errors.count(f"numpy {there} ≠ 0.0.1") == 2
    assert "127.0.0.1" in errors
    assert "pythainlp" not in errors


def test_cluster_that_is_not_there_is_said(minecop, tmp_path, monkeypatch):
    monkeypatch.setattr("minecop.core.cluster._TO_ANSWER", 1)
    with socket.create_server(("127.0.0.1", 0)) as server:
        port = server.getsockname()[1]
    for address in (f"tcp://127.0.0.1:{port}", "nonsense"):
        code, _, errors = minecop("report", SAMPLE, "-o", tmp_path / "run", "--cluster", address, "--lang", "en")
        assert code == 1
        assert errors.startswith(f"Nobody answers at {address} within 1 seconds.")
        assert "Traceback" not in errors
    assert "dask scheduler" in minecop("analyse", SAMPLE, "--cluster", "nonsense")[2]


def test_cluster_without_dask_says_what_to_install(minecop, tmp_path, monkeypatch):
    monkeypatch.setitem(sys.modules, "distributed", None)
    code, _, errors = minecop("analyse", SAMPLE, "-o", tmp_path, "--cluster", "tcp://127.0.0.1:8786")
    assert code == 1
    assert 'pip install "minecop[cluster]"' in errors


def test_cluster_and_workers_are_two_places(minecop, tmp_path):
    code, _, errors = minecop("analyse", SAMPLE, "-o", tmp_path, "--cluster", "tcp://a:1", "--workers", "2")
    assert code == 1
    assert "--workers" in errors


class Carrying(RemoteExecutor):
    """Keeps what would travel."""

    def __init__(self):
        self.sent = []

    def submit(self, fn, /, *args, **kwargs):
        self.sent.append(pickle.dumps((fn, args)))
        future = Future()
        future.set_result(fn(*args, **kwargs))
        return future


def test_cluster_workers_need_no_files_of_this_machine(half_done, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    Path("own.toml").write_text(
        '[process]\nname_th = "ย่อ"\n[[step]]\nname_th = "หนึ่ง"\nexamples = ["นั่งคุยกันจนรู้ว่าเดือดร้อนเรื่องน้ำเหมือนกัน"]\n'
        '[[step]]\nname_th = "สอง"\nexamples = ["ลงแปลงช่วยกันหมักปุ๋ยกองแรก"]\n[none]\nexamples = ["ขอบคุณค่ะ"]\n',
        encoding="utf-8",
    )
    executor = Carrying()
    make_stages(Context(SAMPLE, half_done, Settings(process="own.toml"), executor, lambda event: None), "en", "aside")
    assert list((half_done / "stages" / "process").glob("steps.safetensors")), "a model was learned for this run"
    assert len(executor.sent) > 5
    for sent in executor.sent:
        assert b"own.toml" not in sent
        assert str(half_done).encode() not in sent


def test_cluster_leaves_the_reading_of_files_to_this_machine(jsonl, tmp_path):
    executor = Carrying()
    _, head = import_archive(jsonl([{"body": "ฝนตก"}]), tmp_path / "ours", executor=executor)
    assert head.posts == 1
    assert executor.sent == []
