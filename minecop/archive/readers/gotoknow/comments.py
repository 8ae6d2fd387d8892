"""The comments of a page of the GotoKnow engine, from its text with marks: who wrote each, when, and what."""

from __future__ import annotations

from dataclasses import dataclass, field

from minecop.archive.models import Account, Comment
from minecop.archive.readers.gotoknow import names
from minecop.archive.readers.gotoknow.chrome import NO_COMMENT, cut_chrome, tidy
from minecop.archive.readers.gotoknow.dividing import Draft, divide, letters
from minecop.archive.readers.gotoknow.lines import Header, plain_name, read_header
from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.parting import part_header


@dataclass(slots=True)
class Thread:
    """The comments of a page, how many it says there are, and lines between them that are in none."""

    comments: list[Comment] = field(default_factory=list)
    said: int | None = None
    leftover: list[str] = field(default_factory=list)


def read_thread(text: str, page: MarkedPage, name: str, account: Account) -> Thread:
    """Return the comments in a part of a page.

    Parameters
    ----------
    text
        The part with marks.
    page
        The page, which knows what the marks mean.
    name, account
        The source, and what is told where a comment has no text or had to be guessed.
    """
    thread = Thread(said=_said(text, page))
    body = page.without(text, "EZO")
    drafts = divide(body, page, name, account)
    headers: list[Header] = []
    bodies: list[str] = []
    for draft in drafts:
        header, written = _parted(draft, page)
        header.id = draft.number or header.id
        headers.append(header)
        bodies.append(written)
    thread.leftover = [
        line for part in [*(d.before for d in drafts[:1]), *(d.behind for d in drafts)] for line in page.lines(part)
    ]
    ids = {header.id for header in headers if header.id}
    ordinals = {str(header.number or n): header.id for n, header in enumerate(headers, 1)}
    for position, (draft, header, written) in enumerate(zip(drafts, headers, bodies, strict=True), 1):
        if not written:
            account.add("refused", f"{name}#{position}", "no_body")
            continue
        answered = header.reply_to if header.reply_to in ids else ordinals.get(header.reply_to or "", header.reply_to)
        if answered is None and draft.inside is not None:
            answered = headers[draft.inside].id
        thread.comments.append(
            Comment(
                position=position,
                body=written,
                id=header.id,
                author_id=header.author_id or header.author_name,
                author_name=header.author_name,
                published=header.published,
                reply_to=answered,
            )
        )
    return thread


def read_comment(text: str, page: MarkedPage) -> tuple[Header, str]:
    """Return what is said of one comment, and its text."""
    return _parted(Draft(text=text), page)


def _said(text: str, page: MarkedPage) -> int | None:
    """Return how many comments the page speaks of, in the heading over them or in the first lines."""
    headings = [page.said(part) for part in page.within(text, "E")] or [
        page.said(line) for line in text.split("\n")[:6] if len(line) < 200
    ]
    for heading in headings:
        found = names.THREAD_HEADING.fullmatch(heading)
        if found and (found["before"] or found["after"]):
            return int(found["before"] or found["after"])
        if NO_COMMENT.fullmatch(heading):
            return 0
    return None


def _parted(draft: Draft, page: MarkedPage) -> tuple[Header, str]:
    """Return what is said of a comment, and its text."""
    address = next((page.links[n] for n, _, _ in page.spans("".join(page.within(draft.text, "Y")), "K")), None)
    text = page.stripped(page.without(draft.text, "Y"), "XI")
    header, written = _around_message(text, page) if page.has(text, "M") else (Header(), "")
    if not written:
        header, lines = part_header(page.lines(text), page)
        written = tidy("\n".join(lines), page)
    if not written and draft.behind:
        # The element holds only the lines over the comment; its text follows.
        more, lines = part_header(page.lines(cut_chrome(page.without(draft.behind, "Y"), page)), page)
        header.take(more)
        written = tidy("\n".join(lines), page)
        draft.behind = ""
    elif draft.before and not header.named and not header.certain:
        above, rest = part_header(page.lines(page.without(draft.before, "Y")), page)
        if not letters("".join(rest), page):
            header.take(above)
    header.id = header.id or address
    return header, written


def _around_message(text: str, page: MarkedPage) -> tuple[Header, str]:
    """Part a comment whose markup tells its text; what stands around it and is no header stays with the text."""
    header = Header()
    over: list[str] = []
    under: list[str] = []
    spans = page.spans(text, "M")
    around = [(line, over) for line in page.lines(text[: spans[0][1]])] if spans else []
    around += [(line, under) for line in page.lines(page.without(text[spans[0][1] :], "M"))] if spans else []
    for n, (line, side) in enumerate(around):
        bare = page.bare(line).strip(" |\t\u00a0")
        more = read_header(line, page) if bare else None
        if more is not None and not header.clashes(more):
            header.take(more)
        elif bare and not header.named and len(bare) <= 60 and n <= 4:
            header.author_name, number = plain_name(bare)
            header.number = header.number if number is None else number
        elif len(bare) > 60:
            side.append(line)
    if not header.named and not header.certain and not header.number:
        return Header(), ""
    written = "\n\n".join(text[start:end] for _, start, end in spans)
    return header, tidy("\n\n".join([*over, written, *under]), page)
