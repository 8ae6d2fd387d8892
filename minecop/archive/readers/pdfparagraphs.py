"""From the lines of a PDF file to its paragraphs.

A paragraph ends where the next line stands apart, is indented, begins with a bullet or a number, or where its last line leaves room for
the next word. Nothing is put between two Thai letters where a line is joined to the next: the file does not tell whether there was a space.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Sequence
from itertools import pairwise
from statistics import median

from minecop.archive.readers.pdfpages import Line

_EDGE = 2
"""Lines at the top and at the foot of a page among which running heads stand."""

_LONGEST_WORD = 40
_PAGE_NUMBER = re.compile(
    r"[-–—\s]*(?:(?:หน้า(?:ที่)?|page|p\.)\s*[\d๐-๙]{1,4}|[\d๐-๙]{1,3})(?:\s*(?:/|จาก|of)\s*[\d๐-๙]{1,4})?[-–—\s]*",
    re.IGNORECASE,
)
_PRINTED_FOOT = re.compile(r"(?:https?|file)://\S+\s+\d+/\d+")
_PRINTED_HEAD = re.compile(r"\d{1,2}/\d{1,2}/\d{2,4},? \d{1,2}:\d{2}(?: ?[AP]M)?\b.*")
"""What browsers print around a page: a date is such a head only where there is such a foot."""

_BULLET = re.compile(r"[•●▪◦·○■□➢►✓*]|[-–—]\s|\(?[\d๐-๙]{1,2}(?:\.[\d๐-๙]{1,2})*[.)]\s?(?=\D)|[ก-ฮ][.)]\s")
_OF_ITSELF = re.compile(r"(?:หมายเลขบันทึก|ความเห็น\s*\([\d๐-๙]+\)|คำสำคัญ|เขียนเมื่อ|ไม่มีความเห็น)")
_HEADING = re.compile(r"ความเห็น\s*\([\d๐-๙]+\)")
_THAI_END = re.compile("[\u0e01-\u0e30\u0e32-\u0e3a\u0e40-\u0e45\u0e47-\u0e4e]$")
_THAI_BEGIN = re.compile("[\u0e01-\u0e2e\u0e40-\u0e44]")


def without_edges(pages: Sequence[Sequence[Line]]) -> list[list[Line]]:
    """Take out page numbers and the lines that stand at the edge of most pages (or of every other page, as in books)."""
    edges = [_edge_lines(page) for page in pages]
    seen = Counter(form for lines in edges for form in {_form(line) for line in lines})
    enough = max(2.0, len(pages) * (0.4 if len(pages) >= 6 else 0.6))

    def stays(line: Line, edge: list[Line], printed: bool) -> bool:
        if line not in edge:
            return True
        if _PAGE_NUMBER.fullmatch(line.text) or _PRINTED_FOOT.fullmatch(line.text) or seen[_form(line)] >= enough:
            return False
        return not (printed and _PRINTED_HEAD.fullmatch(line.text))

    kept: list[list[Line]] = []
    for page, edge in zip(pages, edges, strict=True):
        printed = any(_PRINTED_FOOT.fullmatch(line.text) for line in edge)
        kept.append([line for line in page if stays(line, edge, printed)])
    return kept


def _edge_lines(page: Sequence[Line]) -> list[Line]:
    by_height = sorted(page, key=lambda line: line.bottom)
    return by_height[:_EDGE] + by_height[-_EDGE:]


def _form(line: Line) -> str:
    """Return a line as it is on other pages: whatever the number in it."""
    return re.sub(r"[\d๐-๙]+", "#", "".join(line.text.split()))


def paragraphs_of(pages: Sequence[Sequence[Line]]) -> list[str]:
    """Return the paragraphs of a file, over the ends of pages."""
    lines = [(number, line) for number, page in enumerate(pages) for line in page]
    pitches = [
        above.bottom - line.bottom
        for (number, above), (other, line) in pairwise(lines)
        if number == other and above.bottom > line.bottom
    ]
    pitch = median(pitches) if pitches else 0.0
    paragraphs: list[str] = []
    last: tuple[int, Line] | None = None
    edges = [_right_edges(page) for page in pages]
    left = median(line.left for _, line in lines) if lines else 0.0
    places = [0] * len(pages)
    right = 0.0
    for number, line in lines:
        if last is not None and not _ends(last[1], line, number == last[0], pitch, right, left):
            paragraphs[-1] = _joined(paragraphs[-1], line.text)
        else:
            paragraphs.append(line.text)
        right = edges[number][places[number]]
        places[number] += 1
        last = (number, line)
    return paragraphs


def _right_edges(page: Sequence[Line]) -> list[float]:
    """Return for every line where the lines of its column end: the rightmost of those that stand near it, one above another."""
    edges = []
    for place, line in enumerate(page):
        near = page[max(0, place - 12) : place + 13]
        column = [other.right for other in near if other.left < line.right and other.right > line.left]
        edges.append(max(column, default=line.right))
    return edges


def _ends(above: Line, line: Line, same_page: bool, pitch: float, right: float, left: float) -> bool:
    """Tell whether a paragraph ends between two lines.

    Parameters
    ----------
    above, line
        The two lines.
    same_page
        Whether they stand on one page.
    pitch
        Usual distance of two lines.
    right
        Where the column of the upper line ends.
    left
        Where lines usually begin.
    """
    if _BULLET.match(line.text) or _OF_ITSELF.match(line.text) or _HEADING.fullmatch(above.text):
        return True
    if (
        max(above.height, line.height) > 1.25 * min(above.height, line.height)
        and min(len(above.text), len(line.text)) > 4
    ):
        return True
    if same_page and above.bottom > line.bottom and above.bottom - line.bottom > 1.4 * pitch:
        return True
    indented = line.left - max(above.left, left)
    if indented > 1.2 * line.height and not _BULLET.match(above.text):
        return True
    # The next word would have had room.
    wide = (line.right - line.left) / max(len(line.text), 1)
    return right - above.right > wide * (_first_word(line.text) + 1)


def _first_word(text: str) -> int:
    """Return the length of the first word of a line."""
    from pythainlp.tokenize import word_tokenize

    chunk = text.split(" ", 1)[0][:_LONGEST_WORD]
    return len(word_tokenize(chunk, engine="newmm")[0]) if _THAI_BEGIN.match(chunk) else len(chunk)


def _joined(text: str, line: str) -> str:
    """Put a line behind a text: Thai goes on without a space, words of other scripts do not."""
    if text.endswith("-") and re.search(r"[A-Za-z]-$", text) and line[:1].islower():
        return text + line
    thai = _THAI_END.search(text) and _THAI_BEGIN.match(line)
    return f"{text}{'' if thai else ' '}{line}"


def large_first(pages: Sequence[Sequence[Line]]) -> bool:
    """Tell whether the first line is set larger than the text, as a title is."""
    heights = [line.height for page in pages for line in page]
    return bool(heights) and next(line for page in pages for line in page).height > 1.2 * median(heights)
