import random
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from conftest import SAMPLE
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.textpage import read, read_textpage
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "text"

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
    account = Account()
    (post,) = read(Source.of_file(founding_document, founding_document.name), Options(), account)
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
    assert [comment.addressee for comment in post.comments] == [None, "ขจิต ฝอยทอง", None, None]
    assert post.comments_said == 4
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


def test_textpage_count_that_cannot_be_met_is_kept_beside_what_was_found():
    account = Account()
    post = page("ความเห็นเดียว", 3, account)
    assert len(post.comments) == 1
    assert post.comments_said == 3
    assert {entry.key for entry in account.entries} == {"comments_without_author"}


def test_textpage_plain_text_without_any_chrome():
    account = Account()
    (post,) = read_textpage("วันนี้ไปเยี่ยมบ้านป้าแดง เดินไกลมากค่ะ", "เยี่ยมบ้าน.txt", account)
    assert (post.id, post.title, post.comments) == ("เยี่ยมบ้าน", None, ())
    assert post.body == "วันนี้ไปเยี่ยมบ้านป้าแดง เดินไกลมากค่ะ"
    assert {"id_from_file_name", "no_date"} <= {entry.key for entry in account.entries}


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BANGKOK)


def read_file(name: str) -> tuple[list[Post], list[tuple[str, str, str]]]:
    account = Account()
    posts = list(read(Source.of_file(FIXTURES / name, name), Options(), account))
    return posts, [(entry.kind, entry.source, entry.key) for entry in account.entries]


def read_text(text: str, name: str = "p.txt") -> tuple[list[Post], list[str]]:
    account = Account()
    posts = list(read_textpage(text, name, account))
    return posts, [entry.key for entry in account.entries]


def test_textpage_ward_page_with_six_signed_comments():
    posts, entries = read_file("ward.txt")
    nbsp = "\u00a0"
    assert posts == [
        Post(
            id="207733",
            title='กระดานหัวเตียงกับคำว่า "พ่อผมกินเองได้"',
            blurb="ญาติเขียนบนกระดานว่า พ่อผมกินเองได้ ใจเย็นๆ หน่อยนะครับ แล้วเวรเราก็เงียบกันไปทั้งเวร",
            author_id="แตน ตึกชาย",
            author_name="แตน ตึกชาย",
            published=at(2008, 9, 11, 23, 40),
            modified=at(2008, 9, 12, 6, 5),
            tags=("ส่งเวร", "ฟื้นฟูสภาพ", "ผู้ป่วยติดเตียง"),
            comments_said=6,
            source="ward.txt",
            body=(
                f"{nbsp * 4}เรื่องมันเริ่มจากเตียง 14 ค่ะ ลุงเป็นอัมพาตซีกขวามาสามเดือน ที่บ้านกินข้าวเองได้ หกบ้าง ช้าบ้าง แต่พอมาอยู่กับเรา เราป้อนลุงหมดทุกมื้อ เพราะเวรเช้ามีสองคนต่อสามสิบเตียง ป้อนสิบนาทีเสร็จ ให้ลุงกินเองสี่สิบนาที วันที่ห้าลุงเลิกยกช้อน\n\n"
                f"{nbsp * 4}ลูกชายแกไม่ว่าอะไรสักคำ แค่ขอปากกาเมจิกไปเขียนที่กระดานหัวเตียง ญาติเขียนบนกระดานว่า พ่อผมกินเองได้ ใจเย็นๆ หน่อยนะครับ แล้วเวรเราก็เงียบกันไปทั้งเวร\n\n"
                f"{nbsp * 4}ตอนส่งเวรเลยคุยกันตรงนั้นเลย ได้มาสามข้อ\n"
                f"{nbsp * 2}1. ถามญาติวันแรกว่าอยู่บ้านทำอะไรเองได้บ้าง เขียนไว้ที่กระดาน ใครก็เขียนได้\n"
                f"{nbsp * 2}2. ถาดข้าวเตียงที่กินเองแจกก่อน เก็บทีหลัง แม่บ้านตกลงแล้ว (ต่อรองด้วยขนมครก)\n"
                f"{nbsp * 2}3. ใครจะป้อนให้ถามคนไข้ก่อน ไม่ใช่ถามนาฬิกา\n\n"
                "-----\n\n"
                "ทำมาสองอาทิตย์ ได้สิบเอ็ดกระดาน ยังไม่กล้าบอกว่าดี เพราะเวรดึกบ่นว่าต้องซักผ้ายางเพิ่มวันละสี่ผืน ที่อื่นทำยังไงกันคะ เวลาคนไม่พอ แต่ไม่อยากให้คนไข้อ่อนแรงเพราะเราใจร้อน"
            ),
            comments=(
                Comment(
                    position=1,
                    author_id="สุนิสา แก้วกำเนิด",
                    author_name="สุนิสา แก้วกำเนิด",
                    addressee="แตน",
                    body="สวัสดีค่ะ พี่แตน\n\nตึกเด็กก็มีค่ะ แม่ๆ ป้อนเก่งกว่าเราอีก หนูเลยให้น้องนักศึกษานั่งกินข้าวกลางวันข้างเตียงไปเลย เด็กเห็นพี่กินก็ยกช้อนตาม หกเยอะมาก แต่ขำดี",
                ),
                Comment(
                    position=2,
                    author_id="พี่แตน",
                    author_name="พี่แตน",
                    addressee="หมิว",
                    body="ขอบคุณน้องหมิวค่ะ ขอยืมวิธีกินข้าวข้างเตียงไปลองกับลุง พี่ว่าลุงน่าจะอายที่ต้องกินคนเดียวให้คนทั้งตึกดู",
                ),
                Comment(
                    position=3,
                    author_id="นพ.ธีรวัฒน์ ศรีสุวรรณ",
                    author_name="นพ.ธีรวัฒน์ ศรีสุวรรณ",
                    body="ผมอยู่โรงพยาบาลชุมชนครับ เตียง 30 พยาบาลเวรบ่าย 2 เหมือนกัน เรื่องผ้ายางผมไม่มีคำตอบ\n\nแต่ที่ลองแล้วพอไหวคือให้นักกายภาพขึ้นมาตอนมื้อเที่ยงแทนที่จะนัดคนไข้ลงไปบ่ายสอง นับเป็นการฝึกมือไปในตัว ได้ทั้งข้าวได้ทั้งกายภาพ\n\nด้วยความนับถือ\nรพ.ชุมชนท่ากระดาน",
                ),
                Comment(
                    position=4,
                    author_id="ป้าแดง",
                    author_name="ป้าแดง",
                    body="พ่อของป้ากลับบ้านแล้วยกช้อนไม่ขึ้นอีกเลย ป้าโทษตัวเองมาตลอดว่าขี้เกียจให้พ่อฝึก อ่านแล้วน้ำตาไหล ไม่ได้ว่าพยาบาลนะ ป้ารู้ว่างานมันล้น",
                ),
                Comment(
                    position=5,
                    author_id="ครูนก",
                    author_name="ครูนก",
                    body=f'ขออนุญาตเสนอจากคนนอกวงการครับ\n{nbsp * 2}• โรงเรียนผมใช้ป้าย "หนูทำเองได้" ติดโต๊ะเด็กพิเศษ\n{nbsp * 2}• ครูทุกคนเห็นป้ายแล้วต้องนับหนึ่งถึงสามสิบในใจก่อนเข้าไปช่วย\nได้ผลกับครูมากกว่ากับเด็กครับ',
                ),
                Comment(
                    position=6,
                    author_id="น.ส.อรพิน ใจดี (อร)",
                    author_name="น.ส.อรพิน ใจดี (อร)",
                    body="มาช้าไปสองปีเลยค่ะ ตอนนี้กระดานยังอยู่ไหมคะ กำลังทำเรื่องนี้เป็น R2R อยากขอไปดูงาน",
                ),
            ),
        )
    ]
    assert entries == []


