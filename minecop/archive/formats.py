"""Which reader reads what: by the ending of a name and, where several kinds share it, by what stands in the first bytes."""

from __future__ import annotations

from dataclasses import dataclass
from importlib import import_module
from types import ModuleType

from minecop.archive.sources import Reader, Section, Source
from minecop.core.errors import InputError


@dataclass(frozen=True, slots=True)
class Format:
    """One kind of file.

    Attributes
    ----------
    name
        What it is called.
    endings
        Of its files' names, in small letters.
    module
        In ``minecop/archive/readers/``: holds ``read``, and is imported when the first file of the ending is met.
    shared
        Whether other kinds have the ending too; the module's ``accepts`` then tells by a file's first 16 KiB.
    """

    name: str
    endings: tuple[str, ...]
    module: str
    shared: bool = False

    def accepts(self, head: bytes) -> bool:
        """Tell by a file's first bytes whether it is of this kind."""
        return not self.shared or bool(self._module.accepts(head))

    @property
    def reader(self) -> Reader:
        """What reads it."""
        read: Reader = self._module.read
        return read

    def sections(self, source: Source) -> list[Section]:
        """Return the sections that a large file can be read in, one beside the other; none where it has to be read as a whole."""
        found: list[Section] = self._module.sections(source) if hasattr(self._module, "sections") else []
        return found

    @property
    def _module(self) -> ModuleType:
        return import_module(f"minecop.archive.readers.{self.module}")


_XML = (".xml", ".rss", ".atom", ".rdf")

FORMATS: tuple[Format, ...] = (
    Format("LINE chat", (".txt", ".text"), "linechat", shared=True),
    Format("text", (".txt", ".text"), "textpage"),
    Format("web page", (".html", ".htm", ".xhtml"), "page"),
    Format("web page in one file", (".mht", ".mhtml"), "mhtml"),
    Format("web archive", (".warc", ".warc.gz", ".wacz"), "warc"),
    Format("WordPress export", _XML, "wordpress", shared=True),
    Format("Blogger export", _XML, "blogger", shared=True),
    Format("feed", _XML, "feed", shared=True),
    Format("table", (".csv", ".tsv"), "csvtable"),
    Format("spreadsheet", (".xlsx", ".xlsm", ".xlsb", ".xls", ".ods"), "spreadsheet"),
    Format("Facebook export", (".json",), "facebook", shared=True),
    Format("JSON", (".json",), "jsondocument"),
    Format("JSON Lines", (".jsonl", ".ndjson"), "jsonlines"),
    Format("Word document", (".docx", ".docm", ".dotx"), "worddocument"),
    Format("PDF", (".pdf",), "pdfdocument"),
    Format("old word processors", (".doc", ".rtf", ".wps", ".hwp"), "legacyword"),
    Format("archive file", (".zip", ".tar", ".tar.gz", ".tgz", ".tar.bz2", ".tbz2", ".tar.xz", ".txz"), "archivefile"),
)
"""Every kind that can be read; of those that share an ending, the first that accepts a file reads it."""

KINDS = " ".join(dict.fromkeys(e for known in FORMATS for e in known.endings if known.module != "legacyword"))
"""All endings, for messages."""


def format_of(name: str, head: bytes) -> Format:
    """Return the format of a file by its name and first bytes.

    Raises
    ------
    InputError
        When the ending is not known, or the file is of none of the kinds that have it.
    """
    small = name.lower()
    fitting = [known for known in FORMATS if small.endswith(known.endings)]
    if not fitting:
        raise InputError("unknown_kind", kinds=KINDS)
    for known in fitting:
        if known.accepts(head):
            return known
    raise InputError("kind_not_recognised", names=", ".join(known.name for known in fitting))
