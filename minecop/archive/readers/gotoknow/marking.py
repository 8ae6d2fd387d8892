"""Takes the text of a page, with marks for what was found on it."""

from __future__ import annotations

import re
from datetime import datetime

from selectolax.lexbor import LexborHTMLParser, LexborNode

from minecop.archive.htmltext import node_text, parse_html
from minecop.archive.readers.gotoknow import names
from minecop.archive.readers.gotoknow.finding import Findings, find_parts
from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.tree import (
    HEADINGS,
    HIGHEST,
    beside,
    common_ancestor,
    followed,
    line_of,
    short_text,
    squeezed,
    up,
    with_ancestors,
)

_LONGEST_BOX = 80  # letters
_LONGEST_RUN = 30  # elements below a label that are its box


def mark_page(tree: LexborHTMLParser, head_titles: list[str], number: str | None) -> MarkedPage:
    """Return the text of a page with marks; the page itself stays as it is.

    Parameters
    ----------
    tree
        The page.
    head_titles
        What its head says that it is called.
    number
        Of the post, where its address tells.
    """
    # Read anew rather than cloned: some pages that parse cannot be cloned.
    tree = parse_html(bytes(tree.raw_html))
    source = tree.html or ""
    free = (chr(code) for code in range(0x10F000, 0x10FFFE) if chr(code) not in source)
    marker = _Marker(next(free), next(free))
    if tree.body is not None:
        _open_forms(tree.body)
        # All is found before the first mark is put: marks are texts, and would be read with the others.
        found = find_parts(tree.body, head_titles, number)
        if found.title is not None:
            marker.page.title = re.sub(r"[ \n]+", " ", node_text(found.title)).strip() or None
        marker.put(found)
        marker.page.text = node_text(tree.body)
    return marker.page


def _open_forms(body: LexborNode) -> None:
    """Take forms away from around what they should not hold: a form that was never closed holds the rest of the page."""
    for form in body.css("form")[:100]:
        if len(squeezed(form.text())) > 400:
            form.unwrap()


class _Marker:
    def __init__(self, opening: str, closing: str) -> None:
        self.opening, self.closing = opening, closing
        self.page = MarkedPage("", re.compile(f"{opening}([A-Za-z])(\\d+){closing}"), opening)

    def put(self, found: Findings) -> None:
        """Put all marks."""
        self.page.sure = found.sure
        for node, letter in found.site:
            self._around(node, node, letter)
        self._box_marks(found)
        self._thread_marks(found)
        for node, letter, said in found.parts:
            if letter == "X":
                node.insert_before(self._mark("X"))
            else:
                self._within(node, letter, self._noted(said))
        for item in found.items:
            number = self._noted(item.number or "")
            if item.anchor:
                line_of(item.node).insert_before(self._mark("A", number))
            else:
                self._within(item.node, "C", number)
        if found.body is not None:
            self._within(found.body, "B")
        if found.title is not None:
            self._around(found.title, found.title, "H")

    def _mark(self, letter: str, number: int = 0) -> str:
        return f"{self.opening}{letter}{number}{self.closing}"

    def _within(self, node: LexborNode, letter: str, number: int = 0) -> None:
        first = node.first_child
        if first is not None:
            first.insert_before(self._mark(letter, number))
            node.insert_child(self._mark(letter.lower(), number))

    def _around(self, first: LexborNode, last: LexborNode, letter: str) -> None:
        first.insert_before(self._mark(letter))
        last.insert_after(self._mark(letter.lower()))

    def _noted(self, said: str | datetime) -> int:
        if isinstance(said, datetime):
            self.page.moments.append(said)
            return len(self.page.moments) - 1
        self.page.links.append(said)
        return len(self.page.links) - 1

    def _thread_marks(self, found: Findings) -> None:
        first = found.heading or (line_of(found.items[0].node) if found.items else None)
        end = found.thread
        if end is not None:
            self._within(end, "T")
        elif first is not None:
            end = common_ancestor(first, found.items[-1].node if found.items else followed(first))
            if end is not None:
                first.insert_before(self._mark("T"))
                end.insert_child(self._mark("t"))
        if found.heading is not None:
            self._around(found.heading, found.heading, "E")
        if end is not None and any(
            node.tag == "table" for node in [*up(end), *(up(found.items[0].node) if found.items else [])]
        ):
            # Cells of a table that lays a page out are no cells of a table that somebody wrote.
            for cell in end.css("td, th"):
                cell.insert_child(self._mark("J"))

    def _box_marks(self, found: Findings) -> None:
        """Mark each box of the site by the label over it: the widest element that begins with the label, or what follows it."""
        keys, labels = with_ancestors(found.landmarks), {label.mem_id for label in found.boxes}
        for label in found.boxes:
            if label.mem_id in keys:
                continue
            text = short_text(label, 60)
            box = label
            for parent in up(label, HIGHEST):
                if parent.mem_id == label.mem_id:
                    continue
                if parent.mem_id in keys or parent.tag == "body" or beside(box, before=True) is not None:
                    break
                box = parent
            last = box
            if short_text(box, 60) == text:
                following = last.next
                for _ in range(_LONGEST_RUN):
                    if following is None or following.mem_id in keys | labels or following.tag in HEADINGS:
                        break
                    last, following = following, following.next
            if _is_box(box, last, text):
                self._around(box, last, "O" if names.OWNER_LABEL.fullmatch(text) else "Z")
            else:
                self._around(label, label, "Z")


def _is_box(first: LexborNode, last: LexborNode, label: str) -> bool:
    """Tell whether what stands under a label is little, or mostly links, as what a site puts beside a post is."""
    linked = written = 0
    node: LexborNode | None = first
    while node is not None:
        if node.tag != "form":
            written += len(squeezed(node.text() if node.tag != "-text" else node.text_content or ""))
            linked += sum(len(squeezed(link.text())) for link in ([node] if node.tag == "a" else node.css("a")))
        node = None if node.mem_id == last.mem_id else node.next
    written -= len(squeezed(label))
    return written <= _LONGEST_BOX or 2 * linked >= written
