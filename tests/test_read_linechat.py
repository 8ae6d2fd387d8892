from datetime import datetime
from pathlib import Path

import pytest
from conftest import ROOT

from minecop.archive.models import Account, Comment, Entry, Post
from minecop.archive.readers.linechat import accepts, read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.messages import message

LINE = ROOT / "tests" / "fixtures" / "archive" / "line"


def read_file(path: Path) -> tuple[list[Post], Account]:
    account = Account()
    return list(read(Source.of_file(path, path.name), Options(), account)), account


def read_text(text: str, name: str = "chat.txt") -> tuple[list[Post], Account]:
    account = Account()
    return list(read(Source.of_bytes(text.encode("utf-8"), name), Options(), account)), account


def at(year: int, month: int, day: int, hour: int, minute: int) -> datetime:
    return datetime(year, month, day, hour, minute, tzinfo=BANGKOK)


def thread(
    stem: str, group: str, first: tuple[str | None, datetime, str], *rest: tuple[str | None, datetime, str]
) -> Post:
    sender, sent, text = first
    return Post(
        id=f"{group}-{sent:%Y-%m-%d}",
        body=text,
        author_id=sender,
        author_name=sender,
        communities=(group,),
        published=sent,
        comments=tuple(
            Comment(n, body, author_id=name, author_name=name, published=when)
            for n, (name, when, body) in enumerate(rest, 1)
        ),
        source=f"{stem}.txt:{sent:%Y-%m-%d}",
    )


def said(posts: list[Post]) -> list[tuple[str | None, str]]:
    return [(text.author_name, text.body) for post in posts for text in post.texts]


def told(account: Account) -> dict[str, str]:
    return {entry.key: entry.details.get("count", "") for entry in account.entries}


def test_linechat_reads_a_thai_phone_export_day_by_day():
    posts, account = read_file(LINE / "osm_ios.txt")
    group = "อสม.บ้านโคกสะอาด ม.7"
    phen, oy, saman, naen, kham = "ป้าเพ็ญ อสม.", "หมออ้อย รพ.สต.", "ลุงสมาน", "น้องแนน", "ตาคำ คุ้มวัด"
    assert posts == [
        thread(
            "osm_ios",
            group,
            (
                oy,
                at(2021, 6, 14, 7, 40),
                "แจ้งพี่ๆ อสม. ทุกคุ้มค่ะ\n"
                "สัปดาห์นี้ขอให้เดินคว่ำกะละมังให้ครบทุกหลังก่อนวันพฤหัส เมื่อวานเจอลูกน้ำ 9 หลังจาก 30 หลัง ค่า HI ขึ้นเป็น 30 แล้ว\n"
                "\n"
                "วันจันทร์ 14/06/2564\n"
                "09:00 น. คุ้มวัด\n"
                "13:00 น. คุ้มโรงสี\n"
                "ใครติดนาฝากเพื่อนบ้านเดินแทนได้ แต่ขอให้ลงสมุดด้วยค่ะ เดือนที่แล้วสมุดว่างไปสองคุ้ม",
            ),
            (phen, at(2021, 6, 14, 6, 12), "สวัสดีวันจันทร์ค่ะ ทุกคน ขอให้มีความสุขตลอดสัปดาห์นะคะ"),
            (
                saman,
                at(2021, 6, 14, 7, 52),
                "คุ้มโรงสีผมเดินแล้วเมื่อเย็นวาน 11 หลัง เจอ 4 หลัง แต่ที่เจอเป็นยางรถเก่าหลังบ้านทั้งนั้น ไม่ใช่โอ่ง "
                "ทรายอะเบทเราไปลงแต่โอ่ง มันเลยไม่หมดสักที",
            ),
            (
                naen,
                at(2021, 6, 14, 8, 10),
                "หนูว่าจริงของลุงสมาน ปีก่อนที่ลดได้เพราะเราขนยางไปทิ้ง อบต. ทีเดียวสามคันรถ ไม่ใช่เพราะทรายค่ะ",
            ),
            (oy, at(2021, 6, 14, 8, 31), "ขอบคุณค่ะลุง งั้นขอชื่อบ้านที่มียางเก่า หมอจะคุยกับ อบต. ให้เอารถมาขนวันศุกร์"),
            (kham, at(2021, 6, 14, 19, 20), "สวัสดีครับ พึ่งเข้ากลุ่มใหม่ พิมพ์ช้าหน่อย ที่บ้านมียาง 6 เส้น มารับได้เลย"),
        ),
        thread(
            "osm_ios",
            group,
            (
                phen,
                at(2021, 6, 16, 18, 44),
                'ที่บ้านยายบุญมา แกไม่ให้เข้าบ้าน\nแกว่า "มากี่ทีก็ถ่ายรูปอย่างเดียว" ป้าฟังแล้วก็จุกเหมือนกัน',
            ),
            (
                naen,
                at(2021, 6, 16, 18, 58),
                "ครั้งหน้าไม่ต้องถือมือถือเข้าไปก่อนค่ะ นั่งคุยเรื่องหลานแกก่อน แล้วค่อยขอดูโอ่ง หนูทำแบบนี้กับบ้านตาสี แกเปิดให้ดูเองเลย",
            ),
        ),
        thread(
            "osm_ios",
            group,
            (saman, at(2021, 10, 1, 8, 16), "ค่า HI เดือนกันยาเหลือ 8 จาก 30 หลังขนยางสองรอบ ใครจะเอาไปเล่าที่อำเภอ"),
            (None, at(2021, 10, 1, 8, 31), "ให้น้องแนนเล่าสิ น้องแนนพูดเก่ง"),
        ),
    ]
    assert account.entries == [
        Entry("warning", "osm_ios.txt", f"chat_{kind}", {"count": count})
        for kind, count in (
            ("stickers", "2"),
            ("photos", "2"),
            ("files", "1"),
            ("calls", "1"),
            ("unsent", "1"),
            ("members", "2"),
        )
    ]


