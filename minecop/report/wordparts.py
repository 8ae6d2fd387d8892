"""A Word document from nothing, part by part: styles for Thai, paragraphs, lists, tables and forms, with marks for docxtpl among them.

Every style has a font, a size and the language for complex scripts, without which Word sets Thai in another font, in another size, and
breaks its lines at random. Texts may hold ``**bold**`` and ``//a machine's words//``.
"""

from __future__ import annotations

import io
import re
import zipfile
from typing import Any
from xml.sax.saxutils import escape

FONT = "TH Sarabun New"
"""The font of Thai public papers."""

_LIKE_IT = "TH SarabunPSK,TH Sarabun,Cordia New,Browallia New"
"""What stands in for it where it is missing, in this order: as small for its points as it is itself, the last two in every Word."""

_W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
_OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_PACKAGE = "http://schemas.openxmlformats.org/package/2006"
_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"
_HEAD = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'

_WIDTH = 9638
"""Between the margins of an A4 page, in twentieths of a point; 2 cm are 1134."""

_GREY = "E7E6E6"
LINE = 480
"""Height of a line to write on, in twentieths of a point."""


_PARTS = ("header", "footer", "styles", "numbering", "fontTable", "settings")
"""What a document is made of beside its text; there is one header and one footer."""


def document(body: str, header: str, footer: str) -> bytes:
    """Return a Word document of A4 pages, the same bytes each time.

    Parameters
    ----------
    body, header, footer
        Paragraphs and tables, as this module makes them; the first page has neither header nor footer.
    """
    parts = {
        "[Content_Types].xml": _content_types(),
        "_rels/.rels": _relations({"officeDocument": "word/document.xml", "core": "docProps/core.xml"}),
        "docProps/core.xml": f'{_HEAD}<cp:coreProperties xmlns:cp="{_PACKAGE}/metadata/core-properties"'
        ' xmlns:dc="http://purl.org/dc/elements/1.1/"><dc:title/></cp:coreProperties>',
        "word/document.xml": f'{_HEAD}<w:document {_W} xmlns:r="{_OFFICE}"><w:body>{body}{_SECTION}</w:body></w:document>',
        "word/header.xml": f"{_HEAD}<w:hdr {_W}>{header}</w:hdr>",
        "word/footer.xml": f"{_HEAD}<w:ftr {_W}>{footer}</w:ftr>",
        "word/styles.xml": _styles(),
        "word/numbering.xml": _NUMBERING,
        "word/fontTable.xml": _FONTS,
        "word/settings.xml": _SETTINGS,
        "word/_rels/document.xml.rels": _relations({name: f"{name}.xml" for name in _PARTS}),
    }
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as package:
        for name, text in parts.items():
            member = zipfile.ZipInfo(name)
            member.compress_type = zipfile.ZIP_DEFLATED
            member.create_system = 0
            package.writestr(member, text.encode())
    return out.getvalue()


def _content_types() -> str:
    types = {"/word/document.xml": f"{_WORD}.document.main+xml"}
    types |= {f"/word/{name}.xml": f"{_WORD}.{name}+xml" for name in _PARTS}
    types["/docProps/core.xml"] = "application/vnd.openxmlformats-package.core-properties+xml"
    overrides = "".join(f'<Override PartName="{part}" ContentType="{kind}"/>' for part, kind in types.items())
    return (
        f'{_HEAD}<Types xmlns="{_PACKAGE}/content-types">'
        '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
        f'<Default Extension="xml" ContentType="application/xml"/>{overrides}</Types>'
    )


def _relations(targets: dict[str, str]) -> str:
    kinds = {"core": f"{_PACKAGE}/relationships/metadata/core-properties"}
    rows = "".join(
        f'<Relationship Id="rId{number}" Type="{kinds.get(name, f"{_OFFICE}/{name}")}" Target="{target}"/>'
        for number, (name, target) in enumerate(targets.items(), 1)
    )
    return f'{_HEAD}<Relationships xmlns="{_PACKAGE}/relationships">{rows}</Relationships>'


# ---- styles


def _letters(size: float, *, bold: bool = False, italic: bool = False, colour: str = "") -> str:
    """Return the properties of letters; each stands twice, for Latin and for Thai."""
    half = round(2 * size)
    return (
        f'<w:rPr><w:rFonts w:ascii="{FONT}" w:hAnsi="{FONT}" w:eastAsia="{FONT}" w:cs="{FONT}"/>'
        + ("<w:b/><w:bCs/>" if bold else "")
        + ("<w:i/><w:iCs/>" if italic else "")
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + (f'<w:sz w:val="{half}"/><w:szCs w:val="{half}"/>' if size else "")
        + '<w:lang w:val="en-US" w:eastAsia="en-US" w:bidi="th-TH"/></w:rPr>'
    )