def test_textpage_farmers_file_with_four_posts():
    posts, entries = read_file("farmers.txt")
    assert posts == [
        Post(
            id="farmers-1",
            title="เมล็ดพันธุ์หายไปไหน",
            author_id="พ่อใหญ่คำ",
            author_name="พ่อใหญ่คำ",
            published=at(2010, 5, 5),
            source="farmers.txt:1",
            body="แต่ก่อนข้อยเก็บข้าวปลูกไว้เองเบิดทุกปี พอมีโครงการแจกพันธุ์ฟรี เก็บไปกะเสียเวลา ปีนี้เขาบ่แจกแล้ว ไปหาข้าวปลูกในเล้าทั้งหมู่บ้านได้สามบ้าน สามบ้านนี้กะข้าวคนละพันธุ์ แต่ละบ้านว่าของโตคือหอมมะลิแท้\n\nเลยตกลงกันว่า ให้แต่ละบ้านเอารวงมาวางบนเสื่อ คนเฒ่าห้าคนนั่งดู ดมบ้าง กัดบ้าง คัดได้สองกระสอบ แบ่งกันปลูกแปลงรวมสองไร่ก่อน",
        ),
        Post(
            id="farmers-2",
            title="น้ำเข้านาใครก่อน",
            author_id="แม่สมหมาย",
            author_name="แม่สมหมาย",
            published=at(2010, 7, 22),
            tags=("เหมืองฝาย", "น้ำ"),
            source="farmers.txt:2",
            body="ฝายเราเปิดสามวันปิดสี่วัน บ้านเหนือน้ำว่าเปิดแต่น้อย บ้านใต้น้ำว่าไม่ถึงสักหยด ปีกลายถึงขั้นเอาจอบไล่กันตอนตีสอง\n\nปีนี้ลองให้เด็กนักเรียนเป็นคนจดไม้วัดที่ปากเหมืองทุกเช้าก่อนไปโรงเรียน เด็กไม่มีนา ไม่รู้จะโกงไปทำไม จดมาหกสิบวัน เอามาแปะที่ศาลา ไม่มีใครเถียงสักคน แต่ก็ยังไม่รู้ว่าหน้าแล้งจะเอายังไงต่อ",
            comments=(
                Comment(
                    position=1,
                    author_id="นายช่างประทีป",
                    author_name="นายช่างประทีป",
                    body="ไม้วัดตั้งตรงหรือเปล่าครับ ถ้าเอียงเลขจะหลอก ว่างๆ ผมไปดูให้",
                ),
                Comment(
                    position=2,
                    author_id="แม่สมหมาย",
                    author_name="แม่สมหมาย",
                    addressee="ประทีป",
                    body="ขอบคุณนายช่างประทีปจ้ะ ตั้งใหม่แล้วเมื่อวาน เอาลูกดิ่งครูมาเทียบ",
                ),
            ),
        ),
        Post(
            id="farmers-3",
            title="รถเกี่ยวกับคนเกี่ยว",
            author_id="ทิดหล้า",
            author_name="ทิดหล้า",
            source="farmers.txt:3",
            body="จ้างรถไร่ละหกร้อย จ้างคนไร่ละพันสอง เลขมันชัด แต่รถเข้านาเมียผมไม่ได้ ดินมันหล่ม ติดอยู่ครึ่งวันเสียค่าลากอีกพันห้า\n\nปีหน้าผมจะปล่อยน้ำออกก่อนเกี่ยวสิบวัน พ่อว่าให้รอสิบห้า ใครเคยลองบอกด้วย",
        ),
        Post(
            id="farmers-4",
            title="ขายรวมหรือขายใครขายมัน",
            author_id="ประธานบัวลา",
            author_name="ประธานบัวลา",
            source="farmers.txt:4",
            body="ประชุมกันสามรอบยังไม่จบ ขายรวมได้โลละสิบสาม แต่ต้องรอเงินเดือนครึ่ง ขายเองได้สิบเอ็ดบาทกว่า เงินสดเย็นนั้น คนมีหนี้ ธ.ก.ส. รอไม่ได้ ฉันเข้าใจ\n\nที่ลงตัวตอนนี้คือใครรอไหวให้รอ กลุ่มเอาเงินออมจ่ายล่วงหน้าให้คนรอไม่ไหวคนละไม่เกินห้าพัน คิดดอกถูกกว่าข้างนอก เงินออมเรามีเจ็ดหมื่น พอได้สิบสี่คน แต่คนยกมือยี่สิบสอง จะเลือกยังไงไม่ให้หมางกัน อันนี้ยังคิดไม่ออก",
        ),
    ]
    assert entries == [
        ("warning", "farmers.txt", "text_left_out"),
        ("guessed", "farmers.txt", "posts_in_one_file"),
        ("guessed", "farmers.txt:1", "id_from_file_name"),
        ("guessed", "farmers.txt:2", "id_from_file_name"),
        ("warning", "farmers.txt:3", "date_not_read"),
        ("guessed", "farmers.txt:3", "id_from_file_name"),
        ("warning", "farmers.txt:3", "no_date"),
        ("guessed", "farmers.txt:4", "id_from_file_name"),
        ("warning", "farmers.txt:4", "no_date"),
    ]


