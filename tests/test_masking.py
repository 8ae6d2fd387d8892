"""Personal data in posts and comments: what is found, what stays, what takes its place."""

import json
import time
import tomllib
from collections import Counter

import pyarrow as pa
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.core.errors import InputError
from minecop.text.identifiers import right_checksum
from minecop.text.masking import (
    KINDS,
    MASKS,
    Found,
    Mask,
    Pseudonyms,
    Text,
    apply,
    find_personal,
    mask_table,
    masked_span,
    masks_by_text,
)
from minecop.text.namewords import name_key

FLOORS = tomllib.loads((ROOT / "tests" / "floors.toml").read_text(encoding="utf-8"))["masking"]
LABELLED = ROOT / "tests" / "fixtures" / "masking" / "passages.jsonl"


def found(text: str, **options) -> list[tuple[str, str]]:
    return [(one.kind, text[one.start : one.end]) for one in find_personal(text, **options)]


def names(text: str, **options) -> list[str]:
    return [what for kind, what in found(text, **options) if kind == "name"]


# the hand-labelled passages


@pytest.fixture(scope="module")
def passages():
    return [json.loads(line) for line in LABELLED.read_text(encoding="utf-8").splitlines()]


def test_masking_labels_are_what_they_should_be(passages):
    assert len(passages) >= 180
    assert len({row["text"] for row in passages}) == len(passages)
    for row in passages:
        ends = [0]
        for start, end, kind in row["spans"]:
            assert kind in KINDS
            assert ends[-1] <= start < end <= len(row["text"])
            assert row["text"][start:end].strip() == row["text"][start:end]
            ends.append(end)
    parts = Counter(row["part"] for row in passages)
    assert parts["dev"] >= 90 and parts["test"] >= 90
    with_names = sum(any(kind == "name" for *_, kind in row["spans"]) for row in passages)
    with_others = sum(any(kind != "name" for *_, kind in row["spans"]) for row in passages)
    assert with_names >= 80 and with_others >= 60
    assert sum(not row["spans"] for row in passages) >= 40


def measured(passages, part: str) -> dict[str, float]:
    """Return recall (whole spans covered) and precision (of the kind, no letter of other words beside it) of identifiers and names."""
    labelled, covered, given_, right = Counter(), Counter(), Counter(), Counter()
    for row in passages:
        if row["part"] != part:
            continue
        got = [(one.start, one.end, one.kind) for one in find_personal(row["text"], keep=row["author"])]
        for start, end, kind in row["spans"]:
            group = "name" if kind == "name" else "identifier"
            labelled[group] += 1
            covered[group] += any(s <= start and end <= e and k == kind for s, e, k in got)
        for start, end, kind in got:
            group = "name" if kind == "name" else "identifier"
            given_[group] += 1
            right[group] += any(
                s < end and start < e and k == kind and max(s - start, 0) + max(end - e, 0) <= 2
                for s, e, k in row["spans"]
            )
    return {
        f"{group}_{measure}": part / whole
        for group in ("identifier", "name")
        for measure, part, whole in (
            ("recall", covered[group], labelled[group]),
            ("precision", right[group], given_[group]),
        )
    }


@pytest.mark.parametrize("part", ["dev", "test"])
def test_masking_quality(passages, part):
    figures = measured(passages, part)
    assert figures["identifier_recall"] >= FLOORS["identifier_recall"], figures
    assert figures["identifier_precision"] >= FLOORS["identifier_precision"], figures
    assert figures["name_recall"] >= FLOORS[f"{part}_name_recall"], figures
    assert figures["name_precision"] >= FLOORS[f"{part}_name_precision"], figures


# numbers and accounts, one form a line


