"""A report is written where it is not there yet, and what everything took is told."""

import json
import subprocess
import sys

import pytest
from test_run import posts

from minecop.core.measuring import measured
from minecop.core.progress import Progress
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse
from minecop.run.reporting import RECORD
from minecop.run.timings import read_timings, timing_parts

FILES = ("report.html", "report.md", "report.json", "report.xlsx", "issues.csv", "lessons.csv", "sources.bib")


@pytest.fixture(scope="module")
def archive(tmp_path_factory):
    path = tmp_path_factory.mktemp("archive") / "posts.jsonl"
    path.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts()), encoding="utf-8")
    return path


@pytest.fixture(scope="module")
def kept(archive, tmp_path_factory):
    return tmp_path_factory.mktemp("kept") / "run"


@pytest.fixture
def report(minecop, archive, kept):
    """Write the report of a run that all tests share."""

    def run(*options: object) -> tuple[int, str, str]:
        return minecop("report", archive, "-o", kept, *options)

    assert run()[0] == 0
    return run


def times(folder) -> dict[str, int]:
    return {name: (folder / name).stat().st_mtime_ns for name in FILES}


def contents(folder) -> dict[str, bytes]:
    return {name: (folder / name).read_bytes() for name in FILES}


def test_report_that_stands_there_is_not_written_again(report, kept):
    before = times(kept)
    code, out, err = report("-v", "--lang", "th")
    assert (code, out.strip()) == (0, f"รายงานอยู่ที่ {kept / 'report.html'}")
    assert "เขียนรายงาน: ไม่มีอะไรเปลี่ยน ใช้ผลเดิม" in err
    assert times(kept) == before


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.xlsx"])
def test_report_file_that_was_edited_or_lost_is_made_whole(report, kept, name):
    before = contents(kept)
    if name == "report.md":
        (kept / name).unlink()
    else:
        (kept / name).write_bytes(before[name] + b" ")
    report()
    assert contents(kept) == before


def test_report_asked_for_otherwise_is_written_anew(report, kept):
    thai = contents(kept)
    report("--lang", "en")
    assert contents(kept)["report.md"] != thai["report.md"]
    report("--compare-by", "period")
    assert (kept / "slices.csv").is_file()
    report()
    assert contents(kept) == thai
    assert not (kept / "slices.csv").exists()
    (kept / "slices.csv").write_text("of nobody")
    report()
    assert not (kept / "slices.csv").exists()


def test_report_of_another_program_is_written_anew(report, kept, monkeypatch):
    before = times(kept)
    monkeypatch.setattr("minecop.run.reporting.program_hash", lambda: "another")
    report()
    assert all(before[name] < when for name, when in times(kept).items())


def test_report_with_masks_is_always_written_and_never_left_for_an_open_one(report, kept, tmp_path):
    thai = contents(kept)
    masked = ("--pseudonyms", "--key", tmp_path / "key.json")
    report(*masked)
    hidden, when = contents(kept), times(kept)
    assert hidden["report.md"] != thai["report.md"]
    assert not (kept / RECORD).exists()
    report(*masked)
    assert all(when[name] < now for name, now in times(kept).items())
    report()
    assert contents(kept) == thai


def test_report_says_again_what_it_could_not_compare(report):
    first = report("--compare-by", "province", "--lang", "en")
    assert "authors.csv" in first[2]
    assert report("--compare-by", "province", "--lang", "en") == first


def test_timings_tell_of_every_stage_what_it_read_and_took(report, kept):
    lines = {line["stage"]: line for line in read_timings(kept)["stages"]}
    bodies = [text for post in posts() for text in (post["body"], *(one["body"] for one in post["comments"]))]
    assert lines["archive"]["characters"] == lines["text"]["characters"] == sum(map(len, bodies))
    assert lines["text"]["rows_in"] == {"archive.posts": 6, "archive.comments": 12}
    assert lines["acts"]["rows_in"] == {"text.passages": lines["text"]["rows_out"]["passages"]}
    assert lines["layout"]["characters"] is None
    assert 0 < lines["acts"]["characters"] <= lines["text"]["characters"]
    for line in lines.values():
        assert line["made"]["memory_mb"] > 50
        assert line["made"]["workers"] == 1
    assert "settle" in lines["archive"]["made"]["parts"]
    assert read_timings(kept)["report"]["made"]["memory_mb"] > 50


def test_timings_of_a_reused_stage_are_of_when_it_was_made(report, kept):
    before = read_timings(kept)
    report("--workers", "2")
    after = read_timings(kept)
    assert [line["made"] for line in after["stages"]] == [line["made"] for line in before["stages"]]
    assert after["report"]["made"] == before["report"]["made"]
    assert all(line["reused"] for line in (*after["stages"], after["report"]))


