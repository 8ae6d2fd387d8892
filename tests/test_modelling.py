"""``minecop model``: which embedding models there are, how one is made, adapted and measured."""

import gzip
import json

import numpy as np
import pytest
from conftest import ROOT

from minecop.core.errors import ModelError
from minecop.core.executors import SerialExecutor
from minecop.run.modelling import adapt_model, evaluate_model, list_models, train_model, view_model
from minecop.run.pipeline import analyse
from minecop.run.settings import Settings
from minecop.vectors.static import StaticEmbedder, is_static, load_static, save_static
from minecop.vectors.training import Recipe


@pytest.fixture
def archive(jsonl):
    """Posts on forty matters, each told in words of its own in title and body."""
    matters = [f"เรื่องเล่า{chr(0x0E01 + n)}{chr(0x0E01 + (7 * n) % 40)}" for n in range(40)]
    random = np.random.default_rng(0)
    posts = []
    for number in range(640):
        matter = number % 40
        body = " ".join(f"alpha{matter}x{n}" for n in random.integers(0, 6, 12))
        posts.append(
            {
                "id": str(number),
                "author": f"คน{number % 30}",
                "community": ["วงหนึ่ง"],
                "title": " ".join(f"beta{matter}x{n}" for n in random.integers(0, 3, 4)),
                "body": f"{matters[matter]} {body} ทำงานกับชาวบ้านต่อไปทุกวัน",
            }
        )
    return jsonl(posts)


def test_models_at_hand_are_listed(tmp_path, minecop):
    save_static(StaticEmbedder({"น้ำ": 0}, np.ones((1, 4)), "mine", about={"recipe": {}}), tmp_path / "mine")
    (tmp_path / "transformer").mkdir()
    (tmp_path / "transformer" / "modules.json").write_text("[]", encoding="utf-8")
    (tmp_path / "no-model").mkdir()
    (tmp_path / "README.md").write_text("", encoding="utf-8")
    found = list_models(tmp_path)
    assert [(model.name, model.kind) for model in found] == [
        ("thai-static", "static"),
        ((tmp_path / "mine").as_posix(), "static"),
        ((tmp_path / "transformer").as_posix(), "sentence-transformers"),
    ]
    assert found[1].words == 1
    assert found[1].dimensions == 4
    code, out, _ = minecop("model", "list", "--json")
    assert code == 0
    assert json.loads(out)[0]["name"] == "thai-static"


def test_models_info_tells_licences(minecop):
    code, out, _ = minecop("model", "info")
    assert code == 0
    for word in ("CC0-1.0", "public domain", "wisesight", "thai-static"):
        assert word in out
    code, out, _ = minecop("model", "info", "thai-static", "--json")
    assert json.loads(out)["words"] == view_model("thai-static").words > 20_000
    code, _, err = minecop("model", "info", "no-such-model")
    assert code == 1
    assert "thai-static" in err
    assert "Traceback" not in err


def test_models_adapt_writes_a_model_that_a_run_takes(archive, tmp_path, minecop):
    code, out, err = minecop("model", "adapt", archive, "-o", tmp_path / "ours")
    assert code == 0, err
    assert str(tmp_path / "ours") in out
    model = load_static(tmp_path / "ours")
    assert model.adapted
    assert model.about["adaptation"]["reciprocal_rank_after"] > model.about["adaptation"]["reciprocal_rank_before"]
    assert "alpha3x2" in model.vocabulary
    assert view_model(str(tmp_path / "ours")).words == len(model.vocabulary)
    run = analyse(archive, tmp_path / "run", Settings(model=str(tmp_path / "ours")))
    assert "about" not in run.manifest["stages"]["vectors"]  # it is not trained a second time
    with pytest.raises(ModelError) as caught:
        adapt_model(archive, tmp_path / "again", SerialExecutor(), Settings(model=str(tmp_path / "ours")))
    assert "minecop model train" in caught.value.text("th")


def test_models_a_run_adapts_by_itself_says_so_and_can_be_told_not_to(archive, tmp_path):
    one = analyse(archive, tmp_path / "one", Settings())
    about = one.manifest["stages"]["vectors"]["about"]["adaptation"]
    assert about["used"]
    assert about["pairs"] >= 150
    assert is_static(one.stage_folder("vectors"))
    plain = analyse(archive, tmp_path / "plain", Settings(adapt=False))
    assert "about" not in plain.manifest["stages"]["vectors"]
    assert not is_static(plain.stage_folder("vectors"))
    two = analyse(archive, tmp_path / "two", Settings(), workers=2)
    assert two.manifest["stages"]["vectors"]["sha256"] == one.manifest["stages"]["vectors"]["sha256"]


