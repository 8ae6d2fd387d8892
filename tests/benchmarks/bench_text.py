"""Characters a second of each step of the text stage, beside pythainlp's own word cutter and nlpo3 alone in the same run."""

import time
from functools import partial

import pytest
from conftest import SAMPLE
from pythainlp.corpus import thai_words
from pythainlp.tokenize import word_tokenize

from minecop.acts.marking import mark_passages
from minecop.archive.importing import read_sources
from minecop.archive.people import home_communities
from minecop.core.executors import make_executor, map_chunks
from minecop.core.progress import silent
from minecop.run.stages import _acts_chunk
from minecop.text import tokens as tokens_module
from minecop.text.normalising import normalise, with_map
from minecop.text.passages import Selection, passages_of, with_collocations, words_of_passages
from minecop.text.segmenting import segment
from minecop.text.tokens import engine_name, tokens
from minecop.text.words import words_of


@pytest.fixture(scope="module")
def texts():
    posts, _, _ = read_sources(SAMPLE)
    return [text.body for post in posts for text in post.texts]


def speed(step, texts) -> float:
    """Best of three passes, each without what the one before remembered: characters a second."""
    step(texts[0])
    best = 0.0
    for _ in range(3):
        tokens_module._SHORT_RUNS.clear()
        start = time.perf_counter()
        for text in texts:
            step(text)
        best = max(best, sum(map(len, texts)) / (time.perf_counter() - start))
    return best


def seconds(step, given) -> float:
    start = time.perf_counter()
    step(given)
    return time.perf_counter() - start


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
    tokens_module._SHORT_RUNS.clear()
    if engine == "newmm":
        monkeypatch.setattr(tokens_module, "find_spec", lambda name: None)
    assert engine_name() == engine
    clean = [normalise(text) for text in texts]
    steps = {
        "normalise": (with_map, texts),
        "segment": (segment, texts),
        "tokens": (tokens, clean),
        "words (and tokens)": (words_of, clean),
        "passages and words": (passages_and_words, texts),
    }
    print(f"\n{sum(map(len, texts)):,} characters, with {engine}; M characters a second, and beside the peers")
    print("  ".join(f"{name} alone {peer / 1e6:.2f}" for name, peer in others.items()))
    for name, (step, given) in steps.items():
        own = speed(step, given)
        print(
            f"{name:20} {own / 1e6:6.2f}  " + "  ".join(f"{own / peer:5.2f} x {name}" for name, peer in others.items())
        )
    cut = [(text, words_of(text)) for text in clean]
    for name, step, given in (("marks", marks_of, cut), ("all, marks too", all_of_it, texts)):
        own = sum(map(len, texts)) / min(seconds(step, given) for _ in range(3))
        print(
            f"{name:20} {own / 1e6:6.2f}  " + "  ".join(f"{own / peer:5.2f} x {name}" for name, peer in others.items())
        )
    monkeypatch.undo()
    for cached in (tokens_module.engine_name, tokens_module._engine):
        cached.cache_clear()
    tokens_module._SHORT_RUNS.clear()


def passages_and_words(text: str) -> None:
    for span in segment(text):
        words_of(normalise(text[span.start : span.end]))


def marks_of(texts) -> None:
    ids = [str(number) for number in range(len(texts))]
    mark_passages(ids, [text for text, _ in texts], [words for _, words in texts], [False] * len(texts))


def all_of_it(texts) -> None:
    passages = [text[span.start : span.end] for text in texts for span in segment(text)]
    marks_of([(passage, words_of(normalise(passage))) for passage in passages])


def test_text_two_workers():
    """The text and acts stages as a run does them, on the sample ten times over, with one worker and with two."""
    posts, people, _ = read_sources(SAMPLE)
    work = partial(_both, homes=home_communities(posts, people))
    chunks = [posts[start : start + 50] for start in range(0, len(posts), 50)] * 10
    letters = sum(len(text.body) for chunk in chunks for post in chunk for text in post.texts)
    taken = {}
    for workers in (1, 2):
        with make_executor(workers) as executor:
            list(executor.map(work, chunks[: 2 * workers]))  # dictionaries are loaded
            start = time.perf_counter()
            list(map_chunks(executor, work, chunks, "text", silent))
            taken[workers] = time.perf_counter() - start
    print(
        f"\n{letters:,} characters: one worker {letters / taken[1] / 1e6:.2f} M a second, two {letters / taken[2] / 1e6:.2f},"
        f" {taken[1] / taken[2]:.2f} times as fast"
    )


def _both(posts, homes):
    passages, _ = passages_of(posts, homes, {}, Selection())
    words = with_collocations(words_of_passages(passages), {})
    return passages, words, _acts_chunk((passages, words))
