"""The text of a Word document's XML in reading order: paragraphs, lists with their numbers, tables, text boxes.

The tree is walked without recursion.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from typing import Any

from minecop.archive.readers.wordstyles import Numbering, Styles, attribute, child_of, local_name, number_of, value_of

_SKIPPED = {
    "del",
    "moveFrom",
    "Fallback",
    "pPr",
    "rPr",
    "tblPr",
    "trPr",
    "tcPr",
    "sectPr",
    "rt",
    "instrText",
    "delText",
}
_BREAKS = {"br": "\n", "cr": "\n", "tab": " ", "ptab": " ", "noBreakHyphen": "-"}
_PROBLEM = re.compile(
    r"ประเด็น.*|(?:สภาพ)?ปัญหา.*|อุปสรรค.*|หัวข้อ|เรื่อง|สิ่งที่เกิดขึ้น|issues?|problems?.*|topics?", re.IGNORECASE
)
_LESSON = re.compile(r"บทเรียน.*|สิ่งที่ได้(?:เรียนรู้|รับ).*|ข้อเรียนรู้.*|lessons?.*|what we learn(?:ed|t)", re.IGNORECASE)
_ADVICE = re.compile(
    r"ข้อเสนอ.*|แนวทาง.*|ข้อแนะนำ.*|สิ่งที่จะทำต่อ.*|suggestions?.*|recommendations?.*|proposals?|next steps?", re.IGNORECASE
)
_ORDINAL = re.compile(r"(?:ลำดับ)?(?:ที่)?|ข้อ|no\.?|#", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Block:
    """A paragraph, an item of a list, or a table.

    Attributes
    ----------
    text
        Its text; rows of a table and items of a cell have a line each.
    kind
        ``title``, ``heading``, ``item``, ``table`` or ``text``.
    level
        Of a heading: 1 is the highest.
    """

    text: str
    kind: str = "text"
    level: int = 0


@dataclass(slots=True)
class _Paragraph:
    element: Any
    parts: list[str] = field(default_factory=list)
    boxes: list[Block] = field(default_factory=list)


@dataclass(slots=True)
class _Cell:
    blocks: list[Block]
    goes_on: bool

    @property
    def text(self) -> str:
        return "\n".join(block.text for block in self.blocks)


class Walker:
    """Walks through a story of a document (its body, a comment, a footnote).

    Attributes
    ----------
    notes
        Ids of the footnotes that were met, in order.
    """

    def __init__(self, styles: Styles, numbering: Numbering) -> None:
        self.notes: list[str] = []
        self._styles = styles
        self._numbering = numbering
        self._paragraphs: list[_Paragraph] = []
        self._containers: list[list[Block]] = [[]]
        self._tables: list[list[list[_Cell]]] = []

    def blocks(self, story: Any) -> list[Block]:
        """Return the blocks of a story in reading order; empty ones are left out."""
        from lxml import etree

        walk = etree.iterwalk(story, events=("start", "end"))
        for event, element in walk:
            name = local_name(element)
            if event == "end":
                self._ends(name, element)
            elif name in _SKIPPED or not name or self._is_hidden(name, element):
                walk.skip_subtree()
            else:
                self._starts(name, element)
        return self._containers[0]

    def _is_hidden(self, name: str, element: Any) -> bool:
        if name == "r":
            vanish = child_of(element, "rPr", "vanish")
            return vanish is not None and attribute(vanish, "val") not in {"0", "false", "off"}
        if name == "tr":
            return child_of(element, "trPr", "del") is not None
        if name == "sdt":
            return (value_of(element, "sdtPr", "docPartObj", "docPartGallery") or "").lower() == "table of contents"
        return False

    def _starts(self, name: str, element: Any) -> None:
        if name == "p":
            self._paragraphs.append(_Paragraph(element))
        elif name == "t" and self._paragraphs:
            self._paragraphs[-1].parts.append(element.text or "")
        elif name in _BREAKS and self._paragraphs:
            self._paragraphs[-1].parts.append(_BREAKS[name])
        elif name in {"footnoteReference", "endnoteReference"}:
            self.notes.append(f"{name[:-9]}{attribute(element, 'id')}")
        elif name in {"tc", "txbxContent"}:
            self._containers.append([])
        elif name == "tbl":
            self._tables.append([])
        elif name == "tr" and self._tables:
            self._tables[-1].append([])

    def _ends(self, name: str, element: Any) -> None:
        # Skipped elements end too.
        if name == "p" and self._paragraphs and self._paragraphs[-1].element is element:
            paragraph = self._paragraphs.pop()
            self._containers[-1] += [*self._paragraph(paragraph), *paragraph.boxes]
        elif name == "txbxContent" and len(self._containers) > 1:
            boxes = self._containers.pop()
            (self._paragraphs[-1].boxes if self._paragraphs else self._containers[-1]).extend(boxes)
        elif name == "tc" and len(self._containers) > 1:
            merge = child_of(element, "tcPr", "vMerge")
            cell = _Cell(self._containers.pop(), merge is not None and attribute(merge, "val") in {None, "continue"})
            if self._tables and self._tables[-1]:
                self._tables[-1][-1].append(cell)
            else:
                self._containers[-1] += cell.blocks
        elif name == "tbl" and self._tables:
            self._containers[-1] += _table(self._tables.pop())

    def _paragraph(self, paragraph: _Paragraph) -> list[Block]:
        lines = [line.strip(" ") for line in "".join(paragraph.parts).split("\n")]
        text = "\n".join(lines).strip("\n")
        style = value_of(paragraph.element, "pPr", "pStyle")
        kind, level = self._styles.kind(style)
        if not text.strip() or not kind:
            return []
        number = self._list_of(paragraph.element, style)
        if number is None or kind == "title":
            return [Block(text, kind, level)]
        mark = self._numbering.mark(*number)
        return [Block(f"{mark} {text}".strip(), "item" if kind == "text" else kind, level)]

    def _list_of(self, element: Any, style: str | None) -> tuple[str, int] | None:
        """Return list and level of a paragraph, by itself or by its style; list 0 takes it out of its style's."""
        own = child_of(element, "pPr", "numPr")
        holders = [own] if own is not None else [child_of(found, "pPr", "numPr") for found in self._styles.chain(style)]
        for holder in holders:
            if holder is not None and (number := value_of(holder, "numId")) is not None:
                return None if number == "0" else (number, min(number_of(value_of(holder, "ilvl"), 0), 8))
        return None


