import re
import time
from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest

from minecop.archive.decoding import decode
from minecop.archive.htmltext import parse_html
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.address import addresses, in_archive_org, page_url
from minecop.archive.readers.gotoknow import gotoknow_post
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.messages import message

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "gotoknow"


def read(html: str, url: str | None = None, name: str = "page.html"):
    account = Account()
    return gotoknow_post(parse_html(html), url, name, account), account


def fixture(name: str) -> str:
    data = (FIXTURES / name).read_bytes()
    text, guessed = decode(data, re.search(rb"charset=[\"']?([\w-]+)", data)[1].decode())
    assert guessed is None
    return text


def told(account: Account) -> list[tuple]:
    return [(entry.kind, entry.key, entry.details) for entry in account.entries]


def at(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=BANGKOK)


# ---- each generation of the engine


def test_gotoknow_page_of_2005():
    post, account = read(fixture("blog-2005.html"), name="blog-2005.html")
    assert post == Post(
        id="2519",
        url="http://gotoknow.org/blog/ward5/2519",
        title="ส่งเวรข้างเตียง ลองมาสองอาทิตย์แล้วเป็นไง",
        author_id="nhoi-ward5",
        author_name="ป้าหน่อย วอร์ดห้า",
        blog="ward5",
        communities=("พยาบาลยิ้มได้", "งานประจำสู่งานวิจัย รพช."),
        tags=("ส่งเวร", "พยาบาล", "KM"),
        published=at(2005, 8, 17, 21, 34),
        modified=at(2005, 8, 18, 7, 2),
        comments_said=4,
        source="blog-2005.html",
        body="\u00a0\u00a0\u00a0\u00a0เมื่อก่อนวอร์ดห้าเราส่งเวรกันที่เคาน์เตอร์ค่ะ คนส่งก็อ่านคาร์เด็กซ์ไป คนรับก็จดไป จดไม่ทันก็พยักหน้า "
        "พอไปถึงเตียงจริงๆ กลายเป็นว่าน้ำเกลือหมดไปตั้งนานแล้ว หรือคนไข้ถูกย้ายไปเตียงเสริมหน้าห้องน้ำโดยไม่มีใครบอกใคร\n\n"
        '\u00a0\u00a0\u00a0\u00a0หัวหน้าเลยชวนลอง"ส่งเวรข้างเตียง"ตั้งแต่ต้นเดือน คือเดินไปด้วยกันทั้งสองเวร ทักคนไข้ก่อน แล้วส่งกันตรงนั้น '
        "ทีแรกป้าก็บ่นนะคะ บอกว่าเสียเวลา ขาก็ปวด แต่พอครบสองอาทิตย์ ลองนับดูเล่นๆ ได้ตามนี้\n\n"
        "เรื่องที่นับ | ก่อนลอง | หลังลอง\nน้ำเกลือหมดไม่รู้ตัว | ๑๑ ครั้ง | ๒ ครั้ง\nส่งเวรเฉลี่ย | ๓๕ นาที | ๔๐ นาที\n\n"
        "ที่ไม่ได้คาดไว้เลยคือญาติค่ะ ญาติยืนฟังอยู่ด้วย แล้วก็เสริมให้ว่า "
        '"เมื่อคืนแกไม่ได้กินยานะหมอ แกอมไว้แล้วคายทิ้ง" อันนี้คาร์เด็กซ์ไม่มีวันรู้\n\n'
        "แต่ก็ยังติดอยู่ข้อหนึ่ง เตียงที่เป็นโรคที่เขาอาย จะส่งข้างเตียงยังไงไม่ให้เตียงข้างๆ ได้ยิน ใครมีวิธีช่วยบอกป้าหน่อยเถอะ",
        comments=(
            Comment(
                position=1,
                id="5102",
                author_id="tukdek",
                author_name="น้องตุ๊ก ตึกเด็ก",
                published=at(2005, 8, 18, 13, 20),
                body="พี่หน่อยคะ ที่ตึกเด็กเราทำมาปีกว่าแล้ว เรื่องที่เขาอาย เราใช้วิธีเขียนใส่กระดาษแผ่นเล็กพับสองทบ "
                'ยื่นให้กันตรงปลายเตียงแล้วพูดแค่ว่า "ดูข้อสามด้วยนะ" พอส่งเสร็จก็ฉีกทิ้งค่ะ\n\nญาติเขาไม่ถามด้วย นึกว่าเป็นเรื่องยา',
            ),
            Comment(
                position=2,
                id="5131",
                author_id="สมหมาย บ้านโคก",
                author_name="สมหมาย บ้านโคก",
                published=at(2005, 8, 19, 9, 5),
                body="ผมเป็น อสม. ครับ ไม่ใช่พยาบาล แต่เคยนอนวอร์ดห้าตอนผ่าไส้ติ่ง คืนนั้นเปลี่ยนเวรกันตอนห้าทุ่มไม่มีใครมาดูผมเลยจนตีสอง "
                "อ่านแล้วก็ดีใจแทนคนที่จะมานอนต่อจากผม เมื่อวานเพิ่งพาแม่ไปนอน ก็เห็นเดินกันมาเป็นแถวจริงๆ ครับ",
            ),
            Comment(
                position=3,
                id="5160",
                author_id="nhoi-ward5",
                author_name="ป้าหน่อย วอร์ดห้า",
                published=at(2005, 8, 19, 20, 48),
                body="ขอบคุณน้องตุ๊กค่ะ เรื่องกระดาษพับนี่ป้าขโมยเลยนะ 555\nคุณสมหมาย ป้าขอโทษแทนเวรนั้นด้วยค่ะ",
            ),
            Comment(
                position=4,
                id="5188",
                author_id="ห้องคลอด",
                author_name="ห้องคลอด",
                body="ขอบคุณพี่หน่อยมาก ๆ ค่ะ จะเอาไปลองที่ห้องคลอดบ้าง ติดตรงที่เวรบ่ายมีสองคน ถ้าเดินไปข้างเตียงหมดก็ไม่มีใครเฝ้าหน้าห้อง "
                "ถ้าพี่มีทางออกส่งมาที่ [email\u00a0protected] ได้เลยนะคะ",
            ),
        ),
    )
    assert told(account) == [("warning", "comments_without_date", {"count": "1"})]


def test_gotoknow_page_of_2009():
    post, account = read(fixture("blog-2009.html"), name="blog-2009.html")
    assert post == Post(
        id="247310",
        url="http://gotoknow.org/blog/lang-thung/247310",
        title="ยายสอนนับหนึ่งถึงร้อยด้วยเมล็ดมะขาม",
        blurb="....ครูสอนมาทั้งเทอมเด็กนับข้ามสี่สิบเก้าไม่ได้ ยายสอนบ่ายเดียวได้ถึงร้อย แถมได้ร้องเพลงด้วย....",
        author_id="kru-saipin",
        author_name="ครูสายพิณ",
        blog="lang-thung",
        communities=("ครูโรงเรียนเล็ก", "ภูมิปัญญาอีสาน"),
        tags=("ป.1", "ภูมิปัญญาท้องถิ่น", "ชุมชนการเรียนรู้"),
        published=at(2009, 2, 18, 20, 47),
        modified=at(2009, 2, 22, 8, 15),
        source="blog-2009.html",
        body="เรื่องนี้ตั้งใจว่าจะไม่เขียน เพราะเขียนแล้วครูเสียหน้า แต่เพื่อนครูบอกว่าต้องเขียน\n\n"
        "เทอมนี้ดิฉันรับ ป.๑ ทั้งห้อง ๑๔ คน เป็นเด็กที่อยู่กับตายายเสีย ๑๑ คน การบ้านที่ให้กลับไปไม่เคยมีใครทำมา เลยคิดว่าบ้านไม่เอาใจใส่ "
        'จนวันประชุมผู้ปกครอง ยายของน้องฟ้าพูดขึ้นมาว่า "ครูให้การบ้านเป็นหนังสือ ยายอ่านบ่ออก ยายจะซ่อยจั่งใด๋"\n\n'
        "พูดไม่ออกเลยค่ะ เลยถามยายว่าถ้าไม่ใช่หนังสือ ยายสอนอะไรได้บ้าง ยายว่านับเมล็ดมะขามได้ เล่นหมากเก็บได้ เย็บใบตองได้ "
        "วันศุกร์ถัดมาก็เลยเชิญยาย ๔ คนมาเป็นครู โดยตกลงกันว่า\n\n"
        "1. ยายสอนแบบที่ยายเคยเรียน ครูไม่แทรก\n2. เด็กจดเอง ครูช่วยเฉพาะตัวสะกด\n"
        "3. เสร็จแล้วนั่งล้อมวงถามกันว่า วันนี้ใครได้อะไร ใครงงตรงไหน\n\n"
        "ผลหรือคะ ครูสอนมาทั้งเทอมเด็กนับข้ามสี่สิบเก้าไม่ได้ ยายสอนบ่ายเดียวได้ถึงร้อย แถมได้ร้องเพลงด้วย\n\n"
        'ที่ยังคิดไม่ตกคือจะเขียนลงแผนการสอนยังไงให้ศึกษานิเทศก์ยอมรับ เพราะ "ยาย" ไม่มีวุฒิ',
        comments=(
            Comment(
                position=1,
                id="1121840",
                author_id="wat-na",
                author_name="ผอ.วัฒน์",
                published=at(2009, 2, 19, 6, 31),
                body='เรื่องแผนการสอน ที่โรงเรียนผมใช้คำว่า "วิทยากรท้องถิ่น" ครับ อ้างมาตรา ๒๙ ได้เลย ศึกษานิเทศก์ไม่ว่า '
                "แต่ต้องมีแบบบันทึกของยายแนบ (ผมให้เด็กเขียนแทนแล้วยายปั๊มนิ้วโป้ง)\n\n"
                "เห็นด้วยอย่างหนึ่งว่าครูต้องไม่แทรก ยากที่สุดก็ข้อนี้แหละ",
            ),
            Comment(
                position=2,
                id="1121977",
                author_id="ยายอุ่น",
                author_name="ยายอุ่น",
                published=at(2009, 2, 19, 11, 2),
                body="หลานพิมพ์ให้ยายนะคะ ยายบอกว่า ยายก็ดีใจ ไม่เคยมีใครเรียกยายว่าครู วันนั้นกลับบ้านมาหุงข้าวไหม้",
            ),
            Comment(
                position=3,
                id="1122003",
                author_id="kru-saipin",
                author_name="ครูสายพิณ",
                published=at(2009, 2, 19, 12, 40),
                reply_to="1121977",
                body="ยายขา ศุกร์นี้มาอีกนะคะ เด็กๆ ถามหาแต่ครูยาย",
            ),
            Comment(
                position=4,
                id="1130415",
                author_id="jeab_lib",
                author_name="บรรณารักษ์เจี๊ยบ",
                published=at(2009, 3, 2, 22, 18),
                body="สวัสดีค่ะครูสายพิณ\n\n• ห้องสมุดประชาชนที่อำเภอเราก็เจอค่ะ คนแก่ไม่เข้าเพราะอ่านไม่ออก\n"
                "• ตอนนี้เปลี่ยนเป็นวันเสาร์ให้มาเล่า แล้วเราอัดเสียงไว้ ปรากฏว่าเด็กมาฟังเอง\n\n"
                "ถ้าครูมีเพลงนับมะขามของยาย ขออัดด้วยนะคะ",
            ),
        ),
    )
    assert not account.entries


