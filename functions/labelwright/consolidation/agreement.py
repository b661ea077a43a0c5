"""How far workers agree with each other."""

from collections.abc import Callable
from itertools import combinations
from typing import Any

from labelwright.answers.columns import Column
from labelwright.task.definition import Kind


def pairwise_agreement(column: Column) -> float | None:
    """Return the mean agreement, 0 to 1, over all pairs of workers who answered the same object.

    Equal or not for choice, number and text; the F1 of one worker's labels or exact spans against
    the other's for choices and spans (1 when both gave none). None when no two workers answered the
    same object, and for kinds that are passed through.
    """
    alike = _ALIKE.get(column.field.kind)
    if alike is None:
        return None
    scores = [
        alike(first.value, second.value)
        for values in column.values
        for first, second in combinations(values, 2)
    ]
    return sum(scores) / len(scores) if scores else None


def _equal(first: Any, second: Any) -> float:
    return float(first == second)


def _f1(first: tuple[Any, ...], second: tuple[Any, ...]) -> float:
    one, other = set(first), set(second)
    if not one and not other:
        return 1.0
    return 2 * len(one & other) / (len(one) + len(other))


_ALIKE: dict[Kind, Callable[[Any, Any], float]] = {
    Kind.CHOICE: _equal,
    Kind.NUMBER: _equal,
    Kind.TEXT: _equal,
    Kind.CHOICES: _f1,
    Kind.SPANS: _f1,
}
