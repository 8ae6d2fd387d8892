import random
import time

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.addressing import addressee, reply_hints
from minecop.archive.models import Comment
from minecop.archive.names import bare_name
from minecop.archive.threads import split_comments
from minecop.core.dates import parse_datetime

# Openings of comments and whom they address, for a reader who knows nothing else of the thread.
OPENINGS = [
    # greeted
    ("สวัสดีค่ะ คุณขจิต", "ขจิต"),
    ("สวัสดีครับคุณขจิต ฝอยทอง\nผมอ่านแล้วนึกถึงที่อำเภอ", "ขจิต ฝอยทอง"),
    ("สวัสดีค่ะอาจารย์วิรัตน์ ดิฉันเพิ่งหัดเขียนบล็อก", "วิรัตน์"),
    ("สวัสดีค่ะ พี่หนิง\n\nที่ตึกหนูก็เป็นแบบนี้ค่ะ", "หนิง"),
    ("  • สวัสดีครับ ครูอ้อย\n  • แวะมาทักทายวันหยุด", "อ้อย"),
    ("หวัดดีจ้าน้องไก่ วันนี้กายภาพคนเยอะไหม", "ไก่"),
    ("สวัสดีปีใหม่ค่ะลุงพร ขอให้ปุ๋ยขายดี", "พร"),
    ("สวัสดีตอนเช้าค่ะ หมอทอง ฝนตกหนักไหมคะที่โน่น", "ทอง"),
    ("กราบสวัสดีครับ ท่านอาจารย์ประเวศ", "ประเวศ"),
    ("นมัสการค่ะ พระอาจารย์สุรศักดิ์ ดิฉันขอเรียนถามเรื่องวัดร้าง", "สุรศักดิ์"),
    ("สวัสดีครับ คุณ Panda", "Panda"),
    ("สวัสดีค่ะ beeman\nน้ำผึ้งปีนี้เป็นอย่างไรบ้าง", "beeman"),
    ("อรุณสวัสดิ์ค่ะ ป้าแดง ไปตลาดมาหรือยัง", "แดง"),
    ("สวัสดีครับ ผอ.สำราญ ผมเรียนตามตรงว่าที่โรงเรียนผมยังไม่กล้า", "สำราญ"),
    ("Hello Handy ครับ หายไปนานเลย", "Handy"),
    ("สวัสดีครับ คุณสิงห์ป่าสัก", "สิงห์ป่าสัก"),
    ("สวัสดีคะคุณมณีรัตน์ พอดีค้นเรื่องแผลกดทับมาเจอ", "มณีรัตน์"),
    ("สวัสดีค่ะพี่ต๋อย", "ต๋อย"),
    # thanked
    ("ขอบคุณ อ.วิรัตน์ มากครับ", "วิรัตน์"),
    ("ขอบคุณครับ คุณขจิต ฝอยทอง ที่แวะมาเยี่ยมชมและให้กำลังใจ", "ขจิต ฝอยทอง"),
    ("ขอบคุณคุณหนิงมากค่ะ จะลองเอาไปใช้กับเวรดึก", "หนิง"),
    ("ขอบพระคุณอาจารย์สมพรที่กรุณาตอบ", "สมพร"),
    ("ขอบใจน้องแวนที่เตือน", "แวน"),
    ("ขอบคุณน้องส้มค่ะ พี่แก้แล้ว", "ส้ม"),
    ("กราบขอบพระคุณ ดร.ประสิทธิ์ เป็นอย่างสูงครับ", "ประสิทธิ์"),
    ("ขอบคุณมากครับพี่สุเทพ ได้ความรู้เรื่องปั่นเลือดขึ้นเยอะ", "สุเทพ"),
    ("ขอบคุณ คุณJJ ครับ ผมเอาลิงก์ไปแปะให้น้องแล้ว", "JJ"),
    ("ขอบคุณครูบุญเรือนนะคะ ที่ห้องหนูเด็กก็เงียบเหมือนกัน", "บุญเรือน"),
    # written to
    ("เรียน ท่านอาจารย์หมอวิจารณ์", "วิจารณ์"),
    ("เรียน คุณสมศรี\n\nตามที่ท่านถามมานั้น ทาง สสอ. ขอเรียนว่า", "สมศรี"),
    ("กราบเรียน อาจารย์ประพนธ์ที่เคารพ", "ประพนธ์"),
    ("ถึงพี่นก คนไข้เตียงสามกลับบ้านแล้วนะ", "นก"),
    ("ตอบคุณอรุณครับ ใช้เวลาหมักสี่สิบห้าวัน", "อรุณ"),
    ("@ครูอ้อย ใช่เลยค่ะ", "อ้อย"),
    ("@ พี่เดชา ไม่มีใครตะโกนหรอกครับ", "เดชา"),
    ("@ขจิต ฝอยทอง เห็นด้วยทุกข้อ", "ขจิต ฝอยทอง"),
    ("@Ka-poom ขอบคุณมากค่ะ", "Ka-poom"),
    # called
    ("พี่หนิง คะ หนูขอถามหน่อย", "หนิง"),
    ("คุณตุ๋ยครับ หมูป่านั่นคือรายได้แท้ๆ", "ตุ๋ย"),
    ("ป้าแดงขา หนูคิดถึงแกงเห็ด", "แดง"),
    ("อ.รุ่งคะ หนูอ่านแล้วปิดคอมเลยค่ะ", "รุ่ง"),
    ("ลุงบุญมาครับ หมาที่บ้านผมก็เห่าเหมือนกัน", "บุญมา"),
    ("น้องกิ๊กจ๋า พี่เอาขนมมาฝาก", "กิ๊ก"),
    ("ครูเดชาจ้ะ เจ้าทิวเดินมาที่ห้องฉุกเฉินอีกแล้ว", "เดชา"),
    ("คุณอาทิตย์ครับ ผมว่าเรื่องนี้ต้องถามชาวบ้านก่อน", "อาทิตย์"),
    ("กำนันพันครับ ป้ายผมเขียนเสร็จแล้ว", "พัน"),
    ("ส้มจ๋า ขอบใจนะคะ", "ส้ม"),
    # visited, agreed with, cheered
    ("แวะมาเยี่ยมพี่อุบลค่ะ", "อุบล"),
    ("เห็นด้วยกับคุณสมชายครับ ที่ตำบลผมก็ขาดคนจด", "สมชาย"),
    ("ยินดีด้วยนะคะคุณหมอนิด", "นิด"),
    ("มาให้กำลังใจน้องฝนค่ะ", "ฝน"),
    ("คิดถึงพี่เล็กจังเลย เมื่อไรจะมาเล่าต่อ", "เล็ก"),
    ("ใช่เลยค่ะ คุณนารี ที่ อบต. เราก็โดน", "นารี"),
    # everyone, several, or nobody by name
    ("สวัสดีค่ะ พี่ๆ ทุกท่าน", None),
    ("สวัสดีครับทุกคน", None),
    ("สวัสดีเพื่อนๆ ชาวบล็อก", None),
    ("ขอบคุณทุกท่านที่แวะมา", None),
    ("ขอบคุณคุณหนิงและคุณขจิตค่ะ", None),
    ("สวัสดีค่ะ พี่หนิง พี่อ้อย และน้องๆ ทุกคน", None),
    ("ขอบคุณอาจารย์มากครับ", None),
    ("ขอบพระคุณอาจารย์คับ ......ตอนนี้ผมจะขับเคลื่อน กลุ่มผู้ประกอบการ", None),
    ("อาจารย์คะ ห้องหุ่นของพยาบาลก็แย่งกันค่ะ", None),
    ("คุณหมอครับ พ่อผมกินยาไม่ครบ", None),
    ("พี่คะ หนูส่งเมลแล้วนะ", None),
    ("ขอบคุณคุณหมอที่ให้ความรู้", None),
    ("เรียน อาจารย์ที่เคารพ", None),
    ("เรียนรู้มากเลยค่ะ ขอบคุณ", None),
    ("ขอบคุณสำหรับกำลังใจครับ", None),
    ("ขอบคุณกำลังใจจากทุกท่าน", None),
    ("กำนันครับ ผมอ่านแล้วลงไปยืนมองไหตัวเอง", None),
    ("สวัสดีค่ะ คุณเอื้อ คุณอำนวย คุณกิจทั้งหลาย", None),
    ("ขอบคุณแอดมินค่ะ", None),
    ("ท่านครับ ขอถามเรื่องเบิกค่าเบี้ยเลี้ยง", None),
    # the writer's own name, or somebody who is spoken about
    ("ครูนกค่ะ เพิ่งสมัครเมื่อวาน", None),
    ("สวัสดีค่ะ ป้าแดงค่ะ มาจากบ้านโคกตาล", None),
    ("สวัสดีครับ ผมชื่อสมชาย เป็น อสม.", None),
    ("สวัสดีค่ะ ดิฉันพี่หนิงนะคะ", None),
    ("พี่หนิงเล่าให้ฟังว่าที่ตึกก็มีปัญหาแบบนี้", None),
    ("ป้าแดงแกไม่ยอมกินยา", None),
    ("อ่านบันทึกของคุณหมอทองแล้วพี่นับถือในใจ", None),
    ("คุณขจิตพูดถูกครับ", None),
    ("อาจารย์วิรัตน์สอนผมเมื่อปี ๔๒", None),
    ("ลุงพรแกใช้ไม้ไผ่เสียบกองปุ๋ยครับ", None),
    # words that only look like a title and a name
    ("คุณภาพดีมากครับ", None),
    ("พี่เลี้ยงคะ แจกใบงานเลยไหม", None),
    ("ตามมาอ่านครับ", None),
    ("แม่นแล้วครับ อ้ายเว้าถืก", None),
    ("ครูสอนดีมากครับ", None),
    ("อาจารย์สุดยอดเลยค่ะ", None),
    ("ป้ายน่ารักมากค่ะพี่นก", None),
    ("อาหารปลอดภัยค่ะ ที่บ้านทำทุกวัน", None),
    ("แม่น้ำแห้งมาสามปีแล้วครับ", None),
    ("น้องๆ น่ารักจังค่ะ", None),
    ("หมอลำมาแล้วจ้า", None),
    ("พี่น้องครับ ฝายเราแตก", None),
    ("ยินดีที่ได้รู้จักค่ะ", None),
    ("เห็นด้วยกับข้อสามครับ", None),
    ("โอ ผ่านไปนานแล้วนะครับเนี่ย", None),
    ("", None),
    ("555", None),
    ("@", None),
]

