"""The concerns that ship, and the measure that they serve."""

from collections import Counter, defaultdict

import numpy as np
import pytest
from conftest import ROOT

from minecop.core.errors import InputError
from minecop.vectors.concerns import FORMS, read_concerns
from minecop.vectors.measuring import mean_average_precision


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
