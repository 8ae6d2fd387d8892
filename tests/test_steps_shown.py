"""Steps as they are read: how passages divide over them, in which order they come, what is missing, and what is quoted for each."""

import csv
import html
import io
import json
import re
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from minecop.archive.posts import Posts
from minecop.core.dates import parse_datetime
from minecop.core.errors import QuoteError
from minecop.insight.evidence import step_quotes
from minecop.insight.models import SetAside, Voice
from minecop.insight.profiles import StepTable, counted, profile_of, profiles_of
from minecop.insight.sequence import Course, Return, Skip, course_of, courses
from minecop.insight.shares import wilson
from minecop.insight.splits import SPLITS, UNKNOWN, step_profiles
from minecop.insight.trends import calendar
from minecop.insight.voices import Voices
from minecop.report.rendering import render_html, render_json, render_markdown
from minecop.report.steps import course_words, gaps_view
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.masking import with_privacy
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse

STEPS = 7


def told(*rows) -> tuple[list[Voice], StepTable]:
    """Voices and the table of their steps, from ``(author, date, step)`` and, where it matters, ``(..., community)``."""
    voices, chances = [], np.zeros((len(rows), STEPS))
    for n, (author, when, step, *community) in enumerate(rows):
        published = parse_datetime(when) if when else None
        place = community[0] if community else "เหนือ"
        voices.append(Voice(f"{n}/0/1", str(n), None, 0, 10, author, place, published))
        if step:
            chances[n, step - 1] = 0.75
    first = np.array([step for _, _, step, *_ in rows], dtype=np.int64)
    return Voices.of(voices), StepTable(first, chances, ["{}"] * len(rows))


def course(*rows, community="เหนือ", unit="quarter") -> Course:
    voices, table = told(*rows)
    return course_of(community, voices, table, unit, calendar(voices.span, unit)[1])


# ---- shares


@pytest.mark.parametrize(
    ("share", "people", "low", "high"),
    [(0.5, 10, 0.27, 0.73), (0.0, 10, 0.0, 0.213), (1.0, 10, 0.787, 1.0), (1.0, 1, 0.27, 1.0), (0.0, 0, 0.0, 1.0)],
)
def test_shares_wilson_is_the_interval_of_the_book_and_wide_for_few(share, people, low, high):
    assert wilson(share, people) == pytest.approx((low, high), abs=0.001)


def test_shares_wilson_holds_the_truth_about_nine_times_in_ten():
    random = np.random.default_rng(0)
    for truth, people in ((0.1, 12), (0.3, 9), (0.5, 40)):
        hits = [wilson(random.binomial(people, truth) / people, people) for _ in range(2_000)]
        inside = np.mean([low <= truth <= high for low, high in hits])
        assert 0.84 <= inside <= 0.98


def test_shares_wilson_of_divided_votes_errs_on_the_side_of_caution():
    random = np.random.default_rng(0)
    shares = [random.dirichlet((1, 2, 4), size=9)[:, 0].mean() for _ in range(500)]
    inside = np.mean([low <= 1 / 7 <= high for low, high in (wilson(share, 9) for share in shares)])
    assert inside >= 0.95


# ---- profiles


def test_profiles_give_each_person_one_vote_however_much_they_write():
    voices, table = told(*[("a", "2010-01-01", 6)] * 9, ("b", "2010-01-01", 7), ("c", "2010-01-01", 7), ("c", None, 6))
    profile = profile_of(voices, table)
    six, seven = profile.steps[5], profile.steps[6]
    assert (profile.authors, profile.passages, profile.read) == (3, 12, 12)
    assert (six.authors, six.passages, seven.authors, seven.passages) == (2, 10, 2, 2)
    assert (six.share, seven.share) == (0.5, 0.5)  # a for 6, b for 7, c for both
    assert six.low < 0.5 < six.high


def test_profiles_of_unnamed_voices_count_passages_and_no_people():
    voices, table = told((None, "2010-01-01", 2), (None, "2010-01-01", 2), ("a", "2010-01-01", 0))
    profile = profile_of(voices, table)
    two = profile.steps[1]
    assert (profile.authors, two.authors, two.unnamed, two.passages) == (0, 0, 2, 2)
    assert (two.share, two.low, two.high) == (None, None, None)
    assert profile.coverage(two) == "unknown"