def test_textpage_older_site_with_headed_comments():
    posts, entries = read_file("older.txt")
    assert posts == [
        Post(
            id="52318",
            url="http://gotoknow.example/blog/khruphu/52318",
            blog="khruphu",
            title="ห้องสมุดที่ไม่มีใครอ่านหนังสือ",
            published=at(2006, 9, 25, 20, 14),
            modified=at(2006, 9, 26, 7, 2),
            tags=("ห้องสมุด", "ภาษาแม่", "โรงเรียนบนดอย"),
            comments_said=3,
            source="older.txt",
            body="โรงเรียนเรามีเด็กหกสิบสามคน หนังสือบริจาคสองพันกว่าเล่ม ครึ่งหนึ่งเป็นตำราบัญชีกับนิตยสารแต่งบ้าน ผมเคยภูมิใจที่จัดเรียงตามเลขหมู่ได้ครบ จนวันหนึ่งเห็นเด็กมานั่งเต็มห้องสมุด เลยแอบดูว่าอ่านอะไรกัน ปรากฏว่ามาหลบแดดครับ\n\nวันรุ่งขึ้นผมขนหนังสือออกไปใต้ต้นมะขามป้อมแค่สิบเล่ม เป็นเล่มที่มีรูปสัตว์ แล้วก็นั่งอ่านออกเสียงคนเดียวเหมือนคนบ้า สักพักมีเด็กเดินมาถามว่าครูอ่านภาษาอะไร ผมอ่านภาษากลางครับ เด็กพูดปกาเกอะญอ จากนั้นผมอ่านหนึ่งหน้า เด็กโตแปลให้น้องฟังหนึ่งหน้า ช้ามาก แต่ไม่มีใครลุก\n\nตอนนี้เหลือคำถามว่า จะให้เด็กเขียนนิทานของตัวเองอย่างไร ในเมื่อภาษาบ้านเขาไม่มีในแบบเรียนของผม",
            comments=(
                Comment(
                    position=1,
                    id="70112",
                    author_id="ป้านวล ห้องสมุดอำเภอ",
                    author_name="ป้านวล ห้องสมุดอำเภอ",
                    published=at(2006, 9, 26, 9, 40),
                    addressee="ภู",
                    body="สวัสดีค่ะ ครูภู\n\nที่อำเภอมีหนังสือสองภาษาของศูนย์วัฒนธรรมอยู่กล่องหนึ่ง ไม่เคยมีคนยืม\nเดี๋ยวฝากรถส่งนมขึ้นไปให้นะคะ",
                ),
                Comment(
                    position=2,
                    id="70240",
                    author_id="ครูภู",
                    author_name="ครูภู",
                    published=at(2006, 9, 26, 19, 55),
                    addressee="นวล",
                    body="ขอบคุณป้านวลมากครับ รถส่งนมขึ้นวันพฤหัส ผมจะให้เด็กไปรอที่ปากทาง",
                ),
                Comment(
                    position=3,
                    id="71003",
                    author_id="คนเคยสอนดอย",
                    author_name="คนเคยสอนดอย",
                    published=at(2006, 10, 2, 0, 31),
                    body="ผมเคยให้เด็กเล่าแล้วเราเขียนด้วยอักษรไทยไปก่อน ผิดบ้างถูกบ้าง\nพ่อแม่เขาอ่านแล้วหัวเราะ แต่หัวเราะแล้วช่วยแก้\n\nอย่ารอให้มีแบบเรียนครับ ไม่มีวันมี",
                ),
            ),
        )
    ]
    assert entries == [("guessed", "older.txt", "encoding_guessed")]


