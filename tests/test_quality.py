"""The figures in floors.toml, and what the sample archive promises."""

import hashlib
import json
import random
import tomllib
from collections import Counter, defaultdict
from itertools import pairwise

import numpy as np
import pyarrow as pa
import pytest
from conftest import ROOT, SAMPLE, average_precision_of, said
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.metrics import f1_score, precision_score, recall_score

from minecop.acts.marking import mark
from minecop.archive.importing import read_sources
from minecop.insight.finding import find_insight
from minecop.insight.setting_aside import posts_set_aside
from minecop.process.definition import load_process
from minecop.process.matching import StepMatcher
from minecop.process.training import step_figures
from minecop.run.loading import load_analysis
from minecop.text.segmenting import segment
from minecop.text.words import content_words, words
from minecop.topics.fitting import within_threads
from minecop.vectors.lsa import ArchiveEmbedder

FLOORS = tomllib.loads((ROOT / "tests" / "floors.toml").read_text(encoding="utf-8"))
GOLD = ROOT.parent / "shared" / "gold" / "passages-dev.jsonl"
PLANTED = ("same-data-again", "hangs-on-one-person", "old-and-young-alone")
DECOYS = {"series", "event", "explainer", "platform"}


@pytest.fixture(scope="module")
def sample():
    posts, people, account = read_sources(SAMPLE)
    return {post.id: post for post in posts}, people, account


@pytest.fixture(scope="module")
def analysis(sample_run):
    return load_analysis(sample_run)


@pytest.fixture(scope="module")
def inputs(sample_inputs):
    return sample_inputs


def test_sample_is_as_large_and_various_as_it_says(sample, truth):
    posts, _, account = sample
    texts = [text for post in posts.values() for text in post.texts]
    assert len(posts) >= 120
    assert account.comments >= 400
    assert len({text.author_id for text in texts} - {None}) >= 40
    assert len({community for post in posts.values() for community in post.communities}) == 5
    years = {text.published.year for text in texts if text.published}
    assert years >= {2008, 2009, 2010}
    assert not account.count("refused")
    counts = Counter(what for spans in truth.values() for *_, what in spans)
    assert counts["courtesy"] >= 150
    assert set(counts) >= DECOYS


def test_sample_marks_lie_within_their_texts(sample, truth):
    posts, _, _ = sample
    for (post, comment), spans in truth.items():
        body = posts[post].text(comment)
        for start, end, _ in spans:
            assert 0 <= start < end <= len(body)


def test_sample_planted_concerns_have_the_voices_they_should(sample, truth):
    posts, _, _ = sample
    people, moments = defaultdict(set), defaultdict(list)
    for (post, comment), spans in truth.items():
        text = posts[post] if comment is None else next(c for c in posts[post].comments if c.position == comment)
        for *_, what in spans:
            people[what].add(text.author_id)
            moments[what].append(text.published)
    for what in PLANTED:
        assert len(people[what]) >= 8
        assert sum(moment.year == 2010 for moment in moments[what]) > 0.75 * len(moments[what])
    assert len(people["fuel"]) >= 6
    assert {moment.year for moment in moments["fuel"]} == {2008}
    assert len(people["spray-drift"]) == 2
    assert len(people["series"]) == 1
    assert len(people["event"]) == 5


def test_sample_voices_of_a_concern_are_not_alike(sample, truth):
    """Average precision of ranking a concern's other passages by TF-IDF likeness: above .25 they would be copies of one another."""
    posts, _, _ = sample
    documents, marks = [], []
    for post in posts.values():
        for text in post.texts:
            comment = None if text is post else text.position
            for span in segment(text.body):
                documents.append(content_words(words(text.body[span.start : span.end])))
                marks.append(said(truth, post.id, comment, span.start, span.end))
    matrix = TfidfVectorizer(analyzer=lambda document: document, sublinear_tf=True).fit_transform(documents)
    marks = np.array(marks)
    for what in PLANTED:
        rows = np.flatnonzero(marks == what)
        precisions = []
        for row in rows:
            likeness = (matrix @ matrix[row].T).toarray().ravel()
            order = [n for n in np.argsort(-likeness, kind="stable") if n != row]
            right = marks[order] == what
            precisions.append(float((np.cumsum(right) / np.arange(1, len(right) + 1))[right].mean()))
        assert np.mean(precisions) <= 0.25, what


