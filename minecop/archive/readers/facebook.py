"""What Facebook hands out under "Download your information" as JSON: posts, comments, and Messenger chats.

- Posts: a list of ``{"timestamp", "data": [{"post"}], "attachments", "title"}``, alone or under ``group_posts_v2``, ``posts``; in later
  exports ``{"timestamp", "label_values": [{"label", "value"}], "fbid"}``. ``title`` is Facebook's sentence ("A posted in B."): author and
  group come from it, marked as guessed.
- Comments: ``comments_v2``, ``group_comments_v2``, ``comments`` with ``data[].comment`` of ``{"comment", "author", "group", "timestamp"}``.
  The export holds what one person wrote: the posts that they answer are not in it, nor any id of them. Comments of one day with the same
  group and the same sentence ("A commented on B's post.") become one thread whose post is empty: more than that would be made up.
- Messenger: ``messages`` with ``sender_name, timestamp_ms, content``; a day is a thread (see ``days``).

Strings are UTF-8 bytes written as if they were Latin-1 (``"\\u00e0\\u00b8\\u0081"`` for ``ก``); they are mended one by one.
"""

from __future__ import annotations

import codecs
import json
import re
from collections.abc import Iterator
from dataclasses import dataclass, replace
from datetime import datetime
from typing import Any

from minecop.archive.models import Account, Comment, Post
from minecop.archive.readers.facebookvalues import Texts, dicts_in, moment_of
from minecop.archive.readers.messenger import read_chat
from minecop.archive.sources import Options, Source
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError

_RECORD = rb'"data"\s*:\s*\[\s*\{\s*"(?:post|comment|update_timestamp|media|external_context|note)"\s*:'
_TIMESTAMP = rb'"timestamp"\s*:\s*\d{9,10}\b'
_SIGNS = [
    (
        re.compile(
            rb'\{\s*"(?:comments_v2|group_comments_v2|group_posts_v2|group_posts|posts_v2|status_updates)"\s*:\s*[\[{]'
        ),
    ),
    (re.compile(_TIMESTAMP), re.compile(_RECORD)),
    (re.compile(_TIMESTAMP), re.compile(rb'"label_values"\s*:\s*\[')),
    (
        re.compile(rb'"participants"\s*:\s*\['),
        re.compile(rb'"messages"\s*:\s*\['),
        re.compile(rb'"(?:sender_name|senderName)"\s*:'),
    ),
]
"""Fields that together only exports of Facebook's have."""

_TEXT_LABELS = {"message", "text", "post", "comment", "ข้อความ", "โพสต์", "ความคิดเห็น", "เนื้อหา", "description", "คำอธิบาย"}
_VERBS = (
    r"(?:posted|updated|added|shared|wrote|was|is|created|uploaded|commented|replied|"
    r"(?:ได้)?(?:โพสต์|อัพเดต|อัปเดต|เพิ่ม|แชร์|แบ่งปัน|เขียน|สร้าง|แสดงความคิดเห็น|ตอบกลับ|อยู่ที่|รู้สึก))"
)
_SENTENCE = re.compile(rf"(?P<name>\S.{{0,80}}?)\s+{_VERBS}")
_IN_GROUP = re.compile(r"(?:\bposted in|\bto the group:?|โพสต์(?:ลง)?ใน(?:กลุ่ม)?|ใน(?:กลุ่ม))\s+(?P<group>\S.{0,150}?)\.?$")
_LONGEST_SENTENCE = 300
_LONG_AGO = datetime.min.replace(tzinfo=BANGKOK)


def accepts(head: bytes) -> bool:
    """Tell whether a JSON file is an export of Facebook's, by the fields that only those have."""
    if head.removeprefix(codecs.BOM_UTF8).lstrip()[:1] not in {b"[", b"{"}:
        return False
    return any(all(sign.search(head) for sign in signs) for signs in _SIGNS)


def read(source: Source, options: Options, account: Account) -> Iterator[Post]:
    """Yield the posts, the threads of comments or the days of a chat in a JSON file of Facebook's."""
    try:
        data = json.loads(source.text(account))
    except (ValueError, RecursionError) as error:
        reason = error.msg if isinstance(error, json.JSONDecodeError) else type(error).__name__
        raise InputError("file_not_json", reason=reason) from error
    texts = Texts()
    if isinstance(data, dict) and isinstance(data.get("messages"), list):
        yield from read_chat(data, source, texts, account)
    else:
        yield from _Export(source, texts, account).posts(_records(data))
    if texts.mended:
        account.add("guessed", source.name, "mojibake_mended", count=texts.mended)
    if texts.broken:
        account.add("guessed", source.name, "broken_characters", field="-")


def _records(data: object) -> list[Any]:
    """Return the records of a file, whatever they stand under."""
    if isinstance(data, list):
        return data
    if not isinstance(data, dict):
        raise InputError("file_not_facebook")
    if "timestamp" in data:
        return [data]
    found: list[Any] = []
    for value in data.values():
        records = value.get("activity_log_data") if isinstance(value, dict) else value
        found += records if isinstance(records, list) else []
    return found