def test_gotoknow_page_of_2014():
    post, account = read(fixture("posts-2014.html"), name="posts-2014.html")
    assert post == Post(
        id="561207",
        url="https://www.gotoknow.org/posts/561207",
        title="ปุ๋ยหมักกลับกองไม่ไหว เลยนั่งคุยกันว่าใครกลับแทนได้",
        blurb="อายุเฉลี่ยของกลุ่มเราหกสิบสองปี กองปุ๋ยหนักตันกว่า กลับกันเองไม่ไหวแล้วครับ",
        author_id="cherd_na",
        author_name="ลุงเชิด นาหัวคลอง",
        blog="hua-khlong",
        tags=("ปุ๋ยหมัก", "สูงวัย", "กลุ่มเกษตรกร"),
        published=at(2014, 2, 11, 19, 22, 31),
        modified=at(2014, 2, 13, 5, 40),
        comments_said=3,
        source="posts-2014.html",
        body="กลุ่มปุ๋ยหมักบ้านหัวคลองของเราตั้งมาแปดปี เงินหมุนเวียนไม่เคยขาด สมาชิกก็ยังครบ สิ่งที่ขาดคือแรง\n\n"
        "เมื่อวานนัดคุยกันใต้ต้นจามจุรี มากัน ๑๗ คน ผมเป็นคนเปิดเรื่องเองว่า อายุเฉลี่ยของกลุ่มเราหกสิบสองปี กองปุ๋ยหนักตันกว่า "
        "กลับกันเองไม่ไหวแล้วครับ ใครเห็นทางไหนบ้าง\n\n"
        "คำตอบมีสามทาง\n- ซื้อเครื่องกลับกอง (สามแสน ไม่มีเงิน)\n- จ้างเด็กวัยรุ่น (จ้างแล้ว ทำได้วันเดียวหาย)\n"
        "- เปลี่ยนเป็นปุ๋ยไม่กลับกอง สูตรที่อาจารย์จากมหาวิทยาลัยมาสอนเมื่อปีก่อนโน้น\n\n"
        "ทางที่สามมีคนลองจริงแค่คนเดียวคือตาแม้น แกทำแล้วมันเหม็น บ้านข้างๆ ด่า ก็เลยเลิก พอซักกันไปซักกันมาถึงรู้ว่าแกไม่ได้รดน้ำวันละครั้งตามสูตร "
        "เพราะแกไปเฝ้าเมียที่โรงพยาบาล ไม่ใช่สูตรไม่ดี\n\n"
        "สรุปตกลงกันว่าจะลองใหม่สามกอง สามบ้าน จดทุกวัน เดือนหน้ามาเทียบกัน ใครมีประสบการณ์กองแบบไม่กลับ ช่วยเตือนหน่อยครับว่าจะเจออะไร",
        comments=(
            Comment(
                position=1,
                id="2793310",
                author_id="drpong",
                author_name="อ.พงษ์ ดินดี",
                published=at(2014, 2, 11, 21, 5, 10),
                body="คุณลุงครับ ที่เหม็นเพราะไนโตรเจนเกินครับ มูลต่อฟางต้อง ๑ ต่อ ๔ โดยปริมาตร ไม่ใช่โดยน้ำหนัก ตรงนี้ผมสอนพลาดเองหลายรุ่น ต้องขออภัย\n\n"
                "อีกเรื่อง เจาะรูเติมน้ำทุกสิบวัน ปิดรูให้สนิทด้วยนะครับ",
            ),
            Comment(
                position=2,
                id="2793355",
                author_id="แม่บ้านบางระกำ",
                author_name="แม่บ้านบางระกำ",
                published=at(2014, 2, 12, 8, 11),
                body="บ้านเราทำอยู่ค่ะ สิ่งที่จะเจอคือไก่ ไก่มาคุ้ยกองพังหมด เอาตาข่ายล้อมตั้งแต่วันแรกเลยนะลุง "
                "ติดต่อถามได้ที่ [email\u00a0protected]",
            ),
            Comment(
                position=3,
                id="2793402",
                author_id="cherd_na",
                author_name="ลุงเชิด นาหัวคลอง",
                published=at(2014, 2, 13, 5, 30),
                reply_to="2793310",
                body="โอ้โห อาจารย์ครับ แปดปีนี้เราชั่งกิโลมาตลอดเลย เดี๋ยวเย็นนี้ไปบอกตาแม้นก่อนใครเพื่อน แกจะได้หายน้อยใจ",
            ),
        ),
    )
    assert not account.entries


def test_gotoknow_page_of_one_comment_belongs_to_its_post():
    post, account = read(fixture("comment-2006.html"), name="comment-2006.html")
    assert post == Post(
        id="41207",
        url="http://www.gotoknow.org/posts/41207",
        title="วงข้าวเหนียวปิ้ง : เวทีที่ไม่ต้องมีไมค์",
        body="",
        source="comment-2006.html",
        comments=(
            Comment(
                position=1,
                id="118452",
                author_id="กำนันแดง",
                author_name="กำนันแดง",
                body="ขอเสริมจากคนที่นั่งอยู่ในวงวันนั้นนะครับ ตอนแรกผมจะเอาเครื่องเสียงไปลง เพราะกลัวคนหลังไม่ได้ยิน "
                'ลุงสีแกยกมือบอกว่า "กำนัน ถ้ามีไมค์ก็มีแต่กำนันพูด"\n\n'
                "เจ็บครับ แต่จริง ตั้งแต่นั้นประชุมหมู่บ้านผมเลิกใช้ไมค์มาสี่เดือนแล้ว คนพูดมากขึ้นเห็นๆ โดยเฉพาะฝ่ายแม่บ้าน "
                "ส่วนเรื่องน้ำประปาที่คุยค้างไว้ ยังไม่จบ ต้องคุยต่ออีกวง",
            ),
        ),
    )
    assert told(account) == [("warning", "comments_without_date", {"count": "1"})]


