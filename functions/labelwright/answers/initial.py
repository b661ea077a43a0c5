"""Suggestions that a page shows: a model's value for a field, or an earlier job's label.

A field's ``initial`` names the manifest key. This is the one way on which an earlier label reaches
a worker. A model's mistake must not keep an object from the workers: what can't be shown is left
out, with its reason, and the page and the answer tell of it.
"""

import json
from collections.abc import Iterable, Mapping
from typing import NamedTuple

from labelwright.answers.initial_forms import raw_items, raw_value
from labelwright.answers.initial_spans import initial_spans
from labelwright.answers.offsets import shown_offset
from labelwright.answers.texts import KnownText, place_spans
from labelwright.answers.values import read_value
from labelwright.contract.base import Json, has_lone_surrogate
from labelwright.task.definition import FieldDefinition, Kind, TaskDefinition

#: Most items that are named one by one, and most characters of one: a task input is small.
MOST_NAMED = 50
MOST_CHARACTERS = 200

#: Where the pages of web/page put the fields that they ask for.
_OWN_PAGE = "annotations."

UNDECLARED = "its label is not among those to choose from"


class LeftOut(NamedTuple):
    """What of a suggestion is not shown, and why; ``item`` is a text where it is long or odd."""

    reason: str
    item: Json


class Suggestion(NamedTuple):
    """What a page may show for a field: None where there is nothing to show."""

    value: Json
    left_out: tuple[LeftOut, ...] = ()


def initial_values(
    line: Mapping[str, Json], text: str | None, definition: TaskDefinition
) -> dict[str, Json]:
    """Read the suggestions for a data object, as they stand in its task input.

    ``initial`` has a value by field name: a label for choice, a list of labels in the definition's
    order for choices, ``{"start", "end", "label"}`` in code points for spans (``{"startOffset",
    "endOffset", "label"}`` as crowd-entity-annotation counts, of a field whose ``offsets`` are
    ``utf16``), ``{"left", "top",
    "width", "height", "label"}`` in pixels for boxes, a number, a text. ``initialLeftOut`` has a
    list of ``{"reason", "item"}`` by field name. Either is there only where it says something.
    ``text`` is what spans lie in, None where the object has none. Spans of our own pages, whose
    path is below ``annotations``, are ``initialSpans``, too, which those pages read.

    Raises:
        TaskInputError: the key that the older ``initial_spans`` names holds no spans.
    """
    values: dict[str, Json] = {}
    left_out: dict[str, Json] = {}
    made = initial_spans(line, text, definition)
    for field in definition.fields:
        if field.initial is None or line.get(field.initial) is None:
            continue
        found = suggestion(field, field.initial, line, text)
        if found.value is not None:
            values[field.name] = found.value
        if found.left_out:
            left_out[field.name] = _told(found.left_out)
        if field.kind is Kind.SPANS and field.path.startswith(_OWN_PAGE):
            made.setdefault("initialSpans", found.value or [])
            if found.left_out:
                made.setdefault("initialSpansLeftOut", len(found.left_out))
    made |= {"initial": values} if values else {}
    return made | ({"initialLeftOut": left_out} if left_out else {})


def suggestion(
    field: FieldDefinition, key: str, line: Mapping[str, Json], text: str | None
) -> Suggestion:
    """Read what stands under a key of a manifest line as a suggestion for a field."""
    raw = raw_value(field, key, line)
    if isinstance(raw, LookupError):
        return Suggestion(None, (LeftOut(str(raw.args[0]), None),))
    if field.kind in (Kind.CHOICE, Kind.NUMBER, Kind.TEXT):
        return _single(field, raw)
    if field.kind is Kind.SPANS and text is None:
        return Suggestion(None, (LeftOut("the object has no text", None),))
    items = raw_items(field, raw)
    if items is None:
        return Suggestion(None, (LeftOut(f"not a list of {field.kind}", raw),))
    if field.kind is Kind.SPANS:
        return _spans(field, items, text or "")
    return _boxes(field, items, raw) if field.kind is Kind.BOXES else _choices(field, items)


