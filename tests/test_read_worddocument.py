import io
import zipfile
from datetime import datetime

import pytest
from docx import Document
from docx.enum.text import WD_BREAK
from docx.oxml import parse_xml

from minecop.archive.models import Account, Comment, Entry, Post
from minecop.archive.readers import legacyword, worddocument, zipsafety
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.messages import message

W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
RELATIONS = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


def read(data: bytes, name: str = "ถอดบทเรียน.docx", reader=worddocument) -> tuple[list[Post], Account]:
    account = Account()
    return list(reader.read(Source.of_bytes(data, name), Options(), account)), account


def saved(document) -> bytes:
    stream = io.BytesIO()
    document.save(stream)
    return stream.getvalue()


def bare(*paragraphs: str, title: str = "", author: str = "python-docx") -> bytes:
    document = Document()
    document.core_properties.title, document.core_properties.author = title, author
    for text in paragraphs:
        document.add_paragraph(text)
    return saved(document)


def rewritten(data: bytes, parts: dict[str, str | bytes | None] | None = None, relations: str = "") -> bytes:
    """Return a document with parts replaced, added or (``None``) taken out, and relations of its main part added."""
    changed = dict(parts or {})
    stream = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            content: str | bytes | None = changed.pop(name, old.read(name))
            if name == "word/_rels/document.xml.rels" and relations:
                content = old.read(name).decode().replace("</Relationships>", f"{relations}</Relationships>")
            if content is not None:
                new.writestr(name, content)
        for name, content in changed.items():
            if content is not None:
                new.writestr(name, content)
    return stream.getvalue()


def relation(kind: str, target: str) -> str:
    return f'<Relationship Id="x{kind}" Type="{RELATIONS}/{kind}" Target="{target}"/>'


def told(account: Account) -> list[str]:
    return [entry.key for entry in account.entries]


def lesson_report() -> bytes:
    """A report as a district health office writes it: title, byline, lists, a table of lessons, and margin notes of the doctor."""
    document = Document()
    document.core_properties.title = "Word Document"
    document.sections[0].header.paragraphs[0].text = "สำนักงานสาธารณสุขอำเภอบ้านเชียงดี"
    document.sections[0].footer.paragraphs[0].text = "หน้า 1"
    document.add_paragraph("ถอดบทเรียนคลินิกเบาหวานใต้ต้นมะขาม", style="Title")
    document.add_paragraph("ผู้เขียน: สุนทรี แก้วมณี")
    document.add_paragraph("วันที่ 9 มีนาคม 2560")
    document.add_heading("ที่มา", 1)
    told = document.add_paragraph("หมู่บ้านเราห่างโรงพยาบาลสี่สิบกิโล คนไข้เบาหวานขาดนัดเดือนละเกือบครึ่ง ")
    told.add_run("ถามแล้วได้คำตอบเดียวกันว่า ไม่มีรถ").bold = True
    told.add_run(" จึงลองยกคลินิกไปตั้งใต้ต้นมะขามหน้าวัด\nเดือนละครั้ง")
    document.add_heading("สิ่งที่เตรียม", 2)
    document.add_paragraph("เครื่องเจาะน้ำตาลสองเครื่อง เผื่อเครื่องหนึ่งแบตหมด", style="List Bullet")
    document.add_paragraph("โต๊ะครูจากโรงเรียน ยืมไว้ตั้งแต่วันศุกร์", style="List Bullet")
    document.add_paragraph("ให้ผู้ใหญ่บ้านประกาศก่อนสามวัน", style="List Number")
    document.add_paragraph("ให้ อสม. โทรตามคนที่ไม่มา", style="List Number")
    document.add_heading("บทเรียน", 1)
    table = document.add_table(rows=1, cols=4)
    for cell, text in zip(table.rows[0].cells, ("ที่", "ประเด็น", "บทเรียน", "ข้อเสนอ"), strict=True):
        cell.text = text
    rows = (
        ("1", "คนไข้มาสายทุกเดือน", "รถโรงเรียนมาส่งตอนแปดโมงครึ่ง เรานัดเจ็ดโมง", "นัดตามรถโรงเรียน"),
        ("", "", "คนที่อดข้าวมานานเป็นลมสองคน", "เตรียมข้าวต้มไว้ที่ครัววัด"),
        ("2", "ยาหมดก่อนนัด", "แบ่งยาให้เพื่อนบ้านที่ขาดนัด", ""),
    )
    for row in rows:
        for cell, text in zip(table.add_row().cells, row, strict=True):
            cell.text = text
    table.cell(1, 1).merge(table.cell(2, 1))
    table.cell(1, 1).paragraphs[-1].text = "" if len(table.cell(1, 1).paragraphs) > 1 else table.cell(1, 1).text
    document.add_paragraph("")
    plain = document.add_table(rows=2, cols=2)
    for cell, text in zip(
        [c for row in plain.rows for c in row.cells], ("เดือน", "คนมา", "มกราคม", "31 จาก 36"), strict=True
    ):
        cell.text = text
    end = document.add_paragraph("หกเดือนแล้ว เหลือขาดนัดสี่คน ทั้งสี่คนนอนติดเตียง ซึ่งต้นมะขามก็ช่วยไม่ได้")
    first = document.add_comment(
        told.runs[1], text="เรื่องรถ เทศบาลมีรถรับส่งวันพุธ ลองคุยกันไหมครับ", author="นพ.ชาติชาย", initials="ช"
    )
    second = document.add_comment(end.runs[0], text="", author="สุนทรี แก้วมณี", initials="ส")
    second.paragraphs[0].add_run("คุยแล้วค่ะหมอ เขาให้ใช้")
    second.add_paragraph("แต่ต้องเติมน้ำมันเอง")
    for comment, date in ((first, "2017-03-12T14:05:00Z"), (second, "2017-03-13T08:00:09Z")):
        comment._comment_elm.set("{http://schemas.openxmlformats.org/wordprocessingml/2006/main}date", date)
    return saved(document)


