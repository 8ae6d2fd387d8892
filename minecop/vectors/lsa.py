"""Latent semantic analysis: vectors learned from the words of the archive at hand."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import numpy as np
import scipy.sparse as sp

from minecop.text.words import as_given, content_words, words
from minecop.vectors.embedder import Vectors, unit_rows
from minecop.vectors.static import own_directions

if TYPE_CHECKING:
    from sklearn.decomposition import TruncatedSVD
    from sklearn.feature_extraction.text import TfidfVectorizer

_DIMENSIONS = 160

_LARGE = 100
"""Passages from which a word that stands in a single one is left out."""


def fit_tfidf(documents: Sequence[list[str]], large: int) -> tuple[TfidfVectorizer, sp.csr_matrix]:
    """Fit TF-IDF with dampened counts (1 + log), and return it with the matrix of the documents, rows of length 1.

    Parameters
    ----------
    documents
        Lists of words, of which at least one is not empty.
    large
        Documents from which a word must stand in two of them; in fewer, or where none does, one is enough.
    """
    from sklearn.feature_extraction.text import TfidfVectorizer

    if len(documents) >= large:
        vectorizer = TfidfVectorizer(analyzer=as_given, sublinear_tf=True, min_df=2)
        try:
            return vectorizer, vectorizer.fit_transform(documents)
        except ValueError:  # every word stands in one document only
            pass
    vectorizer = TfidfVectorizer(analyzer=as_given, sublinear_tf=True)
    return vectorizer, vectorizer.fit_transform(documents)


class ArchiveEmbedder:
    """Latent semantic analysis of the archive at hand: TF-IDF of words, then truncated SVD.

    Deerwester et al. 1990, "Indexing by latent semantic analysis". Word counts are dampened (1 + log), words in a single passage
    are left out where the archive is large enough, and rows have length 1. Texts of none but unknown words get a direction of their own.

    Parameters
    ----------
    dimensions
        Most dimensions of the vectors; an archive with fewer passages or words gives fewer.
    seed
        Seed of the randomised SVD.
    """

    def __init__(self, dimensions: int = _DIMENSIONS, seed: int = 0) -> None:
        self.dimensions = dimensions
        self.seed = seed

    @property
    def name(self) -> str:
        """``archive-lsa`` and its settings."""
        return f"archive-lsa-{self.dimensions}-{self.seed}"

    def fit(self, terms: Sequence[Sequence[str]]) -> ArchiveEmbedder:
        """Learn from the words of an archive's passages.

        Parameters
        ----------
        terms
            The content words of each passage.
        """
        from sklearn.decomposition import TruncatedSVD

        documents = [list(document) for document in terms]
        self.vectorizer_: TfidfVectorizer | None = None
        self.svd_: TruncatedSVD | None = None
        if not any(documents):
            return self
        self.vectorizer_, matrix = fit_tfidf(documents, _LARGE)
        components = min(self.dimensions, matrix.shape[0] - 1, matrix.shape[1] - 1)
        if components >= 2:
            # A fixed seed and one thread's order of sums: the same archive gives the same bytes.
            svd = TruncatedSVD(components, algorithm="randomized", n_iter=7, random_state=self.seed)
            with np.errstate(
                invalid="ignore"
            ):  # equal texts have no variance to explain, and nobody asks for its share
                self.svd_ = svd.fit(matrix.astype(np.float32))  # half the memory, and as good
        return self

    @property
    def width(self) -> int:
        """Dimensions of the vectors."""
        if self.vectorizer_ is None:
            return self.dimensions
        return len(self.vectorizer_.vocabulary_) if self.svd_ is None else len(self.svd_.components_)

    def encode_terms(self, terms: Sequence[Sequence[str]]) -> Vectors:
        """Return the vectors of passages given as content words, shape (n, d)."""
        documents = [list(document) for document in terms]
        if self.vectorizer_ is None or not documents:
            return own_directions([" ".join(document) for document in documents], self.width)
        matrix = self.vectorizer_.transform(documents)
        reduced = self.svd_.transform(matrix) if self.svd_ is not None else matrix.toarray()
        vectors = unit_rows(reduced)
        empty = np.flatnonzero(~vectors.any(axis=1))
        if len(empty):
            vectors[empty] = own_directions([" ".join(documents[n]) for n in empty], vectors.shape[1])
        return vectors

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors of texts, shape (n, d), rows of length 1."""
        return self.encode_terms([content_words(words(text)) for text in texts])
