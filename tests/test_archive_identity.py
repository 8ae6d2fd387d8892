"""One post in many files is one post; two posts that look alike stay two."""

import json
from dataclasses import replace
from html import escape

import pytest

from minecop.archive.importing import import_archive, read_sources
from minecop.archive.keys import address_key, has_own_id, host_of
from minecop.archive.merging import merge_posts, merge_threads
from minecop.archive.models import Comment, Person, Post
from minecop.archive.people import bare_full_name, settle_names
from minecop.archive.store import iterate_posts
from minecop.core.dates import parse_datetime

TITLE = "คืนที่ไฟดับทั้งตำบล"
BODY = (
    "คืนวันศุกร์ฝนลงหนักตั้งแต่หัวค่ำ ไฟดับทั้งตำบลตอนสองทุ่ม ที่สถานีอนามัยมีคนไข้เบาหวานมารอฉีดยาอยู่สองคน ตู้เย็นเก็บวัคซีนก็ใช้ไฟ\n\n"
    "ผมโทรหา อบต. ขอยืมเครื่องปั่นไฟ ได้คำตอบว่าเครื่องอยู่แต่ไม่มีน้ำมัน ลุงแก้วคนขับรถไถเลยเอาน้ำมันจากรถมาให้ เราปั่นไฟได้ถึงตีสาม วัคซีนรอดทุกขวด\n\n"
    "เช้ามานั่งคุยกันว่าถ้าไฟดับอีกจะทำอย่างไร ยังไม่มีใครตอบได้ว่าใครควรเป็นคนถือกุญแจห้องเครื่อง"
)
FIRST = "ที่รพ.สต.บ้านหนองก็เจอค่ะ สุดท้ายต้องเอาวัคซีนไปฝากตู้เย็นร้านค้า"
SECOND = "ขอบคุณครับลุงแก้ว"


def page(encoding: str) -> str:
    paragraphs = "".join(f"<p>{escape(part)}</p>" for part in BODY.split("\n\n"))
    return (
        f'<html><head><meta charset="{encoding}"><title>{TITLE} - GotoKnow</title>'
        '<link rel="canonical" href="https://www.gotoknow.org/posts/40655"></head><body>'
        f'<div class="post"><h1 class="title">{TITLE}</h1><div class="content">{paragraphs}</div>'
        '<div class="meta">หมายเลขบันทึก: 40655 เขียนเมื่อ 20 กรกฎาคม 2006 08:15 น.</div></div>'
        f"<h3>ความเห็น (2)</h3></body></html>"
    )


def text() -> str:
    return (
        f"{TITLE}\n\n{BODY}\n\nหมายเลขบันทึก: 40655เขียนเมื่อ 20 กรกฎาคม 2006 08:15 น. ()แก้ไขเมื่อ 20 กรกฎาคม 2006 08:15 น. ()"
        f"สัญญาอนุญาต:\nความเห็น (2)\n\n{FIRST}\n\n{SECOND}\n"
    )


def record() -> dict:
    return {
        "id": "40655",
        "url": "http://gotoknow.org/blog/fai-dap/40655",
        "title": TITLE,
        "author": "mor-anamai",
        "author_name": "หมออนามัยบ้านดอน",
        "published": "2006-07-20T08:15:00+07:00",
        "body": BODY,
        "comments": [
            {"author_name": "พี่ติ๋ม", "published": "2006-07-21T09:00:00+07:00", "body": FIRST},
            {"author_name": "ลุงแก้ว", "published": "2006-07-22T10:00:00+07:00", "body": SECOND},
        ],
    }


def table() -> str:
    body = BODY.replace('"', '""')
    return f'รหัส,ชื่อเรื่อง,ผู้เขียน,วันที่,เนื้อหา\n40655,{TITLE},หมออนามัยบ้านดอน,20 ก.ค. 49,"{body}"\n'


def feed() -> str:
    return (
        '<?xml version="1.0" encoding="UTF-8"?><rss version="2.0"><channel><title>fai-dap</title><item>'
        f"<title>{TITLE}</title><link>http://www.gotoknow.org/blog/fai-dap/40655</link>"
        f"<pubDate>Thu, 20 Jul 2006 08:15:00 +0700</pubDate><description>{BODY[:90]}...</description></item></channel></rss>"
    )


