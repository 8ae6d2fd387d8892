"""The whole chain on the sample archive, beside the same chain as one would write it from BERTopic's documentation."""

import json
import time
from collections import defaultdict

from conftest import SAMPLE, said
from test_quality import PLANTED

from minecop.archive.importing import read_sources
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


def plain_chain() -> tuple[list[tuple[str, int | None, int, int]], list[int], float]:
    """Passages by blank lines, TF-IDF and SVD, default UMAP and HDBSCAN; seconds without imports."""
    from bertopic import BERTopic
    from pythainlp.corpus import thai_stopwords
    from pythainlp.tokenize import word_tokenize
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import CountVectorizer, TfidfVectorizer
    from sklearn.pipeline import make_pipeline
    from sklearn.preprocessing import normalize
    from umap import UMAP

    def cut(text: str) -> list[str]:
        return [word for word in word_tokenize(text, engine="newmm", keep_whitespace=False) if word.strip()]

    start = time.perf_counter()
    posts, _, _ = read_sources(SAMPLE)
    where, texts = [], []
    for post in posts:
        for text in post.texts:
            place = 0
            for part in text.body.split("\n\n"):
                if part.strip():
                    where.append((post.id, None if text is post else text.position, place, place + len(part)))
                    texts.append(part)
                place += len(part) + 2
    vectors = normalize(
        make_pipeline(
            TfidfVectorizer(tokenizer=cut, token_pattern=None, min_df=2), TruncatedSVD(100, random_state=0)
        ).fit_transform(texts)
    )
    model = BERTopic(
        language="multilingual",
        vectorizer_model=CountVectorizer(tokenizer=cut, token_pattern=None, stop_words=list(thai_stopwords())),
        umap_model=UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=0),
    )
    topics, _ = model.fit_transform(texts, vectors)
    return where, list(topics), time.perf_counter() - start


def test_chain_beside_plain_bertopic(tmp_path, truth):
    where, topics, plain = plain_chain()
    start = time.perf_counter()
    run = analyse(SAMPLE, tmp_path / "run")
    own = time.perf_counter() - start
    groups = defaultdict(list)
    for place, topic in zip(where, topics, strict=True):
        groups[topic].append(place)
    by_size = sorted((topic for topic in groups if topic >= 0), key=lambda topic: -len(groups[topic]))
    print(
        f"\nplain chain {plain:.1f} s, {len(by_size)} topics, {topics.count(-1) / len(topics):.0%} without one; minecop {own:.1f} s: {plain / own:.1f} x"
    )
    print(
        json.dumps({s["stage"]: s["seconds"] for s in json.loads((run.folder / "timings.json").read_text())["stages"]})
    )
    issues = load_analysis(run).insight.issues
    ours = [[(v.post_id, v.comment, v.start, v.end) for v in issue.group.members] for issue in issues]
    for name, ranking in (("minecop", ours), ("topics by size", [groups[topic] for topic in by_size])):
        for what in PLANTED:
            print(f"{name:15} {what:22} {_place(ranking, what, truth)}")


def _place(ranking, what, truth) -> str:
    """Rank, precision (of its passages) and recall (of the marked spans that they reach) of the group that holds a concern best."""
    spans = [(*where, start, end) for where, marks in truth.items() for start, end, w in marks if w == what]
    best = (0.0, "not found")
    for rank, members in enumerate(ranking, 1):
        right = [member for member in members if said(truth, *member) == what]
        if right:
            reached = [s for s in spans if any(m[:2] == s[:2] and m[2] < s[3] and s[2] < m[3] for m in right)]
            precision, recall = len(right) / len(members), len(reached) / len(spans)
            score = 2 * precision * recall / (precision + recall)
            best = max(best, (score, f"rank {rank}, precision {precision:.2f}, recall {recall:.2f}"))
    return best[1]
