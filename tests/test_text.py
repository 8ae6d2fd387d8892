import gzip
import json
import tomllib
from collections import Counter, defaultdict
from itertools import chain, pairwise

import pyarrow as pa
import pytest
from benchmarks.learn_boundaries import POSTS, counts
from conftest import ROOT, SAMPLE
from hypothesis import example, given, settings
from hypothesis import strategies as st

from minecop.archive.importing import read_sources
from minecop.archive.models import Comment, Post
from minecop.core.dates import SHORT_MONTHS, parse_datetime
from minecop.text import normalising
from minecop.text import tokens as tokens_module
from minecop.text.collocations import WordCounts, collocations, joined
from minecop.text.normalising import normalise, with_map
from minecop.text.passages import PASSAGES, UNJOINED, Selection, passages_of, words_of_passages
from minecop.text.segmenting import LONGEST, segment
from minecop.text.terms import dotted_forms, key_of, terms
from minecop.text.tokens import engine_name, tokens
from minecop.text.words import content_words, phrases, stop_words, words

FIXTURES = ROOT / "tests/fixtures/words"
FLOORS = tomllib.loads((ROOT / "tests/floors.toml").read_text(encoding="utf-8"))
DATA = ROOT.parent / "shared/data"

THAI = st.text(alphabet=st.sampled_from(list("กขคงนมรสอเแโใไะาำิีึืุู่้๊๋ํ์ๆ ฯ๑๒12a.\n•-\u200b\u00a0")), max_size=300)
MARKUP = st.lists(
    st.sampled_from(
        [
            "<b>",
            "</b>",
            "<p class='x'>",
            "<br/>",
            "<",
            ">",
            "&",
            "&nbsp;",
            "&amp;",
            "lt;",
            "#38;",
            "<!--",
            "-->",
            "mso-x:1;",
            "ก",
            "า",
            "่",
            " ",
            "๕",
            "5",
        ]
    ),
    max_size=40,
).map("".join)


@pytest.mark.parametrize(
    ("text", "same"),
    [
        ("เเล้ว", "แล้ว"),
        ("น้ํา", "น้ำ"),
        ("นํ้า", "น้ำ"),
        ("ท าไมน ้าแห้ง", "ทำไมน้ำแห้ง"),  # as PDF files have it
        ("ทำ่ กา้ว", "ท่ำ ก้าว"),
        ("ที่่ ที้่ ก็็", "ที่ ที่ ก็"),
        ("ก ็ได้", "ก็ได้"),
        ("มากกกก จ้าาา ค่ะะะะ", "มาก จ้า ค่ะ"),
        ("5555555", "555"),
        ("ได้ 55555 บาท โทร 0855555555", "ได้ 55555 บาท โทร 0855555555"),
        ("๒๕๕๓", "2553"),
        ("ก\u200bา\u00a0ข", "กา ข"),
        ("e\u0301", "\u00e9"),
        ('<p class="MsoNormal">ดี&nbsp;ครับ<o:p></o:p></p>', "\nดี ครับ\n"),
        ("ก &amp;amp; ข &lt;b&gt;ค&lt;/b&gt; R&D", "ก & ข ค R&D"),
        ("Normal 0 false false false EN-US X-NONE TH ก", "ก"),
        ("a < b และ c > d", "a < b และ c > d"),
        ("กรรมการ ททท. www.a.example", "กรรมการ ททท. www.a.example"),
    ],
)
def test_normalising_gives_one_spelling(text, same):
    assert normalise(text) == same


def test_normalising_keeps_what_nfkc_would_split():
    assert normalise("ทำน้ำ") == "ทำน้ำ"


@given(st.one_of(THAI, st.text(), MARKUP))
@example("ก้้า")
@example("เเเแ")
@example("&#38;" + "#38;" * 20 + "lt;b>")
def test_normalising_twice_is_once(text):
    once = normalise(text)
    assert normalise(once) == once


@given(st.one_of(THAI, st.text(), MARKUP))
@example("กํ่า")
@example("ก ้า")
@example("Mso-")
def test_normalising_sees_all_that_there_is_to_mend(text):
    for signs, rules in (
        (normalising._SIGNS, normalising._RULES),
        (normalising._LETTER_SIGNS, normalising._LETTER_RULES),
    ):
        if not normalising._shows(signs, text):
            assert [normalising._applied(rule, text, []) for rule in rules] == [text] * len(rules)


