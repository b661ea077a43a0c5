"""A web application served to this machine only, for as long as it is needed."""

import socket
import threading
from collections.abc import Iterator
from contextlib import contextmanager

import uvicorn
from starlette.types import ASGIApp

from labelwright_local.http.patience import PatientProtocol


@contextmanager
def serving(app: ASGIApp, port: int = 0) -> Iterator[str]:
    """Serve an application from a thread; yield its address, ``http://host:port``.

    The port is any that is free if none is named, or if that is taken.

    Requests that are under way at the end get a second to finish.
    """
    config = uvicorn.Config(
        app,
        http=PatientProtocol,
        log_level="warning",
        lifespan="off",
        ws="none",
        proxy_headers=False,
        timeout_graceful_shutdown=1,
    )
    server = uvicorn.Server(config)
    # Whoever connects before the thread has begun waits.
    with _listening(port) as listening:
        thread = threading.Thread(target=server.run, args=([listening],), daemon=True)
        thread.start()
        try:
            yield f"http://127.0.0.1:{listening.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join()


def _listening(port: int) -> socket.socket:
    try:
        return socket.create_server(("127.0.0.1", port), backlog=128)
    except OSError:
        return socket.create_server(("127.0.0.1", 0), backlog=128)
