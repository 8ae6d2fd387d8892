"""``minecop curate``: deciding one by one and from a sheet, on files of one's own; and people who are joined and parted."""

import csv
import io
import json
from datetime import datetime

import pytest

from minecop.archive.deciding import Decided
from minecop.archive.importing import make_archive
from minecop.archive.store import read_archive
from minecop.core.dates import BANGKOK
from minecop.curation.applying import curated
from minecop.curation.decisions import Curation, Decision
from minecop.curation.sheet import SHEET_ACTIONS, SHEET_COLUMNS, SHEET_KINDS

WHEN = datetime(2026, 11, 30, 9, 0, tzinfo=BANGKOK)


@pytest.fixture
def curate(minecop, sample_run, tmp_path):
    """Call the command on the run of the sample, decisions in a folder of the test's own."""

    def call(*words):
        return minecop("curate", sample_run.folder, *words, "--decisions", tmp_path / "kept")

    call.folder = tmp_path / "kept"
    return call


def kept(curate):
    return Curation.read(curate.folder).decisions


def test_curate_decides_lists_and_takes_back(curate, sample_analysis):
    code, out, _ = curate()
    assert code == 0 and "ยังไม่มีใครตัดสินใจ" in out
    first = sample_analysis.insight.issues[0].group
    passage = first.members[0].passage_id
    for words in (
        ("rename", "issue", "๑", "งานเอกสาร", "--by", "สมศรี"),
        ("merge", "topic", "1", "0", "--note", "เรื่องเดียวกัน"),
        ("hide", "issue", "5"),
        ("accept", "3", "2"),
        ("step", passage, "3"),
        ("mark", passage, "-concern"),
        ("note", "session", "นัดวันที่ 12"),
        ("note", "topic", "0", "ถามเรื่องงบก่อน"),
    ):
        code, out, err = curate(*words)
        assert code == 0, err
        assert "(ใช้แล้ว)" in out and str(curate.folder) in out
    every = kept(curate)
    assert [one.action for one in every if one.kind == "issues"] == ["rename", "hide", "accept", "accept"]
    assert next(one for one in every if one.action == "rename").who == "สมศรี"
    assert all(one.when and one.who for one in every)
    assert next(one for one in every if one.action == "merge").note == "เรื่องเดียวกัน"
    code, out, _ = curate("--lang", "en")
    assert "Call issue “1 " in out and "Hidden by decision: issues: 1" in out
    undone = next(one for one in every if one.action == "hide").id
    assert curate("undo", undone)[0] == 0
    values = json.loads(curate("--json")[1])
    assert {one["id"]: one["state"] for one in values["decisions"]}[undone] == "undone"
    assert values["hidden"]["issues"] == 0


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (("rename", "topic", "99", "x"), "99"),
        (("rename", "issue", "1", " "), "ยังขาด to"),
        (("merge", "issue", "1", "1"), "สิ่งเดียวกัน"),
        (("split", "issue", "1", "x", "nowhere/0/1"), "แยกออก"),
        (("step", "nowhere/0/1", "1"), "nowhere/0/1"),
        (("mark", "120417/0/1", "+สิ่งอื่น"), "ไม่ใช่ป้าย"),
        (("join", "ไม่มีใครชื่อนี้", "ajarn-rung"), "ไม่มีใครชื่อนี้"),
        (("assign", "ไม่มีใครชื่อนี้", "ชุมชน"), "ไม่มีใครชื่อนี้"),
        (("pin", "120417/0/5-2"), "120417/0/5-2"),
        (("note", "planet", "1", "x"), "planet"),
        (("undo", "d0"), "d0"),
    ],
)
def test_curate_says_what_cannot_be_decided(curate, words, said):
    code, _, err = curate(*words)
    assert code == 1 and said in err
    assert not kept(curate)


def test_curate_check_tells_only_what_no_longer_applies(curate):
    Curation.read(curate.folder).add_all(
        [
            Decision("topics", "hide", "7", anchors=("x/0/1",), who="ก", when=WHEN),
            Decision("notes", "note", "session", note="นัดวันที่ 12", who="ข", when=WHEN),
        ]
    )
    out = curate("check", "--lang", "en")[1]
    assert "none of its passages" in out and "นัดวันที่ 12" not in out


