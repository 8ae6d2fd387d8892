"""Archive files: every readable member of a ``.zip`` or ``.tar`` (plain, gz, bz2 or xz), as if it lay in a folder.

Nothing is unpacked to where its name says. Members are opened in place (zip) or one after another from a passing stream (tar), and what
an archive file may grow to is limited before and while it is read.
"""

from __future__ import annotations

import io
import lzma
import tarfile
import tempfile
import zipfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path, PurePosixPath
from typing import IO, Any, BinaryIO

from minecop.archive.models import Account, Post
from minecop.archive.readers.zipsafety import MOST_ENTRIES, check_zip, open_seekable
from minecop.archive.reading import is_companion, is_resource, read_safely
from minecop.archive.sources import Options, Source
from minecop.core.errors import InputError

DEEPEST = 3
"""Archive files within one another that are opened."""

MOST_UNPACKED = 64 * 2**30
"""Bytes that an archive file may unpack to in all. Its members pass one by one, so that this bounds time, not memory."""

_IN_MEMORY = 8 * 2**20
_PIECE = 2**20
ENDINGS = (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz")


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts of every member, in the order of names (zip) or of the file (tar)."""
    depth = sum(part.lower().endswith(ENDINGS) for part in source.name.split("/"))
    if depth > DEEPEST:
        raise InputError("archive_too_deep", deepest=DEEPEST)
    with open_seekable(source) as stream:
        members = _zip_members if zipfile.is_zipfile(stream) else _tar_members
    options = replace(options, mixed=True)
    for member in members(source, account):
        yield from read_safely(member, options, account)


def _zip_members(source: Source, account: Account) -> Iterator[Source]:
    with open_seekable(source) as stream:
        check_zip(stream, most=MOST_UNPACKED)
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            infos = sorted((info for info in archive.infolist() if not info.is_dir()), key=lambda info: info.filename)
            names = {info.filename: _shown_name(info) for info in infos}
            every = set(names.values())
            for info in infos:
                name = names[info.filename]
                if _is_skipped(name, every):
                    continue
                if info.flag_bits & 1:
                    account.add("refused", f"{source.name}/{name}", "archive_encrypted")
                    continue
                yield Source(f"{source.name}/{name}", info.file_size, _opener(archive, info))


def _opener(archive: zipfile.ZipFile, info: zipfile.ZipInfo) -> Callable[[], BinaryIO]:
    def opened() -> BinaryIO:
        return io.BufferedReader(_Limited(archive.open(info), info.file_size))

    return opened


def _shown_name(info: zipfile.ZipInfo) -> str:
    """Return a member's name. Without the UTF-8 flag, Windows in Thailand wrote it in cp874 and zipfile read it as cp437."""
    name = info.filename
    if not info.flag_bits & 0x800:
        try:
            raw = name.encode("cp437")
        except UnicodeEncodeError:
            return name
        for encoding in ("utf-8", "cp874"):
            try:
                return raw.decode(encoding)
            except UnicodeDecodeError:
                continue
    return name


def _is_skipped(name: str, every: set[str]) -> bool:
    path = PurePosixPath(name)
    hidden = any(part.startswith((".", "__MACOSX")) and part != ".." for part in path.parts)
    return hidden or is_companion(path.name) or is_resource(path, every)


class _Limited(io.RawIOBase):
    """A member's bytes, no more of them than the archive file says there are: what a lying directory adds is never read."""

    def __init__(self, stream: IO[bytes], most: int) -> None:
        self._stream = stream
        self._left = most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: Any) -> int:
        try:
            data = self._stream.read(min(len(buffer), self._left))
        except (zipfile.BadZipFile, zlib.error, lzma.LZMAError, EOFError, NotImplementedError, RuntimeError) as error:
            raise InputError("archive_damaged_file", reason=type(error).__name__) from error
        self._left -= len(data)
        buffer[: len(data)] = data
        return len(data)

    def close(self) -> None:
        self._stream.close()
        super().close()


def _tar_members(source: Source, account: Account) -> Iterator[Source]:
    unpacked = entries = 0
    with tempfile.TemporaryDirectory() as folder, source.open() as stream:
        try:
            with tarfile.open(fileobj=stream, mode="r|*") as archive:
                for info in archive:
                    entries, unpacked = entries + 1, unpacked + info.size
                    if entries > MOST_ENTRIES or unpacked > MOST_UNPACKED:
                        raise InputError("archive_too_large", size=MOST_UNPACKED // 2**20, entries=MOST_ENTRIES)
                    name = info.name.removeprefix("./")
                    if not info.isfile() or _is_skipped(name, set()):
                        continue
                    member = archive.extractfile(info)
                    if member is not None:
                        yield _kept(member, f"{source.name}/{name}", info.size, Path(folder) / "member")
        except (tarfile.TarError, EOFError, OSError, zlib.error, lzma.LZMAError) as error:
            raise InputError("archive_damaged_file", reason=type(error).__name__) from error


def _kept(member: IO[bytes], name: str, size: int, path: Path) -> Source:
    """Hold a passing member so that a reader can open it more than once: in memory, or on disk where it is large."""
    if size <= _IN_MEMORY:
        return Source.of_bytes(member.read(), name)
    with path.open("wb") as file:
        while piece := member.read(_PIECE):
            file.write(piece)
    return Source.of_file(path, name)
