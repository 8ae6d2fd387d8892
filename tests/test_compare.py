"""Two runs beside one another, and the notes of a session."""

import csv
import io
import json
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import SAMPLE, said

from minecop.archive.growth import texts_before
from minecop.archive.models import Account, Comment, Post
from minecop.archive.posts import Posts
from minecop.archive.store import Archive
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError, OutputError
from minecop.insight.analysis import Analysis
from minecop.insight.comparing import CHANGES, Course, compare_runs
from minecop.insight.groups import group_of
from minecop.insight.models import STATUSES, Grounds, Insight, Issue, Voice
from minecop.insight.notes import (
    NOTE_STATUSES,
    NOTES_FILE,
    OUTCOMES,
    outcomes_of,
    read_notes,
    with_settled,
    write_notes,
)
from minecop.insight.profiles import StepTable
from minecop.insight.trends import TrendMeter
from minecop.process.definition import load_process
from minecop.report.comparing import change_in_words
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse

BODY = "น้ำไม่ไหลมาสามวันแล้ว ยังไม่รู้จะพึ่งใคร ท่อก็แตกซ้ำที่เดิม " * 3


def post(name: str, author: str | None = None, when: str = "2010-01-01", **more) -> Post:
    author = f"p{name}" if author is None else author or None
    return Post(name, f"{name} {BODY}", author_id=author, published=parse_datetime(when), **more)


def voice(of: Post, start: int = 0, end: int = 60) -> Voice:
    return Voice(f"{of.id}/0/{start}", of.id, None, start, end, of.author_id, "เหนือ", of.published)


def issue(
    rank: int, voices: list[Voice], *, terms: tuple[str, ...] = (), title: str = "", status: str = "shared"
) -> Issue:
    group = group_of(f"{rank:02}e4{len(voices):04}", title or f"ประเด็น {rank}", voices, TrendMeter([]))
    return Issue(group, rank, status, 0.0, "likely", Grounds(), (), terms, None)


STEPS = StepTable(np.zeros(0, dtype=np.int64), np.zeros((0, 7)), ())


def analysis(posts: list[Post], issues: list[Issue], **settings) -> Analysis:
    everyone = group_of("", "", [voice(p) for p in posts], TrendMeter([]))
    insight = Insight(tuple(issues), (), (), (), (), (), (everyone,), (), {})
    return Analysis(
        Archive("ours", Posts(posts), {}, Account()),
        insight,
        load_process("civic"),
        STEPS,
        np.zeros((0, 2), dtype=np.float32),
        {"seed": 0} | settings,
        {},
    )


def posts_of(*names: object, **more) -> list[Post]:
    return [post(str(name), **more) for name in names]


def issues_of(*groups: list[Post], **more) -> list[Issue]:
    return [issue(rank, [voice(p) for p in group], **more) for rank, group in enumerate(groups, 1)]


def told(courses: tuple[Course, ...]) -> list[tuple[str, int | None, int | None]]:
    return [(c.change, c.before and c.before.rank, c.after and c.after.rank) for c in courses]


OLD = posts_of(*range(40))
"""Posts of forty people; the earlier run reads these."""

LATE = posts_of(*range(40, 80), when="2010-06-01")
"""As many again: what is voiced as before gets as many new voices as it had."""


def compared(old: list[list[Post]], new: list[list[Post]], late: list[Post] | None = None):
    return compare_runs(
        analysis(OLD, issues_of(*old)), analysis([*OLD, *(LATE if late is None else late)], issues_of(*new))
    )


# ---- the texts of a grown archive


def test_growth_finds_posts_under_another_id_and_not_another_sites_post():
    address = "http://www.gotoknow.example/blog/ka/12"
    old = [post("12", url=address), post("13", url="http://a.example/13"), post("14"), post("15")]
    new = [
        post("gotoknow.example/12", author="p12", url="https://gotoknow.example/posts/12"),
        post("13", url="http://b.example/13"),
        post("14", author="other"),
        replace(post("ours-9", author="p15"), body=old[3].body),
    ]
    for place in (1, 2):
        new[place] = replace(new[place], body="เรื่องอื่นของคนอื่นที่บังเอิญได้เลขเดียวกัน")
    assert texts_before(old, new) == {("gotoknow.example/12", None): ("12", None), ("ours-9", None): ("15", None)}