def _style(id_: str, name: str, letters: str, paragraph: str, *, after: str = "") -> str:
    return (
        f'<w:style w:type="paragraph" w:styleId="{id_}"{_default(id_)}><w:name w:val="{name}"/>'
        + ('<w:basedOn w:val="Normal"/>' if id_ != "Normal" else "")
        + (f'<w:next w:val="{after}"/>' if after else "")
        + f"<w:qFormat/><w:pPr>{paragraph}</w:pPr>{letters}</w:style>"
    )


def _default(id_: str) -> str:
    return ' w:default="1"' if id_ == "Normal" else ' w:customStyle="1"' if id_ in _OUR_OWN else ""


_OUR_OWN = {"SheetTitle", "Small", "Cell", "CellHead", "CellSmall", "Gap", "Contents"}


def _space(before: int = 0, after: int = 0) -> str:
    return f'<w:spacing w:before="{20 * before}" w:after="{20 * after}" w:line="240" w:lineRule="auto"/>'


def _outline(level: int) -> str:
    return f'<w:outlineLvl w:val="{level}"/>'


def _rule(side: str, size: int = 6, gap: int = 4) -> str:
    return f'<w:pBdr><w:{side} w:val="single" w:sz="{size}" w:space="{gap}" w:color="7F7F7F"/></w:pBdr>'


def _styles() -> str:
    keep = "<w:keepNext/><w:keepLines/>"
    edges = "".join(
        f'<w:{side} w:val="single" w:sz="4" w:space="0" w:color="7F7F7F"/>'
        for side in ("top", "left", "bottom", "right", "insideH", "insideV")
    )
    to_the_right = f'<w:tab w:val="right" w:pos="{_WIDTH}"/>'
    dotted = f'<w:tab w:val="right" w:leader="dot" w:pos="{_WIDTH}"/>'
    hanging = '<w:ind w:left="340" w:hanging="340"/><w:contextualSpacing/>'
    first = f"{keep}<w:pageBreakBefore/>{_rule('bottom', 12, 2)}{_space(0, 8)}{_outline(0)}"
    grey = "404040"
    styles = (
        _style("Normal", "Normal", _letters(16), f"<w:widowControl/>{_space(0, 4)}"),
        _style("Title", "Title", _letters(36, bold=True), _space(130, 0)),
        _style("Subtitle", "Subtitle", _letters(22), _space(0, 16)),
        _style("Heading1", "heading 1", _letters(26, bold=True), first, after="Normal"),
        _style("Heading2", "heading 2", _letters(20, bold=True), f"{keep}{_space(10, 3)}{_outline(1)}", after="Normal"),
        _style("SheetTitle", "Sheet Title", _letters(20, bold=True), f"{keep}<w:pageBreakBefore/>{_space(0, 3)}"),
        _style(
            "ListBullet", "List Bullet", _letters(16), f'<w:numPr><w:numId w:val="1"/></w:numPr>{_space(0, 2)}{hanging}'
        ),
        _style("Small", "Small", _letters(14, colour=grey), _space(0, 4)),
        _style("Cell", "Cell", _letters(15), _space(1, 1)),
        _style("CellHead", "Cell Head", _letters(15, bold=True), _space(2, 0)),
        _style("CellSmall", "Cell Small", _letters(13.5, colour=grey), _space(0, 1)),
        _style("Quote", "Quote", _letters(15), _space(3, 0)),
        _style("Gap", "Gap", _letters(8), _space()),
        _style("Contents", "Contents", _letters(20, bold=True), f"<w:keepNext/>{_space(30, 4)}"),
        _style("TOC1", "toc 1", _letters(16), f"<w:tabs>{dotted}</w:tabs>{_space(2, 0)}"),
        _style("Header", "header", _letters(13, colour=grey), f"<w:tabs>{to_the_right}</w:tabs>{_space()}"),
        _style(
            "Footer", "footer", _letters(13, colour=grey), f"{_rule('top')}<w:tabs>{to_the_right}</w:tabs>{_space()}"
        ),
    )
    letters = (
        f'<w:style w:type="character" w:styleId="Strong"><w:name w:val="Strong"/><w:qFormat/>{_letters(0, bold=True)}</w:style>'
        '<w:style w:type="character" w:styleId="Machine" w:customStyle="1"><w:name w:val="Machine"/><w:qFormat/>'
        f"{_letters(0, italic=True)}</w:style>"
    )
    table = (
        '<w:style w:type="table" w:default="1" w:styleId="TableNormal"><w:name w:val="Normal Table"/><w:tblPr>'
        '<w:tblInd w:w="0" w:type="dxa"/><w:tblCellMar>'
        '<w:top w:w="0" w:type="dxa"/><w:left w:w="108" w:type="dxa"/><w:bottom w:w="0" w:type="dxa"/>'
        '<w:right w:w="108" w:type="dxa"/></w:tblCellMar></w:tblPr></w:style>'
        '<w:style w:type="table" w:styleId="TableGrid"><w:name w:val="Table Grid"/><w:basedOn w:val="TableNormal"/>'
        f"{_letters(0)}<w:tblPr><w:tblBorders>{edges}</w:tblBorders></w:tblPr></w:style>"
    )
    return (
        f"{_HEAD}<w:styles {_W}><w:docDefaults><w:rPrDefault>{_letters(16)}</w:rPrDefault>"
        f"<w:pPrDefault><w:pPr>{_space()}</w:pPr></w:pPrDefault></w:docDefaults>{''.join(styles)}{letters}{table}</w:styles>"
    )


