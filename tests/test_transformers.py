"""Any sentence-transformers model in the place of the one that ships, and the cache of what it made."""

import json

import numpy as np
import pytest
from conftest import ROOT

from minecop.core.errors import ModelError
from minecop.vectors.cache import VectorCache
from minecop.vectors.models import load_embedder
from minecop.vectors.transformers import Prompts, SentenceTransformerEmbedder, prompts_of


@pytest.fixture(scope="module")
def transformer(tmp_path_factory):
    """Save a sentence transformer of one small layer and random weights: real tokenizer, real pooling, no download."""
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
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
def test_models_folder_that_holds_none_is_named(tmp_path):
    (tmp_path / "empty").mkdir()
    with pytest.raises(ModelError) as caught:
        load_embedder(str(tmp_path / "empty"))
    assert str(tmp_path / "empty") in caught.value.text("th")
    assert "\n" not in caught.value.text("th")


def test_models_without_a_network_says_how_to_fetch_one_before_anything_is_read(jsonl, tmp_path, monkeypatch, minecop):
    from test_run import posts

    def offline(*_: object, **__: object):
        raise OSError("We couldn't connect to 'https://huggingface.co' to load the files.\nCheck your connection.")

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", offline)
    for lang in ("th", "en"):
        code, _, err = minecop(
            "report", jsonl(posts()), "-o", tmp_path / "run", "--model", "some/e5-small", "--lang", lang
        )
        assert code == 1
        assert "hf download some/e5-small --local-dir e5-small" in err
        assert "--model models/e5-small" in err
        assert "Traceback" not in err
    assert not (tmp_path / "run/stages/text").exists()


@pytest.mark.filterwarnings("ignore")
def test_models_are_asked_with_the_prompts_of_their_family_when_measured(transformer, tmp_path, monkeypatch):
    """Questions, what answers them, and texts that are alike each have their own; no prompt is put twice."""
    from test_modelling import write_sets

    from minecop.run.modelling import evaluate_model

    folder = tmp_path / "multilingual-e5-small"
    folder.symlink_to(transformer, target_is_directory=True)
    given: list[tuple[str, str | None]] = []
    encode = SentenceTransformerEmbedder.encode
    monkeypatch.setattr(
        SentenceTransformerEmbedder,
        "encode",
        lambda self, texts, prompt=None: given.extend((text, prompt) for text in texts) or encode(self, texts, prompt),
    )
    found = [figure for _, _, figure in evaluate_model(str(folder), write_sets(tmp_path / "sets"), None)]
    assert [figure.name for figure in found] == ["iapp", "xquad", "themes", "speed"]
    assert found[-1].value > 0
    assert ("query: ท่อน้ำมีอะไร", "") in given
    assert ("passage: น้ำ น้ำเป็นของเหลวที่อยู่ในท่อ", "") in given
    assert any(text.startswith("query: รัฐมนตรี") for text, _ in given)
    assert not any(text.startswith(("query: query", "passage: passage")) for text, _ in given)


@pytest.mark.filterwarnings("ignore")
def test_models_name_holds_the_hash_of_the_numbers(transformer, tmp_path):
    import shutil

    from safetensors.numpy import load_file, save_file

    name = SentenceTransformerEmbedder(str(transformer)).name
    assert name == SentenceTransformerEmbedder(str(transformer)).name
    shutil.copytree(transformer, tmp_path / "other")
    (path,) = (tmp_path / "other").rglob("model.safetensors")
    tensors = load_file(path)
    next(iter(tensors.values())).flat[0] += 1
    save_file(tensors, path, metadata={"format": "pt"})
    other = SentenceTransformerEmbedder(str(tmp_path / "other")).name
    assert other.split("@")[1] != name.split("@")[1]