def test_growth_comments_keep_their_place_where_others_come_between():
    day = parse_datetime("2010-01-02")
    was = (Comment(1, "บ้านเราก็เป็น", author_id="a"), Comment(2, "แก้แล้วหรือยัง", author_id="b", published=day))
    now = (
        Comment(1, "มาก่อนใคร", author_id="c"),
        Comment(2, "บ้านเรา ก็เป็น", author_id="a"),
        Comment(3, "แก้แล้วหรือยังคะ", author_id="b", published=day),
        Comment(4, "บ้านเราก็เป็น", author_id="d"),
    )
    assert texts_before([post("1", comments=was)], [post("1", comments=now)]) == {
        ("1", None): ("1", None),
        ("1", 2): ("1", 1),
        ("1", 3): ("1", 2),
    }


# ---- what became of issues


def test_compare_kept_grown_shrunk_faded_new_and_gone():
    old = [OLD[:5], OLD[5:10], OLD[10:16], OLD[16:22], OLD[22:25]]
    new = [
        [*OLD[:5], *LATE[:5]],
        [*OLD[5:8], *LATE[5:7]],
        [*OLD[10:12], *LATE[7:9]],
        OLD[16:22],
        LATE[10:13],
    ]
    found = compared(old, new)
    assert told(found.courses) == [
        ("grown", 1, 1),
        ("kept", 2, 2),
        ("shrunk", 3, 3),
        ("faded", 4, 4),
        ("new", None, 5),
        ("gone", 5, None),
    ]
    assert (found.new_texts, found.missing_texts, found.people_since, found.differing) == (40, 0, 40, ())
    grown = found.courses[0]
    assert (grown.people_before, grown.people_after, grown.since, grown.expected) == (5, 10, 5, 5.0)
    assert {course.change for course in found.courses} <= set(CHANGES)


def test_compare_counts_people_and_not_passages_and_shows_the_unnamed_apart():
    chatty = [post(f"c{n}", author="p0", when="2010-06-01") for n in range(9)]
    nobody = [post(f"n{n}", author="", when="2010-06-01") for n in range(2)]
    late = [*LATE, *chatty, *nobody]
    course = compared([OLD[:5]], [[*OLD[:5], *chatty, *nobody]], late).courses[0]
    assert (course.people_before, course.people_after, course.since, course.unnamed_since) == (5, 5, 1, 2)
    assert course.change == "kept"


def test_compare_silence_means_something_only_where_three_would_have_spoken():
    assert told(compared([OLD[:2]], [OLD[:2]]).courses) == [("kept", 1, 1)]
    assert told(compared([OLD[:3]], [OLD[:3]]).courses) == [("faded", 1, 1)]
    assert told(compared([OLD[:8]], [[*OLD[:8], LATE[0]]]).courses) == [("faded", 1, 1)]
    assert told(compared([OLD[:8]], [OLD[:8]], LATE[:8]).courses) == [("kept", 1, 1)]


def test_compare_merged_and_taken_in():
    found = compared([OLD[:6], OLD[6:10], OLD[10:12]], [[*OLD[:10], OLD[11], *LATE[:10]]])
    on = found.courses[0]
    assert [i.rank for i in on.took_in] == [2, 3]
    assert on.people_before == 12, "all whom it took in"
    assert told(found.courses) == [("grown", 1, 1), ("merged", 2, 1), ("merged", 3, 1)]


def test_compare_split_off_and_split():
    off = compared([OLD[:10]], [[*OLD[:6], *LATE[:10]], [*OLD[6:9], LATE[10]], [OLD[9]]])
    assert told(off.courses) == [("grown", 1, 1), ("split", 1, 2), ("split", 1, 3)]
    assert [i.rank for i in off.courses[0].others] == [2, 3]
    apart = compared(
        [OLD[:9], OLD[9:15], OLD[15:21]],
        [[*OLD[:3], *OLD[9:15]], [*OLD[3:6], *OLD[15:21], *LATE[:4]]],
    )
    assert told(apart.courses)[2:] == [("split", 1, None)]
    assert [i.rank for i in apart.courses[2].others] == [1, 2]
    assert apart.courses[2].since == 4


def test_compare_one_person_of_a_new_issue_makes_it_no_part_of_an_old_one():
    found = compared([OLD[:9]], [[*OLD[:6], *LATE[:9]], [OLD[8], *LATE[10:20]]])
    assert told(found.courses) == [("grown", 1, 1), ("new", None, 2)]


