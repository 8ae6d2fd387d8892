"""Tells of texts on a page that went into no post and no comment: what a template hides from this reader is not lost in silence."""

from __future__ import annotations

import re
from collections.abc import Iterable

from minecop.archive.models import Account
from minecop.archive.readers.gotoknow.chrome import is_chrome
from minecop.archive.readers.gotoknow.fields import is_about
from minecop.archive.readers.gotoknow.marked import MarkedPage
from minecop.archive.readers.gotoknow.tree import squeezed

_SHORTEST = 60  # letters outside links; shorter lines are the site's, nearly always
_SAMPLE = 80
_MOST = 100


def tell_leftover(lines: Iterable[str], kept: str, page: MarkedPage, name: str, account: Account) -> None:
    """Write one line into the account for the long lines of a page that were not read.

    Parameters
    ----------
    lines
        With marks, from around the post and between the comments.
    kept
        What was read: a line that repeats some of it is not missed.
    page
        The page, which knows what the marks mean.
    name, account
        The source, and what is told.
    """
    known = squeezed(kept)
    left: list[str] = []
    looked_up = 0
    for line in lines:
        text = page.said(page.without(line, "PGULRKY"))
        if len(re.findall(r"\w", text)) <= _SHORTEST or is_chrome(text) or is_about(line, page):
            continue
        looked_up += 1
        if looked_up > _MOST:
            break
        if squeezed(text) not in known:
            left.append(text)
    if left:
        more = f" (+{len(left) - 1})" if len(left) > 1 else ""
        account.add("warning", name, "text_left_out", text=f"{left[0][:_SAMPLE]}…{more}")
