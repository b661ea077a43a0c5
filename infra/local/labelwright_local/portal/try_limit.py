"""How often join codes may be tried: from one address, and from all together."""

import ipaddress
import math
import threading
import time
from collections.abc import Callable

#: From one address: so many tries at once, then one in so many seconds.
EACH, EACH_SECONDS = 10, 6.0

#: From all addresses together, the same. Each try costs 50 ms.
ALL, ALL_SECONDS = 40, 0.5

#: So many addresses are remembered; those that have been quiet are forgotten first.
_MOST = 4_096


class TryLimit:
    """Lets so many tries through; a right one is given back, so that only wrong ones count.

    Whose code was right once, from an address, is not held up there by others' tries: nobody keeps
    honest people out by trying. ``clock`` gives seconds and never goes back.
    """

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._all = _Bucket(ALL, ALL_SECONDS, clock())
        self._each: dict[str, _Bucket] = {}
        self._trusted: set[str] = set()

    def wait(self, address: str) -> int:
        """Take a try; return 0, or, where there is none left, the seconds until there is one."""
        place = _network(address)
        with self._lock:
            now = self._clock()
            if place not in self._each and len(self._each) >= _MOST:
                self._each = {k: b for k, b in self._each.items() if not b.is_full(now)}
                if len(self._each) >= _MOST:
                    return math.ceil(EACH_SECONDS)
            own = self._each.setdefault(place, _Bucket(EACH, EACH_SECONDS, now))
            buckets = [own] if place in self._trusted else [own, self._all]
            wait = max(bucket.wait(now) for bucket in buckets)
            if wait <= 0:
                for bucket in buckets:
                    bucket.take(now)
            return max(0, math.ceil(wait))

    def was_right(self, address: str) -> None:
        """Give a try back: it was a right one."""
        place = _network(address)
        with self._lock:
            now = self._clock()
            if place in self._each:
                self._each[place].give_back(now)
            if place not in self._trusted:
                self._all.give_back(now)
            if len(self._trusted) < _MOST:
                self._trusted.add(place)


class _Bucket:
    """So many tries, which come again one after the other."""

    def __init__(self, most: int, seconds: float, now: float) -> None:
        self._most = most
        self._seconds = seconds
        self._left = float(most)
        self._at = now

    def wait(self, now: float) -> float:
        """Return the seconds until there is a try, 0 or less if there is one."""
        return (1 - self._now_left(now)) * self._seconds

    def take(self, now: float) -> None:
        """Take one."""
        self._left, self._at = self._now_left(now) - 1, now

    def give_back(self, now: float) -> None:
        """Put one back."""
        self._left, self._at = min(self._most, self._now_left(now) + 1), now

    def is_full(self, now: float) -> bool:
        """Tell whether nothing was taken that is not there again."""
        return self._now_left(now) >= self._most

    def _now_left(self, now: float) -> float:
        return min(self._most, self._left + (now - self._at) / self._seconds)


def _network(address: str) -> str:
    """Return an address, of IPv6 its first 64 bits: whoever has one of those has them all."""
    try:
        found = ipaddress.ip_address(address.partition("%")[0])
    except ValueError:
        return address
    if isinstance(found, ipaddress.IPv6Address):
        mapped = found.ipv4_mapped
        return str(mapped or ipaddress.IPv6Network((int(found) >> 64 << 64, 64)))
    return str(found)
