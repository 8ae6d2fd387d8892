import csv
import json

import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import ROOT, SAMPLE

from minecop.cli.steps import command
from minecop.core.errors import InputError, RunError
from minecop.process.definition import load_process
from minecop.process.labels import StepLabel, labels_path, read_labels, write_labels
from minecop.process.matching import StepMatcher, model_of
from minecop.run.pipeline import analyse, open_run
from minecop.run.stepping import agreement_of, least_sure, source_of

TEXTS = (
    "นัดทีมวันศุกร์หน้า แบ่งงานกันแล้วว่าใครทำอะไร งบสองหมื่น เริ่มเดือนมกราคม",
    "เมื่อเช้าฝนตกหนัก นั่งจิบกาแฟฟังเสียงกบร้องหน้าบ้าน",
    "วันนี้ลงแปลงกันสิบสองคน ช่วยกันหมักปุ๋ยกองแรกเสร็จตอนบ่าย",
    "สามหมู่บ้านมานั่งคุยกันแล้วพบว่าเดือดร้อนเรื่องเดียวกันคือน้ำ เลยตกลงเอาเรื่องน้ำเป็นเป้าร่วม",
    "ขอบคุณมากค่ะที่แบ่งปัน",
)


@pytest.fixture
def archive(jsonl):
    return jsonl(
        [
            {"id": f"{n}", "author": f"p{n}", "published": "2010-01-01", "title": f"=เรื่องที่ {n}", "body": text}
            for n, text in enumerate(TEXTS)
        ]
    )


@pytest.fixture
def run(archive, tmp_path):
    return analyse(archive, tmp_path / "run")


def ask(run, answers, *options):
    result = CliRunner().invoke(command, ["label", str(run.folder), "--lang", "en", *options], input=answers)
    assert result.exit_code == 0, result.output
    return result.output


def steps_of(run):
    table = pq.read_table(run.folder / "passages.parquet", columns=["passage_id", "step"])
    return dict(zip(table["passage_id"].to_pylist(), table["step"].to_pylist(), strict=True))


def test_labels_are_asked_kept_and_learned_from(archive, run, tmp_path):
    before = steps_of(run)
    out = ask(run, "3\nnonsense\n๔\ns\nq\n")
    assert "[1/4]" in out
    assert "2 passages labelled this time, 2 in all" in out
    labels = read_labels(labels_path(archive))
    assert [label.step for label in labels.values()] == [3, 4]
    assert all(label.text in TEXTS and label.title.startswith("=") for label in labels.values())
    assert archive.with_name("labels.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    again = analyse(archive, tmp_path / "run")
    after = steps_of(again)
    assert {passage: after[passage] for passage in labels} == {p: label.step for p, label in labels.items()}
    assert after.keys() == before.keys()  # the labels are no posts
    about = again.manifest["stages"]["process"]["about"]
    assert about == {"labels": 2, "labels_of_passages_here": 2}
    assert {one.passage_id for one in least_sure(again, labels, 9)}.isdisjoint(labels)
    assert "[1/2]" in ask(again, "q\n")


def test_labels_can_be_taken_back_and_nothing_is_asked_twice(archive, run):
    ask(run, "3\nb\n5\nq\n", "--count", "2")
    assert [label.step for label in read_labels(labels_path(archive)).values()] == [5]
    ask(run, "0\n0\n0\n")
    assert "No passage is left" in ask(run, "")


def test_labels_least_sure_first_and_from_different_posts(run):
    asked = least_sure(run, (), 9)
    assert len(asked) == 4  # courtesy is not asked about
    assert len({one.passage_id.split("/")[0] for one in asked}) == 4
    margins = [one.guesses[0][1] - one.guesses[1][1] for one in asked]
    assert margins == sorted(margins)


def test_labels_the_same_on_any_number_of_workers(archive, run, tmp_path):
    write_labels(labels_path(archive), [StepLabel("0/0", 9, "", TEXTS[1])])
    one, two = analyse(archive, tmp_path / "one"), analyse(archive, tmp_path / "two", workers=2)
    steps = [pq.read_table(made.stage_folder("process") / "steps.parquet") for made in (one, two)]
    assert steps[0].equals(steps[1])
    assert one.manifest["stages"]["process"]["about"]["labels_of_passages_here"] == 0


def test_labels_teach_what_the_archive_means():
    process = load_process("organisation")
    text = "ล้อมวงผ่าตะวันกันสองรอบ ป้าเปี่ยมเป็นคนถือย่าม"
    said = [StepLabel(f"{n}", 2, "", f"{text} ครั้งที่ {n}") for n in range(3)]
    before = StepMatcher(process).match(["เมื่อวานล้อมวงผ่าตะวันกันอีก"])[0]
    after = StepMatcher(process, model_of(process, said)).match(["เมื่อวานล้อมวงผ่าตะวันกันอีก"])[0]
    assert after.probabilities[1] > before.probabilities[1]
    assert after.step == 2


@pytest.mark.parametrize("row", ["a,11", "a,-1", "a,x", ",3", "a,"])
def test_labels_bad_row_is_named(tmp_path, row):
    path = tmp_path / "labels.csv"
    path.write_text(f"passage_id,step\nb,2\n{row}\n", encoding="utf-8")
    with pytest.raises(InputError) as caught:
        read_labels(path, 10)
    assert "labels.csv:3" in caught.value.text("th")


def test_labels_write_no_formula(tmp_path):
    label = StepLabel("p", 1, "=1+1", "-ไปแล้ว\nกลับมา, ครับ")
    write_labels(tmp_path / "labels.csv", [label])
    with (tmp_path / "labels.csv").open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.reader(file))
    assert rows[1] == ["p", "1", "'=1+1", "'-ไปแล้ว\nกลับมา, ครับ"]
    assert read_labels(tmp_path / "labels.csv") == {"p": label}
    assert read_labels(tmp_path / "none.csv") == {}


