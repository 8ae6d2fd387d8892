import pytest
from hypothesis import given
from hypothesis import strategies as st

from minecop.archive import fields as module
from minecop.archive.fields import (
    FIELDS,
    check_mapped,
    comment_layout_of,
    layout_of,
    meaning,
    normal_name,
    parse_mapping,
)
from minecop.archive.models import Account
from minecop.archive.sources import Options
from minecop.core.errors import InputError, SettingsError


def field_of(name):
    found = meaning(name)
    return found and found.field


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("รหัส", "id"),
        ("รหัสบันทึก", "id"),
        ("เลขที่บันทึก", "id"),
        ("หมายเลขบันทึก", "id"),
        ("ID", "id"),
        ("ชื่อเรื่อง", "title"),
        ("หัวข้อ", "title"),
        ("หัวเรื่อง", "title"),
        ("ผู้เขียน", "author_name"),
        ("เจ้าของบันทึก", "author_name"),
        ("ชื่อผู้เขียน", "author_name"),
        ("ชื่อ-สกุล", "author_name"),
        ("author", "author"),
        ("username", "author"),
        ("วันที่", "published"),
        ("วันที่เขียน", "published"),
        ("วันเวลา", "published"),
        ("เขียนเมื่อ", "published"),
        ("Timestamp", "published"),
        ("ประทับเวลา", "published"),
        ("เนื้อหา", "body"),
        ("รายละเอียด", "body"),
        ("ข้อความ", "body"),
        ("บันทึก", "body"),
        ("content", "body"),
        ("ความเห็น", "comments"),
        ("ความคิดเห็น", "comments"),
        ("จำนวนความเห็น", "comments_said"),
        ("บล็อก", "blog"),
        ("ชุมชน", "community"),
        ("หน่วยงาน", "community"),
        ("คำสำคัญ", "tags"),
        ("แท็ก", "tags"),
        ("ลิงก์", "url"),
        ("URL", "url"),
        ("ผู้แสดงความคิดเห็น", "comment_author_name"),
        ("ลำดับที่", "nothing"),
        ("คะแนน", None),
        ("", None),
    ],
)
def test_fields_headings_that_people_write(name, field):
    assert field_of(name) == field


@pytest.mark.parametrize(
    ("name", "field"),
    [
        ("\ufeff รหัส บันทึก ", "id"),
        ("ADDRESS of page", "url"),
        ("1. ชื่อ - สกุล *", "author_name"),
        ("๒) เนื้อหา", "body"),
        ("เนื้อหา/รายละเอียด", "body"),
        ("ชื่อเรื่อง / ผู้เขียน", None),  # two in one: not known which
        ("ผู้เขียน (Author)", "author_name"),
        ("วันที่ (วว/ดด/ปปปป)", "published"),
        ("ข้อมูลเพิ่ม (เนื้อหา)", "body"),
        ("วัน/เดือน/ปี", "published"),
        ("บล๊อก", "blog"),
        ("ลิ้งค์", "url"),
        ("ความคิดเห้น", "comments"),
        ("คอมเม้น", "comments"),
        ("เเท็ก", "tags"),
        ("คําสําคัญ", "tags"),
        ("ความเห็นที่ ๒", "comments"),
        ("createdAt", "published"),
        ("Created_At", "published"),
        ("รหัส\u200bบันทึก", "id"),
    ],
)
def test_fields_spaces_case_brackets_numbers_and_misspellings_do_not_matter(name, field):
    assert field_of(name) == field


@pytest.mark.parametrize(
    ("path", "field"),
    [
        ("author.name", "author_name"),
        ("user.screen_name", "author"),
        ("user.name", "author_name"),
        ("user.profile.name", "author_name"),
        ("from.id", "author"),
        ("author.company.name", None),
        ("content.rendered", "body"),
        ("title.rendered", "title"),
        ("_source.body", "body"),
        ("node.author.username", "author"),
        ("statistics.commentCount", "comments_said"),
        ("date.$date.$numberLong", "published"),
        ("post.id", "post_id"),
        ("blog.name", "blog"),
        ("author.avatar_urls.24", None),
        ("_links.self", "nothing"),
        ("comments.data", None),
    ],
)
def test_fields_json_paths(path, field):
    assert field_of(path) == field


