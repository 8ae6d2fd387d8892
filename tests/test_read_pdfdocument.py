import io
from datetime import datetime
from types import SimpleNamespace

import pypdfium2
import pytest
from conftest import ROOT

from minecop.archive.models import Account, Comment, Entry, Post
from minecop.archive.readers import pdfdocument
from minecop.archive.readers.pdfdocument import read
from minecop.archive.readers.pdfpages import Line
from minecop.archive.readers.pdfparagraphs import paragraphs_of, without_edges
from minecop.archive.readers.thaimarks import mend_thai, thai_in_latin
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.messages import message

PDF = ROOT / "tests" / "fixtures" / "archive" / "pdf"


def read_file(name: str) -> tuple[list[Post], Account]:
    account = Account()
    return list(read(Source.of_file(PDF / name, name), Options(), account)), account


def read_bytes(data: bytes, name: str = "a.pdf") -> tuple[list[Post], Account]:
    account = Account()
    return list(read(Source.of_bytes(data, name), Options(), account)), account


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=BANGKOK)


def test_pdfdocument_reads_a_report_without_its_running_heads():
    posts, account = read_file("waste_bank.pdf")
    assert posts == [
        Post(
            id="waste_bank",
            title="ถอดบทเรียนธนาคารขยะโรงเรียนบ้านห้วยหินลาด",
            author_id="ครูสายพิณ ทองคำ",
            author_name="ครูสายพิณ ทองคำ",
            published=at(2015, 11, 17),
            body="ก่อนเริ่ม\n\n"
            "โรงเรียนเรามีเด็กเจ็ดสิบสองคน ครูห้าคน ไม่มีภารโรง ขยะหลังโรงอาหารกองสูงเท่าเอว ชาวบ้านข้างรั้วบ่นเรื่องแมลงวันทุกครั้ง"
            "ที่มีประชุมผู้ปกครอง ดิฉันกับครูน้อยเลยคุยกันว่าถ้าให้เด็กเป็นเจ้าของขยะเอง จะทำยังไงได้บ้าง ตอนแรกคิดแค่ถังสามสี "
            "แต่พอถามเด็กว่าที่บ้านทิ้งขวดกันที่ไหนเด็กตอบว่าขาย เราจึงเริ่มจากคำว่าขาย ไม่ใช่คำว่าแยก\n\n"
            "เดือนแรกรับซื้อเฉพาะขวดใสกับกระดาษ ชั่งด้วยตาชั่งตลาดที่ยืมร้านป้าทองมา เด็ก ป.6 สองคนเป็นเจ้าหน้าที่ธนาคาร "
            "จดบัญชีลงสมุดปกน้ำเงินปรากฏว่าจดผิดเกือบทุกหน้า เพราะทศนิยมยังไม่แม่น ครูคณิตศาสตร์เลยยกเอาสมุดเล่มนี้ไปสอนเรื่อง"
            "ทศนิยมทั้งสัปดาห์ กลายเป็นแบบฝึกหัดที่เด็กไม่บ่น\n\n"
            "ที่ไม่เป็นอย่างคิด\n\n"
            "ขยะที่โรงเรียนลดลงครึ่งหนึ่งจริง แต่ขยะจากบ้านถูกหิ้วมาเพิ่ม วันพุธรถซาเล้งต้องมาสองรอบ\n\n"
            # The room at the end of this line is too little for the next word: nothing tells that the item ends.
            "เด็กบางคนเก็บขวดจากถังของเพื่อน จนทะเลาะกันหน้าเสาธงเงินปันผลเทอมแรกได้คนละสิบเอ็ดบาท เด็กเล็กร้องไห้เพราะนึกว่าได้ร้อย\n\n"
            "เรื่องทะเลาะกันเป็นเรื่องที่เราไม่ได้เตรียมไว้เลย วันศุกร์นั้นจึงปิดธนาคารหนึ่งวัน แล้วนั่งล้อมวงทั้งโรงเรียน ให้เด็ก ป.1 พูดก่อน "
            "เด็กตกลงกันเองว่าขวดในถังห้องไหนเป็นของห้องนั้น ใครอยากได้ให้ขอ ไม่ใช่หยิบ กติกาข้อเดียวนี้อยู่มาถึงทุกวันนี้ "
            "และเป็นกติกาที่ครูไม่ได้ตั้ง\n\n"
            "ถ้าจะทำใหม่\n\n"
            "ข้อแรก ขอให้ PLC ของโรงเรียนคุยเรื่องปันผลกับผู้ปกครองก่อนเปิดรับฝาก ข้อสอง อย่าเริ่มที่น้ำหนัก ให้เริ่มที่จำนวนชิ้น "
            "เพราะเด็กเล็กนับได้ แต่ชั่งไม่เป็น ข้อสาม ควรมีคนนอกมาตรวจบัญชีปีละครั้ง ปีนี้เราเชิญเจ้าหน้าที่ธ.ก.ส. มานั่งตรวจกับเด็ก "
            "ท่านหัวเราะทั้งวัน แต่เด็กภูมิใจมาก\n\n"
            "ท้ายนี้ขอลอกข้อความจากหนังสือของเขตพื้นที่มาไว้ด้วย เพราะไฟล์ที่ส่งมาเปิดแล้วเป็นแบบนี้ "
            "“คำแนะนำการจัดทำบัญชีรับจ่ายธนาคารขยะ ให้นำส่งทุกสิ้นเดือน”\n\n"
            "ดิฉันไม่กล้าบอกว่าที่นี่สำเร็จ เพราะตาชั่งยังยืมเขาอยู่ แต่แมลงวันหายไปแล้วค่ะ",
            source="waste_bank.pdf",
        )
    ]
    assert account.entries == [Entry("guessed", "waste_bank.pdf", "thai_marks_mended", {"count": "4"})]


