"""XML files of many records - items of a feed, entries of an export - read one record at a time, however large or damaged they are.

Exports of blogs are seldom well formed: control characters from Word, bare ``&``, ``&nbsp;`` with no document type, encodings that no XML
parser knows, a page of PHP warnings in front, the end missing. So the text is first cut into records by their tags alone, and each record
is mended and parsed by itself. A broken record costs no other; memory is that of the largest record; and since a document type stands
outside records, the parser never sees one: there are no entities to expand and nothing to fetch.
"""

from __future__ import annotations

import codecs
import html
import re
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from html.entities import html5
from itertools import chain
from typing import Any
from xml.sax.saxutils import escape, quoteattr

from minecop.archive.decoding import guess_encoding
from minecop.archive.models import Account
from minecop.archive.names import is_nobody
from minecop.archive.sources import Section, Source
from minecop.core.errors import InputError

LARGEST_RECORD = 8 * 2**20
"""Characters of the longest record that is read: a post with ten thousand comments does not come near it."""

DEEPEST = 256
"""Elements within one another at which libxml2 stops; real records have five or six."""

SECTION_BYTES = 8 * 2**20
"""Of a large file, the least that is read by itself."""

_CHUNK = 2**18
_SAMPLE = 2**22
_ENOUGH = 200
"""Bytes above ASCII that are enough to tell an encoding by."""

_ABOVE_ASCII = bytes(range(128, 256))
_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_DECLARED = re.compile(rb"<\?xml[^>]{0,200}?encoding\s*=\s*[\"']([\w.:-]{1,40})[\"']")
_THAI_ENCODING = re.compile(r"874|620|8859-?11|^thai$")
_OTHER_ENCODING = re.compile(r"^(?:windows|cp|iso-?8859|koi8|mac|big5|gb|euc|shift)")
_WESTERN = {"iso-8859-1", "windows-1252", "cp1252"}
"""Declared by editors that did not ask what they wrote."""

_THAI = re.compile("[\u0e01-\u0e5b]")
_FORBIDDEN = re.compile("[\x00-\x08\x0e-\x1f\ufffe\uffff\ud800-\udfff]")
_LINE_ENDS = re.compile("[\x0b\x0c]")
"""Word's line end within a paragraph, and its new page."""

_STRAY = re.compile(
    r"&(?!(?:amp|lt|gt|quot|apos);)(?:#(?P<code>[0-9]{1,8}|[xX][0-9a-fA-F]{1,7});|(?P<name>[A-Za-z][A-Za-z0-9]{1,31};))?"
    r"|<(?![A-Za-z_/!?])"
)
_ROOT = re.compile(r"<(?:rss|feed|(?:rdf:)?RDF)(?=[\s>])")
_ROOT_ENDS = re.compile(r"</(?:rss|feed|(?:rdf:)?RDF)\s*>")
_LONGEST_TOKEN = 40
_LONGEST_HEAD = 2**21
"""Bytes in front of the records up to which each section is read with them: the people of a large blog."""

_LONGEST_OPENING = 10_000
"""Characters of all namespaces together, which every record is parsed with."""


_NO_CATEGORY = {"uncategorized", "uncategorised", "ไม่มีหมวดหมู่", "ไม่จัดหมวดหมู่", "ไม่ได้จัดหมวดหมู่", "ยังไม่ได้จัดหมวดหมู่"}


@dataclass(frozen=True, slots=True)
class Record:
    """One record, parsed.

    Attributes
    ----------
    number
        1-based place in the file; 0 for the head.
    element
        An lxml element. For the head: what tells of the whole file, which is ``channel`` where there is one and else the root.
    """

    number: int
    element: Any


class Fields:
    """The children of an element by name, as the file writes it (``wp:post_id``), whatever namespace it stands for."""

    def __init__(self, children: Iterable[Any]) -> None:
        self._children: dict[str, list[Any]] = {}
        for child in children:
            self._children.setdefault(_name(child), []).append(child)

    def all(self, name: str) -> list[Any]:
        """Return all children of a name."""
        return self._children.get(name, [])

    def markup(self, name: str) -> str:
        """Return what the first child of a name holds, as HTML; ``""`` where there is none."""
        return markup(self._children[name][0]) if name in self._children else ""

    def text(self, name: str) -> str | None:
        """Return the text of the first child of a name, without white space around it; ``None`` for nothing."""
        return "".join(self._children[name][0].itertext()).strip() or None if name in self._children else None

    def fields(self, name: str) -> Fields:
        """Return the children of the first child of a name."""
        return Fields(self._children[name][0] if name in self._children else ())