_NUMBERING = (
    f'{_HEAD}<w:numbering {_W}><w:abstractNum w:abstractNumId="0"><w:multiLevelType w:val="singleLevel"/><w:lvl w:ilvl="0">'
    '<w:start w:val="1"/><w:numFmt w:val="bullet"/><w:pStyle w:val="ListBullet"/><w:lvlText w:val="•"/><w:lvlJc w:val="left"/><w:pPr>'
    f'<w:ind w:left="340" w:hanging="340"/></w:pPr>{_letters(16)}</w:lvl></w:abstractNum>'
    '<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num></w:numbering>'
)

_FONTS = (
    f'{_HEAD}<w:fonts {_W}><w:font w:name="{FONT}"><w:altName w:val="{_LIKE_IT}"/><w:panose1 w:val="020B0500040200020003"/>'
    '<w:charset w:val="DE"/><w:family w:val="swiss"/><w:pitch w:val="variable"/>'
    '<w:sig w:usb0="A100006F" w:usb1="5000205A" w:usb2="00000000" w:usb3="00000000" w:csb0="00010183" w:csb1="00000000"/></w:font>'
    "</w:fonts>"
)

_SETTINGS = (
    f'{_HEAD}<w:settings {_W}><w:zoom w:percent="100"/><w:defaultTabStop w:val="720"/><w:characterSpacingControl w:val="doNotCompress"/>'
    '<w:updateFields w:val="true"/><w:compat>'
    '<w:compatSetting w:name="compatibilityMode" w:uri="http://schemas.microsoft.com/office/word" w:val="15"/></w:compat>'
    '<w:themeFontLang w:val="en-US" w:bidi="th-TH"/></w:settings>'
)

_SECTION = (
    '<w:sectPr><w:headerReference w:type="default" r:id="rId1"/><w:footerReference w:type="default" r:id="rId2"/>'
    '<w:pgSz w:w="11906" w:h="16838"/><w:pgMar w:top="1134" w:right="1134" w:bottom="1134" w:left="1134" w:header="567" w:footer="567"'
    ' w:gutter="0"/><w:titlePg/></w:sectPr>'
)


# ---- paragraphs and tables

_MARKS = {"**": "Strong", "//": "Machine"}


def _runs(text: str) -> str:
    """Return the runs of a text in which ``**bold**`` and ``//a machine's words//`` are marked."""
    runs, mark = [], ""
    for part in re.split(r"(\*\*|//)", text):
        if part in _MARKS:
            mark = "" if mark else _MARKS[part]
        elif part:
            style = f'<w:rPr><w:rStyle w:val="{mark}"/></w:rPr>' if mark else ""
            pieces = "<w:tab/>".join(
                f'<w:t xml:space="preserve">{escape(one)}</w:t>' if one else "" for one in part.split("\t")
            )
            runs.append(f"<w:r>{style}{pieces}</w:r>")
    return "".join(runs)


def para(text: str, style: str = "Normal", *, new_page: bool = False, with_next: bool = False) -> str:
    """Return a paragraph, which may begin a page, or stay on that of the next one."""
    extra = ("<w:keepNext/>" if with_next else "") + ("<w:pageBreakBefore/>" if new_page else "")
    return f'<w:p><w:pPr><w:pStyle w:val="{style}"/>{extra}</w:pPr>{_runs(text)}</w:p>'


def each(loop: str, *inner: str) -> str:
    """Return paragraphs, or tables, that are repeated."""
    return f"{para(f'{{%p for {loop} %}}')}{''.join(inner)}{para('{%p endfor %}')}"


