"""Copies of posts: the same text again, and what only looks like it."""

import json
import random
import re
import subprocess
import sys
import time
import tomllib
from collections import Counter
from datetime import datetime, timedelta
from hashlib import sha256
from itertools import pairwise

import numpy as np
import pytest
from conftest import ROOT, SAMPLE

from minecop.archive.duplicates import (
    ALIKE,
    SHORTEST,
    Candidate,
    alike,
    candidate_pairs,
    fingerprint,
    group_copies,
)
from minecop.core.dates import BANGKOK

FLOORS = tomllib.loads((ROOT / "tests" / "floors.toml").read_text(encoding="utf-8"))["duplicates"]

STORY = """เมื่อวานตอนบ่ายผมปั่นจักรยานไปบ้านยายแก้วท้ายซอย เพราะ อสม. โทรมาบอกว่ายายไม่มารับยาสองนัดแล้ว ไปถึงยายกำลังนั่งแกะเปลือกหอยอยู่ใต้ถุนบ้าน

ถามยายว่าทำไมไม่ไปหาหมอ ยายว่ารถสองแถวเลิกวิ่งตั้งแต่น้ำมันขึ้น จะเหมาไปก็ร้อยห้าสิบ ยาที่เหลือเลยกินวันเว้นวัน ขวดหนึ่งอยู่ได้เป็นเดือน วัดความดันดูขึ้นไปร้อยเก้าสิบ ผมใจหายแต่ไม่ได้ดุ

กลับมาเล่าให้พี่ที่ห้องยาฟัง พี่เขาบอกว่าไม่ได้มีแค่ยายแก้ว นับในสมุดได้สิบเอ็ดคนที่ขาดนัดเพราะเรื่องรถ เราเลยลองจัดใหม่ ให้ อสม. ที่มีซาเล้งรับยาไปส่งให้ทุกวันศุกร์ แล้วจดความดันกลับมาด้วย ทำมาสามอาทิตย์ คนขาดยาเหลือสองคน

ยังไม่แน่ใจว่าจะไปได้นานแค่ไหน เพราะค่าน้ำมันซาเล้งยังควักกันเอง ใครเคยหาทางออกเรื่องค่าน้ำมันได้บ้าง ช่วยเล่าให้ฟังที"""

FOREIGN = """แปลงผักหลังโรงเรียนปีนี้เด็กๆ ขอปลูกเอง ครูมีหน้าที่ยืนดูเฉยๆ ทีแรกก็ขัดใจ เห็นเขาหว่านเมล็ดกันแน่นจนแทบมองไม่เห็นดิน

สองอาทิตย์ต่อมาต้นกล้าเบียดกันตายไปครึ่งแปลง เด็กกลุ่มหนึ่งจะรื้อทำใหม่ อีกกลุ่มบอกให้ถอนแยกไปปลูกในกระบะ เถียงกันอยู่ครึ่งชั่วโมง สุดท้ายแบ่งแปลงเป็นสองฝั่งแล้วนัดกันว่าเดือนหน้ามาดู

ครูเพิ่งเข้าใจว่าที่ผ่านมาเราแย่งเขาผิดมาตลอด เขาเลยไม่เคยได้แก้อะไรเอง"""

REPORT = """แบบรายงานผลการดำเนินงานกองทุนธนาคารขยะบ้านโนนสะอาด ประจำเดือน{month}

ตามที่คณะกรรมการได้มอบหมายให้ฝ่ายรับซื้อดำเนินการรับซื้อขยะรีไซเคิลจากสมาชิก ณ ศาลากลางบ้าน ทุกวันเสาร์แรกของเดือน นั้น บัดนี้ได้ดำเนินการเสร็จเรียบร้อยแล้ว ขอรายงานผลดังนี้

1. สมาชิกที่นำขยะมาขาย จำนวน {members} ราย
2. น้ำหนักขยะรวม {weight} กิโลกรัม แยกเป็นขวดแก้ว {glass} กิโลกรัม กระดาษ {paper} กิโลกรัม พลาสติก {plastic} กิโลกรัม
3. จ่ายเงินให้สมาชิก {paid} บาท รายได้จากการขายต่อ {sold} บาท คงเหลือเข้ากองทุน {left} บาท
4. ปัญหาอุปสรรค สมาชิกบางส่วนยังไม่คัดแยกขยะมาจากบ้าน ทำให้เสียเวลาหน้างาน ขอความร่วมมือทุกครัวเรือนคัดแยกก่อนนำมาขาย

จึงเรียนมาเพื่อโปรดทราบ และขอขอบคุณคณะทำงานทุกท่านที่เสียสละเวลา"""

