"""The post of a page of any weblog or site, with its comments, and the posts of a page that shows several.

What a page says of itself in its markup comes first: a container of the body, a heading, a byline, tags, a list of comments. A date
comes from metadata or a byline, never from what people wrote.
"""

from __future__ import annotations

import re
from dataclasses import replace

from selectolax.lexbor import LexborHTMLParser, LexborNode

from minecop.archive.htmltext import node_text
from minecop.archive.keys import id_from_name
from minecop.archive.models import Account, Post
from minecop.archive.readers.weblog.bylines import Written, first_moment, first_name, marked_bylines
from minecop.archive.readers.weblog.comments import FORUM, comments_said, headed_text, take_comments
from minecop.archive.readers.weblog.head import read_head
from minecop.archive.readers.weblog.plain import plain_page
from minecop.archive.readers.weblog.tree import ancestors, around_any, attr, elements, firsts, letters, line_of, remove

_SIDE = (
    "aside:not([id*=comment]):not([class*=comment]), nav, #sidebar, .sidebar, .widget-area, .widget:not(.Blog), [class*=latest-comments],"
    "#recentcomments, .recentcomments, #respond, .comment-respond, #comment-form, .comment-form, .related-posts, .jp-relatedposts"
)
_BODIES = (
    ".entry-content", ".post-body", ".post-content", ".entry-body", ".postcontent, .post-entry, .post_content, .storycontent",
    ".article-content, .article-body", "[itemprop=articleBody]", ".field-name-body, .field--name-body", ".node .content",
    "article .content, .post .content, .post .entry, .hentry .entry", ".entry-summary",
)  # fmt: skip
_NOT_BODY = (
    "script, style, noscript, template, svg, nav, .sharedaddy, .jp-relatedposts, .addtoany_share_save_container, .share, .sharing,"
    ".share-buttons, .post-share, .social, .fb-like, .postmetadata, .post-labels, .post-footer, .post-header, .post-title, .entry-title,"
    ".node-title, .entry-meta, .entry-footer, .post-meta, .submitted, .links, .tags, .tag-links, .taxonomy, .field-name-field-tags,"
    ".field--name-field-tags, .page-links, .createdate, .modifydate, .author-box, .author-bio, .more-link, .read-more, .edit-link,"
    ".post-ratings"
)
_POSTS = (
    "article, .hentry, .post, .blog-post, .node, .date-outer, [itemtype*=Posting], [itemtype*=Article], main, #content"
)
_TITLES = (
    ".entry-title", ".post-title", ".article-title, .node-title, [itemprop=headline]", "h1.title, #page-title", "h2.title, .contentheading",
)  # fmt: skip
_PUBLISHED = (
    "time.published, time[pubdate], abbr.published", "[itemprop=datePublished], [property~='dc:created']", ".entry-date, .post-date",
    ".post-timestamp, .posted-on, .date-header", "article header time, .entry-meta time, .post-meta time",
    ".entry-meta .date, .post-meta .date, .createdate, dd.published, dd.create", ".submitted, .byline, .post > small",
    ".entry-meta, .post-meta, .postmetadata",
)  # fmt: skip
_MODIFIED = "time.updated, .modifydate, dd.modified, [itemprop=dateModified], abbr.updated, [property~='dc:modified']"
_AUTHORS = (
    ".post-author .fn, .author .fn", ".fn", "[rel~=author], [itemprop=author]", ".author-name, .entry-author, .post-author", ".username",
    ".submitted a", ".author, .createdby",
)  # fmt: skip
_TAGS = "a[rel~=tag], .post-labels a, .tag-links a, .taxonomy a, .field-name-field-tags a, .field--name-field-tags a"
_NO_TAGS = {"", "uncategorized", "ไม่มีหมวดหมู่", "ไม่จัดหมวดหมู่", "ไม่ระบุหมวดหมู่"}
_MISSING = re.compile(
    r"^(?:(?:error\s*)?404(?:\W*$|\W+(?:not found|error|page|ไม่พบ))|(?:page )?not found\b|ไม่พบ(?:หน้า|เพจ)|access denied|403 forbidden)",
    re.IGNORECASE,
)
_LATER_PAGE = re.compile(r"[?&]start=[1-9]|topic=\d+\.[1-9]")
_ON = r"(?:อ่าน(?:ต่อ|เพิ่มเติม|ทั้งหมด|ฉบับเต็ม)|read\s+more|continue\s+reading|more\s*(?:…|\.{3}))"
_MORE = re.compile(rf"\W*{_ON}", re.IGNORECASE)
_CUT = re.compile(rf"\s*(?:\(?{_ON}[\s.…»>→)]*|\[(?:…|\.{{3}})\])$", re.IGNORECASE)
_MARKED_NUMBER = re.compile(r"(?:^|\s)(?:post|node|entry|postid|page-node)-(\d{1,19})(?:\s|$)")
_OWN_NUMBER = (
    re.compile(r"[?&](?:p|id|aid|nid|topic|tid|t|postid|articleid)=(\d{1,19})"),
    re.compile(r"/(?:node|posts?|archives?|article|topic)/(\d{1,19})(?:[/?#.]|$)"),
    re.compile(r"/(\d{3,19})(?:\.html?)?/?(?:[?#].*)?$"),
)
_LONGEST_TITLE = 400


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
    page, head = tree.body, read_head(tree)
    if page is None or any(map(_MISSING.match, head.titles)):
        return None
    remove(page, _SIDE, around_any(page, *_BODIES))
    forum = page.css_first(FORUM) is not None and page.css_first(".postbody .content, .post .inner") is not None
    comments, said = take_comments(page, name, account)
    headed = "" if comments else headed_text(page)
    holder = next((node for node in firsts([page], *_BODIES) if node_text(node)), None)
    above = [] if holder is None else list(ancestors(holder))
    # What holds the body with its title, byline and tags.
    root = next((node for node in above if node.css_matches(_POSTS)), above[0] if above else page)
    written = first_name(firsts([root], *_AUTHORS)).filled(marked_bylines([root]))
    title = _title(root, page, head.titles)
    links = [attr(node, "href") for node in elements(tree, "link[rel=shortlink]")]
    number = _own_number([root, *ancestors(root)], [*links, url or ""])
    tags = _tags(root) or _tags(page) or _tags(head.tags)
    times = firsts([root], "time[datetime]")
    beside = (node for node in times if holder is not None and holder not in ancestors(node))
    published = head.published or first_moment(firsts([root], *_PUBLISHED)) or written.when or first_moment(beside)
    modified = head.modified or first_moment(firsts([root], _MODIFIED))
    if forum and comments:
        body, written = "", Written()
        if not _LATER_PAGE.search(url or ""):
            opening, comments = comments[0], [replace(c, position=c.position - 1) for c in comments[1:]]
            written = Written(opening.author_name, opening.author_id)
            body, published = opening.body, opening.published or published
    elif holder is not None:
        body = _body(holder, title)
    else:
        remove(page, _NOT_BODY)
        body, title, signed, below = plain_page(page, title, with_thread=not comments)
        written, comments = written if written.name else signed, comments or below
        published, modified = published or signed.when, modified or signed.edited
    if not body and not comments:
        return None
    if not comments and letters(headed) not in letters(body):
        account.add("warning", name, "thread_not_read")
    if written.name is None and body:
        written = Written(head.author)
    if number is None and url is None:
        account.add("guessed", name, "id_from_file_name")
    return Post(
        id=number or id_from_name(name),
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
    title = next(filter(None, map(line_of, firsts([item], *_TITLES, "h1", "h2", "h3"))), None)
    written = first_name(firsts([item], *_AUTHORS)).filled(marked_bylines([item]))
    post = Post(
        id=_own_number([item], [url or ""]) or f"{id_from_name(name)}-{number}",
        body="",
        url=url,
        title=title,
        author_id=written.account or written.name,
        author_name=written.name,
        published=first_moment(firsts([item], *_PUBLISHED)) or written.when,
        tags=_tags(item),
        comments_said=comments_said(elements(item, "a[href*='#comment'], .comments-link")),
        source=f"{name}:{number}",
    )
    more = [link for link in elements(item, "a") if _MORE.match(node_text(link))]
    for link in more:
        link.decompose()
    holder = next((node for node in firsts([item], *_BODIES) if node_text(node)), item)
    summary = holder.css_matches(".entry-summary")
    remove(item, "h1, h2, h3, header, footer, .comments-link" if holder is item else ".comments-link")
    body = _body(holder, title)
    cut = _CUT.search(body, max(0, len(body) - 200))
    body = body[: cut.start()] if cut else body
    return replace(post, body=body, excerpt=bool(more or cut or summary)) if body else None


def _title(root: LexborNode, page: LexborNode, said: list[str]) -> str | None:
    """Return the title of a post: its heading, else what the head of the page says."""
    # The heading that leads home is the site's.
    headings = [line_of(node) for node in firsts([page], "h1") if node.css_first("a[href]") is None]
    given = [
        *map(line_of, firsts([root], *_TITLES)),
        *(heading for heading in headings if any(heading in text for text in said)),
        *map(line_of, firsts([page], *_TITLES)),
        *said,
        *(headings if len(headings) == 1 else []),
    ]
    return next((title for title in given if 0 < len(title) <= _LONGEST_TITLE), None)


def _tags(where: LexborNode | list[str]) -> tuple[str, ...]:
    """Return the tags that stand in an element, or those among some words, each once."""
    words = where if isinstance(where, list) else map(line_of, elements(where, _TAGS))
    return tuple(dict.fromkeys(tag for word in words if (tag := word.strip()).lower() not in _NO_TAGS))


def _own_number(around: list[LexborNode], addresses: list[str]) -> str | None:
    """Return the number that a site gave a post, from its element or one around it, a mark in it, or an address."""
    ids = [attr(node, "class" if node.tag == "body" else "id") for node in around]
    marks = [
        attr(node, "content") + attr(node, "name") for node in elements(around[0], "meta[itemprop=postId], a[name]")
    ]
    found = [
        *map(_MARKED_NUMBER.search, ids),
        *(re.fullmatch(r"(\d{10,20})", mark) for mark in marks),
        *(pattern.search(text) for text in addresses for pattern in _OWN_NUMBER),
    ]
    return next((match[1] for match in found if match), None)


def _body(holder: LexborNode, title: str | None) -> str:
    """Return the text of a post's element, without the title where it stands there once more."""
    remove(holder, _NOT_BODY)
    text = node_text(holder)
    first, _, rest = text.partition("\n")
    return rest.strip("\n") if title and letters(first) == letters(title) and rest.strip() else text
