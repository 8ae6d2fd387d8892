import io
import random
import struct
import zipfile
from datetime import date, datetime, time, timedelta
from pathlib import Path

import openpyxl
import pytest

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import sheetsafety
from minecop.archive.readers.spreadsheet import read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "table"


def of_bytes(data, name="t.xlsx", **columns):
    account = Account()
    return list(read(Source.of_bytes(data, name), Options(columns), account)), account


def of_file(name):
    return of_bytes((FIXTURES / name).read_bytes(), name)


def refused(data, name="t.xlsx"):
    with pytest.raises(InputError) as caught:
        of_bytes(data, name)
    assert "\n" not in caught.value.text("th") and caught.value.text("en")
    return caught.value.key


def told(account):
    return [(e.kind, e.source, e.key) for e in account.entries if e.key != "columns_read"]


def book(*sheets):
    made = openpyxl.Workbook()
    made.remove(made.active)
    for name, rows, *change in sheets:
        sheet = made.create_sheet(name)
        for row in rows:
            sheet.append(row)
        for do in change:
            do(sheet)
    out = io.BytesIO()
    made.save(out)
    return out.getvalue()


def zipped(parts):
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in parts.items():
            archive.writestr(name, data)
    return out.getvalue()


def parts_of(data):
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return {name: archive.read(name) for name in archive.namelist()}


SHEET = '<?xml version="1.0"?><worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>%s</sheetData></worksheet>'
HEADED = '<row r="1"><c r="A1" t="inlineStr"><is><t>เนื้อหา</t></is></c></row>'


def with_sheet(rows, **others):
    parts = parts_of(book(("แผ่น", [["x"]])))
    return zipped(parts | {"xl/worksheets/sheet1.xml": SHEET % rows} | others)


def with_shared(texts, rows):
    strings = "".join(f"<si><t>{text}</t></si>" for text in texts)
    sst = f'<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">{strings}</sst>'
    parts = parts_of(book(("แผ่น", [["x"]])))
    rels = parts["xl/_rels/workbook.xml.rels"].replace(
        b"</Relationships>",
        b'<Relationship Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml" Id="rId9"/></Relationships>',
    )
    types = parts["[Content_Types].xml"].replace(
        b"</Types>",
        b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sharedStrings+xml"/></Types>',
    )
    return zipped(
        parts
        | {"xl/worksheets/sheet1.xml": SHEET % rows, "xl/sharedStrings.xml": sst}
        | {"xl/_rels/workbook.xml.rels": rels, "[Content_Types].xml": types}
    )


ODS = (
    '<?xml version="1.0"?><office:document-content xmlns:office="urn:oasis:names:tc:opendocument:xmlns:office:1.0" '
    'xmlns:table="urn:oasis:names:tc:opendocument:xmlns:table:1.0" xmlns:text="urn:oasis:names:tc:opendocument:xmlns:text:1.0">'
    '<office:body><office:spreadsheet><table:table table:name="แผ่น1">%s</table:table></office:spreadsheet></office:body></office:document-content>'
)


def ods(rows):
    manifest = '<manifest:manifest xmlns:manifest="urn:oasis:names:tc:opendocument:xmlns:manifest:1.0"/>'
    kind = "application/vnd.oasis.opendocument.spreadsheet"
    return zipped({"mimetype": kind, "content.xml": ODS % rows, "META-INF/manifest.xml": manifest})


def ods_cell(text, repeated=1):
    return f'<table:table-cell office:value-type="string" table:number-columns-repeated="{repeated}"><text:p>{text}</text:p></table:table-cell>'


def record(kind, data=b""):
    out = bytearray([kind] if kind < 128 else [kind & 0x7F | 0x80, kind >> 7])
    size = len(data)
    while size > 0x7F:
        out.append(size & 0x7F | 0x80)
        size >>= 7
    return bytes(out) + bytes([size]) + data


def wide(text):
    return struct.pack("<L", len(text)) + text.encode("utf-16-le")


