import base64
import csv
import gzip
import html
import io
import json
import re
from dataclasses import replace
from functools import partial

import openpyxl
import pytest
from selectolax.lexbor import LexborHTMLParser
from test_run import posts

from minecop.archive.models import Person
from minecop.core.errors import QuoteError
from minecop.insight.analysis import Analysis
from minecop.insight.models import Quote
from minecop.report.charts import charts_css
from minecop.report.lettering import font_css
from minecop.report.quoting import quote_view
from minecop.report.rendering import _TEMPLATES as TEMPLATES
from minecop.report.rendering import (
    RENDERERS,
    markdown_text,
    render_csv,
    render_html,
    render_json,
    render_markdown,
    safe_cell,
    write_reports,
)
from minecop.report.sheets import render_workbook
from minecop.report.view import build_view
from minecop.report.words import Words, _texts
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse

HOSTILE = (
    "<script>alert(1)</script><img src=x onerror=alert(2)> =cmd()|\"' `javascript:` </style><style>*{display:none}"
)


def shared_posts() -> list[dict]:
    """Six people of two communities, one concern."""
    words = ["ท่อน้ำแตก ไม่รู้จะหาช่างที่ไหน", "น้ำไม่ไหลสามวันแล้ว กังวลว่าท่อจะแตกอีก", "ช่างซ่อมท่อน้ำไม่มีใครมา หนักใจ"]
    return [
        {
            "id": f"{n}",
            "title": f"น้ำ {HOSTILE}" if n == 0 else f"ท่อน้ำ {n}",
            "url": "javascript:alert(3)" if n == 0 else f"http://a.example/{n}",
            "author": f"p{n}",
            "author_name": f"คน {HOSTILE}" if n == 0 else f"คนที่ {n}",
            "community": ["เหนือ" + (HOSTILE if n == 0 else ""), "ใต้"][n % 2],
            "published": f"2010-0{n + 1}-01",
            "body": words[n % 3] + f" บ้านเลขที่ {n} เดือดร้อนกันมากครับ" + (f" {HOSTILE}" if n == 0 else ""),
        }
        for n in range(6)
    ]


@pytest.fixture
def analysis(jsonl, tmp_path) -> Analysis:
    return load_analysis(analyse(jsonl(shared_posts()), tmp_path / "run"))


def test_report_has_a_shared_issue_to_show(analysis):
    assert [issue.status for issue in analysis.insight.issues][:1] == ["shared"]


def test_rendering_shows_hostile_text_as_text(analysis):
    page = render_html(analysis)
    other = gzip.decompress(base64.b64decode(re.search(r'id="translated">(.*?)</script>', page)[1])).decode()
    tree = LexborHTMLParser(page.replace("</body>", f"{other}</body>"))
    assert len(tree.css("script:not([type])")) == 1, "the page's own"
    assert not tree.css("img, iframe, object, embed")
    assert not [name for one in tree.css("*") for name in one.attributes if name.startswith("on")]
    assert page.count("<style>") == page.count("</style>") == 1
    assert 'href="javascript' not in page
    assert "alert(1)" in page
    assert not re.search(r'(?:src|href)="https?://(?!a\.example/)', page)
    assert not re.search(r"(?<!\\)<", render_markdown(analysis))


def test_rendering_style_is_the_file_letter_for_letter(analysis):
    style = re.search(r"<style>(.*?)</style>", render_html(analysis), re.DOTALL)[1]
    assert style == "\n".join((font_css(), (TEMPLATES / "report.css").read_text(encoding="utf-8"), charts_css()))


def test_rendering_every_quote_stands_in_the_page_letter_for_letter(analysis):
    page = html.unescape(render_html(analysis))
    quotes = [quote for issue in analysis.insight.issues for quote in issue.quotes]
    assert quotes
    for quote in quotes:
        source = analysis.posts[quote.post_id].text(quote.comment)
        assert source[quote.start : quote.end] == quote.text
        assert quote.text in page


@pytest.mark.parametrize(
    "name", sorted({*RENDERERS} - {"issues.csv", "lessons.csv", "slices.csv"})
)  # in which there are no quotes of issues
@pytest.mark.parametrize(
    "change", [{"text": "ไม่ได้พูดอย่างนี้"}, {"end": 10_000}, {"post_id": "nobody"}, {"comment": 7}, {"start": -1}]
)
def test_rendering_a_quote_that_is_not_its_source_stops_the_report(analysis, tmp_path, name, change):
    issue = analysis.insight.issues[0]
    wrong = replace(issue, quotes=(replace(issue.quotes[0], **change), *issue.quotes[1:]))
    broken = replace(analysis, insight=replace(analysis.insight, issues=(wrong, *analysis.insight.issues[1:])))
    with pytest.raises(QuoteError):
        RENDERERS[name](broken, "th")
    with pytest.raises(QuoteError):
        write_reports(broken, tmp_path / "none")
    assert not (tmp_path / "none").exists()


def test_rendering_both_languages_from_one_run(analysis):
    thai, english = render_html(analysis, "th"), render_html(analysis, "en")
    assert 'lang="th"' in thai
    assert "ร่างเพื่อพูดคุย" in thai
    assert "2553" in thai
    assert "Draft for discussion" in english
    assert "2010" in english
    for text in (thai, english, render_markdown(analysis)):
        assert not re.search(r"\{[a-z_]+\}", re.sub(r"<(style|script)\b.*?</\1>", "", text, flags=re.DOTALL))


