"""Charts: well-formed whatever people write, the same each time, honest where little is known, and each with its table."""

import io
import re
import struct
import subprocess
import sys
import zlib
from dataclasses import replace
from itertools import pairwise
from xml.etree import ElementTree as ET

import pytest
from docx import Document
from docx.oxml.ns import qn

from minecop.insight.models import Period
from minecop.insight.periods import unit_of
from minecop.insight.trends import bursts_of, share_of
from minecop.report import charts
from minecop.report.drawing import Bar, Column, draw_bar, draw_columns, round_up
from minecop.report.lettering import FAMILY, font_css, font_files
from minecop.report.pack import pack_view, render_pack
from minecop.report.words import Words
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse

SVG = "{http://www.w3.org/2000/svg}"
HOSTILE = "<script>alert(1)</script> ]]> & \" ' {{ 7 * 7 }} \x07\ufffe \u202eevil\u202c ที่ผู้ปั้นน้ำ"


def ranks_of(analysis):
    return {issue.rank for issue in analysis.insight.issues if issue.status == "shared"}


def charts_of(analysis, lang="th"):
    """All charts of an analysis, those that cannot be drawn left out."""
    ranks = ranks_of(analysis)
    made = (
        charts.archive_volume(analysis, lang),
        charts.issue_trends(analysis, lang, ranks),
        charts.steps_by_issue(analysis, lang, ranks),
        charts.step_coverage(analysis, lang),
        charts.topic_trends(analysis, lang),
    )
    return {chart.name: chart for chart in made if chart}


@pytest.fixture(scope="module")
def drawn(sample_analysis):
    return charts_of(sample_analysis)


def tree(chart):
    """What stands in a page, as XML: whatever is not well-formed is no tree."""
    return ET.fromstring(str(chart.svg))


def size_of(png):
    assert png[:8] == b"\x89PNG\r\n\x1a\n"
    return struct.unpack(">II", png[16:24])


