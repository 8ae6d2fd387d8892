"""Which model turns texts into vectors: the one that ships, or another that is named."""

from __future__ import annotations

from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

from minecop.core.shipped import shipped

if TYPE_CHECKING:
    from minecop.vectors.static import StaticEmbedder
    from minecop.vectors.transformers import SentenceTransformerEmbedder

SHIPPED = "thai-static"

BACKENDS = ("torch", "onnx")
"""What can compute a sentence-transformers model."""


@cache
def shipped_model() -> StaticEmbedder:
    """Return the static embedding that ships."""
    from minecop.vectors.static import load_static

    return load_static(shipped("models", SHIPPED))


@cache
def load_embedder(
    model: str | None = None, backend: str = "torch", threads: int | None = None
) -> StaticEmbedder | SentenceTransformerEmbedder:
    """Return a model that turns texts into vectors.

    Parameters
    ----------
    model
        ``None`` for the one that ships; the folder of a static embedding made here; or hub name or folder of a sentence-transformers model.
    backend
        What computes the latter: ``torch`` or ``onnx``.
    threads
        Of the processor, for the latter; ``None`` for as many as there are cores.

    Raises
    ------
    ModelError
        When the named model cannot be loaded.
    """
    from minecop.vectors.static import is_static, load_static
    from minecop.vectors.transformers import SentenceTransformerEmbedder

    if model is None or model == SHIPPED:
        return shipped_model()
    if is_static(Path(model)):
        return load_static(Path(model))
    return SentenceTransformerEmbedder(model, backend, threads=threads)
