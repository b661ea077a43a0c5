"""Label Studio's JSON of annotated tasks, and the labeling interface that it is for.

https://labelstud.io/guide/tasks#Basic-Label-Studio-JSON-format and
https://labelstud.io/guide/export#Label-Studio-JSON-format-of-annotated-tasks
"""

from collections.abc import Callable, Iterator, Mapping
from typing import NamedTuple
from xml.sax.saxutils import quoteattr

from labelwright.answers.values import Boxes
from labelwright.contract.base import Json, dump_json
from labelwright.task.definition import FieldDefinition, Kind
from labelwright_local.export.prepare import Item, Prepared, counting
from labelwright_local.finished_job.model import FieldLabel, LabelledBox, LabelledSpan

TEXT, IMAGE = "text", "image"


def label_studio_file(prepared: Prepared) -> Iterator[bytes]:
    """Yield the tasks: each has one annotation, the job's label; its results have their score.

    With ``settings.answers`` each worker's answer is an annotation instead. Offsets count code
    points, as Label Studio's own page does (https://github.com/HumanSignal/label-studio/pull/1559);
    boxes are percents of the picture.
    """
    yield b"["
    before = b"\n"
    for item in prepared.items:
        task = _task(prepared, item)
        if task is not None:
            yield before + dump_json(task).encode()
            before = b",\n"
    yield b"\n]\n"


def label_studio_interface(prepared: Prepared) -> str:
    """Return the labeling interface (XML) in which the tasks are opened."""
    shows_image = any(_data(item)[0] == IMAGE for item in prepared.items)
    shows_text = not shows_image or any(_data(item)[0] == TEXT for item in prepared.items)
    lines = ["<View>"]
    lines += ['  <Image name="image" value="$image"/>'] if shows_image else []
    lines += ['  <Text name="text" value="$text"/>'] if shows_text else []
    for field in prepared.fields:
        lines += _control(prepared, field, IMAGE if shows_image else TEXT)
    return "\n".join([*lines, "</View>", ""])


_CONTROLS: Mapping[Kind, tuple[str, str]] = {
    Kind.CHOICE: ("Choices", "Choice"),
    Kind.CHOICES: ("Choices", "Choice"),
    Kind.SPANS: ("Labels", "Label"),
    Kind.BOXES: ("RectangleLabels", "Label"),
    Kind.NUMBER: ("Number", ""),
    Kind.TEXT: ("TextArea", ""),
}


def _control(prepared: Prepared, field: FieldDefinition, shown: str) -> Iterator[str]:
    if field.kind not in _CONTROLS:
        return
    tag, inner = _CONTROLS[field.kind]
    to_name = TEXT if field.kind is Kind.SPANS else IMAGE if field.kind is Kind.BOXES else shown
    single = {Kind.CHOICE: ' choice="single"', Kind.CHOICES: ' choice="multiple"'}
    start = f"  <{tag} name={_quoted(field.name)} toName={_quoted(to_name)}"
    start += single.get(field.kind, "")
    if not inner:
        yield f"{start}/>"
        return
    yield f"{start}>"
    for name in prepared.classes[field.name]:
        yield f"    <{inner} value={_quoted(name)}/>"
    yield f"  </{tag}>"


def _quoted(text: str) -> str:
    """Quote an attribute; what XML can't hold is replaced."""
    return quoteattr("".join(char if _is_xml(char) else "\ufffd" for char in text))


def _is_xml(char: str) -> bool:
    if char < " ":
        return char in "\t\n\r"
    return not "\ud800" <= char <= "\udfff" and char not in "\ufffe\uffff"


def _data(item: Item) -> tuple[str, Json]:
    """Return what is shown, and what it is: a text that is known, else what is in a file."""
    found = item.object
    if found.text is not None and not any(
        label.kind is Kind.BOXES for label in item.labels.values()
    ):
        return TEXT, found.text
    return (IMAGE, found.reference) if found.reference is not None else (TEXT, None)


class _Shown(NamedTuple):
    """What a result is about."""

    name: str
    text: str | None
    size: tuple[float, float] | None


