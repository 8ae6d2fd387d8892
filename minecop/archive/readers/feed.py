"""Feeds that blogs publish of their latest posts or comments: RSS 0.9x, 1.0 and 2.0, and Atom.

A feed often holds only the beginning of each post (``description`` that ends in ``[…]`` or ``อ่านต่อ``), and dates as people's software wrote
them. WordPress publishes the comments of a post as a feed too (``Comments on: ...``): these become a thread whose post is elsewhere.
"""

from __future__ import annotations

import io
import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field, replace
from datetime import datetime
from typing import Any

from minecop.archive.htmltext import fragment_text
from minecop.archive.keys import number_of
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import blogger, wordpress
from minecop.archive.readers.xmlstream import Record, ascii_head, labels, markup, person, records
from minecop.archive.sources import Options, Source
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError

_THREADING = "http://purl.org/syndication/thread/1.0"
_SPACES = {
    "",
    "http://backend.userland.com/rss",
    "http://backend.userland.com/rss2",
    "http://blogs.law.harvard.edu/tech/rss",
    "http://my.netscape.com/rdf/simple/0.9/",
    "http://purl.org/atom/ns#",
    "http://purl.org/dc/elements/1.1/",
    "http://purl.org/dc/terms/",
    "http://purl.org/rss/1.0/",
    "http://purl.org/rss/1.0/modules/content/",
    "http://purl.org/rss/1.0/modules/slash/",
    "http://rssnamespace.org/feedburner/ext/1.0",
    "http://www.w3.org/1999/xhtml",
    "http://www.w3.org/2005/Atom",
    _THREADING,
}
_ELEMENTS = {
    "title", "link", "guid", "id", "author", "creator", "pubdate", "published", "issued", "created", "updated", "modified", "date",
    "category", "subject", "description", "summary", "encoded", "content", "body", "comments", "total", "in-reply-to", "origlink",
}  # fmt: skip
_ATTRIBUTES = ("type", "mode", "rel", "href", "term", "label", "scheme", "domain", "isPermaLink", "ref")
_MOST_ELEMENTS = 100
"""Of one name in one entry that are looked at."""

_ROOT = re.compile(r"<(?:rss|feed|rdf:rdf)[\s>]")
_BLOG = re.compile(r"/blog/([^/?#]+)/\d")
_NUMBER_ASKED = re.compile(r"[?&](?:p|page_id)=(\d+)")
_NUMBER_NAMED = re.compile(r"\b(?:post|page)-(\d+)$")

_MAILED = re.compile(
    r"(?P<before>[^<>@()]*?)[\s<(]*(?P<account>[^\s@<>()]+)@[^\s@<>()]+[>)]?(?:\s*\((?P<name>[^()]+)\))?"
)
_LONGEST_NAME = 200
_LONGEST_DATE = 100

_END = 700
"""Characters at the end of a text in which a link to the rest is looked for."""

_GOES_ON = re.compile(r"(?:\.{3}|…|มีต่อ\s?\)?)$")
_CUT = re.compile(r"\[\s?(?:\.{3}|…)\s?\]$")
_WORDS_TO_REST = r"(?:คลิก)?อ่านต่อ(?:ทั้งหมด|ได้ที่นี่|ที่นี่|ฉบับเต็ม)?|อ่านเพิ่มเติม|Continue reading\b[^\n]{0,200}|Read more"
_READ_ON = re.compile(rf"(?:^|(?<=[\s.…]))(?:[(\[]\s?)?(?:{_WORDS_TO_REST})[ .…»›>→)\]]{{0,9}}$", re.IGNORECASE)
_LINK_TO_REST = re.compile(rf"<a\s[^<>]{{0,1000}}>\s*(?={_WORDS_TO_REST})", re.IGNORECASE)
_APPEARED = re.compile(
    r"\n[^\n]{0,40}(?:The post|เรื่อง|โพสต์) [^\n]{1,300}(?:appeared first on|first appeared on|ปรากฏครั้งแรก(?:บน|ที่)) [^\n]{1,200}$"
)

_COMMENTS_ON = re.compile(r"\s*(?:Comments on|ความ(?:คิด)?เห็น(?:บน|ที่|เกี่ยวกับ))\s?:\s*(\S.*)", re.IGNORECASE | re.DOTALL)
_COMMENT_BY = re.compile(r"(?:Comment on|ความ(?:คิด)?เห็น(?:บน|ใน)) (\S.*) (?:by|โดย) (?:\S.*)", re.IGNORECASE)
_COMMENT_PLACE = re.compile(r"#(?:comment-|c)(\d+)$")
_COMMENT_PAGE = re.compile(r"#.*$|comment-page-\d+/?(?=#|$)|[?&](?:showComment|cpage)=\d+")
_ANSWERS = re.compile(
    r"\s*(?:<p>)?[^<]{0,40}<a [^>]{0,500}#comment-(\d+)[^>]{0,100}>[^<]{0,200}</a>[\s.]{0,5}(?:</p>|<br ?/?>|\n\s?\n)"
)


