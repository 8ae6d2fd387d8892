"""Pages of weblogs and sites of any make: WordPress, Blogger, Drupal, forums, pages made by hand.

What a page says of itself in its markup comes first: a container of the body, a heading, a byline, tags, a list of comments. Where
a page has no container for its body, trafilatura tells the body's lines from the rest. Comments are read, and taken out of the page,
before anything else, so that none can pass for the body. A date comes from metadata or a byline, never from what people wrote.
"""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, datetime
from itertools import islice, pairwise

from selectolax.lexbor import LexborHTMLParser, LexborNode

from minecop.archive.htmltext import node_text
from minecop.archive.models import Account, Comment, Post
from minecop.core.dates import arabic_digits, gregorian_year, parse_datetime

# ---- where things stand, the surest place first

_SIDE = (
    "aside:not([id*=comment]):not([class*=comment]), nav, #sidebar, .sidebar, .widget-area, .widget:not(.Blog), [class*=latest-comments],"
    "#recentcomments, .recentcomments, #respond, .comment-respond, #comment-form, .comment-form, .related-posts, .jp-relatedposts"
)
_CHROME = (
    "header, footer, #header, #footer, .header, .footer, #menu, .menu, #nav, .nav, .navbar, .navigation, .pagination, .breadcrumb,"
    ".breadcrumbs, .pathway, .moduletable, .skip-link, .cookie, #counter, .counter, .copyright"
)
_BODIES = (
    ".entry-content", ".post-body", ".post-content", ".entry-body", ".postcontent", ".post-entry", ".post_content", ".storycontent",
    ".article-content", ".article-body", "[itemprop=articleBody]", ".field-name-body", ".field--name-body", ".node .content",
    "article .content", ".post .content", ".post .entry", ".hentry .entry", ".entry-summary",
)  # fmt: skip
_NOT_BODY = (
    ".sharedaddy, .jp-relatedposts, .addtoany_share_save_container, .share, .sharing, .share-buttons, .post-share, .social, .fb-like,"
    ".postmetadata, .post-labels, .post-footer, .post-header, .post-title, .entry-title, .node-title, .entry-meta, .entry-footer,"
    ".post-meta, .submitted, .links, .tags, .tag-links, .taxonomy, .field-name-field-tags, .field--name-field-tags, .page-links,"
    ".createdate, .modifydate, .author-box, .author-bio, .more-link, .read-more, .edit-link, .post-ratings, nav"
)
_POSTS = "article, .hentry, .post, .blog-post, .node, .date-outer, [itemtype*=Posting], [itemtype*=Article], main, #content"  # fmt: skip
_TITLES = (
    ".entry-title", ".post-title", ".article-title", ".node-title", "[itemprop=headline]", "h1.title", "#page-title", "h2.title",
    ".contentheading",
)  # fmt: skip
_PUBLISHED = (
    "time.published", "time[pubdate]", "abbr.published", "[itemprop=datePublished]", "[property~='dc:created']", ".entry-date",
    ".post-date", ".post-timestamp", ".posted-on", ".date-header", "article header time", ".entry-meta time", ".post-meta time",
    ".entry-meta .date", ".post-meta .date", ".createdate", "dd.published", "dd.create", ".submitted", ".byline",
    ".post > small", ".entry-meta", ".post-meta", ".postmetadata",
)  # fmt: skip
_MODIFIED = (
    "time.updated", ".modifydate", "dd.modified", "[itemprop=dateModified]", "abbr.updated", "[property~='dc:modified']",
)  # fmt: skip
_AUTHORS = (
    ".post-author .fn", ".author.vcard .fn", ".author .fn", ".vcard .fn", ".fn", "[rel~=author]", "[itemprop=author]", ".author-name",
    ".entry-author", ".post-author", ".byline .author", ".submitted .username", ".username", ".submitted a", ".author",
    ".createdby",
)  # fmt: skip
_BYLINES = (
    ".createby, .createdby, .submitted, .byline, .entry-meta, .post-meta, .postmetadata, .post > small, .post-author"
)
_TAGS = "a[rel~=tag], .post-labels a, .tag-links a, .taxonomy a, .field-name-field-tags a, .field--name-field-tags a"
_NO_TAGS = {"", "uncategorized", "ไม่มีหมวดหมู่", "ไม่จัดหมวดหมู่", "ไม่ระบุหมวดหมู่"}

_ITEMS = (
    "li.comment, li[id^='comment-'], .commentlist > li, .comment-list > li, .wp-block-comment-template > li",
    ".comment",
    "[id^='comment-'], [id^='comment_']",
)
_FORUM = "#page-body .post, .post_wrapper, .postlist .post"
_TEXTS = (
    ".comment-content", ".comment-text", ".comment_text", ".commenttext", ".comment-entry", ".comment-message", ".field-name-comment-body",
    ".field--name-comment-body", ".comment__content", ".comment-body", "[itemprop=text]", ".postbody .content", ".post .inner", ".content",
    ".message", ".text",
)  # fmt: skip
_NAMES = (
    ".fn", "cite", ".username", ".comment-author-name", ".comment-author", ".comment_author", ".comment-name", ".comment__author",
    "[itemprop=author]", "[rel~=author]", ".author", ".poster h4", ".poster", ".postprofile a", ".commenter", ".user", ".name",
    "[class*=author]", "[class*=name]", "[class*=user]",
)  # fmt: skip
_DATES = (
    "time", "[property~='dc:created']", "[itemprop=dateCreated]", ".comment-metadata", ".commentmetadata", ".comment-timestamp",
    ".datetime", ".comment-date", ".comment-time", ".keyinfo .smalltext", ".submitted", ".date", "[class*=date]", "[class*=time]",
    "[class*=meta]", "[class*=footer]", ".author",
)  # fmt: skip
_NOT_TEXT = (
    ".says, .reply, .comment-reply-link, .comment-edit-link, .edit-link, .comment-actions, .comment-author, .comment-meta, .comment-footer,"
    ".comment-metadata, .commentmetadata, .item-control, .avatar, .avatar-image-container, .links, .submitted, .permalink, .thread-toggle,"
    ".continue, .comment-awaiting-moderation, .signature"
)
_WITH_HEAD = ".fn, cite, time, .comment-author, .comment-meta, .comment-date, .author, .username"
_SUBJECTS = (".comment-title", ".comment-subject", "h3 a[href*='#comment']", "h3 a.permalink", ".comment__title")
_THREADS = "#comments, .comments-area, #disqus_thread, .post-comments"
_PINGS = "li.pingback, li.trackback, .comment.pingback, .comment.trackback"

