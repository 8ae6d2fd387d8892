"""Embedding models: anything that turns texts into vectors of length 1."""

from __future__ import annotations

import hashlib
from collections.abc import Iterable, Sequence
from functools import cache
from pathlib import Path
from typing import Protocol, runtime_checkable

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer

from minecop.core.errors import ModelError
from minecop.text.words import as_given, content_words, words

Vectors = NDArray[np.float32]

_DIMENSIONS = 160

_LARGE = 100
"""Passages from which a word that stands in a single one is left out."""


@runtime_checkable
class Embedder(Protocol):
    """Turns texts into vectors."""

    @property
    def name(self) -> str:
        """Name of the model, part of every key of what it made."""
        ...

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors, shape (n, d), rows of length 1."""
        ...


def unit_rows(matrix: NDArray[np.floating]) -> Vectors:
    """Return the matrix as float32 with rows of length 1; rows of zeros stay as they are."""
    dense = np.asarray(matrix, dtype=np.float32)
    lengths = np.linalg.norm(dense, axis=1, keepdims=True)
    made: Vectors = np.divide(dense, lengths, out=np.zeros_like(dense), where=lengths > 0)
    return made


def fit_tfidf(documents: Sequence[list[str]], large: int) -> tuple[TfidfVectorizer, sp.csr_matrix]:
    """Fit TF-IDF with dampened counts (1 + log), and return it with the matrix of the documents, rows of length 1.

    Parameters
    ----------
    documents
        Lists of words, of which at least one is not empty.
    large
        Documents from which a word must stand in two of them; in fewer, or where none does, one is enough.
    """
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
    are left out where the archive is large enough, and rows have length 1. Texts of none but unknown words get a vector made from the
    hash of their letters: like no other text, but of length 1.

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
                self.svd_ = svd.fit(matrix)
        return self

    def encode_terms(self, terms: Sequence[Sequence[str]]) -> Vectors:
        """Return the vectors of passages given as content words, shape (n, d)."""
        documents = [list(document) for document in terms]
        if self.vectorizer_ is None:
            return _hashed(["".join(document) for document in documents])
        matrix = self.vectorizer_.transform(documents)
        reduced = self.svd_.transform(matrix) if self.svd_ is not None else matrix.toarray()
        vectors = unit_rows(reduced)
        empty = np.flatnonzero(~vectors.any(axis=1))
        if len(empty):
            vectors[empty] = _hashed([" ".join(documents[n]) or str(n) for n in empty], vectors.shape[1])
        return vectors

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors of texts, shape (n, d), rows of length 1."""
        return self.encode_terms([content_words(words(text)) for text in texts])


def _hashed(texts: Iterable[str], dimensions: int = _DIMENSIONS) -> Vectors:
    """Return a vector of length 1 for each text, drawn from the hash of its letters."""
    rows = []
    for text in texts:
        seed = int.from_bytes(hashlib.sha256(text.encode("utf-8", "surrogatepass")).digest()[:8], "little")
        rows.append(np.random.default_rng(seed).standard_normal(dimensions))
    return unit_rows(np.array(rows).reshape(-1, dimensions))


class SentenceTransformerEmbedder:
    """Any sentence-transformers model, by hub name or folder. The library is imported only here, when a model is asked for.

    Parameters
    ----------
    model
        Hub name or folder.
    batch_size
        Texts at a time.

    Raises
    ------
    ModelError
        When the package is missing, or the model cannot be found or loaded.
    """

    def __init__(self, model: str, batch_size: int = 32) -> None:
        try:
            from sentence_transformers import SentenceTransformer
        except ImportError as error:
            raise ModelError("model_needs_package", model=model) from error
        folder = Path(model)
        try:
            self._model = SentenceTransformer(str(folder) if folder.is_dir() else model, device=None)
        except Exception as error:  # the loader raises whatever its many parts raise
            first_line = (str(error).strip() or type(error).__name__).splitlines()[0]
            raise ModelError("model_not_loaded", model=model, reason=first_line[:200]) from error
        self._name = model
        self.batch_size = batch_size

    @property
    def name(self) -> str:
        """Name or folder of the model."""
        return self._name

    def encode(self, texts: Sequence[str]) -> Vectors:
        """Return float32 vectors of texts, shape (n, d), rows of length 1."""
        asked = list(texts) or [""]  # the library gives no width for no text
        made = self._model.encode(
            asked, batch_size=self.batch_size, show_progress_bar=False, convert_to_numpy=True, normalize_embeddings=True
        )
        return unit_rows(np.asarray(made).reshape(len(asked), -1))[: len(texts)]


@cache
def _sample_embedder() -> ArchiveEmbedder:
    """Return the model that serves texts outside any archive: learned from the sample archive that ships."""
    from minecop.archive.importing import read_sources
    from minecop.core.shipped import shipped

    posts, _, _ = read_sources(shipped("corpora", "sample"))
    texts = [text.body for post in posts for text in post.texts]
    return ArchiveEmbedder().fit([content_words(words(text)) for text in texts])


@cache
def load_embedder(model: str | None = None) -> Embedder:
    """Return the model that ships (``None``) or a sentence-transformers model by hub name or folder.

    Raises
    ------
    ModelError
        When the named model cannot be loaded.
    """
    return _sample_embedder() if model is None else SentenceTransformerEmbedder(model)