def test_curate_sheet_is_written_filled_in_and_read(curate, tmp_path, sample_analysis):
    for ending, lang in (("csv", "th"), ("xlsx", "en")):
        path = tmp_path / f"sheet.{ending}"
        assert curate("--to", path, "--lang", lang)[0] == 0
        assert path.is_file()
    from minecop.archive.readers.spreadsheet import rows_of_workbook

    (_, heads), *rows = rows_of_workbook(io.BytesIO((tmp_path / "sheet.xlsx").read_bytes()))
    assert heads == [names[0] for names in SHEET_COLUMNS.values()]
    groups = (*sample_analysis.insight.topics, *sample_analysis.insight.issues)
    assert [str(row[1]).removeprefix("#") for _, row in rows] == [one.group.id for one in groups]
    code, _, err = curate("--from", tmp_path / "sheet.xlsx")  # nothing was filled in
    assert code == 0, err
    assert not kept(curate)
    with (tmp_path / "sheet.csv").open(encoding="utf-8-sig", newline="") as file:
        table = list(csv.DictReader(file))
    kind, target, _, action, to, _, note = (names[1] for names in SHEET_COLUMNS.values())
    table[0] |= {action: "เปลี่ยนชื่อ", to: "=ห้องเรียน", note: "ให้เข้าใจง่าย"}
    table[1] |= {action: "ซ่อน"}
    table[-1] |= {action: "เข้าวง"}
    table.append({kind: "คน", target: "ajarn-noppa", action: "คนเดียวกับ", to: "ajarn-rung"})
    write(tmp_path / "sheet.csv", table, delimiter=";")
    code, out, err = curate("--from", tmp_path / "sheet.csv")
    assert code == 0, err
    assert out.count("ใช้แล้ว") == 3 and out.count("วิเคราะห์คลังอีกครั้ง") == 1
    assert sorted(one.action for one in kept(curate)) == ["accept", "hide", "join", "rename"]
    assert next(one for one in kept(curate) if one.action == "rename").to == "=ห้องเรียน"


def write(path, table, delimiter=","):
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        writer = csv.DictWriter(file, list(table[0]), delimiter=delimiter, restval="")
        writer.writeheader()
        writer.writerows(table)


def test_curate_sheet_with_a_wrong_row_writes_nothing(curate, tmp_path):
    heads = [names[0] for names in SHEET_COLUMNS.values()]
    rows = [
        ("topic", "0", "", "rename", "ห้องเรียน", "", ""),
        ("topic", "99", "", "hide", "", "", ""),
        ("topic", "1", "", "merge", "2", "", ""),
        ("topic", "1", "", "hide", "", "", ""),
        ("planet", "1", "", "rename", "x", "", ""),
        ("topic", "3", "", "", "ไม่ได้ทำอะไร", "", ""),
        ("topic", "4", "", "ทำลาย", "", "", ""),
    ]
    write(tmp_path / "sheet.csv", [dict(zip(heads, row, strict=True)) for row in rows])
    code, _, err = curate("--from", tmp_path / "sheet.csv", "--lang", "en")
    assert code == 1
    assert [line.split(":")[0] for line in err.splitlines()[:-1]] == ["Row 3", "Row 5", "Row 6", "Row 8"]
    assert "Nothing was written" in err and not kept(curate)
    (tmp_path / "sheet.csv").write_text("a,b\n1,2\n", encoding="utf-8")
    assert "is no sheet of decisions" in curate("--from", tmp_path / "sheet.csv", "--lang", "en")[2]
    (tmp_path / "sheet.xlsx").write_bytes(b"PK\x03\x04 no workbook")
    assert curate("--from", tmp_path / "sheet.xlsx")[0] == 1


def test_curate_sheet_knows_every_kind_and_action_by_both_names():
    for names in (SHEET_KINDS, SHEET_ACTIONS, SHEET_COLUMNS):
        assert len({word for pair in names.values() for word in pair}) >= 2 * len(names) - 1


def test_curate_names_nobody_where_that_is_asked(curate, tmp_path):
    name = "อ.นพา"
    assert curate("join", "ajarn-noppa", "ajarn-rung", "--by", "วิไลวรรณ แก้วมณี")[0] == 0
    assert name in curate()[1]
    for words in ((), ("--json",)):
        out = curate("--mask", "--pseudonyms", "--key", tmp_path / "key.json", *words)[1]
        assert "ajarn" not in out and name not in out and "วิไลวรรณ" not in out


def test_shown_with_decisions_and_without(minecop, curate, sample_run):
    curate("rename", "topic", "0", "ห้องเรียนของเรา")
    with_them = minecop("topics", sample_run.folder, "--decisions", curate.folder)[1]
    assert "ห้องเรียนของเรา" in with_them
    assert "ห้องเรียนของเรา" not in minecop("topics", sample_run.folder, "--no-decisions")[1]
    assert minecop("topics", sample_run.folder, "--decisions", curate.folder / "nowhere")[0] == 2


