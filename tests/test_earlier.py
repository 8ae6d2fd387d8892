"""Adding to an archive: what is taken over from the last run, and that nothing else comes of it than of a run that begins anew."""

import json

import numpy as np
import pyarrow as pa
import pytest
from conftest import SAMPLE

from minecop.core.executors import SerialExecutor
from minecop.core.progress import silent
from minecop.core.tables import read_table, write_table
from minecop.run import stages
from minecop.run.artefacts import Key, making
from minecop.run.context import Context
from minecop.run.earlier import hashes_of, made_or_taken
from minecop.run.pipeline import analyse
from minecop.run.settings import Settings


def written(folder, posts):
    folder.mkdir(exist_ok=True)
    lines = (json.dumps(post, ensure_ascii=False) + "\n" for post in posts)
    (folder / "posts.jsonl").write_text("".join(lines), encoding="utf-8")
    return folder


@pytest.fixture(scope="module")
def grown(tmp_path_factory):
    """A run of some posts, made again when one was added and one was edited; and one that began anew."""
    folder = tmp_path_factory.mktemp("grown")
    posts = [json.loads(line) for line in (SAMPLE / "health.jsonl").read_text(encoding="utf-8").splitlines()][:12]
    run = folder / "run"
    analyse(written(folder / "archive", posts[:11]), run)
    edited = posts[5] | {"body": posts[5]["body"] + "\n\nเมื่อวานประชุมกันอีกรอบ ยังไม่มีใครรับเป็นเจ้าภาพเรื่องนี้เลยค่ะ"}
    source = written(folder / "archive", [*posts[:5], edited, *posts[6:]])
    asked = []
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(
            stages, "_acts_chunk", lambda tables, made=stages._acts_chunk: asked.append(len(tables[0])) or made(tables)
        )
        again = analyse(source, run)
    return again, analyse(source, folder / "anew"), asked


def test_adding_gives_the_bytes_of_a_run_that_begins_anew(grown):
    again, anew, _ = grown
    names = sorted(path.relative_to(anew.folder) for path in anew.folder.rglob("*") if path.is_file())
    differing = {
        name.as_posix()
        for name in names
        if name.name not in {"timings.json", ".lock"}
        and (again.folder / name).read_bytes() != (anew.folder / name).read_bytes()
    }
    # which topics are those of the last run is told, and so is what is made of that
    history = {"topics", "insight", "layout", "tables"}
    assert {name for name in differing if name.split("/")[0] == "stages" and name.split("/")[1] not in history} == set()
    assert "stages/acts/acts.parquet" not in differing


def test_adding_looks_only_at_what_is_new_or_was_edited(grown):
    again, _, asked = grown
    ids = read_table(again.stage_folder("acts") / "acts.parquet", ["passage_id"])["passage_id"].to_pylist()
    taken = {
        line["stage"]: line["made"].get("rows_taken_over", 0)
        for line in json.loads((again.folder / "timings.json").read_text())["stages"]
    }
    assert taken["acts"] == len(ids) - sum(asked) > 0.7 * len(ids)
    assert taken["text"] >= taken["acts"], (
        "words of passages are joined otherwise where the archive's collocations are others"
    )
    assert 0.5 * len(ids) < taken["process"] <= taken["acts"]
    assert sum(asked) > 0


# ---- rows by themselves

SCHEMA = pa.schema([("name", pa.string()), ("letters", pa.int64())])


def counted(tables):
    (some,) = tables
    return pa.table({"name": some["name"], "letters": [len(one) for one in some["name"].to_pylist()]}, SCHEMA)


def made(folder, names, *, version=1, model="a", text="1", size=3):
    """Make a stage's table as stages do, three rows a chunk; return it, and which rows were looked at."""
    asked = []

    def count(tables):
        asked.extend(tables[0]["name"].to_pylist())
        return counted(tables)

    key = Key(version, {}, {"text": text, "model": model})
    context = Context(folder, folder.parent, Settings(), SerialExecutor(), silent, {"text": key, "counted": key})
    table = pa.table({"name": pa.array(names, pa.string())})
    folder = context.stage_folder("counted")
    with making(folder, key, {}) as temporary:
        chunks = ((table.slice(at, size),) for at in range(0, len(table), size))
        found = made_or_taken(context, "counted", count, chunks, 0, temporary, "counted.parquet")
        write_table(temporary / "counted.parquet", pa.concat_tables([SCHEMA.empty_table(), *found]))
    return read_table(folder / "counted.parquet"), asked


def test_rows_are_taken_over_wherever_they_stand_now(tmp_path):
    folder = tmp_path / "stage"
    assert made(folder, ["ก", "ขข", "คคค", "งงงง"])[1] == ["ก", "ขข", "คคค", "งงงง"]
    table, asked = made(folder, ["งงงง", "ใหม่", "ก", "ขข", "จ", "คคค", "ก"], text="2")
    assert asked == ["ใหม่", "จ"]
    assert table["letters"].to_pylist() == [4, 4, 1, 2, 1, 3, 1]
    assert table["name"].to_pylist() == ["งงงง", "ใหม่", "ก", "ขข", "จ", "คคค", "ก"]
    assert made(folder, [], text="3")[0].num_rows == 0
    assert made(folder, ["ก"], text="4")[1] == ["ก"], "nothing was left of the rows"


@pytest.mark.parametrize("change", [{"version": 2}, {"model": "b"}])
def test_rows_that_would_come_out_otherwise_now_are_made_anew(tmp_path, change):
    made(tmp_path / "stage", ["ก", "ข"])
    assert made(tmp_path / "stage", ["ก", "ข"], **change)[1] == ["ก", "ข"]


@pytest.mark.parametrize("name", ["counted.parquet", "made-of.npy", "stage.json"])
def test_rows_of_a_damaged_file_are_made_anew(tmp_path, name):
    made(tmp_path / "stage", ["ก", "ข"])
    path = tmp_path / "stages" / "counted" / name
    path.write_bytes(path.read_bytes()[:-1] + b"x")
    assert made(tmp_path / "stage", ["ก", "ข"])[1] == ["ก", "ข"]


def test_hashes_tell_apart_what_only_looks_the_same():
    columns = [["กข", "ก", "ก"], [["ค"], ["ข", "ค"], ["ขค"]], [None, None, None]]
    assert len(np.unique(hashes_of(columns))) == 3
    assert len(hashes_of([[], []])) == 0
    lists = pa.array([["ก", "ข"], ["กข"], ["กข", ""], [], None, ["", "กข"], [None]], pa.list_(pa.string()))
    texts = pa.array(["", None, "ก"], pa.string())
    numbers, marks = pa.array([0, None, 1], pa.int32()), pa.array([False, None, True])
    shares = pa.array([0.0, None, 0.5], pa.float32())
    for column in (lists, texts, numbers, marks, shares):
        assert len(np.unique(hashes_of([pa.chunked_array([column])]))) == len(column), column.type


def test_hashes_hang_on_rows_and_not_on_where_they_lie():
    table = pa.table({"a": ["กขค", None, "ง", "จฉ"], "b": [["ก"], ["ข", "คง"], [], None], "c": [1, 2, None, 4]})
    every = hashes_of(table.columns)
    assert np.array_equal(hashes_of(table.slice(1, 2).columns), every[1:3])
    assert np.array_equal(hashes_of(pa.concat_tables([table.slice(2), table]).columns)[2:], every)
    assert not np.array_equal(hashes_of(table.columns[::-1]), every)
