import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from minecop.archive.models import Comment, Post
from minecop.core.dates import parse_datetime
from minecop.text.normalising import normalise
from minecop.text.passages import PASSAGES, WORDS, Selection, passages_of
from minecop.text.segmenting import LONGEST, segment
from minecop.text.words import content_words, engine_name, lexicon, phrases, stop_words, words

THAI = st.text(alphabet=st.sampled_from(list("กขคงนมรสอเแโใไะาำิีึืุู่้๊๋ํ์ๆ ฯ๑๒12a.\n•-\u200b\u00a0")), max_size=300)


@pytest.mark.parametrize(
    ("text", "same"),
    [("เเล้ว", "แล้ว"), ("น้ํา", "น้ำ"), ("นํ้า", "น้ำ"), ("มากกกก", "มาก"), ("๒๕๕๓", "2553"), ("ก\u200bา\u00a0ข", "กา ข")],
)
def test_normalising_gives_one_spelling(text, same):
    assert normalise(text) == same


def test_normalising_keeps_what_nfkc_would_split():
    assert normalise("ทำน้ำ") == "ทำน้ำ"
    assert normalise("55555 .... ") == "55555 ...."


@given(THAI)
@example("ก้้า")
@example("เเเแ")
def test_normalising_twice_is_once(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.one_of(THAI, st.text()))
def test_segmenting_spans_are_in_order_and_leave_only_space_between(text):
    position = 0
    for span in segment(text):
        assert position <= span.start < span.end <= len(text)
        assert not text[position : span.start].strip()
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        assert len(piece) <= LONGEST
        position = span.end
    assert not text[position:].strip()


def test_segmenting_bullets_inherit_their_heading():
    text = (
        "สิ่งที่ได้เกินคาด\n"
        "- ชาวบ้านมากันครบทุกคุ้ม ทั้งที่นัดไว้แค่ครึ่งเดียว แล้วยังอยู่ช่วยเก็บเก้าอี้กันจนค่ำ\n"
        "- ผู้เฒ่าลุกขึ้นเล่าเองโดยไม่ต้องเชิญ คนฟังเงียบกริบ ไม่มีใครลุกไปไหนเลยสักคน เล่าจบแล้วปรบมือ\n"
        "\n"
        "แล้ววันนั้นเราก็กลับบ้านกันมืดๆ ฝนลงมาพอดี รองเท้าเปื้อนโคลนทั้งคณะ แต่ไม่มีใครบ่นสักคำเดียว"
    )
    spans = segment(text)
    assert [span.heading for span in spans] == ["สิ่งที่ได้เกินคาด", "สิ่งที่ได้เกินคาด", None]
    assert text[spans[0].start : spans[0].end].startswith("สิ่งที่ได้เกินคาด\n- ชาวบ้าน")


def test_segmenting_long_paragraph_is_cut_and_nothing_lost():
    sentence = "วันนี้เราไปเยี่ยมบ้านยายแก้วกันครับ แกเล่าให้ฟังว่าน้ำท่วมมาสองปีแล้ว "
    text = sentence * 40
    spans = segment(text)
    assert len(spans) > 2
    assert "".join(text[s.start : s.end] for s in spans).replace(" ", "") == text.replace(" ", "")


def test_segmenting_text_without_any_space_is_cut_too():
    assert max(span.end - span.start for span in segment("ก" * 5000)) <= LONGEST


def test_words_keep_the_words_of_the_field_whole():
    assert "ชุมชนแนวปฏิบัติ" in words("เรื่องชุมชนแนวปฏิบัติในคณะ")
    assert "ลปรร" in words("มา ลปรร. กันครับ")
    assert "อีกชนิดหนึ่ง" in words("เป็นองค์กรอีกชนิดหนึ่ง ที่กลุ่มคน")
    assert "แล้ว" in words("เเล้วเสร็จ") or "แล้วเสร็จ" in words("เเล้วเสร็จ")


def test_words_leave_out_addresses_numbers_and_faces():
    assert words("ดู http://a.example/ก?x=1 หรือ me@a.example โทร 081-234 5678 ^_^ :) 😀") == ["ดู", "หรือ", "โทร"]


def test_words_latin_ones_stay_whole():
    assert words("AAR/BAR กับ R2R ของ CoP (KM) co-PAR") == ["aar", "bar", "กับ", "r2r", "ของ", "cop", "km", "co-par"]


def test_words_stop_list_has_reasons_and_keeps_what_carries_the_matter():
    assert {"ครับ", "ขอบคุณ", "ที่"} <= stop_words()
    assert not {"ขาด", "แก่", "ปฏิบัติ"} & stop_words()
    assert content_words(["ขอบคุณ", "น้ำ", "ครับ", "ก"]) == ["น้ำ"]
    assert len(lexicon()) > 100
    assert engine_name() in {"newmm", "nlpo3"}


def test_words_phrases_join_thai_words_that_stand_together():
    assert phrases(["ท่อ", "น้ำ", "ของ", "หมู่บ้าน", "pcu"]) == ["ท่อ", "น้ำ", "ท่อน้ำ", "หมู่บ้าน", "pcu", "หมู่บ้าน pcu"]


def post(**changes) -> Post:
    values = {
        "id": "1",
        "title": "ท่อน้ำ",
        "body": "ท่อน้ำแตกอีกแล้วครับ ซ่อมกันมาสามรอบ ช่างบอกว่าต้องเปลี่ยนทั้งเส้น",
        "author_id": "kaeo",
        "communities": ("ใต้",),
        "published": parse_datetime("2010-02-01"),
        "comments": (
            Comment(
                1,
                "บ้านเราก็แตกค่ะ เพิ่งเปลี่ยนไปเมื่อปีก่อน แตกใหม่อีกแล้วเหมือนกัน",
                author_id="tu",
                published=parse_datetime("2011-05-01"),
            ),
        ),
    }
    return Post(**values | changes)


EVERYTHING = Selection()


def rows(posts, selection=EVERYTHING, homes=None):
    passages, tokens = passages_of(posts, homes or {}, {}, selection)
    assert passages.schema == PASSAGES
    assert tokens.schema == WORDS
    return passages.to_pylist()


def test_passages_index_the_text_as_written_and_know_their_voice():
    written = post(body="\u00a0\u00a0" + post().body + "\n\n")
    first, second = rows([written], homes={"kaeo": "เหนือ"})
    assert written.body[first["start"] : first["end"]] == first["text"]
    assert (first["comment"], first["community"], first["title"]) == (None, "เหนือ", "ท่อน้ำ")
    assert (second["comment"], second["community"], second["author_id"]) == (1, "ใต้", "tu")


def test_passages_of_copies_are_not_counted_again():
    assert rows([post(duplicate_of="0")]) == []


def test_passages_selection_by_day_and_community():
    day = parse_datetime("2010-12-31").date()
    assert [r["comment"] for r in rows([post()], Selection(until=day))] == [None]
    assert [r["comment"] for r in rows([post()], Selection(since=day))] == [1]
    assert rows([post(published=None, comments=())], Selection(since=day)) == []
    assert rows([post()], Selection(communities=("เหนือ",))) == []
    assert [r["author_id"] for r in rows([post()], Selection(communities=("เหนือ",)), {"tu": "เหนือ"})] == ["tu"]
