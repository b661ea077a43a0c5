"""Seeded chance that gives the same numbers under every version of Python."""

import random
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta
from typing import TypeVar

T = TypeVar("T")

_FIRST_DAY = datetime(2026, 3, 2, 8, 0, tzinfo=UTC)


class Chance:
    """Draws from ``random()`` alone, the one method whose sequence Python guarantees."""

    def __init__(self, seed: str) -> None:
        self._random = random.Random(seed).random

    def happens(self, probability: float) -> bool:
        """Tell whether an event of this probability happens."""
        return self._random() < probability

    def between(self, low: float, high: float) -> float:
        """Draw a number."""
        return low + (high - low) * self._random()

    def pick(self, items: Sequence[T]) -> T:
        """Draw one of the items."""
        return items[int(self._random() * len(items))]

    def shift(self, most: int) -> int:
        """Draw a whole number from ``-most`` to ``most``, never 0."""
        size = 1 + int(self._random() * most)
        return size if self.happens(0.5) else -size


class Clock:
    """The invented hours of one worker's sitting: answers follow each other."""

    def __init__(self, worker_number: int) -> None:
        self._now = _FIRST_DAY + timedelta(hours=3 * worker_number)

    def after(self, seconds: float) -> str:
        """Let time pass and return it as the service writes it."""
        self._now += timedelta(seconds=round(seconds, 3) + 4)
        return self._now.isoformat(timespec="milliseconds").replace("+00:00", "Z")
