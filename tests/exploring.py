"""The pages of a run, for tests: asked without a server, or served on this machine by a thread."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.testclient import TestClient

from minecop.explore.app import Shown, make_app
from minecop.explore.guarding import Pass
from minecop.explore.searching import Search
from minecop.explore.serving import open_port


def reader(index, run, desk=None, **shown) -> TestClient:
    """A browser that has begun with the address that was told."""
    held = Pass(8765)
    client = TestClient(make_app(Search(index, run), held, Shown(**shown), desk), base_url="http://127.0.0.1:8765")
    assert client.get(held.address, follow_redirects=False).status_code == 303
    client.held = held
    return client


@contextmanager
def served(index, run, desk=None, **shown) -> Iterator[Pass]:
    """What opens the pages while a thread serves them."""
    socket = open_port(0)
    held = Pass(socket.getsockname()[1])
    server = uvicorn.Server(
        uvicorn.Config(
            make_app(Search(index, run), held, Shown(**shown), desk),
            log_level="error",
            ws="none",
            lifespan="off",
            timeout_graceful_shutdown=1,
        )
    )
    thread = threading.Thread(target=server.run, kwargs={"sockets": [socket]}, daemon=True)
    thread.start()
    try:
        yield held
    finally:
        server.should_exit = True
        thread.join(10)
        socket.close()
