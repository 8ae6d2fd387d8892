"""The address that a saved page was read at, as the page itself tells it.

Sites name it in ``link rel=canonical`` and ``og:url``; browsers, mirroring tools and the Wayback Machine leave it in a comment, a
script or the links that they rewrite. An address of ``web.archive.org`` stands for the address behind it.
"""

from __future__ import annotations

import re
from html import unescape
from urllib.parse import urljoin

from selectolax.lexbor import LexborHTMLParser

_ARCHIVED = re.compile(
    r"^(?:(?:https?:)?//(?:www\.|web\.|wayback\.)?archive\.org)?/(?:web/)?(?:\d{4,14}|\*)(?:[a-z]{2}_)?/(?P<url>.+)$",
    re.IGNORECASE | re.DOTALL,
)
_ADDRESS = re.compile(
    r"^https?://[^\s/:?#@<>\"'\\]+\.[^\s/:?#@<>\"'\\]+(?::\d{1,5})?(?:[/?][^\s<>\"'\\\x00-\x1f]*)?$", re.IGNORECASE
)
_ROOT = re.compile(r"^https?://[^/?]+/?$", re.IGNORECASE)
_LOCAL = re.compile(r"^https?://(?:localhost|127\.|192\.168\.|10\.)", re.IGNORECASE)
_LONGEST = 2_048
_EDGE = 65_536  # characters at the head and the end of a page in which tools leave their comments

_COMMENTS = (
    re.compile(r"<!--\s{0,40}saved from url=\(\d{1,6}\)\s{0,40}(\S+?)\s{0,40}-->", re.IGNORECASE),
    re.compile(r"<!--\s{0,40}Page saved with SingleFile\s{1,40}url:\s{0,40}(\S+)", re.IGNORECASE),
    re.compile(r"<!--\s{0,40}Mirrored from\s{1,40}(\S+)\s{1,40}by HTTrack", re.IGNORECASE),
    re.compile(
        r"<!--\s{0,40}(?:(?:source|retrieved|downloaded|fetched|saved)?\s{0,40}(?:from|url|source))\s{0,40}[:=]\s{0,40}(https?://\S+?)\s{0,40}-->",
        re.IGNORECASE,
    ),
    re.compile(r"__wm\.wombat\(\s{0,40}[\"'](https?:[^\"'\s]+)[\"']"),
)
_PERMALINK_WORDS = re.compile(r"\s*(?:ลิงก์ถาวร|ลิงค์ถาวร|permalink|permanent link)\s*", re.IGNORECASE)
_OF_A_COMMENT = re.compile(r"/comments/\d+/?$")


def in_archive_org(url: str) -> str:
    """Return the address behind one of the Wayback Machine (also as it rewrites links); any other address as it is."""
    url = url.strip()
    for _ in range(5):  # a copy of a copy
        found = _ARCHIVED.match(url)
        if not found:
            break
        inner = found["url"]
        # Proxies and file names make one slash of two.
        scheme = re.match(r"(https?):/{0,2}", inner, re.IGNORECASE)
        url = f"{scheme[1].lower()}://{inner[scheme.end() :]}" if scheme else f"http://{inner}"
    return re.sub(
        r"^(http://[^/?#:]+):80(?=[/?#]|$)|^(https://[^/?#:]+):443(?=[/?#]|$)", r"\1\2", url, flags=re.IGNORECASE
    )


def addresses(tree: LexborHTMLParser, html: str | None = None) -> list[str]:
    """Return every address that a page gives for itself, the most trustworthy first.

    Parameters
    ----------
    tree
        The page.
    html
        Its source; by default what the parser was given.
    """
    source = html if html is not None else bytes(tree.raw_html).decode("utf-8", "replace")
    bases = _attributes(tree, "base[href]", "href")
    given = [
        *_attributes(tree, "link[rel~=canonical]", "href"),
        *_attributes(tree, 'meta[property="og:url"], meta[name="og:url"]', "content"),
        *_in_comments(source),
        *_attributes(tree, "#wmtbURL", "value"),
        *_permalinks(tree),
        *bases,
    ]
    cleaned = [_absolute(text, "") for text in given]
    base = next(filter(None, [*(_absolute(text, "") for text in bases), *cleaned]), "")
    found = [address for text in given if (address := _absolute(text, base))]
    return list(dict.fromkeys([*(a for a in found if not _ROOT.match(a)), *found]))


def page_url(tree: LexborHTMLParser, html: str | None = None) -> str | None:
    """Return the address that a page gives for itself, or ``None``.

    Parameters
    ----------
    tree
        The page.
    html
        Its source; by default what the parser was given.
    """
    return next(iter(addresses(tree, html)), None)


def _attributes(tree: LexborHTMLParser, query: str, name: str) -> list[str]:
    values = (node.attributes.get(name) for node in tree.css(query)[:5])
    return [value for value in values if value]


def _in_comments(source: str) -> list[str]:
    edges = source if len(source) <= 2 * _EDGE else f"{source[:_EDGE]}\n{source[-_EDGE:]}"
    found = [unescape(match[1]) for pattern in _COMMENTS if (match := pattern.search(edges))]
    return [text if "://" in text else f"http://{text}" for text in found]


def _permalinks(tree: LexborHTMLParser) -> list[str]:
    """Return the one address that the page's permalinks agree on; where they do not, it is a list of posts."""
    links: dict[str, None] = {}
    for node in tree.css("a[rel~=bookmark], a[rel~=permalink], a[class~=permalink], a[title]")[:1_000]:
        attributes = node.attributes
        named = _PERMALINK_WORDS.fullmatch(attributes.get("title") or "")
        marked = {"bookmark", "permalink"} & {
            *(attributes.get("rel") or "").split(),
            *(attributes.get("class") or "").split(),
        }
        href = (attributes.get("href") or "").split("#")[0]
        if href and (named or marked) and not _OF_A_COMMENT.search(href):
            links[href] = None
    return list(links) if len(links) == 1 else []


def _absolute(text: str, base: str) -> str | None:
    """Return an address in full and without its fragment, or ``None`` where it is none that a page can have."""
    try:
        joined = in_archive_org(urljoin(base, in_archive_org(text[: _LONGEST + 1])))
    except ValueError:  # http://[x
        return None
    address = joined.split("#")[0]
    if len(address) > _LONGEST or not _ADDRESS.match(address) or _LOCAL.match(address):
        return None
    return address
