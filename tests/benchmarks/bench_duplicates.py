"""Copies of posts: precision and recall by kind and level of edit on real texts, speed and memory; beside datasketch and semhash in the same run.

Seconds are those of the processor, so that what else the machine does counts little.
"""

import gzip
import json
import random
import re
import time
import tracemalloc
from collections import Counter, defaultdict
from datetime import date

import numpy as np
import pytest
from conftest import ROOT
from test_duplicates import KINDS, LEVELS, edited

from minecop.archive.duplicates import Candidate, candidate_pairs, fingerprint, group_copies

DATA = ROOT.parent / "shared" / "data"
EACH = 12
"""Planted copies of each kind and level."""

MONTHS = ("มกราคม", "กุมภาพันธ์", "มีนาคม", "เมษายน", "พฤษภาคม", "มิถุนายน", "กรกฎาคม", "สิงหาคม", "กันยายน", "ตุลาคม")


def read(name: str) -> list[dict]:
    path = DATA / f"{name}.jsonl.gz"
    if not path.is_file():
        pytest.skip(f"{name} is not beside this checkout")
    with gzip.open(path, "rt", encoding="utf-8") as file:
        return [json.loads(line) for line in file]


@pytest.fixture(scope="module")
def news():
    return read("thaigov_v1_all")


@pytest.fixture(scope="module")
def material(news):
    """Texts, the kind of each, and kind and level of edit by the rows of original and planted copy."""
    rng = random.Random(0)
    forms = reports_with_one_opening(news)
    others = rng.sample(sorted({row["text"] for row in news} - set(forms)), 5_000)
    others += [row["text"] for name in ("blogs_neizod", "iapp_wiki_docs") for row in read(name)]
    texts = not_sent_twice([text[:8_000] for text in dict.fromkeys(forms + others) if len(text) >= 600])
    first_letters = {text[:600] for text in forms}
    forms = [text for text in texts if text[:600] in first_letters]
    texts = [text for text in texts if text[:600] not in first_letters]
    rng.shuffle(texts)
    parts, texts = texts[:400], texts[400:]
    rows, kinds, truth = [], [], {}
    cells = [(kind, level) for kind in KINDS for level in LEVELS for _ in range(EACH)]
    for number, (kind, level) in enumerate(cells):
        original, copy = edited(texts[number], kind, level, rng, texts[-1 - number])
        if fingerprint(original) and fingerprint(copy):
            rows += [original, copy]
            kinds += ["original", "copy"]
            truth[len(rows) - 2, len(rows) - 1] = kind, level
    spare = texts[len(cells) :]
    figures = [text for text in spare if len(re.findall("[0-9๐-๙]+", text)) >= 6]
    for kind, more in (
        ("unrelated", spare),
        ("one opening", forms),
        ("form refilled", [refilled(text, rng) for text in figures]),
        ("part of series", parts_under_one_heading(spare, parts)),
    ):
        rows += more
        kinds += [kind] * len(more)
    return rows, kinds, truth


def reports_with_one_opening(news: list[dict]) -> list[str]:
    """Return news whose first sixty letters are the same, at least twenty days apart: another report, hardly ever one sent twice."""
    openings = defaultdict(list)
    for row in news:
        if row["date"]:
            openings["".join(row["text"].split())[:60]].append((date.fromisoformat(row["date"][:10]), row["text"]))
    forms = []
    for family in openings.values():
        kept = []
        for day, text in sorted(family):
            if not kept or (day - kept[-1][0]).days >= 20:
                kept.append((day, text))
        forms += [text for _, text in kept] if len(kept) > 1 else []
    return forms


def not_sent_twice(texts: list[str]) -> list[str]:
    """Return texts whose middle two hundred letters stand in none before: what an office sent out twice is no wrong find."""
    kept, letters = [], ""
    for text in texts:
        squeezed = "".join(text.split())
        middle = len(squeezed) // 2
        if squeezed[middle - 100 : middle + 100] not in letters:
            kept.append(text)
            letters += squeezed + "\n"
    return kept


def parts_under_one_heading(heads: list[str], texts: list[str]) -> list[str]:
    """Return pairs of texts between the same heading (300 characters) and the same farewell."""
    pairs = zip(texts[::2], texts[1::2], strict=True)
    return [
        f"{head[:300]}\n{part[:1_200]}\n{head[:80]}" for head, pair in zip(heads, pairs, strict=False) for part in pair
    ]


def refilled(text: str, rng: random.Random) -> str:
    """Return a text with other figures and months, as a form has them when it is filled in again."""
    text = re.sub("[0-9๐-๙]+", lambda found: str(rng.randrange(10 ** len(found[0]))), text)
    return re.sub("|".join(MONTHS), lambda _: rng.choice(MONTHS), text)


def groups_of(rows: list[str]) -> dict[int, int]:
    posts = [Candidate(n, print_) for n, text in enumerate(rows) if (print_ := fingerprint(text))]
    return group_copies(posts, rows.__getitem__)


def plain_datasketch(rows: list[str], threshold: float = 0.7) -> dict[int, int]:
    """The loop of datasketch's documentation: every text is a copy of the first that the index has for it."""
    from datasketch import MinHash, MinHashLSH

    index, found = MinHashLSH(threshold=threshold, num_perm=128), {}
    for number, text in enumerate(rows):
        sketch = MinHash(num_perm=128)
        sketch.update_batch([text[n : n + 5].encode() for n in range(max(1, len(text) - 4))])
        if near := index.query(sketch):
            found[number] = min(near)
        else:
            index.insert(number, sketch)
    return found


