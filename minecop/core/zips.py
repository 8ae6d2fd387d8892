"""Zip files that are the same, byte for byte, whenever and wherever they are made of the same contents."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Iterable

_EPOCH = (1980, 1, 1, 0, 0, 0)
"""The first moment that a zip file knows: no clock is asked."""

_UNIX = 3


def zip_bytes(members: Iterable[tuple[str, bytes]]) -> bytes:
    """Return a zip file of members (name, content) in the order given."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as archive:
        for name, content in members:
            info = zipfile.ZipInfo(name, _EPOCH)
            info.create_system = _UNIX  # on every system
            info.external_attr = 0o644 << 16
            info.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(info, content)
    return out.getvalue()
