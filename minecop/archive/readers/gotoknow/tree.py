"""Looking around in the tree of a page without reading all of it again and again."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from functools import lru_cache

from selectolax.lexbor import LexborNode

HEADINGS = {"h1", "h2", "h3", "h4", "h5", "h6"}
INLINE = {"a", "b", "strong", "i", "em", "span", "font", "small", "u", "abbr", "cite"}
LETTER = re.compile(r"[^\W\d_]")
HIGHEST = 12
"""Steps that are climbed from a label to what it heads."""

_UNSEEN = {"script", "style", "noscript", "template", "select", "textarea", "svg", "iframe", "object", "form"}
_CAPITAL = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
_WIDEST = 50  # nodes beside or in an element that are looked at


def squeezed(text: str) -> str:
    """Return the letters of a text alone, for comparing what was typed twice or cut short."""
    return re.sub(r"[\s.…\u200b]+", "", text)


def tokens_of(attributes: dict[str, str | None]) -> frozenset[str]:
    """Return the names in an element's class and id, in small letters with dashes."""
    called, own = attributes.get("class"), attributes.get("id")
    names = _split(called[:500]) if called else frozenset()
    return names | _split(own[:500]) if own else names


@lru_cache(maxsize=10_000)
def _split(given: str) -> frozenset[str]:
    return frozenset(_CAPITAL.sub("-", name).replace("_", "-").lower() for name in given.split())


def steps(root: LexborNode) -> Iterator[tuple[LexborNode, bool]]:
    """Yield every node below another as it begins and as it ends (``True``); not what scripts, forms and the like hold."""
    node = root.first_child
    while node is not None:
        yield node, False
        child = node.first_child if node.tag not in _UNSEEN else None
        if child is not None:
            node = child
            continue
        yield node, True
        while node is not None and node.next is None:
            node = node.parent
            if node is None or node.mem_id == root.mem_id:
                return
            yield node, True
        node = node.next if node is not None else None


def up(node: LexborNode, most: int | None = None) -> Iterator[LexborNode]:
    """Yield an element and what it stands in, the innermost first; not more than so many."""
    step: LexborNode | None = node
    while step is not None and most != 0:
        yield step
        step = step.parent
        most = most - 1 if most is not None else None


def with_ancestors(nodes: Iterable[LexborNode | None]) -> set[int]:
    """Return the memory ids of elements and of everything that they stand in."""
    known: set[int] = set()
    for node in nodes:
        step = node
        while step is not None and step.mem_id not in known:
            known.add(step.mem_id)
            step = step.parent
    return known


def common_ancestor(first: LexborNode, last: LexborNode) -> LexborNode | None:
    """Return the innermost element in which two others stand."""
    known = {node.mem_id for node in up(first)} - {first.mem_id}
    return next((node for node in up(last) if node.mem_id in known and node.mem_id != last.mem_id), None)


def short_text(node: LexborNode, longest: int) -> str:
    """Return an element's text, of a long one only the beginning: never much more than so many letters are read."""
    parts: list[str] = []
    length = 0
    for number, inner in enumerate(node.traverse(include_text=True)):
        if inner.tag == "-text" and (inner.parent is None or inner.parent.tag not in _UNSEEN):
            parts.append((inner.text_content or "")[: 4 * longest])
            length += len(parts[-1].strip())
        if length > longest or number > _WIDEST:
            break
    return re.sub(r"\s+", " ", "".join(parts)).strip()[: longest + 1]


def beside(node: LexborNode, *, before: bool = False) -> LexborNode | None:
    """Return the next element or text beside a node that has a letter or digit, or the one before it."""
    step = node.prev if before else node.next
    for _ in range(_WIDEST):
        if step is None or re.search(r"\w", short_text(step, 60)):
            return step
        step = step.prev if before else step.next
    return step


def followed(node: LexborNode) -> LexborNode:
    """Return the first element with text that follows a label, beside it or beside what it stands in."""
    found = (beside(step) for step in up(node, HIGHEST))
    return next((step for step in found if step is not None), node)


def line_of(anchor: LexborNode) -> LexborNode:
    """Return the line that an anchor begins; the anchor itself where it stands within one."""
    node = anchor
    for step in up(anchor, HIGHEST):
        if step.mem_id == anchor.mem_id:
            continue
        if step.tag not in {*INLINE, *HEADINGS, "p", "dt"} or beside(node, before=True) is not None:
            break
        node = step
    return node