def plain_semhash(rows: list[str]) -> dict[int, int]:
    """Semhash's own call; its model comes from a hub, so it gets latent semantic analysis of these texts in its place."""
    from semhash import SemHash

    from minecop.text.words import content_words, words
    from minecop.vectors.lsa import ArchiveEmbedder

    class Encoder:
        def __init__(self, texts):
            self.model = ArchiveEmbedder().fit([content_words(words(text)) for text in texts])

        def encode(self, inputs, **_):
            return self.model.encode(inputs)

    where = {text: number for number, text in reversed(list(enumerate(rows)))}
    result = SemHash.from_records(rows, model=Encoder(rows)).self_deduplicate(threshold=0.9)
    return {where[record.record]: where[record.duplicate_of] for record in result.filtered}


def score(found: dict[int, int], kinds: list[str], truth: dict) -> tuple[float, float, Counter]:
    """Return precision, recall, and which kinds the wrong ones are of."""
    pairs = {tuple(sorted(pair)) for pair in found.items() if pair[0] != pair[1]}
    right = pairs & set(truth)
    wrong = Counter(" + ".join(sorted({kinds[one], kinds[other]})) for one, other in pairs - right)
    return len(right) / max(1, len(pairs)), len(right) / len(truth), wrong


def test_duplicates_planted_in_real_texts(material):
    rows, kinds, truth = material
    print(f"\n{len(rows):,} texts, {sum(map(len, rows)) / len(rows):,.0f} characters each: {dict(Counter(kinds))}")
    start = time.process_time()
    found = groups_of(rows)
    own = time.process_time() - start
    pairs = {tuple(sorted(pair)) for pair in found.items()}
    print(f"recall      {' '.join(f'{level:6.1%}' for level in LEVELS)}")
    for kind in KINDS:
        cells = [[pair in pairs for pair, what in truth.items() if what == (kind, level)] for level in LEVELS]
        print(f"{kind:11} {' '.join(f'{sum(cell) / len(cell):6.2f}' if cell else '     -' for cell in cells)}")
    for name, call in (("minecop", None), ("datasketch", plain_datasketch), ("semhash", plain_semhash)):
        start = time.process_time()
        try:
            theirs = call(rows) if call else found
        except ImportError as missing:
            print(f"{name:11} not installed ({missing.name})")
            continue
        seconds = time.process_time() - start if call else own
        precision, recall, wrong = score(theirs, kinds, truth)
        print(
            f"{name:11} precision {precision:.3f}, recall {recall:.3f}, {seconds:.1f} s ({seconds / own:.1f} x); wrong: {dict(wrong)}"
        )


def test_duplicates_fingerprint_speed(news):
    texts = [row["text"][:1_500] for row in news if len(row["text"]) >= 1_500]
    texts = (texts * (20_000 // len(texts) + 1))[:20_000]
    start = time.process_time()
    for text in texts:
        fingerprint(text)
    own = time.process_time() - start
    print(
        f"\n20,000 posts of 1,500 characters: {own:.1f} s, {sum(map(len, texts)) / own / 1e6:.1f} M characters a second"
    )
    from datasketch import MinHash

    start = time.process_time()
    for text in texts[:1_000]:
        MinHash(num_perm=128).update_batch([text[n : n + 5].encode() for n in range(len(text) - 4)])
    print(f"datasketch: {(time.process_time() - start) * 20 / own:.1f} x")
    try:
        from rensa import RMinHash
    except ImportError:
        return
    start = time.process_time()
    for text in texts[:1_000]:
        RMinHash(128, 42).update([text[n : n + 5] for n in range(len(text) - 4)])
    print(f"rensa, strings: {(time.process_time() - start) * 20 / own:.2f} x")


def test_duplicates_grouping_speed_and_memory(news):
    """A hundred thousand different pieces of real text, and two thousand of them again under a greeting."""
    whole = "".join(row["text"] for row in news)
    count, again, length = 100_000, 2_000, 780

    def load(index: int) -> str:
        text = whole[(index % count) * length : (index % count + 1) * length]
        return text if index < count else f"สวัสดีปีใหม่ครับพี่น้องทุกท่าน {text} ขอบคุณที่แวะมาอ่านครับ"

    posts = [Candidate(n, fingerprint(load(n))) for n in range(count + again)]
    posts = [post for post in posts if post.signature]
    start = time.process_time()
    signatures = np.frombuffer(b"".join(post.signature for post in posts), "<u2").reshape(len(posts), -1)
    pairs = sum(1 for _ in candidate_pairs(signatures))
    banding = time.process_time() - start
    start = time.process_time()
    found = group_copies(posts, load)
    seconds = time.process_time() - start
    tracemalloc.start()
    group_copies(posts, load)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    right = sum(found.get(count + n) == n for n in range(again))
    print(
        f"\n{len(posts):,} posts: {pairs:,} pairs in {banding:.1f} s, grouped in {seconds:.1f} s, {peak / 1e6:.0f} MB at most; {right:,} of {again:,} found"
    )


@pytest.mark.parametrize("archive", ["one text", "one form"])
def test_duplicates_hostile_archives(news, archive):
    """Ten thousand times the same text, or the same three quarters of one: time grows with the posts, not with their square."""
    whole = "".join(row["text"] for row in news[:6_000])
    frame = whole[:750]

    def load(index: int) -> str:
        return frame if archive == "one text" else frame + whole[1_000 + index * 250 : 1_250 + index * 250]

    taken = []
    for count in (5_000, 10_000):
        posts = [Candidate(n, fingerprint(load(n))) for n in range(count)]
        start = time.process_time()
        found = group_copies(posts, load)
        taken.append(time.process_time() - start)
        print(f"\n{archive}: {count:,} posts in {taken[-1]:.1f} s, {len(found):,} copies", end="")
    assert taken[1] < 4 * taken[0]