def test_profiles_expected_counts_what_no_passage_was_called():
    voices, table = told(("a", "2010-01-01", 0), ("b", "2010-01-01", 0))
    table.chances[:, 2] = 0.4
    three = profile_of(voices, table).steps[2]
    assert (three.passages, three.expected) == (0, 0.8)


def test_profiles_of_nothing_are_nothing():
    profile = profile_of([], told(("a", None, 1))[1])
    assert (profile.authors, profile.passages, profile.read) == (0, 0, 0)
    assert profiles_of(Voices.of([]), [], told(("a", None, 1))[1]) == {}


@given(
    st.lists(
        st.tuples(st.sampled_from(["a", "b", "c", "d", None]), st.none(), st.integers(0, STEPS)),
        min_size=1,
        max_size=40,
    )
)
def test_profiles_shares_add_up_to_one_and_lie_in_their_intervals(rows):
    profile = profile_of(*told(*rows))
    known = {author for author, _, step in rows if author and step}
    assert profile.authors == len(known)
    assert profile.passages == sum(step > 0 for _, _, step in rows) == sum(one.passages for one in profile.steps)
    if known:
        assert sum(one.share for one in profile.steps) == pytest.approx(1, abs=0.01)
        assert all(one.low <= one.share <= one.high for one in profile.steps)
        assert all((one.share > 0) == (one.authors > 0) for one in profile.steps)


def test_profiles_coverage_is_absent_thin_or_covered():
    rows = [(f"p{n}", "2010-01-01", 6) for n in range(100)]
    rows += [(f"p{n}", "2010-01-01", 3) for n in range(2)] + [(f"p{n}", "2010-01-01", 5) for n in range(4)]
    rows += [(f"p{n}", "2010-01-01", 7) for n in range(5)]
    profile = profile_of(*told(*rows))
    coverage = {one.step: profile.coverage(one) for one in profile.steps}
    assert coverage == {1: "absent", 2: "absent", 3: "thin", 4: "absent", 5: "thin", 6: "covered", 7: "covered"}
    few = profile_of(*told(("a", None, 1), ("b", None, 1)))
    assert {few.coverage(one) for one in few.steps} == {"unknown"}


def test_profiles_leave_out_what_is_nobodys_step():
    voices, _ = told(*[("a", None, 1)] * 3)
    aside = [SetAside("explainer", "", (voices[0],)), SetAside("series", "", (voices[1],))]
    assert counted(voices, aside) == voices[1:]


# ---- calendar


def test_calendar_has_the_periods_in_which_nobody_wrote():
    voices, _ = told(("a", "2010-02-01", 1), ("b", "2010-11-01", 1), ("c", None, 1))
    assert calendar(voices.span) == ("quarter", ("2553/1", "2553/2", "2553/3", "2553/4"))
    assert calendar(voices.span, "month")[1] == tuple(f"2553/{month:02}m" for month in range(2, 12))
    long, _ = told(("a", "2005-02-01", 1), ("b", "2011-11-01", 1))
    assert calendar(long.span)[0] == "half"
    longer, _ = told(("a", "2001-02-01", 1), ("b", "2020-11-01", 1))
    assert len(calendar(longer.span)[1]) == 20
    assert calendar(told(("c", None, 1))[0].span) == ("year", ())


# ---- order over time

PEOPLE = ("a", "b", "c", "d")


def in_turn(*steps: int) -> list[tuple]:
    """Four people who all write of one step a quarter."""
    quarters = [f"{2008 + n // 4}-{1 + 3 * (n % 4):02}" for n in range(len(steps))]
    return [
        (author, f"{quarter}-{day:02}", step)
        for quarter, step in zip(quarters, steps, strict=True)
        for day, author in enumerate(PEOPLE, 1)
    ]


def test_sequence_says_when_each_step_is_met_and_where_its_middle_lies():
    found = course(("a", "2010-01-01", 1), ("a", "2010-01-11", 1), ("b", "2010-01-31", 1), ("b", "2010-12-31", 2))
    one = found.steps[0]
    assert (one.authors, one.first.day, one.last.day) == (2, 1, 31)
    assert (one.middle.month, one.middle.day) == (1, 18)  # between the 6th, a's mean, and the 31st
    assert one.periods == (2, 0, 0, 0)
    assert (found.steps[6].first, found.steps[6].middle, found.steps[6].periods) == (None, None, (0, 0, 0, 0))


