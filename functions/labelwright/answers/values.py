"""The value of a field in one answer, per kind, in every shape in which forms give it.

Shapes: https://docs.aws.amazon.com/sagemaker/latest/dg/sms-ui-template-reference.html and contract
section 5; those of native controls from published post-processing code.
"""

from collections.abc import Callable, Iterable, Mapping
from typing import NamedTuple

from labelwright.answers import plain
from labelwright.answers.decode import ABSENT, Absent, decode_nested
from labelwright.answers.numerals import read_number, read_whole
from labelwright.answers.reading import SILENT, Reading, damaged, read_in_part
from labelwright.contract.base import Json
from labelwright.task.definition import FieldDefinition, Kind

#: No image is larger; beyond it products of coordinates lose their meaning. Also false for NaN.
_MOST_PIXELS = 1e9

#: The key of an element's answer under which the size of its image stands.
IMAGE = "inputImageProperties"
_NO_PICTURE = "the page showed no picture: its size is 0 x 0, so nobody can say what is in it"

#: No text is longer; beyond it a float, and so a browser's number, is not exact.
_MOST_CHARACTERS = 2**53


class Span(NamedTuple):
    """A labelled stretch of text: offsets from 0, ``end`` exclusive."""

    start: int
    end: int
    label: str


class MarkedSpan(NamedTuple):
    """A span as a worker gave it, with the text it claims to cover when it says so.

    Where ``tokens`` are given, offsets count tokens (``labelwright.answers.tokens``).
    ``by_element``: crowd-entity-annotation counted them, in UTF-16 units of the text that it shows.
    """

    span: Span
    quote: str | None
    tokens: tuple[str, ...] | None = None
    by_element: bool = False


class Box(NamedTuple):
    """A labelled rectangle in pixels of the image, from its upper left corner; sides above 0."""

    left: float
    top: float
    width: float
    height: float
    label: str


class Boxes(NamedTuple):
    """All boxes a worker drew in an image, whose width and height are known where it said so."""

    boxes: tuple[Box, ...]
    image: tuple[float, float] | None


def read_value(field: FieldDefinition, raw: Json | Absent) -> Reading:
    """Read a field's raw value.

    Values by kind: ``str`` for choice and text, sorted ``tuple[str, ...]`` for choices, ``float``
    for number, ``tuple[MarkedSpan, ...]`` for spans, ``Boxes`` for boxes, the decoded JSON for
    unknown kinds.
    """
    if raw is ABSENT or raw is None:
        return SILENT
    # What a worker types is a text, also when it looks like JSON ("[1]").
    raw = raw if field.kind is Kind.TEXT else decode_nested(raw)
    kind = VALUE_KINDS[field.kind]
    if not field.renamed:
        return kind.read(field, raw)
    # Answers keep the names that labels had: these are read, and then called as they are now.
    names = tuple(dict.fromkeys([*field.labels, *field.renamed]))
    reading = kind.read(field.model_copy(update={"labels": names}), raw)
    if reading.value is None:
        return reading
    return reading._replace(value=kind.rename(reading.value, field.current))


def read_known(field: FieldDefinition, raw: Json) -> Reading:
    """Read a value that was written down, not answered: of a file of labels, or of a label of ours.

    The form is that which columns have where texts are unknown. The label of a choice is taken as
    it stands, whatever it looks like.
    """
    if field.kind is Kind.CHOICE:
        return Reading(field.current(raw)) if isinstance(raw, str) else SILENT
    reading = read_value(field, raw)
    if field.kind is not Kind.SPANS or reading.value is None:
        return reading
    return reading._replace(value=tuple(marked.span for marked in reading.value))


def _read_spans(_: FieldDefinition, raw: Json) -> Reading:
    if isinstance(raw, Mapping):
        raw = raw.get("entities", raw.get("value"))
        if raw is None:
            return SILENT
    if isinstance(raw, str) and not raw.strip():
        return SILENT
    if not isinstance(raw, list):
        return damaged("not a list of spans")
    read = [_span(item) for item in raw]
    good = {item.span: item for item in read if item is not None}
    lost = sum(item is None for item in read)
    problem = f"{lost} of {len(raw)} spans without valid start, end and label"
    return read_in_part(tuple(good[span] for span in sorted(good)), len(good), lost, problem)


def _span(item: Json) -> MarkedSpan | None:
    if not isinstance(item, Mapping):
        return None
    # Ours and the page of 2019 say start, end, label or tag; crowd-entity-annotation the others.
    by_element = "start" not in item and "end" not in item
    first, last = ("startOffset", "endOffset") if by_element else ("start", "end")
    start, end = read_whole(item.get(first)), read_whole(item.get(last))
    label = item.get("label", item.get("tag"))
    quote = item.get("quote")
    if start is None or end is None or not 0 <= start < end <= _MOST_CHARACTERS:
        return None
    if not isinstance(label, str) or not label.strip():
        return None
    return MarkedSpan(
        Span(start, end, label.strip()),
        quote if isinstance(quote, str) else None,
        _tokens(item.get("tokens")),
        by_element,
    )


def _tokens(value: Json) -> tuple[str, ...] | None:
    return tuple(map(str, value)) if isinstance(value, list) else None


