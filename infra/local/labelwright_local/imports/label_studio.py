"""Label Studio's JSON: predictions of models, and annotations of people, as values of fields.

The forms: https://labelstud.io/guide/export (JSON) and https://labelstud.io/guide/predictions.
Boxes are in percent of a picture whose size stands beside them; spans count characters (see
``offsets``).
"""

from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from labelwright.answers.numerals import read_number
from labelwright.contract.base import Json
from labelwright.errors import UsageError
from labelwright.task.definition import Kind
from labelwright_local.imports.geometry import NO_SIDES, box_value
from labelwright_local.imports.model import Entry, Names, Note, Value
from labelwright_local.imports.offsets import code_points, common_way

OTHER_FORM = (
    "no task of Label Studio's JSON, which has 'data' with 'annotations' or 'predictions' "
    "(JSON-MIN has not: export as JSON)"
)
#: A task's texts, the longest first, each with the way in which its spans are counted.
_Texts = list[tuple[str, int]]
_REGION = "no region: it has no type and value"


class _Model(BaseModel):
    model_config = ConfigDict(extra="ignore", hide_input_in_errors=True)


class _Region(_Model):
    type: str
    value: dict[str, Json]
    from_name: str = ""
    original_width: Annotated[float | None, Field(gt=0)] = None
    original_height: Annotated[float | None, Field(gt=0)] = None
    image_rotation: float | None = 0
    score: float | None = None


class _Result(_Model):
    """What one person or one model says of a task."""

    result: list[Json]
    was_cancelled: bool | None = False
    ground_truth: bool | None = False
    score: float | None = None


class _Task(_Model):
    data: dict[str, Json]
    annotations: list[Json] = []
    predictions: list[Json] = []


class _Span(_Model):
    start: int
    end: int
    text: str | None = None


class _Rectangle(_Model):
    x: float
    y: float
    width: float
    height: float
    rotation: float | None = 0


def read_label_studio(data: Json) -> Iterator[Entry]:
    """Read tasks: of each the annotation of a person, else the prediction of a model.

    Of several annotations one that is called ground truth is taken, else the first that was not
    skipped; of several predictions that with the highest score. The others are told.

    Raises:
        UsageError: it is no list of tasks.
    """
    tasks = [data] if isinstance(data, dict) else data
    if not isinstance(tasks, list):
        raise UsageError("no Label Studio JSON: expected a list of tasks")
    return (_entry(task, f"task {number}") for number, task in enumerate(tasks, 1))


def _entry(item: Json, place: str) -> Entry:
    try:
        task = _Task.model_validate(item)
    except ValidationError:
        return Entry(place, Names(), (), (Note(place, OTHER_FORM),))
    notes: list[Note] = []
    chosen = _chosen(task, place, notes)
    values: list[Value] = []
    texts = tuple(value for value in task.data.values() if isinstance(value, str))
    regions = chosen.result if chosen else []
    # Which of the task's texts spans lie in, its labeling interface says, which is not at hand.
    shown = [(text, common_way(text, _quotes(regions))) for text in sorted(texts, key=len)[::-1]]
    for number, region in enumerate(regions, 1):
        at = f"{place}, region {number}"
        for read in _values(region, at, shown, chosen.score if chosen else None):
            if isinstance(read, Note):
                notes.append(read)
            else:
                values.append(read)
    return Entry(place, _names(task.data), tuple(values), tuple(notes))


def _quotes(regions: Iterable[Json]) -> Iterator[tuple[int, int, str]]:
    for region in regions:
        with suppress(ValidationError):
            span = _Span.model_validate(_Region.model_validate(region).value)
            if span.text is not None:
                yield span.start, span.end, span.text


def _names(data: Mapping[str, Json]) -> Names:
    ids = tuple(
        str(data[key])
        for key in ("id", "datasetObjectId")
        if isinstance(data.get(key), str | int) and not isinstance(data[key], bool)
    )
    texts = tuple(value for value in data.values() if isinstance(value, str))
    # What names a file: a path, an address, or a bare name with an ending.
    files = tuple(text for text in texts if "\n" not in text and len(text) < 2_000 and "." in text)
    return Names(ids, files, texts)


