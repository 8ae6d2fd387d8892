"""Anchors: the concerns that ship as places in the space of vectors. Two texts that lie near the same few are on one matter.

Two people who tell one concern in words of their own may share no word, and little of their mean meaning; but both are nearer to this and
that known concern than texts are as a rule. No list is closed by this: a matter that is none of the concerns lies between some of them.
Of concerns that nothing was learned from, told in posts and comments among other people's talk (six archives of 200 posts, two of
2,000), the other tellings come with an average precision of .36 and .16 by what their threads have in common so, of .31 and .14 by the
vectors themselves.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from minecop.core.errors import ModelError
from minecop.core.products import product
from minecop.core.shipped import shipped
from minecop.vectors.concerns import ConcernVoice
from minecop.vectors.embedder import unit_rows

_NEAR = 1.0
"""Spreads above the usual likeness from which a text is near an anchor."""

_NAMED = 4.0
"""Nearness of the middle of some texts from which they may be called by an anchor's name."""

_NEAREST = 3
"""Anchors by which it is told how near a text is to any."""

Matrix = NDArray[np.float32]


@dataclass(frozen=True)
class Anchors:
    """Places of known concerns.

    Attributes
    ----------
    titles
        Their neutral names.
    centres
        Directions, shape (anchors, dimensions).
    usual, spread
        Mean and spread of the cosines of texts of all kinds with each, shape (anchors,).
    """

    titles: tuple[str, ...]
    centres: Matrix
    usual: Matrix
    spread: Matrix

    def nearness(self, vectors: Matrix) -> Matrix:
        """Return how near vectors lie to each anchor, in spreads above what is usual, shape (n, anchors)."""
        found: Matrix = (product(vectors, self.centres.T) - self.usual) / self.spread
        return found

    def profiles(self, vectors: Matrix) -> Matrix:
        """Return what vectors are near, rows of length 1 (or 0 where that is nothing), shape (n, anchors).

        By the square of how near: the few that are nearest tell the matter (single texts find those of the same concern with .224, in place
        of .209; the third power adds nothing).

        Parameters
        ----------
        vectors
            Of the embedding that ships, rows of length 1.
        """
        return unit_rows(np.square(np.maximum(self.nearness(vectors) - np.float32(_NEAR), 0)))

    def closeness(self, vectors: Matrix) -> Matrix:
        """Return how near vectors lie to the anchors nearest them, in spreads, shape (n,): what is told of common work lies near some."""
        nearness = self.nearness(vectors)
        found: Matrix = np.partition(nearness, -_NEAREST, axis=1)[:, -_NEAREST:].mean(axis=1)
        return found

    def names(self, sums: Matrix) -> list[str]:
        """Return the name of the anchor nearest the middle of each group of texts; empty where that is not near enough.

        Parameters
        ----------
        sums
            The sum of the vectors of each group, shape (groups, dimensions).
        """
        nearness = self.nearness(unit_rows(sums))
        best = nearness.argmax(axis=1)
        near = nearness[np.arange(len(sums)), best] >= _NAMED
        return [self.titles[one] if is_near else "" for one, is_near in zip(best.tolist(), near.tolist(), strict=True)]

    def save(self, folder: Path) -> None:
        """Write the anchors into a folder: ``anchors.safetensors`` (half precision) and ``anchors.json``."""
        from safetensors.numpy import save_file

        folder.mkdir(parents=True, exist_ok=True)
        tensors: dict[str, NDArray[Any]] = {
            "centres": self.centres.astype(np.float16),
            "usual": self.usual.astype(np.float32),
            "spread": self.spread.astype(np.float32),
        }
        save_file(tensors, folder / "anchors.safetensors")
        text = json.dumps({"titles": list(self.titles)}, ensure_ascii=False, indent=0) + "\n"
        (folder / "anchors.json").write_text(text, encoding="utf-8", newline="\n")


def make_anchors(
    voices: Sequence[ConcernVoice], texts: Sequence[str], encode: Callable[[Sequence[str]], Matrix]
) -> Anchors:
    """Return the concerns of some voices as anchors.

    Parameters
    ----------
    voices
        Of the concerns.
    texts
        Of all kinds, by which the usual likeness is known.
    encode
        Gives vectors of texts, rows of length 1.
    """
    by_concern: dict[str, list[ConcernVoice]] = {}
    for voice in voices:
        by_concern.setdefault(voice.concern, []).append(voice)
    vectors = dict(
        zip(by_concern, (encode([v.text for v in own]).mean(axis=0) for own in by_concern.values()), strict=True)
    )
    centres = unit_rows(np.stack(list(vectors.values())))
    cosines = encode(texts) @ centres.T
    titles = tuple(own[0].title for own in by_concern.values())
    return Anchors(titles, centres, cosines.mean(axis=0), cosines.std(axis=0))


@cache
def shipped_anchors() -> Anchors:
    """Return the anchors that ship, of the embedding that ships.

    Raises
    ------
    ModelError
        When they are not there, or damaged.
    """
    from safetensors.numpy import load_file

    folder = shipped("models", "anchors")
    try:
        tensors = load_file(folder / "anchors.safetensors")
        titles = json.loads((folder / "anchors.json").read_text(encoding="utf-8"))["titles"]
        return Anchors(tuple(titles), tensors["centres"].astype(np.float32), tensors["usual"], tensors["spread"])
    except (OSError, KeyError, TypeError, ValueError) as error:
        raise ModelError("model_damaged", path=folder, reason=error) from error