def xlsb(cells, shared=()):
    """Return a binary workbook; a cell is row, column and a text, or the number of a shared one."""
    last = (max(row for row, _, _ in cells), max(column for _, column, _ in cells))
    sheet = record(129) + record(148, struct.pack("<4L", 0, last[0], 0, last[1])) + record(145)
    above = None
    for row, column, value in cells:
        if row != above:
            sheet += record(0, struct.pack("<LLHBBBL", row, 0, 300, 0, 0, 0, 0))
            above = row
        if isinstance(value, int):
            sheet += record(7, struct.pack("<3L", column, 0, value))
        else:
            sheet += record(6, struct.pack("<2L", column, 0) + wide(value))
    sheet += record(146) + record(130)
    rels = '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">%s</Relationships>'
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/"
    parts = {
        "[Content_Types].xml": '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>',
        "_rels/.rels": rels % f'<Relationship Id="rId1" Type="{kind}officeDocument" Target="xl/workbook.bin"/>',
        "xl/workbook.bin": record(131)
        + record(143)
        + record(156, struct.pack("<2L", 0, 1) + wide("rId1") + wide("แผ่น"))
        + record(144)
        + record(132),
        "xl/_rels/workbook.bin.rels": rels
        % f'<Relationship Id="rId1" Type="{kind}worksheet" Target="worksheets/sheet1.bin"/>',
        "xl/worksheets/sheet1.bin": sheet,
    }
    if shared:
        texts = b"".join(record(19, b"\0" + wide(text)) for text in shared)
        parts["xl/sharedStrings.bin"] = record(159, struct.pack("<2L", len(shared), len(shared))) + texts + record(160)
    return zipped(parts)


TEACHERS = [
    ["ทะเบียนบันทึกวงครูรักษ์ถิ่น ภาคเรียนที่ 1/2556"],
    [],
    ["รหัสบันทึก", "วันที่เขียน", "ผู้เขียน", "โรงเรียน", "ชื่อเรื่อง", "เนื้อหา", "จำนวนความเห็น"],
    [
        40655,
        datetime(2556, 6, 14, 20, 5),
        "ครูเล็ก",
        "บ้านคลองขุด",
        "เด็กชายไม่ส่งการบ้าน",
        "เบิ้มไม่ส่งการบ้านทั้งเทอม ดุก็แล้ว ตีก็แล้ว (สมัยยังตีได้) เมื่อวานไปเยี่ยมบ้าน ที่บ้านไม่มีโต๊ะ ไม่มีไฟ มีแต่ตะเกียงกับยายตาบอดหนึ่งคน\n\n"
        "ตั้งแต่วันนี้ให้เบิ้มทำการบ้านที่ห้องสมุดก่อนกลับ ส่งทุกวันแล้วค่ะ ฉันต่างหากที่สอบตก",
        2,
    ],
    [
        40702,
        date(2556, 7, 1),
        "ผอ.วิชิต",
        "บ้านคลองขุด",
        "ประชุมใต้ต้นหูกวาง",
        "ลองย้ายประชุมครูจากห้องแอร์ไปใต้ต้นหูกวาง ไม่มีวาระ ไม่มีไมค์ ให้เล่าเรื่องเด็กคนละเรื่อง ครูที่ไม่เคยพูดเลย 6 ปี พูดเป็นคนแรก สิ่งที่ยังแก้ไม่ตกคือยุง",
        None,
    ],
    [None, None, "รวม 2 เรื่อง", None, None, None, None],
]
REPLIES = [
    ["รหัสบันทึก", "รหัสความเห็น", "ผู้แสดงความเห็น", "วันที่แสดงความเห็น", "ข้อความแสดงความเห็น", "ตอบกลับถึง"],
    [40655, 9001.0, "ครูแดง", datetime(2556, 6, 15, 6, 30), "ของหนูก็มีหนึ่งคน แต่ห้องสมุดปิดสี่โมงเย็น จะขอกุญแจใครดี", None],
    [40655, 9002.0, "ครูเล็ก", None, "ขอ ผอ. ตรงๆ เลยค่ะ ท่านให้", 9001],
]
TOTALS = [["สรุปยอด", "ครั้ง"], ["ชั้น ป.1", 4], ["ชั้น ป.2", 9]]


