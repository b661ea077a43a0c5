"""The time of a job, which no jump of the machine's clock moves.

Leases and availability are told by it: a clock that is wrong for one look must fail nothing.
"""

import threading
import time
from collections.abc import Callable
from datetime import UTC, datetime, timedelta

from labelwright_local.engine.state.database import milliseconds

#: Milliseconds that may pass between two looks; what seems to be more is a clock that was set.
#: A job at work looks several times a second. Longer than any lease, so that those run out where
#: the machine slept meanwhile.
_MOST = 86_400_000


def seconds_passed() -> float:
    """Return a number of seconds that only ever grows as time does, asleep or not where known."""
    boot_time = getattr(time, "CLOCK_BOOTTIME", None)  # goes on while a laptop sleeps
    return time.monotonic() if boot_time is None else time.clock_gettime(boot_time)


def steady_clock(
    passed: Callable[[], float] = seconds_passed,
    wall: Callable[[], datetime] = lambda: datetime.now(UTC),
) -> Callable[[], datetime]:
    """Return a clock that is set by the machine's once, now, and goes by what has passed since."""
    begun, start = wall(), passed()
    return lambda: begun + timedelta(seconds=passed() - start)


class JobTime:
    """Goes with a clock as long as that does what clocks do: in milliseconds since 1970.

    A step back, or ahead by more than a day, counts as none.
    """

    def __init__(self, now: Callable[[], datetime]) -> None:
        self._now = now
        self._lock = threading.Lock()
        self._seen = self._time = milliseconds(now())

    def __call__(self) -> int:
        """Return the time; it is never less than before."""
        with self._lock:
            seen = milliseconds(self._now())
            step = seen - self._seen
            self._seen = seen
            if 0 < step <= _MOST:
                self._time += step
            return self._time
