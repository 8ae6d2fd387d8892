"""Issues, topics and steps side by side, by who writes, from where, and when."""

import csv
import html
import io
import json
import random
import re
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minecop.archive.models import Person
from minecop.core.dates import parse_datetime
from minecop.insight.analysis import LeftOut
from minecop.insight.models import Grounds, Group, Insight, Issue, Topic, Trend, Voice
from minecop.insight.privacy import Privacy
from minecop.insight.shares import bar_for_many, chance_of
from minecop.insight.slices import MOST_SHOWN, Slices, slices_of
from minecop.insight.splits import OF_PEOPLE, SLICES
from minecop.insight.voices import Voices
from minecop.report.rendering import render_html, render_json, render_markdown, write_reports
from minecop.report.slices import render_slices_csv, slices_json, slices_notes, slices_view
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.masking import with_privacy
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse


class Archive:
    """As much of an archive as slices look at."""

    def __init__(self, people: dict[str, Person]) -> None:
        self.people = people


class Told:
    """As much of an analysis as slices look at, made by hand.

    Voices are ``(author, issue, community, date)``; the group of an author is given apart.
    """

    def __init__(self, voices, groups=(), privacy=None):
        self.voices = []
        members: dict[str, list[Voice]] = {}
        for n, (author, issue, community, when) in enumerate(voices):
            published = parse_datetime(when) if when else None
            voice = Voice(f"{n}/0/1", str(n), None, 0, 10, author, community, published)
            self.voices.append(voice)
            if issue:
                members.setdefault(issue, []).append(voice)
        self.voices = Voices.of(self.voices)
        self.archive = Archive({name: Person(name, group=group) for name, group in dict(groups).items()})
        self.privacy = privacy or Privacy()
        self.left_out = LeftOut()
        issues = [
            Issue(
                group_of(issue, some),
                rank,
                "early" if issue == "แรกเริ่ม" else "shared",
                0,
                "clear",
                Grounds(),
                (),
                (),
                None,
            )
            for rank, (issue, some) in enumerate(sorted(members.items()), 1)
        ]
        topics = [Topic(issue.group) for issue in issues]
        self.insight = Insight(tuple(issues), (), tuple(topics), (), (), (), (), (), {})


def group_of(name, members) -> Group:
    authors = {voice.author_id for voice in members if voice.author_id}
    unnamed = sum(voice.author_id is None for voice in members)
    return Group(name, name, tuple(sorted(authors)), (), unnamed, Trend("unknown"), tuple(members))


def crowd(group: str, size: int, speaking: int, issue: str = "น้ำ"):
    """People of one group, some of whom voice an issue; everybody writes twice."""
    for n in range(size):
        yield f"{group}{n}", issue if n < speaking else None, group, "2010-01-01"
        yield f"{group}{n}", None, group, "2010-01-02"


def by_name(slices: Slices) -> dict[str, tuple]:
    return {one.keys[0]: (one.role, one.authors) for one in slices.slices}


def marks(slices: Slices) -> list[str]:
    return [cell.mark for cell in slices.issues[0].cells]


# ---- what chance gives


@pytest.mark.parametrize(
    ("some", "people", "others", "other_people", "expected"),
    [
        (3, 10, 3, 10, 1.0),
        (5, 5, 0, 5, 1 / 252),  # of 252 ways to choose five of ten, one each way counts half, twice
        (1, 1, 0, 1, 0.5),
        (0, 4, 0, 9, 1.0),
    ],
)
def test_shares_chance_is_that_of_the_exact_test_at_the_middle(some, people, others, other_people, expected):
    assert chance_of(some, people, others, other_people) == pytest.approx(expected)


@given(st.integers(1, 40), st.integers(1, 40), st.data())
def test_shares_chance_is_the_same_from_both_sides(people, other_people, data):
    some, others = data.draw(st.integers(0, people)), data.draw(st.integers(0, other_people))
    chance = chance_of(some, people, others, other_people)
    assert 0 < chance <= 1
    assert chance == pytest.approx(chance_of(others, other_people, some, people))
    assert chance == pytest.approx(chance_of(people - some, people, other_people - others, other_people))