def test_rendering_years_of_either_calendar_in_either_language(analysis):
    thai, english = replace(analysis, buddhist=False), replace(analysis, buddhist=True)
    for render in (render_html, render_markdown):
        assert not re.search(r"(ม\.ค\.|มิ\.ย\.|ไตรมาส \d/) ?2553", render(thai, "th"))
        assert re.search(r"มิ\.ย\. 2010", render(thai, "th"))
        assert re.search(r"Jun 2553", render(english, "en"))
    book = openpyxl.load_workbook(io.BytesIO(render_workbook(thai, "th")))
    formats = {cell.number_format for sheet in book for row in sheet for cell in row if cell.is_date}
    assert formats == {"[$-41E]d\\ mmm\\ yyyy"} or formats == {"[$-41E]d mmm yyyy"}


def test_rendering_order_of_the_page(analysis):
    sections = re.findall(r'<section id="(\w+)"', render_html(analysis))
    assert sections == ["summary", "read", "issues", "early", "lessons", "steps", "topics", "explore", "method"]


def test_rendering_small_archive_says_what_cannot_be_claimed(jsonl, tmp_path):
    small = load_analysis(analyse(jsonl(posts(1)), tmp_path / "small"))
    page = render_html(small)
    assert "ยังบอกไม่ได้ว่าเป็นเรื่องที่คนจำนวนมากเห็นร่วมกัน" in page
    assert "จึงยังบอกแนวโน้มไม่ได้" in page


def test_rendering_founding_document(founding_document, tmp_path):
    analysis = load_analysis(analyse(founding_document, tmp_path / "run"))
    page = render_html(analysis)
    assert "Civic Action" in page
    assert not [issue for issue in analysis.insight.issues if issue.status == "shared"]
    assert {issue.group.trend.direction for issue in analysis.insight.issues} <= {"unknown"}


def test_rendering_csv_is_safe_in_a_spreadsheet(analysis):
    text = render_csv(analysis)
    assert text.startswith("\ufeff")
    rows = list(csv.DictReader(io.StringIO(text[1:], newline="")))
    assert len(rows) == sum(len(issue.group.members) for issue in analysis.insight.issues)
    assert not [cell for row in rows for cell in row.values() if cell.startswith(("=", "+", "-", "@"))]
    assert safe_cell("=1+1") == "'=1+1"
    assert safe_cell("  @x") == "'  @x"
    assert safe_cell("น้ำ") == "น้ำ"


def test_rendering_json_holds_the_contract(analysis):
    values = json.loads(render_json(analysis))
    assert {
        "$schema",
        "version",
        "min_authors",
        "left_out",
        "source_text",
        "issues",
        "set_aside",
        "topics",
        "steps",
        "sequence",
        "lessons",
        "facets",
        "slices",
        "decisions",
        "hidden",
        "funnel",
        "settings",
        "archive",
    } == set(values)


def test_rendering_markdown_escapes_what_would_be_markup():
    assert markdown_text("*a*\n_b_ [c](d) <e> #") == r"\*a\* \_b\_ \[c\](d) \<e\> \#"


def test_words_stand_in_both_languages_with_the_same_names():
    import string

    for key, texts in _texts().items():
        assert set(texts) == {"th", "en"}, key
        names = [{name for _, name, _, _ in string.Formatter().parse(texts[lang]) if name} for lang in ("th", "en")]
        assert names[0] == names[1], key
    assert Words("th").period("2553/2") == "ไตรมาส 2/2553"
    assert Words("en").period("2553/1h") == "H1 2010"
    assert Words("en").period("2553") == "2010"


def test_rendering_a_guest_is_shown_where_they_are_at_home(jsonl, tmp_path):
    posts = [
        {"id": "1", "author": "a", "community": "เหนือ", "title": "ท่อ", "body": "ท่อน้ำแตก ไม่รู้จะหาช่างที่ไหนครับ"},
        {"id": "2", "author": "b", "community": "ใต้", "title": "อื่น", "body": "วันนี้ฝนตกทั้งวัน นั่งดูปลา"},
    ]
    case = "บ้านเราท่อก็แตกค่ะ ไม่รู้จะหาช่างที่ไหนเหมือนกัน"
    posts[0]["comments"] = [{"author": "b", "body": case}, {"author": "stranger", "body": case + " เดือดร้อนมาก"}]
    analysis = load_analysis(analyse(jsonl(posts), tmp_path / "guests"))
    view = partial(quote_view, analysis, words=Words("th"))
    assert view(Quote("1", 1, 0, len(case), case))["community"] == "ใต้"
    assert view(Quote("1", 2, 0, len(case), case))["community"] == "ในบันทึกของ เหนือ"


def test_analysis_names_prefer_authors_csv(analysis):
    assert analysis.names["p1"] == "คนที่ 1"
    with pytest.raises(QuoteError):
        analysis.verified(Quote("1", None, 0, 0, ""))


def test_rendering_says_who_hardly_writes_and_who_does_not(analysis):
    people = {"p0": Person("p0", group="ชาวบ้าน"), "p9": Person("p9", group="ช่างประปา")}
    first, *others = analysis.insight.communities
    few = replace(first, author_ids=first.author_ids[:2])
    changed = replace(
        analysis,
        archive=replace(analysis.archive, people=people),
        insight=replace(analysis.insight, communities=(few, *others)),
    )
    limits = "\n".join(build_view(changed, "th")["limits"])
    assert "ไม่มีใครเขียนเลย: ช่างประปา" in limits
    assert "ชาวบ้าน" not in limits
    assert f"แทบไม่ได้ยินเสียง: {few.title}" in limits
