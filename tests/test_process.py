import json
import tomllib
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from scipy.special import expit, softmax
from sklearn.metrics import average_precision_score, f1_score

from minecop.acts.features import Vectorizer
from minecop.acts.labelled import read_labelled
from minecop.core.errors import ModelError, ProcessError
from minecop.process.definition import load_process
from minecop.process.looks import looks
from minecop.process.matching import SECOND, StepMatcher, labelled_of, match_passages, match_schema
from minecop.process.model import load_step_model
from minecop.process.nearest import nearest_examples
from minecop.process.training import (
    beside_first,
    calibration_error,
    examples_of_steps,
    sharpness_of,
    step_figures,
    steps_beside,
    train_steps,
    unseen_log_odds,
)
from minecop.text.words import words

ROOT = Path(__file__).parents[1]
FLOORS = tomllib.loads((ROOT / "tests/floors.toml").read_text(encoding="utf-8"))["steps"]

OWN = """
[process]
id = "garden"
name_th = "สวนครัว"
name_en = "Kitchen garden"

[[step]]
name_th = "เตรียมดิน"
name_en = "Prepare the soil"
cues = ['พรวน', 'ปุ๋ยหมัก']
examples = ["เช้านี้ขุดดินพรวนแปลง ใส่ปุ๋ยหมักรอไว้", "ตากดินเจ็ดวันแล้วพรวนอีกรอบ"]

[[step]]
name_th = "เก็บเกี่ยว"
name_en = "Harvest"
definition_th = "เก็บผักไปกินไปแบ่งกัน"
cues = ['เก็บผัก', 'ตัดไปขาย']
examples = ["เก็บผักได้สามกำ แบ่งข้างบ้านไปกำหนึ่ง", "ตัดไปขายที่ตลาดเช้า หมดเร็วมาก"]
"""


TWO = "[process]\nname_th='ก'\n[[step]]\nname_th='ก'\n[[step]]\nname_th='ข'\n"


def test_definition_organisation_extends_civic():
    civic, organisation = load_process("civic"), load_process("organisation")
    assert [step.number for step in civic.steps] == list(range(1, 8))
    assert [step.number for step in organisation.steps] == list(range(1, 11))
    assert organisation.steps[:7] == civic.steps
    assert organisation.none_examples
    for step in organisation.steps:
        assert step.names["th"] and step.names["en"] and step.definitions["th"] and step.definitions["en"]
        assert len(step.cues) >= 10
        assert len(step.examples) >= 12
        assert len(step.exclude) >= 2
        assert step.situations["th"] and step.situations["en"]
    assert all(organisation.definition(0, lang) for lang in ("th", "en"))


@pytest.mark.parametrize(
    ("one", "other"),
    [(1, 7), (1, 2), (2, 3), (2, 6), (2, 7), (3, 4), (4, 5), (4, 6), (5, 10), (6, 7), (7, 8), (7, 9), (9, 10)],
)
def test_definition_confusable_steps_are_told_apart_from_either_side(one, other):
    process = load_process("organisation")
    for lang in ("th", "en"):
        rule = process.rule(one, other, lang)
        assert str(one) in rule and str(other) in rule
        assert process.rule(other, one, lang) == rule
    assert process.rule(3, 9, "th") == ""
    assert process.rule(0, 8, "en")


def test_definition_own_file_says_all_that_one_that_ships_does(tmp_path):
    path = tmp_path / "garden.toml"
    path.write_text(
        OWN
        + """
exclude = ["ซื้อผักจากตลาดมาผัด"]
situations_th = ["เช้าวันหยุด"]

[[step.confusable]]
step = 1
rule_th = "มือเปื้อนดินคือขั้น 1 มือถือผักคือขั้น 2"

[none]
definition_en = "What is not of the garden."
examples = ["ฝนตกทั้งวัน นอนอ่านหนังสือ"]
""",
        encoding="utf-8",
    )
    process = load_process(str(path))
    soil, harvest = process.steps
    assert harvest.exclude == ("ซื้อผักจากตลาดมาผัด",)
    assert harvest.situations == {"th": ("เช้าวันหยุด",), "en": ("เช้าวันหยุด",)}
    assert process.rule(1, 2, "en") == process.rule(2, 1, "th") == "มือเปื้อนดินคือขั้น 1 มือถือผักคือขั้น 2"
    assert process.definition(0, "th") == "What is not of the garden."
    assert process.definition(1, "th") == ""
    assert (soil.id, harvest.id) == ("1", "2")