def test_pdfdocument_reads_a_printed_page_of_gotoknow_as_a_post_with_its_thread():
    posts, account = read_file("bed_fourteen.pdf")
    bodies = [
        "ขอบคุณค่ะพี่ ที่วอร์ดเด็กของหนูก็มีเตียงเสริมแบบนี้เหมือนกัน หนูใช้กระดิ่งวัวที่พ่อให้มาแขวนหัวเปล ดังถึงเคาน์เตอร์ค่ะ เด็กชอบด้วย "
        "แต่กลางคืนต้องเอาผ้าพันไว้",
        "เห็นด้วยกับการเขียนเลขไว้ก่อนครับ ที่ ER ผมเคยทำกับเปลระเบียง พอมีเลขก็มีคนรับ แต่พอหัวหน้าเวรลืมเขียนครั้งเดียวก็หายไปทั้งเดือน "
        "ฝากคิดเรื่องใครเป็นคนเขียนครับ",
        "สวัสดีค่ะ ขออนุญาตเอาไปเล่าให้นักศึกษาพยาบาลปี 3 ฟังนะคะ เขากำลังเรียนเรื่องการมอบหมายงาน อ่านแล้วขนลุกตรงที่ลุงไม่กล้าเรียก",
    ]
    (post,) = posts
    assert (post.id, post.url, post.title) == ("581204", "https://www.gotoknow.org/posts/581204", "เตียงที่สิบสี่")
    assert (post.published, post.modified) == (at(2014, 12, 14, 21, 40), at(2014, 12, 15, 6, 12))
    assert post.comments == tuple(Comment(position, body) for position, body in enumerate(bodies, 1))
    assert [part[:24] for part in post.body.split("\n\n")] == [
        "วอร์ดศัลยกรรมชายเรามีสิบ",
        "คำพูดของลุงทำให้ดิฉันเอา",
        "เดือนนี้เราเลยลองเขียนเล",
    ]
    assert "GotoKnow" not in post.body + "".join(bodies)
    assert [entry.key for entry in account.entries] == ["comments_without_author"]


