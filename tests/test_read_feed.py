"""Feeds: whole fixtures of every kind, excerpts, threads, and damage."""

import socket
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import blogger, wordpress
from minecop.archive.readers.feed import accepts, read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures/archive/feed"

RSS = """<rss version="2.0" xmlns:content="http://purl.org/rss/1.0/modules/content/" xmlns:dc="http://purl.org/dc/elements/1.1/"
 xmlns:slash="http://purl.org/rss/1.0/modules/slash/"><channel><title>บล็อก</title>{}</channel></rss>"""
ATOM = '<feed xmlns="http://www.w3.org/2005/Atom"><title>บล็อก</title>{}</feed>'


@pytest.fixture(autouse=True)
def _offline(monkeypatch):
    def refuse(*args, **kwargs):
        raise AssertionError("a reader must not use the network")

    monkeypatch.setattr(socket, "socket", refuse)


def at(*when):
    return datetime(*when, tzinfo=BANGKOK)


def lines(account):
    return [(e.kind, e.source, e.key, e.details) for e in account.entries]


def read_file(path):
    account = Account()
    return list(read(Source.of_file(path, path.name), Options(), account)), lines(account)


def read_text(text):
    account = Account()
    return list(read(Source.of_bytes(text.encode(), "f.xml"), Options(), account)), lines(account)


def read_items(*items):
    return read_text(RSS.format("".join(f"<item>{text}</item>" for text in items)))


def test_rss_2_with_whole_texts_and_summaries():
    posts, told = read_file(FIXTURES / "health-office.rss")
    assert posts == [
        Post(
            id="63",
            url="http://thaphayung.example/2011/06/yai-thong/",
            title="ยายทองกับที่นอนลมตัวเดียว",
            body="วันนี้ไปเยี่ยมยายทองกับ อสม.ลำดวน แผลกดทับดีขึ้นจากกำมือเหลือเท่าเหรียญสิบ ลูกสะใภ้พลิกตัวให้ทุกสองชั่วโมงจริงๆ เขียนไว้บนฝาตู้เย็นเลยนะ\n\n"
            "ที่หนักใจคือที่นอนลมมีตัวเดียวทั้งอำเภอ ตอนนี้อยู่บ้านยาย แต่ลุงชิตหมู่ 5 ก็เริ่มแดงที่ก้นกบแล้ว จะให้ใครก่อน\u00a0พูดตรงๆ ว่าตัดสินใจไม่ได้\n\n"
            "ที่อื่นเขาจัดคิวของยืมกันยังไง มีกติกาไหมคะ",
            author_id="พี่แมว",
            author_name="พี่แมว",
            published=at(2011, 6, 14, 9, 20),
            tags=("เยี่ยมบ้าน", "ผู้ป่วยติดเตียง"),
            comments_said=6,
            source="health-office.rss:1",
        ),
        Post(
            id="61",
            url="http://thaphayung.example/2011/06/luknam-2/",
            title='สำรวจลูกน้ำรอบสอง "แจกันวัด" อีกแล้ว',
            body="ค่า HI หมู่ 3 ยัง 18 ทั้งที่บ้านสะอาดกันทุกหลัง เดินไปเดินมาเจอที่แจกันดอกไม้หน้าโกศในวัด 40 กว่าใบ "
            "หลวงพ่อท่านก็ว่าโยมเอามาถวาย อาตมาจะเททิ้งก็ใช่ที่...",
            author_id="หมออนามัยต้น",
            author_name="หมออนามัยต้น",
            published=at(2011, 6, 6, 9, 20),
            excerpt=True,
            comments_said=0,
            source="health-office.rss:2",
        ),
        Post(
            id="60",
            url="http://thaphayung.example/2011/06/meeting/",
            title="นัดประชุม อสม. เดือน มิ.ย.",
            body="เลื่อนเป็นวันที่ 20 นะคะ เอาสมุดเยี่ยมบ้านมาด้วยทุกคน ใครใช้ R & D ของกองทุนไปแล้วเอาใบเสร็จมา",
            excerpt=True,
            source="health-office.rss:3",
        ),
    ]
    assert told == [("warning", "health-office.rss:3", "date_not_read", {"field": "date", "value": "วันไหนจำไม่ได้"})]


