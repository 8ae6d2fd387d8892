"""A page as text with marks that tell what its markup knew.

A mark is a letter and a number between two characters that the page does not contain; a capital opens, a small letter closes.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from datetime import datetime


@dataclass(slots=True)
class MarkedPage:
    """The text of a page with its marks, and what they stand for.

    Letters: ``H`` title, ``B`` body, ``Q`` blurb, ``T`` thread, ``E`` its heading, ``C`` comment, ``A`` point where a comment begins,
    ``M`` text of a comment, ``N`` place of a name, ``P`` person, ``G`` tag, ``U`` community, ``L`` blog, ``R`` post,
    ``K`` comment by its address, ``I`` item of a list, ``W`` moment, ``X`` ruler, ``J`` end of a cell that lays the page out,
    ``Z`` part of the site, ``O`` part about the owner, ``Y`` buttons and the like.

    Attributes
    ----------
    text
        With marks.
    mark
        Matches a mark: its letter and its number.
    opening
        The character with which every mark begins.
    links
        What links lead to, by the numbers of ``P`` (user name), ``L`` (name), ``R`` (address), ``K``, ``C`` and ``A`` (number).
    moments
        By the numbers of ``W``.
    title
        Text of the element marked ``H``.
    sure
        Whether ``B`` is called a body, and not just a content or a text.
    """

    text: str
    mark: re.Pattern[str]
    opening: str
    links: list[str] = field(default_factory=list)
    moments: list[datetime] = field(default_factory=list)
    title: str | None = None
    sure: bool = False

    def bare(self, text: str) -> str:
        """Return a text without its marks."""
        return self.mark.sub("", text) if self.opening in text else text

    def said(self, text: str) -> str:
        """Return the words of a line without its marks, one space for any white space: patterns read this, not how it was laid out."""
        return re.sub(r"\s+", " ", self.bare(text)).strip()

    def stripped(self, text: str, letters: str) -> str:
        """Return a text without the marks of some kinds; what stands between them stays."""
        return self.mark.sub(lambda mark: "" if mark[1].upper() in letters else mark[0], text)

    def spans(self, text: str, letter: str) -> list[tuple[int, int, int]]:
        """Return number, start and end (marks included) of each outermost span of a kind in a text."""
        found: list[tuple[int, int, int]] = []
        if not self.has(text, letter):
            return found
        depth, number, start = 0, 0, 0
        for mark in self.mark.finditer(text):
            if mark[1] == letter:
                if not depth:
                    number, start = int(mark[2]), mark.start()
                depth += 1
            elif mark[1] == letter.lower() and depth:
                depth -= 1
                if not depth:
                    found.append((number, start, mark.end()))
        return found

    def within(self, text: str, letter: str) -> list[str]:
        """Return the texts of the outermost spans of a kind, their marks included."""
        return [text[start:end] for _, start, end in self.spans(text, letter)]

    def without(self, text: str, letters: str) -> str:
        """Return a text without the spans of some kinds; one that does not end goes as far as the text."""
        if not any(self.has(text, letter) for letter in letters):
            return text
        kept: list[str] = []
        depth, last = 0, 0
        for mark in self.mark.finditer(text):
            if mark[1].upper() not in letters:
                continue
            if mark[1].isupper():
                if not depth:
                    kept.append(text[last : mark.start()])
                depth += 1
            elif depth:
                depth -= 1
                last = mark.end()
        if not depth:
            kept.append(text[last:])
        return "".join(kept)

    def lines(self, text: str) -> list[str]:
        """Return the lines of a text, each cell of a table that lays the page out in lines of its own."""
        if not self.has(text, "J"):
            return text.split("\n")
        parted = self.mark.sub(lambda mark: "\n" if mark[1] == "J" else mark[0], text)
        return re.sub(r"\n \| ", "\n", parted).split("\n")

    def has(self, text: str, letter: str) -> bool:
        """Tell whether a mark of a kind stands in a text."""
        return f"{self.opening}{letter}" in text