@given(st.one_of(THAI, st.text(), MARKUP), st.data())
def test_normalising_knows_where_everything_stood(text, data):
    clean = with_map(text)
    assert clean.text == normalise(text)
    if not clean.text:
        return
    start = data.draw(st.integers(0, len(clean.text) - 1))
    end = data.draw(st.integers(start + 1, len(clean.text)))
    begin, stop = clean.original(start, end)
    assert 0 <= begin < stop <= len(text)
    # What a span was made from gives the span again, apart from what its neighbours had a part in.
    for place in range(start, end):
        one, other = clean.original(place, place + 1)
        assert begin <= one < other <= stop
        if other - one == 1 and clean.text[place] != text[one]:
            assert normalise(text[one]) in {clean.text[place], "", "แ"} or clean.text[place] in " \n"


def test_normalising_spans_point_into_the_text_as_written():
    text = "<b>เเปลก</b>  มากกกก ท าไม"
    clean = with_map(text)
    assert clean.text == "แปลก มาก ทำไม"
    written = {
        word: text[slice(*clean.original(at, at + len(word)))]
        for word in ("แปลก", "มาก", "ทำไม")
        for at in [clean.text.index(word)]
    }
    assert written == {"แปลก": "เเปลก", "มาก": "มากกกก", "ทำไม": "ท าไม"}


@given(st.one_of(THAI, st.text()))
def test_segmenting_spans_are_in_order_and_leave_only_space_between(text):
    position = 0
    for span in segment(text):
        assert position <= span.start < span.end <= len(text)
        assert not text[position : span.start].strip()
        piece = text[span.start : span.end]
        assert piece == piece.strip()
        assert len(piece) <= LONGEST
        position = span.end
    assert not text[position:].strip()


def test_segmenting_bullets_inherit_their_heading():
    text = (
        "สิ่งที่ได้เกินคาด\n"
        "- ชาวบ้านมากันครบทุกคุ้ม ทั้งที่นัดไว้แค่ครึ่งเดียว แล้วยังอยู่ช่วยเก็บเก้าอี้กันจนค่ำ\n"
        "- ผู้เฒ่าลุกขึ้นเล่าเองโดยไม่ต้องเชิญ คนฟังเงียบกริบ ไม่มีใครลุกไปไหนเลยสักคน เล่าจบแล้วปรบมือ\n"
        "\n"
        "แล้ววันนั้นเราก็กลับบ้านกันมืดๆ ฝนลงมาพอดี รองเท้าเปื้อนโคลนทั้งคณะ แต่ไม่มีใครบ่นสักคำเดียว"
    )
    spans = segment(text)
    assert [span.heading for span in spans] == ["สิ่งที่ได้เกินคาด", "สิ่งที่ได้เกินคาด", None]
    assert text[spans[0].start : spans[0].end].startswith("สิ่งที่ได้เกินคาด\n- ชาวบ้าน")


def test_segmenting_long_paragraph_is_cut_and_nothing_lost():
    sentence = "วันนี้เราไปเยี่ยมบ้านยายแก้วกันครับ แกเล่าให้ฟังว่าน้ำท่วมมาสองปีแล้ว "
    text = sentence * 40
    spans = segment(text)
    assert len(spans) > 2
    assert "".join(text[s.start : s.end] for s in spans).replace(" ", "") == text.replace(" ", "")


def test_segmenting_text_without_any_space_is_cut_too():
    assert max(span.end - span.start for span in segment("ก" * 5000)) <= LONGEST


@given(st.one_of(THAI, st.text(), MARKUP))
@example("คุณสม ชายมาแล้ว ครูสม/หญิง")  # pieces of a given name, but not in a row
@settings(deadline=None)  # the first call loads the dictionary
def test_tokens_joined_are_the_normalised_text(text):
    clean = normalise(text)
    assert "".join(token.text for token in tokens(clean)) == clean
    words(text)


@pytest.mark.parametrize(
    ("text", "cut"),
    [
        ("อีกชนิดหนึ่ง", "อีก|ชนิด|หนึ่ง"),
        ("ปฏิบัติการตามแผน", "ปฏิบัติการ|ตาม|แผน"),
        ("ท่านบอกว่าไม่มา", "ท่าน|บอก|ว่า|ไม่|มา"),
        ("จดแล้วจะเล่า", "จด|แล้ว|จะ|เล่า"),
        ("ปลูกได้ทุกรอบ", "ปลูก|ได้|ทุก|รอบ"),
        ("ทุ่งเสลี่ยม", "ทุ่ง|เสลี่ยม"),  # a name in no dictionary stays what it is
    ],
)
def test_tokens_take_the_better_path(text, cut):
    assert "|".join(token.text for token in tokens(text)) == cut


