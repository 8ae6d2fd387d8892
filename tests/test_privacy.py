"""What is handed on holds nothing that was masked, and quotes are still those of their sources."""

import csv
import html
import io
import json
import shutil
import zipfile
from importlib import import_module

import pytest

from minecop.cli import COMMANDS
from minecop.core.errors import QuoteError
from minecop.core.tables import read_table
from minecop.insight.models import Quote
from minecop.run.loading import load_analysis
from minecop.run.masking import with_privacy
from minecop.run.opening import open_run

POSTS = [
    {
        "id": "11",
        "url": "http://blog.example/blog/somying-home/11",
        "title": "เยี่ยมบ้านคุณบุญเลิศ",
        "author": "somying-home",
        "author_name": "สมหญิง รักถิ่น",
        "community": "คนบ้านโคก",
        "published": "2010-02-01",
        "body": "วันนี้ไปเยี่ยมบ้านคุณบุญเลิศ แกพักอยู่บ้านเลขที่ 45/2 หมู่ 7 ต.โคกสี อ.เมือง จ.ขอนแก่น น้ำไม่ไหลมาสามวันแล้ว ไม่รู้จะทำอย่างไร ถ้าใครช่วยได้โทร 081-234-5678 หรืออีเมล boonlert@mail.example",
        "comments": [
            {
                "author": "krunok",
                "author_name": "ครูนก",
                "published": "2010-02-02",
                "body": "ขอบคุณคุณสมหญิงค่ะ ที่โรงเรียนน้ำก็ไม่ไหลเหมือนกัน ไม่รู้จะทำอย่างไร เลขบัตรประชาชนของลุงที่ฝากไว้คือ 1-1017-00230-70-5 นะคะ",
            }
        ],
    },
    {
        "id": "12",
        "author": "krunok",
        "author_name": "ครูนก",
        "community": "คนบ้านโพน",
        "published": "2010-05-01",
        "body": "น้ำไม่ไหลอีกแล้ว เด็กต้องหิ้วน้ำมาเอง หนักใจมาก ลุงบุญเลิศแนะนำให้ทำถังสำรอง ไลน์ไอดี krunok99",
    },
]
SECRETS = ("บุญเลิศ", "081-234-5678", "boonlert@mail", "1-1017-00230-70-5", "krunok99", "45/2")
AUTHORS = ("สมหญิง", "somying", "ครูนก", "krunok")


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    from minecop.run.pipeline import analyse

    folder = tmp_path_factory.mktemp("private")
    source = folder / "posts.jsonl"
    source.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in POSTS), encoding="utf-8")
    return analyse(source, folder / "run").folder


def exported(minecop, run, folder, *options):
    code, _, err = minecop("export", run, "--to", folder / "out", "--key", folder / "key.json", *options)
    assert code == 0, err
    return {path.name: text_of(path) for path in (folder / "out").iterdir()}


def text_of(path) -> str:
    """All text of a file, also where it is packed in a zip."""
    if path.suffix.lower() not in {".xlsx", ".qdpx", ".docx"}:
        return path.read_text(encoding="utf-8")
    with zipfile.ZipFile(path) as parts:
        return "\n".join(name + html.unescape(parts.read(name).decode("utf-8", "replace")) for name in parts.namelist())


def test_privacy_export_with_masks_and_pseudonyms_holds_no_original(minecop, run, tmp_path):
    files = exported(minecop, run, tmp_path, "--mask", "--pseudonyms")
    assert {
        "report.html",
        "report.json",
        "report.xlsx",
        "sources.bib",
        "posts.jsonl",
        "posts.csv",
        "comments.csv",
        "passages.csv",
        "issues.csv",
        "lessons.csv",
        "session-pack.docx",
    } <= set(files)
    for name, text in files.items():
        for secret in (*SECRETS, *AUTHORS):
            assert secret not in text, f"{secret} in {name}"
    assert "น้ำไม่ไหลมาสามวันแล้ว" in files["posts.jsonl"]
    assert "คุณ[บุคคล" in files["posts.jsonl"]
    key = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))
    assert set(key["authors"]) == {"somying-home", "krunok"}
    assert "บุญเลิศ" in key["people"]


def test_privacy_project_for_analysis_holds_no_original(minecop, run, tmp_path):
    options = ("--key", tmp_path / "key.json", "--mask", "--pseudonyms", "--lang", "en")
    code, out, _ = minecop("export", run, "--to", tmp_path / "ours.QDPX", *options)
    assert code == 0
    assert "MAXQDA" in out
    text = text_of(tmp_path / "ours.QDPX")
    assert "น้ำไม่ไหลมาสามวันแล้ว" in text
    assert "คุณ[Person" in text
    assert not [secret for secret in (*SECRETS, *AUTHORS, "http://blog") if secret in text]


def test_privacy_mask_alone_names_the_authors_and_nobody_else(minecop, run, tmp_path):
    files = exported(minecop, run, tmp_path, "--mask")
    assert not [secret for secret in SECRETS for text in files.values() if secret in text]
    assert "สมหญิง รักถิ่น" in files["posts.jsonl"]