def dark_dots(png):
    """Columns and rows of a picture's dots that are black or nearly so; PNG of 8 bits a channel, read without a library."""
    width, height = size_of(png)
    channels = {2: 3, 6: 4}[png[25]]
    at, data = 8, b""
    while at < len(png):
        (length,) = struct.unpack(">I", png[at : at + 4])
        if png[at + 4 : at + 8] == b"IDAT":
            data += png[at + 8 : at + 8 + length]
        at += length + 12
    raw, row = zlib.decompress(data), width * channels
    before, found = bytearray(row), []
    for n in range(height):
        kind, line = raw[n * (row + 1)], bytearray(raw[n * (row + 1) + 1 : (n + 1) * (row + 1)])
        for i in range(row):
            left, corner = (line[i - channels], before[i - channels]) if i >= channels else (0, 0)
            up, guess = before[i], left + before[i] - corner
            nearest = min((left, up, corner), key=lambda one: abs(guess - one))
            line[i] = (line[i] + (0, left, up, (left + up) // 2, nearest)[kind]) % 256
        found += [(i // channels, n) for i in range(0, row, channels) if line[i] < 60]
        before = line
    return found


def test_charts_of_the_sample_are_all_there_the_same_each_time_and_in_thai(sample_analysis, drawn):
    assert list(drawn) == ["volume", "issues", "steps", "coverage", "topics"]
    for name, chart in charts_of(sample_analysis).items():
        assert chart == drawn[name]
        assert chart.svg == drawn[name].svg
        assert re.search("[ก-๙]", chart.title + chart.summary + chart.note)
    assert "2553" in str(drawn["issues"].svg)
    english = charts_of(sample_analysis, "en")
    assert "2010" in str(english["issues"].svg)
    assert "2553" not in str(english["issues"].svg)
    assert not re.search("[ก-๙]", "".join(english["coverage"].svg))


def test_charts_hold_text_as_text_and_are_told_to_those_who_hear_them(drawn):
    ids = []
    for chart in drawn.values():
        root = tree(chart)
        pictures = list(root.iter(f"{SVG}svg"))
        assert len(pictures) == len(chart.panels)
        for picture, panel in zip(pictures, chart.panels, strict=True):
            title, desc = picture.find(f"{SVG}title"), picture.find(f"{SVG}desc")
            assert picture.get("role") == "img"
            assert picture.get("aria-labelledby").split() == [title.get("id"), desc.get("id")]
            assert title.text == panel.caption
            assert desc.text
            assert picture.get("font-family").startswith(FAMILY)
        ids += [one.get("id") for one in root.iter() if one.get("id")]
    assert len(ids) == len(set(ids)), "charts stand on one page"
    said = {text.text for text in tree(drawn["coverage"]).iter(f"{SVG}text")}
    assert any("คน" in one for one in said)


def test_issue_trends_say_what_the_analysis_says(sample_analysis, drawn):
    chart, words = drawn["issues"], Words("th")
    issues = [issue for issue in sample_analysis.insight.issues if issue.rank in ranks_of(sample_analysis)]
    assert len(chart.panels) == len(issues)
    for place, (issue, panel) in enumerate(zip(issues, chart.panels, strict=True)):
        periods = issue.group.trend.periods
        assert panel.id == issue.group.id
        assert panel.said == words(f"trend_{issue.group.trend.direction}")
        columns = panel.drawing.values["columns"]
        assert [str(one["label"]).replace("·", "0") for one in columns] == [str(period.voices) for period in periods]
        assert [one["burst"] for one in columns] == [period.name in bursts_of(periods) for period in periods]
        assert [one["late"] for one in columns] == [False] * 8 + [True] * 4
        base = panel.drawing.values["base"]
        for one, period in zip(columns, periods, strict=True):
            share, low, high = share_of(period)
            assert (one["height"] > 0) == bool(period.voices)
            if period.voices:
                unit = one["height"] / share
                assert base - one["low"] == pytest.approx(low * unit, abs=0.6)
                assert base - one["high"] == pytest.approx(high * unit, abs=0.6)
        cells = [row[2 + place] for row in chart.rows]
        assert [cell.split(" · ")[0] for cell in cells] == [str(period.voices) for period in periods]
    assert [row[0] for row in chart.rows] == [words.period(period.name) for period in periods]
    assert [row[1] for row in chart.rows] == [str(period.all_voices) for period in periods]
    scales = {panel.drawing.values["top_label"] for panel in chart.panels}
    assert len(scales) == 1, "what is to be compared is drawn at one scale"


def test_archive_volume_counts_who_shares_are_measured_against(sample_analysis, drawn):
    chart = drawn["volume"]
    periods = sample_analysis.insight.steps[0].trend.periods
    assert [row[1] for row in chart.rows] == [str(period.all_voices) for period in periods]
    dated = [post for post in sample_analysis.archive.posts if post.published]
    assert sum(int(row[2]) for row in chart.rows) == len(dated)
    for panel, place in zip(chart.panels, (1, 2), strict=True):
        assert [str(one["label"]) for one in panel.drawing.values["columns"]] == [row[place] for row in chart.rows]


def test_steps_by_issue_shows_people_and_gaps(sample_analysis, drawn):
    chart = drawn["steps"]
    issues = [issue for issue in sample_analysis.insight.issues if issue.rank in ranks_of(sample_analysis)]
    assert any(issue.grounds.gaps for issue in issues), "this test would test nothing"
    for issue, panel, row in zip(issues, chart.panels[1:], chart.rows, strict=True):
        cells = panel.drawing.values["cells"]
        assert {n: one["count"] for n, one in enumerate(cells, 1) if one["count"]} == issue.grounds.steps
        assert tuple(n for n, one in enumerate(cells, 1) if one["gap"]) == issue.grounds.gaps
        assert {n: int(cell) for n, cell in enumerate(row[1:], 1) if cell.isdigit()} == issue.grounds.steps
        assert tuple(n for n, cell in enumerate(row[1:], 1) if cell == "–") == issue.grounds.gaps
    assert len(chart.key) == len(sample_analysis.process.steps) == len(chart.heads) - 1


def test_step_coverage_marks_what_few_write_of(sample_analysis):
    two = {voice.author_id for voice in sample_analysis.step_voices if sample_analysis.steps.step(voice) == 6}
    two = set(sorted(filter(None, two))[:2])
    first = sample_analysis.steps.first.copy()
    for voice in sample_analysis.step_voices:
        row = voice.row
        first[row] = 0 if first[row] == 6 and voice.author_id not in two else first[row]
    chart = charts.step_coverage(replace(sample_analysis, steps=replace(sample_analysis.steps, first=first)), "th")
    thin = [panel.drawing.values["bar"].thin for panel in chart.panels]
    assert thin == [row[3] == Words("th")("coverage_thin") for row in chart.rows]
    assert thin[5]
    for panel, row in zip(chart.panels, chart.rows, strict=True):
        assert f"{row[1]} คน · {row[2]}" in panel.drawing.values["label"]


def test_topic_trends_show_those_of_most_people(sample_analysis, drawn):
    people = sorted((len(topic.group.author_ids) for topic in sample_analysis.insight.topics), reverse=True)
    shown = {topic.group.id: len(topic.group.author_ids) for topic in sample_analysis.insight.topics}
    assert [shown[panel.id] for panel in drawn["topics"].panels] == people[: charts.TOPICS_SHOWN]
    assert f"{len(people)}" in drawn["topics"].note


def test_charts_mask_titles(masked_analysis):
    label = masked_analysis.privacy.label
    chart = charts.topic_trends(masked_analysis, "th")
    titles = {topic.group.id: label(topic.group.title) for topic in masked_analysis.insight.topics}
    assert [panel.caption for panel in chart.panels] == [titles[panel.id] for panel in chart.panels]


def test_charts_show_hostile_titles_as_text(sample_analysis):
    issues = tuple(replace(one, group=replace(one.group, title=HOSTILE)) for one in sample_analysis.insight.issues)
    topics = tuple(replace(one, group=replace(one.group, title=HOSTILE)) for one in sample_analysis.insight.topics)
    hostile = replace(sample_analysis, insight=replace(sample_analysis.insight, issues=issues, topics=topics))
    for chart in charts_of(hostile).values():
        markup = str(chart.svg)
        root = ET.fromstring(markup)
        assert not list(root.iter("script"))
        assert not list(root.iter(f"{SVG}script"))
        assert not set("\x07\u202e\u202c\ufffe") & set(markup)
        if chart.name in {"issues", "steps", "topics"}:
            captions = ["".join(one.itertext()) for one in root.iter("figcaption")]
            assert all(
                any("<script>alert(1)</script> ]]> & \" ' {{ 7 * 7 }}" in one for one in captions[k:]) for k in (0, 1)
            )
        chart.panels[-1].drawing.png()
    with_cards = render_pack(hostile)
    pictures = [one.get("descr") for one in Document(io.BytesIO(with_cards)).element.body.iter(qn("wp:docPr"))]
    assert any("<script>alert(1)</script> ]]>" in one and "{{ 7 * 7 }}" in one for one in pictures)


def test_charts_of_little_say_nothing_rather_than_something(jsonl, tmp_path, empty_analysis):
    assert charts_of(empty_analysis) == {}
    posts = [
        {
            "id": str(n),
            "author": f"p{n}",
            "published": f"20{n:02}-01-05",
            "community": "ก",
            "body": "ท่อน้ำแตก ไม่รู้จะหาช่างที่ไหน ลงมือซ่อมเองแล้ว",
        }
        for n in range(5, 10)
    ]
    few = load_analysis(analyse(jsonl(posts), tmp_path / "few"))
    drawn = charts_of(few)
    assert "issues" not in drawn
    assert "topics" not in drawn
    assert [row[1:] for row in drawn["volume"].rows if row[1] != "0"] == [("1", "1")] * 5
    assert all(tree(chart) for chart in drawn.values())
    assert pack_view(few)["volume"]["pictures"]
    assert charts.issue_trends(few, "th", {1}) is None
    assert charts.issue_trends(few, "th", ()) is None
    assert charts.steps_by_issue(few, "th", ()) is None


@pytest.mark.parametrize(("count", "by_year"), [(1, True), (3, True), (30, True), (12, False), (90, False)])
def test_columns_name_no_more_years_and_counts_than_there_is_room_for(count, by_year):
    columns = [Column(f"{2550 + (n if by_year else n // 4)}", n, n, n, n, f"{n}") for n in range(1, count + 1)]
    drawing = draw_columns("x", "ก", "ข", columns, (100, "100"), by_year=by_year)
    years = [float(place.rstrip("%")) * 2.8 for _, place in drawing.values["years"]]
    assert 1 <= len(years) <= 9
    assert all(b - a >= 28 for a, b in pairwise(years)), "a year is 28 pixels wide"
    labels = [one["label"] for one in drawing.values["columns"] if one["label"]]
    assert len(labels) == (count if count <= 12 else 1)
    assert count in labels
    assert ET.fromstring(str(drawing.svg())).tag.endswith("svg"), "well-formed, and a drawing"


def test_time_has_no_gaps_but_for_a_wrong_date(sample_analysis):
    (first, second), last = (Period("2551/1", 1, 10), Period("2552/1", 0, 10)), Period("2552/2", 2, 10)
    filled = charts._filled(sample_analysis, (first, second, last))
    assert [period.name for period in filled] == ["2551/1", "2551/2", "2551/3", "2551/4", "2552/1", "2552/2"]
    assert [period.all_voices for period in filled] == [10, 0, 0, 0, 10, 10]
    assert charts._filled(sample_analysis, (first, last)) == (*filled[:4], Period("2552/1", 0, 0), last)
    far = (Period("2551/1", 1, 10), Period("2553/4", 1, 10))
    assert charts._filled(sample_analysis, far) == far
    assert [unit_of(name) for name in ("2551/1", "2551/1h", "2551/01m", "2551")] == ["quarter", "half", "month", "year"]


@pytest.mark.parametrize(
    ("value", "line"), [(0, 1), (0.15, 0.2), (0.26, 0.3), (0.41, 0.5), (35, 40), (1, 1), (101, 200)]
)
def test_lines_are_easy_to_read(value, line):
    assert round_up(value) == line


# ---- letters and pictures


def test_pictures_are_the_same_each_time_and_need_no_font_of_the_system(drawn):
    drawing = drawn["coverage"].panels[0].drawing
    png = drawing.png(300, 2)
    assert size_of(png) == (600, 60)
    assert png == drawing.png(300, 2)
    code = (
        "import sys; from minecop.report.drawing import Bar, draw_bar; "
        "sys.stdout.buffer.write(draw_bar('x', 'ก', 'ข', Bar(.2, .1, .3, 'ที่ ผู้ ปั้น น้ำ'), .3).png())"
    )
    bar = draw_bar("x", "ก", "ข", Bar(0.2, 0.1, 0.3, "ที่ ผู้ ปั้น น้ำ"), 0.3)
    other = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True).stdout
    assert bar.png() == other


def test_pictures_set_marks_on_their_letters():
    """A mark takes no room: the letters after it stand where they would without, and it stands above or below."""

    def shown(text):
        drawn = dark_dots(draw_bar("x", "ก", "ข", Bar(0, 0, 0, text), 1).png())
        letters = [(x, y) for x, y in drawn if x > 6]  # behind the line from which bars begin
        return max(x for x, _ in letters), min(y for _, y in letters), max(y for _, y in letters), len(letters)

    right, top, bottom, many = shown("ทอปนา|")
    right_marked, top_marked, bottom_marked, more = shown("ที่อู่ปั้นา|")
    assert right_marked == right
    assert top_marked < top
    assert bottom_marked >= bottom
    assert more > many


def test_font_goes_into_pages_and_is_small_enough():
    css = font_css()
    assert css.count("@font-face") == 2
    assert css.count(f"font-family:{FAMILY}") == 2
    assert "http" not in css
    assert len(css) < 80_000
    assert len(font_files()) == 2


def test_chart_styles_ask_for_nothing_from_outside():
    assert "url(" not in charts.charts_css()
    assert "@import" not in charts.charts_css()


def test_starting_a_report_does_not_load_what_draws_pictures():
    code = "import sys, minecop.report.charts; print('resvg_py' in sys.modules)"
    said = subprocess.run([sys.executable, "-c", code], check=True, capture_output=True, text=True).stdout
    assert said.strip() == "False"


def test_pack_has_pictures_that_say_what_they_show(sample_analysis):
    view = pack_view(sample_analysis)
    data = render_pack(sample_analysis)
    assert data == render_pack(sample_analysis)
    pictures = list(Document(io.BytesIO(data)).element.body.iter(qn("wp:docPr")))
    cards, steps = len(view["cards"]), len(view["steps"])
    assert len(pictures) == 2 + cards + steps
    assert len({one.get("id") for one in pictures}) == len(pictures)
    said = [one.get("descr") for one in pictures]
    assert [one for one in said if not one] == []
    assert all(card["picture"].description in said for card in view["cards"])
    assert all(size_of(card["picture"].png)[0] == 3 * card["picture"].width for card in view["cards"])
