"""An archive at a glance: counts by year and community, and what is missing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc

from minecop.archive.store import Head, read_head
from minecop.core.errors import InputError
from minecop.core.tables import read_table

_POST_COLUMNS = [
    "author_id",
    "communities",
    "published",
    "estimated",
    "excerpt",
    "comments_said",
    "duplicate_of",
    "series",
]


@dataclass(frozen=True, slots=True)
class Summary:
    """What is to be known of an archive before it is analysed.

    Attributes
    ----------
    head
        Its counts and account.
    years
        Posts and comments by Gregorian year, every year from the first to the last.
    communities
        Posts by community, the largest first.
    gaps
        How many posts or comments lack something, by what they lack; 0 left out.
    copies, series
        Posts that are copies of others, and that are parts of a series.
    """

    head: Head
    years: dict[int, tuple[int, int]]
    communities: dict[str, int]
    gaps: dict[str, int]
    copies: int
    series: int


def summarise(folder: Path) -> Summary:
    """Return the summary of an archive on disk, without reading its texts.

    Raises
    ------
    InputError
        When it is damaged or of another format.
    """
    head = read_head(folder)
    try:
        posts = read_table(folder / "posts.parquet", _POST_COLUMNS)
        comments = read_table(folder / "comments.parquet", ["author_id", "published"])
    except (OSError, ValueError, pa.ArrowException) as error:
        raise InputError("archive_damaged", path=folder, reason=error) from error
    of_posts, of_comments = _years(posts), _years(comments)
    known = of_posts.keys() | of_comments.keys()
    years = range(min(known), max(known) + 1) if known else ()
    communities = Counter(name for names in posts["communities"].to_pylist() for name in names)
    gaps = {
        "posts_without_date": posts["published"].null_count,
        "posts_with_estimated_date": _true(posts["estimated"]),
        "posts_without_author": posts["author_id"].null_count,
        "posts_without_community": sum(not names for names in posts["communities"].to_pylist()),
        "posts_only_begun": _true(posts["excerpt"]),
        "comments_without_date": comments["published"].null_count,
        "comments_without_author": comments["author_id"].null_count,
        "threads_without_post": head.lines["warning", "thread_without_post"],
        "threads_with_comments_missing": head.lines["warning", "comments_missing"],
    }
    return Summary(
        head,
        {year: (of_posts[year], of_comments[year]) for year in years},
        dict(sorted(communities.items(), key=lambda pair: (-pair[1], pair[0]))),
        {what: count for what, count in gaps.items() if count},
        len(posts) - posts["duplicate_of"].null_count,
        len(posts) - posts["series"].null_count,
    )


def _years(table: pa.Table) -> Counter[int]:
    return Counter(pc.year(table["published"].drop_null()).to_pylist())


def _true(column: pa.ChunkedArray) -> int:
    return int(pc.sum(column).as_py() or 0)