def test_gotoknow_page_of_a_thread_is_comments_without_a_body():
    post, account = read(fixture("thread-page-2.html"), name="thread-page-2.html")
    assert post == Post(
        id="390112",
        url="https://www.gotoknow.org/posts/390112",
        title="จดหมายจากห้องยา : ยาเหลือใช้กลับมาวันละถุง",
        blurb="....ยาความดันหมดอายุ ๓ ปี ยังผูกหนังยางไว้อย่างดี คุณป้าบอกว่าเก็บไว้เผื่อหลาน...",
        body="",
        source="thread-page-2.html",
        comments=(
            Comment(
                position=1,
                body="สวัสดีค่ะพี่เภสัช\n\nที่ รพ.สต. เราเปิดรับคืนยาทุกวันพุธ คนเอามาคืนเยอะเกินคาด แต่ที่น่าตกใจคือ ครึ่งหนึ่งไม่ใช่ยาของเรา "
                "เป็นยาที่คลินิกกับร้านชำจ่าย จะบันทึกยังไงก็ไม่รู้ เพราะไม่มีซอง ขอแบบฟอร์มที่พี่ใช้ด้วยได้ไหมคะ",
            ),
            Comment(
                position=2,
                body="ขอบคุณครับคุณหมอห้องยา ผมเพิ่งรู้ว่ากินยาเม็ดสีชมพูซ้ำกันสองซองมาเป็นปี เพราะได้จากสองโรงพยาบาล "
                "วันนี้เอาไปให้ดูแล้วเขาหักออกให้ซองหนึ่ง หัวหายมึนเลย",
            ),
            Comment(
                position=3,
                body="เห็นด้วยกับคุณน้องอนามัยนะครับ แต่ผมคิดต่างนิดหนึ่ง คือถ้ารับคืนอย่างเดียว คนก็ได้ยาใหม่ไปกองอีก ต้องถามด้วยว่าทำไมถึงเหลือ "
                "ที่อำเภอผมถามแล้วได้คำตอบสามอย่าง ลืม กลัว แล้วก็ไม่เชื่อ ข้อสุดท้ายนี่แก้ยากสุด",
            ),
            Comment(position=4, body="แวะมาทักทายค่ะ อ่านแล้วนึกถึงตู้ยาที่บ้านแม่เลย"),
        ),
    )
    assert told(account) == [
        ("guessed", "comments_parted", {"count": "4"}),
        ("warning", "thread_page", {"page": "2", "id": "390112"}),
        ("warning", "comments_without_author", {"count": "4"}),
        ("warning", "comments_without_date", {"count": "4"}),
    ]


@pytest.mark.parametrize("name", ["blog-2005.html", "blog-2009.html"])
def test_gotoknow_either_encoding_gives_the_same_post(name):
    text = fixture(name)
    wide = re.sub(r"charset=[\w-]+", "charset=utf-8", text).encode("utf-8")
    narrow = re.sub(r"charset=[\w-]+", "charset=windows-874", text).encode("cp874")
    first, second = (read(decode(data, name)[0])[0] for data, name in ((wide, "utf-8"), (narrow, "windows-874")))
    assert first == second == read(text)[0]


def test_gotoknow_the_page_itself_stays_as_it_is():
    tree = parse_html(fixture("posts-2014.html"))
    before = tree.html
    gotoknow_post(tree, None, "x.html", Account())
    assert tree.html == before


# ---- the same words in other markup: nobody has seen every template


def test_gotoknow_2006_in_a_definition_list_with_relative_links():
    post, account = read(
        """<html><head><base href="http://share.psu.ac.th/"><meta name="generator" content="KnowledgeVolution">
        <title>share.psu.ac.th : ห้องสมุดปิดสี่ทุ่ม</title></head><body>
        <center><a href="/">Share</a> :: <a href="/blog/lib-night/archive">สารบัญ</a></center>
        <div class=rightMenu><b>ความคิดเห็นล่าสุด</b><br><a href="/blog/lib-night/77#c3">เด็กหอ: เปิดถึงตีสองเลยค่ะ</a></div>
        <div id=leftmenu><ul><li><a href="/profile/someone">สมาชิกใหม่ คนหนึ่ง</a></ul></div>
        <div id="entry">
        <a href="/blog/lib-night/812" class="entryTitle">ห้องสมุดปิดสี่ทุ่ม แต่ไฟหอปิดสามทุ่มครึ่ง</a>
        <div class="by">เขียนโดย <a href="http://share.psu.ac.th/profile/mali.lib">มะลิ</a> เขียนเมื่อ ๙ มิ.ย. ๔๘ เวลา ๒๒.๑๐ น.</div>
        เปิดเทอมนี้คนนั่งเต็มทุกคืนค่ะ<br><br>ถามน้องๆ ว่าทำไมไม่นั่งที่หอ น้องตอบว่าไฟโต๊ะหลอดมันขาดตั้งแต่ปีที่แล้ว<br>
        สรุปว่าเราซื้อหลอดไฟไปให้หอ ๑๒ หลอด คนในห้องสมุดลดลงครึ่งหนึ่ง 555
        <p>คำสำคัญ: <a href="/tag/library">ห้องสมุด</a>, <a href="/tag/light">หลอดไฟ</a></p>
        </div>
        <h4>ความคิดเห็น 2 รายการ</h4>
        <dl>
        <dt id="c901">ความคิดเห็นที่ 1 โดย ช่างไฟหอห้า (IP: xxx.12.207.3) เมื่อ ๑๐ มิ.ย. ๔๘ ๐๗.๔๐ น.</dt>
        <dd>ผมเปลี่ยนไปแล้ว ๘ หลอดครับ อีก ๔ หลอดขาจับเสีย เบิกไปสองเดือนยังไม่มา<dd>
        <dt id="c902">ความคิดเห็นที่ 2 โดย <a href="/profile/mali.lib">มะลิ</a> เมื่อ ๑๐ มิ.ย. ๔๘ ๒๐.๐๒ น.</dt>
        <dd><p>เดี๋ยวมะลิตามเรื่องให้นะคะพี่</p><p>ขาจับเสียกี่ห้องคะ</p></dd>
        </dl>
        <form action="/comment/new"><b>แสดงความคิดเห็น</b> <textarea>x</textarea></form>
        <hr><center>&copy; 2005 มหาวิทยาลัยแห่งหนึ่ง</center></body></html>"""
    )
    assert post == Post(
        id="812",
        url="http://share.psu.ac.th/blog/lib-night/812",
        title="ห้องสมุดปิดสี่ทุ่ม แต่ไฟหอปิดสามทุ่มครึ่ง",
        author_id="mali.lib",
        author_name="มะลิ",
        blog="lib-night",
        tags=("ห้องสมุด", "หลอดไฟ"),
        published=at(2005, 6, 9, 22, 10),
        comments_said=2,
        source="page.html",
        body="เปิดเทอมนี้คนนั่งเต็มทุกคืนค่ะ\n\nถามน้องๆ ว่าทำไมไม่นั่งที่หอ น้องตอบว่าไฟโต๊ะหลอดมันขาดตั้งแต่ปีที่แล้ว\n"
        "สรุปว่าเราซื้อหลอดไฟไปให้หอ ๑๒ หลอด คนในห้องสมุดลดลงครึ่งหนึ่ง 555",
        comments=(
            Comment(
                position=1,
                id="901",
                author_id="ช่างไฟหอห้า",
                author_name="ช่างไฟหอห้า",
                published=at(2005, 6, 10, 7, 40),
                body="ผมเปลี่ยนไปแล้ว ๘ หลอดครับ อีก ๔ หลอดขาจับเสีย เบิกไปสองเดือนยังไม่มา",
            ),
            Comment(
                position=2,
                id="902",
                author_id="mali.lib",
                author_name="มะลิ",
                published=at(2005, 6, 10, 20, 2),
                body="เดี๋ยวมะลิตามเรื่องให้นะคะพี่\n\nขาจับเสียกี่ห้องคะ",
            ),
        ),
    )
    assert not account.entries


def test_gotoknow_2008_without_helpful_names_is_read_by_its_words():
    post, account = read(
        """<html><head><title>GotoKnow: เวทีที่ไม่มีใครพูด</title></head><body>
        <!-- Mirrored from gotoknow.org/blog/tambon-lek/176004 by HTTrack Website Copier/3.x [XR&CO'2008], Tue, 15 Apr 2008 -->
        <div class=a1><a href="../index.html">GotoKnow</a> <a href="../login">เข้าระบบ</a></div>
        <div class=a2>
        <h1>เวทีที่ไม่มีใครพูด</h1>
        <div>ผมจัดเวทีประชาคมมา 12 ครั้ง ครั้งที่สิบสามไม่มีใครพูดเลยครับ</div>
        <div>นั่งมองหน้ากันสี่สิบนาที ผู้ใหญ่บ้านทนไม่ไหวลุกไปสูบบุหรี่ พอแกลุกเท่านั้นแหละ คุยกันลั่น</div>
        <div>โดย <a href="http://gotoknow.org/profile/plad-o">ปลัดโอ๊ต</a></div>
        <div>หมวดหมู่: <a href="/category/7">การปกครอง</a> คำสำคัญ: <a href="/post/tag/wethi">เวที</a> <a href="/post/tag/silence">ความเงียบ</a></div>
        <div>สร้าง: อา. 06 เม.ย. 2551 @ 23:59 แก้ไข: อา. 06 เม.ย. 2551 @ 23:59 ขนาด: 811 ไบต์</div>
        <div>สัญญาอนุญาต: สงวนสิทธิ์ทุกประการ</div>
        <div>ความเห็น</div>
        <div>1. <a href="http://gotoknow.org/profile/noi2">น้อย พอช.</a></div>
        <div>เมื่อ จ. 07 เม.ย. 2551 @ 08:30</div>
        <div>601022 [ลบ] [แจ้งลบ]</div>
        <div>สวัสดีค่ะปลัด</div>
        <div>เก้าอี้สำคัญค่ะ ถ้าผู้ใหญ่นั่งหัวแถว คนท้ายแถวไม่พูดหรอก ลองนั่งพื้นเป็นวงดูนะคะ</div>
        <div>2. ลูกบ้านคนหนึ่ง</div>
        <div>เมื่อ อ. 08 เม.ย. 2551 @ 19:11</div>
        <div>602415 [ลบ] [แจ้งลบ]</div>
        <div>ไม่ใช่ไม่อยากพูดครับ แต่เรื่องถังน้ำมันเกี่ยวกับญาติผู้ใหญ่ ใครจะกล้า</div>
        </div>
        <div class=a3>Powered by KnowledgeVolution</div></body></html>"""
    )
    assert post == Post(
        id="176004",
        url="http://gotoknow.org/blog/tambon-lek/176004",
        title="เวทีที่ไม่มีใครพูด",
        author_id="plad-o",
        author_name="ปลัดโอ๊ต",
        blog="tambon-lek",
        tags=("เวที", "ความเงียบ"),
        published=at(2008, 4, 6, 23, 59),
        modified=at(2008, 4, 6, 23, 59),
        source="page.html",
        body="ผมจัดเวทีประชาคมมา 12 ครั้ง ครั้งที่สิบสามไม่มีใครพูดเลยครับ\n"
        "นั่งมองหน้ากันสี่สิบนาที ผู้ใหญ่บ้านทนไม่ไหวลุกไปสูบบุหรี่ พอแกลุกเท่านั้นแหละ คุยกันลั่น",
        comments=(
            Comment(
                position=1,
                id="601022",
                author_id="noi2",
                author_name="น้อย พอช.",
                published=at(2008, 4, 7, 8, 30),
                body="สวัสดีค่ะปลัด\nเก้าอี้สำคัญค่ะ ถ้าผู้ใหญ่นั่งหัวแถว คนท้ายแถวไม่พูดหรอก ลองนั่งพื้นเป็นวงดูนะคะ",
            ),
            Comment(
                position=2,
                id="602415",
                author_id="ลูกบ้านคนหนึ่ง",
                author_name="ลูกบ้านคนหนึ่ง",
                published=at(2008, 4, 8, 19, 11),
                body="ไม่ใช่ไม่อยากพูดครับ แต่เรื่องถังน้ำมันเกี่ยวกับญาติผู้ใหญ่ ใครจะกล้า",
            ),
        ),
    )
    assert not account.entries


