import csv
import io
import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minecop.acts.parts import whole
from minecop.core.cells import plain_cell
from minecop.core.errors import QuoteError
from minecop.insight.groups import group_of
from minecop.insight.lessons import find_lessons, kinds_of, outcome_of, told_once
from minecop.insight.linking import Linker, Told
from minecop.insight.models import LESSON_PARTS, Grounds, Issue, Voice
from minecop.insight.trends import TrendMeter
from minecop.insight.voices import Voices
from minecop.report.lessons import lessons_json, numbered, render_lessons_csv
from minecop.report.rendering import RENDERERS, render_html, render_markdown
from minecop.run.loading import load_analysis
from minecop.run.masking import with_privacy
from minecop.run.opening import open_run


@pytest.mark.parametrize(
    ("result", "outcome"),
    [
        ("คนแยกขยะกันมากขึ้น งานเบาลง", "good"),
        ("ยาเหลือทิ้งลดจากคนละ 84 เม็ดเหลือ 19", "good"),
        ("รอบแรกไม่มีใครมา", "bad"),
        ("ลองแล้วไม่ได้ผล", "bad"),
        ("ปีแรกพังหมด ปีที่สองดีขึ้น", "untold"),
        ("ได้มา 74 ตัว", "untold"),
        ("ไม่เคยพังหมดสักครั้ง", "untold"),
        ("ยืมได้ 14 เล่ม", "untold"),
    ],
)
def test_lessons_outcome_is_told_by_plain_words_only(result, outcome):
    assert outcome_of({"result": result}) == outcome
    assert outcome_of({"action": result}) == "untold"


def test_lessons_kinds_are_told_by_parts_and_none_is_an_answer():
    assert kinds_of({"why": "เพราะเขาเลือกเอง", "result": "งานเบาลง"}) == ("success",)
    assert kinds_of({"why": "เพราะเขาเลือกเอง", "result": "ไม่มีใครมา"}) == ("obstacle",)
    assert kinds_of({"problem": "คนไม่พอ", "advice": "คราวหน้าเริ่มเร็วกว่านี้"}) == ("obstacle", "recommendation")
    assert kinds_of({"action": "ย้ายถาด", "why": "เพราะมือว่าง"}) == ()
    assert kinds_of({}) == ()


def test_lessons_told_again_count_once():
    long = "ปีแรกเราแจกถังขยะให้ทุกบ้าน แต่ผ่านไปสองเดือนไม่มีใครแยกเลย พอให้เด็กไปสอนที่บ้านคนแยกกันเกินครึ่ง"
    other = "โรงเรียนเราเลิกตีระฆังแล้ว ใช้ถามว่ากินข้าวหรือยัง เด็กสายเท่าเดิมแต่ครูใจเย็นลงมาก"
    assert told_once([long, other, f" {long}", f"ขอเล่าอีกที {long} ครับ"]) == {0: 2, 1: 0}
    assert told_once([long] * 30) == {0: 29}, "also where a run of letters is in more tellings than count"
    assert told_once([]) == {}


@given(st.lists(st.text(max_size=60), max_size=8))
def test_lessons_told_once_keeps_or_counts_every_text(texts):
    kept = told_once(texts)
    assert len(kept) + sum(kept.values()) == len(texts)
    assert list(kept) == sorted(kept)


@given(
    st.lists(st.sampled_from(["ถ้วย", "12", "๕", "ใบ", "- ", " ", "\n", "1,250", "จากเดือนละ"]), min_size=1), st.data()
)
def test_parts_whole_stays_within_the_lines_of_the_span(pieces, data):
    text = " ".join(pieces)
    start = data.draw(st.integers(0, len(text) - 1))
    end = data.draw(st.integers(start + 1, len(text)))
    begin, stop = whole(text, start, end)
    assert 0 <= begin < stop <= len(text)
    assert text[begin:stop].count("\n") <= text[start:end].count("\n")
    assert stop >= end


def test_parts_whole_parts_no_number_from_what_it_counts():
    text = "ชื่อผิดคน ๕ ใบ คนที่เร็วจาก 2 นาทีกว่าเหลือ 48 วินาที"
    assert text[slice(*whole(text, 0, 11))] == "ชื่อผิดคน ๕ ใบ"
    assert text[slice(*whole(text, text.index("2 "), text.index(" 48")))] == "คนที่เร็วจาก 2 นาทีกว่าเหลือ 48 วินาที"
    assert "- เริ่มใหม่"[slice(*whole("- เริ่มใหม่", 0, 11))] == "เริ่มใหม่"


