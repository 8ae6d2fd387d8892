"""Which posts are numbered parts of one series, by their titles: ``ขยะบ้านเรา ตอนที่ ๓``, ``เรื่องเล่าจากดงหลวง (62)``.

A number in a title is a part's only where it is marked as one: years, school classes, villages, rounds of training are not.
"""

from __future__ import annotations

import re
import unicodedata
from array import array
from collections import defaultdict
from collections.abc import Iterable

_LONGEST_TITLE = 500
_SHORTEST_STEM = 4
"""Letters: ``KM (1)`` and ``KM (2)`` have less in common than a name."""

_MOST_PARTS = 40  # "1/3" is a part; "1/49" a meeting of the year 2549

_DIGITS = str.maketrans("๐๑๒๓๔๕๖๗๘๙", "0123456789")
_UNSEEN = re.compile("[\u200b-\u200f\u202a-\u202e\u2060\ufeff\u00ad]")
_ROMAN = {"i": 1, "ii": 2, "iii": 3, "iv": 4, "v": 5, "vi": 6, "vii": 7, "viii": 8, "ix": 9, "x": 10}

_NUMBER = r"(?P<part>[0-9]{1,3})(?:[.](?P<sub>1[0-9]|2[0-4]|[1-9]))?(?![0-9]|[.][0-9])"
_CLOCK = r"(?! ?(?:โมง|ทุ่ม|นาฬิกา|น[.]|ขวบ|[.,:]?[0-9]))"  # "ตอน 5 โมงเย็น" is a time, "ตอน 7 ขวบ" an age

# In the order in which they are looked for: the first that is there counts. What stands before it is the stem.
_MARKS = tuple(
    re.compile(pattern, re.IGNORECASE)
    for pattern in (
        # ตอนที่ ๓, (ตอน 2), ภาค ๒, part 4, EP.5; not ขั้นตอนที่ 2, กองทัพภาคที่ 3
        rf"(?:(?<!ขั้น)ตอน(?:ที่)?|(?<!ทัพ)(?<!ธร)(?<!การ)(?<!กร)(?<!รณ์)(?<!ศาล)(?<!เขต)(?<!งาน)ภาค(?:ที่)?) ?[.:#]? ?{_NUMBER}{_CLOCK}",
        rf"(?<![a-z])(?:part|ep|episode|vol|volume|chapter) ?[.:#]? ?{_NUMBER}(?![a-z])",
        r"(?:(?<![a-z])(?:part|ep|episode)|(?<!ขั้น)ตอน(?:ที่)?|ภาค) ?[.:]? ?(?P<roman>i{1,3}|iv|vi{0,3}|ix|x)(?![a-z])",
        # (ตอนจบ), (ต่อ), ตอนสุดท้าย at the end
        r"[(\[] ?(?:ตอน ?)?(?:จบ|ต่อ|อวสาน|ตอนจบ|ตอนต่อ|ตอนสุดท้าย|(?P<first>ตอนแรก)|the end|end) ?[)\]]",
        r"(?:ตอนจบ|ตอนอวสาน|ตอนสุดท้าย|(?P<first>ตอนแรก))(?= ?[.!)…]*$)",
        # (3), [1], (3.2), (1/3)
        rf"[(\[{{] ?{_NUMBER}(?: ?/ ?(?P<of>[0-9]{{1,2}}))? ?[)\]}}]",
        rf"(?<![a-z0-9&])# ?{_NUMBER}",
        r"(?<![0-9/.])(?P<part>[0-9]{1,2}) ?/ ?(?P<of>[0-9]{1,2})$",
        # ครั้งที่ 3, ครั้งที่ 1/2553
        rf"ครั้งที่ ?{_NUMBER}(?:/(?:25)?[0-9]{{2}})?(?![0-9/])",
        # ๗๒. at the beginning, ๗๒. between or after words, a number alone at the end
        r"^(?P<part>[0-9]{1,3})[.](?![0-9])",
        r"(?P<weak>(?<= )(?P<part>[0-9]{1,3})[.](?= |$))",
        r"(?P<weak>(?<=[ :–-])(?P<part>[0-9]{1,2}) ?[)]?$)",
    )
)

# After these a number alone says which one, how much or when, not which part.
_COUNTED = re.compile(
    r"(?:[a-z0-9%+*/.,]|ที่|ข้อ|ขั้น|รุ่น|หมู่|ม[.]|ป[.]|ชั้น|ปี|เทอม|เขต|ระยะ|ห้อง|เกรด|ระดับ|สูตร|มาตรา|ฉบับ|วัน|เบอร์|สาย|โซน|แปลง"
    r"|อันดับ|ค่ำ|อายุ|ราคา|งวด|โควิด|ไตรมาส|เดือน|ภาค|ประมาณ|[กขงจฉชซดตถทธนบปผพฟภมยรลวศสหอฮ][.]|คม|ยน|พันธ์|พ ?ศ|ค ?ศ|เวอร์ชั่น|เวอร์ชัน"
    r"|ยุค|กลุ่ม|ทีม|อีก|แค่|เพียง|เกือบ|กว่า)[ .–-]*$",
    re.IGNORECASE,
)
_TRIMMED = " \t:;,.|/~_=*•–—-([{…“\"'"


