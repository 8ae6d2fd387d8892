import csv
from dataclasses import replace
from datetime import datetime, timedelta
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Account, Comment, Post
from minecop.archive.ownform import COMMENT_COLUMNS, POST_COLUMNS
from minecop.archive.readers import csvtable, jsonlines
from minecop.archive.readers.jsonlines import post_to_json
from minecop.archive.sources import Options, Source
from minecop.archive.writers import write_csv, write_jsonlines
from minecop.core.dates import BANGKOK
from minecop.core.errors import OutputError

FULL = Post(
    id="7",
    body="บรรทัด\r\n ที่\u2028สอง, มี; ทุกอย่าง  ",
    url="http://www.blog.example/blog/nurse/7",
    title='"น้ำ"',
    blurb="น้ำไม่ไหล",
    author_id="kaeo",
    author_name="แก้ว",
    communities=("เหนือ", "ใต้; ออก"),
    published=datetime(2010, 1, 2, 3, 4, 5, tzinfo=BANGKOK),
    modified=datetime(2010, 2, 2, tzinfo=BANGKOK),
    tags=("น้ำ", 'คำ"พูด'),
    comments=(
        Comment(
            1,
            "=1+1 เออ",
            id="c1",
            author_id="tu",
            author_name="ตู่",
            published=datetime(2010, 1, 3, tzinfo=BANGKOK),
            reply_to="7",
            addressee="คุณแก้ว",
        ),
        Comment(4, "- ข้อหนึ่ง\n- ข้อสอง"),
    ),
    blog="nurse",
    estimated=True,
    excerpt=True,
    comments_said=5,
    duplicate_of="3",
    series="น้ำ",
    part=0,
)
SPARE = Post(id="8", body="ข")
THREAD = Post(id="9", body="", comments=(Comment(1, "ลอยๆ"),))


def read_back(reader, *paths):
    account = Account()
    posts = [post for path in paths for post in reader.read(Source.of_file(path, path.name), Options(), account)]
    assert account.entries == []
    return [replace(post, source="") for post in posts]


def joined(posts):
    """Put the table of comments to the table of posts, as a later stage does."""
    found = {}
    for post in posts:
        known = found.get(post.id)
        found[post.id] = replace(known, comments=known.comments + post.comments) if known else post
    return list(found.values())


def test_writers_jsonlines_have_every_field_and_no_empty_one(tmp_path):
    path = tmp_path / "new" / "posts.jsonl"
    write_jsonlines(path, iter([FULL, SPARE, THREAD]))
    assert read_back(jsonlines, path) == [FULL, SPARE, THREAD]
    assert post_to_json(SPARE) == {"id": "8", "body": "ข"}
    assert post_to_json(THREAD) == {"id": "9", "comments": [{"body": "ลอยๆ"}]}
    assert post_to_json(FULL) == {
        "id": "7",
        "url": "http://www.blog.example/blog/nurse/7",
        "title": '"น้ำ"',
        "author": "kaeo",
        "author_name": "แก้ว",
        "community": ["เหนือ", "ใต้; ออก"],
        "blog": "nurse",
        "published": "2010-01-02T03:04:05+07:00",
        "estimated": True,
        "modified": "2010-02-02T00:00:00+07:00",
        "tags": ["น้ำ", 'คำ"พูด'],
        "series": "น้ำ",
        "part": 0,
        "duplicate_of": "3",
        "blurb": "น้ำไม่ไหล",
        "excerpt": True,
        "body": "บรรทัด\r\n ที่\u2028สอง, มี; ทุกอย่าง  ",
        "comments_said": 5,
        "comments": [
            {
                "id": "c1",
                "author": "tu",
                "author_name": "ตู่",
                "published": "2010-01-03T00:00:00+07:00",
                "reply_to": "7",
                "addressee": "คุณแก้ว",
                "body": "=1+1 เออ",
            },
            {"position": 4, "body": "- ข้อหนึ่ง\n- ข้อสอง"},
        ],
    }