def _name(element: Any) -> str:
    tag: str = element.tag
    local = tag.rpartition("}")[2]
    return f"{element.prefix}:{local}" if tag.startswith("{") and element.prefix else local


def markup(element: Any) -> str:
    """Return what an element holds, as HTML: also Atom's XHTML, and elements that somebody forgot to escape."""
    if not len(element):
        return element.text or ""
    from lxml import etree

    # In a namespace <br/> would become <br></br>, which browsers take for two. Mended records have names that are no HTML.
    for part in element.iter(etree.Element):
        name = part.tag.rpartition("}")[2]
        part.tag = name if name.isalnum() else "span"
    element.tag = "div"
    # As a whole: every child by itself would repeat all namespaces.
    html: str = etree.tostring(element, encoding="unicode", method="html", with_tail=False)
    return html


def person(name: str | None) -> str | None:
    """Return somebody's name; ``None`` for what blogs call those who gave none."""
    name = " ".join(html.unescape(name or "").split())
    return None if is_nobody(name) else name


def labels(texts: Iterable[str | None]) -> tuple[str, ...]:
    """Return tags and categories in their order, each once, without the category that blogs give where nobody gave one."""
    plain = dict.fromkeys(" ".join(html.unescape(text or "").split()) for text in texts)
    return tuple(text for text in plain if text.casefold() not in {"", *_NO_CATEGORY})


def ascii_head(head: bytes) -> str:
    """Return the ASCII in a file's first bytes in small letters, alike in UTF-8, UTF-16 and Thai encodings."""
    return head.replace(b"\0", b"").decode("ascii", "ignore").lower()


def records(source: Source, tags: str, account: Account) -> Iterator[Record]:
    """Yield the head of an XML file, then its records.

    Parameters
    ----------
    source
        The file; it is read as a stream.
    tags
        Names of the elements that are records, with ``|`` between them: ``item|entry``.
    account
        Gets a line for every record that is refused or was mended, for the encoding, and where the end is missing.

    Raises
    ------
    InputError
        When there is nothing in the file.
    """
    section = source.section
    before = section.records if section else 0
    text = _Text(source, account)
    cutter = _Cutter(tags, goes_on=section is not None and not section.last)
    parser = _Parser(source.name, account)
    for number, piece in enumerate(cutter.pieces(text.chunks())):
        element = parser.record(piece, before + number) if number else parser.head(piece or "")
        if element is not None:
            yield Record(before + number if number else 0, element)
    text.tell()
    if cutter.cut_short:
        account.add("warning", source.name, "xml_cut_short", count=before + cutter.records)


def sections(source: Source, tags: str) -> list[Section]:
    """Return the sections that a large file can be read in, each of some records; none where it is best read as a whole.

    A record is where ``records`` finds one: neither tags in CDATA nor those in comments count.
    """
    with source.open() as stream:
        if source.size < 2 * SECTION_BYTES or b"\0" in stream.read(_CHUNK):  # UTF-16 has other bytes for a tag
            return []
        stream.seek(0)
        # One character a byte, so that places in the text are places in the file.
        chunks = (data.decode("latin-1") for data in iter(lambda: stream.read(_CHUNK), b""))
        cuts: list[tuple[int, int]] = []
        at = count = 0
        for kind, text in _Cutter(tags).tokens(chunks):
            if kind == "opens":
                if not cuts or at - cuts[-1][0] >= SECTION_BYTES:
                    cuts.append((at, count))
                count += 1
            at += len(text)
    if len(cuts) < 2 or cuts[0][0] > _LONGEST_HEAD:
        return []
    ends = [begin for begin, _ in cuts[1:]] + [at]
    return [
        Section(cuts[0][0], begin, end, before, last=end == at) for (begin, before), end in zip(cuts, ends, strict=True)
    ]


