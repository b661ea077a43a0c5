"""How much the workers disagree on an object, from 0 to 1: what a requester looks at first."""

from collections.abc import Sequence
from itertools import combinations

from labelwright.contract.base import Json


def disagreement(label: Json, answers: Sequence[Json]) -> float | None:
    """Return how far the least sure field of a label is from being sure.

    Where the label tells no confidence (it is another handler's), the share of pairs of answers
    that are not equal. None where there is neither, and where nobody was there to disagree.
    """
    if len(answers) < 2:
        return None
    sure = _confidences(label)
    if sure:
        return 1 - min(sure)
    pairs = list(combinations(answers, 2))
    return sum(one != other for one, other in pairs) / len(pairs) if pairs else None


def _confidences(label: Json) -> list[float]:
    fields = label.get("fields") if isinstance(label, dict) else None
    found = [
        field.get("confidence")
        for field in (fields.values() if isinstance(fields, dict) else ())
        if isinstance(field, dict)
    ]
    return [
        float(value)
        for value in found
        if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value <= 1
    ]
