import json
from datetime import datetime

import pytest
from conftest import ROOT

from minecop.archive.models import Account, Comment, Entry, Post
from minecop.archive.readers.facebook import accepts, read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError
from minecop.core.messages import message

FACEBOOK = ROOT / "tests" / "fixtures" / "archive" / "facebook"
JINTANA = "จินตนา พยาบาลเยี่ยมบ้าน"
NETWORK = "เครือข่ายดูแลระยะท้าย ลุ่มน้ำชี"


def read_file(name: str) -> tuple[list[Post], Account]:
    account = Account()
    return list(read(Source.of_file(FACEBOOK / name, name), Options(), account)), account


def read_data(data: object, name: str = "your_posts_1.json") -> tuple[list[Post], Account]:
    account = Account()
    source = Source.of_bytes(json.dumps(data).encode(), name)
    return list(read(source, Options(), account)), account


def at(*numbers: int) -> datetime:
    return datetime(*numbers, tzinfo=BANGKOK)


def told(account: Account) -> dict[str, str]:
    return {entry.key: entry.details.get("count", "") for entry in account.entries}


def garbled(text: str) -> str:
    return text.encode().decode("latin-1")


def test_facebook_reads_posts_pictures_with_words_notes_and_group_posts():
    posts, account = read_file("your_posts_1.json")
    assert posts == [
        Post(
            id="your_posts_1-1",
            body="วันนี้ไปเยี่ยมลุงเที่ยงที่ปลายนา แกเป็นมะเร็งปอดระยะท้าย ลูกสาวถามคำเดียวว่า “หมอ ถ้าพ่อหอบตอนดึกหนูต้องทำไง” "
            "เราตอบไปตามตำราเรื่องมอร์ฟีนน้ำ แต่พอเห็นขวดยาในตู้กับข้าวเพิ่งนึกได้ว่าฉลากเราตัวเล็กมาก แกอ่านไม่ออก\n\n"
            "กลับมาเลยเขียนฉลากใหม่ด้วยปากกาเมจิก ขีดเส้นบนกระบอกฉีดยาให้เลย ดูดถึงขีดแดงพอ\n\n"
            "บทเรียนของเราคือ สอนญาติตอนกลางวันในห้องแอร์ ไม่เหมือนญาติต้องทำเองตอนตีสองใต้แสงเทียน",
            author_id=JINTANA,
            author_name=JINTANA,
            published=at(2019, 5, 11, 21, 14, 3),
            source="your_posts_1.json:1",
        ),
        # One text under two pictures of one record is one text.
        Post(
            id="your_posts_1-3",
            body="ถุงใส่ของเยี่ยมบ้านรุ่นสาม เย็บจากผ้าขาวม้าเก่า ช่องซ้ายใส่ยา ช่องขวาใส่สมุด หิ้วขึ้นมอไซค์ไม่หล่น "
            "รุ่นแรกเป็นกล่องพลาสติก ตกร่องหน้าบ้านป้าปุ่นแตกไปแล้ว 😅",
            author_id=JINTANA,
            author_name=JINTANA,
            published=at(2019, 6, 2, 19, 40, 55),
            source="your_posts_1.json:3",
        ),
        Post(
            id="your_posts_1-4",
            body="ขอถามพี่ๆ ในกลุ่มค่ะ ที่ไหนมีคลังเตียงลมหมุนเวียนบ้าง ของเราใช้สมุดยืมเล่มเดียว เตียงหายไปสองหลังไม่รู้อยู่บ้านใคร "
            "คนไข้เสียไปแล้วญาติก็ไม่กล้าบอก เราไม่กล้าทวง",
            author_id=JINTANA,
            author_name=JINTANA,
            communities=(NETWORK,),
            published=at(2020, 1, 20, 6, 2, 9),
            source="your_posts_1.json:4",
        ),
        Post(
            id="your_posts_1-5",
            body="ปีแรกเราคิดว่าปัญหาคือเตียงไม่พอ ปีที่สองซื้อเพิ่มแล้วก็ยังไม่พอ ปีที่สามถึงได้นั่งไล่สมุด "
            "จึงเห็นว่าครึ่งหนึ่งค้างอยู่บ้านที่คนไข้ไม่อยู่แล้ว\n\nที่เปลี่ยนไปคือเราให้ผู้ใหญ่บ้านเป็นคนไปรับคืนพร้อมพวงหรีด ไม่ใช่พยาบาล",
            title="สามปีกับเตียงยืม",
            published=at(2020, 7, 4, 22, 30),
            source="your_posts_1.json:5",
        ),
    ]
    assert account.entries == [
        Entry("warning", "your_posts_1.json", "facebook_without_text", {"count": "1"}),
        Entry("guessed", "your_posts_1.json", "facebook_author_guessed", {"count": "3"}),
        Entry("guessed", "your_posts_1.json", "mojibake_mended", {"count": "9"}),
    ]


