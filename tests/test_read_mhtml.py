"""Pages saved with their pictures in one file."""

import base64
import quopri
import time
from datetime import datetime
from pathlib import Path

import pytest

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.mhtml import read
from minecop.archive.sources import LARGEST_WHOLE, Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURE = Path(__file__).parent / "fixtures" / "archive" / "mhtml" / "chrome.mhtml"
TEXT = "สถานีสูบน้ำบ้านเราติดนาฬิกาใหม่ ชาวนาเถียงกันน้อยลงทันที เพราะเห็นกับตาว่าใครเปิดกี่ชั่วโมง ไม่ต้องเชื่อปากใคร"
PAGE = f"<html><head><title>นาฬิกา</title></head><body><p>{TEXT}</p></body></html>"


def posts_of(data: bytes, account: Account | None = None) -> list[Post]:
    return list(read(Source.of_bytes(data, "a/นาฬิกา.mht"), Options(), account or Account()))


def message(*parts: bytes, head: bytes = b"", boundary: bytes = b"x-x") -> bytes:
    body = b"".join(b"--" + boundary + b"\r\n" + part + b"\r\n" for part in parts)
    kind = b'MIME-Version: 1.0\r\nContent-Type: multipart/related; type="text/html"; boundary="' + boundary + b'"\r\n'
    return head + kind + b"\r\n" + body + b"--" + boundary + b"--\r\n"


def part(html: bytes, encoding: bytes = b"quoted-printable", charset: bytes = b"utf-8", head: bytes = b"") -> bytes:
    body = {b"quoted-printable": quopri.encodestring, b"base64": base64.encodebytes}.get(encoding, bytes)(html)
    return (
        b"Content-Type: text/html; charset="
        + charset
        + b"\r\nContent-Transfer-Encoding: "
        + encoding
        + b"\r\n"
        + head
        + b"\r\n"
        + body
    )


def test_mhtml_of_chrome():
    account = Account()
    posts = list(read(Source.of_file(FIXTURE, FIXTURE.name), Options(), account))
    assert posts == [
        Post(
            id="chrome",
            body="เมื่อวานพานักศึกษาปีสี่ไปเปิดโกดังสหกรณ์ เครื่องอบที่ทีมเราส่งมอบเมื่อปี 2557 อยู่ในนั้น ผ้าใบคลุมยังไม่เคยแกะ มิเตอร์ขึ้น 11 ชั่วโมง ซึ่งเป็นชั่วโมงที่เราทดสอบกันเอง\n\n"
            "ภาพ: น้องฟ้า\n\n"
            'ถามลุงประธานว่าทำไม คำตอบแรกคือ "กลัวพัง" คำตอบที่สองหลังกาแฟแก้วที่สองคือ "ค่าไฟใครจ่าย" และคำตอบที่สามตอนเดินไปส่งที่รถคือ "ไม่มีใครถามพวกผมเลยว่าอยากได้อะไร"\n\n'
            "รายงานปิดโครงการของผมเขียนว่าบรรลุวัตถุประสงค์ร้อยละร้อย\n\n"
            "สิ่งที่จะทำต่อ: ปีนี้ให้นักศึกษาอยู่กับกลุ่มก่อนหนึ่งฤดู ห้ามเสนออะไรทั้งนั้น ฟังอย่างเดียว",
            url="https://lab-chumchon.example/notes/2561/drying",
            title="เครื่องอบข้าวที่ไม่มีใครใช้",
            author_id="ผศ.เกรียง",
            author_name="ผศ.เกรียง",
            published=datetime(2018, 11, 20, 8, 30, tzinfo=BANGKOK),
            tags=("เครื่องอบ", "ข้าว"),
            comments=(
                Comment(
                    1,
                    "อาจารย์ครับ ลุงอ่านให้กรรมการฟังแล้ว เขาว่าถ้าจะมาอยู่ทั้งฤดูให้เตรียมรองเท้าบูทมาด้วย",
                    id="1",
                    author_id="ประธานสหกรณ์บ้านทุ่ง",
                    author_name="ประธานสหกรณ์บ้านทุ่ง",
                    published=datetime(2018, 11, 21, 19, 5, tzinfo=BANGKOK),
                ),
                Comment(
                    2,
                    "หนูจดไว้ว่า ค่าไฟที่เขากลัวคือเดือนละ 1,900 บาท แต่ค่าข้าวชื้นที่โดนหัก 4 หมื่นต่อรอบ ไม่เคยมีใครเอาสองตัวนี้มาวางคู่กันเลยค่ะ",
                    id="2",
                    author_id="ฟ้า ปีสี่",
                    author_name="ฟ้า ปีสี่",
                    published=datetime(2018, 11, 22, 0, 41, tzinfo=BANGKOK),
                ),
            ),
            comments_said=2,
            source="chrome.mhtml",
        )
    ]
    assert account.entries == []