# Written after the rules were fixed, to see how they do on what they were not made for.
MORE_OPENINGS = [
    ("สวัสดีครับพี่หนุ่ย เรื่องพักชำระหนี้ที่ถามมา", "หนุ่ย"),
    ("สวัสดีค่ะคุณหมอสุภาพร หนูเป็นนักศึกษาปีสี่", "สุภาพร"),
    ("ขอบคุณมากๆ ค่ะ คุณอ้อมใจ", "อ้อมใจ"),
    ("ขอบคุณท่านอาจารย์หมอประเวศครับ", "ประเวศ"),
    ("สวัสดีค่ะ อ. ขจิต", "ขจิต"),
    ("คุณวิไล คะ ขออนุญาตนำไปสอนนะคะ", "วิไล"),
    ("ขอบคุณป้าเจี๊ยบที่มาเยี่ยมถึงบ้าน", "เจี๊ยบ"),
    ("ครูบุญส่งครับ นักเรียนรุ่นแรกของครูยังอยู่หมู่บ้านเดิม", "บุญส่ง"),
    ("อาจารย์แอ๊ดคะ ส่งงานช้าได้ไหม", "แอ๊ด"),
    ("ขอบคุณหมอนกหลาย ๆ เด้อครับ", "นก"),
    ("กราบนมัสการหลวงพ่อทองครับ", "ทอง"),
    ("แวะมาทักทายคุณ rinda ค่ะ", "rinda"),
    ("พี่เม้ยครับผมขอถามเรื่องเบิก", "เม้ย"),
    ("สวัสดีค่ะคุณดาวลูกไก่", "ดาวลูกไก่"),
    ("ดีใจกับน้องต้นข้าวด้วยนะคะ", "ต้นข้าว"),
    ("ครับ อ.ประพนธ์ ผมจะลองดู", "ประพนธ์"),
    ("แม่ต้อยขา คิดถึงค่ะ", "ต้อย"),
    ("พ่อหลวงคำปันครับ เมื่อไรจะลงมา", "คำปัน"),
    ("สวัสดีค่ะ น้องพยาบาลคนเก่ง", None),
    ("ขอบคุณพี่พยาบาลตึกเด็กทุกคน", None),
    ("ขอบคุณ สคส. ที่จัดเวที", None),
    ("ขอบคุณ GotoKnow ที่มีที่ให้เขียน", None),
    ("สวัสดีชาวไร่ชาวนา", None),
    ("คุณยายของผมก็ทำแบบนี้ครับ", None),
    ("คุณพ่อเสียไปแล้วค่ะ อ่านแล้วคิดถึง", None),
    ("น้าสาวของหนูก็ปลูกค่ะ", None),
    ("พี่ชายผมครับ คนในรูป", None),
    ("หมอพื้นบ้านที่บ้านผมครับ อายุแปดสิบ", None),
    ("ลุงข้างบ้านครับ แกทำเป็น", None),
    ("ยายทองบ้านใต้ค่ะ แกสานได้", None),
    ("สวัสดีค่ะ อาจารย์ หนูตามมาจากบล็อกพี่ต้น", None),
    ("อาจารย์ดร.ประเวศ เคยพูดไว้ครับ", None),
    ("ขอบคุณอาจารย์ที่แนะนำครับ", None),
    ("ขอบคุณคุณครูทุกท่านครับ", None),
    ("คุณอำนวยครับ ทำหน้าที่ได้ดีมาก", None),
    ("เรียนคุณลิขิต ขอสำเนารายงานด้วย", None),
    ("ขอบคุณความเห็นของคุณสมชายครับ", None),
    ("สวัสดีครับ\nคุณครูที่เคารพทุกท่าน", None),
    ("ป้าคะ หนูทำตามแล้วไม่ขึ้นค่ะ", None),
    ("@ไปค่ะๆ", None),
    ("@ หอประชุมอำเภอ บ่ายโมงครับ", None),
    ("@ Show DC บ่ายสามครับ", None),
    ("สวัสดีค่ะ คุณลูกค้า", None),
    ("สวัสดีค่ะ คุณ หากสนใจโทรมาได้เลยนะคะ", None),
    ("ตอบคุณ ผมขับรถรับส่งเด็กครับ", None),
    ("สวัสดีครับ พี่มิน พี่เดีย", None),
]


