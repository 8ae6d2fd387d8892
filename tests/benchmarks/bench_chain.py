"""What the whole chain finds in the sample archive, beside the same chain written plainly; ``bench_scale.py`` has what both take."""

from collections import defaultdict

import numpy as np
from conftest import SAMPLE, said
from plain_chain import cut, find_topics, passages_of, read_posts
from test_quality import PLANTED

from minecop.archive.importing import read_sources
from minecop.archive.writers import write_jsonlines
from minecop.run.loading import load_analysis
from minecop.run.pipeline import analyse


def test_chain_beside_plain_bertopic(tmp_path, truth):
    write_jsonlines(tmp_path / "plain" / "posts.jsonl", read_sources(SAMPLE)[0])
    passages = passages_of(read_posts(tmp_path / "plain"))
    _, topics = find_topics(cut(passages["text"]), seed=0)
    run = analyse(SAMPLE, tmp_path / "run")
    groups = defaultdict(list)
    for row, topic in zip(passages.itertuples(), topics, strict=True):
        groups[topic].append((row.post, row.comment, row.start, row.end))
    by_size = sorted((topic for topic in groups if topic >= 0), key=lambda topic: -len(groups[topic]))
    print(f"\nplain chain: {len(by_size)} topics, {np.mean(topics < 0):.0%} of the passages without one")
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
