"""Steps of a finished run read by a person: the passages that the run is least sure of, and what its steps are worth beside labels."""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from minecop.core.errors import RunError
from minecop.core.tables import read_table
from minecop.insight.analysis import Analysis
from minecop.process.definition import Process, load_process
from minecop.process.labels import StepLabel, labels_path, read_labels, write_labels
from minecop.process.matching import StepMatcher, basis_of, labelled_of
from minecop.process.training import (
    StepFigures,
    examples_of_steps,
    log_odds_of,
    sharpness_of,
    step_figures,
    train_steps,
    unseen_log_odds,
)
from minecop.run.opening import Run
from minecop.run.timings import TIMINGS
from minecop.text.words import words


@dataclass(frozen=True, slots=True)
class Doubtful:
    """A passage whose step the run is not sure of.

    Attributes
    ----------
    passage_id, title, text
        The passage.
    guesses
        The two likeliest steps (0 for none) with their probabilities.
    """

    passage_id: str
    title: str
    text: str
    guesses: tuple[tuple[int, float], ...]


def source_of(run: Run) -> Path:
    """Return the archive that a run was made from.

    Raises
    ------
    RunError
        When it is no longer where it was, or the run does not know any more where that is.
    """
    source = _source(run)
    if not source.exists():
        raise RunError("run_without_source", path=run.folder)
    return source


def _source(run: Run) -> Path:
    source = run.source
    if source is None:
        raise RunError("run_damaged", path=run.folder, reason=TIMINGS)
    return source


def process_of(run: Run) -> Process:
    """Return the process that the passages of a run were matched with."""
    return load_process(run.manifest["settings"]["process"])


def labels_of(run: Run) -> dict[str, StepLabel]:
    """Return the labels that people have given to passages of the archive of a run; none where it is no longer where it was."""
    source = _source(run)
    return read_labels(labels_path(source), len(process_of(run).steps)) if source.exists() else {}


def teach_steps(run: Run, analysis: Analysis) -> tuple[int, Path]:
    """Write the steps that people have given by decision among the labels from which the next run learns; return how many, and where.

    Raises
    ------
    RunError
        When the archive is no longer where it was.
    """
    path = labels_path(source_of(run))
    labels = read_labels(path, len(process_of(run).steps))
    given = sorted(analysis.human.steps)
    for voice in analysis.voices.among(given):
        title = analysis.archive.posts.head(voice.post_id).title or ""
        step = analysis.steps.step(voice)
        labels[voice.passage_id] = StepLabel(voice.passage_id, step, title, analysis.written(voice))
    if given:
        write_labels(path, labels.values())
    return len(given), path


def least_sure(run: Run, known: Collection[str], count: int) -> list[Doubtful]:
    """Return the passages that a run is least sure of, one of each post before a second of any.

    Parameters
    ----------
    run
        A finished run.
    known
        Passages that have a label.
    count
        How many, at most.
    """
    with run.reading({"text": ["passages.parquet"], "acts": ["acts.parquet"], "process": ["steps.parquet"]}):
        passages = read_table(run.stage_folder("text") / "passages.parquet", ["passage_id", "post_id", "title", "text"])
        courtesy = read_table(run.stage_folder("acts") / "acts.parquet", ["courtesy"])["courtesy"].to_numpy()
        steps = read_table(run.stage_folder("process") / "steps.parquet")
    shares = np.stack([steps[f"step_{step.number}"].to_numpy() for step in process_of(run).steps], axis=1)
    shares = np.hstack([1 - shares.sum(axis=1, keepdims=True), shares])
    order = np.sort(shares, axis=1)
    margin = order[:, -1] - order[:, -2]
    ids, posts = passages["passage_id"].to_pylist(), passages["post_id"].to_pylist()
    asked = [row for row in np.argsort(margin, kind="stable").tolist() if not courtesy[row] and ids[row] not in known]
    seen: Counter[str] = Counter()
    turn = {}
    for row in asked:
        turn[row] = seen[posts[row]]
        seen[posts[row]] += 1
    chosen = sorted(asked, key=turn.__getitem__)[:count]  # stable: the least sure first within each turn
    titles, texts = passages["title"], passages["text"]
    return [
        Doubtful(
            ids[row],
            titles[row].as_py() or "",
            texts[row].as_py(),
            tuple((int(step), float(shares[row, step])) for step in np.argsort(-shares[row], kind="stable")[:2]),
        )
        for row in chosen
    ]


def figures_of_labels(process: Process, labels: Mapping[str, StepLabel]) -> StepFigures:
    """Return what the steps of a process as it is are worth on passages that people have labelled, before it learns from them."""
    found = list(labels.values())
    cut = [[words(text) for text in column] for column in zip(*((x.text, x.title) for x in found), strict=True)]
    told = StepMatcher(process).probabilities([label.text for label in found], *cut)
    return step_figures(told, [label.step for label in found])


def figures_of_shipped(process: Process) -> tuple[StepFigures, list[tuple[int, float]]]:
    """Return what steps are worth on the labelled passages that ship, by models of other fields, and the learning curve.

    The curve has the macro-F1 that models of so many passages reach on passages of fields that none of them has seen.

    Parameters
    ----------
    process
        One that ships, or that extends one: no labelled passages are of others.
    """
    examples = examples_of_steps(basis_of(process), labelled_of(process))
    log_odds, _ = unseen_log_odds(examples)
    sharp = sharpness_of(log_odds, examples.steps)
    names = sorted(set(examples.fields.tolist()))
    held = np.isin(examples.fields, names[::6])
    inside, outside = examples.take(np.flatnonzero(held)), np.flatnonzero(~held)
    outside = np.random.default_rng(0).permutation(outside)
    curve = []
    for part in (8, 4, 2, 1):
        model = train_steps(examples.take(np.sort(outside[: len(outside) // part])))
        told = log_odds_of(model, inside, log_odds.shape[1])
        curve.append((len(outside) // part, _figures(told, inside.steps, process).macro_f1))
    return _figures(sharp * log_odds, examples.steps, process), curve


def _figures(log_odds: NDArray[np.float32], steps: NDArray[np.int64], process: Process) -> StepFigures:
    """Return the figures of the steps of a process, to which further ones are none."""
    from scipy.special import softmax

    count = len(process.steps) + 1
    told = softmax(log_odds, axis=1)
    told[:, 0] += told[:, count:].sum(axis=1)
    return step_figures(told[:, :count], np.where(steps < count, steps, 0))


def agreement_of(one: Mapping[str, StepLabel], other: Mapping[str, StepLabel]) -> tuple[int, float, float]:
    """Return of the passages that two people labelled how many there are, the share with the same step, and Cohen's kappa."""
    from sklearn.metrics import cohen_kappa_score

    shared = sorted(one.keys() & other.keys())
    if not shared:
        return 0, 0.0, 0.0
    mine, theirs = [one[name].step for name in shared], [other[name].step for name in shared]
    same = float(np.mean(np.array(mine) == np.array(theirs)))
    # of two people who both gave one and the same step to everything, kappa is not defined
    kappa = 1.0 if len({*mine, *theirs}) == 1 else float(cohen_kappa_score(mine, theirs))
    return len(shared), same, kappa
