"""From bytes to text, and what had to be guessed."""

from __future__ import annotations

import codecs

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)


def looks_binary(data: bytes) -> bool:
    """Tell whether bytes are no text: a NUL, or many control characters, near the start and no Unicode mark."""
    head = data[:8192]
    if any(head.startswith(bom) for bom, _ in _BOMS):
        return False
    controls = sum(byte < 32 and byte not in b"\t\n\r\f\x1b" for byte in head)
    return b"\0" in head or controls > len(head) / 20


def decode(data: bytes) -> tuple[str, str | None]:
    """Return the text of bytes, and the encoding's name where it was guessed.

    UTF-8 and texts with a byte order mark are certain. Everything else is read as cp874, which holds TIS-620 and Windows-874, the
    encodings of older Thai pages; bytes that it does not know become U+FFFD.
    """
    for bom, name in _BOMS:
        if data.startswith(bom):
            return data.decode(name, errors="replace"), None
    try:
        return data.decode("utf-8"), None
    except UnicodeDecodeError:
        return data.decode("cp874", errors="replace"), "cp874"
