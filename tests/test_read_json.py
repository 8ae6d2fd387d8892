import json
from datetime import datetime
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive import streams
from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers import jsondocument, jsonlines
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

FIXTURES = Path(__file__).parent / "fixtures" / "archive" / "json"


def of_file(reader, name):
    account = Account()
    path = FIXTURES / name
    return list(reader.read(Source.of_file(path, path.name), Options(), account)), account


def encoded(value, encoding="utf-8"):
    if isinstance(value, bytes):
        return value
    return (value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)).encode(encoding)


def document(value, name="d.json", encoding="utf-8", **columns):
    account = Account()
    return list(jsondocument.read(Source.of_bytes(encoded(value, encoding), name), Options(columns), account)), account


def lines(*values, name="l.jsonl", columns=None):
    account = Account()
    data = b"\n".join(encoded(value) for value in values)
    return list(jsonlines.read(Source.of_bytes(data, name), Options(columns or {}), account)), account


def told(account):
    return [(e.kind, e.source, e.key) for e in account.entries if e.key != "columns_read"]


def moment(*parts):
    return datetime(*parts, tzinfo=BANGKOK)


def test_json_of_wordpress():
    posts, account = of_file(jsondocument, "wordpress-posts.json")
    assert posts == [
        Post(
            id="342",
            url="https://suanyaa.example/2015/11/khing-kae/",
            title="ขิงแก่กับใบสั่งยา – เรื่องที่ห้องยาไม่ค่อยเล่า",
            blurb="ผมเป็นเภสัชกรโรงพยาบาล 30 เตียงครับ เมื่อต้นปีหมอคนใหม่ย้ายมา […]",
            author_id="7",
            published=moment(2015, 11, 3, 20, 14, 9),
            modified=moment(2015, 11, 5, 7, 2, 41),
            body="ผมเป็นเภสัชกรโรงพยาบาล 30 เตียงครับ เมื่อต้นปีหมอคนใหม่ย้ายมา ท่านสั่งขิงแคปซูลแทน dimenhydrinate ให้คนไข้เวียนหัวทุกราย\u00a0"
            "ห้องยาเราก็ดีใจ เพราะยาสมุนไพรค้างสต็อกอยู่เต็มตู้\n\n"
            "ผ่านไปสามเดือนไปนั่งดูตัวเลขจริง ๆ ถึงเห็นว่า\n\n"
            "• คนไข้กลับมาขอยาเม็ดเหลืองตัวเดิม 4 ใน 10 คน\n"
            "• ส่วนใหญ่บอกว่า “ขิงมันร้อนท้อง” ไม่ใช่ไม่หาย\n\n"
            "เลยเปลี่ยนวิธี ให้พยาบาลหน้าห้องถามก่อนคำเดียวว่าปกติกินขิงได้ไหม แค่นี้แหละครับ คนกลับมาเปลี่ยนยาเหลือเดือนละสองสามคน\n"
            "ใครทำเรื่องสมุนไพรในห้องยาอยู่ มาเล่าให้ฟังบ้าง",
            source="wordpress-posts.json:1",
        ),
        Post(
            id="355",
            url="https://suanyaa.example/2015/12/355/",
            author_id="7",
            published=moment(2015, 12, 20, 9),
            modified=moment(2015, 12, 20, 9),
            body="แปลงไพลหลังตึกผู้ป่วยนอกโดนน้ำท่วมหมดแล้วนะครับ ปีหน้าเอาขึ้นร่องสูงกว่านี้",
            excerpt=True,
            source="wordpress-posts.json:2",
        ),
    ]
    assert told(account) == [
        ("guessed", "wordpress-posts.json", "html_to_text"),
        ("warning", "wordpress-posts.json", "columns_unused"),
    ]