def test_sequence_forward_backward_and_none():
    assert course(*in_turn(1, 2, 4, 6, 7)).order == "forward"
    assert course(*in_turn(7, 6, 4, 2, 1)).order == "backward"
    mixed = course(*in_turn(4, 1, 7, 2, 6, 4, 1, 7))
    assert mixed.order == "none"
    assert abs(mixed.correlation) < 0.6
    assert course(*in_turn(1, 2, 6, 7)).order == "none"  # four periods are in this order once in twelve times


def test_sequence_skips_what_nobody_writes_of_before_a_step_that_many_do():
    found = course(*in_turn(1, 2, 6, 6))
    assert found.skips == tuple(Skip(step, 6, 4) for step in (3, 4, 5))  # 7 is after 6: not skipped


def test_sequence_comes_back_after_a_long_pause():
    found = course(*in_turn(1, 2, 6, 7, 7, 1))
    assert found.returns == (Return(1, 7, 4, "2551/1", "2552/2"),)
    assert not course(*in_turn(1, 2, 4, 6, 7)).returns


def test_sequence_one_person_alone_does_not_bring_a_step_back():
    rows = [("a", "2008-01-01", 1), *in_turn(6, 7, 6, 7, 7)[4:], ("a", "2009-06-01", 1)]
    assert not course(*rows).returns


def test_sequence_what_chance_gives_is_not_said():
    """People who write of any step at any time: an order, or a step that comes back, is claimed of hardly any such community."""
    random = np.random.default_rng(0)
    found = []
    for _ in range(150):
        days = [f"{2008 + n // 12}-{1 + n % 12:02}-15" for n in random.integers(0, 36, 40)]
        found.append(course(*((f"p{random.integers(10)}", day, int(random.integers(1, 8))) for day in days)))
    assert all(one.enough for one in found)
    assert np.mean([one.order != "none" for one in found]) <= 0.1
    assert np.mean([bool(one.returns) for one in found]) <= 0.05


def test_sequence_moves_count_people_from_one_text_of_theirs_to_the_next():
    found = course(
        ("a", "2010-01-01", 6), ("a", "2010-02-01", 7), ("a", "2010-03-01", 6), ("a", "2010-04-01", 7),
        ("b", "2010-01-01", 6), ("b", "2010-01-02", 7), ("c", "2010-01-03", 1),
    )  # fmt: skip
    assert [(move.before, move.after, move.authors) for move in found.moves] == [(6, 7, 2), (7, 6, 1)]


@pytest.mark.parametrize(
    "rows",
    [
        in_turn(1, 6),  # two periods
        [("a", f"2010-{1 + n % 12:02}-01", 1 + n % 7) for n in range(30)],  # one person
        in_turn(1, 6, 7)[::4] * 3,  # one person in three periods
        [(None, when, step) for _, when, step in in_turn(1, 6, 7, 1)],  # nobody is known
        [(author, None, step) for author, _, step in in_turn(1, 6, 7, 1)],  # no date is
        [],
    ],
)
def test_sequence_says_nothing_of_too_little(rows):
    found = course(*rows)
    assert not found.enough
    assert (found.order, found.correlation, found.skips, found.returns) == ("unknown", None, (), ())
    assert course_words(None, found, found, Words("en")) == [Words("en")("course_few")]


# ---- a run

