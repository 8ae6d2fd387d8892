"""Names of classes and ids, addresses and words by which pages of the GotoKnow engine, of any year, show what is what.

Names are compared in small letters with dashes: ``commentBody`` and ``comment_body`` are ``comment-body``.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import lru_cache

# ---- classes and ids

_SITE = re.compile(
    r"(?:(?:left|right|blog|page|site|my|the|main)-)?(?:side-?bar|side|nav|navi|navigation|navbar|menu|footer|foot|header|head|banner|topbar|toolbar)"
    r"(?:-\d+|-(?:left|right|box|wrapper|inner|content|area))?|tabs|widgets?|(?:box-)?(?:recent|latest|related|popular|other)(?:-[a-z-]+)?"
    r"|[a-z-]+-(?:recent|latest|related)|tag-?cloud|calendar|blogroll|archives?(?:-list)?|ads?|advert[a-z]*|sponsors?|log-?in(?:-[a-z]+)?"
    r"|user-?(?:menu|bar|panel)|search(?:-[a-z]+)?|copyright|credits?|wm-ipp(?:-[a-z]+)?"
)
_OWNER = re.compile(
    r"author-?(?:box|card|info|profile|panel)|owner(?:-[a-z]+)?|blog-?owner|profile(?:-[a-z]+)?|about(?:-[a-z]+)?"
)
_SMALL = re.compile(
    r"(?:social|sns|addthis|sharethis|share)(?:-[a-z0-9-]+)?|[a-z]+-(?:share|sharing|social)|sharing|(?:like|flower|dokmai|fan)s?(?:-[a-z]+)?"
    r"|likers?|votes?|ratings?|(?:comment-)?(?:actions?|tools?|buttons?|controls?|ops)|pagination|pager|paginate|will-paginate"
    r"|(?:comment|reply|new-comment|add-comment)-?form|new-comment|add-comment|prev-?next|next-?prev|post-?nav(?:igation)?|skip-link|cookies?"
)
_STRONG_BODY = re.compile(
    r"(?:post|entry|article|note|record|blog|story|journal)-?(?:body|contents?|text|details?|message|story)"
    r"|articlebody|story|e-content|content-body|body-content"
)
_WEAK_BODY = re.compile(r"body|contents?|text|details?|message|post|entry|article|note|record|main-?text|hentry")
_TITLE = re.compile(r"(?:(?:post|entry|article|note|record|story|journal)-?)?(?:title|subject|headline|topic)|p-name")
_BLURB = re.compile(
    r"(?:post-|entry-|article-)?(?:blurb|excerpt|lead|summary|intro|abstract|pull-?quote|teaser|highlight)"
)
_THREAD = re.compile(
    r"comments|(?:comments?|replies|opinions?)-?(?:list|area|box|section|wrapper|wrap|block|thread|container|all)"
    r"|(?:post|blog|all|list|entry)-?comments|commentlist|thread|replies"
)
_ITEM = re.compile(
    r"(?:li-|single-|one-|media-)?(?:comment|reply|opinion)(?:-?(?:item|row|entry|single|unit|post|node|odd|even|wrap|box|block|media))?"
)
_MESSAGE = re.compile(r"(?:(?:comment|reply|opinion|c)-?)?(?:body|contents?|text|details?|message|msg)|entry-content")
_NAME = re.compile(
    r"(?:(?:comment|post|entry|by)-?)?"
    r"(?:author|commenter|by|byline|posted-by|poster|writer|user|username|user-name|name|nick|nickname|owner)(?:-name)?|fn|vcard"
)
_DATE = re.compile(r"[a-z-]*(?:date|time|ago|created(?:-at)?|published|updated|modified|posted-on)")
NUMBERED = re.compile(r"(?:(?:li|div|row|tr)[-_])?(?:comment|reply|opinion|cm|c)[-_]?([0-9]{1,12})", re.IGNORECASE)
TITLE_QUERY = (
    "h1,h2,h3,h4,[class*=title i],[class*=subject],[class*=headline],[class*=topic],[id*=title i],[itemprop=headline]"
)

_KINDS = {
    "site": _SITE, "owner": _OWNER, "small": _SMALL, "body": _STRONG_BODY, "weak": _WEAK_BODY, "title": _TITLE,
    "blurb": _BLURB, "thread": _THREAD, "item": _ITEM, "message": _MESSAGE, "name": _NAME, "date": _DATE,
}  # fmt: skip
_COUNTED = re.compile(r".*\d{3}")


@lru_cache(maxsize=10_000)
def kinds_of(token: str) -> frozenset[str]:
    """Return what a name in a class or id may stand for. One that ends in a number is an element's own, and stands for nothing."""
    if len(token) > 40 or _COUNTED.fullmatch(token):
        return frozenset()
    return frozenset(kind for kind, pattern in _KINDS.items() if pattern.fullmatch(token))