def test_gotoknow_2013_on_a_sister_site_with_nested_answers():
    post, account = read(
        """<!doctype html><html><head><meta property="og:url" content="http://www.l3nr.org/posts/545001">
        <title>ฝึกสอนวันแรก เด็กถามว่าครูอายุเท่าไหร่ | L3nr</title></head><body><div id="page">
        <header><a href="/">L3nr</a></header>
        <div class="entry"><h2 class="entry-title"><a href="/posts/545001">ฝึกสอนวันแรก เด็กถามว่าครูอายุเท่าไหร่</a></h2>
        <div class="postMeta"><a class="author" href="/user/nisit_ying"><img src="y.png" alt=""></a>
          <a class="author" href="/user/nisit_ying">นิสิตหญิง ปีสี่</a> · <abbr class="timeago" title="2013-08-05T02:15:00Z">ประมาณ 2 ปีที่แล้ว</abbr></div>
        <div class="entryContent"><p>หนูตอบว่ายี่สิบสอง ทั้งห้องเงียบ แล้วเด็กหลังห้องพูดว่า "พี่ผมยังแก่กว่าครูอีก"</p>
        <p>คาบนั้นสอนไม่จบค่ะ แต่ได้รู้ว่าเขาทำงานพิเศษกันเกือบทุกคน จะสั่งการบ้านแบบเดิมคงไม่ได้</p></div>
        <div class="tags">Tags: ฝึกสอน, มัธยม , การบ้าน</div></div>
        <div class="post-comments"><h3>ความเห็น <span class="badge">2</span></h3>
          <div class="comment-item" data-comment-id="9001"><span class="name">อาจารย์นิเทศก์</span> <abbr class="timeago" title="2013-08-05T10:00:00Z">2 ปีก่อน</abbr>
            <div class="text">ดีแล้วที่รู้ตั้งแต่วันแรก ลองถามเขาว่าว่างตอนไหนก่อนสั่งงาน</div>
            <div class="replies"><div class="comment-item" data-comment-id="9007"><a class="name" href="/user/nisit_ying">นิสิตหญิง ปีสี่</a>
              <abbr class="timeago" title="2013-08-06T00:30:00Z">2 ปีก่อน</abbr><div class="text">ถามแล้วค่ะ ว่างหลังสามทุ่ม 😅</div></div></div>
          </div></div>
        </div><div id="footer">สงวนสิทธิ์ทุกประการ</div></body></html>"""
    )
    assert post == Post(
        id="545001",
        url="http://www.l3nr.org/posts/545001",
        title="ฝึกสอนวันแรก เด็กถามว่าครูอายุเท่าไหร่",
        author_id="nisit_ying",
        author_name="นิสิตหญิง ปีสี่",
        tags=("ฝึกสอน", "มัธยม", "การบ้าน"),
        published=at(2013, 8, 5, 9, 15),
        comments_said=2,
        source="page.html",
        body='หนูตอบว่ายี่สิบสอง ทั้งห้องเงียบ แล้วเด็กหลังห้องพูดว่า "พี่ผมยังแก่กว่าครูอีก"\n\n'
        "คาบนั้นสอนไม่จบค่ะ แต่ได้รู้ว่าเขาทำงานพิเศษกันเกือบทุกคน จะสั่งการบ้านแบบเดิมคงไม่ได้",
        comments=(
            Comment(
                position=1,
                id="9001",
                author_id="อาจารย์นิเทศก์",
                author_name="อาจารย์นิเทศก์",
                published=at(2013, 8, 5, 17, 0),
                body="ดีแล้วที่รู้ตั้งแต่วันแรก ลองถามเขาว่าว่างตอนไหนก่อนสั่งงาน",
            ),
            Comment(
                position=2,
                id="9007",
                author_id="nisit_ying",
                author_name="นิสิตหญิง ปีสี่",
                published=at(2013, 8, 6, 7, 30),
                reply_to="9001",
                body="ถามแล้วค่ะ ว่างหลังสามทุ่ม 😅",
            ),
        ),
    )
    assert not account.entries


# ---- one trap each, on the smallest page that has it

TEXT = "เนื้อความของบันทึกนี้ยาวพอให้รู้ว่าเป็นเนื้อความ ไม่ใช่คำของเว็บไซต์"


def small(
    *,
    body: str = f"<p>{TEXT}</p>",
    title: str = "<h1>หัวเรื่อง</h1>",
    meta: str = "<p>สร้าง: พ. 18 ก.พ. 2552 @ 20:47</p>",
    thread: str = "",
    path: str = "/blog/ban-rao/5",
    head: str = "",
) -> str:
    return (
        f'<html><head><link rel="canonical" href="http://gotoknow.org{path}">{head}</head><body>{title}'
        f'<div class="post-body">{body}</div>{meta}{thread}</body></html>'
    )


def comments(thread: str, **parts: str) -> list[Comment]:
    post, _ = read(small(thread=thread, **parts))
    assert post.body == TEXT
    return list(post.comments)


SMALL = Post(
    id="5",
    url="http://gotoknow.org/blog/ban-rao/5",
    title="หัวเรื่อง",
    body=TEXT,
    blog="ban-rao",
    published=at(2009, 2, 18, 20, 47),
    source="page.html",
)


def test_gotoknow_small_page_is_as_the_traps_need_it():
    assert read(small())[0] == SMALL


@pytest.mark.parametrize("stamp", ["", " ()", " <span class='date'></span>", " ()แก้ไขเมื่อ ()"])
def test_gotoknow_date_filled_in_by_a_script_is_unknown(stamp):
    post, account = read(small(meta=f"<p>หมายเลขบันทึก: 5เขียนเมื่อ{stamp}</p>"))
    assert post == replace(SMALL, published=None)
    assert told(account) == [("warning", "no_date", {})]


def test_gotoknow_date_that_cannot_be_is_unknown():
    post, account = read(small(meta="<p>สร้าง: 31 ก.พ. 2552 @ 20:47</p>"))
    assert post.published is None
    assert told(account) == [("warning", "no_date", {})]


def test_gotoknow_dates_in_the_body_and_in_the_sites_head_are_not_the_posts():
    post, _ = read(
        "<html><head><base href='http://gotoknow.org/blog/ban-rao/5'></head><body><div>วันศุกร์ที่ 9 มีนาคม 2550</div><h1>หัวเรื่อง</h1>"
        f"<div class='post-body'><p>เขียนเมื่อคืนวันที่ 3 ก.พ. 2549 ที่ศาลาวัด</p><p>{TEXT}</p></div></body></html>"
    )
    assert post.published is None
    assert post.body == f"เขียนเมื่อคืนวันที่ 3 ก.พ. 2549 ที่ศาลาวัด\n\n{TEXT}"


def test_gotoknow_author_and_date_may_stand_above_the_title():
    above = (
        "<div>วันศุกร์ที่ 1 มกราคม 2553</div><p><a href='/user/nok/profile'>นก</a> เขียนเมื่อ 9 พฤษภาคม 2006 05:51 น. ()</p>"
    )
    post, _ = read(small(title=f"{above}<h1>หัวเรื่อง</h1>", meta=""))
    assert post == replace(SMALL, published=at(2006, 5, 9, 5, 51), author_id="nok", author_name="นก")


