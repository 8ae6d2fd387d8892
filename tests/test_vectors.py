"""Vectors without torch: latent semantic analysis, the static embedding, how it is learned, adapted, measured and kept."""

import hashlib
import json
import tomllib

import numpy as np
import pytest
import scipy.sparse as sp
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

import minecop
from minecop.core.errors import InputError, ModelError
from minecop.core.executors import make_executor
from minecop.run.modelling import concern_texts
from minecop.vectors.adapting import Said, _with_words_of, adapt, pairs_of
from minecop.vectors.archive import Row, fit_archive
from minecop.vectors.contrastive import Learner, Objective
from minecop.vectors.counting import context_vectors
from minecop.vectors.embedder import Embedder, unit_rows
from minecop.vectors.head import Head, HeadLearner
from minecop.vectors.lsa import ArchiveEmbedder
from minecop.vectors.measuring import figures, read_voices
from minecop.vectors.models import load_embedder, shipped_model
from minecop.vectors.sources import Corpora, held_out, read_corpora
from minecop.vectors.static import StaticEmbedder, bags_of, load_static, own_directions, save_static
from minecop.vectors.storing import mapped_vectors, read_vectors, write_vectors
from minecop.vectors.training import Recipe, ridge_rows, train

FLOORS = tomllib.loads((ROOT / "tests/floors.toml").read_text(encoding="utf-8"))["vectors"]
MODEL = ROOT / "models/thai-static"
DATA = ROOT.parent / "shared/data"
CONCERNS = ROOT.parent / "shared/gold/concerns-dev.jsonl"

PASSAGES = [
    ["น้ำ", "ท่อ", "ซ่อม"],
    ["น้ำ", "ท่อ", "แตก"],
    ["เด็ก", "อ่าน", "หนังสือ"],
    ["เด็ก", "หนังสือ", "ห้องสมุด"],
    ["ข้าว", "นา", "ปุ๋ย"],
    ["ข้าว", "นา", "เกี่ยว"],
]


# ---- latent semantic analysis


def test_lsa_puts_passages_of_one_matter_together():
    vectors = ArchiveEmbedder().fit(PASSAGES).encode_terms(PASSAGES)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    assert likeness.argmax(axis=1).tolist() == [1, 0, 3, 2, 5, 4]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6])
def test_lsa_of_any_size_gives_unit_rows(count):
    passages = PASSAGES[:count]
    vectors = ArchiveEmbedder().fit(passages).encode_terms(passages)
    assert vectors.dtype == np.float32
    assert len(vectors) == count
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_lsa_gives_unknown_and_empty_texts_a_vector_of_their_own():
    model = ArchiveEmbedder().fit(PASSAGES)
    vectors = model.encode_terms([["ไม่รู้จัก"], [], ["น้ำ"]])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert abs(vectors[0] @ vectors[1]) < 0.9


def test_lsa_same_input_and_seed_same_bytes():
    one, two = (ArchiveEmbedder(seed=3).fit(PASSAGES).encode_terms(PASSAGES) for _ in range(2))
    assert one.tobytes() == two.tobytes()


# ---- the static embedding


@pytest.fixture
def small():
    """Four words in three dimensions."""
    rows = np.array([[1, 0, 0], [0.9, 0.1, 0], [0, 1, 0], [0, 0, 1]], dtype=np.float32)
    return StaticEmbedder({"น้ำ": 0, "ฝน": 1, "หนังสือ": 2, "ห้องสมุด": 3}, rows, "small", np.log([0.4, 0.3, 0.2, 0.1]))


def test_static_vector_is_the_sum_of_rows_at_length_one(small):
    vectors = small.encode_words([["น้ำ", "หนังสือ", "หนังสือ"], ["ฝน"]])
    assert vectors.dtype == np.float32
    assert np.allclose(vectors[0], np.array([1, 2, 0]) / np.sqrt(5))
    assert np.allclose(vectors[1], np.array([0.9, 0.1, 0]) / np.sqrt(0.82))