def test_compare_passages_cut_anew_are_found_and_neighbours_are_not():
    old = [issue(1, [voice(p, 0, 60) for p in OLD[:4]])]
    for start, end, changes in ((0, 120, ["kept"]), (20, 50, ["kept"]), (31, 120, ["new", "gone"])):
        new = [issue(1, [voice(p, start, end) for p in OLD[:4]])]
        found = compare_runs(analysis(OLD, old), analysis(OLD, new))
        assert [c.change for c in found.courses] == changes, (start, end)


def test_compare_passages_of_an_edited_post_are_found_by_their_words():
    before = "ท่อแตกที่เดิมเป็นครั้งที่สาม ยังไม่มีใครมาซ่อม หนักใจกันทั้งหมู่บ้าน"
    first = replace(OLD[0], body=before)
    edited = replace(first, body="แก้ไขเพิ่มเติม ข้อความนี้ยาวพอจะเลื่อนช่วงความไปไกล ๆ เลย และยาวต่อไปอีก " + before)
    start = edited.body.index(before)
    old, new = voice(first, 0, len(before)), voice(edited, start, len(edited.body))
    found = compare_runs(
        analysis([first, *OLD[1:]], [issue(1, [old])]), analysis([edited, *OLD[1:]], [issue(1, [new])])
    )
    assert told(found.courses) == [("kept", 1, 1)]


def test_compare_archives_without_a_text_in_common_by_their_terms():
    terms = ("กรอก", "ข้อมูล", "รายงาน", "ซ้ำ", "คีย์")
    old = [
        *issues_of(OLD[:3], terms=terms),
        issue(2, [voice(p) for p in OLD[3:6]], terms=("เตา", "ฟืน", "ควัน")),
    ]
    new = [
        issue(1, [voice(p) for p in LATE[:3]], terms=("เตา", "หุงต้ม", "แก๊ส")),
        issue(2, [voice(p) for p in LATE[3:6]], terms=("ข้อมูล", "กรอก", "เขต")),
    ]
    found = compare_runs(analysis(OLD, old), analysis(LATE, new))
    assert told(found.courses) == [("new", None, 1), ("kept", 1, 2), ("gone", 2, None)]
    assert [c.by_words for c in found.courses] == [False, True, False]
    assert (found.new_texts, found.missing_texts) == (40, 40)
    assert change_in_words(found.courses[1], Words("en")) == "goes on · matched by its words"


def test_compare_overlapping_archives_ask_only_for_people_that_both_runs_read():
    gone = OLD[:4]
    old = analysis(OLD, issues_of(OLD[:8]))
    new = analysis([p for p in OLD if p not in gone], issues_of(OLD[4:7]))
    assert told(compare_runs(old, new).courses) == [("shrunk", 1, 1)]


def test_compare_a_part_of_the_archive_chosen_by_date_reads_what_it_reads():
    """Both runs hold the whole archive; the earlier one looked at the first texts only."""
    old = replace(
        analysis(OLD, issues_of(OLD[:4]), until="2010-02-01"),
        archive=Archive("ours", Posts([*OLD, *LATE]), {}, Account()),
    )
    found = compare_runs(old, analysis([*OLD, *LATE], issues_of([*OLD[:4], *LATE[:3]])))
    assert (found.new_texts, found.courses[0].change, found.courses[0].since) == (40, "grown", 3)
    assert found.differing == (), "the new texts say it"


def test_compare_a_run_with_itself_keeps_everything():
    one = analysis(OLD, issues_of(OLD[:4], OLD[4:7], OLD[7:8]))
    found = compare_runs(one, one)
    assert told(found.courses) == [("kept", n, n) for n in (1, 2, 3)]
    assert found.new_texts == 0


def test_compare_nothing_with_nothing():
    assert compare_runs(analysis([], []), analysis([], [])).courses == ()
    assert told(compare_runs(analysis([], []), analysis(OLD, issues_of(OLD[:3]))).courses) == [("new", None, 1)]


def test_compare_says_which_settings_and_versions_differ():
    one, other = analysis(OLD, []), analysis(OLD, [], seed=1)
    versions = [{"stages": {"insight": {"version": n}}} for n in (1, 2)]
    found = compare_runs(replace(one, manifest=versions[0]), replace(other, manifest=versions[1]))
    assert found.differing == ("seed", "version")


# ---- the notes of a session


@pytest.fixture
def issues():
    return [
        *issues_of(OLD[:5], OLD[5:9]),
        issue(3, [voice(OLD[10])], title="=ซ้ำ"),
        issue(4, [voice(OLD[11])], title="=ซ้ำ"),
    ]


