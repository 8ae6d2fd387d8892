"""Words of the site that stand beside what people wrote, and are taken off it."""

from __future__ import annotations

import re

from minecop.archive.readers.gotoknow.marked import MarkedPage

NO_COMMENT = re.compile(r"\W*(?:ยัง)?ไม่มี(?:ผู้แสดง)?ความ(?:คิด)?เห็น\W*")
MORE = re.compile(r"\W*(?:มีต่อ|อ่านต่อ|อ่านทั้งหมด|อ่านบันทึก(?:ฉบับ)?เต็ม|read more|more)\W*", re.IGNORECASE)

_STAMP = re.compile(
    r"\W*(?:บันทึก|ความ(?:คิด)?เห็น)นี้เขียนที่\s*(?:www\.)?(?:GotoK|Learners|L3nr|Share|Researchers)", re.IGNORECASE
)
_FORM = (
    r"(?:เพิ่ม|แสดง|เขียน|ร่วมแสดง|ส่ง)ความ(?:คิด)?เห็น(?:ใหม่|ของ(?:คุณ|ท่าน))?\W*$"
    r"|(?:กรุณา|โปรด)?\s*(?:เข้าสู่ระบบ|เข้าระบบ|ล็อกอิน)\s*(?:เพื่อ|ก่อน)(?:แสดง|เขียน|ให้)?ความ(?:คิด)?เห็น"
)
_PAGER = (
    r"(?:ดู|อ่าน)ความ(?:คิด)?เห็น(?:ทั้งหมด|ก่อนหน้า|ถัดไป|เพิ่มเติม).{0,20}$"
    r"|(?:ก่อนหน้า|ถัดไป|หน้าแรก|หน้าสุดท้าย|Previous|Next)(?:\s*(?:[|·»›]|>>|\d+|…|ก่อนหน้า|ถัดไป|Next))*\s*$"
)
_FOOTER = (
    r"พบปัญหาการใช้งานกรุณาแจ้ง|ClassStart(?:\s*Books)?\s*$|ระบบจัดการการเรียนการสอนผ่านอินเทอร์เน็ต|สงวนสิทธิ์ทุกประการ|สงวนลิขสิทธิ์|หน้าแรก\s*\|"
    r"|(?:©|Copyright\b)\W*(?:\d{4}|GotoKnow)|.{0,200}\bPowered by\b"
)
_CHROME = re.compile(rf"\W*(?:{_FORM}|{_PAGER}|{_FOOTER})", re.IGNORECASE)
_LONGEST_FOOTER = 600
_LONGEST_FOOTER_LINE = 120


def is_chrome(line: str) -> bool:
    """Tell whether a line begins as one of the site's footer, comment form or pager does."""
    return len(line) <= _LONGEST_FOOTER and _CHROME.match(re.sub(r"\s+", " ", line)) is not None


def tidy(text: str, page: MarkedPage) -> str:
    """Return a text without marks, the site's stamp, and blank lines before and after it."""
    lines = [page.bare(line) for line in page.lines(text)]
    while lines and (not lines[-1].strip(" \t|") or _STAMP.match(lines[-1])):
        lines.pop()
    while lines and not lines[0].strip(" \t|"):
        lines.pop(0)
    return re.sub(r"\n{3,}", "\n\n", "\n".join(line.rstrip(" ") for line in lines)).strip(" ")


def cut_chrome(text: str, page: MarkedPage) -> str:
    """Return a text up to the first line of the site's footer or comment form; what a long text follows is no footer."""
    lines = text.split("\n")
    left = 0
    end = len(lines)
    for n in range(len(lines) - 1, -1, -1):
        bare = page.bare(lines[n])
        left += len(bare.strip())
        if is_chrome(bare):
            end = n
        elif len(bare) > _LONGEST_FOOTER_LINE or left > _LONGEST_FOOTER:
            break
    return "\n".join(lines[:end])
