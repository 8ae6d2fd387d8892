"""A real browser for tests of the report's page: Debian's Chromium, or whichever is installed, with the network cut off."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, sync_playwright

from minecop.report.printing import find_browser

BROWSER = find_browser()

needs_browser = pytest.mark.skipif(BROWSER is None, reason="no Chromium, Chrome or Edge is installed here")


@contextmanager
def browser(*switches: str) -> Iterator[Browser]:
    """Give a browser without a window, started with some switches of its own."""
    with sync_playwright() as playwright:
        started = playwright.chromium.launch(executable_path=str(BROWSER), args=["--no-sandbox", *switches])
        try:
            yield started
        finally:
            started.close()


@contextmanager
def opened(browser: Browser, page: Path, width: int = 1280, **context: object) -> Iterator[Page]:
    """Open a page from its file, offline; fail where it asks for anything, says an error, or its script does."""
    with browser.new_context(viewport={"width": width, "height": 900}, offline=True, **context) as there:
        wrong: list[str] = []
        tab = there.new_page()
        tab.on("console", lambda message: wrong.append(message.text) if message.type in {"error", "warning"} else None)
        tab.on("pageerror", lambda error: wrong.append(str(error)))
        tab.on("dialog", lambda dialog: (wrong.append(f"dialog: {dialog.message}"), dialog.dismiss()))
        tab.on("request", lambda request: wrong.append(request.url) if request.url != page.as_uri() else None)
        tab.goto(page.as_uri())
        yield tab
        assert wrong == []