def rows_of(path):
    return list(csv.reader(io.StringIO(path.read_text(encoding="utf-8-sig"))))


@pytest.mark.parametrize("lang", ["th", "en"])
def test_notes_template_is_filled_in_and_read_back(issues, tmp_path, lang):
    path = tmp_path / NOTES_FILE
    write_notes(path, issues, lang)
    assert path.read_bytes().startswith(b"\xef\xbb\xbf")
    assert read_notes(path, issues) == [], "rows that nobody filled in"
    rows = rows_of(path)
    assert [row[2] for row in rows[1:]] == ["ประเด็น 1", "ประเด็น 2", "'=ซ้ำ", "'=ซ้ำ"]
    assert all(row[1] == f"#{one.group.id}" for row, one in zip(rows[1:], issues, strict=True))
    rows[1][3:] = ["'=ลดแบบฟอร์ม", "กำลังทำ" if lang == "th" else "Working ", "แก้ว", "15/1/2553", "นัดอีกที"]
    rows[4][3:] = ["หาคนช่วย", "", "", "", ""]
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows(rows)
    first, last = read_notes(path, issues)
    assert (first.issue.rank, first.status, first.goal) == (1, "working", "=ลดแบบฟอร์ม")
    assert (first.responsible, first.date, first.remark) == ("แก้ว", parse_datetime("2010-01-15"), "นัดอีกที")
    assert (last.issue.rank, last.status) == (4, "chosen"), "by its id, for two have its title; a goal is a choice"


def test_notes_are_never_written_over(issues, tmp_path):
    path = tmp_path / NOTES_FILE
    path.write_text("ของเรา", encoding="utf-8")
    with pytest.raises(OutputError, match="already"):
        write_notes(path, issues)
    assert path.read_text(encoding="utf-8") == "ของเรา"


@pytest.mark.parametrize(
    ("encoding", "delimiter"), [("utf-8-sig", ","), ("utf-8", ";"), ("cp874", ","), ("utf-16", "\t")]
)
def test_notes_of_every_kind_that_excel_writes(issues, tmp_path, encoding, delimiter):
    path = tmp_path / "notes.csv"
    lines = [
        "ลำดับ|ประเด็น|สถานะ|เป้าหมาย/ข้อตกลง",
        "๒|| เสร็จ |วางท่อใหม่ให้ถึงท้ายหมู่บ้าน",
        '|ประเด็น 1|พัก|"สอง\nบรรทัด"',
        "|2|เลือก|",
    ]
    path.write_bytes("\r\n".join(lines).replace("|", delimiter).encode(encoding))
    notes = read_notes(path, issues)
    assert [(note.issue.rank, note.status) for note in notes] == [(2, "done"), (1, "dropped"), (2, "chosen")]
    assert [note.goal for note in notes] == ["วางท่อใหม่ให้ถึงท้ายหมู่บ้าน", "สอง\nบรรทัด", ""]


@pytest.mark.parametrize(
    ("text", "key", "line"),
    [
        ("issue,status\nประเด็น 1,เลือก\nประเด็น 2,ค้าง\n", "notes_bad_status", 3),
        ("issue,status,date\nประเด็น 1,done,เมื่อวาน\n", "notes_bad_date", 2),
        ("issue,status\nประเด็น 9,done\n", "notes_unknown_issue", 2),
        ("rank,status\n99,done\n", "notes_unknown_issue", 2),
        ("rank,id,status\n1,#ffffffff,done\n", "notes_unknown_issue", 2),
        ("rank,issue,status\n1,ประเด็น 9,done\n", "notes_unknown_issue", 2),
        ("rank,issue,status\n,=ซ้ำ,done\n", "notes_title_twice", 2),
        ("status,goal\ndone,x\n", "notes_without_columns", None),
        ("", "notes_without_columns", None),
        ("PK\x03\x04\x00\x00\x00", "notes_not_csv", None),
    ],
)
def test_notes_errors_name_the_row_and_what_to_do(issues, tmp_path, text, key, line):
    path = tmp_path / "notes.csv"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_notes(path, issues)
    assert caught.value.key == key
    for lang in ("th", "en"):
        assert (f"{path}:{line}: " if line else str(path)) in caught.value.text(lang)


# ---- what came of decisions


def decided(tmp_path, comparison, issues, *rows: str):
    path = tmp_path / "notes.csv"
    path.write_text("\n".join(["rank,status,date", *rows]), encoding="utf-8")
    outcomes = outcomes_of(read_notes(path, issues), comparison)
    return outcomes, with_settled(comparison, outcomes)