def test_spreadsheet_of_a_circle_of_teachers():
    posts, account = of_bytes(
        book(("บันทึก", TEACHERS), ("ความเห็น", REPLIES), ("ยอดรวม", TOTALS), ("Sheet4", [])), "ครู.xlsx"
    )
    assert posts == [
        Post(
            id="40655",
            title="เด็กชายไม่ส่งการบ้าน",
            body=TEACHERS[3][5],
            author_id="ครูเล็ก",
            author_name="ครูเล็ก",
            communities=("บ้านคลองขุด",),
            published=datetime(2013, 6, 14, 20, 5, tzinfo=BANGKOK),
            comments_said=2,
            source="ครู.xlsx:บันทึก!4",
        ),
        Post(
            id="40702",
            title="ประชุมใต้ต้นหูกวาง",
            body=TEACHERS[4][5],
            author_id="ผอ.วิชิต",
            author_name="ผอ.วิชิต",
            communities=("บ้านคลองขุด",),
            published=datetime(2013, 7, 1, tzinfo=BANGKOK),
            source="ครู.xlsx:บันทึก!5",
        ),
        Post(
            id="40655",
            body="",
            comments=(
                Comment(
                    1,
                    "ของหนูก็มีหนึ่งคน แต่ห้องสมุดปิดสี่โมงเย็น จะขอกุญแจใครดี",
                    id="9001",
                    author_id="ครูแดง",
                    author_name="ครูแดง",
                    published=datetime(2013, 6, 15, 6, 30, tzinfo=BANGKOK),
                ),
                Comment(
                    2, "ขอ ผอ. ตรงๆ เลยค่ะ ท่านให้", id="9002", author_id="ครูเล็ก", author_name="ครูเล็ก", reply_to="9001"
                ),
            ),
            source="ครู.xlsx:ความเห็น!2",
        ),
    ]
    assert told(account) == [("refused", "ครู.xlsx:บันทึก!6", "no_body"), ("warning", "ครู.xlsx:ยอดรวม", "sheet_left_out")]
    assert account.entries[-1].details["columns"].startswith("สรุปยอด, ครั้ง")


def test_spreadsheet_of_excel_97():
    posts, account = of_file("rice-bank.xls")
    assert posts == [
        Post(
            id="rice-bank-3",
            title="ข้าวหายไปไหน",
            author_id="พ่อใหญ่คำมูล",
            author_name="พ่อใหญ่คำมูล",
            published=datetime(2004, 2, 15, tzinfo=BANGKOK),
            body="สิ้นปีชั่งข้าวในยุ้งได้ 92 กระสอบ บัญชีว่า 101 เถียงกันอยู่สองคืน จนแม่บัวเรียนบอกว่าหนูกินกับความชื้น เอาตาชั่งมาลองชั่งกระสอบเดิมทุกสิบวัน "
            'หายไปกระสอบละเกือบกิโลจริงๆ ต่อไปให้เขียนช่อง "ข้าวแห้ง" ไว้ในบัญชีเลย จะได้ไม่ต้องสงสัยกัน',
            source="rice-bank.xls:3",
        ),
        Post(
            id="rice-bank-4",
            title="คนยืมไม่คืน",
            author_id="แม่บัวเรียน",
            author_name="แม่บัวเรียน",
            published=datetime(2004, 3, 2, tzinfo=BANGKOK),
            body="มีสี่หลังไม่เอาข้าวมาคืน กรรมการจะให้ประกาศชื่อออกหอกระจายข่าว ฉันขอไปคุยก่อน สองหลังผัวไปกรุงเทพฯ ไม่มีคนเกี่ยว อีกหลังขายข้าวใช้หนี้ ธ.ก.ส. หมด\n"
            "เลยตกลงให้คืนเป็นแรง มาช่วยซ่อมยุ้งสามวันต่อกระสอบ ยุ้งเสร็จก่อนเข้าพรรษาพอดี",
            source="rice-bank.xls:4",
        ),
        Post(
            id="rice-bank-6",
            title="เด็กมานับข้าว",
            author_id="ครูสวัสดิ์",
            author_name="ครูสวัสดิ์",
            body="พานักเรียน ป.5 มาทำโจทย์ร้อยละที่ยุ้งข้าว เด็กถามว่าดอกเบี้ยข้าวสิบกิโลต่อกระสอบ คิดเป็นร้อยละเท่าไร กรรมการเงียบกันหมด ไม่เคยคิด "
            "ร้อยละสิบครับ สูงกว่าธนาคารอีก",
            source="rice-bank.xls:6",
        ),
    ]
    assert told(account) == [("warning", "rice-bank.xls:6", "date_not_read")]


