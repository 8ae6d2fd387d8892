"""Characters a second of each step of the text stage, beside pythainlp's own word cutter in the same run."""

import time

import pytest
from conftest import SAMPLE
from pythainlp.tokenize import word_tokenize

from minecop.acts.marking import mark
from minecop.archive.importing import read_sources
from minecop.text.normalising import normalise
from minecop.text.segmenting import segment
from minecop.text.words import engine_name, words


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


def test_text_speed(texts):
    peer = speed(lambda text: word_tokenize(text, engine="newmm"), texts)
    print(
        f"\n{sum(map(len, texts)):,} characters; pythainlp word_tokenize(newmm): {peer / 1e6:.2f} M characters a second"
    )
    steps = {"normalise": normalise, "segment": segment, f"words ({engine_name()})": words, "marks": mark}
    for name, step in steps.items():
        own = speed(step, texts)
        print(f"{name:18} {own / 1e6:6.2f} M/s   {own / peer:5.2f} x newmm")
