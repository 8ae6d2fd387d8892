import json
from dataclasses import replace

import pytest
from hypothesis import given
from hypothesis import strategies as st

from minecop.archive.importing import read_sources
from minecop.archive.models import Account
from minecop.archive.people import home_communities
from minecop.archive.posts import Posts
from minecop.archive.readers.jsonlines import post_to_json, read_jsonlines
from minecop.archive.store import Archive, read_archive, write_archive
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError

FULL = {
    "id": "7",
    "url": "http://www.blog.example/posts/7",
    "title": "น้ำ",
    "author": "kaeo",
    "author_name": "แก้ว",
    "community": ["เหนือ", "ใต้"],
    "published": "2010-01-02T03:04:05+07:00",
    "modified": "2010-02-02T03:04:05+07:00",
    "tags": ["น้ำ"],
    "body": "บรรทัด\r\n ที่\u2028สอง  ",
    "comments": [
        {
            "id": "c1",
            "author": "tu",
            "author_name": "ตู่",
            "published": "2010-01-03T00:00:00+07:00",
            "reply_to": "7",
            "body": "เออ",
        }
    ],
}


def read(*records):
    account = Account()
    lines = "\n".join(r if isinstance(r, str) else json.dumps(r, ensure_ascii=False) for r in records)
    return list(read_jsonlines(lines, "p.jsonl", account)), account


def test_jsonlines_round_trip_of_every_field():
    (post,), account = read(FULL)
    assert post_to_json(post) == FULL
    assert post.body == "บรรทัด\r\n ที่\u2028สอง  "
    assert post.communities == ("เหนือ", "ใต้")
    assert not account.entries


def test_jsonlines_only_a_body_is_needed():
    (post,), account = read({"body": "แค่นี้"})
    assert post.id == "p.jsonl-1"
    assert (post.author_id, post.title, post.published, post.communities) == (None, None, None, ())
    assert not account.entries


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ("{broken", "not_json"),
        ("[1, 2]", "not_an_object"),
        ('{"title": "x"}', "no_body"),
        ('{"body": "  "}', "no_body"),
        ("[" * 100_000, "not_json"),
    ],
)
def test_jsonlines_bad_record_is_refused_by_line_and_the_rest_read(line, key):
    posts, account = read({"body": "ดี"}, line, {"body": "ดีเหมือนกัน"})
    assert len(posts) == 2
    (entry,) = account.entries
    assert (entry.kind, entry.source, entry.key) == ("refused", "p.jsonl:2", key)


def test_jsonlines_odd_fields_are_reported_and_the_post_kept():
    (post,), account = read(
        {
            "id": 12,
            "body": "ก\ud800ข",
            "title": ["x"],
            "published": "เมื่อวาน",
            "comments": [{"body": "ค"}, 5, {"body": ""}, {"body": "ง"}],
        }
    )
    assert post.id == "12"
    assert post.body == "ก\ufffdข"
    assert [c.position for c in post.comments] == [1, 4]
    assert {e.key for e in account.entries} == {
        "broken_characters",
        "field_not_text",
        "date_not_read",
        "not_an_object",
        "no_body",
    }


@given(st.text())
def test_jsonlines_never_raises_and_loses_nothing_silently(text):
    account = Account()
    posts = list(read_jsonlines(text, "x", account))
    lines = [line for line in text.split("\n") if line.strip()]
    assert len(posts) + sum(e.kind == "refused" for e in account.entries) >= len(lines)


def test_reading_same_id_same_host_is_one_post(jsonl):
    old = {"id": "1", "url": "http://a.example/1", "body": "เก่า", "modified": "2010-01-01", "comments": [{"body": "x"}]}
    new = {"id": "1", "url": "https://www.a.example/1", "body": "ใหม่", "modified": "2011-01-01"}
    posts, _, account = read_sources(jsonl([old, new]))
    (post,) = posts
    assert post.body == "ใหม่"
    assert len(post.comments) == 1
    assert account.count("merged") == 1


def test_reading_same_id_on_two_hosts_is_two_posts(jsonl):
    posts, _, _ = read_sources(
        jsonl(
            [
                {"id": "1", "url": "http://a.example/1", "body": "ก"},
                {"id": "1", "url": "http://b.example/1", "body": "ข"},
                {"id": "2", "url": "http://b.example/2", "body": "ค"},
            ]
        )
    )
    assert [post.id for post in posts] == ["a.example/1", "b.example/1", "2"]


def test_reading_same_id_without_host_and_other_text_loses_nothing(jsonl):
    posts, _, account = read_sources(
        jsonl([{"id": "1", "body": "ก"}, {"id": "1", "body": "ข"}, {"id": "1", "body": "ค"}])
    )
    assert sorted(post.body for post in posts) == ["ก", "ข", "ค"]
    assert len({post.id for post in posts}) == 3
    assert account.count("warning") == 2


