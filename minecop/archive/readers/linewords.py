"""What stands in a chat that LINE exported: things that are nobody's words, and names that nothing but a space parts from the words."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from itertools import islice

# What stands in a message's place. In brackets everywhere; without them only the exports of a PC have it.
_THINGS = {
    "stickers": "สติกเกอร์|สติ๊กเกอร์|Stickers?|อิโมจิ",
    "photos": "รูปภาพ|รูป|ภาพถ่าย|ภาพ|Photos?|Images?|GIF",
    "videos": "วิดีโอ|Videos?",
    "voice": "ข้อความเสียง|เสียง|Voice messages?|Audio",
    "files": "ไฟล์|Files?",
    "places": "ตำแหน่งที่ตั้ง|ตำแหน่ง|สถานที่|Location|null",
    "notices": "รายชื่อผู้ติดต่อ|รายชื่อติดต่อ|Contact|อัลบั้ม|Albums?|โพล|Poll|กิจกรรม|Event",
}
_WITH_MORE = {"files", "places", "notices"}
_FLAGS = re.IGNORECASE | re.DOTALL
_IN_BRACKETS = [
    (kind, re.compile(rf"\[(?:{words})\]{'.*' if kind in _WITH_MORE else ''}", _FLAGS))
    for kind, words in _THINGS.items()
]
_BARE = [(kind, re.compile(f"(?:{words})", _FLAGS)) for kind, words in _THINGS.items() if kind not in _WITH_MORE]

_CALL = re.compile(
    r"☎.*|ไม่ได้รับสาย|ไม่รับสาย|สายที่ไม่ได้รับ|ยกเลิกสาย|ไม่มีผู้รับสาย|เวลาโทร\s?[\d:]+|เริ่มการ(?:วิดีโอ)?(?:คอล|โทร)(?:แบบ)?กลุ่ม|"
    r"Missed call|No answer|Cancell?ed call|Call time [\d:]+|Group (?:voice |video )?call (?:started|ended)\.?",
    re.IGNORECASE,
)

# What LINE writes of somebody's doings; the name before it is taken off first.
_DOINGS = [
    ("unsent", r"(?:ได้)?ยกเลิก(?:การส่ง)?ข้อความ(?:แล้ว)?|unsent a message\.?|Message unsent\.?"),
    (
        "members",
        r"(?:ได้)?(?:เข้าร่วม|ออกจาก)(?:กลุ่ม|ห้องแชท|แชท)(?:แล้ว)?|"
        r"(?:ได้)?(?:เพิ่ม|เชิญ|ลบ)\s?\S.{0,300}?(?:เข้า(?:ร่วม)?กลุ่ม|(?:ใน|ไปยัง|ออกจาก)กลุ่ม)(?:แล้ว)?|"
        r"(?:\S.{0,40} )?(?:joined|left) the (?:group|chat)\.?|"
        r"(?:\S.{0,40} )?(?:added|invited|removed) \S.{0,300} (?:to|from) the (?:group|chat)\.?",
    ),
    (
        "notices",
        r"(?:ได้)?(?:เปลี่ยนชื่อกลุ่ม|เปลี่ยนรูป(?:โปรไฟล์)?(?:ของ)?กลุ่ม|(?:สร้าง|ลบ)(?:อัลบั้ม|โพล|โน้ต|กิจกรรม)|เขียนโน้ตใหม่|"
        r"(?:เพิ่ม|ลบ)ประกาศ|เพิ่มรูป(?:ภาพ)?(?:ลง)?ในอัลบั้ม)(?:แล้ว|(?:เป็น)?\s?[\"“].{0,300})?|"
        r"(?:changed the (?:group|name of)|created an? (?:album|poll|note|event)|made an announcement|"
        r"added (?:\d+ )?photos? to)(?:\W.{0,300})?",
    ),
]
_ANY_DOING = re.compile(
    "กลุ่ม|แชท|ข้อความ|อัลบั้ม|โพล|โน้ต|กิจกรรม|ประกาศ|group|chat|message|album|poll|note|event|announcement|photo",
    re.IGNORECASE,
)
"""A word of which every such text has one: most messages need no closer look."""

_LONGEST_DOING = 500
_DOING = [(kind, re.compile(pattern, re.IGNORECASE)) for kind, pattern in _DOINGS]

LONGEST_NAME = 6
"""Words of the longest name."""

_NO_NAME = re.compile(
    r"สวัสดี|ขอบคุณ|ขอบพระคุณ|รับทราบ|ยกเลิก|น\.|ครับ|ค่ะ|คะ|ได้|โอเค|ok\b|@|https?:|[-•*\"(\[]", re.IGNORECASE
)
_ENOUGH = 3
"""Messages in which a word has to follow the words before it for all of them to be one name."""

_LEARNT_FROM = 200_000
"""Messages that names are learnt from: who has not said a word in so many is met as a stranger."""


def thing(text: str, *, bare: bool) -> str | None:
    """Return the kind of what stands in a message's place (``stickers``, ``calls``), or ``None`` for words.

    Parameters
    ----------
    text
        The message.
    bare
        Whether such things may stand without brackets.
    """
    if _CALL.fullmatch(text):
        return "calls"
    patterns = (*_IN_BRACKETS, *_BARE) if bare else _IN_BRACKETS
    return next((kind for kind, pattern in patterns if pattern.fullmatch(text)), None)


def doing(text: str) -> str | None:
    """Return the kind of what LINE writes of somebody's doings, whose name is not in the text."""
    if len(text) > _LONGEST_DOING or not _ANY_DOING.search(text):
        return None
    return next((kind for kind, pattern in _DOING if pattern.fullmatch(text)), None)


