"""The labelled passages that ship, and what can be learned from them."""

import json
import tomllib
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT
from hypothesis import given
from hypothesis import strategies as st

from minecop.acts.features import Vectorizer
from minecop.acts.labelled import Labelled, read_labelled
from minecop.acts.marking import ACTS, OPEN
from minecop.acts.model import beside, load_model, passage_of
from minecop.acts.training import (
    LEARNED,
    best_bars,
    examples_of_acts,
    examples_of_parts,
    figures,
    train,
    unseen_scores,
)
from minecop.core.errors import InputError, ModelError
from minecop.text.words import words
from minecop.vectors.concerns import ConcernVoice, read_concerns

LABELLED = ROOT / "corpora/labelled"
FLOORS = tomllib.loads((ROOT / "tests/floors.toml").read_text(encoding="utf-8"))["labelled"]


@pytest.fixture(scope="module")
def rows():
    return read_labelled(LABELLED)


def test_labelled_passages_are_many_and_of_many_fields(rows):
    assert len(rows) >= 1_700
    assert len({row.field for row in rows}) >= 6
    assert len({row.id for row in rows}) == len({row.text for row in rows}) == len(rows)
    assert max(Counter(row.text[:25] for row in rows).values()) <= 2, "no two passages open alike"
    assert len({row.voice for row in rows}) > len(rows) / 4
    named = Counter(row.concern for row in rows if row.concern)
    assert sum(count >= 3 for count in named.values()) >= 40


def test_labelled_passages_keep_to_the_labels(rows):
    for row in rows:
        assert row.kind in {"post", "comment"}
        assert 8 <= len(row.text) <= 950
        assert (row.step == 0) == (row.none is not None), row.id
        if row.acts is None:
            assert row == Labelled(
                row.id, row.voice, row.kind, row.title, row.text, None, step=row.step, second=row.second, none=row.none
            )
            continue
        assert row.acts <= set(ACTS), row.id
        assert row.acts == {"courtesy"} or "courtesy" not in row.acts, row.id
        assert row.tense in {"planned", "doing", "done", "back", "none"}
        assert bool(row.concern) == bool({"concern", "wish"} & row.acts), row.id
        assert bool(row.parts) == ("lesson" in row.acts), row.id
        assert set(row.parts) <= {"problem", "action", "result", "why", "advice"}
        assert all(piece in row.text for piece in row.parts.values()), row.id


def test_labelled_line_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"id": "a-1"}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_labelled(tmp_path)
    assert "a.jsonl:1" in caught.value.text("th")


HELD = ("courtesy", "request", "issue", "lesson", "experience", "planned", "back")
"""Labels of which the figures must not fall; the others would take as long again."""


@pytest.fixture(scope="module")
def unseen(rows):
    """Figures by label on fields that a model has not seen, acts and parts."""
    acts, found = examples_of_acts(rows), {}
    labels = (*HELD, "explainer")
    held = replace(acts, labels=labels, wanted=acts.wanted[:, [acts.labels.index(label) for label in labels]])
    for examples in (held, examples_of_parts(rows)):
        scores = unseen_scores(examples)
        found |= figures(scores - best_bars(scores, examples), examples)
    return found


@pytest.mark.parametrize("label", [*HELD, "problem", "why", "advice"])
def test_learned_labels_of_fields_that_were_not_seen(unseen, label):
    assert unseen[label].f1 >= FLOORS[f"{label}_f1"], unseen[label]


def test_learned_explainers_are_precise(unseen):
    assert unseen["explainer"].precision >= FLOORS["explainer_precision"]


@pytest.mark.parametrize("name", ["acts", "parts"])
def test_shipped_models_are_what_the_labelled_passages_give(rows, name):
    shipped_model = load_model(ROOT / "models/acts", name)
    voices = read_concerns(ROOT / "corpora/concerns")
    made = train(examples_of_acts(rows, voices) if name == "acts" else examples_of_parts(rows), shipped_model.bars)
    for n, label in enumerate(made.labels):
        if label == OPEN:  # scaled by what the passages of fields not seen say
            slope = np.linalg.norm(shipped_model.weights[n]) / np.linalg.norm(made.weights[n])
            assert 0.5 < slope < 2
            made.weights[n] *= slope
            made.clause_weights[made.by_clause == n] *= slope
    assert made.labels == shipped_model.labels
    assert list(made.vectorizer.words) == list(shipped_model.vectorizer.words), "learn the models again"
    assert np.allclose(made.weights, shipped_model.weights, atol=0.02), "learn the models again"
    assert np.allclose(made.clause_weights, shipped_model.clause_weights, atol=0.02), "learn the models again"


def test_voices_of_concerns_tell_what_is_unsettled_and_nothing_else(rows):
    """They are told softly, in words that labelled passages hardly have; a voice of a concern that was learned from lies higher then."""
    text = "ยายเก็บใบนัดไว้ในกล่องขนม พอถึงวันก็ไม่มีรถเข้าเมือง เลื่อนมาสามหนแล้ว หมอคงนึกว่ายายลืม"
    voices = [ConcernVoice("zz-1", "ไม่มีรถไปหาหมอ", "ชนบท", 1, "post", "story", "ยาย", text)] * 8
    some = rows[::10]
    without, beside = train(examples_of_acts(some)), train(examples_of_acts(some, voices))
    changed = {
        label for n, label in enumerate(without.labels) if not np.array_equal(without.weights[n], beside.weights[n])
    }
    assert changed == {OPEN}
    told = [passage_of(text, words(text), comment=False)]
    before, after = (model.scores(told, model.features(told))[0, LEARNED.index(OPEN)] for model in (without, beside))
    assert after > before + 0.1


