"""Place the concerns that ship in the space of the embedding that ships, and write that into ``models/anchors``.

Run ``python -m tests.benchmarks.learn_anchors`` after the embedding, the concerns or the labelled passages have changed.
"""

from __future__ import annotations

from pathlib import Path

from minecop.acts.labelled import read_labelled
from minecop.vectors.anchors import Anchors, make_anchors
from minecop.vectors.concerns import read_concerns
from minecop.vectors.models import shipped_model

ROOT = Path(__file__).parents[2]


def anchors() -> Anchors:
    texts = [row.text for row in read_labelled(ROOT / "corpora/labelled")]
    return make_anchors(read_concerns(ROOT / "corpora/concerns"), texts, shipped_model().encode)


if __name__ == "__main__":
    found = anchors()
    found.save(ROOT / "models/anchors")
    print(f"{len(found.titles)} anchors")
