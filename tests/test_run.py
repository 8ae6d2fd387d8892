import json
import os
import signal
import subprocess
import sys
import time
from concurrent.futures import ThreadPoolExecutor
from datetime import date

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from conftest import ROOT, SAMPLE
from filelock import FileLock

from minecop.core.errors import OutputError, RunError, SettingsError
from minecop.core.executors import SerialExecutor, make_executor, map_chunks
from minecop.core.files import sha256_file
from minecop.core.tables import TableWriter, count_rows, read_tables
from minecop.core.workers import WorkerPool
from minecop.process.facets import told_facets
from minecop.run.artefacts import Key, making, read_record, result_hash, why_run
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse
from minecop.run.settings import Settings, read_settings
from minecop.run.stages import STAGES
from minecop.run.tables import CONTRACT

UNEQUAL = {"timings.json", ".lock"}


def posts(count: int = 6) -> list[dict]:
    """Threads by several people of two communities; a few words about water, which never runs dry of trouble."""
    kinds = ["ท่อน้ำแตกอีกแล้วครับ ไม่รู้จะหาช่างที่ไหน", "บ่อตื้นเขิน น้ำไม่พอทำนา กังวลกันทั้งคุ้ม", "ฝายพังยังไม่มีใครมาซ่อม หนักใจ"]
    return [
        {
            "id": str(n),
            "title": f"เรื่องน้ำวันที่ {n}",
            "author": f"p{n % 4}",
            "community": ["เหนือ", "ใต้"][n % 2],
            "published": f"2010-0{1 + n % 9}-01",
            "body": f"{kinds[n % 3]} คนบ้านที่ {n} เล่าให้ฟังเมื่อเช้า",
            "comments": [
                {"author": f"c{n % 5}", "body": "ขอบคุณครับ"},
                {"author": f"c{(n + 1) % 5}", "body": "บ้านเราก็น้ำไม่พอเหมือนกันค่ะ"},
            ],
        }
        for n in range(count)
    ]


def files(folder) -> dict[str, str]:
    """Hash of every file of a run that must be equal between equal runs."""
    return {
        p.relative_to(folder).as_posix(): sha256_file(p)
        for p in sorted(folder.rglob("*"))
        if p.is_file() and p.name not in UNEQUAL
    }


def reasons(folder) -> dict[str, str]:
    return {line["stage"]: line["why"] for line in json.loads((folder / "timings.json").read_text())["stages"]}


def test_pipeline_leaves_the_contract_table_and_a_manifest(jsonl, tmp_path):
    run = analyse(jsonl(posts()), tmp_path / "run")
    table = pq.read_table(run.folder / "passages.parquet")
    assert table.column_names[: len(CONTRACT)] == list(CONTRACT)
    facets = ["facets", *(f"facet_{value}" for value in told_facets())]
    assert table.column_names[len(CONTRACT) :] == [*(f"step_{n}" for n in range(1, 11)), "second", *facets]
    by_id = {post["id"]: post for post in posts()}
    for row in table.to_pylist():
        post = by_id[row["post_id"]]
        body = post["body"] if row["comment"] is None else post["comments"][row["comment"] - 1]["body"]
        assert body[row["start"] : row["end"]].strip()
    manifest = json.loads((run.folder / "run.json").read_text())
    assert manifest["settings"]["seed"] == 0
    assert manifest["stages"]["archive"]["rows_out"] == {"posts": 6, "comments": 12}
    assert manifest["stages"]["text"]["rows_in"] == {"archive.posts": 6, "archive.comments": 12}
    assert str(tmp_path) not in (run.folder / "run.json").read_text()


