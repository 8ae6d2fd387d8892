"""minecop: emerging shared issues in the posts and comments of a Thai community of practice."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import numpy as np
    from numpy.typing import NDArray

__version__ = "0.1.0"
__all__ = ["__version__", "embed"]


def embed(texts: Sequence[str], model: str | None = None) -> NDArray[np.float32]:
    """Turn texts into vectors of length 1.

    Parameters
    ----------
    texts
        n Thai (or mixed) texts.
    model
        ``None`` for the model that ships, else the hub name or folder of a sentence-transformers model.

    Returns
    -------
    numpy.ndarray
        float32, shape (n, d), rows of Euclidean length 1.

    Raises
    ------
    minecop.core.errors.ModelError
        When a named model cannot be loaded.

    Examples
    --------
    >>> import minecop
    >>> minecop.embed(["ประชุมกรรมการหมู่บ้าน", "เวทีประชาคมตำบล"]).shape[0]
    2
    """
    from minecop.vectors.models import load_embedder

    return load_embedder(model).encode(list(texts))
