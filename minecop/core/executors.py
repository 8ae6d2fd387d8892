"""Where chunks of work are done: in this process, in a pool of processes, or in anything with the executor interface."""

from __future__ import annotations

import multiprocessing
from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future, ProcessPoolExecutor
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, TypeVar

from minecop.core.progress import Listener, counted

_AHEAD = 32
"""Chunks handed out before the first of them has to be done: enough for any laptop's processors, few enough for its memory."""

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


class SerialExecutor(Executor):
    """Does everything at once, in this process."""

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Call the function now; its result or error stands in the future."""
        future: Future[Any] = Future()
        try:
            future.set_result(fn(*args, **kwargs))
        except BaseException as error:
            future.set_exception(error)
            if not isinstance(error, Exception):
                raise
        return future

    def map(
        self, fn: Callable[..., Any], *iterables: Any, timeout: float | None = None, chunksize: int = 1
    ) -> Iterator[Any]:
        """Call the function as its results are asked for, so that what listens hears of each when it is done."""
        return map(fn, *iterables)


def make_executor(workers: int) -> AbstractContextManager[Executor]:
    """Return an executor of a number of processes; one worker means this process.

    Processes are spawned on every system, as Windows does it: a fork of a process with threads may hang.
    """
    if workers <= 1:
        return SerialExecutor()
    return ProcessPoolExecutor(workers, mp_context=multiprocessing.get_context("spawn"))


def batched(items: Iterable[Chunk], size: int) -> Iterator[list[Chunk]]:
    """Yield items in lists of a size, the last with what is left."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def map_chunks(
    executor: Executor,
    function: Callable[[Chunk], Result],
    chunks: Iterable[Chunk],
    stage: str,
    listener: Listener,
    total: int | None = None,
    *,
    ahead: int = _AHEAD,
) -> Iterator[Result]:
    """Yield the result of each chunk, in the order of the chunks whatever the order of the work.

    Chunks are taken as they are needed: so many at most are being worked at, or wait to be yielded.

    Parameters
    ----------
    executor
        Where the work is done.
    function
        What is done with a chunk.
    chunks
        The work.
    stage, listener, total
        Who is told, and of how many chunks; ``None`` where it is not known.
    ahead
        Chunks that may be handed out before the first of them is done: fewer where each is large.
    """
    yield from counted(_in_order(executor, function, chunks, ahead), stage, total, listener)


def _in_order(
    executor: Executor, function: Callable[[Chunk], Result], chunks: Iterable[Chunk], most: int
) -> Iterator[Result]:
    if isinstance(executor, SerialExecutor):
        yield from map(function, chunks)
        return
    ahead: deque[Future[Result]] = deque()
    for chunk in chunks:
        ahead.append(executor.submit(function, chunk))
        if len(ahead) > most:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()
