"""BERTopic as the frame of topics: its class-based TF-IDF names them, and what it saves can be opened by whoever knows it.

Clusters, vectors and counts of terms are ours, so that it has little to do: documents go in as the numbers of their rows, and its
vectorizer adds up rows that were counted before.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.core.importing import import_without
from minecop.topics.counting import Counts

_SHOWN = 30
"""Terms of a topic that BERTopic keeps."""

_UNUSED = frozenset({"torch", "transformers", "sentence_transformers", "umap", "hdbscan"})
"""What BERTopic loads at once where it is installed, for models and clusters that are not asked of it here: six seconds, 400 MB."""


class _Given:
    """A cluster model that gives back clusters found beforehand."""

    def __init__(self, labels: NDArray[np.int64]) -> None:
        self.labels_ = labels

    def fit(self, vectors: NDArray[np.float32], y: object = None) -> _Given:
        return self

    def predict(self, vectors: NDArray[np.float32]) -> NDArray[np.int64]:
        return self.labels_


class _Rows:
    """A vectorizer of documents that are numbers of rows with blanks between them."""

    def __init__(self, counts: Counts) -> None:
        self.counts = counts

    def fit(self, documents: list[str], y: object = None) -> _Rows:
        return self

    def transform(self, documents: list[str]) -> sp.csr_matrix:
        rows = [np.array(document.split(), dtype=np.int64) for document in documents]
        ends = np.cumsum([0, *map(len, rows)])
        ones = np.ones(int(ends[-1]), dtype=np.float32)
        chosen = sp.csr_matrix((ones, np.concatenate(rows), ends), shape=(len(rows), self.counts.matrix.shape[0]))
        return (chosen @ self.counts.matrix).tocsr()

    def fit_transform(self, documents: list[str], y: object = None) -> sp.csr_matrix:
        return self.transform(documents)

    def get_feature_names_out(self) -> list[str]:
        return self.counts.terms


def _not_looked_for(documents: object) -> None:
    """Do without the documents that BERTopic finds typical, two thirds of its time: to it they are numbers, and it does not save them."""


def fit_frame(counts: Counts, labels: NDArray[np.int64], vectors: NDArray[np.float32]) -> Any:
    """Return a ``bertopic.BERTopic`` of passages whose topics are known, ``topics_`` as given.

    Parameters
    ----------
    counts
        Of the terms of n passages.
    labels
        Their topics from 0, by size; -1 for none.
    vectors
        Shape (n, d).
    """
    bertopic = import_without("bertopic", _UNUSED)
    model = bertopic.BERTopic(
        language="multilingual",
        embedding_model=None,
        umap_model=bertopic.dimensionality.BaseDimensionalityReduction(),
        hdbscan_model=_Given(labels),
        vectorizer_model=_Rows(counts),
        ctfidf_model=bertopic.vectorizers.ClassTfidfTransformer(reduce_frequent_words=True),
        top_n_words=_SHOWN,
        calculate_probabilities=False,
        verbose=False,
    )
    model._save_representative_docs = _not_looked_for
    model.fit_transform([str(row) for row in range(len(labels))], embeddings=vectors)
    return model


def weights_of(model: Any, counts: Counts, groups: NDArray[np.int64]) -> sp.csr_matrix:
    """Return c-TF-IDF of groups of the passages, by the frequencies that a model learned: shape (groups, terms).

    Parameters
    ----------
    model
        Of ``fit_frame``; ``None`` where no passage has a term.
    counts
        What it learned from.
    groups
        Group of each passage from 0, -1 for none: its topics, or others of the same passages.
    """
    kept = np.flatnonzero(groups >= 0)
    ones = np.ones(len(kept), dtype=np.float32)
    chosen = sp.csr_matrix((ones, (groups[kept], kept)), shape=(int(groups.max()) + 1, len(groups)))
    said = (chosen @ counts.matrix).tocsr()
    return said if model is None else model.ctfidf_model.transform(said).tocsr()


def save_frame(model: Any, folder: Path, labels: list[str]) -> None:
    """Write a model as BERTopic's safetensors, under labels of our own: ``BERTopic.load(folder)`` opens it."""
    import logging

    from safetensors import SafetensorError

    model.set_topic_labels({topic: labels[topic] for topic in model.topic_sizes_ if topic >= 0})
    logging.getLogger("BERTopic").setLevel(logging.ERROR)
    try:
        model.save(str(folder), serialization="safetensors", save_ctfidf=False, save_embedding_model=False)
    except SafetensorError as error:  # what the disk refuses has a name of its own there
        raise OSError(str(error)) from error