def test_json_of_a_crawler_with_replies_to_replies():
    posts, account = of_file(jsondocument, "crawl.json")
    assert posts == [
        Post(
            id="a81",
            url="https://naa.example/p/a81",
            title="ข้าวดีดปีที่สาม",
            author_id="plueang",
            author_name="ลุงเปลื้อง",
            published=moment(2013, 1, 2, 9, 30),
            tags=("ข้าวดีด", "นาปรัง"),
            body="ปีแรกถอน ปีที่สองถอนไม่ทัน ปีนี้ยอมแพ้จ้างเขามาตัด ไร่ละ 300\n\n"
            "เพื่อนบ้านบอกให้ใช้ยาคุม ผมไม่เอา ปลาในร่องนาจะตายหมด เลยทดลองปล่อยน้ำเข้าให้ข้าวดีดงอกก่อน แล้วไถกลบสองรอบก่อนหว่านจริง ทำแค่ 4 ไร่ "
            "เหลือข้าวดีดราวหนึ่งในห้าของแปลงที่ไม่ได้ทำ เสียเวลาไป 20 วัน น้ำมันอีก 900 บาท\n\n"
            "คุ้มไหมยังไม่กล้าฟันธง รอดูตอนเกี่ยว",
            comments=(
                Comment(
                    1,
                    "ลุงคะ หนูลองคิดให้ 20 วันของลุงถ้าคิดค่าแรง 300 ก็ 6,000 แล้วนะ แต่ถ้าไม่ทำก็เสียค่าตัด 1,200 ทุกปี",
                    id="r1",
                    author_id="9",
                    author_name="หนิง บัญชี",
                    published=moment(2013, 1, 2, 10),
                ),
                Comment(
                    2,
                    "หนิงคิดเลขเก่ง แต่ 20 วันนั่นลุงนั่งดูน้ำเฉยๆ นะลูก ไม่ได้ไปรับจ้างใครอยู่แล้ว 555",
                    id="r2",
                    author_id="4",
                    author_name="ลุงเปลื้อง",
                    published=moment(2013, 1, 2, 11),
                    reply_to="r1",
                ),
                Comment(
                    3,
                    "เอาเรื่องนี้ไปสอนต้นทุนใน ม.3 ได้ไหมคะ ทั้งสองคนพูดถูก",
                    id="r3",
                    author_id="ครูต่าย",
                    author_name="ครูต่าย",
                    reply_to="r1",
                ),
                Comment(5, "แปลงผม 12 ไร่ ใช้วิธีเดียวกัน\u00a0ได้ผล\nแต่ต้องคุมน้ำได้ ถ้าปลายคลองอย่าหวัง", id="r5"),
            ),
            source="crawl.json:1",
        ),
        Post(
            id="a95",
            body="ประกาศ วันเสาร์นี้ลงแขกเกี่ยวข้าวนาลุงเปลื้อง เอาปิ่นโตมาเอง น้ำแข็งผมเลี้ยง",
            source="crawl.json:2",
        ),
    ]
    assert told(account) == [
        ("refused", "crawl.json:1#4", "no_body"),
        ("warning", "crawl.json:2", "date_not_read"),
        ("warning", "crawl.json", "objects_without_text"),
        ("guessed", "crawl.json", "html_to_text"),
        ("warning", "crawl.json", "columns_unused"),
    ]
    assert account.entries[-1].details == {"columns": "site, comments.sticker"}


