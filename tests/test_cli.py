import csv
import io
import json
import os
import pty
import re
import subprocess
import sys
from pathlib import Path

import pytest
from conftest import ROOT
from test_run import posts

from minecop.cli import COMMANDS, cli


@pytest.fixture
def run(jsonl, tmp_path, minecop):
    folder = tmp_path / "run"
    code, out, _ = minecop("report", jsonl(posts()), "-o", folder)
    assert code == 0
    assert out.strip() == f"รายงานอยู่ที่ {folder / 'report.html'}"
    return folder


def test_cli_every_command_is_documented_with_an_example():
    for name, (_, first_line) in COMMANDS.items():
        command = cli.get_command(None, name)
        text = command.help
        assert text.splitlines()[0] == first_line, name
        assert re.search("[ก-ฮ]", first_line) and re.search("[A-Za-z]{4}", first_line)
        assert f"minecop {name}" in text.split("\b", 1)[1], f"{name} has no example"
        for parameter in command.params:
            assert parameter.param_type_name == "argument" or parameter.help, f"{name} {parameter.name}"


def test_cli_report_writes_every_file_and_speaks_to_stderr(run):
    names = {path.name for path in run.iterdir()}
    assert {
        "report.html",
        "report.md",
        "report.json",
        "report.xlsx",
        "issues.csv",
        "lessons.csv",
        "sources.bib",
        "passages.parquet",
        "topic_members.parquet",
        "run.json",
    } <= names


def test_cli_default_output_is_named_after_the_archive(jsonl, tmp_path, minecop, monkeypatch):
    source = jsonl(posts(2), "บันทึกของเรา.jsonl")
    monkeypatch.chdir(tmp_path)
    code, out, err = minecop("report", source, "--lang", "en")
    assert (code, out.strip()) == (0, "The report is at outputs/บันทึกของเรา/report.html")
    assert "Read 1 files: 2 posts and 4 comments" in err


def test_cli_issues_json_is_the_contract_and_nothing_else(run, minecop):
    code, out, err = minecop("issues", run, "--json")
    values = json.loads(out)
    assert (code, err) == (0, "")
    assert set(values) == {"issues", "set_aside"}
    assert [issue["rank"] for issue in values["issues"]] == list(range(1, len(values["issues"]) + 1))
    for issue in values["issues"]:
        assert set(issue) == {
            "id",
            "rank",
            "status",
            "trend",
            "title",
            "authors",
            "communities",
            "author_ids",
            "community_names",
            "evidence",
            "known",
            "members",
            "named_by",
            "machine_title",
            "accepted",
        }
        assert issue["authors"] == len(issue["author_ids"])
        assert issue["communities"] == len(issue["community_names"])
        assert all(set(member) == {"post", "comment", "start", "end"} for member in issue["members"])


@pytest.mark.parametrize("name", ["topics", "steps"])
def test_cli_groups_json_csv_and_table(run, minecop, name):
    code, out, _ = minecop(name, run, "--json")
    values = json.loads(out)
    assert code == 0
    assert values
    for value in values:
        extra = {
            "topics": {
                *("terms", "theme", "stability", "sure", "change", "others", "machine_written"),
                *("named_by", "machine_title"),
            },
            "steps": {"unnamed", "expected", "share", "low", "high", "coverage", "quotes"},
        }
        assert set(value) == {"id", "title", "authors", "communities", "passages", "trend", "members"} | extra[name]
    _, out, _ = minecop(name, run, "--csv")
    assert len(list(csv.reader(io.StringIO(out)))) == len(values) + 1
    code, out, _ = minecop(name, run, "--lang", "en")
    assert code == 0
    assert "people" in out


def test_cli_issues_one_with_its_evidence(run, minecop):
    values = json.loads(minecop("issues", run, "--json")[1])["issues"]
    code, out, _ = minecop("issues", run, "๑", "--lang", "en")
    assert code == 0
    assert out.startswith(f"1. {values[0]['title']}")
    for heading in ("Who", "How sure", "Voices", "To ask in the circle", "Who could be invited"):
        assert f"\n{heading}\n" in out
    assert json.loads(minecop("issues", run, "1", "--json")[1]) == values[0]
    assert len(minecop("issues", run, "1", "--csv")[1].splitlines()) == 1 + len(values[0]["members"])
    code, _, err = minecop("issues", run, "999")
    assert code != 0
    assert "999" in err


