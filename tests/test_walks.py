"""People's tasks in the browser, each once; in both languages and at both widths: ``tests/benchmarks/bench_walks.py``."""

import pytest
from browsing import browser, needs_browser
from walking import TASKS, walker

from minecop.curation.decisions import Curation
from minecop.explore.index import make_index

WAYS = (("knowledge manager", "th", 1280), ("facilitator", "en", 390), ("researcher", "th", 390))


@pytest.fixture(scope="module")
def chromium():
    with browser() as started:
        yield started


@pytest.fixture(scope="module")
def index(sample_run, sample_analysis):
    yield make_index(sample_run, sample_analysis)
    make_index(sample_run, sample_analysis)  # as others expect it: without what was decided here


@needs_browser
@pytest.mark.parametrize(("task", "lang", "width"), WAYS)
def test_walk_from_start_to_end(chromium, index, sample_run, tmp_path, task, lang, width):
    with walker(chromium, index, sample_run, lambda: Curation.read(tmp_path / "kept"), lang, width) as walk:
        TASKS[task](walk)
