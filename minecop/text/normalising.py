"""One spelling for what looks the same. Used for matching and words only: spans and quotes index the text as written."""

from __future__ import annotations

import re
import unicodedata

from pythainlp.util import normalize as _pythainlp_normalize

from minecop.core.dates import arabic_digits

_INVISIBLE = re.compile("[\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff\u00ad]")
_SPACES = re.compile("[\u00a0\u2000-\u200a\u202f\u3000\t]")
_NIKHAHIT_AA = re.compile("\u0e4d([\u0e48-\u0e4b]?)\u0e32")
_TONE_NIKHAHIT_AA = re.compile("([\u0e48-\u0e4b])\u0e4d\u0e32")
_TWICE_E = re.compile("เเ")
_ELONGATED = re.compile(r"(.)\1{2,}")


def normalise(text: str) -> str:
    """Return a text with one spelling for what looks the same.

    NFC (never NFKC, which splits SARA AM), ``เเ`` as ``แ``, ``ํา`` as ``ำ``, marks in order and once, invisible characters
    gone, every space U+0020, a letter three or more times running as once (``มากกกก``), Thai digits as Arabic ones.
    Doing it twice is doing it once.
    """
    while (
        better := _mend(text)
    ) != text:  # mending one thing may bring another to light; each round only shortens or settles
        text = better
    return text


def _mend(text: str) -> str:
    text = _INVISIBLE.sub("", unicodedata.normalize("NFC", text))
    text = _SPACES.sub(" ", text)
    text = _TWICE_E.sub("แ", text)
    text = _TONE_NIKHAHIT_AA.sub("\\1\u0e33", _NIKHAHIT_AA.sub("\\1\u0e33", text))
    text = "\n".join(_pythainlp_normalize(line) for line in text.split("\n"))
    return _ELONGATED.sub(_once, arabic_digits(text))


def _once(run: re.Match[str]) -> str:
    """Keep digits, spaces, line ends and marks of pause as they are; shorten letters."""
    letter = run[1]
    return letter if letter.isalpha() or unicodedata.category(letter) == "Mn" else run[0]
