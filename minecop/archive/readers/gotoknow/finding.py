"""What is where on a page of the GotoKnow engine: title, body, comments, links, and what belongs to the site.

The engine was rewritten several times and its markup differs from year to year. So nothing is found by one exact name: elements are
recognised by the kinds of names that such pages give, by where their links lead, and by the words in them, and an element that
holds more than one thing at once (title and body, body and comments) is not taken for one of them.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime
from urllib.parse import unquote

from selectolax.lexbor import LexborNode

from minecop.archive.readers.gotoknow import names
from minecop.archive.readers.gotoknow.items import Item, settle
from minecop.archive.readers.gotoknow.titles import find_title, own_address
from minecop.archive.readers.gotoknow.tree import (
    HEADINGS,
    INLINE,
    LETTER,
    short_text,
    squeezed,
    steps,
    tokens_of,
    up,
    with_ancestors,
)
from minecop.core.dates import parse_datetime

_LABELLING = {*HEADINGS, "dt", "th", "td", "legend", "caption", "div", "b", "strong"}
_FORM_PARTS = {"input", "textarea", "label", "button", "form", "option", "img"}
_LONGEST_LABEL = 60
_LINKS = (
    ("K", names.COMMENT),
    ("R", names.POST_PATH),
    ("P", names.PERSON),
    ("G", names.TAG),
    ("U", names.COMMUNITY),
    ("L", names.BLOG),
)


@dataclass(slots=True)
class Findings:
    """What was found on a page.

    Attributes
    ----------
    title, thread, heading, body
        Elements of the post's title, of all comments, of the heading over them, of the post's text.
    sure
        Whether the body's element is called so.
    items
        Comments.
    site
        Elements of the site, by letter.
    boxes
        Labels over boxes of the site that nothing else shows.
    parts
        Other elements to be marked, by letter, and what they lead to or say.
    landmarks
        Elements that no part of the site holds.
    """

    title: LexborNode | None = None
    thread: LexborNode | None = None
    heading: LexborNode | None = None
    body: LexborNode | None = None
    sure: bool = False
    items: list[Item] = field(default_factory=list)
    site: list[tuple[LexborNode, str]] = field(default_factory=list)
    boxes: list[LexborNode] = field(default_factory=list)
    parts: list[tuple[LexborNode, str, str | datetime]] = field(default_factory=list)
    landmarks: list[LexborNode | None] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class _Body:
    node: LexborNode
    parent: int | None
    strong: bool


def find_parts(body: LexborNode, head_titles: list[str], number: str | None) -> Findings:
    """Return what is where on a page.

    Parameters
    ----------
    body
        The page's body.
    head_titles
        What its head says that it is called; a heading that agrees is the title.
    number
        Of the post, where its address tells.
    """
    return _Finder(body, head_titles, number).find()


class _Finder:
    def __init__(self, body: LexborNode, head_titles: list[str], number: str | None) -> None:
        self.root = body
        self.head_titles = head_titles
        self.number = number
        self.found = Findings()
        self.order = 0
        self.strong_bodies = 0  # that stand open
        self.labelled = 0  # where the page says what number the post has, or when it was made
        self.items: list[Item] = []
        self.bodies: list[_Body] = []
        self.threads: list[LexborNode] = []
        self.headings: list[tuple[LexborNode, int]] = []

    def find(self) -> Findings:
        found = self.found
        found.title = find_title(self.root, self.head_titles, self.number)
        labels = _post_labels(self.root)
        own = [found.title, *labels]
        known = with_ancestors(own)
        self._walk(known, {node.mem_id for node in labels})
        settle(self.items)
        found.items = [item for item in self.items if item.kept]
        found.heading = self._heading()
        found.thread = self._thread(known)
        found.landmarks = [*own, found.heading, found.thread, *(item.node for item in found.items)]
        found.body = self._body(with_ancestors(found.landmarks))
        found.landmarks.append(found.body)
        texts = {
            node.mem_id
            for node in (found.body, found.thread, *(item.node for item in found.items if not item.anchor))
            if node
        }
        found.boxes = [label for label in found.boxes[:200] if not any(node.mem_id in texts for node in up(label))]
        return found

    # ---- one walk through the page

    def _walk(self, known: set[int], labels: set[int]) -> None:
        site: list[tuple[int, str]] = []  # elements of the site that stand open, and their letters
        items: list[int] = []
        bodies: list[int] = []
        for node, leaving in steps(self.root):
            here = node.mem_id
            if leaving:
                if site and site[-1][0] == here:
                    site.pop()
                if items and self.items[items[-1]].node.mem_id == here:
                    items.pop()
                if bodies and self.bodies[bodies[-1]].node.mem_id == here:
                    self.strong_bodies -= self.bodies[bodies.pop()].strong
                continue
            self.order += 1
            self.labelled = self.order if here in labels else self.labelled
            if node.tag == "-text":
                if not site:
                    self._note_label(node, in_item=bool(items))
                continue
            attributes = node.attributes
            tokens = tokens_of(attributes)
            kinds = names.kinds_in(tokens) if tokens else set()
            around = site[-1][1] if site else ""
            in_text = bool(items) or self.strong_bodies > 0
            letter = "" if here in known else _site_letter(node, kinds, around, in_text=in_text)
            if letter:
                self.found.site.append((node, letter))
                site.append((here, letter))
            if (letter or around) == "Z":
                continue
            self._note_link(node, attributes, kinds)
            if not site:
                self._note_item(node, attributes, kinds, items)
                self._note_parts(node, attributes, kinds, bodies, in_item=bool(items))

    def _note_label(self, node: LexborNode, *, in_item: bool) -> None:
        text = (node.text_content or "").strip()
        element = node.parent
        box = names.BOX_LABEL.fullmatch(text) if not in_item and len(text) <= _LONGEST_LABEL else None
        if element is None or not (box or ("เห็น" in text and len(text) <= _LONGEST_LABEL)):
            return
        while (
            element.tag in INLINE
            and element.parent
            and len(short_text(element.parent, _LONGEST_LABEL)) <= _LONGEST_LABEL
        ):
            element = element.parent
        whole = short_text(element, _LONGEST_LABEL)
        if names.THREAD_HEADING.fullmatch(whole):
            self.headings.append((element, self.order))
        elif box and element.tag in _LABELLING and squeezed(whole) == squeezed(text):
            self.found.boxes.append(element)

    def _note_link(self, node: LexborNode, attributes: dict[str, str | None], kinds: set[str]) -> None:
        parts = self.found.parts
        if node.tag == "hr":
            parts.append((node, "X", ""))
        elif node.tag == "a":
            href = own_address(attributes.get("href") or "")
            for letter, pattern in _LINKS:
                found = pattern.search(href)
                if found and not (letter == "P" and found[1] in names.NO_PERSONS):
                    named = href if letter == "R" else unquote(found[1], errors="replace") if letter in "KPL" else ""
                    parts.append((node, letter, named))
                    break
        elif node.tag in {"time", "abbr", "acronym"} or "date" in kinds:
            given = (attributes.get("datetime") or attributes.get("title") or "")[:100]
            moment = parse_datetime(given) if re.search(r"\d", given) else None
            if moment is not None:
                parts.append((node, "W", moment))

    def _note_item(
        self, node: LexborNode, attributes: dict[str, str | None], kinds: set[str], items: list[int]
    ) -> None:
        called = [attributes.get("id"), attributes.get("name") if node.tag == "a" else None]
        number = next((found[1] for name in called if name and (found := names.NUMBERED.fullmatch(name))), None)
        bare = attributes.get("data-comment-id") or called[1] or ""
        number = number or (bare if re.fullmatch(r"[0-9]{3,12}", bare) else None)
        if (number is None and "item" not in kinds) or node.tag in _FORM_PARTS:
            return
        text = short_text(node, _LONGEST_LABEL)
        anchor = node.tag == "a" or not text
        if (anchor and number is None) or names.THREAD_HEADING.fullmatch(text):
            return
        self.items.append(Item(node, tokens_of(attributes), self.order, items[-1] if items else None, anchor, number))
        if not anchor:
            items.append(len(self.items) - 1)

    def _note_parts(
        self, node: LexborNode, attributes: dict[str, str | None], kinds: set[str], bodies: list[int], *, in_item: bool
    ) -> None:
        parts = self.found.parts
        if node.tag == "li":
            parts.append((node, "I", ""))
        if "name" in kinds and len(text := short_text(node, 100)) <= 100 and LETTER.search(text):
            parts.append((node, "N", ""))
        if "message" in kinds and (in_item or self.threads):
            parts.append((node, "M", ""))
        if in_item:
            return
        if "thread" in kinds:
            self.threads.append(node)
        if "blurb" in kinds:
            parts.append((node, "Q", ""))
        strong = "body" in kinds or attributes.get("itemprop") == "articleBody"
        if strong or "weak" in kinds or node.tag == "article":
            self.bodies.append(_Body(node, bodies[-1] if bodies else None, strong))
            bodies.append(len(self.bodies) - 1)
            self.strong_bodies += strong

    # ---- choosing

    def _heading(self) -> LexborNode | None:
        """Return the heading over the comments: the nearest above the first of them, else the one that looks most like it."""
        if self.found.items:
            above = [node for node, order in self.headings if order < self.found.items[0].order]
            return above[-1] if above else None
        best, best_score = None, 0
        for node, order in self.headings:
            match = names.THREAD_HEADING.fullmatch(short_text(node, _LONGEST_LABEL))
            counted = bool(match and (match["before"] or match["after"]))
            score = (2 if node.tag in HEADINGS else 0) + (2 if counted else 0) - (3 if node.tag == "a" else 0)
            score += 1 if self.labelled and order > self.labelled else 0
            score += (
                1 if "title" in names.kinds_in(tokens_of(node.attributes)) or node.tag in {"th", "dt", "legend"} else 0
            )
            if score > best_score or (counted and score == best_score):
                best, best_score = node, score
        return best

    def _thread(self, known: set[int]) -> LexborNode | None:
        """Return the element that holds the comments, if one is called so."""
        candidates = [node for node in self.threads if node.mem_id not in known]
        around = with_ancestors([*(item.node for item in self.found.items[:1]), self.found.heading])
        holding = [node for node in candidates if node.mem_id in around]
        if holding or self.found.items:
            return holding[0] if holding else None
        return next((node for node in candidates if LETTER.search(short_text(node, _LONGEST_LABEL))), None)

    def _body(self, foreign: set[int]) -> LexborNode | None:
        """Return the element that holds the post's text and nothing else that is known; of several the one with most text."""
        for strong in (True, False):
            chosen: list[LexborNode] = []
            taken: list[bool] = []
            for body in self.bodies:
                inside = body.parent is not None and taken[body.parent]
                fits = body.strong is strong and body.node.mem_id not in foreign
                taken.append(inside or fits)
                if fits and not inside:
                    chosen.append(body.node)
            sizes = [len(squeezed(node.text())) for node in chosen]
            if any(sizes):
                self.found.sure = strong
                return chosen[sizes.index(max(sizes))]
        return None


def _site_letter(node: LexborNode, kinds: set[str], around: str, *, in_text: bool) -> str:
    """Tell what of the site an element begins: ``Z``, ``O``, ``Y`` or nothing. Within texts there are only buttons."""
    if around in {"O", "Y"}:
        return ""
    if not around and "small" in kinds:
        return "Y"
    if in_text:
        return ""
    if "owner" in kinds:
        return "O"
    return "Z" if not around and (node.tag in {"nav", "footer", "aside", "header"} or "site" in kinds) else ""


def _post_labels(body: LexborNode) -> list[LexborNode]:
    """Return the elements in which the page says what number the post has, or when it was made."""
    found: list[LexborNode] = []
    for node in body.traverse(include_text=True):
        text = node.text_content if node.tag == "-text" else None
        if text and len(text) < 2_000 and names.POST_LABEL.search(text) and node.parent is not None:
            found.append(node.parent)
            if len(found) == 5:
                break
    return found
