"""Vectors of words from what stands around them: the start of the static embedding, before anything is known of meaning.

Positive pointwise mutual information, its context distribution smoothed, then truncated SVD: Levy, Goldberg & Dagan 2015, "Improving
distributional similarity with lessons learned from word embeddings".
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import scipy.sparse as sp
from numpy.typing import NDArray

from minecop.vectors.embedder import unit_rows

_WINDOW = 4
_SMOOTHING = 0.75
"""Power of the contexts' counts."""


def context_vectors(
    texts: Sequence[NDArray[np.int32]], words: int, dimensions: int = 256, seed: int = 0
) -> NDArray[np.float32]:
    """Return a vector of length 1 for each word, shape (words, dimensions).

    Parameters
    ----------
    texts
        Numbers of the words of each text, -1 for a word that is not asked for.
    words
        How many words there are.
    dimensions, seed
        Of the decomposition.
    """
    from sklearn.utils.extmath import randomized_svd

    gap = np.full(_WINDOW, -1, dtype=np.int32)
    flat = np.concatenate([part for text in texts for part in (text, gap)])
    counts = sp.csr_matrix((words, words), dtype=np.float32)
    for distance in range(1, _WINDOW + 1):
        left, right = flat[:-distance], flat[distance:]
        both = (left >= 0) & (right >= 0)
        near = np.full(int(both.sum()), 1 / distance, dtype=np.float32)
        counts = counts + sp.coo_matrix((near, (left[both], right[both])), shape=counts.shape).tocsr()
    counts = (counts + counts.T).tocoo()
    total = np.bincount(counts.row, counts.data, minlength=words)
    context = total**_SMOOTHING
    context /= context.sum()
    information = np.log(counts.data / (total[counts.row] * context[counts.col]))
    positive = information > 0
    matrix = sp.csr_matrix(
        (information[positive].astype(np.float32), (counts.row[positive], counts.col[positive])), shape=counts.shape
    )
    left_vectors, strength, _ = randomized_svd(matrix, dimensions, n_iter=4, random_state=seed)
    return unit_rows(left_vectors * np.sqrt(strength))