@pytest.mark.parametrize(("opening", "name"), OPENINGS)
def test_threads_addressee(opening, name):
    assert addressee(opening) == name


def test_threads_addressee_is_right_where_it_is_sure():
    found = [(addressee(opening), name) for opening, name in (*OPENINGS, *MORE_OPENINGS)]
    right = sum(got == name for got, name in found if got)
    assert right / sum(got is not None for got, _ in found) >= 0.98
    assert right / sum(name is not None for _, name in found) >= 0.95
    fresh = [(addressee(opening), name) for opening, name in MORE_OPENINGS]
    assert all(got == name for got, name in fresh if got)
    assert sum(got is not None for got, _ in fresh) >= 15


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("อ.วิรัตน์ คำศรีจันทร์ (ครูต๋อย)", "วิรัตน์ คำศรีจันทร์"),
        ("ท่านอาจารย์หมอวิจารณ์", "วิจารณ์"),
        ("ผศ. ดร. ประสิทธิ์  ใจกว้าง", "ประสิทธิ์ ใจกว้าง"),
        ("ครูนก", "นก"),
        ("นายช่างโอ๋", "โอ๋"),
        ("ส.อบต.อนงค์", "อนงค์"),
        ("แวน ลูกชาวนา", "แวน ลูกชาวนา"),
        ("อาทิตย์", "อาทิตย์"),
        ("beeman", "beeman"),
        ("Dr.Ka-poom", "Ka-poom"),
        ("ครู", "ครู"),
        ("", ""),
    ],
)
def test_threads_bare_name(name, bare):
    assert bare_name(name) == bare


