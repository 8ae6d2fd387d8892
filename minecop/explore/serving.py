"""The pages served on this machine until somebody stops them."""

from __future__ import annotations

import socket
from collections.abc import Callable

from minecop.core.errors import OutputError

PORT = 8765
"""Where the pages are when nobody else is there."""

_BACKLOG = 128


def open_port(port: int | None) -> socket.socket:
    """Return a socket of this machine alone: at a port, or at the usual one, and where that is taken at any that is free.

    Raises
    ------
    OutputError
        When the port that was asked for cannot be had.
    """
    for one in (port,) if port is not None else (PORT, 0):
        made = socket.socket(socket.AF_INET, socket.SOCK_STREAM)
        if hasattr(socket, "SO_EXCLUSIVEADDRUSE"):  # Windows would share a port that is taken
            made.setsockopt(socket.SOL_SOCKET, socket.SO_EXCLUSIVEADDRUSE, 1)
        else:
            made.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            made.bind(("127.0.0.1", one))
            made.listen(_BACKLOG)
        except OSError as error:
            made.close()
            if port is not None or one == 0:
                raise OutputError("port_taken", port=one, reason=error.strerror or error) from error
        else:
            return made
    raise AssertionError


def serve(app: object, at: socket.socket, ready: Callable[[], None]) -> None:
    """Serve pages at a socket until the program is asked to end.

    Parameters
    ----------
    app
        What answers.
    at
        From ``open_port``.
    ready
        Called once they can be read.
    """
    import uvicorn

    class Server(uvicorn.Server):
        async def startup(self, sockets: list[socket.socket] | None = None) -> None:
            await super().startup(sockets=sockets)
            ready()

    config = uvicorn.Config(
        app,  # type: ignore[arg-type]
        log_level="error",
        access_log=False,
        server_header=False,
        proxy_headers=False,
        ws="none",
        lifespan="off",
        timeout_graceful_shutdown=2,
    )
    Server(config).run(sockets=[at])