def test_gotoknow_the_sites_stamp_is_no_text_but_names_the_author():
    post, _ = read(small(body=f"<p>{TEXT}</p><p>บันทึกนี้เขียนที่ GotoKnow โดย ครูแดง ใน บ้านเรา</p>"))
    assert post == replace(SMALL, author_id="ครูแดง", author_name="ครูแดง")


def test_gotoknow_words_of_the_site_stay_where_the_writer_uses_them():
    body = (
        "<p>คำสำคัญ: วิทยานิพนธ์บทที่ ๒ ที่ผมเขียนเอง</p><h3>ความเห็นล่าสุด</h3><p>ของกรรมการคือให้แก้ใหม่</p>"
        "<h3>ความเห็น (3)</h3><p>ข้อ ดังนี้</p><p>ชุมชน: บ้านเรา</p>"
    )
    post, _ = read(small(body=body, thread="<h3>ความเห็น (0)</h3><div id=comments>ไม่มีความเห็น</div>"))
    assert post.body == (
        "คำสำคัญ: วิทยานิพนธ์บทที่ ๒ ที่ผมเขียนเอง\n\nความเห็นล่าสุด\n\nของกรรมการคือให้แก้ใหม่\n\nความเห็น (3)\n\nข้อ ดังนี้\n\nชุมชน: บ้านเรา"
    )
    assert (post.comments, post.comments_said, post.tags, post.communities) == ((), 0, (), ())


def test_gotoknow_boxes_without_names_do_not_leak():
    side = (
        "<div><h4>ความเห็นล่าสุด</h4><ul><li><a href='/blog/x/9#comment-8'>ลุงมี: เห็นด้วย</a></li></ul></div>"
        "<div><b>บันทึกล่าสุด</b><br><a href='/blog/x/9'>เรื่องเก่า</a></div>"
    )
    html = small(thread=side).replace('<div class="post-body">', "<div>").replace("<body>", f"<body>{side}")
    assert read(html)[0] == SMALL


def test_gotoknow_who_is_logged_in_is_not_the_author():
    bar = "<div>สวัสดี <a href='/profile/me'>ฉันเอง</a> | <a href='/logout'>ออกจากระบบ</a></div>"
    post, _ = read(small().replace("<body>", f"<body>{bar}"))
    assert post == SMALL


def test_gotoknow_who_liked_it_is_not_the_author():
    post, _ = read(
        small(meta="<p>สร้าง: พ. 18 ก.พ. 2552 @ 20:47</p><p>ชอบ: <a href='/user/a'>อ้อย</a>, <a href='/user/b'>บี</a></p>")
    )
    assert post == SMALL


def test_gotoknow_author_from_the_head_where_the_page_shows_none():
    data = '{"@type": ["BlogPosting"], "author": [{"name": "ป้าสี", "url": "http://gotoknow.org/user/pa-see"}], "headline": "หัวเรื่อง"}'
    post, _ = read(small(head=f'<script type="application/ld+json">{data}</script>'))
    assert post == replace(SMALL, author_id="pa-see", author_name="ป้าสี")


@pytest.mark.parametrize(
    "data", ["{", "[[[[", "null", '{"@graph": 5}', '{"@type": "Article", "author": {"name": 5}}', "[" * 100_000]
)
def test_gotoknow_broken_linked_data_is_passed_over(data):
    assert read(small(head=f'<script type="application/ld+json">{data}</script>'))[0] == SMALL


def test_gotoknow_blurb_within_the_body_is_taken_out_of_it():
    quote = "ประชุมน้อยลงแต่คุยกันมากขึ้น นี่คือสิ่งที่เกิดขึ้นจริงในสามเดือน"
    post, _ = read(small(body=f"<p>...{quote}...</p><p>{TEXT}</p><p>สรุปคือ {quote} ครับ</p>"))
    assert post == replace(SMALL, blurb=f"...{quote}...", body=f"{TEXT}\n\nสรุปคือ {quote} ครับ")


def test_gotoknow_summary_that_repeats_nothing_belongs_to_the_body():
    post, _ = read(small(body=f"<p class='summary'>เรื่องนี้ไม่มีในเนื้อความ</p><p>{TEXT}</p>"))
    assert post == replace(SMALL, body=f"เรื่องนี้ไม่มีในเนื้อความ\n\n{TEXT}")


def test_gotoknow_body_that_breaks_off_is_an_excerpt():
    post, _ = read(small(body=f"<p>{TEXT}...</p><p><a href='/blog/ban-rao/5'>มีต่อ</a></p>"))
    assert post == replace(SMALL, body=f"{TEXT}...", excerpt=True)


@pytest.mark.parametrize(
    "thread",
    [
        "<table><tr class=comment><td>กบ<br>2 ม.ค. 2552 10:00</td><td>หนึ่ง</td></tr>"
        "<tr class=comment><td><a href=/profile/kai>ไก่</a><br>3 ม.ค. 2552 11:00</td><td>สอง<br>สาม</td></tr></table>",
        "<table class=comment><tr><td rowspan=2><img></td><td>กบ เมื่อ 2 ม.ค. 2552 @ 10:00</td></tr><tr><td>หนึ่ง</td></tr></table>"
        "<table class=comment><tr><td><a href=/profile/kai>ไก่</a> เมื่อ 3 ม.ค. 2552 @ 11:00</td></tr><tr><td>สอง<br>สาม</td></tr></table>",
        "<p>2 ความเห็น</p><blockquote>หนึ่ง<br>-- กบ เมื่อ 2 ม.ค. 2552 10:00</blockquote>"
        "<blockquote>สอง<br>สาม<br>-- <a href=/profile/kai>ไก่</a>, 3 ม.ค. 2552 11:00</blockquote>",
        "<div class=comments><div class=comment><b>กบ</b> (203.1.x.x) - 2 ม.ค. 2552 - 10:00<br>หนึ่ง</div>"
        "<div class=comment><a href=/user/kai>ไก่</a> - 3 ม.ค. 2552 - 11:00<br>สอง<br>สาม</div></div>",
        "<ul id=comment_list><li><strong>กบ</strong> <em>2 ม.ค. 2552 10:00</em><p>หนึ่ง</p></li>"
        "<li><strong><a href=/user/kai/profile>ไก่</a></strong> <em>3 ม.ค. 2552 11:00</em><p>สอง<br>สาม</p></li></ul>",
        "<h4>ความคิดเห็น</h4><p><b>กบ</b></p><p>IP: xxx.1.2.3</p><p>เมื่อ 2 ม.ค. 2552 10:00</p><p>หนึ่ง</p>"
        "<p><a href=/user/kai>ไก่</a></p><p>เมื่อ 3 ม.ค. 2552 11:00</p><p>สอง<br>สาม</p>",
        "<h4>ความเห็น (2)</h4><p>ความเห็นที่ 1 โดย กบ (ผู้เยี่ยมชม) เมื่อวันศุกร์ที่ 2 มกราคม พ.ศ. 2552 เวลา 10.00 น.</p>หนึ่ง"
        "<p>ความเห็นที่ 2 โดย <a href=/user/kai>ไก่</a> (สมาชิก) เมื่อวันเสาร์ที่ 3 มกราคม พ.ศ. 2552 เวลา 11.00 น.</p>สอง<br>สาม",
        "<div id=comments><dl><dt>กบ <span class=ip>IP: xxx.9.9.9</span> Fri Jan 02 10:00:00 +0700 2009</dt><dd>หนึ่ง</dd>"
        "<dt><a href=/user/kai>ไก่</a> Sat Jan 03 11:00:00 +0700 2009</dt><dd>สอง<br>สาม</dd></dl></div>",
    ],
)
def test_gotoknow_comments_in_eight_kinds_of_markup(thread):
    assert comments(thread) == [
        Comment(1, "หนึ่ง", author_id="กบ", author_name="กบ", published=at(2009, 1, 2, 10, 0)),
        Comment(2, "สอง\nสาม", author_id="kai", author_name="ไก่", published=at(2009, 1, 3, 11, 0)),
    ]


def test_gotoknow_words_about_a_day_begin_no_comment():
    thread = (
        "<h3>ความเห็น</h3><p>1. นิด เมื่อ 2 ม.ค. 2552 @ 10:00</p><p>ที่เราก็เคยทำ</p><p>เมื่อ 5 มิ.ย. 2549 ที่ศาลากลางบ้าน</p>"
        "<p>คนมาแค่หกคน</p><p>2. หน่อย เมื่อ 3 ม.ค. 2552 @ 11:00</p><p>ดีกว่าไม่มา</p>"
    )
    assert comments(thread) == [
        Comment(
            1,
            "ที่เราก็เคยทำ\n\nเมื่อ 5 มิ.ย. 2549 ที่ศาลากลางบ้าน\n\nคนมาแค่หกคน",
            author_id="นิด",
            author_name="นิด",
            published=at(2009, 1, 2, 10, 0),
        ),
        Comment(2, "ดีกว่าไม่มา", author_id="หน่อย", author_name="หน่อย", published=at(2009, 1, 3, 11, 0)),
    ]