@pytest.mark.parametrize(
    "number",
    [
        "081-234-5678",
        "0812345678",
        "08 1234 5678",
        "๐๘๑-๒๓๔-๕๖๗๘",
        "(02) 123-4567",
        "02-123-4567-9",
        "0-2123-4567 ต่อ 12, 14",
        "0-4300-1188 ต่อ 412",
        "+66 81 234 5678",
        "+66 (0)81-234-5678",
        "+6621234567",
        "66-81-234-5678",
        "081.234.5678",
        "081 - 234 - 5678",
        "081–234–5678",
        "01-234-5678",
        "0-1234-5678",
        "081\u00a0234\u00a05678",
        "08\u200b1-234-5678",
        "044-123456",
        "02 000 1919 กด 3",
        "ศูนย์แปดหนึ่ง สองสามสี่ ห้าหกเจ็ดแปด",
    ],
)
def test_masking_telephones(number):
    for text in (number, f"โทร.{number}", f"ลองโทรหาแกที่ {number} นะครับ ตอนเย็น", f"({number})"):
        assert found(text)[0][0] == "phone"
        assert number.strip("()") in found(text)[0][1] or found(text)[0][1] in number
        masked = apply(text, [Mask(o.start, o.end, o.kind, "") for o in find_personal(text)])
        assert not any(letter.isdigit() for letter in masked), masked


def test_masking_telephones_in_a_row():
    text = "โทร 081-234-5678, 9 หรือ 02-123-4567,086-000-1111 แฟกซ์ 053-411-223"
    assert [what for _, what in found(text)] == ["081-234-5678", "02-123-4567", "086-000-1111", "053-411-223"]
    assert found("โทร 081-234-5678, 9\nบ้านพัก") == [("phone", "081-234-5678, 9")]
    assert found("โทร.411-223 ภายใน") == [("phone", "411-223")]


def test_masking_telephones_before_what_might_be_counted():
    assert found("โทร 0812345678 ครั้งที่ 6 ไม่รับ") == [("phone", "0812345678")]
    assert found("เบอร์ 081-234-5678 คนขายปุ๋ย") == [("phone", "081-234-5678")]
    assert found("ขายได้ 0812345678 บาท") == []


@pytest.mark.parametrize(
    "text",
    [
        "สายด่วน 1669 กับ 191",
        "งบ 1,250,000 บาท เหลือ 0812500.00 บาท",
        "ปี 2549-2552 ประชุมครั้งที่ 4/2551",
        "ISBN 974-123-456-7 และ 978-616-123-456-7",
        "ที่ สธ 0201/ว 1234 ลว. 15/11/49",
        "หมายเลขบันทึก: 27612",
        "เลขที่สัญญา 0812345678",
        "ล็อต 0810055123",
        "0812345678 บาท",
        "ค่า 0.11 0.47 0.99 ตามลำดับ",
        "ปุ๋ยสูตร 16-20-0 กับ 46-0-0",
        "พิกัด 16.4322, 102.8236",
        "เวอร์ชัน 2.0.1.4 กับ IP: xxx.113.77.4",
        "line 12 ของตาราง ส่งทางไลน์กลุ่ม อสม. ระบบออนไลน์ Zoom",
        "LINE group ของอำเภอ",
        "look at www.example.com",
        "[email protected]",
        "https://www.gotoknow.org/posts/40655",
        "เลขทะเบียนพาณิชย์ 0103551000217",
        "บาร์โค้ด 1234567890121",
        "หมู่บ้าน 3 แห่ง หมู่ 5 ตำบลคลองใหญ่ ซอยเทศบาล 4",
        "ริมถนนพระราม 2 ต.คลองโคน อ.เมือง จ.สมุทรสงคราม",
        "เล่มที่ 012 เลขที่ 0456",
        "ทะเบียนบ้านเล่มใหม่",
    ],
)
def test_masking_numbers_that_stay(text):
    assert found(text) == []


