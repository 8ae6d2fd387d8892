"""Settings of a run. Every default is good; a TOML file and the command line change them."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass, fields, replace
from datetime import date
from pathlib import Path
from typing import Any

from minecop.core.errors import SettingsError
from minecop.text.passages import Selection


@dataclass(frozen=True, slots=True)
class Settings:
    """What a run depends on besides the archive.

    Attributes
    ----------
    process
        ``civic``, ``organisation`` or the path of a process file.
    model
        Hub name or folder of a sentence-transformers model; ``None`` for the built-in one.
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
    model: str | None = None
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


def _checked(name: str, value: Any) -> Any:
    if name in {"since", "until", "as_of"}:
        if isinstance(value, date):
            return date(value.year, value.month, value.day)
        try:
            return date.fromisoformat(str(value))
        except ValueError as error:
            raise SettingsError("bad_setting", name=name, value=value, expected="2010-12-31") from error
    if name in {"communities", "groups"}:
        items = [value] if isinstance(value, str) else value
        if not isinstance(items, list | tuple) or not all(isinstance(item, str) for item in items):
            raise SettingsError("bad_setting", name=name, value=value, expected='["...", "..."]')
        return tuple(items)
    if name == "seed":
        if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value < 2**32:
            raise SettingsError("bad_setting", name=name, value=value, expected="0 .. 4294967295")
        return value
    if not isinstance(value, str):
        raise SettingsError("bad_setting", name=name, value=value, expected="text")
    return value
