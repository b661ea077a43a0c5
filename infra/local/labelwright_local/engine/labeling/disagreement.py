"""How much the workers disagree on an object, from 0 to 1: what a requester looks at first."""

from collections.abc import Sequence
from itertools import combinations

from labelwright.contract.base import Json
from labelwright.contract.own_label import Fetch, read_label


def confidences(label: Json, fetch: Fetch) -> list[float] | None:
    """Return how sure each field of a label is, 0 to 1, as far as its method knows it.

    Empty for another handler's label; None for one of ours whose fields can't be read.
    """
    own = read_label(label, fetch)
    if own is None:
        return []
    if own.fault is not None:
        return None
    return [item.confidence for item in own.fields.values() if item.confidence is not None]


def disagreement(sure: Sequence[float] | None, answers: Sequence[Json]) -> float | None:
    """Return how far the least sure field of a label is from being sure.

    ``sure`` are the label's ``confidences``. Where it tells none, the share of pairs of answers
    that are not equal. None where the label can't be read, and where nobody was there to disagree.
    """
    if sure is None or len(answers) < 2:
        return None
    if sure:
        return 1 - min(sure)
    pairs = list(combinations(answers, 2))
    return sum(bool(one != other) for one, other in pairs) / len(pairs)
