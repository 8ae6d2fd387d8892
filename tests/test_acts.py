import pytest
from hypothesis import given
from hypothesis import strategies as st

from minecop.acts.marking import ACTS, MARKS, mark, mark_passages


@pytest.mark.parametrize(
    "text",
    [
        "แวะมาเยี่ยมครับอาจารย์ อ่านแล้วได้กำลังใจมาก ขอบคุณที่แบ่งปันนะครับ",
        "ขอชื่นชมทีมงานถอดบทเรียนทุกท่านเลยค่ะ เก่งมากๆ เป็นกำลังใจให้นะคะ",
        "สวัสดีปีใหม่ค่ะ ขอให้สุขภาพแข็งแรงนะคะ",
        "^^ สู้ๆ ค่าพี่นก",
        "เป็น best practice มากครับผม",
    ],
)
def test_marking_courtesy_is_nothing_but_courtesy(text):
    assert mark(text).acts == {"courtesy"}


@pytest.mark.parametrize(
    "text",
    [
        "ขอบคุณค่ะ ที่โรงเรียนเราก็เจอแบบนี้ ครูไม่พอ สอนกันสองคนทั้งโรง",
        "ขอบคุณครับ แล้วน้ำที่ใช้มาจากไหนครับ",
        "เยี่ยมมากค่ะ แต่ถ้าปีหน้างบหมดจะทำอย่างไรต่อ",
        "น้ำไม่ไหลอีกแล้วครับ บ้านที่ 3 รอช่างอยู่",
        "เด็กอ่านไม่ออกทั้งห้อง",
    ],
)
def test_marking_thanks_with_something_to_say_is_no_courtesy(text):
    assert "courtesy" not in mark(text)


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("request", "รบกวนอาจารย์แนะนำด้วยครับ ว่าจะเริ่มเก็บข้อมูลตรงไหนก่อน"),
        ("request", "มีใครเคยทำธนาคารขยะแล้วคนยังมาฝากต่อเนื่องบ้างคะ ใช้วิธีไหน"),
        ("concern", "หนักใจเรื่องคนหนุ่มสาวไม่อยู่บ้าน ยังไม่รู้จะทำอย่างไรดี"),
        ("concern", "อยากให้มีที่เล่นสำหรับเด็กหลังเลิกเรียน ตอนนี้ไม่มีใครดูเลย"),
        ("lesson", "บทเรียนรอบนี้คือเราเตรียมคำถามมากไป พอเปลี่ยนมาให้เล่าเรื่องเดียววงก็ไหลเอง"),
        ("explainer", "การทบทวนหลังปฏิบัติ หมายถึง กระบวนการที่ช่วยให้ทีมเรียนรู้ ประกอบด้วยคำถามหลักสี่ข้อ ได้แก่ ..."),
        ("platform", "วันนี้ลองเปลี่ยนสีบล็อกใหม่ แต่หาปุ่มใส่รูปไม่เจอ"),
        ("announcement", "ขอเชิญผู้สนใจร่วมงาน ณ หอประชุม ระหว่างวันที่ 1-3 หมดเขตรับสมัครสิ้นเดือน"),
        ("own", "ที่บ้านผมก็เจอเหมือนกันครับ เมื่อวานเพิ่งไปดูมา"),
    ],
)
def test_marking_finds_the_act_and_the_words_that_show_it(act, text):
    marks = mark(text)
    assert act in marks
    assert marks.evidence[act]


def test_marking_a_question_that_somebody_is_quoted_with_asks_nothing():
    assert "request" not in mark('ป้าหันมาถามว่า "แล้วใครจะไปกับฉันบ้างคะ" แล้วเราก็เดินกันไป')


def test_marking_an_explainer_voices_no_concern():
    text = "ปัญหาคือสิ่งที่องค์กรทั่วไปพบ หมายถึง ช่องว่างระหว่างเป้าหมายกับผล ประกอบด้วยสามด้าน ได้แก่ คน งบ และเวลา"
    marks = mark(text)
    assert "explainer" in marks
    assert "concern" not in marks


@given(st.text(max_size=500))
def test_marking_never_raises(text):
    assert mark(text).acts <= set(ACTS)


def test_marking_table_has_its_columns_in_order():
    table = mark_passages(["a", "b"], ["ขอบคุณครับ", "หนักใจจริงๆ ค่ะ ไม่รู้จะเอาใครมาดูแลต่อ"])
    assert table.schema == MARKS
    assert table["courtesy"].to_pylist() == [True, False]
    assert table["concern"].to_pylist() == [False, True]
