"""What post-labeling would read in an answer, field by field."""

from typing import NamedTuple

from labelwright.answers.decode import decode_content
from labelwright.answers.raw import raw_value
from labelwright.answers.shape import recognise_fields
from labelwright.answers.values import VALUE_KINDS, read_value
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition


class FieldReading(NamedTuple):
    """A field of an answer: ``value`` is None where the answer has none, or none that is readable.

    ``problems`` say what could not be read. ``note`` is for a person.
    """

    name: str
    path: str
    kind: str
    value: Json
    problems: tuple[str, ...]
    note: str


def read_fields(answer: Json, definition: TaskDefinition | None) -> list[FieldReading]:
    """Return each field of the task definition as it was read; without one, what is recognised.

    Raises:
        ValueError: the answer is not a JSON object.
    """
    content = decode_content(answer)
    fields = definition.fields if definition else recognise_fields([content])
    return [_reading(content, field, declared=definition is not None) for field in fields]


def _reading(content: Json, field: FieldDefinition, *, declared: bool) -> FieldReading:
    try:
        value, problems, _ = read_value(field, raw_value(content, field))
    except ValueError as error:
        value, problems = None, (str(error),)
    if problems:
        note = "read in part" if value is not None else "not read"
    elif value is None:
        note = "no answer"
    elif field.kind is Kind.UNKNOWN:
        note = "not recognised; passes through whole"
    else:
        note = "read" if declared else "recognised"
    shown = None if value is None else VALUE_KINDS[field.kind].shown(value)
    return FieldReading(field.name, field.path, field.kind.value, shown, problems, note)
