"""Text that stands in XML files."""

from __future__ import annotations

import re

_FORBIDDEN = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
"""What is no ``Char`` of XML 1.0 (section 2.2), not even as a reference."""


def xml_text(text: str) -> str:
    """Return a text with U+FFFD in place of every character that XML forbids, and with line ends as XML reads them."""
    return _FORBIDDEN.sub("\ufffd", text.replace("\r\n", "\n").replace("\r", "\n"))


_TURNING = re.compile("[\u202a-\u202e\u2066-\u2069]")
"""Marks that turn the order of letters round, or end that: embedding, override, isolation."""


def straight_text(text: str) -> str:
    """Return a text for XML (``xml_text``) whose letters stand in the order in which they were written."""
    return _TURNING.sub("\ufffd", xml_text(text))
