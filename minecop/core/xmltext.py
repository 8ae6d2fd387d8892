"""Text that stands in XML files."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What is no ``Char`` of XML 1.0 (section 2.2), not even as a reference."""


def xml_text(text: str) -> str:
    """Return a text with U+FFFD in place of every character that XML forbids, and with line ends as XML reads them."""
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))