def told(text: str, said: int | None = None) -> list[tuple[str | None, str]]:
    return [(comment.author_name, comment.body) for comment in split_comments(text, said)]


@pytest.mark.parametrize(
    ("signature", "name"),
    [
        ("สมชาย ใจดี", "สมชาย ใจดี"),
        ("  สมชาย   ใจดี ", "สมชาย ใจดี"),
        ("นพ.ธีรวัฒน์ ศรีสุวรรณ", "นพ.ธีรวัฒน์ ศรีสุวรรณ"),
        ("นางสาวมะลิ อยู่บ้านไร่", "นางสาวมะลิ อยู่บ้านไร่"),
        ("สมหญิง ใจงาม (ครูหญิง)", "สมหญิง ใจงาม (ครูหญิง)"),
        ("จาก ครูนก", "ครูนก"),
        ("โดย ลุงพร ปุ๋ยหมัก", "ลุงพร ปุ๋ยหมัก"),
        ("- ป้าแดง", "ป้าแดง"),
        ("~ พี่แตน", "พี่แตน"),
        ("- ครูแอ้ม", "ครูแอ้ม"),
        ("(ครูนก)", "ครูนก"),
        ("อ.รุ่ง", "อ.รุ่ง"),
        ("สมชาย ใจดี\nโทร. 00-0000-0000", "สมชาย ใจดี"),
        ("สมชาย ใจดี\nsomchai@klum.example\nhttp://klum.example/", "สมชาย ใจดี"),
    ],
)
@pytest.mark.parametrize("between", ["\n", "\n\n"])
def test_threads_signature_joins_the_comment_above(signature, name, between):
    text = f"ที่บ้านผมก็แห้งครับ{between}{signature}\n\nเห็นใจค่ะ"
    assert told(text) == [(name, "ที่บ้านผมก็แห้งครับ"), (None, "เห็นใจค่ะ")]