def test_worddocument_reads_a_whole_report():
    posts, account = read(lesson_report())
    assert posts == [
        Post(
            id="ถอดบทเรียน",
            title="ถอดบทเรียนคลินิกเบาหวานใต้ต้นมะขาม",
            author_id="สุนทรี แก้วมณี",
            author_name="สุนทรี แก้วมณี",
            published=datetime(2017, 3, 9, tzinfo=BANGKOK),
            body="ที่มา\n\n"
            "หมู่บ้านเราห่างโรงพยาบาลสี่สิบกิโล คนไข้เบาหวานขาดนัดเดือนละเกือบครึ่ง ถามแล้วได้คำตอบเดียวกันว่า ไม่มีรถ "
            "จึงลองยกคลินิกไปตั้งใต้ต้นมะขามหน้าวัด\nเดือนละครั้ง\n\n"
            "สิ่งที่เตรียม\n\n"
            "• เครื่องเจาะน้ำตาลสองเครื่อง เผื่อเครื่องหนึ่งแบตหมด\n"
            "• โต๊ะครูจากโรงเรียน ยืมไว้ตั้งแต่วันศุกร์\n"
            "1. ให้ผู้ใหญ่บ้านประกาศก่อนสามวัน\n"
            "2. ให้ อสม. โทรตามคนที่ไม่มา\n\n"
            "บทเรียน\n\n"
            "ประเด็น: คนไข้มาสายทุกเดือน\n"
            "บทเรียน: รถโรงเรียนมาส่งตอนแปดโมงครึ่ง เรานัดเจ็ดโมง\n"
            "ข้อเสนอ: นัดตามรถโรงเรียน\n"
            "บทเรียน: คนที่อดข้าวมานานเป็นลมสองคน\n"
            "ข้อเสนอ: เตรียมข้าวต้มไว้ที่ครัววัด\n\n"
            "ประเด็น: ยาหมดก่อนนัด\n"
            "บทเรียน: แบ่งยาให้เพื่อนบ้านที่ขาดนัด\n\n"
            "เดือน | คนมา\nมกราคม | 31 จาก 36\n\n"
            "หกเดือนแล้ว เหลือขาดนัดสี่คน ทั้งสี่คนนอนติดเตียง ซึ่งต้นมะขามก็ช่วยไม่ได้",
            comments=(
                Comment(
                    1,
                    "เรื่องรถ เทศบาลมีรถรับส่งวันพุธ ลองคุยกันไหมครับ",
                    id="0",
                    author_id="นพ.ชาติชาย",
                    author_name="นพ.ชาติชาย",
                    published=datetime(2017, 3, 12, 14, 5, tzinfo=BANGKOK),
                ),
                Comment(
                    2,
                    "คุยแล้วค่ะหมอ เขาให้ใช้\n\nแต่ต้องเติมน้ำมันเอง",
                    id="1",
                    author_id="สุนทรี แก้วมณี",
                    author_name="สุนทรี แก้วมณี",
                    published=datetime(2017, 3, 13, 8, 0, 9, tzinfo=BANGKOK),
                ),
            ),
            source="ถอดบทเรียน.docx",
        )
    ]
    assert account.entries == []