def only_if(condition: str, *inner: str) -> str:
    """Return paragraphs, or tables, that stand there under a condition."""
    return f"{para(f'{{%p if {condition} %}}')}{''.join(inner)}{para('{%p endif %}')}"


def bullets(lines: str) -> str:
    """Return a list with a point for each of some lines."""
    return each(f"line in {lines}", para("{{ line }}", "ListBullet"))


Cell = str | tuple[str, ...]
"""A text, or paragraphs that are already made."""


def _cell(width: int, cell: Cell, style: str, shade: str = "", span: int = 1) -> str:
    inner = para(cell, style) if isinstance(cell, str) else "".join(cell)
    wide = f'<w:gridSpan w:val="{span}"/>' if span > 1 else ""
    fill = f'<w:shd w:val="clear" w:color="auto" w:fill="{shade}"/>' if shade else ""
    return f'<w:tc><w:tcPr><w:tcW w:w="{width}" w:type="dxa"/>{wide}{fill}</w:tcPr>{inner}</w:tc>'


def row(
    widths: tuple[int, ...],
    cells: tuple[Cell, ...],
    *,
    style: str = "Cell",
    head: bool = False,
    height: int = 0,
    whole: bool = True,
) -> str:
    """Return a row.

    Parameters
    ----------
    widths
        Of its cells, as parts of the page.
    cells
        As many.
    style
        Of cells that are mere texts.
    head
        Whether it is repeated at the head of each page.
    height
        In twentieths of a point, at least.
    whole
        Whether it stays on one page.
    """
    shade, style = (_GREY, "CellHead") if head else ("", style)
    made = [_cell(width, one, style, shade) for width, one in zip(_shares(widths), cells, strict=True)]
    how = "<w:cantSplit/>" if whole else ""
    how += f'<w:trHeight w:val="{height}" w:hRule="atLeast"/>' if height else ""
    how += "<w:tblHeader/>" if head else ""
    return f"<w:tr><w:trPr>{how}</w:trPr>{''.join(made)}</w:tr>"


def row_across(text: str, columns: int) -> str:
    """Return a row of one cell over all columns, which names those below it."""
    named = para(text, "CellHead", with_next=True)
    return f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{_cell(_WIDTH, (named,), '', span=columns)}</w:tr>"


def control(tag: str) -> str:
    """Return a row that holds a ``for``, an ``endfor`` and the like; docxtpl puts the tag in its place."""
    return f"<w:tr>{_cell(_WIDTH, f'{{%tr {tag} %}}', 'Cell')}</w:tr>"


def table(widths: tuple[int, ...], *rows: str) -> str:
    """Return a table as wide as the page, and a gap, without which two tables would become one."""
    grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in _shares(widths))
    return (
        f'<w:tbl><w:tblPr><w:tblStyle w:val="TableGrid"/><w:tblW w:w="{_WIDTH}" w:type="dxa"/><w:tblLayout w:type="fixed"/>'
        f"</w:tblPr><w:tblGrid>{grid}</w:tblGrid>{''.join(rows)}</w:tbl>{para('', 'Gap')}"
    )


def _shares(widths: tuple[int, ...]) -> list[int]:
    return [round(_WIDTH * width / sum(widths)) for width in widths]


def listed(widths: tuple[int, ...], heads: tuple[str, ...], loop: str, cells: tuple[Cell, ...], **how: Any) -> str:
    """Return a table with a row (``row``) for each of something, under heads where there are any."""
    top = [row(widths, heads, head=True)] if heads else []
    return table(widths, *top, control(f"for {loop}"), row(widths, cells, **how), control("endfor"))


def form(*labels: str, lines: int = 3) -> str:
    """Return a form: what is asked to the left, lines to write on to the right."""
    widths = (3, 7)
    return table(widths, *(row(widths, ((para(one, "CellHead"),), ""), height=lines * LINE) for one in labels))


def field(code: str) -> str:
    """Return a field that Word fills in."""
    return f'<w:fldSimple w:instr=" {code} "><w:r><w:t>1</w:t></w:r></w:fldSimple>'


def contents(*entries: str) -> str:
    """Return a table of contents of first headings: a field, and within it paragraphs for as long as Word has not counted the pages."""
    begin, separate, end = (f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>' for kind in ("begin", "separate", "end"))
    code = '<w:r><w:instrText xml:space="preserve"> TOC \\o "1-1" \\h \\z </w:instrText></w:r>'
    first, *others = (para(entry, "TOC1") for entry in entries)
    inner = first.replace("</w:pPr>", f"</w:pPr>{begin}{code}{separate}", 1) + "".join(others)
    return inner.removesuffix("</w:p>") + f"{end}</w:p>"