def test_jsonlines_of_posts_and_comments_one_after_another():
    posts, account = of_file(jsonlines, "threads.jsonl")
    assert posts == [
        Post(
            id="2031",
            title="กองทุนขยะทองคำ ทำไมเงินหาย",
            author_id="ประธานแป๋ว",
            published=moment(2013, 4, 4, 19, 20),
            body="กองทุนขยะของหมู่เรามีสมาชิก 64 บ้าน ฝากขยะเดือนละครั้ง ปีที่แล้วปิดบัญชีขาดไป 1,840 บาท ไม่มีใครโกง แต่ชั่งตอนเช้ากับชั่งตอนขายไม่เท่ากัน\n"
            "เราเลยเปลี่ยนเป็นชั่งต่อหน้ากันสองคน เจ้าของขยะหนึ่ง กรรมการหนึ่ง เซ็นทั้งคู่ เดือนแรกคนบ่นว่าช้า เดือนที่สามไม่มีใครบ่นแล้ว "
            "เพราะรู้ว่าเงินตัวเองอยู่ครบ",
            comments=(
                Comment(
                    1,
                    "วันนั้นฉันเป็นคนบ่นเองแหละ ขอโทษด้วยนะแป๋ว ตอนนี้ชอบแล้ว",
                    id="c-1",
                    author_id="สมาชิกบ้าน 12",
                    published=moment(2013, 4, 5, 8),
                ),
                Comment(2, "ไม่เป็นไรจ้ะป้า บ่นได้ จะได้รู้ว่าต้องแก้ตรงไหน", id="c-2", author_id="ประธานแป๋ว", reply_to="c-1"),
            ),
            source="threads.jsonl:1",
        ),
        Post(
            id="1988",
            body="",
            comments=(Comment(1, "ของเดิมปี 55 ผมยังเก็บแบบฟอร์มไว้ ใครจะเอาทักมาครับ", id="c-3", author_id="ปลัดนัท"),),
            source="threads.jsonl:4",
        ),
    ]
    assert told(account) == [("refused", "threads.jsonl:5", "no_body"), ("guessed", "threads.jsonl", "html_to_text")]


RECORDS = [{"id": 7, "title": "ก", "text": "หนึ่ง"}, {"id": 8, "title": "ข", "text": "สอง"}]


@pytest.mark.parametrize(
    "value",
    [
        RECORDS,
        {"data": {"posts": RECORDS}},
        {"response": {"items": RECORDS, "count": 2}},
        {"7": RECORDS[0], "8": RECORDS[1]},
        {"posts": {"x7": RECORDS[0], "x8": RECORDS[1]}},
        {"บล็อกหนึ่ง": [RECORDS[0]], "บล็อกสอง": [RECORDS[1]]},
        [[RECORDS[0]], [RECORDS[1]]],
        {"title": "เว็บของเรา", "description": "รวมเรื่องเล่า", "items": RECORDS},
        {"hits": {"hits": [{"_index": "x", "_source": record} for record in RECORDS]}},
        {"edges": [{"node": record} for record in RECORDS]},
        [{"post": record} for record in RECORDS],
        {"users": [{"id": 1, "name": "x"}], "posts": RECORDS},
        {"groups": [{"name": "x", "posts": [RECORDS[0]]}, {"name": "y", "posts": [RECORDS[1]]}]},
        {"groups": [{"name": "x", "posts": [RECORDS[0]]}], "posts": [RECORDS[1]]},
        "".join(json.dumps(record) for record in RECORDS),
        "\n".join(json.dumps(record, indent=1) for record in RECORDS),
        "\n".join(json.dumps(record) for record in RECORDS),
    ],
    ids=lambda value: str(value)[:40],
)
def test_json_records_are_found_wherever_they_are(value):
    posts, _ = document(value)
    assert [(post.id, post.title, post.body) for post in posts] == [("7", "ก", "หนึ่ง"), ("8", "ข", "สอง")]


def test_json_one_record_is_a_document_too():
    (post,), account = document(
        {"id": 7, "text": "หนึ่ง", "comments": [{"text": "ก"}], "attachments": [{"title": "รูป", "url": "x"}]}
    )
    assert post == Post(id="7", body="หนึ่ง", comments=(Comment(1, "ก"),), source="d.json:1")
    assert [e.details for e in account.entries if e.key == "columns_unused"] == [{"columns": "attachments"}]


def test_json_comments_that_stand_beside_the_posts():
    posts, _ = document(
        {
            "posts": {"7": {"id": 7, "text": "หนึ่ง", "title": "ก"}},
            "comments": [{"id": 1, "postId": 7, "text": "ดี", "author": "ตู่"}, {"id": 2, "postId": 7, "text": "จริง"}],
        }
    )
    assert posts == [
        Post(
            id="7",
            title="ก",
            body="หนึ่ง",
            comments=(Comment(1, "ดี", id="1", author_id="ตู่"), Comment(2, "จริง", id="2")),
            source="d.json:1",
        )
    ]


