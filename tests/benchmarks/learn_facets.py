"""Learn the models of facets from the labelled passages, write them into ``models/facets``, and print what they reach on fields left out.

Run ``python -m tests.benchmarks.learn_facets`` after the labelled passages, the facets or the features have changed.
"""

from __future__ import annotations

import hashlib
import time
from pathlib import Path

import numpy as np

from minecop.acts.labelled import read_labelled
from minecop.acts.training import best_bars, figures, unseen_scores
from minecop.core.files import write_json
from minecop.process.definition import load_facets
from minecop.process.facet_training import examples_of_facet, train_facet
from minecop.process.facets import FIGURES

ROOT = Path(__file__).parents[2]
FOLDER = ROOT / "models/facets"

RARER = 2.0
"""How much rarer values are in archives than in the labelled passages, which tell much in few words: bars are set by it."""

WORTH_TELLING = 0.4
"""Precision on fields left out below which a value is not told at all: it would mislead more often than help."""

if __name__ == "__main__":
    rows = read_labelled(ROOT / "corpora/labelled")
    worth = {}
    for facet in load_facets():
        examples = examples_of_facet(facet, rows)
        print(f"{facet.id}: {len(examples.passages)} passages")
        scores = unseen_scores(examples)
        bars = best_bars(scores, examples, RARER)
        found = figures(scores - bars, examples)
        kept = np.array([found[label].precision >= WORTH_TELLING for label in examples.labels])
        start = time.perf_counter()
        train_facet(examples, scores, bars, kept).save(FOLDER, facet.id)
        print(f"fitted in {time.perf_counter() - start:.1f} s")
        for (label, figure), keep in zip(found.items(), kept, strict=True):
            worth[label] = {"precision": figure.precision, "recall": figure.recall, "f1": figure.f1}
            line = f"P {figure.precision:.2f} R {figure.recall:.2f} F1 {figure.f1:.2f}"
            print(f"{label:>12} {figure.passages:5}  {line}{'' if keep else '  not told'}")
    write_json(FOLDER / FIGURES, {label: {k: round(v, 3) for k, v in found.items()} for label, found in worth.items()})
    for path in sorted(FOLDER.iterdir()):
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