def test_tokens_know_their_kind():
    kinds = [
        (token.kind, token.text)
        for token in tokens("ไป รพ.สต. r2r 1,200 บาท ๆ http://a.example/ก?x=1 :)")
        if token.kind != "space"
    ]
    assert kinds == [
        ("thai", "ไป"),
        ("abbreviation", "รพ.สต."),
        ("latin", "r2r"),
        ("number", "1,200"),
        ("thai", "บาท"),
        ("mark", "ๆ"),
        ("address", "http://a.example/ก?x=1"),
        ("mark", ":)"),
    ]


@pytest.mark.parametrize(
    "text",
    [
        "ก" * 100_000,
        "ฮือ" * 50_000,
        "มากก" * 30_000,
        "กรรมการ" * 20_000,
        "เ" * 50_000,
        "ตากลม" * 20_000,
        "a" * 100_000,
        "1." * 50_000,
        "ก." * 50_000,
        "🙂" * 20_000,
    ],
)
def test_tokens_of_odd_texts_come_in_time(text):
    clean = normalise(text)
    assert "".join(token.text for token in tokens(clean)) == clean


def test_tokens_know_every_abbreviation_with_dots():
    forms = [form for form in (*dotted_forms(), *SHORT_MONTHS) if form.count(".") > 1]
    assert [[token for token in tokens(f"ที่{form} นี้") if token.text == form] for form in forms] == [
        [("abbreviation", form)] for form in forms
    ]


def test_words_keep_the_words_of_the_field_whole():
    assert "ชุมชนแนวปฏิบัติ" in words("เรื่องชุมชนแนวปฏิบัติในคณะ")
    assert "แล้ว" in words("เเล้วเสร็จ") or "แล้วเสร็จ" in words("เเล้วเสร็จ")


def test_words_leave_out_addresses_numbers_and_faces():
    assert words("ดู http://a.example/ก?x=1 หรือ me@a.example โทร 081-234 5678 ^_^ :) 😀") == ["ดู", "หรือ", "โทร"]


def test_words_stop_list_has_reasons_and_keeps_what_carries_the_matter():
    assert {"ครับ", "ขอบคุณ", "ที่"} <= stop_words()
    assert not {"ขาด", "แก่", "ปฏิบัติ"} & stop_words()
    assert content_words(["ขอบคุณ", "น้ำ", "ครับ", "ก"]) == ["น้ำ"]
    assert engine_name() in {"newmm", "nlpo3"}


def test_words_phrases_join_thai_words_that_stand_together():
    assert phrases(["ท่อ", "น้ำ", "ของ", "หมู่บ้าน", "pcu"]) == ["ท่อ", "น้ำ", "ท่อน้ำ", "หมู่บ้าน", "pcu", "หมู่บ้าน pcu"]


def post(**changes) -> Post:
    values = {
        "id": "1",
        "title": "ท่อน้ำ",
        "body": "ท่อน้ำแตกอีกแล้วครับ ซ่อมกันมาสามรอบ ช่างบอกว่าต้องเปลี่ยนทั้งเส้น",
        "author_id": "kaeo",
        "communities": ("ใต้",),
        "published": parse_datetime("2010-02-01"),
        "comments": (
            Comment(
                1,
                "บ้านเราก็แตกค่ะ เพิ่งเปลี่ยนไปเมื่อปีก่อน แตกใหม่อีกแล้วเหมือนกัน",
                author_id="tu",
                published=parse_datetime("2011-05-01"),
            ),
        ),
    }
    return Post(**values | changes)


EVERYTHING = Selection()


def rows(posts, selection=EVERYTHING, homes=None):
    passages, _ = passages_of(posts, homes or {}, {}, selection)
    tokens = words_of_passages(passages)
    assert passages.schema == PASSAGES
    assert tokens.schema == UNJOINED
    return passages.to_pylist()


def test_passages_index_the_text_as_written_and_know_their_voice():
    written = post(body="\u00a0\u00a0" + post().body + "\n\n")
    first, second = rows([written], homes={"kaeo": "เหนือ"})
    assert written.body[first["start"] : first["end"]] == first["text"]
    assert (first["comment"], first["community"], first["title"]) == (None, "เหนือ", "ท่อน้ำ")
    assert (second["comment"], second["community"], second["author_id"]) == (1, "ใต้", "tu")


