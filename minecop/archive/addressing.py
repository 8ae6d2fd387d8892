"""Whom a comment speaks to: the name in its first words, and whose comment it answers."""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from minecop.archive.models import Comment, Post
from minecop.archive.names import (
    BEGINS_NAME,
    ENDS_NAME,
    LONGEST_CALLED,
    SAID,
    THAI_RUN,
    bare_name,
    known_name_at,
    name_words,
    titles_at,
)

_HEAD = 240
"""Characters at the beginning of a comment in which somebody is addressed."""
_SPACE = r"[ \t\u00a0\u200b]"
_FEW_SPACES = re.compile(rf"{_SPACE}{{0,3}}")
_CALLED = re.compile(
    r"(?:นะ)?(?P<said>ครับผม|ครับ|คับ|คร้าบ|ค้าบ|ค่ะ|คะ|ขา|จ๋า|จ้า|จ้ะ|จ๊ะ|เจ้าค่ะ|เจ้าคะ|เจ้าขา|ขอรับ|ฮะ|ฮับ)[าบะ]{0,9}(?![ก-ฺเ-ไ็-์])"
)
_GREETS = re.compile(
    r"(?:(?:กราบ|ขอ)?(?:สวัสดี|หวัดดี|ซาหวัดดี|อรุณสวัสดิ์|ราตรีสวัสดิ์|ดี(?=ครับ|ค่ะ|จ้า))"
    r"(?:(?:ตอน|ยาม)(?:เช้า|สาย|บ่าย|เย็น|ค่ำ|ดึก)|ปีใหม่(?:ไทย)?|วัน(?:หยุด|จันทร์|อังคาร|พุธ|พฤหัส|ศุกร์|เสาร์|อาทิตย์))?"
    r"|(?:hello|hi|hey)\b|เฮลโล|ฮัลโหล"
    r"|(?:ขอ|กราบ|ขอกราบ|มา|ตามมา)?(?:ขอบ(?:พระ)?คุณ|ขอบใจ|ขอบคุน)(?:มาก(?:มาย)?|จริง|จัง|อย่างสูง|อย่างยิ่ง)?"
    r"|(?:ขอ)?(?:กราบ)?(?:นมัสการ|เรียน(?:ถาม|ปรึกษา|เชิญ)?|เจริญพร)|ฝากถึง|ถึง|ตอบ|แด่"
    r"|(?:ขอแสดงความ)?ยินดี(?:มาก)?(?:ด้วย|ต้อนรับ|ที่ได้รู้จัก)?(?:กับ)?|เห็นด้วย(?:อย่างยิ่ง|มาก)?(?:กับ)?"
    r"|(?:ขอ)?(?:แวะ|ตาม|เข้า)?มา(?:เยี่ยม(?:เยียน|เยือน|ชม)?|ทักทาย|ทัก|อ่าน|ชม|หา|ดู|ให้กำลังใจ|เป็นกำลังใจให้|ส่งกำลังใจให้|เรียนรู้|ลปรร\.?|สวัสดี)(?:กับ)?"
    r"|(?:ขอ)?(?:ให้|เป็น|ส่ง)(?:กำลังใจ|แรงใจ)(?:ให้|กับ|ถึง)?|เอาใจช่วย|คิดถึง|ชื่นชม|ดีใจกับ|สุขสันต์วันเกิด|สาธุ|โอ้?โห|โอ้|ว้าว|แหม|ครับ(?:ผม)?|ค่ะ|จ้ะ|ใช่(?:เลย|แล้ว)?|จริงด้วย)"
    rf"ๆ?{_SPACE}?(?P<said>(?:มาก|ด้วย|เลย|จัง)?{SAID})?[ \t\u00a0\u200b,.!~^_;:)(…-]{{0,12}}",
    re.IGNORECASE,
)
_WARM = re.compile(r"(?:ขอ|กราบ|ขอกราบ|ซา)?(?:สวัสดี|หวัดดี|ขอบ|hello|hi|hey)", re.IGNORECASE)
_BEFORE_WORDS = re.compile(r"[\s\u200b•●▪◦·*.,:;!~^_-]{0,40}")
_LATIN_RUN = re.compile(r"[A-Za-z][A-Za-z0-9_.-]{0,29}(?<![.-])")
_SEVERAL = re.compile(
    rf"{_SPACE}?(?:และ|กับ|แล้วก็|รวมทั้ง|ตลอดจน|&|/|\+|,{_SPACE}?(?:คุณ|พี่|น้อง|อ\.|อาจารย์|ครู|หมอ|ป้า|ลุง)|(?:ๆ|ทุก|ทั้ง|หลาย))"
)
_EVERYONE = re.compile(r"(?:all|everyone|everybody|team|friends|there|gotoknow|km|teacher|khun)", re.IGNORECASE)
_FOLLOWING = re.compile(rf"{_SPACE}{{1,3}}([ก-ฮะ-ฺเ-ๅ็-๎]{{3,24}})")


