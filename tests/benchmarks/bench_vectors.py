"""Average precision of finding the other voices of a concern, which share hardly a word: by words (TF-IDF), and by the vectors there are."""

import json
from collections import Counter

from conftest import ROOT
from sklearn.feature_extraction.text import TfidfVectorizer

from minecop.text.words import content_words, words
from minecop.vectors.concerns import read_concerns
from minecop.vectors.measuring import mean_average_precision
from minecop.vectors.models import ArchiveEmbedder, load_embedder

GOLD = ROOT.parent / "shared/gold/concerns-dev.jsonl"


def test_vectors_on_concerns():
    sets = {"shipped": [(voice.text, voice.concern) for voice in read_concerns(ROOT / "corpora/concerns")]}
    if GOLD.is_file():
        rows = [json.loads(line) for line in GOLD.read_text(encoding="utf-8").splitlines()]
        sets["gold"] = [(row["text"], row["concern"]) for row in rows]
    for name, voices in sets.items():
        groups = [concern for _, concern in voices]
        terms = [content_words(words(text)) for text, _ in voices]
        vectors = {
            "TF-IDF": TfidfVectorizer(analyzer=list, sublinear_tf=True).fit_transform(terms).toarray(),
            "LSA of these texts": ArchiveEmbedder().fit(terms).encode_terms(terms),
            "built-in": load_embedder().encode([text for text, _ in voices]),
        }
        chance = sum(n * (n - 1) for n in Counter(groups).values()) / (len(groups) * (len(groups) - 1))
        print(f"\n{name}: {len(voices)} voices of {len(set(groups))} concerns, chance {chance:.3f}")
        print("  ".join(f"{kind} {mean_average_precision(made, groups):.3f}" for kind, made in vectors.items()))