def test_cli_issues_table_and_csv(run, minecop):
    assert minecop("issues", run)[0] == 0
    _, out, _ = minecop("issues", run, "--csv")
    assert out.splitlines()[0] == (
        "rank,status,trend,authors,communities,title,effective_authors,provinces,adding,asking,stuck,doubting,settling,unanswered,stability"
    )


def test_cli_label_gives_one_line_for_each(tmp_path, minecop):
    source = tmp_path / "p.csv"
    source.write_text(
        'id,text,kind\na,"ขอบคุณครับ, แวะมาเยี่ยม",comment\n,"นัดประชุมวันศุกร์ แบ่งงานกันแล้ว",post\n', encoding="utf-8-sig"
    )
    code, _, _ = minecop("label", source, "-o", tmp_path / "out.jsonl")
    rows = [json.loads(line) for line in (tmp_path / "out.jsonl").read_text(encoding="utf-8").splitlines()]
    assert code == 0
    assert [row["id"] for row in rows] == ["a", "3"]
    for row in rows:
        assert set(row) == {"id", "step", "steps", "second", "issue", "lesson", "request", "courtesy", "explainer"}
        assert list(row["steps"]) == [str(n) for n in range(1, 11)]
    assert rows[0]["courtesy"] is True
    assert rows[0]["step"] == 0


def test_cli_label_reads_json_lines_and_writes_to_the_terminal(tmp_path, minecop):
    source = tmp_path / "p.jsonl"
    source.write_text('{"text": "สวัสดี"}\n{"id": 9, "text": "นัดประชุม", "title": "x"}\n', encoding="utf-8")
    code, out, _ = minecop("label", source, "-o", "-", "--process", "civic")
    assert code == 0
    assert [json.loads(line)["id"] for line in out.splitlines()] == ["1", "9"]


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("empty.jsonl", b"", "ไฟล์ว่าง"),
        ("binary.jsonl", b"\x00\x01\x02\x03" * 100, "ไม่ใช่ไฟล์ข้อความ"),
        ("song.mp3", b"\xff\xfb some sound", "ยังอ่านไฟล์ชนิดนี้ไม่ได้"),
        ("word.doc", b"\xd0\xcf\x11\xe0 some text", ".docx"),
        ("broken.jsonl", b"{not json", "ไม่ใช่ JSON"),
        ("missing.jsonl", None, "ไม่พบ"),
    ],
)
def test_cli_bad_input_is_one_clear_line_and_exit_code_1(tmp_path, minecop, name, content, said):
    path = tmp_path / name
    if content is not None:
        path.write_bytes(content)
    code, out, err = minecop("report", path, "-o", tmp_path / "out")
    assert (code, out) == (1, "")
    assert len(err.strip().splitlines()) == 1
    assert said in err
    assert not (tmp_path / "out" / "report.html").exists()


def test_cli_folder_with_nothing_readable(tmp_path, minecop):
    (tmp_path / "empty").mkdir()
    code, _, err = minecop("report", tmp_path / "empty", "-o", tmp_path / "out", "--lang", "en")
    assert code == 1
    assert len(err.strip().splitlines()) == 1
    assert "no readable file" in err


def test_cli_unwritable_output(tmp_path, jsonl, minecop):
    (tmp_path / "file").write_text("")
    code, out, err = minecop("report", jsonl(posts(1)), "-o", tmp_path / "file" / "below")
    assert (code, out) == (1, "")
    assert "เขียนลงที่" in err
    assert len(err.strip().splitlines()) == 1


@pytest.mark.parametrize(
    "arguments", [["nonsense"], ["report"], ["report", "x", "--workers", "0"], ["report", "x", "--since", "soon"]]
)
def test_cli_wrong_call_is_exit_code_2(minecop, arguments):
    assert minecop(*arguments)[0] == 2