def _chosen(task: _Task, place: str, notes: list[Note]) -> _Result | None:
    people = list(_results(task.annotations, f"{place}, annotation", notes))
    models = list(_results(task.predictions, f"{place}, prediction", notes))
    given = [one for one in people if not one.was_cancelled]
    notes += [Note(place, "an annotation that was skipped")] * (len(people) - len(given))
    first = next((one for one in given if one.ground_truth), given[0] if given else None)
    if first is not None:
        notes += [Note(place, "another annotation of this task was taken")] * (len(given) - 1)
        return first
    best = max(models, key=lambda one: one.score or 0, default=None)
    notes += [Note(place, "another prediction of this task was taken")] * max(len(models) - 1, 0)
    return best


def _results(items: Iterable[Json], place: str, notes: list[Note]) -> Iterator[_Result]:
    for number, item in enumerate(items, 1):
        try:
            yield _Result.model_validate(item)
        except ValidationError:
            notes.append(Note(f"{place} {number}", "it has no list 'result'"))


def _values(item: Json, place: str, texts: _Texts, score: float | None) -> Iterator[Value | Note]:
    try:
        region = _Region.model_validate(item)
    except ValidationError:
        yield Note(place, _REGION)
        return
    score = score if region.score is None else region.score
    if region.type in ("rectanglelabels", "labels"):
        labels = _texts(region.value.get(region.type))
        if not labels:
            yield Note(place, "a region without a label")
        for label in labels:
            if region.type == "labels":
                yield _span(region, label, place, texts, score)
            else:
                yield from _boxes(region, label, place, score)
    elif region.type not in _OF_THE_WHOLE:
        yield Note(place, f"a region of type {region.type[:40]} is none of ours")
    elif "x" in region.value or "start" in region.value:
        yield Note(place, f"{region.type} about a part, not about the whole")
    else:
        yield from _whole(region, place, score)


#: What is said of an object as a whole, and under which key.
_OF_THE_WHOLE = {"choices": "choices", "textarea": "text", "number": "number", "rating": "rating"}


def _whole(region: _Region, place: str, score: float | None) -> Iterator[Value | Note]:
    given = region.value.get(_OF_THE_WHOLE[region.type])
    control = region.from_name
    if region.type == "choices":
        labels = _texts(given)
        if not labels:
            yield Note(place, "a choice without a label")
        for label in labels:
            yield Value(place, Kind.CHOICE, label, control, score)
    elif region.type == "textarea":
        # Each line that was entered is an item of its own.
        texts = [given] if isinstance(given, str) else given if isinstance(given, list) else []
        text = "\n".join(line for line in texts if isinstance(line, str))
        yield (
            Value(place, Kind.TEXT, text, control, score)
            if text.strip()
            else Note(place, "an empty text")
        )
    elif (number := read_number(given)) is not None:
        yield Value(place, Kind.NUMBER, number, control, score)
    else:
        yield Note(place, f"{region.type} without a number")


def _span(
    region: _Region, label: str, place: str, texts: _Texts, score: float | None
) -> Value | Note:
    try:
        span = _Span.model_validate(region.value)
    except ValidationError:
        return Note(place, "no span: start and end are no whole numbers", label)
    reason = "the task has no text"
    for text, way in texts:
        found = code_points(text, span.start, span.end, span.text, way)
        if not isinstance(found, str):
            value: Json = {"start": found[0], "end": found[1], "label": label}
            return Value(place, Kind.SPANS, value, region.from_name, score)
        reason = found if reason == "the task has no text" else reason
    return Note(place, reason, label)


def _boxes(region: _Region, label: str, place: str, score: float | None) -> Iterator[Value | Note]:
    try:
        shape = _Rectangle.model_validate(region.value)
    except ValidationError:
        yield Note(place, NO_SIDES, label)
        return
    width, height = region.original_width, region.original_height
    if width is None or height is None:
        yield Note(place, "no original_width and original_height to count its percents by", label)
    elif shape.rotation or region.image_rotation:
        yield Note(place, "a box or a picture that was turned", label)
    else:
        sides = (
            shape.x * width / 100,
            shape.y * height / 100,
            shape.width * width / 100,
            shape.height * height / 100,
        )
        read = box_value(place, sides, (width, height), label, score, region.from_name)
        yield from read if not isinstance(read, Value | Note) else (read,)


def _texts(value: Json) -> list[str]:
    found = [value] if isinstance(value, str) else value if isinstance(value, list) else []
    return [text.strip() for text in found if isinstance(text, str) and text.strip()]
