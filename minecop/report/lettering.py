"""The letters of charts and pages: Sarabun, which ships in ``fonts/`` under the SIL Open Font License."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from pathlib import Path

FAMILY = "Sarabun"
"""What the font is called, in styles and in drawings."""

_FONTS = Path(__file__).parent / "fonts"
_WEIGHTS = {"Regular": 400, "Bold": 700}


@cache
def font_css() -> str:
    """Return the font as CSS that needs nothing else; a page's content security policy has to allow ``font-src data:``."""
    return "".join(
        f"@font-face{{font-family:{FAMILY};font-weight:{weight};font-display:block;"
        f'src:url(data:font/woff2;base64,{_encoded(name)})format("woff2")}}\n'
        for name, weight in _WEIGHTS.items()
    )


def _encoded(name: str) -> str:
    return b64encode((_FONTS / f"{FAMILY}-{name}.woff2").read_bytes()).decode("ascii")


def font_files() -> list[str]:
    """Return where the font lies as files that can be drawn with."""
    return [str(_FONTS / f"{FAMILY}-{name}.ttf") for name in _WEIGHTS]