def test_spreadsheet_that_is_a_page_of_html():
    posts, account = of_file("sao-report.xls")
    assert posts == [
        Post(
            id="58-014",
            title="ฝาท่อหาย",
            communities=("กองช่าง",),
            published=datetime(2015, 9, 3, tzinfo=BANGKOK),
            body="ฝาท่อเหล็กหายเดือนเดียว 11 ฝา ซื้อใหม่ก็หายอีก\n"
            "ลองเปลี่ยนเป็นฝาคอนกรีตเสริมตะแกรง คนเก็บของเก่าไม่รับซื้อ สามเดือนแล้วยังอยู่ครบ ถูกกว่าด้วยครับ",
            source="sao-report.xls:3",
        ),
        Post(
            id="58-015",
            title="เบี้ยผู้สูงอายุ",
            communities=("กองสวัสดิการฯ",),
            body='ตาเฉยมารับเบี้ยทุกเดือนทั้งที่โอนเข้าบัญชีได้ ถามแล้วแกว่า "มาหาเพื่อน" เราเลยจัดเก้าอี้กับน้ำชาไว้หน้าห้อง วันจ่ายเบี้ยกลายเป็นวันเช็คความดันไปด้วยเลย',
            source="sao-report.xls:4",
        ),
    ]
    assert told(account) == [("guessed", "sao-report.xls", "sheet_is_page")]


@pytest.mark.parametrize("encoding", ["cp874", "utf-8", "utf-16"])
def test_spreadsheet_that_is_a_table_as_text(encoding):
    posts, account = of_bytes("รหัส\tเนื้อหา\r\n7\tท่อแตกหน้าวัด\r\n".encode(encoding), "a.xls")
    assert [(post.id, post.body) for post in posts] == [("7", "ท่อแตกหน้าวัด")]
    assert ("guessed", "a.xls", "sheet_is_text") in told(account)


@pytest.mark.parametrize(
    "data",
    [
        b'<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook xmlns="urn:schemas-microsoft-com:office:spreadsheet">',
        b"MIME-Version: 1.0\r\nContent-Type: multipart/related",
    ],
)
def test_spreadsheet_of_other_kinds_is_to_be_saved_anew(data):
    assert refused(data, "a.xls") == "sheet_not_excel"


def test_spreadsheet_html_tables_within_cells_and_cells_over_columns():
    page = (
        "<table><tr><td colspan='2'>x</td><td>y</td></tr><tr><th>รหัส</th><th>ชื่อเรื่อง</th><th>เนื้อหา</th></tr>"
        "<tr><td>1</td><td>ก</td><td>ก่อน<table><tr><td>ใน</td><td>ตาราง</td></tr></table></td></tr></table>"
    )
    posts, _ = of_bytes(page.encode(), "a.xls")
    assert [(post.id, post.body) for post in posts] == [("1", "ก่อน\n\nใน | ตาราง")]


def test_spreadsheet_open_document():
    rows = (
        f"<table:table-row>{ods_cell('รหัส')}{ods_cell('เนื้อหา')}<table:table-cell table:number-columns-repeated='16382'/></table:table-row>"
        '<table:table-row><table:table-cell office:value-type="float" office:value="40655"><text:p>40655</text:p></table:table-cell>'
        '<table:table-cell office:value-type="string"><text:p>บรรทัดแรก</text:p><text:p>บรรทัดสอง</text:p></table:table-cell></table:table-row>'
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>'
    )
    posts, account = of_bytes(ods(rows), "a.ods")
    assert posts == [Post(id="40655", body="บรรทัดแรก\nบรรทัดสอง", source="a.ods:2")]
    assert told(account) == []


