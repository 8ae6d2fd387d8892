"""Web archives: records of pages, what is counted and left out, and files that are damaged or built to do harm."""

import gzip
import io
import time
import zipfile
import zlib
from pathlib import Path

import pytest
from warcio.statusandheaders import StatusAndHeaders
from warcio.warcwriter import WARCWriter

from minecop.archive.models import Account, Entry, Post
from minecop.archive.readers.page import page_posts
from minecop.archive.readers.warc import accepts, read
from minecop.archive.sources import Options, Source
from minecop.core.errors import InputError

PAGES = Path(__file__).parent / "fixtures" / "archive" / "page"
TEXT = "ประชุมกองทุนขยะเดือนนี้ยอดเงินไม่ตรงสามสิบสองบาท เหรัญญิกร้องไห้ ที่ประชุมเลยตกลงว่าต่อไปให้เด็กสองคนนับด้วยทุกครั้ง ไม่ใช่เพราะไม่เชื่อใจ แต่เพราะไม่อยากให้ใครต้องร้องไห้อีก"


def html(n: int = 1) -> bytes:
    return f"<html><head><title>เรื่องที่ {n}</title></head><body><div class='entry-content'><p>{TEXT}</p></div></body></html>".encode()


class Archive:
    """Writes a web archive record by record."""

    def __init__(self, *, packed: bool = True) -> None:
        self.out = io.BytesIO()
        self.writer = WARCWriter(self.out, gzip=packed)

    def write(self, record: object) -> "Archive":
        self.writer.write_record(record)
        record.raw_stream.close()  # the writer's own temporary file
        return self

    def add(
        self,
        body: bytes,
        url: str = "http://a.example/",
        kind: str = "text/html",
        status: str = "200 OK",
        *headers: tuple[str, str],
    ) -> "Archive":
        http = StatusAndHeaders(status, [("Content-Type", kind), *headers], protocol="HTTP/1.1")
        return self.write(self.writer.create_warc_record(url, "response", payload=io.BytesIO(body), http_headers=http))

    def record(self, kind: str, url: str, body: bytes, content: str) -> "Archive":
        return self.write(
            self.writer.create_warc_record(url, kind, payload=io.BytesIO(body), warc_content_type=content)
        )

    @property
    def data(self) -> bytes:
        return self.out.getvalue()


def posts_of(data: bytes, name: str = "เก็บ/ขยะ.warc.gz") -> tuple[list[Post], list[Entry]]:
    account = Account()
    return list(read(Source.of_bytes(data, name), Options(), account)), account.entries


def lines(entries: list[Entry]) -> list[tuple[str, str, str]]:
    return [(entry.kind, entry.source, entry.key) for entry in entries]


def pages(*, packed: bool) -> bytes:
    archive = Archive(packed=packed)
    archive.write(archive.writer.create_warcinfo_record("ขยะ.warc", {"software": "test"}))
    for name in ("wordpress.html", "blogger.html", "drupal.html"):
        archive.add((PAGES / name).read_bytes(), f"https://archive.example/{name}", "text/html; charset=UTF-8")
    return archive.data


@pytest.mark.parametrize("packed", [True, False])
def test_warc_pages_are_read_as_saved_pages_are(packed):
    posts, account = posts_of(pages(packed=packed))
    expected = []
    for number, name in enumerate(("wordpress.html", "blogger.html", "drupal.html"), 2):
        text = (PAGES / name).read_text(encoding="utf-8")
        expected += page_posts(text, f"https://archive.example/{name}", f"เก็บ/ขยะ.warc.gz:{number}", Account())
    assert posts == expected
    assert [(post.source, post.url, len(post.comments)) for post in posts] == [
        ("เก็บ/ขยะ.warc.gz:2", "https://archive.example/wordpress.html", 4),
        ("เก็บ/ขยะ.warc.gz:3", "https://archive.example/blogger.html", 3),
        ("เก็บ/ขยะ.warc.gz:4", "https://archive.example/drupal.html", 4),
    ]
    assert lines(account) == [("warning", "เก็บ/ขยะ.warc.gz:2", "pingbacks_left_out")]