WELL = "บ่อบาดาลที่ศาลาแห้งมาสองเดือน ป้าหาบน้ำจากวัดวันละหกเที่ยว หลังมันไม่ไหวแล้ว เลยเรียกประชุมหน้าบ้าน มากันสิบสามคน"
SCALE = "ตาชั่งกลางตัวเดียวของกลุ่มเอียงไปครึ่งขีด คนขายว่าโกง คนซื้อว่าแถม เถียงกันจนตลาดวาย พ่อค้าคนกลางนั่งยิ้มอยู่คนเดียว"
SCHOOL = "เด็กชายเก้าคนไม่กลับมาเรียนหลังเก็บลำไย ครูขี่รถตามถึงสวน ได้กลับมาสี่ อีกห้าคนแม่บอกว่ารอจ่ายหนี้รถก่อนนะครู"


def chrome(number: int, day: int) -> str:
    return f"หมายเลขบันทึก: {number}เขียนเมื่อ {day} มีนาคม 2010 08:00 น. ()แก้ไขเมื่อ {day} มีนาคม 2010 08:00 น. ()สัญญาอนุญาต: จำนวนที่อ่านจำนวนที่อ่าน:"


FOOT = "พบปัญหาการใช้งานกรุณาแจ้ง LINE ID @gotoknow\nClassStart\nระบบจัดการการเรียนการสอนผ่านอินเทอร์เน็ต"


def test_textpage_pages_one_after_another_are_parted_at_their_footers():
    text = f"บ่อแห้ง\n\n{WELL}\n\n{chrome(301, 1)}\n\nความเห็น (1)\nเห็นใจป้าค่ะ\n{FOOT}\nตาชั่งเอียง\n\n{SCALE}\n\n{chrome(302, 2)}\n\nความเห็น (0)\n{FOOT}\n"
    posts, keys = read_text(text)
    assert [(p.id, p.title, p.body, p.published, p.comments_said) for p in posts] == [
        ("301", "บ่อแห้ง", WELL, at(2010, 3, 1, 8, 0), 1),
        ("302", "ตาชั่งเอียง", SCALE, at(2010, 3, 2, 8, 0), 0),
    ]
    assert [c.body for p in posts for c in p.comments] == ["เห็นใจป้าค่ะ"]
    assert [p.source for p in posts] == ["p.txt:1", "p.txt:2"]
    assert keys == ["posts_in_one_file", "comments_without_author"]