def test_rss_1_in_tis_620_with_a_document_type():
    posts, told = read_file(FIXTURES / "cooperative.rdf")
    assert posts == [
        Post(
            id="81234",
            url="http://gotoknow.org/blog/sahakorn-nam/81234",
            blog="sahakorn-nam",
            title="ปลายคลองไม่ได้น้ำ",
            body="รอบเวรน้ำคราวนี้ปลายคลองแห้งอีก กรรมการเดินดูสองคืน เจอท่อลัก 7 จุด\u00a0แต่ไม่มีใครกล้าดึงออกเพราะเป็นญาติกันทั้งนั้น "
            "ผมเสนอให้ติดป้ายเวรไว้หน้าบ้านทุกหลัง...",
            author_id="กำนันสุ่ม",
            author_name="กำนันสุ่ม",
            published=at(2007, 2, 24, 19, 5),
            tags=("เวรน้ำ",),
            excerpt=True,
            source="cooperative.rdf:1",
        )
    ]
    assert not told


def test_atom_with_xhtml_a_summary_and_a_comment():
    posts, told = read_file(FIXTURES / "lecturers.atom")
    assert posts == [
        Post(
            id="77",
            url="https://samut.example/2008/02/aar",
            title="นักศึกษากลับจากหมู่บ้าน — AAR วันแรก",
            body="คาดหวัง: ได้เก็บข้อมูลครบ 60 หลังคาเรือน\n\nเกินคาด: ชาวบ้านชวนกินข้าว และเล่าเรื่องหนี้ ธ.ก.ส. ให้ฟังทั้งที่ไม่ได้ถาม\n\n"
            "น้อยกว่าคาด: แบบสอบถามเราถามแต่โรค\nไม่มีสักข้อที่ถามว่าเขากังวลอะไร",
            author_id="อ.รัชนี",
            author_name="อ.รัชนี",
            published=at(2008, 2, 20, 14, 30),
            modified=at(2008, 2, 21, 15, 0),
            tags=("AAR", "ฝึกปฏิบัติชุมชน"),
            comments_said=2,
            source="lecturers.atom:1",
        ),
        Post(
            id="76",
            url="https://samut.example/2008/02/bmi",
            title="ถ้า BMI < 18.5 จะทำอย่างไร",
            body="ผู้สูงอายุที่ผอมเกินไปมีมากกว่าที่คิด ในตำบลที่เราลงพบ 1 ใน 5 แต่คลินิกมีแต่โปรแกรมลดน้ำหนัก",
            author_id="ดร.ปิติ",
            author_name="ดร.ปิติ",
            published=at(2008, 2, 18, 16, 0),
            excerpt=True,
            source="lecturers.atom:2",
        ),
        Post(
            id="77",
            url="https://samut.example/2008/02/aar",
            body="",
            comments=(
                Comment(
                    position=1,
                    id="5",
                    author_id="ศิษย์เก่ารุ่น 12",
                    author_name="ศิษย์เก่ารุ่น 12",
                    published=at(2008, 2, 21, 20, 10),
                    body="อาจารย์คะ ปีหนูก็ถามแต่โรค & ก็ไม่มีใครบอกว่าให้ถามอย่างอื่น <หัวเราะ>",
                ),
            ),
            source="lecturers.atom:3",
        ),
    ]
    assert not told


def test_the_comments_of_a_post_are_its_thread():
    posts, told = read_file(FIXTURES / "thread.rss")
    assert posts == [
        Post(
            id="63",
            url="http://thaphayung.example/2011/06/yai-thong/",
            title="ยายทองกับที่นอนลมตัวเดียว",
            body="",
            comments=(
                Comment(
                    position=1,
                    id="210",
                    author_id="กายภาพ รพ.ชุมชน",
                    author_name="กายภาพ รพ.ชุมชน",
                    published=at(2011, 6, 14, 19, 1, 33),
                    body="ของเราให้คะแนนแผลค่ะพี่แมว เกรด 3 ขึ้นไปได้ก่อน ครบเดือนมาดูใหม่ ใครดีขึ้นก็ส่งต่อ ญาติไม่โกรธเพราะเห็นคะแนนเหมือนกันหมด",
                ),
                Comment(
                    position=2,
                    id="211",
                    author_id="ลำดวน อสม. ม.3",
                    author_name="ลำดวน อสม. ม.3",
                    published=at(2011, 6, 15, 8, 12),
                    reply_to="210",
                    body="คะแนนก็ดีค่ะ แต่บ้านยายทองเขากลัวพอดีขึ้นแล้วโดนยึด เลยไม่อยากบอกว่าดีขึ้น หนูว่าขอวัดเรี่ยไรอีกตัวง่ายกว่า",
                ),
            ),
            source="thread.rss:1",
        )
    ]
    assert not told


