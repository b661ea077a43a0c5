"""When one worker stands against a crowd, whatever the kind of the value."""

from collections import Counter
from collections.abc import Hashable, Iterable
from typing import TypeVar

#: So many workers who agree make a crowd.
CROWD = 3
#: Among so many answers one worker stands against a crowd at most.
CROWD_AND_ONE = CROWD + 1

Value = TypeVar("Value", bound=Hashable)


def agreed(values: Iterable[Value]) -> Value | None:
    """Return the value that three or more gave and at most one did not; None where there is none.

    The values are those of one object, one a worker.
    """
    counts = Counter(values)
    if not counts:
        return None
    value, count = counts.most_common(1)[0]
    return value if count >= max(CROWD, counts.total() - 1) else None