def test_worddocument_takes_what_the_text_does_not_say_from_the_properties_as_guesses():
    document = Document()
    about = document.core_properties
    about.title, about.author, about.created = "เล่าเรื่องป่าชุมชน", "วิเชียร พรหมมา", datetime(2015, 1, 31, 20, 0)
    document.add_paragraph("ป่าผืนนี้เคยเป็นไร่ข้าวโพด ปีที่ไฟไหม้ใหญ่ไม่มีใครอยากได้คืน")
    (post,), account = read(saved(document), "forest.docx")
    assert (post.title, post.author_name) == ("เล่าเรื่องป่าชุมชน", "วิเชียร พรหมมา")
    assert post.published == datetime(2015, 2, 1, 3, 0, tzinfo=BANGKOK)
    assert account.entries == [
        Entry("guessed", "forest.docx", "author_from_properties", {"value": "วิเชียร พรหมมา"}),
        Entry("guessed", "forest.docx", "date_from_properties", {"value": "2015-02-01"}),
        Entry("guessed", "forest.docx", "title_from_properties", {"value": "เล่าเรื่องป่าชุมชน"}),
    ]


@pytest.mark.parametrize(
    "title", ["Word Document", "Microsoft Word - ร่าง.doc", "เอกสาร1", "Document3", "ร่าง2.docx", "   "]
)
@pytest.mark.parametrize("author", ["Windows User", "admin", "HP", "DESKTOP-7A2K", "user01", "com", "a@b.example"])
def test_worddocument_what_programs_fill_in_is_unknown(title, author):
    (post,), account = read(bare("น้ำลดแล้ว ถนนยังไม่แห้ง", title=title, author=author))
    assert (post.title, post.author_id, post.published) == (None, None, None)
    assert told(account) == ["no_date"]


def test_worddocument_a_heading_that_stands_first_is_the_title():
    document = Document()
    document.add_heading("บ่อปลาของโรงเรียน", 1)
    document.add_paragraph("โดย ครูมานพ")
    document.add_paragraph("เด็กขุดเองทั้งบ่อ")
    document.add_heading("ปีที่สอง", 1)
    document.add_paragraph("ปลาตายหมดเพราะปูนขาว")
    (post,), _ = read(saved(document))
    assert (post.title, post.author_name) == ("บ่อปลาของโรงเรียน", "ครูมานพ")
    assert post.body == "เด็กขุดเองทั้งบ่อ\n\nปีที่สอง\n\nปลาตายหมดเพราะปูนขาว"