def _task(prepared: Prepared, item: Item) -> Json | None:
    name, value = _data(item)
    if value is None:
        prepared.told["objects without a text or a file"] += 1
        return None
    task: dict[str, Json] = {
        "id": int(item.object.id) + 1 if item.object.id.isdecimal() else None,
        "data": {name: value, "object": item.object.id},
        "meta": {"split": item.split} if prepared.settings.split else {},
    }
    if task["id"] is None:
        del task["id"]
    text = item.object.text if name == TEXT else None
    if prepared.settings.answers:
        task["annotations"] = [
            {
                "result": _results(prepared, _as_labels(prepared, answer.values), name, text),
                "was_cancelled": False,
                "ground_truth": False,
                "lead_time": answer.seconds,
                "worker": prepared.worker(answer.worker),
            }
            for answer in counting(item.object)
        ]
    else:
        task["annotations"] = [
            {
                "result": _results(prepared, item.labels, name, text),
                "was_cancelled": False,
                "ground_truth": False,
            }
        ]
    return task


def _as_labels(prepared: Prepared, values: Mapping[str, Json]) -> dict[str, FieldLabel]:
    """Return a worker's answer in the form of labels, without confidence."""
    found = {}
    for field in prepared.fields:
        value, image = values.get(field.name), None
        if value is None:
            continue
        if field.kind is Kind.SPANS:
            value = tuple(LabelledSpan(span.start, span.end, span.label, None) for span in value)
        elif isinstance(value, Boxes):
            image = value.image
            value = tuple(LabelledBox(*box, None) for box in value.boxes)
        found[field.name] = FieldLabel(field.name, field.kind, value, image=image)
    return found


def _results(
    prepared: Prepared, labels: Mapping[str, FieldLabel], name: str, text: str | None
) -> list[Json]:
    results: list[Json] = []
    for label in labels.values():
        shown = _Shown(name, text, label.image)
        made = _RESULTS.get(label.kind)
        if made is None:
            prepared.told[f"labels of '{label.name}', of a kind that Label Studio lacks"] += 1
            continue
        for number, result in enumerate(made(prepared, label, shown)):
            whole = {
                "id": f"{label.name}-{number}",
                "from_name": label.name,
                "to_name": name,
                "origin": "manual",
            }
            results.append(whole | result)
    return results


def _scored(result: dict[str, Json], confidence: float | None) -> dict[str, Json]:
    return result if confidence is None else result | {"score": confidence}


def _choices(_: Prepared, label: FieldLabel, shown: _Shown) -> Iterator[dict[str, Json]]:  # noqa: ARG001
    chosen = [label.value] if label.kind is Kind.CHOICE else list(label.value)
    yield _scored({"type": "choices", "value": {"choices": chosen}}, label.confidence)


def _number(_: Prepared, label: FieldLabel, shown: _Shown) -> Iterator[dict[str, Json]]:  # noqa: ARG001
    yield _scored({"type": "number", "value": {"number": label.value}}, label.confidence)


def _text(_: Prepared, label: FieldLabel, shown: _Shown) -> Iterator[dict[str, Json]]:  # noqa: ARG001
    yield _scored({"type": "textarea", "value": {"text": [label.value]}}, label.confidence)


def _spans(prepared: Prepared, label: FieldLabel, shown: _Shown) -> Iterator[dict[str, Json]]:
    if shown.text is None:
        prepared.told["spans whose text is not known"] += len(label.value)
        return
    for span in label.value:
        value = {
            "start": span.start,
            "end": span.end,
            "text": shown.text[span.start : span.end],
            "labels": [span.label],
        }
        yield _scored({"type": "labels", "value": value}, span.confidence)


def _boxes(prepared: Prepared, label: FieldLabel, shown: _Shown) -> Iterator[dict[str, Json]]:
    if shown.size is None:
        prepared.told["boxes in pictures whose size is not known"] += len(label.value)
        return
    width, height = shown.size
    for box in label.value:
        value = {
            "x": 100 * box.left / width,
            "y": 100 * box.top / height,
            "width": 100 * box.width / width,
            "height": 100 * box.height / height,
            "rotation": 0,
            "rectanglelabels": [box.label],
        }
        sized = {"original_width": width, "original_height": height, "image_rotation": 0}
        yield _scored({"type": "rectanglelabels", "value": value, **sized}, box.confidence)


_RESULTS: Mapping[Kind, Callable[[Prepared, FieldLabel, _Shown], Iterator[dict[str, Json]]]] = {
    Kind.CHOICE: _choices,
    Kind.CHOICES: _choices,
    Kind.NUMBER: _number,
    Kind.TEXT: _text,
    Kind.SPANS: _spans,
    Kind.BOXES: _boxes,
}