def test_learned_model_is_written_and_read_without_loss(rows, tmp_path):
    examples = examples_of_acts(rows[::5])
    model = train(examples)
    model.save(tmp_path / "m", "a")
    again = load_model(tmp_path / "m", "a")
    some = examples.passages[:50]
    features = model.features(some)
    assert np.allclose(model.scores(some, features), again.scores(some, again.features(some)), atol=0.02)
    assert again.labels == LEARNED
    assert np.array_equal(train(examples).weights, model.weights), "training twice is training once"
    (shown,) = model.evidence(features, np.array([0]), np.array([LEARNED.index("experience")]), [[(0, "x")]])
    assert len(shown) <= 4
    about = json.loads((tmp_path / "m/a.json").read_text(encoding="utf-8"))
    (tmp_path / "m/a.json").write_text(json.dumps(about | {"format": 99}), encoding="utf-8")
    with pytest.raises(ModelError):
        load_model(tmp_path / "m", "a")


def by_clauses_and_without(text):
    """The scores of a passage by label, and those by the passage as a whole alone."""
    model = load_model(ROOT / "models/acts", "acts")
    told = passage_of(text, words(text), comment=False)
    scores = model.scores([told, replace(told, text="")], model.features([told, told]))
    return [dict(zip(model.labels, row, strict=True)) for row in scores.tolist()]


def test_learned_request_is_told_by_its_plainest_clause():
    told, whole = by_clauses_and_without(
        "ปีที่แล้วเราปลูกป่าชุมชนกันสองร้อยต้น ช่วยแนะนำหน่อยค่ะว่าหน้าแล้งดูแลกันอย่างไร ปีนี้ตั้งใจจะปลูกเพิ่มตรงท้ายวัด"
    )
    assert {label for label in told if told[label] != whole[label]} == {"request", "issue", "open"}
    assert told["request"] > max(0, whole["request"])


def test_learned_issue_is_told_by_one_clause_among_what_went_well():
    well = "ปีนี้กลุ่มเราได้กำไรสองแสน สมาชิกเพิ่มเป็นแปดสิบคน ทุกคนยิ้มออก ขนมก็ขายหมดทุกวัน"
    told, whole = by_clauses_and_without(f"{well} เสียดายอย่างเดียวยังไม่มีคนรุ่นใหม่มารับช่วงต่อ ไม่รู้จะทำอย่างไรกันดี")
    assert told["open"] > max(0, whole["open"])
    assert by_clauses_and_without(well)[0]["open"] < 0


def test_labelled_places_where_an_issue_is_voiced_are_those_of_the_text(rows):
    read = [row for row in rows if row.acts is not None]
    for row, passage in zip(read, examples_of_acts(rows).passages, strict=True):
        voices = bool({"concern", "wish"} & row.acts) or row.step == 2
        assert all(row.text[start:end] in row.voiced for start, end in passage.voiced)
        assert voices == bool(row.voiced) == any(passage.voicing()), row.id


@given(st.lists(st.integers(1, 5), min_size=1, max_size=6))
def test_what_stands_beside_a_clause_is_of_its_passage(lengths):
    values = np.random.default_rng(0).integers(1, 9, (sum(lengths), 2)).astype(np.float32)
    starts = np.cumsum([0, *lengths])[:-1]
    parts = np.split(values, starts[1:])
    padded = [np.vstack([np.zeros((1, 2)), part, np.zeros((1, 2))]) for part in parts]
    assert np.array_equal(beside(values, starts), np.vstack([part[:-2] + part[2:] for part in padded]))


def test_learned_lesson_and_request_rest_on_what_stands_in_several_fields(rows):
    model = load_model(ROOT / "models/acts", "acts")
    examples = examples_of_acts(rows)
    stands = model.features(examples.passages) > 0
    fields = sum((stands[examples.fields == name].getnnz(axis=0) > 0).astype(int) for name in set(examples.fields))
    assert fields[model.weights[LEARNED.index("lesson")] != 0].min() == 3
    assert fields[model.weights[LEARNED.index("request")] != 0].min() == 4
    assert fields[model.weights[LEARNED.index("issue")] != 0].min() == 1


def test_learned_scores_of_nothing(rows):
    model = train(examples_of_acts(rows[::10]))
    for some in ([], [passage_of("", [], comment=False), passage_of("ก", ["ก"], comment=True)]):
        assert model.scores(some, model.features(some)).shape == (len(some), len(LEARNED))


def test_features_see_where_words_stand():
    documents = [["ไหม", *["ก"] * 40], [*["ก"] * 40, "ไหม"]] * 2
    matrix = Vectorizer.fit(documents).transform(documents).toarray()
    assert not np.allclose(matrix[0], matrix[1])
    assert np.allclose(np.linalg.norm(matrix, axis=1), 1)
