"""Topics beside BERTopic as its users write it: on the same vectors and words, from these to topics with labels; and at scale."""

import gzip
import itertools
import json
import subprocess
import sys
import time
import warnings
from concurrent.futures import ProcessPoolExecutor
from functools import reduce

import numpy as np
import pytest
from conftest import ROOT
from sklearn.metrics import adjusted_rand_score, v_measure_score

from minecop.text.words import content_words, phrases, words, written_together
from minecop.topics.archive import chosen_rows, memberships
from minecop.topics.fitting import fit_topics
from minecop.vectors.embedder import unit_rows
from minecop.vectors.lsa import ArchiveEmbedder
from minecop.vectors.models import shipped_model

NEWS = ROOT.parent / "shared/data/thaigov_v1_all.jsonl.gz"
THEMES = ("ด้านเศรษฐกิจ", "ด้านสังคม", "ด้านความมั่นคง", "ด้านการศึกษาฯ", "ด้านกฎหมายฯ", "ด้านวัฒนธรรมท่องเที่ยวฯ")
SIZES = (300, 3_000, 27_000)
LETTERS = 1_000
"""Of each piece of news: about what two or three passages hold."""

SHOWN = 10
FITS = 10


@pytest.fixture(scope="module")
def news():
    """Words, vectors and theme (-1: none of the six) of the news."""
    if not NEWS.is_file():
        pytest.skip("the news are not beside this checkout")
    with gzip.open(NEWS, "rt", encoding="utf-8") as file:
        rows = [json.loads(line) for line in file]
    with ProcessPoolExecutor(2) as pool:
        cut = list(pool.map(words, (row["text"][:LETTERS] for row in rows), chunksize=200))
    terms = [content_words(document) for document in cut]
    vectors = unit_rows(
        np.hstack([ArchiveEmbedder().fit(terms).encode_terms(terms), shipped_model().encode_words(cut)])
    )
    return cut, vectors, np.array([THEMES.index(row["label"]) if row["label"] in THEMES else -1 for row in rows])


def part(news, size):
    cut, vectors, themes = news
    themed = np.flatnonzero(themes >= 0)
    chosen = np.sort(np.random.default_rng(1).permutation(themed)[:size]) if size < 27_000 else np.arange(len(cut))
    return [cut[n] for n in chosen], vectors[chosen], themes[chosen]


def plain(documents, vectors):
    """BERTopic with a Thai tokenizer, UMAP and HDBSCAN as they come."""
    from bertopic import BERTopic
    from pythainlp.corpus import thai_stopwords
    from sklearn.feature_extraction.text import CountVectorizer
    from umap import UMAP

    model = BERTopic(
        language="multilingual",
        vectorizer_model=CountVectorizer(
            tokenizer=lambda text: text.split("\x1f"),
            token_pattern=None,
            lowercase=False,
            stop_words=list(thai_stopwords()),
        ),
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0),
    )
    labels, _ = model.fit_transform(["\x1f".join(document) for document in documents], vectors)
    terms = {topic: [term for term, _ in found] for topic, found in model.get_topics().items() if topic >= 0}
    return np.array(labels), list(terms.values())


def ours(documents, vectors):
    """Topics as a run finds them: in a part of what is many, each document a thread of its own."""
    count = len(documents)
    alone, alike, every = np.arange(count), np.full(count, LETTERS), np.ones(count, dtype=bool)
    rows = chosen_rows(list(map(str, range(count))), alone, every)
    fit = fit_topics(
        [documents[row] for row in rows], vectors[rows], encode=shipped_model().encode_words, stability=False
    )
    labels = np.full(count, -1)
    for some, found, _ in memberships(fit, rows, vectors, alone, alike, every):
        labels[some] = found
    return labels, [[term for term, _ in topic.terms] for topic in fit.topics]


def coherence(terms, documents):
    """Mean NPMI of the first ten terms of each topic, two by two, by documents; and how many of all of them are different."""
    terms = [[term for term in found if term][:SHOWN] for found in terms]
    said = [{*document, *phrases(document)} for document in documents]
    texts = [reduce(written_together, document, " ").strip() for document in documents]
    known = {term for found in terms for term in found}
    there = {term: np.array([term in document for document in said]) for term in known}
    # what is longer than two words is looked for as it is written
    there |= {term: np.array([term in text for text in texts]) for term, found in there.items() if not found.any()}
    values = []
    for found in terms:
        for one, other in itertools.combinations(found, 2):
            both = (there[one] & there[other]).mean()
            apart = there[one].mean() * there[other].mean()
            values.append(-1.0 if not both else 1.0 if both == 1 else np.log(both / apart) / -np.log(both))
    return float(np.mean(values)), len(known) / max(1, sum(map(len, terms)))


def same_words(documents, labels):
    """The ten words of each topic by plain c-TF-IDF, so that topics are compared and not how they are named."""
    from bertopic.vectorizers import ClassTfidfTransformer
    from pythainlp.corpus import thai_stopwords
    from sklearn.feature_extraction.text import CountVectorizer

    topics = sorted(set(labels[labels >= 0].tolist()))
    joined = [
        "\x1f".join(word for row in np.flatnonzero(labels == topic) for word in documents[row]) for topic in topics
    ]
    counter = CountVectorizer(
        tokenizer=lambda text: text.split("\x1f"),
        token_pattern=None,
        lowercase=False,
        stop_words=list(thai_stopwords()),
    )
    weights = ClassTfidfTransformer().fit_transform(counter.fit_transform(joined)).toarray()
    names = counter.get_feature_names_out()
    return [[names[n] for n in np.argsort(-row, kind="stable")[:SHOWN]] for row in weights]


