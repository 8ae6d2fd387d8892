"""WordPress exports: whole fixtures, how WordPress shows its HTML, and damage."""

from dataclasses import replace
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import blogger, feed, xmlstream
from minecop.archive.readers.wordpress import accepts, read, sections
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures/archive/wordpress"

EXPORT = """<?xml version="1.0" encoding="UTF-8"?>
<rss version="2.0" xmlns:excerpt="http://wordpress.org/export/1.2/excerpt/" xmlns:content="http://purl.org/rss/1.0/modules/content/"
 xmlns:dc="http://purl.org/dc/elements/1.1/" xmlns:wp="http://wordpress.org/export/1.2/"><channel>{}</channel></rss>"""


def at(*when):
    return datetime(*when, tzinfo=BANGKOK)


def read_file(path):
    account = Account()
    return list(read(Source.of_file(path, path.name), Options(), account)), lines(account)


def lines(account):
    return [(e.kind, e.source, e.key, e.details) for e in account.entries]


def read_items(*items):
    account = Account()
    data = EXPORT.format("".join(f"<item>{text}</item>" for text in items)).encode()
    return list(read(Source.of_bytes(data, "wp.xml"), Options(), account)), lines(account)


def body_of(html):
    ((post,), told) = read_items(f"<content:encoded><![CDATA[{html}]]></content:encoded>")
    assert not told
    return post.body