def letters(text: str) -> str:
    return "".join(text.split())


def test_pdfdocument_loses_and_doubles_no_letter_of_what_chrome_prints():
    """Chrome writes every Thai letter with a mark twice; the page that was printed lies beside the file."""
    from selectolax.lexbor import LexborHTMLParser

    body = LexborHTMLParser((PDF / "waste_bank.html").read_text(encoding="utf-8")).body.text()
    pages, _ = pdfdocument._open(Source.of_file(PDF / "waste_bank.pdf", "waste_bank.pdf"), Account())
    lines = [line.text for page in without_edges(pages) for line in page]
    assert letters("".join(lines)) == letters(body)
    for line in lines:
        assert " ".join(line.split()) in " ".join(body.split())


# ---- Thai


@pytest.mark.parametrize(
    ("broken", "whole"),
    [
        ("ค าแนะน า", "คำแนะนำ"),
        ("ท างานส าหรับน ้าหนัก", "ทำงานสำหรับน้ำหนัก"),
        ("ที ่ว่า น ้าป้า", "ที่ว่า น้าป้า"),  # spaces stand before all tone marks: no half of SARA AM is lost
        ("ข้ึนเม่ือไหร่", "ขึ้นเมื่อไหร่"),
        ("นํ้า นำ้ น้ํา ทํา", "น้ำ น้ำ น้ำ ทำ"),
        ("กรณ ีนี้ ต ้องการ", "กรณีนี้ ต้องการ"),
        ("พันธ์ุข้าว", "พันธุ์ข้าว"),
        ("ป\uf702\uf70a ฝ\uf710น ก\uf70b ญ\uf718", "ปี่ ฝัน ก้ ญุ"),
    ],
)
def test_thaimarks_mends_what_pdf_files_do(broken, whole):
    mended, count = mend_thai(broken)
    assert mended == whole
    assert count > 0


@pytest.mark.parametrize(
    "text", ["", "ปู่ย่าตายาย อยู่บ้าน น้ำใส", "สระ อา และ สระ อำ", "PLC 3 วง", "สิทธิ์ พันธุ์ ก็ ๆ ฯลฯ", "ราคา 5 าท"]
)
def test_thaimarks_leaves_whole_thai_alone(text):
    assert mend_thai(text) == (text, 0)


def test_thaimarks_reads_bytes_shown_as_latin():
    assert thai_in_latin("การจัดการความรู้ KM 2549".encode("cp874").decode("cp1252")) == "การจัดการความรู้ KM 2549"
    for other in ("café", "Größe und Übung", "ไทย ¡ÒÃ", "plain", ""):
        assert thai_in_latin(other) is None


# ---- paragraphs


def line(text: str, left: float, right: float, bottom: float, height: float = 6) -> Line:
    return Line(text, left, right, bottom, height)


def test_pdfdocument_paragraphs_end_where_they_are_seen_to():
    page = [
        line("ย่อหน้าแรกเต็มบรรทัดจนสุด", 50, 350, 700),
        line("ขอบขวา", 50, 90, 680),  # short
        line("ย่อหน้าที่สองเว้นห่าง", 50, 348, 660),
        line("หัวข้อใหญ่", 50, 349, 640, 12),  # another size
        line("เยื้องบรรทัดแรกเข้ามา", 70, 350, 620),  # indented
        line("แล้วต่อด้วย Knowledge", 50, 349, 600),
        line("Management ต่อ", 50, 348, 580),
        line("• ข้อหนึ่ง", 50, 349, 560),
        line("ยังเป็นข้อหนึ่ง", 60, 348, 540),
        line("2) ข้อสอง", 50, 349, 520),
        line("อยู่ไกลออกไป", 50, 349, 460),  # far below
    ]
    after = [line("อีกหน้ายังต่อ", 50, 349, 700), line("หมายเลขบันทึก: 5", 50, 349, 680)]
    assert paragraphs_of([page, after]) == [
        "ย่อหน้าแรกเต็มบรรทัดจนสุดขอบขวา",
        "ย่อหน้าที่สองเว้นห่าง",
        "หัวข้อใหญ่",
        "เยื้องบรรทัดแรกเข้ามาแล้วต่อด้วย Knowledge Management ต่อ",
        "• ข้อหนึ่งยังเป็นข้อหนึ่ง",
        "2) ข้อสอง",
        "อยู่ไกลออกไปอีกหน้ายังต่อ",
        "หมายเลขบันทึก: 5",
    ]


