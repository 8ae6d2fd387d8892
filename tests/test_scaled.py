"""Archives that time and memory are measured on: the same for the same seed, made post by post, and hardly a post twice."""

import hashlib
from itertools import islice

import pytest

from minecop.archive.importing import read_sources
from tests.benchmarks.scaled import DATA, Texts, Writer, build

pytestmark = pytest.mark.skipif(not DATA.is_dir(), reason="the real texts are not beside this checkout")


@pytest.fixture(scope="module")
def texts():
    return Texts(DATA)


def test_scaled_archive_is_the_same_for_a_seed_and_another_for_another(texts):
    def made(seed):
        return hashlib.sha256(repr(list(Writer(texts, 60, seed).posts())).encode()).hexdigest()

    assert made(0) == made(0)
    assert made(0) != made(1)


def test_scaled_archive_of_a_million_posts_is_begun_at_once(texts):
    """Posts are made as they are asked for: the first ones cost nothing of the million."""
    writer = Writer(texts, 1_000_000)
    posts = writer.posts()
    assert iter(posts) is posts
    first = list(islice(posts, 30))
    assert [post["id"] for post in first] == [str(number) for number in range(1, 31)]
    assert len({post["author"] for post in first}) > 20


def test_scaled_archive_is_like_a_community_of_practice(texts, tmp_path):
    counts = build(tmp_path / "archive", 1_000, texts=texts)
    posts, _, _ = read_sources(tmp_path / "archive")
    assert len(posts) == counts["posts"] == 1_000
    assert 0 < sum(post.duplicate_of is not None for post in posts) < 50
    assert 1_800_000 < counts["characters"] < 2_300_000
    threads = sorted(len(post.comments) for post in posts)
    assert 3 < sum(threads) / len(threads) < 5
    assert threads[300] == 0
    assert threads[-10] > 30
    assert [post.published for post in posts] == sorted(post.published for post in posts)
