"""Saved web pages (``.html``, ``.htm``, ``.xhtml``) of any site and age.

The first reader that knows a page reads it: GotoKnow's templates, then weblogs and sites of any make. A page that shows several posts
(the front of a blog, a month, a tag) gives one post for each whose text stands there, marked as an excerpt where it breaks off.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser, LexborNode

from minecop.archive.htmltext import node_text, parse_html
from minecop.archive.models import Account, Post
from minecop.archive.readers.address import page_url
from minecop.archive.readers.gotoknow import gotoknow_post
from minecop.archive.readers.weblog import ancestors, elements, weblog_item, weblog_post
from minecop.archive.sources import Options, Source
from minecop.core.errors import InputError

HTML_TYPES = {"text/html", "application/xhtml+xml"}
"""Media types of pages, in files that hold more than one thing."""

_DECLARED = re.compile(
    rb"<(?:meta|\?xml)\b[^>]{0,400}?(?:charset|encoding)\s*=\s*[\"']?\s*([A-Za-z0-9_.:-]{2,40})", re.IGNORECASE
)
_DECLARED_WITHIN = 4_096
_ABOVE_ASCII = re.compile(rb"[\x80-\xff]")

_SHOWN = "article, .hentry, .post, .blog-post, .node-teaser"
_PERMALINKS = ".entry-title a[href], .post-title a[href], h1 a[href], h2 a[href], h3 a[href]"
_COMMENTED = "li.comment, #comments .comment, #comments dt, .comment-thread, .postbody .content"
_OF_ONE_POST = re.compile(r"(?:^|\s)(?:single|single-post|postid-\d+|page-node-\d+|item-view)(?:\s|$)")


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the post of a saved web page, or the posts that it shows."""
    yield from page_posts(page_text(source.read(), source.name, account), None, source.name, account)


def page_text(data: bytes, name: str, account: Account, header: str | None = None) -> str:
    """Return the text of a page's bytes.

    Parameters
    ----------
    data
        The page as it was sent or saved.
    name
        What the account calls it.
    account
        Gets a line where the encoding was guessed.
    header
        Encoding that a header outside the page names; the page's own ``meta`` element, which its author wrote, goes before it.

    Raises
    ------
    InputError
        When the page is empty, too large or no text.
    """
    found = _DECLARED.search(data, 0, _DECLARED_WITHIN)
    declared = found[1].decode("ascii") if found else header
    # Editors saved many an old page anew in UTF-8 and left its meta element alone. No Thai text of another encoding is valid UTF-8.
    return Source.of_bytes(data, name).text(account, None if _is_utf8(data) else declared)


def _is_utf8(data: bytes) -> bool:
    try:
        data.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return _ABOVE_ASCII.search(data) is not None


def page_posts(html: str, url: str | None, name: str, account: Account) -> Iterator[Post]:
    """Yield the post of a page, or the posts that it shows.

    Parameters
    ----------
    html
        The page.
    url
        Its address; ``None`` where only the page itself may tell.
    name
        What the account calls it.
    account
        Gets what was guessed or left out.

    Raises
    ------
    InputError
        When there is no text to read in it.
    """
    tree = parse_html(html)
    url = url or page_url(tree, html)
    post = gotoknow_post(tree, url, name, account)
    if post is not None:
        yield post
        return
    shown = _shown(tree)
    if shown and (url is None or all(_absolute(link, url) != url for _, link in shown)):
        found = 0
        for number, (item, link) in enumerate(shown, 1):
            one = weblog_item(item, _absolute(link, url), name, number)
            if one is not None:
                found += 1
                yield one
        if found:
            return
    post = weblog_post(tree, url, name, account)
    if post is None:
        raise InputError("page_without_post")
    yield post


def _shown(tree: LexborHTMLParser) -> list[tuple[LexborNode, str]]:
    """Return the elements of the posts that a page shows, each with its address; none where the page is that of one post."""
    page = tree.body
    if page is None or _OF_ONE_POST.search(page.attributes.get("class") or ""):
        return []
    if tree.css_first("meta[property='article:published_time'], meta[property='og:type'][content=article]") is not None:
        return []
    if tree.css_first(_COMMENTED) is not None:
        return []
    outer: dict[int, LexborNode] = {}
    for node in elements(page, _SHOWN):
        if not any(above.mem_id in outer for above in ancestors(node)):
            outer[node.mem_id] = node
    lengths = {node.mem_id: len(node_text(node)) for node in outer.values()}
    shown = [(node, link) for node in outer.values() if (link := _permalink(node)) is not None]
    if len({link for _, link in shown}) < 2:
        return []
    # Beside one post there may be cards of others: they are shorter than it, or stand apart from its text.
    longest = max(lengths, key=lambda place: lengths[place])
    of_posts = sum(lengths[node.mem_id] for node, _ in shown)
    return shown if longest in {n.mem_id for n, _ in shown} and 2 * of_posts > len(node_text(page)) else []


def _permalink(node: LexborNode) -> str | None:
    links = (link.attributes.get("href") or "" for link in elements(node, _PERMALINKS))
    return next((link for link in links if not link.startswith("#")), None) or None


def _absolute(link: str, url: str | None) -> str | None:
    """Return an address in full, or ``None`` where it is one of the disk or leads nowhere."""
    try:
        address = urljoin(url or "", link.strip())
    except ValueError:  # http://[x
        return None
    return address if re.match(r"https?://[^/]", address, re.IGNORECASE) else None
