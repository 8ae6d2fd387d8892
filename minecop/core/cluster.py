"""Work on an existing Dask cluster, behind the interface of an executor: what ``minecop[cluster]`` is for.

Everything travels in messages, so that workers need minecop and nothing else: neither the archive, nor the run's folder, nor
storage that is shared. A function (with the model that it carries) is a result of its own to Dask, which hands it to each worker once,
also to workers that come later, and makes it anew when it is lost; chunks and their results go through the scheduler. The chunks of a
worker that dies are done again by others.
"""

from __future__ import annotations

import logging
import threading
import time
import warnings
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError, Future
from contextlib import contextmanager
from threading import Lock
from typing import TYPE_CHECKING, Any

from minecop.core.errors import ClusterError
from minecop.core.executors import RemoteExecutor
from minecop.core.versions import versions

if TYPE_CHECKING:
    from distributed import Client
    from distributed import Future as There

_TO_ANSWER = 10
"""Seconds that a scheduler may take to answer."""

_PATIENCE = 120
"""Seconds without any worker, at the start or later, before it is said that there is none: jobs may have to wait for their turn."""

_LOOK = 2
"""Seconds of waiting for a result after which it is looked whether there are workers."""

_AHEAD_A_THREAD = 2
"""Chunks handed out for each thread of the cluster, so that none waits for the next."""

_SHOWN = 5
"""Differing workers that an error lists."""


class ClusterExecutor(RemoteExecutor):
    """Does work on the workers of a Dask scheduler.

    Parameters
    ----------
    address
        Of the scheduler: ``tcp://host:8786``.

    Raises
    ------
    ClusterError
        When Dask is not installed, nobody answers, there are no workers, or they have other versions than this process.
    """

    def __init__(self, address: str) -> None:
        self.address = address
        self._client = _connected(address)
        self._function: Callable[..., Any] | None = None
        self._sent: There | None = None
        self._settling = threading.Lock()
        self._closed = False
        try:
            self._await_workers()
            self._check_versions()
            self.ahead = max(self.ahead, _AHEAD_A_THREAD * sum(self._client.nthreads().values()))
        except BaseException:
            self._client.close()
            raise

    def submit(self, fn: Callable[..., Any], /, *args: Any, **kwargs: Any) -> Future[Any]:
        """Hand a call to the cluster; the function itself travels once, as long as it stays the same."""
        with self._told():
            if fn is not self._function:
                self._sent = self._client.submit(same, fn, pure=False)
                self._function = fn
            there = self._client.submit(do, self._sent, versions(), *args, **kwargs, pure=False, key=_key(fn))
        future = _Watched(self.check)
        there.add_done_callback(lambda done: self._settle(future, done))
        return future

    def check(self) -> None:
        """Look whether there are workers.

        Raises
        ------
        ClusterError
            When there have been none for long, or the scheduler is gone.
        """
        with self._told():
            if not self._client.nthreads():
                self._await_workers()

    def shutdown(self, wait: bool = True, *, cancel_futures: bool = False) -> None:
        """Leave the cluster, which goes on; what it has in hand for this executor it drops."""
        # Dask settles what is done in one thread for all clients of a process: one that is closed meanwhile would hold it for good
        settled = self._settling.acquire(timeout=_PATIENCE)
        self._closed = True
        if settled:
            self._settling.release()
        self._client.close()

    def _settle(self, future: Future[Any], there: There) -> None:
        with self._settling:
            if self._closed:
                future.cancel()
            if not future.set_running_or_notify_cancel():
                return
            try:
                with self._told():
                    result = there.result()
            except BaseException as error:
                future.set_exception(error)
            else:
                future.set_result(result)

    def _await_workers(self) -> None:
        until = time.monotonic() + _PATIENCE
        while not self._client.nthreads():
            if time.monotonic() > until:
                raise ClusterError("cluster_no_workers", address=self.address, seconds=_PATIENCE)
            time.sleep(_LOOK)

    def _check_versions(self) -> None:
        differing = []
        for worker, found in self._client.run(versions, on_error="return").items():
            if isinstance(found, ModuleNotFoundError):
                differing.append(f"{worker}: {found}")
            elif isinstance(found, Exception):
                raise ClusterError("cluster_lost", address=self.address, reason=found)
            elif differences := _differences(versions(), found):
                differing.append(f"{worker}: {differences}")
        if differing:
            raise ClusterError("cluster_differs", differences="\n".join(sorted(differing)[:_SHOWN]))

    @contextmanager
    def _told(self) -> Iterator[None]:
        """Say for people what Dask says of a cluster; what a function raises stays as it is."""
        from distributed import KilledWorker
        from distributed.comm import CommClosedError

        try:
            yield
        except KilledWorker as error:
            raise ClusterError("cluster_kills", address=self.address) from error
        except (CancelledError, CommClosedError) as error:
            raise ClusterError("cluster_lost", address=self.address, reason=getattr(error, "reason", error)) from error


class _Watched(Future[Any]):
    """A result that is waited for only while there is somebody to make it."""

    def __init__(self, check: Callable[[], None]) -> None:
        super().__init__()
        self._check = check

    def result(self, timeout: float | None = None) -> Any:
        """Return the result; without a timeout, look from time to time whether there are workers."""
        while timeout is None and not self.done():
            try:
                return super().result(_LOOK)
            except TimeoutError:
                if not self.done():  # else the function itself raised it
                    self._check()
        return super().result(timeout)


def _connected(address: str) -> Client:
    try:
        import dask
        from distributed import Client
        from distributed.comm import parse_address, parse_host_port
    except ImportError as error:
        raise ClusterError("cluster_needs_package") from error
    # what Dask logs is told as an error, or mended; one large chunk is no reason to warn
    for name in ("distributed", "distributed.client"):
        logging.getLogger(name).setLevel(logging.CRITICAL)
    dask.config.set({"distributed.admin.large-graph-warning-threshold": "1 GiB"})
    try:
        parse_host_port(parse_address(address)[1])  # a client that fails at this would be long in closing
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # other versions are told below, all of them
            return Client(address, timeout=_TO_ANSWER, set_as_default=False)
    except (OSError, ValueError, TypeError) as error:
        raise ClusterError("cluster_not_there", address=address, seconds=_TO_ANSWER) from error


def _key(function: Callable[..., Any]) -> str:
    """Return a name that no other task has, beginning with the function's: what Dask's own page shows."""
    from uuid import uuid4

    inner = getattr(function, "func", function)
    return f"{getattr(inner, '__name__', 'chunk')}-{uuid4().hex}"


# ---- what runs on workers

_one_at_a_time = Lock()
"""Taggers and caches are made for one thread, as a process of a pool has; a worker with several threads does chunks one by one."""


def same(function: Callable[..., Any]) -> Callable[..., Any]:
    """Return a function that was sent here, so that it is a result, of which each worker keeps a copy."""
    return function


def do(function: Callable[..., Any], wanted: dict[str, str], /, *args: Any, **kwargs: Any) -> Any:
    """Call a function that was sent here.

    Parameters
    ----------
    function
        What ``same`` returned.
    wanted
        Versions of the process that sent it; a worker may have come after those there were at the start had been looked at.
    *args, **kwargs
        What it is called with.
    """
    with _one_at_a_time:
        if differences := _differences(wanted, versions()):
            raise ClusterError("cluster_differs", differences=differences)
        return function(*args, **kwargs)


def _differences(here: dict[str, str], there: dict[str, str]) -> str:
    return ", ".join(
        f"{name} {there.get(name) or '—'} ≠ {here.get(name) or '—'}"
        for name in {**here, **there}
        if here.get(name) != there.get(name)
    )