def series_of(title: str) -> tuple[str, int | None] | None:
    """Return what a title has in common with those of the other parts, and the number of its part; ``None`` for no part of a series.

    A last or continued part (``(ตอนจบ)``, ``(ต่อ)``) has no number. Of ``(3.2)`` the number is 3.
    """
    found = _read(title)
    return found and (found[0], found[1])


def group_series(items: Iterable[tuple[int, str | None, str]]) -> dict[int, tuple[str, int | None]]:
    """Return, for each post that is a part, its series and the number of its part.

    A series is two parts at least under one stem by one author; who is not named has none. Where the numbers stand bare, two must follow
    one another. A post whose title is the stem itself is the first part, if none is marked so.

    Parameters
    ----------
    items
        Index, author and title of each post. A series is named ``author: stem``, as its first item spells it.
    """
    marked: dict[tuple[str, str], list[tuple[int, _Part]]] = defaultdict(list)
    unmarked, keys = array("q"), array("q")  # of what may be a first part: index, and hash of author and title
    for index, author, title in items:
        if author is None:
            continue
        if found := _read(title):
            marked[author, _key(found[0])].append((index, found))
        else:
            unmarked.append(index)
            keys.append(hash((author, _key(title[:_LONGEST_TITLE]))))
    stems = {hash(stem) for stem in marked}
    begins: dict[int, list[int]] = defaultdict(list)
    for index, key in zip(unmarked, keys, strict=True):
        if key in stems:
            begins[key].append(index)
    series: dict[int, tuple[str, int | None]] = {}
    for (author, stem), parts in marked.items():
        firsts = [] if any(part[1] == 1 for _, part in parts) else begins[hash((author, stem))]
        if _is_series([part for _, part in parts], begun=bool(firsts)):
            name = f"{author}: {parts[0][1][0]}"
            series |= {index: (name, part[1]) for index, part in parts}
            series |= dict.fromkeys(firsts, (name, 1))
    return series


_Part = tuple[str, int | None, int | None, bool]
"""Stem, number, number below it, and whether the number stands bare."""


def _is_series(parts: list[_Part], *, begun: bool) -> bool:
    """Tell whether parts of one stem make a series; begun where a post has the stem alone for a title."""
    different = {(number, below) for _, number, below, _ in parts}
    numbers = {number for number, _ in different if number is not None}
    if begun:
        numbers.add(1)
    if all(weak for *_, weak in parts):
        return any(number + 1 in numbers for number in numbers)
    return len(different) > 1 or (begun and different <= {(2, None), (None, None)})


def _read(title: str) -> _Part | None:
    title = " ".join(_UNSEEN.sub("", unicodedata.normalize("NFC", title[:_LONGEST_TITLE])).split())
    plain = title.translate(_DIGITS)
    for mark in _MARKS:
        for found in mark.finditer(plain):
            groups = found.groupdict()
            if not _is_part(groups, plain[: found.start()]):
                continue
            stem = title[: found.start()].rstrip(_TRIMMED)
            if not stem:  # "๗๒. เวทีคนหนองบัว : ตลาดเก่า"
                stem = re.split(r" ?[:|] | [–—-] ", title[found.end() :].lstrip(_TRIMMED + ")]}"))[0].rstrip(_TRIMMED)
            if sum(map(str.isalpha, stem)) < _SHORTEST_STEM:
                continue
            return stem, _number(groups), int(groups["sub"]) if groups.get("sub") else None, bool(groups.get("weak"))
    return None


def _is_part(groups: dict[str, str | None], before: str) -> bool:
    if groups.get("weak") and _COUNTED.search(before):
        return False
    number, most = _number(groups), groups.get("of")
    return number != 0 and (most is None or (number or 0) <= int(most) <= _MOST_PARTS)


def _number(groups: dict[str, str | None]) -> int | None:
    if groups.get("first"):
        return 1
    if roman := groups.get("roman"):
        return _ROMAN[roman.lower()]
    part = groups.get("part")
    return int(part) if part else None


def _key(stem: str) -> str:
    """Return a stem without what people write now so, now so: spaces, quotes, capitals, Thai digits."""
    plain = unicodedata.normalize("NFC", stem).translate(_DIGITS).casefold()
    return "".join(letter for letter in plain if letter.isalnum() or unicodedata.category(letter) == "Mn")