_COMMENTISH = re.compile(r"comment|ความ(?:คิด)?เห็น|\bcmt", re.IGNORECASE)
_RE = re.compile(r"re\b|ตอบ", re.IGNORECASE)
_NUMBER = re.compile(r"(?:^|[-_/])(?:comment|cmt|cm|c|p|msg|comment-item)[-_]?(\d+)(?:#|$)")
_SAID = re.compile(
    r"(\d{1,6})\s*(?:ความ(?:คิด)?เห็น|comments?\b|responses?\b|thoughts?\b|replies\b)|ความ(?:คิด)?เห็น\s*[(:]?\s*(\d{1,6})",
    re.IGNORECASE,
)
_SAID_ALONE = re.compile(r"\W*ความ(?:คิด)?เห็น(?:ทั้งหมด)?\W*(\d{1,6})\W*(?:ความ(?:คิด)?เห็น|รายการ|ชิ้น)?\W*")
_SAYS = re.compile(r"\s*(?:กล่าวว่า|พูดว่า|เขียนว่า|บอกว่า|แสดงความเห็นว่า|\b(?:says|said|wrote))\s*[.…:]*\s*$", re.IGNORECASE)
_SAYING = re.compile(r"^\W*(?:กล่าวว่า|พูดว่า|เขียนว่า|บอกว่า|says|said|wrote)\s*[.…:]+\s*", re.IGNORECASE)
_NAME_AND_DATE = re.compile(
    r"^(?P<name>[^\d\[(|]{2,60}?)\s*[-–:,|\[(]*\s*(?P<date>(?:เมื่อ|วันที่)?\s*\d[^\n]{5,50}?)\s*[\])]?$"
)
_LABEL = re.compile(
    r"^\W*(?:เขียนโดย|เสนอโดย|ส่งโดย|เรื่องโดย|โพสต์โดย|โดยคุณ|โดย|ผู้เขียน|ผู้โพสต์|จากคุณ|ชื่อผู้เขียน|"
    r"(?:posted|submitted|written)\s+by\b|by\b|author\b)\s*[:：]?\s*(?P<name>[^\n\[(|»•<>]{2,80})",
    re.IGNORECASE,
)
# Where no markup says that a line is a byline, it must be one as a whole: โดยสรุปแล้ว... and ผู้เขียนได้ไป... begin sentences.
_PLAIN_LABEL = re.compile(
    r"^\W*(?:(?:เขียนโดย|เสนอโดย|ส่งโดย|เรื่องโดย|โพสต์โดย|โดยคุณ|โดย|จากคุณ|(?:posted|submitted|written)\s+by)(?:\s*[:：]\s*|\s+)"
    r"|(?:ชื่อผู้เขียน|ผู้เขียน|ผู้โพสต์|author|by|จาก)\s*[:：]\s*)"
    r"(?P<name>[^\n\[(|»•<>\d]{2,40}?)(?P<rest>\s*(?:[\[(|»•,-].*|(?:เมื่อ|วันที่|เวลา|on|at)\s.*|\d.*)?)$",
    re.IGNORECASE,
)
_LABEL_WITHIN = re.compile(r"(?:โดย|\bby\b)\s*[:：]?\s*\S.*", re.IGNORECASE)
_AFTER_NAME = re.compile(
    r"\s*(?:เมื่อ|วันที่|เวลา|\bon\b|\bat\b|\bin\b|\bunder\b|[,;-]?\s*\d{1,2}[\s/]).*$", re.IGNORECASE | re.DOTALL
)
_NOBODY = re.compile(
    r"^(?:ไม่ระบุ(?:ชื่อ|นาม)|ไม่(?:ประสงค์)?(?:ออก|แสดง)นาม|นิรนาม|บุคคลทั่วไป|ผู้เยี่ยมชม|anonymous|guest|visitor|unknown)"
    r"(?:\s*\(.*\))?$",
    re.IGNORECASE,
)
_UNPROVEN = re.compile(r"\s*\((?:not verified|visitor|ไม่ได้ยืนยัน[^)]*|ผู้เยี่ยมชม|บุคคลทั่วไป)\)$", re.IGNORECASE)
_ACCOUNT = re.compile(r"(?:/(?:author|users|profile|u)/)([^/?#]*[^/?#\d][^/?#]*|\d{15,})/?(?:[?#]|$)")
_THEN = r"\s*(?:เมื่อ)?\s*[:：]?\s*(?:ใน\s*)?(?:วัน[ก-์]{0,12}ที่\s*)?[\d๐-๙].{0,50}$"
_WRITTEN = re.compile(
    rf"^\W*(?:เขียน|เผยแพร่|โพสต์|ลง|บันทึก|วันที่(?:เขียน|ลง|โพสต์|เผยแพร่)|posted(?:\s+on)?|published(?:\s+on)?|date){_THEN}",
    re.IGNORECASE,
)
_EDITED = re.compile(rf"^\W*(?:แก้ไข|ปรับปรุง|last\s+(?:updated?|modified))(?:ล่าสุด|ครั้งล่าสุด)?{_THEN}", re.IGNORECASE)
_THREAD = re.compile(
    r"\W*(?:ความ(?:คิด)?เห็น|ข้อคิดเห็น|comments?)(?:ทั้งหมด)?\W*\d{0,6}\W*(?:ความ(?:คิด)?เห็น|รายการ|ชิ้น)?\W*", re.IGNORECASE
)
_FOOT = re.compile(
    r"^\W*(?:$|สงวนลิขสิทธิ์|สงวนสิทธิ์|copyright|©|powered by|all rights reserved|(?:ท่าน|คุณ)เป็นผู้เยี่ยมชม|ผู้เยี่ยมชม|จำนวนผู้เข้าชม|เหมาะกับจอ)",
    re.IGNORECASE,
)
_MISSING = re.compile(
    r"^(?:(?:error\s*)?404(?:\W*$|\W+(?:not found|error|page|ไม่พบ))|(?:page )?not found\b|ไม่พบหน้า|ไม่พบเพจ|access denied|403 forbidden)",
    re.IGNORECASE,
)
_MORE = re.compile(
    r"^\W*(?:อ่านต่อ|อ่านเพิ่มเติม|อ่านทั้งหมด|อ่านฉบับเต็ม|read\s+more|continue\s+reading|more\s*(?:…|\.{3}))", re.IGNORECASE
)
_CUT = re.compile(
    r"\s*(?:\(?(?:อ่านต่อ|อ่านเพิ่มเติม|read\s+more|continue\s+reading|more…)[\s.…»>→)]*|\[(?:…|\.{3})\])$", re.IGNORECASE
)
_NAMED_DAY = re.compile(
    r"(จันทร์|อังคาร|พุธ|พฤหัส|ศุกร์|เสาร์|อาทิตย์|\bmon|\btue|\bwed|\bthu|\bfri|\bsat|\bsun)[^\d\n]{0,20}(\d{1,2})/(\d{1,2})/(\d{4})",
    re.IGNORECASE,
)
_WEEKDAYS = ["จันทร์", "อังคาร", "พุธ", "พฤหัส", "ศุกร์", "เสาร์", "อาทิตย์", "mon", "tue", "wed", "thu", "fri", "sat", "sun"]
_OWN_NUMBER = (
    re.compile(r"[?&](?:p|id|aid|nid|topic|tid|t|postid|articleid)=(\d{1,19})"),
    re.compile(r"/(?:node|posts?|archives?|article|topic)/(\d{1,19})(?:[/?#.]|$)"),
    re.compile(r"/(\d{3,19})(?:\.html?)?/?(?:[?#].*)?$"),
)
_LIKELY = 20
"""Elements of a kind that are looked at: what says who wrote a text comes first, and a thousand boxes in one another are no page."""