@dataclass(frozen=True, slots=True)
class _Call:
    """What stands before a name: a greeting, thanks or ``@``, and whether the greeting has ended in a particle."""

    greeted: bool = False
    called: bool = False
    warm: bool = False
    spoken: bool = False


def addressee(body: str) -> str | None:
    """Return whom the first words of a comment address, without title: ``สวัสดีค่ะ คุณขจิต`` is ``ขจิต``.

    Titles are left out because the name is there to be matched with authors' names (see ``bare_name``). ``None`` where nobody is
    addressed by name, where several are or everyone is, and wherever the words may mean something else: ``ขอบคุณอาจารย์มากครับ``,
    ``พี่ๆ ทุกท่าน``, ``ครูนกค่ะ`` (herself?), ``พี่เลี้ยงคะ``.
    """
    head = body[:_HEAD]
    at = _end(_BEFORE_WORDS, head, 0)
    if head[at : at + 1] == "@":
        # "@ Show DC" is a place: parted from the sign, only what has a title is called.
        parted = head[at + 1 : at + 2] == " "
        if parted and not titles_at(head, at + 2)[0]:
            return None
        return _named(head, at + 1 + parted, _Call(greeted=True, called=True))
    call = _Call()
    while greeting := _GREETS.match(head, at):
        call = _Call(greeted=True, warm=bool(_WARM.match(greeting[0])), spoken=bool(greeting["said"]))
        at = greeting.end()
        if head[at : at + 1] == "\n":
            # What a new line begins with is greeted only if it is called as well.
            call, at = _Call(), _end(_BEFORE_WORDS, head, at)
    return _named(head, at, call)


def _end(pattern: re.Pattern[str], text: str, at: int) -> int:
    found = pattern.match(text, at)
    return found.end() if found else at


def _named(head: str, start: int, call: _Call) -> str | None:
    """Read titles and a name at a place of a comment's head."""
    titles, at = titles_at(head, start)
    name = known_name_at(head, at)
    if not titles and not call.greeted:
        # ส้มจ๋า: nobody says so of anything but a person.
        return name if name and head.startswith("จ๋า", at + len(name)) else None
    if (latin := _LATIN_RUN.match(head, at)) is not None:
        return _latin_name(head, latin, titles, call)
    run = THAI_RUN.match(head, at)
    if run is None:
        return None
    known = name is not None
    if name is None:
        tail = next((n for n in range(2, min(len(run[0]), LONGEST_CALLED + 1)) if ENDS_NAME.match(run[0], n)), None)
        name = run[0][:tail]
    end = at + len(name)
    if not _is_plausible(name, titles, head[start:end], known=known, glued=end < run.end(), call=call):
        return None
    if _goes_on_to_others(head, end) or not _is_meant(head, end, titles, call):
        return None
    return name + _surname(head, end)


def _latin_name(head: str, latin: re.Match[str], titles: Sequence[str], call: _Call) -> str | None:
    name, end = latin[0], latin.end()
    if len(name) < 2 or _EVERYONE.fullmatch(name) or _SEVERAL.match(head, end):
        return None
    if not titles and not call.called:
        # "สวัสดีค่ะ Panda" ends there or is called; "ขอบคุณ Facebook ที่" is no greeting.
        at = _end(_FEW_SPACES, head, end)
        if not call.warm or not (_CALLED.match(head, at) or head[at : at + 1] in {"", "\n"}):
            return None
    return name if _is_meant(head, end, titles, call) else None


def _is_plausible(name: str, titles: Sequence[str], whole: str, *, known: bool, glued: bool, call: _Call) -> bool:
    """Tell whether a text may be a name after what stands before it; ``whole`` is the text with its titles."""
    names = name_words()
    if not 2 <= len(name) <= LONGEST_CALLED or names.is_no_name(name):
        return False
    if not titles:
        # "ขอบคุณกำลังใจ": without a title only what is a name and no word besides.
        return (known or not _is_of_words(name)) if call.called else known and name not in names.words and call.warm
    if titles[-1] + name in names.words and not call.called:
        return False
    if known or call.called:
        return True
    if len(titles) == 1 and any(whole[:n] in names.words for n in range(len(titles[0]) + 1, len(whole))):
        return False
    clear = call.greeted and not glued
    if clear and whole == "คุณ" + name:
        return True
    if not BEGINS_NAME.match(name) or name in names.words:
        return False
    return (clear and len(name) <= 8) or (len(name) <= 6 and not _is_of_words(name))