def test_writers_csv_in_a_folder(tmp_path):
    paths = write_csv(tmp_path / "out", iter([FULL, SPARE, THREAD]))
    assert paths == (tmp_path / "out" / "posts.csv", tmp_path / "out" / "comments.csv")
    assert all(path.read_bytes().startswith(b"\xef\xbb\xbf") for path in paths)
    assert joined(read_back(csvtable, *paths)) == [FULL, SPARE, THREAD]
    with paths[1].open(encoding="utf-8-sig", newline="") as file:
        assert list(csv.reader(file)) == [
            list(COMMENT_COLUMNS),
            ["7", "1", "c1", "tu", "ตู่", "2010-01-03T00:00:00+07:00", "7", "คุณแก้ว", "'=1+1 เออ"],
            ["7", "4", "", "", "", "", "", "", "'- ข้อหนึ่ง\n- ข้อสอง"],
            ["9", "1", "", "", "", "", "", "", "ลอยๆ"],
        ]


def test_writers_csv_under_a_name(tmp_path):
    paths = write_csv(tmp_path / "เรื่องเล่า.csv", [FULL])
    assert paths == (tmp_path / "เรื่องเล่า.csv", tmp_path / "เรื่องเล่า-comments.csv")
    assert sorted(path.name for path in tmp_path.iterdir()) == ["เรื่องเล่า-comments.csv", "เรื่องเล่า.csv"]


def test_writers_nothing_is_a_table_of_headings(tmp_path):
    posts, comments = write_csv(tmp_path, [])
    assert posts.read_text(encoding="utf-8-sig").strip().split(",") == list(POST_COLUMNS)
    assert read_back(csvtable, posts, comments) == []
    write_jsonlines(tmp_path / "p.jsonl", [])
    assert (tmp_path / "p.jsonl").read_bytes() == b""


def test_writers_a_failure_leaves_what_was_there(tmp_path):
    write_csv(tmp_path, [SPARE])
    write_jsonlines(tmp_path / "p.jsonl", [SPARE])
    before = {path.name: path.read_bytes() for path in tmp_path.iterdir()}

    def broken():
        yield FULL
        raise RuntimeError

    for write in (lambda: write_csv(tmp_path, broken()), lambda: write_jsonlines(tmp_path / "p.jsonl", broken())):
        with pytest.raises(RuntimeError):
            write()
    assert {path.name: path.read_bytes() for path in tmp_path.iterdir()} == before


def test_writers_a_place_that_cannot_be_written(tmp_path):
    (tmp_path / "file").write_text("x")
    for write in (
        lambda: write_csv(tmp_path / "file" / "x", [FULL]),
        lambda: write_jsonlines(tmp_path / "file" / "x", [FULL]),
    ):
        with pytest.raises(OutputError):
            write()


def rows_of(path, columns, *rows):
    with path.open("w", encoding="utf-8", newline="") as file:
        csv.writer(file).writerows([columns, *rows])


def test_writers_tables_that_people_changed_are_read_with_what_is_left(tmp_path):
    """Excel writes dates in its own way, a column was deleted, a row lost its id."""
    path = tmp_path / "posts.csv"
    kept = [name for name in POST_COLUMNS if name != "series"]
    row = dict.fromkeys(kept, "") | {
        "id": "7",
        "body": "'=SUM ตามนั้น",
        "published": "2/1/2553 3:04",
        "is_excerpt": "TRUE",
        "tags": "ก;ข",
    }
    rows_of(path, kept, [row[name] for name in kept])
    (post,) = csvtable.read(Source.of_file(path, path.name), Options(), Account())
    assert replace(post, source="") == Post(
        id="7", body="=SUM ตามนั้น", published=datetime(2010, 1, 2, 3, 4, tzinfo=BANGKOK), excerpt=True, tags=("ก", "ข")
    )
    account = Account()
    row = dict.fromkeys(POST_COLUMNS, "") | {
        "id": "7",
        "body": "x",
        "published": "เมื่อวาน",
        "part": "สอง",
        "comments_said": "9" * 30,
    }
    rows_of(path, POST_COLUMNS, [row[name] for name in POST_COLUMNS], ["", "ไม่มีรหัส", *[""] * 15, "x"])
    posts = list(csvtable.read(Source.of_file(path, path.name), Options(), account))
    assert [(post.id, post.published, post.part, post.comments_said) for post in posts] == [("7", None, None, None)]
    assert [(e.kind, e.source, e.key) for e in account.entries] == [
        ("warning", "posts.csv:2", "field_not_text"),
        ("warning", "posts.csv:2", "field_not_text"),
        ("warning", "posts.csv:2", "date_not_read"),
        ("refused", "posts.csv:3", "row_without_id"),
    ]


