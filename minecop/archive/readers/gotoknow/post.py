"""Pages of GotoKnow and its sister sites as posts.

Of a page with a post comes the post with the comments on the page; of a page with one comment (``/comments/ID``) or with a part of
a thread (``/posts/ID/comments?page=N``) a post without a body that holds these comments: the same post's records are put together later.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser

from minecop.archive.keys import id_from_name
from minecop.archive.models import Account, Post
from minecop.archive.readers.gotoknow import fields, names
from minecop.archive.readers.gotoknow.alone import of_comment, of_thread
from minecop.archive.readers.gotoknow.chrome import MORE, cut_chrome, tidy
from minecop.archive.readers.gotoknow.comments import Thread, read_thread
from minecop.archive.readers.gotoknow.fields import Around
from minecop.archive.readers.gotoknow.head import Head, read_head
from minecop.archive.readers.gotoknow.leftover import tell_leftover
from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.marking import mark_page
from minecop.archive.readers.gotoknow.place import Place, find_place
from minecop.archive.readers.gotoknow.tree import squeezed
from minecop.core.errors import InputError

_NOTICE = re.compile(
    r"ไม่พบ(?:หน้า|บันทึก|เพจ|ข้อมูล|สิ่งที่)|ถูกลบ(?:ไป)?แล้ว|ถูกลบออก|หน้า(?:นี้|ที่ท่าน.{0,20})ไม่มี|ขออภัย|เกิดข้อผิดพลาด|ไม่มีสิทธิ์|บันทึกส่วนตัว|กรุณาเข้า(?:สู่)?ระบบ|โปรดเข้า(?:สู่)?ระบบ"
    r"|ปิดปรับปรุง|\b404\b|not found|went wrong|application error|doesn't exist|under maintenance|forbidden",
    re.IGNORECASE,
)
_LONGEST_NOTICE = 200
_SHORTEST_BLURB = 30
_SHORTEST_TITLE = 4
_MOST_QUOTES = 3


def gotoknow_post(tree: LexborHTMLParser, url: str | None, name: str, account: Account) -> Post | None:
    """Return the post of a page of the GotoKnow engine, or ``None`` where the page is of another site.

    Parameters
    ----------
    tree
        The page.
    url
        Its address, where it is known; else the page is asked.
    name
        The source, for the account.
    account
        Gets what was guessed and what is missing.

    Raises
    ------
    InputError
        When the page is of the engine and holds no post: an error, a form to log in, a list.
    """
    place = find_place(tree, url)
    if place is None:
        return None
    if place.kind == "other":
        raise InputError("page_without_post")
    head = read_head(tree)
    page = mark_page(tree, head.titles, place.number if place.kind in {"post", "thread"} else None)
    if place.kind == "comment":
        post = of_comment(page, place)
    elif place.kind == "thread":
        post = of_thread(page, place, name, account)
    else:
        post = _of_post(page, place, head, name, account)
    if (not post.body and not post.comments) or _is_notice(tree, post):
        raise InputError("page_without_post")
    post = replace(post, title=post.title or next(iter(head.titles), None), source=name)
    if not post.id:
        post = replace(post, id=id_from_name(name))
        account.add("guessed", name, "id_from_file_name")
    _tell(post, place, name, account)
    return post


def _tell(post: Post, place: Place, name: str, account: Account) -> None:
    if post.body and post.published is None:
        account.add("warning", name, "no_date")
    if place.page is not None:
        account.add("warning", name, "thread_page", page=place.page, id=post.id)
    if nameless := sum(comment.author_id is None for comment in post.comments):
        account.add("warning", name, "comments_without_author", count=nameless)
    if undated := sum(comment.published is None for comment in post.comments):
        account.add("warning", name, "comments_without_date", count=undated)


def _is_notice(tree: LexborHTMLParser, post: Post) -> bool:
    """Tell whether what was read is only the site's word that there is nothing to read."""
    if post.comments or post.published or post.author_id or post.tags or len(squeezed(post.body)) > _LONGEST_NOTICE:
        return False
    return bool(_NOTICE.search(f"{post.title}\n{post.body}")) or tree.css_first("input[type=password]") is not None