JUNE = {
    "month": "มิถุนายน 2552", "members": 41, "weight": 318, "glass": 122, "paper": 96, "plastic": 100, "paid": "1,204", "sold": "1,490", "left": 286,
}  # fmt: skip
JULY = {
    "month": "กรกฎาคม 2552", "members": 37, "weight": 275, "glass": 90, "paper": 101, "plastic": 84, "paid": "1,018", "sold": "1,266", "left": 248,
}  # fmt: skip

VISIT = """วันนี้ผู้อำนวยการโรงพยาบาลพร้อมทีมผู้บริหารออกเยี่ยมเสริมพลังการทำงานของเจ้าหน้าที่ ณ {place} โดยมี {person} ให้การต้อนรับและนำชมห้องให้บริการ
ทีมเยี่ยมได้รับฟังการบรรยายสรุปผลการดำเนินงานในรอบปีที่ผ่านมา แลกเปลี่ยนแนวทางการพัฒนาคุณภาพบริการปฐมภูมิ และให้กำลังใจเจ้าหน้าที่กับ อสม. ทุกคนที่ร่วมแรงร่วมใจดูแลสุขภาพของประชาชน
จากนั้นได้ถ่ายภาพร่วมกันไว้เป็นที่ระลึก ก่อนเดินทางกลับในช่วงเย็น บรรยากาศเป็นไปด้วยความอบอุ่นและเป็นกันเอง"""

HEADING = """ถอดเทปเวทีเสวนา "ป่าชุมชนอยู่ได้ด้วยใคร" ณ ศาลาวัดป่าโคกกลาง จัดโดยเครือข่ายคนรักษ์ป่าลุ่มน้ำตอนบน ผู้ร่วมวงประกอบด้วยพ่อใหญ่สา แม่บัวลา ผู้ใหญ่เคน และครูนิด ผู้ดำเนินรายการคือพี่เอก บันทึกโดยน้องฝน เพื่อเก็บไว้เป็นความรู้ของเครือข่าย ท่านที่ไม่ได้มาในวันนั้นอ่านแล้วเพิ่มเติมได้ค่ะ

"""
PART_ONE = """พี่เอก : อยากให้พ่อใหญ่เริ่มก่อนว่าป่าผืนนี้มาถึงมือเราได้อย่างไร
พ่อใหญ่สา : สมัยก่อนบ่มีไผคิดว่าป่าสิหมด ตัดมาเผาถ่านขายกันทุกเฮือน จนปีที่น้ำห้วยแห้งเดือนสี่ ควายบ่มีน้ำกิน ถึงได้มาเว้ากันที่ศาลานี่แหละ
แม่บัวลา : ผู้หญิงเป็นคนเริ่มนะ เพราะเห็ดมันหายก่อน เห็ดหายเราก็ไม่มีเงินซื้อของให้ลูก"""
PART_TWO = """พี่เอก : แล้วตอนประกาศเขตใหม่ๆ มีคนไม่ยอมไหมครับ
ผู้ใหญ่เคน : มีสิ หลักเขตปักกลางวัน กลางคืนหาย ผมไม่แจ้งตำรวจสักครั้ง ไปนั่งกินข้าวบ้านเขาแทน ถามว่าถ้าไม่เผาถ่านจะทำอะไร แกอยากเลี้ยงปลาก็ช่วยกันขุดบ่อ
ครูนิด : เด็กนักเรียนก็พาไปวัดต้นไม้ทุกเทอม กลับบ้านไปก็เล่าให้พ่อแม่ฟัง ต้นไหนของใครรู้หมด"""

