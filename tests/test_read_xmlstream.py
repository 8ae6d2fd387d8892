"""The stream under the readers of feeds and blog exports: cutting, mending, encodings, damage and hostile files."""

import io
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account
from minecop.archive.readers import xmlstream
from minecop.archive.readers.xmlstream import Fields, ascii_head, labels, markup, person, records
from minecop.archive.sources import Source
from minecop.core.errors import InputError

FEED = '<?xml version="1.0"?>\n<rss version="2.0"><channel><title>บล็อก</title>{}</channel></rss>\n'


def read(text, tags="item"):
    """Return the texts of field ``t`` of all records by number, and the account's lines as (kind, source, key)."""
    account = Account()
    data = text.encode() if isinstance(text, str) else text
    found = {}
    for record in records(Source.of_bytes(data, "f.xml"), tags, account):
        if record.number:
            found[record.number] = Fields(record.element).text("t")
    return found, [(entry.kind, entry.source, entry.key) for entry in account.entries]


def item(text):
    return f"<item><t>{text}</t></item>"


def test_head_then_records_in_their_order():
    account = Account()
    found = list(records(Source.of_bytes(FEED.format(item("ก") + item("ข")).encode(), "f.xml"), "item|entry", account))
    assert [record.number for record in found] == [0, 1, 2]
    assert Fields(found[0].element).text("title") == "บล็อก"
    assert [Fields(record.element).text("t") for record in found[1:]] == ["ก", "ข"]
    assert not account.entries


THAI = "แปลงนาครูสมพร น้ำไม่พอ กู้ไม่ได้ ใครเคยเจอบ้าง"


@pytest.mark.parametrize(
    ("declared", "encoding", "guessed"),
    [
        ("utf-8", "utf-8", False),
        ("utf-8", "utf-8-sig", False),
        ("UTF-16", "utf-16", False),
        ("utf-16", "utf-16-le", False),
        ("utf-16", "utf-16-be", False),
        ("UTF-32", "utf-32", False),
        ("TIS-620", "cp874", False),
        ("windows-874", "cp874", False),
        ("iso-8859-11", "cp874", False),
        ("TIS-620", "utf-8", False),
        ("utf-8", "cp874", True),
        ("iso-8859-1", "cp874", True),
        ("no-such-encoding", "cp874", True),
        ("zip", "cp874", True),
        ("windows-1251", "cp1251", False),
    ],
)
def test_encodings_declared_rightly_and_wrongly(declared, encoding, guessed):
    text = THAI if encoding != "cp1251" else "Здравствуйте"
    data = (
        FEED.replace("?>", f' encoding="{declared}"?>', 1).replace("บล็อก", "b").format(item(text) * 3).encode(encoding)
    )
    found, lines = read(data)
    assert set(found.values()) == {text}
    assert lines == ([("guessed", "f.xml", "encoding_guessed")] if guessed else [])


def test_ascii_at_the_start_does_not_settle_the_encoding():
    data = (FEED.split("{}")[0].replace("บล็อก", "b") + item("x" * 300_000)).encode() + item(THAI).encode("cp874")
    found, lines = read(data + b"</channel></rss>")
    assert found[2] == THAI
    assert lines == [("guessed", "f.xml", "encoding_guessed")]


def test_few_broken_bytes_are_replaced_and_counted_and_those_that_were_there_before_are_not():
    data = FEED.format(item(THAI * 20) + item("เก่า \ufffd")).encode().replace("กู้".encode(), b"\xe0\xb8", 1)
    account = Account()
    found = [Fields(r.element).text("t") for r in records(Source.of_bytes(data, "f.xml"), "item", account) if r.number]
    assert found == [THAI.replace("กู้", "\ufffd") + THAI * 19, "เก่า \ufffd"]
    (entry,) = account.entries
    assert (entry.kind, entry.key, entry.details) == ("guessed", "xml_characters", {"count": "1"})


def test_control_characters_go_and_words_line_ends_become_line_ends():
    found, lines = read(FEED.format(item("หนึ่ง\x08\x00สอง\x0bสาม\x0c<![CDATA[สี่\x1f\uffffห้า]]>")))
    assert found == {1: "หนึ่งสอง\nสาม\nสี่ห้า"}
    assert lines == [("guessed", "f.xml", "xml_characters")]


@pytest.mark.parametrize(
    ("written", "seen"),
    [
        ("R & D", "R & D"),
        ("?a=1&b=2", "?a=1&b=2"),
        ("a&nbsp;b&hellip;", "a\u00a0b…"),
        ("&nosuch; &;", "&nosuch; &;"),
        ("&amp;nbsp; &lt;p&gt; &quot;&apos;", "&nbsp; <p> \"'"),
        ("&#8220;ก&#x0E02;&#X0E02;", "“กขข"),
        ("ก&#11;&#x0;&#xFFFF;&#55555555;ข", "กข"),
        ("1 < 2 <3 << <", "1 < 2 <3 << <"),
        ("<ภาพประกอบ>", "<ภาพประกอบ>"),
        ("<![CDATA[R & D &nbsp; < </item> <item>]]>", "R & D &nbsp; < </item> <item>"),
        ("<![CDATA[ปิด ]]]]><![CDATA[> แล้ว]]>", "ปิด ]]> แล้ว"),
        ("ก<!-- </item> & <item> -->ข", "กข"),
        ("ก<?php echo 1; ?>ข", "กข"),
    ],
)
def test_what_is_no_xml_is_read_as_it_was_meant(written, seen):
    found, lines = read(FEED.format(item(written) + item("ต่อ")))
    assert found == {1: seen, 2: "ต่อ"}
    assert not lines