def test_reading_copy_of_one_author_is_marked_and_another_authors_is_not(jsonl):
    text = "เรื่องยาวพอที่จะไม่ใช่ความบังเอิญ " * 8
    posts, _, _ = read_sources(
        jsonl(
            [
                {"id": "2", "author": "a", "published": "2011-01-01", "body": text},
                {"id": "1", "author": "a", "published": "2010-01-01", "body": text + " "},
                {"id": "3", "author": "b", "published": "2012-01-01", "body": text},
            ]
        )
    )
    assert {post.id: post.duplicate_of for post in posts} == {"1": None, "2": "1", "3": None}


def test_reading_aliases_of_authors_csv_and_certain_names_are_one_person(tmp_path, jsonl):
    path = jsonl(
        [
            {"id": "1", "author": "nok", "author_name": "พี่นก", "community": "เหนือ", "body": "ก"},
            {"id": "2", "author_name": "พี่นก", "body": "ข"},
            {"id": "3", "author_name": "นก อนามัย", "body": "ค", "comments": [{"author_name": "ใครไม่รู้", "body": "ง"}]},
        ],
        "a/posts.jsonl",
    )
    (path.parent / "authors.csv").write_text(
        "author_id,name,aliases,group\nnok,นก,นก อนามัย; นกน้อย,พยาบาล\n,ไม่มีรหัส,,\n", encoding="utf-8-sig"
    )
    posts, people, account = read_sources(path.parent)
    assert [post.author_id for post in posts] == ["nok", "nok", "nok"]
    assert people["nok"].group == "พยาบาล"
    assert home_communities(posts, people)["nok"] == "เหนือ"
    assert [e.key for e in account.entries if e.kind == "refused"] == ["no_author_id"]


def test_reading_old_thai_encoding_is_read_and_said(tmp_path):
    (tmp_path / "old.txt").write_bytes("บันทึกเก่าเขียนไว้นานแล้ว".encode("cp874"))
    posts, _, account = read_sources(tmp_path)
    assert posts[0].body == "บันทึกเก่าเขียนไว้นานแล้ว"
    assert "encoding_guessed" in {e.key for e in account.entries}


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16"])
def test_reading_byte_order_marks(tmp_path, encoding):
    (tmp_path / "p.jsonl").write_bytes('{"body": "ไทย"}\r\n'.encode(encoding))
    posts, _, _ = read_sources(tmp_path)
    assert posts[0].body == "ไทย"


def test_reading_file_kinds_not_known_are_refused_by_name(tmp_path):
    (tmp_path / "a.txt").write_text("มีเนื้อความ", encoding="utf-8")
    (tmp_path / "b.exe").write_bytes(b"MZ")
    (tmp_path / "README.md").write_text("x")
    _, _, account = read_sources(tmp_path)
    assert [(e.source, e.key) for e in account.entries if e.kind == "refused"] == [("b.exe", "unknown_kind")]


def test_reading_nothing_is_one_clear_error(tmp_path):
    (tmp_path / "empty.txt").write_bytes(b"")
    (tmp_path / "binary.txt").write_bytes(b"\x00\x01\x02" * 50)
    (tmp_path / "folder").mkdir()
    for path, key in [
        ("missing", "missing_path"),
        ("empty.txt", "file_refused"),
        ("binary.txt", "file_refused"),
        ("folder", "nothing_readable"),
        (".", "no_posts"),
    ]:
        with pytest.raises(InputError) as caught:
            read_sources(tmp_path / path)
        assert caught.value.key == key
        assert "\n" not in caught.value.text("th")


def test_store_writes_and_reads_the_same_archive(tmp_path, jsonl):
    posts, people, account = read_sources(jsonl([FULL, {"body": "ข"}]))
    archive = Archive("ลอง", Posts(posts), people, account)
    write_archive(tmp_path / "a", archive)
    assert read_archive(tmp_path / "a") == archive
    assert archive.dates == (parse_datetime("2010-01-02T03:04:05"), parse_datetime("2010-01-03"))


def test_store_damage_is_said(tmp_path, jsonl):
    posts, people, account = read_sources(jsonl([FULL]))
    write_archive(tmp_path / "a", Archive("x", Posts(posts), people, account))
    (tmp_path / "a" / "posts.parquet").write_bytes(b"PAR1")
    with pytest.raises(InputError, match="damaged"):
        read_archive(tmp_path / "a")


def test_models_text_by_comment_position():
    (post,), _ = read(FULL)
    assert post.text(None) == post.body
    assert post.text(1) == "เออ"
    with pytest.raises(KeyError):
        replace(post, comments=()).text(1)
