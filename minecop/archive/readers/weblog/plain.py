"""Pages whose markup does not say what is what: their post is found by what its lines look like.

trafilatura tells the body's lines from the rest. It tidies characters away and leaves out short paragraphs, so only its choice is taken:
the text stands as the page has it.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from itertools import islice, pairwise

from selectolax.lexbor import LexborNode

from minecop.archive.htmltext import node_text
from minecop.archive.models import Comment
from minecop.archive.readers.weblog.bylines import Written, byline, without_bylines
from minecop.archive.readers.weblog.comments import HEADING, unmarked_comments
from minecop.archive.readers.weblog.tree import elements, firsts, letters, remove

_CHROME = (
    "header, footer, #header, #footer, .header, .footer, #menu, .menu, #nav, .nav, .navbar, .navigation, .pagination, .breadcrumb,"
    ".breadcrumbs, .pathway, .moduletable, .skip-link, .cookie, #counter, .counter, .copyright"
)
_FOOT = re.compile(
    r"^\W*(?:$|สงวน(?:ลิข)?สิทธิ์|copyright|©|powered by|all rights reserved|(?:(?:ท่าน|คุณ)เป็น)?ผู้เยี่ยมชม|จำนวนผู้เข้าชม|เหมาะกับจอ)",
    re.IGNORECASE,
)
_LARGEST_FOR_TRAFILATURA = 4 * 2**20
_LARGEST_FOR_SECOND_LOOK = 150_000
"""Characters above which trafilatura does not ask justext, whose time grows with the square of the paragraphs."""

_JOINED = 20_000
"""Letters that trafilatura may put between two lines that follow each other."""

_LONG_LINE = 20
_LINK_SHARE = 0.75
"""Share of a page's letters that stand in links, above which the page is a table of contents."""

_MOST_ABOVE = 40
_MOST_AROUND = 40
_REACH = 6
"""Lines at each end of a body that may be bylines."""


def plain_page(
    page: LexborNode, title: str | None, *, with_thread: bool
) -> tuple[str, str | None, Written, list[Comment]]:
    """Return the body, title and byline of such a page, and the comments where there may be any, below a line that says so."""
    whole = len(node_text(page))
    # A box of that name that holds half of the page is something else.
    remove(page, _CHROME, {node.mem_id for node in firsts([page], _CHROME) if 2 * len(node_text(node)) >= whole})
    links = [letters(node_text(link)) for link in elements(page, "a[href]")]
    if sum(map(len, links)) > _LINK_SHARE * len(letters(node_text(page))):
        return "", title, Written(), []
    title, lines = _below_title(_chosen(page).split("\n"), title, page)
    menus = {"", *links}
    texts = (at for at, line in enumerate(lines) if not {letters(part) for part in re.split(r"[|>•»]", line)} <= menus)
    lines = lines[next(texts, 0) :]
    while lines and _FOOT.match(lines[-1]):
        lines.pop()
    headed = (at for at, line in enumerate(lines) if at and with_thread and HEADING.fullmatch(line))
    thread = next(headed, len(lines))
    body, written = without_bylines("\n".join(lines[:thread]), _REACH)
    return body, title, written, list(unmarked_comments(lines[thread + 1 :]))


def _below_title(lines: list[str], title: str | None, page: LexborNode) -> tuple[str | None, list[str]]:
    """Return the title and the lines below it; what stands above it are names and menus of the site."""
    headings = {letters(node_text(node)) for node in firsts([page], "h1, h2, h3, h4")}
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for at, below in islice(pairwise(filled), _MOST_ABOVE):
        signed = letters(lines[at]) in headings and any(byline(lines[below]))
        named = title is not None and letters(lines[at]) == letters(title)
        if (signed or named) and sum(map(len, lines[:at])) <= sum(map(len, lines[below:])):
            return (title if named else lines[at].strip()), lines[below:]
    return title, lines


def _chosen(page: LexborNode) -> str:
    """Return the text of the smallest element that holds nearly all that trafilatura takes for the body.

    Where it holds much else: from the first line to the last that trafilatura takes.
    """
    text = node_text(page)
    chosen = _lines_of_trafilatura(f"<html>{page.html}</html>", text.split("\n"))
    wanted = _share(text, chosen)
    for _ in range(_MOST_AROUND if chosen else 0):
        within = ((node, node_text(node)) for node in page.iter())
        inner = next((pair for pair in within if _share(pair[1], chosen) >= 0.9 * wanted), None)
        if inner is None:
            break
        page, text = inner
    lines = text.split("\n")
    places = [place for place, line in enumerate(lines) if letters(line) in chosen]
    much_else = places and len(letters(text)) > 1.3 * wanted
    return "\n".join(lines[places[0] : places[-1] + 1]) if much_else else text


def _share(text: str, chosen: set[str]) -> int:
    return sum(len(found) for line in text.split("\n") if (found := letters(line)) in chosen)


def _lines_of_trafilatura(html: str, lines: Sequence[str]) -> set[str]:
    """Return the letters of those lines of a page that are in what trafilatura takes for its body."""
    if len(html) > _LARGEST_FOR_TRAFILATURA:
        return set()
    from trafilatura import extract

    fast = len(html) > _LARGEST_FOR_SECOND_LOOK
    try:
        # No metadata: its dates may come from the text.
        text = extract(html, include_comments=False, favor_recall=True, with_metadata=False, fast=fast) or ""
    except Exception:  # a library of many parts, none of which may stop an import
        return set()
    whole, body = {letters(line) for line in text.split("\n")}, letters(text)
    found: set[str] = set()
    at = 0
    for line in filter(None, map(letters, lines)):
        # A short line may stand in a longer one by chance; a long one may be part of what trafilatura joined.
        place = body.find(line, at, at + len(line) + _JOINED) if len(line) >= _LONG_LINE else -1
        at = place + len(line) if place >= 0 else at
        if place >= 0 or line in whole:
            found.add(line)
    return found