def test_linechat_reads_an_english_phone_export_with_the_month_first_and_twelve_hours():
    posts, account = read_file(LINE / "teachers_android.txt")
    group = "PLC คณิต สพป.เขต 3"
    wilai, bee, boss = "ครูวิไล", "Kru Bee", "ผอ.ธวัช"
    assert posts == [
        thread(
            "teachers_android",
            group,
            (wilai, at(2021, 3, 9, 16, 2), "วันนี้ลองให้เด็กอ่านโจทย์ให้เพื่อนฟังก่อนคิด คนที่ไม่เคยยกมือ ยกมือเฉยเลย งงมาก"),
            (bee, at(2021, 3, 9, 16, 11), "ของบีทำไม่สำเร็จค่ะ เสียงดังมากจนห้องข้างๆ มาเคาะ ต้องทำยังไงให้เด็กพูดเบา"),
            (
                wilai,
                at(2021, 3, 9, 16, 19),
                "แบ่งสองแบบค่ะ\n1. คู่เดียวหน้าห้อง คนอื่นฟัง\n2. ทุกคู่พร้อมกันแต่จับเวลา 2 นาที แล้วเคาะกระดาน\nแบบแรกเบา แบบสองสนุก",
            ),
            (bee, at(2021, 3, 9, 23, 58), "ลองแบบแรกก่อนค่ะ พรุ่งนี้มีสอน ป.5"),
        ),
        thread(
            "teachers_android",
            group,
            (bee, at(2021, 3, 10, 0, 15), "ลืมถาม ให้คู่เก่งอยู่กับคู่อ่อน หรือให้เลือกเองคะ"),
            (wilai, at(2021, 3, 10, 7, 3), '"ของฉันเคยให้เลือกเอง" ผลคือเด็กอ่อนเหลือสี่คนท้ายห้อง เลยเลิก'),
            (boss, at(2021, 3, 10, 12, 4), "ขอเอาเรื่องนี้เข้าวงวันศุกร์นะครับ ใครมีคลิปส่งมา ไม่ต้องสวย"),
        ),
    ]
    assert told(account) == {
        "chat_stickers": "1",
        "chat_photos": "1",
        "chat_calls": "1",
        "chat_unsent": "1",
        "chat_members": "1",
    }


