"""What can be learned from the labelled passages: the curve, each field left out, a plain peer, the gold passages where they are, and speed."""

import json
import time
from collections import Counter

import numpy as np
import pytest
from conftest import ROOT
from peers import tfidf_peer
from sklearn.metrics import f1_score

from minecop.acts.labelled import read_labelled
from minecop.acts.marking import ACTS, mark_all
from minecop.acts.training import (
    LEARNED,
    best_bars,
    examples_of_acts,
    examples_of_parts,
    figures,
    parts_of_fields,
    unseen_scores,
)
from minecop.text.words import words

SHOWN = ("courtesy", "request", "issue", "lesson", "explainer")
GOLD = ROOT.parent / "shared/gold/passages-dev.jsonl"


@pytest.fixture(scope="module")
def rows():
    return [row for row in read_labelled(ROOT / "corpora/labelled") if row.acts is not None]


def shown(found):
    return "  ".join(f"{act} {found[act].f1:.2f}" for act in SHOWN)


def test_acts_learning_curve_and_fields(rows):
    examples = examples_of_acts(rows)
    order = np.random.default_rng(0).permutation(len(rows))
    print(f"\n{len(rows)} passages; F1 on fields that were left out")
    for share in (0.25, 0.5, 0.75, 1.0):
        part = examples.take(np.sort(order[: round(share * len(rows))]))
        scores = unseen_scores(part)
        bars = best_bars(scores, part)
        print(f"{len(part.passages):6}  {shown(figures(scores - bars, part))}")
    for field in sorted(set(part.fields.tolist())):
        inside = np.flatnonzero(part.fields == field)
        print(f"{field:>6}  {shown(figures(scores[inside] - bars, part.take(inside)))}")
    print(f"  peer  {peer(rows, part)}")
    lessons = examples_of_parts(rows)
    scores = unseen_scores(lessons)
    found = figures(scores - best_bars(scores, lessons), lessons)
    print("parts of lessons, clauses: " + "  ".join(f"{part} {found[part].f1:.2f}" for part in lessons.labels))


def peer(rows, examples):
    """The best F1 of the peer by act, at any bar."""
    cut, parts = [words(row.text) for row in rows], parts_of_fields(examples.fields)
    told = []
    for act in SHOWN:
        wanted = examples.wanted[:, LEARNED.index(act)]
        scores = tfidf_peer(cut, wanted, parts)[:, 1]
        told.append(f"{act} {max(f1_score(wanted, scores >= bar) for bar in np.linspace(0.1, 0.9, 41)):.2f}")
    return "  ".join(told)


def test_acts_on_gold_with_the_worst_mistakes():
    if not GOLD.is_file():
        pytest.skip("the gold passages are not beside this checkout")
    gold = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    texts = [row["text"] for row in gold]
    marks = mark_all(texts, [words(text) for text in texts], [row["kind"] == "comment" for row in gold])
    print(f"\n{len(gold)} gold passages")
    for label in ("courtesy", "request", "issue", "lesson"):
        wanted = [row[label] for row in gold]
        given = [found.issue if label == "issue" else label in found for found in marks]
        right = sum(w and g for w, g in zip(wanted, given, strict=True))
        print(
            f"{label:>9}  P {right / max(1, sum(given)):.2f}  R {right / sum(wanted):.2f}  F1 {f1_score(wanted, given):.3f}"
        )
        for kind, one, other in (("missed", True, False), ("false", False, True)):
            wrong = [n for n, pair in enumerate(zip(wanted, given, strict=True)) if pair == (one, other)]
            beside = Counter(act for n in wrong for act in ACTS if act in marks[n]).most_common(4)
            print(f"{'':11}{len(wrong)} {kind}; marked there: " + ", ".join(f"{act} {count}" for act, count in beside))
            for n in wrong[:5]:
                print(f"{'':13}{gold[n]['id']}: {texts[n][:110]!r}")


def test_acts_speed(rows):
    texts = [row.text for row in rows]
    cut = [words(text) for text in texts]
    mark_all(texts, cut, [False] * len(rows))
    start = time.perf_counter()
    mark_all(texts, cut, [False] * len(rows))
    print(f"\nmarks {sum(map(len, texts)) / (time.perf_counter() - start) / 1e6:.2f} M characters a second")