def test_definition_own_file(tmp_path):
    path = tmp_path / "garden.toml"
    path.write_text(OWN, encoding="utf-8")
    process = load_process(str(path))
    assert [step.names["en"] for step in process.steps] == ["Prepare the soil", "Harvest"]
    matches = StepMatcher(process).match(["วันนี้พรวนดินทั้งบ่าย ใส่ปุ๋ยหมักสองกระสอบ", "เก็บผักบุ้งได้เยอะ ตัดไปขายหมดเลย"])
    assert [match.step for match in matches] == [1, 2]
    assert matches[0].evidence[1][:2] == ("พรวน", "ปุ๋ยหมัก")


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x = [", "cannot be used"),
        ("[process]\nname_th = 'ก'\n", "step"),
        ("[process]\n[[step]]\nname_th='ก'", "name_th"),
        ("[process]\nname_th='ก'\n[[step]]\nname_th='ก'\ncues=['(']", "step"),
        ("[process]\nname_th='ก'\n[[step]]\nname_th='ก'\nexamples=[1]", "examples"),
        ("[process]\nname_th='ก'\nextends='nowhere.toml'", "no process"),
        ("[process]\nname_th='ก'\nextends='p.toml'", "itself"),
        ("process = 3", r"\[process\]: there is no such table"),
        ("[process]\nname_th='ก'\nextend='civic'", r"\[process\]: extend is unknown; there may be id, name_th"),
        ("[process]\nname_th='ก'\n[steps]\n", "TOML: steps is unknown; there may be process, step, none"),
        ("[process]\nname_th='ก'\nname_en=' '", r"\[process\]: name_th / name_en"),
        (f"{TWO}examples=['']", r"\[\[step\]\] 2: examples must be a list of texts"),
        (f"{TWO}include=['ก']", r"\[\[step\]\] 2: include is unknown; .*exclude"),
        (f"{TWO}definition_th=3", r"\[\[step\]\] 2: definition_th must be a text"),
        (f"{TWO}confusable='1'", r"confusable must be written as tables, \[\[confusable\]\]"),
        (f"{TWO}confusable=[{{step=1}}]", r"\[\[step\]\] 2 \[\[confusable\]\] 1: rule_th / rule_en"),
        (f"{TWO}confusable=[{{step=2, rule_th='x'}}]", "number of another step, or 0 .*, not 2"),
        (f"{TWO}confusable=[{{step='1', rule_th='x'}}]", "number of another step"),
        (f"{TWO}confusable=[{{step=1, rule='x'}}]", "rule is unknown; there may be step, rule_th, rule_en"),
        (
            f"{TWO}confusable=[{{step=9, rule_th='x'}}]",
            r"step 2: confusable names step 9, which is not there \(the last is 2\)",
        ),
        (
            f"{TWO}confusable=[{{step=1, rule_th='x'}},{{step=1, rule_th='y'}}]",
            "steps 2 and 1: told apart by two rules",
        ),
        (f"{TWO}[[step]]\nname_th='ข'", r"steps 2 and 3 have the same name \(ข\)"),
        ("[process]\nname_th='ก'\n[[step]]\nname_th='ข'", r"\[none\]: a process of one step"),
        (f"{TWO}[none]\nexamples='ก'", r"\[none\]: examples must be a list of texts"),
        ("[process]\nname_th='ก'\nextends='civic'\n[[step]]\nname_th='ลงมือปฏิบัติ'", "steps 6 and 8 have the same name"),
    ],
)
def test_definition_bad_file_is_said(tmp_path, text, reason):
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProcessError, match=reason) as caught:
        load_process(str(path))
    assert str(path) in caught.value.text("th") or "nowhere.toml" in text


def test_definition_missing_process_is_said():
    with pytest.raises(ProcessError, match="organisation"):
        load_process("nonsense")