def test_static_order_of_texts_and_of_words_does_not_matter(small):
    documents = [["น้ำ", "คำแปลก"], ["ฝน", "หนังสือ"], ["คำแปลก", "น้ำ"]]
    vectors = small.encode_words(documents)
    assert np.allclose(vectors[0], vectors[2], atol=1e-6)
    for number, document in enumerate(documents):
        assert small.encode_words([document])[0].tobytes() == vectors[number].tobytes()


def test_static_texts_that_share_an_unknown_word_lie_near_each_other():
    model = shipped_model()
    unknown = [word for word in ("ซอมบราลัง", "มูราวีเกต", "ปักษาวรรณกิจ") if word not in model.vocabulary]
    one, two, other = model.encode_words([["งาน", unknown[0]], ["ประชุม", unknown[0]], ["ประชุม", unknown[1]]])
    assert one @ two > one @ other + 0.3


def test_static_unknown_word_leans_on_the_pieces_it_is_made_of(small):
    assert small.pieces("ห้องสมุดหนังสือ") == ["ห้องสมุด", "หนังสือ"]
    assert small.pieces("ห้องสมุดใหม่") == []
    assert small.pieces("น้ำ") == ["น้ำ"]
    built, plain = small.row_of("ห้องสมุดหนังสือ"), 2 * own_directions(["ห้องสมุดหนังสือ"], 3)[0]
    assert np.allclose(built - plain, [0, 0.5, 0.5], atol=1e-6)


@given(st.lists(st.sampled_from(["น้ำ", "ฝน", "หนังสือ", "ห้องสมุด", "ห้อง", "สมุดหนัง", "สือ"]), min_size=1, max_size=4))
@settings(max_examples=50, deadline=None)
def test_static_pieces_make_up_the_word_and_are_as_few_as_can_be(parts):
    model = StaticEmbedder(
        {word: n for n, word in enumerate(("น้ำ", "หนังสือ", "ห้องสมุด", "ห้อง", "สมุดหนัง", "สือ"))}, np.eye(6), "x"
    )
    found = model.pieces("".join(parts))
    if "ฝน" in parts:
        assert "ฝน" not in found  # shorter than a piece
    else:
        assert "".join(found) == "".join(parts)
        assert len(found) <= len(parts)


def test_static_texts_without_words_have_one_vector_and_no_text_none(small):
    vectors = small.encode_words([[], [], ["น้ำ"]])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1)
    assert vectors[0].tobytes() == vectors[1].tobytes()
    assert small.encode_words([]).shape == (0, 3)


@given(st.lists(st.lists(st.text(min_size=1, max_size=6), max_size=6), max_size=8))
@settings(max_examples=60, deadline=None)
def test_static_any_words_give_rows_of_length_one(documents):
    vectors = shipped_model().encode_words(documents)
    assert vectors.shape == (len(documents), shipped_model().dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)


def test_static_own_directions_are_all_but_at_right_angles():
    made = own_directions([f"คำที่ {number}" for number in range(200)], 256)
    assert np.allclose(np.linalg.norm(made, axis=1), 1, atol=1e-5)
    likeness = made @ made.T - np.eye(200)
    assert np.abs(likeness).max() < 0.35
    assert own_directions(["ฝน", "น้ำ"], 256)[1].tobytes() == own_directions(["น้ำ"], 256).tobytes()


def test_static_is_read_as_it_was_written(small, tmp_path):
    small.about["recipe"] = {"seed": 1}
    save_static(small, tmp_path / "m")
    again = load_static(tmp_path / "m")
    assert isinstance(again.rows, np.memmap)
    assert again.vocabulary == small.vocabulary
    assert np.allclose(again.rows, small.rows, atol=1e-3)
    assert np.allclose(again.likelihood, small.likelihood, atol=1e-3)
    assert again.about == {"recipe": {"seed": 1}}
    save_static(again, tmp_path / "n")
    for name in ("model.safetensors", "tokenizer.json"):
        assert (tmp_path / "m" / name).read_bytes() == (tmp_path / "n" / name).read_bytes()


