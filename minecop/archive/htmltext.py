"""From HTML to the text that a reader of the page sees."""

from __future__ import annotations

import re

from selectolax.lexbor import LexborHTMLParser, LexborNode

from minecop.core.errors import InputError

_UNSEEN = {
    "script",
    "style",
    "noscript",
    "template",
    "head",
    "iframe",
    "object",
    "svg",
    "select",
    "textarea",
    "button",
    "form",
}
_PARAGRAPHS = {
    "p", "blockquote", "ul", "ol", "dl", "table", "pre", "h1", "h2", "h3", "h4", "h5", "h6", "hr", "figure", "fieldset",
}  # fmt: skip
_LINES = {
    "div", "li", "tr", "dt", "dd", "section", "article", "header", "footer", "address", "caption", "figcaption", "center", "main",
    "aside", "nav", "body", "legend", "thead", "tbody",
}  # fmt: skip

# Elements that HTML closes by itself, or that hold nothing, say nothing of how deep a page is.
_SELF_CLOSED = {
    "p", "li", "td", "th", "tr", "dd", "dt", "option", "optgroup", "thead", "tbody", "tfoot", "colgroup", "rp", "rt",
    "br", "img", "hr", "input", "meta", "link", "area", "base", "col", "embed", "source", "track", "wbr", "param",
}  # fmt: skip

# A style that is still open when a paragraph ends is opened again in the next one (HTML's "active formatting elements").
_STYLES = {"a", "b", "big", "code", "em", "font", "i", "nobr", "s", "small", "strike", "strong", "tt", "u"}
_MOST_REBUILT = 500_000
"""Elements that may come to be in that way; each takes some 400 bytes."""

_TAG = re.compile(rb"<(/?)([a-zA-Z][a-zA-Z0-9]*)")
DEEPEST = 2_000
"""Open elements within one another above which a page is refused: parsing takes time that grows with the square of the depth."""

_SPACES = re.compile(r"[ \t\r\n\f]+")


def parse_html(html: str | bytes) -> LexborHTMLParser:
    """Parse a page or a fragment.

    Raises
    ------
    InputError
        When its elements stand too deep within one another, or what is never closed would be built anew too often.
    """
    data = html.encode("utf-8", "replace") if isinstance(html, str) else html
    _check_nesting(data)
    return LexborHTMLParser(data.decode("utf-8", "replace"))


def _check_nesting(data: bytes) -> None:
    depth = styles = rebuilt = 0
    for found in _TAG.finditer(data):
        name, closing = found[2].lower().decode(), bool(found[1])
        if name in _STYLES:
            styles = max(0, styles - 1) if closing else styles + 1
        elif not closing:
            rebuilt += styles
        if name not in _SELF_CLOSED:
            depth = max(0, depth - 1) if closing else depth + 1
        if depth > DEEPEST or rebuilt > _MOST_REBUILT:
            raise InputError("too_deep", deepest=DEEPEST)


def fragment_text(html: str) -> str:
    """Return the text of an HTML fragment (a feed's description, a blog export's content); plain text comes back as it is."""
    if "<" not in html and "&" not in html:
        return html.strip("\n")
    body = parse_html(html).body
    return node_text(body) if body is not None else ""


def node_text(root: LexborNode) -> str:
    """Return the text of an element: paragraphs parted by a blank line, list items by a line each, cells by `` | ``.

    White space of the source becomes one space, NBSP stays. What a reader does not see (scripts, forms) is left out.
    """
    writer = _Writer()
    node: LexborNode | None = root
    while node is not None:
        inside = writer.opens(node)
        child = node.first_child if inside else None
        if child is not None:
            node = child
            continue
        if inside:
            writer.closes(node)
        while node is not None and node.mem_id != root.mem_id and node.next is None:
            node = node.parent
            if node is not None:
                writer.closes(node)
        if node is None or node.mem_id == root.mem_id:
            break
        node = node.next
    return writer.text()


class _Writer:
    """Puts text, line ends and blank lines together as elements open and close."""

    def __init__(self) -> None:
        self._parts: list[str] = []
        self._ends = 0  # line ends owed before the next text: 1 a new line, 2 a blank line
        self._space = False
        self._cell = False
        self._numbers: list[int] = []
        self._pre = 0

    def text(self) -> str:
        return "".join(self._parts).strip(" \n")

    def _owe(self, ends: int) -> None:
        self._ends = max(self._ends, ends)
        self._space = False

    def _write(self, text: str) -> None:
        if self._parts and self._ends:
            self._parts.append("\n" * self._ends)
        elif self._cell:
            self._parts.append(" | ")
        elif self._space and self._parts:
            self._parts.append(" ")
        self._ends, self._space, self._cell = 0, False, False
        self._parts.append(text)

    def opens(self, node: LexborNode) -> bool:
        """Begin an element or write a text; tell whether to look inside."""
        tag = node.tag
        if tag == "-text":
            self._text(node.text_content or "")
            return False
        if tag is None or tag.startswith(("-", "!")) or tag in _UNSEEN:
            return False
        if tag == "br":
            if self._ends:
                self._ends = min(2, self._ends + 1)
            else:
                self._owe(1)
            return False
        if tag in _PARAGRAPHS:
            # A list within a list is no new paragraph.
            self._owe(1 if tag in {"ul", "ol"} and self._numbers else 2)
        elif tag in _LINES:
            self._owe(1)
        if tag in {"ul", "ol"}:
            self._numbers.append(1 if tag == "ol" else 0)
        elif tag == "li":
            self._bullet()
        elif tag == "pre":
            self._pre += 1
        return True

    def closes(self, node: LexborNode) -> None:
        """End an element."""
        tag = node.tag
        if tag in {"ul", "ol"} and self._numbers:
            self._numbers.pop()
            self._owe(1 if self._numbers else 2)
        elif tag in _PARAGRAPHS:
            self._owe(2)
        elif tag in _LINES:
            self._owe(1)
            self._cell = False
        elif tag in {"td", "th"}:
            self._cell = not self._ends
        if tag == "pre":
            self._pre = max(0, self._pre - 1)

    def _bullet(self) -> None:
        if self._numbers and self._numbers[-1]:
            self._write(f"{self._numbers[-1]}.")
            self._numbers[-1] += 1
        else:
            self._write("•")
        self._space = True

    def _text(self, text: str) -> None:
        if self._pre:
            self._write(text.strip("\n"))
            return
        words = _SPACES.sub(" ", text)
        if words.startswith(" "):
            self._space = True
        bare = words.strip(" ")
        if bare:
            self._write(bare)
            self._space = words.endswith(" ")