HELLOS = [
    "สวัสดีครับชาวบล็อกทุกท่าน หายหน้าไปเสียนาน",
    "สวัสดีปีใหม่กัลยาณมิตรทุกคนนะคะ ขอให้แข็งแรงกันถ้วนหน้า",
    "กราบเรียนท่านอาจารย์และเพื่อนสมาชิกที่รักทุกท่าน",
    "บันทึกนี้เคยลงไว้ที่บล็อกเก่าเมื่อหลายปีก่อน เอามาเก็บไว้ที่นี่อีกที",
    "หวัดดีจ้าพี่น้อง วันนี้ฝนตกทั้งวัน เลยได้นั่งเขียน",
]
GOODBYES = [
    "ขอบคุณที่แวะมาอ่านครับ แล้วพบกันใหม่บันทึกหน้า",
    "ด้วยความระลึกถึงเสมอค่ะ",
    "ขอขอบพระคุณทุกท่านที่ให้กำลังใจกันมาตลอด โชคดีทุกคนครับ",
    "ไว้เจอกันที่งานมหกรรมนะ",
]

LEVELS = (0.005, 0.01, 0.02, 0.05, 0.1, 0.15, 0.2, 0.3, 0.45, 0.6)
"""Shares of a text that planted edits change."""

KINDS = ("spelling", "reordered", "added", "dropped", "greeting", "typos", "words", "mixed")


def edited(text: str, kind: str, share: float, rng: random.Random, other: str) -> tuple[str, str]:
    """Return a text and a copy of it of which a share of the characters is changed in one way.

    Only for a new greeting and farewell is the text itself another one: as short as it must be for these to make that share of it.
    """
    if kind == "greeting":
        hello, goodbye = rng.sample(HELLOS, 2), rng.sample(GOODBYES, 2)
        body = text[: round(sum(map(len, (*hello, *goodbye))) / 2 / share)]
        return f"{hello[0]}\n{body}\n{goodbye[0]}", f"{hello[1]}\n{body}\n{goodbye[1]}"
    return text, _edited(text, kind, share, rng, other)


def _edited(text: str, kind: str, share: float, rng: random.Random, other: str) -> str:
    left = max(1, round(share * len(text)))
    if kind in ("spelling", "typos"):
        letters = list(text)
        for place in rng.sample(range(len(text)), left):
            letters[place] = _respelt(letters[place]) if kind == "spelling" else _mistyped(letters[place], rng)
        return "".join(letters)
    if kind == "mixed":
        for part, weight in (("words", 0.2), ("added", 0.25), ("dropped", 0.25), ("reordered", 0.25), ("typos", 0.05)):
            text = _edited(text, part, share * weight, rng, other)
        return text
    while left > 0 and text:
        length = min(left, len(text), rng.randint(3, 8) if kind == "words" else rng.randint(150, 400))
        left -= length
        start = rng.randrange(len(text) - length + 1)
        piece, rest = text[start : start + length], text[:start] + text[start + length :]
        if kind == "dropped":
            text = rest
        elif kind == "reordered":
            start = rng.randrange(len(rest) + 1)
            text = rest[:start] + piece + rest[start:]
        else:
            new = rng.randrange(max(1, len(other) - length))
            text = (
                (text if kind == "added" else rest)[:start]
                + other[new : new + length]
                + (text if kind == "added" else rest)[start:]
            )
    return text


def _respelt(letter: str) -> str:
    if letter.isascii() and letter.isdigit():
        return chr(ord("๐") + int(letter))
    return {"ำ": "ํา", "แ": "เเ", " ": "\u00a0 ", '"': "“"}.get(letter, f"\u200b{letter}")


def _mistyped(letter: str, rng: random.Random) -> str:
    return rng.choice(["", letter * 2, rng.choice("กดเ้่าสวยงทรี")])


def posts_of(*texts: str, authors=None, dates=None) -> list[Candidate]:
    authors, dates = authors or [None] * len(texts), dates or [None] * len(texts)
    return [Candidate(n, fingerprint(text), authors[n], dates[n]) for n, text in enumerate(texts)]


def copies_among(*texts: str, authors=None, dates=None) -> dict[int, int]:
    return group_copies(posts_of(*texts, authors=authors, dates=dates), texts.__getitem__)


def day(number: int) -> datetime:
    return datetime(2008, 1, 1, 9, tzinfo=BANGKOK) + timedelta(days=number)


# ---- fingerprints