def test_json_a_page_about_the_site_does_not_hide_the_posts():
    about = {"id": 1, "title": "เกี่ยวกับเรา", "text": "ใครเป็นใคร", "url": "x", "author": "ก", "date": "2006-05-09"}
    posts, _ = document({"about": about, "posts": [{"text": "หนึ่ง"}, {"text": "สอง"}]})
    assert [post.body for post in posts] == ["ใครเป็นใคร", "หนึ่ง", "สอง"]


def test_json_an_introduction_that_holds_the_posts_is_told():
    posts, account = document({"title": "ชุดเรื่องเล่า", "text": "คำนำ", "posts": RECORDS})
    assert [post.body for post in posts] == ["หนึ่ง", "สอง"]
    assert [e.details for e in account.entries if e.key == "columns_unused"] == [{"columns": "title, text"}]


def test_json_texts_outside_all_records_are_told():
    _, account = document({"about": {"intro": "คำนำยาวๆ"}, "posts": RECORDS})
    assert [e.details for e in account.entries if e.key == "columns_unused"] == [{"columns": "about.intro"}]


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        (1147150260, moment(2006, 5, 9, 11, 51)),
        (1147150260123, moment(2006, 5, 9, 11, 51)),
        (1147150260123456, moment(2006, 5, 9, 11, 51)),
        (1147150260.75, moment(2006, 5, 9, 11, 51)),
        ("1147150260", moment(2006, 5, 9, 11, 51)),
        ({"$date": {"$numberLong": "1147150260123"}}, moment(2006, 5, 9, 11, 51)),
        ({"$date": "2006-05-09T04:51:00Z"}, moment(2006, 5, 9, 11, 51)),
        ("2006-05-09T11:51:00.999+07:00", moment(2006, 5, 9, 11, 51)),
        ("9 พฤษภาคม 2549 11:51 น.", moment(2006, 5, 9, 11, 51)),
        (38846, moment(2006, 5, 9)),
        (237173, moment(2006, 5, 9)),  # the day number of a date that was typed with its Buddhist year
        (20060509, moment(2006, 5, 9)),
        (0, None),
        (-5, None),
        (1e300, None),
        (True, None),
        ("เมื่อวาน", None),
        (["2006"], None),
    ],
    ids=str,
)
def test_json_dates(value, expected):
    (post,), account = document([{"text": "ก", "created_at": value}])
    assert post.published == expected
    assert bool({"date_not_read", "field_not_text"} & {e.key for e in account.entries}) == (expected is None)


def test_json_dates_in_utc_by_their_name():
    (post,), _ = document([{"text": "ก", "date_gmt": "2006-05-09T04:51:00"}])
    assert post.published == moment(2006, 5, 9, 11, 51)


@pytest.mark.parametrize(
    ("value", "comments"),
    [
        ("ดี\n\nจริง", ["ดี", "จริง"]),
        (["ดี", "จริง"], ["ดี", "จริง"]),
        ([{"text": "ดี"}, {"text": "จริง"}], ["ดี", "จริง"]),
        ({"data": [{"message": "ดี"}, {"message": "จริง"}], "paging": {"next": "x"}}, ["ดี", "จริง"]),
        ({"count": 2, "items": [{"body": "ดี"}, {"body": "จริง"}]}, ["ดี", "จริง"]),
        ({"c1": {"body": "ดี"}, "c2": {"body": "จริง"}}, ["ดี", "จริง"]),
        ({"edges": [{"node": {"body": "ดี"}}, {"node": {"body": "จริง"}}]}, ["ดี", "จริง"]),
        ({"kind": "Listing", "data": {"children": [{"kind": "t1", "data": {"body": "ดี"}}]}}, ["ดี"]),
        ({"body": "ดี", "id": 5}, ["ดี"]),
        ([], []),
        ({}, []),
        (None, []),
        ("", []),
        (4, []),
    ],
    ids=str,
)
def test_json_comments_of_many_shapes(value, comments):
    (post,), account = document([{"text": "ก", "title": "ข", "comments": value}])
    assert [comment.body for comment in post.comments] == comments
    assert not [e for e in account.entries if e.kind == "refused"]
    assert post.comments_said == (4 if value == 4 else None)