def test_shares_bar_rises_with_what_is_found():
    assert bar_for_many([], 0.2) == 0
    assert bar_for_many([0.03, 0.5, 0.6, 0.9], 0.2) == pytest.approx(0.05)
    assert bar_for_many([0.03, 0.09, 0.6, 0.9], 0.2) == pytest.approx(0.1)
    assert bar_for_many([0.06, 0.5, 0.6, 0.9], 0.2) == 0


# ---- slices


def test_slices_count_distinct_people_those_of_most_first():
    told = Told([*crowd("เหนือ", 4, 2), *crowd("ใต้", 6, 1), *[("เหนือ0", "น้ำ", "เหนือ", None)] * 5])
    slices = slices_of(told, "community")
    assert by_name(slices) == {"ใต้": ("named", 6), "เหนือ": ("named", 4)}
    assert list(by_name(slices)) == ["ใต้", "เหนือ"]
    south, north = slices.issues[0].cells
    assert (south.authors, north.authors) == (1, 2)
    assert north.share == 0.5
    assert north.low < 0.5 < north.high
    assert north.ratio == 3.0


def test_slices_of_people_add_up_and_the_unknown_stand_apart_at_the_end():
    voices = [*crowd("ครู", 4, 2), *crowd("หมอ", 3, 1), ("แขก", "น้ำ", "เหนือ", None), (None, "น้ำ", None, None)]
    groups = {author: author[:-1] for author, *_ in voices if author and author != "แขก"}
    slices = slices_of(Told(voices, groups), "group")
    assert [one.role for one in slices.slices] == ["named", "named", "unknown"]
    (row,) = slices.issues
    assert sum(cell.authors for cell in row.cells) == len(row.group.author_ids) == 4
    assert [cell.unnamed for cell in row.cells] == [0, 0, 1] and row.group.unnamed == 1
    assert sum(one.authors for one in slices.slices) == 8
    unknown = row.cells[-1]
    assert (unknown.authors, unknown.ratio, unknown.chance, unknown.mark) == (1, None, None, "")
    assert row.cells[0].ratio == pytest.approx((2 / 4) / (1 / 3))  # the guest is in neither


def test_slices_who_writes_in_several_periods_counts_in_each():
    voices = [("ก", "น้ำ", "เหนือ", f"{year}-05-01") for year in (2008, 2009, 2010)] + [("ข", None, "เหนือ", "2009-05-01")]
    slices = slices_of(Told(voices), "year")
    assert by_name(slices) == {"2551": ("named", 1), "2552": ("named", 2), "2553": ("named", 1)}
    assert [cell.authors for cell in slices.issues[0].cells] == [1, 1, 1]
    assert len(slices.issues[0].group.author_ids) == 1


def test_slices_mark_what_is_clearly_above_and_below():
    voices = [*crowd("ครู", 20, 14), *crowd("หมอ", 20, 0), *crowd("ชาวนา", 20, 6)]
    found = dict(zip(by_name(slices := slices_of(Told(voices), "community")), marks(slices), strict=True))
    assert found == {"ครู": "above", "หมอ": "below", "ชาวนา": ""}


def test_slices_of_fewer_than_three_people_are_shown_and_never_marked():
    voices = [*crowd("สองคน", 2, 2), *crowd("อื่น", 400, 1)]
    slices = slices_of(Told(voices), "community")
    few = slices.issues[0].cells[1]
    assert (few.authors, few.share, few.chance, few.mark) == (2, 1.0, None, "")
    three = slices_of(Told([*crowd("สามคน", 3, 1), *crowd("อื่น", 4000, 2)]), "community").issues[0].cells[1]
    assert three.chance < 0.05 and three.mark == ""  # one person is not what a group has to say


def test_slices_rows_of_fewer_than_three_people_are_not_compared():
    slices = slices_of(Told([*crowd("ครู", 5, 2), *crowd("หมอ", 500, 0)]), "community")
    assert {cell.chance for cell in slices.issues[0].cells} == {None}