def test_identity_one_post_in_five_formats_and_three_encodings(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a-text.txt").write_bytes(text().encode("cp874"))
    (source / "b-page.html").write_bytes(page("utf-8").encode("utf-8"))
    (source / "c-list.csv").write_bytes(table().encode("cp874"))
    (source / "d-record.jsonl").write_text(json.dumps(record(), ensure_ascii=False), encoding="utf-8")
    (source / "e-feed.xml").write_bytes(feed().encode("utf-8"))
    (source / "f-wide.txt").write_bytes(text().encode("utf-16"))
    posts, _, account = read_sources(source)
    (post,) = posts
    assert (post.id, post.title, post.author_id) == ("40655", TITLE, "mor-anamai")
    assert post.published == parse_datetime("2006-07-20T08:15:00+07:00")
    assert "".join(post.body.split()) == "".join(BODY.split())
    assert [c.body for c in post.comments] == [FIRST, SECOND]
    assert [c.author_name for c in post.comments] == ["พี่ติ๋ม", "ลุงแก้ว"]
    assert account.count("merged") == 5
    assert not account.count("refused")


def test_identity_pages_of_one_thread_come_together(tmp_path, jsonl):
    whole = record() | {"comments": [{"id": "c1", "body": FIRST}]}
    import_archive(jsonl([whole], "one/a.jsonl"), tmp_path / "ours")
    more = {
        "id": "40655",
        "url": "http://gotoknow.org/posts/40655/comments?page=2",
        "body": "-",
        "comments": [{"id": "c2", "body": SECOND}],
    }
    import_archive(jsonl([more], "two/b.jsonl"), tmp_path / "ours")
    (post,) = iterate_posts(tmp_path / "ours")
    assert [(c.position, c.id) for c in post.comments] == [(1, "c1"), (2, "c2")]


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("http://gotoknow.org/blog/kaeo/58147", "https://www.gotoknow.org/posts/58147"),
        ("https://www.gotoknow.org/posts/58147/comments?page=2", "http://gotoknow.org/posts/58147/"),
        (
            "http://web.archive.org/web/20090401000000/http://gotoknow.org/blog/kaeo/58147",
            "http://gotoknow.org/posts/58147#c3",
        ),
        ("http://blog.example/2010/05/ฝาย/", "https://www.blog.example/2010/05/%E0%B8%9D%E0%B8%B2%E0%B8%A2"),
        ("http://blog.example/?p=12&utm_source=fb", "https://blog.example/?p=12"),
        ("http://m.blog.example/a/index.html", "http://blog.example/a/"),
    ],
)
def test_keys_forms_of_one_address(one, other):
    assert address_key(one) == address_key(other) is not None


@pytest.mark.parametrize("url", [None, "", "http://blog.example/", "http://[x", "javascript:x", "//x/y"])
def test_keys_no_address_of_a_post(url):
    assert address_key(url) is None


def test_keys_hosts_and_ids_of_files():
    assert host_of("HTTP://user@WWW.Blog.Example:80/x") == "blog.example"
    assert not has_own_id(Post("ก-3", "x", source="โฟลเดอร์/ก.csv:3"))
    assert not has_own_id(Post("page", "x", source="a/page.html"))
    assert has_own_id(Post("40655", "x", source="a/page.html"))


def test_identity_same_front_page_address_does_not_join_unlike_posts(jsonl):
    posts, _, _ = read_sources(
        jsonl(
            [{"url": "http://blog.example/home", "body": BODY}, {"url": "http://blog.example/home", "body": FIRST * 3}]
        )
    )
    assert len(posts) == 2


def test_identity_copies_without_number_of_their_own_become_one(tmp_path):
    source = tmp_path / "in"
    (source / "old").mkdir(parents=True)
    (source / "เรื่องไฟดับ.txt").write_text(BODY, encoding="utf-8")
    (source / "old" / "สำเนา.txt").write_text(BODY + "\n", encoding="utf-8")
    posts, _, account = read_sources(source)
    assert len(posts) == 1
    assert account.count("merged") == 1