def _of_post(page: MarkedPage, place: Place, head: Head, name: str, account: Account) -> Post:
    main = page.without(page.text, "ZO")
    # A table in a post is the writer's; what comes after the comments is none of the post's text.
    upper, lower = _at_thread(page.stripped(main, "J"), page)
    if not page.has(upper, "B") and page.has(lower, "B"):
        upper, lower = f"{upper}\n{lower}", ""
    before, after = fields.at_title(upper, page)
    over, text, under = _text_of(after, page)
    under += lower.split("\n")
    around = Around(before, page.without("\n".join([*over, "", *under]), "YQ").split("\n"), page.within(page.text, "O"))
    title, text = (page.title, text) if page.title else _title_above(text, head.titles, page)
    blurb, body, cut = _body_of(text, page.within(after, "Q"), over, page)
    thread = _thread_of(main, page, name, account)
    published, modified = fields.dates(around, page)
    user, display = fields.author(around, page, text)
    if user is None and display is None:
        user, display = head.author_id, head.author_name
    elif display is None and head.author_id in {None, user}:
        display = head.author_name
    said = "\n".join([body, blurb or "", *(comment.body for comment in thread.comments)])
    tell_leftover([*before, *around.lines, *thread.leftover], said, page, name, account)
    journal = place.kind == "journal"
    return Post(
        id=f"journal-{place.number}" if journal else place.number or "",
        body=body,
        url=_plain_url(place),
        title=title,
        blurb=blurb,
        author_id=user or display,
        author_name=display,
        communities=fields.communities(around, page),
        published=published or head.published,
        modified=modified or head.modified,
        tags=fields.tags(around, page),
        comments=tuple(thread.comments),
        blog=place.blog or fields.blog(around, page),
        excerpt=cut,
        comments_said=thread.said if thread.said is not None else fields.comment_count(around, page),
    )


def _plain_url(place: Place) -> str | None:
    """Return the address of a post without what only says how it was called up."""
    url = place.url
    return re.sub(r"[?#].*", "", url) if url and place.number and names.POST_PATH.search(url) else url


def _at_thread(text: str, page: MarkedPage) -> tuple[str, str]:
    """Return what stands above the comments and below them."""
    starts = [mark.start() for mark in page.mark.finditer(text) if mark[1] in "TE"]
    if not starts:
        return text, ""
    return text[: starts[0]], page.without(text[starts[0] :], "TE")


def _title_above(text: str, titles: list[str], page: MarkedPage) -> tuple[str | None, str]:
    """Part a text from its first line, if the head of the page says that this is the title."""
    first, _, rest = text.lstrip("\n ").partition("\n")
    title = page.bare(first).strip()
    letters = squeezed(title)
    agreed = len(letters) >= _SHORTEST_TITLE and any(letters in squeezed(said) for said in titles)
    return (title, rest) if agreed and rest.strip() else (None, text)


def _text_of(after: str, page: MarkedPage) -> tuple[list[str], str, list[str]]:
    """Return the lines over a post's text, the text, and the lines under it."""
    for _, start, end in page.spans(after, "B")[:1]:
        inside = after[start:end].split("\n")
        above, below = after[:start].split("\n"), after[end:].split("\n")
        if page.sure:
            over, text, under = fields.part_text(inside, page, sure=True)
            return [*above, *over], "\n".join(text), [*under, *below]
        # What is only called a content or a text must be most of what stands there.
        _, others, _ = fields.part_text([*above, *below], page)
        if len(squeezed(page.bare("".join(inside)))) >= len(squeezed(page.bare("".join(others)))):
            over, text, under = fields.part_text(inside, page)
            return [*above, *over], "\n".join(text), [*under, *below]
    over, text, under = fields.part_text(cut_chrome(after, page).split("\n"), page)
    return over, "\n".join(text), under


def _body_of(text: str, quotes: list[str], over: list[str], page: MarkedPage) -> tuple[str | None, str, bool]:
    """Return the blurb, the body, and whether it is cut short. What is called a blurb and repeats nothing belongs to the body."""
    body = tidy(page.without(text, "YQ" if len(quotes) <= _MOST_QUOTES else "Y"), page)
    first, _, last = body.rpartition("\n")
    cut = bool(MORE.fullmatch(last)) and bool(first.strip())
    if cut:
        body = first.rstrip("\n ")
    blurb = None
    quotes = quotes if len(quotes) <= _MOST_QUOTES else []
    for quote in reversed([tidy(page.without(part, "Y"), page) for part in quotes]):
        if blurb is None and body and squeezed(quote) in squeezed(body):
            blurb = quote
        elif quote:
            body = f"{quote}\n\n{body}" if body else quote
    if blurb is None:
        blurb = _repeated(tidy("\n".join(line for line in over if not fields.is_about(line, page)), page), body)
    if blurb is None:
        opening, _, rest = body.partition("\n\n")
        blurb = _repeated(opening, rest)
        body = rest.strip("\n") if blurb else body
    return blurb, body, cut


def _repeated(text: str, body: str) -> str | None:
    """Return a text if it repeats what the body says."""
    letters = squeezed(text)
    return text if len(letters) >= _SHORTEST_BLURB and letters in squeezed(body) else None


def _thread_of(main: str, page: MarkedPage, name: str, account: Account) -> Thread:
    parts = page.within(main, "T")
    headings = page.within(page.without(main, "T"), "E")
    return read_thread("\n".join([*headings, *parts]), page, name, account) if parts or headings else Thread()