_LONGEST_NAME = 80
_LONGEST_TITLE = 400
_LONGEST_BYLINE = 160
_LARGEST_FOR_TRAFILATURA = 4 * 2**20
_LARGEST_FOR_SECOND_LOOK = 150_000
"""Characters above which trafilatura does not ask justext, whose time grows with the square of the paragraphs."""

_LONG_LINE = 20
_SHORTEST_THREAD = 150
_LINK_SHARE = 0.75
"""Share of a page's letters that stand in links, above which the page is a table of contents."""


_SILENT = logging.NullHandler()
"""Keeps what a library logs off the screen; whoever wants it can still listen."""


@dataclass(frozen=True, slots=True)
class _Written:
    """What can be told of one text: who wrote it, and when."""

    name: str | None = None
    account: str | None = None
    when: datetime | None = None
    edited: datetime | None = None


# ---- elements


def elements(root: LexborNode | LexborHTMLParser, selector: str) -> list[LexborNode]:
    """Return the elements that a selector finds, each once, in the order of the page."""
    return list({node.mem_id: node for node in root.css(selector)}.values())


def remove(root: LexborNode, selector: str) -> None:
    """Take elements out of a page, the inner ones first: an element inside one that is gone must not be touched again."""
    for node in reversed(elements(root, selector)):
        if node.mem_id != root.mem_id and node.tag not in {"html", "body"}:
            node.decompose()


def _attribute(node: LexborNode, name: str) -> str:
    return node.attributes.get(name) or ""


def _firsts(roots: Sequence[LexborNode], selectors: Sequence[str]) -> Iterator[LexborNode]:
    """Yield what stands inside some elements, the first selector's finds first; a term or its definition may be the find itself."""
    for selector in selectors:
        for root in roots:
            for node in elements(root, selector)[:_LIKELY]:
                if node.mem_id != root.mem_id or root.tag in {"dt", "dd"}:
                    yield node


def _inner_text(node: LexborNode) -> str:
    """Return the text of an element; of an item of a list without its bullet."""
    text = node_text(node)
    return text.removeprefix("•").lstrip(" \n") if node.tag == "li" else text


def _line(text: str) -> str:
    return " ".join(text.split())


def _letters(text: str) -> str:
    return re.sub(r"[\W_]+", "", text)


# ---- people and dates


def _name(text: str) -> str | None:
    """Return a name as written, without the words around it; nobody's name is none."""
    text = _line(text)
    if len(text) > 4 * _LONGEST_NAME:
        return None
    if found := _LABEL.match(text):
        text = _AFTER_NAME.sub("", found["name"]).strip(" -:,")
    text = _UNPROVEN.sub("", _SAYS.sub("", text)).strip(" :,»")
    return None if not text or len(text) > _LONGEST_NAME or _NOBODY.match(text) else text


def _account(node: LexborNode) -> str | None:
    """Return the account that a name's link or class speaks of."""
    for link in [*elements(node, "a[href]"), *([node.parent] if node.parent is not None else [])]:
        address = _attribute(link, "href")
        if len(address) <= _LONGEST_TITLE and (found := _ACCOUNT.search(address)):
            return found[1]
    return None


def _moment(text: str) -> datetime | None:
    """Return the date of a short text that may hold other words."""
    return parse_datetime(_NAMED_DAY.sub(_day_first, text)) if 4 <= len(text) <= _LONGEST_BYLINE else None


def _day_first(found: re.Match[str]) -> str:
    """Return ``Tue, 05/12/2009`` with the day first, where the weekday shows that the month came first."""
    weekday = _WEEKDAYS.index(found[1].lower()) % 7
    first, second, year = int(found[2]), int(found[3]), gregorian_year(int(found[4]))
    if first <= 12 and second <= 31 and _weekday(year, second, first) != weekday == _weekday(year, first, second):
        return f"{found[1]} {second}/{first}/{found[4]}"
    return found[0]


def _weekday(year: int, month: int, day: int) -> int | None:
    try:
        return date(year, month, day).weekday()
    except ValueError:
        return None


def _moment_of(node: LexborNode) -> datetime | None:
    for name in ("datetime", "content", "title"):
        if found := _moment(_attribute(node, name)):
            return found
    return _moment(_line(node_text(node)))


