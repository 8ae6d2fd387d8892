"""WordPress exports (WXR 1.0 to 1.2): RSS with ``wp:`` elements, posts and pages with their whole comment threads.

``wp:author`` blocks stand first and give display names to the logins in ``dc:creator``. ``content:encoded`` is HTML in which WordPress
makes paragraphs of blank lines when it shows a post, with shortcodes (``[caption]``) and, since 2018, block comments (``<!-- wp:... -->``).
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import datetime

from minecop.archive.htmltext import fragment_text
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import xmlstream
from minecop.archive.readers.xmlstream import Fields, ascii_head, labels, markup, person, records
from minecop.archive.sources import Options, Section, Source
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError

_POSTS = {"post", "page"}
_PUBLISHED = {"publish", "static"}
"""``static``: what pages were before WordPress 2.1."""

_COMMENTS = {"comment", "review"}
_APPROVED = {"1", "approve", "approved"}

_SHORTCODE = re.compile(r"\[(?P<end>/?)(?P<name>[a-z][\w-]*)(?P<rest>(?:\s[^\[\]]{0,2000})?)\]", re.ASCII)
_ATTRIBUTE = re.compile(r"\s[\w-]+=")
_CAPTION = re.compile(r"\bcaption=([\"'])(.*?)\1", re.DOTALL)
_EMBED = re.compile(r"\[embed\b[^\]]{0,500}\][^\[]{0,2000}\[/embed\]")
_WITHOUT_TEXT = {
    "gallery", "audio", "video", "playlist", "youtube", "vimeo", "slideshare", "soundcloud", "googlemaps", "contact-form-7",
}  # fmt: skip

_LONGEST_DATE = 100

_AS_IT_IS = re.compile(r"<(pre|script|style|textarea)\b", re.IGNORECASE)
_BLOCK = (
    r"</?(?:p|div|ul|ol|li|dl|dt|dd|table|thead|tbody|tfoot|tr|td|th|h[1-6]|blockquote|pre|hr|br|figure|figcaption|form|fieldset|address|"
    r"section|article|aside|header|footer|center)\b"
)
_BEGINS_BLOCK = re.compile(rf"\s*{_BLOCK}", re.IGNORECASE)
_ENDS_BLOCK = re.compile(rf"{_BLOCK}[^<>]*>\s*$", re.IGNORECASE)
_BEGINS_PART = re.compile(
    r"\s*(?:</(?!strong|b|em|i|u|span|a|font)|<(?:li|tr|td|th|thead|tbody|tfoot|dt|dd)\b)", re.IGNORECASE
)


def accepts(head: bytes) -> bool:
    """Tell whether a file is a WordPress export."""
    return "wordpress.org/export/" in ascii_head(head)


def sections(source: Source) -> list[Section]:
    """Return the sections that a large export can be read in, one beside the other: every post has its comments with it."""
    return xmlstream.sections(source, "item")


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts and pages of a WordPress export that were open to readers."""
    export = _Export(source, account)
    record = None
    for record in records(source, "item", account):
        if record.number == 0:
            export.know_authors(Fields(record.element))
            continue
        try:
            post = export.post(Fields(record.element), f"{source.name}:{record.number}", record.number)
        except InputError as error:
            account.add("refused", f"{source.name}:{record.number}", error.key, **error.details)
            continue
        if post is not None:
            yield post
    for (key, what), count in sorted(export.left_out.items()):
        account.add("warning", source.name, key, what=what, count=count)
    if (record is None or record.number == 0) and source.section is None:
        raise InputError("xml_without_records")