def test_textpage_pages_without_footers_are_parted_at_titles_after_the_comments():
    text = (
        f"บ่อแห้ง\n\n{WELL}\n\n{chrome(301, 1)}\n\nความเห็น (2)\nเห็นใจป้าค่ะ\n\nที่บ้านผมขุดใหม่แล้วครับ\n\nตาชั่งเอียง\n\n{SCALE}\n\n{chrome(302, 2)}\n"
        f"เด็กหายหลังลำไย\n\n{SCHOOL}\n\n{chrome(303, 3)}\nความเห็น (1)\nสู้ๆ ค่ะครู\n\nสมหญิง ใจงาม\n"
    )
    posts, _ = read_text(text)
    assert [(p.id, p.title, p.body, [c.body for c in p.comments]) for p in posts] == [
        ("301", "บ่อแห้ง", WELL, ["เห็นใจป้าค่ะ", "ที่บ้านผมขุดใหม่แล้วครับ"]),
        ("302", "ตาชั่งเอียง", SCALE, []),
        ("303", "เด็กหายหลังลำไย", SCHOOL, ["สู้ๆ ค่ะครู"]),
    ]
    assert posts[2].comments[0].author_name == "สมหญิง ใจงาม"


@pytest.mark.parametrize("between", ["\n", "\n\n\n", "\n=====\n", "\n-----\n", "\n\f"])
@pytest.mark.parametrize("footers", [True, False])
def test_textpage_pages_in_one_file_read_as_each_alone(between, footers):
    pages = [path.read_text(encoding="utf-8").rstrip() for path in sorted((SAMPLE / "pages").glob("*.txt"))]
    if not footers:
        pages = [text[: text.index("พบปัญหาการใช้งาน")].rstrip() for text in pages]
        between = between if between.strip("\n") else "\n\n"
    random.Random(len(between)).shuffle(pages)
    alone = [replace(read_text(text)[0][0], source="") for text in pages]
    together = [replace(post, source="") for post in read_text(between.join(pages))[0]]
    assert together == alone


def test_textpage_address_with_the_number_of_the_next_page_begins_it():
    text = f"บ่อแห้ง\n\n{WELL}\n{chrome(301, 1)}\nความเห็น (1)\nดูที่นี่ครับ\nhttp://gotoknow.example/posts/999\nhttp://gotoknow.example/posts/302\nตาชั่งเอียง\n\n{SCALE}\n{chrome(302, 2)}\n"
    first, second = read_text(text)[0]
    assert first.comments[0].body == "ดูที่นี่ครับ\nhttp://gotoknow.example/posts/999"
    assert (second.title, second.url) == ("ตาชั่งเอียง", "http://gotoknow.example/posts/302")


def test_textpage_the_same_number_twice_is_one_page():
    text = f"บ่อแห้ง\n\n{WELL}\n\n{chrome(301, 1)}\nความเห็น (1)\nอ้างถึงบันทึกข้างบนค่ะ\n{chrome(301, 1)}\n"
    (post,), _ = read_text(text)
    assert post.id == "301"


def test_textpage_labels_give_title_author_and_date_of_each_post():
    text = (
        f"ชื่อเรื่อง: บ่อแห้ง ผู้เขียน: ป้าแดง วันที่: ๓ มี.ค. ๕๓\n{WELL}\n"
        f"ชื่อเรื่อง: ตาชั่งเอียง\nผู้เขียน: ลุงพร\nวันที่: 2553-04-05\nชุมชน: ตลาดเย็นท่าช้าง\nบล็อก: talad\nคำสำคัญ: ตาชั่ง ตลาด\nเนื้อหา:\n{SCALE}\n"
    )
    posts, keys = read_text(text)
    assert posts == [
        Post(
            id="p-1",
            title="บ่อแห้ง",
            author_id="ป้าแดง",
            author_name="ป้าแดง",
            published=at(2010, 3, 3),
            body=WELL,
            source="p.txt:1",
        ),
        Post(
            id="p-2",
            title="ตาชั่งเอียง",
            author_id="ลุงพร",
            author_name="ลุงพร",
            published=at(2010, 4, 5),
            communities=("ตลาดเย็นท่าช้าง",),
            blog="talad",
            tags=("ตาชั่ง", "ตลาด"),
            body=SCALE,
            source="p.txt:2",
        ),
    ]
    assert keys == ["posts_in_one_file", "id_from_file_name", "id_from_file_name"]


@pytest.mark.parametrize("divider", ["=====", "-----", "*****", "_____", "\f"])
def test_textpage_dividers_part_what_looks_like_posts(divider):
    text = f"บ่อแห้ง\n\n{WELL}\n\n{divider}\nตาชั่งเอียง\n\n{SCALE}\n\n{divider}\nเด็กหายหลังลำไย\n\n{SCHOOL}\n"
    posts, _ = read_text(text)
    assert [(p.title, p.body) for p in posts] == [
        ("บ่อแห้ง", WELL),
        ("ตาชั่งเอียง", SCALE),
        ("เด็กหายหลังลำไย", SCHOOL),
    ]