def test_timings_of_a_run_that_ended_before_its_last_stage(archive, tmp_path, monkeypatch):
    def broken(*arguments, **named):
        raise KeyError("broken")

    with monkeypatch.context() as patched, pytest.raises(KeyError):
        patched.setattr("minecop.run.stages.posts_set_aside", broken)
        analyse(archive, tmp_path)
    before = {line["stage"]: line for line in read_timings(tmp_path)["stages"]}
    assert list(before) == ["archive", "text", "acts", "vectors", "topics", "process"]
    analyse(archive, tmp_path)
    after = {line["stage"]: line for line in read_timings(tmp_path)["stages"]}
    assert list(after)[-1] == "tables"
    for name, line in before.items():
        assert after[name]["reused"]
        assert after[name]["made"] == line["made"]
    assert all(after[name]["made"]["seconds"] > 0 for name in ("aside", "insight", "layout", "tables"))


def test_manifest_has_characters_and_no_seconds(report, kept):
    manifest = open_run(kept).manifest
    lines = {line["stage"]: line for line in read_timings(kept)["stages"]}
    assert manifest["stages"]["archive"]["characters"] == lines["text"]["characters"]
    assert manifest["stages"]["text"]["characters"] == lines["acts"]["characters"]
    assert manifest["stages"]["text"]["rows_out"] == {"passages": lines["text"]["rows_out"]["passages"]}
    assert "seconds" not in json.dumps(manifest)


def test_timings_of_a_run_made_before_characters_were_counted(report, kept):
    manifest = (kept / "run.json").read_bytes()
    for path in (kept / "stages").glob("*/stage.json"):
        record = json.loads(path.read_text(encoding="utf-8"))
        record["rows"].pop("characters", None)
        path.write_text(json.dumps(record, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")
    (kept / "timings.json").write_text('{"source": "x", "stages": [{"stage": "text"', encoding="utf-8")
    code, out, _ = report("--timings", "--lang", "en")
    assert code == 0
    assert "passages and words" in out
    assert (kept / "run.json").read_bytes() == manifest


def test_cli_timings_are_shown_of_a_new_and_of_a_finished_run(minecop, archive, tmp_path, monkeypatch):
    folder = tmp_path / "run"
    code, out, _ = minecop("analyse", archive, "-o", folder, "--timings", "--lang", "en")
    assert code == 0
    heads = next(line for line in out.splitlines() if line.startswith("stage"))
    for head in ("rows in", "rows out", "characters", "seconds", "characters/s", "MB", "why"):
        assert head in heads
    assert "first time" in out
    assert "took most of them" in out
    monkeypatch.setattr("minecop.run.pipeline.analyse", None)
    for command in ("analyse", "report"):
        code, again, _ = minecop(command, folder, "--timings")
        assert code == 0
        assert "แบ่งช่วงความและตัดคำ" in again
        assert "นานที่สุดคือขั้น" in again


# A process of its own: one that other tests were run in may still hold freed memory, and take from that.
_MEASURED = """
import subprocess, sys
from minecop.core.measuring import measured

with measured() as small:
    pass
code = "held = bytearray(150_000_000); print(len(held), flush=True); input()"
command = [sys.executable, "-c", code]
with subprocess.Popen(command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as child:
    child.stdout.readline()
    with measured() as taken:
        held = bytearray(200_000_000)
    child.communicate("\\n")
print(small.memory, small.workers, taken.memory, taken.workers, taken.seconds)
"""


def test_measured_sees_memory_of_this_process_and_of_those_below_it():
    done = subprocess.run([sys.executable, "-c", _MEASURED], capture_output=True, text=True, check=True)
    small, small_workers, taken, workers, seconds = map(float, done.stdout.split())
    assert 150_000_000 < taken - small < 250_000_000
    assert small_workers < 150_000_000 <= workers < 200_000_000
    assert seconds > 0


def test_measured_also_where_it_fails():
    with pytest.raises(ValueError, match="broken"), measured() as taken:
        raise ValueError("broken")
    assert taken.memory > 0


def test_timing_parts_notes_what_says_that_it_ends():
    parts, heard = {}, []
    listen = timing_parts(heard.append, parts)
    events = [Progress("read", 1, 2), Progress("settle"), Progress("read", 2, 2), Progress("settle", finished=True)]
    for event in events:
        listen(event)
    assert heard == events
    assert list(parts) == ["settle"]
