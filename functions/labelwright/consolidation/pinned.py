"""Known values as results: an object whose true value is known keeps it."""

from collections.abc import Mapping, Sequence

from labelwright.answers.columns import Column, WorkerValue
from labelwright.answers.values import Boxes, Span
from labelwright.consolidation.box_match import match_pairs
from labelwright.consolidation.boxes import image_size, wire_boxes
from labelwright.consolidation.result import Consolidated
from labelwright.contract.base import Json
from labelwright.task.definition import Kind


def pin(
    column: Column, results: Sequence[Consolidated], gold: Mapping[str, Json]
) -> list[Consolidated]:
    """Put known values in the place of results, with confidence 1.

    ``gold`` has them by datasetObjectId, in the form that columns have. An object that nobody
    answered has no result, as without gold. ``votes`` of a span or a box are the workers who gave
    it: just the span; a box that shows the same thing.
    """
    return [
        result._replace(
            value=_wire(column.field.kind, gold[name], values), confidence=1.0, tie=False
        )
        if values and name in gold
        else result
        for name, values, result in zip(column.objects, column.values, results, strict=True)
    ]


def _wire(kind: Kind, known: Json, values: Sequence[WorkerValue]) -> Json:
    match kind:
        case Kind.CHOICES:
            return list(known)
        case Kind.SPANS:
            return [_span(span, values) for span in sorted(known)]
        case Kind.BOXES:
            return _boxes(known, values)
        case _:
            return known


def _span(span: Span, values: Sequence[WorkerValue]) -> dict[str, Json]:
    votes = sum(span in value.value for value in values)
    return {**span._asdict(), "confidence": 1.0, "votes": votes}


def _boxes(known: Boxes, values: Sequence[WorkerValue]) -> dict[str, Json]:
    votes = [0] * len(known.boxes)
    for value in values:
        for place, _ in match_pairs(known.boxes, value.value.boxes):
            votes[place] += 1
    made = wire_boxes(known.boxes, known.image or image_size(values))
    for box, count in zip(made["boundingBoxes"], votes, strict=True):
        box.update(confidence=1.0, votes=count)
    return made