def test_cli_unfinished_run_is_said(tmp_path, minecop):
    code, _, err = minecop("issues", tmp_path)
    assert code == 1
    assert "minecop analyse" in err


def test_cli_verbose_says_why_each_stage_ran(run, jsonl, minecop):
    code, _, err = minecop("analyse", jsonl(posts()), "-o", run, "-v", "--seed", "4", "--lang", "en")
    assert code == 0
    assert "passages and words: nothing changed, reused" in err
    assert "vectors: settings changed: seed 0 → 4" in err


def test_cli_import_keeps_an_archive_and_reports_from_it(jsonl, tmp_path, minecop):
    code, out, err = minecop("import", jsonl([*posts(2), {"title": "ว่าง"}]), "--to", tmp_path / "kept", "--lang", "en")
    assert (code, out.strip()) == (0, f"Archive written to {tmp_path / 'kept'}")
    assert "refused: posts.jsonl:3: no text in it" in err
    before = sorted((p.name, p.stat().st_mtime_ns) for p in (tmp_path / "kept").iterdir())
    assert minecop("report", tmp_path / "kept", "-o", tmp_path / "run")[0] == 0
    assert sorted((p.name, p.stat().st_mtime_ns) for p in (tmp_path / "kept").iterdir()) == before
    assert json.loads((tmp_path / "run" / "run.json").read_text())["archive"]["name"] == "kept"


def test_cli_output_is_utf8_whatever_the_console(run):
    environment = os.environ | {"PYTHONIOENCODING": "ascii", "LC_ALL": "C", "PYTHONUTF8": "0"}
    command = [sys.executable, "-m", "minecop", "issues", str(run)]
    done = subprocess.run(command, capture_output=True, cwd=ROOT, env=environment, check=True)
    assert "สถานะ" in done.stdout.decode("utf-8")


def test_cli_progress_shows_on_a_terminal_only(jsonl, tmp_path):
    command = [sys.executable, "-m", "minecop", "analyse", str(jsonl(posts(2))), "-o", str(tmp_path / "run"), "-v"]
    leader, follower = pty.openpty()
    with subprocess.Popen(
        command, stdout=subprocess.PIPE, stderr=follower, cwd=ROOT, env=os.environ | {"TERM": "xterm"}
    ) as process:
        os.close(follower)
        shown = b""
        while True:
            try:
                piece = os.read(leader, 65536)
            except OSError:  # the other end is closed
                break
            if not piece:
                break
            shown += piece
        assert process.wait() == 0
    os.close(leader)
    assert "แบ่งช่วงความและตัดคำ" in shown.decode("utf-8", "replace")
    assert b"\x1b[" in shown
    quiet = subprocess.run(command[:-1], capture_output=True, cwd=ROOT, check=True)
    assert quiet.stderr == b""
    assert b"\x1b[" not in quiet.stdout


def test_cli_interruption_is_said_without_a_traceback(monkeypatch, minecop, jsonl, tmp_path):
    def stop(*_, **__):
        raise KeyboardInterrupt

    monkeypatch.setattr("minecop.run.pipeline.analyse", stop)
    code, _, err = minecop("report", jsonl(posts(1)), "-o", tmp_path / "run", "--lang", "en")
    assert code == 130
    assert "run the same command again" in err


@pytest.mark.parametrize(("words", "code"), [(["--version"], 0), (["issues", "none"], 1), (["issues"], 2)])
def test_cli_program_hands_on_what_it_says_and_ends_without_taking_apart_what_it_holds(tmp_path, words, code):
    script = (
        "import atexit, sys; from dying import keep; from minecop.cli import entry\n"
        "atexit.register(print, 'the end'); keep(sys.argv.pop(1)); entry()"
    )
    done = subprocess.run(
        [
            sys.executable,
            "-c",
            script,
            tmp_path / "taken apart",
            *words,
        ],
        capture_output=True,
        cwd=ROOT,
        env=os.environ | {"PYTHONPATH": os.pathsep.join([str(ROOT), str(ROOT / "tests")])},
    )
    said = done.stdout.decode().splitlines()
    assert done.returncode == code
    assert said.pop() == "the end"
    assert bool(said) == (code == 0)
    assert bool(done.stderr) == (code > 0)
    assert list(tmp_path.iterdir()) == []


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="a disk that is always full is one of Linux")
def test_cli_what_cannot_be_handed_on_is_not_passed_over():
    with Path("/dev/full").open("wb") as full:
        done = subprocess.run(
            [sys.executable, "-m", "minecop", "--version"], stdout=full, stderr=subprocess.PIPE, cwd=ROOT
        )
    assert done.returncode > 0
    assert b"No space left" in done.stderr


