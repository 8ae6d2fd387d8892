"""Saved pages: their encodings, which page is of one post and which shows several, and what is refused."""

from datetime import datetime
from pathlib import Path

import pytest

from minecop.archive.models import Account, Post
from minecop.archive.readers.page import page_posts, read
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "page"
TEXT = (
    "เช้านี้ยกทีมไปตรวจตลาดสด แผงหมูสะอาดขึ้นมาก แต่แผงผักยังวางกับพื้นเหมือนเดิม แม่ค้าบอกว่าโต๊ะที่เทศบาลให้สูงเกิน ยกของไม่ไหว "
    "ปีที่แล้วเราให้ดาวตกไปสามแผง ปีนี้เลยเปลี่ยนวิธี ถามก่อนว่าโต๊ะสูงเท่าไรถึงจะพอดี"
)


def posts_of(data: bytes, name: str = "หน้า.html") -> tuple[list[Post], list[tuple[str, str]]]:
    account = Account()
    posts = list(read(Source.of_bytes(data, name), Options(), account))
    return posts, [(entry.kind, entry.key) for entry in account.entries]


def html(text: str = TEXT, head: str = "") -> str:
    return f"<html><head>{head}<title>ตลาด</title></head><body><h1>ตลาด</h1><p>{text}</p></body></html>"


def test_page_that_shows_several_posts_gives_each_that_has_text():
    account = Account()
    posts = list(read(Source.of_file(FIXTURES / "front.html", "front.html"), Options(), account))
    assert posts == [
        Post(
            id="91",
            body="วันจันทร์ตลาดขายกำละ 12 วันพฤหัสเหลือ 8 ส่วนบ้านยายพาที่รั้วติดโรงเรียน แกขาย 5 บาททุกวัน แต่แกไม่มีใบเสร็จ\n\n"
            "เทศบาลบอกว่าไม่มีใบเสร็จเบิกไม่ได้ เด็ก 84 คน กินผักบุ้งอาทิตย์ละสองหน เลยต้องซื้อของแพงเพราะกระดาษแผ่นเดียว "
            "เมื่อวานครูใหญ่ลองให้ยายพาเขียนใบสำคัญรับเงินเอง ใช้สำเนาบัตรแนบ เรื่องผ่านแล้วจ้า ใครติดเรื่องเดียวกันลองดูนะ",
            url="https://kruakru.example/2559/pak-boong/",
            title="ผักบุ้งสามราคา",
            author_id="mae-on",
            author_name="แม่อ่อน",
            published=datetime(2016, 8, 19, 15, 20, tzinfo=BANGKOK),
            tags=("อาหารกลางวัน",),
            comments_said=7,
            source="front.html:1",
        ),
        Post(
            id="88",
            body="ปิดเทอมใหญ่นมค้างมา 3 ลัง ตู้เย็นเสียตั้งแต่สงกรานต์ ไม่มีใครรู้เพราะไม่มีใครมาโรงเรียน เปิดตู้วันแรกเหม็นไปถึงห้องพักครู",
            url="https://kruakru.example/2559/nom-boot/",
            title="นมบูดวันเปิดเทอม",
            published=datetime(2016, 5, 16, 18, 2, tzinfo=BANGKOK),
            excerpt=True,
            source="front.html:2",
        ),
    ]
    assert account.entries == []


def items(*bodies: str) -> str:
    return "".join(
        f"<div class='post'><h2><a href='/{n}.html'>เรื่องที่ {n}</a></h2><div class='entry-content'>{body}</div></div>"
        for n, body in enumerate(bodies, 1)
    )


@pytest.mark.parametrize(
    "end",
    [
        "อ่านต่อ",
        "อ่านต่อ...",
        "Read more »",
        "[…]",
        "[...]",
        "<a href='/1.html'>อ่านเพิ่มเติม →</a>",
        "<a>Continue reading</a>",
    ],
)
def test_page_list_marks_what_breaks_off(end):
    posts = list(
        page_posts(
            f"<body>{items(f'<p>{TEXT} {end}</p>', f'<p>{TEXT}</p>')}</body>", "http://a.example/", "p.html", Account()
        )
    )
    assert [(post.excerpt, post.body) for post in posts] == [(True, TEXT), (False, TEXT)]
    assert [post.url for post in posts] == ["http://a.example/1.html", "http://a.example/2.html"]


def test_page_list_without_an_address_leaves_addresses_unknown_and_ids_apart():
    posts = list(page_posts(f"<body>{items(TEXT, TEXT + 'ค่ะ')}</body>", None, "เก่า/หน้าแรก.html", Account()))
    assert [(post.id, post.url, post.source) for post in posts] == [
        ("หน้าแรก-1", None, "เก่า/หน้าแรก.html:1"),
        ("หน้าแรก-2", None, "เก่า/หน้าแรก.html:2"),
    ]