def test_worddocument_words_are_no_byline():
    lines = ("โดยมีผู้เข้าร่วมสามสิบคน", "วันที่ 12 มีนาคม 2560 ณ ศาลากลางบ้าน", "โดย ใช้กระบวนการกลุ่มย่อย 3 กลุ่ม")
    (post,), _ = read(bare(*lines))
    assert post.body == "\n\n".join(lines)
    assert (post.author_id, post.published) == (None, None)


def test_worddocument_leaves_deletions_and_hidden_text_out_and_keeps_insertions():
    document = Document()
    paragraph = document.add_paragraph("เหลือ")
    for xml in (
        f'<w:del {W} w:id="1" w:author="a"><w:r><w:delText>สามสิบ</w:delText></w:r></w:del>',
        f'<w:ins {W} w:id="2" w:author="a"><w:r><w:t>สิบเก้า</w:t></w:r></w:ins>',
        f"<w:r {W}><w:rPr><w:vanish/></w:rPr><w:t>ลับ</w:t></w:r>",
        f'<w:r {W}><w:rPr><w:vanish w:val="0"/></w:rPr><w:t>ครัวเรือน</w:t></w:r>',
        f'<w:moveFrom {W} w:id="3" w:author="a"><w:r><w:t>ย้าย</w:t></w:r></w:moveFrom>',
        f'<w:r {W}><w:fldChar w:fldCharType="begin"/><w:instrText>PAGE</w:instrText></w:r>',
    ):
        paragraph._p.append(parse_xml(xml))
    table = document.add_table(rows=2, cols=2)
    for place, row in enumerate(table.rows):
        for cell in row.cells:
            cell.text = f"แถว{place}"
    table.rows[1]._tr.get_or_add_trPr().append(parse_xml(f'<w:del {W} w:id="4" w:author="a"/>'))
    (post,), _ = read(saved(document))
    assert post.body == "เหลือสิบเก้าครัวเรือน\n\nแถว0 | แถว0"


def test_worddocument_a_text_box_stands_behind_its_paragraph_and_once():
    document = Document()
    paragraph = document.add_paragraph("ภาพที่ ๑ ")
    box = "<w:txbxContent><w:p><w:r><w:t>ฝายแม้วหลังฝน</w:t></w:r></w:p><w:p><w:r><w:t>ถ่ายโดยชาวบ้าน</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        parse_xml(
            f'<w:r {W} xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" xmlns:v="urn:schemas-microsoft-com:vml" '
            'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape"><mc:AlternateContent>'
            f'<mc:Choice Requires="wps"><w:drawing><wps:txbx>{box}</wps:txbx></w:drawing></mc:Choice>'
            f"<mc:Fallback><w:pict><v:textbox>{box}</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    paragraph.add_run("ของบ้านดอย")
    document.add_paragraph("ย่อหน้าต่อไป")
    (post,), _ = read(saved(document))
    assert post.body == "ภาพที่ ๑ ของบ้านดอย\n\nฝายแม้วหลังฝน\n\nถ่ายโดยชาวบ้าน\n\nย่อหน้าต่อไป"


def test_worddocument_footnotes_stand_at_the_end_in_the_order_of_the_text():
    document = Document()
    paragraph = document.add_paragraph("ราคายาง")
    paragraph._p.append(parse_xml(f'<w:r {W}><w:footnoteReference w:id="3"/></w:r>'))
    paragraph.add_run("ตกสามปีติด")
    paragraph._p.append(parse_xml(f'<w:r {W}><w:endnoteReference w:id="3"/></w:r>'))
    notes = f'<w:footnotes {W}><w:footnote w:id="0"><w:p/></w:footnote><w:footnote w:id="3"><w:p><w:r><w:t>ตลาดกลางหาดใหญ่</w:t></w:r></w:p></w:footnote></w:footnotes>'
    ends = f'<w:endnotes {W}><w:endnote w:id="3"><w:p><w:r><w:t>สัมภาษณ์ โกเล็ก</w:t></w:r></w:p></w:endnote></w:endnotes>'
    data = rewritten(
        saved(document),
        {"word/notes.xml": notes, "word/ends.xml": ends},
        relation("footnotes", "notes.xml") + relation("endnotes", "/word/ends.xml"),
    )
    (post,), _ = read(data)
    assert post.body == "ราคายางตกสามปีติด\n\n[1] ตลาดกลางหาดใหญ่\n[2] สัมภาษณ์ โกเล็ก"