def test_warc_that_was_packed_as_one_piece():
    posts, account = posts_of(gzip.compress(pages(packed=False)))
    assert [post.id for post in posts] == ["418", "6612094417720035518", "213"]
    assert len(account) == 1


def test_warc_posts_without_a_number_are_told_apart_by_their_record():
    posts, _ = posts_of(Archive().add(html(1), "http://a.example/one/").add(html(2), "http://a.example/two/").data)
    assert [(post.id, post.title) for post in posts] == [("ขยะ-1", "เรื่องที่ 1"), ("ขยะ-2", "เรื่องที่ 2")]


def test_warc_what_is_no_page_is_counted_by_kind():
    archive = Archive()
    archive.add(b"<rss/>", "http://a.example/feed", "application/rss+xml").add(
        b"<rss/>", "http://a.example/f2", "application/rss+xml; charset=utf-8"
    )
    archive.add(b"{}", "http://a.example/j", "application/json").add(
        b"robots", "http://a.example/robots.txt", "text/plain"
    )
    archive.add(b"GIF", "http://a.example/a.gif", "image/gif").add(b"a{}", "http://a.example/a.css", "text/css").add(
        b"a()", "http://a.example/a.js", "application/javascript"
    )
    archive.add(html(), "http://a.example/old", "text/html", "301 Moved").add(
        html(), "http://a.example/gone", "text/html", "404 Not Found"
    )
    archive.add(html(), "http://a.example/here")
    archive.write(
        archive.writer.create_revisit_record(
            "http://a.example/here", "sha1:ABC", "http://a.example/here", "2012-01-01T00:00:00Z"
        )
    )
    archive.record(
        "request", "http://a.example/", b"GET / HTTP/1.0\r\n\r\n", "application/http; msgtype=request"
    ).record("metadata", "http://a.example/", b"a: b", "application/warc-fields")
    archive.record("conversion", "http://a.example/", TEXT.encode(), "text/plain").record(
        "response", "dns:a.example", b"1.2.3.4", "text/dns"
    )
    posts, account = posts_of(archive.data)
    assert [post.body for post in posts] == [TEXT]
    assert {(entry.kind, entry.key, entry.details.get("what"), entry.details["count"]) for entry in account} == {
        ("warning", "warc_kind_left_out", "application/rss+xml", "2"),
        ("warning", "warc_kind_left_out", "text/plain", "2"),
        ("warning", "warc_kind_left_out", "application/json", "1"),
        ("warning", "warc_not_pages", None, "2"),
        ("warning", "warc_revisits", None, "1"),
    }


def test_warc_page_kept_without_its_headers():
    posts, _ = posts_of(Archive().record("resource", "http://a.example/7", html(), "text/html").data)
    assert [(post.url, post.body) for post in posts] == [("http://a.example/7", TEXT)]


def test_warc_encoding_of_the_header():
    thai = html().decode().encode("cp874")
    posts, account = posts_of(Archive().add(thai, kind="text/html; charset=TIS-620").data)
    assert posts[0].body == TEXT
    assert account == []


def deflated(data: bytes, bits: int) -> bytes:
    packer = zlib.compressobj(9, zlib.DEFLATED, bits)
    return packer.compress(data) + packer.flush()


@pytest.mark.parametrize(
    ("packing", "body"),
    [
        ("gzip", gzip.compress(html(), mtime=0)),
        ("x-gzip", gzip.compress(html(), mtime=0)),
        ("deflate", deflated(html(), 15)),
        ("deflate", deflated(html(), -15)),
        ("gzip", html()),
        ("identity", html()),
    ],
)
@pytest.mark.parametrize("chunked", [False, True])
def test_warc_content_as_servers_pack_it(packing, body, chunked):
    headers = [("Content-Encoding", packing)]
    if chunked:
        headers.append(("Transfer-Encoding", "chunked"))
        body = (
            b"".join(b"%x\r\n%s\r\n" % (len(body[n : n + 100]), body[n : n + 100]) for n in range(0, len(body), 100))
            + b"0\r\n\r\n"
        )
    posts, account = posts_of(Archive().add(body, "http://a.example/", "text/html", "200 OK", *headers).data)
    assert [post.body for post in posts] == [TEXT]
    assert account == []