def test_linechat_reads_a_pc_export_where_spaces_part_everything():
    posts, account = read_file(LINE / "[LINE]สภาเกษตรอินทรีย์ทุ่งลอ.txt")
    stem, group = "[LINE]สภาเกษตรอินทรีย์ทุ่งลอ", "สภาเกษตรอินทรีย์ทุ่งลอ"
    kaew, nuan, tong = "พ่อหนานแก้ว", "แม่ศรีนวล ใจแปง", "อ้ายต๋อง"
    assert posts == [
        thread(
            stem,
            group,
            (
                kaew,
                at(2021, 2, 27, 6, 31),
                "หอยเชอรี่ลงนาแปลงสามแล้วครับ กินกล้าไปเกือบครึ่ง ปีนี้ไม่อยากใช้ยาอีก ใครมีวิธีบ้าง",
            ),
            (
                nuan,
                at(2021, 2, 27, 6, 40),
                "เอาใบมะละกอวางล่อตอนค่ำ เช้ามาเก็บ\nแปลงของแม่ได้วันละสองถัง เอาไปทำน้ำหมักต่อ",
            ),
            (
                tong,
                at(2021, 2, 27, 7, 15),
                "ผมปล่อยเป็ดไล่ทุ่ง 40 ตัว แต่ต้องรอกล้าอายุเกิน 25 วัน ไม่งั้นเป็ดกินกล้าแทน เคยพลาดมาแล้ว",
            ),
            (kaew, at(2021, 2, 27, 7, 20), "เป็ดต๋องให้ยืมได้ก่อ"),
            # The times of the agenda begin no messages.
            (
                tong,
                at(2021, 2, 27, 7, 21),
                "ได้ครับ แต่ขอนัดดังนี้\n08:30 ลงเป็ดแปลงพ่อหนาน\n16:00 ไล่กลับคอก\nใครจะเอาด้วยบอกก่อนคืนนี้",
            ),
            (nuan, at(2021, 2, 27, 7, 45), "ขอวันอาทิตย์\tแปลง 2 กับ\tแปลง 5"),
            # Somebody who says one thing only: told by the time.
            ("กำนันเดช", at(2021, 2, 27, 12, 30), "ลงชื่อด้วยคน แปลงติดถนน"),
        ),
        thread(
            stem,
            group,
            (
                tong,
                at(2021, 2, 28, 17, 55),
                "วันนี้เป็ดหายไปสองตัว แต่หอยเกลี้ยงเลยครับ แปลงแม่ศรีนวลเก็บไข่ได้สิบเอ็ดฟอง ฮ่าๆ",
            ),
            (nuan, at(2021, 2, 28, 18, 10), "ไข่แบ่งกันคนละครึ่งตามตกลงเน้อ"),
        ),
    ]
    assert told(account) == {
        "chat_names_guessed": "4",
        "chat_stickers": "2",
        "chat_photos": "1",
        "chat_unsent": "1",
        "chat_members": "1",
        "chat_name_from_file": "",
    }


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("2021/06/14(จ.)", (2021, 6, 14)),
        ("2021/06/14(Mon)", (2021, 6, 14)),
        ("จันทร์, 14/6/2564", (2021, 6, 14)),
        ("จ. 14/06/2564", (2021, 6, 14)),
        ("2021.06.14 วันจันทร์", (2021, 6, 14)),
        ("2564.06.14 จันทร์", (2021, 6, 14)),
        ("Mon, 06/14/2021", (2021, 6, 14)),
        ("Mon, 14/06/2564 BE", (2021, 6, 14)),
        ("2021/06/14 Mon", (2021, 6, 14)),
        ("2564/06/14", (2021, 6, 14)),
        ("๒๕๖๔/๐๖/๑๔", (2021, 6, 14)),
        ("14/06/2021", (2021, 6, 14)),
    ],
)
def test_linechat_knows_every_form_of_date_line(line, expected):
    posts, account = read_text(f"[LINE] Chat history in ทีม\n\n{line}\n09:15\tก้อย\tน้ำท่วมทางเข้าหมู่บ้านแล้วนะ ใครมีเรือบ้าง\n")
    assert posts[0].published == at(*expected, 9, 15)
    assert account.entries == []


