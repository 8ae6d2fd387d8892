from datetime import datetime

from minecop.archive.models import Account
from minecop.archive.readers.textpage import read_textpage
from minecop.archive.reading import read_sources
from minecop.core.dates import BANGKOK

PAGE = """วันที่เครื่องสูบน้ำกลับมาเดิน


....ช่างหมู่บ้านเราซ่อมเองได้แล้วครับ ใช้เวลาแค่สองบ่าย กับอะไหล่เก่าหนึ่งลัง....

เรื่องมันเริ่มจากคืนฝนตก เครื่องดับไปเฉยๆ

ช่างหมู่บ้านเราซ่อมเองได้แล้วครับ  ใช้เวลาแค่สองบ่าย กับอะไหล่เก่าหนึ่งลัง

หมายเลขบันทึก: ๔๑๒๓๔เขียนเมื่อ ๒ มิถุนายน ๒๕๕๓ 20:15 น. ()แก้ไขเมื่อ 5 มิถุนายน 2010 07:00 น. ()สัญญาอนุญาต: จำนวนที่อ่านจำนวนที่อ่าน:


ความเห็น ({count})
{comments}
พบปัญหาการใช้งานกรุณาแจ้ง LINE ID @somewhere
ClassStart
"""


def page(comments: str, count: int, account: Account | None = None):
    text = PAGE.replace("{count}", str(count)).replace("{comments}", comments)
    (post,) = read_textpage(text, "page.txt", account or Account())
    return post


def test_textpage_founding_document_is_one_post_with_four_comments(founding_document):
    posts, _, account = read_sources(founding_document)
    (post,) = posts
    assert post.id == "27612"
    assert post.title == "Civic Action กับการขับเคลื่อนชุมชนแนวปฏิบัติ"
    assert post.published == datetime(2006, 5, 9, 5, 51, tzinfo=BANGKOK)
    assert post.modified == datetime(2012, 5, 6, 14, 45, tzinfo=BANGKOK)
    for chrome in ("หมายเลขบันทึก", "เขียนเมื่อ", "สัญญาอนุญาต", "ความเห็น (", "ClassStart", "LINE ID"):
        assert chrome not in post.body
    assert post.body.count("ไม่เหมาะสำหรับการขับเคลื่อนเพื่อทำงาน Ruetine") == 1
    assert post.blurb is not None
    assert len(post.comments) == 4
    first, second, third, fourth = post.comments
    assert "best practice" in first.body
    assert second.author_name == "วิรัตน์ คำศรีจันทร์"
    assert second.body.startswith("ขอบคุณครับ คุณขจิต")
    assert "วิรัตน์" not in second.body
    assert third.body.startswith("ขอบพระคุณอาจารย์คับ")
    assert third.body.endswith("รบกวนอาจารย์แนะนำด้วยคับ..")
    assert "โอ ผ่านไปนานแล้ว" in fourth.body
    assert fourth.body.count("•") == 2
    assert "ClassStart" not in fourth.body
    assert {entry.key for entry in account.entries} == {"comments_without_author"}


def test_textpage_reads_title_blurb_dates_and_number():
    post = page("ขอบคุณค่ะ", 1)
    assert post.id == "41234"
    assert post.title == "วันที่เครื่องสูบน้ำกลับมาเดิน"
    assert post.blurb.startswith("....ช่างหมู่บ้าน")
    assert post.body.startswith("เรื่องมันเริ่มจากคืนฝนตก")
    assert post.published == datetime(2010, 6, 2, 20, 15, tzinfo=BANGKOK)
    assert post.modified == datetime(2010, 6, 5, 7, 0, tzinfo=BANGKOK)


def test_textpage_signature_belongs_to_the_comment_above():
    post = page("สวัสดีครับ แวะมาอ่าน\n\nสมชาย ใจดี\n\nขอบคุณที่แวะมาค่ะ", 2)
    assert [(c.body, c.author_name) for c in post.comments] == [
        ("สวัสดีครับ แวะมาอ่าน", "สมชาย ใจดี"),
        ("ขอบคุณที่แวะมาค่ะ", None),
    ]


def test_textpage_count_joins_paragraphs_of_one_comment():
    post = page("ที่บ้านผมก็มีเครื่องแบบนี้\n\nใช้มาสิบปี ยังไม่เคยล้าง\n\nขอบคุณที่เล่าค่ะ", 2)
    assert [c.position for c in post.comments] == [1, 2]
    assert "สิบปี" in post.comments[0].body


def test_textpage_bullets_stay_in_a_comment_unless_one_is_missing():
    text = "ขอเสริมสามข้อ\n• ล้างกรอง\n• เปลี่ยนน้ำมัน\n• จดวันที่"
    assert len(page(text, 1).comments) == 1
    assert len(page(text, 2).comments) == 2


def test_textpage_count_that_cannot_be_met_is_reported_and_nothing_is_lost():
    account = Account()
    post = page("ความเห็นเดียว", 3, account)
    assert len(post.comments) == 1
    entry = next(entry for entry in account.entries if entry.key == "comment_count_differs")
    assert entry.details == {"said": "3", "found": "1"}


def test_textpage_plain_text_without_any_chrome():
    account = Account()
    (post,) = read_textpage("วันนี้ไปเยี่ยมบ้านป้าแดง เดินไกลมากค่ะ", "เยี่ยมบ้าน.txt", account)
    assert (post.id, post.title, post.comments) == ("เยี่ยมบ้าน", None, ())
    assert post.body == "วันนี้ไปเยี่ยมบ้านป้าแดง เดินไกลมากค่ะ"
    assert {"id_from_file_name", "no_date"} <= {entry.key for entry in account.entries}