def test_teachers_export():
    posts, told = read_file(FIXTURES / "teachers.xml")
    assert posts == [
        Post(
            id="118",
            url="https://hongphakkru.example/2018/07/reading-buddy/",
            title="พี่ ป.6 อ่านคู่น้อง ป.3 & เรื่องที่ไม่ได้คาด",
            body="เทอมนี้ได้ ป.3 มา 27 คน อ่านไม่ออกจริงๆ 6 คน อ่านได้แต่สะกดไปทีละตัวอีก 5 คน ตอนวง PLC วันพุธก็เลยเอามากางกันบนโต๊ะ "
            "ไม่ได้จะโทษใครนะคะ ครู ป.2 ก็สอนเต็มที่แล้ว แต่เด็กตามพ่อแม่ไปตัดอ้อยตั้งแต่พฤศจิกา\nกลับมาอีกทีก็กุมภา มันขาดช่วง\n\n"
            "ใต้ต้นหูกวาง พักเที่ยงวันอังคาร\n\n"
            "ครูแดงเสนอให้พี่ ป.6 มานั่งอ่านคู่กับน้องตอนพักเที่ยง 15 นาที ตอนแรกหนูไม่เชื่อหรอก คิดว่าเดี๋ยวก็ชวนกันเล่น\n"
            "ปรากฏว่าสามอาทิตย์แล้วยังมาครบ ที่ไม่คาดคือเด็กชาย ต. ที่ไม่ยอมอ่านให้ครูฟังเลย อ่านให้พี่ฟังค่ะ อ่านเสียงดังด้วย 555\n\n"
            "ที่ยังติดอยู่\n\n"
            "• พี่บางคนอ่านเองก็ยังไม่คล่อง กลายเป็นพี่อายน้อง\n"
            "• วันฝนตกไม่มีที่นั่ง\n\n"
            "ใครเคยทำแบบนี้แล้วเจออะไรบ้าง เล่าให้ฟังหน่อยนะคะ [1]\n\n"
            "[1] ไม่ได้ทำวิจัยนะคะ แค่จดไว้กันลืม",
            author_id="krunok",
            author_name="ครูนก ป.3",
            published=at(2018, 7, 11, 17, 42, 15),
            tags=("วง PLC", "อ่านออกเขียนได้"),
            comments=(
                Comment(
                    position=1,
                    id="51",
                    author_id="daeng.wi",
                    author_name="แดง วิไล",
                    published=at(2018, 7, 11, 20, 5),
                    body="พี่ไม่ได้คิดเองหรอกนก เอามาจากตอนอยู่โรงเรียนเก่า ที่นั่นพี่เลือกคู่ให้เด็กเลย ไม่ปล่อยให้จับเอง\n\n"
                    "พี่ที่อ่านไม่คล่องลองให้เป็นคนจับเวลากับติดสติกเกอร์ดูสิ ไม่ต้องอ่านก็มีหน้าที่",
                ),
                Comment(
                    position=2,
                    id="55",
                    author_id="แม่น้องต้นข้าว",
                    author_name="แม่น้องต้นข้าว",
                    published=at(2018, 7, 14, 21, 17, 40),
                    body="ขอบคุณคุณครูค่ะ ลูกกลับมาเล่าว่าพี่มายด์ชมว่าอ่านเก่งขึ้น ดีใจกันทั้งบ้าน\n"
                    "แต่แอบห่วงว่าพี่ๆ จะได้พักไหมคะ ป.6 เองก็ต้องเตรียมสอบเข้า ม.1",
                ),
                Comment(
                    position=3,
                    id="57",
                    author_id="krunok",
                    author_name="krunok",
                    published=at(2018, 7, 15, 6, 50, 2),
                    reply_to="55",
                    body="คุณแม่คะ ข้อนี้หนูก็คิดค่ะ ตกลงกันว่าสลับเวร พี่คนหนึ่งมาแค่อาทิตย์ละ สองวัน ถ้าใกล้สอบก็หยุดเลยค่ะ",
                ),
                Comment(
                    position=4,
                    id="60",
                    published=at(2018, 8, 2, 15, 0),
                    reply_to="51",
                    body="โรงเรียนผมลองแล้วเลิกไปครับ เด็กโตรำคาญ ผมว่าต้องมีครูอยู่ด้วยสักคน ไม่งั้นไม่รอด",
                ),
            ),
            source="teachers.xml:1",
        ),
        Post(
            id="240",
            url="https://hongphakkru.example/2019/09/plc-4/",
            title="สรุปวง PLC ครั้งที่ 4/2562",
            body="เรียนคุณครูทุกท่าน ขอบันทึกข้อตกลงจากวงวันที่ 13 กันยายน 2562 ไว้เป็นหลักฐาน มีผู้เข้าร่วม 9 ท่าน\n\n"
            "ข้อตกลง\n\n"
            "1. งดประชุมช่วงพักเที่ยง ให้ครูได้อยู่กับเด็ก\n"
            "2. ชั้นที่มีเด็กย้ายตามฤดูตัดอ้อย ให้ครูประจำชั้นทำสมุดส่งต่อ ไม่เกิน 1 หน้า\n\n"
            "เรื่องที่ยังไม่ลงตัวคือ ใครจะติดตามเด็กระหว่างที่ไปอยู่ไร่อ้อย ผมเองยังไม่มีคำตอบ ขอนำเข้าวงครั้งหน้า",
            author_id="admin",
            author_name="ผอ.สมเกียรติ",
            published=at(2019, 9, 16, 9, 0),
            modified=at(2019, 9, 17, 8, 10),
            tags=("วง PLC",),
            source="teachers.xml:3",
        ),
        Post(
            id="2",
            url="https://hongphakkru.example/about/",
            title="เกี่ยวกับห้องพักครู",
            body="บล็อกนี้ครูโรงเรียนบ้านดอนตะเคียนช่วยกันเขียน เล่าได้ทุกเรื่องยกเว้นชื่อจริงเด็ก\n\nใครสะดวกตอนไหนเขียนตอนนั้น ไม่ต้องสวย",
            author_id="admin",
            author_name="ผอ.สมเกียรติ",
            source="teachers.xml:6",
        ),
    ]
    assert told == [
        ("warning", "teachers.xml:3", "export_password", {}),
        ("guessed", "teachers.xml", "xml_characters", {"count": "1"}),
        ("warning", "teachers.xml", "export_comment_hidden", {"what": "hold", "count": "1"}),
        ("warning", "teachers.xml", "export_comment_hidden", {"what": "spam", "count": "1"}),
        ("warning", "teachers.xml", "export_no_comment", {"what": "pingback", "count": "1"}),
        ("warning", "teachers.xml", "export_not_published", {"what": "draft", "count": "1"}),
        ("warning", "teachers.xml", "export_not_published", {"what": "private", "count": "1"}),
        ("warning", "teachers.xml", "export_other_kind", {"what": "attachment", "count": "1"}),
        ("warning", "teachers.xml", "export_other_kind", {"what": "nav_menu_item", "count": "1"}),
    ]