@pytest.mark.parametrize(
    "text",
    [
        f"บ่อแห้ง\n\n{WELL}\n\n-----\n\n{SCALE}\n",
        f"บ่อแห้ง\n\n{WELL}\n\n-----\n\nตาชั่ง\n\n{SCALE}\n",
        f"บ่อแห้ง\n\n{WELL}\n\n-----\n\n{SCALE}\n\n-----\n\n{SCHOOL}\n",
        f"บ่อแห้ง\n\n{WELL}\n\n-----\nตาชั่ง\n\n{SCALE}\n-----\nเด็กหาย\n\n{SCHOOL}\n\n{chrome(301, 1)}\nความเห็น (0)\n",
        f"สามเรื่องจากเวที\n\n{WELL * 3}\n\nเรื่องที่ 1 น้ำ\n{WELL}\n\nเรื่องที่ 2 ตาชั่ง\n{SCALE}\n\nเรื่องที่ 3 เด็ก\n{SCHOOL}\n",
        f"สองเรื่องสั้น\n\nเรื่องที่ 1\n{WELL}\n\nเรื่องที่ 2\n{SCALE}\n",
        f"หนังสือที่อ่านปีนี้\n\nชื่อเรื่อง: น้ำคือชีวิต ผู้เขียน: ก.\n{WELL}\n\nชื่อเรื่อง: ตลาด ผู้เขียน: ข.\n{SCALE}\n\n{chrome(301, 1)}\n",
        f"เรื่อง: ประชุมบ่อน้ำ\nวันที่: 5 พ.ค. 49\nสถานที่: ศาลา\n\n{WELL}",
        f"# สรุปเวที\n\n{WELL}\n\n# ข้อตกลง\n\n{SCALE}\n",
        f"{WELL}\nความเห็น (2)\nเขียนว่า\nความเห็น (3)\nก็ไม่เชื่อค่ะ",
    ],
)
def test_textpage_one_post_is_never_cut(text):
    posts, keys = read_text(text)
    assert len(posts) == 1
    assert "posts_in_one_file" not in keys


def test_textpage_numbered_and_marked_headings():
    text = f"บันทึกที่ 1 บ่อแห้ง\n{WELL}\n\nบันทึกที่ 2\nตาชั่งเอียง\n\n{SCALE}\n"
    assert [(p.title, p.body) for p in read_text(text)[0]] == [("บ่อแห้ง", WELL), ("ตาชั่งเอียง", SCALE)]
    text = f"### บ่อแห้ง\n{WELL}\n\n### ตาชั่งเอียง\nโดย ลุงพร เมื่อ 5 เม.ย. 2553\n\n{SCALE}\n### เด็กหาย\n{SCHOOL}"
    posts, _ = read_text(text)
    assert [(p.title, p.author_name, p.published, p.body) for p in posts] == [
        ("บ่อแห้ง", None, None, WELL),
        ("ตาชั่งเอียง", "ลุงพร", at(2010, 4, 5), SCALE),
        ("เด็กหาย", None, None, SCHOOL),
    ]


def test_textpage_author_block_stamp_licence_and_more_are_no_text():
    text = f"อ.ต๋อย\nบ่อแห้ง\nอ.ต๋อย\nติดตาม ผู้ติดตาม\nติดต่อ\n\n{WELL}\n\n{SCALE}\n\nมีต่อ\nบันทึกนี้เขียนที่ GotoKnow โดย คุณ ต๋อย ใน เล่าจากบ่อ\nสัญญาอนุญาต: ซีซี: แสดงที่มา\nหมวดหมู่บันทึก: ชุมชน\nURL: http://gotoknow.example/blog/toi/77\n"
    (post,), _ = read_text(text)
    assert (post.author_name, post.title, post.url, post.blog, post.id) == (
        "อ.ต๋อย",
        "บ่อแห้ง",
        "http://gotoknow.example/blog/toi/77",
        "toi",
        "77",
    )
    assert post.body == f"{WELL}\n\n{SCALE}"
    assert post.excerpt
    (post,), _ = read_text(f"บ่อแห้ง\n\n{WELL}\n\nมีต่อ\n\n{chrome(301, 1)}\nความเห็น (0)\n")
    assert (post.body, post.excerpt) == (WELL, False)


def test_textpage_labels_of_one_post():
    (post,), _ = read_text(f"เรื่อง: บ่อแห้ง ชุมชน: ท่าช้าง\nโดย: ลุงพร\nวันที่: 5 เม.ย. 2553\n\nเนื้อหา: {WELL}")
    assert (post.title, post.author_name, post.published, post.body, post.communities) == (
        "บ่อแห้ง ชุมชน: ท่าช้าง",
        "ลุงพร",
        at(2010, 4, 5),
        WELL,
        (),
    )


def test_textpage_repeated_first_line_is_a_name_or_a_title():
    (post,), _ = read_text(f"สมชาย ใจดี\nสมชาย ใจดี\n\nบ่อแห้ง\n\n{WELL}")
    assert (post.author_name, post.title, post.body) == ("สมชาย ใจดี", "บ่อแห้ง", WELL)
    (post,), _ = read_text(f"บ่อแห้งหน้าแล้ง\nบ่อแห้งหน้าแล้ง\n\n{WELL}")
    assert (post.author_name, post.title, post.body) == (None, "บ่อแห้งหน้าแล้ง", WELL)


