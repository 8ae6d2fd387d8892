"""Learn the model of steps from the labelled passages, write it into ``models/steps``, and print what it reaches on fields left out.

Run ``python -m tests.benchmarks.learn_steps`` after the labelled passages, the process or the features have changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

import numpy as np
from scipy.special import expit, softmax
from sklearn.metrics import average_precision_score, precision_recall_curve

from minecop.acts.labelled import read_labelled
from minecop.acts.training import scale_of
from minecop.process.definition import load_process
from minecop.process.training import (
    beside_first,
    examples_of_steps,
    sharpness_of,
    step_figures,
    steps_beside,
    train_steps,
    unseen_log_odds,
)

ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    examples = examples_of_steps(load_process("organisation"), read_labelled(ROOT / "corpora/labelled"))
    print(f"{len(examples.words)} passages")
    log_odds, seconds = unseen_log_odds(examples)
    sharpness = sharpness_of(log_odds, examples.steps)
    shares = softmax(sharpness * log_odds, axis=1)
    beside, given = beside_first(examples, shares.argmax(axis=1), seconds)
    times, plus = scale_of(beside, given)
    train_steps(examples, round(sharpness, 3), (round(times, 3), round(plus, 3))).save(ROOT / "models/steps")
    found = step_figures(shares, examples.steps)
    print(f"sharpness {sharpness:.2f}, macro-F1 {found.macro_f1:.3f}, any step {found.any_step_f1:.3f}")
    print(
        f"calibration error {found.calibration_error:.3f}, Brier {found.brier:.3f} (shares as a guess {found.base_brier:.3f})"
    )
    print("F1 of none and of each step", " ".join(f"{value:.2f}" for value in found.of_steps))
    print(f"steps beside the first: {steps_beside(examples)}, {given.sum()} of {len(given)} pairs given")
    right, again, bar = precision_recall_curve(given, expit(times * beside + plus))
    both = 2 * right * again / np.maximum(right + again, 1e-9)
    best = int(both.argmax())
    print(
        f"average precision {average_precision_score(given, beside):.3f}; best F1 {both[best]:.3f} from the probability {bar[best]:.2f} on: "
        f"precision {right[best]:.2f}, recall {again[best]:.2f}"
    )
    for path in sorted((ROOT / "models/steps").iterdir()):
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