def test_outcomes_by_what_was_decided_and_who_has_spoken_since(tmp_path):
    old = issues_of(OLD[:5], OLD[5:10], OLD[10:15], OLD[15:20], OLD[20:21])
    new = issues_of([*OLD[:5], *LATE[:4]], [*OLD[5:10], *LATE[4:6]], OLD[10:15], OLD[15:20], OLD[20:21])
    comparison = compare_runs(analysis(OLD, old), analysis([*OLD, *LATE], new))
    rows = ("1,working,", "2,done,", "3,done,", "4,dropped,", "5,done,", "2,dropped,", "3,chosen,")
    outcomes, _ = decided(tmp_path, comparison, old, *rows)
    whats = [outcome.what for outcome in outcomes]
    assert whats == ["voiced", "done_voiced", "done_quiet", "dropped_quiet", "done_quiet", "dropped_voiced", "quiet"]
    assert set(whats) <= set(OUTCOMES)
    assert [outcome.since for outcome in outcomes] == [4, 2, 0, 0, 0, 2, 0]


def test_outcomes_settled_is_what_people_call_done_and_what_has_fallen_silent(tmp_path):
    old = issues_of(OLD[:5], OLD[5:10], OLD[10:15], OLD[20:21])
    new = issues_of([*OLD[:5], LATE[0], LATE[1]], OLD[5:10], OLD[10:15], OLD[20:21])
    comparison = compare_runs(analysis(OLD, old), analysis([*OLD, *LATE], new))
    assert [c.change for c in comparison.courses] == ["grown", "faded", "faded", "kept"]
    _, settled = decided(tmp_path, comparison, old, "1,done,", "2,done,", "3,done,", "3,working,", "4,done,")
    assert [c.change for c in settled.courses] == ["grown", "settled", "faded", "kept"], (
        "voiced still; silent; not all of it done; one person, whose silence says nothing"
    )


def test_outcomes_count_from_the_day_of_the_decision(tmp_path):
    late = [*LATE[:3], post("x", when="2010-09-01")]
    old = issues_of(OLD[:5])
    comparison = compare_runs(analysis(OLD, old), analysis([*OLD, *late], issues_of([*OLD[:5], *late])))
    outcomes, _ = decided(tmp_path, comparison, old, "1,chosen,", "1,done,1/8/2553", "1,done,1/10/2553")
    assert [(o.since, o.what) for o in outcomes] == [(4, "voiced"), (1, "done_voiced"), (0, "done_quiet")]


def test_outcomes_follow_an_issue_that_merged_or_split_and_say_when_nothing_was_written(tmp_path):
    old = issues_of(OLD[:6], OLD[6:10])
    merged = compare_runs(analysis(OLD, old), analysis([*OLD, *LATE], issues_of([*OLD[:10], *LATE[:3]])))
    (outcome,), _ = decided(tmp_path, merged, old, "2,working,")
    assert (outcome.course.change, outcome.since, outcome.what) == ("merged", 3, "voiced")
    same = compare_runs(analysis(OLD, old), analysis(OLD, old))
    (outcome,), _ = decided(tmp_path, same, old, "2,done,")
    assert outcome.what == "no_news"


def test_words_stand_for_everything_that_can_be():
    for lang in ("th", "en"):
        words = Words(lang)
        assert all(words(f"note_{status}") for status in NOTE_STATUSES)
        assert all(words(f"outcome_{what}", people=2) for what in OUTCOMES)
        one = issues_of(OLD[:3])[0]
        for change in CHANGES:
            for after in (one, None):
                assert change_in_words(Course(one, after, change, others=(one,)), words)


# ---- the sample archive, and it without the last third of its posts