def test_fingerprint_is_the_same_for_good():
    """Fingerprints are kept on disk: another machine, Python or NumPy may not change them."""
    assert len(fingerprint(STORY)) == 264
    assert sha256(fingerprint(STORY)).hexdigest() == "9a95ce812185aef6bf2ddb0b5a4d6e69c2486838fc783a451e4c2218c5e9f26b"


def test_fingerprint_does_not_hang_on_the_hash_seed():
    code = f"import sys\nfrom minecop.archive.duplicates import fingerprint\nsys.stdout.write(fingerprint({STORY!r}).hex())"
    for seed in ("1", "2"):
        done = subprocess.run(
            [sys.executable, "-c", code],
            capture_output=True,
            text=True,
            cwd=ROOT,
            check=True,
            env={"PYTHONHASHSEED": seed, "PYTHONUTF8": "1"},
        )
        assert bytes.fromhex(done.stdout) == fingerprint(STORY)


@pytest.mark.parametrize(
    "text", ["", "ขอบคุณครับ", " \n\u00a0" * 500, "-" * 500, "ก" * (SHORTEST - 1), "ก " * (SHORTEST - 1), "😀" * 500]
)
def test_fingerprint_of_too_few_letters_is_none(text):
    assert fingerprint(text) is None


@pytest.mark.parametrize(
    "change",
    [
        lambda text: text.replace(" ", "\u00a0 \t").replace("\n\n", "\r\n \r\n"),
        lambda text: text.replace("แ", "เเ").replace("ำ", "ํา"),
        lambda text: re.sub("([\u0e48-\u0e4b])\u0e33", "\u0e4d\\1\u0e32", text),
        lambda text: "\u200b".join(text),
        lambda text: text.replace("41", "๔๑").replace("2552", "๒๕๕๒"),
        lambda text: text.replace(".", "").replace("(", "“").upper(),
    ],
    ids=["spaces", "vowels", "order of marks", "invisible", "digits", "punctuation"],
)
def test_fingerprint_does_not_hang_on_spelling(change):
    text = f"{STORY}\n{REPORT.format_map(JUNE)}\nCoP (KM) 41 คน"
    assert change(text) != text
    assert fingerprint(change(text)) == fingerprint(text)


def test_fingerprint_sees_every_letter():
    assert fingerprint(STORY) != fingerprint(STORY.replace("ยายแก้ว", "ยายแก้ง"))


@pytest.mark.parametrize(
    "text",
    [
        "\ud800" * 300,
        "\x00ก" * 300,
        "ก" * 2_000_000,
        "กข" * 1_000_000,
        "๑" * 300_000,
        "ี" * 300_000,
        "a\u0301" * 100_000,
        "ก.ค." * 100_000,
    ],
    ids=["surrogates", "nul", "one letter", "two letters", "digits", "marks", "accents", "months"],
)
def test_hostile_texts_neither_hang_nor_fail(text):
    started = time.perf_counter()
    fingerprint(text)
    assert 0 <= alike(text, STORY) < ALIKE
    assert alike(text, text) in (0, 1)
    assert time.perf_counter() - started < 120


# ---- likeness


def test_alike_of_equal_and_of_unlike_texts():
    assert alike(STORY, STORY) == 1
    assert alike(STORY, "\n ".join(STORY.split())) == 1
    assert alike(STORY, FOREIGN) < 0.2
    assert alike("", "") == alike("ครับ", "ครับ") == 1
    assert alike("", STORY) == alike("ครับ", "ค่ะ") == 0


def test_alike_is_the_same_both_ways():
    for one, other in ((STORY, FOREIGN), (STORY, STORY[:900]), (REPORT.format_map(JUNE), REPORT.format_map(JULY))):
        assert alike(one, other) == alike(other, one)


def test_alike_weighs_what_is_replaced_more_than_what_is_added():
    longer, replaced = STORY + FOREIGN[:250], STORY[:-250] + FOREIGN[:250]
    assert alike(STORY, longer) > ALIKE > alike(STORY, replaced)


# ---- copies


def test_copies_exact_and_edited():
    with_news = (
        STORY.replace("ทำมาสามอาทิตย์", "ทำมาสามอาทิตย์แล้วค่ะ")
        + "\n\nเพิ่มเติม: เทศบาลรับปากจะออกค่าน้ำมันให้เดือนละสองร้อย รอดูกันต่อไป"
    )
    assert copies_among(STORY, FOREIGN, STORY, with_news) == {2: 0, 3: 0}