def test_warc_content_packed_with_brotli():
    brotli = pytest.importorskip("brotli")
    posts, _ = posts_of(
        Archive()
        .add(brotli.compress(html()), "http://a.example/", "text/html", "200 OK", ("Content-Encoding", "br"))
        .data
    )
    assert posts[0].body == TEXT
    bomb = brotli.compress(b" " * (200 * 2**20))
    posts, account = posts_of(
        Archive().add(bomb, "http://a.example/", "text/html", "200 OK", ("Content-Encoding", "br")).data
    )
    assert lines(account) == [("refused", "เก็บ/ขยะ.warc.gz:1", "file_too_large")]


def test_warc_content_packed_in_a_way_that_is_not_known_is_refused(monkeypatch):
    monkeypatch.setitem(__import__("sys").modules, "brotli", None)
    archive = Archive()
    for packing in ("br", "zstd"):
        archive.add(b"\x28\xb5\x2f\xfd", "http://a.example/", "text/html", "200 OK", ("Content-Encoding", packing))
    posts, account = posts_of(archive.add(html()).data)
    assert [post.body for post in posts] == [TEXT]
    assert [(entry.key, entry.details["packing"]) for entry in account] == [
        ("page_packing_unknown", "br"),
        ("page_packing_unknown", "zstd"),
    ]


# ---- damage


@pytest.mark.parametrize("packed", [True, False])
def test_warc_that_breaks_off_keeps_what_came_before(packed):
    archive = Archive(packed=packed).add(html(1), "http://a.example/1")
    first = archive.data  # of the same file: record ids are random, and packed to differing lengths
    whole = archive.add(html(2), "http://a.example/2").data
    for cut in range(len(first) + 2, len(whole) - 8, 7):
        posts, account = posts_of(whole[:cut])
        assert posts[0].title == "เรื่องที่ 1" and not posts[0].excerpt
        assert all(post.excerpt or post.body == TEXT for post in posts[1:])
        assert account, cut
        assert {entry.key for entry in account} <= {
            "warc_cut_short",
            "page_cut_short",
            "warc_record_damaged",
            "page_without_post",
            "empty_file",
            "warc_kind_left_out",
            "encoding_guessed",
        }


def test_warc_page_that_breaks_off_is_an_excerpt():
    data = Archive(packed=False).add(html(1), "http://a.example/1").data
    posts, account = posts_of(data[: data.rindex(b"</p>")], "ขยะ.warc")
    assert [(post.body, post.excerpt) for post in posts] == [(TEXT, True)]
    assert lines(account) == [("warning", "ขยะ.warc:1", "page_cut_short"), ("warning", "ขยะ.warc", "warc_cut_short")]


def test_warc_damaged_records_are_refused_and_the_next_ones_read():
    good = [Archive(packed=False).add(html(n), f"http://a.example/{n}").data for n in range(1, 5)]
    too_short = good[1].replace(b"Content-Length: ", b"Content-Length: 90\r\nX-Was: ", 1)
    without_url = good[2].replace(b"WARC-Target-URI", b"WARC-Targets-URI", 1)
    posts, account = posts_of(good[3] + too_short + good[3] + b"WARC/1.0\r\nrubbish\r\n" + good[3], "x.warc")
    assert [post.title for post in posts if not post.excerpt] == ["เรื่องที่ 4"] * 3
    assert any(entry.kind == "refused" for entry in account)
    posts, account = posts_of(without_url + good[3], "x.warc")
    assert [(post.title, post.url) for post in posts] == [("เรื่องที่ 3", None), ("เรื่องที่ 4", "http://a.example/4")]


def raw(content: bytes, length: bytes | None = None) -> bytes:
    size = b"%d" % len(content) if length is None else length
    return (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\nContent-Length: "
        + size
        + b"\r\n\r\n"
        + content
        + b"\r\n\r\n"
    )


