"""A chat in Facebook's export (Messenger): ``messages`` with ``sender_name, timestamp_ms, content``, a day of which is a thread."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator
from datetime import datetime
from pathlib import PurePosixPath
from typing import Any

from minecop.archive.models import Account, Post
from minecop.archive.readers.days import Message, day_threads, tell_left_out
from minecop.archive.readers.facebookvalues import Texts, moment_of
from minecop.archive.readers.linewords import doing
from minecop.archive.sources import Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

_LONG_AGO = datetime.min.replace(tzinfo=BANGKOK)
_THINGS = {
    "sticker": "stickers", "photos": "photos", "gifs": "photos", "videos": "videos", "audio_files": "voice", "files": "files",
    "call_duration": "calls", "media": "photos", "share": "notices",
}  # fmt: skip
_REACTED = re.compile(
    r"(?:\S.{0,60} )?[Rr]eacted \S{1,12} to (?:your|a|their) message\.?|(?:ได้)?แสดงความรู้สึก\s?\S{1,12}\s?(?:ต่อ|กับ|ใน)ข้อความ(?:ของคุณ)?"
)
_APP_SAYS = re.compile(
    r"(?:ได้)?(?:sent (?:an attachment|a (?:photo|video|voice message|sticker|link|GIF|live location))|ส่ง(?:ไฟล์แนบ|รูปภาพ|สติกเกอร์|วิดีโอ|ลิงก์)|"
    r"created the group|สร้างกลุ่ม|(?:named the group|ตั้งชื่อกลุ่ม(?:เป็น|ว่า)).{0,100}|changed the (?:theme|group photo).{0,100}|"
    r"เปลี่ยน(?:ธีม|รูปกลุ่ม|รูปภาพกลุ่ม).{0,40}|missed your call|called you|โทรหาคุณ|set (?:the|your|his|her) (?:nickname|emoji).{0,100}|"
    r"ตั้ง(?:ชื่อเล่น|ฉายา|อิโมจิ)ให้.{0,100})\.?"
)
"""What the app writes after the name of whoever did it."""


def read_chat(data: dict[str, Any], source: Source, texts: Texts, account: Account) -> Iterator[Post]:
    """Yield the days of a Messenger chat; the file holds it from new to old.

    Parameters
    ----------
    data
        The whole file: ``participants, messages, title, thread_path``.
    source
        Where it was read.
    texts
        Takes the strings.
    account
        Gets what was left out.

    Raises
    ------
    InputError
        When there is no message in it.
    """
    left_out: Counter[str] = Counter()
    said: list[Message] = []
    for number, record in reversed(list(enumerate(data["messages"], 1))):
        if not isinstance(record, dict):
            account.add("refused", f"{source.name}:{number}", "not_an_object")
            continue
        text = texts.of(record.get("content")) or texts.of(record.get("text"))
        sender = texts.of(record.get("sender_name")) or texts.of(record.get("senderName"))
        if kind := _kind(record, sender, text):
            left_out[kind] += 1
            continue
        sent = moment_of(record.get("timestamp_ms", record.get("timestamp")))
        said.append(Message(sent.date().isoformat() if sent else "undated", sender, sent, text or ""))
    if not said and not left_out:
        raise InputError("chat_without_messages")
    said.sort(key=lambda message: message.sent or _LONG_AGO)
    if undated := sum(message.sent is None for message in said):
        account.add("warning", source.name, "chat_without_date", count=undated)
    tell_left_out(left_out, source.name, account)
    path = texts.of(data.get("thread_path")) or ""
    yield from day_threads(said, PurePosixPath(path).name or source.stem, source.name, _group(data, texts))


def _kind(record: dict[str, Any], sender: str | None, text: str | None) -> str | None:
    """Return what a message is, if it is nobody's words."""
    if record.get("is_unsent") is True or record.get("isUnsent") is True:
        return "unsent"
    if record.get("type") in {"Call", "call"} or "call_duration" in record:
        return "calls"
    if record.get("type") in {"Subscribe", "Unsubscribe"}:
        return "members"
    if text is None:
        return next((kind for field, kind in _THINGS.items() if record.get(field)), "empty")
    if _REACTED.fullmatch(text):
        return "notices"
    # The app's sentences begin with the sender's name, people's own do not.
    name = next((name for name in (sender, "You", "คุณ") if name and text.startswith(name)), None)
    if name is None:
        return None
    rest = text.removeprefix(name).strip()
    return "notices" if _APP_SAYS.fullmatch(rest) else doing(rest)


def _group(data: dict[str, Any], texts: Texts) -> tuple[str, ...]:
    """Return the name of a group chat; a chat of two is named after the other one, who is no group."""
    people = data.get("participants")
    several = isinstance(people, list) and len(people) > 2
    name = texts.of(data.get("title")) or re.sub(r"_\d+$", "", texts.of(data.get("threadName")) or "")
    return (name,) if name and (several or data.get("thread_type") == "RegularGroup") else ()