def test_comments_of_a_whole_blog_are_parted_by_post():
    def one(post, number, text):
        return (
            f"<title>Comment on เรื่อง {post} by ใคร</title><link>http://a.example/{post}/#comment-{number}</link>"
            f"<guid isPermaLink='false'>http://a.example/?p={post}#comment-{number}</guid><description>{text}</description>"
        )

    posts, _ = read_items(one(2, 30, "ก"), one(1, 29, "ข"), one(2, 28, "ค"))
    assert posts == [
        Post(
            id="2",
            url="http://a.example/2/",
            title="เรื่อง 2",
            body="",
            comments=(Comment(1, "ก", id="30"), Comment(2, "ค", id="28")),
            source="f.xml:1",
        ),
        Post(
            id="1",
            url="http://a.example/1/",
            title="เรื่อง 1",
            body="",
            comments=(Comment(1, "ข", id="29"),),
            source="f.xml:2",
        ),
    ]


@pytest.mark.parametrize(
    ("title", "thread"),
    [
        ("Comments on: ชื่อ", "ชื่อ"),
        ("ความเห็นบน: ชื่อ", "ชื่อ"),
        ("ความคิดเห็นบน: ชื่อ", "ชื่อ"),
        ("ความเห็นของคนไกลปืนเที่ยง", None),
        ("ความเห็น: เรื่องน้ำ", None),
    ],
)
def test_a_feed_of_comments_is_known_by_its_title(title, thread):
    (post,), _ = read_text(
        f"<rss><channel><title>{title}</title><link>http://a.example/x/</link><item><description>ก</description></item></channel></rss>"
    )
    if thread is None:
        assert post == Post(id="f-1", body="ก", source="f.xml:1")
    else:
        comments = (Comment(1, "ก"),)
        assert post == Post(
            id="http://a.example/x/",
            url="http://a.example/x/",
            body="",
            title=thread,
            comments=comments,
            source="f.xml:1",
        )


@pytest.mark.parametrize(
    ("description", "body", "excerpt"),
    [
        ("เล่าไม่จบ...", "เล่าไม่จบ...", True),
        ("เล่าไม่จบ…", "เล่าไม่จบ…", True),
        ("เล่าไม่จบ [...]", "เล่าไม่จบ [...]", True),
        ("เล่าไม่จบ [&amp;#8230;]", "เล่าไม่จบ […]", True),
        ("เล่าไม่จบ อ่านต่อ", "เล่าไม่จบ", True),
        ("เล่าไม่จบ (อ่านต่อ)", "เล่าไม่จบ", True),
        ("เล่าไม่จบ &lt;a href='x'&gt;อ่านต่อ...&lt;/a&gt;", "เล่าไม่จบ", True),
        ("เล่าไม่จบ Continue reading เรื่อง &amp;rarr;", "เล่าไม่จบ", True),
        ("เล่าไม่จบ (มีต่อ)", "เล่าไม่จบ (มีต่อ)", True),
        ("เล่าจบ", "เล่าจบ", False),
        ("เล่าไม่จบ&lt;a href='x'&gt;อ่านต่อ&lt;/a&gt;", "เล่าไม่จบ", True),
        ("เขาอ่านต่อจนจบเล่ม", "เขาอ่านต่อจนจบเล่ม", False),
        ("หนังสือเล่มนี้ดี แต่ไม่มีเวลาอ่านต่อ", "หนังสือเล่มนี้ดี แต่ไม่มีเวลาอ่านต่อ", False),
        ("แล้ว... ก็จบ", "แล้ว... ก็จบ", False),
    ],
)
def test_a_description_that_is_cut_is_an_excerpt(description, body, excerpt):
    (post,), _ = read_items(f"<description>{description}</description>")
    assert (post.body, post.excerpt) == (body, excerpt)


@pytest.mark.parametrize(
    ("content", "excerpt"), [("จบแบบทิ้งไว้...", False), ("ยังไม่จบ [...]", True), ("ยังไม่จบ อ่านต่อ &gt;&gt;", True)]
)
def test_dots_at_the_end_of_a_whole_text_are_its_writers(content, excerpt):
    (post,), _ = read_items(f"<description>ย่อ...</description><content:encoded>{content}</content:encoded>")
    assert post.excerpt == excerpt