@pytest.mark.parametrize(
    ("text", "title"),
    [
        (f"บ่อแห้งหน้าแล้ง\n{WELL * 2}", "บ่อแห้งหน้าแล้ง"),
        (f"สวัสดีครับทุกคนครับ\n{WELL * 2}", None),
        (f"วันนี้ได้ข้อสรุปดังนี้:\n{WELL * 2}", None),
        (f"1. บ่อแห้ง\n{WELL * 2}", None),
        ("น้ำแห้ง\nคนหาย\nควายผอม", None),
        (WELL, None),
    ],
)
def test_textpage_title_without_a_blank_line(text, title):
    (post,), _ = read_text(text)
    assert post.title == title
    assert post.body == (text.split("\n", 1)[1] if title else text)


def test_textpage_tags_glued_to_the_number():
    text = f"บ่อแห้ง\n\n{WELL}\n\nคำสำคัญ (Tags): #น้ำ#บ่อบาดาล {chrome(301, 1)}\nความเห็น (0)\nไม่มีความเห็น\n{FOOT}"
    (post,), _ = read_text(text)
    assert (post.id, post.tags, post.body, post.comments, post.comments_said) == (
        "301",
        ("น้ำ", "บ่อบาดาล"),
        WELL,
        (),
        0,
    )


def test_textpage_number_above_the_body():
    text = f"บ่อแห้ง\nสร้าง: 1 มี.ค. 2553 @ 08:00 แก้ไข: 2 มี.ค. 2553 @ 09:00\n\n{WELL}\n\nความเห็น (1)\nเห็นใจค่ะ"
    (post,), keys = read_text(text)
    assert (post.title, post.body, post.published, post.modified) == (
        "บ่อแห้ง",
        WELL,
        at(2010, 3, 1, 8, 0),
        at(2010, 3, 2, 9, 0),
    )
    assert "text_left_out" not in keys


def test_textpage_what_stands_between_number_and_comments_is_left_out_and_said():
    account = Account()
    text = f"บ่อแห้ง\n\n{WELL * 3}\n\n{chrome(301, 1)}\nคนที่ชอบบันทึกนี้ ป้านวล ลุงพร และอีก 12 คน\n\nความเห็น (0)\n"
    (post,) = read_textpage(text, "p.txt", account)
    assert post.body == WELL * 3
    assert [(e.key, e.details) for e in account.entries] == [
        ("text_left_out", {"text": "คนที่ชอบบันทึกนี้ ป้านวล ลุงพร และอีก 12 คน"})
    ]


def test_textpage_what_stands_below_the_footer_is_left_out_and_said():
    account = Account()
    text = f"บ่อแห้ง\n\n{WELL}\n\n{chrome(301, 1)}\nความเห็น (1)\nเห็นใจค่ะ\n{FOOT}\n{SCALE}\n"
    (post,) = read_textpage(text, "p.txt", account)
    assert [c.body for c in post.comments] == ["เห็นใจค่ะ"]
    assert [e.details for e in account.entries if e.key == "text_left_out"] == [{"text": SCALE[:80]}]


def test_textpage_words_of_the_footer_within_text_are_text():
    (post,), _ = read_text(f"ClassStart ที่โรงเรียนเรา\n\n{WELL}\nClassStart ช่วยได้แค่ส่งการบ้าน\n{SCALE}")
    assert post.body == f"{WELL}\nClassStart ช่วยได้แค่ส่งการบ้าน\n{SCALE}"
    (post,), _ = read_text(f"ClassStart\n{WELL}")
    assert WELL in post.body


def test_textpage_comments_without_a_heading_over_them_are_found_by_their_own():
    text = f"บ่อแห้ง\n\n{WELL}\n\n{chrome(301, 1)}\n\nป้านวล\nเขียนเมื่อ 2 มี.ค. 2553\nเห็นใจค่ะ\n\nลุงพร\nเขียนเมื่อ 3 มี.ค. 2553\nขุดใหม่เถอะ\n"
    (post,), _ = read_text(text)
    assert [(c.author_name, c.body) for c in post.comments] == [("ป้านวล", "เห็นใจค่ะ"), ("ลุงพร", "ขุดใหม่เถอะ")]


def test_textpage_only_a_thread_is_a_post_without_body():
    (post,), _ = read_text(f"{chrome(301, 1)}\nความเห็น (1)\nเห็นใจค่ะ")
    assert post.body == ""
    assert [c.body for c in post.comments] == ["เห็นใจค่ะ"]