def test_facebook_puts_comments_whose_posts_are_missing_into_threads():
    posts, account = read_file("your_comments_in_groups.json")
    assert posts == [
        Post(
            id="your_comments_in_groups-1",
            body="",
            communities=(NETWORK,),
            comments=(
                Comment(
                    1,
                    "ขอบคุณค่ะพี่คิด ที่บ้านพี่ใครเป็นคนไปทวงคะ พยาบาลหรือ อสม.",
                    author_id=JINTANA,
                    author_name=JINTANA,
                    published=at(2020, 1, 21, 9, 3),
                ),
                Comment(
                    2,
                    "ลองแล้วค่ะ ติดสติกเกอร์สีตามเดือนที่ยืม เดินผ่านก็รู้ว่าหลังไหนเกินสามเดือน",
                    author_id=JINTANA,
                    author_name=JINTANA,
                    published=at(2020, 1, 21, 20, 15),
                ),
            ),
            source="your_comments_in_groups.json:1",
        ),
        Post(
            id="your_comments_in_groups-4",
            body="",
            comments=(Comment(1, "👍👍", author_id=JINTANA, author_name=JINTANA, published=at(2019, 8, 1, 7, 45)),),
            source="your_comments_in_groups.json:4",
        ),
    ]
    assert told(account) == {"facebook_posts_missing": "2", "facebook_without_text": "1", "mojibake_mended": "11"}


def test_facebook_reads_a_messenger_chat_day_by_day_from_old_to_new():
    posts, account = read_file("message_1.json")
    group, ton = ("อ่านออกดอยหลวง",), "ครูต้น ดอยหลวง"
    assert posts == [
        Post(
            id="anokdoiluang_x1y2z3-2022-02-08",
            body="เด็ก ป.4 ห้องผมอ่านไม่ออกเจ็ดคนจากยี่สิบ เกือบทั้งหมดพูดลาหู่ที่บ้าน ผมสอนซ่อมตอนเย็นมาเทอมนึงแล้ว "
            "ขยับแค่สองคน เหนื่อยครับ ใครทำอะไรได้ผลบ้าง",
            author_id=ton,
            author_name=ton,
            communities=group,
            published=at(2022, 2, 8, 20, 10),
            comments=(
                Comment(1, "สวัสดีครับทุกคน", author_id=ton, author_name=ton, published=at(2022, 2, 8, 20, 9)),
                Comment(
                    2,
                    "ห้องไหมก็เหมือนกันค่ะ พอเปลี่ยนเป็นให้อ่านคู่กับน้อง ป.1 กลับอ่านออกเสียงดังกว่าเดิม สงสัยไม่อายน้อง",
                    author_id="Kru Mai",
                    author_name="Kru Mai",
                    published=at(2022, 2, 8, 20, 22),
                ),
            ),
            source="message_1.json:2022-02-08",
        ),
        Post(
            id="anokdoiluang_x1y2z3-2022-02-09",
            body="ลองสองสัปดาห์ก่อนนะ แล้วเอาสมุดบันทึกของเด็กมากางดูด้วยกัน อย่าเพิ่งสรุป",
            author_id="ผอ.อรุณ",
            author_name="ผอ.อรุณ",
            communities=group,
            published=at(2022, 2, 9, 6, 5),
            source="message_1.json:2022-02-09",
        ),
    ]
    assert told(account) == {
        "chat_photos": "1",
        "chat_calls": "1",
        "chat_unsent": "1",
        "chat_notices": "2",
        "mojibake_mended": "13",
    }


