"""Blogger's exports: whole fixtures in both forms, threads whose parts stand apart, and damage."""

from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import feed, wordpress
from minecop.archive.readers.blogger import accepts, read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures/archive/blogger"

EXPORT = """<?xml version='1.0' encoding='UTF-8'?><feed xmlns='http://www.w3.org/2005/Atom' xmlns:gd='http://schemas.google.com/g/2005'
 xmlns:thr='http://purl.org/syndication/thread/1.0' xmlns:app='http://purl.org/atom/app#'
 xmlns:blogger='http://schemas.google.com/blogger/2018'><title>บล็อก</title>{}</feed>"""
KIND = (
    "<category scheme='http://schemas.google.com/g/2005#kind' term='http://schemas.google.com/blogger/2008/kind#{}'/>"
)


def at(*when):
    return datetime(*when, tzinfo=BANGKOK)


def lines(account):
    return [(e.kind, e.source, e.key, e.details) for e in account.entries]


def read_file(path):
    account = Account()
    return list(read(Source.of_file(path, path.name), Options(), account)), lines(account)


def read_entries(*entries):
    account = Account()
    data = EXPORT.format("".join(f"<entry>{text}</entry>" for text in entries)).encode()
    return list(read(Source.of_bytes(data, "b.xml"), Options(), account)), lines(account)


def comment(number, post, text="ความเห็น"):
    ref = f"<thr:in-reply-to ref='tag:blogger.com,1999:blog-1.post-{post}'/>"
    return f"<id>tag:blogger.com,1999:blog-1.post-{number}</id>{KIND.format('comment')}<content type='html'>{text}</content>{ref}"


def post(number, text="บันทึก"):
    return (
        f"<id>tag:blogger.com,1999:blog-1.post-{number}</id>{KIND.format('post')}<content type='html'>{text}</content>"
    )


def test_export_with_comments_before_and_far_from_their_posts():
    posts, told = read_file(FIXTURES / "rice-farmers.xml")
    assert posts == [
        Post(
            id="401",
            url="http://nongwaeng.example/2011/07/blog-post.html",
            title="เก็บเมล็ดพันธุ์เองดีไหม",
            body="ประชุมกลุ่มเมื่อคืน 14 ครอบครัว มาช้าเพราะฝนตก คุยเรื่องเดียวคือเมล็ดข้าวปลูก ซื้อเขากระสอบละ 480 ปีนี้ขึ้นอีก\n\n"
            "แม่บุญบอกว่าแต่ก่อนก็เก็บเอง คัดรวงงามๆ แขวนไว้ใต้ถุน ไม่เห็นต้องซื้อ\u00a0 แต่พวกหนุ่มๆ ว่าเก็บเองแล้วข้าวปน โรงสีตัดราคา\n\n"
            "ตกลงกันว่าลองแปลงเดียวก่อน นาผู้ช่วยโต้ง 2 ไร่ ใครว่างมาช่วยเดินแปลงตัดข้าวปนตอนออกรวง\n\n"
            "- คนจดก็คือคนเขียนบล็อกนี่แหละ",
            author_id="blogger-1700000000000000001",
            author_name="เลขากลุ่ม",
            published=at(2011, 7, 2, 6, 30),
            modified=at(2011, 7, 5, 21, 40, 12),
            tags=("เมล็ดพันธุ์", "ประชุมกลุ่ม"),
            comments_said=4,
            comments=(
                Comment(
                    position=1,
                    id="802",
                    author_id="blogger-1700000000000000002",
                    author_name="พ่อใหญ่สี",
                    published=at(2011, 7, 3, 20, 11),
                    body="ปีกลายผมใช้เมล็ดที่เขาแจก ไม่งอกครึ่งหนึ่ง ต้องหว่านซ่อม เสียทั้งเวลาทั้งค่ารถไถ\n\n"
                    "ถ้ากลุ่มเก็บเองได้ผมเอาด้วย แต่ใครจะเป็นคนคัดพันธุ์ปน ตาผมไม่ดีแล้ว",
                ),
                Comment(
                    position=2,
                    id="803",
                    author_id="ศูนย์ข้าวชุมชนท่าลาด",
                    author_name="ศูนย์ข้าวชุมชนท่าลาด",
                    published=at(2011, 7, 4, 5, 2),
                    body="สวัสดีค่ะ ดิฉันอยู่ศูนย์ข้าวชุมชนอีกอำเภอหนึ่ง ทำมาสามปี ข้าวปนแก้ได้ถ้าปักดำทีละต้นค่ะ แต่ต้องใช้แรงเยอะ "
                    "ของเราใช้วิธีลงแขก เลี้ยงข้าวเที่ยง มาดูได้นะคะ โทรบอกก่อน",
                ),
                Comment(
                    position=3,
                    id="804",
                    published=at(2011, 7, 5, 21, 40),
                    reply_to="802",
                    body="พ่อใหญ่ครับ ตัดข้าวปนให้เด็กๆ ทำได้ ผมจะพาลูกศิษย์ ม.3 มาช่วย ได้เรียนไปด้วย",
                ),
            ),
            source="rice-farmers.xml:4",
        ),
        Post(
            id="399",
            url="http://nongwaeng.example/2011/06/nam.html",
            body="",
            comments=(
                Comment(
                    position=1,
                    id="806",
                    author_id="ผู้ช่วยโต้ง",
                    author_name="ผู้ช่วยโต้ง",
                    published=at(2011, 8, 20, 19, 45),
                    body="เสียดายเรื่องน้ำเข้านาที่เขียนไว้หายไปแล้ว ผมยังจะเอาไปให้ อบต. ดูอยู่เลย",
                ),
            ),
            source="rice-farmers.xml:9",
        ),
    ]
    assert told == [
        ("warning", "rice-farmers.xml", "export_comment_hidden", {"what": "removed", "count": "1"}),
        ("warning", "rice-farmers.xml", "export_not_published", {"what": "draft", "count": "1"}),
        ("warning", "rice-farmers.xml", "export_other_kind", {"what": "settings", "count": "1"}),
        ("warning", "rice-farmers.xml", "export_other_kind", {"what": "template", "count": "1"}),
    ]