def test_copies_under_another_greeting():
    one = f"{HELLOS[0]}\n\n{STORY}\n\n{GOODBYES[0]}"
    other = f"{HELLOS[3]}\n\n{STORY}\n\n{GOODBYES[1]}"
    assert copies_among(one, other) == {1: 0}


def test_copies_own_words_at_the_end_are_no_greeting():
    """One frame, and in it each time another short story."""
    frame = " ".join(HEADING.split()) + " "
    own = [
        "วันนี้ฝนตกหนัก คนมาแค่สี่คน เลยได้คุยกันเรื่องกล้าไม้ที่ตาย",
        "ได้เมล็ดมะค่ามาสองกระสอบจากบ้านเหนือ แบ่งกันไปเพาะคนละถุง",
        "ผู้ใหญ่เคนไม่มา ครูนิดเล่าเรื่องเด็กทำแผนที่ต้นไม้ใหญ่",
    ]
    assert copies_among(*[frame + words for words in own]) == {}


@pytest.mark.parametrize(
    ("texts", "why"),
    [
        ((REPORT.format_map(JUNE), REPORT.format_map(JULY)), "monthly reports"),
        ((HEADING + PART_ONE, HEADING + PART_TWO), "parts under one heading"),
        ((HEADING + PART_ONE + GOODBYES[0], HEADING + PART_TWO + GOODBYES[0]), "parts between the same words"),
        (("ประชุมกลุ่มออมทรัพย์บ้านหนองแวงครั้งที่ 3 วันที่ 5 มกราคม เวลา 9.00 น. ที่ศาลากลางบ้าน ขอเชิญสมาชิกทุกท่านมาพร้อมกัน นำสมุดฝากมาด้วยทุกคนนะครับ",
          "ประชุมกลุ่มออมทรัพย์บ้านหนองแวงครั้งที่ 4 วันที่ 2 กุมภาพันธ์ เวลา 9.00 น. ที่ศาลากลางบ้าน ขอเชิญสมาชิกทุกท่านมาพร้อมกัน นำสมุดฝากมาด้วยทุกคนนะครับ"), "notices"),
        ((STORY, f"เมื่อเดือนก่อนผมเขียนไว้ว่า \"{STORY}\" วันนี้มาเล่าต่อ {FOREIGN} {PART_ONE} {PART_TWO} {FOREIGN[::-1]}"), "a post that quotes one"),
        ((STORY[:600] + FOREIGN, STORY[:600] + PART_TWO + PART_ONE), "one beginning, two stories"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)  # fmt: skip
def test_copies_look_alikes_are_none(texts, why):
    dates = [day(0), day(40)]
    assert copies_among(*texts, dates=dates) == {}, why


def test_copies_reports_of_one_form_are_none_but_a_report_posted_twice_is():
    visits = [
        VISIT.format(place=place, person=person)
        for place, person in (
            ("รพ.สต.บ้านหนองแวง", "คุณสมศรี หัวหน้าสถานีอนามัย"),
            ("รพ.สต.โคกกลาง", "คุณบุญมา รักษาการหัวหน้า"),
            ("ศูนย์สุขภาพชุมชนวัดใต้", "คุณนงลักษณ์ พยาบาลวิชาชีพ"),
        )
    ]
    assert copies_among(*visits) == {}
    assert copies_among(*visits, visits[1]) == {3: 1}


def test_copies_number_changed_in_a_long_text_is_an_edit():
    text = f"{STORY}\n\nเขียนเมื่อ 12 ส.ค. 2551 เวลา 21.40 น. อ่านแล้ว 15 คน โทร 042-511-200"
    assert copies_among(text, text.replace("15 คน", "98 คน")) == {1: 0}


def test_copies_are_of_the_earliest_dated_then_of_the_first():
    assert copies_among(STORY, STORY, STORY, dates=[None, day(9), day(2)]) == {0: 2, 1: 2}
    assert copies_among(STORY, STORY) == {1: 0}
    assert copies_among(STORY, STORY, dates=[day(3), day(3)]) == {1: 0}


def test_copies_are_of_one_author_or_of_nobody_named():
    assert copies_among(STORY, STORY, authors=["ก", "ข"]) == {}
    assert copies_among(STORY, STORY, authors=["ก", "ก"]) == {1: 0}
    assert copies_among(STORY, STORY, authors=["ก", None]) == {1: 0}
    assert copies_among(
        STORY, STORY, STORY, STORY, authors=[None, "ก", "ข", "ก"], dates=[day(9), day(1), day(2), day(3)]
    ) == {0: 1, 3: 1}


def test_copies_are_alike_to_the_original_itself():
    """Each version has a few other letters than the one before it; the last is no longer alike to the first."""
    versions = [STORY]
    for number in range(16):
        place = 15 + 40 * number
        versions.append(versions[-1][:place] + FOREIGN[9 * number :][:4] + versions[-1][place + 4 :])
    assert all(alike(one, other) >= 0.99 for one, other in pairwise(versions))
    assert alike(versions[0], versions[-1]) < ALIKE
    found = copies_among(*versions)
    assert found
    assert all(alike(versions[copy], versions[original]) >= ALIKE for copy, original in found.items())
    assert not set(found) & set(found.values())
    assert len(set(found.values())) > 1


def test_copies_beginning_of_a_text_is_a_copy_of_the_whole():
    summary = STORY[:420] + " [...อ่านต่อ]"
    assert copies_among(summary, STORY, dates=[day(1), day(1)]) == {0: 1}
    assert copies_among(STORY, summary) == {1: 0}
    assert copies_among(summary, STORY, dates=[day(1), day(400)]) == {}
    assert copies_among(summary, STORY, authors=["ก", "ข"]) == {}
    assert copies_among(summary, STORY, STORY, dates=[day(1), day(1), day(2)]) == {0: 1, 2: 1}


def test_copies_index_is_the_posts_own():
    posts = [Candidate(index, fingerprint(STORY)) for index in (70, 11, 4_000_000)]
    assert group_copies(posts, lambda index: STORY) == {11: 70, 4_000_000: 70}
    assert group_copies([], lambda index: pytest.fail("nothing to load")) == {}


def test_copies_load_only_what_may_be_one():
    loaded = []
    texts = [STORY, FOREIGN, REPORT.format_map(JUNE), PART_ONE + PART_TWO, STORY]
    group_copies(posts_of(*texts), lambda index: loaded.append(index) or texts[index])
    assert set(loaded) == {0, 4}


# ---- candidate pairs


def signatures(rng: np.random.Generator, rows: int) -> np.ndarray:
    return rng.integers(0, 2**16, (rows, 132), dtype=np.uint16)


def test_pairs_each_once_and_in_order():
    rng = np.random.default_rng(3)
    table = signatures(rng, 500)
    table[250:] = table[:250]
    table[250:, :40] = signatures(rng, 250)[:, :40]  # ten bands of 32 differ
    assert sorted(candidate_pairs(table)) == [(n, n + 250) for n in range(250)]
    assert (
        list(candidate_pairs(table[:250])) == list(candidate_pairs(table[:1])) == list(candidate_pairs(table[:0])) == []
    )


def test_pairs_that_agree_in_too_little_are_none():
    rng = np.random.default_rng(4)
    table = signatures(rng, 2)
    table[1, :8] = table[0, :8]  # two bands and nothing else
    assert list(candidate_pairs(table)) == []
    table[1, 128:] = table[0, 128:]  # the opening: one may be the beginning of the other
    assert list(candidate_pairs(table)) == [(0, 1)]


@pytest.mark.parametrize("authors", [None, 1, 700])
def test_pairs_of_very_many_equal_rows_are_few_and_hold_together(authors):
    rows = 3_000
    table = np.repeat(signatures(np.random.default_rng(5), 1), rows, axis=0)
    owners = None if authors is None else np.arange(rows, dtype=np.int32) % authors
    pairs = list(candidate_pairs(table, owners))
    assert len(pairs) <= 16 * rows
    parent = list(range(rows))

    def root(row: int) -> int:
        while parent[row] != row:
            row = parent[row]
        return row

    for one, other in pairs:
        assert owners is None or owners[one] == owners[other]
        parent[max(root(one), root(other))] = min(root(one), root(other))
    assert len({root(row) for row in range(rows)}) == (authors or 1)


def test_pairs_in_a_bucket_that_is_too_full_are_found_by_the_other_bands():
    """Three thousand posts with one boilerplate, among them pairs that have the rest in common too."""
    rng = np.random.default_rng(6)
    table = signatures(rng, 3_000)
    table[:, :60] = table[0, :60]
    table[1_500:, 60:] = table[:1_500, 60:]
    pairs = set(candidate_pairs(table))
    assert {(n, n + 1_500) for n in range(1_500)} <= pairs
    assert len(pairs) <= 16 * 3_000


def test_pairs_of_unknown_owners_are_with_everybody():
    table = np.repeat(signatures(np.random.default_rng(7), 1), 4, axis=0)
    owners = np.array([0, 1, -1, 0], dtype=np.int32)
    assert sorted(candidate_pairs(table, owners)) == [(0, 2), (0, 3), (1, 2), (2, 3)]


# ---- quality, on the sample archive


@pytest.fixture(scope="module")
def sample_texts(truth):
    """Posts of the sample archive, but for the explainers, which people have copied from one another."""
    lines = [line for path in sorted(SAMPLE.glob("*.jsonl")) for line in path.read_text(encoding="utf-8").splitlines()]
    posts = {post["id"]: post.get("body", "") for post in map(json.loads, lines)}
    copied = {
        post for (post, comment), spans in truth.items() if not comment and any(w == "explainer" for *_, w in spans)
    }
    return [body for post, body in posts.items() if len(body) >= 600 and post not in copied]


def planted(texts: list[str], levels, seed: int = 0):
    """Return texts, copies of each in one kind of edit and one level, and (kind, level, row of the original) by row of the copy."""
    rng = random.Random(seed)
    cells = [(kind, level) for kind in KINDS for level in levels]
    rng.shuffle(cells)
    rows, copies, truth = [], [], {}
    for number, text in enumerate(texts):
        kind, level = cells[number % len(cells)]
        original, copy = edited(text, kind, level, rng, texts[(number * 7 + 3) % len(texts)])
        rows.append(original)
        if fingerprint(original) and fingerprint(copy):
            copies.append(copy)
            truth[len(copies) - 1] = (kind, level, number)
    return [*rows, *copies], {len(rows) + n: where for n, where in truth.items()}


def decoys() -> list[str]:
    """Thirty reports on one form, two parts under one heading, and two stories that have nothing to do with one another."""
    rng = random.Random(1)
    months = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม")
    reports = [
        REPORT.format_map(
            {name: rng.randint(20, 2_000) for name in JUNE} | {"month": f"{months[n % 10]} {2550 + n // 10}"}
        )
        for n in range(30)
    ]
    return [*reports, HEADING + PART_ONE, HEADING + PART_TWO, STORY, FOREIGN]


def kinds_of_edit(kind: str, level: float) -> list[str]:
    """Return the groups of edits, as floors.toml has them, that a planted one belongs to."""
    groups = {
        "light": level <= 0.02,
        "moved": kind in ("spelling", "reordered", "added") or (kind == "dropped" and level <= 0.3),
        "greeting": kind == "greeting" and level <= 0.45,
        "mixed": kind == "mixed" and level <= 0.05,
    }
    return [group for group, holds in groups.items() if holds]


def test_quality_planted_copies_in_the_sample(sample_texts):
    """All by nobody named: the hardest case, in which everything may be a copy of everything."""
    found = right = 0
    wanted: Counter[str] = Counter()
    reached: Counter[str] = Counter()
    for seed in range(4):
        texts, truth = planted(sample_texts, LEVELS, seed)
        copies = copies_among(*texts, *decoys())
        found += len(copies)
        pairs = {tuple(sorted(pair)) for pair in copies.items()}
        right += len(pairs & {(original, row) for row, (_, _, original) in truth.items()})
        for row, (kind, level, original) in truth.items():
            groups = kinds_of_edit(kind, level)
            wanted.update(groups)
            if (original, row) in pairs:
                reached.update(groups)
    assert right / found >= FLOORS["precision"]
    for group in ("light", "moved", "greeting", "mixed"):
        assert wanted[group] >= 15
        assert reached[group] / wanted[group] >= FLOORS[f"recall_{group}"], (group, reached[group], wanted[group])
