"""Errors that are meant for people.

::

    MinecopError
    ├── InputError      a file, folder or record that cannot be used
    ├── OutputError     a place that cannot be written
    ├── SettingsError   a setting or option that cannot be
    ├── ProcessError    a process file that is not well formed
    ├── ModelError      an embedding model that cannot be loaded
    ├── RunError        a run folder that is missing, damaged or in use
    ├── ClusterError    a cluster that is not there, not alike, or lost
    └── QuoteError      a quote that is not what its source says

Each is raised with the key of a message and its details; the words stand in ``messages.toml``, in Thai and English.
"""

from __future__ import annotations

from functools import partial
from typing import Any

from minecop.core.messages import message


class MinecopError(Exception):
    """What went wrong, where, and what to do next.

    Parameters
    ----------
    key
        Key of the message in the catalogue.
    **details
        What the message names: a path, a record, a reason.
    """

    def __init__(self, key: str, /, **details: object) -> None:
        super().__init__(key, details)
        self.key = key
        self.details = details

    def text(self, lang: str = "en") -> str:
        """Return the message in Thai (``th``) or English (``en``).

        A detail ``reason_key`` (with ``reason_details``) is the key of another message, which becomes ``reason``.
        """
        details = dict(self.details)
        if "reason_key" in details:
            inner = details.pop("reason_details", None)
            details["reason"] = message(
                str(details.pop("reason_key")), lang, **(inner if isinstance(inner, dict) else {})
            )
        return message(self.key, lang, **details)

    def __str__(self) -> str:
        return self.text()

    def __reduce__(self) -> tuple[Any, ...]:
        """Pickle with its details, so that what goes wrong in another process is told in this one."""
        return partial(type(self), self.key, **self.details), ()


class InputError(MinecopError):
    """A file, folder or record that cannot be used."""


class OutputError(MinecopError):
    """A place that cannot be written."""


class SettingsError(MinecopError):
    """A setting or option that cannot be."""


class ProcessError(MinecopError):
    """A process file that is not well formed."""


class ModelError(MinecopError):
    """An embedding model that cannot be loaded."""


class RunError(MinecopError):
    """A run folder that is missing, damaged or in use."""


class ClusterError(MinecopError):
    """A cluster that is not there, whose workers are not what this process is, or that is lost."""


class QuoteError(MinecopError):
    """A quote that is not what its source says."""