# ---- tables


def _table(rows: list[list[_Cell]]) -> list[Block]:
    """Return a table as blocks: a frame of one column as what stands in it, lessons a block a row, others a line a row."""
    rows = [row for row in rows if any(cell.blocks for cell in row)]
    if not rows or max(map(len, rows)) == 1:
        return [block for row in rows for cell in row for block in cell.blocks]
    labels = [" ".join(cell.text.split()).rstrip(":") for cell in rows[0]]
    kinds = [any(pattern.fullmatch(label) for label in labels) for pattern in (_LESSON, _PROBLEM, _ADVICE)]
    if len(rows) > 1 and kinds[0] and any(kinds[1:]):
        return _lessons(labels, rows[1:])
    lines = (" | ".join(text for cell in row if (text := " ".join(cell.text.split()))) for row in rows)
    return [Block("\n".join(lines), "table")]


def _lessons(labels: Sequence[str], rows: Iterable[list[_Cell]]) -> list[Block]:
    """Return a table of lessons: each row is a block whose lines begin with the names of its columns.

    A row under a cell that spans several goes on with the block above: what stands in that cell is said once.
    """
    blocks: list[list[str]] = []
    for row in rows:
        if len(row) != len(labels):
            blocks.append([" | ".join(cell.text for cell in row if cell.text)])
            continue
        parts = [
            f"{label}: {cell.text}" if label else cell.text
            for label, cell in zip(labels, row, strict=True)
            if cell.text.strip() and not _ORDINAL.fullmatch(label)
        ]
        if any(cell.goes_on for cell in row) and blocks:
            blocks[-1] += parts
        elif parts:
            blocks.append(parts)
    return [Block("\n".join(lines), "table") for lines in blocks]


def joined(blocks: Iterable[Block]) -> str:
    """Return the text of blocks: items of a list follow line by line, all else is parted by a blank line."""
    parts: list[str] = []
    last = ""
    for block in blocks:
        if parts:
            parts.append("\n" if last == block.kind == "item" else "\n\n")
        parts.append(block.text)
        last = block.kind
    return "".join(parts)