@pytest.mark.parametrize(
    ("text", "kind", "what"),
    [
        ("อีเมลsomchai@mail.example", "email", "somchai@mail.example"),
        ("somchai_k @ mail.example นะ", "email", "somchai_k @ mail.example"),
        ("ส่งที่ somchai at hotmail dot com", "email", "somchai at hotmail dot com"),
        ("somchai[at]mail.example", "email", "somchai[at]mail.example"),
        ("somchai(at)mail(dot)example", "email", "somchai(at)mail(dot)example"),
        ("nid แอท mail ดอท example", "email", "nid แอท mail ดอท example"),
        ("somchai@hotmail ครับ", "email", "somchai@hotmail"),
        ("LINE ID: somchai99", "line_id", "somchai99"),
        ("ไอดีไลน์ @ruengkhao", "line_id", "@ruengkhao"),
        ("id line mam-dk6", "line_id", "mam-dk6"),
        ("Line : abc_1", "line_id", "abc_1"),
        ("เฟซบุ๊กผม ชื่อ สมชาย ใจดี ครับ", "account", "สมชาย ใจดี"),
        ("FB: somchai.jaidee", "account", "somchai.jaidee"),
        ("ดูที่ https://www.facebook.com/somchai.j?ref=ts.", "account", "https://www.facebook.com/somchai.j?ref=ts"),
        ("http://gotoknow.org/profile/somchai", "account", "http://gotoknow.org/profile/somchai"),
        ("ผมเลข 1-1234-56789-01-2", "national_id", "1-1234-56789-01-2"),
        ("เลขบัตรประชาชน 1234567890123", "national_id", "1234567890123"),
        ("ของผม 1234567890121 ครับ", "national_id", "1234567890121"),
        ("เลขที่บัญชี 020-1-45677-3", "bank", "020-1-45677-3"),
        ("ธกส. 01-234-2-00987-1", "bank", "01-234-2-00987-1"),
        ("รถทะเบียน กธ 4417 นครสวรรค์", "plate", "กธ 4417 นครสวรรค์"),
        ("คนไข้ HN 47-00912", "number", "47-00912"),
        ("รหัสนักศึกษา 5312340078", "number", "5312340078"),
        ("หนังสือเดินทางเลขที่ AA0001234", "number", "AA0001234"),
        ("IP: 110.164.5.77", "ip", "110.164.5.77"),
        ("บ้านเลขที่ 7 ครับ", "address", "บ้านเลขที่ 7"),
        ("อยู่ 12/3 ม.4 ต.บางแก้ว ครับ", "address", "12/3 ม.4 ต.บางแก้ว"),
        ("99 ถนนร่มเย็น แขวงใหม่ เขตใหม่ กทม. 10999", "address", "99 ถนนร่มเย็น แขวงใหม่ เขตใหม่ กทม. 10999"),
        ("ส่งที่ 5 หมู่ 4 ต.บางแก้ว\nอ.เมือง จ.น่าน 55999", "address", "5 หมู่ 4 ต.บางแก้ว\nอ.เมือง จ.น่าน 55999"),
        ("ที่อยู่ ม.12 ต.บางแก้ว อ.เมือง", "address", "ม.12 ต.บางแก้ว อ.เมือง"),
    ],
)
def test_masking_other_identifiers(text, kind, what):
    assert found(text) == [(kind, what)]


def test_masking_identity_number_with_a_wrong_last_digit_needs_a_word_that_says_so():
    assert right_checksum("1234567890121") and not right_checksum("1234567890123")
    assert found("ยอด 1234567890123") == []
    assert found("เลขประจำตัวประชาชนคือ 1234567890123") == [("national_id", "1234567890123")]


# names


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("คุณสมศรีบอกว่าไม่ไหว", ["สมศรี"]),
        ("นาย สมชาย  ใจดีมาก เป็นประธาน", ["สมชาย  ใจดีมาก"]),
        ("น.ส.กนกวรรณ ศรีทอง (แนน) อายุ 24", ["กนกวรรณ ศรีทอง", "แนน"]),
        ("ผศ.ดร.อนันต์ กับ นพ.ชาญวิทย์", ["อนันต์", "ชาญวิทย์"]),
        ("หมอวิชัยกับพี่หนิงช่วยป้าแดง", ["วิชัย", "หนิง", "แดง"]),
        ("คุณครูสุภาพรถามลุงกำนันแสวง", ["สุภาพร", "แสวง"]),
        ("หลวงพ่อสมเดชกับพระครูใบฎีกาสมชายมาถึง", ["สมเดช", "สมชาย"]),
        ("ผมคุยกับ สุทัศน์ คำวงศ์ษา เรื่องบัญชี", ["สุทัศน์ คำวงศ์ษา"]),
        ("ติดต่อคุณ beaver12 หรือ คุณ Somchai Jaidee", ["beaver12", "Somchai Jaidee"]),
        ("เด็กชื่อ “มะลิวัลย์” จดทุกวัน", ["มะลิวัลย์"]),
        ("น้องก้อยยยน่ารัก", ["ก้อยยย"]),
        ("ดวงฤทัยเป็นบรรณารักษ์", ["ดวงฤทัย"]),
        ("ร้านป้าติ่งปิด", ["ติ่ง"]),
        ("ป้าเพ็ญมาแต่เช้า เเล้ว คุณสํารวย ก็ตามมา", ["เพ็ญ", "สํารวย"]),
    ],
)
def test_masking_names(text, expected):
    assert names(text) == expected