def test_models_an_archive_too_small_to_adapt_is_said(jsonl, tmp_path, minecop):
    source = jsonl([{"id": str(n), "author": "ก", "body": f"น้ำไม่ไหลอีกแล้วครับ บ้านที่ {n}"} for n in range(4)])
    code, out, _ = minecop("model", "adapt", source, "-o", tmp_path / "ours", "--lang", "en")
    assert code == 0
    assert "too small" in out
    assert not is_static(tmp_path / "ours")
    run = analyse(source, tmp_path / "run")
    assert run.manifest["stages"]["vectors"]["about"]["adaptation"] == {
        "used": False,
        "pairs": 0,
        "held_out_pairs": 0,
        "reciprocal_rank_before": 0.0,
        "reciprocal_rank_after": 0.0,
    }


def test_models_evaluate_prints_a_model_beside_words(tmp_path, minecop):
    rows = [("น้ำประปาไม่ไหล", "น้ำ"), ("ท่อแตกไม่มีใครมาซ่อม", "น้ำ"), ("เด็กไม่อ่านหนังสือ", "อ่าน"), ("ห้องสมุดเงียบ", "อ่าน")]
    path = tmp_path / "voices.jsonl"
    path.write_text(
        "".join(json.dumps({"text": a, "concern": b}, ensure_ascii=False) + "\n" for a, b in rows), encoding="utf-8"
    )
    code, out, _ = minecop("model", "evaluate", "--concerns", path, "--json")
    assert code == 0
    row, speed = json.loads(out)
    assert row["figure"] == "concerns"
    assert speed["figure"] == "speed"
    assert speed["model"] > 100
    assert speed["lsa"] is None
    assert row["texts"] == 4
    assert row["model"] > row["tfidf"]
    code, out, _ = minecop("model", "evaluate", "--concerns", path, "--lang", "en")
    assert "thai-static" in out
    code, _, err = minecop("model", "evaluate")
    assert code == 1
    assert "--concerns" in err


def write_sets(folder):
    """A few rows of every text set, in the form that they come in."""
    rows = {
        "parallel_en_th": [
            {
                "en": f"{'water pipe' if n % 2 else 'library book'} number {n} is broken",
                "th": f"{'ท่อน้ำ' if n % 2 else 'หนังสือห้องสมุด'}หมายเลข {n} เสียหาย",
                "source": "talpco",
                "translated_by": None,
            }
            for n in range(80)
        ],
        "wisesight_sentiment": [
            {"text": f"วันนี้ ไปห้องสมุด มา {n} รอบ แล้ว หนังสือ ไม่มี เลย เสียดาย จัง นะ ครับ ทุกคน " * 2} for n in range(20)
        ],
        "blogs_neizod": [
            {"text": f"บันทึกเรื่องท่อน้ำในบ้านของเราวันที่ {n} ซึ่งยาวพอสมควร\nซ่อมท่อน้ำเองได้โดยไม่ต้องเรียกช่างมาที่บ้านเลย {n}"}
            for n in range(20)
        ],
        "iapp_wiki_docs": [
            {"id": "d", "title": "น้ำ", "text": "น้ำเป็นของเหลวที่อยู่ในท่อ"},
            {"id": "e", "title": "หนังสือ", "text": "หนังสืออยู่ในห้องสมุด"},
        ],
        "iapp_wiki_questions": [{"text": "ท่อน้ำมีอะไร", "thread": "d"}, {"text": "ห้องสมุดมีอะไร", "thread": "e"}],
        "iapp_wiki_train": [
            {"text": f"คำถามที่ {n} เรื่องท่อน้ำ", "doc": f"บทความที่ {n} ว่าด้วยท่อน้ำและการซ่อม"} for n in range(20)
        ]
        + [{"text": "ถามสิ่งที่ใช้วัด", "doc": "น้ำเป็นของเหลวที่อยู่ในท่อ"}],
        "xquad_th_paragraphs": [{"id": "p", "text": "ท่อน้ำ"}, {"id": "q", "text": "ห้องสมุด"}],
        "xquad_th_questions": [{"text": "ท่อน้ำ", "thread": "p"}],
        "thaigov_v1_all": [
            {
                "id": str(n),
                "label": "ด้านเศรษฐกิจ" if n % 2 else "ด้านสังคมไทย",
                "text": f"รัฐมนตรีเปิดโครงการ{'ท่อน้ำ' if n % 2 else 'ห้องสมุด'}ครั้งที่ {n}\nเนื้อข่าวยาวพอสมควรว่าด้วย{'ท่อน้ำ' if n % 2 else 'ห้องสมุด'}ในจังหวัดต่าง ๆ",
            }
            for n in range(120)
        ],
    }
    folder.mkdir()
    for name, some in rows.items():
        with gzip.open(folder / f"{name}.jsonl.gz", "wt", encoding="utf-8") as file:
            file.writelines(json.dumps(row, ensure_ascii=False) + "\n" for row in some)
    return folder