def test_spreadsheet_binary_workbook():
    posts, account = of_bytes(xlsb([(0, 0, "รหัส"), (0, 1, "เนื้อหา"), (1, 0, "12"), (1, 1, 0)], ["น้ำไม่ไหล"]), "a.xlsb")
    assert posts == [Post(id="12", body="น้ำไม่ไหล", source="a.xlsb:2")]
    assert told(account) == []


def test_spreadsheet_cells_of_every_type():
    rows = [
        ["รหัส", "เนื้อหา", "วันที่", "แก้ไขเมื่อ"],
        [12345.0, "ก", datetime(2549, 5, 9, 10, 30, 15), 38846.5],
        [1.5, 2549, time(5, 51), timedelta(hours=30)],
        ["007", True, date(2006, 5, 9), 20060509],
        [1e20, "ง", "9 พ.ค. 2549", 5],
    ]
    posts, account = of_bytes(book(("แผ่น", rows)))
    day = datetime(2006, 5, 9, tzinfo=BANGKOK)
    assert [(post.id, post.body, post.published, post.modified) for post in posts] == [
        ("12345", "ก", day.replace(hour=10, minute=30, second=15), day.replace(hour=12)),
        ("1.5", "2549", None, None),
        ("007", "true", day, day),
        ("1e+20", "ง", day, None),
    ]
    assert [(e.source, e.key) for e in account.entries if e.key != "columns_read"] == [
        ("t.xlsx:3", "date_not_read"),
        ("t.xlsx:3", "date_not_read"),
        ("t.xlsx:5", "date_not_read"),
        ("t.xlsx", "date_from_number"),
    ]


def test_spreadsheet_formulas_give_their_last_value_alone():
    cells = '<row r="2"><c r="A2" t="str"><f>A1&amp;"x"</f><v>ค่าที่คิดไว้</v></c></row><row r="3"><c r="A3"><f>1+1</f></c></row>'
    posts, _ = of_bytes(with_sheet(HEADED + cells))
    assert [post.body for post in posts] == ["ค่าที่คิดไว้"]


def test_spreadsheet_merged_headings_and_merged_posts():
    rows = [
        ["ทะเบียน"],
        ["รหัส", "ผู้เขียน", None, "เนื้อหา", "ความเห็น", "ผู้แสดงความเห็น"],
        [None, "ชื่อผู้เขียน", "หน่วยงาน", None, None, None],
        [1, "นก", "รพ.สต.บ้านใหม่", "ก", "หนึ่ง", "ตู่"],
        [None, None, None, None, "สอง", "แก้ว"],
        [2, "หนู", "รพ.สต.บ้านเก่า", "ข", None, None],
    ]

    def merge(sheet):
        for place in ("A1:F1", "A2:A3", "B2:C2", "D2:D3", "E2:E3", "F2:F3", "A4:A5", "B4:B5", "C4:C5", "D4:D5"):
            sheet.merge_cells(place)

    posts, account = of_bytes(book(("แผ่น", rows, merge)))
    assert [(p.id, p.author_name, p.communities, p.body, [c.body for c in p.comments]) for p in posts] == [
        ("1", "นก", ("รพ.สต.บ้านใหม่",), "ก", ["หนึ่ง", "สอง"]),
        ("2", "หนู", ("รพ.สต.บ้านเก่า",), "ข", []),
    ]
    assert told(account) == []


def test_spreadsheet_that_begins_far_from_the_corner_is_numbered_as_it_stands():
    def move(sheet):
        sheet.move_range("A1:C2", rows=4, cols=2)

    posts, account = of_bytes(book(("แผ่น", [["รหัส", "เนื้อหา", None], [7, "ก", "อะไรสักอย่าง"]], move)))
    assert [(post.id, post.source) for post in posts] == [("7", "t.xlsx:6")]
    assert [e.details for e in account.entries if e.key == "columns_unused"] == [{"columns": "E"}]


