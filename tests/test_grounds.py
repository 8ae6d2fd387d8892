"""What speaks for an issue and against it: each counted by people, each by itself."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from minecop.archive.models import Comment, Person, Post
from minecop.core.dates import parse_datetime
from minecop.insight.grounds import GroundsMeter, says_settled, says_stuck, wished
from minecop.insight.linking import Told
from minecop.insight.models import Grounds, Voice
from minecop.insight.profiles import StepTable
from minecop.insight.threads import Threads
from minecop.insight.trends import burst_of, months_of, season_of
from minecop.insight.voices import Voices

ACTS = ("courtesy", "request", "concern", "wish", "agree", "disagree", "case")


class Talk:
    """Posts and comments as they are written, a passage each."""

    def __init__(self) -> None:
        self.rows: list[tuple[Voice, str, dict[str, bool], int]] = []
        self.posts: list[Post] = []

    def say(self, post: str, author: str | None, text: str, *acts: str, when: str = "2010-01-01", step: int = 0) -> int:
        """Write a post, or a comment under it where it is there; return its row."""
        before = [voice for voice, *_ in self.rows if voice.post_id == post]
        comment = len(before) or None
        published = parse_datetime(when)
        row = len(self.rows)
        voice = Voice(f"{post}/{comment or 0}/1", post, comment, 0, len(text), author, f"home of {author}", published)
        self.rows.append((voice, text, {act: act in acts for act in ACTS}, step))
        if comment is None:
            self.posts.append(Post(post, text, author_id=author, published=published))
        else:
            post_of = next(p for p in self.posts if p.id == post)
            added = Comment(comment, text, author_id=author, published=published)
            self.posts[self.posts.index(post_of)] = replace(post_of, comments=(*post_of.comments, added))
        return row

    def meter(self, *people: Person) -> GroundsMeter:
        voices, texts, marks, steps = zip(*self.rows, strict=True)
        count = len(voices)
        table = StepTable(np.array(steps, dtype=np.int64), np.zeros((count, 10)), tuple({} for _ in voices))
        told = Told(
            Voices.of(voices),
            texts,
            [[]] * count,
            {name: [mark[name] for mark in marks] for name in ACTS},
            np.eye(count, dtype=np.float32),
            np.array([not mark["courtesy"] for mark in marks]),
            table.first,
            np.full(count, -1),
        )
        return GroundsMeter(told, table, Threads(self.posts), {p.author_id: p for p in people})


def test_grounds_count_people_and_not_what_they_write():
    threads = Talk()
    rows = [threads.say(f"p{n}", "nit", "น้ำไม่ไหล ไม่รู้จะทำยังไงดี", "concern", "request") for n in range(4)]
    rows.append(threads.say("p9", "wan", "น้ำไม่ไหลเหมือนกัน", "concern"))
    rows.append(threads.say("p8", None, "น้ำไม่ไหลเลย ไม่รู้จะทำยังไงดี", "request"))
    found = threads.meter().measure(rows)
    assert found.asking == found.stuck == ("nit",)
    assert found.threads == 6


def test_grounds_effective_authors_do_not_change_where_one_text_is_told_in_ten():
    whole, parts = Talk(), Talk()
    text = "น้ำไม่ไหลอีกแล้วค่ะ" * 10
    at_once = [whole.say("p1", "nit", text), whole.say("p2", "wan", text)]
    in_ten = [parts.say(f"p1-{n}", "nit", "น้ำไม่ไหลอีกแล้วค่ะ") for n in range(10)] + [parts.say("p2", "wan", text)]
    assert whole.meter().measure(at_once).effective_authors == parts.meter().measure(in_ten).effective_authors == 2


def test_grounds_effective_authors_are_few_where_a_few_write_most():
    threads = Talk()
    rows = [threads.say("p0", "nit", "น้ำไม่ไหล" * 100), *(threads.say(f"p{n}", f"a{n}", "น้ำ") for n in range(1, 6))]
    assert threads.meter().measure(rows).effective_authors < 1.5


def test_grounds_what_the_writer_says_under_their_own_post_adds_nothing():
    threads = Talk()
    post = threads.say("p", "nit", "น้ำไม่ไหล", "concern")
    own = threads.say("p", "nit", "ที่บ้านก็ยังไม่ไหล", "case", "agree", "disagree")
    guest = threads.say("p", "wan", "ที่วัดก็ไม่ไหล", "case")
    threads.say("p", "lek", "จริงค่ะ", "agree")
    threads.say("p", "tom", "ผมว่าไม่ใช่นะครับ ที่นี่ไหลดี", "disagree")
    found = threads.meter().measure([post, own, guest])
    assert (found.adding, found.agreeing, found.doubting) == (("wan",), ("lek",), ("tom",))


@pytest.mark.parametrize(("answer", "count"), [(None, 1), (("nit", "ขอบคุณล่วงหน้า"), 1), (("wan", "ลองโทรถามช่างดู"), 0)])
def test_grounds_a_question_is_answered_by_somebody_else_afterwards(answer, count):
    threads = Talk()
    threads.say("p", "nit", "เล่าเรื่องท่อ")
    threads.say("p", "wan", "ที่นี่ก็เป็น")
    asked = threads.say("p", "nit", "มีใครรู้จักช่างไหมคะ", "request")
    if answer:
        threads.say("p", *answer)
    assert threads.meter().measure([asked]).unanswered == count


def test_grounds_tell_places_and_work_only_as_far_as_they_are_known():
    threads = Talk()
    rows = [threads.say(f"p{n}", name, "น้ำไม่ไหล") for n, name in enumerate(["nit", "wan", "lek"])]
    people = [
        Person("nit", province="น่าน", profession="พยาบาล"),
        Person("wan", province="น่าน", organisation="รพ.สต."),
        Person("far", province="เลย"),
    ]
    found = threads.meter(*people).measure(rows)
    assert (found.provinces, found.organisations, found.professions) == (("น่าน",), ("รพ.สต.",), ("พยาบาล",))


def test_grounds_name_the_steps_that_nobody_speaks_of():
    threads = Talk()
    rows = [threads.say(f"p{n}", f"a{n}", "ลงมือทำ", step=step) for n, step in enumerate([6, 6, 6, 2, 0])]
    found = threads.meter().measure(rows)
    assert (found.steps, found.gaps) == ({2: 1, 6: 3}, (1, 3, 4, 5))
    assert threads.meter().measure(rows[1:]).gaps == ()  # two people are too few to miss anything


SOLVED = "แก้ปัญหาได้แล้วค่ะ น้ำไหลทุกวัน"


def test_grounds_settled_takes_several_people_and_hardly_anybody_after_them():
    def told(*solving: str, later: int = 0):
        threads = Talk()
        rows = [threads.say(f"p{n}", f"a{n}", "น้ำไม่ไหล", "concern", when="2010-01-01") for n in range(3)]
        solved = [threads.say("p0", name, SOLVED, when="2010-06-01") for name in solving]
        rows += [threads.say(f"q{n}", f"b{n}", "น้ำยังไม่ไหล", "concern", when="2010-09-01") for n in range(later)]
        meter = threads.meter()
        assert meter.measure(rows).settling == tuple(sorted(solving)) == meter.measure(rows, None, solved).settling
        return meter.is_settled(rows, [])

    assert told("a0", "wan")
    assert told("a0", "wan", later=1)
    assert not told("a0")
    assert not told("a0", "wan", later=2)


def test_grounds_what_asks_or_is_said_before_settles_nothing():
    threads = Talk()
    threads.say("p", "nit", SOLVED)
    first = threads.say("p", "wan", "น้ำไม่ไหล", "concern")
    threads.say("p", "lek", SOLVED + " แต่ที่นี่ยังไม่ได้เลย", "concern")
    assert threads.meter().measure([first]).settling == ()


@pytest.mark.parametrize(
    "text",
    [
        "แก้ได้แล้วค่ะ", "หมดปัญหาไปเลย", "ตอนนี้ลงตัวแล้ว", "เดี๋ยวนี้ได้รถประจำแล้วครับ", "ไม่ต้องไปรอที่ปากทางอีกแล้ว",
        "แต่ก่อนต้องหาบน้ำ เดี๋ยวนี้ไม่ต้อง",
    ],
)  # fmt: skip
def test_grounds_words_that_say_it_is_solved(text):
    assert says_settled(text)


@pytest.mark.parametrize("text", ["ยังแก้ไม่ได้", "ได้ยินว่าแก้แล้ว", "ได้กินข้าวแล้วค่ะ", "ไม่รู้จะแก้ยังไง", "ยังไม่ต้องรีบก็ได้"])
def test_grounds_words_that_do_not(text):
    assert not says_settled(text)


def test_grounds_words_of_being_stuck_and_of_wishing():
    assert says_stuck("ไม่รู้จะทำอย่างไรดี")
    assert says_stuck("เรื่องรถยังหาทางออกไม่ได้")
    assert not says_stuck("รู้แล้วว่าจะทำอย่างไร")
    assert wished("อยากให้มีรถรับส่ง") == "อยากให้"
    assert wished("ไม่อยากให้ยุ่งยาก") is None
    assert wished("กล่องมาอยู่บ้านฉัน ไม่ได้อยากได้เลย") is None
    assert wished("พอถามว่าสามปีข้างหน้าอยากเห็นอะไร ก็เงียบ") is None
    assert wished("หมดไปสองวันซึ่งควรได้ตรวจเรียงความ") is None
    assert wished("สี่คืนแล้วที่ฝันเห็นตาราง") is None


def voices(*told: tuple[str, str]) -> list[Voice]:
    return [Voice(f"{n}", f"{n}", None, 0, 1, who, None, parse_datetime(when)) for n, (who, when) in enumerate(told)]


def test_burst_is_of_people_within_three_weeks():
    told = voices(("a", "2010-01-01"), ("b", "2010-01-21"), ("a", "2010-01-10"), ("c", "2010-05-01"))
    assert burst_of(told) == 0.67
    assert burst_of(voices(("a", "2010-01-01"), ("b", "2010-01-23"))) == 0.5
    assert burst_of([]) == 0


def test_season_needs_several_years_and_more_than_who_writes_then_anyway():
    everyone = voices(
        *((f"a{n}", f"{year}-{month:02}-15") for year in (2008, 2009, 2010) for month in range(1, 13) for n in range(4))
    )
    spring = [v for v in everyone if v.published.month in {3, 4, 5} and v.author_id in {"a0", "a1"}]
    assert season_of(spring, months_of(everyone)) == (3, 4, 5)
    assert season_of([v for v in spring if v.published.year == 2008], months_of(everyone)) == ()
    assert season_of([v for v in everyone if v.author_id == "a0"], months_of(everyone)) == ()
    winter = [v for v in everyone if (v.published + timedelta(days=31)).month in {1, 2, 3}]
    assert season_of(winter, months_of(everyone)) == (12, 1, 2)
    assert season_of(spring, months_of(spring)) == ()


def test_grounds_of_nothing_are_empty():
    threads = Talk()
    threads.say("p", None, "น้ำไม่ไหล")
    assert threads.meter().measure([]) == Grounds()