def test_cli_text_shows_what_the_machine_sees(minecop, tmp_path):
    path = tmp_path / "แปลงผัก.txt"
    path.write_text(
        "แปลงผักลุงมี\n\nลุงมีบอกว่าน้ำไม่พออีกรอบหนึ่ง มา ลปรร. กัน รบกวนพี่ๆ ช่วยแนะนำหน่อยค่ะ ว่าจะทำยังไงดี", encoding="utf-8"
    )
    shown = minecop("text", path)[1]
    assert "บอก|ว่า|น้ำ" in shown
    assert "ถามหรือขอให้ช่วย" in shown
    assert "แลกเปลี่ยนเรียนรู้" in minecop("text", path, "--words")[1]
    assert "asks readers" in minecop("text", path, "--lang", "en")[1]
    (view,) = json.loads(minecop("text", path, "--json")[1])
    body = path.read_text(encoding="utf-8").split("\n\n")[1]
    for passage in view["passages"]:
        assert body[passage["start"] : passage["end"]] == passage["text"]
    code, _, said = minecop("text", tmp_path / "none.txt")
    assert code == 1
    assert "none.txt" in said
    assert "Traceback" not in said


def completed(*words: str) -> list[str]:
    from click.shell_completion import ShellComplete

    *before, begun = words
    found = ShellComplete(cli, {}, "minecop", "_MINECOP_COMPLETE").get_completions(list(before), begun)
    return [item.value for item in found if item.type == "plain"]


def test_cli_completion_offers_commands_options_runs_and_archives(tmp_path, monkeypatch):
    for path in ("outputs/ours/run.json", "outputs/half-made/stages", "corpora/ours/archive.toml", "posts.jsonl"):
        (tmp_path / path).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / path).touch()
    monkeypatch.chdir(tmp_path)
    assert completed("iss") == ["issues"]
    assert completed("steps", "seq") == ["sequence"]
    assert completed("report", "--pse") == ["--pseudonyms"]
    assert completed("issues", "") == completed("compare", "outputs/ours", "out") == ["outputs/ours"]
    assert completed("issues", "outputs/o") == ["outputs/ours"]
    assert (
        completed("archive", "")
        == completed("report", "cor")
        == completed("import", "x", "--to", "")
        == ["corpora/ours"]
    )
    assert sorted(completed("doctor", "")) == ["corpora/ours", "outputs/ours"]
    assert completed("report", "posts") == []  # the shell's own files


@pytest.mark.parametrize("shell", ["bash", "zsh", "fish", "powershell"])
def test_cli_completion_prints_what_the_shell_reads(minecop, shell):
    code, out, _ = minecop("completion", shell)
    assert code == 0
    assert "_MINECOP_COMPLETE" in out


def test_cli_completion_works_in_bash(tmp_path):
    (tmp_path / "runs" / "ours").mkdir(parents=True)
    (tmp_path / "runs" / "ours" / "run.json").touch()
    program = f'#!/bin/sh\nexec "{sys.executable}" -m minecop "$@"\n'
    (tmp_path / "minecop").write_text(program)
    (tmp_path / "minecop").chmod(0o755)
    script = 'eval "$(minecop completion bash)"; COMP_WORDS=(minecop issues \'\'); COMP_CWORD=2; _minecop_completion minecop; echo "${COMPREPLY[@]}"'
    environment = os.environ | {"PATH": f"{tmp_path}{os.pathsep}{os.environ['PATH']}", "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        ["bash", "-c", script], capture_output=True, text=True, cwd=tmp_path, env=environment, check=True
    )
    assert done.stdout.strip() == "runs/ours", done.stderr
