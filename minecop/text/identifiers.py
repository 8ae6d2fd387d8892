"""Numbers, addresses and accounts by which a person can be reached or told apart: telephones, mail, LINE, identity cards, bank, homes."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import cache

from pythainlp.corpus import provinces


@dataclass(frozen=True, slots=True)
class Found:
    """Something personal in a text.

    Attributes
    ----------
    start, end
        Code points of the text as written.
    kind
        ``phone``, ``email``, ``line_id``, ``account``, ``national_id``, ``bank``, ``plate``, ``number`` (of a patient, a student,
        a passport),
        ``ip``, ``address`` or ``name``.
    key
        What is the same however it is written: digits of a number, a name without its title.
    """

    start: int
    end: int
    kind: str
    key: str


# Every pattern reads a text whose digits are Arabic, whose dashes are hyphens and whose spaces are plain (persons.plain), and
# none may take more than linear time: what repeats is bounded or possessive, and starts only where a run starts.

_DIGITS = re.compile(r"\d")
_NUMBER_START = r"(?<![\d])(?<!\d[-./])(?<![A-Za-z_=/])"
_GAP = r"(?:[-.]| ?- ?| )?"
_MORE = (
    r"(?:(?: ?(?:ถึง|to) ?| ?- ?)\d{1,4}(?![\d/]|-\d)|(?: ?[,/] ?\d{1,2}(?=\s*(?:[\n,;)/]|$|ต่อ|โทร|แฟ|มือ)))|)"
    r"(?: ?\(?(?:ต่อ|ภายใน|กด|ext\.?|Ext\.?|EXT\.?|#) ?:? ?\d{1,5}\)?(?: ?[-,/] ?\d{1,5}(?!\d|-\d))*+)?"
)
_PHONE = re.compile(
    _NUMBER_START + r"\(?(?:\+ ?66|66(?=[-. )]{1,2}\d)|0)\)?(?:" + _GAP + r"\(0\))?(?:"
    rf"{_GAP}[689](?:\)?{_GAP}\d){{8}}|{_GAP}[1-79](?:\)?{_GAP}\d){{7}})(?!\d|\.\d\d\b)" + _MORE
)
_PHONE_CUE = re.compile(
    r"(?:โทร(?:ศัพท์|สาร)?|เบอร์(?:โทร|ติดต่อ|มือถือ|บ้าน)?|มือถือ|แฟ[กซ็]+ซ?์?|(?i:\btel|\bfax|\bphone|\bmobile|\bcall))[^\d\n\]]{0,12}"
    r"(?P<n>\d{2,3}[- ]?\d{3,4}(?![\d/]|[-., ]\d))"
)
_NO_PHONE_BEFORE = re.compile(
    r"(?:ล็อ?ต|(?i:lot|s/n|serial|isbn|barcode)|รหัส|บาร์โค้ด|เลขที่(?:ใบ|หนังสือ|ฎีกา|คำขอ|สัญญา)?|ทะเบียน)[^\d\n]{0,12}$"
)
_DECIMAL = re.compile(r"\d\.\d{1,2}(?!\d)")
_NO_PHONE_AFTER = re.compile(r" ?(?:บาท|คน|ราย|ไร่|กก|กิโล|เมตร|%|ครั้ง(?!ที่)|แต้ม|ลิตร)")
_SPOKEN_DIGIT = r"(?:ศูนย์|หนึ่ง|เอ็ด|สอง|โท|สาม|สี่|ห้า|หก|เจ็ด|แปด|เก้า)"
_SPOKEN = re.compile(rf"ศูนย์(?:[ -]?{_SPOKEN_DIGIT}){{7,9}}")

_EMAIL = re.compile(r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++ ?@ ?[A-Za-z0-9](?:[A-Za-z0-9-]*+\.)++[A-Za-z]{2,}")
_EMAIL_SHORT = re.compile(
    r"(?<![A-Za-z0-9._%+-])[A-Za-z0-9._%+-]++ ?@ ?(?:hotmail|gmail|yahoo|outlook|live|thaimail|msn|icloud|email)\b",
    re.IGNORECASE,
)
_AT = r"(?: ?[\[({<] ?(?:@|at|AT|At|แอท|แอ็ท|แอ๊ท|แอต|แอ็ต|แอด) ?[\])}>] ?| (?:at|AT|แอท|แอ็ท|แอ๊ท|แอต|แอ็ต|แอด) |(?:แอท|แอ็ท|แอ๊ท|แอต|แอ็ต) ?|@)"
_DOT = (
    r"(?: ?[\[({<] ?(?:\.|dot|DOT|Dot|ดอท|ดอต|ด็อท|จุด) ?[\])}>] ?| (?:dot|DOT|Dot|ดอท|ดอต|ด็อท|จุด) |(?:ดอท|ดอต|ด็อท) ?|\.)"
)
_EMAIL_SPELT = re.compile(
    rf"(?<![A-Za-z0-9._%+-])(?P<who>[A-Za-z0-9](?:[A-Za-z0-9_%+-]|\.(?=[A-Za-z0-9]))*+(?:{_DOT}[A-Za-z0-9_%+-]{{1,30}}){{0,2}})"
    rf"(?P<at>{_AT})(?P<host>[A-Za-z0-9-]{{2,60}}(?:{_DOT}[A-Za-z0-9-]{{2,40}}){{1,4}})(?![A-Za-z0-9])"
)
_PLAIN_AT = re.compile(r" (?:at|AT) ")
_SPELT_DOT = re.compile(r"dot|ดอ|ด็อ|จุด|[\[({<]", re.IGNORECASE)
_PROVIDER = re.compile(r"hotmail|gmail|yahoo|outlook|live|thaimail", re.IGNORECASE)

_ID_WORD = r"(?:(?<![A-Za-z])(?i:id|i\.d\.|user)(?![A-Za-z])|ไอดี)"
_LINE_ID = re.compile(
    rf"(?:(?P<id1>{_ID_WORD}) ?[-:]? ?)?"
    r"(?:(?<![A-Za-z])(?i:line)(?![A-Za-z])|(?<!ออน)(?<!ออฟ)(?<!เดด)(?<!ไกด์)(?<!ไพพ์)(?<!ท่อ)(?<!แนว)ไล(?:น์|น)(?![ก-ฮะ-ฺเ-๎]{1,3}์))"
    rf" ?(?P<id2>{_ID_WORD})? ?(?:ของ[ก-๎]{{1,14}} ?)?(?P<mark>[:=(-]|คือ|ชื่อ|ว่า)? ?(?P<at>@ ?)?"
    r"(?P<who>[A-Za-z0-9][A-Za-z0-9._-]{1,40}[A-Za-z0-9_])"
)
_NO_LINE_ID = re.compile(
    r"(?i:id|group|official|oa|chat|notify|ads?|app|apps|line|today|pay|man|sticker|stickers|call|video|pc|and|or|the)$"
)

_ADDS_LINE = re.compile(r"(?:แอด|(?i:add)|ทาง|ทัก|ติดต่อ|คุย|ส่ง|หา)[ก-๎ ]{0,8}$")
_PROFILE = re.compile(
    r"(?<![A-Za-z0-9.@/-])(?:https?://)?(?:(?:www|m|web|mobile|mbasic|th-th)\.){0,2}"
    r"(?:(?:facebook\.com|fb\.com|fb\.me|instagram\.com|twitter\.com|x\.com|tiktok\.com|youtube\.com|t\.me|linkedin\.com|myspace\.com|hi5\.com|lin\.ee|line\.me|multiply\.com)"
    r"/(?!(?:groups|events|watch|share|hashtag|search)\b)[^\s<>\"'()ก-๛]{2,120}"
    r"|[a-z0-9-]{2,40}\.(?:multiply|hi5|exteen)\.com\b/?"
    r"|(?:[a-z0-9-]{1,40}\.){1,3}[a-z]{2,10}/(?:users?|profiles?|members?|people|author|~)/?[^\s<>\"'()/ก-๛]{2,60})",
    re.IGNORECASE,
)
_ACCOUNT_WORD = (
    r"(?:(?<![ก-๎]ดี)เฟ[ซส](?:บุ๊?[กค]ส?์?|(?!ต|บุ|ซ|ส))|(?<![A-Za-z])(?i:facebook|fb|ig|instagram|twitter|skype|msn|wechat|whatsapp|telegram|tiktok|hi5)(?![A-Za-z])"
    r"|ไอจี|อินสตา(?:แกรม)?|ทวิตเตอร์|สไก[ปพ]์?|วีแชท|ติ๊?กต็?อก)"
)
_ACCOUNT = re.compile(
    _ACCOUNT_WORD + r"(?P<gap>[^\n:=@]{0,24}?)(?P<mark>[:=@] ?@?|ชื่อ(?:ว่า)? ?|คือ ?)"
    r"(?P<who>\"[^\"\n]{2,40}\"|[A-Za-z0-9][A-Za-z0-9._-]{2,40}(?: [A-Z][A-Za-z]{1,20})?|[ก-๎]{2,20}(?: [ก-๎]{2,24})?)"
)
_AFTER_ACCOUNT = re.compile(r" (?:หรือ|และ|ครับ|ค่ะ|คะ|นะ|จ้า|มี|ที่|แล้ว|ก็|กด|ทัก|เข้า|ติดตาม|โทร|ไลน์|ได้|ของ|เป็น|กับ|เพื่อ).*")
_NO_ACCOUNT = re.compile(r"(?:กลุ่ม|เพจ|ชมรม|โรงเรียน|โรงพยาบาล|มูลนิธิ|ศูนย์|สมาคม|เครือข่าย|องค์กร|ชุมชน)")

_NATIONAL = re.compile(
    _NUMBER_START + r"(?:(?P<solid>\d{13})|(?P<parted>\d(?: ?- ?| )\d{4}(?: ?- ?| )\d{5}(?: ?- ?| )\d{2}(?: ?- ?| )\d)|"
    r"(?P<loose>\d(?:[ -]{0,2}\d){12}))(?!\d|[-.,/]\d)"
)
_NATIONAL_CUE = re.compile(
    r"(?:บัตร(?:ประจำตัว)?(?:ประชาชน)?|ประจำตัวประชาชน|ประชาชน|13 ?หลัก|สิบสามหลัก|ผู้เสียภาษี|(?i:id ?card|citizen id|tax id))[^\n\]]{0,30}$"
)
_NOT_NATIONAL_BEFORE = re.compile(
    r"(?:บาร์โค้?ด|(?i:barcode|isbn|ean|imei)|พาณิชย์|นิติบุคคล|ครุภัณฑ์|รหัสโครงการ|งบประมาณ)[^\d\n]{0,15}$"
)

_BANK = re.compile(
    _NUMBER_START
    + r"(?:(?P<sure>\d{3}[- ]\d[- ]\d{5}[- ]\d)|(?P<cued>\d{10,15}|\d{1,4}(?:[- ]\d{1,7}){2,5}))(?!\d|[-/]\d|[.,]\d)"
)
_BANK_CUE = re.compile(
    r"(?:บัญชี|บ/ช|เลขบช|ธนาคาร|ธ\. ?(?:ก\.ส\.|กรุง|กสิกร|ไทย|ออมสิน|ทหาร)|ธกส|ธ\.ก\.ส\."
    r"|ออมสิน|กสิกร|กรุงไทย|กรุงเทพ|ไทยพาณิชย์|(?i:account no|a/c))[^\n\]]{0,60}$"
)

_PLATE_CUE = re.compile(
    r"ทะเบียน(?:รถ(?:ยนต์|จักรยานยนต์)?)?+ ?(?:หมายเลข|เลขที่|เลข|คือ|:)? ?(?P<plate>\d?[ก-ฮ]{1,3} ?-? ?\d{1,4}(?!\d|[/-]))"
)
_PLATE = re.compile(r"(?<![ก-๎\d.])(?P<plate>\d?[ก-ฮ]{2} ?-? ?\d{2,4})(?= )")

_NUMBER_CUES = re.compile(
    r"(?:(?<![A-Za-z])(?:HN|H\.N\.|hn|Hn|AN|A\.N\.|VN|XN|CID|PID)(?![A-Za-z]) ?(?:[.:#=]|เลขที่|คือ)? ?(?P<patient>\d[\d/-]{2,14}\d)"
    r"|(?:รหัส|เลขประจำตัว|หมายเลขประจำตัว|เลขที่)(?:ประจำตัว)? ?(?:นักศึกษา|นิสิต|นักเรียน|ผู้ป่วย|คนไข้|พนักงาน|สมาชิก|"
    r"ข้าราชการ|ประกันสังคม|ผู้ประกันตน|ใบอนุญาต[ก-๎]{0,20}|ใบประกอบ[ก-๎]{0,20}|ใบขับขี่)"
    r"[^\dA-Za-z\n]{0,12}(?P<member>[A-Za-z]{0,3}\.? ?\d[\d/-]{2,14}\d)"
    r"|(?:หนังสือเดินทาง|พาสปอร์ต|พาสพอร์ต|(?i:passport))[^\dA-Za-z\n]{0,16}(?:(?i:no)\.? ?)?(?P<passport>[A-Za-z]{1,2} ?\d{6,8})"
    r"|(?:ใบประกอบ(?:วิชาชีพ|โรคศิลปะ|โรคศิลป์)|ใบขับขี่|ใบอนุญาตขับ[ก-๎]{2,8})[^\d\n]{0,14}(?P<licence>\d[\d/-]{2,12}\d))"
)

_IP = re.compile(r"(?<![\d.])(?P<ip>\d{1,3}\.\d{1,3}\.\d{1,3}\.\d{1,3})(?![\d]|\.\d)")
_IP_CUE = re.compile(r"(?:(?i:\bip\b)|ไอพี)[^\n]{0,20}$")
_VERSION_CUE = re.compile(r"(?:(?i:\bv|ver|version|rev)|เวอร์ชั่?น|รุ่น|ข้อ|หัวข้อ|มาตรฐาน)[ .:]{0,3}$")


# What a home's address is made of, in the order in which it is written.
_HOUSE = r"\d{1,4}(?:/\d{1,4})?(?:-\d{1,4})?(?:/\d{1,3})?"
_JOIN = r"[ ,]{0,3}\n? {0,3}"
_PLACE = r"[ก-๎ฯ]{2,28}"
_PARTS = {
    "moo": r"(?:หมู่ ?(?:ที่)? ?|ม\. ?)\d{1,2}(?!\d)(?: ?บ้าน[ก-๎]{2,20})?",
    "village": r"(?:หมู่บ้าน|อาคาร|คอนโด|แฟลต|หอพัก|แมนชั่น|ชุมชน) ?[ก-๎A-Za-z]{2,25}(?: \d{1,3}(?![\d/]))?",
    "floor": r"(?:ชั้น|ห้อง) ?(?:ที่ )?\d{1,4}(?!\d)",
    "soi": r"(?:ซอย|ซ\.|ตรอก) ?[ก-๎A-Za-z.]{0,25}(?: ?\d{1,3}(?:/\d{1,2})?(?![\d/]))?",
    "road": r"(?:ถนน|ถ\.) ?(?!สาย|ลูกรัง|คอนกรีต|ลาดยาง|ใน|ที่)[ก-๎.]{2,30}(?: ?\d{1,2}(?![\d/]))?",
    "tambon": rf"(?:ตำบล|ต\.|แขวง) ?{_PLACE}",
    "amphoe": rf"(?:กิ่งอำเภอ|อำเภอ|กิ่ง ?อ\.|อ\.|เขต) ?{_PLACE}",
    "province": "PROVINCE",
    "postcode": r"\d{5}(?!\d)",
}
_HOUSE_START = re.compile(
    rf"(?:(?P<home>บ้านเลขที่ ?:?|(?<![ก-๎])เลขที่ ?:?)|ที่อยู่(?P<cue>(?:ปัจจุบัน|ตามทะเบียนบ้าน|ตามบัตร[ก-๎]{{0,8}}|ติดต่อ|จัดส่ง|ใหม่|บ้าน|คือ|ผม|ดิฉัน|หนู|"
    rf"ของ[ก-๎]{{1,10}})? ?[:=]? ?)) ?(?P<n1>{_HOUSE})(?![\d/.-])"
    rf"|(?<![\d/.:,-])(?<!หมู่)(?<!หมู่ )(?<!หมู่ที่)(?<!หมู่ที่ )(?<!ม\.)(?<!ม\. )(?P<n2>{_HOUSE})"
    r"(?=[ ,]{0,2}(?:หมู่|ม\. ?\d|ซอย|ซ\.|ตรอก|ถนน|ถ\.|ต\.|ตำบล|แขวง|อาคาร|คอนโด))"
    r"|(?P<moo>ที่อยู่(?:ปัจจุบัน|ตามทะเบียนบ้าน|ติดต่อ|จัดส่ง|ใหม่|คือ)? ?[:=]? ?)(?=(?:บ้าน[ก-๎]{2,20} ?)?(?:หมู่ ?(?:ที่)? ?\d|ม\. ?\d))"
)
_ANY_ORDER = ("village", "floor", "soi", "road")
_GLUED = re.compile(r"(?<=[ก-๎]{2})(?:ครับ|ค่ะ|คะ(?![ก-๎])|นะ(?:ครับ|คะ|ค่ะ|จ๊ะ|จ้ะ)|โทร|จ้า|ติดต่อ|เบอร์).*$")


@cache
def _province() -> str:
    names = sorted({*provinces(), "กรุงเทพมหานคร", "กรุงเทพ", "อยุธยา", "โคราช"}, key=lambda name: (-len(name), name))
    return rf"(?:(?:จังหวัด|จ\.) ?(?:{'|'.join(names)}|{_PLACE})|(?:{'|'.join(names)})ฯ?|กทม\.?)"


@cache
def _parts() -> tuple[tuple[str, re.Pattern[str]], ...]:
    return tuple((name, re.compile(part.replace("PROVINCE", _province()))) for name, part in _PARTS.items())


_JOIN_PATTERN = re.compile(_JOIN)


def _addresses(clean: str) -> Iterator[Found]:
    """Yield homes: a house number and what follows it, lane, road, village, district, province, postcode."""
    position = 0
    while start := _HOUSE_START.search(clean, position):
        end, names = _address_end(clean, start.end())
        number = start["n1"] or start["n2"] or ""
        if _is_home(start, number, names):
            begin = start.start("n1") if start["cue"] is not None else start.end() if start["moo"] else start.start()
            yield Found(begin, end, "address", " ".join(clean[begin:end].split()))
            position = end
        else:
            position = max(start.end(), start.start() + 1)


def _address_end(clean: str, end: int) -> tuple[int, list[str]]:
    names: list[str] = []
    order = 0
    while True:
        join = _JOIN_PATTERN.match(clean, end)
        at = join.end() if join else end
        for place, (name, part) in enumerate(_parts()[order:], order):
            if match := part.match(clean, at):
                glued = _GLUED.search(match[0]) if name in {"tambon", "amphoe", "road", "village"} else None
                end = match.start() + glued.start() if glued else match.end()
                names.append(name)
                order = 1 if name in _ANY_ORDER else place + 1
                break
        else:
            return end, names
        if glued or order >= len(_parts()):
            return end, names


def _is_home(start: re.Match[str], number: str, names: list[str]) -> bool:
    if start["moo"] is not None:
        return "tambon" in names or "amphoe" in names
    near = [name for name in names if name in {"moo", "soi", "road", "village", "tambon"}]
    if start["home"] or start["cue"] is not None:
        return bool(near) or (start["home"] or "").startswith("บ้าน")
    if not near or ("/" not in number and names[0] == "tambon"):
        return False  # "พระราม 2 ต.คลองโคน"
    return "/" in number or len(names) >= 2 or near[0] == "road"


def _phones(clean: str) -> Iterator[Found]:
    for match in _PHONE.finditer(clean):
        main = match[0]
        gaps = len(re.findall(r"(?<=\d)[-. ()]+(?=\d)", main[:16]))
        if (
            gaps <= 5
            and not _DECIMAL.search(main)
            and (main.count("-") >= 2 or not _NO_PHONE_AFTER.match(clean, match.end()))  # nothing is counted in groups
            and not _NO_PHONE_BEFORE.search(clean, max(0, match.start() - 40), match.start())
        ):
            yield _found(match, "phone", _only_digits(main))
    for match in _PHONE_CUE.finditer(clean):
        yield Found(match.start("n"), match.end("n"), "phone", _only_digits(match["n"]))
    for match in _SPOKEN.finditer(clean):
        yield _found(match, "phone", match[0])


def _emails(clean: str) -> Iterator[Found]:
    for pattern in (_EMAIL, _EMAIL_SHORT):
        for match in pattern.finditer(clean):
            yield _found(match, "email", match[0].replace(" ", "").casefold())
    for match in _EMAIL_SPELT.finditer(clean):
        host = match["host"]
        if _PLAIN_AT.fullmatch(match["at"]) and not (_SPELT_DOT.search(host) or _PROVIDER.match(host)):
            continue  # "look at www.example.com"
        if "@" in match["at"] and not _SPELT_DOT.search(host) and match["at"].strip() == "@":
            continue  # an ordinary address, or none
        yield _found(match, "email", re.sub(r"[\s\[\](){}<>]", "", match[0]).casefold())


def _line_ids(clean: str) -> Iterator[Found]:
    for match in _LINE_ID.finditer(clean):
        who = match["who"]
        cued = match["id1"] or match["id2"] or match["at"] or match["mark"]
        if who.isdigit() and not (match["id1"] or match["id2"]):
            continue  # line 12 of a table
        if _NO_LINE_ID.match(who) or not (
            cued or re.search(r"[0-9._-]", who) or _ADDS_LINE.search(clean, max(0, match.start() - 20), match.start())
        ):
            continue
        begin = match.start("at") if match["at"] else match.start("who")
        yield Found(begin, match.end("who"), "line_id", who.casefold())


def _accounts(clean: str) -> Iterator[Found]:
    for match in _PROFILE.finditer(clean):
        end = match.start() + len(match[0].rstrip(".,;:!?"))
        yield Found(match.start(), end, "account", clean[match.start() : end].casefold())
    for match in _ACCOUNT.finditer(clean):
        who = match["who"]
        if _NO_ACCOUNT.match(who) or _NO_ACCOUNT.search(match["gap"]):
            continue
        who = _AFTER_ACCOUNT.sub("", who)
        yield Found(match.start("who"), match.start("who") + len(who), "account", " ".join(who.split()).casefold())


def _national_ids(clean: str) -> Iterator[Found]:
    for match in _NATIONAL.finditer(clean):
        digits = _only_digits(match[0])
        before = clean[max(0, match.start() - 60) : match.start()]
        if _NOT_NATIONAL_BEFORE.search(before):
            continue
        cued = bool(_NATIONAL_CUE.search(before))
        dashed = match["parted"] is not None and "-" in match["parted"]
        real = digits[0] in "12345678" and right_checksum(digits)
        if cued or dashed or (real and match["loose"] is None):
            yield _found(match, "national_id", digits)


def right_checksum(digits: str) -> bool:
    """Tell whether the thirteenth digit of a Thai identity number is what the first twelve ask for."""
    total = sum(int(digit) * (13 - place) for place, digit in enumerate(digits[:12]))
    return (11 - total % 11) % 10 == int(digits[12])


def _bank_accounts(clean: str) -> Iterator[Found]:
    for match in _BANK.finditer(clean):
        digits = _only_digits(match[0])
        if match["sure"] and "-" in match["sure"]:
            yield _found(match, "bank", digits)
            continue
        cue = _BANK_CUE.search(clean, max(0, match.start() - 90), match.start())
        if (
            cue
            and 10 <= len(digits) <= 15
            and not _PHONE_WORD.search(cue[0])
            and not (_MOBILE.fullmatch(match[0]) and "เลขที่" not in cue[0])
        ):
            yield _found(match, "bank", digits)


_PHONE_WORD = re.compile(r"โทร|เบอร์|มือถือ|แฟ[กซ็]|พร้อมเพย์|ไลน์|(?i:tel|fax|line)")
_MOBILE = re.compile(r"0[689]\d[- ]?\d{3}[- ]?\d{4}|0[689][- ]?\d{4}[- ]?\d{4}")


def _plates(clean: str) -> Iterator[Found]:
    province = re.compile(rf" ?{_province()}")
    for pattern in (_PLATE_CUE, _PLATE):
        for match in pattern.finditer(clean):
            where = province.match(clean, match.end("plate"))
            if where or pattern is _PLATE_CUE:
                end = where.end() if where else match.end("plate")
                yield Found(match.start("plate"), end, "plate", match["plate"].replace(" ", "").replace("-", ""))


def _numbers(clean: str) -> Iterator[Found]:
    for match in _NUMBER_CUES.finditer(clean):
        group = match.lastgroup or ""
        if len(_only_digits(match[group])) >= 4:
            yield Found(match.start(group), match.end(group), "number", re.sub(r"[ /-]", "", match[group]).casefold())


def _ips(clean: str) -> Iterator[Found]:
    for match in _IP.finditer(clean):
        octets = [int(octet) for octet in match["ip"].split(".")]
        before = clean[max(0, match.start() - 24) : match.start()]
        if (
            max(octets) <= 255
            and not _VERSION_CUE.search(before)
            and (_IP_CUE.search(before) or (octets[0] >= 10 and max(octets) >= 100))
        ):
            yield _found(match, "ip", match["ip"])


_FINDERS: tuple[Callable[[str], Iterator[Found]], ...] = (
    _emails,
    _accounts,
    _national_ids,
    _numbers,
    _bank_accounts,
    _phones,
    _line_ids,
    _plates,
    _ips,
    _addresses,
)
"""In the order in which they take their part of a text: what comes first keeps it."""


_ROUNDS = 4
_BLANK = "\N{CURRENCY SIGN}"


def find_identifiers(clean: str) -> list[Found]:
    """Return what is personal and is no name, in a text with plain digits, dashes and spaces; of two that meet, the surer stays.

    What is found is blanked and the rest looked at again, for a number that is written on to an address is seen only then.
    """
    kept: list[Found] = []
    rest = clean
    for _ in range(_ROUNDS):
        new = _one_round(rest)
        if not new:
            break
        kept += new
        letters = list(rest)
        for found in new:
            letters[found.start : found.end] = _BLANK * (found.end - found.start)
        rest = "".join(letters)
    return sorted(kept, key=lambda found: found.start)


def _one_round(clean: str) -> list[Found]:
    taken = bytearray(len(clean))
    kept: list[Found] = []
    for finder in _FINDERS:
        for found in finder(clean):
            inside = clean[found.start : found.end]
            if inside and _BLANK not in inside and not any(taken[found.start : found.end]):
                taken[found.start : found.end] = b"\1" * len(inside)
                kept.append(found)
    return kept


def _found(match: re.Match[str], kind: str, key: str) -> Found:
    text = match[0]
    return Found(match.start() + len(text) - len(text.lstrip()), match.start() + len(text.rstrip()), kind, key)


def _only_digits(text: str) -> str:
    return "".join(_DIGITS.findall(text))