@pytest.fixture
def headed(small):
    """The same words under a head; one of them has a direction of its own in its row."""
    own = np.array([0, 0.5, 0, 0], dtype=np.float32)
    rows = small.rows.copy()
    rows[1] += 0.5 * own_directions(["ฝน"], 3)[0]
    return StaticEmbedder(small.vocabulary, rows, "headed", small.likelihood, head=some_head(3), own=own)


def some_head(dimensions, width=5):
    random = np.random.default_rng(0)
    head = Head.new(dimensions, width, random)
    head.outer[:] = random.standard_normal(head.outer.shape)
    return head


def test_head_is_read_as_it_was_written_and_goes_where_there_is_none(small, headed, tmp_path):
    save_static(headed, tmp_path / "m")
    again = load_static(tmp_path / "m")
    texts = [["น้ำ", "ฝน"], ["ฝน"], ["ห้องสมุดหนังสือ", "หนังสือ"], []]
    assert np.allclose(again.encode_words(texts), headed.encode_words(texts), atol=2e-3)
    save_static(again, tmp_path / "n")
    for name in ("model.safetensors", "head.safetensors"):
        assert (tmp_path / "m" / name).read_bytes() == (tmp_path / "n" / name).read_bytes()
    one = load_static(tmp_path / "m")
    save_static(small, tmp_path / "m")
    assert load_static(tmp_path / "m").head is None
    assert load_static(tmp_path / "m").name != one.name


def test_head_turns_what_was_learned_and_not_own_directions(headed):
    head, own = headed.head, 0.5 * own_directions(["ฝน"], 3)[0]
    learned = np.array([1.9, 0.1, 0])
    unit = learned / np.linalg.norm(learned)
    turned = unit + np.maximum(unit @ head.inner + head.bias, 0) @ head.outer
    expected = own + np.linalg.norm(learned) * turned / np.linalg.norm(turned)
    assert np.allclose(headed.encode_words([["น้ำ", "ฝน"]])[0], expected / np.linalg.norm(expected), atol=1e-5)
    assert np.allclose(headed.encode_words([["คำแปลก"]])[0], own_directions(["คำแปลก"], 3)[0], atol=1e-5)
    assert np.allclose(np.linalg.norm(headed.encode_words([[], ["น้ำ"], ["คำแปลก", "ฝน"]]), axis=1), 1, atol=1e-5)


def test_head_begins_as_nothing_and_its_share_can_be_chosen():
    sums = np.random.default_rng(1).standard_normal((1_100, 6)).astype(np.float32)
    new = Head.new(6, 8, np.random.default_rng(0))
    assert np.allclose(new.apply(sums), sums, atol=1e-5)
    head = some_head(6)
    assert np.allclose(head.mixed(0).apply(sums), sums, atol=1e-5)
    made = head.apply(sums)
    assert np.allclose(np.linalg.norm(made, axis=1), np.linalg.norm(sums, axis=1), atol=1e-4)
    assert np.allclose(head.apply(sums[700:701]), made[700:701], atol=1e-5)
    assert head.apply(sums[:0]).shape == (0, 6)


def test_head_of_the_shipped_model_turns_a_text_alone_as_among_many():
    model, random = shipped_model(), np.random.default_rng(0)
    known = list(model.vocabulary)
    documents = [[known[n] for n in random.integers(0, len(known), 20)] for _ in range(1_300)]
    documents[1_000] += ["คำแปลกหน้าจริงๆ", "ซอมบราลัง"]
    many = model.encode_words(documents)
    for number in (0, 511, 512, 999, 1_000, 1_299):
        assert np.allclose(model.encode_words([documents[number]])[0], many[number], atol=1e-6)