@pytest.mark.parametrize(
    "text",
    [
        "คุณเอื้อ คุณอำนวย คุณกิจ และคุณลิขิตต้องไปด้วยกัน",
        "คุณภาพ คุณค่า คุณธรรม คุณแม่ คุณครู คุณหมอ คุณตาคุณยาย",
        "พี่เลี้ยงกับน้องใหม่ พี่ๆ น้องๆ ป้าๆ น้าๆ",
        "หมอดู ครูใหญ่ ตาบอด ยายทวด แม่บ้าน พ่อค้า ช่างไม้",
        "นายกอบต. นายช่าง นางเอก นางฟ้า พระราชบัญญัติ พระสงฆ์",
        "ขอบคุณที่มา ผมว่าตามนั้น อาจจะมีปัญหา",
        "โรงเรียนอนุบาลสุดารัตน์ วัดศรีบุญเรือง อำเภอวังสะพุง เขื่อนภูมิพล ถนนพหลโยธิน",
        "นาย ก. กับนาง ข. ตอบเหมือนกัน",
        "วิจิตร แก้วประภา (2547) พบว่า",
        "พระบาทสมเด็จพระจุลจอมเกล้าเจ้าอยู่หัว หลวงพ่อโสธร",
        "มะม่วงมหาชนก ทุเรียนหมอนทอง ข้าวหอมมะลิ",
        "ท่านหนึ่งยกมือ อีกฝ่ายหนึ่งเงียบ",
    ],
)
def test_masking_words_that_are_no_names(text):
    assert names(text) == []


def test_masking_keeps_the_authors_own_name_and_only_that():
    text = "ผมเอง สมพงษ์ ใจกล้า ครับ อ.วีระชัย ฝากถาม\nสมพงษ์ ใจกล้า"
    assert names(text) == ["สมพงษ์ ใจกล้า", "วีระชัย", "สมพงษ์ ใจกล้า"]
    assert names(text, keep=["ครูสมพงษ์ ใจกล้า"]) == ["วีระชัย"]
    assert names("พี่สมพงษ์ ศรีวงศ์", keep=["สมพงษ์ ใจกล้า"]) == ["สมพงษ์ ศรีวงศ์"]


def test_masking_what_is_introduced_or_known_is_found_without_a_title():
    assert names("พี่แป๋มเล่าว่า วันนั้นแป๋มไม่มา") == ["แป๋ม", "แป๋ม"]
    assert names("วันนั้นแป๋มไม่มา") == []
    assert names("วันนั้นแป๋มไม่มา", known=["แป๋ม"]) == ["แป๋ม"]


def test_masking_name_keys():
    assert name_key("คุณสมศรี") == name_key("สมศรี") == name_key("ป้าสมศรี") == "สมศรี"
    assert name_key("นาย สมชาย   ใจดี") == name_key("ดร.สมชาย ใจดี") == "สมชาย ใจดี"
    assert name_key("Somchai") == "somchai"
    assert name_key("") == ""


# pseudonyms


def name(key: str) -> Found:
    return Found(0, 1, "name", key)