def test_privacy_pseudonyms_alone_leave_the_rest(minecop, run, tmp_path):
    files = exported(minecop, run, tmp_path, "--pseudonyms")
    assert not [name for name in AUTHORS[:2] for text in files.values() if name in text]
    assert "081-234-5678" in files["posts.jsonl"]


def test_privacy_export_of_everything_is_the_archive(minecop, run, tmp_path):
    files = exported(minecop, run, tmp_path)
    posts = [json.loads(line) for line in files["posts.jsonl"].splitlines()]
    assert [post["body"] for post in posts] == [post["body"] for post in POSTS]
    rows = list(csv.DictReader(io.StringIO(files["passages.csv"].removeprefix("\ufeff"))))
    bodies = {post["id"]: post["body"] for post in POSTS}
    for row in rows:
        if not row["comment"]:
            assert row["text"] == bodies[row["post_id"]][int(row["start"]) : int(row["end"])]
    assert not (tmp_path / "key.json").exists()


def test_privacy_pseudonyms_stay_with_the_key(minecop, run, tmp_path):
    first = exported(minecop, run, tmp_path, "--mask", "--pseudonyms")
    key = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))
    key["people"] = {"บุญเลิศ": "[บุคคล 99]"}
    (tmp_path / "key.json").write_text(json.dumps(key), encoding="utf-8")
    second = exported(minecop, run, tmp_path, "--mask", "--pseudonyms")
    assert "[บุคคล 99]" in second["posts.jsonl"]
    assert first["posts.jsonl"] != second["posts.jsonl"]
    assert exported(minecop, run, tmp_path, "--mask", "--pseudonyms") == second


def test_privacy_quotes_are_checked_against_the_source_before_masks_go_over_them(run, tmp_path):
    opened = open_run(run)
    analysis = with_privacy(load_analysis(opened), opened, tmp_path / "key.json", mask=True, pseudonyms=True)
    body = POSTS[0]["body"]
    start = body.index("คุณบุญเลิศ")
    quote = Quote("11", None, start, start + 12, body[start : start + 12])
    assert analysis.verified(quote).text.startswith("คุณ[บุคคล")
    cut = Quote("11", None, start + 5, start + 14, body[start + 5 : start + 14])
    assert "ุญเลิศ" not in analysis.verified(cut).text
    with pytest.raises(QuoteError):
        analysis.verified(Quote("11", None, start, start + 12, "คุณ[บุคคล 1] แก"))


def test_privacy_report_says_what_was_replaced(minecop, run, tmp_path):
    source = run.parent / "posts.jsonl"
    code, _, err = minecop(
        "report", source, "-o", run, "--mask", "--pseudonyms", "--key", tmp_path / "k.json", "--lang", "en"
    )
    assert code == 0
    assert "telephone numbers 1" in err
    text = (run / "report.md").read_text(encoding="utf-8")
    assert "All authors go by pseudonyms" in text
    assert "บุญเลิศ" not in text


def test_privacy_export_never_over_other_things(minecop, run, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "mine.txt").write_text("x")
    code, _, err = minecop("export", run, "--to", tmp_path / "out")
    assert code == 1
    assert "--to" in err


def test_privacy_bad_key_is_one_clear_line(minecop, run, tmp_path):
    (tmp_path / "key.json").write_text("[1]", encoding="utf-8")
    code, _, err = minecop("export", run, "--to", tmp_path / "out", "--mask", "--key", tmp_path / "key.json")
    assert code == 1
    assert "Traceback" not in err
    assert len(err.strip().splitlines()) == 1


TERMINAL = (
    ("issues", "RUN"),
    ("issues", "RUN", "1"),
    ("issues", "RUN", "1", "--csv"),
    ("issues", "RUN", "--json"),
    ("topics", "RUN"),
    ("topics", "RUN", "--json"),
    ("lessons", "RUN"),
    ("lessons", "RUN", "--csv"),
    ("steps", "RUN"),
    ("steps", "RUN", "--json"),
    ("steps", "RUN", "--by", "community"),
    ("steps", "sequence", "RUN"),
    ("steps", "facets", "RUN", "--json"),
    ("steps", "why", "RUN", "11/0/1"),
    ("steps", "why", "RUN", "11/1/1", "--json"),
    ("compare", "RUN", "RUN", "--all"),
    ("compare", "RUN", "RUN", "--json"),
    ("compare", "RUN", "RUN", "--csv"),
)


def place_of(part, run):
    """A word of a call; of a passage the id that the run has for the comment, or the post."""
    if part == "RUN":
        return run
    if part in {"11/0/1", "11/1/1"}:
        rows = read_table(run / "passages.parquet").to_pylist()
        wanted = 1 if part == "11/1/1" else None
        return next(row["passage_id"] for row in rows if row["post_id"] == "11" and row["comment"] == wanted)
    return part