def purity(themes, labels):
    """Share of the passages of a topic that are of the theme which most of it are of, over all that have a theme and a topic."""
    kept = (themes >= 0) & (labels >= 0)
    most = sum(np.bincount(themes[kept & (labels == topic)]).max(initial=0) for topic in set(labels[kept].tolist()))
    return most / max(1, int(kept.sum()))


def seconds(function, *arguments, times):
    found = []
    for _ in range(times):
        start = time.perf_counter()
        result = function(*arguments)
        found.append(time.perf_counter() - start)
    return result, float(np.median(found))


@pytest.mark.parametrize("size", SIZES)
def test_topics_beside_bertopic(news, size):
    documents, vectors, themes = part(news, size)
    themed = themes >= 0
    told = {}
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, function in (("BERTopic", plain), ("minecop", ours)):
            function(*part(news, 300)[:2])
            (labels, terms), taken = seconds(function, documents, vectors, times=3)
            told[name] = taken
            npmi, different = coherence(terms, documents)
            of_words, _ = coherence(same_words(documents, labels), documents)
            print(
                f"\n{name:>9} {size:6}: {taken:7.2f} s, {labels.max() + 1:4} topics, {(labels < 0).mean():6.1%} left, "
                f"V {v_measure_score(themes[themed], labels[themed]):.3f}, ARI {adjusted_rand_score(themes[themed], labels[themed]):.3f}, "
                f"NPMI {npmi:.3f} (of the same kind of words {of_words:.3f}), different {different:.2f}, "
                f"of the topic's theme {purity(themes, labels):.3f}",
                end="",
            )
    print(f"\n{told['BERTopic'] / told['minecop']:.1f} times as fast")


def test_topics_stability_on_parts(news):
    """Mean adjusted Rand index of fits on nine tenths, two by two, on the passages that both have."""
    documents, vectors, _ = part(news, 3_000)
    for name, function in (("BERTopic", plain), ("minecop", ours)):
        fits = []
        for n in range(FITS):
            kept = np.sort(np.random.default_rng(n).permutation(len(documents))[: round(0.9 * len(documents))])
            labels = np.full(len(documents), -9)
            with warnings.catch_warnings():
                warnings.simplefilter("ignore")
                labels[kept] = function([documents[row] for row in kept], vectors[kept])[0]
            fits.append(labels)
        agreed = [
            adjusted_rand_score(one[both], other[both])
            for one, other in itertools.combinations(fits, 2)
            for both in [(one > -9) & (other > -9)]
        ]
        print(f"\n{name:>9}: {np.mean(agreed):.3f}", end="")


LARGE = """
import random, sys, time, json
from pathlib import Path
import numpy as np
import pyarrow as pa
from minecop.acts.marking import MARKS
from minecop.core.executors import SerialExecutor
from minecop.core.progress import silent
from minecop.core.tables import TableWriter
from minecop.run.settings import Settings
from minecop.run.context import Context
from minecop.run.artefacts import Key
from minecop.text.passages import PASSAGES, WORDS
from minecop.vectors.models import shipped_model
from minecop.vectors.storing import write_vectors


def peak():
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


folder, count = Path(sys.argv[1]), int(sys.argv[2])
cut = json.loads(Path(sys.argv[3]).read_text())
random.seed(0)
for name in ("text", "acts", "vectors", "topics"):
    (folder / "stages" / name).mkdir(parents=True, exist_ok=True)


def pieces():
    # real text, a tenth of its words left out
    with (
        TableWriter(folder / "stages/text/passages.parquet", PASSAGES) as passages,
        TableWriter(folder / "stages/text/words.parquet", WORDS) as words,
        TableWriter(folder / "stages/acts/acts.parquet", MARKS) as acts,
    ):
        for start in range(0, count, 2_000):
            numbers = range(start, min(start + 2_000, count))
            ids = [f"p{n}" for n in numbers]
            some = [[word for word in random.choice(cut) if random.random() > 0.1] for _ in numbers]
            rows = [{"passage_id": f"p{n}", "post_id": f"post{n // 4}", "author_id": f"a{n // 4 % 5000}", "text": "".join(w)} for n, w in zip(numbers, some)]
            passages.write(pa.Table.from_pylist(rows, schema=PASSAGES))
            words.write(pa.table({"passage_id": ids, "words": some, "joined": some, "terms": some}, schema=WORDS))
            acts.write(pa.Table.from_pylist([{"passage_id": i, "courtesy": False} for i in ids], schema=MARKS))
            yield shipped_model().encode_words(some)


write_vectors(folder / "stages/vectors/vectors.npy", pieces(), count)
"""

FIND = """
from minecop.run import topics
topics._names = lambda context: set()  # of nobody: there are no posts
import bertopic  # what a run imports anyhow
start = time.perf_counter()
made = topics.make_topics(Context(folder, folder, Settings(), SerialExecutor(), silent), folder / "stages/topics")
print(f"{count:9,}: {time.perf_counter() - start:.0f} s, peak {peak()} MB; {made}")
"""


@pytest.mark.parametrize("count", [10_000, 100_000, 1_000_000])
def test_topics_at_scale(news, count, tmp_path):
    texts = tmp_path / "words.json"
    texts.write_text(json.dumps([document[:60] for document in news[0]]), encoding="utf-8")
    head, _, _ = LARGE.partition("folder, count =")
    find = head + "folder, count = Path(sys.argv[1]), int(sys.argv[2])\n" + FIND
    for code in (LARGE, find):
        done = subprocess.run(
            [sys.executable, "-W", "ignore", "-c", code, str(tmp_path), str(count), str(texts)],
            capture_output=True,
            text=True,
            check=False,
        )
        assert not done.returncode, done.stderr[-2000:]
    print(f"\n{done.stdout}")
