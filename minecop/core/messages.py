"""The catalogue of messages: every sentence that the program says, in Thai and English."""

from __future__ import annotations

import tomllib
from functools import cache
from pathlib import Path

LANGUAGES = ("th", "en")


@cache
def _catalogue() -> dict[str, dict[str, str]]:
    return tomllib.loads((Path(__file__).parent / "messages.toml").read_text(encoding="utf-8"))


def message(key: str, lang: str = "th", /, **details: object) -> str:
    """Return the message of a key with its details filled in.

    Parameters
    ----------
    key
        Key in ``messages.toml``.
    lang
        ``th`` or ``en``.
    **details
        Values of the names in braces.
    """
    return _catalogue()[key][lang].format(**details)