def _byline(lines: Sequence[str], *, anywhere: bool = False) -> _Written:
    """Return what the short lines among some tell: ``โดย ครูนก เมื่อ 3 พ.ค. 2553``.

    Parameters
    ----------
    lines
        The lines.
    anywhere
        Whether the word before the name need not begin its line, as in elements that the markup says are bylines.
    """
    name = when = edited = None
    for line in lines:
        if len(line) > _LONGEST_BYLINE:
            continue
        labelled = _label_of(line, anywhere=anywhere)
        if labelled and name is None:
            name = _name(labelled)
        if when is None and (labelled or _WRITTEN.match(line)):
            when = _moment(line)
        elif edited is None and _EDITED.match(line):
            edited = _moment(line)
    return _Written(name, None, when, edited)


def _label_of(line: str, *, anywhere: bool) -> str | None:
    if anywhere:
        found = _LABEL.match(line) or _LABEL_WITHIN.search(line)
        return found[0] if found else None
    found = _PLAIN_LABEL.match(line)
    # A name alone is one or two words, as a rule.
    return line if found and (found["rest"].strip() or len(found["name"].split()) <= 3) else None


def _without_edges(text: str, reach: int, *, opening: bool) -> tuple[str, _Written]:
    """Part a text from the bylines among its first and last lines.

    Parameters
    ----------
    text
        The text.
    reach
        How many lines at each edge may be bylines.
    opening
        Whether the first line may be a name and a date without a word that says so: ``ป้าศรี (12 มี.ค. 2550 14:20)``.
    """
    lines = text.split("\n")
    told: dict[int, _Written] = {}
    for place in {*range(min(reach, len(lines))), *range(max(len(lines) - reach, 0), len(lines))}:
        if (found := _byline([lines[place]])) != _Written():
            told[place] = found
    if (
        opening
        and len(lines[0]) <= _LONGEST_BYLINE
        and (signed := _NAME_AND_DATE.match(lines[0]))
        and (when := _moment(signed["date"]))
    ):
        told[0] = _Written(_name(signed["name"]), None, when)
    said = [told[place] for place in sorted(told)]
    written = _Written(
        next((found.name for found in said if found.name), None),
        None,
        next((found.when for found in said if found.when), None),
        next((found.edited for found in said if found.edited), None),
    )
    return "\n".join(line for place, line in enumerate(lines) if place not in told).strip("\n"), written


# ---- comments


def take_comments(tree: LexborHTMLParser, name: str, account: Account) -> list[Comment]:
    """Return the comments of a page and take them out of it.

    Parameters
    ----------
    tree
        The page; loses its comments.
    name
        Of the page, for the account.
    account
        Gets a line for every comment without text, and one for the echoes of other sites (pingbacks).
    """
    if echoes := elements(tree, _PINGS):
        account.add("warning", name, "pingbacks_left_out", count=len(echoes))
        for echo in reversed(echoes):
            echo.decompose()
    for parts in _candidates(tree):
        if any(_holds_text(part) for part in parts):
            return list(_comments(parts, name, account))
    return []


def _candidates(tree: LexborHTMLParser) -> Iterator[list[list[LexborNode]]]:
    """Yield what may be the list of comments, each comment as the elements that it is made of."""
    terms = elements(tree, "dl#comments-block > dt, #comments dl > dt")
    yield [_with_definitions(term) for term in terms]
    named = _by_name(tree)
    for selector in _ITEMS:
        found = elements(tree, selector)
        alike = [node for node in found if node.tag == found[0].tag and (selector != _ITEMS[-1] or _number([node]))]
        # One box with several comments in it, each by its own name, is no comment.
        if any(_looks_like_one(node) for node in alike[:_LIKELY]) and not len(alike) == 1 < len(named):
            yield [[node] for node in alike]
    yield [[node] for node in elements(tree, _FORUM)]
    yield [[node] for node in named]


def _with_definitions(term: LexborNode) -> list[LexborNode]:
    parts, node = [term], term.next
    while node is not None and node.tag != "dt":
        if node.tag == "dd":
            parts.append(node)
        node = node.next
    return parts


def _looks_like_one(node: LexborNode) -> bool:
    """Tell whether an element says who wrote it or when."""
    return (
        node.css_first(", ".join((*_NAMES[:10], *_DATES[:12]))) is not None
        or _without_edges(_inner_text(node), 2, opening=True)[1] != _Written()
    )


def _by_name(tree: LexborHTMLParser) -> list[LexborNode]:
    """Return the elements whose class or id speaks of comments and that hold a name and a date, the innermost of each."""
    signed = _around_any(tree, ", ".join(_NAMES)) & _around_any(tree, ", ".join(_DATES))
    found: list[tuple[LexborNode, str]] = []
    for node in elements(tree, "[class*=omment], [id*=omment], [class*='ความ'], [id*='ความ'], [class*=cmt], [id*=cmt]"):
        said = f"{_attribute(node, 'class')} {_attribute(node, 'id')}"
        kind = " ".join(sorted(re.sub(r"\d+", "", word) for word in said.split() if _COMMENTISH.search(word)))
        if kind and node.tag != "body" and node.mem_id in signed:
            found.append((node, f"{node.tag} {kind}"))
    boxes: set[int] = set()
    kinds = {node.mem_id: kind for node, kind in found}
    for node, kind in found:
        for above in ancestors(node):
            if kinds.get(above.mem_id, kind) != kind:
                boxes.add(above.mem_id)
    return [node for node, _ in found if node.mem_id not in boxes]


def _around_any(root: LexborNode | LexborHTMLParser, selector: str) -> set[int]:
    """Return the elements that hold any that a selector finds."""
    return {above.mem_id for node in elements(root, selector) for above in ancestors(node)}


def ancestors(node: LexborNode) -> Iterator[LexborNode]:
    """Yield the elements around one, as far as a page that people made goes."""
    above = node.parent
    for _ in range(64):
        if above is None:
            return
        yield above
        above = above.parent


def _holds_text(parts: Sequence[LexborNode]) -> bool:
    return any(_inner_text(part).strip() for part in parts)


