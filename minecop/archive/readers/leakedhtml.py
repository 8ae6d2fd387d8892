"""HTML that leaked into plain text: tags and entities among the words of some paragraphs."""

from __future__ import annotations

import re
from html import unescape

from minecop.archive.htmltext import fragment_text

_KNOWN = (
    r"/?(?:p|br|hr|div|span|strong|em|b|i|u|s|ul|ol|li|dl|dt|dd|table|thead|tbody|tr|td|th|font|a|img|h[1-6]|blockquote|center|pre|sup|sub|o:p"
    r"|st1:\w{1,30})(?=[\s/>])"
)
_TAG = re.compile(rf"<{_KNOWN}[^<>]{{0,2000}}>", re.IGNORECASE)
_NO_TAG = re.compile(rf"<(?!{_KNOWN})", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:[a-zA-Z]{2,8}|#\d{1,7}|#x[0-9a-fA-F]{1,6});")
_UNSEEN = re.compile(r"<!--|-->|<(/?)(style|script|xml)\b[^<>]{0,500}>", re.IGNORECASE)
_PAGE = re.compile(r"\s*(?:<\?xml[^>]{0,200}>\s*)?<(?:!doctype|html)\b", re.IGNORECASE)


def without_html(text: str) -> tuple[str, int]:
    """Turn the paragraphs of a text that hold tags or entities into text; return it and how many there were."""
    if not _TAG.search(text) and not _ENTITY.search(text):
        return text, 0
    if _PAGE.match(text):
        return fragment_text(text), 1
    text = _without_unseen(text)
    converted = 0
    paragraphs = re.split(r"(\n(?:[ \t\u00a0]*\n)+)", text)
    for n in range(0, len(paragraphs), 2):
        paragraph = paragraphs[n]
        if _TAG.search(paragraph):
            paragraph = _TAG.sub(lambda tag: " ".join(tag[0].split()), paragraph)
            paragraph = re.sub(r"(?<!>)\n(?![ \t]*<)", "<br>", _NO_TAG.sub("&lt;", paragraph))
            paragraphs[n] = fragment_text(paragraph)
        else:
            paragraphs[n] = _ENTITY.sub(lambda entity: unescape(entity[0]), paragraph)
        converted += paragraphs[n] != paragraph
    return "".join(paragraphs), converted


def _without_unseen(text: str) -> str:
    """Leave out comments, styles and scripts that are closed."""
    kept: list[str] = []
    at, opened, closing = 0, 0, ""
    for found in _UNSEEN.finditer(text):
        sign = found[0].lower()
        closes = "-->" if sign == "-->" else f"/{found[2].lower()}" if found[1] else ""
        if not closing and not closes:
            opened, closing = found.start(), "-->" if sign == "<!--" else f"/{found[2].lower()}"
        elif closing and closes == closing:
            kept.append(text[at:opened])
            at, closing = found.end(), ""
    return "".join([*kept, text[at:]])
