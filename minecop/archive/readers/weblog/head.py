"""What the head of a page says of its post: ``meta`` elements, and the article of its JSON-LD."""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from datetime import datetime
from typing import NamedTuple

from selectolax.lexbor import LexborHTMLParser

from minecop.archive.readers.weblog.bylines import moment_in, name_in
from minecop.archive.readers.weblog.tree import attr, elements, one_line

_BETWEEN = r"\s+(?:[|«»–—-]|::?)\s+"
_MOST_FACTS = 200
_MOST_SCRIPTS = 20
_LONGEST_JSON = 2**20


class Head(NamedTuple):
    """What it says; ``titles`` without the name of the site, the most trustworthy first."""

    titles: list[str]
    author: str | None
    published: datetime | None
    modified: datetime | None
    tags: list[str]


def read_head(tree: LexborHTMLParser) -> Head:
    """Return what the head of a page says."""
    facts: dict[str, list[str]] = {}
    for node in elements(tree, "meta[content]")[:_MOST_FACTS]:
        key = attr(node, "property") or attr(node, "name") or attr(node, "itemprop")
        facts.setdefault(key.lower(), []).append(one_line(attr(node, "content")))
    for script in elements(tree, "script[type='application/ld+json']")[:_MOST_SCRIPTS]:
        for key, value in _article(script.text()[:_LONGEST_JSON]):
            facts.setdefault(f"ld:{key.lower()}", []).append(one_line(value))

    def said(keys: str) -> list[str]:
        return [value for key in keys.split() for value in facts.get(key, []) if value]

    names = (name_in(value) for value in said("ld:author author article:author dc.creator") if "://" not in value)
    published = said("article:published_time ld:datepublished datepublished date dc.date pubdate")
    modified = said("article:modified_time ld:datemodified datemodified og:updated_time")
    titles = [*said("ld:headline og:title"), *(one_line(node.text()) for node in elements(tree, "title")[:1])]
    site = "|".join(map(re.escape, said("og:site_name")))
    return Head(
        [re.sub(rf"^(?:{site}){_BETWEEN}|{_BETWEEN}(?:{site})$", "", title) for title in titles],
        next(filter(None, names), None),
        next(filter(None, map(moment_in, published)), None),
        next(filter(None, map(moment_in, modified)), None),
        [word for value in said("article:tag ld:keywords") for word in value.split(",")],
    )


def _article(text: str) -> Iterator[tuple[str, str]]:
    """Yield the fields of the article in a piece of JSON-LD that are text."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return
    graphs = [part.get("@graph", part) for part in _listed(data) if isinstance(part, dict)]
    parts = [part for graph in graphs for part in _listed(graph) if isinstance(part, dict)]
    people = {str(part["@id"]): part.get("name") for part in parts if "@id" in part}
    article = next((part for part in parts if re.search(r"Article|Posting", str(part.get("@type")))), {})
    for key, values in article.items():
        for value in _listed(values):
            if isinstance(value, dict):
                value = value.get("name") or people.get(str(value.get("@id")))
            if isinstance(value, str):
                yield key, value


def _listed(value: object) -> list[object]:
    return value if isinstance(value, list) else [value]
