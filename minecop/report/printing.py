"""The report's page as PDF, printed by a browser that is installed: none ships, and none is fetched."""

from __future__ import annotations

import os
import re
import shutil
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from pathlib import Path

from minecop.core.errors import OutputError
from minecop.core.files import write_bytes

PDF_FILE = "report.pdf"

_COMMANDS = (
    "chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome", "microsoft-edge",
    "microsoft-edge-stable", "msedge", "brave-browser",
)  # fmt: skip
"""What browsers of the Chromium family are called where they are on the path."""

_MAC = ("Google Chrome", "Chromium", "Microsoft Edge", "Brave Browser")
_WINDOWS = (
    "Google/Chrome/Application/chrome.exe",
    "Chromium/Application/chrome.exe",
    "Microsoft/Edge/Application/msedge.exe",
    "BraveSoftware/Brave-Browser/Application/brave.exe",
)
_WINDOWS_ROOTS = ("PROGRAMFILES", "PROGRAMFILES(X86)", "LOCALAPPDATA")
"""Variables that name the folders in which Windows installs programs, for all and for one user."""

_SECONDS = 300
"""After which a browser that has not printed is given up."""

_CLOCK = re.compile(rb"(/(?:CreationDate|ModDate) ?\(D:)\d{14}")
_EPOCH = rb"\g<1>19800101000000"

_NODE = re.compile(rb"\(node(\d{8})\)")
"""What Chromium calls cells that head a table, in a tree for readers of screens: by numbers that differ when it is busy."""


def find_browser(system: str = sys.platform, environment: Mapping[str, str] = os.environ) -> Path | None:
    """Return a browser that prints without a window: Chromium, Chrome, Edge or Brave; ``None`` where there is none.

    Parameters
    ----------
    system
        As ``sys.platform`` has it.
    environment
        Variables of the process.
    """
    commands = (shutil.which(command, path=environment.get("PATH")) for command in _COMMANDS)
    places = (*map(Path, filter(None, commands)), *_installed(system, environment))
    return next((place for place in places if place.is_file()), None)


def _installed(system: str, environment: Mapping[str, str]) -> Iterator[Path]:
    """Return where browsers are that are not on the path."""
    if system == "darwin":
        for root in (Path("/Applications"), Path(environment.get("HOME", "/")) / "Applications"):
            yield from (root / f"{name}.app" / "Contents" / "MacOS" / name for name in _MAC)
    if system == "win32":
        for folder in filter(None, map(environment.get, _WINDOWS_ROOTS)):
            yield from (Path(folder) / name for name in _WINDOWS)


def write_pdf(page: Path, browser: Path | None = None) -> Path:
    """Print a report's page to ``report.pdf`` beside it, on A4, without headers and footers.

    Parameters
    ----------
    page
        ``report.html``; how it prints is in its own style.
    browser
        What prints it; by default one that is found (``find_browser``).

    Returns
    -------
    Path
        Of the PDF. The same page gives the same bytes with the same browser (``same_again``).

    Raises
    ------
    OutputError
        When there is no browser, it fails, or the file cannot be written.
    """
    browser = browser or find_browser()
    if browser is None:
        raise OutputError("no_browser", page=page)
    try:  # beside the page: a browser that came as a snap has a /tmp of its own
        made = tempfile.TemporaryDirectory(".tmp", ".printing-", page.parent, ignore_cleanup_errors=True)
    except OSError as error:
        raise OutputError("cannot_write", path=page.parent, reason=error.strerror or error) from error
    with made as folder:
        printed = Path(folder).resolve() / PDF_FILE
        command = [
            str(browser),
            "--headless",
            "--disable-gpu",
            "--disable-extensions",
            "--no-first-run",
            "--no-pdf-header-footer",
            "--print-to-pdf-no-header",  # of browsers before 2023
            f"--user-data-dir={printed.parent / 'profile'}",  # one that is open keeps its own to itself
            f"--print-to-pdf={printed}",
            page.resolve().as_uri(),
        ]
        if hasattr(os, "geteuid") and os.geteuid() == 0:
            command.insert(
                1, "--no-sandbox"
            )  # in containers, Chromium as root does not start with one; the page has no script
        try:
            done = subprocess.run(command, capture_output=True, timeout=_SECONDS, check=False)  # noqa: S603 - no shell
        except (OSError, subprocess.TimeoutExpired) as error:
            raise OutputError("pdf_failed", browser=browser.name, page=page, reason=error) from error
        if not printed.is_file() or not printed.stat().st_size:
            raise OutputError("pdf_failed", browser=browser.name, page=page, reason=f"exit code {done.returncode}")
        pdf = printed.read_bytes()
    write_bytes(page.with_name(PDF_FILE), same_again(pdf))
    return page.with_name(PDF_FILE)


def same_again(pdf: bytes) -> bytes:
    """Return a PDF of Chromium without what is another one each time: when it was printed, and the numbers of its nodes.

    Of the same length, for a PDF tells at which byte each part begins; numbers keep their order, in which they are looked for.
    """
    numbers = {number: b"(node%08d)" % place for place, number in enumerate(sorted(set(_NODE.findall(pdf))))}
    return _NODE.sub(lambda found: numbers[found[1]], _CLOCK.sub(_EPOCH, pdf))
