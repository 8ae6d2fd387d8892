"""Word templates: fields between double braces are filled in; what people wrote is never run and never taken for markup."""

from __future__ import annotations

import io
import re
import zipfile
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from typing import Any

from docx.opc.constants import RELATIONSHIP_TYPE
from docx.oxml import OxmlElement
from docx.oxml.ns import qn
from docx.shared import Inches
from docxtpl import DocxTemplate
from jinja2 import StrictUndefined, UndefinedError
from jinja2.sandbox import SandboxedEnvironment
from markupsafe import Markup, escape

from minecop.archive.readers.zipsafety import check_zip
from minecop.core.errors import InputError, MinecopError
from minecop.core.files import read_given

_MOST_UNPACKED = 256 * 2**20
"""Bytes of a template with pictures in it, unpacked."""

_NOT_TEXT = re.compile("[^\t\n\x20-\x7e\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]|[\u202b\u202d\u202e\u2067]")
"""What XML cannot hold, and what would turn the order of the letters after it round (embedding, override and isolation to the right)."""

_LONGEST_TITLE = 255
"""Characters of a property of a document."""

_NOBODYS_DATE = (1980, 1, 1, 0, 0, 0)


_DOTS = 96
"""Pixels of a picture to an inch."""


@dataclass(frozen=True)
class Picture:
    """A value that is shown as a picture.

    Attributes
    ----------
    png
        The picture.
    width
        How wide it stands on paper, in pixels of 1/96 inch.
    description
        What it shows, for those who hear it.
    """

    png: bytes
    width: int
    description: str


def fill_template(template: Path, values: dict[str, Any], *, title: str, required: str) -> bytes:
    """Return a Word document made from a template, the same bytes each time.

    Templates are Jinja's, as docxtpl has them in Word (``{{ name }}``, ``{%p for ... %}`` in a paragraph of its own, ``{%tr for ... %}``
    in a row). They run in a sandbox. Every value is put in as text, but for a ``Picture``; line breaks stay, and what a Word file cannot
    hold becomes U+FFFD.

    Parameters
    ----------
    template
        A ``.docx`` file.
    values
        What its fields name.
    title
        Of the document, among its properties.
    required
        A field that every template has to have.

    Raises
    ------
    InputError
        When the template cannot be read or run, names a field that is none, or lacks ``required``.
    """
    document = _opened(template)
    try:
        _render(document, values, template, required)
    except (UndefinedError, KeyError) as error:
        raise InputError("template_unknown_field", path=template, reason=_first_line(error)) from error
    except MinecopError:
        raise
    except Exception as error:  # a template is a program of its user's, and may fail in any way
        raise InputError("template_syntax", path=template, reason=_first_line(error)) from error
    document.core_properties.title = _text(title)[:_LONGEST_TITLE]
    return _packed(document)


def _render(document: DocxTemplate, values: dict[str, Any], template: Path, required: str) -> None:
    environment = _environment(document)
    if required not in document.get_undeclared_template_variables(environment):
        raise InputError("template_lacks", path=template, field=required)
    document.render(values, environment)
    _mend(document)


def _opened(template: Path) -> DocxTemplate:
    data = read_given(template)
    try:
        check_zip(io.BytesIO(data), most=_MOST_UNPACKED)
        document = DocxTemplate(io.BytesIO(data))
        document.init_docx()
        _date(document)
    except Exception as error:  # python-docx raises whatever the libraries below it do
        reason = error.text() if isinstance(error, MinecopError) else type(error).__name__
        raise InputError("template_unreadable", path=template, reason=reason) from error
    return document


def _date(document: DocxTemplate) -> None:
    """Give a document without properties a date: python-docx would take that of the clock."""
    package = document.docx.part.package
    if not any(relation.reltype == RELATIONSHIP_TYPE.CORE_PROPERTIES for relation in package.rels.values()):
        package.core_properties.modified = datetime(*_NOBODYS_DATE, tzinfo=UTC)


def _environment(document: DocxTemplate) -> SandboxedEnvironment:
    shown = partial(_shown, document)
    environment = SandboxedEnvironment(autoescape=True, undefined=StrictUndefined, finalize=shown)
    for name in ("safe", "urlize", "xmlattr"):  # make markup of text
        del environment.filters[name]
    return environment


def _shown(document: DocxTemplate, value: object) -> Markup:
    """Return a value as XML. docxtpl would turn ``{_{`` into ``{{`` afterwards, so that a reference stands for the line."""
    if isinstance(value, Picture):
        shown = _drawn(document, value)
    else:
        shown = str(escape(_text("" if value is None else value if isinstance(value, Markup) else str(value))))
    return Markup(re.sub(r"(?<=\{)_(?=[{%])|(?<=[}%])_(?=\})", "&#95;", shown))  # noqa: S704 - escaped


def _drawn(document: DocxTemplate, picture: Picture) -> str:
    """Return a picture as it stands between two runs of text."""
    width = Inches(picture.width / _DOTS)
    inline = document.current_rendering_part.new_pic_inline(io.BytesIO(picture.png), width)
    inline.docPr.set("descr", _text(picture.description))
    for side in "TBLR":  # else LibreOffice puts an eighth of an inch around it
        inline.set(f"dist{side}", "0")
    run = '</w:t></w:r><w:r><w:drawing>{}</w:drawing></w:r><w:r><w:t xml:space="preserve">'
    return run.format(inline.xml)


def _text(value: str) -> str:
    text = re.sub(r"\r\n?", "\n", value)
    return type(value)(_NOT_TEXT.sub("\ufffd", text))


def _first_line(error: Exception) -> str:
    text = str(error.args[0]) if isinstance(error, KeyError) and error.args else str(error)
    return next(iter(text.splitlines()), "") or type(error).__name__


def _mend(document: DocxTemplate) -> None:
    """Put a paragraph into cells, and take out tables, that loops over nothing have left empty: Word refuses both."""
    body = document.docx.element.body
    for table in list(body.iter(qn("w:tbl"))):
        if table.find(qn("w:tr")) is None:
            table.getparent().remove(table)
    for cell in body.iter(qn("w:tc")):
        if cell.find(qn("w:p")) is None:
            cell.append(OxmlElement("w:p"))


def _packed(document: DocxTemplate) -> bytes:
    """Return the file, its members with one time and from no particular system."""
    made, fixed = io.BytesIO(), io.BytesIO()
    document.save(made)
    with zipfile.ZipFile(made) as source, zipfile.ZipFile(fixed, "w") as target:
        for name in source.namelist():
            member = zipfile.ZipInfo(name, _NOBODYS_DATE)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            target.writestr(member, source.read(name))
    return fixed.getvalue()