def test_descriptions_are_whole_where_no_entry_has_more():
    posts, _ = read_items("<description>ก</description>", "<description>ข</description>")
    assert [post.excerpt for post in posts] == [False, False]
    posts, _ = read_items("<description>ก</description>", "<content:encoded>ข</content:encoded>")
    assert [post.excerpt for post in posts] == [True, False]


def test_html_is_read_escaped_in_cdata_and_bare():
    posts, told = read_items(
        "<description>&lt;p&gt;ก &amp;amp; ข&lt;/p&gt;&lt;p&gt;ค&lt;/p&gt;</description>",
        "<description><![CDATA[<p>ก &amp; ข</p><p>ค</p>]]></description>",
        "<description><p>ก &amp; ข</p><p>ค</p></description>",
        "<description><![CDATA[<p>ก & ข<p>ค<script>alert(1)</script>]]></description>",
    )
    assert [post.body for post in posts] == ["ก & ข\n\nค"] * 4
    assert not told


@pytest.mark.parametrize(
    ("names", "expected"),
    [
        ("<link>http://www.gotoknow.org/posts/40655</link><guid>http://www.gotoknow.org/posts/40655</guid>", "40655"),
        ("<link>http://a.example/2008/05/slug</link><guid isPermaLink='false'>http://a.example/?p=12</guid>", "12"),
        ("<link>http://a.example/?p=13</link>", "13"),
        ("<link>http://a.example/x</link><guid isPermaLink='false'>tag:blogger.com,1999:blog-9.post-77</guid>", "77"),
        ("<link>http://a.example/x</link><guid isPermaLink='false'>urn:x:9</guid>", "urn:x:9"),
        ("<link>http://a.example/2008/05/12</link>", "http://a.example/2008/05/12"),
        ("<link>javascript:alert(1)</link>", "f-1"),
        ("", "f-1"),
    ],
)
def test_the_id_of_a_post(names, expected):
    (post,), _ = read_items(f"{names}<description>ก</description>")
    assert post.id == expected
    assert post.url is None or post.url.startswith("http")


@pytest.mark.parametrize(
    ("author", "name"),
    [
        ("<dc:creator>ครู &amp;amp; นก</dc:creator>", "ครู & นก"),
        ("<author>nok@a.example (ครูนก)</author>", "ครูนก"),
        ("<author>nok@a.example</author>", "nok"),
        ("<author>ครูนก (nok@a.example)</author>", "ครูนก"),
        ("<author>ครูนก &lt;nok@a.example&gt;</author>", "ครูนก"),
        ("<author>ครูนก</author>", "ครูนก"),
        ("<dc:creator>Anonymous</dc:creator>", None),
        ("", None),
    ],
)
def test_the_author_of_a_post(author, name):
    (post,), _ = read_items(f"{author}<description>ก</description>")
    assert (post.author_id, post.author_name) == (name, name)


@pytest.mark.parametrize(
    ("date", "expected"),
    [
        ("<pubDate>Thu, 08 May 2008 22:51:00 +0000</pubDate>", at(2008, 5, 9, 5, 51)),
        ("<pubDate>พฤ., 08 พ.ค. 2551 22:51:00 +0700</pubDate>", at(2008, 5, 8, 22, 51)),
        ("<pubDate>๘ พฤษภาคม ๒๕๕๑</pubDate>", at(2008, 5, 8)),
        ("<dc:date>2008-05-08T22:51:00+07:00</dc:date>", at(2008, 5, 8, 22, 51)),
        ("<pubDate></pubDate>", None),
        ("", None),
    ],
)
def test_the_date_of_a_post(date, expected):
    (post,), told = read_items(f"{date}<description>ก</description>")
    assert (post.published, post.modified) == (expected, None)
    assert not told


def test_rss_0_91_with_its_document_type_and_atom_0_3():
    (post,), told = read_text(
        '<?xml version="1.0"?><!DOCTYPE rss PUBLIC "-//Netscape Communications//DTD RSS 0.91//EN" "http://my.netscape.com/rss-0.91.dtd">'
        "<rss version='0.91'><channel><title>บ</title><item><title>ก</title><description>ข</description></item></channel></rss>"
    )
    assert (post.title, post.body, told) == ("ก", "ข", [])
    (post,), told = read_text(
        '<feed version="0.3" xmlns="http://purl.org/atom/ns#"><entry><title>ก</title><issued>2005-06-09T10:00:00+07:00</issued>'
        '<modified>2005-06-10T10:00:00+07:00</modified><content type="text/html" mode="escaped">&lt;p&gt;ข&lt;/p&gt;</content></entry></feed>'
    )
    assert (post.title, post.body, post.published, post.modified) == (
        "ก",
        "ข",
        at(2005, 6, 9, 10, 0),
        at(2005, 6, 10, 10, 0),
    )
    assert not told