def test_passages_of_copies_are_not_counted_again():
    copy = post(duplicate_of="0")
    assert rows([copy]) == []
    passages, titles = passages_of([copy], {}, {}, EVERYTHING, {copy.id: {1}})
    assert passages["comment"].to_pylist() == [1], "what is said nowhere else is"
    assert titles["post_id"].to_pylist() == [copy.id]


def test_passages_selection_by_day_and_community():
    day = parse_datetime("2010-12-31").date()
    assert [r["comment"] for r in rows([post()], Selection(until=day))] == [None]
    assert [r["comment"] for r in rows([post()], Selection(since=day))] == [1]
    assert rows([post(published=None, comments=())], Selection(since=day)) == []
    assert rows([post()], Selection(communities=("เหนือ",))) == []
    assert [r["author_id"] for r in rows([post()], Selection(communities=("เหนือ",)), {"tu": "เหนือ"})] == ["tu"]


# ---- what newmm cuts wrongly, collocations


def test_tokens_of_what_newmm_cuts_wrongly():
    lines = (FIXTURES / "cuts.tsv").read_text(encoding="utf-8").splitlines()[1:]
    pairs = [line.split("\t") for line in lines]
    right = 0
    for text, cut in pairs:
        made = [token.text for token in tokens(normalise(text)) if token.kind != "space"]
        right += made == [piece for piece in cut.split("|") if piece.strip()]
    assert len(pairs) >= 120
    assert right / len(pairs) >= FLOORS["text"]["cuts_that_newmm_gets_wrong"]


@pytest.fixture
def newmm_alone(monkeypatch):
    """Call to go on without nlpo3."""

    def forget():
        for cached in (tokens_module.engine_name, tokens_module._engine):
            cached.cache_clear()
        tokens_module._SHORT_RUNS.clear()

    def without():
        forget()
        monkeypatch.setattr(tokens_module, "find_spec", lambda name: None)
        assert engine_name() == "newmm"

    yield without
    monkeypatch.undo()
    forget()


def same_with_either(texts, newmm_alone):
    assert engine_name() == "nlpo3"
    fast = [tokens(text) for text in texts]
    newmm_alone()
    return all(tokens(text) == found for text, found in zip(texts, fast, strict=True))


def test_tokens_of_the_sample_are_the_same_with_either_engine(newmm_alone):
    pytest.importorskip("nlpo3")
    posts, _, _ = read_sources(SAMPLE)
    assert same_with_either([normalise(text.body) for post in posts for text in post.texts], newmm_alone)


@pytest.mark.skipif(not DATA.is_dir(), reason="the real texts are not beside this checkout")
def test_tokens_of_real_texts_are_the_same_with_either_engine(newmm_alone):
    pytest.importorskip("nlpo3")
    texts = list(real_texts(2_000_000))
    assert sum(len(text.encode()) for text in texts) > 2_000_000
    assert same_with_either(texts, newmm_alone)


def real_texts(letters):
    for name in ("blogs_neizod", "wisesight_sentiment", "thaigov_v1_all"):
        left = letters // 3
        with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as file:
            for line in file:
                row = json.loads(line)
                text = normalise(row.get("text") or row.get("body") or row.get("texts") or "")
                yield text
                left -= len(text)
                if left < 0:
                    break


def test_words_give_every_form_of_a_term_one_name():
    forms = ["ชุมชนนักปฏิบัติ", "community of practice", "Communities of Practice", "ชุมชนแนวปฏิบัติ"]
    assert {tuple(words(f"เรื่อง {form} ในคณะ"))[1] for form in forms} == {"ชุมชนแนวปฏิบัติ"}
    assert words("จัด World Café กับ สภากาแฟ") == ["จัด", "สภากาแฟ", "กับ", "สภากาแฟ"]
    assert "อสม." in words("พี่ อสม. มาแล้ว") or "อาสาสมัครสาธารณสุขประจำหมู่บ้าน" in words("พี่ อสม. มาแล้ว")


def test_terms_are_many_and_no_form_has_two_names():
    known = terms()
    assert len(set(known.names.values())) >= 600
    table = tomllib.loads((ROOT / "minecop/text/data/terms.toml").read_text(encoding="utf-8"))
    groups = [group for name, group in table.items() if name not in {"ambiguous", "misspelt"}]
    owners = defaultdict(set)
    for group in groups:
        for name, forms in group.items():
            for form in (name, *forms):
                owners[key_of(form)].add(name)
    assert {form: names for form, names in owners.items() if len(names) > 1} == {}


def counted(*parts):
    counts = WordCounts()
    for documents in parts:
        counts.count(pa.chunked_array([pa.array(documents, pa.list_(pa.string()))]))
    return counts