class Teacher:
    """Tells English sentences about water from those about books."""

    def __init__(self, name: str) -> None:
        self.name = name

    def encode(self, texts):
        made = np.array([[1.0, 0, n % 3, 0] if "water" in text else [0, 1.0, 0, n % 2] for n, text in enumerate(texts)])
        return (made / np.linalg.norm(made, axis=1, keepdims=True)).astype(np.float32)


def test_models_train_makes_a_model_from_the_sets(tmp_path, monkeypatch):
    monkeypatch.setattr("minecop.run.modelling.SentenceTransformerEmbedder", Teacher)
    monkeypatch.setattr("minecop.run.modelling.concern_texts", lambda _: {"น้ำ": ["ท่อน้ำแตก", "น้ำไม่ไหล"]})
    data = write_sets(tmp_path / "sets")
    recipe = Recipe(dimensions=4, least=2, counted=5, epochs=1, averaged=2, width=8)
    model = train_model(
        data, "some/teacher", tmp_path / "model", SerialExecutor(), cache=tmp_path / "cache", recipe=recipe
    )
    again = load_static(tmp_path / "model")
    assert again.vocabulary == model.vocabulary
    assert again.about["teacher"] == "some/teacher"
    assert again.about["recipe"]["dimensions"] == 4
    water, pipe, book = again.encode(["ท่อน้ำ", "น้ำในท่อ", "ห้องสมุด"])
    assert water @ pipe > water @ book
    found = {figure.name: figure.value for _, _, figure in evaluate_model(str(tmp_path / "model"), data, None)}
    assert set(found) == {"iapp", "xquad", "themes", "speed"}
    assert found["iapp"] >= 0.5


def test_models_train_measures_each_step_and_leaves_worlds_out(tmp_path, monkeypatch, minecop):
    monkeypatch.setattr("minecop.run.modelling.SentenceTransformerEmbedder", Teacher)
    monkeypatch.setattr(
        "minecop.vectors.training.Recipe",
        lambda: Recipe(dimensions=4, least=2, counted=5, epochs=1, averaged=2, width=8),
    )
    learned = []
    monkeypatch.setattr(
        "minecop.run.modelling.concern_texts",
        lambda left_out: learned.append(left_out) or {"น้ำ": ["ท่อน้ำแตก", "น้ำไม่ไหล"]},
    )
    voices = tmp_path / "voices.jsonl"
    rows = [("ท่อน้ำรั่ว", "น้ำ"), ("น้ำในท่อแห้ง", "น้ำ"), ("หนังสือห้องสมุดหาย", "อ่าน"), ("ห้องสมุดไม่มีหนังสือ", "อ่าน")]
    voices.write_text("".join(json.dumps({"text": a, "concern": b}) + "\n" for a, b in rows), encoding="utf-8")
    data = write_sets(tmp_path / "sets")
    code, out, err = minecop(
        *("model", "train", "--data", data, "--teacher", "some/where/teacher", "-o", tmp_path / "model"),
        *("--concerns", voices, "--leave-out", "ha", "--leave-out", "sc", "--lang", "en"),
    )
    assert code == 0, err
    assert learned == [("ha", "sc")]
    lines = [line.split() for line in out.splitlines()]
    assert lines[0] == ["after", "iapp", "xquad", "themes", "concerns"]
    assert [line[0] for line in lines[1:8]] == ["words", "LSA", "ridge", "learning", "the", "head", "own"]
    assert all(0 <= float(number) <= 1 for line in lines[1:8] for number in line[-4:])
    assert load_static(tmp_path / "model").about["teacher"] == "where/teacher"


def test_models_train_without_its_sets_names_what_is_missing(tmp_path, minecop):
    (tmp_path / "sets").mkdir()
    code, _, err = minecop("model", "train", "--data", tmp_path / "sets", "--teacher", "x", "-o", tmp_path / "model")
    assert code == 1
    assert "parallel_en_th" in err
    assert not is_static(tmp_path / "model")


def test_models_folder_explains_itself():
    text = (ROOT / "models/README.md").read_text(encoding="utf-8")
    assert "thai-static" in text