def test_masking_pseudonyms_number_people_as_they_are_met():
    pseudonyms = Pseudonyms()
    assert pseudonyms.replacement(name("สมศรี")) == "[บุคคล 1]"
    assert pseudonyms.replacement(name("วิชัย")) == "[บุคคล 2]"
    assert pseudonyms.replacement(name("สมศรี")) == "[บุคคล 1]"
    assert pseudonyms.replacement(Found(0, 1, "phone", "0812345678")) == "[เบอร์โทรศัพท์]"
    assert pseudonyms.author("nid") == "ผู้เขียน 1"
    assert Pseudonyms("en").replacement(name("สมศรี")) == "[Person 1]"


@pytest.mark.parametrize("lang", ["th", "en"])
def test_masking_pseudonyms_have_words_for_every_kind(lang):
    pseudonyms = Pseudonyms(lang)
    for kind in KINDS:
        said = pseudonyms.replacement(Found(0, 1, kind, "x"))
        assert said.startswith("[") and said.endswith("]") and "x" not in said.removeprefix("[e")


def test_masking_pseudonyms_join_a_given_name_with_its_only_full_name():
    pseudonyms = Pseudonyms()
    pseudonyms.meet(["สมศรี ใจดี", "วิชัย แสนสุข", "วิชัย ทองดี"])
    assert pseudonyms.replacement(name("สมศรี")) == pseudonyms.replacement(name("สมศรี ใจดี")) == "[บุคคล 1]"
    assert len({pseudonyms.replacement(name(n)) for n in ("วิชัย", "วิชัย แสนสุข", "วิชัย ทองดี")}) == 3


def test_masking_pseudonyms_of_authors_stand_where_others_name_them():
    pseudonyms = Pseudonyms()
    pseudonyms.introduce("wirat", ["อ.วิรัตน์ คำดี", "พี่รัตน์"])
    assert pseudonyms.author("somebody") == "ผู้เขียน 1"
    assert pseudonyms.replacement(name("วิรัตน์")) == "[ผู้เขียน 2]"
    assert pseudonyms.replacement(name("วิรัตน์ คำดี")) == "[ผู้เขียน 2]"
    assert pseudonyms.replacement(name("รัตน์")) == "[ผู้เขียน 2]"
    assert pseudonyms.author("wirat") == "ผู้เขียน 2"


def test_masking_key_wins_when_posts_are_added():
    before = Pseudonyms()
    for who in ("สมศรี", "วิชัย"):
        before.replacement(name(who))
    before.author("nid")
    key = json.loads(json.dumps(before.key, ensure_ascii=False))
    after = Pseudonyms.from_key(key)
    after.meet(["สมศรี ใจดี", "สมศรี แสนสุข"])
    assert after.replacement(name("ประไพ")) == "[บุคคล 3]"
    assert after.replacement(name("วิชัย")) == "[บุคคล 2]"
    assert after.replacement(name("สมศรี")) == "[บุคคล 1]"
    assert after.author("new") == "ผู้เขียน 2"
    edited = Pseudonyms.from_key({"people": {"สมศรี": "ป้าใจดี"}})
    assert edited.replacement(name("สมศรี")) == "ป้าใจดี"
    assert edited.replacement(name("วิชัย")) == "[บุคคล 1]"


@pytest.mark.parametrize("key", [{"people": ["สมศรี"]}, {"authors": {"nid": 3}}, {"people": "x"}])
def test_masking_refuses_what_is_no_key(key):
    with pytest.raises(InputError) as error:
        Pseudonyms.from_key(key)
    assert error.value.key == "bad_pseudonym_key"
    assert error.value.text("th") and error.value.text("en")


def test_masking_names_of_authors_are_found_letter_for_letter():
    pseudonyms = Pseudonyms()
    pseudonyms.introduce("somsri", ["somsri", "แม่ครัวจันทร์", "2553", "ครู", "แดง"])
    text = "Somsri กับแม่ครัวจันทร์และครูแดงคุยกับ somsri99 แม่ครัวจันทร์่ ปี 2553"
    assert [text[one.start : one.end] for one in pseudonyms.find_authors(text)] == ["Somsri", "แม่ครัวจันทร์"]
    assert not Pseudonyms().find_authors(text)
    assert [one.start for one in pseudonyms.find_authors("İ somsri")] == [2]
    table = mask_table([Text("1", None, "แม่ครัวจันทร์ทำไว้"), Text("2", None, "คุณสมศรีค่ะ somsri")], pseudonyms)
    assert table["replacement"].to_pylist() == ["[ผู้เขียน 1]", "[บุคคล 1]", "[ผู้เขียน 1]"]


