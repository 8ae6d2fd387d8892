"""Names of people as Thais write them, told from other words: titles, given and family names, nicknames."""

from __future__ import annotations

import re
import tomllib
from collections.abc import Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path

LONGEST_CALLED = 14
"""Letters of the longest name by which somebody is called."""
_LONGEST_NAME = 45
_LONGEST_LINE = 80

PARTICLE = re.compile(r"(?:ครับ|คับ|ครับผม|ค่ะ|คะ|จ้า|จ้ะ|จ๊ะ|นะ|เจ้า|ฮะ|ฮับ)\W*$")
"""What people end a sentence with, and no name."""
SAID = r"(?:นะ)?(?:ครับผม|ครับ|คับ|คร้าบ|ค้าบ|ค่ะ|คะ|ค่า|จ้า|จ้ะ|จ๊ะ|เจ้าค่ะ|เจ้าคะ|ขอรับ|ฮะ|ฮับ)"
ENDS_NAME = re.compile(
    rf"{SAID}|มาก|ด้วย|ที่|สำหรับ|เป็นอย่าง|อย่าง|เช่นกัน|เหมือนกัน|จัง|เลย|อีก|เสมอ|จริงๆ|ผู้|และ|กับ|ขา(?!(?!า)[ก-์])|จ๋า|นะ|เจ้า(?:ค่ะ|คะ|ขา)|แล้ว|เอง|ก่อน|หลาย"
)
"""What may follow a name without a space."""
THAI_RUN = re.compile(r"[ก-ฮะ-ฺเ-ๅ็-๎]{1,40}")
BEGINS_NAME = re.compile(r"[ .]?(?:[A-Za-z]|[เ-ไ]?[ก-ฮ][ก-ฮะ-ฺ็-๎])")

# Matched with lines in which every run of white space has become one space.
_MARKED = re.compile(r"(?:[-–—~] ?|(?:จาก|โดย|ลงชื่อ|ลงนาม) ?[:：]? )(?P<marked>[^ ].*)|\((?P<bracketed>[^()]{2,40})\)")
_NOBODY = re.compile(
    r"[\s.?*–—-]*|(?:(?:ผู้)?ไม่(?:ระบุ|ทราบ|(?:ประสงค์)?(?:จะ)?(?:ออก|แสดง|เปิดเผย))(?:ชื่อ|นาม|ตน|ตัวตน)|นิรนาม|บุคคลทั่วไป|ผู้เยี่ยมชม"
    r"|anonymous|unknown|no ?name)(?:\s*[(\[].*[)\]])?",
    re.IGNORECASE | re.DOTALL,
)
_NICKNAME_BEHIND = re.compile(r" ?\([^()\d]{1,25}\)$")
_NO_NAME = re.compile(r"[\d๐-๙?!:/@=ๆ\"“”…()]|\.\.|ครับ|ค่ะ|นะคะ")


@dataclass(frozen=True, slots=True)
class NameWords:
    """Lists of words, read when the first name is looked up."""

    title: re.Pattern[str]
    sure: frozenset[str]
    """Titles that no other word begins with."""
    formal: frozenset[str]
    courteous: frozenset[str]
    """Titles that people give to others only."""
    given: frozenset[str]
    family: frozenset[str]
    called: frozenset[str]
    roles: frozenset[str]
    words: frozenset[str]
    before_given: tuple[str, ...]
    before_family: tuple[str, ...]

    def knows(self, name: str) -> bool:
        """Tell whether a text is a given name or a nickname; lists of given names hold many words, short ones above all."""
        return name not in self.roles and (name in self.called or (len(name) >= 4 and name in self.given))

    def is_no_name(self, word: str) -> bool:
        """Tell whether a word is what people are called and not named, or begins like no name."""
        return word in self.roles or word.startswith(self.before_given)

    def is_compound(self, titles: Sequence[str], word: str, text: str) -> bool:
        """Tell whether title and name are one word of a text and of the dictionary: ``พี่เลี้ยง``, ``ครูใหญ่``, ``คุณภาพ``."""
        return titles[-1] + word in self.words and titles[-1] + word in text


@cache
def name_words() -> NameWords:
    """Return the words of ``data/names.toml``, of the dictionary and of the lists of names."""
    from pythainlp.corpus import thai_family_names, thai_female_names, thai_male_names, thai_words

    table = tomllib.loads((Path(__file__).parent / "data" / "names.toml").read_text(encoding="utf-8"))
    titles = {kind: words.split() for kind, words in table["titles"].items()}
    every = sorted((title for words in titles.values() for title in words), key=len, reverse=True)
    return NameWords(
        title=re.compile("|".join(map(re.escape, every)), re.IGNORECASE),
        sure=frozenset(titles["formal"]),
        formal=frozenset(titles["formal"] + titles["plain"]),
        courteous=frozenset(titles["courteous"]),
        given=frozenset(thai_male_names()) | frozenset(thai_female_names()),
        family=frozenset(thai_family_names()),
        called=frozenset(table["names"]["known"].split()),
        roles=frozenset(table["words"]["roles"].split()),
        words=frozenset(thai_words()),
        before_given=tuple(table["words"]["before_given"].split()),
        before_family=tuple(table["words"]["before_family"].split()),
    )