def test_textpage_html_that_leaked_becomes_text_and_is_said():
    text = f'บ่อแห้ง\n\n<p style="margin: 0cm" class="MsoNormal">{WELL}</p>\n\n<ul>\n<li>ขุดใหม่</li>\n<li>ต่อท่อ&nbsp;วัด</li>\n</ul>\n\n<!-- [if gte mso 9]>\n\n<xml>x</xml>\n\n<![endif] --><style>\n\np {{color: red}}\n\n</style>3 < 5 และ ก&amp;ข\n\n{chrome(301, 1)}\nความเห็น (1)\nอ่าน <Link> แล้ว 1 < 2 ค่ะ'
    account = Account()
    (post,) = read_textpage(text, "p.txt", account)
    assert post.title == "บ่อแห้ง"
    assert post.body == f"{WELL}\n\n• ขุดใหม่\n• ต่อท่อ\u00a0วัด\n\n3 < 5 และ ก&ข"
    assert post.comments[0].body == "อ่าน <Link> แล้ว 1 < 2 ค่ะ"
    assert next((e.kind, e.key, e.details) for e in account.entries) == ("guessed", "html_in_text", {"count": "3"})


@pytest.mark.parametrize("text", ["เด็ก <5 ปี> & ผู้ใหญ่", "a&b; R&D", "<Link> <ลิงก์>", "x <- y -> z <b"])
def test_textpage_what_is_no_html_stays(text):
    (post,), keys = read_text(text)
    assert post.body == text
    assert "html_in_text" not in keys


def test_textpage_whole_html_page_in_a_text_file():
    (post,), keys = read_text(
        f"<!DOCTYPE html>\n<html><head><title>x</title></head><body><h1>บ่อแห้ง</h1><p>{WELL}</p></body></html>"
    )
    assert (post.title, post.body) == ("บ่อแห้ง", WELL)
    assert "html_in_text" in keys


def test_textpage_line_ends_of_any_kind_are_one_and_other_characters_stay():
    (post,), _ = read_text(f"บ่อแห้ง\r\n\r{WELL}\r\n\r\n\u00a0 ป้า\u200bแดง\u2028ว่า\ttab  สองช่อง  \rจบ")
    assert post.title == "บ่อแห้ง"
    assert post.body == f"{WELL}\n\n\u00a0 ป้า\u200bแดง\u2028ว่า\ttab  สองช่อง  \nจบ"


LINES = st.sampled_from(
    [
        "", "", " ", "=====", "-----", "\f", "ก" * 100, "บ่อแห้ง", WELL, "• ข้อหนึ่ง", "สมชาย ใจดี", "- ป้าแดง", "1.", "เขียนเมื่อ 9 พ.ค. 2549", "IP: xxx.1.2.3", "ความเห็น (2)", "ความเห็น",
        "ไม่มีความเห็น", "ความเห็นที่ 1 โดย ป้าแดง", "หมายเลขบันทึก: 7เขียนเมื่อ 9 พ.ค. 2549", "หมายเลขบันทึก: 8", "สร้าง: 9 พ.ค. 2549 แก้ไข: 9 พ.ค. 2549", "ClassStart", "บันทึกที่ 1", "บันทึกที่ 2",
        "ชื่อเรื่อง: น้ำ ผู้เขียน: ป้า", "เรื่อง: น้ำ", "วันที่: 1/2/2553", "### หัว", "คำสำคัญ: น้ำ", "URL: http://a.example/posts/5", "http://a.example/posts/8", "ติดตาม ผู้ติดตาม", "มีต่อ", "<p>ก</p>", "&nbsp;", "<!--",
    ]
)  # fmt: skip


@settings(max_examples=300, deadline=None)
@given(st.lists(st.one_of(LINES, st.text(max_size=30)), max_size=30))
def test_textpage_any_page_is_read_and_no_text_is_lost(lines):
    account = Account()
    posts = list(read_textpage("\n".join(lines), "p.txt", account))
    assert len({post.source for post in posts}) == len(posts)
    for post in posts:
        assert post.body.strip() or post.comments
        assert [comment.position for comment in post.comments] == list(range(1, len(post.comments) + 1))
        assert all(comment.body.strip() for comment in post.comments)
    if not posts:
        return
    told = "\n".join(
        [
            *(text for post in posts for text in (post.body, post.title or "", post.blurb or "")),
            *(comment.body for post in posts for comment in post.comments),
            *(entry.details.get("text", "") for entry in account.entries),
        ]
    )
    for line in lines:
        if line == WELL:
            assert WELL in told or any(entry.key == "text_left_out" for entry in account.entries)


FIVE = 5_000_000
HOSTILE = {
    "blank lines": "\n" * FIVE,
    "spaces": " " * FIVE,
    "digits in lines": "1\n" * (FIVE // 2),
    "bullets": "• ก\n" * (FIVE // 4),
    "one line": "ก" * FIVE,
    "open tags": "<p " * (FIVE // 3),
    "open comments": "<!--" * (FIVE // 4),
}


@pytest.mark.parametrize("case", HOSTILE)
def test_textpage_five_megabytes_of_nothing_much(case):
    start = time.perf_counter()
    list(read_textpage(HOSTILE[case], "p.txt", Account()))
    assert time.perf_counter() - start < 120
