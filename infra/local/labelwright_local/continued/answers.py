"""Answers of another page in the form that a job's own page gives them."""

from collections.abc import Mapping
from typing import Any

from labelwright.answers.values import IMAGE, Boxes
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind


def answer_of(values: Mapping[str, Any], fields: Mapping[str, FieldDefinition]) -> dict[str, Json]:
    """Return the answer in which each field's path leads to its value.

    ``values`` are by the old field's name, in the form that columns have; ``fields`` are the new
    ones by the same names.
    """
    made: dict[str, Json] = {}
    for name, field in fields.items():
        if name in values:
            *outer, last = field.path.split(".")
            place = made
            for key in outer:
                place = place.setdefault(key, {})
            place[last] = _written(field.kind, values[name])
    return made


def _written(kind: Kind, value: Any) -> Json:
    if kind is Kind.CHOICES:
        return list(value)
    if kind is Kind.SPANS:
        return [span._asdict() for span in value]
    if isinstance(value, Boxes):
        boxes = [box._asdict() for box in value.boxes]
        if value.image is None:
            return {"boundingBoxes": boxes}
        width, height = value.image
        return {"boundingBoxes": boxes, IMAGE: {"width": width, "height": height}}
    return value