def _comments(items: list[list[LexborNode]], name: str, account: Account) -> Iterator[Comment]:
    places = {parts[0].mem_id: place for place, parts in enumerate(items)}
    parents = _parents([parts[0] for parts in items], places)
    ids = [_number(parts) for parts in items]
    read: list[tuple[str, _Written]] = []
    # A reply stands inside what it answers: from the last to the first, each is read when its own replies are gone.
    for parts in reversed(items):
        read.append(_one(parts))
        for part in reversed(parts):
            part.decompose()
    for place, (body, written) in enumerate(reversed(read)):
        if not body.strip():
            account.add("refused", f"{name}#{place + 1}", "no_body")
            continue
        parent = parents[place]
        yield Comment(
            position=place + 1,
            body=body,
            id=ids[place],
            author_id=written.account or written.name,
            author_name=written.name,
            published=written.when,
            reply_to=None if parent is None else ids[parent],
        )


def _parents(items: list[LexborNode], places: dict[int, int]) -> list[int | None]:
    """Return, for each comment, the one that it answers: the one that it stands in, or the last that is indented less."""
    parents: list[int | None] = []
    last: dict[int, int] = {}  # by depth of indentation
    for place, item in enumerate(items):
        depth, around = 0, None
        for above in ancestors(item):
            if (around := places.get(above.mem_id)) is not None:
                break
            depth += "indented" in _attribute(above, "class").split()
        parents.append(around if around is not None else last.get(depth - 1))
        last = {level: at for level, at in last.items() if level < depth}
        last[depth] = place
    return parents


def _number(parts: Sequence[LexborNode]) -> str | None:
    """Return the id of a comment, as its element or its own address has it."""
    for part in parts:
        for value in (_attribute(part, "id"), _attribute(part, "about"), _attribute(part, "data-comment-id")):
            if found := re.fullmatch(r"(\d+)", value) or _NUMBER.search(value):
                return found[1]
    for link in _firsts(parts, ("a[href*='#comment-'], a[href*='#c'], a[name^=c], a[id^=comment-]",)):
        for value in (_attribute(link, "href").rpartition("#")[2], _attribute(link, "name"), _attribute(link, "id")):
            if found := _NUMBER.search(value):
                return found[1]
    before = parts[0].prev
    while before is not None and before.tag == "-text":
        before = before.prev
    found = _NUMBER.search(_attribute(before, "id")) if before is not None and before.tag == "a" else None
    return found[1] if found else None


def _one(parts: Sequence[LexborNode]) -> tuple[str, _Written]:
    """Return the text of one comment, and who wrote it when."""
    marks = " ".join(_attribute(part, "class") for part in parts)
    holder = next((node for node in _firsts(parts, _TEXTS) if node.css_first(_WITH_HEAD) is None), None)
    body = ""
    if holder is not None:
        remove(holder, _NOT_TEXT)
        body = node_text(holder)
        if holder.mem_id not in {part.mem_id for part in parts}:
            holder.decompose()
            holder = None
    heads = [part for part in parts if holder is None or part.mem_id != holder.mem_id]
    subject = next((_line(node_text(node)) for node in _firsts(heads, _SUBJECTS)), "")
    written = _head(heads, marks)
    if not body:
        return _rest(heads, written)
    if subject and not _letters(body).startswith(_letters(subject)) and not _RE.match(subject):
        body = f"{subject}\n{body}"
    return body, written


def _head(heads: Sequence[LexborNode], marks: str) -> _Written:
    """Return what the elements around a comment's text tell of its author and date, and mark them as told."""
    name = account = when = None
    for node in _firsts(heads, _NAMES):
        name = _name(node_text(node))
        if name is not None or _NOBODY.match(_line(node_text(node))):
            account = _account(node)
            node.attrs["data-told"] = "name"
            break
    if by_class := re.search(r"(?<!\S)comment-author-(\S+)", marks):
        account = by_class[1]
    for node in _firsts(heads, _DATES):
        if (when := _moment_of(node)) is not None:
            node.attrs["data-told"] = "date"
            break
    if name is None:
        name = _byline([_line(node_text(node)) for node in _firsts(heads, (_BYLINES,))], anywhere=True).name
    return _Written(name, account if name else None, when)


def _rest(heads: Sequence[LexborNode], written: _Written) -> tuple[str, _Written]:
    """Return the text of a comment that has no element of its own: what is left without name, date and buttons."""
    for head in heads:
        remove(head, f"[data-told], {_NOT_TEXT}")
    text = _SAYING.sub("", "\n".join(_inner_text(head) for head in heads).lstrip())
    body, said = _without_edges(text, 2, opening=written.when is None)
    return body, _Written(written.name or said.name, written.account, written.when or said.when)


def _boxed_thread(page: LexborNode, name: str, account: Account) -> list[Comment]:
    """Return the comments in a box of comments whose items have no markup that is known, by the lines that say who wrote which."""
    lines = [line for box in elements(page, _THREADS)[:1] for line in node_text(box).split("\n")]
    below = next((at for at, line in enumerate(lines) if line.strip() and not _THREAD.fullmatch(line)), len(lines))
    comments = list(_unmarked_comments(lines[below:]))
    if any(comment.author_name for comment in comments):
        return comments
    # What is short only invites to write, or says that nobody has.
    if len(_letters("".join(lines))) > _SHORTEST_THREAD:
        account.add("warning", name, "thread_not_read")
    return []


# ---- the post