@pytest.mark.parametrize("encoding", [b"quoted-printable", b"base64", b"8bit", b"binary", b"7BIT"])
@pytest.mark.parametrize("charset", ["utf-8", "windows-874"])
def test_mhtml_encodings_of_a_part(encoding, charset):
    html = PAGE.encode("cp874" if charset == "windows-874" else charset)
    (post,) = posts_of(message(part(html, encoding, charset.encode())))
    assert (post.id, post.title, post.body) == ("นาฬิกา", "นาฬิกา", TEXT)


def test_mhtml_of_internet_explorer_nests_its_parts_and_names_the_file_on_disk():
    inner = message(
        part(PAGE.encode(), head=b"Content-Location: file://C:\\My%20Documents\\clock.htm\r\n"), boundary=b"in-ner"
    )
    text = b"Content-Type: text/plain\r\n\r\n" + TEXT.encode()
    data = message(
        text,
        inner,
        head=b"From: <Saved by Microsoft Internet Explorer 5>\r\nSubject: =?windows-874?B?ueLBvQ==?=\r\nDate: Tue, 2 Mar 2010 10:11:12 +0700\r\n",
    )
    (post,) = posts_of(data)
    assert (post.url, post.body, post.published) == (None, TEXT, None)


def test_mhtml_message_that_is_one_page():
    data = b"MIME-Version: 1.0\r\nContent-Location: http://a.example/clock/\r\n" + part(PAGE.encode())
    (post,) = posts_of(data)
    assert (post.url, post.body) == ("http://a.example/clock/", TEXT)


def test_mhtml_root_part_is_the_one_that_the_message_names():
    frame = part("<body><p>โฆษณาปุ๋ยเม็ด ส่งฟรีทั่วไทย โทรเลยวันนี้</p></body>".encode(), head=b"Content-ID: <f2>\r\n")
    page = part(PAGE.encode(), head=b"Content-ID: <f1>\r\nContent-Location: http://a.example/7\r\n")
    (post,) = posts_of(message(frame, page, head=b"Snapshot-Content-Location: http://a.example/7\r\n"))
    assert (post.url, post.body) == ("http://a.example/7", TEXT)
    started = message(frame, page).replace(b"multipart/related;", b'multipart/related; start="<f1>";', 1)
    assert posts_of(started)[0].body == TEXT


def test_mhtml_frameset_shows_the_pages_in_it():
    frames = part(b"<html><frameset cols='20%,*'><frame src=a.htm></frameset></html>")
    (post,) = posts_of(message(frames, part(PAGE.encode())))
    assert post.body == TEXT


def test_mhtml_charset_of_the_header_that_lies():
    (post,) = posts_of(message(part(PAGE.encode("utf-8"), charset=b"iso-8859-1")))
    assert post.body == TEXT
    (post,) = posts_of(message(part(PAGE.encode("cp874"), charset=b"utf-8")))
    assert post.body == TEXT


