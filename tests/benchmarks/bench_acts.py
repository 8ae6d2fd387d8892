"""What can be learned from the labelled passages: the curve, each field left out, and the cue words beside it."""

import time

import numpy as np
from conftest import ROOT
from sklearn.metrics import f1_score

from minecop.acts.labelled import read_labelled
from minecop.acts.marking import mark
from minecop.acts.training import LEARNED, best_bars, figures, passage_of, targets, train, unseen_scores

SHOWN = ("courtesy", "request", "issue", "lesson", "explainer")


def test_acts_learning_curve_and_fields():
    rows = read_labelled(ROOT / "corpora/labelled")
    rng = np.random.default_rng(0)
    order = rng.permutation(len(rows))
    print(f"\n{len(rows)} passages; F1 on fields that were left out")
    for share in (0.25, 0.5, 0.75, 1.0):
        some = [rows[n] for n in sorted(order[: round(share * len(rows))])]
        wanted = targets(some)
        scores = unseen_scores(some)
        found = {figure.act: figure for figure in figures(scores - best_bars(scores, wanted), wanted)}
        print(f"{len(some):6}  " + "  ".join(f"{act} {found[act].f1:.2f}" for act in SHOWN))
    bars = best_bars(scores, wanted)
    for field in sorted({row.field for row in rows}):
        inside = [n for n, row in enumerate(some) if row.field == field]
        found = {figure.act: figure for figure in figures(scores[inside] - bars, wanted[inside])}
        print(f"{field:>6}  " + "  ".join(f"{act} {found[act].f1:.2f}" for act in SHOWN))
    columns = {
        "courtesy": "courtesy",
        "request": "request",
        "issue": "concern",
        "lesson": "lesson",
        "explainer": "explainer",
    }
    marks = [mark(row.text) for row in some]
    cues = {
        act: f1_score(wanted[:, LEARNED.index(act)], [column in m for m in marks]) for act, column in columns.items()
    }
    print("  cues  " + "  ".join(f"{act} {value:.2f}" for act, value in cues.items()))


def test_acts_speed():
    rows = read_labelled(ROOT / "corpora/labelled")
    model = train(rows)
    letters = sum(len(row.text) for row in rows)
    passages = [passage_of(row) for row in rows]
    start = time.perf_counter()
    passages = [passage_of(row) for row in rows]
    cut = time.perf_counter()
    model.scores(model.features(passages))
    done = time.perf_counter()
    print(
        f"\nM characters a second: words {letters / (cut - start) / 1e6:.2f}, scores {letters / (done - cut) / 1e6:.2f}"
    )
    start = time.perf_counter()
    for row in rows:
        mark(row.text)
    print(f"cues {letters / (time.perf_counter() - start) / 1e6:.2f}")