def test_a_broken_record_is_mended_and_told_and_the_others_are_not_touched():
    found, lines = read(FEED.format(item("ก") + item("<b>ข<i>ค</b> ง") + item("จ")))
    assert found == {1: "ก", 2: "ขค ง", 3: "จ"}
    assert lines == [("guessed", "f.xml:2", "xml_mended")]


def test_a_record_that_is_not_closed_ends_where_the_next_begins():
    found, lines = read(FEED.format("<item><t>ก</t>" + item("ข") + "<item><t>ค</t>"))
    assert found == {1: "ก", 2: "ข", 3: "ค"}
    assert lines == [("guessed", "f.xml:1", "xml_mended"), ("guessed", "f.xml:3", "xml_mended")]


def test_an_element_whose_name_only_begins_like_a_record_is_none():
    found, lines = read(FEED.format("<items><t>ไม่ใช่</t></items>" + item("ใช่")))
    assert (found, lines) == ({1: "ใช่"}, [])


def test_warnings_of_a_web_server_in_front_do_no_harm():
    found, lines = read(
        "<br />\n<b>Warning</b>: Cannot modify header information in /www/x.php\n\n" + FEED.format(item("ก"))
    )
    assert (found, lines) == ({1: "ก"}, [])


def test_a_prefix_that_nobody_declared_is_read_without_a_word():
    account = Account()
    data = FEED.format("<item><excerpt:encoded>ย่อ</excerpt:encoded></item>").encode()
    *_, record = records(Source.of_bytes(data, "f.xml"), "item", account)
    assert Fields(record.element).text("excerpt:encoded") == "ย่อ"
    assert not account.entries


def test_prefixes_declared_at_the_top_hold_in_every_record():
    text = '<rss xmlns:wp="http://a.example/?x=1&amp;y"><channel><item><wp:id>7</wp:id></item></channel></rss>'
    account = Account()
    *_, record = records(Source.of_bytes(text.encode(), "f.xml"), "item", account)
    assert Fields(record.element).text("wp:id") == "7"
    assert not account.entries


@pytest.mark.parametrize("lost", [1, 7, 20, 26, 30, 33])
def test_a_file_without_its_end_keeps_what_stands_before_the_cut(lost):
    text = FEED.format(item("ก") + item("<![CDATA[ข]]>")).rstrip()
    data = text.encode()[:-lost]
    found, lines = read(data)
    assert found[1] == "ก"
    assert (2 in found) == (lost <= len("</channel></rss>"))
    assert lines == [("warning", "f.xml", "xml_cut_short")]


@pytest.mark.parametrize("data", [b"", b" \n ", b"\0\0\0"])
def test_nothing_is_refused(data):
    with pytest.raises(InputError) as error:
        read(data)
    assert error.value.key == "empty_file"


def test_a_file_without_records_has_a_head():
    assert read("just words") == ({}, [("warning", "f.xml", "xml_cut_short")])
    assert read(FEED.format("")) == ({}, [])


# ---- hostile files


def test_entities_are_not_expanded_and_nothing_is_fetched(tmp_path):
    secret = tmp_path / "secret.txt"
    secret.write_text("ความลับ", encoding="utf-8")
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    doctype = f'<!DOCTYPE rss [<!ENTITY l0 "ha">{laughs}<!ENTITY x SYSTEM "{secret.as_uri()}"><!ENTITY % p SYSTEM "{secret.as_uri()}">%p;]>'
    found, lines = read(FEED.replace("<rss", doctype + "<rss").format(item("&l9;&x;") + item("ต่อ")))
    assert found == {1: "&l9;&x;", 2: "ต่อ"}
    assert not lines
    inside = FEED.format(item(f"{doctype}&l9;&x;") + item("ต่อ"))
    found, _ = read(inside)
    assert found[2] == "ต่อ"
    assert "ความลับ" not in str(found)
    assert "haha" not in str(found)


@pytest.mark.parametrize("depth", [1_000, 100_000])
@pytest.mark.parametrize("closed", [True, False])
def test_deep_nesting_is_refused_by_record(depth, closed):
    deep = "<a>" * depth + "x" + "</a>" * (depth if closed else 0)
    assert read(FEED.format(item(deep) + item("ต่อ"))) == ({2: "ต่อ"}, [("refused", "f.xml:1", "too_deep")])


class Stream:
    """A file of any size that is made while it is read."""

    def __init__(self, parts):
        self.parts = iter(parts)

    def read(self, size):
        return next(self.parts, b"")

    def __enter__(self):
        return self

    def __exit__(self, *_):
        pass


