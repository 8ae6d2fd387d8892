"""Issues planted in real text: how early the ranking of the command line meets them, beside topics by size, by growth and by authors."""

import json
import subprocess
import sys
import time
import warnings

import numpy as np
import pytest
from conftest import ROOT
from planted import SHARED, average_precision, best_f1, plant, read_rows

from minecop.core.tables import read_table
from minecop.run.loading import load_analysis
from minecop.run.opening import open_run

DATA = ROOT.parent / "shared/data"
VOICES = ROOT.parent / "shared/gold/concerns-dev.jsonl"
OWN = ROOT / "tests/fixtures/concerns"
HOMES = OWN / "hm.jsonl"
"""Planted with those that are kept beside the checkout; by the others, what tellings are compared by was weighed."""

ARCHIVES = [(200, seed) for seed in range(6)] + [(2_000, seed) for seed in range(3)] + [(20_000, 0)]
PERIODS = 12
PIECE = 15
"""Letters in the middle of a passage by which it is known again."""


def run_command(archive, folder):
    started = time.perf_counter()
    command = [sys.executable, "-m", "minecop", "analyse", str(archive), "-o", str(folder)]
    done = subprocess.run(command, capture_output=True, text=True, encoding="utf-8", check=False)
    assert done.returncode == 0, done.stderr
    return open_run(folder), time.perf_counter() - started


def spoken_of(run, truth):
    """Return who writes each passage, which planted concern it voices, and what a peer is given of it."""
    columns = ["passage_id", "post_id", "comment", "text", "author_id", "published"]
    passages = read_table(run.stage_folder("text") / "passages.parquet", columns).to_pylist()
    pieces = {}
    for text, name in truth.items():
        for start in range(len(text) - PIECE + 1):
            pieces[text[start : start + PIECE]] = name
    said = [pieces.get(_middle(passage["text"])) for passage in passages]
    return passages, said


def _middle(text):
    start = max(0, (len(text) - PIECE) // 2)
    return text[start : start + PIECE]


def of_members(groups, passages, said):
    row = {passage["passage_id"]: number for number, passage in enumerate(passages)}
    return [[(passages[row[p]]["author_id"], said[row[p]]) for p in group] for group in groups]


def peers(run, passages):
    """BERTopic as its users write it, on our vectors and words: its topics by size, by growth, and by distinct authors."""
    from bertopic import BERTopic
    from pythainlp.corpus import thai_stopwords
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    words = read_table(run.stage_folder("text") / "words.parquet", ["words"])["words"].to_pylist()
    courtesy = read_table(run.stage_folder("acts") / "acts.parquet", ["courtesy"])["courtesy"].to_pylist()
    vectors = np.load(run.stage_folder("vectors") / "vectors.npy", mmap_mode="r")
    rows = [n for n, nothing in enumerate(courtesy) if not nothing]
    documents = ["\x1f".join(words[n]) for n in rows]
    model = BERTopic(
        language="multilingual",
        vectorizer_model=CountVectorizer(
            tokenizer=lambda text: text.split("\x1f"), token_pattern=None, lowercase=False, stop_words=list(thai_stopwords())
        ),
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0),
    )  # fmt: skip
    topics, _ = model.fit_transform(documents, np.asarray(vectors[rows], dtype=np.float32))
    when = [passages[n]["published"] for n in rows]
    over_time = model.topics_over_time(documents, when, nr_bins=PERIODS)
    members = {}
    for n, topic in zip(rows, topics, strict=True):
        if topic >= 0:
            members.setdefault(topic, []).append(n)
    split = np.quantile([moment.timestamp() for moment in when], 2 / 3)

    def growth(topic):
        counts = over_time[over_time["Topic"] == topic]
        late = counts["Timestamp"].map(lambda moment: moment.timestamp()) >= split
        return (counts["Frequency"][late].sum() + 1) / (counts["Frequency"][~late].sum() + 1)

    orders = {
        "topics by size": lambda topic: -len(members[topic]),
        "topics by growth": lambda topic: -growth(topic),
        "topics by authors": lambda topic: -len({passages[n]["author_id"] for n in members[topic]}),
    }
    return {
        name: [[passages[n]["passage_id"] for n in members[topic]] for topic in sorted(members, key=key)]
        for name, key in orders.items()
    }


@pytest.mark.parametrize("size", sorted({size for size, _ in ARCHIVES}))
@pytest.mark.parametrize("whose", ["beside", "own"])
def test_planted_issues_come_earlier_than_by_topics(whose, size, tmp_path):
    if not DATA.is_dir() or not VOICES.is_file():
        pytest.skip("the real texts are not beside this checkout")
    paths = [VOICES, HOMES] if whose == "beside" else sorted(set(OWN.glob("*.jsonl")) - {HOMES})
    voices = [row for path in paths for row in read_rows(path)]
    figures = {}
    for seed in (seed for of_size, seed in ARCHIVES if of_size == size):
        archive = tmp_path / f"archive-{seed}"
        planted, truth = plant(archive, voices, DATA, size, seed)
        run, seconds = run_command(archive, tmp_path / f"run-{seed}")
        passages, said = spoken_of(run, truth)
        shared = [i for i in load_analysis(run).insight.issues if i.status == "shared"]
        rankings = {"minecop": [[voice.passage_id for voice in issue.group.members] for issue in shared]}
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            rankings |= peers(run, passages)
        for name, groups in rankings.items():
            met = of_members(groups, passages, said)
            found = [average_precision(met, planted, kinds) for kinds in (("rising",), SHARED)]
            figures.setdefault(name, []).append([*found, best_f1(met, planted, said, SHARED)])
        print(
            json.dumps({"posts": size, "seed": seed, "passages": len(passages), "seconds": round(seconds)}), flush=True
        )
    means = {name: np.mean(found, axis=0) for name, found in figures.items()}
    for name, (rising, shared, f1) in means.items():
        print(
            f"{size:>7,} posts, concerns {whose:<6}  {name:<18} average precision of rising issues {rising:.3f}, of rising and steady ones {shared:.3f}; "
            f"F1 of the best group {f1:.3f}"
        )
    for name, found in means.items():
        if name != "minecop":
            assert means["minecop"][0] >= found[0], name
