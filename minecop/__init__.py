"""minecop: emerging shared issues in the posts and comments of a Thai community of practice."""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from minecop.api import OpenRun, analyse, embed, open_run, read_archive
    from minecop.core.errors import MinecopError
    from minecop.report.rendering import Renderer
    from minecop.topics.clustering import Clusterer
    from minecop.vectors.embedder import Embedder

__version__ = "0.1.0"
__all__ = [
    "Clusterer",
    "Embedder",
    "MinecopError",
    "OpenRun",
    "Renderer",
    "__version__",
    "analyse",
    "embed",
    "open_run",
    "read_archive",
]

_PLACES = {
    "Clusterer": "minecop.topics.clustering",
    "Embedder": "minecop.vectors.embedder",
    "MinecopError": "minecop.core.errors",
    "Renderer": "minecop.report.rendering",
}
"""Modules of what does not stand in ``minecop.api``: each is imported when it is asked for, so that importing minecop costs nothing."""


def __getattr__(name: str) -> Any:
    if name not in __all__:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_PLACES.get(name, "minecop.api")), name)


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