def test_spreadsheet_map_looks_in_all_sheets():
    data = book(("ก", [["ข้อ", "เล่า"], [1, "เรื่อง"]]), ("ข", [["รหัส", "เนื้อหา"], [2, "อีก"]]))
    assert [post.body for post in of_bytes(data, เล่า="body")[0]] == ["เรื่อง", "อีก"]
    assert [post.body for post in of_bytes(data)[0]] == ["อีก"]
    with pytest.raises(InputError) as caught:
        of_bytes(data, เลา="body", ไม่มี="title")
    assert caught.value.key == "column_missing"


def test_spreadsheet_without_headings_lists_its_columns():
    with pytest.raises(InputError) as caught:
        of_bytes(book(("ก", [["ข้อ", "เล่า"], [1, "x"]])))
    assert caught.value.key == "no_heading"
    assert "ข้อ, เล่า" in caught.value.text("th")
    assert refused(book(("ก", []))) == "empty_file"


def test_spreadsheet_posts_without_ids_on_two_sheets_get_unlike_ones():
    rows = [["เนื้อหา"], ["ก"]]
    posts, _ = of_bytes(book(("ปี 51", rows), ("ปี 52", rows)), "ชุด/t.xlsx")
    assert [(post.id, post.source) for post in posts] == [
        ("t-ปี 51-2", "ชุด/t.xlsx:ปี 51!2"),
        ("t-ปี 52-2", "ชุด/t.xlsx:ปี 52!2"),
    ]


# ---- hostile and damaged files


@pytest.mark.parametrize(
    "rows",
    [
        '<row r="1048576"><c r="XFD1048576"><v>2</v></c></row>',
        '<row r="1048576"><c x=">" r="XFD1048576"><v>2</v></c></row>',
        "<row r='1048576'><c r = 'xfd1048576'><v>2</v></c></row>",
        '<row r="1048576">' + "<c/>" * 16_000 + "<c><v>1</v></c></row>",
        "<row>" + "<c/>" * 16_000 + "<c><v>1</v></c></row>" + "<row/>" * 2_000 + "<row><c><v>1</v></c></row>",
        '<x:row xmlns:x="u" r="1048576"><x:c r="XFD1048576"><x:v>2</x:v></x:c></x:row>',
    ],
)
def test_spreadsheet_two_cells_in_far_corners_are_not_opened(rows):
    assert refused(with_sheet(HEADED + rows)) == "sheet_too_large"


def test_spreadsheet_formats_down_to_the_last_row_do_no_harm():
    far = (
        '<row r="2"><c r="A2" t="inlineStr"><is><t>ก</t></is></c></row><row r="1048576"><c r="XFD1048576" s="0"/></row>'
    )
    assert [post.body for post in of_bytes(with_sheet(HEADED + far))[0]] == ["ก"]


@pytest.mark.parametrize("place", ["ZZZZZZZZZ99999999999", "A1048577", "XFE1"])
def test_spreadsheet_cells_outside_any_sheet_are_damage(place):
    assert refused(with_sheet(f'<row r="1"><c r="{place}"><v>1</v></c></row>')) == "archive_damaged_file"


def test_spreadsheet_a_text_that_many_cells_share(monkeypatch):
    rows = "".join(f'<row r="{n}"><c r="A{n}" t="s"><v>{min(n, 2) - 1}</v></c></row>' for n in range(1, 2_001))
    data = with_shared(["เนื้อหา", "ก" * 10_000], rows)
    assert len({post.body for post in of_bytes(data)[0]}) == 1
    monkeypatch.setattr(sheetsafety, "MOST_TEXT", 2_000 * 30_000 - 100_000)
    assert refused(data) == "sheet_too_large"
    padded = with_shared(["เนื้อหา", "ก" * 10_000], rows.replace("<v>1<", "<v> 000000000000001<"))
    assert refused(padded) in {"sheet_too_large", "archive_damaged_file"}