def test_takeout_export():
    posts, told = read_file(FIXTURES / "takeout-feed.atom")
    assert posts == [
        Post(
            id="11",
            title="แล้งปีนี้ทุเรียนยืนต้นตายสามต้น",
            body="น้ำในสระแห้งตั้งแต่มีนา ที่เคยมีถึงพฤษภา ต้นที่ตายเป็นต้นที่โคนโล่งเตียน ส่วนต้นที่ปล่อยหญ้าคลุมไว้ ใบเหี่ยวแต่ฟื้น\n\n"
            "ผมเลยเลิกพ่นยาหญ้า ตัดแล้วสุมโคนแทน ยังไม่รู้ว่าถูกหรือเปล่า ปีหน้าค่อยว่ากัน",
            author_id="blogger-1700000000000000008",
            author_name="แก่น",
            published=at(2024, 5, 1, 19, 5),
            modified=at(2024, 5, 1, 20, 0),
            tags=("ทุเรียน",),
            comments=(
                Comment(
                    position=1,
                    id="31",
                    author_id="blogger-1700000000000000009",
                    author_name="ยุ้ย เกษตรตำบล",
                    published=at(2024, 5, 2, 10, 10),
                    body="ลุงแก่นคะ ที่ว่าตัดหญ้าแล้วทิ้งไว้โคนต้น ระวังปลวกด้วยนะคะ แปลงข้างๆ โดนมาแล้ว",
                ),
                Comment(
                    position=2,
                    id="32",
                    author_id="blogger-1700000000000000008",
                    author_name="แก่น",
                    published=at(2024, 5, 2, 18, 0),
                    reply_to="31",
                    body="ขอบใจยุ้ย เว้นโคนไว้คืบหนึ่งแล้ว\nปลวกยังไม่เห็น เห็นแต่ไส้เดือน",
                ),
            ),
            source="takeout-feed.atom:2",
        )
    ]
    assert told == [
        ("warning", "takeout-feed.atom", "export_comment_hidden", {"what": "spam", "count": "1"}),
        ("warning", "takeout-feed.atom", "export_not_published", {"what": "soft_trashed", "count": "1"}),
    ]


def test_a_thread_is_whole_wherever_its_comments_stand():
    posts, told = read_entries(comment(21, 1), comment(31, 2), post(1), comment(22, 1), post(2), comment(23, 1))
    assert [(p.id, [(c.position, c.id) for c in p.comments]) for p in posts] == [
        ("1", [(1, "21"), (2, "22"), (3, "23")]),
        ("2", [(1, "31")]),
    ]
    assert not told


def test_threads_without_their_post_come_last_each_once():
    posts, _ = read_entries(comment(21, 7), post(1), comment(22, 8), comment(23, 7))
    assert [(p.id, p.body, [c.id for c in p.comments], p.source) for p in posts] == [
        ("1", "บันทึก", [], "b.xml:2"),
        ("7", "", ["21", "23"], "b.xml:1"),
        ("8", "", ["22"], "b.xml:3"),
    ]


def test_a_comment_that_names_no_post_is_kept():
    posts, _ = read_entries(KIND.format("comment") + "<content>ลอยๆ</content>")
    assert posts == [Post(id="b-1", body="", comments=(Comment(1, "ลอยๆ"),), source="b.xml:1")]