def test_pipeline_reuses_what_has_not_changed_and_says_why_it_runs(jsonl, tmp_path):
    source, folder = jsonl(posts()), tmp_path / "run"
    analyse(source, folder)
    assert set(reasons(folder).values()) == {"first time"}
    before = files(folder)
    analyse(source, folder)
    assert set(reasons(folder).values()) == {""}
    assert files(folder) == before
    analyse(source, folder, Settings(process="civic"))
    why = reasons(folder)
    assert why["process"] == 'settings changed: process "organisation" → "civic"'
    assert why["insight"].startswith("inputs changed: process")
    assert why["topics"] == ""
    analyse(source, folder, Settings(process="civic", seed=5))
    assert reasons(folder)["insight"] == "settings changed: seed 0 → 5"
    analyse(source, folder, Settings(process="civic"))
    (folder / "stages" / "acts" / "acts.parquet").write_bytes(b"rot")
    analyse(source, folder, Settings(process="civic"))
    assert reasons(folder)["acts"] == "the earlier result was damaged: acts.parquet"
    jsonl([*posts(), {"body": "โพสต์ใหม่"}])
    analyse(source, folder, Settings(process="civic"))
    assert reasons(folder)["archive"] == "inputs changed: source"


def test_pipeline_any_number_of_workers_gives_the_same_bytes(jsonl, tmp_path):
    source = jsonl(posts(8))
    analyse(source, tmp_path / "one")
    analyse(source, tmp_path / "two", workers=2)
    with ThreadPoolExecutor(3) as threads:
        analyse(source, tmp_path / "three", executor=threads)
        assert threads.submit(abs, -1).result() == 1, "an executor that is given stays open"
    assert files(tmp_path / "one") == files(tmp_path / "two") == files(tmp_path / "three")


def test_pipeline_selection_is_part_of_the_run(jsonl, tmp_path):
    source = jsonl(posts())
    run = analyse(source, tmp_path / "run", Settings(communities=("เหนือ",), since=date(2010, 1, 1)))
    assert set(pq.read_table(run.folder / "passages.parquet")["community"].to_pylist()) == {"เหนือ"}
    with pytest.raises(SettingsError, match="There is no community"):
        analyse(source, tmp_path / "run", Settings(communities=("ตะวันตก",)))
    with pytest.raises(SettingsError, match="matches"):
        analyse(source, tmp_path / "run", Settings(since=date(2020, 1, 1)))


@pytest.mark.parametrize("count", [1, 2, 5])
def test_pipeline_of_any_size(jsonl, tmp_path, count):
    run = analyse(jsonl(posts(count)), tmp_path / "run")
    assert open_run(run.folder).manifest["stages"]["archive"]["rows_out"]["posts"] == count


def test_pipeline_one_run_at_a_time(jsonl, tmp_path):
    (tmp_path / "run").mkdir()
    with FileLock(tmp_path / "run" / ".lock"), pytest.raises(RunError, match="Another run"):
        analyse(jsonl(posts(1)), tmp_path / "run")


def test_pipeline_unwritable_output_is_said_before_work_begins(jsonl, tmp_path):
    (tmp_path / "file").write_text("")
    with pytest.raises(OutputError, match="cannot be written"):
        analyse(jsonl(posts(1)), tmp_path / "file" / "run")


def test_pipeline_unfinished_run_cannot_be_opened(tmp_path):
    with pytest.raises(RunError, match="minecop analyse"):
        open_run(tmp_path)


def test_pipeline_killed_at_any_moment_ends_in_the_same_bytes(jsonl, tmp_path):
    source = jsonl(posts(12))
    code = "from minecop.cli import main; main()"

    def start(folder):
        arguments = [sys.executable, "-c", code, "report", str(source), "-o", str(folder)]
        return subprocess.Popen(arguments, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)

    begun = time.perf_counter()
    assert start(tmp_path / "calm").wait() == 0
    whole = time.perf_counter() - begun
    for share in (0.3, 0.8):
        process = start(tmp_path / "killed")
        time.sleep(whole * share)
        os.kill(process.pid, signal.SIGKILL)
        process.wait()
    assert start(tmp_path / "killed").wait() == 0
    assert files(tmp_path / "killed") == files(tmp_path / "calm")


def test_artefacts_half_written_stage_is_no_stage(tmp_path):
    key = Key(1, {}, {})
    with pytest.raises(ZeroDivisionError), making(tmp_path / "s", key, {}) as folder:
        (folder / "half").write_text("x")
        raise ZeroDivisionError
    assert list(tmp_path.iterdir()) == []
    assert why_run(tmp_path / "s", key).key == "stage_first"


