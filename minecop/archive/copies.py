"""What readers say under a copy of a post and nowhere else: their voices are theirs, whichever of the two places they read."""

from __future__ import annotations

from pathlib import Path

from minecop.archive.keys import letters_of
from minecop.core.tables import read_table, rows_where


def comments_of_copies(folder: Path) -> dict[str, frozenset[int]]:
    """Return the places of those comments under each copy that stand neither under the original nor under a copy before it.

    Comments are the same where their letters are and their author is; those of nobody known, where their letters are.

    Parameters
    ----------
    folder
        Of an archive. Only the comments of copies and of their originals are read.

    Returns
    -------
    dict
        By the id of the copy; copies without such comments are not in it.
    """
    posts = read_table(folder / "posts.parquet", ["post_id", "duplicate_of"]).to_pylist()
    originals = {row["post_id"]: row["duplicate_of"] for row in posts if row["duplicate_of"]}
    if not originals:
        return {}
    columns = ["post_id", "position", "author_id", "body"]
    threads = {*originals, *originals.values()}
    comments = rows_where(folder / "comments.parquet", "post_id", threads, columns)
    said: dict[tuple[str, str], set[str | None]] = {}
    own: dict[str, set[int]] = {}
    for row in sorted(comments, key=lambda row: row["post_id"] in originals):  # stable: the originals' first
        post, author = row["post_id"], row["author_id"]
        authors = said.setdefault((originals.get(post, post), letters_of(row["body"])), set())
        if post in originals and author not in authors and (author or not authors):
            own.setdefault(post, set()).add(row["position"])
        authors.add(author)
    return {post: frozenset(places) for post, places in own.items()}
