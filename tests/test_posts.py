"""Posts that are made when they are asked for are those that were written, and what is asked of all of them is theirs."""

from dataclasses import replace
from operator import attrgetter

import pytest

from minecop.archive.models import Account, Comment, Post
from minecop.archive.posts import Posts, StoredPosts
from minecop.archive.store import Archive, iterate_posts, read_archive, write_archive
from minecop.core.dates import parse_datetime
from minecop.core.errors import InputError
from minecop.core.tables import read_table, write_table

DAY = parse_datetime("1969-12-31T23:00:00")

GIVEN = [
    Post(
        id="a",
        body="น้ำ\U0001f4a7ท่วม",
        title="ฝน",
        author_id="นก",
        communities=("เหนือ", "ใต้"),
        published=DAY,
        tags=("น้ำ",),
    ),
    Post(
        id="b/1",
        body="",
        duplicate_of="a",
        estimated=True,
        comments=(
            Comment(3, "สาม", author_id="กา", author_name="กา ดำ", published=DAY),
            Comment(1, "หนึ่ง", author_id="นก"),
            Comment(2, "", reply_to="1"),
        ),
    ),
    Post(id="c", body="แล้ง", comments=(Comment(1, "ใช่ครับ"),)),
]


@pytest.fixture
def stored(tmp_path):
    write_archive(tmp_path / "x", Archive("x", Posts(GIVEN), {}, Account()))
    posts = read_archive(tmp_path / "x").posts
    for name in ("posts", "comments"):
        (tmp_path / "x" / f"{name}.parquet").unlink()  # nothing of the archive is read later
    assert isinstance(posts, StoredPosts)
    return posts


def test_posts_are_those_that_were_written_however_they_are_asked_for(stored):
    assert list(stored) == GIVEN == stored[:] == [stored[row] for row in range(-3, 0)]
    assert stored == Posts(GIVEN) != Posts(GIVEN[:2])
    assert {**stored.by_id} == {post.id: post for post in GIVEN}
    assert "b/1" in stored.by_id and "1" not in stored.by_id
    with pytest.raises(IndexError):
        stored[3]
    with pytest.raises(KeyError):
        stored.by_id["1"]


def test_posts_answer_for_each_text_what_the_post_itself_does(stored):
    for posts in (stored, Posts(GIVEN)):
        for post in GIVEN:
            assert replace(posts.head(post.id), body=post.body, comments=post.comments) == post
            assert posts.text(post.id, None) == post.body
            assert posts.written(post.id, None) == (post.author_id, post.published, post.estimated)
            for one in post.comments:
                assert posts.text(post.id, one.position) == one.body
                assert posts.written(post.id, one.position) == (one.author_id, one.published, False)
        for missing in (("a", 1), ("c", 2), ("b/1", 0), ("d", None)):
            with pytest.raises(KeyError):
                posts.text(*missing)
            with pytest.raises(KeyError):
                posts.written(*missing)


def test_posts_answer_for_all_in_columns(stored):
    texts = [text for post in GIVEN for text in post.texts]
    for posts in (stored, Posts(GIVEN)):
        for name in ("id", "title", "communities", "published", "duplicate_of"):
            assert posts.column(name) == [*map(attrgetter(name), GIVEN)]
        for name in ("author_id", "author_name", "published"):
            assert posts.of_texts(name) == [*map(attrgetter(name), texts)]
        assert posts.comments == 4
        assert posts.lengths == [sum(len(text.body) for text in post.texts) for post in GIVEN]
        assert [post.title for post in posts.heads()] == ["ฝน", None, None]


def test_posts_in_renamed_communities_are_the_same_otherwise(stored):
    for posts in (stored, Posts(GIVEN)):
        once = posts.renamed(lambda names: tuple(name.replace("เหนือ", "ใต้") for name in names))
        twice = once.renamed(lambda names: tuple(dict.fromkeys(names)))
        assert list(twice) == [replace(GIVEN[0], communities=("ใต้",)), *GIVEN[1:]] == twice[:]
        assert twice.column("communities") == [("ใต้",), (), ()]
        assert twice.head("a").communities == ("ใต้",)
        assert list(posts) == GIVEN


@pytest.mark.parametrize("rows", [[3, 0, 1, 2], [0, 1, 2, 4]], ids=["in another order", "of no post"])
def test_comments_that_stand_under_no_post_are_damage(tmp_path, rows):
    other = Post(id="d", body="", comments=(Comment(1, "ไม่มีบันทึก"),))
    write_archive(tmp_path, Archive("x", Posts([*GIVEN, other]), {}, Account()))
    comments = read_table(tmp_path / "comments.parquet")
    write_table(tmp_path / "comments.parquet", comments.take(rows))
    write_table(tmp_path / "posts.parquet", read_table(tmp_path / "posts.parquet").slice(0, 3))
    for read in (read_archive, lambda folder: list(iterate_posts(folder))):
        with pytest.raises(InputError, match="comments of"):
            read(tmp_path)


def test_posts_of_an_archive_without_comments_and_of_none(tmp_path):
    for posts in (GIVEN[:1], []):
        write_archive(tmp_path / "x", Archive("x", Posts(posts), {}, Account()))
        archive = read_archive(tmp_path / "x")
        assert list(archive.posts) == posts
        assert archive.posts.of_texts("author_id") == [post.author_id for post in posts]
        assert archive.dates == ((DAY, DAY) if posts else None)