@pytest.mark.parametrize(
    ("written", "hour", "minute"),
    [
        ("09:15", 9, 15),
        ("9:15 PM", 21, 15),
        ("12:05AM", 0, 5),
        ("12:05 PM", 12, 5),
        ("ก่อนเที่ยง 9:15", 9, 15),
        ("9:15 หลังเที่ยง", 21, 15),
        ("09:15 น.", 9, 15),
    ],
)
def test_linechat_knows_every_form_of_time(written, hour, minute):
    posts, _ = read_text(f"[LINE] แชทกับ ทีม\n\n2021/06/14(จ.)\n{written}\tก้อย\tเครื่องสูบน้ำตัวใหญ่เสีย ใครซ่อมเป็นบ้าง\n")
    assert (posts[0].published.hour, posts[0].published.minute) == (hour, minute)


def dated(*dates: str, saved: str = "") -> tuple[list[Post], Account]:
    days = "".join(f"\n{date}\n09:00\tก้อย\tวันนี้ประชุมกรรมการกองทุนเรื่องเงินยืมค้าง {date}\n" for date in dates)
    return read_text(f"[LINE] Chat history in กองทุน\n{saved}\n{days}")


def test_linechat_settles_day_and_month_by_what_is_possible_in_the_whole_file():
    posts, account = dated("03/04/2021", "03/14/2021")
    assert [f"{post.published:%Y-%m-%d}" for post in posts] == ["2021-03-04", "2021-03-14"]
    posts, _ = dated("03/04/2021", "14/04/2021")
    assert [f"{post.published:%Y-%m-%d}" for post in posts] == ["2021-04-03", "2021-04-14"]
    assert account.entries == []


def test_linechat_settles_day_and_month_by_the_weekday_then_by_the_order_of_days():
    posts, account = dated("Thu, 04/03/2021", "Fri, 05/03/2021")  # 4 March 2021 was a Thursday
    assert [f"{post.published:%Y-%m-%d}" for post in posts] == ["2021-03-04", "2021-03-05"]
    posts, _ = dated("01/12/2020", "02/11/2020", "03/02/2020")  # the other way round it would run back
    assert [f"{post.published:%Y-%m-%d}" for post in posts] == ["2020-01-12", "2020-02-11", "2020-03-02"]
    posts, _ = dated("05/06/2021", saved="Saved on: 05/14/2021, 10:00")
    assert posts[0].published == at(2021, 5, 6, 9, 0)
    assert account.entries == []


def test_linechat_says_so_where_day_and_month_stay_open():
    posts, account = dated("05/06/2021")
    assert posts[0].published == at(2021, 6, 5, 9, 0)
    assert account.entries == [Entry("guessed", "chat.txt", "date_order_guessed", {"line": "05/06/2021"})]


def test_linechat_takes_a_date_that_people_wrote_for_their_words():
    posts, account = read_text(
        "[LINE] Chat history in ทีม\n\n2021/06/14(จ.)\n"
        "09:00\tก้อย\tกำหนดการ\n2021/06/20(อา.)\nรวมพลหน้าวัด เอาถุงดำมาด้วย ใครมีรถกระบะช่วยบอก\n"
        "09:05\tต่าย\t15/06/2021\n2021/06/15(อ.)\n10:00\tต่าย\tเมื่อวานได้ถุงดำมาสองโหลแล้ว เก็บไว้ที่ศาลา\n"
    )
    assert said(posts) == [
        ("ก้อย", "กำหนดการ\n2021/06/20(อา.)\nรวมพลหน้าวัด เอาถุงดำมาด้วย ใครมีรถกระบะช่วยบอก"),
        ("ต่าย", "15/06/2021"),
        ("ต่าย", "เมื่อวานได้ถุงดำมาสองโหลแล้ว เก็บไว้ที่ศาลา"),
    ]
    assert account.entries == []


def test_linechat_keeps_a_date_that_is_none_and_says_so():
    posts, account = read_text(
        "[LINE] Chat history in ทีม\n\n31/02/2564\n09:00\tก้อย\tประปาหมู่บ้านหยุดจ่ายน้ำสองวัน ใครไม่มีโอ่งบอกด้วย\n"
        "15/03/2564\n09:00\tก้อย\tน้ำมาแล้ว แต่ยังขุ่นอยู่ อย่าเพิ่งดื่มนะคะ\n"
    )
    assert [(post.id, post.published) for post in posts] == [
        ("ทีม-line-3", None),
        ("ทีม-2021-03-15", at(2021, 3, 15, 9, 0)),
    ]
    assert [(entry.kind, entry.source, entry.key) for entry in account.entries] == [
        ("warning", "chat.txt:3", "chat_date_not_read"),
        ("warning", "chat.txt", "chat_without_date"),
    ]


