"""The workbook for analysts: what stands in it, as what, and that nothing of it runs."""

import io
import re
import zipfile
from dataclasses import replace
from datetime import UTC, date, datetime

import openpyxl
import pytest
from python_calamine import CalamineWorkbook
from test_report import shared_posts

from minecop.core.cells import LONGEST_CELL, is_like_formula, sheet_cell
from minecop.core.xmltext import xml_text
from minecop.report.sheets import render_workbook
from minecop.report.words import Words
from minecop.report.workbook import COUNT, PERCENT, Column, Link, Month, Sheet, workbook_bytes
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


def opened(data: bytes) -> openpyxl.Workbook:
    return openpyxl.load_workbook(io.BytesIO(data))


def made(*sheets: Sheet, lang: str = "th") -> bytes:
    return workbook_bytes(
        sheets, title="ก", made=datetime(2010, 1, 2, tzinfo=UTC), lang=lang, buddhist=lang == "th", cut=" … (ตัด)"
    )


def one(*cells, **more) -> bytes:
    """A workbook of a single row."""
    return made(Sheet("ก", tuple(Column(str(n), 20, **more) for n, _ in enumerate(cells)), [cells]))


def rows_of(book: openpyxl.Workbook, title: str) -> list[dict]:
    heads, *rows = book[title].iter_rows(values_only=True)
    return [dict(zip(heads, row, strict=True)) for row in rows]


@pytest.mark.parametrize("name", ["sample_analysis", "masked_analysis", "empty_analysis"])
@pytest.mark.parametrize("lang", ["th", "en"])
def test_workbook_opens_with_heads_filters_and_nothing_hidden(request, name, lang):
    analysis = request.getfixturevalue(name)
    book = opened(render_workbook(analysis, lang))
    assert Words(lang)("sheet_summary") == book.sheetnames[0]
    for sheet in book:
        assert 0 < len(sheet.title) <= 31 and not re.search(r"[\[\]:*?/\\]", sheet.title)
        assert sheet.sheet_state == "visible"
        assert sheet.freeze_panes.endswith("2")
        assert sheet.auto_filter.ref == sheet.dimensions
        assert not [d for d in (*sheet.column_dimensions.values(), *sheet.row_dimensions.values()) if d.hidden]
        heads = [cell.value for cell in sheet[1]]
        assert all(heads) and len(set(heads)) == len(heads)
        for row in sheet.iter_rows():
            assert {cell.font.name for cell in row} == {"Tahoma"}
            assert not [cell for cell in row if cell.data_type == "f"]
        for row in sheet.iter_rows(min_row=2):
            assert [cell for cell in row if cell.value is not None]
            assert all(cell.alignment.wrap_text and cell.alignment.vertical == "top" for cell in row)
    assert CalamineWorkbook.from_filelike(io.BytesIO(render_workbook(analysis, lang))).sheet_names == book.sheetnames


def test_workbook_issues_have_their_evidence_in_typed_columns(sample_analysis):
    words, book = Words("en"), opened(render_workbook(sample_analysis, "en"))
    rows = rows_of(book, words("slices_issue"))
    assert [row["rank"] for row in rows] == [issue.rank for issue in sample_analysis.insight.issues]
    for row, issue in zip(rows, sample_analysis.insight.issues, strict=True):
        group, grounds = issue.group, issue.grounds
        assert row["title"] == group.title
        assert row["people"] == len(group.author_ids)
        assert row["share lately against before"] == group.trend.ratio
        assert row["stability"] == grounds.stability
        for name in ("adding", "asking", "stuck", "agreeing", "doubting", "settling"):
            authors = getattr(grounds, name)
            assert row[words(f"col_{name}")] == len(authors)
            names = row[words(f"col_{name}_names")] or ""
            assert names == ", ".join(sample_analysis.names[author] for author in authors)
        assert row["headline (verbatim)"] == (issue.headline.text if issue.headline else None)


