import csv
import json
import re
from itertools import pairwise

import numpy as np
import pyarrow.parquet as pq
import pytest
from click.testing import CliRunner
from conftest import ROOT, SAMPLE

from minecop.acts.labelled import read_labelled
from minecop.acts.marking import TENSES
from minecop.archive.store import read_archive
from minecop.cli.steps import _explain, command
from minecop.core.errors import InputError, ProcessError, RunError
from minecop.core.progress import silent
from minecop.process.definition import load_process
from minecop.process.labels import StepLabel, labels_path, read_labels, write_labels
from minecop.process.matching import StepMatcher, model_of
from minecop.process.training import step_figures
from minecop.run.context import Context
from minecop.run.evidence import evidence_of
from minecop.run.opening import open_run
from minecop.run.pipeline import analyse
from minecop.run.process import steps_outside
from minecop.run.settings import Settings
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


@pytest.fixture(scope="module")
def settings(tmp_path_factory):
    """Seven steps of few examples, which are learned in no time."""
    path = tmp_path_factory.mktemp("process") / "few.toml"
    parts = ['[process]\nid = "few"\nname_th = "ย่อ"']
    for step in load_process("civic").steps:
        parts.append(f"[[step]]\nname_th = {json.dumps(step.names['th'])}\nexamples = {json.dumps(step.examples[:4])}")
        parts.append(f"definition_th = {json.dumps(step.definitions['th'])}")
    parts.append(f"[none]\nexamples = {json.dumps(load_process('civic').none_examples[:6])}")
    path.write_text("\n".join(parts), encoding="utf-8")
    return Settings(process=str(path))


@pytest.fixture
def run(archive, settings, tmp_path):
    return analyse(archive, tmp_path / "run", settings)


def ask(run, answers, *options):
    result = CliRunner().invoke(command, ["label", str(run.folder), "--lang", "en", *options], input=answers)
    assert result.exit_code == 0, result.output
    return result.output


def steps_of(run):
    table = pq.read_table(run.folder / "passages.parquet", columns=["passage_id", "step"])
    return dict(zip(table["passage_id"].to_pylist(), table["step"].to_pylist(), strict=True))


