"""Posts as files that people and programs can read, and that minecop reads back without loss."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable
from contextlib import ExitStack
from pathlib import Path

from minecop.archive.models import Post
from minecop.archive.ownform import COMMENT_COLUMNS, POST_COLUMNS, row_of_comment, row_of_post
from minecop.archive.readers.jsonlines import post_to_json
from minecop.core.files import replacing

POSTS_FILE = "posts.csv"
COMMENTS_FILE = "comments.csv"


def write_jsonlines(path: Path, posts: Iterable[Post]) -> None:
    """Write posts with their comments as JSON Lines, one after another as they come.

    Raises
    ------
    OutputError
        When the file cannot be written.
    """
    with replacing(path) as temporary, temporary.open("w", encoding="utf-8", errors="replace", newline="\n") as file:
        for post in posts:
            file.write(json.dumps(post_to_json(post), ensure_ascii=False) + "\n")


def write_csv(path: Path, posts: Iterable[Post]) -> tuple[Path, Path]:
    """Write posts and comments as two tables that spreadsheet programs open, one row after another as they come.

    Parameters
    ----------
    path
        A folder, for ``posts.csv`` and ``comments.csv`` in it; or a file ``name.csv``, beside which ``name-comments.csv`` will stand.
    posts
        What is written.

    Returns
    -------
    tuple
        Paths of the table of posts and of the table of comments.

    Raises
    ------
    OutputError
        When a file cannot be written.
    """
    if path.suffix.lower() == ".csv" and not path.is_dir():
        paths = path, path.with_name(f"{path.stem}-comments{path.suffix}")
    else:
        paths = path / POSTS_FILE, path / COMMENTS_FILE
    with ExitStack() as stack:
        tables = []
        for target, columns in zip(paths, (POST_COLUMNS, COMMENT_COLUMNS), strict=True):
            temporary = stack.enter_context(replacing(target))
            # With the mark, without which Excel takes Thai for another encoding.
            file = stack.enter_context(temporary.open("w", encoding="utf-8-sig", errors="replace", newline=""))
            tables.append(csv.writer(file))
            tables[-1].writerow(columns)
        for post in posts:
            tables[0].writerow(row_of_post(post))
            tables[1].writerows(row_of_comment(post.id, comment) for comment in post.comments)
    return paths