def test_worddocument_counts_lists_as_word_does():
    def level(place: int, form: str, text: str) -> str:
        return (
            f'<w:lvl w:ilvl="{place}"><w:start w:val="1"/><w:numFmt w:val="{form}"/><w:lvlText w:val="{text}"/></w:lvl>'
        )

    numbering = (
        f'<w:numbering {W}><w:abstractNum w:abstractNumId="0">{level(0, "thaiNumbers", "%1.")}{level(1, "decimal", "%1.%2)")}'
        f'{level(2, "thaiLetters", "%3.")}</w:abstractNum><w:abstractNum w:abstractNumId="1">{level(0, "upperRoman", "(%1)")}</w:abstractNum>'
        '<w:num w:numId="5"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="6"><w:abstractNumId w:val="1"/></w:num>'
        '<w:num w:numId="7"><w:abstractNumId w:val="0"/><w:lvlOverride w:ilvl="0"><w:startOverride w:val="1"/></w:lvlOverride></w:num>'
        "</w:numbering>"
    )
    items = [(5, 0), (5, 0), (5, 1), (5, 1), (5, 2), (5, 0), (5, 1), (6, 0), (6, 0), (7, 0), (0, 0), (99, 0)]
    document = Document()
    for number, depth in items:
        properties = document.add_paragraph("ข้อ")._p.get_or_add_pPr()
        properties.append(parse_xml(f'<w:numPr {W}><w:ilvl w:val="{depth}"/><w:numId w:val="{number}"/></w:numPr>'))
    (post,), _ = read(rewritten(saved(document), {"word/numbering.xml": numbering}))
    marks = [line.removesuffix("ข้อ").strip() for line in post.body.split("\n") if line]
    assert marks == ["๑.", "๒.", "๒.1)", "๒.2)", "ก.", "๓.", "๓.1)", "(I)", "(II)", "๑.", "", "•"]


def test_worddocument_a_frame_of_one_column_is_no_table():
    document = Document()
    cell = document.add_table(rows=1, cols=1).cell(0, 0)
    cell.text = "กล่องข้อความ"
    cell.add_paragraph("บรรทัดสอง")
    inner = cell.add_table(rows=1, cols=2)
    inner.cell(0, 0).text, inner.cell(0, 1).text = "ก", "ข"
    (post,), _ = read(saved(document))
    assert post.body == "กล่องข้อความ\n\nบรรทัดสอง\n\nก | ข"


@pytest.mark.parametrize(
    "heads",
    [
        ("Problem", "Lesson learned", "Suggestion"),
        ("ปัญหา/อุปสรรค", "สิ่งที่ได้เรียนรู้", "แนวทางแก้ไข"),
        ("บทเรียนที่ได้", "ข้อเสนอแนะ"),
    ],
)
def test_worddocument_knows_tables_of_lessons_by_their_heads(heads):
    document = Document()
    table = document.add_table(rows=2, cols=len(heads))
    for row, texts in zip(table.rows, (heads, [f"ความ{n}" for n in range(len(heads))]), strict=True):
        for cell, text in zip(row.cells, texts, strict=True):
            cell.text = text
    (post,), _ = read(saved(document))
    assert post.body == "\n".join(f"{head}: ความ{n}" for n, head in enumerate(heads))


def test_worddocument_leaves_the_table_of_contents_out():
    document = Document()
    document.styles.add_style("toc 1", 1)
    document.add_paragraph("ที่มา ........ 1", style="toc 1")
    document.add_paragraph("เนื้อความจริง")
    assert read(saved(document))[0][0].body == "เนื้อความจริง"