def test_pdfdocument_columns_end_their_own_lines():
    page = [
        line("คอลัมน์ซ้ายยาวเต็ม", 50, 190, 700),
        line("ความกว้าง", 50, 188, 680),
        line("คอลัมน์ขวา", 210, 350, 700),
        line("ก็เช่นกัน", 210, 349, 680),
    ]
    assert paragraphs_of([page])[0].startswith("คอลัมน์ซ้ายยาวเต็มความกว้าง")


def test_pdfdocument_running_heads_and_page_numbers_go_and_text_stays():
    def page(number: int, *words: str) -> list[Line]:
        body = [line(word, 50, 300, 600 - 20 * place) for place, word in enumerate(words)]
        return [line(f"รายงานปี 2560 เล่ม {number}", 50, 300, 780), line(f"- {number} -", 200, 220, 20), *body]

    pages = [page(1, "หนึ่ง", "2560", "สอง"), page(2, "สาม", "สี่", "ห้า"), page(3, "หก", "เจ็ด", "แปด")]
    assert [[kept.text for kept in found] for found in without_edges(pages)] == [
        ["หนึ่ง", "2560", "สอง"],
        ["สาม", "สี่", "ห้า"],
        ["หก", "เจ็ด", "แปด"],
    ]


def test_pdfdocument_what_a_browser_prints_around_a_page_goes_a_diary_stays():
    head = line("14/6/2564 09:30 น. ประชุมที่ศาลา", 50, 300, 780)
    foot = line("https://a.example/1 1/1", 50, 300, 20)
    words = [line(f"บรรทัด{place}", 50, 300, 600 - 20 * place) for place in range(3)]
    assert without_edges([[head, *words]]) == [[head, *words]]
    assert without_edges([[head, *words, foot]]) == [words]


# ---- files that are none


def empty_pages(count: int) -> bytes:
    document = pypdfium2.PdfDocument.new()
    for _ in range(count):
        document.new_page(300, 400)
    stream = io.BytesIO()
    document.save(stream)
    document.close()
    return stream.getvalue()


LOCKED = (
    b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
    b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 9 9]>>endobj\n"
    b"4 0 obj<</Filter/Standard/V 1/R 2/Length 40/P -4/O<" + b"41" * 32 + b">/U<" + b"42" * 32 + b">>>endobj\n"
    b"trailer<</Root 1 0 R/Encrypt 4 0 R/ID[<00><00>]/Size 5>>\n%%EOF"
)


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (empty_pages(3), "pdf_without_text"),
        (LOCKED, "archive_encrypted"),
        (b"%PDF-1.7\nrubbish", "archive_damaged_file"),
        ((PDF / "waste_bank.pdf").read_bytes()[:5_000], "archive_damaged_file"),
        (b"<html></html>", "archive_damaged_file"),
        (b"", "empty_file"),
    ],
    ids=["scan", "locked", "rubbish", "cut", "html", "empty"],
)
def test_pdfdocument_what_cannot_be_read_is_refused(data, key):
    with pytest.raises(InputError) as refused:
        read_bytes(data)
    assert refused.value.key == key
    assert all(refused.value.text(lang) for lang in ("th", "en"))


def test_pdfdocument_a_scan_is_told_what_to_do():
    with pytest.raises(InputError) as refused:
        read_bytes(empty_pages(12))
    assert refused.value.details == {"pages": 12}
    assert "OCR" in refused.value.text("th")


