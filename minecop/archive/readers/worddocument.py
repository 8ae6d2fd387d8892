"""A Word document (``.docx``, ``.docm``): one document is one post, and its margin comments are the post's comments.

The title is the paragraph styled Title, a Heading 1 that stands first, or the title among the document's properties; author and date are
those of a line of their own at the head ("โดย ...", "12 มีนาคม 2560"), else the properties', marked as guessed. A document of several
sections, each with its own heading and byline, stays one post: nothing in the format says that they are texts of their own.

The body holds paragraphs, lists, tables and text boxes in reading order; footnotes stand at its end. Deletions that were only tracked,
hidden text, tables of contents, headers and footers are left out. A table of lessons (ประเด็น, บทเรียน, ข้อเสนอ) becomes a block for each row.

The parts are read with zipfile and lxml: of a document of photos, only the text comes into memory.
"""

from __future__ import annotations

import lzma
import zipfile
import zlib
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any, TypeVar

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.byline import find_byline, person_or_none, title_or_none
from minecop.archive.readers.wordstyles import Numbering, Styles, attribute, local_name
from minecop.archive.readers.wordtext import Block, Walker, joined
from minecop.archive.readers.zipsafety import check_zip, open_seekable
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.core.dates import BANGKOK, parse_datetime
from minecop.core.errors import InputError

_TITLE_AMONG = 8
"""First blocks among which a title stands."""

_TEMPLATE_MADE = datetime(2013, 12, 24, 6, 15, tzinfo=BANGKOK)
"""When the empty document that python-docx begins with was made: nobody's date."""

_DAMAGE = (
    zipfile.BadZipFile,
    zlib.error,
    lzma.LZMAError,
    EOFError,
    NotImplementedError,
    RuntimeError,
    ValueError,
    OSError,
)
"""What zipfile raises at a member that is not what the directory says."""