@pytest.mark.parametrize("content", [b"", b"\r\n\r\n", b"\xff" * 500, b"HTTP/1.1\r\n\r\n"])
def test_warc_record_without_headers_of_its_own_does_not_end_the_file(content):
    posts, account = posts_of(raw(content) + Archive(packed=False).add(html()).data, "x.warc")
    assert [post.source for post in posts] == ["x.warc:2"]
    assert len(account) == 1


@pytest.mark.parametrize("length", [b"", b"-5", b"many", b"9" * 30, "๕".encode()])
def test_warc_record_of_no_length_is_refused(length):
    good = Archive(packed=False).add(html()).data
    posts, account = posts_of(good + raw(html(), length) + good, "x.warc")
    assert posts[0].body == TEXT
    assert account
    assert len(posts) == 2 or length == b"9" * 30


def test_warc_one_page_that_cannot_be_read_does_not_cost_the_others():
    archive = Archive().add(b"<div>" * 100_000).add(b"<html></html>").add(b"\0\1\2" * 900).add(html())
    posts, account = posts_of(archive.data)
    assert [post.source for post in posts] == ["เก็บ/ขยะ.warc.gz:4"]
    assert lines(account) == [
        ("refused", "เก็บ/ขยะ.warc.gz:1", "too_deep"),
        ("refused", "เก็บ/ขยะ.warc.gz:2", "page_without_post"),
        ("refused", "เก็บ/ขยะ.warc.gz:3", "binary_file"),
    ]


@pytest.mark.parametrize(
    "data", [b"hello", b"GIF89a" + bytes(100), gzip.compress(b"hello", mtime=0), b"\x1f\x8b\x08rubbish", b"\n" * 100]
)
def test_warc_that_is_none_is_refused(data):
    with pytest.raises(InputError) as error:
        posts_of(data)
    assert error.value.key == "warc_without_records"


# ---- files built to do harm


def test_warc_page_that_unpacks_to_gigabytes_is_refused():
    bomb = gzip.compress(gzip.compress(b" " * (300 * 2**20), 9), 9)
    archive = (
        Archive()
        .add(gzip.decompress(bomb), "http://a.example/", "text/html", "200 OK", ("Content-Encoding", "gzip"))
        .add(html())
    )
    begun = time.monotonic()
    posts, account = posts_of(archive.data)
    assert [post.body for post in posts] == [TEXT]
    assert lines(account) == [("refused", "เก็บ/ขยะ.warc.gz:1", "file_too_large")]
    assert time.monotonic() - begun < 120


def test_warc_file_that_unpacks_to_gigabytes_is_left_where_it_is_too_much():
    head = Archive(packed=False).add(html()).data
    huge = b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\nContent-Length: 9999999999\r\n\r\nHTTP/1.1 200 OK\r\nContent-Type: image/gif\r\n\r\n"
    data = gzip.compress(head) + gzip.compress(huge + bytes(400 * 2**20), 9)
    begun = time.monotonic()
    posts, account = posts_of(data)
    assert [post.body for post in posts] == [TEXT]
    assert [entry.key for entry in account] == ["warc_unpacks_too_far"]
    assert time.monotonic() - begun < 120


@pytest.mark.parametrize("endless", [b"X" * 4_000_000, b"X: y\r\n" * 600_000, b"X: y\r\n z" * 600_000])
def test_warc_headers_without_end_are_refused(endless):
    good = Archive(packed=False).add(html()).data
    http = b"HTTP/1.1 200 OK\r\n" + endless
    record = (
        b"WARC/1.0\r\nWARC-Type: response\r\nWARC-Target-URI: http://a.example/\r\nContent-Type: application/http\r\nContent-Length: %d\r\n\r\n%s\r\n\r\n"
        % (len(http), http)
    )
    begun = time.monotonic()
    posts, account = posts_of(good + b"WARC/1.0\r\n" + endless + b"\r\n\r\n" + record + good, "x.warc")
    assert [post.body for post in posts] == [TEXT, TEXT]
    assert [entry.key for entry in account] == ["warc_record_damaged", "warc_record_damaged"]
    assert time.monotonic() - begun < 120