def test_masking_authors_of_one_nickname_are_told_apart_by_their_whole_names():
    pseudonyms = Pseudonyms()
    for author, name in (("a", "ครูทองดี"), ("b", "หมอทองดี"), ("c", "น้ำใส ใจจริง"), ("d", "น้ำใส ใจจริง")):
        pseudonyms.introduce(author, [name])
    texts = [Text("1", None, "ครูทองดีมากับหมอทองดี"), Text("2", None, "น้ำใส ใจจริงทำไว้"), Text("3", None, "พี่ทองดีกับคุณสมศรี")]
    masks = masks_by_text(mask_table(texts, pseudonyms))
    shown = [apply(text.text, masks[text.post_id, None, "body"]) for text in texts]
    assert shown[0] == "[ผู้เขียน 1]มากับ[ผู้เขียน 2]"
    assert shown[1] == "[ผู้เขียน 3 / ผู้เขียน 4]ทำไว้"
    assert shown[2] == "พี่[บุคคล 1]กับคุณ[บุคคล 2]"


# tables and masked texts


def test_masking_table():
    texts = [
        Text("1", None, "คุณสมศรี ใจดี โทร 081-234-5678", ("นิด",)),
        ("1", 1, "ขอบคุณค่ะพี่แป๋ม", ("สมศรี ใจดี",)),
        Text("1", 2, "แป๋มไม่ได้ไปค่ะ ป้าสมศรีไป", ()),
        Text("2", None, "ถึงป้าสมศรี", (), "title"),
        Text("3", None, "ไม่มีใคร", ()),
    ]
    pseudonyms = Pseudonyms()
    table = mask_table(texts, pseudonyms)
    assert table.schema.equals(MASKS)
    assert [tuple(row.values()) for row in table.to_pylist()] == [
        ("1", None, "body", 3, 13, "name", "[บุคคล 1]"),
        ("1", None, "body", 18, 30, "phone", "[เบอร์โทรศัพท์]"),
        ("1", 1, "body", 12, 16, "name", "[บุคคล 2]"),
        ("1", 2, "body", 0, 4, "name", "[บุคคล 2]"),
        ("1", 2, "body", 19, 24, "name", "[บุคคล 1]"),
        ("2", None, "title", 6, 11, "name", "[บุคคล 1]"),
    ]
    masks = masks_by_text(table)
    assert apply(texts[0].text, masks["1", None, "body"]) == "คุณ[บุคคล 1] โทร [เบอร์โทรศัพท์]"
    assert apply("แป๋มไม่ได้ไปค่ะ ป้าสมศรีไป", masks["1", 2, "body"]) == "[บุคคล 2]ไม่ได้ไปค่ะ ป้า[บุคคล 1]ไป"
    assert "สมศรี" not in str(table.to_pylist())
    assert pseudonyms.key["people"] == {"สมศรี ใจดี": "[บุคคล 1]", "แป๋ม": "[บุคคล 2]", "สมศรี": "[บุคคล 1]"}


def test_masking_table_of_nothing():
    table = mask_table([], Pseudonyms())
    assert isinstance(table, pa.Table) and table.num_rows == 0 and table.schema.equals(MASKS)


def test_masking_a_span_never_shows_half_a_name():
    text = "เมื่อวานคุณสมศรี ใจดีโทรมา"
    start = text.index("สมศรี")
    masks = [Mask(start, start + len("สมศรี ใจดี"), "name", "[บุคคล 1]")]
    assert masked_span(text, masks, 0, start + 3) == "เมื่อวานคุณ[บุคคล 1]"
    assert masked_span(text, masks, start + 3, len(text)) == "[บุคคล 1]โทรมา"
    assert masked_span(text, masks, start + 2, start + 4) == "[บุคคล 1]"
    assert masked_span(text, masks, 0, start) == "เมื่อวานคุณ"
    assert masked_span(text, masks, start + 2, start + 2) == ""
    assert apply(text, []) == text
    with pytest.raises(ValueError, match="no span"):
        masked_span(text, masks, 5, len(text) + 1)