def test_fields_every_name_of_the_list_means_its_field_and_no_other():
    data = module._data()
    for field, group in data.items():
        if field not in {"person", "json"}:
            for name in (*group.get("names", ()), *group.get("weak", ())):
                assert field_of(name) == field, name
    assert set(FIELDS) <= data.keys()
    assert all(field_of(field) == field for field in FIELDS)


def test_fields_names_without_tone_marks_stay_apart():
    seen = {}
    for field, group in module._data().items():
        if field in {"person", "json", "nothing"}:
            continue
        for name in (*group.get("names", ()), *group.get("weak", ())):
            bare = module._toneless(normal_name(name))
            assert seen.setdefault(bare, field) == field, name


@given(st.text(max_size=60))
def test_fields_any_text_is_a_heading_or_none(name):
    found = meaning(name)
    assert found is None or found.field in module._data()
    assert normal_name(normal_name(name)) == normal_name(name)


def layout(*names, **options):
    found = layout_of(names, options.pop("columns", {}), rows=True, **options)
    fields = {field: [names[place] for place in places] for field, places in found.fields.items()}
    return fields, [names[place] for place in found.unused]


def test_fields_of_two_columns_for_one_field_the_better_name_is_taken_and_the_other_told():
    assert layout("ข้อความ", "เนื้อหา", "วันที่", "วันที่เขียน") == (
        {"body": ["เนื้อหา"], "published": ["วันที่เขียน"]},
        ["ข้อความ", "วันที่"],
    )


def test_fields_an_account_beside_a_name():
    assert layout("username", "author", "body")[0] == {
        "author": ["username"],
        "author_name": ["author"],
        "body": ["body"],
    }


def test_fields_several_columns_of_comments_and_of_tags():
    fields, unused = layout("เนื้อหา", "ความเห็นที่ 1", "ความเห็นที่ 2", "คำสำคัญ", "แท็ก")
    assert fields["comments"] == ["ความเห็นที่ 1", "ความเห็นที่ 2"]
    assert fields["tags"] == ["คำสำคัญ", "แท็ก"]
    assert unused == []


def test_fields_weak_names_are_taken_only_where_nothing_better_is():
    assert layout("title", "description")[0]["body"] == ["description"]
    assert layout("description", "content")[0]["body"] == ["content"]
    assert "body" not in layout("title", "description", weak=False)[0]


@pytest.mark.parametrize(
    ("names", "about", "fields"),
    [
        # a post's columns and one comment a row
        (
            ("id", "title", "body", "comment_author", "comment_body"),
            "",
            {
                "id": "id",
                "title": "title",
                "body": "body",
                "comment_author": "comment_author",
                "comment_body": "comment_body",
            },
        ),
        # comments alone: date and text are the comment's, the number is the post's
        (
            ("รหัสบันทึก", "ผู้แสดงความเห็น", "วันที่", "ข้อความ"),
            "",
            {
                "id": "รหัสบันทึก",
                "comment_author_name": "ผู้แสดงความเห็น",
                "comment_published": "วันที่",
                "comment_body": "ข้อความ",
            },
        ),
        (
            ("id", "post_id", "author", "text"),
            "",
            {"comment_id": "id", "id": "post_id", "comment_author": "author", "comment_body": "text"},
        ),
        (
            ("post_id", "author", "text"),
            "comments",
            {"id": "post_id", "comment_author": "author", "comment_body": "text"},
        ),
        # the post's own number, called post_id
        (("post_id", "author", "text"), "posts", {"id": "post_id", "author": "author", "body": "text"}),
        (("post_id", "title", "text"), "comments-2013", {"id": "post_id", "title": "title", "comment_body": "text"}),
        (("post_id", "title", "text"), "x", {"id": "post_id", "title": "title", "body": "text"}),
        (("รหัสบันทึก", "ความคิดเห็น"), "", {"id": "รหัสบันทึก", "comment_body": "ความคิดเห็น"}),
        # one comment a row, for its author stands beside it
        (
            ("รหัส", "เนื้อหา", "ความเห็น", "ผู้ให้ความเห็น"),
            "",
            {"id": "รหัส", "body": "เนื้อหา", "comment_body": "ความเห็น", "comment_author_name": "ผู้ให้ความเห็น"},
        ),
        # a form whose only text is an opinion
        (("ชื่อ-สกุล", "ความคิดเห็น"), "", {"author_name": "ชื่อ-สกุล", "body": "ความคิดเห็น"}),
        (("id", "body", "parent_id"), "", {"id": "id", "body": "body"}),
    ],
)
def test_fields_whose_number_author_and_date_are_meant(names, about, fields):
    assert layout(*names, about=about)[0] == {field: [name] for field, name in fields.items()}


