"""Learn the model of steps from the labelled passages, write it into ``models/steps``, and print what it reaches on fields left out.

Run ``python -m tests.benchmarks.learn_steps`` after the labelled passages, the process or the features have changed.
"""

from __future__ import annotations

import hashlib
from pathlib import Path

from scipy.special import softmax

from minecop.acts.labelled import read_labelled
from minecop.process.definition import load_process
from minecop.process.training import examples_of_steps, sharpness_of, step_figures, train_steps, unseen_log_odds

ROOT = Path(__file__).parents[2]

if __name__ == "__main__":
    examples = examples_of_steps(load_process("organisation"), read_labelled(ROOT / "corpora/labelled"))
    print(f"{len(examples.words)} passages")
    log_odds = unseen_log_odds(examples)
    sharpness = sharpness_of(log_odds, examples.steps)
    train_steps(examples, round(sharpness, 3)).save(ROOT / "models/steps")
    found = step_figures(softmax(sharpness * log_odds, axis=1), examples.steps)
    print(f"sharpness {sharpness:.2f}, macro-F1 {found.macro_f1:.3f}, any step {found.any_step_f1:.3f}")
    print(
        f"calibration error {found.calibration_error:.3f}, Brier {found.brier:.3f} (shares as a guess {found.base_brier:.3f})"
    )
    print("F1 of none and of each step", " ".join(f"{value:.2f}" for value in found.of_steps))
    for path in sorted((ROOT / "models/steps").iterdir()):
        print(path.name, path.stat().st_size, hashlib.sha256(path.read_bytes()).hexdigest()[:12])
