"""The portal as a running server: its socket, the thread that works on the job, a clean stop."""

import logging
import signal
import socket
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from labelwright_local.engine.engine import Engine
from labelwright_local.engine.work import Work
from labelwright_local.http.listening import LOOPBACK
from labelwright_local.http.patience import PatientProtocol
from labelwright_local.portal.events import Changes

_log = logging.getLogger("labelwright.portal")


#: Seconds that the step under way has to end in when the server stops.
_PATIENCE = 3.0


class _Server(uvicorn.Server):
    """Stops on Ctrl+C without a traceback, and ends the open streams first."""

    def __init__(self, config: uvicorn.Config, changes: Changes) -> None:
        super().__init__(config)
        self._changes = changes

    def stop(self) -> None:
        """End the server after the requests that it is at."""
        self._changes.stop()
        self.should_exit = True

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:
        """Take a signal; a second one ends at once."""
        self._changes.stop()
        super().handle_exit(sig, frame)

    def capture_signals(self) -> AbstractContextManager[None]:  # type: ignore[override]
        """Leave the signals to who runs the server; uvicorn would raise them again afterwards."""
        return nullcontext()

    @contextmanager
    def taking_signals(self) -> Iterator[None]:
        """Take the signals as long as this lasts."""
        kept = {
            number: signal.signal(number, self.handle_exit)
            for number in (signal.SIGINT, signal.SIGTERM)
        }
        try:
            yield
        finally:
            for number, handler in kept.items():
                signal.signal(number, handler)


def server_settings(app: Starlette, *, behind_proxy: bool = False) -> uvicorn.Config:
    """Return how the portal is served.

    No header says who asks (``X-Forwarded-For``): anybody can send one, and how often join codes
    may be tried goes by the address that a connection comes from. Only a proxy on this machine is
    believed, and only where there is one.
    """
    return uvicorn.Config(
        app,
        http=PatientProtocol,
        ws="none",
        proxy_headers=behind_proxy,
        forwarded_allow_ips=LOOPBACK,
        access_log=False,
        log_config=None,
        log_level="warning",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )


def serve(
    engine: Engine, app: Starlette, listener: socket.socket, *, behind_proxy: bool = False
) -> bool:
    """Serve until a signal asks to stop, then end what is under way; tell whether it ended.

    Raises:
        UsageError: the job as a whole can't go on.
    """
    server = _Server(server_settings(app, behind_proxy=behind_proxy), app.state.changes)
    work = Work(engine, server.stop)
    work.start()
    with server.taking_signals():
        try:
            server.run(sockets=[listener])
        finally:
            ended = work.stop(_PATIENCE, lambda: server.force_exit)
    if work.failure is not None:
        raise work.failure
    return ended