def test_threads_place_and_closing_words_of_a_signature_stay_in_the_text():
    text = "ขอเชิญมาดูครับ\n\nด้วยความนับถือ\nสมชาย ใจดี\nรพ.สต.บ้านไร่\n[email protected]"
    assert told(text) == [("สมชาย ใจดี", "ขอเชิญมาดูครับ\n\nด้วยความนับถือ\nรพ.สต.บ้านไร่")]


def test_threads_telephone_under_a_signature_of_its_own_is_no_comment():
    assert told("ขอเชิญครับ\n\nสมชาย ใจดี\n\nโทร 00 0000 0000\n\nไปค่ะ") == [
        ("สมชาย ใจดี", "ขอเชิญครับ"),
        (None, "ไปค่ะ"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "คนที่ไปมี\n- ป้าแดง\n- ลุงพร",
        "ผู้เข้าประชุม:\nสมชาย ใจดี",
        "ผู้เข้าประชุม\nสมชาย ใจดี\nสมหญิง ใจงาม",
        "ขอบคุณ\nครูนก",
        "ที่โรงเรียนขาดครู\nครูน้อยมาก",
        "จากใจจริง",
        "สุดยอด ที่สุด",
        "ที่นี่ก็แห้ง\nปลัดอย่าเพิ่งท้อ พวกฉันยืนข้างปลัด",
        "เล่าต่อหน่อย\nสมชาย มาแล้ว",
        "ถ่ายรูปมาฝาก\nธรรมชาติ สดใส",
        "ฝากถึงทุกบ้าน\nสามัคคี ปรองดอง",
        "เดินไม่ไหว\nป้าแดง ไม่สบาย",
        "อยากให้มี\nคุณภาพ ชีวิตที่ดี",
    ],
)
def test_threads_names_that_sign_nothing_stay_text(text):
    assert told(text) == [(None, text)]


