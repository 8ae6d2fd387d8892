"""What people decide: kept, found again by content, applied, counted anew, shown, and taken back."""

import csv
import io
import json
import threading
from dataclasses import replace
from datetime import datetime, timedelta
from types import SimpleNamespace

import numpy as np
import pytest
from conftest import SAMPLE
from test_report_schema import SCHEMA

from minecop.archive.deciding import target_of
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError, OutputError
from minecop.curation.applying import curated
from minecop.curation.decisions import ACTIONS, COLUMNS, LOCK, Curation, Decision
from minecop.curation.making import decide
from minecop.curation.masking import under_other_names
from minecop.curation.matching import words_hash
from minecop.curation.outcomes import of_people
from minecop.curation.places import curation_folder, curation_of
from minecop.insight.analysis import quotes_in
from minecop.insight.sharing import with_fewest
from minecop.insight.trends import TrendMeter
from minecop.report.pack import pack_view
from minecop.report.rendering import RENDERERS, render_html, render_json, render_markdown
from minecop.report.view import build_view
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse
from minecop.run.settings import Settings

WHEN = datetime(2026, 11, 30, 9, 0, tzinfo=BANGKOK)


class Deciding:
    """Decides about an analysis as a person does: on what is shown after the decisions so far."""

    def __init__(self, analysis, folder):
        self.found, self.curation, self.count = analysis, Curation.read(folder), 0

    def __call__(self, *what, **more):
        self.count += 1
        more = {"who": "สมศรี", "when": WHEN + timedelta(minutes=self.count)} | more
        return self.curation.add(decide(self.seen, *what, **more))

    @property
    def seen(self):
        return curated(self.found, self.curation)

    def ruling(self, decision):
        return next(one for one in self.seen.human.rulings if one.id == decision.id)


@pytest.fixture
def deciding(sample_analysis, tmp_path):
    return Deciding(sample_analysis, tmp_path / "sample.curation")


def topic(analysis, number):
    return next(one for one in analysis.insight.topics if one.group.id == number)


def issue(analysis, issue_id):
    return next(one for one in analysis.insight.issues if one.group.id == issue_id)


def place_of(quote):
    return f"{quote.post_id}/{quote.comment or 0}/{quote.start}-{quote.end}"


def people_in(members):
    return {voice.author_id for voice in members if voice.author_id}


# ---- the files


