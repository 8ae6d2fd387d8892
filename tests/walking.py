"""What people do with a run in the browser, from start to end: a knowledge manager, a facilitator, a researcher."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from axe_playwright_python.sync_playwright import Axe
from exploring import served

from minecop.explore.deciding import Desk

AXE = {"runOnly": ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "best-practice"]}


class Walker:
    """Somebody at a page: clicks, types, and looks whether each page is in order.

    Attributes
    ----------
    page
        The browser's.
    wrong
        What it complained of, and requests to anywhere else.
    """

    def __init__(self, page, home, lang, width):
        self.page, self.home, self.lang, self.width = page, home, lang, width
        self.wrong = []
        page.on("console", lambda said: self.wrong.append(said.text))
        page.on("pageerror", lambda error: self.wrong.append(str(error)))
        page.on("request", lambda sent: None if sent.url.startswith(home) else self.wrong.append(sent.url))

    def go(self, path):
        self.page.goto(f"{self.home}{path}{'&' if '?' in path else '?'}lang={self.lang}")
        self.look()

    def click(self, selector):
        """Follow a link, or press a button, with the mouse."""
        before = self.page.url
        self.page.locator(selector).first.click()
        self.page.wait_for_function(
            "before => location.href !== before && document.readyState === 'complete'", arg=before
        )
        self.look()

    def tab_to(self, selector):
        """Go to something with the tabulator."""
        for _ in range(150):
            self.page.keyboard.press("Tab")
            if self.page.evaluate("what => document.activeElement.matches(what)", selector):
                return
        raise AssertionError(f"no way to {selector}")

    def look(self):
        found = Axe().run(self.page, options=AXE)
        assert found.violations_count == 0, found.generate_report()
        assert self.page.evaluate("document.documentElement.scrollWidth") <= self.width, self.page.url
        assert self.page.locator("html").get_attribute("lang") == self.lang

    def search(self, text, by=None):
        """Look for something by the keyboard alone."""
        self.page.keyboard.press("/")
        self.page.keyboard.type(text)
        if by:
            self.page.locator("select[name=by]").first.select_option(by)
            self.page.locator("#q").focus()
        self.page.keyboard.press("Enter")
        self.page.wait_for_url("**/search?**")
        self.look()

    def decide(self, action, *, to=None, note=None, name="ครูติ๋ม"):
        """Decide something where it stands: see what it would do, and confirm it."""
        page = self.page
        form = page.locator(f"form.decide:has(input[name=action][value={action}])").first
        for place in page.locator("details:not([open]) > summary").all():
            if not form.is_visible():
                place.press("Enter")
        field = form.locator("[name=to]:not([type=hidden]), [name=note]")
        if to is not None or note is not None:
            one = field.first
            if one.evaluate("it => it.tagName") == "SELECT":
                one.select_option(to)
            else:
                one.fill(to or note)
        form.locator("button").click()
        self._confirm(name)

    def _confirm(self, name):
        """Look at what a decision would do, and keep it under a name."""
        page = self.page
        page.locator("button[name=sure]").wait_for()
        self.look()
        if not page.locator("input[name=who]").input_value():
            page.locator("input[name=who]").fill(name)
        page.locator("button[name=sure]").press("Enter")
        page.wait_for_url("**done=*")
        self.look()

    def split(self, words, title, name="ครูติ๋ม"):
        """Part what is on the page: look for words in it, choose a passage with each by the keyboard, name the part, and confirm it."""
        page = self.page
        page.locator("details.deciding > summary").first.press("Enter")
        self.click("a[href^='/split/']")
        for chosen, word in enumerate(words, 1):
            page.locator("input[name=find]").fill(word)
            page.locator("input[name=find]").press("Enter")
            page.wait_for_url("**q=**")
            self.look()
            self.tab_to("input[name=pick]:not(:checked)")
            page.keyboard.press("Space")
            page.locator("button[value=find]").click()
            page.locator(".pick input:checked").first.wait_for()
            page.locator(f".counts:has-text(' {chosen} ')").wait_for()
        page.locator("input[name=title]").fill(title)
        page.locator("input[name=title]").press("Enter")
        self._confirm(name)


@contextmanager
def walker(chromium, index, run, decided, lang, width) -> Iterator[Walker]:
    """Somebody who has begun with the address that was told."""
    with (
        served(index, run, Desk(run, decided)) as held,
        chromium.new_context(viewport={"width": width, "height": 900}) as there,
    ):
        home = f"http://127.0.0.1:{held.port}"
        there.add_cookies([{"name": held.cookie, "value": held.secret, "url": home}])
        one = Walker(there.new_page(), home, lang, width)
        yield one
        assert one.wrong == []


def knowledge_manager(walk: Walker) -> None:
    """Names a topic, parts it in two, corrects a step, joins two names, and takes one of these back."""
    page = walk.page
    walk.go("/topics")
    walk.click("main a[href^='/topic/']")
    walk.decide("rename", to="งานประจำที่ล้นมือ")
    assert page.locator("main h1").inner_text() == "งานประจำที่ล้นมือ"
    walk.split(["เลข", "แบบ"], "แบบฟอร์มที่ซ้ำกัน")
    assert page.locator("main h1").inner_text() == "แบบฟอร์มที่ซ้ำกัน"
    walk.click("main a[href^='/thread/']")
    walk.click("main a[href^='/correct/']")
    walk.decide("step", to="0")
    walk.go("/people")
    names = page.locator("main a[href^='/person/']").all_inner_texts()
    walk.click("main a[href^='/person/']")
    walk.decide("join", to=names[1])
    walk.go("/decisions")
    assert page.locator("form.decide:has(input[value=undo])").count() == 4
    walk.decide("undo")
    assert page.locator("form.decide:has(input[value=undo])").count() == 3


def facilitator(walk: Walker) -> None:
    """Chooses an issue for the session, a quote to begin with, and notes what to ask; and finds who else speaks of it."""
    page = walk.page
    walk.go("/")
    walk.click("nav a[href^='/issues']")
    walk.click("main a[href^='/issue/']")
    title = page.locator("main h1").inner_text()
    walk.decide("accept")
    walk.decide("pin")
    walk.decide("note", note="เริ่มจากถามว่าเดือนนี้กรอกไปกี่ชุด")
    assert "เริ่มจากถามว่าเดือนนี้กรอกไปกี่ชุด" in page.locator("main").inner_text()
    walk.go("/decisions")
    assert page.locator("main").inner_text().count(title) >= 1
    walk.search("ขอรุ่นน้องไว้รับช่วง")
    walk.click(".found-one .who a[href^='/person/']")
    walk.click(".found-one .ways a[href^='/thread/']")
    assert page.locator(".passage:target").count() == 1


def researcher(walk: Walker) -> None:
    """Searches by meaning, narrows it by step and community, reads in context with the evidence, and looks for more like it."""
    page = walk.page
    walk.go("/")
    walk.search("ไม่มีคนรุ่นใหม่มาสืบต่อ", by="meaning")
    everyone = page.locator(".found-one").count()
    assert everyone > 5
    assert page.locator(".timeline").count() == 1
    for facets in page.locator("details:not([open]) > summary").all():  # on a narrow page they are folded
        facets.press("Enter")
    walk.click("a[href*='step=']")
    walk.click("a[href*='community=']")
    assert 0 < page.locator(".found-one").count() <= everyone
    walk.tab_to(".found-one .ways a[href^='/thread/']")
    page.keyboard.press("Enter")
    page.wait_for_url("**/thread/**")
    walk.look()
    assert page.locator(".passage:target").count() == 1 and page.locator(".passage .marks").count() > 0
    walk.click(".passage:target .ways a")
    assert page.locator(".found-one").count() > 5


TASKS = {"knowledge manager": knowledge_manager, "facilitator": facilitator, "researcher": researcher}