def test_slices_groups_drawn_by_lot_seldom_have_marks():
    draw = random.Random(0)
    tables = 0
    for _ in range(200):
        people = [f"p{n}" for n in range(48)]
        groups = dict(zip(people, draw.sample(["ก", "ข", "ค", "ง"] * 12, 48), strict=True))
        voices = [(author, None, "", None) for author in people]
        voices += [(author, f"{n}", "", None) for n in range(18) for author in draw.sample(people, draw.randint(3, 14))]
        found = slices_of(Told(voices, groups), "group")
        tables += any(cell.mark for row in found.issues for cell in row.cells)
    assert tables <= 30  # where nothing differs, two tables in ten at most are to have any mark


@given(
    st.lists(
        st.tuples(
            st.sampled_from(["a", "b", "c", "d", "e", None]),
            st.sampled_from(["น้ำ", "หนี้", None]),
            st.sampled_from(["เหนือ", "ใต้", "กลาง", None]),
            st.sampled_from(["2009-01-01", "2010-01-01", "2010-12-01", None]),
        ),
        max_size=30,
    ),
    st.dictionaries(st.sampled_from("abcde"), st.sampled_from(["ครู", "หมอ"])),
    st.sampled_from(["community", "group", "year", "period"]),
)
def test_slices_hold_whatever_is_split(voices, groups, by):
    told = Told(voices, groups)
    slices = slices_of(told, by, early=True)
    for row in slices.issues:
        assert len(row.cells) == len(slices.slices)
        for one, cell in zip(slices.slices, row.cells, strict=True):
            assert 0 <= cell.authors <= one.authors
            assert (cell.share is None) == (one.authors == 0)
            assert cell.share is None or cell.low <= cell.share <= cell.high
            assert not cell.mark or one.comparable
        if by == "group":
            assert sum(cell.authors for cell in row.cells) == len(row.group.author_ids)
        else:
            assert sum(cell.authors for cell in row.cells) >= len(row.group.author_ids)
        assert sum(cell.unnamed for cell in row.cells) <= row.group.unnamed
    assert [one.role for one in slices.slices].count("unknown") <= 1


def test_slices_many_values_leave_the_rest_to_others_with_distinct_people():
    voices = [voice for n in range(40) for voice in crowd(f"ชุมชน{n:02}", 45 - n, n % 5)]
    voices += [("ชุมชน390", "น้ำ", "ชุมชน38", None)]  # a guest without a home counts in both, and once among the others
    slices = slices_of(Told(voices), "community")
    assert [one.role for one in slices.slices] == ["named"] * MOST_SHOWN + ["others"]
    others = slices.slices[-1]
    assert len(others.keys) == 40 - MOST_SHOWN
    assert others.authors == sum(45 - n for n in range(MOST_SHOWN, 40))
    assert slices.issues[0].cells[-1].mark == ""
    thirteen = [voice for n in range(13) for voice in crowd(f"ชุมชน{n:02}", 3, 1)]
    assert {one.role for one in slices_of(Told(thirteen), "community").slices} == {"named"}


def test_slices_of_many_periods_put_the_early_ones_together():
    voices = [(f"p{n}", "น้ำ", "เหนือ", f"{1990 + n}-01-01") for n in range(20)]
    slices = slices_of(Told(voices), "year")
    assert [one.role for one in slices.slices] == ["others", *["named"] * 16]
    assert slices.slices[0].keys == ("2533", "2534", "2535", "2536")
    assert slices.slices[-1].keys == ("2552",)


def test_slices_early_voices_on_request():
    told = Told([("a", "น้ำ", "เหนือ", None), ("b", "แรกเริ่ม", "ใต้", None)])
    assert [row.group.id for row in slices_of(told, "community").issues] == ["น้ำ"]
    assert [row.group.id for row in slices_of(told, "community", early=True).issues] == ["น้ำ", "แรกเริ่ม"]