def test_identity_comments_that_are_missing_are_told_after_pages_are_joined(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(text().replace("ความเห็น (2)", "ความเห็น (5)"), encoding="utf-8")
    _, _, account = read_sources(source)
    (entry,) = [entry for entry in account.entries if entry.key == "comments_missing"]
    assert entry.details["said"] == "5"


def test_identity_estimated_dates_only_where_asked(tmp_path):
    source = tmp_path / "in"
    source.mkdir()
    (source / "a.txt").write_text(f"{TITLE}\n\n{BODY}\n\nหมายเลขบันทึก: 40655เขียนเมื่อ ()\n", encoding="utf-8")
    posts, _, _ = read_sources(source)
    assert (posts[0].published, posts[0].estimated) == (None, False)
    from minecop.archive.sources import Options

    posts, _, _ = read_sources(source, options=Options(estimate_dates=True))
    assert (posts[0].published, posts[0].estimated) == (parse_datetime("2006-07-01"), True)


def test_merging_text_last_modified_and_every_comment():
    old = Post(
        "7", "เก่า", title="ก", modified=parse_datetime("2010-01-01"), comments=(Comment(1, "x", id="1"),), source="a"
    )
    new = Post(
        "7",
        "ใหม่",
        author_id="k",
        modified=parse_datetime("2011-01-01"),
        comments=(Comment(1, "y", id="2"),),
        source="b",
    )
    merged = merge_posts(old, new)
    assert (merged.body, merged.title, merged.author_id, merged.source) == ("ใหม่", "ก", "k", "a")
    assert merged == replace(merge_posts(new, old), source="a", comments=merged.comments)
    assert [c.id for c in merged.comments] == ["1", "2"]


def test_merging_a_summary_or_a_bare_thread_never_takes_the_place_of_the_text():
    whole = Post("7", BODY)
    for partial in (Post("7", BODY[:50], excerpt=True), Post("7", "")):
        assert merge_posts(whole, partial, newer=True).body == BODY
        assert merge_posts(partial, whole).body == BODY
        assert not merge_posts(partial, whole).excerpt


def test_merging_equal_words_of_two_people_stay_two():
    thanks = "ขอบคุณครับ"
    first = (Comment(1, thanks, author_id="a"), Comment(2, thanks, author_id="b"))
    assert merge_threads(first, (Comment(1, thanks, author_id="b"),)) == first
    assert len(merge_threads(first, (Comment(1, thanks, author_id="c"),))) == 3
    assert len(merge_threads(first, (Comment(1, thanks), Comment(2, thanks), Comment(3, thanks)))) == 3


@pytest.mark.parametrize(
    ("name", "bare"),
    [
        ("นาง สมศรี ใจงาม", "สมศรี ใจงาม"),
        ("นางสาวสมศรี  ใจงาม (ครูนก)", "สมศรี ใจงาม"),
        ("ผศ.ดร. สมศรี ใจงาม", "สมศรี ใจงาม"),
        ("คุณหมอสมศรี ใจงาม", "สมศรี ใจงาม"),
        ("Dr. Somsri Jaingam", "Somsri Jaingam"),
        ("ครูนก", None),
        ("อสม. บ้านโคก หมู่ 4", None),
        ("kaeo_99 x", None),
    ],
)
def test_people_full_names_without_titles(name, bare):
    assert bare_full_name(name) == bare


def test_people_forms_of_a_name_are_one_person_and_nicknames_are_not():
    names = settle_names(
        [
            ("นาง สมศรี ใจงาม", "นาง สมศรี ใจงาม"),
            ("คุณสมศรี ใจงาม", ""),
            ("ครูนก", ""),
            ("นก", ""),
            ("sri", "สมศรี ใจงาม (ครูนก)"),
        ],
        {},
    )
    assert {names.table.get(form) for form in ("นาง สมศรี ใจงาม", "คุณสมศรี ใจงาม")} == {"sri"}
    assert "ครูนก" not in names.table
    assert set(names.people) == {"sri", "ครูนก", "นก"}


def test_people_two_of_one_name_stay_two():
    seen = [("u1", "สมชาย มีสุข"), ("u2", "นายสมชาย มีสุข"), ("คุณสมชาย มีสุข", "")]
    names = settle_names(seen, {})
    assert names.table["สมชาย มีสุข"] == "u1"
    assert names.table["นายสมชาย มีสุข"] == "u2"
    assert "คุณสมชาย มีสุข" not in names.table
    told = settle_names(seen, {"u1": Person("u1", aliases=("คุณสมชาย มีสุข",))})
    assert told.table["คุณสมชาย มีสุข"] == "u1"


@pytest.mark.parametrize(
    "name", ["ไม่แสดงตน", "ไม่แสดงตน [IP: 10.0.0.7]", "ผู้ไม่ประสงค์จะออกนาม", "Anonymous", "Anonymous (not verified)", "?"]
)
def test_identity_a_name_that_says_there_is_none_is_nobodys(jsonl, name):
    """Not even of somebody whose id stands beside it; only ``authors.csv`` can say that somebody is called so."""
    comments = [{"author": name, "body": FIRST}, {"author_name": name, "body": SECOND}]
    path = jsonl([record() | {"author_name": name, "comments": comments}])
    (post,), people, _ = read_sources(path)
    assert [text.author_id for text in post.texts] == ["mor-anamai", None, None]
    assert set(people) == {"mor-anamai"}
    (path.parent / "authors.csv").write_text(f'author_id,name\nkaeo,"{name}"\n', encoding="utf-8")
    (post,), _, _ = read_sources(path)
    assert [text.author_id for text in post.texts[1:]] == ["kaeo", "kaeo"]
