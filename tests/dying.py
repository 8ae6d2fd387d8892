"""Work for worker processes that do not live to finish it; light, for each of them imports it."""

import os
import signal
import sys
import time
from pathlib import Path

from minecop.core.errors import InputError


def double_but_die_once(work: tuple[int, str]) -> int:
    """Double a number, but at the first 3 die."""
    number, marker = work
    if number == 3 and not Path(marker).exists():
        Path(marker).touch()
        die(number)
    return 2 * number


class Telling:
    """Leaves a file when it is taken apart."""

    def __init__(self, path: str) -> None:
        self.path, self.touch = Path(path), Path.touch

    def __del__(self) -> None:
        self.touch(self.path)


def keep(path: str) -> int:
    """Hold something until this process ends; return the number of the process."""
    sys.modules["kept"] = Telling(path)
    return os.getpid()


def die(_: int) -> None:
    """Die as when memory runs out."""
    os.kill(os.getpid(), signal.SIGKILL)


def refuse(name: str) -> None:
    """Fail with a message for people."""
    raise InputError("missing_path", path=name)


def tell_and_wait(folder: str) -> None:
    """Leave a file with the number of this process, and go on for ever."""
    Path(folder, str(os.getpid())).touch()
    time.sleep(600)