def test_facebook_mends_only_what_was_garbled():
    texts = {
        garbled("ขอบคุณค่ะ 🙏"): "ขอบคุณค่ะ 🙏",
        "ขอบคุณค่ะ": "ขอบคุณค่ะ",
        "café in Chiang Mai": "café in Chiang Mai",
        garbled("เรียนรู้")[:-1]: "เรียนรู\ufffd",  # cut in the middle of a letter
        "ครึ่ง \ud83d": "ครึ่ง \ufffd",
    }
    posts, account = read_data([{"timestamp": 1557584043, "data": [{"post": text}]} for text in texts])
    assert [post.body for post in posts] == list(texts.values())
    assert told(account) == {"mojibake_mended": "2", "broken_characters": ""}


def test_facebook_reads_older_and_newer_forms():
    when = 1557584043
    record = {
        "timestamp": when,
        "data": [{"post": "แปลงผักหลังโรงเรียนได้ผลแล้ว"}],
        "title": "Somsri Jaidee posted in ครูเกษตร.",
    }
    for data in (
        [record],
        {"group_posts_v2": [record]},
        {"group_posts": {"activity_log_data": [record]}},
        {"posts": [record]},
        record,
    ):
        (post,), _ = read_data(data)
        assert (post.body, post.author_name, post.communities) == (
            "แปลงผักหลังโรงเรียนได้ผลแล้ว",
            "Somsri Jaidee",
            ("ครูเกษตร",),
        )
        assert post.published == at(2019, 5, 11, 21, 14, 3)
        assert accepts(json.dumps(data).encode())
    labels = [
        {"label": "URL", "value": "https://www.facebook.com/groups/1/posts/2", "href": "x"},
        {"label": garbled("ข้อความ"), "value": garbled("ปลูกถั่วพร้าสลับข้าวโพด ดินร่วนขึ้น")},
    ]
    new = [{"timestamp": when, "media": [], "label_values": labels, "fbid": "26793200973707656"}]
    (post,), _ = read_data(new)
    assert (post.id, post.url, post.body) == (
        "26793200973707656",
        "https://www.facebook.com/groups/1/posts/2",
        "ปลูกถั่วพร้าสลับข้าวโพด ดินร่วนขึ้น",
    )
    assert accepts(json.dumps(new).encode())
    encrypted = {
        "participants": ["A", "B", "C"],
        "threadName": "สายน้ำ_12",
        "messages": [
            {
                "isUnsent": False,
                "senderName": "A",
                "text": "ประตูน้ำชำรุด ใครมีกุญแจสำรองบ้าง",
                "timestamp": when * 1000,
                "type": "text",
            }
        ],
    }
    (post,), _ = read_data(encrypted, "chat.json")
    assert (post.communities, post.author_name, post.published) == (("สายน้ำ",), "A", at(2019, 5, 11, 21, 14, 3))
    assert accepts(json.dumps(encrypted).encode())


def test_facebook_a_chat_of_two_has_no_community():
    data = {
        "participants": [{"name": "A"}, {"name": "B"}],
        "title": "B",
        "messages": [{"sender_name": "B", "timestamp_ms": 1557584043000, "content": "พรุ่งนี้ไปดูแปลงสาธิตด้วยกันไหม"}],
    }
    assert read_data(data)[0][0].communities == ()


def test_facebook_does_not_take_peoples_words_for_the_apps():
    words = ["สร้างกลุ่มใหม่ดีกว่าไหมคะ", "คุณสร้างกลุ่มใหม่ให้หน่อย", "พี่แดง ออกจากกลุ่ม", "ส่งรูปภาพ มาให้ดูหน่อย"]
    own = [
        "B สร้างกลุ่ม",
        "You created the group.",
        "Reacted ❤ to your message",
        "B sent an attachment.",
        "B เพิ่ม ครูนก เข้ากลุ่ม",
    ]
    messages = [{"sender_name": "B", "timestamp_ms": 1557584043000, "content": text} for text in words + own]
    (post,), account = read_data({"participants": [], "messages": messages})
    assert sorted(text.body for text in post.texts) == sorted(words)
    assert told(account) == {"chat_members": "1", "chat_notices": "4"}