def test_warc_of_blank_lines():
    begun = time.monotonic()
    with pytest.raises(InputError):
        posts_of(gzip.compress(b"\r\n" * 30_000_000))
    assert time.monotonic() - begun < 120


# ---- wacz


def wacz(members: dict[str, bytes], method: int = zipfile.ZIP_STORED) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", method) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def test_wacz_gives_the_pages_of_its_archives():
    data = wacz(
        {
            "datapackage.json": b"{}",
            "archive/b.warc.gz": Archive().add(html(2), "http://a.example/2/").data,
            "archive/a.warc": Archive(packed=False).add(html(1), "http://a.example/1/").data,
            "pages/pages.jsonl": b"{}",
            "indexes/index.cdx.gz": b"",
        }
    )
    posts, account = posts_of(data, "ขยะ.wacz")
    assert [(post.id, post.title, post.source) for post in posts] == [
        ("a-1", "เรื่องที่ 1", "ขยะ.wacz/archive/a.warc:1"),
        ("b-1", "เรื่องที่ 2", "ขยะ.wacz/archive/b.warc.gz:1"),
    ]
    assert account == []


def test_wacz_without_an_archive_in_it_is_refused():
    with pytest.raises(InputError) as error:
        posts_of(wacz({"datapackage.json": b"{}"}), "x.wacz")
    assert error.value.key == "wacz_without_records"


def test_wacz_damaged_archive_does_not_cost_the_others():
    good = Archive(packed=False).add(html(1)).data
    data = wacz({"archive/a.warc": good, "archive/b.warc": b"hello", "archive/c.warc": good})
    posts, account = posts_of(data, "x.wacz")
    assert len(posts) == 2
    assert lines(account) == [("refused", "x.wacz/archive/b.warc", "warc_without_records")]
    at = data.index(TEXT.encode())
    posts, account = posts_of(data[:at] + b"\xe0\xb8\xa1" + data[at + 3 :], "x.wacz")
    assert posts[-1].body == TEXT
    assert ("refused", "x.wacz/archive/a.warc", "archive_damaged_file") in lines(account)


def test_wacz_locked_archive_is_refused():
    data = bytearray(
        wacz(
            {
                "archive/a.warc": Archive(packed=False).add(html(1)).data,
                "archive/b.warc": Archive(packed=False).add(html(2)).data,
            }
        )
    )
    at = data.rindex(b"PK\x01\x02")
    data[at + 8] |= 1
    posts, account = posts_of(bytes(data), "x.wacz")
    assert [post.title for post in posts] == ["เรื่องที่ 1"]
    assert lines(account) == [("refused", "x.wacz/archive/b.warc", "archive_encrypted")]


def test_wacz_bomb_is_refused_before_it_is_opened():
    data = wacz({"archive/a.warc": bytes(300 * 2**20)}, zipfile.ZIP_DEFLATED)
    begun = time.monotonic()
    with pytest.raises(InputError) as error:
        posts_of(data, "x.wacz")
    assert error.value.key == "archive_too_large"
    assert time.monotonic() - begun < 120


@pytest.mark.parametrize("cut", [4, 100, -30])
def test_wacz_that_breaks_off_is_refused(cut):
    data = wacz({"archive/a.warc": Archive(packed=False).add(html(1)).data})[:cut]
    with pytest.raises(InputError):
        posts_of(data, "x.wacz")


# ---- telling them


@pytest.mark.parametrize(
    ("head", "expected"),
    [
        (b"WARC/1.0\r\n", True),
        (gzip.compress(b"WARC/1.1\r\n" * 9_000, mtime=0)[:200], True),
        (b"PK\x03\x04rest", True),
        (gzip.compress(b"text", mtime=0), False),
        (b"\x1f\x8brubbish", False),
        (b"<html>", False),
        (b"", False),
    ],
)
def test_warc_is_told_by_its_first_bytes(head, expected):
    assert accepts(head) is expected
