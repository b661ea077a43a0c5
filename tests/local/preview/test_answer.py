"""What post-labeling would read in an answer, as the preview tells it."""

import json
from typing import Any

import pytest

from labelwright.task.definition import parse_definition
from labelwright_local.preview.answer import read_fields

DEFINITION = parse_definition(
    b"""
name = "task"
[[fields]]
name = "quality"
path = "annotations.quality"
kind = "choice"
labels = ["good", "bad"]
[[fields]]
name = "spans"
path = "annotations.value"
kind = "spans"
labels = ["A"]
""",
    "task.toml",
)


def notes(answer: Any, *, defined: bool) -> dict[str, str]:
    """Return what is said of each field."""
    fields = read_fields(answer, DEFINITION if defined else None)
    return {field.name: field.note for field in fields}


def test_without_a_definition_fields_are_recognised_by_their_shape() -> None:
    """What is not is told, too."""
    answer = {"topic": {"label": "x"}, "shape": {"inputImageProperties": {}}, "empty": ""}
    assert notes(answer, defined=False) == {
        "topic": "recognised",
        "shape": "not recognised; passes through whole",
    }


def test_with_a_definition_each_of_its_fields_is_told() -> None:
    """Read, read in part, not read, or not answered."""
    span = {"start": 0, "end": 2, "label": "A"}
    good = {"annotations": {"quality": "good", "value": [span]}}
    assert notes(good, defined=True) == {"quality": "read", "spans": "read"}
    part = {"annotations": {"value": [span, {"start": 5}]}}
    assert notes(part, defined=True) == {"quality": "no answer", "spans": "read in part"}
    assert notes({"annotations": "{"}, defined=True) == {"quality": "not read", "spans": "not read"}


def test_spans_and_boxes_are_shown_as_answers_have_them() -> None:
    """By the names of their parts, a span with the text it says it covers."""
    spans = [
        {"start": 0, "end": 2, "label": "A", "quote": "ab"},
        {"start": 3, "end": 4, "label": "B"},
    ]
    box = {"left": 1, "top": 2, "width": 3, "height": 4, "label": "A"}
    size = {"width": 9, "height": 9}
    answer = {
        "annotations": json.dumps({"value": spans}),
        "boxes": {"boundingBoxes": [box], "inputImageProperties": size},
    }
    shown = {field.kind: field.value for field in read_fields(answer, None)}
    assert shown["spans"] == spans
    assert shown["boxes"] == [box]


def test_an_answer_that_is_no_object_is_refused() -> None:
    """As post-labeling does."""
    with pytest.raises(ValueError, match="not a JSON object"):
        read_fields("[1, 2]", None)