def test_old_export_in_windows_874_with_bare_ampersands_and_names_for_logins():
    posts, told = read_file(FIXTURES / "fish-farmers.xml")
    assert posts == [
        Post(
            id="7",
            url="http://nonmuang.example/blog/?p=7",
            title="ปลาดุกน็อกน้ำ",
            body="เมื่อวานฝนหลงฤดูลงห่าใหญ่ ตอนเช้าปลาดุกลอยหัวเต็มบ่อ ตายไปราว 40 โล ผมรีบเปิดน้ำเข้าแต่ไม่ทัน\n\n"
            "หมอประมงบอกว่าน้ำฝนทำให้พื้นบ่อพลิก แก๊สขึ้น ให้เอาปูนขาวละลายน้ำสาดก่อนฝน ไร่ละ 20 โล "
            "ใครมีวิธีอื่นที่ไม่ต้องซื้อปูนบอกหน่อย เงินไม่มีแล้ว",
            author_id="ลุงหวัน",
            author_name="ลุงหวัน",
            published=at(2009, 3, 22, 19, 20),
            tags=("ปลาดุก",),
            comments=(
                Comment(
                    position=1,
                    id="3",
                    author_id="อ้ายคำ",
                    author_name="อ้ายคำ",
                    published=at(2009, 3, 23, 6, 10),
                    body="บ่อผมใช้เศษกล้วยสับแช่น้ำหมัก & รำ สาดทุกเจ็ดวัน ปีนี้ยังไม่น็อกสักที แต่บ่อผมเล็ก < 1 งาน ไม่รู้บ่อใหญ่จะได้ผลไหม",
                ),
            ),
            source="fish-farmers.xml:1",
        )
    ]
    assert not told


def test_the_least_that_an_item_may_have():
    posts, told = read_items("<content:encoded>สั้น</content:encoded>")
    assert posts == [Post(id="wp-1", body="สั้น", source="wp.xml:1")]
    assert not told


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ("ก\n\nข\nค", "ก\n\nข\nค"),
        ("<b>ก</b>\n\n\n \nข\nค", "ก\n\nข\nค"),
        ("<p>ก\nข</p>\nค\n\nง", "ก ข\n\nค\n\nง"),
        ("<!-- wp:paragraph --><p>ก\nข</p>\n\n<!-- /wp:paragraph -->\n\n<p>ค</p>", "ก ข\n\nค"),
        ("ก<!--more-->\n\n<!--nextpage-->ข", "ก\n\nข"),
        ("<h3>ก</h3>\nข\n<blockquote>ค</blockquote>\nง", "ก\n\nข\n\nค\n\nง"),
        ("ก\n<ul>\n<li>ข</li>\n\n<li>ค</li>\n</ul>\nง", "ก\n\n• ข\n• ค\n\nง"),
        ("<pre>ก\n\n  ข</pre>\nค<br />\nง", "ก\n\n  ข\n\nค\nง"),
        ("ก\n<script>\nvar a = 1;\n\n</script>\nข", "ก\nข"),
        ("ก <script>ไม่ปิด\n\nข", "ก"),
        ("<em>ก\n\nข</em>", "ก\n\nข"),
    ],
)
def test_paragraphs_are_those_that_wordpress_shows(html, seen):
    assert body_of(html) == seen


@pytest.mark.parametrize(
    ("html", "seen"),
    [
        ('[caption id="a" width="9"]<img src="x"/> ใต้ภาพ[/caption]ต่อ', "ใต้ภาพ\n\nต่อ"),
        ('[caption id="a" caption="ใต้ภาพ"]<img src="x"/>[/caption]ต่อ', "ใต้ภาพ\n\nต่อ"),
        ('<b>ก</b> [gallery] [audio mp3="a.mp3"][/audio] ข', "ก ข"),
        ("<b>ก</b> [embed]http://v.example/1[/embed] ข", "ก ข"),
        ("[youtube http://v.example/1]ก[quote]ข[/quote]", "กข"),
        ('[su_box title="x" style="soft"]ก[/su_box]', "ก"),
        ("[1] [ก] [sic] [x y] [update 2 = 3]", "[1] [ก] [sic] [x y] [update 2 = 3]"),
    ],
)
def test_shortcodes_go_and_what_they_stand_round_stays(html, seen):
    assert body_of(html) == seen