def test_worddocument_answers_among_the_comments_are_told():
    document = Document()
    run = document.add_paragraph("ลองใช้ปุ๋ยหมักสองสูตร").runs[0]
    for text in ("สูตรไหนดีกว่าคะ", "สูตรแกลบครับ"):
        document.add_comment(run, text=text, author="ก")
    space = "http://schemas.microsoft.com/office/word/2010/wordml"
    for comment, number in zip(document.comments, ("0A", "0B"), strict=True):
        comment._comment_elm[-1].set(f"{{{space}}}paraId", number)
    more = (
        '<x:commentsEx xmlns:x="http://schemas.microsoft.com/office/word/2012/wordml"><x:commentEx x:paraId="0A"/>'
        '<x:commentEx x:paraId="0B" x:paraIdParent="0A"/></x:commentsEx>'
    )
    data = rewritten(saved(document), {"word/more.xml": more}, relation("commentsExtended", "more.xml"))
    (post,), _ = read(data)
    assert [(c.id, c.reply_to) for c in post.comments] == [("0", None), ("1", "0")]


def test_worddocument_page_breaks_and_tabs_are_no_words():
    document = Document()
    paragraph = document.add_paragraph("\tหนึ่ง\tสอง")
    paragraph.add_run().add_break(WD_BREAK.PAGE)
    assert read(saved(document))[0][0].body == "หนึ่ง สอง"


def test_worddocument_without_text_is_refused():
    with pytest.raises(InputError) as refused:
        read(bare())
    assert refused.value.key == "no_body"


def plain_zip(**members: bytes) -> bytes:
    stream = io.BytesIO()
    with zipfile.ZipFile(stream, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in members.items():
            archive.writestr(name.replace("__", "/"), content)
    return stream.getvalue()


DEEP = f"<w:document {W}><w:body>" + "<w:sdt>" * 5_000 + "</w:sdt>" * 5_000 + "</w:body></w:document>"
ENTITIES = (
    '<?xml version="1.0"?><!DOCTYPE d [<!ENTITY a "ha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]>'
    f"<w:document {W}><w:body><w:p><w:r><w:t>&b;</w:t></w:r></w:p></w:body></w:document>"
)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (rewritten(bare("ก"), {"word/document.xml": "<w:document"}), "document_damaged"),
        (rewritten(bare("ก"), {"word/document.xml": DEEP}), "document_damaged"),
        (rewritten(bare("ก"), {"word/document.xml": ENTITIES}), "document_damaged"),
        (rewritten(bare("ก"), {"word/document.xml": None}), "not_word_document"),
        (rewritten(bare("ก"), {"word/document.xml": "<workbook/>"}), "not_word_document"),
        (plain_zip(a=b"b"), "not_word_document"),
        (bare("ก")[:-400], "archive_damaged_file"),
        (b"PK\x03\x04" + b"x" * 500, "archive_damaged_file"),
        (plain_zip(word__document=b" " * (30 * 2**20)), "archive_too_large"),
        (OLE + b"\0" * 600, "document_legacy"),
        (OLE + b"\0" * 600 + "EncryptedPackage".encode("utf-16-le"), "archive_encrypted"),
        (b"{\\rtf1\\ansi \\'a1}", "document_legacy"),
        (b"just some text", "document_legacy"),
        (b"", "empty_file"),
    ],
    ids=[
        "xml",
        "deep",
        "entities",
        "no main part",
        "workbook",
        "zip",
        "cut",
        "rubbish",
        "bomb",
        "doc",
        "encrypted",
        "rtf",
        "text",
        "empty",
    ],
)
def test_worddocument_damage_and_harm_are_refused(data, key):
    with pytest.raises(InputError) as refused:
        read(data)
    assert refused.value.key == key
    assert all(refused.value.text(lang) for lang in ("th", "en"))


def test_worddocument_a_member_that_lies_about_its_size_is_refused():
    data = bytearray(bare("ก"))
    place = data.rfind(b"word/document.xml") - 46  # its entry in the directory
    data[place + 24 : place + 28] = (5).to_bytes(4, "little")
    with pytest.raises(InputError) as refused:
        read(bytes(data))
    assert refused.value.key in {"archive_damaged_file", "document_damaged"}