def accepts(head: bytes) -> bool:
    """Tell whether a file is a feed, and no export in the shape of one."""
    return _ROOT.search(ascii_head(head)) is not None and not wordpress.accepts(head) and not blogger.accepts(head)


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of a feed, and the threads of a feed of comments."""
    feed = _Feed(source.name, source.stem, account)
    small = Source.of_bytes(source.read(), source.name)
    for record in records(small, "item|entry", account):
        where = f"{source.name}:{record.number}"
        try:
            feed.add(record, where)
        except InputError as error:
            account.add("refused", where, error.key, **error.details)
        except Exception as error:  # feedparser lets through what odd values raise within it
            account.add("refused", where, "xml_record_broken", reason=type(error).__name__)
    if not feed.found:
        raise InputError("xml_without_records")
    yield from feed.posts()


@dataclass(slots=True)
class _Feed:
    name: str
    stem: str
    account: Account
    atom: bool = False
    title: str | None = None  # of the post whose comments these are
    address: str | None = None
    author: str | None = None  # of the whole feed
    found: dict[str, Post] = field(default_factory=dict)
    threads: dict[str, list[Comment]] = field(default_factory=dict)
    summaries: set[str] = field(default_factory=set)  # what was found of posts that have nothing but a summary

    def posts(self) -> Iterator[Post]:
        """Yield what was found. Where other entries have their whole text, one that has only a summary is cut."""
        some_are_whole = any(key not in self.summaries and key not in self.threads for key in self.found)
        for key, post in self.found.items():
            excerpt = post.excerpt or (some_are_whole and key in self.summaries)
            yield replace(post, excerpt=excerpt, comments=tuple(self.threads.get(key, ())))

    def add(self, record: Record, where: str) -> None:
        self.atom = record.element.tag.rpartition("}")[2] in {"feed", "entry"}
        parsed = _parsed(record.element, atom=self.atom)
        if record.number == 0:
            comments_on = _COMMENTS_ON.fullmatch(_value(parsed.feed, "title") or "")
            self.title = " ".join(fragment_text(comments_on[1]).split()) if comments_on else None
            self.address = _address(parsed.feed, "link")
            self.author = _author(parsed.feed) if self.atom else None
            return
        entry = parsed.entries[0]
        link = _address(entry, "feedburner_origlink") or _address(entry, "link")
        place = _COMMENT_PLACE.search(link or "") or _COMMENT_PLACE.search(_value(entry, "id") or "")
        if place or self.title or "thr_in-reply-to" in entry:
            self._add_comment(entry, link, place[1] if place else None, where)
        else:
            self._add_post(entry, link, record.number, where)

    def _add_post(self, entry: Any, link: str | None, number: int, where: str) -> None:
        html, plain, whole = self._text(entry)
        body = (html if plain else fragment_text(_LINK_TO_REST.sub(" ", html))).strip(" \n\t")
        body, cut = _without_ending(body, whole=whole)
        if not body:
            self.account.add("refused", where, "no_body")
            return
        said = _value(entry, "slash_comments") or _value(entry, "thr_total") or ""
        blog = _BLOG.search(link or "")
        first, second = (_value(entry, "published"), _value(entry, "updated"))
        author = _author(entry) or self.author
        if not whole:
            self.summaries.add(where)
        self.found[where] = Post(
            id=_number(link, _value(entry, "id")) or _value(entry, "id") or link or f"{self.stem}-{number}",
            body=body,
            url=link,
            title=self._line(entry, "title"),
            author_id=author,
            author_name=author,
            published=self._moment(first or second or _value(entry, "created"), "date", where),
            modified=self._moment(second, "updated", where) if first and second else None,
            tags=labels(dict.get(tag, "term") for tag in dict.get(entry, "tags") or ()),
            blog=blog[1] if blog else None,
            excerpt=cut or (self.atom and not whole),
            comments_said=int(said) if re.fullmatch(r"[0-9]{1,9}", said) else None,
            source=where,
        )

    def _add_comment(self, entry: Any, link: str | None, own: str | None, where: str) -> None:
        html, plain, _ = self._text(entry)
        answers = None if plain else _ANSWERS.match(html)
        body = (html if plain else fragment_text(html[answers.end() if answers else 0 :])).strip(" \n\t")
        if not body:
            self.account.add("refused", where, "no_body")
            return
        name = _value(entry, "id") or ""
        reply = dict.get(entry, "thr_in-reply-to")
        answered = (reply.get("ref") or None) if isinstance(reply, dict) else None
        address = _COMMENT_PAGE.sub("", link or self.address or "") or None
        post = _number(None, answered) or answered or _number(address, name.split("#")[0]) or address or self.stem
        key = f"#{post}"
        if key not in self.found:
            by = _COMMENT_BY.fullmatch(self._line(entry, "title") or "")
            title = self.title or (by[1] if by else None)
            self.found[key] = Post(id=post, body="", url=address, title=title, source=where)
        thread = self.threads.setdefault(key, [])
        author = _author(entry)
        thread.append(
            Comment(
                position=len(thread) + 1,
                body=body,
                id=own or name or None,
                author_id=author,
                author_name=author,
                published=self._moment(_value(entry, "published") or _value(entry, "updated"), "date", where),
                reply_to=answers[1] if answers else None,
            )
        )

    def _text(self, entry: Any) -> tuple[str, bool, bool]:
        """Return the text of an entry, whether it is plain text and no HTML, and whether it is more than a summary."""
        for content in dict.get(entry, "content") or ():
            kind = content.get("type") or ""
            if content.get("value", "").strip() and (kind.startswith("text/") or kind == "application/xhtml+xml"):
                return content["value"], self.atom and kind == "text/plain", True
        detail = dict.get(entry, "summary_detail") or {}
        return _value(entry, "summary") or "", self.atom and detail.get("type") == "text/plain", False

    def _line(self, entry: Any, name: str) -> str | None:
        text = _value(entry, name) or ""
        detail = dict.get(entry, f"{name}_detail") or {}
        plain = self.atom and detail.get("type") == "text/plain"
        return " ".join((text if plain else fragment_text(text)).split()) or None

    def _moment(self, text: str | None, name: str, where: str) -> datetime | None:
        moment = parse_datetime(text[:_LONGEST_DATE]) if text else None
        if text and moment is None:
            self.account.add("warning", where, "date_not_read", field=name, value=text[:40])
        return moment


def _parsed(element: Any, *, atom: bool) -> Any:
    """Return what feedparser makes of the head or of one entry.

    It is given well-formed XML without a document type, so that its own loose parser never runs, and as a stream: it may take the
    beginning of a text for an address and fetch that, and bytes for the name of a file.
    """
    import feedparser
    from lxml import etree

    before, after = b"", b""
    if not element.tag.endswith("feed"):
        before, after = (b"<feed>", b"</feed>") if atom else (b'<rss version="2.0">', b"</rss>")
    if not atom and not element.tag.endswith("channel"):
        before, after = before + b"<channel>", b"</channel>" + after
    data = before + etree.tostring(_trimmed(element), encoding="utf-8") + after
    return feedparser.parse(io.BytesIO(data), resolve_relative_uris=False, sanitize_html=False)


def _trimmed(element: Any) -> Any:
    """Return the head or an entry with nothing but what is read of it: feedparser's time grows with the square of all else."""
    from lxml import etree

    kept = etree.Element(element.tag, nsmap={"thr": _THREADING})
    seen: Counter[str] = Counter()
    for child in element:
        space, _, name = child.tag.lstrip("{").rpartition("}")
        seen[child.tag] += 1
        if space not in _SPACES or name.lower() not in _ELEMENTS or seen[child.tag] > _MOST_ELEMENTS:
            continue
        copy = etree.SubElement(kept, child.tag, {a: child.get(a) for a in _ATTRIBUTES if child.get(a) is not None})
        if name == "author":
            copy.text = child.text
            for part in child[:_MOST_ELEMENTS]:
                etree.SubElement(copy, part.tag).text = part.text
        else:
            copy.text = markup(child)
            if len(child):
                copy.set("type", "html")
    return kept