def test_text_without_any_html_is_kept_code_point_for_code_point():
    assert body_of("\u00a0\u00a0ก  ข\t\u200bค.....\n\n\n\nสร้า้ง") == "\u00a0\u00a0ก  ข\t\u200bค.....\n\n\n\nสร้า้ง"


def test_shortcodes_in_comments_are_words():
    (post,), _ = read_items(
        "<wp:comment><wp:comment_content>[gallery] ของใคร</wp:comment_content><wp:comment_approved>1</wp:comment_approved></wp:comment>"
    )
    assert post == Post(id="wp-1", body="", comments=(Comment(1, "[gallery] ของใคร"),), source="wp.xml:1")


def test_only_a_summary_is_an_excerpt():
    (post,), _ = read_items(
        "<excerpt:encoded>ย่อ</excerpt:encoded><content:encoded><![CDATA[<img/>]]></content:encoded>"
    )
    assert (post.body, post.excerpt) == ("ย่อ", True)


def test_dates():
    dates = [
        ("2008-05-09 03:12:44", "2008-05-08 20:12:44", at(2008, 5, 9, 3, 12, 44)),
        ("2008-05-09 03:12:44", "2008-05-09 00:00:00", at(2008, 5, 9, 7, 0)),
        ("2008-05-09 03:12:44", "0000-00-00 00:00:00", at(2008, 5, 9, 3, 12, 44)),
        ("2551-05-09 03:12:44", "", at(2008, 5, 9, 3, 12, 44)),
        ("0000-00-00 00:00:00", "0000-00-00 00:00:00", None),
        ("", "", None),
    ]
    posts, told = read_items(
        *(
            f"<wp:post_date>{local}</wp:post_date><wp:post_date_gmt>{gmt}</wp:post_date_gmt><content:encoded>ก</content:encoded>"
            for local, gmt, _ in dates
        )
    )
    assert [post.published for post in posts] == [when for *_, when in dates]
    assert not told
    (post,), told = read_items("<wp:post_date>9999-99-99</wp:post_date><content:encoded>ก</content:encoded>")
    assert post.published is None
    assert told == [("warning", "wp.xml:1", "date_not_read", {"field": "wp:post_date", "value": "9999-99-99"})]


def test_nothing_that_holds_text_goes_without_a_line():
    posts, told = read_items(
        "<title>ไม่มีเนื้อ</title>",
        "<wp:comment><wp:comment_id>4</wp:comment_id><wp:comment_content> </wp:comment_content></wp:comment><content:encoded>ก</content:encoded>",
        "<wp:post_type>topic</wp:post_type><content:encoded>กระทู้</content:encoded>",
    )
    assert [post.body for post in posts] == ["ก"]
    assert told == [
        ("refused", "wp.xml:1", "no_body", {}),
        ("refused", "wp.xml:2#4", "no_body", {}),
        ("warning", "wp.xml", "export_other_kind", {"what": "topic", "count": "1"}),
    ]


def test_html_that_is_too_deep_is_refused_and_the_next_item_read():
    posts, told = read_items(
        f"<content:encoded><![CDATA[{'<div>' * 100_000}x]]></content:encoded>", "<content:encoded>ต่อ</content:encoded>"
    )
    assert [post.body for post in posts] == ["ต่อ"]
    assert told == [("refused", "wp.xml:1", "too_deep", {"deepest": "2000"})]


def test_cut_file_keeps_its_posts():
    data = (FIXTURES / "teachers.xml").read_bytes()
    account = Account()
    posts = list(read(Source.of_bytes(data[: data.index("ข้อตกลง</h3>".encode())], "wp.xml"), Options(), account))
    assert [post.id for post in posts] == ["118"]
    assert [e.key for e in account.entries if e.key.startswith("xml")] == ["xml_characters", "xml_cut_short"]


def test_utf_16_gives_the_same_posts():
    path = FIXTURES / "teachers.xml"
    account = Account()
    data = path.read_text(encoding="utf-8").replace("UTF-8", "UTF-16", 1).encode("utf-16")
    assert list(read(Source.of_bytes(data, path.name), Options(), account)) == read_file(path)[0]