# ---- finding


def mark(**marks) -> dict:
    acts = ("lesson", "reported", "explainer", "platform", "announcement")
    return dict.fromkeys(acts, False) | {"learning": 0.5, "parts": "{}"} | marks


def told(marks, *, vectors=None, own=None, comments=None, texts=None, terms=None) -> Told:
    count = len(marks)
    comments = comments or [None] * count
    texts = texts or [f"น้ำ {chr(0x0E01 + n % 40) * (20 + n)}" for n in range(count)]
    voices = [
        Voice(f"{n}/0/1", f"post{n}", comments[n], 100, 100 + len(texts[n]), f"a{n}", f"c{n % 2}", None)
        for n in range(count)
    ]
    vectors = np.eye(count, dtype=np.float32) if vectors is None else vectors
    columns = {name: [one[name] for one in marks] for name in mark()}
    own = np.array(own or [True] * count, dtype=bool)
    terms = terms or [["น้ำ"]] * count
    return Told(Voices.of(voices), texts, terms, columns, vectors, own, np.zeros(count, int), np.full(count, -1))


def lessons(passages: Told, aside=None, issues=()):
    return find_lessons(passages, aside or {}, Linker(passages, issues))


def test_lessons_are_own_before_reported_and_the_surest_first():
    found = lessons(
        told([mark(lesson=True), mark(reported=True, learning=3.0), mark(), mark(lesson=True, learning=2.0)])
    )
    assert [(lesson.voice.author_id, lesson.own, lesson.clear) for lesson in found] == [
        ("a3", True, True),
        ("a0", True, False),
        ("a1", False, True),
    ]


def test_lessons_of_posts_set_aside_are_left_out_but_not_what_readers_add_to_them():
    marks = [mark(lesson=True) for _ in range(5)]
    aside = {"post0": "copied", "post1": "explainer", "post2": "series", "post3": "explainer"}
    found = lessons(told(marks, comments=[None, None, None, 1, None], own=[True] * 4 + [False]), aside)
    assert sorted(lesson.voice.author_id for lesson in found) == ["a2", "a3"]


@pytest.mark.parametrize("act", ["explainer", "platform", "announcement"])
def test_lessons_that_do_another_thing_are_none(act):
    assert lessons(told([mark(lesson=True, **{act: True})])) == ()


def issue_of(voices, terms=("น้ำ",)) -> Issue:
    group = group_of("i1", "น้ำ", voices, TrendMeter(voices))
    return Issue(group, 1, "shared", 1.0, "clear", Grounds(), (), terms, None)


def linked(parts: str, *, terms=("น้ำ",), likeness: float = 0.9):
    """A lesson, five voices of an issue that lie near it, and forty passages that lie anywhere."""
    chance = np.random.default_rng(0)
    vectors = chance.normal(size=(46, 64)).astype(np.float32)
    vectors[1:6] = vectors[0] * likeness + (1 - likeness) * vectors[1:6]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    passages = told([mark(lesson=True, parts=parts), *(mark() for _ in range(45))], vectors=vectors)
    (lesson,) = lessons(passages, {}, [issue_of(passages.voices[1:6], terms)])
    return lesson.issue


def test_lessons_lead_from_the_issue_that_they_are_near():
    tried = '{"action": [0, 5]}'
    assert linked(tried) == "i1"
    assert linked(tried, likeness=0.0) is None, "no nearer than anything"
    assert linked(tried, terms=("ไฟ",)) is None, "no word of the issue"
    assert linked('{"problem": [0, 5]}') is None, "nothing was tried"


# ---- the sample archive


@pytest.fixture(scope="module")
def run(sample_run):
    return sample_run


@pytest.fixture(scope="module")
def analysis(run):
    return load_analysis(run)