def test_slices_say_what_hinders_comparing():
    assert slices_of(Told([]), "community").hindrance == "untold"
    assert slices_of(Told(crowd("เหนือ", 4, 2)), "group").hindrance == "untold"
    assert slices_of(Told(crowd("เหนือ", 4, 2)), "community").hindrance == "alone"
    assert slices_of(Told([*crowd("เหนือ", 2, 2), *crowd("ใต้", 2, 2)]), "community").hindrance == "few"
    assert slices_of(Told([*crowd("เหนือ", 3, 2), *crowd("ใต้", 2, 2)]), "community").hindrance == ""


def test_slices_with_pseudonyms_do_not_tell_whose_few_they_are():
    voices = [*crowd("ครู", 4, 2), *crowd("หมอ", 3, 2), *crowd("ผอ.โรงเรียนบ้านนา", 1, 1)]
    groups = {author: author.rstrip("0123") for author, *_ in voices}
    hidden = Privacy(authors={author: f"ผู้เขียน {n}" for n, author in enumerate(groups)})
    assert by_name(slices_of(Told(voices, groups), "group"))["ผอ.โรงเรียนบ้านนา"] == ("named", 1)
    assert [one.role for one in slices_of(Told(voices, groups, hidden), "group").slices] == ["named", "named", "others"]
    alone = {author: author for author in groups}
    assert slices_of(Told(voices, alone, hidden), "group").hindrance == "hidden"


# ---- a run

WATER = ("ท่อน้ำแตก ไม่รู้จะหาช่างที่ไหน", "น้ำไม่ไหลสามวันแล้ว กังวลว่าท่อจะแตกอีก", "ช่างซ่อมท่อน้ำไม่มีใครมา หนักใจ")
HOSTILE = "=cmd()|<script>alert(1)</script>"


@pytest.fixture(scope="module")
def folder(tmp_path_factory):
    """A run on eight people of two communities, whose group, province and organisation stand in ``authors.csv``."""
    base = tmp_path_factory.mktemp("slices")
    posts = [
        {
            "id": str(n),
            "title": f"เรื่องที่ {n}",
            "author": f"p{n % 8}",
            "author_name": f"คนที่ {n % 8}",
            "community": ["เหนือ", "ใต้"][n % 2],
            "published": f"{2009 + n // 8}-0{1 + n % 8}-01",
            "body": f"{WATER[n % 3]} บ้านเลขที่ {n} เดือดร้อนกันมากครับ โทร 081-234-5678",
        }
        for n in range(16)
    ]
    source = base / "posts.jsonl"
    source.write_text("".join(json.dumps(post, ensure_ascii=False) + "\n" for post in posts), encoding="utf-8")
    head = "author_id,name,aliases,home_community,organisation,province,profession,group\n"
    rows = "".join(
        f'p{n},คนที่ {n},,,"{HOSTILE if n < 4 else "รพ."}",จังหวัดเดียว,อาชีพ {n},{["ครู", "หมอ"][n % 2]}\n' for n in range(7)
    )
    (base / "authors.csv").write_text(head + rows, encoding="utf-8")
    return analyse(source, base / "run").folder


@pytest.fixture(scope="module")
def analysis(folder):
    return load_analysis(open_run(folder))


@pytest.mark.parametrize("by", SLICES)
def test_slices_of_a_run_are_those_of_its_people(analysis, by):
    slices = slices_of(analysis, by)
    assert slices.issues or slices.topics
    everyone = {voice.author_id for voice in analysis.voices if voice.author_id}
    for rows in slices.tables.values():
        for row in rows:
            assert all(cell.authors <= one.authors for cell, one in zip(row.cells, slices.slices, strict=True))
            if by in OF_PEOPLE:
                assert sum(cell.authors for cell in row.cells) == len(row.group.author_ids)
    if by in OF_PEOPLE:
        assert sum(one.authors for one in slices.slices) == len(everyone) == 8
    assert [row.group for row in slices.steps] == list(analysis.insight.steps)
    assert slices == slices_of(analysis, by)