def test_matching_probabilities_and_the_none_answer():
    matcher = StepMatcher(load_process("organisation"))
    plan, thanks = matcher.match(
        [
            "นัดทีมวันศุกร์หน้า แบ่งงานกันแล้วว่าใครทำอะไร งบสองหมื่น เริ่มเดือนมกราคม",
            "แวะมาเยี่ยมครับอาจารย์ อ่านแล้วได้กำลังใจมาก ขอบคุณที่แบ่งปัน",
        ]
    )
    assert plan.step == 4
    assert plan.named()[0] == 4
    assert 0.99 <= sum(plan.probabilities) + (1 - sum(plan.probabilities)) <= 1.01
    assert all(0 <= p <= 1 for p in plan.probabilities)
    assert (thanks.step, thanks.named()) == (0, [])
    assert matcher.match([]) == []


def test_matching_table_sets_courtesy_to_no_step():
    matcher = StepMatcher(load_process("civic"))
    table = match_passages(
        matcher, ["a", "b"], ["นัดประชุมแบ่งงาน", "นัดประชุมแบ่งงาน"], [["นัด"], ["นัด"]], [[], []], [False, True]
    )
    assert table.schema == match_schema(matcher.process)
    assert table["step"].to_pylist()[1] == 0
    assert table["step_4"].to_pylist()[1] == 0


# ---- what is learned


@pytest.fixture(scope="module")
def examples():
    return examples_of_steps(load_process("organisation"), read_labelled(ROOT / "corpora/labelled"))


@pytest.fixture(scope="module")
def unseen(examples):
    """The shares of the steps by models of other fields, and what these say of steps beside the first."""
    log_odds, seconds = unseen_log_odds(examples)
    return softmax(sharpness_of(log_odds, examples.steps) * log_odds, axis=1), seconds


def test_learned_steps_of_fields_that_were_not_seen(examples, unseen):
    found = step_figures(unseen[0], examples.steps)
    assert found.macro_f1 >= FLOORS["macro_f1"]
    assert found.any_step_f1 >= FLOORS["any_step_f1"]
    assert min(found.of_steps) >= FLOORS["every_step_f1"]
    assert found.calibration_error <= FLOORS["calibration_error"]
    assert found.brier < found.base_brier / 2


def test_learned_steps_beside_the_first_of_fields_that_were_not_seen(examples, unseen):
    (shares, seconds), steps = unseen, list(steps_beside(examples))
    first = shares.argmax(axis=1)
    assert 7 in steps
    told, given = beside_first(examples, first, seconds)
    by_shares, _ = beside_first(examples, first, shares[:, steps])
    assert average_precision_score(given, told) >= max(
        FLOORS["second_ap"], 2 * average_precision_score(given, by_shares)
    )
    times, plus = load_step_model(ROOT / "models/steps").seconds.scale
    chances = expit(times * told + plus)
    assert f1_score(given, chances >= SECOND) >= FLOORS["second_f1"]
    assert abs(chances.mean() - given.mean()) < 0.01


def test_learned_model_that_ships_is_what_the_labelled_passages_give(examples):
    shipped_model = load_step_model(ROOT / "models/steps")
    made = train_steps(examples, shipped_model.sharpness, shipped_model.seconds.scale)
    assert list(made.text.words) == list(shipped_model.text.words), "learn the steps again"
    assert np.allclose(made.weights, shipped_model.weights, atol=0.02), "learn the steps again"
    assert made.seconds.steps == shipped_model.seconds.steps
    assert np.allclose(made.seconds.weights, shipped_model.seconds.weights, atol=0.02), "learn the steps again"


def test_learned_kinds_of_none_are_told_apart_and_add_up():
    model = load_step_model(ROOT / "models/steps")
    assert model.kinds.count(0) > 4
    assert model.steps == tuple(range(11))
    both = [
        words(text)
        for text in ("ขอบคุณมากนะคะ แวะมาเป็นกำลังใจให้ค่ะ", "AAR ย่อมาจาก After Action Review หมายถึงการทบทวนหลังทำงาน")
    ]
    told = model.log_odds(model.features(both, [[], []]))
    assert told.shape == (2, 11)
    assert told.argmax(axis=1).tolist() == [0, 0]
    thanks, definition = (np.asarray(model.features(both, [[], []]) @ model.weights.T) + model.bias).argmax(axis=1)
    assert thanks != definition


