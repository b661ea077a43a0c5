"""What is left where there is no time for a kind's whole method: a vote on exactly the same values.

Its time is that of looking at each value once.
"""

from collections import Counter
from collections.abc import Callable, Mapping, Sequence

from labelwright.answers.columns import WorkerValue, partial_places
from labelwright.consolidation.boxes import MAJORITY, image_size, wire_boxes
from labelwright.consolidation.result import Consolidated
from labelwright.consolidation.spans.vote import span_vote
from labelwright.task.definition import Kind


def _spans(values: Sequence[WorkerValue], threshold: float | None) -> Consolidated:
    return span_vote([value.value for value in values], threshold, partial_places(values))


def _boxes(values: Sequence[WorkerValue], threshold: float | None) -> Consolidated:
    """Keep the boxes that at least ``threshold`` of the workers drew, edges and label alike.

    Who did not draw one, and whose answer was read in part, has no say on it.
    """
    if not values:
        return Consolidated(None, None, 0)
    least = MAJORITY if threshold is None else threshold
    votes = Counter(box for value in values for box in set(value.value.boxes))
    partly = partial_places(values)
    by_partly = Counter(box for place in partly for box in set(values[place].value.boxes))
    whole = len(values) - len(partly)
    shares = {box: count / (whole + by_partly[box]) for box, count in votes.items()}
    kept = sorted(box for box, share in shares.items() if share >= least - 1e-9)
    made = wire_boxes(kept, image_size(values))
    for box, wire in zip(kept, made["boundingBoxes"], strict=True):
        wire.update(confidence=round(shares[box], 6), votes=votes[box])
    standing = set(kept)
    # In one order, or sums differ in the last bit.
    sure = sorted(share if box in standing else 1 - share for box, share in shares.items())
    confidence = round(sum(sure) / len(sure), 6) if sure else 1.0
    tie = threshold is None and any(abs(share - MAJORITY) < 1e-9 for share in sure)
    return Consolidated(made, confidence, len(values), tie=tie)


def _text(values: Sequence[WorkerValue], _: float | None) -> Consolidated:
    """Take the text that most workers gave, the first in sorted order of several."""
    if not values:
        return Consolidated(None, None, 0)
    votes = Counter(value.value for value in values)
    most = max(votes.values())
    best = sorted(text for text, count in votes.items() if count == most)
    return Consolidated(best[0], most / len(values), len(values), tie=len(best) > 1)


#: By kind, for those whose whole method may cost much.
SIMPLE: Mapping[Kind, Callable[[Sequence[WorkerValue], float | None], Consolidated]] = {
    Kind.SPANS: _spans,
    Kind.BOXES: _boxes,
    Kind.TEXT: _text,
}

#: Methods that cost as little as the simple one.
CHEAP = frozenset({"majority", "none"})