@pytest.mark.filterwarnings("ignore")
def test_models_prompt_changes_the_vector_and_long_texts_are_counted(transformer):
    model = SentenceTransformerEmbedder(str(transformer))
    text = "น้ำไม่ไหล"
    assert not np.allclose(model.encode([text]), model.encode([text], prompt="คำถาม"))
    assert np.allclose(model.encode([text]), model.encode([text], prompt=""))
    assert model.longest == 512
    assert (
        model.too_long(["ก" * 2_000, "สั้น", "ก " * 600, "ก" * 400]) == 1
    )  # a word of 2,000 letters is one unknown token
    assert 4 <= model.batch_size <= 256


@pytest.mark.filterwarnings("ignore")
def test_models_half_precision_gives_nearly_the_same(transformer):
    texts = ["น้ำไม่ไหล", "ประชุมหมู่บ้านวันเสาร์", "ก"]
    whole, half = (SentenceTransformerEmbedder(str(transformer), half=each) for each in (False, True))
    assert half.encode(texts).dtype == np.float32
    assert np.allclose(half.encode(texts), whole.encode(texts), atol=1e-2)
    assert half.name != whole.name  # what one made is not in the other's cache


@pytest.mark.filterwarnings("ignore")
def test_models_threads_are_as_many_as_asked_for(transformer):
    import torch

    before = torch.get_num_threads()
    try:
        SentenceTransformerEmbedder(str(transformer), threads=1)
        assert torch.get_num_threads() == 1
    finally:
        torch.set_num_threads(before)


@pytest.mark.filterwarnings("ignore")
def test_models_onnx_gives_the_same_as_torch(transformer):
    pytest.importorskip("optimum.onnxruntime")
    texts = ["น้ำไม่ไหล", "ประชุมหมู่บ้าน " * 400, "ก"]
    torch, onnx = (SentenceTransformerEmbedder(str(transformer), each, threads=1) for each in ("torch", "onnx"))
    assert np.allclose(onnx.encode(texts), torch.encode(texts), atol=1e-5)
    assert onnx.too_long(texts) == torch.too_long(texts) == 1
    assert onnx.name == SentenceTransformerEmbedder(str(transformer), "onnx").name
    assert onnx.name.endswith("+onnx")


@pytest.mark.parametrize(
    ("name", "alike", "query", "passage"),
    [
        ("intfloat/multilingual-e5-small", "query: ", "query: ", "passage: "),
        ("models/multilingual-e5-base", "query: ", "query: ", "passage: "),
        ("nomic-ai/nomic-embed-text-v2-moe", "clustering: ", "search_query: ", "search_document: "),
        ("BAAI/bge-m3", "", "", ""),
    ],
)
def test_models_prompts_of_a_family(name, alike, query, passage):
    assert prompts_of(name, {}) == Prompts(alike, query, passage)


def test_models_instruct_models_get_an_instruction_before_what_is_compared():
    prompts = prompts_of("intfloat/multilingual-e5-large-instruct", {})
    assert prompts.alike.startswith("Instruct: ")
    assert not prompts.passage


def test_models_prompts_that_a_model_carries_are_used():
    own = {"query": "q: ", "document": "d: ", "clustering": "c: "}
    assert prompts_of("some/model", own) == Prompts("c: ", "q: ", "d: ")


@pytest.mark.filterwarnings("ignore")
def test_models_backend_that_is_not_installed_says_what_to_install(transformer):
    pytest.importorskip("torch")
    try:
        import optimum.onnxruntime  # noqa: F401
    except ImportError:
        with pytest.raises(ModelError, match=r"sentence-transformers\[onnx\]"):
            load_embedder(str(transformer), "onnx")
    else:
        pytest.skip("the package is there")


def test_models_backend_of_which_a_part_is_missing_says_what_to_install(transformer, monkeypatch):
    def missing(*_: object, **__: object):
        raise Exception("Using the ONNX backend requires installing Optimum and ONNX Runtime.")  # noqa: TRY002 - as the library does

    monkeypatch.setattr("sentence_transformers.SentenceTransformer", missing)
    monkeypatch.setattr("minecop.vectors.transformers._session", lambda threads: None)
    with pytest.raises(ModelError, match=r"sentence-transformers\[onnx\]"):
        SentenceTransformerEmbedder(str(transformer), "onnx")


