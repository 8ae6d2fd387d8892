"""Whether a page is of the GotoKnow engine, and what its address says that it holds."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from urllib.parse import unquote, urljoin

from selectolax.lexbor import LexborHTMLParser

from minecop.archive.readers.address import addresses, in_archive_org
from minecop.archive.readers.gotoknow import names

_COMMENT = re.compile(r"/comments/(\d{1,12})/?(?:[?#]|$)")
_THREAD = re.compile(r"/(?:posts?|blog/[^/?#]+)/(\d{1,12})[^/?#]*/comments/?(?:[?#]|$)")
_JOURNAL = re.compile(r"/journals/entries/(\d{1,12})(?:[/?#]|$)")
_PAGE = re.compile(r"[?&]page=(\d{1,5})(?:&|$)")
_NUMBER_LABEL = re.compile(r"หมายเลขบันทึก\s{0,9}:?\s{0,9}(\d{1,12})")


@dataclass(frozen=True, slots=True)
class Place:
    """Where a page of the engine stands.

    Attributes
    ----------
    kind
        ``post``, ``comment`` (one alone), ``thread`` (a page of comments without the post), ``journal`` or ``other``.
    url
        Address of the page.
    number
        Of the post, the comment or the journal entry.
    blog
        Its name, where the address has it.
    page
        Which page of the thread it is, where the address says.
    """

    kind: str
    url: str | None = None
    number: str | None = None
    blog: str | None = None
    page: int | None = None


def find_place(tree: LexborHTMLParser, url: str | None) -> Place | None:
    """Return what a page of the engine holds, or ``None`` for one of another site.

    Parameters
    ----------
    tree
        The page.
    url
        Its address, where it is known.
    """
    own = in_archive_org(url) if url else None
    known = [
        address
        for address in dict.fromkeys([*([own] if own else []), *addresses(tree)])
        if re.match(r"https?://", address, re.IGNORECASE)
    ]
    ours = [address for address in known if names.HOST.match(address)]
    if not ours and not _is_engine(tree, elsewhere=bool(known)):
        return None
    places = [place_of(address) for address in ours or known] or [Place("other")]
    # What is canonical for a page of comments may well be the post: the most special address says what the page holds.
    best = min(places, key=lambda place: ("comment", "thread", "journal", "post", "other").index(place.kind))
    if best.kind == "other" and (linked := _linked_post(tree, best.url)):
        best = linked
    if best.kind == "other" and (number := _stated_number(tree)):
        best = replace(best, kind="post", number=number)
    return best


def place_of(url: str) -> Place:
    """Return what an address of the engine says."""
    page = _PAGE.search(url)
    place = Place("other", url=url, page=int(page[1]) if page else None)
    if found := _COMMENT.search(url):
        return replace(place, kind="comment", number=found[1])
    if found := _JOURNAL.search(url):
        return replace(place, kind="journal", number=found[1])
    kind = "thread" if _THREAD.search(url) else "post"
    if found := names.POST_PATH.search(url):
        blog = found["blog"]
        return replace(
            place, kind=kind, number=str(int(found["number"])), blog=unquote(blog, errors="replace") if blog else None
        )
    return place


def _linked_post(tree: LexborHTMLParser, base: str | None) -> Place | None:
    """Return the one post to which the page's headings link; a list of posts links to several."""
    links: dict[str, None] = {}
    for node in tree.css("h1 a[href], h2 a[href], h3 a[href], a[class*=title i], [class*=title i] a[href]")[:500]:
        href = in_archive_org(node.attributes.get("href") or "").split("#")[0]
        if names.POST_PATH.search(href) and not _COMMENT.search(href):
            links[href] = None
    if len(links) != 1:
        return None
    href = next(iter(links))
    try:
        url = urljoin(base or "", href)
    except ValueError:
        return None
    place = place_of(url)
    return place if "://" in url else replace(place, url=None)


def _is_engine(tree: LexborHTMLParser, *, elsewhere: bool) -> bool:
    """Tell by the page alone: the engine names itself, or the page states a post number and links as the engine does."""
    for node in tree.css('meta[name="generator" i]')[:3]:
        if re.search(r"KnowledgeVolution|GotoKnow", node.attributes.get("content") or "", re.IGNORECASE):
            return True
    if elsewhere or _stated_number(tree) is None:
        return False
    links = (in_archive_org(node.attributes.get("href") or "") for node in tree.css("a[href]")[:2_000])
    return any(
        (names.HOST.match(link) or link.startswith("/"))
        and (names.POST_PATH.search(link) or names.PERSON.search(link) or names.BLOG.search(link))
        for link in links
    )


def _stated_number(tree: LexborHTMLParser) -> str | None:
    """Return the one post number that the page states; a list of posts states several."""
    text = tree.body.text() if tree.body is not None else ""
    numbers = {str(int(number)) for number in _NUMBER_LABEL.findall(text)}
    return numbers.pop() if len(numbers) == 1 else None