def test_worddocument_of_rare_elements_and_odd_values_is_read():
    body = (
        '<w:p><w:pPr><w:pStyle w:val="x"/><w:numPr><w:ilvl w:val="-9"/><w:numId w:val="zz"/></w:numPr></w:pPr><w:r><w:t>หนึ่ง</w:t></w:r></w:p>'
        "<w:tc><w:p><w:r><w:t>ช่องลอย</w:t></w:r></w:p></w:tc><w:t>ลอย</w:t><w:tr/><w:txbxContent/>"
        "<w:tbl><w:tc><w:p><w:r><w:t>ไม่มีแถว</w:t></w:r></w:p></w:tc></w:tbl><w:p><w:p><w:r><w:t>ซ้อน</w:t></w:r></w:p></w:p>"
    )
    styles = f'<w:styles {W}><w:style w:styleId="x"><w:basedOn w:val="x"/></w:style><w:style/></w:styles>'
    data = rewritten(
        bare("ก"),
        {"word/document.xml": f"<w:document {W}><w:body>{body}</w:body></w:document>", "word/styles.xml": styles},
    )
    (post,), _ = read(data)
    assert post.body.replace("\n\n", "\n").split("\n") == ["• หนึ่ง", "ช่องลอย", "ไม่มีแถว", "ซ้อน"]


def test_worddocument_of_the_iso_namespace_is_read():
    data = rewritten(
        bare("ก"),
        {
            "word/document.xml": '<d:document xmlns:d="http://purl.oclc.org/ooxml/wordprocessingml/main"><d:body><d:p><d:r><d:t>แบบ ISO</d:t></d:r></d:p></d:body></d:document>'
        },
    )
    assert read(data)[0][0].body == "แบบ ISO"


PAGE = (
    '<html xmlns:o="urn:schemas-microsoft-com:office:office"><head><meta http-equiv=Content-Type content="text/html; charset=windows-874">'
    '<meta name=Author content="สมัย ใจเย็น"><title>สมุดบันทึกนา</title><style>p{}</style></head>'
    "<body><p class=MsoNormal>ข้าวตั้งท้องแล้ว</p><ul><li>น้ำพอ</li></ul></body></html>"
)


@pytest.mark.parametrize(("reader", "name"), [(legacyword, "นา.doc"), (worddocument, "นา.docx")])
def test_legacyword_reads_html_under_words_names(reader, name):
    posts, account = read(PAGE.encode("cp874"), name, reader)
    assert posts == [
        Post(
            id="นา",
            title="สมุดบันทึกนา",
            body="ข้าวตั้งท้องแล้ว\n\n• น้ำพอ",
            author_id="สมัย ใจเย็น",
            author_name="สมัย ใจเย็น",
            source=name,
        )
    ]
    assert told(account) == ["author_from_properties", "no_date"]


def test_legacyword_reads_a_new_document_under_an_old_name():
    (post,), _ = read(bare("เปลี่ยนชื่อไฟล์มา"), "เก่า.doc", legacyword)
    assert (post.id, post.body) == ("เก่า", "เปลี่ยนชื่อไฟล์มา")


@pytest.mark.parametrize(
    ("name", "data", "kind"),
    [
        ("a.doc", OLE + b"\0" * 100, "DOC"),
        ("a.rtf", b"{\\rtf1 x}", "RTF"),
        ("a.doc", b"{\\rtf1 x}", "RTF"),
        ("a.wps", OLE, "WPS"),
        ("a.hwp", OLE, "HWP"),
    ],
)
def test_legacyword_says_how_to_convert(name, data, kind):
    with pytest.raises(InputError) as refused:
        read(data, name, legacyword)
    assert (refused.value.key, refused.value.details["kind"]) == ("document_legacy", kind)
    for lang in ("th", "en"):
        assert "--convert-to docx" in refused.value.text(lang)
        assert kind in refused.value.text(lang)


