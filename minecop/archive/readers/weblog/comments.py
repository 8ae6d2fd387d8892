"""Comments in the markup of weblogs and forums: which elements they are, and what each says.

They are taken out of the page before the post is read, so that none can pass for its body.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from itertools import pairwise

from selectolax.lexbor import LexborNode

from minecop.archive.htmltext import node_text
from minecop.archive.models import Account, Comment
from minecop.archive.readers.weblog import bylines
from minecop.archive.readers.weblog.bylines import Written
from minecop.archive.readers.weblog.tree import ancestors, around_any, attr, elements, firsts, letters, line_of, remove
from minecop.core.dates import arabic_digits

FORUM = "#page-body .post, .post_wrapper, .postlist .post"
"""Messages of a forum, the first of which is the post."""

HEADING = re.compile(
    r"\W{0,9}(?:ความ(?:คิด)?เห็น|ข้อคิดเห็น|comments?)(?:ทั้งหมด)?\W{0,9}\d{0,6}\W{0,9}(?:ความ(?:คิด)?เห็น|รายการ|ชิ้น)?\W{0,9}",
    re.IGNORECASE,
)
"""A line that says that comments follow."""

_BOXES = "#comments, .comments-area, #disqus_thread, .post-comments"
_ITEMS = (
    "li.comment, li[id^='comment-'], .commentlist > li, .comment-list > li, .wp-block-comment-template > li", ".comment",
    "[id^='comment-'], [id^='comment_']",
)  # fmt: skip
_TEXTS = (
    ".comment-content", ".comment-text, .comment_text, .commenttext, .comment-entry, .comment-message",
    ".field-name-comment-body, .field--name-comment-body", ".comment__content", ".comment-body, [itemprop=text]",
    ".postbody .content, .post .inner", ".content, .message, .text",
)  # fmt: skip
_NAMES = (
    ".fn", "cite", ".username", ".comment-author-name", ".comment-author, .comment_author, .comment-name, .comment__author",
    "[itemprop=author], [rel~=author]", ".author", ".poster h4", ".poster", ".postprofile a", ".commenter, .user, .name",
    "[class*=author]", "[class*=name], [class*=user]",
)  # fmt: skip
_DATES = (
    "time", "[property~='dc:created'], [itemprop=dateCreated]", ".comment-metadata, .commentmetadata, .comment-timestamp", ".datetime",
    ".comment-date, .comment-time", ".keyinfo .smalltext", ".submitted", ".date", "[class*=date]", "[class*=time]", "[class*=meta]",
    "[class*=footer]", ".author",
)  # fmt: skip
_HEAD = (
    ".fn, cite, time, .comment-author, .comment__author, .comment-meta, .comment-date, .author, .username, .submitted"
)
_SUBJECTS = ".comment-title, .comment-subject, h3 a[href*='#comment'], h3 a.permalink, .comment__title"
_NOT_TEXT = (
    ".says, .reply, .comment-reply-link, .comment-edit-link, .edit-link, .comment-actions, .comment-author, .comment-meta, .comment-footer,"
    ".comment-metadata, .commentmetadata, .item-control, .avatar, .avatar-image-container, .links, .submitted, .permalink, .thread-toggle,"
    ".continue, .comment-awaiting-moderation, .signature"
)
_PINGS = "li.pingback, li.trackback, .comment.pingback, .comment.trackback"
_ANSWER = re.compile(r"re\b|ตอบ", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|(?:^|[-_/])(?:comment|cmt|cm|c|p|msg|comment-item)[-_]?)(\d+)(?:#|$)")
_SAID = re.compile(
    r"(\d{1,6})\s*(?:ความ(?:คิด)?เห็น|(?:comments?|responses?|thoughts?|replies)\b)|ความ(?:คิด)?เห็น(?:ทั้งหมด)?\s*[(:]?\s*(\d{1,6})",
    re.IGNORECASE,
)
_INVITATION = re.compile(
    "ยัง|ไม่|มี|ความ|คิด|เห็น|ข้อ|คอมเมนต์|คอมเม้นท์|แสดง|เขียน|ส่ง|เพิ่ม|ร่วม|ฝาก|โพสต์|พิมพ์|ปิด|การ|รับ|แล้ว|เข้าสู่ระบบ|ล็อกอิน|ลงชื่อ|เข้าใช้|สมัคร|สมาชิก|เป็น|คน|แรก|ที่|เพื่อ"
    "|ก่อน|กรุณา|โปรด|ต้อง|คุณ|ท่าน|สิ|ชื่อ|อีเมล|เว็บไซต์|ของ|บทความ|บันทึก|นี้|จะ|ถูก|เผยแพร่|ช่อง|จำเป็น|ทำ|เครื่องหมาย|ยกเลิก|ตอบ|กลับ|ใหม่|เก่า|กว่า|หน้า|ใด|ได้|ให้|ใน|รายการ|ๆ"
    r"|\b(?:a|address|an|and|are|as|at|atom|be|been|by|closed|comments?|disabled|disqus|e-?mail|enable|feed|fields?|first|for|has|have|here|home"
    r"|in|is|javascript|leave|log|logged|login|marked|more|must|name|newer|no|nobody|not|off|older|on|one|or|please|posts?|powered|published"
    r"|register|reply|required|rss|say|sign|sorry|submit|subscribe|the|there|this|thoughts?|to|turned|until|view|website|will|write|yet|you|your)\b",
    re.IGNORECASE,
)
"""The words with which sites ask for comments, or say that there are none."""

_LETTER = re.compile(r"[^\W\d_]")
_MOST_LINES = 100


def take_comments(page: LexborNode, name: str, account: Account) -> tuple[list[Comment], int | None]:
    """Return the comments of a page and how many it says there are, and take them out of it; what is no comment goes into the account."""
    headings = elements(page, "#comments h2, #comments h3, #comments h4, h2#comments, h3#comments, .comments-title")
    headings += _headings(page)
    said = comments_said(headings)
    if echoes := len(elements(page, _PINGS)):
        account.add("warning", name, "pingbacks_left_out", count=echoes)
        remove(page, _PINGS)
    with_text = (items for items in _candidates(page) if any(_inner_text(part) for parts in items for part in parts))
    comments = list(_comments(next(with_text, []), name, account))
    said = len(comments) if said == len(comments) + echoes else said
    comments = comments or _boxed_comments(page, name, account)
    remove(page, _BOXES)
    return comments, said


def _headings(page: LexborNode) -> list[LexborNode]:
    return [node for node in elements(page, "h2, h3, h4, h5") if HEADING.fullmatch(line_of(node))]


def comments_said(nodes: Iterable[LexborNode]) -> int | None:
    """Return the number of comments that the first of some elements states."""
    found = (_SAID.search(arabic_digits(line_of(node))) for node in nodes)
    return next((int(match[1] or match[2]) for match in found if match), None)


def unmarked_comments(lines: Sequence[str]) -> Iterator[Comment]:
    """Yield the comments among lines, parted by those that say who wrote which; without such lines, all as one."""
    lines = "\n".join(lines).strip("\n ").split("\n")
    cuts = [at for at, line in enumerate(lines) if bylines.byline(line).name]
    bodies = ["\n".join(lines[begin + 1 : end]).strip("\n ") for begin, end in pairwise([-1, *cuts, len(lines)])]
    told = [bylines.byline(lines[at]) for at in cuts]
    # Names stand above all texts or below all.
    told = [Written(), *told] if cuts[:1] == [0] else [*told, Written()]
    pairs = [(body, written) for body, written in zip(bodies, told, strict=True) if body]
    for position, (body, written) in enumerate(pairs, 1):
        yield Comment(position, body, author_id=written.name, author_name=written.name, published=written.when)


def _boxed_comments(page: LexborNode, name: str, account: Account) -> list[Comment]:
    """Return the comments in a box of comments whose items have no markup that is known, by the lines that say who wrote which."""
    lines = [line for box in elements(page, _BOXES)[:1] for line in node_text(box).split("\n")]
    below = next((at for at, line in enumerate(lines) if line.strip() and not HEADING.fullmatch(line)), len(lines))
    comments = list(unmarked_comments(lines[below:]))
    if any(comment.author_name for comment in comments):
        return comments
    if not all(map(is_invitation, lines)):
        account.add("warning", name, "thread_not_read")
    return []


def is_invitation(line: str) -> bool:
    """Tell whether a line only asks for comments, or says that nobody has written one or that nobody may."""
    return _LETTER.search(_INVITATION.sub("", line)) is None


def headed_text(page: LexborNode) -> str:
    """Return what stands behind the last heading of comments, as far as it is more than an invitation."""
    headings = _headings(page)
    lines: list[str] = []
    step = headings[-1].next if headings else None
    while step is not None and len(lines) < _MOST_LINES:
        lines += node_text(step).split("\n")
        step = step.next
    return "\n".join(line for line in lines if not is_invitation(line))


def _candidates(page: LexborNode) -> Iterator[list[list[LexborNode]]]:
    """Yield what may be the list of comments, each comment as the elements that it is made of."""
    terms: list[list[LexborNode]] = []
    for node in elements(page, "dl#comments-block > dt, dl#comments-block > dd, #comments dl > dt, #comments dl > dd"):
        if node.tag == "dt" or not terms:
            terms.append([])
        terms[-1].append(node)
    yield terms
    named = _by_name(page)
    for selector in _ITEMS:
        found = elements(page, selector)
        alike = [node for node in found if node.tag == found[0].tag and (selector != _ITEMS[-1] or _number([node]))]
        signed = any(
            node.css_first(_HEAD) or any(bylines.without_bylines(_inner_text(node), 2, opening=True)[1])
            for node in firsts([page], selector)
        )
        # One box with several comments in it, each by its own name, is no comment.
        if signed and not len(alike) == 1 < len(named):
            yield [[node] for node in alike]
    yield [[node] for node in elements(page, FORUM)]
    yield [[node] for node in named]


def _by_name(page: LexborNode) -> list[LexborNode]:
    """Return the elements whose class or id speaks of comments and that hold a name and a date, the innermost of each kind."""
    signed = around_any(page, *_NAMES) & around_any(page, *_DATES) - {page.mem_id}
    called = elements(page, "[class*=omment], [id*=omment], [class*=cmt], [id*=cmt]")
    found = [node for node in called if node.mem_id in signed]
    kinds: dict[int, list[str | None]] = {}
    for node in found:
        words = [
            word
            for word in f"{attr(node, 'class')} {attr(node, 'id')}".lower().split()
            if re.search("comment|cmt", word)
        ]
        kinds[node.mem_id] = [node.tag, *sorted(re.sub(r"\d+", "", word) for word in words)]
    inside = ((kinds[node.mem_id], above.mem_id) for node in found for above in ancestors(node))
    boxes = {above for kind, above in inside if kinds.get(above, kind) != kind}
    return [node for node in found if node.mem_id not in boxes]


def _inner_text(node: LexborNode) -> str:
    """Return the text of an element; of an item of a list without its bullet."""
    text = node_text(node)
    return text.removeprefix("•").strip(" \n") if node.tag == "li" else text


def _comments(items: list[list[LexborNode]], name: str, account: Account) -> Iterator[Comment]:
    ids = [_number(parts) for parts in items]
    answered = _answered([parts[0] for parts in items], ids)
    read: list[tuple[str, Written]] = []
    # A reply stands inside what it answers: from the last to the first, each is read when its own replies are gone.
    for parts in reversed(items):
        read.append(_read(parts))
        for part in reversed(parts):
            part.decompose()
    for place, (body, (author, user, when, _)) in enumerate(reversed(read)):
        if body.strip():
            yield Comment(place + 1, body, ids[place], user or author, author, when, answered[place])
        else:
            account.add("refused", f"{name}#{place + 1}", "no_body")


def _answered(items: list[LexborNode], ids: list[str | None]) -> list[str | None]:
    """Return, for each comment, the id of what it answers: that in which it stands, or the last that is indented less."""
    depths: dict[int, int] = {}
    answered: list[str | None] = []
    thread: list[str | None] = []
    for item, own in zip(items, ids, strict=True):
        depth = 0
        for above in ancestors(item):
            if above.mem_id in depths:
                depth += depths[above.mem_id] + 1
                break
            depth += "indented" in attr(above, "class").split()
        del thread[depth:]
        answered.append(thread[-1] if thread else None)
        thread.append(own)
        depths[item.mem_id] = depth
    return answered


def _number(parts: Sequence[LexborNode]) -> str | None:
    """Return the id of a comment, as its element or its own address has it."""
    return next((found[1] for value in _numbered(parts) if (found := _NUMBER.search(value))), None)


def _numbered(parts: Sequence[LexborNode]) -> Iterator[str]:
    """Yield what may name a comment, the surest first: its element, a link in it."""
    for part in parts:
        yield from (attr(part, name) for name in ("id", "about", "data-comment-id"))
    for link in firsts(parts, "a[href*='#comment-'], a[href*='#c'], a[name^=c], a[id^=comment-]"):
        yield from (attr(link, "href").rpartition("#")[2], attr(link, "name"), attr(link, "id"))


def _read(parts: Sequence[LexborNode]) -> tuple[str, Written]:
    """Return the text of one comment, and who wrote it when."""
    classes = " ".join(attr(part, "class") for part in parts)
    heads, body = parts, ""
    holder = next((node for node in firsts(parts, *_TEXTS) if node.css_first(_HEAD) is None), None)
    if holder is not None:
        remove(holder, _NOT_TEXT)
        body = node_text(holder)
        heads = [part for part in parts if part.mem_id != holder.mem_id]
        if len(heads) == len(parts):
            holder.decompose()
    subject = next(map(line_of, firsts(heads, _SUBJECTS)), "")
    named, when = bylines.first_name(firsts(heads, *_NAMES)), bylines.first_moment(firsts(heads, *_DATES))
    name = named.name or bylines.marked_bylines(heads).name
    by_class = re.search(r"(?<!\S)comment-author-(\S+)", classes)
    written = Written(name, by_class[1] if by_class and name else named.account, when)
    if body:
        titled = subject and not letters(body).startswith(letters(subject)) and not _ANSWER.match(subject)
        return (f"{subject}\n{body}" if titled else body), written
    # It has no element of its own: what is left without name, date and buttons.
    for head in heads:
        remove(head, f"[data-told], {_NOT_TEXT}")
    text = bylines.SAYING.sub("", "\n".join(map(_inner_text, heads)).lstrip())
    body, told = bylines.without_bylines(text, 2, opening=written.when is None)
    return body, written.filled(told)
