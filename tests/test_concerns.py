"""The concerns that ship, and the measure that they serve."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from conftest import ROOT

from minecop.core.errors import InputError, ModelError
from minecop.vectors.anchors import shipped_anchors
from minecop.vectors.concerns import FORMS, read_concerns
from minecop.vectors.measuring import mean_average_precision
from minecop.vectors.models import shipped_model
from tests.benchmarks.learn_anchors import anchors


@pytest.fixture(scope="module")
def concerns():
    found = defaultdict(list)
    for voice in read_concerns(ROOT / "corpora/concerns"):
        found[voice.concern].append(voice)
    return found


def test_concerns_are_many_and_have_many_voices(concerns):
    assert len(concerns) >= 250
    assert len({voices[0].world for voices in concerns.values()}) >= 25
    assert len({voices[0].title for voices in concerns.values()}) == len(concerns)
    for name, voices in concerns.items():
        assert len(voices) >= 6, name
        assert len({voice.voice for voice in voices}) == len(voices), name
        assert len({voice.title for voice in voices}) == 1, name
        assert len({voice.role for voice in voices}) == len(voices), name
        for voice in voices:
            assert voice.form == FORMS[voice.voice - 1]
            assert voice.kind in {"post", "comment"}
            assert 30 <= len(voice.text) <= 520


def test_concerns_share_no_phrase_between_voices(concerns):
    for name, voices in concerns.items():
        runs = Counter()
        for voice in voices:
            letters = "".join(voice.text.split())
            runs.update({letters[n : n + 14] for n in range(len(letters) - 13)})
        assert not [run for run, count in runs.items() if count > 1], name


def test_concerns_line_that_cannot_be_read_is_named(tmp_path):
    (tmp_path / "a.jsonl").write_text('{"concern": "a-01"}\n', encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_concerns(tmp_path)
    assert "a.jsonl:1" in caught.value.text("th")


def test_mean_average_precision_of_what_is_known():
    vectors = np.array([[1, 0], [0.9, 0.1], [0, 1], [0.1, 0.9], [0.7, 0.7]])
    vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
    assert mean_average_precision(vectors, ["a", "a", "b", "b", "c"]) == 1
    assert mean_average_precision(vectors, ["a", "b", "a", "b", "c"]) == pytest.approx((1 / 4 + 1 / 3) / 2)
    assert mean_average_precision(vectors, ["a", "b", "c", "d", "e"]) == 0


# ---- anchors


def test_anchors_that_ship_are_where_the_concerns_lie(concerns):
    shipped, made = shipped_anchors(), anchors()
    assert (
        shipped.titles == made.titles == tuple(dict.fromkeys(v.title for voices in concerns.values() for v in voices))
    )
    assert np.allclose(shipped.centres, made.centres, atol=2e-3), "learn the anchors again"
    assert np.allclose(shipped.usual, made.usual, atol=2e-3), "learn the anchors again"
    assert np.allclose(shipped.spread, made.spread, atol=2e-3), "learn the anchors again"


def test_anchors_are_near_their_own_voices_and_profiles_have_length_one(concerns):
    voices = [voice for name in sorted(concerns)[:12] for voice in concerns[name]]
    vectors = shipped_model().encode([voice.text for voice in voices])
    nearness = shipped_anchors().nearness(vectors)
    own = [shipped_anchors().titles.index(voice.title) for voice in voices]
    assert np.mean(nearness.argmax(axis=1) == own) > 0.8
    assert np.allclose(np.linalg.norm(shipped_anchors().profiles(vectors), axis=1), 1, atol=1e-5)
    assert shipped_anchors().closeness(vectors).min() > 1
    nothing = np.zeros_like(vectors[:1])
    assert not shipped_anchors().profiles(nothing).any()


def test_anchors_tell_a_damaged_folder(tmp_path, monkeypatch):
    monkeypatch.setattr("minecop.vectors.anchors.shipped", lambda *_: tmp_path)
    shipped_anchors.cache_clear()
    with pytest.raises(ModelError):
        shipped_anchors()
    monkeypatch.undo()
    shipped_anchors.cache_clear()
    assert shipped_anchors().titles