@pytest.mark.parametrize("name", ["model.safetensors", "head.safetensors", "tokenizer.json", "config.json"])
def test_static_damage_is_said(headed, tmp_path, name):
    save_static(headed, tmp_path / "m")
    path = tmp_path / "m" / name
    path.write_bytes(path.read_bytes()[: path.stat().st_size // 3])
    with pytest.raises(ModelError) as caught:
        load_static(tmp_path / "m")
    assert str(tmp_path / "m") in caught.value.text("th")


def test_static_lengths_of_own_directions_fit_the_words(small, headed, tmp_path):
    save_static(headed, tmp_path / "m")
    save_static(StaticEmbedder({"น้ำ": 0}, small.rows[:1], "less", small.likelihood[:1]), tmp_path / "n")
    (tmp_path / "n" / "head.safetensors").write_bytes((tmp_path / "m" / "head.safetensors").read_bytes())
    with pytest.raises(ModelError):
        load_static(tmp_path / "n")


@pytest.mark.filterwarnings("ignore")
def test_static_shipped_model_opens_in_other_libraries():
    """They see the rows, without the head."""
    import model2vec
    from sentence_transformers import SentenceTransformer

    texts = ["น้ำ ประปา", "ห้องสมุด โรงเรียน"]
    rows = StaticEmbedder(shipped_model().vocabulary, shipped_model().rows, "rows")
    ours = rows.encode_words([text.split() for text in texts])
    for vectors in (
        model2vec.StaticModel.from_pretrained(str(MODEL)).encode(texts),
        SentenceTransformer(str(MODEL)).encode(texts),
    ):
        assert np.allclose(vectors, ours, atol=2e-3)


def test_static_shipped_model_is_small_and_names_its_sources():
    assert sum(path.stat().st_size for path in MODEL.rglob("*")) <= 25e6
    card = (MODEL / "README.md").read_text(encoding="utf-8")
    about = shipped_model().about
    assert len(about["sets"]) == 5
    for one in about["sets"]:
        assert one["licence"] in card
        assert one["source"] in card
    assert "Apache-2.0" in card
    assert f"each of {len(shipped_model().vocabulary):,} words" in card
    assert "email" not in about
    for word in ("ไม่", "ชุมชน", "เยี่ยมบ้าน", "ครับ"):
        assert word in shipped_model().vocabulary
    assert sum(word.isascii() for word in shipped_model().vocabulary) > 1_000


def test_static_embed_is_public():
    vectors = minecop.embed(["ประชุมกรรมการหมู่บ้าน", "xyz", ""])
    assert vectors.dtype == np.float32
    assert vectors.shape == (3, shipped_model().dimensions)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    assert isinstance(load_embedder(), Embedder)


def test_static_meaning_is_seen_where_no_word_is_shared():
    """A few plain pairs; the figures are in floors.toml."""
    said, meant, other = minecop.embed(
        ["คนรุ่นใหม่ไม่มีใครอยากสืบทอด", "พอหมดรุ่นปู่ย่าแล้วลูกหลานก็ไม่เอา", "เบิกค่าเดินทางล่าช้าไปสามเดือน"]
    )
    assert said @ meant > said @ other + 0.1


def test_unit_rows_leaves_zeros():
    assert unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


# ---- learning


def test_contrastive_gradient_is_that_of_the_loss():
    random = np.random.default_rng(0)
    rows = random.standard_normal((7, 4))
    queries = bags_of([[0, 1], [2, 3], [4], [0, 5]], 7).astype(np.float64)
    answers = bags_of([[1, 6], [3], [5, 6], [2]], 7).astype(np.float64)
    targets = unit_rows(random.standard_normal((4, 4))).astype(np.float64)
    chosen, groups = np.arange(4), np.array([0, 1, 0, 2])
    for other in (answers, targets):
        one = Objective("x", queries, other, weight=0.7, groups=groups, temperature=0.4, omitted=0)

        def loss(given, one=one):
            return Learner(given, 0.1, 1)._batch(one, chosen)[0]

        _, moves = Learner(rows.copy(), 0.1, 1)._batch(one, chosen)
        gradient = sum(bags.T @ by for bags, by in moves)
        for place in ((0, 0), (3, 2), (5, 1), (6, 3)):
            up, down = rows.copy(), rows.copy()
            up[place] += 1e-2
            down[place] -= 1e-2
            assert gradient[place] / 0.7 == pytest.approx((loss(up) - loss(down)) / 2e-2, rel=0.05, abs=2e-3)


def test_head_gradients_are_those_of_the_loss():
    random = np.random.default_rng(0)
    rows = random.standard_normal((7, 4)).astype(np.float32)
    queries = bags_of([[0, 1], [2, 3], [4], [0, 5]], 7)
    answers = bags_of([[1, 6], [3], [5, 6], [2]], 7)
    targets, chosen = unit_rows(random.standard_normal((4, 4))), np.arange(4)
    for other in (answers, targets):
        one = Objective("x", queries, other, weight=0.7, temperature=0.4, omitted=0)
        head = some_head(4)

        def loss(rows=rows, head=head, one=one):
            return HeadLearner(head, rows, 0.1, 1)._batch(one, chosen)[0]

        _, moves = HeadLearner(head, rows, 0.1, 1)._batch(one, chosen)
        for weights, gradient in zip(
            (head.inner, head.bias, head.outer), map(sum, zip(*moves, strict=True)), strict=True
        ):
            for place in [np.unravel_index(n, weights.shape) for n in (0, 3, weights.size - 1)]:
                before, found = weights[place], []
                for moved in (1e-3, -1e-3):  # the layer bends: no longer steps
                    weights[place] = before + moved
                    found.append(loss())
                weights[place] = before
                assert gradient[place] / 0.7 == pytest.approx((found[0] - found[1]) / 2e-3, rel=0.05, abs=2e-3)


def test_head_learns_what_belongs_together_and_leaves_the_rows():
    random = np.random.default_rng(0)
    rows = random.standard_normal((200, 32)).astype(np.float32)
    queries, answers = pairs_of_kinds(random)
    losses = []
    for _ in range(2):
        head, same = Head.new(32, 64, np.random.default_rng(0)), rows.copy()
        learner = HeadLearner(head, same, 1e-2, 10)
        losses.append([learner.epoch([Objective("x", queries, answers, batch=50)])["x"] for _ in range(10)])
        assert same.tobytes() == rows.tobytes()
    assert losses[0] == losses[1]
    assert losses[0][-1] < losses[0][0] - 1


def pairs_of_kinds(random, count=400, kinds=20):
    """Pairs whose halves share a kind but no word: of ten words a kind, five stand on the one side and five on the other."""
    chosen = random.integers(0, kinds, count)
    return tuple(
        bags_of([(10 * kind + side + random.integers(0, 5, 4)).tolist() for kind in chosen], 10 * kinds)
        for side in (0, 5)
    )


def test_contrastive_draws_together_what_belongs_together():
    random = np.random.default_rng(0)
    rows = random.standard_normal((200, 32)).astype(np.float32)
    queries, answers = pairs_of_kinds(random)
    learner = Learner(rows, 1e-1, 10)
    losses = [learner.epoch([Objective("x", queries, answers, batch=50)])["x"] for _ in range(10)]
    assert losses[-1] < losses[0]
    one, other = unit_rows(rows).reshape(20, 10, 32).transpose(1, 0, 2)[[0, 5]]  # a word of each side of each kind
    assert np.trace(one @ other.T) / 20 > (one @ other.T).mean() + 0.3


def test_contrastive_same_seed_same_rows_and_omitting_empties_no_text():
    made = []
    for _ in range(2):
        rows = np.random.default_rng(1).standard_normal((200, 8)).astype(np.float32)
        queries, answers = pairs_of_kinds(np.random.default_rng(2))
        Learner(rows, 1e-2, 1, seed=5).epoch([Objective("x", queries, answers, omitted=0.95)])
        made.append(rows.tobytes())
    assert made[0] == made[1]
    from minecop.vectors.contrastive import _thinned

    thinned = _thinned(queries, 0.95, np.random.default_rng(3))
    assert (np.diff(thinned.indptr) >= 1).all()
    assert thinned.nnz < queries.nnz


def test_counting_puts_words_of_one_neighbourhood_together():
    random = np.random.default_rng(0)
    texts = [(base + random.integers(0, 10, 12)).astype(np.int32) for base in (0, 10) for _ in range(300)]
    vectors = context_vectors(texts, 20, dimensions=4)
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-4)
    likeness = vectors @ vectors.T
    assert likeness[:10, :10].mean() > likeness[:10, 10:].mean() + 0.5


def test_ridge_rows_are_those_of_the_normal_equations():
    random = np.random.default_rng(0)
    bags = sp.random(60, 12, 0.4, random_state=0, format="csr", dtype=np.float32)
    targets = random.standard_normal((60, 5)).astype(np.float32)
    dense = bags.toarray()
    exact = np.linalg.solve(dense.T @ dense + np.eye(12), dense.T @ targets)
    assert np.allclose(ridge_rows(bags, targets, 1.0, 40), exact, atol=1e-3)


WATER, BOOKS = "ท่อประปาแตก น้ำไม่ไหล ช่างไม่มา", "ห้องสมุดเงียบ เด็กไม่อ่านหนังสือ ครูเสียดาย"


class Teacher:
    """Knows two kinds of English sentences."""

    name = "teacher@1"

    def encode(self, texts):
        random = np.random.default_rng(len(texts))
        made = np.array([[1.0, 0] * 4 if "water" in text else [0, 1.0] * 4 for text in texts])
        return unit_rows(made + 0.2 * random.standard_normal(made.shape))


def small_corpora() -> Corpora:
    found = Corpora()
    for number in range(60):
        found.translated.append((found.add(f"{WATER} ครั้งที่ {number}"), f"water {number}"))
        found.translated.append((found.add(f"{BOOKS} ครั้งที่ {number}"), f"books {number}"))
        found.alike.append((2 * number, 2 * (number - 1) if number else 2))
    return found


RECIPE = Recipe(dimensions=6, least=2, counted=2, epochs=2, averaged=2, width=8)


def test_training_gives_a_model_that_tells_meanings_and_the_same_bytes_on_more_workers(tmp_path):
    stages = []
    for workers in (1, 2):
        with make_executor(workers) as executor:
            model = train(
                small_corpora(),
                {"น้ำ": ["ช่างไม่มา", "น้ำไม่ไหล"], "หนังสือ": ["เด็กไม่อ่าน", "ห้องสมุดเงียบ"]},
                Teacher(),
                executor,
                recipe=RECIPE,
                look=lambda stage, model: stages.append(stage),
            )
        save_static(model, tmp_path / str(workers))
    for name in ("model.safetensors", "head.safetensors"):
        one, two = ((tmp_path / workers / name).read_bytes() for workers in "12")
        assert one == two
    assert stages[:5] == ["distilled", "trained", "averaged", "head", "own directions"]
    assert model.own.max() > 0.1
    vectors = model.encode(["ท่อประปา", "น้ำไม่ไหล", "เด็กอ่านหนังสือ"])
    assert vectors[0] @ vectors[1] > vectors[0] @ vectors[2] + 0.5


def test_sources_that_are_missing_are_named(tmp_path):
    with pytest.raises(InputError) as caught:
        read_corpora(tmp_path)
    assert "parallel_en_th.jsonl.gz" in caught.value.text("th")


def test_sources_leave_out_what_is_measured_on():
    if not DATA.is_dir():
        pytest.skip("the text sets are not beside this checkout")
    import gzip

    corpora = read_corpora(DATA)
    texts = set(corpora.texts)
    with gzip.open(DATA / "thaigov_v1_all.jsonl.gz", "rt", encoding="utf-8") as lines:
        news = [json.loads(line) for line in lines]
    kept = [row for row in news if held_out(str(row["id"]))]
    assert 0.09 < len(kept) / len(news) < 0.11
    used = {line for row in news if not held_out(str(row["id"])) for line in row["text"].split("\n")}
    own = [line for row in kept for line in row["text"].split("\n") if len(line) > 200 and line not in used]
    assert own
    assert not texts & set(own)
    for name in ("iapp_wiki_questions", "xquad_th_paragraphs", "xquad_th_questions"):
        with gzip.open(DATA / f"{name}.jsonl.gz", "rt", encoding="utf-8") as lines:
            assert not texts & {json.loads(line)["text"] for line in lines}, name
    with gzip.open(DATA / "iapp_wiki_docs.jsonl.gz", "rt", encoding="utf-8") as lines:
        starts = {json.loads(line)["text"][:60] for line in lines}
    assert not starts & {text[:60] for text in texts}


def test_concern_texts_are_those_of_both_corpora():
    concerns = concern_texts()
    assert sum(name.startswith("ha-") for name in concerns) == 10
    assert any(": " in name for name in concerns)
    assert all(len(texts) > 1 for texts in concerns.values())
    assert not any(name.startswith("ha-") for name in concern_texts(left_out=["ha"]))


# ---- an archive of one's own


def archive_of(random, kinds=40, posts=400, mixed=False):
    """Passages of posts that are each about one kind of thing; titles and bodies use different words for it, all unknown to the model."""
    said = []
    for post in range(posts):
        kind = post % kinds

        def some(part, count, kind=kind):
            chosen = random.integers(0, kinds) if mixed else kind
            return [f"{part}{chosen}-{number}" for number in random.integers(0, 4, count)]

        title = some("หัว", 3)
        said.append(Said(f"p{post}", None, title, some("ตัว", 6), full=True))
    return said


def test_adapting_learns_what_an_archive_uses_together():
    said = archive_of(np.random.default_rng(0))
    found = adapt(shipped_model(), said)
    assert found.used
    assert found.pairs >= 150
    assert found.after > found.before + 0.05
    title, body, other = found.model.encode_words([["หัว1-1", "หัว1-2"], ["ตัว1-0", "ตัว1-3"], ["ตัว2-0", "ตัว2-3"]])
    assert title @ body > title @ other + 0.2
    assert adapt(shipped_model(), said).model.rows.tobytes() == found.model.rows.tobytes()
    assert found.model.adapted
    assert not shipped_model().adapted


def test_adapting_gives_new_words_the_vectors_that_they_had_and_goes_without_a_head_too():
    said = archive_of(np.random.default_rng(0))
    shipped = shipped_model()
    wider = _with_words_of(shipped, [one.words for one in said])
    texts = [["ตัว1-0", "น้ำ"], ["ตัว1-0", "ตัว1-1"], ["ชาวบ้าน", "ประชุม"]]
    assert "ตัว1-0" in wider.vocabulary
    assert np.allclose(wider.encode_words(texts), shipped.encode_words(texts), atol=1e-5)
    rows = StaticEmbedder(shipped.vocabulary, shipped.rows, "rows")
    found = adapt(rows, said)
    assert found.used
    assert found.model.head is None
    assert adapt(shipped, said).model.head is shipped.head


def test_adapting_is_not_used_where_it_is_no_better_or_the_archive_is_small():
    mixed = adapt(shipped_model(), archive_of(np.random.default_rng(0), mixed=True))
    assert mixed.pairs
    assert mixed.model is (shipped_model() if mixed.after <= mixed.before else mixed.model)
    small = adapt(shipped_model(), archive_of(np.random.default_rng(0), posts=20))
    assert small.model is shipped_model()
    assert not small.used
    assert small.pairs == 0


def test_adapting_pairs_are_titles_neighbours_and_comments():
    def one(post, comment, word, full=True):
        return Said(post, comment, ["หัว", post], [word], full)

    said = [
        one("a", None, "1"),
        one("a", None, "2"),
        one("a", 1, "3"),
        one("a", 2, "ขอบคุณ", full=False),
        one("b", 1, "4"),
    ]
    assert [(list(x), list(y)) for x, y, _ in pairs_of(said)] == [
        (["หัว", "a"], ["1"]),
        (["1"], ["2"]),
        (["3"], ["1"]),
        (["หัว", "b"], ["4"]),
    ]


def test_archive_model_is_bounded_and_without_adapting_the_same_as_shipped(monkeypatch):
    rows = [Row(f"p{n}", None, PASSAGES[n % 6], PASSAGES[n % 6], courtesy=False) for n in range(600)]
    titles = [(f"p{n}", ["หัวเรื่อง"]) for n in range(600)]
    plain = fit_archive(rows, titles, 600, shipped_model(), adapting=False)
    assert plain.static is shipped_model()
    assert plain.adaptation is None
    assert plain.encode([["น้ำ"]], [["น้ำ"]]).shape[0] == 1
    assert plain.encode([], []).shape[0] == 0
    seen = []
    monkeypatch.setattr("minecop.vectors.archive.MOST_PASSAGES", 60)
    monkeypatch.setattr(ArchiveEmbedder, "fit", lambda self, terms: seen.append(len(terms)) or self)
    fit_archive(rows, titles, 600, shipped_model(), adapting=False)
    assert 30 <= seen[0] <= 90


# ---- figures


def test_voices_that_cannot_be_read_are_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"text": "ก", "concern": "x"}\n{"text": "ข"}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_voices(tmp_path / "a.jsonl")
    assert "a.jsonl:2" in caught.value.text("th")


