"""Suggested spans as task definitions named them before every kind had ``initial``.

The definition's ``initial_spans`` names the manifest key; pages, events and workspaces from then
read ``initialSpans``. Labels are not looked at: the pages of then did that.
"""

from collections.abc import Mapping

from labelwright.answers.texts import KnownText, place_spans
from labelwright.answers.values import read_value
from labelwright.contract.base import Json
from labelwright.contract.own_label import OwnLabel, read_label
from labelwright.errors import TaskInputError
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition


def initial_spans(
    line: Mapping[str, Json], text: str | None, definition: TaskDefinition | None
) -> dict[str, Json]:
    """Read the suggestions for a data object, as they stand in its task input.

    ``initialSpans`` is a list of ``{"start", "end", "label"}`` in code points, and
    ``initialSpansLeftOut`` says how many were no good, if any; without suggestions in the line
    there is neither.

    In the line they are a list of ``{"start", "end", "label"}`` (code points, end exclusive), a
    label of ours (``labelwright/1``), or what ``crowd-entity-annotation`` gives, whose offsets
    count UTF-16 units of the text as it shows it. A span that does not fit the text is left out and
    counted: a model's mistake must not keep the object from the workers.

    Raises:
        TaskInputError: the key holds something else, or the object has no text.
    """
    key = definition.initial_spans if definition else None
    if definition is None or key is None or line.get(key) is None:
        return {}
    if text is None:
        raise TaskInputError(f"initial_spans: '{key}' has spans, but the object has no text")
    field = next(field for field in definition.fields if field.kind is Kind.SPANS)
    found = _spans_in(line[key], field.name, key)
    # What its ends count is told by each span's keys, whatever workers' answers will count.
    field = FieldDefinition(name=field.name, path=field.path, kind=Kind.SPANS)
    read = read_value(field, found)
    placed = place_spans(read.value or (), field, KnownText(None, text)).reading.value or ()
    # What is there twice is no mistake.
    distinct = {_identity(item) for item in found}
    spans: list[Json] = [span._asdict() for span in placed]
    made: dict[str, Json] = {"initialSpans": spans}
    left_out = len(distinct) - len(spans)
    return made | {"initialSpansLeftOut": left_out} if left_out else made


def _identity(item: Json) -> str:
    if not isinstance(item, Mapping):
        return repr(item)
    names = (("start", "startOffset"), ("end", "endOffset"), ("label", "tag"))
    return repr([item.get(name, item.get(other)) for name, other in names])


def _spans_in(value: Json, name: str, key: str) -> list[Json]:
    """Return the list of spans in what the key holds."""
    if own := read_label(value):
        value = _in_own_label(own, name, key)
    elif isinstance(value, Mapping):
        # A built-in named entity job's output has the entities one level deeper than an answer.
        inner = value.get("annotations", value)
        value = inner.get("entities") if isinstance(inner, Mapping) else inner
    if not isinstance(value, list):
        raise TaskInputError(
            f"initial_spans: '{key}' holds no spans; expected a list of start, end and label, a "
            "label of schema labelwright/1 with a field of kind spans, or annotations.entities"
        )
    return value


def _in_own_label(label: OwnLabel, name: str, key: str) -> Json:
    spans = {name: field for name, field in label.fields.items() if field.kind == Kind.SPANS}
    field = spans.get(name) or (next(iter(spans.values())) if len(spans) == 1 else None)
    if field.moved_to if field else (label.moved_to and label.fault):
        raise TaskInputError(
            f"initial_spans: the spans of '{key}' were moved into the file that its valueRef or "
            "annotationsRef names; put them into the manifest line"
        )
    if field is None:
        return None
    # A field that nobody answered has no value, and gives no suggestions.
    found = [] if field.value is None else field.value
    if field.offsets != "utf16" or not isinstance(found, list):
        return found
    # They are as crowd-entity-annotation gave them: nobody had the text to convert them by.
    return [_as_the_element_gives(item) for item in found]


def _as_the_element_gives(item: Json) -> Json:
    if not isinstance(item, Mapping):
        return item
    return {
        "startOffset": item.get("start"),
        "endOffset": item.get("end"),
        "label": item.get("label"),
    }
