"""The labelled passages that ship, and what can be learned from them."""

import json
import tomllib
from collections import Counter

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given, settings
from hypothesis import strategies as st

from minecop.acts.features import Vectorizer, words_for_acts
from minecop.acts.labelled import read_labelled
from minecop.acts.model import Passage, load_model
from minecop.acts.training import LEARNED, best_bars, figures, passage_of, targets, train, unseen_scores
from minecop.core.errors import InputError, ModelError
from minecop.text.normalising import normalise

LABELLED = ROOT / "corpora/labelled"
FLOORS = tomllib.loads((ROOT / "tests/floors.toml").read_text(encoding="utf-8"))["labelled"]
ACTS = set(LEARNED) - {"issue"}


@pytest.fixture(scope="module")
def rows():
    return read_labelled(LABELLED)


def test_labelled_passages_are_many_and_of_many_fields(rows):
    assert len(rows) >= 700
    assert len({row.field for row in rows}) >= 6
    assert len({row.id for row in rows}) == len({row.text for row in rows}) == len(rows)
    assert max(Counter(row.text[:15] for row in rows).values()) <= 2, "no two passages open alike"
    assert len({row.voice for row in rows}) > len(rows) / 4
    named = Counter(row.concern for row in rows if row.concern)
    assert sum(count >= 3 for count in named.values()) >= 40


def test_labelled_passages_keep_to_the_labels(rows):
    for row in rows:
        assert row.acts <= ACTS, row.id
        assert row.acts == {"courtesy"} or "courtesy" not in row.acts, row.id
        assert row.kind in {"post", "comment"}
        assert row.tense in {"planned", "doing", "done", "back", "none"}
        assert 8 <= len(row.text) <= 950
        assert (row.step == 0) == (row.none is not None), row.id
        assert bool(row.concern) == bool({"concern", "wish"} & row.acts), row.id
        assert bool(row.parts) == ("lesson" in row.acts), row.id
        assert set(row.parts) <= {"problem", "action", "result", "why", "advice"}
        assert all(piece in row.text for piece in row.parts.values()), row.id


def test_labelled_line_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "a-1"}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_labelled(tmp_path)
    assert "a.jsonl:1" in caught.value.text("th")


def test_learned_acts_of_fields_that_were_not_seen(rows):
    wanted = targets(rows)
    scores = unseen_scores(rows)
    found = {figure.act: figure for figure in figures(scores - best_bars(scores, wanted), wanted)}
    for act in ("courtesy", "request", "issue", "lesson", "experience"):
        assert found[act].f1 >= FLOORS[f"{act}_f1"], found[act]
    assert found["explainer"].precision >= FLOORS["explainer_precision"]


def test_learned_model_is_written_and_read_without_loss(rows, tmp_path):
    some = rows[::5]
    model = train(some)
    model.save(tmp_path / "m")
    again = load_model(tmp_path / "m")
    passages = [passage_of(row) for row in rows[:50]]
    features = model.features(passages)
    assert np.array_equal(model.scores(features), again.scores(again.features(passages)))
    assert again.acts == LEARNED
    other = train(some)
    assert np.array_equal(other.weights, model.weights), "training twice is training once"
    evidence = model.evidence(features[0], LEARNED.index("experience"))
    assert len(evidence) <= 4
    about = json.loads((tmp_path / "m/words.json").read_text(encoding="utf-8"))
    (tmp_path / "m/words.json").write_text(json.dumps(about | {"format": 99}), encoding="utf-8")
    with pytest.raises(ModelError):
        load_model(tmp_path / "m")


def test_learned_scores_of_nothing(rows):
    model = train(rows[::10])
    assert model.scores(model.features([])).shape == (0, len(LEARNED))
    assert model.scores(model.features([Passage([]), Passage(["ก"], comment=True)])).shape == (2, len(LEARNED))


def test_features_see_where_words_stand():
    documents = [["ไหม", *["ก"] * 40], [*["ก"] * 40, "ไหม"]] * 2
    matrix = Vectorizer.fit(documents).transform(documents).toarray()
    assert not np.allclose(matrix[0], matrix[1])
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1)


def test_features_leave_out_what_somebody_is_quoted_with():
    assert words_for_acts(normalise('ป้าถามว่า "ใครจะไปบ้างคะ" แล้วก็เดิน')) == ["ป้า", "ถาม", "ว่า", "“”", "แล้วก็", "เดิน"] or (
        "ใคร" not in words_for_acts(normalise('ป้าถามว่า "ใครจะไปบ้างคะ" แล้วก็เดิน'))
    )


@given(st.text(max_size=200))
@settings(deadline=None)
def test_features_of_any_text(text):
    words = words_for_acts(normalise(text))
    assert all(isinstance(word, str) and word for word in words)
