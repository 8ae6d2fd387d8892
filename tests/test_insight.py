from collections import Counter
from dataclasses import replace
from datetime import timedelta
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.archive.models import Comment, Post
from minecop.core.dates import parse_datetime
from minecop.insight import letterruns
from minecop.insight.candidates import Candidate, find_candidates
from minecop.insight.groups import group_of
from minecop.insight.letterruns import LetterRuns
from minecop.insight.models import Period, Quote, Trend, Voice
from minecop.insight.naming import Namer
from minecop.insight.quotes import MOST, best_span, choose_quotes, headline
from minecop.insight.setting_aside import posts_set_aside, title_stem
from minecop.insight.speaking import Speakers
from minecop.insight.tellings import MOST as MOST_TELLINGS
from minecop.insight.tellings import Comparer, Telling, tellings_of
from minecop.insight.trends import TrendMeter, bursts_of, is_quiet, periods_of, share_of
from minecop.insight.voices import Voices
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse
from minecop.vectors.anchors import shipped_anchors


def voice(
    n: int, author: str | None = "a", when: str | None = "2010-01-01", community: str | None = "เหนือ", post: str = ""
) -> Voice:
    return Voice(f"{n}/0/1", post or str(n), None, 0, 10, author, community, parse_datetime(when) if when else None)


def archive_voices(months: int = 12, people: int = 12) -> list[Voice]:
    """People who each write once a month."""
    return [
        voice(m * 100 + p, f"p{p}", f"2010-{m + 1:02d}-05" if m < 12 else f"2011-{m - 11:02d}-05")
        for m in range(months)
        for p in range(people)
    ]


# ---- trends


def test_speakers_are_weighed_as_their_voices_are():
    voices = [replace(v, community=f"c{n % 3}") for n, v in enumerate(archive_voices())]
    voices += [voice(9001, None), voice(9002, "p1", None), voice(9003, "p2", community=None)]
    voicing, meter = np.linspace(0.3, 0.9, len(voices)), TrendMeter(archive_voices())
    speakers = Speakers([Telling(v.post_id, (n,)) for n, v in enumerate(voices)], Voices.of(voices), voicing, meter)
    for rows in ([0, 13, 26, 130, 141, 144, 145, 146], list(range(len(voices))), [100, 120, 140]):
        some = [voices[row] for row in rows]
        group = group_of("x", "t", some, meter)
        several = len(group.community_names) > 1
        surest = {v.author_id: max(voicing[n] for n in rows if voices[n].author_id == v.author_id) for v in some}
        eligible, people, trend = speakers.measure(rows, shared=several)
        assert eligible
        assert people == pytest.approx(sum(worth for author, worth in surest.items() if author))
        assert trend == replace(group.trend, periods=())
        assert not speakers.measure(rows, shared=not several)[0]
    assert not speakers.measure([0, 1, 144], shared=True)[0], "two people, and somebody unknown"


def test_trends_rising_falling_and_steady_are_told_against_the_volume():
    everyone = archive_voices()
    meter = TrendMeter(everyone)
    assert meter.known
    late = [v for v in everyone if v.published.month >= 10 and v.author_id in {"p0", "p1", "p2", "p3", "p4"}]
    early = [v for v in everyone if v.published.month <= 6]
    assert meter.measure(late).direction == "rising"
    assert (meter.measure(late).before, meter.measure(late).lately) == (0, 5)
    assert (meter.measure(everyone).before, meter.measure(everyone).lately) == (12, 12), (
        "people, however often they speak"
    )
    assert meter.measure(early).direction == "falling"
    assert is_quiet(meter.measure(early))
    assert meter.measure([v for v in everyone if v.author_id in {"p0", "p1", "p2"}]).direction == "steady"
    assert meter.measure([v for v in everyone if v.author_id in {"p0", "p1"}]).direction == "unknown"


def test_trends_more_writing_lately_is_no_rise():
    everyone = [v for v in archive_voices(people=40) if v.published.month >= 10 or int(v.author_id[1:]) < 12]
    everybody_speaks = TrendMeter(everyone).measure(everyone)
    assert everybody_speaks.direction == "steady"
    assert everybody_speaks.ratio == pytest.approx(1, abs=0.1)