def test_threads_signature_in_the_middle_ends_a_comment_where_a_greeting_follows():
    text = "ที่บ้านผมก็แห้งครับ\nสมชาย ใจดี\nสวัสดีค่ะ ขอเสริมนะคะ\nขุดใหม่แพงมาก"
    assert told(text) == [("สมชาย ใจดี", "ที่บ้านผมก็แห้งครับ"), (None, "สวัสดีค่ะ ขอเสริมนะคะ\nขุดใหม่แพงมาก")]


def test_threads_number_chooses_between_readings_only():
    text = "ที่บ้านผมก็มีเครื่องแบบนี้\n\nใช้มาสิบปี ยังไม่เคยล้าง\n\nขอบคุณที่เล่าค่ะ"
    assert len(split_comments(text, None)) == 3
    assert len(split_comments(text, 2)) == 2
    assert len(split_comments(text, 1)) == 2  # a new voice thanks; no number makes it the same
    assert len(split_comments(text, 7)) == 3
    assert len(split_comments(text, 0)) == 2


def test_threads_paragraphs_that_go_on_join_without_a_number():
    text = "ขอถามสองข้อดังนี้\n\n1. ใช้น้ำเท่าไร\n\n2. ใครเป็นคนวัด\n\nส่วนเรื่องเงินเอาไว้ก่อน\n\nสวัสดีค่ะ พี่แตน\n\nหนูตอบข้อสองค่ะ"
    assert [body for _, body in told(text)] == [
        "ขอถามสองข้อดังนี้\n\n1. ใช้น้ำเท่าไร\n\n2. ใครเป็นคนวัด\n\nส่วนเรื่องเงินเอาไว้ก่อน",
        "สวัสดีค่ะ พี่แตน\n\nหนูตอบข้อสองค่ะ",
    ]


def test_threads_lines_are_comments_where_blank_lines_are_lost_and_the_number_agrees():
    text = "สวัสดีค่ะ เพิ่งเข้ามา\nเห็นด้วยครับ\nที่บ้านผมก็แห้ง ไม่รู้จะทำยังไง"
    assert len(split_comments(text, 3)) == 3
    assert len(split_comments(text, 2)) == 1
    assert len(split_comments(text, None)) == 1


def test_threads_bullets_begin_a_comment_where_one_is_missing_and_prose_does_not_lead_on():
    text = "ขอเสริมสองข้อ\n• ล้างกรอง\n• จดวันที่\n\nรบกวนอาจารย์แนะนำด้วยคับ..\n• ผ่านไปนานแล้วนะครับ\n• ขอบคุณครับ"
    assert [body for _, body in told(text, 3)] == [
        "ขอเสริมสองข้อ\n• ล้างกรอง\n• จดวันที่",
        "รบกวนอาจารย์แนะนำด้วยคับ..",
        "• ผ่านไปนานแล้วนะครับ\n• ขอบคุณครับ",
    ]
    assert len(split_comments(text, 2)) == 2
    assert len(split_comments(text, 4)) == 4


DATE = parse_datetime("14 ก.พ. 2551 10:12")


