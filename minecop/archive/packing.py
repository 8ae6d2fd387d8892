"""Posts as bytes and back, without loss: how they stand in the spool of an import."""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from typing import Any

from minecop.archive.models import Comment, Post

_POST_FIELDS = tuple(field.name for field in fields(Post))
_COMMENT_FIELDS = tuple(field.name for field in fields(Comment))
_MOMENTS = ("published", "modified")
_TUPLES = ("communities", "tags")


def pack(post: Post) -> bytes:
    """Return a post with its comments as bytes."""
    values = [_plain(getattr(post, name)) for name in _POST_FIELDS if name != "comments"]
    thread = [[_plain(getattr(comment, name)) for name in _COMMENT_FIELDS] for comment in post.comments]
    text = json.dumps([values, thread], ensure_ascii=False, separators=(",", ":"))
    return text.encode("utf-8", "surrogatepass")


def unpack(data: bytes) -> Post:
    """Return the post that ``pack`` made bytes of."""
    values, thread = json.loads(data.decode("utf-8", "surrogatepass"))
    names = (name for name in _POST_FIELDS if name != "comments")
    post = _values(zip(names, values, strict=True))
    comments = tuple(Comment(**_values(zip(_COMMENT_FIELDS, comment, strict=True))) for comment in thread)
    return Post(**post, comments=comments)


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, datetime) else value


def _values(pairs: Any) -> dict[str, Any]:
    found = dict(pairs)
    for name in _MOMENTS:
        if found.get(name) is not None:
            found[name] = datetime.fromisoformat(found[name])
    for name in _TUPLES:
        if name in found:
            found[name] = tuple(found[name])
    return found