@pytest.mark.parametrize(
    "voices", [[], archive_voices(months=2), archive_voices(people=5), [voice(n, None) for n in range(99)]]
)
def test_trends_too_little_is_unknown(voices):
    meter = TrendMeter(voices)
    assert not meter.known
    assert meter.measure(voices).direction == "unknown"


def test_trends_unknown_authors_and_dates_count_for_nothing():
    meter = TrendMeter(archive_voices())
    assert meter.measure([voice(1, None), voice(2, "x", None)]).direction == "unknown"


def test_trends_what_hundreds_spoke_of_and_nobody_does_now_is_small_and_not_zero():
    everyone = archive_voices(people=600)
    trend = TrendMeter(everyone).measure(v for v in everyone if v.published.year == 2010 and v.published.month <= 6)
    assert trend.direction == "falling"
    assert 0 < trend.low < trend.ratio < trend.high < 0.1
    assert Candidate((0,), 1.0, 1.0, trend).movement < -4


def test_trends_as_of_leaves_later_voices_out():
    everyone = archive_voices(months=15)
    assert TrendMeter(everyone, parse_datetime("2010-12-31")).measure(everyone).periods[-1].name == "2553/4"


# ---- groups


def test_groups_count_people_and_not_passages():
    members = [voice(1), voice(2), voice(3, None, community="ใต้"), voice(4, "b", community=None)]
    group = group_of("x", "t", Voices.of(members).among([3, 1, 0, 2]), TrendMeter([]))
    assert group.author_ids == ("a", "b")
    assert group.community_names == ("เหนือ",)
    assert group.unnamed == 1
    assert [v.passage_id for v in group.members] == ["1/0/1", "2/0/1", "3/0/1", "4/0/1"]


# ---- what is set aside


STORY = "เมื่อเช้าผมเดินไปดูท่อน้ำที่ท้ายหมู่บ้าน เจอป้าแดงกำลังตักน้ำใส่ถัง แกว่าไม่ไหลมาสามวันแล้ว เลยช่วยกันขุดดู เจอรากไม้อุดอยู่เต็มท่อ "


def story(n: int, author: str, body: str, title: str = "", when: str = "2010-01-01", days: int = 0) -> Post:
    return Post(
        str(n),
        body,
        title=title or f"เรื่อง {n}",
        author_id=author,
        published=parse_datetime(when) + timedelta(days=days),
    )


def runs_of(text: str, length: int) -> set[str]:
    runs = {text[n : n + length] for n in range(len(text) - length + 1)}
    return {run for run in runs if all("ก" <= c <= "๎" or (c.isascii() and c.isalpha()) for c in run)}


TEXTS = st.lists(st.text("กข\u0e34az -\n\ud800", max_size=14), max_size=6)


@settings(deadline=None)
@given(TEXTS, st.integers(1, 5), st.sampled_from([1, 5, 1 << 24]))
def test_letter_runs_are_shared_by_the_texts_that_have_them(texts, length, part):
    owners = {}
    for place, text in enumerate(texts):
        for run in runs_of(text, length):
            owners.setdefault(run, []).append(place)
    with pytest.MonkeyPatch.context() as patch:
        for limit, size in (
            ("_HELD", part),
            ("_LETTERS_AT_ONCE", 2 * part),
            ("_PAIRS_AT_ONCE", part),
        ):
            patch.setattr(letterruns, limit, size)  # whatever is held, on disk, or gone through at once
        with LetterRuns(length) as runs:
            found = sorted(tuple(row) for some in runs.add(texts).shared(2, 3) for row in some.tolist())
            pairs = runs.contained(3, 0.6)
    assert found == sorted(tuple(own) for own in owners.values() if 2 <= len(own) <= 3)
    count = Counter(pair for own in found for pair in combinations(own, 2))
    sizes = [len(runs_of(text, length)) for text in texts]
    assert pairs == sorted(p for p, n in count.items() if n >= 0.6 * min(sizes[p[0]], sizes[p[1]]))


def test_setting_aside_copies_of_another_author():
    text = STORY * 2
    posts = [
        story(1, "a", text),
        story(2, "b", "ขอคัดมาให้อ่านกันค่ะ " + text[:-30]),
        story(3, "c", "เรื่องอื่นคนละเรื่องกันเลย " * 10),
    ]
    assert posts_set_aside(posts) == {"1": "copied", "2": "copied"}