def weblog_post(tree: LexborHTMLParser, url: str | None, name: str, account: Account) -> Post | None:
    """Return the post of a page with its comments, or ``None`` where there is nothing to read.

    Parameters
    ----------
    tree
        The page; it is taken apart.
    url
        Its address, where known.
    name
        What the account calls it.
    account
        Gets what was guessed or left out.
    """
    page = tree.body
    if page is None or _MISSING.match(_text(tree, "title")) or "error404" in _attribute(page, "class").split():
        return None
    facts = _facts(tree)
    with_body = _around_any(tree, ", ".join(_BODIES))
    for node in reversed(elements(tree, _SIDE)):
        if node.tag not in {"html", "body"} and node.mem_id not in with_body:
            node.decompose()
    said, echoes = _comments_said(tree), len(elements(tree, _PINGS))
    forum = tree.css_first(_FORUM) is not None and tree.css_first(".postbody .content, .post .inner") is not None
    comments = take_comments(tree, name, account)
    if said is not None and echoes and said == len(comments) + echoes:
        said -= echoes
    comments = comments or _boxed_thread(page, name, account)
    remove(page, _THREADS)
    holder = next((node for node in _firsts([page], _BODIES) if node_text(node)), None)
    root = _around(holder) if holder is not None else page
    written = _author(root)
    title = _title(root, tree, facts)
    post_id = _own_id(root, tree, url)
    tags = _tags(root) or _tags(page) or _listed(facts, "article:tag", "ld:keywords")
    published = (
        _date(facts, "article:published_time", "datePublished", "date", "dc.date", "pubdate")
        or _marked_date(root, _PUBLISHED)
        or written.when
        or _time_beside(root, holder)
    )
    modified = _date(facts, "article:modified_time", "dateModified", "og:updated_time") or _marked_date(root, _MODIFIED)
    if forum and comments:
        body, written = "", _Written()
        if not re.search(r"[?&]start=[1-9]|topic=\d+\.[1-9]", url or ""):
            opening, comments = comments[0], [replace(c, position=c.position - 1) for c in comments[1:]]
            written = _Written(opening.author_name, opening.author_id)
            body, published = opening.body, opening.published or published
    elif holder is not None:
        body = _holder_text(holder, title)
    else:
        plain = _plain_page(tree, title, with_thread=not comments)
        body, title, comments = plain.body, plain.title, comments or plain.comments
        written = written if written.name else plain.written
        published, modified = published or plain.written.when, modified or plain.written.edited
    if not body and not comments:
        return None
    if written.name is None and body:
        written = _Written(_author_of_head(facts))
    if post_id is None and url is None:
        account.add("guessed", name, "id_from_file_name")
    return Post(
        id=post_id or fallback_id(name),
        body=body,
        url=url,
        title=title,
        author_id=written.account or written.name,
        author_name=written.name,
        published=published,
        modified=modified,
        tags=tags,
        comments=tuple(comments),
        comments_said=said,
        source=name,
    )


def weblog_item(item: LexborNode, url: str | None, name: str, number: int) -> Post | None:
    """Return one post of a page that shows several, or ``None`` where only its title stands there.

    Parameters
    ----------
    item
        The element of the post; it is taken apart.
    url
        Its own address.
    name
        What the account calls the page.
    number
        Its place in the page.
    """
    title = next(
        (_line(node_text(node)) for node in _firsts([item], (*_TITLES, "h1", "h2", "h3")) if node_text(node)), None
    )
    written = _author(item)
    published, tags = _marked_date(item, _PUBLISHED), _tags(item)
    found = [
        _SAID.search(arabic_digits(_line(node_text(node))))
        for node in elements(item, "a[href*='#comment'], .comments-link")
    ]
    said = next((int(count[1] or count[2]) for count in found if count), None)
    post_id = _own_id(item, None, url)
    more = [link for link in elements(item, "a") if _MORE.match(node_text(link))]
    for link in more:
        link.decompose()
    summary = item.css_first(".entry-content, .post-body") is None and item.css_first(".entry-summary") is not None
    holder = next((node for node in _firsts([item], _BODIES) if node_text(node)), None)
    if holder is None:
        remove(item, "h1, h2, h3, header, footer, .comments-link")
        holder = item
    body = _holder_text(holder, title)
    cut = _CUT.search(body, max(0, len(body) - 200))
    body = body[: cut.start()] if cut else body
    if not body:
        return None
    return Post(
        id=post_id or f"{fallback_id(name)}-{number}",
        body=body,
        url=url,
        title=title,
        author_id=written.account or written.name,
        author_name=written.name,
        published=published or written.when,
        tags=tags,
        excerpt=bool(more or cut or summary),
        comments_said=said,
        source=f"{name}:{number}",
    )


def fallback_id(name: str) -> str:
    """Return the id of a post that has none of its own, by the name of the file and record that it was read from."""
    short = re.sub(r"\.(?:x?html?|mht(?:ml)?)$", "", name.rsplit("/", 1)[-1], flags=re.IGNORECASE)
    return re.sub(r"\.warc(?:\.gz)?(?=:)", "", short, flags=re.IGNORECASE).replace(":", "-")


# ---- what a page says of its post


def _text(tree: LexborHTMLParser, selector: str) -> str:
    node = tree.css_first(selector)
    return _line(node.text()) if node is not None else ""


def _facts(tree: LexborHTMLParser) -> dict[str, list[str]]:
    """Return what the head of a page says: ``meta`` elements by their name, and the fields of a JSON-LD article."""
    facts: dict[str, list[str]] = {}
    for node in elements(tree, "meta[content]")[:200]:
        key = _attribute(node, "property") or _attribute(node, "name") or _attribute(node, "itemprop")
        value = _line(_attribute(node, "content"))
        if key and value:
            facts.setdefault(key.lower() if key.lower().startswith(("og:", "dc.", "article:")) else key, []).append(
                value
            )
    for script in elements(tree, "script[type='application/ld+json']")[:20]:
        for key, values in _article(script.text()[: 2**20]).items():
            facts[key] = [*facts.get(key, []), *values]
    return facts


def _article(text: str) -> dict[str, list[str]]:
    """Return the fields of the article in a piece of JSON-LD."""
    try:
        data = json.loads(text)
    except (ValueError, RecursionError):
        return {}
    top = data if isinstance(data, list) else [data]
    graphs = [part["@graph"] for part in top if isinstance(part, dict) and isinstance(part.get("@graph"), list)]
    parts = [part for part in [*top, *(part for graph in graphs for part in graph)] if isinstance(part, dict)]
    people = {str(part["@id"]): part for part in parts if "@id" in part and "name" in part}
    for part in parts:
        if re.search(r"Article|Posting", str(part.get("@type"))):
            author = part.get("author")
            author = author[0] if isinstance(author, list) and author else author
            if isinstance(author, dict):
                author = author.get("name") or people.get(str(author.get("@id")), {}).get("name")
            fields = {key: part.get(key) for key in ("headline", "datePublished", "dateModified")}
            lists = {
                key: value if isinstance(value, list) else [value]
                for key, value in {**fields, "ld:author": author, "ld:keywords": part.get("keywords")}.items()
            }
            return {
                key: [value for value in values if isinstance(value, str) and value.strip()]
                for key, values in lists.items()
            }
    return {}


