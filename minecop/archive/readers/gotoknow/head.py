"""What the head of a page says of it: title, dates, author, in ``meta`` tags and JSON-LD."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from selectolax.lexbor import LexborHTMLParser

from minecop.archive.readers.gotoknow import names
from minecop.core.dates import parse_datetime

_BETWEEN = r"\s*(?:::|[:|»›·•–—-])\s*"
_SITE_BEFORE = re.compile(rf"^\s*{names.SITE_NAME.pattern}{_BETWEEN}", re.IGNORECASE)
_SITE_BEHIND = re.compile(rf"{_BETWEEN}{names.SITE_NAME.pattern}\s*$", re.IGNORECASE)
_SCRIPT = re.compile(r"<(script|style)\b.*?(?:</\1\s*>|$)", re.IGNORECASE | re.DOTALL)
_LONGEST_JSON = 1_000_000


@dataclass(slots=True)
class Head:
    """What the head says; ``titles`` with the most trustworthy first."""

    titles: list[str] = field(default_factory=list)
    published: datetime | None = None
    modified: datetime | None = None
    author_id: str | None = None
    author_name: str | None = None


def read_head(tree: LexborHTMLParser) -> Head:
    """Return what the head of a page says of it."""
    head = Head()
    for item in _linked_data(tree):
        _take(head, item)
    for query in ('meta[property="og:title"]', 'meta[name="twitter:title"]', 'meta[name="title"]'):
        head.titles += [text for text in (_title(value) for value in _contents(tree, query)) if text]
    title = tree.css_first("title")
    if title is not None and (text := _title(title.text())):
        head.titles.append(text)
    head.published = head.published or _moment(
        tree, 'meta[property="article:published_time"], meta[itemprop=datePublished], meta[name="dc.date"]'
    )
    head.modified = head.modified or _moment(
        tree, 'meta[property="article:modified_time"], meta[itemprop=dateModified]'
    )
    for value in _contents(tree, 'meta[name=author], meta[property="article:author"]'):
        if user := names.PERSON.search(value):
            head.author_id = head.author_id or user[1]
        elif not names.SITE_NAME.fullmatch(value.strip()) and "://" not in value:
            head.author_name = head.author_name or value.strip() or None
    return head


def _title(text: str) -> str | None:
    """Return a title without the site's name; the ``title`` element holds no elements, so a script in it is text."""
    text = " ".join(re.split(r"[ \t\r\n]+", _SCRIPT.sub(" ", text[:2_000]))).strip()
    text = _SITE_BEHIND.sub("", _SITE_BEFORE.sub("", text)).strip()
    return None if not text or names.SITE_NAME.fullmatch(text) else text


def _contents(tree: LexborHTMLParser, query: str) -> list[str]:
    return [value for node in tree.css(query)[:5] if (value := node.attributes.get("content"))]


def _moment(tree: LexborHTMLParser, query: str) -> datetime | None:
    return next((moment for value in _contents(tree, query) if (moment := parse_datetime(value[:60]))), None)


def _linked_data(tree: LexborHTMLParser) -> list[dict[str, Any]]:
    """Return the objects of JSON-LD that tell of a posting; what is broken or odd is left out."""
    found: list[dict[str, Any]] = []
    for node in tree.css('script[type="application/ld+json"]')[:10]:
        text = node.text()
        try:
            value = json.loads(text) if len(text) <= _LONGEST_JSON else None
        except (ValueError, RecursionError):
            continue
        values = value.get("@graph", value) if isinstance(value, dict) else value
        found += [item for item in (values if isinstance(values, list) else [values]) if isinstance(item, dict)]
    return [item for item in found if re.search(r"Posting|Article", str(item.get("@type", ""))[:100])]


def _take(head: Head, item: dict[str, Any]) -> None:
    def text(name: str, values: dict[str, Any] = item) -> str:
        value = values.get(name)
        return value.strip() if isinstance(value, str) else ""

    if title := _title(text("headline") or text("name")):
        head.titles.append(title)
    head.published = head.published or parse_datetime(text("datePublished")[:60])
    head.modified = head.modified or parse_datetime(text("dateModified")[:60])
    author = item.get("author")
    author = author[0] if isinstance(author, list) and author else author
    if isinstance(author, dict):
        head.author_name = head.author_name or text("name", author) or None
        user = names.PERSON.search(text("url", author))
        head.author_id = head.author_id or (user[1] if user else None)
    elif isinstance(author, str):
        head.author_name = head.author_name or author.strip() or None
