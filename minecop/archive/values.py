"""Single values as tables and JSON have them: objects within objects, numbers that are dates, HTML, several comments in one cell."""

from __future__ import annotations

import html
import math
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from decimal import Decimal
from typing import Any

from minecop.archive.fields import normal_name, path_meaning
from minecop.archive.htmltext import fragment_text
from minecop.core.dates import BANGKOK, gregorian_year, parse_datetime

_TAG = re.compile(
    r"</?(?:p|br|div|span|a|ul|ol|li|strong|em|b|i|u|h[1-6]|table|tr|td|blockquote|img|font|figure|pre|hr)(?:\s[^<>]*)?/?>", re.IGNORECASE
)  # fmt: skip
_BLOCK = re.compile(r"<(?:p|br|div|li|tr|h[1-6]|blockquote)\b", re.IGNORECASE)
_ENTITY = re.compile(r"&(?:nbsp|quot|amp|lt|gt|#\d{1,6}|#x[0-9a-f]{1,5});", re.IGNORECASE)
_POST_NUMBER = re.compile(r"/(\d+)/?(?:[?#].*)?$")
_EPOCH = re.compile(r"(?:\d{10}|\d{13})(?:\.\d+)?")
_NAIVE_ISO = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(?::\d\d)?")
_BLANK_LINE = re.compile(r"\n[ \t\u00a0]*\n\s*")
_NUMBER = re.compile(r"^[ \t\u00a0]*(?:\(?([\d๐-๙]{1,3})[.)]|#([\d๐-๙]{1,3})\b[.):]?)[ \t\u00a0]*(?=\S)", re.MULTILINE)
_HEADED = re.compile(r"^[ \t\u00a0]*ความ(?:คิด)?เห็น(?:ที่)?[ \t]*([\d๐-๙]{1,3})[ \t]*[.:)]?[ \t]*", re.MULTILINE)
_CONTAINERS = ("data", "items", "nodes", "edges", "results", "list", "entries", "children", "comments", "replies")


def is_blank(value: Any) -> bool:
    """Tell whether a value says nothing; a dash in a cell says so on purpose."""
    if isinstance(value, str):
        return not value.strip(" \t\r\n\u00a0-\u2013\u2014")
    return value is None or (isinstance(value, list | dict) and not value)


def flat(values: Mapping[str, Any]) -> dict[str, Any]:
    """Return the values of an object and of the objects within it by dotted paths; lists, and what holds comments, stay whole."""
    found: dict[str, Any] = {}
    stack = _steps("", values)
    while stack:
        path, value = stack.pop()
        known = path_meaning(path) if isinstance(value, dict) and value else None
        if isinstance(value, dict) and value and (known is None or known.field != "comments"):
            stack += _steps(f"{path}.", value)
        else:
            found.setdefault(path, value)
    return found


def _steps(before: str, values: Mapping[str, Any]) -> list[tuple[str, Any]]:
    return [(f"{before}{key}", value) for key, value in reversed(list(values.items()))]


def is_wordy(value: Any) -> bool:
    """Tell whether a value that is not used might be missed: a text or a list, no number, switch or address."""
    if isinstance(value, list):
        return any(isinstance(item, str | dict) for item in value)
    return isinstance(value, str) and not re.fullmatch(r"\s*(?:https?://\S+|[\d\s.:/+TZ-]*)\s*", value)


def items_of(value: Any) -> list[Any]:
    """Return the comments in a list, in an object that wraps a list, or in an object of comments by their ids."""
    for _ in range(8):
        if isinstance(value, list):
            return value
        if not isinstance(value, dict):
            return []
        small = {normal_name(str(key)): key for key in value}
        inner = next(
            (value[small[key]] for key in _CONTAINERS if isinstance(value.get(small.get(key)), list | dict)), None
        )
        if "body" in small or "text" in small or "content" in small or "message" in small:
            return [value]
        if inner is None:
            if all(isinstance(item, dict) for item in value.values()):
                return [item if "id" in item else {"id": key, **item} for key, item in value.items()]
            return [value]
        value = inner
    return []