def doing_of_somebody(text: str) -> str | None:
    """Return the same for a text that may begin with a name of a few words."""
    if len(text) > _LONGEST_DOING or not _ANY_DOING.search(text):
        return None
    words = text.split(" ", LONGEST_NAME + 1)
    tails = (" ".join(words[place:]) for place in range(min(LONGEST_NAME + 1, len(words))))
    return next((kind for tail in tails if (kind := doing(tail))), None)


def may_be_name(text: str) -> bool:
    """Tell whether a text does not begin with what is surely no name."""
    return _NO_NAME.match(text) is None


def learn_names(rests: Iterable[str]) -> set[str]:
    """Learn the names in messages where spaces part everything.

    A name is what comes back at the head of messages: its first word, and a further one as long as nearly all messages go on with
    the same few words. It ends at the latest where a message is a sticker or a photo.

    Parameters
    ----------
    rests
        Messages without their times.
    """
    names: set[str] = set()
    first = [rest.split(None, LONGEST_NAME + 1)[: LONGEST_NAME + 1] for rest in islice(rests, _LEARNT_FROM)]
    groups: list[tuple[tuple[str, ...], list[list[str]]]] = [((), first)]
    while groups:
        head, lines = groups.pop()
        followers: dict[str, list[list[str]]] = {}
        for words in lines:
            if len(words) > len(head):
                followers.setdefault(words[len(head)], []).append(words)
        enough = _ENOUGH if head else 2
        more = {word: own for word, own in followers.items() if len(own) >= enough and may_be_name(word)}
        ends = any(thing(word, bare=True) for word in followers)
        if not head or (not ends and len(head) < LONGEST_NAME and sum(map(len, more.values())) >= 0.8 * len(lines)):
            groups += [((*head, word), own) for word, own in more.items()]
        else:
            names.add(" ".join(head))
    return names


def split_name(rest: str, names: set[str]) -> tuple[str | None, str]:
    """Part a known name from the text after it; ``None`` and the whole where there is none."""
    words = rest.split(None, LONGEST_NAME)
    for count in range(min(len(words), LONGEST_NAME), 0, -1):
        name = " ".join(words[:count])
        if name in names:
            parts = rest.split(None, count)
            return name, parts[count] if len(parts) > count else ""
    return None, rest


def without_name(text: str, names: set[str]) -> str:
    """Return a text without a known name at its head."""
    words: Sequence[str] = text.split(" ", LONGEST_NAME)
    for count in range(min(len(words) - 1, LONGEST_NAME), 0, -1):
        if " ".join(words[:count]) in names:
            return " ".join(words[count:])
    return text
