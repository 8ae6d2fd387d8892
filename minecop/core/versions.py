"""What results depend on besides their input: the code, Python, and packages; the same of them give the same bytes."""

from __future__ import annotations

import platform
from collections.abc import Iterable
from functools import cache
from hashlib import sha256
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path

import minecop
from minecop.core.shipped import shipped

PACKAGES = (
    "bertopic",
    "graspologic-native",
    "hdbscan",
    "numpy",
    "pandas",
    "pyarrow",
    "pythainlp",
    "scikit-learn",
    "scipy",
    "umap-learn",
)
"""Packages whose version may change a result; they stand in the manifest of a run."""

_OF_WORKERS = ("distributed", "nlpo3", "python-crfsuite", "safetensors")
"""Further ones that have to be the same wherever chunks of one run are worked at."""

_MODELS = ("acts", "anchors", "facets", "steps", "thai-static")


def python_version() -> str:
    """Return the version of Python without its patch: ``3.11``."""
    return ".".join(platform.python_version_tuple()[:2])


def package_version(package: str) -> str:
    """Return the version of a package; empty where it is not installed."""
    try:
        return version(package)
    except PackageNotFoundError:
        return ""


@cache
def versions() -> dict[str, str]:
    """Return what has to be the same wherever chunks of one run are worked at, by name.

    minecop's own is its version and eight digits of the hash of its code, data and models: between two releases the version says little.
    """
    packages = {name: package_version(name) for name in sorted((*PACKAGES, *_OF_WORKERS))}
    code = sha256(f"{program_hash()}{_hash_of(shipped('models', name) for name in _MODELS)}".encode()).hexdigest()
    return {"minecop": f"{minecop.__version__}+{code[:8]}", "python": python_version()} | packages


@cache
def program_hash() -> str:
    """Return the hash of all files of the program as it is installed - code, data, templates, words -, whatever ends their lines."""
    package = Path(minecop.__file__).parent
    return _hash_of(path for path in sorted(package.iterdir()) if path.name != "_shipped")


def _hash_of(roots: Iterable[Path]) -> str:
    digest = sha256()
    for root in roots:
        for path in [root] if root.is_file() else sorted(root.rglob("*")):
            if path.is_file() and "__pycache__" not in path.parts:
                digest.update(f"{path.relative_to(root.parent).as_posix()}\0".encode())
                digest.update(path.read_bytes().replace(b"\r\n", b"\n"))
    return digest.hexdigest()