def test_labels_are_asked_kept_and_learned_from(archive, run, settings, tmp_path):
    before = steps_of(run)
    out = ask(run, "3\nnonsense\n๔\ns\nq\n")
    assert "[1/4]" in out
    assert "2 passages labelled this time, 2 in all" in out
    labels = read_labels(labels_path(archive))
    assert [label.step for label in labels.values()] == [3, 4]
    assert all(label.text in TEXTS and label.title.startswith("=") for label in labels.values())
    assert archive.with_name("labels.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    again = analyse(archive, tmp_path / "run", settings)
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


def test_labels_the_same_on_any_number_of_workers(archive, settings, tmp_path):
    write_labels(labels_path(archive), [StepLabel("0/0", 7, "", TEXTS[1])])
    one, two = (analyse(archive, tmp_path / f"{n}", settings, workers=n) for n in (1, 2))
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


@pytest.fixture
def few_labelled(monkeypatch):
    """Every twentieth of the labelled passages: ten models are learned of all of them otherwise, which takes minutes."""
    monkeypatch.setattr("minecop.process.matching.read_labelled", lambda folder: read_labelled(folder)[::20])


def test_step_figures_know_nothing_of_a_step_without_labels():
    told = np.array([[0.1, 0.9, 0, 0], [0.1, 0, 0.9, 0], [0, 0, 0.9, 0.1]])
    found = step_figures(told, [1, 2, 1])
    assert found.of_steps == (None, pytest.approx(2 / 3), pytest.approx(2 / 3), None)
    assert found.macro_f1 == pytest.approx(2 / 3)


def test_steps_evaluate_what_ships_has_a_curve_that_rises(minecop, few_labelled):
    code, out, _ = minecop("steps", "evaluate", "--json")
    values = json.loads(out)
    assert code == 0
    passages, reached = zip(*values["curve"], strict=True)
    assert list(passages) == sorted(passages)
    assert reached[-1] > reached[0]
    assert len(values["of_steps"]) == 11


def test_steps_evaluate_of_other_processes(minecop, few_labelled, settings, tmp_path):
    code, out, _ = minecop("steps", "evaluate", "--process", settings.process, "--lang", "en")
    assert (code, out.startswith("None of the labelled passages")) == (0, True)
    path = tmp_path / "more.toml"
    path.write_text(
        '[process]\nname_th = "เพิ่ม"\nextends = "civic"\n[[step]]\nname_th = "เลี้ยงฉลอง"\n'
        'examples = ["เย็นนี้เลี้ยงฉลองกันทั้งกลุ่ม รำวงจนดึก", "ฉลองครบสิบปี กินเลี้ยงรำวงกัน"]\n',
        encoding="utf-8",
    )
    for process, count in (("civic", 8), (path, 9)):
        code, out, _ = minecop("steps", "evaluate", "--json", "--process", process)
        assert (code, len(json.loads(out)["of_steps"])) == (0, count)


@pytest.mark.parametrize(
    ("process", "labels", "learns"),
    [("organisation", False, False), ("civic", True, True), ("more", False, True), ("anew", True, False)],
)
def test_steps_are_matched_anew_when_what_they_are_learned_from_changes(
    archive, settings, tmp_path, process, labels, learns
):
    more = tmp_path / "more.toml"
    more.write_text('[process]\nname_th = "เพิ่ม"\nextends = "civic"\n[[step]]\nname_th = "ฉลอง"\n', encoding="utf-8")
    if labels:
        write_labels(labels_path(archive), [StepLabel("0/0/1", 2, "", TEXTS[0])])
    name = {"more": str(more), "anew": settings.process}.get(process, process)
    outside = steps_outside(Context(archive, tmp_path, Settings(process=name), None, silent))
    assert ("ag.jsonl" in outside) == learns
    assert ("labels.csv" in outside) == labels


def test_labels_question_mark_tells_what_the_guesses_mean(run, settings):
    (one, *_) = least_sure(run, (), 1)
    (first, _), (second, _) = one.guesses
    out = ask(run, "?\n3\nq\n")
    process = load_process(settings.process)
    for step in filter(None, (first, second)):
        assert process.definition(step, "en") in out
    assert "the process file has no rule" in out
    assert "1 passages labelled this time" in out


def test_labels_question_mark_gives_the_rule_of_a_process_that_has_one(archive, tmp_path, capsys):
    process = load_process("organisation")
    _explain(4, 6, process, "th")
    out = capsys.readouterr().out
    assert process.rule(4, 6, "th") in out
    assert all(process.steps[n - 1].situations["th"][0] in out for n in (4, 6))
    _explain(0, 8, process, "en")
    assert process.none_definitions["en"] in capsys.readouterr().out


def filled_in(template: str) -> str:
    """A template with another text in the place of every one below the first step."""
    head, steps = template.split("[[step]]", 1)
    return f"{head}[[step]]" + re.sub('"[^"\\n]+"', lambda found: f'"{found.start()}"', steps)


def test_steps_new_is_a_process_that_can_be_used_once_it_is_filled_in(minecop, tmp_path):
    for extends, count in (((), 1), (("--extends", "civic"), 8)):
        path = tmp_path / f"our {count}.toml"
        code, out, _ = minecop("steps", "new", path, *extends)
        assert code == 0
        assert path.name in out
        template = path.read_text(encoding="utf-8")
        with pytest.raises(ProcessError, match=r"\[\[step\]\] .*: name_th still has the text of the template"):
            load_process(str(path))
        path.write_text(filled_in(template), encoding="utf-8")
        assert len(load_process(str(path)).steps) == count
        path.write_text(template.replace("ชื่อขั้น", "ลงพื้นที่"), encoding="utf-8")
        with pytest.raises(ProcessError, match="name_en still has the text"):
            load_process(str(path))
    code, _, err = minecop("steps", "new", path)
    assert code == 1
    assert path.name in err


@pytest.fixture(scope="module")
def sample(sample_run):
    return sample_run


def test_steps_of_the_sample_are_shown(minecop, sample):
    assert SAMPLE.is_relative_to(ROOT)
    named, default = minecop("steps", "show", sample.folder), minecop("steps", sample.folder)
    assert named == default
    assert named[0] == 0


@pytest.fixture(scope="module")
def chosen(sample):
    """A passage within a post, one of a comment that is about a step, and one that is mere courtesy."""
    rows = pq.read_table(sample.folder / "passages.parquet").to_pylist()
    within = next(b for a, b in pairwise(rows) if b["step"] and b["comment"] is None and a["post_id"] == b["post_id"])
    comment = next(row for row in rows if row["step"] and row["comment"])
    return [within, comment, next(row for row in rows if row["courtesy"])]


def test_evidence_of_passages(sample, chosen):
    ids = [row["passage_id"] for row in chosen]
    within, comment, courtesy = found = evidence_of(sample, ids)
    posts = {post.id: post for post in read_archive(sample.stage_folder("archive")).posts}
    for row, one in zip(chosen, found, strict=True):
        source = posts[row["post_id"]].text(row["comment"])
        assert (one.passage_id, one.step) == (row["passage_id"], row["step"])
        assert one.text == source[row["start"] : row["end"]]
        assert one.before in source and one.after in source
        assert sum(one.probabilities.values()) == pytest.approx(1, abs=1e-5)
        assert one.tense in TENSES
    assert within.before and not within.answers
    assert comment.answers in {text.body for text in posts[comment.post_id].texts} - {""}
    assert within.named()[0] == within.step and within.words[within.step]
    assert {near.step for near in within.nearest} & {within.step}
    assert within.nearest == tuple(sorted(within.nearest, key=lambda near: -near.likeness))
    assert (courtesy.courtesy, courtesy.step, courtesy.named()) == (True, 0, [])
    first, second = comment.likeliest()
    assert first == comment.step != second
    assert [one.passage_id for one in evidence_of(sample, ids[::-1])] == ids[::-1]


def test_evidence_of_a_passage_that_is_not_there(sample):
    with pytest.raises(RunError, match="no/0/1"):
        evidence_of(sample, ["no/0/1"])


def test_evidence_knows_what_people_said_and_what_a_comment_answers(jsonl, tmp_path, settings):
    archive = jsonl(
        [
            {
                "id": "a/b",
                "author": "p",
                "body": TEXTS[0],
                "comments": [
                    {"id": "c1", "author": "q", "body": TEXTS[2]},
                    {"id": "c2", "author": "r", "reply_to": "c1", "body": TEXTS[3]},
                ],
            }
        ]
    )
    write_labels(labels_path(archive), [StepLabel("a/b/1/1", 2, "", TEXTS[2])])
    made = analyse(archive, tmp_path / "run", settings)
    labelled, reply = evidence_of(made, ["a/b/1/1", "a/b/2/1"])
    assert (labelled.given, labelled.step, labelled.probabilities[2]) == (True, 2, 1)
    assert labelled.answers == TEXTS[0]
    assert all(near.text != labelled.text for near in labelled.nearest)
    assert (reply.given, reply.answers, reply.before, reply.after) == (False, TEXTS[2], "", "")


def test_steps_why_is_said_in_both_languages(minecop, sample, chosen):
    row = chosen[0]
    code, out, _ = minecop("steps", "why", sample.folder, row["passage_id"], "--json")
    values = json.loads(out)
    assert code == 0
    assert values["step"] == row["step"]
    assert {"words", "tense", "nearest", "before", "after", "answers", "rule"} <= values.keys()
    names = load_process("organisation").steps[row["step"] - 1].names
    for lang, heads in (
        ("th", ("เวลาที่เล่า", "ถ้าไม่ใช่", "ช่วงก่อนหน้า")),
        ("en", ("When it is done", "Otherwise", "Before it")),
    ):
        code, out, _ = minecop("steps", "why", sample.folder, row["passage_id"], "--lang", lang)
        assert code == 0
        assert all(head in out for head in (*heads, names[lang], values["text"]))
    assert "ทักทาย" in minecop("steps", "why", sample.folder, chosen[2]["passage_id"])[1]
    code, _, err = minecop("steps", "why", sample.folder, "nothing")
    assert (code, "nothing" in err) == (1, True)
