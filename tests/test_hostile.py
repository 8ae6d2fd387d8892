"""Files meant to hurt: refused or survived in bounded memory, with a clear line."""

import io
import json
import subprocess
import sys
import zipfile
from pathlib import Path

import openpyxl
import pytest
from conftest import ROOT

GOOD = "น้ำประปาหมู่บ้านไม่ไหลมาสามวันแล้ว ต้องไปขนจากวัด ใครพอมีถังใหญ่ให้ยืมบ้าง"
MOST_MEMORY = 700 * 2**20
"""Bytes: what the program and its libraries take, and one file of the largest size that is read whole."""

CHILD = """
import re, sys
sys.argv = ["minecop", "import", sys.argv[1], "--to", sys.argv[2], "--lang", "en", "-v"]
from minecop.cli import main
try:
    main()
except SystemExit as stop:
    code = stop.code or 0
else:
    code = 0
with open("/proc/self/status") as status:
    peak = re.search(r"VmHWM:\\s*(\\d+)", status.read())[1]
sys.stdout.write(f"\\nmemory {int(peak) * 1024}")
sys.exit(code)
"""


def bomb(name: str, size: int) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive, archive.open(name, "w") as member:
        for _ in range(size // 2**20):
            member.write(b"\0" * 2**20)
    return out.getvalue()


ENTITIES = "".join(f'<!ENTITY a{n} "{f"&a{n - 1};" * 10}">' for n in range(1, 12))
LAUGHS = f'<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a0 "ha">{ENTITIES}]><rss version="2.0"><channel><item><title>&a11;</title><description>&a11;</description></item></channel></rss>'

CASES = {
    "line.txt": lambda: b"\xe0\xb8\x81" * (35 * 2**20),
    "line.jsonl": lambda: b'{"body": "' + b"x" * (100 * 2**20) + b'"}',
    "line.csv": lambda: "ชื่อเรื่อง,เนื้อหา\n".encode() + b"x" * (100 * 2**20),
    "line.json": lambda: b'[{"body": "' + b"x" * (100 * 2**20) + b'"}]',
    "line.html": lambda: b"<html><body><p>" + b"x" * (100 * 2**20),
    "laughs.xml": lambda: LAUGHS.encode(),
    "deep.json": lambda: b'{"a":' * 100_000 + b"1" + b"}" * 100_000,
    "deep.jsonl": lambda: b"[" * 1_000 + b"]" * 1_000,
    "deep.html": lambda: b"<div>" * 100_000 + b"x",
    "deep.xml": lambda: b"<rss><channel><item>" + b"<a>" * 100_000,
    "bomb.zip": lambda: bomb("x.txt", 2**30),
    "bomb.docx": lambda: bomb("word/document.xml", 2**30),
    "bomb.xlsx": lambda: bomb("xl/workbook.xml", 2**30),
    "bomb.wacz": lambda: bomb("archive/x.warc.gz", 2**30),
    "commas.csv": lambda: "เนื้อหา\n".encode() + b"," * (8 * 2**20),
    "quotes.csv": lambda: "เนื้อหา,ผู้เขียน\n".encode() + b'"' * (8 * 2**20),
}


@pytest.mark.skipif(not Path("/proc/self/status").is_file(), reason="asks Linux for the peak of memory")
@pytest.mark.parametrize("name", CASES)
def test_hostile_file_costs_no_more_than_itself(name, tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "good.jsonl").write_text(json.dumps({"body": GOOD}, ensure_ascii=False), encoding="utf-8")
    (source / name).write_bytes(CASES[name]())
    done = subprocess.run(
        [sys.executable, "-c", CHILD, str(source), str(tmp_path / "ours")],
        capture_output=True,
        text=True,
        encoding="utf-8",
        cwd=ROOT,
        timeout=300,
        check=False,
    )
    assert done.returncode == 0, done.stderr[-2000:]
    assert "Traceback" not in done.stderr
    assert name in done.stderr or "2 posts" in done.stderr, "nothing was said of the file"
    assert len(done.stderr) < 20_000
    memory = int(done.stdout.rsplit("memory ", 1)[1])
    assert memory < MOST_MEMORY, f"{memory / 2**20:.0f} MB"


def test_hostile_titles_run_nowhere(jsonl, tmp_path, minecop):
    script = "<script>alert(1)</script>"
    formula = '=HYPERLINK("http://x.example","ดู")'
    posts = [
        {
            "id": str(n),
            "title": script,
            "author": formula,
            "author_name": formula,
            "community": script,
            "body": f"{GOOD} {n} {script}",
        }
        for n in range(4)
    ]
    code, _, _ = minecop("report", jsonl(posts), "-o", tmp_path / "run")
    assert code == 0
    assert script not in (tmp_path / "run" / "report.html").read_text(encoding="utf-8")
    for sheet in openpyxl.load_workbook(tmp_path / "run" / "report.xlsx"):
        assert not [cell for row in sheet for cell in row if cell.data_type == "f"]
    for table in ("issues.csv", "lessons.csv", "stages/archive/authors.csv"):
        cells = (
            (tmp_path / "run" / table).read_text(encoding="utf-8-sig").replace('"', "").replace("\n", ",").split(",")
        )
        assert not [cell for cell in cells if cell.startswith(("=", "+", "@"))]
