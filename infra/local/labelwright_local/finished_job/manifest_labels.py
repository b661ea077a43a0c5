"""What a manifest line says of an object's label: ours, or one of the service's built-in types.

Built-in types: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-data-output.html
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import NamedTuple, TypeGuard

from labelwright.answers.offsets import ShownOffsets
from labelwright.contract.base import Json
from labelwright.contract.manifest import METADATA_SUFFIX, ManifestLabel
from labelwright.contract.own_label import Fetch, OwnField, read_label
from labelwright.task.definition import Kind
from labelwright_local.finished_job.model import FieldLabel, LabelledBox, LabelledSpan


class LineLabel(NamedTuple):
    """The labels of an object's fields, and what of them can't be read.

    ``error`` says why the object has none. ``answers`` are those that a label of ours keeps, as
    they were received. ``built_in``: the label is one of the service's own task types.
    """

    fields: tuple[FieldLabel, ...]
    faults: tuple[str, ...] = ()
    error: str | None = None
    answers: tuple[Json, ...] = ()
    built_in: bool = False


def read_line_label(
    found: ManifestLabel,
    line: Mapping[str, Json],
    text: str | None,
    fetch: Fetch,
    categories: Sequence[str] = (),
) -> LineLabel:
    """Read the label under an attribute; ``categories`` name classes that the line does not."""
    if found.failed:
        reason = found.metadata.failure_reason
        return LineLabel((), error=reason if isinstance(reason, str) else "the object failed")
    own = read_label(found.value, fetch)
    if own is None:
        metadata = line.get(found.attribute + METADATA_SUFFIX)
        return _built_in(found, metadata if isinstance(metadata, dict) else {}, text, categories)
    faults = [] if own.fault is None else [own.fault]
    fields = []
    for field in own.fields.values():
        fault = field.fault
        label, lost = (None, ()) if fault else _own_field(field)
        faults += (f"'{field.name}': {each}" for each in lost)
        if label is not None:
            fields.append(label)
        elif not lost:
            faults.append(f"'{field.name}': {fault or 'its value is not of its kind'}")
    error = None if own.error is None else own.error.reason
    return LineLabel(tuple(fields), tuple(faults), error, own.answers)


def _own_field(field: OwnField) -> tuple[FieldLabel | None, tuple[str, ...]]:
    """Return a field of a label of ours, None where its value is none of its kind; what is lost."""
    kind = Kind(field.kind) if field.kind in tuple(Kind) else Kind.UNKNOWN
    value, image = field.value, None
    lost: tuple[str, ...] = ()
    if value is not None:
        if kind is Kind.BOXES:
            size = value.get("inputImageProperties") if isinstance(value, dict) else None
            image = image_size(size)
            value = value.get("boundingBoxes") if isinstance(value, dict) else None
        given = value
        value = _OWN[kind](value)
        if value is None:
            return None, ()
        if kind in (Kind.SPANS, Kind.BOXES):
            lost = _lost(len(given) - len(value), len(given), kind.value)
            if given and not value:
                return None, lost
    made = FieldLabel(field.name, kind, value, field.confidence, offsets=field.offsets, image=image)
    return made, lost


def _string(value: Json) -> Json:
    return value if isinstance(value, str) else None


def _strings(value: Json) -> Json:
    if isinstance(value, list) and all(isinstance(item, str) for item in value):
        return tuple(value)
    return None


def _number(value: Json) -> Json:
    return float(value) if _is_number(value) else None


def _is_number(value: Json) -> TypeGuard[int | float]:
    # Beyond that a whole number is no float any more.
    return (
        isinstance(value, int | float) and not isinstance(value, bool) and abs(value) < _MOST_NUMBER
    )


_MOST_NUMBER = 1e300
#: No text is as long, and every format has a number for it.
_MOST_OFFSET = 2**53
#: No job has as many classes as a longer number could count.
_MOST_DIGITS = 9


def _spans(value: Json) -> Json:
    return _good(value, _span)


def _span(item: Json) -> LabelledSpan | None:
    if not isinstance(item, dict):
        return None
    start, end, label = item.get("start"), item.get("end"), item.get("label")
    if not isinstance(start, int) or not isinstance(end, int) or not isinstance(label, str):
        return None
    if not 0 <= start < end <= _MOST_OFFSET:
        return None
    return LabelledSpan(start, end, label, share(item.get("confidence")))


def _boxes(value: Json) -> Json:
    return _good(value, lambda item: _box(item, None, None))


def _box(item: Json, label: str | None, confidence: float | None) -> LabelledBox | None:
    if not isinstance(item, dict):
        return None
    sides = [item.get(key) for key in ("left", "top", "width", "height")]
    name = item.get("label") if label is None else label
    if not all(map(_is_number, sides)) or not isinstance(name, str):
        return None
    sure = share(item.get("confidence")) if confidence is None else confidence
    return LabelledBox(*map(float, sides), name, sure)  # type: ignore[arg-type, call-arg]


def _good(value: Json, read: Callable[[Json], Json]) -> Json:
    if not isinstance(value, list):
        return None
    return tuple(item for item in map(read, value) if item is not None)


_OWN: Mapping[Kind, Callable[[Json], Json]] = {
    Kind.CHOICE: _string,
    Kind.TEXT: _string,
    Kind.CHOICES: _strings,
    Kind.NUMBER: _number,
    Kind.SPANS: _spans,
    Kind.BOXES: _boxes,
    Kind.UNKNOWN: lambda value: value,
}


def share(value: Json) -> float | None:
    """Read a confidence; what is no number from 0 to 1 says nothing."""
    return float(value) if _is_number(value) and 0 <= value <= 1 else None


def image_size(value: Json) -> tuple[float, float] | None:
    """Read width and height in pixels, None where they are not both above 0."""
    if not isinstance(value, dict):
        return None
    width, height = value.get("width"), value.get("height")
    if not _is_number(width) or not _is_number(height) or min(width, height) <= 0:
        return None
    return (float(width), float(height))


def _built_in(
    found: ManifestLabel,
    metadata: Mapping[str, Json],
    text: str | None,
    categories: Sequence[str],
) -> LineLabel:
    """Read a label of a built-in task type, recognised by its shape."""
    name, value = found.attribute, found.value
    classes = _Classes(metadata, categories)
    if isinstance(value, dict) and not value:
        # A job without post-labeling: there are answers alone (contract section 3.4).
        return LineLabel(())
    if _is_class(value):
        label = classes.only(value)
        sure = share(metadata.get("confidence"))
        return LineLabel((FieldLabel(name, Kind.CHOICE, label, sure),), built_in=True)
    if isinstance(value, list) and all(map(_is_class, value)):
        return LineLabel((_several(name, value, metadata, classes),), built_in=True)
    annotations = value.get("annotations") if isinstance(value, dict) else None
    if isinstance(annotations, list):
        return _boxes_of(name, value, annotations, metadata, classes)
    if isinstance(annotations, dict) and isinstance(annotations.get("entities"), list):
        return _entities(name, annotations["entities"], metadata, text)
    return LineLabel((FieldLabel(name, Kind.UNKNOWN, value, found.metadata.confidence),))


def _is_class(value: Json) -> bool:
    return (isinstance(value, int) and not isinstance(value, bool)) or (
        isinstance(value, str)
        and len(value) <= _MOST_DIGITS
        and value.isascii()
        and value.isdecimal()
    )


class _Classes:
    """The names of classes by their index: the line's own, else those of the job's categories."""

    def __init__(self, metadata: Mapping[str, Json], categories: Sequence[str]) -> None:
        names = metadata.get("class-map")
        self._names = names if isinstance(names, dict) else {}
        self._only = metadata.get("class-name")
        self._categories = categories

    def only(self, index: Json) -> str:
        return self._only if isinstance(self._only, str) else self.named(index)

    def named(self, index: Json) -> str:
        found = self._names.get(str(index))
        if isinstance(found, str):
            return found
        place = int(index)
        return self._categories[place] if 0 <= place < len(self._categories) else str(index)


def _several(
    name: str, value: list[Json], metadata: Mapping[str, Json], classes: _Classes
) -> FieldLabel:
    sure = metadata.get("confidence-map")
    parts = {
        classes.named(index): confidence
        for index in value
        if isinstance(sure, dict) and (confidence := share(sure.get(str(index)))) is not None
    }
    labels = tuple(dict.fromkeys(map(classes.named, value)))
    least = min(parts.values()) if parts and len(parts) == len(labels) else None
    return FieldLabel(name, Kind.CHOICES, labels, least, parts)


def _confidences(found: Json, count: int) -> list[float | None]:
    """Return the confidences of a label's items, each None where they don't fit the items."""
    if not isinstance(found, list) or len(found) != count:
        return [None] * count
    return [share(item.get("confidence")) if isinstance(item, dict) else None for item in found]


def _boxes_of(
    name: str,
    value: Mapping[str, Json],
    annotations: list[Json],
    metadata: Mapping[str, Json],
    classes: _Classes,
) -> LineLabel:
    sizes = value.get("image_size")
    image = image_size(sizes[0] if isinstance(sizes, list) and sizes else None)
    sure = _confidences(metadata.get("objects"), len(annotations))
    boxes = [
        _box(item, classes.named(item["class_id"]), confidence)
        if isinstance(item, dict) and _is_class(item.get("class_id"))
        else None
        for item, confidence in zip(annotations, sure, strict=True)
    ]
    good = tuple(box for box in boxes if box is not None)
    faults = _lost(len(boxes) - len(good), len(boxes), "boxes")
    label = FieldLabel(name, Kind.BOXES, good, _least(box.confidence for box in good), image=image)
    return LineLabel((label,), faults, built_in=True)


def _entities(
    name: str, entities: list[Json], metadata: Mapping[str, Json], text: str | None
) -> LineLabel:
    """Read spans: crowd-entity-annotation counts in UTF-16 units of the text that it shows."""
    shown = None if text is None else ShownOffsets(text)
    sure = _confidences(metadata.get("entities"), len(entities))
    spans = [_entity(item, each, shown) for item, each in zip(entities, sure, strict=True)]
    good = tuple(sorted((span for span in spans if span is not None), key=lambda span: span[:3]))
    faults = _lost(len(spans) - len(good), len(spans), "entities")
    least = _least(span.confidence for span in good)
    offsets = "utf16" if shown is None else None
    label = FieldLabel(name, Kind.SPANS, good, least, offsets=offsets)
    return LineLabel((label,), faults, built_in=True)


def _entity(item: Json, sure: float | None, shown: ShownOffsets | None) -> LabelledSpan | None:
    if not isinstance(item, dict):
        return None
    span = _span(
        {"start": item.get("startOffset"), "end": item.get("endOffset"), "label": item.get("label")}
    )
    if span is None or shown is None:
        return None if span is None else span._replace(confidence=sure)
    start, end = (shown.code_point(at, utf16=True) for at in span[:2])
    if start is None or end is None:
        return None
    return LabelledSpan(start, end, span.label, sure)


def _least(found: Iterable[float | None]) -> float | None:
    all_of_them = list(found)
    known = [each for each in all_of_them if each is not None]
    return min(known) if known and len(known) == len(all_of_them) else None


def _lost(lost: int, of: int, what: str) -> tuple[str, ...]:
    return (f"{lost} of {of} {what} can't be read",) if lost else ()