def titles_at(text: str, at: int = 0) -> tuple[list[str], int]:
    """Return the titles at a place of a text, in small letters, and where they end."""
    names = name_words()
    titles: list[str] = []
    while found := names.title.match(text, at):
        rest = text[found.end() : found.end() + 3]
        # นาย is no title in นายิกา, nor แม่ in แม่น: what is left must be able to begin a word.
        if not re.match(r"[ .\u00a0]?[A-Za-zก-ฮเ-ไ]", rest) or (
            re.match(r"[ก-ฮ](?:[็-์ะาำ]|\s|$)", rest) and re.split(r"\s", text[at : at + 40])[0] in names.given
        ):
            break
        if titles and len(known_name_at(text, at) or "") >= len(found[0]):
            break
        titles.append(found[0].lower())
        at = found.end()
        while text[at : at + 1] in {" ", "\u00a0", "."}:
            at += 1
    return titles, at


def known_name_at(text: str, at: int) -> str | None:
    """Return the longest known name at a place, if a word that may follow a name, or no letter, follows it."""
    run = THAI_RUN.match(text, at)
    if run is None:
        return None
    for length in range(min(len(run[0]), LONGEST_CALLED), 1, -1):
        if name_words().knows(run[0][:length]) and (length == len(run[0]) or ENDS_NAME.match(run[0], length)):
            return run[0][:length]
    return None


def is_nobody(name: str) -> bool:
    """Tell whether a name only says that there is none: blank, ``ไม่แสดงตน``, ``Anonymous (not verified)``."""
    return _NOBODY.fullmatch(name) is not None


def bare_name(name: str) -> str:
    """Return a name without titles and without what stands in brackets: ``อ.วิรัตน์ คำศรีจันทร์ (ครูต๋อย)`` is ``วิรัตน์ คำศรีจันทร์``."""
    name = re.sub(r" ?\([^()]{0,40}\)", "", " ".join(name.split()))
    return name[titles_at(name)[1] :].strip() or name


def is_name(line: str) -> bool:
    """Tell whether a line is a person's name and nothing else."""
    return signing_name(line) is not None


def signing_name(line: str) -> str | None:
    """Return the name of a line that holds nothing else, without ``โดย``, dash or brackets around it."""
    if len(line) > _LONGEST_LINE:
        return None
    name = " ".join(line.split())
    marked = _MARKED.fullmatch(name)
    if marked is not None:
        name = (marked["marked"] or marked["bracketed"]).strip()
    bare = _NICKNAME_BEHIND.sub("", name)
    if not 2 <= len(name) <= _LONGEST_NAME or PARTICLE.search(bare):
        return None
    return name if is_full_name(bare) or is_titled_name(bare, marked=marked is not None) else None


def is_full_name(name: str) -> bool:
    """Tell whether a text is a given name and a surname: ``สมชาย ใจดี`` is, ``ธรรมชาติ สดใส`` and ``สมชาย มาแล้ว`` are not."""
    if len(name) > _LONGEST_NAME or _NO_NAME.search(name):
        return False
    names = name_words()
    titles, at = titles_at(name)
    words = name[at:].split()
    if len(words) != 2 or (titles and names.is_compound(titles, words[0], name)):
        return False
    given, family = words
    if names.is_no_name(given):
        return False
    if titles and (titles[-1] in names.formal or titles[-1].endswith(".")):
        return titles[-1] in names.sure or names.knows(given) or family in names.family
    could_be = family not in names.words and not family.startswith(names.before_family)
    if titles:
        return names.knows(given) and could_be
    if names.knows(given):
        return family in names.family or (given not in names.words and could_be)
    return given not in names.words and family in names.family and family not in names.words


def is_titled_name(name: str, *, marked: bool = False) -> bool:
    """Tell whether a text is a title and a nickname: ``ครูนก``.

    Where something marks it as a name, a place may follow (``ลุงพร ปุ๋ยหมัก``), and a short word may be a nickname nobody has listed.
    """
    names = name_words()
    titles, at = titles_at(name)
    words = name[at:].split()
    if not titles or not 1 <= len(words) <= (3 if marked else 1) or _NO_NAME.search(name):
        return False
    may_be = (
        marked
        and len(words) == 1
        and len(words[0]) <= 8
        and not names.is_no_name(words[0])
        and BEGINS_NAME.match(words[0])
    )
    return bool(names.knows(words[0]) or may_be) and not names.is_compound(titles, words[0], name)
