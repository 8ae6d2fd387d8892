"""Values in Facebook's JSON: text whose bytes were taken for letters, times in seconds or milliseconds, lists that may be anything."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Any

from minecop.core.dates import BANGKOK

_THAI = re.compile("[\u0e01-\u0e5b]")
_THAI_BYTES = re.compile("\u00e0[\u00b8\u00b9][\u0080-\u00bf]")
_CONTROL = re.compile("[\u0080-\u009f]")
_LONE_SURROGATE = re.compile("[\ud800-\udfff]")
_YEARS = range(2004, 2200)
"""Nothing on Facebook is older than it: 0 and the like are blanks."""


class Texts:
    """Takes strings from an export, mended.

    Attributes
    ----------
    mended
        How many were UTF-8 bytes written as Latin-1.
    broken
        How many hold characters that cannot be mended.
    """

    def __init__(self) -> None:
        self.mended = 0
        self.broken = 0

    def of(self, value: object) -> str | None:
        """Return a value as text; ``None`` where it holds none."""
        if not isinstance(value, str) or not value.strip():
            return None
        text = _mended(value)
        self.mended += text != value
        if _LONE_SURROGATE.search(text):
            text = _LONE_SURROGATE.sub("\ufffd", text)
        self.broken += "\ufffd" in text
        return text.replace("\r\n", "\n").strip("\n")


def _mended(value: str) -> str:
    """Return UTF-8 bytes that were taken for Latin-1 letters as what they are, any other text as it is.

    Thai in the outcome, or control characters in the value that no text of people holds, prove that it was so.
    """
    try:
        data = value.encode("latin-1")
        text = data.decode("utf-8")
    except UnicodeEncodeError:
        return value
    except UnicodeDecodeError:  # cut in the middle of a character
        return data.decode("utf-8", "replace") if _THAI_BYTES.search(value) else value
    return text if _THAI.search(text) or _CONTROL.search(value) else value


def dicts_in(value: object) -> list[dict[str, Any]]:
    """Return the objects in a list; none where it is no list."""
    return [item for item in value if isinstance(item, dict)] if isinstance(value, list) else []


def moment_of(value: object) -> datetime | None:
    """Return the time of a Unix timestamp in seconds or milliseconds, in Thai time."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    try:
        seconds = int(value)
        moment = datetime.fromtimestamp(seconds // 1000 if abs(seconds) > 10**11 else seconds, BANGKOK)
    except (ValueError, OverflowError, OSError):
        return None
    return moment if moment.year in _YEARS else None
