"""A PDF file with a text layer: one file is one post; a page of GotoKnow that a browser printed is read as the text that it is.

Lines are put together into paragraphs: one ends where the next line stands apart, is indented, begins with a bullet or a number, or where
its own last line leaves room for the next word. Nothing is put between two Thai letters where a line is joined to the next. Page numbers
and lines that stand at the edge of most pages are dropped. What PDF files do to Thai is mended (see ``thaimarks``) and told.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import replace
from datetime import datetime
from typing import Any

from minecop.archive.models import Account, Post
from minecop.archive.readers.byline import find_byline, person_or_none, title_or_none
from minecop.archive.readers.pdfpages import Line, lines_of
from minecop.archive.readers.pdfparagraphs import large_first, paragraphs_of, without_edges
from minecop.archive.readers.thaimarks import mend_thai, thai_in_latin
from minecop.archive.readers.zipsafety import open_seekable
from minecop.archive.sources import Options, Source
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError

MOST_PAGES = 2_000
"""Pages that are read; a page takes some 30 ms, and no lesson report is longer."""

_FEWEST_LETTERS = 20
"""Letters of a page that has text: a scan has none, or a stamp."""

_ADDRESS_AT_FOOT = re.compile(r"(?P<url>https?://\S+)\s+\d+/\d+")
_GOTOKNOW = re.compile(r"^\s*หมายเลขบันทึก\s*:", re.MULTILINE)
_MADE = re.compile(r"D:(\d{4})(\d{2})(\d{2})(\d{2})(\d{2})(\d{2})?(?:([+-])(\d{2})'?(\d{2})|Z)?")
_BROWSER = re.compile(r"Skia|Chrom|Mozilla|Firefox|Quartz", re.IGNORECASE)


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the post of a PDF file."""
    if not source.head().strip():
        raise InputError("empty_file")
    pages, properties = _open(source, account)
    letters = [sum(map(str.isalpha, "".join(line.text for line in page))) for page in pages]
    if sum(letters) < _FEWEST_LETTERS or max(letters) < _FEWEST_LETTERS:
        raise InputError("pdf_without_text", pages=len(pages))
    if scanned := sum(count < _FEWEST_LETTERS for count in letters):
        account.add("warning", source.name, "pdf_pages_without_text", count=scanned, pages=len(pages))
    address = next(
        (found["url"] for page in pages for line in page if (found := _ADDRESS_AT_FOOT.fullmatch(line.text))), None
    )
    pages = without_edges(pages)
    text, mended = _mended("\n\n".join(paragraphs_of(pages)))
    if mended:
        account.add("guessed", source.name, "thai_marks_mended", count=mended)
    if _GOTOKNOW.search(text):
        from minecop.archive.readers.textpage import read_textpage

        for post in read_textpage(text, source.name, account):
            yield replace(post, url=address)
        return
    yield _post(text.split("\n\n"), large_first(pages), properties, address, source, account)


def _open(source: Source, account: Account) -> tuple[list[list[Line]], dict[str, str]]:
    """Return the lines of all pages, and the file's properties."""
    import pypdfium2
    from pypdfium2.raw import FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY

    with open_seekable(source) as stream:
        try:
            document = pypdfium2.PdfDocument(stream)
        except pypdfium2.PdfiumError as error:
            if error.err_code in {FPDF_ERR_PASSWORD, FPDF_ERR_SECURITY}:
                raise InputError("archive_encrypted") from error
            raise InputError("archive_damaged_file", reason="PDF") from error
        try:
            count = len(document)
            if count > MOST_PAGES:
                account.add("warning", source.name, "pdf_pages_left_out", most=MOST_PAGES, pages=count)
            pages = [_page(document, place, source, account) for place in range(min(count, MOST_PAGES))]
            return pages, _properties(document)
        finally:
            document.close()


def _properties(document: Any) -> dict[str, str]:
    found: dict[str, str] = {}
    for key in ("Title", "Author", "Creator", "Producer", "CreationDate"):
        try:
            found[key] = document.get_metadata_value(key).replace("\0", "")
        except UnicodeError:  # a damaged value is none
            continue
    return found


def _page(document: Any, place: int, source: Source, account: Account) -> list[Line]:
    import pypdfium2

    page = None
    try:
        page = document[place]
        return lines_of(page)
    except pypdfium2.PdfiumError:
        account.add("refused", f"{source.name}:{place + 1}", "archive_damaged_file", reason="PDF")
        return []
    finally:
        if page is not None:
            page.close()


def _mended(text: str) -> tuple[str, int]:
    turned = thai_in_latin(text)
    mended, count = mend_thai(turned if turned is not None else text)
    return mended, count + (turned is not None)


def _post(
    paragraphs: list[str], large: bool, properties: dict[str, str], url: str | None, source: Source, account: Account
) -> Post:
    """Return the post of a document that is no page of GotoKnow."""
    title = title_or_none(properties.get("Title"))
    if title is not None and "".join(paragraphs[0].split()) == "".join(title.split()):
        title = paragraphs.pop(0)
    elif large and len(paragraphs) > 1:
        title = paragraphs.pop(0)
        account.add("guessed", source.name, "title_by_size", value=title)
    elif title is not None:
        account.add("guessed", source.name, "title_from_properties", value=title)
    byline = find_byline(paragraphs)
    author, published = byline.author, byline.published
    if author is None and (author := person_or_none(properties.get("Author"))):
        account.add("guessed", source.name, "author_from_properties", value=author)
    if published is None and (published := _made(properties)):
        account.add("guessed", source.name, "date_from_properties", value=published.date())
    if published is None:
        account.add("warning", source.name, "no_date")
    body = "\n\n".join(text for place, text in enumerate(paragraphs) if place not in byline.lines)
    return Post(
        id=source.stem,
        body=body,
        url=url,
        title=title,
        author_id=author,
        author_name=author,
        published=published,
        source=source.name,
    )


def _made(properties: dict[str, str]) -> datetime | None:
    """Return when a file was made; what a browser printed was written at another time."""
    if _BROWSER.search(f"{properties.get('Producer')} {properties.get('Creator')}"):
        return None
    found = _MADE.match(properties.get("CreationDate", ""))
    if found is None:
        return None
    year, month, day, hour, minute, second, sign, hours, minutes = found.groups()
    offset = f"{sign}{hours}:{minutes}" if sign else "+00:00" if found[0].endswith("Z") else ""
    return parse_datetime(f"{year}-{month}-{day}T{hour}:{minute}:{second or '00'}{offset}")
