"""Parts a text from the lines over and under it that say whose it is."""

from __future__ import annotations

from minecop.archive.readers.gotoknow.lines import (
    EDGES,
    ENDS_A_SENTENCE,
    LETTER,
    LONGEST_NAME,
    Header,
    plain_name,
    read_header,
)
from minecop.archive.readers.gotoknow.marked import MarkedPage

_MOST_ABOVE = 16  # lines over a text that are looked at


def part_header(lines: list[str], page: MarkedPage) -> tuple[Header, list[str]]:
    """Part a text from the lines over and under it that say whose it is."""
    parting = _Parting(lines, page)
    head, begin = parting.above()
    if begin and not any(LETTER.search(page.bare(line)) for line in lines[begin:]):
        # What was taken for a name is all that is left for a text.
        head, begin = parting.above(names=False)
    foot, end = parting.below(begin, head if head.certain else Header())
    if head.named and not head.certain and foot.certain and foot.named:
        # The name over the text is that of a person spoken to: who wrote it stands below.
        begin, head = 0, Header()
    head.take(foot)
    return head, lines[begin:end]


class _Parting:
    """Lines of a text, each read as a header at most once."""

    def __init__(self, lines: list[str], page: MarkedPage) -> None:
        self.lines = lines
        self.page = page
        self.first = next((n for n, line in enumerate(lines) if page.bare(line).strip(EDGES)), -1)
        self.known: dict[int, Header | None] = {}

    def read(self, n: int) -> Header | None:
        """Return what a line says as a header."""
        if n not in self.known:
            self.known[n] = read_header(self.lines[n], self.page, first=n == self.first)
        return self.known[n]

    def above(self, *, names: bool = True) -> tuple[Header, int]:
        """Return what the lines over a text say, and where it begins; ``names`` where a line without marks may be a name."""
        header, begin = Header(), 0
        name: str | None = None
        for n, line in enumerate(self.lines[:_MOST_ABOVE]):
            text = self.page.bare(line).strip(EDGES)
            if not text:
                begin = begin if name else n + 1
                continue
            more = self.read(n)
            if more is None:
                # A name that nothing marks: it counts if the next line is surely one of the site's.
                if not names or name or header.certain or len(text) > LONGEST_NAME or ENDS_A_SENTENCE.search(text):
                    break
                name = text
                continue
            if header.clashes(more) or (name and (more.named or not more.certain)):
                break
            if name and not header.named:
                header.author_name, number = plain_name(name)
                header.number = header.number if number is None else number
            name = None
            header.take(more)
            begin = n + 1
        return header, begin

    def below(self, begin: int, head: Header) -> tuple[Header, int]:
        """Return what the lines under a text that begins at a line say, and where it ends; ``head`` is what stands over it."""
        header, end = Header(), len(self.lines)
        while end > begin:
            if self.page.bare(self.lines[end - 1]).strip(EDGES):
                more = self.read(end - 1)
                if more is None or header.clashes(more) or head.clashes(more):
                    break
                if not (more.certain or more.other or (header.certain and more.named)):
                    break
                header.take(more)
            end -= 1
        return header, end