def peak_of(parts):
    account = Account()
    source = Source("f.xml", 0, lambda: Stream(parts()))
    tracemalloc.start()
    try:
        found = [Fields(r.element).text("t") for r in records(source, "item", account) if r.number]
        return found, [(e.source, e.key) for e in account.entries], tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("before", ["<item><t>", "<item><t><![CDATA[", "<item><!--"])
def test_a_text_of_100_mb_is_refused_in_the_memory_of_a_record(before):
    close = {"<item><t>": "</t>", "<item><t><![CDATA[": "]]></t>", "<item><!--": "-->"}[before]
    piece = ("ก" * 85_000).encode()

    def parts():
        yield ("<rss><channel>" + before).encode()
        for _ in range(100 * 2**20 // len(piece)):
            yield piece
        yield (close + "</item>" + item("ต่อ") + "</channel></rss>").encode()

    found, lines, peak = peak_of(parts)
    assert found == ["ต่อ"]
    assert lines == [("f.xml:1", "xml_record_too_large")]
    assert peak < 80 * 2**20


def test_one_text_that_the_parser_finds_too_long_is_refused_too():
    found, lines = read(FEED.format(item("ก" * 4_000_000) + item("ต่อ")))
    assert (found, lines) == ({2: "ต่อ"}, [("refused", "f.xml:1", "xml_record_too_large")])


def test_memory_is_that_of_a_record_not_of_the_file():
    one = (item("น้ำ" * 1_000) * 10).encode()

    def parts():
        yield b"<rss><channel>"
        for _ in range(400):
            yield one
        yield b"</channel></rss>"

    account = Account()
    tracemalloc.start()
    count = sum(1 for _ in records(Source("f.xml", 0, lambda: Stream(parts())), "item", account))
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count == 4_001
    assert len(one) * 400 > 34 * 2**20
    assert peak < 6 * 2**20


def test_a_namespace_of_a_megabyte_is_not_parsed_with_every_record():
    text = FEED.replace("<rss", f"<rss xmlns:a='{'u' * 1_000_000}'").format("<item><a:t>ก</a:t></item>" * 5_000)
    found = [Fields(r.element).text("a:t") for r in records(Source.of_bytes(text.encode(), "f.xml"), "item", Account())]
    assert found[1:] == ["ก"] * 5_000


def test_markup_does_not_repeat_what_a_namespace_is_called():
    text = FEED.format(f"<item><t xmlns='{'u' * 100_000}'>{'<b/>' * 1_000}</t></item>")
    *_, record = records(Source.of_bytes(text.encode(), "f.xml"), "item", Account())
    (element,) = Fields(record.element).all("t")
    assert len(markup(element)) < 300_000


@settings(max_examples=60, deadline=None)
@given(st.integers(1, 200), st.data())
def test_records_are_the_same_however_the_file_is_cut_into_chunks(chunk, data):
    parts = [
        "<item>",
        "</item>",
        "<t>",
        "</t>",
        "<![CDATA[",
        "]]>",
        "<!--",
        "-->",
        "ก",
        "&",
        "<",
        "x" * 60,
        "<item/>",
        "</rss>",
        "é",
    ]
    text = FEED.format("".join(data.draw(st.lists(st.sampled_from(parts), max_size=30))))
    whole = read(text)
    before = xmlstream._CHUNK
    xmlstream._CHUNK = chunk
    try:
        assert read(text) == whole
    finally:
        xmlstream._CHUNK = before


@settings(max_examples=100, deadline=None)
@given(st.binary(max_size=300))
def test_any_bytes_are_read_or_refused(data):
    try:
        read(b"<rss><item><t>" + data + b"</t></item></rss>")
        read(data)
    except InputError:
        pass


# ---- small things


def test_markup_is_html_where_nobody_escaped_it():
    text = FEED.format('<item><t xmlns="http://www.w3.org/1999/xhtml">1 &lt; 2<b>ก</b><br/>ข</t></item>')
    *_, record = records(Source.of_bytes(text.encode(), "f.xml"), "item", Account())
    fields = Fields(record.element)
    assert fields.text("t") == "1 < 2กข"
    assert markup(fields.all("t")[0]).endswith(">1 &lt; 2<b>ก</b><br>ข</div>")
    assert (fields.text("nothing"), fields.markup("nothing"), fields.all("nothing")) == (None, "", [])
    assert fields.fields("nothing").text("t") is None


def test_names_and_labels():
    assert person(" ครู&amp;นก \n ป.3 ") == "ครู&นก ป.3"
    assert [person(name) for name in (None, " ", "Anonymous", "ไม่ระบุชื่อ")] == [None] * 4
    assert labels(["ข", " ก &amp; ข ", None, "ข", "Uncategorized", "ไม่มีหมวดหมู่", ""]) == ("ข", "ก & ข")


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-be", "cp874"])
def test_ascii_of_a_head(encoding):
    assert "<rss version" in ascii_head("ก<RSS version ก".encode(encoding))


def test_chunks_are_read_from_a_stream():
    account = Account()
    stream = io.BytesIO(FEED.format(item("ก")).encode())
    assert len(list(records(Source("f.xml", 0, lambda: stream), "item", account))) == 2
    assert stream.closed
