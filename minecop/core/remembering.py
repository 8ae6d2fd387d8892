"""What a function gave before, for questions that are asked millions of times."""

from __future__ import annotations

from collections.abc import Callable
from typing import TypeVar

Key = TypeVar("Key")
Value = TypeVar("Value")


class Remembered(dict[Key, Value]):
    """What a function gives, by what it is asked.

    A dictionary that fills itself: to ask is to look up, several times as fast as ``functools.lru_cache``, which keeps an order of what was
    asked. When it is full, only what is asked again of what it held is kept.

    Parameters
    ----------
    function
        Gives the same whenever it is asked the same.
    most
        Answers that are held fresh; as many more wait to be asked for again.
    """

    def __init__(self, function: Callable[[Key], Value], most: int) -> None:
        super().__init__()
        self._function = function
        self._most = most
        self._before: dict[Key, Value] = {}

    def clear(self) -> None:
        """Forget everything."""
        super().clear()
        self._before = {}

    def __missing__(self, key: Key) -> Value:
        if len(self) >= self._most:
            self._before = dict(self)
            super().clear()
        before = self._before  # somebody else may fill it meanwhile
        value = self[key] = before[key] if key in before else self._function(key)
        return value
