"""Which elements of a page are comments."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise

from selectolax.lexbor import LexborNode

from minecop.archive.readers.gotoknow import names


@dataclass(slots=True)
class Item:
    """An element or anchor that may be one comment.

    Attributes
    ----------
    node, tokens
        The element, and the names in its class and id.
    order
        Its place in the page.
    parent
        Index of the item that it stands in.
    anchor
        Whether it is only the point where a comment begins.
    number
        The comment's, where the element says it.
    kept
        Whether it is one after all.
    """

    node: LexborNode
    tokens: frozenset[str]
    order: int
    parent: int | None
    anchor: bool
    number: str | None
    kept: bool = True


def settle(items: list[Item]) -> None:
    """Leave one element for each comment: what wraps several is a list, what stands alone in one is a part of it."""
    numbered = [0] * len(items)  # numbered items anywhere within each
    alike: dict[tuple[int, str], int] = {}
    for n in range(len(items) - 1, -1, -1):
        item = items[n]
        if item.parent is None:
            continue
        numbered[item.parent] += numbered[n] + (item.number is not None)
        if item.number is None:
            for token in item.tokens:
                alike[item.parent, token] = alike.get((item.parent, token), 0) + 1
    lists = {parent for (parent, token), count in alike.items() if count > 1 and token not in items[parent].tokens}
    holders: list[int | None] = []
    for n, item in enumerate(items):
        parent = item.parent
        holders.append(parent if parent is None or items[parent].kept else holders[parent])
        place = holders[n]
        holder = items[place] if place is not None else None
        if item.number is not None:
            _settle_numbered(item, holder)
        elif numbered[n] == 0 and holder is not None and n not in lists:
            item.kept = not holder.number and any(
                "item" in names.kinds_of(token) for token in item.tokens & holder.tokens
            )
        else:
            item.kept = numbered[n] == 1 or (numbered[n] == 0 and n not in lists)
    _settle_anchors([item for item in items if item.kept])


def _settle_numbered(item: Item, holder: Item | None) -> None:
    if holder is None:
        return
    if holder.number is None:
        holder.number, item.kept = item.number, False
    elif holder.number == item.number or item.anchor:
        item.kept = False


def _settle_anchors(items: list[Item]) -> None:
    """Where anchors stand before the elements of comments they give these their numbers; else the more of the two count."""
    for item, following in pairwise(items):
        if item.anchor and not following.anchor and following.number in {None, item.number}:
            following.number, item.kept = item.number, False
    rest = [item for item in items if item.kept]
    anchors = sum(item.anchor for item in rest)
    for item in rest:
        item.kept = item.anchor is (2 * anchors > len(rest))