def test_linechat_tells_people_from_groups_in_the_header():
    talk = "\n\n2021/06/14(จ.)\n09:00\t{0}\tครูครับ เด็กห้องผมไม่มาเรียนสามวันแล้ว ไปเยี่ยมบ้านด้วยกันไหม\n09:01\tฉัน\tไปค่ะ\n"
    assert read_text("[LINE] ประวัติการแชทกับ สมชาย" + talk.format("สมชาย"))[0][0].communities == ()
    assert read_text("[LINE] Chat history with สมชาย" + talk.format("สมชาย"))[0][0].communities == ()
    three = talk.format("สมชาย") + "09:02\tนก\tไปด้วย\n"
    assert read_text("[LINE] ประวัติการแชทกับ ครูอนามัย" + three)[0][0].communities == ("ครูอนามัย",)
    assert read_text('[LINE] ประวัติการแชทใน "ครูอนามัย"' + talk.format("สมชาย"))[0][0].communities == ("ครูอนามัย",)


def test_linechat_names_with_spaces_are_learnt_and_greetings_are_not_names():
    posts, _ = read_text(
        "2021.06.14 วันจันทร์\n"
        "09:00 ครู นก เด็กห้องหนูไม่มีรองเท้าสามคน ใครมีของเก่าบ้าง\n"
        "09:01 ครู แดง มีสองคู่ เบอร์สามสิบสี่\n"
        "09:02 ครู นก ขอทั้งสองคู่เลย\n"
        "09:03 ครู แดง พรุ่งนี้เอาไปให้\n"
        "09:04 ครู นก สติกเกอร์\n"
        "09:05 ครู แดง ฝากถุงเท้าด้วย\n"
        "09:06 สมศรี สวัสดีค่ะ มาช้า\n"
        "09:07 สมศรี สวัสดีค่ะ ทุกคนอยู่ไหม\n"
    )
    assert {name for name, _ in said(posts)} == {"ครู นก", "ครู แดง", "สมศรี"}
    assert ("สมศรี", "สวัสดีค่ะ ทุกคนอยู่ไหม") in said(posts)


def test_linechat_does_not_take_peoples_words_for_the_apps():
    posts, account = read_text(
        "[LINE] Chat history in ทีม\n\n2021/06/14(จ.)\n"
        "09:00\tก้อย\tพี่แดงออกจากกลุ่มไปแล้วนะคะ เพราะย้ายไปอยู่กับลูก\n"
        "09:01\tก้อย\tรูป\n"
        "09:02\tก้อย\t[โน้ต] ประชุมวันที่ 20\n"
        "09:03\tก้อย\tช่วยเพิ่มน้องแอนเข้ากลุ่มแล้วบอกด้วย\n"
    )
    assert [text for _, text in said(posts)] == [
        "พี่แดงออกจากกลุ่มไปแล้วนะคะ เพราะย้ายไปอยู่กับลูก",
        "รูป",
        "ประชุมวันที่ 20",
        "ช่วยเพิ่มน้องแอนเข้ากลุ่มแล้วบอกด้วย",
    ]
    assert account.entries == []


def test_linechat_a_table_in_a_message_of_several_lines_stays_in_it():
    posts, account = read_text(
        '[LINE] Chat history in ทีม\n\n2021/06/14(จ.)\n09:00\tก้อย\t"ตารางเวรสัปดาห์นี้\n08:00\tคุ้มวัด\n13:00\tคุ้มโรงสี\nใครไม่ว่างบอกก่อน"\n09:30\tต่าย\tไม่ว่างบ่าย\n'
    )
    assert said(posts) == [("ก้อย", "ตารางเวรสัปดาห์นี้\n08:00\tคุ้มวัด\n13:00\tคุ้มโรงสี\nใครไม่ว่างบอกก่อน"), ("ต่าย", "ไม่ว่างบ่าย")]
    assert account.entries == []


def test_linechat_an_open_quotation_mark_swallows_nothing():
    posts, _ = read_text(
        '[LINE] Chat history in ทีม\n\n2021/06/14(จ.)\n09:00\tก้อย\t"ไม่ไป\n09:30\tต่าย\tทำไมล่ะ\n2021/06/15(อ.)\n09:00\tก้อย\tฝนตก"\n'
    )
    assert said(posts) == [("ก้อย", '"ไม่ไป'), ("ต่าย", "ทำไมล่ะ"), ("ก้อย", 'ฝนตก"')]


