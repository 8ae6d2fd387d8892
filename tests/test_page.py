"""The report's page in a real browser: opened from a file, without a network, by mouse and by keyboard, on a telephone, in the dark."""

import base64
import gzip
import html
import json
import re

import pytest
from axe_playwright_python.sync_playwright import Axe
from browsing import browser, needs_browser, opened
from test_curation import Deciding
from test_report import HOSTILE, shared_posts

from minecop.insight.models import Quote
from minecop.report import carried as carrying
from minecop.report.carried import carried
from minecop.report.onpage import issues_shown
from minecop.report.rendering import render_html
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


def unpacked(data: str) -> dict:
    return json.loads(gzip.decompress(base64.b64decode(data)))


# ---- what the page carries


def quoted(page: str) -> list[tuple[str, int, int, int]]:
    """Where the page says that its quotes stand: post, comment, start, end."""
    found = re.findall(
        r'class="source" data-post="([^"]*)" data-comment="(\d+)" data-start="(\d+)" data-end="(\d+)"', page
    )
    return [(html.unescape(post), int(comment), int(start), int(end)) for post, comment, start, end in found]


@pytest.mark.parametrize("kind", ["sample_analysis", "masked_analysis"])
def test_carried_passages_and_quotes_are_spans_of_the_carried_texts(request, kind):
    analysis = request.getfixturevalue(kind)
    data = unpacked(carried(analysis).data)
    texts = {(post[0], text[0]): text[3] for post in data["posts"] for text in post[3:]}
    columns = data["passages"]
    assert len(columns["post"]) == len(analysis.voices)
    for row, voice in enumerate(analysis.voices):
        text = texts[voice.post_id, voice.comment or 0]
        start = columns["start"][row]
        assert text[start : start + columns["length"][row]] == analysis.words_of(voice)
        assert data["posts"][columns["post"][row]][0] == voice.post_id


def test_carried_text_of_a_quote_is_what_is_shown_beside_it(masked_analysis):
    page = render_html(masked_analysis)
    data = unpacked(carried(masked_analysis).data)
    texts = {(post[0], text[0]): text[3] for post in data["posts"] for text in post[3:]}
    figures = re.findall(r"<blockquote>(.*?)</blockquote>.*?(<button.*?</button>)", page, re.DOTALL)
    assert len(figures) > 50
    for said, button in figures:
        ((post, comment, start, end),) = quoted(button)
        assert texts[post, comment][start:end] == html.unescape(said)


def test_carried_threads_are_masked_whole(masked_analysis):
    data = unpacked(carried(masked_analysis).data)
    privacy, pseudonyms = masked_analysis.privacy, set(masked_analysis.privacy.authors.values())
    for post in data["posts"]:
        source = masked_analysis.posts[post[0]]
        assert post[1] == (masked_analysis.title_of(source) or "")
        assert post[2] == ""  # an address names its author
        for number, _, _, body in post[3:]:
            assert body == privacy.whole(source.id, number or None, source.text(number or None))
    assert data["authors"]
    assert set(data["authors"]) <= pseudonyms


def test_carried_is_bounded_and_quoted_threads_come_first(sample_analysis):
    few = carried(sample_analysis, most=1000)
    data = unpacked(few.data)
    quotes: list[Quote] = [quote for issue in issues_shown(sample_analysis) for quote in issue.quotes]
    assert len(issues_shown(sample_analysis)) > 10
    assert {quote.post_id for quote in quotes} <= {post[0] for post in data["posts"]}
    assert few.posts < few.all_posts == len(sample_analysis.archive.posts)
    assert few.passages < few.all_passages
    assert carried(sample_analysis) == carried(sample_analysis)


def test_page_says_that_it_carries_a_part_only(sample_analysis, monkeypatch):
    monkeypatch.setattr(carrying, "MOST_CHARACTERS", 1000)
    monkeypatch.setattr(carrying.carried, "__defaults__", (1000,))
    brought = carried(sample_analysis)
    page = html.unescape(render_html(sample_analysis))
    assert f"มีเพียง {brought.posts} จาก {brought.all_posts} บันทึก" in page


def test_page_is_small(sample_analysis):
    assert len(render_html(sample_analysis).encode()) < 1_500_000