def test_gotoknow_heading_in_the_text_is_not_the_title():
    post, _ = read(
        small(title="<b>หัวเรื่อง</b>", head="<title>หัวเรื่อง</title>", body=f"<p>{TEXT}</p><h1>ข้อสังเกต</h1><p>มีสองข้อ</p>")
    )
    assert post == replace(SMALL, body=f"{TEXT}\n\nข้อสังเกต\n\nมีสองข้อ")


def test_gotoknow_title_that_nothing_marks_is_known_from_the_head():
    html = small(title="<font size=5>หัวเรื่อง</font><br>", head="<title>GotoKnow : บล็อกของเรา : หัวเรื่อง</title>")
    assert read(html.replace('<div class="post-body">', "<div>"))[0] == SMALL


def test_gotoknow_authors_name_beside_the_picture_that_links_to_them():
    by = "<div class=author><a href='/user/tum'><img src=t.jpg></a> ตุ้ม</div>"
    assert read(small(title=f"<h1>หัวเรื่อง</h1>{by}"))[0] == replace(SMALL, author_id="tum", author_name="ตุ้ม")


def test_gotoknow_people_of_other_sites_are_not_the_author():
    links = "<p><a href='http://social.example/profile/x'>ติดต่อ</a> <a href='https://social.example/user/y'>ทวีต</a></p>"
    assert read(small(meta=f"{links}<p>สร้าง: พ. 18 ก.พ. 2552 @ 20:47</p>"))[0] == SMALL


def test_gotoknow_words_of_the_footer_stay_in_a_text():
    body = f"<p>ClassStart เป็นห้องเรียนออนไลน์ที่เราใช้</p><p>© ภาพโดยลุงมี</p><p>{TEXT}</p>"
    html = small(body=body).replace('<div class="post-body">', "<div>")
    footer = "<div>พบปัญหาการใช้งานกรุณาแจ้ง LINE ID @gotoknow</div><div>ClassStart</div>"
    post, _ = read(html.replace("</body>", f"{footer}</body>"))
    assert post == replace(SMALL, body=f"ClassStart เป็นห้องเรียนออนไลน์ที่เราใช้\n\n© ภาพโดยลุงมี\n\n{TEXT}")


def test_gotoknow_label_over_what_is_no_list_of_links_takes_nothing_with_it():
    long = "วันนี้อ่านบันทึกล่าสุดของครูแดงแล้วคิดถึงเรื่องที่คุยกันไว้เมื่อปีก่อน เลยขอเขียนต่อจากตรงนั้นให้จบเสียที ไม่อย่างนั้นจะลืม"
    html = small(body=f"<p>{TEXT}</p><h3>บันทึกล่าสุด</h3><p>{long}</p>").replace('<div class="post-body">', "<div>")
    assert long in read(html)[0].body


def test_gotoknow_form_that_is_never_closed_does_not_swallow_the_page():
    thread = f"<form action=/search><input name=q><div id=comments><div id=comment-1>โดย นิด เมื่อ 2 ม.ค. 2552<p>{'ยาว' * 200}</p></div></div>"
    post, _ = read(small(thread=thread))
    assert [comment.body for comment in post.comments] == ["ยาว" * 200]


def test_gotoknow_text_that_is_in_no_post_and_no_comment_is_told():
    lost = "ข้อความนี้อยู่นอกกรอบของความเห็นทุกกรอบ ไม่รู้ว่าเป็นของใคร แต่คนเขียนตั้งใจเขียนยาว จึงต้องบอกให้รู้ว่าไม่ได้อ่าน"
    thread = (
        "<div id=comments><div class=comment id=c1>โดย นิด เมื่อ 2 ม.ค. 2552<p>ก</p></div>"
        f"<p>{lost}</p><div class=comment id=c2>โดย หน่อย เมื่อ 3 ม.ค. 2552<p>ข</p></div></div>"
    )
    post, account = read(small(thread=thread))
    assert [comment.body for comment in post.comments] == ["ก", "ข"]
    assert told(account) == [("warning", "text_left_out", {"text": f"{lost[:80]}…"})]


def test_gotoknow_comment_that_answers_one_by_number_or_address():
    thread = (
        "<div id=comments><div class=comment id=c11><b>1. ก้อย</b> เมื่อ 2 ม.ค. 2552 @ 10:00<p>หนึ่ง</p></div>"
        "<div class=comment id=c12><b>2. ขวัญ</b> ตอบความเห็นที่ 1 เมื่อ 2 ม.ค. 2552 @ 11:00<p>สอง</p></div>"
        "<div class=comment id=c13><b>3. แก้ว</b> ตอบ #12 เมื่อ 2 ม.ค. 2552 @ 12:00<p>สาม</p></div></div>"
    )
    assert comments(thread) == [
        Comment(1, "หนึ่ง", id="11", author_id="ก้อย", author_name="ก้อย", published=at(2009, 1, 2, 10, 0)),
        Comment(2, "สอง", id="12", author_id="ขวัญ", author_name="ขวัญ", published=at(2009, 1, 2, 11, 0), reply_to="11"),
        Comment(3, "สาม", id="13", author_id="แก้ว", author_name="แก้ว", published=at(2009, 1, 2, 12, 0), reply_to="12"),
    ]


def test_gotoknow_a_person_spoken_to_is_not_who_wrote_it():
    thread = (
        "<h3>ความเห็น</h3><div id=comments><div class=comment><p><a href='/profile/kai'>คุณไก่</a></p><p>ขอบคุณที่แวะมานะ</p>"
        "<p>โดย <a href='/profile/nok'>นก</a> เมื่อ 2 ม.ค. 2552 @ 10:00</p></div></div>"
    )
    assert comments(thread) == [
        Comment(1, "คุณไก่\n\nขอบคุณที่แวะมานะ", author_id="nok", author_name="นก", published=at(2009, 1, 2, 10, 0))
    ]


def test_gotoknow_anchors_before_the_elements_of_comments_number_them():
    thread = (
        "<div id=comments><a name='comment-21'></a><div class=comment><p>ก</p><p>โดย นิด เมื่อ 2 ม.ค. 2552</p></div>"
        "<a name='comment-22'></a><div class=comment><p>ข</p><p>โดย หน่อย เมื่อ 3 ม.ค. 2552</p></div></div>"
    )
    assert comments(thread) == [
        Comment(1, "ก", id="21", author_id="นิด", author_name="นิด", published=at(2009, 1, 2)),
        Comment(2, "ข", id="22", author_id="หน่อย", author_name="หน่อย", published=at(2009, 1, 3)),
    ]


def test_gotoknow_header_above_the_element_of_a_comment():
    thread = (
        "<div id=comments><h3>ความเห็น (2)</h3><p>1. นิด เมื่อ 2 ม.ค. 2552</p><div class=comment><p>ก</p></div>"
        "<p>2. หน่อย เมื่อ 3 ม.ค. 2552</p><div class=comment><p>ข</p></div></div>"
    )
    assert comments(thread) == [
        Comment(1, "ก", author_id="นิด", author_name="นิด", published=at(2009, 1, 2)),
        Comment(2, "ข", author_id="หน่อย", author_name="หน่อย", published=at(2009, 1, 3)),
    ]


def test_gotoknow_comment_without_text_is_told_and_keeps_its_place():
    post, account = read(
        small(
            thread="<div id=comments><div class=comment id=c1><b>นิด</b> เมื่อ 2 ม.ค. 2552<p><img src=x.jpg></p></div>"
            "<div class=comment id=c2><b>หน่อย</b> เมื่อ 3 ม.ค. 2552<p>มาแล้ว</p></div></div>"
        )
    )
    assert post.comments == (
        Comment(2, "มาแล้ว", id="2", author_id="หน่อย", author_name="หน่อย", published=at(2009, 1, 3)),
    )
    assert [(e.kind, e.source, e.key) for e in account.entries] == [("refused", "page.html#1", "no_body")]


@pytest.mark.parametrize(
    ("between", "item"),
    [("", "<li>{}</li>"), ("<hr>", "<p>{}</p>"), ("<hr/>", "{}<br>")],
)
def test_gotoknow_comments_without_any_header_by_list_or_ruler(between, item):
    first, second = "เห็นด้วยทุกข้อ", "มีต่ออีกเรื่องหนึ่ง คือถังขยะ"
    thread = f"<h3>ความเห็น (2)</h3><div>{item.format(first)}{between}{item.format(second)}</div>"
    if "<li>" in item:
        thread = thread.replace("<div>", "<ol>").replace("</div>", "</ol>")
    post, account = read(small(thread=thread))
    assert post == replace(SMALL, comments=(Comment(1, first), Comment(2, second)), comments_said=2)
    assert told(account) == [
        ("warning", "comments_without_author", {"count": "2"}),
        ("warning", "comments_without_date", {"count": "2"}),
    ]


def test_gotoknow_second_page_of_a_posts_comments_says_so():
    post, account = read(
        small(
            path="/blog/ban-rao/5?page=2",
            thread="<div id=comments><div id=comment-8>โดย นิด เมื่อ 2 ม.ค. 2552<p>ก</p></div></div>",
        )
    )
    assert post == replace(
        SMALL, comments=(Comment(1, "ก", id="8", author_id="นิด", author_name="นิด", published=at(2009, 1, 2)),)
    )
    assert told(account) == [("warning", "thread_page", {"page": "2", "id": "5"})]


