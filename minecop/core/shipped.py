"""Where the data that ships with minecop lies: at the top of a checkout, or inside an installed wheel."""

from __future__ import annotations

from pathlib import Path


def shipped(*parts: str) -> Path:
    """Return the path of shipped data, such as ``shipped("corpora", "sample")``.

    The wheel carries ``corpora/`` and ``models/`` in ``minecop/_shipped/``; a checkout has them beside the package.

    Raises
    ------
    FileNotFoundError
        When the data is in neither place, which means a broken installation.
    """
    package = Path(__file__).resolve().parent.parent
    for root in (package / "_shipped", package.parent):
        path = root.joinpath(*parts)
        if path.exists():
            return path
    raise FileNotFoundError("/".join(parts))