def test_writers_a_table_of_comments_that_people_changed(tmp_path):
    path = tmp_path / "comments.csv"
    rows_of(
        path,
        COMMENT_COLUMNS,
        ["7", "1", *[""] * 6, "ก"],
        ["7", "2", *[""] * 6, " "],
        ["", "3", *[""] * 6, "ข"],
        ["7", "ที่ห้า", *[""] * 6, "ค"],
    )
    account = Account()
    (post,) = csvtable.read(Source.of_file(path, path.name), Options(), account)
    assert [(c.position, c.body) for c in post.comments] == [(1, "ก"), (1, "ค")]
    assert [(e.source, e.key) for e in account.entries] == [
        ("comments.csv:3", "no_body"),
        ("comments.csv:4", "row_without_id"),
        ("comments.csv:5", "field_not_text"),
    ]


# ---- any posts, there and back

TEXT = st.text(
    st.characters(exclude_categories=["Cs"]) | st.sampled_from("กาเ์ \u00a0\r\n\t,;\"'=+-@<>&\u2028\ufeff"),
    min_size=1,
    max_size=40,
)
FILLED = TEXT.filter(str.strip)
WORD = FILLED.map(str.strip)
MAYBE = st.none() | TEXT
MOMENTS = st.none() | st.datetimes(datetime(1900, 1, 2), datetime(2099, 12, 30)).map(
    lambda moment: moment.replace(microsecond=0, tzinfo=BANGKOK)
)
NUMBERS = st.none() | st.integers(0, 10**6)


@st.composite
def comments(draw):
    places = sorted(draw(st.sets(st.integers(1, 30), max_size=5)))
    return tuple(
        Comment(
            place,
            draw(FILLED),
            id=draw(MAYBE),
            author_id=draw(TEXT),
            author_name=draw(MAYBE),
            published=draw(MOMENTS),
            reply_to=draw(MAYBE),
            addressee=draw(MAYBE),
        )
        for place in places
    )


@st.composite
def some_posts(draw):
    made = []
    for post_id in draw(st.lists(TEXT, unique=True, max_size=4)):
        thread = draw(comments())
        made.append(
            Post(
                id=post_id,
                body=draw(FILLED | st.just("") if thread else FILLED),
                url=draw(MAYBE),
                title=draw(MAYBE),
                blurb=draw(MAYBE),
                author_id=draw(TEXT),
                author_name=draw(MAYBE),
                communities=tuple(draw(st.lists(WORD, max_size=3))),
                published=draw(MOMENTS),
                modified=draw(MOMENTS),
                tags=tuple(draw(st.lists(WORD, max_size=3))),
                comments=thread,
                blog=draw(MAYBE),
                estimated=draw(st.booleans()),
                excerpt=draw(st.booleans()),
                comments_said=draw(NUMBERS),
                duplicate_of=draw(MAYBE),
                series=draw(MAYBE),
                part=draw(NUMBERS),
            )
        )
    return made


@given(some_posts())
@settings(deadline=timedelta(seconds=5))
def test_writers_any_posts_come_back_from_jsonlines(tmp_path_factory, made):
    path = Path(tmp_path_factory.getbasetemp(), "any.jsonl")
    write_jsonlines(path, made)
    assert (read_back(jsonlines, path) if made else []) == made


@given(some_posts())
@settings(deadline=timedelta(seconds=5))
def test_writers_any_posts_come_back_from_csv(tmp_path_factory, made):
    paths = write_csv(Path(tmp_path_factory.getbasetemp(), "any"), made)
    assert joined(read_back(csvtable, *paths)) == made
    for path in paths:
        with path.open(encoding="utf-8-sig", newline="") as file:
            cells = [cell for row in csv.reader(file) for cell in row]
        assert not [cell for cell in cells if cell[:1] in {"=", "+", "-", "@", "\t", "\r"}]