@pytest.fixture(scope="module")
def parts(inputs):
    """What is found in the sample archive, and in six parts of it that lack a tenth of the posts, with the passages of each.

    One figure of one archive jumps: a word more or less, and an issue holds a dozen other passages (its F1 between .28 and .52 in these
    seven). The mean of several moves when the method does.
    """
    chance = random.Random(1)
    posts = [post.id for post in inputs["posts"]]
    lacking = [set(), *(set(chance.sample(posts, len(posts) // 10)) for _ in range(6))]
    return [found_without(inputs, without) for without in lacking]


def found_without(inputs, without):
    kept = np.array([post not in without for post in inputs["passages"]["post_id"].to_pylist()])
    tables = {name: inputs[name].filter(pa.array(kept)) for name in ("passages", "words", "acts", "steps")}
    posts = [post for post in inputs["posts"] if post.id not in without]
    rest = {
        "posts": posts,
        "aside": posts_set_aside(post for post in posts if not post.duplicate_of),
        "words": [tables["words"]],
        "vectors": inputs["vectors"][kept],
        "topic_of": inputs["topic_of"][kept],
    }
    found = find_insight(**inputs | tables | rest)
    return found.issues, tables["passages"].to_pylist()


def best_of(issues, passages, truth, what):
    """The issue that is the planted one, by F1 of its members, and that F1."""
    voiced = sum(said(truth, p["post_id"], p["comment"], p["start"], p["end"]) == what for p in passages)

    def f1(issue):
        members = issue.group.members
        right = sum(said(truth, v.post_id, v.comment, v.start, v.end) == what for v in members)
        return 2 * right / (len(members) + voiced)

    return max(((f1(issue), issue) for issue in issues), key=lambda pair: pair[0])


def test_quality_planted_issues_come_first_and_rise(parts, truth):
    found = [best_of(issues, passages, truth, what)[1] for issues, passages in parts for what in PLANTED]
    assert all(issue.status == "shared" for issue in found)
    within = [issue.rank <= FLOORS["sample"]["planted_within_first"] for issue in found]
    assert np.mean(within) >= FLOORS["sample"]["planted_within"], [issue.rank for issue in found]
    rising = [issue.group.trend.direction == "rising" for issue in found]
    assert np.mean(rising) >= FLOORS["sample"]["planted_rising"], rising


@pytest.mark.parametrize("what", [*PLANTED, "fuel"])
def test_quality_members_of_planted_issues(parts, truth, what):
    f1s = [best_of(issues, passages, truth, what)[0] for issues, passages in parts]
    assert np.mean(f1s) >= FLOORS["sample"][what.replace("-", "_") + "_f1"], f1s


def test_quality_members_are_right_and_few_are_missing(parts, truth):
    precisions, recalls = [], []
    for what in (*PLANTED, "fuel"):
        for issues, passages in parts:
            members = best_of(issues, passages, truth, what)[1].group.members
            voiced = sum(said(truth, p["post_id"], p["comment"], p["start"], p["end"]) == what for p in passages)
            right = sum(said(truth, v.post_id, v.comment, v.start, v.end) == what for v in members)
            precisions.append(right / len(members))
            recalls.append(right / voiced)
    assert np.mean(precisions) >= FLOORS["sample"]["members_precision"], precisions
    assert np.mean(recalls) >= FLOORS["sample"]["members_recall"], recalls


def test_quality_what_fades_is_said_to_have_faded(parts, truth):
    found = [best_of(issues, passages, truth, "fuel")[1] for issues, passages in parts]
    assert np.mean([issue.status == "fading" for issue in found]) >= FLOORS["sample"]["fading"]


def test_quality_decoys_do_not_come_first(analysis, truth):
    for issue in analysis.insight.issues[: FLOORS["sample"]["planted_within_first"]]:
        whole = Counter(what for v in issue.group.members for *_, what in truth[v.post_id, None] if what in DECOYS)
        assert sum(whole.values()) < 0.5 * len(issue.group.members), issue.group.title


def test_quality_what_fades_is_not_first_and_is_seen_to_fall(analysis, truth):
    for issue in analysis.insight.issues:
        marks = Counter(said(truth, v.post_id, v.comment, v.start, v.end) for v in issue.group.members)
        if marks["fuel"] >= 5:
            assert issue.group.trend.direction == "falling"
            assert issue.status == "fading"
            return
    pytest.fail("the fading issue is not found")


def test_quality_courtesy_in_the_sample(sample, truth):
    posts, _, _ = sample
    right, guessed = [], []
    for post in posts.values():
        for comment in post.comments:
            right.append(any(what == "courtesy" for *_, what in truth[post.id, comment.position]))
            guessed.append("courtesy" in mark(comment.body, comment=True))
    assert precision_score(right, guessed) >= FLOORS["sample"]["courtesy_precision"]
    assert recall_score(right, guessed) >= FLOORS["sample"]["courtesy_recall"]


def test_quality_ranks_run_without_a_gap_and_shared_comes_first(analysis):
    issues = analysis.insight.issues
    assert [issue.rank for issue in issues] == list(range(1, len(issues) + 1))
    order = {"shared": 0, "early": 1, "minority": 2, "fading": 3, "settled": 4}
    assert all(order[a.status] <= order[b.status] for a, b in pairwise(issues))
    for issue in issues:
        if issue.status == "shared":
            assert len(issue.group.author_ids) >= 3
            assert len(issue.group.community_names) >= 2


@pytest.fixture(scope="module")
def gold():
    if not GOLD.is_file():
        pytest.skip("the labelled passages are not beside this checkout")
    data = GOLD.read_bytes()
    if hashlib.sha256(data).hexdigest() != FLOORS["gold"]["sha256"]:
        pytest.fail("the labelled passages have changed: measure anew and pin them in floors.toml")
    return [json.loads(line) for line in data.decode().splitlines()]


@pytest.mark.parametrize("field", ["courtesy", "request", "issue", "lesson"])
def test_quality_acts(gold, field):
    marks = [mark(row["text"], comment=row["kind"] == "comment") for row in gold]
    guessed = [found.issue if field == "issue" else field in found for found in marks]
    assert f1_score([row[field] for row in gold], guessed) >= FLOORS["gold"][f"{field}_f1"]


def test_quality_issues_of_hands_and_situations_that_are_not_learned_from():
    """Where a concern is half a sentence or a dry report, and where trouble is over, private or the world's (tests/fixtures/marks)."""
    files = sorted((ROOT / "tests/fixtures/marks").glob("*.jsonl"))
    rows = [json.loads(line) for file in files for line in file.read_text(encoding="utf-8").splitlines()]
    guessed = [mark(row["text"], comment=row["kind"] == "comment").issue for row in rows]
    assert f1_score([row["issue"] for row in rows], guessed) >= FLOORS["marks"]["issue_f1"]
    plain = [told for row, told in zip(rows, guessed, strict=True) if row["situation"] in {3, 6, 7, 9, 11, 12, 14}]
    assert np.mean(plain) <= 1 - FLOORS["marks"]["no_issue"]


def test_quality_explainers(gold):
    right = [row["none_reason"] == "explainer" for row in gold]
    guessed = ["explainer" in mark(row["text"], comment=row["kind"] == "comment") for row in gold]
    assert precision_score(right, guessed) >= FLOORS["gold"]["explainer_precision"]


def test_quality_steps(gold):
    matcher = StepMatcher(load_process("organisation"))
    cut = [[words(row[column] or "") for row in gold] for column in ("text", "title")]
    found = step_figures(matcher.probabilities([row["text"] for row in gold], *cut), [row["step"] for row in gold])
    assert found.macro_f1 >= FLOORS["gold"]["step_macro_f1"]
    assert found.any_step_f1 >= FLOORS["gold"]["any_step_f1"]
    assert min(found.of_steps) >= FLOORS["gold"]["every_step_f1"]
    assert found.brier <= FLOORS["gold"]["step_brier"]
    nothing = [row["none_reason"] in {"explainer", "praise", "platform"} for row in gold]
    guessed = matcher.probabilities([row["text"] for row in gold], *cut).argmax(axis=1)
    assert np.mean(guessed[nothing] == 0) >= FLOORS["gold"]["no_step_recall"]


def test_quality_passages_of_a_planted_issue_lie_nearer_each_other_than_words_put_them(inputs, truth):
    """Average precision of ranking the others of an issue by likeness: by what a run makes, and by the archive's words alone."""
    rows = inputs["passages"].to_pylist()
    labels = [said(truth, r["post_id"], r["comment"], r["start"], r["end"]) for r in rows]
    terms = inputs["words"]["terms"].to_pylist()
    alone, made = [], []
    for vectors, found in ((ArchiveEmbedder().fit(terms).encode_terms(terms), alone), (inputs["vectors"], made)):
        found += [average_precision_of(vectors, labels, what) for what in (*PLANTED, "fuel")]
    assert np.mean(made) >= FLOORS["sample"]["planted_average_precision"], made
    assert all(new > old for new, old in zip(made, alone, strict=True)), (made, alone)


def test_quality_topics_of_the_sample(inputs, truth):
    rows = inputs["passages"].to_pylist()
    topics, primary = inputs["topics"].to_pylist(), np.array(inputs["topic_of"])
    telling = ~np.array(inputs["acts"]["courtesy"].to_pylist(), dtype=bool)
    assert (primary[telling] < 0).mean() <= FLOORS["topics"]["left_share"]
    assert np.mean([row["stability"] for row in topics]) >= FLOORS["topics"]["stability"]
    people = [row["author_id"] or row["passage_id"] for row in rows]
    for row in topics:
        assert len({people[n] for n in np.flatnonzero(primary == row["topic"])}) >= 2
    assert len({row["label"] for row in topics}) == len(topics)


def test_quality_passages_within_their_threads_lie_nearer_still(inputs, truth):
    rows = inputs["passages"].to_pylist()
    kept = [n for n, courtesy in enumerate(inputs["acts"]["courtesy"].to_pylist()) if not courtesy]
    labels = [said(truth, *(rows[n][key] for key in ("post_id", "comment", "start", "end"))) for n in kept]
    threads = np.unique([rows[n]["post_id"] for n in kept], return_inverse=True)[1]
    plain = inputs["vectors"][kept]
    around = within_threads(plain, threads, np.array([rows[n]["end"] - rows[n]["start"] for n in kept]))
    alone, made = (
        np.mean([average_precision_of(vectors, labels, what) for what in (*PLANTED, "fuel")])
        for vectors in (plain, around)
    )
    assert made >= FLOORS["topics"]["planted_average_precision"]
    assert made > alone + 0.03
