"""What a passage does, by the words that show it. Several acts at once are the rule."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Iterable
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path

import pyarrow as pa

from minecop.core.tables import table_of
from minecop.text.normalising import normalise

ACTS = ("courtesy", "request", "concern", "lesson", "explainer", "platform", "announcement", "own")
"""Every act, as columns of the table of marks."""

MARKS = pa.schema([("passage_id", pa.string()), *((act, pa.bool_()) for act in ACTS), ("evidence", pa.string())])
"""Columns of the marks: a yes or no for each act, and the words that showed it (JSON by act)."""

_RESIDUE = 25
"""Thai letters that may remain of a passage that is nothing but courtesy, once formulae are taken away."""

_LONGEST_COURTESY = 260
_LETTERS = re.compile("[ก-ฺเ-ๅ]")
_SPEECH = re.compile(r'"[^"\n]{1,200}"|“[^”\n]{1,200}”')
_SMALL_WORDS = re.compile(
    r"ครับผม|ครับ|คับ|คร้าบ|ค่ะ|คะ|ค่า|นะ|จ้า|จ้ะ|จ๊ะ|จ๋า|เจ้า|ฮะ|เลย|ด้วย|มากๆ|มาก|จัง|จริงๆ|ๆ|แล้ว|เสมอ|ทั้ง|ที่|ของ|และ|กับ|ให้|ไป|มา|ก็|อีก|เป็น|ได้|แต่|ว่า|กัน|จะ|ขอ"
    # an addressee: a title and a name, up to the next space or particle
    r"|(?<![ก-๎])(?:คุณ|อาจารย์|อ\.|ครู|พี่|น้อง|ป้า|ลุง|หมอ|ดร\.|ผอ\.|ปลัด|หลวงพี่|ผู้ใหญ่|กำนัน|แม่|พ่อ|ท่าน)[ก-๎]{0,10}?(?=\s|$|ครับ|คับ|ค่ะ|คะ|นะ|จ้า|จ๋า)"
)
_HAS_CONTENT = re.compile(
    r"[?]|(?:ทำไม|อย่างไร|ยังไง|กี่|เท่าไ|ไหน|เมื่อไ|อะไร|ไหม|มั้ย|หรือเปล่า|หรือยัง)\s*(?:คะ|ครับ|จ๊ะ|ดี|$)|ปัญหา|เคย|แต่(?!ละ)|เพราะ|ถ้า|ก็เจอ|เหมือนกัน(?!นะ)"
    r"|(?:ที่|ของ|แถว|ทาง)(?:บ้าน|โรงเรียน|อนามัย|โรงพยาบาล|รพ|ตึก|กลุ่ม|ตำบล|หมู่บ้าน|คณะ|อบต|อำเภอ|วัด|สวน|นา|ห้อง|เทศบาล|หน่วย|ชุมชน|นี่|เรา|ผม|ดิฉัน|หนู|พี่|ป้า)(?!\S{0,12}(?:ฝาก|ส่ง|ขอ))"
    r"|(?:ควร|น่าจะ|อยากให้|อยากรู้|อยากทราบ|อยากถาม|ขอถาม|ขอเสริม|ขอเสนอ|รบกวน|แนะนำ|ลอง|ใช้วิธี|ยังไม่|ไม่มี|ไม่พอ|ไม่ได้(?!เจอ|เข้า|แวะ|มา)|ต้อง(?!ยก|ปรบ|ขอ|ชม))"
    r"|ปีที่แล้ว|ปีก่อน|เดือนก่อน|เมื่อก่อน|แต่ก่อน|ตอนนี้|\d+\s?(?:คน|บาท|ครั้ง|หลัง|ครัวเรือน|ไร่|กิโล|กก|ราย|แห่ง|ชั่วโมง|เดือน|ปี)"
)
_WARM = re.compile(
    r"ขอบ(?:พระ)?คุณ|ขอบใจ|ชื่นชม|ชื่นใจ|ปรบมือ|คารวะ|ยกนิ้ว|ยกโป้|กำลังใจ|เอาใจช่วย|เอาใจ๋จ้วย|ยิ้ม|หัวเราะ|ขำ|ไค่หัว|555|ฮ่าๆ|อิอิ|^\s*ฮา|น่ารัก|น่าเอ็นดู|น่าหยิก|กอด|หอมแก้ม|รัก(?:พี่|น้อง|ครู|ป้า|ลุง|คุณ|อาจารย์|ทุก)"
    r"|เก่ง|สุดยอด|เยี่ยม|ม่วน|ซึ้ง|ประทับใจ|ปลื้ม|ตื้นตัน|น้ำตา|ขนลุก|อนุโมทนา|สาธุ|เจริญพร|สวัสดี|นับถือ|ยินดีด้วย|ดีใจ(?:ด้วย|แทน|กับ)|คิดถึง|ระลึกถึง|ปรารถนาดี|ขอให้|ขอหื้อ|ขอความ(?:สว่าง|สุข)|คุณพระ|คุ้มครอง|แคล้วคลาด|อยู่เย็นเป็นสุข"
    r"|สุขภาพ(?:แข็ง|ดี)|รักษา(?:ตัว|สุขภาพ)|หายไว|โชคดี|หลับให้สบาย|ฝันดี|สู้ๆ|good job|thank|เพลิดเพลิน|อ่านเพลิน|อ่านสนุก|ชอบมาก|ยอมใจ|สมควร|ฝากความ|แวะมา|ตามมาอ่าน|รออ่าน|ติดตาม|ภูมิใจ(?:แทน|กับ)",
    re.IGNORECASE,
)
_LONGEST_WARM = 170


@dataclass(frozen=True, slots=True)
class Marks:
    """The acts of one passage, with the words that show each."""

    acts: frozenset[str]
    evidence: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def __contains__(self, act: str) -> bool:
        return act in self.acts


@cache
def _cues() -> tuple[re.Pattern[str], dict[str, list[tuple[float, re.Pattern[str]]]]]:
    table = tomllib.loads((Path(__file__).parent / "data" / "cues.toml").read_text(encoding="utf-8"))
    formulae = re.compile("|".join(table.pop("formulae")["patterns"]), re.IGNORECASE)
    return formulae, {
        act: [(group["weight"], re.compile("|".join(group["patterns"]), re.IGNORECASE)) for group in groups.values()]
        for act, groups in table.items()
    }


def mark(text: str) -> Marks:
    """Return what a passage does.

    Parameters
    ----------
    text
        The passage as written.
    """
    return mark_normalised(normalise(text))


def mark_normalised(clean: str) -> Marks:
    """Return what a passage does that is normalised already."""
    own_words = _SPEECH.sub(" ", clean)  # a question that somebody else is quoted with asks nothing of the reader
    if _is_courtesy(clean):
        return Marks(frozenset({"courtesy"}))
    acts: set[str] = set()
    evidence: dict[str, tuple[str, ...]] = {}
    for act, groups in _cues()[1].items():
        score = 0.0
        found: list[str] = []
        for weight, pattern in groups:
            hits = [hit[0].strip() for hit in pattern.finditer(own_words if act == "request" else clean)][:6]
            score += weight * min(len(set(hits)), 2)
            found += hits if weight > 0 else []
        if score >= 1:
            acts.add(act)
            evidence[act] = tuple(dict.fromkeys(found))[:4]
    acts = _consistent(acts)
    return Marks(frozenset(acts), {act: words for act, words in evidence.items() if act in acts})


def cue_hits(clean: str, act: str) -> list[str]:
    """Return every word in a normalised text that speaks for an act, as often as it stands there."""
    return [hit[0] for weight, pattern in _cues()[1][act] if weight > 0 for hit in pattern.finditer(clean)]


def _is_courtesy(clean: str) -> bool:
    """Tell whether a passage is nothing but thanks, greeting, praise and blessing.

    Once the formulae are gone, little is left; or it is short and warm, and nothing in it asks, tells a case, objects or reasons.
    """
    if len(clean) > _LONGEST_COURTESY or _HAS_CONTENT.search(clean):
        return False
    formulae, cues = _cues()
    if cues["concern"][0][1].search(clean):  # the first group: somebody is stuck
        return False
    warm = _WARM.search(clean)
    if warm and len(clean) <= _LONGEST_WARM:
        return True
    letters = len(_LETTERS.findall(clean))
    if not warm and letters > _RESIDUE // 2:
        return False
    remaining = len(_LETTERS.findall(_SMALL_WORDS.sub(" ", formulae.sub(" ", clean))))
    return remaining < _RESIDUE or (remaining < 2 * _RESIDUE and remaining < letters / 2)


def _consistent(acts: set[str]) -> set[str]:
    """Return the acts without those that cannot be: an explainer or an announcement voices no concern and tells no lesson."""
    if "explainer" in acts and "own" not in acts:
        return acts - {"concern", "lesson", "request"}
    if "announcement" in acts:
        return acts - {"concern", "lesson"}
    return acts


def mark_passages(passage_ids: Iterable[str], texts: Iterable[str]) -> pa.Table:
    """Return the table of marks (schema ``MARKS``) of passages, in their order."""
    rows = []
    for passage_id, text in zip(passage_ids, texts, strict=True):
        marks = mark(text)
        rows.append(
            {"passage_id": passage_id}
            | {act: act in marks for act in ACTS}
            | {"evidence": json.dumps(marks.evidence, ensure_ascii=False)}
        )
    return table_of(rows, MARKS)
