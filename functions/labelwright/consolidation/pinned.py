"""Known values as results: an object whose true value is known keeps it."""

from collections.abc import Callable, Mapping, Sequence

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Boxes, Span
from labelwright.consolidation.box_match import match_pairs
from labelwright.consolidation.boxes import image_size, wire_boxes
from labelwright.consolidation.result import Consolidated
from labelwright.contract.base import Json

#: Turns a known value into that of a result, given what workers answered.
Pin = Callable[[Json, Sequence[WorkerValue]], Json]


def pin(
    column: Column, results: Sequence[Consolidated], gold: Mapping[str, Json], as_result: Pin
) -> list[Consolidated]:
    """Put known values in the place of results, with confidence 1.

    ``gold`` has them by datasetObjectId, in the form that columns have. An object that nobody
    answered has no result, as without gold.
    """
    return [
        result._replace(value=as_result(gold[name], values), confidence=1.0, tie=False)
        if values and name in gold
        else result
        for name, values, result in zip(column.objects, column.values, results, strict=True)
    ]


def known_as_it_is(known: Json, _: Sequence[WorkerValue]) -> Json:
    """Return a label, a number or a text."""
    return known


def known_labels(known: Sequence[str], _: Sequence[WorkerValue]) -> list[str]:
    """Return the labels of a choice of several."""
    return list(known)


def known_spans(known: Sequence[Span], values: Sequence[WorkerValue]) -> list[dict[str, Json]]:
    """Return spans; the votes of each are the workers who marked just it."""
    return [
        {
            **span._asdict(),
            "confidence": 1.0,
            "votes": sum(span in value.value for value in values),
        }
        for span in sorted(known)
    ]


def known_boxes(known: Boxes, values: Sequence[WorkerValue]) -> dict[str, Json]:
    """Return boxes; the votes of each are the workers who drew one that shows the same thing."""
    votes = [0] * len(known.boxes)
    for value in values:
        for place, _ in match_pairs(known.boxes, value.value.boxes):
            votes[place] += 1
    made = wire_boxes(known.boxes, known.image or image_size(values))
    for box, count in zip(made["boundingBoxes"], votes, strict=True):
        box.update(confidence=1.0, votes=count)
    return made