def test_json_comments_of_wrong_types_are_told():
    (post,), account = document([{"text": "ก", "comments": [{"text": "ข"}, 5, None, {"text": ""}, {"likes": 3}, True]}])
    assert [(c.position, c.body) for c in post.comments] == [(1, "ข")]
    assert [(e.source, e.key) for e in account.entries if e.kind == "refused"] == [
        ("d.json:1#2", "not_an_object"),
        ("d.json:1#3", "not_an_object"),
        ("d.json:1#4", "no_body"),
        ("d.json:1#5", "no_body"),
        ("d.json:1#6", "not_an_object"),
    ]
    (post,), account = document([{"text": "ก", "comments": False}])
    assert ("warning", "d.json:1", "comments_not_a_list") in told(account)


def test_json_replies_go_deep_without_recursion():
    comment = {"id": "c200", "text": "ลึก"}
    for n in range(199, 0, -1):
        comment = {"id": f"c{n}", "text": str(n), "replies": [comment]}
    (post,), _ = document([{"text": "ก", "comments": [comment]}])
    assert len(post.comments) == 200
    assert [c.reply_to for c in post.comments[:3]] == [None, "c1", "c2"]
    assert [c.position for c in post.comments] == list(range(1, 201))


@pytest.mark.parametrize(
    ("value", "expected"),
    [
        ({"text": ["ย่อหน้าหนึ่ง", "ย่อหน้าสอง"]}, "ย่อหน้าหนึ่ง\n\nย่อหน้าสอง"),
        ({"text": ["ดู ", {"type": "link", "text": "http://x.example"}, " นะ"]}, "ดู http://x.example นะ"),
        ({"content": {"rendered": "<p>ก</p>"}}, "ก"),
        ({"body_html": "<b>ก</b>\nข"}, "ก\nข"),
        ({"text": "<p>ก</p><script>x</script>"}, "ก"),
        ({"text": "&lt;p&gt;ก&lt;/p&gt;"}, "ก"),
        ({"text": "a < b & c > d"}, "a < b & c > d"),
        ({"text": "  เว้น\u00a0วรรค\u2028ไว้  "}, "  เว้น\u00a0วรรค\u2028ไว้  "),
    ],
    ids=str,
)
def test_json_texts(value, expected):
    (post,), _ = document([value])
    assert post.body == expected


def test_json_weak_keys_are_the_text_only_where_no_better_one_is():
    assert [post.body for post in document([{"id": 1, "description": "ก"}])[0]] == ["ก"]
    posts, account = document(
        [{"id": 1, "content": "ก", "description": "ข"}, {"id": 2, "content": "", "description": "ค"}]
    )
    assert [post.body for post in posts] == ["ก"]
    assert ("refused", "d.json:2", "no_body") in told(account)


def test_json_map_names_paths():
    posts, account = document(
        [{"p": {"story": "ก", "who": "ตู่"}}, {"p": {"story": "ข"}}], **{"p.story": "body", "p.who": "author"}
    )
    assert [(post.body, post.author_id) for post in posts] == [("ก", "ตู่"), ("ข", None)]
    assert told(account) == []
    for call in (
        lambda: document([{"text": "ก"}], storey="body"),
        lambda: lines({"text": "ก"}, columns={"storey": "body"}),
    ):
        with pytest.raises(InputError) as caught:
            call()
        assert caught.value.key == "column_missing"
        assert "text" in caught.value.text("th")


def test_jsonlines_map_goes_before_minecops_own_keys():
    (post,), _ = lines({"body": "ก", "title": "ข"}, columns={"title": "body"})
    assert post.body == "ข"