def _single(field: FieldDefinition, raw: Json) -> Suggestion:
    reading = read_value(field, raw)
    if reading.problems:
        return Suggestion(None, (LeftOut(reading.problems[0], raw),))
    if reading.value is None:
        return Suggestion(None)
    if field.kind is Kind.CHOICE and not _declared(field, reading.value):
        return Suggestion(None, (LeftOut(UNDECLARED, reading.value),))
    if isinstance(reading.value, str) and has_lone_surrogate(reading.value):
        return Suggestion(None, (LeftOut("it holds half a character", raw),))
    return Suggestion(reading.value)


def _choices(field: FieldDefinition, items: Iterable[Json]) -> Suggestion:
    found: list[str] = []
    left_out: list[LeftOut] = []
    for item in items:
        label = field.current(item.strip()) if isinstance(item, str) else ""
        if not label or has_lone_surrogate(label):
            left_out.append(LeftOut("not a label", item))
        elif not _declared(field, label):
            left_out.append(LeftOut(UNDECLARED, item))
        else:
            found.append(label)
    ordered = [label for label in field.labels if label in found] or sorted(set(found))
    return Suggestion(ordered, tuple(left_out))


def _spans(field: FieldDefinition, items: Iterable[Json], text: str) -> Suggestion:
    known = KnownText(None, text)
    # What its ends count is told by each span's keys, whatever workers' answers will count.
    plain = FieldDefinition(name=field.name, path=field.path, kind=Kind.SPANS)
    found: set[tuple[int, int, str]] = set()
    left_out: list[LeftOut] = []
    for item in items:
        marked = read_value(plain, [item]).value
        placed = place_spans(marked, plain, known).reading.value if marked else ()
        if not marked:
            left_out.append(LeftOut("no valid start, end and label", item))
        elif not placed:
            left_out.append(LeftOut("it does not fit the text", item))
        else:
            start, end, given = placed[0]
            label = field.current(given)
            if not _declared(field, label) or has_lone_surrogate(label):
                left_out.append(LeftOut(UNDECLARED, item))
            else:
                found.add((start, end, label))
    shown = [_shown_span(field, text, *span) for span in sorted(found)]
    return Suggestion(shown, tuple(left_out))


def _shown_span(field: FieldDefinition, text: str, start: int, end: int, label: str) -> Json:
    if field.offsets != "utf16":
        return {"start": start, "end": end, "label": label}
    first, last = shown_offset(text, start), shown_offset(text, end)
    return {"startOffset": first, "endOffset": last, "label": label}


def _boxes(field: FieldDefinition, items: Iterable[Json], raw: Json) -> Suggestion:
    size = read_value(field, {**raw, "boundingBoxes": []}).value if isinstance(raw, dict) else None
    image = size.image if size else None
    found: list[Json] = []
    left_out: list[LeftOut] = []
    for item in items:
        read = read_value(field, [item]).value
        box = read.boxes[0] if read else None
        if box is None:
            left_out.append(LeftOut("no valid corner, sides and label", item))
        elif not _declared(field, box.label) or has_lone_surrogate(box.label):
            left_out.append(LeftOut(UNDECLARED, item))
        elif image and not _touches(box, image):
            left_out.append(LeftOut("outside of the image", item))
        elif (shown := box._asdict()) not in found:
            found.append(shown)
    return Suggestion(found, tuple(left_out))


def _touches(box: Json, image: tuple[float, float]) -> bool:
    return bool(
        box.left < image[0]
        and box.top < image[1]
        and box.left + box.width > 0
        and box.top + box.height > 0
    )


def _declared(field: FieldDefinition, label: str) -> bool:
    return not field.labels or label in field.labels


def _told(left_out: tuple[LeftOut, ...]) -> list[Json]:
    told: list[Json] = [
        {"reason": one.reason, "item": _short(one.item)} for one in left_out[:MOST_NAMED]
    ]
    more = len(left_out) - MOST_NAMED
    return [*told, {"reason": f"and {more} more", "item": None}] if more > 0 else told


def _short(item: Json) -> Json:
    """Return an item as it may stand in a task input: short, finite and of whole characters."""
    try:
        text = json.dumps(item, ensure_ascii=False, allow_nan=False)
        if len(text) <= MOST_CHARACTERS and not has_lone_surrogate(text):
            return item
    except ValueError:
        pass
    return json.dumps(item)[:MOST_CHARACTERS]