def test_workbook_voices_are_passages_with_dates_and_links(sample_analysis):
    words, book = Words("en"), opened(render_workbook(sample_analysis, "en"))
    sheet = book[words("sheet_voices")]
    voices = [voice for issue in sample_analysis.insight.issues for voice in issue.group.members]
    rows = rows_of(book, sheet.title)
    assert len(rows) == len(voices) > 100
    links = {cell.coordinate: cell.hyperlink.target for cell in sheet["M"] if cell.hyperlink}
    linked = 0
    for number, (row, voice) in enumerate(zip(rows, voices, strict=True), 2):
        post = sample_analysis.posts[voice.post_id]
        assert row["text (verbatim)"] == sheet_cell(post.text(voice.comment)[voice.start : voice.end], "")
        assert (row["post"], row["comment"]) == (voice.post_id, voice.comment)
        assert row["date"] is None or row["date"].date() == voice.published.date()
        assert row["link"] == (post.url or None)
        if post.url:
            assert links[f"M{number}"] == post.url
            linked += 1
    assert linked
    assert sheet["F2"].is_date


def test_workbook_counts_lessons_topics_steps_and_the_rest(sample_analysis):
    words, book = Words("th"), opened(render_workbook(sample_analysis, "th"))
    insight = sample_analysis.insight
    expected = {
        "sheet_lessons": len(insight.lessons),
        "slices_topic": len(insight.topics),
        "slices_step": len(insight.steps),
        "sheet_communities": len(insight.communities),
        "sheet_set_aside": len(insight.set_aside),
        "account": len(sample_analysis.archive.account.entries),
    }
    for key, count in expected.items():
        assert book[words(key)].max_row - 1 == count > 0, key
    lessons = rows_of(book, words("sheet_lessons"))
    assert any(row[words("part_action")] for row in lessons)
    assert words("sheet_slices") in book.sheetnames
    settings = rows_of(book, words("settings"))
    assert sample_analysis.manifest["archive"]["sha256"] in [row[words("col_value")] for row in settings]
    assert words("sheet_slices") not in opened(render_workbook(replace(sample_analysis, compare_by=()))).sheetnames


def test_workbook_masked_shows_neither_names_nor_files(sample_analysis, masked_analysis):
    data = render_workbook(masked_analysis, "th")
    words, book = Words("th"), opened(data)
    assert words("account") not in book.sheetnames
    assert not [cell for sheet in book for row in sheet for cell in row if cell.hyperlink]
    shown = {str(cell) for sheet in book for row in sheet.iter_rows(values_only=True) for cell in row if cell}
    authors = {row[words("col_author")] for row in rows_of(book, words("sheet_voices"))}
    assert authors <= {*masked_analysis.privacy.authors.values(), words("anonymous")}
    assert shown.isdisjoint(sample_analysis.names.values())
    assert {row[words("slices_profession")] for row in rows_of(book, words("slices_issue"))} == {None}
    with zipfile.ZipFile(io.BytesIO(data)) as parts:
        assert "http://" not in parts.read("xl/sharedStrings.xml").decode().replace("http://schemas.openxmlformats", "")


def test_workbook_hostile_text_stays_text(jsonl, tmp_path):
    analysis = load_analysis(analyse(jsonl(shared_posts()), tmp_path / "run"))
    book = opened(render_workbook(analysis))
    cells = [cell for sheet in book for row in sheet for cell in row]
    assert not [cell for cell in cells if cell.data_type == "f"]
    assert {cell.hyperlink.target.split(":")[0] for cell in cells if cell.hyperlink} == {"http"}
    assert any("<script>" in str(cell.value) for cell in cells)


@pytest.mark.parametrize("text", ["=1+1", "+66", "-", "@x", "'=1", "\t=1", '=HYPERLINK("http://x")', "{=1}"])
def test_workbook_what_looks_like_a_formula_is_a_string_now_and_when_typed_anew(text):
    cell = opened(one(text))["ก"]["A2"]
    assert (cell.data_type, cell.value) == ("s", text)
    assert bool(cell.quotePrefix) is is_like_formula(text)