def test_jsonlines_own_records_and_others_keep_their_order():
    posts, account = lines(
        {"id": "1", "body": "<p>ตามที่เขียน</p>"},
        {"id": "2", "text": "<p>ก</p>"},
        {"id": "3", "body": "ข"},
        {"nothing": 1},
        [1],
    )
    assert [(post.id, post.body) for post in posts] == [("1", "<p>ตามที่เขียน</p>"), ("2", "ก"), ("3", "ข")]
    assert [(e.source, e.key) for e in account.entries if e.kind == "refused"] == [
        ("l.jsonl:4", "no_body"),
        ("l.jsonl:5", "not_an_object"),
    ]


def test_jsonlines_own_thread_without_its_post():
    (post,), account = lines({"id": "7", "comments": [{"body": "ก"}]})
    assert post == Post(id="7", body="", comments=(Comment(1, "ก"),), source="l.jsonl:1")
    assert told(account) == []


@pytest.mark.parametrize("encoding", ["utf-8-sig", "utf-16", "cp874", "utf-16-le"])
def test_json_encodings(encoding):
    value = [{"id": 1, "text": "ภาษาไทยล้วนๆ ไม่มีอื่นปน"}]
    posts, account = document(value, encoding=encoding)
    assert [post.body for post in posts] == [value[0]["text"]]
    assert [e.details["encoding"] for e in account.entries if e.key == "encoding_guessed"] == (
        [encoding] if encoding in {"cp874", "utf-16-le"} else []
    )
    posts, _ = lines(json.dumps(value[0], ensure_ascii=False).encode(encoding))
    assert [post.body for post in posts] == [value[0]["text"]]


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ('[{"text": "ก"}, {"text": NaN}]', "json_constant"),
        ('[{"text": "ก"}, {"text": -Infinity}]', "json_constant"),
        ('[{"text": "ก"}, {"text": "x"', "file_not_json"),
        ('[{"text": "ก"}, {"text": "x"},]', "file_not_json"),
        ('[{"text": "ก"}, {"n": ' + "1" * 5_000 + "}]", "file_not_json"),
        ('[{"text": "ก"}, {"n": 1e' + "9" * 30 + "}]", "file_not_json"),
        ('[{"text": "ก"}, {"n": ' + "[" * 1_000 + "]" * 1_000 + "}]", "json_too_deep"),
        ('[{"text": "ก"}, {"n": ' + '{"a":' * 100_000, "json_too_deep"),
        ('[{"text": "ก"}, "' + "\\x", "file_not_json"),
    ],
    ids=lambda text: text[:40],
)
def test_json_what_ends_the_reading_is_one_clear_line_and_what_came_before_stays(text, key):
    account = Account()
    posts = []
    with pytest.raises(InputError) as caught:
        posts += jsondocument.read(Source.of_bytes(text.encode(), "d.json"), Options(), account)
    # A number that may end the program is not even let near the parser.
    assert [post.body for post in posts[:1]] == ([] if "11111" in text else ["ก"])
    assert caught.value.key == key
    assert "\n" not in caught.value.text("th") and len(caught.value.text("th")) < 300


@pytest.mark.parametrize(
    ("text", "key"),
    [
        ("", "empty_file"),
        ("  \n ", "file_not_json"),
        ("สวัสดี", "file_not_json"),
        ("5", "no_records"),
        ("[]", "no_records"),
        ('{"a": [1, "x"], "b": {}}', "no_records"),
        ("[" * 1_000 + "]" * 1_000, "json_too_deep"),
        ("[" * 100_000, "json_too_deep"),
        ('{"a":' * 100_000, "json_too_deep"),
    ],
    ids=lambda text: text[:20],
)
def test_json_without_records_is_one_clear_line(text, key):
    with pytest.raises(InputError) as caught:
        document(text)
    assert caught.value.key == key


