"""Learn the weights of ``boundaries.toml`` from the posts that were segmented by hand; prints them and what they reach on posts left out.

Run ``python -m tests.benchmarks.learn_boundaries`` after the posts or the openers changed, and put the weights where they belong.
"""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
from sklearn.feature_extraction import DictVectorizer
from sklearn.linear_model import LogisticRegression

from minecop.text import boundaries, segmenting
from minecop.text.lines import lines_of, quotes_in

POSTS = Path(__file__).parents[1] / "fixtures/segments/posts.jsonl"
FOLDS = 8
Weights = dict[str, dict[str, float]]


def letters_before(text: str, places: list[int]) -> set[int]:
    """Places as the number of letters before them: where white space alone lies between, a boundary is the same."""
    return {len("".join(text[:place].split())) for place in places}


def learned(posts: list[dict[str, Any]]) -> Weights:
    """Return weights by kind of candidate: logistic regressions, one candidate an example."""
    found: Weights = {}
    for kind in ("line", "space"):
        rows, answers = [], []
        for post in posts:
            text = post["body"]
            right = letters_before(text, post["starts"])
            lines = lines_of(text)
            for candidate in boundaries.candidates(lines, quotes_in(text, lines)):
                if candidate.kind == kind:
                    rows.append(candidate.features)
                    answers.append(len("".join(text[: candidate.place].split())) in right)
        names = DictVectorizer()
        model = LogisticRegression(max_iter=5000).fit(names.fit_transform(rows), np.array(answers))
        weights = dict(zip(names.feature_names_, model.coef_[0].round(2).tolist(), strict=True))
        found[kind] = {"always": round(float(model.intercept_[0]), 2)} | {name: w for name, w in weights.items() if w}
    return found


def counts(posts: list[dict[str, Any]], weights: Weights) -> tuple[int, int, int]:
    """Return how many boundaries are right, made and wanted with the given weights."""
    shipped = boundaries.boundaries()
    before = dict(shipped.weights)
    shipped.weights.update(weights)
    both = made = wanted = 0
    for post in posts:
        right = letters_before(post["body"], post["starts"])
        found = letters_before(post["body"], [span.start for span in segmenting.segment(post["body"])[1:]])
        both, made, wanted = both + len(right & found), made + len(found), wanted + len(right)
    shipped.weights.update(before)
    return both, made, wanted


def scores(both: int, made: int, wanted: int) -> str:
    """Return F1, precision and recall in words."""
    return f"F1 {2 * both / (made + wanted):.3f} P {both / made:.2f} R {both / wanted:.2f} of {wanted}"


if __name__ == "__main__":
    every = [json.loads(line) for line in POSTS.read_text(encoding="utf-8").splitlines()]
    total = np.zeros(3, dtype=int)
    for fold in range(FOLDS):
        weights = learned([post for number, post in enumerate(every) if number % FOLDS != fold])
        total += counts(every[fold::FOLDS], weights)
    print("posts left out:", scores(*total.tolist()))
    weights = learned(every)
    print("the same posts:", scores(*counts(every, weights)))
    for kind, row in weights.items():
        print(f"\n[{kind}]")
        print("\n".join(f"{name} = {weight}" for name, weight in row.items()))
