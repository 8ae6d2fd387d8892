"""From bytes to text, and what had to be guessed."""

from __future__ import annotations

import codecs
import re

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)

# TIS-620, ISO 8859-11 and Windows-874 under the names that pages give them: cp874 holds them all. Browsers read ISO 8859-1 and
# ASCII as Windows-1252, and so do we.
_NAMES = {
    "tis-620": "cp874", "tis620": "cp874", "tis620-0": "cp874", "tis-620-2533": "cp874", "windows-874": "cp874", "x-windows-874": "cp874",
    "iso-8859-11": "cp874", "iso8859-11": "cp874", "dos-874": "cp874", "thai": "cp874", "iso-8859-1": "cp1252", "latin1": "cp1252",
    "us-ascii": "cp1252", "ascii": "cp1252",
}  # fmt: skip

_THAI_BYTES = re.compile(rb"[\xa1-\xda\xdf-\xfb]")
_HIGH_BYTES = re.compile(rb"[\x80-\xff]")
_THAI_SHARE = 0.9
"""Share of the bytes above ASCII that must be Thai letters of cp874, for a text to be taken for it without asking further."""

_CONTROLS = bytes(byte for byte in range(32) if byte not in b"\t\n\r\f\x1b")

_SAMPLE = 65_536


def looks_binary(data: bytes) -> bool:
    """Tell whether bytes are no text: a NUL, or many control characters, near the start and no Unicode mark."""
    head = data[:8192]
    if any(head.startswith(bom) for bom, _ in _BOMS) or _utf16_without_mark(head):
        return False
    controls = len(head) - len(head.translate(None, _CONTROLS))
    return b"\0" in head or controls > len(head) / 20


def decode(data: bytes, declared: str | None = None) -> tuple[str, str | None]:
    """Return the text of bytes, and the encoding's name where it was guessed.

    In this order: a byte order mark; what the file declares, if it can be so; UTF-8; UTF-16 without a mark; cp874, which holds TIS-620
    and Windows-874, where the bytes look like Thai; what charset-normalizer finds. Bytes that an encoding does not know
    become U+FFFD.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, errors="replace"), None
    if declared and (text := _as_declared(data, declared)) is not None:
        return text, None
    if (
        _utf16_without_mark(data[:_SAMPLE]) is None
    ):  # Thai in UTF-16 may be sound UTF-8 too, of letters that mean nothing
        try:
            return data.decode("utf-8"), None
        except UnicodeDecodeError:
            pass
    name = guess_encoding(data)
    return data.decode(name, errors="replace"), name


def _as_declared(data: bytes, declared: str) -> str | None:
    name = _NAMES.get(declared.strip().lower(), declared.strip().lower())
    try:
        text = data.decode(name)
    except (LookupError, UnicodeError, ValueError):
        return None
    # A page that says ISO 8859-1 and holds Thai bytes was written by an editor that did not ask.
    return None if name == "cp1252" and _HIGH_BYTES.search(data) else text


def guess_encoding(data: bytes) -> str:
    """Return the likeliest encoding of bytes that are not (quite) UTF-8."""
    if (wide := _utf16_without_mark(data[:_SAMPLE])) is not None:
        return wide
    high = len(_HIGH_BYTES.findall(data))
    damaged = data.decode("utf-8", errors="replace").count("\ufffd")
    if damaged * 20 < high:  # UTF-8 with a few broken bytes, as a cut or a joined file has
        return "utf-8"
    if len(_THAI_BYTES.findall(data)) >= _THAI_SHARE * high:
        return "cp874"
    from charset_normalizer import from_bytes

    best = from_bytes(data[:_SAMPLE]).best()
    return best.encoding if best is not None else "cp874"


def _utf16_without_mark(head: bytes) -> str | None:
    """Name UTF-16 of one or the other order where every other byte is a zero or the high byte of a Thai letter."""
    if len(head) < 8 or (b"\0" not in head and b"\x0e" not in head):
        return None
    for name, high, low in (("utf-16-le", head[1::2], head[::2]), ("utf-16-be", head[::2], head[1::2])):
        others = len(high.translate(None, b"\x00\x0e\x20"))
        if others * 20 <= len(high) and (b"\0" in high or b"\x0e" in high) and low.count(0) * 10 < len(low):
            return name
    return None
