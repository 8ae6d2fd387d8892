"""Finding again what was decided about: by the passages it was made of, or by the words themselves."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Collection, Sequence
from typing import TypeVar

import numpy as np

from minecop.insight.analysis import Analysis
from minecop.insight.models import Group, Issue, Quote, Topic
from minecop.insight.quotes import overlap
from minecop.insight.voices import Voices, archive_rows

ENOUGH = 0.5
"""Share of the anchors that still exist which must be together again for a topic or an issue to be the same."""

MOST_ANCHORS = 20

_PASSAGE = re.compile(r".+/[0-9]{1,9}/[0-9]{1,9}", re.DOTALL)
_QUOTE = re.compile(r"(?P<post>.+)/(?P<comment>[0-9]{1,9})/(?P<start>[0-9]{1,9})-(?P<end>[0-9]{1,9})", re.DOTALL)

Found = TypeVar("Found", Topic, Issue)


def words_hash(text: str) -> str:
    """Return the hash by which words are found again."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:16]


def rows_of(analysis: Analysis, passages: Sequence[str]) -> list[int]:
    """Return the rows of those of some passages that the archive has."""
    return analysis.voices.find(passage for passage in passages if _PASSAGE.fullmatch(passage))


def find_group(
    analysis: Analysis, some: Sequence[Found], anchors: Sequence[str], target: str
) -> tuple[Found | None, str]:
    """Return the topic or issue in which most of the anchors stand, or else the key of the reason why there is none.

    Without anchors (a row that somebody wrote by hand) it is the one with the id that was told.
    """
    if not anchors:
        found = next((one for one in some if one.group.id == target), None)
        return (found, "") if found else (None, "gone")
    rows = rows_of(analysis, anchors)
    if not rows:
        return None, "gone"
    members = [archive_rows(one.group.members) for one in some]  # all at once: of a large archive there are many issues
    owners = np.repeat(np.arange(len(some)), [len(one) for one in members])
    inside = np.bincount(owners[np.isin(np.concatenate(members), rows)], minlength=len(some)) if some else np.zeros(1)
    most = inside.max()
    if most < ENOUGH * len(rows):
        return None, "scattered" if most else "gone"
    # what one thread says alone may stand in a weak group, too: then the one that was meant, else the one of least besides
    alike = [some[place] for place in np.flatnonzero(inside == most).tolist()]
    return min(alike, key=lambda one: (one.group.id != target, len(one.group.members))), ""


def find_passage(analysis: Analysis, passage: str, digest: str) -> tuple[int | None, str]:
    """Return the row of a passage: of its id where its words are the same, else of the one in the same text that has them.

    Parameters
    ----------
    analysis
        A finished run.
    passage
        Its id.
    digest
        ``words_hash`` of its words; empty where it is not known.
    """
    rows = rows_of(analysis, [passage])
    if not digest:
        return (rows[0], "") if rows else (None, "text_gone")
    voices = analysis.voices
    post, comment = passage.rsplit("/", 2)[0], passage.rsplit("/", 2)[-2:-1]
    beside = [
        row for row in voices.rows_of_post(post).tolist() if [str(voices.among([row])[0].comment or 0)] == comment
    ]
    for row in (*rows, *beside):
        if words_hash(analysis.written(voices.among([row])[0])) == digest:
            return row, ""
    return None, "text_changed" if rows or beside else "text_gone"


def quote_target(quote: Quote) -> str:
    """Return what a quote is called in a decision."""
    return f"{quote.post_id}/{quote.comment or 0}/{quote.start}-{quote.end}"


def find_quote(analysis: Analysis, target: str, digest: str) -> tuple[Quote | None, str]:
    """Return a quote by its place and words, wherever in the same text those stand now; see ``find_passage``."""
    told = _QUOTE.fullmatch(target)
    if told is None or told["post"] not in analysis.posts:
        return None, "text_gone"
    post, comment = told["post"], int(told["comment"]) or None
    start, end = int(told["start"]), int(told["end"])
    try:
        text = analysis.archive.posts.text(post, comment)
    except KeyError:
        return None, "text_gone"
    length = end - start
    places = (start, *(range(len(text) - length + 1) if digest else ()))
    for place in places:
        words = text[place : place + length]
        if len(words) == length > 0 and (not digest or words_hash(words) == digest):
            return Quote(post, comment, place, place + length, words), ""
    return None, "text_changed"


def anchors_of(analysis: Analysis, group: Group, quotes: Collection[Quote]) -> tuple[str, ...]:
    """Return passages by which a topic or an issue is found again: those that are quoted, then its most typical ones.

    The nearer to the middle of its group in the picture of all passages (``topics.layout``), the more typical a passage is.
    """
    members = Voices.of(group.members)
    quoted = [place for place, voice in enumerate(members) if any(overlap(one, voice) for one in quotes)]
    points = analysis.places[members.of_archive]
    middle = np.median(points, axis=0) if len(points) else np.zeros(2)
    nearest = np.argsort(np.square(points - middle).sum(axis=1), kind="stable").tolist()
    chosen = list(dict.fromkeys([*quoted, *nearest]))[:MOST_ANCHORS]
    return tuple(members[place].passage_id for place in chosen)