def test_pdfdocument_pages_without_text_are_counted_and_thousands_of_pages_bounded(monkeypatch):
    whole = pypdfium2.PdfDocument((PDF / "waste_bank.pdf").read_bytes())
    for _ in range(3):
        whole.new_page(300, 400)
    stream = io.BytesIO()
    whole.save(stream)
    whole.close()
    _, account = read_bytes(stream.getvalue())
    assert account.entries[0] == Entry("warning", "a.pdf", "pdf_pages_without_text", {"count": "3", "pages": "5"})
    monkeypatch.setattr(pdfdocument, "MOST_PAGES", 2)
    _, account = read_bytes(stream.getvalue())
    assert account.entries[0] == Entry("warning", "a.pdf", "pdf_pages_left_out", {"most": "2", "pages": "5"})


# ---- properties


def test_pdfdocument_a_damaged_property_is_unknown():
    data = (PDF / "waste_bank.pdf").read_bytes().replace(b"/Title <FEFF0E16", b"/Title <FEFFDC00")  # half of a pair
    (post,), account = read_bytes(data)
    assert post.title == "ถอดบทเรียนธนาคารขยะโรงเรียนบ้านห้วยหินลาด"
    assert [entry.key for entry in account.entries] == ["thai_marks_mended", "title_by_size"]


def post_of(properties: dict[str, str], *paragraphs: str, large: bool = False) -> tuple[Post, Account]:
    account = Account()
    source = SimpleNamespace(name="รายงาน.pdf", stem="รายงาน")
    return pdfdocument._post(list(paragraphs), large, properties, None, source, account), account


def test_pdfdocument_properties_are_guesses():
    made = {"Title": "ตลาดนัดสีเขียว", "Author": "บุญมี", "CreationDate": "D:20160131220000Z", "Producer": "Microsoft Word"}
    post, account = post_of(made, "เปิดมาสองปีแล้ว")
    assert (post.title, post.author_id, post.published) == ("ตลาดนัดสีเขียว", "บุญมี", at(2016, 2, 1, 5, 0))
    assert [entry.key for entry in account.entries] == [
        "title_from_properties",
        "author_from_properties",
        "date_from_properties",
    ]
    post, account = post_of({"Title": "Microsoft Word - x.doc", "Author": "user", "CreationDate": "D:2016"}, "ก")
    assert (post.title, post.author_id, post.published) == (None, None, None)
    assert [entry.key for entry in account.entries] == ["no_date"]


def test_pdfdocument_a_browsers_date_is_that_of_the_print():
    post, _ = post_of({"CreationDate": "D:20160131220000+07'00'", "Producer": "Skia/PDF m156"}, "ก")
    assert post.published is None


def test_pdfdocument_a_large_first_line_is_the_title():
    post, account = post_of({}, "ตลาดนัดสีเขียว", "เปิดมาสองปีแล้ว", large=True)
    assert (post.title, post.body) == ("ตลาดนัดสีเขียว", "เปิดมาสองปีแล้ว")
    assert account.entries[0] == Entry("guessed", "รายงาน.pdf", "title_by_size", {"value": "ตลาดนัดสีเขียว"})
    post, _ = post_of({}, "ทั้งหมดมีบรรทัดเดียว", large=True)
    assert (post.title, post.body) == (None, "ทั้งหมดมีบรรทัดเดียว")


def test_pdfdocument_every_line_of_the_account_can_be_said():
    entries = [*read_file("waste_bank.pdf")[1].entries, *post_of({"Title": "ก ข", "Author": "ค ง"}, "จ")[1].entries]
    entries += [
        Entry("warning", "", "pdf_pages_without_text", {"count": "1", "pages": "2"}),
        Entry("warning", "", "pdf_pages_left_out", {"most": "1", "pages": "2"}),
    ]
    for entry in [*entries, Entry("guessed", "", "title_by_size", {"value": "ก"})]:
        for lang in ("th", "en"):
            assert message(entry.key, lang, **entry.details)