@pytest.mark.parametrize("words", TERMINAL, ids=" ".join)
def test_privacy_terminal_shows_no_original(minecop, run, tmp_path, monkeypatch, words):
    # the labelled examples that ship take long to read, and name nobody
    monkeypatch.setattr("minecop.run.evidence._nearest", lambda run, labels, passages: [{} for _ in passages])
    call = [place_of(part, run) for part in words]
    code, open_out, err = minecop(*call)
    assert code == 0, err
    code, out, err = minecop(*call, "--mask", "--pseudonyms", "--key", tmp_path / "key.json")
    assert code == 0, err
    assert out.strip()
    assert not [secret for secret in (*SECRETS, *AUTHORS) if secret in out]
    assert "telephone" in err or "เบอร์โทรศัพท์" in err
    if "why" in words or words[-2:] == ("1", "--csv"):
        assert [secret for secret in (*SECRETS, *AUTHORS) if secret in open_out], "nothing to mask"


def test_privacy_every_command_that_shows_a_run_takes_the_options():
    for name, (module, _) in COMMANDS.items():
        command = import_module(f"minecop.cli.{module}").command
        for one in (command, *getattr(command, "commands", {}).values()):
            options = {parameter.name for parameter in one.params}
            if {"run", "earlier"} & options and one.name != "label":  # a person labels what was written
                assert {"mask", "pseudonyms", "key"} <= options, f"{name} {one.name}"
    for name in ("report", "export"):
        options = {parameter.name for parameter in import_module(f"minecop.cli.{name}").command.params}
        assert {"mask", "min_authors", "source_text"} <= options


def test_privacy_notes_and_their_outcomes_name_nobody(minecop, run, tmp_path):
    options = ("--mask", "--pseudonyms", "--key", tmp_path / "key.json")
    notes = tmp_path / "notes.csv"
    code, _, err = minecop("notes", run, "--all", "-o", notes, *options)
    assert code == 0, err
    text = notes.read_text(encoding="utf-8-sig")
    assert not [secret for secret in (*SECRETS, *AUTHORS) if secret in text]
    rows = list(csv.reader(io.StringIO(text)))
    rows[1][3:] = ["ให้ครูนกโทรหา 081-234-5678", "กำลังทำ", "ลุงบุญเลิศ", "", "ถามสมหญิง รักถิ่น"]
    with notes.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(rows)
    _, plain, _ = minecop("compare", run, run, "--notes", notes, "--json")
    assert json.loads(plain)["goals"][0]["responsible"] == "ลุงบุญเลิศ"
    for form in ((), ("--json",), ("--csv",)):
        code, out, err = minecop("compare", run, run, "--notes", notes, *form, *options)
        assert code == 0, err
        assert not [secret for secret in (*SECRETS, *AUTHORS) if secret in out]
        assert "[ผู้เขียน" in out
    assert "[…]" in out


def test_privacy_compare_shows_both_runs_by_one_key(minecop, run, tmp_path):
    later = tmp_path / "later"
    posts = [*POSTS, POSTS[1] | {"id": "13", "author": "new", "author_name": "แก้วกานดา", "published": "2010-08-01"}]
    source = tmp_path / "posts.jsonl"
    source.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts), encoding="utf-8")
    assert minecop("analyse", source, "-o", later)[0] == 0
    options = ("--pseudonyms", "--key", tmp_path / "key.json")
    code, out, _ = minecop("compare", run, later, "--all", *options)
    assert code == 0
    key = json.loads((tmp_path / "key.json").read_text(encoding="utf-8"))
    assert set(key["authors"]) == {"somying-home", "krunok", "new"}
    assert minecop("compare", run, later, "--all", *options)[1] == out
    assert json.loads((tmp_path / "key.json").read_text(encoding="utf-8")) == key


def test_privacy_report_and_pack_of_too_few_people_show_none_of_them(minecop, run, tmp_path):
    own = tmp_path / "run"
    shutil.copytree(run, own)
    call = ("--min-authors", 3, "--lang", "en")
    code, _, err = minecop("report", run.parent / "posts.jsonl", "-o", own, *call, "--no-source-text")
    assert code == 0, err
    assert minecop("pack", own, *call)[0] == 0
    said = "only what at least 3 people stand behind is shown"
    for name in ("report.html", "report.md", "report.xlsx", "session-pack.docx"):
        assert said in text_of(own / name), name
    for name in ("report.html", "report.md", "report.json", "issues.csv", "lessons.csv", "session-pack.docx"):
        text = text_of(own / name)
        assert not [word for word in (*SECRETS, *AUTHORS, "น้ำไม่ไหล") if word in text], name
    for options in (("--min-authors", 3), ("--no-source-text",)):
        code, _, err = minecop("export", own, "--to", tmp_path / "ours.qdpx", *options)
        assert code == 1
        assert "--min-authors" in err and len(err.strip().splitlines()) == 1
    assert minecop("pack", own, "--min-authors", 0)[0] == 2