def test_json_a_key_that_stands_twice_costs_its_record():
    posts, account = document('[{"text": "ก", "text": "ข"}, {"text": "ค", "a": {"b": 1, "b": 2}}, {"text": "ง"}]')
    assert [post.body for post in posts] == ["ง"]
    assert told(account) == [("refused", "d.json:1", "json_key_twice"), ("refused", "d.json:2", "json_key_twice")]
    posts, account = lines(
        '{"text": "ก", "text": "ข"}', '{"body": "ค", "comments": [{"body": 1, "body": 2}]}', '{"text": "ง"}'
    )
    assert [post.body for post in posts] == ["ง"]
    assert told(account) == [("refused", "l.jsonl:1", "json_key_twice"), ("refused", "l.jsonl:2", "json_key_twice")]


@pytest.mark.parametrize(
    ("line", "key"),
    [
        ('{"body": NaN}', "json_constant"),
        ('{"body": "x", "n": ' + "1" * 5_000 + "}", "not_json"),
        ('{"body": "x", "n": ' + "[" * 1_000 + "]" * 1_000 + "}", "not_json"),
        ("[" * 100_000, "not_json"),
        ('{"body": "x"', "not_json"),
    ],
    ids=lambda text: text[:20],
)
def test_jsonlines_bad_lines_cost_no_other(line, key):
    posts, account = lines({"body": "ก"}, line, {"body": "[" * 2_000 + '"\\' + "]"})
    assert [len(post.body) for post in posts] == [1, 2_003]
    assert told(account) == [("refused", "l.jsonl:2", key)]


def test_json_numbers_that_are_ids():
    (post,), _ = document(
        '[{"text": "ก", "id": 12345.0, "author": 123456789012345678901234567890, "title": 1.5, "likes": 1e999999999}]'
    )
    assert (post.id, post.author_id, post.title) == ("12345", "123456789012345678901234567890", "1.5")


def test_json_lone_surrogates_become_the_mark_of_the_unreadable():
    text = '[{"text": "ก\\ud800ข \\\\ud800 \\ud83d\\ude00 \\udc00\\u0e01 \\ud83d\\u0e01"}]'
    (post,), account = document(text)
    assert post.body == "ก\ufffdข \\ud800 😀 \ufffdก \ufffdก"
    assert [e.details for e in account.entries if e.key == "characters_lost"] == [{"count": "3"}]
    (post,), account = lines('{"text": "ก\\ud800ข \\ud83d\\ude00"}')
    assert post.body == "ก\ufffdข 😀"
    assert ("guessed", "l.jsonl:1", "broken_characters") in told(account)


def test_json_nul_is_taken_out():
    (post,), account = document('[{"text": "ก\\u0000ข"}]')
    assert post.body == "กข"
    assert ("warning", "d.json", "nul_removed") in told(account)


def test_jsonlines_separators_within_a_text_are_kept():
    (post,), _ = lines('{"body": "ก\u2028ข\u0085ค\u2029ง"}\r')
    assert post.body == "ก\u2028ข\u0085ค\u2029ง"


def test_jsonlines_a_line_too_long_is_refused_by_its_number(monkeypatch):
    monkeypatch.setattr(streams.lines_of, "__defaults__", (1_000,))
    posts, account = lines(
        {"body": "ก"}, {"body": "ข" * 5_000}, {"body": "ค" * 400}, {"body": "x" * 2_000_000}, {"body": "ง"}
    )
    assert [post.body for post in posts] == ["ก", "ง"]
    assert [(e.source, e.key) for e in account.entries] == [(f"l.jsonl:{n}", "line_too_long") for n in (2, 3, 4)]


def test_json_a_string_too_long_is_refused(monkeypatch):
    monkeypatch.setattr(streams.JsonStream.__init__, "__defaults__", (200_000,))
    for filler in ("x", '\\"', "\\\\", "\\u0e01"):
        with pytest.raises(InputError) as caught:
            document(f'[{{"text": "ก"}}, {{"text": "{filler * 300_000}"}}]')
        assert caught.value.key == "record_too_large"