def test_text_that_looks_like_an_address_or_a_file_is_not_fetched(tmp_path):
    (tmp_path / "x").write_text(RSS.format("<item><description>ความลับ</description></item>"), encoding="utf-8")
    for text in ("http://a.example/feed", "file:///etc/passwd", str(tmp_path / "x")):
        with pytest.raises(InputError):
            read_text(text)


def test_entities_and_depth():
    doctype = '<!DOCTYPE rss [<!ENTITY a "ฮา"><!ENTITY b "&a;&a;"><!ENTITY x SYSTEM "file:///etc/passwd">]>'
    posts, told = read_text(doctype + RSS.format("<item><description>&b;&x;</description></item>"))
    assert [post.body for post in posts] == ["&b;&x;"]
    posts, told = read_items(f"<description>{'<a>' * 100_000}</description>", "<description>ต่อ</description>")
    assert [post.body for post in posts] == ["ต่อ"]
    assert [line[:3] for line in told] == [("refused", "f.xml:1", "too_deep")]


def test_thousands_of_attributes_and_namespaces_cost_no_time():
    attributes = " ".join(f'a{n}="1"' for n in range(20_000))
    spaces = "".join(f"<s{n}:x xmlns:s{n}='u{n}'/>" for n in range(20_000))
    posts, _ = read_items(f"<x {attributes}/>{spaces}<description {attributes}>ก</description>")
    assert [post.body for post in posts] == ["ก"]


def test_what_feedparser_cannot_bear_is_refused_by_record(monkeypatch):
    import feedparser

    parse = feedparser.parse

    def fails(stream, **options):
        if "ร้าย".encode() in stream.getvalue():
            raise RuntimeError
        return parse(stream, **options)

    monkeypatch.setattr(feedparser, "parse", fails)
    posts, told = read_items("<description>ร้าย</description>", "<description>ดี</description>")
    assert [post.body for post in posts] == ["ดี"]
    assert told == [("refused", "f.xml:1", "xml_record_broken", {"reason": "RuntimeError"})]


def test_cut_feed_keeps_its_posts():
    text = RSS.format("<item><description>ก</description></item><item><description>ข")
    posts, told = read_text(text.split("</channel>")[0])
    assert [post.body for post in posts] == ["ก"]
    assert told == [("warning", "f.xml", "xml_cut_short", {"count": "1"})]


def test_an_item_without_text_is_refused():
    posts, told = read_items("<title>ว่าง</title>", "<description>ก</description>")
    assert [post.body for post in posts] == ["ก"]
    assert told == [("refused", "f.xml:1", "no_body", {})]


@pytest.mark.parametrize(("text", "key"), [("", "empty_file"), ("<html><p>หน้าเว็บ</p></html>", "xml_without_records")])
def test_no_feed_is_refused(text, key):
    with pytest.raises(InputError) as error:
        read_text(text)
    assert error.value.key == key


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "utf-16-be", "cp874"])
@pytest.mark.parametrize(
    "start", ["<rss version='2.0'>", "<feed xmlns='http://www.w3.org/2005/Atom'>", "<rdf:RDF xmlns='x'>", "<rss>"]
)
def test_accepts_feeds(start, encoding):
    head = f"<?xml version='1.0'?><!-- ก -->{start}<title>ก".encode(encoding)
    assert accepts(head)
    assert not wordpress.accepts(head)
    assert not blogger.accepts(head)


@pytest.mark.parametrize("head", [b"<html><body>", b"<opml>", b"", b"<feedback>", "<ข้อมูล>".encode()])
def test_accepts_no_other_xml(head):
    assert not accepts(head)


@settings(max_examples=60, deadline=None)
@given(st.sampled_from(["health-office.rss", "lecturers.atom", "cooperative.rdf", "thread.rss"]), st.data())
def test_damaged_feeds_are_read_or_refused(name, data):
    text = (FIXTURES / name).read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    junk = data.draw(
        st.sampled_from(
            [b"", b"<", b"&", b"]]>", b"<item>", b"</entry>", b"\xff\x00", b'"', b"<!--", b"<image>", b"<source>"]
        )
    )
    account = Account()
    try:
        posts = list(read(Source.of_bytes(text[:start] + junk + text[end:], name), Options(), account))
    except InputError:
        return
    assert posts or account.entries
