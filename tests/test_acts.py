import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.acts.clauses import clauses, words_by_clause
from minecop.acts.cues import explains
from minecop.acts.features import in_classes
from minecop.acts.marking import ACTS, MARKS, TENSES, mark, mark_all, mark_passages
from minecop.acts.parts import PARTS
from minecop.text.normalising import normalise
from minecop.text.words import words


@pytest.mark.parametrize(
    "text",
    [
        "แวะมาเยี่ยมครับอาจารย์ อ่านแล้วได้กำลังใจมาก ขอบคุณที่แบ่งปันนะครับ",
        "ขอชื่นชมทีมงานถอดบทเรียนทุกท่านเลยค่ะ เก่งมากๆ เป็นกำลังใจให้นะคะ",
        "สวัสดีปีใหม่ค่ะ ขอให้สุขภาพแข็งแรงนะคะ",
        "^^ สู้ๆ ค่าพี่นก",
        "เป็นบันทึกที่ดีมากๆ เลยครับผม",
        "ขอบคุณครับ เห็นด้วยเลยครับอาจารย์ เป็นกำลังใจให้ครับ",
        "หวัดดีจ้าเพื่อน สบายดีไหม หายหน้าไปนานเลย คิดถึงนะ รักษาสุขภาพด้วย",
    ],
)
def test_marking_courtesy_is_nothing_but_courtesy(text):
    assert mark(text, comment=True).acts == {"courtesy"}


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
    assert "courtesy" not in mark(text, comment=True)


@pytest.mark.parametrize(
    ("act", "text"),
    [
        ("request", "รบกวนอาจารย์แนะนำด้วยครับ ว่าจะเริ่มเก็บข้อมูลตรงไหนก่อน"),
        ("request", "มีใครเคยทำธนาคารขยะแล้วคนยังมาฝากต่อเนื่องบ้างคะ ใช้วิธีไหน"),
        ("concern", "หนักใจเรื่องคนหนุ่มสาวไม่อยู่บ้าน ยังไม่รู้จะทำอย่างไรดี"),
        ("wish", "น่าจะมีที่เล่นสำหรับเด็กหลังเลิกเรียนนะคะ ถ้า อบต. ช่วยเรื่องสถานที่ได้ก็คงดี"),
        ("lesson", "บทเรียนรอบนี้คือเราเตรียมคำถามมากไป พอเปลี่ยนมาให้เล่าเรื่องเดียววงก็ไหลเอง"),
        ("explainer", "การทบทวนหลังปฏิบัติ หมายถึง กระบวนการที่ช่วยให้ทีมเรียนรู้ ประกอบด้วยคำถามหลักสี่ข้อ ได้แก่ ..."),
        ("platform", "วันนี้ลองเปลี่ยนสีบล็อกใหม่ แต่หาปุ่มใส่รูปไม่เจอ"),
        ("announcement", "ขอเชิญผู้สนใจร่วมงาน ณ หอประชุม ระหว่างวันที่ 1-3 หมดเขตรับสมัครสิ้นเดือน"),
        ("case", "ที่บ้านผมก็เจอเหมือนกันครับ เมื่อวานเพิ่งไปดูมา"),
    ],
)
def test_marking_finds_the_act_and_the_words_that_show_it(act, text):
    marks = mark(text, comment=act not in {"explainer", "platform", "announcement"})
    assert act in marks
    assert marks.evidence[act]


def test_marking_a_question_that_somebody_is_quoted_with_asks_nothing():
    assert "request" not in mark('ป้าหันมาถามว่า "แล้วใครจะไปกับฉันบ้างคะ" แล้วเราก็เดินกันไป')


def test_marking_an_explainer_voices_no_concern():
    text = "ปัญหาคือสิ่งที่องค์กรทั่วไปพบ หมายถึง ช่องว่างระหว่างเป้าหมายกับผล ประกอบด้วยสามด้าน ได้แก่ คน งบ และเวลา"
    marks = mark(text)
    assert "explainer" in marks
    assert not marks.issue