class _Text:
    """The text of a file in chunks, without the characters that XML forbids."""

    def __init__(self, source: Source, account: Account) -> None:
        self._source = source
        self._account = account
        self._damaged = 0

    def chunks(self) -> Iterator[str]:
        with self._source.open() as stream:
            sample, high = b"", 0
            while len(sample) < _SAMPLE and high < _ENOUGH and (chunk := stream.read(_CHUNK)):
                sample += chunk
                high += len(chunk) - len(chunk.translate(None, _ABOVE_ASCII))
            if not sample.strip(b"\0 \t\r\n"):
                raise InputError("empty_file")
            name, guessed = _encoding(sample)
            if guessed and not (self._source.section and self._source.section.records):
                self._account.add("guessed", self._source.name, "encoding_guessed", encoding=name)
            decoder = codecs.getincrementaldecoder(name)("replace")
            for data in chain([sample], iter(lambda: stream.read(_CHUNK), b"")):
                yield self._clean(decoder.decode(data), data)
            yield self._clean(decoder.decode(b"", True), b"")

    def _clean(self, text: str, data: bytes) -> str:
        if "\ufffd" in text:
            self._damaged += max(0, text.count("\ufffd") - data.count("\ufffd".encode()))
        text, forbidden = _FORBIDDEN.subn("", text)
        text, ends = _LINE_ENDS.subn("\n", text)
        self._damaged += forbidden + ends
        return text

    def tell(self) -> None:
        """Write into the account how many characters were damaged."""
        if self._damaged:
            self._account.add("guessed", self._source.name, "xml_characters", count=self._damaged)


def _encoding(sample: bytes) -> tuple[str, bool]:
    """Return the encoding of a file by its first bytes, and whether it is a guess."""
    for bom, name in _BOMS:
        if sample.startswith(bom):
            return name, False
    if b"\0" in sample and (wide := guess_encoding(sample)).startswith("utf-16"):
        return wide, False
    found = _DECLARED.search(sample[:_CHUNK])
    declared = found[1].decode("ascii").lower() if found else "utf-8"
    thai = bool(_THAI_ENCODING.search(declared))
    # Thai in UTF-8 makes no sense as TIS-620 and the other way round: what the bytes say counts more than what was declared.
    text = _decoded(sample, "utf-8")
    if text is not None and (not thai or _THAI.search(text)):
        return "utf-8", False
    if thai:
        return "cp874", False
    if _OTHER_ENCODING.match(declared) and declared not in _WESTERN and _decoded(sample, declared) is not None:
        return declared, False
    guess = guess_encoding(sample)
    # A few broken bytes do not make another encoding of UTF-8; much Thai in an older encoding does.
    if guess == "utf-8" or (guess != "cp874" and declared.startswith("utf")):
        return "utf-8", False
    return guess, True


def _decoded(sample: bytes, encoding: str) -> str | None:
    try:
        return codecs.getincrementaldecoder(encoding)("strict").decode(sample)
    except (LookupError, UnicodeError):
        return None


class _Cutter:
    """Cuts a text into its head and its records by their tags, stepping over CDATA sections and comments."""

    def __init__(self, tags: str, *, goes_on: bool = False) -> None:
        self._goes_on = goes_on  # behind what is read stand other records
        self._token = re.compile(
            rf"<!\[CDATA\[|<!--|(?P<opens><(?:{tags})(?=[\s/>]))|(?P<closes></(?:{tags})\s{{0,8}}>)"
        )
        self.records = 0
        self.cut_short = False

    def pieces(self, chunks: Iterable[str]) -> Iterator[str | None]:
        """Yield the head, then every record; ``None`` for what is too long."""
        parts: list[str] = []
        size, inside, headed, tail = 0, False, False, ""
        for kind, text in self.tokens(chunks):
            if kind == "opens":
                # A record that begins inside another ends it: its own end is missing.
                if inside or not headed:
                    yield self._whole(parts, size, headed)
                parts, size, inside, headed = [text], len(text), True, True
            elif kind == "closes" and inside:
                yield self._whole([*parts, text], size, headed)
                parts, size, inside = [], 0, False
            elif inside or not headed:
                size += len(text)
                parts.append(text)
                if size > LARGEST_RECORD:
                    parts.clear()
            else:
                tail = (tail + text)[-2000:]
        rest = "".join(parts) or tail
        ended = self._goes_on or _ROOT_ENDS.search(rest) is not None
        if not headed or (inside and ended):
            yield self._whole(parts, size, headed)
        self.cut_short = not ended

    def _whole(self, parts: list[str], size: int, headed: bool) -> str | None:
        self.records += headed
        return "".join(parts) if size <= LARGEST_RECORD else None

    def tokens(self, chunks: Iterable[str]) -> Iterator[tuple[str | None, str]]:
        """Yield the text in parts: tags that open and close records, and whatever stands between them."""
        rest, within = "", ""
        for chunk in chunks:
            text = rest + chunk
            at = told = 0
            while True:
                if within:
                    end = text.find(within, at)
                    if end < 0:
                        at = max(at, len(text) - len(within) + 1)
                        break
                    at, within = end + len(within), ""
                found = self._token.search(text, at)
                if found is None:
                    at = max(at, len(text) - _LONGEST_TOKEN)
                    break
                at = found.end()
                if found.lastgroup is None:
                    within = "-->" if found[0] == "<!--" else "]]>"
                    continue
                yield None, text[told : found.start()]
                yield found.lastgroup, found[0]
                told = at
            yield None, text[told:at]
            rest = text[at:]
        yield None, rest


