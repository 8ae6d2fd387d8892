"""Characters a second of each step of the text stage, beside pythainlp's own word cutter and nlpo3 alone in the same run."""

import time

import pytest
from conftest import SAMPLE
from pythainlp.corpus import thai_words
from pythainlp.tokenize import word_tokenize

from minecop.acts.marking import mark_passages
from minecop.archive.importing import read_sources
from minecop.text import tokens as tokens_module
from minecop.text.normalising import normalise, with_map
from minecop.text.segmenting import segment
from minecop.text.tokens import engine_name, tokens
from minecop.text.words import words_of


@pytest.fixture(scope="module")
def texts():
    posts, _, _ = read_sources(SAMPLE)
    return [text.body for post in posts for text in post.texts]


def speed(step, texts) -> float:
    """Best of three passes: characters a second."""
    step(texts[0])
    best = 0.0
    for _ in range(3):
        start = time.perf_counter()
        for text in texts:
            step(text)
        best = max(best, sum(map(len, texts)) / (time.perf_counter() - start))
    return best


def peers(texts, tmp_path):
    """Speed of each peer: what people would call without minecop."""
    found = {"newmm": speed(lambda text: word_tokenize(text, engine="newmm"), texts)}
    nlpo3 = pytest.importorskip("nlpo3")
    words = tmp_path / "words.txt"
    words.write_text("\n".join(sorted(thai_words())), encoding="utf-8")
    nlpo3.load_dict(str(words), "peer")
    return found | {"nlpo3": speed(lambda text: nlpo3.segment(text, "peer"), texts)}


@pytest.mark.parametrize("engine", ["nlpo3", "newmm"])
def test_text_speed(texts, engine, tmp_path, monkeypatch):
    others = peers(texts, tmp_path)
    for cached in (tokens_module.engine_name, tokens_module._engine):
        cached.cache_clear()
    if engine == "newmm":
        monkeypatch.setattr(tokens_module, "find_spec", lambda name: None)
    assert engine_name() == engine
    clean = [normalise(text) for text in texts]
    steps = {
        "normalise": (with_map, texts),
        "segment": (segment, texts),
        "tokens": (tokens, clean),
        "words (and tokens)": (words_of, clean),
        "all of the stage": (whole_stage, texts),
    }
    print(f"\n{sum(map(len, texts)):,} characters, with {engine}; M characters a second, and beside the peers")
    print("  ".join(f"{name} alone {peer / 1e6:.2f}" for name, peer in others.items()))
    for name, (step, given) in steps.items():
        own = speed(step, given)
        print(
            f"{name:20} {own / 1e6:6.2f}  " + "  ".join(f"{own / peer:5.2f} x {name}" for name, peer in others.items())
        )
    start = time.perf_counter()
    mark_passages(map(str, range(len(texts))), texts)
    own = sum(map(len, texts)) / (time.perf_counter() - start)
    print(
        f"{'marks':20} {own / 1e6:6.2f}  " + "  ".join(f"{own / peer:5.2f} x {name}" for name, peer in others.items())
    )
    monkeypatch.undo()
    for cached in (tokens_module.engine_name, tokens_module._engine):
        cached.cache_clear()


def whole_stage(text: str) -> None:
    for span in segment(text):
        words_of(normalise(text[span.start : span.end]))
