"""Settings of a run. Every default is good; a TOML file and the command line change them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from minecop.core.errors import SettingsError
from minecop.text.passages import Selection
from minecop.topics.methods import COUNTS, METHODS
from minecop.vectors.models import BACKENDS


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on besides the archive.

    Attributes
    ----------
    process
        ``civic``, ``organisation`` or the path of a process file.
    facets
        Whether the missions, components and kinds of knowledge that passages tell of are looked for, too.
    model
        Hub name or folder of a sentence-transformers model, or folder of a static embedding; ``None`` for the one that ships.
    backend
        What computes a sentence-transformers model: ``torch`` or ``onnx``.
    threads
        Of the processor, for such a model; ``None`` for as many as there are cores.
    adapt
        Whether a static embedding is trained further on the archive, where that makes it better.
    topics
        How topics are found: communities of a ``graph``, by ``density`` (UMAP and HDBSCAN) or as a ``tree``.
    topic_count
        How many topics are wanted: ``few``, ``usual`` or ``many``.
    llm_url, llm_model
        Address of an endpoint that speaks as OpenAI's does, and a model there, that names topics; ``None`` for none, so that nothing
        leaves the machine.
    seed
        Seed of everything random.
    since, until
        First and last day of what is looked at.
    communities, groups
        Communities, and groups of ``authors.csv``, to look at; empty for all.
    as_of
        Reference date of trends; ``None`` for the archive's last date of publication.
    """

    process: str = "organisation"
    facets: bool = True
    model: str | None = None
    backend: str = "torch"
    threads: int | None = None
    adapt: bool = True
    topics: str = "graph"
    topic_count: str = "usual"
    llm_url: str | None = None
    llm_model: str | None = None
    seed: int = 0
    since: date | None = None
    until: date | None = None
    communities: tuple[str, ...] = ()
    groups: tuple[str, ...] = ()
    as_of: date | None = None

    @property
    def selection(self) -> Selection:
        """The part of the archive to look at."""
        return Selection(self.since, self.until, self.communities, self.groups)

    def values(self, names: tuple[str, ...]) -> dict[str, Any]:
        """Return some settings as JSON can hold them."""
        found: dict[str, Any] = {}
        for name in names:
            value = getattr(self, name)
            found[name] = (
                value.isoformat() if isinstance(value, date) else list(value) if isinstance(value, tuple) else value
            )
        return found


NAMES = tuple(field.name for field in fields(Settings))


def read_settings(path: Path | None, **changes: Any) -> Settings:
    """Return the defaults changed by a TOML file, then by what is given here and is not ``None``.

    Parameters
    ----------
    path
        A TOML file whose keys are names of settings, or ``None``.
    **changes
        Settings from the command line; ``None`` and ``()`` change nothing.

    Raises
    ------
    SettingsError
        When the file is not TOML, names an unknown setting, or a value is of the wrong kind.
    """
    values: dict[str, Any] = {}
    if path is not None:
        try:
            values = tomllib.loads(path.read_text(encoding="utf-8-sig"))
        except (OSError, UnicodeDecodeError, tomllib.TOMLDecodeError) as error:
            raise SettingsError("settings_not_toml", path=path, reason=error) from error
        unknown = sorted(set(values) - set(NAMES))
        if unknown:
            raise SettingsError("unknown_setting", name=unknown[0], path=path, known=", ".join(NAMES))
    values |= {name: value for name, value in changes.items() if value not in (None, ())}
    return replace(Settings(), **{name: _checked(name, value) for name, value in values.items()})


_DAYS, _NAMES = ("since", "until", "as_of"), ("communities", "groups")


def _checked(name: str, value: Any) -> Any:
    """Return a value as the setting holds it; what it must be otherwise stands in the error."""
    if name in _DAYS:
        return _day(name, value)
    expected, good = "text", isinstance(value, str)
    if name in _NAMES:
        value = (value,) if isinstance(value, str) else value
        expected = '["...", "..."]'
        good = isinstance(value, list | tuple) and all(isinstance(item, str) for item in value)
        value = tuple(value) if good else value
    elif name == "seed":
        expected = "0 .. 4294967295"
        good = isinstance(value, int) and not isinstance(value, bool) and 0 <= value < 2**32
    elif name == "threads":
        expected, good = "1 .. 256", isinstance(value, int) and not isinstance(value, bool) and 1 <= value <= 256
    elif name in {"adapt", "facets"}:
        expected, good = "true, false", isinstance(value, bool)
    elif name == "topics":
        expected, good = ", ".join(METHODS), value in METHODS
    elif name == "topic_count":
        expected, good = ", ".join(COUNTS), value in tuple(COUNTS)
    elif name == "backend":
        expected, good = ", ".join(BACKENDS), value in BACKENDS
    if not good:
        raise SettingsError("bad_setting", name=name, value=value, expected=expected)
    return value


def _day(name: str, value: Any) -> date:
    if isinstance(value, date):
        return date(value.year, value.month, value.day)
    try:
        return date.fromisoformat(str(value))
    except ValueError as error:
        raise SettingsError("bad_setting", name=name, value=value, expected="2010-12-31") from error