# ---- in a browser


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def page(sample_analysis, tmp_path_factory):
    path = tmp_path_factory.mktemp("หน้า รายงาน") / "report.html"
    path.write_text(render_html(sample_analysis), encoding="utf-8")
    return path


def switch_to(tab, lang: str, *, by_keyboard: bool = False) -> None:
    """Ask for the other language, which is unpacked first."""
    if by_keyboard:
        tab.focus("[data-switch=lang]")
        tab.keyboard.press("Enter")
    else:
        tab.click("[data-switch=lang]")
    tab.wait_for_selector(f"html[lang={lang}]")


def results(tab) -> list[str]:
    tab.wait_for_selector("#explore .results li, #explore .found:not(:empty)")
    return tab.locator("#explore .results .body").all_inner_texts()


def found(tab) -> int:
    return int(re.search(r"[\d,]+", tab.inner_text("#explore .found"))[0].replace(",", ""))


@needs_browser
def test_page_search_finds_what_is_written_however_it_is_typed(chromium, page, sample_analysis):
    with opened(chromium, page) as tab:
        everything = results(tab)
        assert len(everything) == 20
        assert found(tab) == len(sample_analysis.voices)
        box = tab.locator("#explore [name=words]")
        box.fill("เกษียณ")
        expected = [v for v in sample_analysis.voices if "เกษียณ" in sample_analysis.words_of(v)]
        assert found(tab) >= len(expected) > 3
        assert tab.locator("#explore .results mark").all_inner_texts()[0] == "เกษียณ"
        box.fill("17 18")
        digits = results(tab)
        assert digits
        box.fill("๑๗ ๑๘")  # Thai digits, and zero-width letters, are the same to a reader
        assert results(tab) == digits
        box.fill("1\u200b7 18")
        assert results(tab) == digits
        box.fill("ไม่มีคำนี้แน่นอน")
        assert results(tab) == []
        assert "ไม่พบ" in tab.inner_text("#explore .found")
        tab.click("#explore [type=reset]")
        tab.wait_for_function("document.querySelectorAll('#explore .results li').length === 20")


@needs_browser
def test_page_filters_agree_with_the_run(chromium, page, sample_analysis):
    insight = sample_analysis.insight
    issue, topic, step = insight.issues[0], insight.topics[0].group, insight.steps[5]
    members = {voice.passage_id for voice in sample_analysis.voices}
    in_community = [v for v in sample_analysis.voices if v.community == insight.communities[0].title]
    with opened(chromium, page) as tab:
        results(tab)
        for name, value, count in (
            ("issue", str(issue.rank), sum(voice.passage_id in members for voice in issue.group.members)),
            ("topic", topic.id, sum(voice.passage_id in members for voice in topic.members)),
            ("step", "6", sum(sample_analysis.steps.step(voice) == 6 for voice in sample_analysis.voices)),
        ):
            tab.select_option(f"#explore [name={name}]", value)
            assert found(tab) == count > 0
            tab.select_option(f"#explore [name={name}]", "")
        assert step.id == "6"
        tab.select_option("#explore [name=community]", label=insight.communities[0].title)
        assert found(tab) == len(in_community)
        tab.select_option("#explore [name=since]", "2010")
        assert found(tab) == sum(v.published is not None and v.published.year >= 2010 for v in in_community)
        tab.select_option("#explore [name=until]", "2009")
        assert results(tab) == []


@needs_browser
def test_page_links_lead_into_the_search(chromium, page, sample_analysis):
    with opened(chromium, page) as tab:
        results(tab)
        tab.click("#issues .all-voices >> nth=0")
        assert tab.input_value("#explore [name=issue]") == "1"
        assert found(tab) == len(sample_analysis.insight.issues[0].group.members)
        tab.click("#read .all-voices >> nth=0")
        assert tab.input_value("#explore [name=issue]") == ""
        assert found(tab) == len(sample_analysis.insight.communities[0].members)