def test_the_post_of_a_comment_is_found_by_address_too():
    source = "<thr:in-reply-to source='http://www.blogger.com/feeds/1/posts/default/7'/>"
    posts, _ = read_entries(KIND.format("comment") + "<content>ก</content>" + source, post(7))
    assert [(p.id, len(p.comments)) for p in posts] == [("7", 1)]


def test_comments_under_a_draft_go_with_it():
    draft = "<app:control><app:draft>yes</app:draft></app:control>"
    posts, told = read_entries(comment(21, 1), post(1) + draft, post(2))
    assert [p.id for p in posts] == ["2"]
    assert told == [("warning", "b.xml", "export_not_published", {"what": "draft", "count": "1"})]


def test_the_blogs_own_feed():
    account = Account()
    text = (
        "<feed xmlns='http://www.w3.org/2005/Atom' xmlns:thr='http://purl.org/syndication/thread/1.0'>"
        "<generator version='7.00' uri='http://www.blogger.com'>Blogger</generator>"
        "<entry><id>tag:blogger.com,1999:blog-1.post-5</id><published>2551-05-09T10:00:00+07:00</published>"
        "<title type='text'>1 &lt; 2</title><summary type='text'>ต้นเรื่อง</summary><thr:total>12</thr:total></entry></feed>"
    )
    source = Source.of_bytes(text.encode(), "b.xml")
    assert accepts(source.head())
    assert list(read(source, Options(), account)) == [
        Post(
            id="5",
            title="1 < 2",
            body="ต้นเรื่อง",
            published=at(2008, 5, 9, 10, 0),
            comments_said=12,
            excerpt=True,
            source="b.xml:1",
        )
    ]
    assert not account.entries


def test_odd_fields_are_told_and_the_rest_read():
    posts, told = read_entries(
        post(1) + "<published>เมื่อวาน</published><thr:total>มาก</thr:total><author><name>ไม่ระบุชื่อ</name></author>",
        post(2, "&lt;img src='a'/&gt;"),
        comment(3, 1, " "),
        comment(4, 1, "&lt;div&gt;" * 3_000),
    )
    assert posts == [Post(id="1", body="บันทึก", source="b.xml:1")]
    assert told == [
        ("refused", "b.xml:3", "no_body", {}),
        ("refused", "b.xml:4", "too_deep", {"deepest": "2000"}),
        ("warning", "b.xml:1", "date_not_read", {"field": "published", "value": "เมื่อวาน"}),
        ("refused", "b.xml:2", "no_body", {}),
    ]


def test_what_is_wrong_with_the_file_is_told_once():
    account = Account()
    first, second = post(1, "ก\x08ข"), comment(2, 1)
    text = EXPORT.format(f"<entry>{first}</entry><entry><b>{second}</entry>").removesuffix("</feed>")
    posts = list(read(Source.of_bytes(text.encode(), "b.xml"), Options(), account))
    assert posts[0].body == "กข"
    assert sorted(e.key for e in account.entries if e.key.startswith("xml")) == [
        "xml_characters",
        "xml_cut_short",
        "xml_mended",
    ]


@pytest.mark.parametrize("encoding", ["utf-16", "cp874"])
def test_other_encodings_give_the_same_posts(encoding):
    path = FIXTURES / "takeout-feed.atom"
    data = path.read_text(encoding="utf-8").replace(
        "encoding='utf-8'", f"encoding='{'TIS-620' if encoding == 'cp874' else encoding}'"
    )
    source = Source.of_bytes(data.encode(encoding), path.name)
    assert accepts(source.head())
    assert list(read(source, Options(), Account())) == read_file(path)[0]


def test_export_without_entries_is_refused():
    with pytest.raises(InputError) as error:
        read_entries()
    assert error.value.key == "xml_without_records"


@pytest.mark.parametrize("name", ["rice-farmers.xml", "takeout-feed.atom"])
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
def test_accepts_nothing_but_exports(name, encoding):
    head = (FIXTURES / name).read_text(encoding="utf-8")[:1_500].encode(encoding)
    assert accepts(head)
    assert not feed.accepts(head)
    assert not wordpress.accepts(head)
    assert not accepts(
        b"<rss xmlns:blogger='http://schemas.google.com/blogger/2008'><channel><generator>Blogger</generator>"
    )
    assert not accepts(b"<feed><title>Blogger</title>")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_exports_are_read_or_refused(data):
    text = (FIXTURES / "rice-farmers.xml").read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    junk = data.draw(
        st.sampled_from(
            [b"", b"<", b"&", b"]]>", b"<entry>", b"</entry>", b"\xff\x00", b"'", b"<!--", b"<thr:in-reply-to/>"]
        )
    )
    account = Account()
    try:
        posts = list(read(Source.of_bytes(text[:start] + junk + text[end:], "b.xml"), Options(), account))
    except InputError:
        return
    assert posts or account.entries
