"""Looking around in the tree of a page: elements in the page's order, what stands around them, their text on one line."""

from __future__ import annotations

import re
from collections.abc import Container, Iterator, Sequence

from selectolax.lexbor import LexborHTMLParser, LexborNode

from minecop.archive.htmltext import node_text

_LIKELY = 20
"""Elements of a kind that are looked at: what says who wrote a text comes first, and a thousand boxes in one another are no page."""

_DEEPEST = 64


def elements(root: LexborNode | LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return the elements that a selector finds, each once, in the order of the page."""
    return list({node.mem_id: node for node in root.css(selector)}.values())


def firsts(roots: Sequence[LexborNode], *selectors: str) -> Iterator[LexborNode]:
    """Yield what stands inside some elements, the first selector's finds first; a term or its definition may be the find itself."""
    for selector in selectors:
        for root in roots:
            for node in elements(root, selector)[:_LIKELY]:
                if node.mem_id != root.mem_id or root.tag in {"dt", "dd"}:
                    yield node


def remove(root: LexborNode, selector: str, kept: Container[int] = ()) -> None:
    """Take elements out of another, but not those whose memory ids are to be kept."""
    # The inner ones first: an element inside one that is gone must not be touched again.
    for node in reversed(elements(root, selector)):
        if node.mem_id != root.mem_id and node.mem_id not in kept:
            node.decompose()


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around one, as far as a page that people made goes."""
    above = node.parent
    for _ in range(_DEEPEST):
        if above is None:
            return
        yield above
        above = above.parent


def around_any(root: LexborNode, *selectors: str) -> set[int]:
    """Return the memory ids of the elements that hold any that one of the selectors finds."""
    return {above.mem_id for node in root.css(", ".join(selectors)) for above in ancestors(node)}


def attr(node: LexborNode, name: str) -> str:
    """Return an attribute of an element, or nothing."""
    return node.attributes.get(name) or ""


def line_of(node: LexborNode) -> str:
    """Return what a reader sees of an element, on one line."""
    return one_line(node_text(node))


def one_line(text: str) -> str:
    """Return a text on one line."""
    return " ".join(text.split())


def letters(text: str) -> str:
    """Return the letters and digits of a text, for comparing what is spaced and pointed differently."""
    return re.sub(r"[\W_]+", "", text)
