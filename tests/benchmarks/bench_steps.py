"""Steps: the learning curve, each field by models of others, a plain peer, the gold passages where they are, and speed."""

import json
import time

import numpy as np
import pytest
from conftest import ROOT
from peers import tfidf_peer
from scipy.special import softmax
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.linear_model import LogisticRegression

from minecop.acts.labelled import read_labelled
from minecop.acts.training import parts_of_fields
from minecop.archive.importing import make_archive
from minecop.archive.store import iterate_posts
from minecop.process.definition import load_process
from minecop.process.matching import StepMatcher, match_passages
from minecop.process.training import examples_of_steps, sharpness_of, step_figures, unseen_log_odds
from minecop.text.passages import Selection, passages_of
from minecop.text.words import words

GOLD = ROOT.parent / "shared/gold/passages-dev.jsonl"
PASSAGES = 20_000


@pytest.fixture(scope="module")
def rows():
    return read_labelled(ROOT / "corpora/labelled")


@pytest.fixture(scope="module")
def examples(rows):
    return examples_of_steps(load_process("organisation"), rows)


def shown(found):
    return (
        f"macro-F1 {found.macro_f1:.3f}, any step {found.any_step_f1:.3f}, lowest {min(found.of_steps):.2f}, "
        f"calibration error {found.calibration_error:.3f}, Brier {found.brier:.3f} of {found.base_brier:.3f}"
    )


def test_steps_learning_curve_and_fields(examples):
    order = np.random.default_rng(0).permutation(len(examples.words))
    print("\npassages, and what models of other fields tell of them")
    for share in (0.125, 0.25, 0.5, 1.0):
        part = examples.take(np.sort(order[: round(share * len(order))]))
        log_odds, _ = unseen_log_odds(part)
        sharp = softmax(sharpness_of(log_odds, part.steps) * log_odds, axis=1)
        print(f"{len(part.words):6}  {shown(step_figures(sharp, part.steps))}")
    for field in sorted(set(part.fields.tolist())):
        inside = part.fields == field
        found = step_figures(sharp[inside], part.steps[inside])
        print(f"{field:>12}  macro-F1 {found.macro_f1:.2f}, any step {found.any_step_f1:.2f}")
    peer = tfidf_peer(part.words, part.steps, parts_of_fields(part.fields))
    print(f"        peer  {shown(step_figures(peer, part.steps))}")


def test_steps_on_gold_with_the_worst_mistakes():
    if not GOLD.is_file():
        pytest.skip("no labelled passages beside the checkout")
    gold = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
    cut = [[words(row[column] or "") for row in gold] for column in ("text", "title")]
    told = StepMatcher(load_process("organisation")).probabilities([row["text"] for row in gold], *cut)
    found = step_figures(told, [row["step"] for row in gold])
    print(f"\ngold: {shown(found)}")
    print("F1 of none and of each step", " ".join(f"{value:.2f}" for value in found.of_steps))
    print(found.confusion)
    sure, guess = told.max(axis=1), told.argmax(axis=1)
    edges = np.array_split(np.argsort(sure, kind="stable"), 5)
    right = np.array([row["step"] for row in gold]) == guess
    print("said and right", "  ".join(f"{sure[one].mean():.2f} {right[one].mean():.2f}" for one in edges))
    for n in sorted(np.flatnonzero(~right), key=lambda n: -sure[n])[:10]:
        row = gold[n]
        print(f"{row['step']} taken for {guess[n]} ({sure[n]:.2f}), {row['title']}: {row['text'][:160]!r}")


def test_steps_speed(rows, examples, tmp_path):
    """Passages a second on one core, tokens given, beside the peer that tells the same passages: those of an archive, and the labelled ones.

    The model has learned the latter, and tells more than half of them to be about two steps, each with its evidence.
    """
    terms = TfidfVectorizer(analyzer=list, sublinear_tf=True)
    fitted = LogisticRegression(max_iter=1000).fit(terms.fit_transform(examples.words), examples.steps)
    matcher = StepMatcher(load_process("organisation"))
    labelled = [row.text for row in rows if row.step is not None]  # the first of the examples
    known = (labelled, examples.words[: len(labelled)], examples.titles[: len(labelled)])
    for name, columns in (("sample archive", passages_of_sample(tmp_path)), ("labelled", known)):
        some = [n % len(columns[0]) for n in range(PASSAGES)]
        texts, all_words, titles = ([column[n] for n in some] for column in columns)
        match_passages(matcher, ["a"], texts[:1], all_words[:1], titles[:1], [False])
        start, told = time.perf_counter(), 0
        for at in range(0, PASSAGES, 2_000):
            part = slice(at, at + 2_000)
            made = match_passages(
                matcher, map(str, range(2_000)), texts[part], all_words[part], titles[part], [False] * 2_000
            )
            told += int((made["step"].to_numpy() > 0).sum())
        ours = time.perf_counter() - start
        start = time.perf_counter()
        fitted.predict_proba(terms.transform(all_words))
        theirs = time.perf_counter() - start
        print(
            f"\n{name}: {told / PASSAGES:.0%} with a step, {PASSAGES / ours:,.0f} passages a second, with evidence; "
            f"TF-IDF and logistic regression {PASSAGES / theirs:,.0f}: {theirs / ours:.2f} times",
            end="",
        )


def passages_of_sample(folder):
    """Texts, words and words of titles of the passages of the sample archive."""
    make_archive(ROOT / "corpora/sample", folder, "sample")
    made = passages_of(iterate_posts(folder), {}, {}, Selection())[0]
    texts, titles = made["text"].to_pylist(), made["title"].to_pylist()
    return texts, [words(text) for text in texts], [words(title or "") for title in titles]