def test_figures_of_the_shipped_model_reach_their_floors():
    if not DATA.is_dir():
        pytest.skip("the text sets are not beside this checkout")
    found = {figure.name: figure.value for figure in figures(lambda texts: shipped_model().encode, DATA)}
    assert set(found) == {"iapp", "xquad", "themes"}
    for name, value in found.items():
        assert value >= FLOORS[name], (name, value)


def test_figures_concerns_of_others_reach_their_floor():
    if not CONCERNS.is_file():
        pytest.skip("the labelled concerns are not beside this checkout")
    assert hashlib.sha256(CONCERNS.read_bytes()).hexdigest() == FLOORS["concerns_sha256"]
    (found,) = figures(lambda texts: shipped_model().encode, concerns=CONCERNS)
    assert found.value >= FLOORS["concerns"], found


def test_figures_no_text_that_is_measured_on_was_learned_from():
    if not CONCERNS.is_file():
        pytest.skip("the labelled concerns are not beside this checkout")
    texts, _ = read_voices(CONCERNS)
    assert not set(texts) & {text for some in concern_texts().values() for text in some}


# ---- on disk


def test_storing_is_float16_on_disk_and_float32_in_hand(tmp_path):
    vectors = unit_rows(np.random.default_rng(0).standard_normal((5, 4)))
    path = tmp_path / "v.npy"
    assert write_vectors(path, [vectors[:2], vectors[2:]], 5) == 4
    assert np.load(path).dtype == np.float16
    assert read_vectors(path).dtype == np.float32
    assert np.allclose(read_vectors(path), vectors, atol=1e-3)


def test_storing_closes_its_memory_map_before_the_file_is_replaced(tmp_path):
    path = tmp_path / "v.npy"
    write_vectors(path, [np.ones((3, 2))], 3)
    with mapped_vectors(path) as mapped:
        handle = mapped._mmap
        assert not handle.closed
    assert handle.closed
    write_vectors(path, [np.zeros((0, 2))], 0)
    assert read_vectors(path).shape == (0, 2)


def test_storing_too_few_rows_leave_the_old_file(tmp_path):
    path = tmp_path / "v.npy"
    write_vectors(path, [np.ones((3, 2))], 3)
    with pytest.raises(ValueError, match="2 rows of 3"):
        write_vectors(path, [np.zeros((2, 2))], 3)
    assert read_vectors(path).all()
    assert len(list(tmp_path.iterdir())) == 1