def _listed(facts: dict[str, list[str]], *keys: str) -> tuple[str, ...]:
    found = next((facts[key] for key in keys if facts.get(key)), [])
    words = [word for value in found for word in (value.split(",") if len(found) == 1 else [value])]
    return tuple(dict.fromkeys(tag for word in words if (tag := _line(word)).lower() not in _NO_TAGS))


def _date(facts: dict[str, list[str]], *keys: str) -> datetime | None:
    return next((moment for key in keys for value in facts.get(key, []) if (moment := _moment(value))), None)


def _marked_date(root: LexborNode, places: Sequence[str]) -> datetime | None:
    return next((moment for node in _firsts([root], places) if (moment := _moment_of(node))), None)


def _time_beside(root: LexborNode, holder: LexborNode | None) -> datetime | None:
    """Return the time that stands with a post but not in its text."""
    if holder is None:
        return None
    times = [
        node
        for node in elements(root, "time[datetime]")[:_LIKELY]
        if holder.mem_id not in {a.mem_id for a in ancestors(node)}
    ]
    return next((moment for node in times if (moment := _moment_of(node))), None)


def _comments_said(tree: LexborHTMLParser) -> int | None:
    for node in elements(
        tree, "#comments h2, #comments h3, #comments h4, .comments-title, .comment-count, h3#comments, h2#comments"
    ):
        if found := _SAID.search(arabic_digits(_line(node_text(node)))):
            return int(found[1] or found[2])
    for node in elements(tree, "h2, h3, h4, h5"):
        if found := _SAID_ALONE.fullmatch(arabic_digits(_line(node_text(node)))):
            return int(found[1])
    return None


def _around(holder: LexborNode) -> LexborNode:
    """Return the element that holds a body with its title, byline and tags."""
    for above in ancestors(holder):
        if above.tag in {"body", "html"}:
            break
        if above.css_matches(_POSTS):
            return above
    return holder.parent or holder


def _author(root: LexborNode) -> _Written:
    """Return the author that the markup near a body names."""
    told = _byline([_line(node_text(node)) for node in _firsts([root], (_BYLINES,))], anywhere=True)
    for node in _firsts([root], _AUTHORS):
        if name := _name(node_text(node)):
            return _Written(name, _account(node), told.when)
    return told


def _author_of_head(facts: dict[str, list[str]]) -> str | None:
    values = [value for key in ("ld:author", "author", "article:author", "dc.creator") for value in facts.get(key, [])]
    return next((name for value in values if "://" not in value and (name := _name(value))), None)


def _title(root: LexborNode, tree: LexborHTMLParser, facts: dict[str, list[str]]) -> str | None:
    """Return the title of a post: its heading, else what the head of the page says, without the name of the site."""
    in_head = _text(tree, "head title")
    said = [*facts.get("headline", []), *facts.get("og:title", [])]
    # The heading that leads home is the site's.
    headings = [_line(node_text(node)) for node in elements(tree, "h1")[:_LIKELY] if node.css_first("a[href]") is None]
    given = [
        *(_line(node_text(node)) for node in _firsts([root], _TITLES)),
        *(heading for heading in headings if heading and any(heading in text for text in [in_head, *said])),
        *(_line(node_text(node)) for node in _firsts([tree.body or root], _TITLES)),
        *(_without_site(text, facts) for text in [*said, in_head]),
        *(headings if len(headings) == 1 else []),
    ]
    return next((title for title in given if 0 < len(title) <= _LONGEST_TITLE), None)


def _without_site(title: str, facts: dict[str, list[str]]) -> str:
    site = next(iter(facts.get("og:site_name", [])), "")
    parts = re.split(r"\s+(?:[|«»–—-]|::?)\s+", title)
    kept = [part for part in parts if part != site]
    return (
        title
        if len(kept) == len(parts) or not kept
        else title[title.index(kept[0]) : title.rindex(kept[-1]) + len(kept[-1])]
    )


def _tags(root: LexborNode) -> tuple[str, ...]:
    names = (_line(node_text(node)) for node in elements(root, _TAGS))
    return tuple(dict.fromkeys(name for name in names if name.lower() not in _NO_TAGS))


def _own_id(root: LexborNode, tree: LexborHTMLParser | None, url: str | None) -> str | None:
    """Return the number that a site gave a post, from its element, the page or its address."""
    page = tree.body if tree is not None else None
    marks = [root, *ancestors(root)][:6] if tree is not None else [root]
    for value in [_attribute(node, "id") for node in marks] + ([_attribute(page, "class")] if page is not None else []):
        if found := re.search(r"(?:^|\s)(?:post|node|entry|postid|page-node)-(\d{1,19})(?:\s|$)", value):
            return found[1]
    for node in elements(root, "meta[itemprop=postId], a[name]"):
        if found := re.fullmatch(r"\d{10,20}", _attribute(node, "content") or _attribute(node, "name")):
            return found[0]
    links = [_attribute(node, "href") for node in elements(tree, "link[rel=shortlink]")] if tree is not None else []
    found = next(
        (match for text in [*links, url or ""] for pattern in _OWN_NUMBER if (match := pattern.search(text))), None
    )
    return found[1] if found else None


# ---- the body


def _holder_text(holder: LexborNode, title: str | None) -> str:
    remove(holder, _NOT_BODY)
    return _without_title(node_text(holder), title)


def _without_title(text: str, title: str | None) -> str:
    first, _, rest = text.partition("\n")
    return rest.strip("\n") if title and _letters(first) == _letters(title) and rest.strip() else text


@dataclass(frozen=True, slots=True)
class _Plain:
    """What can be told of a page whose markup says nothing."""

    body: str = ""
    title: str | None = None
    written: _Written = _Written()
    comments: list[Comment] = field(default_factory=list)