def test_learned_written_language_is_no_sign_of_none(examples):
    model = load_step_model(ROOT / "models/steps")
    assert {"และ", "การ", "ซึ่ง"} <= {word for one in examples.words for word in one}
    assert not {"และ", "การ", "ซึ่ง"} & set(model.text.words)
    spoken = "เช้าวันพุธสำนักงานเราอบรมทำบัญชีให้กรรมการ ๓๕ คน แบ่งเป็นสี่กลุ่ม บ่ายลงแปลงรวมกันต่อ"
    written = "เช้าวันพุธสำนักงานเราดำเนินการอบรมการทำบัญชีและการวางแผนเพื่อกรรมการ ๓๕ คน ซึ่งแบ่งเป็นสี่กลุ่ม และบ่ายลงแปลงรวมกันต่อ"
    assert [match.step for match in StepMatcher(load_process("organisation")).match([spoken, written])] == [6, 6]


def test_learned_features_stand_in_several_fields_unless_they_are_of_a_user():
    documents = [["ทำ", "นา"], ["ทำ", "นา"], ["ทำ", "ยา"], ["ทำ", "ยา"], ["ทำ", "ของเรา"], ["ทำ", "ของเรา"]]
    fields = np.array(["ag", "ag", "he", "te", "", ""])
    made = Vectorizer.fit(documents, fields=fields, least_fields=2, passed_over={"และ"})
    assert {name for name in made.shown if name in {"ทำ", "นา", "ยา", "ของเรา"}} == {"ทำ", "ยา", "ของเรา"}


def test_learned_model_is_written_and_read_without_loss(examples, tmp_path):
    some = examples.take(np.arange(0, len(examples.words), 9))
    model = train_steps(some, 2.0, (1.0, -1.5))
    model.save(tmp_path / "m")
    again = load_step_model(tmp_path / "m")
    assert again.steps == model.steps == tuple(range(11))
    features = model.features(some.words[:40], some.titles[:40])
    assert np.allclose(model.log_odds(features), again.log_odds(features), atol=0.1)
    assert (again.seconds.steps, again.seconds.scale) == (model.seconds.steps, (1.0, -1.5))
    chances, chances_again = (
        made.seconds.chances(features, some.texts[:40], some.steps[:40]) for made in (model, again)
    )
    assert np.allclose(chances, chances_again, atol=0.02)
    where_likely = model.seconds.chances(features, some.texts[:40], some.steps[:40], 0.4)
    assert np.allclose(where_likely[chances >= 0.4], chances[chances >= 0.4])
    assert (where_likely[chances < 0.4] < 0.4).all()
    assert not chances[some.steps[:40, None] == np.array(model.seconds.steps)].any()
    assert model.evidence(features, np.array([0]), np.array([1])) == again.evidence(
        features, np.array([0]), np.array([1])
    )
    about = json.loads((tmp_path / "m/steps.json").read_text(encoding="utf-8"))
    (tmp_path / "m/steps.json").write_text(json.dumps(about | {"format": 99}), encoding="utf-8")
    with pytest.raises(ModelError):
        load_step_model(tmp_path / "m")


def test_learned_calibration_of_known_probabilities():
    sure = np.tile([0.8, 0.2], (1_000, 1))
    right = np.repeat([0, 1], [800, 200])
    np.random.default_rng(0).shuffle(right)
    assert calibration_error(sure, right) < 0.05
    assert calibration_error(np.tile([0.99, 0.01], (1_000, 1)), right) == pytest.approx(0.19, abs=0.01)
    log_odds = np.tile(np.log([0.6, 0.4]), (1_000, 1)).astype(np.float32)
    assert sharpness_of(log_odds, right) == pytest.approx(np.log(4) / np.log(1.5), rel=0.01)
    assert step_figures(sure, right).brier == pytest.approx(0.32)


def test_matching_civic_takes_further_steps_for_none():
    text = "ที่ประชุมตกลงเลิกใช้ตัวชี้วัดเดิมที่นับแต่จำนวนครั้งอบรม เปลี่ยนมาดูว่าคนไข้กลับมานอนซ้ำลดลงไหม"
    whole, civic = (StepMatcher(load_process(name)).match([text])[0] for name in ("organisation", "civic"))
    assert whole.step == 8
    assert whole.evidence[8]
    assert (civic.step, len(civic.probabilities)) == (0, 7)
    assert civic.probabilities == pytest.approx(whole.probabilities[:7])


