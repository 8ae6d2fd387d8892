"""Voices in columns, and what they stand in."""

from dataclasses import replace

import numpy as np
import pyarrow as pa
import pytest

from minecop.archive.models import Post
from minecop.core.dates import parse_datetime
from minecop.insight.models import Voice
from minecop.insight.threads import RowsBy, Threads
from minecop.insight.voices import Voices


def voice(passage: str, author: str | None, community: str | None, when: str | None, start: int = 0) -> Voice:
    post, comment, _ = passage.rsplit("/", 2)
    published = parse_datetime(when) if when else None
    return Voice(passage, post, int(comment) or None, start, start + 10, author, community, published)


VOICES = [
    voice("a/b/0/1", "นิด", "เหนือ", "2010-01-31 23:30"),
    voice("a/b/0/2", "นิด", "เหนือ", "2010-01-31 23:30", 11),
    voice("a/b/2/1", None, None, None),
    voice("c/0/1", "แดง", None, "1965-03-01"),
    voice("d/0/1", "นิด", "ใต้", "2010-02-01 00:10"),
]


def table(voices) -> pa.Table:
    names = ("passage_id", "post_id", "comment", "start", "end", "author_id", "community", "published")
    columns = {name: [getattr(one, name) for one in voices] for name in names}
    types = {"comment": pa.int32(), "published": pa.timestamp("ms", tz="+07:00")}
    return pa.table({name: pa.array(column, types.get(name)) for name, column in columns.items()})


@pytest.fixture(params=["from a table in pieces", "from voices"])
def voices(request) -> Voices:
    if request.param == "from voices":
        return Voices.of(VOICES)
    return Voices.from_tables([table(VOICES[:2]), table(VOICES[2:])])


def test_voices_are_what_was_put_in(voices):
    assert list(voices) == VOICES
    assert [voices[n] for n in range(5)] == VOICES
    assert [one.row for one in voices] == [0, 1, 2, 3, 4]
    assert list(voices[1:3]) == VOICES[1:3]
    assert voices[0].published.isoformat() == "2010-01-31T23:30:00+07:00"


def test_voices_in_columns_say_the_same(voices):
    assert [voices.author_ids[n] if n >= 0 else None for n in voices.authors] == [v.author_id for v in VOICES]
    assert [voices.community_ids[n] if n >= 0 else None for n in voices.communities] == [v.community for v in VOICES]
    assert [voices.post_ids[n] for n in voices.posts] == [v.post_id for v in VOICES]
    assert voices.comments.tolist() == [0, 0, 2, 0, 0]
    assert voices.lengths.tolist() == [10] * 5
    assert voices.months.tolist() == [2010 * 12, 2010 * 12, -1, 1965 * 12 + 2, 2010 * 12 + 1], "months of Thai time"
    assert voices.until(parse_datetime("2010-01-31 23:59")).tolist() == [True, True, False, True, False]
    assert voices.author_names() == {"นิด", "แดง"}
    assert voices.community_names() == {"เหนือ", "ใต้"}


def test_some_voices_keep_their_rows(voices):
    some = voices.where(voices.comments == 0).among([4, 0])
    assert list(some) == [VOICES[4], VOICES[0]]
    assert [one.row for one in some] == some.of_archive.tolist() == [4, 0]
    assert voices.rows_of_post("a/b").tolist() == [0, 1, 2]
    assert voices.rows_of_post("z").tolist() == []
    together = Voices.together([some, voices.among([2])])
    assert list(together) == [VOICES[4], VOICES[0], VOICES[2]]
    other = Voices.together([some, [replace(VOICES[3], community="กลาง", row=3)]])
    assert [one.row for one in other] == [4, 0, 3]
    assert other.of_archive.tolist() == [4, 0, 3]


def test_voices_of_a_table_are_found_by_their_ids():
    assert Voices.from_tables([table(VOICES)]).find(["d/0/1", "gone/0/1", "a/b/0/3", "a/b/2/1"]) == [4, 2]


def test_no_voices_are_none():
    none = Voices.from_tables([])
    assert (len(none), list(none), none.author_names(), none.months.tolist()) == (0, [], set(), [])
    assert Voices.of([]) == none == []


def test_threads_know_copies_writers_and_dates(voices):
    when = parse_datetime("2010-01-31")
    posts = [Post("a/b", "", title=" ชื่อ\n เรื่อง", author_id="นิด", published=when), Post("c", "", author_id="แดง")]
    threads = Threads([*posts, Post("d", "", author_id="แดง", duplicate_of="a/b")])
    assert [threads.of(post) for post in ("a/b", "c", "d")] == ["a/b", "c", "a/b"]
    assert [threads.writer(post) for post in ("a/b", "d")] == ["นิด", "แดง"]
    assert [threads.title(post) for post in ("a/b", "c")] == ["ชื่อ เรื่อง", "c"]
    assert [threads.published(post) for post in ("a/b", "c", "gone")] == [when, None, None]
    names, numbers = threads.numbered(voices)
    assert [names[n] for n in numbers] == ["a/b", "a/b", "a/b", "c", "a/b"]
    assert threads.written_by_writer(voices).tolist() == [True, True, False, True, False]


def test_rows_by_what_they_belong_to_come_in_the_order_in_which_that_is_met():
    rows = RowsBy(["ก", "ข", "ค"], np.array([2, 0, 2, 0, 1]), np.array([3, 5, 6, 7, 9]))
    assert dict(rows) == {"ค": [3, 6], "ก": [5, 7], "ข": [9]}
    assert list(rows) == ["ค", "ก", "ข"]
    assert len(RowsBy([], np.array([], int), np.array([], int))) == 0