def _read_boxes(_: FieldDefinition, raw: Json) -> Reading:
    image = None
    if isinstance(raw, Mapping):
        if _saw_no_picture(raw):
            return damaged(_NO_PICTURE)
        image = _image_size(raw.get(IMAGE))
        raw = raw.get("boundingBoxes")
        if raw is None:
            return SILENT
    if not isinstance(raw, list):
        return damaged("not a list of boxes")
    read = [_box(item) for item in raw]
    good = sorted(box for box in read if box is not None)
    lost = len(read) - len(good)
    problem = f"{lost} of {len(raw)} boxes without valid corner, sides and label"
    return read_in_part(Boxes(tuple(good), image), len(good), lost, problem)


def _box(item: Json) -> Box | None:
    if not isinstance(item, Mapping):
        return None
    left, top, width, height = (
        _measure(item.get(key)) for key in ("left", "top", "width", "height")
    )
    label = item.get("label")
    if left is None or top is None or not width or not height or min(width, height) <= 0:
        return None
    if not isinstance(label, str) or not label.strip():
        return None
    return Box(left, top, width, height, label.strip())


def _image_size(raw: Json) -> tuple[float, float] | None:
    if not isinstance(raw, Mapping):
        return None
    width, height = _measure(raw.get("width")), _measure(raw.get("height"))
    return (width, height) if width and height and min(width, height) > 0 else None


def _saw_no_picture(answer: Mapping[str, Json]) -> bool:
    """Tell an answer on an image that its page did not have: an element then gives 0 x 0."""
    size = answer.get(IMAGE)
    return isinstance(size, Mapping) and 0 in map(
        read_number, (size.get("width"), size.get("height"))
    )


def _measure(value: Json) -> float | None:
    """Return a length in pixels as it came; None when it is none that an image can have."""
    number = read_number(value)
    return number if number is not None and abs(number) <= _MOST_PIXELS else None


def _read_as_it_is(_: FieldDefinition, raw: Json) -> Reading:
    if isinstance(raw, Mapping) and _saw_no_picture(raw):
        return damaged(_NO_PICTURE)
    return Reading(raw)


def _as_it_is(value: Json) -> Json:
    return value


def _revived_spans(value: Json) -> tuple[Span, ...]:
    return tuple(Span(*item) for item in value)


def _revived_boxes(value: Json) -> Boxes:
    boxes, image = value
    return Boxes(tuple(Box(*item) for item in boxes), tuple(image) if image else None)


def _marked(marked: MarkedSpan) -> Json:
    span = marked.span._asdict()
    return span if marked.quote is None else span | {"quote": marked.quote}


def _no_labels(_: Json) -> Iterable[str]:
    return ()


def _unnamed(value: Json, _: Callable[[str], str]) -> Json:
    return value


def _spans_renamed(value: tuple[MarkedSpan, ...], current: Callable[[str], str]) -> Json:
    made = [
        marked._replace(span=marked.span._replace(label=current(marked.span.label)))
        for marked in value
    ]
    # Where two labels have become one, a stretch that has both has it once.
    good = {marked.span: marked for marked in made}
    return tuple(good[span] for span in sorted(good))


def _boxes_renamed(value: Boxes, current: Callable[[str], str]) -> Json:
    boxes = {box._replace(label=current(box.label)) for box in value.boxes}
    return value._replace(boxes=tuple(sorted(boxes)))


class ValueKind(NamedTuple):
    """What a kind of field knows of its values.

    ``read`` takes a raw value from an answer. ``revive`` takes what JSON makes of a value, in which
    tuples are lists, back to it. ``labels`` are those that a value gives. ``shown`` is what
    ``read`` found as JSON for people, with parts by their names as answers have them. ``rename``
    gives what ``read`` found other labels.
    """

    read: Callable[[FieldDefinition, Json], Reading]
    revive: Callable[[Json], Json] = _as_it_is
    labels: Callable[[Json], Iterable[str]] = _no_labels
    shown: Callable[[Json], Json] = _as_it_is
    rename: Callable[[Json, Callable[[str], str]], Json] = _unnamed


VALUE_KINDS: Mapping[Kind, ValueKind] = {
    Kind.CHOICE: ValueKind(
        plain.read_choice,
        labels=lambda value: (value,),
        rename=lambda value, current: current(value),
    ),
    Kind.CHOICES: ValueKind(
        plain.read_choices,
        revive=tuple,
        labels=_as_it_is,
        shown=list,
        rename=lambda value, current: tuple(sorted(set(map(current, value)))),
    ),
    Kind.NUMBER: ValueKind(plain.read_number),
    Kind.TEXT: ValueKind(plain.read_text),
    Kind.SPANS: ValueKind(
        _read_spans,
        _revived_spans,
        labels=lambda value: [span.label for span in value],
        shown=lambda value: [_marked(span) for span in value],
        rename=_spans_renamed,
    ),
    Kind.BOXES: ValueKind(
        _read_boxes,
        _revived_boxes,
        labels=lambda value: [box.label for box in value.boxes],
        shown=lambda value: [box._asdict() for box in value.boxes],
        rename=_boxes_renamed,
    ),
    Kind.UNKNOWN: ValueKind(_read_as_it_is),
}