def test_spreadsheet_open_document_that_repeats_itself(monkeypatch):
    row = '<table:table-row table:number-rows-repeated="%d">%s</table:table-row>'
    assert refused(ods(row % (100_000, ods_cell("ก", 16_384))), "a.ods") == "sheet_too_large"
    assert refused(ods(row % (10**15, ods_cell("ก"))), "a.ods") == "sheet_too_large"
    monkeypatch.setattr(sheetsafety, "MOST_TEXT", 2**20)
    assert refused(ods(row % (1_000, ods_cell("ก" * 2_000))), "a.ods") == "sheet_too_large"


def test_spreadsheet_binary_workbook_with_far_cells_or_shared_texts(monkeypatch):
    head = [(0, 0, "รหัส"), (0, 1, "เนื้อหา")]
    assert refused(xlsb([*head, (1_048_575, 16_383, "x")]), "a.xlsb") == "sheet_too_large"
    assert refused(xlsb([*head, (2**31, 0, "x")]), "a.xlsb") == "archive_damaged_file"
    monkeypatch.setattr(sheetsafety, "MOST_TEXT", 2**20)
    assert refused(xlsb([*head, *((n, 1, 0) for n in range(1, 100))], ["ก" * 20_000]), "a.xlsb") == "sheet_too_large"


def biff(*records):
    return b"".join(struct.pack("<HH", kind, len(data)) + data for kind, data in records)


def compound(stream, name="Workbook"):
    """Return a compound file with one stream."""
    stream = stream.ljust(4096, b"\0")
    sectors = -(-len(stream) // 512)
    table = [0xFFFFFFFD, 0xFFFFFFFE, *range(3, sectors + 2), 0xFFFFFFFE]
    table += [0xFFFFFFFF] * (128 - len(table))

    def entry(name, kind, start, size):
        wide = name.encode("utf-16-le") + b"\0\0"
        return (
            wide.ljust(64, b"\0")
            + struct.pack("<HBB", len(wide), kind, 1)
            + b"\xff" * 12
            + bytes(36)
            + struct.pack("<LQ", start, size)
        )

    directory = (entry("Root Entry", 5, 0xFFFFFFFE, 0) + entry(name, 2, 2, len(stream))).ljust(512, b"\0")
    head = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(16) + struct.pack("<5H", 0x3E, 3, 0xFFFE, 9, 6) + bytes(6)
    head += struct.pack("<9L", 0, 1, 1, 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0) + struct.pack(
        "<109L", 0, *[0xFFFFFFFF] * 108
    )
    return head + struct.pack("<128L", *table) + directory + stream.ljust(sectors * 512, b"\0")


def legacy(*cells, strings=b""):
    head = biff((0x809, struct.pack("<4H", 0x600, 5, 0, 0))) + strings
    bound = biff((0x85, struct.pack("<LBBBB", len(head) + 13 + 4, 0, 0, 1, 0) + b"S"), (0x0A, b""))
    return compound(head + bound + biff((0x809, struct.pack("<4H", 0x600, 0x10, 0, 0)), *cells, (0x0A, b"")))


def number(row, column):
    return 0x203, struct.pack("<3Hd", row, column, 0, 5.0)


def test_spreadsheet_of_excel_97_made_by_hand_is_opened():
    assert refused(legacy(number(0, 0), number(1, 1)), "a.xls") == "no_heading"


def test_spreadsheet_of_excel_97_with_far_cells_or_shared_texts(monkeypatch):
    assert refused(legacy(number(0, 0), number(65_535, 255)), "a.xls") == "sheet_too_large"
    assert refused(legacy(number(0, 0), number(65_535, 65_535)), "a.xls") == "sheet_too_large"
    monkeypatch.setattr(sheetsafety, "MOST_TEXT", 2**20)
    text = struct.pack("<LLHB", 1, 1, 8_000, 0) + b"x" * 8_000
    shared = [(0xFD, struct.pack("<3HL", n, 0, 0, 0)) for n in range(200)]
    assert refused(legacy(*shared, strings=biff((0xFC, text))), "a.xls") == "sheet_too_large"
    # the text goes on in a record of its own
    parted = biff((0xFC, text[:4_000]), (0x3C, b"\0" + text[4_000:]))
    assert refused(legacy(*shared, strings=parted), "a.xls") == "sheet_too_large"


def test_spreadsheet_locked_with_a_password():
    assert refused(compound(b"x" * 5000, "EncryptedPackage"), "a.xlsx") == "archive_encrypted"
    assert refused(legacy(number(0, 0), strings=biff((0x2F, bytes(6)))), "a.xls") == "archive_encrypted"


def test_spreadsheet_zip_bombs_are_refused_before_they_are_opened():
    assert refused(zipped({"xl/workbook.xml": b"<" + b"0" * 50_000_000})) == "archive_too_large"
    # a directory that says less than there is
    data = bytearray(with_sheet(HEADED + '<row r="2"><c r="A2"><v>1</v></c></row>' * 2_000))
    place = data.rindex(b"PK\x01\x02", 0, data.rindex(b"xl/worksheets/sheet1.xml"))
    data[place + 24 : place + 28] = struct.pack("<L", 1_000)
    assert refused(bytes(data)) == "sheet_too_large"


def test_spreadsheet_more_than_memory_should_hold(monkeypatch):
    monkeypatch.setattr(sheetsafety, "MOST_TEXT", 2**20)
    noise = random.Random(1).randbytes(2**21)
    assert refused(zipped({"xl/media/image1.png": noise})) == "sheet_too_large"


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "empty_file"),
        (b"PK\x03\x04" + b"x" * 500, "archive_damaged_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(600), "archive_damaged_file"),
        (b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", "archive_damaged_file"),
        (zipped({"hello.txt": "x"}), "archive_damaged_file"),
        (compound(b"", "WordDocument"), "archive_damaged_file"),
        (b"\x89PNG\r\n\x1a\n" + bytes(100), "binary_file"),
        (b"just words", "no_heading"),
    ],
)
def test_spreadsheet_damage_is_one_clear_line(data, key):
    assert refused(data, "a.xls") == key