def test_setting_aside_same_author_twice_is_no_copy_of_another():
    assert "copied" not in posts_set_aside([story(1, "a", STORY * 2), story(2, "a", STORY * 2)]).values()


def test_setting_aside_explainer_and_platform():
    posts = [
        story(1, "a", "ชุมชนนักปฏิบัติ หมายถึง กลุ่มคนที่สนใจเรื่องเดียวกัน ประกอบด้วยสามส่วน ได้แก่ เรื่อง คน และวิธีปฏิบัติ"),
        story(2, "b", "เปลี่ยนสีบล็อกใหม่แล้ว แต่หาปุ่มใส่รูปในบันทึกไม่เจอ เขียนบล็อกมาปีนึงเพิ่งเคยเห็น"),
        story(3, "c", STORY),
    ]
    assert posts_set_aside(posts) == {"1": "explainer", "2": "platform"}


@pytest.mark.parametrize(
    ("title", "stem"),
    [
        ("ขยะบ้านเรา ตอนที่ ๓ กลิ่น", "ขยะบ้านเรา"),
        ("ถอดเทปเวที (12)", "ถอดเทปเวที"),
        ("เล่าเรื่องน้ำ [1]", "เล่าเรื่องน้ำ"),
        ("บันทึกการเดินทาง : ภาค 2", "บันทึกการเดินทาง"),
        ("ไม่มีเลข", "ไม่มีเลข"),
    ],
)
def test_setting_aside_title_stem(title, stem):
    assert title_stem(title) == stem


def test_setting_aside_series_of_one_author():
    bodies = ["วันแรกไปดูบ่อขยะ", "คนเทศบาลมาช่วยขุด", "ปลาในคลองกลับมา", "อีกคนเขียนบ้าง"]
    posts = [story(n, "a" if n < 3 else "b", body, f"ขยะบ้านเรา ตอนที่ {n + 1}") for n, body in enumerate(bodies)]
    assert posts_set_aside(posts) == {"0": "series", "1": "series", "2": "series"}


def test_setting_aside_one_event_told_by_three():
    told = ["ไปดูงานบ้านทุ่งกระเจียวมา สนุกมาก", "รถไปถึงบ้านทุ่งกระเจียวตอนสาย หิวข้าว", "กลับจากบ้านทุ่งกระเจียวแล้วนอนไม่หลับ"]
    rest = [story(100 + n, f"r{n}", "ก" + "ขคงจฉชซญฎฏ"[n % 10] * 30, title="อื่นๆ", days=30 * n) for n in range(40)]
    posts = [story(n, f"p{n}", body, title=f"เล่า{'กขค'[n]}", days=n) for n, body in enumerate(told)]
    assert posts_set_aside([*posts, *rest]) == {"0": "event", "1": "event", "2": "event"}
    assert posts_set_aside([*posts[:2], *rest]) == {}
    assert posts_set_aside([*(replace(post, author_id="p0") for post in posts), *rest]) == {}
    assert posts_set_aside([*posts[:2], replace(posts[2], published=parse_datetime("2010-06-01")), *rest]) == {}
    assert posts_set_aside(posts) == {}, "in a handful of posts nothing can be told from chance"


def test_setting_aside_what_a_class_was_told_to_write():
    said = [
        "ส่งงานอาจารย์ครับ",
        "บันทึกการเรียนรู้ครั้งที่ ๒",
        "เป็นส่วนหนึ่งของรายวิชาชุมชน",
        "รหัสนักศึกษา 52011234",
        "อ.นิด มอบหมายให้เขียนเรื่องบ้านตัวเอง",
    ]
    wave = [story(n, f"s{n}", f"{body} เรื่องที่ {'กขคงจ'[n] * 9}", title="งาน", days=3 * n) for n, body in enumerate(said)]
    teachers = [story(50 + n, f"t{n}", f"ตรวจการบ้านเด็กทั้งคืน ส่งงานกันไม่ครบ {'ชซญฎฏ'[n] * 9}", days=n) for n in range(5)]
    assert posts_set_aside([*wave, *teachers]) == dict.fromkeys("01234", "coursework")
    assert posts_set_aside(wave[:4]) == {}, "four are no class"
    assert posts_set_aside([replace(post, author_id="s0") for post in wave]) == {}, "nor is one"
    assert posts_set_aside([*wave[:4], replace(wave[4], published=parse_datetime("2010-06-01"))]) == {}
    assert posts_set_aside([*wave[:4], replace(wave[4], communities=("ที่อื่น",))]) == {}


