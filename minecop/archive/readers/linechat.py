"""A chat as LINE exports it to a text file: a header, a line for every date, a line for every message.

What differs by app, language and version: ``HH:MM``, TAB, name, TAB, text (phones) or the same with spaces and no header (PC); 24 or 12
hours; ``2021/06/14(จ.)``, ``ศ. 28/11/2568``, ``Mon, 06/14/2021``, ``2021.06.14 วันจันทร์``; Buddhist or Gregorian years. A message of
several lines stands in quotation marks (phones) or simply goes on (PC). Things that are nobody's words (stickers, calls, who joined) are
counted and left out.

One day is one thread (see ``days``). Where only spaces part name and words, names are what comes back at the head of messages.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time

from minecop.archive.decoding import decode
from minecop.archive.models import Account, Post
from minecop.archive.readers.days import Message, day_threads, tell_left_out
from minecop.archive.readers.linedates import (
    date_line,
    day_comes_first,
    find_dates,
    is_saved_line,
    message_line,
    time_of,
)
from minecop.archive.readers.linewords import (
    doing,
    doing_of_somebody,
    learn_names,
    may_be_name,
    split_name,
    thing,
    without_name,
)
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

_HEADER = re.compile(
    r"\s*\[LINE\]\s*(?:ประวัติการ(?:แชท|สนทนา)|แชท|Chat(?: history)?)\s*"
    r"(?P<how>ในกลุ่ม|ในห้อง(?:แชท)?|ใน|กับ|in|with)\s*:?\s*(?P<name>\S.*)",
    re.IGNORECASE,
)
_FILE_NAME = re.compile(r"\[LINE\]\s*(?:Chat with\s|แชทกับ\s)?\s*(?P<name>\S.*?)(?:\s*\(\d+\))?", re.IGNORECASE)
_HEAD_LINES = 5
_LONGEST_STEM = 300
_NOTE = re.compile(r"\[(?:โน้ต|Notes?)\]\s*(?=\S)", re.IGNORECASE)
_NAMELESS = {"unknown", "(unknown)", "ไม่ทราบชื่อ", "ไม่รู้จัก", "ไม่มีสมาชิก"}


def accepts(head: bytes) -> bool:
    """Tell whether a text file is a LINE chat: by its header, or by a date line and a message where it has none.

    A diary may begin with a date and a time too; a date with its weekday behind it, or two tabs in the message, only LINE writes.
    """
    lines = [line for line in decode(head)[0].lstrip("\ufeff").splitlines() if line.strip()][:2]
    if not lines or _HEADER.match(lines[0]):
        return bool(lines)
    day, message = date_line(lines[0]), message_line(lines[-1])
    if day is None or message is None:
        return False
    year_first, _, weekday = day.shape
    return (year_first and weekday) or (message["mark"] == "\t" and "\t" in message["rest"])


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the days of a LINE chat, each as a thread."""
    lines = source.text(account).lstrip("\ufeff").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    parsed = [message_line(line) for line in lines]
    tabs = sum(found is not None and found["mark"] == "\t" for found in parsed)
    spaced = tabs * 2 < sum(found is not None for found in parsed)
    messages = [found if found and spaced == (found["mark"] != "\t") else None for found in parsed]
    talk = _Talk(spaced)
    talk.gather(lines, messages, _days(lines, messages, source.name, account))
    said = list(talk.said())
    if not said and not talk.left_out:
        raise InputError("chat_without_messages")
    if spaced and said:
        account.add("guessed", source.name, "chat_names_guessed", count=len({m.sender for m in said} - {None}))
    if undated := sum(message.sent is None for message in said):
        account.add("warning", source.name, "chat_without_date", count=undated)
    if talk.stray:
        account.add("warning", source.name, "chat_lines_not_read", count=talk.stray)
    tell_left_out(talk.left_out, source.name, account)
    communities = _communities(lines[0], said, source, account)
    # Two members may export the talk of one group: its days are then known by its name, not by that of the file.
    yield from day_threads(said, communities[0] if communities else source.stem, source.name, communities)


def _days(
    lines: Sequence[str], messages: Sequence[re.Match[str] | None], name: str, account: Account
) -> dict[int, date | None]:
    """Return what day begins at which line; ``None`` where a date line cannot be read."""
    found = find_dates(lines, [message is not None for message in messages])
    day_first, sure = day_comes_first(list(found.values()), lines[:_HEAD_LINES])
    if not sure:
        account.add("guessed", name, "date_order_guessed", line=lines[next(iter(found))].strip())
    days: dict[int, date | None] = {}
    for place, line in found.items():
        days[place] = line.on(day_first=day_first) or line.on(day_first=not day_first)
        if days[place] is None:
            account.add("warning", f"{name}:{place + 1}", "chat_date_not_read", line=lines[place].strip())
    return days


@dataclass(slots=True)
class _Raw:
    """A message as it is put together from its lines."""

    day: str
    on: date | None
    at: time
    sender: str | None
    lines: list[str]
    quoted: bool = False


