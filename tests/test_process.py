import pytest

from minecop.core.errors import ProcessError
from minecop.process.definition import load_process
from minecop.process.matching import StepMatcher, match_passages, match_schema

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


def test_definition_own_file(tmp_path):
    path = tmp_path / "garden.toml"
    path.write_text(OWN, encoding="utf-8")
    process = load_process(str(path))
    assert [step.names["en"] for step in process.steps] == ["Prepare the soil", "Harvest"]
    matches = StepMatcher(process).match(["วันนี้พรวนดินทั้งบ่าย ใส่ปุ๋ยหมักสองกระสอบ", "เก็บผักบุ้งได้เยอะ ตัดไปขายหมดเลย"])
    assert [match.step for match in matches] == [1, 2]
    assert matches[0].cues[1] == ("พรวน", "ปุ๋ยหมัก")


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
    ],
)
def test_definition_bad_file_is_said(tmp_path, text, reason):
    path = tmp_path / "p.toml"
    path.write_text(text, encoding="utf-8")
    with pytest.raises(ProcessError, match=reason):
        load_process(str(path))


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
    table = match_passages(matcher, ["a", "b"], ["นัดประชุมแบ่งงาน", "นัดประชุมแบ่งงาน"], [["นัด"], ["นัด"]], [False, True])
    assert table.schema == match_schema(matcher.process)
    assert table["step"].to_pylist()[1] == 0
    assert table["step_4"].to_pylist()[1] == 0