def test_page_of_one_post_with_cards_of_others_is_no_list():
    cards = "".join(
        f"<article class='card'><h3><a href='/{n}'>เรื่องอื่นที่ {n}</a></h3><p>น่าอ่าน</p></article>" for n in range(3)
    )
    for main in (
        f"<article><h1>ตลาด</h1><p>{TEXT}</p></article>",
        f"<div class='entry-content'>{TEXT}</div>",
        f"<div id=x><p>{TEXT}</p></div>",
    ):
        (post,) = page_posts(f"<body>{main}<div>{cards}</div></body>", None, "p.html", Account())
        assert TEXT in post.body
        assert post.source == "p.html"


def test_page_of_one_post_whose_title_leads_to_itself_keeps_its_comments():
    cards = "".join(f"<article><h3><a href='/{n}'>เรื่องอื่นที่ {n}</a></h3><p>{TEXT}</p></article>" for n in range(3))
    comment = "<ol class='commentlist'><li class='comment' id='comment-1'><cite class='fn'>ก</cite><div class='comment-content'>ดีค่ะ</div></li></ol>"
    page = f"<article class='post'><h2><a href='/9'>ตลาด</a></h2><div class='entry-content'>{TEXT}</div></article>{comment}{cards}"
    (post,) = page_posts(f"<body>{page}</body>", "http://a.example/9", "p.html", Account())
    assert [comment.body for comment in post.comments] == ["ดีค่ะ"]


# ---- encodings


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("utf-8", "utf-8"),
        ("TIS-620", "cp874"),
        ("windows-874", "cp874"),
        ("iso-8859-11", "cp874"),
        ("utf-16", "utf-16"),
    ],
)
@pytest.mark.parametrize(
    "form",
    [
        '<meta charset="{}">',
        "<meta http-equiv='Content-Type' content='text/html; charset={}'>",
        "<META content=text/html;charset={}>",
    ],
)
def test_page_encoding_that_the_page_declares(declared, encoding, form):
    posts, account = posts_of(html(head=form.format(declared)).encode(encoding))
    assert posts[0].body == TEXT
    assert ("guessed", "encoding_guessed") not in account


def test_page_of_xhtml_declares_its_encoding_at_the_top():
    page = '<?xml version="1.0" encoding="windows-874"?>\n<!DOCTYPE html>\n' + html()
    posts, account = posts_of(page.encode("cp874"), "หน้า.xhtml")
    assert posts[0].body == TEXT
    assert ("guessed", "encoding_guessed") not in account


@pytest.mark.parametrize(
    ("declared", "encoding"),
    [
        ("windows-874", "utf-8"),
        ("tis-620", "utf-8-sig"),
        ("utf-8", "cp874"),
        ("iso-8859-1", "cp874"),
        ("nonsense", "cp874"),
    ],
)
def test_page_encoding_that_the_page_lies_about(declared, encoding):
    posts, _ = posts_of(html(head=f"<meta charset={declared}>").encode(encoding))
    assert posts[0].body == TEXT


def test_page_encoding_that_is_guessed_is_told():
    posts, account = posts_of(html().encode("cp874"))
    assert posts[0].body == TEXT
    assert ("guessed", "encoding_guessed") in account


def test_page_declaration_beyond_the_first_four_kilobytes_does_not_count():
    posts, account = posts_of((" " * 5_000 + html(head="<meta charset=windows-874>")).encode("cp874"))
    assert posts[0].body == TEXT
    assert ("guessed", "encoding_guessed") in account


# ---- what is refused


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "empty_file"),
        (b" \n\t", "empty_file"),
        (b"\x89PNG\r\n\x1a\n\0\0\0\rIHDR" + bytes(200), "binary_file"),
        (b"<html><body><img src=a.jpg></body></html>", "page_without_post"),
        (b"<frameset cols='20%,*'><frame src=a.htm><frame src=b.htm></frameset>", "page_without_post"),
        (b"<div>" * 100_000, "too_deep"),
    ],
)
def test_page_that_cannot_be_read_says_why(data, key):
    with pytest.raises(InputError) as error:
        posts_of(data)
    assert error.value.key == key


@pytest.mark.parametrize(
    "data",
    [
        b"<" * 50_000,
        b"<!--" + b"x" * 50_000,
        b"&#x0;&#xD800;&#99999999999;" * 2_000,
        b"<a " + b"b='" * 50_000,
        bytes(range(1, 256)) * 300,
        b"<![CDATA[" * 9_000,
    ],
)
def test_page_of_broken_markup_ends_in_a_post_or_a_refusal(data):
    account = Account()
    try:
        posts = list(read(Source.of_bytes(b"<html><body>" + data, "x.html"), Options(), account))
    except InputError:
        posts = []
    assert all(post.body for post in posts)