class _Talk:
    """What was said, and what else a file holds, gathered line by line."""

    def __init__(self, spaced: bool) -> None:
        self.spaced = spaced
        self.left_out: Counter[str] = Counter()
        self.stray = 0
        self._raw: list[_Raw] = []
        self._names: set[str] = set()

    def gather(
        self, lines: Sequence[str], messages: Sequence[re.Match[str] | None], days: Mapping[int, date | None]
    ) -> None:
        """Put messages together from their lines."""
        limits: dict[int, time] = {}
        if self.spaced:
            rests = (found["rest"] for found in messages if found)
            self._names = learn_names(rest for rest in rests if not doing_of_somebody(rest))
            limits = self._times_after_strangers(messages, days)
        day, on = "line-1", None
        for place, line in enumerate(lines):
            found = messages[place]
            last = self._raw[-1] if self._raw and self._raw[-1].day == day else None
            if place in days:
                on = days[place]
                day = on.isoformat() if on else f"line-{place + 1}"
            elif found and (raw := self._begin(found, day, on, last, limits.get(place, time.max))):
                self._raw.append(raw)
            elif last is not None:
                last.lines.append(line)
                last.quoted ^= bool(line.count('"') % 2)
            elif line.strip() and not (place < _HEAD_LINES and (_HEADER.match(line) or is_saved_line(line))):
                self.stray += 1

    def _begin(self, found: re.Match[str], day: str, on: date | None, last: _Raw | None, limit: time) -> _Raw | None:
        """Return the message that a line begins, or ``None`` if it only looks like one."""
        at = time_of(found)
        if self.spaced:
            return self._begin_spaced(found["rest"].strip(), _Raw(day, on, at, None, []), last, limit)
        sender, tab, text = found["rest"].partition("\t")
        if tab:
            return _Raw(day, on, at, sender.strip() or None, [text], text.startswith('"') and text.count('"') % 2 == 1)
        # A time and one more column: what LINE says, or a line of a table inside a message of several lines.
        return None if last and last.quoted and not doing_of_somebody(sender) else _Raw(day, on, at, None, [sender])

    def _begin_spaced(self, rest: str, raw: _Raw, last: _Raw | None, limit: time) -> _Raw | None:
        sender, text = split_name(rest, self._names)
        if sender is None and not doing_of_somebody(rest):
            # A first word that never comes back is a name only where its time fits between its neighbours'; else the line is one
            # of an agenda that somebody wrote ("09:00 ลงทะเบียน").
            if not may_be_name(rest) or not (last.at if last else time.min) <= raw.at <= limit:
                return None
            sender, _, text = rest.partition(" ")
            if not text.strip():
                return None
        raw.sender, raw.lines = sender, [text.lstrip()]
        return raw

    def _times_after_strangers(
        self, messages: Sequence[re.Match[str] | None], days: Mapping[int, date | None]
    ) -> dict[int, time]:
        """Return for lines without a known name the time of that day's next message that has one."""
        limits: dict[int, time] = {}
        limit: time | None = None
        for place in range(len(messages) - 1, -1, -1):
            found = messages[place]
            if place in days:
                limit = None
            elif found and split_name(found["rest"], self._names)[0] is not None:
                limit = time_of(found)
            elif found and limit is not None:
                limits[place] = limit
        return limits

    def said(self) -> Iterator[Message]:
        """Yield what people wrote; count the rest."""
        names = {raw.sender for raw in self._raw if raw.sender}
        for raw in self._raw:
            text = "\n".join(raw.lines).rstrip()
            if not self.spaced:
                text = _unquoted(text)
            if kind := self._kind(raw, text.strip(), names):
                self.left_out[kind] += 1
                continue
            sender = None if raw.sender and raw.sender.lower() in _NAMELESS else raw.sender
            sent = datetime.combine(raw.on, raw.at, BANGKOK) if raw.on else None
            yield Message(raw.day, sender, sent, _NOTE.sub("", text, count=1) if text.startswith("[") else text)

    def _kind(self, raw: _Raw, text: str, names: set[str]) -> str | None:
        """Return what a message is, if it is nobody's words."""
        if raw.sender is None:
            return doing_of_somebody(text) or thing(text, bare=True) or "notices"
        return thing(text, bare=self.spaced) or doing(without_name(text, names)) if text else "empty"


def _unquoted(text: str) -> str:
    """Return a message of several lines without the quotation marks that the export puts around it."""
    if "\n" in text and text[0] == text[-1] == '"':
        return text[1:-1].replace('""', '"').strip("\n")
    return text


def _communities(first: str, said: Sequence[Message], source: Source, account: Account) -> tuple[str, ...]:
    """Return the name of the group; ``กับ`` and ``with`` may also name the other one of two people, who is no group."""
    header = _HEADER.match(first)
    named = header or _FILE_NAME.fullmatch(source.stem[:_LONGEST_STEM])
    name = named["name"].strip().strip("\"“”'‘’«»").strip() if named else ""
    sure = header is not None and header["how"].lower() not in {"กับ", "with"}
    senders = {message.sender for message in said if message.sender}
    if not name or (not sure and (name in senders or len(senders) <= 2)):
        return ()
    if header is None:
        account.add("guessed", source.name, "chat_name_from_file", name=name)
    return (name,)
