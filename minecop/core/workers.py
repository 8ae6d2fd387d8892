"""A pool of worker processes that outlives the loss of one, and does not outlive the process that started it."""

from __future__ import annotations

import atexit
import multiprocessing
import os
import signal
import tempfile
import threading
from collections import deque
from collections.abc import Callable, Iterator, Mapping
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from functools import lru_cache
from multiprocessing.context import SpawnContext, SpawnProcess
from multiprocessing.reduction import ForkingPickler
from pathlib import Path
from types import TracebackType
from typing import Any

from minecop.core.collecting import collect_seldom
from minecop.core.errors import RunError

AHEAD = 32
"""Chunks handed out before the first of them has to be done, at most: few enough for any machine's memory."""

_AHEAD_A_WORKER = 4
"""Chunks handed out for each process, so that none waits for the next."""

_LARGE = 20_000
"""Bytes of a function, with what it holds, from which it is not sent with every chunk."""

_LOSSES = 3
"""How often a chunk may be lost with a worker and is done again."""


_ONE_THREAD = dict.fromkeys(("OMP_NUM_THREADS", "OPENBLAS_NUM_THREADS", "MKL_NUM_THREADS"), "1")


class _Worker(SpawnProcess):
    """Leaves Ctrl-C to the process that started it, ends when that does, however it ends, and ends at once."""

    def start(self) -> None:
        """Start the process, which Ctrl-C does not reach from its first moment on, and whose sums take one thread.

        The processors are the workers' already: threads of BLAS that wait for each other made two workers on two of them twice as slow.
        """
        with _without_interrupts(), _environment(_ONE_THREAD):
            super().start()

    def run(self) -> None:
        """Do the work."""
        signal.signal(signal.SIGINT, signal.SIG_IGN)
        threading.Thread(target=_end_with_parent, daemon=True).start()
        collect_seldom()
        # Its results are handed over by then, and nothing is left to be written: taking its dictionaries and models apart would cost
        # seconds that the main process waits for, half a minute on a busy machine.
        atexit.register(os._exit, 0)
        super().run()


@contextmanager
def _without_interrupts() -> Iterator[None]:
    """Hold SIGINT back where the system can: what is started meanwhile is born so."""
    if not hasattr(signal, "pthread_sigmask"):
        yield
        return
    before = signal.pthread_sigmask(signal.SIG_BLOCK, {signal.SIGINT})
    try:
        yield
    finally:
        signal.pthread_sigmask(signal.SIG_SETMASK, before)


@contextmanager
def _environment(values: Mapping[str, str]) -> Iterator[None]:
    """Set variables that what is started meanwhile is given."""
    before = {name: os.environ.get(name) for name in values}
    os.environ.update(values)
    try:
        yield
    finally:
        for name, value in before.items():
            if value is None:
                del os.environ[name]
            else:
                os.environ[name] = value


def _end_with_parent() -> None:
    """Wait for the end of the process that started this one. A worker that waits for work would wait for ever after it."""
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()
        os._exit(1)


class _Context(SpawnContext):
    """Starts workers, and knows which."""

    def __init__(self) -> None:
        self.workers: list[_Worker] = []

    def Process(self, *args: Any, **kwargs: Any) -> _Worker:  # type: ignore[override]  # noqa: N802 - its name there
        """Return a new worker, not yet started."""
        worker = _Worker(*args, **kwargs)
        self.workers.append(worker)
        return worker


@dataclass(frozen=True, slots=True)
class _InFile:
    """A function that waits in a file, where each worker that is to call it gets it once."""

    path: Path

    def __call__(self, *args: Any) -> Any:
        return _read_function(self.path)(*args)


@lru_cache(maxsize=1)
def _read_function(path: Path) -> Callable[..., Any]:
    # as chunks come, from the process that started this one
    function: Callable[..., Any] = ForkingPickler.loads(path.read_bytes())
    return function