def test_json_a_record_too_large_costs_no_other(monkeypatch):
    monkeypatch.setattr(jsondocument, "LARGEST_WHOLE", 100_000)
    posts, account = document([{"text": "ก"}, {"text": "ข", "n": list(range(5_000))}, {"text": "ค"}])
    assert [post.body for post in posts] == ["ก", "ค"]
    assert told(account)[0] == ("refused", "d.json:2", "record_too_large")


def test_json_strings_of_escapes_take_time_in_proportion():
    """A parser that begins a long string anew with every piece of it would take minutes."""
    text = '[{"text": "' + '\\u0e01\\"' * 400_000 + '"}]'
    (post,), _ = document(text)
    assert post.body == 'ก"' * 400_000


@given(st.binary(max_size=200) | st.text(max_size=200).map(str.encode))
@settings(deadline=None)
def test_json_any_bytes_end_in_posts_or_a_clear_error(data):
    for reader in (jsondocument, jsonlines):
        try:
            list(reader.read(Source.of_bytes(data, "x"), Options(), Account()))
        except InputError as error:
            error.text("th")


VALUES = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(max_size=20),
    lambda inner: (
        st.lists(inner, max_size=4)
        | st.dictionaries(
            st.sampled_from(
                [
                    "id",
                    "text",
                    "body",
                    "title",
                    "comments",
                    "replies",
                    "author",
                    "user",
                    "name",
                    "date",
                    "created_at",
                    "tags",
                    "community",
                    "url",
                    "post",
                    "post_id",
                    "parent_id",
                    "excerpt",
                    "data",
                    "items",
                ]
            )
            | st.text(max_size=5),
            inner,
            max_size=5,
        )
    ),
    max_leaves=30,
)


@given(VALUES)
@settings(deadline=None, max_examples=300)
def test_json_any_shape_ends_in_posts_or_a_clear_error(value):
    text = json.dumps(value).replace("NaN", "0").replace("Infinity", "0")
    for reader in (jsondocument, jsonlines):
        account = Account()
        try:
            posts = list(reader.read(Source.of_bytes(text.encode(), "x.json"), Options(), account))
        except InputError as error:
            error.text("th")
            continue
        for post in posts:
            assert post.id and (post.body.strip() or post.comments)
            assert all(comment.body.strip() for comment in post.comments)
            assert len({comment.position for comment in post.comments}) == len(post.comments)


def pieces(text, size):
    class Stream:
        def __init__(self, data):
            self.data = data

        def read(self, _):
            piece, self.data = self.data[:size], self.data[size:]
            return piece

    stream = streams.JsonStream(Stream(text.encode()), streams.Encoding("utf-8", sound=True))
    return list(iter(lambda: stream.read(10), b""))


@given(st.text(alphabet='"\\a1ก ,', max_size=60), st.integers(1, 7))
def test_json_stream_gives_everything_and_cuts_no_string(text, size):
    found = pieces(text, size)
    assert b"".join(found) == text.encode()
    for n in range(1, len(found)):
        before = b"".join(found[:n]).replace(b"\\\\", b"").replace(b'\\"', b"")
        assert before.count(b'"') % 2 == 0 or before.endswith(b'"')


def test_json_documents_and_lines_are_read_as_they_pass(tmp_path):
    import tracemalloc

    record = json.dumps({"text": "ยาว" * 600, "comments": [{"text": "ดี" * 20}] * 5}, ensure_ascii=False)
    (tmp_path / "large.json").write_text('{"data": {"posts": [' + ",".join([record] * 3_000) + "]}}", encoding="utf-8")
    (tmp_path / "large.jsonl").write_text(f"{record}\n" * 3_000, encoding="utf-8")
    for reader, name in ((jsondocument, "large.json"), (jsonlines, "large.jsonl")):
        path = tmp_path / name
        assert path.stat().st_size > 16_000_000
        tracemalloc.start()
        try:
            count = sum(1 for _ in reader.read(Source.of_file(path, name), Options(), Account()))
            _, peak = tracemalloc.get_traced_memory()
        finally:
            tracemalloc.stop()
        assert count == 3_000
        assert peak < 12_000_000, name
