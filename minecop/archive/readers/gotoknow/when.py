"""How pages of the engine write when something was written."""

from __future__ import annotations

import re

_CLOCK = r"(?:\s*(?:[@,|·-]|เวลา|at)?\s*\d{1,2}[:.]\d{2}(?:[:.]\d{2})?(?:\s*(?:น\.?(?![ก-๙])|[ap]m\b))?)?"
_WEEKDAY = r"(?:(?:วัน)?(?:จันทร์|อังคาร|พุธ|พฤหัสบดี|พฤหัสฯ?|ศุกร์|เสาร์|อาทิตย์)(?:ที่)?\s*|(?:พฤ|อา|[จอพศส])\.\s*|วันที่\s*)?"
_THAI = rf"\d{{1,2}}\s*[ก-๙]{{1,3}}\.?\s?[ก-๙]{{1,12}}\.?\s*(?:พ\.?\s?ศ\.?|ค\.?\s?ศ\.?)?\s*\d{{2,4}}{_CLOCK}"
_ISO = r"\d{4}-\d{2}-\d{2}(?:[T ]\d{2}:\d{2}(?::\d{2})?(?:\s*(?:Z|UTC|[+-]\d{2}:?\d{2}))?)?"
_NUMBERS = rf"\d{{1,2}}[/-]\d{{1,2}}[/-]\d{{2,4}}{_CLOCK}"
_ENGLISH = (
    r"(?:(?:Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*,?\s+)?(?:\d{1,2}\s+[A-Z][a-z]{2,8}|[A-Z][a-z]{2,8}\s+\d{1,2}),?"
    rf"(?:\s+\d{{2}}:\d{{2}}:\d{{2}}(?:\s+(?:[A-Z]{{3,4}}|[+-]\d{{4}}))?)?\s+\d{{4}}{_CLOCK}"
)
_AGO = (
    r"(?:ประมาณ|เกือบ|กว่า|about|over|almost)?\s*\d{1,3}\s*"
    r"(?:วินาที|นาที|ชั่วโมง|วัน|สัปดาห์|เดือน|ปี|minutes?|hours?|days?|months?|years?)\s*(?:ที่แล้ว|ที่ผ่านมา|ก่อน|ago)"
)
_WHEN = rf"{_WEEKDAY}(?:{_THAI}|{_ISO}|{_NUMBERS}|{_ENGLISH}|{_AGO})"

MOMENT = re.compile(_WHEN)
"""A date, a time, or how long ago."""

WRITTEN = re.compile(
    r"(?:(?:เขียน|โพสต์|ตอบ|ส่ง|บันทึก|เผยแพร่|แสดงความ(?:คิด)?เห็น|สร้าง)?\s*เมื่อ(?!วาน|เช้า|ก่อน|คืน|กี้|ไหร่|ไร)(?:วันที่)?"
    r"|สร้าง(?=\s*:)|วันที่(?:เขียน)?(?=\s*:)|(?:Posted|Written)\s(?:on|at))"
    rf"\s*:?\s*(?P<when>{_WHEN})?(?:\s*\(\s*\))?"
)
"""The word for when something was written, with the moment where it stands there."""

EDITED = re.compile(
    r"(?:แก้ไข(?:ล่าสุด)?(?:เมื่อ)?(?=\s*:|\s*\(\s*\)|\s*\d|\s*[จอพศสวๆ]|\s*$)|แก้ไขเมื่อ|Updated\son)"
    rf"\s*:?\s*(?P<when>{_WHEN})?(?:\s*\(\s*\))?"
)
"""The word for when something was changed, with the moment where it stands there."""

NO_VALUE = re.compile(r"\s*(?:$|[|·\[(#—-]|\d{3,}\s*\[)")
"""What may follow the word for a moment that a script would have filled in."""