def test_report_is_written_anew_when_something_is_decided(minecop, jsonl, tmp_path):
    """And only then; a run is found by its archive, people are counted anew, and steps can be handed to the next run."""
    posts = [
        {"id": str(n), "author": f"p{n % 5}", "body": f"น้ำประปาไม่ไหลอีกแล้วครับ บ้านที่ {n} รอช่างอยู่สามวัน ยังไม่มีใครมา"}
        for n in range(10)
    ]
    source, run = jsonl(posts), tmp_path / "run"
    reused = "เขียนรายงาน: ไม่มีอะไรเปลี่ยน"

    def report(*options):
        code, _, err = minecop("report", source, "-o", run, "-v", *options)
        assert code == 0, err
        return reused in err

    report()
    assert report()
    assert minecop("curate", run, "note", "session", "นัดวันที่ 12", "--by", "สมศรี")[0] == 0
    assert not report()
    assert "นัดวันที่ 12" in (run / "report.md").read_text(encoding="utf-8")
    assert report()
    assert not report("--no-decisions")
    assert "นัดวันที่ 12" not in (run / "report.md").read_text(encoding="utf-8")
    passage = "0/0/1"
    assert minecop("curate", run, "join", "p1", "p0")[0] == 0
    assert minecop("curate", run, "step", passage, "2")[0] == 0
    assert minecop("curate", run, "teach")[0] == 0
    assert (source.parent / "labels.csv").read_text(encoding="utf-8-sig").splitlines()[1].startswith(f"{passage},2,")
    report()
    assert read_archive(run / "stages" / "archive").authors == {"p0", "p2", "p3", "p4"}
    joined = next(one.id for one in Curation.read(tmp_path / "posts.jsonl.curation").of("people"))
    assert "เมื่อวิเคราะห์คลังอีกครั้ง" in minecop("curate", run, "undo", joined)[1]
    assert "เมื่อวิเคราะห์คลังอีกครั้ง" in minecop("curate", run)[1]  # people are counted so until then
    report()
    assert "p1" in read_archive(run / "stages" / "archive").authors
    source.rename(tmp_path / "moved.jsonl")
    code, _, err = minecop("curate", run, "note", "session", "x")
    assert code == 1 and "--decisions" in err


# ---- people


def people_after(tmp_path, jsonl, decided):
    posts = [
        {"id": "1", "author": "ครูนก", "body": "น้ำไม่ไหล หนึ่ง", "community": "ก"},
        {"id": "2", "author": "สมศรี ใจงาม", "body": "น้ำไม่ไหล สอง", "community": "ข"},
        {"id": "3", "author": "นางสมศรี ใจงาม", "body": "น้ำไม่ไหล สาม"},
        {"id": "4", "author_id": "17", "author": "ลุงพล", "body": "น้ำไม่ไหล สี่"},
        {"id": "5", "author": "พลเมืองดี", "body": "น้ำไม่ไหล ห้า"},
    ]
    (tmp_path / "made").mkdir(parents=True)
    make_archive(jsonl(posts), tmp_path / "made", "made", decided=decided)
    archive = read_archive(tmp_path / "made")
    return {post.id: post.author_id for post in archive.posts}, archive


def test_people_are_joined_by_name_and_by_id(tmp_path, jsonl):
    decided = Decided((("join", "ครูนก", "สมศรี ใจงาม"), ("join", "พลเมืองดี", "ลุงพล")))
    authors, archive = people_after(tmp_path, jsonl, decided)
    assert authors["1"] == authors["2"] == authors["3"] == "สมศรี ใจงาม"
    assert authors["5"] == authors["4"] == "17"
    assert "พลเมืองดี" in archive.people["17"].aliases and "ครูนก" not in archive.people


def test_people_are_parted_and_others_of_the_name_stay_together(tmp_path, jsonl):
    authors, _ = people_after(tmp_path, jsonl, Decided((("part", "นางสมศรี ใจงาม", ""),)))
    assert authors["2"] == "สมศรี ใจงาม" and authors["3"] == "นางสมศรี ใจงาม"
    authors, _ = people_after(tmp_path / "id", jsonl, Decided((("part", "ลุงพล", ""),)))
    assert authors["4"] == "ลุงพล"


def test_the_last_decision_on_a_name_holds(tmp_path, jsonl):
    steps = (("join", "ครูนก", "สมศรี ใจงาม"), ("part", "ครูนก", ""))
    assert people_after(tmp_path, jsonl, Decided(steps))[0]["1"] == "ครูนก"
    assert people_after(tmp_path / "b", jsonl, Decided(steps[::-1]))[0]["1"] == "สมศรี ใจงาม"


def test_homes_and_posts_are_given_communities(tmp_path, jsonl):
    decided = Decided((), (("author:สมศรี ใจงาม", "บ้านใหม่"), ("5", "ง")))
    _, archive = people_after(tmp_path, jsonl, decided)
    assert archive.people["สมศรี ใจงาม"].home_community == "บ้านใหม่"
    assert next(post for post in archive.posts if post.id == "5").communities == ("ง",)


def test_parted_name_that_an_import_has_lost_says_so(tmp_path, jsonl, sample_analysis):
    """What an archive was imported under one name cannot be told apart without the original files."""
    people_after(tmp_path, jsonl, Decided())
    decided = Decided((("part", "นางสมศรี ใจงาม", ""),))
    (tmp_path / "again").mkdir()
    make_archive(tmp_path / "made", tmp_path / "again", "again", decided=decided)
    from dataclasses import replace

    analysis = replace(sample_analysis, archive=read_archive(tmp_path / "again"))
    curation = Curation(None, [Decision("people", "part", "นางสมศรี ใจงาม", id="d1")])
    (ruling,) = curated(analysis, curation).human.rulings
    assert (ruling.state, ruling.why) == ("lost", "name_gone")
