"""The portal as a running server: its socket, the thread that works on the job, a clean stop."""

import logging
import math
import signal
import socket
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, contextmanager, nullcontext
from types import FrameType

import uvicorn
from starlette.applications import Starlette

from labelwright_local.engine.engine import Engine
from labelwright_local.portal.events import Changes
from labelwright_local.usage import UsageError

_log = logging.getLogger("labelwright.portal")

LOOPBACK, EVERYWHERE = "127.0.0.1", "0.0.0.0"  # noqa: S104 - only where --open-to-network asks

#: Seconds between two looks at a job that has nothing to do, and after one that failed.
_IDLE, _AFTER_FAILURE = 0.25, 5.0
#: Seconds that the step under way has to end in when the server stops.
_PATIENCE = 3.0


class Work(threading.Thread):
    """Keeps the job going: leases, pre-labeling, batches, post-labeling, the output manifest."""

    def __init__(self, engine: Engine, when_over: Callable[[], None]) -> None:
        super().__init__(name="labelwright-work", daemon=True)
        self._engine = engine
        self._when_over = when_over
        self._stopped = threading.Event()
        self.failure: UsageError | None = None

    def run(self) -> None:
        """Work until told to stop; only what concerns the whole job ends it, and the server."""
        while not self._stopped.is_set():
            try:
                pause = 0.0 if self._engine.work() else _IDLE
            except UsageError as error:
                self.failure = error
                self._when_over()
                return
            except Exception as error:  # noqa: BLE001 - a full disk today may have room tomorrow
                _log.warning("the job can't go on for now", extra={"kind": type(error).__name__})
                pause = _AFTER_FAILURE
            if pause:
                self._stopped.wait(pause)

    def stop(self, patience: float = math.inf, hurried: Callable[[], bool] = lambda: False) -> bool:
        """End the thread after the step it is at; tell whether it did.

        A step that takes longer than ``patience`` seconds is not waited for, nor when there is a
        hurry: whatever is under way is taken up at the next start, as after a crash.
        """
        self._stopped.set()
        end = time.monotonic() + patience
        while self.is_alive() and time.monotonic() < end and not hurried():
            self.join(0.05)
        return not self.is_alive()


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


def listen(host: str, port: int) -> socket.socket:
    """Take the port; 0 takes any that is free.

    Raises:
        UsageError: it is taken, or can't be.
    """
    try:
        return socket.create_server((host, port), backlog=256)
    except OSError as error:
        raise UsageError(
            f"port {port} can't be taken ({error.strerror}); choose another with --port"
        ) from None


def serve(engine: Engine, app: Starlette, listener: socket.socket) -> bool:
    """Serve until a signal asks to stop, then end what is under way; tell whether it ended.

    Raises:
        UsageError: the job as a whole can't go on.
    """
    config = uvicorn.Config(
        app,
        access_log=False,
        log_config=None,
        log_level="warning",
        lifespan="off",
        server_header=False,
        timeout_graceful_shutdown=5,
    )
    server = _Server(config, app.state.changes)
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


def own_address() -> str | None:
    """Return this machine's address in its network, as the system would choose it; None: in none.

    Choosing a way sends nothing: the address asked for is one that RFC 5737 keeps for examples.
    """
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))
        except OSError:
            return None
        return str(probe.getsockname()[0])
