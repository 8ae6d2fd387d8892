"""The report as PDF: whichever browser there is prints it; where there is none, people are told what to do."""

import os
import re

import pytest
from test_run import posts

from minecop.core.errors import OutputError
from minecop.report.printing import find_browser, same_again, write_pdf

POSIX = pytest.mark.skipif(os.name == "nt", reason="a shell script stands for the browser")


def browser_in(folder, name: str, script: str = "exit 0"):
    folder.mkdir(parents=True, exist_ok=True)
    path = folder / name
    path.write_text(f"#!/bin/sh\n{script}\n")
    path.chmod(0o755)
    return path


PRINTS = """
for word in "$@"; do
  echo "$word" >> "$(dirname "$0")/words"
  case "$word" in --print-to-pdf=*) printf '%%PDF /CreationDate (D:20300102030405+00) /ModDate (D:20300102030405+00)' > "${word#--print-to-pdf=}";; esac
done"""


@POSIX
@pytest.mark.parametrize("name", ["chromium", "google-chrome", "microsoft-edge-stable"])
def test_printing_finds_a_browser_on_the_path(tmp_path, name):
    browser = browser_in(tmp_path, name)
    assert find_browser("linux", {"PATH": str(tmp_path)}) == browser
    assert find_browser("linux", {"PATH": str(tmp_path / "none")}) is None
    assert find_browser("linux", {"PATH": ""}) is None


def test_printing_finds_a_browser_where_windows_and_macos_install_it(tmp_path):
    edge = browser_in(tmp_path / "Program Files (x86)" / "Microsoft" / "Edge" / "Application", "msedge.exe")
    there = {
        "PATH": "",
        "PROGRAMFILES": str(tmp_path / "x"),
        "PROGRAMFILES(X86)": str(tmp_path / "Program Files (x86)"),
    }
    assert find_browser("win32", there) == edge
    assert find_browser("linux", there) is None
    chrome = browser_in(tmp_path / "Applications" / "Google Chrome.app" / "Contents" / "MacOS", "Google Chrome")
    assert find_browser("darwin", {"PATH": "", "HOME": str(tmp_path)}) == chrome


@POSIX
def test_printing_asks_for_a_page_without_header_and_takes_the_clock_out(tmp_path):
    browser = browser_in(tmp_path / "bin", "chromium", PRINTS)
    page = tmp_path / "ชื่อ เว้นวรรค" / "report.html"
    page.parent.mkdir()
    page.write_text("<html></html>")
    assert write_pdf(page, browser) == page.with_name("report.pdf")
    assert page.with_name("report.pdf").read_bytes().count(b"(D:19800101000000") == 2
    words = (tmp_path / "bin" / "words").read_text().splitlines()
    assert "--headless" in words and "--no-pdf-header-footer" in words
    assert words[-1] == page.as_uri()
    assert sorted(path.name for path in page.parent.iterdir()) == ["report.html", "report.pdf"]


@POSIX
@pytest.mark.parametrize("script", ["exit 3", "kill -9 $$"])
def test_printing_a_browser_that_fails_is_one_clear_error(tmp_path, script):
    page = tmp_path / "report.html"
    page.write_text("<html></html>")
    with pytest.raises(OutputError) as caught:
        write_pdf(page, browser_in(tmp_path / "bin", "chromium", script))
    assert caught.value.key == "pdf_failed"
    with pytest.raises(OutputError):
        write_pdf(page, tmp_path / "nowhere" / "chromium")
    assert not page.with_name("report.pdf").exists()


def test_printing_without_a_browser_everything_else_is_written(jsonl, tmp_path, minecop, monkeypatch):
    monkeypatch.setattr("minecop.report.printing.find_browser", lambda: None)
    code, out, err = minecop("report", jsonl(posts(2)), "-o", tmp_path / "run", "--pdf", "--lang", "en")
    assert code == 1
    assert out.strip() == f"The report is at {tmp_path / 'run' / 'report.html'}"
    assert "Install one" in err and "report.html" in err
    assert {"report.html", "report.xlsx", "report.json"} <= {path.name for path in (tmp_path / "run").iterdir()}


def test_printing_an_earlier_pdf_does_not_outlive_its_report(jsonl, tmp_path, minecop):
    (tmp_path / "run").mkdir()
    (tmp_path / "run" / "report.pdf").write_bytes(b"%PDF of the names that are masked now")
    assert minecop("report", jsonl(posts(2)), "-o", tmp_path / "run")[0] == 0
    assert not (tmp_path / "run" / "report.pdf").exists()


def test_printing_leaves_nothing_of_the_time_and_of_numbers_that_differ():
    one = b"<</CreationDate (D:20260101120000+00'00')>> /Names [(node00000111) 1 0 R (node00006240) 2 0 R] /Headers [(node00006240)]"
    other = b"<</CreationDate (D:20260203040506+00'00')>> /Names [(node00000098) 1 0 R (node00006489) 2 0 R] /Headers [(node00006489)]"
    assert same_again(one) == same_again(other)
    assert len(same_again(one)) == len(one)
    assert same_again(one) != same_again(one.replace(b"[(node00006240)]", b"[(node00000111)]"))


@pytest.mark.skipif(find_browser() is None, reason="no browser on this machine")
def test_printing_by_the_browser_at_hand_is_a4_and_the_same_again(jsonl, tmp_path, minecop):
    import pypdfium2

    found = []
    for _ in range(2):
        code, out, err = minecop("report", jsonl(posts()), "-o", tmp_path / "run", "--pdf")
        assert code == 0, err
        assert str(tmp_path / "run" / "report.pdf") in out
        found.append((tmp_path / "run" / "report.pdf").read_bytes())
    assert found[0] == found[1]
    document = pypdfium2.PdfDocument(found[0])
    text = "".join(page.get_textpage().get_text_range() for page in document)
    assert [round(side) for side in document[0].get_size()] == [595, 842]
    assert not re.search(r"file://|report\.html", text)
    assert "คนในวง" in text
    document.close()