def test_workbook_characters_that_no_xml_holds_are_replaced():
    assert xml_text("ก\x00\x0b\x1f\ud800\uffffข\t\r\nค\rง") == "ก\ufffd\ufffd\ufffd\ufffd\ufffdข\t\nค\nง"
    assert opened(one("ก\x00ข", "_x0041_"))["ก"]["A2"].value == "ก\ufffdข"
    with zipfile.ZipFile(io.BytesIO(one("ก\x00ข", "_x0041_"))) as parts:
        assert "_x005F_x0041_" in parts.read("xl/sharedStrings.xml").decode()


@pytest.mark.parametrize("letters", ["ก", "ก้", "😀"])
def test_workbook_a_cell_that_is_too_long_says_so(letters):
    value = opened(one(letters * (LONGEST_CELL + 1)))["ก"]["A2"].value
    assert value.endswith(" … (ตัด)")
    assert LONGEST_CELL - 2 <= len(value.encode("utf-16-le")) // 2 <= LONGEST_CELL
    kept = value.removesuffix(" … (ตัด)")
    assert kept == letters * (len(kept) // len(letters)), "a letter is parted from its mark"
    whole = "ก" * LONGEST_CELL
    assert opened(one(whole))["ก"]["A2"].value == whole


def test_workbook_numbers_dates_months_and_links_are_what_they_are():
    day = date(2010, 6, 2)
    sheet = opened(one(1234, 0.5, day, Month(day), Link("https://a.example/ก?x=1#y"), None, number=PERCENT))["ก"]
    assert [cell.value for cell in sheet[2][:2]] == [1234, 0.5]
    assert sheet["B2"].number_format == PERCENT
    assert sheet["C2"].value.date() == sheet["D2"].value.date() == day
    assert sheet["D2"].number_format.endswith("mmm yyyy") and "ราว" in sheet["D2"].number_format
    assert sheet["E2"].hyperlink.target.startswith("https://a.example/ก")
    assert sheet["F2"].value is None
    assert Column("ก").number == COUNT
    english = made(Sheet("a", (Column("a"),), [[day]]), lang="en")
    assert opened(english)["a"]["A2"].number_format == "d mmm yyyy"


@pytest.mark.parametrize("letters", ["x" * 3000, "😀" * 1100, " " * 800])
def test_workbook_an_address_that_excel_takes_for_none_stands_as_text(letters):
    sheet = opened(one(Link("http://a.example/" + letters)))["ก"]
    assert sheet["A2"].hyperlink is None
    assert sheet["A2"].value.startswith("http://a.example/")


def test_workbook_rows_beyond_the_last_are_told(monkeypatch):
    monkeypatch.setattr("minecop.report.workbook.MOST_ROWS", 3)
    sheet = opened(made(Sheet("ก", (Column("a"), Column("b")), [[n, n] for n in range(9)])))["ก"]
    assert [row[0] for row in sheet.iter_rows(min_row=2, values_only=True)] == [0, 1, " … (ตัด)"]


def test_workbook_rows_are_as_high_as_their_text():
    sheet = opened(made(Sheet("ก", (Column("a", 20),), [["สั้น"], ["ยาว" * 100], ["บรรทัด\n" * 5]])))["ก"]
    heights = [sheet.row_dimensions[n].height for n in (2, 3, 4)]
    assert heights[0] < heights[2] < heights[1] < 410


@pytest.mark.parametrize("name", ["sample_analysis", "masked_analysis", "empty_analysis"])
def test_workbook_same_input_same_bytes(request, name, monkeypatch):
    analysis = request.getfixturevalue(name)
    first = render_workbook(analysis)
    monkeypatch.setattr("time.time", lambda: 2e9)
    assert render_workbook(analysis) == first
    with zipfile.ZipFile(io.BytesIO(first)) as parts:
        assert {part.date_time for part in parts.infolist()} == {(1980, 1, 1, 0, 0, 0)}
        year = analysis.dates[1].year if analysis.dates else 1980
        assert f">{year}-" in parts.read("docProps/core.xml").decode()
