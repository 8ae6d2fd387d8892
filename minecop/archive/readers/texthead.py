"""What stands above and around the body of a post saved as text: title, author, labels, blurb, tags."""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from minecop.archive.models import Account
from minecop.archive.names import is_name
from minecop.archive.readers.textlines import (
    ADDRESS,
    DIVIDER,
    ENDS_SPEECH,
    LONGEST_TITLE,
    MARKDOWN,
    NUMBERED,
    OF_ADDRESS,
    STAMP,
    TAGS,
    flat_line,
    is_of_page,
    labels_of,
    stands_above,
    unpadded,
)
from minecop.core.dates import arabic_digits, parse_datetime

_COUNT_OF_COMMENTS = re.compile(r"ความเห็น ?: ?(?P<count>[\d๐-๙]{1,7})")
_FOLLOW = re.compile(
    r"\+? ?(?:กำลัง|ผู้)?ติด(?:ตาม|ต่อ)(?: [\d๐-๙]{1,6})?(?: (?:กำลัง|ผู้)?ติด(?:ตาม|ต่อ)(?: [\d๐-๙]{1,6})?){0,4}"
)
_BYLINE = re.compile(
    r"(?:เขียนโดย|เรื่องโดย|โดย|ผู้เขียน|ผู้บันทึก)(?: ?[:：] ?| )(?P<name>.{2,45}?)(?: (?:เมื่อ|วันที่|[|·,-]) ?(?P<date>.{6,50}))?"
)
_BODY_LABEL = re.compile(r"[ \t\u00a0]{0,20}(?:เนื้อหา|เนื้อเรื่อง|รายละเอียด) ?[:：] ?")


@dataclass(slots=True)
class Page:
    """What is known of a post while its page is read."""

    id: str | None = None
    url: str | None = None
    blog: str | None = None
    title: str | None = None
    blurb: str | None = None
    author: str | None = None
    stamped: str | None = None
    """Author and blog in ``บันทึกนี้เขียนที่ GotoKnow โดย ... ใน ...``: for want of better."""
    stamped_blog: str | None = None
    published: datetime | None = None
    modified: datetime | None = None
    tags: tuple[str, ...] = ()
    communities: tuple[str, ...] = ()
    said: int | None = None
    cut: bool = False
    """Whether the site's ``มีต่อ`` (read more) stands below the body."""


def take_of_page(flat: str, page: Page) -> bool:
    """Take what a line of the page's own says; tell whether it is one."""
    if not flat or not is_of_page(flat):
        return False
    if (stamp := STAMP.fullmatch(flat)) is not None:
        page.stamped, page.stamped_blog = stamp["name"], stamp["blog"]
    page.cut = page.cut or flat == "มีต่อ"
    take_tags(flat, page)
    take_count(flat, page)
    return True


def take_count(flat: str, page: Page) -> None:
    """Take the number of comments that a line of counts says."""
    if page.said is None and (found := _COUNT_OF_COMMENTS.search(flat)) and not TAGS.match(flat):
        page.said = int(arabic_digits(found["count"]))


def take_tags(flat: str, page: Page) -> None:
    """Take the tags of a line that holds them."""
    found = TAGS.fullmatch(flat.strip())
    if found is None or page.tags:
        return
    words = found["tags"]
    parting = "#" if "#" in words else "[,;،|]" if re.search("[,;،|]", words) else " "
    page.tags = tuple(dict.fromkeys(tag.strip() for tag in re.split(parting, words) if tag.strip()))


def read_head(lines: Sequence[str], page: Page, source: str, account: Account) -> str:
    """Read what stands above and below a body, and return the body."""
    first, last = 0, len(lines)
    top = [flat for line in lines[:12] if (flat := flat_line(line))][:5]
    told = {name for flat in top for name in labels_of(flat)} >= {"heading", "author"}
    while first < last and (
        not lines[first].strip() or _take_above(flat_line(lines[first]), page, source, account, told=told)
    ):
        first += 1
    while last > first and (not lines[last - 1].strip() or _take_below(flat_line(lines[last - 1]), page)):
        last -= 1
    kept = _without_author_block(lines[first:last], page)
    if first and kept and (label := _BODY_LABEL.match(kept[0])):
        kept = unpadded([kept[0][label.end() :], *kept[1:]])
    if page.title is None:
        kept = _without_title(kept, page)
    kept = _without_byline(kept, page)
    kept = _without_blurb(kept, page)
    if page.url and (found := OF_ADDRESS.search(page.url)):
        page.blog = page.blog or found["blog"]
        page.id = page.id or found["id"]
    page.author = page.author or page.stamped
    page.blog = page.blog or page.stamped_blog
    return "\n".join(kept).rstrip()