def test_slices_report_shows_them_only_where_that_is_asked_for(analysis, tmp_path):
    assert "slices-" not in render_html(analysis)
    assert json.loads(render_json(analysis))["slices"] == []
    assert render_slices_csv(analysis) == ""
    compared = replace(analysis, compare_by=("group", "year"))
    for lang, title in (("th", "เทียบระหว่างกลุ่ม"), ("en", "Side by side: groups")):
        page = render_html(compared, lang)
        assert re.findall(r'<section id="slices-(\w+)"', page) == ["group", "year"]
        assert title in page
        assert title in render_markdown(compared, lang)
        for text in (page, render_markdown(compared, lang)):
            assert not re.search(r"\{[a-z_]+\}", re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL))
    write_reports(compared, tmp_path)
    assert (tmp_path / "slices.csv").is_file()
    write_reports(analysis, tmp_path)
    assert not (tmp_path / "slices.csv").exists()


def test_slices_are_the_same_in_page_markdown_json_and_csv(analysis):
    compared = replace(analysis, compare_by=("group",))
    slices = slices_of(analysis, "group")
    view = slices_view(analysis, slices, Words("th"))
    (values,) = json.loads(render_json(compared))["slices"]
    assert values == json.loads(json.dumps(slices_json(analysis, slices, Words("th"))))
    rows = list(csv.DictReader(io.StringIO(render_slices_csv(compared).removeprefix("\ufeff"), newline="")))
    cells = [cell for rows_ in slices.tables.values() for row in rows_ for cell in row.cells]
    assert [int(row["authors"]) for row in rows] == [cell.authors for cell in cells]
    assert {row["value"] for row in rows} == {"ครู", "หมอ", "(ไม่ทราบ)"}
    page = html.unescape(render_html(compared))
    section = page[page.index('id="slices-group"') : page.index('<section id="method">')]
    markdown = render_markdown(compared)
    for table in view["tables"]:
        for row in table["rows"]:
            texts = [cell["text"] for cell in row["cells"]]
            assert f"| {row['authors']} | {' | '.join(texts)} |" in markdown
    assert section.count('<tr><th scope="row"><span class="number">') == sum(len(t["rows"]) for t in view["tables"])


def test_slices_marked_cells_say_so_in_words(analysis):
    told = Told([*crowd("ครู", 20, 14), *crowd("หมอ", 20, 0), *crowd("ชาวนา", 20, 6)])
    slices = slices_of(told, "community")
    view = slices_view(told, replace(slices, steps=()), Words("en"))
    assert [(one["title"], one["people"]) for one in view["said"]] == [("ครู", "people: 20"), ("หมอ", "people: 20")]
    above, below = (one["marks"][0] for one in view["said"])
    assert (above["sign"], above["words"]) == ("▲", "more than of the other communities")
    assert below["names"][0] == {"kind": "issue", "number": "1", "title": "น้ำ"}
    texts = {
        head["title"]: cell["text"]
        for head, cell in zip(view["heads"], view["tables"][0]["rows"][0]["cells"], strict=True)
    }
    assert texts == {"ครู": "14 ▲", "หมอ": "0 ▼", "ชาวนา": "6"}


def test_slices_values_are_shown_as_text_and_run_in_no_spreadsheet(analysis):
    compared = replace(analysis, compare_by=("organisation",))
    page = render_html(compared)
    assert len(re.findall("<script>", page)) == 1, "the page's own"
    assert "&lt;script&gt;" in page
    assert not re.search(r"(?<!\\)<script", render_markdown(compared))
    cells = [
        cell for row in csv.reader(io.StringIO(render_slices_csv(compared).removeprefix("\ufeff"))) for cell in row
    ]
    assert f"'{HOSTILE}" in cells
    assert HOSTILE not in cells


def test_slices_masked_where_the_run_is(analysis, folder, tmp_path):
    masked = with_privacy(analysis, open_run(folder), tmp_path / "key.json", mask=True, pseudonyms=True)
    compared = replace(masked, compare_by=("group", "profession", "organisation"))
    shown = [render(compared, "th") for render in (render_html, render_markdown, render_json, render_slices_csv)]
    for text in shown:
        assert not re.search(r"คนที่ \d|081-234|อาชีพ \d", text)
        assert "ครู" in text
    assert Words("th")("slices_hidden", what="อาชีพ", count=3) in shown[0]
    people = {name: replace(p, group=p.group and f"{p.group}บุญเลิศ") for name, p in masked.archive.people.items()}
    named = replace(masked, archive=replace(masked.archive, people=people))
    named = replace(named, privacy=replace(masked.privacy, originals={"รพ.": "[ชื่อ]", "บุญเลิศ": "[บุคคล 9]"}))
    page = render_html(replace(named, compare_by=("group",)))
    assert "[บุคคล 9]" in page[page.index('id="slices-group"') :]