@pytest.mark.parametrize(
    ("tense", "text"),
    [
        ("planned", "เดือนหน้าเราจะเริ่มเก็บข้อมูลครัวเรือน แบ่งกันคนละสิบหลัง แล้วจะนัดคุยกันอีกทีวันที่สิบ"),
        ("back", "ย้อนกลับไปดูสามปีที่ผ่านมา เรารีบเกินไป ถ้าเริ่มใหม่ได้จะฟังชาวบ้านก่อน"),
    ],
)
def test_marking_tense(tense, text):
    assert mark(text).tense == tense


def test_marking_parts_of_a_lesson_are_pieces_of_it():
    text = (
        "ปีแรกเราแจกถังขยะให้ทุกบ้าน แต่ผ่านไปสองเดือนไม่มีใครแยกเลย พอปีนี้เปลี่ยนมาให้เด็กไปสอนที่บ้าน คนแยกขยะกันเกินครึ่ง "
        "เพราะผู้ใหญ่เขาอายลูกอายหลาน คราวหน้าถ้าจะทำอะไรต้องเริ่มจากเด็กก่อน"
    )
    marks = mark(text)
    assert "lesson" in marks
    said = {part: text[start:end] for part, (start, end) in marks.parts.items()}
    assert "เพราะ" in said["why"]
    assert "คราวหน้า" in said["advice"]


@given(st.text(max_size=300))
@settings(deadline=None)
def test_clauses_are_spans_in_order_that_hold_every_letter(text):
    found = clauses(text)
    assert "".join("".join(text[start:end].split()) for start, end in found) == "".join(text.split())
    assert all(start < end for start, end in found)


@given(st.lists(st.sampled_from(["แล้ว", "มีใคร", "บ้าง", "น้ำ", " ", "  ทำปุ๋ยหมักแบบไม่กลับกอง "]), max_size=30))
def test_clauses_hold_every_word_in_order(pieces):
    text = "".join(pieces)
    cut = words_by_clause(text, clauses(text), words(text))
    assert [word for clause in cut for word in clause] == in_classes(words(text))


@given(st.text(max_size=500), st.booleans())
@settings(deadline=None)
def test_marking_never_raises(text, comment):
    marks = mark(text, comment=comment)
    assert marks.acts <= set(ACTS)
    assert marks.tense in TENSES
    assert marks.parts.keys() <= set(PARTS)
    assert all(0 <= start < end <= len(text) for start, end in marks.parts.values())


def test_marking_many_is_marking_each():
    texts = ["ขอบคุณมากค่ะ", "ใครมีแบบฟอร์มบ้างคะ รบกวนส่งให้หน่อย", ""]
    assert mark_all(texts, [words(text) for text in texts], [True] * 3) == [mark(text, comment=True) for text in texts]
    assert mark_all([], [], []) == []


def test_cues_tell_a_post_that_explains_from_one_that_tells():
    assert explains(normalise("การทบทวนหลังปฏิบัติ หมายถึง กระบวนการที่ช่วยให้ทีมเรียนรู้ ประกอบด้วยคำถามหลักสี่ข้อ ได้แก่ ..."))
    assert not explains(normalise("เมื่อวานผมชวนทีมมาทบทวนหลังปฏิบัติ หมายถึงคุยกันจริงๆ นะครับ ไม่ใช่นั่งฟังหัวหน้า"))


def test_marking_table_has_its_columns_in_order():
    texts = ["ขอบคุณครับ", "หนักใจจริงๆ ค่ะ ไม่รู้จะเอาใครมาดูแลต่อ"]
    table = mark_passages(["a", "b"], texts, [words(text) for text in texts], [True, False])
    assert table.schema == MARKS
    assert table["courtesy"].to_pylist() == [True, False]
    assert table["concern"].to_pylist() == [False, True]
