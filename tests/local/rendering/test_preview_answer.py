"""What post-labeling would read in an answer, as the preview tells it."""

from typing import Any

import pytest

from labelwright.task.definition import parse_definition
from labelwright_local.rendering.preview_answer import read_fields

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


def test_an_answer_that_is_no_object_is_refused() -> None:
    """As post-labeling does."""
    with pytest.raises(ValueError, match="not a JSON object"):
        read_fields("[1, 2]", None)
