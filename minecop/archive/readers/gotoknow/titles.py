"""Which element of a page is the title of its post."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborNode

from minecop.archive.readers.address import in_archive_org
from minecop.archive.readers.gotoknow import names
from minecop.archive.readers.gotoknow.tree import HEADINGS, LETTER, short_text, squeezed, tokens_of, up

_LONGEST = 300
_MOST = 300  # headings that are looked at
_HIGHEST = 60  # elements around a heading that are looked at
_AGREED = 5
"""Points of a heading that the head of the page agrees with, or that links to the post and is called a title."""


def find_title(body: LexborNode, head_titles: list[str], number: str | None) -> LexborNode | None:
    """Return the element of the post's title: one that the head agrees with, that links to the post, or that is called so.

    Parameters
    ----------
    body
        The page's body.
    head_titles
        What its head says that it is called.
    number
        Of the post, where its address tells.
    """
    said = [squeezed(title) for title in head_titles]
    best, best_score = None, 1
    for node in body.css(names.TITLE_QUERY)[:_MOST]:
        text = short_text(node, _LONGEST)
        letters = squeezed(text)
        if not LETTER.search(letters) or names.SITE_NAME.fullmatch(letters) or len(text) > _LONGEST:
            continue
        if names.THREAD_HEADING.fullmatch(text) or names.BOX_LABEL.fullmatch(text):
            continue
        score = _look(node, headless=not said) + _agreement(letters, said) + _link(node, number)
        if score > best_score and not _stands_elsewhere(node, own=score >= _AGREED):
            best, best_score = node, score
    return best


def _look(node: LexborNode, *, headless: bool) -> int:
    called = "title" in names.kinds_in(tokens_of(node.attributes)) or node.attributes.get("itemprop") == "headline"
    large = node.tag == "h1" or (node.tag == "h2" and headless)
    return (2 if large else 1 if node.tag in HEADINGS else 0) + (2 if called else 0)


def _agreement(letters: str, said: list[str]) -> int:
    return max((5 if title == letters else 3 for title in said if letters in title), default=0)


def _link(node: LexborNode, number: str | None) -> int:
    link = node if node.tag == "a" else node.css_first("a[href]")
    href = own_address(link.attributes.get("href") or "") if link is not None else ""
    if post := names.POST_PATH.search(href):
        return 3 if number in {None, post["number"]} else -9
    return -9 if names.BLOG.search(href) or names.PERSON.search(href) else 0


def _stands_elsewhere(node: LexborNode, *, own: bool) -> bool:
    """Tell whether a heading stands in a part of the site or, unless it is surely the post's ``own``, in the post's text."""
    for above in up(node, _HIGHEST):
        if above.mem_id == node.mem_id:
            continue
        kinds = names.kinds_in(tokens_of(above.attributes))
        if above.tag in {"nav", "footer", "aside"} or "site" in kinds or ("body" in kinds and not own):
            return True
    return False


def own_address(href: str) -> str:
    """Return an address of a link if it may be one of the engine, else nothing."""
    href = in_archive_org(href)
    return href if names.HOST.match(href) or not re.match(r"[a-z]+:|//", href, re.IGNORECASE) else ""