@dataclass(frozen=True, slots=True)
class _About:
    """What Facebook's own sentence says of a record."""

    author: str | None
    group: str | None


def _about(sentence: str | None) -> _About:
    text = (sentence or "").strip()[:_LONGEST_SENTENCE]
    name, group = _SENTENCE.match(text), _IN_GROUP.search(text)
    return _About(name["name"] if name else None, group["group"].strip() if group else None)


class _Export:
    """Posts and comments of one person's export."""

    def __init__(self, source: Source, texts: Texts, account: Account) -> None:
        self.source = source
        self.texts = texts
        self.account = account
        self._threads: dict[tuple[str | None, str | None, object], list[tuple[int, Comment]]] = {}
        self._authors_guessed = 0

    def posts(self, records: list[Any]) -> Iterator[Post]:
        """Yield the posts as they stand, then the threads of comments."""
        empty = 0
        for number, record in enumerate(records, 1):
            if not isinstance(record, dict):
                self.account.add("refused", f"{self.source.name}:{number}", "not_an_object")
                continue
            comments = [
                item["comment"] for item in dicts_in(record.get("data")) if isinstance(item.get("comment"), dict)
            ]
            if comments:
                empty += sum(not self._comment(comment, record, number) for comment in comments)
            elif (post := self._post(record, number)) is not None:
                yield post
            else:
                empty += 1
        yield from self._comment_threads()
        if empty:
            self.account.add("warning", self.source.name, "facebook_without_text", count=empty)
        if self._authors_guessed:
            self.account.add("guessed", self.source.name, "facebook_author_guessed", count=self._authors_guessed)

    def _post(self, record: dict[str, Any], number: int) -> Post | None:
        labels = {str(self.texts.of(item.get("label"))).lower(): item for item in dicts_in(record.get("label_values"))}
        title, body = None, self._words(record)
        for label, item in labels.items():
            if body is None and label in _TEXT_LABELS:
                body = self.texts.of(item.get("value"))
        if body is None:
            title, body = self._attached(record)
        if body is None:
            return None
        about = _about(self.texts.of(record.get("title")))
        self._authors_guessed += about.author is not None
        where = f"{self.source.name}:{number}"
        published = moment_of(record.get("timestamp"))
        if published is None:
            self.account.add("warning", where, "no_date")
        return Post(
            id=self.texts.of(record.get("fbid")) or f"{self.source.stem}-{number}",
            body=body,
            url=self.texts.of(labels.get("url", {}).get("value")),
            title=title,
            author_id=about.author,
            author_name=about.author,
            communities=(about.group,) if about.group else (),
            published=published,
            source=where,
        )

    def _words(self, record: dict[str, Any]) -> str | None:
        parts = [self.texts.of(item.get("post")) for item in dicts_in(record.get("data"))]
        return "\n\n".join(part for part in parts if part) or None

    def _attached(self, record: dict[str, Any]) -> tuple[str | None, str | None]:
        """Return title and text of a note, or what is written under the pictures; each text once."""
        title, parts = None, []
        for attachment in dicts_in(record.get("attachments")):
            for item in dicts_in(attachment.get("data")):
                note, media = item.get("note"), item.get("media")
                if isinstance(note, dict):
                    title = title or self.texts.of(note.get("title"))
                    parts.append(self.texts.of(note.get("text")))
                if isinstance(media, dict):
                    parts.append(self.texts.of(media.get("description")))
                parts.append(self.texts.of(item.get("text")))
        return title, "\n\n".join(dict.fromkeys(part for part in parts if part)) or None

    def _comment(self, values: dict[str, Any], record: dict[str, Any], number: int) -> bool:
        """Put a comment into its thread; tell whether there is one."""
        body = self.texts.of(values.get("comment"))
        if body is None:
            return False
        sentence = self.texts.of(record.get("title"))
        author = self.texts.of(values.get("author"))
        group = self.texts.of(values.get("group")) or _about(sentence).group
        sent = moment_of(values.get("timestamp")) or moment_of(record.get("timestamp"))
        if sent is None:
            self.account.add("warning", f"{self.source.name}:{number}", "no_date")
        # The sentence names whose post it is; a day keeps posts of the same person apart as far as can be.
        key = (group, sentence, sent.date() if sent else None)
        comment = Comment(position=1, body=body, author_id=author, author_name=author, published=sent)
        self._threads.setdefault(key, []).append((number, comment))
        return True

    def _comment_threads(self) -> Iterator[Post]:
        for (group, _, day), found in self._threads.items():
            number = found[0][0]
            comments = [comment for _, comment in found]
            if day is not None:
                comments.reverse()  # exports go from new to old
                comments.sort(key=lambda comment: comment.published or _LONG_AGO)
            yield Post(
                id=f"{self.source.stem}-{number}",
                body="",
                communities=(group,) if group else (),
                comments=tuple(replace(comment, position=place) for place, comment in enumerate(comments, 1)),
                source=f"{self.source.name}:{number}",
            )
        if self._threads:
            self.account.add("warning", self.source.name, "facebook_posts_missing", count=len(self._threads))