def _take_above(flat: str, page: Page, source: str, account: Account, *, told: bool) -> bool:
    """Take what a line above the title or the body says, if it is no text itself."""
    if not flat:
        return False
    if (address := ADDRESS.fullmatch(flat)) is not None:
        page.url = page.url or address["url"]
        return True
    if (numbered := NUMBERED.fullmatch(flat) or MARKDOWN.fullmatch(flat)) is not None and page.title is None:
        page.title = numbered["title"] or None
        return True
    return (
        _take_labels(flat, page, source, account, told=told)
        or take_of_page(flat, page)
        or DIVIDER.fullmatch(flat) is not None
    )


def _take_below(flat: str, page: Page) -> bool:
    if not flat:
        return False
    if (address := ADDRESS.fullmatch(flat)) is not None and not flat.startswith("http"):
        page.url = page.url or address["url"]
        return True
    return take_of_page(flat, page) or DIVIDER.fullmatch(flat) is not None


def _take_labels(flat: str, page: Page, source: str, account: Account, *, told: bool) -> bool:
    """Take labelled values. ``เรื่อง:`` and ``วันที่:`` are those of a meeting as often as not: they count beside an author only."""
    values = labels_of(flat)
    title = values.get("title") or values.get("heading")
    told = told or bool(
        values.keys() & {"title", "author"} or page.title or page.author or {"heading", "date"} <= values.keys()
    )
    if not values or "body" in values or not told:
        return False
    page.title = page.title or title
    page.author = page.author or values.get("author") or None
    page.url = page.url or values.get("url") or None
    page.blog = page.blog or values.get("blog") or None
    page.id = page.id or values.get("id") or None
    if values.get("community"):
        page.communities = page.communities or (values["community"],)
    if values.get("tags"):
        take_tags(f"คำสำคัญ: {values['tags']}", page)
    if values.get("date"):
        when = parse_datetime(values["date"])
        if when is None:
            account.add("warning", source, "date_not_read", field="date", value=values["date"][:40])
        page.published = page.published or when
    return True


def _without_author_block(lines: Sequence[str], page: Page) -> list[str]:
    """Take the author's name where it stands above a title, repeated or over ``ติดตาม ผู้ติดตาม``."""
    seen = [n for n, line in enumerate(lines[:40]) if line.strip()][:8]
    flats = [flat_line(lines[n]) for n in seen]
    follow = next((k for k, flat in enumerate(flats[:6]) if flat and _FOLLOW.fullmatch(flat)), None)
    dropped: set[int] = set()
    if follow is not None:
        name = flats[follow - 1] if follow and len(flats[follow - 1]) <= 60 else None
        page.author = page.author or name
        dropped = {n for n, flat in zip(seen, flats, strict=True) if flat == name or _FOLLOW.fullmatch(flat)}
    elif len(flats) > 2 and flats[0] and flats[0] == flats[1]:
        named = is_name(flats[0])
        if named:
            page.author = page.author or flats[0]
        dropped = {n for n, flat in zip(seen, flats, strict=True) if flat == flats[0]} - (set() if named else {seen[0]})
    return unpadded([line for n, line in enumerate(lines) if n not in dropped])


def _without_title(lines: list[str], page: Page) -> list[str]:
    """Take line 1 as the title where a blank line follows it, or much longer text: many copies have lost theirs."""
    if len(lines) < 2 or len(lines[0]) > LONGEST_TITLE or not any(line.strip() for line in lines[1:]):
        return lines
    if lines[1].strip() and not stands_above(lines[0], lines[1]):
        return lines
    page.title = flat_line(lines[0])
    return unpadded(lines[1:])


def _without_byline(lines: list[str], page: Page) -> list[str]:
    found = _BYLINE.fullmatch(flat_line(lines[0])) if lines and page.title else None
    if found is None or len(found["name"].split()) > 5 or ENDS_SPEECH.search(found["name"]):
        return lines
    when = parse_datetime(found["date"] or "")
    if found["date"] and when is None:
        return lines
    page.author = page.author or found["name"]
    page.published = page.published or when
    return unpadded(lines[1:])


def _squeezed(text: str) -> str:
    """Return the letters of a text alone, for comparing a blurb with the sentence that it repeats."""
    return re.sub(r"[\s.…\u00a0\u200b]+", "", text)


def _without_blurb(lines: list[str], page: Page) -> list[str]:
    end = next((n for n, line in enumerate(lines) if not line.strip()), len(lines))
    blurb = "\n".join(lines[:end])
    rest = lines[end:]
    if len(_squeezed(blurb)) < 30 or _squeezed(blurb) not in _squeezed("\n".join(rest)):
        return lines
    page.blurb = blurb.strip()
    return unpadded(rest)
