"""Where chunks of work are done: in this process, in a pool of processes, or in anything with the executor interface."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterable, Iterator
from concurrent.futures import Executor, Future
from contextlib import AbstractContextManager
from itertools import islice
from typing import Any, TypeVar

from minecop.core.progress import Listener, counted
from minecop.core.workers import AHEAD, WorkerPool

Chunk = TypeVar("Chunk")
Result = TypeVar("Result")


class RemoteExecutor(Executor):
    """Does it on machines that may not see this one's files: a chunk, and the function, carry all that is needed.

    Attributes
    ----------
    ahead
        Chunks to hand out before the first of them has to be done.
    """

    ahead: int = AHEAD


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


def make_executor(workers: int, cluster: str | None = None) -> AbstractContextManager[Executor]:
    """Return an executor of a number of processes, or of a cluster; one worker means this process.

    Parameters
    ----------
    workers
        Processes on this machine.
    cluster
        Address of a Dask scheduler, whose workers do it instead.

    Raises
    ------
    ClusterError
        When there is no such cluster, or its workers are not what this process is.
    """
    if cluster:
        from minecop.core.cluster import ClusterExecutor

        return ClusterExecutor(cluster)
    return SerialExecutor() if workers <= 1 else WorkerPool(workers)


def batched(items: Iterable[Chunk], size: int) -> Iterator[list[Chunk]]:
    """Yield items in lists of a size, the last with what is left."""
    left = iter(items)
    while some := list(islice(left, size)):
        yield some


def with_files(executor: Executor) -> Executor:
    """Return an executor that sees this machine's files: the one that is given, or this process in place of other machines."""
    return SerialExecutor() if isinstance(executor, RemoteExecutor) else executor


def renew(executor: Executor) -> None:
    """Let go of what the processes of a pool hold, models and dictionaries, before work that needs none of it and much memory."""
    if isinstance(executor, WorkerPool):
        executor.renew()


def map_chunks(
    executor: Executor,
    function: Callable[[Chunk], Result],
    chunks: Iterable[Chunk],
    stage: str,
    listener: Listener,
    total: int | None = None,
    *,
    ahead: int | None = None,
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
        Chunks that may be handed out before the first of them is done, fewer where each is large; ``None`` for what suits the executor.
    """
    yield from counted(_in_order(executor, function, chunks, ahead), stage, total, listener)


def _in_order(
    executor: Executor, function: Callable[[Chunk], Result], chunks: Iterable[Chunk], most: int | None
) -> Iterator[Result]:
    if isinstance(executor, SerialExecutor):
        yield from executor.map(function, chunks)
        return
    if isinstance(executor, WorkerPool):
        yield from executor.map(function, chunks, most=most)
        return
    if most is None:
        most = executor.ahead if isinstance(executor, RemoteExecutor) else AHEAD
    ahead: deque[Future[Result]] = deque()
    for chunk in chunks:
        ahead.append(executor.submit(function, chunk))
        if len(ahead) > most:
            yield ahead.popleft().result()
    while ahead:
        yield ahead.popleft().result()