BOTH = (
    "เมื่อวานสี่หมู่บ้านมานั่งล้อมวงกันที่ศาลา เล่ากันไปทีละบ้าน สุดท้ายเห็นตรงกันว่าเรื่องใหญ่ของทุกบ้านคือน้ำหน้าแล้ง เลยถือเป็นเรื่องร่วมกันของลุ่มน้ำ "
    "รอบนี้คุยกันรู้เรื่องกว่าทุกครั้งเพราะเราไม่เอาวาระราชการขึ้นก่อน คราวหน้าจะให้ชาวบ้านเป็นคนเปิดวงเองครับ"
)
FIRST_ALONE = BOTH[: BOTH.index("รอบนี้")] + "ขอบคุณเจ้าของศาลากับคนต้มกาแฟด้วยนะครับ"


def test_matching_tells_a_step_beside_the_first():
    matcher = StepMatcher(load_process("organisation"))
    both, alone = matcher.match([BOTH, FIRST_ALONE])
    assert (both.step, both.second, both.named()) == (2, 7, [2, 7])
    assert both.second_chance >= SECOND
    assert both.evidence[7]
    (looked,) = matcher.match([BOTH.replace("รู้เรื่องกว่าทุกครั้ง", "ราบรื่นเกินคาด")])
    assert looked.evidence[7][:2] == ("ราบรื่น", "เกินคาด")
    assert (alone.step, alone.second, alone.second_chance, alone.named()) == (2, 0, 0.0, [2])
    table = match_passages(matcher, ["a", "b"], [BOTH] * 2, [words(BOTH)] * 2, [[], []], [False, True])
    assert table["second"].to_pylist() == [7, 0]
    assert table["second_chance"].to_pylist() == [pytest.approx(both.second_chance), 0.0]


def test_matching_hears_how_people_look_at_how_it_went():
    counts = looks([FIRST_ALONE, "ได้ผลดีพอสมควร คนคุยกันราบรื่น คิดว่าทำต่อไปน่าจะช่วยให้ไว้ใจกัน", ""]).toarray() / 0.3
    assert counts.round(3).tolist() == [[0, 0, 0], [2, 1, 1], [0, 0, 0]]  # twice at most in each group


def test_matching_tells_no_step_beside_the_first_that_a_process_lacks():
    matcher = StepMatcher(load_process("civic"))
    told = matcher.told([BOTH], [words(BOTH)], [[]])
    assert told.seconds.tolist() == [7]
    few = replace(matcher.process, steps=matcher.process.steps[:6])
    assert StepMatcher(few, matcher.model).told([BOTH], [words(BOTH)], [[]]).seconds.tolist() == [0]


def test_matching_a_list_of_steps_tells_of_none():
    names = [step.names["th"] for step in load_process("organisation").steps]
    listed = [f"{number}. {name}" for number, name in enumerate(names, 1)]
    assert [match.step for match in StepMatcher(load_process("organisation")).match(listed)] == [0] * 10


def test_matching_the_founding_document_lists_are_no_events(founding_document):
    text = founding_document.read_text(encoding="utf-8")
    lines = [line.strip() for line in text.splitlines() if line.strip()[:2].rstrip(".").isdigit()]
    assert len(lines) == 17
    assert not any(match.step for match in StepMatcher(load_process("organisation")).match(lines))


def test_matching_the_founding_document_tells_of_own_work_and_of_a_forum(founding_document):
    title, *paragraphs = [
        line.strip() for line in founding_document.read_text(encoding="utf-8").splitlines() if line.strip()
    ]
    own = [text for text in paragraphs if "กำลังทำใน" in text.replace(" ", "") or "8 พฤษภาคม 2549" in text]
    matches = StepMatcher(load_process("organisation")).match(own, titles=[words(title)] * len(own))
    assert [(match.step, match.second) for match in matches] == [(6, 0), (2, 7)]


