"""What Python programs call; the examples of docs/python.md run in test_docs."""

import csv
import json
import shutil
import subprocess
import sys
from datetime import datetime

import numpy as np
import pytest
from conftest import ROOT, SAMPLE
from test_run import posts

import minecop
from minecop.core.dates import BANGKOK
from minecop.core.errors import InputError, ModelError, QuoteError, RunError, SettingsError
from minecop.curation.applying import curated
from minecop.curation.decisions import Curation
from minecop.curation.making import decide
from minecop.insight.models import Quote
from minecop.run.exporting import export_run
from minecop.topics.clustering import by_clusterer, name_of
from minecop.vectors.embedder import Checked

TABLES = ("posts", "comments", "passages", "topics", "issues", "lessons", "steps", "quotes")


@pytest.fixture(scope="module")
def opened(sample_run):
    return minecop.open_run(sample_run.folder)


def test_api_importing_costs_nothing_and_names_are_few():
    code = "import sys; before = set(sys.modules); import minecop; print(*sorted(set(sys.modules) - before))"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, cwd=ROOT, check=True)
    assert [name for name in done.stdout.split() if name.startswith("minecop")] == ["minecop"]
    assert not {"numpy", "pandas", "pyarrow", "click"} & set(done.stdout.split())
    assert set(minecop.__all__) <= set(dir(minecop))
    assert all(getattr(minecop, name) for name in minecop.__all__)
    with pytest.raises(AttributeError):
        minecop.nothing  # noqa: B018


def test_api_walks_and_tables_agree(opened):
    frames = {name: opened.to_pandas(name) for name in TABLES}
    passages = frames["passages"]
    assert list(passages["passage_id"]) == [passage.passage_id for passage in opened.passages]
    assert list(passages["text"]) == [opened.words(passage) for passage in opened.passages]
    assert opened.vectors.shape[0] == len(passages)
    assert not opened.vectors.flags.writeable
    assert passages["comment"].isna().sum() == (passages["passage_id"].str.split("/").str[-2] == "0").sum()
    assert list(frames["issues"]["title"]) == [issue.group.title for issue in opened.issues]
    assert list(frames["topics"]["authors"]) == [len(topic.group.author_ids) for topic in opened.topics]
    assert list(frames["steps"]["title"]) == [step.title for step in opened.steps]
    assert len(frames["lessons"]) == len(opened.lessons)
    assert {"problem", "action", "result", "why", "advice"} <= set(frames["lessons"].columns)
    assert len(frames["posts"]) == len(opened.posts) == opened.manifest["stages"]["archive"]["rows_out"]["posts"]
    assert frames["posts"]["comments"].sum() == len(frames["comments"])
    quotes = frames["quotes"]
    bodies = {(post.id, None): post.body for post in opened.posts}
    bodies |= {(post.id, one.position): one.body for post in opened.posts for one in post.comments}
    for row in quotes.itertuples():
        place = row.post_id, None if np.isnan(row.comment) else int(row.comment)
        assert bodies[place][row.start : row.end] == row.text
    with pytest.raises(ValueError, match="no table"):
        opened.to_pandas("people")