_ROOT = "."
_Value = TypeVar("_Value")


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the post of a Word document."""
    head = source.head()
    if not head.startswith(b"PK"):
        from minecop.archive.readers.legacyword import read_other

        yield from read_other(source, head, account)
        return
    with open_seekable(source) as stream:
        check_zip(stream)
        stream.seek(0)
        with zipfile.ZipFile(stream) as archive:
            yield from _Document(_Package(archive), source, account).posts()


class _Package:
    """The parts of an Office file, by the relations that lead to them."""

    def __init__(self, archive: zipfile.ZipFile) -> None:
        self._archive = archive
        self._names = {name.lower(): name for name in archive.namelist()}

    def xml(self, path: str | None) -> Any | None:
        """Return the root of a part, or ``None`` where there is no such part.

        Raises
        ------
        InputError
            When it is no well-formed XML, too large, or brings its own entities.
        """
        from lxml import etree

        name = self._names.get((path or "").lower())
        if name is None:
            return None
        if self._archive.getinfo(name).file_size > LARGEST_WHOLE:
            raise InputError("file_too_large", size=LARGEST_WHOLE // 2**20)
        parser = etree.XMLParser(
            resolve_entities=False,
            no_network=True,
            load_dtd=False,
            huge_tree=False,
            remove_comments=True,
            remove_pis=True,
        )
        try:
            root = etree.fromstring(self._archive.read(name), parser)
        except (*_DAMAGE, etree.XMLSyntaxError) as error:
            raise InputError("document_damaged", part=name) from error
        # The format forbids a document type; what is declared there can only be meant to do harm.
        if root.getroottree().docinfo.internalDTD is not None:
            raise InputError("document_damaged", part=name)
        return root

    def related(self, path: str, kind: str) -> str | None:
        """Return the path of the part that stands in a relation to a part, or ``None``."""
        part = PurePosixPath(path)
        relations = self.xml(f"{part.parent}/_rels/{part.name}.rels" if path != _ROOT else "_rels/.rels")
        for relation in relations if relations is not None else ():
            target = attribute(relation, "Target")
            if target and (attribute(relation, "Type") or "").endswith(f"/{kind}"):
                folder = "" if target.startswith("/") or path == _ROOT else f"{part.parent}/"
                return f"{folder}{target.lstrip('/')}".removeprefix("./")
        return None


class _Document:
    """One document on its way to a post."""

    def __init__(self, package: _Package, source: Source, account: Account) -> None:
        self.source = source
        self.account = account
        self._package = package
        self._main = package.related(_ROOT, "officeDocument") or "word/document.xml"
        root = package.xml(self._main)
        if root is None or local_name(root) != "document":
            raise InputError("not_word_document")
        self._root = root
        self._styles = Styles(self._related("styles"))
        self._numbering = Numbering(self._related("numbering"))

    def _related(self, kind: str) -> Any | None:
        return self._package.xml(self._package.related(self._main, kind))

    def posts(self) -> Iterator[Post]:
        walker = Walker(self._styles, self._numbering)
        blocks = walker.blocks(self._root)
        title = self._take_title(blocks)
        byline = find_byline([block.text for block in blocks])
        blocks = [block for place, block in enumerate(blocks) if place not in byline.lines] + self._notes(walker.notes)
        comments = tuple(self._comments())
        if not blocks and not comments:
            raise InputError("no_body")
        properties = self._properties()
        author = byline.author or self._guessed(person_or_none(properties.get("creator")), "author")
        published = byline.published or self._guessed(_made(properties.get("created")), "date")
        if title is None:
            title = self._guessed(title_or_none(properties.get("title")), "title")
        if published is None:
            self.account.add("warning", self.source.name, "no_date")
        yield Post(
            id=self.source.stem,
            body=joined(blocks),
            title=title,
            author_id=author,
            author_name=author,
            published=published,
            comments=comments,
            source=self.source.name,
        )

    def _guessed(self, value: _Value | None, what: str) -> _Value | None:
        if value is not None:
            shown = value.date() if isinstance(value, datetime) else value
            self.account.add("guessed", self.source.name, f"{what}_from_properties", value=shown)
        return value

    def _take_title(self, blocks: list[Block]) -> str | None:
        """Take the title out of the blocks: the first paragraph styled so, or a heading before all else."""
        places = [place for place, block in enumerate(blocks[:_TITLE_AMONG]) if block.kind == "title"]
        if not places and blocks and blocks[0].kind == "heading" and blocks[0].level == 1 and len(blocks) > 1:
            places = [0]
        return " ".join(blocks.pop(places[0]).text.split()) if places else None

    def _properties(self) -> dict[str, str]:
        root = self._package.xml(self._package.related(_ROOT, "core-properties"))
        return {local_name(child): (child.text or "").strip() for child in (root if root is not None else ())}

    def _notes(self, ids: list[str]) -> list[Block]:
        """Return the footnotes and endnotes that the body refers to, each with its number."""
        found: dict[str, Any] = {}
        for kind in ("footnote", "endnote") if ids else ():
            root = self._related(f"{kind}s")
            found.update({f"{kind}{attribute(note, 'id')}": note for note in (root if root is not None else ())})
        blocks = []
        for count, note_id in enumerate(dict.fromkeys(ids), 1):
            if note_id in found and (text := self._story(found[note_id])):
                blocks.append(Block(f"[{count}] {text}", "item"))
        return blocks

    def _story(self, element: Any) -> str:
        return joined(Walker(self._styles, self._numbering).blocks(element))

    def _comments(self) -> Iterator[Comment]:
        root = self._related("comments")
        parents = self._parents()
        ids: dict[str, str] = {}
        position = 0
        for element in root if root is not None else ():
            comment_id = attribute(element, "id")
            last = [attribute(child, "paraId") for child in element if local_name(child) == "p"][-1:]
            if comment_id and last and last[0]:
                ids[last[0]] = comment_id
            if local_name(element) != "comment" or not (body := self._story(element)):
                continue
            position += 1
            author = person_or_none(attribute(element, "author"))
            yield Comment(
                position=position,
                body=body,
                id=comment_id,
                author_id=author,
                author_name=author,
                published=self._comment_date(element),
                reply_to=ids.get(parents.get(last[0] or "", "")) if last else None,
            )

    def _comment_date(self, element: Any) -> datetime | None:
        """Return when a comment was made: Word writes its clock's time, and a Z that does not mean UTC."""
        text = attribute(element, "date")
        return parse_datetime(text.removesuffix("Z")[:19]) if text else None

    def _parents(self) -> dict[str, str]:
        """Return which comment answers which, by the ids of their last paragraphs."""
        root = self._related("commentsExtended")
        pairs = (
            (attribute(part, "paraId"), attribute(part, "paraIdParent")) for part in (root if root is not None else ())
        )
        return {child: parent for child, parent in pairs if child and parent}


def _made(text: str | None) -> datetime | None:
    moment = parse_datetime(text) if text else None
    return None if moment == _TEMPLATE_MADE else moment
