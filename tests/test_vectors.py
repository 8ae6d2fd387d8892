import sys

import numpy as np
import pytest

from minecop.core.errors import ModelError
from minecop.vectors.models import ArchiveEmbedder, Embedder, load_embedder, unit_rows
from minecop.vectors.storing import mapped_vectors, read_vectors, write_vectors

PASSAGES = [
    ["น้ำ", "ท่อ", "ซ่อม"],
    ["น้ำ", "ท่อ", "แตก"],
    ["เด็ก", "อ่าน", "หนังสือ"],
    ["เด็ก", "หนังสือ", "ห้องสมุด"],
    ["ข้าว", "นา", "ปุ๋ย"],
    ["ข้าว", "นา", "เกี่ยว"],
]


def test_models_archive_puts_passages_of_one_matter_together():
    vectors = ArchiveEmbedder().fit(PASSAGES).encode_terms(PASSAGES)
    likeness = vectors @ vectors.T
    np.fill_diagonal(likeness, -1)
    assert likeness.argmax(axis=1).tolist() == [1, 0, 3, 2, 5, 4]


@pytest.mark.parametrize("count", [0, 1, 2, 3, 6])
def test_models_archive_of_any_size_gives_unit_rows(count):
    passages = PASSAGES[:count]
    vectors = ArchiveEmbedder().fit(passages).encode_terms(passages)
    assert vectors.dtype == np.float32
    assert len(vectors) == count
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)


def test_models_archive_gives_unknown_and_empty_texts_a_vector_of_their_own():
    model = ArchiveEmbedder().fit(PASSAGES)
    vectors = model.encode_terms([["ไม่รู้จัก"], [], ["น้ำ"]])
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert abs(vectors[0] @ vectors[1]) < 0.9


def test_models_archive_same_input_and_seed_same_bytes():
    one, two = (ArchiveEmbedder(seed=3).fit(PASSAGES).encode_terms(PASSAGES) for _ in range(2))
    assert one.tobytes() == two.tobytes()


def test_models_embed_is_public_and_needs_no_torch():
    import minecop

    vectors = minecop.embed(["ประชุมกรรมการหมู่บ้าน", "xyz"])
    assert vectors.dtype == np.float32
    assert vectors.shape[0] == 2
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert isinstance(load_embedder(), Embedder)


def test_models_unit_rows_leaves_zeros():
    assert unit_rows(np.array([[3.0, 4.0], [0.0, 0.0]])).tolist() == [[pytest.approx(0.6), pytest.approx(0.8)], [0, 0]]


def test_models_missing_package_is_said(monkeypatch):
    monkeypatch.setitem(sys.modules, "sentence_transformers", None)
    load_embedder.cache_clear()
    with pytest.raises(ModelError, match="pip install"):
        load_embedder("some/model")


def test_storing_is_float16_on_disk_and_float32_in_hand(tmp_path):
    vectors = unit_rows(np.random.default_rng(0).standard_normal((5, 4)))
    path = tmp_path / "v.npy"
    write_vectors(path, vectors)
    assert np.load(path).dtype == np.float16
    assert read_vectors(path).dtype == np.float32
    assert np.allclose(read_vectors(path), vectors, atol=1e-3)


def test_storing_closes_its_memory_map_before_the_file_is_replaced(tmp_path):
    path = tmp_path / "v.npy"
    write_vectors(path, np.ones((3, 2)))
    with mapped_vectors(path) as mapped:
        handle = mapped._mmap
        assert not handle.closed
    assert handle.closed
    write_vectors(path, np.zeros((0, 2)))
    assert read_vectors(path).shape == (0, 2)


@pytest.fixture(scope="module")
def transformer(tmp_path_factory):
    """Save a sentence transformer of one small layer and random weights: real tokenizer, real pooling, no download."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.models import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    folder = tmp_path_factory.mktemp("model")
    letters = [chr(n) for n in range(0x0E01, 0x0E4F)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (folder / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    torch.manual_seed(0)
    config = BertConfig(
        vocab_size=len(vocabulary), hidden_size=16, num_hidden_layers=1, num_attention_heads=2, intermediate_size=32
    )
    BertModel(config).save_pretrained(folder / "bert", safe_serialization=True)
    BertTokenizerFast(str(folder / "vocab.txt"), do_lower_case=False, strip_accents=False).save_pretrained(
        folder / "bert"
    )
    part = Transformer(str(folder / "bert"))
    SentenceTransformer(modules=[part, Pooling(16)]).save(str(folder / "saved"))
    return folder / "saved"


@pytest.mark.filterwarnings("ignore")  # the libraries' own, on loading
def test_models_sentence_transformer_from_a_folder(transformer):
    import minecop

    texts = ["ประชุมหมู่บ้าน", "น้ำไม่ไหล", "ประชุมหมู่บ้าน"]
    vectors = minecop.embed(texts, model=str(transformer))
    assert vectors.shape == (3, 16)
    assert vectors.dtype == np.float32
    assert np.allclose(np.linalg.norm(vectors, axis=1), 1, atol=1e-5)
    assert np.allclose(vectors[0], vectors[2], atol=1e-6)
    assert minecop.embed([], model=str(transformer)).shape[0] == 0


@pytest.mark.filterwarnings("ignore")
def test_models_run_with_a_named_model(transformer, jsonl, tmp_path):
    from test_run import posts

    from minecop.run.pipeline import analyse
    from minecop.run.settings import Settings

    run = analyse(jsonl(posts()), tmp_path / "run", Settings(model=str(transformer)))
    assert run.manifest["stages"]["vectors"]["rows_out"]["dimensions"] == 16


@pytest.mark.filterwarnings("ignore")
def test_models_model_that_cannot_be_loaded_says_what_to_do(tmp_path, monkeypatch):
    monkeypatch.setenv("HF_HUB_OFFLINE", "1")
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError) as caught:
        load_embedder(str(tmp_path / "empty"))
    assert "models/" in caught.value.text("th")
    assert "\n" not in caught.value.text("th")
