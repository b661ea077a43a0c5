"""The thread that works on a job while people look at it."""

import logging
import math
import threading
import time
from collections.abc import Callable

from labelwright.errors import UsageError
from labelwright_local.engine.engine import Engine

_log = logging.getLogger("labelwright.engine")

#: Seconds between two looks at a job that has nothing to do, and after one that failed.
_IDLE, _AFTER_FAILURE = 0.25, 5.0


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