def test_gotoknow_thread_page_with_list_markup_and_names():
    post, account = read(
        "<html><head><base href='https://www.gotoknow.org/posts/88/comments?page=3'></head><body><h2>เรื่องของเรา</h2>"
        "<p>ย่อหน้าแรกที่ถูกตัด...</p><a href='/posts/88'>มีต่อ</a><ul class='comments'>"
        "<li id='comment_1'><a href='/user/kai'>ไก่</a> เขียนเมื่อ 2 มกราคม 2013 10:00 น. ()<p>ตัวแรก</p></li>"
        "<li id='comment_2'><a href='/user/nok'>นก</a> เขียนเมื่อ ()<p>ตัวที่สอง</p></li></ul></body></html>"
    )
    assert post == Post(
        id="88",
        url="https://www.gotoknow.org/posts/88",
        title="เรื่องของเรา",
        blurb="ย่อหน้าแรกที่ถูกตัด...",
        body="",
        source="page.html",
        comments=(
            Comment(1, "ตัวแรก", id="1", author_id="kai", author_name="ไก่", published=at(2013, 1, 2, 10, 0)),
            Comment(2, "ตัวที่สอง", id="2", author_id="nok", author_name="นก"),
        ),
    )
    assert told(account) == [
        ("warning", "thread_page", {"page": "3", "id": "88"}),
        ("warning", "comments_without_date", {"count": "1"}),
    ]


def test_gotoknow_comment_page_of_a_member_names_its_post_by_blog():
    post, account = read(
        "<html><body><div class=nav><a href='/blog/other/1'>อื่น</a></div><h1>ความเห็น</h1>"
        "<p>บันทึก: <a href='/blog/ban-rao/5'>หัวเรื่อง</a> โดย <a href='/profile/owner'>เจ้าของ</a></p>"
        "<p><a href='/profile/nok'>นก</a></p><p>เขียนเมื่อ 2 ม.ค. 2552 @ 10:00</p><p>เห็นด้วยค่ะ</p><p>อ่านเรื่อง <a href='/blog/ban-rao/6'>นี้</a> แล้วด้วย</p>"
        "</body></html>",
        "http://gotoknow.org/comments/77",
    )
    assert post == Post(
        id="5",
        url="http://gotoknow.org/blog/ban-rao/5",
        title="หัวเรื่อง",
        body="",
        blog="ban-rao",
        source="page.html",
        comments=(
            Comment(
                1,
                "เห็นด้วยค่ะ\n\nอ่านเรื่อง นี้ แล้วด้วย",
                id="77",
                author_id="nok",
                author_name="นก",
                published=at(2009, 1, 2, 10, 0),
            ),
        ),
    )
    assert not account.entries


def test_gotoknow_comment_page_that_names_no_post_goes_by_its_file():
    post, account = read(
        "<html><body><h1>ความเห็น 77</h1><p>กบ</p><p>IP: xxx.1.2.3</p><p>เขียนเมื่อ</p><p>ฝนตกครับ</p></body></html>",
        "http://gotoknow.org/comments/77",
        "saved/comment 77.html",
    )
    assert post == Post(
        id="comment 77",
        body="",
        source="saved/comment 77.html",
        comments=(Comment(1, "ฝนตกครับ", id="77", author_id="กบ", author_name="กบ"),),
    )
    assert told(account) == [("guessed", "id_from_file_name", {}), ("warning", "comments_without_date", {"count": "1"})]


def test_gotoknow_journal_entries_have_numbers_of_their_own():
    post, _ = read(small(path="/journals/entries/5"))
    assert (post.id, post.url, post.body) == ("journal-5", "http://gotoknow.org/journals/entries/5", TEXT)


@pytest.mark.parametrize(
    ("url", "number", "blog"),
    [
        ("http://gotoknow.org/blog/a/12", "12", "a"),
        ("https://www.gotoknow.org/posts/12", "12", None),
        ("http://www.gotoknow.org/blogs/posts/12?page=1", "12", None),
        ("http://gotoknow.org/archive/2005/06/09/10/12/00/e12", "12", None),
        ("http://learners.in.th/blog/a/12#comment-3", "12", "a"),
        ("http://www.l3nr.org/posts/12", "12", None),
        ("http://share.psu.ac.th/blog/%E0%B8%81%E0%B8%82/12", "12", "กข"),
        ("http://web.archive.org/web/20090101000000/http://gotoknow.org:80/blog/a/12", "12", "a"),
    ],
)
def test_gotoknow_addresses_of_all_years_and_sisters(url, number, blog):
    post, _ = read(f"<html><body><h1>หัวเรื่อง</h1><div class='post-body'>{TEXT}</div></body></html>", url)
    assert (post.id, post.blog, post.body) == (number, blog, TEXT)
    assert "archive.org" not in post.url and "?" not in post.url and "#" not in post.url


def test_gotoknow_without_an_address_the_stated_number_serves():
    post, account = read(
        f"<h1>หัวเรื่อง</h1><p>{TEXT}</p><p>หมายเลขบันทึก: ๔๒เขียนเมื่อ 9 พฤษภาคม 2006 05:51 น. () <a href='/user/nok'>นก</a></p>"
    )
    assert post == Post(
        id="42",
        title="หัวเรื่อง",
        body=TEXT,
        author_id="nok",
        author_name="นก",
        published=at(2006, 5, 9, 5, 51),
        source="page.html",
    )
    assert not account.entries


# ---- what is no post of the engine


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (f"<h1>หัวเรื่อง</h1><p>{TEXT}</p><p>อ่านจาก <a href='http://gotoknow.org/blog/a/1'>ที่นี่</a></p>", None),
        (
            f"<h1>หัวเรื่อง</h1><p>{TEXT}</p><p>หมายเลขบันทึก: 5 <a href='http://gotoknow.org/posts/5'>ต้นฉบับ</a></p>",
            "http://copy.example/5",
        ),
        ("", None),
        ("<html></html>", "http://notgotoknow.org/posts/5"),
        ("<p>x</p>", "http://gotoknow.org.example/posts/5"),
    ],
)
def test_gotoknow_pages_of_other_sites_are_left_to_others(html, url):
    assert read(html, url)[0] is None


@pytest.mark.parametrize(
    ("html", "url"),
    [
        ("<h1>ไม่พบหน้าที่ท่านต้องการ</h1><p>บันทึกนี้อาจถูกลบไปแล้ว</p>", "http://gotoknow.org/blog/a/5"),
        (
            "<title>The page you were looking for doesn't exist (404)</title><h1>404</h1><div class=dialog>Sorry</div>",
            "http://gotoknow.org/posts/5",
        ),
        ("<h1>เข้าสู่ระบบ</h1><form><input type=password></form><p>สมาชิกใหม่สมัครที่นี่</p>", "http://gotoknow.org/posts/5"),
        (f"<h1>เข้าสู่ระบบ</h1><p>{TEXT}</p>", "http://gotoknow.org/user_session/new"),
        (
            "<h1>แผงควบคุม</h1><h3><a href='/posts/1'>ก</a></h3><h3><a href='/posts/2'>ข</a></h3>",
            "http://gotoknow.org/dashboard",
        ),
        (
            "<h2><a href='/blog/a/1'>ก</a></h2><p>ย่อ</p><h2><a href='/blog/a/2'>ข</a></h2><p>ย่อ</p>",
            "http://gotoknow.org/blog/a",
        ),
        (
            "<div id=header><a href='/'>GotoKnow</a></div><div id=footer>สงวนสิทธิ์ทุกประการ</div>",
            "http://gotoknow.org/blog/a/5",
        ),
        ("", "http://gotoknow.org/blog/a/5"),
        ("<p>x</p>", "http://gotoknow.org/"),
        ("<h1>ความเห็น 5</h1>", "http://gotoknow.org/comments/5"),
        ("<h1>เรื่อง</h1><p>ย่อ</p><a href='/posts/5'>มีต่อ</a>", "http://gotoknow.org/posts/5/comments?page=9"),
    ],
)
def test_gotoknow_page_that_holds_no_post_is_refused(html, url):
    with pytest.raises(InputError) as caught:
        read(html, url)
    assert caught.value.key == "page_without_post"
    assert caught.value.text("th") != caught.value.text("en")


def test_gotoknow_post_about_missing_pages_is_a_post():
    post, _ = read(small(title="<h1>ไม่พบหน้าที่ต้องการ</h1>"))
    assert post == replace(SMALL, title="ไม่พบหน้าที่ต้องการ")


# ---- what nobody meant to be read


def test_gotoknow_script_in_a_title_is_no_title():
    page = small(title="<h1><script>alert(1)</script>หัวเรื่อง</h1>")
    assert read(page)[0] == SMALL
    page = small(title="", head="<title><script>alert(1)</script> หัวเรื่อง - GotoKnow</title>")
    assert read(page)[0] == SMALL


def test_gotoknow_characters_of_the_marks_in_a_page_are_kept():
    odd = "\U0010f000C1\U0010f001 \U0010f002B0\U0010f003"
    post, _ = read(
        small(body=f"<p>{TEXT} {odd}</p>", thread=f"<div id=comments><div id=comment-1>{odd} คำ</div></div>")
    )
    assert post.body == f"{TEXT} {odd}"
    assert post.comments[0].body == f"{odd} คำ"