def _is_of_words(text: str) -> bool:
    """Tell whether a text is words of the dictionary one after another."""
    words = name_words().words
    reached = [True] + [False] * len(text)
    for end in range(2, len(text) + 1):
        reached[end] = any(reached[start] and text[start:end] in words for start in range(end - 1))
    return reached[-1]


def _goes_on_to_others(head: str, end: int) -> bool:
    """Tell whether others are named in one breath: ``พี่หนิงและ ...``, ``พี่หนิง พี่อ้อย ...``."""
    if _SEVERAL.match(head, end):
        return True
    at = _end(_FEW_SPACES, head, end)
    title = name_words().title.match(head, at)
    following = THAI_RUN.match(head, title.end()) if title else None
    return following is not None and (len(following[0]) <= 5 or known_name_at(head, following.start()) is not None)


def _is_meant(head: str, end: int, titles: Sequence[str], call: _Call) -> bool:
    """Tell whether a name is spoken to: greeted, or called with a particle; and not the writer's own."""
    if call.called:
        return True
    at = _end(_FEW_SPACES, head, end)
    called = _CALLED.match(head, at)
    own = not set(titles) & name_words().courteous
    if head.startswith("เอง", at):
        return False
    if call.greeted:
        return not (own and call.spoken and called and called["said"] in {"ค่ะ", "ครับ", "คับ"})
    if called is None:
        return re.match(rf"ที่(?:เคารพ|รัก|นับถือ|คิดถึง)|,{_SPACE}", head[at:]) is not None
    alone = not re.search(r"[ก-ฮa-zA-Z]", head[called.end() :])
    return not (own and (called["said"] == "ค่ะ" or (alone and called["said"] in {"ครับ", "คับ", "จ้า", "จ้ะ"})))


def _surname(head: str, end: int) -> str:
    """Return a space and the surname, where one follows."""
    found = _FOLLOWING.match(head, end)
    following = found[1] if found else ""
    names = name_words()
    for length in range(len(following), 3, -1):
        word = following[:length]
        if word in names.family and (length == len(following) or ENDS_NAME.match(following, length)):
            return "" if word in names.roles else f" {word}"
    return ""


def reply_hints(comments: Sequence[Comment], author_names: Mapping[str, Iterable[str]]) -> list[Comment]:
    """Return comments with ``reply_to`` filled in where it is certain whom their addressee is.

    Parameters
    ----------
    comments
        One thread in its order. What the source says in ``reply_to`` stays.
    author_names
        Further names by ``author_id``; may be empty.

    Returns
    -------
    list of Comment
        A comment that addresses somebody answers the last earlier comment by them, if exactly one of the earlier authors goes by that name
        and that comment has an id.
    """
    last: dict[str, Comment] = {}
    authors: dict[str, set[str]] = {}
    hinted: list[Comment] = []
    for comment in comments:
        if comment.reply_to is None and comment.addressee:
            known = authors.get(comment.addressee.casefold(), set()) - {comment.author_id or ""}
            if len(known) == 1:
                comment = replace(comment, reply_to=last[next(iter(known))].id)
        hinted.append(comment)
        if comment.author_id:
            last[comment.author_id] = comment
            for name in (comment.author_name or "", *author_names.get(comment.author_id, ())):
                for called in _calls(name):
                    authors.setdefault(called, set()).add(comment.author_id)
    return hinted


def _calls(name: str) -> set[str]:
    """Return the names by which others may address somebody: all of a name, its first word, and a nickname in brackets."""
    bare = bare_name(name)
    nicknames = (bare_name(nick) for nick in re.findall(r"\(([^()]{2,25})\)", name))
    return {called.casefold() for called in (bare, bare.split(" ", 1)[0], *nicknames) if called}


def addressed(post: Post) -> Post:
    """Return a post whose comments say whom they address, where that is certain and the reader has not told."""
    if all(comment.addressee for comment in post.comments):
        return post
    comments = (
        comment if comment.addressee else replace(comment, addressee=addressee(comment.body))
        for comment in post.comments
    )
    return replace(post, comments=tuple(comments))
