"""From an address such as ``s3://bucket/folder`` to files on this machine: whatever fsspec reaches is copied, and read as any folder."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from minecop.core.errors import InputError


def is_address(name: str) -> bool:
    """Tell whether a name is the address of something elsewhere, and no path."""
    return "://" in name


@contextmanager
def fetched(address: str) -> Iterator[Path]:
    """Give the copy of a file or folder under its own name; it is gone afterwards.

    Parameters
    ----------
    address
        With a protocol of fsspec: ``s3://bucket/folder``, ``gs://bucket/posts.jsonl``. Who may read it is said as fsspec has it, in the
        environment or in ``~/.config/fsspec``.

    Raises
    ------
    InputError
        When its protocol is not known or needs a package, there is nothing, or it cannot be read.
    """
    from fsspec.core import url_to_fs

    try:
        system, path = url_to_fs(address)
    except (ImportError, ValueError) as error:
        raise InputError("address_not_known", address=address, reason=error) from error
    with tempfile.TemporaryDirectory(prefix="minecop-") as folder:
        copy = Path(folder) / (path.rstrip("/").rpartition("/")[2] or "archive")
        try:
            system.get(path, str(copy), recursive=True)
        except FileNotFoundError as error:
            raise InputError("missing_path", path=address) from error
        except Exception as error:  # each kind of storage has errors of its own: no rights, no network
            raise InputError("cannot_read", path=address, reason=error) from error
        yield copy