def test_export_without_items_is_refused():
    with pytest.raises(InputError) as error:
        read_items()
    assert error.value.key == "xml_without_records"


@pytest.mark.parametrize("encoding", ["utf-8", "utf-16", "cp874"])
def test_accepts_nothing_but_exports(encoding):
    head = EXPORT.format("<title>ก</title>")[:400].encode(encoding)
    assert accepts(head)
    assert not feed.accepts(head)
    assert not blogger.accepts(head)
    assert not accepts(b"<rss version='2.0'><channel><title>x</title>")


@settings(max_examples=60, deadline=None)
@given(st.data())
def test_damaged_exports_are_read_or_refused(data):
    text = (FIXTURES / "teachers.xml").read_bytes()
    start = data.draw(st.integers(0, len(text)))
    end = data.draw(st.integers(start, min(len(text), start + 400)))
    junk = data.draw(
        st.sampled_from(
            [b"", b"<", b"&", b"]]>", b"<![CDATA[", b"<item>", b"</item>", b"\xff\x00", b"[caption ", b"<!--"]
        )
    )
    account = Account()
    try:
        posts = list(read(Source.of_bytes(text[:start] + junk + text[end:], "wp.xml"), Options(), account))
    except InputError:
        return
    assert posts or account.entries


# ---- large exports, read section by section


def read_sections(data, size, monkeypatch):
    """Read bytes in sections of a size; return posts, account lines, and how many sections there were."""
    monkeypatch.setattr(xmlstream, "SECTION_BYTES", size)
    source = Source.of_bytes(data, "wp.xml")
    found = sections(source)
    account = Account()
    posts = [post for section in found or [None] for post in read(replace(source, section=section), Options(), account)]
    return posts, lines(account), len(found)


@pytest.mark.parametrize("size", [1, 1_500])
def test_sections_of_an_export_are_the_export(size, monkeypatch):
    data = (FIXTURES / "teachers.xml").read_bytes()
    posts, told, count = read_sections(data, size, monkeypatch)
    account = Account()
    assert posts == list(read(Source.of_bytes(data, "wp.xml"), Options(), account))
    assert count > 1
    # What is counted is counted in each section.
    assert {line[:3] for line in told} == {line[:3] for line in lines(account)}


@given(
    st.lists(
        st.sampled_from(
            [
                "<item><content:encoded><![CDATA[<p>ก <item> ข</item></p>]]></content:encoded></item>",
                "<item><content:encoded>ไม่มีท้าย</content:encoded>",
                "<!-- <item>ไม่ใช่</item> -->",
                "<item/>",
                "<item><wp:post_type>attachment</wp:post_type></item>",
                "<item><content:encoded>&nbsp;ค & ง</content:encoded><wp:comment><wp:comment_content>จ</wp:comment_content></wp:comment></item>\n",
            ]
        ),
        min_size=1,
        max_size=12,
    ),
    st.sampled_from(["</channel></rss>", "", "<item><title>ขาด"]),
    st.integers(1, 400),
)
@settings(max_examples=150, deadline=None)
def test_sections_of_any_items_are_the_items(items, end, size):
    data = EXPORT.format("".join(items)).replace("</channel></rss>", end).encode()
    account = Account()
    try:
        whole = list(read(Source.of_bytes(data, "wp.xml"), Options(), account))
    except InputError:  # not one whole item
        return
    with pytest.MonkeyPatch.context() as patch:
        posts, told, _ = read_sections(data, size, patch)
    assert posts == whole
    left_out = "export_other_kind"
    assert [line for line in told if line[2] != left_out] == [line for line in lines(account) if line[2] != left_out]


def test_sections_are_of_large_files_in_one_byte_encodings_only(monkeypatch):
    data = (FIXTURES / "teachers.xml").read_bytes()
    assert sections(Source.of_bytes(data, "wp.xml")) == []
    monkeypatch.setattr(xmlstream, "SECTION_BYTES", 1_000)
    assert sections(Source.of_bytes(data.decode().encode("utf-16"), "wp.xml")) == []
    assert sections(Source.of_bytes(b"<rss>" + b"x" * 5_000, "wp.xml")) == []