def _value(entry: Any, name: str) -> str | None:
    # Not entry.get, which warns of names that stand for others.
    value = dict.get(entry, name)
    return value.strip() or None if isinstance(value, str) else None


def _address(entry: Any, name: str) -> str | None:
    # feedparser takes the name of an entry for its address where it has no other.
    text = _value(entry, name)
    return text if text and text.startswith(("http://", "https://")) else None


def _author(entry: Any) -> str | None:
    """Return who wrote an entry: of ``nok@a.example (ครูนก)`` the name, of an address alone what stands before the @."""
    names = [dict.get(author, "name") for author in dict.get(entry, "authors") or ()]
    written = _value(entry, "author") or ""
    # RSS writes both into one text, which feedparser parts rightly only where the host ends in four letters or less.
    if len(written) <= _LONGEST_NAME and (mailed := _MAILED.fullmatch(written)):
        return person(mailed["name"] or mailed["before"] or mailed["account"])
    return person(next((name for name in names if name), None) or written)


def _number(link: str | None, name: str | None) -> str | None:
    """Return the number of a post by its address and the name that the feed gives it."""
    if number := number_of(link) or number_of(name):
        return number
    found = _NUMBER_ASKED.search(name or "") or _NUMBER_NAMED.search(name or "") or _NUMBER_ASKED.search(link or "")
    return found[1] if found else None


def _without_ending(body: str, *, whole: bool) -> tuple[str, bool]:
    """Take a link to the rest, and a line about where the post appeared, off the end; tell whether the text is cut there.

    Dots at the end of a whole text are its writer's.
    """
    start, end = body[:-_END], body[-_END:]
    end = _APPEARED.sub("", end).rstrip(" \n")
    read_on = _READ_ON.search(end)
    if read_on:
        end = end[: read_on.start()].rstrip(" \n")
    cut = bool(read_on) or _CUT.search(end) is not None or (not whole and _GOES_ON.search(end) is not None)
    return (start + end).strip(" \n"), cut