@pytest.mark.parametrize(
    ("count", "item"),
    [
        (
            20_000,
            '<div class="comment" id="comment_{0}"><div class="comment_head">{0}. <a href="/profile/u{0}">ชื่อ {0}</a><br>เมื่อ พฤ. 19 ก.พ. 2552 @ 06:31'
            '</div><div class="comment_text"><p>ความเห็นลำดับ {0}</p></div></div>',
        ),
        (10_000, "<p>{0}. ชื่อ {0} เมื่อ พฤ. 19 ก.พ. 2552 @ 06:31</p><p>ความเห็นลำดับ {0}</p>"),
    ],
)
def test_gotoknow_comments_by_the_thousand_take_seconds(count, item):
    many = "".join(item.format(n) for n in range(count))
    page = small(thread=f"<div id=comments>{many}</div>")
    start = time.process_time()
    post, _ = read(page)
    assert time.process_time() - start < 60
    assert [(c.body, c.author_name) for c in post.comments] == [(f"ความเห็นลำดับ {n}", f"ชื่อ {n}") for n in range(count)]


@pytest.mark.parametrize(
    "piece",
    [
        "ความเห็น ",
        "<b>ความเห็นล่าสุด</b>",
        "<span>ความเห็น</span>",
        "<a name=comment-5></a>",
        "เมื่อ ",
        "<td>",
        "[ลบ] ",
        "1. ",
        "<p>เฉยๆ</p>",
        "<hr>",
        "<p>นี้เขียนที่",
        "<div class=comment>ก</div>",
    ],
)
def test_gotoknow_one_piece_repeated_without_end_is_no_trouble(piece):
    start = time.process_time()
    post, _ = read(small(body=f"<p>{TEXT}</p>", thread=f"<div id=comments>{piece * 30_000}</div>"))
    assert post.body == TEXT
    assert time.process_time() - start < 120


@pytest.mark.parametrize("gap", ["\u00a0", "\u00a0.", "() "])
def test_gotoknow_words_of_the_site_before_endless_gaps_are_no_trouble(gap):
    words = [
        "หมายเลขบันทึก",
        "สร้าง",
        "แก้ไขเมื่อ",
        "ความเห็น",
        "คำสำคัญ",
        "ชุมชน",
        "เมื่อ",
        "IP",
        "ขนาด",
        "โดย",
        "ตอบ",
        "กรุณา",
        "บันทึกนี้เขียนที่",
        "1.",
        "#",
        "ลบ",
        "©",
        "ดู",
    ]
    gaps = "".join(f"<p>{word}{gap * 20_000}x</p><p>{word}{gap * 100}x</p>" for word in words)
    start = time.process_time()
    for html in (
        small(body=f"<p>{TEXT}</p>{gaps}"),
        small(meta=gaps, thread=f"<h3>ความเห็น</h3>{gaps}"),
        small(
            title=f"<h1>ความเห็น{gap * 20_000}</h1>",
            head=f"<title>GotoKnow{gap * 20_000}</title>",
            thread=f"<div id=comments>{gaps}</div>",
        ),
        small(thread=f"<div id=comments><div class=comment id=c1>{gaps}</div></div>").replace(
            '<div class="post-body">', "<div>"
        ),
        f"<!--{gap * 30_000}saved from{gap * 30_000}-->{gaps}",
    ):
        try:
            read(html, "http://gotoknow.org/posts/5")
        except InputError as error:
            assert error.key == "page_without_post"  # noqa: PT017
    assert time.process_time() - start < 120


@pytest.mark.parametrize("name", sorted(path.name for path in FIXTURES.iterdir()))
def test_gotoknow_cut_and_misnested_pages_end_in_a_post_or_a_refusal(name):
    text = fixture(name)
    damaged = [text[: len(text) * n // 40] for n in range(40)]
    damaged += [
        text.replace(tag, "")
        for tag in ("</div>", "</td>", "</p>", "</a>", "<tr>", "</table>", "<body", "</li>", '"', "<td", ">")
    ]
    damaged += [
        text.replace("<div", "<b><i><div").replace("<td", "<div><td"),
        text.replace("</div>", "</span></div></div>"),
    ]
    for html in damaged:
        try:
            post, _ = read(html, "http://gotoknow.org/posts/5")
        except InputError as error:
            outcome = error.key
        else:
            outcome = "read" if post.body or post.comments else "nothing"
        assert outcome in {"read", "page_without_post", "too_deep"}


def test_gotoknow_page_cut_within_the_comments_keeps_what_is_there():
    text = fixture("blog-2009.html")
    post, _ = read(text[: text.index("ยายขา ศุกร์นี้")])
    whole, _ = read(text)
    assert post == replace(whole, communities=whole.communities, comments=whole.comments[:2])


def test_gotoknow_every_message_is_there_in_both_languages():
    details = {"page": 2, "id": "5", "count": 3}
    for key in (
        "page_without_post",
        "thread_page",
        "comments_without_date",
        "comments_parted",
        "comments_without_author",
        "no_date",
    ):
        assert message(key, "th", **details) != message(key, "en", **details)


# ---- addresses


@pytest.mark.parametrize(
    ("url", "behind"),
    [
        ("http://web.archive.org/web/20090214123456/http://gotoknow.org/blog/a/1", "http://gotoknow.org/blog/a/1"),
        ("https://web.archive.org/web/2009id_/http://gotoknow.org:80/blog/a/1", "http://gotoknow.org/blog/a/1"),
        ("/web/20090214123456im_/http://gotoknow.org/x.gif", "http://gotoknow.org/x.gif"),
        ("//web.archive.org/web/2009/https:/gotoknow.org/a", "https://gotoknow.org/a"),
        ("https://web.archive.org/web/2010/http://web.archive.org/web/2009/http://a.example/", "http://a.example/"),
        ("web.archive.org/web/2009/http://a.example/", "web.archive.org/web/2009/http://a.example/"),
        ("https://a.example:443/b?c#d", "https://a.example/b?c#d"),
        ("https://a.example:8443/b", "https://a.example:8443/b"),
        ("http://a.example/web/2009/http://b.example/", "http://a.example/web/2009/http://b.example/"),
        ("", ""),
    ],
)
def test_address_behind_the_wayback_machine(url, behind):
    assert in_archive_org(url) == behind


@pytest.mark.parametrize(
    ("html", "url"),
    [
        (
            "<link rel=canonical href='http://a.example/1'><meta property='og:url' content='http://a.example/2'>",
            "http://a.example/1",
        ),
        (
            "<link rel=canonical href='http://a.example/'><meta property='og:url' content='http://a.example/2'>",
            "http://a.example/2",
        ),
        ("<link rel=canonical href='/blog/1'><base href='http://a.example/'>", "http://a.example/blog/1"),
        ("<link rel=canonical href='http://web.archive.org/web/2009/http://a.example/1'>", "http://a.example/1"),
        (
            "<!-- saved from url=(0035)http://a.example/blog/x/1?a=1&amp;b=2 -->\n<html>",
            "http://a.example/blog/x/1?a=1&b=2",
        ),
        ("<!-- saved from url=(0014)about:internet -->", None),
        ("<!--\n Page saved with SingleFile \n url: https://a.example/7 \n saved date: Mon -->", "https://a.example/7"),
        ("<!-- Mirrored from a.example/x/1 by HTTrack Website Copier/3.x -->", "http://a.example/x/1"),
        (
            "<script>__wm.wombat('http://a.example/9','20090101','https://web.archive.org/')</script>",
            "http://a.example/9",
        ),
        ("<form><input id=wmtbURL value='http://a.example/8'></form>", "http://a.example/8"),
        (
            "<h2><a rel=bookmark href='http://a.example/3#top'>x</a></h2><a class=permalink href='http://a.example/3'>#</a>",
            "http://a.example/3",
        ),
        ("<a title='ลิงก์ถาวร' href='http://a.example/4'>#</a>", "http://a.example/4"),
        ("<a rel=bookmark href='http://a.example/3'>x</a><a rel=bookmark href='http://a.example/4'>y</a>", None),
        ("<base href='http://a.example/'>", "http://a.example/"),
        ("<link rel=canonical href='file:///C:/x.html'>", None),
        ("<link rel=canonical href='http://localhost/x'><base href='http://127.0.0.1/'>", None),
        ("<link rel=canonical href='http://[x'>", None),
        ("<link rel=canonical href='javascript:alert(1)'>", None),
        (f"<link rel=canonical href='http://a.example/{'x' * 3000}'>", None),
        ("<p>saved from url=(0035)http://a.example/</p>", None),
        ("", None),
    ],
)
def test_address_that_a_page_gives_for_itself(html, url):
    assert page_url(parse_html(html)) == url
    assert page_url(parse_html(html), html) == url


def test_address_candidates_come_with_the_surest_first():
    html = (
        "<!-- saved from url=(0010)http://a.example/posts/1/comments?page=2 --><link rel=canonical href='http://a.example/'>"
        "<meta property='og:url' content='http://a.example/posts/1'>"
    )
    assert addresses(parse_html(html)) == [
        "http://a.example/posts/1",
        "http://a.example/posts/1/comments?page=2",
        "http://a.example/",
    ]