@pytest.mark.parametrize(
    ("heading", "name", "published", "own_id"),
    [
        ("1. ขจิต ฝอยทอง เมื่อ พฤ. 14 ก.พ. 2551 @ 10:12", "ขจิต ฝอยทอง", DATE, None),
        ("ความเห็นที่ 1 โดย ป้านวล เมื่อ 14 ก.พ. 2551 10:12 น.", "ป้านวล", DATE, None),
        ("ความคิดเห็นที่ 1 โดย ป้านวล", "ป้านวล", None, None),
        ("ความเห็นที่ 1", None, None, None),
        ("ป้านวล\nเขียนเมื่อ 14 กุมภาพันธ์ 2008 10:12 น. ()", "ป้านวล", DATE, None),
        ("ป้านวล\n\nเขียนเมื่อ", "ป้านวล", None, None),
        ("คนผ่านทาง\nIP: xxx.113.77.4", "คนผ่านทาง", None, None),
        ("คนผ่านทาง\nIP: xxx.113.77.4\nเขียนเมื่อ 14 ก.พ. 2551 10:12", "คนผ่านทาง", DATE, None),
        ("1.\nป้านวล\nเมื่อ พฤ. 14 ก.พ. 2551 @ 10:12\n#70112 [ ลบ ]", "ป้านวล", DATE, "70112"),
        ("ความเห็น 27612\nป้านวล\nIP: xxx.1.2.3", "ป้านวล", None, "27612"),
        ("เขียนเมื่อ 14 ก.พ. 2551 10:12", None, DATE, None),
    ],
)
def test_threads_headings_say_who_and_when(heading, name, published, own_id):
    text = f"{heading}\nเห็นใจค่ะ\n\nที่บ้านก็แห้ง\n\n{heading}\n\n  ขุดใหม่เถอะครับ\n"
    first, second = split_comments(text, 9)
    assert (first.body, second.body) == ("เห็นใจค่ะ\n\nที่บ้านก็แห้ง", "ขุดใหม่เถอะครับ")
    for comment in (first, second):
        assert (comment.author_name, comment.author_id, comment.published, comment.id) == (
            name,
            name,
            published,
            own_id,
        )


def test_threads_headings_below_their_comments():
    text = "เห็นใจค่ะ\n\nที่บ้านก็แห้ง\nป้านวล\nเขียนเมื่อ 14 ก.พ. 2551\n\nขุดใหม่เถอะครับ\nลุงพร\nเขียนเมื่อ 15 ก.พ. 2551\n"
    assert told(text) == [("ป้านวล", "เห็นใจค่ะ\n\nที่บ้านก็แห้ง"), ("ลุงพร", "ขุดใหม่เถอะครับ")]


def test_threads_dates_within_comments_are_no_headings():
    text = "ผมไปดูงานเมื่อ 14 ก.พ. 2551\nเมื่อก่อนก็เคยไป\n\n1. ลองขุด เมื่อ 14 ก.พ. 2551\n2. ลองต่อท่อ เมื่อ 15 ก.พ. 2551"
    assert all(comment.published is None for comment in split_comments(text, None))


def test_threads_signature_serves_where_the_heading_has_no_name():
    text = "ความเห็นที่ 1\nเห็นใจค่ะ\n\nสมหญิง ใจงาม\n\nความเห็นที่ 2\nขุดใหม่เถอะ"
    assert told(text) == [("สมหญิง ใจงาม", "เห็นใจค่ะ"), (None, "ขุดใหม่เถอะ")]


def comment(position: int, author: str, to: str | None = None, **more: object) -> Comment:
    return Comment(position, "…", id=f"c{position}", author_id=author, author_name=author, addressee=to, **more)


def replies(*comments: Comment, names: dict[str, list[str]] | None = None) -> list[str | None]:
    return [hinted.reply_to for hinted in reply_hints(comments, names or {})]