class Counting:
    """A model that knows how many texts it was given, and fails at one."""

    name = "counting@1"

    def __init__(self, fail_at: str | None = None) -> None:
        self.given: list[str] = []
        self.fail_at = fail_at

    def encode(self, texts):
        if self.fail_at in texts:
            raise KeyboardInterrupt
        self.given += texts
        made = np.array([[len(text), sum(map(ord, text)) % 97, 1.0] for text in texts], dtype=np.float32).reshape(-1, 3)
        return made / np.maximum(np.linalg.norm(made, axis=1, keepdims=True), 1e-9)


def test_cache_embeds_only_what_is_new_and_keeps_the_order(tmp_path):
    texts = [f"บันทึกที่ {number}" for number in range(1_000)]
    first = VectorCache(tmp_path, Counting(), size=64)
    made = first.encode([*texts, texts[0]])
    assert first.embedded == 1_000  # a text that is there twice is embedded once
    assert np.allclose(made, Counting().encode([*texts, texts[0]]), atol=1e-3)
    more = [*texts[:500], *(f"ใหม่ {number}" for number in range(10)), *texts[500:]]
    second = VectorCache(tmp_path, Counting(), size=64)
    assert np.allclose(second.encode(more), Counting().encode(more), atol=1e-3)
    assert second.embedded == 10
    assert second.embedder.given == [f"ใหม่ {number}" for number in range(10)]
    assert second.encode([]).shape == (0, 3)


def test_cache_of_another_model_is_another(tmp_path):
    VectorCache(tmp_path, Counting()).encode(["ก"])
    other = Counting()
    other.name = "counting@2"
    cache = VectorCache(tmp_path, other)
    cache.encode(["ก"])
    assert cache.embedded == 1


def test_cache_goes_on_where_a_killed_run_stopped(tmp_path):
    texts = [f"บันทึกที่ {number}" for number in range(300)]
    killed = VectorCache(tmp_path, Counting(fail_at=texts[250]), size=100)
    with pytest.raises(KeyboardInterrupt):
        killed.encode(texts)
    for path in tmp_path.rglob("000001.keys.npy"):  # as if killed between vectors and keys
        path.unlink()
    again = VectorCache(tmp_path, Counting(), size=100)
    assert np.allclose(again.encode(texts), Counting().encode(texts), atol=1e-3)
    assert again.embedded == 200
    assert VectorCache(tmp_path, Counting()).encode(texts).tobytes() == again.encode(texts).tobytes()


@pytest.mark.filterwarnings("ignore")
def test_models_grown_archive_embeds_only_what_is_new(transformer, jsonl, tmp_path, monkeypatch):
    from test_run import posts

    from minecop.run.pipeline import analyse
    from minecop.run.settings import Settings

    settings = Settings(model=str(transformer))
    given = []
    encode = SentenceTransformerEmbedder.encode
    monkeypatch.setattr(
        SentenceTransformerEmbedder,
        "encode",
        lambda self, texts, prompt=None: given.extend(texts) or encode(self, texts, prompt),
    )
    run = analyse(jsonl(posts()), tmp_path / "run", settings)
    about = run.manifest["stages"]["vectors"]["about"]
    assert about["truncated_passages"] == 0
    assert about["tokens_read"] == 512
    passages = len(given)
    assert passages
    new = {"id": "new", "author": "ใหม่", "body": "เรื่องใหม่ที่ยังไม่มีใครเขียนถึงเลยสักคน ว่าด้วยการเลี้ยงผึ้งโพรงในสวนลำไยหลังบ้าน"}
    grown = analyse(jsonl([*posts(), new]), tmp_path / "run", settings)
    assert len(given) == passages + 1
    fresh = analyse(jsonl([*posts(), new]), tmp_path / "fresh", settings)
    assert json.dumps(fresh.manifest["stages"]["vectors"]) == json.dumps(grown.manifest["stages"]["vectors"])


def test_models_nothing_of_users_is_needed_to_load_the_one_that_ships():
    assert load_embedder() is load_embedder("thai-static")
    assert load_embedder(str(ROOT / "models/thai-static")).name == load_embedder().name
