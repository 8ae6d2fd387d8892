"""Learn the models of acts from the labelled passages, write them into ``models/acts``, and print what they reach on fields left out.

Run ``python -m tests.benchmarks.learn_acts`` after the labelled passages, or the features, have changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from minecop.acts.labelled import read_labelled
from minecop.acts.marking import OPEN
from minecop.acts.training import (
    RARER_IN_ARCHIVES,
    best_bars,
    calibrate,
    examples_of_acts,
    examples_of_parts,
    figures,
    train,
    unseen_scores,
)
from minecop.vectors.concerns import read_concerns

ROOT = Path(__file__).parents[2]

RARER = {"acts": RARER_IN_ARCHIVES, "parts": 1.75}
"""By which bars are set: a wrong part of a lesson is worse than one that is not told."""

if __name__ == "__main__":
    rows, voices = read_labelled(ROOT / "corpora/labelled"), read_concerns(ROOT / "corpora/concerns")
    print(f"{len(rows)} passages")
    for name, examples in (("acts", examples_of_acts(rows, voices)), ("parts", examples_of_parts(rows))):
        scores = unseen_scores(examples)
        bars = best_bars(scores, examples, RARER[name])
        model = train(examples, bars)
        if OPEN in examples.labels:  # its score is told, not whether it is given
            place = examples.labels.index(OPEN)
            calibrate(model, place, scores[:, place], examples.wanted[:, place], balanced=True)
        model.save(ROOT / "models/acts", name)
        for label, found in figures(scores - bars, examples).items():
            print(f"{label:>14} {found.passages:5}  P {found.precision:.2f} R {found.recall:.2f} F1 {found.f1:.2f}")
        for path in sorted((ROOT / "models/acts").glob(f"{name}.*")):
            print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