def test_slices_nothing_to_compare_says_what_to_fill_in(analysis):
    words = Words("en")
    alone = slices_of(analysis, "province")
    assert alone.hindrance == "alone"
    notes = slices_notes(analysis, alone, words)
    assert "province" in notes[1] and "authors.csv" in notes[1]
    page = html.unescape(render_html(replace(analysis, compare_by=("province",)), "en"))
    section = page[page.index('id="slices-province"') : page.index('<section id="method">')]
    assert notes[1] in section
    assert "<table" not in section


# ---- the terminal


def rows_of(out: str) -> list[dict[str, str]]:
    return list(csv.DictReader(io.StringIO(out)))


@pytest.mark.parametrize(("command", "kind"), [("issues", "issue"), ("topics", "topic")])
def test_cli_compare_by(folder, analysis, minecop, command, kind):
    slices = slices_of(analysis, "group")
    code, out, _ = minecop(command, folder, "--compare-by", "group", "--lang", "en")
    assert code == 0
    assert out.startswith("Side by side: groups")
    assert "ครู (people: 4)" in out
    assert "does not mean that nobody is concerned" in out
    _, out, _ = minecop(command, folder, "--compare-by", "group", "--compare-by", "year", "--json")
    values = json.loads(out)
    assert [one["by"] for one in values] == ["group", "year"]
    found = [[cell["authors"] for cell in row["cells"]] for row in values[0][f"{kind}s"]]
    assert found == [[cell.authors for cell in row.cells] for row in slices.tables[kind]]
    _, out, _ = minecop(command, folder, "--compare-by", "group", "--csv")
    rows = rows_of(out)
    assert {row["kind"] for row in rows} <= {kind}
    assert len(rows) == sum(len(row.cells) for row in slices.tables[kind])


def test_cli_compare_by_early_voices_on_request(folder, analysis, minecop):
    _, out, _ = minecop("issues", folder, "--compare-by", "community", "--all", "--json")
    assert len(json.loads(out)[0]["issues"]) == len(analysis.insight.issues)


def test_cli_compare_by_what_nobody_filled_in(jsonl, tmp_path, minecop):
    source = jsonl([{"id": str(n), "author": f"p{n}", "body": f"น้ำไม่ไหลอีกแล้วครับ บ้านที่ {n} รอช่างอยู่"} for n in range(4)])
    code, _, err = minecop("report", source, "-o", tmp_path / "run", "--compare-by", "group")
    assert code == 0
    assert "กรอกช่อง group ของแต่ละคนในไฟล์ authors.csv" in err
    code, out, _ = minecop("issues", tmp_path / "run", "--compare-by", "group")
    assert code == 0
    assert "authors.csv" in out


def test_cli_report_compare_by_leaves_the_run_as_it_is(folder, minecop):
    before = {
        path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file() and path.name != "timings.json"
    }
    code, _, err = minecop("report", folder.parent / "posts.jsonl", "-o", folder, "--compare-by", "group", "-v")
    assert code == 0, err
    after = {path: path.read_bytes() for path in sorted(folder.rglob("*")) if path.is_file()}
    assert {Path(path).name for path in after.keys() - before.keys()} >= {"slices.csv", "report.html"}
    assert {path: after[path] for path in before} == before


def test_cli_steps_takes_the_option_by_both_names(folder, minecop):
    assert minecop("steps", folder, "--by", "profession") == minecop("steps", folder, "--compare-by", "profession")
    _, out, _ = minecop("steps", folder, "--compare-by", "organisation", "--json")
    assert {value["id"] for value in json.loads(out)} <= {HOSTILE, "รพ.", ""}