def test_fields_of_a_comment_in_json():
    found = comment_layout_of(
        ("id", "message", "from.name", "from.id", "created_time", "parent.id", "replies", "post_id", "like")
    )
    assert found.fields == {
        "comment_id": (0,),
        "comment_body": (1,),
        "comment_author": (3,),
        "comment_author_name": (2,),
        "comment_published": (4,),
        "reply_to": (5,),
        "comments": (6,),
    }
    assert found.unused == (8,)


def test_fields_map_goes_before_what_is_recognised():
    fields, unused = layout("เนื้อหา", "เรื่องของเรา", "ผู้เขียน", columns={"เรื่องของเรา": "body", "ผู้เขียน": "community"})
    assert fields == {"body": ["เรื่องของเรา"], "community": ["ผู้เขียน"]}
    assert unused == ["เนื้อหา"]


def test_fields_map_finds_a_column_as_written_or_as_compared():
    assert layout("Story Text", columns={"story_text": "body"})[0] == {"body": ["Story Text"]}
    assert layout("a", "A", columns={"A": "body"})[0] == {"body": ["A"]}


def test_fields_parse_mapping():
    assert parse_mapping([]) == {}
    assert parse_mapping(["เรื่องที่เล่า=body", "a=b=title", " post.story = body "]) == {
        "เรื่องที่เล่า": "body",
        "a=b": "title",
        "post.story": "body",
    }
    assert parse_mapping(["ก=เนื้อหา", "ข=ผู้เขียน"]) == {"ก": "body", "ข": "author_name"}


@pytest.mark.parametrize(
    "pairs", [["x"], ["=body"], ["x="], ["x=nonsense"], ["x=nothing"], ["x=body", "x=title"], [""]]
)
def test_fields_parse_mapping_says_what_is_wrong(pairs):
    with pytest.raises(SettingsError) as caught:
        parse_mapping(pairs)
    assert caught.value.key == "bad_mapping"
    for lang in ("th", "en"):
        assert pairs[-1] in caught.value.text(lang)
        assert "comment_author_name" in caught.value.text(lang)


def test_fields_an_unknown_field_in_options_is_an_error_of_settings():
    with pytest.raises(SettingsError):
        layout_of(["a"], {"a": "nonsense"})


def test_fields_a_column_that_is_not_there_is_told_with_those_that_are():
    account = Account()
    check_mapped(["ก", "ข"], Options({"ข": "body"}), "t.csv", account)
    with pytest.raises(InputError) as caught:
        check_mapped(["ก", "ข" * 100], Options({"ค": "body"}), "t.csv", account)
    assert caught.value.key == "column_missing"
    assert "ค" in caught.value.text("th") and "ก, ขขข" in caught.value.text("th")
    assert len(caught.value.text("th")) < 300
    assert not account.entries


def test_fields_among_several_files_one_without_any_of_the_columns_is_told_and_read():
    account = Account()
    check_mapped(["ก", "ข"], Options({"ค": "body"}, mixed=True), "t.csv", account)
    assert [(entry.kind, entry.source, entry.key) for entry in account.entries] == [
        ("warning", "t.csv", "column_missing")
    ]
    with pytest.raises(InputError):
        check_mapped(["ก", "ข"], Options({"ข": "body", "ค": "title"}, mixed=True), "t.csv", account)