# ---- zip files


def test_zipsafety_lets_sound_files_pass():
    zipsafety.check_zip(io.BytesIO(plain_zip(a=b"b" * 1_000_000)))
    zipsafety.check_zip(io.BytesIO(lesson_report()))
    zipsafety.check_zip(io.BytesIO(plain_zip()))


def test_zipsafety_judges_by_what_the_directory_declares(monkeypatch):
    data = plain_zip(a=b"x" * 2_000, b=b"y" * 2_000)
    for name, value in (("MOST_ENTRIES", 1), ("MOST_UNPACKED", 3_999), ("_MOST_DIRECTORY", 10)):
        with monkeypatch.context() as patch:
            patch.setattr(zipsafety, name, value)
            with pytest.raises(InputError) as refused:
                zipsafety.check_zip(io.BytesIO(data))
            assert refused.value.key == "archive_too_large"


@pytest.mark.parametrize("whole", [True, False])
def test_zipsafety_tells_locked_files(whole):
    data = bytearray(plain_zip(a=b"x", b=b"y"))
    place = data.find(b"PK\x01\x02")
    while place >= 0:
        data[place + 8] |= 1
        place = data.find(b"PK\x01\x02", place + 1) if whole else -1
    if whole:
        with pytest.raises(InputError) as refused:
            zipsafety.check_zip(io.BytesIO(bytes(data)))
        assert refused.value.key == "archive_encrypted"
    else:
        zipsafety.check_zip(io.BytesIO(bytes(data)))  # the other member can be read


@pytest.mark.parametrize(
    "data",
    [
        b"",
        b"PK",
        b"PK\x05\x06",
        b"PK\x05\x06" + b"\xff" * 18,
        b"x" * 100_000,
        plain_zip(a=b"b")[:-1],
        plain_zip(a=b"b")[9:],
    ],
    ids=[
        "empty",
        "two letters",
        "an end",
        "an end of ones",
        "letters",
        "cut off",
        "without its beginning",
    ],  # bytes have the time in them
)
def test_zipsafety_refuses_what_is_no_zip_file(data):
    with pytest.raises(InputError) as refused:
        zipsafety.check_zip(io.BytesIO(data))
    assert refused.value.key in {"archive_damaged_file", "archive_too_large"}


def test_zipsafety_reads_the_counts_of_large_files():
    end = (
        b"PK\x06\x06"
        + (44).to_bytes(8, "little")
        + b"\x2d\0\x2d\0"
        + bytes(8)
        + (300_000).to_bytes(8, "little") * 2
        + (46).to_bytes(8, "little")
        + bytes(8)
    )
    locator = b"PK\x06\x07" + bytes(4) + bytes(8) + (1).to_bytes(4, "little")
    data = end + locator + b"PK\x05\x06" + bytes(4) + b"\xff" * 12 + bytes(2)
    with pytest.raises(InputError) as refused:
        zipsafety.check_zip(io.BytesIO(data))
    assert refused.value.key == "archive_too_large"


def test_zipsafety_opens_members_of_archive_files_from_memory():
    class Once(io.RawIOBase):
        """A stream that only goes forward, as a member of a zip file does in effect."""

        def __init__(self, data: bytes) -> None:
            self._inner = io.BytesIO(data)

        def read(self, size: int = -1) -> bytes:
            return self._inner.read(size)

    data = bare("ในซิป")
    source = Source("คลัง.zip/a.docx", len(data), lambda: Once(data))
    (post,) = worddocument.read(source, Options(), Account())
    assert (post.id, post.body) == ("a", "ในซิป")


def test_worddocument_every_line_of_the_account_can_be_said():
    document = Document()
    document.core_properties.author = "ก ข"
    document.core_properties.title = "ค ง"
    document.add_paragraph("จ")
    for entry in read(saved(document))[1].entries:
        for lang in ("th", "en"):
            assert message(entry.key, lang, **entry.details)