def kinds_in(tokens: Iterable[str]) -> set[str]:
    """Return all that the names in an element's class and id may stand for."""
    return {kind for token in tokens for kind in kinds_of(token)}


# ---- addresses

HOST = re.compile(
    r"https?://(?:(?:[\w-]+\.)*(?:gotoknow\.org|learners\.in\.th|l3nr\.org|researchers\.in\.th)|share\.psu\.ac\.th)(?::\d+)?(?=[/?#]|$)",
    re.IGNORECASE,
)

PERSON = re.compile(r"/(?:profile|users?|u)/([^/?#]+)")
NO_PERSONS = {"new", "edit", "login", "logout", "show", "list", "index", "search"}
TAG = re.compile(r"/(?:tags?|keywords?)/[^/?#]+")
COMMUNITY = re.compile(r"/(?:community|communities)/[^/?#]+")
BLOG = re.compile(r"/blog/([^/?#]+)/?(?:[?#]|$)")
POST_PATH = re.compile(r"/(?:posts?|blog/(?P<blog>[^/?#]+)|archive(?:/\d+){3,6})/e?(?P<number>\d{1,12})(?=[/?#.-]|$)")
COMMENT = re.compile(r"(?:/comments/|#(?:li-)?(?:(?:comment|c|cm)[-_]?)?)(\d{1,12})(?=[/?#]|$)")

# ---- words

THREAD_HEADING = re.compile(
    r"\W*(?:(?:มี\s*)?(?P<before>\d{1,6})\s*ความ(?:คิด)?เห็น|(?:มี\s*)?ความ(?:คิด)?เห็น(?:ทั้งหมด|จากผู้อ่าน|จากสมาชิก)?\s*:?\s*"
    r"(?:[(\[]?\s*(?P<after>\d{1,6})\s*[)\]]?\s*(?:รายการ|ความเห็น|ข้อความ)?)?)\s*:?\s*"
)
SITE_NAME = re.compile(
    r"(?:www\.)?(?:gotoknow(?:\.org)?|learners(?:\.in\.th)?|l3nr(?:\.org)?|share\.psu(?:\.ac\.th)?|researchers(?:\.in\.th)?)",
    re.IGNORECASE,
)
BOX_LABEL = re.compile(
    r"(?:ความ(?:คิด)?เห็น|บันทึก|อนุทิน|สมาชิก|บล็อก|บล๊อก)\s*(?:ล่าสุด|มาใหม่|ใหม่ล่าสุด|ยอดนิยม|แนะนำ|ที่เกี่ยวข้อง|อื่น\s?ๆ?|ก่อนหน้านี้)(?:\s?(?:ของ|ใน).{1,30})?"
    r"|(?:คำสำคัญ|ป้าย|แท็ก)(?:ยอดนิยม|ทั้งหมด)|คลังบันทึก.{0,15}|สารบัญ(?:บันทึก|บล็อก)|ผู้ติดตาม|กำลังติดตาม|อ่านมากที่สุด|(?:ผู้|คน)ที่?(?:ชอบ|ให้ดอกไม้).{0,10}"
    r"|เกี่ยวกับ(?:ผู้เขียน|บล็อก|เจ้าของ.{0,10})|เจ้าของ(?:บล็อก|บันทึก)|(?:เพิ่ม|แสดง|เขียน|ร่วมแสดง|ส่ง)ความ(?:คิด)?เห็น.{0,15}"
    r"|recent\s.{1,20}|related\s.{1,20}|tag\s?cloud|blogroll",
    re.IGNORECASE,
)
OWNER_LABEL = re.compile(r"เกี่ยวกับ(?:ผู้เขียน|เจ้าของ.{0,10})|เจ้าของ(?:บล็อก|บันทึก)")
POST_LABEL = re.compile(r"หมายเลขบันทึก|^\s*สร้าง(?:เมื่อ)?\s*:")