def test_mhtml_pictures_are_never_held():
    picture = (
        b"Content-Type: image/png\r\nContent-Transfer-Encoding: base64\r\n\r\n" + (b"QUJD" * 19 + b"\r\n") * 300_000
    )
    data = message(picture, part(PAGE.encode()), picture, picture)
    begun = time.monotonic()
    import tracemalloc

    tracemalloc.start()
    (post,) = posts_of(data)
    _, most = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert post.body == TEXT
    assert len(data) > 60 * 2**20
    assert most < 5 * 2**20
    assert time.monotonic() - begun < 120


def test_mhtml_that_breaks_off_gives_what_is_there():
    data = message(part(PAGE.encode(), b"8bit"))
    assert posts_of(data[: data.index(b"</body>")])[0].body == TEXT
    encoded = message(part(PAGE.encode(), b"base64"))
    assert posts_of(encoded[:-60])[0].body.startswith("สถานีสูบน้ำ")


@pytest.mark.parametrize(
    ("data", "key"),
    [
        (b"", "mhtml_without_page"),
        (b"hello", "mhtml_without_page"),
        (message(b"Content-Type: image/png\r\n\r\nabc"), "mhtml_without_page"),
        (message(part(b"<html><body><img src=a></body></html>")), "page_without_post"),
        (message(part(b"<div>" * 9_000)), "too_deep"),
        (b"X: " + b"y" * 500_000, "mhtml_damaged"),
        (b"X: y\r\n" * 100_000 + b"\r\n", "mhtml_damaged"),
        (message(*[b"Content-Type: text/css\r\n\r\na"] * 4_000), "mhtml_damaged"),
    ],
)
def test_mhtml_that_cannot_be_read_says_why(data, key):
    with pytest.raises(InputError) as error:
        posts_of(data)
    assert error.value.key == key


@pytest.mark.parametrize(
    "kind",
    [
        b"multipart/related; " + b"(" * 50_000,
        b"multipart/related; " + b"a=b; " * 20_000,
        b'multipart/related; boundary="' + b"=?utf-8?q?a?= " * 5_000,
        b"multipart/related;\r\n " + b"aaaa\r\n " * 10_000,
        b"\xff\xfe\x00",
    ],
)
def test_mhtml_headers_that_no_program_writes_do_not_keep_the_parser_busy(kind):
    begun = time.monotonic()
    with pytest.raises(InputError):
        posts_of(b"MIME-Version: 1.0\r\nContent-Type: " + kind + b"\r\n\r\nhi")
    assert time.monotonic() - begun < 120


@pytest.mark.parametrize("line", [b"=\r\n", b"=3D=3D=3D=3D=\r\n", b"=" * 76 + b"\r\n"])
def test_mhtml_quoted_printable_without_end(line):
    begun = time.monotonic()
    (post,) = posts_of(message(part(PAGE.encode(), b"8bit").replace(b"8bit", b"quoted-printable") + line * 400_000))
    assert post.body.startswith(TEXT)
    assert time.monotonic() - begun < 120


def test_mhtml_page_that_is_too_large_is_refused_while_it_is_read():
    line = b"a" * 65_000 + b"\n"
    head = b"MIME-Version: 1.0\r\nContent-Type: text/html\r\n\r\n"

    class Endless:
        def __init__(self) -> None:
            self.given = 0

        def readline(self, size: int) -> bytes:
            self.given += 1
            return head.splitlines(keepends=True)[self.given - 1] if self.given <= 3 else line[:size]

        def __enter__(self):
            return self

        def __exit__(self, *_):
            return None

    source = Source("e.mht", 2**40, Endless)
    with pytest.raises(InputError) as error:
        list(read(source, Options(), Account()))
    assert error.value.key == "file_too_large"
    assert LARGEST_WHOLE == 64 * 2**20


def test_mhtml_messages_a_thousand_deep():
    data = PAGE.encode()
    nested = b"".join(b"Content-Type: multipart/related; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n) for n in range(1_000))
    (post,) = posts_of(b"MIME-Version: 1.0\r\n" + nested + part(data))
    assert post.body == TEXT