@dataclass(slots=True)
class _Export:
    source: Source
    account: Account
    names: dict[str, str] = field(default_factory=dict)  # display name by login
    logins: dict[str, str] = field(default_factory=dict)  # login by number
    left_out: Counter[tuple[str, str]] = field(default_factory=Counter)  # by message and what it names

    def know_authors(self, channel: Fields) -> None:
        for element in channel.all("wp:author"):
            author = Fields(element)
            if login := author.text("wp:author_login"):
                self.names[login] = person(author.text("wp:author_display_name")) or login
                if number := author.text("wp:author_id"):
                    self.logins[number] = login

    def post(self, item: Fields, where: str, number: int) -> Post | None:
        kind = item.text("wp:post_type") or "post"
        status = item.text("wp:status") or "publish"
        if kind not in _POSTS:
            self.left_out["export_other_kind", kind[:40]] += 1
            return None
        if status not in _PUBLISHED:
            self.left_out["export_not_published", status[:40]] += 1
            return None
        body = _visible(_without_shortcodes(item.markup("content:encoded")))
        summary = "" if body else _visible(item.markup("excerpt:encoded"))
        comments = tuple(self._comments(item, where))
        if not body and not summary and not comments:
            self.account.add("refused", where, "no_body")
            return None
        if item.text("wp:post_password"):
            self.account.add("warning", where, "export_password")
        author = person(item.text("dc:creator"))
        addresses = (item.text("link"), item.text("guid"))
        return Post(
            id=item.text("wp:post_id") or f"{self.source.stem}-{number}",
            body=body or summary,
            url=next((text for text in addresses if text and text.startswith("http")), None),
            title=" ".join(fragment_text(item.markup("title")).split()) or None,
            author_id=author,
            author_name=self.names.get(author, author) if author else None,
            published=self._moment(item, "wp:post_date", where),
            modified=self._moment(item, "wp:post_modified", where),
            tags=labels(
                markup(element)
                for element in item.all("category")
                if element.get("domain", "category") in {"category", "post_tag", "tag"}
            ),
            comments=comments,
            excerpt=bool(summary),
            source=where,
        )

    def _comments(self, item: Fields, where: str) -> Iterator[Comment]:
        position = 0
        for element in item.all("wp:comment"):
            comment = Fields(element)
            kind = comment.text("wp:comment_type") or "comment"
            status = comment.text("wp:comment_approved") or "1"
            body = _visible(comment.markup("wp:comment_content"))
            if kind not in _COMMENTS:
                self.left_out["export_no_comment", kind[:40]] += 1
            elif status not in _APPROVED:
                self.left_out["export_comment_hidden", "hold" if status == "0" else status[:40]] += 1
            elif not body:
                self.account.add("refused", f"{where}#{comment.text('wp:comment_id')}", "no_body")
            else:
                position += 1
                yield self._comment(comment, body, position, where)

    def _comment(self, comment: Fields, body: str, position: int, where: str) -> Comment:
        name = person(comment.text("wp:comment_author"))
        login = self.logins.get(comment.text("wp:comment_user_id") or "")
        parent = comment.text("wp:comment_parent")
        return Comment(
            position=position,
            body=body,
            id=comment.text("wp:comment_id"),
            author_id=login or name,
            author_name=name or (self.names[login] if login else None),
            published=self._moment(comment, "wp:comment_date", where),
            reply_to=parent if parent != "0" else None,
        )

    def _moment(self, fields: Fields, name: str, where: str) -> datetime | None:
        """Return a date: in universal time where the export has it, else the blog's own."""
        for text, offset in ((fields.text(f"{name}_gmt"), "+00:00"), (fields.text(name), "")):
            if text and not text.startswith("0000"):
                if moment := parse_datetime(f"{text[:_LONGEST_DATE]}{offset}"):
                    return moment
                self.account.add("warning", where, "date_not_read", field=name, value=text[:40])
        return None


def _visible(html: str) -> str:
    """Return what a reader of the blog sees of HTML; text without any is kept as it is."""
    if "<" in html or "&" in html:
        html = _with_paragraphs(html)
    return fragment_text(html).strip(" \n\t")


def _without_shortcodes(html: str) -> str:
    """Take shortcodes out and leave what stands between them; a picture's caption is a paragraph of its own."""
    if "[" not in html:
        return html
    html = _EMBED.sub("", html)
    closed = set(re.findall(r"\[/([a-z][\w-]*)\]", html, re.ASCII))

    def text_of(found: re.Match[str]) -> str:
        name, rest = found["name"], found["rest"]
        if name in {"caption", "wp_caption"}:
            written = _CAPTION.search(rest)  # before WordPress 3.4 the text was an attribute
            return "</figure>" if found["end"] else f"<figure>{written[2] if written else ''}"
        # What a writer puts in brackets, [1] and [sic], is no shortcode.
        is_one = found["end"] or name in closed or name in _WITHOUT_TEXT or _ATTRIBUTE.search(rest)
        return "" if is_one else found[0]

    return _SHORTCODE.sub(text_of, html)


def _with_paragraphs(html: str) -> str:
    """Mark what WordPress makes of line ends: a blank line parts paragraphs, and any other is a line end where there is no ``<p>``.

    The block editor marks all its paragraphs itself.
    """
    if "\n" not in html or "<!-- wp:" in html:
        return html
    line_end = "\n" if re.search(r"<p[\s>]", html, re.IGNORECASE) else "<br>\n"
    small = html.lower()
    parts = []
    at = 0
    while at < len(html):
        kept = _AS_IT_IS.search(html, at)
        start = kept.start() if kept else len(html)
        parts.append(_paragraphs(html[at:start], line_end))
        end = small.find(f"</{kept[1].lower()}", start) if kept else -1
        at = len(html) if end < 0 else end
        parts.append(html[start:at])
    return "".join(parts)


def _paragraphs(html: str, line_end: str) -> str:
    above, *lines = html.split("\n")
    parts = [above]
    blank = False
    for line in lines:
        if not line.strip(" \t\r"):
            blank = True
            continue
        if _BEGINS_PART.match(line):
            parts.append("\n")
        elif blank:
            parts.append("\n<p>")
        else:
            parts.append("\n" if _ENDS_BLOCK.search(above) or _BEGINS_BLOCK.match(line) else line_end)
        parts.append(line)
        above, blank = line, False
    return "".join(parts)