@contextmanager
def _handed_once(function: Callable[..., Any]) -> Iterator[Callable[..., Any]]:
    """Give a function that costs as little to send with each chunk, however much it holds: a model, or what is known of all authors."""
    written = bytes(ForkingPickler.dumps(function))
    if len(written) < _LARGE:
        yield function
        return
    with tempfile.TemporaryDirectory(prefix="minecop-") as folder:
        path = Path(folder, "function")
        path.write_bytes(written)
        yield _InFile(path)


class WorkerPool(Executor):
    """Does work in a number of processes. Processes are spawned on every system, as Windows does it: a fork of one with threads may hang.

    A worker that is lost - the system kills the largest process when memory runs out - takes the pool with it; ``map`` then does what was
    lost once more, in a new pool of one worker less.

    Parameters
    ----------
    workers
        How many processes.

    Attributes
    ----------
    ahead
        Chunks to hand out before the first of them has to be done.
    """

    def __init__(self, workers: int) -> None:
        self.workers = workers
        self.ahead = min(AHEAD, _AHEAD_A_WORKER * workers)
        self._begin()

    def _begin(self) -> None:
        self._context = _Context()
        self._pool = ProcessPoolExecutor(self.workers, mp_context=self._context)

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand out one piece of work, which is lost with the worker that does it."""
        return self._pool.submit(fn, *args, **kwargs)

    def map(
        self,
        fn: Callable[..., Any],
        *iterables: Any,
        timeout: float | None = None,
        chunksize: int = 1,
        most: int | None = None,
    ) -> Iterator[Any]:
        """Yield the result of each piece of work in order; pieces are taken as they are needed, and done again when they are lost.

        So many at most are handed out before the first of them is done (``ahead``). A large function is handed to each worker once.

        Raises
        ------
        RunError
            When a piece is lost time and again.
        """
        with _handed_once(fn) as function:
            yield from self._map(function, zip(*iterables, strict=False), timeout, self.ahead if most is None else most)

    def _map(
        self, fn: Callable[..., Any], pieces: Iterator[tuple[Any, ...]], timeout: float | None, most: int
    ) -> Iterator[Any]:
        ahead: deque[tuple[tuple[Any, ...], Future[Any]]] = deque()
        lost = 0
        while True:
            while len(ahead) <= most and (piece := next(pieces, None)) is not None:
                ahead.append((piece, self._hand_out(fn, piece)))
            if not ahead:
                return
            try:
                result = ahead[0][1].result(timeout)
            except BrokenProcessPool as error:
                lost += 1
                if lost > _LOSSES:
                    raise RunError("workers_lost", times=lost) from error
                self._replace()
                ahead = deque((piece, self._hand_out(fn, piece)) for piece, _ in ahead)
                continue
            ahead.popleft()
            lost = 0
            yield result

    def _hand_out(self, fn: Callable[..., Any], piece: tuple[Any, ...]) -> Future[Any]:
        try:
            return self.submit(fn, *piece)
        except BrokenProcessPool as error:  # told when its turn comes
            lost: Future[Any] = Future()
            lost.set_exception(error)
            return lost

    def renew(self) -> None:
        """Put new processes in the place of the old ones, which have nothing to do: what these hold is needed no more."""
        self._pool.shutdown(wait=True)
        self._begin()

    def _replace(self) -> None:
        self._pool.shutdown(wait=True)  # the other workers of a broken pool are ended by then: none writes any more
        self.workers = max(1, self.workers - 1)
        self._begin()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """End the workers when they have done what was handed out."""
        self._pool.shutdown(wait, cancel_futures=cancel_futures)

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> bool | None:
        """End the workers; at once where something went wrong, for nobody waits for what they do."""
        if kind is not None:
            self._end_at_once()
        self.shutdown(cancel_futures=kind is not None)
        return None

    def _end_at_once(self) -> None:
        for worker in self._context.workers:
            if worker.is_alive():
                worker.terminate()
        for worker in self._context.workers:
            if worker.ident is not None:
                worker.join()
        # One that was ended within a result has left half of it, and the thread that takes results would wait for the rest for ever: this
        # process holds the other end of the pipe, too.
        with suppress(AttributeError, OSError):
            self._pool._result_queue._writer.close()  # type: ignore[attr-defined]