DOING = (
    ("วันนี้ลงแปลงกันสิบสองคน ช่วยกันหมักปุ๋ยกองแรกเสร็จตอนบ่าย แล้วไปเยี่ยมบ้านลุงมีต่อ", 6),
    ("นัดทีมวันศุกร์หน้า แบ่งงานกันแล้วว่าใครทำอะไร งบสองหมื่น เริ่มเดือนมกราคม", 4),
    ("บทเรียนรอบนี้คือเราเตรียมคำถามมากไป คนเลยตอบเหมือนทำข้อสอบ คราวหน้าจะให้เล่าเรื่องเดียวที่ภูมิใจ", 7),
    ("สามหมู่บ้านมานั่งคุยกันแล้วพบว่าเดือดร้อนเรื่องเดียวกันคือน้ำ เลยตกลงเอาเรื่องน้ำเป็นเป้าหมายร่วม โทร 081-234-5678 ได้ครับ", 2),
)


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run on 32 posts of eight people in two communities, over two years."""
    base = tmp_path_factory.mktemp("steps")
    posts = [
        {
            "id": str(n),
            "title": f"เรื่องที่ {n}",
            "author": f"p{n % 8}",
            "author_name": f"คนที่ {n % 8}",
            "community": ["เหนือ", "ใต้"][n % 2],
            "published": f"{2010 + n // 16}-{1 + n % 12:02}-{1 + n % 27:02}",
            "body": f"{DOING[(n // 2) % 4][0]} ครั้งที่ {n}",
        }
        for n in range(32)
    ]
    source = base / "posts.jsonl"
    source.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts), encoding="utf-8")
    people = "".join(f"p{n},คนที่ {n},,,,,,{['ครู', 'หมอ'][n % 2]}\n" for n in range(7))
    head = "author_id,name,aliases,home_community,organisation,province,profession,group\n"
    (base / "authors.csv").write_text(head + people, encoding="utf-8")
    return analyse(source, base / "run").folder


@pytest.fixture(scope="module")
def analysis(folder):
    return load_analysis(open_run(folder))


def test_splits_hold_every_passage_once_and_people_are_the_same_in_all(analysis):
    whole = profile_of(analysis.step_voices, analysis.steps)
    assert whole.passages >= 16
    for group, step in zip(analysis.insight.steps, whole.steps, strict=True):  # one way of counting in all places
        assert (len(group.author_ids), len(group.members), group.unnamed) == (step.authors, step.passages, step.unnamed)
    for by in SPLITS:
        profiles = step_profiles(analysis, by)
        if by != "issue":
            assert sum(one.read for one in profiles.values()) == whole.read
            assert sum(one.passages for one in profiles.values()) == whole.passages
        assert UNKNOWN not in profiles or list(profiles)[-1] == UNKNOWN
    assert set(step_profiles(analysis, "community")) == {"เหนือ", "ใต้"}
    assert list(step_profiles(analysis, "group")) == ["ครู", "หมอ", UNKNOWN]  # p7 is of none
    assert list(step_profiles(analysis, "year")) == ["2553", "2554"]
    assert list(step_profiles(analysis, "period")) == sorted(step_profiles(analysis, "quarter"))


def test_evidence_is_verbatim_and_the_surest_first(analysis):
    some = 0
    for group in analysis.insight.steps:
        quotes = step_quotes(analysis, group)
        assert [one.chance for one in quotes] == sorted((one.chance for one in quotes), reverse=True)
        some += len(quotes)
        for one in quotes:
            assert (
                analysis.verified(one.quote).text
                == analysis.posts[one.quote.post_id].body[one.quote.start : one.quote.end]
            )
            assert one.line.text in one.quote.text
    assert some >= 4


def test_evidence_masked_where_the_run_is(analysis, folder, tmp_path):
    masked = with_privacy(analysis, open_run(folder), tmp_path / "key.json", mask=True, pseudonyms=True)
    for render in (render_html, render_json, render_markdown):
        assert "081-234-5678" in render(analysis, "th")
        assert "081-234-5678" not in render(masked, "th")
        assert "คนที่ 3" not in render(masked, "th")


def test_evidence_that_is_not_its_source_stops_the_report(analysis):
    post = analysis.archive.posts[0]
    other = replace(
        analysis.archive, posts=Posts([replace(post, body="อื่น" + post.body[3:]), *analysis.archive.posts[1:]])
    )
    broken = replace(analysis, archive=other)
    quote = next(
        q.quote for g in analysis.insight.steps for q in step_quotes(analysis, g) if q.quote.post_id == post.id
    )
    with pytest.raises(QuoteError):
        broken.verified(quote)


def test_report_shows_steps_their_quotes_and_their_order(analysis):
    page = html.unescape(render_html(analysis))
    section = page[page.index('<section id="steps">') : page.index('<section id="method">')]
    assert section.count('<table class="course') == 1 + sum(one.enough for one in courses(analysis)[1:])
    dots = re.findall(r'class="dot" style="--d:[\d.]+rem">(\d+)<', section)
    every = [one for one in courses(analysis) if one.enough or one.community is None]
    assert sum(map(int, dots)) == sum(sum(step.periods) for one in every for step in one.steps)
    for group in analysis.insight.steps:
        for one in step_quotes(analysis, group)[:1]:
            assert one.quote.text in section
    assert "ไม่ได้แปลว่าไม่ได้ทำ" in section
    assert "does not mean not done" in render_html(analysis, "en")


def test_report_gaps_name_what_nobody_writes_of(analysis):
    whole = profile_of(analysis.step_voices, analysis.steps)
    absent = [step for step in whole.steps if not step.passages]
    assert absent
    said = gaps_view(analysis, whole, Words("en"))
    assert said[-1] == Words("en")("gap_note")
    for step in absent:
        name = analysis.process.steps[step.step - 1].names["en"]
        assert f"{step.step} {name}" in said[0]


def test_report_of_one_post_claims_neither_gaps_nor_an_order(jsonl, tmp_path):
    one = load_analysis(analyse(jsonl([{"id": "1", "author": "a", "body": DOING[0][0]}]), tmp_path / "one"))
    page = render_html(one, "en")
    assert Words("en")("gap_unknown", count=3) in page
    assert '<table class="course' not in page


# ---- the terminal


def rows_of(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


def test_cli_steps_show_people_gaps_and_a_voice_of_each(folder, minecop):
    code, out, _ = minecop("steps", folder, "--lang", "en")
    assert code == 0
    assert "Put the plan into action" in out
    assert "The surest voice of each step" in out
    assert "does not mean not done" in out
    assert re.search(r"“.+”\n +— คนที่ \d", out)


def test_cli_steps_of_one_with_its_voices(folder, analysis, minecop):
    code, out, _ = minecop("steps", folder, "๖", "--lang", "en")
    assert code == 0
    assert "Step 6: Put the plan into action" in out
    for one in step_quotes(analysis, analysis.insight.steps[5]):
        assert one.quote.text in out
    _, out, _ = minecop("steps", folder, "6", "--csv")
    assert len(rows_of(out)) == len(analysis.insight.steps[5].members)
    _, out, _ = minecop("steps", folder, "6", "--json")
    value = json.loads(out)
    assert value["id"] == "6"
    for quote in value["quotes"]:
        assert analysis.posts[quote["post"]].body[quote["start"] : quote["end"]] == quote["text"]
    code, out, err = minecop("steps", folder, "12", "--lang", "en")
    assert (code, out) == (1, "")
    assert "steps 1 to 10" in err


@pytest.mark.parametrize("by", SPLITS)
def test_cli_steps_by(folder, analysis, minecop, by):
    profiles = step_profiles(analysis, by)
    code, out, _ = minecop("steps", folder, "--by", by, "--json")
    values = json.loads(out)
    assert code == 0
    assert [(value["id"], value["authors"], value["passages"]) for value in values] == [
        (key, one.authors, one.passages) for key, one in profiles.items()
    ]
    assert all(len(value["steps"]) == 10 and value["title"] for value in values)
    _, out, _ = minecop("steps", folder, "--by", by, "--csv")
    rows = rows_of(out)
    assert len(rows) == 10 * len(profiles)
    assert sum(int(row["passages"]) for row in rows) == sum(one.passages for one in profiles.values())
    code, out, _ = minecop("steps", folder, "--by", by, "--lang", "en")
    assert code == 0
    assert ("people" if profiles else "Nothing to show") in out


def test_cli_steps_sequence(folder, analysis, minecop):
    code, out, _ = minecop("steps", "sequence", folder, "--lang", "en")
    assert code == 0
    assert out.startswith("The whole archive: 8 people")
    assert "order of the writing, not of the work" in out
    _, out, _ = minecop("steps", "sequence", folder, "--json")
    values = json.loads(out)
    assert [value["community"] for value in values] == [one.community for one in courses(analysis)]
    assert {value["community"] for value in values} == {None, "เหนือ", "ใต้"}
    _, out, _ = minecop("steps", "sequence", folder, "--community", "ใต้", "--csv")
    rows = rows_of(out)
    assert [row["step"] for row in rows] == [str(n) for n in range(1, 11)]
    assert {row["community"] for row in rows} == {"ใต้"}
    code, out, err = minecop("steps", "sequence", folder, "--community", "ตะวันตก")
    assert (code, out) == (1, "")
    assert "เหนือ" in err and "ใต้" in err