@pytest.fixture(scope="module")
def runs(tmp_path_factory):
    folder = tmp_path_factory.mktemp("growth")
    files = {path.name: path.read_text(encoding="utf-8").splitlines() for path in sorted(SAMPLE.glob("*.jsonl"))}
    days = sorted(json.loads(line)["published"] for lines in files.values() for line in lines)
    cut = days[2 * len(days) // 3]
    for name, keep in (("early", lambda day: day < cut), ("whole", lambda day: True)):
        (folder / name).mkdir()
        for file, lines in files.items():
            kept = "".join(f"{line}\n" for line in lines if keep(json.loads(line)["published"]))
            (folder / name / file).write_text(kept, encoding="utf-8")
        (folder / name / "authors.csv").write_bytes((SAMPLE / "authors.csv").read_bytes())
        analyse(folder / name, folder / f"run-{name}")
    return folder / "run-early", folder / "run-whole"


def voicing(issue, truth, what):
    """How many of an issue's people voice a planted concern."""
    return len({v.author_id for v in issue.group.members if said(truth, v.post_id, v.comment, v.start, v.end) == what})


def test_compare_sample_planted_concerns_go_on_grow_and_fade(runs, truth):
    earlier, later = (load_analysis(open_run(run)) for run in runs)
    found = compare_runs(earlier, later)
    more, less = {"grown", "merged"}, {"faded"}
    for what, changes in (("same-data-again", more), ("hangs-on-one-person", more), ("fuel", less)):
        now = max(later.insight.issues, key=lambda one, what=what: voicing(one, truth, what))
        # a concern may have been heard in two groups before it was in one
        before = [c for c in found.courses if c.after == now and c.before and voicing(c.before, truth, what) >= 3]
        assert changes & {c.change for c in before}, what
    # most of what the earlier run found is found again; every issue of either run has its line
    assert Counter(c.change for c in found.courses)["gone"] <= 0.1 * len(earlier.insight.issues)
    assert [c.after for c in found.courses][: len(later.insight.issues)] == list(later.insight.issues)
    assert {c.before.rank for c in found.courses if c.before} == {one.rank for one in earlier.insight.issues}
    assert found.missing_texts == 0
    assert compare_runs(earlier, later) == found


def test_notes_say_why_their_table_is_empty(runs, minecop, tmp_path, monkeypatch):
    monkeypatch.setattr("minecop.cli.notes.BELOW_THE_BAR", frozenset(STATUSES))
    code, out, _ = minecop("notes", runs[0], "-o", tmp_path / "none.csv", "--lang", "en")
    assert code == 0
    assert len(rows_of(tmp_path / "none.csv")) == 1
    assert "--all" in out
    _, out, _ = minecop("notes", runs[0], "-o", tmp_path / "all.csv", "--all", "--lang", "en")
    assert len(rows_of(tmp_path / "all.csv")) > 1
    assert "--all" not in out


def test_compare_command_in_every_form(runs, minecop, tmp_path):
    path = tmp_path / "notes.csv"
    code, out, _ = minecop("notes", runs[0], "-o", path)
    assert code == 0
    assert str(path) in out
    shared = rows_of(path)
    code, _, err = minecop("notes", runs[0], "-o", path, "--lang", "en")
    assert code == 1
    assert "already" in err
    _, out, _ = minecop("compare", *runs, "--json")
    grown = {str(one["before"]["rank"]) for one in json.loads(out)["issues"] if one["change"] == "grown"}
    goes_on = next(row for row in shared[1:] if row[0] in grown)
    goes_on[3:] = ["=ลดแบบฟอร์ม", "เสร็จ", "+แก้ว", "", ""]
    with path.open("w", encoding="utf-8-sig", newline="") as file:
        csv.writer(file).writerows(shared)

    code, out, err = minecop("compare", *runs, "--notes", path)
    assert (code, err) == (0, "")
    assert "ตั้งแต่รอบก่อนมีข้อความใหม่" in out
    assert "มีคนพูดถึงมากขึ้น" in out
    assert "ทำเสร็จ แต่ยังมีคนพูดถึง" in out
    code, english, _ = minecop("compare", *runs, "--lang", "en", "--all")
    assert "more people" in english
    assert "--all" not in english
    assert len(english.splitlines()) > len(out.splitlines())

    code, out, err = minecop("compare", *runs, "--notes", path, "--json")
    values = json.loads(out)
    assert (code, err) == (0, "")
    assert values["goals"][0]["goal"] == "=ลดแบบฟอร์ม"
    assert values["goals"][0]["outcome"] == "done_voiced"
    assert {one["change"] for one in values["issues"]} <= set(CHANGES)

    code, out, _ = minecop("compare", *runs, "--notes", path, "--csv")
    rows = list(csv.DictReader(io.StringIO(out)))
    assert len(rows) == len(values["issues"])
    goal = next(row for row in rows if row["goal"])
    assert (goal["goal"], goal["responsible"], goal["decision"]) == ("'=ลดแบบฟอร์ม", "'+แก้ว", "done")
    assert goal["rank_before"] == goes_on[0]