def test_decisions_are_plain_files_that_read_back_the_same(tmp_path):
    curation = Curation.read(tmp_path / "a.curation")
    hostile = Decision(
        "topics",
        "rename",
        "3",
        '=HYPERLINK("http://x")\u202e\x00  \n"ชื่อ"',
        ("a b/0/1", "ก|ข/2/3", "50%/0/1"),
        (),
        note="@สูตร\r\nสองบรรทัด",
        who="+somebody",
        when=WHEN,
    )
    kept = curation.add(hostile)
    (again,) = Curation.read(tmp_path / "a.curation").decisions
    assert again == kept == curation.find(kept.id)
    assert again.anchors == hostile.anchors
    assert again.note == "@สูตร\nสองบรรทัด"
    assert "\u202e" not in again.to and "\x00" not in again.to and "\n" not in again.to
    data = (tmp_path / "a.curation" / "topics.csv").read_bytes()
    assert not data.startswith(b"\xef\xbb\xbf") and b"\r" not in data
    (row,) = csv.DictReader(io.StringIO(data.decode(), newline=""))
    assert tuple(row) == COLUMNS
    assert not [cell for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert row["id"][0].isalpha()
    assert {path.name for path in (tmp_path / "a.curation").iterdir()} - {LOCK} == {"topics.csv"}


def test_decisions_undone_stay_readable_and_no_longer_hold(tmp_path):
    curation = Curation.read(tmp_path)
    kept = curation.add(Decision("notes", "note", "session", note="นัดวันที่ 12", who="ก", when=WHEN))
    curation.undo(kept.id, "ข ค", WHEN)
    (again,) = Curation.read(tmp_path).decisions
    assert not again.holds and again.note == kept.note and again.undone == "2026-11-30T09:00:00+07:00 ข ค"
    assert Curation.read(tmp_path).of("notes") == []
    with pytest.raises(InputError, match="taken back before"):
        curation.undo(kept.id, "ข", WHEN)
    with pytest.raises(InputError, match="no decision d0"):
        curation.undo("d0", "ข", WHEN)


def test_decisions_of_writers_at_once_are_all_kept(tmp_path):
    def write(number):
        curation = Curation.read(tmp_path)  # both have read before either writes
        for n in range(5):
            curation.add(Decision("notes", "note", "session", note=f"{number} {n}", who=str(number), when=WHEN))

    threads = [threading.Thread(target=write, args=(number,)) for number in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    kept = Curation.read(tmp_path).decisions
    assert {one.note for one in kept} == {f"{number} {n}" for number in range(4) for n in range(5)}
    assert len({one.id for one in kept}) == 20


@pytest.mark.parametrize(
    ("decision", "said"),
    [
        (Decision("topics", "accept", "1"), "no decision"),
        (Decision("planets", "rename", "1", "x"), "no decision"),
        (Decision("topics", "rename", "1", " \n "), "lacks to"),
        (Decision("issues", "hide"), "lacks target"),
        (Decision("notes", "note", "session"), "lacks note"),
        (Decision("steps", "step", "1/0/1", "สาม"), "no number of a step"),
        (Decision("marks", "mark", "1/0/1", "lesson"), "no mark"),
        (Decision("marks", "mark", "1/0/1", "+nonsense"), "no mark"),
        (Decision("topics", "rename", "1", "ย" * 301), "longer than 300"),
    ],
)
def test_decisions_that_are_none_are_refused_and_nothing_is_written(tmp_path, decision, said):
    good = Decision("notes", "note", "session", note="ดี", when=WHEN)
    with pytest.raises(InputError, match=said):
        Curation.read(tmp_path).add_all([good, decision])
    assert not Curation.read(tmp_path)


def test_decisions_a_row_that_cannot_be_read_is_named(tmp_path):
    Curation.read(tmp_path).add(Decision("notes", "note", "session", note="ดี", when=WHEN))
    with (tmp_path / "notes.csv").open("a", encoding="utf-8") as file:
        file.write("d1,เมื่อวาน,,note,session,,,x,\n")
    with pytest.raises(InputError, match=r"notes\.csv:3"):
        Curation.read(tmp_path)


def test_decisions_that_split_off_thousands_of_passages_are_read_again(tmp_path):
    many = tuple(f"gotoknow.org/{n}/0/1" for n in range(20_000))
    Curation.read(tmp_path / "kept").add(Decision("topics", "split", "1", "เรื่องใหญ่", many, who="ก", when=WHEN))
    csv.field_size_limit(131_072)  # as a program begins
    assert Curation.read(tmp_path / "kept").decisions[0].anchors == many


def test_decisions_need_a_place():
    with pytest.raises(OutputError, match="--decisions"):
        Curation(None).add(Decision("notes", "note", "session", note="ดี", when=WHEN))


def test_decisions_are_not_kept_beside_an_archive_that_is_not_where_it_was(tmp_path):
    source = tmp_path / "posts.jsonl"
    source.write_text("", encoding="utf-8")
    note = Decision("notes", "note", "session", note="ดี", who="ก", when=WHEN)
    kept = curation_of(SimpleNamespace(source=source)).add(note)
    source.unlink()
    gone = curation_of(SimpleNamespace(source=source))
    assert gone.decisions == (kept,) and not gone.has_place
    for change in (lambda: gone.add(note), lambda: gone.undo(kept.id, "ก", WHEN)):
        with pytest.raises(OutputError, match="--decisions"):
            change()
    assert Curation.read(curation_folder(source)).decisions == (kept,)
    assert not curation_of(SimpleNamespace(source=None)).has_place


def test_decisions_stand_beside_the_archive_and_are_no_posts(tmp_path, sample_run):
    from minecop.archive.reading import find_files

    (tmp_path / "posts").mkdir()
    (tmp_path / "posts" / "a.jsonl").write_text('{"body": "น้ำไม่ไหล"}\n', encoding="utf-8")
    for source in (tmp_path / "posts", tmp_path / "posts" / "a.jsonl"):
        Curation.read(curation_folder(source)).add(Decision("notes", "note", "session", note="ดี", when=WHEN))
    assert (tmp_path / "posts.curation" / "notes.csv").is_file()
    assert [path.name for path in find_files(tmp_path / "posts")] == ["a.jsonl"]
    assert [path.name for path in find_files(tmp_path)] == ["a.jsonl"]
    assert curation_of(sample_run).folder == SAMPLE.resolve().with_name("sample.curation")


# ---- topics and issues


def test_curated_without_decisions_is_the_same(sample_analysis, tmp_path):
    assert curated(sample_analysis, Curation.read(tmp_path)) is sample_analysis


def test_curated_leaves_the_analysis_as_it_was(sample_analysis, deciding):
    before = render_json(sample_analysis)
    deciding("topics", "merge", "1", "0")
    deciding("steps", "step", sample_analysis.insight.topics[0].group.members[0].passage_id, "1")
    assert deciding.seen is not sample_analysis
    assert render_json(sample_analysis) == before


@pytest.mark.parametrize("kind", ["topics", "issues"])
def test_merged_counts_every_person_once(sample_analysis, deciding, kind):
    one, other = (item.group for item in getattr(sample_analysis.insight, kind)[:2])
    assert people_in(one.members) & people_in(other.members), "nobody is in both: this would show nothing"
    deciding(kind, "merge", other.id, one.id)
    items = getattr(deciding.seen.insight, kind)
    merged = next(item for item in items if item.group.id == one.id)
    assert other.id not in {item.group.id for item in items}
    assert len(merged.group.author_ids) == len(set(merged.group.author_ids))
    assert set(merged.group.author_ids) == people_in(one.members) | people_in(other.members)
    passages = {voice.passage_id for group in (one, other) for voice in group.members}
    assert sorted(voice.passage_id for voice in merged.group.members) == sorted(passages)
    assert merged.group.trend == TrendMeter(sample_analysis.voices).measure(merged.group.members)
    said = [sample_analysis.posts[quote.post_id].text(quote.comment) for quote in merged.quotes]
    assert said and all(quote.text in text for quote, text in zip(merged.quotes, said, strict=True))
    told = {quote for item in getattr(sample_analysis.insight, kind)[:2] for quote in item.quotes}
    assert merged.quotes[0] in told and len(told & {*merged.quotes}) >= 2, "quotes are cut as they were"
    quoted = [
        next(v.author_id for v in merged.group.members if v.post_id == q.post_id and v.comment == q.comment)
        for q in merged.quotes
    ]
    assert len(quoted) == len(set(quoted)) > 2, "quotes are of unlike people"


def test_merged_issue_has_the_grounds_of_both_and_its_own_status(sample_analysis, deciding):
    one, other = sample_analysis.insight.issues[:2]
    deciding("issues", "merge", "2", "1")
    merged = issue(deciding.seen, one.group.id)
    assert set(merged.grounds.asking) == {*one.grounds.asking, *other.grounds.asking}
    assert merged.grounds.threads == len({voice.post_id for voice in merged.group.members})
    assert 0 < merged.grounds.effective_authors <= len(merged.group.author_ids)
    assert merged.grounds.stability is None
    assert merged.rank == 1 and merged.status == "shared"
    assert [x.rank for x in deciding.seen.insight.issues] == [
        x.rank for x in sample_analysis.insight.issues if x.rank != 2
    ]
    assert {lesson.issue for lesson in deciding.seen.insight.lessons} <= {
        None,
        *(x.group.id for x in deciding.seen.insight.issues),
    }


def test_merged_counts_equal_those_of_insight_for_what_is_as_it_was(sample_analysis, deciding):
    """Taken apart and put together again, an issue is what insight made of it, but for what nobody can know any more."""
    first = sample_analysis.insight.issues[0]
    some = [voice.passage_id for voice in first.group.members][:4]
    deciding("issues", "split", "1", "ส่วนหนึ่ง", passages=some)
    part = deciding.seen.insight.issues[-1]
    assert part.rank == len(sample_analysis.insight.issues) + 1
    deciding("issues", "merge", part.group.id, first.group.id)
    again = issue(deciding.seen, first.group.id)
    assert again.group == first.group
    assert again.status == first.status
    same = (
        "effective_authors",
        "organisations",
        "provinces",
        "professions",
        "threads",
        "steps",
        "gaps",
        "burst",
        "season",
    )
    assert [getattr(again.grounds, name) for name in same] == [getattr(first.grounds, name) for name in same]


def test_split_parts_the_passages_and_counts_both(sample_analysis, deciding):
    group = sample_analysis.insight.topics[3].group
    leaving = [voice.passage_id for voice in group.members][:6]
    deciding("topics", "split", group.id, "น้ำบาดาล", passages=leaving)
    part = deciding.seen.insight.topics[-1]
    assert part.group.title == "น้ำบาดาล" and int(part.group.id) > max(
        int(x.group.id) for x in sample_analysis.insight.topics
    )
    assert [voice.passage_id for voice in part.group.members] == leaving
    left = topic(deciding.seen, group.id).group
    assert {voice.passage_id for voice in left.members} == {v.passage_id for v in group.members} - set(leaving)
    assert set(left.author_ids) == people_in(left.members)
    for wrong in ([], ["121033/0/99"], [voice.passage_id for voice in left.members]):
        with pytest.raises(InputError, match="split off"):
            deciding("topics", "split", group.id, "x", passages=wrong)


def test_hidden_is_counted_and_ranks_and_numbers_stay(sample_analysis, deciding):
    gone = sample_analysis.insight.topics[2].group.id
    deciding("topics", "hide", gone)
    hidden = deciding("issues", "hide", "2")
    seen = deciding.seen
    assert seen.human.hidden == {"topics": 1, "issues": 1, "lessons": 0}
    assert gone not in {x.group.id for x in seen.insight.topics}
    assert [x.rank for x in seen.insight.issues][:3] == [1, 3, 4]
    for lang, words in (("th", "1 หัวข้อ, 1 ประเด็น"), ("en", "topics: 1, issues: 1")):
        assert any(words in line for line in build_view(seen, lang)["limits"])
        assert words in render_markdown(seen, lang)
    themes = {theme.id: theme for theme in seen.insight.themes}
    for theme_id, theme in themes.items():
        own = [x for x in seen.insight.topics if x.theme == theme_id]
        assert set(theme.author_ids) == {author for x in own for author in x.group.author_ids}
    # what was decided later about something hidden says so
    late = deciding.curation.add(replace(hidden, action="rename", to="x", when=WHEN + timedelta(days=1)))
    assert (deciding.ruling(late).state, deciding.ruling(late).why) == ("lost", "hidden")


def test_renamed_says_who_named_it_and_what_the_machine_called_it(sample_analysis, deciding):
    first, number = sample_analysis.insight.issues[0], sample_analysis.insight.topics[0].group.id
    deciding("issues", "rename", "1", "ชื่อที่หนึ่ง")
    deciding("issues", "rename", "1", "งานเอกสาร <b>ซ้ำ</b>", who="<i>ครูนก</i>")
    deciding("topics", "rename", number, "ห้องเรียน")
    page, values = render_html(deciding.seen), json.loads(render_json(deciding.seen))
    assert "งานเอกสาร &lt;b&gt;ซ้ำ&lt;/b&gt;" in page and "<b>ซ้ำ" not in page
    assert f"เครื่องเรียกว่า “{first.group.title}”" in page
    assert "&lt;i&gt;ครูนก" in page and "<i>ครูนก" not in page
    told = values["issues"][0]
    assert (told["named_by"], told["machine_title"]) == ("<i>ครูนก</i>", first.group.title)
    assert values["issues"][1]["named_by"] is None
    assert next(x for x in values["topics"] if x["id"] == number)["named_by"] == "สมศรี"
    SCHEMA.validate(values)


def test_every_renderer_takes_what_was_decided(sample_analysis, deciding):
    voice = sample_analysis.insight.issues[0].group.members[0]
    deciding("topics", "merge", "1", "0")
    deciding("issues", "hide", "3")
    deciding("steps", "step", voice.passage_id, "3")
    deciding("notes", "note", "issue:1", note="ถามเรื่องงบก่อน")
    deciding("communities", "assign", voice.author_id, "ชุมชนใหม่")
    undone = deciding("topics", "hide", "4")
    deciding.curation.undo(undone.id, "ข", WHEN)
    seen = deciding.seen
    for lang in ("th", "en"):
        for render in RENDERERS.values():
            render(seen, lang)
        for one in build_view(seen, lang)["decided"]["rows"]:
            assert one["what"] and one["state_words"] and "{" not in one["what"]
    assert [one.state for one in seen.human.rulings] == ["applied"] * 4 + ["next_run", "undone"]
    assert topic(seen, "4")
    SCHEMA.validate(json.loads(render_json(seen)))


# ---- passages and quotes


def test_rejected_quote_is_shown_nowhere_and_another_is_chosen(sample_analysis, deciding):
    first = sample_analysis.insight.issues[0]
    quote = first.quotes[0]
    deciding("quotes", "reject", place_of(quote))
    seen = deciding.seen
    now = issue(seen, first.group.id)
    assert quote not in now.quotes and len(now.quotes) == len(first.quotes)
    assert now.headline and now.headline.text in now.quotes[0].text
    for told in quotes_in(seen.insight):
        assert (told.post_id, told.comment) != (quote.post_id, quote.comment) or (
            told.end <= quote.start or quote.end <= told.start
        )
    one = next(step for step in sample_analysis.insight.steps if step.members)
    from minecop.insight.evidence import step_quotes

    step_quote = step_quotes(sample_analysis, one)[0].quote
    deciding("quotes", "reject", place_of(step_quote))
    assert step_quote not in [x.quote for x in step_quotes(deciding.seen, one)]


def test_pinned_quote_comes_first(sample_analysis, deciding):
    first = sample_analysis.insight.issues[0]
    voice = next(v for v in first.group.members if all(q.post_id != v.post_id for q in first.quotes))
    pinned = deciding("quotes", "pin", f"{voice.post_id}/{voice.comment or 0}/{voice.start}-{voice.start + 30}")
    now = issue(deciding.seen, first.group.id)
    assert now.quotes[0].text == sample_analysis.written(voice)[:30]
    assert now.quotes[1:] == first.quotes[:3]
    deciding("quotes", "reject", pinned.target)
    assert deciding.ruling(pinned).why == "rejected"
    with pytest.raises(InputError, match="no words at"):
        deciding("quotes", "pin", "nowhere/0/1-2")


def test_corrected_step_counts_in_every_figure(sample_analysis, deciding):
    table = sample_analysis.steps
    voice = next(v for v in sample_analysis.step_voices if table.step(v) and v.author_id)
    before, after = table.step(voice), table.step(voice) % len(table.steps) + 1
    deciding("steps", "step", voice.passage_id, str(after))
    seen = deciding.seen
    assert seen.steps.step(voice) == after and seen.steps.chance(voice, after) == 1.0
    assert np.array_equal(np.flatnonzero(seen.steps.first != table.first), [voice.row])
    for group in seen.insight.steps:
        rows = [v.row for v in sample_analysis.step_voices if seen.steps.step(v) == int(group.id)]
        assert sorted(v.row for v in group.members) == sorted(rows)
        assert set(group.author_ids) == people_in(group.members)
    assert voice in seen.insight.steps[after - 1].members and voice not in seen.insight.steps[before - 1].members
    assert voice.row in seen.human.steps
    with pytest.raises(InputError, match="no number of a step"):
        deciding("steps", "step", voice.passage_id, str(len(table.steps) + 1))


def test_corrected_marks_change_lessons_and_issues(sample_analysis, deciding):
    lesson, first = sample_analysis.insight.lessons[0], sample_analysis.insight.issues[0]
    voice = first.group.members[0]
    deciding("marks", "mark", lesson.voice.passage_id, "-lesson")
    deciding("marks", "mark", voice.passage_id, "-concern")
    no = deciding("marks", "mark", voice.passage_id, "+case")
    told = {one.voice.passage_id for one in sample_analysis.insight.lessons}
    new = next(v for v in first.group.members[1:] if v.passage_id not in told)
    deciding("marks", "mark", new.passage_id, "+reported")
    seen = deciding.seen
    lessons = {one.voice.passage_id: one for one in seen.insight.lessons}
    assert lesson.voice.passage_id not in lessons and seen.human.hidden["lessons"] == 1
    assert not lessons[new.passage_id].own and lessons[new.passage_id].quote.text in sample_analysis.written(new)
    assert voice not in issue(seen, first.group.id).group.members
    assert (deciding.ruling(no).state, deciding.ruling(no).why) == ("applied", "marked_only")
    back = deciding("marks", "mark", voice.passage_id, "+concern")
    assert deciding.seen.human.marks[voice.row] == {"concern": True, "case": True}
    assert deciding.ruling(back).why == "marked_only"
    assert voice in issue(deciding.seen, first.group.id).group.members  # of two the last holds
    render_html(seen)


# ---- for the session


def test_accepted_issues_are_those_of_the_pack(sample_analysis, deciding):
    deciding("notes", "note", "session", note="นัดวันที่ 12")
    assert [card["rank"] for card in pack_view(deciding.seen)["cards"]] == [
        card["rank"] for card in build_view(sample_analysis, "th")["candidates"]
    ]
    deciding("issues", "accept", "4")
    deciding("issues", "accept", "2")
    deciding("notes", "note", "issue:4", note="ถามเรื่องงบก่อน")
    view = pack_view(deciding.seen)
    assert [card["rank"] for card in view["cards"]] == [4, 2]
    assert view["cards"][0]["notes"] == ["ถามเรื่องงบก่อน — สมศรี · 30 พ.ย. 2569"]
    assert view["session_notes"] == ["นัดวันที่ 12 — สมศรี · 30 พ.ย. 2569"]
    assert [card["rank"] for card in pack_view(deciding.seen, ranks=[1])["cards"]] == [1]
    deciding("issues", "merge", "2", "1")  # an accepted one goes with what it is merged into
    assert [card["rank"] for card in pack_view(deciding.seen)["cards"]] == [4, 1]


# ---- found again


@pytest.fixture(scope="module")
def grown(sample_analysis, tmp_path_factory):
    """Decisions of every kind on the sample, and a run of it with more posts, another seed and other vectors that knows them."""
    folder = tmp_path_factory.mktemp("grown")
    source = folder / "sample"
    source.mkdir()
    for path in SAMPLE.iterdir():
        (source / path.name).symlink_to(path)
    more = [
        {
            "id": f"n{n}",
            "author": f"คนใหม่ {n}",
            "body": f"น้ำประปาหมู่บ้านไม่ไหลอีกแล้ว บ้านที่ {n} รอช่างมาสามวัน",
            "community": "หมู่บ้าน",
        }
        for n in range(12)
    ]
    lines = "".join(json.dumps(post, ensure_ascii=False) + "\n" for post in more)
    (source / "more.jsonl").write_text(lines, encoding="utf-8")
    decide_on = Deciding(sample_analysis, curation_folder(source))
    insight = sample_analysis.insight
    voice = insight.issues[0].group.members[0]
    quotes = insight.issues[0].quotes
    homes = sorted(a for a in sample_analysis.authors if sample_analysis.homes.get(a))
    made = {
        "rename": decide_on("issues", "rename", "1", "งานเอกสารซ้ำซ้อน"),
        "accept": decide_on("issues", "accept", "1"),
        "topic": decide_on("topics", "rename", insight.topics[0].group.id, "ห้องเรียน"),
        "hide": decide_on("topics", "hide", insight.topics[1].group.id),
        "reject": decide_on("quotes", "reject", place_of(quotes[0])),
        "step": decide_on("steps", "step", voice.passage_id, "3"),
        "mark": decide_on("marks", "mark", insight.lessons[0].voice.passage_id, "-lesson"),
        "join": decide_on("people", "join", homes[0], homes[1]),
        "assign": decide_on("communities", "assign", homes[2], "ชุมชนทดลอง"),
        "note": decide_on("notes", "note", "issue:1", note="ถามเรื่องงบก่อน"),
    }
    made["gone"] = decide_on.curation.add(
        Decision("topics", "hide", "7", anchors=("x/0/1", "y/0/2"), who="ก", when=WHEN + timedelta(days=1))
    )
    run = analyse(source, folder / "run", Settings(seed=5, adapt=False, facets=False))
    return made, homes, run, decide_on


def test_decisions_are_found_again_with_more_posts_another_seed_and_other_vectors(grown):
    made, _, run, before = grown
    analysis = load_analysis(run)
    assert len(analysis.archive.posts) > len(before.found.archive.posts)
    seen = curated(analysis, curation_of(run))
    rulings = {one.id: one for one in seen.human.rulings}
    for name, decision in made.items():
        one = rulings[decision.id]
        if name == "gone":
            assert (one.state, one.why) == ("lost", "gone")
        elif decision.kind in ("topics", "issues", "notes"):
            # groups are others under another seed: it holds for what is the same, or says why it does not
            groups = [x.group for x in (*seen.insight.topics, *seen.insight.issues)]
            if one.state == "applied" and decision.action != "hide":
                (group,) = (x for x in groups if one.group.endswith(f":{x.id}"))
                inside = {v.passage_id for v in group.members} & set(decision.anchors)
                assert 2 * len(inside) >= len(decision.anchors)
            else:
                assert one.state == "applied" or one.why in ("gone", "scattered", "hidden")
        else:
            assert one.state == "applied", name
    applied = [name for name, decision in made.items() if rulings[decision.id].state == "applied"]
    assert {"rename", "topic", "reject", "step", "mark", "join", "assign"} <= set(applied)
    assert rulings[made["gone"].id] == [one for one in seen.human.rulings if one.state == "lost"][-1]
    render_html(seen)


def test_joined_people_and_homes_are_counted_by_the_next_run(grown):
    _, homes, run, before = grown
    analysis = load_analysis(run)
    assert homes[0] in before.found.authors and homes[0] not in analysis.authors
    posts = {post.id for post in before.found.archive.posts if post.author_id in homes[:2]}
    assert {analysis.posts[post].author_id for post in posts} == {homes[1]}
    assert analysis.homes[homes[2]] == "ชุมชนทดลอง"
    assert "ชุมชนทดลอง" in {voice.community for voice in analysis.voices if voice.author_id == homes[2]}
    for group in (x.group for x in analysis.insight.topics):
        assert homes[0] not in group.author_ids
    assert {"joined_by_decision"} <= {entry.key for entry in analysis.archive.account.entries}


def test_run_without_decisions_keeps_its_key(sample_run, grown):
    def inputs(run):
        return json.loads((run.stage_folder("archive") / "stage.json").read_text(encoding="utf-8"))["key"]["inputs"]

    assert inputs(sample_run).keys() == {"source"}
    assert inputs(grown[2]).keys() == {"source", "decisions"}


def test_passages_are_found_where_their_words_have_gone(sample_analysis, deciding):
    post = next(
        p
        for p in sample_analysis.archive.posts
        if sum(v.post_id == p.id and v.comment is None for v in sample_analysis.voices) > 2
    )
    first, second = [v for v in sample_analysis.voices if v.post_id == post.id and v.comment is None][:2]
    moved = replace(
        deciding("steps", "step", first.passage_id, "2"), anchors=(words_hash(sample_analysis.written(second)),)
    )
    changed = replace(moved, anchors=("0" * 16,))
    moved, changed = deciding.curation.add_all([moved, changed])
    assert deciding.ruling(changed).why == "text_changed"
    assert second.row in deciding.seen.human.steps
    gone = deciding.curation.add(replace(moved, target="nowhere/0/1"))
    assert deciding.ruling(gone).why == "text_gone"
    quote = sample_analysis.insight.issues[0].quotes[0]
    shifted = f"{quote.post_id}/{quote.comment or 0}/{quote.start + 3}-{quote.end + 3}"
    deciding.curation.add(Decision("quotes", "reject", shifted, anchors=(words_hash(quote.text),), when=WHEN))
    assert deciding.seen.human.rejected == (quote,)


# ---- names


def test_decisions_name_nobody_under_masks_and_pseudonyms(sample_analysis, masked_analysis, deciding):
    author = next(a for a in sorted(sample_analysis.authors) if len(sample_analysis.names[a]) > 5)
    name = sample_analysis.names[author]
    stranger = "วิไลวรรณ แก้วมณี"
    other = next(a for a in sorted(sample_analysis.authors) if a != author)
    deciding("issues", "rename", "1", f"เรื่องที่{name}เล่า โทร 081-234-5678", who=stranger)
    deciding("topics", "rename", "0", f"ห้องของ{name}", who=stranger)
    deciding("people", "join", name, other, who=stranger, note=f"{name} คือคนเดียวกัน")
    deciding("communities", "assign", author, f"บ้าน{name}", who=stranger)
    deciding("notes", "note", "session", note=f"โทรหา{name} 081-234-5678", who=stranger)
    undone = deciding("topics", "hide", "3", who=stranger)
    deciding.curation.undo(undone.id, stranger, WHEN)
    seen = deciding.seen
    masked = under_other_names(replace(seen, privacy=masked_analysis.privacy))
    told = "\n".join(
        [render_markdown(masked), json.dumps(json.loads(render_json(masked)), ensure_ascii=False)]
        + [str(build_view(masked, lang)["decided"]) for lang in ("th", "en")]
        + [str(issue_view["title"]) for issue_view in build_view(masked, "th")["candidates"]]
    )
    for secret in (name, stranger, "081-234-5678", f'"{author}"'):
        assert secret not in told, secret
    assert stranger in render_markdown(seen), "this would notice a name"
    assert len(masked.human.rulings) == len(seen.human.rulings)


def test_decisions_on_single_people_are_not_told_where_few_are_not(sample_analysis, deciding):
    few = next(x for x in sample_analysis.insight.issues if len(x.group.author_ids) == 1)
    deciding("issues", "rename", "1", "งานเอกสาร")
    deciding("issues", "rename", f"#{few.group.id}", "เรื่องของคนเดียว")
    deciding("steps", "step", few.group.members[0].passage_id, "1")
    deciding("notes", "note", "session", note="นัดวันที่ 12")
    guarded = with_fewest(deciding.seen, 3, "อื่น ๆ")
    assert [one.action for one in guarded.human.rulings] == ["rename", "note"]
    assert guarded.human.left_out == 2
    text = render_markdown(guarded)
    assert "เรื่องของคนเดียว" not in text and few.group.members[0].passage_id not in text
    assert "อีก 2 ข้อไม่แสดง" in text
    SCHEMA.validate(json.loads(render_json(guarded)))


def test_every_kind_has_words_for_every_action():
    from minecop.acts.marking import ACTS
    from minecop.core.messages import message
    from minecop.curation.sheet import SHEET_ACTIONS, SHEET_KINDS
    from minecop.report.words import Words

    for lang in ("th", "en"):
        for kind, actions in ACTIONS.items():
            assert kind in SHEET_KINDS
            for action in actions:
                assert action in SHEET_ACTIONS
                if action != "mark":
                    assert Words(lang)(f"decided_{kind}_{action}", target="ก", to="ข")
        assert all(message(f"act_{act}", lang) for act in ACTS)


@pytest.mark.parametrize(
    ("target", "kind", "name"),
    [
        ("author:somsri", "author", "somsri"),
        ("post:blog.example:8080/12", "post", "blog.example:8080/12"),
        ("line:สมศรี", "", "line:สมศรี"),
        ("somsri", "", "somsri"),
        ("post:", "", "post:"),
    ],
)
def test_targets_of_communities_may_hold_colons(target, kind, name):
    assert target_of(target) == (kind, name)


def test_decision_on_a_post_whose_id_holds_a_colon_is_of_that_post(sample_analysis):
    post = sample_analysis.archive.posts[0]
    other = replace(post, id="blog.example:8080/12", communities=("วงใหม่",))
    grown = replace(
        sample_analysis, archive=replace(sample_analysis.archive, posts=[*sample_analysis.archive.posts, other])
    )
    decision = Decision("communities", "assign", f"post:{other.id}", "วงใหม่", id="d1")
    assert of_people(grown, decision).state == "applied"