def test_labels_archive_that_was_moved_is_said(archive, run):
    assert source_of(open_run(run.folder)) == archive
    archive.unlink()
    with pytest.raises(RunError):
        source_of(run)


def test_agreement_of_two_people():
    one = {f"{n}": StepLabel(f"{n}", n % 3, "", "") for n in range(9)}
    assert agreement_of(one, one) == (9, 1.0, 1.0)
    other = {f"{n}": StepLabel(f"{n}", (n % 3 + 1) % 3, "", "") for n in range(9)}
    shared, same, kappa = agreement_of(one, other)
    assert (shared, same) == (9, 0.0)
    assert kappa == pytest.approx(-0.5)
    assert agreement_of(one, {}) == (0, 0.0, 0.0)
    assert agreement_of({"0": one["0"]}, {"0": one["0"]}) == (1, 1.0, 1.0)


def test_steps_evaluate(minecop, tmp_path):
    path, other = tmp_path / "labels.csv", tmp_path / "other.csv"
    right = [StepLabel("a", 4, "", TEXTS[0]), StepLabel("b", 0, "", TEXTS[1]), StepLabel("c", 6, "", TEXTS[2])]
    write_labels(path, right)
    write_labels(other, [*right[:2], StepLabel("c", 7, "", TEXTS[2])])
    code, out, _ = minecop("steps", "evaluate", path, "--json")
    values = json.loads(out)
    assert code == 0
    assert sum(map(sum, values["confusion"])) == 3
    assert sum(values["confusion"][n][n] for n in range(11)) >= 2
    code, out, _ = minecop("steps", "evaluate", path, other, "--json")
    assert json.loads(out)["same"] == pytest.approx(2 / 3, abs=0.001)
    code, out, _ = minecop("steps", "evaluate", path, "--lang", "en")
    assert "macro-F1" in out
    write_labels(path, [StepLabel("a", 4, "", "")])
    assert "no label with a text" in minecop("steps", "evaluate", path, "--lang", "en")[1]


def test_steps_evaluate_what_ships_has_a_curve_that_rises(minecop):
    code, out, _ = minecop("steps", "evaluate", "--json")
    values = json.loads(out)
    assert code == 0
    passages, reached = zip(*values["curve"], strict=True)
    assert list(passages) == sorted(passages)
    assert reached[-1] > reached[0]


def test_steps_new_is_a_process_that_can_be_used(minecop, tmp_path):
    for extends, count in (((), 1), (("--extends", "civic"), 8)):
        path = tmp_path / f"our {count}.toml"
        code, out, _ = minecop("steps", "new", path, *extends)
        assert code == 0
        assert path.name in out
        assert len(load_process(str(path)).steps) == count
    code, _, err = minecop("steps", "new", path)
    assert code == 1
    assert path.name in err


def test_steps_of_the_sample_are_shown(minecop, tmp_path):
    assert SAMPLE.is_relative_to(ROOT)
    analyse(SAMPLE, tmp_path / "run")
    named, default = minecop("steps", "show", tmp_path / "run"), minecop("steps", tmp_path / "run")
    assert named == default
    assert named[0] == 0
