"""Importing a library without what it loads beside itself only in case somebody wants it."""

from __future__ import annotations

import sys
from collections.abc import Collection, Iterator
from contextlib import contextmanager
from functools import cache
from importlib import import_module
from importlib.machinery import ModuleSpec
from types import ModuleType


class _Absent:
    """Finds no module of some packages, as where they are not installed."""

    def __init__(self, packages: Collection[str]) -> None:
        self._packages = packages

    def find_spec(self, name: str, path: object = None, target: object = None) -> ModuleSpec | None:
        """Raise ``ModuleNotFoundError`` for what is to be absent; leave the rest to others."""
        if name.partition(".")[0] in self._packages:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)
        return None


@contextmanager
def _absent(packages: Collection[str]) -> Iterator[None]:
    finder = _Absent(packages)
    sys.meta_path.insert(0, finder)
    try:
        yield
    finally:
        sys.meta_path.remove(finder)


@cache
def import_without(name: str, packages: frozenset[str]) -> ModuleType:
    """Return a package that was imported as if some others were not installed.

    Nobody else gets it: whoever imports it later gets all of it. Where it was imported before, it is what was imported then; packages that
    are loaded already are used.

    Parameters
    ----------
    name
        Of a package that does without the others.
    packages
        Those.
    """
    if name in sys.modules:
        return sys.modules[name]
    with _absent(packages):
        found = import_module(name)
    for module in [one for one in sys.modules if one.partition(".")[0] == name]:
        del sys.modules[module]
    return found