@needs_browser
def test_page_quote_opens_in_its_thread_by_mouse_and_by_keyboard(chromium, page, sample_analysis):
    quote = sample_analysis.insight.issues[0].quotes[0]
    post = sample_analysis.posts[quote.post_id]
    with opened(chromium, page) as tab:
        button = tab.locator("#issue-1 .quote .source").first
        button.click()
        assert tab.text_content("dialog mark") == quote.text
        assert tab.text_content("dialog h2") == post.title
        assert tab.locator("dialog article").count() == len(post.texts)
        assert tab.locator("dialog mark").is_visible()
        tab.keyboard.press("Escape")
        assert not tab.locator("dialog").is_visible()
        assert tab.evaluate("document.activeElement.matches('#issue-1 .quote .source')")
        tab.keyboard.press("Enter")
        assert tab.text_content("dialog mark") == quote.text
        tab.keyboard.press("Enter")  # the button that closes has the focus
        assert not tab.locator("dialog").is_visible()


@needs_browser
def test_page_picture_shows_opens_and_zooms(chromium, page):
    with opened(chromium, page) as tab:
        results(tab)
        canvas = tab.locator("#explore canvas")
        canvas.scroll_into_view_if_needed()
        x, y = tab.evaluate("finder.picture.at(100)")
        canvas.hover(position={"x": x, "y": y})
        tip = tab.inner_text("#explore .tip")
        near = tab.evaluate(f"finder.picture.nearest({x}, {y})")
        words = tab.evaluate(f"finder.archive.words({near})")
        assert tip.split("\n")[0][:20] == " ".join(words.split())[:20] or words[:20] in tip
        canvas.click(position={"x": x, "y": y})
        assert tab.text_content("dialog mark") == words
        tab.keyboard.press("Escape")
        before = tab.evaluate("finder.picture.at(100)")
        canvas.focus()
        tab.keyboard.press("+")
        assert tab.evaluate("finder.picture.at(100)") != before
        tab.keyboard.press("0")
        assert tab.evaluate("finder.picture.at(100)") == before
        for colour in ("issue", "step", "community", "year"):
            tab.select_option("#explore [name=colour]", colour)
            assert tab.locator("#explore .legend li").count() > 1
        tab.locator("#explore .legend button").first.click()
        assert tab.input_value("#explore [name=since]") == tab.input_value("#explore [name=until]") != ""


@needs_browser
def test_page_other_language_and_dark_without_losing_the_search(chromium, page):
    with opened(chromium, page) as tab:
        results(tab)
        tab.fill("#explore [name=words]", "น้ำ")
        thai = found(tab)
        switch_to(tab, "en", by_keyboard=True)
        assert tab.get_attribute("html", "lang") == "en"
        assert "Draft for discussion" in tab.inner_text("header")
        tab.wait_for_function("document.querySelector('#explore .found').textContent.includes('passages')")
        assert found(tab) == thai
        assert "Emerging" in tab.title()
        tab.click("#issue-1 .quote .source >> nth=0")
        assert "read in context" in tab.inner_text("#issue-1 .quote >> nth=0")
        tab.keyboard.press("Escape")
        light = tab.evaluate("getComputedStyle(document.body).backgroundColor")
        tab.click("[data-switch=theme]")
        assert tab.evaluate("getComputedStyle(document.body).backgroundColor") != light
        switch_to(tab, "th")
        assert tab.get_attribute("html", "lang") == "th"
        assert found(tab) == thai


@needs_browser
@pytest.mark.parametrize(("lang", "width", "scheme"), [("th", 390, "light"), ("en", 1280, "dark")])
def test_page_has_nothing_for_axe_to_find(chromium, page, lang, width, scheme):
    with opened(chromium, page, width, color_scheme=scheme) as tab:
        results(tab)
        if lang == "en":
            switch_to(tab, "en")
            results(tab)
        for where in (None, "dialog"):
            if where:
                tab.click("#issue-1 .source >> nth=0")
            problems = Axe().run(tab, where).response["violations"]
            assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in problems] == []


@needs_browser
def test_page_shows_what_people_decided_and_axe_finds_nothing(chromium, sample_analysis, tmp_path):
    deciding = Deciding(sample_analysis, tmp_path / "kept")
    deciding("issues", "rename", "1", HOSTILE, who=HOSTILE[:99], note=HOSTILE)
    deciding("topics", "rename", "0", HOSTILE)
    deciding("issues", "accept", "1")
    deciding("notes", "note", "issue:1", note=f"{HOSTILE} ถามเรื่องงบก่อน")
    path = tmp_path / "report.html"
    path.write_text(render_html(deciding.seen), encoding="utf-8")
    before = sample_analysis.insight.issues[0].group.title
    with opened(chromium, path, 390) as tab:
        problems = Axe().run(tab).response["violations"]
        assert [(one["id"], [node["html"][:200] for node in one["nodes"][:3]]) for one in problems] == []
        for lang in ("th", "en"):
            results(tab)
            assert "<script>" in tab.inner_text("#issue-1 h3")
            assert before in tab.get_attribute("#issue-1 h3 span[title]", "title")
            assert tab.locator("#decided tbody tr").count() == 4
            assert tab.evaluate("document.documentElement.scrollWidth") == 390
            switch_to(tab, "en" if lang == "th" else "th")