def _plain_page(tree: LexborHTMLParser, title: str | None, *, with_thread: bool) -> _Plain:
    """Return the post of a page that has no element for it, by what its lines look like.

    Parameters
    ----------
    tree
        The page; it is taken apart.
    title
        Its title, where the head or a heading has one.
    with_thread
        Whether comments may follow the post, below a line that says so.
    """
    page = tree.body
    if page is None:
        return _Plain()
    _remove_chrome(page)
    if tree.root is not None:
        remove(tree.root, f"script, style, noscript, template, svg, {_NOT_BODY}")
    lines = _chosen(page, tree.html or "").split("\n")
    links = [_letters(node_text(link)) for link in elements(page, "a[href]")]
    if sum(map(len, links)) > _LINK_SHARE * len(_letters(node_text(page))):
        return _Plain()
    headings = {_letters(node_text(node)) for node in elements(page, "h1, h2, h3, h4")[:_LIKELY]}
    title, lines = _below_title(lines, title, headings)
    menus = {"", *links}
    texts = (at for at, line in enumerate(lines) if not {_letters(part) for part in re.split(r"[|>•»]", line)} <= menus)
    first = next(texts, 0)
    last = next((at for at in range(len(lines), first, -1) if not _FOOT.match(lines[at - 1])), first)
    lines = lines[first:last]
    thread = (
        next((at for at, line in enumerate(lines) if at and _THREAD.fullmatch(line)), None) if with_thread else None
    )
    comments = list(_unmarked_comments(lines[thread + 1 :])) if thread is not None else []
    body, written = _without_edges("\n".join(lines[:thread]), 6, opening=False)
    return _Plain(body, title, written, comments)


def _below_title(lines: list[str], title: str | None, headings: set[str]) -> tuple[str | None, list[str]]:
    """Return the title and the lines below it; what stands above it are names and menus of the site."""
    filled = [at for at, line in enumerate(lines) if line.strip()]
    for at, below in islice(pairwise(filled), 40):
        signed = _letters(lines[at]) in headings and _byline([lines[below]]) != _Written()
        named = title is not None and _letters(lines[at]) == _letters(title)
        if (signed or named) and sum(map(len, lines[:at])) <= sum(map(len, lines[below:])):
            return (title if named else lines[at].strip()), lines[below:]
    return title, lines


def _unmarked_comments(lines: list[str]) -> Iterator[Comment]:
    """Yield the comments that stand below a heading, parted by the lines that say who wrote which; without such lines, all as one."""
    lines = "\n".join(lines).strip("\n ").split("\n")
    signed = [(at, told) for at, line in enumerate(lines) if (told := _byline([line])).name]
    above = bool(signed) and signed[0][0] == 0
    ends = [at for at, _ in signed][1:] if above else [at for at, _ in signed]
    begins = [at + 1 for at, _ in signed] if above else [0, *(at + 1 for at, _ in signed)]
    position = 0
    for place, begin in enumerate(begins):
        body = "\n".join(lines[begin : ends[place] if place < len(ends) else None]).strip("\n ")
        told = signed[place][1] if place < len(signed) else _Written()
        if body:
            position += 1
            yield Comment(position, body, author_id=told.name, author_name=told.name, published=told.when)


def _remove_chrome(page: LexborNode) -> None:
    """Take heads, feet and menus out of a page; a box of that name that holds half of its text is something else."""
    whole = len(node_text(page))
    kept: set[int] = set()
    for node in elements(page, _CHROME)[:_LIKELY]:
        if node.mem_id == page.mem_id or 2 * len(node_text(node)) >= whole:
            kept.add(node.mem_id)
    for node in reversed(elements(page, _CHROME)):
        if node.mem_id not in kept:
            node.decompose()


def _chosen(page: LexborNode, html: str) -> str:
    """Return the part of a page that trafilatura takes for its body, as the page writes it.

    trafilatura tidies characters away and leaves out short paragraphs, so only its choice is taken: the smallest element that holds
    nearly all that it chose, or, where that element holds much else, the lines from the first to the last that it chose.
    """
    lines = node_text(page).split("\n")
    chosen = _lines_of_trafilatura(html, lines)
    if not chosen:
        return "\n".join(lines)
    wanted = _share(page, chosen)
    holder = page
    for _ in range(40):
        inner = next((node for node in _children(holder) if _share(node, chosen) >= 0.9 * wanted), None)
        if inner is None:
            break
        holder = inner
    lines = node_text(holder).split("\n")
    if len(_letters("".join(lines))) <= 1.3 * wanted:
        return "\n".join(lines)
    places = [place for place, line in enumerate(lines) if _letters(line) in chosen]
    return "\n".join(lines[places[0] : places[-1] + 1]) if places else "\n".join(lines)


def _children(node: LexborNode) -> Iterator[LexborNode]:
    child = node.first_child
    while child is not None:
        if child.tag and not child.tag.startswith("-"):
            yield child
        child = child.next


def _share(node: LexborNode, chosen: set[str]) -> int:
    return sum(len(letters) for line in node_text(node).split("\n") if (letters := _letters(line)) in chosen)


def _lines_of_trafilatura(html: str, lines: Sequence[str]) -> set[str]:
    """Return the letters of those lines of a page that are in what trafilatura takes for its body."""
    if len(html) > _LARGEST_FOR_TRAFILATURA:
        return set()
    from trafilatura import bare_extraction

    logging.getLogger("trafilatura").addHandler(_SILENT)
    try:
        # No metadata: its dates may come from the text.
        document = bare_extraction(
            html,
            include_comments=False,
            favor_recall=True,
            with_metadata=False,
            fast=len(html) > _LARGEST_FOR_SECOND_LOOK,
        )
    except Exception:  # a library of many parts, none of which may stop an import
        return set()
    text = (document.text or "") if document is not None else ""
    whole, body = {_letters(line) for line in text.split("\n")}, _letters(text)
    found: set[str] = set()
    at = 0
    for line in lines:
        letters = _letters(line)
        # A short line may stand in a longer one by chance; a long one may be part of what trafilatura joined.
        place = body.find(letters, at, at + len(letters) + 20_000) if len(letters) >= _LONG_LINE else -1
        at = max(at, place + len(letters)) if place >= 0 else at
        if letters and (place >= 0 or letters in whole):
            found.add(letters)
    return found