def test_executors_spawn_and_keep_the_order():
    with make_executor(2) as pool:
        assert isinstance(pool, WorkerPool)
        assert pool._context.get_start_method() == "spawn"
        assert list(map_chunks(pool, abs, [-3, -2, -1], "text", lambda event: None)) == [3, 2, 1]
    assert list(map_chunks(SerialExecutor(), abs, [-1], "text", lambda event: None)) == [1]


def test_executors_take_work_only_as_it_is_needed():
    taken = []

    def work():
        for number in range(1_000):
            taken.append(number)
            yield number

    with ThreadPoolExecutor(2) as pool:
        results = map_chunks(pool, abs, work(), "text", lambda event: None, 1_000)
        assert [next(results) for _ in range(3)] == [0, 1, 2]
        assert len(taken) < 100
        assert list(results) == list(range(3, 1_000))


@pytest.mark.parametrize("rows", [0, 1, 2_000, 2_001, 45_000])
def test_tables_written_piece_by_piece_are_read_in_pieces_of_a_size(tmp_path, rows):
    schema = pa.schema([("n", pa.int64())])
    with TableWriter(tmp_path / "t.parquet", schema) as writer:
        for start in range(0, rows, 700):
            writer.write(pa.table({"n": range(start, min(start + 700, rows))}, schema=schema))
    assert writer.rows == count_rows(tmp_path / "t.parquet") == rows
    pieces = list(read_tables(tmp_path / "t.parquet", 2_000))
    assert all(len(piece) == 2_000 for piece in pieces[:-1])
    assert [n for piece in pieces for n in piece["n"].to_pylist()] == list(range(rows))


def test_settings_file_and_command_line(tmp_path):
    path = tmp_path / "s.toml"
    path.write_text('process = "civic"\nseed = 5\nsince = 2010-01-01\ncommunities = "เหนือ"\n', encoding="utf-8")
    settings = read_settings(path, seed=7, until=None)
    assert settings == Settings(process="civic", seed=7, since=date(2010, 1, 1), communities=("เหนือ",))
    assert read_settings(None) == Settings()


@pytest.mark.parametrize(
    ("text", "message"),
    [
        ("seed = ", "not valid TOML"),
        ("sede = 1", "Unknown setting sede"),
        ("seed = -1", "Bad value of seed"),
        ('since = "soon"', "Bad value of since"),
        ("process = 3", "Bad value of process"),
        ("groups = [1]", "Bad value of groups"),
    ],
)
def test_settings_mistakes_are_said(tmp_path, text, message):
    path = tmp_path / "s.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(SettingsError, match=message):
        read_settings(path)


def test_sample_lies_where_the_program_looks_for_it():
    from minecop.core.shipped import shipped

    assert shipped("corpora", "sample") == SAMPLE
    with pytest.raises(FileNotFoundError):
        shipped("corpora", "nothing")


def test_large_archives_are_worked_at_in_less_memory_with_the_same_result(jsonl, tmp_path, monkeypatch):
    source = jsonl(posts())
    plain = analyse(source, tmp_path / "plain")
    monkeypatch.setattr("minecop.run.context.LARGE", 1)
    renewed = []
    monkeypatch.setattr(
        "minecop.core.workers.WorkerPool.renew", lambda pool, done=WorkerPool.renew: (renewed.append(1), done(pool))
    )
    large = analyse(source, tmp_path / "large", workers=2)
    assert files(large.folder) == files(plain.folder)
    assert len(renewed) == 3  # before topics, before issues are looked for, and before they are described


def test_stages_hang_on_the_results_of_all_stages_that_they_read(sample_run):
    for stage in STAGES:
        inputs = read_record(sample_run.stage_folder(stage.name)).key["inputs"]
        results = {name: result_hash(sample_run.stage_folder(name)) for name in stage.inputs}
        assert {name: inputs[name] for name in stage.inputs} == results, stage.name