def test_spreadsheet_damaged_anywhere_never_raises_anything_else():
    dice = random.Random(7)
    whole = {
        "xlsx": parts_of(book(("บันทึก", TEACHERS), ("ความเห็น", REPLIES))),
        "ods": parts_of(
            ods(
                f"<table:table-row>{ods_cell('เนื้อหา')}</table:table-row><table:table-row>{ods_cell('ก')}</table:table-row>"
            )
        ),
        "xlsb": parts_of(xlsb([(0, 0, "รหัส"), (0, 1, "เนื้อหา"), (1, 0, "12"), (1, 1, 0)], ["น้ำ"])),
    }
    old = (FIXTURES / "rice-bank.xls").read_bytes()
    for _ in range(150):
        kind = dice.choice([*whole, "xls"])
        if kind == "xls":
            data = bytearray(old)
            for _ in range(dice.randrange(1, 20)):
                data[dice.randrange(len(data))] = dice.randrange(256)
            data = bytes(data[: dice.choice([len(data), len(data), dice.randrange(len(data))])])
        else:
            parts = dict(whole[kind])
            part = bytearray(parts[name := dice.choice([n for n in parts if parts[n]])])
            for _ in range(dice.randrange(1, 8)):
                part[dice.randrange(len(part))] = dice.randrange(256)
            data = zipped(parts | {name: bytes(part)})
        try:
            of_bytes(data, f"a.{kind}")
        except InputError as error:
            error.text("th")


def test_spreadsheet_old_workbook_whose_sectors_lead_in_a_circle_is_refused():
    path = FIXTURES / "rice-bank.xls"
    data = bytearray(path.read_bytes())
    table = (int.from_bytes(data[76:80], "little") + 1) * 512
    data[table : table + 4] = (0).to_bytes(4, "little")  # the first sector comes after itself
    with pytest.raises(InputError) as caught:
        of_bytes(bytes(data), "t.xls")
    assert caught.value.key == "archive_damaged_file"


def test_a_library_that_panics_is_not_seen_on_the_screen(capfd):
    assert refused((FIXTURES / "rice-bank.xls").read_bytes()[:-8], "cut.xls") == "archive_damaged_file"
    assert capfd.readouterr() == ("", "")