@needs_browser
def test_page_fits_a_telephone(chromium, page):
    with opened(chromium, page, 390) as tab:
        for other in ("en", "th"):
            results(tab)
            assert tab.evaluate("document.documentElement.scrollWidth") == 390
            switch_to(tab, other)


@needs_browser
def test_page_of_hostile_texts_runs_nothing_and_shows_them(chromium, jsonl, tmp_path):
    posts = shared_posts()
    for post in posts:
        post["comments"] = [
            {
                "author": HOSTILE,
                "author_name": HOSTILE,
                "body": f"{HOSTILE} \u202eกลับหลัง </script><script>alert(9)</script>",
            }
        ]
        post["tags"] = [HOSTILE]
    analysis = load_analysis(analyse(jsonl(posts), tmp_path / "run"))
    path = tmp_path / "report.html"
    path.write_text(render_html(analysis), encoding="utf-8")
    with opened(chromium, path) as tab:
        results(tab)
        assert tab.locator("script:not([type])").count() == 1
        assert tab.locator("img, iframe, object").count() == 0
        assert not [
            href
            for href in tab.eval_on_selector_all("a", "all => all.map(a => a.href)")
            if href.startswith("javascript")
        ]
        tab.fill("#explore [name=words]", "alert")
        assert found(tab) > 0
        assert "<script>alert(1)</script>" in tab.inner_text("#explore .results")
        tab.click("#explore .results .source >> nth=0")
        assert "<img src=x onerror=alert(2)>" in tab.inner_text("dialog")
        tab.keyboard.press("Escape")
        switch_to(tab, "en")
        results(tab)


@needs_browser
def test_page_of_nothing_opens(chromium, empty_analysis, tmp_path):
    path = tmp_path / "report.html"
    path.write_text(render_html(empty_analysis, "en"), encoding="utf-8")
    with opened(chromium, path) as tab:
        assert "Draft for discussion" in tab.inner_text("header")


@needs_browser
def test_page_prints_without_its_tools_and_cuts_no_card(chromium, page):
    with opened(chromium, page) as tab:
        results(tab)
        tab.emulate_media(media="print")
        assert not tab.locator("#explore").is_visible()
        assert not tab.locator(".switches").is_visible()
        assert not tab.locator("button.source").first.is_visible()
        assert tab.eval_on_selector_all(
            ".card, .tile, .lesson, .quote", "all => all.every(one => getComputedStyle(one).breakInside === 'avoid')"
        )


@needs_browser
@pytest.mark.parametrize("lang", ["th", "en"])
def test_page_prints_every_card_on_one_sheet(chromium, page, lang):
    width, height = (
        round((side - margins) / 25.4 * 96) for side, margins in ((210, 28), (297, 26))
    )  # of A4, as the style has it
    with opened(chromium, page, width) as tab:
        results(tab)
        if lang == "en":
            switch_to(tab, "en")
        tab.emulate_media(media="print")
        heights = tab.eval_on_selector_all(
            "#content .card, #content .tile, #content .lesson", "all => all.map(one => one.offsetHeight)"
        )
        assert len(heights) > 20
        assert max(heights) < height
        assert tab.evaluate("document.querySelector('#content #summary').getBoundingClientRect().bottom") < height


@needs_browser
def test_page_asked_twice_for_the_other_language_shows_it_once(chromium, page):
    with opened(chromium, page) as tab:
        results(tab)
        tab.evaluate("Promise.all([switchLanguage(), switchLanguage()])")
        assert tab.get_attribute("html", "lang") == "en"
        assert tab.locator("#content main").count() == 1
        assert "Draft for discussion" in tab.inner_text("header")