def test_threads_reply_hint_is_the_last_comment_of_whom_it_addresses():
    thread = (comment(1, "อ.ขจิต ฝอยทอง"), comment(2, "ครูนก"), comment(3, "อ.ขจิต ฝอยทอง"), comment(4, "ครูนก", "ขจิต"))
    assert replies(*thread) == [None, None, None, "c3"]
    assert replies(*thread[:3], comment(4, "ป้า", "ขจิต ฝอยทอง")) == [None, None, None, "c3"]


def test_threads_reply_hint_needs_one_earlier_author_of_that_name_and_no_word_of_the_source():
    assert replies(comment(1, "ครูนก"), comment(2, "หมอนก"), comment(3, "ป้า", "นก")) == [None, None, None]
    assert replies(comment(1, "ครูนก"), comment(2, "ครูนก", "นก")) == [None, None]
    assert replies(comment(1, "ป้า", "นก"), comment(2, "ครูนก")) == [None, None]
    assert replies(comment(1, "ครูนก"), comment(2, "ป้า", "นก", reply_to="p")) == [None, "p"]
    assert replies(Comment(1, "…", author_id="ครูนก", author_name="ครูนก"), comment(2, "ป้า", "นก")) == [None, None]


def test_threads_reply_hint_knows_nicknames_and_further_names():
    assert replies(comment(1, "สมหญิง ใจงาม (ครูหญิง)"), comment(2, "ป้า", "หญิง")) == [None, "c1"]
    assert replies(comment(1, "u77"), comment(2, "ป้า", "ต๋อย"), names={"u77": ["อ.ต๋อย"]}) == [None, "c1"]


LINES = st.sampled_from(
    ["", "", "สมชาย ใจดี", "- ป้าแดง", "จาก ครูนก", "(ครูนก)", "สวัสดีค่ะ", "เห็นใจค่ะ", "• ก", "1.", "ความเห็นที่ 1", "ความเห็น 27612", "เขียนเมื่อ", "เมื่อ 9 พ.ค. 2549", "IP: xxx.1.2.3", "#123456 [ ลบ ]", "โทร 00-0000-0000", "ดังนี้", "ด้วยความนับถือ"]
)  # fmt: skip


@settings(max_examples=400, deadline=None)
@given(st.lists(st.one_of(LINES, st.text(max_size=20)), max_size=25), st.one_of(st.none(), st.integers(0, 12)))
def test_threads_anything_splits_into_what_it_holds(lines, said):
    text = "\n".join(lines).replace("\r", "\n")
    comments = split_comments(text, said)
    assert [comment.position for comment in comments] == list(range(1, len(comments) + 1))
    assert all(comment.body.strip() for comment in comments)
    rest = text
    for one in comments:
        for line in one.body.split("\n"):
            at = rest.find(line)
            assert at >= 0, "a comment holds only lines of the text, in their order"
            rest = rest[at + len(line) :]


@given(st.one_of(st.text(max_size=60), st.sampled_from([o for o, _ in OPENINGS]).map(lambda o: o[::-1]), st.lists(st.sampled_from(["คุณ", "ขจิต", "สวัสดี", "ค่ะ", " ", "@", "พี่", "ๆ", "\n", "อ.", "A"])).map("".join)))  # fmt: skip
def test_threads_addressee_of_anything_is_a_part_of_it_or_none(text):
    name = addressee(text)
    assert name is None or (name.strip() == name and name and all(word in text for word in name.split()))
    assert isinstance(bare_name(text), str)


def test_threads_time_grows_with_the_length_only():
    pieces = ["สวัสดีค่ะ คุณขจิต\n", "สมชาย ใจดี\n\n", "• ก\n", "1.\n", "\n", "ก" * 50, " ", "เมื่อ 9 พ.ค. 2549\n", "IP: x.1\n"]
    draw = random.Random(3)
    text = "".join(draw.choice(pieces) for _ in range(30_000))

    def seconds(part: str) -> float:
        start = time.perf_counter()
        split_comments(part, 5)
        addressee(part)
        return time.perf_counter() - start

    short = min(seconds(text[: len(text) // 8]) for _ in range(2))
    assert seconds(text) < 40 * short + 1
