"""Damaged files end in posts or in lines of the account, never in a crash; the benchmark of the same name tries many more."""

from fuzzing import try_all
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account
from minecop.archive.reading import read_safely
from minecop.archive.sources import Options, Source

ENDINGS = [
    ".txt",
    ".html",
    ".csv",
    ".tsv",
    ".json",
    ".jsonl",
    ".xml",
    ".mht",
    ".zip",
    ".docx",
    ".xlsx",
    ".xls",
    ".pdf",
    ".warc",
    ".doc",
    ".tar",
]

WORDS = st.sampled_from(
    [
        "ชื่อเรื่อง",
        "เนื้อหา",
        "ผู้เขียน",
        "วันที่",
        "ความเห็น (2)",
        "หมายเลขบันทึก: 7",
        "เขียนเมื่อ",
        "<p>",
        "</p>",
        "<li class=comment>",
        "<item>",
        "<entry>",
        "\t",
        ",",
        '"',
        "\n",
        "\n\n",
        "{",
        "}",
        "[",
        "]",
        ":",
        "น้ำไม่ไหล",
        "ขอบคุณค่ะ",
        "๙ มิ.ย. ๔๘",
        "[LINE] ",
        "10:20\tนก\t",
        "2021/06/14(จ.)",
        "<rss>",
        "<feed>",
        "id",
        "body",
        "&amp;",
        "\x0b",
        "\u200b",
    ]
)


def read(name, data):
    account = Account()
    posts = list(read_safely(Source.of_bytes(data, name), Options(), account))
    return posts, account


def test_fuzzing_damaged_fixtures_never_fail_and_nothing_is_lost():
    tally = try_all(seed=1, count=700)
    assert tally.failed == []
    assert tally.lost == []
    assert tally.posts > 100


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(ENDINGS), st.lists(WORDS, max_size=60).map("".join))
def test_fuzzing_words_of_every_format_in_any_order(ending, text):
    posts, account = read(f"x{ending}", text.encode())
    assert posts or account.entries
    assert "reader_failed" not in {entry.key for entry in account.entries}


@settings(max_examples=100, deadline=None)
@given(st.sampled_from(ENDINGS), st.binary(max_size=400))
def test_fuzzing_any_bytes(ending, data):
    posts, account = read(f"x{ending}", data)
    assert posts or account.entries
    assert "reader_failed" not in {entry.key for entry in account.entries}


def test_fuzzing_file_of_nothing_is_told():
    for ending in ENDINGS:
        posts, account = read(f"x{ending}", b"\n")
        assert not posts
        assert [entry.kind for entry in account.entries] == ["refused"], ending