def test_api_table_of_passages_is_the_exported_one_as_people_decided(sample_run, sample_analysis, opened, tmp_path):
    issue, topic = sample_analysis.insight.issues[0], sample_analysis.insight.topics[1]
    concern, stepped = issue.group.members[0], issue.group.members[1]
    decided = Curation(tmp_path / "kept")
    seen = sample_analysis
    for kind, action, target, to in (
        ("topics", "merge", topic.group.id, sample_analysis.insight.topics[0].group.id),
        ("steps", "step", stepped.passage_id, "4"),
        ("marks", "mark", concern.passage_id, "+lesson"),
        ("marks", "mark", concern.passage_id, "-concern"),
        ("marks", "mark", concern.passage_id, "-wish"),
        ("marks", "mark", stepped.passage_id, "+courtesy"),
    ):
        decided.add(decide(seen, kind, action, target, to, who="ก", when=datetime(2026, 11, 30, tzinfo=BANGKOK)))
        seen = curated(sample_analysis, decided)
    run = minecop.OpenRun(sample_run, seen)
    before, after = (one.to_pandas("passages").set_index("passage_id") for one in (opened, run))
    assert list(after["topic"][[voice.passage_id for voice in topic.group.members]].unique()) == [0]
    one, other = after.loc[concern.passage_id], after.loc[stepped.passage_id]
    assert (bool(one["lesson"]), bool(one["issue"]), bool(other["courtesy"])) == (True, False, True)
    assert (other["step"], other["step_4"], other["step_3"]) == (4, 1, 0)
    marks = ["issue", "lesson", "request", "courtesy", "explainer", "step"]
    changed = (before[marks] != after[marks]).any(axis=1)
    assert {*changed.index[changed]} <= {concern.passage_id, stepped.passage_id}
    export_run(seen, sample_run, tmp_path / "export")
    with (tmp_path / "export" / "passages.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    assert [row["passage_id"] for row in rows] == list(after.index)
    names = [name for name in after.columns if name != "author"]
    assert ["passage_id", *names] == list(rows[0])
    for name in ("topic", "step", *marks, "step_4", "start", "author_id"):
        assert [row[name] for row in rows] == ["" if value is None else str(value) for value in after[name].tolist()], (
            name
        )


def test_api_false_quote_is_refused(opened):
    post = opened.posts[0]
    with pytest.raises(QuoteError):
        opened.verified(Quote(post.id, None, 0, 5, "ไม่ใช่คำนี้"))


def test_api_guarded_tables_name_nobody(opened, tmp_path):
    shown = opened.guarded(tmp_path / "key.json", min_authors=3, source_text=False)
    ids = set(opened.analysis.authors)
    names = set(opened.analysis.names.values())
    for name in TABLES:
        frame = shown.to_pandas(name)
        for column in {"author", "author_id", "author_name"} & set(frame.columns):
            assert not (ids | names) & set(frame[column].dropna()), name
    assert "text" not in shown.to_pandas("passages").columns
    assert len(shown.to_pandas("posts")) == 0
    assert len(shown.issues) < len(opened.issues)
    assert shown.to_pandas("quotes")["author"].nunique() > 10


def test_api_reads_raw_files_and_leaves_nothing(jsonl):
    source = jsonl(posts(3))
    before = sorted(source.parent.iterdir())
    assert [post.id for post in minecop.read_archive(source).posts] == [post["id"] for post in posts(3)]
    assert sorted(source.parent.iterdir()) == before
    assert len(minecop.read_archive(str(SAMPLE)).posts) == 126
    with pytest.raises(InputError):
        minecop.read_archive(source.parent / "nothing.jsonl")
    with pytest.raises(RunError):
        minecop.open_run(source.parent)


class Halves:
    """A clusterer that puts every other passage together."""

    def __init__(self, name="halves"):
        self.name = name
        self.called = 0

    def fit_predict(self, vectors):
        self.called += 1
        return np.arange(len(vectors)) % 2


class Ones:
    def __init__(self, name="ones"):
        self.name = name
        self.texts = 0

    def encode(self, texts):
        self.texts += len(texts)
        return [[1.0, len(text)] for text in texts]


def test_api_own_parts_are_used_and_reused(jsonl, tmp_path):
    source, folder = jsonl(posts()), tmp_path / "run"
    embedder, clusterer = Ones(), Halves()
    run = minecop.analyse(source, folder, embedder=embedder, clusterer=clusterer, adapt=False)
    assert run.vectors.shape == (len(run.passages), 2)
    assert np.allclose(np.linalg.norm(run.vectors.astype("float32"), axis=1), 1, atol=1e-2)
    assert (embedder.texts > 0, clusterer.called) == (True, 1)
    asked = embedder.texts
    minecop.analyse(source, folder, embedder=embedder, clusterer=clusterer, adapt=False)
    assert (embedder.texts, clusterer.called) == (asked, 1)
    minecop.analyse(source, folder, embedder=embedder, clusterer=Halves("others"), adapt=False)
    timings = json.loads((folder / "timings.json").read_text(encoding="utf-8"))
    made = {line["stage"]: line["why"] for line in timings["stages"] if not line["reused"]}
    assert "clusterer" in made["topics"]
    assert "vectors" not in made


@pytest.mark.parametrize("made", [[1.0, 2.0], [[1.0]], [[float("nan")], [1.0]]])
def test_api_embedder_that_gives_something_else_is_told(made):
    class Wrong:
        name = "wrong"

        def encode(self, texts):
            return made

    with pytest.raises(ModelError, match="wrong"):
        Checked(Wrong()).encode(["ก", "ข"])


def test_api_clusterer_tells_what_it_is():
    from sklearn.cluster import KMeans

    assert name_of(KMeans(3, random_state=1)) != name_of(KMeans(4, random_state=1))
    assert name_of(Halves()) == "halves"
    with pytest.raises(SettingsError, match="name"):
        name_of(Halves(name=None))
    for labels in ([0, 1], [0.5, 1, 2], [[0], [1], [2]]):
        wrong = Halves()
        wrong.fit_predict = lambda vectors, labels=labels: np.array(labels)
        with pytest.raises(SettingsError, match="halves"):
            by_clusterer(wrong, np.zeros((3, 2), dtype=np.float32))
    assert isinstance(Halves(), minecop.Clusterer)
    assert isinstance(KMeans(3), minecop.Clusterer)
    assert isinstance(Ones(), minecop.Embedder)


def test_api_unknown_setting_is_a_wrong_call(jsonl, tmp_path):
    with pytest.raises(TypeError, match="topic_cuont"):
        minecop.analyse(jsonl(posts(1)), tmp_path / "run", topic_cuont="few")
    with pytest.raises(SettingsError):
        minecop.analyse(jsonl(posts(1)), tmp_path / "run", topic_count="lots")


def test_api_report_with_files_of_ones_own(sample_run, tmp_path):
    shutil.copytree(sample_run.folder, tmp_path / "run")
    run = minecop.open_run(tmp_path / "run")
    page = run.report(lang="en", compare_by=["community"], renderers={"titles.txt": lambda analysis, lang: lang})
    assert page == tmp_path / "run" / "report.html"
    assert (tmp_path / "run" / "titles.txt").read_text(encoding="utf-8") == "en"
    assert (tmp_path / "run" / "slices.csv").is_file()