def test_lessons_every_part_and_quote_is_its_source(analysis):
    lessons = analysis.insight.lessons
    assert len(lessons) >= 25
    assert sum(len(lesson.parts) for lesson in lessons) >= 58
    for lesson in lessons:
        source = analysis.posts[lesson.voice.post_id].text(lesson.voice.comment)
        for quote in (lesson.quote, *lesson.parts.values()):
            assert (quote.post_id, quote.comment) == (lesson.voice.post_id, lesson.voice.comment)
            assert lesson.voice.start <= quote.start < quote.end <= lesson.voice.end
            assert source[quote.start : quote.end] == quote.text
        spans = [(quote.start, quote.end) for quote in lesson.parts.values()]
        assert len(set(spans)) == len(spans), "no clause is two parts"


def test_lessons_printed_parts_are_their_spans(analysis):
    page, markdown = render_html(analysis), render_markdown(analysis)
    rows = list(csv.DictReader(io.StringIO(render_lessons_csv(analysis).lstrip("\ufeff"), newline="")))
    assert len(rows) == len(analysis.insight.lessons)
    for row in rows:
        source = analysis.posts[plain_cell(row["post"])].text(int(row["comment"]) if row["comment"] else None)
        assert plain_cell(row["text"]) == source[int(row["start"]) : int(row["end"])]
        for part in LESSON_PARTS:
            if row[part]:
                assert plain_cell(row[part]) == source[int(row[f"{part}_start"]) : int(row[f"{part}_end"])]
    anchors = {value.split('"')[0] for value in page.split('href="#lesson-')[1:]}
    assert anchors
    for number in anchors:
        assert f'id="lesson-{number}"' in page
    assert "บทเรียนที่เล่าไว้" in markdown


@pytest.mark.parametrize("name", ["report.html", "report.md", "report.json", "lessons.csv"])
@pytest.mark.parametrize("change", [{"text": "ไม่ได้พูดอย่างนี้"}, {"start": -1}, {"end": 100_000}])
def test_lessons_a_part_that_is_not_its_source_stops_the_report(analysis, name, change):
    first, *others = analysis.insight.lessons
    part, quote = next(iter(first.parts.items()))
    wrong = replace(first, parts=first.parts | {part: replace(quote, **change)})
    broken = replace(analysis, insight=replace(analysis.insight, lessons=(wrong, *others)))
    with pytest.raises(QuoteError):
        RENDERERS[name](broken, "th")


def test_lessons_are_masked_where_the_analysis_is(analysis, run, tmp_path):
    masked = with_privacy(analysis, run, tmp_path / "key.json", mask=True, pseudonyms=True)
    values = lessons_json(masked, numbered(masked))
    authors = {lesson.voice.author_id for lesson in analysis.insight.lessons} - {None}
    assert authors.isdisjoint(value["author"] for value in values)
    plain = lessons_json(analysis, numbered(analysis))
    assert any(one["text"] != other["text"] for one, other in zip(plain, values, strict=True))
    assert [one["start"] for one in plain] == [other["start"] for other in values]


def test_lessons_command_lists_and_chooses(run, minecop, analysis):
    code, out, _ = minecop("lessons", run.folder)
    assert code == 0
    assert out.count("บทเรียน ") >= len(analysis.insight.lessons)
    values = json.loads(minecop("lessons", run.folder, "--kind", "recommendation", "--json")[1])
    assert values
    assert all("recommendation" in value["kinds"] for value in values)
    issue = next(value["issue"] for value in json.loads(minecop("lessons", run.folder, "--json")[1]) if value["issue"])
    values = json.loads(minecop("lessons", run.folder, "--issue", issue, "--json")[1])
    assert {value["issue"] for value in values} == {issue}
    values = json.loads(minecop("lessons", run.folder, "--step", "9", "--json")[1])
    assert {value["step"] for value in values} == {9}
    heads = minecop("lessons", run.folder, "--topic", "0", "--csv")[1].splitlines()[0]
    assert heads.startswith("number,own,clear,score,kinds")


@pytest.mark.parametrize("options", [("--topic", "999"), ("--issue", "9999"), ("--step", "99")])
def test_lessons_command_says_what_is_not_there(run, minecop, options):
    code, out, err = minecop("lessons", run.folder, *options)
    assert (code, out) == (1, "")
    assert options[1] in err


def test_lessons_of_a_run_are_read_back_as_they_were_found(run, analysis):
    assert load_analysis(open_run(run.folder)).insight.lessons == analysis.insight.lessons
