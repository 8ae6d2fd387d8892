"""Pages with comments and without the post: one comment alone, or a part of a thread."""

from __future__ import annotations

import re
from urllib.parse import urljoin

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.address import in_archive_org
from minecop.archive.readers.gotoknow import fields, names
from minecop.archive.readers.gotoknow.chrome import MORE, cut_chrome, tidy
from minecop.archive.readers.gotoknow.comments import read_comment, read_thread
from minecop.archive.readers.gotoknow.fields import Around
from minecop.archive.readers.gotoknow.leftover import tell_leftover
from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.place import Place, place_of

_BACK = re.compile(
    r"\W*(?:กลับ|ดู|อ่าน|ไป)(?:ไป)?(?:ยัง|ที่)?\s*(?:บันทึก|หน้า|ความ).{0,30}|\W*(?:บันทึก|เรื่อง|จากบันทึก|ใน(?:บันทึก)?)\s*:?\W*"
)


def of_thread(page: MarkedPage, place: Place, name: str, account: Account) -> Post:
    """Return the comments of a part of a thread; what stands over them is the beginning of the post."""
    main = page.without(page.text, "ZO")
    before, after = fields.at_title(page.without(main, "T"), page)
    lines = page.lines(page.stripped(after, "BQ"))
    more = next((n for n, line in enumerate(lines) if MORE.fullmatch(page.said(line))), None)
    above = lines if page.has(main, "T") else lines[:more] if more is not None else []
    below = page.within(main, "T") or lines[len(above) + (more is not None) :]
    thread = read_thread("\n".join(below), page, name, account)
    around = Around(before, [line for line in above if fields.is_about(line, page)], page.within(page.text, "O"))
    kept = [line for line in above if not fields.is_about(line, page) and not MORE.fullmatch(page.said(line))]
    tell_leftover([*before, *thread.leftover], "", page, name, account)
    published, modified = fields.dates(around, page)
    user, display = fields.author(around, page, "")
    return Post(
        id=place.number or "",
        body="",
        url=re.sub(r"/comments/?(?:[?#].*)?$", "", place.url) if place.url else None,
        title=page.title,
        blurb=tidy("\n".join(kept), page) or None,
        author_id=user or display,
        author_name=display,
        published=published,
        modified=modified,
        comments=tuple(thread.comments),
        blog=place.blog,
        comments_said=thread.said,
    )


def of_comment(page: MarkedPage, place: Place) -> Post:
    """Return one comment, under the post to which its page links."""
    main = page.without(page.text, "ZO")
    start = min((spans[0][1] for letter in "EH" if (spans := page.spans(main, letter))), default=0)
    main = main[start:]
    links = [(page.links[n], page.said(main[a:b])) for n, a, b in page.spans(main, "R")]
    belongs = place_of(links[0][0]) if links else Place("other")
    named = next(
        (
            text
            for href, text in links
            if text and not _BACK.fullmatch(text) and place_of(href).number == belongs.number
        ),
        None,
    )
    lines = [line for line in page.lines(cut_chrome(page.without(main, "HE"), page)) if not _is_of_post(line, page)]
    header, body = read_comment("\n".join(lines), page)
    comment = Comment(
        position=1,
        body=body,
        id=place.number,
        author_id=header.author_id or header.author_name,
        author_name=header.author_name,
        published=header.published,
        reply_to=header.reply_to,
    )
    return Post(
        id=belongs.number or "",
        body="",
        url=_joined(place.url, links[0][0]) if links else None,
        title=named or page.title,
        comments=(comment,) if body else (),
        blog=belongs.blog,
    )


def _is_of_post(line: str, page: MarkedPage) -> bool:
    """Tell whether a line only names the post to which a comment belongs."""
    if not page.spans(line, "R"):
        return False
    rest = page.said(page.without(line, "RP"))
    return (
        not re.search(r"\w", rest)
        or bool(_BACK.fullmatch(rest))
        or bool(re.fullmatch(r"\W*(?:บันทึก|เรื่อง|จากบันทึก)?\s*:?\s*(?:โดย|ของ)\s*:?\W*", rest))
    )


def _joined(base: str | None, href: str) -> str | None:
    """Return the full address of a post, without what only says how it was called up."""
    try:
        url = in_archive_org(urljoin(base or "", href))
    except ValueError:
        return None
    found = names.POST_PATH.search(url)
    return url[: found.end()] if found and "://" in url else None