# ---- tellings and candidates


def test_tellings_are_posts_and_comments_that_voice_something():
    voices = [voice(n, "p", post="ab"[n > 2]) for n in range(5)]
    voices[2] = replace(voices[2], comment=1)
    voicing = np.array([0.1, 0.7, 0.9, 0.8, 0.2])
    kept = np.array([True, True, True, False, True])
    assert tellings_of(Voices.of(voices), kept, voicing) == [Telling("a", (0, 1)), Telling("a", (2,))]


def four_subjects(count: int, *, meaning: bool = True) -> tuple[list[Telling], Comparer]:
    subjects = ["น้ำ ท่อ ซ่อม บ่อ สูบ", "เด็ก หนังสือ ห้อง อ่าน ครู", "ข้าว นา ปุ๋ย เกี่ยว ฝน", "ยา คนไข้ ตึก เวร แผล"]
    generator = np.random.default_rng(1)
    terms = [list(generator.permutation(subjects[n % 4].split())[:4]) for n in range(count)]
    vectors = generator.standard_normal((count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    vectors *= meaning
    threads = {str(n): [n] for n in range(count)}
    tellings = [Telling(str(n), (n,)) for n in range(count)]
    return tellings, Comparer(terms, vectors, [50] * count, np.ones(count), threads, terms)


@pytest.mark.parametrize("count", [0, 1, 2, 5, 40])
def test_tellings_likeness_of_any_number(count):
    tellings, comparer = four_subjects(count)
    likeness = comparer.tellings(tellings).alike()
    assert likeness.shape == (count, count)
    assert likeness.dtype == np.float32
    assert np.allclose(likeness, likeness.T, atol=1e-4)
    assert not np.diagonal(likeness).any()


def test_tellings_of_one_thread_are_alike_and_count_for_no_agreement():
    terms = [["น้ำ", "ท่อ"], ["รถ", "ถนน"], ["ข้าว", "นา"], ["ยา", "ตึก"]]
    vectors = np.eye(4, dtype=np.float32)
    tellings = [Telling("a", (0,)), Telling("a", (1,)), Telling("b", (2,)), Telling("c", (3,))]
    comparer = Comparer(terms, vectors, [50] * 4, np.ones(4), {"a": [0, 1], "b": [2], "c": [3]}, terms)
    likeness = comparer.tellings(tellings).alike()
    assert likeness[0, 1] > max(likeness[0, 2], likeness[0, 3], likeness[2, 3])
    steady = Trend("steady", ratio=1.0, low=0.5, high=2.0)
    assert find_candidates(likeness[:2, :2], ["a", "a"], lambda some: (True, 9.0, steady)) == []


def test_tellings_that_hardly_voice_anything_are_like_nothing():
    terms = [["น้ำ", "ท่อ", "ซ่อม"]] * 4 + [[f"คำ{n}", f"อื่น{n}"] for n in range(20)]
    vectors = np.random.default_rng(1).standard_normal((24, 8)).astype(np.float32)
    vectors[:4] = vectors[0]
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tellings = [Telling(str(n), (n,)) for n in range(24)]
    voicing = np.array([0.9, 0.9, 0.41, 0.41] + [0.9] * 20)
    comparer = Comparer(terms, vectors, [50] * 24, voicing, {str(n): [n] for n in range(24)}, terms)
    likeness = comparer.tellings(tellings).alike()
    assert likeness[0, 1] >= likeness[0, 2] >= likeness[2, 3] > likeness[0, 10]


def test_tellings_of_one_manner_are_less_alike_where_there_are_many(monkeypatch):
    count, manner, random = 320, 120, np.random.default_rng(3)
    vectors = random.standard_normal((count, 60)).astype(np.float32)
    vectors[:manner] += 5 * random.standard_normal(60).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    terms = [[f"คำ{n}"] for n in range(count)]
    tellings, threads = [Telling(str(n), (n,)) for n in range(count)], {str(n): [n] for n in range(count)}
    compared = Comparer(terms, vectors, [50] * count, np.full(count, 0.9), threads, terms).tellings(tellings)
    likeness = compared.alike()
    monkeypatch.setattr("minecop.insight.tellings._MANY", count + 1)
    before = compared.alike()
    assert likeness[:manner, :manner].mean() < before[:manner, :manner].mean() - 0.5
    np.testing.assert_allclose(likeness, likeness.T, atol=1e-4)


def test_tellings_that_lie_near_the_same_known_concern_are_alike(monkeypatch):
    count, centres = 24, shipped_anchors().centres
    terms = [[f"คำ{n}", f"อื่น{n}"] for n in range(count)]
    vectors = np.random.default_rng(1).standard_normal((count, 8)).astype(np.float32)
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    tellings = [Telling(str(n), (n,)) for n in range(count)]
    threads = {str(n): [n] for n in range(count)}

    class OfOneMatter:
        def encode_words(self, all_words):
            return centres[[int(number) for (number,) in all_words]]

    monkeypatch.setattr("minecop.insight.tellings.shipped_model", OfOneMatter)
    words = [["0" if n < 3 else str(n)] for n in range(count)]
    likeness = Comparer(terms, vectors, [50] * count, np.ones(count), threads, words).tellings(tellings).alike()
    inside = likeness[:3, :3][np.triu_indices(3, 1)].min()
    assert inside > np.quantile(likeness[3:, 3:], 0.95)


def test_tellings_blocks_hold_every_telling_once_and_threads_whole(monkeypatch):
    tellings, comparer = four_subjects(50)
    tellings += [Telling(str(n), (n,)) for n in range(0, 50, 2)]
    assert comparer.blocks(tellings) == [tellings]
    assert MOST_TELLINGS > 75
    monkeypatch.setattr("minecop.insight.tellings.MOST", 12)
    blocks = comparer.blocks(tellings)
    assert sorted(t.rows for block in blocks for t in block) == sorted(t.rows for t in tellings)
    assert max(map(len, blocks)) <= 12
    posts = [{t.post_id for t in block} for block in blocks]
    assert sum(map(len, posts)) == len(set.union(*posts))


def test_candidates_are_the_groups_that_people_share():
    count = 40
    tellings, comparer = four_subjects(count, meaning=False)
    likeness = comparer.tellings(tellings).alike()
    posts = [telling.post_id for telling in tellings]
    steady = Trend("steady", ratio=1.0, low=0.5, high=2.0)
    found = find_candidates(likeness, posts, lambda some: (len(some) >= 3, float(len(some)), steady))
    assert len(found) == 4
    for candidate in found:
        assert len({n % 4 for n in candidate.tellings}) == 1
        assert candidate.agreement > 0
    assert len({n for candidate in found for n in candidate.tellings}) == sum(len(c.tellings) for c in found)
    assert find_candidates(likeness, posts, lambda some: (False, 9.0, steady)) == []
    assert find_candidates(likeness[:1, :1], posts[:1], lambda some: (True, 9.0, steady)) == []


def test_candidates_do_not_change_with_what_is_elsewhere():
    """A further telling that is like none of a group neither joins it with another nor breaks it."""
    likeness = np.full((40, 40), -0.5, dtype=np.float32)
    likeness[:8, :8] = likeness[8:16, 8:16] = 2.5
    likeness[7, 8] = likeness[8, 7] = 1.5  # one pair of the two matters is alike
    np.fill_diagonal(likeness, 0)
    posts = [str(n) for n in range(40)]
    steady = Trend("steady", ratio=1.0, low=0.5, high=2.0)

    def measure(some):
        return len(some) >= 3, float(len(some)), steady

    with_it = find_candidates(likeness, posts, measure)
    without = find_candidates(likeness[:39, :39], posts[:39], measure)
    assert [c.tellings for c in with_it] == [c.tellings for c in without] == [tuple(range(8)), tuple(range(8, 16))]


def test_candidates_rising_weighs_more_and_what_has_faded_is_still_found():
    heard, silent = (
        (Period("1", 5, 9), Period("2", 5, 9), Period("3", 2, 9)),
        (Period("1", 5, 9), Period("2", 5, 9), Period("3", 0, 9)),
    )
    rising, steady = Trend("rising", 1, 5, 9, 3, 27, heard), Trend("steady", 5, 5, 1, 0.5, 2, heard)
    falling, faded = Trend("falling", 5, 2, 0.1, 0.03, 1 / 3, heard), Trend("falling", 5, 0, 0.1, 0.03, 1 / 3, silent)
    up, level, down, gone = (Candidate((0, 1), 6, 2.5, trend) for trend in (rising, steady, falling, faded))
    assert up.weight > level.weight > down.weight == gone.weight > 0
    assert gone.distinctness == pytest.approx(up.distinctness)
    assert down.distinctness == down.weight
    assert (up.confidence, level.confidence, down.confidence) == ("clear", "likely", "weak")
    assert Candidate((0, 1), 6, 2.5, Trend("unknown")).weight == level.weight
    many = Candidate((0, 1), 6, 2.5, rising, among=2_000)
    assert many.confidence == "weak", "among many, so much comes about by chance"
    assert Candidate((0, 1), 20, 4.0, rising, among=2_000).confidence == "clear"


# ---- names and quotes


def test_naming_takes_the_words_of_the_issues_own_people():
    passages = [["น้ำ", "ท่อน้ำ", "บ้าน"], ["ท่อน้ำ", "บ้าน"], ["เด็ก", "บ้าน"], ["ข้าว", "บ้าน"], ["เด็ก", "บ้าน"]]
    namer = Namer(passages, np.array([0, 1, 2, 3, -1]), names=["ป้าข้าว"])
    assert namer.terms([0, 1]) == ("ท่อน้ำ",)
    assert namer.terms([3]) == ("บ้าน",), "without a word of their own, the words that most use"
    taken = set()
    assert namer.title(("ก", "ข", "ค", "ง"), taken) == "ก · ข · ค"
    assert namer.title(("ก", "ข", "ค", "ง"), taken) == "ก · ข · ค · ง"
    assert namer.title((), taken) == "—"


@given(
    st.text(alphabet="กขคง ครับ\n.ฯ", min_size=1, max_size=900),
    st.lists(st.sampled_from(["กข", "คง", "ครับ"]), max_size=3),
)
def test_quotes_best_span_is_within_the_text_and_not_blank(text, cues):
    if not text.strip():
        return
    stripped = text.strip()
    start, end = best_span(stripped, cues)
    assert 0 <= start < end <= len(stripped)
    assert end - start <= 240
    assert stripped[start:end].strip()


def test_quotes_best_span_is_where_the_concern_is():
    text = "ตื่นเช้ามาก็ไปทำนาตามปกติครับ " * 8 + "แต่ที่หนักใจคือไม่มีใครสืบต่อ ลูกหลานไปอยู่เมืองหมดแล้วครับ " + "ตกเย็นก็กลับบ้านครับ " * 8
    start, end = best_span(text, ["หนักใจ"])
    assert "หนักใจคือไม่มีใครสืบต่อ" in text[start:end]


def test_quotes_are_of_different_people_first():
    members = [replace(voice(n, f"p{n // 3}", post=str(n // 2)), start=100 * n, end=100 * n + 20) for n in range(12)]
    quotes = choose_quotes(members, worth=lambda v: 1.0, text_of=lambda v: "ก" * 20, cues=lambda v: ())
    authors = [next(v.author_id for v in members if v.start == q.start) for q in quotes]
    assert len(quotes) == MOST
    assert len(set(authors)) >= 3
    assert choose_quotes([], lambda v: 1.0, lambda v: "", lambda v: ()) == ()


def test_quotes_headline_is_a_span_of_its_source():
    quote = Quote("1", None, 10, 310, "น้ำไม่ไหลมาสามวันแล้วครับ " * 12)
    line = headline(quote, ["สามวัน"])
    assert line.text == quote.text[line.start - 10 : line.end - 10]
    assert len(line.text) <= 120


# ---- the whole stage


def concern(n: int, author: str, community: str, when: str = "2010-02-01") -> dict:
    words = [
        "ท่อน้ำแตก ไม่รู้จะหาช่างที่ไหน",
        "น้ำไม่ไหลสามวันแล้ว ท่อแตกอีก กังวล",
        "ช่างซ่อมท่อน้ำไม่มีใครมา หนักใจ",
        "ท่อน้ำรั่วอีกแล้ว น้ำไม่พอใช้",
        "ยังไม่มีใครมาซ่อมท่อ น้ำไม่ไหล",
        "น้ำไม่มา ท่อน้ำพัง ไม่รู้จะทำยังไง",
    ]
    return {
        "id": str(n),
        "title": f"ท่อน้ำบ้าน{'กขคงจฉ'[n % 6]}",
        "author": author,
        "community": community,
        "published": when,
        "body": f"{words[n % 6]} บ้านผมหลังที่ {n} เดือดร้อนกันครับ ยังไม่มีใครมาดู",
    }


def issues(jsonl, tmp_path, posts, name):
    run = analyse(jsonl(posts, f"{name}/posts.jsonl"), tmp_path / f"run-{name}")
    return load_analysis(run).insight.issues


def test_finding_shared_needs_three_people_of_two_communities(jsonl, tmp_path):
    (first, *_) = issues(jsonl, tmp_path, [concern(n, f"p{n}", ["เหนือ", "ใต้"][n % 2]) for n in range(6)], "shared")
    assert (first.status, len(first.group.author_ids), len(first.group.community_names)) == ("shared", 6, 2)
    assert first.group.trend.direction == "unknown"
    for name, posts in {
        "two": [concern(n, f"p{n % 2}", ["เหนือ", "ใต้"][n % 2]) for n in range(6)],
        "one place": [concern(n, f"p{n}", "เหนือ") for n in range(6)],
        "nobody": [concern(n, "", ["เหนือ", "ใต้"][n % 2]) for n in range(6)],
    }.items():
        found = issues(jsonl, tmp_path, posts, name)
        assert {issue.status for issue in found} == {"early"}, name
        if name == "one place":
            assert len(found[0].group.author_ids) == 6, "what many people of one place say is one early voice"


def people(found) -> list[tuple]:
    return [(issue.status, issue.group.author_ids, issue.group.community_names) for issue in found]


def test_finding_counts_do_not_change_with_copies_or_order(jsonl, tmp_path):
    posts = [concern(n, f"p{n}", ["เหนือ", "ใต้"][n % 2]) for n in range(6)]
    for post in posts:
        post["body"] = post["body"] * 3
    plain = people(issues(jsonl, tmp_path, posts, "plain"))
    copies = [post | {"id": f"copy-{post['id']}", "published": "2010-05-01"} for post in posts]
    assert people(issues(jsonl, tmp_path, [*posts, *copies], "copies")) == plain
    assert sorted(people(issues(jsonl, tmp_path, posts[::-1], "reversed"))) == sorted(plain)


def test_finding_comment_that_adds_a_case_joins_and_the_authors_reply_does_not(jsonl, tmp_path):
    posts = [concern(n, f"p{n}", ["เหนือ", "ใต้"][n % 2]) for n in range(4)]
    posts[0]["comments"] = [
        {"author": "noi", "body": "บ้านผมท่อน้ำก็แตกเหมือนกันครับ น้ำไม่ไหลมาสองวัน ยังไม่รู้จะหาช่างที่ไหน"},
        {"author": "p0", "body": "ขอบคุณครับ บ้านผมก็รอช่างมาซ่อมท่อน้ำอยู่เหมือนกันครับ ท่อน้ำแตกอีกแล้ว"},
        {"author": "polite", "body": "ขอบคุณค่ะ เป็นกำลังใจให้นะคะ"},
    ]
    first = issues(jsonl, tmp_path, posts, "comments")[0]
    assert "noi" in first.group.author_ids
    assert "polite" not in first.group.author_ids
    assert first.grounds.adding == ("noi",)
    assert {v.comment for v in first.group.members if v.post_id == "0"} == {None, 1}


def test_finding_what_several_say_is_solved_is_settled(jsonl, tmp_path):
    posts = [concern(n, f"p{n}", ["เหนือ", "ใต้"][n % 2]) for n in range(5)]
    before = issues(jsonl, tmp_path, posts, "before")
    assert [issue.status for issue in before] == ["shared"]
    solved = [
        ("p1", "เรื่องท่อน้ำแก้ได้แล้วค่ะ อบต. ส่งช่างมาประจำ น้ำไหลทุกวัน"),
        ("noi", "ที่นี่ก็หมดปัญหาไปแล้วครับ ท่อน้ำใหม่ทั้งสาย"),
    ]
    for post, (author, body) in zip(posts, solved, strict=False):
        post["comments"] = [{"author": author, "published": "2010-06-01", "body": body}]
    (issue,) = issues(jsonl, tmp_path, posts, "after")
    assert (issue.status, issue.grounds.settling) == ("settled", ("noi", "p1"))


def test_finding_unnamed_voices_do_not_raise_an_early_voice(jsonl, tmp_path):
    worry, need = "หนักใจจริงๆ ไม่รู้จะทำอย่างไรดี ", "เดือดร้อนกันทั้งคุ้ม ยังไม่มีใครช่วย "
    posts = [
        {
            "id": "1",
            "author": "a",
            "title": "หนึ่งคน",
            "body": worry + "ไก่หายไปทั้งเล้า",
            "comments": [{"body": worry + "เป็ดก็หาย"}],
        },
        {
            "id": "2",
            "author": "b",
            "title": "สองคน",
            "body": need + "ฝนไม่ตกเลย",
            "comments": [{"author": "c", "body": need + "แดดแรงมาก"}],
        },
    ]
    titles = [issue.group.title for issue in issues(jsonl, tmp_path, posts, "unnamed")]
    assert titles == ["สองคน", "หนึ่งคน"]


def test_finding_too_many_early_voices_are_counted_and_those_of_most_people_told(jsonl, tmp_path, monkeypatch):
    worry, need = "หนักใจจริงๆ ไม่รู้จะทำอย่างไรดี ไก่หายไปทั้งเล้า", "เดือดร้อนกันทั้งคุ้ม ยังไม่มีใครช่วย ฝนไม่ตกเลย"
    posts = [
        {"id": "1", "author": "a", "title": "คนเดียว", "body": worry},
        {"id": "2", "author": "b", "title": "สองคน", "body": need, "comments": [{"author": "c", "body": need}]},
    ]
    everything = issues(jsonl, tmp_path, posts, "all")
    monkeypatch.setattr("minecop.insight.finding._MOST_EARLY", 1)
    run = analyse(jsonl(posts, "some/posts.jsonl"), tmp_path / "run-some")
    insight = load_analysis(run).insight
    assert [issue.group.title for issue in everything] == ["สองคน", "คนเดียว"]
    assert [issue.group.title for issue in insight.issues] == ["สองคน"]
    assert insight.funnel["early_not_told"] == len(everything[1].group.members)


def test_finding_nothing_in_an_archive_of_courtesy(jsonl, tmp_path):
    assert issues(jsonl, tmp_path, [{"body": "สวัสดีครับ แวะมาเยี่ยม"}, {"body": "ขอบคุณค่ะ สู้ๆ นะคะ"}], "polite") == ()


def test_models_comment_is_a_value():
    assert Comment(1, "ก") == Comment(1, "ก")


def test_trends_shares_have_intervals_and_bursts_are_sure():
    share, low, high = share_of(Period("2553", 5, 20))
    assert low < share == 0.25 < high
    assert share_of(Period("2553", 0, 0))[0] == 0
    periods = (Period("2551", 1, 30), Period("2552", 1, 30), Period("2553", 12, 30))
    assert bursts_of(periods) == ("2553",)
    assert bursts_of((Period("2551", 2, 2), Period("2552", 0, 30))) == ()  # two people are no burst
    everyone = [voice(n, f"p{n}", when=f"2010-0{1 + n}-05") for n in range(3)]
    assert periods_of(everyone[:1], everyone, "month") == tuple(
        Period(f"2553/{n:02}m", int(n == 1), 1) for n in (1, 2, 3)
    )
    assert periods_of(everyone[:2], everyone, "year") == (Period("2553", 2, 3),)
