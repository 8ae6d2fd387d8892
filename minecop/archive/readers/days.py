"""Talk in a chat as threads: what was said on one day is one thread.

A chat has no posts. Its days come nearest: people take a matter up, answer it, and the next morning begins with something else. The post
of a day is its first message of substance, the other messages are its comments in the order in which they were sent.
"""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import datetime

from minecop.archive.models import Account, Comment, Post

_KINDS = ("stickers", "photos", "videos", "files", "voice", "places", "calls", "unsent", "members", "notices", "empty")
"""Kinds of what a chat writes down beside people's words, in the order in which the account tells them."""

_COURTESY = re.compile(
    r"https?://\S+|(?:สวัสดี|หวัดดี|ดีจ้า|อรุณสวัสดิ์|ราตรีสวัสดิ์)\S*|ขอบ(?:พระ)?คุณ\S*|ขอให้มีความสุข\S*|รับทราบ\S*|สุขสันต์\S*|"
    r"นะ?(?:ครับ|คับ|คะ|ค่ะ)|ครับผม|ครับ|คับ|ค่ะ|คะ|จ้า|จ้ะ|โอเค|\b(?:good morning|thanks?|thank you|ok)\b",
    re.IGNORECASE,
)
_LETTER = re.compile(r"[^\W\d_]")
_SUBSTANCE = 20
"""Letters that are left of a message of substance without greetings, thanks, particles and addresses of pages."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a chat.

    Attributes
    ----------
    day
        What its thread is called: its date (``2021-06-14``), or its place in the file where no date is known.
    sender
        Name as the chat shows it; ``None`` where it shows none.
    sent
        When; ``None`` where no date is known.
    text
        What was written.
    """

    day: str
    sender: str | None
    sent: datetime | None
    text: str


def day_threads(messages: Iterable[Message], stem: str, name: str, communities: tuple[str, ...] = ()) -> Iterator[Post]:
    """Yield a thread for every day, in the order of the days' first messages.

    Parameters
    ----------
    messages
        In the order in which they were sent.
    stem
        What the ids begin with: ``stem-2021-06-14``.
    name
        Name of the source, for the account.
    communities
        Name of the group, where the chat states one.
    """
    days: dict[str, list[Message]] = {}
    for message in messages:
        days.setdefault(message.day, []).append(message)
    for day, talk in days.items():
        head = next((place for place, message in enumerate(talk) if _has_substance(message.text)), 0)
        first = talk.pop(head)
        yield Post(
            id=f"{stem}-{day}",
            body=first.text,
            author_id=first.sender,
            author_name=first.sender,
            communities=communities,
            published=first.sent,
            comments=tuple(
                Comment(
                    position=position,
                    body=message.text,
                    author_id=message.sender,
                    author_name=message.sender,
                    published=message.sent,
                )
                for position, message in enumerate(talk, 1)
            ),
            source=f"{name}:{day}",
        )


def _has_substance(text: str) -> bool:
    return len(_LETTER.findall(_COURTESY.sub("", text))) >= _SUBSTANCE


def tell_left_out(left_out: Counter[str], name: str, account: Account) -> None:
    """Write one account line for every kind of thing in a chat that is nobody's words and was left out.

    Parameters
    ----------
    left_out
        How many there were by kind: stickers, photos, videos, files, voice, places, calls, unsent, members, notices, empty.
    name
        Name of the source.
    account
        Gets the lines.
    """
    for kind in _KINDS:
        if left_out[kind]:
            account.add("warning", name, f"chat_{kind}", count=left_out[kind])