def joined(items: Any) -> Any:
    """Return a list of paragraphs, or of pieces of one text, as one text; anything else as it is."""
    if not isinstance(items, list):
        return items
    if items and all(isinstance(item, str) for item in items):
        return "\n\n".join(items)
    pieces = [item.get("text") if isinstance(item, dict) else item for item in items]
    texts = [piece for piece in pieces if isinstance(piece, str)]
    return "".join(texts) if texts and len(texts) == len(pieces) else items


def digits(value: float | Decimal) -> str | None:
    """Return a number as people write it: an id that a spreadsheet made ``12345.0`` is 12345."""
    if isinstance(value, int):
        return str(value) if value.bit_length() < 4_000 else None  # Python refuses to write longer ones
    if value != value or value in (math.inf, -math.inf):
        return None
    return str(int(value)) if -(10**15) < value < 10**15 and value == int(value) else str(value)


def number_in(url: str | None) -> str | None:
    """Return the number at the end of an address."""
    found = _POST_NUMBER.search(url or "")
    return found[1] if found else None


def of_epoch(value: float | Decimal) -> datetime | None:
    """Return the moment of seconds, milliseconds or microseconds since 1970, from 1973 on."""
    seconds = float(value) if 0 < value < 10**17 else 0.0
    for least, unit in ((1e8, 1), (1e11, 1e3), (1e14, 1e6)):
        if least <= seconds < 5_000_000_000 * unit:
            return datetime.fromtimestamp(int(seconds / unit), BANGKOK)
    return None


def of_serial(value: float | Decimal) -> datetime | None:
    """Return the date of a spreadsheet's day number, in Gregorian or Buddhist years."""
    number = float(value) if 0 < value < 10**6 else 0.0
    if not (20_000 <= number <= 80_000 or 220_000 <= number <= 270_000):
        return None
    moment = datetime(1899, 12, 30, tzinfo=BANGKOK) + timedelta(seconds=round(number * 86_400))
    try:
        return moment.replace(year=gregorian_year(moment.year))
    except ValueError:  # 29 February of a Buddhist year that the program took for a Gregorian leap year
        return None


def moment_of_text(column: str, text: str) -> datetime | None:
    """Return the moment of a text: a date, or seconds or milliseconds since 1970; the column's name may say that it is in UTC."""
    text = text.strip()
    if _EPOCH.fullmatch(text):
        return of_epoch(float(text))
    if normal_name(column).endswith(("gmt", "utc")) and _NAIVE_ISO.fullmatch(text):
        text += "+00:00"
    return parse_datetime(text)


def looks_like_html(text: str) -> bool:
    """Tell whether a text has tags or entities that a reader of the page would not see."""
    return bool(_TAG.search(text) or _ENTITY.search(text))


def text_of_html(text: str) -> str:
    """Return what a reader of HTML in a cell sees; line ends count where no tag makes a line.

    Raises
    ------
    InputError
        When its elements stand too deep within one another.
    """
    if not _TAG.search(text):
        text = html.unescape(text)
        return fragment_text(text) if _BLOCK.search(text) else text
    return fragment_text(text if _BLOCK.search(text) else text.replace("\n", "<br>\n"))


def split_comments(text: str) -> list[str]:
    """Part the comments in one cell: at ``ความเห็นที่ 1, 2 ...`` or ``1. 2. ...`` at the heads of lines, else at blank lines."""
    text = text.replace("\r\n", "\n").strip()
    for pattern in (_HEADED, _NUMBER):
        parts = _numbered_parts(text, pattern)
        if parts:
            return parts
    return [part.strip() for part in _BLANK_LINE.split(text) if part.strip()]


def _numbered_parts(text: str, pattern: re.Pattern[str]) -> list[str]:
    """Part a text at marks that count from 1, the first of them at its head; nothing where they do not."""
    marks: list[re.Match[str]] = []
    for found in pattern.finditer(text):
        number = int(next(group for group in found.groups() if group))
        if number == len(marks) + 1 and (marks or not found.start()):
            marks.append(found)
    if not marks or (len(marks) == 1 and pattern is _NUMBER):
        return []
    ends = [mark.start() for mark in marks[1:]] + [len(text)]
    parts = [text[mark.end() : end].strip() for mark, end in zip(marks, ends, strict=True)]
    return [part for part in parts if part]