# anything at all

PIECES = st.sampled_from(
    [
        "คุณ",
        "นาย",
        "พี่",
        "ป้า",
        "ตา",
        "อ.",
        "ดร.",
        "ชื่อ",
        "สมศรี",
        "ใจดี",
        "แดง",
        "แป๋ม",
        "คำสิงห์",
        "บอกว่า",
        "กับ",
        "และ",
        "ครับ",
        "ที่",
        "มา",
        "โทร",
        "เบอร์",
        "ไลน์",
        "line",
        "id",
        ":",
        "@",
        ".",
        ",",
        "-",
        "/",
        "(",
        ")",
        "0",
        "081",
        "234",
        "5678",
        "2",
        "66",
        "+66",
        "บ้านเลขที่",
        "หมู่",
        "ม.",
        "ต.",
        "อ.",
        "จ.",
        "ถนน",
        "ซอย",
        "เลขที่",
        "บัญชี",
        "บัตร",
        "1234567890121",
        "1-1234-56789-01-2",
        "a@b.example",
        "facebook.com/",
        "HN",
        "กข",
        "1234",
        "เเ",
        "ํา",
        "ๆ",
        "ฯ",
        "ฺ",
        "ู",
        "Somchai",
    ]
) | st.sampled_from([" ", "\n", "\u200b", "\u00a0", "  ", "\t"])
ANYTHING = st.one_of(
    st.lists(PIECES, max_size=25).map("".join),
    st.text(max_size=60),
    st.text(alphabet="0123456789-. ()+/๐๘๑", max_size=60),
    st.text(alphabet="กขคงตาอุูเแ่้ำ์ๆฯ ", max_size=60),
)


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_masking_spans_are_in_order_and_in_range(text):
    end = 0
    for one in find_personal(text):
        assert end <= one.start < one.end <= len(text)
        assert one.kind in KINDS
        assert one.key
        end = one.end


@settings(max_examples=300, deadline=None)
@given(ANYTHING)
def test_masking_twice_finds_no_more_numbers(text):
    pseudonyms = Pseudonyms()
    masks = [Mask(one.start, one.end, one.kind, pseudonyms.replacement(one)) for one in find_personal(text)]
    again = [one.kind for one in find_personal(apply(text, masks))]
    assert not {"phone", "email", "national_id", "bank", "number", "ip"} & set(again), apply(text, masks)


@settings(max_examples=100, deadline=None)
@given(ANYTHING, st.integers(0, 60), st.integers(0, 60))
def test_masking_a_span_shows_nothing_that_is_masked(text, first, second):
    start, end = sorted((min(first, len(text)), min(second, len(text))))
    masks = [Mask(one.start, one.end, one.kind, "\ue000") for one in find_personal(text)]
    open_text = "".join(
        letter for at, letter in enumerate(text) if start <= at < end and not any(m.start <= at < m.end for m in masks)
    )
    assert masked_span(text, masks, start, end).replace("\ue000", "") == open_text.replace("\ue000", "")


@pytest.mark.parametrize("piece", ["1", "1 ", " ", "0812345678 "])
def test_masking_a_megabyte_of_digits_and_spaces_takes_seconds(piece):
    start = time.process_time()
    find_personal(piece * (1_000_000 // len(piece)))
    assert time.process_time() - start < 120


@pytest.mark.parametrize(
    "piece",
    ["a.", "a@", "ก", "คุณ", "ตา", "คุณสมศรี ", "สมศรีกับ", "12/3 หมู่ 4 ", "line: a", "ถนน", "เเ", "\u200b", "ผมแดงเอง"],
)
def test_masking_takes_linear_time(piece):
    """Six times as much takes six times as long, or somewhat more where the machine is busy; a square law would make it 36."""
    seconds = []
    find_personal(piece)
    for letters in (20_000, 120_000):
        start = time.process_time()
        find_personal(piece * (letters // len(piece)))
        seconds.append(time.process_time() - start)
    assert seconds[1] < 18 * seconds[0] + 0.5, seconds