def test_facebook_comments_of_other_days_and_other_people_are_other_threads():
    def comment(day: int, title: str, text: str) -> dict:
        return {
            "timestamp": 1557584043 + day * 86_400,
            "data": [{"comment": {"comment": text, "author": "A"}}],
            "title": title,
        }

    posts, _ = read_data(
        {
            "comments_v2": [
                comment(0, "A commented on B's post.", "หนึ่ง"),
                comment(1, "A commented on B's post.", "สอง"),
                comment(0, "A commented on C's post.", "สาม"),
            ]
        }
    )
    assert [[c.body for c in post.comments] for post in posts] == [["หนึ่ง"], ["สอง"], ["สาม"]]
    assert all(post.published is None for post in posts)


@pytest.mark.parametrize(
    "record",
    [
        "text",
        None,
        7,
        [],
        {"timestamp": "soon", "data": "post"},
        {"timestamp": 10**30, "data": [{"post": 5}], "attachments": [[], {"data": [None, {"media": "x"}]}]},
        {"data": [{"comment": {"comment": None}}]},
        {"label_values": [{"label": ["x"], "value": {}}]},
    ],
)
def test_facebook_a_record_that_is_none_does_not_end_the_reading(record):
    good = {"timestamp": 1557584043, "data": [{"post": "อ่านได้"}]}
    posts, account = read_data([record, good])
    assert [post.body for post in posts] == ["อ่านได้"]
    assert {entry.key for entry in account.entries} <= {"not_an_object", "facebook_without_text"}
    assert len(account.entries) == 1


@pytest.mark.parametrize("stamp", [True, None, "1557584043", float("nan"), float("inf"), -(10**18), 0, 10**40])
def test_facebook_a_time_that_is_none_is_unknown(stamp):
    (post,), account = read_data([{"timestamp": stamp, "data": [{"post": "ไม่รู้วัน"}]}])
    assert post.published is None
    assert told(account) == {"no_date": ""}
    (post,), account = read_data(
        {"messages": [{"sender_name": "A", "content": "ไม่รู้วัน", "timestamp_ms": stamp}, 3]}, "chat.json"
    )
    assert (post.id, post.published) == ("chat-undated", None)
    assert told(account) == {"not_an_object": "", "chat_without_date": "1"}


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b'[{"timestamp": 1557584043, "data": [{"post": "x"', "file_not_json"),
        (b"[" * 100_000, "file_not_json"),
        (b'{"a": ' + b"9" * 5_000 + b"}", "file_not_json"),
        (b'"text"', "file_not_facebook"),
        (b"7", "file_not_facebook"),
        (b'{"participants": [], "messages": []}', "chat_without_messages"),
        (b"", "empty_file"),
        (b"\0\0\0\0", "binary_file"),
    ],
)
def test_facebook_a_file_that_cannot_be_read_is_refused(data, key):
    with pytest.raises(InputError) as refused:
        list(read(Source.of_bytes(data, "x.json"), Options(), Account()))
    assert refused.value.key == key


def test_facebook_accepts_its_own_files_and_leaves_other_json_alone():
    for path in FACEBOOK.iterdir():
        assert accepts(path.read_bytes()[:16_384]), path.name
    others = [
        [
            {
                "url": "https://a.example/1",
                "title": "x",
                "text": "y",
                "comments": [{"author": "z", "text": "w"}],
                "timestamp": "2019-01-01",
            }
        ],
        {"posts": [{"id": 1, "body": "x", "comments": []}]},
        {"messages": ["a", "b"]},
        {"data": [{"id": 1}], "timestamp": 1557584043},
        [],
        "comments_v2",
    ]
    for other in others:
        assert not accepts(json.dumps(other).encode()), other
    assert not accepts(b'plain "timestamp": 1557584043 "data": [{"post": ')


def test_facebook_every_line_of_the_account_can_be_said():
    for path in FACEBOOK.iterdir():
        for entry in read_file(path.name)[1].entries:
            for lang in ("th", "en"):
                assert message(entry.key, lang, **entry.details)