@settings(deadline=None)
@given(st.lists(st.lists(st.lists(st.text("กขab", max_size=2), max_size=4), max_size=4), max_size=4), st.integers(1, 9))
def test_collocations_are_of_words_and_pairs_counted_as_they_stand(parts, held):
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("minecop.text.collocations._HELD", held)
        counts = counted(*parts)
        documents = list(chain.from_iterable(parts))
        assert counts.words == Counter(chain.from_iterable(documents))
        assert counts.pairs() == Counter(chain.from_iterable(map(pairwise, documents)))


def test_collocations_are_counted_in_bounded_memory(monkeypatch):
    monkeypatch.setattr("minecop.text.collocations.MOST_PAIRS", 50)
    monkeypatch.setattr("minecop.text.collocations._HELD", 20)
    first = [[f"ก{n}", f"ข{n}"] for n in range(40)] + [["ข้าว", "เหนียว"]] * 30
    counts = counted(first, *([[f"ค{part}-{n}", f"ง{part}-{n}"] for n in range(20)] for part in range(20)))
    assert len(counts.pairs()) <= 50
    assert counts.pairs()["ข้าว", "เหนียว"] == 30


def test_collocations_are_what_stands_together_oftener_than_by_chance():
    together = [["ออม", "ทรัพย์", "หมู่บ้าน", "น้ำ"], ["น้ำ", "หมู่บ้าน", "ออม", "ทรัพย์"], ["หมู่บ้าน", "ดิน", "น้ำ"]] * 4
    found = collocations(counted(together))
    assert set(found) == {("ออม", "ทรัพย์")}
    assert joined(["เรา", "ออม", "ทรัพย์", "กัน"], found) == ["เรา", "ออมทรัพย์", "กัน"]
    assert joined([], found) == []
    assert joined(["ก", "open", "space"], {("open", "space"): 0.9}) == ["ก", "open space"]


def test_collocations_join_the_closer_of_two():
    found = {("ก", "ข"): 0.6, ("ข", "ค"): 0.9}
    assert joined(["ก", "ข", "ค"], found) == ["ก", "ขค"]
    assert joined(["ก", "ข", "ง"], found) == ["กข", "ง"]


def test_collocations_take_no_stop_words():
    assert collocations(counted([["ไม่", "ได้", "นา"]] * 9)) == {}


def test_words_misspelt_are_read_as_they_should_be():
    assert words("สังเกตุดูว่าโอกาศมีไหม") == words("สังเกตดูว่าโอกาสมีไหม")
    assert words("เรื่องเศรษกิจพอเพียง") == words("เรื่องเศรษฐกิจพอเพียง")


def test_words_that_are_nearly_alike_stay_what_they_are():
    pairs = [line.split("\t") for line in (FIXTURES / "near.tsv").read_text(encoding="utf-8").splitlines()[1:]]
    assert len(pairs) >= 40
    for one, other in pairs:
        assert words(one) != words(other), (one, other)


def test_words_of_a_slip_of_the_key_are_never_right_words_themselves():
    known = terms().misspelt
    assert len(known) >= 100
    assert not set(known) & set(known.values())


@pytest.mark.parametrize(
    ("text", "name"),
    [
        ("วง PLC ของครูในโรงเรียน", "ชุมชนการเรียนรู้ทางวิชาชีพ"),
        ("ต่อ PLC เข้ากับมอเตอร์", "เครื่องควบคุมแบบโปรแกรม"),
        ("ซื้อ PLC มาใหม่", "plc"),  # nobody can tell
        ("เดินทาง 12 KM กว่าจะถึง", "กิโลเมตร"),
        ("ทีม KM ของคณะ", "การจัดการความรู้"),
        ("เด็ก ม.3 มากันครบ", "ม."),  # a class of a school stays as people write it
        ("ห่างกัน 3 ม.", "เมตร"),
        ("อาจารย์จาก ม.ขอนแก่น", "มหาวิทยาลัย"),
        ("เข้าสู่ประชาคมอาเซียน", "ประชาคมอาเซียน"),
    ],
)
def test_words_of_ambiguous_forms_by_what_stands_around(text, name):
    assert name in words(text)


# ---- passages against posts that were segmented by hand


def test_segmenting_against_posts_segmented_by_hand():
    posts = [json.loads(line) for line in POSTS.read_text(encoding="utf-8").splitlines()]
    both, made, wanted = counts(posts, {})
    assert len(posts) >= 60
    assert 2 * both / (made + wanted) >= FLOORS["text"]["boundary_f1"]
