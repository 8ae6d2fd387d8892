"""The report's page at its largest: what making and opening it takes, and what the browser needs for it. The texts are real."""

import time
from contextlib import contextmanager

import pytest
from browsing import browser, needs_browser
from conftest import ROOT
from planted import plant, read_rows

from minecop.report.carried import carried
from minecop.report.rendering import render_html
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse

DATA = ROOT.parent / "shared/data"
VOICES = ROOT.parent / "shared/gold/concerns-dev.jsonl"
POSTS = 2_000
"""With their comments about 16,000 passages."""


_FIND = "(() => { const before = performance.now(); finder.find(); return performance.now() - before; })()"


@contextmanager
def timed(what):
    started = time.perf_counter()
    yield
    print(f"  {what}: {time.perf_counter() - started:.2f} s")


@needs_browser
def test_page_of_many_passages(tmp_path):
    if not DATA.is_dir() or not VOICES.is_file():
        pytest.skip("the real texts are not beside this checkout")
    plant(tmp_path / "archive", read_rows(VOICES), DATA, POSTS)
    analysis = load_analysis(analyse(tmp_path / "archive", tmp_path / "run"))
    brought = carried(analysis)
    print(
        f"\nposts {brought.posts:,} of {brought.all_posts:,}, passages {brought.passages:,} of {brought.all_passages:,}"
    )
    with timed("made"):
        page = render_html(analysis)
    path = tmp_path / "report.html"
    path.write_text(page, encoding="utf-8")
    print(f"  size: {len(page.encode()) / 1e6:.1f} MB, of which carried {len(brought.data) / 1e6:.1f} MB")
    with browser("--enable-precise-memory-info") as started:
        tab = started.new_page(viewport={"width": 1280, "height": 900})
        with timed("opened, with all that is searched"):
            tab.goto(path.as_uri())
            tab.wait_for_selector("#explore .results li")
        interactive = tab.evaluate("performance.getEntriesByType('navigation')[0].domInteractive")
        tab.evaluate("finder.form.elements.words.value = 'น้ำ'")
        found, again = (tab.evaluate(_FIND) for _ in range(2))
        memory = tab.evaluate("performance.memory.usedJSHeapSize")
        print(
            f"  interactive: {interactive / 1000:.2f} s, search: first {found:.0f} ms, then {again:.0f} ms, script's memory: {memory / 1e6:.0f} MB"
        )