def test_linechat_counts_lines_that_belong_to_nothing():
    posts, account = read_text(
        "[LINE] Chat history in ทีม\nSaved on: 2021/06/20 10:00\nแปลกจัง\n\n2021/06/14(จ.)\n09:00\tก้อย\tมีแล้ว\n"
    )
    assert len(posts) == 1
    assert told(account) == {"chat_lines_not_read": "1"}


def test_linechat_messages_before_any_date_have_none():
    posts, account = read_text("[LINE] Chat history in ทีม\n\n09:00\tก้อย\tไม่รู้วันไหน\n2021/06/14(จ.)\n09:00\tก้อย\tรู้แล้ว\n")
    assert [(post.id, post.published) for post in posts] == [
        ("ทีม-line-1", None),
        ("ทีม-2021-06-14", at(2021, 6, 14, 9, 0)),
    ]
    assert told(account) == {"chat_without_date": "1"}


def test_linechat_reads_windows_line_ends_and_old_encodings():
    text = '[LINE] ประวัติการแชทใน "ทีม"\r\nบันทึกเมื่อ 14/06/2564 10:00\r\n\r\nจ. 14/06/2564\r\n09:00\tก้อย\tประตูระบายน้ำเปิดสองบานตั้งแต่ตีสาม\r\n'
    for encoding in ("utf-8-sig", "utf-16", "cp874"):
        source = Source.of_bytes(text.encode(encoding), "chat.txt")
        assert accepts(source.head())
        (post,) = read(source, Options(), Account())
        assert post.body == "ประตูระบายน้ำเปิดสองบานตั้งแต่ตีสาม"
        assert post.communities == ("ทีม",)


def test_linechat_accepts_chats_and_leaves_other_text_alone():
    for path in LINE.iterdir():
        assert accepts(path.read_bytes()[:16_384]), path.name
    assert accepts("14/06/2021\n09:00\tก้อย\tสวัสดี\n".encode())
    for other in (
        "",
        "\n\n",
        "วันที่เครื่องสูบน้ำกลับมาเดิน\n\nเรื่องมันเริ่มจากคืนฝนตก\n",
        "14/06/2564\n09:00 ไปถึงโรงเรียน ฝนยังไม่หยุด\n",
        "[LINE] เป็นแอปที่ชาวบ้านใช้มากที่สุด\n\nเรื่องของเรา",
        "2021.06.14 วันจันทร์\nวันนี้ไปนา\n",
    ):
        assert not accepts(other.encode()), other


def test_linechat_without_a_message_is_refused():
    with pytest.raises(InputError) as refused:
        read_text('[LINE] ประวัติการแชทใน "ทีม"\nบันทึกเมื่อ 04/10/2564 07:48\n\n')
    assert refused.value.key == "chat_without_messages"


@pytest.mark.parametrize(
    "text",
    [
        "[LINE] Chat with x" + " " * 200_000 + "y\n2021/06/14(จ.)\n09:00\tก\tข\n",
        '[LINE] Chat with x\n2021/06/14(จ.)\n09:00\tก\t"' + "ก\n" * 200_000,
        "2021.06.14 วันจันทร์\n" + "".join(f"09:00 {n} {n} {n} {n} {n} {n} {n}\n" for n in range(20_000)),
        "[LINE] Chat with x\n2021/06/14(จ.)\n09:00\tก\t" + "เพิ่ม " * 50_000 + "\n",
        "[LINE] Chat with x\n" + "2021/06/14(จ.)\n" * 50_000 + "09:00\tก\tข\n",
        "[LINE] Chat with x\n9999/99/99\n09:00\tก\tข\n",
    ],
    ids=["header", "message", "names", "doing", "dates", "no date"],
)
def test_linechat_hostile_files_end_soon(text):
    posts, _ = read_text(text)
    assert len(posts) == 1


def test_linechat_every_line_of_the_account_can_be_said():
    for path in LINE.iterdir():
        for entry in read_file(path)[1].entries:
            for lang in ("th", "en"):
                assert message(entry.key, lang, **entry.details)
