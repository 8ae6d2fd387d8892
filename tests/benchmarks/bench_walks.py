"""People's tasks in the browser, each in both languages and at both widths; ``tests/test_walks.py`` has each once."""

import sys
from pathlib import Path

import pytest

sys.path.insert(0, str(Path(__file__).resolve().parent.parent))
from browsing import browser, needs_browser
from conftest import SAMPLE
from walking import TASKS, walker

from minecop.curation.decisions import Curation
from minecop.explore.index import make_index
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


@pytest.fixture(scope="module")
def run(tmp_path_factory):
    return analyse(SAMPLE, tmp_path_factory.mktemp("walks") / "run")


@needs_browser
@pytest.mark.parametrize("lang", ["th", "en"])
@pytest.mark.parametrize("width", [1280, 390])
@pytest.mark.parametrize("task", TASKS)
def test_walk_from_start_to_end(run, tmp_path, task, lang, width):
    index = make_index(run, load_analysis(run))
    with (
        browser() as chromium,
        walker(chromium, index, run, lambda: Curation.read(tmp_path / "kept"), lang, width) as walk,
    ):
        TASKS[task](walk)