def test_matching_process_that_extends_one_that_ships_learns_its_own_steps_beside(tmp_path, monkeypatch):
    # in less time
    monkeypatch.setattr("minecop.process.matching.read_labelled", lambda folder: read_labelled(folder)[::4])
    path = tmp_path / "more.toml"
    path.write_text(
        '[process]\nid = "more"\nname_th = "เพิ่ม"\nextends = "organisation"\n[[step]]\nname_th = "เลี้ยงฉลอง"\n'
        'examples = ["เย็นนี้เลี้ยงฉลองกันทั้งกลุ่ม ร้องเพลงรำวงจนดึก", "ฉลองครบสิบปี กินเลี้ยงรำวงกันหน้าศาลา", '
        '"จัดงานเลี้ยงฉลองให้ป้าแดง ร้องรำทำเพลงกัน"]\n',
        encoding="utf-8",
    )
    matches = StepMatcher(load_process(str(path))).match(
        ["คืนนี้กินเลี้ยงฉลองกัน รำวงร้องเพลงสนุกมาก", "นัดทีมวันศุกร์หน้า แบ่งงานกันแล้วว่าใครทำอะไร งบสองหมื่น เริ่มเดือนมกราคม"]
    )
    assert [match.step for match in matches] == [11, 4]


def test_learned_excluded_passages_are_examples_of_something_else():
    process = load_process("organisation")
    found = examples_of_steps(process, labelled_of(process))
    step_of = dict(zip(found.texts, found.steps.tolist(), strict=True))
    for step in process.steps:
        assert all(step_of[text] != step.number for text in step.exclude)
    logistics, circle = process.steps[1].exclude
    assert (step_of[logistics], step_of[circle]) == (6, 7)


def test_learned_excluded_passages_of_an_own_process(tmp_path):
    text = "ซื้อผักกาดจากตลาดมาสองกำ"
    told = []
    for name, exclude in (("without", ""), ("with", f'exclude = ["{text}", "ซื้อผักบุ้งจากตลาดมาผัด"]')):
        path = tmp_path / f"{name}.toml"
        path.write_text(f"{OWN}{exclude}", encoding="utf-8")
        told.append(StepMatcher(load_process(str(path))).match([text])[0])
    assert [match.step for match in told] == [2, 0]  # where nothing else is known, not this step is none


def test_learned_steps_that_a_process_does_not_begin_with_say_nothing(tmp_path):
    path = tmp_path / "more.toml"
    path.write_text('[process]\nname_th = "เพิ่ม"\nextends = "civic"\n[[step]]\nname_th = "เลี้ยงฉลอง"\n', encoding="utf-8")
    assert {row.step for row in labelled_of(load_process(str(path)))} == {None, *range(8)}
    assert {row.step for row in labelled_of(load_process("civic"))} == {None, *range(11)}
    path.write_text(OWN, encoding="utf-8")
    assert labelled_of(load_process(str(path))) == []


def test_nearest_examples_by_what_tells_steps():
    process = load_process("organisation")
    some = [row for row in labelled_of(process) if row.step is not None]
    found = examples_of_steps(process, some)
    model = load_step_model(ROOT / "models/steps")
    text = "นัดทีมวันศุกร์หน้า แบ่งงานกันแล้วว่าใครทำอะไร งบสองหมื่น เริ่มเดือนมกราคม"
    (near,) = nearest_examples(model, found, [text], [words(text)], [[]])
    best = max(near.values(), key=lambda one: one.likeness)
    assert best.step == 4
    assert {step: one.step for step, one in near.items()} == {step: step for step in near}
    assert all(0 < one.likeness <= 1.001 and one.text in found.texts for one in near.values())
    (again,) = nearest_examples(model, found, [text], [words(text)], [[]], {best.text})
    assert again[4].likeness < best.likeness
    same = found.texts[0]
    (without,) = nearest_examples(model, found, [same], [words(same)], [[]])
    assert same not in {one.text for one in without.values()}
    assert nearest_examples(model, found, ["zzz"], [["zzz"]], [[]]) == [{}]


def test_learned_words_count_of_passage_and_title(examples):
    model = load_step_model(ROOT / "models/steps")
    own = [words("เมื่อวานเราลงมือกันแล้ว")]
    plain, titled = (model.log_odds(model.features(own, [title])) for title in ([], words("ถอดบทเรียนปีที่สอง")))
    assert not np.allclose(plain, titled)