class _Parser:
    """Parses heads and records; what is broken is mended as well as libxml2 can, and the account told."""

    def __init__(self, name: str, account: Account) -> None:
        from lxml import etree

        self._name = name
        self._account = account
        self._parse = etree.fromstring
        self._error = etree.XMLSyntaxError
        # Text nodes above 10 MB and deep nesting are errors unless huge_tree is set.
        safe = {"resolve_entities": False, "no_network": True, "load_dtd": False, "huge_tree": False}
        clean = {"remove_comments": True, "remove_pis": True}
        self._strict = etree.XMLParser(**safe, **clean)
        self._lenient = etree.XMLParser(recover=True, **safe, **clean)
        self._opening = "<r>"

    def head(self, text: str) -> Any:
        """Return the element that tells of the whole file, and remember its namespaces."""
        root = _ROOT.search(text)
        element = self._lenient_parse(_mended(text[root.start() :] if root else "<r/>"))
        if element is None:
            element = self._parse(b"<r/>", self._strict)
        channel = next((child for child in element if _name(child) == "channel"), element)
        names = ((f"xmlns:{prefix}" if prefix else "xmlns", quoteattr(uri)) for prefix, uri in channel.nsmap.items())
        self._opening = f"<r {' '.join(f'{name}={uri}' for name, uri in names)}>"
        if len(self._opening) > _LONGEST_OPENING:
            self._opening = "<r>"
        return channel

    def record(self, text: str | None, number: int) -> Any:
        """Return the element of a record, ``None`` for one that is refused."""
        source = f"{self._name}:{number}"
        if text is None:
            self._account.add("refused", source, "xml_record_too_large", largest=LARGEST_RECORD // 10**6)
            return None
        text = f"{self._opening}{_mended(text)}</r>"
        try:
            return self._parse(text.encode(), self._strict)[0]
        except self._error:
            reason = self._strict.error_log[0].message if len(self._strict.error_log) else ""
        if "depth" in reason:
            self._account.add("refused", source, "too_deep", deepest=DEEPEST)
            return None
        if "too long" in reason or "too big" in reason or "huge" in reason:
            self._account.add("refused", source, "xml_record_too_large", largest=LARGEST_RECORD // 10**6)
            return None
        root = self._lenient_parse(text)
        if root is None or not len(root):
            self._account.add("refused", source, "xml_record_broken", reason=reason)
            return None
        # WordPress before 2.8 never declared its prefix excerpt: no harm is done.
        faults = {fault.type_name for fault in self._lenient.error_log}
        if faults != {"NS_ERR_UNDEFINED_NAMESPACE"}:
            self._account.add("guessed", source, "xml_mended", reason=reason)
        return root[0]

    def _lenient_parse(self, text: str) -> Any:
        try:
            return self._parse(text.encode(), self._lenient)
        except self._error:
            return None


def _mended(text: str) -> str:
    """Return XML with ``&`` and ``<`` escaped where they stand for themselves, and HTML's names of characters as numbers."""
    parts = []
    at = 0
    while at < len(text):
        cdata = text.find("<![CDATA[", at)
        cdata = len(text) if cdata < 0 else cdata
        parts.append(_STRAY.sub(_escaped, text[at:cdata]))
        end = text.find("]]>", cdata)
        at = len(text) if end < 0 else end + 3
        parts.append(text[cdata:at])
    return "".join(parts)


def _escaped(found: re.Match[str]) -> str:
    if found["code"]:
        number = int(found["code"][1:], 16) if found["code"][0] in "xX" else int(found["code"])
        legal = (
            number in {9, 10, 13} or 32 <= number < 0xD800 or 0xE000 <= number < 0xFFFE or 0x10000 <= number < 0x110000
        )
        return f"&#{number};" if legal else ""
    if found["name"] and (characters := html5.get(found["name"])):
        return "".join(f"&#{ord(character)};" for character in characters)
    return escape(found[0])
