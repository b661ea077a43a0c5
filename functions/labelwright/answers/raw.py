"""The raw value of a field in an answer, with what stands beside it and belongs to it."""

from labelwright.answers.decode import ABSENT, Absent, decode_nested, look_up
from labelwright.answers.values import IMAGE
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind


def raw_value(answer: Json, field: FieldDefinition) -> Json | Absent:
    """Return what an answer has under a field's path.

    Boxes that the path leads into (``boxes.boundingBoxes``) come with the size of their image,
    which stands beside them, as they do where it leads to the whole element (``boxes``).

    Raises:
        ValueError: a string on the way is damaged JSON.
    """
    raw = look_up(answer, field.path)
    if field.kind is not Kind.BOXES or not isinstance(decode_nested(_present(raw)), list):
        return raw
    parent, _, _ = field.path.rpartition(".")
    size = look_up(answer, f"{parent}.{IMAGE}" if parent else IMAGE)
    if size is ABSENT:
        return raw
    return {"boundingBoxes": decode_nested(_present(raw)), IMAGE: decode_nested(_present(size))}


def _present(raw: Json | Absent) -> Json:
    return None if raw is ABSENT else raw
