"""The stage: topics of an archive by BERTopic, with minecop's vectors, words and clusters."""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from minecop.core.tables import table_of
from minecop.text.words import phrases
from minecop.topics.clustering import DENSITY_FROM, FEWEST, agglomerate, number_by_size

TOPICS = pa.schema([("topic", pa.int32()), ("label", pa.string()), ("terms", pa.string()), ("passages", pa.int32())])
"""Columns of the topics: number, label, weighted terms (JSON), passages whose first topic it is."""

MEMBERS = pa.schema([("passage_id", pa.string()), ("topic", pa.int32()), ("share", pa.float32())])
"""Columns of the memberships: up to three topics a passage, shares adding up to 1 at most."""

_MOST_TOPICS_A_PASSAGE = 3
_SMALLEST_SHARE = 0.2
_TERMS = 30
_LABEL_TERMS = 3


@dataclass(frozen=True, slots=True)
class Topics:
    """The topics of an archive: both tables, and the first topic of each passage (-1 = none)."""

    topics: pa.Table
    members: pa.Table
    primary: NDArray[np.int64]


def fit_topics(
    passage_ids: Sequence[str], documents: Sequence[Sequence[str]], vectors: NDArray[np.float32], *, seed: int
) -> Topics:
    """Find the topics of passages.

    Parameters
    ----------
    passage_ids
        n ids, of passages with something to say (courtesy left out).
    documents
        All words of each passage, in order.
    vectors
        Shape (n, d), rows of length 1.
    seed
        Seed of what is random (UMAP, in large archives).

    Returns
    -------
    Topics
        Without a topic where there are fewer than five passages.
    """
    if len(passage_ids) < FEWEST:
        return Topics(table_of([], TOPICS), table_of([], MEMBERS), np.full(len(passage_ids), -1, dtype=np.int64))
    labels, terms = _fit_bertopic(documents, vectors, seed)
    rows = []
    taken: set[str] = set()
    for topic in range(int(labels.max()) + 1):
        label = _label(terms.get(topic, []), taken)
        taken.add(label)
        weighted = [[term, round(weight, 5)] for term, weight in terms.get(topic, [])]
        rows.append(
            {
                "topic": topic,
                "label": label,
                "terms": json.dumps(weighted, ensure_ascii=False),
                "passages": int((labels == topic).sum()),
            }
        )
    members = _members(passage_ids, labels, vectors)
    return Topics(table_of(rows, TOPICS), table_of(members, MEMBERS), labels)


_BETWEEN = "\x1f"
"""Between the words of a document while BERTopic has it: a sign that it leaves alone, as it does not leave line ends."""


class _Given:
    """A cluster model that gives back clusters found beforehand."""

    def __init__(self, labels: NDArray[np.int64]) -> None:
        self.labels_ = labels

    def fit(self, vectors: NDArray[np.float32], y: object = None) -> _Given:
        return self

    def predict(self, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
        return self.labels_


def _fit_bertopic(
    documents: Sequence[Sequence[str]], vectors: NDArray[np.float32], seed: int
) -> tuple[NDArray[np.int64], dict[int, list[tuple[str, float]]]]:
    from bertopic import BERTopic
    from bertopic.dimensionality import BaseDimensionalityReduction
    from sklearn.feature_extraction.text import CountVectorizer

    if len(documents) < DENSITY_FROM:
        reduction: Any = BaseDimensionalityReduction()
        cluster: Any = _Given(agglomerate(vectors))
    else:
        from hdbscan import HDBSCAN
        from umap import UMAP

        # One thread and a seed, so that the same archive gives the same topics.
        reduction = UMAP(n_neighbors=15, n_components=5, min_dist=0.0, metric="cosine", random_state=seed, n_jobs=1)
        cluster = HDBSCAN(min_cluster_size=max(10, len(documents) // 200), core_dist_n_jobs=1)
    model = BERTopic(
        language="multilingual",
        embedding_model=None,
        umap_model=reduction,
        hdbscan_model=cluster,
        vectorizer_model=CountVectorizer(analyzer=_phrases),
        top_n_words=_TERMS,
        calculate_probabilities=False,
        verbose=False,
    )
    found, _ = model.fit_transform([_BETWEEN.join(document) for document in documents], embeddings=vectors)
    labels = np.asarray(found, dtype=np.int64)
    renumbered = number_by_size(labels)
    new = {int(old): int(number) for old, number in zip(labels, renumbered, strict=True)}
    terms = {
        new[topic]: [(term, float(weight)) for term, weight in model.get_topic(topic) or [] if term]
        for topic in set(labels.tolist())
        if topic >= 0
    }
    return renumbered, terms


def _phrases(document: str) -> list[str]:
    return phrases(document.split(_BETWEEN))


def _label(terms: list[tuple[str, float]], taken: set[str]) -> str:
    """Return a label of a few terms, none of which says again what another says, unlike the labels taken."""
    chosen: list[str] = []
    for term, _ in terms:
        if all(term not in other and other not in term for other in chosen):
            chosen.append(term)
        label = " · ".join(chosen)
        if len(chosen) >= _LABEL_TERMS and label not in taken:
            return label
    return " · ".join(chosen) or "—"


def _members(
    passage_ids: Sequence[str], labels: NDArray[np.int64], vectors: NDArray[np.float32]
) -> list[dict[str, object]]:
    count = int(labels.max()) + 1
    if count == 0:
        return []
    centres = np.stack([vectors[labels == topic].mean(axis=0) for topic in range(count)])
    centres /= np.maximum(np.linalg.norm(centres, axis=1, keepdims=True), 1e-9)
    weights = np.exp(12 * (vectors @ centres.T))  # as sharp as leaves the first topic most of a typical passage
    rows: list[dict[str, object]] = []
    for row, (passage_id, label) in enumerate(zip(passage_ids, labels, strict=True)):
        if label < 0:
            continue
        shares = weights[row] / weights[row].sum()
        others = [int(t) for t in np.argsort(-shares, kind="stable") if t != label and shares[t] >= _SMALLEST_SHARE]
        for topic in [int(label), *others[: _MOST_TOPICS_A_PASSAGE - 1]]:
            rows.append({"passage_id": passage_id, "topic": topic, "share": float(shares[topic])})
    return rows
